//! What went wrong, in both languages.

use std::collections::HashSet;
use std::io::ErrorKind;

use zoetrope::Error;
use zoetrope::job::memory::Saving;
use zoetrope::job::{
    Advice, After, Computation, DeviceFault, Field, Flaw, Guidance, Implausible, MachineFault,
    NetworkFault, OutOfRange, Problem, QuantBits, Refusal, Remedy, Request, Size, Stage, Variant,
};
use zoetrope::words::{chinese, english};

const GB: u64 = 1_000_000_000;

/// A refusal of each kind, with a number or name that its English sentence must hold.
#[expect(clippy::too_many_lines, reason = "one table")]
fn refusals() -> Vec<(Refusal, &'static str)> {
    let memory = |advice| Refusal::Memory {
        needed: 36 * GB,
        most: 32 * GB,
        is_limited: true,
        advice,
    };
    let numbers = [
        (
            OutOfRange::AreaTooSmall {
                area: 77,
                least: 1024,
            },
            "1024",
        ),
        (
            OutOfRange::SizeTooLarge {
                size: Size::new(9999, 32),
                largest: Size::new(3840, 2160),
            },
            "3840x2160",
        ),
        (
            OutOfRange::SizeUnaligned {
                size: Size::new(850, 480),
                smaller: Size::new(832, 480),
                larger: Size::new(864, 480),
            },
            "864x480",
        ),
        (
            OutOfRange::TooManyFrames {
                frames: 5000,
                most: 4093,
            },
            "4093",
        ),
        (
            OutOfRange::FramesUnaligned {
                frames: 80,
                stride: 4,
                below: 77,
            },
            "77 or 81",
        ),
        (OutOfRange::GuideTooShort { most: 33, fps: 16 }, "33 frames"),
        (OutOfRange::Fps(0), "240"),
        (OutOfRange::Steps(0), "1000"),
        (OutOfRange::Shift(-1.5), "-1.5"),
        (
            OutOfRange::ShiftForSteps {
                shift: 1e-9,
                steps: 40,
            },
            "40 steps",
        ),
        (OutOfRange::Tiles { tiles: 9, most: 2 }, "2 x 2"),
    ];
    let others = [
        (Refusal::NoPrompt, "prompt"),
        (Refusal::TakesNoPicture(Variant::T2v), "Wan2.1 T2V"),
        (Refusal::NeedsPicture(Variant::I2vA14b), "Wan2.2 I2V-A14B"),
        (Refusal::PictureTooNarrow(Size::new(1000, 1)), "1000x1"),
        (Refusal::TakesNoLastPicture(Variant::Ti2v), "Wan2.2 TI2V"),
        (
            Refusal::TakesNoPicture(Variant::Vace),
            "as a reference or in a video",
        ),
        (Refusal::NeedsLastPicture(Variant::Flf2v), "Wan2.1 FLF2V"),
        (Refusal::TakesNoVideo(Variant::I2v), "Wan2.1 I2V"),
        (Refusal::NeedsVideo(Variant::LucyEdit), "Lucy-Edit"),
        (Refusal::TakesNoMask(Variant::LucyEdit), "mask"),
        (Refusal::TooManyReferences(Variant::Vace), "3"),
        (
            Refusal::TooManyReferences(Variant::FunControl),
            "1 reference picture",
        ),
        (
            Refusal::TooManyReferences(Variant::T2v),
            "no reference pictures",
        ),
        (Refusal::GuideStrength, "number"),
        (Refusal::TakesNoStrength(Variant::FunControl), "strength"),
        (Refusal::LastPictureOfOneFrame, "5 frames"),
        (Refusal::GuidanceNotFinite, "number"),
        (
            Refusal::GuidanceForTwo(Guidance {
                low: 3.0,
                high: 4.0,
            }),
            "3,4",
        ),
        (
            Refusal::LoraStrength("a.safetensors".into()),
            "a.safetensors",
        ),
        (
            Refusal::LoraTooStrong {
                file: "d.safetensors".into(),
                strength: 900.0,
                most: 100.0,
            },
            "900",
        ),
        (Refusal::LoraForTwo("b.safetensors".into()), "b.safetensors"),
        (
            Refusal::LoraUnusable(Box::new(Problem::Content {
                path: "c.safetensors".into(),
                flaw: Flaw::EmptyLora,
            })),
            "c.safetensors",
        ),
        (
            memory(Advice::Quantize(QuantBits::Eight, 20 * GB)),
            "20.0 GB",
        ),
        (memory(Advice::Shorten(33)), "33 frames"),
        (memory(Advice::SmallerPicture(40 * GB)), "40.0 GB"),
        (memory(Advice::LargerMachine), "smaller model"),
        (memory(Advice::Elsewhere), "36.0 GB"),
        (
            Refusal::OtherLatents {
                channels: 48,
                model: "toy".into(),
                expected: 16,
            },
            "16",
        ),
        (Refusal::OutputName("video.gif".into()), ".mp4"),
        (Refusal::new(Field::Steps, "Not today"), "Not today"),
    ];
    let numbers = numbers.map(|(number, part)| (Refusal::from(number), part));
    numbers.into_iter().chain(others).collect()
}

/// Those of pictures, of the window and of the machine.
fn more_problems() -> Vec<(Problem, &'static str)> {
    let content = |flaw| Problem::Content {
        path: "picture.png".into(),
        flaw,
    };
    let machine = |fault| Problem::Machine {
        name: "mini".into(),
        fault,
    };
    vec![
        (content(Flaw::NotAPicture), "PNG"),
        (content(Flaw::PictureTooLarge), "smaller"),
        (content(Flaw::CutShort("no end".into())), "no end"),
        (content(Flaw::InUse), "in use"),
        (content(Flaw::Downloading), "another program"),
        (Problem::NoThread("limit".into()), "limit"),
        (
            machine(MachineFault::Unreachable("timeout".into())),
            "timeout",
        ),
        (machine(MachineFault::Ended(String::new())), "awake"),
        (machine(MachineFault::Ended("no disk".into())), "no disk"),
        (machine(MachineFault::Silent), "mini"),
        (
            machine(MachineFault::OtherVersion {
                theirs: "0.1".into(),
                ours: "0.2".into(),
            }),
            "0.1 instead of 0.2",
        ),
        (
            machine(MachineFault::OtherFile("vae.pth".into())),
            "vae.pth",
        ),
        (
            machine(MachineFault::Refused("too little".into())),
            "mini: too little",
        ),
        (Problem::NoHome, "home folder"),
        (Problem::EngineGone, "finished steps"),
        (Problem::Unanswered, "Quit it"),
        (Problem::UnknownModel("toy".into()), "toy"),
        (Problem::NoModelsIn("models".into()), "models"),
        (Problem::NoBuiltIn, "--model"),
        (Problem::WrongMlx("1 instead of 2".into()), "1 instead of 2"),
    ]
}

/// A problem of each kind besides refusals, with what its English sentence must hold.
fn problems() -> Vec<(Problem, &'static str)> {
    let content = |flaw| Problem::Content {
        path: "model".into(),
        flaw,
    };
    let after = After {
        step: 3,
        of: 50,
        loras: 2,
    };
    let file = |kind, detail: &str| Problem::File {
        verb: "write",
        path: "video.mp4".into(),
        kind,
        detail: detail.into(),
    };
    let network = |fault| Problem::Network {
        address: "hub/model".into(),
        fault,
    };
    vec![
        (file(ErrorKind::StorageFull, "os error 28"), "disk is full"),
        (file(ErrorKind::Other, "os error 99"), "os error 99"),
        (
            content(Flaw::IncompleteModel(vec!["a".into(), "b".into()])),
            "a and b are missing",
        ),
        (content(Flaw::ModelGone("toy".into())), "toy"),
        (content(Flaw::Replaced("a.mp4.run".into())), "a.mp4.run"),
        (content(Flaw::DamagedPlan("no steps".into())), "no steps"),
        (content(Flaw::DamagedState), "delete it"),
        (content(Flaw::Newer), "newer"),
        (
            content(Flaw::LoraFitsNothing {
                network: "dit.safetensors".into(),
                names: "blocks.0".into(),
            }),
            "dit.safetensors",
        ),
        (content(Flaw::LoraKind("LoHa".into())), "LoHa"),
        (content(Flaw::EmptyLora), "empty"),
        (content("is a riddle".into()), "is a riddle"),
        (
            Problem::Implausible(Implausible::LatentsNotFinite(after)),
            "step 3 of 50 are not finite: one of the LoRAs is damaged",
        ),
        (
            Problem::Implausible(Implausible::LatentsTooWide {
                after,
                times: 400.0,
                guidance: Guidance::both(90.0),
                shift: 5.0,
            }),
            "400 times",
        ),
        (
            Problem::Implausible(Implausible::LatentsVanish(after)),
            "zero",
        ),
        (Problem::Implausible(Implausible::FramesNotFinite), "VAE"),
        (Problem::Implausible(Implausible::OneColour), "color"),
        (Problem::Mlx("shapes differ".into()), "shapes differ"),
        (Problem::Defect("index out of bounds".into()), "Report it"),
        (network(NetworkFault::Unreachable("dns".into())), "dns"),
        (network(NetworkFault::Forbidden), "HF_TOKEN"),
        (network(NetworkFault::NotFound), "hub/model"),
        (network(NetworkFault::Busy), "too many"),
        (network(NetworkFault::Unavailable("503".into())), "503"),
        (network(NetworkFault::Unexpected("418".into())), "418"),
        (Problem::Other("Something else".into()), "Something else"),
    ]
}

fn is_chinese(text: &str) -> bool {
    text.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c))
}

/// Breaks when a sentence is missing, is not one line, or leaves out the number that helps.
#[test]
fn every_problem_has_a_sentence_in_both_languages() {
    let refused = refusals()
        .into_iter()
        .map(|(refusal, part)| (Problem::Refused(refusal), part));
    let all: Vec<_> = refused.chain(problems()).chain(more_problems()).collect();
    for (problem, part) in &all {
        let told = english::problem(problem);
        assert!(told.contains(part), "{problem:?}: {told}");
        assert!(!told.contains('\n') && !is_chinese(&told), "{told}");
        let told = chinese::problem(problem);
        assert!(!told.is_empty() && !told.contains('\n'), "{told}");
        let english_only = matches!(
            problem,
            Problem::Other(_)
                | Problem::Content {
                    flaw: Flaw::Other(_),
                    ..
                }
        );
        assert_eq!(is_chinese(&told), !english_only, "{told}");
    }
    let told: HashSet<_> = all.iter().map(|(each, _)| chinese::problem(each)).collect();
    assert_eq!(told.len(), all.len(), "two say the same");
}

/// Breaks when the window says otherwise than the command line what a job does or a machine gets wrong.
#[test]
fn stages_savings_and_faults_have_words_in_both_languages() {
    let stages = [
        Stage::Text,
        Stage::Image,
        Stage::Load,
        Stage::Denoise,
        Stage::Decode,
    ];
    let words: HashSet<_> = stages.iter().map(|&each| english::stage(each)).collect();
    assert_eq!(words.len(), stages.len());
    assert!(stages.iter().all(|&each| is_chinese(chinese::stage(each))));

    let savings = [
        Saving::GuidanceInTurn,
        Saving::HalfProducts,
        Saving::Tiles,
        Saving::HalfFrames,
        Saving::F16Frames,
    ];
    for saving in savings {
        assert!(english::to_fit(&savings).contains(english::saving(saving)));
        assert!(chinese::to_fit(&savings).contains(chinese::saving(saving)));
    }
    let fault = DeviceFault {
        what: Computation::Sums,
        difference: Some(0.25),
    };
    assert!(english::device_fault(fault).contains("25%"));
    assert!(is_chinese(&chinese::device_fault(fault)));
}

/// Breaks when a refusal is shown at another field, or the button beside it does something else than it says.
#[test]
fn remedies_change_what_stands_in_the_way() {
    for (refusal, _) in refusals() {
        assert_eq!(
            refusal.remedy().is_some(),
            matches!(
                refusal,
                Refusal::Memory {
                    advice: Advice::Quantize(..) | Advice::Shorten(_),
                    ..
                } | Refusal::OutOfRange(OutOfRange::GuideTooShort { .. })
            ),
            "{refusal:?}"
        );
        let error = Error::from(refusal.clone());
        assert_eq!(error.remedy(), refusal.remedy());
        assert_eq!(error.problem(), Problem::Refused(refusal));
    }
    let mut request = Request::default();
    Remedy::Pack(QuantBits::Four).apply(&mut request);
    Remedy::Frames(33).apply(&mut request);
    assert_eq!(request.compute.quantize, Some(QuantBits::Four));
    assert_eq!(request.canvas.frames, Some(33));
}
