//! The state of the page: one text, what is known about it, and what came of it.

use std::time::Duration;

use binnacle_model::{
    AppError, Lang, Severity, Text,
    diagnosis::{Diagnosis, Document, Edit, Finding, TextRange},
    object::ObjectRef,
    plan::{Plan, PlanRequest, PlannedObject},
    words::{common, yaml as words},
};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use crate::{
    api::{workloads::create_object, yaml},
    i18n::use_lang,
    interop::{
        self,
        editor::{EditorDiagnostic, EditorSeverity},
    },
    request::use_request,
    ui::toast::{Toasts, use_toasts},
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
    /// Why the doctor could not be asked about the text.
    pub(super) unread: RwSignal<Option<Text>>,
    /// Counts the times the doctor is to be asked anew about the same text.
    asked: RwSignal<u32>,
    pub(super) plan: RwSignal<Option<CurrentPlan>>,
    /// Where refused fields stand in the plan's text.
    refusals: RwSignal<Vec<(TextRange, Text)>>,
    /// What came of the plan's objects, each by its [`PlannedObject::index`]: a text may name the
    /// same object twice, and each of the two has its own fate.
    outcomes: RwSignal<Vec<(u32, Outcome)>>,
    /// What earlier plans created, each with the number its document had then.
    earlier: RwSignal<Vec<(u32, ObjectRef)>>,
    pub(super) busy: RwSignal<bool>,
    pub(super) failed: RwSignal<Option<Text>>,
    /// When the text that came back was kept, milliseconds since the epoch.
    pub(super) restored: RwSignal<Option<i64>>,
    pub(super) reveal: RwSignal<Option<u32>>,
    toasts: Toasts,
    lang: RwSignal<Lang>,
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
            unread: RwSignal::new(None),
            asked: RwSignal::new(0),
            plan: RwSignal::new(None),
            refusals: RwSignal::new(Vec::new()),
            outcomes: RwSignal::new(Vec::new()),
            earlier: RwSignal::new(Vec::new()),
            busy: RwSignal::new(false),
            failed: RwSignal::new(None),
            restored: RwSignal::new(None),
            reveal: RwSignal::new(None),
            toasts: use_toasts(),
            lang: use_lang(),
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
        let restored = self.restored.get_untracked();
        self.restored.set(None);
        let text = self.text;
        let before = text.get_untracked();
        text.set(String::new());
        self.offer_back(words::CLEARED.into(), move || {
            if text.try_set(before.clone()).is_none() {
                self.restored.set(restored);
            }
        });
    }

    /// Puts another text in the place of the one that stands here, which a press of a button brings
    /// back: it may be an hour's work.
    pub(super) fn replace(self, text: String, said: Text) {
        let before = self.text.get_untracked();
        let is_lost = !before.trim().is_empty() && before != text;
        self.text.set(text);
        if is_lost {
            self.offer_back(said, move || {
                // Nothing is to be done once the page is gone.
                self.text.try_set(before.clone());
            });
        }
    }

    fn offer_back(self, said: Text, undo: impl Fn() + Send + Sync + 'static) {
        let lang = self.lang.get_untracked();
        self.toasts.undo(said.render(lang), common::UNDO.text(lang), undo);
    }

    /// Asks the doctor once more about the text it could not be asked about.
    pub(super) fn ask_again(self) {
        self.asked.update(|asked| *asked = asked.wrapping_add(1));
    }

    /// Asks the doctor 250 ms after the last key.
    fn read_while_typing(self) {
        let turn = StoredValue::new(0_u32);
        Effect::new(move |_| {
            self.asked.track();
            let text = self.text.get();
            let mine = turn.try_update_value(|turn| {
                *turn += 1;
                *turn
            });
            self.failed.set(None);
            self.unread.set(None);
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
                            Err(error) => self.unread.set(Some(error.0.text())),
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
            None => Some(match self.unread.get() {
                Some(reason) => Text::new(&words::NOT_READ, [reason]),
                None => words::CHECKING.into(),
            }),
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
                // Someone typed meanwhile, or left: what was typed wins.
                Ok(_) if self.text.try_get_untracked().as_ref() != Some(&text) => {}
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
                self.tell_elsewhere(earlier + current.plan.objects.len(), &missing);
            }
        });
    }

    /// Tells what came of it on whichever page is open now.
    fn tell_elsewhere(self, total: usize, missing: &[&PlannedObject]) {
        let lang = self.lang.try_get_untracked().unwrap_or_default();
        let text = told_elsewhere(total, missing).render(lang);
        if missing.is_empty() {
            self.toasts.success(text);
        } else {
            self.toasts.error(text);
        }
    }

    /// What came of an object of the plan.
    pub(super) fn outcome(self, index: u32) -> Option<Outcome> {
        self.outcomes
            .with(|outcomes| outcomes.iter().find(|(of, _)| *of == index).map(|(_, outcome)| outcome.clone()))
    }

    /// Notes what came of an object; nothing once the page is gone.
    fn note(self, index: u32, outcome: Outcome) {
        self.outcomes.update(|outcomes| match outcomes.iter_mut().find(|(of, _)| *of == index) {
            Some((_, old)) => *old = outcome,
            None => outcomes.push((index, outcome)),
        });
    }

    /// All that was created from here, by this plan and those before it.
    fn created(self) -> Vec<(u32, ObjectRef)> {
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
    pub(super) fn finished(self) -> bool {
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

    /// What came of all of it, once tried.
    pub(super) fn summary(self) -> Option<Text> {
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
fn told(created: usize, total: usize) -> Text {
    match (created, total) {
        (0, 1) => words::ONE_NOT_CREATED.into(),
        (1, 1) => words::ALL_CREATED_ONE.into(),
        (created, total) if created == total => Text::new(&words::ALL_CREATED_MANY, [total.to_string()]),
        (created, total) => Text::new(&words::SOME_CREATED, [created.to_string(), total.to_string()]),
    }
}

/// What came of all of it, where the text is not in view any more: what is missing is named.
fn told_elsewhere(total: usize, missing: &[&PlannedObject]) -> Text {
    if missing.is_empty() {
        return told(total, total);
    }
    let names: Vec<String> =
        missing.iter().map(|planned| format!("{} {}", planned.target.kind, planned.target.name)).collect();
    Text::new(
        &words::SOME_CREATED_ELSEWHERE,
        [total.saturating_sub(missing.len()).to_string(), total.to_string(), names.join(", ")],
    )
}

/// Forgets the text kept in the browser, unless it is another by now: whoever left the page may be
/// back and writing.
fn forget_saved(key: &str, text: &str) {
    let saved = interop::storage_get(key).and_then(|saved| serde_json::from_str::<Saved>(&saved).ok());
    if saved.is_some_and(|saved| saved.text == text) {
        interop::storage_remove(key);
    }
}

/// The documents whose objects were not created yet. Each created object stands for one document, at
/// best for the one that had its number: a text may name the same object twice.
fn to_create(documents: Vec<Document>, created: &[(u32, ObjectRef)], namespace: &str) -> Vec<Document> {
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
    use crate::ui::toast::provide_toasts;

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

    fn object(namespace: Option<&str>, name: &str) -> ObjectRef {
        ObjectRef {
            cluster: "prod".to_owned(),
            api_version: "v1".to_owned(),
            kind: "ConfigMap".to_owned(),
            namespace: namespace.map(str::to_owned),
            name: name.to_owned(),
        }
    }

    fn document(index: u32, name: &str) -> Document {
        Document {
            index,
            range: TextRange::default(),
            api_version: "v1".to_owned(),
            kind: "ConfigMap".to_owned(),
            name: name.to_owned(),
            namespace: None,
            object: serde_json::json!({}),
        }
    }

    fn planned(index: u32, name: &str) -> PlannedObject {
        PlannedObject {
            index,
            target: object(Some("team"), name),
            namespace_defaulted: true,
            refused: None,
            warnings: Vec::new(),
            notes: Vec::new(),
            waits_for: None,
        }
    }

    /// A page whose text was checked: its documents, and the plan of them.
    fn in_page(names: &[&str], test: impl FnOnce(YamlState)) {
        let owner = Owner::new();
        owner.with(|| {
            provide_toasts();
            let state = YamlState::new("prod".to_owned(), "team".to_owned());
            let numbers = 0..u32::try_from(names.len()).unwrap();
            state.text.set("checked".to_owned());
            state.plan.set(Some(CurrentPlan {
                text: "checked".to_owned(),
                namespace: "team".to_owned(),
                documents: numbers.clone().collect(),
                objects: names.iter().map(|_| serde_json::json!({})).collect(),
                plan: Plan {
                    objects: numbers.zip(names).map(|(index, name)| planned(index, name)).collect(),
                },
            }));
            untrack(|| test(state));
        });
    }

    #[test]
    fn the_same_object_twice_has_two_fates() {
        in_page(&["a", "a"], |state| {
            state.note(0, Outcome::Created);
            assert_eq!(state.outcome(1), None);
            assert!(!state.finished());
            state.note(1, Outcome::Failed(AppError::Unauthenticated));
            assert_eq!(state.summary(), Some(told(1, 2)));
            assert_eq!(state.created(), [(0, object(Some("team"), "a"))]);
        });
    }

    #[test]
    fn a_created_object_stands_for_one_document() {
        let left = |documents: &[(u32, &str)], created: &[(u32, &str)]| {
            let documents = documents.iter().map(|(index, name)| document(*index, name)).collect();
            let created: Vec<_> =
                created.iter().map(|(number, name)| (*number, object(Some("team"), name))).collect();
            to_create(documents, &created, "team").iter().map(|one| one.index).collect::<Vec<_>>()
        };
        let twice = [(0, "a"), (1, "a"), (2, "b")];
        assert_eq!(left(&twice, &[]), [0, 1, 2]);
        assert_eq!(left(&twice, &[(0, "a")]), [1, 2]);
        assert_eq!(left(&twice, &[(1, "a")]), [0, 2], "the one that had its number");
        assert_eq!(left(&twice, &[(2, "a"), (2, "b")]), [1], "numbers shift as the text changes");
        assert_eq!(to_create(vec![document(0, "a")], &[(0, object(Some("team"), "a"))], "other").len(), 1);
    }

    #[test]
    fn what_was_created_earlier_counts_in_the_whole() {
        in_page(&["b", "c"], |state| {
            state.earlier.set(vec![(0, object(Some("team"), "a"))]);
            state.note(0, Outcome::Created);
            assert_eq!(state.summary(), Some(told(2, 3)));
            state.note(1, Outcome::Created);
            assert_eq!(state.summary().unwrap().render(Lang::En), "All 3 objects were created");
        });
    }

    #[test]
    fn one_is_told_as_one() {
        for (text, expected) in [
            (told(1, 1), "The object was created"),
            (told(2, 2), "All 2 objects were created"),
            (
                told_elsewhere(2, &[&planned(0, "a")]),
                "1 of 2 created. Not created: ConfigMap a. Your text is kept in Create from YAML.",
            ),
            (told_elsewhere(2, &[]), "All 2 objects were created"),
        ] {
            assert_eq!(text.render(Lang::En), expected);
        }
    }

    #[test]
    fn what_another_text_replaced_comes_back() {
        let owner = Owner::new();
        owner.with(|| {
            provide_toasts();
            let state = YamlState::new("prod".to_owned(), "team".to_owned());
            state.replace("opened".to_owned(), words::CLEARED.into());
            assert_eq!(state.toasts.undo_last(), None, "nothing was lost");
            state.replace("dropped".to_owned(), words::CLEARED.into());
            assert_eq!(state.toasts.undo_last(), Some(()));
            assert_eq!(state.text.get_untracked(), "opened");
            state.restored.set(Some(7));
            state.discard();
            assert_eq!(state.text.get_untracked(), "");
            state.toasts.undo_last();
            assert_eq!(state.text.get_untracked(), "opened");
            assert_eq!(state.restored.get_untracked(), Some(7));
        });
    }

    #[test]
    fn a_text_that_could_not_be_read_says_why() {
        in_page(&["a"], |state| {
            state.text.set("changed".to_owned());
            assert_eq!(state.obstacle(), Some(words::CHECKING.into()));
            state.text.set("a: 1".to_owned());
            let reason = AppError::Unauthenticated.text();
            state.unread.set(Some(reason.clone()));
            assert_eq!(state.obstacle(), Some(Text::new(&words::NOT_READ, [reason])));
        });
    }

    #[test]
    fn what_came_of_it_is_told_when_the_page_is_gone() {
        let root = Owner::new();
        root.with(|| {
            provide_toasts();
            let toasts = use_toasts();
            let page = root.child();
            let state = page.with(|| YamlState::new("prod".to_owned(), "team".to_owned()));
            page.cleanup();
            state.note(0, Outcome::Working);
            assert!(state.busy.try_set(false).is_some());
            state.tell_elsewhere(1, &[]);
            assert_eq!(toasts.texts(), ["The object was created"]);
        });
    }

    #[test]
    fn the_planned_namespace_is_what_is_sent() {
        let object = serde_json::json!({"metadata": {"name": "a"}});
        assert_eq!(with_namespace(&object, Some("team"))["metadata"]["namespace"], "team");
        assert_eq!(with_namespace(&object, None), object);
    }
}
