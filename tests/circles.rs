//! No circles between files: one that imports another is not imported by it in turn, not even around three corners. Who
//! wants to read a file can then begin at the bottom, and who changes one knows what may break.
//!
//! A folder's `mod.rs` speaks for the folder: what lies in the folder may use it, and it uses what lies there. Re-exports
//! are looked through, to the file that defines the thing.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use super::floor_plan::{rust_files, without_comments_and_strings, words};

/// The names of the modules down to one.
type Module = Vec<String>;

/// Circles from before this rule. They may lose files, but none may join them.
const KNOWN: [&[&str]; 1] = [
    // A refusal holds what was asked for, and what was asked for refuses.
    &[
        "job/checkpoint",
        "job/few_steps",
        "job/lora",
        "job/memory",
        "job/noise_levels",
        "job/params",
        "job/params/canvas",
        "job/params/guides",
        "job/params/sampling",
        "job/params/sources",
        "job/plan",
        "job/problem",
        "job/refusal",
        "job/speedups",
        "job/step_cache",
        "job/variant",
    ],
];

#[test]
fn no_files_import_each_other_in_a_circle() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let files: Vec<(String, String)> = rust_files(&source)
        .iter()
        .map(|file| {
            let inside = file.strip_prefix(&source).expect("it was found there");
            let text = fs::read_to_string(file).expect("the source is readable");
            (inside.display().to_string(), text)
        })
        .collect();
    let files: Vec<(&str, &str)> = files
        .iter()
        .map(|(a, b)| (a.as_str(), b.as_str()))
        .collect();
    let new: Vec<String> = circles(&files)
        .into_iter()
        .filter(|circle| {
            let is_known = |file: &String| KNOWN.iter().any(|knot| knot.contains(&file.as_str()));
            !circle.files.iter().all(is_known)
        })
        .map(|circle| circle.told)
        .collect();
    assert!(new.is_empty(), "\n{}", new.join("\n"));
}

/// Breaks when the guard is blind to one of the ways in which a circle can be written.
#[test]
fn the_guard_finds_every_kind_of_circle() {
    let made_up: [&[(&str, &str)]; 6] = [
        &[("a.rs", "use crate::b::B;"), ("b.rs", "use crate::a::A;")],
        &[
            ("a.rs", "use crate::{job, b::{self, B}};"),
            ("b.rs", "fn f() { use super::a::A; }"),
        ],
        &[
            ("a.rs", "use crate::b::B;"),
            ("b.rs", "use crate::c::C as D;"),
            ("c.rs", "use super::a::A;"),
        ],
        // Each by what its folder calls it.
        &[
            ("x/mod.rs", "mod a; mod b; pub use a::A; pub use b::B;"),
            ("x/a.rs", "use super::B;"),
            ("x/b.rs", "use super::A;"),
        ],
        // Through a re-export of another folder.
        &[
            ("x/mod.rs", "mod a; pub(crate) use a::{A, C};"),
            ("x/a.rs", "use crate::y::B;"),
            ("y/mod.rs", "mod b; pub use b::B;"),
            ("y/b.rs", "use crate::x::C;"),
        ],
        // What lies in a folder, against a file beside it.
        &[
            ("x/mod.rs", "mod a; mod b;"),
            ("x/a/mod.rs", "mod c;"),
            ("x/a/c.rs", "use super::super::b::B;"),
            ("x/b.rs", "use super::a::c::C;"),
        ],
    ];
    for files in made_up {
        assert_eq!(circles(files).len(), 1, "{files:?}");
    }
}

#[test]
fn the_guard_lets_pass_what_is_no_circle() {
    let fine: [&[(&str, &str)]; 3] = [
        &[
            ("a.rs", "use crate::b::B; // use crate::c::C;"),
            ("b.rs", "use crate::c::C;"),
            (
                "c.rs",
                "const A: &str = \"use crate::a::A;\"; use std::fmt;",
            ),
        ],
        // A folder and what lies in it.
        &[
            ("x/mod.rs", "mod a; use a::A; pub struct X;"),
            ("x/a.rs", "use super::X;"),
        ],
        // Two files of a folder that a third one re-exports.
        &[
            ("x/mod.rs", "mod a; mod b; pub use a::A; pub use b::B;"),
            ("x/a.rs", "use super::B;"),
            ("x/b.rs", "use std::path::Path;"),
        ],
    ];
    for files in fine {
        let found: Vec<_> = circles(files).into_iter().map(|one| one.told).collect();
        assert_eq!(found, Vec::<String>::new(), "{files:?}");
    }
}

/// Files that import each other in a circle.
struct Circle {
    files: BTreeSet<String>,
    /// Which of them imports which.
    told: String,
}

/// The circles among files, each given by its place in the source folder and its text.
fn circles(files: &[(&str, &str)]) -> Vec<Circle> {
    let sources: BTreeMap<Module, Vec<Import>> = files
        .iter()
        .filter(|(file, _)| !["lib.rs", "main.rs"].contains(file))
        .map(|(file, text)| (module_of(file), imports(text)))
        .collect();
    let graph: BTreeMap<&Module, BTreeSet<Module>> = sources
        .iter()
        .map(|(module, imports)| {
            let own = imports.iter().filter(|import| !import.is_public);
            let targets = own.filter_map(|import| defined_in(&sources, module, &import.path, 0));
            let others = targets.filter(|target| !module.starts_with(target));
            (module, others.collect())
        })
        .collect();
    let reach: BTreeMap<&Module, BTreeSet<&Module>> = graph
        .keys()
        .map(|module| (*module, reachable(&graph, module)))
        .collect();
    let mut circles = Vec::new();
    let mut seen = BTreeSet::new();
    for (&module, from_here) in &reach {
        if !from_here.contains(module) || seen.contains(module) {
            continue;
        }
        let circle: BTreeSet<&Module> = from_here
            .iter()
            .copied()
            .filter(|other| reach[*other].contains(module))
            .collect();
        seen.extend(circle.iter().copied());
        let lines = circle.iter().map(|one| {
            let within = graph[*one].iter().filter(|other| circle.contains(other));
            let within: Vec<String> = within.map(|other| other.join("/")).collect();
            format!("{} imports {}", one.join("/"), within.join(", "))
        });
        circles.push(Circle {
            told: lines.collect::<Vec<_>>().join("\n"),
            files: circle.iter().map(|one| one.join("/")).collect(),
        });
    }
    circles
}

/// Everything that a module imports, and what that imports in turn.
fn reachable<'a>(
    graph: &'a BTreeMap<&Module, BTreeSet<Module>>,
    from: &Module,
) -> BTreeSet<&'a Module> {
    let mut found = BTreeSet::new();
    let mut left: Vec<&Module> = graph[from].iter().collect();
    while let Some(module) = left.pop() {
        if found.insert(module) {
            left.extend(&graph[module]);
        }
    }
    found
}

fn module_of(file: &str) -> Module {
    let names = file.trim_end_matches(".rs").split('/');
    let mut names: Module = names.map(Into::into).collect();
    if names.last().is_some_and(|name| name == "mod") {
        names.pop();
    }
    names
}

/// The module that a path leads to, through whatever re-exports.
fn defined_in(
    sources: &BTreeMap<Module, Vec<Import>>,
    from: &Module,
    path: &[String],
    depth: usize,
) -> Option<Module> {
    let (first, rest) = path.split_first()?;
    let mut full: Module = match first.as_str() {
        "crate" => rest.to_vec(),
        "self" => [from.as_slice(), rest].concat(),
        "super" => {
            let up = path.iter().take_while(|name| *name == "super").count();
            let base = from.get(..from.len().checked_sub(up)?)?;
            [base, &path[up..]].concat()
        }
        // A module of its own, or else another crate.
        name => {
            let child = [from.as_slice(), &[name.to_owned()]].concat();
            sources.get(&child)?;
            [from.as_slice(), path].concat()
        }
    };
    full.retain(|name| name != "self");
    let known = (1..=full.len()).rev();
    let length = known
        .into_iter()
        .find(|&length| sources.contains_key(&full[..length]))?;
    let module = full[..length].to_vec();
    let Some(name) = full.get(length).filter(|_| depth < 9) else {
        return Some(module);
    };
    let exports = sources[&module].iter().filter(|import| import.is_public);
    let mut exports = exports.filter(|import| import.name() == Some(name));
    let through = exports.next().and_then(|export| {
        let path = [export.path.as_slice(), &full[length + 1..]].concat();
        defined_in(sources, &module, &path, depth + 1)
    });
    Some(through.unwrap_or(module))
}

/// One thing that a file imports.
struct Import {
    path: Vec<String>,
    alias: Option<String>,
    /// Whether others get it from there.
    is_public: bool,
}

impl Import {
    /// What it is called from there on.
    fn name(&self) -> Option<&String> {
        let named = |name: &&String| *name != "self";
        self.alias.as_ref().or(self.path.iter().rfind(named))
    }
}

/// What a text imports anywhere.
fn imports(text: &str) -> Vec<Import> {
    let words = words(&without_comments_and_strings(text));
    let mut imports = Vec::new();
    for (place, _) in words.iter().enumerate().filter(|(_, word)| *word == "use") {
        // `pub use` or `pub(crate) use`
        let before = place.checked_sub(1).map(|before| words[before].as_str());
        let is_public = matches!(before, Some("pub" | ")"));
        let mut rest = words[place + 1..].iter().map(String::as_str).peekable();
        tree(&mut rest, &[], is_public, &mut imports);
    }
    imports
}

/// Takes one branch of a tree such as `a::{b, c as d}`.
fn tree<'a>(
    words: &mut std::iter::Peekable<impl Iterator<Item = &'a str>>,
    before: &[String],
    is_public: bool,
    imports: &mut Vec<Import>,
) {
    let mut path = before.to_vec();
    let mut alias = None;
    while let Some(&word) = words.peek() {
        match word {
            "::" => drop(words.next()),
            "as" => {
                words.next();
                alias = words.next().map(ToOwned::to_owned);
            }
            "{" => {
                while !matches!(words.peek(), None | Some(&"}")) {
                    words.next(); // the brace, or the comma
                    tree(words, &path, is_public, imports);
                }
                words.next();
                return;
            }
            ";" | "," | "}" => break,
            name => {
                path.push(name.to_owned());
                words.next();
            }
        }
    }
    if path.len() > before.len() {
        imports.push(Import {
            path,
            alias,
            is_public,
        });
    }
}
