//! What the program keeps for itself, as small files.
//!
//! A file may come from another version of the program, or from a hand that slipped. Whatever of it can be understood
//! counts; what only a newer version knows stays in it; and where something is lost, the file is kept as `NAME.bak`.

use std::fs;
use std::path::Path;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::disk;
use crate::disk::PartialFile;
use crate::error::{Error, Result};

/// Reads a file. One that cannot be understood is of no use, but no obstacle either.
pub fn read<T: DeserializeOwned>(path: &Path) -> Option<T> {
    serde_json::from_slice(&disk::read(path).ok()?).ok()
}

/// Reads a file field by field: one that cannot be understood is as in `T::default()`, and all others count. Where
/// anything was lost, the file is copied to `NAME.bak`.
pub fn read_by_field<T: Default + Serialize + DeserializeOwned>(path: &Path) -> T {
    let Ok(bytes) = disk::read(path) else {
        return T::default();
    };
    let (Ok(file), Ok(mut whole)) = (
        serde_json::from_slice::<Value>(&bytes),
        serde_json::to_value(T::default()),
    ) else {
        keep_copy(path, &bytes);
        return T::default();
    };
    if !adopt::<T>(&mut whole, "", &file) {
        keep_copy(path, &bytes);
    }
    serde_json::from_value(whole).unwrap_or_default()
}

/// The entries of a list in a file, whatever they are. A file that is no list is copied to `NAME.bak`.
pub fn read_list(path: &Path) -> Vec<Value> {
    let Ok(bytes) = disk::read(path) else {
        return Vec::new();
    };
    serde_json::from_slice(&bytes).unwrap_or_else(|_| {
        keep_copy(path, &bytes);
        Vec::new()
    })
}

/// Writes a file in place of an earlier one, and the folder that it belongs in.
///
/// # Errors
/// It cannot be written; what was there before still is.
pub fn write<T: Serialize>(path: &Path, value: &T) -> Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(Error::file("create", folder))?;
    }
    let json = serde_json::to_vec_pretty(value)
        .map_err(|error| Error::content(path, format!("cannot be written: {error}")))?;
    write_bytes(path, &json)
}

/// The fields of a file that a `T` does not know: a newer version of the program has written them.
pub fn unknown_fields<T>(path: &Path) -> Value
where
    T: Default + PartialEq + Serialize + DeserializeOwned,
{
    let skeleton = serde_json::to_value(T::default());
    match (skeleton, read(path)) {
        (Ok(skeleton), Some(file)) => unknown::<T>(&skeleton, "", &file),
        _ => Value::Null,
    }
}

/// Puts the fields that were `unknown` into a value that is to be written.
pub fn keep_unknown(value: &mut Value, unknown: &Value) {
    let (Value::Object(value), Value::Object(unknown)) = (value, unknown) else {
        return;
    };
    for (key, unknown) in unknown {
        match value.get_mut(key) {
            Some(value) => keep_unknown(value, unknown),
            None => {
                value.insert(key.clone(), unknown.clone());
            }
        }
    }
}

/// Those of `theirs`, which stand at this place of a `T`.
fn unknown<T: Default + PartialEq + DeserializeOwned>(
    skeleton: &Value,
    place: &str,
    theirs: &Value,
) -> Value {
    let (Some(Value::Object(ours)), Value::Object(theirs)) = (skeleton.pointer(place), theirs)
    else {
        return Value::Null;
    };
    let mut found = Map::new();
    for (key, value) in theirs {
        if ours.contains_key(key) {
            let inner = unknown::<T>(skeleton, &format!("{place}/{}", token(key)), value);
            if inner.is_object() {
                found.insert(key.clone(), inner);
            }
        } else {
            // One that is known, but left out where it says nothing, makes a difference.
            let mut whole = skeleton.clone();
            insert(&mut whole, place, key, value.clone());
            if T::deserialize(&whole).is_ok_and(|read| read == T::default()) {
                found.insert(key.clone(), value.clone());
            }
        }
    }
    if found.is_empty() {
        Value::Null
    } else {
        Value::Object(found)
    }
}

/// A key as JSON pointers write it.
fn token(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}

fn insert(whole: &mut Value, place: &str, key: &str, value: Value) {
    if let Some(Value::Object(object)) = whole.pointer_mut(place) {
        object.insert(key.to_owned(), value);
    }
}

fn remove(whole: &mut Value, place: &str, key: &str) {
    if let Some(Value::Object(object)) = whole.pointer_mut(place) {
        object.remove(key);
    }
}

fn write_bytes(path: &Path, bytes: &[u8]) -> Result<()> {
    let mut file = PartialFile::create(path)?;
    file.write_at(0, bytes)?;
    file.finish()
}

/// It is about to be written anew, without what nobody understands.
fn keep_copy(path: &Path, bytes: &[u8]) {
    // Where there is no room for a copy, the file itself can hardly be written either.
    if let Err(error) = write_bytes(&path.with_added_extension("bak"), bytes) {
        log::warn!("No copy of a file that is not understood is kept: {error}");
    }
}

/// Takes `theirs` over at this place of a `T`, as much of it as can be understood, and tells whether that was all.
fn adopt<T: DeserializeOwned>(whole: &mut Value, place: &str, theirs: &Value) -> bool {
    let Some(ours) = replace(whole, place, theirs.clone()) else {
        return true;
    };
    if T::deserialize(&*whole).is_ok() {
        return true;
    }
    replace(whole, place, ours.clone());
    match (ours, theirs) {
        (Value::Object(ours), Value::Object(theirs)) => {
            theirs.iter().fold(true, |all, (key, value)| {
                let inner = format!("{place}/{}", token(key));
                // Some fields are left out where they say nothing.
                if !ours.contains_key(key) {
                    insert(whole, place, key, Value::Null);
                }
                let whole_field = adopt::<T>(whole, &inner, value);
                if !ours.contains_key(key) && !whole_field {
                    remove(whole, place, key);
                }
                whole_field && all
            })
        }
        (ours @ Value::Array(_), Value::Array(theirs)) => {
            let mut good = Vec::new();
            for value in theirs {
                good.push(value.clone());
                replace(whole, place, Value::Array(good.clone()));
                if T::deserialize(&*whole).is_err() {
                    good.pop();
                }
            }
            replace(whole, place, Value::Array(good));
            if T::deserialize(&*whole).is_err() {
                replace(whole, place, ours);
            }
            false
        }
        _ => false,
    }
}

/// Puts a value to its place, and tells what was there.
fn replace(whole: &mut Value, place: &str, value: Value) -> Option<Value> {
    Some(std::mem::replace(whole.pointer_mut(place)?, value))
}
