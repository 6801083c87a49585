//! Creating and deleting objects, as the caller (design rule 3).

use binnacle_model::{
    AppError, FieldPath, Issue, Result, Text,
    object::{ObjectRef, integer, list, text},
    plan::{Created, DryRun},
    rules,
    session::Caller,
    words::errors as words,
    workload::{DeletePlan, UnseenClaims},
};
use http::Method;
use serde_json::{Value, json};

use crate::{
    access::Question,
    brief,
    cluster::{Cluster, forbidden},
    connection::{Call, Identity, Reply},
    discovery::{Resource, is_name},
    failure::{About, Failure},
    secrets::Secrets,
    sinks::read,
};

/// The name that `managedFields` shows for what the console writes.
pub(crate) const FIELD_MANAGER: &str = "binnacle";

/// An object that can be sent, and where to.
pub(crate) struct Prepared {
    pub(crate) resource: Resource,
    pub(crate) target: ObjectRef,
}

impl Cluster {
    /// Checks what can be known without sending, and finds the object's path.
    pub(crate) async fn prepare(&self, caller: &Caller, object: &Value) -> Result<Prepared> {
        let root = FieldPath::root();
        let (api_version, kind) = (text(object, "/apiVersion"), text(object, "/kind"));
        if api_version.is_empty() || kind.is_empty() {
            let missing = if kind.is_empty() { "kind" } else { "apiVersion" };
            return Err(AppError::invalid(Issue::error(root.key(missing), words::OBJECT_NO_TYPE)));
        }
        let metadata = root.key("metadata");
        if object.pointer("/metadata/resourceVersion").is_some_and(|version| !version.is_null()) {
            let issue = Issue::error(metadata.key("resourceVersion"), words::OBJECT_RESOURCE_VERSION);
            return Err(AppError::invalid(issue));
        }
        let name = text(object, "/metadata/name");
        if name.is_empty() && text(object, "/metadata/generateName").is_empty() {
            return Err(AppError::invalid(Issue::error(metadata.key("name"), words::OBJECT_NO_NAME)));
        }
        let resource = self
            .resource(caller, api_version, kind)
            .await?
            .ok_or_else(|| AppError::invalid(unknown_kind(api_version, kind)))?;
        if !resource.creatable {
            let issue = Issue::error(root.key("kind"), Text::new(&words::OBJECT_NOT_CREATABLE, [kind]));
            return Err(AppError::invalid(issue));
        }
        let namespace = text(object, "/metadata/namespace");
        if resource.namespaced && namespace.is_empty() {
            let text = Text::new(&words::OBJECT_NO_NAMESPACE, [kind]);
            return Err(AppError::invalid(Issue::error(metadata.key("namespace"), text)));
        }
        if resource.namespaced
            && let Some(text) = rules::namespace_name(namespace)
        {
            return Err(AppError::invalid(Issue::error(metadata.key("namespace"), text)));
        }
        let target = ObjectRef {
            cluster: self.name.clone(),
            api_version: api_version.to_owned(),
            kind: kind.to_owned(),
            namespace: resource.namespaced.then(|| namespace.to_owned()),
            name: name.to_owned(),
        };
        Ok(Prepared { resource, target })
    }

    /// The resource of a kind; `None` when the cluster does not know it.
    pub(crate) async fn resource(
        &self,
        caller: &Caller,
        api_version: &str,
        kind: &str,
    ) -> Result<Option<Resource>> {
        self.discovery
            .resolve(&self.connection, caller, api_version, kind)
            .await
            .map_err(|failure| self.error(failure, "get", api_version, ""))
    }

    async fn post(&self, caller: &Caller, object: &Value, prepared: &Prepared, dry: bool) -> Result<Reply> {
        let Prepared { resource, target } = prepared;
        let mut path = resource.collection(target.namespace.as_deref());
        path.push_str(&format!("?fieldValidation=Strict&fieldManager={FIELD_MANAGER}"));
        if dry {
            path.push_str("&dryRun=All");
        }
        let call = Call::write(Method::POST, path, object.to_string());
        let secrets = Secrets::of(object);
        let mut reply = self.connection.call(Identity::Caller(caller), call).await.map_err(|failure| {
            let failure = failure.without(&secrets);
            match failure.wrong_type(object) {
                Some(issue) => AppError::invalid(issue),
                None => self.object_error(failure, "create", resource, target),
            }
        })?;
        reply.warnings = reply.warnings.into_iter().map(|warning| secrets.without(warning)).collect();
        Ok(reply)
    }

    /// Strict dry run of creating one object. A refusal is an answer; an outage is an error.
    pub(crate) async fn dry_run(&self, caller: &Caller, object: &Value) -> Result<DryRun> {
        let outcome = match self.prepare(caller, object).await {
            Ok(prepared) => self.post(caller, object, &prepared, true).await,
            Err(error) => Err(error),
        };
        match outcome {
            Ok(reply) => Ok(DryRun { refused: None, warnings: reply.warnings }),
            Err(error @ (AppError::Unreachable { .. } | AppError::Timeout { .. })) => Err(error),
            Err(error) => Ok(DryRun { refused: Some(error), warnings: Vec::new() }),
        }
    }

    /// Creates one object.
    pub(crate) async fn create(&self, caller: &Caller, object: &Value) -> Result<Created> {
        let prepared = self.prepare(caller, object).await?;
        let reply = self.post(caller, object, &prepared, false).await?;
        let created: Value = reply
            .json()
            .map_err(|failure| self.object_error(failure, "create", &prepared.resource, &prepared.target))?;
        let target = ObjectRef { name: brief::name(text(&created, "/metadata/name")), ..prepared.target };
        Ok(Created { target, uid: text(&created, "/metadata/uid").to_owned(), warnings: reply.warnings })
    }

    /// Whether an object is there.
    pub(crate) async fn exists(&self, caller: &Caller, target: &ObjectRef) -> Result<bool> {
        match self.read_object(caller, target).await {
            Ok(_) => Ok(true),
            Err(AppError::NotFound { .. }) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// The resource of an object that has a name.
    pub(crate) async fn resource_of(&self, caller: &Caller, target: &ObjectRef) -> Result<Resource> {
        let not_found = || AppError::NotFound {
            kind: brief::sentence(&target.kind),
            name: brief::sentence(&target.name),
        };
        // Nothing has such a name, and in a path it would lead elsewhere.
        if !is_name(&target.name) || target.namespace.as_deref().is_some_and(|namespace| !is_name(namespace))
        {
            return Err(not_found());
        }
        let resource = self.resource(caller, &target.api_version, &target.kind).await?;
        resource.ok_or_else(not_found)
    }

    /// Reads an object as the caller.
    pub(crate) async fn read_object(&self, caller: &Caller, target: &ObjectRef) -> Result<Value> {
        let resource = self.resource_of(caller, target).await?;
        let call = Call::get(resource.object(target.namespace.as_deref(), &target.name));
        let fail = |failure| self.object_error(failure, "get", &resource, target);
        self.connection
            .call(Identity::Caller(caller), call)
            .await
            .and_then(|reply| reply.json())
            .map_err(fail)
    }

    /// What deleting would do: pods that end, claims that stay or go.
    pub(crate) async fn plan_delete(&self, caller: &Caller, target: &ObjectRef) -> Result<DeletePlan> {
        let object = self.read_object(caller, target).await?;
        let uid = text(&object, "/metadata/uid").to_owned();
        let namespace = target.namespace.as_deref().unwrap_or_default();
        let (group, _) = crate::discovery::split_api_version(&target.api_version);
        let resource = self.resource(caller, &target.api_version, &target.kind).await?;
        let (plural, qualified) =
            resource.map(|resource| (resource.plural.clone(), resource.qualified())).unwrap_or_default();
        let question = Question::new("delete", group, &plural, namespace).named(&target.name);
        let forbidden = match self.access.may(&self.connection, caller, question).await {
            Ok(true) => None,
            Ok(false) => Some(forbidden("delete", &qualified, namespace).text()),
            Err(failure) => return Err(self.error(failure, "delete", &qualified, namespace)),
        };

        let mut plan = DeletePlan {
            uid,
            pods: 0,
            claims_kept: Vec::new(),
            claims_deleted: Vec::new(),
            claims_unseen: None,
            forbidden,
        };
        plan.pods = match self.pods_known() {
            true => u32::try_from(read(&self.hub.pods).of_owner(&plan.uid).count()).unwrap_or(u32::MAX),
            false => u32::try_from(integer(&object, "/status/replicas").unwrap_or(0)).unwrap_or(0),
        };
        if target.kind == "StatefulSet" && !list(&object, "/spec/volumeClaimTemplates").is_empty() {
            let claims = self.claims(caller, &object, namespace).await?;
            let policy = text(&object, "/spec/persistentVolumeClaimRetentionPolicy/whenDeleted");
            match (claims, policy) {
                (Some(claims), "Delete") => plan.claims_deleted = claims,
                (Some(claims), _) => plan.claims_kept = claims,
                (None, "Delete") => plan.claims_unseen = Some(UnseenClaims::Deleted),
                (None, _) => plan.claims_unseen = Some(UnseenClaims::Kept),
            }
        }
        Ok(plan)
    }

    /// Claims that exist for a StatefulSet's templates, with their requested size: the controller names
    /// them `<template>-<set>-<ordinal>`. `None` when the caller may not list them: who may delete the set
    /// needs no right to its claims.
    async fn claims(
        &self,
        caller: &Caller,
        set: &Value,
        namespace: &str,
    ) -> Result<Option<Vec<(String, String)>>> {
        let path = format!(
            "/api/v1/namespaces/{}/persistentvolumeclaims?limit=5000",
            crate::discovery::segment(namespace)
        );
        let claims: Value = match self.connection.call(Identity::Caller(caller), Call::page(path)).await {
            Ok(reply) => {
                reply.json().map_err(|f| self.error(f, "list", "persistentvolumeclaims", namespace))?
            }
            Err(failure) if failure.code() == Some(403) => return Ok(None),
            Err(failure) => return Err(self.error(failure, "list", "persistentvolumeclaims", namespace)),
        };
        let set_name = text(set, "/metadata/name");
        let prefixes: Vec<String> = list(set, "/spec/volumeClaimTemplates")
            .iter()
            .map(|template| format!("{}-{set_name}-", text(template, "/metadata/name")))
            .collect();
        let mut found: Vec<(u32, String, String)> = list(&claims, "/items")
            .iter()
            .filter_map(|claim| {
                let name = text(claim, "/metadata/name");
                let tail = prefixes.iter().find_map(|prefix| name.strip_prefix(prefix.as_str()))?;
                let ordinal = tail.parse::<u32>().ok().filter(|number| number.to_string() == tail)?;
                let size = text(claim, "/spec/resources/requests/storage");
                Some((ordinal, name.to_owned(), size.to_owned()))
            })
            .collect();
        found.sort();
        Ok(Some(found.into_iter().map(|(_, name, size)| (name, size)).collect()))
    }

    /// Deletes an object if it still is the one with that uid; its dependents go in the background.
    pub(crate) async fn delete(&self, caller: &Caller, target: &ObjectRef, uid: &str) -> Result<()> {
        let resource = self.resource_of(caller, target).await?;
        let body = json!({
            "apiVersion": "v1",
            "kind": "DeleteOptions",
            "propagationPolicy": "Background",
            "preconditions": {"uid": uid},
        });
        let path = resource.object(target.namespace.as_deref(), &target.name);
        let call = Call::write(Method::DELETE, path, body.to_string());
        match self.connection.call(Identity::Caller(caller), call).await {
            Ok(_) => Ok(()),
            // The uid did not match: another object has the name now.
            Err(failure) if failure.code() == Some(409) => Err(AppError::Refused {
                text: Text::new(&words::OBJECT_CHANGED, [&target.kind, &target.name]),
            }),
            Err(failure) => Err(self.object_error(failure, "delete", &resource, target)),
        }
    }

    /// The error that a failed call about an object becomes.
    pub(crate) fn object_error(
        &self,
        failure: Failure,
        verb: &str,
        resource: &Resource,
        target: &ObjectRef,
    ) -> AppError {
        failure.into_app(About {
            cluster: &self.name,
            verb,
            resource: &resource.qualified(),
            kind: &target.kind,
            namespace: target.namespace.as_deref().unwrap_or_default(),
            name: &target.name,
        })
    }
}

/// The issue of a kind that the cluster does not know.
pub(crate) fn unknown_kind(api_version: &str, kind: &str) -> Issue {
    Issue::error(FieldPath::root().key("kind"), Text::new(&words::OBJECT_KIND_UNKNOWN, [kind, api_version]))
}
