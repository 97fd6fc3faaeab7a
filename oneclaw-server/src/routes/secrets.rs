use http::HeaderMap;
use jiff::Timestamp;
use oneclaw_api::{
    Charset, NewSecret, Origin, Problem, Rotation, SecretId, SecretMeta, SecretPath, VaultApi,
};
use serde::Serialize;
use serde_json::{Map, Value};

use crate::extract::{Body, Caller, IfMatch, Query, Target};
use crate::reply::{Answer, created, no_content, ok, ok_wiped};

/// `GET /v1/vaults/{vault}/secrets`
pub(crate) async fn list(caller: Caller, target: Target, query: Query) -> Answer {
    #[derive(Serialize)]
    struct List {
        secrets: Vec<LeanMeta>,
    }
    let secrets = caller.list_secrets(target.id()?, query.text("prefix")).await?;
    ok(&List { secrets: secrets.into_iter().map(LeanMeta::from).collect() })
}

/// `PUT /v1/vaults/{vault}/secrets/{path}`
pub(crate) async fn put(
    caller: Caller,
    target: Target,
    IfMatch(if_match): IfMatch,
    headers: HeaderMap,
    body: Body,
) -> Answer {
    let (vault, path) = target.secret()?;
    let new = NewSecret { origin: origin(&headers)?, if_match, ..NewSecret::from_json(body.bytes())? };
    created(&LeanMeta::from(caller.put_secret(vault, &path, new).await?))
}

/// `GET /v1/vaults/{vault}/secrets/{path}`
pub(crate) async fn read(caller: Caller, target: Target) -> Answer {
    let (vault, path) = target.secret()?;
    Ok(ok_wiped(caller.read_secret(vault, &path, None).await?.to_json()?))
}

/// `DELETE /v1/vaults/{vault}/secrets/{path}`
pub(crate) async fn remove(caller: Caller, target: Target, IfMatch(if_match): IfMatch) -> Answer {
    let (vault, path) = target.secret()?;
    caller.delete_secret(vault, &path, if_match).await?;
    no_content()
}

/// `GET /v1/vaults/{vault}/secret-meta/{path}`
pub(crate) async fn describe(caller: Caller, target: Target) -> Answer {
    let (vault, path) = target.secret()?;
    ok(&caller.describe_secret(vault, &path).await?)
}

/// `GET /v1/vaults/{vault}/secret-bundle/{path}`
pub(crate) async fn bundle_names(caller: Caller, target: Target) -> Answer {
    #[derive(Serialize)]
    struct Names {
        names: Vec<String>,
    }
    let (vault, path) = target.secret()?;
    ok(&Names { names: caller.env_bundle_names(vault, &path).await? })
}

/// `POST /v1/vaults/{vault}/secret-rotate/{path}`
pub(crate) async fn rotate(caller: Caller, target: Target, body: Body) -> Answer {
    let (vault, path) = target.secret()?;
    let fields = body.fields()?;
    let rotation = Rotation {
        length: fields.optional("length", "must be a whole number, 8 to 1024")?,
        charset: fields
            .optional::<Charset>("charset", "must be `hex`, `base64`, `alphanumeric` or `ascii`")?,
        kind: fields.optional("type", "must be a string")?,
    };
    created(&LeanMeta::from(caller.rotate_secret(vault, &path, rotation).await?))
}

/// A secret without its value, with exactly the fields that every client knows; `expires_at` may be null.
#[derive(Serialize)]
pub(crate) struct LeanMeta {
    id: SecretId,
    path: SecretPath,
    r#type: String,
    version: u32,
    metadata: Map<String, Value>,
    created_at: Timestamp,
    expires_at: Option<Timestamp>,
}

impl From<SecretMeta> for LeanMeta {
    fn from(meta: SecretMeta) -> Self {
        let SecretMeta {
            id,
            path,
            kind,
            version,
            metadata,
            created_at,
            expires_at,
            is_disabled: _,
            origin: _,
            exposed_at: _,
        } = meta;
        Self { id, path, r#type: kind, version, metadata, created_at, expires_at }
    }
}

fn origin(headers: &HeaderMap) -> Result<Origin, Problem> {
    match headers.get("x-oneclaw-origin").map(http::HeaderValue::as_bytes) {
        None => Ok(Origin::Human),
        Some(b"agent-model") => Ok(Origin::Agent),
        Some(_) => Err(Problem::bad_request("`X-Oneclaw-Origin` is `agent-model` or left out")),
    }
}
