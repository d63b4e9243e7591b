//! Many videos at once: a *sweep* of settings with one seed, the lines of a text file, or the pictures of a folder.

use std::fs;
use std::path::{Path, PathBuf};

use egui::Context;

use super::App;
use super::dialogs::{self, Question};
use super::form::Form;
use crate::disk;
use crate::error::{Error, Result};
use crate::job::plain_text::is_blank;
use crate::job::{Guidance, Record, Size, new_seed};
use crate::media::photo;
use crate::platform::pictures::READS_MORE;
use crate::view::action::{BatchAction, Sheet, SweepDraft};
use crate::view::batch::Batch;
use crate::view::contact::{Contact, Place};

/// More jobs at once are a slip.
const MOST: usize = 500;

impl App {
    /// What the sheet shows.
    pub(super) fn batch_view(&self) -> Batch<'_> {
        Batch {
            draft: &self.desk.batch,
            videos: self.sweep().len(),
            has_loras: !self.form.request.sources.loras.is_empty(),
            has_prompt: !is_blank(&self.form.request.prompt),
            takes_pictures: self
                .model()
                .is_some_and(|model| model.variant.inputs().takes_pictures()),
        }
    }

    /// Does what was asked for.
    pub(super) fn handle_batch(&mut self, action: BatchAction) {
        match action {
            BatchAction::Draft(draft) => self.desk.batch = draft,
            BatchAction::Sweep => {
                let seed = self.form.request.sampling.seed.unwrap_or_else(new_seed);
                self.form.latest_seed = Some(seed);
                let forms = self.sweep();
                self.begin_all(forms.into_iter().map(|form| (form, None)), seed);
            }
            BatchAction::Prompts => {
                let answer = (self.ask)(Question::Text);
                self.files
                    .wait(answer, |app, _, file| app.read_prompts(file));
            }
            BatchAction::Pictures => {
                let answer = (self.ask)(Question::Folder);
                self.files
                    .wait(answer, |app, _, folder| app.read_pictures(folder));
            }
        }
    }

    /// The forms of a sweep: every guidance with every shift, and each with LoRAs and without if that is wanted.
    fn sweep(&self) -> Vec<Form> {
        let SweepDraft {
            guidance,
            shift,
            without_loras,
        } = &self.desk.batch;
        let guidance = values(guidance, 0.0..=30.0);
        let shift = values(shift, 0.1..=100.0);
        let both = *without_loras && !self.form.request.sources.loras.is_empty();
        let loras: &[bool] = if both { &[true, false] } else { &[true] };
        let mut forms = Vec::new();
        for shift in &shift {
            for guidance in &guidance {
                for has_loras in loras {
                    let mut form = self.wanted().into_owned();
                    let sampling = &mut form.request.sampling;
                    sampling.guidance = guidance.map(Guidance::both).or(sampling.guidance);
                    sampling.shift = shift.or(sampling.shift);
                    if !has_loras {
                        form.request.sources.loras.clear();
                        form.few_steps = None;
                    }
                    forms.push(form);
                }
            }
        }
        if forms.len() < 2 {
            forms.clear();
        }
        forms.truncate(MOST);
        forms
    }

    /// Has the video of each form made, with this seed and the next ones.
    fn begin_all(&mut self, forms: impl Iterator<Item = (Form, Option<Size>)>, seed: u64) {
        let Some(model) = self.model().cloned() else {
            return;
        };
        self.sheet = None;
        let mut begun = 0;
        for (form, picture) in forms {
            let picture = picture.or(form.first.as_ref().map(|photo| photo.size));
            match form.plan_with(&model, picture, seed, "draft.mp4".into()) {
                Ok(plan) => {
                    begun += 1;
                    self.make_ready(Box::new(plan));
                }
                Err(refusal) => return self.tell((self.words().refusal)(&refusal), true),
            }
        }
        self.tell((self.words().batch.begun)(begun), false);
    }

    fn read_prompts(&mut self, file: PathBuf) {
        let read = move || {
            let text = disk::read(&file)?;
            let text = String::from_utf8_lossy(&text).into_owned();
            let lines = text.trim_start_matches('\u{feff}').lines().map(str::trim);
            let lines = lines.filter(|line| !is_blank(line)).take(MOST);
            let prompts: Vec<String> = lines.map(ToOwned::to_owned).collect();
            if prompts.is_empty() {
                return Err(Error::content(&file, "has no lines with prompts"));
            }
            Ok::<_, Error>(prompts)
        };
        self.files.ask(read, |app, _, prompts| match prompts {
            Ok(prompts) => {
                let form = app.wanted().into_owned();
                let forms = prompts.into_iter().map(|prompt| {
                    let mut form = form.clone();
                    form.request.prompt = prompt;
                    (form, None)
                });
                let seed = app.form.request.sampling.seed.unwrap_or_else(new_seed);
                app.begin_all(forms.collect::<Vec<_>>().into_iter(), seed);
            }
            Err(error) => app.warn(&error),
        });
    }

    fn read_pictures(&mut self, folder: PathBuf) {
        let read = move || pictures_in(&folder);
        self.files.ask(read, |app, _, pictures| match pictures {
            Ok(pictures) => {
                let form = app.wanted().into_owned();
                let forms = pictures.into_iter().map(|(path, size)| {
                    let mut form = form.clone();
                    form.request.sources.image = Some(path);
                    (form, Some(size))
                });
                let seed = app.form.request.sampling.seed.unwrap_or_else(new_seed);
                app.begin_all(forms.collect::<Vec<_>>().into_iter(), seed);
            }
            Err(error) => app.warn(&error),
        });
    }

    /// The records of the same video in other settings, with the same seed.
    fn swept(&self, record: &Record) -> Vec<&Record> {
        let own = &record.settings;
        let all = self.records.iter();
        let alike = all.filter(|other| {
            let other = &other.settings;
            other.prompt == own.prompt
                && other.sampling.seed == own.sampling.seed
                && other.canvas == own.canvas
                && other.origin.model == own.origin.model
        });
        alike.collect()
    }

    /// Whether there is a contact sheet of the clip on the stage.
    pub(super) fn has_contact_sheet(&self) -> bool {
        let player = self.player.as_ref();
        player.is_some_and(|player| self.swept(&player.record).len() > 1)
    }

    /// Shows it.
    pub(super) fn open_contact_sheet(&mut self, ctx: &Context) {
        if self.has_contact_sheet() {
            self.sheet = Some(Sheet::Contact);
            ctx.request_repaint();
        }
    }

    /// Guidance from left to right, shift and LoRAs from above.
    pub(super) fn contact_view(&self) -> Option<Contact<'_>> {
        let record = &self.player.as_ref()?.record;
        let swept = self.swept(record);
        let words = &self.words().batch;
        let guidance = |record: &Record| record.settings.sampling.guidance.to_string();
        let row = |record: &Record| {
            let sampling = &record.settings.sampling;
            let loras = record.settings.sources.loras.len();
            (words.row)(&crate::view::strings::short(sampling.shift), loras)
        };
        let mut columns: Vec<String> = swept.iter().map(|record| guidance(record)).collect();
        let mut rows: Vec<String> = swept.iter().map(|record| row(record)).collect();
        for names in [&mut columns, &mut rows] {
            names.sort_by(|a, b| number(a).total_cmp(&number(b)).then_with(|| a.cmp(b)));
            names.dedup();
        }
        let clock = self.clock();
        let places = swept.into_iter().map(|record| Place {
            row: rows
                .iter()
                .position(|name| *name == row(record))
                .unwrap_or(0),
            column: columns
                .iter()
                .position(|name| *name == guidance(record))
                .unwrap_or(0),
            cell: self.cell_of_record((record, None), clock),
        });
        let places = places.collect();
        Some(Contact {
            prompt: record.name(),
            seed: record.settings.sampling.seed,
            places,
            columns,
            rows,
        })
    }
}

/// The first number in a name.
fn number(name: &str) -> f64 {
    let digits = |c: char| c.is_ascii_digit() || c == '.';
    let start = name.find(digits).unwrap_or(name.len());
    let rest = &name[start..];
    let end = rest.find(|c| !digits(c)).unwrap_or(rest.len());
    rest[..end].parse().unwrap_or_default()
}

/// The numbers that were written, or none where nothing was: then the form's own counts.
fn values(written: &str, range: std::ops::RangeInclusive<f64>) -> Vec<Option<f64>> {
    let parts = written.split(|c: char| c == ',' || c == ';' || c == '，' || c.is_whitespace());
    let numbers = parts.filter_map(|part| part.trim().parse::<f64>().ok());
    let mut numbers: Vec<f64> = numbers.filter(|number| range.contains(number)).collect();
    numbers.dedup();
    if numbers.is_empty() {
        return vec![None];
    }
    numbers.into_iter().map(Some).collect()
}

/// The pictures of a folder by their names, each with its size.
fn pictures_in(folder: &Path) -> Result<Vec<(PathBuf, Size)>> {
    let entries = fs::read_dir(folder).map_err(Error::file("read", folder))?;
    let endings = dialogs::pictures(READS_MORE);
    let is_picture = |path: &PathBuf| {
        let ending = path.extension().unwrap_or_default().to_ascii_lowercase();
        endings.iter().any(|known| ending == *known)
    };
    let paths = entries.filter_map(|entry| Some(entry.ok()?.path()));
    let mut paths: Vec<PathBuf> = paths.filter(is_picture).collect();
    paths.sort();
    paths.truncate(MOST);
    if paths.is_empty() {
        return Err(Error::content(folder, "has no pictures"));
    }
    let sized = paths.into_iter().map(|path| {
        let size = photo::size(&path)?;
        Ok((path, size))
    });
    sized.collect()
}
