//! The *proxy* that the system's settings name. What is started from the desktop does not see the environment of a shell,
//! and on a Mac proxy programs set this one.

use super::native;

/// What the settings say.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Settings {
    /// The proxy for `https`: name or address, and port.
    pub https: Option<(String, u16)>,
    /// The one that speaks SOCKS.
    pub socks: Option<(String, u16)>,
    /// Whether a script is asked for the proxy of each address.
    pub script: bool,
    /// The servers that are reached without it: names, with a star for any beginning, and addresses.
    pub exceptions: Vec<String>,
    /// Whether names without a dot are reached without it.
    pub no_simple_names: bool,
}

/// The way to a server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Route {
    /// Straight to it.
    Direct,
    /// Through the proxy at this address, such as `http://proxy.example:8080`.
    Through(String),
    /// Through one that is not spoken here, and what it is called.
    Unspoken(&'static str),
}

impl Settings {
    /// Those of this system; where they stand in the environment alone, there are none.
    pub fn of_system() -> Self {
        native::proxy()
    }

    /// The way to the server `host`.
    pub fn route(&self, host: &str) -> Route {
        if self.spares(host) {
            return Route::Direct;
        }
        match (&self.https, &self.socks) {
            (Some((name, port)), _) => {
                let is_bare_address = name.contains(':') && !name.starts_with('[');
                let name = if is_bare_address {
                    format!("[{name}]")
                } else {
                    name.clone()
                };
                Route::Through(format!("http://{name}:{port}"))
            }
            (None, Some(_)) => Route::Unspoken("SOCKS"),
            (None, None) if self.script => Route::Unspoken("PAC"),
            (None, None) => Route::Direct,
        }
    }

    /// Whether this server is one of the exceptions.
    fn spares(&self, host: &str) -> bool {
        let host = host.trim_matches(['[', ']']).to_lowercase();
        let is_local = host == "localhost" || host == "::1" || host.starts_with("127.");
        let is_simple = self.no_simple_names && !host.contains(['.', ':']);
        let named = |exception: &String| {
            let exception = exception.trim().to_lowercase();
            match exception.strip_prefix('*') {
                Some(ending) => host.ends_with(ending) || host == ending.trim_start_matches('.'),
                None if exception.starts_with('.') => host.ends_with(&exception),
                None => host == exception,
            }
        };
        is_local || is_simple || self.exceptions.iter().any(named)
    }
}
