mod entries;
mod install;
mod paths;

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use serde_json::{Value, json};

pub use install::{Installed, install, uninstall};
pub use paths::config_path;

/// The name under which clients list the server.
const NAME: &str = "oneclaw";

/// An MCP client whose configuration is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum McpClient {
    /// Claude Desktop.
    ClaudeDesktop,
    /// Claude Code, for all projects of the user.
    ClaudeCode,
    /// Cursor.
    Cursor,
    /// Visual Studio Code, in the user's profile.
    VsCode,
    /// Windsurf.
    Windsurf,
    /// Codex.
    Codex,
    /// Gemini CLI.
    Gemini,
}

impl McpClient {
    /// Every client, in the order they are offered.
    pub const ALL: [Self; 7] = [
        Self::ClaudeDesktop,
        Self::ClaudeCode,
        Self::Cursor,
        Self::VsCode,
        Self::Windsurf,
        Self::Codex,
        Self::Gemini,
    ];

    /// Returns the name that commands take.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ClaudeDesktop => "claude-desktop",
            Self::ClaudeCode => "claude-code",
            Self::Cursor => "cursor",
            Self::VsCode => "vscode",
            Self::Windsurf => "windsurf",
            Self::Codex => "codex",
            Self::Gemini => "gemini",
        }
    }

    /// The key of the object that holds the servers.
    const fn section(self) -> &'static str {
        match self {
            Self::VsCode => "servers",
            Self::Codex => "mcp_servers",
            _ => "mcpServers",
        }
    }

    /// Tells whether an entry names its transport.
    const fn names_transport(self) -> bool {
        matches!(self, Self::VsCode | Self::ClaudeCode)
    }
}

impl fmt::Display for McpClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for McpClient {
    type Err = UnknownClient;

    fn from_str(text: &str) -> Result<Self, UnknownClient> {
        Self::ALL.into_iter().find(|client| client.as_str() == text).ok_or(UnknownClient)
    }
}

/// The error of a name that is no client's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("known clients are claude-desktop, claude-code, cursor, vscode, windsurf, codex and gemini")]
pub struct UnknownClient;

/// How a client starts the server. It names an agent and holds no key: these files are read by many programs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Launch {
    /// The program, best as an absolute path: clients search differently.
    pub program: String,
    /// Its arguments.
    pub args: Vec<String>,
    /// Variables to set, such as `ONECLAW_HOME`; never a key.
    pub env: BTreeMap<String, String>,
}

/// Writes the configuration to paste: a whole file for a client that has no other server.
#[must_use]
pub fn client_config(client: McpClient, launch: &Launch) -> String {
    match client {
        McpClient::Codex => toml_table(launch),
        _ => format!("{:#}\n", json!({ client.section(): { NAME: entry(client, launch) } })),
    }
}

fn entry(client: McpClient, launch: &Launch) -> Value {
    let Launch { program, args, env } = launch;
    let mut entry = json!({ "command": program, "args": args });
    if let Some(entry) = entry.as_object_mut() {
        if client.names_transport() {
            entry.insert("type".to_owned(), json!("stdio"));
        }
        if !env.is_empty() {
            entry.insert("env".to_owned(), json!(env));
        }
    }
    entry
}

/// JSON strings without control characters beyond the escapes of both are TOML basic strings (TOML 1.0).
fn toml_table(launch: &Launch) -> String {
    let Launch { program, args, env } = launch;
    let args: Vec<_> = args.iter().map(|arg| json!(arg).to_string()).collect();
    let mut table =
        format!("[mcp_servers.{NAME}]\ncommand = {}\nargs = [{}]\n", json!(program), args.join(", "));
    if !env.is_empty() {
        let env: Vec<_> =
            env.iter().map(|(key, value)| format!("{} = {}", json!(key), json!(value))).collect();
        table.push_str(&format!("env = {{ {} }}\n", env.join(", ")));
    }
    table
}
