use std::collections::BTreeMap;
use std::str::FromStr;

use axum::extract::FromRequestParts;
use http::request::Parts;
use oneclaw_api::Problem;

use super::percent;
use crate::reply::Failure;

/// The query's parameters; unknown ones are passed over, one that comes twice is refused.
#[derive(Debug, Default)]
pub(crate) struct Query(BTreeMap<String, String>);

impl Query {
    /// Parses `name=value` pairs joined by `&`, with `+` for a space (the form encoding of the URL standard).
    pub(crate) fn parse(text: &str) -> Result<Self, Problem> {
        let mut pairs = BTreeMap::new();
        for (name, value) in Self::pairs(text)? {
            if pairs.insert(name, value).is_some() {
                return Err(Problem::bad_request("the query names a parameter twice"));
            }
        }
        Ok(Self(pairs))
    }

    /// Parses the pairs of a query in their order; a name may repeat.
    pub(crate) fn pairs(text: &str) -> Result<Vec<(String, String)>, Problem> {
        text.split('&')
            .filter(|pair| !pair.is_empty())
            .map(|pair| {
                let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
                let decode = |text: &str| percent::decode(&text.replace('+', " ")).map(Into::into);
                Ok((decode(name)?, decode(value)?))
            })
            .collect()
    }

    /// Returns a parameter; an empty one counts as none.
    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }

    /// Returns a parsed parameter.
    pub(crate) fn parsed<T: FromStr>(
        &self,
        name: &str,
        expected: &'static str,
    ) -> Result<Option<T>, Problem> {
        let parse = |text: &str| text.parse().map_err(|_| Problem::bad_field(name, expected));
        self.text(name).map(parse).transpose()
    }
}

impl<S: Sync> FromRequestParts<S> for Query {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Failure> {
        Self::parse(parts.uri.query().unwrap_or_default()).map_err(Failure)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_decoded() {
        let query = Query::parse("prefix=a%2Fb+c&limit=5&empty=&flag").unwrap();
        assert_eq!(query.text("prefix"), Some("a/b c"));
        assert_eq!(query.parsed("limit", "must be a number"), Ok(Some(5u32)));
        assert_eq!(query.text("empty"), None);
        assert_eq!(query.text("flag"), None);
        assert_eq!(query.parsed::<u32>("other", "must be a number"), Ok(None));
    }

    #[test]
    fn bad_ones_are_refused_and_not_echoed() {
        assert!(Query::parse("a=1&a=2").is_err());
        assert!(Query::parse("a=%zz").is_err());
        let problem = Query::parse("limit=canary").unwrap().parsed::<u32>("limit", "must be a number");
        assert_eq!(problem.unwrap_err().detail(), "limit: must be a number");
    }
}
