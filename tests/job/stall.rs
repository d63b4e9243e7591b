//! When a job that gives no sign is told of.

use zoetrope::job::Stall;

/// Breaks when a slow job is called stalled, when a stalled one is not, or when that is said again and again.
#[test]
fn a_job_stalls_after_ten_times_the_usual() {
    let mut stall = Stall::default();
    assert_eq!(stall.look(1e6), None);
    // A step takes four minutes.
    for sign in [0.0, 100.0, 340.0] {
        stall.note(sign);
    }
    assert_eq!(stall.look(340.0 + 2399.0), None);
    assert_eq!(stall.look(340.0 + 2401.0), Some(2401.0));
    assert_eq!(stall.look(340.0 + 2500.0), None);
    stall.note(3000.0);
    // What it has stalled for counts as what may happen.
    assert_eq!(stall.look(3000.0 + 20_000.0), None);

    // Blocks take a second; loading may take minutes all the same, and so may a pause.
    let mut stall = Stall::default();
    for sign in [0.0, 1.0, 2.0] {
        stall.note(sign);
    }
    assert_eq!(stall.look(590.0), None);
    assert_eq!(stall.look(603.0), Some(601.0));
    stall.pause(5000.0);
    assert_eq!(stall.look(5100.0), None);
}
