use http::Method;
use oneclaw_api::{Agent, AgentCreated, AgentId, AgentKeyRotated, AgentList, NewAgent, Problem, UpdateAgent};
use serde::Deserialize;

use super::Client;
use super::auth::shown_key;
use crate::request::Request;

pub(crate) async fn list(client: &Client) -> Result<Vec<Agent>, Problem> {
    Ok(client.send(Request::get("/v1/agents")).await?.decode::<AgentList>()?.agents)
}

pub(crate) async fn create(client: &Client, new: &NewAgent) -> Result<AgentCreated, Problem> {
    #[derive(Deserialize)]
    struct Wire {
        agent: Agent,
    }
    let reply = client.send(Request::post("/v1/agents").json(new)?).await?;
    Ok(AgentCreated { agent: reply.decode::<Wire>()?.agent, api_key: shown_key(&reply)? })
}

pub(crate) async fn show(client: &Client, agent: AgentId) -> Result<Agent, Problem> {
    client.send(Request::get(format!("/v1/agents/{agent}"))).await?.decode()
}

pub(crate) async fn update(client: &Client, agent: AgentId, update: &UpdateAgent) -> Result<Agent, Problem> {
    let request = Request::new(Method::PATCH, format!("/v1/agents/{agent}")).json(update)?;
    client.send(request).await?.decode()
}

pub(crate) async fn delete(client: &Client, agent: AgentId) -> Result<(), Problem> {
    client.send(Request::delete(format!("/v1/agents/{agent}"))).await.map(drop)
}

pub(crate) async fn rotate_key(client: &Client, agent: AgentId) -> Result<AgentKeyRotated, Problem> {
    let reply = client.send(Request::post(format!("/v1/agents/{agent}/rotate-key"))).await?;
    Ok(AgentKeyRotated { api_key: shown_key(&reply)? })
}
