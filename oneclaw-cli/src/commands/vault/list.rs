//! `oneclaw vault list`.

use clap::Args;
use oneclaw_api::VaultList;

use crate::age;
use crate::failure::Failure;
use crate::invocation::Invocation;
use crate::table::Table;

/// Lists all; there is nothing to choose.
#[derive(Debug, Args)]
pub(crate) struct VaultListArgs {}

/// Lists the vaults the caller may see.
pub(crate) async fn cmd_vault_list(invocation: &Invocation, _args: VaultListArgs) -> Result<(), Failure> {
    let connection = invocation.connect().await?;
    let list = VaultList { vaults: connection.api().list_vaults().await? };
    invocation.output.show(&list, || {
        let mut table = Table::new(["NAME", "ID", "AGE", "DESCRIPTION"]);
        for vault in &list.vaults {
            table.row([
                vault.name.clone(),
                vault.id.to_string(),
                age::relative(vault.created_at),
                vault.description.clone(),
            ]);
        }
        table.render()
    })
}
