//! Calls an upstream that echoes what it is sent, and prints what an agent gets of the reply.
//!
//! `cargo run -p oneclaw-broker --example echo`

use std::error::Error;

use oneclaw_api::{AuthType, BindingConfig, ExecuteRequest, Guardrails, SecretValue};
use oneclaw_broker::{BindingSpec, Broker};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let base_url = format!("http://{}/v1/", listener.local_addr()?);
    tokio::spawn(echo(listener));

    let config = BindingConfig {
        base_url,
        auth_type: AuthType::Header,
        auth_header: Some("X-Key".to_owned()),
        auth_format: Some("key {value}".to_owned()),
        auth_query: None,
        auth_user: None,
    };
    let guardrails = Guardrails { allow_private_networks: Some(true), ..Guardrails::default() };
    let spec = BindingSpec::parse(&config, &guardrails)?;

    let value = SecretValue::from_bytes(b"demo-4f9c27aa81");
    let request = ExecuteRequest {
        binding: "demo".to_owned(),
        method: "GET".to_owned(),
        path: "whoami".to_owned(),
        query: vec![("verbose".to_owned(), "yes".to_owned())],
        headers: Default::default(),
        body: None,
    };
    let outcome = Broker::new().execute("agent", "demo", &spec, &value, &spec.prepare(&request)?).await?;
    println!("{:?}, {} redactions", outcome.status, outcome.redactions);
    if let Some(body) = outcome.reply.and_then(|reply| reply.body) {
        println!("{}", body.as_str().unwrap_or_default());
    }
    Ok(())
}

/// Answers one request with the request.
async fn echo(listener: TcpListener) -> std::io::Result<()> {
    let (mut stream, _) = listener.accept().await?;
    let mut request = vec![0; 4096];
    let len = stream.read(&mut request).await?;
    request.truncate(len);
    let head = format!("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: {len}\r\n\r\n");
    stream.write_all(head.as_bytes()).await?;
    stream.write_all(&request).await?;
    stream.shutdown().await
}
