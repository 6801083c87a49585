//! What the caller may do with what a page shows, so that its buttons tell the truth (design rule 8).
//!
//! These answers decide nothing: the API server does. So a list never waits long for them, they never stand
//! in the way of what is read, and what is not known is allowed.

use std::{
    collections::{BTreeMap, BTreeSet, HashSet},
    sync::Arc,
    time::Duration,
};

use binnacle_model::{
    Text,
    object::WorkloadKind,
    rules::LABEL_MAX,
    session::Caller,
    workload::{ListAccess, ListQuery, RefusedRows, WorkloadAccess, WorkloadRow},
};
use futures::{StreamExt as _, stream};

use super::{Cluster, flight::Topic, list::forbidden};
use crate::access::Question;

/// A list waits this long for its buttons.
const WAIT: Duration = Duration::from_millis(300);
/// Namespaces that are asked about for one button; where there are more, it is not known.
const MOST_NAMESPACES: usize = 32;
/// Rows of one page that are asked about by name; of the others it is not known.
const MOST_ROWS: usize = 20;
/// Reviews for buttons that a cluster is asked at a time, for all callers together. Its calls are few, and
/// reads come first.
pub(super) const REVIEWS: usize = 2;
/// The group of the kinds that are listed.
const GROUP: &str = "apps";

/// What a list needs to know for its buttons.
#[derive(Clone)]
enum Button {
    /// Whether anything can be created in one of these namespaces.
    Create(Vec<String>),
    /// To which of these rows, by namespace and name, a verb can be done.
    Rows(&'static str, Vec<(String, String)>),
}

/// What can be done to a row.
const ROW_VERBS: [&str; 2] = ["delete", "patch"];

impl Button {
    fn verb(&self) -> &'static str {
        match self {
            Button::Create(_) => "create",
            Button::Rows(verb, _) => verb,
        }
    }

    fn question(&self, kind: WorkloadKind, namespace: &str) -> Question {
        Question::new(self.verb(), GROUP, kind.plural(), namespace)
    }

    /// The questions that what is known so far leads to: about the whole cluster, where that is a no about
    /// the namespaces, and where that is a no about the rows, which a role may grant by name alone.
    fn questions(&self, kind: WorkloadKind, no: impl Fn(&Question) -> bool) -> Vec<Question> {
        let mut found = vec![self.question(kind, "")];
        if !no(&found[0]) {
            return found;
        }
        let namespaces: BTreeSet<&str> = match self {
            Button::Create(namespaces) => namespaces.iter().map(String::as_str).collect(),
            Button::Rows(_, rows) => rows.iter().map(|(namespace, _)| namespace.as_str()).collect(),
        };
        if namespaces.len() > MOST_NAMESPACES {
            return found;
        }
        found.extend(namespaces.into_iter().map(|namespace| self.question(kind, namespace)));
        if let Button::Rows(_, rows) = self {
            let refused = rows.iter().filter(|(namespace, _)| no(&self.question(kind, namespace)));
            let named = |(namespace, name): &(String, String)| self.question(kind, namespace).named(name);
            found.extend(refused.take(MOST_ROWS).map(named));
        }
        found
    }
}

impl Cluster {
    /// Begins to ask beside what a list must ask anyway, so that [`Cluster::list_access`] waits less.
    pub(super) fn ask_early(self: &Arc<Self>, caller: &Caller, query: &ListQuery) {
        let rows = ROW_VERBS.map(|verb| Button::Rows(verb, Vec::new()));
        for button in std::iter::once(self.create_button(query)).chain(rows) {
            if !self.unanswered(caller, query.kind, &button).is_empty() {
                self.ask_for(caller, query.kind, button);
            }
        }
    }

    /// What the caller may do with a list: by the whole cluster first, then by the namespaces in view, then
    /// by the rows. What is not answered soon is what was said last.
    pub(super) async fn list_access(
        self: &Arc<Self>,
        caller: &Caller,
        query: &ListQuery,
        rows: &[WorkloadRow],
    ) -> ListAccess {
        let kind = query.kind;
        let create = self.create_button(query);
        let named = |row: &WorkloadRow| (row.namespace.clone(), row.name.clone());
        let [delete, patch] = ROW_VERBS.map(|verb| Button::Rows(verb, rows.iter().map(named).collect()));
        let asked = async {
            tokio::join!(
                self.answer(caller, kind, &create),
                self.answer(caller, kind, &delete),
                self.answer(caller, kind, &patch)
            );
        };
        // They are asked to the end all the same: the next look has the answers.
        let _ = tokio::time::timeout(WAIT, asked).await;
        let scope = query.namespace.as_deref().unwrap_or(&self.name);
        ListAccess {
            create: self.creates_nothing(caller, kind, &create).then(|| refusal("create", kind, scope)),
            delete: self.refused_rows(caller, kind, &delete),
            patch: self.refused_rows(caller, kind, &patch),
        }
    }

    /// What the caller may do with one workload: asked by its name, which a role may grant alone.
    pub(crate) async fn workload_access(
        &self,
        caller: &Caller,
        kind: WorkloadKind,
        namespace: &str,
        name: &str,
    ) -> WorkloadAccess {
        let refused = async |verb| {
            let question = Question::new(verb, GROUP, kind.plural(), namespace).named(name);
            let refused = self.access.may(&self.connection, caller, question).await.is_ok_and(|may| !may);
            refused.then(|| refusal(verb, kind, namespace))
        };
        let [delete, patch] = ROW_VERBS.map(refused);
        let (delete, patch) = tokio::join!(delete, patch);
        WorkloadAccess { delete, patch }
    }

    fn create_button(&self, query: &ListQuery) -> Button {
        Button::Create(match &query.namespace {
            // No namespace has such a name, and every name asked about is remembered.
            Some(namespace) if namespace.len() > LABEL_MAX => Vec::new(),
            Some(namespace) => vec![namespace.clone()],
            None => self.namespace_names(),
        })
    }

    /// Whether the last answer was no.
    fn said_no(&self, caller: &Caller, question: &Question) -> bool {
        self.access.last(&self.connection, caller, question) == Some(false)
    }

    /// The questions whose answers are missing or too old.
    fn unanswered(&self, caller: &Caller, kind: WorkloadKind, button: &Button) -> Vec<Question> {
        if self.connection.is_down() {
            return Vec::new();
        }
        let mut questions = button.questions(kind, |question| self.said_no(caller, question));
        questions.retain(|question| !self.access.is_fresh(caller, question));
        questions
    }

    /// Waits until all that a button needs was asked. Another look of the same caller may be asking, about
    /// other rows.
    async fn answer(self: &Arc<Self>, caller: &Caller, kind: WorkloadKind, button: &Button) {
        while !self.unanswered(caller, kind, button).is_empty() {
            let (is_mine, mut done) = self.ask_for(caller, kind, button.clone());
            // It ends with an error: nothing is ever sent.
            let _ = done.changed().await;
            if is_mine {
                return;
            }
        }
    }

    fn ask_for(
        self: &Arc<Self>,
        caller: &Caller,
        kind: WorkloadKind,
        button: Button,
    ) -> (bool, tokio::sync::watch::Receiver<()>) {
        let topic = Topic::Button(kind, button.verb());
        self.once(caller, topic, |cluster, caller| async move {
            let mut asked = HashSet::new();
            loop {
                let mut questions = cluster.unanswered(&caller, kind, &button);
                questions.retain(|question| asked.insert(question.clone()));
                if questions.is_empty() || !cluster.ask_all(&caller, questions).await {
                    return;
                }
            }
        })
    }

    /// Asks a few questions; the answers are kept. Returns whether all were answered: a cluster that does
    /// not say one thing is not asked the others.
    async fn ask_all(&self, caller: &Caller, questions: Vec<Question>) -> bool {
        let answers = questions.into_iter().map(|question| async {
            // The semaphore is never closed.
            let _turn = self.reviews.acquire().await.ok();
            self.access.may(&self.connection, caller, question).await.is_ok()
        });
        stream::iter(answers).buffer_unordered(REVIEWS).all(std::future::ready).await
    }

    /// Whether the caller is known to be able to create nothing.
    fn creates_nothing(&self, caller: &Caller, kind: WorkloadKind, button: &Button) -> bool {
        let Button::Create(namespaces) = button else { return false };
        let no = |namespace: &str| self.said_no(caller, &button.question(kind, namespace));
        !namespaces.is_empty() && no("") && namespaces.iter().all(|namespace| no(namespace))
    }

    /// The rows of which it is known that the caller cannot do the button's verb to them.
    fn refused_rows(&self, caller: &Caller, kind: WorkloadKind, button: &Button) -> Vec<RefusedRows> {
        let Button::Rows(verb, rows) = button else { return Vec::new() };
        let no = |question: &Question| self.said_no(caller, question);
        if !no(&button.question(kind, "")) {
            return Vec::new();
        }
        let mut refused: BTreeMap<&str, Vec<String>> = BTreeMap::new();
        for (namespace, name) in rows {
            let question = button.question(kind, namespace);
            if no(&question) && no(&question.named(name)) {
                refused.entry(namespace).or_default().push(name.clone());
            }
        }
        let rows = |(namespace, names): (&str, Vec<String>)| RefusedRows {
            reason: refusal(verb, kind, namespace),
            namespace: namespace.to_owned(),
            names,
        };
        refused.into_iter().map(rows).collect()
    }
}

fn refusal(verb: &str, kind: WorkloadKind, scope: &str) -> Text {
    forbidden(verb, &format!("{}.{GROUP}", kind.plural()), scope).text()
}
