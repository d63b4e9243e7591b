//! The samplers of distilled networks against their authors' code.

use mlx_rs::Array;
use zoetrope::job::{self, Table};
use zoetrope::sampler::{self, Renoise, Sampler, Schedule};

use super::trajectory::{at, velocity};
use crate::support::{compare, golden, max_difference, values};

/// The reference rounds to float32 after every operation; sigmas are below 1, timesteps below 1000.
const SIGMA: f64 = 1e-6;
const TIMESTEP: f64 = 1e-3;
/// As for the official solvers.
const WALK: (f32, f32) = (5e-6, 0.0);

fn assert_table(name: &str, schedule: &Schedule) {
    let tables = golden("fewstep_tables");
    let of = |what: &str| values(&tables[&format!("{name}.{what}")]);
    let (sigmas, timesteps) = (of("sigmas"), of("timesteps"));
    assert_eq!(schedule.timesteps.len(), timesteps.len(), "{name}");
    // The list of FastVideo has no last 0.
    let all = sigmas.len() > timesteps.len();
    assert_eq!(
        schedule.sigmas.len(),
        sigmas.len() + usize::from(!all),
        "{name}"
    );
    assert_eq!(schedule.sigmas.last(), Some(&0.0), "{name}");
    for (ours, theirs) in schedule.sigmas.iter().zip(&sigmas) {
        assert!((ours - f64::from(*theirs)).abs() <= SIGMA, "{name}: {ours}");
    }
    for (ours, theirs) in schedule.timesteps.iter().zip(&timesteps) {
        let off = (ours - f64::from(*theirs)).abs();
        assert!(off <= TIMESTEP, "{name}: {ours}");
    }
}

/// Breaks when a distilled network is told other timesteps than it was distilled for.
#[test]
fn tables_are_those_of_the_authors() {
    for steps in [1, 2, 3, 4, 6, 8] {
        for shift in [1, 5, 8] {
            let even = Schedule::even(steps, f64::from(shift));
            assert_table(&format!("lightning.n{steps}.s{shift}"), &even);
        }
    }
    // LightX2V picks 1000, 750, 500, 250 from a table of 1000: the same.
    assert_table("lightx2v.n4.s5", &Schedule::even(4, 5.0));
    assert_table("lightx2v.n8.s5", &Schedule::even(8, 5.0));
    assert_table("dmd.1000_757_522", &Schedule::dmd(3));
    assert_table("dmd.1000_750_500_250", &Schedule::dmd(4));
}

/// The table that the reference does not have, worked out by hand from the authors' formula: s e / (1 + (s - 1) e) of 1,
/// 0.757 and 0.522 at a shift of 5. Those of rCM, sin a / (sin a + cos a) of atan 80 or atan 200, 1.5, 1.4 and 1, stand
/// here once more.
#[test]
fn the_tables_of_fastwan_5b_and_rcm_follow_their_formulas() {
    let close = |schedule: Schedule, expected: &[f64]| {
        assert_eq!(schedule.sigmas.len(), expected.len());
        for (ours, theirs) in schedule.sigmas.iter().zip(expected) {
            assert!((ours - theirs).abs() < 5e-5, "{:?}", schedule.sigmas);
        }
    };
    close(Schedule::warped(3, 5.0), &[1.0, 0.93967, 0.84521, 0.0]);
    let rest = [0.93379, 0.85290, 0.60899, 0.0];
    let rcm = |first| [&[first][..], &rest].concat();
    close(Schedule::rcm(4, 80.0), &rcm(80.0 / 81.0));
    close(Schedule::rcm(4, 200.0), &rcm(200.0 / 201.0));
    close(Schedule::rcm(1, 80.0), &[80.0 / 81.0, 0.0]);
}

/// Walks with the reference's network, and its noise where new noise is needed.
fn assert_walk(name: &str, sampler: &mut dyn Sampler) {
    let data = golden("fewstep_trajectories");
    let expected = &data[&format!("traj.{name}")];
    let mut latents = at(expected, 0);
    for i in 0..sampler.schedule().steps() {
        let v = velocity(&latents, sampler.schedule().sigmas[i], &data["traj.c"]);
        latents = sampler.step(i, &latents, &v).unwrap();
        compare(
            &latents,
            &at(expected, i + 1),
            WALK,
            &format!("{name}, step {i}"),
        );
    }
}

#[test]
fn euler_walks_lightnings_table_as_its_authors_do() {
    for steps in [4, 8] {
        for shift in [1, 5, 8] {
            let schedule = Schedule::of(job::Sampler::Euler, Table::Even, steps, f64::from(shift));
            let mut sampler = sampler::new(job::Sampler::Euler, schedule, 0);
            assert_walk(&format!("lightning.n{steps}.s{shift}"), sampler.as_mut());
        }
    }
    for steps in [4, 8] {
        let schedule = Schedule::of(job::Sampler::Euler, Table::Even, steps, 5.0);
        let mut sampler = sampler::new(job::Sampler::Euler, schedule, 0);
        assert_walk(&format!("lightx2v.n{steps}.s5"), sampler.as_mut());
    }
}

#[test]
fn new_noise_goes_in_as_the_authors_do_it() {
    let renoise = golden("fewstep_trajectories")["traj.renoise"].clone();
    let with = |schedule| {
        let renoise = renoise.clone();
        Renoise::with(schedule, move |step, _| at(&renoise, step))
    };
    let dmd = |steps| Schedule::of(job::Sampler::Dmd, Table::Official, steps, 5.0);
    assert_walk("dmd.1000_757_522", &mut with(dmd(3)));
    assert_walk("dmd.1000_750_500_250", &mut with(dmd(4)));
    for steps in [4, 8] {
        for shift in [1, 5, 8] {
            let lcm = Schedule::of(job::Sampler::Lcm, Table::Official, steps, f64::from(shift));
            assert_walk(
                &format!("comfy_simple_lcm.n{steps}.s{shift}"),
                &mut with(lcm),
            );
        }
    }
}

/// rCM begins with noise that is only as strong as its first level, and walks as its authors' two scripts do. They hold
/// the latents in float64 between the steps, which makes no difference at this tolerance.
#[test]
fn rcm_walks_as_its_authors_do() {
    let data = golden("rcm_trajectories");
    for (name, table) in [("rcm", Table::Official), ("rcm_steep", Table::Steep)] {
        for steps in [1, 2, 4] {
            let name = format!("{name}.n{steps}");
            let schedule = Schedule::of(job::Sampler::Rcm, table, steps, 5.0);
            for (what, ours, within) in [
                ("sigmas", &schedule.sigmas, SIGMA),
                ("timesteps", &schedule.timesteps, TIMESTEP),
            ] {
                let theirs = values(&data[&format!("{name}.{what}")]);
                assert_eq!(ours.len(), theirs.len(), "{name}.{what}");
                for (ours, theirs) in ours.iter().zip(theirs) {
                    assert!((ours - f64::from(theirs)).abs() <= within, "{name}.{what}");
                }
            }
            let begun = sampler::new(job::Sampler::Rcm, schedule.clone(), 0);
            let mut latents = begun.begin(data["traj.noise"].clone()).unwrap();
            let expected = &data[&format!("traj.{name}")];
            compare(&latents, &at(expected, 0), WALK, &name);
            let renoise = data["traj.renoise"].clone();
            let mut sampler = Renoise::with(schedule, move |step, _| at(&renoise, step));
            for i in 0..steps {
                let sigma = sampler.schedule().sigmas[i];
                let v = velocity(&latents, sigma, &data["traj.c"]);
                latents = sampler.step(i, &latents, &v).unwrap();
                let what = format!("{name}, step {i}");
                compare(&latents, &at(expected, i + 1), WALK, &what);
            }
        }
    }
}

/// Breaks when a run that goes on draws other noise than it would have, or the same in two steps or for two seeds.
#[test]
fn new_noise_depends_on_the_seed_and_the_step_alone() {
    let x = at(&golden("fewstep_trajectories")["traj.noise"], 0);
    let zero = x.subtract(&x).unwrap();
    let step = |seed, i| {
        let schedule = Schedule::even(4, 1.0);
        let mut sampler = sampler::new(job::Sampler::Dmd, schedule, seed);
        sampler.step(i, &zero, &zero).unwrap()
    };
    assert_eq!(max_difference(&step(7, 1), &step(7, 1)), 0.0);
    assert!(max_difference(&step(7, 1), &step(8, 1)) > 0.1);
    // The levels after the steps are 3/4 and 1/2.
    let (after_first, after_second) = (step(7, 0), step(7, 1));
    let scaled = after_second.multiply(Array::from_f32(1.5)).unwrap();
    assert!(max_difference(&after_first, &scaled) > 0.1);
    let last = step(7, 3);
    assert_eq!(max_difference(&last, &zero), 0.0, "no noise at the end");
}
