use std::time::Duration;

use zoetrope::job::{Progress, Spent, Stage, Stopwatch, Timings};

fn timings(told: &[(Stage, usize, u64)]) -> Timings {
    let mut stopwatch = Stopwatch::default();
    for &(stage, done, seconds) in told {
        let progress = Progress {
            stage,
            done,
            of: 40,
        };
        stopwatch.note(progress, Duration::from_secs(seconds));
    }
    stopwatch.timings()
}

const fn spent(seconds: f64, units: usize) -> Spent {
    Spent { seconds, units }
}

#[test]
fn each_stage_gets_the_time_in_which_it_finished_something() {
    let timings = timings(&[
        (Stage::Text, 1, 2),
        (Stage::Text, 2, 4),
        (Stage::Load, 0, 5),
        (Stage::Load, 1, 15),
        (Stage::Denoise, 0, 15),
        (Stage::Denoise, 1, 25),
        (Stage::Load, 0, 25),
        (Stage::Load, 1, 32),
        (Stage::Denoise, 2, 40),
        (Stage::Decode, 0, 40),
        (Stage::Decode, 1, 43),
        (Stage::Decode, 5, 45),
    ]);
    let expected = Timings {
        text: spent(4.0, 2),
        image: spent(0.0, 0),
        load: spent(17.0, 2),
        denoise: spent(18.0, 2),
        decode: spent(5.0, 5),
    };
    assert_eq!(timings, expected);
    assert_eq!(timings.of(Stage::Decode), expected.decode);
}

/// Breaks when the steps of an earlier run make this machine look fast.
#[test]
fn steps_that_were_done_before_do_not_count() {
    let timings = timings(&[(Stage::Denoise, 30, 1), (Stage::Denoise, 31, 11)]);
    assert_eq!(timings.denoise, spent(10.0, 1));
}
