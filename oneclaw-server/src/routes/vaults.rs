use oneclaw_api::{NewVault, VaultApi, VaultList};

use crate::extract::{Body, Caller, Target};
use crate::reply::{Answer, created, no_content, ok};

/// `GET /v1/vaults`
pub(crate) async fn list(caller: Caller) -> Answer {
    ok(&VaultList { vaults: caller.list_vaults().await? })
}

/// `POST /v1/vaults`
pub(crate) async fn create(caller: Caller, body: Body) -> Answer {
    let fields = body.fields()?;
    let new = NewVault {
        name: fields.required("name", "must be a string")?,
        description: fields.optional("description", "must be a string")?.unwrap_or_default(),
    };
    created(&caller.create_vault(new).await?)
}

/// `GET /v1/vaults/{vault}`
pub(crate) async fn show(caller: Caller, target: Target) -> Answer {
    ok(&caller.vault(target.id()?).await?)
}

/// `DELETE /v1/vaults/{vault}`
pub(crate) async fn remove(caller: Caller, target: Target) -> Answer {
    caller.delete_vault(target.id()?).await?;
    no_content()
}
