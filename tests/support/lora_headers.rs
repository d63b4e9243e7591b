//! LoRAs with headers like those of real files, and holes for their numbers.

use std::fmt::Write as _;
use std::fs::{self, File};
use std::path::Path;

/// A LoRA as its header has it.
#[derive(Clone, Copy)]
pub struct Header {
    pub width: u64,
    pub feed: u64,
    pub blocks: u64,
    pub rank: u64,
    /// The names of both narrow matrices.
    pub parts: [&'static str; 2],
    pub before: &'static str,
    pub alpha: Alpha,
    /// Whether biases, norms and modulations have whole differences.
    pub differences: bool,
    /// A trainer's note.
    pub note: Option<&'static str>,
}

/// How `alpha` is written, if it is.
#[derive(Clone, Copy)]
pub enum Alpha {
    None,
    I64(i64),
    F32(f32),
}

pub const KOHYA: [&str; 2] = ["lora_down.weight", "lora_up.weight"];
pub const PEFT: [&str; 2] = ["lora_A.weight", "lora_B.weight"];

/// Wan2.2-Lightning: rank 64, alpha 8, every matrix of 40 blocks.
pub const LIGHTNING: Header = Header {
    width: 5120,
    feed: 13824,
    blocks: 40,
    rank: 64,
    parts: KOHYA,
    before: "diffusion_model.",
    alpha: Alpha::F32(8.0),
    differences: false,
    note: None,
};
/// LightX2V's and Kijai's, taken out of two checkpoints.
pub const LIGHTX2V: Header = Header {
    alpha: Alpha::None,
    differences: true,
    ..LIGHTNING
};
/// FastWan for the 5B, by Kijai.
pub const FASTWAN: Header = Header {
    width: 3072,
    feed: 14336,
    blocks: 30,
    rank: 128,
    ..LIGHTX2V
};
/// Somebody's style, trained with musubi-tuner to the same rank and alpha.
pub const STYLE: Header = Header {
    note: Some("ss_network_module"),
    ..LIGHTNING
};
/// Somebody's style, trained with diffusion-pipe.
pub const PLAIN: Header = Header {
    rank: 32,
    parts: PEFT,
    alpha: Alpha::None,
    ..LIGHTNING
};

/// Writes a file with this header. What is not an alpha is a hole, which takes no room on the disk.
pub fn write(path: &Path, header: &Header) {
    let (mut json, mut alphas, mut end) = (String::from("{"), Vec::new(), 0_u64);
    if let Some(note) = header.note {
        let _ = write!(json, r#""__metadata__":{{"{note}":"networks.lora_wan"}},"#);
    }
    let mut tensors = Vec::new();
    for block in 0..header.blocks {
        let (width, feed) = (header.width, header.feed);
        let attention = ["self_attn", "cross_attn"].into_iter();
        let attention =
            attention.flat_map(|at| ["q", "k", "v", "o"].map(|one| format!("{at}.{one}")));
        let mut matrices: Vec<_> = attention.map(|name| (name, width, width)).collect();
        matrices.push(("ffn.0".into(), feed, width));
        matrices.push(("ffn.2".into(), width, feed));
        for (name, outputs, inputs) in matrices {
            let name = format!("{}blocks.{block}.{name}", header.before);
            tensors.push((
                format!("{name}.{}", header.parts[0]),
                vec![header.rank, inputs],
            ));
            tensors.push((
                format!("{name}.{}", header.parts[1]),
                vec![outputs, header.rank],
            ));
            if header.differences {
                tensors.push((format!("{name}.diff_b"), vec![outputs]));
            }
            let (kind, bytes) = match header.alpha {
                Alpha::None => continue,
                Alpha::I64(alpha) => ("I64", alpha.to_le_bytes().to_vec()),
                Alpha::F32(alpha) => ("F32", alpha.to_le_bytes().to_vec()),
            };
            let next = end + bytes.len() as u64;
            let _ = write!(
                json,
                r#""{name}.alpha":{{"dtype":"{kind}","shape":[],"data_offsets":[{end},{next}]}},"#
            );
            alphas.extend(bytes);
            end = next;
        }
        if header.differences {
            let block = format!("{}blocks.{block}", header.before);
            tensors.push((format!("{block}.norm3.diff"), vec![width]));
            tensors.push((format!("{block}.diff_m"), vec![1, 6, width]));
        }
    }
    for (name, shape) in tensors {
        let next = end + 2 * shape.iter().product::<u64>();
        let _ = write!(
            json,
            r#""{name}":{{"dtype":"BF16","shape":{shape:?},"data_offsets":[{end},{next}]}},"#
        );
        end = next;
    }
    json.pop();
    json.push('}');
    let mut bytes = (json.len() as u64).to_le_bytes().to_vec();
    bytes.extend(json.as_bytes());
    let start = bytes.len() as u64;
    bytes.extend(alphas);
    fs::write(path, bytes).unwrap();
    let file = File::options().write(true).open(path).unwrap();
    file.set_len(start + end).unwrap();
}
