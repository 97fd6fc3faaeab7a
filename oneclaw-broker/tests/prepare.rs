//! What an agent may ask for: paths, queries, headers and bodies, in tables.

#![cfg(test)]

use std::collections::BTreeMap;

use oneclaw_api::{AuthType, BindingConfig, ExecuteRequest, Guardrails, RequestBody};
use oneclaw_broker::{BindingSpec, BrokerError};
use serde_json::json;

fn spec(base_url: &str, paths: Option<&[&str]>) -> BindingSpec {
    let config = BindingConfig {
        base_url: base_url.to_owned(),
        auth_type: AuthType::Query,
        auth_header: None,
        auth_format: None,
        auth_query: Some("api_key".to_owned()),
        auth_user: None,
    };
    let strings = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
    let guardrails = Guardrails {
        allowed_paths: paths.map(strings),
        allowed_methods: Some(strings(&["GET", "POST"])),
        allowed_request_headers: Some(strings(&["X-Trace"])),
        max_request_bytes: Some(8),
        ..Guardrails::default()
    };
    BindingSpec::parse(&config, &guardrails).unwrap()
}

fn get(path: &str) -> ExecuteRequest {
    ExecuteRequest {
        binding: "b".to_owned(),
        method: "GET".to_owned(),
        path: path.to_owned(),
        query: Vec::new(),
        headers: BTreeMap::new(),
        body: None,
    }
}

#[test]
fn paths_are_joined_below_the_base_url() {
    for (base_url, path, joined) in [
        ("https://a.example", "", "/"),
        ("https://a.example", "/", "/"),
        ("https://a.example", "x", "/x"),
        ("https://a.example/v1", "", "/v1"),
        ("https://a.example/v1", "/", "/v1"),
        ("https://a.example/v1", "/x", "/v1/x"),
        ("https://a.example/v1/", "", "/v1/"),
        ("https://a.example/v1/", "x/y", "/v1/x/y"),
        ("https://a.example/v1/", "/x/", "/v1/x/"),
        ("https://a.example/v1/", "x?limit=3", "/v1/x"),
        ("https://a.example/v1/", "x?", "/v1/x"),
        ("https://a.example/", "a:b@c,d;e=f!$&'()*+~_-.", "/a:b@c,d;e=f!$&'()*+~_-."),
        ("https://a.example/", "...", "/..."),
        ("https://a.example/", "caf%C3%A9", "/caf%C3%A9"),
    ] {
        let prepared = spec(base_url, None).prepare(&get(path)).expect(path);
        assert_eq!(prepared.path(), joined, "{base_url} {path}");
    }
}

#[test]
fn paths_that_are_refused() {
    for path in [
        "..",
        ".",
        "../x",
        "x/..",
        "x/../y",
        "x/./y",
        "//x",
        "x//y",
        "x//",
        "//",
        "\\x",
        "x\\y",
        "x\\..\\y",
        "%2e%2e/x",
        "%2E%2e",
        ".%2e",
        "%2e",
        "x/%2e%2e/y",
        "a%2eb",
        "a%2Eb",
        "a%2fb",
        "a%2Fb",
        "a%5cb",
        "a%5Cb",
        "%252e%252e",
        "a%25b",
        "a%",
        "a%4",
        "a%zz",
        "a%00",
        "a%0d%0aX",
        "a%7f",
        "a\0",
        "a\r\nHost: x",
        "a\tb",
        "a b",
        "é",
        "a%ff",
        "%c0%ae%c0%ae/x",
        "..;/x",
        ".;a=b/x",
        ";x",
        "x/..;a",
        "%20",
        "a#b",
        "a\"b",
        "<a>",
        "a[0]",
        "{a}",
        "a|b",
        "a^b",
        "a`b",
        "\u{202e}a",
        "\u{ff0e}\u{ff0e}/x",
        "http://evil.example/",
        "//evil.example/",
        "%2f%2fevil.example",
        "..%3b/x",
        "\u{feff}x",
    ] {
        let refused = spec("https://a.example/v1/", None).prepare(&get(path));
        assert_eq!(refused.map(drop), Err(BrokerError::Path), "{path:?}");
    }
    let deep = "a/".repeat(200);
    assert_eq!(spec("https://a.example/", None).prepare(&get(&deep)).map(drop), Err(BrokerError::Path));
}

#[test]
fn patterns_are_over_full_paths_and_compared_raw() {
    let table: [(&[&str], &str, bool); 22] = [
        (&["/v1/charges"], "charges", true),
        (&["/v1/charges"], "charges/", false),
        (&["/v1/charges/"], "charges/", true),
        (&["/v1/charges"], "charges/ch_1", false),
        (&["/v1/charges"], "Charges", false),
        (&["/v1/charges"], "charge%73", false),
        (&["/v1/charges"], "charge", false),
        (&["/v1/charges"], "charges2", false),
        (&["/v1/charges/*"], "charges", false),
        (&["/v1/charges/*"], "charges/ch_1", true),
        (&["/v1/charges/*"], "charges/ch_1/refunds", false),
        (&["/v1/charges/**"], "charges", true),
        (&["/v1/charges/**"], "charges/", true),
        (&["/v1/charges/**"], "charges/a/b/c", true),
        (&["/v1/charges/**"], "chargesx/a", false),
        (&["/v1/**/refunds"], "refunds", true),
        (&["/v1/**/refunds"], "a/b/refunds", true),
        (&["/v1/**/refunds"], "a/b/refunds/c", false),
        (&["/v1/*/**/x"], "x", false),
        (&["/v1/*/**/x"], "x/x", true),
        (&["/v1/a", "/v1/b"], "b", true),
        (&["/v1/a", "/v1/b"], "", false),
    ];
    for (patterns, path, allowed) in table {
        let prepared = spec("https://a.example/v1/", Some(patterns)).prepare(&get(path));
        assert_eq!(prepared.is_ok(), allowed, "{patterns:?} {path}");
        if let Err(refused) = prepared {
            assert!(matches!(refused, BrokerError::PathNotAllowed { .. }), "{refused:?}");
        }
    }
}

#[test]
fn queries() {
    let spec = spec("https://a.example/", None);
    let with = |name: &str, value: &str| ExecuteRequest {
        query: vec![(name.to_owned(), value.to_owned())],
        ..get("x")
    };
    for (name, value) in [("a", ""), ("ä", "ö & = # ? / %"), ("a[]", "{\"x\":1}"), ("api_keys", "1")] {
        spec.prepare(&with(name, value)).expect(name);
    }
    for (name, value) in
        [("", "x"), ("a\r\n", "x"), ("a", "x\r\nHost: y"), ("a", "\0"), ("a\u{7f}", "x"), ("a", "\u{85}")]
    {
        assert_eq!(spec.prepare(&with(name, value)).map(drop), Err(BrokerError::Query), "{name:?} {value:?}");
    }
    for name in ["api_key", "API_KEY", "Api_Key", " api_key", "api_key\u{a0}"] {
        let refused = spec.prepare(&with(name, "x")).map(drop);
        assert!(matches!(refused, Err(BrokerError::QueryReserved(_))), "{name:?}");
    }
    for path in ["x?api_key=1", "x?a=1&api%5Fkey=2", "x?API_KEY", "x?api_key+=1"] {
        let refused = spec.prepare(&get(path)).map(drop);
        assert!(matches!(refused, Err(BrokerError::QueryReserved(_))), "{path:?}");
    }
    for path in ["x?a=1?b", "x?a#b", "x?a=%zz", "x?a=%ff", "x?a=%0d%0a", "x?a b", "x?é", "x?=1", "x?a=\\"] {
        assert_eq!(spec.prepare(&get(path)).map(drop), Err(BrokerError::Query), "{path:?}");
    }
    let long = "a".repeat(9000);
    let refused = spec.prepare(&with("q", &long)).map(drop);
    assert_eq!(refused, Err(BrokerError::UrlTooLong { max: 8192 }));
}

#[test]
fn methods_headers_and_bodies() {
    let spec = spec("https://a.example/", None);
    for method in ["get", "HEAD", "DELETE", "TRACE", "CONNECT", "", "GET ", "GET\r\n"] {
        let refused = spec.prepare(&ExecuteRequest { method: method.to_owned(), ..get("") }).map(drop);
        assert_eq!(
            refused,
            Err(BrokerError::MethodNotAllowed { allowed: "GET, POST".to_owned() }),
            "{method:?}"
        );
    }
    let with = |headers: &[(&str, &str)]| {
        let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        spec.prepare(&ExecuteRequest { headers, ..get("") }).map(drop)
    };
    assert_eq!(with(&[("ACCEPT", "text/plain"), ("x-trace", ""), ("Content-Type", "a/b; c=\"d\"")]), Ok(()));
    for name in [
        "Host",
        "Authorization",
        "Cookie",
        "Range",
        "Accept-Encoding",
        "Content-Length",
        "Transfer-Encoding",
        "X-Other",
        "X-Trace ",
        "X-Trace:",
        "X-Trace\r\nX",
        "",
        "Ｘ-Trace",
    ] {
        assert!(matches!(with(&[(name, "x")]), Err(BrokerError::HeaderNotAllowed { .. })), "{name:?}");
    }
    for value in [
        "a\r\nHost: x",
        "a\n",
        "\ra",
        " a",
        "a ",
        "a\0",
        "\u{7f}",
        "é",
        "a\tb",
        "\u{2028}",
        &"a".repeat(4097),
    ] {
        assert_eq!(with(&[("X-Trace", value)]), Err(BrokerError::HeaderValue { max: 4096 }), "{value:?}");
    }
    assert_eq!(with(&[("X-Trace", "a"), ("x-trace", "b")]), Err(BrokerError::HeaderValue { max: 4096 }));

    let body = |body| spec.prepare(&ExecuteRequest { body: Some(body), ..get("") });
    assert_eq!(body(RequestBody::Text("12345678".to_owned())).unwrap().body_len(), 8);
    assert_eq!(body(RequestBody::Json(json!({ "a": 1 }))).unwrap().body_len(), 7);
    for large in [RequestBody::Text("123456789".to_owned()), RequestBody::Json(json!({ "a": 123 }))] {
        assert_eq!(body(large).map(drop), Err(BrokerError::BodyTooLarge { max: 8 }));
    }
}

#[test]
fn nothing_of_a_request_is_echoed_in_an_error() {
    let canary = "hunter2-hunter2";
    let header = |name: &str, value: &str| ExecuteRequest {
        headers: BTreeMap::from([(name.to_owned(), value.to_owned())]),
        ..get("")
    };
    for request in [
        get(&format!("../{canary}")),
        get(&format!("x?{canary}=%zz")),
        get(&format!("{canary}/x")),
        ExecuteRequest { method: canary.to_owned(), ..get("a") },
        ExecuteRequest { query: vec![(canary.to_owned(), "\n".to_owned())], ..get("a") },
        header(canary, "x"),
        header("X-Trace", &format!("{canary}\n")),
        ExecuteRequest { body: Some(RequestBody::Text(canary.to_owned())), ..get("a") },
    ] {
        let refused = spec("https://a.example/", Some(&["/a"])).prepare(&request).unwrap_err();
        assert!(!format!("{refused} {refused:?}").contains(canary), "{refused:?}");
    }
}
