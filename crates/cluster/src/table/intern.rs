//! Strings that many rows share, kept once and counted.

use std::{collections::HashMap, sync::Arc};

/// A set of strings with small numbers for names.
#[derive(Default)]
pub(super) struct Interner {
    ids: HashMap<Arc<str>, u32>,
    /// Text and number of users; unused places keep their empty text.
    slots: Vec<(Arc<str>, u32)>,
    free: Vec<u32>,
}

impl Interner {
    /// The number of a text, with one more user.
    pub(super) fn take(&mut self, text: &str) -> u32 {
        if let Some(&id) = self.ids.get(text) {
            self.slots[id as usize].1 += 1;
            return id;
        }
        let text: Arc<str> = text.into();
        let id = match self.free.pop() {
            Some(id) => {
                self.slots[id as usize] = (Arc::clone(&text), 1);
                id
            }
            None => {
                self.slots.push((Arc::clone(&text), 1));
                (self.slots.len() - 1) as u32
            }
        };
        self.ids.insert(text, id);
        id
    }

    /// One user less; the last one frees the number.
    pub(super) fn give_back(&mut self, id: u32) {
        let Some((text, users)) = self.slots.get_mut(id as usize) else { return };
        *users = users.saturating_sub(1);
        if *users == 0 {
            let text = std::mem::take(text);
            self.ids.remove(&text);
            self.free.push(id);
        }
    }

    /// The text of a number.
    pub(super) fn get(&self, id: u32) -> &str {
        self.slots.get(id as usize).map_or("", |(text, _)| text)
    }

    /// For every number, whether its text passes; unused numbers do not.
    pub(super) fn passing(&self, pass: impl Fn(&str) -> bool) -> Vec<bool> {
        self.slots.iter().map(|(text, users)| *users > 0 && pass(text)).collect()
    }

    /// The texts in use.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.ids.keys().map(|text| &**text)
    }
}
