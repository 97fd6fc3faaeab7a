//! Random bytes, from the operating system and nowhere else.
//!
//! Every key, salt and nonce comes straight from the system's generator (`getrandom` on Linux, `getentropy`
//! on macOS, `ProcessPrng` on Windows). There is no generator state in the process, so nothing is repeated
//! after a `fork` or when a snapshot of a machine is started twice (the kernel reseeds on the virtual
//! machine's generation id). The price is a system call for each use.

use std::io;

use crate::CryptoError;

/// Fills `bytes` with random bytes.
///
/// # Errors
///
/// [`CryptoError::Random`] when the system's generator fails; `bytes` must then not be used.
pub fn fill(bytes: &mut [u8]) -> Result<(), CryptoError> {
    getrandom::fill(bytes).map_err(|error| CryptoError::Random(io::Error::from(error)))
}

#[cfg(test)]
mod tests {
    #[test]
    fn two_draws_differ() {
        let (mut a, mut b) = ([0u8; 32], [0u8; 32]);
        super::fill(&mut a).unwrap();
        super::fill(&mut b).unwrap();
        assert_ne!(a, b);
    }
}
