//! Icons: Lucide symbols from one sprite, no bytes in the wasm.
//!
//! `icons.json` pairs each name with its Lucide symbol; the npm build makes the sprite from the
//! same file, and a test holds the two together.

use leptos::prelude::*;

use super::assets::use_assets;

/// Declares the icons: `Name = "lucide-symbol"`.
macro_rules! icons {
    ($($name:ident = $symbol:literal),* $(,)?) => {
        /// An icon of the sprite, named for what it means here.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[expect(missing_docs, reason = "each variant is the Lucide symbol of its name")]
        pub enum IconName {
            $($name),*
        }

        impl IconName {
            /// Every icon.
            pub const ALL: &'static [IconName] = &[$(IconName::$name),*];

            /// The symbol's id in the sprite.
            pub fn symbol(self) -> &'static str {
                match self {
                    $(IconName::$name => $symbol),*
                }
            }
        }
    };
}

icons! {
    Activity = "activity",
    ArrowDown = "arrow-down",
    ArrowUp = "arrow-up",
    Box = "box",
    Check = "check",
    ChevronDown = "chevron-down",
    ChevronLeft = "chevron-left",
    ChevronRight = "chevron-right",
    ChevronsUpDown = "chevrons-up-down",
    CircleAlert = "circle-alert",
    CircleCheck = "circle-check",
    CircleDashed = "circle-dashed",
    CircleMinus = "circle-minus",
    Compass = "compass",
    Copy = "copy",
    Database = "database",
    Download = "download",
    Ellipsis = "ellipsis",
    FileCode = "file-code",
    FileUp = "file-up",
    Filter = "list-filter",
    Hourglass = "hourglass",
    Info = "info",
    Key = "key-round",
    LayoutDashboard = "layout-dashboard",
    LayoutGrid = "layout-grid",
    Loader = "loader-circle",
    Lock = "lock",
    LogOut = "log-out",
    Menu = "menu",
    OctagonAlert = "octagon-alert",
    Pencil = "pencil",
    Plus = "plus",
    Refresh = "refresh-cw",
    Search = "search",
    Server = "server",
    ShieldCheck = "shield-check",
    Trash = "trash-2",
    TriangleAlert = "triangle-alert",
    Unplug = "unplug",
    UserCircle = "circle-user",
    Wand = "wand-sparkles",
    Wrench = "wrench",
    X = "x",
}

/// How large an icon is drawn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum IconSize {
    /// 14 px, inside badges and chips.
    Small,
    /// 16 px, beside text.
    #[default]
    Normal,
    /// 24 px, in empty and error states.
    Large,
}

/// An icon. It is decoration (`aria-hidden`): the word beside it, or the label of the control
/// around it, says what it means.
#[component]
pub fn Icon(
    /// Which icon.
    #[prop(into)]
    name: Signal<IconName>,
    /// How large.
    #[prop(optional)]
    size: IconSize,
) -> impl IntoView {
    let sprite = use_assets().url("icons.svg");
    let class = match size {
        IconSize::Small => "icon icon-small",
        IconSize::Normal => "icon",
        IconSize::Large => "icon icon-large",
    };
    view! {
        <svg class=class aria-hidden="true" focusable="false">
            <use href=move || format!("{sprite}#{}", name.get().symbol())></use>
        </svg>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[test]
    fn the_enum_and_the_sprite_list_agree() {
        let listed: BTreeMap<String, String> = serde_json::from_str(include_str!("icons.json")).unwrap();
        let declared: BTreeMap<String, String> =
            IconName::ALL.iter().map(|icon| (format!("{icon:?}"), icon.symbol().to_owned())).collect();
        assert_eq!(declared, listed);
    }
}
