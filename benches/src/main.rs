//! Benchmarks of oneclaw.
fn main() {}
