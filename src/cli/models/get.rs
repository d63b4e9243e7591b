//! `zoetrope models get`: a model comes from the Hugging Face hub.

use std::path::{self, Path, PathBuf};
use std::sync::atomic::Ordering;

use serde_json::{Value, json};

use super::super::{format, interrupt, print, print_json, say, shown};
use super::download_progress::Arriving;
use crate::catalog::hub::{self, Destination, Download, Hub};
use crate::catalog::{self, folders};
use crate::error::{Error, Result};
use crate::job::fast_files::Name;
use crate::job::plain_text::one_line;
use crate::job::{FastFiles, ModelDownload, Wanted, WeightFormat};
use crate::platform::Awake;

/// Downloads a model, or shows what there is.
///
/// # Errors
/// It cannot be had, or there is no room for it.
pub fn run(
    name: Option<Name>,
    edition: WeightFormat,
    folder: Option<&Path>,
    json: bool,
) -> Result<()> {
    let Some(name) = name else {
        let offers = hub::offers();
        return if json {
            print_json(&table_json(&offers))
        } else {
            print(&table(&offers))
        };
    };
    let stopped = interrupt::flag();
    let wanted = match name {
        Name::Model(model) => Wanted::Model(model, edition),
        Name::Fast(files) => Wanted::Fast(files),
        Name::Tokenizer => Wanted::Tokenizer,
    };
    let mut go_on = || {
        if stopped.load(Ordering::Relaxed) {
            return Err(Error::Interrupted);
        }
        Ok(())
    };
    let destination = match folder {
        Some(folder) => {
            let whole = path::absolute(folder).map_err(Error::file("find", folder))?;
            Destination::Folder(whole)
        }
        None => Destination::cache()?,
    };
    let hub = Hub::of_environment();
    say(&format!("Looking up {wanted} on Hugging Face"));
    let known = folders::all();
    let download = Download::plan(&hub, wanted, destination, &known, &mut go_on)?;
    announce(wanted, &download);
    let _awake = Awake::start("A model is being downloaded");
    let mut arriving = Arriving::new(json);
    let files = download.run(&mut |transfer| {
        arriving.show(transfer);
        go_on()
    });
    arriving.end();
    let files = files?;
    if let Destination::Folder(folder) = download.destination() {
        folders::add(folder)?;
    }
    finish(&files, json)
}

fn announce(wanted: Wanted, download: &Download) {
    let (of, there) = download.bytes();
    let there = match there {
        0 => String::new(),
        there => format!(", {} of it already here", format::bytes(there)),
    };
    let place = shown(download.destination().folder());
    let of = format::bytes(of);
    say(&format!("{wanted}: {of}{there}, to {place}"));
}

/// Says what the model that came is called here.
fn finish(files: &[PathBuf], json: bool) -> Result<()> {
    let known = catalog::scan(&folders::all());
    let model = files.iter().find_map(|file| known.at(file));
    let name = model.map(|model| model.name.as_str());
    if json {
        let finished = json!({ "event": "finished", "name": name, "files": files });
        interrupt::last_words(&finished.to_string());
        return Ok(());
    }
    let name = name.map(one_line);
    print(&match name {
        Some(name) => format!("{name} is ready: use it with --model {name}"),
        None => "Download complete".into(),
    })
}

fn table(offers: &[ModelDownload]) -> String {
    let line = |offer: &ModelDownload| {
        let ModelDownload {
            model,
            edition,
            bytes,
        } = offer;
        let bytes = format::bytes(*bytes);
        format!(
            "{:16} --precision {:9} {bytes:>8}",
            model.to_string(),
            edition.name()
        )
    };
    let beside = |files: FastFiles| {
        let bytes = format::bytes(files.bytes());
        format!("{:38} {bytes:>8}", files.name())
    };
    let lines = offers.iter().map(line);
    let lines = lines.chain(FastFiles::ALL.map(beside));
    lines.collect::<Vec<_>>().join("\n")
}

fn table_json(offers: &[ModelDownload]) -> String {
    let object = |offer: &ModelDownload| {
        let ModelDownload {
            model,
            edition,
            bytes,
        } = offer;
        json!({ "variant": model.to_string(), "precision": edition.name(), "bytes": bytes })
    };
    let beside = |files: FastFiles| json!({ "variant": files.name(), "bytes": files.bytes() });
    let objects = offers.iter().map(object);
    let objects = objects.chain(FastFiles::ALL.map(beside));
    objects.collect::<Value>().to_string()
}
