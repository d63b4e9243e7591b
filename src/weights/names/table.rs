//! A *table* has two names of a module in each row. A `*` in the first stands for a number, which takes the place of the
//! `*` in the second; an empty second name is that of a module without which the network does.

/// (the dialect's name, the official one)
pub(super) type Table = &'static [(&'static str, &'static str)];

/// The official name of the module that `key` lies in, by the first row that fits, and what follows in the key.
pub(super) fn look_up(table: Table, key: &str) -> Option<(String, &str)> {
    table.iter().find_map(|(theirs, official)| {
        let (numbers, rest) = matched(theirs, key)?;
        Some((filled(official, &numbers), rest))
    })
}

/// The dialect's name of the module that the official name `key` lies in, and what follows in the key.
pub(super) fn look_up_official(table: Table, key: &str) -> Option<(String, &str)> {
    let rows = table.iter().filter(|(_, official)| !official.is_empty());
    rows.into_iter().find_map(|(theirs, official)| {
        let (numbers, rest) = matched(official, key)?;
        Some((filled(theirs, &numbers), rest))
    })
}

/// Two parts of a name, of which either may be empty.
pub(super) fn join(module: &str, rest: &str) -> String {
    match (module, rest) {
        ("", name) | (name, "") => name.to_owned(),
        (module, rest) => format!("{module}.{rest}"),
    }
}

/// The numbers in the place of each `*`, and what follows the pattern in `key`.
fn matched<'a>(pattern: &str, key: &'a str) -> Option<(Vec<&'a str>, &'a str)> {
    let mut numbers = Vec::new();
    let mut rest = key;
    for part in pattern.split('.') {
        let (word, after) = rest.split_once('.').unwrap_or((rest, ""));
        match part {
            "*" if !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_digit()) => {
                numbers.push(word);
            }
            part if part == word => {}
            _ => return None,
        }
        rest = after;
    }
    Some((numbers, rest))
}

/// The name with the numbers in the place of each `*`.
fn filled(name: &str, numbers: &[&str]) -> String {
    let mut numbers = numbers.iter();
    let parts = name.split('.').map(|part| match part {
        "*" => numbers.next().copied().unwrap_or(part),
        part => part,
    });
    parts.collect::<Vec<_>>().join(".")
}
