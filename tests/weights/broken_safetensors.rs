//! Files that are no sound safetensors: one sentence each, and no memory wasted on lies.

use super::files::{Folder, floats, one, with_header};
use super::{assert_says, failure, open};
use safetensors::Dtype as Stored;
use zoetrope::model::dit;

/// What opening a file of these bytes says.
#[track_caller]
fn says(bytes: &[u8], parts: &[&str]) {
    let folder = Folder::new();
    let message = failure(open(&folder.file("broken.safetensors", bytes)));
    assert_says(&message, &["broken.safetensors "]);
    assert_says(&message, parts);
}

/// A download that stopped: in the tensors, in the header, before it.
#[test]
fn cut_short() {
    let whole = floats(&[("w", &[100], &[1.0; 100])]);
    let header = 8 + usize::from(whole[0]);
    says(
        &whole[..whole.len() - 1],
        &["is cut short", "; download it again"],
    );
    says(&whole[..header], &["is cut short"]);
    says(&whole[..header - 1], &["is cut short"]);
    says(&whole[..5], &["only 5 bytes"]);
    says(&[], &["is empty: download it again"]);
}

/// Nothing may be allocated before the length is checked against the file.
#[test]
fn an_absurd_header_length() {
    let mut bytes = floats(&[("w", &[1], &[1.0])]);
    bytes[..8].copy_from_slice(&(1_u64 << 60).to_le_bytes());
    says(&bytes, &["its header would have 1152921504606846976 bytes"]);
    bytes[..8].copy_from_slice(&u64::MAX.to_le_bytes());
    says(&bytes, &["its header would have"]);
    bytes[..8].copy_from_slice(&90_000_000_u64.to_le_bytes());
    says(&bytes, &["is cut short"]);
}

#[test]
fn a_damaged_header() {
    says(
        &with_header("{\"w\": ", &[]),
        &["has a damaged header", "download it again"],
    );
    says(&with_header("[1, 2]", &[]), &["no JSON object"]);
    says(&with_header("{\"w\": 3}", &[]), &["has a damaged header"]);
    says(b"<!DOCTYPE html><html>Not found</html>", &["is a web page"]);
    let strange = r#"{"w":{"dtype":"F31","shape":[1],"data_offsets":[0,4]}}"#;
    says(&with_header(strange, &[0; 4]), &["F31"]);
}

/// Offsets that overlap, leave gaps, run backwards, overflow, or lie outside of the file.
#[test]
fn impossible_offsets() {
    let tensor = |name: &str, shape: &str, from: u64, to: u64| {
        format!(r#""{name}":{{"dtype":"F32","shape":{shape},"data_offsets":[{from},{to}]}}"#)
    };
    let file = |tensors: &[String]| with_header(&format!("{{{}}}", tensors.join(",")), &[0; 16]);
    says(
        &file(&[tensor("a", "[2]", 0, 8), tensor("b", "[2]", 4, 12)]),
        &["damaged header"],
    );
    says(
        &file(&[tensor("a", "[1]", 0, 4), tensor("b", "[2]", 8, 16)]),
        &["damaged header"],
    );
    says(&file(&[tensor("a", "[2]", 8, 0)]), &["damaged header"]);
    says(&file(&[tensor("a", "[3]", 0, 16)]), &["damaged header"]);
    says(&file(&[tensor("a", "[5]", 0, 20)]), &["cut short"]);
    says(
        &file(&[tensor("a", "[3]", 0, 12)]),
        &["4 bytes belong to no tensor"],
    );
    says(
        &file(&[tensor("a", "[4294967296, 4294967296]", 0, 16)]),
        &["damaged header"],
    );
    says(&file(&[tensor("a", "[-4]", 0, 16)]), &["damaged header"]);
    says(&file(&[tensor("a", "[1e3]", 0, 16)]), &["damaged header"]);
    says(
        &file(&[tensor("a", "[0, 3000000000]", 0, 0)]),
        &["bytes belong to no tensor"],
    );
    let nothing = with_header(
        &format!("{{{}}}", tensor("a", "[0, 3000000000]", 0, 0)),
        &[],
    );
    says(&nothing, &["tensor a claims the impossible shape"]);
}

/// Files of other kinds are told for what they are.
#[test]
fn other_kinds_of_files() {
    says(
        b"version https://git-lfs.github.com/spec/v1\noid sha256:0",
        &["Git LFS", "download the file itself"],
    );
    says(
        b"\x80\x02\x8a\x0al\xfc\x9cF\xf9 j\xa8P\x19.",
        &["before version 1.6"],
    );

    let folder = Folder::new();
    assert_says(&failure(open(folder.path())), &["is a folder"]);
    assert_says(
        &failure(open(&folder.path().join("none"))),
        &["Couldn't read", "no such file"],
    );
}

/// One tensor of a type that MLX lacks does not spoil the file for those who do not read it.
#[test]
fn unreadable_types_matter_only_when_read() {
    let folder = Folder::new();
    let weights = open(&folder.file(
        "w.safetensors",
        &one("w", Stored::F8_E8M0, &[2, 2], &[0; 4]),
    ))
    .unwrap();
    assert_eq!(weights.shape("w").unwrap(), [2, 2]);
    assert_says(&failure(weights.dtype("w")), &["holds w as F8_E8M0"]);
    assert_says(&failure(weights.as_stored("w")), &["holds w as F8_E8M0"]);
    assert_says(
        &failure(weights.tensor("w", &[2, 2])),
        &["tensor w is of type F8_E8M0"],
    );
}

/// Breaks when a network takes it for granted that its tensors have the axes which it looks at.
#[test]
fn a_tensor_with_too_few_axes() {
    let folder = Folder::new();
    let name = "patch_embedding.weight";
    let weights = open(&folder.floats("w.safetensors", &[(name, &[], &[1.0])])).unwrap();
    let said = failure(dit::Config::of(None, &weights));
    assert_says(&said, &["patch_embedding.weight is (), with too few axes"]);
}

/// A file that shrinks after it was opened is an error where it is read.
#[test]
fn a_file_that_shrinks_while_open() {
    let folder = Folder::new();
    let path = folder.floats("w.safetensors", &[("w", &[100], &[1.0; 100])]);
    let weights = open(&path).unwrap();
    std::fs::File::options()
        .write(true)
        .open(&path)
        .unwrap()
        .set_len(200)
        .unwrap();
    assert_says(
        &failure(weights.tensor("w", &[100])),
        &["Couldn't read", "w.safetensors"],
    );
    assert_says(&failure(weights.fingerprint()), &["Couldn't read"]);
}
