//! `check-macos`: the compiler's word that the app builds for Apple Silicon.

use anyhow::Result;

use super::{cargo, target, write_script};
use crate::{cmd, no_args, places, setup};

/// Some dependencies compile C for the target, which the compiler of Linux refuses. A check links nothing, so
/// an empty object does; only the questions about the compiler itself are passed on to it.
const C_COMPILER: &str = r#"#!/bin/sh
for arg do
  [ "$arg" = -c ] && compiles=yes
  [ "$previous" = -o ] && object=$arg
  previous=$arg
done
[ "$compiles" ] || exec cc "$@"
exec cc -x c -c /dev/null -o "$object"
"#;

/// The verb.
pub fn run(args: &[String]) -> Result<()> {
    no_args("check-macos", args)?;
    setup::ensure()?;
    if cfg!(target_os = "macos") {
        return cmd::run(cmd::cargo().arg("check"));
    }
    let c_compiler = target().join("cc");
    write_script(&c_compiler, C_COMPILER)?;
    cmd::run(
        cargo("check")?
            .current_dir(places::root())
            // Only build scripts and macros are compiled to the end, and those not for speed.
            .args(["--config", r#"profile.dev.package."*".opt-level=0"#])
            .env("CC_aarch64_apple_darwin", &c_compiler)
            .env("CXX_aarch64_apple_darwin", &c_compiler),
    )
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::process::Command;

    use super::*;

    #[test]
    fn the_compiler_that_stands_in_makes_an_object_of_anything() {
        let folder = std::env::temp_dir().join(format!("zoetrope-cc-{}", std::process::id()));
        let compiler = folder.join("cc");
        write_script(&compiler, C_COMPILER).unwrap();
        let object = folder.join("neon.o");
        let mut compile = Command::new(&compiler);
        compile
            .args([
                "-arch",
                "arm64",
                "-mmacosx-version-min=14.0",
                "-c",
                "neon.S",
                "-o",
            ])
            .arg(&object);
        assert!(compile.status().unwrap().success());
        assert!(object.exists());
        assert!(cmd::works(Command::new(&compiler).arg("--version")));
        fs::remove_dir_all(folder).unwrap();
    }
}
