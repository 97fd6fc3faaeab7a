//! Where a request may go: what an address is, and which kinds a binding permits.

mod resolver;

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

pub(crate) use resolver::{EgressError, GuardedResolver};
pub use resolver::{Resolver, SystemResolver};

/// What an address is, after the special-purpose registries of IANA (RFC 6890 and its updates).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AddressClass {
    /// Globally reachable unicast.
    Public,
    /// `127.0.0.0/8`, `::1`.
    Loopback,
    /// `10.0.0.0/8`, `172.16.0.0/12`, `192.168.0.0/16` (RFC 1918), `fc00::/7` (RFC 4193).
    Private,
    /// `100.64.0.0/10` (RFC 6598).
    CarrierNat,
    /// `0.0.0.0/8`, `::`.
    Unspecified,
    /// `169.254.0.0/16`, `fe80::/10`.
    LinkLocal,
    /// The addresses where a cloud hands its machines credentials.
    Metadata,
    /// `224.0.0.0/4`, `ff00::/8`.
    Multicast,
    /// `255.255.255.255`.
    Broadcast,
    /// `192.0.2.0/24`, `198.51.100.0/24`, `203.0.113.0/24`, `2001:db8::/32`, `3fff::/20`.
    Documentation,
    /// `198.18.0.0/15` (RFC 2544).
    Benchmarking,
    /// An IPv4 address inside an IPv6 one (mapped, compatible, NAT64, 6to4, Teredo) that is not public, or whose
    /// route depends on the network.
    Embedded,
    /// Everything else that is not globally reachable unicast.
    Reserved,
}

impl fmt::Display for AddressClass {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Public => "a public address",
            Self::Loopback => "a loopback address",
            Self::Private => "a private address",
            Self::CarrierNat => "a carrier's shared address",
            Self::Unspecified => "the unspecified address",
            Self::LinkLocal => "a link-local address",
            Self::Metadata => "a cloud metadata address",
            Self::Multicast => "a multicast address",
            Self::Broadcast => "the broadcast address",
            Self::Documentation => "a documentation address",
            Self::Benchmarking => "a benchmarking address",
            Self::Embedded => "an IPv4 address inside an IPv6 one",
            Self::Reserved => "a reserved address",
        })
    }
}

/// Classifies an address; an IPv4 address inside an IPv6 one is looked at too.
///
/// ```
/// use oneclaw_broker::{AddressClass, classify};
/// assert_eq!(classify([169, 254, 169, 254].into()), AddressClass::Metadata);
/// assert_eq!(classify("64:ff9b::7f00:1".parse()?), AddressClass::Embedded);
/// # Ok::<(), std::net::AddrParseError>(())
/// ```
#[must_use]
pub fn classify(address: IpAddr) -> AddressClass {
    match address {
        IpAddr::V4(v4) => classify_v4(v4),
        IpAddr::V6(v6) => classify_v6(v6),
    }
}

fn classify_v4(address: Ipv4Addr) -> AddressClass {
    match address.octets() {
        // AWS and most others; Alibaba; Azure's host, which is a public address by its number.
        [169, 254, 169, 254] | [100, 100, 100, 200] | [168, 63, 129, 16] => AddressClass::Metadata,
        [0, ..] => AddressClass::Unspecified,
        [10, ..] | [172, 16..=31, ..] | [192, 168, ..] => AddressClass::Private,
        [100, 64..=127, ..] => AddressClass::CarrierNat,
        [127, ..] => AddressClass::Loopback,
        [169, 254, ..] => AddressClass::LinkLocal,
        [192, 0, 2, _] | [198, 51, 100, _] | [203, 0, 113, _] => AddressClass::Documentation,
        [198, 18 | 19, ..] => AddressClass::Benchmarking,
        // Protocol assignments, and the former anycast of 6to4 relays.
        [192, 0, 0, _] | [192, 88, 99, _] => AddressClass::Reserved,
        [224..=239, ..] => AddressClass::Multicast,
        [255, 255, 255, 255] => AddressClass::Broadcast,
        [240..=255, ..] => AddressClass::Reserved,
        _ => AddressClass::Public,
    }
}

fn classify_v6(address: Ipv6Addr) -> AddressClass {
    match address.segments() {
        [0, 0, 0, 0, 0, 0, 0, 0] => AddressClass::Unspecified,
        [0, 0, 0, 0, 0, 0, 0, 1] => AddressClass::Loopback,
        // AWS; Google.
        [0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254] | [0xfd20, 0xce, 0, 0, 0, 0, 0, 0x254] => {
            AddressClass::Metadata
        }
        // Mapped (RFC 4291) and well-known NAT64 (RFC 6052): the same host as the IPv4 address inside. Networks
        // without IPv4 have DNS answer public hosts so.
        [0, 0, 0, 0, 0, 0xffff, high, low] | [0x64, 0xff9b, 0, 0, 0, 0, high, low] => {
            let [a, b] = high.to_be_bytes();
            let [c, d] = low.to_be_bytes();
            match classify_v4(Ipv4Addr::new(a, b, c, d)) {
                AddressClass::Public => AddressClass::Public,
                _ => AddressClass::Embedded,
            }
        }
        // Compatible, translated (RFC 2765), local NAT64 (RFC 8215), 6to4 (RFC 3056), Teredo (RFC 4380).
        [0, 0, 0, 0, 0, 0, ..]
        | [0, 0, 0, 0, 0xffff, 0, ..]
        | [0x64, 0xff9b, 1, ..]
        | [0x2002, ..]
        | [0x2001, 0, ..] => AddressClass::Embedded,
        [0xff00..=0xffff, ..] => AddressClass::Multicast,
        [0xfe80..=0xfebf, ..] => AddressClass::LinkLocal,
        [0xfc00..=0xfdff, ..] => AddressClass::Private,
        [0x2001, 0xdb8, ..] | [0x3fff, 0..=0x0fff, ..] => AddressClass::Documentation,
        [0x2001, 2, 0, ..] => AddressClass::Benchmarking,
        // Protocol assignments (RFC 2928).
        [0x2001, 0..=0x01ff, ..] => AddressClass::Reserved,
        [0x2000..=0x3fff, ..] => AddressClass::Public,
        _ => AddressClass::Reserved,
    }
}

/// Which addresses a binding permits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum EgressPolicy {
    /// Public unicast.
    Public,
    /// Also loopback, private and shared addresses: `allow_private_networks`.
    Private,
    /// Loopback alone: plain http.
    Loopback,
}

impl EgressPolicy {
    pub(crate) const fn permits(self, class: AddressClass) -> bool {
        match self {
            Self::Public => matches!(class, AddressClass::Public),
            Self::Private => matches!(
                class,
                AddressClass::Public
                    | AddressClass::Loopback
                    | AddressClass::Private
                    | AddressClass::CarrierNat
            ),
            Self::Loopback => matches!(class, AddressClass::Loopback),
        }
    }
}
