//! The DiT against the official one: embeddings, the parts of a block, every block, the velocity.

use mlx_rs::ops::concatenate;
use mlx_rs::ops::indexing::TryIndexOp;
use mlx_rs::{Array, Dtype};
use zoetrope::model::dit::{
    Config, Dit, Grid, Modulation, Timesteps, patchify, sinusoidal, unpatchify,
};
use zoetrope::weights::{Weights, shards};

use crate::support::{compare, golden, golden_path};

/// Embeddings are a few hundred float32 products; the reference recommends this.
const EMBEDDING: (f32, f32) = (2e-5, 0.0);
/// Two independent float32 implementations differ from the reference by up to 3e-5.
const BLOCK: (f32, f32) = (1e-4, 0.0);
const EXACT: (f32, f32) = (0.0, 0.0);

struct Case {
    prefix: &'static str,
    timesteps: Timesteps,
}

/// The same timestep for every token, and a clean first frame.
const CASES: [Case; 2] = [
    Case {
        prefix: "scalar",
        timesteps: Timesteps {
            noisy: 731.0,
            clean_first_frame: false,
        },
    },
    Case {
        prefix: "pertoken",
        timesteps: Timesteps {
            noisy: 993.0,
            clean_first_frame: true,
        },
    },
];

fn dit() -> Dit {
    let folder = golden_path("ckpt/ti2v_5b/official");
    let config = Config::read(&folder.join("config.json")).unwrap();
    let files = shards::list(&folder, "diffusion_pytorch_model").unwrap();
    let weights = Weights::open(&files).unwrap();
    weights
        .load(|weights| Dit::load(weights, &config, Dtype::Float32))
        .unwrap()
}

/// The reference has no batch axis.
fn unbatched(x: &Array) -> Array {
    x.squeeze_axes(&[0]).unwrap()
}

#[test]
fn embeddings_match() {
    let golden = golden("dit_ti2v_5b");
    let dit = dit();
    let tokens = dit.embed(&golden["in.latent"]).unwrap();
    compare(
        &unbatched(&tokens),
        &golden["scalar.patch_embed"],
        EMBEDDING,
        "patches",
    );
    let text = dit.text().forward(&golden["in.context"]).unwrap();
    compare(
        &unbatched(&text),
        &golden["scalar.text_embed"],
        EMBEDDING,
        "text",
    );
    for Case { prefix, timesteps } in CASES {
        let (e, e0) = dit.time().forward(&timesteps, 15).unwrap();
        let expected = |name: &str| &golden[&format!("{prefix}.{name}")];
        let e = e.vectors().squeeze_axes(&[1]).unwrap();
        compare(&e, expected("e"), EMBEDDING, "time embedding");
        compare(e0.vectors(), expected("e0"), EMBEDDING, "time projection");
    }
}

#[test]
fn sinusoidal_embeddings_match() {
    let golden = golden("dit_ti2v_5b");
    let timesteps: Vec<f64> = golden["sinusoidal_256.in.t"]
        .try_as_slice::<f32>()
        .unwrap()
        .iter()
        .map(|&t| f64::from(t))
        .collect();
    // float64 rounded to float32 once: half a unit in the last place of 1.
    let once = (1e-7, 0.0);
    compare(
        &sinusoidal(&timesteps, 256),
        &golden["sinusoidal_256"],
        once,
        "width 256",
    );
    compare(
        &sinusoidal(&[731.0], 64),
        &golden["scalar.sinusoidal"],
        once,
        "width 64",
    );
    compare(
        &sinusoidal(&[0.0, 993.0], 64),
        &golden["pertoken.sinusoidal"],
        once,
        "two",
    );
}

#[test]
fn queries_and_keys_are_normalised_and_rotated() {
    let golden = golden("dit_ti2v_5b");
    let dit = dit();
    let x = dit.embed(&golden["in.latent"]).unwrap();
    let grid = Grid::of(&golden["in.latent"]);
    let (_, modulation) = dit
        .time()
        .forward(&CASES[0].timesteps, grid.tokens_in_frame())
        .unwrap();
    let block = &dit.blocks()[0];
    let input = block
        .attention_input(&x, &block.modulate(&modulation).unwrap())
        .unwrap();
    let rope = dit.rope(grid).unwrap();

    let queries = block.self_attn.queries(&input).unwrap();
    let flat = queries.reshape(&[45, 64]).unwrap();
    compare(
        &flat,
        &golden["scalar.block_0.self_attn.norm_q"],
        EMBEDDING,
        "normalised",
    );
    let rotated = unbatched(&rope.rotate(&queries).unwrap());
    compare(
        &rotated,
        &golden["scalar.block_0.q_rope"],
        EMBEDDING,
        "queries",
    );
    let keys = rope.rotate(&block.self_attn.keys(&input).unwrap()).unwrap();
    compare(
        &unbatched(&keys),
        &golden["scalar.block_0.k_rope"],
        EMBEDDING,
        "keys",
    );
}

#[test]
fn every_block_and_its_parts_match() {
    let golden = golden("dit_ti2v_5b");
    let dit = dit();
    let grid = Grid::of(&golden["in.latent"]);
    let rope = dit.rope(grid).unwrap();
    let text = dit.text().forward(&golden["in.context"]).unwrap();
    for Case { prefix, timesteps } in CASES {
        let compare = |actual: &Array, name: &str| {
            let expected = &golden[&format!("{prefix}.{name}")];
            compare(
                &unbatched(actual),
                expected,
                BLOCK,
                &format!("{prefix}.{name}"),
            );
        };
        let (embedding, modulation) = dit.time().forward(&timesteps, 15).unwrap();
        let mut x = dit.embed(&golden["in.latent"]).unwrap();
        for (i, block) in dit.blocks().iter().enumerate() {
            let memory = block.cross_attn.remember(&text).unwrap();
            if i == 0 {
                compare_parts(block, &x, &modulation, &rope, &memory, compare);
            }
            x = block.forward(&x, &modulation, &rope, &memory).unwrap();
            compare(&x, &format!("block_{i}"));
        }
        compare(&dit.head().forward(&x, &embedding).unwrap(), "head");
    }
}

fn compare_parts(
    block: &zoetrope::model::dit::Block,
    x: &Array,
    modulation: &Modulation,
    rope: &zoetrope::model::dit::Rope,
    memory: &zoetrope::model::dit::TextMemory,
    compare: impl Fn(&Array, &str),
) {
    let modulation = block.modulate(modulation).unwrap();
    let y = block
        .self_attn
        .forward(&block.attention_input(x, &modulation).unwrap(), rope)
        .unwrap();
    compare(&y, "block_0.self_attn");
    let x = x
        .add(block.gate_attention(&y, &modulation).unwrap())
        .unwrap();
    let y = block
        .cross_attn
        .forward(&block.cross_input(&x).unwrap(), memory)
        .unwrap();
    compare(&y, "block_0.cross_attn");
    let x = x.add(y).unwrap();
    let y = block
        .feed_forward(&block.feed_input(&x, &modulation).unwrap())
        .unwrap();
    compare(&y, "block_0.ffn");
}

#[test]
fn the_velocity_matches_alone_and_in_a_batch() {
    let golden = golden("dit_ti2v_5b");
    let dit = dit();
    let latent = &golden["in.latent"];
    let rope = dit.rope(Grid::of(latent)).unwrap();
    let prompt = dit.read(&golden["in.context"]).unwrap();
    let negative = dit.read(&golden["in.context_null"]).unwrap();
    for Case { prefix, timesteps } in CASES {
        let velocity = dit
            .forward(latent, &timesteps, &[&prompt], &rope)
            .unwrap()
            .remove(0);
        compare(
            &velocity,
            &golden[&format!("{prefix}.velocity")],
            BLOCK,
            prefix,
        );
    }
    let both = dit
        .forward(latent, &CASES[0].timesteps, &[&prompt, &negative], &rope)
        .unwrap();
    compare(
        &both[0],
        &golden["scalar.velocity"],
        BLOCK,
        "batched, prompt",
    );
    compare(
        &both[1],
        &golden["scalar.velocity_null"],
        BLOCK,
        "batched, negative",
    );
}

#[test]
fn patches_keep_the_official_order() {
    let golden = golden("patchify");
    let video = &golden["unpatchified"];
    let patches = patchify(video).unwrap();
    compare(
        &patches,
        &golden["conv_patchified"],
        EXACT,
        "channel slowest",
    );
    let back = unpatchify(&golden["tokens"], Grid::of(video)).unwrap();
    compare(&back, video, EXACT, "channel fastest");
}

#[test]
fn rotations_are_the_official_table() {
    let golden = golden("dit_ti2v_5b");
    let dit = dit();
    // A head of ones with nothing imaginary shows the table itself: (cos, sin) for each pair.
    let grid = Grid {
        frames: 32,
        height: 1,
        width: 1,
    };
    let one = Array::from_slice(&[1.0f32, 0.0].repeat(8), &[1, 1, 1, 16]);
    let ones = concatenate(&vec![one; 32], 1).unwrap();
    let table = dit
        .rope(grid)
        .unwrap()
        .rotate(&ones)
        .unwrap()
        .reshape(&[32, 8, 2])
        .unwrap();
    for (part, name) in ["rope.freqs_cos", "rope.freqs_sin"].into_iter().enumerate() {
        // Only the first four pairs turn with the frame; the rest stand still at row and column 0.
        let in_time = |x: &Array| x.try_index((.., ..4)).unwrap();
        let actual = table.try_index((.., .., part as i32)).unwrap();
        compare(
            &in_time(&actual),
            &in_time(&golden[name]),
            (1e-7, 0.0),
            name,
        );
    }
}
