//! One job of the built-in model, from the request to the record, and what is seen on the way.

use std::sync::Arc;

use tempfile::TempDir;
use zoetrope::job::{
    CanvasRequest, Clip, Command, Event, JobHandle, Record, Request, SamplingRequest, Size, Stage,
};
use zoetrope::media::mp4;

use super::{demo_plan, next, start};

const SIZE: Size = Size::new(128, 128);
const FRAMES: usize = 17;
const STEPS: usize = 6;

/// What was told of a job.
#[derive(Default)]
struct Told {
    previews: Vec<(usize, Arc<Clip>)>,
    frames: Vec<(usize, Arc<Clip>)>,
    decoded: usize,
}

#[test]
fn a_request_becomes_a_record_and_can_be_watched() {
    let folder = TempDir::new().unwrap();
    let request = Request {
        prompt: "A red sailing boat sails to the right at sunset".into(),
        sampling: SamplingRequest {
            seed: Some(11),
            steps: Some(STEPS as u32),
            ..Default::default()
        },
        canvas: CanvasRequest {
            frames: Some(FRAMES as u32),
            size: Some(SIZE),
            ..Default::default()
        },
        ..Request::default()
    };
    let plan = demo_plan(&request, &folder.path().join("boat.mp4"));
    let engine = start();
    let command = Command::Generate(JobHandle::new(7), Box::new(plan.clone()));
    engine.commands.send(command).unwrap();
    assert!(matches!(next(&engine), Event::Started { id: 7 }));

    let mut told = Told::default();
    let (record, elapsed) = loop {
        match next(&engine) {
            Event::Progress { progress, .. } if progress.stage == Stage::Decode => {
                told.decoded = progress.done;
            }
            Event::Preview { step, clip, .. } => told.previews.push((step, clip)),
            Event::Frames { first, clip, .. } => told.frames.push((first, clip)),
            Event::Finished {
                record, elapsed, ..
            } => break (*record.expect("a plan makes a record"), elapsed),
            Event::Progress { .. } => {}
            other => panic!("{other:?}"),
        }
    };
    check_record(&record, &plan.info().prompt);
    assert!((record.seconds - elapsed.as_secs_f64()).abs() < 1e-9);
    assert_eq!(told.decoded, FRAMES);
    check_pictures(&told);
}

fn check_record(record: &Record, prompt: &str) {
    assert_eq!(record.settings.prompt, prompt);
    assert_eq!(record.settings.stopped_after, None);
    let timings = record.timings;
    assert_eq!(
        (timings.denoise.units, timings.decode.units),
        (STEPS, FRAMES)
    );
    assert!(timings.denoise.seconds > 0.0 && timings.denoise.seconds < record.seconds);
    assert!(record.peak_memory > 1_000_000, "{}", record.peak_memory);
    let stored = mp4::settings(&record.file).unwrap().unwrap();
    assert_eq!(stored, record.settings.to_json());
}

/// The last preview is a linear guess at what the VAE makes of the same latents: shapes, colours and
/// motion are there, edges and textures are not. Of the built-in model's own map that leaves about
/// 25 dB; a wrong map, wrong axes or a wrong step leave below 15.
fn check_pictures(told: &Told) {
    let steps: Vec<_> = told.previews.iter().map(|(step, _)| *step).collect();
    assert_eq!(steps, (1..=STEPS).collect::<Vec<_>>());
    let places = told
        .frames
        .iter()
        .flat_map(|(first, clip)| *first..first + clip.len());
    assert_eq!(places.collect::<Vec<_>>(), (0..FRAMES).collect::<Vec<_>>());

    let (_, last) = told.previews.last().unwrap();
    assert_eq!((last.size(), last.len()), (Size::new(8, 8), 5));
    assert!((last.fps() - 4.0).abs() < 1e-9);
    let frames: Vec<&[u8]> = told
        .frames
        .iter()
        .flat_map(|(_, clip)| clip.frames())
        .collect();
    let resembles = |preview: &Clip| {
        let small = (0..preview.len()).flat_map(|latent| shrink(&frames[covered(latent)]));
        decibels(&small.collect::<Vec<_>>(), preview.frames().flatten())
    };
    let likeness: Vec<_> = told
        .previews
        .iter()
        .map(|(_, clip)| resembles(clip))
        .collect();
    println!("likeness of the previews: {likeness:.1?} dB");
    assert!(likeness[STEPS - 1] > 20.0, "{likeness:?}");
    assert!(likeness[STEPS - 1] > likeness[0], "{likeness:?}");
}

/// The frames that a latent frame covers: the first one, then four each.
fn covered(latent: usize) -> std::ops::Range<usize> {
    (4 * latent).saturating_sub(3)..4 * latent + 1
}

/// The mean of frames, with a pixel for every 16 by 16.
fn shrink(frames: &[&[u8]]) -> Vec<f64> {
    const BLOCK: usize = 16;
    let (width, height) = (SIZE.width as usize, SIZE.height as usize);
    let mut small = vec![0.0; 3 * (width / BLOCK) * (height / BLOCK)];
    for frame in frames {
        for (at, &value) in frame.iter().enumerate() {
            let (pixel, channel) = (at / 3, at % 3);
            let (x, y) = (pixel % width / BLOCK, pixel / width / BLOCK);
            small[3 * (y * (width / BLOCK) + x) + channel] += f64::from(value);
        }
    }
    let count = (frames.len() * BLOCK * BLOCK) as f64;
    small.iter().map(|sum| sum / count).collect()
}

fn decibels<'a>(expected: &[f64], actual: impl Iterator<Item = &'a u8>) -> f64 {
    let squares = expected
        .iter()
        .zip(actual)
        .map(|(e, &a)| (e - f64::from(a)).powi(2));
    let mean = squares.sum::<f64>() / expected.len() as f64;
    10.0 * (255.0 * 255.0 / mean).log10()
}
