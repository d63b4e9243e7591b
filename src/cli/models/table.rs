//! Models as a table, a line for each, and as JSON.

use serde_json::{Value, json};

use super::super::format;
use crate::job::plain_text::one_line;
use crate::job::{Flaw, Installed, Problem, Variant};
use crate::words::english;

/// A line for each model; what keeps one from being usable stands under it.
pub fn text(models: &[Installed]) -> String {
    if models.is_empty() {
        return "No models found: `zoetrope models get` downloads one, `zoetrope models add FOLDER` adds a folder".into();
    }
    let names = models.iter().map(|model| one_line(&model.name));
    let width = names.map(|name| name.chars().count()).max();
    let width = width.unwrap_or_default();
    let lines = models.iter().map(|model| {
        let name = one_line(&model.name);
        let bytes = format::bytes(model.bytes);
        let line = format!("{name:width$}  {:15}  {bytes:>8}", family(model));
        let problem = model.checkpoint.as_ref().err().map(ToString::to_string);
        let notes = problem.into_iter().chain(remarks(model));
        notes.fold(line, |lines, note| {
            format!("{lines}\n  → {}", one_line(&note))
        })
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// An array with an object for each model.
pub fn json(models: &[Installed]) -> String {
    Value::from(models.iter().map(object).collect::<Vec<_>>()).to_string()
}

/// What a list says about a model.
pub fn object(model: &Installed) -> Value {
    json!({
        "name": model.name,
        "place": model.place,
        "family": model.variant.map(Variant::name),
        "bytes": model.bytes,
        "problem": model.checkpoint.as_ref().err().map(ToString::to_string),
        "remarks": remarks(model).collect::<Vec<_>>(),
    })
}

/// What is worth knowing of it, each in a sentence.
pub fn remarks(model: &Installed) -> impl Iterator<Item = String> {
    model.remarks.iter().map(english::remark)
}

/// What people call the family, if that is known.
pub fn family(model: &Installed) -> &'static str {
    let unknown = match &model.checkpoint {
        Err(Problem::Content { flaw, .. })
            if *flaw != Flaw::NoTokenizer && model.place.is_file() =>
        {
            "unusable"
        }
        _ => "incomplete",
    };
    model.variant.map_or(unknown, Variant::name)
}
