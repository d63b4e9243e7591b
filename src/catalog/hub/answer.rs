//! What the hub is asked, and its *answer*, which comes piece by piece on a thread of its own.

use std::io::{self, Read};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::time::Duration;

use ureq::Body;
use ureq::http::{Response, StatusCode, header};

use super::wait::{self, GoOn};
use crate::error::Error;

/// How much is read at once.
const BLOCK: usize = 1 << 18;

/// How many blocks may wait to be written.
const WAITING: usize = 4;

/// What is wanted of the hub.
#[derive(Clone, Debug)]
pub struct Question {
    /// Where it is, from the hub's address on.
    pub path: String,
    /// What stands behind the question mark of the address.
    pub query: Option<&'static str>,
    /// The first byte that is wanted.
    pub from: u64,
}

impl Question {
    /// For what is at this path.
    pub fn of(path: impl Into<String>) -> Self {
        Self {
            path: path.into(),
            query: None,
            from: 0,
        }
    }
}

/// An answer whose content is still coming.
pub struct Answer {
    /// Whether it is all of it, or the rest that was asked for.
    pub status: StatusCode,
    /// Which part of the file it says that it is.
    pub range: Option<String>,
    /// How many bytes it says will come.
    pub length: Option<u64>,
    blocks: Receiver<io::Result<Vec<u8>>>,
}

/// Why a request was not fulfilled.
#[derive(Debug)]
pub enum Failure {
    /// The connection broke, but something had come by then.
    Broken,
    /// No server is reached, or it says nothing.
    Unreachable(Error),
    /// Another try may do better, after this long where the server says so.
    Passing(Error, Option<Duration>),
    /// No other try would.
    Lasting(Error),
}

/// An answer of which nothing is known yet.
pub struct Expected {
    head: Receiver<Result<Head, Failure>>,
    blocks: Receiver<io::Result<Vec<u8>>>,
}

/// The end at which it comes in.
pub struct Teller {
    head: SyncSender<Result<Head, Failure>>,
    blocks: SyncSender<io::Result<Vec<u8>>>,
}

struct Head {
    status: StatusCode,
    range: Option<String>,
    length: Option<u64>,
}

impl Answer {
    /// Both ends of one.
    pub fn expected() -> (Expected, Teller) {
        let (head, heads) = sync_channel(1);
        let (sender, blocks) = sync_channel(WAITING);
        let teller = Teller {
            head,
            blocks: sender,
        };
        (
            Expected {
                head: heads,
                blocks,
            },
            teller,
        )
    }

    /// The next bytes of the content, at least one; none at its end. The inner error is that of the connection.
    pub fn next(&mut self, go_on: GoOn) -> Result<io::Result<Option<Vec<u8>>>, Failure> {
        let block = wait::next(&self.blocks, go_on).map_err(Failure::Lasting)?;
        Ok(block.transpose())
    }
}

impl Expected {
    /// Waits until the server answers.
    pub fn begin(self, go_on: GoOn) -> Result<Answer, Failure> {
        let head = wait::next(&self.head, go_on).map_err(Failure::Lasting)?;
        let Head {
            status,
            range,
            length,
        } = head.unwrap_or(Err(Failure::Broken))?;
        Ok(Answer {
            status,
            range,
            length,
            blocks: self.blocks,
        })
    }
}

impl Teller {
    /// Tells a response, and its content until that ends or nobody wants more of it.
    pub fn tell(self, response: Result<Response<Body>, Failure>) {
        let mut response = match response {
            Ok(response) => response,
            Err(failure) => return drop(self.head.send(Err(failure))),
        };
        let range = response.headers().get(header::CONTENT_RANGE);
        let head = Head {
            status: response.status(),
            range: range.map(|range| String::from_utf8_lossy(range.as_bytes()).into_owned()),
            length: response.body().content_length(),
        };
        if self.head.send(Ok(head)).is_err() {
            return;
        }
        let mut body = response.body_mut().as_reader();
        loop {
            let mut block = vec![0; BLOCK];
            let read = body.read(&mut block);
            let is_over = !matches!(read, Ok(1..));
            let block = read.map(|count| {
                block.truncate(count);
                block
            });
            if matches!(&block, Ok(block) if block.is_empty())
                || self.blocks.send(block).is_err()
                || is_over
            {
                return;
            }
        }
    }
}
