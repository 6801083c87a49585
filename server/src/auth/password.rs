//! Passwords by argon2id.

use std::sync::{Arc, LazyLock};

use argon2::{
    Algorithm, Argon2, Params, PasswordHasher as _, PasswordVerifier as _, Version,
    password_hash::{PasswordHash, SaltString},
};
use aws_lc_rs::rand;
use tokio::sync::Semaphore;

use crate::secret::Secret;

/// Shortest password that can be set, in characters (NIST SP 800-63B-4 asks for 15 where it is the
/// only factor and 8 at least; sign-in here is rate-limited).
pub const SHORTEST: usize = 12;
/// Longest, in bytes: argon2 takes any length, requests do not.
pub const LONGEST: usize = 1024;

/// Hashes computed at once. Each takes 19 MiB and a core for some 20 ms; more at once would let
/// strangers fill the memory.
const AT_ONCE: usize = 2;

/// A password could not be hashed.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("the password could not be hashed")]
pub struct HashFailed;

/// Hashes and checks passwords, a bounded number at once.
#[derive(Clone, Debug)]
pub struct Hasher {
    slots: Arc<Semaphore>,
}

impl Default for Hasher {
    fn default() -> Self {
        Hasher { slots: Arc::new(Semaphore::new(AT_ONCE)) }
    }
}

/// argon2id with 19 MiB, 2 passes, 1 lane (OWASP Password Storage Cheat Sheet).
fn argon() -> Argon2<'static> {
    // The library's default, pinned here because stored hashes should not follow its updates.
    let params = Params::new(19 * 1024, 2, 1, None).unwrap_or_default();
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}

/// A hash of nothing anyone knows: checked for unknown users, so that they take as long as known ones.
static DECOY: LazyLock<String> = LazyLock::new(|| {
    let nobodys = crate::auth::new_token().unwrap_or_else(|_| Secret::new("-"));
    hash_now(&nobodys).unwrap_or_default()
});

fn hash_now(password: &Secret) -> Result<String, HashFailed> {
    let mut salt = [0; 16];
    rand::fill(&mut salt).map_err(|_| HashFailed)?;
    let salt = SaltString::encode_b64(&salt).map_err(|_| HashFailed)?;
    argon()
        .hash_password(password.expose().as_bytes(), &salt)
        .map(|hash| hash.to_string())
        .map_err(|_| HashFailed)
}

fn verify_now(password: &Secret, hash: &str) -> bool {
    PasswordHash::new(hash)
        .is_ok_and(|hash| argon().verify_password(password.expose().as_bytes(), &hash).is_ok())
}

impl Hasher {
    /// The PHC string of a new password.
    ///
    /// # Errors
    /// When the system gives no randomness or memory.
    pub async fn hash(&self, password: Secret) -> Result<String, HashFailed> {
        self.compute(move || hash_now(&password)).await?
    }

    /// Whether a password fits a stored hash. Without a hash (no such user, no password set) the same
    /// work is done and the answer is no.
    pub async fn verify(&self, password: Secret, hash: Option<String>) -> bool {
        self.compute(move || match hash {
            Some(hash) => verify_now(&password, &hash),
            None => {
                verify_now(&password, &DECOY);
                false
            }
        })
        .await
        .unwrap_or(false)
    }

    /// Works on a thread of its own when a slot is free. The slot goes with the work: a client that goes
    /// away ends its request, not the hash that is being computed.
    async fn compute<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, HashFailed> {
        let slot = Arc::clone(&self.slots).acquire_owned().await.map_err(|_| HashFailed)?;
        let work = move || {
            let _slot = slot;
            work()
        };
        tokio::task::spawn_blocking(work).await.map_err(|_| HashFailed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_password_fits_its_own_hash_only() {
        let hasher = Hasher::default();
        let hash = hasher.hash(Secret::new("correct horse battery")).await.unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        assert_ne!(hash, hasher.hash(Secret::new("correct horse battery")).await.unwrap(), "salted");
        assert!(hasher.verify(Secret::new("correct horse battery"), Some(hash.clone())).await);
        assert!(!hasher.verify(Secret::new("correct horse batterx"), Some(hash)).await);
        assert!(!hasher.verify(Secret::new("x"), Some("not a hash".to_owned())).await);
        assert!(!hasher.verify(Secret::new("-"), None).await);
    }

    #[tokio::test]
    async fn a_request_that_ends_keeps_its_slot_until_the_work_is_done() {
        let hasher = Hasher::default();
        let (begin, begun) = tokio::sync::oneshot::channel();
        let (finish, finished) = std::sync::mpsc::channel::<()>();
        let request = tokio::spawn({
            let hasher = hasher.clone();
            async move {
                let work = move || {
                    let _ = begin.send(());
                    let _ = finished.recv();
                };
                hasher.compute(work).await
            }
        });
        begun.await.unwrap();
        request.abort();
        assert!(request.await.unwrap_err().is_cancelled());
        assert_eq!(hasher.slots.available_permits(), AT_ONCE - 1);
        finish.send(()).unwrap();
        let _ = hasher.slots.acquire_many(u32::try_from(AT_ONCE).unwrap()).await.unwrap();
    }

    #[test]
    fn the_decoy_costs_what_a_real_hash_costs() {
        let real = hash_now(&Secret::new("x")).unwrap();
        let (real, decoy) = (PasswordHash::new(&real).unwrap(), PasswordHash::new(&DECOY).unwrap());
        assert_eq!(real.algorithm, decoy.algorithm);
        assert_eq!(real.params, decoy.params);
    }
}
