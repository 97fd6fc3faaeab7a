//! HKDF-SHA-256 (RFC 5869).

use hkdf::Hkdf;
use secrecy::ExposeSecret;
use sha2::Sha256;

use crate::DataKey;
use crate::data_key::KEY_LEN;

/// A pseudorandom key, from which keys for named purposes are expanded.
pub(crate) struct Prk {
    hkdf: Hkdf<Sha256>,
}

impl Prk {
    /// HKDF-Extract. Leaves its state on the stack: call it, and drop it, inside
    /// [`wiped`](crate::stack::wiped).
    pub(crate) fn extract(salt: &[u8], key: &DataKey) -> Self {
        Self { hkdf: Hkdf::new(Some(salt), key.expose_secret()) }
    }

    /// HKDF-Expand of a key. `info` is written as its parts one after the other.
    pub(crate) fn key(&self, info: &[&[u8]]) -> DataKey {
        let Ok(key) = DataKey::try_init(|bytes| {
            self.expand(info, bytes);
            Ok::<(), std::convert::Infallible>(())
        });
        key
    }

    /// HKDF-Expand of something that is not secret.
    pub(crate) fn tag(&self, info: &[&[u8]]) -> [u8; KEY_LEN] {
        let mut tag = [0; KEY_LEN];
        self.expand(info, &mut tag);
        tag
    }

    #[expect(clippy::expect_used, reason = "RFC 5869 allows 255 blocks, this is one")]
    fn expand(&self, info: &[&[u8]], out: &mut [u8; KEY_LEN]) {
        self.hkdf.expand_multi_info(info, out).expect("one block of output");
    }
}
