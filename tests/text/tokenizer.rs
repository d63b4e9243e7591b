//! Tokens against the reference's.

use std::fs;

use zoetrope::model::text::Tokenizer;

use super::{FAMILIES, official, prompts};

const FILE: &str = "google/umt5-xxl/tokenizer.json";

#[test]
fn prompts_have_the_tokens_of_the_reference() {
    for family in FAMILIES {
        let tokenizer = Tokenizer::open(&official(family, FILE)).unwrap();
        let (prompts, length) = prompts(family);
        for prompt in prompts {
            let tokens = tokenizer.encode(&prompt.cleaned, length).unwrap();
            assert_eq!(tokens, prompt.tokens(), "{family} {}", prompt.name);
            // The reference pads with 0, and its mask covers just these tokens.
            assert_eq!(prompt.mask.iter().sum::<u32>() as usize, tokens.ids.len());
            assert!(prompt.ids[tokens.ids.len()..].iter().all(|&id| id == 0));
        }
    }
}

#[test]
fn cutting_keeps_the_end_token() {
    let tokenizer = Tokenizer::open(&official("ti2v_5b", FILE)).unwrap();
    let all = tokenizer
        .encode("A cat walks on the grass", 512)
        .unwrap()
        .ids;
    assert_eq!(all.last(), Some(&1));
    for most in 1..all.len() {
        let ids = tokenizer
            .encode("A cat walks on the grass", most)
            .unwrap()
            .ids;
        assert_eq!(ids[..most - 1], all[..most - 1]);
        assert_eq!(ids[most - 1..], [1]);
    }
}

#[test]
fn a_file_that_is_no_tokenizer_is_a_sentence() {
    let folder = tempfile::tempdir().unwrap();
    let message = |name: &str, content: Option<&[u8]>| {
        let path = folder.path().join(name);
        if let Some(content) = content {
            fs::write(&path, content).unwrap();
        }
        let error = Tokenizer::open(&path).err().expect("an error").to_string();
        println!("{error}");
        error.replace(&path.display().to_string(), "FILE")
    };
    assert_eq!(
        message("none", None),
        "Cannot read FILE: there is no such file"
    );
    assert!(message("empty", Some(b"")).starts_with("FILE is not a tokenizer: "));
    assert!(message("object", Some(b"{}")).starts_with("FILE is not a tokenizer: "));
    let whole = fs::read_to_string(official("ti2v_5b", FILE)).unwrap();
    let cut = &whole.as_bytes()[..whole.len() / 2];
    assert!(message("cut", Some(cut)).starts_with("FILE is not a tokenizer: "));
    let other = whole.replace("</s>", "<end>");
    assert_eq!(
        message("other", Some(other.as_bytes())),
        "FILE is not a tokenizer: it has no token </s>"
    );
}
