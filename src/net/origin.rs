//! Where a client comes from, as far as it can choose: what is counted by address is counted by this.

use std::{
    fmt,
    net::{IpAddr, Ipv6Addr},
};

use super::peer::Peer;

/// An IPv4 address, or an IPv6 network of 64 bits: whoever has one address of it has them all.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct Origin(IpAddr);

impl Origin {
    /// Where a peer comes from; nowhere through a Unix socket.
    pub fn of(peer: &Peer) -> Option<Self> {
        peer.address().map(|address| Origin::of_address(address.ip()))
    }

    /// The same for an address.
    pub fn of_address(address: IpAddr) -> Self {
        Origin(match address.to_canonical() {
            IpAddr::V6(address) => {
                let [a, b, c, d, ..] = address.segments();
                IpAddr::V6(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
            }
            v4 => v4,
        })
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            IpAddr::V4(address) => fmt::Display::fmt(&address, f),
            IpAddr::V6(network) => write!(f, "{network}/64"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbours_in_ipv6_are_one() {
        let of = |text: &str| Origin::of_address(text.parse().unwrap());
        assert_eq!(of("2001:db8:1:2:3:4:5:6"), of("2001:db8:1:2::1"));
        assert_ne!(of("2001:db8:1:2::1"), of("2001:db8:1:3::1"));
        assert_eq!(of("::ffff:192.0.2.1"), of("192.0.2.1"));
        assert_eq!((of("192.0.2.1").to_string(), of("2001:db8:1:2::1").to_string()), ("192.0.2.1".into(), "2001:db8:1:2::/64".into()));
    }
}
