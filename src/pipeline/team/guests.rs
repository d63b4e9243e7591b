//! What rank 0 alone has read and the others need: what came of the prompts and of pictures, and LoRAs.

use std::fs;
use std::path::Path;

use mlx_rs::Array;

use super::Team;
use super::order::Order;
use crate::disk;
use crate::group::{tell, tell_tensors};
use crate::job::Plan;
use crate::pipeline::{Conditioning, TextEmbeds};
use crate::{Error, Result};

const PROMPT: &str = "prompt";
const NEGATIVE: &str = "negative";

/// Rank 0's part.
pub(super) fn give(
    team: &Team,
    plan: &Plan,
    features: &TextEmbeds,
    given: &Conditioning,
) -> Result<()> {
    let loras = &plan.sources.loras;
    let name = |file: &Path| {
        let name = file.file_name().unwrap_or_default();
        name.to_string_lossy().into_owned()
    };
    team.order(&Order::Take {
        thrift: plan.thrift,
        split: team.split.get(),
        loras: loras.iter().map(|lora| name(&lora.file)).collect(),
    })?;
    let mut tensors = vec![(PROMPT.to_owned(), features.prompt.clone())];
    let negative = features.negative.iter();
    tensors.extend(negative.map(|negative| (NEGATIVE.to_owned(), negative.clone())));
    tensors.extend(given.tensors());
    tell_tensors(&team.group, &tensors)?;
    for lora in loras {
        tell(&team.group, &disk::read(&lora.file)?)?;
    }
    team.rest();
    Ok(())
}

/// The others' part. LoRAs lie in `folder` afterwards, and `plan` names them there.
pub(in crate::pipeline) fn take(
    team: &Team,
    plan: &mut Plan,
    loras: &[String],
    folder: &Path,
) -> Result<(TextEmbeds, Conditioning)> {
    let tensors = tell_tensors(&team.group, &[])?;
    let found = |name: &str| -> Option<Array> {
        let found = tensors.iter().find(|(known, _)| known == name);
        found.map(|(_, tensor)| tensor.clone())
    };
    for (number, (lora, name)) in plan.sources.loras.iter_mut().zip(loras).enumerate() {
        let bytes = tell(&team.group, &[])?;
        let place = folder.join(number.to_string());
        fs::create_dir_all(&place).map_err(Error::file("create", &place))?;
        let name = Path::new(name).file_name().unwrap_or_default();
        lora.file = place.join(name);
        fs::write(&lora.file, bytes).map_err(Error::file("write", &lora.file))?;
    }
    let lost = || Error::Other("The first machine has sent no prompt".into());
    let features = TextEmbeds {
        prompt: found(PROMPT).ok_or_else(lost)?,
        negative: found(NEGATIVE),
    };
    Ok((features, Conditioning::of_tensors(plan, &found)))
}
