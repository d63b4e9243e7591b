//! A hub on this machine, with the whims of a real one.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::fmt::Write as _;
use std::io::{BufRead, BufReader, Read as _, Write as _};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex};
use std::thread;
use std::time::Duration;

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

/// The commit of every repository.
pub const REVISION: &str = "0123456789abcdef0123456789abcdef01234567";

/// Files up to this length are not kept as large ones.
const SMALL: usize = 100;

/// What the server does once instead of sending the file.
#[derive(Clone, Debug)]
pub enum Whim {
    /// Ends the connection after so many bytes of the body.
    Drop(usize),
    /// The same, but it did not say how many there would be.
    Unmeasured(usize),
    /// Refuses.
    Status(u16),
    /// Refuses for so many seconds.
    TooMany(u64),
    /// Sends as many other bytes.
    Wrong,
    /// Sends all, whatever part it was asked for.
    Whole,
    /// Announces so many bytes more than there are.
    Longer(usize),
    /// Sends so many bytes less, and announces that.
    Shorter(usize),
    /// Waits until so many requests of the kind are waiting.
    Meet(usize),
    /// Says nothing, for as long as anybody waits.
    Silence,
}

/// A request for the content of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// OWNER/NAME/PATH.
    pub file: String,
    /// The first byte that is wanted.
    pub from: usize,
}

#[derive(Default)]
struct State {
    files: BTreeMap<String, Vec<u8>>,
    /// What the listing says of a file instead of the truth.
    lies: HashMap<String, Value>,
    whims: HashMap<String, VecDeque<Whim>>,
    asked: Vec<Asked>,
    tokens: Vec<(String, String)>,
    waiting: usize,
    /// The address that contents lie under, instead of this server's own.
    contents: Option<String>,
    /// The address of the server that has the listings.
    listings: Option<String>,
    /// Whether listings are asked for in vain.
    is_silent: bool,
    is_asked: bool,
}

struct Shared {
    port: u16,
    state: Mutex<State>,
    met: Condvar,
}

/// Serves until the program ends.
pub struct Server(Arc<Shared>);

impl Server {
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let shared = Arc::new(Shared {
            port: listener.local_addr().unwrap().port(),
            state: Mutex::default(),
            met: Condvar::new(),
        });
        let server = Self(Arc::clone(&shared));
        begin(move || {
            for stream in listener.incoming().flatten() {
                let shared = Arc::clone(&shared);
                begin(move || shared.answer(&stream));
            }
        });
        server
    }

    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.0.port)
    }

    /// Puts a file into a repository: OWNER/NAME/PATH.
    pub fn put(&self, file: &str, content: &[u8]) {
        let mut state = self.0.state.lock().unwrap();
        state.files.insert(file.into(), content.to_vec());
    }

    /// Lets the listing say something else about a file than is true.
    pub fn lie(&self, file: &str, entry: Value) {
        let mut state = self.0.state.lock().unwrap();
        state.lies.insert(file.into(), entry);
    }

    /// What happens at the next requests for a file.
    pub fn misbehave(&self, file: &str, whims: &[Whim]) {
        let mut state = self.0.state.lock().unwrap();
        state
            .whims
            .insert(file.into(), whims.iter().cloned().collect());
    }

    /// Sends on to `place` for the contents: an address, or the beginning of a path on this server.
    pub fn keep_contents_at(&self, place: &str) {
        self.0.state.lock().unwrap().contents = Some(place.into());
    }

    /// Sends on to another server for the listings.
    pub fn keep_listings_at(&self, other: &Self) {
        self.0.state.lock().unwrap().listings = Some(other.url());
    }

    /// Answers no request for a listing.
    pub fn fall_silent(&self) {
        self.0.state.lock().unwrap().is_silent = true;
    }

    /// Returns when somebody has asked for anything.
    pub fn wait_for_a_question(&self) {
        let state = self.0.state.lock().unwrap();
        let met = &self.0.met;
        drop(met.wait_while(state, |state| !state.is_asked).unwrap());
    }

    /// The requests for contents since the last call.
    pub fn asked(&self) -> Vec<Asked> {
        std::mem::take(&mut self.0.state.lock().unwrap().asked)
    }

    /// Where which token was shown.
    pub fn tokens(&self) -> Vec<(String, String)> {
        self.0.state.lock().unwrap().tokens.clone()
    }
}

impl Shared {
    fn answer(&self, stream: &TcpStream) {
        let mut lines = BufReader::new(stream).lines().map_while(Result::ok);
        let Some(first) = lines.next() else { return };
        let path = first.split(' ').nth(1).unwrap().to_owned();
        let headers: HashMap<String, String> = lines
            .take_while(|line| !line.is_empty())
            .filter_map(|line| {
                let (name, value) = line.split_once(':')?;
                Some((name.to_lowercase(), value.trim().to_owned()))
            })
            .collect();
        if let Some(token) = headers.get("authorization") {
            let mut state = self.state.lock().unwrap();
            state.tokens.push((path.clone(), token.clone()));
        }
        let from = headers.get("range").map_or(0, |range| {
            let from = range
                .strip_prefix("bytes=")
                .and_then(|range| range.strip_suffix('-'));
            from.unwrap().parse().unwrap()
        });
        let (elsewhere, contents, is_silent) = {
            let mut state = self.state.lock().unwrap();
            state.is_asked = true;
            self.met.notify_all();
            (
                state.listings.clone(),
                state.contents.clone(),
                state.is_silent,
            )
        };
        if path.starts_with("/api/") && is_silent {
            until_it_is_left(stream);
        } else if let Some(other) = elsewhere.filter(|_| path.starts_with("/api/")) {
            head(stream, 307, &[("Location", &(other + &path))], 0);
        } else if let Some(repository) = path.strip_prefix("/api/models/") {
            let repository = repository
                .strip_suffix("/revision/main?blobs=true")
                .unwrap();
            self.send_listing(stream, repository);
        } else if let Some(file) = path.strip_prefix("/content/") {
            self.send_file(stream, file, from);
        } else {
            // The contents lie on another host, as with the real hub.
            let place = path.replacen(&format!("/resolve/{REVISION}"), "", 1);
            let host = format!("http://localhost:{}", self.port);
            let location = format!("{}/content{place}", contents.unwrap_or(host));
            head(stream, 302, &[("Location", &location)], 0);
        }
        let _ = stream.shutdown(Shutdown::Both);
    }

    fn send_listing(&self, stream: &TcpStream, repository: &str) {
        let state = self.state.lock().unwrap();
        let inside = state.files.iter().filter_map(|(file, content)| {
            let path = file.strip_prefix(repository)?.strip_prefix('/')?;
            let lie = state.lies.get(file).cloned();
            Some(lie.unwrap_or_else(|| entry(path, content)))
        });
        let siblings: Vec<Value> = inside.collect();
        if siblings.is_empty() {
            return head(stream, 404, &[], 0);
        }
        let text = json!({ "sha": REVISION, "siblings": siblings }).to_string();
        head(stream, 200, &[], text.len());
        send(stream, text.as_bytes());
    }

    fn send_file(&self, stream: &TcpStream, file: &str, from: usize) {
        let (content, whim) = {
            let mut state = self.state.lock().unwrap();
            state.asked.push(Asked {
                file: file.into(),
                from,
            });
            let whim = state.whims.get_mut(file).and_then(VecDeque::pop_front);
            (state.files[file].clone(), whim)
        };
        let (status, start) = match whim {
            Some(Whim::Whole) => (200, 0),
            _ if from > 0 => (206, from),
            _ => (200, 0),
        };
        let range = format!("bytes {start}-{}/{}", content.len() - 1, content.len());
        let ranges: &[(&str, &str)] = &[("Content-Range", &range)];
        let headers = if status == 206 { ranges } else { &[] };
        let body = &content[start..];
        match whim {
            Some(Whim::Silence) => until_it_is_left(stream),
            None | Some(Whim::Whole) => {
                head(stream, status, headers, body.len());
                send(stream, body);
            }
            Some(Whim::Drop(count)) => {
                head(stream, status, headers, body.len());
                send(stream, &body[..count]);
            }
            Some(Whim::Unmeasured(count)) => {
                head(stream, status, headers, None);
                send(stream, &body[..count]);
            }
            Some(Whim::Status(status)) => head(stream, status, &[], 0),
            Some(Whim::TooMany(seconds)) => {
                head(stream, 429, &[("Retry-After", &seconds.to_string())], 0);
            }
            Some(Whim::Wrong) => {
                head(stream, status, headers, body.len());
                send(stream, &vec![b'?'; body.len()]);
            }
            Some(Whim::Longer(count)) => {
                head(stream, status, headers, body.len() + count);
                send(stream, body);
            }
            Some(Whim::Shorter(count)) => {
                head(stream, status, headers, body.len() - count);
                send(stream, &body[..body.len() - count]);
            }
            Some(Whim::Meet(count)) => {
                let mut state = self.state.lock().unwrap();
                state.waiting += 1;
                self.met.notify_all();
                let long = Duration::from_secs(10);
                let too_few = |state: &mut State| state.waiting < count;
                let (state, late) = self.met.wait_timeout_while(state, long, too_few).unwrap();
                drop(state);
                let status = if late.timed_out() { 404 } else { status };
                head(stream, status, headers, body.len());
                send(stream, body);
            }
        }
    }
}

/// Sends nothing, until the other side has had enough.
fn until_it_is_left(mut stream: &TcpStream) {
    let _ = stream.set_read_timeout(Some(Duration::from_mins(2)));
    let _ = stream.read(&mut [0]);
}

fn begin(work: impl FnOnce() + Send + 'static) {
    thread::Builder::new()
        .name("hub".into())
        .spawn(work)
        .unwrap();
}

/// As the hub lists a file.
fn entry(path: &str, content: &[u8]) -> Value {
    let size = content.len();
    let mut entry = json!({ "rfilename": path, "size": size, "blobId": git(content) });
    if size > SMALL {
        entry["lfs"] = json!({ "sha256": hex(&Sha256::digest(content)), "size": size });
    }
    entry
}

/// The hash by which git knows a file.
pub fn git(content: &[u8]) -> String {
    let header = format!("blob {}\0", content.len());
    hex(&sha1::Sha1::digest([header.as_bytes(), content].concat()))
}

pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut hex, byte| {
        write!(hex, "{byte:02x}").unwrap();
        hex
    })
}

fn head(
    stream: &TcpStream,
    status: u16,
    headers: &[(&str, &str)],
    length: impl Into<Option<usize>>,
) {
    let length = length
        .into()
        .map(|length| format!("Content-Length: {length}\r\n"));
    let headers = headers
        .iter()
        .map(|(name, value)| format!("{name}: {value}\r\n"));
    let headers: String = headers.chain(length).collect();
    let text = format!("HTTP/1.1 {status} -\r\n{headers}Connection: close\r\n\r\n");
    send(stream, text.as_bytes());
}

/// That the other side has had enough is no concern of ours.
fn send(mut stream: &TcpStream, bytes: &[u8]) {
    let _ = stream.write_all(bytes);
}
