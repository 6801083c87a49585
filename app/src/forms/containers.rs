//! Container settings: the pod's containers, init containers first.

use binnacle_model::{
    draft::{ContainerField, Control, Role, RowId},
    words::{common, form as words},
};
use leptos::prelude::*;

use super::{container::ContainerFields, controller::use_form};
use crate::{
    i18n::{t, use_lang},
    interop::focus_soon,
    ui::{
        button::{Button, IconButton},
        icon::IconName,
        toast::use_toasts,
    },
};

/// The step's fields.
#[component]
pub fn ContainersSection() -> impl IntoView {
    let form = use_form();
    let error = form.error_of(Control::Containers);
    let rows = move |role: Role| {
        Memo::new(move |_| {
            form.draft.with(|draft| draft.of_role(role).map(|one| one.row).collect::<Vec<_>>())
        })
    };
    let (init, work) = (rows(Role::Init), rows(Role::Work));
    let add = move |_| {
        if let Some(row) = form.draft.try_update(|draft| draft.add_container()) {
            form.forget_refusal(Control::Containers);
            focus_soon(Control::Container(row, ContainerField::Name).id());
        }
    };
    view! {
        <div class="wizard-section" id=Control::Containers.id() tabindex="-1">
            <Show when=move || !init.with(Vec::is_empty)>
                <ContainerList rows=init title=words::INIT_CONTAINERS help=words::INIT_CONTAINERS_HELP />
            </Show>
            <ContainerList rows=work title=words::CONTAINERS help=words::CONTAINERS_HELP />
            {move || error.get().map(|text| view! { <p class="field-note" data-kind="error" role="alert">{text}</p> })}
            <div>
                <Button icon=IconName::Plus on_click=add>
                    {t(words::ADD_CONTAINER)}
                </Button>
            </div>
        </div>
    }
}

/// The containers of one role, in the order they are written.
#[component]
fn ContainerList(
    rows: Memo<Vec<RowId>>,
    title: binnacle_model::Word,
    help: binnacle_model::Word,
) -> impl IntoView {
    view! {
        <section class="container-list" aria-label=t(title)>
            <h3 class="wizard-section-title">{t(title)}</h3>
            <p class="muted small">{t(help)}</p>
            <For each=move || rows.get() key=|row| *row let(row)>
                <ContainerItem row=row />
            </For>
        </section>
    }
}

/// One container: its head with what can be done to it, and its fields.
#[component]
fn ContainerItem(row: RowId) -> impl IntoView {
    let form = use_form();
    let lang = use_lang();
    let toasts = use_toasts();
    let name = Memo::new(move |_| {
        form.draft
            .with(|draft| draft.container(row).map(|container| container.name.clone()).unwrap_or_default())
    });
    let named = move |word: binnacle_model::Word| move || name.with(|name| word.fill(lang.get(), &[name]));
    let id = move |what: &str| format!("container-{}-{what}", row.0);
    let end = move |by: isize, why: binnacle_model::Word| {
        Signal::derive(move || {
            let can = form.draft.with(|draft| draft.can_move_container(row, by));
            (!can).then(|| why.text(lang.get()).to_owned())
        })
    };
    let shift = move |by: isize, what: &'static str| {
        form.draft.update(|draft| draft.move_container(row, by));
        // Moving the row takes the focus off its button.
        focus_soon(id(what));
    };
    let copy = move |_| {
        if let Some(Some(copy)) = form.draft.try_update(|draft| draft.copy_container(row)) {
            focus_soon(Control::Container(copy, ContainerField::Name).id());
        }
    };
    let remove = move |_| {
        let said = words::CONTAINER_REMOVED.fill(lang.get_untracked(), &[&name.get_untracked()]);
        let Some(Some((place, container))) = form.draft.try_update(|draft| draft.remove_container(row))
        else {
            return;
        };
        form.forget_container(row);
        let next = form.draft.with_untracked(|draft| {
            let near = draft.containers.get(place).or_else(|| draft.containers.last());
            near.map_or_else(|| Control::Containers.id(), |near| format!("container-{}-remove", near.row.0))
        });
        focus_soon(next);
        let put_back = form.for_undo(move |draft| draft.put_container(place, container.clone()));
        toasts.undo(said, common::UNDO.text(lang.get_untracked()), move || {
            if put_back() {
                focus_soon(Control::Container(row, ContainerField::Name).id());
            }
        });
    };
    view! {
        <div class="item" role="group" aria-labelledby=id("title")>
            <div class="item-head">
                <h4 class="item-title mono" id=id("title")>
                    {move || {
                        let name = name.get();
                        if name.is_empty() { words::CONTAINER.text(lang.get()).to_owned() } else { name }
                    }}
                </h4>
                <div class="item-actions">
                    <IconButton
                        id=id("up")
                        icon=IconName::ArrowUp
                        label=named(words::MOVE_UP)
                        disabled_reason=end(-1, words::IS_FIRST)
                        on_click=move |_| shift(-1, "up")
                    />
                    <IconButton
                        id=id("down")
                        icon=IconName::ArrowDown
                        label=named(words::MOVE_DOWN)
                        disabled_reason=end(1, words::IS_LAST)
                        on_click=move |_| shift(1, "down")
                    />
                    <IconButton id=id("copy") icon=IconName::Copy label=named(words::COPY_CONTAINER) on_click=copy />
                    <IconButton id=id("remove") icon=IconName::Trash label=named(words::REMOVE_CONTAINER) on_click=remove />
                </div>
            </div>
            <ContainerFields row=row />
        </div>
    }
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use binnacle_model::object::WorkloadKind;

    use super::*;
    use crate::forms::controller::FormController;

    fn html(change: impl FnOnce(FormController)) -> String {
        let owner = Owner::new();
        owner.with(|| {
            let form = FormController::new(
                WorkloadKind::StatefulSet,
                "prod".to_owned(),
                "default".to_owned(),
                "ann",
            );
            provide_context(form);
            untrack(|| change(form));
            view! { <ContainersSection /> }.to_html().replace("<!>", "")
        })
    }

    #[test]
    fn every_field_has_the_id_of_its_control_and_a_label() {
        let out = html(|_| ());
        for field in [
            ContainerField::Role,
            ContainerField::Name,
            ContainerField::Image,
            ContainerField::AlwaysPull,
            ContainerField::Privileged,
            ContainerField::CpuRequest,
            ContainerField::CpuLimit,
            ContainerField::MemoryRequest,
            ContainerField::MemoryLimit,
        ] {
            let id = Control::Container(RowId(1), field).id();
            assert!(out.contains(&format!("id=\"{id}\"")), "{id}: {out}");
            assert!(out.contains(&format!("for=\"{id}\"")), "{id}: {out}");
        }
        assert!(out.contains(r#"aria-label="Remove container container-1""#), "{out}");
    }

    #[test]
    fn init_containers_stand_first_under_their_own_title() {
        let out = html(|form| {
            form.draft.update(|draft| {
                let row = draft.add_container();
                draft.set_role(row, Role::Init);
            });
        });
        let (init, work) = (out.find("Init containers"), out.find(">Containers<"));
        assert!(init.is_some() && init < work, "{out}");
    }

    #[test]
    fn a_server_refusal_is_read_at_its_field() {
        let out = html(|form| {
            let issue = binnacle_model::Issue::error(
                "spec.template.spec.containers[0].image".into(),
                binnacle_model::Text::raw("registry not allowed"),
            );
            form.refused.set(form.draft.with(|draft| draft.locate(&[issue])));
        });
        assert!(out.contains("registry not allowed") && out.contains(r#"aria-invalid="true""#), "{out}");
    }
}
