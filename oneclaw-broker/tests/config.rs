//! What a binding may say, in tables: base URLs, hosts, placements, headers, methods, paths, limits.

use oneclaw_api::{AuthType, BindingConfig, Guardrails, Problem, ProblemKind};
use oneclaw_broker::{BindingSpec, BrokerError};

fn config(base_url: &str) -> BindingConfig {
    BindingConfig {
        base_url: base_url.to_owned(),
        auth_type: AuthType::Bearer,
        auth_header: None,
        auth_format: None,
        auth_query: None,
        auth_user: None,
    }
}

fn strings(texts: &[&str]) -> Option<Vec<String>> {
    Some(texts.iter().map(|text| (*text).to_owned()).collect())
}

fn private() -> Guardrails {
    Guardrails { allow_private_networks: Some(true), ..Guardrails::default() }
}

#[test]
fn base_urls_that_are_accepted() {
    for (text, host) in [
        ("https://api.example.com", "api.example.com"),
        ("https://api.example.com/", "api.example.com"),
        ("https://api.example.com:443/v1/", "api.example.com"),
        ("https://api.example.com:8443/v1", "api.example.com"),
        ("https://xn--bcher-kva.example/", "xn--bcher-kva.example"),
        ("https://93.184.216.34/", "93.184.216.34"),
        ("https://[2606:4700::1111]/", "[2606:4700::1111]"),
        ("https://a.b/v1/%C3%A9/x~y;z=1/", "a.b"),
        ("https://1password.example.com/", "1password.example.com"),
    ] {
        let spec = BindingSpec::parse(&config(text), &Guardrails::default()).expect(text);
        assert_eq!((spec.host(), spec.base_url()), (host, text));
        assert_eq!(spec.methods().collect::<Vec<_>>(), ["GET", "HEAD"]);
    }
    for text in [
        "http://localhost:8080/",
        "http://127.0.0.1/",
        "http://127.9.9.9:1/x",
        "http://[::1]:9/",
        "https://localhost/",
        "https://app.localhost:8443/",
        "http://app.localhost/",
        "https://10.0.0.1/",
        "https://100.64.0.1/",
        "https://[fd12::1]/",
    ] {
        BindingSpec::parse(&config(text), &private()).expect(text);
        BindingSpec::parse(&config(text), &Guardrails::default()).unwrap_err();
    }
}

#[test]
fn base_urls_that_are_refused() {
    for text in [
        // Other schemes and no scheme.
        "",
        "api.example.com",
        "//api.example.com/",
        "ftp://api.example.com/",
        "HTTPS://api.example.com/",
        "https:/api.example.com/",
        "https:api.example.com",
        "file:///etc/passwd",
        "unix:/run/x",
        " https://a.example/",
        "https ://a.example/",
        "javascript:alert(1)",
        "ws://a.example/",
        "https:\\\\a.example\\",
        // No host, user information, query, fragment.
        "https://",
        "https:///",
        "https://:443/",
        "https://user@a.example/",
        "https://user:pw@a.example/",
        "https://@a.example/",
        "https://a.example@evil.example/",
        "https://a.example?x",
        "https://a.example/?x=1",
        "https://a.example/#f",
        "https://a.example#@evil.example/",
        // Not written as it is dialled.
        "https://API.example.com/",
        "https://a.example./",
        "https://a..example/",
        "https://.a.example/",
        "https://a_b.example/",
        "https://-a.example/",
        "https://a-.example/",
        "https://*.example.com/",
        "https://bücher.example/",
        "https://ａ.example/",
        "https://a。example/",
        "https://a%2eexample/",
        "https://%61.example/",
        "https://a\u{ad}b.example/",
        "https://a.example\t/",
        "https://a.exa\nmple/",
        "https://a b.example/",
        "https://a.example\\@evil.example/",
        "https://a.example\0/",
        // Other spellings of addresses.
        "https://0x5d.1/",
        "https://0x5db8d822/",
        "https://1572395042/",
        "https://93.184.216.034/",
        "https://93.184.55330/",
        "https://①②⑦.0.0.1/",
        "https://93.184.216.34./",
        "https://93.184.216.256/",
        "https://1.2.3.4.5/",
        "https://a.0x1/",
        "https://a.1/",
        "https://0/",
        "https://[::ffff:5db8:d822]x/",
        "https://[2606:4700:0::1111]/",
        "https://[2606:4700::1111/",
        "https://2606:4700::1111/",
        "https://[fe80::1%25eth0]/",
        "https://[v1.x]/",
        "https://[]/",
        // Ports.
        "https://a.example:/",
        "https://a.example:0/",
        "https://a.example:65536/",
        "https://a.example:0443/",
        "https://a.example:+443/",
        "https://a.example:443:443/",
        "https://a.example:4a/",
        "https://a.example:４４３/",
        // Paths.
        "https://a.example/../",
        "https://a.example/v1/./",
        "https://a.example//v1",
        "https://a.example/v1//",
        "https://a.example/%2e%2e/",
        "https://a.example/a%2fb",
        "https://a.example/a%5cb",
        "https://a.example/a b",
        "https://a.example/é",
        "https://a.example/a%zz",
        "https://a.example/%",
        "https://a.example/a%00",
        "https://a.example/..;/",
        "https://a.example/\"",
        "https://a.example/{x}",
        "https://a.example/%25",
        // Plain http.
        "http://a.example/",
        "http://93.184.216.34/",
        "http://localhost.example/",
        "http://10.0.0.1/",
        "http://0.0.0.0/",
        "http://[::]/",
        "http://localhost.evil.example/",
        // Addresses that are never an upstream, nor without permission.
        "https://169.254.169.254/",
        "https://[fd00:ec2::254]/",
        "https://0.0.0.0/",
        "https://224.0.0.1/",
        "https://255.255.255.255/",
        "https://[fe80::1]/",
        "https://[ff02::1]/",
        "https://[::ffff:127.0.0.1]/",
        "https://[::ffff:7f00:1]/",
        "https://[64:ff9b::7f00:1]/",
        "https://[2002:7f00:1::]/",
        "https://192.0.2.1/",
        "https://100.100.100.200/",
    ] {
        for guardrails in [Guardrails::default(), private()] {
            let refused = BindingSpec::parse(&config(text), &guardrails);
            assert!(refused.is_err(), "{text} became {refused:?}");
        }
    }
    let long = format!("https://{}.example/", "a".repeat(64));
    assert_eq!(BindingSpec::parse(&config(&long), &Guardrails::default()), Err(BrokerError::Host));
}

#[test]
fn hosts_and_ports_must_contain_those_of_the_base_url() {
    let with = |hosts: Option<&[&str]>, ports: Option<Vec<u16>>| {
        let guardrails = Guardrails {
            allowed_hosts: hosts.and_then(strings),
            allowed_ports: ports,
            ..Guardrails::default()
        };
        BindingSpec::parse(&config("https://a.example:8443/"), &guardrails).map(drop)
    };
    assert_eq!(with(Some(&["b.example", "a.example"]), Some(vec![443, 8443])), Ok(()));
    assert_eq!(with(Some(&["b.example"]), None), Err(BrokerError::HostNotAllowed));
    assert_eq!(with(Some(&[]), None), Err(BrokerError::HostNotAllowed));
    for wild in ["*.example", "*", "A.example", "a.example.", "a.example:8443", "https://a.example", ""] {
        assert_eq!(with(Some(&["a.example", wild]), None), Err(BrokerError::Host), "{wild}");
    }
    assert_eq!(with(None, Some(vec![443])), Err(BrokerError::PortNotAllowed));
    assert_eq!(with(None, Some(Vec::new())), Err(BrokerError::PortNotAllowed));
}

#[test]
fn placements() {
    use AuthType::{Basic, Bearer, Header, Query};
    let parse =
        |auth_type, header: Option<&str>, format: Option<&str>, query: Option<&str>, user: Option<&str>| {
            let own = |text: Option<&str>| text.map(str::to_owned);
            let config = BindingConfig {
                auth_type,
                auth_header: own(header),
                auth_format: own(format),
                auth_query: own(query),
                auth_user: own(user),
                ..config("https://a.example/")
            };
            BindingSpec::parse(&config, &Guardrails::default()).map(drop)
        };
    for (header, format) in [
        ("Authorization", Some("Bearer {value}")),
        ("X-Api-Key", None),
        ("Cookie", Some("session={value}; path=/")),
        ("x-a!#$%&'*+.^_`|~9", Some("{value}")),
    ] {
        assert_eq!(parse(Header, Some(header), format, None, None), Ok(()), "{header}");
    }
    for header in [
        "",
        "Host",
        "host",
        "Content-Length",
        "Transfer-Encoding",
        "Connection",
        "TE",
        "Trailer",
        "Upgrade",
        "Range",
        "Accept-Encoding",
        "Proxy-Authorization",
        "X-Forwarded-For",
        "Content-Type",
        "accept",
        "X Key",
        "X-Key:",
        "X-Key\r\nY",
        "X-Kéy",
        "X-Key\0",
        "(x)",
        "Expect",
    ] {
        assert_eq!(
            parse(Header, Some(header), None, None, None),
            Err(BrokerError::PlacementHeader),
            "{header}"
        );
    }
    for format in [
        "",
        "Bearer",
        "{value}{value}",
        "Bearer {value}\r\nX: y",
        "Bearer {value}\n",
        "{value} ",
        " {value}",
        "{value}é",
        "{VALUE}",
        "{value",
        "{value}\t",
        "{value}\0",
    ] {
        let refused = parse(Header, Some("X-Key"), Some(format), None, None);
        assert_eq!(refused, Err(BrokerError::PlacementFormat), "{format:?}");
    }
    assert_eq!(parse(Basic, None, None, None, None), Ok(()));
    assert_eq!(parse(Basic, None, None, None, Some("AC 123@x")), Ok(()));
    for user in ["a:b", "a\n", "é", "a\0"] {
        assert_eq!(parse(Basic, None, None, None, Some(user)), Err(BrokerError::PlacementUser));
    }
    assert_eq!(parse(Query, None, None, Some("api_key"), None), Ok(()));
    for query in ["", "a b", "a=b", "a&b", "é", "a[]", "a%41"] {
        assert_eq!(parse(Query, None, None, Some(query), None), Err(BrokerError::PlacementQuery));
    }
    for fields in [
        parse(Bearer, Some("X-Key"), None, None, None),
        parse(Bearer, None, Some("{value}"), None, None),
        parse(Header, None, None, None, None),
        parse(Header, Some("X-Key"), None, Some("q"), None),
        parse(Header, Some("X-Key"), None, None, Some("u")),
        parse(Basic, None, None, Some("q"), None),
        parse(Query, None, None, None, None),
        parse(Query, None, None, Some("q"), Some("u")),
    ] {
        assert!(matches!(fields, Err(BrokerError::PlacementFields { .. })), "{fields:?}");
    }
}

#[test]
fn request_headers_that_a_binding_can_not_allow() {
    let parse = |name: &str| {
        let guardrails = Guardrails { allowed_request_headers: strings(&[name]), ..Guardrails::default() };
        BindingSpec::parse(&config("https://a.example/"), &guardrails).map(drop)
    };
    for name in
        ["X-Trace", "Idempotency-Key", "User-Agent", "Accept", "content-type", "If-Match", "OpenAI-Beta"]
    {
        assert_eq!(parse(name), Ok(()), "{name}");
    }
    for name in [
        "Host",
        "HOST",
        "Authorization",
        "authorization",
        "Proxy-Authorization",
        "proxy-x",
        "Cookie",
        "Cookie2",
        "Range",
        "If-Range",
        "Accept-Encoding",
        "Content-Length",
        "Content-Encoding",
        "Transfer-Encoding",
        "TE",
        "Trailer",
        "Connection",
        "Keep-Alive",
        "Upgrade",
        "Expect",
        "Via",
        "Forwarded",
        "X-Forwarded-For",
        "x-forwarded-host",
        "X-Real-IP",
        "X-HTTP-Method-Override",
        "X-Original-URL",
        "X-Rewrite-URL",
        "X-Api-Key",
        "Alt-Used",
        "HTTP2-Settings",
        "Sec-Fetch-Site",
        "Max-Forwards",
        "",
        "X Y",
        "X:Y",
        "X\r\nY",
        "é",
        "X\0",
        "(x)",
    ] {
        assert!(matches!(parse(name), Err(BrokerError::RequestHeader(_))), "{name}");
    }
    // Nor the placement's own.
    let guardrails = Guardrails { allowed_request_headers: strings(&["x-KEY"]), ..Guardrails::default() };
    let own = BindingConfig {
        auth_type: AuthType::Header,
        auth_header: Some("X-Key".to_owned()),
        ..config("https://a.example/")
    };
    assert_eq!(BindingSpec::parse(&own, &guardrails), Err(BrokerError::RequestHeader("x-key".to_owned())));
}

#[test]
fn methods_paths_and_limits() {
    let parse = |guardrails: Guardrails| BindingSpec::parse(&config("https://a.example/v1/"), &guardrails);
    for methods in
        [&[][..], &["TRACE"], &["CONNECT"], &["get"], &["GET", ""], &["TRACK"], &["GET POST"], &["*"]]
    {
        let guardrails = Guardrails { allowed_methods: strings(methods), ..Guardrails::default() };
        assert_eq!(parse(guardrails), Err(BrokerError::Methods), "{methods:?}");
    }
    for path in
        ["", "v1/x", "/v1/a*", "/v1/***", "/v1//x", "/v1/../x", "/v1/%2e", "/v1/x?y", "/v1/x y", "/v1/é"]
    {
        let guardrails = Guardrails { allowed_paths: strings(&[path]), ..Guardrails::default() };
        assert_eq!(parse(guardrails), Err(BrokerError::PathPattern), "{path:?}");
    }
    for paths in [&[][..], &["/charges"], &["/v2/**"], &["/v1/x", "/v10/**"], &["/"]] {
        let guardrails = Guardrails { allowed_paths: strings(paths), ..Guardrails::default() };
        assert_eq!(parse(guardrails), Err(BrokerError::PathPatternOutside), "{paths:?}");
    }
    for path in ["/v1/**", "/**", "/*/x", "/v1/", "/v1", "/v1/a/*/b"] {
        let guardrails = Guardrails { allowed_paths: strings(&[path]), ..Guardrails::default() };
        parse(guardrails).expect(path);
    }
    let limit = |guardrails: Guardrails| matches!(parse(guardrails), Err(BrokerError::Limit { .. }));
    for size in [0, u64::MAX] {
        assert!(limit(Guardrails { max_request_bytes: Some(size), ..Guardrails::default() }));
        assert!(limit(Guardrails { max_response_bytes: Some(size), ..Guardrails::default() }));
        assert!(limit(Guardrails { max_duration_ms: Some(size), ..Guardrails::default() }));
    }
    assert!(limit(Guardrails { max_requests_per_minute: Some(0), ..Guardrails::default() }));
    assert!(limit(Guardrails { max_requests_per_minute: Some(6001), ..Guardrails::default() }));
}

#[test]
fn errors_become_problems_that_say_what_to_do() {
    let problem = Problem::from(BrokerError::RateLimited { per_minute: 60, retry_after: 7 });
    assert_eq!((problem.kind(), problem.retry_after()), (ProblemKind::TooManyRequests, Some(7)));
    assert_eq!(Problem::from(BrokerError::Suspended).kind(), ProblemKind::Forbidden);
    assert_eq!(Problem::from(BrokerError::Path).kind(), ProblemKind::BadRequest);
    assert_eq!(Problem::from(BrokerError::BodyTooLarge { max: 1 }).kind(), ProblemKind::TooLarge);
}
