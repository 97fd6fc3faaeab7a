//! An MCP client on the pipes of `oneclaw mcp serve`, which keeps every byte that crosses them.

use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};
use tokio::task::JoinHandle;

/// What the client says it speaks; the server answers with what it serves.
const PROTOCOL: &str = "2025-11-25";
const PATIENCE: Duration = Duration::from_secs(60);
/// What would make the child another's server.
const NOT_INHERITED: [&str; 4] =
    ["ONECLAW_BASE_URL", "ONECLAW_API_KEY", "ONECLAW_AGENT_API_KEY", "ONECLAW_VAULT_ID"];

/// Everything that crossed the pipes.
#[derive(Debug, Default)]
pub(super) struct Traffic {
    /// What the client wrote.
    pub(super) sent: Vec<u8>,
    /// What the server answered.
    pub(super) received: Vec<u8>,
    /// What the server said beside it.
    pub(super) stderr: Vec<u8>,
}

/// A server that was started as a client starts it.
#[derive(Debug)]
pub(super) struct McpChild {
    child: Child,
    stdin: ChildStdin,
    stdout: BufReader<ChildStdout>,
    stderr: JoinHandle<Vec<u8>>,
    traffic: Traffic,
    last_id: u64,
    /// The protocol that the server chose.
    pub(super) protocol: String,
}

impl McpChild {
    /// Starts the server for an agent and greets it. The embedded vault is the one of `home`, or of this process.
    pub(super) async fn start(home: Option<&Path>, agent: &str) -> Result<Self, String> {
        let program =
            std::env::current_exe().map_err(|error| format!("the path of oneclaw is not known: {error}"))?;
        let mut command = Command::new(program);
        for variable in NOT_INHERITED {
            command.env_remove(variable);
        }
        command.args(["mcp", "serve", "--agent", agent]);
        if let Some(home) = home {
            command.env("ONECLAW_HOME", home);
        }
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
        let mut child = command.spawn().map_err(|error| format!("the server does not start: {error}"))?;
        let (Some(stdin), Some(stdout), Some(mut stderr)) =
            (child.stdin.take(), child.stdout.take(), child.stderr.take())
        else {
            return Err("the server has no pipes".to_owned());
        };
        let stderr = tokio::spawn(async move {
            let mut said = Vec::new();
            let _ = stderr.read_to_end(&mut said).await;
            said
        });
        let mut this = Self {
            child,
            stdin,
            stdout: BufReader::new(stdout),
            stderr,
            traffic: Traffic::default(),
            last_id: 0,
            protocol: String::new(),
        };
        this.greet().await?;
        Ok(this)
    }

    async fn greet(&mut self) -> Result<(), String> {
        let hello = json!({
            "protocolVersion": PROTOCOL,
            "capabilities": {},
            "clientInfo": { "name": "oneclaw-quickstart", "version": env!("CARGO_PKG_VERSION") },
        });
        let answer = self.request("initialize", hello).await?;
        self.protocol = answer.get("protocolVersion").and_then(Value::as_str).unwrap_or_default().to_owned();
        self.send(&json!({ "jsonrpc": "2.0", "method": "notifications/initialized" })).await
    }

    /// Lists the names of the tools.
    pub(super) async fn tools(&mut self) -> Result<Vec<String>, String> {
        let listed = self.request("tools/list", json!({})).await?;
        let tools = listed.get("tools").and_then(Value::as_array).ok_or("the server lists no tools")?;
        Ok(tools.iter().filter_map(|tool| tool.get("name")?.as_str()).map(str::to_owned).collect())
    }

    /// Calls a tool: what it answers, as an object where it is one, or the text of its refusal.
    pub(super) async fn call(
        &mut self,
        tool: &str,
        arguments: Value,
    ) -> Result<Result<Value, String>, String> {
        let result = self.request("tools/call", json!({ "name": tool, "arguments": arguments })).await?;
        let texts = result.get("content").and_then(Value::as_array).cloned().unwrap_or_default();
        let text: Vec<_> = texts.iter().filter_map(|item| item.get("text")?.as_str()).collect();
        let text = text.join("\n");
        if result.get("isError").and_then(Value::as_bool) == Some(true) {
            return Ok(Err(text));
        }
        let object = result.get("structuredContent").cloned();
        Ok(Ok(object.or_else(|| serde_json::from_str(&text).ok()).unwrap_or(Value::String(text))))
    }

    /// Ends the conversation, and returns everything that crossed once the server is gone.
    pub(super) async fn finish(self) -> Result<Traffic, String> {
        let Self { mut child, stdin, mut stdout, stderr, mut traffic, .. } = self;
        drop(stdin);
        let ended = async {
            stdout.read_to_end(&mut traffic.received).await.map_err(|error| error.to_string())?;
            child.wait().await.map_err(|error| error.to_string())
        };
        let status = within(ended).await??;
        traffic.stderr = within(stderr).await?.map_err(|error| error.to_string())?;
        if status.success() { Ok(traffic) } else { Err(format!("the server ended with {status}")) }
    }

    async fn request(&mut self, method: &str, params: Value) -> Result<Value, String> {
        self.last_id += 1;
        let id = self.last_id;
        self.send(&json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params })).await?;
        loop {
            let message = self.receive().await?;
            if message.get("id").and_then(Value::as_u64) != Some(id) {
                continue;
            }
            if let Some(error) = message.get("error") {
                let text = error.get("message").and_then(Value::as_str).unwrap_or("no reason given");
                return Err(format!("{method} is refused: {text}"));
            }
            return message.get("result").cloned().ok_or_else(|| format!("{method} has no result"));
        }
    }

    async fn send(&mut self, message: &Value) -> Result<(), String> {
        let line = format!("{message}\n");
        self.traffic.sent.extend_from_slice(line.as_bytes());
        let gone = |_| "the server is gone".to_owned();
        self.stdin.write_all(line.as_bytes()).await.map_err(gone)?;
        self.stdin.flush().await.map_err(gone)
    }

    async fn receive(&mut self) -> Result<Value, String> {
        let start = self.traffic.received.len();
        let read = within(self.stdout.read_until(b'\n', &mut self.traffic.received)).await?;
        if read.map_err(|error| error.to_string())? == 0 {
            return Err(self.last_words().await);
        }
        let line = self.traffic.received.get(start..).unwrap_or_default();
        serde_json::from_slice(line).map_err(|_| "the server wrote something that is not JSON-RPC".to_owned())
    }

    async fn last_words(&mut self) -> String {
        let said = within(&mut self.stderr).await.ok().and_then(Result::ok).unwrap_or_default();
        let said = String::from_utf8_lossy(&said);
        format!("the server ended: {}", said.lines().last().unwrap_or("it said nothing"))
    }
}

async fn within<T>(work: impl Future<Output = T>) -> Result<T, String> {
    tokio::time::timeout(PATIENCE, work)
        .await
        .map_err(|_| format!("the server does not answer within {} s", PATIENCE.as_secs()))
}
