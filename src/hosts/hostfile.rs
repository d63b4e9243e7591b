//! MLX's hostfile: which machines there are, and by which addresses they reach each other.
//!
//! [`Hostfile`](https://github.com/ml-explore/mlx/blob/2a1454074043924fece102a5d49f11d0701f7482/python/mlx/_distributed_utils/common.py#L20):
//! a list of hosts, or an object that also names a backend and variables of the environment.

use std::net::TcpListener;
use std::path::Path;

use serde::Deserialize;
use serde_json::{Value, json};
use sysinfo::System;

use crate::disk;
use crate::error::{Error, Result};
use crate::job::Transport;

/// MLX's launcher listens from this port on.
const FIRST_PORT: u16 = 32_323;

/// A machine.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct Host {
    /// As `ssh` knows it.
    pub ssh: String,
    /// Its addresses.
    #[serde(default)]
    pub ips: Vec<String>,
    /// Its Thunderbolt devices, by the rank of the machine at the other end; none at its own.
    #[serde(default)]
    pub rdma: Vec<Value>,
}

/// Several machines, this one first.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct Hostfile {
    /// By rank.
    pub hosts: Vec<Host>,
    #[serde(default)]
    backend: String,
    /// Variables for every process, "NAME=value".
    #[serde(default)]
    pub envs: Vec<String>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Written {
    List(Vec<Host>),
    Object(Hostfile),
}

impl Host {
    /// Whether its process is started without `ssh`.
    pub fn is_here(&self) -> bool {
        ["localhost", "127.0.0.1", "::1"].contains(&self.ssh.as_str())
    }
}

impl Hostfile {
    /// Reads a hostfile.
    ///
    /// # Errors
    /// It is none, or its machines cannot work together.
    pub fn read(path: &Path) -> Result<Self> {
        let text = disk::read_text(path)?;
        let here = System::host_name().unwrap_or_default();
        Self::parse(&text, &here).map_err(|problem| Error::content(path, problem))
    }

    /// What a hostfile says on the machine that is called `here`, or what is wrong with it.
    ///
    /// # Errors
    /// The end of a sentence that begins with the file's name.
    pub fn parse(text: &str, here: &str) -> Result<Self, String> {
        let written = serde_json::from_str(text);
        let written = written.map_err(|why| {
            format!("is not a list of hosts as mlx.config writes it ({why}): write it again")
        })?;
        let mut file = match written {
            Written::Object(file) => file,
            Written::List(hosts) => Self {
                hosts,
                backend: String::new(),
                envs: Vec::new(),
            },
        };
        if file.hosts.len() < 2 {
            return Err("names fewer than two machines: add another".into());
        }
        // What begins with a hyphen would be an option of `ssh`.
        if let Some(odd) = file.hosts.iter().find(|host| !is_name(&host.ssh)) {
            return Err(format!("names a machine {:?}: write its ssh name", odd.ssh));
        }
        file.put_first(here)?;
        for host in file.hosts.iter_mut().filter(|host| host.ips.is_empty()) {
            if !host.is_here() {
                return Err(format!("has no address of {}: add its \"ips\"", host.ssh));
            }
            host.ips.push("127.0.0.1".into());
        }
        if !file.backend.is_empty() && Transport::named(&file.backend).is_none() {
            return Err(format!(
                "asks for the backend {}: there are ring, jaccl and nccl",
                file.backend
            ));
        }
        Ok(file)
    }

    /// Gives this machine rank 0: the video is written here.
    fn put_first(&mut self, here: &str) -> Result<(), String> {
        let plain = |name: &str| name.trim_end_matches(".local").to_lowercase();
        let is_this = |host: &Host| host.is_here() || plain(&host.ssh) == plain(here);
        let Some(place) = self.hosts.iter().position(is_this) else {
            return Err(format!(
                "does not name this machine: call it localhost, or {here}"
            ));
        };
        self.hosts[..=place].rotate_right(1);
        for host in &mut self.hosts {
            if host.rdma.len() > place {
                host.rdma[..=place].rotate_right(1);
            }
        }
        Ok(())
    }

    /// By what the machines are connected: as the file says, over Thunderbolt where it knows devices for that, else by
    /// their addresses.
    pub fn transport(&self) -> Transport {
        let count = self.hosts.len();
        let has_cables = self.hosts.iter().all(|host| host.rdma.len() == count);
        match Transport::named(&self.backend) {
            Some(named) => named,
            None if has_cables => Transport::Jaccl,
            None => Transport::Ring,
        }
    }

    /// What MLX reads of the environment in the process of a rank, each variable with its value; and files, each with the
    /// variable that names it and its content.
    pub fn environment(&self, rank: usize, ports: &[u16]) -> [Vec<(String, String)>; 2] {
        let own = |name: &str, value: String| (name.to_owned(), value);
        let mut variables = vec![own("MLX_RANK", rank.to_string())];
        let mut files = Vec::new();
        let first = self.hosts[0].ips[0].clone();
        let port = ports.first().copied().unwrap_or(FIRST_PORT);
        match self.transport() {
            Transport::Ring => {
                let mut ports = ports.iter();
                let hosts = self.hosts.iter().map(|host| {
                    let ips = host.ips.iter().zip(&mut ports);
                    ips.map(|(ip, port)| format!("{ip}:{port}"))
                        .collect::<Vec<_>>()
                });
                let hosts: Vec<_> = hosts.collect();
                files.push(own("MLX_HOSTFILE", json!(hosts).to_string()));
            }
            Transport::Jaccl => {
                let devices: Vec<_> = self.hosts.iter().map(|host| &host.rdma).collect();
                files.push(own("MLX_IBV_DEVICES", json!(devices).to_string()));
                variables.push(own("MLX_JACCL_COORDINATOR", format!("{first}:{port}")));
                if self.backend == "jaccl-ring" {
                    variables.push(own("MLX_JACCL_RING", "1".into()));
                }
            }
            Transport::Nccl => {
                let count = self.hosts.len();
                variables.push(own("MLX_WORLD_SIZE", count.to_string()));
                variables.push(own("NCCL_HOST_IP", first));
                variables.push(own("NCCL_PORT", port.to_string()));
                // Each process of a machine has a GPU of its own.
                let before = &self.hosts[..rank];
                let ssh = &self.hosts[rank].ssh;
                let device = before.iter().filter(|host| host.ssh == *ssh).count();
                variables.push(own("CUDA_VISIBLE_DEVICES", device.to_string()));
            }
        }
        for variable in &self.envs {
            if let Some((name, value)) = variable.split_once('=') {
                variables.push(own(name, value.to_owned()));
            }
        }
        [variables, files]
    }

    /// A port for each address. Where all processes are on this machine, free ones; elsewhere those of MLX's launcher,
    /// which is what people let through.
    ///
    /// # Errors
    /// The system has none to spare.
    pub fn ports(&self) -> Result<Vec<u16>> {
        let count = self.hosts.iter().map(|host| host.ips.len()).sum::<usize>();
        if !self.hosts.iter().all(Host::is_here) {
            return Ok((FIRST_PORT..).take(count).collect());
        }
        let failed =
            |why: std::io::Error| Error::Other(format!("The system has no port to spare: {why}"));
        // All at once, so that no two are the same.
        let listeners = (0..count).map(|_| TcpListener::bind(("127.0.0.1", 0)));
        let listeners = listeners.collect::<Result<Vec<_>, _>>().map_err(failed)?;
        let ports = listeners.iter().map(|listener| {
            let address = listener.local_addr().map_err(failed)?;
            Ok(address.port())
        });
        ports.collect()
    }
}

/// Whether `ssh` takes it for the name of a machine, with or without that of a user.
fn is_name(text: &str) -> bool {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "._-@:%[]".contains(c);
    !text.is_empty() && !text.starts_with('-') && text.chars().all(is_plain)
}
