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

/// Breaks when the time that is left takes steps that will be reused, or are half of the work, for whole ones.
#[test]
fn steps_of_unlike_costs_are_counted_by_them() {
    // Four whole steps, then every other one is taken over.
    let costs = vec![2.0, 2.0, 2.0, 2.0, 0.1, 2.0, 0.1, 2.0];
    let mut time_left = TimeLeft::with_costs(costs);
    let at = |done| Progress {
        stage: Stage::Denoise,
        done,
        of: 8,
    };
    assert_eq!(time_left.after(at(0), seconds(0)), None);
    let after = |time_left: &mut TimeLeft, done, now| {
        let left = time_left.after(at(done), seconds(now));
        left.unwrap().as_secs_f64()
    };
    let left = after(&mut time_left, 1, 20);
    assert!((left - 102.0).abs() < 1e-6, "{left}");
    let left = after(&mut time_left, 4, 80);
    assert!((left - 42.0).abs() < 1e-6, "{left}");
    // A step that took nothing changes nothing.
    let left = after(&mut time_left, 5, 81);
    assert!((left - 41.0).abs() < 1.0, "{left}");
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
