use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use url::Url;

use crate::BrokerError;
use crate::egress::{AddressClass, EgressPolicy, classify};
use crate::path::RequestPath;

/// The prefix that calls are joined to: scheme, host, port and path, each in its one canonical spelling.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct BaseUrl {
    text: String,
    https: bool,
    host: String,
    port: u16,
    path: RequestPath,
}

impl BaseUrl {
    /// Takes a base URL apart by hand and compares the parts with what `url` makes of it, so that nothing is sent to a
    /// host that is written in another way than it is dialled (WHATWG URL, section 3.5, reads `0x7f.1` as an address).
    pub(crate) fn parse(text: &str, allow_private_networks: bool) -> Result<Self, BrokerError> {
        let (https, rest) = match text.split_once("://") {
            Some(("https", rest)) => (true, rest),
            Some(("http", rest)) => (false, rest),
            _ => return Err(BrokerError::Scheme),
        };
        if !text.bytes().all(|byte| byte.is_ascii_graphic()) || text.contains(['\\', '@', '?', '#']) {
            return Err(BrokerError::BaseUrlShape);
        }
        let (authority, path) = match rest.find('/') {
            Some(at) => rest.split_at(at),
            None => (rest, "/"),
        };
        let (host, port) = split_authority(authority)?;
        let port = match port {
            Some(digits) => parse_port(digits)?,
            None if https => 443,
            None => 80,
        };
        check_host(host)?;
        let path = RequestPath::parse(path)?;

        let url = Url::parse(text).map_err(|_| BrokerError::BaseUrlShape)?;
        if url.host_str() != Some(host) {
            return Err(BrokerError::Host);
        }
        if url.port_or_known_default() != Some(port) || url.path() != path.to_string() {
            return Err(BrokerError::BaseUrlShape);
        }

        let base = Self { text: text.to_owned(), https, host: host.to_owned(), port, path };
        base.check_egress(allow_private_networks)?;
        Ok(base)
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.text
    }

    pub(crate) const fn is_https(&self) -> bool {
        self.https
    }

    pub(crate) fn host(&self) -> &str {
        &self.host
    }

    pub(crate) const fn path(&self) -> &RequestPath {
        &self.path
    }

    /// Returns scheme and authority.
    pub(crate) fn origin(&self) -> String {
        let scheme = if self.https { "https" } else { "http" };
        format!("{scheme}://{}:{}", self.host, self.port)
    }

    /// Returns the address, if the host is one: no resolver is asked for it.
    pub(crate) fn address(&self) -> Option<IpAddr> {
        match self.host.strip_prefix('[') {
            Some(rest) => rest.strip_suffix(']')?.parse::<Ipv6Addr>().ok().map(IpAddr::V6),
            None => self.host.parse::<Ipv4Addr>().ok().map(IpAddr::V4),
        }
    }

    pub(crate) fn check_hosts(&self, allowed: Option<&[String]>) -> Result<(), BrokerError> {
        let Some(allowed) = allowed else { return Ok(()) };
        for host in allowed {
            check_host(host)?;
        }
        if allowed.contains(&self.host) { Ok(()) } else { Err(BrokerError::HostNotAllowed) }
    }

    pub(crate) fn check_ports(&self, allowed: Option<&[u16]>) -> Result<(), BrokerError> {
        match allowed {
            Some(allowed) if !allowed.contains(&self.port) => Err(BrokerError::PortNotAllowed),
            _ => Ok(()),
        }
    }

    fn check_egress(&self, allow_private_networks: bool) -> Result<(), BrokerError> {
        let policy = match (self.https, allow_private_networks) {
            (true, true) => EgressPolicy::Private,
            (true, false) => EgressPolicy::Public,
            (false, true) => EgressPolicy::Loopback,
            (false, false) => return Err(BrokerError::PlainHttp),
        };
        // RFC 6761, section 6.3: these names are loopback whatever a resolver says.
        let named = self.host == "localhost" || self.host.ends_with(".localhost");
        match self.address().map(classify).or(named.then_some(AddressClass::Loopback)) {
            Some(class) if !policy.permits(class) => {
                Err(if self.https { BrokerError::Address(class) } else { BrokerError::PlainHttp })
            }
            None if !self.https => Err(BrokerError::PlainHttp),
            _ => Ok(()),
        }
    }
}

fn split_authority(authority: &str) -> Result<(&str, Option<&str>), BrokerError> {
    if authority.starts_with('[') {
        let (host, rest) = match authority.find(']') {
            Some(end) => authority.split_at(end + 1),
            None => return Err(BrokerError::Host),
        };
        return match rest.strip_prefix(':') {
            Some(port) => Ok((host, Some(port))),
            None if rest.is_empty() => Ok((host, None)),
            None => Err(BrokerError::Host),
        };
    }
    Ok(match authority.split_once(':') {
        Some((host, port)) => (host, Some(port)),
        None => (authority, None),
    })
}

fn parse_port(digits: &str) -> Result<u16, BrokerError> {
    if digits.is_empty() || digits.starts_with('0') || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(BrokerError::Port);
    }
    digits.parse().map_err(|_| BrokerError::Port)
}

/// Checks that a host is written as it is dialled: a name of letters, digits and hyphens, or a canonical address.
fn check_host(host: &str) -> Result<(), BrokerError> {
    if let Some(rest) = host.strip_prefix('[') {
        let address = rest.strip_suffix(']').and_then(|text| text.parse::<Ipv6Addr>().ok());
        return match address {
            Some(address) if format!("[{address}]") == host || url_form(address) == host => Ok(()),
            _ => Err(BrokerError::Host),
        };
    }
    let label = |label: &str| {
        (1..=63).contains(&label.len())
            && label.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-'))
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    if host.len() > 253 || !host.split('.').all(label) {
        return Err(BrokerError::Host);
    }
    // A name whose last label is a number is an address to some parsers; it has to be one to all.
    let numeric = |label: &str| {
        label.bytes().all(|byte| byte.is_ascii_digit())
            || label.strip_prefix("0x").is_some_and(|rest| rest.bytes().all(|byte| byte.is_ascii_hexdigit()))
    };
    if host.rsplit('.').next().is_some_and(numeric)
        && host.parse::<Ipv4Addr>().map(|address| address.to_string()).as_deref() != Ok(host)
    {
        return Err(BrokerError::Host);
    }
    Ok(())
}

/// Returns an address as `url` writes it: without dots.
fn url_form(address: Ipv6Addr) -> String {
    url::Host::<&str>::Ipv6(address).to_string()
}
