//! What would come of creating some objects: the order, a strict dry run each, and references that
//! lead nowhere.

mod references;

use std::{collections::BTreeSet, time::Duration};

use binnacle_model::{
    AppError, Issue, Result, Text,
    diagnosis::Document,
    doctor,
    object::{ObjectRef, list, text},
    plan::{Plan, PlanRequest, PlannedObject, Provided},
    session::Caller,
    words::{doctor::DOCTOR_TOO_MANY_DOCUMENTS, errors as words},
};
use futures::{StreamExt as _, TryStreamExt as _, stream};
use serde_json::Value;

use crate::{cluster::Cluster, discovery::Resource, writes::unknown_kind};

/// Dry runs of one plan at a time.
const CONCURRENT: usize = 4;
/// Deadline of a whole plan: each of its calls has one of its own, and there may be thousands.
const DEADLINE: Duration = Duration::from_secs(60);

/// One object of the request, on its way to the plan.
struct Step {
    /// Its place in the request.
    index: usize,
    object: Value,
    namespace_defaulted: bool,
    /// The place of the object that must be created before this one can even be dry-run.
    waits_for: Option<usize>,
    /// Whether neither the cluster nor the request knows its kind.
    unknown: bool,
    /// Whether an earlier object of the request is the same one: a dry run of each would accept both.
    twice: bool,
}

/// What the objects of a request create, for those that come later.
#[derive(Default)]
struct Promised {
    /// Namespaces, by name.
    namespaces: Vec<(String, usize)>,
    /// Definitions: group, kind, whether namespaced.
    definitions: Vec<(String, String, bool, usize)>,
    /// Everything, with its place in the request.
    objects: Vec<(usize, Value)>,
}

impl Cluster {
    /// The plan of a request.
    pub(crate) async fn plan(&self, caller: &Caller, request: &PlanRequest) -> Result<Plan> {
        if request.objects.len() > doctor::MAX_DOCUMENTS {
            let most = doctor::MAX_DOCUMENTS.to_string();
            return Err(AppError::Refused { text: Text::new(&DOCTOR_TOO_MANY_DOCUMENTS, [most]) });
        }
        tokio::time::timeout(DEADLINE, self.plan_all(caller, request)).await.unwrap_or_else(|_| {
            let reason = Text::new(&words::PLAN_SLOW, [DEADLINE.as_secs().to_string()]);
            Err(AppError::Unreachable { cluster: self.name.clone(), reason })
        })
    }

    async fn plan_all(&self, caller: &Caller, request: &PlanRequest) -> Result<Plan> {
        let order = doctor::order(&documents(&request.objects));
        let mut promised = Promised::default();
        let mut steps = Vec::with_capacity(order.len());
        let mut missed = BTreeSet::new();
        for index in order {
            let Some(object) = request.objects.get(index) else { continue };
            let mut step =
                self.step(caller, index, object, &request.default_namespace, &promised, &mut missed).await?;
            step.twice = promised.objects.iter().any(|(_, earlier)| is_same(earlier, &step.object));
            promised.add(&step);
            steps.push(step);
        }
        let promised = &promised;
        let planned = steps.into_iter().map(|step| self.planned(caller, step, promised));
        let objects = stream::iter(planned).buffered(CONCURRENT).try_collect().await?;
        Ok(Plan { objects })
    }

    /// Fills in the namespace and finds what the object has to wait for.
    async fn step(
        &self,
        caller: &Caller,
        index: usize,
        object: &Value,
        default_namespace: &str,
        promised: &Promised,
        missed: &mut BTreeSet<String>,
    ) -> Result<Step> {
        let mut object = object.clone();
        let (api_version, kind) =
            (text(&object, "/apiVersion").to_owned(), text(&object, "/kind").to_owned());
        let (group, _) = crate::discovery::split_api_version(&api_version);
        let mut waits_for = None;
        let mut unknown = false;
        let namespaced = if api_version.is_empty() || kind.is_empty() {
            false
        } else if let Some(resource) = self.resource_once(caller, &api_version, &kind, missed).await? {
            resource.namespaced
        } else {
            let definition = promised.definitions.iter().find(|(g, k, ..)| g == group && *k == kind);
            waits_for = definition.map(|(.., place)| *place);
            unknown = definition.is_none();
            definition.is_some_and(|(_, _, namespaced, _)| *namespaced)
        };
        let namespace_defaulted = namespaced
            && text(&object, "/metadata/namespace").is_empty()
            && !default_namespace.is_empty()
            && put_namespace(&mut object, default_namespace);
        if namespaced && waits_for.is_none() {
            let namespace = text(&object, "/metadata/namespace");
            let there = self.namespaces_known() && self.namespace(namespace).is_some();
            waits_for = promised
                .namespaces
                .iter()
                .find(|(name, _)| name == namespace && !there)
                .map(|(_, place)| *place);
        }
        Ok(Step { index, object, namespace_defaulted, waits_for, unknown, twice: false })
    }

    /// The resource of a kind. A group version in which something was missed is not asked for again in
    /// one request: a text full of unknown kinds would ask for each.
    async fn resource_once(
        &self,
        caller: &Caller,
        api_version: &str,
        kind: &str,
        missed: &mut BTreeSet<String>,
    ) -> Result<Option<Resource>> {
        if missed.contains(api_version) {
            return Ok(self.discovery.known(api_version, kind));
        }
        let found = self.resource(caller, api_version, kind).await?;
        if found.is_none() {
            missed.insert(api_version.to_owned());
        }
        Ok(found)
    }

    async fn planned(&self, caller: &Caller, step: Step, promised: &Promised) -> Result<PlannedObject> {
        let target = ObjectRef {
            cluster: self.name.clone(),
            api_version: text(&step.object, "/apiVersion").to_owned(),
            kind: text(&step.object, "/kind").to_owned(),
            namespace: Some(text(&step.object, "/metadata/namespace"))
                .filter(|namespace| !namespace.is_empty())
                .map(str::to_owned),
            name: text(&step.object, "/metadata/name").to_owned(),
        };
        let (refused, warnings) = match step.waits_for {
            _ if step.twice => {
                let said = Text::new(&words::OBJECT_TWICE, [&target.kind, &target.name]);
                (Some(AppError::invalid(Issue::error("metadata.name".into(), said))), Vec::new())
            }
            Some(_) => (None, Vec::new()),
            None if step.unknown => {
                (Some(AppError::invalid(unknown_kind(&target.api_version, &target.kind))), Vec::new())
            }
            None => {
                let answer = self.dry_run(caller, &step.object).await?;
                (answer.refused, answer.warnings)
            }
        };
        let (notes, provided) = match &refused {
            // A refusal is what to look at first.
            Some(AppError::Invalid { .. }) => Default::default(),
            _ => self.notes(caller, &step.object, promised).await,
        };
        Ok(PlannedObject {
            index: place(step.index),
            target,
            namespace_defaulted: step.namespace_defaulted,
            refused,
            warnings,
            notes,
            provided,
            waits_for: step.waits_for.map(place),
        })
    }

    /// References of the object's pods that lead nowhere, and those whose goal the same plan creates.
    async fn notes(
        &self,
        caller: &Caller,
        object: &Value,
        promised: &Promised,
    ) -> (Vec<Issue>, Vec<Provided>) {
        let namespace = text(object, "/metadata/namespace");
        let found = references::of(object);
        let checks = found.into_iter().map(|reference| async move {
            let scope = if reference.kind == "StorageClass" { "" } else { namespace };
            if let Some((by, goal)) = promised.object(&reference, scope) {
                let provided = Provided {
                    path: reference.path.clone(),
                    kind: reference.kind.to_owned(),
                    name: reference.name.clone(),
                    by: place(by),
                };
                return (reference.unfit(goal), Some(provided));
            }
            let target = ObjectRef {
                cluster: self.name.clone(),
                api_version: reference.api_version.to_owned(),
                kind: reference.kind.to_owned(),
                namespace: (!scope.is_empty()).then(|| scope.to_owned()),
                name: reference.name.clone(),
            };
            let notes = match self.read_object(caller, &target).await {
                Ok(goal) => reference.unfit(&goal),
                Err(AppError::NotFound { .. }) => vec![reference.missing(namespace)],
                // Who may not look cannot be told.
                Err(_) => Vec::new(),
            };
            (notes, None)
        });
        let (notes, provided): (Vec<_>, Vec<_>) = stream::iter(checks).buffered(CONCURRENT).unzip().await;
        (notes.concat(), provided.into_iter().flatten().collect())
    }
}

/// Whether two objects of a request have one identity. A generated name is no name yet.
fn is_same(one: &Value, other: &Value) -> bool {
    let group = |object| crate::discovery::split_api_version(text(object, "/apiVersion")).0.to_owned();
    let is_equal = |place: &&str| text(one, place) == text(other, place);
    !text(one, "/metadata/name").is_empty()
        && ["/kind", "/metadata/name", "/metadata/namespace"].iter().all(is_equal)
        && group(one) == group(other)
}

/// A place in the request, as it travels.
fn place(index: usize) -> u32 {
    u32::try_from(index).unwrap_or(u32::MAX)
}

impl Promised {
    fn add(&mut self, step: &Step) {
        let object = &step.object;
        let (kind, name) = (text(object, "/kind"), text(object, "/metadata/name"));
        match kind {
            "Namespace" => self.namespaces.push((name.to_owned(), step.index)),
            "CustomResourceDefinition" => self.definitions.push((
                text(object, "/spec/group").to_owned(),
                text(object, "/spec/names/kind").to_owned(),
                text(object, "/spec/scope") == "Namespaced",
                step.index,
            )),
            _ => {}
        }
        self.objects.push((step.index, object.clone()));
    }

    /// What a reference leads to, and its place in the request.
    fn object(&self, reference: &references::Reference, namespace: &str) -> Option<(usize, &Value)> {
        let group = crate::discovery::split_api_version(reference.api_version).0;
        let found = self.objects.iter().find(|(_, object)| {
            text(object, "/kind") == reference.kind
                && text(object, "/metadata/name") == reference.name
                && text(object, "/metadata/namespace") == namespace
                && crate::discovery::split_api_version(text(object, "/apiVersion")).0 == group
        });
        found.map(|(index, object)| (*index, object))
    }
}

/// The request's objects as the doctor sorts them.
fn documents(objects: &[Value]) -> Vec<Document> {
    objects
        .iter()
        .enumerate()
        .map(|(index, object)| Document {
            index: place(index),
            range: Default::default(),
            api_version: text(object, "/apiVersion").to_owned(),
            kind: text(object, "/kind").to_owned(),
            name: text(object, "/metadata/name").to_owned(),
            namespace: None,
            object: Value::Null,
        })
        .collect()
}

/// Sets `metadata.namespace`; `false` when there is no metadata to set it in.
fn put_namespace(object: &mut Value, namespace: &str) -> bool {
    let Some(metadata) = object.get_mut("metadata").and_then(Value::as_object_mut) else { return false };
    metadata.insert("namespace".to_owned(), namespace.into());
    true
}

/// The pod template of a workload, and where it is.
fn pod_spec(object: &Value) -> Option<(&Value, binnacle_model::FieldPath)> {
    let place = match text(object, "/kind") {
        "Pod" => "spec",
        "CronJob" => "spec.jobTemplate.spec.template.spec",
        _ => "spec.template.spec",
    };
    let path = binnacle_model::FieldPath::from(place);
    let spec = path.get(object)?;
    (!list(spec, "/containers").is_empty()).then_some((spec, path))
}
