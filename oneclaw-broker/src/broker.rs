use std::sync::Arc;
use std::time::{Duration, Instant};

use http::Method;
use oneclaw_api::{Clock, ExecuteStatus, ResponseMode, SecretValue, SystemClock, UpstreamReply};
use reqwest::{Certificate, Response};
use secrecy::ExposeSecret;
use thiserror::Error;

use crate::admission::Admission;
use crate::egress::{EgressError, Resolver, SystemResolver, classify};
use crate::memory::Memory;
use crate::reply::{self, Withheld};
use crate::transport::Transport;
use crate::{BindingSpec, BrokerError, PreparedRequest, Scrubber};

/// Sends requests with credentials that their senders never see.
///
/// One broker is shared by all calls of a process: it remembers which values to scrub, rates and suspensions.
#[derive(Debug)]
pub struct Broker {
    transport: Transport,
    memory: Memory,
    admission: Admission,
    clock: Arc<dyn Clock>,
}

/// How a call ended: scrubbed, so that it holds no form of a credential.
#[derive(Debug, Clone, PartialEq)]
pub struct Outcome {
    /// Whether the upstream's reply is handed out whole.
    pub status: ExecuteStatus,
    /// What the agent gets of the reply, if there is one.
    pub reply: Option<UpstreamReply>,
    /// Why there is none, or why its body is withheld: a sentence to act on.
    pub error: Option<String>,
    /// How many forms of credentials were removed.
    pub redactions: u32,
    /// How long it took.
    pub duration: Duration,
}

/// Makes a [`Broker`] with other parts than the usual ones.
#[derive(Debug)]
pub struct BrokerBuilder {
    resolver: Arc<dyn Resolver>,
    clock: Arc<dyn Clock>,
    roots: Vec<Certificate>,
}

/// Why there is no reply.
#[derive(Debug, Error)]
enum Failure {
    #[error("TLS can't be set up on this machine: it has no usable root certificates")]
    Setup,
    #[error("{0}")]
    Egress(EgressError),
    #[error("the upstream can't be reached, or its certificate is not valid for its name")]
    Connect,
    #[error("the upstream did not answer within {} ms; the request may have had its effect", .0.as_millis())]
    Timeout(Duration),
    #[error("the upstream's reply broke off or is no valid HTTP; the request may have had its effect")]
    Broken,
    #[error("the upstream's reply could not be scrubbed and is withheld; the request had its effect")]
    Scrub,
}

/// From this many bytes on, a body is scrubbed on a thread that may block.
const LARGE_BODY: usize = 64 * 1024;

impl Broker {
    /// Makes a broker with the operating system's resolver, clock and root certificates.
    #[must_use]
    pub fn new() -> Self {
        Self::builder().build()
    }

    /// Makes a broker with other parts than the usual ones.
    #[must_use]
    pub fn builder() -> BrokerBuilder {
        BrokerBuilder { resolver: Arc::new(SystemResolver), clock: Arc::new(SystemClock), roots: Vec::new() }
    }

    /// Sends a request with the value at the binding's place and returns its scrubbed outcome.
    ///
    /// `principal` is whom the scrubber remembers the value for; `binding_key` is what rate and suspension are counted
    /// by. Nothing is retried, and no redirect is followed.
    ///
    /// # Errors
    ///
    /// Fails before anything is sent: when the value can't be sent at the binding's place, when the request was
    /// prepared for another binding or holds a credential itself, when the binding is called too often or suspended.
    pub async fn execute(
        &self,
        principal: &str,
        binding_key: &str,
        spec: &BindingSpec,
        value: &SecretValue,
        request: &PreparedRequest,
    ) -> Result<Outcome, BrokerError> {
        if request.spec != *spec {
            return Err(BrokerError::OtherBinding);
        }
        spec.check_value(value)?;
        self.admission.admit(binding_key, spec.limits().per_minute, self.now())?;
        let scrubber = self.memory.remember(principal, value, self.now())?;
        if holds_a_value(&scrubber, request) {
            self.admission.record_hit(binding_key, self.now());
            return Err(BrokerError::ValueInRequest);
        }

        let started = Instant::now();
        let limit = spec.limits().duration;
        let sent = tokio::time::timeout(limit, self.send(spec, value, request)).await;
        let outcome = match sent.unwrap_or(Ok(Err(Failure::Timeout(limit))))? {
            Err(failure) => Outcome::failed(&failure, started.elapsed()),
            // Values that were injected while the call was under way are scrubbed too.
            Ok(received) => match self.memory.remember(principal, value, self.now()) {
                Ok(scrubber) => received.into_outcome(scrubber, spec, &request.method, started).await,
                Err(_) => Outcome::failed(&Failure::Scrub, started.elapsed()),
            },
        };
        if outcome.redactions > 0 {
            self.admission.record_hit(binding_key, self.now());
        }
        Ok(outcome)
    }

    /// Lifts the suspension of a binding, after its owner has looked at it.
    pub fn resume(&self, binding_key: &str) {
        self.admission.resume(binding_key);
    }

    async fn send(
        &self,
        spec: &BindingSpec,
        value: &SecretValue,
        request: &PreparedRequest,
    ) -> Result<Result<Received, Failure>, BrokerError> {
        // The resolver is not asked for a host that is an address.
        if let Some(class) =
            spec.base().address().map(classify).filter(|class| !spec.egress().permits(*class))
        {
            return Ok(Err(Failure::Egress(EgressError::Refused(class))));
        }
        let Ok(client) = self.transport.client(spec.egress()) else {
            return Ok(Err(Failure::Setup));
        };
        let mut headers = request.headers.clone();
        let parameter = spec.placement().apply(value.expose_secret(), &mut headers)?;
        let url = request.url(parameter.as_deref().map(String::as_str)).ok_or(BrokerError::ValueNotLegal)?;
        let mut call = client.request(request.method.clone(), url).headers(headers);
        if let Some(body) = &request.body {
            call = call.body(body.clone());
        }
        // Neither Display nor Debug of an error is ever shown: it may hold the address, and that a credential.
        let received = match call.send().await {
            Ok(response) => Received::read(response, spec).await,
            Err(error) => Err(Failure::from_send(&error)),
        };
        Ok(received)
    }

    fn now(&self) -> i64 {
        self.clock.now().as_second()
    }
}

impl Default for Broker {
    fn default() -> Self {
        Self::new()
    }
}

impl BrokerBuilder {
    /// Asks another resolver for the addresses of hosts; they are checked all the same.
    #[must_use]
    pub fn resolver(mut self, resolver: Arc<dyn Resolver>) -> Self {
        self.resolver = resolver;
        self
    }

    /// Takes the time from another clock.
    #[must_use]
    pub fn clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = clock;
        self
    }

    /// Trusts the certificates in a PEM text beside those of the operating system.
    ///
    /// # Errors
    ///
    /// Fails when the text is not PEM.
    pub fn root_certificates(mut self, pem: &[u8]) -> Result<Self, BrokerError> {
        let roots = Certificate::from_pem_bundle(pem).map_err(|_| BrokerError::RootCertificate)?;
        self.roots.extend(roots);
        Ok(self)
    }

    /// Makes the broker. The HTTP clients are made when first needed.
    #[must_use]
    pub fn build(self) -> Broker {
        Broker {
            transport: Transport::new(self.resolver, self.roots),
            memory: Memory::default(),
            admission: Admission::default(),
            clock: self.clock,
        }
    }
}

impl Outcome {
    fn failed(failure: &Failure, duration: Duration) -> Self {
        Self {
            status: ExecuteStatus::Failed,
            reply: None,
            error: Some(failure.to_string()),
            redactions: 0,
            duration,
        }
    }
}

impl Failure {
    fn from_send(error: &reqwest::Error) -> Self {
        match EgressError::find(error) {
            Some(refused) => Self::Egress(refused),
            None if error.is_connect() => Self::Connect,
            None => Self::Broken,
        }
    }
}

/// A reply as it came, not scrubbed yet.
struct Received {
    status: http::StatusCode,
    headers: http::HeaderMap,
    body: Result<Vec<u8>, Withheld>,
}

impl Received {
    async fn read(mut response: Response, spec: &BindingSpec) -> Result<Self, Failure> {
        let status = response.status();
        let headers = std::mem::take(response.headers_mut());
        let body = match (spec.response_mode(), reply::check_head(status, &headers)) {
            (ResponseMode::StatusOnly, _) => Ok(Vec::new()),
            (ResponseMode::Full, Err(reason)) => Err(reason),
            (ResponseMode::Full, Ok(())) => {
                let max = spec.limits().response_bytes;
                match collect(&mut response, max).await? {
                    Some(body) => reply::decode(&headers, body, max),
                    None => Err(Withheld::TooLarge { max }),
                }
            }
        };
        Ok(Self { status, headers, body })
    }

    async fn into_outcome(
        self,
        scrubber: Arc<Scrubber>,
        spec: &BindingSpec,
        method: &Method,
        started: Instant,
    ) -> Outcome {
        let Self { status, headers, body } = self;
        let scrubbed = match spec.response_mode() {
            ResponseMode::StatusOnly => Ok((reply::status_only(status), 0, None)),
            ResponseMode::Full if body.as_ref().is_ok_and(|body| body.len() >= LARGE_BODY) => {
                let method = method.clone();
                let work = move || reply::scrub(&scrubber, &method, status, &headers, body);
                tokio::task::spawn_blocking(work).await
            }
            ResponseMode::Full => Ok(reply::scrub(&scrubber, method, status, &headers, body)),
        };
        let duration = started.elapsed();
        match scrubbed {
            Ok((reply, redactions, withheld)) => Outcome {
                status: if withheld.is_some() { ExecuteStatus::Failed } else { ExecuteStatus::Succeeded },
                reply: Some(reply),
                error: withheld.map(|reason| reason.to_string()),
                redactions,
                duration,
            },
            Err(_) => Outcome::failed(&Failure::Scrub, duration),
        }
    }
}

/// Reads a body of at most `max` bytes; nothing when there are more.
async fn collect(response: &mut Response, max: u64) -> Result<Option<Vec<u8>>, Failure> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|_| Failure::Broken)? {
        if u64::try_from(body.len() + chunk.len()).map_or(true, |len| len > max) {
            return Ok(None);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(Some(body))
}

/// Tells whether an agent's part of a request holds a form of a value: a credential stands at its one place only
/// (INV-4).
fn holds_a_value(scrubber: &Scrubber, request: &PreparedRequest) -> bool {
    let body = request.body.as_deref().unwrap_or_default();
    scrubber.count(body) > 0
        || scrubber.count(request.query.as_bytes()) > 0
        || request.agent_text.iter().any(|text| scrubber.count(text) > 0)
}
