//! One container: its basic information (PS 9.1).

use binnacle_model::{
    draft::{Amount, ContainerDraft, ContainerField, Control, Role, RowId, Unit},
    words::form as words,
};
use leptos::prelude::*;

use super::{controller::use_form, labels::container_word};
use crate::{
    i18n::{t, use_lang},
    ui::{
        field::Field,
        input::TextInput,
        select::{Select, SelectOption},
        toggle::Checkbox,
    },
};

/// The fields of the container in a row.
#[component]
pub fn ContainerFields(
    /// Its row.
    row: RowId,
) -> impl IntoView {
    let form = use_form();
    let lang = use_lang();
    let at = move |field| Control::Container(row, field);
    let role = Memo::new(move |_| {
        form.draft.with(|draft| draft.container(row).map(|one| one.role).unwrap_or_default())
    });
    let roles = Signal::derive(move || {
        vec![
            SelectOption::new("work", words::ROLE_WORK.text(lang.get())),
            SelectOption::new("init", words::ROLE_INIT.text(lang.get())),
        ]
    });
    let flag = move |read: fn(&ContainerDraft) -> bool| -> Signal<bool> {
        Memo::new(move |_| form.draft.with(|draft| draft.container(row).is_some_and(read))).into()
    };
    let change = move |field: ContainerField, set: fn(&mut ContainerDraft, bool), on: bool| {
        form.touch(at(field));
        form.edit(at(field), |draft| {
            if let Some(container) = draft.container_mut(row) {
                set(container, on);
            }
        });
    };
    view! {
        <div class="field-row">
            <TextField row=row field=ContainerField::Name help=words::CONTAINER_NAME_HELP
                read=|container| &container.name write=|container, text| container.name = text />
            <Field id=at(ContainerField::Role).id() label=t(words::ROLE)>
                <Select
                    value=Signal::derive(move || if role.get() == Role::Init { "init".to_owned() } else { "work".to_owned() })
                    options=roles
                    on_change=move |chosen: String| {
                        let role = if chosen == "init" { Role::Init } else { Role::Work };
                        form.edit(Control::Containers, |draft| draft.set_role(row, role));
                        // The row may have moved, and the focus with it is lost.
                        crate::interop::focus_soon(at(ContainerField::Role).id());
                    }
                />
            </Field>
        </div>
        <TextField row=row field=ContainerField::Image help=words::IMAGE_HELP placeholder="nginx:1.27"
            read=|container| &container.image write=|container, text| container.image = text />
        <div class="amount-row">
            <AmountField row=row field=ContainerField::CpuRequest help=words::CPU_REQUEST_HELP
                read=|container| &container.cpu_request write=|container, amount| container.cpu_request = amount />
            <AmountField row=row field=ContainerField::CpuLimit help=words::LIMIT_HELP
                read=|container| &container.cpu_limit write=|container, amount| container.cpu_limit = amount />
        </div>
        <div class="amount-row">
            <AmountField row=row field=ContainerField::MemoryRequest help=words::REQUEST_HELP
                read=|container| &container.memory_request
                write=|container, amount| container.memory_request = amount />
            <AmountField row=row field=ContainerField::MemoryLimit help=words::LIMIT_HELP
                read=|container| &container.memory_limit write=|container, amount| container.memory_limit = amount />
        </div>
        <Checkbox
            id=at(ContainerField::AlwaysPull).id()
            label=t(words::ALWAYS_PULL)
            help=t(words::ALWAYS_PULL_HELP)
            checked=flag(|container| container.always_pull)
            on_change=move |on: bool| change(ContainerField::AlwaysPull, |container, on| container.always_pull = on, on)
        />
        <FlagError control=at(ContainerField::AlwaysPull) />
        <Checkbox
            id=at(ContainerField::Privileged).id()
            label=t(words::PRIVILEGED)
            help=t(words::PRIVILEGED_HELP)
            checked=flag(|container| container.privileged)
            on_change=move |on: bool| change(ContainerField::Privileged, |container, on| container.privileged = on, on)
        />
        <FlagError control=at(ContainerField::Privileged) />
    }
}

/// What the cluster said about a check box.
#[component]
fn FlagError(control: Control) -> impl IntoView {
    let error = use_form().error_of(control);
    move || error.get().map(|text| view! { <p class="field-note" data-kind="error" role="alert">{text}</p> })
}

/// A line of text of a container.
#[component]
fn TextField(
    row: RowId,
    field: ContainerField,
    help: binnacle_model::Word,
    #[prop(optional)] placeholder: &'static str,
    read: fn(&ContainerDraft) -> &String,
    write: fn(&mut ContainerDraft, String),
) -> impl IntoView {
    let form = use_form();
    let control = Control::Container(row, field);
    let value = Memo::new(move |_| {
        form.draft
            .with(|draft| draft.container(row).map(|container| read(container).clone()).unwrap_or_default())
    });
    view! {
        <Field
            id=control.id()
            label=t(container_word(field))
            help=t(help)
            required=true
            error=form.error_of(control)
            warning=form.warning_of(control)
        >
            <TextInput
                value=value
                on_input=move |text: String| {
                    form.edit(control, |draft| {
                        if let Some(container) = draft.container_mut(row) {
                            write(container, text);
                        }
                    });
                }
                on_blur=move |()| {
                    // Passing through an empty field is no mistake yet.
                    if value.with_untracked(|text| !text.is_empty()) {
                        form.touch(control);
                    }
                }
                placeholder=placeholder
                mono=true
            />
        </Field>
    }
}

/// An amount of CPU or memory, with its unit.
#[component]
fn AmountField(
    row: RowId,
    field: ContainerField,
    help: binnacle_model::Word,
    read: fn(&ContainerDraft) -> &Amount,
    write: fn(&mut ContainerDraft, Amount),
) -> impl IntoView {
    let form = use_form();
    let lang = use_lang();
    let control = Control::Container(row, field);
    let resource = field.resource().unwrap_or(binnacle_model::draft::Resource::Memory);
    let amount = Memo::new(move |_| {
        form.draft
            .with(|draft| draft.container(row).map(|container| read(container).clone()).unwrap_or_default())
    });
    let set = move |next: Amount| {
        form.touch(control);
        form.edit(control, |draft| {
            if let Some(container) = draft.container_mut(row) {
                write(container, next);
            }
        });
    };
    let units = Signal::derive(move || {
        let mut units: Vec<Unit> = resource.units().to_vec();
        if amount.with(|amount| amount.unit == Unit::AsWritten) {
            units.push(Unit::AsWritten);
        }
        units
            .into_iter()
            .map(|unit| {
                let label = match unit {
                    Unit::Millicore => words::UNIT_MILLICORE.text(lang.get()),
                    Unit::Core => words::UNIT_CORE.text(lang.get()),
                    Unit::AsWritten => words::UNIT_AS_WRITTEN.text(lang.get()),
                    Unit::Mi | Unit::Gi => unit.suffix(),
                };
                SelectOption::new(unit.as_str(), label)
            })
            .collect::<Vec<_>>()
    });
    let unit_label = move || words::UNIT_OF.fill(lang.get(), &[container_word(field).text(lang.get())]);
    view! {
        <Field id=control.id() label=t(container_word(field)) help=t(help) error=form.error_of(control)>
            <span class="input-group">
                <TextInput
                    value=Signal::derive(move || amount.with(|amount| amount.number.clone()))
                    on_input=move |text: String| set(amount.with_untracked(|amount| amount.typed(resource, &text)))
                    mono=true
                    short=true
                />
                <Select
                    id=format!("{}-unit", control.id())
                    label=unit_label
                    value=Signal::derive(move || amount.with(|amount| amount.unit.as_str().to_owned()))
                    options=units
                    on_change=move |unit: String| {
                        let number = amount.with_untracked(|amount| amount.number.clone());
                        set(Amount::new(number, Unit::from_name(&unit)));
                    }
                    short=true
                />
            </span>
        </Field>
    }
}
