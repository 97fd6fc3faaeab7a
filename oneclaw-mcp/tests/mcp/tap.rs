//! A client that records every byte in both directions.

use std::time::Duration;

use oneclaw_mcp::{RunError, Server};
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, DuplexStream, ReadHalf, WriteHalf};
use tokio::task::JoinHandle;

/// A server that takes longer will never answer.
const PATIENCE: Duration = Duration::from_secs(60);

/// A conversation with a server, with all that was said.
pub(crate) struct Tap {
    input: WriteHalf<DuplexStream>,
    output: BufReader<ReadHalf<DuplexStream>>,
    serving: JoinHandle<Result<(), RunError>>,
    next_id: u64,
    /// Every byte the server wrote.
    pub(crate) heard: Vec<u8>,
}

impl Tap {
    /// Serves `server` without a word said yet.
    pub(crate) fn silent(server: Server) -> Self {
        let (ours, theirs) = tokio::io::duplex(1 << 16);
        let (output, input) = tokio::io::split(ours);
        let (their_input, their_output) = tokio::io::split(theirs);
        let serving = tokio::spawn(oneclaw_mcp::serve(server, their_input, their_output));
        Self { input, output: BufReader::new(output), serving, next_id: 1, heard: Vec::new() }
    }

    /// Serves `server` and initialises it.
    pub(crate) async fn open(server: Server) -> Self {
        let mut tap = Self::silent(server);
        let reply = tap.initialize("2025-11-25").await;
        assert_eq!(reply["result"]["serverInfo"]["name"], "oneclaw", "{reply}");
        tap
    }

    /// Initialises with a protocol version and returns the reply.
    pub(crate) async fn initialize(&mut self, version: &str) -> Value {
        let client = json!({ "name": "tap", "version": "1" });
        let params = json!({ "protocolVersion": version, "capabilities": {}, "clientInfo": client });
        let reply = self.request("initialize", params).await;
        self.send(&json!({ "jsonrpc": "2.0", "method": "notifications/initialized" })).await;
        reply
    }

    /// Sends raw bytes.
    pub(crate) async fn send_raw(&mut self, bytes: &[u8]) {
        self.input.write_all(bytes).await.unwrap();
        self.input.flush().await.unwrap();
    }

    /// Sends a message.
    pub(crate) async fn send(&mut self, message: &Value) {
        self.send_raw(format!("{message}\n").as_bytes()).await;
    }

    /// Sends a request and returns the whole reply.
    pub(crate) async fn request(&mut self, method: &str, params: Value) -> Value {
        let id = self.next_id;
        self.next_id += 1;
        self.send(&json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params })).await;
        let reply = self.receive().await.expect("the server hung up");
        assert_eq!(reply["id"], id, "{reply}");
        reply
    }

    /// Receives the next message, or nothing at the end of the stream.
    pub(crate) async fn receive(&mut self) -> Option<Value> {
        let mut line = Vec::new();
        let read = self.output.read_until(b'\n', &mut line);
        let length = tokio::time::timeout(PATIENCE, read).await.expect("the server does not answer").unwrap();
        self.heard.extend_from_slice(&line);
        // INV-41: each line is one JSON-RPC message.
        (length > 0).then(|| {
            let message: Value = serde_json::from_slice(&line).expect("a line that is no JSON");
            assert_eq!(message["jsonrpc"], "2.0");
            message
        })
    }

    /// Calls a tool and returns the whole reply.
    pub(crate) async fn call(&mut self, tool: &str, arguments: Value) -> Value {
        self.request("tools/call", json!({ "name": tool, "arguments": arguments })).await
    }

    /// Ends the input, and returns how serving ended and the bytes heard in all.
    pub(crate) async fn close(mut self) -> (Result<(), RunError>, Vec<u8>) {
        self.input.shutdown().await.unwrap();
        while self.receive().await.is_some() {}
        (self.serving.await.unwrap(), self.heard)
    }
}
