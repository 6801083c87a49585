//! Text to read and copy: YAML, a command, a log's end. Can be focused and scrolled by arrows.

use leptos::prelude::*;
use leptos::text_prop::TextProp;

use super::button::{ButtonVariant, IconButton};
use super::copy::CopyButton;
use super::icon::IconName;
use crate::i18n::t;
use crate::interop;
use binnacle_model::words::common;

/// A block of monospaced text with copy, and download where it has a file name.
#[component]
pub fn CodeBlock(
    /// The text.
    #[prop(into)]
    text: Signal<String>,
    /// What it is: its accessible name.
    #[prop(into)]
    label: TextProp,
    /// The name it is downloaded under; no download when absent.
    #[prop(optional, into)]
    file_name: Option<String>,
    /// Fills the height it is given and scrolls inside.
    #[prop(optional)]
    fill: bool,
) -> impl IntoView {
    let copy = t(common::COPY);
    let download = t(common::DOWNLOAD);
    view! {
        <div class=if fill { "code-block code-block-fill" } else { "code-block" }>
            <div class="code-block-actions">
                <CopyButton text=text label=copy />
                {file_name
                    .map(|name| {
                        view! {
                            <IconButton
                                variant=ButtonVariant::Ghost
                                icon=IconName::Download
                                label=download
                                on_click=move |_| {
                                    interop::download(&name, &text.get_untracked());
                                }
                            />
                        }
                    })}
            </div>
            <pre class="code" tabindex="0" role="region" aria-label=move || label.get()>
                <code>{move || text.get()}</code>
            </pre>
        </div>
    }
    .into_any()
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use crate::ui::testing::html;

    #[test]
    fn the_text_is_escaped_and_named() {
        let out = html(
            || view! { <CodeBlock text="a: <b>".to_owned() label="YAML of web" file_name="web.yaml" /> },
        );
        assert!(out.contains("a: &lt;b&gt;"), "{out}");
        assert!(
            out.contains(r#"aria-label="YAML of web""#) && out.contains(r#"aria-label="Download""#),
            "{out}"
        );
    }
}
