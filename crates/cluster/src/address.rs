//! Which network addresses the console dials (design rule 6).
//!
//! A registered cluster chooses the address, so the console must not become the tool that reaches
//! what only the console's machine can reach: metadata services, link-local neighbours, itself.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use binnacle_model::{Text, words::errors as words};

/// What may be dialled beside the always allowed public and private addresses.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DialPolicy {
    /// Loopback, for a person's own kind or minikube while the console itself listens on loopback.
    pub allow_loopback: bool,
    /// Plain HTTP to loopback: only for the console's own sandbox, never for what a person pastes.
    pub sandbox: bool,
}

/// Why an address is not dialled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Denied {
    Loopback,
    LinkLocal,
    Metadata,
    Unspecified,
    Multicast,
    Reserved,
}

impl Denied {
    /// The sentence's part after "{host} leads to {address}".
    pub(crate) fn explain(self, host: &str, address: IpAddr) -> Text {
        let address = address.to_string();
        let kind = match self {
            Denied::Loopback => return Text::new(&words::REACH_LOOPBACK, [host, &address]),
            Denied::LinkLocal => words::ADDRESS_LINK_LOCAL,
            Denied::Metadata => words::ADDRESS_METADATA,
            Denied::Unspecified => words::ADDRESS_UNSPECIFIED,
            Denied::Multicast => words::ADDRESS_MULTICAST,
            Denied::Reserved => words::ADDRESS_RESERVED,
        };
        Text::new(
            &words::REACH_ADDRESS,
            [host.into(), address.into(), binnacle_model::words::Arg::from(Text::from(kind))],
        )
    }
}

/// Metadata services outside the link-local range: AWS over IPv6, Google over IPv6, Alibaba, Oracle's
/// and Azure's wire server (each vendor's own documentation).
const METADATA_V4: [Ipv4Addr; 3] =
    [Ipv4Addr::new(100, 100, 100, 200), Ipv4Addr::new(192, 0, 0, 192), Ipv4Addr::new(168, 63, 129, 16)];
const METADATA_V6: [Ipv6Addr; 2] =
    [Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254), Ipv6Addr::new(0xfd20, 0xce, 0, 0, 0, 0, 0, 0x254)];

/// Whether an address may be dialled.
pub(crate) fn check(address: IpAddr, policy: DialPolicy) -> Result<(), Denied> {
    match address {
        IpAddr::V4(v4) => check_v4(v4, policy),
        IpAddr::V6(v6) => check_v6(v6, policy),
    }
}

/// Names that lead to the machine itself or to a metadata service wherever they are resolved, without the dot
/// at their end: RFC 6761 6.3 and Debian's `/etc/hosts`; Google's, AWS's and Tencent's own documentation.
const LOOPBACK_NAMES: [&str; 4] = ["localhost", "localhost.localdomain", "ip6-localhost", "ip6-loopback"];
const METADATA_NAMES: [&str; 5] = [
    "metadata.google.internal",
    "metadata.goog",
    "instance-data",
    "instance-data.ec2.internal",
    "metadata.tencentyun.com",
];

/// Whether a name may be asked for, before anybody is asked; else why not, and the address that it is known
/// for. What a name that may be asked for leads to is checked when it is dialled.
pub(crate) fn check_name(host: &str, policy: DialPolicy) -> Result<(), (Denied, IpAddr)> {
    let name = host.trim_end_matches('.').to_ascii_lowercase();
    if METADATA_NAMES.contains(&name.as_str()) {
        Err((Denied::Metadata, Ipv4Addr::new(169, 254, 169, 254).into()))
    } else if (LOOPBACK_NAMES.contains(&name.as_str()) || name.ends_with(".localhost"))
        && !policy.allow_loopback
    {
        Err((Denied::Loopback, Ipv4Addr::LOCALHOST.into()))
    } else {
        Ok(())
    }
}

fn check_v4(address: Ipv4Addr, policy: DialPolicy) -> Result<(), Denied> {
    let first = address.octets()[0];
    if METADATA_V4.contains(&address) || address == Ipv4Addr::new(169, 254, 169, 254) {
        Err(Denied::Metadata)
    } else if address.is_link_local() {
        Err(Denied::LinkLocal)
    } else if first == 0 {
        Err(Denied::Unspecified)
    } else if address.is_multicast() {
        Err(Denied::Multicast)
    } else if first >= 240 {
        Err(Denied::Reserved)
    } else if address.is_loopback() && !policy.allow_loopback {
        Err(Denied::Loopback)
    } else {
        Ok(())
    }
}

fn check_v6(address: Ipv6Addr, policy: DialPolicy) -> Result<(), Denied> {
    if address.is_unspecified() {
        return Err(Denied::Unspecified);
    }
    if address.is_loopback() {
        return if policy.allow_loopback { Ok(()) } else { Err(Denied::Loopback) };
    }
    if let Some(v4) = embedded_v4(address) {
        return check_v4(v4, policy);
    }
    let first = address.segments()[0];
    if METADATA_V6.contains(&address) {
        Err(Denied::Metadata)
    } else if first & 0xffc0 == 0xfe80 {
        Err(Denied::LinkLocal)
    } else if first & 0xff00 == 0xff00 {
        Err(Denied::Multicast)
    } else if address.segments()[..2] == [0x2001, 0] || first == 0x5f00 {
        // Teredo hides an IPv4 address behind a relay; SRv6 segments are nobody's host.
        Err(Denied::Reserved)
    } else {
        Ok(())
    }
}

/// The IPv4 address that an IPv6 address stands for: mapped and compatible (RFC 4291 2.5.5),
/// translated (RFC 2765), NAT64 (RFC 6052, RFC 8215) and 6to4 (RFC 3056).
fn embedded_v4(address: Ipv6Addr) -> Option<Ipv4Addr> {
    let s = address.segments();
    let from = |high: u16, low: u16| {
        let [a, b] = high.to_be_bytes();
        let [c, d] = low.to_be_bytes();
        Ipv4Addr::new(a, b, c, d)
    };
    let tail = from(s[6], s[7]);
    match s {
        [0, 0, 0, 0, 0, 0 | 0xffff, ..] => Some(tail),
        [0, 0, 0, 0, 0xffff, 0, ..] => Some(tail),
        [0x64, 0xff9b, 0, 0, 0, 0, ..] | [0x64, 0xff9b, 1, ..] => Some(tail),
        [0x2002, high, low, ..] => Some(from(high, low)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_is_judged_by_what_it_leads_to() {
        use Denied as D;
        let strict = DialPolicy::default();
        let table: &[(&str, Option<Denied>)] = &[
            ("10.0.0.1", None),
            ("172.16.4.2", None),
            ("192.168.1.10", None),
            ("100.64.0.1", None),
            ("8.8.8.8", None),
            ("2600:1f18::1", None),
            ("fd12:3456::1", None),
            ("127.0.0.1", Some(D::Loopback)),
            ("127.255.255.254", Some(D::Loopback)),
            ("::1", Some(D::Loopback)),
            ("::ffff:127.0.0.1", Some(D::Loopback)),
            ("::127.0.0.1", Some(D::Loopback)),
            ("64:ff9b::127.0.0.1", Some(D::Loopback)),
            ("64:ff9b:1::127.0.0.1", Some(D::Loopback)),
            ("::ffff:0:127.0.0.1", Some(D::Loopback)),
            ("2002:7f00:1::", Some(D::Loopback)),
            ("0.0.0.0", Some(D::Unspecified)),
            ("0.1.2.3", Some(D::Unspecified)),
            ("::", Some(D::Unspecified)),
            ("::ffff:0.0.0.0", Some(D::Unspecified)),
            ("169.254.169.254", Some(D::Metadata)),
            ("::ffff:169.254.169.254", Some(D::Metadata)),
            ("::ffff:a9fe:a9fe", Some(D::Metadata)),
            ("64:ff9b::a9fe:a9fe", Some(D::Metadata)),
            ("2002:a9fe:a9fe::1", Some(D::Metadata)),
            ("100.100.100.200", Some(D::Metadata)),
            ("168.63.129.16", Some(D::Metadata)),
            ("192.0.0.192", Some(D::Metadata)),
            ("fd00:ec2::254", Some(D::Metadata)),
            ("fd20:ce::254", Some(D::Metadata)),
            ("169.254.0.1", Some(D::LinkLocal)),
            ("169.254.170.2", Some(D::LinkLocal)),
            ("fe80::1", Some(D::LinkLocal)),
            ("febf::1", Some(D::LinkLocal)),
            ("224.0.0.1", Some(D::Multicast)),
            ("239.255.255.255", Some(D::Multicast)),
            ("ff02::1", Some(D::Multicast)),
            ("255.255.255.255", Some(D::Reserved)),
            ("240.0.0.1", Some(D::Reserved)),
            ("::ffff:255.255.255.255", Some(D::Reserved)),
            ("2001:0:53aa:64c::1", Some(D::Reserved)),
        ];
        for (spelling, expected) in table {
            let address: IpAddr = spelling.parse().unwrap();
            assert_eq!(check(address, strict).err(), *expected, "{spelling}");
        }
    }

    #[test]
    fn loopback_is_a_matter_of_policy_and_nothing_else_is() {
        let policy = DialPolicy { allow_loopback: true, sandbox: true };
        for allowed in ["127.0.0.1", "::1", "::ffff:127.0.0.1", "64:ff9b::127.0.0.1"] {
            assert_eq!(check(allowed.parse().unwrap(), policy), Ok(()), "{allowed}");
        }
        for denied in ["169.254.169.254", "0.0.0.0", "::", "fe80::1", "ff02::1", "255.255.255.255"] {
            assert!(check(denied.parse().unwrap(), policy).is_err(), "{denied}");
        }
    }
}
