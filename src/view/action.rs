//! What a person can ask for. A view returns it; the app alone knows how it is done.

use std::path::PathBuf;

use super::export::choice::Choice;
use super::language::Language;
use super::theme::Appearance;
use crate::job::{Order, Quality, Request, Speed, Wanted};

/// Something that was asked for.
#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    /// The form should hold this.
    Edit(Box<Request>),
    /// Make the video of the form, and so many variations of it with other seeds.
    Generate {
        /// How many in all.
        count: u32,
    },
    /// Put this prompt into the form.
    UseExample(String),
    /// Let go of the networks that are kept in memory.
    LetGo,
    /// Begin with an empty form.
    New,
    /// Open a picture or a video with the system's dialog.
    OpenFile,
    /// Choose a picture with the system's dialog.
    ChoosePicture(End),
    /// Take the picture out of the form.
    RemovePicture(End),
    /// The first frame should be the last one, and the other way round.
    SwapPictures,
    /// Choose a video to follow or to change, its mask or a reference with the system's dialog.
    ChooseGuide(Guide),
    /// The same for a folder with the frames of a video or a mask.
    ChooseFrames(Guide),
    /// Take one of these out of the form: the mask goes with its video.
    RemoveGuide(Guide, usize),
    /// Paint the mask.
    Paint(PaintAction),
    /// Choose a LoRA with the system's dialog.
    AddLora,
    /// Fix the seed to a new one.
    RollSeed,
    /// Make videos this soon.
    ChooseSpeed(Speed),
    /// Use the model in this folder.
    UseModel(PathBuf),
    /// Show a file or folder in the system's file manager.
    Reveal(PathBuf),
    /// Choose another folder for the videos.
    ChooseVideos,
    /// Handle the models of this machine.
    Models(ModelsAction),
    /// Unfold or fold a part of the window.
    Fold(Part),
    /// Do something to the job with this handle.
    Job(u64, JobAction),
    /// Move a job to this place among those that wait.
    MoveJob(u64, usize),
    /// Say when the work goes on.
    When(WhenAction),
    /// Make many videos.
    Batch(BatchAction),
    /// Show the contact sheet of the clip on the stage.
    ContactSheet,
    /// Handle the styles.
    Style(StyleAction),
    /// Put this prompt, which was used before, into the form.
    UsePrompt(String),
    /// Go on with everything that an earlier start has left.
    ResumeAll,
    /// Do something with the finished video of this record.
    Record(String, RecordAction),
    /// Select a finished video besides others, or with all between it and the last one; or let go of it.
    Select {
        /// Its record.
        id: String,
        /// Whether with all between.
        range: bool,
    },
    /// Select nothing.
    SelectNone,
    /// Take everything that is selected to the Trash.
    TrashSelected,
    /// Look at what is selected, or at the stack on the stage, side by side.
    CompareChosen,
    /// Look at the stack of this record side by side.
    CompareStack(String),
    /// Handle clips that are compared.
    Compare(CompareAction),
    /// Fan a stack out in the library, or lay it together.
    Fan(u64),
    /// Look through the library in this order.
    Sort(Order),
    /// Lay variations together in the library, or not.
    StackVariations(bool),
    /// Put this on the clipboard.
    CopyInfo(String),
    /// Look at a video quickly, without leaving what is open; or no more.
    QuickLook(Option<String>),
    /// Let the stage alone fill the screen, or no more.
    FullScreen,
    /// Show the newer (-1) or the older (1) of what was made.
    Neighbour(i32),
    /// Look for these words in what was made, or for favourites alone.
    Search {
        /// The words.
        words: String,
        /// Favourites alone.
        favourites: bool,
    },
    /// Show this on the stage.
    Show(Shown),
    /// Handle the player.
    Player(PlayerAction),
    /// Make a file of another kind from the clip on the stage.
    Export(ExportAction),
    /// Lay a sheet over the window, or another one in its place.
    Open(Sheet),
    /// Take the sheet away.
    CloseSheet,
    /// The notice was read.
    Dismiss,
    /// Take back what was done last.
    Undo,
    /// Do it again.
    Redo,
    /// Make everything larger (1) or smaller (-1), or as it was (0).
    Zoom(i8),
    /// Change how the window looks, speaks or works.
    Set(Setting),
    /// End the program.
    Quit,
    /// Do what a double click on a title bar does in this user's windows.
    DoubleClickBar,
}

/// Something that can be done with the models of this machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ModelsAction {
    /// Choose a folder to look in as well.
    AddFolder,
    /// Look in this folder no more.
    Forget(PathBuf),
    /// Look whether there are others by now.
    LookAgain,
    /// Let this one come.
    Download(Wanted),
    /// Let it come no further.
    StopDownload,
    /// This one need not come after it.
    ForgetDownload(Wanted),
    /// Take the model in this place to the Trash.
    Delete(PathBuf),
}

/// How the window looks, speaks and works.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Setting {
    /// Dark, light, or as the system.
    Appearance(Appearance),
    /// The language.
    Language(Language),
    /// How many times as large as usual everything is.
    Zoom(f32),
    /// Whether the next jobs are computed by the processor alone.
    ByProcessor(bool),
    /// Whether jobs show what they are making.
    Preview(bool),
    /// How well the next videos are encoded.
    Quality(Quality),
    /// The most memory that the next jobs may use, in bytes.
    MemoryLimit(Option<u64>),
}

/// An end of the video that a picture can be given for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum End {
    /// The first frame.
    First,
    /// The last frame.
    Last,
}

/// What a video can be made along.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Guide {
    /// A video to follow or to change.
    Video,
    /// What of it is made anew.
    Mask,
    /// A picture of something that the video should show.
    Reference,
}

/// Where in the form a file can be let go.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Well {
    /// A picture that the video begins or ends with.
    End(End),
    /// What the video is made along; of several, at this place.
    Guide(Guide, usize),
}

/// What can be done while a mask is painted.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum PaintAction {
    /// Draw the brush from one place to another, in parts of the picture's width and height.
    Stroke([f32; 2], [f32; 2]),
    /// The brush should be so large, in hundredths of the picture's width.
    Brush(u32),
    /// Take paint away, or not.
    Erase(bool),
    /// Begin anew.
    Clear,
    /// Use what was painted.
    Done,
}

impl Guide {
    /// All of them, in the order in which they are shown.
    pub const ALL: [Self; 3] = [Self::Video, Self::Mask, Self::Reference];
}

/// A part of the window that can be folded away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// The negative prompt.
    Negative,
    /// The numbers that few people turn.
    Advanced,
    /// The strip at the bottom.
    Reel,
    /// What is to be known of the clip on the stage.
    Info,
    /// The queue as a list.
    Queue,
}

/// Something that can be done to a job.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JobAction {
    /// Wait at the next opportunity.
    Pause,
    /// Go on after a pause, or with what an earlier start of the program has left.
    Continue,
    /// Denoise no further and make the video of what there is.
    Keep,
    /// Stop, or leave the queue.
    Cancel,
    /// Take what is left of it away.
    Discard,
    /// Fill the form with what it was to be made of.
    Restore,
    /// The same, with the change that lets it be made.
    Mend,
    /// One place forward in the queue.
    Earlier,
    /// One place back in the queue.
    Later,
}

/// What the stage can show.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Shown {
    /// The invitation.
    Welcome,
    /// A job, by its handle.
    Job(u64),
    /// A finished video, by its record.
    Record(String),
    /// Several of them, side by side.
    Compare,
}

/// What can be done with the clip on the stage.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum PlayerAction {
    /// Play or pause.
    Toggle,
    /// Go to a frame, and stay there if it was playing.
    Seek(usize),
    /// So many frames on, or back, and stay there.
    Step(i32),
    /// Look at a frame without going there, or at none.
    Peek(Option<usize>),
    /// Begin with the frame at hand, and leave out what is before it.
    TrimIn,
    /// End with the frame at hand.
    TrimOut,
    /// Leave nothing out any more.
    Untrim,
    /// Play forwards (1) or backwards (-1), faster with each time; or stand still (0).
    Shuttle(i8),
    /// Begin again at the end, or not.
    Loop,
    /// So many times as fast.
    Speed(f32),
    /// As large as there is room, or a pixel for a pixel.
    Fit,
    /// Put the frame on the clipboard.
    CopyFrame,
    /// Begin a new video with the frame.
    UseFrame,
    /// Begin a new video where this one ends.
    ContinueFromEnd,
}

/// When the work goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WhenAction {
    /// Everything waits, or not any more.
    Pause(bool),
    /// Only while the machine is plugged in, or always.
    OnPower(bool),
    /// Only while nobody is at the machine, or always.
    WhenIdle(bool),
}

/// Many videos at once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BatchAction {
    /// This was written for a sweep.
    Draft(SweepDraft),
    /// Make them.
    Sweep,
    /// Choose a text file, and make a video of each line.
    Prompts,
    /// Choose a folder, and make a video of each picture.
    Pictures,
}

/// What was written for a sweep.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SweepDraft {
    /// Values of guidance.
    pub guidance: String,
    /// Values of the shift.
    pub shift: String,
    /// Whether each is made without LoRAs, too.
    pub without_loras: bool,
}

/// What can be done with styles.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StyleAction {
    /// A new one should have this name, and this written around prompts.
    Draft([String; 2]),
    /// Keep it.
    Save,
    /// Put the one of this name into the form.
    Use(String),
    /// Take its file to the Trash.
    Remove(String),
    /// Show the files where they lie.
    Reveal,
}

/// What can be done while clips are compared.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum CompareAction {
    /// The keys are for this one.
    Choose(usize),
    /// The keys are for one so many places on.
    Step(i32),
    /// Play or pause all.
    Toggle,
    /// All go to a frame, and stay there.
    Seek(usize),
    /// Wipe two at this part of the width, or show them side by side.
    Wipe(Option<f32>),
    /// Another of the stack takes the place of the one that is chosen.
    Next,
    /// The one that is chosen is the one to keep.
    Keep,
    /// It goes to the Trash.
    Trash,
    /// It is shown alone.
    Open,
    /// No more comparing.
    Close,
}

/// What can be done with a finished video.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RecordAction {
    /// Mark it as a favourite, or not any more.
    Favourite,
    /// Make the same video of a draft, decoded as the model's own VAE does it.
    MakeReal,
    /// Fill the form with what made it.
    Restore,
    /// Show the file where it lies.
    Reveal,
    /// Tell where the file is by now.
    Locate,
    /// Take it off the library and to the Trash.
    Trash,
}

/// What the sheet for exports asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExportAction {
    /// It should be this.
    Choose(Choice),
    /// Ask where, and make it.
    Save,
    /// Stop making it.
    Cancel,
    /// Show the file where it lies.
    Reveal,
}

/// What can lie over the window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sheet {
    /// Which models there are.
    Models,
    /// How the program behaves.
    Settings,
    /// Everything that was made.
    Library,
    /// The clip on the stage as a file of another kind.
    Export,
    /// The first frame of the form's video, to be painted on.
    Paint,
    /// Named sets of settings.
    Styles,
    /// Many videos at once.
    Batch,
    /// One video in many settings.
    Contact,
    /// The keys.
    Shortcuts,
}
