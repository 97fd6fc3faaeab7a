use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{mpsc, watch};

/// Answers one request after another with the replies it was given, then no more.
pub(crate) struct Server {
    base_url: String,
    seen: watch::Receiver<Vec<Request>>,
    _stop: mpsc::Sender<()>,
}

/// A request as it came.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    pub(crate) head: String,
    pub(crate) body: String,
}

impl Request {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| {
            let (key, value) = line.split_once(':')?;
            key.eq_ignore_ascii_case(name).then(|| value.trim())
        })
    }
}

impl Server {
    pub(crate) async fn start(replies: impl IntoIterator<Item = String>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base_url = format!("http://{}", listener.local_addr().unwrap());
        let (seen_in, seen) = watch::channel(Vec::new());
        let (stop, mut stopped) = mpsc::channel(1);
        let replies: Vec<String> = replies.into_iter().collect();
        tokio::spawn(async move {
            for reply in replies {
                let accepted = tokio::select! {
                    accepted = listener.accept() => accepted.unwrap().0,
                    _ = stopped.recv() => return,
                };
                let mut stream = accepted;
                let request = read(&mut stream).await;
                seen_in.send_modify(|seen| seen.push(request));
                // A client that has read enough closes early.
                let _ = stream.write_all(reply.as_bytes()).await;
            }
        });
        Self { base_url, seen, _stop: stop }
    }

    pub(crate) fn base_url(&self) -> &str {
        &self.base_url
    }

    pub(crate) async fn seen(&self) -> Vec<Request> {
        self.seen.borrow().clone()
    }
}

/// Writes a reply that ends its connection.
pub(crate) fn reply(status: u16, headers: &str, body: &str) -> String {
    format!(
        "HTTP/1.1 {status} X\r\nConnection: close\r\nContent-Length: {}\r\n{headers}\r\n{body}",
        body.len()
    )
}

pub(crate) fn json(status: u16, body: &str) -> String {
    reply(status, "Content-Type: application/json\r\n", body)
}

async fn read(stream: &mut TcpStream) -> Request {
    let mut bytes = Vec::new();
    let mut buffer = [0; 4096];
    loop {
        let text = String::from_utf8_lossy(&bytes);
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let request = Request { head: head.to_owned(), body: body.to_owned() };
            let length = request.header("content-length").map_or(0, |length| length.parse().unwrap());
            if request.body.len() >= length {
                return request;
            }
        }
        match stream.read(&mut buffer).await.unwrap() {
            0 => return Request { head: String::new(), body: String::new() },
            count => bytes.extend_from_slice(&buffer[..count]),
        }
    }
}
