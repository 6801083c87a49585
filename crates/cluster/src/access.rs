//! What a caller may do, asked from the cluster itself (design rule 5).
//!
//! Cached rows were read with the console's own credential, so every look at them is checked for the
//! person who looks. A decision is kept for some seconds; while the cluster is down the last one
//! stands for a while, so that old rows can still be shown to those who could see them.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use binnacle_model::session::Caller;
use futures::{StreamExt as _, stream};
use serde_json::{Value, json};

use crate::{
    connection::{Call, Connection, Identity},
    failure::Failure,
};

/// How long a decision is believed (security-reliability A7).
const KEEP: Duration = Duration::from_secs(10);
/// How long it stands when the cluster cannot be asked.
const KEEP_WHILE_DOWN: Duration = Duration::from_secs(3_600);
/// Decisions kept for one cluster.
const MOST: usize = 20_000;
/// Reviews of one question at a time.
const CONCURRENT: usize = 4;

/// The path that access reviews are posted to.
const REVIEWS: &str = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews";

/// One question. An empty namespace asks about the whole cluster.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Question {
    pub(crate) verb: &'static str,
    pub(crate) group: String,
    pub(crate) resource: String,
    pub(crate) namespace: String,
    pub(crate) name: String,
}

impl Question {
    pub(crate) fn new(verb: &'static str, group: &str, resource: &str, namespace: &str) -> Self {
        Question {
            verb,
            group: group.to_owned(),
            resource: resource.to_owned(),
            namespace: namespace.to_owned(),
            name: String::new(),
        }
    }

    pub(crate) fn named(mut self, name: &str) -> Self {
        name.clone_into(&mut self.name);
        self
    }

    fn body(&self) -> Vec<u8> {
        let review = json!({
            "apiVersion": "authorization.k8s.io/v1",
            "kind": "SelfSubjectAccessReview",
            "spec": {"resourceAttributes": {
                "verb": self.verb, "group": self.group, "resource": self.resource,
                "namespace": self.namespace, "name": self.name,
            }},
        });
        review.to_string().into_bytes()
    }
}

/// Asks one question without remembering the answer.
pub(crate) async fn ask(
    connection: &Connection,
    identity: Identity<'_>,
    question: &Question,
) -> Result<bool, Failure> {
    let reply = connection.call(identity, Call::review(REVIEWS, question.body())).await?;
    let review: Value = reply.json()?;
    // Anything but a clear yes is a no.
    Ok(review.pointer("/status/allowed") == Some(&Value::Bool(true)))
}

/// Decisions of one cluster by caller and question.
#[derive(Default)]
pub(crate) struct Access {
    kept: Mutex<HashMap<(Caller, Question), (Instant, bool)>>,
}

impl Access {
    /// Whether the caller may.
    pub(crate) async fn may(
        &self,
        connection: &Connection,
        caller: &Caller,
        question: Question,
    ) -> Result<bool, Failure> {
        let key = (caller.clone(), question);
        let known = self.kept.lock().unwrap_or_else(PoisonError::into_inner).get(&key).copied();
        if let Some((at, allowed)) = known
            && at.elapsed() < KEEP
        {
            return Ok(allowed);
        }
        match (ask(connection, Identity::Caller(caller), &key.1).await, known) {
            (Ok(allowed), _) => {
                self.keep(key, allowed);
                Ok(allowed)
            }
            (Err(failure), Some((at, allowed))) if failure.is_outage() && at.elapsed() < KEEP_WHILE_DOWN => {
                Ok(allowed)
            }
            (Err(failure), _) => Err(failure),
        }
    }

    /// Those of some namespaces in which the caller may.
    pub(crate) async fn namespaces(
        &self,
        connection: &Connection,
        caller: &Caller,
        question: &Question,
        namespaces: Vec<String>,
    ) -> Result<Vec<String>, Failure> {
        let asked = namespaces.into_iter().map(|namespace| async move {
            let question = Question { namespace: namespace.clone(), ..question.clone() };
            self.may(connection, caller, question).await.map(|allowed| allowed.then_some(namespace))
        });
        let mut answers = stream::iter(asked).buffered(CONCURRENT);
        let mut found = Vec::new();
        while let Some(answer) = answers.next().await {
            found.extend(answer?);
        }
        Ok(found)
    }

    fn keep(&self, key: (Caller, Question), allowed: bool) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() >= MOST {
            kept.retain(|_, (at, _)| at.elapsed() < KEEP);
        }
        if kept.len() < MOST {
            kept.insert(key, (Instant::now(), allowed));
        }
    }
}
