use rmcp::model::{ReadResourceResult, Resource, ResourceContents};

/// The one resource: the secrets of the default vault that the agent may see.
pub(crate) const SECRETS: &str = "vault://secrets";

const JSON: &str = "application/json";

pub(crate) fn shown() -> Resource {
    Resource::new(SECRETS, "secrets")
        .with_title("Secrets")
        .with_description("The secrets you may know of, with type, version and expiry, never a value.")
        .with_mime_type(JSON)
}

pub(crate) fn contents(json: String) -> ReadResourceResult {
    ReadResourceResult::new(vec![ResourceContents::text(json, SECRETS).with_mime_type(JSON)])
}
