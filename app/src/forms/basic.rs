//! Basic information (PS 8.2): name, alias, namespace, pods, description.

use std::time::Duration;

use binnacle_model::{
    AppError, FieldPath, Issue, Text,
    draft::{Control, Finding, WorkloadDraft},
    object::ObjectRef,
    rules,
    words::{common, form as words},
};
use leptos::prelude::*;

use super::controller::{FormController, use_form};
use crate::{
    api::{
        namespaces::{create_namespace, list_namespaces},
        workloads::object_exists,
    },
    i18n::{t, use_lang},
    ui::{
        combobox::{ComboOption, Combobox},
        field::Field,
        input::{NumberInput, TextInput},
        text_area::TextArea,
        toast::use_toasts,
    },
};

/// How long typing must rest before the cluster is asked whether the name is taken.
const REST: Duration = Duration::from_millis(300);

/// The step's fields.
#[component]
pub fn BasicSection() -> impl IntoView {
    let form = use_form();
    let slice = move |read: fn(&WorkloadDraft) -> &String| -> Signal<String> {
        Memo::new(move |_| form.draft.with(|draft| read(draft).clone())).into()
    };
    let description = slice(|draft| &draft.description);
    let used = Signal::derive(move || {
        let used = description.with(|text| text.chars().count());
        (u32::try_from(used).unwrap_or(u32::MAX), rules::DESCRIPTION_MAX as u32)
    });
    view! {
        <div class="wizard-section">
            <Field
                id=Control::Name.id()
                label=t(common::NAME)
                help=t(words::NAME_HELP)
                required=true
                error=form.error_of(Control::Name)
                warning=form.warning_of(Control::Name)
            >
                <TextInput
                    value=slice(|draft| &draft.name)
                    on_input=move |text: String| {
                        // The rule is live: it speaks from the first letter on.
                        form.touch(Control::Name);
                        form.edit(Control::Name, |draft| draft.name = text);
                    }
                    placeholder="web"
                    mono=true
                />
            </Field>
            <Field
                id=Control::Alias.id()
                label=t(common::ALIAS)
                help=t(words::ALIAS_HELP)
                error=form.error_of(Control::Alias)
            >
                <TextInput
                    value=slice(|draft| &draft.alias)
                    on_input=move |text: String| {
                        form.touch(Control::Alias);
                        form.edit(Control::Alias, |draft| draft.alias = text);
                    }
                />
            </Field>
            <NamespaceField />
            <Field
                id=Control::Replicas.id()
                label=t(words::PODS)
                help=t(words::PODS_HELP)
                required=true
                error=form.error_of(Control::Replicas)
            >
                <NumberInput
                    value=slice(|draft| &draft.replicas)
                    on_input=move |text: String| {
                        form.touch(Control::Replicas);
                        form.edit(Control::Replicas, |draft| draft.replicas = text);
                    }
                    min=0
                    max=i64::from(i32::MAX)
                />
            </Field>
            <Field
                id=Control::Description.id()
                label=t(words::DESCRIPTION)
                help=t(words::DESCRIPTION_HELP)
                error=form.error_of(Control::Description)
                counter=used
            >
                <TextArea
                    value=description
                    on_input=move |text: String| {
                        form.touch(Control::Description);
                        form.edit(Control::Description, |draft| draft.description = text);
                    }
                />
            </Field>
        </div>
    }
}

/// The namespace, with search, and a new one made here.
#[component]
fn NamespaceField() -> impl IntoView {
    let form = use_form();
    let lang = use_lang();
    let toasts = use_toasts();
    let loading = use_context::<NamespacesState>();
    let busy = RwSignal::new(false);
    let options = Signal::derive(move || {
        form.around.with(|around| {
            let rows = around.namespaces.as_deref().unwrap_or_default();
            // One that is being deleted cannot be chosen (PS 3.1).
            rows.iter()
                .filter(|row| !row.terminating)
                .map(|row| ComboOption::new(&row.name))
                .collect::<Vec<_>>()
        })
    });
    let label = Callback::new(move |typed: String| {
        // One that is being deleted cannot be created before it is gone.
        let is_free = rules::namespace_name(&typed).is_none() && !form.is_terminating(&typed);
        is_free.then(|| words::NAMESPACE_CREATE.fill(lang.get(), &[&typed]))
    });
    let create = move |name: String| {
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        form.edit(Control::Namespace, |draft| draft.namespace.clone_from(&name));
        let cluster = form.cluster.get_value();
        let said = words::NAMESPACE_CREATED.fill(lang.get_untracked(), &[&name]);
        leptos::task::spawn_local(async move {
            // The page may be gone at each answer: nothing of it is read below.
            match create_namespace(cluster.clone(), name.clone()).await.map_err(|error| error.0) {
                Ok(()) => {
                    form.add_namespace(name);
                    toasts.success(said);
                }
                // It may be there to stay or on its way out: only the list says which.
                Err(AppError::AlreadyExists { .. }) => match list_namespaces(cluster).await {
                    Ok(rows) => form.around.update(|around| around.namespaces = Some(rows)),
                    // That it is there is all that is known; the dry run knows the rest.
                    Err(_) => form.add_namespace(name),
                },
                Err(error) => refuse_namespace(form, error.text()),
            }
            form.touch(Control::Namespace);
            busy.set(false);
        });
    };
    let error = form.error_of(Control::Namespace);
    let unread = Signal::derive(move || {
        let state = loading?;
        let reason = state.failed.get()?;
        Some(words::NAMESPACES_UNKNOWN.fill(lang.get(), &[&reason.render(lang.get())]))
    });
    view! {
        <Field
            id=Control::Namespace.id()
            label=t(common::NAMESPACE)
            help=t(words::NAMESPACE_HELP)
            required=true
            error=error
            warning=unread
        >
            // The rule speaks when the field is left: half a name is no mistake yet.
            <div on:focusout=move |_| form.touch(Control::Namespace)>
                <Combobox
                    id=Control::Namespace.id()
                    label=t(common::NAMESPACE)
                    value=Signal::derive(move || form.draft.with(|draft| draft.namespace.clone()))
                    options=options
                    free=true
                    loading=Signal::derive(move || busy.get() || loading.is_some_and(|state| state.loading.get()))
                    on_select=move |name: String| {
                        let name = name.trim().to_owned();
                        // A whole name, and no choice: that is said at once.
                        if untrack(|| form.is_terminating(&name)) {
                            form.touch(Control::Namespace);
                        }
                        form.edit(Control::Namespace, |draft| draft.namespace = name);
                    }
                    create_label=label
                    on_create=create
                />
            </div>
        </Field>
    }
}

/// Shows at the namespace why the cluster did not create it.
fn refuse_namespace(form: FormController, text: Text) {
    let issue = Issue::error(FieldPath::from("metadata.namespace"), text);
    form.refused.update(|all| all.push(Finding { control: Some(Control::Namespace), issue }));
}

/// Whether the namespaces are on their way, or why they could not be read.
#[derive(Clone, Copy)]
pub struct NamespacesState {
    loading: RwSignal<bool>,
    failed: RwSignal<Option<Text>>,
}

/// Reads the cluster's namespaces once the page runs, and keeps asking whether the name is taken.
pub fn provide_surroundings(form: FormController) {
    let state = NamespacesState { loading: RwSignal::new(true), failed: RwSignal::new(None) };
    provide_context(state);
    Effect::new(move |_| {
        let cluster = form.cluster.get_value();
        leptos::task::spawn_local(async move {
            match list_namespaces(cluster).await {
                Ok(rows) => form.around.update(|around| around.namespaces = Some(rows)),
                Err(error) => state.failed.set(Some(error.0.text())),
            }
            state.loading.set(false);
        });
    });

    let name = Memo::new(move |_| form.draft.with(|draft| (draft.namespace.clone(), draft.name.clone())));
    Effect::new(move |before: Option<Option<TimeoutHandle>>| {
        if let Some(handle) = before.flatten() {
            handle.clear();
        }
        let (namespace, name) = name.get();
        // One that was taken is asked about again too: it may have been deleted since.
        if rules::workload_name(&name).is_some() || rules::namespace_name(&namespace).is_some() {
            return None;
        }
        let ask = move || leptos::task::spawn_local(ask_whether_taken(form, namespace, name));
        set_timeout_with_handle(ask, REST).ok()
    });
}

/// The question about a name that was taken when it was last asked about; `None` for any other.
pub fn is_still_taken(form: FormController) -> Option<impl Future<Output = ()>> {
    let (namespace, name) = form.draft.with_untracked(|draft| (draft.namespace.clone(), draft.name.clone()));
    let was_taken = form
        .around
        .with_untracked(|around| around.taken.iter().any(|(at, of)| *at == namespace && *of == name));
    was_taken.then(|| ask_whether_taken(form, namespace, name))
}

async fn ask_whether_taken(form: FormController, namespace: String, name: String) {
    // The form may be gone before its typing rested.
    let Some(cluster) = form.cluster.try_get_value() else { return };
    let target = ObjectRef {
        cluster,
        api_version: form.kind.api_version().to_owned(),
        kind: form.kind.kind().to_owned(),
        namespace: Some(namespace.clone()),
        name: name.clone(),
    };
    // Without an answer there is nothing to show here: the dry run asks again.
    if let Ok(is_taken) = object_exists(target).await {
        form.note_taken(namespace, name, is_taken);
    }
}
