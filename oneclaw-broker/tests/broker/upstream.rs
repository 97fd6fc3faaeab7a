//! A hostile upstream: raw bytes over TCP on loopback, in whatever pieces a test wants.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// A request as it came over the wire.
#[derive(Debug, Clone)]
pub(crate) struct Seen {
    pub(crate) raw: Vec<u8>,
}

impl Seen {
    pub(crate) fn head(&self) -> String {
        let raw = String::from_utf8_lossy(&self.raw).into_owned();
        raw.split("\r\n\r\n").next().unwrap().to_owned()
    }

    pub(crate) fn target(&self) -> String {
        self.head().split(' ').nth(1).unwrap().to_owned()
    }

    pub(crate) fn header(&self, name: &str) -> Option<String> {
        self.head().lines().skip(1).find_map(|line| {
            let (key, value) = line.split_once(": ")?;
            key.eq_ignore_ascii_case(name).then(|| value.to_owned())
        })
    }
}

/// What the upstream does with a request.
pub(crate) enum Act {
    /// Writes the pieces, each in a segment of its own, and closes.
    Write(Vec<Vec<u8>>),
    /// Never answers.
    Hang,
}

pub(crate) struct Upstream {
    pub(crate) address: SocketAddr,
    seen: Arc<Mutex<Vec<Seen>>>,
}

impl Upstream {
    pub(crate) async fn start(act: impl Fn(&Seen) -> Act + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let seen = Arc::new(Mutex::new(Vec::new()));
        let (act, record) = (Arc::new(act), Arc::clone(&seen));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, Arc::clone(&act), Arc::clone(&record)));
            }
        });
        Self { address, seen }
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    pub(crate) fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }
}

async fn serve(
    mut stream: TcpStream,
    act: Arc<impl Fn(&Seen) -> Act>,
    record: Arc<Mutex<Vec<Seen>>>,
) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    let Some(seen) = read_request(&mut stream).await else { return Ok(()) };
    record.lock().unwrap().push(seen.clone());
    match act(&seen) {
        Act::Write(pieces) => {
            for piece in pieces {
                stream.write_all(&piece).await?;
                stream.flush().await?;
            }
            stream.shutdown().await
        }
        Act::Hang => stream.read_to_end(&mut Vec::new()).await.map(drop),
    }
}

/// Reads a head and the body that its `Content-Length` announces.
async fn read_request(stream: &mut TcpStream) -> Option<Seen> {
    let mut raw = Vec::new();
    let mut buffer = [0; 4096];
    loop {
        let end = raw.windows(4).position(|window| window == b"\r\n\r\n").map(|at| at + 4);
        if let Some(end) = end {
            let seen = Seen { raw: raw.clone() };
            let length = seen.header("content-length").map_or(0, |length| length.parse().unwrap());
            if raw.len() >= end + length {
                return Some(seen);
            }
        }
        match stream.read(&mut buffer).await {
            Ok(len) if len > 0 => raw.extend_from_slice(&buffer[..len]),
            _ => return None,
        }
    }
}

/// Writes a reply with its length.
pub(crate) fn reply(status: &str, headers: &[(&str, &[u8])], body: &[u8]) -> Vec<u8> {
    let mut raw = format!("HTTP/1.1 {status}\r\nContent-Length: {}\r\n", body.len()).into_bytes();
    for (name, value) in headers {
        raw.extend_from_slice(name.as_bytes());
        raw.extend_from_slice(b": ");
        raw.extend_from_slice(value);
        raw.extend_from_slice(b"\r\n");
    }
    raw.extend_from_slice(b"\r\n");
    raw.extend_from_slice(body);
    raw
}

/// Writes a reply in chunks of HTTP/1.1, with trailers.
pub(crate) fn chunked(headers: &[(&str, &[u8])], body: &[u8], size: usize, trailers: &[u8]) -> Vec<u8> {
    let mut raw = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n".to_vec();
    for (name, value) in headers {
        raw.extend_from_slice(name.as_bytes());
        raw.extend_from_slice(b": ");
        raw.extend_from_slice(value);
        raw.extend_from_slice(b"\r\n");
    }
    raw.extend_from_slice(b"\r\n");
    for chunk in body.chunks(size) {
        raw.extend_from_slice(format!("{:x}\r\n", chunk.len()).as_bytes());
        raw.extend_from_slice(chunk);
        raw.extend_from_slice(b"\r\n");
    }
    raw.extend_from_slice(b"0\r\n");
    raw.extend_from_slice(trailers);
    raw.extend_from_slice(b"\r\n");
    raw
}
