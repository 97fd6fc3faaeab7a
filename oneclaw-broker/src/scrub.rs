//! Removes every encoded form of values from what came back.

mod variants;
mod view;

use std::fmt;
use std::ops::Range;

use aho_corasick::AhoCorasick;
use oneclaw_api::SecretValue;
use secrecy::ExposeSecret;

use crate::BrokerError;
use view::View;

/// What stands for a removed form: the same whichever value and form it was (INV-8).
pub const REPLACEMENT: &str = "[REDACTED]";

/// Finds and removes every encoded form of a set of values.
///
/// One automaton holds the forms that are written out: raw, reversed, base64 and base64url at three alignments, hex,
/// percent (minimal and every byte), JSON-escaped, HTML entities, UTF-16 in both byte orders. Letters match in either
/// case. Texts that decode to such a form in part or in whole are found by decoding: backslash escapes, percent,
/// entities, NUL bytes and white space in between, two of them on top of each other included.
///
/// The automaton holds the values in memory that is not wiped when it is dropped.
///
/// ```
/// use oneclaw_api::SecretValue;
/// use oneclaw_broker::Scrubber;
///
/// let scrubber = Scrubber::new([&SecretValue::from_bytes(b"correct horse")])?;
/// let scrubbed = scrubber.scrub(b"echo: Y29ycmVjdCBob3JzZQ==");
/// assert_eq!(scrubbed.bytes, b"echo: [REDACTED]==");
/// assert_eq!(scrubber.count(&scrubbed.bytes), 0);
/// # Ok::<(), oneclaw_broker::BrokerError>(())
/// ```
pub struct Scrubber {
    automaton: AhoCorasick,
    /// For each pattern whether it is base64 that shares its first or last character with what is around it.
    patterns: Vec<variants::Shared>,
}

/// A scrubbed text and how many forms were removed from it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scrubbed {
    /// What is left.
    pub bytes: Vec<u8>,
    /// How many forms were removed.
    pub redactions: u32,
}

impl Scrubber {
    /// Makes a scrubber for some values; an empty value is passed over.
    ///
    /// # Errors
    ///
    /// Fails when the values are together too long for one automaton.
    pub fn new<'a>(values: impl IntoIterator<Item = &'a SecretValue>) -> Result<Self, BrokerError> {
        let mut variants = Vec::new();
        for value in values {
            variants::push_all(value.expose_secret(), &mut variants);
        }
        let automaton = AhoCorasick::builder()
            .ascii_case_insensitive(true)
            .build(variants.iter().map(|variant| &variant.text))
            .map_err(|_| BrokerError::ScrubTooLarge)?;
        Ok(Self { automaton, patterns: variants.iter().map(|variant| variant.shared).collect() })
    }

    /// Removes every form.
    #[must_use]
    pub fn scrub(&self, bytes: &[u8]) -> Scrubbed {
        let ranges = self.find(bytes);
        let mut scrubbed = Vec::with_capacity(bytes.len());
        let mut from = 0;
        for range in &ranges {
            scrubbed.extend_from_slice(bytes.get(from..range.start).unwrap_or_default());
            scrubbed.extend_from_slice(REPLACEMENT.as_bytes());
            from = range.end;
        }
        scrubbed.extend_from_slice(bytes.get(from..).unwrap_or_default());
        Scrubbed { bytes: scrubbed, redactions: u32::try_from(ranges.len()).unwrap_or(u32::MAX) }
    }

    /// Counts the places where a form stands; places that overlap count once.
    #[must_use]
    pub fn count(&self, bytes: &[u8]) -> usize {
        self.find(bytes).len()
    }

    /// Finds the places of all forms, in order, none overlapping another.
    fn find(&self, bytes: &[u8]) -> Vec<Range<usize>> {
        if self.patterns.is_empty() {
            return Vec::new();
        }
        let mut found = Vec::new();
        view::each(bytes, |view| self.find_in(view, &mut found));
        found.sort_unstable_by_key(|range: &Range<usize>| range.start);
        let mut merged: Vec<Range<usize>> = Vec::with_capacity(found.len());
        for range in found {
            match merged.last_mut() {
                Some(last) if range.start < last.end => last.end = last.end.max(range.end),
                _ => merged.push(range),
            }
        }
        merged
    }

    fn find_in(&self, view: &View<'_>, found: &mut Vec<Range<usize>>) {
        for hit in self.automaton.find_overlapping_iter(view.bytes()) {
            let shared = self.patterns.get(hit.pattern().as_usize()).copied().unwrap_or_default();
            let (start, end) = shared.widen(view.bytes(), hit.start(), hit.end());
            found.push(view.source(start, end));
        }
    }
}

impl fmt::Debug for Scrubber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Scrubber({} forms)", self.patterns.len())
    }
}
