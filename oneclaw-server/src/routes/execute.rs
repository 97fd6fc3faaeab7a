use std::collections::BTreeMap;

use oneclaw_api::{ExecuteRequest, Problem, RequestBody, VaultApi};

use crate::extract::{Body, Caller, Fields, Query, Target};
use crate::reply::{Answer, ok};

/// `POST /v1/agents/{agent}/execute`: what the upstream does is inside the reply, which is 200.
pub(crate) async fn execute(caller: Caller, target: Target, body: Body) -> Answer {
    let request = request(&body.fields()?)?;
    ok(&caller.execute(target.id()?, request).await?)
}

fn request(fields: &Fields<'_>) -> Result<ExecuteRequest, Problem> {
    const INTENT: &str = "must be `http`";
    const STRING: &str = "must be a string";
    match fields.required::<String>("intent_type", INTENT)?.as_str() {
        "http" | "http_request" => {}
        _ => return Err(Problem::bad_field("intent_type", INTENT)),
    }
    match fields.optional::<String>("execution_mode", STRING)?.as_deref() {
        None | Some("vault") => {}
        Some(_) => return Err(Problem::bad_field("execution_mode", "must be `vault`")),
    }
    // Who asks for a rehearsal must not get the real thing.
    fields.refuse("dry_run", "is not supported; leave it out to make the call")?;
    let params = fields
        .object("params")?
        .ok_or_else(|| Problem::bad_field("params", "is missing; it must be an object"))?;
    let path = params.optional::<String>("path", STRING)?.unwrap_or_default();
    let (path, from_path) = path.split_once('?').unwrap_or((&path, ""));
    let mut query = Query::pairs(from_path)?;
    query.extend(pairs(&params)?);
    Ok(ExecuteRequest {
        binding: fields.required("binding", "must be the name or the id of a binding")?,
        method: params.optional("method", STRING)?.unwrap_or_else(|| "GET".to_owned()).to_ascii_uppercase(),
        path: path.to_owned(),
        query,
        headers: params
            .optional::<BTreeMap<String, String>>("headers", "must be an object of strings")?
            .unwrap_or_default(),
        body: params.optional::<RequestBody>("body", "must be JSON")?,
    })
}

/// Parses the query: an object of strings, or a list of pairs where a name repeats.
fn pairs(params: &Fields<'_>) -> Result<Vec<(String, String)>, Problem> {
    const QUERY: &str = "must be an object of strings or a list of pairs of strings";
    match params.raw("query") {
        None => Ok(Vec::new()),
        Some(raw) if raw.get().starts_with('[') => params.required::<Vec<(String, String)>>("query", QUERY),
        Some(_) => Ok(params.required::<BTreeMap<String, String>>("query", QUERY)?.into_iter().collect()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn parsed(body: &Value) -> Result<ExecuteRequest, Problem> {
        request(&Fields::parse(body.to_string().as_bytes()).unwrap())
    }

    #[test]
    fn a_request_is_read_with_its_defaults() {
        let body = json!({"binding": "b", "intent_type": "http", "params": {}});
        let wanted = ExecuteRequest {
            binding: "b".to_owned(),
            method: "GET".to_owned(),
            path: String::new(),
            query: Vec::new(),
            headers: BTreeMap::new(),
            body: None,
        };
        assert_eq!(parsed(&body), Ok(wanted));
    }

    #[test]
    fn a_query_comes_in_the_path_or_beside_it() {
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        for (params, wanted) in [
            (json!({"path": "/a?x=1&y=%20"}), vec![pair("x", "1"), pair("y", " ")]),
            (json!({"path": "/a", "query": {"x": "1"}}), vec![pair("x", "1")]),
            (
                json!({"path": "/a?x=1", "query": [["x", "2"], ["x", "3"]]}),
                vec![pair("x", "1"), pair("x", "2"), pair("x", "3")],
            ),
        ] {
            let body = json!({"binding": "b", "intent_type": "http_request", "params": params});
            let request = parsed(&body).unwrap();
            assert_eq!((request.path.as_str(), request.query), ("/a", wanted), "{params}");
        }
    }

    #[test]
    fn others_are_refused() {
        for (name, value) in [
            ("intent_type", json!("graphql_query")),
            ("execution_mode", json!("tee")),
            ("dry_run", json!(true)),
            ("params", json!("x")),
            ("params", json!({"headers": {"a": 1}})),
            ("params", json!({"query": "a=b"})),
            ("params", json!({"path": "/a?x=%zz"})),
            ("binding", json!(null)),
        ] {
            let mut body = json!({"binding": "b", "intent_type": "http", "params": {}});
            body[name] = value;
            assert!(parsed(&body).is_err(), "{body}");
        }
    }
}
