//! Whatever is sent, the answer is a reply of the API: problem details, never a 500, never an echo.

use oneclaw_api::{NewSecret, VaultApi};
use oneclaw_server::capabilities;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use crate::setting::{Setting, path, value};

const CANARY: &str = "canary7391";

fn json() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        Just("null".to_owned()),
        Just("true".to_owned()),
        Just("-1".to_owned()),
        Just("1e400".to_owned()),
        Just("99999999999999999999".to_owned()),
        Just(format!("\"{CANARY}\"")),
        Just(format!("\"..\\u0000{CANARY}\"")),
        Just("\"\\ud800\"".to_owned()),
        Just(CANARY.to_owned()),
    ];
    const FIELDS: [&str; 27] = [
        "value",
        "name",
        "type",
        "metadata",
        "expires_at",
        "permissions",
        "principal_id",
        "principal_type",
        "secret_path_pattern",
        "conditions",
        "config",
        "guardrails",
        "credential",
        "credential_source",
        "binding",
        "intent_type",
        "params",
        "version",
        "length",
        "charset",
        "api_key",
        "agent_id",
        "path",
        "permission",
        "scopes",
        "vault_ids",
        "token",
    ];
    let field = prop::sample::select(FIELDS.as_slice());
    leaf.prop_recursive(3, 24, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(|items| format!("[{}]", items.join(","))),
            prop::collection::vec((field.clone(), inner), 0..6).prop_map(|fields| {
                let fields: Vec<String> =
                    fields.into_iter().map(|(name, value)| format!("\"{name}\":{value}")).collect();
                format!("{{{}}}", fields.join(","))
            }),
        ]
    })
}

fn segment() -> impl Strategy<Value = String> {
    prop_oneof![
        Just("a".to_owned()),
        Just("..".to_owned()),
        Just("%2e%2e".to_owned()),
        Just("%".to_owned()),
        Just("%00".to_owned()),
        Just("%2F".to_owned()),
        Just(String::new()),
        Just("01234567-89ab-4cde-8f01-23456789abcd".to_owned()),
        Just("18446744073709551616".to_owned()),
        "[!-~&&[^?# ]]{1,12}",
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_that_is_sent_breaks_the_server() {
    let setting = Setting::start().await;
    let vault = setting.default_vault().await;
    setting.owner.put_secret(vault, &path("a"), NewSecret::new(value("x"))).await.unwrap();
    let raw = setting.raw_owner().await;
    // What would end the test for all others is left out.
    let rows: Vec<_> = capabilities()
        .into_iter()
        .filter(|row| row.method != "DELETE" || row.route != "/v1/vaults/{vault}")
        .map(|row| (row.method, row.route))
        .collect();
    let runtime = tokio::runtime::Handle::current();
    let run = move || {
        let case = (
            prop::sample::select(rows),
            prop::collection::vec(segment(), 1..4),
            prop::option::of("[!-~&&[^# ]]{0,20}"),
            json(),
            any::<bool>(),
        );
        let mut runner =
            TestRunner::new(Config { cases: 1500, failure_persistence: None, ..Config::default() });
        runner
            .run(&case, |((method, route), segments, query, body, own_vault)| {
                let mut fillers = segments.iter().cycle();
                let target: Vec<String> = route
                    .split('/')
                    .map(|part| match part {
                        "{vault}" if own_vault => vault.to_string(),
                        part if part.starts_with("{*") => segments.join("/"),
                        part if part.starts_with('{') => fillers.next().cloned().unwrap_or_default(),
                        part => part.to_owned(),
                    })
                    .collect();
                let query = query.map(|query| format!("?{query}")).unwrap_or_default();
                let target = format!("{}{query}", target.join("/"));
                let reply = runtime.block_on(raw.send(method.as_str(), &target, &body));
                let shown = format!("{method} {target} {body}\n{}\n{}", reply.head, reply.body);
                prop_assert!((200..500).contains(&reply.status), "{shown}");
                if reply.status >= 400 && reply.header("x-request-id").is_some() {
                    prop_assert_eq!(
                        reply.header("content-type"),
                        Some("application/problem+json"),
                        "{}",
                        shown
                    );
                    prop_assert_eq!(&reply.json()["status"], reply.status, "{}", shown);
                    prop_assert!(!reply.body.contains(CANARY), "{shown}");
                }
                Ok(())
            })
            .unwrap();
    };
    tokio::task::spawn_blocking(run).await.unwrap();
}
