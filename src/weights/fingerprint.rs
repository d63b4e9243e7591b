//! A *fingerprint* tells two checkpoints apart by what they hold, without reading all of it.

use std::fmt::Write;

use sha2::{Digest, Sha256};

use super::entry::Entry;
use super::store::Store;
use crate::Result;

/// How much of a tensor is looked at, from its beginning and from its end.
const PROBE: u64 = 256;

/// SHA-256, in hexadecimal, over the names, types, shapes and the first and last bytes of these tensors, which come in
/// the order of their names. Moving or splitting files does not change it.
pub(super) fn of<'a>(
    store: &Store,
    tensors: impl Iterator<Item = (&'a str, &'a Entry)>,
) -> Result<String> {
    let mut hash = Sha256::new();
    let mut probe = [0; PROBE as usize];
    for (key, entry) in tensors {
        for part in entry.parts() {
            hash.update(format!("{key}\n{} {:?}\n", part.stored, part.shape));
            let length = part.bytes.min(PROBE);
            let bytes = &mut probe[..usize::try_from(length).unwrap_or_default()];
            for offset in [0, part.bytes - length] {
                store.read_bytes(part, offset, bytes)?;
                hash.update(&*bytes);
            }
        }
    }
    let mut hex = String::new();
    for byte in hash.finalize() {
        // Writing to a string cannot fail.
        let _ = write!(hex, "{byte:02x}");
    }
    Ok(hex)
}
