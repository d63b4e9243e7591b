//! The *type encoding* of a method of Objective-C: what it returns and takes, as its runtime writes it.

/// Whether two encodings mean the same call. Compilers put the place of each argument behind its type (`v24@0:8@16`), and
/// libraries that make classes at run time leave it away (`v@:@`).
pub fn are_alike(one: &str, other: &str) -> bool {
    let types =
        |encoding: &str| -> String { encoding.chars().filter(|c| !c.is_ascii_digit()).collect() };
    !one.is_empty() && types(one) == types(other)
}
