use oneclaw_api::{NewSecret, Permission, VaultApi};
use serde_json::{Value, json};

use super::META;
use crate::setting::{Setting, path, value};

#[tokio::test]
async fn a_secret_is_put_read_listed_and_deleted() {
    let setting = Setting::start().await;
    let base = format!("/v1/vaults/{}/secrets", setting.default_vault().await);
    let raw = setting.raw_owner().await;
    assert_eq!(raw.get(&base).await.body, r#"{"secrets":[]}"#);

    let target = format!("{base}/api-keys/stripe");
    let body =
        json!({"value": "sk \"1\"", "type": "api_key", "rotation_policy": {}, "unknown": 1}).to_string();
    for version in [1, 2] {
        let reply = raw.send("PUT", &target, &body).await;
        assert_eq!((reply.status, reply.fields("")), (201, META.map(str::to_owned).to_vec()));
        assert_eq!(reply.json()["version"], version);
    }
    let reply = raw.get(&target).await;
    assert_eq!(
        reply.fields(""),
        ["created_at", "created_by", "id", "metadata", "path", "type", "value", "version"]
    );
    assert_eq!((reply.status, &reply.json()["value"]), (200, &json!("sk \"1\"")));
    assert_eq!(reply.header("cache-control"), Some("no-store"));
    let listed = raw.get(&format!("{base}?prefix=api-keys%2F")).await;
    assert_eq!(listed.fields("/secrets/0"), META);
    assert_eq!(raw.get(&format!("{base}?prefix=other")).await.body, r#"{"secrets":[]}"#);

    let gone = raw.send("DELETE", &target, "").await;
    assert_eq!((gone.status, gone.body.as_str()), (204, ""));
    raw.get(&target).await.problem(410);
    assert_eq!(raw.get(&base).await.body, r#"{"secrets":[]}"#);
    raw.get(&format!("{base}/absent")).await.problem(404);
    assert_eq!(raw.send("PUT", &target, &body).await.json()["version"], 3);
}

#[tokio::test]
async fn a_path_is_one_whether_its_slashes_are_raw_or_escaped() {
    let setting = Setting::start().await;
    let base = format!("/v1/vaults/{}/secrets", setting.default_vault().await);
    let raw = setting.raw_owner().await;
    assert_eq!(raw.send("PUT", &format!("{base}/a%2Fb"), r#"{"value":"x"}"#).await.status, 201);
    for spelling in ["a/b", "a%2fb", "%61/b"] {
        let reply = raw.get(&format!("{base}/{spelling}")).await;
        assert_eq!((reply.status, &reply.json()["path"]), (200, &json!("a/b")), "{spelling}");
    }
}

#[tokio::test]
async fn inv_13_other_spellings_are_refused_at_every_route() {
    let setting = Setting::start().await;
    let vault = setting.default_vault().await;
    let raw = setting.raw_owner().await;
    for (method, area, behind) in [
        ("GET", "secrets", ""),
        ("PUT", "secrets", ""),
        ("DELETE", "secrets", ""),
        ("GET", "secret-meta", ""),
        ("GET", "secret-bundle", ""),
        ("POST", "secret-rotate", ""),
        ("POST", "secret-rollback", ""),
        ("GET", "secret-versions", ""),
        ("GET", "secret-version", "/1"),
        ("POST", "secret-version-disable", "/1"),
    ] {
        for spelling in [
            "a/../b",
            "a/./b",
            "..",
            "%2e%2e/b",
            "a//b",
            "/a",
            "a%2F",
            "%2Fa",
            "b%c",
            "a%",
            "a%252Fb",
            "a%00",
            "a%0a",
            "a%20b",
            "caf%C3%A9",
            "%FF",
            "a*",
            "a\\b",
            "a;b",
            "a%3Fb",
            "a%23b",
        ] {
            let target = format!("/v1/vaults/{vault}/{area}/{spelling}{behind}");
            let reply = raw.send(method, &target, r#"{"value":"x","version":1}"#).await;
            assert_eq!(reply.status, 400, "{method} {target}\n{}", reply.body);
        }
    }
}

#[tokio::test]
async fn bad_bodies_are_problems_that_echo_nothing() {
    let setting = Setting::start().await;
    let target = format!("/v1/vaults/{}/secrets/a", setting.default_vault().await);
    let raw = setting.raw_owner().await;
    for (body, field) in [
        (json!({}), "value"),
        (json!({"value": null}), "value"),
        (json!({"value": ""}), "value"),
        (json!({"value": ["canary"]}), "value"),
        (json!({"value": {"canary": 1}}), "value"),
        (json!({"value": "canary", "type": 1}), "type"),
        (json!({"value": "canary", "type": "No Type"}), "type"),
        (json!({"value": "canary", "metadata": "canary"}), "metadata"),
        (json!({"value": "canary", "expires_at": "canary"}), "expires_at"),
        (json!({"value": "canary", "expires_at": "2001-01-01T00:00:00Z"}), "expires_at"),
        (json!({"value": "canary", "max_access_count": -1}), "max_access_count"),
        (json!({"value": "canary", "max_access_count": 0}), "max_access_count"),
    ] {
        let reply = raw.send("PUT", &target, &body.to_string()).await;
        let detail = reply.problem(400);
        assert!(!reply.body.contains("canary"), "{}", reply.body);
        assert!(detail.starts_with(field), "{body}: {detail}");
        assert!(reply.json()["fields"][field].is_string(), "{}", reply.body);
    }
    for body in ["", "canary", "[\"canary\"]", "{\"value\":\"canary\"", "{\"value\":\"canary\"}canary"] {
        let reply = raw.send("PUT", &target, body).await;
        reply.problem(400);
        assert!(!reply.body.contains("canary"), "{}", reply.body);
    }
    let once = r#"{"value":"canary","value":"canary"}"#;
    raw.send("PUT", &target, once).await.problem(400);
}

#[tokio::test]
async fn a_write_can_expect_a_version() {
    let setting = Setting::start().await;
    let target = format!("/v1/vaults/{}/secrets/a", setting.default_vault().await);
    let raw = setting.raw_owner().await;
    let put =
        async |tag: &str| raw.clone().header("If-Match", tag).send("PUT", &target, r#"{"value":"x"}"#).await;
    assert_eq!(put("\"0\"").await.status, 201);
    put("\"0\"").await.problem(409);
    assert_eq!(put("\"1\"").await.status, 201);
    for tag in ["*", "1", "W/\"1\"", "\"x\"", "\"01\"", "\"-1\"", "\"1\", \"2\"", ""] {
        put(tag).await.problem(400);
    }
    raw.clone().header("If-Match", "\"1\"").send("DELETE", &target, "").await.problem(409);
    assert_eq!(raw.clone().header("If-Match", "\"2\"").send("DELETE", &target, "").await.status, 204);
}

#[tokio::test]
async fn a_value_that_a_model_sent_is_marked() {
    let setting = Setting::start().await;
    let vault = setting.default_vault().await;
    let target = format!("/v1/vaults/{vault}/secrets/a");
    let raw = setting.raw_owner().await;
    let model = raw.clone().header("X-Oneclaw-Origin", "agent-model");
    let reply = model.send("PUT", &target, r#"{"value":"x"}"#).await;
    assert_eq!((reply.status, reply.fields("")), (201, META.map(str::to_owned).to_vec()));
    let reply = raw.get(&format!("/v1/vaults/{vault}/secret-meta/a")).await;
    assert_eq!(reply.json()["origin"], "agent");
    assert!(reply.json()["exposed_at"].is_string());
    raw.header("X-Oneclaw-Origin", "human").send("PUT", &target, r#"{"value":"x"}"#).await.problem(400);
}

#[tokio::test]
async fn a_description_tells_everything_but_the_value_and_counts_nothing() {
    let setting = Setting::start().await;
    let vault = setting.default_vault().await;
    let new = NewSecret { max_access_count: Some(2), ..NewSecret::new(value("canary-7391")) };
    setting.owner.put_secret(vault, &path("a"), new).await.unwrap();
    let raw = setting.raw_owner().await;
    for _ in 0..3 {
        let reply = raw.get(&format!("/v1/vaults/{vault}/secret-meta/a")).await;
        assert_eq!(
            reply.fields(""),
            [
                "access_count",
                "bindings",
                "created_at",
                "id",
                "max_access_count",
                "metadata",
                "origin",
                "path",
                "permissions",
                "type",
                "version"
            ]
        );
        assert_eq!(reply.json()["access_count"], 0);
        assert!(!reply.body.contains("canary"));
    }
}

#[tokio::test]
async fn a_bundle_tells_its_names() {
    let setting = Setting::start().await;
    let vault = setting.default_vault().await;
    setting.owner.put_secret(vault, &path("env"), NewSecret::new(value("A=canary\nB=2"))).await.unwrap();
    let agent = setting.agent("a", Some(("env", &[Permission::Use]))).await;
    let raw = setting.raw_agent(&agent).await;
    assert_eq!(
        raw.get(&format!("/v1/vaults/{vault}/secret-bundle/env")).await.body,
        r#"{"names":["A","B"]}"#
    );
    raw.get(&format!("/v1/vaults/{vault}/secrets/env")).await.problem(403);
}

#[tokio::test]
async fn a_rotation_generates_and_shows_nothing() {
    let setting = Setting::start().await;
    let vault = setting.default_vault().await;
    let raw = setting.raw_owner().await;
    let target = format!("/v1/vaults/{vault}/secret-rotate/a");
    raw.send("POST", &target, "").await.problem(404);
    setting.owner.put_secret(vault, &path("a"), NewSecret::new(value("x"))).await.unwrap();
    for (body, length, alphabet) in [
        ("", 32, "0123456789abcdef"),
        (r#"{"length":64}"#, 64, "0123456789abcdef"),
        (r#"{"length":null,"charset":"hex"}"#, 32, "0123456789abcdef"),
    ] {
        let reply = raw.send("POST", &target, body).await;
        assert_eq!((reply.status, reply.fields("")), (201, META.map(str::to_owned).to_vec()));
        let read: Value = raw.get(&format!("/v1/vaults/{vault}/secrets/a")).await.json();
        let value = read["value"].as_str().unwrap();
        assert!(value.len() == length && value.chars().all(|c| alphabet.contains(c)), "{body}");
    }
    for body in [r#"{"length":7}"#, r#"{"length":1025}"#, r#"{"length":"9"}"#, r#"{"charset":"greek"}"#] {
        raw.send("POST", &target, body).await.problem(400);
    }
}
