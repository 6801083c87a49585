//! The browser beyond the DOM of our views: storage, clipboard, files, focus, the JS widgets.
//!
//! Everything here is inert on the server: it does nothing and returns nothing. Call it from
//! effects and event handlers.

pub mod editor;
mod files;
mod history;
mod module;
mod page;
mod place;
mod storage;

pub use files::*;
pub use history::*;
pub use module::*;
pub use page::*;
pub use place::*;
pub use storage::*;

/// Whether this code runs in a browser.
pub const fn in_browser() -> bool {
    cfg!(feature = "hydrate")
}
