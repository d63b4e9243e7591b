//! What step caches cost and save with the built-in model.

use zoetrope::job::{Clip, Request};

use super::cases::{Case, Group, groups};

/// Denoising steps, as undistilled models take them.
const STEPS: u32 = 50;
/// The prompts; `ZOETROPE_SAMPLE` asks for fewer.
const PROMPTS: usize = 24;

/// What is measured: the words, and numbers around them.
const CACHES: [&str; 9] = [
    "balanced",
    "fast",
    "easycache=0.03,5",
    "easycache=0.05,5",
    "easycache=0.1,5",
    "easycache=0.2,5",
    "easycache=0.2,10",
    "magcache=0.06,1,0.2",
    "magcache=0.12,2,0.2",
];

/// Breaks when a word stops keeping what it promises: balanced saves passes and cannot be seen, fast saves half of them.
#[test]
#[ignore = "takes an hour: cargo xtask eval-caches"]
fn caches_keep_what_their_words_promise() {
    let sample = std::env::var("ZOETROPE_SAMPLE").ok();
    let count = sample
        .and_then(|sample| sample.parse().ok())
        .unwrap_or(PROMPTS);
    let Group {
        settings, cases, ..
    } = &groups()[0];
    let cases: Vec<&Case> = cases.iter().take(count).collect();
    let made = |case: &Case, ask: &dyn Fn(&mut Request)| {
        case.film_with(settings, |request| {
            request.sampling.steps = Some(STEPS);
            ask(request);
        })
    };
    let plain: Vec<Clip> = cases.iter().map(|case| made(case, &|_| ()).0).collect();
    println!("{} prompts, {STEPS} steps, medians\n", cases.len());
    println!("| | passes | times fewer | PSNR | SSIM |\n|---|---|---|---|---|");
    let row = |name: &str, ask: &dyn Fn(&mut Request)| {
        let mut results = Vec::new();
        for (case, plain) in cases.iter().zip(&plain) {
            let (clip, settings) = made(case, ask);
            let passes = settings.passes.unwrap();
            let fewer = f64::from(passes.of) / f64::from(passes.computed);
            results.push([
                f64::from(passes.computed),
                fewer,
                psnr(plain, &clip),
                ssim(plain, &clip),
            ]);
        }
        let median = |column: usize| {
            let mut values: Vec<f64> = results.iter().map(|row| row[column]).collect();
            values.sort_by(f64::total_cmp);
            values[values.len() / 2]
        };
        let [computed, fewer, psnr, ssim] = [0, 1, 2, 3].map(median);
        println!("| {name} | {computed} | {fewer:.2} | {psnr:.1} dB | {ssim:.3} |");
        (fewer, psnr)
    };
    let rows = CACHES.map(|cache| {
        let ask = |request: &mut Request| request.speedups.cache = cache.parse().unwrap();
        row(&format!("--cache {cache}"), &ask)
    });
    row("--guidance-until 0.5", &|request| {
        request.speedups.guidance_until = 0.5;
    });
    row("--guidance-until 0.8", &|request| {
        request.speedups.guidance_until = 0.8;
    });
    let [(balanced, like), (fast, like_fast), ..] = rows;
    assert!(
        balanced >= 1.4 && like >= 30.0,
        "balanced: {balanced:.2} times, {like:.1} dB"
    );
    assert!(
        fast >= 2.0 && like_fast >= 25.0,
        "fast: {fast:.2} times, {like_fast:.1} dB"
    );
}

/// How like two clips are, pixel by pixel, in decibels.
fn psnr(one: &Clip, other: &Clip) -> f64 {
    let pairs = one.frames().zip(other.frames());
    let pairs = pairs.flat_map(|(one, other)| one.iter().zip(other));
    let (sum, count) = pairs.fold((0.0, 0.0_f64), |(sum, count), (&a, &b)| {
        (sum + (f64::from(a) - f64::from(b)).powi(2), count + 1.0)
    });
    10.0 * (255.0_f64.powi(2) / (sum / count)).log10()
}

/// Their structural similarity: of luminance, in squares of 8 × 8 pixels that overlap by half.
///
/// Wang et al., "Image quality assessment" (2004), with squares in place of Gaussian windows.
fn ssim(one: &Clip, other: &Clip) -> f64 {
    const SIDE: usize = 8;
    let (width, height) = (one.size().width as usize, one.size().height as usize);
    let (mut sum, mut count) = (0.0, 0.0_f64);
    for (a, b) in one.frames().zip(other.frames()) {
        let (a, b) = (luminance(a), luminance(b));
        for top in (0..=height - SIDE).step_by(SIDE / 2) {
            for left in (0..=width - SIDE).step_by(SIDE / 2) {
                let square = |plane: &[f64]| -> Vec<f64> {
                    let rows = (top..top + SIDE).map(|row| row * width + left);
                    rows.flat_map(|start| plane[start..start + SIDE].to_vec())
                        .collect()
                };
                sum += alike(&square(&a), &square(&b));
                count += 1.0;
            }
        }
    }
    sum / count
}

fn luminance(frame: &[u8]) -> Vec<f64> {
    let pixels = frame.as_chunks::<3>().0.iter();
    let weighted =
        pixels.map(|&[r, g, b]| 0.299 * f64::from(r) + 0.587 * f64::from(g) + 0.114 * f64::from(b));
    weighted.collect()
}

/// Of one square.
fn alike(a: &[f64], b: &[f64]) -> f64 {
    const SMALL: [f64; 2] = [6.5025, 58.5225]; // (0.01 · 255)², (0.03 · 255)²
    let count = a.len() as f64;
    let mean = |values: &[f64]| values.iter().sum::<f64>() / count;
    let (mean_a, mean_b) = (mean(a), mean(b));
    let product = |x: &[f64], y: &[f64]| x.iter().zip(y).map(|(x, y)| x * y).sum::<f64>() / count;
    let (spread_a, spread_b) = (
        product(a, a) - mean_a * mean_a,
        product(b, b) - mean_b * mean_b,
    );
    let shared = product(a, b) - mean_a * mean_b;
    (2.0 * mean_a * mean_b + SMALL[0]) * (2.0 * shared + SMALL[1])
        / ((mean_a * mean_a + mean_b * mean_b + SMALL[0]) * (spread_a + spread_b + SMALL[1]))
}
