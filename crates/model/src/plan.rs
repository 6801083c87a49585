//! What is going to be sent, what the cluster says about it beforehand, and what came of it.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{AppError, FieldPath, Issue, object::ObjectRef};

/// Objects to create in one cluster.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PlanRequest {
    /// The cluster's name in the console.
    pub cluster: String,
    /// Where documents without a namespace go.
    pub default_namespace: String,
    /// Each object, whole, in the order of the text.
    pub objects: Vec<Value>,
}

/// One object of a plan, with the strict dry run's verdict.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PlannedObject {
    /// Its place in [`PlanRequest::objects`].
    pub index: u32,
    /// What will be created, namespace filled in.
    pub target: ObjectRef,
    /// Whether the namespace was not in the text.
    pub namespace_defaulted: bool,
    /// Why it would be refused; `None` when the dry run accepted it.
    pub refused: Option<AppError>,
    /// The API server's warnings.
    pub warnings: Vec<String>,
    /// References that lead nowhere yet, and the like.
    pub notes: Vec<Issue>,
    /// References whose goal another object of the same plan creates.
    #[serde(default)]
    pub provided: Vec<Provided>,
    /// The namespace or definition it needs is created by an earlier document, so that its dry run
    /// can only follow once that is there.
    pub waits_for: Option<u32>,
}

/// A reference whose goal another object of the same plan creates.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Provided {
    /// The field that refers.
    pub path: FieldPath,
    /// The goal's kind.
    pub kind: String,
    /// The goal's name.
    pub name: String,
    /// The place of the object that creates it, in [`PlanRequest::objects`].
    pub by: u32,
}

/// A plan: objects in the order they will be created (PS 14.6).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Plan {
    /// In creation order.
    pub objects: Vec<PlannedObject>,
}

impl Plan {
    /// Whether every dry run passed or can only follow an earlier create.
    pub fn is_good(&self) -> bool {
        self.objects.iter().all(|object| object.refused.is_none())
    }
}

/// An object that exists now.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Created {
    /// Where it is.
    pub target: ObjectRef,
    /// Its uid.
    pub uid: String,
    /// The API server's warnings.
    pub warnings: Vec<String>,
}

/// What came of one dry run of one object.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DryRun {
    /// Why it would be refused.
    pub refused: Option<AppError>,
    /// The API server's warnings.
    pub warnings: Vec<String>,
}
