//! Writes PyTorch files, sound and otherwise: a small assembler of pickles and the zip around them.

use std::io::{Cursor, Write};

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use super::files::le_bytes;

/// The bytes of a pickle, one instruction after the other.
#[derive(Clone, Default)]
pub struct Pickle(pub Vec<u8>);

impl Pickle {
    pub fn new() -> Self {
        Self(vec![0x80, 2]) // PROTO 2
    }

    pub fn op(mut self, code: u8) -> Self {
        self.0.push(code);
        self
    }

    pub fn text(mut self, text: &str) -> Self {
        self.0.push(b'X');
        self.0.extend((text.len() as u32).to_le_bytes());
        self.0.extend(text.as_bytes());
        self
    }

    pub fn number(mut self, number: i32) -> Self {
        self.0.push(b'J');
        self.0.extend(number.to_le_bytes());
        self
    }

    pub fn global(mut self, module: &str, name: &str) -> Self {
        self.0.extend(format!("c{module}\n{name}\n").as_bytes());
        self
    }

    /// A tuple of numbers.
    pub fn numbers(self, numbers: &[i32]) -> Self {
        numbers
            .iter()
            .fold(self.op(b'('), |pickle, &number| pickle.number(number))
            .op(b't')
    }

    /// The storage of this key, as a persistent id.
    pub fn storage(self, class: &str, key: &str, elements: i32) -> Self {
        self.op(b'(')
            .text("storage")
            .global("torch", class)
            .text(key)
            .text("cpu")
            .number(elements)
            .op(b't')
            .op(b'Q')
    }

    /// A float32 tensor cut from a storage.
    pub fn tensor(self, cut: &Cut) -> Self {
        self.global("torch._utils", "_rebuild_tensor_v2")
            .op(b'(')
            .storage("FloatStorage", cut.storage, cut.elements)
            .number(cut.offset)
            .numbers(cut.shape)
            .numbers(cut.strides)
            .op(0x89) // requires_grad: False
            .global("collections", "OrderedDict")
            .op(b')')
            .op(b'R') // no hooks
            .op(b't')
            .op(b'R')
    }

    /// Begins a plain dictionary and its items.
    pub fn dict(self) -> Self {
        self.op(b'}').op(b'(')
    }

    /// Ends the items.
    pub fn end(self) -> Self {
        self.op(b'u')
    }

    pub fn stop(self) -> Vec<u8> {
        self.op(b'.').0
    }
}

/// Which numbers of which storage a tensor is.
#[derive(Clone, Copy)]
pub struct Cut {
    pub storage: &'static str,
    pub elements: i32,
    pub offset: i32,
    pub shape: &'static [i32],
    pub strides: &'static [i32],
}

/// The whole of the storage "0" that [`archive`] writes: 0, 1, 2, 3, 4, 5 as two rows.
pub const WHOLE: Cut = Cut {
    storage: "0",
    elements: 6,
    offset: 0,
    shape: &[2, 3],
    strides: &[3, 1],
};

/// A PyTorch file with this pickle and one storage "0" of six float32 numbers.
pub fn archive(pickle: &[u8]) -> Vec<u8> {
    let storage = le_bytes(&[0.0, 1.0, 2.0, 3.0, 4.0, 5.0]);
    zip(&[("archive/data.pkl", pickle), ("archive/data/0", &storage)])
}

/// A zip of these entries, stored as they are.
pub fn zip(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let stored = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    for (name, bytes) in entries {
        zip.start_file(*name, stored).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

/// A PyTorch file with the one tensor `w`.
pub fn archive_of(cut: &Cut) -> Vec<u8> {
    archive(&Pickle::new().dict().text("w").tensor(cut).end().stop())
}
