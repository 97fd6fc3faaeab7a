//! A service on loopback that refuses every request without the key, and repeats the key to those that have it: the
//! worst upstream that still works.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use zeroize::Zeroizing;

const MAX_HEAD_BYTES: u64 = 16 * 1024;
const PATIENCE: Duration = Duration::from_secs(10);

/// The service; it stops when it is dropped.
#[derive(Debug)]
pub(super) struct Upstream {
    address: SocketAddr,
    serving: JoinHandle<()>,
}

impl Upstream {
    /// Starts the service on a free port. `authorization` is the header's text that it accepts.
    pub(super) async fn start(authorization: Zeroizing<String>) -> std::io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let authorization = Arc::new(authorization);
        let serving = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let authorization = Arc::clone(&authorization);
                tokio::spawn(async move {
                    // A client that goes away is no concern of the service.
                    let _ = tokio::time::timeout(PATIENCE, answer(stream, &authorization)).await;
                });
            }
        });
        Ok(Self { address, serving })
    }

    /// Returns the address below which it answers.
    pub(super) fn base_url(&self) -> String {
        format!("http://{}/v1/", self.address)
    }

    /// Asks without a key and returns the status.
    pub(super) async fn status_without_key(&self) -> std::io::Result<String> {
        let mut stream = TcpStream::connect(self.address).await?;
        stream.write_all(b"GET /v1/whoami HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").await?;
        let mut reply = Vec::new();
        stream.take(MAX_HEAD_BYTES).read_to_end(&mut reply).await?;
        let line = String::from_utf8_lossy(&reply);
        Ok(line.split(' ').nth(1).unwrap_or_default().to_owned())
    }
}

impl Drop for Upstream {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

async fn answer(mut stream: TcpStream, authorization: &str) -> std::io::Result<()> {
    let mut head = Zeroizing::new(Vec::with_capacity(1024));
    while !head.ends_with(b"\r\n\r\n") {
        let byte = stream.read_u8().await?;
        head.push(byte);
        if head.len() as u64 > MAX_HEAD_BYTES {
            return Ok(());
        }
    }
    let reply = Zeroizing::new(match carries(&head, authorization) {
        true => {
            let body = Zeroizing::new(format!("{{\"service\":\"demo\",\"you_sent\":\"{authorization}\"}}"));
            format!(
                "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nX-Echo: {authorization}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{}",
                body.len(),
                *body
            )
        }
        false => "HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".to_owned(),
    });
    stream.write_all(reply.as_bytes()).await?;
    stream.shutdown().await
}

fn carries(head: &[u8], authorization: &str) -> bool {
    let Ok(head) = std::str::from_utf8(head) else { return false };
    head.lines()
        .skip(1)
        .filter_map(|line| line.split_once(':'))
        .any(|(name, value)| name.eq_ignore_ascii_case("authorization") && value.trim() == authorization)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_whole_key_in_its_header_opens() {
        let head = |line: &str| format!("GET / HTTP/1.1\r\nHost: x\r\n{line}\r\n\r\n").into_bytes();
        for (line, opens) in [
            ("Authorization: Bearer k1", true),
            ("authorization:Bearer k1", true),
            ("Authorization: Bearer k", false),
            ("Authorization: Bearer k12", false),
            ("X-Authorization: Bearer k1", false),
            ("Accept: Bearer k1", false),
        ] {
            assert_eq!(carries(&head(line), "Bearer k1"), opens, "{line}");
        }
    }

    #[tokio::test]
    async fn a_request_without_the_key_is_refused() {
        let upstream = Upstream::start(Zeroizing::new("Bearer k1".to_owned())).await.unwrap();
        assert_eq!(upstream.status_without_key().await.unwrap(), "401");
    }
}
