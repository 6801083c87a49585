//! How many connections each client address holds.

use std::{
    collections::HashMap,
    net::{IpAddr, Ipv6Addr},
    sync::{Arc, Mutex, PoisonError},
};

/// Counts connections by address. Holds an entry for each address that has one, no more.
#[derive(Clone, Debug)]
pub struct Addresses {
    open: Arc<Mutex<HashMap<IpAddr, usize>>>,
    most: usize,
}

/// The place of one connection; free again once this is dropped.
#[derive(Debug)]
pub struct Place {
    of: Addresses,
    key: IpAddr,
}

impl Addresses {
    /// At most so many connections for each address.
    pub fn new(most: usize) -> Self {
        Addresses { open: Arc::default(), most }
    }

    /// A place for a connection of an address; `None` when it has as many as it may.
    pub fn enter(&self, address: IpAddr) -> Option<Place> {
        let key = key(address);
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let count = open.entry(key).or_default();
        // A limit of nothing is refused by the configuration, so an entry made here is used.
        (*count < self.most).then(|| {
            *count += 1;
            Place { of: self.clone(), key }
        })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut open = self.of.open.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = open.get_mut(&self.key) {
            *count -= 1;
            if *count == 0 {
                open.remove(&self.key);
            }
        }
    }
}

/// What counts as one address: of IPv6 the /64 that a single subscriber is given (RFC 6177).
fn key(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0).into()
        }
        address => address,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_counts_as_one_address() {
        for (one, other, same) in [
            ("10.0.0.1", "10.0.0.1", true),
            ("10.0.0.1", "10.0.0.2", false),
            ("10.0.0.1", "::ffff:10.0.0.1", true),
            ("2001:db8:0:1::1", "2001:db8:0:1:ffff::2", true),
            ("2001:db8:0:1::1", "2001:db8:0:2::1", false),
        ] {
            assert_eq!(key(one.parse().unwrap()) == key(other.parse().unwrap()), same, "{one} {other}");
        }
    }

    #[test]
    fn a_place_is_free_again_once_it_is_left() {
        let addresses = Addresses::new(2);
        let (one, other) = ("10.0.0.1".parse().unwrap(), "10.0.0.2".parse().unwrap());
        let first = addresses.enter(one).unwrap();
        let second = addresses.enter(one).unwrap();
        assert!(addresses.enter(one).is_none());
        assert!(addresses.enter(other).is_some(), "another address has its own");
        drop(first);
        let third = addresses.enter(one).unwrap();
        drop((second, third));
        assert!(addresses.open.lock().unwrap().is_empty(), "nothing is kept of who left");
    }
}
