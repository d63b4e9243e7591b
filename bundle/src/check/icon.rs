//! Whether the icon has every size.

use std::fs::File;
use std::path::Path;

use anyhow::{Context as _, Result, bail};
use icns::IconFamily;

use crate::icon::SIZES;

pub fn check(icon: &Path) -> Result<()> {
    let file = File::open(icon).with_context(|| format!("{} is missing", icon.display()))?;
    let family = IconFamily::read(file).with_context(|| format!("{}", icon.display()))?;
    for (kind, side) in SIZES {
        let image = family.get_icon_with_type(kind)?;
        if (image.width(), image.height()) != (side, side) {
            bail!("the icon {kind:?} has not {side} pixels on a side");
        }
    }
    Ok(())
}
