#![doc = include_str!("../README.md")]

mod admission;
mod broker;
mod egress;
mod error;
mod memory;
mod path;
mod percent;
mod prepare;
mod reply;
mod scrub;
mod spec;
mod transport;

// What a binding says, a request that it allows, and the outcome of sending it.
pub use broker::{Broker, BrokerBuilder, Outcome};
pub use prepare::PreparedRequest;
pub use spec::{BindingSpec, MAX_VALUE_BYTES, MIN_VALUE_BYTES};

// Where requests may go.
pub use egress::{AddressClass, Resolver, SystemResolver, classify};

// What is removed from replies, and how to count it.
pub use scrub::{REPLACEMENT, Scrubbed, Scrubber};

// The one error.
pub use error::BrokerError;
