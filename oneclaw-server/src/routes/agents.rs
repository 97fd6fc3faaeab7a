use oneclaw_api::{
    Agent, AgentCreated, AgentKeyRotated, AgentList, NewAgent, OrgId, Problem, UpdateAgent, VaultApi,
};
use serde::Serialize;

use crate::extract::{Body, Caller, Fields, Target};
use crate::reply::{Answer, created, no_content, ok};

pub(crate) const DATE: &str = "must be a date as 2027-01-31T12:00:00Z (RFC 3339)";
const STRING: &str = "must be a string";
const FLAG: &str = "must be `true` or `false`";
const SCOPES: &str = "must be a list of path patterns";
const VAULT_IDS: &str = "must be a list of vault ids";
const TTL: &str = "must be a whole number of seconds, 61 to 86400";

/// `GET /v1/agents`
pub(crate) async fn list(caller: Caller) -> Answer {
    ok(&AgentList { agents: caller.list_agents().await?.into_iter().map(lean).collect() })
}

/// `POST /v1/agents`
pub(crate) async fn create(caller: Caller, body: Body) -> Answer {
    #[derive(Serialize)]
    struct Created<'a> {
        agent: Agent,
        api_key: &'a str,
    }
    let fields = body.fields()?;
    refuse_limits(&fields)?;
    let new = NewAgent {
        name: fields.required("name", STRING)?,
        description: fields.optional("description", STRING)?.unwrap_or_default(),
        scopes: fields.optional("scopes", SCOPES)?.unwrap_or_default(),
        vault_ids: fields.optional("vault_ids", VAULT_IDS)?.unwrap_or_default(),
        token_ttl_seconds: fields.optional("token_ttl_seconds", TTL)?,
        execution_intents_enabled: fields.optional("execution_intents_enabled", FLAG)?.unwrap_or_default(),
        api_key_expires_at: fields.optional("api_key_expires_at", DATE)?,
    };
    let AgentCreated { agent, api_key } = caller.create_agent(new).await?;
    created(&Created { agent: lean(agent), api_key: api_key.expose_key() })
}

/// `GET /v1/agents/me`: the agent that asks, with what only it needs to know.
pub(crate) async fn me(caller: Caller) -> Answer {
    #[derive(Serialize)]
    struct Me {
        #[serde(flatten)]
        agent: Agent,
        org_id: OrgId,
    }
    let identity = caller.whoami().await?;
    let id = identity.principal.agent().ok_or_else(|| Problem::forbidden("this is for agents"))?;
    ok(&Me { agent: caller.agent(id).await?, org_id: identity.org })
}

/// `GET /v1/agents/{agent}`
pub(crate) async fn show(caller: Caller, target: Target) -> Answer {
    ok(&lean(caller.agent(target.id()?).await?))
}

/// `PATCH /v1/agents/{agent}`
pub(crate) async fn update(caller: Caller, target: Target, body: Body) -> Answer {
    let fields = body.fields()?;
    refuse_limits(&fields)?;
    let update = UpdateAgent {
        name: fields.optional("name", STRING)?,
        description: fields.optional("description", STRING)?,
        scopes: fields.optional("scopes", SCOPES)?,
        is_active: fields.optional("is_active", FLAG)?,
        vault_ids: fields.optional("vault_ids", VAULT_IDS)?,
        token_ttl_seconds: fields.optional("token_ttl_seconds", TTL)?,
        execution_intents_enabled: fields.optional("execution_intents_enabled", FLAG)?,
        api_key_expires_at: fields.optional("api_key_expires_at", DATE)?,
    };
    ok(&lean(caller.update_agent(target.id()?, update).await?))
}

/// `DELETE /v1/agents/{agent}`
pub(crate) async fn remove(caller: Caller, target: Target) -> Answer {
    caller.delete_agent(target.id()?).await?;
    no_content()
}

/// `POST /v1/agents/{agent}/rotate-key`
pub(crate) async fn rotate_key(caller: Caller, target: Target) -> Answer {
    #[derive(Serialize)]
    struct Rotated<'a> {
        api_key: &'a str,
    }
    let AgentKeyRotated { api_key } = caller.rotate_agent_key(target.id()?).await?;
    ok(&Rotated { api_key: api_key.expose_key() })
}

/// Leaves out what some clients don't know and refuse; an agent is told its creator by `/v1/agents/me`.
fn lean(agent: Agent) -> Agent {
    Agent { created_by: None, ..agent }
}

/// Refuses what would limit an agent if it were known here.
fn refuse_limits(fields: &Fields<'_>) -> Result<(), Problem> {
    fields.refuse("expires_at", "is not supported for an agent; `api_key_expires_at` ends its key")?;
    fields.refuse("execution_guardrails", "are not supported for an agent; a binding has its own")?;
    fields.refuse("per_environment_guardrails", "are not supported for an agent; a binding has its own")?;
    fields.refuse("environment_locked", "is not supported")?;
    match fields.optional::<String>("auth_method", STRING)?.as_deref() {
        None | Some("" | "api_key") => Ok(()),
        Some(_) => Err(Problem::bad_field("auth_method", "must be `api_key`")),
    }
}
