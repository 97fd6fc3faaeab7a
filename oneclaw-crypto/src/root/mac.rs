//! HMAC-SHA-256 with its key schedule done once.

use std::fmt;
use std::sync::Arc;

use hmac::{Hmac, KeyInit, Mac};
use secrecy::ExposeSecret;
use sha2::Sha256;
use subtle::ConstantTimeEq;

use crate::{DataKey, stack};

/// A MAC key, ready to use and shared by its clones; wiped when the last one is dropped.
#[derive(Clone)]
pub(super) struct MacKey {
    keyed: Arc<Hmac<Sha256>>,
}

impl MacKey {
    pub(super) fn new(key: &DataKey) -> Self {
        #[expect(clippy::expect_used, reason = "HMAC takes keys of any length (RFC 2104)")]
        let keyed = stack::wiped(|| {
            Arc::new(
                <Hmac<Sha256> as KeyInit>::new_from_slice(key.expose_secret()).expect("a key of 32 bytes"),
            )
        });
        Self { keyed }
    }

    /// Returns the MAC over what `write` puts into it.
    pub(super) fn mac(&self, write: impl FnOnce(&mut Hmac<Sha256>)) -> [u8; 32] {
        stack::wiped(|| {
            let mut mac = Hmac::clone(&self.keyed);
            write(&mut mac);
            mac.finalize().into_bytes().into()
        })
    }

    /// Tells in constant time whether `expected` is the MAC over what `write` puts into it.
    pub(super) fn verify(&self, expected: &[u8], write: impl FnOnce(&mut Hmac<Sha256>)) -> bool {
        self.mac(write).as_slice().ct_eq(expected).into()
    }
}

impl fmt::Debug for MacKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MacKey([REDACTED])")
    }
}
