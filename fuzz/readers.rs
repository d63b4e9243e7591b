//! What is read of each kind of file that comes from elsewhere: all that can be read without a network around it.

use std::fmt::Display;
use std::fs::{self, File};
use std::io::{self, Cursor, Write};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

use peak_alloc::PeakAlloc;
use tempfile::TempDir;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};
use zoetrope::job::{Record, VideoInfo};
use zoetrope::media::mp4::{self, Mp4Reader};
use zoetrope::model::text::Tokenizer;
use zoetrope::pipeline::saved;
use zoetrope::weights::Weights;
use zoetrope::weights::lora::Lora;

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

/// How one kind of file is read.
pub struct Reader {
    /// The name of its fuzz target, and of the folder with its corpus.
    pub name: &'static str,
    /// Makes a file of an input.
    pub file: fn(&[u8]) -> Vec<u8>,
    /// Reads it; errors are as good as values.
    pub read: fn(&Path),
    /// The most bytes that reading may hold at once, whatever the file.
    pub fixed: usize,
}

/// The most bytes that reading may hold for each byte of the file. Pickles come nearest: a byte can make an empty
/// dictionary, and for a moment a growing list of them is there twice.
const SHARE: usize = 128;

/// The buffers and tables of the libraries that most formats are read with.
const BUFFERS: usize = 128 << 10;

/// A tokenizer finds what is never split by an automaton, and spaces by a regular expression.
const AUTOMATA: usize = 1 << 20;

/// All that there are.
pub const ALL: [Reader; 10] = [
    SAFETENSORS,
    LORA,
    TORCH,
    PICKLE,
    GGUF,
    SENTENCEPIECE,
    TOKENIZER,
    MP4,
    PLAN,
    RECORD,
];

/// safetensors: the header, and tensors of every type.
pub const SAFETENSORS: Reader = Reader {
    name: "safetensors",
    file: <[u8]>::to_vec,
    read: |path| {
        told(saved::latents(path));
        network(path);
    },
    fixed: BUFFERS,
};

/// A LoRA: what of it fits a small network.
pub const LORA: Reader = Reader {
    name: "lora",
    file: <[u8]>::to_vec,
    read: |path| {
        let network = Weights::synthetic([
            ("blocks.0.self_attn.q.weight".into(), vec![4, 4]),
            ("blocks.0.self_attn.q.bias".into(), vec![4]),
            ("blocks.0.modulation".into(), vec![1, 6, 4]),
            ("patch_embedding.weight".into(), vec![4, 2, 1, 2, 2]),
        ]);
        if let Some(lora) = told(Lora::open(path)) {
            told(lora.fit(&network));
        }
    },
    fixed: BUFFERS,
};

/// PyTorch: the zip around it.
pub const TORCH: Reader = Reader {
    name: "torch",
    file: <[u8]>::to_vec,
    read: network,
    fixed: BUFFERS,
};

/// PyTorch: the pickle, in a sound zip with two small storages.
pub const PICKLE: Reader = Reader {
    name: "pickle",
    file: archive,
    read: network,
    fixed: BUFFERS,
};

/// GGUF: the header, tensors of every type, and a vocabulary.
pub const GGUF: Reader = Reader {
    name: "gguf",
    file: <[u8]>::to_vec,
    read: |path| {
        network(path);
        split(path);
    },
    fixed: AUTOMATA,
};

/// SentencePiece: the vocabulary.
pub const SENTENCEPIECE: Reader = Reader {
    name: "sentencepiece",
    file: <[u8]>::to_vec,
    read: split,
    fixed: AUTOMATA,
};

/// `tokenizer.json`: the vocabulary and how text is prepared for it.
pub const TOKENIZER: Reader = Reader {
    name: "tokenizer",
    file: <[u8]>::to_vec,
    read: split,
    fixed: AUTOMATA,
};

/// MP4: what it says about itself, and where its frames lie.
pub const MP4: Reader = Reader {
    name: "mp4",
    file: <[u8]>::to_vec,
    read: |path| {
        told(mp4::info(path));
        if let Some(Some(settings)) = told(mp4::settings(path)) {
            told(VideoInfo::from_json(&settings));
        }
        told(Mp4Reader::open(path));
    },
    fixed: BUFFERS,
};

/// A record of the shelf.
pub const RECORD: Reader = Reader {
    name: "record",
    file: <[u8]>::to_vec,
    read: |path| {
        let json = fs::read(path).unwrap_or_default();
        if let Some(record) = told(serde_json::from_slice::<Record>(&json)) {
            let _ = (record.name(), record.when(), record.request());
        }
    },
    fixed: BUFFERS,
};

/// The plan in the folder of an unfinished video.
pub const PLAN: Reader = Reader {
    name: "plan",
    file: <[u8]>::to_vec,
    read: |path| {
        let folder = path.parent().unwrap_or(path);
        if let Some((plan, _)) = told(saved::unfinished(folder)) {
            let _ = (
                plan.tokens(),
                plan.batches_guidance(),
                plan.info().to_json(),
            );
            let _ = plan.decoding(plan.info());
        }
    },
    fixed: BUFFERS,
};

impl Reader {
    /// Reads `input` as a file of this kind.
    ///
    /// # Panics
    /// A reader does, or holds more memory than its share.
    pub fn try_on(&self, input: &[u8], place: &Place) {
        let file = (self.file)(input);
        place.put(&file).expect("there is room for a small file");
        let held = peak_of(|| (self.read)(&place.path));
        assert!(
            held <= self.fixed + SHARE * file.len(),
            "{held} bytes are held for a file of {}",
            file.len()
        );
    }
}

/// The most bytes that were held while `work` was done, above what was held before.
pub fn peak_of(work: impl FnOnce()) -> usize {
    let before = MEMORY.current_usage();
    MEMORY.reset_peak_usage();
    work();
    MEMORY.peak_usage().saturating_sub(before)
}

/// The one file that takes all inputs in turn. Of all kinds, only plans are told by their names and those of their folders.
pub struct Place {
    path: PathBuf,
    file: File,
    _folder: TempDir,
}

impl Place {
    /// In a folder of its own among the temporary ones.
    pub fn new() -> io::Result<Self> {
        let folder = TempDir::with_suffix(".mp4.run")?;
        let path = folder.path().join("plan.json");
        Ok(Self {
            file: File::create(&path)?,
            path,
            _folder: folder,
        })
    }

    /// Writes over what is there, which takes a fraction of the time that a new file does.
    fn put(&self, bytes: &[u8]) -> io::Result<()> {
        self.file.write_all_at(bytes, 0)?;
        self.file.set_len(bytes.len() as u64)
    }
}

/// The value; an error is made the sentence that it is for.
fn told<T, E: Display>(result: Result<T, E>) -> Option<T> {
    result.map_err(|error| error.to_string()).ok()
}

/// Reads what is known of all tensors, and the numbers of the first.
fn network(path: &Path) {
    let Some(weights) = told(Weights::open(&[path.to_owned()])) else {
        return;
    };
    weights.count("blocks");
    told(weights.fingerprint());
    let names = weights.names();
    for name in &names {
        told(weights.dtype(name));
        told(weights.side(name, 1));
    }
    if let Some(name) = names.first() {
        let shape = told(weights.shape(name)).unwrap_or_default();
        told(weights.tensor(name, &shape));
        told(weights.tensor(name, &[2, 64]));
        told(weights.rows(name, &[0]));
        told(weights.as_stored(name));
    }
    told(weights.finish());
}

/// Splits a prompt with the vocabulary that is there.
fn split(path: &Path) {
    if let Some(tokenizer) = told(Tokenizer::open(path)) {
        told(tokenizer.encode("A red fox, ﬁve  Ａpples\u{301} 狐", 512));
    }
}

/// A sound file of PyTorch's around a pickle.
fn archive(pickle: &[u8]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let stored = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    let entries = [
        ("x/data.pkl", pickle),
        ("x/data/0", &[0; 24]),
        ("x/data/1", &[0; 8]),
    ];
    for (name, bytes) in entries {
        let begun = zip.start_file(name, stored).map_err(|why| why.to_string());
        begun
            .and_then(|()| zip.write_all(bytes).map_err(|why| why.to_string()))
            .expect("memory takes any file");
    }
    zip.finish().expect("memory takes any file").into_inner()
}
