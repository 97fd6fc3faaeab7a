//! Seals a configuration value under a key file, opens it again, and shows that it opens nowhere else.
//!
//! ```sh
//! cargo run -p oneclaw-crypto --example seal -- /path/of/a/directory
//! ```
//!
//! Without a directory it uses a temporary one.

use std::error::Error;
use std::path::PathBuf;
use std::sync::Arc;

use oneclaw_crypto::local::KekFile;
use oneclaw_crypto::{Context, CryptoError, KekFileError, Keyring};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let temporary = tempfile::tempdir()?;
    let directory = std::env::args_os().nth(1).map_or_else(|| temporary.path().join("keys"), PathBuf::from);
    let path = directory.join("kek-1.key");

    // Where keys live is this one line: another `KeyProvider` moves them to an HSM or a cloud KMS.
    let provider = match KekFile::create(&path) {
        Err(KekFileError::Exists { .. }) => KekFile::load(&path)?,
        made => made?,
    };
    let keyring = Keyring::new(Arc::new(provider));
    println!("key      {} ({})", keyring.describe().kek_id, keyring.describe().protection);

    // What the value is: bound to the ciphertext, for ever. Where it is: bound to the wrapped key, which can
    // be made anew.
    let what = Context::new("example/value/v1").field(1, b"database-password").field(2, &1u64.to_be_bytes());
    let here = Context::new("example/wrap/v1").field(1, b"database-password").field(6, b"prod/db");
    let envelope = keyring.seal(&what, &here, b"correct horse battery staple").await?;
    println!("sealed   {envelope:?}");

    let secret = keyring.open(&what, &here, &envelope).await?;
    println!("opened   {} bytes, printed as {secret:?}", secret.len());

    let elsewhere = Context::new("example/wrap/v1").field(1, b"database-password").field(6, b"test/db");
    match keyring.open(&what, &elsewhere, &envelope).await {
        Err(error @ CryptoError::Open) => println!("moved    {error}"),
        other => return Err(format!("a moved record must not open: {other:?}").into()),
    }
    Ok(())
}
