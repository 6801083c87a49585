//! Objects as a cluster may send them: rules and forms read them and never fail.

use binnacle_model::{
    draft::WorkloadDraft,
    owners,
    status::{BadPod, pod_status, stateful_set_status},
    yaml,
};
use serde_json::Value;

/// Status rules, field owners, the form's way there and back, and the YAML writer, over any JSON.
pub(crate) fn objects(data: &[u8]) {
    let Ok(object) = serde_json::from_slice::<Value>(data) else { return };
    let pod = BadPod { name: "web-0".to_owned(), ordinal: Some(0), status: pod_status(&object) };
    for worst in [None, Some(&pod)] {
        let _ = stateful_set_status(&object, worst);
    }

    let _ = (owners::of(&object), owners::keepers(&object));

    let (draft, _) = WorkloadDraft::read(&object);
    assert_eq!(draft.to_object(&object), object, "what nobody touched is as it was");

    let _ = yaml::to_yaml(&object);
}
