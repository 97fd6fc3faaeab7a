//! Counts the forms of a value in what crossed a pipe, and shows that it would find them.

use data_encoding::{BASE64, HEXLOWER};
use oneclaw_api::SecretValue;
use oneclaw_broker::Scrubber;
use secrecy::ExposeSecret;
use zeroize::Zeroizing;

use super::mcp_child::Traffic;
use super::report::Leaks;

/// Counts one value, in every form that the broker's scrubber knows.
pub(super) struct LeakCounter<'a> {
    value: &'a SecretValue,
    scrubber: Scrubber,
}

impl<'a> LeakCounter<'a> {
    /// Makes a counter for a value.
    pub(super) fn new(value: &'a SecretValue) -> Result<Self, String> {
        let scrubber = Scrubber::new([value]).map_err(|error| error.to_string())?;
        Ok(Self { value, scrubber })
    }

    /// Counts in everything that crossed.
    pub(super) fn count(&self, traffic: &Traffic) -> Leaks {
        let streams = [&traffic.sent, &traffic.received, &traffic.stderr];
        Leaks {
            bytes: streams.iter().map(|stream| stream.len()).sum(),
            found: streams.iter().map(|stream| self.scrubber.count(stream)).sum(),
        }
    }

    /// Plants copies of the value into copies of what crossed, and returns how many of how many were found: a counter
    /// that finds nothing proves nothing.
    pub(super) fn planted(&self, traffic: &Traffic) -> (usize, usize) {
        let value = self.value.expose_secret();
        let forms = [
            Zeroizing::new(value.to_vec()),
            Zeroizing::new(BASE64.encode(value).into_bytes()),
            Zeroizing::new(HEXLOWER.encode(value).into_bytes()),
            Zeroizing::new(value.iter().flat_map(|byte| format!("%{byte:02X}").into_bytes()).collect()),
        ];
        let streams = [&traffic.sent, &traffic.received, &traffic.stderr];
        let mut found = 0;
        for stream in streams {
            let before = self.scrubber.count(stream);
            for form in &forms {
                let (head, tail) = stream.split_at(stream.len() / 2);
                let planted = Zeroizing::new([head, b" ", form, b" ", tail].concat());
                found += self.scrubber.count(&planted).saturating_sub(before).min(1);
            }
        }
        (found, streams.len() * forms.len())
    }
}

/// Says whether the count shows that nothing leaked: it is zero, something crossed, and every planted copy was found.
pub(super) fn verdict(leaks: Leaks, planted: (usize, usize)) -> Result<String, String> {
    let Leaks { bytes, found } = leaks;
    match (found, planted) {
        (_, (seen, all)) if seen < all => {
            Err(format!("the counter is blind: it found {seen} of {all} planted copies"))
        }
        _ if bytes == 0 => Err("nothing crossed the pipe, so nothing was shown".to_owned()),
        (0, (seen, all)) => Ok(format!(
            "the value is in 0 of {bytes} bytes, in any encoding (planted copies found: {seen} of {all})"
        )),
        _ => Err(format!("the value is in {found} places of {bytes} bytes")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const VALUE: &[u8] = b"sk-demo-0123456789+/abcdef";

    fn traffic(sent: &[u8], received: &[u8], stderr: &[u8]) -> Traffic {
        Traffic { sent: sent.to_vec(), received: received.to_vec(), stderr: stderr.to_vec() }
    }

    #[test]
    fn a_leak_in_any_stream_and_form_fails_the_proof() {
        let value = SecretValue::from_bytes(VALUE);
        let counter = LeakCounter::new(&value).unwrap();
        let raw = [b"before ", VALUE, b" after"].concat();
        let base64 = format!("{{\"x\":\"{}\"}}", BASE64.encode(VALUE)).into_bytes();
        for leaking in [
            traffic(&raw, b"{}", b""),
            traffic(b"{}", &raw, b""),
            traffic(b"{}", b"{}", &raw),
            traffic(b"{}", &base64, b""),
            traffic(b"{}", HEXLOWER.encode(VALUE).as_bytes(), b""),
        ] {
            let leaks = counter.count(&leaking);
            assert_eq!(leaks.found, 1);
            assert!(verdict(leaks, counter.planted(&leaking)).is_err());
        }
    }

    #[test]
    fn clean_traffic_passes_and_the_planted_copies_are_found() {
        let value = SecretValue::from_bytes(VALUE);
        let counter = LeakCounter::new(&value).unwrap();
        let clean = traffic(b"{\"jsonrpc\":\"2.0\"}\n", b"{\"result\":{}}\n", b"");
        let leaks = counter.count(&clean);
        assert_eq!((leaks.found, leaks.bytes), (0, 32));
        assert_eq!(counter.planted(&clean), (12, 12));
        assert!(verdict(leaks, (12, 12)).is_ok());
    }

    #[test]
    fn a_blind_counter_and_an_empty_pipe_prove_nothing() {
        assert!(verdict(Leaks { bytes: 100, found: 0 }, (11, 12)).is_err());
        assert!(verdict(Leaks { bytes: 0, found: 0 }, (12, 12)).is_err());
    }
}
