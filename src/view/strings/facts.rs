//! What is to be known of a finished video, in the order in which it is asked for.

use std::time::Duration;

use crate::job::plain_text::one_line;
use crate::job::{Clock, Lora, Moment, Record, Sampler};
use crate::words::english::{bytes, two_digits};

/// A fact: what it is about, and what holds.
pub type Fact = (&'static str, String);

/// What the facts are called in a language.
pub(super) struct Names {
    pub seed: &'static str,
    pub model: &'static str,
    pub size: &'static str,
    pub length: &'static str,
    pub frames: fn(u32, &str) -> String,
    pub steps: &'static str,
    pub guidance: &'static str,
    pub shift: &'static str,
    pub loras: &'static str,
    pub made: &'static str,
    pub when: fn(Moment) -> String,
    pub took: &'static str,
    pub memory: &'static str,
    pub file: &'static str,
}

/// Everything about a record.
pub(super) fn facts(record: &Record, now: Clock, names: &Names) -> Vec<Fact> {
    let mut facts = of_settings(record, names);
    let took = Duration::try_from_secs_f64(record.seconds).unwrap_or_default();
    facts.push((names.made, (names.when)(now.moment(record.made))));
    if !took.is_zero() {
        facts.push((names.took, clock(took)));
    }
    if record.peak_memory > 0 {
        facts.push((names.memory, bytes(record.peak_memory as u64)));
    }
    let file = record.file.file_name().unwrap_or_default();
    let file = file.to_string_lossy();
    facts.push((names.file, one_line(&file).into_owned()));
    facts
}

/// What decides how a video looks.
pub(super) fn of_settings(record: &Record, names: &Names) -> Vec<Fact> {
    let settings = &record.settings;
    let (canvas, sampling) = (&settings.canvas, &settings.sampling);
    let seconds = f64::from(canvas.frames) / f64::from(canvas.fps.max(1));
    let length = format!("{} s", two_digits(seconds));
    let loras: Vec<String> = settings.sources.loras.iter().map(lora).collect();
    let mut facts = vec![
        (names.seed, sampling.seed.to_string()),
        (names.model, settings.origin.model.clone()),
        (
            names.size,
            format!("{} × {}", canvas.size.width, canvas.size.height),
        ),
        (names.length, (names.frames)(canvas.frames, &length)),
        (names.steps, steps(sampling.steps, sampling.sampler)),
        (names.guidance, sampling.guidance.to_string()),
        (names.shift, two_digits(sampling.shift)),
    ];
    if !loras.is_empty() {
        facts.push((names.loras, loras.join(", ")));
    }
    facts
        .into_iter()
        .map(|(name, value)| (name, one_line(&value).into_owned()))
        .collect()
}

fn steps(steps: u32, sampler: Sampler) -> String {
    format!("{steps} · {}", sampler.title())
}

fn lora(lora: &Lora) -> String {
    let name = lora.file.file_stem().unwrap_or_default().to_string_lossy();
    format!("{name} {}", two_digits(lora.strength))
}

/// "14:32".
pub(super) fn time(moment: Moment) -> String {
    format!("{}:{:02}", moment.hour, moment.minute)
}

/// "0:42", "1:02:07".
pub(super) fn clock(time: Duration) -> String {
    let seconds = time.as_secs();
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    match hours {
        0 => format!("{minutes}:{seconds:02}"),
        hours => format!("{hours}:{minutes:02}:{seconds:02}"),
    }
}
