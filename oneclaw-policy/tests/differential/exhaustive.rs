//! Everything there is in a small scope.

use oneclaw_policy::{PathPattern, SecretPath};

use crate::reference;

/// All texts of one to `longest` of the parts, joined.
fn all(parts: &[&str], joint: &str, longest: usize) -> Vec<String> {
    let mut all: Vec<String> = parts.iter().map(ToString::to_string).collect();
    let mut from = 0;
    for _ in 1..longest {
        let until = all.len();
        for n in from..until {
            let longer: Vec<String> = parts.iter().map(|part| [&all[n], joint, part].concat()).collect();
            all.extend(longer);
        }
        from = until;
    }
    all
}

#[test]
fn inv_12_every_small_pattern_matches_every_small_path_as_the_model_does() {
    let patterns = all(&["a", "b", "*", "**"], "/", 4);
    let paths = all(&["a", "b"], "/", 4);
    assert_eq!((patterns.len(), paths.len()), (4 + 16 + 64 + 256, 2 + 4 + 8 + 16));
    for pattern in &patterns {
        let parsed = PathPattern::parse(pattern.as_str()).unwrap();
        for path in &paths {
            let matches = parsed.matches(&SecretPath::parse(path.as_str()).unwrap());
            assert_eq!(matches, reference::glob(pattern, path), "{pattern} on {path}");
        }
    }
}

#[test]
fn inv_13_every_short_hostile_text_is_judged_as_the_model_does() {
    let texts = all(&["a", "/", "_", ".", "%", "*", "\0", "\n", "é"], "", 6);
    assert_eq!(texts.len(), (1..=6).map(|n| 9usize.pow(n)).sum());
    let (mut paths, mut patterns) = (0, 0);
    for text in texts {
        match SecretPath::parse(text.as_str()) {
            Ok(path) => {
                assert!(reference::is_path(&text), "{text:?}");
                assert_eq!(path.as_str(), text);
                paths += 1;
            }
            Err(error) => assert!(!reference::is_path(&text), "{text:?}: {error}"),
        }
        match PathPattern::parse(text.as_str()) {
            Ok(pattern) => {
                assert!(reference::is_pattern(&text), "{text:?}");
                assert_eq!(pattern.as_str(), text);
                patterns += 1;
            }
            Err(error) => assert!(!reference::is_pattern(&text), "{text:?}: {error}"),
        }
    }
    assert!(paths > 50 && patterns > paths, "both verdicts must occur: {paths}, {patterns}");
}
