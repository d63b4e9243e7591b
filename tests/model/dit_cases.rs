//! What the official DiT computed, and the networks that it computed it with.

use std::collections::HashMap;

use mlx_rs::ops::concatenate;
use mlx_rs::{Array, Dtype};
use zoetrope::model::dit::{Beside, Config, Dit, Grid, Prompts, Timesteps};
use zoetrope::weights::{Weights, shards};

use crate::support::{compare, golden, golden_path};

/// A forward pass of the reference.
pub(super) struct Case {
    /// The file with its tensors.
    pub(super) data: &'static str,
    /// The folder of the network.
    pub(super) folder: &'static str,
    /// What the names of its tensors begin with.
    pub(super) prefix: &'static str,
    pub(super) timesteps: Timesteps,
}

impl Case {
    pub(super) const fn new(
        data: &'static str,
        folder: &'static str,
        prefix: &'static str,
    ) -> Self {
        Self {
            data,
            folder,
            prefix,
            timesteps: Timesteps {
                noisy: 0.0,
                clean_first_frame: false,
            },
        }
    }

    /// The same timestep for every token.
    pub(super) const fn at(mut self, noisy: f64) -> Self {
        self.timesteps.noisy = noisy;
        self
    }

    pub(super) const fn with_clean_first_frame(mut self) -> Self {
        self.timesteps.clean_first_frame = true;
        self
    }

    pub(super) fn dit(&self) -> Dit {
        self.dit_with(Dtype::Float32)
    }

    pub(super) fn dit_with(&self, dtype: Dtype) -> Dit {
        let folder = golden_path("ckpt").join(self.folder);
        let config = Config::read(&folder.join("config.json")).unwrap();
        let files = shards::list(&folder, "diffusion_pytorch_model").unwrap();
        let weights = Weights::open(&files).unwrap();
        weights
            .load(|weights| Dit::load(weights, &config, dtype))
            .unwrap()
    }

    pub(super) fn open(&self) -> Golden {
        Golden {
            tensors: golden(self.data),
            prefix: self.prefix,
        }
    }
}

/// The tensors of a case.
pub(super) struct Golden {
    pub(super) tensors: HashMap<String, Array>,
    pub(super) prefix: &'static str,
}

impl Golden {
    /// What goes into the network: the latents and, of the image-to-video model, what it sees
    /// beside them.
    pub(super) fn input(&self) -> Array {
        let latent = &self.tensors["in.latent"];
        match self.tensors.get("in.y") {
            Some(beside) => concatenate(&[latent, beside], 0).unwrap(),
            None => latent.clone(),
        }
    }

    pub(super) fn grid(&self) -> Grid {
        Grid::of(&self.input())
    }

    /// What stands beside the prompts, with a control video at this strength.
    pub(super) fn beside<'a>(&'a self, reference: Option<&'a Array>, strength: f32) -> Beside<'a> {
        let control = self.tensors.get("in.vace_context");
        Beside {
            image: self.tensors.get("in.clip_fea"),
            reference,
            control: control.map(|control| (control, strength)),
        }
    }

    pub(super) fn context(&self) -> &Array {
        &self.tensors["in.context"]
    }

    /// The embedded features of pictures, where the network sees some.
    pub(super) fn image(&self, dit: &Dit) -> Option<Array> {
        let features = self.tensors.get("in.clip_fea")?;
        Some(dit.image().unwrap().forward(features).unwrap())
    }

    pub(super) fn prompts(&self, dit: &Dit) -> Prompts {
        let beside = self.beside(None, 1.0);
        dit.encode_context_with(&[self.context()], beside).unwrap()
    }

    pub(super) fn name(&self, name: &str) -> String {
        format!("{}{name}", self.prefix)
    }

    pub(super) fn compare(&self, actual: &Array, name: &str, tolerance: (f32, f32)) {
        let name = self.name(name);
        compare(actual, &self.tensors[&name], tolerance, &name);
    }

    /// The same where the reference has it: some is kept for one case of a file only.
    pub(super) fn compare_any(&self, actual: &Array, name: &str, tolerance: (f32, f32)) {
        if self.tensors.contains_key(&self.name(name)) {
            self.compare(actual, name, tolerance);
        }
    }
}

pub(super) const TI2V: Case = Case::new("dit_ti2v_5b", "ti2v_5b/official", "scalar.").at(731.0);

/// With pictures beside the text.
pub(super) const I2V: Case = Case::new("dit_i2v_14b", "i2v_14b/official", "").at(731.0);
pub(super) const FLF2V: Case = Case::new("dit_flf2v_14b", "flf2v_14b/official", "").at(731.0);

pub(super) const CASES: [Case; 9] = [
    I2V,
    FLF2V,
    TI2V,
    Case::new("dit_ti2v_5b", "ti2v_5b/official", "pertoken.")
        .at(993.0)
        .with_clean_first_frame(),
    Case::new("dit_t2v_1_3b", "t2v_1_3b/official", "").at(731.0),
    Case::new(
        "dit_t2v_a14b",
        "t2v_a14b/official/high_noise_model",
        "high_noise_model.",
    )
    .at(993.0),
    Case::new(
        "dit_t2v_a14b",
        "t2v_a14b/official/low_noise_model",
        "low_noise_model.",
    )
    .at(993.0),
    Case::new(
        "dit_i2v_a14b",
        "i2v_a14b/official/high_noise_model",
        "high_noise_model.",
    )
    .at(412.0),
    Case::new(
        "dit_i2v_a14b",
        "i2v_a14b/official/low_noise_model",
        "low_noise_model.",
    )
    .at(412.0),
];
