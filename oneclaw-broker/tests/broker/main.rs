//! The broker against a hostile upstream on loopback.

#![cfg(test)]

mod calls;
mod egress;
mod naive;
mod placement;
mod reflections;
mod upstream;
mod withheld;
