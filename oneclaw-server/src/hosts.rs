use std::net::IpAddr;

/// The hosts under which the API answers (INV-27).
///
/// A page in a browser can make a name of its own resolve to this machine; its requests then carry that name. So an
/// unknown name is refused, before anything else of the request is looked at.
#[derive(Debug, Clone, Default)]
pub struct Hosts {
    names: Vec<String>,
    any_address: bool,
}

impl Hosts {
    /// Answers to `localhost` and the loopback addresses, which is enough on one machine.
    #[must_use]
    pub const fn loopback() -> Self {
        Self { names: Vec::new(), any_address: false }
    }

    /// Answers to a name or an address as well, such as the one a proxy forwards.
    #[must_use]
    pub fn with(mut self, host: &str) -> Self {
        self.names.push(host.trim_matches(['[', ']']).to_ascii_lowercase());
        self
    }

    /// Answers to every IP address as well: an address, unlike a name, can't be made to point elsewhere.
    #[must_use]
    pub const fn with_any_address(mut self) -> Self {
        self.any_address = true;
        self
    }

    /// Decides on the text of a `Host` header: a name or an address, with or without a port.
    pub(crate) fn permit(&self, header: &str) -> bool {
        let Some(host) = host_of(header) else { return false };
        if let Ok(address) = host.parse::<IpAddr>()
            && (self.any_address || address.is_loopback())
        {
            return true;
        }
        host.eq_ignore_ascii_case("localhost")
            || self.names.iter().any(|name| host.eq_ignore_ascii_case(name))
    }
}

/// Takes the port and the brackets off.
fn host_of(header: &str) -> Option<&str> {
    let (host, port) = match header.strip_prefix('[') {
        Some(rest) => {
            let (host, rest) = rest.split_once(']')?;
            if !host.contains(':') {
                return None;
            }
            (host, if rest.is_empty() { None } else { Some(rest.strip_prefix(':')?) })
        }
        None => match header.split_once(':') {
            Some((host, port)) => (host, Some(port)),
            None => (header, None),
        },
    };
    let port_is_fine = port.is_none_or(|port| port.parse::<u16>().is_ok());
    (port_is_fine && !host.is_empty()).then_some(host)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loopback_is_permitted_in_every_spelling() {
        for host in [
            "localhost",
            "LOCALHOST:8443",
            "127.0.0.1",
            "127.0.0.1:8443",
            "127.9.9.9:1",
            "[::1]",
            "[::1]:8443",
        ] {
            assert!(Hosts::loopback().permit(host), "{host}");
        }
    }

    #[test]
    fn others_are_not() {
        for host in [
            "",
            ":8443",
            "evil.example",
            "evil.example:8443",
            "localhost.evil.example",
            "localhost:8443:1",
            "localhost:x",
            "127.0.0.1.evil.example",
            "127.1",
            "2130706433",
            "0.0.0.0",
            "192.0.2.1",
            "[::1",
            "::1",
            "[127.0.0.1]",
            "[::1]8443",
            "[::2]",
            "localhost.",
            " localhost",
            "user@localhost",
        ] {
            assert!(!Hosts::loopback().permit(host), "{host}");
        }
    }

    #[test]
    fn a_name_can_be_added() {
        let hosts = Hosts::loopback().with("vault.example").with("[2001:db8::1]");
        for host in ["vault.example", "Vault.Example:443", "[2001:db8::1]:8443", "localhost"] {
            assert!(hosts.permit(host), "{host}");
        }
        assert!(!hosts.permit("other.example"));
        assert!(Hosts::loopback().with_any_address().permit("192.0.2.1:8443"));
        assert!(!Hosts::loopback().with_any_address().permit("evil.example"));
    }
}
