//! Who may import whom. The table is that of `ARCHITECTURE.md`: a room may import only those that
//! it lists, and lists only those above it, so that there are no circles.

use std::fs;
use std::path::{Path, PathBuf};

struct Room {
    name: &'static str,
    imports: &'static [&'static str],
    /// Crates that it must never name.
    never: &'static [&'static str],
}

const fn room(
    name: &'static str,
    imports: &'static [&'static str],
    never: &'static [&'static str],
) -> Room {
    Room {
        name,
        imports,
        never,
    }
}

const MLX: &str = "mlx_rs";
const GUI: &str = "egui";
const CHANNEL: &str = "crossbeam_channel";

const TABLE: &[Room] = &[
    room("job", &[], &[MLX, GUI, CHANNEL]),
    room("dirs", &[], &[MLX, GUI, CHANNEL]),
    room("logging", &["dirs"], &[MLX, GUI, CHANNEL]),
    room("words", &["job"], &[MLX, GUI, CHANNEL]),
    room("error", &["job", "words"], &[GUI, CHANNEL]),
    room("platform", &["error"], &[MLX, GUI]),
    room("disk", &["error", "platform"], &[MLX, GUI, CHANNEL]),
    room("backend", &["error"], &[GUI, CHANNEL]),
    room("weights", &["error", "disk", "backend"], &[GUI, CHANNEL]),
    room("sampler", &["error", "job"], &[GUI, CHANNEL]),
    room(
        "model",
        &["error", "disk", "backend", "weights"],
        &[GUI, CHANNEL],
    ),
    room(
        "media",
        &["error", "job", "disk", "platform"],
        &[MLX, GUI],
    ),
    room(
        "catalog",
        &["dirs", "error", "job", "disk", "platform", "weights"],
        &[MLX, GUI, CHANNEL],
    ),
    room(
        "pipeline",
        &[
            "dirs", "error", "backend", "job", "disk", "weights", "model", "sampler", "media",
        ],
        &[GUI, CHANNEL],
    ),
    room(
        "engine",
        &["dirs", "error", "backend", "job", "disk", "pipeline"],
        &[GUI],
    ),
    room(
        "cli",
        &[
            "dirs", "error", "logging", "job", "words", "disk", "media", "catalog", "engine",
            "platform",
        ],
        &[MLX, GUI],
    ),
    room(
        "library",
        &["dirs", "error", "job", "disk", "media"],
        &[MLX, GUI, CHANNEL],
    ),
    room("view", &["error", "job", "words"], &[MLX, CHANNEL]),
    room(
        "app",
        &[
            "dirs", "error", "logging", "job", "disk", "media", "catalog", "engine", "library",
            "platform", "view",
        ],
        &[MLX],
    ),
];

/// Belongs to no room: the list of rooms, and the way in.
const OUTSIDE: [&str; 2] = ["lib", "main"];

#[test]
fn every_room_imports_only_what_the_table_allows() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let complaints: Vec<String> = rust_files(&source)
        .iter()
        .flat_map(|file| {
            let inside = file.strip_prefix(&source).expect("it was found there");
            let text = fs::read_to_string(file).expect("the source is readable");
            complaints(inside, &text)
        })
        .collect();
    assert!(complaints.is_empty(), "\n{}", complaints.join("\n"));
}

#[test]
fn the_table_has_no_circles() {
    for (place, room) in TABLE.iter().enumerate() {
        for import in room.imports {
            let above = TABLE[..place].iter().any(|other| other.name == *import);
            assert!(
                above,
                "{} imports {import}, which must stand above it",
                room.name
            );
        }
    }
}

#[test]
fn the_guard_sees_every_way_of_importing() {
    let violations = [
        ("job/plan.rs", "use crate::weights::Weights;"),
        ("job/plan.rs", "use crate::{error::Result, size};"),
        (
            "job/plan.rs",
            "use crate::{\n    size::{self, Size},\n    weights::{Weights, Shards},\n};",
        ),
        ("job/plan.rs", "fn f() -> crate::Error { todo() }"),
        ("job/plan.rs", "use super::super::weights::Weights;"),
        ("job/mod.rs", "use super::weights;"),
        ("job/mod.rs", "fn f(x: mlx_rs::Array) {}"),
        ("media/mp4/writer.rs", "use super::super::super::pipeline;"),
        (
            "media/mp4/writer.rs",
            "let x = 'a'; use crate::pipeline; // '",
        ),
        ("view/mod.rs", "use crate::engine::Engine;"),
        ("attic/mod.rs", ""),
    ];
    for (file, text) in violations {
        assert_eq!(complaints(Path::new(file), text).len(), 1, "{file}: {text}");
    }
}

#[test]
fn the_guard_lets_pass_what_is_allowed() {
    let fine = [
        (
            "cli/mod.rs",
            "use crate::{catalog, engine::{device, Engine}};\nuse crate::job::{self, Plan};",
        ),
        (
            "cli/progress/json.rs",
            "use super::super::print; use super::Face;",
        ),
        (
            "job/plan.rs",
            "// use crate::weights;\n/* use /* crate::app */ crate::engine; */",
        ),
        (
            "job/plan.rs",
            r##"const TEXT: &str = "crate::weights \" crate::engine"; const RAW: &str = r#"mlx_rs"#;"##,
        ),
        (
            "job/plan.rs",
            "pub(crate) fn f<'a>(x: &'a str) -> crate::job::Plan { todo() }",
        ),
        (
            "engine/mod.rs",
            "use crate::Result; use mlx_rs::Array; use crossbeam_channel::Sender;",
        ),
        ("error.rs", "use crate::job::Refusal;"),
        ("lib.rs", "pub mod anything; pub use error::Error;"),
    ];
    for (file, text) in fine {
        assert_eq!(
            complaints(Path::new(file), text),
            Vec::<String>::new(),
            "{file}: {text}"
        );
    }
}

/// What is wrong with the file `inside` the source folder, which holds `text`.
fn complaints(inside: &Path, text: &str) -> Vec<String> {
    let name = inside.components().next().expect("a file has a name");
    let name = Path::new(name.as_os_str())
        .file_stem()
        .expect("a file has a name");
    let name = name.to_str().expect("rooms have plain names");
    if OUTSIDE.contains(&name) {
        return Vec::new();
    }
    let Some(room) = TABLE.iter().find(|room| room.name == name) else {
        return vec![format!("src/{name} is not on the floor plan")];
    };
    let words = words(&without_comments_and_strings(text));
    let crates = room
        .never
        .iter()
        .filter(|never| words.iter().any(|word| word == *never));
    let rooms = imports(&words, depth(inside))
        .into_iter()
        .filter(|import| import != name && !room.imports.contains(&import.as_str()));
    let names = crates.map(ToString::to_string).chain(rooms);
    names
        .map(|other| format!("src/{} must not name {other}", inside.display()))
        .collect()
}

/// How many modules lie above what the file defines, the root included.
fn depth(inside: &Path) -> usize {
    let is_mod = inside.file_name().is_some_and(|name| name == "mod.rs");
    inside.components().count() - usize::from(is_mod)
}

/// The rooms that paths from the root of the crate lead to.
fn imports(words: &[String], depth: usize) -> Vec<String> {
    let mut rooms = Vec::new();
    let mut at = 0;
    while at < words.len() {
        let rest = &words[at..];
        let supers = rest
            .chunks(2)
            .take_while(|pair| pair == &["super", "::"])
            .count();
        let length = if rest.starts_with(&["crate".into(), "::".into()]) {
            2
        } else if supers > 0 && supers == depth {
            2 * supers
        } else {
            at += (2 * supers).max(1);
            continue;
        };
        rooms.extend(first_names(&rest[length..]).into_iter().filter_map(room_of));
        at += length;
    }
    rooms
}

/// The room that a name at the root belongs to: `Error` and `Result` are re-exported there.
fn room_of(name: &String) -> Option<String> {
    if ["Error", "Result"].contains(&name.as_str()) {
        return Some("error".into());
    }
    TABLE
        .iter()
        .any(|room| room.name == name)
        .then(|| name.clone())
}

/// The first name of each path in `a::b` or `{a::b, c::{d, e}}`.
fn first_names(words: &[String]) -> Vec<&String> {
    if words.first().is_none_or(|word| word != "{") {
        return words.first().into_iter().collect();
    }
    let mut names = Vec::new();
    let mut level = 0;
    for (place, word) in words.iter().enumerate() {
        match word.as_str() {
            "{" => level += 1,
            "}" => level -= 1,
            _ if level == 1 && ["{", ","].contains(&words[place - 1].as_str()) => names.push(word),
            _ => {}
        }
        if level == 0 {
            break;
        }
    }
    names
}

/// Identifiers, `::`, and single characters of everything else.
pub(super) fn words(text: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let is_name = |c: char| c.is_alphanumeric() || c == '_';
        let length = match rest.find(|c| !is_name(c)) {
            Some(0) if rest.starts_with("::") => 2,
            Some(0) => first.len_utf8(),
            Some(end) => end,
            None => rest.len(),
        };
        let (word, after) = rest.split_at(length);
        if !first.is_whitespace() {
            words.push(word.into());
        }
        rest = after;
    }
    words
}

/// The program alone. Good enough for this project's source; it is no Rust lexer.
pub(super) fn without_comments_and_strings(text: &str) -> String {
    let mut code = String::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let length = if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if rest.starts_with("/*") {
            block_comment(rest)
        } else if let Some(hashes) =
            raw_string(rest).filter(|_| !code.ends_with(char::is_alphanumeric))
        {
            let end = format!("\"{}", "#".repeat(hashes));
            let start = hashes + 2;
            rest[start..]
                .find(&end)
                .map_or(rest.len(), |at| start + at + end.len())
        } else if first == '"' {
            string(rest)
        } else if first == '\'' {
            character(rest)
        } else {
            code.push(first);
            rest = &rest[first.len_utf8()..];
            continue;
        };
        code.push(' ');
        rest = &rest[length..];
    }
    code
}

fn block_comment(text: &str) -> usize {
    let mut level = 0;
    let mut at = 0;
    while at < text.len() {
        let rest = &text[at..];
        if rest.starts_with("/*") {
            level += 1;
            at += 2;
        } else if rest.starts_with("*/") {
            level -= 1;
            at += 2;
            if level == 0 {
                break;
            }
        } else {
            at += rest.chars().next().map_or(1, char::len_utf8);
        }
    }
    at
}

/// The number of `#` of a raw string that begins here.
fn raw_string(text: &str) -> Option<usize> {
    let rest = text.strip_prefix('r')?;
    let hashes = rest.len() - rest.trim_start_matches('#').len();
    rest[hashes..].starts_with('"').then_some(hashes)
}

fn string(text: &str) -> usize {
    let mut escaped = true; // the opening quote does not close it
    for (at, c) in text.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return at + 1,
            _ => {}
        }
    }
    text.len()
}

/// A character, or only the quote of a lifetime.
fn character(text: &str) -> usize {
    let mut chars = text.char_indices().skip(1);
    match chars.next() {
        Some((_, '\\')) => text[2..]
            .char_indices()
            .skip(1)
            .find(|(_, c)| *c == '\'')
            .map_or(1, |(at, _)| at + 3),
        Some(_) => chars
            .next()
            .filter(|(_, c)| *c == '\'')
            .map_or(1, |(at, _)| at + 1),
        None => 1,
    }
}

pub(super) fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).expect("the source folder is readable") {
        let path = entry.expect("its entries are readable").path();
        if path.is_dir() {
            files.extend(rust_files(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    files
}
