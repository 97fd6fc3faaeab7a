//! What handlers are given: the caller, the target, the query and the body, each parsed by our own code so that no
//! error quotes the request.

mod body;
mod caller;
mod fields;
mod percent;
mod query;
mod target;

pub(crate) use body::Body;
pub(crate) use caller::{Caller, Peer};
pub(crate) use fields::Fields;
pub(crate) use query::Query;
pub(crate) use target::{IfMatch, Target};
