//! A *sheet* lies over the window until it is closed, and keyboard and pointer stay on it. What stands on it is
//! drawn elsewhere.

use egui::{Align, Align2, Frame, Id, Layout, Margin, Modal, ScrollArea, Stroke, Ui, vec2};

use super::action::{Action, Sheet};
use super::commands::{UiCommand, keys};
use super::icons;
use super::strings::words;
use super::theme::{palette, radius, size, space};
use super::widget::{IconButton, heading};

/// Draws a sheet, and on it `content`.
pub fn show(
    ui: &Ui,
    sheet: Sheet,
    content: impl FnOnce(&mut Ui) -> Option<Action>,
) -> Option<Action> {
    let titles = &words(ui).sheets;
    let (title, widest) = match sheet {
        Sheet::Models => (titles.models, size::SHEET),
        Sheet::Settings => (titles.settings, size::SHEET),
        // As many pictures as there is room for.
        Sheet::Library => (titles.library, f32::INFINITY),
        Sheet::Export => (titles.export, size::SHEET),
        Sheet::Paint => (titles.paint, size::SHEET),
        Sheet::Batch => (titles.batch, size::SHEET),
        Sheet::Contact => (titles.contact, f32::INFINITY),
        Sheet::Styles => (titles.styles, size::SHEET),
        Sheet::Shortcuts => (titles.shortcuts, size::SHEET),
    };
    let is_grid = matches!(sheet, Sheet::Library | Sheet::Contact);
    let room = ui.ctx().content_rect();
    let width = widest.min(room.width() - 4.0 * space::XL);
    let height = room.height() - 2.0 * size::TITLE_BAR - 4.0 * space::XL;
    let palette = palette(ui);
    let frame = Frame::new()
        .fill(palette.panel)
        .stroke(Stroke::new(1.0, palette.hairline))
        .shadow(ui.visuals().window_shadow)
        .corner_radius(radius::CARD)
        .inner_margin(Margin::same(space::XL as i8));
    let id = Id::unique("sheet");
    // It hangs from the title bar, so that its controls stay where they are when it becomes shorter or longer.
    let below = vec2(0.0, size::TITLE_BAR + space::XL);
    let laid = Modal::new(id)
        .area(Modal::default_area(id).anchor(Align2::CENTER_TOP, below))
        .backdrop_color(palette.scrim)
        .frame(frame)
        .show(ui.ctx(), |ui| {
            ui.set_width(width);
            if is_grid {
                // The grid takes what is left of it.
                ui.set_height(height);
            }
            let closed = header(ui, title);
            ui.add_space(space::S);
            // The grid scrolls by itself, below what is looked for.
            let asked = if is_grid {
                content(ui)
            } else {
                let scroll = ScrollArea::vertical()
                    .max_height(height)
                    .min_scrolled_height(height);
                scroll.show(ui, content).inner
            };
            asked.or(closed)
        });
    let dismissed = laid.backdrop_response.clicked();
    laid.inner.or(dismissed.then_some(Action::CloseSheet))
}

fn header(ui: &mut Ui, title: &str) -> Option<Action> {
    ui.horizontal(|ui| {
        heading(ui, title);
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let keys = keys(ui.ctx(), UiCommand::Close);
            let name = (words(ui).command)(UiCommand::Close);
            let close = IconButton::new(icons::X, name).keys(&keys);
            ui.add(close).clicked().then_some(Action::CloseSheet)
        })
        .inner
    })
    .inner
}
