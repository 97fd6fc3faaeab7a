//! Reading the audit log, and recomputing its chain.

use oneclaw_api::{AuditFilter, AuditPage, AuditScheme, AuditVerification, EventId, Problem};
use oneclaw_crypto::GENESIS;

use crate::audit::{Action, decode};
use crate::authenticate::Caller;
use crate::rows::Tampered;
use crate::store::EventQuery;
use crate::vault::Vault;

const DEFAULT_LIMIT: u32 = 100;
const MAX_LIMIT: u32 = 1000;

/// How many events are read at a time while the chain is recomputed.
const CHUNK: u32 = 1000;

impl Vault {
    pub(crate) async fn audit_events(
        &self,
        caller: &Caller,
        filter: AuditFilter,
    ) -> Result<AuditPage, Problem> {
        let AuditFilter { resource_id, actor_id, action, from, to, limit, offset } = filter;
        let own = caller.principal.id();
        let actor = match actor_id {
            // An agent sees what it did itself.
            Some(actor) if !caller.is_owner && actor != own => {
                let why = "an agent sees its own events only";
                return Err(self.refuse_ownership(caller, Action::AuditList, why).await);
            }
            None if !caller.is_owner => Some(own),
            actor => actor,
        };
        let limit = limit.unwrap_or(DEFAULT_LIMIT);
        if !(1..=MAX_LIMIT).contains(&limit) {
            return Err(Problem::bad_field("limit", format!("must be 1 to {MAX_LIMIT}")));
        }
        let query = EventQuery {
            resource: resource_id,
            actor,
            action,
            from: from.map(|time| time.as_microsecond()),
            to: to.map(|time| time.as_microsecond()),
            limit,
            offset: offset.unwrap_or_default(),
        };
        let stored = self.database().store().events(query).await?;
        let events = stored
            .iter()
            .map(|stored| decode(stored).ok_or_else(|| Tampered { table: "audit_events" }.into()))
            .collect::<Result<Vec<_>, Problem>>()?;
        let event = self.caller_event(caller, Action::AuditList).counted(events.len());
        self.database().commit(Vec::new(), &event).await?;
        let count = u64::try_from(events.len()).unwrap_or_default();
        Ok(AuditPage { events, count })
    }

    pub(crate) async fn verify_audit(
        &self,
        caller: &Caller,
        limit: Option<u64>,
    ) -> Result<AuditVerification, Problem> {
        self.owner_only(caller, Action::AuditVerify).await?;
        let mut hash = GENESIS;
        let mut last = 0u64;
        let mut broken = None;
        let limit = limit.unwrap_or(u64::MAX);
        'chain: while last < limit {
            let chunk = u32::try_from((limit - last).min(CHUNK.into())).unwrap_or(CHUNK);
            let events = self.database().store().chain(last, chunk).await?;
            if events.is_empty() {
                break;
            }
            for stored in &events {
                let expected = self.chain().link(&hash, &stored.bytes);
                let problem = if stored.sequence != last + 1 {
                    Some("an event before this one is missing")
                } else if expected != stored.hash {
                    Some("this event, or the one before it, is not as it was written")
                } else if decode(stored).is_none() {
                    Some("this event's index does not fit its content")
                } else {
                    None
                };
                if let Some(problem) = problem {
                    broken = Some((EventId::from_bytes(stored.id), problem));
                    break 'chain;
                }
                hash = expected;
                last = stored.sequence;
            }
        }
        let event =
            self.caller_event(caller, Action::AuditVerify).counted(usize::try_from(last).unwrap_or_default());
        self.database().commit(Vec::new(), &event).await?;
        Ok(AuditVerification {
            chain_valid: broken.is_none(),
            events_verified: last,
            events_checked: last + u64::from(broken.is_some()),
            broken_at_event_id: broken.map(|(id, _)| id),
            problem: broken.map(|(_, problem)| problem.to_owned()),
            scheme: AuditScheme {
                algorithm: "HMAC-SHA256".to_owned(),
                chain_structure: "hash(n) = HMAC(audit key, TLV(hash(n-1), event bytes))".to_owned(),
                hash_field: "integrity_hash".to_owned(),
                link_field: "prev_event_id".to_owned(),
                documentation: "docs/AUDIT.md".to_owned(),
            },
        })
    }
}
