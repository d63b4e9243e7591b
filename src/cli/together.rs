//! Several machines at one video: `--hosts`, and what MLX's launcher leaves in the environment.

use std::path::{Path, PathBuf};
use std::{env, fs, process};

use clap::Args;
use serde_json::Value;

use crate::engine::{memory, work_with};
use crate::error::{Error, Result};
use crate::hosts::{Crew, Hostfile};
use crate::job::memory::Shared;
use crate::job::{Expert, MachineFault, Machines, Plan, Problem, Split, Transport};

/// With whom a video is made.
#[derive(Debug, Args)]
#[command(next_help_heading = "Several machines")]
pub struct SeveralMachines {
    /// Machines that make the video together: a hostfile as `mlx.config` writes it. Those called localhost are processes
    /// of this one, the others are reached by ssh and have the model, too
    #[arg(long, value_name = "HOSTS.json")]
    pub hosts: Option<PathBuf>,

    /// Where zoetrope is on the other machines [default: where it is on this one]
    #[arg(long, value_name = "PATH", requires = "hosts")]
    pub program: Option<PathBuf>,

    /// What the machines divide among them [default: guidance for two on a slow link, otherwise tokens]
    #[arg(long, value_name = Split::USAGE)]
    pub split: Option<Split>,
}

/// Which part this process has.
pub enum Part {
    /// The first or the only one, with the processes that it has started.
    First(Together),
    /// It was started as one of several, and helps the first.
    Helper,
}

/// The machines that this one works with.
#[derive(Default)]
pub struct Together {
    /// The processes that were started for it; none where somebody else has started them.
    pub crew: Option<Crew>,
    /// What people call the machines, by rank.
    pub names: Vec<String>,
    /// What MLX reads of the hostfile.
    _folder: Option<Folder>,
}

/// A folder that goes when this does.
pub struct Folder(PathBuf);

impl Drop for Folder {
    fn drop(&mut self) {
        // What cannot be removed is in nobody's way.
        let _ = fs::remove_dir_all(&self.0);
    }
}

impl SeveralMachines {
    /// Starts what there is to start. From here on the engine works with these machines.
    ///
    /// # Errors
    /// The hostfile is none, or a process cannot be started.
    pub fn gather(&self, cpu: bool) -> Result<Part> {
        if let Some(path) = &self.hosts {
            return self.start(path, cpu).map(Part::First);
        }
        let is_set = |name: &str| env::var_os(name).is_some_and(|value| !value.is_empty());
        let Some(transport) = Transport::of_environment(is_set) else {
            return Ok(Part::First(Together::default()));
        };
        let names = names_in_environment();
        work_with(Machines {
            transport,
            names: names.clone(),
            split: self.split,
        });
        if env::var("MLX_RANK").is_ok_and(|rank| rank.trim() != "0") {
            return Ok(Part::Helper);
        }
        Ok(Part::First(Together {
            names,
            ..Together::default()
        }))
    }

    /// What a plan would take of these machines, if there are any. Nothing is started.
    ///
    /// # Errors
    /// The hostfile is none, or the headers of the model's files cannot be read.
    pub fn shared(&self, plan: &Plan) -> Result<Option<Shared>> {
        let Some(path) = &self.hosts else {
            return Ok(None);
        };
        let file = Hostfile::read(path)?;
        let mut experts = plan.checkpoint.experts();
        let guides = |expert: Expert| plan.sampling.guidance.of(expert).total_cmp(&1.0).is_ne();
        let halves = file.hosts.len() == 2
            && file.transport() == Transport::Ring
            && experts.all(|(expert, _)| guides(expert));
        let split = self.split.unwrap_or(if halves {
            Split::Guidance
        } else {
            Split::Tokens
        });
        let sizes = memory::sizes(plan)?;
        let machines = file.hosts.len() as u64;
        Ok(Shared::of(plan, &sizes, machines, split))
    }

    fn start(&self, path: &Path, cpu: bool) -> Result<Together> {
        let file = Hostfile::read(path)?;
        let ports = file.ports()?;
        let crew = Crew::start(&file, &ports, self.program.as_deref(), cpu)?;
        let names = Crew::names(&file);
        let [variables, files] = file.environment(0, &ports);
        let folder = set(&variables, &files)?;
        work_with(Machines {
            transport: file.transport(),
            names: names.clone(),
            split: self.split,
        });
        Ok(Together {
            crew: Some(crew),
            names,
            _folder: Some(folder),
        })
    }
}

impl Together {
    /// Whether other machines are to help that somebody else has started.
    pub fn is_launched(&self) -> bool {
        self.crew.is_none() && !self.names.is_empty()
    }

    /// Who has gone, where MLX says only that somebody has.
    pub fn gone(&self) -> Problem {
        let known = self.crew.as_ref().and_then(Crew::lost);
        known.unwrap_or_else(|| self.other(MachineFault::Ended(String::new())))
    }

    /// What is wrong with the other machine, or with one of the others.
    pub fn other(&self, fault: MachineFault) -> Problem {
        Problem::Machine {
            name: match self.names.as_slice() {
                [_, other] => other.clone(),
                _ => "Another machine".into(),
            },
            fault,
        }
    }
}

/// Puts variables and files where MLX looks for them.
#[expect(unsafe_code, reason = "the environment is how MLX is told")]
pub fn set(variables: &[(String, String)], files: &[(String, String)]) -> Result<Folder> {
    let folder = Folder(env::temp_dir().join(format!("zoetrope-hosts-{}", process::id())));
    fs::create_dir_all(&folder.0).map_err(Error::file("create", &folder.0))?;
    let mut all = variables.to_vec();
    for (name, content) in files {
        let file = folder.0.join(format!("{name}.json"));
        fs::write(&file, content).map_err(Error::file("write", &file))?;
        all.push((name.clone(), file.display().to_string()));
    }
    for (name, value) in all {
        // SAFETY: the threads that run yet wait for signals and for lines, and read no environment.
        unsafe { env::set_var(name, value) };
    }
    Ok(folder)
}

/// The first address of every machine, by rank, where the environment names them.
fn names_in_environment() -> Vec<String> {
    let file = env::var_os("MLX_HOSTFILE").map(PathBuf::from);
    let text = file.and_then(|file| fs::read_to_string(file).ok());
    let hosts: Option<Vec<Vec<Value>>> = text.and_then(|text| serde_json::from_str(&text).ok());
    let first = |host: Vec<Value>| {
        let address = host.first().and_then(Value::as_str);
        address.unwrap_or_default().to_owned()
    };
    hosts.into_iter().flatten().map(first).collect()
}
