//! Machines compare what they have before anything is loaded, and start where they are told to.

use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Command;
use std::thread;

use serde_json::json;

use super::loopback::Together;
use crate::pipeline::job::sentence;
use crate::support::program::{Run, output};

/// Puts a program called `ssh` into a folder of its own, which runs `script` with everything after the options as `$@`.
fn fake_ssh(folder: &Path, script: &str) -> String {
    let bin = folder.join("bin");
    fs::create_dir_all(&bin).unwrap();
    let ssh = bin.join("ssh");
    let text =
        format!("#!/bin/sh\nwhile [ \"$1\" = -o ]; do shift 2; done\nhost=$1; shift\n{script}\n");
    fs::write(&ssh, text).unwrap();
    fs::set_permissions(&ssh, fs::Permissions::from_mode(0o755)).unwrap();
    let path = std::env::var("PATH").unwrap();
    format!("{}:{path}", bin.display())
}

/// A hostfile with this machine and one called `mini`.
fn with_mini(folder: &Path) -> String {
    let path = folder.join("mini.json");
    let hosts = json!([
        {"ssh": "localhost", "ips": ["127.0.0.1"]},
        {"ssh": "mini", "ips": ["127.0.0.1"]},
    ]);
    fs::write(&path, hosts.to_string()).unwrap();
    path.display().to_string()
}

/// The arguments of a job together with `mini`.
fn arguments(together: &Together, more: &[&str]) -> Vec<String> {
    let hosts = with_mini(&together.path(""));
    together.arguments(2, &[&["--hosts", &hosts], more].concat())
}

/// Breaks when a process is not started by `ssh`, or not the program that was named.
#[test]
#[ignore = "hangs at times when other tests take its ports: cargo test --test all -- --ignored hosts::meeting"]
fn other_machines_are_reached_by_ssh() {
    let together = Together::new("t2v_1_3b_unipc");
    let log = together.path("ssh.log");
    let script = format!("echo \"$host $*\" > {}; exec sh -c \"$*\"", log.display());
    let path = fake_ssh(&together.path(""), &script);
    let program = together.path("its zoetrope");
    std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_zoetrope"), &program).unwrap();
    let program = program.display().to_string();
    let mut command = together.command(&arguments(&together, &["--program", &program]));
    let run = output({
        command.env("PATH", path);
        command
    });
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    together.assert_as_the_reference("with mini");
    let log = fs::read_to_string(log).unwrap();
    assert_eq!(log.trim(), format!("mini exec '{program}' help-another"));
}

/// A machine that cannot be reached is named, with what `ssh` says; nothing is made, and nothing stays.
#[test]
#[ignore = "hangs at times when other tests take its ports: cargo test --test all -- --ignored hosts::meeting"]
fn a_machine_that_cannot_be_reached_is_told() {
    let together = Together::new("t2v_1_3b_unipc");
    let script = "echo \"ssh: connect to host $host port 22: No route to host\" >&2; exit 255";
    let path = fake_ssh(&together.path(""), script);
    let mut command = together.command(&arguments(&together, &[]));
    let run = output({
        command.env("PATH", path);
        command
    });
    assert_eq!(
        sentence(&run),
        "Couldn't reach mini: ssh: connect to host mini port 22: No route to host"
    );
    assert!(!together.path("out.mp4").exists());
}

/// Starts a rank as MLX's launcher does.
fn launched(together: &Together, rank: usize, ports: [u16; 2], more: &[&str]) -> Command {
    let file = together.path(&format!("launched{rank}.json"));
    let hosts = ports.map(|port| [format!("127.0.0.1:{port}")]);
    fs::write(&file, json!(hosts).to_string()).unwrap();
    let mut arguments = together.arguments(2, more);
    let at = arguments.iter().position(|each| each == "--hosts").unwrap();
    arguments.drain(at..at + 2);
    let mut command = together.command(&arguments);
    command
        .env("MLX_RANK", rank.to_string())
        .env("MLX_HOSTFILE", file);
    command
}

/// Two ranks as MLX's launcher starts them, the second with `more` of its own: what both have said.
fn launch(together: &Together, more: &[&str]) -> [Run; 2] {
    let free = [(); 2].map(|()| TcpListener::bind("127.0.0.1:0").unwrap());
    let ports = free.map(|listener| listener.local_addr().unwrap().port());
    let second = launched(together, 1, ports, more);
    let thread = thread::Builder::new().name("second rank".into());
    let second = thread.spawn(move || output(second)).unwrap();
    let first = output(launched(together, 0, ports, &[]));
    [first, second.join().unwrap()]
}

/// With the variables that MLX's launcher sets each process takes its rank, and only the first one writes or says anything.
#[test]
fn processes_take_the_ranks_that_a_launcher_gives_them() {
    let together = Together::new("ti2v_5b_i2v_unipc");
    let elsewhere = together.path("elsewhere.mp4").display().to_string();
    let [first, second] = launch(&together, &["-o", &elsewhere]);
    assert_eq!(first.code, Some(0), "{}", first.stderr);
    assert_eq!(second.code, Some(0), "{}", second.stderr);
    together.assert_as_the_reference("as launched");
    assert_eq!(second.stdout, "");
    assert!(!together.path("elsewhere.mp4").exists());
}

/// A file of the same size with another byte in it is another file, and the machine that has it is named before anything is
/// loaded.
#[test]
fn a_different_model_is_told() {
    let together = Together::new("t2v_1_3b_unipc");
    let other = together.path("other");
    let copied = Command::new("cp")
        .arg("-RL")
        .args([together.model(), &other])
        .status();
    assert!(copied.unwrap().success());
    let file = other.join("diffusion_pytorch_model.safetensors");
    let mut bytes = fs::read(&file).unwrap();
    *bytes.last_mut().unwrap() ^= 1;
    fs::write(&file, bytes).unwrap();
    let [first, second] = launch(&together, &["--model", &other.display().to_string()]);
    let told = sentence(&first);
    assert!(
        told.contains("has a different diffusion_pytorch_model.safetensors"),
        "{told}"
    );
    assert!(told.starts_with("127.0.0.1:"), "{told}");
    assert_ne!(second.code, Some(0));
    assert!(!first.stderr.contains("Loading"), "{}", first.stderr);
    assert!(!together.path("out.mp4.run").exists());
}

/// A machine that cannot hold its part says so before anything is loaded.
#[test]
fn too_little_memory_on_one_machine_is_told() {
    let together = Together::new("t2v_1_3b_unipc");
    let [first, second] = launch(&together, &["--memory-limit", "0.001"]);
    let told = sentence(&first);
    assert!(told.starts_with("127.0.0.1:"), "{told}");
    assert!(told.contains("memory"), "{told}");
    assert_ne!(second.code, Some(0));
    assert!(!together.path("out.mp4.run").exists());
}
