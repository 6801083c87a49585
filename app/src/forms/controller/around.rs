//! What is known around the form: namespaces, names that are taken.

use binnacle_model::cluster::NamespaceRow;
use leptos::prelude::*;

use super::FormController;

impl FormController {
    /// Whether a namespace is on its way out.
    pub fn is_terminating(self, namespace: &str) -> bool {
        self.around.with(|around| {
            around.namespaces.iter().flatten().any(|row| row.name == namespace && row.terminating)
        })
    }

    /// Notes a namespace that is there to stay.
    pub fn add_namespace(self, name: String) {
        self.around.update(|around| {
            if let Some(rows) = around.namespaces.as_mut() {
                rows.retain(|row| row.name != name);
                rows.push(NamespaceRow { name, terminating: false });
                rows.sort_by(|one, other| one.name.cmp(&other.name));
            }
        });
    }

    /// Notes whether a name is taken in a namespace, as the cluster says now.
    pub fn note_taken(self, namespace: String, name: String, is_taken: bool) {
        self.around.maybe_update(|around| {
            let of = (namespace, name);
            let was_taken = around.taken.contains(&of);
            around.taken.retain(|taken| *taken != of);
            if is_taken {
                around.taken.push(of);
            }
            was_taken != is_taken
        });
    }
}
