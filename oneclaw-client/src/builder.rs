use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use oneclaw_api::{ApiKey, Clock, SystemClock};

use crate::transport::Transport;
use crate::{BaseUrl, Client, ClientError};

const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
const TIMEOUT: Duration = Duration::from_secs(30);

/// Collects what a [`Client`] needs: an address and a key.
pub struct ClientBuilder {
    base_url: Option<String>,
    key: Option<ApiKey>,
    clock: Arc<dyn Clock>,
    connect_timeout: Duration,
    timeout: Duration,
    insecure_http: bool,
}

impl ClientBuilder {
    pub(crate) fn new() -> Self {
        Self {
            base_url: None,
            key: None,
            clock: Arc::new(SystemClock),
            connect_timeout: CONNECT_TIMEOUT,
            timeout: TIMEOUT,
            insecure_http: false,
        }
    }

    /// Sets where the vault is: `https://host[:port]`, `http://127.0.0.1:port` or `unix:PATH`.
    #[must_use]
    pub fn base_url(mut self, base_url: impl Into<String>) -> Self {
        self.base_url = Some(base_url.into());
        self
    }

    /// Sets the key of the agent that the client acts as.
    #[must_use]
    pub fn agent_key(mut self, key: ApiKey) -> Self {
        self.key = Some(key);
        self
    }

    /// Sets the key of the person that the client acts as.
    #[must_use]
    pub fn user_key(mut self, key: ApiKey) -> Self {
        self.key = Some(key);
        self
    }

    /// Sets the clock that tokens expire by; the machine's unless said.
    #[must_use]
    pub fn clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = clock;
        self
    }

    /// Sets how long a connection may take; 5 s unless said.
    #[must_use]
    pub const fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.connect_timeout = timeout;
        self
    }

    /// Sets how long a request may take; 30 s unless said. Executions and the verification of the audit log, which
    /// wait for other work, have 5 minutes at least.
    #[must_use]
    pub const fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// Allows plain http to another machine, where whoever is on the way reads keys and values.
    #[must_use]
    pub const fn allow_insecure_http(mut self) -> Self {
        self.insecure_http = true;
        self
    }

    /// Builds the client; nothing is sent yet.
    ///
    /// # Errors
    ///
    /// Fails without an address and a key, for plain http to another machine that was not allowed, and for https when
    /// this machine has no root certificates.
    pub fn build(self) -> Result<Client, ClientError> {
        let Self { base_url, key, clock, connect_timeout, timeout, insecure_http } = self;
        let base_url: BaseUrl = base_url.ok_or(ClientError::MissingBaseUrl)?.parse()?;
        let key = key.ok_or(ClientError::MissingKey)?;
        if base_url.is_exposed() && !insecure_http {
            return Err(ClientError::InsecureHttp { base_url: base_url.to_string() });
        }
        let transport = Transport::new(base_url, connect_timeout, timeout)?;
        Ok(Client::new(transport, key, clock))
    }
}

impl fmt::Debug for ClientBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientBuilder").field("key", &self.key).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use oneclaw_api::ApiKeyKind;

    use super::*;

    fn key() -> ApiKey {
        ApiKey::generate(ApiKeyKind::Agent).unwrap()
    }

    #[test]
    fn a_client_needs_an_address_and_a_key() {
        assert!(matches!(
            Client::builder().agent_key(key()).build().unwrap_err(),
            ClientError::MissingBaseUrl
        ));
        assert!(matches!(
            Client::builder().base_url("http://127.0.0.1:1").build().unwrap_err(),
            ClientError::MissingKey
        ));
    }

    #[test]
    fn plain_http_to_another_machine_must_be_allowed() {
        let builder = || Client::builder().base_url("http://192.0.2.1").agent_key(key());
        assert!(matches!(builder().build().unwrap_err(), ClientError::InsecureHttp { .. }));
        assert!(builder().allow_insecure_http().build().is_ok());
    }

    #[tokio::test]
    async fn a_certificate_is_asked_for_and_a_plain_server_is_told_apart() {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base_url = format!("https://{}", listener.local_addr().unwrap());
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let _ = tokio::io::AsyncWriteExt::write_all(&mut stream, b"HTTP/1.1 200 OK\r\n\r\n").await;
            }
        });
        let client = match Client::builder().base_url(&base_url).agent_key(key()).build() {
            Ok(client) => client,
            // A machine without root certificates says so when the client is built.
            Err(error) => return assert!(matches!(error, ClientError::Tls(_)), "{error}"),
        };
        let problem = oneclaw_api::VaultApi::health(&client).await.unwrap_err();
        assert_eq!(problem.kind(), oneclaw_api::ProblemKind::Unreachable);
        assert!(problem.detail().contains(&base_url), "{problem}");
    }

    #[test]
    fn a_client_shows_its_address_and_not_its_key() {
        let client = Client::builder().base_url("unix:/run/oneclaw.sock").agent_key(key()).build().unwrap();
        assert_eq!(format!("{client:?}"), "Client(unix:/run/oneclaw.sock as ApiKey(ocv_…))");
    }
}
