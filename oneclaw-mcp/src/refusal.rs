use oneclaw_api::{Problem, ProblemKind};
use zeroize::Zeroizing;

use crate::answer::Answer;
use crate::foreign_text;

/// Why a tool did not do what it was asked: a sentence that a model can act on, without any part of the arguments.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Refusal {
    #[error(
        "The path is not valid. A path is made of letters, digits, _ and - in segments separated by single slashes, \
         begins and ends with a letter or digit and has at most 512 characters, for example api-keys/stripe."
    )]
    Path,
    #[error(
        "The reference is not valid. It has the form oneclaw://<vault>/<path>@<version>; get_secret gives one."
    )]
    Reference,
    #[error(
        "This tool takes the reference of a whole secret: leave out # and what follows. get_env_bundle lists the \
         names in a bundle."
    )]
    ReferenceField,
    #[error(
        "The reference names another vault or version than the arguments do. Leave out the other arguments."
    )]
    Contradiction,
    #[error("The argument expires_at is not a date. Write it as 2027-01-31T12:00:00Z (RFC 3339).")]
    Date,
    #[error("There is no vault of that name that you may see. list_vaults shows those you may use.")]
    UnknownVault,
    #[error(
        "There is no vault that you may see. The owner makes one with `oneclaw init`, and gives an agent rights in it \
         with `oneclaw policy add`."
    )]
    NoVault,
    #[error("There is no such version. list_versions shows those there are.")]
    UnknownVersion,
    #[error(
        "Refused: values are never shown here. The operator of this server did not allow it, and no argument changes \
         that. Use the secret without seeing it: execute_http makes a call with it, list_bindings shows through which \
         bindings."
    )]
    RevealOff,
    #[error("The value is not text, and this protocol carries text only. Use it through a binding.")]
    NotText,
    #[error(
        "Give no value here: a value that passes through a conversation is no longer secret. A person types it at a \
         terminal instead: `printf %s \"$VALUE\" | oneclaw secret put PATH`, or `oneclaw secret put PATH` for a hidden \
         prompt. Ask the user to do that, then continue. To have the vault make a new value, use rotate_and_store \
         without a value."
    )]
    AskPerson,
    #[error("Give either a value to store, or length and charset for a value that the vault generates.")]
    ValueAndGenerator,
    #[error("The value is not an environment bundle: a JSON object of strings, or lines of NAME=value.")]
    NotABundle,
    #[error("Only the current version can be asked for its names. Leave the version out of the reference.")]
    CurrentOnly,
    #[error(
        "The path holds a query. Put the parameters into the argument query, and leave the ? out of path."
    )]
    QueryInPath,
    #[error(
        "The key of this server belongs to a person. Bindings belong to agents: use an agent's key (`ocv_…`)."
    )]
    NotAnAgent,
    #[error("Internal error. Nothing of it is shown here; the server's log says where it happened.")]
    Internal,
    #[error("{}", sentence(.0.kind()))]
    Vault(#[from] Problem),
    #[error("{}", sentence_of_opening(.0.kind()))]
    Opening(Problem),
}

impl Refusal {
    /// Writes the refusal as an answer.
    pub(crate) fn into_answer(self, texts: &[Zeroizing<String>]) -> Answer {
        Answer::error(self.into_text(texts))
    }

    /// Writes the refusal in words. What the vault says is added unless it repeats one of `texts`.
    pub(crate) fn into_text(self, texts: &[Zeroizing<String>]) -> String {
        let mut text = self.to_string();
        let problem = match &self {
            // What failed inside the vault is for its log; why it can't be opened is for the user.
            Self::Vault(problem) if problem.kind() != ProblemKind::Internal => Some(problem),
            Self::Opening(problem) => Some(problem),
            _ => None,
        };
        if let Some(problem) = problem {
            let detail = foreign_text::line(problem.detail());
            let repeats =
                texts.iter().any(|sent| sent.len() >= SHORTEST_ECHO && detail.contains(sent.as_str()));
            if !detail.is_empty() && !repeats {
                text.push_str(" The vault says: ");
                text.push_str(&detail);
            }
            if let Some(seconds) = problem.retry_after() {
                text.push_str(&format!(" Try again in {seconds} s."));
            }
        }
        text
    }
}

/// Shorter texts occur in any sentence.
const SHORTEST_ECHO: usize = 4;

const fn sentence_of_opening(kind: ProblemKind) -> &'static str {
    match kind {
        ProblemKind::Unauthorized | ProblemKind::Unreachable | ProblemKind::Locked => sentence(kind),
        _ => "The vault can't be opened. Tell the user, then try again.",
    }
}

const fn sentence(kind: ProblemKind) -> &'static str {
    match kind {
        ProblemKind::BadRequest => "The vault refuses the arguments.",
        ProblemKind::Unauthorized => {
            "The vault does not accept this server's key: it is wrong, expired or revoked. Nothing you can do here \
             changes that; ask the user to give the agent a new key with `oneclaw agent rotate-key NAME`."
        }
        ProblemKind::Forbidden => {
            "Denied: the vault's policy or the binding does not allow it, and other spellings don't help. Ask the user \
             for the right (`oneclaw policy add`) or for another binding (`oneclaw binding add`), or use what \
             list_secrets and list_bindings show."
        }
        ProblemKind::LimitExceeded => "A limit of the vault is reached.",
        ProblemKind::ApprovalRequired => "A person must approve this first. Ask the user.",
        ProblemKind::NotFound => {
            "Not found. Check the name with list_secrets, list_versions, list_vaults or list_bindings."
        }
        ProblemKind::Conflict => {
            "Something else changed it in the meantime. Look at it again, then decide anew."
        }
        ProblemKind::Gone => {
            "It was there and is no longer: deleted, expired, disabled or used up. list_versions shows what is left."
        }
        ProblemKind::TooLarge => "It is too large: a value may have at most 1 MiB.",
        ProblemKind::TooManyRequests => "Too many calls. Wait before the next one.",
        ProblemKind::Internal => "The vault failed. Its log says why; nothing of it is shown here.",
        ProblemKind::Unavailable => "The vault can't do that now; nothing has changed.",
        ProblemKind::Unreachable => {
            "The vault does not answer. Ask the user to check that it runs and that ONECLAW_BASE_URL is right."
        }
        ProblemKind::Locked => "The vault is locked. Ask the user to type `oneclaw unlock`.",
    }
}
