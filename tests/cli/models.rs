//! `zoetrope models`, for a user who has nothing but what a test gives.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};
use tempfile::TempDir;

use super::command;
use crate::catalog::hollow;
use crate::catalog::hub::server::{Server, Whim};
use crate::catalog::hub::{DIT, TEXT_ENCODER, VAE, files};
use crate::support::folder::Model;
use crate::support::program::{Job, Run, output};

/// A user's home folder, and a hub that he may ask.
struct Home(TempDir, Option<Server>);

impl Home {
    fn new() -> Self {
        Self(TempDir::new().unwrap(), None)
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn run(&self, arguments: &[&str]) -> Run {
        output(self.command(arguments))
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = command(arguments);
        for name in [
            "HF_HUB_CACHE",
            "HF_TOKEN",
            "XDG_CACHE_HOME",
            "XDG_DOCUMENTS_DIR",
        ] {
            command.env_remove(name);
        }
        command
            .env("HOME", self.path())
            .env(
                "HF_ENDPOINT",
                self.1.as_ref().map_or_else(String::new, Server::url),
            )
            .env("HF_HOME", self.path().join("huggingface"))
            .env("ZOETROPE_DATA_DIR", self.path().join("data"));
        command
    }

    /// Runs what must succeed.
    #[track_caller]
    fn models(&self, arguments: &[&str]) -> String {
        let run = self.run(&[&["models"], arguments].concat());
        assert_eq!(run.code, Some(0), "{}", run.stderr);
        run.stdout
    }

    #[track_caller]
    fn json(&self, arguments: &[&str]) -> Value {
        serde_json::from_str(&self.models(&[arguments, &["--json"]].concat())).unwrap()
    }
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

#[test]
fn folders_are_remembered_until_they_are_forgotten() {
    let home = Home::new();
    assert!(home.models(&["list"]).contains("No models found"));
    assert_eq!(home.json(&["list"]), Value::Array(Vec::new()));

    let model = Model::official("ckpt/ti2v_5b");
    let name = model.path().file_name().unwrap().to_str().unwrap();
    assert!(home.models(&["add", text(model.path())]).contains(name));
    home.models(&["add", text(model.path())]);
    let listed = home.json(&["list"]);
    assert_eq!(
        listed.as_array().unwrap().len(),
        1,
        "added twice, listed once"
    );
    assert_eq!(listed[0]["name"], name);
    assert_eq!(listed[0]["family"], "Wan2.2 TI2V");
    assert_eq!(listed[0]["problem"], Value::Null);

    home.models(&["forget", text(model.path())]);
    assert_eq!(home.json(&["list"]), Value::Array(Vec::new()));
    let again = home.run(&["models", "forget", text(model.path())]);
    assert_eq!(again.code, Some(1));
    assert!(
        again
            .stderr
            .contains("is not one of the folders that were added"),
        "{}",
        again.stderr
    );

    let file = home.run(&["models", "add", text(&model.path().join("config.json"))]);
    assert_eq!(file.code, Some(1));
    assert!(file.stderr.contains("is not a folder"), "{}", file.stderr);
}

/// Breaks when one of several programs loses what another has added meanwhile.
#[test]
fn folders_that_are_added_at_once_are_all_kept() {
    let home = Home::new();
    let folders: Vec<_> = (0..8)
        .map(|number| home.path().join(format!("models {number}")))
        .collect();
    let adding: Vec<_> = folders
        .iter()
        .map(|folder| {
            fs::create_dir(folder).unwrap();
            home.command(&["models", "add", text(folder)])
                .spawn()
                .unwrap()
        })
        .collect();
    for mut program in adding {
        assert!(program.wait().unwrap().success());
    }
    let kept = fs::read_to_string(home.path().join("data/folders.json")).unwrap();
    for folder in &folders {
        assert!(kept.contains(text(folder)), "{kept}");
    }
}

/// What the list names, every command that takes a model takes.
#[test]
fn a_model_goes_by_its_name() {
    let home = Home::new();
    let own = home.path().join("data/models");
    let model = Model::official("ckpt/ti2v_5b");
    fs::create_dir_all(&own).unwrap();
    symlink(model.path(), own.join("linked")).unwrap();
    let name = home.json(&["list"])[0]["name"]
        .as_str()
        .unwrap()
        .to_uppercase();

    let shown = home.models(&["show", &name]);
    assert!(
        shown.contains("Text encoder") && shown.contains("tokenizer.json"),
        "{shown}"
    );
    let shown = home.json(&["show", &name]);
    assert_eq!(
        shown["parts"][0]["files"].as_array().unwrap().len(),
        2,
        "both shards"
    );

    let plan = |model: &str| home.run(&["plan", "--model", model, "--prompt", "a boat"]);
    let known = plan(&name);
    assert_eq!(known.code, Some(0), "{}", known.stderr);
    let unknown = plan("Sora");
    assert_eq!(unknown.code, Some(1));
    assert!(
        unknown.stderr.contains("There is no model Sora"),
        "{}",
        unknown.stderr
    );
}

#[test]
fn what_a_listed_model_lacks_is_told() {
    let home = Home::new();
    let model = Model::official("ckpt/t2v_1_3b");
    fs::remove_file(model.path().join("Wan2.1_VAE.pth")).unwrap();
    home.models(&["add", text(model.path())]);
    let listed = home.models(&["list"]);
    assert!(
        listed.contains("→") && listed.contains("Wan2.1_VAE.pth is missing"),
        "{listed}"
    );
    let name = model.path().file_name().unwrap().to_str().unwrap();
    let verified = home.run(&["models", "verify", name]);
    assert_eq!(verified.code, Some(1));
    assert!(
        verified.stderr.contains("Wan2.1_VAE.pth is missing"),
        "{}",
        verified.stderr
    );
}

/// Breaks when a file that is not whole is only told of on the side, so that a script or a name never meets it.
#[test]
fn files_that_cannot_be_used_are_listed_as_such() {
    let home = Home::new();
    let folder = home.path().join("models");
    let file = |name: &str| folder.join(name);
    hollow::dit(&file("cut.safetensors"), 48, 48);
    let length = fs::metadata(file("cut.safetensors")).unwrap().len();
    fs::File::options()
        .write(true)
        .open(file("cut.safetensors"))
        .unwrap()
        .set_len(length - 1)
        .unwrap();
    hollow::dit(&file("shard-00001-of-00003.safetensors"), 48, 48);
    hollow::dit(&file("filled.safetensors"), 48, 48);
    let filled = fs::read(file("filled.safetensors")).unwrap();
    let blank = vec![0; filled.len() - 600];
    fs::write(
        file("filled.safetensors"),
        [&filled[..600], &blank].concat(),
    )
    .unwrap();
    home.models(&["add", text(&folder)]);
    let listed = home.json(&["list"]);
    let text_list = home.models(&["list"]);
    for (name, problem) in [
        ("cut", "is cut short"),
        ("filled", "nothing but zeros"),
        ("shard", "is one of 3 shards, but not all are there"),
    ] {
        let entries = listed.as_array().unwrap().iter();
        let entries: Vec<_> = entries.filter(|entry| entry["name"] == name).collect();
        assert_eq!(entries.len(), 1, "{name}: {listed}");
        let told = entries[0]["problem"].as_str().unwrap();
        assert!(told.contains(problem), "{name}: {told}");
        assert!(entries[0]["bytes"].as_u64().unwrap() > 500, "{name}");
        let line = text_list.lines().find(|line| line.starts_with(name));
        assert!(line.unwrap().contains("unusable"), "{text_list}");
        let shown = home.models(&["show", name]);
        assert!(
            shown.contains("Problem") && shown.contains(problem),
            "{shown}"
        );
        assert_eq!(home.json(&["show", name])["problem"], told);
    }
}

/// Breaks when what is not used of a model, or was guessed, is told at a terminal and nowhere else.
#[test]
fn remarks_are_listed_and_shown() {
    let home = Home::new();
    let folder = home.path().join("models");
    let file = |name: &str| folder.join(name);
    hollow::dit(&file("smoothMix_t2vLow.safetensors"), 16, 16);
    hollow::text_encoder(&file("t5.safetensors"));
    hollow::network(
        &file("vae.safetensors"),
        &[
            ("model.conv2.weight", &[16, 16, 1, 1, 1]),
            ("model.decoder.conv1.weight", &[64, 16, 3, 3, 3]),
            ("model_ema.decoder.conv1.weight", &[64, 16, 3, 3, 3]),
            ("optimizer.state", &[4]),
        ],
    );
    home.models(&["add", text(&folder)]);
    let listed = &home.json(&["list"])[0];
    let remarks: Vec<_> = listed["remarks"].as_array().unwrap().iter().collect();
    let [half, left] = remarks[..] else {
        panic!("{listed}")
    };
    assert!(
        half.as_str()
            .unwrap()
            .contains("is used alone, as a whole Wan2.1 T2V")
    );
    assert!(
        left.as_str().unwrap().starts_with("2 tensors in "),
        "{left}"
    );
    assert!(home.models(&["list"]).contains("→ 2 tensors in "));
    assert!(
        home.models(&["show", "smoothMix_t2vLow"])
            .contains("Remark          2 tensors in ")
    );
    assert_eq!(
        home.json(&["show", "smoothMix_t2vLow"])["remarks"],
        listed["remarks"]
    );
}

/// A single changed byte in hundreds of gigabytes shows in no header.
#[test]
fn verifying_compares_with_what_was_published() {
    let home = Home::new();
    let model = Model::official("ckpt/t2v_a14b");
    let all = home.json(&["verify", text(model.path())]);
    let all = all.as_array().unwrap();
    assert!(all.len() > 5 && all.iter().all(|file| file["published"].is_null()));

    let vae = model.path().join("Wan2.1_VAE.pth");
    let is_vae = |file: &&Value| file["file"].as_str().unwrap().ends_with("Wan2.1_VAE.pth");
    let hash = all.iter().find(is_vae).unwrap()["sha256"].as_str().unwrap();
    let blob = home.path().join(hash);
    fs::copy(&vae, &blob).unwrap();
    fs::remove_file(&vae).unwrap();
    symlink(&blob, &vae).unwrap();
    assert!(
        home.models(&["verify", text(model.path())])
            .contains("Wan2.1_VAE.pth: as published")
    );

    let mut bytes = fs::read(&blob).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(&blob, bytes).unwrap();
    let damaged = home.run(&["models", "verify", text(model.path())]);
    assert_eq!(damaged.code, Some(1));
    assert!(damaged.stdout.contains("DAMAGED") && damaged.stderr.contains("One file is damaged"));
}

/// A hub with networks that are no larger than their headers need.
fn hub() -> Server {
    let server = Server::start();
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("file");
    let put = |name: &str| server.put(name, &fs::read(&file).unwrap());
    hollow::dit(&file, 48, 48);
    put(DIT);
    hollow::text_encoder(&file);
    put(TEXT_ENCODER);
    hollow::vae(&file, 48);
    put(VAE);
    server
}

/// Where no hash is known, numbers that are none tell.
#[test]
fn verifying_looks_at_the_numbers() {
    let home = Home::new();
    let model = Model::official("ckpt/t2v_1_3b");
    let dit = model.path().join("diffusion_pytorch_model.safetensors");
    let mut bytes = fs::read(&dit).unwrap();
    let last = bytes.len() - 4;
    bytes[last..].fill(0xff);
    fs::remove_file(&dit).unwrap();
    fs::write(&dit, bytes).unwrap();
    let verified = home.run(&["models", "verify", text(model.path())]);
    assert_eq!(verified.code, Some(1));
    let told = "diffusion_pytorch_model.safetensors holds something that is no finite number in ";
    assert!(verified.stderr.contains(told), "{}", verified.stderr);
}

/// Breaks when only `list` and `show` tell what is passed over.
#[test]
fn verifying_tells_what_is_worth_knowing() {
    let home = Home::new();
    let model = Model::official("ckpt/ti2v_5b");
    let shard = model
        .path()
        .join("diffusion_pytorch_model-00001-of-00002.safetensors");
    let stray = model.path().join("diffusion_pytorch_model.safetensors");
    fs::copy(shard, stray).unwrap();
    for verb in ["verify", "show"] {
        let said = home.models(&[verb, text(model.path())]);
        assert!(said.contains("is not used: the shards beside it"), "{said}");
    }
}

/// From one command to a model that others find.
#[test]
fn a_model_is_downloaded_and_listed() {
    let home = Home(TempDir::new().unwrap(), Some(hub()));
    fs::create_dir(home.path().join("huggingface")).unwrap();
    fs::write(home.path().join("huggingface/token"), "hf_secret\n").unwrap();
    let said = home.models(&["get", "ti2v-5b"]);
    assert!(
        said.contains("use it with --model wan2.2_ti2v_5B_fp16"),
        "{said}"
    );
    let listed = home.json(&["list"]);
    assert_eq!(listed[0]["name"], "wan2.2_ti2v_5B_fp16");
    assert_eq!(listed[0]["problem"], Value::Null);
    assert!(
        home.models(&["verify", "wan2.2_ti2v_5B_fp16"])
            .contains("as published")
    );
    let tokens = home.1.as_ref().unwrap().tokens();
    assert!(
        tokens.iter().any(|(_, token)| token == "Bearer hf_secret"),
        "{tokens:?}"
    );

    let again = home.models(&["get", "ti2v-5b", "--json"]);
    let lines: Vec<Value> = again
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let [progress, finished] = lines.as_slice() else {
        panic!("{again}")
    };
    assert_eq!(progress["event"], "progress");
    assert!(progress["of"].as_u64() > Some(0) && progress["done"] == progress["of"]);
    assert_eq!(finished["event"], "finished");
    assert_eq!(finished["name"], "wan2.2_ti2v_5B_fp16");
    assert_eq!(finished["files"].as_array().unwrap().len(), 3);
}

/// A folder that a model was put in is looked through from then on.
#[test]
fn a_model_can_be_put_in_a_folder() {
    let home = Home(TempDir::new().unwrap(), Some(hub()));
    let folder = home.path().join("elsewhere");
    home.models(&["get", "ti2v-5b", "--folder", text(&folder)]);
    let listed = home.json(&["list"]);
    let place = folder
        .canonicalize()
        .unwrap()
        .join("diffusion_models/wan2.2_ti2v_5B_fp16.safetensors");
    assert_eq!(listed[0]["place"], text(&place));

    let refused = home.run(&["models", "get", "t2v-1.3b", "--precision", "q8"]);
    assert_eq!(refused.code, Some(1));
    assert!(
        refused.stderr.contains("is not published in q8"),
        "{}",
        refused.stderr
    );
    let unknown = home.run(&["models", "get", "sora"]);
    assert_eq!(unknown.code, Some(1));
}

/// Breaks when a model cannot be had and the user is not told why, or finds half of it among the whole ones.
#[test]
fn what_cannot_be_downloaded_is_told() {
    let refused = |server: Server, told: &str| {
        let home = Home(TempDir::new().unwrap(), Some(server));
        let run = home.run(&["models", "get", "ti2v-5b"]);
        assert_eq!(run.code, Some(1), "{}", run.stderr);
        let last = run.stderr.lines().last().unwrap();
        assert!(last.starts_with("error: ") && last.contains(told), "{last}");
        let listed = home.json(&["list"]);
        let listed = listed.as_array().unwrap();
        assert!(listed.iter().all(|model| !model["problem"].is_null()));
        home
    };
    let endless = hub();
    let path = DIT.splitn(3, '/').nth(2).unwrap();
    let size = json!({ "sha256": "ab".repeat(32), "size": 1_u64 << 60 });
    endless.lie(DIT, json!({ "rfilename": path, "lfs": size }));
    let home = refused(endless, "are still to come: make room, or choose a folder");
    assert_eq!(files(&home.path().join("huggingface")).len(), 0);

    let gated = hub();
    gated.misbehave(DIT, &[Whim::Status(403)]);
    refused(
        gated,
        "accept its terms on huggingface.co, then set HF_TOKEN",
    );
    let gone = hub();
    gone.misbehave(VAE, &[Whim::Status(404)]);
    refused(gone, "wan2.2_vae.safetensors does not exist");
    let swapped = hub();
    swapped.misbehave(VAE, &[Whim::Wrong, Whim::Wrong]);
    refused(swapped, "failed its checksum twice");
    refused(Server::start(), "does not exist");
}

/// Breaks when Ctrl-C ends the program in the middle of a file, or what had come is asked for again.
#[test]
fn a_download_that_was_stopped_goes_on() {
    let home = Home(TempDir::new().unwrap(), Some(hub()));
    let server = home.1.as_ref().unwrap();
    server.misbehave(DIT, &[Whim::Drop(50), Whim::TooMany(60)]);
    let get = ["models", "get", "ti2v-5b", "--json"];
    let mut job = Job::start(home.command(&get));
    assert_eq!(job.next().unwrap()["event"], "progress");
    job.interrupt();
    while job.next().is_some() {}
    let (code, stderr) = job.end();
    assert_eq!(code, Some(130), "{stderr}");
    assert!(stderr.contains("run the same command again"), "{stderr}");
    server.asked();
    server.misbehave(DIT, &[]);

    // A token in the environment goes before one in a file.
    fs::write(home.path().join("huggingface/token"), "hf_saved").unwrap();
    let mut again = home.command(&get);
    again.env("HF_TOKEN", "hf_given");
    let again = output(again);
    assert_eq!(again.code, Some(0), "{}", again.stderr);
    let of_dit = server.asked().into_iter().find(|asked| asked.file == DIT);
    assert_eq!(of_dit.map(|asked| asked.from), Some(50));
    assert!(
        server
            .tokens()
            .iter()
            .all(|(_, token)| token == "Bearer hf_given")
    );
}

#[test]
fn what_can_be_downloaded_has_preview() {
    let home = Home::new();
    let shown = home.models(&["get"]);
    assert!(
        shown.contains("i2v-a14b         --precision fp8        35.6 GB"),
        "{shown}"
    );
    for line in ["lightning-t2v-a14b", "fastwan-5b", "tiny-vae-2.1"] {
        assert!(shown.contains(line), "{shown}");
    }
    let offers = home.json(&["get"]);
    assert_eq!(offers.as_array().unwrap().len(), shown.lines().count());
}
