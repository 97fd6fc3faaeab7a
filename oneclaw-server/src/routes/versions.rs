use oneclaw_api::{SecretVersionList, VaultApi};

use super::secrets::LeanMeta;
use crate::extract::{Body, Caller, IfMatch, Target};
use crate::reply::{Answer, created, no_content, ok, ok_wiped};

/// `GET /v1/vaults/{vault}/secret-versions/{path}`
pub(crate) async fn list(caller: Caller, target: Target) -> Answer {
    let (vault, path) = target.secret()?;
    ok(&SecretVersionList { versions: caller.list_versions(vault, &path).await? })
}

/// `GET /v1/vaults/{vault}/secret-version/{path}/{version}`
pub(crate) async fn read(caller: Caller, target: Target) -> Answer {
    let (vault, path, version) = target.secret_version()?;
    Ok(ok_wiped(caller.read_secret(vault, &path, Some(version)).await?.to_json()?))
}

/// `POST /v1/vaults/{vault}/secret-version-disable/{path}/{version}`
pub(crate) async fn disable(caller: Caller, target: Target) -> Answer {
    let (vault, path, version) = target.secret_version()?;
    caller.disable_version(vault, &path, version).await?;
    no_content()
}

/// `POST /v1/vaults/{vault}/secret-rollback/{path}`
pub(crate) async fn rollback(
    caller: Caller,
    target: Target,
    IfMatch(if_match): IfMatch,
    body: Body,
) -> Answer {
    let (vault, path) = target.secret()?;
    let version = body.fields()?.required("version", "must be a whole number above 0")?;
    created(&LeanMeta::from(caller.rollback_secret(vault, &path, version, if_match).await?))
}
