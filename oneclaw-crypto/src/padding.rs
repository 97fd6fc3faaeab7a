//! Hides lengths: every plaintext fills a bucket.
//!
//! ```text
//! u32be len ‖ data ‖ zeros up to the bucket
//! bucket: the next power of two from 64 to 4096, then the next multiple of 1024
//! ```

/// The longest plaintext that can be sealed, in bytes.
pub const MAX_PLAINTEXT: usize = 64 * 1024 * 1024;

/// The length prefix, in bytes.
const PREFIX: usize = 4;

/// Whether the length of a plaintext is hidden.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Padding {
    /// The ciphertext shows only which bucket the plaintext is in.
    #[default]
    Bucket,
    /// The ciphertext is as long as the plaintext, for values whose length says nothing.
    None,
}

impl Padding {
    /// Returns how long the padded form of `len` bytes is; `len` is at most [`MAX_PLAINTEXT`].
    pub(crate) fn padded_len(self, len: usize) -> usize {
        match self {
            Self::Bucket => bucket(len.saturating_add(PREFIX)),
            Self::None => len,
        }
    }

    /// Appends the padded form of `plaintext`.
    pub(crate) fn append(self, out: &mut Vec<u8>, plaintext: &[u8]) {
        let end = out.len().saturating_add(self.padded_len(plaintext.len()));
        if self == Self::Bucket {
            out.extend_from_slice(&u32::try_from(plaintext.len()).unwrap_or(u32::MAX).to_be_bytes());
        }
        out.extend_from_slice(plaintext);
        out.resize(end, 0);
    }

    /// Tells whether a padded form can have this length.
    pub(crate) fn fits(self, padded_len: usize) -> bool {
        match self {
            Self::Bucket => {
                padded_len >= PREFIX
                    && bucket(padded_len) == padded_len
                    && padded_len <= self.padded_len(MAX_PLAINTEXT)
            }
            Self::None => padded_len <= MAX_PLAINTEXT,
        }
    }

    /// Strips the padding in place. `None` unless it is exactly what [`Padding::append`] makes.
    pub(crate) fn strip(self, padded: &mut Vec<u8>) -> Option<()> {
        if self == Self::None {
            return Some(());
        }
        let (prefix, rest) = padded.split_first_chunk::<PREFIX>()?;
        let len = usize::try_from(u32::from_be_bytes(*prefix)).ok()?;
        let (_, zeros) = rest.split_at_checked(len)?;
        let all_zero = zeros.iter().fold(0, |seen, byte| seen | byte) == 0;
        if !all_zero || self.padded_len(len) != padded.len() {
            return None;
        }
        padded.copy_within(PREFIX..PREFIX.checked_add(len)?, 0);
        // What lies behind the new end is wiped with the rest of the buffer's capacity.
        padded.truncate(len);
        Some(())
    }
}

/// Returns the bucket for `len` bytes, prefix included.
fn bucket(len: usize) -> usize {
    if len <= 4096 { len.next_power_of_two().max(64) } else { len.next_multiple_of(1024) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buckets_are_exact() {
        let cases = [
            (0, 64),
            (1, 64),
            (60, 64),
            (61, 128),
            (124, 128),
            (125, 256),
            (2044, 2048),
            (2045, 4096),
            (4092, 4096),
            (4093, 5120),
            (5116, 5120),
            (5117, 6144),
            (1 << 20, (1 << 20) + 1024),
        ];
        for (len, padded) in cases {
            assert_eq!(Padding::Bucket.padded_len(len), padded, "{len}");
            assert_eq!(Padding::None.padded_len(len), len);
        }
    }

    #[test]
    fn strips_what_it_appends_and_nothing_else() {
        for len in (0..300usize).chain([4091, 4092, 4093, 5117]) {
            let plaintext: Vec<u8> = (1..=u8::MAX).cycle().take(len).collect();
            let mut padded = Vec::new();
            Padding::Bucket.append(&mut padded, &plaintext);
            assert!(Padding::Bucket.fits(padded.len()));

            let mut stripped = padded.clone();
            assert_eq!(Padding::Bucket.strip(&mut stripped), Some(()));
            assert_eq!(stripped, plaintext);

            for wrong_len in [0, 1, len.wrapping_sub(1), len + 1, padded.len(), padded.len() + 1] {
                if wrong_len != len {
                    let mut wrong = padded.clone();
                    wrong[..4].copy_from_slice(&u32::try_from(wrong_len).unwrap_or(u32::MAX).to_be_bytes());
                    let is_another_value_of_this_bucket = wrong_len == len + 1 && padded.len() > len + 4;
                    assert_eq!(Padding::Bucket.strip(&mut wrong).is_some(), is_another_value_of_this_bucket);
                }
            }
            if padded.len() > len + 4 {
                *padded.last_mut().unwrap() = 1;
                assert_eq!(Padding::Bucket.strip(&mut padded), None);
            }
        }
    }

    #[test]
    fn knows_which_lengths_can_be() {
        let fitting: Vec<usize> = (0..8192).filter(|&len| Padding::Bucket.fits(len)).collect();
        assert_eq!(fitting, [64, 128, 256, 512, 1024, 2048, 4096, 5120, 6144, 7168]);
        assert!(!Padding::Bucket.fits(MAX_PLAINTEXT + 2048));
        assert!(
            Padding::None.fits(0)
                && Padding::None.fits(MAX_PLAINTEXT)
                && !Padding::None.fits(MAX_PLAINTEXT + 1)
        );
    }
}
