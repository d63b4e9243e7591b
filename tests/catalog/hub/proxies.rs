//! The proxy of the system's settings, between us and the hub.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::path::PathBuf;
use std::thread;
use std::time::Duration;

use zoetrope::catalog::hub::{Destination, Download, Hub};
use zoetrope::job::{Published, WeightFormat};
use zoetrope::platform::proxy::Settings;

/// A proxy that lets nothing through, and what it was asked first.
fn proxy() -> (u16, thread::JoinHandle<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let asked = thread::Builder::new().name("proxy".into()).spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut line = String::new();
        BufReader::new(&stream).read_line(&mut line).unwrap();
        // That nobody reads the answer any more is no matter.
        let _ = stream.write_all(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n");
        line
    });
    (port, asked.unwrap())
}

/// What is said of a model that is asked for through `settings`.
fn problem(endpoint: &str, settings: Settings) -> String {
    let hub = Hub::new(endpoint, None)
        .with_proxy(settings)
        .with_patience(Duration::from_millis(1));
    let what = (Published::Ti2v5B, WeightFormat::Fp16);
    let place = Destination::Cache(PathBuf::from("/nowhere"));
    let plan = Download::plan(&hub, what, place, &[], &mut || Ok(()));
    plan.unwrap_err().to_string()
}

/// Breaks when the window, which sees no environment of a shell, goes past the proxy that the system names.
#[test]
fn the_systems_proxy_is_asked_for_the_hub() {
    let (port, asked) = proxy();
    let settings = Settings {
        https: Some(("127.0.0.1".into(), port)),
        ..Settings::default()
    };
    problem("http://hub.invalid", settings);
    let line = asked.join().unwrap();
    assert!(line.contains("hub.invalid"), "{line}");
}

/// Breaks when people behind a proxy that is not spoken here are told to try again later.
#[test]
fn a_proxy_that_is_not_spoken_is_named() {
    let settings = Settings {
        socks: Some(("127.0.0.1".into(), 1)),
        ..Settings::default()
    };
    let sentence = problem("http://hub.invalid", settings);
    assert!(sentence.contains("SOCKS proxy"), "{sentence}");
}
