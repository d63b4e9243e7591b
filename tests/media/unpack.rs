//! Takes videos apart with other code than the program's: `mp4_atom` reads, `OpenH264` decodes.

use std::fs;
use std::path::Path;

use mp4_atom::{Avc1, Codec, Decode, Moov, Stbl, StszSamples};
use openh264::decoder::{DecodedYUV, Decoder};
use openh264::formats::YUVSource;

/// Planes of luma and the two colour differences.
pub struct Yuv {
    pub width: usize,
    pub height: usize,
    pub planes: [Vec<u8>; 3],
}

/// The boxes of the top level: kind, where it begins, its size.
pub fn top_level(bytes: &[u8]) -> Vec<(String, usize, usize)> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        let size = u32::from_be_bytes(bytes[at..at + 4].try_into().unwrap()) as usize;
        let kind = String::from_utf8_lossy(&bytes[at + 4..at + 8]).into_owned();
        found.push((kind, at, size));
        at += size;
    }
    assert_eq!(at, bytes.len(), "the last box ends with the file");
    found
}

pub fn index(bytes: &[u8]) -> Moov {
    let (_, at, size) = top_level(bytes)
        .into_iter()
        .find(|(kind, ..)| kind == "moov")
        .unwrap();
    Moov::decode(&mut &bytes[at..at + size]).unwrap()
}

pub fn table(index: &Moov) -> &Stbl {
    &index.trak[0].mdia.minf.stbl
}

pub fn codec(index: &Moov) -> &Avc1 {
    match &table(index).stsd.codecs[0] {
        Codec::Avc1(avc1) => avc1,
        other => panic!("not avc1 but {other:?}"),
    }
}

/// The bytes of each frame, found through chunks and sizes.
pub fn samples(bytes: &[u8]) -> Vec<Vec<u8>> {
    let index = index(bytes);
    let table = table(&index);
    let StszSamples::Different { sizes } = &table.stsz.samples else {
        panic!("sizes are listed one by one");
    };
    let chunks = &table.stco.as_ref().unwrap().entries;
    let mut sizes = sizes.iter();
    let mut samples = Vec::new();
    for (chunk, &offset) in chunks.iter().enumerate() {
        let run = table.stsc.entries.iter().rev();
        let run = run
            .clone()
            .find(|run| run.first_chunk as usize <= chunk + 1)
            .unwrap();
        let mut at = offset as usize;
        for &size in sizes.by_ref().take(run.samples_per_chunk as usize) {
            samples.push(bytes[at..at + size as usize].to_vec());
            at += size as usize;
        }
    }
    assert_eq!(sizes.count(), 0, "every frame is in a chunk");
    samples
}

pub fn decode(path: &Path) -> Vec<Yuv> {
    let bytes = fs::read(path).unwrap();
    let index = index(&bytes);
    let avcc = &codec(&index).avcc;
    let mut decoder = Decoder::new().unwrap();
    let mut stream = Vec::new();
    for set in [
        &avcc.sequence_parameter_sets[0],
        &avcc.picture_parameter_sets[0],
    ] {
        stream.extend([0, 0, 0, 1]);
        stream.extend(set);
    }
    let mut frames = Vec::new();
    for sample in samples(&bytes) {
        stream.extend(with_start_codes(&sample));
        let decoded = decoder.decode(&stream).unwrap();
        frames.extend(decoded.map(|picture| copy(&picture)));
        stream.clear();
    }
    frames.extend(decoder.flush_remaining().unwrap().iter().map(copy));
    frames
}

fn with_start_codes(mut sample: &[u8]) -> Vec<u8> {
    let mut stream = Vec::new();
    while let Some((size, rest)) = sample.split_first_chunk::<4>() {
        let (nal, rest) = rest.split_at(u32::from_be_bytes(*size) as usize);
        stream.extend([0, 0, 0, 1]);
        stream.extend(nal);
        sample = rest;
    }
    stream
}

fn copy(picture: &DecodedYUV<'_>) -> Yuv {
    let (width, height) = picture.dimensions();
    let strides = picture.strides();
    let plane = |bytes: &[u8], stride: usize, width: usize, height: usize| -> Vec<u8> {
        let rows = bytes.chunks(stride).take(height);
        rows.flat_map(|row| row[..width].to_vec()).collect()
    };
    Yuv {
        width,
        height,
        planes: [
            plane(picture.y(), strides.0, width, height),
            plane(picture.u(), strides.1, width / 2, height / 2),
            plane(picture.v(), strides.2, width / 2, height / 2),
        ],
    }
}

/// Peak signal-to-noise ratio in decibels.
pub fn psnr(a: &[u8], b: &[u8]) -> f64 {
    assert_eq!(a.len(), b.len());
    let error: f64 = a
        .iter()
        .zip(b)
        .map(|(&a, &b)| (f64::from(a) - f64::from(b)).powi(2))
        .sum();
    10.0 * (255.0 * 255.0 * a.len() as f64 / error).log10()
}
