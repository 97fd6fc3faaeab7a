//! Why a command did not do what it was asked, and the exit code that says so.

use std::fmt::Write as _;

use oneclaw_api::{Problem, ProblemKind};
use oneclaw_vault::VaultError;

/// What sort of failure it is: one word for scripts, one exit code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FailureKind {
    /// The command line or the input is wrong.
    Usage,
    /// The operating system refused something.
    Io,
    /// The command did its work, and what it looked at is not in order.
    Findings,
    /// Policy or the guard rail says no.
    Denied,
    /// Whoever reads the output has closed it; there is nobody to tell.
    ClosedOutput,
    /// The vault said no.
    Problem(ProblemKind),
}

impl FailureKind {
    /// Returns the word that `--json` shows.
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Usage => "usage",
            Self::Io => "io",
            Self::Findings => "findings",
            Self::Denied => "denied",
            Self::ClosedOutput => "closed_output",
            Self::Problem(kind) => match kind {
                ProblemKind::BadRequest => "bad_request",
                ProblemKind::Unauthorized => "unauthorized",
                ProblemKind::Forbidden => "forbidden",
                ProblemKind::LimitExceeded => "limit_exceeded",
                ProblemKind::ApprovalRequired => "approval_required",
                ProblemKind::NotFound => "not_found",
                ProblemKind::Conflict => "conflict",
                ProblemKind::Gone => "gone",
                ProblemKind::TooLarge => "too_large",
                ProblemKind::TooManyRequests => "too_many_requests",
                ProblemKind::Internal => "internal",
                ProblemKind::Unavailable => "unavailable",
                ProblemKind::Unreachable => "unreachable",
                ProblemKind::Locked => "locked",
            },
        }
    }

    /// Returns the exit code.
    pub(crate) const fn exit_code(self) -> u8 {
        match self {
            Self::Io | Self::Findings | Self::ClosedOutput => 1,
            Self::Usage => 2,
            Self::Denied => 4,
            Self::Problem(kind) => match kind {
                ProblemKind::Conflict | ProblemKind::TooManyRequests | ProblemKind::Internal => 1,
                ProblemKind::BadRequest | ProblemKind::TooLarge => 2,
                ProblemKind::NotFound | ProblemKind::Gone => 3,
                ProblemKind::Unauthorized | ProblemKind::Forbidden | ProblemKind::LimitExceeded => 4,
                ProblemKind::ApprovalRequired => 5,
                ProblemKind::Locked => 6,
                ProblemKind::Unavailable | ProblemKind::Unreachable => 7,
            },
        }
    }
}

/// A failure: what is wrong, and what to do about it. Neither holds anything that might be a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Failure {
    kind: FailureKind,
    message: String,
    hint: Option<String>,
}

impl Failure {
    /// Makes a failure from what is wrong.
    pub(crate) fn new(kind: FailureKind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into(), hint: None }
    }

    /// Takes the first clause of a text as what is wrong, and the rest as what to do.
    pub(crate) fn of_text(kind: FailureKind, text: &str) -> Self {
        match text.split_once("; ") {
            Some((message, hint)) => Self::new(kind, message).hint(hint),
            None => Self::new(kind, text),
        }
    }

    /// Reports a wrong command line or input.
    pub(crate) fn usage(message: impl Into<String>) -> Self {
        Self::new(FailureKind::Usage, message)
    }

    /// Reports something that is not there.
    pub(crate) fn not_found(message: impl Into<String>) -> Self {
        Self::new(FailureKind::Problem(ProblemKind::NotFound), message)
    }

    /// Reports what the operating system refused.
    pub(crate) fn io(what: &str, error: &std::io::Error) -> Self {
        Self::new(FailureKind::Io, format!("{what}: {error}"))
    }

    /// Says what to do, in place of what was said before.
    #[must_use]
    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// Says what to do where nothing was said yet.
    #[must_use]
    pub(crate) fn or_hint(self, hint: impl Into<String>) -> Self {
        if self.hint.is_some() { self } else { self.hint(hint) }
    }

    /// Returns what sort of failure it is.
    pub(crate) const fn kind(&self) -> FailureKind {
        self.kind
    }

    /// Returns what is wrong, on one line and without control characters.
    pub(crate) fn message(&self) -> String {
        visible(&self.message)
    }

    /// Returns what to do, on one line and without control characters.
    pub(crate) fn hint_text(&self) -> Option<String> {
        self.hint.as_deref().map(visible)
    }
}

impl From<Problem> for Failure {
    fn from(problem: Problem) -> Self {
        let mut failure = Self::of_text(FailureKind::Problem(problem.kind()), problem.detail());
        if let Some(seconds) = problem.retry_after() {
            let _ = write!(failure.message, " (try again in {seconds} s)");
        }
        failure.or_hint(general_hint(problem.kind()))
    }
}

/// Says what one can do about a problem that doesn't say it itself.
const fn general_hint(kind: ProblemKind) -> &'static str {
    match kind {
        ProblemKind::BadRequest | ProblemKind::TooLarge => {
            "nothing was changed; correct it and try again (--help shows what the command takes)"
        }
        ProblemKind::Unauthorized => {
            "check ONECLAW_API_KEY or ONECLAW_AGENT_API_KEY; `oneclaw key add` and `oneclaw agent rotate-key` make new keys"
        }
        ProblemKind::Forbidden => {
            "`oneclaw policy explain --agent NAME --permission P --path PATH` shows which rules decide"
        }
        ProblemKind::LimitExceeded => "remove what is no longer needed",
        ProblemKind::ApprovalRequired => "ask its owner to approve it",
        ProblemKind::NotFound => "`oneclaw secret list`, `agent list` and `vault list` show what there is",
        ProblemKind::Gone => "`oneclaw secret versions PATH` shows what was there",
        ProblemKind::Conflict => "look at how it is now, and try again",
        ProblemKind::TooManyRequests => "wait, and try again",
        ProblemKind::Internal => "`oneclaw doctor` looks for what is wrong",
        ProblemKind::Unavailable => "nothing has changed; try again",
        ProblemKind::Unreachable => "check ONECLAW_BASE_URL, and that `oneclaw serve` runs there",
        ProblemKind::Locked => "unlock the vault, and try again",
    }
}

impl From<VaultError> for Failure {
    fn from(error: VaultError) -> Self {
        Problem::from(error).into()
    }
}

/// Replaces what could move the cursor or start a new line: texts may come from another machine.
pub(crate) fn visible(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_problem_has_the_documented_exit_code() {
        for (kind, code) in [
            (ProblemKind::BadRequest, 2),
            (ProblemKind::TooLarge, 2),
            (ProblemKind::NotFound, 3),
            (ProblemKind::Gone, 3),
            (ProblemKind::Unauthorized, 4),
            (ProblemKind::Forbidden, 4),
            (ProblemKind::LimitExceeded, 4),
            (ProblemKind::ApprovalRequired, 5),
            (ProblemKind::Locked, 6),
            (ProblemKind::Unreachable, 7),
            (ProblemKind::Unavailable, 7),
            (ProblemKind::Conflict, 1),
            (ProblemKind::TooManyRequests, 1),
            (ProblemKind::Internal, 1),
        ] {
            assert_eq!(Failure::from(Problem::new(kind, "x")).kind().exit_code(), code, "{kind:?}");
        }
    }

    #[test]
    fn a_detail_is_split_into_what_is_wrong_and_what_to_do() {
        let failure = Failure::from(Problem::not_found("there is no vault yet; run `oneclaw init`"));
        assert_eq!(failure.message(), "there is no vault yet");
        assert_eq!(failure.hint_text().as_deref(), Some("run `oneclaw init`"));
    }

    #[test]
    fn a_foreign_message_can_not_write_to_the_terminal() {
        assert_eq!(Failure::usage("a\u{1b}[2J\nb").message(), "a\u{fffd}[2J\u{fffd}b");
    }
}
