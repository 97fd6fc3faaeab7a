use std::io::Read;

use flate2::read::{DeflateDecoder, MultiGzDecoder, ZlibDecoder};

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
        Some(b"deflate") => match read(ZlibDecoder::new(body.as_slice()), max) {
            Err(Withheld::Undecodable) => read(DeflateDecoder::new(body.as_slice()), max),
            decoded => decoded,
        },
        Some(_) => Err(Withheld::Coding),
    }
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
