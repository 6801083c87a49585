//! Patches.

use binnacle_sandbox::patching;
use serde_json::Value;

/// The sandbox's patches, as a hostile client may send them: `[object, patch]`, taken as each kind of
/// patch there is.
pub(crate) fn sandbox(data: &[u8]) {
    let Ok([object, patch]) = serde_json::from_slice::<[Value; 2]>(data) else { return };
    let merged = |media_type: &str| {
        let mut changed = object.clone();
        patching::patch(media_type, "StatefulSet", &mut changed, &patch).map(|()| changed)
    };
    for media_type in patching::MEDIA_TYPES {
        let _ = merged(media_type);
    }
    // RFC 7386: applying a merge patch again changes nothing.
    if let Ok(mut once) = merged("application/merge-patch+json") {
        let before = once.clone();
        let _ = patching::patch("application/merge-patch+json", "StatefulSet", &mut once, &patch);
        assert_eq!(once, before);
    }
}
