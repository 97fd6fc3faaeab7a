//! Services whose address, header and harmless call are known.

use serde_json::{Value, json};

/// A service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Preset {
    /// What people call it.
    pub(super) title: &'static str,
    /// The name of its binding and the last segment of its path.
    pub(super) name: &'static str,
    /// Where its API is.
    pub(super) url: &'static str,
    /// The header that carries the key.
    pub(super) header: &'static str,
    /// The header's text.
    pub(super) format: &'static str,
    /// What an agent needs.
    pub(super) methods: &'static [&'static str],
    /// A header that every request must have, and its value.
    pub(super) request_header: Option<(&'static str, &'static str)>,
    /// A path whose GET changes nothing and costs nothing.
    pub(super) harmless: &'static str,
}

/// The services that are offered.
pub(super) const PRESETS: [Preset; 4] = [
    Preset {
        title: "OpenAI",
        name: "openai",
        url: "https://api.openai.com/v1/",
        header: "Authorization",
        format: "Bearer {value}",
        methods: &["GET", "POST"],
        request_header: None,
        harmless: "models",
    },
    Preset {
        title: "Anthropic",
        name: "anthropic",
        url: "https://api.anthropic.com/v1/",
        header: "x-api-key",
        format: "{value}",
        methods: &["GET", "POST"],
        request_header: Some(("anthropic-version", "2023-06-01")),
        harmless: "models",
    },
    Preset {
        title: "GitHub",
        name: "github",
        url: "https://api.github.com/",
        header: "Authorization",
        format: "Bearer {value}",
        methods: &["GET", "HEAD"],
        request_header: None,
        harmless: "user",
    },
    Preset {
        title: "Stripe",
        name: "stripe",
        url: "https://api.stripe.com/v1/",
        header: "Authorization",
        format: "Bearer {value}",
        methods: &["GET", "HEAD"],
        request_header: None,
        harmless: "balance",
    },
];

impl Preset {
    /// Returns the arguments of `execute_http` for the harmless call.
    pub(super) fn harmless_call(&self) -> Value {
        let mut arguments = json!({ "binding": self.name, "method": "GET", "path": self.harmless });
        if let (Some((name, value)), Some(fields)) = (self.request_header, arguments.as_object_mut()) {
            fields.insert("headers".to_owned(), json!({ name: value }));
        }
        arguments
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_preset_is_complete() {
        for preset in PRESETS {
            assert!(preset.url.starts_with("https://") && preset.url.ends_with('/'), "{}", preset.title);
            assert_eq!(preset.format.matches("{value}").count(), 1, "{}", preset.title);
            assert!(preset.methods.contains(&"GET"), "{}", preset.title);
            assert!(crate::argument::path(&format!("api-keys/{}", preset.name)).is_ok(), "{}", preset.title);
        }
    }

    #[test]
    fn a_required_header_is_part_of_the_call() {
        assert_eq!(PRESETS[1].harmless_call()["headers"]["anthropic-version"], "2023-06-01");
        assert_eq!(PRESETS[0].harmless_call().get("headers"), None);
    }
}
