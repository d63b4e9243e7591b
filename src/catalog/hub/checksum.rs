//! The *checksum* of a published file: SHA-256 of large ones, and of small ones that by which git knows them.

use sha1::Sha1;
use sha2::digest::DynDigest;
use sha2::{Digest, Sha256};

/// Hexadecimal digits, in lower case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Checksum {
    /// Of the content.
    Sha256(String),
    /// The SHA-1 of a header and the content.
    Git(String),
}

impl Checksum {
    /// The digits, by which Hugging Face's cache names the file.
    pub fn digits(&self) -> &str {
        match self {
            Self::Sha256(digits) | Self::Git(digits) => digits,
        }
    }

    /// What the content of a file of this size is to be fed to.
    pub fn hasher(&self, size: u64) -> Box<dyn DynDigest + Send> {
        match self {
            Self::Sha256(_) => Box::new(Sha256::new()),
            Self::Git(_) => {
                let mut hasher = Sha1::new();
                Digest::update(&mut hasher, format!("blob {size}\0"));
                Box::new(hasher)
            }
        }
    }
}
