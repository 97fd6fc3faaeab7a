//! INV-5: the classifier against a table that is written down apart from it, over all of IPv4.
//!
//! One address in 251 and the edges of every block are tried; with `SCALE` set all 2^32 are.

#![cfg(test)]

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use oneclaw_broker::AddressClass::{
    Benchmarking, Broadcast, CarrierNat, Documentation, Embedded, LinkLocal, Loopback, Metadata, Multicast,
    Private, Public, Reserved, Unspecified,
};
use oneclaw_broker::{AddressClass, classify};

/// First and last address of each block of the registry that is not public, in order.
const BLOCKS: [(&str, &str, AddressClass); 21] = [
    ("0.0.0.0", "0.255.255.255", Unspecified),
    ("10.0.0.0", "10.255.255.255", Private),
    ("100.64.0.0", "100.100.100.199", CarrierNat),
    ("100.100.100.200", "100.100.100.200", Metadata),
    ("100.100.100.201", "100.127.255.255", CarrierNat),
    ("127.0.0.0", "127.255.255.255", Loopback),
    ("168.63.129.16", "168.63.129.16", Metadata),
    ("169.254.0.0", "169.254.169.253", LinkLocal),
    ("169.254.169.254", "169.254.169.254", Metadata),
    ("169.254.169.255", "169.254.255.255", LinkLocal),
    ("172.16.0.0", "172.31.255.255", Private),
    ("192.0.0.0", "192.0.0.255", Reserved),
    ("192.0.2.0", "192.0.2.255", Documentation),
    ("192.88.99.0", "192.88.99.255", Reserved),
    ("192.168.0.0", "192.168.255.255", Private),
    ("198.18.0.0", "198.19.255.255", Benchmarking),
    ("198.51.100.0", "198.51.100.255", Documentation),
    ("203.0.113.0", "203.0.113.255", Documentation),
    ("224.0.0.0", "239.255.255.255", Multicast),
    ("240.0.0.0", "255.255.255.254", Reserved),
    ("255.255.255.255", "255.255.255.255", Broadcast),
];

/// The whole of IPv4 as adjoining ranges.
fn ranges() -> Vec<(u32, u32, AddressClass)> {
    let bits = |text: &str| u32::from(text.parse::<Ipv4Addr>().unwrap());
    let mut ranges = Vec::new();
    let mut next = 0u64;
    for (first, last, class) in BLOCKS {
        let (first, last) = (bits(first), bits(last));
        if u64::from(first) > next {
            ranges.push((u32::try_from(next).unwrap(), first - 1, Public));
        }
        ranges.push((first, last, class));
        next = u64::from(last) + 1;
    }
    assert_eq!(next, 1 << 32);
    ranges
}

#[test]
fn inv_5_ipv4_is_classified_as_the_registry_says() {
    let step = if std::env::var_os("SCALE").is_some() { 1 } else { 251 };
    let mut tried = 0u64;
    for (first, last, class) in ranges() {
        let inside = (u64::from(first)..=u64::from(last)).step_by(step);
        for bits in inside.chain([u64::from(last)]) {
            let address = Ipv4Addr::from(u32::try_from(bits).unwrap());
            assert_eq!(classify(address.into()), class, "{address}");
            tried += 1;
        }
    }
    assert!(tried > 17_000_000, "{tried}");
}

/// Every /16 and every edge, in each form that an IPv4 address takes inside an IPv6 one.
#[test]
fn inv_5_an_ipv4_address_is_seen_inside_an_ipv6_one() {
    let edges = ranges().into_iter().flat_map(|(first, last, _)| [first, last]);
    for bits in (0..=0xffffu32).map(|high| high << 16 | 1).chain(edges) {
        let v4 = Ipv4Addr::from(bits);
        let [a, b, c, d] = bits.to_be_bytes();
        let [high, low] = [u16::from_be_bytes([a, b]), u16::from_be_bytes([c, d])];
        let public = classify(v4.into()) == Public;
        let v6 = |segments: [u16; 8]| classify(IpAddr::V6(segments.into()));
        let through = if public { Public } else { Embedded };
        assert_eq!(v6([0, 0, 0, 0, 0, 0xffff, high, low]), through, "mapped {v4}");
        assert_eq!(v6([0x64, 0xff9b, 0, 0, 0, 0, high, low]), through, "NAT64 {v4}");
        assert_eq!(v6([0x64, 0xff9b, 1, 0, 0, 0, high, low]), Embedded, "local NAT64 {v4}");
        assert_eq!(v6([0x2002, high, low, 0, 0, 0, 0, 1]), Embedded, "6to4 {v4}");
        assert_eq!(v6([0x2001, 0, 0x4136, 0xe378, 0x8000, 0x63bf, !high, !low]), Embedded, "Teredo {v4}");
        assert_eq!(v6([0, 0, 0, 0, 0xffff, 0, high, low]), Embedded, "translated {v4}");
        if bits > 1 {
            assert_eq!(v6([0, 0, 0, 0, 0, 0, high, low]), Embedded, "compatible {v4}");
        }
    }
}

#[test]
fn inv_5_ipv6_is_classified_as_the_registry_says() {
    for (text, class) in [
        ("::", Unspecified),
        ("::1", Loopback),
        ("::2", Embedded),
        ("64:ff9b::808:808", Public),
        ("64:ff9b:0:1::808:808", Reserved),
        ("64:ff9b:1:ffff:ffff:ffff:ffff:ffff", Embedded),
        ("64:ff9b:2::1", Reserved),
        ("100::1", Reserved),
        ("1fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", Reserved),
        ("2000::1", Public),
        ("2001::1", Embedded),
        ("2001:1::1", Reserved),
        ("2001:2::1", Benchmarking),
        ("2001:2:1::1", Reserved),
        ("2001:20::1", Reserved),
        ("2001:1ff:ffff::1", Reserved),
        ("2001:200::1", Public),
        ("2001:db7:ffff::1", Public),
        ("2001:db8::1", Documentation),
        ("2001:db9::1", Public),
        ("2001:4860:4860::8888", Public),
        ("2002::1", Embedded),
        ("2003::1", Public),
        ("2606:4700::1111", Public),
        ("3ffe::1", Public),
        ("3fff::1", Documentation),
        ("3fff:fff::1", Documentation),
        ("3fff:1000::1", Public),
        ("4000::1", Reserved),
        ("5f00::1", Reserved),
        ("fbff::1", Reserved),
        ("fc00::1", Private),
        ("fd00:ec2::254", Metadata),
        ("fd00:ec2::253", Private),
        ("fd20:ce::254", Metadata),
        ("fdff:ffff::1", Private),
        ("fe00::1", Reserved),
        ("fe80::1", LinkLocal),
        ("febf::1", LinkLocal),
        ("fec0::1", Reserved),
        ("ff02::1", Multicast),
        ("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", Multicast),
    ] {
        assert_eq!(classify(text.parse::<Ipv6Addr>().unwrap().into()), class, "{text}");
    }
}
