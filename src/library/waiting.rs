//! The jobs that *wait*: their plans, so that neither a quit nor a crash loses them.

use std::path::Path;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::unfinished;
use crate::error::Result;
use crate::job::Plan;
use crate::media::json;

/// Those that can still be made and were not begun since, the next one first.
pub(super) fn read(path: &Path) -> Vec<Plan> {
    json::read_list(path)
        .iter()
        .filter_map(understood)
        .filter(|plan| !unfinished::is_begun(&plan.run_folder()) && !plan.output.exists())
        .collect()
}

/// Writes them in place of those that waited before. What only another version of the program understands stays.
pub(super) fn write(path: &Path, plans: &[Plan]) -> Result<()> {
    let others = json::read_list(path).into_iter();
    let others = others.filter(|plan| understood(plan).is_none());
    let all: Vec<Entry> = plans
        .iter()
        .map(Entry::Plan)
        .chain(others.map(Entry::Other))
        .collect();
    json::write(path, &all)
}

#[derive(Serialize)]
#[serde(untagged)]
enum Entry<'a> {
    Plan(&'a Plan),
    Other(Value),
}

fn understood(plan: &Value) -> Option<Plan> {
    let plan = Plan::deserialize(plan).ok()?;
    plan.check().is_ok().then_some(plan)
}
