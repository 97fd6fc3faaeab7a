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
                let text = Text { expected: $expected, of: PhantomData };
                if deserializer.is_human_readable() {
                    // Asked for a string, a format quotes what it finds instead; asked for anything, it
                    // leaves the refusal to the visitor.
                    deserializer.deserialize_any(text)
                } else {
                    deserializer.deserialize_str(text)
                }
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
        if deserializer.is_human_readable() {
            deserializer.deserialize_any(Words)
        } else {
            deserializer.deserialize_seq(Words)
        }
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

#[cfg(test)]
mod tests {
    use serde::de::DeserializeOwned;

    use super::*;

    fn round_trip<T: Serialize + DeserializeOwned>(json: &str) {
        let value: T = serde_json::from_str(json).unwrap();
        assert_eq!(serde_json::to_string(&value).unwrap(), json);
    }

    fn refusal<T: DeserializeOwned>(json: &str) -> String {
        serde_json::from_str::<T>(json).err().unwrap().to_string()
    }

    #[test]
    fn everything_is_the_text_it_is_written_as() {
        round_trip::<SecretPath>(r#""api-keys/stripe""#);
        round_trip::<PathPattern>(r#""api-keys/**""#);
        round_trip::<Principal>(r#""agent:5f0c""#);
        round_trip::<RuleId>(r#""r1""#);
        round_trip::<Permission>(r#""rotate""#);
        round_trip::<Permissions>(r#"["list","share"]"#);
        round_trip::<Permissions>("[]");
        round_trip::<Effect>(r#""deny""#);
    }

    #[test]
    fn inv_13_the_door_is_the_parser() {
        assert_eq!(
            refusal::<SecretPath>(r#""a/../b""#),
            "a dot at byte 2 is not accepted; segments are made of A-Z a-z 0-9 _ -, joined by single slashes \
             at line 1 column 8"
        );
        assert!(refusal::<PathPattern>(r#""a/b*""#).starts_with("wildcard at byte 3"));
        assert!(refusal::<Principal>(r#""agent:*""#).starts_with("a glob character at byte 6"));
    }

    #[test]
    fn refusals_repeat_nothing() {
        for json in [
            r#""hunter2 hunter2""#,
            r#""hunter2\u0000""#,
            "727272",
            "-727272",
            "727.25",
            "true",
            r#"["hunter2"]"#,
            r#"{"hunter2":1}"#,
            "[727272]",
        ] {
            for refusal in [
                refusal::<SecretPath>(json),
                refusal::<PathPattern>(json),
                refusal::<Principal>(json),
                refusal::<Permission>(json),
                refusal::<Permissions>(json),
                refusal::<Effect>(json),
            ] {
                let told = ["hunter", "727", "true"].iter().find(|part| refusal.contains(**part));
                assert_eq!(told, None, "{json} was answered with {refusal}");
            }
        }
    }
}
