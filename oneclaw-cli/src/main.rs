//! The command line of oneclaw.
fn main() {}
