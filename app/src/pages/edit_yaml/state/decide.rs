//! What is to be decided, and what stands in the way of the next step.

use binnacle_model::{
    AppError, Text,
    edit::{Choice, Conflict, EditReview, Side},
    words::{edit as words, yaml},
};
use leptos::prelude::*;

use super::{EditState, acts::gone_text};

impl EditState {
    /// Whether the review is about the text as it stands.
    pub(in crate::pages::edit_yaml) fn is_reviewed(self) -> bool {
        self.reviewed.with(|reviewed| {
            reviewed.as_ref().is_some_and(|reviewed| self.text.with(|text| *text == reviewed.text))
        })
    }

    /// The side that was chosen for a conflict.
    pub(in crate::pages::edit_yaml) fn chosen(self, conflict: &Conflict) -> Option<Side> {
        self.choices.with(|choices| choices.iter().find(|one| one.conflict == *conflict).map(|one| one.side))
    }

    /// Chooses a side of a conflict.
    pub(in crate::pages::edit_yaml) fn choose(self, conflict: &Conflict, side: Side) {
        self.choices.update(|choices| {
            choices.retain(|one| one.conflict.place != conflict.place);
            choices.push(Choice { conflict: conflict.clone(), side });
        });
    }

    /// Chooses one side everywhere.
    pub(in crate::pages::edit_yaml) fn choose_all(self, side: Side) {
        for conflict in self.conflicts() {
            self.choose(&conflict, side);
        }
    }

    /// The conflicts of the review.
    pub(in crate::pages::edit_yaml) fn conflicts(self) -> Vec<Conflict> {
        self.reviewed
            .with(|reviewed| reviewed.as_ref().map(|one| one.review.conflicts.clone()).unwrap_or_default())
    }

    /// How many conflicts are left to decide.
    pub(in crate::pages::edit_yaml) fn undecided(self) -> usize {
        self.conflicts().iter().filter(|conflict| self.chosen(conflict).is_none()).count()
    }

    /// How many conflicts are left to decide, in words; `None` when none is.
    pub(in crate::pages::edit_yaml) fn undecided_text(self) -> Option<Text> {
        match self.undecided() {
            0 => None,
            1 => Some(words::LEFT_ONE.into()),
            many => Some(Text::new(&words::LEFT_MANY, [many.to_string()])),
        }
    }

    /// What is left to decide, else how much the review changes. Of decided conflicts it says no number: the review
    /// counts the text's side, whichever was chosen.
    pub(in crate::pages::edit_yaml) fn summary(self) -> Option<Text> {
        if !self.is_reviewed() || self.gone.with(Option::is_some) {
            return None;
        }
        if let Some(left) = self.undecided_text() {
            return Some(left);
        }
        self.reviewed.with(|reviewed| {
            let review = &reviewed.as_ref()?.review;
            Some(if review.conflicts.is_empty() { count_text(review) } else { words::ALL_DECIDED.into() })
        })
    }

    /// Why nothing can be reviewed.
    pub(in crate::pages::edit_yaml) fn obstacle(self) -> Option<Text> {
        if let Some(refused) = self.opened.with_value(|object| object.refused.as_ref().map(AppError::text)) {
            return Some(refused);
        }
        if self.text.with(|text| text.trim().is_empty()) {
            return Some(yaml::NOTHING_YET.into());
        }
        (!self.is_dirty() && !self.is_behind.get() && !self.is_unknown.get()).then(|| words::UNCHANGED.into())
    }

    /// Why it cannot be saved, once it was reviewed.
    pub(in crate::pages::edit_yaml) fn save_obstacle(self) -> Option<Text> {
        if !self.is_reviewed() {
            return Some(words::REVIEW_OUTDATED.into());
        }
        // A review asks anew what is there.
        if let Some(gone) = self.gone.get() {
            return Some(gone_text(&gone, self.title()));
        }
        if let Some(left) = self.undecided_text() {
            return Some(left);
        }
        self.reviewed.with(|reviewed| {
            let review = &reviewed.as_ref()?.review;
            // A dry run tried the text's side alone.
            if !review.conflicts.is_empty() {
                None
            } else if review.refused.is_some() {
                Some(words::WOULD_REFUSE.into())
            } else if review.changes.is_empty() {
                Some(words::NO_CHANGES.into())
            } else {
                None
            }
        })
    }
}

/// One sentence of how much a review changes.
pub(in crate::pages::edit_yaml) fn count_text(review: &EditReview) -> Text {
    match review.changes.len() {
        0 if review.conflicts.is_empty() => words::NO_CHANGES.into(),
        1 => words::CHANGE_ONE.into(),
        many => Text::new(&words::CHANGE_MANY, [many.to_string()]),
    }
}
