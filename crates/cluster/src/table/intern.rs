//! Values that many rows share, kept once and counted.

use std::{collections::HashMap, hash::Hash, sync::Arc};

/// A set of values with small numbers for names.
pub(super) struct Interner<T: ?Sized> {
    ids: HashMap<Arc<T>, u32>,
    /// Value and number of users.
    slots: Vec<Option<(Arc<T>, u32)>>,
    free: Vec<u32>,
}

impl<T: ?Sized> Default for Interner<T> {
    fn default() -> Self {
        Interner { ids: HashMap::new(), slots: Vec::new(), free: Vec::new() }
    }
}

impl<T: Eq + Hash + ToOwned + ?Sized> Interner<T>
where
    Arc<T>: From<T::Owned>,
{
    /// The number of a value, with one more user.
    pub(super) fn take(&mut self, value: &T) -> u32 {
        if let Some(&id) = self.ids.get(value) {
            if let Some((_, users)) = self.slots.get_mut(id as usize).and_then(Option::as_mut) {
                *users += 1;
            }
            return id;
        }
        let value: Arc<T> = Arc::from(value.to_owned());
        let slot = Some((Arc::clone(&value), 1));
        let id = match self.free.pop() {
            Some(id) => {
                self.slots[id as usize] = slot;
                id
            }
            None => {
                self.slots.push(slot);
                (self.slots.len() - 1) as u32
            }
        };
        self.ids.insert(value, id);
        id
    }

    /// One user less; the last one frees the number.
    pub(super) fn give_back(&mut self, id: u32) {
        let Some(slot) = self.slots.get_mut(id as usize) else { return };
        let Some((_, users)) = slot else { return };
        *users = users.saturating_sub(1);
        if *users == 0
            && let Some((value, _)) = slot.take()
        {
            self.ids.remove(&*value);
            self.free.push(id);
        }
    }

    /// The value of a number.
    pub(super) fn get(&self, id: u32) -> Option<&T> {
        self.slots.get(id as usize)?.as_ref().map(|(value, _)| &**value)
    }

    /// For every number, whether its value passes; unused numbers do not.
    pub(super) fn passing(&self, pass: impl Fn(&T) -> bool) -> Vec<bool> {
        self.slots.iter().map(|slot| slot.as_ref().is_some_and(|(value, _)| pass(value))).collect()
    }

    /// The values in use.
    pub(super) fn values(&self) -> impl Iterator<Item = &T> {
        self.ids.keys().map(|value| &**value)
    }
}
