//! What Binnacle knows, in pure Rust: objects, drafts, rules, statuses and words.
//!
//! Nothing here does IO, and everything but the YAML reader also runs in the browser.

pub mod cluster;
pub mod diagnosis;
#[cfg(feature = "doctor")]
pub mod doctor;
pub mod draft;
pub mod edit;
pub mod error;
pub mod hidden;
pub mod issue;
pub mod live;
pub mod merge;
pub mod object;
pub mod owners;
pub mod patch;
pub mod path;
pub mod plan;
pub mod quantity;
pub mod rules;
#[cfg(feature = "doctor")]
pub mod schema;
pub mod session;
pub mod status;
pub mod words;
pub mod workload;
pub mod yaml;

pub use error::{AppError, Result};
pub use issue::{Issue, Severity};
pub use path::{FieldPath, Segment};
pub use words::{Lang, Text, Word};
