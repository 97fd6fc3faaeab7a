use std::error::Error;
use std::time::Duration;

use http::Method;
use http::header::{AUTHORIZATION, HeaderValue, RETRY_AFTER};
use oneclaw_api::{Problem, ProblemKind};
use reqwest::redirect;
use zeroize::Zeroizing;

use crate::request::{Reply, Request};
use crate::{BaseUrl, ClientError};

/// No reply of the vault is longer: a value has 1 MiB at most, 6 MiB with every character escaped.
const MAX_REPLY_BYTES: usize = 16 << 20;
/// How often a request is sent at most.
const MAX_TRIES: u32 = 3;
/// The longest wait that a vault may ask for before it is a failure.
const MAX_WAIT: Duration = Duration::from_secs(5);
/// The wait after the first connection that failed; it grows four times with each.
const FIRST_WAIT: Duration = Duration::from_millis(50);
/// How long a request may take that waits for other work.
const LONG_TIMEOUT: Duration = Duration::from_secs(300);

/// Sends requests to one vault: no redirects, no proxies, bounded replies, and retries only where nothing can have
/// happened.
#[derive(Debug)]
pub(crate) struct Transport {
    base: BaseUrl,
    http: reqwest::Client,
    timeout: Duration,
}

/// Why there is no reply, and whether sending the request again is safe.
struct Failure {
    problem: Problem,
    retry: Option<Duration>,
}

impl Transport {
    pub(crate) fn new(
        base: BaseUrl,
        connect_timeout: Duration,
        timeout: Duration,
    ) -> Result<Self, ClientError> {
        let mut builder = reqwest::Client::builder()
            .user_agent(concat!("oneclaw-client/", env!("CARGO_PKG_VERSION")))
            .connect_timeout(connect_timeout)
            .redirect(redirect::Policy::none())
            .retry(reqwest::retry::never())
            .referer(false)
            // A proxy on the way would see every value; whoever needs one puts it in front of the vault.
            .no_proxy();
        builder = if base.is_https() {
            builder.https_only(true)
        } else {
            // Plain http needs no certificates, and a small machine may have none.
            builder.tls_certs_only([])
        };
        #[cfg(unix)]
        if let Some(socket) = base.socket() {
            builder = builder.unix_socket(socket);
        }
        let http = builder.build().map_err(ClientError::Tls)?;
        Ok(Self { base, http, timeout })
    }

    pub(crate) const fn base(&self) -> &BaseUrl {
        &self.base
    }

    /// Sends a request and returns the reply, or the problem that the vault or the way to it has.
    pub(crate) async fn send(&self, request: &Request, token: Option<&str>) -> Result<Reply, Problem> {
        let mut wait = FIRST_WAIT;
        let mut tries = 1;
        loop {
            match self.send_once(request, token).await {
                Ok(reply) => return Ok(reply),
                Err(Failure { problem, retry: Some(asked) }) if tries < MAX_TRIES => {
                    tracing::debug!(method = %request.method, tries, %problem, "sending the request again");
                    tokio::time::sleep(asked.max(wait)).await;
                    wait = wait.saturating_mul(4);
                    tries += 1;
                }
                Err(Failure { problem, .. }) => return Err(problem),
            }
        }
    }

    async fn send_once(&self, request: &Request, token: Option<&str>) -> Result<Reply, Failure> {
        let url = format!("{}{}", self.base.prefix(), request.target);
        let timeout = if request.is_long { self.timeout.max(LONG_TIMEOUT) } else { self.timeout };
        let mut sent =
            self.http.request(request.method.clone(), url).timeout(timeout).headers(request.headers.clone());
        if let Some(token) = token {
            sent = sent.header(AUTHORIZATION, bearer(token)?);
        }
        if let Some(body) = &request.body {
            sent = sent.body(body.clone());
        }
        let mut response = sent.send().await.map_err(|error| self.unreachable(&error))?;
        let status = response.status();
        let retry_after = response
            .headers()
            .get(RETRY_AFTER)
            .and_then(|value| value.to_str().ok())
            .and_then(|value| value.parse::<u32>().ok());
        let body = self.read(&mut response).await?;
        if status.is_success() {
            return Ok(Reply { status, body });
        }
        let problem = Problem::from_reply(status.as_u16(), &body, retry_after);
        let wait = retry_after.map(|seconds| Duration::from_secs(u64::from(seconds)));
        // 503 says that nothing has changed, but a write is the caller's to repeat.
        let safe = request.method == Method::GET && problem.kind() == ProblemKind::Unavailable;
        Err(Failure { problem, retry: wait.filter(|wait| safe && *wait <= MAX_WAIT) })
    }

    /// Reads a bounded body into memory that is wiped and never grows.
    async fn read(&self, response: &mut reqwest::Response) -> Result<Zeroizing<Vec<u8>>, Failure> {
        let mut chunks = Vec::new();
        let mut length = 0_usize;
        while let Some(chunk) = response.chunk().await.map_err(|error| self.broken(&error))? {
            length = length.saturating_add(chunk.len());
            if length > MAX_REPLY_BYTES {
                return Err(Failure::last(Problem::new(
                    ProblemKind::Internal,
                    format!("the reply of {} is larger than 16 MiB; check that it is a vault", self.base),
                )));
            }
            chunks.push(chunk);
        }
        let mut body = Zeroizing::new(Vec::with_capacity(length));
        for chunk in &chunks {
            body.extend_from_slice(chunk);
        }
        Ok(body)
    }

    fn unreachable(&self, error: &reqwest::Error) -> Failure {
        if !error.is_connect() {
            return self.broken(error);
        }
        // Nothing was sent, so sending again is safe whatever the method; only a cause that may pass is worth it.
        let cause = root_cause(error);
        let refused = cause
            .downcast_ref::<std::io::Error>()
            .is_some_and(|cause| cause.kind() == std::io::ErrorKind::ConnectionRefused);
        let problem = Problem::new(
            ProblemKind::Unreachable,
            format!(
                "no vault answers at {} ({cause}); start it with `oneclaw serve` or check ONECLAW_BASE_URL",
                self.base
            ),
        );
        Failure { problem, retry: refused.then_some(Duration::ZERO) }
    }

    fn broken(&self, error: &reqwest::Error) -> Failure {
        let base = &self.base;
        let detail = if error.is_timeout() {
            format!("the vault at {base} did not answer in time; what was asked may have happened")
        } else {
            format!("the connection to the vault at {base} broke; what was asked may have happened")
        };
        Failure::last(Problem::new(ProblemKind::Unreachable, detail))
    }
}

impl Failure {
    const fn last(problem: Problem) -> Self {
        Self { problem, retry: None }
    }
}

fn bearer(token: &str) -> Result<HeaderValue, Failure> {
    let mut text = Zeroizing::new(String::with_capacity("Bearer ".len() + token.len()));
    text.push_str("Bearer ");
    text.push_str(token);
    let mut value = HeaderValue::from_str(&text).map_err(|_| {
        Failure::last(Problem::new(ProblemKind::Internal, "the vault's token is not one a header can hold"))
    })?;
    value.set_sensitive(true);
    Ok(value)
}

fn root_cause(error: &reqwest::Error) -> &(dyn Error + 'static) {
    let mut cause: &(dyn Error + 'static) = error;
    while let Some(next) = cause.source() {
        cause = next;
    }
    cause
}
