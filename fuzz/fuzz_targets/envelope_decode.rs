//! Arbitrary blobs neither panic nor open: only the envelope of the known answer does, and a wrap has one spelling. INV-31.
#![no_main]

use std::future::Future;
use std::pin::pin;
use std::sync::{Arc, LazyLock};
use std::task::{Context as TaskContext, Poll, Waker};

use libfuzzer_sys::fuzz_target;
use oneclaw_crypto::local::LocalProvider;
use oneclaw_crypto::{Context, Envelope, Keyring, SecretBytes, WrappedKey};

/// The key of the known answer: 80, 81, … 9f.
static KEYRING: LazyLock<Keyring> = LazyLock::new(|| {
    let key =
        SecretBytes::init(32, |bytes| bytes.iter_mut().zip(0x80..).for_each(|(byte, value)| *byte = value));
    Keyring::new(Arc::new(LocalProvider::from_key(key).expect("32 bytes")))
});

fn context(label: &'static str) -> Context {
    let ids = Context::new(label).field(1, &[1; 16]).field(2, &[2; 16]).field(3, &[3; 16]);
    ids.field(4, &1u64.to_be_bytes())
}

fuzz_target!(|data: &[u8]| {
    // One byte says how long the value blob is; the wrap blob is the rest.
    let Some((&len, blobs)) = data.split_first() else { return };
    let (value, wrap) = blobs.split_at(blobs.len().min(len.into()));
    if let Ok(wrapped) = WrappedKey::decode(wrap) {
        assert_eq!(wrapped.encode(), wrap);
    }
    let envelope = Envelope { value: value.to_vec(), wrap: wrap.to_vec() };
    let (value, wrap) =
        (context("oneclaw/value/v1"), context("oneclaw/wrap/v1").field(6, b"api-keys/stripe"));
    let opening = pin!(KEYRING.open(&value, &wrap, &envelope));
    let Poll::Ready(opened) = opening.poll(&mut TaskContext::from_waker(Waker::noop())) else {
        panic!("the local provider never waits");
    };
    if let Ok(secret) = opened {
        assert!(
            secret.ct_eq(b"sk-test-EXAMPLE") && envelope.value.len() == 164 && envelope.wrap.len() == 108
        );
    }
});
