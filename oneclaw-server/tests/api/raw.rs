use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// Speaks HTTP/1.1 byte by byte: nothing is encoded, normalised or followed.
#[derive(Clone)]
pub(crate) struct Raw {
    address: String,
    headers: String,
}

#[derive(Debug)]
pub(crate) struct RawReply {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: String,
}

impl Raw {
    pub(crate) fn new(base_url: &str) -> Self {
        let address = base_url.strip_prefix("http://").unwrap().to_owned();
        let headers = format!("Host: {address}\r\n");
        Self { address, headers }
    }

    pub(crate) fn address(&self) -> &str {
        &self.address
    }

    pub(crate) fn bearer(self, token: &str) -> Self {
        self.header("Authorization", &format!("Bearer {token}"))
    }

    pub(crate) fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push_str(&format!("{name}: {value}\r\n"));
        self
    }

    pub(crate) fn without_host(mut self) -> Self {
        self.headers = self
            .headers
            .lines()
            .filter(|line| !line.starts_with("Host:"))
            .map(|line| format!("{line}\r\n"))
            .collect();
        self
    }

    pub(crate) async fn get(&self, target: &str) -> RawReply {
        self.send("GET", target, "").await
    }

    pub(crate) async fn send(&self, method: &str, target: &str, body: &str) -> RawReply {
        let Self { address: _, headers } = self;
        let length = body.len();
        self.exchange(&format!(
            "{method} {target} HTTP/1.1\r\n{headers}Content-Type: application/json\r\nContent-Length: {length}\r\n\
             Connection: close\r\n\r\n{body}"
        ))
        .await
    }

    pub(crate) async fn exchange(&self, request: &str) -> RawReply {
        let mut stream = TcpStream::connect(&self.address).await.unwrap();
        // A server that refuses a large body answers before it has read it.
        let _ = stream.write_all(request.as_bytes()).await;
        let mut bytes = Vec::new();
        let _ = stream.read_to_end(&mut bytes).await;
        let text = String::from_utf8(bytes).unwrap();
        let (head, body) = text.split_once("\r\n\r\n").unwrap_or((&text, ""));
        let status = head.split(' ').nth(1).map_or(0, |status| status.parse().unwrap());
        RawReply { status, head: head.to_owned(), body: body.to_owned() }
    }
}

impl RawReply {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| {
            let (key, value) = line.split_once(':')?;
            key.eq_ignore_ascii_case(name).then(|| value.trim())
        })
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|_| panic!("{} is not JSON", self.body))
    }

    /// Returns the names of the fields of an object, in order; of a list, those of its first item.
    pub(crate) fn fields(&self, pointer: &str) -> Vec<String> {
        let json = self.json();
        let object = json.pointer(pointer).and_then(Value::as_object);
        let mut names: Vec<String> =
            object.unwrap_or_else(|| panic!("{pointer} of {json}")).keys().cloned().collect();
        names.sort();
        names
    }

    /// Asserts that this is problem details with a status, and returns the detail.
    #[track_caller]
    pub(crate) fn problem(&self, status: u16) -> String {
        assert_eq!(self.status, status, "{}\n{}", self.head, self.body);
        assert_eq!(self.header("content-type"), Some("application/problem+json"));
        assert_eq!(self.json()["status"], status);
        self.json()["detail"].as_str().unwrap().to_owned()
    }
}
