use oneclaw_api::{Problem, SecretMeta, SecretPath, SecretRead, SecretVersionList, VaultId};
use serde::Serialize;

use super::Client;
use super::secrets::target;
use crate::request::Request;

pub(crate) async fn list(
    client: &Client,
    vault: VaultId,
    path: &SecretPath,
) -> Result<Vec<SecretMeta>, Problem> {
    let request = Request::get(target(vault, "secret-versions", path));
    Ok(client.send(request).await?.decode::<SecretVersionList>()?.versions)
}

pub(crate) async fn read(
    client: &Client,
    vault: VaultId,
    path: &SecretPath,
    version: u32,
) -> Result<SecretRead, Problem> {
    let target = target(vault, "secret-version", path);
    let reply = client.send(Request::get(format!("{target}/{version}"))).await?;
    SecretRead::from_json(&reply.body)
}

pub(crate) async fn rollback(
    client: &Client,
    vault: VaultId,
    path: &SecretPath,
    version: u32,
    if_match: Option<u32>,
) -> Result<SecretMeta, Problem> {
    #[derive(Serialize)]
    struct Wire {
        version: u32,
    }
    let request = Request::post(target(vault, "secret-rollback", path)).if_match(if_match);
    client.send(request.json(&Wire { version })?).await?.decode()
}

pub(crate) async fn disable(
    client: &Client,
    vault: VaultId,
    path: &SecretPath,
    version: u32,
) -> Result<(), Problem> {
    let target = target(vault, "secret-version-disable", path);
    client.send(Request::post(format!("{target}/{version}"))).await.map(drop)
}
