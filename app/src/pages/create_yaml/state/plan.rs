//! The plan of what is to be created, and what came of each of its objects.

use binnacle_model::{
    AppError, Text, Word,
    diagnosis::{Document, TextRange},
    object::ObjectRef,
    plan::{Plan, PlanRequest, PlannedObject},
    rules::holds_secret,
    words::yaml as words,
};
use leptos::prelude::*;

use super::{CurrentPlan, Outcome, YamlState, text::forget_saved};
use crate::api::{workloads::create_object, yaml};

impl YamlState {
    /// Whether the plan is about the text and the namespace as they stand.
    pub(in crate::pages::create_yaml) fn plan_is_current(self) -> bool {
        self.plan.with(|plan| {
            plan.as_ref().is_some_and(|plan| {
                self.text.with(|text| *text == plan.text)
                    && self.namespace.with(|namespace| *namespace == plan.namespace)
            })
        })
    }

    /// Asks the cluster what it would say.
    pub(in crate::pages::create_yaml) fn check(self) {
        let Some(diagnosis) = untrack(|| self.doctor.diagnosis()).filter(|diagnosis| diagnosis.complete)
        else {
            return;
        };
        if self.busy.get_untracked() {
            return;
        }
        let namespace = self.namespace.get_untracked();
        let created = self.created();
        let documents = to_create(diagnosis.documents, &created, &namespace);
        let numbers: Vec<u32> = documents.iter().map(|document| document.index).collect();
        let objects: Vec<_> = documents.into_iter().map(|document| document.object).collect();
        let text = self.text.get_untracked();
        let request = PlanRequest {
            cluster: self.cluster.get_value(),
            default_namespace: namespace.clone(),
            objects: objects.clone(),
        };
        self.busy.set(true);
        self.failed.set(None);
        leptos::task::spawn_local(async move {
            match yaml::plan(request).await {
                Ok(plan) => {
                    self.earlier.set(created);
                    self.outcomes.set(Vec::new());
                    self.find_refusals(&text, &numbers, &plan);
                    self.plan.set(Some(CurrentPlan { text, namespace, documents: numbers, objects, plan }));
                }
                Err(error) => self.failed.set(Some(error.0.text())),
            }
            self.busy.set(false);
        });
    }

    /// Finds the refused fields in the text, so that each is marked at its place.
    fn find_refusals(self, text: &str, documents: &[u32], plan: &Plan) {
        self.refusals.set(Vec::new());
        let mut places = Vec::new();
        let mut said = Vec::new();
        for object in &plan.objects {
            if let Some(AppError::Invalid { issues }) = &object.refused {
                let document = documents.get(object.index as usize).copied().unwrap_or_default();
                for issue in issues {
                    places.push((document, issue.path.clone()));
                    said.push((object.index, issue.text.clone()));
                }
            }
        }
        if places.is_empty() {
            return;
        }
        let text = text.to_owned();
        leptos::task::spawn_local(async move {
            // Without places the refusals are still listed in the plan.
            if let Ok(found) = yaml::locate(text, places).await {
                let found = found.into_iter().zip(said);
                let marks = found.filter_map(|(range, (of, text))| Some((of, range?, text))).collect();
                self.refusals.set(marks);
            }
        });
    }

    /// Where the refused fields of an object stand in the text, each line once; nothing once the text is
    /// another.
    pub(in crate::pages::create_yaml) fn refusal_ranges(self, index: u32) -> Vec<TextRange> {
        if !self.plan_is_current() {
            return Vec::new();
        }
        let mut ranges: Vec<TextRange> = self.refusals.with(|refusals| {
            refusals.iter().filter(|(of, ..)| *of == index).map(|(_, range, _)| *range).collect()
        });
        ranges.sort_by_key(|range| (range.line, range.start));
        ranges.dedup_by_key(|range| range.line);
        ranges
    }

    /// Creates what is not created yet, in the plan's order.
    pub(in crate::pages::create_yaml) fn create(self) {
        let Some(current) = self.plan.get_untracked().filter(|_| untrack(|| self.plan_is_current())) else {
            return;
        };
        if self.busy.get_untracked() || untrack(|| self.create_obstacle()).is_some() {
            return;
        }
        self.busy.set(true);
        let (cluster, key) = (self.cluster.get_value(), self.key.get_value());
        let earlier = self.earlier.with_untracked(Vec::len);
        let done: Vec<u32> = current
            .plan
            .objects
            .iter()
            .map(|planned| planned.index)
            .filter(|index| untrack(|| self.outcome(*index)) == Some(Outcome::Created))
            .collect();
        leptos::task::spawn_local(async move {
            // Whoever leaves the page has not taken OK back: from here on the loop reads nothing that
            // is the page's.
            let mut missing = Vec::new();
            for planned in &current.plan.objects {
                let Some(object) = current.objects.get(planned.index as usize) else { continue };
                if done.contains(&planned.index) {
                    continue;
                }
                // The plan said that it will not be created.
                if planned.refused.is_some() {
                    missing.push(planned);
                    continue;
                }
                self.note(planned.index, Outcome::Working);
                let object = with_namespace(object, planned.target.namespace.as_deref());
                let outcome = match create_object(cluster.clone(), object).await {
                    Ok(_) => Outcome::Created,
                    Err(error) => {
                        missing.push(planned);
                        Outcome::Failed(error.0)
                    }
                };
                self.note(planned.index, outcome);
            }
            if missing.is_empty() {
                forget_saved(&key, &current.text);
            }
            if self.busy.try_set(false).is_some() {
                let kept = !holds_secret(&current.text);
                self.tell_elsewhere(earlier + current.plan.objects.len(), &missing, kept);
            }
        });
    }

    /// Tells what came of it on whichever page is open now.
    pub(super) fn tell_elsewhere(self, total: usize, missing: &[&PlannedObject], kept: bool) {
        let lang = self.lang.try_get_untracked().unwrap_or_default();
        let text = told_elsewhere(total, missing, kept).render(lang);
        if missing.is_empty() {
            self.toasts.success(text);
        } else {
            self.toasts.error(text);
        }
    }

    /// What came of an object of the plan.
    pub(in crate::pages::create_yaml) fn outcome(self, index: u32) -> Option<Outcome> {
        self.outcomes
            .with(|outcomes| outcomes.iter().find(|(of, _)| *of == index).map(|(_, outcome)| outcome.clone()))
    }

    /// Notes what came of an object; nothing once the page is gone.
    pub(super) fn note(self, index: u32, outcome: Outcome) {
        self.outcomes.update(|outcomes| match outcomes.iter_mut().find(|(of, _)| *of == index) {
            Some((_, old)) => *old = outcome,
            None => outcomes.push((index, outcome)),
        });
    }

    /// All that was created from here, by this plan and those before it.
    pub(super) fn created(self) -> Vec<(u32, ObjectRef)> {
        let mut created = self.earlier.get_untracked();
        self.plan.with_untracked(|plan| {
            let Some(plan) = plan else { return };
            for planned in &plan.plan.objects {
                if untrack(|| self.outcome(planned.index)) == Some(Outcome::Created) {
                    let number = plan.documents.get(planned.index as usize).copied().unwrap_or_default();
                    created.push((number, planned.target.clone()));
                }
            }
        });
        created
    }

    /// Whether everything in the plan exists now.
    pub(in crate::pages::create_yaml) fn finished(self) -> bool {
        self.plan_is_current()
            && self.plan.with(|plan| {
                plan.as_ref().is_some_and(|plan| {
                    plan.plan
                        .objects
                        .iter()
                        .all(|object| self.outcome(object.index) == Some(Outcome::Created))
                })
            })
    }

    /// How many of the plan's objects do not exist yet, and how many of those the dry run refused: these
    /// are not sent.
    fn pending(self) -> (usize, usize) {
        self.plan.with(|plan| {
            let objects = plan.iter().flat_map(|plan| &plan.plan.objects);
            let left = objects.filter(|object| self.outcome(object.index) != Some(Outcome::Created));
            left.fold((0, 0), |(all, refused), object| {
                (all + 1, refused + usize::from(object.refused.is_some()))
            })
        })
    }

    /// Whether objects are being created now.
    pub(in crate::pages::create_yaml) fn is_creating(self) -> bool {
        self.outcomes.with(|outcomes| outcomes.iter().any(|(_, outcome)| *outcome == Outcome::Working))
    }

    /// Whether the cluster refused an object of the plan: then it may be asked again.
    pub(in crate::pages::create_yaml) fn has_refusals(self) -> bool {
        self.plan_is_current() && self.pending().1 > 0
    }

    /// Why nothing of the plan can be created.
    pub(in crate::pages::create_yaml) fn create_obstacle(self) -> Option<Text> {
        self.obstacle().or_else(|| match self.pending() {
            (1, 1) => Some(words::REFUSED_ONE.into()),
            (all, refused) if refused > 0 && refused == all => Some(words::REFUSED_ALL.into()),
            _ => None,
        })
    }

    /// How many objects of the plan will not be created, before it is known what came of the others.
    pub(in crate::pages::create_yaml) fn refused_note(self) -> Option<Text> {
        if !self.plan_is_current() || !self.outcomes.with(Vec::is_empty) {
            return None;
        }
        match self.pending() {
            (all, refused) if refused == 0 || refused == all => None,
            (all, 1) => Some(Text::new(&words::REFUSED_SOME_ONE, [all.to_string()])),
            (all, refused) => Some(Text::new(&words::REFUSED_SOME, [refused.to_string(), all.to_string()])),
        }
    }

    /// What the plan says of itself; nothing once OK was pressed.
    pub(in crate::pages::create_yaml) fn plan_help(self) -> Option<Word> {
        if !self.plan_is_current() {
            Some(words::PLAN_OUTDATED)
        } else if self.outcomes.with(Vec::is_empty) {
            Some(words::PLAN_HELP)
        } else {
            None
        }
    }

    /// What came of all of it, once tried.
    pub(in crate::pages::create_yaml) fn summary(self) -> Option<Text> {
        if self.busy.get() || !self.plan_is_current() {
            return None;
        }
        // A plan holds only what was not created before it.
        let earlier = self.earlier.with(Vec::len);
        let total = earlier + self.plan.with(|plan| plan.as_ref().map_or(0, |plan| plan.plan.objects.len()));
        let (created, tried) = self.outcomes.with(|outcomes| {
            (outcomes.iter().filter(|(_, outcome)| *outcome == Outcome::Created).count(), outcomes.len())
        });
        (earlier + tried > 0).then(|| told(earlier + created, total))
    }
}

/// What came of all of it, where the text is in view.
pub(super) fn told(created: usize, total: usize) -> Text {
    match (created, total) {
        (0, 1) => words::ONE_NOT_CREATED.into(),
        (1, 1) => words::ALL_CREATED_ONE.into(),
        (created, total) if created == total => Text::new(&words::ALL_CREATED_MANY, [total.to_string()]),
        (created, total) => Text::new(&words::SOME_CREATED, [created.to_string(), total.to_string()]),
    }
}

/// What came of all of it, where the text is not in view any more: what is missing is named, and
/// whether the text is kept.
pub(super) fn told_elsewhere(total: usize, missing: &[&PlannedObject], kept: bool) -> Text {
    if missing.is_empty() {
        return told(total, total);
    }
    let names: Vec<String> =
        missing.iter().map(|planned| format!("{} {}", planned.target.kind, planned.target.name)).collect();
    let word = if kept { words::SOME_CREATED_ELSEWHERE } else { words::SOME_CREATED_GONE };
    Text::new(&word, [total.saturating_sub(missing.len()).to_string(), total.to_string(), names.join(", ")])
}

/// The documents whose objects were not created yet. Each created object stands for one document, at
/// best for the one that had its number: a text may name the same object twice.
pub(super) fn to_create(
    documents: Vec<Document>,
    created: &[(u32, ObjectRef)],
    namespace: &str,
) -> Vec<Document> {
    let is_of = |document: &Document, target: &ObjectRef| {
        target.api_version == document.api_version
            && target.kind == document.kind
            && target.name == document.name
            && target
                .namespace
                .as_deref()
                .is_none_or(|place| place == document.namespace.as_deref().unwrap_or(namespace))
    };
    let mut left = documents;
    let mut unplaced = Vec::new();
    for (number, target) in created {
        match left.iter().position(|document| document.index == *number && is_of(document, target)) {
            Some(at) => drop(left.remove(at)),
            None => unplaced.push(target),
        }
    }
    for target in unplaced {
        if let Some(at) = left.iter().position(|document| is_of(document, target)) {
            left.remove(at);
        }
    }
    left
}

/// The object with its namespace written out: what the plan said is what is sent.
pub(super) fn with_namespace(object: &serde_json::Value, namespace: Option<&str>) -> serde_json::Value {
    let mut object = object.clone();
    if let (Some(namespace), Some(metadata)) =
        (namespace, object.get_mut("metadata").and_then(serde_json::Value::as_object_mut))
    {
        metadata.insert("namespace".to_owned(), namespace.into());
    }
    object
}
