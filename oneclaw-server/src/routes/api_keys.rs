use oneclaw_api::{ApiKeyCreated, ApiKeyList, ApiKeyRecord, NewApiKey, VaultApi};
use serde::Serialize;

use crate::extract::{Body, Caller, Target};
use crate::reply::{Answer, created, no_content, ok};

/// `GET /v1/auth/api-keys`
pub(crate) async fn list(caller: Caller) -> Answer {
    ok(&ApiKeyList { keys: caller.list_api_keys().await? })
}

/// `POST /v1/auth/api-keys`
pub(crate) async fn create(caller: Caller, body: Body) -> Answer {
    #[derive(Serialize)]
    struct Created<'a> {
        key: &'a ApiKeyRecord,
        api_key: &'a str,
    }
    let fields = body.fields()?;
    fields.refuse("scopes", "can't limit a person's key yet; make an agent instead")?;
    let new = NewApiKey {
        name: fields.required("name", "must be a string")?,
        expires_at: fields.optional("expires_at", super::agents::DATE)?,
    };
    let ApiKeyCreated { key, api_key } = caller.create_api_key(new).await?;
    created(&Created { key: &key, api_key: api_key.expose_key() })
}

/// `DELETE /v1/auth/api-keys/{key}`
pub(crate) async fn revoke(caller: Caller, target: Target) -> Answer {
    caller.revoke_api_key(target.auth_id()?).await?;
    no_content()
}
