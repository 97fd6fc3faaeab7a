//! The reference model: DESIGN's words on policy in the plainest form, over plain text, sharing no code with the crate.

/// A rule, field by field as it would be written down.
#[derive(Clone, Debug)]
pub(crate) struct ModelRule {
    pub(crate) id: String,
    pub(crate) principal: String,
    pub(crate) pattern: String,
    pub(crate) permissions: Vec<&'static str>,
    pub(crate) allows: bool,
    pub(crate) priority: i32,
    pub(crate) expires_at: Option<i64>,
}

#[derive(Clone, Debug)]
pub(crate) struct ModelRequest {
    pub(crate) principal: String,
    pub(crate) permission: &'static str,
    pub(crate) path: String,
    pub(crate) now: i64,
    pub(crate) is_creator: bool,
    pub(crate) vault_bound: bool,
    pub(crate) scopes: Option<Vec<String>>,
}

/// Allowed or not, the reason, and the sorted ids of the rules that made it so.
pub(crate) fn decide(rules: &[ModelRule], request: &ModelRequest) -> (bool, &'static str, Vec<String>) {
    if !request.vault_bound {
        return (false, "VaultNotBound", vec![]);
    }
    if let Some(scopes) = &request.scopes
        && !scopes.iter().any(|scope| glob(scope, &request.path))
    {
        return (false, "OutsideScope", vec![]);
    }
    let speaks = |rule: &&ModelRule| {
        rule.principal == request.principal
            && glob(&rule.pattern, &request.path)
            && rule.permissions.iter().any(|named| match rule.allows {
                true => implies(named, request.permission),
                // Denied is what is named, what would give it back, and the changes that `write` stands for.
                false => {
                    implies(request.permission, named)
                        || (*named == "write" && ["rotate", "delete"].contains(&request.permission))
                }
            })
    };
    let expired = |rule: &ModelRule| rule.expires_at.is_some_and(|at| request.now >= at);
    let names = |keep: &dyn Fn(&ModelRule) -> bool| {
        let mut ids: Vec<String> =
            rules.iter().filter(speaks).filter(|rule| keep(rule)).map(|rule| rule.id.clone()).collect();
        ids.sort();
        ids
    };
    let top = rules.iter().filter(speaks).filter(|rule| !expired(rule)).map(|rule| rule.priority).max();
    let Some(top) = top else {
        if request.is_creator {
            return (true, "CreatorBypass", vec![]);
        }
        let lapsed = names(&|rule| rule.allows && expired(rule));
        return (false, if lapsed.is_empty() { "NoRuleMatched" } else { "Expired" }, lapsed);
    };
    let deciding = |allows| names(&|rule| !expired(rule) && rule.priority == top && rule.allows == allows);
    match deciding(false) {
        denies if denies.is_empty() => (true, "AllowedBy", deciding(true)),
        denies => (false, "DeniedBy", denies),
    }
}

/// Whether having the one permission means having the other.
pub(crate) fn implies(one: &str, other: &str) -> bool {
    one == other
        || other == "list"
        || (one == "read" && other == "use")
        || (one == "write" && (other == "rotate" || other == "delete"))
}

/// `*` is exactly one segment, `**` zero or more.
pub(crate) fn glob(pattern: &str, path: &str) -> bool {
    let pattern: Vec<&str> = pattern.split('/').collect();
    let path: Vec<&str> = path.split('/').collect();
    glob_segments(&pattern, &path)
}

fn glob_segments(pattern: &[&str], path: &[&str]) -> bool {
    match (pattern, path) {
        ([], _) => path.is_empty(),
        (["**", after @ ..], []) => glob_segments(after, &[]),
        (["**", after @ ..], [_, left @ ..]) => glob_segments(after, path) || glob_segments(pattern, left),
        ([_, ..], []) => false,
        ([first, after @ ..], [segment, left @ ..]) => {
            (*first == "*" || first == segment) && glob_segments(after, left)
        }
    }
}

const ALNUM: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/// `^[A-Za-z0-9]([A-Za-z0-9_/-]*[A-Za-z0-9])?$`, no `//`, at most 512 bytes.
pub(crate) fn is_path(text: &str) -> bool {
    let inside = |c: char| ALNUM.contains(c) || "_/-".contains(c);
    text.len() <= 512
        && !text.contains("//")
        && text.starts_with(|c| ALNUM.contains(c))
        && text.ends_with(|c| ALNUM.contains(c))
        && text.chars().all(inside)
}

/// Segments of `[A-Za-z0-9_-]+`, `*` or `**`, at most 512 bytes.
pub(crate) fn is_pattern(text: &str) -> bool {
    let literal = |segment: &str| {
        !segment.is_empty() && segment.chars().all(|c| ALNUM.contains(c) || c == '_' || c == '-')
    };
    text.len() <= 512 && text.split('/').all(|segment| segment == "*" || segment == "**" || literal(segment))
}
