//! The broker against a hostile upstream on loopback.

#![cfg(test)]

mod calls;
mod upstream;
