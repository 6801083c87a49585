//! The console's UI: pages load and arrange, forms edit drafts, the backend acts, the model decides.
//!
//! The same code renders on the server (`ssr`) and runs in the browser (`hydrate`). It never links
//! kube: it asks [`backend::Backend`], which the server implements.

// Views are types nested as deep as the page.
#![recursion_limit = "1024"]

pub mod api;
pub mod app;
pub mod backend;
pub mod components;
pub mod forms;
pub mod i18n;
pub mod interop;
pub mod live;
pub mod pages;
pub mod parts;
pub mod paths;
pub mod request;
pub mod shell;
#[cfg(feature = "ssr")]
pub mod turns;
pub mod ui;

pub use app::{App, shell};
