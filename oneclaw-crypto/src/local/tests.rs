//! Known answers of the local wrap, and what it must refuse.

use super::*;
use crate::vectors::{self, array, hex, key, text};

fn provider() -> LocalProvider {
    LocalProvider::from_key(SecretBytes::copy_from(&hex(&vectors::suite1()["local_wrap"]["kek"]))).unwrap()
}

#[tokio::test]
async fn known_answer_both_ways() {
    let vector = vectors::suite1();
    let (wrap, dek) = (&vector["local_wrap"], key(&vector["inputs"]["dek"]));
    let provider = provider();
    assert_eq!(provider.describe().kek_id.as_str(), text(&wrap["kek_id"]));

    let context = vectors::wrap_context(text(&wrap["path"])).for_wrap().unwrap();
    assert_eq!(context.as_bytes().len(), 47);
    let wrapped = provider.wrap_with_salt(&dek, &context, &array(&wrap["salt"])).unwrap();
    assert_eq!(wrapped.encode(), hex(&wrap["record"]));

    let parsed = WrappedKey::decode(&hex(&wrap["record"])).unwrap();
    let unwrapped = provider.unwrap(&parsed, &context).await.unwrap();
    assert_eq!(unwrapped.expose_secret(), dek.expose_secret());
}

#[tokio::test]
async fn every_change_of_the_wrapped_key_is_refused() {
    let (provider, context) = (provider(), vectors::wrap_context("a").for_wrap().unwrap());
    let wrapped = provider.wrap(&DataKey::generate().unwrap(), &context).await.unwrap();
    let with = |ciphertext: Vec<u8>| {
        WrappedKey::new(ProviderKind::Local, provider.describe().kek_id.clone(), ciphertext).unwrap()
    };
    for bit in 0..WRAPPED_LEN * 8 {
        let mut changed = wrapped.ciphertext().to_vec();
        changed[bit / 8] ^= 1 << (bit % 8);
        let refused = provider.unwrap(&with(changed), &context).await;
        assert!(matches!(refused, Err(KeyProviderError::Refused)), "bit {bit}");
    }
    for len in (1..WRAPPED_LEN).chain([WRAPPED_LEN + 1, WRAPPED_LEN + 16]) {
        let mut changed = wrapped.ciphertext().to_vec();
        changed.resize(len, 0);
        assert!(matches!(provider.unwrap(&with(changed), &context).await, Err(KeyProviderError::Refused)));
    }
    let elsewhere = vectors::wrap_context("b").for_wrap().unwrap();
    assert!(matches!(provider.unwrap(&wrapped, &elsewhere).await, Err(KeyProviderError::Refused)));
}

#[tokio::test]
async fn each_wrap_has_a_salt_of_its_own() {
    let (provider, context) = (provider(), vectors::wrap_context("a").for_wrap().unwrap());
    let key = DataKey::generate().unwrap();
    let first = provider.wrap(&key, &context).await.unwrap();
    let second = provider.wrap(&key, &context).await.unwrap();
    assert_ne!(first.ciphertext()[..SALT_LEN], second.ciphertext()[..SALT_LEN]);
}

#[test]
fn weak_keys_are_refused() {
    for len in [0, 16, 31, 33, 64] {
        let key = SecretBytes::init(len, |bytes| bytes.fill(1));
        assert!(matches!(LocalProvider::from_key(key), Err(CryptoError::KeyLength)));
    }
    assert!(matches!(LocalProvider::from_key(SecretBytes::init(32, |_| ())), Err(CryptoError::KeyAllZero)));
}

#[test]
fn debug_shows_no_key() {
    let shown = format!("{:?}", provider());
    assert!(shown.contains("local:0e5806e2d9094b6d"), "{shown}");
    assert!(!shown.contains("kek:") && !shown.contains("128"), "{shown}");
}
