//! INV-13 on a corpus of texts written by hand: `testdata/paths.txt` and `testdata/patterns.txt`.

#![expect(clippy::panic, reason = "a test panics to fail, in its helpers too")]

use oneclaw_policy::{CharacterKind, PathError, PathPattern, SecretPath};

#[test]
fn inv_13_paths_are_judged_as_the_corpus_says() {
    judge(include_str!("../testdata/paths.txt"), |text| SecretPath::parse(text).map(String::from));
}

#[test]
fn inv_13_patterns_are_judged_as_the_corpus_says() {
    judge(include_str!("../testdata/patterns.txt"), |text| PathPattern::parse(text).map(String::from));
}

#[test]
fn inv_13_whatever_is_a_path_is_a_pattern_that_matches_it_alone() {
    let texts: Vec<(String, String)> = entries(include_str!("../testdata/paths.txt")).collect();
    let paths: Vec<SecretPath> = texts.iter().filter_map(|(_, text)| text.parse().ok()).collect();
    for path in &paths {
        let pattern = PathPattern::parse(path.as_str()).unwrap();
        assert!(paths.iter().all(|other| pattern.matches(other) == (other == path)), "{path}");
    }
}

#[track_caller]
fn judge(corpus: &str, parse: impl Fn(&str) -> Result<String, PathError>) {
    let mut judged = 0;
    for (verdict, text) in entries(corpus) {
        let parsed = parse(&text);
        if let Err(error) = &parsed {
            assert!(text.len() < 8 || !error.to_string().contains(&text), "{error} repeats {text:?}");
        }
        assert_eq!(said(&parsed), verdict, "{text:?}");
        assert!(parsed.is_err() || parsed == Ok(text.clone()), "{text:?} was normalised");
        judged += 1;
    }
    assert!(judged > 200, "the corpus was read: {judged}");
}

/// The entries of a corpus: verdict and text.
fn entries(corpus: &str) -> impl Iterator<Item = (String, String)> {
    corpus.lines().filter(|line| !line.starts_with('#')).map(|line| {
        let (verdict, text) = line.split_once(" \"").unwrap_or_else(|| panic!("no text: {line}"));
        let text =
            serde_json::from_str(&format!("\"{text}")).unwrap_or_else(|error| panic!("{error}: {line}"));
        (verdict.to_owned(), text)
    })
}

/// A verdict in the words of the corpus.
fn said(parsed: &Result<String, PathError>) -> String {
    match parsed {
        Ok(_) => "ok".to_owned(),
        Err(PathError::Empty) => "empty".to_owned(),
        Err(PathError::TooLong { bytes }) => format!("too-long {bytes}"),
        Err(PathError::EmptySegment { at }) => format!("segment {at}"),
        Err(PathError::Edge { at }) => format!("edge {at}"),
        Err(PathError::PartialWildcard { at }) => format!("wildcard {at}"),
        Err(PathError::Character { kind, at }) => format!("{} {at}", word(*kind)),
        Err(error) => panic!("a new kind of error needs a word: {error}"),
    }
}

fn word(kind: CharacterKind) -> &'static str {
    match kind {
        CharacterKind::Dot => "dot",
        CharacterKind::Percent => "percent",
        CharacterKind::Backslash => "backslash",
        CharacterKind::Glob => "glob",
        CharacterKind::BlankOrControl => "blank",
        CharacterKind::NonAscii => "non-ascii",
        CharacterKind::Punctuation => "punctuation",
        _ => panic!("a new kind of character needs a word"),
    }
}
