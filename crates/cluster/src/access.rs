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

use binnacle_model::{session::Caller, words::errors as words};
use futures::{StreamExt as _, stream};
use serde_json::{Value, json};

use crate::{
    connection::{Call, Connection, Identity},
    failure::Failure,
};

/// How long a decision is believed (security-reliability A7).
const KEEP: Duration = Duration::from_secs(10);
/// How long a yes stands while the cluster is down: who lost his rights just before must not read on.
const YES_WHILE_DOWN: Duration = Duration::from_secs(300);
/// How long a decision stands while it is asked for again: longer than a question takes.
const WHILE_ASKING: Duration = Duration::from_secs(30);
/// How long a no does: a cluster that is down gives nobody rights.
const NO_WHILE_DOWN: Duration = Duration::from_secs(3_600);
/// Decisions kept for one cluster.
const MOST: usize = 20_000;
/// Reviews of one question at a time.
pub(crate) const CONCURRENT: usize = 4;

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
    let reply =
        connection.call(identity, Call::review(REVIEWS, question.body())).await.map_err(unanswered)?;
    let review: Value = reply.json()?;
    // Anything but a clear yes is a no.
    Ok(review.pointer("/status/allowed") == Some(&Value::Bool(true)))
}

/// Everyone signed in may ask about himself (ClusterRole `system:basic-user`). A refusal of the question
/// itself comes from an API server that has just started and has not read its roles yet: it is no
/// answer. A refusal of the impersonation is one.
fn unanswered(failure: Failure) -> Failure {
    match &failure {
        Failure::Status(status)
            if status.code == 403
                && status.message.contains("cannot create resource \"selfsubjectaccessreviews\"") =>
        {
            Failure::Unreachable(words::REACH_NO_REVIEWS.into())
        }
        _ => failure,
    }
}

/// Whether a decision of that age still counts while the cluster is down.
fn stands(allowed: bool, age: Duration) -> bool {
    age < if allowed { YES_WHILE_DOWN } else { NO_WHILE_DOWN }
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
            // Only an outage: a full queue or an odd answer is no reason to believe what was.
            (Err(_), Some((at, allowed))) if connection.is_down() && stands(allowed, at.elapsed()) => {
                Ok(allowed)
            }
            (Err(failure), _) => Err(failure),
        }
    }

    /// Whether a decision is known and young enough to be believed without asking.
    pub(crate) fn is_fresh(&self, caller: &Caller, question: &Question) -> bool {
        self.known(caller, question).is_some_and(|(at, _)| at.elapsed() < KEEP)
    }

    /// The last decision, while it stands; asks nothing.
    pub(crate) fn last(&self, connection: &Connection, caller: &Caller, question: &Question) -> Option<bool> {
        let (at, allowed) = self.known(caller, question)?;
        let age = at.elapsed();
        let is_good = if connection.is_down() { stands(allowed, age) } else { age < WHILE_ASKING };
        is_good.then_some(allowed)
    }

    fn known(&self, caller: &Caller, question: &Question) -> Option<(Instant, bool)> {
        let key = (caller.clone(), question.clone());
        self.kept.lock().unwrap_or_else(PoisonError::into_inner).get(&key).copied()
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
        if kept.len() >= MOST && !kept.contains_key(&key) {
            // The oldest go, some at a time: who finds them looks at all.
            let mut ages: Vec<Instant> = kept.values().map(|(at, _)| *at).collect();
            let (_, last, _) = ages.select_nth_unstable(MOST / 16);
            let last = *last;
            kept.retain(|_, (at, _)| *at > last);
        }
        kept.insert(key, (Instant::now(), allowed));
    }
}

#[cfg(test)]
impl Access {
    /// Makes every decision older.
    pub(crate) fn age(&self, by: Duration) {
        let mut kept = self.kept.lock().unwrap();
        kept.values_mut().for_each(|(at, _)| *at = at.checked_sub(by).unwrap());
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU8, Ordering};

    use binnacle_model::session::Role;

    use super::*;
    use crate::fake::{Answer, Fake, SANDBOX, status};

    #[tokio::test]
    async fn a_decision_is_kept_and_anything_but_yes_is_no() {
        static PHASE: AtomicU8 = AtomicU8::new(0);
        let fake = Fake::start(|_| match PHASE.load(Ordering::Relaxed) {
            0 => Answer::Json(201, json!({"status": {"allowed": true}})),
            1 => Answer::Json(201, json!({"status": {"allowed": "true"}})),
            2 => Answer::Json(201, json!({})),
            3 => status(
                403,
                "Forbidden",
                "x: User \"u\" cannot create resource \"selfsubjectaccessreviews\" in API group",
            ),
            _ => status(
                403,
                "Forbidden",
                "x: User \"u\" cannot impersonate resource \"users\" in API group \"\"",
            ),
        })
        .await;
        let connection = Connection::new(&fake.credential(), SANDBOX).unwrap();
        let access = Access::default();
        let caller = |user: &str| Caller { user: user.to_owned(), role: Role::User };
        let question = || Question::new("list", "apps", "statefulsets", "");
        assert!(access.may(&connection, &caller("ann"), question()).await.unwrap());
        PHASE.store(1, Ordering::Relaxed);
        assert!(access.may(&connection, &caller("ann"), question()).await.unwrap(), "the decision is kept");
        assert_eq!(fake.asked().len(), 1);
        // Another person, another place, another group: another question.
        assert!(!access.may(&connection, &caller("bob"), question()).await.unwrap());
        assert!(
            !access
                .may(&connection, &caller("ann"), Question::new("list", "", "statefulsets", ""))
                .await
                .unwrap()
        );
        PHASE.store(2, Ordering::Relaxed);
        assert!(
            !access
                .may(&connection, &caller("ann"), Question::new("list", "apps", "statefulsets", "n"))
                .await
                .unwrap()
        );
        let admin = Caller { role: Role::Admin, ..caller("ann") };
        assert!(!access.may(&connection, &admin, question()).await.unwrap());
        PHASE.store(3, Ordering::Relaxed);
        let failure = access.may(&connection, &caller("cy"), question()).await.unwrap_err();
        assert_eq!(failure.reason().key, words::REACH_NO_REVIEWS.key);
        PHASE.store(4, Ordering::Relaxed);
        let failure = access.may(&connection, &caller("cy"), question()).await.unwrap_err();
        assert_eq!(failure.code(), Some(403));
    }

    #[tokio::test]
    async fn the_newest_decisions_are_kept() {
        let fake = Fake::start(|_| Answer::Silence).await;
        let connection = Connection::new(&fake.credential(), SANDBOX).unwrap();
        let access = Access::default();
        let caller = Caller { user: "ann".to_owned(), role: Role::User };
        let question = |number: usize| Question::new("list", "apps", "x", &number.to_string());
        for number in 0..MOST {
            access.keep((caller.clone(), question(number)), true);
        }
        let last = |number| access.last(&connection, &caller, &question(number));
        assert_eq!((last(0), last(MOST - 1)), (Some(true), Some(true)));
        access.keep((caller.clone(), question(MOST)), true);
        assert_eq!((last(0), last(MOST - 1), last(MOST)), (None, Some(true), Some(true)));
        assert!(access.kept.lock().unwrap().len() <= MOST);
    }

    #[tokio::test]
    async fn the_last_decision_stands_while_it_is_asked_for_again() {
        let fake = Fake::start(|asked| {
            let verb = &asked.body["spec"]["resourceAttributes"]["verb"];
            Answer::Json(201, json!({"status": {"allowed": verb == "list"}}))
        })
        .await;
        let connection = Connection::new(&fake.credential(), SANDBOX).unwrap();
        let access = Access::default();
        let caller = Caller { user: "ann".to_owned(), role: Role::User };
        let questions = [Question::new("list", "", "pods", ""), Question::new("watch", "", "pods", "")];
        let last = || questions.clone().map(|question| access.last(&connection, &caller, &question));
        assert_eq!(last(), [None, None], "nothing was asked yet");
        for question in questions.clone() {
            access.may(&connection, &caller, question).await.unwrap();
        }
        let is_fresh = || access.is_fresh(&caller, &questions[0]);
        assert!(is_fresh());
        access.age(KEEP);
        assert!(!is_fresh());
        assert_eq!(last(), [Some(true), Some(false)]);
        access.age(WHILE_ASKING - KEEP);
        assert_eq!(last(), [None, None], "it was asked, and nobody answered");
        connection.mark_down(binnacle_model::Text::raw("gone"));
        assert_eq!(last(), [Some(true), Some(false)]);
        access.age(YES_WHILE_DOWN - WHILE_ASKING);
        assert_eq!(last(), [None, Some(false)], "who lost his rights just before must not read on");
        assert_eq!(fake.asked().len(), 2);
    }

    #[tokio::test]
    async fn an_old_decision_stands_only_while_the_cluster_is_down() {
        static ODD: AtomicU8 = AtomicU8::new(0);
        let fake = Fake::start(|asked| match ODD.load(Ordering::Relaxed) {
            0 => {
                let name = &asked.body["spec"]["resourceAttributes"]["resource"];
                Answer::Json(201, json!({"status": {"allowed": name == "statefulsets"}}))
            }
            _ => Answer::Large(8),
        })
        .await;
        let connection = Connection::new(&fake.credential(), SANDBOX).unwrap();
        let access = Access::default();
        let caller = Caller { user: "ann".to_owned(), role: Role::User };
        let ask = async |resource: &str| {
            access.may(&connection, &caller, Question::new("list", "apps", resource, "")).await
        };
        assert!(ask("statefulsets").await.unwrap() && !ask("deployments").await.unwrap());
        ODD.store(1, Ordering::Relaxed);
        access.age(KEEP);
        assert!(ask("statefulsets").await.is_err(), "nonsense is no outage");
        connection.mark_down(binnacle_model::Text::raw("gone"));
        assert!(ask("statefulsets").await.unwrap() && !ask("deployments").await.unwrap());
        access.age(YES_WHILE_DOWN - KEEP);
        assert!(ask("statefulsets").await.is_err(), "a yes ends");
        assert!(!ask("deployments").await.unwrap(), "a no stands");
    }
}
