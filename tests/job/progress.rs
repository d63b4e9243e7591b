use std::time::Duration;

use zoetrope::job::{Progress, Stage, TimeLeft};

const fn seconds(count: u64) -> Duration {
    Duration::from_secs(count)
}

#[test]
fn the_first_unit_counts_only_until_there_are_others() {
    let mut time_left = TimeLeft::default();
    let mut after = |stage, done, now| {
        time_left.after(
            Progress {
                stage,
                done,
                of: 10,
            },
            seconds(now),
        )
    };

    assert_eq!(after(Stage::Denoise, 0, 5), None);
    assert_eq!(after(Stage::Denoise, 1, 15), Some(seconds(90)));
    assert_eq!(after(Stage::Denoise, 2, 17), Some(seconds(16)));
    assert_eq!(after(Stage::Denoise, 4, 23), Some(seconds(16)));
    assert_eq!(after(Stage::Denoise, 10, 40), Some(seconds(0)));
}

/// A job that goes on begins in the middle: the steps before it took no time.
#[test]
fn a_resumed_stage_is_timed_from_where_it_begins() {
    let mut time_left = TimeLeft::default();
    let mut after = |done, now| {
        let stage = Stage::Denoise;
        time_left.after(
            Progress {
                stage,
                done,
                of: 10,
            },
            seconds(now),
        )
    };
    assert_eq!(after(6, 5), None);
    assert_eq!(after(7, 15), Some(seconds(30)));
    assert_eq!(after(8, 17), Some(seconds(4)));
}

#[test]
fn each_stage_has_its_own_pace() {
    let mut time_left = TimeLeft::default();
    let mut after = |stage, done, now| {
        time_left.after(
            Progress {
                stage,
                done,
                of: 10,
            },
            seconds(now),
        )
    };

    after(Stage::Denoise, 0, 0);
    after(Stage::Denoise, 10, 1000);
    assert_eq!(after(Stage::Decode, 0, 1001), None);
    assert_eq!(after(Stage::Decode, 1, 1002), Some(seconds(9)));
    // A stage whose start was not told began when the one before was heard of last.
    assert_eq!(after(Stage::Text, 2, 1004), Some(seconds(8)));
}

#[test]
fn loading_the_second_expert_does_not_count_as_denoising() {
    let mut time_left = TimeLeft::default();
    let mut after = |stage, done, of, now| {
        let progress = Progress { stage, done, of };
        time_left.after(progress, seconds(now))
    };
    after(Stage::Denoise, 0, 4, 0);
    assert_eq!(after(Stage::Denoise, 2, 4, 20), Some(seconds(20)));
    after(Stage::Load, 0, 1, 20);
    after(Stage::Load, 1, 1, 100);
    assert_eq!(after(Stage::Denoise, 3, 4, 110), Some(seconds(10)));
}

/// Breaks when nobody is told how long it will take before the first step of some minutes is over, or when a few blocks of the
/// second step are judged by as if they were the pace.
#[test]
fn a_part_of_a_unit_tells_how_long_the_rest_will_take() {
    let mut time_left = TimeLeft::default();
    let denoise = |done| Progress {
        stage: Stage::Denoise,
        done,
        of: 10,
    };
    assert_eq!(time_left.within(0.5, seconds(5)), None);
    time_left.after(denoise(0), seconds(5));
    assert_eq!(time_left.within(0.0, seconds(5)), None);
    assert_eq!(time_left.within(0.25, seconds(15)), Some(seconds(390)));
    assert_eq!(time_left.within(0.5, seconds(25)), Some(seconds(380)));
    time_left.after(denoise(1), seconds(45));
    assert_eq!(time_left.within(0.125, seconds(49)), None);
    // The first step compiled; the second one is judged by itself.
    assert_eq!(time_left.within(0.5, seconds(55)), Some(seconds(170)));
    time_left.after(denoise(2), seconds(65));
    assert_eq!(time_left.within(0.0, seconds(65)), Some(seconds(160)));
}
