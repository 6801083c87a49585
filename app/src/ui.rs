//! The console's own parts that know nothing of Kubernetes: buttons, fields, dialogs, tables.
//!
//! Each stands on the platform (`<dialog>`, `popover`, native inputs) and follows the ARIA
//! Authoring Practices; its file's first comment holds its keyboard map. All render the same on
//! the server and in the browser's first pass. Words come in as properties.

pub mod assets;
pub mod badge;
mod bind;
pub mod breadcrumbs;
pub mod button;
pub mod chip;
pub mod code_block;
pub mod code_editor;
pub mod combobox;
#[cfg(test)]
mod contrast;
pub mod copy;
pub mod dialog;
pub mod disclosure;
pub mod field;
pub mod icon;
pub mod input;
pub mod menu;
pub mod meter;
pub mod pagination;
pub mod search_input;
pub mod select;
pub mod state;
pub mod steps;
pub mod table;
pub mod tabs;
#[cfg(all(test, feature = "ssr"))]
pub(crate) mod testing;
pub mod text_area;
pub mod time;
pub mod title;
pub mod toast;
pub mod toggle;
pub mod tooltip;

pub use assets::{Assets, use_assets};
pub use badge::*;
pub use breadcrumbs::*;
pub use button::*;
pub use chip::*;
pub use code_block::*;
pub use code_editor::*;
pub use combobox::*;
pub use copy::*;
pub use dialog::*;
pub use disclosure::*;
pub use field::*;
pub use icon::*;
pub use input::*;
pub use menu::*;
pub use meter::*;
pub use pagination::*;
pub use search_input::*;
pub use select::*;
pub use state::*;
pub use steps::*;
pub use table::*;
pub use tabs::*;
pub use text_area::*;
pub use time::*;
pub use toast::*;
pub use toggle::*;
pub use tooltip::*;
