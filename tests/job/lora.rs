use zoetrope::job::{Expert, Field, Lora, Request, Sources};

use super::{checkpoint, plan, request};

fn lora(file: &str, strength: f64, expert: Option<Expert>) -> Lora {
    Lora {
        file: file.into(),
        strength,
        expert,
    }
}

/// What is typed, read from the end: names may have colons, and parts that are no strength belong to the name.
#[test]
fn a_lora_is_a_file_a_strength_and_an_expert() {
    let (high, low) = (Some(Expert::HighNoise), Some(Expert::LowNoise));
    for (text, expected) in [
        ("a.safetensors", lora("a.safetensors", 1.0, None)),
        ("a.safetensors:0.8", lora("a.safetensors", 0.8, None)),
        ("a.safetensors:-1:low", lora("a.safetensors", -1.0, low)),
        ("a.safetensors:high", lora("a.safetensors", 1.0, high)),
        ("a:b.safetensors", lora("a:b.safetensors", 1.0, None)),
        ("a:b:0.5:high", lora("a:b", 0.5, high)),
        ("a:0.5:HIGH", lora("a", 0.5, high)),
        ("a:Low_Noise:+.5", lora("a", 0.5, low)),
        ("10:30.safetensors", lora("10:30.safetensors", 1.0, None)),
    ] {
        assert_eq!(text.parse(), Ok(expected), "{text}");
    }
    for text in [
        "",
        ":0.5",
        ":high",
        ":1:low",
        "a:",
        "a:inf",
        "a:nan:low",
        "a:0,8",
        "a:80%",
        "a:1:2",
    ] {
        assert!(text.parse::<Lora>().is_err(), "{text}");
    }
}

/// What `zoetrope info` shows can be typed again.
#[test]
fn a_lora_has_preview_as_it_is_typed() {
    for text in ["a:1", "a:0.8", "a:-0.5:high", "a:2:low"] {
        let lora: Lora = text.parse().expect("it is one");
        assert_eq!(lora.to_string(), text);
    }
}

#[test]
fn loras_that_cannot_work_are_refused() {
    let ask = |lora: Lora| {
        let request = Request {
            sources: Sources {
                loras: vec![lora],
                ..Default::default()
            },
            ..request("a boat")
        };
        plan(&request, None)
    };
    assert!(ask(lora("a", 0.5, None)).is_ok());
    assert!(checkpoint().high_noise.is_none());
    for (lora, reason) in [
        (
            lora("a", 0.5, Some(Expert::HighNoise)),
            "this model has only one",
        ),
        (lora("a", f64::NAN, None), "must be a number"),
        (lora("a", 1e39, None), "1 is full strength"),
        (lora("a", -1e6, None), "1 is full strength"),
    ] {
        let refusal = ask(lora).expect_err("it cannot work");
        assert_eq!(refusal.field(), Field::Loras);
        assert!(refusal.to_string().contains(reason), "{refusal}");
    }
}

/// Each of two experts is changed by what names it, and by what names none.
#[test]
fn a_lora_changes_the_expert_that_it_names_or_both() {
    for expert in [Expert::HighNoise, Expert::LowNoise] {
        assert!(lora("a", 1.0, None).changes(expert));
        assert!(lora("a", 1.0, Some(expert)).changes(expert));
    }
    assert!(!lora("a", 1.0, Some(Expert::LowNoise)).changes(Expert::HighNoise));
}
