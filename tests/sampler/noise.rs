//! Noise against PyTorch's CPU generator.

use zoetrope::sampler::noise;

use crate::support::{assert_close, golden, max_difference};

#[test]
fn noise_is_what_pytorch_draws() {
    let mut compared = 0;
    for (name, expected) in &golden("randn") {
        let (seed, shape) = name.strip_prefix("seed").unwrap().split_once('.').unwrap();
        let Ok(shape) = shape
            .split('x')
            .map(str::parse)
            .collect::<Result<Vec<i32>, _>>()
        else {
            continue; // two draws from one generator: a run draws once
        };
        let actual = noise(seed.parse().unwrap(), &shape);
        println!("{name}: {:e}", max_difference(&actual, expected));
        assert_close(&actual, expected, 1e-6, 0.0);
        compared += 1;
    }
    assert_eq!(compared, 15);
}

#[test]
fn only_the_low_half_of_a_seed_counts() {
    let low = noise(7, &[4, 5]);
    assert_eq!(max_difference(&low, &noise(7 + (5 << 32), &[4, 5])), 0.0);
    assert!(max_difference(&low, &noise(8, &[4, 5])) > 0.1);
}
