//! The plan in a run folder, so that another process can carry it out.

use std::io::Read as _;
use std::path::{self, Path, PathBuf};
use std::{fmt, fs};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::fingerprint::Fingerprint;
use super::seal;
use crate::disk::{self, PartialFile};
use crate::job::{Flaw, Plan};
use crate::{Error, Result};

pub(super) const NAME: &str = "plan.json";
const PICTURES: &str = "pictures";

/// Longer than any plan, in bytes.
const MOST: u64 = 1 << 24;

/// Grows when an older program could not go on with what a newer one left.
const FORMAT: u32 = 1;

#[derive(Serialize)]
struct Written<'a> {
    format: u32,
    program: &'static str,
    plan: &'a Plan,
    /// Those of [`Plan::inputs`].
    fingerprints: Vec<Fingerprint>,
    /// The last of all.
    seal: &'static str,
}

/// The part of the file that every version has.
#[derive(Deserialize)]
struct Format {
    format: u32,
}

#[derive(Deserialize)]
struct Read {
    plan: Plan,
    /// Earlier versions wrote none.
    #[serde(default)]
    fingerprints: Vec<Fingerprint>,
    /// Nor this.
    #[serde(default)]
    seal: String,
}

/// Whether there is something with the plan's name in `folder`.
pub(super) fn is_in(folder: &Path) -> bool {
    folder.join(NAME).exists()
}

/// Whether the plan in `folder` is one that this program wrote, in whatever version.
pub(super) fn is_ours(folder: &Path) -> bool {
    let value = bytes(&folder.join(NAME)).and_then(|json| {
        serde_json::from_slice::<Value>(&json)
            .map_err(|error| Error::content(folder, error.to_string()))
    });
    value.is_ok_and(|value| {
        let program = value["program"].as_str();
        value["format"].is_u64() && program.is_some_and(|name| name.starts_with("Zoetrope"))
    })
}

/// The copies of pictures that the plan in `folder` tells of.
pub(super) fn copies(folder: &Path) -> Vec<PathBuf> {
    let plan = bytes(&folder.join(NAME)).ok();
    let plan = plan.and_then(|json| serde_json::from_slice::<Read>(&json).ok());
    let mut copies = Vec::new();
    if let Some(Read { mut plan, .. }) = plan {
        let pictures = plan.pictures_mut().enumerate();
        copies.extend(pictures.map(|(number, picture)| copy_of(folder, number, picture)));
    }
    copies
}

/// Removes the plan from `folder`, if there is one, and the copies of pictures that it tells of.
pub(super) fn remove(folder: &Path) {
    let copies = copies(folder);
    // What cannot be removed is in nobody's way.
    let _ = fs::remove_file(folder.join(NAME));
    for copy in &copies {
        let _ = fs::remove_file(copy);
        // The folder of this copy and then that of all, if nothing else is in them.
        for above in copy.ancestors().skip(1).take(2) {
            let _ = fs::remove_dir(above);
        }
    }
}

/// Writes `plan`, and then copies of its pictures, which may be gone when they are wanted again.
pub(super) fn write(folder: &Path, plan: &Plan) -> Result<()> {
    let mut plan = plan.clone();
    for file in plan.files_mut() {
        *file = path::absolute(&*file).map_err(Error::file("find", file))?;
    }
    let fingerprints = plan.inputs();
    let fingerprints = fingerprints.iter().map(|file| Fingerprint::of(file));
    let written = Written {
        format: FORMAT,
        program: concat!("Zoetrope ", env!("CARGO_PKG_VERSION")),
        plan: &plan,
        fingerprints: fingerprints.collect::<Result<_>>()?,
        seal: seal::OPEN,
    };
    let path = folder.join(NAME);
    let json = serde_json::to_vec_pretty(&written);
    let mut json = json.map_err(|why| Error::content(&path, why.to_string()))?;
    seal::close(&mut json);
    PartialFile::write(&path, &json)?;
    for (number, picture) in plan.pictures_mut().enumerate() {
        let copy = copy_of(folder, number, picture);
        if let Some(parent) = copy.parent() {
            fs::create_dir_all(parent).map_err(Error::file("create", parent))?;
        }
        disk::copy(picture, &copy)?;
        let all = folder.join(PICTURES);
        disk::sync_folder(&all).map_err(Error::file("write", &all))?;
    }
    Ok(())
}

fn bytes(path: &Path) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let read = disk::open(path)?.take(MOST).read_to_end(&mut bytes);
    read.map_err(Error::file("read", path))?;
    Ok(bytes)
}

/// Whether this user's own program has written the plan in `folder`. What another one names is not to be opened for its name
/// alone: see [`Plan::adopt`].
pub fn is_own(folder: &Path) -> bool {
    bytes(&folder.join(NAME)).is_ok_and(|json| is_sealed(&json))
}

fn is_sealed(json: &[u8]) -> bool {
    serde_json::from_slice(json).is_ok_and(|Read { seal, .. }| seal::fits(&seal, json))
}

/// The plan in `folder`, for the video beside it, wherever both were moved. Of one that is not this user's own, pictures are
/// taken from the run folder alone, and other files are named as they are.
///
/// # Errors
/// The folder is none of ours, is damaged, or comes from a newer version.
pub fn read(folder: &Path) -> Result<Plan> {
    let output = video_beside(folder)?;
    let path = folder.join(NAME);
    let json = bytes(&path)?;
    let damaged =
        |why: &dyn fmt::Display| Error::content(&path, Flaw::DamagedPlan(why.to_string()));
    let Format { format } = serde_json::from_slice(&json).map_err(|why| damaged(&why))?;
    if format > FORMAT {
        return Err(Error::content(folder, Flaw::Newer));
    }
    let Read {
        mut plan,
        fingerprints,
        seal,
    } = serde_json::from_slice(&json).map_err(|why| damaged(&why))?;
    let is_own = seal::fits(&seal, &json);
    plan.check().map_err(|why| damaged(&why))?;
    plan.output = output;
    for (number, picture) in plan.pictures_mut().enumerate() {
        let copy = copy_of(folder, number, picture);
        // The copy goes with the run folder: what names the picture later had better name the original, while that is
        // what it was. Where the copy is missing, the job never began; in earlier versions it never was.
        let known = fingerprints.get(number).filter(|_| is_own);
        let is_original =
            known.is_some_and(|known| Fingerprint::of(picture).is_ok_and(|found| found == *known));
        if !is_own || (copy.exists() && !is_original) {
            *picture = copy;
        }
    }
    Ok(plan)
}

/// What the files of [`Plan::inputs`] were when the plan was written, in their order; none by versions that did not look.
pub(super) fn fingerprints(folder: &Path) -> Result<Vec<Fingerprint>> {
    let written = bytes(&folder.join(NAME))?;
    let written: Option<Read> = serde_json::from_slice(&written).ok();
    Ok(written.map(|read| read.fingerprints).unwrap_or_default())
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
