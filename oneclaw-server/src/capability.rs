use axum::Router;
use axum::handler::Handler;
use axum::middleware::from_fn_with_state;
use axum::routing::{MethodFilter, MethodRouter, on};
use http::Method;

use crate::app::App;
use crate::middleware::{Gate, authenticate};
use crate::routes::{
    agents, api_keys, audit, auth, bindings, discovery, execute, health, policies, secrets, vaults, versions,
};

/// Who may call a route at all; what they may do there is the engine's to decide.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Needs {
    /// Anybody.
    Public,
    /// Whoever is authenticated.
    Caller,
    /// An authenticated person.
    User,
    /// An authenticated agent.
    Agent,
}

/// One method of one route, and who may call it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Capability {
    /// The method.
    pub method: Method,
    /// The route, with `{name}` for a segment and `{*name}` for the rest of the path.
    pub route: &'static str,
    /// Who may call it.
    pub needs: Needs,
}

struct Row {
    capability: Capability,
    endpoint: MethodRouter<App>,
}

/// Lists everything that the API answers to.
#[must_use]
pub fn capabilities() -> Vec<Capability> {
    table().into_iter().map(|row| row.capability).collect()
}

/// Builds the router from the capability table, so that there is no route without a row (INV-18).
pub(crate) fn router(app: &App) -> Router<App> {
    table().into_iter().fold(Router::new(), |router, row| {
        let Row { capability, endpoint } = row;
        let gate = Gate { app: app.clone(), needs: capability.needs };
        router.route(capability.route, endpoint.route_layer(from_fn_with_state(gate, authenticate)))
    })
}

/// The table of contents of the API.
fn table() -> Vec<Row> {
    use Needs::{Agent, Caller, Public, User};
    vec![
        get("/.well-known/jwks.json", Public, discovery::jwks),
        get("/.well-known/openid-configuration", Public, discovery::openid_configuration),
        get("/v1/health", Public, health::show),
        get("/v1/health/hsm", Public, health::key_provider),
        //
        post("/v1/auth/agent-token", Public, auth::agent_token),
        post("/v1/auth/api-key-token", Public, auth::api_key_token),
        get("/v1/auth/jwt-public-key", Public, discovery::public_key),
        get("/v1/auth/me", User, auth::me),
        delete("/v1/auth/token", Caller, auth::revoke_token),
        get("/v1/auth/api-keys", User, api_keys::list),
        post("/v1/auth/api-keys", User, api_keys::create),
        delete("/v1/auth/api-keys/{key}", User, api_keys::revoke),
        //
        get("/v1/vaults", Caller, vaults::list),
        post("/v1/vaults", Caller, vaults::create),
        get("/v1/vaults/{vault}", Caller, vaults::show),
        delete("/v1/vaults/{vault}", Caller, vaults::remove),
        //
        get("/v1/vaults/{vault}/secrets", Caller, secrets::list),
        put("/v1/vaults/{vault}/secrets/{*path}", Caller, secrets::put),
        get("/v1/vaults/{vault}/secrets/{*path}", Caller, secrets::read),
        delete("/v1/vaults/{vault}/secrets/{*path}", Caller, secrets::remove),
        get("/v1/vaults/{vault}/secret-meta/{*path}", Caller, secrets::describe),
        get("/v1/vaults/{vault}/secret-bundle/{*path}", Caller, secrets::bundle_names),
        post("/v1/vaults/{vault}/secret-rotate/{*path}", Caller, secrets::rotate),
        get("/v1/vaults/{vault}/secret-versions/{*path}", Caller, versions::list),
        get("/v1/vaults/{vault}/secret-version/{*path}", Caller, versions::read),
        post("/v1/vaults/{vault}/secret-version-disable/{*path}", Caller, versions::disable),
        post("/v1/vaults/{vault}/secret-rollback/{*path}", Caller, versions::rollback),
        //
        get("/v1/vaults/{vault}/policies", Caller, policies::list),
        post("/v1/vaults/{vault}/policies", Caller, policies::create),
        put("/v1/vaults/{vault}/policies/{policy}", Caller, policies::update),
        delete("/v1/vaults/{vault}/policies/{policy}", Caller, policies::remove),
        post("/v1/vaults/{vault}/policy-explain", Caller, policies::explain),
        //
        get("/v1/agents", Caller, agents::list),
        post("/v1/agents", Caller, agents::create),
        get("/v1/agents/me", Agent, agents::me),
        get("/v1/agents/{agent}", Caller, agents::show),
        patch("/v1/agents/{agent}", Caller, agents::update),
        delete("/v1/agents/{agent}", Caller, agents::remove),
        post("/v1/agents/{agent}/rotate-key", Caller, agents::rotate_key),
        //
        get("/v1/agents/{agent}/bindings", Caller, bindings::list),
        post("/v1/agents/{agent}/bindings", Caller, bindings::create),
        get("/v1/agents/{agent}/bindings/{binding}", Caller, bindings::show),
        patch("/v1/agents/{agent}/bindings/{binding}", Caller, bindings::update),
        delete("/v1/agents/{agent}/bindings/{binding}", Caller, bindings::remove),
        post("/v1/agents/{agent}/execute", Caller, execute::execute),
        //
        get("/v1/audit", Caller, audit::events),
        get("/v1/audit/events", Caller, audit::events),
        get("/v1/audit/verify", Caller, audit::verify),
    ]
}

macro_rules! rows {
    ($($name:ident $method:ident;)*) => {$(
        fn $name<H: Handler<T, App>, T: 'static>(route: &'static str, needs: Needs, handler: H) -> Row {
            let capability = Capability { method: Method::$method, route, needs };
            Row { capability, endpoint: on(MethodFilter::$method, handler) }
        }
    )*};
}

rows! {
    get GET;
    post POST;
    put PUT;
    patch PATCH;
    delete DELETE;
}

#[cfg(test)]
mod tests {
    use std::fmt::Write;

    use super::*;

    #[test]
    fn inv_18_the_table_is_the_one_that_was_reviewed() {
        let mut text = String::new();
        for Capability { method, route, needs } in capabilities() {
            writeln!(text, "{needs:?} {method} {route}").unwrap();
        }
        assert_eq!(text, include_str!("capability/table.txt"));
    }

    #[test]
    fn inv_18_these_and_no_more_are_open_to_anybody() {
        let open: Vec<String> = capabilities()
            .iter()
            .filter(|row| row.needs == Needs::Public)
            .map(|row| format!("{} {}", row.method, row.route))
            .collect();
        assert_eq!(
            open,
            [
                "GET /.well-known/jwks.json",
                "GET /.well-known/openid-configuration",
                "GET /v1/health",
                "GET /v1/health/hsm",
                "POST /v1/auth/agent-token",
                "POST /v1/auth/api-key-token",
                "GET /v1/auth/jwt-public-key",
            ]
        );
    }
}
