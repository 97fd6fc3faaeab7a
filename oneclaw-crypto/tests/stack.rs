//! No key or key schedule stays on the stack: the process reads its own dead stack back after it used a key.

#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, reason = "a test panics to fail, in its helpers too")]

use std::fs::File;
use std::hint::black_box;
use std::io::Read;
use std::os::unix::fs::FileExt;
use std::sync::Arc;

use aes_gcm::aead::AeadInOut;
use aes_gcm::{Aes256Gcm, KeyInit};
use hkdf::Hkdf;
use oneclaw_crypto::local::LocalProvider;
use oneclaw_crypto::{Context, Keyring, RootKey, SecretBytes, WrappedKey, random};
use sha2::Sha256;

/// How far below the caller the stack is searched, in bytes.
const REACH: usize = 256 * 1024;

/// Returns what lies on the stack below this frame: what has returned, but may still be there.
#[inline(never)]
fn dead_stack() -> Vec<u8> {
    let here = 0u8;
    let top = black_box(&raw const here).addr();
    let bottom = mapping_start(top).max(top - REACH);
    let mut seen = vec![0; top - bottom];
    File::open("/proc/self/mem").unwrap().read_exact_at(&mut seen, bottom as u64).unwrap();
    seen
}

/// Returns where the mapping that holds `address` begins.
fn mapping_start(address: usize) -> usize {
    let mut maps = String::new();
    File::open("/proc/self/maps").unwrap().read_to_string(&mut maps).unwrap();
    maps.lines()
        .filter_map(|line| line.split_once(' ')?.0.split_once('-'))
        .map(|(from, to)| [from, to].map(|digits| usize::from_str_radix(digits, 16).unwrap()))
        .find(|[from, to]| (*from..*to).contains(&address))
        .unwrap()[0]
}

/// Returns how far below the top of `stack` a half of `key` lies, plain or as HMAC mixes it (RFC 2104), if
/// any does.
fn found(stack: &[u8], key: &[u8]) -> Option<usize> {
    let needles: Vec<Vec<u8>> = [0, 0x36, 0x5c]
        .iter()
        .flat_map(|mix| key.chunks_exact(16).map(move |half| half.iter().map(|byte| byte ^ mix).collect()))
        .collect();
    stack
        .windows(16)
        .rposition(|window| needles.iter().any(|needle| needle == window))
        .map(|position| stack.len() - position)
}

fn random_key() -> SecretBytes {
    SecretBytes::init(32, |bytes| random::fill(bytes).unwrap())
}

/// Extracts and expands as the format says, by the library alone.
fn hkdf(salt: &[u8], key: &[u8], info: &[u8]) -> [Vec<u8>; 2] {
    let (prk, hkdf) = Hkdf::<Sha256>::extract(Some(salt), key);
    let mut out = vec![0; 32];
    hkdf.expand(info, &mut out).unwrap();
    [prk.to_vec(), out]
}

#[test]
fn the_search_finds_what_a_plain_use_leaves_behind() {
    use secrecy::ExposeSecret;

    #[inline(never)]
    fn careless(key: &SecretBytes) {
        let cipher = Aes256Gcm::new(key.expose_secret().try_into().unwrap());
        let mut buffer = vec![0; 64];
        black_box(cipher.encrypt_inout_detached(&[0; 12].into(), b"", (&mut buffer[..]).into()).unwrap());
        Hkdf::<Sha256>::new(Some(b"salt"), key.expose_secret()).expand(b"info", &mut buffer).unwrap();
        black_box(buffer);
    }
    let key = random_key();
    careless(&key);
    let stack = dead_stack();
    let left =
        [found(&stack, key.expose_secret()), found(&stack, &hkdf(b"salt", key.expose_secret(), b"info")[0])];
    assert!(left.iter().any(Option::is_some), "the positive control found nothing");
    println!("left {left:?} bytes below the caller");
}

#[test]
fn neither_wrapping_nor_opening_leaves_a_key_behind() {
    use secrecy::ExposeSecret;

    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let kek = random_key();
    let key = Arc::new(LocalProvider::from_key(SecretBytes::copy_from(kek.expose_secret())).unwrap());
    let keyring = Keyring::new(key);
    let (value, wrap) = (Context::new("example/value/v1"), Context::new("example/wrap/v1"));
    let mut stacks = Vec::new();
    stacks.push(("load", dead_stack()));
    let envelope = runtime.block_on(keyring.seal(&value, &wrap, b"secret")).unwrap();
    stacks.push(("seal", dead_stack()));
    let opened = runtime.block_on(keyring.open(&value, &wrap, &envelope)).unwrap();
    stacks.push(("open", dead_stack()));

    // Only now are the keys worked out, by other means, so that this doesn't put them where they are searched
    // for.
    let wrapped = WrappedKey::decode(&envelope.wrap).unwrap();
    let [wrap_prk, wrapping_key] =
        hkdf(&wrapped.ciphertext()[..24], kek.expose_secret(), b"oneclaw/v1/localwrap");
    let mut data_key = wrapped.ciphertext()[24..].to_vec();
    let cipher = Aes256Gcm::new(wrapping_key.as_slice().try_into().unwrap());
    cipher.decrypt_in_place(&[0; 12].into(), wrap.for_wrap().unwrap().as_bytes(), &mut data_key).unwrap();
    let [value_prk, encryption_key] = hkdf(&envelope.value[8..40], &data_key, b"oneclaw/v1/enc\0\x01");
    assert!(opened.ct_eq(b"secret"));

    let keys = [
        ("kek", kek.expose_secret()),
        ("wrap prk", &wrap_prk),
        ("wrapping key", &wrapping_key),
        ("data key", &data_key),
        ("value prk", &value_prk),
        ("encryption key", &encryption_key),
    ];
    for (when, stack) in &stacks {
        for (name, key) in keys {
            assert_eq!(found(stack, key), None, "{name} after {when}");
        }
    }
}

#[test]
fn deriving_and_using_sub_keys_leaves_none_behind() {
    use secrecy::ExposeSecret;

    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let kek = random_key();
    let keyring =
        Keyring::new(Arc::new(LocalProvider::from_key(SecretBytes::copy_from(kek.expose_secret())).unwrap()));
    let wrap = Context::new("example/root/v1");
    let (root, blob) = runtime.block_on(RootKey::create(&keyring, &wrap)).unwrap();
    let digest = root.api_key().digest(b"ocv_example");
    let sealed = root.seal().seal(&wrap, b"signing key").unwrap();
    let stack = dead_stack();

    let wrapped = WrappedKey::decode(&blob).unwrap();
    let [_, wrapping_key] = hkdf(&wrapped.ciphertext()[..24], kek.expose_secret(), b"oneclaw/v1/localwrap");
    let mut root = wrapped.ciphertext()[24..].to_vec();
    let cipher = Aes256Gcm::new(wrapping_key.as_slice().try_into().unwrap());
    cipher.decrypt_in_place(&[0; 12].into(), wrap.for_wrap().unwrap().as_bytes(), &mut root).unwrap();
    let [root_prk, api_key] = hkdf(&[0; 32], &root, b"oneclaw/v1/api-key");
    let [_, seal_key] = hkdf(&[0; 32], &root, b"oneclaw/v1/seal");
    let [seal_prk, message_key] = hkdf(&sealed[5..29], &seal_key, b"oneclaw/v1/sealed");
    assert_ne!(digest.as_slice(), api_key);

    let keys = [
        ("root", root),
        ("root prk", root_prk),
        ("api key", api_key),
        ("seal key", seal_key),
        ("seal prk", seal_prk),
        ("message key", message_key),
    ];
    for (name, key) in keys {
        assert_eq!(found(&stack, &key), None, "{name}");
    }
}
