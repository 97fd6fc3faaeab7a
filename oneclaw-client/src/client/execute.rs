use std::collections::BTreeMap;

use oneclaw_api::{AgentId, ExecuteReply, ExecuteRequest, Problem, RequestBody};
use serde::Serialize;

use super::Client;
use crate::request::Request;

pub(crate) async fn execute(
    client: &Client,
    agent: AgentId,
    request: &ExecuteRequest,
) -> Result<ExecuteReply, Problem> {
    #[derive(Serialize)]
    struct Wire<'a> {
        binding: &'a str,
        intent_type: &'a str,
        params: Params<'a>,
    }
    #[derive(Serialize)]
    struct Params<'a> {
        method: &'a str,
        path: &'a str,
        /// Pairs, since a name may repeat.
        #[serde(skip_serializing_if = "<[_]>::is_empty")]
        query: &'a [(String, String)],
        #[serde(skip_serializing_if = "BTreeMap::is_empty")]
        headers: &'a BTreeMap<String, String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        body: Option<&'a RequestBody>,
    }
    let ExecuteRequest { binding, method, path, query, headers, body } = request;
    let params = Params { method, path, query, headers, body: body.as_ref() };
    let wire = Wire { binding, intent_type: "http", params };
    client.send(Request::post(format!("/v1/agents/{agent}/execute")).json(&wire)?.long()).await?.decode()
}
