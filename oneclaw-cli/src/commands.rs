//! One file for each command: `FooArgs` is what it takes, `cmd_foo` what it does.

pub(crate) mod agent;
pub(crate) mod audit;
pub(crate) mod binding;
pub(crate) mod doctor;
pub(crate) mod init;
pub(crate) mod key;
pub(crate) mod mcp;
pub(crate) mod policy;
pub(crate) mod quickstart;
pub(crate) mod secret;
pub(crate) mod serve;
pub(crate) mod status;
pub(crate) mod vault;
pub(crate) mod whoami;
