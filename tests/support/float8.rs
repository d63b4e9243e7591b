//! Files with 8-bit floats, as ComfyUI has them.

use mlx_rs::Dtype;
use safetensors::Dtype as Number;
use safetensors::tensor::TensorView;
use zoetrope::weights::Weights;

use super::values;

/// The nearest number that E4M3 has.
fn e4m3(value: f32) -> u8 {
    let number = |byte: u8| {
        let (exponent, mantissa) = (i32::from(byte >> 3), f32::from(byte & 7));
        match exponent {
            0 => mantissa * 2f32.powi(-9),
            _ => (8.0 + mantissa) * 2f32.powi(exponent - 10),
        }
    };
    let distance = |byte: &u8| (number(*byte) - value.abs()).abs();
    let nearest = (0..127).min_by(|a, b| distance(a).total_cmp(&distance(b)));
    nearest.unwrap() | u8::from(value < 0.0) << 7
}

/// A DiT as ComfyUI scales its products' matrices into 8-bit floats, under its prefix.
pub fn network(weights: &Weights) -> Vec<u8> {
    let official = weights.as_type(Dtype::Float32);
    let mut tensors = vec![(
        "scaled_fp8".to_owned(),
        Number::F8_E4M3,
        vec![0],
        Vec::new(),
    )];
    for name in official.names() {
        let shape = official.shape(&name).unwrap();
        let numbers = values(&official.tensor(&name, &shape).unwrap());
        let sides: Vec<_> = shape.iter().map(|&side| side as usize).collect();
        if name.starts_with("blocks.") && name.ends_with(".weight") && shape.len() == 2 {
            let most = numbers.iter().fold(0f32, |most, n| most.max(n.abs()));
            let scale = most / 448.0;
            let bytes = numbers.iter().map(|n| e4m3(n / scale)).collect();
            let beside = name.replace(".weight", ".scale_weight");
            let scale = scale.to_le_bytes().to_vec();
            tensors.push((beside, Number::F32, Vec::new(), scale));
            tensors.push((name, Number::F8_E4M3, sides, bytes));
        } else {
            let bytes = numbers.iter().flat_map(|n| n.to_le_bytes()).collect();
            tensors.push((name, Number::F32, sides, bytes));
        }
    }
    let views = tensors.iter().map(|(name, dtype, shape, bytes)| {
        let view = TensorView::new(*dtype, shape.clone(), bytes).unwrap();
        (format!("model.diffusion_model.{name}"), view)
    });
    safetensors::serialize(views, None).unwrap()
}
