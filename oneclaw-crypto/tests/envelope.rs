//! Whole envelopes through a keyring: what opens, and above all what doesn't.

#![expect(clippy::unwrap_used, reason = "a test panics to fail, in its helpers too")]

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use async_trait::async_trait;
use oneclaw_crypto::local::LocalProvider;
use oneclaw_crypto::{
    Context, CryptoError, DataKey, Envelope, KekId, KeyDescription, KeyProvider, KeyProviderError, Keyring,
    Padding, Protection, ProviderKind, SecretBytes, WrapContext, WrappedKey,
};
use proptest::prelude::*;
use secrecy::ExposeSecret;

fn local(byte: u8) -> Arc<LocalProvider> {
    Arc::new(LocalProvider::from_key(SecretBytes::init(32, |bytes| bytes.fill(byte))).unwrap())
}

fn keyring() -> Keyring {
    Keyring::new(local(1))
}

fn value(id: u8) -> Context {
    Context::new("example/value/v1").field(1, &[id; 16])
}

fn wrap(path: &str) -> Context {
    Context::new("example/wrap/v1").field(6, path.as_bytes())
}

async fn refused(keyring: &Keyring, value: &Context, wrap: &Context, envelope: &Envelope) -> String {
    let error = keyring.open(value, wrap, envelope).await.map(drop::<SecretBytes>).unwrap_err();
    assert!(matches!(error, CryptoError::Open), "{error:?}");
    format!("{error} / {error:?}")
}

#[tokio::test]
async fn inv_30_no_part_of_an_envelope_opens_in_another() {
    let keyring = keyring();
    let places = [(1, "a"), (1, "b"), (2, "a"), (2, "b")];
    let mut envelopes = Vec::new();
    for (id, path) in places {
        envelopes
            .push(keyring.seal(&value(id), &wrap(path), format!("{id}{path}").as_bytes()).await.unwrap());
    }
    for (i, (id, path)) in places.into_iter().enumerate() {
        for (v, value_from) in envelopes.iter().enumerate() {
            for (w, wrap_from) in envelopes.iter().enumerate() {
                let mixed = Envelope { value: value_from.value.clone(), wrap: wrap_from.wrap.clone() };
                if (i, i) == (v, w) {
                    let opened = keyring.open(&value(id), &wrap(path), &mixed).await.unwrap();
                    assert_eq!(opened.expose_secret(), format!("{id}{path}").as_bytes());
                } else {
                    refused(&keyring, &value(id), &wrap(path), &mixed).await;
                }
            }
        }
    }
}

#[tokio::test]
async fn inv_31_every_change_of_either_blob_is_refused_with_one_error() {
    let keyring = keyring();
    let whole = keyring.seal(&value(1), &wrap("a"), b"secret").await.unwrap();
    let kek_id = 10..10 + whole.wrap.iter().skip(10).take_while(|byte| byte.is_ascii_graphic()).count();
    assert_eq!(kek_id.len(), 22);
    let mut changes = Vec::new();
    for bit in 0..whole.value.len() * 8 {
        let mut changed = whole.clone();
        changed.value[bit / 8] ^= 1 << (bit % 8);
        changes.push(changed);
    }
    for bit in (0..whole.wrap.len() * 8).filter(|bit| !kek_id.contains(&(bit / 8)) && bit / 8 != 5) {
        let mut changed = whole.clone();
        changed.wrap[bit / 8] ^= 1 << (bit % 8);
        changes.push(changed);
    }
    for end in 0..whole.value.len() {
        changes.push(Envelope { value: whole.value[..end].to_vec(), wrap: whole.wrap.clone() });
    }
    for end in 0..whole.wrap.len() {
        changes.push(Envelope { value: whole.value.clone(), wrap: whole.wrap[..end].to_vec() });
    }
    for extra in [1, 16, 64] {
        let more = |blob: &[u8]| [blob, &vec![0; extra]].concat();
        changes.push(Envelope { value: more(&whole.value), wrap: whole.wrap.clone() });
        changes.push(Envelope { value: whole.value.clone(), wrap: more(&whole.wrap) });
    }
    let mut messages = std::collections::BTreeSet::new();
    for changed in &changes {
        messages.insert(refused(&keyring, &value(1), &wrap("a"), changed).await);
    }
    assert_eq!(messages.len(), 1, "{messages:?}");

    // Of the bytes that name the provider and the KEK, every change names another key, or none at all.
    for bit in (kek_id.start * 8..kek_id.end * 8).chain(5 * 8..6 * 8) {
        let mut changed = whole.clone();
        changed.wrap[bit / 8] ^= 1 << (bit % 8);
        let error = keyring.open(&value(1), &wrap("a"), &changed).await.map(drop::<SecretBytes>).unwrap_err();
        assert!(matches!(error, CryptoError::UnknownKek | CryptoError::Open), "bit {bit}: {error:?}");
    }
}

#[tokio::test]
async fn a_record_never_chooses_its_kek() {
    let (old, new) = (keyring(), Keyring::new(local(2)));
    let envelope = old.seal(&value(1), &wrap("a"), b"secret").await.unwrap();
    let error = new.open(&value(1), &wrap("a"), &envelope).await.unwrap_err();
    assert!(matches!(error, CryptoError::UnknownKek), "{error:?}");
    assert!(!error.to_string().contains("local:"), "{error}");

    // Named but not made under it: the wrap of one KEK under the other's name.
    let stolen = WrappedKey::decode(&envelope.wrap).unwrap();
    let relabelled =
        WrappedKey::new(ProviderKind::Local, new.describe().kek_id.clone(), stolen.ciphertext().to_vec())
            .unwrap();
    refused(&new, &value(1), &wrap("a"), &Envelope { wrap: relabelled.encode(), ..envelope }).await;
}

#[tokio::test]
async fn rewrapping_moves_a_record_to_another_kek_or_path_and_leaves_the_value() {
    let old = keyring();
    let Envelope { value: value_blob, wrap: wrap_blob } =
        old.seal(&value(1), &wrap("a"), b"secret").await.unwrap();

    let rotating = Keyring::new(local(2)).with_retired(local(1));
    let moved = rotating.rewrap(&wrap("a"), &wrap("b"), &wrap_blob).await.unwrap();
    assert_eq!(WrappedKey::decode(&moved).unwrap().kek_id(), &rotating.describe().kek_id);

    let after = Envelope { value: value_blob.clone(), wrap: moved };
    let rotated = Keyring::new(local(2));
    assert_eq!(rotated.open(&value(1), &wrap("b"), &after).await.unwrap().expose_secret(), b"secret");
    refused(&rotated, &value(1), &wrap("a"), &after).await;

    // Mixed states are normal: the rotating keyring still opens what has not been moved yet.
    let before = Envelope { value: value_blob, wrap: wrap_blob.clone() };
    assert_eq!(rotating.open(&value(1), &wrap("a"), &before).await.unwrap().expose_secret(), b"secret");

    assert!(matches!(rotating.rewrap(&wrap("b"), &wrap("c"), &wrap_blob).await, Err(CryptoError::Open)));
    assert!(matches!(rotated.rewrap(&wrap("a"), &wrap("a"), &wrap_blob).await, Err(CryptoError::UnknownKek)));
}

#[tokio::test]
async fn padding_hides_the_length_unless_it_is_turned_off() {
    let padded = keyring();
    let raw = keyring().with_padding(Padding::None);
    let len = async |keyring: &Keyring, len: usize| {
        keyring.seal(&value(1), &wrap("a"), &vec![1; len]).await.unwrap().value.len()
    };
    assert_eq!((len(&padded, 0).await, len(&padded, 60).await, len(&padded, 61).await), (164, 164, 228));
    assert_eq!((len(&raw, 0).await, len(&raw, 60).await), (100, 160));

    let envelope = raw.seal(&value(1), &wrap("a"), b"secret").await.unwrap();
    assert_eq!(padded.open(&value(1), &wrap("a"), &envelope).await.unwrap().expose_secret(), b"secret");
}

#[tokio::test]
async fn no_two_envelopes_share_a_salt_a_nonce_or_a_wrap() {
    let keyring = keyring();
    let mut seen = std::collections::HashSet::new();
    for _ in 0..500 {
        let Envelope { value: blob, wrap: wrapped } =
            keyring.seal(&value(1), &wrap("a"), b"same").await.unwrap();
        for part in [&blob[8..40], &blob[40..52], &blob[52..84], &wrapped] {
            assert!(seen.insert(part.to_vec()));
        }
    }
}

#[tokio::test]
async fn an_overlong_context_is_refused_before_the_provider_is_asked() {
    let long = Context::new("l").field(1, &vec![0; oneclaw_crypto::MAX_CONTEXT]);
    let faulty = Faulty::new(|| KeyProviderError::Refused);
    let keyring = Keyring::new(faulty.clone());
    for (value, wrap) in [(&long, &wrap("a")), (&value(1), &long)] {
        let sealed = keyring.seal(value, wrap, b"").await;
        assert!(matches!(sealed, Err(CryptoError::ContextTooLong { .. })));
    }
    let long_value = vec![0; oneclaw_crypto::MAX_PLAINTEXT + 1];
    let sealed = keyring.seal(&value(1), &wrap("a"), &long_value).await;
    assert!(matches!(sealed, Err(CryptoError::PlaintextTooLong { .. })));
    assert_eq!(faulty.calls.load(Ordering::Relaxed), 0);
}

/// A provider that fails every call in a chosen way.
#[derive(Debug)]
struct Faulty {
    description: KeyDescription,
    fault: fn() -> KeyProviderError,
    calls: AtomicUsize,
}

impl Faulty {
    fn new(fault: fn() -> KeyProviderError) -> Arc<Self> {
        let description = KeyDescription { protection: Protection::Memory, ..local(1).describe().clone() };
        Arc::new(Self { description, fault, calls: AtomicUsize::new(0) })
    }

    fn fail<T>(&self) -> Result<T, KeyProviderError> {
        self.calls.fetch_add(1, Ordering::Relaxed);
        Err((self.fault)())
    }
}

#[async_trait]
impl KeyProvider for Faulty {
    fn describe(&self) -> &KeyDescription {
        &self.description
    }
    async fn wrap(&self, _: &DataKey, _: &WrapContext) -> Result<WrappedKey, KeyProviderError> {
        self.fail()
    }
    async fn unwrap(&self, _: &WrappedKey, _: &WrapContext) -> Result<DataKey, KeyProviderError> {
        self.fail()
    }
    async fn health(&self) -> Result<(), KeyProviderError> {
        self.fail()
    }
}

#[tokio::test]
async fn a_provider_that_is_down_is_told_from_a_record_that_is_wrong() {
    let envelope = keyring().seal(&value(1), &wrap("a"), b"secret").await.unwrap();
    let open = async |fault| {
        Keyring::new(Faulty::new(fault)).open(&value(1), &wrap("a"), &envelope).await.unwrap_err()
    };

    let down = || KeyProviderError::Unavailable("connection refused".into());
    assert!(matches!(open(down).await, CryptoError::ProviderUnavailable(KeyProviderError::Unavailable(_))));
    let lying = || KeyProviderError::BadReply { check: "checksum" };
    assert!(matches!(open(lying).await, CryptoError::ProviderUnavailable(KeyProviderError::BadReply { .. })));
    assert!(matches!(open(|| KeyProviderError::Refused).await, CryptoError::Open));

    let keyring = Keyring::new(Faulty::new(down));
    assert!(matches!(keyring.health().await, Err(CryptoError::ProviderUnavailable(_))));
    let sealed = keyring.seal(&value(1), &wrap("a"), b"").await;
    assert!(matches!(sealed, Err(CryptoError::ProviderUnavailable(_))));
}

#[tokio::test]
async fn what_cannot_be_an_envelope_costs_no_call() {
    let faulty = Faulty::new(|| KeyProviderError::Refused);
    let keyring = Keyring::new(faulty.clone());
    let whole = self::keyring().seal(&value(1), &wrap("a"), b"secret").await.unwrap();
    let no_value = Envelope { value: whole.value[..whole.value.len() - 1].to_vec(), ..whole.clone() };
    let no_wrap = Envelope { wrap: Vec::new(), ..whole.clone() };
    refused(&keyring, &value(1), &wrap("a"), &no_value).await;
    refused(&keyring, &value(1), &wrap("a"), &no_wrap).await;
    assert_eq!(faulty.calls.load(Ordering::Relaxed), 0);
    refused(&keyring, &value(1), &wrap("a"), &whole).await;
    assert_eq!(faulty.calls.load(Ordering::Relaxed), 1);
}

/// A provider that wraps properly but says that it was under another key.
#[derive(Debug)]
struct Misnaming(Arc<LocalProvider>);

#[async_trait]
impl KeyProvider for Misnaming {
    fn describe(&self) -> &KeyDescription {
        self.0.describe()
    }
    async fn wrap(&self, key: &DataKey, context: &WrapContext) -> Result<WrappedKey, KeyProviderError> {
        let wrapped = self.0.wrap(key, context).await?;
        let name = KekId::new("local:ffffffffffffffff").unwrap();
        Ok(WrappedKey::new(wrapped.kind(), name, wrapped.ciphertext().to_vec()).unwrap())
    }
    async fn unwrap(&self, wrapped: &WrappedKey, context: &WrapContext) -> Result<DataKey, KeyProviderError> {
        self.0.unwrap(wrapped, context).await
    }
    async fn health(&self) -> Result<(), KeyProviderError> {
        Ok(())
    }
}

#[tokio::test]
async fn inv_33_a_wrap_under_a_key_that_was_not_configured_is_not_stored() {
    let sealed = Keyring::new(Arc::new(Misnaming(local(1)))).seal(&value(1), &wrap("a"), b"secret").await;
    let Err(CryptoError::ProviderUnavailable(KeyProviderError::BadReply { .. })) = sealed else {
        panic!("{sealed:?}");
    };
}

/// Runs a future that never waits, as those of the local provider are.
fn now<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(future)
}

#[test]
fn every_interesting_length_comes_back() {
    let keyring = keyring();
    for len in [0, 1, 59, 60, 61, 4091, 4092, 4093, 5116, 5117, (1 << 20) - 1, 1 << 20, (1 << 20) + 1] {
        let plaintext: Vec<u8> = (0..=u8::MAX).cycle().take(len).collect();
        let envelope = now(keyring.seal(&value(1), &wrap("a"), &plaintext)).unwrap();
        assert!(now(keyring.open(&value(1), &wrap("a"), &envelope)).unwrap().ct_eq(&plaintext), "{len}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn any_value_comes_back(plaintext in proptest::collection::vec(any::<u8>(), 0..6000), padded: bool, id: u8, path in "[a-z/]{1,40}") {
        let keyring = keyring().with_padding(if padded { Padding::Bucket } else { Padding::None });
        let envelope = now(keyring.seal(&value(id), &wrap(&path), &plaintext)).unwrap();
        let opened = now(keyring.open(&value(id), &wrap(&path), &envelope)).unwrap();
        prop_assert_eq!(opened.expose_secret(), plaintext);
    }

    #[test]
    fn arbitrary_blobs_never_open_and_never_panic(
        value_tail in proptest::collection::vec(any::<u8>(), 0..400),
        wrap_tail in proptest::collection::vec(any::<u8>(), 0..120),
        real_starts: bool,
    ) {
        let keyring = keyring();
        let name = keyring.describe().kek_id.as_str().as_bytes();
        let (value_start, wrap_start) = if real_starts {
            (b"OCV1\x01\0\x01\x01".to_vec(), [&b"OCW1\x01\x01\0\0\0\x16"[..], name, &[0, 0, 0]].concat())
        } else {
            (Vec::new(), Vec::new())
        };
        let value_blob = [value_start, value_tail].concat();
        let envelope = Envelope { value: value_blob, wrap: [wrap_start, wrap_tail].concat() };
        prop_assert!(now(keyring.open(&value(1), &wrap("a"), &envelope)).is_err());
    }
}
