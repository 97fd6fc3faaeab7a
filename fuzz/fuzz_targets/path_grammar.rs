//! Any text is one path, printed back as it came, or refused: as the reference grammar says. INV-13.
#![no_main]

use libfuzzer_sys::fuzz_target;
use oneclaw_policy::{PathPattern, SecretPath};

#[path = "../../oneclaw-policy/tests/differential/reference.rs"]
#[expect(dead_code, reason = "the model's decisions are for another target")]
mod reference;

fuzz_target!(|text: &str| {
    let path = SecretPath::parse(text);
    assert_eq!(path.is_ok(), reference::is_path(text));
    let pattern = PathPattern::parse(text);
    assert_eq!(pattern.is_ok(), reference::is_pattern(text));
    if let Ok(pattern) = &pattern {
        assert_eq!(pattern.as_str(), text);
    }
    if let Ok(path) = &path {
        assert_eq!(path.as_str(), text);
        assert_eq!(path.segments().collect::<Vec<_>>().join("/"), text);
        // Every path is a pattern, and matches itself.
        assert!(pattern.as_ref().is_ok_and(|pattern| pattern.matches(path)));
    }
    for error in [path.err(), pattern.err()].into_iter().flatten() {
        let message = error.to_string();
        assert!(message.len() < 128 && message.chars().all(|c| (' '..='~').contains(&c)));
    }
});
