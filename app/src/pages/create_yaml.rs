//! Create from YAML (PS 14): an editor, the paste doctor, a plan, and a result for each document.

mod plan_view;
mod state;

use crate::ui::title::Title;
use binnacle_model::{
    Text, Word,
    object::WorkloadKind,
    words::{common, lists, shell, yaml as words},
};
use leptos::prelude::*;
use leptos_router::hooks::{use_params_map, use_query_map};

use self::{plan_view::PlanView, state::YamlState};
use crate::{
    api::namespaces::list_namespaces,
    components::{
        leave_guard::LeaveGuard,
        problems::{NotSent, Problems},
    },
    i18n::{t, tf, tt, use_lang},
    interop::{self, FileProblem},
    paths,
    ui::{
        badge::Tone,
        breadcrumbs::{Breadcrumbs, Crumb},
        button::{Button, ButtonVariant, LinkButton},
        code_editor::CodeEditor,
        field::Field,
        icon::{Icon, IconName},
        select::{Select, SelectOption},
        state::Notice,
    },
};

/// Something whole to begin with.
const EXAMPLE: &str = include_str!("create_yaml/example.yaml");

/// Largest text taken, in bytes: the doctor's own limit.
const MAX_BYTES: u64 = 1 << 20;

/// Hands a text over to the page when it opens next; `title` says what it is the text of.
pub(crate) fn hand_over(text: String, title: String) {
    state::hand_over(text, title);
}

/// Create from YAML.
#[component]
pub fn CreateFromYamlPage() -> impl IntoView {
    let params = use_params_map();
    let cluster = Memo::new(move |_| params.with(|params| params.get("cluster").unwrap_or_default()));
    view! { {move || view! { <Editor cluster=cluster.get() /> }} }
}

#[component]
fn Editor(cluster: String) -> impl IntoView {
    let lang = use_lang();
    let search = use_query_map();
    let in_view = search.with_untracked(|search| search.get("namespace")).filter(|name| !name.is_empty());
    let state = YamlState::new(cluster.clone(), in_view.clone().unwrap_or_else(|| "default".to_owned()));
    let cursor = RwSignal::new((1_u32, 1_u32));
    let list = {
        let cluster = cluster.clone();
        move || {
            let path = paths::workloads(&cluster, WorkloadKind::StatefulSet);
            paths::with_query(&path, &[("namespace", in_view.clone().unwrap_or_default())])
        }
    };
    let crumbs = {
        let (cluster, list) = (cluster.clone(), list.clone());
        Signal::derive(move || {
            vec![
                Crumb::link(shell::CLUSTERS.text(lang.get()), paths::clusters()),
                Crumb::link(cluster.clone(), paths::cluster(&cluster)),
                Crumb::link(lists::STATEFULSETS.text(lang.get()), list()),
                Crumb::here(lists::CREATE_FROM_YAML.text(lang.get())),
            ]
        })
    };
    let take = Callback::new(move |file: web_sys::File| {
        leptos::task::spawn_local(async move {
            let read = interop::read_file(file, MAX_BYTES).await;
            // The page may have gone on meanwhile.
            if state.text.is_disposed() {
                return;
            }
            match read {
                Ok(file) => state.replace(file.text, Text::new(&words::OPENED, [file.name])),
                Err(problem) => state.failed.set(Some(problem_word(problem).into())),
            }
        });
    });

    view! {
        <Title text=t(lists::CREATE_FROM_YAML) />
        <Breadcrumbs label=t(shell::BREADCRUMB) items=crumbs />
        <div class="page-head">
            <h1 class="page-title">{t(lists::CREATE_FROM_YAML)}</h1>
        </div>
        <Restored state=state />
        <div class="yaml-page">
            <section class="yaml-editor" aria-label=t(words::EDITOR_LABEL)>
                <Toolbar state=state take=take />
                <CodeEditor
                    id="yaml"
                    label=t(words::EDITOR_LABEL)
                    value=state.text
                    diagnostics=Signal::derive(move || state.marks(lang.get()))
                    on_repair=move |index: usize| state.doctor.repair_mark(index)
                    read_only=state.busy
                    on_cursor=move |at: (u32, u32)| cursor.set(at)
                    on_file=take
                    reveal=state.reveal
                    rows=24
                />
                <div role="status">
                    {move || state.is_secret.get().then(|| view! { <Notice tone=Tone::Neutral text=t(words::SECRET_NOT_KEPT) /> })}
                </div>
                <p class="yaml-status">
                    <span>{t(words::PASTE_HINT)}</span>
                    <span class="yaml-cursor">
                        {move || {
                            let (line, column) = cursor.get();
                            words::LINE_COLUMN.fill(lang.get(), &[&line.to_string(), &column.to_string()])
                        }}
                    </span>
                </p>
            </section>
            <aside class="yaml-side">
                <Suspense>
                    <NamespaceChoice cluster=cluster.clone() state=state />
                </Suspense>
                <Problems doctor=state.doctor />
                <NotSent doctor=state.doctor />
                <PlanView state=state />
            </aside>
        </div>
        <Foot state=state list=Signal::derive(list) />
        <LeaveGuard
            dirty=Signal::derive(move || state.is_dirty())
            text=move || state.fate().text(lang.get())
            on_discard=move |()| state.clear()
        />
    }
}

/// Why a file could not be taken.
fn problem_word(problem: FileProblem) -> Word {
    match problem {
        FileProblem::TooLarge(_) => words::FILE_TOO_LARGE,
        FileProblem::Unreadable => words::FILE_UNREADABLE,
    }
}

/// Open, download, clear.
#[component]
fn Toolbar(state: YamlState, take: Callback<web_sys::File>) -> impl IntoView {
    let lang = use_lang();
    let empty = move || state.text.with(|text| text.trim().is_empty());
    let nothing = Signal::derive(move || empty().then(|| words::NOTHING_YET.text(lang.get()).to_owned()));
    view! {
        <div class="yaml-toolbar">
            <label class="button button-secondary file-button">
                <Icon name=IconName::FileUp />
                <span class="button-text">{t(words::OPEN_FILE)}</span>
                <input
                    type="file"
                    class="visually-hidden"
                    id="yaml-file"
                    accept=".yaml,.yml,.json,text/yaml,application/json"
                    on:change=move |event| {
                        if let Some(file) = interop::chosen_files(&event).into_iter().next() {
                            take.run(file);
                        }
                    }
                />
            </label>
            <Show when=empty>
                <Button icon=IconName::FileCode on_click=move |_| state.text.set(EXAMPLE.to_owned())>
                    {t(words::START_EXAMPLE)}
                </Button>
            </Show>
            <Button
                icon=IconName::Download
                disabled_reason=nothing
                on_click=move |_| {
                    interop::download("objects.yaml", &state.text.get_untracked());
                }
            >
                {t(words::DOWNLOAD_TEXT)}
            </Button>
            <Button variant=ButtonVariant::Ghost icon=IconName::X disabled_reason=nothing on_click=move |_| state.clear()>
                {t(words::CLEAR)}
            </Button>
        </div>
    }
}

/// Says that an earlier text came back, and lets it go.
#[component]
fn Restored(state: YamlState) -> impl IntoView {
    move || {
        state.restored.get().map(|saved| {
            view! {
                <Notice tone=Tone::Neutral text=tf(words::DRAFT_RESTORED, vec![crate::ui::time::exact(saved)])>
                    <Button variant=ButtonVariant::Ghost on_click=move |_| state.clear()>{t(words::DISCARD)}</Button>
                </Notice>
            }
        })
    }
}

/// Where documents without a namespace go.
#[component]
fn NamespaceChoice(cluster: String, state: YamlState) -> impl IntoView {
    let namespaces = Resource::new(move || cluster.clone(), list_namespaces);
    let options = Signal::derive(move || {
        let chosen = state.namespace.get();
        let mut names: Vec<String> = match namespaces.get() {
            Some(Ok(rows)) => rows.into_iter().filter(|row| !row.terminating).map(|row| row.name).collect(),
            _ => Vec::new(),
        };
        if !names.contains(&chosen) {
            names.push(chosen);
        }
        names.into_iter().map(|name| SelectOption::new(name.clone(), name)).collect::<Vec<_>>()
    });
    view! {
            <Field id="yaml-namespace" label=t(words::DEFAULT_NAMESPACE)>
                <Select options=options value=state.namespace on_change=move |name| state.namespace.set(name) />
            </Field>
    }
}

/// The next step: check, then create, then see.
#[component]
fn Foot(state: YamlState, list: Signal<String>) -> impl IntoView {
    let lang = use_lang();
    let obstacle = Signal::derive(move || state.obstacle().map(|text| text.render(lang.get())));
    let create_obstacle = Signal::derive(move || state.create_obstacle().map(|text| text.render(lang.get())));
    let ready = move || state.plan_is_current();
    let again = Memo::new(move |_| state.has_refusals());
    view! {
        <div class="form-foot">
            <div class="foot-said" role="status">
                {move || state.failed.get().map(|text| view! { <Notice tone=Tone::Failing text=tt(text) /> })}
                {move || {
                    let said = state.summary().or_else(|| state.refused_note()).or_else(|| {
                        state.create_obstacle().filter(|_| again.get())
                    });
                    said.map(|text| view! { <span>{tt(text)}</span> })
                }}
            </div>
            <LinkButton href=move || list.get() variant=ButtonVariant::Ghost>
                {move || if state.finished() { words::SEE_LIST } else { common::CANCEL }.text(lang.get())}
            </LinkButton>
            <Show when=move || !ready()>
                <Button
                    variant=ButtonVariant::Primary
                    icon=IconName::ShieldCheck
                    busy=state.busy
                    disabled_reason=obstacle
                    on_click=move |_| state.check()
                >
                    {move || if state.busy.get() { words::PLANNING } else { words::MAKE_PLAN }.text(lang.get())}
                </Button>
            </Show>
            // What the cluster refused it may take now: a right was given, a name is free.
            <Show when=move || again.get()>
                <Button icon=IconName::ShieldCheck busy=state.busy disabled_reason=obstacle on_click=move |_| state.check()>
                    {t(words::CHECK_AGAIN)}
                </Button>
            </Show>
            <Show when=ready>
                <Button variant=ButtonVariant::Primary busy=state.busy disabled_reason=create_obstacle on_click=move |_| state.create()>
                    {move || if state.is_creating() { words::CREATING } else { words::CREATE_ALL }.text(lang.get())}
                </Button>
            </Show>
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_cannot_be_read_is_not_called_too_large() {
        assert_eq!(problem_word(FileProblem::Unreadable).key, words::FILE_UNREADABLE.key);
        assert_eq!(problem_word(FileProblem::TooLarge(2 << 20)).key, words::FILE_TOO_LARGE.key);
    }
}
