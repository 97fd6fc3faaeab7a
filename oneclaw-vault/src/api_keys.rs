//! People's API keys.

use oneclaw_api::{
    ApiKey, ApiKeyCreated, ApiKeyId, ApiKeyKind, ApiKeyRecord, NewApiKey, PrincipalId, Problem, ProblemKind,
    UserId,
};

use crate::audit::Action;
use crate::authenticate::Caller;
use crate::database::is;
use crate::rows::ApiKeyRow;
use crate::vault::Vault;

impl Vault {
    pub(crate) async fn list_api_keys(&self, caller: &Caller) -> Result<Vec<ApiKeyRecord>, Problem> {
        let user = self.user_only(caller, Action::ApiKeyList).await?;
        let mut rows: Vec<ApiKeyRow> = self
            .database()
            .all(vec![is("user_id", user)])
            .await?
            .into_iter()
            .map(|stored| stored.row)
            .collect();
        rows.sort_by_key(|row| row.created_at);
        let event = self.caller_event(caller, Action::ApiKeyList).counted(rows.len());
        self.database().commit(Vec::new(), &event).await?;
        Ok(rows.into_iter().map(record).collect())
    }

    pub(crate) async fn create_api_key(
        &self,
        caller: &Caller,
        new: NewApiKey,
    ) -> Result<ApiKeyCreated, Problem> {
        let user_id = self.user_only(caller, Action::ApiKeyCreate).await?;
        let NewApiKey { name, expires_at } = new;
        if !(1..=64).contains(&name.len()) || name.chars().any(char::is_control) {
            return Err(Problem::bad_field(
                "name",
                "must have 1 to 64 characters, none of them a control character",
            ));
        }
        if expires_at.is_some_and(|expiry| expiry <= self.now()) {
            return Err(Problem::bad_field("expires_at", "is in the past"));
        }
        let api_key = ApiKey::generate(ApiKeyKind::User).map_err(|_| {
            Problem::new(ProblemKind::Unavailable, "the random generator does not answer; try again")
        })?;
        let row = ApiKeyRow {
            id: ApiKeyId::random(),
            user_id,
            name,
            prefix: api_key.display_prefix().to_owned(),
            digest: self.api_key_digest(&api_key),
            is_active: true,
            created_at: self.now(),
            expires_at,
        };
        let event = self.caller_event(caller, Action::ApiKeyCreate).on(row.id).named(&row.name);
        self.database().commit(vec![self.database().insert(&row)], &event).await?;
        Ok(ApiKeyCreated { key: record(row), api_key })
    }

    pub(crate) async fn revoke_api_key(&self, caller: &Caller, id: ApiKeyId) -> Result<(), Problem> {
        let user = self.user_only(caller, Action::ApiKeyRevoke).await?;
        let stored = self
            .database()
            .one::<ApiKeyRow>(vec![is("id", id)])
            .await?
            .filter(|stored| stored.row.user_id == user)
            .ok_or_else(|| Problem::not_found("you have no such API key; list your keys to see their ids"))?;
        let row = ApiKeyRow { is_active: false, ..stored.row.clone() };
        let event = self.caller_event(caller, Action::ApiKeyRevoke).on(id).named(&row.name);
        Ok(self.database().commit(vec![self.database().replace(&stored, &row)], &event).await?)
    }

    async fn user_only(&self, caller: &Caller, action: Action) -> Result<UserId, Problem> {
        match caller.principal {
            PrincipalId::User(id) => Ok(id),
            PrincipalId::Agent(_) => {
                Err(self.refuse_ownership(caller, action, "only people have such keys").await)
            }
        }
    }
}

fn record(row: ApiKeyRow) -> ApiKeyRecord {
    ApiKeyRecord {
        id: row.id,
        name: row.name,
        key_prefix: row.prefix,
        scopes: Vec::new(),
        is_active: row.is_active,
        created_at: row.created_at,
        expires_at: row.expires_at,
    }
}
