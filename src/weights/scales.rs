//! *Companions* are tensors that lie beside a weight and tell how to read it.
//!
//! | beside `q.weight` | of | what it is |
//! |---|---|---|
//! | `q.scale_weight`, `q.weight_scale` | ComfyUI, of 8-bit floats | what the weight, or each of its rows, is multiplied by |
//! | `q.scale_input`, `q.input_scale`, `q.comfy_quant` | the same | for products in 8 bits, which are not made here |
//! | `q.scales` and `q.biases` | MLX, of packed whole numbers | those of each group in each row |
//!
//! ComfyUI's own names are those of its `comfy/ops.py`, MLX's those of `mlx.nn.QuantizedLinear`.

use std::collections::BTreeMap;

use super::entry::{Entry, Number, QuantParams, Stored};

const SCALE: [&str; 2] = ["scale_weight", "weight_scale"];
const NEEDLESS: [&str; 3] = ["scale_input", "input_scale", "comfy_quant"];
/// Tells that the matrices of 8-bit floats in the file have scales; without it they may be plain numbers.
const MARKER: &str = "scaled_fp8";

/// Gives each weight its companions, which are no tensors of their own any more.
pub(super) fn join(mut entries: BTreeMap<String, Entry>) -> BTreeMap<String, Entry> {
    let scaled = entries.remove(MARKER).is_some();
    let layers: Vec<String> = entries
        .keys()
        .filter_map(|key| key.strip_suffix("weight").map(Into::into))
        .collect();
    for layer in layers {
        let name = format!("{layer}weight");
        let Some(mut weight) = entries.remove(&name) else {
            continue;
        };
        let beside = match weight.stored {
            Stored::Numbers(Number::F8_E4M3 | Number::F8_E5M2) => scale(&mut entries, &layer)
                .or_else(|| (scaled && is_matrix(&layer, &weight)).then_some(QuantParams::NoScale)),
            Stored::Numbers(Number::U32) => groups(&mut entries, &layer),
            _ => None,
        };
        if let Some(beside) = beside {
            weight.set_beside(beside);
        }
        entries.insert(name, weight);
    }
    entries
}

/// Whether it is the matrix of a product; tables of embeddings have the same shape, but never a scale.
fn is_matrix(layer: &str, weight: &Entry) -> bool {
    weight.shape.len() == 2 && !layer.ends_with("embedding.")
}

fn scale(entries: &mut BTreeMap<String, Entry>, layer: &str) -> Option<QuantParams> {
    for name in NEEDLESS {
        entries.remove(&format!("{layer}{name}"));
    }
    let scale = SCALE
        .iter()
        .find_map(|name| entries.remove(&format!("{layer}{name}")))?;
    Some(QuantParams::Scale(scale.into()))
}

fn groups(entries: &mut BTreeMap<String, Entry>, layer: &str) -> Option<QuantParams> {
    let [scales, biases] = ["scales", "biases"].map(|name| format!("{layer}{name}"));
    if !entries.contains_key(&biases) {
        return None;
    }
    Some(QuantParams::Groups {
        scales: entries.remove(&scales)?.into(),
        biases: entries.remove(&biases)?.into(),
    })
}
