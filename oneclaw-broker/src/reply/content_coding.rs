use std::io::Read;

use flate2::bufread::{DeflateDecoder, MultiGzDecoder, ZlibDecoder};

use super::Withheld;

/// Undoes one content coding (RFC 9110, section 8.4.1), within `max` bytes.
pub(super) fn decode(coding: Option<&[u8]>, body: Vec<u8>, max: u64) -> Result<Vec<u8>, Withheld> {
    let coding = coding.map(|coding| coding.trim_ascii().to_ascii_lowercase());
    // The reply to HEAD, 204 and 304 names a coding and has no body.
    if body.is_empty() {
        return Ok(body);
    }
    match coding.as_deref() {
        None | Some(b"" | b"identity") => Ok(body),
        Some(b"gzip" | b"x-gzip") => read(MultiGzDecoder::new(body.as_slice()), max),
        // Some servers leave out the zlib wrapper that the word stands for.
        Some(b"deflate") => {
            let mut zlib = ZlibDecoder::new(body.as_slice());
            match read(&mut zlib, max).and_then(|decoded| whole(decoded, zlib.total_in(), &body)) {
                Err(Withheld::Undecodable) => {
                    let mut raw = DeflateDecoder::new(body.as_slice());
                    read(&mut raw, max).and_then(|decoded| whole(decoded, raw.total_in(), &body))
                }
                decoded => decoded,
            }
        }
        Some(_) => Err(Withheld::Coding),
    }
}

/// Refuses a body that goes on after the end of what was decoded.
fn whole(decoded: Vec<u8>, consumed: u64, body: &[u8]) -> Result<Vec<u8>, Withheld> {
    if u64::try_from(body.len()) == Ok(consumed) { Ok(decoded) } else { Err(Withheld::Undecodable) }
}

fn read(decoder: impl Read, max: u64) -> Result<Vec<u8>, Withheld> {
    let mut decoded = Vec::new();
    decoder.take(max.saturating_add(1)).read_to_end(&mut decoded).map_err(|_| Withheld::Undecodable)?;
    if u64::try_from(decoded.len()).is_ok_and(|len| len <= max) {
        Ok(decoded)
    } else {
        Err(Withheld::TooLarge { max })
    }
}
