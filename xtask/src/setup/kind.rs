//! Which MLX a machine gets.

use std::process::Command;

use anyhow::{Context as _, Result, bail};

use super::pins;
use crate::cmd;
use crate::wheel::Wheels;

/// A way to have MLX.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Linux, on the processor.
    Cpu,
    /// Linux, on an NVIDIA GPU.
    Cuda,
    /// macOS 14.0 and later.
    Metal14,
    /// macOS 26.2 and later, whose Metal knows the neural accelerators.
    Metal26,
    /// macOS, compiled by `mlx-sys` itself with Xcode.
    Source,
}

impl Kind {
    const ALL: [Self; 5] = [
        Self::Cpu,
        Self::Cuda,
        Self::Metal14,
        Self::Metal26,
        Self::Source,
    ];

    /// What suits this machine when nobody says otherwise.
    pub fn of_this_machine() -> Result<Self> {
        match host()? {
            APPLE => Ok(Self::metal_for(&macos_version()?)),
            _ => Ok(Self::Cpu),
        }
    }

    /// What a flag of `setup` asks for, if this machine can have it.
    pub fn from_flag(flag: &str) -> Result<Self> {
        match (flag, host()?) {
            ("--cpu", LINUX) => Ok(Self::Cpu),
            ("--cuda", LINUX) => Ok(Self::Cuda),
            ("--metal", APPLE) => Self::of_this_machine(),
            ("--from-source", APPLE) => Ok(Self::Source),
            ("--cpu" | "--cuda", _) => bail!("{flag} is for Linux"),
            ("--metal" | "--from-source", _) => bail!("{flag} is for macOS"),
            _ => bail!(
                "setup has no flag `{flag}`: there are --cpu, --cuda, --metal and --from-source"
            ),
        }
    }

    /// The wheel for a version of macOS, such as `15.3.1`.
    fn metal_for(version: &str) -> Self {
        let mut numbers = version.split('.').map(|number| number.parse().unwrap_or(0));
        let version: (u32, u32) = (numbers.next().unwrap_or(0), numbers.next().unwrap_or(0));
        if version >= (26, 2) {
            Self::Metal26
        } else {
            Self::Metal14
        }
    }

    /// As it stands in the file names and in the file that cargo reads.
    pub fn name(self) -> &'static str {
        match self {
            Self::Cpu => "cpu",
            Self::Cuda => "cuda",
            Self::Metal14 => "metal-14",
            Self::Metal26 => "metal-26",
            Self::Source => "source",
        }
    }

    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// The wheels that hold the library, unless it is compiled here.
    pub fn wheels(self) -> Option<&'static Wheels> {
        match self {
            Self::Cpu => Some(&pins::MLX_CPU),
            Self::Cuda => Some(&pins::MLX_CUDA),
            Self::Metal14 => Some(&pins::MLX_METAL_14),
            Self::Metal26 => Some(&pins::MLX_METAL_26),
            Self::Source => None,
        }
    }

    /// On Linux the wheel brings a slow reference BLAS; on macOS MLX uses Accelerate.
    pub fn takes_openblas(self) -> bool {
        matches!(self, Self::Cpu | Self::Cuda)
    }
}

/// The target triples that MLX comes to.
pub const LINUX: &str = "x86_64-unknown-linux-gnu";
pub const APPLE: &str = "aarch64-apple-darwin";

/// This machine's target triple.
pub fn host() -> Result<&'static str> {
    match (std::env::consts::OS, std::env::consts::ARCH) {
        ("linux", "x86_64") => Ok(LINUX),
        ("macos", "aarch64") => Ok(APPLE),
        (os, arch) => {
            bail!("MLX comes to Apple Silicon and to Linux on x86-64, not to {os} on {arch}")
        }
    }
}

fn macos_version() -> Result<String> {
    cmd::read(Command::new("sw_vers").arg("-productVersion"))
        .context("the version of macOS is unknown")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mac_gets_the_wheel_that_its_system_can_load() {
        for version in ["14.0", "14.7.1", "15.3", "26.0", "26.1.9"] {
            assert_eq!(Kind::metal_for(version), Kind::Metal14, "{version}");
        }
        for version in ["26.2", "26.2.1", "26.10", "27"] {
            assert_eq!(Kind::metal_for(version), Kind::Metal26, "{version}");
        }
    }

    #[test]
    fn names_read_back() {
        for kind in Kind::ALL {
            assert_eq!(Kind::from_name(kind.name()), Some(kind));
        }
        assert_eq!(Kind::from_name("tpu"), None);
    }
}
