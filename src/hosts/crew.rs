//! The processes that this one has started on all machines, and what becomes of them.

use std::io::{BufRead, BufReader, Write};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::{env, thread};

use super::lifeline::{BEAT, Setup, beside};
use super::{Host, Hostfile};
use crate::error::{Error, Result};
use crate::job::{MachineFault, Problem};

/// The command that a process on another machine is started with.
const COMMAND: &str = "help-another";

/// After so many seconds without a word a machine is gone.
const PATIENCE: u32 = 15;

/// So long it may take until its first word: `ssh` knocks, and the program starts.
const FIRST_WORD: u32 = 45;

/// `ssh` ends so when it could not start anything.
const SSH_FAILED: i32 = 255;

/// The processes of the other ranks. Dropped, it ends those that are still there.
pub struct Crew {
    shared: Arc<Shared>,
}

struct Shared {
    members: Vec<Member>,
    /// Who was lost first.
    lost: Mutex<Option<Problem>>,
    /// Whether all of this is over.
    is_over: AtomicBool,
}

struct Member {
    name: String,
    is_here: bool,
    child: Mutex<Child>,
    /// Seconds since it said something.
    silence: AtomicU32,
    has_spoken: AtomicBool,
    /// The last line of its errors.
    last_words: Mutex<String>,
    /// Whether it ended as it should.
    is_done: AtomicBool,
}

impl Crew {
    /// Starts a process on every machine of `file` but this one, which is rank 0. The program is this one, on other
    /// machines `program` where that is given.
    ///
    /// # Errors
    /// A process cannot be started.
    pub fn start(
        file: &Hostfile,
        ports: &[u16],
        program: Option<&Path>,
        cpu: bool,
    ) -> Result<Self> {
        let own = env::current_exe().map_err(Error::file("find", Path::new("zoetrope")))?;
        let names = names(file);
        let mut members = Vec::new();
        for (rank, host) in file.hosts.iter().enumerate().skip(1) {
            let [variables, files] = file.environment(rank, ports);
            let setup = Setup {
                transport: file.transport(),
                names: names.clone(),
                variables,
                files,
                cpu,
            };
            let member = Member::start(host, &names[rank], &own, program, &setup);
            members.push(member.inspect_err(|_| members.iter().for_each(Member::kill))?);
        }
        let crew = Self {
            shared: Arc::new(Shared {
                members,
                lost: Mutex::default(),
                is_over: AtomicBool::new(false),
            }),
        };
        crew.listen()?;
        Ok(crew)
    }

    /// What people call the machines, by rank.
    pub fn names(file: &Hostfile) -> Vec<String> {
        names(file)
    }

    /// Which machine was lost, if one was.
    pub fn lost(&self) -> Option<Problem> {
        lock(&self.shared.lost).clone()
    }

    /// Ends all processes that are still there.
    pub fn end(&self) {
        self.shared.is_over.store(true, Ordering::Relaxed);
        self.shared.members.iter().for_each(Member::kill);
    }

    fn listen(&self) -> Result<()> {
        for index in 0..self.shared.members.len() {
            let member = &self.shared.members[index];
            let (stdin, stdout, stderr) = {
                let mut child = lock(&member.child);
                (child.stdin.take(), child.stdout.take(), child.stderr.take())
            };
            let shared = Arc::clone(&self.shared);
            beside("lifeline", move || {
                for line in stdout
                    .into_iter()
                    .flat_map(|out| BufReader::new(out).lines())
                {
                    if line.is_err() {
                        break;
                    }
                    let member = &shared.members[index];
                    member.silence.store(0, Ordering::Relaxed);
                    member.has_spoken.store(true, Ordering::Relaxed);
                }
            })?;
            let shared = Arc::clone(&self.shared);
            beside("last words", move || {
                let lines = stderr
                    .into_iter()
                    .flat_map(|err| BufReader::new(err).lines());
                for line in lines.map_while(Result::ok) {
                    let line = line.trim().trim_start_matches("error: ");
                    if !line.is_empty() {
                        log::info!("{}: {line}", shared.members[index].name);
                        line.clone_into(&mut lock(&shared.members[index].last_words));
                    }
                }
            })?;
            beside("lifeline", move || {
                let Some(mut stdin) = stdin else { return };
                while stdin.write_all(b"\n").and_then(|()| stdin.flush()).is_ok() {
                    thread::sleep(BEAT);
                }
            })?;
        }
        let shared = Arc::clone(&self.shared);
        beside("crew", move || shared.watch())
    }
}

impl Drop for Crew {
    fn drop(&mut self) {
        self.end();
    }
}

impl Shared {
    /// Looks after the processes until one is lost or all is over.
    fn watch(&self) {
        const LOOKS: u32 = 10;
        while !self.is_over.load(Ordering::Relaxed) {
            for look in 0..LOOKS {
                let fault = self.members.iter().find_map(|member| {
                    let fault = member.fault(look == 0)?;
                    let name = member.name.clone();
                    Some(Problem::Machine { name, fault })
                });
                if let Some(problem) = fault {
                    if !self.is_over.swap(true, Ordering::Relaxed) {
                        *lock(&self.lost) = Some(problem);
                    }
                    // The rest cannot go on, and this process's exchanges end with them.
                    self.members.iter().for_each(Member::kill);
                    return;
                }
                thread::sleep(BEAT / LOOKS);
            }
        }
    }
}

impl Member {
    fn start(
        host: &Host,
        name: &str,
        own: &Path,
        program: Option<&Path>,
        setup: &Setup,
    ) -> Result<Self> {
        let mut command = if host.is_here() {
            let mut command = Command::new(own);
            command.arg(COMMAND);
            command
        } else {
            let mut command = Command::new("ssh");
            command.args(["-o", "BatchMode=yes", "-o", "ConnectTimeout=15"]);
            command.args(["-o", "ServerAliveInterval=5", "-o", "ServerAliveCountMax=3"]);
            command.arg(&host.ssh);
            command.arg(format!("exec {} {COMMAND}", quoted(program.unwrap_or(own))));
            command
        };
        let unreachable = |why: std::io::Error| {
            Error::from(Problem::Machine {
                name: name.to_owned(),
                fault: MachineFault::Unreachable(why.to_string()),
            })
        };
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            // Ctrl-C is for rank 0, which ends the others in its turn.
            .process_group(0)
            .spawn()
            .map_err(unreachable)?;
        let mut line = serde_json::to_vec(setup)
            .map_err(|why| Error::from(Problem::Defect(why.to_string())))?;
        line.push(b'\n');
        if let Some(stdin) = &mut child.stdin {
            // Whoever does not read it has ended, and is noticed so.
            let _ = stdin.write_all(&line);
        }
        Ok(Self {
            name: name.to_owned(),
            is_here: host.is_here(),
            child: Mutex::new(child),
            silence: AtomicU32::new(0),
            has_spoken: AtomicBool::new(false),
            last_words: Mutex::default(),
            is_done: AtomicBool::new(false),
        })
    }

    /// What is wrong with it, if anything is; `a_second` has passed or not.
    fn fault(&self, a_second: bool) -> Option<MachineFault> {
        if self.is_done.load(Ordering::Relaxed) {
            return None;
        }
        let ended = lock(&self.child).try_wait();
        if let Ok(Some(status)) = ended {
            if status.success() {
                self.is_done.store(true, Ordering::Relaxed);
                return None;
            }
            // What it said last may still be on its way.
            thread::sleep(BEAT / 10);
            let said = lock(&self.last_words).clone();
            return Some(if !self.is_here && status.code() == Some(SSH_FAILED) {
                MachineFault::Unreachable(said)
            } else {
                MachineFault::Ended(said)
            });
        }
        let patience = if self.has_spoken.load(Ordering::Relaxed) {
            PATIENCE
        } else {
            FIRST_WORD
        };
        let silent = self
            .silence
            .fetch_add(u32::from(a_second), Ordering::Relaxed);
        (silent > patience).then_some(MachineFault::Silent)
    }

    /// Ends it, even where it is stopped, and takes it off the system's list.
    fn kill(&self) {
        let mut child = lock(&self.child);
        // It may have ended by itself.
        let _ = child.kill();
        let _ = child.wait();
    }
}

/// By the names that `ssh` knows; several processes of one machine are told apart.
fn names(file: &Hostfile) -> Vec<String> {
    let hosts = file.hosts.iter().enumerate();
    let names = hosts.map(|(rank, host)| {
        let is_same = |other: &&Host| other.ssh == host.ssh;
        if file.hosts.iter().filter(is_same).count() == 1 {
            return host.ssh.clone();
        }
        let number = file.hosts[..=rank].iter().filter(is_same).count();
        format!("{} ({number})", host.ssh)
    });
    names.collect()
}

/// For a shell on another machine.
fn quoted(program: &Path) -> String {
    let program = PathBuf::from(program).display().to_string();
    format!("'{}'", program.replace('\'', r"'\''"))
}

/// A panic elsewhere cannot leave it half changed.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
