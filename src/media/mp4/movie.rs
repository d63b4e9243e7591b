//! A *movie* is the index of a video: where each frame lies, when it is shown and how it is decoded.

use mp4_atom::{
    Avc1, Avcc, Co64, Codec, Colr, Dinf, Dref, DrefEntry, Encode, FourCC, Ftyp, Hdlr, Matrix, Mdhd,
    Mdia, Minf, Moov, Mvhd, Pasp, Stbl, Stco, Stsc, StscEntry, Stsd, Stss, Stsz, StszSamples, Stts,
    SttsEntry, Tkhd, Trak, Url, Visual, Vmhd,
};

use super::encoder::Parameters;
use super::metadata;
use crate::job::Size;
use crate::{Error, Result};

/// Units of time a frame: players like a time scale that can also tell other rates apart.
const TICKS: u32 = 512;

/// Grows by one entry a frame.
pub(super) struct Movie {
    size: Size,
    fps: u32,
    settings: String,
    sizes: Vec<u32>,
    keys: Vec<u32>,
    length: u64,
    /// Where each second of frames begins, counted from the first frame.
    chunks: Vec<u64>,
}

impl Movie {
    /// A movie without frames.
    pub(super) fn new(size: Size, fps: u32, settings: String) -> Self {
        Self {
            size,
            fps,
            settings,
            sizes: Vec::new(),
            keys: Vec::new(),
            length: 0,
            chunks: Vec::new(),
        }
    }

    /// Notes the next frame, which takes `bytes` in the file.
    pub(super) fn add(&mut self, bytes: u32, key: bool) {
        if self.frames().is_multiple_of(self.fps) {
            self.chunks.push(self.length);
        }
        self.sizes.push(bytes);
        if key {
            self.keys.push(self.frames());
        }
        self.length += u64::from(bytes);
    }

    /// How many frames there are.
    pub(super) fn frames(&self) -> u32 {
        self.sizes.len() as u32
    }

    /// How many bytes all frames take.
    pub(super) fn length(&self) -> u64 {
        self.length
    }

    /// Everything that comes before the first frame, so that a browser can start with the first bytes.
    pub(super) fn head(&self, parameters: &Parameters) -> Result<Vec<u8>> {
        // Where the frames begin depends on the length of the index, but its length not on where.
        let start = self.head_at(0, parameters)?.len() as u64;
        self.head_at(start, parameters)
    }

    fn head_at(&self, start: u64, parameters: &Parameters) -> Result<Vec<u8>> {
        let mut head = Vec::new();
        encode(&file_type(), &mut head)?;
        let index = head.len();
        encode(&self.index(start, parameters)?, &mut head)?;
        head.extend(metadata::user_data(&self.settings)?);
        let size = u32::try_from(head.len() - index).map_err(unwritable)?;
        head[index..index + 4].copy_from_slice(&size.to_be_bytes());
        self.media_header(&mut head);
        Ok(head)
    }

    /// The header of the box with the frames: its size in 32 bits, or in 64 where it needs them.
    fn media_header(&self, head: &mut Vec<u8>) {
        if let Ok(size) = u32::try_from(self.length + 8) {
            head.extend(size.to_be_bytes());
            head.extend(b"mdat");
        } else {
            head.extend(1_u32.to_be_bytes());
            head.extend(b"mdat");
            head.extend((self.length + 16).to_be_bytes());
        }
    }

    fn index(&self, start: u64, parameters: &Parameters) -> Result<Moov> {
        let timescale = self.fps * TICKS;
        let duration = u64::from(self.frames()) * u64::from(TICKS);
        let (width, height) = (side(self.size.width)?, side(self.size.height)?);
        let track = Trak {
            tkhd: Tkhd {
                track_id: 1,
                duration,
                enabled: true,
                in_movie: true,
                matrix: Matrix::default(),
                width: width.into(),
                height: height.into(),
                ..Default::default()
            },
            mdia: Mdia {
                mdhd: Mdhd {
                    timescale,
                    duration,
                    language: "und".into(),
                    ..Default::default()
                },
                hdlr: Hdlr {
                    handler: FourCC::new(b"vide"),
                    name: "Video".into(),
                },
                minf: Minf {
                    vmhd: Some(Vmhd::default()),
                    dinf: in_this_file(),
                    stbl: self.table(start, picture(width, height, parameters)?),
                    ..Default::default()
                },
            },
            ..Default::default()
        };
        Ok(Moov {
            mvhd: Mvhd {
                timescale,
                duration,
                rate: 1.into(),
                volume: 1.into(),
                next_track_id: 2,
                ..Default::default()
            },
            trak: vec![track],
            ..Default::default()
        })
    }

    fn table(&self, start: u64, picture: Codec) -> Stbl {
        let (stco, co64) = self.chunk_offsets(start);
        Stbl {
            stsd: Stsd {
                codecs: vec![picture],
            },
            stts: Stts {
                entries: vec![SttsEntry {
                    sample_count: self.frames(),
                    sample_delta: TICKS,
                }],
            },
            stss: Some(Stss {
                entries: self.keys.clone(),
            }),
            stsc: self.chunk_lengths(),
            stsz: Stsz {
                samples: StszSamples::Different {
                    sizes: self.sizes.clone(),
                },
            },
            stco,
            co64,
            ..Default::default()
        }
    }

    /// Which of the two tables is used depends on the frames alone, so that the head keeps its length.
    fn chunk_offsets(&self, start: u64) -> (Option<Stco>, Option<Co64>) {
        const ROOM_FOR_HEAD: u64 = 1 << 30;
        let offsets = self.chunks.iter().map(|chunk| start + chunk);
        if self.length + ROOM_FOR_HEAD < u64::from(u32::MAX) {
            let entries = offsets.map(|offset| offset as u32).collect();
            (Some(Stco { entries }), None)
        } else {
            let entries = offsets.collect();
            (None, Some(Co64 { entries }))
        }
    }

    fn chunk_lengths(&self) -> Stsc {
        let entry = |first_chunk, samples_per_chunk| StscEntry {
            first_chunk,
            samples_per_chunk,
            sample_description_index: 1,
        };
        let (whole, rest) = (self.frames() / self.fps, self.frames() % self.fps);
        let mut entries = Vec::new();
        if whole > 0 {
            entries.push(entry(1, self.fps));
        }
        if rest > 0 {
            entries.push(entry(whole + 1, rest));
        }
        Stsc { entries }
    }
}

fn file_type() -> Ftyp {
    Ftyp {
        major_brand: FourCC::new(b"isom"),
        minor_version: 512,
        compatible_brands: [b"isom", b"iso2", b"avc1", b"mp41"]
            .map(FourCC::new)
            .to_vec(),
    }
}

/// How the frames are decoded and what their colours mean.
fn picture(width: u16, height: u16, parameters: &Parameters) -> Result<Codec> {
    const BT709: u16 = 1;
    let square = Pasp {
        h_spacing: 1,
        v_spacing: 1,
    };
    Ok(Codec::Avc1(Avc1 {
        visual: Visual {
            data_reference_index: 1,
            width,
            height,
            horizresolution: 72.into(),
            vertresolution: 72.into(),
            frame_count: 1,
            depth: 24,
            ..Default::default()
        },
        avcc: Avcc::new(&parameters.sequence, &parameters.picture).map_err(unwritable)?,
        colr: Some(Colr::Nclx {
            colour_primaries: BT709,
            transfer_characteristics: BT709,
            matrix_coefficients: BT709,
            full_range_flag: false,
        }),
        pasp: Some(square),
        ..Default::default()
    }))
}

fn in_this_file() -> Dinf {
    Dinf {
        dref: Dref {
            entries: vec![DrefEntry::Url(Url::default())],
        },
    }
}

fn side(pixels: u32) -> Result<u16> {
    u16::try_from(pixels).map_err(unwritable)
}

fn encode(atom: &impl Encode, into: &mut Vec<u8>) -> Result<()> {
    atom.encode(into).map_err(unwritable)
}

fn unwritable(why: impl std::fmt::Display) -> Error {
    Error::Other(format!("The video's header cannot be written: {why}"))
}
