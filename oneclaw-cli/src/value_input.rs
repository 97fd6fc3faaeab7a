//! How a value comes in: a hidden prompt, standard input or a file, and never an argument.

use std::ffi::OsString;
use std::fs::File;
use std::io::{IsTerminal, Read};
use std::path::PathBuf;

use clap::Args;
use oneclaw_api::{MAX_VALUE_BYTES, SecretValue};
use zeroize::Zeroizing;

use crate::failure::{Failure, FailureKind};
use crate::invocation::Invocation;
use crate::prompt;

/// Where the value comes from.
#[derive(Debug, Args)]
pub(crate) struct ValueArgs {
    /// Read the value from a file, every byte of it
    #[arg(long, value_name = "FILE")]
    pub(crate) file: Option<PathBuf>,
    /// Keep the final line break of standard input; one is dropped otherwise
    #[arg(long)]
    pub(crate) exact: bool,
}

/// Takes what was typed after the last argument, so that it can be refused without being repeated.
#[derive(Debug, Args)]
pub(crate) struct Stray {
    #[arg(hide = true)]
    stray: Vec<OsString>,
}

impl Stray {
    /// Refuses a value in the command line.
    pub(crate) fn refuse(&self) -> Result<(), Failure> {
        if self.stray.is_empty() {
            return Ok(());
        }
        Err(Failure::usage(
            "a value is never taken from the command line, where every process and the shell's history can see it",
        )
        .hint("pipe it in (printf %s \"$V\" | oneclaw secret put PATH), use --file FILE, or type it when asked; if this was a real value, change it"))
    }
}

/// Reads a value: of the file if one is named, else of a hidden prompt on a terminal, else of standard input.
pub(crate) fn read(
    invocation: &Invocation,
    args: &ValueArgs,
    question: &str,
) -> Result<SecretValue, Failure> {
    if let Some(path) = &args.file {
        // The name of the file is not repeated: with the arguments mixed up it is the value.
        let file = File::open(path).map_err(|error| {
            Failure::io("the file of --file can't be read", &error).hint("check its name and its permissions")
        })?;
        let bytes = read_limited(file, "the file")?;
        if bytes.ends_with(b"\n") {
            invocation.output.say("note: the file's final line break is part of the value");
        }
        return finish(bytes);
    }
    let stdin = std::io::stdin();
    if !stdin.is_terminal() {
        let mut bytes = read_limited(stdin.lock(), "standard input")?;
        if !args.exact && bytes.ends_with(b"\n") {
            bytes.pop();
        }
        return finish(bytes);
    }
    if invocation.global.non_interactive {
        return Err(Failure::usage(
            "there is no value: standard input is a terminal and --non-interactive is given",
        )
        .hint("pipe the value in, or use --file FILE"));
    }
    finish(prompt::hidden(question)?)
}

fn finish(bytes: Zeroizing<Vec<u8>>) -> Result<SecretValue, Failure> {
    if bytes.is_empty() {
        return Err(Failure::usage("the value is empty").hint(
            "pipe it in (printf %s \"$V\" | oneclaw secret put PATH), use --file FILE, or type it when asked",
        ));
    }
    if bytes.len() > MAX_VALUE_BYTES {
        return Err(too_large());
    }
    Ok(SecretValue::new(bytes))
}

/// Reads into memory that never grows, and not past the limit: one byte more may be the final line break.
fn read_limited(from: impl Read, what: &str) -> Result<Zeroizing<Vec<u8>>, Failure> {
    const LIMIT: usize = MAX_VALUE_BYTES + 1;
    let mut bytes = Zeroizing::new(Vec::with_capacity(LIMIT + 1));
    let mut from = from.take(LIMIT as u64 + 1);
    from.read_to_end(&mut bytes).map_err(|error| {
        Failure::io(&format!("{what} can't be read"), &error).hint("nothing was stored; try again")
    })?;
    if bytes.len() > LIMIT { Err(too_large()) } else { Ok(bytes) }
}

fn too_large() -> Failure {
    Failure::new(
        FailureKind::Problem(oneclaw_api::ProblemKind::TooLarge),
        "the value is over 1 MiB (1048576 bytes)",
    )
    .hint("nothing was stored; keep large files elsewhere, and the key that encrypts them here")
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret;

    use super::*;

    fn stdin(bytes: &[u8]) -> Result<SecretValue, Failure> {
        finish(read_limited(bytes, "standard input")?)
    }

    #[test]
    fn a_value_of_exactly_the_limit_is_taken_and_one_byte_more_is_not() {
        assert_eq!(stdin(&vec![b'x'; MAX_VALUE_BYTES]).unwrap().len(), MAX_VALUE_BYTES);
        for more in [1, 2, 1000] {
            let failure = stdin(&vec![b'x'; MAX_VALUE_BYTES + more]).unwrap_err();
            assert_eq!(failure.kind().exit_code(), 2, "{more}");
        }
    }

    #[test]
    fn reading_stops_at_the_limit() {
        struct Endless(usize);
        impl Read for Endless {
            fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
                self.0 += buffer.len();
                buffer.fill(b'x');
                Ok(buffer.len())
            }
        }
        let mut endless = Endless(0);
        assert!(read_limited(&mut endless, "standard input").is_err());
        assert!(endless.0 <= MAX_VALUE_BYTES + 2, "{} bytes were read", endless.0);
    }

    #[test]
    fn memory_does_not_grow_while_a_value_is_read() {
        let bytes = read_limited(&b"abc"[..], "standard input").unwrap();
        assert_eq!(bytes.capacity(), MAX_VALUE_BYTES + 2);
        assert_eq!(finish(bytes).unwrap().expose_secret(), b"abc");
    }

    #[test]
    fn an_empty_value_is_refused() {
        assert_eq!(stdin(b"").unwrap_err().kind(), FailureKind::Usage);
    }
}
