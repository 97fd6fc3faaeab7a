//! `oneclaw key list`.

use clap::Args;
use oneclaw_api::ApiKeyList;

use crate::age;
use crate::failure::Failure;
use crate::invocation::Invocation;
use crate::table::Table;

/// Lists all; there is nothing to choose.
#[derive(Debug, Args)]
pub(crate) struct KeyListArgs {}

/// Lists the caller's own keys.
pub(crate) async fn cmd_key_list(invocation: &Invocation, _args: KeyListArgs) -> Result<(), Failure> {
    let connection = invocation.connect().await?;
    let list = ApiKeyList { keys: connection.api().list_api_keys().await? };
    invocation.output.show(&list, || {
        let mut table = Table::new(["NAME", "STARTS WITH", "STATE", "AGE", "EXPIRES", "ID"]);
        for key in &list.keys {
            table.row([
                key.name.clone(),
                key.key_prefix.clone(),
                if key.is_active { "active" } else { "revoked" }.to_owned(),
                age::relative(key.created_at),
                age::expiry(key.expires_at),
                key.id.to_string(),
            ]);
        }
        table.render()
    })?;
    if list.keys.is_empty() {
        invocation.output.say("no keys yet; you need one only for a vault on another machine");
        invocation.output.next("oneclaw key add laptop");
    }
    Ok(())
}
