use std::fmt;

use super::{RequestPath, is_segment};
use crate::BrokerError;

/// The most segments of a pattern.
const MAX_SEGMENTS: usize = 64;

#[derive(Debug, Clone, PartialEq, Eq)]
enum Segment {
    Literal(String),
    /// `*`: exactly one segment.
    One,
    /// `**`: any number of segments, none included.
    Any,
}

/// A pattern over full paths.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PathGlob {
    segments: Vec<Segment>,
    trailing: bool,
}

impl PathGlob {
    pub(crate) fn parse(text: &str) -> Result<Self, BrokerError> {
        let relative = text.strip_prefix('/').ok_or(BrokerError::PathPattern)?;
        if relative.is_empty() {
            return Ok(Self { segments: Vec::new(), trailing: false });
        }
        let (relative, trailing) = match relative.strip_suffix('/') {
            Some(relative) => (relative, true),
            None => (relative, false),
        };
        let mut segments = Vec::new();
        for segment in relative.split('/') {
            segments.push(match segment {
                "*" => Segment::One,
                "**" => Segment::Any,
                literal if is_segment(literal) && !literal.contains('*') => {
                    Segment::Literal(literal.to_owned())
                }
                _ => return Err(BrokerError::PathPattern),
            });
        }
        if segments.len() > MAX_SEGMENTS {
            Err(BrokerError::PathPattern)
        } else {
            Ok(Self { segments, trailing })
        }
    }

    /// Tells whether the pattern matches the whole path. A final `/` has to be in both, unless the pattern ends with
    /// `**`.
    pub(crate) fn matches(&self, path: &RequestPath) -> bool {
        let open_end = self.segments.last() == Some(&Segment::Any);
        (open_end || self.trailing == path.trailing) && self.states(path).last() == Some(&true)
    }

    /// Tells whether some path below `base`, or `base` itself, could match.
    pub(crate) fn may_match_below(&self, base: &RequestPath) -> bool {
        self.states(base).contains(&true)
    }

    /// Returns for each number of pattern segments whether they match all segments of the path: one pass over the
    /// path, each step linear in the pattern.
    fn states(&self, path: &RequestPath) -> Vec<bool> {
        let mut states = self.skip_any(vec![true], self.segments.len());
        for segment in &path.segments {
            let mut next = vec![false];
            for (pattern, (before, here)) in
                self.segments.iter().zip(states.iter().zip(states.iter().skip(1)))
            {
                next.push(match pattern {
                    Segment::Literal(literal) => *before && literal == segment,
                    Segment::One => *before,
                    Segment::Any => *before || *here,
                });
            }
            states = self.skip_any(next, 0);
        }
        states
    }

    /// Lets `**` match no segment; first extends the states with `missing` unreached ones.
    fn skip_any(&self, mut states: Vec<bool>, missing: usize) -> Vec<bool> {
        states.resize(states.len() + missing, false);
        let mut before = states.first().copied().unwrap_or(false);
        for (pattern, state) in self.segments.iter().zip(states.iter_mut().skip(1)) {
            *state |= before && *pattern == Segment::Any;
            before = *state;
        }
        states
    }
}

impl fmt::Display for PathGlob {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.segments.is_empty() {
            return f.write_str("/");
        }
        for segment in &self.segments {
            match segment {
                Segment::Literal(literal) => write!(f, "/{literal}")?,
                Segment::One => f.write_str("/*")?,
                Segment::Any => f.write_str("/**")?,
            }
        }
        if self.trailing { f.write_str("/") } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Tries every way to spend the path on the pattern.
    fn naive(pattern: &[&str], path: &[&str]) -> bool {
        match (pattern, path) {
            ([], []) => true,
            (["**", rest @ ..], _) => (0..=path.len()).any(|taken| naive(rest, &path[taken..])),
            (["*", rest @ ..], [_, tail @ ..]) => naive(rest, tail),
            ([literal, rest @ ..], [segment, tail @ ..]) => literal == segment && naive(rest, tail),
            _ => false,
        }
    }

    fn words<'a>(alphabet: &[&'a str], longest: usize) -> Vec<Vec<&'a str>> {
        let mut all = vec![Vec::new()];
        let mut last = all.clone();
        for _ in 0..longest {
            last = last
                .iter()
                .flat_map(|word| alphabet.iter().map(|letter| [&word[..], &[*letter]].concat()))
                .collect();
            all.extend(last.clone());
        }
        all
    }

    #[test]
    fn every_short_pattern_matches_as_the_naive_matcher_says() {
        let paths = words(&["a", "b"], 5);
        for pattern in words(&["a", "b", "*", "**"], 4) {
            let glob = PathGlob::parse(&format!("/{}", pattern.join("/"))).unwrap();
            assert_eq!(glob.to_string(), format!("/{}", pattern.join("/")));
            for path in &paths {
                let parsed = RequestPath::parse(&path.join("/")).unwrap();
                assert_eq!(glob.matches(&parsed), naive(&pattern, path), "{pattern:?} {path:?}");
            }
        }
    }

    #[test]
    fn a_pattern_is_inside_if_some_path_below_the_base_matches() {
        let paths = words(&["a", "b"], 5);
        for pattern in words(&["a", "b", "*", "**"], 3) {
            let glob = PathGlob::parse(&format!("/{}", pattern.join("/"))).unwrap();
            for base in words(&["a", "b"], 2) {
                let below = paths.iter().any(|path| path.starts_with(&base) && naive(&pattern, path));
                let base = RequestPath::parse(&base.join("/")).unwrap();
                assert_eq!(glob.may_match_below(&base), below, "{pattern:?} {base}");
            }
        }
    }
}
