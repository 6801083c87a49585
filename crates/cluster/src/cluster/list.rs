//! Lists out of the cache, only what the caller may see.

use std::{sync::Arc, time::Duration};

use binnacle_model::{
    AppError, Result,
    cluster::{Ages as _, Freshness, NamespaceRow},
    object::WorkloadKind,
    rules::LABEL_MAX,
    session::Caller,
    words::errors as words,
    workload::{ListAccess, ListPage, ListQuery},
};

use super::{Cluster, row::console_refusal};
use crate::{
    access::Question,
    sinks::{TableCache, read, write},
    table::Filter,
    watcher::Progress,
};

/// How long a first look waits for the first list (codebases 1.2: a page must not hang).
const FIRST_LIST: Duration = Duration::from_millis(800);
/// Most rows on one page.
const MOST_ROWS: u32 = 200;

/// Where a caller may do something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Scope {
    /// In the whole cluster.
    Everywhere,
    /// In these namespaces only; never empty.
    Only(Vec<String>),
    /// Nowhere.
    Nowhere,
}

impl Cluster {
    /// One page of a list.
    pub(crate) async fn list(self: &Arc<Self>, caller: &Caller, query: &ListQuery) -> Result<ListPage> {
        let (verb, group, resource) = ("list", "apps", query.kind.plural());
        if matches!(&*self.namespaces.progress.borrow(), Progress::Forbidden(_)) {
            // The rows then are all that tells which namespaces there are to ask about.
            self.table(query.kind);
        }
        self.ask_early(caller, query);
        let scope = match self.scope(caller, verb, group, resource, query.namespace.as_deref()).await {
            Ok(scope) => scope,
            Err(error) => return self.unseen(error),
        };
        let allowed = match &scope {
            Scope::Everywhere => None,
            Scope::Only(namespaces) => Some(namespaces.clone()),
            Scope::Nowhere => {
                let scope = query.namespace.as_deref().unwrap_or(&self.name);
                return Err(forbidden(verb, &format!("{resource}.{group}"), scope));
            }
        };
        // Not before: a watch costs the cluster something, and who may see nothing starts none.
        let cache = self.table(query.kind);
        self.first_list(&cache).await;

        let (skip, take) = window(query.page, query.page_size);
        let outage = self.outage();
        let filter = Filter {
            allowed: allowed.as_deref(),
            namespace: query.namespace.as_deref(),
            search: &query.search,
            states: &query.states,
            lost: outage.is_some(),
            sort: query.sort,
            descending: query.descending,
            skip,
            take,
        };
        // Read before the rows, so that a change in between is told once more rather than missed.
        let sequence = *cache.changes.borrow();
        let found = {
            let table = read(&cache.table);
            if table.is_settled() {
                table.query(&filter)
            } else {
                drop(table);
                let mut table = write(&cache.table);
                table.settle();
                table.query(&filter)
            }
        };
        let access = self.list_access(caller, query, &found.rows).await;
        let mut page = ListPage {
            rows: found.rows,
            matching: found.matching,
            total: found.total,
            counts: found.counts,
            freshness: self.freshness(caller, query.kind, &cache),
            limited_to: allowed.filter(|_| query.namespace.is_none()),
            access,
            sequence,
        };
        if let Some(reason) = outage {
            page.grow_stale(reason);
        }
        Ok(page)
    }

    /// The answer when nobody says what the caller may see: a table that holds nothing is shown empty and
    /// says why, for it tells nothing, and fills by itself once the cluster answers.
    fn unseen(&self, error: AppError) -> Result<ListPage> {
        let Some(reason) = error.outage() else { return Err(error) };
        let holds_rows = read(&self.hub.sets).as_ref().is_some_and(|cache| read(&cache.table).len() > 0);
        if holds_rows {
            return Err(error);
        }
        Ok(ListPage {
            rows: Vec::new(),
            matching: 0,
            total: 0,
            counts: Vec::new(),
            freshness: Freshness {
                as_of: self.connection.last_good(),
                stale: self.outage().or(Some(reason)),
            },
            limited_to: None,
            access: ListAccess::default(),
            sequence: *self.counters.sets.borrow(),
        })
    }

    async fn first_list(&self, cache: &TableCache) {
        let mut progress = cache.progress.subscribe();
        let done = progress.wait_for(|progress| *progress != Progress::Loading);
        // Either it is there, or the page shows what there is and says so.
        let _ = tokio::time::timeout(FIRST_LIST, done).await;
    }

    fn freshness(&self, caller: &Caller, kind: WorkloadKind, cache: &TableCache) -> Freshness {
        let as_of = self.connection.last_good();
        let stale = self.outage().or_else(|| match &*cache.progress.borrow() {
            Progress::Live => None,
            Progress::Loading => Some(words::CLUSTER_LOADING.into()),
            Progress::Stale(reason) => Some(self.does_not_answer(reason)),
            Progress::Forbidden(reason) => Some(console_refusal(Some(caller), kind.plural(), reason)),
        });
        Freshness { as_of, stale }
    }

    /// Where the caller may do something: the whole cluster first, then its namespaces one by one.
    pub(crate) async fn scope(
        &self,
        caller: &Caller,
        verb: &'static str,
        group: &str,
        resource: &str,
        only: Option<&str>,
    ) -> Result<Scope> {
        let fail = |failure| self.error(failure, verb, resource, only.unwrap_or_default());
        let question = Question::new(verb, group, resource, "");
        if self.access.may(&self.connection, caller, question.clone()).await.map_err(fail)? {
            return Ok(Scope::Everywhere);
        }
        let candidates = match only {
            // No namespace has such a name, and every name asked about is remembered.
            Some(namespace) if namespace.len() > LABEL_MAX => return Ok(Scope::Nowhere),
            Some(namespace) => vec![namespace.to_owned()],
            None => self.namespace_names(),
        };
        let found =
            self.access.namespaces(&self.connection, caller, &question, candidates).await.map_err(fail)?;
        Ok(if found.is_empty() { Scope::Nowhere } else { Scope::Only(found) })
    }

    /// All namespaces that the console knows of, by name.
    pub(super) fn namespace_names(&self) -> Vec<String> {
        let mut names: Vec<String> =
            read(&self.namespaces.items).iter().map(|namespace| namespace.name.clone()).collect();
        if names.is_empty()
            && let Some(cache) = &*read(&self.hub.sets)
        {
            names = read(&cache.table).namespaces().map(str::to_owned).collect();
            names.sort();
        }
        names
    }

    /// Namespaces that the caller may see: all with the right to list them, else those in which
    /// StatefulSets may be listed.
    pub(crate) async fn namespace_rows(&self, caller: &Caller) -> Result<Vec<NamespaceRow>> {
        let mut progress = self.namespaces.progress.subscribe();
        let _ = tokio::time::timeout(FIRST_LIST, progress.wait_for(|p| *p != Progress::Loading)).await;
        let all = Question::new("list", "", "namespaces", "");
        let may_all = self.access.may(&self.connection, caller, all).await;
        let scope = if may_all.map_err(|failure| self.error(failure, "list", "namespaces", ""))? {
            Scope::Everywhere
        } else {
            self.scope(caller, "list", "apps", WorkloadKind::StatefulSet.plural(), None).await?
        };
        let namespaces = read(&self.namespaces.items);
        let rows = namespaces.iter().filter(|namespace| match &scope {
            Scope::Everywhere => true,
            Scope::Only(names) => names.contains(&namespace.name),
            Scope::Nowhere => false,
        });
        let rows: Vec<NamespaceRow> = rows
            .map(|namespace| NamespaceRow {
                name: namespace.name.clone(),
                terminating: namespace.terminating,
            })
            .collect();
        if rows.is_empty() {
            if let Some(reason) = self.outage() {
                return Err(AppError::Refused { text: reason });
            }
            if scope == Scope::Nowhere {
                return Err(forbidden("list", "namespaces", &self.name));
            }
        }
        Ok(rows)
    }
}

/// Rows to skip and to take for a page counted from 1.
fn window(page: u32, page_size: u32) -> (usize, usize) {
    let take = page_size.clamp(1, MOST_ROWS) as usize;
    ((page.max(1) as usize - 1).saturating_mul(take), take)
}

/// The refusal that an access review stands for.
pub(crate) fn forbidden(verb: &str, resource: &str, scope: &str) -> AppError {
    AppError::Forbidden {
        verb: verb.to_owned(),
        resource: resource.to_owned(),
        scope: scope.to_owned(),
        message: String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_are_counted_from_one_and_bounded() {
        for (page, size, expected) in [
            (1, 50, (0, 50)),
            (0, 50, (0, 50)),
            (3, 20, (40, 20)),
            (1, 0, (0, 1)),
            (2, 1_000, (200, 200)),
            (u32::MAX, u32::MAX, (4_294_967_294 * 200, 200)),
        ] {
            assert_eq!(window(page, size), expected, "page {page} of {size}");
        }
    }
}
