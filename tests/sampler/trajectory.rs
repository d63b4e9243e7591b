//! Whole walks with a made-up network, against the official solvers.

use std::collections::HashMap;

use mlx_rs::{Array, Dtype};
use zoetrope::job::{self, Table};
use zoetrope::sampler::{self, Sampler, Schedule};

use crate::support::{assert_close, golden, golden_json, max_difference, values};

const TOLERANCE: f32 = 5e-6;

const SOLVERS: [(&str, job::Sampler); 3] = [
    ("unipc", job::Sampler::UniPc),
    ("dpm++", job::Sampler::DpmPp),
    ("euler", job::Sampler::Euler),
];

/// A solver on its own table.
fn official(solver: job::Sampler, steps: usize, shift: f64) -> Box<dyn Sampler> {
    let schedule = Schedule::of(solver, Table::Official, steps, shift);
    sampler::new(solver, schedule, 0)
}

/// Element `i` along the first axis.
pub fn at(array: &Array, i: usize) -> Array {
    let shape = &array.shape()[1..];
    let size: usize = shape.iter().map(|&side| side as usize).product();
    Array::from_slice(&values(array)[i * size..(i + 1) * size], shape)
}

/// The network of the reference: v = 0.3 x + 0.7 sigma c + 0.2 tanh(x).
pub fn velocity(latents: &Array, sigma: f64, c: &Array) -> Array {
    let sigma = sigma as f32;
    let pairs = values(latents).into_iter().zip(values(c));
    let v: Vec<f32> = pairs
        .map(|(x, c)| 0.3 * x + 0.7 * sigma * c + 0.2 * x.tanh())
        .collect();
    Array::from_slice(&v, latents.shape())
}

#[test]
fn every_step_of_every_walk_matches_the_official_solvers() {
    let data = golden("schedulers");
    for (name, solver) in SOLVERS {
        let mut worst = 0.0_f32;
        for pair in golden_json("schedulers")["traj"].as_array().unwrap() {
            let steps = pair[0].as_u64().unwrap() as usize;
            let shift = pair[1].as_f64().unwrap();
            let expected = &data[&format!("traj.{name}.n{steps}.s{shift}")];
            let mut sampler = official(solver, steps, shift);
            let mut latents = at(expected, 0);
            for i in 0..steps {
                let v = velocity(&latents, sampler.schedule().sigmas[i], &data["traj.c"]);
                latents = sampler.step(i, &latents, &v).unwrap();
                latents.eval().unwrap();
                assert_close(&latents, &at(expected, i + 1), TOLERANCE, 0.0);
                worst = worst.max(max_difference(&latents, &at(expected, i + 1)));
            }
        }
        println!("{name}: max difference {worst:e}");
    }
}

/// With the reference's own latents and velocities, so that nothing adds up from step to step.
#[test]
fn every_single_step_matches_from_the_references_own_latents() {
    let data = golden("schedulers");
    for (name, solver) in SOLVERS {
        let path = &data[&format!("traj.{name}.n10.s12")];
        let velocities = &data[&format!("traj.{name}.n10.s12.v")];
        let mut sampler = official(solver, 10, 12.0);
        for i in 0..10 {
            let next = sampler.step(i, &at(path, i), &at(velocities, i)).unwrap();
            assert_close(&next, &at(path, i + 1), TOLERANCE, 0.0);
        }
    }
}

#[test]
fn the_last_step_returns_the_clean_latents() {
    let data = golden("schedulers");
    for (name, solver) in SOLVERS {
        let path = &data[&format!("traj.{name}.n5.s3")];
        let velocities = &data[&format!("traj.{name}.n5.s3.v")];
        let mut sampler = official(solver, 5, 3.0);
        for i in 0..5 {
            let (x, v) = (at(path, i), at(velocities, i));
            let next = sampler.step(i, &x, &v).unwrap();
            let clean = sampler.clean(i, &x, &v).unwrap();
            assert_eq!(
                max_difference(&next, &clean) == 0.0,
                i == 4,
                "{name}, step {i}"
            );
        }
    }
}

/// Half-precision velocities are taken in; the latents stay float32.
#[test]
fn latents_stay_float32() {
    let noise = &golden("schedulers")["traj.noise"];
    let v = noise.as_dtype(Dtype::Bfloat16).unwrap();
    for (_, solver) in SOLVERS {
        let mut sampler = official(solver, 3, 5.0);
        for i in 0..3 {
            let next = sampler.step(i, noise, &v).unwrap();
            assert_eq!(next.dtype(), Dtype::Float32);
        }
    }
}

#[test]
fn steps_out_of_order_never_panic() {
    let noise = &golden("schedulers")["traj.noise"];
    for (_, solver) in SOLVERS {
        let mut sampler = official(solver, 3, 5.0);
        for i in [0, 1, 1, 0, 2, 7, 0] {
            let _ = sampler.step(i, noise, noise); // no panic
        }
        assert!(sampler.step(3, noise, noise).is_err());
    }
}

/// Breaks when a sampler does not tell all that its next step depends on.
#[test]
fn a_sampler_that_remembers_again_walks_on_exactly() {
    let data = golden("schedulers");
    for (name, solver) in SOLVERS {
        let path = &data[&format!("traj.{name}.n10.s12")];
        let velocities = &data[&format!("traj.{name}.n10.s12.v")];
        let mut sampler = official(solver, 10, 12.0);
        for i in 0..10 {
            let memory: HashMap<_, _> = sampler.memory().into_iter().collect();
            let recall = |name: &str| {
                let missing = || zoetrope::Error::Other(format!("{name} is missing"));
                memory.get(name).cloned().ok_or_else(missing)
            };
            let mut other = official(solver, 10, 12.0);
            other.restore(i, &recall).unwrap();

            let (x, v) = (at(path, i), at(velocities, i));
            let next = sampler.step(i, &x, &v).unwrap();
            let again = other.step(i, &x, &v).unwrap();
            assert_eq!(values(&next), values(&again), "{name}, step {i}");
        }
    }
}
