use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{PrincipalType, VaultId};

/// A vault as the API shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Vault {
    /// Its id.
    pub id: VaultId,
    /// Its name, unique in the organisation.
    pub name: String,
    /// What it is for.
    #[serde(default)]
    pub description: String,
    /// Bare UUID of who made it.
    #[serde(default)]
    pub created_by: String,
    /// Whether a person or an agent made it.
    pub created_by_type: PrincipalType,
    /// When it was made.
    pub created_at: Timestamp,
}

/// The reply of listing vaults.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct VaultList {
    /// The vaults the caller may see; `default` first.
    pub vaults: Vec<Vault>,
}

/// What a new vault is made from.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct NewVault {
    /// Its name: 1 to 255 characters.
    pub name: String,
    /// What it is for.
    #[serde(default)]
    pub description: String,
}
