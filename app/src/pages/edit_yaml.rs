//! Edit YAML: a live object in the editor, a review against what it is now, and a save that overwrites
//! nobody's change (design rule 3).

mod conflicts;
mod foot;
mod notices;
mod review;
mod side;
mod state;

use crate::ui::title::Title;
use binnacle_model::{
    edit::EditableObject,
    live::Topic,
    words::{edit as words, lists, shell, yaml},
};
use leptos::prelude::*;

use self::{
    foot::Foot,
    notices::{Notices, StrandedText},
    review::ReviewView,
    side::{FieldOwners, FixedFields},
    state::EditState,
};
use super::{
    not_found::NotFoundPage,
    which::{Which, use_which},
};
use crate::{
    api,
    components::{leave_guard::LeaveGuard, load::LoadError, problems::Problems},
    i18n::{t, tf, use_lang},
    live::{News, follow},
    paths,
    ui::{
        breadcrumbs::{Breadcrumbs, Crumb},
        code_editor::CodeEditor,
        state::Skeleton,
    },
};

/// Edit YAML.
#[component]
pub fn EditYamlPage() -> impl IntoView {
    let which = use_which();
    view! {
        {move || match which.get() {
            Some(which) => {
                view! {
                    <Transition fallback=|| view! { <Skeleton lines=8 /> }>
                        <One which=which.clone() />
                    </Transition>
                }
                    .into_any()
            }
            None => view! { <NotFoundPage /> }.into_any(),
        }}
    }
}

/// The page, inside the suspense that waits for its data.
#[component]
fn One(which: Which) -> impl IntoView {
    let lang = use_lang();
    let target = which.target();
    let object = Resource::new(move || target.clone(), api::edit::open_edit);
    let crumbs = {
        let which = which.clone();
        Signal::derive(move || {
            vec![
                Crumb::link(shell::CLUSTERS.text(lang.get()), paths::clusters()),
                Crumb::link(which.cluster.clone(), paths::cluster(&which.cluster)),
                Crumb::link(
                    lists::STATEFULSETS.text(lang.get()),
                    paths::workloads(&which.cluster, which.kind),
                ),
                Crumb::link(which.name.clone(), which.path()),
                Crumb::here(words::EDIT_YAML.text(lang.get())),
            ]
        })
    };
    let title = {
        let name = which.name.clone();
        move || format!("{} · {name}", words::EDIT_YAML.text(lang.get()))
    };
    let about = format!("{} {}", which.kind.kind(), which.name);
    let answers = StoredValue::new(0_u32);
    view! {
        <Title text=title />
        <Breadcrumbs label=t(shell::BREADCRUMB) items=crumbs />
        <div class="page-head">
            <h1 class="page-title">{t(words::EDIT_YAML)}</h1>
            <span class="muted">{about}</span>
        </div>
        // Each answer is a page of its own: an editor that is in the document is not made another one's.
        <For
            each=move || {
                object.get().map(|opened| {
                    answers.update_value(|count| *count += 1);
                    (answers.get_value(), opened)
                })
            }
            key=|(count, _)| *count
            children=move |(_, opened)| match opened {
                Ok(opened) => {
                    view! { <Editor which=which.clone() object=opened reopen=move |()| object.refetch() /> }.into_any()
                }
                Err(error) => {
                    view! {
                        <div class="edit-notices">
                            <StrandedText which=which.clone() />
                        </div>
                        <LoadError error=error.0 on_retry=move |()| object.refetch() />
                    }
                        .into_any()
                }
            }
        />
    }
}

/// The editor of an object that was opened.
#[component]
fn Editor(
    which: Which,
    object: EditableObject,
    /// Opens the object anew.
    #[prop(into)]
    reopen: Callback<()>,
) -> impl IntoView {
    let lang = use_lang();
    let is_refused = object.refused.is_some();
    let state = EditState::new(object);
    follow_live(state, which.topic());
    state.follow_locks();
    state.follow_changed();
    let cursor = RwSignal::new((1_u32, 1_u32));
    let leave_text = move || {
        let word = match (state.is_secret(), state.is_kept.get()) {
            (true, _) => words::LEAVE_SECRET,
            (false, true) => words::LEAVE_TEXT,
            (false, false) => words::LEAVE_TEXT_LOST,
        };
        word.text(lang.get())
    };
    view! {
        <Notices state=state which=which.clone() reopen=reopen />
        <div class="yaml-page">
            <section class="yaml-editor" aria-label=tf(words::EDITOR_LABEL, vec![state.title()])>
                <CodeEditor
                    id="yaml"
                    label=tf(words::EDITOR_LABEL, vec![state.title()])
                    value=state.text
                    diagnostics=Signal::derive(move || state.marks(lang.get()))
                    locked=Signal::derive(move || state.lock_marks(lang.get()))
                    on_repair=move |index: usize| state.doctor.repair_mark(index)
                    read_only=Signal::derive(move || is_refused || state.doing.get().is_some())
                    on_cursor=move |at: (u32, u32)| cursor.set(at)
                    reveal=state.doctor.reveal
                    rows=24
                />
                <p class="yaml-status">
                    <span>{t(words::HINT)}</span>
                    <span class="yaml-cursor">
                        {move || {
                            let (line, column) = cursor.get();
                            yaml::LINE_COLUMN.fill(lang.get(), &[&line.to_string(), &column.to_string()])
                        }}
                    </span>
                </p>
            </section>
            <aside class="yaml-side">
                <Problems doctor=state.doctor />
                <FixedFields state=state />
                <FieldOwners state=state />
            </aside>
        </div>
        <ReviewView state=state />
        <Foot state=state path=which.path() />
        <LeaveGuard
            dirty=Signal::derive(move || state.is_dirty())
            text=leave_text
            on_discard=move |()| state.start_anew()
        />
    }
}

/// Follows the live object while the page is open.
fn follow_live(state: EditState, topic: Topic) {
    let on_update = Callback::new(move |news: News| {
        // A subscription that fails tells nothing about the object: the review does.
        let Ok(news) = news else { return };
        // Of the news only the object counts; what reads all of them belongs to the object's own page.
        match serde_json::from_str::<serde_json::Value>(&news) {
            Ok(serde_json::Value::String(gone)) if gone == "gone" => state.follow(None),
            Ok(news) => {
                if let Some(live) = news.pointer("/workload/detail/object") {
                    state.follow(Some(live));
                }
            }
            Err(error) => leptos::logging::error!("live news cannot be read: {error}"),
        }
    });
    follow(move || Some(topic.clone()), on_update);
}

#[cfg(test)]
mod tests {
    use binnacle_model::live::Update;

    #[test]
    fn the_news_are_read_as_they_are_written() {
        assert_eq!(serde_json::to_value(Update::Gone).unwrap(), "gone");
    }
}
