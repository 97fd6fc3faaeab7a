//! What may be done to a secret, and what each permission carries with it.

use std::fmt;
use std::str::FromStr;

use crate::error::WordError;

/// One thing that may be done to a secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Permission {
    /// See that the secret exists, and its metadata.
    List,
    /// Have something done with the value, without receiving it.
    Use,
    /// Receive the value.
    Read,
    /// Store a value of one's own choosing.
    Write,
    /// Have the value replaced by one that the vault generates or captures.
    Rotate,
    /// Delete the secret.
    Delete,
    /// Give another principal access to the secret.
    Share,
}

/// A set of permissions, as small as a byte.
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Permissions(u8);

impl Permission {
    /// Every permission, in the order in which sets are walked and printed.
    pub const ALL: [Self; 7] =
        [Self::List, Self::Use, Self::Read, Self::Write, Self::Rotate, Self::Delete, Self::Share];

    /// The permission as it is written in rules.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::List => "list",
            Self::Use => "use",
            Self::Read => "read",
            Self::Write => "write",
            Self::Rotate => "rotate",
            Self::Delete => "delete",
            Self::Share => "share",
        }
    }

    /// The one implication table: what an allow of this permission gives, and what a deny of it takes.
    ///
    /// A deny always takes whatever would give the denied permission back, so an allowed permission never
    /// comes without those it implies. A deny of `write` takes the changes `write` stands for as well; a
    /// deny of `read` leaves `use`, because the use of a value without its sight is what rules are for.
    const fn row(self) -> (Permissions, Permissions) {
        use Permission::{Delete, List, Read, Rotate, Share, Use, Write};
        match self {
            //        an allow gives                                  a deny takes
            List => (set(&[List]), set(&Self::ALL)),
            Use => (set(&[Use, List]), set(&[Use, Read])),
            Read => (set(&[Read, Use, List]), set(&[Read])),
            Write => (set(&[Write, Rotate, Delete, List]), set(&[Write, Rotate, Delete])),
            Rotate => (set(&[Rotate, List]), set(&[Rotate, Write])),
            Delete => (set(&[Delete, List]), set(&[Delete, Write])),
            Share => (set(&[Share, List]), set(&[Share])),
        }
    }

    const fn bit(self) -> u8 {
        1 << self as u8
    }
}

impl Permissions {
    /// The empty set.
    pub const NONE: Self = Self(0);
    /// Every permission.
    pub const ALL: Self = set(&Permission::ALL);

    /// Whether the set holds the permission itself; implications are not drawn, see [`Self::closure`].
    #[must_use]
    pub const fn contains(self, permission: Permission) -> bool {
        self.0 & permission.bit() != 0
    }

    /// Whether every permission of `other` is in this set.
    #[must_use]
    pub const fn contains_all(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// Whether the set holds nothing.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The permissions of either set.
    #[must_use]
    pub const fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// The permissions held, in the order of [`Permission::ALL`].
    pub fn iter(self) -> impl Iterator<Item = Permission> + Clone {
        Permission::ALL.into_iter().filter(move |&permission| self.contains(permission))
    }

    /// What an allow of these permissions gives: the permissions and all they imply.
    #[must_use]
    pub fn closure(self) -> Self {
        self.iter().map(|permission| permission.row().0).fold(Self::NONE, Self::union)
    }

    /// What a deny of these permissions takes: the permissions and all that would give them back.
    #[must_use]
    pub fn denied(self) -> Self {
        self.iter().map(|permission| permission.row().1).fold(Self::NONE, Self::union)
    }
}

impl fmt::Display for Permission {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for Permission {
    type Err = WordError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|permission| permission.as_str() == text).ok_or(WordError::Permission)
    }
}

impl From<Permission> for Permissions {
    fn from(permission: Permission) -> Self {
        Self(permission.bit())
    }
}

impl FromIterator<Permission> for Permissions {
    fn from_iter<I: IntoIterator<Item = Permission>>(permissions: I) -> Self {
        permissions.into_iter().map(Self::from).fold(Self::NONE, Self::union)
    }
}

impl fmt::Debug for Permissions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}

/// Comma-separated words: `list, use`.
impl fmt::Display for Permissions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (n, permission) in self.iter().enumerate() {
            if n > 0 {
                f.write_str(", ")?;
            }
            f.write_str(permission.as_str())?;
        }
        Ok(())
    }
}

const fn set(permissions: &[Permission]) -> Permissions {
    let mut bits = 0;
    let mut rest = permissions;
    while let [first, others @ ..] = rest {
        bits |= first.bit();
        rest = others;
    }
    Permissions(bits)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(permissions: Permissions) -> String {
        permissions.to_string()
    }

    #[test]
    fn the_table_in_full() {
        let table = [
            ("list", "list", "list, use, read, write, rotate, delete, share"),
            ("use", "list, use", "use, read"),
            ("read", "list, use, read", "read"),
            ("write", "list, write, rotate, delete", "write, rotate, delete"),
            ("rotate", "list, rotate", "write, rotate"),
            ("delete", "list, delete", "write, delete"),
            ("share", "list, share", "share"),
        ];
        assert_eq!(table.map(|(word, ..)| word), Permission::ALL.map(Permission::as_str));
        for (word, gives, takes) in table {
            let set = Permissions::from(word.parse::<Permission>().unwrap());
            assert_eq!((words(set.closure()), words(set.denied())), (gives.to_owned(), takes.to_owned()));
        }
    }

    #[test]
    fn closures_are_closed_and_a_deny_takes_whatever_gives_the_denied_back() {
        for bits in 0..=Permissions::ALL.0 {
            let set = Permissions(bits);
            for closed in [set.closure(), set.denied()] {
                assert!(closed.contains_all(set));
            }
            assert_eq!(set.closure().closure(), set.closure());
            for other in Permission::ALL {
                let gives_back = set.iter().any(|denied| Permissions::from(other).closure().contains(denied));
                assert!(!gives_back || set.denied().contains(other), "{set} leaves {other}");
            }
            // A grant that outlives the deny gives none of the denied permissions.
            let left: Permissions =
                Permission::ALL.into_iter().filter(|&p| !set.denied().contains(p)).collect();
            assert!(left.closure().iter().all(|permission| !set.denied().contains(permission)));
        }
    }

    #[test]
    fn sets_are_built_walked_and_printed() {
        let set = Permissions::from_iter([Permission::Share, Permission::List, Permission::Share]);
        assert_eq!(set.iter().collect::<Vec<_>>(), [Permission::List, Permission::Share]);
        assert_eq!((words(set), format!("{set:?}")), ("list, share".to_owned(), "{List, Share}".to_owned()));
        assert!(!set.contains(Permission::Use) && !set.is_empty() && Permissions::NONE.is_empty());
        assert_eq!(Permissions::ALL.iter().count(), 7);
    }

    #[test]
    fn words_are_exact() {
        for permission in Permission::ALL {
            assert_eq!(permission.to_string().parse(), Ok(permission));
        }
        for word in ["", "Read", "READ", " read", "read ", "reads", "*", "read,use"] {
            assert_eq!(word.parse::<Permission>(), Err(WordError::Permission));
        }
    }
}
