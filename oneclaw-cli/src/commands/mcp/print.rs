//! `oneclaw mcp print`.

use clap::Args;
use oneclaw_mcp::{client_config, config_path};
use serde_json::json;

use super::launch::{LaunchArgs, launch};
use crate::failure::Failure;
use crate::invocation::Invocation;

/// Whose configuration is printed.
#[derive(Debug, Args)]
pub(crate) struct McpPrintArgs {
    #[command(flatten)]
    launch: LaunchArgs,
}

/// Prints the configuration to paste. It holds no key.
pub(crate) async fn cmd_mcp_print(invocation: &Invocation, args: McpPrintArgs) -> Result<(), Failure> {
    let client = args.launch.client;
    let launch = launch(invocation, &args.launch).await?;
    let config = client_config(client, &launch);
    let path = config_path(client);
    let shown = json!({
        "client": client.as_str(),
        "path": path.as_ref().map(|path| path.display().to_string()),
        "config": config,
        "command": launch.program,
        "args": launch.args,
        "env": launch.env,
    });
    invocation.output.show(&shown, || config.trim_end().to_owned())?;
    if let Some(path) = path {
        invocation.output.say(format!("it belongs into {}", path.display()));
    }
    invocation.output.next(format!("oneclaw mcp install {client}, or paste it yourself"));
    Ok(())
}
