//! Several machines that make one video: how they are connected, and what each of them does.

use serde::{Deserialize, Serialize};

use super::{Checkpoint, Limits, Split};

/// By what machines are connected: a backend of MLX's `distributed`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Transport {
    /// TCP, from each machine to the next one.
    Ring,
    /// RDMA over Thunderbolt 5, from macOS 26.2 on.
    Jaccl,
    /// NVIDIA's library, between GPUs.
    Nccl,
}

impl Transport {
    /// As MLX calls it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Ring => "ring",
            Self::Jaccl => "jaccl",
            Self::Nccl => "nccl",
        }
    }

    /// What MLX calls so; `jaccl-ring` is what its launcher calls a ring of Thunderbolt cables.
    pub fn named(name: &str) -> Option<Self> {
        match name {
            "ring" => Some(Self::Ring),
            "jaccl" | "jaccl-ring" => Some(Self::Jaccl),
            "nccl" => Some(Self::Nccl),
            _ => None,
        }
    }

    /// That of a process that was started as one of several, by the variables that MLX reads.
    pub fn of_environment(is_set: impl Fn(&str) -> bool) -> Option<Self> {
        let first = [
            ("MLX_JACCL_COORDINATOR", Self::Jaccl),
            ("MLX_HOSTFILE", Self::Ring),
            ("MLX_WORLD_SIZE", Self::Nccl),
        ];
        let found = first.into_iter().find(|(name, _)| is_set(name));
        let found = found.filter(|_| is_set("MLX_RANK"));
        found.map(|(_, transport)| transport)
    }
}

/// The machines that this process makes videos with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Machines {
    /// By what they are connected.
    pub transport: Transport,
    /// What people call them, by rank; this one is the first. Where nobody has told, they go by their ranks.
    pub names: Vec<String>,
    /// How the work is split, if it was asked for.
    pub split: Option<Split>,
}

impl Machines {
    /// What people call the machine of this rank.
    pub fn name(&self, rank: usize) -> String {
        let known = self.names.get(rank).cloned();
        known.unwrap_or_else(|| format!("machine {}", rank + 1))
    }
}

/// What a machine needs to help the first one.
#[derive(Clone, Debug)]
pub struct Help {
    /// Its own copy of the model, where it was told of it.
    pub model: Option<Checkpoint>,
    /// What it may take of this machine, where that was said here.
    pub limits: Limits,
    /// Finds its own copy of the first machine's model.
    pub find: fn(&Checkpoint) -> Result<Checkpoint, String>,
}
