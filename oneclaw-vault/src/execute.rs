//! Use without reveal: the broker makes the call with the value, the agent gets the scrubbed reply.

use std::time::Duration;

use oneclaw_api::{
    AgentId, BindingConfig, BindingId, ExecuteReply, ExecuteRequest, ExecuteStatus, ExecutionId, Guardrails,
    PrincipalId, Problem, SecretValue,
};
use oneclaw_broker::{BindingSpec, Outcome};

use crate::audit::{Action, Event};
use crate::authenticate::Caller;
use crate::authorize::Use;
use crate::database::is;
use crate::rows::BindingRow;
use crate::vault::Vault;

impl Vault {
    pub(crate) async fn execute(
        &self,
        caller: &Caller,
        agent: AgentId,
        request: ExecuteRequest,
    ) -> Result<ExecuteReply, Problem> {
        if caller.principal != PrincipalId::Agent(agent) {
            let why = "only the agent itself may execute its bindings";
            return Err(self.refuse_ownership(caller, Action::ExecuteStart, why).await);
        }
        let row = self.executable(caller, agent, &request.binding).await?;
        let authorized = self.authorize::<Use>(caller, row.vault_id, &row.path, Action::ExecuteStart).await?;
        let spec = BindingSpec::parse(&row.config, &row.guardrails)?;
        let prepared = match spec.prepare(&request) {
            Ok(prepared) => prepared,
            Err(error) => return Err(self.note(&authorized, error.into()).await),
        };
        let (secret, version) = self.version(&authorized, None).await?;
        let execution_id = ExecutionId::random();
        let mut start = authorized.event().on(secret.id).named(&row.name);
        start.details.version = Some(version.row.version);
        start.details.host = Some(spec.host().to_owned());
        start.details.method = Some(prepared.method().to_owned());
        start.details.execution_id = Some(execution_id.to_string());
        // Durable before the request leaves.
        self.database().commit(Vec::new(), &start).await?;
        let value = self.open_value(&authorized, &version.row).await?;
        let outcome = self
            .broker()
            .execute(&caller.principal.to_string(), &row.id.to_string(), &spec, &value, &prepared)
            .await;
        drop(value);
        let mut end = Event { id: oneclaw_api::EventId::random(), created_at: self.now(), ..start };
        end.action = Action::ExecuteEnd;
        let reply = match outcome {
            Ok(outcome) => Ok(reply(execution_id, outcome)),
            Err(error) => Err(Problem::from(error)),
        };
        match &reply {
            Ok(reply) => {
                end.details.status = reply.result.as_ref().map(|result| result.status);
                end.details.redactions = Some(reply.redactions_applied);
            }
            Err(problem) => end.details.reason = Some(problem.kind().title().to_lowercase()),
        }
        // Not written: the reply is withheld.
        self.database().commit(Vec::new(), &end).await?;
        reply
    }

    /// Lifts the suspension of a binding whose upstream sent its credential back too often.
    pub(crate) fn resume_binding(&self, binding: BindingId) {
        self.broker().resume(&binding.to_string());
    }

    /// Returns a check of values that a binding could carry.
    pub(crate) fn binding_check(
        &self,
        config: &BindingConfig,
        guardrails: &Guardrails,
    ) -> Result<impl Fn(&SecretValue) -> Result<(), Problem> + use<>, Problem> {
        let spec = BindingSpec::parse(config, guardrails)?;
        Ok(move |value: &SecretValue| Ok(spec.check_value(value)?))
    }

    /// Returns the binding that a request names, by its name or its id, if the agent may execute it.
    async fn executable(
        &self,
        caller: &Caller,
        agent: AgentId,
        binding: &str,
    ) -> Result<BindingRow, Problem> {
        if !caller.agent.as_ref().is_some_and(|stored| stored.row.may_execute) {
            let why = "the agent may not execute bindings; the owner allows it with `oneclaw binding add`";
            return Err(self.refuse_ownership(caller, Action::ExecuteStart, why).await);
        }
        let rows: Vec<BindingRow> = self
            .database()
            .all(vec![is("agent_id", agent)])
            .await?
            .into_iter()
            .map(|stored| stored.row)
            .collect();
        let names = || rows.iter().map(|row| row.name.as_str()).collect::<Vec<_>>().join(", ");
        let Some(row) = rows.iter().find(|row| row.name == binding || row.id.to_string() == binding) else {
            return Err(Problem::not_found(if rows.is_empty() {
                format!(
                    "the agent has no binding; the owner makes one with `oneclaw binding add NAME --agent {} \
                     --secret PATH --url URL --header 'Authorization: Bearer {{value}}'`",
                    caller.name
                )
            } else {
                format!("the agent has no such binding; it has: {}", names())
            }));
        };
        if !row.is_active {
            let why = "the binding is switched off; ask the owner";
            return Err(self.refuse_ownership(caller, Action::ExecuteStart, why).await);
        }
        Ok(row.clone())
    }
}

fn reply(execution_id: ExecutionId, outcome: Outcome) -> ExecuteReply {
    let Outcome { status, reply, error, redactions, duration } = outcome;
    debug_assert!(status == ExecuteStatus::Succeeded || error.is_some());
    ExecuteReply {
        execution_id,
        status,
        result: reply,
        error,
        duration_ms: millis(duration),
        redactions_applied: redactions,
        execution_surface: "vault".to_owned(),
    }
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
