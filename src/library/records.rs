//! Records as files, `ID.json` each, with the poster `ID.jpg` beside it.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::process;

use serde_json::Value;

use crate::error::{Error, Result};
use crate::job::Record;
use crate::media::json;

const ENDING: &str = "json";

/// The fields that are not always there.
const OPTIONAL: [&str; 4] = ["title", "image", "last_image", "trim"];

/// All records in `folder`, newest first.
pub(super) fn read_all(folder: &Path) -> Result<Vec<Record>> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(Error::file("read", folder)(error)),
    };
    let paths = entries.filter_map(|entry| Some(entry.ok()?.path()));
    let mut records: Vec<Record> = paths.filter_map(|path| read(&path)).collect();
    records.sort_by(|a, b| (b.made, &b.id).cmp(&(a.made, &a.id)));
    Ok(records)
}

/// The record in a file; nothing if it is none, or one that cannot be understood.
fn read(path: &Path) -> Option<Record> {
    let id = path.file_stem()?.to_str()?;
    if path.extension()? != ENDING || id.starts_with('.') {
        return None;
    }
    let record: Record = json::read(path)?;
    Some(Record {
        id: id.to_owned(),
        poster: Some(poster(path.parent()?, id)).filter(|poster| poster.is_file()),
        ..record
    })
}

/// Gives a record its name and writes it.
pub(super) fn add(folder: &Path, record: Record) -> Result<Record> {
    let id = (0..u32::MAX)
        .map(|number| format!("{:013}-{}-{number}", record.made, process::id()))
        .find(|id| !file(folder, id).exists())
        .unwrap_or_default();
    let record = Record { id, ..record };
    write(folder, &record)?;
    Ok(record)
}

/// Writes what was changed in a record. What a newer version of the program has written into it stays.
pub(super) fn change(folder: &Path, record: &Record) -> Result<()> {
    let path = file(folder, &record.id);
    let value = serde_json::to_value(record);
    let mut value = value.map_err(|error| Error::content(&path, error.to_string()))?;
    if let (Some(Value::Object(before)), Some(now)) = (json::read(&path), value.as_object_mut()) {
        for (key, before) in before {
            // What made a video does not change; these four may be taken away.
            if key == "settings" || !(now.contains_key(&key) || OPTIONAL.contains(&key.as_str())) {
                now.insert(key, before);
            }
        }
    }
    json::write(&path, &value)
}

/// Writes a record that has a name.
fn write(folder: &Path, record: &Record) -> Result<()> {
    json::write(&file(folder, &record.id), record)
}

/// Removes a record and its poster.
pub(super) fn remove(folder: &Path, record: &Record) -> Result<()> {
    // Without its record nobody looks at the poster.
    let _ = fs::remove_file(poster(folder, &record.id));
    let path = file(folder, &record.id);
    match fs::remove_file(&path) {
        // Another program was faster.
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        result => result.map_err(Error::file("remove", &path)),
    }
}

/// Where the poster of a record belongs.
pub(super) fn poster(folder: &Path, id: &str) -> PathBuf {
    folder.join(format!("{id}.jpg"))
}

fn file(folder: &Path, id: &str) -> PathBuf {
    folder.join(format!("{id}.{ENDING}"))
}
