//! *Stacks*: variations of a video lie as one, and fan out where one of them is looked at.

use std::cell::RefCell;
use std::collections::{HashMap, HashSet};

use super::App;
use crate::job::{Clock, Record};
use crate::platform;
use crate::view::action::Shown;
use crate::view::cell::Stack;

/// Which stack each record belongs to.
#[derive(Debug, Default)]
pub struct Stacks {
    /// What a record is made of does not change.
    known: RefCell<HashMap<String, u64>>,
    /// Those that were fanned out in the library.
    open: HashSet<u64>,
}

impl Stacks {
    /// The stack of a record.
    pub fn of(&self, record: &Record) -> u64 {
        let mut known = self.known.borrow_mut();
        if let Some(stack) = known.get(&record.id) {
            return *stack;
        }
        let stack = record.stack();
        known.insert(record.id.clone(), stack);
        stack
    }

    /// Fans one out, or lays it together again.
    pub fn turn(&mut self, stack: u64) {
        if !self.open.remove(&stack) {
            self.open.insert(stack);
        }
    }
}

impl App {
    /// Records as they are laid out: those of a stack together, and of one that lies as one, the first alone.
    pub(super) fn stacked<'a>(
        &self,
        records: &[&'a Record],
        in_library: bool,
    ) -> Vec<(&'a Record, Option<Stack>)> {
        let mut stacks: HashMap<u64, Vec<&'a Record>> = HashMap::new();
        let mut order = Vec::new();
        for record in records {
            let members = stacks.entry(self.gallery.stacks.of(record)).or_default();
            if members.is_empty() {
                order.push(self.gallery.stacks.of(record));
            }
            members.push(*record);
        }
        let is_looked_at = |record: &&Record| {
            let is_shown = matches!(&self.shown, Shown::Record(id) if *id == record.id);
            is_shown || self.gallery.selected.contains(&record.id)
        };
        let mut laid = Vec::new();
        for key in order {
            let members = stacks.remove(&key).unwrap_or_default();
            if members.len() < 2 {
                laid.extend(members.into_iter().map(|record| (record, None)));
                continue;
            }
            let is_open = if in_library {
                self.gallery.stacks.open.contains(&key)
            } else {
                members.iter().any(is_looked_at)
            };
            let count = members.len();
            let seen = if is_open { count } else { 1 };
            let members = members.into_iter().take(seen);
            laid.extend(members.enumerate().map(|(place, record)| {
                let stack = Stack {
                    key,
                    count,
                    is_open,
                    is_first: place == 0,
                    fans: in_library,
                };
                (record, Some(stack))
            }));
        }
        laid
    }

    /// What time it is here.
    #[expect(clippy::unused_self, reason = "a window has one clock")]
    pub(super) fn clock(&self) -> Clock {
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
        Clock {
            now: now.unwrap_or_default().as_millis() as u64,
            ahead: platform::ahead,
        }
    }
}
