//! Row MACs: what a database can't change unseen.

use std::fmt;

use super::mac::MacKey;
use crate::DataKey;
use crate::tlv::{self, Sink};

/// Authenticates a row over its table, the version of its schema and all its columns.
///
/// ```text
/// HMAC-SHA256(key, TLV("oneclaw/row/v1", 1 table | 2 schema version u32be | 3 column | 3 column …))
/// column = 0 (null) | 1 ‖ i64be | 2 ‖ UTF-8 | 3 ‖ bytes
/// ```
///
/// Pass every column in declared order, the MAC's own left out. Clones share the key.
#[derive(Clone, Debug)]
pub struct RowMacKey {
    key: MacKey,
}

/// The value of one column.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Column<'a> {
    /// SQL `NULL`.
    Null,
    /// An integer.
    Integer(i64),
    /// Text.
    Text(&'a str),
    /// Bytes.
    Blob(&'a [u8]),
}

impl RowMacKey {
    pub(super) fn new(key: &DataKey) -> Self {
        Self { key: MacKey::new(key) }
    }

    /// Returns the MAC of a row. Columns are read where they lie, none is copied.
    #[must_use]
    pub fn mac(&self, table: &str, schema_version: u32, columns: &[Column<'_>]) -> [u8; 32] {
        self.key.mac(|mac| encode(mac, table, schema_version, columns))
    }

    /// Tells in constant time whether `expected` is the MAC of a row.
    #[must_use]
    pub fn verify(&self, table: &str, schema_version: u32, columns: &[Column<'_>], expected: &[u8]) -> bool {
        self.key.verify(expected, |mac| encode(mac, table, schema_version, columns))
    }
}

impl fmt::Debug for Column<'_> {
    /// Shows types and lengths, since a column may hold what is nobody's business.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => f.write_str("Null"),
            Self::Integer(_) => f.write_str("Integer"),
            Self::Text(text) => write!(f, "Text({} bytes)", text.len()),
            Self::Blob(bytes) => write!(f, "Blob({} bytes)", bytes.len()),
        }
    }
}

/// Writes the encoding of a row.
pub(super) fn encode(sink: &mut impl Sink, table: &str, schema_version: u32, columns: &[Column<'_>]) {
    tlv::label(sink, "oneclaw/row/v1");
    tlv::field(sink, 1, table.as_bytes());
    tlv::field(sink, 2, &schema_version.to_be_bytes());
    for column in columns {
        match column {
            Column::Null => tlv::field(sink, 3, &[0]),
            Column::Integer(integer) => tlv::field_of(sink, 3, &[1], &integer.to_be_bytes()),
            Column::Text(text) => tlv::field_of(sink, 3, &[2], text.as_bytes()),
            Column::Blob(bytes) => tlv::field_of(sink, 3, &[3], bytes),
        }
    }
}
