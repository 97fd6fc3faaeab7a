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
        let claims = serde_json::to_vec(claims).unwrap_or_default();
        let mut token = Zeroizing::new(format!("{}.{}", self.header, BASE64URL_NOPAD.encode(&claims)));
        let signature = BASE64URL_NOPAD.encode(self.key.sign(token.as_bytes()).as_ref());
        token.push('.');
        token.push_str(&signature);
        token
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

    fn check(&self, claims: &Claims, now: Timestamp) -> Result<PrincipalId, TokenError> {
        let issuer = self.issuer();
        let lifetime = claims.exp.checked_sub(claims.iat).ok_or(TokenError::Invalid)?;
        if claims.iss != issuer
            || claims.aud != issuer
            || claims.org != self.org
            || claims.jti.is_empty()
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
