//! `oneclaw whoami`.

use clap::Args;
use serde_json::json;

use crate::failure::Failure;
use crate::invocation::Invocation;
use crate::table::Table;

/// There is nothing to choose.
#[derive(Debug, Args)]
pub(crate) struct WhoamiArgs {}

/// Shows who the vault takes the caller for.
pub(crate) async fn cmd_whoami(invocation: &Invocation, _args: &WhoamiArgs) -> Result<(), Failure> {
    let connection = invocation.connect().await?;
    let identity = connection.api().whoami().await?;
    let shown = json!({
        "type": identity.principal.kind(),
        "id": identity.principal.id(),
        "name": identity.name,
        "org_id": identity.org,
        "vault_ids": identity.vault_ids,
    });
    invocation.output.show(&shown, || {
        let mut table = Table::of_fields();
        table.row(["name".to_owned(), identity.name.clone()]);
        table.row(["type".to_owned(), identity.principal.kind().as_str().to_owned()]);
        table.row(["id".to_owned(), identity.principal.id()]);
        table.row(["organisation".to_owned(), identity.org.to_string()]);
        table.render()
    })
}
