use tracing::level_filters::LevelFilter;
use tracing::{Level, Metadata};
use tracing_subscriber::Layer;
use tracing_subscriber::filter::{Targets, filter_fn};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

/// Tells whether a record may be logged at all, whatever `RUST_LOG` asks for.
///
/// The MCP library prints arguments and results from DEBUG on, and the replies to bad requests at WARN, so it may report
/// errors only. Other libraries are not known to print values, and get no chance to below WARN.
///
/// Every program that serves the tools must apply it to its subscriber; [`init_logging`] does.
#[must_use]
pub fn may_be_logged(metadata: &Metadata<'_>) -> bool {
    let target = metadata.target();
    let ceiling = if is_of(target, "rmcp") {
        Level::ERROR
    } else if target.starts_with("oneclaw") {
        Level::TRACE
    } else {
        Level::WARN
    };
    *metadata.level() <= ceiling
}

/// Logs to standard error what `RUST_LOG` asks for (warnings, unless said) and [`may_be_logged`] permits.
///
/// A program that has a subscriber already keeps it.
pub fn init_logging() {
    let asked: Targets =
        std::env::var("RUST_LOG").ok().and_then(|asked| asked.parse().ok()).unwrap_or_default();
    let default = asked.default_level().unwrap_or(LevelFilter::WARN);
    let asked = asked.with_default(default);
    let lines = tracing_subscriber::fmt::layer().with_writer(std::io::stderr).with_ansi(false);
    let _kept = tracing_subscriber::registry()
        .with(lines.with_filter(filter_fn(may_be_logged)))
        .with(asked)
        .try_init();
}

fn is_of(target: &str, krate: &str) -> bool {
    target.strip_prefix(krate).is_some_and(|rest| rest.is_empty() || rest.starts_with("::"))
}
