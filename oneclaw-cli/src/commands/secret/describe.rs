//! `oneclaw secret describe`.

use clap::Args;
use oneclaw_api::{SecretDescription, SecretPath};

use crate::age;
use crate::argument;
use crate::failure::Failure;
use crate::invocation::Invocation;
use crate::table::Table;

/// Which secret is described.
#[derive(Debug, Args)]
pub(crate) struct SecretDescribeArgs {
    /// The path
    #[arg(value_parser = argument::path)]
    path: SecretPath,
}

/// Tells everything about a secret but its value.
pub(crate) async fn cmd_secret_describe(
    invocation: &Invocation,
    args: SecretDescribeArgs,
) -> Result<(), Failure> {
    let connection = invocation.connect().await?;
    let vault = connection.vault().await?;
    let description = connection.api().describe_secret(vault, &args.path).await?;
    invocation.output.show(&description, || text(&description))
}

fn text(description: &SecretDescription) -> String {
    let SecretDescription { meta, access_count, max_access_count, permissions, bindings } = description;
    let mut table = Table::of_fields();
    let mut field = |name: &str, value: String| table.row([name.to_owned(), value]);
    field("path", meta.path.to_string());
    field("id", meta.id.to_string());
    field("type", meta.kind.clone());
    field("version", meta.version.to_string());
    field("origin", meta.origin.map(|origin| origin.as_str().to_owned()).unwrap_or_default());
    field("made", age::relative(meta.created_at));
    field("expires", age::expiry(meta.expires_at));
    field(
        "reads",
        match max_access_count {
            Some(most) => format!("{access_count} of {most}"),
            None => access_count.to_string(),
        },
    );
    let permissions: Vec<_> = permissions.iter().map(|permission| permission.as_str()).collect();
    field("you may", permissions.join(", "));
    for binding in bindings {
        field("binding", format!("{} {} {}", binding.name, binding.methods.join(","), binding.base_url));
    }
    if let Some(exposed) = meta.exposed_at {
        field("exposed", format!("seen by a model {}; rotate it", age::relative(exposed)));
    }
    table.render()
}
