//! Fields that cannot be changed on a live object: marked in the text, and said as soon as one is changed.

use binnacle_model::{FieldPath, Lang, Segment, Text, words::edit as words};
use leptos::prelude::*;
use serde_json::Value;

use super::EditState;
use crate::{api::yaml, interop::editor::EditorLock};

impl EditState {
    /// Finds the fixed fields in the text whenever it was replaced; in between the marks move with it.
    pub(in crate::pages::edit_yaml) fn follow_locks(self) {
        Effect::new(move |_| {
            self.placed.track();
            // Marks in another language are new marks.
            self.lang.track();
            let text = self.text.get_untracked();
            let places: Vec<(u32, FieldPath)> = self
                .opened
                .with_value(|object| object.immutable.iter().map(|path| (0, path.clone())).collect());
            if places.is_empty() {
                return;
            }
            leptos::task::spawn_local(async move {
                let Ok(found) = yaml::locate(text.clone(), places).await else { return };
                // Someone typed meanwhile: the marks would stand beside their fields.
                if self.text.try_get_untracked().is_some_and(|now| now == text) {
                    let mut starts: Vec<u32> = found.into_iter().flatten().map(|range| range.start).collect();
                    starts.sort_unstable();
                    starts.dedup();
                    self.locks.set(starts);
                }
            });
        });
    }

    /// Finds the fixed fields that were changed in the text, as soon as the doctor has read it.
    pub(in crate::pages::edit_yaml) fn follow_changed(self) {
        Effect::new(move |_| {
            let changed = self.changed_fixed();
            if changed.is_empty() {
                return;
            }
            let text = self.text.get_untracked();
            let kind = self.opened.with_value(|object| object.target.kind.clone());
            let said =
                changed.iter().map(|path| Text::new(&words::FIXED_CHANGED, [&path.to_string(), &kind]));
            let said: Vec<Text> = said.collect();
            let places = changed.into_iter().map(|path| (0, path)).collect();
            leptos::task::spawn_local(async move {
                // Without places they are still listed beside the editor.
                if let Ok(found) = yaml::locate(text.clone(), places).await {
                    let marks = found.into_iter().zip(said).filter_map(|(range, said)| Some((range?, said)));
                    self.misplaced.try_set(Some((text, marks.collect())));
                }
            });
        });
    }

    /// The fixed fields as marks in the text.
    pub(in crate::pages::edit_yaml) fn lock_marks(self, lang: Lang) -> Vec<EditorLock> {
        let kind = self.opened.with_value(|object| object.target.kind.clone());
        let title = words::FIXED_MARK.fill(lang, &[&kind]);
        let mark = |start: &u32| EditorLock { from: *start, title: title.clone() };
        self.locks.with(|locks| locks.iter().map(mark).collect())
    }

    /// Brings a fixed field into view.
    pub(in crate::pages::edit_yaml) fn reveal_fixed(self, at: usize) {
        let Some(path) = self.opened.with_value(|object| object.immutable.get(at).cloned()) else { return };
        let text = self.text.get_untracked();
        leptos::task::spawn_local(async move {
            if let Ok(found) = yaml::locate(text, vec![(0, path)]).await
                && let Some(range) = found.into_iter().flatten().next()
            {
                self.doctor.reveal.try_set(Some(range.start));
            }
        });
    }

    /// The fixed fields that the text says otherwise.
    pub(in crate::pages::edit_yaml) fn changed_fixed(self) -> Vec<FieldPath> {
        let Some(diagnosis) = self.doctor.diagnosis() else { return Vec::new() };
        let [document] = &diagnosis.documents[..] else { return Vec::new() };
        let stripped: Vec<&FieldPath> = diagnosis.stripped.iter().map(|one| &one.path).collect();
        self.opened.with_value(|object| {
            let base = without(&object.base, &stripped);
            let is_changed = |path: &&FieldPath| differs(path, &base, &document.object);
            object.immutable.iter().filter(is_changed).cloned().collect()
        })
    }
}

/// An object as the doctor hands it on: without the fields that the server owns, wherever they stand.
pub(super) fn without(object: &Value, fields: &[&FieldPath]) -> Value {
    let mut object = object.clone();
    for field in fields {
        let Some((last, place)) = field.0.split_last() else { continue };
        let parent = place.iter().try_fold(&mut object, |value, segment| match segment {
            Segment::Key(key) => value.get_mut(key),
            Segment::Index(index) => value.get_mut(index),
        });
        if let (Some(Value::Object(parent)), Segment::Key(key)) = (parent, last) {
            parent.shift_remove(key);
        }
    }
    object
}

/// Whether a field was changed. A text may leave out who the object is.
pub(super) fn differs(path: &FieldPath, base: &Value, object: &Value) -> bool {
    let is_identity = |path: &FieldPath| path.starts_with(&FieldPath::from("metadata"));
    match path.get(object) {
        None => path.get(base).is_some() && !is_identity(path),
        now => now != path.get(base),
    }
}
