use http::Method;
use oneclaw_api::{
    Explain, Explanation, NewPolicy, Policy, PolicyId, PolicyList, Problem, UpdatePolicy, VaultId,
};

use super::Client;
use crate::request::Request;

pub(crate) async fn list(client: &Client, vault: VaultId) -> Result<Vec<Policy>, Problem> {
    let request = Request::get(format!("/v1/vaults/{vault}/policies"));
    Ok(client.send(request).await?.decode::<PolicyList>()?.policies)
}

pub(crate) async fn create(client: &Client, vault: VaultId, new: &NewPolicy) -> Result<Policy, Problem> {
    client.send(Request::post(format!("/v1/vaults/{vault}/policies")).json(new)?).await?.decode()
}

pub(crate) async fn update(
    client: &Client,
    vault: VaultId,
    policy: PolicyId,
    update: &UpdatePolicy,
) -> Result<Policy, Problem> {
    let target = format!("/v1/vaults/{vault}/policies/{policy}");
    client.send(Request::new(Method::PUT, target).json(update)?).await?.decode()
}

pub(crate) async fn delete(client: &Client, vault: VaultId, policy: PolicyId) -> Result<(), Problem> {
    client.send(Request::delete(format!("/v1/vaults/{vault}/policies/{policy}"))).await.map(drop)
}

pub(crate) async fn explain(
    client: &Client,
    vault: VaultId,
    question: &Explain,
) -> Result<Explanation, Problem> {
    let request = Request::post(format!("/v1/vaults/{vault}/policy-explain")).json(question)?;
    client.send(request).await?.decode()
}
