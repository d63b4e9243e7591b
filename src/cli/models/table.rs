//! Models as a table, a line for each, and as JSON.

use serde_json::{Value, json};

use super::super::format;
use crate::job::plain_text::one_line;
use crate::job::{Installed, Variant};

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
        match &model.checkpoint {
            Ok(_) => line,
            Err(problem) => format!("{line}\n  → {}", one_line(&problem.to_string())),
        }
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
    })
}

/// What people call the family, if that is known.
pub fn family(model: &Installed) -> &'static str {
    model.variant.map_or("incomplete", Variant::name)
}
