//! Tokens against the reference's.

use std::fs;

use serde_json::{Value, json};
use zoetrope::catalog;
use zoetrope::model::text::Tokenizer;
use zoetrope::model::text::vocabulary;
use zoetrope::weights::Weights;

use super::{FAMILIES, official, prompts};
use crate::support::{gguf, golden_path};

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

/// Breaks when the built-in model's tokenizer is refused, or no longer makes letters small and wide ones narrow.
#[test]
fn the_built_in_tokenizer_folds_letters() {
    let file = catalog::built_in().unwrap().tokenizer;
    let tokenizer = Tokenizer::open(&file).unwrap();
    let tokens = |text| tokenizer.encode(text, 32).unwrap();
    assert_eq!(tokens("A ＲＥＤ Circle"), tokens("a red circle"));
    assert_ne!(tokens("a red circle"), tokens("a blue circle"));
}

/// A ComfyUI text encoder brings SentencePiece's own file, which must split text as its conversion does.
#[test]
fn an_embedded_vocabulary_has_the_tokens_of_the_reference() {
    let encoder = golden_path("ckpt/ti2v_5b/comfyui/umt5_xxl_fp16.safetensors");
    let bytes = Weights::open(std::slice::from_ref(&encoder))
        .unwrap()
        .bytes("spiece_model")
        .unwrap();
    let folder = tempfile::tempdir().unwrap();
    let own_file = folder.path().join("spiece.model");
    fs::write(&own_file, bytes).unwrap();
    for file in [encoder, own_file] {
        let tokenizer = Tokenizer::open(&file).unwrap();
        let (prompts, length) = prompts("ti2v_5b");
        for prompt in prompts {
            let tokens = tokenizer.encode(&prompt.cleaned, length).unwrap();
            assert_eq!(tokens, prompt.tokens(), "{}", prompt.name);
        }
    }
}

#[test]
fn a_vocabulary_in_gguf_has_the_tokens_of_the_reference() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("umt5.gguf");
    fs::write(&file, gguf::file(&gguf::vocabulary(), &[])).unwrap();
    let tokenizer = Tokenizer::open(&file).unwrap();
    let (prompts, length) = prompts("ti2v_5b");
    for prompt in prompts {
        let tokens = tokenizer.encode(&prompt.cleaned, length).unwrap();
        assert_eq!(tokens, prompt.tokens(), "{}", prompt.name);
    }
    let mut values = gguf::vocabulary();
    values[0].1 = gguf::text("llama");
    fs::write(&file, gguf::file(&values, &[])).unwrap();
    let message = Tokenizer::open(&file).err().expect("an error").to_string();
    assert!(
        message.contains("it has no vocabulary of a T5 in its header"),
        "{message}"
    );
}

/// Breaks when a damaged vocabulary takes the program down: it is refused or splits text.
#[test]
fn a_damaged_vocabulary_does_no_harm() {
    let encoder = golden_path("ckpt/ti2v_5b/comfyui/umt5_xxl_fp16.safetensors");
    let embedded = Weights::open(&[encoder])
        .unwrap()
        .bytes("spiece_model")
        .unwrap();
    let json = fs::read(official("ti2v_5b", FILE)).unwrap();
    for whole in [embedded, json] {
        let mut refused = 0;
        for round in 0..400_usize {
            let mut bytes = whole.clone();
            let place = round.wrapping_mul(7919).wrapping_mul(round + 1) % bytes.len();
            bytes[place] ^= 1 << (round % 8);
            if round % 10 == 0 {
                bytes.truncate(place);
            }
            let tokenizer = vocabulary::read(&bytes).and_then(|read| read.tokenizer());
            match tokenizer {
                Ok(tokenizer) => {
                    tokenizer
                        .encode_fast("ﬁne Ａ cat, 你好 \u{3000}x", false)
                        .unwrap();
                }
                Err(_) => refused += 1,
            }
        }
        assert!(refused > 40, "only {refused} were noticed");
    }
}

/// Older conversions of SentencePiece's file tell words apart first. Breaks when they are refused, or split a prompt
/// otherwise than the library that they are written for.
#[test]
fn words_may_be_told_apart_first() {
    let json = fs::read(official("ti2v_5b", FILE)).unwrap();
    let mut json: Value = serde_json::from_slice(&json).unwrap();
    let metaspace = json!({ "type": "Metaspace", "replacement": "▁", "add_prefix_space": true });
    let split = json!({ "type": "WhitespaceSplit" });
    json["pre_tokenizer"] = json!({ "type": "Sequence", "pretokenizers": [split, metaspace] });
    let bytes = json.to_string().into_bytes();
    let library = tokenizers::Tokenizer::from_bytes(&bytes).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("tokenizer.json");
    fs::write(&file, bytes).unwrap();
    let tokenizer = Tokenizer::open(&file).unwrap();
    let (prompts, length) = prompts("ti2v_5b");
    for prompt in prompts {
        let tokens = tokenizer.encode(&prompt.cleaned, length).unwrap();
        let expected = library.encode_fast(&*prompt.cleaned, true).unwrap();
        let kept = expected.get_ids().len().min(length) - 1;
        assert_eq!(
            tokens.ids[..kept],
            expected.get_ids()[..kept],
            "{}",
            prompt.name
        );
        assert_eq!(tokens, prompt.tokens(), "{}", prompt.name);
    }
    let joined = json!({ "type": "Sequence", "pretokenizers": [{ "type": "WhitespaceSplit" }] });
    json["pre_tokenizer"] = joined;
    fs::write(&file, json.to_string()).unwrap();
    let message = Tokenizer::open(&file).err().expect("an error").to_string();
    assert!(message.contains("splits text in another way"), "{message}");
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

/// Breaks when what is told to be cut off is not what is: together with what is read it is the whole prompt.
#[test]
fn what_is_cut_off_is_told() {
    let tokenizer = Tokenizer::open(&official("ti2v_5b", FILE)).unwrap();
    for text in ["A cat walks on the grass", "一只猫在草地上走 and walks"] {
        let all = tokenizer.encode(text, 512).unwrap().ids;
        assert_eq!(tokenizer.cut_off(text, all.len()).unwrap(), None);
        for most in 2..all.len() {
            let end = tokenizer.cut_off(text, most).unwrap().unwrap();
            let start = text.strip_suffix(end).unwrap().trim_end();
            let read = tokenizer.encode(text, most).unwrap().ids;
            let told = tokenizer.encode(start, 512).unwrap().ids;
            // A space may be a token of its own, and is not told.
            let [told, read] = [&told, &read].map(|ids| &ids[..ids.len() - 1]);
            assert!(read.starts_with(told), "{start} | {end}");
            assert!(read.len() - told.len() <= 1, "{start} | {end}");
        }
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
    assert_eq!(message("none", None), "Couldn't read FILE: no such file");
    let not = "FILE is not a tokenizer for UMT5: it ";
    let choose = "; choose the one that came with the model";
    let told = |name: &str, content: &[u8]| {
        let message = message(name, Some(content));
        let why = message.strip_prefix(not).expect("it begins so");
        why.strip_suffix(choose).expect("it ends so").to_owned()
    };
    let damaged = "is no tokenizer.json, or a damaged one";
    assert!(told("empty", b"").starts_with(damaged));
    assert!(told("object", b"{}").starts_with(damaged));
    let whole = fs::read_to_string(official("ti2v_5b", FILE)).unwrap();
    let cut = &whole.as_bytes()[..whole.len() / 2];
    assert!(told("cut", cut).starts_with(damaged));
    assert_eq!(
        told("other", whole.replace("</s>", "<end>").as_bytes()),
        "has no token </s>"
    );
    for (input, why) in [
        ("charsmap_too_short", "has a damaged table of characters"),
        ("charsmap_of_one_node", "has a damaged table of characters"),
        (
            "charsmap_that_is_no_base64",
            "has a damaged table of characters",
        ),
        ("rules_that_double", "splits text in another way than UMT5"),
        ("another_model", "splits text in another way than UMT5"),
        (
            "unknown_piece_missing",
            "has no piece for unknown characters",
        ),
    ] {
        let kept = fs::read(format!("fuzz/corpus/tokenizer/{input}")).unwrap();
        assert_eq!(told(input, &kept), why, "{input}");
    }
}

/// Breaks when a file of many gigabytes is read whole, because somebody chose it for the tokenizer.
#[test]
fn a_file_too_large_for_a_tokenizer_is_not_read() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("t5.pth");
    fs::File::create(&path).unwrap().set_len(1 << 40).unwrap();
    let message = Tokenizer::open(&path).err().expect("an error").to_string();
    assert!(
        message.ends_with("is too large for a tokenizer: choose a tokenizer.json"),
        "{message}"
    );
}
