use oneclaw_api::{
    Effect, Explain, NewPolicy, PathPattern, Permission, PolicyList, PrincipalType, Problem, SecretPath,
    UpdatePolicy, VaultApi,
};
use serde_json::{Map, Value};

use super::agents::DATE;
use crate::extract::{Body, Caller, Fields, Target};
use crate::reply::{Answer, created, no_content, ok};

const PERMISSIONS: &str = "must be a list of `list`, `use`, `read`, `write`, `rotate`, `delete`, `share`";
const PERMISSION: &str = "must be `list`, `use`, `read`, `write`, `rotate`, `delete` or `share`";
const EFFECT: &str = "must be `allow` or `deny`";
const PRIORITY: &str = "must be a whole number";
const STRING: &str = "must be a string";

/// `GET /v1/vaults/{vault}/policies`
pub(crate) async fn list(caller: Caller, target: Target) -> Answer {
    ok(&PolicyList { policies: caller.list_policies(target.id()?).await? })
}

/// `POST /v1/vaults/{vault}/policies`
pub(crate) async fn create(caller: Caller, target: Target, body: Body) -> Answer {
    let fields = body.fields()?;
    let pattern: String = fields.required("secret_path_pattern", "must be a pattern such as `api-keys/*`")?;
    let new = NewPolicy {
        secret_path_pattern: PathPattern::parse(pattern)
            .map_err(|error| Problem::bad_field("secret_path_pattern", error.to_string()))?,
        principal_type: principal_type(&fields)?,
        principal_id: fields.required("principal_id", STRING)?,
        permissions: fields.required::<Vec<Permission>>("permissions", PERMISSIONS)?,
        conditions: conditions(&fields)?,
        expires_at: fields.optional("expires_at", DATE)?,
        effect: fields.optional("effect", EFFECT)?.unwrap_or(Effect::Allow),
        priority: fields.optional("priority", PRIORITY)?.unwrap_or_default(),
    };
    created(&caller.create_policy(target.id()?, new).await?)
}

/// `PUT /v1/vaults/{vault}/policies/{policy}`
pub(crate) async fn update(caller: Caller, target: Target, body: Body) -> Answer {
    let fields = body.fields()?;
    let update = UpdatePolicy {
        permissions: fields.optional::<Vec<Permission>>("permissions", PERMISSIONS)?,
        conditions: conditions(&fields)?,
        expires_at: fields.optional("expires_at", DATE)?,
        effect: fields.optional("effect", EFFECT)?,
        priority: fields.optional("priority", PRIORITY)?,
    };
    ok(&caller.update_policy(target.id()?, target.inner_id()?, update).await?)
}

/// `DELETE /v1/vaults/{vault}/policies/{policy}`
pub(crate) async fn remove(caller: Caller, target: Target) -> Answer {
    caller.delete_policy(target.id()?, target.inner_id()?).await?;
    no_content()
}

/// `POST /v1/vaults/{vault}/policy-explain`
pub(crate) async fn explain(caller: Caller, target: Target, body: Body) -> Answer {
    let fields = body.fields()?;
    let question = Explain {
        principal_type: principal_type(&fields)?,
        principal_id: fields.required("principal_id", STRING)?,
        permission: fields.required("permission", PERMISSION)?,
        path: SecretPath::parse(fields.required::<String>("path", STRING)?).map_err(Problem::from)?,
    };
    ok(&caller.explain(target.id()?, question).await?)
}

fn principal_type(fields: &Fields<'_>) -> Result<PrincipalType, Problem> {
    fields.required("principal_type", "must be `user` or `agent`")
}

/// Which conditions there are is the engine's to know; a rule that a client means to be narrower must not become wider
/// because a field was passed over.
fn conditions(fields: &Fields<'_>) -> Result<Option<Map<String, Value>>, Problem> {
    fields.refuse("attribute_conditions", "are not supported; leave them out")?;
    fields.optional("conditions", "must be an object")
}
