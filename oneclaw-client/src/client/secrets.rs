use http::Method;
use http::header::{HeaderName, HeaderValue};
use oneclaw_api::{
    NewSecret, Origin, Problem, Rotation, SecretDescription, SecretList, SecretMeta, SecretPath, SecretRead,
    VaultId,
};
use serde::Deserialize;

use super::Client;
use crate::request::Request;

pub(crate) async fn list(
    client: &Client,
    vault: VaultId,
    prefix: Option<&str>,
) -> Result<Vec<SecretMeta>, Problem> {
    let request =
        Request::get(format!("/v1/vaults/{vault}/secrets")).query([("prefix", prefix.map(str::to_owned))]);
    Ok(client.send(request).await?.decode::<SecretList>()?.secrets)
}

pub(crate) async fn put(
    client: &Client,
    vault: VaultId,
    path: &SecretPath,
    new: &NewSecret,
) -> Result<SecretMeta, Problem> {
    let mut request = Request::new(Method::PUT, target(vault, "secrets", path))
        .if_match(new.if_match)
        .secret_json(new.to_json()?);
    if new.origin == Origin::Agent {
        request = request
            .header(HeaderName::from_static("x-oneclaw-origin"), HeaderValue::from_static("agent-model"));
    }
    client.send(request).await?.decode()
}

pub(crate) async fn read(client: &Client, vault: VaultId, path: &SecretPath) -> Result<SecretRead, Problem> {
    let reply = client.send(Request::get(target(vault, "secrets", path))).await?;
    SecretRead::from_json(&reply.body)
}

pub(crate) async fn describe(
    client: &Client,
    vault: VaultId,
    path: &SecretPath,
) -> Result<SecretDescription, Problem> {
    client.send(Request::get(target(vault, "secret-meta", path))).await?.decode()
}

pub(crate) async fn rotate(
    client: &Client,
    vault: VaultId,
    path: &SecretPath,
    rotation: &Rotation,
) -> Result<SecretMeta, Problem> {
    client.send(Request::post(target(vault, "secret-rotate", path)).json(rotation)?).await?.decode()
}

pub(crate) async fn delete(
    client: &Client,
    vault: VaultId,
    path: &SecretPath,
    if_match: Option<u32>,
) -> Result<(), Problem> {
    client.send(Request::delete(target(vault, "secrets", path)).if_match(if_match)).await.map(drop)
}

pub(crate) async fn bundle_names(
    client: &Client,
    vault: VaultId,
    path: &SecretPath,
) -> Result<Vec<String>, Problem> {
    #[derive(Deserialize)]
    struct Wire {
        names: Vec<String>,
    }
    Ok(client.send(Request::get(target(vault, "secret-bundle", path))).await?.decode::<Wire>()?.names)
}

/// Puts a path behind its route. Its alphabet needs no escapes, and slashes stay as they are.
pub(crate) fn target(vault: VaultId, area: &str, path: &SecretPath) -> String {
    format!("/v1/vaults/{vault}/{area}/{path}")
}
