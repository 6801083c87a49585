//! What the caller may do with what a page shows, so that its buttons tell the truth (design rule 8).
//!
//! These answers decide nothing: the API server does. So a list never waits long for them, and what is
//! not known is allowed.

use std::{collections::BTreeSet, sync::Arc, time::Duration};

use binnacle_model::{
    Text,
    object::WorkloadKind,
    rules::LABEL_MAX,
    session::Caller,
    workload::{ListAccess, ListQuery, WorkloadAccess, WorkloadRow},
};
use futures::{StreamExt as _, stream};

use super::{Cluster, list::forbidden};
use crate::access::{CONCURRENT, Question};

/// A list waits this long for its buttons.
const WAIT: Duration = Duration::from_millis(300);
/// Namespaces that are asked about for one button; where there are more, it is not known.
const MOST_ASKED: usize = 200;
/// The group of the kinds that are listed.
const GROUP: &str = "apps";

impl Cluster {
    /// Asks beside what a list must ask anyway, so that [`Cluster::list_access`] has the answers. Returns
    /// whether they came in time.
    pub(super) async fn ask_early(self: &Arc<Self>, caller: &Caller, kind: WorkloadKind) -> bool {
        let asker = caller.clone();
        let answers = self.briefly(move |cluster| async move {
            tokio::join!(cluster.knows(&asker, "create", kind, ""), cluster.knows(&asker, "delete", kind, ""))
        });
        answers.await.is_some()
    }

    /// What the caller may do with a list: by the whole cluster first, then by the namespaces in view.
    pub(super) async fn list_access(
        self: &Arc<Self>,
        caller: &Caller,
        query: &ListQuery,
        rows: &[WorkloadRow],
    ) -> ListAccess {
        let kind = query.kind;
        let (creator, only) = (caller.clone(), query.namespace.clone());
        let create = self
            .briefly(move |cluster| async move { cluster.no_create(&creator, kind, only.as_deref()).await });
        let deleter = caller.clone();
        let shown: BTreeSet<String> = rows.iter().map(|row| row.namespace.clone()).collect();
        let delete =
            self.briefly(move |cluster| async move { cluster.no_delete(&deleter, kind, shown).await });
        let (create, delete) = tokio::join!(create, delete);
        ListAccess { create: create.flatten(), delete: delete.unwrap_or_default() }
    }

    /// What the caller may do with one workload: asked by its name, which a role may grant alone.
    pub(crate) async fn workload_access(
        &self,
        caller: &Caller,
        kind: WorkloadKind,
        namespace: &str,
        name: &str,
    ) -> WorkloadAccess {
        let question = Question::new("delete", GROUP, kind.plural(), namespace).named(name);
        let refused = self.access.may(&self.connection, caller, question).await.is_ok_and(|may| !may);
        WorkloadAccess { delete: refused.then(|| refusal("delete", kind, namespace)) }
    }

    /// Why the caller can create nothing in a namespace, or in none of them.
    async fn no_create(&self, caller: &Caller, kind: WorkloadKind, only: Option<&str>) -> Option<Text> {
        if self.knows(caller, "create", kind, "").await != Some(false) {
            return None;
        }
        let namespaces = match only {
            // No namespace has such a name, and every name asked about is remembered.
            Some(namespace) if namespace.len() > LABEL_MAX => return None,
            Some(namespace) => vec![namespace.to_owned()],
            None => self.namespace_names(),
        };
        if namespaces.is_empty() || namespaces.len() > MOST_ASKED {
            return None;
        }
        let asked = namespaces
            .into_iter()
            .map(|namespace| async move { self.knows(caller, "create", kind, &namespace).await });
        let mut answers = stream::iter(asked).buffered(CONCURRENT);
        while let Some(answer) = answers.next().await {
            if answer != Some(false) {
                return None;
            }
        }
        Some(refusal("create", kind, only.unwrap_or(&self.name)))
    }

    /// Of some namespaces those in which the caller can delete nothing, each with the reason.
    async fn no_delete(
        &self,
        caller: &Caller,
        kind: WorkloadKind,
        namespaces: BTreeSet<String>,
    ) -> Vec<(String, Text)> {
        if self.knows(caller, "delete", kind, "").await != Some(false) {
            return Vec::new();
        }
        let asked = namespaces.into_iter().map(|namespace| async move {
            let refused = self.knows(caller, "delete", kind, &namespace).await == Some(false);
            refused.then(|| {
                let reason = refusal("delete", kind, &namespace);
                (namespace, reason)
            })
        });
        stream::iter(asked).buffered(CONCURRENT).filter_map(std::future::ready).collect().await
    }

    /// Whether the caller may, if that can be learnt.
    async fn knows(
        &self,
        caller: &Caller,
        verb: &'static str,
        kind: WorkloadKind,
        namespace: &str,
    ) -> Option<bool> {
        let question = Question::new(verb, GROUP, kind.plural(), namespace);
        self.access.may(&self.connection, caller, question).await.ok()
    }

    /// The outcome of questions, if it comes soon. They are asked to the end all the same: their answers
    /// are kept, and the next look has them.
    async fn briefly<F, T>(self: &Arc<Self>, ask: impl FnOnce(Arc<Self>) -> F) -> Option<T>
    where
        F: Future<Output = T> + Send + 'static,
        T: Send + 'static,
    {
        let asking = ask(Arc::clone(self));
        let cancel = self.cancel.clone();
        let task = self.tasks.spawn(async move { cancel.run_until_cancelled(asking).await });
        tokio::time::timeout(WAIT, task).await.ok()?.ok()?
    }
}

fn refusal(verb: &str, kind: WorkloadKind, scope: &str) -> Text {
    forbidden(verb, &format!("{}.{GROUP}", kind.plural()), scope).text()
}
