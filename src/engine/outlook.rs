//! What another Mac would do with a plan.

use crate::error::Result;
use crate::job::{Plan, Published};
use crate::pipeline;

pub use crate::backend::metal::Mac;
pub use crate::pipeline::{Outlook, StageOutlook};

/// What `mac` would do with a plan for an installed model, or for one of which only the sizes are known. Of the model's
/// files only the headers are read.
///
/// # Errors
/// A file cannot be read. That the Mac has too little memory is part of the outlook.
pub fn outlook(
    plan: &Plan,
    published: Option<Published>,
    mac: Mac,
    window: bool,
) -> Result<Outlook> {
    let sizes = match published {
        Some(published) => pipeline::published_sizes(published),
        None => pipeline::sizes(plan)?,
    };
    Ok(pipeline::outlook(plan, &sizes, mac, window))
}
