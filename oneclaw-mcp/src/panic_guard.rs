use std::future::Future;
use std::panic::AssertUnwindSafe;

use futures_util::FutureExt;

use crate::refusal::Refusal;

/// Makes panics print their place and nothing else: the payload could quote a value.
///
/// It is for programs that serve the tools and nothing beside them; the hook is the whole process's.
pub fn hide_panic_payloads() {
    std::panic::set_hook(Box::new(|info| {
        let place = info.location().map_or_else(|| "an unknown place".to_owned(), ToString::to_string);
        tracing::error!(target: "oneclaw_mcp", "panicked at {place}");
    }));
}

/// Turns a panic into a refusal, so that every call is answered.
pub(crate) async fn guard<T>(work: impl Future<Output = Result<T, Refusal>>) -> Result<T, Refusal> {
    // What a panic leaves half done is in the vault, which rolls back by itself; nothing of ours is shared by calls.
    AssertUnwindSafe(work).catch_unwind().await.unwrap_or(Err(Refusal::Internal))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_panic_becomes_an_internal_error() {
        let outcome = guard(async { if true { panic!("payload") } else { Ok(()) } }).await;
        assert!(matches!(outcome, Err(Refusal::Internal)));
    }
}
