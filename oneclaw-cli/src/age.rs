//! Instants as people say them: how long ago, how long still.

use jiff::Timestamp;

const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// Says how long ago `then` was, or how far ahead it is.
pub(crate) fn relative(then: Timestamp) -> String {
    between(Timestamp::now(), then)
}

/// Says when something expires; `never` where it does not.
pub(crate) fn expiry(at: Option<Timestamp>) -> String {
    at.map_or_else(|| "never".to_owned(), relative)
}

fn between(now: Timestamp, then: Timestamp) -> String {
    let seconds = now.as_second().saturating_sub(then.as_second());
    let text = match seconds.saturating_abs() {
        0..2 => return "now".to_owned(),
        size @ 0..MINUTE => format!("{size} s"),
        size @ MINUTE..HOUR => format!("{} min", size / MINUTE),
        size @ HOUR..DAY => format!("{} h", size / HOUR),
        size => format!("{} d", size / DAY),
    };
    if seconds < 0 { format!("in {text}") } else { format!("{text} ago") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_rounded_down_to_one_unit() {
        let now = Timestamp::from_second(1_800_000_000).unwrap();
        for (seconds, text) in [
            (0, "now"),
            (1, "now"),
            (2, "2 s ago"),
            (59, "59 s ago"),
            (60, "1 min ago"),
            (3599, "59 min ago"),
            (3600, "1 h ago"),
            (86_399, "23 h ago"),
            (86_400 * 400, "400 d ago"),
            (-30, "in 30 s"),
            (-86_400 * 7, "in 7 d"),
        ] {
            let then = Timestamp::from_second(1_800_000_000 - seconds).unwrap();
            assert_eq!(between(now, then), text, "{seconds}");
        }
    }
}
