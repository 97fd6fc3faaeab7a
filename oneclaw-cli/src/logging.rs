//! Logs on stderr: `ONECLAW_LOG` is a filter such as `info` or `oneclaw_vault=debug`, with `json,` in front for JSON.
//! Whatever it says, libraries that print arguments and results are capped.

use tracing_subscriber::filter::LevelFilter;
use tracing_subscriber::filter::{FilterExt, Targets, filter_fn};
use tracing_subscriber::fmt;
use tracing_subscriber::layer::{Layer, SubscriberExt};
use tracing_subscriber::util::SubscriberInitExt;

/// Sends logs to stderr, as `ONECLAW_LOG` says. Unless it says anything, a server logs warnings and errors, and a command
/// nothing: its one error is what it prints.
pub(crate) fn install(is_server: bool) {
    let default = if is_server { LevelFilter::WARN } else { LevelFilter::OFF };
    let wanted = std::env::var("ONECLAW_LOG").unwrap_or_default();
    let (json, directives) = match wanted.strip_prefix("json") {
        Some(rest) => (true, rest.trim_start_matches(',')),
        None => (false, wanted.as_str()),
    };
    let asked = if directives.is_empty() { None } else { directives.parse::<Targets>().ok() };
    let filter = asked
        .unwrap_or_else(|| Targets::new().with_default(default))
        .and(filter_fn(oneclaw_mcp::may_be_logged));
    let logs = fmt::layer().with_writer(std::io::stderr);
    let logs = if json { logs.json().boxed() } else { logs.with_ansi(false).boxed() };
    // It fails only where a subscriber is there already, which then has the say.
    drop(tracing_subscriber::registry().with(logs.with_filter(filter)).try_init());
}
