//! Apple's GPUs, without one: the rules that were read in MLX's source, held against our networks.

use std::fs;
use std::path::Path;

use zoetrope::backend::Backend;
use zoetrope::backend::metal::{
    AttentionPath, Budget, Chip, Conv, ConvPath, DecoderShape, Generation, Mac, Number, READ_FOR,
    Tier, attention_path,
};
use zoetrope::backend::packed::unpacks;

const F32: Number = Number::F32;

/// Sizes that are offered, as landscape and portrait.
const SIZES_21: [(u64, u64); 4] = [(832, 480), (480, 832), (1280, 720), (720, 1280)];
const SIZES_22: [(u64, u64); 4] = [(832, 480), (480, 832), (1280, 704), (704, 1280)];

/// Breaks when a chip is taken for another, and computes in the slower half type. The names are those that Metal tells.
#[test]
fn a_chip_is_known_by_its_architecture() {
    let known = [
        ("applegpu_g13g", Generation::M1),
        ("applegpu_g13s", Generation::M1),
        ("applegpu_g14d", Generation::M2),
        ("applegpu_g15s", Generation::M3),
        ("applegpu_g16p", Generation::M4),
        ("applegpu_g17s", Generation::M5),
        ("applegpu_g18s", Generation::M5),
    ];
    for (name, generation) in known {
        assert_eq!(
            Generation::of_architecture(name),
            Some(generation),
            "{name}"
        );
    }
    for other in [
        "",
        "applegpu_g12p",
        "applegpu_gx",
        "Apple Paravirtual device",
    ] {
        assert_eq!(Generation::of_architecture(other), None, "{other}");
    }
}

/// Breaks when packed weights are multiplied in the slower way: unpacked where few rows come, or packed where the kernel for
/// that was measured to be slower.
#[test]
fn packed_products_go_the_faster_way() {
    let metal = |measured, generation, rows| unpacks(Backend::Metal, measured, generation, rows);
    let (old, new) = (Some(Generation::M2), Some(Generation::M3));
    assert!(metal(None, old, 4096) && !metal(None, new, 4096) && !metal(None, None, 4096));
    assert!(metal(Some(true), new, 4096) && !metal(Some(false), old, 4096));
    assert!(!metal(Some(true), old, 512));
    for other in [Backend::Cpu, Backend::Cuda] {
        assert!(unpacks(other, Some(false), None, 1));
    }
}

fn decoders() -> impl Iterator<Item = (DecoderShape, (u64, u64))> {
    let old = SIZES_21.map(|size| (DecoderShape::V21, size));
    let new = SIZES_22.map(|size| (DecoderShape::V22, size));
    old.into_iter().chain(new)
}

fn chips() -> impl Iterator<Item = Chip> {
    use Generation::{M1, M2, M3, M4, M5};
    use Tier::{Base, Max, Pro, Ultra};
    [M1, M2, M3, M4, M5]
        .into_iter()
        .flat_map(|generation| [Base, Pro, Max, Ultra].map(move |tier| Chip { generation, tier }))
}

/// Breaks when MLX changes: then conv.cpp and `scaled_dot_product_attention.cpp` are to be read again before the rules here
/// are believed.
#[test]
fn the_rules_were_read_for_the_mlx_that_is_used() {
    let lock = Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.lock");
    let lock = fs::read_to_string(lock).unwrap();
    let version = format!("name = \"mlx-sys\"\nversion = \"{READ_FOR}\"");
    assert!(
        lock.contains(&version),
        "mlx-sys is not {READ_FOR} any more"
    );
}

/// Breaks when the scratch of Winograd is counted wrongly. The figures were worked out by hand from `winograd_conv_2D_gpu`.
#[test]
fn winograd_takes_what_its_transforms_take() {
    let conv = |width, height, inputs, outputs| Conv {
        pictures: 1,
        height,
        width,
        inputs,
        outputs,
        side: 3,
        stride: 1,
    };
    let cases = [
        (conv(640, 352, 512, 512), 2.19e9),
        (conv(640, 352, 512, 256), 1.74e9),
        (conv(640, 352, 256, 256), 1.08e9),
        (conv(832, 480, 192, 96), 1.13e9),
        (conv(1280, 720, 192, 96), 2.61e9),
    ];
    for (conv, expected) in cases {
        let ConvPath::Winograd { scratch } = conv.path(F32) else {
            panic!("{conv:?} is not computed by Winograd");
        };
        let off = scratch as f64 / expected - 1.0;
        assert!(
            off.abs() < 0.04,
            "{conv:?}: {scratch} instead of {expected}"
        );
    }
}

/// Breaks when a layer of a decoder takes a way that needs every pixel's neighbours as one matrix, an array that MLX's
/// 32-bit indices cannot count, or a buffer above what Metal gives.
#[test]
fn no_layer_of_a_decoder_is_out_of_bounds() {
    for (decoder, size) in decoders() {
        for layer in decoder.layers(size) {
            let conv = layer.conv;
            let path = conv.path(F32);
            assert_ne!(path, ConvPath::Explicit, "{conv:?}");
            let made = conv.height * conv.width * conv.outputs.max(conv.inputs);
            assert!(made < 1 << 31, "{conv:?}");
            if let ConvPath::Winograd { scratch } = path {
                assert!(scratch < 8_000_000_000, "{conv:?}");
            }
        }
    }
}

/// Breaks when a strip of a convolution computes more than its budget, but for the smallest strip there is.
#[test]
fn convolutions_are_cut_to_the_budget() {
    for (decoder, size) in decoders() {
        for layer in decoder.layers(size) {
            let conv = layer.conv;
            let rows = conv.rows_within(F32, Budget::FLOOR);
            let strip = Conv {
                height: rows,
                ..conv
            };
            let within = strip.multiply_adds(F32) <= Budget::FLOOR;
            assert!(within || rows <= 6, "{conv:?}: {rows} rows");
            // Even the smallest strip lasts no longer than a dispatch may on the slowest chip.
            let slowest = chips()
                .map(|chip| chip.multiply_adds_per_second(F32))
                .fold(f64::MAX, f64::min);
            let seconds = strip.multiply_adds(F32) as f64 / slowest;
            assert!(seconds < Budget::VISIBLE, "{conv:?}: {seconds} s");
        }
    }
}

/// Breaks when attention falls back to scores that fill the memory. Heads of the DiTs are 128 wide, of the text encoder 64.
#[test]
fn attention_of_transformers_is_fused_and_that_of_the_vae_is_not() {
    for number in [F32, Number::F16, Number::Bf16] {
        for width in [64, 128] {
            let path = attention_path(width, number, 40, 75_600, 75_600);
            assert_eq!(path, AttentionPath::Fused);
        }
    }
    let vae = attention_path(1024, F32, 1, 3520, 3520);
    assert_eq!(vae, AttentionPath::Scores(3520 * 3520 * 4));
}

/// Breaks when a part is longer than it may be on some Mac once the budget has settled, or when it never settles.
#[test]
fn the_budget_settles_below_its_target_on_every_chip() {
    for chip in chips() {
        for number in [F32, Number::F16, Number::Bf16] {
            for (visible, target) in [(true, Budget::VISIBLE), (false, Budget::HIDDEN)] {
                let rate = chip.multiply_adds_per_second(number);
                let mut budget = Budget::starting(visible);
                for _ in 0..32 {
                    let full = budget.multiply_adds();
                    let seconds = full as f64 / rate;
                    assert!(seconds <= target, "{chip} {number:?}: {seconds} s");
                    budget = budget.after(full, seconds);
                }
                assert_eq!(
                    budget,
                    budget.after(budget.multiply_adds(), budget.multiply_adds() as f64 / rate)
                );
            }
        }
    }
}

#[test]
fn the_budget_is_halved_doubled_and_quartered_within_its_bounds() {
    let start = Budget::starting(false);
    let full = start.multiply_adds();
    assert_eq!(start.after(full, 0.3).multiply_adds(), full / 2);
    assert_eq!(start.after(full, 0.05).multiply_adds(), full * 2);
    assert_eq!(start.after(full, 0.15).multiply_adds(), full);
    // A part of half the size that lasts half as long says the same.
    assert_eq!(start.after(full / 2, 0.15).multiply_adds(), full / 2);
    let mut floor = start;
    for _ in 0..9 {
        floor = floor.quartered();
    }
    assert_eq!(floor.multiply_adds(), Budget::FLOOR);
    assert_eq!(
        floor.after(Budget::FLOOR, 9.0).multiply_adds(),
        Budget::FLOOR
    );
}

#[test]
fn indices_come_in_whole_grains_and_never_none() {
    let budget = Budget::starting(false); // 2^36
    assert_eq!(budget.indices(27_280, 1 << 24, 64), 4096);
    assert_eq!(budget.indices(27_280, (1 << 24) + 1, 64), 4032);
    assert_eq!(budget.indices(27_280, 1 << 40, 64), 64);
    assert_eq!(budget.indices(100, 1, 64), 100);
    assert_eq!(Budget::unlimited().indices(27_280, 1 << 20, 64), 27_280);
}

#[test]
fn macs_are_read_as_people_write_them() {
    let mac = |text: &str| text.parse::<Mac>().unwrap();
    assert_eq!(mac("M2-16GB").to_string(), "M2, 16 GB");
    assert_eq!(mac("m3pro-36gb").to_string(), "M3 Pro, 36 GB");
    assert_eq!(mac("M4 Max 128 GB"), mac("M4Max-128GB"));
    assert_eq!(mac("M3Ultra-512GB").chip.tier, Tier::Ultra);
    for wrong in [
        "",
        "M2",
        "M6-16GB",
        "M2-16",
        "M2-0GB",
        "M2Mini-16GB",
        "A17-8GB",
        "M2-99999GB",
    ] {
        let told = wrong.parse::<Mac>().unwrap_err();
        assert!(told.contains("M2-16GB"), "{told}");
    }
}

/// Breaks when M1 and M2, which compute bfloat16 by float32 units, are not spared that.
#[test]
fn old_chips_compute_halves_as_float16() {
    for chip in chips() {
        let old = chip.generation <= Generation::M2;
        assert_eq!(chip.half() == Number::F16, old, "{chip}");
        let [half, other] = [chip.half(), Number::Bf16].map(|n| chip.multiply_adds_per_second(n));
        assert!(half >= other, "{chip}");
    }
}
