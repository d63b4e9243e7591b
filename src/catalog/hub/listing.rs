//! What a repository holds: every file with its length and its checksum, at one revision.

use std::path::{Component, Path};

use serde::Deserialize;

use super::answer::Failure;
use super::answer::{Answer as Coming, Question};
use super::checksum::Checksum;
use super::client::{Hub, TRIES};
use super::wait::GoOn;
use crate::error::{Error, Result};

/// No listing is larger.
const LARGEST: usize = 64 << 20;

/// The files of a repository.
#[derive(Debug)]
pub struct Listing {
    /// OWNER/NAME.
    pub repository: String,
    /// The hash of the commit.
    pub revision: String,
    /// In the order of their paths.
    pub files: Vec<Listed>,
}

/// One file.
#[derive(Clone, Debug)]
pub struct Listed {
    /// In the repository.
    pub path: String,
    /// Its length in bytes.
    pub size: u64,
    /// That of its content.
    pub checksum: Checksum,
}

#[derive(Deserialize)]
struct Answer {
    sha: String,
    siblings: Vec<Sibling>,
}

#[derive(Deserialize)]
struct Sibling {
    #[serde(rename = "rfilename")]
    path: String,
    size: Option<u64>,
    #[serde(rename = "blobId")]
    blob: Option<String>,
    lfs: Option<Large>,
}

#[derive(Deserialize)]
struct Large {
    sha256: String,
    size: u64,
}

impl Listing {
    /// The newest revision of a repository.
    ///
    /// # Errors
    /// The hub cannot be reached, has no such repository or does not let it be seen, or its answer makes no sense; or
    /// `go_on` wants no more.
    pub fn of(hub: &Hub, repository: &str, go_on: GoOn) -> Result<Self> {
        let question = Question {
            query: Some("blobs=true"),
            ..Question::of(format!("api/models/{repository}/revision/main"))
        };
        let text = hub.persist(TRIES, go_on, |go_on| {
            let answer = hub.ask(question.clone(), go_on)?;
            whole(hub, repository, answer, go_on)
        })?;
        let answer: Answer = serde_json::from_slice(&text)
            .map_err(|error| senseless(repository, &error.to_string()))?;
        if !is_hash(&answer.sha, 40) {
            return Err(senseless(repository, "its revision is no hash"));
        }
        let files = answer.siblings.into_iter().filter_map(Sibling::listed);
        Ok(Self {
            repository: repository.into(),
            revision: answer.sha,
            files: files.collect(),
        })
    }

    /// The files that this pattern names, in which one `*` stands for any part of a name.
    ///
    /// # Errors
    /// There is none.
    pub fn matching<'a>(&'a self, pattern: &'a str) -> Result<Vec<&'a Listed>> {
        let files: Vec<_> = self
            .files
            .iter()
            .filter(|file| matches(pattern, &file.path))
            .collect();
        if files.is_empty() {
            let Self { repository, .. } = self;
            let problem = format!(
                "The hub has no {pattern} in {repository} any more: choose another precision"
            );
            return Err(Error::Other(problem));
        }
        Ok(files)
    }
}

impl Sibling {
    /// None for what has no plain place in a folder, or no checksum.
    fn listed(self) -> Option<Listed> {
        let (size, checksum) = match (self.lfs, self.blob) {
            (Some(large), _) if is_hash(&large.sha256, 64) => {
                (large.size, Checksum::Sha256(large.sha256))
            }
            (None, Some(blob)) if is_hash(&blob, 40) => (self.size?, Checksum::Git(blob)),
            _ => return None,
        };
        let mut parts = Path::new(&self.path).components();
        let is_plain = parts.all(|part| matches!(part, Component::Normal(_)));
        is_plain.then_some(Listed {
            path: self.path,
            size,
            checksum,
        })
    }
}

/// All that comes of a listing.
fn whole(hub: &Hub, repository: &str, mut answer: Coming, go_on: GoOn) -> Result<Vec<u8>, Failure> {
    let mut text = Vec::new();
    loop {
        match answer.next(go_on)? {
            Ok(Some(block)) => text.extend(block),
            Ok(None) => return Ok(text),
            Err(error) => return Err(Failure::Unreachable(hub.unreachable(&error))),
        }
        if text.len() > LARGEST {
            return Err(Failure::Lasting(senseless(repository, "it does not end")));
        }
    }
}

fn senseless(repository: &str, why: &str) -> Error {
    Error::Other(format!(
        "What the hub says about {repository} makes no sense ({why})"
    ))
}

fn is_hash(text: &str, digits: usize) -> bool {
    text.len() == digits
        && text
            .bytes()
            .all(|digit| matches!(digit, b'0'..=b'9' | b'a'..=b'f'))
}

fn matches(pattern: &str, path: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == path,
        Some((start, end)) => path
            .strip_prefix(start)
            .and_then(|rest| rest.strip_suffix(end))
            .is_some_and(|name| !name.contains('/')),
    }
}
