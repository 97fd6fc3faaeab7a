use http::Method;
use oneclaw_api::{
    AgentId, Binding, BindingConfig, BindingId, BindingList, BindingSecret, Guardrails, NewBinding, Problem,
    UpdateBinding,
};
use serde::Serialize;
use zeroize::Zeroizing;

use super::Client;
use crate::request::Request;

pub(crate) async fn list(client: &Client, agent: AgentId) -> Result<Vec<Binding>, Problem> {
    let request = Request::get(format!("/v1/agents/{agent}/bindings"));
    Ok(client.send(request).await?.decode::<BindingList>()?.bindings)
}

pub(crate) async fn create(client: &Client, agent: AgentId, new: &NewBinding) -> Result<Binding, Problem> {
    #[derive(Serialize)]
    struct Wire<'a> {
        name: &'a str,
        binding_type: &'a str,
        config: &'a BindingConfig,
        guardrails: &'a Guardrails,
    }
    let NewBinding { name, config, guardrails, secret } = new;
    let wire = Wire { name, binding_type: "http", config, guardrails };
    let request = Request::post(format!("/v1/agents/{agent}/bindings"));
    client.send(request.secret_json(with_source(&wire, Some(secret))?)).await?.decode()
}

pub(crate) async fn show(client: &Client, agent: AgentId, binding: BindingId) -> Result<Binding, Problem> {
    client.send(Request::get(format!("/v1/agents/{agent}/bindings/{binding}"))).await?.decode()
}

pub(crate) async fn update(
    client: &Client,
    agent: AgentId,
    binding: BindingId,
    update: &UpdateBinding,
) -> Result<Binding, Problem> {
    #[derive(Serialize)]
    struct Wire<'a> {
        #[serde(skip_serializing_if = "Option::is_none")]
        config: Option<&'a BindingConfig>,
        #[serde(skip_serializing_if = "Option::is_none")]
        guardrails: Option<&'a Guardrails>,
        #[serde(skip_serializing_if = "Option::is_none")]
        is_active: Option<bool>,
    }
    let UpdateBinding { config, guardrails, is_active, secret } = update;
    let wire = Wire { config: config.as_ref(), guardrails: guardrails.as_ref(), is_active: *is_active };
    let request = Request::new(Method::PATCH, format!("/v1/agents/{agent}/bindings/{binding}"));
    client.send(request.secret_json(with_source(&wire, secret.as_ref())?)).await?.decode()
}

pub(crate) async fn delete(client: &Client, agent: AgentId, binding: BindingId) -> Result<(), Problem> {
    client.send(Request::delete(format!("/v1/agents/{agent}/bindings/{binding}"))).await.map(drop)
}

/// Encodes an object with the credential's source behind its fields, in memory that is wiped and never grows.
fn with_source(
    fields: &impl Serialize,
    secret: Option<&BindingSecret>,
) -> Result<Zeroizing<Vec<u8>>, Problem> {
    const INLINE: &str = r#""credential_source":{"type":"inline","value":"#;
    let bad = |_| Problem::bad_request("the binding can't be encoded as JSON");
    let head = serde_json::to_vec(fields).map_err(bad)?;
    let head = head.strip_suffix(b"}").unwrap_or(&head);
    let (source, value) = match secret {
        None => (String::new(), None),
        Some(BindingSecret::VaultRef { vault_id, path }) => (
            // Ids and paths need no escapes.
            format!(r#""credential_source":{{"type":"vault_ref","vault_id":"{vault_id}","path":"{path}"}}"#),
            None,
        ),
        Some(BindingSecret::Inline(value)) => (INLINE.to_owned(), Some(value)),
    };
    let value_len = value.map_or(0, oneclaw_api::SecretValue::json_len);
    let mut out = Zeroizing::new(Vec::with_capacity(head.len() + source.len() + value_len + 3));
    out.extend_from_slice(head);
    if head != b"{" && !source.is_empty() {
        out.push(b',');
    }
    out.extend_from_slice(source.as_bytes());
    if let Some(value) = value {
        value.write_json_literal(&mut out)?;
        out.push(b'}');
    }
    out.push(b'}');
    Ok(out)
}

#[cfg(test)]
mod tests {
    use oneclaw_api::{SecretPath, SecretValue, VaultId};
    use serde_json::{Value, json};

    use super::*;

    fn encoded(fields: &impl Serialize, secret: Option<BindingSecret>) -> Value {
        let bytes = with_source(fields, secret.as_ref()).unwrap();
        serde_json::from_slice(&bytes).unwrap()
    }

    #[test]
    fn the_source_follows_the_fields() {
        let vault_id = VaultId::from_bytes([7; 16]);
        let path = SecretPath::parse("api-keys/stripe").unwrap();
        let inline = || BindingSecret::Inline(SecretValue::from_bytes("sk \"1\"\n".as_bytes()));
        assert_eq!(encoded(&json!({}), None), json!({}));
        assert_eq!(encoded(&json!({"a": 1}), None), json!({"a": 1}));
        assert_eq!(
            encoded(&json!({}), Some(inline())),
            json!({"credential_source": {"type": "inline", "value": "sk \"1\"\n"}})
        );
        assert_eq!(
            encoded(&json!({"a": 1}), Some(BindingSecret::VaultRef { vault_id, path })),
            json!({"a": 1, "credential_source": {
                "type": "vault_ref", "vault_id": vault_id, "path": "api-keys/stripe"
            }})
        );
    }

    #[test]
    fn the_body_never_grows() {
        let secret = BindingSecret::Inline(SecretValue::from_bytes(&[b'"'; 1000]));
        let body = with_source(&json!({"a": 1}), Some(&secret)).unwrap();
        assert!(body.capacity() < 2200, "{}", body.capacity());
    }
}
