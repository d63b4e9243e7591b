//! One file, however often the connection breaks.

use std::io::{self, Read};

use ureq::Body;
use ureq::http::{Response, StatusCode, header};

use super::client::{Failure, Hub};
use super::destination::Item;
use super::partial::Partial;
use super::progress::ProgressMeter;
use crate::error::{Error, Result};

/// How much is read at once.
const BLOCK: usize = 1 << 18;

/// Lets the rest of the file come, and puts it in its place if it is what was published.
///
/// # Errors
/// It does not come, comes wrong twice, cannot be written, or the download was stopped. What came is kept, unless it
/// was wrong.
pub fn fetch(hub: &Hub, item: &Item, meter: &ProgressMeter) -> Result<()> {
    meter.check()?;
    let mut partial = Partial::open(item, meter)?;
    for _ in 0..2 {
        hub.persist(meter, || receive(hub, item, &mut partial, meter))?;
        if partial.is_as_published() {
            return partial.finish();
        }
        discard(&mut partial, meter)?;
    }
    let problem =
        "came twice with other bytes than were published, and was thrown away: try again later";
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
    let mut response = hub.get(&item.url, partial.length())?;
    if response.status() == StatusCode::OK {
        // The server sends all of it, whatever it was asked for.
        discard(partial, meter).map_err(Failure::Lasting)?;
    }
    check_length(item, partial.length(), &response)?;
    let mut body = response.body_mut().as_reader();
    let mut block = vec![0; BLOCK];
    let start = partial.length();
    while !partial.is_complete() {
        let missing = usize::try_from(item.size - partial.length()).unwrap_or(BLOCK);
        match some(body.read(&mut block[..missing.min(BLOCK)])) {
            Ok(count) => {
                partial.append(&block[..count]).map_err(Failure::Lasting)?;
                meter.add(count as u64).map_err(Failure::Lasting)?;
            }
            Err(_) if partial.length() > start => return Err(Failure::Broken),
            Err(error) => return Err(Failure::Passing(hub.unreachable(&error), None)),
        }
    }
    Ok(())
}

/// At least a byte: there must be more.
fn some(read: io::Result<usize>) -> io::Result<usize> {
    match read {
        Ok(0) => Err(io::ErrorKind::UnexpectedEof.into()),
        read => read,
    }
}

/// Checks that the server means to send the rest of this file and no other.
fn check_length(item: &Item, start: u64, response: &Response<Body>) -> Result<(), Failure> {
    let range = response.headers().get(header::CONTENT_RANGE);
    let expected = format!("bytes {start}-{}/{}", item.size - 1, item.size);
    let is_rest = match range {
        Some(range) => range.as_bytes() == expected.as_bytes(),
        None => start == 0,
    };
    let length = response.body().content_length();
    if is_rest && length.is_none_or(|length| length == item.size - start) {
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
