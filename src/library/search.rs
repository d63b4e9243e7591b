//! Finding records again.

use crate::job::Record;

/// What somebody looks for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Search {
    /// Words that the record must all have, in any order and any case.
    pub words: String,
    /// Whether it must be a favourite.
    pub favourites: bool,
}

impl Search {
    /// Whether the record is what is looked for.
    pub fn finds(&self, record: &Record) -> bool {
        if self.favourites && !record.favourite {
            return false;
        }
        let settings = &record.settings;
        let title = record.title.as_deref().unwrap_or_default();
        let text = format!(
            "{title} {} {} {}",
            settings.prompt, settings.origin.model, settings.sampling.seed
        );
        let text = text.to_lowercase();
        let words = self.words.to_lowercase();
        words.split_whitespace().all(|word| text.contains(word))
    }
}
