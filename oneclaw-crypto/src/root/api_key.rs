//! API keys are stored as, and found by, a keyed digest.

use super::mac::MacKey;
use crate::DataKey;
use crate::tlv::Sink;

/// Digests API keys, so that a database holds nothing that authenticates.
///
/// Fit for random keys of at least 128 bits, which need no slow hash; never for passwords. Clones share the
/// key.
#[derive(Clone, Debug)]
pub struct ApiKeyMacKey {
    key: MacKey,
}

impl ApiKeyMacKey {
    pub(super) fn new(key: &DataKey) -> Self {
        Self { key: MacKey::new(key) }
    }

    /// Returns HMAC-SHA-256 of an API key's ASCII bytes.
    #[must_use]
    pub fn digest(&self, api_key: &[u8]) -> [u8; 32] {
        self.key.mac(|mac| mac.put(api_key))
    }
}
