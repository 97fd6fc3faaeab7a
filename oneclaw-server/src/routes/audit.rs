use oneclaw_api::{AuditFilter, VaultApi};

use crate::extract::{Caller, Query};
use crate::reply::{Answer, ok};

const NUMBER: &str = "must be a whole number";
const DATE: &str = "must be a date as 2027-01-31T12:00:00Z (RFC 3339)";

/// `GET /v1/audit/events`
pub(crate) async fn events(caller: Caller, query: Query) -> Answer {
    let text = |name| query.text(name).map(str::to_owned);
    let filter = AuditFilter {
        resource_id: text("resource_id"),
        actor_id: text("actor_id"),
        action: text("action"),
        from: query.parsed("from", DATE)?,
        to: query.parsed("to", DATE)?,
        limit: query.parsed("limit", NUMBER)?,
        offset: query.parsed("offset", NUMBER)?,
    };
    ok(&caller.audit_events(filter).await?)
}

/// `GET /v1/audit/verify`
pub(crate) async fn verify(caller: Caller, query: Query) -> Answer {
    ok(&caller.verify_audit(query.parsed("limit", NUMBER)?).await?)
}
