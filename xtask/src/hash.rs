//! Content hashes, for file names and stamps.

use aws_lc_rs::digest::{SHA256, digest};
use std::fmt::Write;

/// SHA-256 in lower-case hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    digest(&SHA256, bytes).as_ref().iter().fold(String::with_capacity(64), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// The first 12 digits: enough to tell builds apart in a file name.
pub(crate) fn short(bytes: &[u8]) -> String {
    let mut text = hex(bytes);
    text.truncate(12);
    text
}

#[cfg(test)]
mod tests {
    #[test]
    fn sha256_of_nothing() {
        assert_eq!(super::short(b""), "e3b0c44298fc");
    }
}
