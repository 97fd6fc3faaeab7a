//! INV-7: what can't be scrubbed is withheld with a reason, and nothing of it is shown.

use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;
use oneclaw_api::{ExecuteRequest, ExecuteStatus, Guardrails, ResponseMode};
use oneclaw_broker::{BindingSpec, Broker};

use crate::calls::{VALUE, bearer, call, get, loopback};
use crate::upstream::{Act, Upstream, reply};

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

async fn reply_to(raw: Vec<u8>, guardrails: Guardrails) -> oneclaw_broker::Outcome {
    let upstream = Upstream::start(move |_| Act::Write(vec![raw.clone()])).await;
    let spec = BindingSpec::parse(&bearer(upstream.url("/")), &guardrails).unwrap();
    call(&Broker::new(), &spec, &get("")).await.unwrap()
}

async fn is_withheld(raw: Vec<u8>, because: &str) {
    let outcome = reply_to(raw, Guardrails { max_response_bytes: Some(4096), ..loopback() }).await;
    assert_eq!(outcome.status, ExecuteStatus::Failed, "{because}");
    let reply = outcome.reply.unwrap();
    assert_eq!(reply.body, None, "{because}");
    assert_eq!(reply.withheld, outcome.error);
    let reason = reply.withheld.unwrap();
    assert!(reason.contains(because), "{reason}");
}

#[tokio::test]
async fn inv_7_encodings_that_are_not_undone() {
    for coding in
        ["br", "zstd", "compress", "gzip, gzip", "gzip,br", "identity, gzip", "x", "aes128gcm", "gzip;q=1"]
    {
        is_withheld(reply("200 OK", &[("Content-Encoding", coding.as_bytes())], &gzip(b"x")), "encoded")
            .await;
    }
    let twice = [("Content-Encoding", &b"gzip"[..]), ("Content-Encoding", b"gzip")];
    is_withheld(reply("200 OK", &twice, &gzip(&gzip(b"x"))), "encoded").await;
}

#[tokio::test]
async fn inv_7_bodies_that_do_not_decode() {
    let good = gzip(VALUE.as_bytes());
    for broken in [&good[..good.len() - 1], &good[1..], b"plain", &[&good[..], b"tail"].concat()] {
        is_withheld(reply("200 OK", &[("Content-Encoding", b"gzip")], broken), "decoded").await;
        is_withheld(reply("200 OK", &[("Content-Encoding", b"deflate")], broken), "decoded").await;
    }
}

#[tokio::test]
async fn inv_7_binary_bodies() {
    for body in [&gzip(VALUE.as_bytes())[..], b"\xff\xfes\0k\0", b"\x80\x81", b"caf\xe9"] {
        is_withheld(reply("200 OK", &[], body), "no UTF-8 text").await;
    }
    // Gzip within gzip: one layer is undone.
    let nested = gzip(&gzip(VALUE.as_bytes()));
    is_withheld(reply("200 OK", &[("Content-Encoding", b"gzip")], &nested), "no UTF-8 text").await;
}

#[tokio::test]
async fn inv_7_parts_of_documents() {
    is_withheld(reply("206 Partial Content", &[], b"half"), "part of").await;
    is_withheld(reply("200 OK", &[("Content-Range", b"bytes 0-3/9")], b"half"), "part of").await;
    let ranges = [("Content-Type", &b"Multipart/ByteRanges; boundary=x"[..])];
    is_withheld(reply("200 OK", &ranges, b"--x"), "part of").await;
}

#[tokio::test]
async fn inv_7_bodies_over_the_limit() {
    is_withheld(reply("200 OK", &[], &[b'a'; 4097]), "over 4096 bytes").await;
    // A bomb: what counts is the decoded length.
    let bomb = gzip(&vec![0; 64 << 20]);
    let guardrails = Guardrails { max_response_bytes: Some(1 << 20), ..loopback() };
    let outcome = reply_to(reply("200 OK", &[("Content-Encoding", b"gzip")], &bomb), guardrails).await;
    assert!(outcome.error.unwrap().contains("over 1048576 bytes"));
    let exact = reply_to(
        reply("200 OK", &[], &[b'a'; 4096]),
        Guardrails { max_response_bytes: Some(4096), ..loopback() },
    );
    assert_eq!(exact.await.status, ExecuteStatus::Succeeded);
}

#[tokio::test]
async fn a_reply_that_breaks_off_or_is_no_http_is_a_failure() {
    for raw in [
        &b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf"[..],
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhalf",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nhalf",
        b"SSH-2.0-OpenSSH\r\n",
        b"",
        b"HTTP/1.1 200 OK\r\nBad Header\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd",
    ] {
        let outcome = reply_to(raw.to_vec(), loopback()).await;
        assert_eq!((outcome.status, outcome.reply), (ExecuteStatus::Failed, None));
        assert!(outcome.error.unwrap().contains("broke off"));
    }
}

#[tokio::test]
async fn headers_of_the_hop_and_the_session_are_dropped() {
    let headers: Vec<(&str, &[u8])> = vec![
        ("Set-Cookie", b"id=1"),
        ("Connection", b"close, X-Hop"),
        ("X-Hop", b"1"),
        ("Alt-Svc", b"h3=\":443\""),
        ("Keep-Alive", b"timeout=5"),
        ("X-Latin", b"caf\xe9"),
        ("X-Two", b"a"),
        ("X-Two", b"b"),
        (VALUE_AS_NAME, b"1"),
    ];
    let outcome = reply_to(reply("429 Slow", &headers, b""), loopback()).await;
    let reply = outcome.reply.unwrap();
    assert_eq!((outcome.status, reply.status, reply.body), (ExecuteStatus::Succeeded, 429, None));
    let shown: Vec<_> = reply.headers.iter().map(|(name, value)| format!("{name}: {value}")).collect();
    assert_eq!(shown, ["x-two: a, b"]);
}

/// The value in hexadecimal is a legal name.
const VALUE_AS_NAME: &str = "X-736b2d6c6976652f5178372b5a7254393f6d7e7645614c";

#[tokio::test]
async fn status_only_shows_nothing_else() {
    let guardrails = Guardrails { response_mode: Some(ResponseMode::StatusOnly), ..loopback() };
    let raw = reply("201 Created", &[("X", VALUE.as_bytes())], VALUE.as_bytes());
    let outcome = reply_to(raw, guardrails).await;
    let reply = outcome.reply.unwrap();
    assert_eq!((reply.status, reply.headers.len(), reply.body), (201, 0, None));
    assert_eq!(outcome.redactions, 0);
}

#[tokio::test]
async fn head_shows_the_length() {
    let raw = b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\nContent-Encoding: gzip\r\n\r\n".to_vec();
    let upstream = Upstream::start(move |_| Act::Write(vec![raw.clone()])).await;
    let spec = BindingSpec::parse(&bearer(upstream.url("/")), &loopback()).unwrap();
    let request = ExecuteRequest { method: "HEAD".to_owned(), ..get("") };
    let reply = call(&Broker::new(), &spec, &request).await.unwrap().reply.unwrap();
    assert_eq!((reply.headers["content-length"].as_str(), reply.body), ("99", None));
}
