//! Previews by a tiny VAE, on a clock of the test's own.

use std::time::Duration;

use zoetrope::job::PreviewPace;

/// The share of all steps' time that previews take, and how many there were, where a step takes so many seconds and a
/// preview of 21 latent frames so many. The latest time without any is told too.
fn share(step: f64, preview: f64, steps: u32) -> (f64, u32) {
    let mut pace = PreviewPace::default();
    let mut now = Duration::ZERO;
    let mut previews = Duration::ZERO;
    let mut count = 0;
    for _ in 0..steps {
        now += Duration::from_secs_f64(step);
        if !pace.is_due(now) {
            continue;
        }
        let (took, parts) = if pace.is_known() {
            count += 1;
            (preview, 1)
        } else {
            (preview / 21.0, 21)
        };
        let took = Duration::from_secs_f64(took);
        pace.note(now, now + took, parts);
        now += took;
        previews += took;
    }
    let of = Duration::from_secs_f64(step * f64::from(steps));
    (previews.as_secs_f64() / of.as_secs_f64(), count)
}

/// Breaks when previews cost more than a twentieth of the steps, however slow they are and however fast these.
#[test]
fn previews_take_less_than_a_twentieth_of_the_steps() {
    for step in [0.02, 0.3, 2.0, 45.0, 600.0] {
        for preview in [0.01, 0.2, 3.0, 20.0] {
            for steps in [4, 50, 1000] {
                let (share, _) = share(step, preview, steps);
                let tried = preview / 21.0 / (step * f64::from(steps));
                assert!(share <= 0.05 + tried, "{step} s, {preview} s: {share}");
            }
        }
    }
}

/// At most one a second, and one after each step where a step takes long enough.
#[test]
fn previews_come_as_often_as_they_may() {
    let (_, count) = share(45.0, 0.5, 50);
    assert_eq!(count, 49, "every step but the one that tried");
    let (_, count) = share(0.02, 0.001, 1000);
    assert!((15..=20).contains(&count), "{count} in 20 s");
    let (_, count) = share(0.1, 10.0, 100);
    assert_eq!(count, 0, "it would take as long as the job");
}
