//! A set of paths, written as one path with wildcards.

use std::str::Split;

use crate::error::PathError;
use crate::grammar::{MAX_BYTES, check_segments, segments_with_offsets, text_newtype};
use crate::path::SecretPath;

/// A pattern over paths: literal segments, `*` for exactly one segment, `**` for zero or more.
///
/// Wildcards are whole segments; a literal segment is `[A-Za-z0-9_-]+`; at most 512 bytes. `**` alone
/// matches every path, `a/**` matches `a` and all below it, and a second `**` in a row changes nothing.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PathPattern(String);

impl PathPattern {
    /// The longest pattern, in bytes.
    pub const MAX_BYTES: usize = MAX_BYTES;

    /// Parses a pattern, the only way to make one.
    ///
    /// # Errors
    ///
    /// Names what stands outside the grammar and the byte where it stands, never the text itself.
    pub fn parse(text: impl Into<String>) -> Result<Self, PathError> {
        let text = text.into();
        check_segments(&text, true)?;
        for (at, segment) in segments_with_offsets(&text) {
            match segment.find('*') {
                Some(star) if segment != "*" && segment != "**" => {
                    return Err(PathError::PartialWildcard { at: at + star });
                }
                _ => {}
            }
        }
        Ok(Self(text))
    }

    /// Whether the path is one of those the pattern stands for.
    ///
    /// Takes time linear in the pattern times the path, whatever they are, and no memory.
    #[must_use]
    pub fn matches(&self, path: &SecretPath) -> bool {
        walk(self.as_str(), path.as_str(), || ())
    }
}

text_newtype!(PathPattern, PathError);

/// Matches segment by segment and calls `step` before each turn.
///
/// On a mismatch only the latest `**` swallows one segment more: whatever an earlier one could take, this
/// one can take too. So each pattern segment meets each path segment at most once.
fn walk(pattern: &str, path: &str, mut step: impl FnMut()) -> bool {
    type Rest<'a> = Split<'a, char>;
    let (mut wanted, mut given): (Rest<'_>, Rest<'_>) = (pattern.split('/'), path.split('/'));
    let mut latest: Option<(Rest<'_>, Rest<'_>)> = None;
    loop {
        step();
        match (wanted.next(), given.clone().next()) {
            (Some("**"), _) => {
                latest = Some((wanted.clone(), given.clone()));
                continue;
            }
            (None, None) => return true,
            // Swallowing more would leave even fewer segments to match.
            (Some(_), None) => return false,
            (Some(segment), Some(actual)) if segment == "*" || segment == actual => {
                given.next();
                continue;
            }
            (Some(_) | None, Some(_)) => {}
        }
        let Some((after, left)) = &mut latest else { return false };
        if left.next().is_none() {
            return false;
        }
        (wanted, given) = (after.clone(), left.clone());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn steps(pattern: &str, path: &str) -> usize {
        let (pattern, path) = (PathPattern::parse(pattern).unwrap(), SecretPath::parse(path).unwrap());
        let mut steps = 0;
        walk(pattern.as_str(), path.as_str(), || steps += 1);
        steps
    }

    /// The part as often as it fits into the longest text, then the end.
    fn longest(part: &str, end: &str) -> String {
        part.repeat((PathPattern::MAX_BYTES - end.len()) / part.len()) + end
    }

    /// Each pair of segments meets at most once; each `**`, and each end, costs a turn of its own.
    fn bound(pattern: &str, path: &str) -> usize {
        let (wanted, given) = (pattern.split('/').count(), path.split('/').count());
        wanted * given + wanted + given + 1
    }

    fn hostile() -> impl Iterator<Item = (String, String)> {
        let paths = [longest("a/", "a"), longest("a/", "b"), longest("a/b/", "a"), longest("a/a/b/", "c")];
        let patterns = [
            longest("**/", "b"),
            longest("**/a/", "b"),
            longest("**/*/", "b"),
            longest("**/a/", "**"),
            longest("**/a/**/b/", "c"),
            longest("**/a/a/", "b"),
            longest("*/", "**"),
            ["**/", &"a/".repeat(127), "b"].concat(),
            ["**/", &"*/".repeat(127), "b"].concat(),
            ["**/", &"a/".repeat(60), "**/", &"a/".repeat(60), "b"].concat(),
        ];
        patterns.into_iter().flat_map(move |pattern| paths.clone().map(|path| (pattern.clone(), path)))
    }

    #[test]
    fn inv_21_hostile_patterns_take_pattern_times_path_steps() {
        let most = hostile().map(|(pattern, path)| {
            let steps = steps(&pattern, &path);
            assert!(steps <= bound(&pattern, &path), "{steps} steps: {pattern} on {path}");
            steps
        });
        assert!(most.max() > Some(10_000), "the worst case takes many steps, or the cases are too kind");
    }

    #[test]
    fn inv_21_a_matcher_that_tries_every_way_would_be_caught() {
        /// Gives up, as if it had matched, once the steps left are used up.
        fn every_way(pattern: &[&str], path: &[&str], left: &mut usize) -> bool {
            let Some(fewer) = left.checked_sub(1) else { return true };
            *left = fewer;
            match (pattern, path) {
                ([], _) => path.is_empty(),
                (["**", after @ ..], _) => (0..=path.len()).any(|n| every_way(after, &path[n..], left)),
                ([first, after @ ..], [segment, rest @ ..]) => {
                    (*first == "*" || first == segment) && every_way(after, rest, left)
                }
                _ => false,
            }
        }
        let caught = hostile().filter(|(pattern, path)| {
            let mut left = bound(pattern, path);
            let (pattern, path): (Vec<&str>, Vec<&str>) =
                (pattern.split('/').collect(), path.split('/').collect());
            every_way(&pattern, &path, &mut left);
            left == 0
        });
        assert!(caught.count() > 10);
    }

    #[test]
    fn twice_the_path_takes_at_most_about_twice_the_steps() {
        let pattern = "**/a/a/a/a/b/**/a/a/b/c";
        for length in [16, 32, 64, 128] {
            let (once, twice) = (
                steps(pattern, &["a"; 128][..length].join("/")),
                steps(pattern, &["a"; 256][..2 * length].join("/")),
            );
            assert!(twice <= 2 * once + 32, "{length}: {once}, then {twice}");
        }
    }
}
