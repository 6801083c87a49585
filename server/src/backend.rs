//! The app's backend over the clusters and the store.

mod thinking;

#[cfg(test)]
mod tests;

use std::{
    collections::{BTreeMap, HashSet},
    sync::{Mutex, PoisonError},
};

use async_trait::async_trait;
use binnacle_app::backend::Backend;
use binnacle_cluster::{Clusters, Credential, DialPolicy, Registration, credential, read_kubeconfig};
use binnacle_model::{
    AppError, FieldPath, Issue, Result, Text,
    cluster::{
        ClusterDetail, ClusterEdit, ClusterInput, ClusterProfile, ClusterRow, KubeconfigReport, NamespaceRow,
        Provider, VerifyReport,
    },
    diagnosis::{Diagnosis, Finding, TextRange},
    doctor,
    edit::{EditAnswer, EditOutcome, EditRequest, EditableObject, FieldOwner},
    live::Topic,
    object::{ObjectRef, WorkloadKind},
    plan::{Created, DryRun, Plan, PlanRequest},
    rules,
    session::Caller,
    words::{clusters as cluster_words, signin},
    workload::{DeletePlan, ListPage, ListQuery, WorkloadDetail},
};
use binnacle_sandbox::SandboxCluster;
use serde_json::Value;
use tokio::sync::watch;

use thinking::Doctor;

use crate::{
    live::Changes,
    middleware::observe,
    store::{Store, StoreError, StoredCluster, now},
};

/// Names that are a path of the console (`/clusters/integrate`).
const RESERVED: [&str; 1] = ["integrate"];

/// The folder in the data directory that holds what clusters say of their kinds.
const SCHEMAS: &str = "schemas";

/// Fields that are looked for in a text at once; a refusal names fewer.
const MOST_PLACES: usize = 200;

/// Wrong labels or annotations that are named at once.
const MOST_ISSUES: usize = 100;

/// The clusters as the pages see them.
pub struct ServerBackend {
    clusters: Clusters,
    store: Store,
    policy: DialPolicy,
    /// The console's own simulated clusters: what the edit form shows of them. They live in memory
    /// only, and are new at each start.
    sandbox: Mutex<BTreeMap<String, ClusterProfile>>,
    doctor: Doctor,
    /// One change of the set at a time, so that what was checked still holds when it is written.
    changing: tokio::sync::Mutex<()>,
}

impl ServerBackend {
    /// Starts watching every stored cluster. Waits for none of them. What clusters say of their kinds is kept
    /// beside the store.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn start(store: Store, allow_loopback: bool) -> Result<Self, StoreError> {
        let policy = DialPolicy { allow_loopback, sandbox: false };
        let clusters = Clusters::new(policy).keeping(store.directory().join(SCHEMAS));
        for stored in store.clusters().await? {
            let Ok(credential) = Credential::from_secret_json(&stored.credential) else {
                return Err(StoreError::Value("a cluster's credential"));
            };
            clusters.add(registration(&stored, credential));
        }
        let (sandbox, changing) = (Mutex::default(), tokio::sync::Mutex::default());
        Ok(ServerBackend { clusters, store, policy, sandbox, doctor: Doctor::default(), changing })
    }

    /// Registers the console's own simulated clusters, for as long as the process runs. A cluster that
    /// was integrated under the same name comes first.
    pub fn add_sandbox(&self, all: &[SandboxCluster]) {
        let taken = self.clusters.names();
        for cluster in all {
            if taken.contains(&cluster.name) {
                tracing::warn!(cluster = cluster.name, "a sandbox cluster is left out: its name is taken");
                continue;
            }
            let profile = ClusterProfile {
                alias: cluster.alias.clone(),
                provider: Provider::from_name(&cluster.provider).unwrap_or_default(),
                labels: cluster.labels.clone(),
                ..ClusterProfile::default()
            };
            self.clusters.add(Registration {
                name: cluster.name.clone(),
                profile: profile.clone(),
                created: now(),
                credential: Credential::sandbox(
                    format!("http://{}", cluster.address),
                    Some(cluster.token.clone()),
                ),
                sandbox: true,
            });
            self.sandbox().insert(cluster.name.clone(), profile);
        }
    }

    /// Ends all watches.
    pub async fn shutdown(&self) {
        self.clusters.shutdown().await;
    }

    fn sandbox(&self) -> std::sync::MutexGuard<'_, BTreeMap<String, ClusterProfile>> {
        self.sandbox.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The stored cluster of that name.
    async fn stored(&self, name: &str) -> Result<StoredCluster> {
        self.store.cluster(name).await.map_err(|error| internal(&error))?.ok_or_else(|| not_found(name))
    }

    /// The credential of one context of a pasted kubeconfig, and what its cluster says; good, or an
    /// error that says what stands in the way.
    async fn verified(&self, kubeconfig: &str, context: &str) -> Result<(Credential, VerifyReport)> {
        let credential = credential(kubeconfig, context, &self.policy)?;
        let report = self.clusters.verify(&credential).await?;
        if !report.is_good() {
            return Err(AppError::Invalid { issues: report.issues });
        }
        Ok((credential, report))
    }
}

fn registration(stored: &StoredCluster, credential: Credential) -> Registration {
    Registration {
        name: stored.name.clone(),
        profile: stored.profile.clone(),
        created: stored.created,
        credential,
        sandbox: false,
    }
}

fn not_found(name: &str) -> AppError {
    AppError::NotFound { kind: "Cluster".to_owned(), name: name.to_owned() }
}

/// The person gets the request's id, the log the rest.
fn internal(error: &StoreError) -> AppError {
    let request_id = observe::current_id();
    tracing::error!(%error, request_id, "the store failed");
    AppError::Internal { request_id }
}

/// The set of clusters is the administrators'.
fn admin(caller: &Caller, verb: &str) -> Result<()> {
    if caller.is_admin() {
        return Ok(());
    }
    Err(AppError::Forbidden {
        verb: verb.to_owned(),
        resource: "clusters".to_owned(),
        scope: "Binnacle".to_owned(),
        message: signin::CLUSTER_ADMINS_ONLY.en.to_owned(),
    })
}

/// The rules of what people say about a cluster (PS 2.2).
fn profile_issues(profile: &ClusterProfile) -> Vec<Issue> {
    let place = |field: &str| FieldPath::root().key(field);
    let wrong = [
        ("alias", rules::cluster_alias(&profile.alias)),
        ("description", rules::description(&profile.description)),
        ("region", rules::cluster_place(&profile.region)),
        ("zone", rules::cluster_place(&profile.zone)),
    ];
    let mut issues: Vec<Issue> = wrong
        .into_iter()
        .filter_map(|(field, text)| text.map(|text| Issue::error(place(field), text)))
        .collect();
    // Each is looked at only when there are not too many of them.
    issues.extend(match rules::cluster_labels_count(profile.labels.len()) {
        Some(many) => vec![Issue::error(place("labels"), many)],
        None => pair_issues(&place("labels"), &profile.labels, |key, value| {
            rules::label_key(key).or_else(|| rules::label_value(value))
        }),
    });
    issues.extend(match annotations_size(&profile.annotations) {
        Some(large) => vec![Issue::error(place("annotations"), large)],
        None => pair_issues(&place("annotations"), &profile.annotations, |key, _| rules::annotation_key(key)),
    });
    issues
}

fn annotations_size(annotations: &[(String, String)]) -> Option<Text> {
    rules::annotations_size(annotations.iter().map(|(key, value)| (key.as_str(), value.as_str())))
}

/// What is wrong with each of some labels or annotations, of [`MOST_ISSUES`] at most; a key stands once.
fn pair_issues(
    place: &FieldPath,
    pairs: &[(String, String)],
    rule: impl Fn(&str, &str) -> Option<Text>,
) -> Vec<Issue> {
    let mut seen = HashSet::new();
    let mut wrong = |key, value| {
        let is_twice = !seen.insert(key);
        rule(key, value).or_else(|| is_twice.then(|| Text::new(&cluster_words::LABEL_TWICE, [key])))
    };
    let pairs = pairs.iter().enumerate();
    pairs
        .filter_map(|(number, (key, value))| {
            wrong(key.as_str(), value).map(|text| Issue::error(place.index(number), text))
        })
        .take(MOST_ISSUES)
        .collect()
}

fn none_of(issues: Vec<Issue>) -> Result<()> {
    if issues.is_empty() { Ok(()) } else { Err(AppError::Invalid { issues }) }
}

#[async_trait]
impl Backend for ServerBackend {
    async fn clusters(&self, caller: &Caller) -> Result<Vec<ClusterRow>> {
        Ok(self.clusters.rows(caller).await)
    }

    async fn cluster(&self, caller: &Caller, name: &str) -> Result<ClusterDetail> {
        self.clusters.detail(caller, name).await
    }

    async fn read_kubeconfig(&self, caller: &Caller, kubeconfig: &str) -> Result<KubeconfigReport> {
        admin(caller, "create")?;
        Ok(read_kubeconfig(kubeconfig))
    }

    async fn verify_cluster(&self, caller: &Caller, kubeconfig: &str, context: &str) -> Result<VerifyReport> {
        admin(caller, "create")?;
        self.clusters.verify(&credential(kubeconfig, context, &self.policy)?).await
    }

    async fn integrate_cluster(&self, caller: &Caller, input: &ClusterInput) -> Result<()> {
        admin(caller, "create")?;
        let reserved = RESERVED
            .contains(&input.name.as_str())
            .then(|| Text::new(&signin::CLUSTER_NAME_RESERVED, [&input.name]));
        let mut issues = profile_issues(&input.profile);
        let wrong_name = rules::cluster_name(&input.name).or(reserved);
        issues.extend(wrong_name.map(|text| Issue::error(FieldPath::root().key("name"), text)));
        none_of(issues)?;

        let _changing = self.changing.lock().await;
        if self.clusters.names().contains(&input.name) {
            return Err(AppError::AlreadyExists { kind: "Cluster".to_owned(), name: input.name.clone() });
        }
        let (credential, report) = self.verified(&input.kubeconfig, &input.context).await?;
        self.clusters.ensure_admin_binding(&credential, &report).await?;
        let stored = StoredCluster {
            name: input.name.clone(),
            profile: input.profile.clone(),
            created: now(),
            system_uid: report.system_uid,
            credential: credential.to_secret_json(),
        };
        if !self.store.insert_cluster(&stored).await.map_err(|error| internal(&error))? {
            return Err(AppError::AlreadyExists { kind: "Cluster".to_owned(), name: stored.name });
        }
        tracing::info!(cluster = stored.name, user = caller.user, "a cluster was integrated");
        self.clusters.add(registration(&stored, credential));
        Ok(())
    }

    async fn cluster_for_edit(&self, caller: &Caller, name: &str) -> Result<ClusterEdit> {
        admin(caller, "update")?;
        if let Some(profile) = self.sandbox().get(name) {
            return Ok(ClusterEdit { profile: profile.clone(), credential: None });
        }
        Ok(ClusterEdit { profile: self.stored(name).await?.profile, credential: None })
    }

    async fn edit_cluster(&self, caller: &Caller, name: &str, edit: &ClusterEdit) -> Result<()> {
        admin(caller, "update")?;
        none_of(profile_issues(&edit.profile))?;
        let _changing = self.changing.lock().await;
        if let Some(kept) = self.sandbox().get_mut(name) {
            if edit.credential.is_some() {
                return Err(AppError::Refused { text: Text::new(&signin::CLUSTER_IS_SANDBOX, [name]) });
            }
            kept.clone_from(&edit.profile);
            self.clusters.update_profile(name, &edit.profile);
            return Ok(());
        }
        let mut stored = self.stored(name).await?;
        let mut fresh = None;
        if let Some((kubeconfig, context)) = &edit.credential {
            let (credential, report) = self.verified(kubeconfig, context).await?;
            // Rows, rights and links of a name must stay those of one cluster.
            if !stored.system_uid.is_empty() && report.system_uid != stored.system_uid {
                let text = Text::new(&signin::CLUSTER_IS_ANOTHER, [name]);
                return Err(AppError::invalid(Issue::error(FieldPath::root().key("kubeconfig"), text)));
            }
            self.clusters.ensure_admin_binding(&credential, &report).await?;
            stored.system_uid = report.system_uid;
            stored.credential = credential.to_secret_json();
            fresh = Some(credential);
        }
        stored.profile.clone_from(&edit.profile);
        if !self.store.update_cluster(&stored).await.map_err(|error| internal(&error))? {
            return Err(not_found(name));
        }
        tracing::info!(
            cluster = name,
            user = caller.user,
            credential = fresh.is_some(),
            "a cluster was edited"
        );
        self.clusters.update_profile(name, &edit.profile);
        if let Some(credential) = fresh {
            self.clusters.replace_credential(name, &credential);
        }
        Ok(())
    }

    async fn remove_cluster(&self, caller: &Caller, name: &str) -> Result<()> {
        admin(caller, "delete")?;
        let _changing = self.changing.lock().await;
        let was_sandbox = self.sandbox().remove(name).is_some();
        if !was_sandbox && !self.store.remove_cluster(name).await.map_err(|error| internal(&error))? {
            return Err(not_found(name));
        }
        tracing::info!(cluster = name, user = caller.user, "a cluster was removed");
        self.clusters.remove(name);
        Ok(())
    }

    async fn namespaces(&self, caller: &Caller, cluster: &str) -> Result<Vec<NamespaceRow>> {
        self.clusters.namespaces(caller, cluster).await
    }

    async fn create_namespace(&self, caller: &Caller, cluster: &str, name: &str) -> Result<()> {
        none_of(
            rules::namespace_name(name)
                .map(|text| Issue::error(FieldPath::root().key("metadata").key("name"), text))
                .into_iter()
                .collect(),
        )?;
        self.clusters.create_namespace(caller, cluster, name).await
    }

    async fn list(&self, caller: &Caller, query: &ListQuery) -> Result<ListPage> {
        self.clusters.list(caller, query).await
    }

    async fn workload(
        &self,
        caller: &Caller,
        cluster: &str,
        kind: WorkloadKind,
        namespace: &str,
        name: &str,
    ) -> Result<WorkloadDetail> {
        self.clusters.workload(caller, cluster, kind, namespace, name).await
    }

    async fn exists(&self, caller: &Caller, target: &ObjectRef) -> Result<bool> {
        self.clusters.exists(caller, target).await
    }

    async fn plan_delete(&self, caller: &Caller, target: &ObjectRef) -> Result<DeletePlan> {
        self.clusters.plan_delete(caller, target).await
    }

    async fn delete(&self, caller: &Caller, target: &ObjectRef, uid: &str) -> Result<()> {
        self.clusters.delete(caller, target, uid).await
    }

    async fn dry_run(&self, caller: &Caller, cluster: &str, object: &Value) -> Result<DryRun> {
        self.clusters.dry_run(caller, cluster, object).await
    }

    async fn diagnose(&self, caller: &Caller, cluster: &str, text: String) -> Result<Diagnosis> {
        let schemas = self.clusters.schemas(caller, cluster, &text).await;
        self.doctor.ask(move || doctor::diagnose_with(&text, &schemas)).await
    }

    async fn repair(&self, caller: &Caller, cluster: &str, text: String) -> Result<(String, Vec<Finding>)> {
        let schemas = self.clusters.schemas(caller, cluster, &text).await;
        self.doctor.ask(move || doctor::repair_all_with(&text, &schemas)).await
    }

    async fn locate(
        &self,
        _caller: &Caller,
        text: String,
        mut places: Vec<(u32, FieldPath)>,
    ) -> Result<Vec<Option<TextRange>>> {
        let asked = places.len();
        places.truncate(MOST_PLACES);
        let mut found = self.doctor.ask(move || doctor::ranges_of(&text, &places)).await?;
        // One answer for each, so that whoever asked can tell which is which.
        found.resize(asked, None);
        Ok(found)
    }

    async fn plan(&self, caller: &Caller, request: &PlanRequest) -> Result<Plan> {
        self.clusters.plan(caller, request).await
    }

    async fn create(&self, caller: &Caller, cluster: &str, object: &Value) -> Result<Created> {
        self.clusters.create(caller, cluster, object).await
    }

    async fn open_edit(&self, caller: &Caller, target: &ObjectRef) -> Result<EditableObject> {
        self.clusters.open_edit(caller, target).await
    }

    async fn review_edit(&self, caller: &Caller, edit: &EditRequest) -> Result<EditAnswer> {
        self.clusters.review_edit(caller, edit).await
    }

    async fn save_edit(&self, caller: &Caller, edit: &EditRequest) -> Result<EditOutcome> {
        self.clusters.save_edit(caller, edit).await
    }

    async fn field_owners(&self, caller: &Caller, target: &ObjectRef) -> Result<Vec<FieldOwner>> {
        self.clusters.field_owners(caller, target).await
    }
}

impl Changes for ServerBackend {
    fn watch(&self, topic: &Topic) -> watch::Receiver<u64> {
        let watched = match topic {
            Topic::Clusters | Topic::Cluster { .. } => Ok(self.clusters.subscribe_clusters()),
            Topic::List { query } => self.clusters.subscribe(&query.cluster, query.kind),
            Topic::Workload { cluster, kind, namespace, name } => {
                self.clusters.subscribe_workload(cluster, *kind, namespace, name)
            }
        };
        // Nobody speaks for an unknown cluster; the look itself will say so.
        watched.unwrap_or_else(|_| watch::channel(0).1)
    }
}
