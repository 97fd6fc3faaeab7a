use std::borrow::Cow;

use oneclaw_api::Problem;
use percent_encoding::percent_decode_str;

/// Decodes percent escapes once. A `%` without two hex digits is refused, and so is what is not UTF-8.
pub(crate) fn decode(text: &str) -> Result<Cow<'_, str>, Problem> {
    let well_formed = text.split('%').skip(1).all(|rest| {
        let mut digits = rest.bytes();
        let mut is_digit = || digits.next().is_some_and(|digit| digit.is_ascii_hexdigit());
        is_digit() && is_digit()
    });
    if !well_formed {
        return Err(Problem::bad_request("the URL has a `%` without two hex digits behind it"));
    }
    percent_decode_str(text)
        .decode_utf8()
        .map_err(|_| Problem::bad_request("the URL has escapes that are not UTF-8"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_are_decoded_once() {
        for (text, wanted) in
            [("", ""), ("a/b", "a/b"), ("a%2Fb", "a/b"), ("%2f", "/"), ("%252F", "%2F"), ("%C3%A9", "é")]
        {
            assert_eq!(decode(text).unwrap(), wanted, "{text}");
        }
        for text in ["%", "a%", "%2", "%2g", "%g2", "%%20", "%FF", "%C3", "% 20", "%é"] {
            assert!(decode(text).is_err(), "{text}");
        }
    }
}
