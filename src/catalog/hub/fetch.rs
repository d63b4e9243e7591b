//! One file, however often the connection breaks.

use std::io::ErrorKind;

use ureq::http::StatusCode;

use super::answer::Failure;
use super::answer::{Answer, Question};
use super::client::{Hub, TRIES_WITHOUT_NETWORK};
use super::destination::Item;
use super::partial::{self, Partial};
use super::progress::ProgressMeter;
use crate::disk::{check_space_for_download, folder_of};
use crate::error::{Error, Result};

/// Lets the rest of the file come, and puts it in its place if it is what was published. One that is there already is
/// read, and comes again if it is damaged. The meter has counted the bytes that [`Item::there`] told.
///
/// # Errors
/// It does not come, comes wrong twice, cannot be read or written, or the download was stopped. What came is kept, unless
/// it was wrong.
pub fn fetch(hub: &Hub, item: &Item, counted: u64, meter: &ProgressMeter) -> Result<()> {
    meter.check()?;
    if item.is_whole() && partial::is_as_published(item, meter)? {
        return Ok(());
    }
    let mut partial = Partial::open(item, meter)?;
    // Of a file that is there and damaged, nobody has counted that it comes again.
    check_space_for_download(folder_of(&item.partial), item.size - partial.length())?;
    meter.take_back(counted);
    meter.add(partial.length())?;
    for _ in 0..2 {
        hub.persist(TRIES_WITHOUT_NETWORK, &mut || meter.check(), |_| {
            receive(hub, item, &mut partial, meter)
        })?;
        if partial.is_as_published() {
            return partial.finish();
        }
        discard(&mut partial, meter)?;
    }
    let problem = "failed its checksum twice and was deleted: try again later";
    Err(Error::content(item.place(), problem))
}

/// Asks for what is missing, and takes what comes.
fn receive(
    hub: &Hub,
    item: &Item,
    partial: &mut Partial,
    meter: &ProgressMeter,
) -> Result<(), Failure> {
    if partial.is_complete() {
        return Ok(());
    }
    let go_on = &mut || meter.check();
    let question = Question {
        from: partial.length(),
        ..Question::of(&*item.path)
    };
    let mut answer = hub.ask(question, go_on)?;
    if answer.status == StatusCode::OK {
        // The server sends all of it, whatever it was asked for.
        discard(partial, meter).map_err(Failure::Lasting)?;
    }
    check_length(item, partial.length(), &answer)?;
    let start = partial.length();
    while !partial.is_complete() {
        let missing = usize::try_from(item.size - partial.length()).unwrap_or(usize::MAX);
        match answer.next(go_on)? {
            Ok(Some(block)) => {
                let block = &block[..block.len().min(missing)];
                partial.append(block).map_err(Failure::Lasting)?;
                meter.add(block.len() as u64).map_err(Failure::Lasting)?;
            }
            _ if partial.length() > start => return Err(Failure::Broken),
            ended => {
                let error = ended.err().unwrap_or(ErrorKind::UnexpectedEof.into());
                return Err(Failure::Unreachable(hub.unreachable(&error)));
            }
        }
    }
    Ok(())
}

/// Checks that the server means to send the rest of this file and no other.
fn check_length(item: &Item, start: u64, answer: &Answer) -> Result<(), Failure> {
    let expected = format!("bytes {start}-{}/{}", item.size - 1, item.size);
    let is_rest = match &answer.range {
        Some(range) => *range == expected,
        None => start == 0,
    };
    let rest = item.size - start;
    if is_rest && answer.length.is_none_or(|length| length == rest) {
        return Ok(());
    }
    let problem = "is announced with another length than it was published with: try again later";
    Err(Failure::Passing(
        Error::content(item.place(), problem),
        None,
    ))
}

fn discard(partial: &mut Partial, meter: &ProgressMeter) -> Result<()> {
    meter.take_back(partial.length());
    partial.restart()
}
