#![doc = include_str!("../README.md")]

pub mod crypto;
pub mod policy;
mod ratio;

// How two sides are compared.
pub use ratio::{Ratio, Target};
