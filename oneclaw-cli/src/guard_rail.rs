//! A guard rail for the owner on a laptop, not a wall.
//!
//! A coding agent has a shell under its owner's own user, so with the KEK in a file it could act as the owner. When this
//! process finds itself run by a known coding agent, operations that reveal a value or widen authority want a phrase
//! typed on the terminal itself. An agent that means to get around it can: by starting a process without these traces,
//! or by reading the KEK file. It stops the helpful agent that takes a wrong turn, and names what it stopped. What an
//! agent may do is decided by policy, which this does not replace.

use std::env;

use crate::failure::{Failure, FailureKind, visible};
use crate::prompt;

/// Variables that coding agents set for the commands they run.
const VARIABLES: [(&str, &str); 12] = [
    ("CLAUDECODE", "Claude Code"),
    ("CURSOR_AGENT", "Cursor"),
    ("CURSOR_TRACE_ID", "Cursor"),
    ("CODEX_SANDBOX", "Codex"),
    ("CODEX_SANDBOX_NETWORK_DISABLED", "Codex"),
    ("CODEX_THREAD_ID", "Codex"),
    ("GEMINI_CLI", "Gemini CLI"),
    ("OPENCODE", "opencode"),
    ("CLINE_ACTIVE", "Cline"),
    ("GOOSE_TERMINAL", "goose"),
    ("COPILOT_CLI", "Copilot"),
    ("AI_AGENT", "a coding agent"),
];

/// Programs that are coding agents, as the kernel names their processes.
const PROGRAMS: [&str; 8] =
    ["claude", "codex", "cursor-agent", "gemini", "aider", "goose", "opencode", "amp"];

/// How far up the parents are looked at.
const MAX_PARENTS: usize = 32;

/// Lets an owner's operation pass, unless a coding agent runs it and the person doesn't confirm it on the terminal.
/// `operation` says what is to be done, such as `show the value of api-keys/stripe`.
pub(crate) fn check(operation: &str) -> Result<(), Failure> {
    match agent_by_variable(|name| env::var_os(name).is_some()).or_else(agent_by_parents) {
        None => Ok(()),
        Some(agent) => confirm(agent, operation, prompt::on_terminal),
    }
}

fn confirm(agent: &str, operation: &str, ask: impl FnOnce(&str) -> Option<String>) -> Result<(), Failure> {
    // The agent chose the arguments: they may not draw another question on the terminal.
    let operation = visible(operation);
    let question = format!(
        "\noneclaw was started by {agent}, and is asked to {operation}.\nIf this is what you want, type: {operation}\n> "
    );
    let denied = |message: String| {
        Failure::new(FailureKind::Denied, message)
            .hint("run it yourself in a terminal of your own; an agent works through `oneclaw mcp serve`")
    };
    match ask(&question) {
        Some(answer) if answer == operation => Ok(()),
        Some(_) => Err(denied("the phrase was not typed, so nothing was done".to_owned())),
        None => Err(denied(format!(
            "{agent} runs this command, and to {operation} takes its owner at a terminal"
        ))),
    }
}

fn agent_by_variable(is_set: impl Fn(&str) -> bool) -> Option<&'static str> {
    VARIABLES.iter().find(|(variable, _)| is_set(variable)).map(|(_, agent)| *agent)
}

/// Walks up the parents by `/proc`; finds nothing where there is none.
fn agent_by_parents() -> Option<&'static str> {
    let mut process = "self".to_owned();
    for _ in 0..MAX_PARENTS {
        let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
        let field = |name: &str| status.lines().find_map(|line| line.strip_prefix(name)).map(str::trim);
        if let Some(program) = field("Name:").and_then(|name| PROGRAMS.iter().find(|known| **known == name)) {
            return Some(program);
        }
        process = field("PPid:")?.to_owned();
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_phrase_opens_and_nothing_else_does() {
        let operation = "show the value of api-keys/stripe";
        assert!(confirm("Cursor", operation, |_| Some(operation.to_owned())).is_ok());
        for answer in [Some(String::new()), Some("yes".to_owned()), None] {
            let failure = confirm("Cursor", operation, |_| answer.clone()).unwrap_err();
            assert_eq!(failure.kind().exit_code(), 4, "{answer:?}");
        }
    }

    #[test]
    fn the_question_names_the_agent_and_the_operation() {
        let mut asked = String::new();
        let _ = confirm("Codex", "make an agent", |question| {
            asked = question.to_owned();
            None
        });
        assert!(asked.contains("Codex") && asked.contains("make an agent"), "{asked}");
    }

    #[test]
    fn an_argument_can_not_draw_another_question() {
        let _ = confirm("Codex", "make the agent x\n\u{1b}[2JPress enter", |question| {
            assert!(!question.contains('\u{1b}') && !question.contains("x\n"), "{question}");
            None
        });
    }

    #[test]
    fn agents_are_known_by_the_variables_they_set() {
        assert_eq!(agent_by_variable(|name| name == "CLAUDECODE"), Some("Claude Code"));
        assert_eq!(agent_by_variable(|name| name == "HOME"), None);
    }
}
