//! Headers have bounds of their own, however large the file around them is: a share of a file of gigabytes is none.

use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};

use zoetrope::weights::gguf::{self, Header, List, Value};
use zoetrope::weights::notes;

use super::files::Folder;
use super::{assert_says, failure, open};
use crate::hostile::readers::peak_of;
use crate::support::alone::alone;
use crate::support::gguf::Written;

/// A file that begins so and has holes up to this length.
fn holes(folder: &Folder, name: &str, beginning: &[u8], length: u64) -> PathBuf {
    let path = folder.path().join(name);
    let mut file = File::create(&path).unwrap();
    file.write_all(beginning).unwrap();
    file.set_len(length).unwrap();
    path
}

/// What opening says, and that it holds no more than so many bytes meanwhile.
#[track_caller]
fn says(path: &Path, most: usize, parts: &[&str]) {
    let mut message = String::new();
    let held = peak_of(|| message = failure(open(path)));
    assert_says(&message, parts);
    assert!(message.len() < 400, "{message}");
    assert!(held < most, "{held} bytes are held: {message}");
}

/// A GGUF file whose only value is a list.
fn list(kind: u32, count: u64) -> Written {
    Written::new(3, 0, 1).text("k").u32(9).u32(kind).u64(count)
}

/// Breaks when a list of 200 MB takes three gigabytes, or a header of gigabytes is read to its end.
#[test]
fn headers_of_gguf_files_end() {
    alone("weights::bounds::headers_of_gguf_files_end", || {
        const SIZE: u64 = 3 << 30;
        let folder = Folder::new();
        let longer = ["has a header longer than any model's", "download it again"];
        for (kind, count) in [
            (0, 200 << 20),
            (1, 200 << 20),
            (7, 65 << 20),
            (4, 3_000_000),
            (8, 2_000_001),
            (12, 1 << 40),
        ] {
            let path = holes(&folder, "list.gguf", &list(kind, count).0, SIZE);
            says(&path, 1 << 20, &longer);
        }
        let text = Written::new(3, 0, 1).text("k").u32(8).u64(1 << 30);
        says(
            &holes(&folder, "text.gguf", &text.0, SIZE),
            1 << 20,
            &longer,
        );
        for (tensors, values) in [(100_001, 0), (0, 100_001)] {
            let many = Written::new(3, tensors, values);
            says(
                &holes(&folder, "many.gguf", &many.0, SIZE),
                1 << 20,
                &longer,
            );
        }
    });
}

/// Breaks when a list of bytes takes more than its bytes, or bytes with signs come out as others.
#[test]
fn lists_of_bytes_take_their_bytes() {
    alone("weights::bounds::lists_of_bytes_take_their_bytes", || {
        const COUNT: usize = 20 << 20;
        for kind in [0, 1, 7] {
            let mut file = list(kind, COUNT as u64).0;
            let start = file.len();
            file.resize(start + COUNT, 0);
            file[start..start + 3].copy_from_slice(&[1, 0x80, 0xff]);
            let mut header = None;
            let held =
                peak_of(|| header = Some(Header::read(&file[..], file.len() as u64).unwrap()));
            assert!(held < COUNT + (1 << 20), "{held} bytes for {COUNT}");
            let header = header.unwrap();
            assert!(
                matches!(&header.values["k"], Value::List(List::Bytes(bytes)) if bytes.len() == COUNT)
            );
            assert_eq!(header.bytes("k").unwrap()[..3], [1, 0x80, 0xff]);
            // Whether these are 128 or -128 is not known any more.
            assert_eq!(header.integers("k"), None);
        }
        let few = [list(0, 3).0, vec![7, 0, 127]].concat();
        let header = Header::read(&few[..], few.len() as u64).unwrap();
        assert_eq!(header.integers("k").unwrap(), [7, 0, 127]);
    });
}

/// The bounds leave room for what models have.
#[test]
fn large_vocabularies_are_read() {
    let folder = Folder::new();
    let mut file = list(8, 260_000);
    for number in 0..260_000 {
        file = file.text(&number.to_string());
    }
    let header = gguf::read(&folder.file("vocabulary.gguf", &file.0)).unwrap();
    assert_eq!(header.texts("k").unwrap().len(), 260_000);
}

/// A safetensors file with this header, and no tensors' bytes.
fn with_header(json: &str) -> Vec<u8> {
    [&(json.len() as u64).to_le_bytes(), json.as_bytes()].concat()
}

/// Breaks when millions of sides, tensors or notes in a header of the length that the format allows are all read first.
#[test]
fn headers_of_safetensors_files_end() {
    alone("weights::bounds::headers_of_safetensors_files_end", || {
        let folder = Folder::new();
        let tensor = |name: &str, shape: &str| {
            format!(r#""{name}":{{"dtype":"U8","shape":[{shape}],"data_offsets":[0,0]}}"#)
        };
        let check = |json: String, beside: usize, part: &str| {
            let file = with_header(&json);
            let path = folder.file("broken.safetensors", &file);
            says(
                &path,
                file.len() + beside,
                &["has a damaged header", part, "download it again"],
            );
        };
        let sides = vec!["0"; 10_000_000].join(",");
        check(
            format!("{{{}}}", tensor("w", &sides)),
            1 << 20,
            "more than 64 sides",
        );

        let many = |count: u32| {
            let tensors: Vec<_> = (0..count)
                .map(|number| tensor(&number.to_string(), "0"))
                .collect();
            tensors.join(",")
        };
        let tensors = many(300_000);
        check(
            format!("{{{tensors}}}"),
            40 << 20,
            "more than 100000 tensors",
        );

        let notes: Vec<_> = (0..50_000)
            .map(|number| format!(r#""{number}":"""#))
            .collect();
        let json = format!(r#"{{"__metadata__":{{{}}}}}"#, notes.join(","));
        check(json, 8 << 20, "more than 10000 notes");
    });
}

/// The bounds leave room for what tools write.
#[test]
fn long_notes_and_many_tensors_are_read() {
    let folder = Folder::new();
    let tensors: Vec<_> = (0..20_000)
        .map(|number| format!(r#""{number}":{{"dtype":"F32","shape":[0],"data_offsets":[0,0]}}"#))
        .collect();
    let tags = "a cat, ".repeat(1_000_000);
    let json = format!(
        r#"{{"__metadata__":{{"ss_tag_frequency":"{tags}"}},{}}}"#,
        tensors.join(",")
    );
    let path = folder.file("many.safetensors", &with_header(&json));
    assert_eq!(open(&path).unwrap().names().len(), 20_000);
    assert_eq!(notes(&path).unwrap()["ss_tag_frequency"], tags);
    let without = r#"{"__metadata__":null,"w":{"dtype":"F32","shape":[0],"data_offsets":[0,0],"more":{"a":[1]}}}"#;
    let path = folder.file("w.safetensors", &with_header(without));
    assert_eq!(open(&path).unwrap().names(), ["w"]);
}
