//! Layers that several networks share.

use mlx_rs::Array;
use zoetrope::model::nn::gelu_tanh;

use crate::support::compare;

#[test]
fn gelu_is_the_tanh_form() {
    // Computed in float64 by the formula of Hendrycks and Gimpel (2016), section 2.
    let x = [-3.0f64, -1.0, -0.1, 0.0, 0.5, 2.0];
    let expected = x.map(|x| {
        let inner = (2.0 / std::f64::consts::PI).sqrt() * (x + 0.044_715 * x.powi(3));
        (0.5 * x * (1.0 + inner.tanh())) as f32
    });
    let y = gelu_tanh(&Array::from_slice(&x.map(|x| x as f32), &[6])).unwrap();
    compare(&y, &Array::from_slice(&expected, &[6]), (1e-6, 0.0), "gelu");
}
