//! The workload that a page's address names.

use binnacle_model::{
    live::Topic,
    object::{ObjectRef, WorkloadKind},
};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

use crate::paths;

/// Which workload, as the address has it.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Which {
    pub(super) cluster: String,
    pub(super) kind: WorkloadKind,
    pub(super) namespace: String,
    pub(super) name: String,
}

impl Which {
    pub(super) fn target(&self) -> ObjectRef {
        ObjectRef {
            cluster: self.cluster.clone(),
            api_version: self.kind.api_version().to_owned(),
            kind: self.kind.kind().to_owned(),
            namespace: Some(self.namespace.clone()),
            name: self.name.clone(),
        }
    }

    /// Its page.
    pub(super) fn path(&self) -> String {
        paths::workload(&self.cluster, self.kind, &self.namespace, &self.name)
    }

    pub(super) fn topic(&self) -> Topic {
        Topic::Workload {
            cluster: self.cluster.clone(),
            kind: self.kind,
            namespace: self.namespace.clone(),
            name: self.name.clone(),
        }
    }
}

/// The workload of the address; `None` where its kind is none of ours.
pub(super) fn use_which() -> Memo<Option<Which>> {
    let params = use_params_map();
    Memo::new(move |_| {
        params.with(|params| {
            let text = |name: &str| params.get(name).unwrap_or_default();
            Some(Which {
                cluster: text("cluster"),
                kind: WorkloadKind::from_plural(&text("kind"))?,
                namespace: text("namespace"),
                name: text("name"),
            })
        })
    })
}
