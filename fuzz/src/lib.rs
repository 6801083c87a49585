//! Fuzz targets: what hostile input must never break.
//!
//! A target is a function of bytes that panics when a promise is broken. Coverage-guided runs are
//! `cargo xtask fuzz`; the files in `corpus/` (seeds, and every input that once broke something) are
//! replayed by `cargo test`, without any engine.

pub mod json;
mod merging;
mod objects;
mod patches;
mod random;
mod text;

pub use json::mutate;
pub use random::Random;

/// What an input is, which decides how it is changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// Any bytes.
    Text,
    /// One JSON value, changed value by value so that it stays one.
    Json,
}

/// One fuzz target.
#[derive(Clone, Copy, Debug)]
pub struct Target {
    /// Its name: the directory of its corpus and the argument of `cargo xtask fuzz`.
    pub name: &'static str,
    /// What its inputs are.
    pub shape: Shape,
    /// The work. It panics where a promise is broken; an input that is none for it is passed over.
    pub run: fn(&[u8]),
}

/// Every target.
pub const TARGETS: &[Target] = &[
    Target { name: "doctor", shape: Shape::Text, run: text::doctor },
    Target { name: "edit", shape: Shape::Text, run: text::edit },
    Target { name: "kubeconfig", shape: Shape::Text, run: text::kubeconfig },
    Target { name: "merge", shape: Shape::Json, run: merging::merging },
    Target { name: "objects", shape: Shape::Json, run: objects::objects },
    Target { name: "patch", shape: Shape::Json, run: merging::operations },
    Target { name: "sandbox-patch", shape: Shape::Json, run: patches::sandbox },
];

/// The target with a name.
pub fn target(name: &str) -> Option<&'static Target> {
    TARGETS.iter().find(|target| target.name == name)
}
