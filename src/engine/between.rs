//! What else is asked *between* two dispatches than the handle of the job: nothing, or what a test puts in the GPU's place
//! where it fails.

use std::fmt;
use std::sync::Arc;

use crate::error::Result;

type Asked = dyn Fn() -> Result<()> + Send + Sync;

/// Something that may end the work at hand as an error of the GPU would.
#[derive(Clone, Default)]
pub struct Between(Option<Arc<Asked>>);

impl Between {
    /// Asks `asked` each time.
    pub fn new(asked: impl Fn() -> Result<()> + Send + Sync + 'static) -> Self {
        Self(Some(Arc::new(asked)))
    }

    pub(super) fn ask(&self) -> Result<()> {
        self.0.as_ref().map_or(Ok(()), |asked| asked())
    }
}

impl fmt::Debug for Between {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_some() {
            "Between(asked)"
        } else {
            "Between(nothing)"
        })
    }
}
