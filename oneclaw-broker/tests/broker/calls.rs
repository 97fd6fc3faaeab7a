//! One call at a time: what leaves, and what comes back.

use std::sync::Arc;

use jiff::Timestamp;
use oneclaw_api::{
    AuthType, BindingConfig, ExecuteRequest, ExecuteStatus, Guardrails, ManualClock, RequestBody, SecretValue,
};
use oneclaw_broker::{BindingSpec, Broker, BrokerError, Outcome};
use serde_json::json;

use crate::upstream::{Act, Upstream, chunked, reply};

pub(crate) const VALUE: &str = "sk-live/Qx7+ZrT9?m~vEaL";

pub(crate) fn bearer(base_url: String) -> BindingConfig {
    BindingConfig {
        base_url,
        auth_type: AuthType::Bearer,
        auth_header: None,
        auth_format: None,
        auth_query: None,
        auth_user: None,
    }
}

pub(crate) fn loopback() -> Guardrails {
    Guardrails {
        allow_private_networks: Some(true),
        max_requests_per_minute: Some(6000),
        ..Guardrails::default()
    }
}

pub(crate) fn get(path: &str) -> ExecuteRequest {
    ExecuteRequest {
        binding: "b".to_owned(),
        method: "GET".to_owned(),
        path: path.to_owned(),
        query: Vec::new(),
        headers: Default::default(),
        body: None,
    }
}

pub(crate) async fn call(
    broker: &Broker,
    spec: &BindingSpec,
    request: &ExecuteRequest,
) -> Result<Outcome, BrokerError> {
    let value = SecretValue::from_bytes(VALUE.as_bytes());
    broker.execute("agent", "binding", spec, &value, &spec.prepare(request)?).await
}

fn ok(body: &[u8]) -> Act {
    Act::Write(vec![reply("200 OK", &[("Content-Type", b"application/json")], body)])
}

#[tokio::test]
async fn a_call_carries_the_value_and_its_reply_does_not() {
    let upstream = Upstream::start(|seen| {
        ok(json!({ "you_sent": seen.header("authorization"), "n": 7 }).to_string().as_bytes())
    })
    .await;
    let guardrails = Guardrails { allowed_methods: Some(vec!["POST".to_owned()]), ..loopback() };
    let spec = BindingSpec::parse(&bearer(upstream.url("/v1/")), &guardrails).unwrap();
    let request = ExecuteRequest {
        method: "POST".to_owned(),
        query: vec![("q".to_owned(), "a b&c".to_owned())],
        body: Some(RequestBody::Json(json!({ "amount": 3 }))),
        ..get("/charges?limit=3")
    };
    let outcome = call(&Broker::new(), &spec, &request).await.unwrap();
    assert_eq!(outcome.status, ExecuteStatus::Succeeded);
    let reply = outcome.reply.unwrap();
    assert_eq!(reply.body, Some(json!({ "you_sent": "Bearer [REDACTED]", "n": 7 })));
    assert_eq!((outcome.redactions, outcome.error), (1, None));

    let [seen] = &upstream.seen()[..] else { panic!("one request") };
    assert_eq!(seen.target(), "/v1/charges?limit=3&q=a%20b%26c");
    assert_eq!(seen.header("authorization").unwrap(), format!("Bearer {VALUE}"));
    assert_eq!(seen.header("accept-encoding").unwrap(), "identity");
    assert_eq!(seen.header("content-type").unwrap(), "application/json");
    assert!(seen.raw.ends_with(br#"{"amount":3}"#));
}

#[tokio::test]
async fn rate_and_suspension_count_by_the_injected_clock() {
    let upstream = Upstream::start(|seen| ok(seen.head().as_bytes())).await;
    let clock = Arc::new(ManualClock::new(Timestamp::UNIX_EPOCH));
    let broker = Broker::builder().clock(clock.clone()).build();
    let guardrails = Guardrails { max_requests_per_minute: Some(2), ..loopback() };
    let spec = BindingSpec::parse(&bearer(upstream.url("/")), &guardrails).unwrap();

    for round in 0..=10 {
        for _ in 0..2 {
            let outcome = call(&broker, &spec, &get("x")).await;
            if round == 10 && outcome.is_err() {
                assert_eq!(outcome, Err(BrokerError::Suspended));
                assert_eq!(upstream.seen().len(), 21);
                broker.resume("binding");
                call(&broker, &spec, &get("x")).await.unwrap();
                return;
            }
            assert!(outcome.unwrap().redactions > 0);
        }
        let refused = call(&broker, &spec, &get("x")).await;
        assert_eq!(refused, Err(BrokerError::RateLimited { per_minute: 2, retry_after: 60 }));
        clock.advance(60);
    }
    panic!("never suspended");
}

#[tokio::test]
async fn an_upstream_that_never_answers_is_left_after_the_time_out() {
    let upstream = Upstream::start(|_| Act::Hang).await;
    let guardrails = Guardrails { max_duration_ms: Some(50), ..loopback() };
    let spec = BindingSpec::parse(&bearer(upstream.url("/")), &guardrails).unwrap();
    let outcome = call(&Broker::new(), &spec, &get("")).await.unwrap();
    assert_eq!((outcome.status, outcome.reply), (ExecuteStatus::Failed, None));
    assert!(outcome.error.unwrap().contains("did not answer within 50 ms"));
}

#[tokio::test]
async fn trailers_and_the_reason_phrase_are_not_shown() {
    let upstream = Upstream::start(|seen| {
        let raw = chunked(
            &[],
            b"plain",
            1,
            format!("X-T: {}\r\n", seen.header("authorization").unwrap()).as_bytes(),
        );
        Act::Write(vec![String::from_utf8(raw).unwrap().replacen("OK", VALUE, 1).into_bytes()])
    })
    .await;
    let spec = BindingSpec::parse(&bearer(upstream.url("/")), &loopback()).unwrap();
    let outcome = call(&Broker::new(), &spec, &get("")).await.unwrap();
    let reply = outcome.reply.unwrap();
    assert_eq!((reply.status, reply.body, reply.headers.len()), (200, Some(json!("plain")), 0));
}
