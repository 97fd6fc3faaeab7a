//! The crate against a reference model: at random, and exhaustively in a small scope.
//!
//! `SCALE` multiplies the number of random cases.

// Marked as what they are: clippy's allowances for tests go by the mark.
#[cfg(test)]
mod cases;
#[cfg(test)]
mod exhaustive;
mod random;
mod reference;
