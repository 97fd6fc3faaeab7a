//! Known answers of everything that hangs from the root key.

use std::sync::Arc;

use secrecy::ExposeSecret;

use super::*;
use crate::local::LocalProvider;
use crate::vectors::{self, array, hex, key, text};
use crate::{Keyring, SecretBytes};

fn sample() -> RootKey {
    RootKey { key: key(&vectors::more()["root"]["root"]) }
}

fn context(generation: u32) -> Context {
    Context::new("oneclaw/root/v1").field(1, &[1; 16]).field(7, b"home").field(8, &generation.to_be_bytes())
}

fn keyring(byte: u8) -> Keyring {
    let key = SecretBytes::init(32, |bytes| bytes.fill(byte));
    Keyring::new(Arc::new(LocalProvider::from_key(key).unwrap()))
}

#[test]
fn known_answers_of_sub_keys() {
    let vectors = vectors::more();
    let sub_keys = vectors["root"]["subkeys"].as_object().unwrap();
    assert_eq!(sub_keys.len(), 4);
    for (purpose, expected) in sub_keys {
        assert_eq!(
            sample().sub_key(purpose.as_bytes()).expose_secret().as_slice(),
            hex(expected),
            "{purpose}"
        );
    }
}

#[test]
fn known_answer_of_an_api_key() {
    let vectors = vectors::more();
    let root = &vectors["root"];
    assert_eq!(vectors::suite1()["api_key"]["key"], root["api_key"]);
    assert_eq!(
        sample().api_key().digest(text(&root["api_key"]).as_bytes()).as_slice(),
        hex(&root["api_key_hmac"])
    );
}

#[test]
fn known_answer_of_a_row() {
    let vectors = vectors::more();
    let row = &vectors["root"]["row"];
    let stated: Vec<(&str, Vec<u8>)> = row["columns"]
        .as_array()
        .unwrap()
        .iter()
        .map(|column| text(column).split_once(' ').unwrap_or((text(column), "")))
        .map(|(kind, value)| (kind, if kind == "blob" { hex(&value.into()) } else { value.into() }))
        .collect();
    let columns: Vec<Column<'_>> = stated
        .iter()
        .map(|(kind, value)| match *kind {
            "null" => Column::Null,
            "integer" => Column::Integer(std::str::from_utf8(value).unwrap().parse().unwrap()),
            "text" => Column::Text(std::str::from_utf8(value).unwrap()),
            "blob" => Column::Blob(value),
            other => panic!("unknown column type {other}"),
        })
        .collect();
    let table = text(&row["table"]);
    let schema_version = u32::try_from(row["schema_version"].as_u64().unwrap()).unwrap();

    let mut encoded = Vec::new();
    row_mac::encode(&mut encoded, table, schema_version, &columns);
    assert_eq!(encoded, hex(&row["encoded"]));

    let key = sample().row_mac();
    let mac = key.mac(table, schema_version, &columns);
    assert_eq!(mac.as_slice(), hex(&row["mac"]));
    assert!(key.verify(table, schema_version, &columns, &mac));
    assert!(!key.verify("agents", schema_version, &columns, &mac));
    assert!(!key.verify(table, schema_version + 1, &columns, &mac));
    assert!(!key.verify(table, schema_version, &columns[1..], &mac));
    assert!(!key.verify(table, schema_version, &columns, &mac[..31]));
    for bit in 0..256 {
        let mut changed = mac;
        changed[bit / 8] ^= 1 << (bit % 8);
        assert!(!key.verify(table, schema_version, &columns, &changed));
    }
}

#[test]
fn columns_that_print_alike_have_different_macs() {
    let key = sample().row_mac();
    let rows: [&[Column<'_>]; 9] = [
        &[],
        &[Column::Null],
        &[Column::Text("")],
        &[Column::Blob(b"")],
        &[Column::Integer(7)],
        &[Column::Text("7")],
        &[Column::Blob(b"7")],
        &[Column::Text("7"), Column::Text("")],
        &[Column::Text(""), Column::Text("7")],
    ];
    let macs: std::collections::HashSet<_> = rows.iter().map(|row| key.mac("t", 1, row)).collect();
    assert_eq!(macs.len(), rows.len());
}

#[test]
fn known_answer_of_the_chain() {
    let vectors = vectors::more();
    let chain = &vectors["root"]["chain"];
    let (events, hashes) = (chain["events_ascii"].as_array().unwrap(), chain["hashes"].as_array().unwrap());
    assert_eq!((events.len(), hashes.len()), (3, 3));
    let key = sample().audit_mac();
    let mut previous = GENESIS;
    for (event, hash) in events.iter().zip(hashes) {
        previous = key.link(&previous, text(event).as_bytes());
        assert_eq!(previous, array::<32>(hash));
    }
}

#[tokio::test]
async fn a_root_key_opens_under_its_own_kek_and_context_only() {
    let (root, blob) = RootKey::create(&keyring(1), &context(1)).await.unwrap();
    let again = RootKey::open(&keyring(1), &context(1), &blob).await.unwrap();
    assert_eq!(again.api_key().digest(b"k"), root.api_key().digest(b"k"));

    assert!(matches!(RootKey::open(&keyring(1), &context(2), &blob).await, Err(CryptoError::Open)));
    assert!(matches!(RootKey::open(&keyring(2), &context(1), &blob).await, Err(CryptoError::UnknownKek)));

    let rewrapped = root.rewrap(&keyring(2), &context(2)).await.unwrap();
    let moved = RootKey::open(&keyring(2), &context(2), &rewrapped).await.unwrap();
    assert_eq!(moved.api_key().digest(b"k"), root.api_key().digest(b"k"));
}

#[test]
fn sealed_secrets_open_in_their_own_context_and_unchanged_only() {
    let key = sample().seal();
    let context = Context::new("example/signing-key/v1").field(1, &[1; 16]);
    for len in [0, 1, 32, 4096] {
        let plaintext = vec![0x5a; len];
        let sealed = key.seal(&context, &plaintext).unwrap();
        assert_eq!(sealed.len(), 29 + len + 16);
        assert_eq!(key.open(&context, &sealed).unwrap().expose_secret(), plaintext);
    }
    let sealed = key.seal(&context, b"signing key").unwrap();
    for bit in 0..sealed.len() * 8 {
        let mut changed = sealed.clone();
        changed[bit / 8] ^= 1 << (bit % 8);
        assert!(matches!(key.open(&context, &changed), Err(CryptoError::Open)), "bit {bit}");
    }
    for end in 0..sealed.len() {
        assert!(matches!(key.open(&context, &sealed[..end]), Err(CryptoError::Open)));
    }
    assert!(matches!(key.open(&context, &[&sealed[..], &[0]].concat()), Err(CryptoError::Open)));
    let elsewhere = Context::new("example/signing-key/v1").field(1, &[2; 16]);
    assert!(matches!(key.open(&elsewhere, &sealed), Err(CryptoError::Open)));
}

#[test]
fn a_sealed_secret_keeps_its_format() {
    let sealed =
        sample().seal().seal_with(&Context::new("example/v1").field(1, b"x"), b"golden", &[9; 24]).unwrap();
    let golden = "4f435331010909090909090909090909090909090909090909090909097d85096cce8727db27da80027d84bd65284f7f36046d";
    assert_eq!(data_encoding::HEXLOWER.encode(&sealed), golden);
}

#[test]
fn debug_shows_no_key() {
    let root = sample();
    let shown = format!(
        "{root:?} {:?} {:?} {:?} {:?}",
        root.row_mac(),
        root.audit_mac(),
        root.api_key(),
        root.seal()
    );
    assert_eq!(shown.matches("[REDACTED]").count(), 5, "{shown}");
    let columns = [Column::Null, Column::Integer(77), Column::Text("hunter2"), Column::Blob(b"hunter2")];
    assert_eq!(format!("{columns:?}"), "[Null, Integer, Text(7 bytes), Blob(7 bytes)]");
}
