//! What lies where in the app.

use std::fs::{self, File};
use std::io;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use anyhow::{Context as _, Result};
use zstd::Encoder;

use crate::icon;

/// What the app is packed from.
pub struct Parts<'a> {
    pub repository: &'a Path,
    /// The program for Apple Silicon.
    pub program: &'a Path,
    /// The folders with MLX's libraries and kernels for macOS 14, and for macOS 26.2.
    pub mlx: [&'a Path; 2],
}

/// What the program calls the builds of MLX, see its `engine::metal`, and the oldest system of each.
pub const BUILDS: [(&str, &str); 2] = [("metal-14", "14.0"), ("metal-26", "26.2")];

/// The files of the built-in model that the program reads.
const DEMO: [&str; 8] = [
    "README.md",
    "Wan2.2_VAE.pth",
    "config.json",
    "diffusion_pytorch_model.safetensors",
    "google/umt5-xxl/special_tokens_map.json",
    "google/umt5-xxl/tokenizer.json",
    "google/umt5-xxl/tokenizer_config.json",
    "models_t5_umt5-xxl-enc-bf16.pth",
];

/// Ours, and those of the fonts in the program.
const LICENCES: [&str; 6] = [
    "LICENSE",
    "LICENSE-APACHE",
    "LICENSE-MIT",
    "assets/fonts/LICENSE-Inter.txt",
    "assets/fonts/LICENSE-NotoSansSC.txt",
    "assets/fonts/LICENSE-Phosphor.txt",
];

/// Lays out `app` anew.
pub fn write(parts: &Parts, app: &Path) -> Result<()> {
    if app.exists() {
        fs::remove_dir_all(app).with_context(|| format!("{} cannot be removed", app.display()))?;
    }
    let contents = app.join("Contents");
    let resources = contents.join("Resources");
    fs::create_dir_all(&resources)?;
    copy(
        &parts.repository.join("Info.plist"),
        &contents.join("Info.plist"),
    )?;
    fs::write(contents.join("PkgInfo"), "APPL????")?;

    let program = contents.join("MacOS/zoetrope");
    copy(parts.program, &program)?;
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755))?;

    for ((name, _), mlx) in BUILDS.into_iter().zip(parts.mlx) {
        for library in ["libmlx.dylib", "libjaccl.dylib"] {
            let place = contents.join("Frameworks").join(name).join(library);
            copy(&mlx.join(library), &place)?;
        }
        let kernels = resources.join(format!("{name}.metallib.zst"));
        compress(&mlx.join("mlx.metallib"), &kernels)?;
    }

    icon::write(
        &parts.repository.join("bundle/icon"),
        &resources.join("Zoetrope.icns"),
    )?;
    for file in DEMO {
        let source = parts.repository.join("assets/demo").join(file);
        copy(&source, &resources.join("demo").join(file))?;
    }
    for file in LICENCES {
        let source = parts.repository.join(file);
        let name = source.file_name().unwrap_or_default();
        copy(&source, &resources.join("licences").join(name))?;
    }
    Ok(())
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    if let Some(folder) = to.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::copy(from, to).with_context(|| format!("{} cannot be copied", from.display()))?;
    Ok(())
}

/// Kernels repeat themselves over megabytes: seen through a window of 16 MB they shrink to a tenth, of which
/// the program, once, makes the whole again.
fn compress(from: &Path, to: &Path) -> Result<()> {
    const LEVEL: i32 = 12;
    const WINDOW: u32 = 24; // as a power of two
    let mut kernels =
        File::open(from).with_context(|| format!("{} cannot be read", from.display()))?;
    let mut packed = Encoder::new(File::create(to)?, LEVEL)?;
    packed.include_checksum(true)?;
    packed.long_distance_matching(true)?;
    packed.window_log(WINDOW)?;
    io::copy(&mut kernels, &mut packed)?;
    packed.finish()?;
    Ok(())
}
