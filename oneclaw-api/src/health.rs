use serde::{Deserialize, Serialize};

/// How the vault is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Health {
    /// `healthy` or `degraded`.
    pub status: String,
    /// The version of the software.
    pub version: String,
}
