use rmcp::model::JsonObject;
use serde_json::{Value, json};

/// One parameter of a tool: the schema that clients see and the check that arguments pass come from the same entry.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Parameter {
    pub(crate) name: &'static str,
    pub(crate) kind: Kind,
    pub(crate) required: bool,
    pub(crate) description: &'static str,
}

/// The shape of an argument.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Kind {
    /// A string with at least one character.
    Text,
    /// A string that may be empty.
    AnyText,
    /// One of a few words.
    Choice(&'static [&'static str]),
    /// A whole number in a range, both ends included.
    Integer { min: u32, max: u32 },
    /// `true` or `false`.
    Flag,
    /// An object with anything in it.
    Object,
    /// An object whose values are strings.
    TextMap,
    /// A string, an object or an array.
    Body,
}

impl Parameter {
    /// The path of a secret, which every tool that speaks of one takes.
    pub(crate) const PATH: Self = Self::required(
        "path",
        Kind::Text,
        "Path of the secret, for example api-keys/stripe, or its oneclaw:// reference.",
    );

    /// The vault, which is found by itself unless one is named.
    pub(crate) const VAULT: Self = Self::optional(
        "vault",
        Kind::Text,
        "Name or id of the vault. Leave it out to use the default vault.",
    );

    pub(crate) const fn required(name: &'static str, kind: Kind, description: &'static str) -> Self {
        Self { name, kind, required: true, description }
    }

    pub(crate) const fn optional(name: &'static str, kind: Kind, description: &'static str) -> Self {
        Self { name, kind, required: false, description }
    }
}

impl Kind {
    /// Tells whether an argument has this shape.
    pub(crate) fn admits(self, value: &Value) -> bool {
        match self {
            Self::Text => value.as_str().is_some_and(|text| !text.is_empty()),
            Self::AnyText => value.is_string(),
            Self::Choice(words) => value.as_str().is_some_and(|text| words.contains(&text)),
            Self::Integer { min, max } => {
                value.as_u64().is_some_and(|number| (u64::from(min)..=u64::from(max)).contains(&number))
            }
            Self::Flag => value.is_boolean(),
            Self::Object => value.is_object(),
            Self::TextMap => value.as_object().is_some_and(|map| map.values().all(Value::is_string)),
            Self::Body => value.is_string() || value.is_object() || value.is_array(),
        }
    }

    /// Says what an argument must be, to complete "must be …".
    pub(crate) fn expectation(self) -> String {
        match self {
            Self::Text => "a string that is not empty".to_owned(),
            Self::AnyText => "a string".to_owned(),
            Self::Choice(words) => format!("one of: {}", words.join(", ")),
            Self::Integer { min, max } => format!("a whole number from {min} to {max}"),
            Self::Flag => "true or false".to_owned(),
            Self::Object => "an object".to_owned(),
            Self::TextMap => "an object whose values are strings".to_owned(),
            Self::Body => "a string, an object or an array".to_owned(),
        }
    }

    fn schema(self) -> Value {
        match self {
            Self::Text => json!({ "type": "string", "minLength": 1 }),
            Self::AnyText => json!({ "type": "string" }),
            Self::Choice(words) => json!({ "type": "string", "enum": words }),
            Self::Integer { min, max } => json!({ "type": "integer", "minimum": min, "maximum": max }),
            Self::Flag => json!({ "type": "boolean" }),
            Self::Object => json!({ "type": "object" }),
            Self::TextMap => json!({ "type": "object", "additionalProperties": { "type": "string" } }),
            Self::Body => json!({ "type": ["string", "object", "array"] }),
        }
    }
}

/// Writes the JSON Schema of a tool's arguments; what it does not name is refused.
pub(crate) fn schema(parameters: &[Parameter]) -> JsonObject {
    let mut properties = JsonObject::new();
    for Parameter { name, kind, required: _, description } in parameters {
        let mut property = kind.schema();
        if let Some(property) = property.as_object_mut() {
            property.insert("description".to_owned(), json!(description));
        }
        properties.insert((*name).to_owned(), property);
    }
    let required: Vec<_> =
        parameters.iter().filter(|parameter| parameter.required).map(|parameter| parameter.name).collect();
    let mut schema = JsonObject::new();
    schema.insert("type".to_owned(), json!("object"));
    schema.insert("properties".to_owned(), Value::Object(properties));
    if !required.is_empty() {
        schema.insert("required".to_owned(), json!(required));
    }
    schema.insert("additionalProperties".to_owned(), json!(false));
    schema
}
