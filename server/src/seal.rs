//! The key file, and sealing what must not lie in the store in the clear.

use std::{
    fs,
    io::{ErrorKind, Read as _, Write as _},
    os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _},
    path::{Path, PathBuf},
};

use aws_lc_rs::{
    aead::{AES_256_GCM, Aad, NONCE_LEN, Nonce, RandomizedNonceKey},
    digest, rand,
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use zeroize::Zeroizing;

/// First word of a key file.
const MAGIC: &str = "binnacle-key-1";

/// Why sealed data or its key cannot be used. Each says what to do.
#[derive(Debug, thiserror::Error)]
pub enum SealError {
    /// The key file cannot be read or made.
    #[error("the key file {path} cannot be used: {source}")]
    Io {
        /// Its path.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The key file is not one.
    #[error(
        "{0} is damaged or not a key file of this console. Restore it from the backup; do not delete it, the stored cluster credentials cannot be read without it."
    )]
    NotAKey(PathBuf),
    /// Others may read the key file.
    #[error("{path} can be read by other users (mode {mode:o}). Run: chmod 600 {path}")]
    TooOpen {
        /// Its path.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
    /// The system gave no randomness.
    #[error("the system's random number generator failed")]
    Random,
    /// The bytes do not open under this key: a wrong key, a changed byte, or another row's bytes.
    #[error("sealed data cannot be opened: it was changed, or sealed under another key")]
    CannotOpen,
}

/// A key that seals and opens. AES-256-GCM with a fresh 96-bit nonce for each message.
pub struct Sealer {
    key: RandomizedNonceKey,
    id: String,
}

impl std::fmt::Debug for Sealer {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "Sealer({})", self.id)
    }
}

impl Sealer {
    /// Reads the key file, or makes one (mode 0600, synced) where there is none and `may_create`.
    ///
    /// # Errors
    /// A missing file that may not be made, a damaged one, one that others can read.
    pub fn from_file(path: &Path, may_create: bool) -> Result<Self, SealError> {
        let io = |source| SealError::Io { path: path.to_owned(), source };
        let mut text = String::new();
        match fs::File::open(path) {
            Ok(mut file) => {
                let mode = file.metadata().map_err(io)?.permissions().mode() & 0o777;
                if mode & 0o077 != 0 {
                    return Err(SealError::TooOpen { path: path.to_owned(), mode });
                }
                file.read_to_string(&mut text).map_err(|_| SealError::NotAKey(path.to_owned()))?;
            }
            Err(error) if error.kind() == ErrorKind::NotFound && may_create => {
                let mut bytes = [0; 32];
                rand::fill(&mut bytes).map_err(|_| SealError::Random)?;
                text = format!("{MAGIC} {} {}\n", key_id(&bytes), STANDARD.encode(bytes));
                write_new(path, &text).map_err(io)?;
            }
            Err(error) => return Err(io(error)),
        }
        Self::from_text(&text).ok_or_else(|| SealError::NotAKey(path.to_owned()))
    }

    fn from_text(text: &str) -> Option<Self> {
        let mut words = text.split_whitespace();
        let (magic, id, key) = (words.next()?, words.next()?, words.next()?);
        let bytes = Zeroizing::new(STANDARD.decode(key).ok()?);
        if magic != MAGIC || words.next().is_some() || bytes.len() != 32 || key_id(&bytes) != id {
            return None;
        }
        Some(Sealer { key: RandomizedNonceKey::new(&AES_256_GCM, &bytes).ok()?, id: id.to_owned() })
    }

    /// The key's public name.
    #[cfg(test)]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Seals bytes for one place. They open under the same key and for the same place only.
    ///
    /// # Errors
    /// When the system gives no randomness.
    pub fn seal(&self, place: &str, plain: &[u8]) -> Result<Vec<u8>, SealError> {
        let mut sealed = plain.to_vec();
        let nonce = self
            .key
            .seal_in_place_append_tag(Aad::from(self.aad(place)), &mut sealed)
            .map_err(|_| SealError::Random)?;
        let mut out = nonce.as_ref().to_vec();
        out.append(&mut sealed);
        Ok(out)
    }

    /// Opens what [`Sealer::seal`] made for that place.
    ///
    /// # Errors
    /// When one bit, the key or the place differs.
    pub fn open(&self, place: &str, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, SealError> {
        let (nonce, rest) = sealed.split_at_checked(NONCE_LEN).ok_or(SealError::CannotOpen)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| SealError::CannotOpen)?;
        let mut buffer = Zeroizing::new(rest.to_vec());
        let length = self
            .key
            .open_in_place(nonce, Aad::from(self.aad(place)), &mut buffer)
            .map_err(|_| SealError::CannotOpen)?
            .len();
        buffer.truncate(length);
        Ok(buffer)
    }

    fn aad(&self, place: &str) -> Vec<u8> {
        format!("{}\0{place}", self.id).into_bytes()
    }
}

/// A name that tells keys apart and says nothing about them: 8 bytes of a SHA-256 with a prefix of
/// its own.
fn key_id(bytes: &[u8]) -> String {
    let mut context = digest::Context::new(&digest::SHA256);
    context.update(b"binnacle key id");
    context.update(bytes);
    context.finish().as_ref()[..8].iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Writes a file that must not exist yet, so that it is whole and on disk or not there at all.
fn write_new(path: &Path, text: &str) -> std::io::Result<()> {
    let temporary = path.with_extension("new");
    // A leftover of a start that was cut short was never used as a key.
    match fs::remove_file(&temporary) {
        Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut file = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&temporary)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    // A link, unlike a rename, never replaces a key that another start made meanwhile.
    fs::hard_link(&temporary, path)?;
    fs::remove_file(&temporary)?;
    match path.parent() {
        Some(directory) => fs::File::open(directory)?.sync_all(),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key() -> (tempfile::TempDir, PathBuf) {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("key");
        (directory, path)
    }

    #[test]
    fn the_key_file_is_made_once_and_for_its_owner_only() {
        let (_directory, path) = key();
        assert!(matches!(Sealer::from_file(&path, false), Err(SealError::Io { .. })));
        let first = Sealer::from_file(&path, true).unwrap();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        let text = fs::read_to_string(&path).unwrap();
        let second = Sealer::from_file(&path, true).unwrap();
        assert_eq!(first.id(), second.id());
        assert_eq!(fs::read_to_string(&path).unwrap(), text);
        assert_eq!(second.open("a", &first.seal("a", b"secret").unwrap()).unwrap().as_slice(), b"secret");
    }

    #[test]
    fn a_damaged_or_open_key_file_is_refused() {
        let (_directory, path) = key();
        Sealer::from_file(&path, true).unwrap();
        let good = fs::read_to_string(&path).unwrap();
        let flipped = good.replacen(|c: char| c.is_ascii_lowercase() && c != 'b', "Z", 40);
        for bad in ["", "binnacle-key-1", &good[..good.len() - 6], &flipped, &format!("{good} more")] {
            fs::write(&path, bad).unwrap();
            let error = Sealer::from_file(&path, true).unwrap_err();
            assert!(matches!(error, SealError::NotAKey(_)), "{bad:?}: {error}");
            assert!(error.to_string().contains("Restore it from the backup"));
        }
        fs::write(&path, &good).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        let error = Sealer::from_file(&path, true).unwrap_err();
        assert!(error.to_string().contains("chmod 600"), "{error}");
    }

    #[test]
    fn one_changed_bit_place_or_key_and_nothing_opens() {
        let (_directory, path) = key();
        let sealer = Sealer::from_file(&path, true).unwrap();
        let sealed = sealer.seal("clusters/prod", b"token").unwrap();
        assert_eq!(sealer.open("clusters/prod", &sealed).unwrap().as_slice(), b"token");
        assert!(!sealed.windows(5).any(|window| window == b"token"));
        assert_ne!(sealer.seal("clusters/prod", b"token").unwrap(), sealed, "each nonce is fresh");
        for bit in 0..sealed.len() * 8 {
            let mut changed = sealed.clone();
            changed[bit / 8] ^= 1 << (bit % 8);
            assert!(sealer.open("clusters/prod", &changed).is_err(), "bit {bit}");
        }
        for length in 0..sealed.len() {
            assert!(sealer.open("clusters/prod", &sealed[..length]).is_err(), "cut to {length}");
        }
        assert!(sealer.open("clusters/test", &sealed).is_err());
        let (_other_directory, other) = key();
        assert!(Sealer::from_file(&other, true).unwrap().open("clusters/prod", &sealed).is_err());
    }
}
