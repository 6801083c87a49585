//! One console for tests: real router, real store in a temporary directory, fake clusters.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use axum::{
    Router,
    body::{Body, Bytes},
};
use binnacle_app::backend::Backend;
use binnacle_model::{
    AppError, FieldPath, Result,
    cluster::{
        ClusterDetail, ClusterEdit, ClusterInput, ClusterRow, Freshness, KubeconfigReport, NamespaceRow,
        VerifyReport,
    },
    diagnosis::{Diagnosis, Finding, TextRange},
    edit::{EditAnswer, EditOutcome, EditRequest, EditableObject, FieldOwner},
    live::Topic,
    object::{ObjectRef, WorkloadKind},
    plan::{Created, DryRun, Plan, PlanRequest},
    session::{Caller, Role},
    workload::{DeletePlan, ListAccess, ListPage, ListQuery, WorkloadDetail, WorkloadRow},
};
use http::{HeaderMap, Method, Request, Response, StatusCode, header};
use http_body_util::BodyExt as _;
use tokio::sync::watch;
use tower::ServiceExt as _;

use crate::{
    assets::AssetStore,
    auth,
    config::{self, Config},
    live::Changes,
    router,
    secret::Secret,
    state::AppState,
    store::Store,
};

/// The origin of the test console.
pub const ORIGIN: &str = "http://127.0.0.1:3000";
/// The administrator's password, where one is set.
pub const PASSWORD: &str = "correct horse battery staple";

/// The name of a workload whose page panics.
pub const BROKEN: &str = "broken";

/// Clusters that answer what a test says.
#[derive(Default)]
pub struct FakeBackend {
    /// Rows of every list.
    pub rows: Mutex<Vec<WorkloadRow>>,
    /// Callers of `list`, in order.
    pub callers: Mutex<Vec<Caller>>,
    /// What `list` and `workload` fail with instead.
    pub failure: Mutex<Option<AppError>>,
    /// Topics that were watched, in order.
    pub watched: Mutex<Vec<Topic>>,
    /// The page of every workload.
    pub workload: Mutex<Option<WorkloadDetail>>,
    sender: watch::Sender<u64>,
}

impl FakeBackend {
    /// Changes the rows and says so.
    pub fn set_rows(&self, rows: Vec<WorkloadRow>) {
        *self.rows.lock().unwrap() = rows;
        self.tell();
    }

    /// Says that something changed.
    pub fn tell(&self) {
        self.sender.send_modify(|count| *count += 1);
    }
}

impl Changes for FakeBackend {
    fn watch(&self, topic: &Topic) -> watch::Receiver<u64> {
        self.watched.lock().unwrap().push(topic.clone());
        self.sender.subscribe()
    }
}

fn nothing<T>(name: &str) -> Result<T> {
    Err(AppError::NotFound { kind: "Cluster".to_owned(), name: name.to_owned() })
}

#[async_trait]
impl Backend for FakeBackend {
    async fn clusters(&self, _: &Caller) -> Result<Vec<ClusterRow>> {
        Ok(Vec::new())
    }
    async fn cluster(&self, _: &Caller, name: &str) -> Result<ClusterDetail> {
        nothing(name)
    }
    async fn read_kubeconfig(&self, _: &Caller, _: &str) -> Result<KubeconfigReport> {
        nothing("")
    }
    async fn verify_cluster(&self, _: &Caller, _: &str, _: &str) -> Result<VerifyReport> {
        nothing("")
    }
    async fn integrate_cluster(&self, _: &Caller, _: &ClusterInput) -> Result<()> {
        nothing("")
    }
    async fn cluster_for_edit(&self, _: &Caller, name: &str) -> Result<ClusterEdit> {
        nothing(name)
    }
    async fn edit_cluster(&self, _: &Caller, name: &str, _: &ClusterEdit) -> Result<()> {
        nothing(name)
    }
    async fn remove_cluster(&self, _: &Caller, name: &str) -> Result<()> {
        nothing(name)
    }
    async fn namespaces(&self, _: &Caller, cluster: &str) -> Result<Vec<NamespaceRow>> {
        nothing(cluster)
    }
    async fn create_namespace(&self, _: &Caller, cluster: &str, _: &str) -> Result<()> {
        nothing(cluster)
    }
    async fn list(&self, caller: &Caller, _: &ListQuery) -> Result<ListPage> {
        self.callers.lock().unwrap().push(caller.clone());
        if let Some(error) = self.failure.lock().unwrap().clone() {
            return Err(error);
        }
        let rows = self.rows.lock().unwrap().clone();
        let total = u32::try_from(rows.len()).unwrap();
        Ok(ListPage {
            rows,
            matching: total,
            total,
            counts: vec![],
            freshness: Freshness::default(),
            limited_to: None,
            access: ListAccess::default(),
            sequence: *self.sender.borrow(),
        })
    }
    async fn workload(
        &self,
        _: &Caller,
        _: &str,
        _: WorkloadKind,
        _: &str,
        name: &str,
    ) -> Result<WorkloadDetail> {
        assert_ne!(name, BROKEN, "a workload that nobody can look at");
        if let Some(error) = self.failure.lock().unwrap().clone() {
            return Err(error);
        }
        self.workload.lock().unwrap().clone().map_or_else(|| nothing(name), Ok)
    }
    async fn exists(&self, _: &Caller, _: &ObjectRef) -> Result<bool> {
        Ok(false)
    }
    async fn plan_delete(&self, _: &Caller, _: &ObjectRef) -> Result<DeletePlan> {
        nothing("")
    }
    async fn delete(&self, _: &Caller, _: &ObjectRef, _: &str) -> Result<()> {
        nothing("")
    }
    async fn dry_run(&self, _: &Caller, cluster: &str, _: &serde_json::Value) -> Result<DryRun> {
        nothing(cluster)
    }
    async fn diagnose(&self, _: &Caller, _: &str, _: String) -> Result<Diagnosis> {
        nothing("")
    }
    async fn repair(&self, _: &Caller, _: &str, _: String) -> Result<(String, Vec<Finding>)> {
        nothing("")
    }
    async fn locate(
        &self,
        _: &Caller,
        _: String,
        _: Vec<(u32, FieldPath)>,
    ) -> Result<Vec<Option<TextRange>>> {
        nothing("")
    }
    async fn plan(&self, _: &Caller, _: &PlanRequest) -> Result<Plan> {
        nothing("")
    }
    async fn create(&self, _: &Caller, cluster: &str, _: &serde_json::Value) -> Result<Created> {
        nothing(cluster)
    }
    async fn open_edit(&self, _: &Caller, _: &ObjectRef) -> Result<EditableObject> {
        nothing("")
    }
    async fn review_edit(&self, _: &Caller, _: &EditRequest) -> Result<EditAnswer> {
        nothing("")
    }
    async fn save_edit(&self, _: &Caller, _: &EditRequest) -> Result<EditOutcome> {
        nothing("")
    }
    async fn field_owners(&self, _: &Caller, _: &ObjectRef) -> Result<Vec<FieldOwner>> {
        nothing("")
    }
}

/// A console.
pub struct TestApp {
    /// Its router, every layer on it.
    pub router: Router,
    /// Its state.
    pub state: AppState,
    /// Its clusters.
    pub backend: Arc<FakeBackend>,
    _directory: tempfile::TempDir,
}

impl TestApp {
    /// With the settings of a command line, an administrator without password and a few assets.
    pub async fn with(args: &[&str]) -> Self {
        Self::with_routes(args, |state, pages| router::build(&state, pages)).await
    }

    /// The default console.
    pub async fn new() -> Self {
        Self::with(&[]).await
    }

    /// With routes of the test's own.
    pub async fn with_routes(
        args: &[&str],
        build: impl FnOnce(AppState, Vec<leptos_axum::AxumRouteListing>) -> Router,
    ) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let config = config(args);
        let store = Store::open(directory.path()).await.unwrap();
        store.ensure_user(auth::ADMIN, Role::Admin).await.unwrap();
        let backend = Arc::new(FakeBackend::default());
        let state = AppState::new(&config, 3000, store, backend.clone(), backend.clone(), assets());
        binnacle_app::turns::install();
        let pages = leptos_axum::generate_route_list(binnacle_app::App);
        TestApp { router: build(state.clone(), pages), state, backend, _directory: directory }
    }

    /// Sends a request as it is.
    pub async fn send(&self, request: Request<Body>) -> Response<Body> {
        self.router.clone().oneshot(request).await.unwrap()
    }

    /// `GET` by a browser's navigation, with these further headers.
    pub async fn get(&self, path: &str, headers: &[(&str, &str)]) -> Response<Body> {
        self.send(request(Method::GET, path, headers, Body::empty())).await
    }

    /// `POST` of a form from the console's own page.
    pub async fn post_form(&self, path: &str, form: &str, headers: &[(&str, &str)]) -> Response<Body> {
        let mut all = vec![
            ("origin", ORIGIN),
            ("sec-fetch-site", "same-origin"),
            ("content-type", "application/x-www-form-urlencoded"),
        ];
        all.extend_from_slice(headers);
        self.send(request(Method::POST, path, &all, Body::from(form.to_owned()))).await
    }

    /// Sets the administrator's password.
    pub async fn set_password(&self) {
        let hash = self.state.hasher.hash(Secret::new(PASSWORD)).await.unwrap();
        self.state.store.set_password(auth::ADMIN, &hash).await.unwrap();
    }

    /// A session of the administrator: the `Cookie` header.
    pub async fn sign_in(&self) -> String {
        let set = auth::sign_in(&self.state, &HeaderMap::new(), auth::ADMIN).await.unwrap();
        set.split(';').next().unwrap().to_owned()
    }
}

/// A request to the console by its own name.
pub fn request(method: Method, path: &str, headers: &[(&str, &str)], body: Body) -> Request<Body> {
    let mut builder = Request::builder().method(method).uri(path).header(header::ACCEPT, "text/html");
    if !headers.iter().any(|(name, _)| *name == "host") {
        builder = builder.header(header::HOST, "127.0.0.1:3000");
    }
    for (name, value) in headers {
        builder = builder.header(*name, *value);
    }
    builder.body(body).unwrap()
}

/// A configuration as the command line would give it.
pub fn config(args: &[&str]) -> Config {
    let env = [("HOME".to_owned(), "/home/ada".to_owned())].into();
    config::load(std::iter::once("binnacle").chain(args.iter().copied()).map(Into::into), &env)
        .unwrap()
        .config
}

/// A few assets.
pub fn assets() -> AssetStore {
    let files: [(&str, &[u8]); 7] = [
        ("manifest.json", br#"{"style.css":"style-1a2b.css","app.wasm":"app-3c4d.wasm"}"#),
        ("style-1a2b.css", b"body{}"),
        ("style-1a2b.css.br", b"br bytes"),
        ("style-1a2b.css.gz", b"gz bytes"),
        ("app-3c4d.wasm", b"\0asm"),
        ("app-3c4d.wasm.br", b"wasm br"),
        ("robots.txt", b"User-agent: *"),
    ];
    AssetStore::from_files(
        files.into_iter().map(|(name, bytes)| (name.to_owned(), Bytes::from_static(bytes))),
    )
    .unwrap()
}

/// An answer's body as text.
pub async fn text(response: Response<Body>) -> String {
    String::from_utf8_lossy(&response.into_body().collect().await.unwrap().to_bytes()).into_owned()
}

/// A header's value; empty where there is none.
pub fn value<'a>(response: &'a Response<Body>, name: &str) -> &'a str {
    response.headers().get(name).map_or("", |value| value.to_str().unwrap())
}

/// The error an answer carries for programs.
pub async fn error(response: Response<Body>) -> (StatusCode, AppError) {
    let status = response.status();
    (status, serde_json::from_str(&text(response).await).unwrap())
}
