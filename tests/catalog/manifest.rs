use zoetrope::catalog;
use zoetrope::job::{Defaults, Guidance, Sampler, Size, Variant};

use super::{model_folder, problem, write};

const CARD: &str = "zoetrope.json";

#[test]
fn a_card_overrules_the_family() {
    let folder = model_folder();
    let factors = vec!["[0.1, 0.2, 0.3]"; 48].join(", ");
    let card = format!(
        r#"{{
            "name": "Small world",
            "negative_prompt": "",
            "size": [256, 160],
            "sizes": [[256, 160], [160, 256]],
            "frames": 33,
            "steps": 12,
            "guidance": 2,
            "shift": 3.5,
            "sampler": "euler",
            "latent_rgb": {{ "factors": [{factors}], "bias": [0, 0, 0.5] }},
            "examples": ["a red boat"],
            "made_by": "somebody"
        }}"#
    );
    write(folder.path(), CARD, &card);
    let model = catalog::open(folder.path()).expect("it is complete");

    assert_eq!(model.name, "Small world");
    assert_eq!(model.sizes, [Size::new(256, 160), Size::new(160, 256)]);
    assert_eq!(model.examples, ["a red boat"]);
    assert_eq!(model.latent_rgb.expect("it was given").factors.len(), 48);
    let expected = Defaults {
        negative_prompt: String::new(),
        size: Size::new(256, 160),
        frames: 33,
        steps: 12,
        guidance: Guidance::both(2.0),
        shift: 3.5,
        sampler: Sampler::Euler,
        ..Variant::Ti2v.defaults()
    };
    assert_eq!(model.defaults, expected);
}

#[test]
fn guidance_is_one_number_or_two() {
    let folder = model_folder();
    write(folder.path(), CARD, r#"{ "guidance": [3.0, 4] }"#);
    let model = catalog::open(folder.path()).expect("it is complete");
    assert_eq!(
        model.defaults.guidance,
        Guidance {
            low: 3.0,
            high: 4.0
        }
    );
}

#[test]
fn a_broken_card_is_named_with_its_line() {
    let folder = model_folder();
    for (card, line, reason) in [
        ("{\n  \"frames\": 33,\n  oops\n}", 3, "key must be a string"),
        ("{\n  \"frames\": \"many\"\n}", 2, "invalid type"),
        (
            "{\n\n\n  \"sampler\": \"ddim\"\n}",
            4,
            "unknown variant `ddim`",
        ),
        ("{\n  \"size\": [256]\n}", 2, "invalid length"),
        ("", 1, "EOF"),
    ] {
        write(folder.path(), CARD, card);
        let message = problem(folder.path());
        assert!(
            message.contains(CARD) && message.contains(reason),
            "{message}"
        );
        assert!(message.contains(&format!("in line {line}")), "{message}");
    }
}

#[test]
fn a_card_cannot_ask_for_the_impossible() {
    let folder = model_folder();
    for (card, line, reason) in [
        ("{\n  \"fps\": 8,\n  \"frames\": 32\n}", 3, "29 or 33"),
        ("{\n  \"size\": [250, 160]\n}", 2, "256x160"),
        (
            "{\n  \"size\": [256, 160],\n  \"sizes\": [[256, 160], [0, 160]]\n}",
            3,
            "0x160",
        ),
        ("{\n  \"steps\": 0\n}", 2, "1 to 1000"),
        (
            "{\n  \"guidance\": [1, 2, 3]\n}",
            2,
            "give one number, or two",
        ),
        (
            "{\n  \"latent_rgb\": { \"factors\": [], \"bias\": [0, 0, 0] }\n}",
            2,
            "48 channels",
        ),
    ] {
        write(folder.path(), CARD, card);
        let message = problem(folder.path());
        assert!(
            message.contains(CARD) && message.contains(reason),
            "{message}"
        );
        assert!(message.contains(&format!("in line {line}")), "{message}");
    }
}
