//! What the quickstart found, and how it is shown.

use serde::Serialize;

use crate::failure::visible;
use crate::output::{BAD, GOOD, STRONG};

/// The check that shows a secret in use.
pub(super) const USE: &str = "execute_http";

/// One thing that must hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Check {
    name: &'static str,
    ok: bool,
    detail: String,
}

/// How many bytes crossed, and how many forms of the value were among them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub(super) struct Leaks {
    /// Bytes to the server, from it, and on its stderr.
    pub(super) bytes: usize,
    /// Places where a form of the value stands.
    pub(super) found: usize,
}

/// The proof, check by check.
#[derive(Debug, Serialize)]
pub(super) struct Report {
    ok: bool,
    title: String,
    checks: Vec<Check>,
    leaks: Leaks,
}

/// A check failed, and what comes after it makes no sense without it.
#[derive(Debug)]
pub(super) struct Stopped;

impl Report {
    /// Starts a report; it fails until something was checked.
    pub(super) fn new(title: impl Into<String>) -> Self {
        Self { ok: false, title: title.into(), checks: Vec::new(), leaks: Leaks::default() }
    }

    /// Notes how a check went: what was found, or why it failed.
    pub(super) fn check(
        &mut self,
        name: &'static str,
        outcome: Result<String, String>,
    ) -> Result<(), Stopped> {
        let ok = outcome.is_ok();
        let detail = outcome.unwrap_or_else(|why| why);
        self.checks.push(Check { name, ok, detail: visible(&detail) });
        self.ok = self.checks.iter().all(|check| check.ok);
        if ok { Ok(()) } else { Err(Stopped) }
    }

    /// Adds what was counted in one conversation.
    pub(super) const fn count(&mut self, leaks: Leaks) {
        self.leaks.bytes += leaks.bytes;
        self.leaks.found += leaks.found;
    }

    /// Returns the name of the first check that failed; a report without checks has failed.
    pub(super) fn first_failure(&self) -> Option<&'static str> {
        if self.checks.is_empty() {
            return Some("start");
        }
        self.checks.iter().find(|check| !check.ok).map(|check| check.name)
    }

    /// Renders the report for a person.
    pub(super) fn render(&self) -> String {
        let width = self.checks.iter().map(|check| check.name.len()).max().unwrap_or_default();
        let mut lines = vec![format!("{STRONG}{}{STRONG:#}", self.title), String::new()];
        lines.extend(self.checks.iter().map(|Check { name, ok, detail }| {
            let mark = if *ok { format!("{GOOD}✓{GOOD:#}") } else { format!("{BAD}✗{BAD:#}") };
            format!("  {mark} {name:<width$}  {detail}")
        }));
        lines.push(String::new());
        lines.push(if self.first_failure().is_none() {
            let used = self.checks.iter().any(|check| check.name == USE);
            let what = if used {
                "the agent used the secret and never saw it"
            } else {
                "the agent never sees the secret"
            };
            format!("{GOOD}All of it holds:{GOOD:#} {what}.")
        } else {
            format!("{BAD}It does not hold.{BAD:#}")
        });
        lines.join("\n")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_failed_check_fails_the_report() {
        let mut report = Report::new("x");
        assert_eq!(report.first_failure(), Some("start"));
        assert!(report.check("one", Ok("fine".into())).is_ok());
        assert!(report.ok && report.first_failure().is_none());
        assert!(report.check("two", Err("bad".into())).is_err());
        assert!(report.check("three", Ok("fine".into())).is_ok());
        assert_eq!(report.first_failure(), Some("two"));
        assert!(!report.ok);
        assert!(report.render().contains("It does not hold"));
    }

    #[test]
    fn checks_are_aligned() {
        let mut report = Report::new("x");
        let _ = report.check("a", Ok("first".into()));
        let _ = report.check("long", Err("second".into()));
        let lines: Vec<_> =
            report.render().lines().map(|line| anstream::adapter::strip_str(line).to_string()).collect();
        assert_eq!(lines[2], "  ✓ a     first");
        assert_eq!(lines[3], "  ✗ long  second");
    }
}
