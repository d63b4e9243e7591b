//! Every key that does something, in one table.

use egui::os::OperatingSystem;
use egui::{Context, Event, Key as Stroke, KeyboardShortcut, Modifiers};

use super::Action;

/// What a key is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Key {
    /// Make the video.
    Generate,
    /// Begin with an empty form.
    New,
    /// Open a picture or a video.
    Open,
    /// Show everything that was made.
    Library,
    /// Make a file of another kind.
    Export,
    /// Show the models.
    Models,
    /// Show the settings.
    Settings,
    /// Show the keys.
    Shortcuts,
    /// Fold or unfold the strip at the bottom.
    Reel,
    /// Pause the job at work, or go on with it.
    Pause,
    /// Stop the job at work, and make the video of what there is.
    Keep,
    /// Everything larger.
    Larger,
    /// Everything smaller.
    Smaller,
    /// As large as usual.
    UsualSize,
    /// End the program.
    Quit,
    /// Take the sheet away.
    Close,
    /// Play or pause the clip.
    Play,
    /// A frame back.
    StepBack,
    /// A frame on.
    StepForward,
    /// Begin again at the end, or not.
    Loop,
    /// Fit the clip into the window, or not.
    Fit,
    /// Put the frame on the clipboard.
    CopyFrame,
    /// Show the file where it lies.
    Reveal,
    /// Take the clip on the stage to the Trash.
    Trash,
}

impl Key {
    fn goes_by_steps(self) -> bool {
        matches!(
            self,
            Self::StepBack | Self::StepForward | Self::Larger | Self::Smaller
        )
    }
}

/// The table. What needs no ⌘ acts only while nothing is typed into.
pub const TABLE: [(Key, KeyboardShortcut); 24] = {
    const fn with(modifiers: Modifiers, key: Stroke) -> KeyboardShortcut {
        KeyboardShortcut::new(modifiers, key)
    }
    const COMMAND: Modifiers = Modifiers::COMMAND;
    const SHIFTED: Modifiers = Modifiers::COMMAND.plus(Modifiers::SHIFT);
    const NONE: Modifiers = Modifiers::NONE;
    [
        (Key::Generate, with(COMMAND, Stroke::Enter)),
        (Key::New, with(COMMAND, Stroke::N)),
        (Key::Open, with(COMMAND, Stroke::O)),
        (Key::Library, with(COMMAND, Stroke::L)),
        (Key::Export, with(COMMAND, Stroke::E)),
        (Key::Models, with(SHIFTED, Stroke::M)),
        (Key::Settings, with(COMMAND, Stroke::Comma)),
        (Key::Shortcuts, with(COMMAND, Stroke::Slash)),
        (Key::Reel, with(COMMAND, Stroke::J)),
        (Key::Pause, with(COMMAND, Stroke::P)),
        (Key::Keep, with(COMMAND, Stroke::Period)),
        (Key::Larger, with(COMMAND, Stroke::Plus)),
        (Key::Smaller, with(COMMAND, Stroke::Minus)),
        (Key::UsualSize, with(COMMAND, Stroke::Num0)),
        (Key::Quit, with(COMMAND, Stroke::Q)),
        (Key::Close, with(NONE, Stroke::Escape)),
        (Key::Play, with(NONE, Stroke::Space)),
        (Key::StepBack, with(NONE, Stroke::ArrowLeft)),
        (Key::StepForward, with(NONE, Stroke::ArrowRight)),
        (Key::Loop, with(NONE, Stroke::L)),
        (Key::Fit, with(NONE, Stroke::F)),
        (Key::CopyFrame, with(NONE, Stroke::C)),
        (Key::Reveal, with(SHIFTED, Stroke::R)),
        (Key::Trash, with(COMMAND, Stroke::Backspace)),
    ]
};

/// The keys that were pressed since the last frame.
pub fn pressed(ctx: &Context) -> Vec<Key> {
    let typing = ctx.egui_wants_keyboard_input();
    let is_new = |stroke: Stroke| {
        let new = |event: &Event| matches!(event, Event::Key { key, pressed: true, repeat: false, .. } if *key == stroke);
        ctx.input(|input| input.events.iter().any(new))
    };
    let is_pressed = |(key, shortcut): &&(Key, KeyboardShortcut)| match key {
        // Whatever else is open takes it, too.
        Key::Close => ctx.input(|input| input.key_pressed(Stroke::Escape)),
        // In a text field it deletes a line.
        Key::Trash if typing => false,
        _ if typing && !shortcut.modifiers.command => false,
        _ => {
            // One that is held down asks once, but for those that go a step at a time.
            let counts = is_new(shortcut.logical_key) || key.goes_by_steps();
            ctx.input_mut(|input| input.consume_shortcut(shortcut)) && counts
        }
    };
    let pressed = TABLE.iter().filter(is_pressed);
    pressed.map(|&(key, _)| key).collect()
}

/// What the keys of every text field ask for, ⌘Z and ⇧⌘Z, where there is something to `undo` or to `redo` that the field
/// does not know of. Otherwise they are left to the field that has the focus.
pub fn undo_pressed(ctx: &Context, undo: bool, redo: bool) -> Option<Action> {
    const SHIFTED: Modifiers = Modifiers::COMMAND.plus(Modifiers::SHIFT);
    let is_pressed = |modifiers| {
        let shortcut = KeyboardShortcut::new(modifiers, Stroke::Z);
        ctx.input_mut(|input| input.consume_shortcut(&shortcut))
    };
    // The one with fewer keys is part of the other.
    let shift = ctx.input(|input| input.modifiers.shift);
    match (undo, redo) {
        (_, true) if shift && is_pressed(SHIFTED) => Some(Action::Redo),
        (true, _) if !shift && is_pressed(Modifiers::COMMAND) => Some(Action::Undo),
        _ => None,
    }
}

/// How the keys for `key` are written on this system.
pub fn keys(ctx: &Context, key: Key) -> String {
    let entry = TABLE.iter().find(|(each, _)| *each == key);
    let Some((
        _,
        KeyboardShortcut {
            modifiers,
            logical_key,
        },
    )) = entry
    else {
        return String::new();
    };
    let is_mac = matches!(ctx.os(), OperatingSystem::Mac | OperatingSystem::IOS);
    let glyph = match logical_key {
        Stroke::Enter => "↩",
        Stroke::ArrowLeft => "←",
        Stroke::ArrowRight => "→",
        Stroke::Plus => "+",
        Stroke::Minus => "−",
        Stroke::Backspace => "⌫",
        other => other.symbol_or_name(),
    };
    let mut keys = String::new();
    if modifiers.shift {
        keys += if is_mac { "⇧" } else { "Shift+" };
    }
    if modifiers.command {
        keys += if is_mac { "⌘" } else { "Ctrl+" };
    }
    keys + glyph
}
