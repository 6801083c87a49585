//! Reviewing and saving.

use binnacle_model::{
    AppError, Text,
    edit::{EditAnswer, EditOutcome, EditReview, Gone},
    words::{edit as words, form},
};
use leptos::prelude::*;

use super::{Doing, EditState, Reviewed};
use crate::{
    api::{edit, yaml},
    interop,
};

/// Id of the heading of the review, which takes the focus when there is one.
pub(in crate::pages::edit_yaml) const REVIEW_TITLE: &str = "review-title";

/// Places named in a toast; the page that names all of them is gone by then.
const NAMED: usize = 3;

impl EditState {
    /// Begins to ask, unless something is being asked.
    fn begin(self, doing: Doing) -> bool {
        if self.doing.get_untracked().is_some() {
            return false;
        }
        self.doing.set(Some(doing));
        self.failed.set(None);
        self.unwritten.set(None);
        self.issues.set(Vec::new());
        true
    }

    /// Asks what saving would do.
    pub(in crate::pages::edit_yaml) fn review(self) {
        if untrack(|| self.obstacle()).is_some() || !self.begin(Doing::Review) {
            return;
        }
        let request = self.request();
        leptos::task::spawn_local(async move {
            let asked = request.text.clone();
            let answer = edit::review_edit(request).await;
            // The page may have gone on meanwhile.
            if self.doing.try_set(None).is_some() {
                return;
            }
            match answer {
                Ok(EditAnswer::Review(review)) => self.take(&asked, *review),
                Ok(EditAnswer::Gone(gone)) => self.lose(gone),
                Err(error) => self.fail(asked, error.0),
            }
        });
    }

    /// Saves what was reviewed; `leave` runs once it is saved.
    pub(in crate::pages::edit_yaml) fn save(self, leave: Callback<()>) {
        if untrack(|| self.save_obstacle()).is_some() || !self.begin(Doing::Save) {
            return;
        }
        let request = self.request();
        let (key, title, toasts) = (self.key(), self.title(), self.toasts);
        let lang = self.lang.get_untracked();
        leptos::task::spawn_local(async move {
            // Whoever leaves the page has not taken Save back: what comes of it is told wherever he is.
            let asked = request.text.clone();
            let answer = edit::save_edit(request).await;
            let is_here = self.doing.try_set(None).is_none();
            match answer {
                Ok(EditOutcome::Saved { merged, warnings, .. }) => {
                    Self::forget(&key, &asked);
                    let mut all = self.merged.try_get_untracked().unwrap_or_default();
                    all.extend(merged);
                    let places: Vec<&str> = all.iter().map(|one| one.place.as_str()).collect();
                    toasts.success(saved_text(&title, &places).render(lang));
                    for warning in warnings {
                        toasts.info(form::CLUSTER_SAYS.fill(lang, &[&warning]));
                    }
                    if is_here {
                        self.clean.set(asked);
                        interop::guard_leaving(false);
                        leave.run(());
                    }
                }
                Ok(EditOutcome::Review(review)) if is_here => {
                    self.unwritten.set(Some(unwritten(&review)));
                    self.take(&asked, *review);
                }
                Ok(EditOutcome::Gone(gone)) if is_here => self.lose(gone),
                Err(error) if is_here => {
                    self.is_unknown.set(matches!(
                        error.0,
                        AppError::Timeout { .. } | AppError::Transport { .. } | AppError::Internal { .. }
                    ));
                    // What is true of the live object has to be looked at anew.
                    self.reviewed.set(None);
                    self.fail(asked, error.0);
                }
                Ok(EditOutcome::Review(review)) => {
                    toasts.error(format!("{title}: {}", unwritten(&review).render(lang)));
                }
                Ok(EditOutcome::Gone(gone)) => toasts.error(gone_text(&gone, title).render(lang)),
                Err(error) => toasts.error(format!("{title}: {}", error.0.text().render(lang))),
            }
        });
    }

    /// Takes in a review of the text that was sent. What others changed is put into the text; while
    /// conflicts are open the base stays, or what is mine would pass for a change of theirs.
    pub(super) fn take(self, asked: &str, review: EditReview) {
        self.gone.set(None);
        self.is_unknown.set(false);
        // Someone typed meanwhile: what was typed wins.
        if self.text.with_untracked(|text| text != asked) {
            return;
        }
        let is_open = !review.conflicts.is_empty();
        let base = if is_open { self.base.get_untracked() } else { review.base.clone() };
        self.choices.update(|choices| {
            choices.retain(|choice| review.conflicts.contains(&choice.conflict));
        });
        self.merged.update(|merged| {
            merged.retain(|one| !review.merged.iter().any(|newer| newer.place == one.place));
            merged.extend(review.merged.iter().cloned());
        });
        self.seen.set(review.base.clone());
        self.is_behind.set(false);
        if !is_open && review.changes.is_empty() {
            self.clean.set(review.text.clone());
        }
        self.put(review.text.clone(), base);
        if let Some(AppError::Invalid { issues }) = &review.refused {
            self.issues.set(issues.clone());
            self.find_places(review.text.clone(), false);
        }
        self.reviewed.set(Some(Reviewed { text: review.text.clone(), review }));
        interop::focus_soon(REVIEW_TITLE);
    }

    /// The object is gone; nothing was written.
    fn lose(self, gone: Gone) {
        self.reviewed.set(None);
        self.gone.set(Some(gone));
    }

    /// There was no answer, or a refusal.
    pub(super) fn fail(self, asked: String, error: AppError) {
        if let AppError::Invalid { issues } = &error {
            self.reviewed.set(None);
            self.issues.set(issues.clone());
            self.find_places(asked, true);
        }
        self.failed.set(Some(error));
    }

    /// Finds the refused fields in the text, so that each is marked at its place; the first may be brought into
    /// view.
    fn find_places(self, text: String, reveals: bool) {
        let (places, said): (Vec<_>, Vec<_>) = self.issues.with_untracked(|issues| {
            issues.iter().map(|issue| ((0, issue.path.clone()), issue.text.clone())).unzip()
        });
        leptos::task::spawn_local(async move {
            // Without places the refusals are still listed.
            if let Ok(found) = yaml::locate(text.clone(), places).await {
                let marks: Vec<_> =
                    found.into_iter().zip(said).filter_map(|(range, said)| Some((range?, said))).collect();
                if let Some((range, _)) = marks.first().filter(|_| reveals) {
                    self.doctor.reveal.try_set(Some(range.start));
                }
                self.refusals.try_set(Some((text, marks)));
            }
        });
    }
}

/// Why saving wrote nothing, when there is a review instead.
pub(super) fn unwritten(review: &EditReview) -> Text {
    if !review.conflicts.is_empty() {
        words::NOT_WRITTEN_CONFLICT.into()
    } else if review.refused.is_some() {
        words::NOT_WRITTEN_REFUSED.into()
    } else {
        words::NOT_WRITTEN_CHANGED.into()
    }
}

/// That it was saved, and what was merged.
pub(super) fn saved_text(title: &str, places: &[&str]) -> Text {
    let named = places.iter().take(NAMED).copied().collect::<Vec<_>>().join(", ");
    match places.len() {
        0 => Text::new(&words::SAVED, [title]),
        count if count <= NAMED => Text::new(&words::SAVED_MERGED, [title, &named]),
        count => {
            let more = Text::new(&words::AND_MORE, [named, (count - NAMED).to_string()]);
            Text::new(&words::SAVED_MERGED, [binnacle_model::words::Arg::from(title), more.into()])
        }
    }
}

/// What became of an object.
pub(in crate::pages::edit_yaml) fn gone_text(gone: &Gone, title: String) -> Text {
    let word = match gone {
        Gone::Deleted => words::GONE_DELETED,
        Gone::Recreated { .. } => words::GONE_RECREATED,
        Gone::Terminating => words::GONE_TERMINATING,
    };
    Text::new(&word, [title])
}
