//! The plan in a run folder, so that another process can carry it out.

use std::path::{self, Path, PathBuf};
use std::{fmt, fs};

use serde::{Deserialize, Serialize};

use crate::job::{Flaw, Plan};
use crate::media::json;
use crate::{Error, Result};

const NAME: &str = "plan.json";
const PICTURES: &str = "pictures";

/// Grows when an older program could not go on with what a newer one left.
const FORMAT: u32 = 1;

#[derive(Serialize)]
struct Written<'a> {
    format: u32,
    program: &'static str,
    plan: &'a Plan,
}

/// The part of the file that every version has.
#[derive(Deserialize)]
struct Format {
    format: u32,
}

#[derive(Deserialize)]
struct Read {
    plan: Plan,
}

/// Whether there is a plan in `folder`.
pub(super) fn is_in(folder: &Path) -> bool {
    folder.join(NAME).exists()
}

/// Removes the plan from `folder`, if there is one, and then its pictures.
pub(super) fn remove(folder: &Path) {
    // What cannot be removed is in nobody's way.
    let _ = fs::remove_file(folder.join(NAME));
    let _ = fs::remove_dir_all(folder.join(PICTURES));
}

/// Writes `plan` and copies of its pictures, which may be gone when they are wanted again.
pub(super) fn write(folder: &Path, plan: &Plan) -> Result<()> {
    let mut plan = plan.clone();
    for file in plan.files_mut() {
        *file = path::absolute(&*file).map_err(Error::file("find", file))?;
    }
    for (number, picture) in plan.pictures_mut().enumerate() {
        let copy = copy_of(folder, number, picture);
        if let Some(parent) = copy.parent() {
            fs::create_dir_all(parent).map_err(Error::file("create", parent))?;
        }
        fs::copy(&*picture, &copy).map_err(Error::file("copy", picture))?;
    }
    let written = Written {
        format: FORMAT,
        program: concat!("Zoetrope ", env!("CARGO_PKG_VERSION")),
        plan: &plan,
    };
    json::write(&folder.join(NAME), &written)
}

/// The plan in `folder`, for the video beside it, wherever both were moved.
///
/// # Errors
/// The folder is none of ours, is damaged, or comes from a newer version.
pub fn read(folder: &Path) -> Result<Plan> {
    let output = video_beside(folder)?;
    let path = folder.join(NAME);
    let json = fs::read(&path).map_err(Error::file("read", &path))?;
    let damaged =
        |why: &dyn fmt::Display| Error::content(&path, Flaw::DamagedPlan(why.to_string()));
    let Format { format } = serde_json::from_slice(&json).map_err(|why| damaged(&why))?;
    if format > FORMAT {
        return Err(Error::content(folder, Flaw::Newer));
    }
    let Read { mut plan } = serde_json::from_slice(&json).map_err(|why| damaged(&why))?;
    plan.check().map_err(|why| damaged(&why))?;
    plan.output = output;
    for (number, picture) in plan.pictures_mut().enumerate() {
        *picture = copy_of(folder, number, picture);
    }
    Ok(plan)
}

/// Checks that the model which a video was begun with is still there.
///
/// # Errors
/// A file of it is gone.
pub fn check_model(plan: &Plan) -> Result<()> {
    let model = &plan.checkpoint;
    let paths = model.paths();
    let Some(missing) = paths.iter().find(|path| !path.exists()) else {
        return Ok(());
    };
    let flaw = Flaw::ModelGone(model.name.clone());
    Err(Error::content(missing, flaw))
}

/// `OUT.mp4` for `OUT.mp4.run`.
fn video_beside(folder: &Path) -> Result<PathBuf> {
    let video = folder.with_extension("");
    let is_run = folder
        .extension()
        .is_some_and(|extension| extension == "run");
    if is_run && folder.is_dir() && is_in(folder) {
        return Ok(video);
    }
    let problem = if folder.exists() {
        "is not the folder of an unfinished video: its name ends in .mp4.run, and plan.json is in it"
    } else {
        "is not there: give the folder that an unfinished video left, OUT.mp4.run"
    };
    Err(Error::content(folder, problem))
}

/// Under its own name, which the video's settings mention.
fn copy_of(folder: &Path, number: usize, picture: &Path) -> PathBuf {
    let name = picture.file_name().unwrap_or_default();
    folder.join(PICTURES).join(number.to_string()).join(name)
}
