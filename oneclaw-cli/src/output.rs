//! Where output goes: data on stdout, talk on stderr, colours only where a terminal shows them.

use std::io::{self, IsTerminal, Write};
use std::process::ExitCode;

use anstyle::{AnsiColor, Style};
use serde::Serialize;
use zeroize::Zeroizing;

use crate::failure::{Failure, FailureKind};

/// What worked.
pub(crate) const GOOD: Style = AnsiColor::Green.on_default();
/// What did not.
pub(crate) const BAD: Style = AnsiColor::Red.on_default().bold();
/// What may be passed over.
pub(crate) const DIM: Style = Style::new().dimmed();
/// What to read first.
pub(crate) const STRONG: Style = Style::new().bold();

/// Room for a JSON object that holds a key: it must not grow, since that would leave copies behind.
const JSON_ROOM: usize = 16 * 1024;

/// How this run prints.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Output {
    json: bool,
}

impl Output {
    /// Prints JSON or text.
    pub(crate) const fn new(json: bool) -> Self {
        Self { json }
    }

    /// Tells whether output is JSON.
    pub(crate) const fn is_json(self) -> bool {
        self.json
    }

    /// Prints data: the object with `--json`, else the text, which ends without a line break.
    pub(crate) fn show(self, object: &impl Serialize, text: impl FnOnce() -> String) -> Result<(), Failure> {
        if !self.json {
            let text = text();
            return if text.is_empty() {
                Ok(())
            } else {
                print(anstream::stdout().lock(), text.as_bytes(), b"\n")
            };
        }
        let mut json = Zeroizing::new(Vec::with_capacity(JSON_ROOM));
        let encoded = if io::stdout().is_terminal() {
            serde_json::to_writer_pretty(&mut *json, object)
        } else {
            serde_json::to_writer(&mut *json, object)
        };
        encoded.map_err(|_| Failure::new(FailureKind::Io, "the result can't be shown as JSON"))?;
        self.raw(&json, b"\n")
    }

    /// Prints bytes as they are, and an ending.
    pub(crate) fn raw(self, bytes: &[u8], ending: &[u8]) -> Result<(), Failure> {
        print(io::stdout().lock(), bytes, ending)
    }

    /// Says something to the person; nobody listens with `--json`.
    pub(crate) fn say(self, text: impl AsRef<str>) {
        if !self.json {
            let _ = writeln!(anstream::stderr().lock(), "{}", text.as_ref());
        }
    }

    /// Says what one would do next.
    pub(crate) fn next(self, command: impl AsRef<str>) {
        self.say(format!("{DIM}next: {}{DIM:#}", command.as_ref()));
    }

    /// Says what went wrong, on stderr, and gives the exit code.
    pub(crate) fn fail(self, failure: &Failure) -> ExitCode {
        let exit_code = failure.kind().exit_code();
        if failure.kind() != FailureKind::ClosedOutput {
            let mut stderr = anstream::stderr().lock();
            let _ = if self.json {
                writeln!(stderr, "{}", error_object(failure))
            } else {
                let hint = failure.hint_text().map(|hint| format!("\n{DIM} hint:{DIM:#} {hint}"));
                writeln!(stderr, "{BAD}error:{BAD:#} {}{}", failure.message(), hint.unwrap_or_default())
            };
        }
        ExitCode::from(exit_code)
    }
}

fn error_object(failure: &Failure) -> serde_json::Value {
    let mut error = serde_json::json!({
        "kind": failure.kind().word(),
        "message": failure.message(),
        "exit_code": failure.kind().exit_code(),
    });
    if let (Some(hint), Some(fields)) = (failure.hint_text(), error.as_object_mut()) {
        fields.insert("hint".to_owned(), hint.into());
    }
    serde_json::json!({ "error": error })
}

fn print(mut to: impl Write, bytes: &[u8], ending: &[u8]) -> Result<(), Failure> {
    to.write_all(bytes).and_then(|()| to.write_all(ending)).and_then(|()| to.flush()).map_err(|error| {
        if error.kind() == io::ErrorKind::BrokenPipe {
            Failure::new(FailureKind::ClosedOutput, "the output is closed")
        } else {
            Failure::io("the output can't be written", &error)
        }
    })
}
