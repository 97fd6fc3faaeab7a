//! The audit chain: each event's hash covers the one before.

use super::mac::MacKey;
use crate::DataKey;
use crate::tlv;

/// The hash before the first event.
pub const GENESIS: [u8; 32] = [0; 32];

/// Links audit events. Without the key no event can be changed, added, removed or moved so that the chain
/// still holds.
///
/// ```text
/// hash(n) = HMAC-SHA256(key, TLV("oneclaw/audit/v1", 1 hash(n-1) | 2 event bytes))
/// ```
///
/// That events are missing at the *end* shows only beside a hash that was kept elsewhere. Clones share the
/// key.
#[derive(Clone, Debug)]
pub struct ChainKey {
    key: MacKey,
}

impl ChainKey {
    pub(super) fn new(key: &DataKey) -> Self {
        Self { key: MacKey::new(key) }
    }

    /// Returns the hash of an event that follows the one whose hash is `previous`; the first follows
    /// [`GENESIS`].
    #[must_use]
    pub fn link(&self, previous: &[u8; 32], event: &[u8]) -> [u8; 32] {
        self.key.mac(|mac| {
            tlv::label(mac, "oneclaw/audit/v1");
            tlv::field(mac, 1, previous);
            tlv::field(mac, 2, event);
        })
    }
}
