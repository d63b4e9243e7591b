//! *Companions* are tensors that lie beside a weight and tell how to read it.
//!
//! | beside `q.weight` | of | what it is |
//! |---|---|---|
//! | `q.scale_weight`, `q.weight_scale` | ComfyUI, of numbers of 8 bits | what the weight, or each of its rows, is multiplied by |
//! | `q.scale_input`, `q.input_scale` | the same | for products in 8 bits, which are not made here |
//! | `q.comfy_quant` | the same | the format in JSON, as the header may have it for all layers |
//! | `q.scales` and `q.biases` | MLX, of packed whole numbers | those of each group in each row |
//!
//! Tools that widen a file to 16 bits leave companions behind: what does nothing is passed over.
//!
//! ComfyUI's own names are those of its `comfy/ops.py` and `comfy/utils.py`, `convert_old_quants`; MLX's those of
//! `mlx.nn.QuantizedLinear`.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::entry::{Entry, Number, QuantParams, Stored};
use super::number;

const SCALE: [&str; 2] = ["scale_weight", "weight_scale"];
const NEEDLESS: [&str; 5] = [
    "scale_input",
    "input_scale",
    "scale_output",
    "output_scale",
    "full_precision_matrix_mult",
];
const FORMAT: &str = "comfy_quant";
/// Tells that the matrices of 8-bit floats in the file have scales; without it they may be plain numbers.
const MARKER: &str = "scaled_fp8";
/// What sets formats apart that are not read here, by what lies beside a weight of theirs.
const UNREAD: [(&str, &str); 7] = [
    ("pre_quant_scale", "4 bits with scaled inputs"),
    ("weight_scale_2", NVFP4),
    ("weight.absmax", "bitsandbytes' 4 or 8 bits"),
    ("SCB", "bitsandbytes' 8 bits"),
    ("qzeros", "GPTQ's or AWQ's 4 bits"),
    ("weight_s_rel", "packed 4-bit numbers"),
    ("smooth_factor", "SVDQuant's 4 bits"),
];
/// Read where the file says that it is ComfyUI's: other writers lay it out in other ways, and nothing tells.
const NVFP4: &str = "NVFP4";
/// The group of rotated numbers whose format names none.
const USUAL_GROUP: usize = 256;

/// What a layer's format says, as far as it matters here.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Format {
    #[serde(rename = "format")]
    name: String,
    convrot: Option<bool>,
    convrot_groupsize: Option<usize>,
    /// Where some writers keep the last two.
    params: Params,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Params {
    convrot: Option<bool>,
    convrot_groupsize: Option<usize>,
}

/// How to read the bytes of an entry.
type Read<'a> = &'a dyn Fn(&Entry) -> Option<Vec<u8>>;

/// Gives each weight its companions, which are no tensors of their own any more. `read` reads small ones.
pub(super) fn join(mut entries: BTreeMap<String, Entry>, read: Read) -> BTreeMap<String, Entry> {
    let marked = entries.remove(MARKER).is_some();
    let layers: Vec<String> = entries
        .keys()
        .filter_map(|key| key.strip_suffix("weight").map(Into::into))
        .collect();
    for layer in &layers {
        let name = format!("{layer}weight");
        let Some(mut weight) = entries.remove(&name) else {
            continue;
        };
        let mut beside = Beside::take(&mut entries, layer, read);
        if let Some(params) = beside.of(&weight, &mut entries, layer, read) {
            weight.set_beside(params);
        }
        entries.insert(name, weight);
    }
    miss_scales(&mut entries, &layers, marked);
    entries
}

/// Matrices of 8-bit floats have scales all, or none: what has none where others do has lost it.
fn miss_scales(entries: &mut BTreeMap<String, Entry>, layers: &[String], marked: bool) {
    let is_float8 = |weight: &Entry| {
        let stored = weight.stored;
        matches!(stored, Stored::Numbers(Number::F8_E4M3 | Number::F8_E5M2))
    };
    let has_scale = |weight: &Entry| matches!(weight.beside, QuantParams::Scale(_));
    let scaled = marked
        || entries
            .values()
            .any(|weight| is_float8(weight) && has_scale(weight));
    for layer in layers.iter().filter(|_| scaled) {
        if let Some(weight) = entries.get_mut(&format!("{layer}weight"))
            && is_float8(weight)
            && matches!(weight.beside, QuantParams::Nothing)
            && is_matrix(layer, weight)
        {
            weight.beside = QuantParams::NoScale;
        }
    }
}

/// Whether it is the matrix of a product; tables of embeddings have the same shape, but never a scale.
fn is_matrix(layer: &str, weight: &Entry) -> bool {
    weight.shape.len() == 2 && !layer.ends_with("embedding.")
}

/// What lies beside a weight, taken from among the tensors.
struct Beside {
    scale: Option<Entry>,
    format: Option<Entry>,
    unread: Option<&'static str>,
}

impl Beside {
    fn take(entries: &mut BTreeMap<String, Entry>, layer: &str, read: Read) -> Self {
        let mut take = |name: &str| entries.remove(&format!("{layer}{name}"));
        for name in NEEDLESS {
            drop(take(name));
        }
        let scales = SCALE.iter().filter_map(|name| take(name));
        // Of two the one that does something.
        let scale = scales.reduce(|one, other| if is_one(&one, read) { other } else { one });
        let format = take(FORMAT);
        let unread = UNREAD
            .iter()
            .find(|(name, _)| entries.contains_key(&format!("{layer}{name}")));
        Self {
            scale,
            format,
            unread: unread.map(|(_, words)| *words),
        }
    }

    /// What of it is needed to read the weight.
    fn of(
        &mut self,
        weight: &Entry,
        entries: &mut BTreeMap<String, Entry>,
        layer: &str,
        read: Read,
    ) -> Option<QuantParams> {
        let scale = self.scale.take();
        if self.unread == Some(NVFP4)
            && self
                .format(read)
                .is_some_and(|format| format.name == "nvfp4")
        {
            let all = entries.remove(&format!("{layer}weight_scale_2"));
            return Some(match scale.zip(all) {
                Some((groups, all)) => QuantParams::Nvfp4 {
                    groups: groups.into(),
                    all: all.into(),
                },
                None => QuantParams::NoScale,
            });
        }
        if let Some(words) = self.unread {
            return Some(QuantParams::Unread(words));
        }
        match weight.stored {
            Stored::Numbers(Number::F8_E4M3 | Number::F8_E5M2) => {
                let scale = scale?;
                let is_mx = matches!(scale.stored, Stored::Numbers(Number::U8 | Number::F8_E8M0))
                    && scale.elements() > weight.shape.first()?.unsigned_abs().into();
                Some(if is_mx {
                    QuantParams::Unread("MXFP8")
                } else {
                    QuantParams::Scale(scale.into())
                })
            }
            Stored::Numbers(Number::I8) => {
                let Some(scale) = scale else {
                    return Some(QuantParams::NoScale);
                };
                Some(self.int8(scale, read))
            }
            Stored::Numbers(Number::U32) => groups(entries, layer),
            Stored::Numbers(Number::U8) if weight.shape.len() == 2 => {
                Some(QuantParams::Unread("packed 4-bit numbers"))
            }
            _ if scale.is_some_and(|scale| !is_one(&scale, read)) => Some(QuantParams::Stray),
            _ => None,
        }
    }

    /// The layer's format, if one is told in a way that can be read.
    fn format(&self, read: Read) -> Option<Format> {
        let format = self.format.as_ref()?;
        let text = match &format.said {
            Some(said) => said.clone().into_bytes(),
            None => read(format)?,
        };
        format_in(&text)
    }

    /// How bytes with a sign are read.
    fn int8(&self, scale: Entry, read: Read) -> QuantParams {
        if self.format.is_none() {
            return QuantParams::Scale(scale.into());
        }
        let Some(format) = self.format(read) else {
            return QuantParams::Unread("a format that it tells in a damaged way");
        };
        if !["", "int8_tensorwise", "int8_rowwise", "int8"].contains(&format.name.as_str()) {
            return QuantParams::Unread(match format.name.as_str() {
                "convrot_w4a4" | "asym_w4a8_int8" | "svdquant_w4a4" | "awq_w4a16" => "4 bits",
                _ => "an 8-bit format that is not tensorwise",
            });
        }
        let is_rotated = format.convrot.or(format.params.convrot).unwrap_or(false);
        let group = format.convrot_groupsize.or(format.params.convrot_groupsize);
        if is_rotated {
            QuantParams::Rotated(scale.into(), group.unwrap_or(USUAL_GROUP))
        } else {
            QuantParams::Scale(scale.into())
        }
    }
}

/// A format is an object, or only its name.
fn format_in(text: &[u8]) -> Option<Format> {
    // Some writers fill the tensor up with zeros.
    let end = text
        .iter()
        .rposition(|&byte| byte != 0)
        .map_or(0, |last| last + 1);
    let text = &text[..end];
    let named = || {
        let name = serde_json::from_slice(text).ok()?;
        Some(Format {
            name,
            ..Format::default()
        })
    };
    serde_json::from_slice(text).ok().or_else(named)
}

/// Whether a scale changes nothing.
fn is_one(scale: &Entry, read: Read) -> bool {
    let Stored::Numbers(number) = scale.stored else {
        return false;
    };
    let numbers = read(scale).and_then(|bytes| number::all_of(number, &bytes));
    numbers.is_some_and(|numbers| {
        numbers
            .iter()
            .all(|number| number.to_bits() == 1f32.to_bits())
    })
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
