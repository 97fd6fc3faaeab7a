use std::collections::BTreeMap;
use std::fmt;

use oneclaw_api::Problem;
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

/// The fields of a JSON object, each still the text it came as.
///
/// A field is decoded only when it is asked for, so that what a handler doesn't know is ignored, and so that an error
/// names the field and what it must be, and never what it was.
#[derive(Default)]
pub(crate) struct Fields<'a>(BTreeMap<String, &'a RawValue>);

impl<'a> Fields<'a> {
    /// Parses an object; no text at all is one without fields. A field that comes twice is refused.
    pub(crate) fn parse(body: &'a [u8]) -> Result<Self, Problem> {
        if body.iter().all(u8::is_ascii_whitespace) {
            return Ok(Self(BTreeMap::new()));
        }
        let Raw(fields) = serde_json::from_slice(body)
            .map_err(|_| Problem::bad_request("the body must be a JSON object, each field of it once"))?;
        Ok(Self(fields))
    }

    /// Returns a field as text of JSON; `null` counts as none.
    pub(crate) fn raw(&self, name: &str) -> Option<&'a RawValue> {
        self.0.get(name).copied().filter(|raw| raw.get() != "null")
    }

    /// Decodes a field, or nothing.
    pub(crate) fn optional<T: Deserialize<'a>>(
        &self,
        name: &str,
        expected: &'static str,
    ) -> Result<Option<T>, Problem> {
        self.raw(name)
            .map(|raw| serde_json::from_str(raw.get()).map_err(|_| Problem::bad_field(name, expected)))
            .transpose()
    }

    /// Decodes a field that must be there.
    pub(crate) fn required<T: Deserialize<'a>>(
        &self,
        name: &str,
        expected: &'static str,
    ) -> Result<T, Problem> {
        self.optional(name, expected)?
            .ok_or_else(|| Problem::bad_field(name, format!("is missing; it {expected}")))
    }

    /// Parses the fields of a field, or nothing.
    pub(crate) fn object(&self, name: &str) -> Result<Option<Self>, Problem> {
        self.raw(name)
            .map(|raw| {
                serde_json::from_str(raw.get())
                    .map(|Raw(fields)| Self(fields))
                    .map_err(|_| Problem::bad_field(name, "must be an object, each field of it once"))
            })
            .transpose()
    }

    /// Refuses a field that would limit something if it were known here: to ignore it would widen what is asked for.
    pub(crate) fn refuse(&self, name: &str, message: &'static str) -> Result<(), Problem> {
        match self.raw(name).map(RawValue::get) {
            None | Some("{}" | "[]" | "false") => Ok(()),
            Some(_) => Err(Problem::bad_field(name, message)),
        }
    }
}

impl fmt::Debug for Fields<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

struct Raw<'a>(BTreeMap<String, &'a RawValue>);

impl<'de: 'a, 'a> Deserialize<'de> for Raw<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Object;
        impl<'de> Visitor<'de> for Object {
            type Value = BTreeMap<String, &'de RawValue>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut fields = BTreeMap::new();
                while let Some((name, value)) = map.next_entry::<String, &'de RawValue>()? {
                    if fields.insert(name, value).is_some() {
                        return Err(serde::de::Error::custom("a field comes twice"));
                    }
                }
                Ok(fields)
            }
        }
        deserializer.deserialize_map(Object).map(Raw)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_decoded_when_asked_for() {
        let body = br#"{"a": 1, "b": null, "c": {"d": "e"}, "unknown": [}"#;
        assert!(Fields::parse(body).is_err());
        let body = br#"{"a": 1, "b": null, "c": {"d": "e"}, "unknown": []}"#;
        let fields = Fields::parse(body).unwrap();
        assert_eq!(fields.required::<u32>("a", "must be a number"), Ok(1));
        assert_eq!(fields.optional::<u32>("b", "must be a number"), Ok(None));
        let inner = fields.object("c").unwrap().unwrap();
        assert_eq!(inner.required::<String>("d", "must be a string").unwrap(), "e");
        assert!(Fields::parse(b" \n").unwrap().raw("a").is_none());
    }

    #[test]
    fn errors_name_the_field_and_not_the_value() {
        let fields = Fields::parse(br#"{"a": "canary"}"#).unwrap();
        let problem = fields.required::<u32>("a", "must be a number").unwrap_err();
        assert_eq!(problem.detail(), "a: must be a number");
        let problem = fields.required::<u32>("b", "must be a number").unwrap_err();
        assert_eq!(problem.detail(), "b: is missing; it must be a number");
        for body in ["canary", "[\"canary\"]", "{\"canary\"", "{\"canary\":1,\"canary\":2}", "{}canary"] {
            let problem = Fields::parse(body.as_bytes()).unwrap_err();
            assert!(!problem.detail().contains("canary"), "{problem}");
        }
    }

    #[test]
    fn deep_nesting_is_refused_and_does_not_overflow() {
        let deep = format!("{{\"a\":{}{}}}", "[".repeat(100_000), "]".repeat(100_000));
        let fields = Fields::parse(deep.as_bytes());
        let refused = fields.and_then(|fields| fields.required::<serde_json::Value>("a", "must be flat"));
        assert!(refused.is_err());
    }

    #[test]
    fn an_unknown_limit_is_refused() {
        let fields = Fields::parse(br#"{"a": {}, "b": {"ip": 1}, "c": null}"#).unwrap();
        assert!(fields.refuse("a", "no").is_ok() && fields.refuse("c", "no").is_ok());
        assert!(fields.refuse("b", "no").is_err());
    }
}
