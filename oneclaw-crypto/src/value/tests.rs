//! Known answers of the value blob, and everything that must not open.

use secrecy::ExposeSecret;

use super::*;
use crate::vectors::{self, array, hex, text};

fn sample_key() -> DataKey {
    vectors::key(&vectors::suite1()["inputs"]["dek"])
}

fn sample_randoms() -> Randoms {
    let inputs = &vectors::suite1()["inputs"];
    Randoms::fixed(array(&inputs["salt"]), array(&inputs["nonce"]))
}

/// A small sealed record: 164 bytes.
fn sample() -> (Context, Vec<u8>) {
    let context = vectors::value_context(1);
    let blob =
        seal_with(&context, sample_key(), Padding::Bucket, b"sk-test-EXAMPLE", &sample_randoms()).unwrap();
    (context, blob)
}

fn refusal(context: &Context, key: &DataKey, blob: &[u8]) -> Refusal {
    let Some(parsed) = ValueBlob::parse(blob) else { return Refusal::Malformed };
    parsed.open(key, &context.for_value(parsed.header).unwrap()).unwrap_err()
}

#[test]
fn known_answer_in_every_step() {
    let vector = vectors::suite1();
    let (inputs, outputs) = (&vector["inputs"], &vector["outputs"]);
    let (context, blob) = sample();
    assert_eq!(blob, hex(&outputs["blob"]));
    assert_eq!(Sha256::digest(&blob).as_slice(), hex(&outputs["blob_sha256"]));

    let aad = context.for_value(&blob[..HEADER_LEN]).unwrap();
    assert_eq!(aad, hex(&outputs["aad"]));
    let (encryption_key, commitment) = derive(&sample_key(), &array(&inputs["salt"]), &aad);
    assert_eq!(encryption_key.expose_secret().as_slice(), hex(&outputs["k_enc"]));
    assert_eq!(commitment.as_slice(), hex(&outputs["commit"]));

    let opened = open(&context, &sample_key(), &hex(&outputs["blob"])).unwrap();
    assert_eq!(opened.expose_secret(), text(&inputs["plaintext_utf8"]).as_bytes());
}

#[test]
fn known_answers_of_every_length_both_ways() {
    let vectors = vectors::more();
    let entries = vectors["values"].as_array().unwrap();
    assert_eq!(entries.len(), 16);
    for entry in entries {
        let len = usize::try_from(entry["plaintext_len"].as_u64().unwrap()).unwrap();
        let plaintext: Vec<u8> = (0..len).map(|i| u8::try_from((7 * i + len) % 251).unwrap()).collect();
        let padding = if entry["flags"] == 1 { Padding::Bucket } else { Padding::None };
        let context = vectors::value_context(entry["version"].as_u64().unwrap());

        let blob = seal_with(&context, sample_key(), padding, &plaintext, &sample_randoms()).unwrap();
        assert_eq!(blob.len() as u64, entry["blob_len"].as_u64().unwrap());
        assert_eq!(Sha256::digest(&blob).as_slice(), hex(&entry["blob_sha256"]));
        if entry["blob"].is_string() {
            assert_eq!(blob, hex(&entry["blob"]));
        }
        // The blob's hash is the vector's, so opening it opens the vector.
        assert_eq!(open(&context, &sample_key(), &blob).unwrap().expose_secret(), plaintext);
    }
}

#[test]
fn inv_31_every_flip_truncation_and_extension_is_refused_alike() {
    let (context, blob) = sample();
    let refused = |changed: &[u8]| matches!(open(&context, &sample_key(), changed), Err(CryptoError::Open));
    for bit in 0..blob.len() * 8 {
        let mut changed = blob.clone();
        changed[bit / 8] ^= 1 << (bit % 8);
        assert!(refused(&changed), "bit {bit}");
    }
    for end in 0..blob.len() {
        assert!(refused(&blob[..end]), "cut to {end}");
        assert!(refused(&blob[end + 1..]), "cut from {end}");
    }
    for extra in [1, 16, 64, 1024] {
        assert!(refused(&[&blob[..], &vec![0; extra]].concat()), "{extra} more");
        assert!(refused(&[&vec![0; extra], &blob[..]].concat()), "{extra} before");
    }
}

#[test]
fn each_part_is_refused_by_the_check_that_is_for_it() {
    let (context, blob) = sample();
    let refused_by = |at: usize| {
        let mut changed = blob.clone();
        changed[at] ^= 0x10;
        refusal(&context, &sample_key(), &changed)
    };
    for at in 0..8 {
        assert_eq!(refused_by(at), Refusal::Malformed, "{at}");
    }
    // Salt, nonce and the commitment itself: refused before anything is decrypted.
    for at in 8..CIPHERTEXT_AT {
        assert_eq!(refused_by(at), Refusal::Commitment, "{at}");
    }
    for at in CIPHERTEXT_AT..blob.len() {
        assert_eq!(refused_by(at), Refusal::Tag, "{at}");
    }
    // The padded flag is authenticated: without it the same bytes are another value.
    let mut raw = blob.clone();
    raw[7] = 0;
    assert_eq!(refusal(&context, &sample_key(), &raw), Refusal::Commitment);
    assert_eq!(refusal(&context, &DataKey::generate().unwrap(), &blob), Refusal::Commitment);
}

#[test]
fn another_context_in_any_field_is_refused_by_the_commitment() {
    let (_, blob) = sample();
    let context = |label, fields: [&[u8]; 4], tags: [u8; 4]| {
        fields
            .into_iter()
            .zip(tags)
            .fold(Context::new(label), |context, (field, tag)| context.field(tag, field))
    };
    let (label, tags) = ("oneclaw/value/v1", [1, 2, 3, 4]);
    let fields: [&[u8]; 4] = [&[1; 16], &[2; 16], &[3; 16], &1u64.to_be_bytes()];
    assert!(open(&context(label, fields, tags), &sample_key(), &blob).is_ok());

    let mut others = vec![context("oneclaw/value/v2", fields, tags), context(label, fields, [2, 1, 3, 4])];
    for at in 0..fields.len() {
        for other in [&b""[..], &[9; 16], &fields[at][1..], &[fields[at], &[0]].concat()] {
            let mut changed = fields;
            changed[at] = other;
            others.push(context(label, changed, tags));
        }
    }
    others.push(context(label, [fields[1], fields[0], fields[2], fields[3]], tags));
    others.push(context(label, fields, tags).field(6, b""));
    for other in others {
        assert_eq!(refusal(&other, &sample_key(), &blob), Refusal::Commitment, "{other:?}");
    }
}

#[test]
fn a_wrongly_padded_plaintext_is_refused_although_it_is_authentic() {
    let (context, blob) = sample();
    let aad = context.for_value(&blob[..HEADER_LEN]).unwrap();
    let (salt, nonce) =
        (array(&vectors::suite1()["inputs"]["salt"]), array(&vectors::suite1()["inputs"]["nonce"]));
    let forge = |padded: &[u8]| {
        let (encryption_key, commitment) = derive(&sample_key(), &salt, &aad);
        let mut ciphertext = padded.to_vec();
        let tag = aead::encrypt(&encryption_key, &nonce, &aad, &mut ciphertext).unwrap();
        [&blob[..HEADER_LEN], &commitment, &ciphertext, &tag].concat()
    };
    let mut padded = vec![0; 64];
    padded[3] = 2;
    assert_eq!(open(&context, &sample_key(), &forge(&padded)).unwrap().expose_secret(), [0, 0]);

    padded[63] = 1;
    assert_eq!(refusal(&context, &sample_key(), &forge(&padded)), Refusal::Padding);
    padded[63] = 0;
    padded[3] = 61;
    assert_eq!(refusal(&context, &sample_key(), &forge(&padded)), Refusal::Padding);
    padded[0] = 0xff;
    assert_eq!(refusal(&context, &sample_key(), &forge(&padded)), Refusal::Padding);
    // The right content in too large a bucket, and in none at all.
    let mut large = vec![0; 128];
    large[3] = 2;
    assert_eq!(refusal(&context, &sample_key(), &forge(&large)), Refusal::Padding);
    assert_eq!(refusal(&context, &sample_key(), &forge(&[0; 63])), Refusal::Malformed);
}

#[test]
fn too_long_a_plaintext_is_refused() {
    let long = vec![0; MAX_PLAINTEXT + 1];
    let sealed = seal(&Context::new("l"), DataKey::generate().unwrap(), Padding::Bucket, &long);
    assert!(matches!(sealed, Err(CryptoError::PlaintextTooLong { limit: MAX_PLAINTEXT })));
}

#[test]
fn sealing_allocates_the_blob_once() {
    for len in [0, 60, 61, 5000] {
        let key = DataKey::generate().unwrap();
        let blob = seal(&Context::new("l"), key, Padding::Bucket, &vec![1; len]).unwrap();
        assert_eq!(blob.len(), CIPHERTEXT_AT + Padding::Bucket.padded_len(len) + TAG_LEN);
        assert_eq!(blob.capacity(), blob.len());
    }
}
