//! The *hub* as a server: how it is asked, and what its refusals mean.

use std::env;
use std::path::PathBuf;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use ureq::config::RedirectAuthHeaders;
use ureq::http::{Response, StatusCode, header};
use ureq::tls::{RootCerts, TlsConfig};
use ureq::{Agent, Body, Proxy};
use url::Url;

use super::super::folders;
use super::answer::{Answer, Failure, Question};
use super::wait::{GoOn, pause};
use crate::disk;
use crate::error::{Error, Result};
use crate::job::{NetworkFault, Problem};
use crate::platform::proxy::{Route, Settings};

/// How often in a row nothing may come of a request: half a minute.
pub(super) const TRIES: u32 = 6;

/// How often no server may be reached while files come: ten minutes. Waking from sleep, another network, or a page that wants
/// to be agreed to take that long.
pub(super) const TRIES_WITHOUT_NETWORK: u32 = 24;

/// Waits grow no longer than 32 times the first one.
const MOST_DOUBLINGS: u32 = 5;

/// A connection that brings nothing for so long is given up.
const SILENCE: Duration = Duration::from_secs(15);

/// How often in a row a server may send us on.
const REDIRECTS: usize = 10;

/// Where models are published.
#[derive(Clone, Debug)]
pub struct Hub {
    agent: Agent,
    /// Without a slash at the end.
    endpoint: String,
    token: Option<String>,
    /// The system's proxy; none where the environment names one, which `ureq` takes by itself.
    proxy: Settings,
    /// How long to wait before the second try; before later ones twice as long each time.
    patience: Duration,
}

impl Hub {
    /// The server at this address, asked in the name of a token's owner if there is one.
    pub fn new(endpoint: &str, token: Option<String>) -> Self {
        let crypto = Arc::new(rustls::crypto::ring::default_provider());
        let tls = TlsConfig::builder()
            .root_certs(RootCerts::PlatformVerifier)
            .unversioned_rustls_crypto_provider(crypto)
            .build();
        let config = Agent::config_builder()
            .tls_config(tls)
            .user_agent(concat!("zoetrope/", env!("CARGO_PKG_VERSION")))
            .http_status_as_error(false)
            // They are followed here, since the token concerns no other server, be it one of the same host.
            .max_redirects(0)
            .redirect_auth_headers(RedirectAuthHeaders::Never)
            .timeout_connect(Some(SILENCE))
            .timeout_per_read(Some(SILENCE))
            .build();
        Self {
            agent: config.new_agent(),
            endpoint: endpoint.trim().trim_end_matches('/').to_owned(),
            token,
            proxy: if Proxy::try_from_env().is_some() {
                Settings::default()
            } else {
                Settings::of_system()
            },
            patience: Duration::from_secs(1),
        }
    }

    /// Takes this proxy instead of the system's.
    #[must_use]
    pub fn with_proxy(mut self, proxy: Settings) -> Self {
        self.proxy = proxy;
        self
    }

    /// The hub that the environment names, as Hugging Face's own programs find it: `HF_ENDPOINT`, and the token in
    /// `HF_TOKEN` or in a file of the folder that `HF_HOME` names.
    ///
    /// `huggingface_hub/constants.py`.
    pub fn of_environment() -> Self {
        let text = |name: &str| env::var(name).ok().filter(|text| !text.trim().is_empty());
        let saved = || {
            let place = text("HF_TOKEN_PATH").map(PathBuf::from);
            let place = place.or_else(|| Some(folders::hub_home()?.join("token")))?;
            disk::read_text(&place).ok() // none is usual: most people have no token
        };
        let token = text("HF_TOKEN").or_else(saved);
        let token = token.map(|token| token.trim().to_owned());
        let endpoint = text("HF_ENDPOINT").unwrap_or_else(|| "https://huggingface.co".into());
        Self::new(&endpoint, token.filter(|token| !token.is_empty()))
    }

    /// Waits so long before a second try, and longer before later ones.
    #[must_use]
    pub fn with_patience(mut self, patience: Duration) -> Self {
        self.patience = patience;
        self
    }

    /// Tries until it succeeds, and waits longer and longer between tries of which nothing comes.
    ///
    /// # Errors
    /// It never will succeed, nothing came [`TRIES`] times in a row or no server was reached `without_network` times, or
    /// `go_on` wants no more.
    pub(super) fn persist<T>(
        &self,
        without_network: u32,
        go_on: GoOn,
        mut attempt: impl FnMut(GoOn) -> Result<T, Failure>,
    ) -> Result<T> {
        let mut failed = 0;
        loop {
            let wait = match attempt(go_on) {
                Ok(outcome) => return Ok(outcome),
                Err(Failure::Lasting(error)) => return Err(error),
                Err(Failure::Unreachable(error)) if failed + 1 >= without_network => {
                    return Err(error);
                }
                Err(Failure::Unreachable(_)) => {
                    failed += 1;
                    None
                }
                Err(Failure::Passing(error, _)) if failed + 1 >= TRIES => return Err(error),
                Err(Failure::Passing(_, wait)) => {
                    failed += 1;
                    wait
                }
                Err(Failure::Broken) => {
                    failed = 0;
                    None
                }
            };
            let doublings = failed.saturating_sub(1).min(MOST_DOUBLINGS);
            pause(wait.unwrap_or(self.patience * 2_u32.pow(doublings)), go_on)?;
        }
    }

    /// Asks, on a thread of its own, so that nobody has to wait for a server that is silent.
    pub(super) fn ask(&self, question: Question, go_on: GoOn) -> Result<Answer, Failure> {
        let hub = self.clone();
        let (answer, tell) = Answer::expected();
        let thread = thread::Builder::new().name("hub".into());
        let work = move || tell.tell(hub.get(&question));
        thread
            .spawn(work)
            .map_err(|error| Failure::Lasting(Error::from(Problem::NoThread(error.to_string()))))?;
        answer.begin(go_on)
    }

    /// The response to a question, from whatever server it is that has it.
    fn get(&self, question: &Question) -> Result<Response<Body>, Failure> {
        let mut url = self.url(question)?;
        let home = url.origin();
        for _ in 0..=REDIRECTS {
            let mut request = self.agent.get(url.as_str());
            let route = self.proxy.route(url.host_str().unwrap_or_default());
            if let Route::Through(address) = &route {
                let proxy = Proxy::new(address).ok();
                request = request.config().proxy(proxy).build();
            }
            // Bytes are counted, so they must be those of the file.
            request = request.header(header::ACCEPT_ENCODING, "identity");
            if let Some(token) = self.token.as_ref().filter(|_| url.origin() == home) {
                request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
            }
            if question.from > 0 {
                request = request.header(header::RANGE, format!("bytes={}-", question.from));
            }
            match request.call() {
                Ok(response) if response.status().is_success() => return Ok(response),
                Ok(response) => match next_place(&url, &response) {
                    Some(next) => url = next,
                    None => return Err(self.refused(&question.path, &response)),
                },
                Err(ureq::Error::BadUri(_) | ureq::Error::Http(_)) => return Err(self.no_hub()),
                Err(error) => return Err(Failure::Unreachable(self.lost(&error, &route))),
            }
        }
        Err(Failure::Lasting(Error::Other(format!(
            "{} sends from one address to the next without end: correct HF_ENDPOINT",
            self.endpoint
        ))))
    }

    fn url(&self, question: &Question) -> Result<Url, Failure> {
        let url = Url::parse(&self.endpoint).ok();
        let url = url.filter(|url| ["http", "https"].contains(&url.scheme()));
        let mut url = url.ok_or_else(|| self.no_hub())?;
        url.path_segments_mut()
            .map_err(|()| self.no_hub())?
            .pop_if_empty()
            .extend(question.path.split('/'));
        url.set_query(question.query);
        Ok(url)
    }

    fn no_hub(&self) -> Failure {
        let hub = &self.endpoint;
        Failure::Lasting(Error::Other(format!(
            "{hub} is no address of a hub: set HF_ENDPOINT to one like https://huggingface.co"
        )))
    }

    fn refused(&self, path: &str, response: &Response<Body>) -> Failure {
        let place = format!("{}/{path}", self.endpoint);
        let says = |fault| {
            let address = place.clone();
            Error::from(Problem::Network { address, fault })
        };
        match response.status() {
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => {
                Failure::Lasting(says(NetworkFault::Forbidden))
            }
            StatusCode::NOT_FOUND | StatusCode::GONE => {
                Failure::Lasting(says(NetworkFault::NotFound))
            }
            StatusCode::TOO_MANY_REQUESTS => {
                Failure::Passing(says(NetworkFault::Busy), retry_after(response))
            }
            status if status.is_server_error() || status == StatusCode::REQUEST_TIMEOUT => {
                let fault = NetworkFault::Unavailable(status.to_string());
                Failure::Passing(says(fault), retry_after(response))
            }
            status => Failure::Lasting(says(NetworkFault::Unexpected(status.to_string()))),
        }
    }

    /// The server did not answer, perhaps because it is reached only in a way that is not spoken here.
    fn lost(&self, error: &ureq::Error, route: &Route) -> Error {
        let Route::Unspoken(kind) = route else {
            return self.unreachable(error);
        };
        let fault = NetworkFault::Unreachable(format!(
            "{error}; the system's settings name a {kind} proxy, which is not used: set an HTTPS proxy there"
        ));
        Error::from(Problem::Network {
            address: self.endpoint.clone(),
            fault,
        })
    }

    /// The server did not answer, or stopped in the middle.
    pub(super) fn unreachable(&self, error: &dyn std::error::Error) -> Error {
        Error::from(Problem::Network {
            address: self.endpoint.clone(),
            fault: NetworkFault::Unreachable(error.to_string()),
        })
    }
}

/// Where a server sends us on to, if it does.
fn next_place(url: &Url, response: &Response<Body>) -> Option<Url> {
    let location = response.headers().get(header::LOCATION)?.to_str().ok()?;
    let next = url.join(location).ok()?;
    let is_web = ["http", "https"].contains(&next.scheme());
    (response.status().is_redirection() && is_web).then_some(next)
}

fn retry_after(response: &Response<Body>) -> Option<Duration> {
    let seconds = response.headers().get(header::RETRY_AFTER)?.to_str().ok()?;
    // A server that asks for more than this is better asked again by the user.
    Some(Duration::from_secs(
        seconds.trim().parse::<u64>().ok()?.min(60),
    ))
}
