//! Downloads, from a hub on this machine that behaves as badly as networks do.

mod mirrors;
mod obstacles;
mod places;
mod proxies;
mod repair;
pub mod server;

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use sha2::{Digest, Sha256};
use tempfile::TempDir;
use zoetrope::Result;
use zoetrope::catalog::hub::{Destination, Download, Hub};
use zoetrope::job::{DownloadProgress, Published, WeightFormat};

use self::server::Server;

pub const DIT: &str = "Comfy-Org/Wan_2.2_ComfyUI_Repackaged/split_files/diffusion_models/wan2.2_ti2v_5B_fp16.safetensors";
pub const VAE: &str = "Comfy-Org/Wan_2.2_ComfyUI_Repackaged/split_files/vae/wan2.2_vae.safetensors";
pub const TEXT_ENCODER: &str =
    "Comfy-Org/Wan_2.1_ComfyUI_repackaged/split_files/text_encoders/umt5_xxl_fp16.safetensors";

/// A hub that has TI2V-5B, and an empty cache.
struct Scene {
    server: Server,
    folder: TempDir,
}

impl Scene {
    fn new() -> Self {
        let server = Server::start();
        server.put(DIT, &content(1, 900_000));
        server.put(VAE, &content(2, 300_000));
        server.put(TEXT_ENCODER, &content(3, 500_000));
        server.put(
            "Comfy-Org/Wan_2.2_ComfyUI_Repackaged/README.md",
            b"no part of it",
        );
        Self {
            server,
            folder: TempDir::new().unwrap(),
        }
    }

    fn hub(&self) -> Hub {
        Hub::new(&self.server.url(), None).with_patience(Duration::from_millis(1))
    }

    fn cache(&self) -> PathBuf {
        self.folder.path().join("hub")
    }

    fn plan(&self) -> Result<Download> {
        let model = (Published::Ti2v5B, WeightFormat::Fp16);
        Download::plan(
            &self.hub(),
            model,
            Destination::Cache(self.cache()),
            &[],
            &mut || Ok(()),
        )
    }

    fn run(&self) -> Result<Vec<PathBuf>> {
        self.plan()?.run(&mut |_: &DownloadProgress| Ok(()))
    }

    #[track_caller]
    fn problem(&self) -> String {
        self.run().unwrap_err().to_string()
    }

    /// Where the content of a file lies, whole or not.
    fn blob(&self, file: &str) -> PathBuf {
        let repository: Vec<_> = file.splitn(3, '/').collect();
        let [owner, name, _] = repository[..] else {
            panic!()
        };
        let blobs = self.cache().join(format!("models--{owner}--{name}/blobs"));
        let (seed, length) = match file {
            DIT => (1, 900_000),
            VAE => (2, 300_000),
            _ => (3, 500_000),
        };
        blobs.join(server::hex(&Sha256::digest(content(seed, length))))
    }
}

/// Checks that all files are there as they were published.
#[track_caller]
fn assert_whole(files: &[PathBuf]) {
    let expected = [(1, 900_000), (3, 500_000), (2, 300_000)];
    assert_eq!(files.len(), expected.len());
    for (file, (seed, length)) in files.iter().zip(expected) {
        let is_whole = fs::read(file).unwrap() == content(seed, length);
        assert!(is_whole, "{}", file.display());
    }
}

/// Bytes without a pattern that a shift would leave as it is.
fn content(seed: u64, length: usize) -> Vec<u8> {
    let mut state = seed;
    let mut next = || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (state >> 56) as u8
    };
    (0..length).map(|_| next()).collect()
}

/// Every file below a folder, links too.
pub fn files(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else {
        return Vec::new();
    };
    let paths = entries.flatten().map(|entry| entry.path());
    paths
        .flat_map(|path| {
            if path.is_dir() {
                files(&path)
            } else {
                vec![path]
            }
        })
        .collect()
}
