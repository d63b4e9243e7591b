//! How large the video is, and which way it lies.

use egui::Ui;

use super::{Compose, fix};
use crate::job::{Field, PictureFit, Preset, Request, Shape, Size};
use crate::view::strings::{Words, words};
use crate::view::theme::space;
use crate::view::widget::{Face, Number, Segment, caption, label, segmented, trailing};
use crate::view::{Action, icons};

/// The width of a choice between tiers.
const TIER: f32 = 48.0;

pub fn show(ui: &mut Ui, form: &Compose, request: &mut Request) -> Option<Action> {
    heading(ui, form, request);
    let presets = form.model.presets();
    let tiers = tiers(&presets);
    ui.horizontal(|ui| {
        let tiers_width = TIER * tiers.len() as f32;
        let room = ui.available_width();
        if tiers.len() < 2 {
            shapes(ui, form, &presets, request, room);
        } else {
            shapes(ui, form, &presets, request, room - tiers_width - space::S);
            fineness(ui, form, &presets, request, &tiers);
        }
    });
    fix::show(ui, form, Field::Size, request)
}

/// The name, and the size in numbers that can be typed over.
fn heading(ui: &mut Ui, form: &Compose, request: &mut Request) {
    let words = &words(ui).compose;
    let step = form.model.variant.alignment();
    let mut size = form.size;
    ui.horizontal(|ui| {
        label(ui, words.shape);
        trailing(ui, "size", |ui| {
            ui.spacing_mut().item_spacing.x = space::XS;
            let field = |value, name| {
                let field = Number::new(value, name, step..=8192);
                field.steps(0, step).width(56.0)
            };
            ui.add(field(&mut size.width, words.width));
            caption(ui, "×");
            ui.add(field(&mut size.height, words.height));
        });
    });
    if size != form.size {
        crop_to(request, form, size);
    }
}

/// The shapes that there are presets of, and that of the picture.
fn shapes(ui: &mut Ui, form: &Compose, presets: &[Preset], request: &mut Request, width: f32) {
    let words = words(ui);
    let offered = |shape: &Shape| presets.iter().any(|preset| preset.shape == *shape);
    let shapes: Vec<Shape> = Shape::ALL.into_iter().filter(offered).collect();
    let mut segments: Vec<Segment> = shapes.iter().map(|&shape| segment(words, shape)).collect();
    if request.sources.image.is_some() {
        segments.push(Segment {
            face: Face::Icon(icons::IMAGE),
            name: words.compose.as_picture,
        });
    }
    let as_picture = request.sources.image.is_some() && request.sources.fit == PictureFit::Picture;
    let chosen = if as_picture {
        Some(shapes.len())
    } else {
        let preset = presets.iter().find(|preset| preset.size == form.size);
        preset.and_then(|preset| shapes.iter().position(|&shape| shape == preset.shape))
    };
    match segmented(ui, &segments, chosen, width) {
        Some(taken) if taken < shapes.len() => {
            let tier = tier(presets, form.size);
            crop_to(
                request,
                form,
                nearest(presets, shapes[taken], tier, form.size),
            );
        }
        Some(_) => request.sources.fit = PictureFit::Picture,
        None => {}
    }
}

fn segment(words: &Words, shape: Shape) -> Segment<'static> {
    let (aspect, name) = match shape {
        Shape::Landscape => (16.0 / 9.0, words.compose.landscape),
        Shape::Portrait => (9.0 / 16.0, words.compose.portrait),
        Shape::Square => (1.0, words.compose.square),
    };
    Segment {
        face: Face::Outline(aspect),
        name,
    }
}

/// The tiers that there are presets of.
fn fineness(ui: &mut Ui, form: &Compose, presets: &[Preset], request: &mut Request, tiers: &[u32]) {
    let names: Vec<String> = tiers.iter().map(|tier| format!("{tier}p")).collect();
    let segments: Vec<Segment> = names.iter().map(|name| Segment::named(name)).collect();
    let tier = tier(presets, form.size);
    // A size far from all of them is of none.
    let is_near = |preset: &Preset| {
        let own = preset.size.area();
        preset.tier == tier && 4 * own.abs_diff(form.size.area()) <= own
    };
    let tier = tier.filter(|_| presets.iter().any(is_near));
    let chosen = tiers.iter().position(|&each| Some(each) == tier);
    let width = TIER * tiers.len() as f32;
    if let Some(taken) = segmented(ui, &segments, chosen, width) {
        let fit = request.sources.fit;
        let size = nearest(presets, form.size.shape(), Some(tiers[taken]), form.size);
        crop_to(request, form, size);
        request.sources.fit = fit;
    }
}

/// Asks for exactly this size.
fn crop_to(request: &mut Request, form: &Compose, size: Size) {
    request.canvas.size = Some(size).filter(|&size| size != form.model.defaults.size);
    request.sources.max_area = None;
    request.sources.fit = PictureFit::Crop;
}

fn tiers(presets: &[Preset]) -> Vec<u32> {
    let mut tiers: Vec<u32> = presets.iter().filter_map(|preset| preset.tier).collect();
    tiers.sort_unstable();
    tiers.dedup();
    tiers
}

/// The tier that a size belongs to: that of the preset with the nearest area.
fn tier(presets: &[Preset], size: Size) -> Option<u32> {
    let distance = |preset: &&Preset| preset.size.area().abs_diff(size.area());
    presets.iter().min_by_key(distance)?.tier
}

/// The preset of this shape and tier, or `otherwise`.
fn nearest(presets: &[Preset], shape: Shape, tier: Option<u32>, otherwise: Size) -> Size {
    let fits = |preset: &&Preset| preset.shape == shape && preset.tier == tier;
    let preset = presets.iter().find(fits);
    preset.map_or(otherwise, |preset| preset.size)
}
