//! The runs that the reference has, as command lines.

use std::path::{Path, PathBuf};

use clap::Parser;
use serde_json::Value;
use zoetrope::catalog;
use zoetrope::cli::args::{Arguments, Command};
use zoetrope::job::{Found, Plan, Size};
use zoetrope::media::{self, photo};

use crate::support::folder::Model;
use crate::support::{golden_json, golden_path};

/// The files that a run is given, and what the reference calls them.
const FILES: [(&str, &[&str]); 4] = [
    ("image", &["image", "start_image"]),
    ("last-image", &["last_image", "end_image"]),
    ("video", &["src_video", "control_video"]),
    ("mask", &["src_mask"]),
];

/// The settings of a run in `e2e.json`.
pub struct Case {
    pub name: String,
    settings: Value,
}

impl Case {
    pub fn new(name: &str) -> Self {
        let files = ["e2e", "e2e_family", "e2e_more", "e2e_cache"].map(golden_json);
        let settings = files.iter().find_map(|file| file.get(name));
        Self {
            name: name.into(),
            settings: settings.unwrap().clone(),
        }
    }

    pub fn text(&self, key: &str) -> &str {
        self.settings[key].as_str().unwrap()
    }

    pub fn number(&self, key: &str) -> u64 {
        self.settings[key].as_u64().unwrap()
    }

    /// As `--cache` takes it; none of the runs without one.
    pub fn cache(&self) -> Option<String> {
        let cache = self.settings.get("cache")?;
        let number = |key: &str| cache[key].to_string();
        Some(if cache["method"].as_str().unwrap() == "easycache" {
            format!(
                "easycache={},{}",
                number("threshold"),
                number("warmup_steps")
            )
        } else {
            let (error, skips) = (number("threshold"), number("K"));
            format!("magcache={error},{skips},{}", number("retention_ratio"))
        })
    }

    /// The steps of a pass that the authors' code computed, as 1 and 0.
    pub fn computed(&self, pass: &str) -> String {
        let steps = self.settings[pass].as_array().unwrap();
        steps.iter().map(ToString::to_string).collect()
    }

    pub fn image(&self) -> Option<PathBuf> {
        self.file("image").or_else(|| self.file("start_image"))
    }

    /// A file that the settings name.
    fn file(&self, key: &str) -> Option<PathBuf> {
        Some(golden_path(self.settings[key].as_str()?))
    }

    pub fn size(&self) -> Size {
        let side = |index: usize| self.settings["video_shape"][index].as_u64().unwrap() as u32;
        Size::new(side(3), side(2))
    }

    pub fn noise(&self) -> PathBuf {
        golden_path(&format!("data/e2e_{}.safetensors", self.name))
    }

    pub fn sampler(&self) -> &'static str {
        match self.text("solver") {
            "unipc" => "unipc",
            "dpm++" => "dpmpp",
            "euler" => "euler",
            other => panic!("unknown solver {other}"),
        }
    }

    /// One scale, or those for low and for high noise.
    pub fn guidance(&self) -> String {
        let scales = &self.settings["guide_scale"];
        match scales.as_array() {
            Some(scales) => format!("{},{}", scales[0], scales[1]),
            None => scales.to_string(),
        }
    }

    pub fn model(&self) -> Model {
        Model::official(self.text("checkpoint"))
    }

    /// The command line that asks for this run; a negative prompt is only given where the official
    /// run was given one.
    pub fn arguments(&self, model: &Path, folder: &Path) -> Vec<String> {
        let file = |name: &str| folder.join(name).display().to_string();
        let flag = |name: &str, value: &dyn ToString| [format!("--{name}"), value.to_string()];
        let mut arguments = vec!["generate".to_owned()];
        arguments.extend(flag("model", &model.display()));
        arguments.extend(flag("prompt", &self.text("prompt")));
        if !self.text("n_prompt_argument").is_empty() {
            arguments.extend(flag("negative", &self.text("n_prompt_argument")));
        }
        if let Some(area) = self.settings["max_area"].as_u64() {
            arguments.extend(flag("max-area", &area));
        } else {
            arguments.extend(flag("size", &self.size()));
        }
        for (name, keys) in FILES {
            for file in keys.iter().filter_map(|key| self.file(key)) {
                arguments.extend(flag(name, &file.display()));
            }
        }
        for reference in self.settings["ref_images"].as_array().into_iter().flatten() {
            let file = golden_path(reference.as_str().unwrap());
            arguments.extend(flag("reference", &file.display()));
        }
        if let Some(strength) = self.settings["context_scale"].as_f64() {
            arguments.extend(flag("strength", &strength));
        }
        arguments.extend(flag("frames", &self.number("frame_num")));
        arguments.extend(flag("steps", &self.number("steps")));
        arguments.extend(flag("sampler", &self.sampler()));
        arguments.extend(flag("guidance", &self.guidance()));
        arguments.extend(flag("shift", &self.settings["shift"]));
        if let Some(cache) = self.cache() {
            arguments.extend(flag("cache", &cache));
        }
        arguments.extend(flag("dtype", &"f32"));
        arguments.extend(flag("noise", &self.noise().display()));
        arguments.extend(flag("save-latents", &file("latents.safetensors")));
        arguments.extend(flag("save-frames", &file("frames.safetensors")));
        arguments.extend(["-o".to_owned(), file("out.mp4")]);
        arguments
    }

    /// The plan that the command line would make.
    pub fn plan(&self, model: &Path, folder: &Path) -> Plan {
        let words = [vec!["zoetrope".to_owned()], self.arguments(model, folder)].concat();
        let Command::Generate(args) = Arguments::parse_from(words).command else {
            panic!("it is a generation");
        };
        let checkpoint = catalog::open(model).unwrap();
        let video = args.guides.video.as_deref();
        let found = Found {
            picture: self.image().map(|path| photo::size(&path).unwrap()),
            video: video.map(|path| media::span(path).unwrap()),
        };
        Plan::new(&args.request(), checkpoint, found, 0, args.output).unwrap()
    }
}
