//! Makes an API key, refuses a mistyped one, and carries a value and a reference across the wire.
//!
//! `cargo run -p oneclaw-api --example keys_and_references`

use oneclaw_api::{ApiKey, ApiKeyKind, NewSecret, Reference, SecretPath, SecretValue};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let key = ApiKey::generate(ApiKeyKind::Agent)?;
    println!("a key, as it is shown later on: {}…", key.display_prefix());

    let mut mistyped = key.expose_key().to_owned();
    mistyped.pop();
    mistyped.push(if key.expose_key().ends_with('x') { 'y' } else { 'x' });
    if let Err(error) = ApiKey::parse(&mistyped) {
        println!("with its last character wrong: {error}");
    }

    let reference = Reference::new("default", SecretPath::parse("api-keys/stripe")?, Some(3))?;
    println!("a secret, where its value must not go: {reference}");

    let body = NewSecret::new(SecretValue::from_bytes(b"sk-example \"quoted\"")).to_json()?;
    let received = NewSecret::from_json(&body)?;
    println!("a value that came over the wire: {:?}", received.value);
    Ok(())
}
