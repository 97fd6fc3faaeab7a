use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::header::{HOST, ORIGIN};
use http::{HeaderMap, Uri};
use oneclaw_api::Problem;

use crate::hosts::Hosts;
use crate::reply::Failure;

/// Refuses requests that a page in a browser could send from elsewhere (INV-27), before authentication and body.
pub(crate) async fn guard_hosts(State(hosts): State<Hosts>, request: Request, next: Next) -> Response {
    match check(&hosts, request.uri(), request.headers()) {
        Ok(()) => next.run(request).await,
        Err(problem) => Failure(problem).into_response(),
    }
}

fn check(hosts: &Hosts, uri: &Uri, headers: &HeaderMap) -> Result<(), Problem> {
    let mut named = headers.get_all(HOST).iter();
    let (Some(host), None) = (named.next(), named.next()) else {
        return Err(Problem::bad_request("a request names its host in exactly one `Host` header"));
    };
    let host = host.to_str().unwrap_or_default();
    // An absolute request target names a host as well, and it counts before the header (RFC 9112, section 3.2.2).
    let target = uri.authority().map_or(host, |authority| authority.as_str());
    if !hosts.permit(host) || !hosts.permit(target) {
        return Err(Problem::forbidden(
            "the vault does not answer to this host name; use 127.0.0.1 or localhost, or allow the name in its \
             configuration",
        ));
    }
    let foreign = headers.get_all(ORIGIN).iter().any(|origin| {
        let origin = origin.to_str().unwrap_or_default();
        let own = origin.strip_prefix("http://").or_else(|| origin.strip_prefix("https://"));
        own.is_none_or(|own| !own.eq_ignore_ascii_case(host))
    });
    if foreign {
        return Err(Problem::forbidden("pages of another origin may not speak to the vault"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use http::header::HeaderValue;
    use oneclaw_api::ProblemKind;

    use super::*;

    fn outcome(target: &str, hosts: &[&str], origin: Option<&str>) -> Option<ProblemKind> {
        let mut headers = HeaderMap::new();
        for host in hosts {
            headers.append(HOST, HeaderValue::from_str(host).unwrap());
        }
        if let Some(origin) = origin {
            headers.append(ORIGIN, HeaderValue::from_str(origin).unwrap());
        }
        check(&Hosts::loopback(), &target.parse().unwrap(), &headers).err().map(|problem| problem.kind())
    }

    #[test]
    fn own_hosts_and_origins_pass() {
        assert_eq!(outcome("/", &["127.0.0.1:8443"], None), None);
        assert_eq!(outcome("http://localhost:8443/", &["localhost:8443"], None), None);
        assert_eq!(outcome("/", &["localhost:8443"], Some("http://localhost:8443")), None);
    }

    #[test]
    fn foreign_ones_are_refused() {
        let forbidden = Some(ProblemKind::Forbidden);
        assert_eq!(outcome("/", &["evil.example"], None), forbidden);
        assert_eq!(outcome("http://evil.example/", &["localhost"], None), forbidden);
        for origin in [
            "null",
            "",
            "http://evil.example",
            "http://localhost:3000",
            "http://127.0.0.1:8443",
            "http://localhost:8443.evil.example",
            "file://localhost:8443",
            "localhost:8443",
        ] {
            assert_eq!(outcome("/", &["localhost:8443"], Some(origin)), forbidden, "{origin}");
        }
    }

    #[test]
    fn one_host_is_named() {
        assert_eq!(outcome("/", &[], None), Some(ProblemKind::BadRequest));
        assert_eq!(outcome("/", &["localhost", "localhost"], None), Some(ProblemKind::BadRequest));
    }
}
