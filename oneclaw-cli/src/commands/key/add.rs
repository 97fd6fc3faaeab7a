//! `oneclaw key add`.

use clap::Args;
use jiff::Timestamp;
use oneclaw_api::{ApiKeyRecord, NewApiKey};
use serde::Serialize;

use crate::argument;
use crate::failure::Failure;
use crate::invocation::Invocation;

/// What the key is for.
#[derive(Debug, Args)]
pub(crate) struct KeyAddArgs {
    /// What it is for, such as the machine it is used on
    name: String,
    /// When it stops to work, as 2027-01-31T12:00:00Z
    #[arg(long, value_name = "RFC3339", value_parser = argument::instant)]
    expires: Option<Timestamp>,
}

#[derive(Serialize)]
struct Shown<'a> {
    #[serde(flatten)]
    key: &'a ApiKeyRecord,
    api_key: &'a str,
}

/// Makes a key of one's own, shown this once.
pub(crate) async fn cmd_key_add(invocation: &Invocation, args: KeyAddArgs) -> Result<(), Failure> {
    let KeyAddArgs { name, expires } = args;
    let connection = invocation.connect_guarded("make an API key of its owner").await?;
    let created = connection.api().create_api_key(NewApiKey { name, expires_at: expires }).await?;
    let shown = Shown { key: &created.key, api_key: created.api_key.expose_key() };
    invocation.output.show(&shown, || created.api_key.expose_key().to_owned())?;
    invocation.output.say("it is your own key, with all your rights; it is not shown again");
    invocation.output.next("set ONECLAW_BASE_URL and ONECLAW_API_KEY where you use it");
    Ok(())
}
