//! What the form's video *needs* of memory. It is counted on the thread that scans, one plan at a time: of
//! what is changed meanwhile, only the last is counted.

use std::sync::Arc;

use super::App;
use crate::error::{Error, Result};
use crate::job::memory::{Fitted, Saving};
use crate::job::{Plan, Problem, Refusal, Sampling};

/// Makes a plan fit into memory. It reads files, so it is called on another thread.
pub type Fit = Arc<dyn Fn(&Plan) -> Result<Fitted> + Send + Sync>;

/// What is asked: a plan without its words, and whether another job takes memory meanwhile.
#[derive(Clone, Debug, PartialEq)]
struct Matter {
    plan: Plan,
    busy: bool,
}

/// What is known of the form's video.
#[derive(Debug, Default)]
pub struct Needs {
    /// What the form asks for.
    matter: Option<Matter>,
    /// Whether something is being counted.
    counting: bool,
    /// What came of it the last time, and for what.
    known: Option<(Matter, Result<Fitted>)>,
}

impl Needs {
    /// The most memory at once, in bytes. While another plan is counted, it is that of the one before.
    pub fn peak(&self) -> Option<u64> {
        self.matter.as_ref()?;
        let (_, result) = self.known.as_ref()?;
        result.as_ref().ok().map(Fitted::peak)
    }

    /// What has to be saved. While another job works there is less than there will be, and nothing to tell.
    pub fn savings(&self) -> &[Saving] {
        match &self.known {
            Some((matter, Ok(fitted))) if !matter.busy => &fitted.savings,
            _ => &[],
        }
    }

    /// The form's plan as it will be carried out, but for its words. While another job works, nobody knows.
    pub fn plan(&self) -> Option<&Plan> {
        match &self.known {
            Some((matter, Ok(fitted))) if !matter.busy && self.matter.as_ref() == Some(matter) => {
                Some(&fitted.plan)
            }
            _ => None,
        }
    }

    /// Why the form's video does not fit.
    pub fn refusal(&self) -> Option<&Refusal> {
        match &self.known {
            Some((matter, Err(Error::Problem(Problem::Refused(refusal)))))
                if self.matter.as_ref() == Some(matter) =>
            {
                Some(refusal)
            }
            _ => None,
        }
    }
}

impl App {
    /// Has counted what the form's video needs, where that is not known.
    pub(super) fn watch_needs(&mut self) {
        let draft = self
            .model()
            .and_then(|model| self.wanted().draft(model).ok());
        let busy = self.queue.at_work().is_some();
        let needs = &mut self.needs;
        needs.matter = draft.map(|plan| Matter {
            plan: without_words(plan),
            busy,
        });
        let known = needs.known.as_ref().map(|(matter, _)| matter);
        if needs.counting || needs.matter.as_ref() == known {
            return;
        }
        let Some(matter) = needs.matter.clone() else {
            return;
        };
        needs.counting = true;
        let fit = Arc::clone(&self.fit);
        let count = move || {
            let result = fit(&matter.plan);
            (matter, result)
        };
        self.files.scan(count, |app, _, known| {
            app.needs.counting = false;
            app.needs.known = Some(known);
        });
    }
}

/// Of the words nothing depends here.
fn without_words(plan: Plan) -> Plan {
    Plan {
        prompt: String::new(),
        negative: String::new(),
        sampling: Sampling {
            seed: 0,
            ..plan.sampling
        },
        ..plan
    }
}
