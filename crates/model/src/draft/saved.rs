//! A draft at rest, in the browser's storage.

use serde::{Deserialize, Serialize};

use super::WorkloadDraft;

/// Version of the stored form; one of another version is not read.
const VERSION: u32 = 1;

/// A stored draft.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Saved {
    version: u32,
    /// When it was stored, in Unix milliseconds.
    pub at: i64,
    /// The draft.
    pub draft: WorkloadDraft,
}

impl Saved {
    /// A draft stored at that Unix millisecond.
    pub fn new(draft: WorkloadDraft, at: i64) -> Self {
        Saved { version: VERSION, at, draft }
    }

    /// The stored text.
    pub fn to_text(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// Reads stored text; what another version or another hand wrote is not read.
    pub fn from_text(text: &str) -> Option<Self> {
        serde_json::from_str::<Saved>(text).ok().filter(|saved| saved.version == VERSION)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::object::WorkloadKind;

    #[test]
    fn a_draft_of_the_release_before_is_read_without_an_alias() {
        let saved = Saved::new(WorkloadDraft::new(WorkloadKind::StatefulSet, "shop"), 1);
        let old = saved.to_text().replace("\"alias\":\"\",", "");
        assert_ne!(old, saved.to_text());
        assert_eq!(Saved::from_text(&old), Some(saved));
    }

    #[test]
    fn a_draft_survives_storage() {
        let mut draft = WorkloadDraft::new(WorkloadKind::StatefulSet, "shop");
        draft.add_container();
        let saved = Saved::new(draft, 1_700_000_000_000);
        assert_eq!(Saved::from_text(&saved.to_text()), Some(saved.clone()));
        for text in ["", "null", "{}", &saved.to_text().replace("\"version\":1", "\"version\":2")] {
            assert_eq!(Saved::from_text(text), None);
        }
    }
}
