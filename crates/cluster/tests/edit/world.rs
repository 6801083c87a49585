//! Clusters to edit in: the sandbox's, and the real ones of `BINNACLE_KUBECONFIGS`.

use binnacle_cluster::{Clusters, Credential, DialPolicy, Registration, credential, read_kubeconfig};
use binnacle_model::{
    cluster::ClusterProfile,
    edit::{EditAnswer, EditOutcome, EditRequest, EditReview, EditableObject},
    object::ObjectRef,
    session::{Caller, Role},
};
use binnacle_sandbox::{Sandbox, SandboxOptions};
use serde_json::{Value, json};

/// The only cluster of a world.
pub const CLUSTER: &str = "world";

/// One cluster, and a namespace of the test's own in it.
pub struct World {
    pub clusters: Clusters,
    pub namespace: String,
    /// Whether it is a real API server.
    pub real: bool,
    sandbox: Option<Sandbox>,
}

/// An administrator.
pub fn ann() -> Caller {
    Caller { user: "ann".to_owned(), role: Role::Admin }
}

/// One who may nothing.
pub fn bob() -> Caller {
    Caller { user: "bob".to_owned(), role: Role::User }
}

/// Every world there is.
pub async fn worlds() -> Vec<World> {
    let sandbox = Sandbox::start(SandboxOptions { scale: Some((1, 1)), seed: 3 }).await.unwrap();
    let cluster = &sandbox.clusters()[0];
    let simulated = Credential::sandbox(format!("http://{}", cluster.address), Some(cluster.token.clone()));
    let mut worlds = vec![Box::pin(World::start(simulated, Some(sandbox))).await];
    let paths = std::env::var("BINNACLE_KUBECONFIGS").unwrap_or_default();
    for path in paths.split(':').filter(|path| !path.is_empty()) {
        let text = std::fs::read_to_string(path).unwrap();
        let context = read_kubeconfig(&text).current.unwrap();
        let policy = DialPolicy { allow_loopback: true, sandbox: false };
        let credential = credential(&text, &context, &policy).unwrap();
        worlds.push(Box::pin(World::start(credential, None)).await);
    }
    worlds
}

impl World {
    async fn start(credential: Credential, sandbox: Option<Sandbox>) -> World {
        let clusters = Clusters::new(DialPolicy { allow_loopback: true, sandbox: false });
        let real = sandbox.is_none();
        if real {
            let report = clusters.verify(&credential).await.unwrap();
            clusters.ensure_admin_binding(&credential, &report).await.unwrap();
        }
        clusters.add(Registration {
            name: CLUSTER.to_owned(),
            profile: ClusterProfile::default(),
            created: 0,
            credential,
            sandbox: !real,
        });
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
        let namespace = format!("edit-{:x}", now.as_nanos() & 0xff_ffff_ffff);
        clusters.create_namespace(&ann(), CLUSTER, &namespace).await.unwrap();
        World { clusters, namespace, real, sandbox }
    }

    /// Ends it; nothing stays in a real cluster.
    pub async fn end(self) {
        let namespace = ObjectRef { namespace: None, ..self.target("v1", "Namespace", &self.namespace) };
        let plan = self.clusters.plan_delete(&ann(), &namespace).await.unwrap();
        self.clusters.delete(&ann(), &namespace, &plan.uid).await.unwrap();
        self.clusters.shutdown().await;
        if let Some(sandbox) = self.sandbox {
            sandbox.stop().await;
        }
    }

    pub fn target(&self, api_version: &str, kind: &str, name: &str) -> ObjectRef {
        ObjectRef {
            cluster: CLUSTER.to_owned(),
            api_version: api_version.to_owned(),
            kind: kind.to_owned(),
            namespace: Some(self.namespace.clone()),
            name: name.to_owned(),
        }
    }

    /// Creates an object in the world's namespace.
    pub async fn create(&self, mut object: Value) -> ObjectRef {
        object["metadata"]["namespace"] = self.namespace.clone().into();
        self.clusters.create(&ann(), CLUSTER, &object).await.unwrap().target
    }

    /// A ConfigMap of some data.
    pub async fn config_map(&self, name: &str, data: Value) -> ObjectRef {
        let object =
            json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name}, "data": data});
        self.create(object).await
    }

    /// A StatefulSet without pods.
    pub async fn stateful_set(&self, name: &str) -> ObjectRef {
        self.create(json!({
            "apiVersion": "apps/v1", "kind": "StatefulSet", "metadata": {"name": name},
            "spec": {
                "serviceName": name, "replicas": 0, "selector": {"matchLabels": {"app": name}},
                "template": {"metadata": {"labels": {"app": name}}, "spec": {"containers": [
                    {"name": "main", "image": "pause:3", "env": [{"name": "A", "value": "1"}]},
                    {"name": "side", "image": "pause:3"}]}},
            },
        }))
        .await
    }

    /// Lets a person read ConfigMaps, and nothing else.
    pub async fn let_read(&self, user: &str) {
        let rbac = "rbac.authorization.k8s.io";
        let api_version = format!("{rbac}/v1");
        self.create(json!({"apiVersion": api_version, "kind": "Role", "metadata": {"name": "read"},
            "rules": [{"apiGroups": [""], "resources": ["configmaps"], "verbs": ["get"]}]}))
            .await;
        self.create(json!({"apiVersion": api_version, "kind": "RoleBinding", "metadata": {"name": "read"},
            "subjects": [{"apiGroup": rbac, "kind": "User", "name": format!("binnacle:{user}")}],
            "roleRef": {"apiGroup": rbac, "kind": "Role", "name": "read"}}))
            .await;
    }

    pub async fn open(&self, target: &ObjectRef) -> EditableObject {
        self.clusters.open_edit(&ann(), target).await.unwrap()
    }

    /// What only a writer changes of an object: its `resourceVersion` also moves when its status is reported.
    pub async fn kept(&self, target: &ObjectRef) -> Value {
        kept(&self.open(target).await)
    }

    pub async fn review(&self, edit: &EditRequest) -> EditReview {
        match self.clusters.review_edit(&ann(), edit).await.unwrap() {
            EditAnswer::Review(review) => *review,
            EditAnswer::Gone(gone) => panic!("{gone:?}"),
        }
    }

    pub async fn save(&self, edit: &EditRequest) -> EditOutcome {
        self.clusters.save_edit(&ann(), edit).await.unwrap()
    }

    /// Changes an object as another writer would, by replacing a part of its text.
    pub async fn change(&self, target: &ObjectRef, from: &str, to: &str) {
        let edit = edit(&self.open(target).await, from, to);
        let outcome = self.save(&edit).await;
        assert!(matches!(outcome, EditOutcome::Saved { .. }), "{outcome:?}");
    }
}

/// An edit that replaces a part of the text, which must be there.
pub fn edit(opened: &EditableObject, from: &str, to: &str) -> EditRequest {
    assert!(opened.text.contains(from), "{from:?} is not in\n{}", opened.text);
    EditRequest {
        target: opened.target.clone(),
        base: opened.base.clone(),
        text: opened.text.replacen(from, to, 1),
        choices: Vec::new(),
    }
}

/// What only a writer changes of an object that was opened.
pub fn kept(opened: &EditableObject) -> Value {
    let mut base = opened.base.clone();
    base["metadata"].as_object_mut().unwrap().shift_remove("resourceVersion");
    base
}
