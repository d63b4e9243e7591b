//! SentencePiece's table of replaced characters: the length of a double-array trie, the trie, and the replacements, each
//! ended by a zero. The library that walks it trusts it, so it is walked here first.
//!
//! darts-clone `include/darts.h`, `DoubleArrayUnit`; SentencePiece `src/normalizer.cc`, `Normalizer::DecodePrecompiledCharsMap`.

/// Why a file with such a table is refused.
pub(super) const DAMAGED: &str = "has a damaged table of characters";

/// Checks that every walk from the root stays within the trie and ends at a replacement.
///
/// # Errors
/// The table is damaged. Continues the sentence that the file begins.
pub(super) fn check(map: &[u8]) -> Result<(), String> {
    is_sound(map).then_some(()).ok_or_else(|| DAMAGED.into())
}

fn is_sound(map: &[u8]) -> bool {
    let Some((length, rest)) = map.split_at_checked(4) else {
        return false;
    };
    let length = length
        .iter()
        .rev()
        .fold(0, |number, &byte| number << 8 | usize::from(byte));
    let Some((trie, replacements)) = rest.split_at_checked(length) else {
        return false;
    };
    let Ok(replacements) = std::str::from_utf8(replacements) else {
        return false;
    };
    let units: Vec<Unit> = trie.chunks_exact(4).filter_map(Unit::read).collect();
    length % 4 == 0 && walk(&units, |place| replacements.is_char_boundary(place))
}

/// Visits all that can be reached, each place once.
fn walk(units: &[Unit], is_replacement: impl Fn(usize) -> bool) -> bool {
    let mut seen = vec![false; units.len()];
    let Some(root) = units.first() else {
        return false;
    };
    // Where the children of a node lie, before their own byte is told.
    let mut waiting = vec![root.offset()];
    while let Some(children) = waiting.pop() {
        for byte in 1..=0xff {
            let place = children ^ byte;
            let Some(unit) = units.get(place) else {
                return false;
            };
            if unit.label() != byte || seen[place] {
                continue;
            }
            seen[place] = true;
            let children = place ^ unit.offset();
            if unit.has_leaf() {
                match units.get(children) {
                    Some(leaf) if is_replacement(leaf.value()) => {}
                    _ => return false,
                }
            }
            waiting.push(children);
        }
    }
    true
}

/// One place of the trie, which may hold a node or the end of a word.
struct Unit(usize);

impl Unit {
    fn read(bytes: &[u8]) -> Option<Self> {
        let bytes = bytes.try_into().ok()?;
        usize::try_from(u32::from_le_bytes(bytes)).ok().map(Self)
    }

    fn has_leaf(&self) -> bool {
        self.0 >> 8 & 1 == 1
    }

    fn value(&self) -> usize {
        self.0 & ((1 << 31) - 1)
    }

    fn label(&self) -> usize {
        self.0 & (1 << 31 | 0xff)
    }

    fn offset(&self) -> usize {
        (self.0 >> 10) << ((self.0 & 1 << 9) >> 6)
    }
}
