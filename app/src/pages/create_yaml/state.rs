//! The state of the page: one text, what is known about it, and what came of it.

use std::time::Duration;

use binnacle_model::{
    AppError, Lang, Severity, Text,
    diagnosis::{Diagnosis, Edit, Finding, TextRange},
    object::ObjectRef,
    plan::{Plan, PlanRequest},
    words::yaml as words,
};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use crate::{
    api::{workloads::create_object, yaml},
    interop::{
        self,
        editor::{EditorDiagnostic, EditorSeverity},
    },
    request::use_request,
};

/// What came of one object.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Outcome {
    /// Being created now.
    Working,
    /// It exists.
    Created,
    /// The cluster refused it.
    Failed(AppError),
}

/// A plan, and the text and namespace it is about.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct CurrentPlan {
    text: String,
    namespace: String,
    /// Document number of each object of the request.
    pub(super) documents: Vec<u32>,
    /// The objects as sent.
    objects: Vec<serde_json::Value>,
    /// The plan.
    pub(super) plan: Plan,
}

/// A text as kept in the browser.
#[derive(Serialize, Deserialize)]
struct Saved {
    text: String,
    at: i64,
}

/// All of the page's state; a handle.
#[derive(Clone, Copy)]
pub(super) struct YamlState {
    cluster: StoredValue<String>,
    key: StoredValue<String>,
    pub(super) text: RwSignal<String>,
    pub(super) namespace: RwSignal<String>,
    /// What the doctor said, with the text it read.
    diagnosis: RwSignal<Option<(String, Diagnosis)>>,
    pub(super) reading: RwSignal<bool>,
    pub(super) plan: RwSignal<Option<CurrentPlan>>,
    /// Where refused fields stand in the plan's text.
    refusals: RwSignal<Vec<(TextRange, Text)>>,
    pub(super) outcomes: RwSignal<Vec<(ObjectRef, Outcome)>>,
    pub(super) busy: RwSignal<bool>,
    pub(super) failed: RwSignal<Option<Text>>,
    /// When the text that came back was kept, milliseconds since the epoch.
    pub(super) restored: RwSignal<Option<i64>>,
    pub(super) reveal: RwSignal<Option<u32>>,
}

impl YamlState {
    pub(super) fn new(cluster: String, namespace: String) -> Self {
        let key = format!("binnacle:yaml:{}:{cluster}", use_request().caller.user);
        let state = YamlState {
            cluster: StoredValue::new(cluster),
            key: StoredValue::new(key),
            text: RwSignal::new(String::new()),
            namespace: RwSignal::new(namespace),
            diagnosis: RwSignal::new(None),
            reading: RwSignal::new(false),
            plan: RwSignal::new(None),
            refusals: RwSignal::new(Vec::new()),
            outcomes: RwSignal::new(Vec::new()),
            busy: RwSignal::new(false),
            failed: RwSignal::new(None),
            restored: RwSignal::new(None),
            reveal: RwSignal::new(None),
        };
        state.keep();
        state.read_while_typing();
        state
    }

    /// Brings back the text of an earlier visit, and keeps it as it changes.
    fn keep(self) {
        Effect::new(move |before: Option<()>| {
            let text = self.text.get();
            let key = self.key.get_value();
            if before.is_none() && text.is_empty() {
                let saved =
                    interop::storage_get(&key).and_then(|saved| serde_json::from_str::<Saved>(&saved).ok());
                if let Some(saved) = saved.filter(|saved| !saved.text.trim().is_empty()) {
                    self.restored.set(Some(saved.at));
                    self.text.set(saved.text);
                }
                return;
            }
            if text.trim().is_empty() || self.finished() {
                interop::storage_remove(&key);
            } else if let Ok(saved) =
                serde_json::to_string(&Saved { text, at: interop::now_ms().unwrap_or_default() })
            {
                interop::storage_set(&key, &saved);
            }
        });
        Effect::new(move |_| {
            interop::guard_leaving(self.text.with(|text| !text.trim().is_empty()) && !self.finished());
        });
        on_cleanup(|| interop::guard_leaving(false));
    }

    /// Lets the restored text go.
    pub(super) fn discard(self) {
        self.restored.set(None);
        self.text.set(String::new());
    }

    /// Asks the doctor 250 ms after the last key.
    fn read_while_typing(self) {
        let turn = StoredValue::new(0_u32);
        Effect::new(move |_| {
            let text = self.text.get();
            let mine = turn.try_update_value(|turn| {
                *turn += 1;
                *turn
            });
            self.failed.set(None);
            if text.trim().is_empty() {
                self.diagnosis.set(None);
                self.reading.set(false);
                return;
            }
            self.reading.set(true);
            set_timeout(
                move || {
                    if turn.try_get_value() != mine {
                        return;
                    }
                    leptos::task::spawn_local(async move {
                        let answer = yaml::diagnose(text.clone()).await;
                        if turn.try_get_value() != mine {
                            return;
                        }
                        self.reading.set(false);
                        match answer {
                            Ok(diagnosis) => self.diagnosis.set(Some((text, diagnosis))),
                            Err(error) => self.failed.set(Some(error.0.text())),
                        }
                    });
                },
                Duration::from_millis(250),
            );
        });
    }

    /// What the doctor says about the text as it stands; `None` while it reads.
    pub(super) fn diagnosis(self) -> Option<Diagnosis> {
        self.diagnosis.with(|diagnosis| {
            let (text, diagnosis) = diagnosis.as_ref()?;
            self.text.with(|now| now == text).then(|| diagnosis.clone())
        })
    }

    /// Whether the plan is about the text and the namespace as they stand.
    pub(super) fn plan_is_current(self) -> bool {
        self.plan.with(|plan| {
            plan.as_ref().is_some_and(|plan| {
                self.text.with(|text| *text == plan.text)
                    && self.namespace.with(|namespace| *namespace == plan.namespace)
            })
        })
    }

    /// Why the next step cannot be taken.
    pub(super) fn obstacle(self) -> Option<Text> {
        if self.text.with(|text| text.trim().is_empty()) {
            return Some(words::NOTHING_YET.into());
        }
        if self.finished() {
            return self.summary();
        }
        match self.diagnosis() {
            None => Some(words::CHECKING.into()),
            Some(diagnosis) if !diagnosis.complete => Some(words::FIX_PROBLEMS_FIRST.into()),
            Some(diagnosis) if diagnosis.documents.is_empty() => Some(words::NOTHING_YET.into()),
            Some(_) => None,
        }
    }

    /// The findings as marks in the text, the cluster's refusals among them.
    pub(super) fn marks(self, lang: Lang) -> Vec<EditorDiagnostic> {
        let findings = self.diagnosis().map(|diagnosis| diagnosis.findings).unwrap_or_default();
        let mut marks: Vec<EditorDiagnostic> =
            findings.iter().map(|finding| mark_of(finding, lang)).collect();
        if self.plan_is_current() {
            let refused = self.refusals.get();
            marks.extend(refused.iter().map(|(range, text)| EditorDiagnostic {
                from: range.start,
                to: range.end,
                severity: EditorSeverity::Error,
                message: text.render(lang),
                repair: None,
            }));
        }
        marks
    }

    /// Repairs the finding behind a mark.
    pub(super) fn repair_mark(self, index: usize) {
        if let Some(finding) =
            untrack(|| self.diagnosis()).and_then(|diagnosis| diagnosis.findings.get(index).cloned())
        {
            self.repair(&finding);
        }
    }

    /// Applies one repair to the text.
    pub(super) fn repair(self, finding: &Finding) {
        if let Some(repair) = &finding.repair {
            let mended = self.text.with_untracked(|text| apply(text, &repair.edits));
            self.text.set(mended);
        }
    }

    /// Applies every repair.
    pub(super) fn repair_all(self, done: impl Fn(usize) + 'static) {
        let text = self.text.get_untracked();
        self.reading.set(true);
        leptos::task::spawn_local(async move {
            match yaml::repair_all(text.clone()).await {
                // Someone typed meanwhile: what was typed wins.
                Ok(_) if self.text.get_untracked() != text => {}
                Ok((mended, repaired)) => {
                    self.text.set(mended);
                    done(repaired.len());
                }
                Err(error) => self.failed.set(Some(error.0.text())),
            }
            self.reading.set(false);
        });
    }

    /// Asks the cluster what it would say.
    pub(super) fn check(self) {
        let Some(diagnosis) = untrack(|| self.diagnosis()).filter(|diagnosis| diagnosis.complete) else {
            return;
        };
        if self.busy.get_untracked() {
            return;
        }
        let namespace = self.namespace.get_untracked();
        let created = self.created();
        let documents: Vec<_> = diagnosis
            .documents
            .into_iter()
            .filter(|document| {
                !created.iter().any(|target| {
                    target.api_version == document.api_version
                        && target.kind == document.kind
                        && target.name == document.name
                        && target
                            .namespace
                            .as_ref()
                            .is_none_or(|place| place == document.namespace.as_ref().unwrap_or(&namespace))
                })
            })
            .collect();
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
                    self.outcomes
                        .update(|outcomes| outcomes.retain(|(_, outcome)| *outcome == Outcome::Created));
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
                    said.push(issue.text.clone());
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
                let marks =
                    found.into_iter().zip(said).filter_map(|(range, text)| Some((range?, text))).collect();
                self.refusals.set(marks);
            }
        });
    }

    /// Creates what is not created yet, in the plan's order.
    pub(super) fn create(self) {
        let Some(current) = self.plan.get_untracked().filter(|_| untrack(|| self.plan_is_current())) else {
            return;
        };
        if self.busy.get_untracked() {
            return;
        }
        self.busy.set(true);
        let cluster = self.cluster.get_value();
        leptos::task::spawn_local(async move {
            for planned in &current.plan.objects {
                let Some(object) = current.objects.get(planned.index as usize) else { continue };
                if untrack(|| self.outcome(&planned.target)) == Some(Outcome::Created) {
                    continue;
                }
                self.note(&planned.target, Outcome::Working);
                let object = with_namespace(object, planned.target.namespace.as_deref());
                let outcome = match create_object(cluster.clone(), object).await {
                    Ok(_) => Outcome::Created,
                    Err(error) => Outcome::Failed(error.0),
                };
                self.note(&planned.target, outcome);
            }
            self.busy.set(false);
            if untrack(|| self.finished()) {
                interop::storage_remove(&self.key.get_value());
            }
        });
    }

    /// What came of an object.
    pub(super) fn outcome(self, target: &ObjectRef) -> Option<Outcome> {
        self.outcomes
            .with(|outcomes| outcomes.iter().find(|(of, _)| of == target).map(|(_, outcome)| outcome.clone()))
    }

    fn note(self, target: &ObjectRef, outcome: Outcome) {
        self.outcomes.update(|outcomes| match outcomes.iter_mut().find(|(of, _)| of == target) {
            Some((_, old)) => *old = outcome,
            None => outcomes.push((target.clone(), outcome)),
        });
    }

    fn created(self) -> Vec<ObjectRef> {
        self.outcomes.with_untracked(|outcomes| {
            outcomes
                .iter()
                .filter(|(_, outcome)| *outcome == Outcome::Created)
                .map(|(target, _)| target.clone())
                .collect()
        })
    }

    /// Whether everything in the plan exists now.
    pub(super) fn finished(self) -> bool {
        self.plan_is_current()
            && self.plan.with(|plan| {
                plan.as_ref().is_some_and(|plan| {
                    plan.plan
                        .objects
                        .iter()
                        .all(|object| self.outcome(&object.target) == Some(Outcome::Created))
                })
            })
    }

    /// What came of all of it, once tried.
    pub(super) fn summary(self) -> Option<Text> {
        if self.busy.get() || !self.plan_is_current() {
            return None;
        }
        let total = self.plan.with(|plan| plan.as_ref().map_or(0, |plan| plan.plan.objects.len()));
        let (created, tried) = self.outcomes.with(|outcomes| {
            (outcomes.iter().filter(|(_, outcome)| *outcome == Outcome::Created).count(), outcomes.len())
        });
        if tried == 0 {
            return None;
        }
        Some(if self.finished() {
            Text::new(&words::ALL_CREATED, [created.to_string()])
        } else {
            Text::new(&words::SOME_CREATED, [created.to_string(), total.max(tried).to_string()])
        })
    }
}

fn mark_of(finding: &Finding, lang: Lang) -> EditorDiagnostic {
    EditorDiagnostic {
        from: finding.range.start,
        to: finding.range.end,
        severity: match finding.severity {
            Severity::Error => EditorSeverity::Error,
            Severity::Warning => EditorSeverity::Warning,
            Severity::Note => EditorSeverity::Info,
        },
        message: finding.text.render(lang),
        repair: finding.repair.as_ref().map(|repair| repair.label.render(lang)),
    }
}

/// The object with its namespace written out: what the plan said is what is sent.
fn with_namespace(object: &serde_json::Value, namespace: Option<&str>) -> serde_json::Value {
    let mut object = object.clone();
    if let (Some(namespace), Some(metadata)) =
        (namespace, object.get_mut("metadata").and_then(serde_json::Value::as_object_mut))
    {
        metadata.insert("namespace".to_owned(), namespace.into());
    }
    object
}

/// Applies edits whose places are UTF-16 offsets, all counted in the text as it was.
fn apply(text: &str, edits: &[Edit]) -> String {
    let units: Vec<u16> = text.encode_utf16().collect();
    let mut out: Vec<u16> = Vec::with_capacity(units.len());
    let mut at = 0;
    for edit in edits {
        let (start, end) = (edit.start as usize, edit.end as usize);
        if start < at || end < start || end > units.len() {
            return text.to_owned();
        }
        out.extend_from_slice(&units[at..start]);
        out.extend(edit.insert.encode_utf16());
        at = end;
    }
    out.extend_from_slice(&units[at..]);
    String::from_utf16_lossy(&out)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edit(start: u32, end: u32, insert: &str) -> Edit {
        Edit { start, end, insert: insert.to_owned() }
    }

    #[test]
    fn edits_count_as_browsers_count() {
        for (text, edits, expected) in [
            ("-name: a", vec![edit(1, 1, " ")], "- name: a"),
            ("𝔸-b", vec![edit(3, 3, " ")], "𝔸- b"),
            ("abc", vec![edit(0, 1, ""), edit(2, 3, "X")], "bX"),
            ("abc", vec![edit(2, 9, "X")], "abc"),
            ("abc", vec![edit(2, 2, "X"), edit(0, 0, "Y")], "abc"),
        ] {
            assert_eq!(apply(text, &edits), expected);
        }
    }

    #[test]
    fn the_planned_namespace_is_what_is_sent() {
        let object = serde_json::json!({"metadata": {"name": "a"}});
        assert_eq!(with_namespace(&object, Some("team"))["metadata"]["namespace"], "team");
        assert_eq!(with_namespace(&object, None), object);
    }
}
