//! Everything that the window can be told to do by a key or from the menu bar, in one table: its names, its key and its
//! menu. The keyboard, the menu bar, tooltips and the sheet of shortcuts all read it. What each of them does as things
//! stand is said in `app/commands.rs`.

use egui::os::OperatingSystem;
use egui::{Context, Event, Key, KeyboardShortcut, Modifiers};

use super::Action;
use super::language::Language;

/// Something that a key or the menu bar asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum UiCommand {
    /// Make the video.
    Generate,
    /// Begin with an empty form.
    New,
    /// Open a picture or a video.
    Open,
    /// Show the library.
    Library,
    /// Make a file of another kind.
    Export,
    /// Show the models.
    Models,
    /// Show the settings.
    Settings,
    /// Show the keys.
    Shortcuts,
    /// Show or hide the strip at the bottom.
    Reel,
    /// Pause the job at work, or resume it.
    Pause,
    /// Stop the job at work, and make the video of what there is.
    Keep,
    /// Everything larger.
    ZoomIn,
    /// Everything smaller.
    ZoomOut,
    /// As large as usual.
    ActualSize,
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
    /// Fit the clip into the window, or show it pixel by pixel.
    Fit,
    /// Put the frame on the clipboard.
    CopyFrame,
    /// Show the file where it lies.
    Reveal,
    /// Take the clip on the stage, or what is selected, to the Trash.
    Trash,
    /// Show what is to be known of the clip.
    Info,
    /// Look for a video.
    Find,
    /// Look at what is selected side by side.
    Compare,
    /// The newer clip.
    Newer,
    /// The older clip.
    Older,
    /// Play backwards, and faster with each press.
    Backwards,
    /// Stand still; of those compared, keep this one.
    Stop,
    /// Play, and faster with each press.
    Forwards,
    /// The next of the stack.
    Next,
    /// To the first frame.
    Start,
    /// To the last frame.
    End,
    /// Let the stage fill the screen, or no more.
    FullScreen,
    /// Show or hide the queue.
    Queue,
    /// Show the styles.
    Styles,
    /// Begin with this frame.
    TrimIn,
    /// End with this frame.
    TrimOut,
    /// Make many videos.
    Batch,
    /// Show one video in many settings.
    Contact,
}

/// What something is called in English and in Chinese, in sentence case; with "…" where more is asked before it is done.
type Name = [&'static str; 2];

/// A line of the table.
#[derive(Clone, Copy, Debug)]
pub struct Entry {
    /// What it is about.
    pub command: UiCommand,
    name: Name,
    /// What its button is called while it is off, and while it is on.
    states: Option<[Name; 2]>,
    /// What is pressed. What needs no ⌘ acts only while nothing is typed into.
    pub keys: KeyboardShortcut,
    /// The menu that it stands in, by its English title, and the part of that menu.
    pub menu: Option<(&'static str, usize)>,
}

impl Entry {
    const fn new(command: UiCommand, name: Name, modifiers: Modifiers, key: Key) -> Self {
        Self {
            command,
            name,
            states: None,
            keys: KeyboardShortcut::new(modifiers, key),
            menu: None,
        }
    }

    const fn menu(self, title: &'static str, part: usize) -> Self {
        Self {
            menu: Some((title, part)),
            ..self
        }
    }

    const fn states(self, off: Name, on: Name) -> Self {
        Self {
            states: Some([off, on]),
            ..self
        }
    }
}

const COMMAND: Modifiers = Modifiers::COMMAND;
const SHIFTED: Modifiers = Modifiers::COMMAND.plus(Modifiers::SHIFT);
const NONE: Modifiers = Modifiers::NONE;

/// The table, in the order of [`UiCommand`].
#[rustfmt::skip]
pub const TABLE: [Entry; 42] = {
    use UiCommand as C;
    const fn row(command: UiCommand, name: Name, modifiers: Modifiers, key: Key) -> Entry {
        Entry::new(command, name, modifiers, key)
    }
    [
        row(C::Generate, ["Generate", "生成"], COMMAND, Key::Enter).menu("Video", 0),
        row(C::New, ["New video", "新建视频"], COMMAND, Key::N).menu("File", 0),
        row(C::Open, ["Open…", "打开…"], COMMAND, Key::O).menu("File", 0),
        row(C::Library, ["Library", "资料库"], COMMAND, Key::L).menu("View", 0),
        row(C::Export, ["Export…", "导出…"], COMMAND, Key::E).menu("File", 1),
        row(C::Models, ["Models", "模型"], SHIFTED, Key::M).menu("View", 0),
        row(C::Settings, ["Settings…", "设置…"], COMMAND, Key::Comma).menu("Zoetrope", 0),
        row(C::Shortcuts, ["Keyboard shortcuts", "键盘快捷键"], COMMAND, Key::Slash).menu("Help", 0),
        row(C::Reel, ["Show or hide reel", "显示或隐藏胶片栏"], COMMAND, Key::J).menu("View", 0)
            .states(["Show reel", "显示胶片栏"], ["Hide reel", "隐藏胶片栏"]),
        row(C::Pause, ["Pause or resume", "暂停或继续"], COMMAND, Key::P).menu("Video", 1)
            .states(["Pause", "暂停"], ["Resume", "继续"]),
        row(C::Keep, ["Stop and keep", "停止并保留"], COMMAND, Key::Period).menu("Video", 1),
        row(C::ZoomIn, ["Zoom in", "放大"], COMMAND, Key::Plus).menu("View", 1),
        row(C::ZoomOut, ["Zoom out", "缩小"], COMMAND, Key::Minus).menu("View", 1),
        row(C::ActualSize, ["Actual size", "实际大小"], COMMAND, Key::Num0).menu("View", 1),
        row(C::Quit, ["Quit Zoetrope", "退出 Zoetrope"], COMMAND, Key::Q).menu("Zoetrope", 1),
        row(C::Close, ["Close", "关闭"], NONE, Key::Escape),
        row(C::Play, ["Play or pause", "播放或暂停"], NONE, Key::Space)
            .menu("Playback", 0).states(["Play", "播放"], ["Pause", "暂停"]),
        row(C::StepBack, ["Previous frame", "上一帧"], NONE, Key::ArrowLeft).menu("Playback", 1),
        row(C::StepForward, ["Next frame", "下一帧"], NONE, Key::ArrowRight).menu("Playback", 1),
        row(C::Loop, ["Loop", "循环播放"], NONE, Key::R).menu("Playback", 1),
        row(C::Fit, ["Zoom video to fit", "视频适合窗口"], NONE, Key::F).menu("View", 2)
            .states(["Zoom to fit", "适合窗口"], ["Actual size", "实际大小"]),
        row(C::CopyFrame, ["Copy frame", "拷贝此帧"], NONE, Key::C),
        row(C::Reveal, ["Show in Finder", "在访达中显示"], SHIFTED, Key::R).menu("File", 1),
        row(C::Trash, ["Move to Trash", "移到废纸篓"], COMMAND, Key::Backspace).menu("File", 1),
        row(C::Info, ["Info", "简介"], COMMAND, Key::I).menu("View", 2),
        row(C::Find, ["Find…", "查找…"], COMMAND, Key::F).menu("File", 0),
        row(C::Compare, ["Compare", "比较"], SHIFTED, Key::C).menu("View", 2),
        row(C::Newer, ["Newer video", "较新的视频"], NONE, Key::ArrowUp).menu("Playback", 2),
        row(C::Older, ["Older video", "较早的视频"], NONE, Key::ArrowDown).menu("Playback", 2),
        row(C::Backwards, ["Play backward", "倒放"], NONE, Key::J).menu("Playback", 0),
        row(C::Stop, ["Stop", "停止"], NONE, Key::K).menu("Playback", 0),
        row(C::Forwards, ["Play forward", "快放"], NONE, Key::L).menu("Playback", 0),
        row(C::Next, ["Next variation", "下一个变体"], NONE, Key::N).menu("Playback", 2),
        row(C::Start, ["First frame", "第一帧"], NONE, Key::Home).menu("Playback", 1),
        row(C::End, ["Last frame", "最后一帧"], NONE, Key::End).menu("Playback", 1),
        row(C::FullScreen, ["Full screen", "全屏播放"], NONE, Key::F11).menu("View", 3),
        row(C::Queue, ["Queue", "队列"], SHIFTED, Key::J).menu("View", 0),
        row(C::Styles, ["Styles", "风格"], SHIFTED, Key::S).menu("File", 0),
        row(C::TrimIn, ["Trim start here", "从此处开始"], NONE, Key::I).menu("Playback", 3),
        row(C::TrimOut, ["Trim end here", "到此处结束"], NONE, Key::O).menu("Playback", 3),
        row(C::Batch, ["Make many videos…", "批量生成…"], SHIFTED, Key::Enter).menu("Video", 0),
        row(C::Contact, ["Contact sheet", "联系表"], SHIFTED, Key::K).menu("View", 2),
    ]
};

impl UiCommand {
    /// Its line of the table.
    pub fn entry(self) -> &'static Entry {
        &TABLE[self as usize]
    }

    /// What it is called.
    pub fn name(self, language: Language) -> &'static str {
        self.entry().name[language as usize]
    }

    /// What the button for it is called, which is `on` or off.
    pub fn name_of_state(self, language: Language, on: bool) -> &'static str {
        let entry = self.entry();
        let names = entry.states.unwrap_or([entry.name; 2]);
        names[usize::from(on)][language as usize]
    }

    /// What the menu bar calls it: English menus begin every word with a capital.
    pub fn title(self, language: Language) -> String {
        let name = self.name(language);
        match language {
            Language::English => title_case(name),
            Language::Chinese => name.to_owned(),
        }
    }

    fn goes_by_steps(self) -> bool {
        matches!(
            self,
            Self::StepBack
                | Self::StepForward
                | Self::ZoomIn
                | Self::ZoomOut
                | Self::Newer
                | Self::Older
        )
    }
}

/// "Stop and keep" becomes "Stop and Keep", "Zoom in" becomes "Zoom In".
fn title_case(name: &str) -> String {
    const SMALL: [&str; 5] = ["and", "or", "to", "in", "of"];
    let last = name.split(' ').count() - 1;
    let words = name.split(' ').enumerate().map(|(place, word)| {
        let mut letters = word.chars();
        match letters.next() {
            Some(first) if place == last || !SMALL.contains(&word) => {
                first.to_uppercase().chain(letters).collect::<String>()
            }
            _ => word.to_owned(),
        }
    });
    words.collect::<Vec<_>>().join(" ")
}

/// What the keys that were pressed since the last frame ask for.
pub fn pressed(ctx: &Context) -> Vec<UiCommand> {
    let typing = ctx.egui_wants_keyboard_input();
    let writes = ctx.text_edit_focused();
    let is_letter = |entry: &Entry| entry.keys.logical_key.name().len() == 1;
    // As it was with the key: in a slow frame everything may be let go of by now.
    let is_shifted = |stroke: Key| {
        let shifted = |event: &Event| matches!(event, Event::Key { key, pressed: true, modifiers, .. } if *key == stroke && modifiers.shift);
        ctx.input(|input| input.events.iter().any(shifted))
    };
    let has_shifted = |entry: &Entry| {
        let mut others = TABLE.iter();
        others.any(|other| {
            let keys = other.keys;
            keys.logical_key == entry.keys.logical_key && keys.modifiers.shift
        })
    };
    let is_new = |stroke: Key| {
        let new = |event: &Event| matches!(event, Event::Key { key, pressed: true, repeat: false, .. } if *key == stroke);
        ctx.input(|input| input.events.iter().any(new))
    };
    let is_pressed = |entry: &&Entry| match entry.command {
        // Whatever else is open takes it, too.
        UiCommand::Close => ctx.input(|input| input.key_pressed(Key::Escape)),
        // In a text field it deletes a line.
        UiCommand::Trash if writes => false,
        // Letters are for text alone; other keys operate whatever has the focus.
        _ if !entry.keys.modifiers.command && (writes || typing && !is_letter(entry)) => false,
        // The one with fewer keys is part of the other.
        _ if !entry.keys.modifiers.shift
            && has_shifted(entry)
            && is_shifted(entry.keys.logical_key) =>
        {
            false
        }
        _ => {
            // One that is held down asks once, but for those that go a step at a time.
            let counts = is_new(entry.keys.logical_key) || entry.command.goes_by_steps();
            ctx.input_mut(|input| input.consume_shortcut(&entry.keys)) && counts
        }
    };
    let pressed = TABLE.iter().filter(is_pressed);
    pressed.map(|entry| entry.command).collect()
}

/// What the keys of every text field ask for, ⌘Z and ⇧⌘Z, where there is something to `undo` or to `redo` that the field
/// does not know of. Otherwise they are left to the field that has the focus.
pub fn undo_pressed(ctx: &Context, undo: bool, redo: bool) -> Option<Action> {
    let is_pressed = |modifiers| {
        let shortcut = KeyboardShortcut::new(modifiers, Key::Z);
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

/// How its key is written on this system.
pub fn keys(ctx: &Context, command: UiCommand) -> String {
    let KeyboardShortcut {
        modifiers,
        logical_key,
    } = command.entry().keys;
    let is_mac = matches!(ctx.os(), OperatingSystem::Mac | OperatingSystem::IOS);
    let glyph = match logical_key {
        Key::Enter => "↩",
        Key::ArrowLeft => "←",
        Key::ArrowRight => "→",
        Key::ArrowUp => "↑",
        Key::ArrowDown => "↓",
        Key::Plus => "+",
        Key::Minus => "−",
        Key::Backspace => "⌫",
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
