//! INV-5 and INV-6: a value goes to the bound host, at a checked address, over verified TLS, and nowhere else.

use std::collections::VecDeque;
use std::io;
use std::net::IpAddr;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use oneclaw_api::{ExecuteStatus, Guardrails, SecretValue};
use oneclaw_broker::{BindingSpec, Broker, Outcome, Resolver};
use rcgen::{CertifiedKey, generate_simple_self_signed};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;

use crate::calls::{VALUE, bearer, call, get, loopback};
use crate::upstream::{Act, Upstream, reply};

/// Gives its answers one after the other, and counts the questions.
#[derive(Debug, Default)]
struct Scripted {
    answers: Mutex<VecDeque<Vec<&'static str>>>,
    asked: Mutex<Vec<String>>,
}

#[async_trait]
impl Resolver for Scripted {
    async fn resolve(&self, host: &str) -> io::Result<Vec<IpAddr>> {
        self.asked.lock().unwrap().push(host.to_owned());
        let answer = self.answers.lock().unwrap().pop_front().ok_or(io::ErrorKind::NotFound)?;
        Ok(answer.iter().map(|address| address.parse().unwrap()).collect())
    }
}

fn scripted(answers: &[&[&'static str]]) -> Arc<Scripted> {
    let answers = answers.iter().map(|answer| answer.to_vec()).collect();
    Arc::new(Scripted { answers: Mutex::new(answers), ..Scripted::default() })
}

async fn failure(broker: &Broker, base_url: &str, guardrails: &Guardrails) -> String {
    let spec = BindingSpec::parse(&bearer(base_url.to_owned()), guardrails).unwrap();
    let outcome = call(broker, &spec, &get("x")).await.unwrap();
    assert_eq!((outcome.status, &outcome.reply), (ExecuteStatus::Failed, &None));
    let error = outcome.error.unwrap();
    assert!(!error.contains(VALUE), "{error}");
    error
}

#[tokio::test]
async fn inv_5_names_that_resolve_to_refused_addresses() {
    let private = Guardrails { allow_private_networks: Some(true), ..Guardrails::default() };
    let table: [(&[&str], &str, bool); 12] = [
        (&["169.254.169.254"], "metadata", false),
        (&["169.254.169.254"], "metadata", true),
        (&["127.0.0.1"], "loopback", false),
        (&["10.0.0.8"], "private", false),
        (&["93.184.216.34", "10.0.0.8"], "private", false),
        (&["10.0.0.8", "169.254.1.1"], "link-local", true),
        (&["::ffff:127.0.0.1"], "inside an IPv6", true),
        (&["64:ff9b::a9fe:a9fe"], "inside an IPv6", true),
        (&["2002:7f00:1::1"], "inside an IPv6", true),
        (&["fd00:ec2::254"], "metadata", true),
        (&["0.0.0.0"], "unspecified", true),
        (&[], "could not be resolved", false),
    ];
    for (answer, because, allow_private) in table {
        let resolver = scripted(&[answer]);
        let broker = Broker::builder().resolver(resolver.clone()).build();
        let guardrails = if allow_private { private.clone() } else { Guardrails::default() };
        let error = failure(&broker, "https://api.example.com/", &guardrails).await;
        assert!(error.contains(because), "{answer:?}: {error}");
        assert_eq!(*resolver.asked.lock().unwrap(), ["api.example.com"]);
    }
}

/// The first answer is public as far as the policy goes, the second is not: only the first may count.
#[tokio::test]
async fn inv_5_a_name_is_resolved_once_a_call() {
    let (upstream, pem) = tls_upstream("api.example.com").await;
    let resolver = scripted(&[&["127.0.0.1"], &["169.254.169.254"]]);
    let broker = Broker::builder().resolver(resolver.clone()).root_certificates(&pem).unwrap().build();
    let base_url = format!("https://api.example.com:{upstream}/");
    let spec = BindingSpec::parse(&bearer(base_url.clone()), &loopback()).unwrap();
    let outcome = call(&broker, &spec, &get("x")).await.unwrap();
    assert_eq!(outcome.reply.unwrap().body.unwrap(), "hello");
    assert_eq!(resolver.asked.lock().unwrap().len(), 1);
    // The next call asks again: the connection is not kept, and the answer is checked.
    assert!(failure(&broker, &base_url, &loopback()).await.contains("metadata"));
    assert_eq!(resolver.asked.lock().unwrap().len(), 2);
}

#[tokio::test]
async fn inv_5_certificates_are_verified() {
    let (upstream, pem) = tls_upstream("api.example.com").await;
    let resolver = || scripted(&[&["127.0.0.1"]]);
    let base_url = |host| format!("https://{host}:{upstream}/");
    // The root is not trusted.
    let broker = Broker::builder().resolver(resolver()).build();
    assert!(failure(&broker, &base_url("api.example.com"), &loopback()).await.contains("certificate"));
    // The certificate is another host's.
    let broker = Broker::builder().resolver(resolver()).root_certificates(&pem).unwrap().build();
    assert!(failure(&broker, &base_url("www.example.com"), &loopback()).await.contains("certificate"));
    // Plain HTTP where TLS is expected: nothing but the start of TLS is sent.
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base_url = format!("https://api.example.com:{}/", listener.local_addr().unwrap().port());
    let plain = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        stream.write_all(&reply("200 OK", &[], b"")).await.unwrap();
        let mut sent = Vec::new();
        let _ = stream.read_to_end(&mut sent).await;
        sent
    });
    let broker = Broker::builder().resolver(resolver()).build();
    assert!(failure(&broker, &base_url, &loopback()).await.contains("certificate"));
    let sent = plain.await.unwrap();
    assert!(!sent.windows(VALUE.len()).any(|window| window == VALUE.as_bytes()));
}

#[tokio::test]
async fn inv_5_plain_http_stays_on_loopback() {
    let upstream = Upstream::start(|_| Act::Write(vec![reply("200 OK", &[], b"hello")])).await;
    let base_url = format!("http://localhost:{}/", upstream.address.port());
    let broker = Broker::builder().resolver(scripted(&[&["10.0.0.8"], &["127.0.0.1"]])).build();
    assert!(failure(&broker, &base_url, &loopback()).await.contains("private"));
    let spec = BindingSpec::parse(&bearer(base_url), &loopback()).unwrap();
    let outcome: Outcome = call(&broker, &spec, &get("")).await.unwrap();
    assert_eq!(outcome.reply.unwrap().body.unwrap(), "hello");
}

#[tokio::test]
async fn inv_6_redirects_are_shown_and_not_followed() {
    let other = Upstream::start(|_| Act::Write(vec![reply("200 OK", &[], b"stolen")])).await;
    for status in ["301 A", "302 B", "303 C", "307 D", "308 E"] {
        let location = format!("{}?token={VALUE}", other.url("/collect"));
        let upstream = Upstream::start(move |_| {
            Act::Write(vec![reply(status, &[("Location", location.as_bytes())], b"")])
        })
        .await;
        let spec = BindingSpec::parse(&bearer(upstream.url("/")), &loopback()).unwrap();
        let outcome = call(&Broker::new(), &spec, &get("")).await.unwrap();
        let reply = outcome.reply.unwrap();
        assert!(status.starts_with(&reply.status.to_string()));
        assert_eq!(reply.headers["location"], format!("{}?token=[REDACTED]", other.url("/collect")));
    }
    assert!(other.seen().is_empty());
}

#[tokio::test]
async fn inv_6_a_failed_call_is_sent_once() {
    let upstream = Upstream::start(|_| Act::Write(Vec::new())).await;
    let spec = BindingSpec::parse(&bearer(upstream.url("/")), &loopback()).unwrap();
    assert_eq!(call(&Broker::new(), &spec, &get("")).await.unwrap().status, ExecuteStatus::Failed);
    assert_eq!(upstream.seen().len(), 1);
}

#[tokio::test]
async fn an_upstream_that_is_not_there_is_named_as_that() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base_url = format!("http://{}/", listener.local_addr().unwrap());
    drop(listener);
    assert!(failure(&Broker::new(), &base_url, &loopback()).await.contains("can't be reached"));
}

#[tokio::test]
async fn inv_7_values_of_earlier_calls_are_scrubbed_too() {
    let upstream = Upstream::start(|seen| {
        let sent = seen.header("authorization").unwrap();
        let body = if sent.contains("second") { format!("{VALUE} {sent}") } else { String::new() };
        Act::Write(vec![reply("200 OK", &[], body.as_bytes())])
    })
    .await;
    let broker = Broker::new();
    let spec = BindingSpec::parse(&bearer(upstream.url("/")), &loopback()).unwrap();
    let prepared = spec.prepare(&get("")).unwrap();
    for (principal, value, body) in [
        ("agent", VALUE, None),
        ("agent", "the-second-value", Some("[REDACTED] Bearer [REDACTED]".to_owned())),
        ("other", "the-second-value", Some(format!("{VALUE} Bearer [REDACTED]"))),
    ] {
        let value = SecretValue::from_bytes(value.as_bytes());
        let outcome = broker.execute(principal, "b", &spec, &value, &prepared).await.unwrap();
        assert_eq!(outcome.reply.unwrap().body.map(|body| body.as_str().unwrap().to_owned()), body);
    }
}

/// Starts an upstream with a certificate of its own for one name; returns its port and the certificate.
async fn tls_upstream(name: &str) -> (u16, Vec<u8>) {
    let CertifiedKey { cert, signing_key } = generate_simple_self_signed([name.to_owned()]).unwrap();
    let key = PrivateKeyDer::Pkcs8(signing_key.serialize_der().into());
    let config = ServerConfig::builder()
        .with_no_client_auth()
        .with_single_cert(vec![cert.der().clone()], key)
        .unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let Ok(mut stream) = acceptor.accept(stream).await else { continue };
            let mut request = vec![0; 4096];
            let _ = stream.read(&mut request).await;
            let _ = stream.write_all(&reply("200 OK", &[], b"hello")).await;
            let _ = stream.shutdown().await;
        }
    });
    (port, cert.pem().into_bytes())
}
