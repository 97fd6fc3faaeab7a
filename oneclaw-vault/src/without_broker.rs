//! A build without the feature `broker` keeps secrets but uses none: bindings can be neither made nor executed.

use oneclaw_api::{
    AgentId, BindingConfig, BindingId, ExecuteReply, ExecuteRequest, Guardrails, Problem, ProblemKind,
    SecretValue,
};

use crate::authenticate::Caller;
use crate::vault::Vault;

impl Vault {
    pub(crate) async fn execute(
        &self,
        _caller: &Caller,
        _agent: AgentId,
        _request: ExecuteRequest,
    ) -> Result<ExecuteReply, Problem> {
        Err(no_broker())
    }

    pub(crate) fn resume_binding(&self, _binding: BindingId) {}

    pub(crate) fn binding_check(
        &self,
        _config: &BindingConfig,
        _guardrails: &Guardrails,
    ) -> Result<impl Fn(&SecretValue) -> Result<(), Problem> + use<>, Problem> {
        Ok(|_: &SecretValue| Err(no_broker()))
    }
}

fn no_broker() -> Problem {
    Problem::new(
        ProblemKind::Unavailable,
        "this build has no broker; build oneclaw-vault with the feature `broker`",
    )
}
