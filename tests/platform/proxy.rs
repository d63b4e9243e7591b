//! The proxy of the system's settings.

use zoetrope::platform::proxy::{Route, Settings};

fn through() -> Settings {
    Settings {
        https: Some(("proxy.example".into(), 8080)),
        ..Settings::default()
    }
}

const HUB: &str = "huggingface.co";

/// Breaks when the window cannot download behind a proxy that every other program uses.
#[test]
fn the_https_proxy_is_taken() {
    let route = Route::Through("http://proxy.example:8080".into());
    assert_eq!(through().route(HUB), route);
    let settings = Settings {
        https: Some(("fd00::1".into(), 3128)),
        ..Settings::default()
    };
    assert_eq!(
        settings.route(HUB),
        Route::Through("http://[fd00::1]:3128".into())
    );
    assert_eq!(Settings::default().route(HUB), Route::Direct);
}

/// Breaks when a hub in the house is asked for through the proxy, which does not know it.
#[test]
fn exceptions_are_reached_directly() {
    let settings = Settings {
        exceptions: vec![
            "*.local".into(),
            "mirror.example".into(),
            ".corp".into(),
            " 10.0.0.7".into(),
        ],
        no_simple_names: true,
        ..through()
    };
    for direct in [
        "hub.local",
        "mirror.example",
        "MIRROR.example",
        "models.corp",
        "10.0.0.7",
        "nas",
        "localhost",
        "127.0.0.1",
        "[::1]",
    ] {
        assert_eq!(settings.route(direct), Route::Direct, "{direct}");
    }
    for other in [
        HUB,
        "notmirror.example",
        "a.mirror.example",
        "local.example",
        "10.0.0.70",
        "corp.example",
    ] {
        assert!(
            matches!(settings.route(other), Route::Through(_)),
            "{other}"
        );
    }
    let everything = Settings {
        exceptions: vec!["*".into()],
        ..through()
    };
    assert_eq!(everything.route(HUB), Route::Direct);
}

/// Breaks when a proxy that is not spoken here is passed over in silence: then the sentence says "try again later".
#[test]
fn what_is_not_spoken_is_told() {
    let socks = Settings {
        socks: Some(("127.0.0.1".into(), 1080)),
        ..Settings::default()
    };
    assert_eq!(socks.route(HUB), Route::Unspoken("SOCKS"));
    let script = Settings {
        script: true,
        ..Settings::default()
    };
    assert_eq!(script.route(HUB), Route::Unspoken("PAC"));
    // One that is spoken comes first.
    let both = Settings {
        socks: Some(("127.0.0.1".into(), 1080)),
        ..through()
    };
    assert!(matches!(both.route(HUB), Route::Through(_)));
}
