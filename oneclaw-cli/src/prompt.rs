//! Questions to the person at the terminal.

use std::fs::{File, OpenOptions};
use std::io::{BufRead, BufReader, IsTerminal, Write};

use zeroize::Zeroizing;

use crate::failure::Failure;
use crate::output::{DIM, STRONG};

/// The longest answer that is read.
const MAX_ANSWER_BYTES: u64 = 4096;

/// Tells whether there is somebody to ask: input and talk are both on a terminal.
pub(crate) fn is_possible() -> bool {
    std::io::stdin().is_terminal() && std::io::stderr().is_terminal()
}

/// Asks for a line; an empty one means `default`.
pub(crate) fn line(question: &str, default: &str) -> Result<String, Failure> {
    let shown = if default.is_empty() { String::new() } else { format!(" {DIM}[{default}]{DIM:#}") };
    ask(&format!("{STRONG}{question}{STRONG:#}{shown}: "))?;
    let answer = answer(std::io::stdin().lock())?;
    Ok(if answer.is_empty() { default.to_owned() } else { answer })
}

/// Asks for one of the choices and returns its index; an empty line means the first.
pub(crate) fn choice(question: &str, choices: &[&str]) -> Result<usize, Failure> {
    for (number, choice) in (1..).zip(choices) {
        ask(&format!("  {number}  {choice}\n"))?;
    }
    loop {
        let answer = line(question, "1")?;
        let number = answer.parse::<usize>().ok().filter(|number| (1..=choices.len()).contains(number));
        if let Some(number) = number {
            return Ok(number - 1);
        }
        ask(&format!("  a number from 1 to {}, please\n", choices.len()))?;
    }
}

/// Asks yes or no; an empty line means `default`.
pub(crate) fn confirm(question: &str, default: bool) -> Result<bool, Failure> {
    loop {
        match line(question, if default { "Y/n" } else { "y/N" })?.to_ascii_lowercase().as_str() {
            "y" | "yes" => return Ok(true),
            "n" | "no" => return Ok(false),
            "y/n" => return Ok(default),
            _ => ask("  y or n, please\n")?,
        }
    }
}

/// Asks for a value without showing it.
pub(crate) fn hidden(question: &str) -> Result<Zeroizing<Vec<u8>>, Failure> {
    let text = Zeroizing::new(
        rpassword::prompt_password(format!("{question} (hidden): "))
            .map_err(|error| Failure::io("the terminal can't be read", &error))?,
    );
    let mut bytes = Zeroizing::new(Vec::with_capacity(text.len()));
    bytes.extend_from_slice(text.as_bytes());
    Ok(bytes)
}

/// Asks on the controlling terminal itself, whatever stdin and stderr are; nothing where there is no terminal.
pub(crate) fn on_terminal(question: &str) -> Option<String> {
    let mut terminal: File = OpenOptions::new().read(true).write(true).open("/dev/tty").ok()?;
    terminal.write_all(question.as_bytes()).ok()?;
    answer(BufReader::new(terminal)).ok()
}

fn ask(text: &str) -> Result<(), Failure> {
    let mut stderr = anstream::stderr().lock();
    write!(stderr, "{text}")
        .and_then(|()| stderr.flush())
        .map_err(|error| Failure::io("the terminal can't be written", &error))
}

fn answer(from: impl BufRead) -> Result<String, Failure> {
    let mut answer = String::new();
    let read = from
        .take(MAX_ANSWER_BYTES)
        .read_line(&mut answer)
        .map_err(|error| Failure::io("the terminal can't be read", &error))?;
    if read == 0 {
        return Err(Failure::usage("the input ended where an answer was expected")
            .hint("answer at the terminal, or give everything as options and add --non-interactive"));
    }
    Ok(answer.trim().to_owned())
}
