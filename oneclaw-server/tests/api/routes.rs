//! Each route's statuses, bodies and exact field sets: some clients refuse a field they don't know.

mod agents;
mod api_keys;
mod audit;
mod auth;
mod bindings;
mod discovery;
mod execute;
mod health;
mod policies;
mod secrets;
mod vaults;
mod versions;

/// The fields of a secret without its value.
const META: [&str; 7] = ["created_at", "expires_at", "id", "metadata", "path", "type", "version"];
