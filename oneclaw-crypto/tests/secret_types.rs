//! INV-3: what the secret types can't do. The table below doesn't compile if one of them can; `compile_fail/`
//! shows what somebody who tries is told.

use std::fmt::{Display, LowerHex};

use oneclaw_crypto::local::LocalProvider;
use oneclaw_crypto::{ApiKeyMacKey, ChainKey, DataKey, RootKey, RowMacKey, SealKey, SecretBytes};

/// Makes it ambiguous, and so an error, to name `probe` of a type that has the trait.
macro_rules! has_not {
    ($type:ty: $($trait:path),+) => {
        $(const _: fn() = || {
            trait Probe<Case> {
                fn probe() {}
            }
            struct Always;
            struct IfItHas;
            impl<T: ?Sized> Probe<Always> for T {}
            impl<T: ?Sized + $trait> Probe<IfItHas> for T {}
            let _ = <$type as Probe<_>>::probe;
        };)+
    };
}

macro_rules! is_secret {
    ($($type:ty),+) => {
        $(has_not!($type: Display, LowerHex, ToString, PartialEq, Ord, std::hash::Hash, serde::Serialize,
            std::ops::Deref, AsRef<[u8]>, Into<Vec<u8>>, IntoIterator);)+
    };
}

is_secret!(SecretBytes, DataKey, RootKey, RowMacKey, ChainKey, ApiKeyMacKey, SealKey, LocalProvider);
has_not!(SecretBytes: Clone);
has_not!(DataKey: Clone);
has_not!(RootKey: Clone);
has_not!(LocalProvider: Clone);

#[test]
fn trying_is_an_error_that_says_so() {
    trybuild::TestCases::new().compile_fail("tests/compile_fail/*.rs");
}

#[test]
fn keys_can_be_shared_between_threads() {
    fn shared<T: Send + Sync + 'static>() {}
    shared::<SecretBytes>();
    shared::<RootKey>();
    shared::<RowMacKey>();
    shared::<ChainKey>();
    shared::<ApiKeyMacKey>();
    shared::<SealKey>();
    shared::<oneclaw_crypto::Keyring>();
}

#[test]
fn debug_shows_no_byte() {
    assert_eq!(format!("{:#?}", SecretBytes::copy_from(b"hunter2")), "SecretBytes([REDACTED])");
    assert_eq!(format!("{:#?}", DataKey::generate().unwrap()), "DataKey([REDACTED])");
}
