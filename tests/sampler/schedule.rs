//! Every table of sigmas and timesteps of the official schedulers.

use zoetrope::sampler::Schedule;

use crate::support::{golden, golden_json, values};

/// A few units in the last place of a float32 below 1.
const TOLERANCE: f64 = 2e-7;

#[test]
fn tables_match_the_official_schedulers() {
    let tables = golden("schedulers");
    let parameters = golden_json("schedulers");
    let mut worst = 0.0_f64;
    for solver in ["unipc", "dpm++", "euler"] {
        for steps in parameters["steps"].as_array().unwrap() {
            for shift in parameters["shifts"].as_array().unwrap() {
                let (steps, shift) = (steps.as_u64().unwrap() as usize, shift.as_f64().unwrap());
                let name = format!("{solver}.n{steps}.s{shift}");
                let schedule = match solver {
                    "dpm++" => Schedule::dpmpp(steps, shift),
                    _ => Schedule::unipc(steps, shift),
                };
                let timesteps = &tables[&format!("{name}.timesteps")];
                let timesteps = timesteps.to_vec_exact::<i64>().unwrap();
                let timesteps: Vec<f64> = timesteps.into_iter().map(|t| t as f64).collect();
                assert_eq!(schedule.timesteps, timesteps, "{name}");
                let sigmas = values(&tables[&format!("{name}.sigmas")]);
                assert_eq!(schedule.sigmas.len(), sigmas.len(), "{name}");
                for (actual, expected) in schedule.sigmas.iter().zip(sigmas) {
                    worst = worst.max((actual - f64::from(expected)).abs());
                }
                assert!(worst <= TOLERANCE, "{name}: {worst:e}");
            }
        }
    }
    println!("sigmas: max difference {worst:e}");
}

#[test]
fn asking_for_a_step_beyond_the_end_is_an_error() {
    let schedule = Schedule::unipc(3, 5.0);
    assert!(schedule.interval(2).is_ok());
    assert!(schedule.interval(3).is_err());
    assert!(schedule.interval(usize::MAX).is_err());
}
