//! What happens to every request, from the outside in: it is named, its reply gets its headers, its body is read to the
//! end, a panic is caught, its host is checked; a row of the capability table then authenticates it.

mod authenticate;
mod drain_bodies;
mod guard_hosts;
mod guard_panics;
mod name_requests;
mod set_headers;

pub(crate) use authenticate::{Gate, authenticate, bearer};
pub(crate) use drain_bodies::drain_bodies;
pub(crate) use guard_hosts::guard_hosts;
pub(crate) use guard_panics::guard_panics;
pub(crate) use name_requests::name_requests;
pub(crate) use set_headers::set_headers;
