//! `oneclaw secret put`.

use clap::Args;
use jiff::Timestamp;
use oneclaw_api::{NewSecret, SecretPath};

use crate::argument;
use crate::failure::Failure;
use crate::invocation::Invocation;
use crate::value_input::{self, Stray, ValueArgs};

/// Where a value is stored, and what is known of it.
#[derive(Debug, Args)]
pub(crate) struct SecretPutArgs {
    /// The path, such as api-keys/stripe
    #[arg(value_parser = argument::path)]
    path: SecretPath,
    #[command(flatten)]
    stray: Stray,
    #[command(flatten)]
    value: ValueArgs,
    /// What it is, such as api_key or env_bundle
    #[arg(long = "type", value_name = "TYPE")]
    kind: Option<String>,
    /// When this version stops answering, as 2027-01-31T12:00:00Z
    #[arg(long, value_name = "RFC3339", value_parser = argument::instant)]
    expires: Option<Timestamp>,
    /// How often this version may be read
    #[arg(long, value_name = "N")]
    max_reads: Option<u32>,
    /// Store only if this is the current version; 0 for none yet
    #[arg(long, value_name = "VERSION")]
    if_version: Option<u32>,
}

/// Stores a value as a new version.
pub(crate) async fn cmd_secret_put(invocation: &Invocation, args: SecretPutArgs) -> Result<(), Failure> {
    let SecretPutArgs { path, stray, value, kind, expires, max_reads, if_version } = args;
    stray.refuse()?;
    let value = value_input::read(invocation, &value, &format!("Value of {path}"))?;
    let bytes = value.len();
    let connection = invocation.connect().await?;
    let vault = connection.vault().await?;
    let new = NewSecret {
        kind,
        expires_at: expires,
        max_access_count: max_reads,
        if_match: if_version,
        ..NewSecret::new(value)
    };
    let meta = connection.api().put_secret(vault, &path, new).await?;
    invocation.output.show(&meta, || format!("{path} version {}", meta.version))?;
    invocation.output.say(format!("stored {bytes} bytes"));
    if meta.version == 1 {
        invocation
            .output
            .next("oneclaw agent add NAME --use 'api-keys/*'".replace("api-keys/*", path.as_str()));
    }
    Ok(())
}
