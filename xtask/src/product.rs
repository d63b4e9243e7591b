//! `run` and `demo`: the product itself, in the profile that the tests are built in, so that nothing of its
//! many dependencies is compiled twice.

use anyhow::{Result, bail};

use crate::{cmd, places, setup};

const PROMPT: &str = "Three yellow ducks swim to the right at sunset";

/// The verb `run [-- ARGS]`.
pub fn run(args: &[String]) -> Result<()> {
    let args = args.strip_prefix(&["--".to_owned()]).unwrap_or(args);
    zoetrope(args.iter().map(String::as_str))
}

/// The verb `demo [--prompt TEXT]`.
pub fn demo(args: &[String]) -> Result<()> {
    let prompt = match args {
        [] => PROMPT,
        [flag, prompt] if flag == "--prompt" => prompt,
        _ => bail!("demo takes one option: --prompt TEXT"),
    };
    let folder = places::target().join("demo");
    std::fs::create_dir_all(&folder)?;
    let video = folder.join(format!("{}.mp4", file_name(prompt)));
    zoetrope([
        "generate",
        "--prompt",
        prompt,
        "--output",
        &video.to_string_lossy(),
    ])?;
    eprintln!("The video is in {}", video.display());
    Ok(())
}

fn zoetrope<'a>(args: impl IntoIterator<Item = &'a str>) -> Result<()> {
    setup::ensure()?;
    setup::announce_first_build();
    cmd::run(
        cmd::cargo()
            .args(["run", "--package", "zoetrope", "--"])
            .args(args),
    )
}

/// A prompt's first words as a file name.
fn file_name(prompt: &str) -> String {
    let lower = prompt.to_lowercase();
    let words = lower
        .split(|letter: char| !letter.is_alphanumeric())
        .filter(|word| !word.is_empty());
    let name = words.take(8).collect::<Vec<_>>().join("-");
    if name.is_empty() {
        "demo".to_owned()
    } else {
        name
    }
}

#[cfg(test)]
mod tests {
    use super::file_name;

    #[test]
    fn a_prompt_names_its_video() {
        assert_eq!(file_name("A red ball, rolling!"), "a-red-ball-rolling");
        assert_eq!(file_name("../../etc/passwd"), "etc-passwd");
        assert_eq!(file_name("…"), "demo");
    }
}
