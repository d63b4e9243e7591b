//! Several machines at one video. The first one, rank 0, does what a machine does by itself; only where the DiT
//! computes, it tells the others of each step, and all compute at once.
//!
//! The others *help*: they hear [orders](order::Order) and take part, until there is nothing more to do. Samplers, step
//! caches, checks, previews and files are rank 0's alone, so that what it keeps is the same however many help.

mod guests;
mod meeting;
mod order;
mod split;

use std::cell::{Cell, RefCell};
use std::path::PathBuf;
use std::rc::Rc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use mlx_rs::Array;

use super::{Conditioning, TextEmbeds};
use crate::group::{Group, MlxGroup, Share, agree, tell, tell_tensors};
use crate::job::{Checkpoint, Expert, MachineFault, Machines, Plan, Problem, Split};
use crate::model::vae::Strip;
use crate::{Error, Result};
pub(super) use guests::take;
pub(super) use meeting::{answer, say};
pub(super) use order::{Order, Pass, Products, Strips};

/// Whom this process works with, as whoever started it says.
static EXPECTED: Mutex<Option<Machines>> = Mutex::new(None);

/// Whether all of them have come.
static COMPLETE: AtomicBool = AtomicBool::new(false);

thread_local! {
    static TEAM: RefCell<Option<Rc<Team>>> = const { RefCell::new(None) };
}

/// From here on jobs are done together with these machines.
pub fn work_with(machines: Machines) {
    *EXPECTED.lock().unwrap_or_else(PoisonError::into_inner) = Some(machines);
}

/// Whether jobs are done together with other machines.
pub fn is_expected() -> bool {
    let expected = EXPECTED.lock().unwrap_or_else(PoisonError::into_inner);
    expected.is_some()
}

/// Whether all machines have met.
pub fn is_complete() -> bool {
    COMPLETE.load(Ordering::Relaxed)
}

/// The machines at one video, as this one sees them.
pub(super) struct Team {
    group: Rc<MlxGroup>,
    machines: Machines,
    /// How the work at hand is split.
    split: Cell<Split>,
    /// Whether the others wait for an order, and not in the middle of one.
    at_rest: Cell<bool>,
}

/// The team of this thread, if it works in one.
pub(super) fn current() -> Option<Rc<Team>> {
    TEAM.with(|team| team.borrow().clone())
}

/// Connects with the machines that are expected, if any are, once.
pub(super) fn join() -> Result<Option<Rc<Team>>> {
    if let Some(team) = current() {
        return Ok(Some(team));
    }
    let expected = EXPECTED.lock().unwrap_or_else(PoisonError::into_inner);
    let Some(machines) = expected.clone() else {
        return Ok(None);
    };
    drop(expected);
    let team = Rc::new(Team {
        group: Rc::new(MlxGroup::connect(machines.transport)?),
        machines,
        split: Cell::new(Split::Tokens),
        at_rest: Cell::new(false),
    });
    TEAM.with(|own| own.replace(Some(Rc::clone(&team))));
    COMPLETE.store(true, Ordering::Relaxed);
    meeting::greet(&team)?;
    team.rest();
    Ok(Some(team))
}

/// Meets the other machines, where there are any, and looks whether all can make the video of `plan`: the plan that all
/// can carry out.
///
/// # Errors
/// One of them cannot, or is not there.
pub(super) fn begin(plan: &Plan) -> Result<Plan> {
    match join()? {
        Some(team) => {
            let together = meeting::meet(&team, &plan.checkpoint, Some(plan))?;
            Ok(together.unwrap_or_else(|| plan.clone()))
        }
        None => Ok(plan.clone()),
    }
}

/// Meets the other machines, where there are any, to decode by the VAE of `model`.
///
/// # Errors
/// As [`begin`].
pub(super) fn begin_decoding(model: &Checkpoint) -> Result<()> {
    match join()? {
        Some(team) => meeting::meet(&team, model, None).map(drop),
        None => Ok(()),
    }
}

/// Gives the other machines what they need beside their model.
pub(super) fn give(plan: &Plan, features: &TextEmbeds, given: &Conditioning) -> Result<()> {
    current().map_or(Ok(()), |team| guests::give(&team, plan, features, given))
}

/// The job is done, well or not: lets the others go, unless they are in the middle of something.
pub(super) fn end() {
    if let Some(team) = TEAM.with(RefCell::take)
        && team.at_rest.get()
    {
        // Who is gone need not be told.
        let _ = team.order(&Order::End);
    }
}

impl Team {
    /// Which of `tokens` tokens this machine has, where they are divided.
    pub(super) fn share(&self, tokens: i32) -> Result<Option<Share>> {
        match self.split.get() {
            Split::Guidance => Ok(None),
            Split::Tokens if (tokens as usize) < self.group.size() => Err(Error::Other(format!(
                "{tokens} tokens are too few for {} machines: use fewer of them, or make a larger video",
                self.group.size()
            ))),
            Split::Tokens => {
                let group: Rc<dyn Group> = Rc::clone(&self.group) as _;
                Ok(Some(Share::of(group, tokens)))
            }
        }
    }

    /// Whether each machine computes one of the two passes of guidance.
    pub(super) fn splits_guidance(&self) -> bool {
        self.split.get() == Split::Guidance
    }

    /// This machine's number.
    pub(super) fn rank(&self) -> usize {
        self.group.rank()
    }

    /// The part of pictures of so many columns of latents that this machine has, if there are enough for all.
    pub(super) fn strip(&self, columns: i32) -> Option<Strip> {
        let group: Rc<dyn Group> = Rc::clone(&self.group) as _;
        (columns as usize >= self.group.size()).then(|| Strip::of(group, columns))
    }

    /// How many machines there are.
    pub(super) fn size(&self) -> usize {
        self.group.size()
    }

    /// Has all machines decode these latents while this one does.
    pub(super) fn decode(&self, strips: Strips, latents: &Array) -> Result<()> {
        self.order(&Order::Decode(strips))?;
        self.agree(Ok(()))?;
        self.at_rest.set(false);
        tell_tensors(&self.group, &[(String::new(), latents.clone())]).map(drop)
    }

    /// Whether to go on after some frames, as rank 0 finds. All ask.
    pub(super) fn goes_on(&self, own: bool) -> Result<bool> {
        Ok(tell(&self.group, &[u8::from(own)])? == [1])
    }

    /// What each machine has made, (…) → as many of them, by rank.
    pub(super) fn gather(&self, own: &Array) -> Result<Vec<Array>> {
        let all = self.group.gather(&own.expand_dims(0)?)?;
        let parts = all.split_equal(self.group.size() as i32, 0)?;
        let parts = parts.iter().map(|part| Ok(part.squeeze_axes(&[0])?));
        parts.collect()
    }

    /// Has all machines load the same expert while this one does: each answers by [`agree`](Self::agree).
    pub(super) fn load(
        &self,
        plan: &Plan,
        expert: Expert,
        late: &[PathBuf],
        products: Products,
    ) -> Result<()> {
        if self.rank() > 0 {
            return Ok(()); // it does because it was told to
        }
        let loras = plan.sources.loras.iter().enumerate();
        let late = loras.filter(|(_, lora)| late.contains(&lora.file));
        let late = late.map(|(number, _)| number).collect();
        self.order(&Order::Load {
            expert,
            late,
            products,
        })
    }

    /// Has all machines compute a pass of the network with this input while this one does.
    pub(super) fn pass(&self, pass: &Pass, input: &Array) -> Result<()> {
        if self.rank() > 0 {
            return Ok(());
        }
        self.order(&Order::Pass(pass.clone()))?;
        tell_tensors(&self.group, &[(String::new(), input.clone())]).map(drop)
    }

    /// What rank 0 wants done next.
    pub(super) fn hear(&self) -> Result<Order> {
        let order = serde_json::from_slice(&tell(&self.group, &[])?);
        order.map_err(|error| Error::from(Problem::Defect(error.to_string())))
    }

    /// The input of the pass that rank 0 wants computed.
    pub(super) fn hear_input(&self) -> Result<Option<Array>> {
        let input = tell_tensors(&self.group, &[])?.pop();
        Ok(input.map(|(_, input)| input))
    }

    /// The work is split as rank 0 says.
    pub(super) fn set_split(&self, split: Split) {
        self.split.set(split);
    }

    /// The others wait for an order again.
    pub(super) fn rest(&self) {
        self.at_rest.set(true);
    }

    /// Tells an order to all.
    fn order(&self, order: &Order) -> Result<()> {
        self.at_rest.set(false);
        let bytes = serde_json::to_vec(order);
        let bytes = bytes.map_err(|error| Error::from(Problem::Defect(error.to_string())))?;
        tell(&self.group, &bytes).map(drop)
    }

    /// What this machine came to, if all others came to something too.
    ///
    /// # Errors
    /// Its own, or that of the first machine that failed, under its name.
    pub(super) fn agree<T>(&self, own: Result<T>) -> Result<T> {
        let sentence = own.as_ref().err().map(ToString::to_string);
        let said = agree(&self.group, sentence.unwrap_or_default().as_bytes())?;
        let own = own?;
        let failed = said.iter().position(|sentence| !sentence.is_empty());
        if let Some(rank) = failed {
            let sentence = String::from_utf8_lossy(&said[rank]).into_owned();
            return Err(self.problem(rank, MachineFault::Refused(sentence)));
        }
        self.rest();
        Ok(own)
    }

    fn problem(&self, rank: usize, fault: MachineFault) -> Error {
        let name = self.machines.name(rank);
        Error::from(Problem::Machine { name, fault })
    }
}
