//! Keeps what the process holds out of core files, other processes' eyes and panic messages.

/// Turns core files off, takes the process out of other processes' reach where the system can, and makes panics say
/// where they happened and nothing else.
pub(crate) fn install() {
    protect_memory();
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(|place| format!(" at {}:{}", place.file(), place.line()));
        eprintln!(
            "error: oneclaw has a bug{}; nothing it held is printed here\n hint: report the place that is named",
            place.unwrap_or_default()
        );
    }));
}

#[cfg(unix)]
fn protect_memory() {
    use rustix::process::{Resource, Rlimit, setrlimit};
    let none = Rlimit { current: Some(0), maximum: Some(0) };
    let _ = setrlimit(Resource::Core, none);
    #[cfg(target_os = "linux")]
    {
        // Also keeps a debugger of the same user away, and core dumps that a pipe collects, which no limit stops.
        let _ = rustix::process::set_dumpable_behavior(rustix::process::DumpableBehavior::NotDumpable);
    }
}

#[cfg(not(unix))]
const fn protect_memory() {}
