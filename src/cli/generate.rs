//! `zoetrope generate`: one job, from the arguments to the file.

use std::fs::File;
use std::hash::{BuildHasher, Hasher, RandomState};
use std::io::{self, IsTerminal};
use std::process::{self, ExitCode};

use super::args::Generate;
use super::{destination, end, progress, say};
use crate::catalog;
use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::job::{Command, Event, Plan, Ticket};
use crate::media::photo;
use progress::Face;

/// Makes the video that the arguments ask for.
pub fn run(args: &Generate) -> ExitCode {
    let mut face = progress::face(args.json);
    let result = make(args, face.as_mut());
    if let Err(error) = &result {
        face.failed(error);
    }
    end(result)
}

fn make(args: &Generate, face: &mut dyn Face) -> Result<()> {
    let plan = plan(args)?;
    destination::check(&plan)?;
    face.started(&plan);

    let engine = Engine::start(|| {})?;
    let ticket = Ticket::new(1);
    stop_on_ctrl_c(&ticket)?;
    let output = plan.output.clone();
    engine
        .commands
        .send(Command::Generate(ticket, Box::new(plan)))
        .map_err(|_| stopped())?;
    for event in &engine.events {
        match event {
            Event::Started { .. } => {}
            Event::Progress { progress, .. } => face.progress(progress),
            Event::Finished { peak_memory, .. } => {
                face.finished(&output, peak_memory);
                return Ok(());
            }
            Event::Cancelled { .. } => return Err(Error::Cancelled),
            Event::Failed { message, .. } => return Err(Error::Other(message)),
        }
    }
    Err(stopped())
}

fn stopped() -> Error {
    Error::Other("The inference thread has ended early: please report it".into())
}

/// Everything that can be refused is refused here, before any work.
fn plan(args: &Generate) -> Result<Plan> {
    let checkpoint = match &args.model {
        Some(folder) => catalog::open(folder)?,
        None => catalog::built_in()?,
    };
    let picture = args.image.as_deref().map(photo::size).transpose()?;
    args.last_image.as_deref().map(photo::size).transpose()?;
    if let Some(noise) = &args.noise {
        File::open(noise).map_err(Error::file("read", noise))?;
    }
    let plan = Plan::new(
        &args.request(),
        checkpoint,
        picture,
        new_seed(),
        args.output.clone(),
    )?;
    Ok(plan)
}

/// A seed that is short enough to be typed again.
fn new_seed() -> u64 {
    // The standard library draws the keys of its hash maps at random.
    RandomState::new().build_hasher().finish() >> 32
}

/// The first Ctrl-C asks the job to stop, the second one ends the program.
fn stop_on_ctrl_c(ticket: &Ticket) -> Result<()> {
    let ticket = ticket.clone();
    ctrlc::set_handler(move || {
        if ticket.is_cancelled() {
            process::exit(130);
        }
        ticket.cancel();
        if io::stderr().is_terminal() {
            say(""); // leaves the line with the bar and the terminal's own ^C
        }
        say("Stopping after this step; press Ctrl-C again to stop at once");
    })
    .map_err(|error| Error::Other(format!("Ctrl-C cannot be watched: {error}")))
}
