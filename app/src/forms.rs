//! The workload form: one wizard, one file per section.
//!
//! All that is typed is one [`binnacle_model::draft::WorkloadDraft`] in the [`controller`]; sections
//! read slices of it and write through closures. What is wrong is found by the model, and shown at
//! the control whose place in the object it names.

pub mod advanced;
pub mod basic;
pub mod container;
pub mod containers;
pub mod controller;
pub mod labels;
pub mod leave;
pub mod pairs;
pub mod review;
pub mod submit;
pub mod summary;
pub mod wizard;
