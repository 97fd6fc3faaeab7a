//! Tokens: JWTs signed with Ed25519 (RFC 7519, RFC 8037).
//!
//! Only what this module signs is accepted: the header must be, byte for byte, the one that goes with a known key, so
//! there is no algorithm to choose, no key to fetch and no extension to understand; the claims are a closed set, each
//! with its type.

use std::fmt;

use aws_lc_rs::signature::{ED25519, Ed25519KeyPair, KeyPair, UnparsedPublicKey};
use data_encoding::BASE64URL_NOPAD;
use jiff::Timestamp;
use oneclaw_api::{ApiKeyId, OrgId, PrincipalId, VaultId};
use oneclaw_crypto::{Context, SealKey};
use secrecy::ExposeSecret;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::VaultError;
use crate::rows::SigningKeyRow;

/// The longest life of a token.
pub(crate) const MAX_TTL_SECONDS: u32 = 86_400;

/// The longest token that is looked at.
const MAX_TOKEN_BYTES: usize = 8 * 1024;

/// The public half of a key that signs tokens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifyingKey {
    /// The key's id, as `kid` in a token's header.
    pub id: String,
    /// The 32 bytes of the Ed25519 public key (RFC 8032).
    pub public: [u8; 32],
}

/// What a token says. The rules are not in it: they are read live.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Claims {
    pub(crate) iss: String,
    pub(crate) aud: String,
    pub(crate) sub: String,
    pub(crate) org: OrgId,
    /// An agent's key generation; 0 for people.
    #[serde(rename = "gen")]
    pub(crate) generation: u32,
    /// The API key a person's token came from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) key: Option<ApiKeyId>,
    pub(crate) iat: i64,
    pub(crate) nbf: i64,
    pub(crate) exp: i64,
    pub(crate) jti: String,
    /// For clients to read; decisions are made from the store.
    pub(crate) scopes: Vec<String>,
    pub(crate) vault_ids: Vec<VaultId>,
}

/// A token that can't be accepted. Why is nobody's business but the log's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TokenError {
    /// It was not signed here, or says something that is never signed here.
    Invalid,
    /// Its time is over, or not yet come.
    Expired,
}

/// Signs tokens and verifies them.
pub(crate) struct TokenSigner {
    org: OrgId,
    key: Ed25519KeyPair,
    id: String,
    /// The encoded header of every token.
    header: String,
}

impl TokenSigner {
    /// Makes a new key pair, as a row with its private half sealed.
    pub(crate) fn generate(seal: &SealKey, now: Timestamp) -> Result<SigningKeyRow, VaultError> {
        let key = Ed25519KeyPair::generate().map_err(|_| VaultError::Random)?;
        let public: [u8; 32] = key.public_key().as_ref().try_into().map_err(|_| VaultError::Random)?;
        let seed = key.seed().map_err(|_| VaultError::Random)?;
        let bytes =
            aws_lc_rs::encoding::AsBigEndian::<aws_lc_rs::encoding::Curve25519SeedBin<'_>>::as_be_bytes(
                &seed,
            )
            .map_err(|_| VaultError::Random)?;
        let seed = Zeroizing::new(bytes.as_ref().to_vec());
        let id = data_encoding::HEXLOWER.encode(public.first_chunk::<8>().unwrap_or(&[0; 8]));
        let sealed = seal.seal(&context(&id), &seed)?;
        Ok(SigningKeyRow { id, public, sealed, created_at: now })
    }

    /// Opens the private half of a key.
    pub(crate) fn open(org: OrgId, seal: &SealKey, row: &SigningKeyRow) -> Result<Self, VaultError> {
        let seed = seal.open(&context(&row.id), &row.sealed)?;
        let key = Ed25519KeyPair::from_seed_and_public_key(seed.expose_secret(), &row.public)
            .map_err(|_| VaultError::Tampered { table: "signing_keys" })?;
        let header = format!(r#"{{"alg":"EdDSA","typ":"JWT","kid":"{}"}}"#, row.id);
        Ok(Self { org, key, id: row.id.clone(), header: BASE64URL_NOPAD.encode(header.as_bytes()) })
    }

    /// Returns the public half.
    pub(crate) fn verifying_key(&self) -> VerifyingKey {
        VerifyingKey {
            id: self.id.clone(),
            public: self.key.public_key().as_ref().try_into().unwrap_or([0; 32]),
        }
    }

    /// Returns `urn:oneclaw:<org>`, issuer and audience of every token.
    pub(crate) fn issuer(&self) -> String {
        format!("urn:oneclaw:{}", self.org)
    }

    /// Signs claims.
    pub(crate) fn sign(&self, claims: &Claims) -> Zeroizing<String> {
        // A struct of strings and numbers always encodes.
        self.sign_bytes(&serde_json::to_vec(claims).unwrap_or_default())
    }
    /// Verifies a token and returns its claims and its principal.
    pub(crate) fn verify(&self, token: &str, now: Timestamp) -> Result<(Claims, PrincipalId), TokenError> {
        if token.len() > MAX_TOKEN_BYTES {
            return Err(TokenError::Invalid);
        }
        let (message, signature) = token.rsplit_once('.').ok_or(TokenError::Invalid)?;
        let (header, claims) = message.split_once('.').ok_or(TokenError::Invalid)?;
        if header != self.header {
            return Err(TokenError::Invalid);
        }
        // This decoder takes canonical base64 only: no padding, no stray bits at the end.
        let signature = BASE64URL_NOPAD.decode(signature.as_bytes()).map_err(|_| TokenError::Invalid)?;
        UnparsedPublicKey::new(&ED25519, self.key.public_key().as_ref())
            .verify(message.as_bytes(), &signature)
            .map_err(|_| TokenError::Invalid)?;
        let claims = BASE64URL_NOPAD.decode(claims.as_bytes()).map_err(|_| TokenError::Invalid)?;
        let claims: Claims = serde_json::from_slice(&claims).map_err(|_| TokenError::Invalid)?;
        let principal = self.check(&claims, now)?;
        Ok((claims, principal))
    }

    fn sign_bytes(&self, claims: &[u8]) -> Zeroizing<String> {
        let mut token = Zeroizing::new(format!("{}.{}", self.header, BASE64URL_NOPAD.encode(claims)));
        let signature = BASE64URL_NOPAD.encode(self.key.sign(token.as_bytes()).as_ref());
        token.push('.');
        token.push_str(&signature);
        token
    }

    fn check(&self, claims: &Claims, now: Timestamp) -> Result<PrincipalId, TokenError> {
        let issuer = self.issuer();
        let lifetime = claims.exp.checked_sub(claims.iat).ok_or(TokenError::Invalid)?;
        if claims.iss != issuer
            || claims.aud != issuer
            || claims.org != self.org
            || claims.jti.is_empty()
            || claims.nbf != claims.iat
            || !(1..=i64::from(MAX_TTL_SECONDS)).contains(&lifetime)
        {
            return Err(TokenError::Invalid);
        }
        let now = now.as_second();
        if now >= claims.exp || now < claims.nbf {
            return Err(TokenError::Expired);
        }
        claims.sub.parse().map_err(|_| TokenError::Invalid)
    }
}

impl fmt::Debug for TokenSigner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TokenSigner({})", self.id)
    }
}

fn context(id: &str) -> Context {
    Context::new("oneclaw/signing-key/v1").field(1, id.as_bytes())
}

#[cfg(test)]
mod tests {
    //! INV-22: every claim is demanded, typed and true.

    use std::sync::Arc;

    use oneclaw_api::AgentId;
    use oneclaw_crypto::local::LocalProvider;
    use oneclaw_crypto::{Keyring, RootKey, SecretBytes};
    use serde_json::{Value, json};

    use super::*;

    const NOW: i64 = 1_800_000_000;

    async fn signer() -> TokenSigner {
        let provider = LocalProvider::from_key(SecretBytes::copy_from(&[7; 32])).unwrap();
        let keyring = Keyring::new(Arc::new(provider));
        let (root, _) = RootKey::create(&keyring, &Context::new("test")).await.unwrap();
        let row = TokenSigner::generate(&root.seal(), now()).unwrap();
        TokenSigner::open(OrgId::random(), &root.seal(), &row).unwrap()
    }

    fn now() -> Timestamp {
        Timestamp::from_second(NOW).unwrap()
    }

    fn claims(signer: &TokenSigner) -> Value {
        json!({
            "iss": signer.issuer(), "aud": signer.issuer(), "sub": format!("agent:{}", AgentId::random()),
            "org": signer.org, "gen": 1, "iat": NOW, "nbf": NOW, "exp": NOW + 3600, "jti": "j",
            "scopes": [], "vault_ids": [],
        })
    }

    fn verify(signer: &TokenSigner, claims: &Value) -> Result<(), TokenError> {
        signer.verify(&signer.sign_bytes(claims.to_string().as_bytes()), now()).map(|_| ())
    }

    #[tokio::test]
    async fn a_token_with_every_claim_is_accepted() {
        let signer = signer().await;
        assert_eq!(verify(&signer, &claims(&signer)), Ok(()));
    }

    #[tokio::test]
    async fn every_claim_is_demanded_and_typed() {
        let signer = signer().await;
        let whole = claims(&signer);
        for (name, value) in whole.as_object().unwrap() {
            let mut missing = whole.clone();
            missing.as_object_mut().unwrap().remove(name);
            assert!(verify(&signer, &missing).is_err(), "without {name}");
            for other in [
                json!(null),
                json!({}),
                json!(true),
                json!(1.5),
                json!("1"),
                json!([1]),
                json!(-1),
                json!(u64::MAX),
            ] {
                // Any text is a token's id.
                if other != *value && !(name == "jti" && other.is_string()) {
                    let mut mistyped = whole.clone();
                    mistyped[name] = other.clone();
                    assert!(verify(&signer, &mistyped).is_err(), "{name} = {other}");
                }
            }
        }
    }

    #[tokio::test]
    async fn a_claim_that_does_not_fit_is_refused() {
        let signer = signer().await;
        let day = i64::from(MAX_TTL_SECONDS);
        for (name, value, error) in [
            ("iss", json!("urn:oneclaw:other"), TokenError::Invalid),
            ("aud", json!("urn:oneclaw:other"), TokenError::Invalid),
            ("aud", json!([signer.issuer()]), TokenError::Invalid),
            ("org", json!(OrgId::random()), TokenError::Invalid),
            ("sub", json!("agent:"), TokenError::Invalid),
            ("sub", json!("root:01234567-89ab-4cde-8f01-23456789abcd"), TokenError::Invalid),
            ("jti", json!(""), TokenError::Invalid),
            ("exp", json!(NOW), TokenError::Invalid),
            ("exp", json!(NOW + day + 1), TokenError::Invalid),
            ("exp", json!(i64::MAX), TokenError::Invalid),
            ("iat", json!(i64::MIN), TokenError::Invalid),
            ("nbf", json!(NOW + 1), TokenError::Invalid),
            ("crit", json!(["exp"]), TokenError::Invalid),
            ("admin", json!(true), TokenError::Invalid),
        ] {
            let mut changed = claims(&signer);
            changed[name] = value.clone();
            assert_eq!(verify(&signer, &changed), Err(error), "{name} = {value}");
        }
        let mut past = claims(&signer);
        past["iat"] = json!(NOW - 60);
        past["nbf"] = json!(NOW - 60);
        past["exp"] = json!(NOW);
        assert_eq!(verify(&signer, &past), Err(TokenError::Expired));
        past["exp"] = json!(NOW + 1);
        assert_eq!(verify(&signer, &past), Ok(()));
        let mut early = claims(&signer);
        early["iat"] = json!(NOW + 1);
        early["nbf"] = json!(NOW + 1);
        assert_eq!(verify(&signer, &early), Err(TokenError::Expired));
    }

    #[tokio::test]
    async fn a_claim_said_twice_is_refused() {
        let signer = signer().await;
        let twice = claims(&signer).to_string().replacen('{', "{\"gen\":1,", 1);
        assert!(signer.verify(&signer.sign_bytes(twice.as_bytes()), now()).is_err());
        for bytes in [b"".as_slice(), b"{}", b"null", b"[]", b"\xff", b"{\"iss\":"] {
            assert!(signer.verify(&signer.sign_bytes(bytes), now()).is_err());
        }
    }
}
