//! The jobs that *wait*: their plans, so that neither a quit nor a crash loses them.

use std::path::Path;

use serde_json::Value;

use super::unfinished;
use crate::error::Result;
use crate::job::Plan;
use crate::media::json;

/// Those that can still be made and were not begun since, the next one first.
pub(super) fn read(path: &Path) -> Vec<Plan> {
    let kept: Vec<Value> = json::read(path).unwrap_or_default();
    let plans = kept
        .into_iter()
        .filter_map(|plan| serde_json::from_value::<Plan>(plan).ok());
    plans
        .filter(|plan| plan.check().is_ok())
        .filter(|plan| !unfinished::is_begun(&plan.run_folder()) && !plan.output.exists())
        .collect()
}

/// Writes them in place of those that waited before.
pub(super) fn write(path: &Path, plans: &[Plan]) -> Result<()> {
    json::write(path, &plans)
}
