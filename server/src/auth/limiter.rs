//! Rate limits of sign-in attempts: by address and by user name, in bounded memory.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

/// Attempts an address may make a minute.
const PER_ADDRESS: u32 = 10;
/// Attempts on one user name a minute, from wherever: more than one address makes, so that one
/// stranger alone cannot lock a person out.
const PER_USER: u32 = 30;
/// Entries kept; over that the fullest (longest unused) go first.
const ENTRIES: usize = 10_000;
const WINDOW: Duration = Duration::from_secs(60);

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Key {
    Address(IpAddr),
    User(String),
}

impl Key {
    fn capacity(&self) -> f64 {
        f64::from(match self {
            Key::Address(_) => PER_ADDRESS,
            Key::User(_) => PER_USER,
        })
    }
}

/// A token bucket: `left` at `since`, refilled over the window.
#[derive(Clone, Copy, Debug)]
struct Bucket {
    left: f64,
    since: Instant,
}

/// The limiter.
#[derive(Debug, Default)]
pub struct Limiter {
    buckets: Mutex<HashMap<Key, Bucket>>,
}

impl Limiter {
    /// Counts an attempt.
    ///
    /// # Errors
    /// When it is one too many: the seconds until the next may succeed.
    pub fn attempt(&self, address: IpAddr, user: Option<&str>, now: Instant) -> Result<(), u32> {
        let mut keys = vec![Key::Address(network(address))];
        // Names are bounded, as they become keys. No real name is longer.
        keys.extend(user.map(|user| Key::User(user.chars().take(64).collect::<String>().to_lowercase())));
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        let mut wait = 0.0_f64;
        for key in &keys {
            let left = left(&buckets, key, now);
            if left < 1.0 {
                wait = wait.max((1.0 - left) * WINDOW.as_secs_f64() / key.capacity());
            }
        }
        if wait > 0.0 {
            // Bounded by the window: far below u32's range.
            return Err(wait.ceil() as u32);
        }
        for key in keys {
            let left = left(&buckets, &key, now) - 1.0;
            if buckets.len() >= ENTRIES && !buckets.contains_key(&key) {
                make_room(&mut buckets, now);
            }
            buckets.insert(key, Bucket { left, since: now });
        }
        Ok(())
    }
}

fn left(buckets: &HashMap<Key, Bucket>, key: &Key, now: Instant) -> f64 {
    let capacity = key.capacity();
    buckets.get(key).map_or(capacity, |bucket| {
        let refill =
            now.saturating_duration_since(bucket.since).as_secs_f64() / WINDOW.as_secs_f64() * capacity;
        (bucket.left + refill).min(capacity)
    })
}

/// Drops full buckets, which say nothing; when none is full, the fuller half.
fn make_room(buckets: &mut HashMap<Key, Bucket>, now: Instant) {
    let mut fill: Vec<(Key, f64)> =
        buckets.keys().map(|key| (key.clone(), left(buckets, key, now) / key.capacity())).collect();
    fill.sort_by(|a, b| b.1.total_cmp(&a.1));
    let full = fill.iter().filter(|(_, part)| *part >= 1.0).count();
    for (key, _) in fill.into_iter().take(full.max(ENTRIES / 2)) {
        buckets.remove(&key);
    }
}

/// Whom an address stands for: itself, or the /64 that one IPv6 customer holds.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(v4) => IpAddr::V4(v4),
        IpAddr::V6(v6) => IpAddr::V6((u128::from(v6) & !u128::from(u64::MAX)).into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn an_address_runs_dry_and_refills() {
        let limiter = Limiter::default();
        let start = Instant::now();
        for _ in 0..PER_ADDRESS {
            limiter.attempt(address("10.0.0.1"), Some("ada"), start).unwrap();
        }
        assert_eq!(limiter.attempt(address("10.0.0.1"), Some("bob"), start), Err(6));
        assert_eq!(limiter.attempt(address("10.0.0.2"), Some("ada"), start), Ok(()));
        assert_eq!(
            limiter.attempt(address("::ffff:10.0.0.1"), None, start),
            Err(6),
            "the same in IPv6 clothes"
        );
        let later = start + Duration::from_secs(6);
        assert_eq!(limiter.attempt(address("10.0.0.1"), None, later), Ok(()));
        assert_eq!(limiter.attempt(address("10.0.0.1"), None, later), Err(6));
    }

    #[test]
    fn a_user_name_is_limited_over_all_addresses() {
        let limiter = Limiter::default();
        let start = Instant::now();
        let allowed = (0..100_u8)
            .filter(|last| limiter.attempt(IpAddr::from([10, 0, 1, *last]), Some("Ada"), start).is_ok())
            .count();
        assert_eq!(allowed, PER_USER as usize);
        assert!(limiter.attempt(address("10.0.2.1"), Some("ada"), start).is_err(), "case does not help");
        assert_eq!(limiter.attempt(address("10.0.2.1"), Some("bob"), start), Ok(()));
    }

    #[test]
    fn one_customer_of_ipv6_is_one_address() {
        let limiter = Limiter::default();
        let start = Instant::now();
        let allowed = (0..100_u16)
            .filter(|last| limiter.attempt(address(&format!("2001:db8::{last:x}")), None, start).is_ok())
            .count();
        assert_eq!(allowed, PER_ADDRESS as usize);
        assert_eq!(limiter.attempt(address("2001:db8:0:1::1"), None, start), Ok(()));
    }

    #[test]
    fn memory_is_bounded_and_the_pressed_buckets_stay() {
        let limiter = Limiter::default();
        let start = Instant::now();
        while limiter.attempt(address("192.0.2.1"), None, start).is_ok() {}
        for number in 0..30_000_u32 {
            let _ = limiter.attempt(IpAddr::from((0x0a00_0000 + number).to_be_bytes()), None, start);
        }
        assert!(limiter.buckets.lock().unwrap().len() <= ENTRIES);
        assert!(limiter.attempt(address("192.0.2.1"), None, start).is_err());
    }
}
