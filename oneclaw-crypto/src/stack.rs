//! Keeps key schedules off the stack.
//!
//! Moving a cipher or a hash leaves copies of round keys and chaining values in dead frames. Their types wipe
//! what they own when dropped, not what was moved out of. So whatever touches a key runs in a frame of its
//! own, and that part of the stack is overwritten afterwards. This is best effort: safe Rust can't promise
//! what a compiler spills.

/// More than the deepest stack below [`wiped`], in bytes: an AES-256 key schedule moved through several
/// frames, GHASH tables, a batch of blocks. Measured by `tests/stack.rs`, which fails below 9 KiB optimised
/// and 20 KiB not.
const DEPTH: usize = if cfg!(debug_assertions) { 32 * 1024 } else { 12 * 1024 };

/// Runs `work` and wipes the stack that it used.
///
/// What `work` returns must not hold key material by value: it is moved through this frame.
pub(crate) fn wiped<T>(work: impl FnOnce() -> T) -> T {
    let done = isolated(work);
    zeroize::zeroize_stack::<DEPTH>();
    done
}

/// Has a frame of its own, so that everything `work` spills lies below the caller's.
#[inline(never)]
fn isolated<T>(work: impl FnOnce() -> T) -> T {
    work()
}
