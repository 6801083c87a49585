//! The paste doctor's word on a text: asked while typing, shown as marks, taken as repairs.

use std::time::Duration;

use binnacle_model::{
    Lang, Severity, Text,
    diagnosis::{Diagnosis, Edit, Finding, TextRange},
};
use leptos::prelude::*;

use crate::{
    api::yaml,
    interop::editor::{EditorDiagnostic, EditorSeverity},
};

/// A text and what the doctor says of it; a handle.
#[derive(Clone, Copy)]
pub struct Doctor {
    /// The cluster that the text is for: its kinds are what fields are compared with.
    cluster: StoredValue<String>,
    /// The text.
    pub text: RwSignal<String>,
    /// Whether the doctor reads it now.
    pub reading: RwSignal<bool>,
    /// Why the doctor could not be asked about it.
    pub unread: RwSignal<Option<Text>>,
    /// Why something else could not be done with it; forgotten at the next key.
    pub failed: RwSignal<Option<Text>>,
    /// Set to an offset to bring it into view.
    pub reveal: RwSignal<Option<u32>>,
    /// What the doctor said, with the text it read.
    pub(crate) diagnosis: RwSignal<Option<(String, Diagnosis)>>,
    /// Counts the times the doctor is to be asked anew about the same text.
    asked: RwSignal<u32>,
}

impl Doctor {
    /// A doctor of an empty text for a cluster. It reads once [`Doctor::read_while_typing`] was called.
    pub fn new(cluster: String) -> Self {
        Doctor {
            cluster: StoredValue::new(cluster),
            text: RwSignal::new(String::new()),
            reading: RwSignal::new(false),
            unread: RwSignal::new(None),
            failed: RwSignal::new(None),
            reveal: RwSignal::new(None),
            diagnosis: RwSignal::new(None),
            asked: RwSignal::new(0),
        }
    }

    /// Asks the doctor once more about the text it could not be asked about.
    pub fn ask_again(self) {
        self.asked.update(|asked| *asked = asked.wrapping_add(1));
    }

    /// Asks the doctor 250 ms after the last key.
    pub fn read_while_typing(self) {
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
                    let Some(cluster) = self.cluster.try_get_value() else { return };
                    leptos::task::spawn_local(async move {
                        let answer = yaml::diagnose(cluster, text.clone()).await;
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
    pub fn diagnosis(self) -> Option<Diagnosis> {
        self.diagnosis.with(|diagnosis| {
            let (text, diagnosis) = diagnosis.as_ref()?;
            self.text.with(|now| now == text).then(|| diagnosis.clone())
        })
    }

    /// The findings as marks in the text.
    pub fn marks(self, lang: Lang) -> Vec<EditorDiagnostic> {
        let findings = self.diagnosis().map(|diagnosis| diagnosis.findings).unwrap_or_default();
        findings.iter().map(|finding| mark_of(finding, lang)).collect()
    }

    /// Repairs the finding behind a mark.
    pub fn repair_mark(self, index: usize) {
        if let Some(finding) =
            untrack(|| self.diagnosis()).and_then(|diagnosis| diagnosis.findings.get(index).cloned())
        {
            self.repair(&finding);
        }
    }

    /// Applies one repair to the text.
    pub fn repair(self, finding: &Finding) {
        if let Some(repair) = &finding.repair {
            let mended = self.text.with_untracked(|text| apply(text, &repair.edits));
            self.text.set(mended);
        }
    }

    /// Applies every repair.
    pub fn repair_all(self, done: impl Fn(usize) + 'static) {
        let text = self.text.get_untracked();
        let cluster = self.cluster.get_value();
        self.reading.set(true);
        leptos::task::spawn_local(async move {
            match yaml::repair_all(cluster, text.clone()).await {
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
}

/// Marks of what the cluster refuses, each at its place.
pub fn refusal_marks<'a>(
    refusals: impl IntoIterator<Item = (&'a TextRange, &'a Text)>,
    lang: Lang,
) -> Vec<EditorDiagnostic> {
    let mark = |(range, text): (&TextRange, &Text)| EditorDiagnostic {
        from: range.start,
        to: range.end,
        severity: EditorSeverity::Error,
        message: text.render(lang),
        repair: None,
    };
    refusals.into_iter().map(mark).collect()
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
}
