//! MLX's hostfile, as `mlx.config` and people write it.

use zoetrope::hosts::Hostfile;
use zoetrope::job::Transport;

fn parsed(text: &str) -> Hostfile {
    Hostfile::parse(text, "studio").unwrap()
}

fn refused(text: &str) -> String {
    Hostfile::parse(text, "studio").unwrap_err()
}

const TWO: &str = r#"[{"ssh": "studio.local", "ips": ["10.0.0.1"], "rdma": []}, {"ssh": "mini", "ips": ["10.0.0.2"]}]"#;

/// Breaks when a machine gets another rank than its address has.
#[test]
fn this_machine_is_the_first() {
    let file = parsed(
        r#"[
            {"ssh": "mini", "ips": ["10.0.0.2"], "rdma": [null, "en2", "en3"]},
            {"ssh": "Studio", "ips": ["10.0.0.1"], "rdma": ["en4", null, "en5"]},
            {"ssh": "air", "ips": ["10.0.0.3"], "rdma": ["en6", "en7", null]}
        ]"#,
    );
    let names: Vec<_> = file.hosts.iter().map(|host| host.ssh.as_str()).collect();
    assert_eq!(names, ["Studio", "mini", "air"]);
    assert_eq!(file.transport(), Transport::Jaccl);
    let [variables, files] = file.environment(1, &[5000, 5001, 5002]);
    assert_eq!(variables[0], ("MLX_RANK".into(), "1".into()));
    let coordinator = ("MLX_JACCL_COORDINATOR".into(), "10.0.0.1:5000".into());
    assert!(variables.contains(&coordinator), "{variables:?}");
    let devices = r#"[[null,"en4","en5"],["en2",null,"en3"],["en7","en6",null]]"#;
    assert_eq!(files, [("MLX_IBV_DEVICES".into(), devices.into())]);
}

#[test]
fn a_ring_gets_an_address_and_a_port_for_each_machine() {
    let file = parsed(TWO);
    assert_eq!(file.transport(), Transport::Ring);
    let ports = file.ports().unwrap();
    assert_eq!(ports, [32_323, 32_324], "those of MLX's launcher");
    let [_, files] = file.environment(0, &ports);
    let hosts = r#"[["10.0.0.1:32323"],["10.0.0.2:32324"]]"#;
    assert_eq!(files, [("MLX_HOSTFILE".into(), hosts.into())]);
}

#[test]
fn gpus_of_one_machine_are_told_apart() {
    let file = parsed(
        r#"{"backend": "nccl", "envs": ["NCCL_DEBUG=WARN"], "hosts": [{"ssh": "localhost"}, {"ssh": "localhost"}]}"#,
    );
    let [variables, _] = file.environment(1, &file.ports().unwrap());
    for (name, value) in [
        ("CUDA_VISIBLE_DEVICES", "1"),
        ("MLX_WORLD_SIZE", "2"),
        ("NCCL_HOST_IP", "127.0.0.1"),
        ("NCCL_DEBUG", "WARN"),
    ] {
        let variable = (name.to_owned(), value.to_owned());
        assert!(variables.contains(&variable), "{name}: {variables:?}");
    }
}

/// What cannot work is told before anything is started, and no name becomes an option of `ssh`.
#[test]
fn hostfiles_that_cannot_work_are_refused() {
    for (text, what) in [
        ("nonsense", "mlx.config"),
        (r#"[{"ssh": "localhost"}]"#, "fewer than two"),
        (
            r#"[{"ssh": "mini", "ips": ["10.0.0.2"]}, {"ssh": "air", "ips": ["10.0.0.3"]}]"#,
            "call it localhost, or studio",
        ),
        (
            r#"[{"ssh": "localhost"}, {"ssh": "mini"}]"#,
            "address of mini",
        ),
        (
            r#"[{"ssh": "localhost"}, {"ssh": "-oProxyCommand=x", "ips": ["10.0.0.2"]}]"#,
            "ssh name",
        ),
        (
            r#"{"backend": "pigeon", "hosts": [{"ssh": "localhost"}, {"ssh": "localhost"}]}"#,
            "pigeon",
        ),
    ] {
        let told = refused(text);
        assert!(told.contains(what), "{text}: {told}");
    }
}

/// MLX's launcher leaves variables; without a rank nobody was launched.
#[test]
fn the_launchers_variables_tell_the_transport() {
    let of = |set: &[&str]| Transport::of_environment(|name| set.contains(&name));
    assert_eq!(of(&[]), None);
    assert_eq!(of(&["MLX_HOSTFILE"]), None);
    assert_eq!(of(&["MLX_RANK", "MLX_HOSTFILE"]), Some(Transport::Ring));
    assert_eq!(of(&["MLX_RANK", "MLX_WORLD_SIZE"]), Some(Transport::Nccl));
    let jaccl = ["MLX_RANK", "MLX_JACCL_COORDINATOR", "MLX_IBV_DEVICES"];
    assert_eq!(of(&jaccl), Some(Transport::Jaccl));
}
