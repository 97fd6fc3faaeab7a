//! A pattern and a path, a line each: the matcher against the reference that tries every way. INV-12.
#![no_main]

use libfuzzer_sys::fuzz_target;
use oneclaw_policy::{PathPattern, SecretPath};

#[path = "../../oneclaw-policy/tests/differential/reference.rs"]
#[expect(dead_code, reason = "the model's decisions are for another target")]
mod reference;

fuzz_target!(|text: &str| {
    let Some((pattern, path)) = text.split_once('\n') else { return };
    let (Ok(pattern), Ok(path)) = (PathPattern::parse(pattern), SecretPath::parse(path)) else { return };
    let matches = pattern.matches(&path);
    // Trying every way takes long: path segments to the power of `**` at worst.
    let (ways, segments) = (pattern.as_str().matches("**").count(), path.segments().count());
    if ways * segments <= 48 {
        assert_eq!(matches, reference::glob(pattern.as_str(), path.as_str()));
    }
    // `**` may stand for nothing, so adding one takes no path away.
    for wider in [format!("**/{pattern}"), format!("{pattern}/**")] {
        if let Ok(wider) = PathPattern::parse(wider) {
            assert!(!matches || wider.matches(&path));
        }
    }
});
