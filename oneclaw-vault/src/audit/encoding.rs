//! The bytes of an event: `u8 len ‖ label`, then for each field in the order of its tag `u8 tag ‖ u32be len ‖ bytes`.
//! A field without a value is left out; the ids of the rules that decided repeat theirs. `docs/AUDIT.md` has the table.

use jiff::Timestamp;
use oneclaw_api::{AuditDetails, AuditEvent, EventId, OrgId, PrincipalId};

use super::Event;
use crate::store::StoredEvent;

const LABEL: &[u8] = b"oneclaw/event/v1";

/// Encodes an event.
pub(super) fn encode(event: &Event) -> Vec<u8> {
    let Event { id, created_at, org, actor, ip, action, resource_id, details } = event;
    let AuditDetails {
        decision,
        reason,
        permission,
        vault_id,
        path,
        version,
        name,
        policy_ids,
        host,
        method,
        status,
        redactions,
        execution_id,
        count,
    } = details;
    let mut out = Writer::new();
    out.field(1, id.as_bytes());
    out.field(2, &created_at.as_microsecond().to_be_bytes());
    out.field(3, org.as_bytes());
    out.text(4, actor.map(|actor| actor.to_string()).as_deref());
    out.text(5, Some(action.as_str()));
    out.text(6, Some(resource_id.as_str()).filter(|text| !text.is_empty()));
    out.text(7, ip.map(|ip| ip.to_string()).as_deref());
    out.text(8, Some(decision.as_str()));
    out.text(9, reason.as_deref());
    out.text(10, permission.map(|permission| permission.as_str()));
    out.text(11, vault_id.map(|id| id.to_string()).as_deref());
    out.text(12, path.as_ref().map(|path| path.as_str()));
    out.number(13, version.map(u64::from));
    out.text(14, name.as_deref());
    for policy_id in policy_ids {
        out.text(15, Some(policy_id));
    }
    out.text(16, host.as_deref());
    out.text(17, method.as_deref());
    out.number(18, status.map(u64::from));
    out.number(19, redactions.map(u64::from));
    out.text(20, execution_id.as_deref());
    out.number(21, *count);
    out.0
}

/// Decodes an event; nothing where the bytes are not an event's.
pub(super) fn decode(stored: &StoredEvent) -> Option<AuditEvent> {
    let mut fields = Reader::new(&stored.bytes)?;
    let id = EventId::from_bytes(fields.take(1)?.try_into().ok()?);
    let created_at = i64::from_be_bytes(fields.take(2)?.try_into().ok()?);
    let org_id = OrgId::from_bytes(fields.take(3)?.try_into().ok()?);
    let actor: Option<PrincipalId> = fields.parsed(4)?;
    let action = fields.text(5)??;
    let resource_id = fields.text(6)?.unwrap_or_default();
    let ip_address = fields.text(7)?;
    let details = AuditDetails {
        decision: fields.text(8)??,
        reason: fields.text(9)?,
        permission: fields.parsed(10)?,
        vault_id: fields.parsed(11)?,
        path: fields.parsed(12)?,
        version: fields.number(13)?,
        name: fields.text(14)?,
        policy_ids: std::iter::from_fn(|| fields.text(15)?).collect(),
        host: fields.text(16)?,
        method: fields.text(17)?,
        status: fields.number(18)?,
        redactions: fields.number(19)?,
        execution_id: fields.text(20)?,
        count: fields.number(21)?,
    };
    fields.is_done().then_some(())?;
    // The index beside the bytes must name the same event.
    (id.as_bytes() == &stored.id).then_some(())?;
    Some(AuditEvent {
        id,
        sequence: stored.sequence,
        actor_id: actor.map(|actor| actor.id()).unwrap_or_default(),
        actor_type: actor.map_or("system", |actor| actor.kind().as_str()).to_owned(),
        resource_type: action.split('.').next().unwrap_or_default().to_owned(),
        action,
        resource_id,
        org_id,
        details,
        ip_address,
        created_at: Timestamp::from_microsecond(created_at).ok()?,
        prev_event_id: stored.previous.map(EventId::from_bytes),
        integrity_hash: data_encoding::HEXLOWER.encode(&stored.hash),
    })
}

struct Writer(Vec<u8>);

impl Writer {
    fn new() -> Self {
        let mut out = Vec::with_capacity(384);
        out.push(u8::try_from(LABEL.len()).unwrap_or_default());
        out.extend_from_slice(LABEL);
        Self(out)
    }

    fn field(&mut self, tag: u8, bytes: &[u8]) {
        self.0.push(tag);
        // No field comes near 4 GiB: paths and names are bounded where they are parsed.
        self.0.extend_from_slice(&u32::try_from(bytes.len()).unwrap_or(u32::MAX).to_be_bytes());
        self.0.extend_from_slice(bytes);
    }

    fn text(&mut self, tag: u8, text: Option<&str>) {
        if let Some(text) = text {
            self.field(tag, text.as_bytes());
        }
    }

    fn number(&mut self, tag: u8, number: Option<u64>) {
        if let Some(number) = number {
            self.field(tag, &number.to_be_bytes());
        }
    }
}

/// Takes fields in the order of their tags. The outer `Option` of an answer is nothing where the bytes are malformed,
/// the inner one where the field is left out.
struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn new(bytes: &'a [u8]) -> Option<Self> {
        let (len, rest) = bytes.split_first()?;
        let (label, rest) = rest.split_at_checked(usize::from(*len))?;
        (label == LABEL).then_some(Self(rest))
    }

    fn is_done(&self) -> bool {
        self.0.is_empty()
    }

    fn take(&mut self, tag: u8) -> Option<&'a [u8]> {
        let (found, rest) = self.0.split_first()?;
        if *found != tag {
            return None;
        }
        let (len, rest) = rest.split_first_chunk::<4>()?;
        let (bytes, rest) = rest.split_at_checked(usize::try_from(u32::from_be_bytes(*len)).ok()?)?;
        self.0 = rest;
        Some(bytes)
    }

    fn optional(&mut self, tag: u8) -> Option<Option<&'a [u8]>> {
        if self.0.first() == Some(&tag) { self.take(tag).map(Some) } else { Some(None) }
    }

    fn text(&mut self, tag: u8) -> Option<Option<String>> {
        match self.optional(tag)? {
            Some(bytes) => String::from_utf8(bytes.to_vec()).ok().map(Some),
            None => Some(None),
        }
    }

    fn parsed<T: std::str::FromStr>(&mut self, tag: u8) -> Option<Option<T>> {
        match self.text(tag)? {
            Some(text) => text.parse().ok().map(Some),
            None => Some(None),
        }
    }

    fn number<T: TryFrom<u64>>(&mut self, tag: u8) -> Option<Option<T>> {
        match self.optional(tag)? {
            Some(bytes) => u64::from_be_bytes(bytes.try_into().ok()?).try_into().ok().map(Some),
            None => Some(None),
        }
    }
}

#[cfg(test)]
mod tests {
    use oneclaw_api::{AgentId, Permission, SecretPath, VaultId};
    use proptest::prelude::*;

    use super::super::Action;
    use super::*;

    fn full() -> Event {
        Event {
            id: EventId::random(),
            created_at: Timestamp::from_microsecond(1_700_000_000_123_456).unwrap(),
            org: OrgId::random(),
            actor: Some(PrincipalId::Agent(AgentId::random())),
            ip: Some([192, 0, 2, 1].into()),
            action: Action::SecretRead,
            resource_id: "r".to_owned(),
            details: AuditDetails {
                decision: "deny".to_owned(),
                reason: Some("no rule matched".to_owned()),
                permission: Some(Permission::Read),
                vault_id: Some(VaultId::random()),
                path: Some(SecretPath::parse("a/b").unwrap()),
                version: Some(7),
                name: Some("line\nbreak \u{2028} \u{202e}".to_owned()),
                policy_ids: vec!["x".to_owned(), "y".to_owned()],
                host: Some("example.com".to_owned()),
                method: Some("GET".to_owned()),
                status: Some(200),
                redactions: Some(3),
                execution_id: Some("e".to_owned()),
                count: Some(9),
            },
        }
    }

    fn stored(event: &Event) -> StoredEvent {
        StoredEvent {
            sequence: 1,
            id: *event.id.as_bytes(),
            bytes: encode(event),
            hash: [0xab; 32],
            previous: None,
        }
    }

    #[test]
    fn an_event_decodes_as_it_was() {
        let event = full();
        let read = decode(&stored(&event)).unwrap();
        assert_eq!(read.details, event.details);
        assert_eq!(read.id, event.id);
        assert_eq!(read.created_at, event.created_at);
        assert_eq!((read.action.as_str(), read.resource_type.as_str()), ("secret.read", "secret"));
        assert_eq!(read.actor_id, event.actor.unwrap().id());
        assert_eq!(read.ip_address.as_deref(), Some("192.0.2.1"));
        assert_eq!(read.integrity_hash, "ab".repeat(32));
    }

    #[test]
    fn an_empty_event_decodes_as_it_was() {
        let event = Event {
            actor: None,
            ip: None,
            resource_id: String::new(),
            details: AuditDetails { decision: "allow".to_owned(), ..AuditDetails::default() },
            ..full()
        };
        let read = decode(&stored(&event)).unwrap();
        assert_eq!(read.details, event.details);
        assert_eq!((read.actor_type.as_str(), read.actor_id.as_str()), ("system", ""));
    }

    #[test]
    fn no_prefix_and_no_extension_of_an_event_is_one() {
        let event = full();
        let whole = stored(&event);
        for len in 0..whole.bytes.len() {
            let cut = StoredEvent { bytes: whole.bytes[..len].to_vec(), ..whole.clone() };
            // A cut between two optional fields is a shorter event; the chain's hash is what refuses it.
            if let Some(read) = decode(&cut) {
                assert_ne!(read.details, event.details, "cut at {len}");
            }
        }
        let mut long = whole.clone();
        long.bytes.push(0);
        assert!(decode(&long).is_none());
    }

    proptest! {
        #[test]
        fn arbitrary_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let mut labelled = vec![16];
            labelled.extend_from_slice(LABEL);
            labelled.extend_from_slice(&bytes);
            for bytes in [bytes, labelled] {
                decode(&StoredEvent { sequence: 1, id: [0; 16], bytes, hash: [0; 32], previous: None });
            }
        }
    }
}
