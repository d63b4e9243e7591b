//! What step caches cost and save with the built-in model.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use zoetrope::job::{Clip, Request};

use super::cases::{Case, Changes, Group, groups};

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

/// So many of them are words.
const WORDS: usize = 2;

/// A setting by its arguments.
type Setting = (String, Box<dyn Fn(&mut Request)>);
/// Of a prompt and a setting: passes computed and all of them, decibels, structural similarity.
type Row = [f64; 4];

/// Breaks when a word stops keeping what it promises: balanced saves passes and cannot be seen, fast saves half of them.
///
/// `ZOETROPE_RESULTS` names a file that keeps what was measured; what is in it is not measured again.
#[test]
#[ignore = "takes hours: cargo xtask eval-caches"]
fn caches_keep_what_their_words_promise() {
    let sample = std::env::var("ZOETROPE_SAMPLE").ok();
    let count = sample
        .and_then(|sample| sample.parse().ok())
        .unwrap_or(PROMPTS);
    let Group {
        settings, cases, ..
    } = &groups()[0];
    let mut results = Results::open();
    let names: Vec<String> = asked().into_iter().map(|(name, _)| name).collect();
    // The words first, since they are what is promised.
    let all = asked();
    let (words, numbers) = all.split_at(WORDS);
    for settings_of in [words, numbers] {
        for case in cases.iter().take(count) {
            measure(case, settings, settings_of, &mut results);
        }
    }
    let [balanced, fast] = ["--cache balanced", "--cache fast"].map(|name| results.median(name));
    println!("{count} prompts, {STEPS} steps: medians, and the worst in brackets\n");
    println!("| | passes | times fewer | PSNR | SSIM |\n|---|---|---|---|---|");
    for name in names {
        let [computed, of, psnr, ssim] = results.median(&name);
        let [_, _, low, least] = results.worst(&name);
        println!(
            "| `{name}` | {computed} of {of} | {:.2} | {psnr:.1} ({low:.1}) dB | {ssim:.3} ({least:.3}) |",
            of / computed
        );
    }
    assert!(
        balanced[1] / balanced[0] >= 1.4 && balanced[2] >= 30.0,
        "{balanced:?}"
    );
    assert!(fast[1] / fast[0] >= 2.0 && fast[2] >= 25.0, "{fast:?}");
}

/// Measures a prompt with each of these settings, where that was not done.
fn measure(case: &Case, group: &Changes, settings: &[Setting], results: &mut Results) {
    let made = |ask: &dyn Fn(&mut Request)| {
        case.film_with(group, |request| {
            request.sampling.steps = Some(STEPS);
            ask(request);
        })
    };
    let mut plain = None;
    for (name, ask) in settings {
        let key = format!("{} | {name}", case.prompt);
        if results.rows.contains_key(&key) {
            continue;
        }
        let plain = plain.get_or_insert_with(|| made(&|_| ()).0);
        let (clip, info) = made(ask);
        let passes = info.passes.unwrap();
        let (computed, of) = (f64::from(passes.computed), f64::from(passes.of));
        let row = [computed, of, psnr(plain, &clip), ssim(plain, &clip)];
        results.add(&key, row);
    }
}

/// Every setting by its arguments.
fn asked() -> Vec<Setting> {
    let caches = CACHES.into_iter().map(|cache| {
        let ask = move |request: &mut Request| request.speedups.cache = cache.parse().unwrap();
        (
            format!("--cache {cache}"),
            Box::new(ask) as Box<dyn Fn(&mut Request)>,
        )
    });
    let until = [0.5, 0.8].into_iter().map(|share| {
        let ask = move |request: &mut Request| request.speedups.guidance_until = share;
        (
            format!("--guidance-until {share}"),
            Box::new(ask) as Box<dyn Fn(&mut Request)>,
        )
    });
    caches.chain(until).collect()
}

/// What was measured so far, by prompt and setting.
struct Results {
    file: Option<PathBuf>,
    rows: BTreeMap<String, Row>,
}

impl Results {
    fn open() -> Self {
        let file = std::env::var_os("ZOETROPE_RESULTS").map(PathBuf::from);
        let text = file.as_ref().and_then(|file| fs::read_to_string(file).ok());
        let rows = text.map(|text| serde_json::from_str(&text).unwrap());
        Self {
            file,
            rows: rows.unwrap_or_default(),
        }
    }

    fn add(&mut self, key: &str, row: Row) {
        self.rows.insert(key.to_owned(), row);
        if let Some(file) = &self.file {
            fs::write(file, serde_json::to_string_pretty(&self.rows).unwrap()).unwrap();
        }
    }

    /// One column of a setting, the lowest first.
    fn column(&self, setting: &str, column: usize) -> Vec<f64> {
        let end = format!(" | {setting}");
        let of_setting = self.rows.iter().filter(|(key, _)| key.ends_with(&end));
        let mut values: Vec<f64> = of_setting.map(|(_, row)| row[column]).collect();
        values.sort_by(f64::total_cmp);
        values
    }

    fn median(&self, setting: &str) -> Row {
        [0, 1, 2, 3].map(|column| {
            let values = self.column(setting, column);
            values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
        })
    }

    fn worst(&self, setting: &str) -> Row {
        [0, 1, 2, 3].map(|column| {
            let values = self.column(setting, column);
            values.first().copied().unwrap_or(f64::NAN)
        })
    }
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
