//! `oneclaw secret rotate`.

use clap::Args;
use clap::builder::PossibleValue;
use clap::{ValueEnum, value_parser};
use oneclaw_api::{Charset, NewSecret, Rotation, SecretPath};

use crate::argument;
use crate::failure::Failure;
use crate::invocation::Invocation;
use crate::value_input::{self, Stray, ValueArgs};

/// How a value is replaced.
#[derive(Debug, Args)]
pub(crate) struct SecretRotateArgs {
    /// The path
    #[arg(value_parser = argument::path)]
    path: SecretPath,
    #[command(flatten)]
    stray: Stray,
    /// Characters of the generated value, 8 to 1024 [default: 32]
    #[arg(long, value_name = "N", value_parser = value_parser!(u32).range(8..=1024))]
    length: Option<u32>,
    /// Which characters it has [default: hex]
    #[arg(long)]
    charset: Option<CharsetArg>,
    /// Store a new value that is piped in or typed, in place of a generated one
    #[arg(long, conflicts_with_all = ["length", "charset"])]
    from_stdin: bool,
    #[command(flatten)]
    value: ValueArgs,
}

#[derive(Debug, Clone, Copy)]
struct CharsetArg(Charset);

impl ValueEnum for CharsetArg {
    fn value_variants<'a>() -> &'a [Self] {
        &[Self(Charset::Hex), Self(Charset::Base64), Self(Charset::Alphanumeric), Self(Charset::Ascii)]
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(PossibleValue::new(match self.0 {
            Charset::Hex => "hex",
            Charset::Base64 => "base64",
            Charset::Alphanumeric => "alphanumeric",
            Charset::Ascii => "ascii",
        }))
    }
}

/// Replaces a value, as a new version: with a generated one that stays in the vault, or with a given one.
pub(crate) async fn cmd_secret_rotate(
    invocation: &Invocation,
    args: SecretRotateArgs,
) -> Result<(), Failure> {
    let SecretRotateArgs { path, stray, length, charset, from_stdin, value } = args;
    stray.refuse()?;
    if value.exact && !from_stdin {
        return Err(Failure::usage("--exact speaks of standard input, which is not read here")
            .hint("add --from-stdin, or leave --exact out"));
    }
    if value.file.is_some() && (length.is_some() || charset.is_some()) {
        return Err(Failure::usage("--file gives the value, so there is no length or charset to generate")
            .hint("leave out --file, or --length and --charset"));
    }
    let given = from_stdin || value.file.is_some();
    let meta = if given {
        let value = value_input::read(invocation, &value, &format!("New value of {path}"))?;
        let connection = invocation.connect().await?;
        let vault = connection.vault().await?;
        // Rotating what is not there would make a secret by a typing error.
        let current = connection.api().describe_secret(vault, &path).await?.meta.version;
        let new = NewSecret { if_match: Some(current), ..NewSecret::new(value) };
        connection.api().put_secret(vault, &path, new).await?
    } else {
        let connection = invocation.connect().await?;
        let vault = connection.vault().await?;
        let rotation = Rotation { length, charset: charset.map(|charset| charset.0), kind: None };
        connection.api().rotate_secret(vault, &path, rotation).await?
    };
    invocation.output.show(&meta, || format!("{path} version {}", meta.version))?;
    invocation.output.say(if given {
        "stored the new value"
    } else {
        "generated in the vault; nobody has seen it"
    });
    Ok(())
}
