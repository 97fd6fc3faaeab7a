use oneclaw_api::{
    BindingConfig, BindingList, BindingSecret, Guardrails, NewBinding, Problem, SecretPath, SecretValue,
    UpdateBinding, VaultApi,
};

use crate::extract::{Body, Caller, Fields, Target};
use crate::reply::{Answer, created, no_content, ok};

const CONFIG: &str = "must be an object with `base_url`, `auth_type` (`bearer`, `header`, `basic` or `query`) and, as \
                      strings, `auth_header`, `auth_format`, `auth_query`, `auth_user`, and nothing else";
const GUARDRAILS: &str = "must be an object of limits that the API's reference lists, and nothing else";

/// `GET /v1/agents/{agent}/bindings`
pub(crate) async fn list(caller: Caller, target: Target) -> Answer {
    ok(&BindingList { bindings: caller.list_bindings(target.id()?).await? })
}

/// `POST /v1/agents/{agent}/bindings`
pub(crate) async fn create(caller: Caller, target: Target, body: Body) -> Answer {
    let fields = body.fields()?;
    if fields.required::<String>("binding_type", "must be `http`")? != "http" {
        return Err(Problem::bad_field("binding_type", "must be `http`").into());
    }
    let new = NewBinding {
        name: fields.required("name", "must be a string")?,
        config: fields.required::<BindingConfig>("config", CONFIG)?,
        guardrails: fields.optional::<Guardrails>("guardrails", GUARDRAILS)?.unwrap_or_default(),
        secret: secret(&fields)?.ok_or_else(|| {
            Problem::bad_field("credential_source", "is missing; it must say where the credential comes from")
        })?,
    };
    created(&caller.create_binding(target.id()?, new).await?)
}

/// `GET /v1/agents/{agent}/bindings/{binding}`
pub(crate) async fn show(caller: Caller, target: Target) -> Answer {
    ok(&caller.binding(target.id()?, target.inner_id()?).await?)
}

/// `PATCH /v1/agents/{agent}/bindings/{binding}`
pub(crate) async fn update(caller: Caller, target: Target, body: Body) -> Answer {
    let fields = body.fields()?;
    let update = UpdateBinding {
        config: fields.optional("config", CONFIG)?,
        guardrails: fields.optional("guardrails", GUARDRAILS)?,
        is_active: fields.optional("is_active", "must be `true` or `false`")?,
        secret: secret(&fields)?,
    };
    ok(&caller.update_binding(target.id()?, target.inner_id()?, update).await?)
}

/// `DELETE /v1/agents/{agent}/bindings/{binding}`
pub(crate) async fn remove(caller: Caller, target: Target) -> Answer {
    caller.delete_binding(target.id()?, target.inner_id()?).await?;
    no_content()
}

/// Parses the credential: `credential {token | value}`, or `credential_source` that holds it or says where it is.
fn secret(fields: &Fields<'_>) -> Result<Option<BindingSecret>, Problem> {
    match (fields.object("credential")?, fields.object("credential_source")?) {
        (None, None) => Ok(None),
        (Some(credential), None) => inline(&credential, "credential").map(Some),
        (None, Some(source)) => from_source(&source).map(Some),
        (Some(_), Some(_)) => {
            Err(Problem::bad_field("credential", "must not be given beside `credential_source`"))
        }
    }
}

fn from_source(source: &Fields<'_>) -> Result<BindingSecret, Problem> {
    const TYPE: &str = "must be `inline` or `vault_ref`";
    match source.required::<String>("type", TYPE)?.as_str() {
        "inline" => match source.raw("value") {
            Some(raw) if raw.get().starts_with('{') => {
                inline(&source.object("value")?.unwrap_or_default(), "credential_source")
            }
            _ => inline(source, "credential_source"),
        },
        "vault_ref" => Ok(BindingSecret::VaultRef {
            vault_id: source.required("vault_id", "must be the id of a vault")?,
            path: SecretPath::parse(source.required::<String>("path", "must be a secret's path")?)?,
        }),
        _ => Err(Problem::bad_field("credential_source", TYPE)),
    }
}

/// Takes the one text of `token` or `value` straight into wiped memory.
fn inline(fields: &Fields<'_>, name: &str) -> Result<BindingSecret, Problem> {
    let literal = match (fields.raw("token"), fields.raw("value")) {
        (Some(literal), None) | (None, Some(literal)) => literal,
        _ => return Err(Problem::bad_field(name, "must hold one string, `value` (or `token`)")),
    };
    let value = SecretValue::from_json_literal(literal.get())
        .map_err(|_| Problem::bad_field(name, "must hold one string, `value` (or `token`)"))?;
    Ok(BindingSecret::Inline(value))
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret;

    use super::*;

    fn parsed(body: &str) -> Result<Option<BindingSecret>, Problem> {
        secret(&Fields::parse(body.as_bytes()).unwrap())
    }

    #[test]
    fn a_credential_comes_in_four_spellings() {
        for body in [
            r#"{"credential": {"token": "sk\n1"}}"#,
            r#"{"credential": {"value": "sk\n1"}}"#,
            r#"{"credential_source": {"type": "inline", "value": "sk\n1"}}"#,
            r#"{"credential_source": {"type": "inline", "value": {"token": "sk\n1"}}}"#,
            r#"{"credential": null, "credential_source": {"type": "inline", "value": {"value": "sk\n1"}}}"#,
        ] {
            let Some(BindingSecret::Inline(value)) = parsed(body).unwrap() else { panic!("{body}") };
            assert_eq!(value.expose_secret(), b"sk\n1", "{body}");
        }
        let body = r#"{"credential_source": {"type": "vault_ref", "vault_id":
            "01234567-89ab-4cde-8f01-23456789abcd", "path": "api-keys/stripe"}}"#;
        assert!(matches!(parsed(body), Ok(Some(BindingSecret::VaultRef { .. }))));
        assert!(parsed("{}").unwrap().is_none());
    }

    #[test]
    fn others_are_refused_and_not_echoed() {
        for body in [
            r#"{"credential": "canary"}"#,
            r#"{"credential": {}}"#,
            r#"{"credential": {"token": ["canary"]}}"#,
            r#"{"credential": {"token": "canary", "value": "canary"}}"#,
            r#"{"credential": {"token": "canary"}, "credential_source": {"type": "inline", "value": "canary"}}"#,
            r#"{"credential_source": {"value": "canary"}}"#,
            r#"{"credential_source": {"type": "canary", "value": "canary"}}"#,
            r#"{"credential_source": {"type": "inline"}}"#,
            r#"{"credential_source": {"type": "vault_ref", "vault_id": "canary", "path": "a"}}"#,
            r#"{"credential_source": {"type": "vault_ref", "vault_id":
                "01234567-89ab-4cde-8f01-23456789abcd", "path": "../canary"}}"#,
        ] {
            let problem = parsed(body).unwrap_err();
            assert!(!problem.detail().contains("canary"), "{problem}");
        }
    }
}
