//! INV-3: what the types that hold a value or a key can't do. The table below doesn't compile if one of them can.

use std::fmt::Display;

use oneclaw_api::{AgentCreated, ApiKey, ApiKeyCreated, NewSecret, SecretRead, SecretValue};
use secrecy::ExposeSecret;

/// Makes it ambiguous, and so an error, to name `probe` of a type that has the trait.
macro_rules! has_none_of {
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

macro_rules! are_secret {
    ($($type:ty),+) => {
        $(has_none_of!($type: Clone, Display, PartialEq, Ord, std::hash::Hash, serde::Serialize, std::ops::Deref,
            AsRef<[u8]>, AsRef<str>, Into<Vec<u8>>, Into<String>, IntoIterator);)+
    };
}

are_secret!(SecretValue, ApiKey, SecretRead, NewSecret, AgentCreated, ApiKeyCreated);

#[test]
fn debug_shows_no_byte() {
    let value = || SecretValue::from_bytes(b"hunter2");
    assert_eq!(format!("{:#?}", value()), "SecretValue(7 bytes)");
    assert!(!format!("{:?}", NewSecret::new(value())).contains("hunter2"));
    let key = ApiKey::parse("ocv_A1b2C3d4E5f6G7h8I9j0K1l2M3n4O53azlYB").unwrap();
    assert!(!format!("{key:?}").contains("A1b2"));
}

#[test]
fn the_bytes_are_where_somebody_asks_for_them() {
    let value = SecretValue::from_bytes(b"hunter2");
    assert_eq!(value.expose_secret(), b"hunter2");
    assert!(value.ct_eq(&SecretValue::from_bytes(b"hunter2")));
    assert!(!value.ct_eq(&SecretValue::from_bytes(b"hunter3")));
    assert_eq!(value.into_zeroizing().as_slice(), b"hunter2");
}
