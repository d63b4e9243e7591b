//! `test`: all tests of the workspace, and one line that sums them up.

use std::fs;
use std::io::{self, BufRead as _, BufReader, Write as _};
use std::path::PathBuf;
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, bail};

use crate::{cmd, no_args, places, setup};

/// The verb. The arguments go to `cargo test`.
pub fn run(args: &[String]) -> Result<()> {
    let mut tests = cargo_test()?;
    tests.arg("--workspace").args(args).stdout(Stdio::piped());
    let mut process = tests.spawn().context("cargo could not be started")?;

    let mut total = Total::default();
    let printed = process.stdout.take().context("cargo test has no output")?;
    let mut stdout = io::stdout();
    for line in BufReader::new(printed).lines() {
        let line = line?;
        total.add(&line);
        writeln!(stdout, "{line}")?;
    }
    if !process.wait()?.success() {
        bail!("the tests failed ({total})");
    }
    eprintln!("All tests passed ({total})");
    Ok(())
}

/// The verb `eval-demo`: the built-in model's figures, from the test that the others leave out for its length.
pub fn eval_demo(args: &[String]) -> Result<()> {
    no_args("eval-demo", args)?;
    ignored("demo::evaluation::all_clips_show_what_was_asked")
}

/// The verb `eval-caches`: what step caches cost and save.
pub fn eval_caches(args: &[String]) -> Result<()> {
    no_args("eval-caches", args)?;
    ignored("demo::caches::caches_keep_what_their_words_promise")
}

/// One of the tests that the others leave out for its length.
fn ignored(test: &str) -> Result<()> {
    cmd::run(cargo_test()?.args([
        "--package=zoetrope",
        "--",
        "--ignored",
        "--exact",
        "--nocapture",
        test,
    ]))
}

/// The verb `chaos`: kills the program at random instants of its work, and looks what it leaves.
pub fn chaos(args: &[String]) -> Result<()> {
    let (mut kills, mut seed) = ("200", "1");
    let mut args = args.iter();
    while let Some(arg) = args.next() {
        let value = args
            .next()
            .with_context(|| format!("{arg} needs a number"))?;
        match arg.as_str() {
            "--kills" => kills = value,
            "--seed" => seed = value,
            _ => bail!("chaos takes --kills and --seed, but got `{arg}`"),
        }
        value
            .parse::<u64>()
            .with_context(|| format!("{value} is no number"))?;
    }
    let mut tests = cargo_test()?;
    tests
        .args(["--package=zoetrope", "--test=all", "--", "chaos::"])
        .env("ZOETROPE_CHAOS", kills)
        .env("ZOETROPE_CHAOS_SEED", seed);
    cmd::run(&mut tests)
}

/// `cargo test` where MLX is at hand.
fn cargo_test() -> Result<Command> {
    setup::ensure()?;
    setup::announce_first_build();
    let mut tests = cmd::cargo();
    tests
        .arg("test")
        // The reference values were computed in full float32, which MLX's CUDA backend rounds unless told not to.
        .env("MLX_ENABLE_TF32", "0")
        // Nothing that an earlier build left may stand in for what this one computes.
        .env("ZOETROPE_CACHE_DIR", empty("cache")?)
        // Nor is anything of whoever runs the tests read or changed.
        .env("ZOETROPE_DATA_DIR", empty("data")?);
    Ok(tests)
}

/// A folder of the tests' own, with nothing in it.
fn empty(name: &str) -> Result<PathBuf> {
    let folder = places::target().join("tmp").join(name);
    match fs::remove_dir_all(&folder) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Err(error).with_context(|| format!("{} cannot be emptied", folder.display()))
        }
        _ => Ok(folder),
    }
}

/// The numbers of all test programs together.
#[derive(Default)]
struct Total {
    passed: u32,
    failed: u32,
    ignored: u32,
}

impl Total {
    /// Reads a line such as `test result: ok. 12 passed; 0 failed; 1 ignored; 0 measured; …`.
    fn add(&mut self, line: &str) {
        let Some(result) = line.strip_prefix("test result: ") else {
            return;
        };
        let words: Vec<&str> = result
            .split([' ', ';', '.'])
            .filter(|word| !word.is_empty())
            .collect();
        for pair in words.windows(2) {
            let Ok(count) = pair[0].parse::<u32>() else {
                continue;
            };
            match pair[1] {
                "passed" => self.passed += count,
                "failed" => self.failed += count,
                "ignored" => self.ignored += count,
                _ => {}
            }
        }
    }
}

impl std::fmt::Display for Total {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "{} passed, {} failed, {} ignored",
            self.passed, self.failed, self.ignored
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_results_of_all_programs_are_added() {
        let mut total = Total::default();
        for line in [
            "running 13 tests",
            "test result: ok. 12 passed; 0 failed; 1 ignored; 0 measured; 3 filtered out; finished in 2.35s",
            "test result: FAILED. 4 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s",
        ] {
            total.add(line);
        }
        assert_eq!(total.to_string(), "16 passed, 2 failed, 1 ignored");
    }
}
