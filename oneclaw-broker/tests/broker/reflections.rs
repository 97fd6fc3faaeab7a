//! INV-7: an upstream that sends the credential back, in every form, place and cut.

use std::io::Write;

use flate2::Compression;
use flate2::write::{DeflateEncoder, GzEncoder, ZlibEncoder};
use oneclaw_api::{SecretValue, UpstreamReply};
use oneclaw_broker::{BindingSpec, Broker};
use serde_json::Value;

use crate::calls::{bearer, get, loopback};
use crate::naive;
use crate::upstream::{Act, Upstream, chunked, reply};

const VALUES: [&str; 3] = ["sk-live/Qx7+ZrT9?m~vEaL", r#"q"u\o<t>e&%d'-=42"#, "0123456789ab"];

type Encode = fn(&[u8]) -> Vec<u8>;

/// Every form of INVARIANTS section 4, and some that only decoding finds.
const FORMS: [(&str, Encode); 27] = [
    ("raw", |v| v.to_vec()),
    ("reversed", |v| v.iter().rev().copied().collect()),
    ("upper case", |v| v.to_ascii_uppercase()),
    ("base64 +0", |v| base64(b"", v, b"", STANDARD)),
    ("base64 +1", |v| base64(b"x", v, b"yz", STANDARD)),
    ("base64 +2", |v| base64(b"xy", v, b"z", STANDARD)),
    ("base64 no padding", |v| trim(base64(b"abcd", v, b"", STANDARD))),
    ("base64url +0", |v| base64(b"", v, b"", URL)),
    ("base64url +1", |v| trim(base64(b"x", v, b"", URL))),
    ("base64url +2", |v| base64(b"xy", v, b"", URL)),
    ("base64 in lines", |v| {
        base64(b"wrap", v, b"", STANDARD).chunks(16).collect::<Vec<_>>().join(&b"\r\n "[..])
    }),
    ("hex", |v| v.iter().flat_map(|b| format!("{b:02x}").into_bytes()).collect()),
    ("HEX", |v| v.iter().flat_map(|b| format!("{b:02X}").into_bytes()).collect()),
    ("hex dump", |v| v.iter().flat_map(|b| format!("{b:02x} ").into_bytes()).collect()),
    ("percent", |v| v.iter().flat_map(|b| percent_minimal(*b)).collect()),
    ("percent all", |v| v.iter().flat_map(|b| format!("%{b:02X}").into_bytes()).collect()),
    ("percent all lower", |v| v.iter().flat_map(|b| format!("%{b:02x}").into_bytes()).collect()),
    ("percent one", |v| [format!("%{:02x}", v[0]).as_bytes(), &v[1..]].concat()),
    ("percent twice", |v| v.iter().flat_map(|b| format!("%25{b:02X}").into_bytes()).collect()),
    ("JSON", json),
    ("JSON \\u", |v| v.iter().flat_map(|b| format!("\\u{b:04x}").into_bytes()).collect()),
    ("JSON \\u one", |v| [format!("\\u{:04X}", v[0]).as_bytes(), &json(&v[1..])].concat()),
    ("\\x", |v| v.iter().flat_map(|b| format!("\\x{b:02x}").into_bytes()).collect()),
    ("HTML", |v| v.iter().flat_map(|b| html_minimal(*b)).collect()),
    ("HTML numbers", |v| v.iter().flat_map(|b| format!("&#{b};").into_bytes()).collect()),
    ("UTF-16LE", |v| v.iter().flat_map(|b| [*b, 0]).collect()),
    ("UTF-16BE", |v| v.iter().flat_map(|b| [0, *b]).collect()),
];

/// Where the form stands in the reply.
#[derive(Debug, Clone, Copy)]
enum Place {
    Text,
    Json,
    JsonName,
    Header,
    Gzip,
    Zlib,
    Deflate,
}

const PLACES: [Place; 7] =
    [Place::Text, Place::Json, Place::JsonName, Place::Header, Place::Gzip, Place::Zlib, Place::Deflate];

/// How the reply is cut: by the transfer coding, and by the writes.
const CUTS: [(Option<usize>, usize); 8] = [
    (None, usize::MAX),
    (None, 1),
    (None, 7),
    (None, 64),
    (Some(1), usize::MAX),
    (Some(1), 1),
    (Some(7), 13),
    (Some(64), usize::MAX),
];

#[tokio::test]
async fn inv_7_no_form_of_the_value_gets_through() {
    let broker = Broker::new();
    let mut cases = 0;
    for value in VALUES {
        for (name, encode) in FORMS {
            let form = encode(value.as_bytes());
            for place in PLACES {
                // A header can't hold a line break or a NUL.
                if matches!(place, Place::Header) && form.iter().any(|byte| *byte < b' ') {
                    continue;
                }
                let replies: Vec<_> =
                    CUTS.iter().map(|(chunk, cut)| (build(place, &form, *chunk), *cut)).collect();
                let upstream = serve_in_turn(replies).await;
                for cut in CUTS {
                    let shown = ask(&broker, &upstream, value).await;
                    let seen = naive_scan(&shown, value);
                    assert_eq!(seen, None, "{value} as {name} in {place:?}, {cut:?}: {shown:?}");
                    assert!(
                        shown.body.is_some() || matches!(place, Place::Header),
                        "{name} in {place:?}: {shown:?}"
                    );
                    cases += 1;
                }
            }
        }
    }
    assert!(cases >= 600 * 5, "{cases}");
}

#[tokio::test]
async fn inv_7_wherever_the_reply_is_cut() {
    let broker = Broker::new();
    let value = VALUES[0];
    let body = [json(value.as_bytes()), base64(b"x", value.as_bytes(), b"", STANDARD)].join(&b' ');
    let whole = reply("200 OK", &[("X-Echo", value.as_bytes())], &body);
    for at in 1..whole.len() {
        let (head, tail) = whole.split_at(at);
        let pieces = vec![head.to_vec(), tail.to_vec()];
        let upstream = Upstream::start(move |_| Act::Write(pieces.clone())).await;
        let shown = ask(&broker, &upstream, value).await;
        assert_eq!(naive_scan(&shown, value), None, "cut at {at}: {shown:?}");
    }
}

/// The scanner is not blind: it finds the value in each form as the upstream sends it.
#[test]
fn the_scanner_sees_every_form() {
    for value in VALUES {
        for (name, encode) in FORMS {
            let form = encode(value.as_bytes());
            // What only a second look finds.
            if ["upper case", "base64 in lines", "hex dump", "percent twice"].contains(&name) {
                continue;
            }
            assert!(naive::shown(&form, value.as_bytes()).is_some(), "{value} as {name}");
        }
    }
}

/// Looks at every text of a reply, and at the reply as it goes to the agent.
fn naive_scan(reply: &UpstreamReply, value: &str) -> Option<&'static str> {
    let mut texts = vec![serde_json::to_string(reply).unwrap()];
    texts.extend(reply.headers.iter().flat_map(|(name, value)| [name.clone(), value.clone()]));
    if let Some(body) = &reply.body {
        collect(body, &mut texts);
    }
    let close = |text: &str| text.split_whitespace().collect::<String>();
    let twice = |text: &str| text.replace("%25", "%");
    texts.iter().find_map(|text| {
        naive::shown(text.as_bytes(), value.as_bytes())
            .or_else(|| naive::shown(close(text).as_bytes(), value.as_bytes()))
            .or_else(|| naive::shown(twice(text).as_bytes(), value.as_bytes()))
            .or_else(|| {
                naive::shown(text.to_ascii_lowercase().as_bytes(), value.to_ascii_lowercase().as_bytes())
            })
    })
}

fn collect(value: &Value, texts: &mut Vec<String>) {
    match value {
        Value::String(text) => texts.push(text.clone()),
        Value::Array(items) => items.iter().for_each(|item| collect(item, texts)),
        Value::Object(map) => {
            texts.extend(map.keys().cloned());
            map.values().for_each(|item| collect(item, texts));
        }
        other => texts.push(other.to_string()),
    }
}

async fn ask(broker: &Broker, upstream: &Upstream, value: &str) -> UpstreamReply {
    let spec = BindingSpec::parse(&bearer(upstream.url("/")), &loopback()).unwrap();
    let prepared = spec.prepare(&get("")).unwrap();
    let credential = SecretValue::from_bytes(value.as_bytes());
    // A binding of its own for each upstream, else it would be suspended.
    let binding = upstream.address.to_string();
    let outcome = broker.execute("agent", &binding, &spec, &credential, &prepared).await.unwrap();
    outcome.reply.unwrap_or_else(|| panic!("{:?}", outcome.error))
}

async fn serve_in_turn(replies: Vec<(Vec<u8>, usize)>) -> Upstream {
    let turn = std::sync::atomic::AtomicUsize::new(0);
    Upstream::start(move |_| {
        let at = turn.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
        let (whole, cut) = &replies[at % replies.len()];
        Act::Write(whole.chunks(*cut).map(<[u8]>::to_vec).collect())
    })
    .await
}

fn build(place: Place, form: &[u8], chunk: Option<usize>) -> Vec<u8> {
    let text = [b"before ", form, b" after"].concat();
    let quoted = serde_json::to_vec(&String::from_utf8_lossy(form)).unwrap();
    let gz = |text: &[u8]| {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(text).unwrap();
        encoder.finish().unwrap()
    };
    let (headers, body): (Vec<(&str, &[u8])>, Vec<u8>) = match place {
        Place::Text => (vec![("Content-Type", b"text/plain")], text),
        // Not escaped again where the form is an escape already.
        Place::Json if form.contains(&b'\\') && !form.contains(&b'"') => {
            (vec![("Content-Type", b"application/json")], [b"[\"", form, b"\"]"].concat())
        }
        Place::Json => {
            (vec![("Content-Type", b"application/problem+json")], [b"[", &quoted[..], b"]"].concat())
        }
        Place::JsonName => {
            (vec![("Content-Type", b"application/json; charset=utf-8")], [b"{", &quoted[..], b":1}"].concat())
        }
        Place::Header => (vec![("X-Echo", form), ("x-echo", form), ("Location", form)], Vec::new()),
        Place::Gzip => (vec![("Content-Encoding", b"gzip")], gz(&text)),
        Place::Zlib => {
            let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
            encoder.write_all(&text).unwrap();
            (vec![("Content-Encoding", b"Deflate")], encoder.finish().unwrap())
        }
        Place::Deflate => {
            let mut encoder = DeflateEncoder::new(Vec::new(), Compression::default());
            encoder.write_all(&text).unwrap();
            (vec![("Content-Encoding", b"deflate")], encoder.finish().unwrap())
        }
    };
    match chunk {
        Some(size) => chunked(&headers, &body, size, b""),
        None => reply("200 OK", &headers, &body),
    }
}

const STANDARD: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const URL: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

fn base64(before: &[u8], value: &[u8], after: &[u8], digits: &[u8; 64]) -> Vec<u8> {
    let mut out = Vec::new();
    for group in [before, value, after].concat().chunks(3) {
        let bits =
            group.iter().fold(0u32, |bits, byte| bits << 8 | u32::from(*byte)) << (8 * (3 - group.len()));
        for at in 0..4 {
            let digit = digits[(bits >> (18 - 6 * at) & 63) as usize];
            out.push(if at <= group.len() { digit } else { b'=' });
        }
    }
    out
}

fn trim(text: Vec<u8>) -> Vec<u8> {
    text.into_iter().filter(|byte| *byte != b'=').collect()
}

fn json(value: &[u8]) -> Vec<u8> {
    let quoted = serde_json::to_vec(std::str::from_utf8(value).unwrap()).unwrap();
    quoted[1..quoted.len() - 1].to_vec()
}

fn percent_minimal(byte: u8) -> Vec<u8> {
    match byte {
        b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => vec![byte],
        _ => format!("%{byte:02X}").into_bytes(),
    }
}

fn html_minimal(byte: u8) -> Vec<u8> {
    match byte {
        b'&' => b"&amp;".to_vec(),
        b'<' => b"&lt;".to_vec(),
        b'>' => b"&gt;".to_vec(),
        b'"' => b"&quot;".to_vec(),
        b'\'' => b"&#39;".to_vec(),
        b'/' => b"&sol;".to_vec(),
        _ => vec![byte],
    }
}
