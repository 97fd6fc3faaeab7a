//! `oneclaw secret versions`.

use clap::Args;
use oneclaw_api::{SecretMeta, SecretPath, SecretVersionList};

use crate::age;
use crate::argument;
use crate::failure::Failure;
use crate::invocation::Invocation;
use crate::table::Table;

/// Whose versions are listed.
#[derive(Debug, Args)]
pub(crate) struct SecretVersionsArgs {
    /// The path
    #[arg(value_parser = argument::path)]
    path: SecretPath,
}

/// Lists the versions of a secret, newest first.
pub(crate) async fn cmd_secret_versions(
    invocation: &Invocation,
    args: SecretVersionsArgs,
) -> Result<(), Failure> {
    let connection = invocation.connect().await?;
    let vault = connection.vault().await?;
    let versions = connection.api().list_versions(vault, &args.path).await?;
    let list = SecretVersionList { versions };
    invocation.output.show(&list, || {
        let mut table = Table::new(["VERSION", "ORIGIN", "AGE", "EXPIRES", "STATE"]);
        for version in &list.versions {
            table.row([
                version.version.to_string(),
                version.origin.map(|origin| origin.as_str().to_owned()).unwrap_or_default(),
                age::relative(version.created_at),
                age::expiry(version.expires_at),
                state(version).to_owned(),
            ]);
        }
        table.render()
    })
}

const fn state(version: &SecretMeta) -> &'static str {
    if version.is_disabled {
        "disabled"
    } else if version.exposed_at.is_some() {
        "exposed to a model"
    } else {
        "enabled"
    }
}
