//! Files of version 0.1, which later versions still read, and what is written today, which keeps its keys. The files
//! in `formats/` are as 0.1 wrote them; every value differs from the default where it can.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;
use tempfile::TempDir;
use zoetrope::app::Preferences;
use zoetrope::job::{
    Canvas, CanvasRequest, Checkpoint, Compute, CropAnchor, DecodedInfo, Defaults, Estimates,
    Expert, GenerationInfo, Guidance, Guides, HighNoise, Limits, Lora, MemoryOptions, Negative,
    Network, Origin, Outputs, PictureFit, Plan, Precision, Quality, QuantBits, Record, Request,
    Sampler, Sampling, SamplingRequest, Size, Sources, Speedups, VaePrecision, Variant, VideoInfo,
};
use zoetrope::library::{Dirs, Library};
use zoetrope::media::mp4::{self, Mp4Writer};
use zoetrope::pipeline::saved;

use super::{plan, request};

fn stored(name: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/job/formats");
    fs::read_to_string(folder.join(name)).unwrap()
}

fn lora(file: &str, strength: f64, expert: Option<Expert>) -> Lora {
    Lora {
        file: file.into(),
        strength,
        expert,
    }
}

/// What `plan.json` says.
fn stored_plan() -> Plan {
    let folder = PathBuf::from("/models/Wan2.2-I2V-A14B");
    Plan {
        checkpoint: Checkpoint {
            name: "Wan2.2-I2V-A14B".into(),
            variant: Variant::I2vA14b,
            root: folder.clone(),
            dit: Network {
                config: Some(folder.join("low_noise_model/config.json")),
                weights: vec![folder.join("low_noise_model/a.safetensors")],
            },
            high_noise: Some(HighNoise {
                network: Network {
                    config: None,
                    weights: vec![folder.join("high_noise_model/a.safetensors")],
                },
                boundary: 0.9,
            }),
            text_encoder: vec![folder.join("t5.pth")],
            tokenizer: folder.join("tokenizer.json"),
            image_encoder: Vec::new(),
            vae: vec![folder.join("vae.pth")],
            defaults: Defaults {
                negative_prompt: "blurred".into(),
                ..Variant::I2vA14b.defaults()
            },
            sizes: vec![Size::new(832, 480)],
            latent_rgb: None,
            examples: vec!["A boat".into()],
        },
        prompt: "A boat crosses a puddle".into(),
        negative: "blurred".into(),
        sources: Sources {
            image: Some("/pictures/boat.png".into()),
            last_image: Some("/pictures/shore.png".into()),
            fit: PictureFit::Picture,
            anchor: CropAnchor { x: 0.25, y: 0.75 },
            last_anchor: CropAnchor { x: 1.0, y: 0.0 },
            max_area: Some(399_360),
            loras: vec![
                lora("/loras/style.safetensors", 0.75, None),
                lora("/loras/motion.safetensors", -1.0, Some(Expert::HighNoise)),
            ],
            noise: Some("/noise.safetensors".into()),
        },
        guides: Guides::default(),
        canvas: Canvas {
            size: Size::new(720, 544),
            frames: 77,
            fps: 24,
        },
        sampling: Sampling {
            steps: 30,
            sampler: Sampler::DpmPp,
            guidance: Guidance {
                low: 3.0,
                high: 4.5,
            },
            shift: 7.25,
            seed: u64::MAX,
        },
        speedups: Speedups::default(),
        compute: Compute {
            precision: Precision::Bf16,
            vae_precision: VaePrecision::Bf16,
            quantize: Some(QuantBits::Eight),
        },
        outputs: Outputs {
            quality: Quality::Best,
            save_latents: Some("/latents.safetensors".into()),
            save_frames: Some("/frames.safetensors".into()),
        },
        limits: Limits {
            memory: Some(40_000_000_000),
        },
        thrift: MemoryOptions {
            guidance_in_turn: true,
            tiles: 2,
        },
        output: "/videos/boat.mp4".into(),
    }
}

/// Breaks when a video that 0.1 has begun cannot be finished.
#[test]
fn run_folders_of_0_1_still_read() {
    let place = TempDir::new().unwrap();
    let folder = place.path().join("boat.mp4.run");
    fs::create_dir(&folder).unwrap();
    fs::write(folder.join("plan.json"), stored("plan.json")).unwrap();
    let mut expected = stored_plan();
    expected.output = place.path().join("boat.mp4");
    expected.sources.image = Some(folder.join("pictures/0/boat.png"));
    expected.sources.last_image = Some(folder.join("pictures/1/shore.png"));
    assert_eq!(saved::plan(&folder).unwrap(), expected);
}

fn library(place: &TempDir) -> Library {
    Library::new(Dirs {
        data: place.path().to_owned(),
        videos: place.path().join("videos"),
        earlier: Vec::new(),
    })
}

/// Breaks when the jobs that waited in a window of 0.1 are lost.
#[test]
fn waiting_jobs_of_0_1_still_read() {
    let place = TempDir::new().unwrap();
    let file: Value = serde_json::from_str(&stored("plan.json")).unwrap();
    let waiting = Value::Array(vec![file["plan"].clone()]);
    fs::write(place.path().join("waiting.json"), waiting.to_string()).unwrap();
    let library = library(&place);
    assert_eq!(library.waiting(), [stored_plan()]);

    library.keep_waiting(&library.waiting()).unwrap();
    assert_eq!(library.waiting(), [stored_plan()], "written today");
}

/// What `metadata.json` says.
fn stored_info() -> GenerationInfo {
    GenerationInfo {
        origin: Origin {
            version: "0.1.0".into(),
            ..stored_plan().info().origin
        },
        stopped_after: Some(12),
        ..stored_plan().info()
    }
}

/// Breaks when the settings of an old video are lost, or a program that reads those of new ones is.
#[test]
fn metadata_keeps_its_keys_and_stays_flat() {
    let text = stored("metadata.json");
    assert_eq!(GenerationInfo::from_json(&text), Ok(stored_info()));
    let flat: Value = serde_json::from_str(&text).unwrap();
    let written: Value = serde_json::from_str(&stored_info().to_json()).unwrap();
    assert_eq!(written, flat);

    let plain = stored("metadata_plain.json");
    let info = GenerationInfo::from_json(&plain).unwrap();
    assert_eq!(
        (info.sources.fit, info.sampling.sampler, info.compute),
        (PictureFit::Crop, Sampler::Euler, Compute::default())
    );
    let flat: Value = serde_json::from_str(&plain).unwrap();
    let written: Value = serde_json::from_str(&info.to_json()).unwrap();
    assert_eq!(written, flat, "what goes without saying is not said");
}

#[test]
fn videos_say_what_made_them_whether_a_prompt_or_latents() {
    let place = TempDir::new().unwrap();
    let path = place.path().join("video.mp4");
    let decoded = VideoInfo::Decoded(DecodedInfo {
        origin: Origin {
            program: "Zoetrope".into(),
            version: "0.1.0".into(),
            model: "Zoetrope toy world".into(),
            variant: Variant::Ti2v,
        },
        canvas: Canvas {
            size: Size::new(64, 32),
            frames: 5,
            fps: 16,
        },
    });
    let generated = VideoInfo::Generated(Box::new(stored_info()));
    for (name, expected) in [
        ("metadata.json", generated),
        ("metadata_decoded.json", decoded),
    ] {
        let mut video =
            Mp4Writer::create(&path, Size::new(32, 32), 8, Quality::Small, &stored(name)).unwrap();
        video.write(&[128; 3 * 32 * 32]).unwrap();
        video.finish().unwrap();
        let text = mp4::settings(&path).unwrap().unwrap();
        assert_eq!(VideoInfo::from_json(&text), Ok(expected.clone()), "{name}");
        let written: Value = serde_json::from_str(&expected.to_json()).unwrap();
        assert_eq!(written, serde_json::from_str::<Value>(&text).unwrap());
    }
    let newer = stored("metadata.json").replace("dpmpp", "of tomorrow");
    assert!(VideoInfo::from_json(&newer).is_err(), "not half of it");
}

/// Breaks when the library of 0.1 comes up empty.
#[test]
fn records_of_0_1_still_read() {
    let place = TempDir::new().unwrap();
    let folder = place.path().join("records");
    fs::create_dir(&folder).unwrap();
    fs::write(folder.join("0001.json"), stored("record.json")).unwrap();
    let records = library(&place).records().unwrap();
    let [record] = records.as_slice() else {
        panic!("{records:?}");
    };
    let again: Value = serde_json::to_value(record).unwrap();
    let stored: Value = serde_json::from_str(&stored("record.json")).unwrap();
    assert_eq!(again, stored);
    let Record {
        id, file, image, ..
    } = record.clone();
    assert_eq!((id.as_str(), file), ("0001", "/videos/boat.mp4".into()));
    let asked = record.request();
    assert_eq!(asked.sources.image, image);
    assert_eq!(
        asked,
        Request {
            prompt: "a green cube".into(),
            negative: Negative::Text("blurred".into()),
            sources: Sources {
                image: Some("/data/pictures/1f/boat.png".into()),
                max_area: Some(4096),
                ..Sources::default()
            },
            canvas: CanvasRequest {
                size: Some(Size::new(64, 64)),
                frames: Some(5),
                fps: Some(16),
            },
            sampling: SamplingRequest {
                steps: Some(3),
                sampler: Some(Sampler::Euler),
                guidance: Some(Guidance::both(3.0)),
                shift: Some(4.0),
                seed: Some(4711),
            },
            compute: Compute {
                precision: Precision::F32,
                ..Compute::default()
            },
            ..Request::default()
        }
    );
}

/// Breaks when the form of 0.1 comes up empty.
#[test]
fn forms_of_0_1_still_read() {
    let place = TempDir::new().unwrap();
    let path = place.path().join("window.json");
    fs::write(&path, stored("window.json")).unwrap();
    let expected = Request {
        prompt: "a green cube".into(),
        negative: Negative::Text("blurred".into()),
        sources: Sources {
            image: Some("/pictures/boat.png".into()),
            last_image: Some("/pictures/shore.png".into()),
            fit: PictureFit::Crop,
            anchor: CropAnchor { x: 0.25, y: 0.75 },
            last_anchor: CropAnchor { x: 1.0, y: 0.0 },
            max_area: Some(225_280),
            loras: vec![lora(
                "/loras/style.safetensors",
                0.5,
                Some(Expert::LowNoise),
            )],
            noise: Some("/noise.safetensors".into()),
        },
        guides: Guides::default(),
        canvas: CanvasRequest {
            size: Some(Size::new(640, 352)),
            frames: Some(33),
            fps: Some(12),
        },
        sampling: SamplingRequest {
            steps: Some(20),
            sampler: Some(Sampler::Euler),
            guidance: Some(Guidance {
                low: 3.0,
                high: 4.0,
            }),
            shift: Some(6.5),
            seed: Some(4711),
        },
        speedups: Speedups::default(),
        compute: Compute {
            precision: Precision::F32,
            vae_precision: VaePrecision::Bf16,
            quantize: Some(QuantBits::Four),
        },
        outputs: Outputs {
            quality: Quality::Small,
            save_latents: Some("/latents.safetensors".into()),
            save_frames: Some("/frames.safetensors".into()),
        },
        limits: Limits {
            memory: Some(16_000_000_000),
        },
    };
    let read = Preferences::read(&path);
    assert_eq!(read.request, expected);
    assert_eq!(read.window, [1000.0, 700.0]);
    fs::write(&path, serde_json::to_vec(&read).unwrap()).unwrap();
    assert_eq!(Preferences::read(&path), read, "written today");

    fs::write(&path, stored("window_empty.json")).unwrap();
    assert_eq!(Preferences::read(&path).request, Request::default());
}

/// Breaks when this machine's speed is forgotten.
#[test]
fn estimates_of_0_1_still_read() {
    let estimates: Estimates = serde_json::from_str(&stored("estimates.json")).unwrap();
    let plan = plan(&request("a boat"), None).unwrap();
    let pixels = 121.0 * 1280.0 * 704.0;
    let expected = 4.0 + 3.0 + 50.0 * 2.0 + 1e-6 * pixels;
    let told = estimates.of(&plan, false).unwrap().as_secs_f64();
    assert!((told - expected).abs() < 1e-6, "{told}");
}
