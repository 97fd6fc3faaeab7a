use oneclaw_api::{NewVault, Problem, Vault, VaultId, VaultList};

use super::Client;
use crate::request::Request;

pub(crate) async fn list(client: &Client) -> Result<Vec<Vault>, Problem> {
    Ok(client.send(Request::get("/v1/vaults")).await?.decode::<VaultList>()?.vaults)
}

pub(crate) async fn create(client: &Client, new: &NewVault) -> Result<Vault, Problem> {
    client.send(Request::post("/v1/vaults").json(new)?).await?.decode()
}

pub(crate) async fn show(client: &Client, vault: VaultId) -> Result<Vault, Problem> {
    client.send(Request::get(format!("/v1/vaults/{vault}"))).await?.decode()
}

pub(crate) async fn delete(client: &Client, vault: VaultId) -> Result<(), Problem> {
    client.send(Request::delete(format!("/v1/vaults/{vault}"))).await.map(drop)
}
