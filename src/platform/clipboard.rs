//! What a paste brings: files, a picture or text.

use std::path::PathBuf;

use super::native;

/// What the clipboard offers. Pictures are not unpacked yet.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Offer {
    /// Files that were copied in the file manager.
    pub files: Vec<PathBuf>,
    /// A picture, as the content of a file of its kind.
    pub picture: Option<Vec<u8>>,
    /// Text.
    pub text: Option<String>,
}

/// What is pasted of an offer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Paste {
    /// These files are opened.
    Files(Vec<PathBuf>),
    /// This picture goes into the form.
    Picture(Vec<u8>),
    /// This text goes to the cursor.
    Text(String),
}

impl Offer {
    /// What of it is meant. The file manager names its files in the text, too, and browsers the address of a picture: text
    /// counts where somebody types, after files, and otherwise only where there is nothing else.
    pub fn choose(self, typing: bool) -> Option<Paste> {
        if !self.files.is_empty() {
            return Some(Paste::Files(self.files));
        }
        let picture = self.picture.map(Paste::Picture);
        let text = self.text.filter(|text| !text.is_empty());
        let text = text.map(|text| Paste::Text(text.replace("\r\n", "\n")));
        if typing {
            text.or(picture)
        } else {
            picture.or(text)
        }
    }
}

/// What the clipboard offers now; nothing where the window library reads it by itself.
pub fn offer() -> Option<Offer> {
    native::clipboard()
}
