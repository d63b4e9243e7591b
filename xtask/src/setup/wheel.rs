//! Prebuilt libraries from PyPI. pip fetches, checks the hash and unpacks.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, Result};

use crate::cmd;

/// One file on PyPI, pinned.
pub struct Wheel {
    package: &'static str,
    version: &'static str,
    platform: &'static str,
    sha256: &'static str,
    megabytes: u32,
}

pub const MLX_CPU: Wheel = Wheel {
    package: "mlx-cpu",
    version: super::MLX,
    platform: "manylinux_2_35_x86_64",
    sha256: "fc5d31b90fc4f457b2f9614ed45651a567d22a6a11a03d114a90a4e10bdd8878",
    megabytes: 10,
};

pub const MLX_CUDA: Wheel = Wheel {
    package: "mlx-cuda-13",
    version: super::MLX,
    platform: "manylinux_2_35_x86_64",
    sha256: "335094ccd1c0c6dc3e09c8caba207c8180602bacc0c38ba20c1d81e9456ab394",
    megabytes: 87,
};

pub const MLX_METAL_14: Wheel = Wheel {
    package: "mlx-metal",
    version: super::MLX,
    platform: "macosx_14_0_arm64",
    sha256: "3825fff379dbc107dd3413e564a06caeaa24819910ec49c0439e454c06a1b9b8",
    megabytes: 43,
};

pub const MLX_METAL_26: Wheel = Wheel {
    package: "mlx-metal",
    version: super::MLX,
    platform: "macosx_26_0_arm64",
    sha256: "e6abeac9ac5265830c9c1541b6f96e9be37a85c2446763a46ad466c63a3837ab",
    megabytes: 64,
};

/// What bindgen reads headers with; macOS has its own in Xcode.
pub const LIBCLANG: Wheel = Wheel {
    package: "libclang",
    version: "18.1.1",
    platform: "manylinux2010_x86_64",
    sha256: "c533091d8a3bbf7460a00cb6c1a71da93bffe148f172c7d03b1c31fbf8aa2a0b",
    megabytes: 25,
};

impl Wheel {
    /// The line of a requirements file: pip refuses a file with another hash.
    pub fn requirement(&self) -> String {
        format!("{}=={} --hash=sha256:{}\n", self.package, self.version, self.sha256)
    }

    /// Fetches the wheel and unpacks it into `folder`.
    pub fn install(&self, folder: &Path) -> Result<()> {
        eprintln!("  fetching {} {} from PyPI ({} MB)", self.package, self.version, self.megabytes);
        fs::create_dir_all(folder)?;
        let requirements = folder.join("requirements.txt");
        fs::write(&requirements, self.requirement())?;
        // The wheels hold libraries and no Python, so any recent Python stands for all: without
        // --python-version, pip would refuse them where the system's own is older than they ask for.
        cmd::run(
            Command::new("python3")
                .args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps"])
                .args(["--only-binary=:all:", "--python-version=3.12", "--platform", self.platform])
                .args(["--require-hashes", "--requirement"])
                .arg(&requirements)
                .arg("--target")
                .arg(folder),
        )
        .with_context(|| format!("{} could not be fetched: check the way to pypi.org", self.package))
    }
}
