use oneclaw_api::{AuditFilter, AuditPage, AuditVerification, Problem};

use super::Client;
use crate::request::Request;

pub(crate) async fn events(client: &Client, filter: &AuditFilter) -> Result<AuditPage, Problem> {
    let AuditFilter { resource_id, actor_id, action, from, to, limit, offset } = filter;
    let request = Request::get("/v1/audit/events").query([
        ("resource_id", resource_id.clone()),
        ("actor_id", actor_id.clone()),
        ("action", action.clone()),
        ("from", from.map(|at| at.to_string())),
        ("to", to.map(|at| at.to_string())),
        ("limit", limit.map(|limit| limit.to_string())),
        ("offset", offset.map(|offset| offset.to_string())),
    ]);
    client.send(request).await?.decode()
}

pub(crate) async fn verify(client: &Client, limit: Option<u64>) -> Result<AuditVerification, Problem> {
    let request = Request::get("/v1/audit/verify").query([("limit", limit.map(|limit| limit.to_string()))]);
    client.send(request.long()).await?.decode()
}
