//! The shape of an image reference.

use crate::{Text, words::rules as w};

/// Longest repository name with its registry (`reference.NameTotalLengthMax` of
/// `distribution/reference`).
const NAME_MAX: usize = 255;

/// Longest tag (`reference.TagRegexp`).
const TAG_MAX: usize = 128;

/// An image reference, `[registry[:port]/]path[:tag][@digest]`, by the grammar of
/// `distribution/reference`, which the kubelet applies. The API server itself only refuses an empty
/// one and spaces around it; a bad one would end in `InvalidImageName`.
pub fn image(reference: &str) -> Option<Text> {
    if reference.is_empty() {
        return Some(w::IMAGE_MISSING.into());
    }
    if reference.contains(char::is_whitespace) {
        return Some(w::IMAGE_SPACE.into());
    }
    if reference.contains("://") {
        return Some(w::IMAGE_SCHEME.into());
    }
    let (rest, digest) = match reference.split_once('@') {
        Some((rest, digest)) => (rest, Some(digest)),
        None => (reference, None),
    };
    if let Some(digest) = digest
        && !is_digest(digest)
    {
        return Some(Text::new(&w::IMAGE_DIGEST, [digest]));
    }
    // A colon after the last slash begins the tag; before it, it belongs to the registry's port.
    let after_slash = rest.rfind('/').map_or(0, |at| at + 1);
    let (name, tag) = match rest[after_slash..].split_once(':') {
        Some((last, tag)) => (&rest[..after_slash + last.len()], Some(tag)),
        None => (rest, None),
    };
    if let Some(tag) = tag
        && !is_tag(tag)
    {
        return Some(if tag.is_empty() {
            w::IMAGE_TAG_MISSING.into()
        } else {
            Text::new(&w::IMAGE_TAG, [tag])
        });
    }
    if name.len() > NAME_MAX {
        return Some(Text::new(&w::TEXT_LONG, [name.len().to_string(), NAME_MAX.to_string()]));
    }
    let (registry, path) = match name.split_once('/') {
        Some((first, path)) if first.contains(['.', ':']) || first == "localhost" => (Some(first), path),
        _ => (None, name),
    };
    if let Some(registry) = registry
        && !is_registry(registry)
    {
        return Some(Text::new(&w::IMAGE_REGISTRY, [registry]));
    }
    if path.contains(|c: char| c.is_ascii_uppercase()) {
        return Some(Text::new(&w::IMAGE_CAPITAL, [path.to_ascii_lowercase()]));
    }
    path.split('/')
        .find(|part| !is_path_part(part))
        .map(|part| if part.is_empty() { w::IMAGE_SLASH.into() } else { Text::new(&w::IMAGE_PATH, [part]) })
}

/// Whether a reference says no tag and no digest, or `latest`: what runs then changes by itself.
pub fn is_floating(reference: &str) -> bool {
    if reference.contains('@') {
        return false;
    }
    match reference.rsplit('/').next().and_then(|last| last.split_once(':')) {
        Some((_, tag)) => tag == "latest",
        None => true,
    }
}

fn is_digest(digest: &str) -> bool {
    let Some((algorithm, hex)) = digest.split_once(':') else { return false };
    let hexadecimal = hex.bytes().all(|b| b.is_ascii_hexdigit());
    match algorithm {
        "sha256" => hex.len() == 64 && hexadecimal,
        "sha512" => hex.len() == 128 && hexadecimal,
        _ => algorithm.starts_with(|c: char| c.is_ascii_alphabetic()) && hex.len() >= 32 && hexadecimal,
    }
}

fn is_tag(tag: &str) -> bool {
    tag.len() <= TAG_MAX
        && tag.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_')
        && tag.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-'))
}

fn is_registry(registry: &str) -> bool {
    // An IPv6 address stands in brackets.
    let (host, port) = match registry.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((address, rest)) => {
            if !address.chars().all(|c| c.is_ascii_hexdigit() || c == ':') {
                return false;
            }
            ("ok", rest.strip_prefix(':'))
        }
        None => match registry.split_once(':') {
            Some((host, port)) => (host, Some(port)),
            None => (registry, None),
        },
    };
    let port_is_good = port.is_none_or(|port| !port.is_empty() && port.parse::<u16>().is_ok());
    port_is_good
        && host.split('.').all(|part| {
            !part.is_empty()
                && !part.starts_with('-')
                && !part.ends_with('-')
                && part.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
        })
}

/// Lowercase letters and digits, parted by one `.`, one or two `_`, or any number of `-`.
fn is_path_part(part: &str) -> bool {
    let alphanumeric = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    if !part.starts_with(alphanumeric) || !part.ends_with(alphanumeric) {
        return false;
    }
    part.split(alphanumeric)
        .all(|separator| matches!(separator, "" | "." | "_" | "__") || separator.bytes().all(|b| b == b'-'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references() {
        let sha = format!("nginx@sha256:{}", "a".repeat(64));
        for (reference, key) in [
            ("nginx", ""),
            ("nginx:1.27", ""),
            (sha.as_str(), ""),
            ("library/nginx:1", ""),
            ("localhost/web", ""),
            ("localhost:5000/web", ""),
            ("registry.k8s.io/pause:3.10", ""),
            ("REGISTRY.example.com:443/a/b__c/d-e.f:Tag_1", ""),
            ("[::1]:5000/web", ""),
            ("a--b/c", ""),
            ("", "IMAGE_MISSING"),
            (" nginx", "IMAGE_SPACE"),
            ("https://registry.example.com/web", "IMAGE_SCHEME"),
            ("Nginx", "IMAGE_CAPITAL"),
            ("nginx:", "IMAGE_TAG_MISSING"),
            ("nginx:-1", "IMAGE_TAG"),
            ("nginx:1@2", "IMAGE_DIGEST"),
            ("nginx@sha256:abc", "IMAGE_DIGEST"),
            ("registry.example.com:port/web", "IMAGE_REGISTRY"),
            ("registry.example.com/", "IMAGE_SLASH"),
            ("a//b", "IMAGE_SLASH"),
            ("a/b___c", "IMAGE_PATH"),
            ("a/b..c", "IMAGE_PATH"),
            ("web!", "IMAGE_PATH"),
        ] {
            let said = image(reference)
                .map(|text| text.key.rsplit("::").next().unwrap_or_default().to_owned())
                .unwrap_or_default();
            assert_eq!(said, key, "{reference:?}");
        }
    }

    #[test]
    fn floating_tags() {
        for (reference, floating) in [
            ("nginx", true),
            ("nginx:latest", true),
            ("a.b:1/nginx", true),
            ("nginx:1", false),
            ("nginx@sha256:0", false),
        ] {
            assert_eq!(is_floating(reference), floating, "{reference}");
        }
    }
}
