//! The project's chores, each a verb of `cargo xtask`.
//!
//! This crate is built before MLX is on the machine, so it depends on nothing of the product.

mod actionlint;
mod bundle;
mod cache;
mod cmd;
mod debian;
mod licences;
mod lint;
mod macos;
mod notary;
mod places;
mod product;
mod release;
mod screenshots;
mod setup;
mod tarball;
mod test;
mod wheel;

use std::process::ExitCode;

use anyhow::{Result, bail};

const USAGE: &str = "\
Usage: cargo xtask <verb>

  setup [--cpu | --cuda | --metal | --from-source]
                      bring MLX to this machine; every other verb does it when needed
  test [ARGS]         run the tests; ARGS go to cargo test
  lint                check format, clippy, documentation, spelling and licences
  check-macos         type-check the app for Apple Silicon, on Linux too
  bundle              make Zoetrope.app and its zip, on Linux too, and check them
  demo [--prompt TEXT]
                      make a video with the built-in model
  chaos [--kills N] [--seed N]
                      kill the program at 200 random instants of its work, and look what it leaves
  eval-demo           measure how often the built-in model shows what it is asked for (20 minutes)
  eval-caches         measure what step caches cost and save with the built-in model (hours; ZOETROPE_SAMPLE=3 for less)
  run [-- ARGS]       build and run zoetrope
  tarball             make the program for Linux with all that it needs, in one folder
  release-check       all that must be true of a version before it is tagged
  release             make what a release consists of, in target/release-files
  screenshots         take the pictures of the README, on Linux
";

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    match run(&args) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(args: &[String]) -> Result<()> {
    let Some((verb, rest)) = args.split_first() else {
        bail!("no verb was given\n\n{USAGE}")
    };
    match verb.as_str() {
        "setup" => setup::run(rest),
        "test" => test::run(rest),
        "lint" => lint::run(rest),
        "check-macos" => macos::check::run(rest),
        "bundle" => bundle::run(rest),
        "demo" => product::demo(rest),
        "chaos" => test::chaos(rest),
        "eval-demo" => test::eval_demo(rest),
        "eval-caches" => test::eval_caches(rest),
        "run" => product::run(rest),
        "tarball" => tarball::run(rest),
        "release" => release::run(rest),
        "release-check" => release::check(rest),
        "screenshots" => screenshots::run(rest),
        // Not in the usage: `setup` calls it in a process of its own, see `setup::bindings`.
        "bindings" => setup::bindings::generate(rest),
        // Nor these, which build scripts and cargo call, see `macos::tools`.
        "apple-cc" => macos::tools::compile("cc", rest),
        "apple-c++" => macos::tools::compile("c++", rest),
        "apple-ld" => macos::tools::link(rest),
        "help" | "--help" | "-h" => {
            eprint!("{USAGE}");
            Ok(())
        }
        other => bail!("there is no verb `{other}`\n\n{USAGE}"),
    }
}

/// For the verbs that take no arguments.
fn no_args(verb: &str, args: &[String]) -> Result<()> {
    match args.first() {
        None => Ok(()),
        Some(arg) => bail!("{verb} takes no arguments, but got `{arg}`"),
    }
}

#[cfg(test)]
mod tests {
    use plist::{Dictionary, Value};

    use crate::places;

    fn info_plist() -> Dictionary {
        let plist = Value::from_file(places::root().join("Info.plist")).unwrap();
        plist.into_dictionary().unwrap()
    }

    #[test]
    fn info_plist_is_valid_and_names_the_version_of_the_app() {
        let plist = info_plist();
        let entry = |key: &str| plist.get(key).and_then(Value::as_string);
        assert_eq!(entry("CFBundleIdentifier"), Some("app.zoetrope.Zoetrope"));
        assert_eq!(entry("LSMinimumSystemVersion"), Some("14.0"));
        for key in ["CFBundleShortVersionString", "CFBundleVersion"] {
            assert_eq!(entry(key), Some(env!("CARGO_PKG_VERSION")), "{key}");
        }
    }

    /// Without this, Finder would offer the app for nothing, and the dock icon would take no drops.
    #[test]
    fn finder_offers_the_app_for_the_pictures_that_it_reads_and_for_its_videos() {
        let plist = info_plist();
        let documents = plist["CFBundleDocumentTypes"].as_array().unwrap();
        let mut types: Vec<&str> = Vec::new();
        for document in documents {
            let document = document.as_dictionary().unwrap();
            let identifiers = document["LSItemContentTypes"].as_array().unwrap();
            let identifiers: Vec<&str> = identifiers.iter().filter_map(Value::as_string).collect();
            // Other programs stay the first choice for files that are not ours, and folders are offered by nobody.
            let is_folder = identifiers == ["public.folder"];
            let rank = if is_folder { "None" } else { "Alternate" };
            assert_eq!(document["LSHandlerRank"].as_string(), Some(rank));
            types.extend(identifiers);
        }
        types.sort_unstable();
        let expected = [
            "app.zoetrope.safetensors",
            "com.compuserve.gif",
            "com.microsoft.bmp",
            "org.webmproject.webp",
            "public.avif",
            "public.camera-raw-image",
            "public.folder",
            "public.heic",
            "public.heif",
            "public.jpeg",
            "public.mpeg-4",
            "public.png",
            "public.tiff",
        ];
        assert_eq!(types, expected);
    }
}
