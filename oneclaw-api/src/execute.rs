use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::ExecutionId;

/// What an agent asks a binding to do. It can't choose where the credential goes.
#[derive(Debug, Clone, PartialEq)]
pub struct ExecuteRequest {
    /// The binding's name or id.
    pub binding: String,
    /// The method, in capitals; GET unless said.
    pub method: String,
    /// The path below the binding's base URL, with no query; may be empty.
    pub path: String,
    /// The query parameters, unencoded.
    pub query: Vec<(String, String)>,
    /// Request headers, of those the binding permits.
    pub headers: BTreeMap<String, String>,
    /// The body.
    pub body: Option<RequestBody>,
}

/// A request's body.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum RequestBody {
    /// Text, sent as it is.
    Text(String),
    /// Anything else, sent as JSON.
    Json(Value),
}

/// How an execution ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ExecuteStatus {
    /// The upstream answered, with whatever status.
    Succeeded,
    /// The upstream could not be reached, or its reply had to be withheld.
    Failed,
}

/// The outcome of an execution: scrubbed, so that it holds no form of the credential.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ExecuteReply {
    /// Names the execution in the audit log.
    pub execution_id: ExecutionId,
    /// How it ended.
    pub status: ExecuteStatus,
    /// The upstream's reply.
    pub result: Option<UpstreamReply>,
    /// Why there is no reply, for the agent to act on.
    pub error: Option<String>,
    /// How long it took.
    pub duration_ms: u64,
    /// How many forms of the credential were removed from the reply.
    pub redactions_applied: u32,
    /// Always `vault`.
    pub execution_surface: String,
}

/// An upstream's reply after scrubbing.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct UpstreamReply {
    /// The HTTP status.
    pub status: u16,
    /// The headers, names in lower case; values of a repeated header are joined with `, `.
    pub headers: BTreeMap<String, String>,
    /// The body: parsed where it is JSON, else text; nothing where it is withheld or empty.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<Value>,
    /// Why the body is withheld, where it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub withheld: Option<String>,
}
