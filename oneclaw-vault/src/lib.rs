#![doc = include_str!("../README.md")]

#[expect(dead_code, reason = "the engine that writes rows follows")]
#[cfg_attr(not(test), expect(unused_imports, reason = "the engine that writes rows follows"))]
mod rows;
#[cfg_attr(not(test), expect(dead_code, reason = "the engine that uses the store follows"))]
mod store;
