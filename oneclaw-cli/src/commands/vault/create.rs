//! `oneclaw vault create`.

use clap::Args;
use oneclaw_api::NewVault;

use crate::failure::Failure;
use crate::invocation::Invocation;

/// What the vault is called.
#[derive(Debug, Args)]
pub(crate) struct VaultCreateArgs {
    /// Its name
    name: String,
    /// What it is for
    #[arg(long, default_value = "", hide_default_value = true)]
    description: String,
}

/// Makes a vault.
pub(crate) async fn cmd_vault_create(invocation: &Invocation, args: VaultCreateArgs) -> Result<(), Failure> {
    let VaultCreateArgs { name, description } = args;
    let connection = invocation.connect().await?;
    let vault = connection.api().create_vault(NewVault { name, description }).await?;
    invocation.output.show(&vault, || vault.id.to_string())?;
    invocation.output.next(format!("oneclaw --vault {} secret put PATH", vault.id));
    Ok(())
}
