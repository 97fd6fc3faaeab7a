//! `oneclaw secret list`.

use clap::Args;
use oneclaw_api::SecretList;

use crate::age;
use crate::failure::Failure;
use crate::invocation::Invocation;
use crate::table::Table;

/// Which secrets are listed.
#[derive(Debug, Args)]
pub(crate) struct SecretListArgs {
    /// Only paths that start like this
    prefix: Option<String>,
}

/// Lists secrets without their values.
pub(crate) async fn cmd_secret_list(invocation: &Invocation, args: SecretListArgs) -> Result<(), Failure> {
    let connection = invocation.connect().await?;
    let vault = connection.vault().await?;
    let secrets = connection.api().list_secrets(vault, args.prefix.as_deref()).await?;
    let list = SecretList { secrets };
    invocation.output.show(&list, || {
        let mut table = Table::new(["PATH", "TYPE", "VERSION", "AGE", "EXPIRES"]);
        for secret in &list.secrets {
            table.row([
                secret.path.to_string(),
                secret.kind.clone(),
                secret.version.to_string(),
                age::relative(secret.created_at),
                age::expiry(secret.expires_at),
            ]);
        }
        table.render()
    })?;
    if list.secrets.is_empty() {
        invocation.output.say("no secrets here");
        invocation.output.next("oneclaw secret put api-keys/NAME");
    }
    Ok(())
}
