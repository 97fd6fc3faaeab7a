//! What is said about a command line that can't be understood. The parser's own messages repeat the argument, which may
//! be a value that was typed by mistake; these name options and commands of ours and nothing else.

use std::process::ExitCode;

use clap::error::{ContextKind, ContextValue, ErrorKind};

use crate::failure::Failure;
use crate::output::Output;

/// Prints help or a usage error, and gives the exit code.
pub(crate) fn report(error: &clap::Error) -> ExitCode {
    match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => {
            // A closed stdout is no reason to fail over a help text.
            let _ = error.print();
            ExitCode::SUCCESS
        }
        ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            let _ = error.print();
            ExitCode::from(crate::failure::FailureKind::Usage.exit_code())
        }
        _ => Output::new(wants_json()).fail(&failure(error)),
    }
}

/// The command line could not be parsed, so the option is looked for by hand.
fn wants_json() -> bool {
    std::env::args_os().take_while(|arg| arg != "--").any(|arg| arg == "--json")
}

fn failure(error: &clap::Error) -> Failure {
    let names = |kind| context(error, kind);
    let argument = names(ContextKind::InvalidArg);
    let message = match error.kind() {
        ErrorKind::UnknownArgument => match option_name(&argument) {
            Some(name) => format!("there is no option `{name}` here"),
            None => {
                "there is an argument too many; it is not repeated here, since it might be a value".to_owned()
            }
        },
        ErrorKind::InvalidSubcommand => "there is no such command".to_owned(),
        ErrorKind::MissingSubcommand => "a command is missing".to_owned(),
        ErrorKind::MissingRequiredArgument => format!("{argument} is missing"),
        ErrorKind::ArgumentConflict => {
            let prior = names(ContextKind::PriorArg);
            if prior.is_empty() || prior == argument {
                format!("{argument} can be given only once")
            } else {
                format!("{argument} can't be combined with {prior}")
            }
        }
        ErrorKind::InvalidValue => {
            let valid = names(ContextKind::ValidValue);
            if valid.is_empty() {
                format!("{argument} wants a value")
            } else {
                format!("{argument} must be one of {valid}")
            }
        }
        ErrorKind::ValueValidation => match std::error::Error::source(error) {
            Some(source) => format!("{argument}: {source}"),
            None => format!("{argument} is not of the form it must have"),
        },
        ErrorKind::InvalidUtf8 => "an argument is not UTF-8 text".to_owned(),
        _ => format!("{argument} does not have the number of values it must have"),
    };
    let suggestion = [ContextKind::SuggestedArg, ContextKind::SuggestedSubcommand]
        .into_iter()
        .map(names)
        .find(|name| !name.is_empty());
    let hint = match suggestion {
        Some(name) => format!("did you mean {name}?"),
        None => match usage(error) {
            Some(usage) => format!("{usage} (--help says more)"),
            None => "`oneclaw --help` lists the commands".to_owned(),
        },
    };
    Failure::usage(message).hint(hint)
}

fn context(error: &clap::Error, kind: ContextKind) -> String {
    match error.get(kind) {
        Some(ContextValue::String(text)) => text.clone(),
        Some(ContextValue::Strings(texts)) => texts.join(", "),
        _ => String::new(),
    }
}

/// Returns what was typed when it looks like the name of an option and like nothing else.
fn option_name(typed: &str) -> Option<&str> {
    let typed = typed.split('=').next()?;
    let name = typed.strip_prefix("--")?;
    let is_name = (1..=20).contains(&name.len()) && name.bytes().all(|b| b.is_ascii_lowercase() || b == b'-');
    is_name.then_some(typed)
}

fn usage(error: &clap::Error) -> Option<String> {
    match error.get(ContextKind::Usage) {
        Some(ContextValue::StyledStr(usage)) => {
            let usage = usage.to_string();
            let line = usage.lines().next()?.trim();
            Some(line.strip_prefix("Usage:").unwrap_or(line).trim().to_owned())
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;
    use crate::cli::Cli;

    /// Stands for a value that was typed where none belongs.
    const CANARY: &str = "hunter2-CANARY";

    fn parse(args: &[&str]) -> Failure {
        match Cli::try_parse_from([&["oneclaw"], args].concat()) {
            Ok(_) => panic!("{args:?} is understood"),
            Err(error) => failure(&error),
        }
    }

    #[test]
    fn no_message_repeats_what_was_typed() {
        for args in [
            &["secret", "get", "a/b", CANARY][..],
            &["secret", "put", "a/b", "--value", CANARY],
            &["secret", "put", "a/b", "--value=hunter2-CANARY"],
            &["secret", "put", "a/b", "--hunter2-CANARY"],
            &["secret", "put", "a/b", "-phunter2-CANARY"],
            &["secret", "put", "hunter2.CANARY!"],
            &["secret", "rotate", "a/b", "--charset", CANARY],
            &["secret", "rotate", "a/b", "--length", CANARY],
            &["secret", "rollback", "a/b", "--to", CANARY],
            &["secret", "put", "a/b", "--expires", CANARY],
            &["secret", CANARY],
            &[CANARY],
            &["policy", "add", "--agent", "x", "--permission", CANARY, "--path", "a"],
            &["policy", "add", "--agent", "x", "--permission", "use", "--path", "hunter2.CANARY!"],
            &["policy", "remove", CANARY],
            &["key", "revoke", CANARY],
            &[
                "binding",
                "add",
                "s",
                "--agent",
                "x",
                "--secret",
                "a",
                "--url",
                "https://a",
                "--header",
                CANARY,
            ],
        ] {
            let failure = parse(args);
            let said = format!("{} {:?}", failure.message(), failure.hint_text());
            assert!(!said.contains("CANARY") && !said.contains("hunter2"), "{args:?}: {said}");
            assert!(failure.hint_text().is_some(), "{args:?} says nothing about what to do");
        }
    }

    #[test]
    fn a_wrong_option_is_named_and_the_right_one_suggested() {
        let failure = parse(&["secret", "put", "a/b", "--fil", "x"]);
        assert_eq!(failure.message(), "there is no option `--fil` here");
        assert_eq!(failure.hint_text().as_deref(), Some("did you mean --file?"));
    }

    #[test]
    fn a_missing_argument_is_named() {
        assert_eq!(parse(&["secret", "get"]).message(), "<PATH> is missing");
    }
}
