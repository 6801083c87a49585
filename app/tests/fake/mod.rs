//! A backend of fixed answers, and a page rendered over it.

use std::{
    sync::{Arc, Once},
    time::Duration,
};

use async_trait::async_trait;
use binnacle_app::{
    App,
    backend::{Backend, SharedBackend},
    request::RequestInfo,
    turns,
    ui::Assets,
};
use binnacle_model::{
    AppError, FieldPath, Lang, Result,
    cluster::{
        ClusterDetail, ClusterEdit, ClusterInput, ClusterNumbers, ClusterRow, ClusterState, Freshness,
        KubeconfigReport, NamespaceRow, Provider, VerifyReport,
    },
    diagnosis::{Diagnosis, Finding, TextRange},
    edit::{EditAnswer, EditOutcome, EditRequest, EditableObject, FieldOwner},
    object::{ObjectRef, WorkloadKind},
    plan::{Created, DryRun, Plan, PlanRequest},
    session::{Caller, Role},
    status::{PodStatus, PodTone, WorkloadState, WorkloadStatus},
    workload::{
        DeletePlan, ListAccess, ListPage, ListQuery, PodRow, WorkloadAccess, WorkloadDetail, WorkloadRow,
    },
};
use futures::StreamExt as _;
use hydration_context::SsrSharedContext;
use leptos::prelude::*;
use leptos_router::location::RequestUrl;
use serde_json::Value;

/// Fixed answers; what a test does not set is empty.
#[derive(Clone, Default)]
pub struct Fake {
    pub clusters: Vec<ClusterRow>,
    pub rows: Vec<WorkloadRow>,
    pub freshness: Freshness,
    pub failure: Option<AppError>,
    pub limited_to: Option<Vec<String>>,
    pub access: ListAccess,
    pub workload: Option<WorkloadDetail>,
    pub cluster: Option<ClusterDetail>,
    pub edit: Option<ClusterEdit>,
    pub opened: Option<EditableObject>,
    /// How long a list takes to come.
    pub takes: Duration,
}

fn nothing<T>() -> Result<T> {
    Err(AppError::NotFound { kind: "Thing".into(), name: "thing".into() })
}

#[async_trait]
impl Backend for Fake {
    async fn clusters(&self, _: &Caller) -> Result<Vec<ClusterRow>> {
        Ok(self.clusters.clone())
    }
    async fn cluster(&self, _: &Caller, _: &str) -> Result<ClusterDetail> {
        self.cluster.clone().map_or_else(nothing, Ok)
    }
    async fn read_kubeconfig(&self, _: &Caller, _: &str) -> Result<KubeconfigReport> {
        nothing()
    }
    async fn verify_cluster(&self, _: &Caller, _: &str, _: &str) -> Result<VerifyReport> {
        nothing()
    }
    async fn integrate_cluster(&self, _: &Caller, _: &ClusterInput) -> Result<()> {
        nothing()
    }
    async fn cluster_for_edit(&self, _: &Caller, _: &str) -> Result<ClusterEdit> {
        self.edit.clone().map_or_else(nothing, Ok)
    }
    async fn edit_cluster(&self, _: &Caller, _: &str, _: &ClusterEdit) -> Result<()> {
        nothing()
    }
    async fn remove_cluster(&self, _: &Caller, _: &str) -> Result<()> {
        nothing()
    }
    async fn namespaces(&self, _: &Caller, _: &str) -> Result<Vec<NamespaceRow>> {
        Ok(vec![NamespaceRow { name: "default".into(), terminating: false }])
    }
    async fn create_namespace(&self, _: &Caller, _: &str, _: &str) -> Result<()> {
        nothing()
    }
    async fn list(&self, _: &Caller, query: &ListQuery) -> Result<ListPage> {
        if !self.takes.is_zero() {
            tokio::time::sleep(self.takes).await;
        }
        if let Some(error) = &self.failure {
            return Err(error.clone());
        }
        let rows: Vec<WorkloadRow> =
            self.rows.iter().filter(|row| row.name.contains(&query.search)).cloned().collect();
        let count = |rows: &[WorkloadRow]| u32::try_from(rows.len()).unwrap_or(u32::MAX);
        Ok(ListPage {
            matching: count(&rows),
            total: count(&self.rows),
            rows: rows
                .into_iter()
                .skip(((query.page - 1) * query.page_size) as usize)
                .take(query.page_size as usize)
                .collect(),
            counts: vec![],
            freshness: self.freshness.clone(),
            limited_to: self.limited_to.clone(),
            access: self.access.clone(),
            sequence: 1,
        })
    }
    async fn workload(
        &self,
        _: &Caller,
        _: &str,
        _: WorkloadKind,
        _: &str,
        _: &str,
    ) -> Result<WorkloadDetail> {
        self.workload.clone().map_or_else(nothing, Ok)
    }
    async fn exists(&self, _: &Caller, _: &ObjectRef) -> Result<bool> {
        Ok(false)
    }
    async fn plan_delete(&self, _: &Caller, _: &ObjectRef) -> Result<DeletePlan> {
        nothing()
    }
    async fn delete(&self, _: &Caller, _: &ObjectRef, _: &str) -> Result<()> {
        nothing()
    }
    async fn dry_run(&self, _: &Caller, _: &str, _: &Value) -> Result<DryRun> {
        nothing()
    }
    async fn diagnose(&self, _: &Caller, _: &str, _: String) -> Result<Diagnosis> {
        nothing()
    }
    async fn repair(&self, _: &Caller, _: &str, _: String) -> Result<(String, Vec<Finding>)> {
        nothing()
    }
    async fn locate(
        &self,
        _: &Caller,
        _: String,
        _: Vec<(u32, FieldPath)>,
    ) -> Result<Vec<Option<TextRange>>> {
        nothing()
    }
    async fn plan(&self, _: &Caller, _: &PlanRequest) -> Result<Plan> {
        nothing()
    }
    async fn create(&self, _: &Caller, _: &str, _: &Value) -> Result<Created> {
        nothing()
    }
    async fn open_edit(&self, _: &Caller, _: &ObjectRef) -> Result<EditableObject> {
        self.opened.clone().map_or_else(nothing, Ok)
    }
    async fn review_edit(&self, _: &Caller, _: &EditRequest) -> Result<EditAnswer> {
        nothing()
    }
    async fn save_edit(&self, _: &Caller, _: &EditRequest) -> Result<EditOutcome> {
        nothing()
    }
    async fn field_owners(&self, _: &Caller, _: &ObjectRef) -> Result<Vec<FieldOwner>> {
        nothing()
    }
}

/// A running workload.
pub fn row(namespace: &str, name: &str, ready: u32, desired: u32) -> WorkloadRow {
    WorkloadRow {
        uid: format!("uid-{name}"),
        namespace: namespace.into(),
        name: name.into(),
        alias: String::new(),
        status: WorkloadStatus::new(WorkloadState::Running, None),
        ready,
        desired,
        images: vec!["registry.example.org/app:v1".into()],
        created: 0,
    }
}

/// A running workload's page, with one pod.
pub fn workload(namespace: &str, name: &str) -> WorkloadDetail {
    WorkloadDetail {
        row: row(namespace, name, 1, 1),
        object: serde_json::json!({"kind": "StatefulSet"}),
        description: String::new(),
        labels: vec![],
        annotations: vec![],
        conditions: vec![],
        containers: vec![],
        pods: Ok(vec![PodRow {
            uid: "pod".into(),
            name: format!("{name}-0"),
            status: PodStatus { word: "Running".into(), tone: PodTone::Running, reason: None },
            ready: 1,
            containers: 1,
            restarts: 0,
            node: "a".into(),
            ip: "10.0.0.1".into(),
            created: 0,
        }]),
        events: Ok(vec![]),
        freshness: Freshness::default(),
        access: WorkloadAccess::default(),
    }
}

/// A running cluster.
pub fn cluster_row(name: &str) -> ClusterRow {
    ClusterRow {
        name: name.into(),
        alias: String::new(),
        state: ClusterState::Running,
        version: "v1.37.2".into(),
        provider: Provider::Generic,
        labels: vec![],
        created: 0,
        numbers: ClusterNumbers::default(),
        freshness: Freshness { as_of: Some(1_000), stale: None },
        credential_expires: None,
        credential_end: None,
        sandbox: false,
    }
}

static EXECUTOR: Once = Once::new();

/// The body of a page, complete, as the server sends it.
pub async fn render(path: &str, fake: Fake, lang: Lang, role: Role) -> String {
    EXECUTOR.call_once(turns::install);
    let owner = Owner::new_root(Some(Arc::new(SsrSharedContext::new())));
    let turn = turns::Turn::default();
    let page = async {
        let stream = owner.with(|| {
            provide_context(turn.clone());
            provide_context(RequestUrl::new(path));
            provide_context::<SharedBackend>(Arc::new(fake));
            provide_context(Assets::default());
            provide_context(RequestInfo {
                caller: Caller { user: "anna".into(), role },
                lang,
                theme: None,
                now: 1_000,
            });
            view! { <App /> }.into_any().to_html_stream_in_order()
        });
        stream.collect::<String>().await
    };
    let html = turn.of(page).await;
    drop(owner);
    html
}
