//! What one model is made of.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::super::format;
use super::table;
use crate::job::plain_text::one_line;
use crate::job::{Checkpoint, Installed};

/// A line for each of its files.
pub fn text(model: &Installed) -> String {
    let mut lines = vec![
        row("Name", &model.name),
        row("Family", table::family(model)),
        row("Place", &model.place.display().to_string()),
        row("Size", &format::bytes(model.bytes)),
    ];
    match &model.checkpoint {
        Err(problem) => lines.push(row("Problem", &problem.to_string())),
        Ok(checkpoint) => {
            for (part, files) in parts(checkpoint) {
                lines.extend(files.iter().map(|file| row(part, &described(file))));
            }
        }
    }
    lines.extend(table::remarks(model).map(|remark| row("Remark", &remark)));
    lines.join("\n")
}

/// The same as an object.
pub fn json(model: &Installed) -> String {
    let mut object = table::object(model);
    if let Ok(checkpoint) = &model.checkpoint {
        let parts = parts(checkpoint).into_iter();
        object["parts"] = parts
            .map(|(part, files)| json!({ "part": part, "files": files }))
            .collect::<Value>();
    }
    object.to_string()
}

fn row(name: &str, value: &str) -> String {
    format!("{name:16}{}", one_line(value))
}

fn parts(model: &Checkpoint) -> Vec<(&'static str, Vec<PathBuf>)> {
    let dits = match &model.high_noise {
        None => vec![("DiT", model.dit.weights.clone())],
        Some(high) => vec![
            ("DiT, high noise", high.network.weights.clone()),
            ("DiT, low noise", model.dit.weights.clone()),
        ],
    };
    let others = [
        ("Text encoder", model.text_encoder.clone()),
        ("Tokenizer", vec![model.tokenizer.clone()]),
        ("Image encoder", model.image_encoder.clone()),
        ("VAE", model.vae.clone()),
    ];
    let parts = dits.into_iter().chain(others);
    parts.filter(|(_, files)| !files.is_empty()).collect()
}

fn described(file: &Path) -> String {
    let bytes = file.metadata().map_or(0, |about| about.len());
    format!("{} ({})", file.display(), format::bytes(bytes))
}
