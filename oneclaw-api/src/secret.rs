use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use serde_json::{Map, Value};
use zeroize::Zeroizing;

use crate::{Permission, Problem, SecretId, SecretPath, SecretValue};

/// The most bytes a value may have: 1 MiB.
pub const MAX_VALUE_BYTES: usize = 1 << 20;

/// Where a version's value came from.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Origin {
    /// A person, or a program a person runs.
    #[default]
    Human,
    /// An agent's model: the value has been in a conversation, so the version is marked exposed.
    Agent,
    /// The vault's generator.
    Generated,
    /// An upstream's reply, stored without passing an agent.
    Captured,
}

impl Origin {
    /// Returns the name on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Human => "human",
            Self::Agent => "agent",
            Self::Generated => "generated",
            Self::Captured => "captured",
        }
    }
}

/// A secret without its value, as writes and lists answer it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SecretMeta {
    /// The id of the secret, the same for all its versions.
    pub id: SecretId,
    /// Its path.
    pub path: SecretPath,
    /// Its type, such as `api_key` or `env_bundle`.
    #[serde(rename = "type")]
    pub kind: String,
    /// The version this speaks of.
    pub version: u32,
    /// Free metadata, never a value.
    #[serde(default)]
    pub metadata: Map<String, Value>,
    /// When this version was made.
    pub created_at: Timestamp,
    /// When this version stops answering.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Timestamp>,
    /// Whether this version is switched off; only lists of versions tell.
    #[serde(default, skip_serializing_if = "is_false")]
    pub is_disabled: bool,
    /// Where the value came from; only lists of versions and descriptions tell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub origin: Option<Origin>,
    /// When the value was seen by a model; only lists of versions and descriptions tell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exposed_at: Option<Timestamp>,
}

/// The reply of listing secrets.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct SecretList {
    /// The secrets the caller may list.
    pub secrets: Vec<SecretMeta>,
}

/// The reply of listing the versions of a secret.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct SecretVersionList {
    /// The versions, newest first.
    pub versions: Vec<SecretMeta>,
}

/// A binding through which a secret can be used, as a description names it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DescribedBinding {
    /// The name that `execute_http` takes.
    pub name: String,
    /// Where its calls go.
    pub base_url: String,
    /// The methods it permits.
    pub methods: Vec<String>,
}

/// Everything about a secret but its value.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SecretDescription {
    /// The current version.
    #[serde(flatten)]
    pub meta: SecretMeta,
    /// How often the current version was read.
    pub access_count: u32,
    /// How often it may be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_access_count: Option<u32>,
    /// What the caller may do with it.
    pub permissions: Vec<Permission>,
    /// The caller's bindings that use it.
    pub bindings: Vec<DescribedBinding>,
}

/// A secret with its value. Neither `Serialize` nor `Deserialize`: see [`SecretRead::to_json`].
#[derive(Debug)]
pub struct SecretRead {
    /// The version that was read.
    pub meta: SecretMeta,
    /// Who wrote it, as `user:<uuid>` or `agent:<uuid>`.
    pub created_by: String,
    /// The value.
    pub value: SecretValue,
}

impl SecretRead {
    /// Encodes the reply with the value, in memory that is wiped and never grows.
    ///
    /// # Errors
    ///
    /// Fails when the value is not UTF-8: JSON carries text.
    pub fn to_json(&self) -> Result<Zeroizing<Vec<u8>>, Problem> {
        #[derive(Serialize)]
        struct Head<'a> {
            id: SecretId,
            path: &'a SecretPath,
            #[serde(rename = "type")]
            kind: &'a str,
            version: u32,
            metadata: &'a Map<String, Value>,
            created_by: &'a str,
            created_at: Timestamp,
            #[serde(skip_serializing_if = "Option::is_none")]
            expires_at: Option<Timestamp>,
        }
        let SecretMeta {
            id,
            path,
            kind,
            version,
            metadata,
            created_at,
            expires_at,
            is_disabled: _,
            origin: _,
            exposed_at: _,
        } = &self.meta;
        let head = serde_json::to_vec(&Head {
            id: *id,
            path,
            kind,
            version: *version,
            metadata,
            created_by: &self.created_by,
            created_at: *created_at,
            expires_at: *expires_at,
        })
        .map_err(|_| {
            Problem::new(crate::ProblemKind::Internal, "the metadata of the secret can't be encoded")
        })?;
        const VALUE: &[u8] = b",\"value\":";
        let mut out = Zeroizing::new(Vec::with_capacity(head.len() + VALUE.len() + self.value.json_len()));
        // The head is an object: the value goes in before its closing brace.
        out.extend_from_slice(head.strip_suffix(b"}").unwrap_or(&head));
        out.extend_from_slice(VALUE);
        self.value.write_json_literal(&mut out)?;
        out.push(b'}');
        Ok(out)
    }

    /// Decodes the reply; the value goes straight from `body` into wiped memory.
    ///
    /// # Errors
    ///
    /// Fails when `body` is not the reply of reading a secret.
    pub fn from_json(body: &[u8]) -> Result<Self, Problem> {
        #[derive(Deserialize)]
        struct Wire<'a> {
            #[serde(default)]
            created_by: String,
            #[serde(borrow)]
            value: &'a RawValue,
        }
        let bad = |_| Problem::new(crate::ProblemKind::Internal, "the server's reply is not a secret");
        let meta: SecretMeta = serde_json::from_slice(body).map_err(bad)?;
        let Wire { created_by, value } = serde_json::from_slice(body).map_err(bad)?;
        Ok(Self { meta, created_by, value: SecretValue::from_json_literal(value.get())? })
    }
}

/// What a new version is made from. Neither `Serialize` nor `Deserialize`: see [`NewSecret::from_json`].
#[derive(Debug)]
pub struct NewSecret {
    /// The value: 1 byte to [`MAX_VALUE_BYTES`].
    pub value: SecretValue,
    /// The type; a new version of a secret keeps its type when none is given.
    pub kind: Option<String>,
    /// Free metadata; a new version keeps it when none is given.
    pub metadata: Option<Map<String, Value>>,
    /// When the version stops answering.
    pub expires_at: Option<Timestamp>,
    /// How often the version may be read.
    pub max_access_count: Option<u32>,
    /// Where the value came from. It travels as a header, not in the body.
    pub origin: Origin,
    /// The current version the caller expects, 0 for none: compare-and-set. It travels as a header.
    pub if_match: Option<u32>,
}

impl NewSecret {
    /// Makes a version from a value that a person gave.
    #[must_use]
    pub const fn new(value: SecretValue) -> Self {
        Self {
            value,
            kind: None,
            metadata: None,
            expires_at: None,
            max_access_count: None,
            origin: Origin::Human,
            if_match: None,
        }
    }

    /// Decodes a request body; the value goes straight from `body` into wiped memory.
    ///
    /// # Errors
    ///
    /// Says which field is wrong, and echoes nothing of the body.
    pub fn from_json(body: &[u8]) -> Result<Self, Problem> {
        #[derive(Deserialize)]
        struct Wire<'a> {
            #[serde(borrow)]
            value: Option<&'a RawValue>,
            #[serde(rename = "type", borrow)]
            kind: Option<&'a RawValue>,
            #[serde(borrow)]
            metadata: Option<&'a RawValue>,
            #[serde(borrow)]
            expires_at: Option<&'a RawValue>,
            #[serde(borrow)]
            max_access_count: Option<&'a RawValue>,
        }
        let wire: Wire<'_> = serde_json::from_slice(body)
            .map_err(|_| Problem::bad_request("the body must be a JSON object"))?;
        let value =
            wire.value.ok_or_else(|| Problem::bad_field("value", "is missing; it must be a string"))?;
        Ok(Self {
            value: SecretValue::from_json_literal(value.get())?,
            kind: field(wire.kind, "type", "must be a string")?,
            metadata: field(wire.metadata, "metadata", "must be an object")?,
            expires_at: field(
                wire.expires_at,
                "expires_at",
                "must be a date as 2027-01-31T12:00:00Z (RFC 3339)",
            )?,
            max_access_count: field(
                wire.max_access_count,
                "max_access_count",
                "must be a whole number above 0",
            )?,
            origin: Origin::Human,
            if_match: None,
        })
    }

    /// Encodes the request body, in memory that is wiped and never grows.
    ///
    /// # Errors
    ///
    /// Fails when the value is not UTF-8: JSON carries text.
    pub fn to_json(&self) -> Result<Zeroizing<Vec<u8>>, Problem> {
        #[derive(Serialize)]
        struct Rest<'a> {
            #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
            kind: Option<&'a str>,
            #[serde(skip_serializing_if = "Option::is_none")]
            metadata: Option<&'a Map<String, Value>>,
            #[serde(skip_serializing_if = "Option::is_none")]
            expires_at: Option<Timestamp>,
            #[serde(skip_serializing_if = "Option::is_none")]
            max_access_count: Option<u32>,
        }
        let Self { value, kind, metadata, expires_at, max_access_count, origin: _, if_match: _ } = self;
        let rest = serde_json::to_vec(&Rest {
            kind: kind.as_deref(),
            metadata: metadata.as_ref(),
            expires_at: *expires_at,
            max_access_count: *max_access_count,
        })
        .map_err(|_| Problem::bad_field("metadata", "can't be encoded as JSON"))?;
        const VALUE: &[u8] = b"{\"value\":";
        let mut out = Zeroizing::new(Vec::with_capacity(VALUE.len() + value.json_len() + rest.len() + 1));
        out.extend_from_slice(VALUE);
        value.write_json_literal(&mut out)?;
        let fields = rest.strip_prefix(b"{").unwrap_or(&rest);
        if fields != b"}" {
            out.push(b',');
        }
        out.extend_from_slice(fields);
        Ok(out)
    }
}

/// The characters of a generated value.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Charset {
    /// `0` to `9` and `a` to `f`.
    #[default]
    Hex,
    /// The 64 characters of base64 (RFC 4648, section 4), without padding.
    Base64,
    /// Letters and digits.
    Alphanumeric,
    /// All 94 printable ASCII characters but the space.
    Ascii,
}

/// How the vault generates a new version.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rotation {
    /// Characters of the value, 8 to 1024; 32 unless said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub length: Option<u32>,
    /// Which characters; hex unless said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub charset: Option<Charset>,
    /// A new type; the secret keeps its own unless said.
    #[serde(rename = "type", default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
}

fn field<'a, T: Deserialize<'a>>(
    raw: Option<&'a RawValue>,
    name: &str,
    expected: &'static str,
) -> Result<Option<T>, Problem> {
    match raw {
        None => Ok(None),
        Some(raw) if raw.get() == "null" => Ok(None),
        Some(raw) => {
            serde_json::from_str(raw.get()).map(Some).map_err(|_| Problem::bad_field(name, expected))
        }
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it with a reference")]
fn is_false(value: &bool) -> bool {
    !value
}
