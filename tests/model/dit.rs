//! The DiT against the official one: embeddings, the parts of a block, every block, the velocity.

use mlx_rs::ops::concatenate;
use mlx_rs::ops::indexing::TryIndexOp;
use mlx_rs::{Array, Dtype};
use zoetrope::model::dit::{
    Block, Grid, Modulation, Nag, Rope, TextKv, patchify, sinusoidal, unpatchify,
};
use zoetrope::model::nn::EvalPacer;

use super::dit_cases::{CASES, Case, FLF2V, I2V, TI2V};
use crate::support::{compare, golden, max_difference};

/// Embeddings are a few hundred float32 products; the reference recommends this.
const EMBEDDING: (f32, f32) = (2e-5, 0.0);
/// Two independent float32 implementations differ from the reference by up to 3e-5.
const BLOCK: (f32, f32) = (1e-4, 0.0);
/// A bfloat16 rounds to within 2⁻⁹ of a value, and a velocity of up to 4 has gone through a dozen
/// roundings, of which most cancel out.
const HALF: (f32, f32) = (5e-2, 0.0);
const EXACT: (f32, f32) = (0.0, 0.0);

/// The reference has no batch axis.
fn unbatched(x: &Array) -> Array {
    x.squeeze_axes(&[0]).unwrap()
}

#[test]
fn embeddings_match() {
    // float64 rounded to float32 once: half a unit in the last place of 1.
    let once = (1e-7, 0.0);
    for case in CASES {
        let (golden, dit) = (case.open(), case.dit());
        let tokens = dit.embed(&golden.input()).unwrap();
        golden.compare_any(&unbatched(&tokens), "patch_embed", EMBEDDING);
        let text = dit.text().forward(golden.context()).unwrap();
        golden.compare_any(&unbatched(&text), "text_embed", EMBEDDING);

        let clean = case.timesteps.clean_first_frame.then_some(0.0);
        let timesteps: Vec<f64> = clean.into_iter().chain([case.timesteps.noisy]).collect();
        if let Some(waves) = golden.tensors.get(&golden.name("sinusoidal")) {
            let width = waves.dim(1);
            golden.compare(&sinusoidal(&timesteps, width), "sinusoidal", once);
        }
        let (e, e0) = dit.time().forward(&case.timesteps, golden.grid()).unwrap();
        let first = text.try_index((.., ..48)).unwrap();
        golden.compare_any(&unbatched(&first), "text_embed_first48", EMBEDDING);
        let e = e.vectors().squeeze_axes(&[1]).unwrap();
        golden.compare(&e, "e", EMBEDDING);
        golden.compare(e0.vectors(), "e0", EMBEDDING);
    }
    let golden = golden("dit_ti2v_5b");
    let timesteps: Vec<f64> = golden["sinusoidal_256.in.t"]
        .try_as_slice::<f32>()
        .unwrap()
        .iter()
        .map(|&t| f64::from(t))
        .collect();
    let waves = sinusoidal(&timesteps, 256);
    compare(&waves, &golden["sinusoidal_256"], once, "width 256");
}

#[test]
fn queries_and_keys_are_normalised_and_rotated() {
    for case in CASES {
        let (golden, dit) = (case.open(), case.dit());
        let input = golden.input();
        let x = dit.embed(&input).unwrap();
        let grid = Grid::of(&input);
        let (_, modulation) = dit.time().forward(&case.timesteps, grid).unwrap();
        let block = &dit.blocks()[0];
        let modulation = block.modulate(&modulation).unwrap();
        let input = block.attention_input(&x, &modulation).unwrap();
        let rope = dit.rope(grid).unwrap();

        let queries = block.self_attn.queries(&input).unwrap();
        let flat = queries.reshape(&[queries.dim(1), -1]).unwrap();
        golden.compare_any(&flat, "block_0.self_attn.norm_q", EMBEDDING);
        let rotated = unbatched(&rope.rotate(&queries).unwrap());
        golden.compare_any(&rotated, "block_0.q_rope", EMBEDDING);
        let keys = block.self_attn.keys(&input).unwrap();
        let rotated = unbatched(&rope.rotate(&keys).unwrap());
        golden.compare_any(&rotated, "block_0.k_rope", EMBEDDING);
    }
}

#[test]
fn every_block_and_its_parts_match() {
    for case in CASES {
        let (golden, dit) = (case.open(), case.dit());
        let input = golden.input();
        let rope = dit.rope(Grid::of(&input)).unwrap();
        let text = dit.text().forward(golden.context()).unwrap();
        let image = golden.image(&dit);
        let (embedding, modulation) = dit.time().forward(&case.timesteps, golden.grid()).unwrap();
        let compare = |x: &Array, name: &str| golden.compare(&unbatched(x), name, BLOCK);

        let mut x = dit.embed(&input).unwrap();
        for (i, block) in dit.blocks().iter().enumerate() {
            let memory = block.cross_attn.key_values(&text, image.as_ref()).unwrap();
            if i == 0 {
                compare_parts(block, &x, &modulation, &rope, &memory, compare);
            }
            let pace = &mut EvalPacer::steady();
            x = block
                .forward(&x, &modulation, &rope, &memory, pace)
                .unwrap();
            compare(&x, &format!("block_{i}"));
        }
        compare(&dit.head().forward(&x, &embedding).unwrap(), "head");
    }
}

fn compare_parts(
    block: &Block,
    x: &Array,
    modulation: &Modulation,
    rope: &Rope,
    memory: &TextKv,
    compare: impl Fn(&Array, &str),
) {
    let modulation = block.modulate(modulation).unwrap();
    let input = block.attention_input(x, &modulation).unwrap();
    let y = block.self_attn.forward(&input, rope).unwrap();
    compare(&y, "block_0.self_attn");
    let x = block.add_attention(x, &y, &modulation).unwrap();
    let input = block.cross_input(&x).unwrap();
    let y = block.cross_attn.forward(&input, memory).unwrap();
    compare(&y, "block_0.cross_attn");
    let x = x.add(y).unwrap();
    let input = block.feed_input(&x, &modulation).unwrap();
    let y = block.feed_forward(&input, &mut EvalPacer::lazy()).unwrap();
    compare(&y, "block_0.ffn");
}

/// Both pictures' features with what tells them apart, and what the first block makes of them.
#[test]
fn pictures_beside_the_text_match() {
    // (the case, the rows of the embedding that the reference has)
    let rows = [0..24, 250..274, 490..514];
    for (case, rows) in [(I2V, None), (FLF2V, Some(rows))] {
        let (golden, dit) = (case.open(), case.dit());
        let image = golden.image(&dit).unwrap();
        let embedded = match rows {
            None => image.clone(),
            Some(rows) => {
                let parts = rows.map(|rows| image.try_index((.., rows)).unwrap());
                concatenate(&parts, 1).unwrap()
            }
        };
        golden.compare(&unbatched(&embedded), "img_emb", EMBEDDING);

        let text = dit.text().forward(golden.context()).unwrap();
        let block = &dit.blocks()[0].cross_attn;
        let memory = block.key_values(&text, Some(&image)).unwrap();
        let names = ["norm_k_img", "v_img"].map(|name| format!("block_0.cross_attn.{name}"));
        for (seen, name) in memory.image().unwrap().into_iter().zip(names) {
            let joined = seen.transpose_axes(&[0, 2, 1, 3]).unwrap();
            let joined = joined.reshape(&[1, image.dim(1), -1]).unwrap();
            let first = joined.try_index((.., ..24)).unwrap();
            golden.compare(&unbatched(&first), &name, EMBEDDING);
        }
    }
}

/// All prompts of a batch see the same pictures.
#[test]
fn prompts_in_a_batch_share_the_pictures() {
    for case in [I2V, FLF2V] {
        let (golden, dit) = (case.open(), case.dit());
        let input = golden.input();
        let rope = dit.rope(Grid::of(&input)).unwrap();
        let prompts = [golden.context(), &golden.tensors["in.context_null"]];
        let beside = golden.beside(None, 1.0);
        let prompts = dit.encode_context_with(&prompts, beside).unwrap();
        let both = dit.forward(&input, &case.timesteps, &prompts, &rope);
        let both = both.unwrap();
        golden.compare(&both[0], "velocity", BLOCK);
        golden.compare(&both[1], "velocity_null", BLOCK);
    }
}

/// A control video leads as strongly as it is told to, or not at all.
#[test]
fn a_control_video_leads_as_strongly_as_it_should() {
    let case = Case::new("dit_vace_1_3b", "vace_1_3b/official", "").at(731.0);
    let (golden, dit) = (case.open(), case.dit());
    let input = golden.input();
    let rope = dit.rope(Grid::of(&input)).unwrap();
    for (strength, name) in [
        (1.0, "velocity"),
        (0.6, "velocity_scaled"),
        (0.0, "velocity_scale0"),
    ] {
        let beside = golden.beside(None, strength);
        let texts = [golden.context(), golden.context()];
        let prompts = dit.encode_context_with(&texts, beside).unwrap();
        let both = dit.forward(&input, &case.timesteps, &prompts, &rope);
        for velocity in both.unwrap() {
            golden.compare(&velocity, name, BLOCK);
        }
    }
}

/// The tokens of a reference picture stand before those of the video, as a frame more, and are gone in the end.
#[test]
fn a_reference_stands_before_the_video() {
    let folder = "fun_a14b_control/official/high_noise_model";
    let case = Case::new("dit_fun_a14b_control", folder, "").at(951.0);
    let (golden, dit) = (case.open(), case.dit());
    let input = golden.input();
    let grid = Grid {
        frames: golden.grid().frames + 1,
        ..golden.grid()
    };
    let rope = dit.rope(grid).unwrap();
    let reference = golden.tensors["in.full_ref"].expand_dims(1).unwrap();
    let beside = golden.beside(Some(&reference), 1.0);
    let prompts = dit
        .encode_context_with(&[golden.context()], beside)
        .unwrap();
    let velocity = dit.forward(&input, &case.timesteps, &prompts, &rope);
    golden.compare(&velocity.unwrap()[0], "velocity", BLOCK);

    // A step cache goes around the blocks, not around the reference.
    let (_, residual) = dit
        .forward_with_residual(&input, &case.timesteps, &prompts, &rope)
        .unwrap();
    let reused = dit.forward_reusing(&input, &case.timesteps, &prompts, &residual);
    golden.compare(&reused.unwrap()[0], "velocity", BLOCK);
}

/// The chain beside the blocks is in what a step cache keeps, and has the texts of the prompt that is taken out of a batch.
#[test]
fn a_control_video_leads_one_prompt_of_two_and_a_cached_step() {
    let case = Case::new("dit_vace_1_3b", "vace_1_3b/official", "").at(731.0);
    let (golden, dit) = (case.open(), case.dit());
    let input = golden.input();
    let rope = dit.rope(Grid::of(&input)).unwrap();
    let other = golden.context().multiply(Array::from_f32(-2.0)).unwrap();
    let beside = golden.beside(None, 0.6);
    let both = dit
        .encode_context_with(&[&other, golden.context()], beside)
        .unwrap();
    let one = both.only(1).unwrap();
    let (velocity, residual) = dit
        .forward_with_residual(&input, &case.timesteps, &one, &rope)
        .unwrap();
    golden.compare(&velocity[0], "velocity_scaled", BLOCK);
    let reused = dit.forward_reusing(&input, &case.timesteps, &one, &residual);
    golden.compare(&reused.unwrap()[0], "velocity_scaled", BLOCK);

    // Pushed away from itself, attention stays where it is, and from another text it does not, in the chain either.
    let nag = Nag {
        scale: 4.0,
        alpha: 0.5,
        tau: 100.0,
    };
    let avoiding = |index: i32| {
        let prompt = both
            .only(1)
            .unwrap()
            .avoiding(both.only(index).unwrap(), nag);
        let made = dit.forward(&input, &case.timesteps, &prompt, &rope);
        made.unwrap().remove(0)
    };
    golden.compare(&avoiding(1), "velocity_scaled", BLOCK);
    assert!(max_difference(&avoiding(0), &velocity[0]) > 1e-2);
}

#[test]
fn the_velocity_matches() {
    for case in CASES {
        let (golden, dit) = (case.open(), case.dit());
        let input = golden.input();
        let rope = dit.rope(Grid::of(&input)).unwrap();
        let prompts = golden.prompts(&dit);
        let velocity = dit
            .forward(&input, &case.timesteps, &prompts, &rope)
            .unwrap()
            .remove(0);
        golden.compare(&velocity, "velocity", BLOCK);
    }
}

/// What a GPU computes with: no type is lost on the way, and nothing is rounded that is not a product.
#[test]
fn half_precision_products_come_near() {
    for case in CASES {
        let (golden, dit) = (case.open(), case.dit_with(Dtype::Bfloat16));
        let input = golden.input();
        let rope = dit.rope(Grid::of(&input)).unwrap();
        let prompts = golden.prompts(&dit);
        let velocity = dit
            .forward(&input, &case.timesteps, &prompts, &rope)
            .unwrap()
            .remove(0);
        assert_eq!(velocity.dtype(), Dtype::Float32);
        golden.compare(&velocity, "velocity", HALF);
    }
}

#[test]
fn prompts_in_a_batch_are_as_each_alone() {
    let (golden, dit) = (TI2V.open(), TI2V.dit());
    let input = golden.input();
    let rope = dit.rope(Grid::of(&input)).unwrap();
    let prompts = [golden.context(), &golden.tensors["in.context_null"]];
    let prompts = dit.encode_context(&prompts).unwrap();
    let both = dit
        .forward(&input, &TI2V.timesteps, &prompts, &rope)
        .unwrap();
    golden.compare(&both[0], "velocity", BLOCK);
    golden.compare(&both[1], "velocity_null", BLOCK);
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
    let dit = TI2V.dit();
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
