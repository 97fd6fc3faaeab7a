//! Sealing and opening a value, beside the least that either could be.

use std::hint::black_box;
use std::sync::Arc;

use aes_gcm::aead::AeadInOut;
use aes_gcm::aead::inout::InOutBuf;
use aes_gcm::{Aes256Gcm, KeyInit};
use anyhow::{Result, anyhow};
use hkdf::Hkdf;
use oneclaw_crypto::local::KekFile;
use oneclaw_crypto::{Context, Envelope, Keyring, Padding, random};
use sha2::Sha256;
use tokio::runtime::Runtime;

use crate::{Ratio, Target};

/// The sizes of values that are measured.
pub const SIZES: [(&str, usize); 3] = [("32", 32), ("1k", 1024), ("64k", 64 * 1024)];
const TAG_LEN: usize = 16;

/// A keyring under a key file, and a context of the usual length.
#[derive(Debug)]
pub struct Sealing {
    runtime: Runtime,
    keyring: Keyring,
    value: Context,
    wrap: Context,
    plaintext: Vec<u8>,
}

impl Sealing {
    /// Prepares a value of `len` bytes. Its length is not hidden: padding would compare different lengths.
    ///
    /// # Errors
    ///
    /// When the key file can't be made.
    pub fn new(len: usize) -> Result<Self> {
        let home = tempfile::tempdir()?;
        let provider = KekFile::create(home.path().join("keys/kek-1.key"))?;
        let context =
            |label| Context::new(label).field(1, &[7; 16]).field(2, &[8; 16]).field(3, &1u64.to_be_bytes());
        Ok(Self {
            runtime: tokio::runtime::Builder::new_current_thread().build()?,
            keyring: Keyring::new(Arc::new(provider)).with_padding(Padding::None),
            value: context("bench/value/v1"),
            wrap: context("bench/wrap/v1").field(4, b"api-keys/stripe"),
            plaintext: vec![0x61; len],
        })
    }

    /// Seals the value.
    ///
    /// # Errors
    ///
    /// When sealing fails.
    pub fn seal(&self) -> Result<Envelope> {
        Ok(self.runtime.block_on(self.keyring.seal(&self.value, &self.wrap, &self.plaintext))?)
    }

    /// Opens what was sealed.
    ///
    /// # Errors
    ///
    /// When opening fails.
    pub fn open(&self, envelope: &Envelope) -> Result<()> {
        black_box(self.runtime.block_on(self.keyring.open(&self.value, &self.wrap, envelope))?);
        Ok(())
    }

    /// The least that sealing could be: the draws of key, nonce and salt, HKDF, and two encryptions.
    ///
    /// # Errors
    ///
    /// When the library refuses.
    pub fn seal_limit(&self) -> Result<Vec<u8>> {
        let (mut key, mut wrap_nonce, mut randoms) = ([0; 32], [0; 12], [0; 44]);
        random::fill(&mut key)?;
        random::fill(&mut wrap_nonce)?;
        random::fill(&mut randoms)?;
        let (nonce, salt) = randoms.split_first_chunk::<12>().ok_or_else(|| anyhow!("44 bytes hold 12"))?;
        let mut wrapped = key;
        encrypt(&[9; 32], &wrap_nonce, &mut wrapped)?;
        black_box(wrapped);
        let mut value = Vec::with_capacity(self.plaintext.len() + TAG_LEN);
        value.extend_from_slice(&self.plaintext);
        encrypt(&derive(&key, salt)?, nonce, &mut value)?;
        Ok(value)
    }

    /// The least that opening could be: two decryptions, which cost what encryptions do, and HKDF.
    ///
    /// # Errors
    ///
    /// When the library refuses.
    pub fn open_limit(&self) -> Result<Vec<u8>> {
        let mut key = [3; 32];
        encrypt(&[9; 32], &[1; 12], &mut key)?;
        let mut value = Vec::with_capacity(self.plaintext.len());
        value.extend_from_slice(&self.plaintext);
        encrypt(&derive(&key, &[2; 32])?, &[4; 12], &mut value)?;
        Ok(value)
    }
}

/// Measures seal and open against their limits.
///
/// # Errors
///
/// When something can't be set up or fails.
pub fn ratios() -> Result<Vec<Ratio>> {
    let mut ratios = Vec::new();
    for (name, len) in SIZES {
        let sealing = Sealing::new(len)?;
        let envelope = sealing.seal()?;
        ratios.push(Ratio::measure(
            format!("crypto.seal_{name}_vs_limit"),
            Target::AtMost(1.15),
            || sealing.seal().map(|envelope| drop(black_box(envelope))),
            || sealing.seal_limit().map(|value| drop(black_box(value))),
        )?);
        ratios.push(Ratio::measure(
            format!("crypto.open_{name}_vs_limit"),
            Target::AtMost(1.15),
            || sealing.open(&envelope),
            || sealing.open_limit().map(|value| drop(black_box(value))),
        )?);
    }
    Ok(ratios)
}

/// One AES-256-GCM encryption with its key schedule and 64 bytes of associated data.
fn encrypt(key: &[u8; 32], nonce: &[u8; 12], buffer: &mut [u8]) -> Result<()> {
    let cipher = Aes256Gcm::new(key.into());
    let tag = cipher
        .encrypt_inout_detached(nonce.into(), &[5; 64], InOutBuf::from(buffer))
        .map_err(|_| anyhow!("the library refused to encrypt"))?;
    black_box(tag);
    Ok(())
}

/// One extraction and two expansions: the key, and the commitment.
fn derive(key: &[u8; 32], salt: &[u8]) -> Result<[u8; 32]> {
    let hkdf = Hkdf::<Sha256>::new(Some(salt), key);
    let (mut derived, mut commitment) = ([0; 32], [0; 32]);
    hkdf.expand(b"enc", &mut derived).map_err(|_| anyhow!("32 bytes can be derived"))?;
    hkdf.expand(b"commit", &mut commitment).map_err(|_| anyhow!("32 bytes can be derived"))?;
    black_box(commitment);
    Ok(derived)
}
