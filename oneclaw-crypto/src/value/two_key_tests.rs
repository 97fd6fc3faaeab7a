//! INV-32: a ciphertext crafted to be authentic under two keys is refused by the commitment.
//!
//! GCM doesn't commit to its key: for two keys and one nonce, a ciphertext block can be solved for so that
//! both tags are equal (Dodis, Grubbs, Ristenpart, Woodage, "Fast message franking", CRYPTO 2018). Here that
//! attack is carried out.

use aes_gcm::aes::Aes256;
use aes_gcm::aes::cipher::{BlockCipherEncrypt, KeyInit};
use secrecy::ExposeSecret;

use super::*;

/// Multiplies in GF(2¹²⁸) as GHASH does: the first bit of a block is the coefficient of x⁰ (SP 800-38D, 6.3).
fn multiply(x: u128, y: u128) -> u128 {
    let (mut product, mut v) = (0, y);
    for i in (0..128).rev() {
        if x >> i & 1 == 1 {
            product ^= v;
        }
        v = (v >> 1) ^ if v & 1 == 1 { 0xe1 << 120 } else { 0 };
    }
    product
}

/// Inverts by Fermat: x^(2¹²⁸ − 2).
fn invert(x: u128) -> u128 {
    let (mut result, mut square) = (1 << 127, x);
    for _ in 1..128 {
        square = multiply(square, square);
        result = multiply(result, square);
    }
    result
}

fn blocks(bytes: &[u8]) -> impl Iterator<Item = u128> + '_ {
    bytes.chunks(16).map(|chunk| {
        let mut block = [0; 16];
        block[..chunk.len()].copy_from_slice(chunk);
        u128::from_be_bytes(block)
    })
}

/// What GCM computes its tag with.
struct Gcm {
    hash_key: u128,
    mask: u128,
}

impl Gcm {
    fn new(key: &DataKey, nonce: &[u8; NONCE_LEN]) -> Self {
        let cipher = Aes256::new(key.expose_secret().into());
        let encrypt = |block: [u8; 16]| {
            let mut block = block.into();
            cipher.encrypt_block(&mut block);
            u128::from_be_bytes(block.into())
        };
        let mut counter = [0; 16];
        counter[..NONCE_LEN].copy_from_slice(nonce);
        counter[15] = 1;
        Self { hash_key: encrypt([0; 16]), mask: encrypt(counter) }
    }

    fn tag(&self, aad: &[u8], ciphertext: &[u8]) -> u128 {
        let lengths = (aad.len() as u128 * 8) << 64 | (ciphertext.len() as u128 * 8);
        let hashed = blocks(aad)
            .chain(blocks(ciphertext))
            .chain([lengths])
            .fold(0, |hash, block| multiply(hash ^ block, self.hash_key));
        hashed ^ self.mask
    }
}

#[test]
fn inv_32_a_ciphertext_for_two_keys_is_refused_by_the_commitment() {
    let keys = [(); 2].map(|()| DataKey::generate().unwrap());
    let context = Context::new("oneclaw/value/v1").field(1, &[1; 16]);
    let randoms = Randoms::draw().unwrap();
    let header = [&b"OCV1\x01\0\x01\0"[..], &randoms.bytes].concat();
    let aad = context.for_value(&header).unwrap();
    let salt: &[u8; SALT_LEN] = randoms.bytes.first_chunk().unwrap();
    let nonce: &[u8; NONCE_LEN] = randoms.bytes.last_chunk().unwrap();

    let derived = keys.each_ref().map(|key| derive(key, salt, &aad));
    let [first, second] = derived.each_ref().map(|(encryption_key, _)| Gcm::new(encryption_key, nonce));

    // Three blocks, the last one solved for: it enters each tag multiplied by the square of that key's hash
    // key.
    let mut ciphertext = [0x77; 48];
    ciphertext[32..].fill(0);
    let difference = first.tag(&aad, &ciphertext) ^ second.tag(&aad, &ciphertext);
    let squares = multiply(first.hash_key, first.hash_key) ^ multiply(second.hash_key, second.hash_key);
    ciphertext[32..].copy_from_slice(&multiply(difference, invert(squares)).to_be_bytes());
    let tag = first.tag(&aad, &ciphertext).to_be_bytes();

    // The attack works on GCM: the same ciphertext and tag decrypt under both keys, to different plaintexts.
    let plaintexts = derived.each_ref().map(|(encryption_key, _)| {
        let mut buffer = ciphertext;
        aead::decrypt(encryption_key, nonce, &aad, &mut buffer, &tag).unwrap();
        buffer
    });
    assert_ne!(plaintexts[0], plaintexts[1]);

    // With either key's commitment the blob opens under that key alone, and the other never gets as far as
    // the tag.
    for (own, other) in [(0, 1), (1, 0)] {
        let blob = [&header[..], &derived[own].1, &ciphertext, &tag].concat();
        let parsed = ValueBlob::parse(&blob).unwrap();
        assert_eq!(parsed.open(&keys[own], &aad).unwrap().expose_secret(), plaintexts[own]);
        assert_eq!(parsed.open(&keys[other], &aad).unwrap_err(), Refusal::Commitment);
    }
}
