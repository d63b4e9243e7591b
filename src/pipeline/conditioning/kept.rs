//! What was encoded of pictures and videos, kept while a job is unfinished: one that goes on needs neither them nor the time
//! once more.

use std::path::Path;

use mlx_rs::Array;

use super::Conditioning;
use crate::Result;
use crate::job::Plan;
use crate::pipeline::tensor_file::{TensorFile, save_all};

/// Its name in a run folder.
pub(in crate::pipeline) const FILE: &str = "given.safetensors";

const FIRST: &str = "first_frame";
const BESIDE: &str = "beside";
const IMAGE: &str = "image";
const REFERENCE: &str = "reference";
const CONTROL: &str = "control";

impl Conditioning {
    /// Everything of it, by name.
    pub(in crate::pipeline) fn tensors(&self) -> Vec<(String, Array)> {
        let control = self.control.as_ref().map(|(context, _)| context);
        let parts: [(&str, Option<&Array>); 5] = [
            (FIRST, self.first_frame.as_ref()),
            (BESIDE, self.beside.as_ref()),
            (IMAGE, self.image.as_ref()),
            (REFERENCE, self.reference.as_ref()),
            (CONTROL, control),
        ];
        let tensors = parts.into_iter();
        let tensors = tensors.filter_map(|(name, tensor)| Some((name.to_owned(), tensor?.clone())));
        tensors.collect()
    }

    /// What [`tensors`](Self::tensors) told for a job of this plan.
    pub(in crate::pipeline) fn of_tensors(
        plan: &Plan,
        found: &dyn Fn(&str) -> Option<Array>,
    ) -> Self {
        let strength = plan.guides.strength() as f32;
        Self {
            first_frame: found(FIRST),
            beside: found(BESIDE),
            image: found(IMAGE),
            reference: found(REFERENCE),
            control: found(CONTROL).map(|context| (context, strength)),
            leading: plan.guides.leading(plan.checkpoint.variant).cast_signed(),
        }
    }

    /// Writes it into a run folder, if there is anything.
    ///
    /// # Errors
    /// The file cannot be written.
    pub(in crate::pipeline) fn keep(&self, folder: &Path) -> Result<()> {
        let tensors = self.tensors();
        if tensors.is_empty() {
            return Ok(());
        }
        save_all(&folder.join(FILE), &tensors, &[])
    }

    /// What a job of this plan wrote; none if it did not come so far. One that is damaged is encoded once more.
    pub(in crate::pipeline) fn recall(plan: &Plan) -> Option<Self> {
        let path = plan.run_folder().join(FILE);
        if !path.is_file() {
            return None;
        }
        let read = || -> Result<Self> {
            let file = TensorFile::open(&path)?;
            let names = [FIRST, BESIDE, IMAGE, REFERENCE, CONTROL];
            let kept = names.map(|name| Ok((name, file.if_there(name)?)));
            let kept = kept.into_iter().collect::<Result<Vec<_>>>()?;
            Ok(Self::of_tensors(plan, &|wanted| {
                let mut kept = kept.iter().filter(|(name, _)| *name == wanted);
                kept.next().and_then(|(_, tensor)| tensor.clone())
            }))
        };
        read().ok()
    }
}
