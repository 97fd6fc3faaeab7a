//! What happens before a handler: hosts, origins, methods, unknown routes, authentication, limits.

use oneclaw_api::{NewSecret, Permission, VaultApi};
use oneclaw_server::{Needs, capabilities};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::raw::Raw;
use crate::setting::{Setting, path, value};

const ID: &str = "01234567-89ab-4cde-8f01-23456789abcd";

fn target(route: &str) -> String {
    route
        .split('/')
        .map(|segment| match segment {
            "{*path}" => "a/1",
            segment if segment.starts_with('{') => ID,
            segment => segment,
        })
        .collect::<Vec<_>>()
        .join("/")
}

#[tokio::test]
async fn inv_18_every_row_but_the_public_ones_wants_a_caller() {
    let setting = Setting::start().await;
    let raw = Raw::new(&setting.base_url);
    let user = setting.raw_owner().await;
    let agent = setting.raw_agent(&setting.agent("a", None).await).await;
    for row in capabilities() {
        let (method, target) = (row.method.as_str(), target(row.route));
        let name = format!("{method} {target}");
        let status = raw.send(method, &target, "").await.status;
        assert_eq!(status == 401, row.needs != Needs::Public, "{name} {status}");
        if row.needs == Needs::Agent {
            user.send(method, &target, "").await.problem(403);
        }
        if row.needs == Needs::User {
            agent.send(method, &target, "").await.problem(403);
        }
        for bearer in ["", "x", "a.b.c", "ocv_A1b2C3d4E5f6G7h8I9j0K1l2M3n4O53azlYB", "1ck_x"] {
            let status = raw.clone().bearer(bearer).send(method, &target, "").await.status;
            assert_eq!(status == 401, row.needs != Needs::Public, "{name} as `{bearer}`: {status}");
        }
    }
}

#[tokio::test]
async fn inv_27_a_rebinding_page_is_refused_before_anything_else() {
    let setting = Setting::start().await;
    let token = setting.owner_key().await;
    for authorised in [false, true] {
        let base = || {
            let raw = Raw::new(&setting.base_url);
            if authorised { raw.bearer(token.expose_key()) } else { raw }
        };
        for target in ["/v1/vaults", "/v1/health", "/nowhere"] {
            let foreign = base().without_host().header("Host", "evil.example");
            foreign.get(target).await.problem(403);
            foreign.send("PUT", target, "not json").await.problem(403);
            base().header("Origin", "http://evil.example").get(target).await.problem(403);
            base().header("Origin", "null").get(target).await.problem(403);
            base().without_host().get(target).await.problem(400);
        }
    }
    let own = Raw::new(&setting.base_url).header("Origin", &setting.base_url);
    assert_eq!(own.get("/v1/health").await.status, 200);
}

#[tokio::test]
async fn unknown_routes_and_methods_are_problems() {
    let setting = Setting::start().await;
    let raw = setting.raw_owner().await;
    for target in ["/", "/v1", "/v2/vaults", "/v1//vaults", "/v1/vaults/", "/V1/vaults", "/v1/./vaults"] {
        raw.get(target).await.problem(404);
    }
    let reply = raw.send("POST", "/v1/health", "").await;
    reply.problem(405);
    assert_eq!(reply.header("allow"), Some("GET,HEAD"));
    let reply = raw.send("BREW", &format!("/v1/vaults/{ID}/secrets/a"), "").await;
    reply.problem(405);
    let mut allowed: Vec<&str> = reply.header("allow").unwrap().split(',').collect();
    allowed.sort_unstable();
    assert_eq!(allowed, ["DELETE", "GET", "HEAD", "PUT"]);
}

#[tokio::test]
async fn every_reply_is_named_and_stays_out_of_caches() {
    let setting = Setting::start().await;
    let raw = setting.raw_owner().await.header("X-Request-Id", "forged");
    let mut ids = Vec::new();
    for target in ["/v1/health", "/v1/vaults", "/v1/vaults/x", "/nowhere", "/v1/auth/me"] {
        let reply = raw.get(target).await;
        ids.push(reply.header("x-request-id").unwrap().to_owned());
        assert_eq!(reply.header("cache-control"), Some("no-store"), "{target}");
        assert_eq!(reply.header("x-content-type-options"), Some("nosniff"), "{target}");
    }
    ids.sort();
    ids.dedup();
    assert!(ids.len() == 5 && !ids.contains(&"forged".to_owned()), "{ids:?}");
    let reply = raw.get("/.well-known/jwks.json").await;
    assert_eq!(reply.header("cache-control"), Some("public, max-age=300"));
}

#[tokio::test]
async fn requests_that_two_readers_would_read_in_two_ways_are_refused() {
    let setting = Setting::start().await;
    let raw = Raw::new(&setting.base_url);
    for head in [
        "Content-Length: 1\r\nContent-Length: 2\r\n",
        "Content-Length: 1, 2\r\n",
        "Content-Length: +1\r\n",
        "Content-Length: -1\r\n",
        "Transfer-Encoding: chunked, identity\r\n",
        "Transfer-Encoding: xchunked\r\n",
        "Transfer-Encoding : chunked\r\n",
        "X: a\r\n folded: b\r\n",
        "X: a\0b\r\n",
        "Host: evil.example\r\n",
        " Host: localhost\r\n",
    ] {
        let reply = raw
            .exchange(&format!(
                "GET /v1/health HTTP/1.1\r\nHost: localhost\r\n{head}Connection: close\r\n\r\n0\r\n\r\n"
            ))
            .await;
        assert!((400..500).contains(&reply.status), "{head}: {}", reply.head);
    }
    for line in
        ["GET  /v1/health HTTP/1.1", "GET /v1/health", "GET /v1/health HTTP/3.0", "PRI * HTTP/2.0", "\0"]
    {
        let reply = raw.exchange(&format!("{line}\r\nHost: localhost\r\n\r\n")).await;
        assert!(reply.status == 0 || (400..=505).contains(&reply.status), "{line}: {}", reply.head);
    }
    let long = format!("GET /v1/health HTTP/1.1\r\nHost: localhost\r\nX: {}\r\n\r\n", "x".repeat(300_000));
    assert_eq!(raw.exchange(&long).await.status, 431);
    assert_eq!(raw.get("/v1/health").await.status, 200);
}

#[tokio::test]
async fn bodies_are_bounded() {
    let setting = Setting::start().await;
    let vault = setting.default_vault().await;
    let raw = setting.raw_owner().await;
    let target = format!("/v1/vaults/{vault}/secrets/large");
    let escaped = format!(r#"{{"value":"{}"}}"#, "\\u0041".repeat(oneclaw_api::MAX_VALUE_BYTES));
    assert_eq!(raw.send("PUT", &target, &escaped).await.status, 201);
    let over = format!(r#"{{"value":"{}"}}"#, "A".repeat(oneclaw_api::MAX_VALUE_BYTES + 1));
    assert!(raw.send("PUT", &target, &over).await.problem(413).contains("1 MiB"));
    // Announced or not, more is not read.
    let announced = format!(
        "PUT {target} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {}\r\nContent-Length: 99999999\r\n\r\n",
        setting.owner_key().await.expose_key()
    );
    raw.exchange(&announced).await.problem(413);
    let public = Raw::new(&setting.base_url);
    let long = format!(r#"{{"api_key":"{}"}}"#, "x".repeat(20_000));
    public.send("POST", "/v1/auth/agent-token", &long).await.problem(413);
}

#[tokio::test]
async fn a_body_that_nobody_read_does_not_cost_the_connection() {
    let setting = Setting::start().await;
    let agent = setting.agent("a", None).await;
    let grant = setting.vault.exchange(agent.api_key.expose_key(), None, None).await.unwrap();
    let address = Raw::new(&setting.base_url).address().to_owned();
    let body = "x".repeat(10_000);
    for (target, status) in [("/v1/auth/api-keys", "403"), ("/v1/health", "405"), ("/nowhere", "404")] {
        let mut stream = TcpStream::connect(&address).await.unwrap();
        let head = format!(
            "POST {target} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {}\r\nContent-Length: {}\r\n\r\n",
            grant.token.expose_token(),
            body.len()
        );
        stream.write_all(head.as_bytes()).await.unwrap();
        // The server has the head before the body, as with clients that send the two apart.
        setting.owner.list_vaults().await.unwrap();
        stream.write_all(body.as_bytes()).await.unwrap();
        let next = "GET /v1/health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
        stream.write_all(next.as_bytes()).await.unwrap();
        let mut replies = String::new();
        stream.read_to_string(&mut replies).await.unwrap();
        assert!(replies.starts_with(&format!("HTTP/1.1 {status}")), "{target}: {replies}");
        assert!(replies.contains("HTTP/1.1 200"), "{target}: {replies}");
    }
}

#[tokio::test]
async fn a_body_that_is_far_too_large_still_gets_its_answer() {
    let setting = Setting::start().await;
    let target = format!("/v1/vaults/{}/secrets/large", setting.default_vault().await);
    let raw = setting.raw_owner().await;
    let body = format!(r#"{{"value":"{}"}}"#, "A".repeat(10 << 20));
    let reply = raw.send("PUT", &target, &body).await;
    assert!(reply.problem(413).contains("1 MiB"), "{}", reply.body);
}

#[tokio::test]
async fn inv_15_a_denied_path_looks_the_same_whether_it_exists() {
    let setting = Setting::start().await;
    let vault = setting.default_vault().await;
    let agent = setting.agent("a", Some(("elsewhere/*", &[Permission::Read]))).await;
    let raw = setting.raw_agent(&agent).await;
    let ask = async || {
        let mut replies = Vec::new();
        for (method, area, behind, body) in [
            ("GET", "secrets", "", ""),
            ("PUT", "secrets", "", r#"{"value":"x"}"#),
            ("DELETE", "secrets", "", ""),
            ("GET", "secret-meta", "", ""),
            ("GET", "secret-versions", "", ""),
            ("GET", "secret-version", "/1", ""),
            ("GET", "secret-bundle", "", ""),
            ("POST", "secret-version-disable", "/1", ""),
            ("POST", "secret-rotate", "", ""),
            ("POST", "secret-rollback", "", r#"{"version":1}"#),
        ] {
            let reply = raw.send(method, &format!("/v1/vaults/{vault}/{area}/here{behind}"), body).await;
            reply.problem(403);
            let varies = |line: &str| line.starts_with("x-request-id") || line.starts_with("date");
            let head: Vec<&str> = reply.head.lines().filter(|line| !varies(line)).collect();
            replies.push(format!("{method} {area}\n{}\n{}", head.join("\n"), reply.body));
        }
        replies
    };
    let absent = ask().await;
    setting.owner.put_secret(vault, &path("here"), NewSecret::new(value("x"))).await.unwrap();
    let present = ask().await;
    setting.owner.delete_secret(vault, &path("here"), None).await.unwrap();
    let deleted = ask().await;
    assert_eq!(absent, present);
    assert_eq!(absent, deleted);
}

#[tokio::test]
async fn a_shutdown_answers_what_is_under_way() {
    let setting = Setting::start().await;
    let vault = setting.default_vault().await;
    let address = Raw::new(&setting.base_url).address().to_owned();
    let key = setting.owner_key().await;
    let mut stream = TcpStream::connect(&address).await.unwrap();
    let body = r#"{"value":"x"}"#;
    let head = format!(
        "PUT /v1/vaults/{vault}/secrets/a HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {}\r\n\
         Content-Length: {}\r\nExpect: 100-continue\r\n\r\n",
        key.expose_key(),
        body.len()
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut go_on = [0; 25];
    // The server asks for the body, so the request is under way.
    stream.read_exact(&mut go_on).await.unwrap();
    assert!(go_on.starts_with(b"HTTP/1.1 100"));
    let stopped = tokio::spawn(setting.stop());
    while TcpStream::connect(&address).await.is_ok() {
        tokio::task::yield_now().await;
    }
    stream.write_all(body.as_bytes()).await.unwrap();
    let mut reply = String::new();
    stream.read_to_string(&mut reply).await.unwrap();
    assert!(reply.starts_with("HTTP/1.1 201"), "{reply}");
    stopped.await.unwrap();
}
