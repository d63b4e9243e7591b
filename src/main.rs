//! Without arguments, or with files alone, the window; otherwise a headless command.

use std::env;
use std::panic;
use std::path::PathBuf;

use zoetrope::Error;
use zoetrope::engine::exit;

fn main() {
    exit::leave(run())
}

/// Returns the exit code.
fn run() -> u8 {
    prepare_mlx();
    let args: Vec<PathBuf> = env::args_os().skip(1).map(PathBuf::from).collect();
    // A desktop passes the files that it wants opened; no command has an ending.
    let are_files = args
        .iter()
        .all(|arg| arg.extension().is_some() && arg.is_file());
    if let Err(error) = zoetrope::engine::metal::prepare() {
        return zoetrope::cli::fail(&error, are_files);
    }
    if !are_files {
        return zoetrope::cli::run();
    }
    // A defect that ends the window is no crash for the system, which would tell of one.
    let ended = panic::catch_unwind(move || zoetrope::app::run(args));
    match ended.unwrap_or_else(|_| Err(defect())) {
        Ok(()) => 0,
        Err(error) => zoetrope::cli::fail(&error, true),
    }
}

fn defect() -> Error {
    let place = zoetrope::dirs::log();
    let place = place.map_or_else(String::new, |folder| {
        format!(" with the log in {}", folder.display())
    });
    Error::Other(format!(
        "Zoetrope has ended because of a defect: please report it{place}"
    ))
}

/// What MLX is told by the environment, before it starts.
///
/// On recent GPUs of Apple's it rounds the factors of float32 products to 10 bits unless it is told not to. What is float32
/// here (text encoder, picture, modulation) is so on purpose, and convolutions by Winograd need it. NVIDIA's GPUs keep it:
/// PyTorch's convolutions round the same way there, and MLX's exact ones run out of memory.
///
/// On NVIDIA's GPUs it counts for the whole life of a thread how many graphs were new, and stops after 800: a window that makes
/// videos of many sizes would come to that.
#[expect(unsafe_code, reason = "the environment is how MLX is told")]
fn prepare_mlx() {
    let told = if cfg!(target_os = "macos") {
        "MLX_ENABLE_TF32"
    } else {
        "MLX_ENABLE_CACHE_THRASHING_CHECK"
    };
    if env::var_os(told).is_none() {
        // SAFETY: no other thread runs yet that could read the environment meanwhile.
        unsafe { env::set_var(told, "0") };
    }
}
