//! The icon: two drawings, the plainer one for the smallest sizes, in every size that macOS asks for.

use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result};
use icns::{IconFamily, IconType, Image, PixelFormat};
use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::{Options, Tree};

/// What the file holds, with the pixels on a side.
pub const SIZES: [(IconType, u32); 10] = [
    // Some systems show a PNG of these two scrambled, so they are of the old kind.
    (IconType::RGB24_16x16, 16),
    (IconType::RGB24_32x32, 32),
    (IconType::RGBA32_16x16_2x, 32),
    (IconType::RGBA32_32x32_2x, 64),
    (IconType::RGBA32_128x128, 128),
    (IconType::RGBA32_128x128_2x, 256),
    (IconType::RGBA32_256x256, 256),
    (IconType::RGBA32_256x256_2x, 512),
    (IconType::RGBA32_512x512, 512),
    (IconType::RGBA32_512x512_2x, 1024),
];

/// Up to this size the plainer drawing is the clearer one.
const SMALL: u32 = 32;

/// Makes the icon of the drawings in `folder`.
pub fn write(folder: &Path, icon: &Path) -> Result<()> {
    let small = drawing(&folder.join("small.svg"))?;
    let large = drawing(&folder.join("zoetrope.svg"))?;
    let mut family = IconFamily::new();
    for (kind, side) in SIZES {
        let tree = if side <= SMALL { &small } else { &large };
        family.add_icon_with_type(&render(tree, side)?, kind)?;
    }
    let file =
        fs::File::create(icon).with_context(|| format!("{} cannot be created", icon.display()))?;
    Ok(family.write(file)?)
}

fn drawing(path: &Path) -> Result<Tree> {
    let text =
        fs::read_to_string(path).with_context(|| format!("{} cannot be read", path.display()))?;
    Tree::from_str(&text, &Options::default())
        .with_context(|| format!("{} is no drawing", path.display()))
}

fn render(tree: &Tree, side: u32) -> Result<Image> {
    let mut pixels = Pixmap::new(side, side).context("an icon of no size")?;
    let scale = side as f32 / tree.size().width();
    resvg::render(
        tree,
        Transform::from_scale(scale, scale),
        &mut pixels.as_mut(),
    );
    let data = pixels.take_demultiplied();
    Ok(Image::from_data(PixelFormat::RGBA, side, side, data)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Breaks when a size is missing, empty, of another size, or without its round corners.
    #[test]
    fn the_drawings_become_an_icon_of_every_size() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("Zoetrope.icns");
        write(Path::new("icon"), &file).unwrap();
        let family = IconFamily::read(fs::File::open(file).unwrap()).unwrap();
        for (kind, side) in SIZES {
            let image = family.get_icon_with_type(kind).unwrap();
            assert_eq!((image.width(), image.height()), (side, side), "{kind:?}");
            let image = image.convert_to(PixelFormat::RGBA);
            let alpha = |x: u32, y: u32| image.data()[((y * side + x) * 4 + 3) as usize];
            assert_eq!(alpha(0, 0), 0, "{kind:?}: a corner");
            assert_eq!(alpha(side / 2, side / 2), 255, "{kind:?}: the middle");
        }
    }
}
