use std::collections::BTreeMap;

use oneclaw_api::{Reference, SecretPath, SecretValue};
use rmcp::model::JsonObject;
use serde_json::Value;
use zeroize::{Zeroize, Zeroizing};

use crate::parameter::Parameter;
use crate::refusal::Refusal;

/// The error of arguments that don't fit a tool's schema. It holds nothing of the arguments.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum ArgumentError {
    /// An argument is missing or has another shape.
    #[error("argument /{name} must be {expected}")]
    Shape {
        /// The parameter, a word of ours.
        name: &'static str,
        /// What it must be.
        expected: String,
    },
    /// There is no such parameter. What was sent may be a secret in the wrong place, so it is not named.
    #[error("there is an argument that {tool} does not take; it takes {known}")]
    Unknown {
        /// The tool, a word of ours.
        tool: &'static str,
        /// Its parameters.
        known: String,
    },
}

/// The arguments of one call, checked against the schema, and wiped when the call is over.
pub(crate) struct Arguments(JsonObject);

impl Arguments {
    /// Checks arguments as they came; `null` stands for an argument that is left out.
    pub(crate) fn check(
        tool: &'static str,
        parameters: &[Parameter],
        arguments: Option<JsonObject>,
    ) -> Result<Self, ArgumentError> {
        let mut arguments = Self(arguments.unwrap_or_default());
        arguments.0.retain(|_, value| !value.is_null());
        for Parameter { name, kind, required, description: _ } in parameters {
            match arguments.0.get(*name) {
                Some(value) if kind.admits(value) => {}
                None if !required => {}
                _ => return Err(ArgumentError::Shape { name, expected: kind.expectation() }),
            }
        }
        if arguments.0.keys().all(|key| parameters.iter().any(|parameter| parameter.name == key)) {
            Ok(arguments)
        } else {
            let names: Vec<_> = parameters.iter().map(|parameter| parameter.name).collect();
            let known = if names.is_empty() { "none".to_owned() } else { names.join(", ") };
            Err(ArgumentError::Unknown { tool, known })
        }
    }

    /// Copies every text in the arguments, so that an error can be kept from repeating one.
    pub(crate) fn texts(&self) -> Vec<Zeroizing<String>> {
        let mut texts = Vec::new();
        for value in self.0.values() {
            collect(value, &mut texts);
        }
        texts
    }

    pub(crate) fn text(&mut self, name: &str) -> Option<String> {
        match self.0.remove(name) {
            Some(Value::String(text)) => Some(text),
            _ => None,
        }
    }

    /// Takes the value of a secret into wiped memory.
    pub(crate) fn value(&mut self, name: &str) -> Option<SecretValue> {
        self.text(name).map(|text| SecretValue::new(Zeroizing::new(text.into_bytes())))
    }

    pub(crate) fn integer(&mut self, name: &str) -> Option<u32> {
        self.0.remove(name).and_then(|value| value.as_u64()).and_then(|number| u32::try_from(number).ok())
    }

    pub(crate) fn flag(&mut self, name: &str) -> bool {
        self.0.remove(name).and_then(|value| value.as_bool()).unwrap_or(false)
    }

    pub(crate) fn object(&mut self, name: &str) -> Option<JsonObject> {
        match self.0.remove(name) {
            Some(Value::Object(object)) => Some(object),
            _ => None,
        }
    }

    pub(crate) fn text_map(&mut self, name: &str) -> BTreeMap<String, String> {
        let object = self.object(name).unwrap_or_default();
        object.into_iter().filter_map(|(key, value)| Some((key, value.as_str()?.to_owned()))).collect()
    }

    pub(crate) fn json(&mut self, name: &str) -> Option<Value> {
        self.0.remove(name)
    }

    /// Takes the secret that the arguments `path`, `vault` and `version` speak of.
    pub(crate) fn target(&mut self) -> Result<Target, Refusal> {
        let path = self.text("path").unwrap_or_default();
        let vault = self.text("vault");
        let version = self.integer("version");
        if !path.starts_with("oneclaw://") {
            let path = SecretPath::parse(path).map_err(|_| Refusal::Path)?;
            return Ok(Target { path, vault, version });
        }
        let reference: Reference = path.parse().map_err(|_| Refusal::Reference)?;
        if reference.field().is_some() {
            return Err(Refusal::ReferenceField);
        }
        let contradicts = vault.as_deref().is_some_and(|vault| vault != reference.vault())
            || version.is_some() && reference.version().is_some() && version != reference.version();
        if contradicts {
            return Err(Refusal::Contradiction);
        }
        Ok(Target {
            path: reference.path().clone(),
            vault: Some(reference.vault().to_owned()),
            version: version.or(reference.version()),
        })
    }
}

impl Drop for Arguments {
    fn drop(&mut self) {
        for (_, mut value) in std::mem::take(&mut self.0) {
            wipe(&mut value);
        }
    }
}

impl std::fmt::Debug for Arguments {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Arguments({})", self.0.len())
    }
}

/// The secret that a call speaks of.
#[derive(Debug)]
pub(crate) struct Target {
    pub(crate) path: SecretPath,
    pub(crate) vault: Option<String>,
    pub(crate) version: Option<u32>,
}

fn collect(value: &Value, texts: &mut Vec<Zeroizing<String>>) {
    match value {
        Value::String(text) => {
            texts.push(Zeroizing::new(text.clone()));
            // The vault gets the parts of a reference, not the whole.
            if let Ok(reference) = text.parse::<Reference>() {
                texts.push(Zeroizing::new(reference.path().to_string()));
            }
        }
        Value::Array(items) => items.iter().for_each(|item| collect(item, texts)),
        Value::Object(map) => {
            for (key, item) in map {
                texts.push(Zeroizing::new(key.clone()));
                collect(item, texts);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

fn wipe(value: &mut Value) {
    match value {
        Value::String(text) => text.zeroize(),
        Value::Array(items) => items.iter_mut().for_each(wipe),
        Value::Object(map) => map.values_mut().for_each(wipe),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}
