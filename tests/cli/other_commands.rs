use std::process::Stdio;

use super::{command, run};

#[test]
fn without_a_command_the_program_helps() {
    let run = run(&[]);
    assert_eq!(run.code, Some(0));
    for command in ["generate", "info", "doctor"] {
        assert!(run.stdout.contains(command), "{}", run.stdout);
    }
}

#[test]
fn the_doctor_tells_what_there_is() {
    let run = run(&["doctor"]);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    for part in [
        "System",
        "Memory",
        "MLX",
        "0.32.2",
        "BLAS",
        "Built-in model",
        "/nowhere/demo",
    ] {
        assert!(run.stdout.contains(part), "{part}: {}", run.stdout);
    }
}

#[test]
fn info_wants_a_video() {
    let missing = run(&["info", "/nowhere/video.mp4"]);
    assert_eq!(missing.code, Some(1));
    assert!(
        missing
            .stderr
            .contains("/nowhere/video.mp4: there is no such file"),
        "{}",
        missing.stderr
    );

    let other = run(&["info", concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml")]);
    assert_eq!(other.code, Some(1));
    assert!(
        other.stderr.starts_with("error: ") && other.stderr.lines().count() == 1,
        "{}",
        other.stderr
    );
}

#[test]
fn a_reader_that_left_is_no_error() {
    let mut program = command(&["doctor"]);
    let mut child = program
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    drop(child.stdout.take());
    let output = child.wait_with_output().expect("it ends");
    assert_eq!(output.status.code(), Some(0));
    assert!(
        output.stderr.is_empty(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
}
