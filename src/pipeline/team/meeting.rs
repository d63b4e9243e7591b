//! Before anything is loaded, the machines compare what they run, what they have and what they can hold.

use serde::{Deserialize, Serialize};

use super::Team;
use super::order::{Meeting, Order};
use super::split;
use crate::group::{Group, agree};
use crate::job::{Checkpoint, MachineFault, Plan, Problem};
use crate::pipeline::fingerprint::Fingerprint;
use crate::{Error, Result};

/// What a machine says to a meeting.
#[derive(Serialize, Deserialize)]
pub(in crate::pipeline) enum Answer {
    /// It can, if guidance takes its two passes in turn or even so.
    Yes { guidance_in_turn: bool },
    /// A file is another one.
    OtherFile(String),
    /// It cannot, and why.
    No(String),
}

/// What a machine that can help works with.
pub(in crate::pipeline) struct Able {
    /// Its own copy of the model.
    pub(in crate::pipeline) model: Checkpoint,
    /// The plan with that.
    pub(in crate::pipeline) plan: Option<Plan>,
}

/// Zoetrope's version and MLX's.
fn version() -> String {
    format!(
        "Zoetrope {} with MLX {}",
        env!("CARGO_PKG_VERSION"),
        crate::backend::mlx_version().unwrap_or_default()
    )
}

/// All machines tell their versions, in a form that every version reads.
pub(super) fn greet(team: &Team) -> Result<()> {
    let ours = version();
    let said = agree(&team.group, ours.as_bytes())?;
    let other = said.iter().position(|said| *said != ours.as_bytes());
    let Some(rank) = other else { return Ok(()) };
    let theirs = String::from_utf8_lossy(&said[rank]).into_owned();
    Err(team.problem(rank, MachineFault::OtherVersion { theirs, ours }))
}

/// Rank 0's part: the plan, if there is one, that all can carry out.
pub(super) fn meet(team: &Team, model: &Checkpoint, plan: Option<&Plan>) -> Result<Option<Plan>> {
    let fingerprints = fingerprints(model)?;
    let measures = team.machines.split.is_none() && plan.is_some();
    team.order(&Order::Meet(Box::new(Meeting {
        model: model.clone(),
        plan: plan.cloned(),
        fingerprints,
        measures,
    })))?;
    let own = answer_bytes(&Answer::Yes {
        guidance_in_turn: plan.is_some_and(|plan| plan.thrift.guidance_in_turn),
    })?;
    let said = agree(&team.group, &own)?;
    let mut in_turn = false;
    for (rank, said) in said.iter().enumerate() {
        let answer = serde_json::from_slice(said);
        match answer.map_err(|error| Error::from(Problem::Defect(error.to_string())))? {
            Answer::Yes { guidance_in_turn } => in_turn |= guidance_in_turn,
            Answer::OtherFile(file) => {
                return Err(team.problem(rank, MachineFault::OtherFile(file)));
            }
            Answer::No(sentence) => {
                return Err(team.problem(rank, MachineFault::Refused(sentence)));
            }
        }
    }
    let Some(mut plan) = plan.cloned() else {
        team.rest();
        return Ok(None);
    };
    plan.thrift.guidance_in_turn = in_turn;
    team.split.set(split::choose(team, &plan)?);
    team.rest();
    log::info!(
        "{} machines split {}",
        team.group.size(),
        team.split.get().name()
    );
    Ok(Some(plan))
}

/// The others' part, with their own copy of the model and whether it fits: what they say.
pub(in crate::pipeline) fn answer(
    meeting: &Meeting,
    own: Result<Checkpoint>,
    fit: impl FnOnce(&Plan) -> Result<Plan>,
) -> (Answer, Option<Able>) {
    let look = || -> Result<(Answer, Option<Able>)> {
        let own = own?;
        if let Some(other) = other_file(&own, &meeting.fingerprints)? {
            return Ok((Answer::OtherFile(other), None));
        }
        let mut guidance_in_turn = false;
        let plan = meeting.plan.clone().map(|plan| Plan {
            checkpoint: own.clone(),
            ..plan
        });
        if let Some(plan) = &plan {
            guidance_in_turn = fit(plan)?.thrift.guidance_in_turn;
        }
        let yes = Answer::Yes { guidance_in_turn };
        Ok((yes, Some(Able { model: own, plan })))
    };
    look().unwrap_or_else(|why| (Answer::No(why.to_string()), None))
}

/// Tells rank 0, and takes part in the measurement.
pub(in crate::pipeline) fn say(team: &Team, meeting: &Meeting, answer: &Answer) -> Result<()> {
    let said = agree(&team.group, &answer_bytes(answer)?)?;
    let is_yes = |said: &Vec<u8>| {
        serde_json::from_slice(said).is_ok_and(|answer| matches!(answer, Answer::Yes { .. }))
    };
    if !said.iter().all(is_yes) {
        return Err(Error::Cancelled); // rank 0 says why
    }
    if meeting.measures {
        split::speed(team)?;
    }
    Ok(())
}

fn answer_bytes(answer: &Answer) -> Result<Vec<u8>> {
    let bytes = serde_json::to_vec(answer);
    bytes.map_err(|error| Error::from(Problem::Defect(error.to_string())))
}

fn fingerprints(model: &Checkpoint) -> Result<Vec<Fingerprint>> {
    let files = model.files();
    files.iter().map(|file| Fingerprint::of(file)).collect()
}

/// The name of the first of this machine's files that rank 0 has otherwise.
fn other_file(model: &Checkpoint, theirs: &[Fingerprint]) -> Result<Option<String>> {
    let files = model.files();
    let own = fingerprints(model)?;
    let differs = own.iter().zip(theirs).position(|(own, their)| own != their);
    let differs = differs.or((own.len() != theirs.len()).then_some(0));
    let name = |index: usize| {
        let name = files.get(index).and_then(|file| file.file_name());
        name.map_or_else(
            || model.name.clone(),
            |name| name.to_string_lossy().into_owned(),
        )
    };
    Ok(differs.map(name))
}
