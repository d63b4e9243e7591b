//! A *seal* on what a program leaves for the next one tells that this user's own program has written it: it is made with a
//! key that is kept in this user's folder of data. What somebody else has put together has none that fits, whatever it says
//! of itself.

use std::fmt::Write as _;
use std::fs::{self, File, Permissions};
use std::io::{self, Read as _, Seek as _, Write as _};
use std::os::unix::fs::PermissionsExt as _;

use sha2::{Digest as _, Sha256};

use crate::{dirs, disk};

/// What stands in the place of a seal that is still to be made.
pub(super) const OPEN: &str = "0000000000000000000000000000000000000000000000000000000000000000";

const KEY_FILE: &str = "run-folders.key";
const KEY_BYTES: usize = 32;

/// The bytes that SHA-256 takes at a time.
const BLOCK: usize = 64;

/// Puts the seal into a file that has [`OPEN`] at its end. Where no key can be kept it stays open.
pub(super) fn close(file: &mut [u8]) {
    let key = key(true).map_err(|error| log::warn!("No key for run folders can be kept: {error}"));
    let Ok(key) = key else { return };
    let seal = of(&key, file);
    replace(file, OPEN, &seal);
}

/// Whether this user's program has put the seal into the file, and nobody has changed a byte since.
pub(super) fn fits(seal: &str, file: &[u8]) -> bool {
    let mut file = file.to_owned();
    seal.len() == OPEN.len()
        && replace(&mut file, seal, OPEN)
        && key(false).is_ok_and(|key| of(&key, &file) == seal)
}

/// Puts one seal in the place of another, the last in the file, and tells whether it was there.
fn replace(file: &mut [u8], seal: &str, by: &str) -> bool {
    let mut windows = file.windows(seal.len());
    let place = windows.rposition(|window| window == seal.as_bytes());
    if let Some(place) = place {
        file[place..place + by.len()].copy_from_slice(by.as_bytes());
    }
    place.is_some()
}

/// HMAC-SHA256 (RFC 2104), in hexadecimal digits.
fn of(key: &[u8; KEY_BYTES], file: &[u8]) -> String {
    let padded = |byte: u8| {
        let mut block = [byte; BLOCK];
        block.iter_mut().zip(key).for_each(|(pad, key)| *pad ^= key);
        Sha256::new_with_prefix(block)
    };
    let inner = padded(0x36).chain_update(file).finalize();
    let outer = padded(0x5c).chain_update(inner).finalize();
    outer.iter().fold(String::new(), |mut digits, byte| {
        // Writing to a string cannot fail.
        let _ = write!(digits, "{byte:02x}");
        digits
    })
}

/// The key; with `create`, a new one where there is none.
fn key(create: bool) -> io::Result<[u8; KEY_BYTES]> {
    let folder = dirs::data().ok_or(io::ErrorKind::NotFound)?;
    let path = folder.join(KEY_FILE);
    if !create && !path.exists() {
        return Err(io::ErrorKind::NotFound.into());
    }
    fs::create_dir_all(&folder)?;
    let mut file = disk::open_lock(&path).map_err(|why| io::Error::other(why.to_string()))?;
    // Two programs must not make two keys. Where there are no locks, the last one's is the key.
    let _ = file.lock();
    let mut key = Vec::new();
    file.read_to_end(&mut key)?;
    if let Ok(key) = <[u8; KEY_BYTES]>::try_from(key) {
        return Ok(key);
    }
    // There is none yet, or whoever made it died before it was whole.
    let mut key = [0; KEY_BYTES];
    File::open("/dev/urandom")?.read_exact(&mut key)?;
    file.set_permissions(Permissions::from_mode(0o600))?;
    file.set_len(0)?;
    file.rewind()?;
    file.write_all(&key)?;
    file.sync_all()?;
    disk::sync_folder(&folder)?;
    Ok(key)
}
