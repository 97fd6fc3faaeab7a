//! INV-4: whatever an agent asks for, the value leaves exactly once, at its place.

use std::collections::BTreeMap;

use oneclaw_api::{AuthType, BindingConfig, ExecuteRequest, Guardrails, RequestBody, SecretValue};
use oneclaw_broker::{BindingSpec, Broker, BrokerError};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use serde_json::json;

use crate::calls::{VALUE, bearer, get, loopback};
use crate::upstream::{Act, Seen, Upstream, reply};

/// What the value looks like on the wire, where, and the bindings that put it there.
fn placements(base_url: &str) -> [(&'static str, String, BindingConfig); 4] {
    let config = bearer(base_url.to_owned());
    let basic = data_encoding::BASE64.encode(format!("me:{VALUE}").as_bytes());
    let percent: String = VALUE
        .chars()
        .map(|c| match c {
            '/' | '+' | '?' => format!("%{:02X}", u32::from(c)),
            c => c.to_string(),
        })
        .collect();
    [
        ("authorization", format!("Bearer {VALUE}"), config.clone()),
        (
            "x-key",
            format!("k={VALUE};v=1"),
            BindingConfig {
                auth_type: AuthType::Header,
                auth_header: Some("X-Key".to_owned()),
                auth_format: Some("k={value};v=1".to_owned()),
                ..config.clone()
            },
        ),
        (
            "authorization",
            format!("Basic {basic}"),
            BindingConfig { auth_type: AuthType::Basic, auth_user: Some("me".to_owned()), ..config.clone() },
        ),
        (
            "",
            format!("api_key={percent}"),
            BindingConfig { auth_type: AuthType::Query, auth_query: Some("api_key".to_owned()), ..config },
        ),
    ]
}

fn guardrails() -> Guardrails {
    Guardrails {
        allowed_methods: Some(["GET", "POST", "DELETE"].map(str::to_owned).to_vec()),
        allowed_paths: Some(vec!["/v1/**".to_owned()]),
        allowed_request_headers: Some(vec!["X-Trace".to_owned(), "Idempotency-Key".to_owned()]),
        ..loopback()
    }
}

/// Requests that are hostile and well-formed in about equal parts.
fn requests() -> impl Strategy<Value = ExecuteRequest> {
    let text = prop_oneof![
        4 => "[a-zA-Z0-9/_.-]{0,12}",
        1 => "[ -~]{0,16}",
        1 => "\\PC{0,8}",
        1 => prop::sample::select(vec![
            "../..", "%2e%2e/x", "//evil.example", "@evil.example/", "x\r\nHost: evil", "{value}", "a?api_key=1",
            "?API_KEY=1", "x#y", "\\evil", "http://evil.example/", "a/./b", "v1/..;/x", "a%00b", "%0d%0aX: y", ";a",
        ]).prop_map(str::to_owned),
    ];
    let header = prop::sample::select(vec![
        "Accept",
        "accept",
        "X-Trace",
        "x-trace",
        "Idempotency-Key",
        "Host",
        "Authorization",
        "X-Key",
        "Range",
        "Connection",
        "Content-Type",
        "Content-Length",
        "Transfer-Encoding",
        "Cookie",
        "X-Forwarded-For",
        "x:y",
    ]);
    let query = prop::collection::vec(
        (
            prop_oneof!["[a-z_]{1,8}", Just("api_key".to_owned()), Just("API_KEY ".to_owned()), text.clone()],
            text.clone(),
        ),
        0..3,
    );
    let body = prop_oneof![
        2 => Just(None),
        1 => text.clone().prop_map(|text| Some(RequestBody::Text(text))),
        1 => text.clone().prop_map(|text| Some(RequestBody::Json(json!({ "k": text })))),
    ];
    let method = prop::sample::select(vec![
        "GET",
        "POST",
        "DELETE",
        "get",
        "TRACE",
        "CONNECT",
        "GET / HTTP/1.1\r\nX:",
    ]);
    let headers = prop::collection::btree_map(header.prop_map(str::to_owned), text.clone(), 0..2);
    (method, text, query, headers, body).prop_map(
        |(method, path, query, headers, body): (&str, String, _, BTreeMap<String, String>, _)| {
            ExecuteRequest { binding: "b".to_owned(), method: method.to_owned(), path, query, headers, body }
        },
    )
}

#[test]
fn inv_4_the_value_leaves_once_at_its_place() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let upstream = runtime.block_on(Upstream::start(|_| Act::Write(vec![reply("200 OK", &[], b"")])));
    let broker = Broker::new();
    let placements = placements(&upstream.url("/v1/"));
    let specs = placements.clone().map(|(_, _, config)| BindingSpec::parse(&config, &guardrails()).unwrap());
    let value = SecretValue::from_bytes(VALUE.as_bytes());
    let mut runner = TestRunner::new(Config { cases: 4000, failure_persistence: None, ..Config::default() });
    runner
        .run(&(requests(), 0..placements.len()), |(request, at)| {
            let _guard = runtime.enter();
            let (header, text, _) = &placements[at];
            let Ok(prepared) = specs[at].prepare(&request) else { return Ok(()) };
            let before = upstream.seen().len();
            // The rate is not what is tested.
            let binding = format!("b{before}");
            let outcome =
                runtime.block_on(broker.execute("agent", &binding, &specs[at], &value, &prepared)).unwrap();
            prop_assert!(outcome.reply.is_some(), "{:?}", outcome.error);
            let seen = upstream.seen();
            prop_assert_eq!(seen.len(), before + 1);
            check(&seen[before], header, text, &request).map_err(TestCaseError::fail)
        })
        .unwrap();
    let sent = upstream.seen().len();
    assert!(sent > 300, "only {sent} of the requests were sent");
}

/// Checks one request on the wire against what the binding fixes.
fn check(seen: &Seen, header: &str, text: &str, request: &ExecuteRequest) -> Result<(), String> {
    let raw = String::from_utf8_lossy(&seen.raw);
    let head = seen.head();
    let fail = |what: &str| Err(format!("{what}: {raw}"));
    if raw.matches(text).count() != 1 || (raw.matches(VALUE).count() > 1) {
        return fail("the value is not there once");
    }
    if header.is_empty() {
        let query = seen.target().split_once('?').map(|(_, query)| query.to_owned()).unwrap_or_default();
        let own = query.split('&').filter(|pair| pair.to_ascii_lowercase().starts_with("api_key")).count();
        if own != 1 || !query.ends_with(text) {
            return fail("the parameter is not there once");
        }
    } else if head
        .lines()
        .filter(|line| line.to_ascii_lowercase().starts_with(&format!("{header}: ")))
        .count()
        != 1
        || seen.header(header).as_deref() != Some(text)
    {
        return fail("the header is not there once");
    }
    let first = head.lines().next().unwrap_or_default();
    let allowed = ["GET", "POST", "DELETE"].iter().any(|method| first.starts_with(&format!("{method} /v1/")));
    if !allowed || !first.ends_with(" HTTP/1.1") || first.split(' ').count() != 3 {
        return fail("the request line is another");
    }
    let known = [
        "accept",
        "accept-encoding",
        "authorization",
        "content-length",
        "content-type",
        "host",
        "idempotency-key",
        "user-agent",
        "x-key",
        "x-trace",
    ];
    for line in head.lines().skip(1) {
        let name = line.split(':').next().unwrap_or_default().to_ascii_lowercase();
        if !known.contains(&name.as_str()) {
            return fail("a header that nobody allowed");
        }
    }
    let body = match &request.body {
        None => String::new(),
        Some(RequestBody::Text(text)) => text.clone(),
        Some(RequestBody::Json(value)) => value.to_string(),
    };
    if raw.split_once("\r\n\r\n").map(|(_, sent)| sent.to_owned()) == Some(body) {
        Ok(())
    } else {
        fail("another body")
    }
}

#[tokio::test]
async fn inv_4_a_request_that_holds_the_value_is_refused() {
    let upstream = Upstream::start(|_| Act::Write(vec![reply("200 OK", &[], b"")])).await;
    let config = bearer(upstream.url("/v1/"));
    let spec = BindingSpec::parse(&config, &guardrails()).unwrap();
    let value = SecretValue::from_bytes(b"a-value-of-the-vault");
    let hex = data_encoding::HEXLOWER.encode(b"a-value-of-the-vault");
    let text = || "x a-value-of-the-vault".to_owned();
    let broker = Broker::new();
    for request in [
        get("a-value-of-the-vault/x"),
        get("x?q=a-value-of-the-vaul%74"),
        ExecuteRequest { query: vec![("q".to_owned(), text())], ..get("") },
        ExecuteRequest { query: vec![("a-value-of-the-vault".to_owned(), String::new())], ..get("") },
        ExecuteRequest { headers: BTreeMap::from([("x-trace".to_owned(), hex)]), ..get("") },
        ExecuteRequest { body: Some(RequestBody::Text(text())), method: "POST".to_owned(), ..get("") },
        ExecuteRequest {
            body: Some(RequestBody::Json(json!([text()]))),
            method: "POST".to_owned(),
            ..get("")
        },
    ] {
        let refused = broker.execute("agent", "b", &spec, &value, &spec.prepare(&request).unwrap()).await;
        assert_eq!(refused, Err(BrokerError::ValueInRequest));
    }
    assert!(upstream.seen().is_empty());
}

#[tokio::test]
async fn a_request_is_for_the_binding_it_was_prepared_for() {
    let value = SecretValue::from_bytes(VALUE.as_bytes());
    let spec = |base_url: &str| BindingSpec::parse(&bearer(base_url.to_owned()), &loopback()).unwrap();
    let (one, other) = (spec("http://127.0.0.1:1/"), spec("http://127.0.0.1:2/"));
    let refused = Broker::new().execute("agent", "b", &other, &value, &one.prepare(&get("")).unwrap()).await;
    assert_eq!(refused, Err(BrokerError::OtherBinding));
}

#[tokio::test]
async fn values_that_can_not_be_sent_are_refused() {
    let base_url = "http://127.0.0.1:1/";
    let table: [(&[u8], [bool; 4]); 9] = [
        (b"0123456789ab", [true, true, true, true]),
        (b"0123456789a", [false; 4]),
        (b"", [false; 4]),
        (b"0123456789ab\n", [false; 4]),
        (b"0123456789ab\r\nX: y", [false; 4]),
        (b"0123456789\0ab", [false; 4]),
        (b"0123456789 ab", [false, false, true, true]),
        ("0123456789äb".as_bytes(), [false, false, true, true]),
        (b"0123456789\xffab", [false; 4]),
    ];
    for (bytes, accepted) in table {
        let value = SecretValue::from_bytes(bytes);
        for ((_, _, config), accepted) in placements(base_url).into_iter().zip(accepted) {
            let spec = BindingSpec::parse(&config, &loopback()).unwrap();
            assert_eq!(spec.check_value(&value).is_ok(), accepted, "{bytes:?} {config:?}");
            let refused =
                Broker::new().execute("agent", "b", &spec, &value, &spec.prepare(&get("")).unwrap()).await;
            assert_eq!(refused.is_ok(), accepted);
        }
    }
}
