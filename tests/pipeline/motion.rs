//! "Natural motion": a first step without the LoRAs and with guidance, then one half of the pair, then the other.

use std::fs;
use std::path::{Path, PathBuf};

use mlx_rs::Array;
use tempfile::TempDir;
use zoetrope::catalog;
use zoetrope::catalog::few_steps::prepare;
use zoetrope::job::params::Sources;
use zoetrope::job::{CanvasRequest, FewSteps, Lora, Outputs, Plan, Request, Size, Stage};
use zoetrope::pipeline;

use super::job::{finish, stop_at};
use crate::support::folder::Model;
use crate::support::max_difference;
use crate::support::tensors::{self, Tensor};
use zoetrope::weights::Weights;

/// The steps that the expert for high noise takes, of eight.
const HIGH: usize = 4;

/// A LoRA of rank 1 that changes one matrix, by `strength` everywhere.
fn lora(file: &Path, model: &Model, strength: f32) -> Lora {
    let dit = catalog::open(model.path()).unwrap().dit.weights;
    let width = Weights::open(&dit)
        .unwrap()
        .side("head.head.weight", 1)
        .unwrap() as usize;
    let module = "diffusion_model.blocks.0.self_attn.q";
    let down = vec![0.05; width];
    let up = vec![strength; width];
    tensors::write(
        file,
        &[
            Tensor::floats(&format!("{module}.lora_A.weight"), &[1, width], &down),
            Tensor::floats(&format!("{module}.lora_B.weight"), &[width, 1], &up),
        ],
    );
    Lora {
        file: file.to_owned(),
        strength: 1.0,
        expert: None,
    }
}

struct Scene {
    folder: TempDir,
    model: Model,
}

impl Scene {
    /// A plan for a video in a folder of this name, with a pair of these strengths.
    fn plan(&self, name: &str, high: f32, low: f32) -> Plan {
        let folder = self.folder.path().join(name);
        fs::create_dir(&folder).unwrap();
        let [high, low] = [("high", high), ("low", low)].map(|(side, strength)| {
            lora(
                &folder.join(format!("lightning_{side}.safetensors")),
                &self.model,
                strength,
            )
        });
        let mut request = Request {
            prompt: "a boat".into(),
            sources: Sources {
                loras: vec![high, low],
                ..Sources::default()
            },
            canvas: CanvasRequest {
                size: Some(Size::new(32, 32)),
                frames: Some(5),
                ..CanvasRequest::default()
            },
            outputs: Outputs {
                save_latents: Some(folder.join("latents.safetensors")),
                ..Outputs::default()
            },
            ..Request::default()
        };
        request.speedups.preset = Some(FewSteps::NaturalMotion);
        let checkpoint = catalog::open(self.model.path()).unwrap();
        prepare(&mut request, &checkpoint).unwrap();
        Plan::new(&request, checkpoint, None, 7, folder.join("out.mp4")).unwrap()
    }
}

fn tensor(file: PathBuf) -> Array {
    Array::load_safetensors(file).unwrap()["latents"].clone()
}

/// The latents after so many steps.
fn after(steps: usize, plan: &Plan) -> Array {
    stop_at(Stage::Denoise, steps, plan).unwrap_err();
    tensor(
        plan.output
            .with_extension("mp4.run")
            .join("state.safetensors"),
    )
}

/// Breaks when a LoRA of the pair counts in a phase that is not its own.
#[test]
fn each_phase_has_its_own_part_of_the_pair() {
    let scene = Scene {
        folder: TempDir::new().unwrap(),
        model: Model::official("ckpt/t2v_a14b"),
    };
    let differ = |steps: usize, one: (f32, f32), other: (f32, f32)| {
        let made = |name: &str, (high, low)| {
            after(steps, &scene.plan(&format!("{name}{steps}"), high, low))
        };
        max_difference(
            &made(&format!("a{one:?}"), one),
            &made(&format!("b{other:?}"), other),
        )
    };
    assert!(
        differ(1, (1.0, 1.0), (3.0, 3.0)) == 0.0,
        "no LoRA counts at first"
    );
    assert!(
        differ(2, (1.0, 1.0), (3.0, 1.0)) > 0.0,
        "then that for high noise"
    );
    assert!(
        differ(HIGH, (1.0, 1.0), (1.0, 3.0)) == 0.0,
        "and not the other one"
    );
    assert!(
        differ(HIGH + 1, (1.0, 1.0), (1.0, 3.0)) > 0.0,
        "which comes last"
    );
}

/// Breaks when a job that was stopped in the first phase goes on with other LoRAs than it would have had.
#[test]
fn a_stopped_job_goes_on_to_the_same_bits() {
    let scene = Scene {
        folder: TempDir::new().unwrap(),
        model: Model::official("ckpt/t2v_a14b"),
    };
    let whole = scene.plan("whole", 2.0, 2.0);
    finish(&whole, pipeline::generate).unwrap();
    for steps in [1, 3, HIGH] {
        let stopped = scene.plan(&format!("stopped{steps}"), 2.0, 2.0);
        stop_at(Stage::Denoise, steps, &stopped).unwrap_err();
        finish(&stopped, pipeline::resume).unwrap();
        let latents = |plan: &Plan| fs::read(plan.outputs.save_latents.clone().unwrap()).unwrap();
        let values = |plan: &Plan| tensor(plan.outputs.save_latents.clone().unwrap());
        assert!(!latents(&stopped).is_empty());
        assert!(
            max_difference(&values(&stopped), &values(&whole)) == 0.0,
            "{steps}"
        );
    }
}
