//! Feature `serde`: every type as the text it is written as, through its parser.

use std::fmt;
use std::marker::PhantomData;
use std::str::FromStr;

use serde::de::{Deserialize, Deserializer, Error, SeqAccess, Unexpected, Visitor};
use serde::ser::{Serialize, Serializer};

use crate::{Effect, PathPattern, Permission, Permissions, Principal, RuleId, SecretPath};

macro_rules! as_text {
    ($($name:ident: $expected:literal),* $(,)?) => {$(
        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                deserializer.deserialize_str(Text { expected: $expected, of: PhantomData })
            }
        }
    )*};
}

as_text! {
    SecretPath: "a path as a string",
    PathPattern: "a path pattern as a string",
    Principal: "a principal as a string",
    Permission: "a permission as a string",
    Effect: "an effect as a string",
    RuleId: "a rule id as a string",
}

impl Serialize for Permissions {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter())
    }
}

impl<'de> Deserialize<'de> for Permissions {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_seq(Words)
    }
}

/// Takes a string and nothing else, and repeats neither the string nor what stood in its place.
struct Text<T> {
    expected: &'static str,
    of: PhantomData<T>,
}

/// Takes a list of permissions, as discreet as [`Text`].
struct Words;

// serde's own refusals would quote these.
macro_rules! refuse {
    ($($method:ident: $type:ty),* $(,)?) => {$(
        fn $method<E: Error>(self, _: $type) -> Result<Self::Value, E> {
            Err(E::invalid_type(Unexpected::Other("another value"), &self))
        }
    )*};
}

impl<T: FromStr<Err: fmt::Display>> Visitor<'_> for Text<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.expected)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<T, E> {
        text.parse().map_err(E::custom)
    }

    refuse! { visit_bool: bool, visit_i64: i64, visit_i128: i128, visit_u64: u64, visit_u128: u128, visit_f64: f64 }
}

impl<'de> Visitor<'de> for Words {
    type Value = Permissions;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of permissions")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut words: A) -> Result<Permissions, A::Error> {
        let mut permissions = Permissions::NONE;
        while let Some(permission) = words.next_element::<Permission>()? {
            permissions = permissions.union(permission.into());
        }
        Ok(permissions)
    }

    refuse! {
        visit_bool: bool, visit_i64: i64, visit_i128: i128, visit_u64: u64, visit_u128: u128, visit_f64: f64,
        visit_str: &str,
    }
}
