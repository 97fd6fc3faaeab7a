//! The MCP server of oneclaw.
fn main() {}
