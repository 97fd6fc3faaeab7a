//! `oneclaw key revoke`.

use clap::Args;
use oneclaw_api::ApiKeyId;
use serde_json::json;

use crate::failure::Failure;
use crate::invocation::Invocation;

/// Which key is revoked.
#[derive(Debug, Args)]
pub(crate) struct KeyRevokeArgs {
    /// Its id, as `key list` shows it
    id: ApiKeyId,
}

/// Revokes a key, from the next request on.
pub(crate) async fn cmd_key_revoke(invocation: &Invocation, args: KeyRevokeArgs) -> Result<(), Failure> {
    let connection = invocation.connect().await?;
    connection.api().revoke_api_key(args.id).await?;
    invocation.output.show(&json!({ "revoked": true, "id": args.id }), || format!("revoked {}", args.id))
}
