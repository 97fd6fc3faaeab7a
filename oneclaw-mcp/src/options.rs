/// What the operator of a server decides; nothing that comes over the wire changes it.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Returns values to agents that have `read` on them. Off, no value is ever returned, whatever policy says.
    pub allow_reveal: bool,
    /// The name or id of the vault that calls speak of when they name none; found by itself when absent.
    pub vault: Option<String>,
}

impl Options {
    /// Gives the permit that revealing asks for, when the operator allowed it.
    pub(crate) fn reveal_permit(&self) -> Option<RevealPermit> {
        self.allow_reveal.then_some(RevealPermit(()))
    }
}

/// Proves that the operator allowed values to be returned; made nowhere else.
#[derive(Debug, Clone, Copy)]
pub(crate) struct RevealPermit(());
