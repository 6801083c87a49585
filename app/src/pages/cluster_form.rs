//! Integrating a cluster, and editing its registration (PS 2.2).

mod sending;

use crate::ui::title::Title;
use binnacle_model::{
    AppError, Text,
    cluster::{ClusterEdit, ClusterInput, ClusterProfile, Provider},
    rules,
    words::{clusters as words, common, shell},
};
use leptos::{prelude::*, text_prop::TextProp};
use leptos_router::hooks::use_params_map;

use self::sending::Sending;
use crate::{
    api::clusters::{cluster_for_edit, edit_cluster, integrate_cluster, list_clusters},
    components::{
        key_values::{ANNOTATION_ROWS, Half, KeyValue, KeyValueRows, LABEL_ROWS, pairs_of, rows_of},
        kubeconfig::{KubeconfigDraft, KubeconfigInput},
        leave_guard::LeaveGuard,
        load::LoadError,
    },
    i18n::{t, tt, use_lang},
    interop, paths,
    request::use_request,
    ui::{
        badge::Tone,
        breadcrumbs::{Breadcrumbs, Crumb},
        button::{Button, ButtonVariant, LinkButton},
        field::Field,
        icon::IconName,
        input::TextInput,
        select::{Select, SelectOption},
        state::{EmptyState, Notice, Skeleton},
        text_area::TextArea,
        toggle::Checkbox,
    },
};

/// Prefix of the ids of the labels' controls.
const LABELS_ID: &str = "cluster-label";
/// Prefix of the ids of the annotations' controls.
const ANNOTATIONS_ID: &str = "cluster-annotation";

/// The fields both forms share.
#[derive(Clone, Copy)]
struct Fields {
    alias: RwSignal<String>,
    provider: RwSignal<Provider>,
    labels: RwSignal<Vec<KeyValue>>,
    annotations: RwSignal<Vec<KeyValue>>,
    description: RwSignal<String>,
    region: RwSignal<String>,
    zone: RwSignal<String>,
}

impl Fields {
    fn of(profile: &ClusterProfile) -> Self {
        Fields {
            alias: RwSignal::new(profile.alias.clone()),
            provider: RwSignal::new(profile.provider),
            labels: RwSignal::new(rows_of(&profile.labels)),
            annotations: RwSignal::new(rows_of(&profile.annotations)),
            description: RwSignal::new(profile.description.clone()),
            region: RwSignal::new(profile.region.clone()),
            zone: RwSignal::new(profile.zone.clone()),
        }
    }

    /// What they hold now.
    fn profile(self) -> ClusterProfile {
        ClusterProfile {
            alias: self.alias.get(),
            provider: self.provider.get(),
            labels: self.labels.with(|rows| pairs_of(rows)),
            annotations: self.annotations.with(|rows| pairs_of(rows)),
            description: self.description.get(),
            region: self.region.get(),
            zone: self.zone.get(),
        }
    }

    fn alias_error(self) -> Option<Text> {
        self.alias.with(|alias| rules::cluster_alias(alias))
    }

    fn description_error(self) -> Option<Text> {
        self.description.with(|text| rules::description(text))
    }

    fn label_error(self, place: usize) -> Option<(Half, Text)> {
        self.labels.with(|rows| pair_error(rows, place, rules::label_key, rules::label_value))
    }

    fn annotation_error(self, place: usize) -> Option<(Half, Text)> {
        self.annotations.with(|rows| pair_error(rows, place, rules::annotation_key, |_| None))
    }

    fn region_error(self) -> Option<Text> {
        self.region.with(|text| rules::cluster_place(text))
    }

    fn zone_error(self) -> Option<Text> {
        self.zone.with(|text| rules::cluster_place(text))
    }

    /// The id of the first control, from the top of the form, that holds an error.
    fn first_wrong(self) -> Option<String> {
        let single = [
            ("cluster-alias", self.alias_error()),
            ("cluster-region", self.region_error()),
            ("cluster-zone", self.zone_error()),
            ("cluster-description", self.description_error()),
        ];
        let single = single.into_iter().find_map(|(id, wrong)| wrong.map(|_| id.to_owned()));
        let row_of =
            |prefix: &str, rows: RwSignal<Vec<KeyValue>>, error: fn(Self, usize) -> Option<(Half, Text)>| {
                let ids = rows.with(|rows| rows.iter().map(|row| row.id).collect::<Vec<_>>());
                let mut ids = ids.into_iter().enumerate();
                ids.find_map(|(place, row)| error(self, place).map(|(half, _)| half.control_id(prefix, row)))
            };
        single
            .or_else(|| row_of(LABELS_ID, self.labels, Self::label_error))
            .or_else(|| row_of(ANNOTATIONS_ID, self.annotations, Self::annotation_error))
    }
}

/// What is wrong with a label or an annotation; an empty row is nothing, and a key stands once.
fn pair_error(
    rows: &[KeyValue],
    place: usize,
    key: fn(&str) -> Option<Text>,
    value: fn(&str) -> Option<Text>,
) -> Option<(Half, Text)> {
    let row = rows.get(place)?;
    if row.key.is_empty() && row.value.is_empty() {
        return None;
    }
    let wrong_key = key(&row.key).map(|text| (Half::Key, text));
    wrong_key.or_else(|| value(&row.value).map(|text| (Half::Value, text))).or_else(|| {
        let twice = rows.iter().take(place).any(|other| other.key == row.key);
        twice.then(|| (Half::Key, Text::new(&words::LABEL_TWICE, [&row.key])))
    })
}

/// The integrate form.
#[component]
pub fn IntegratePage() -> impl IntoView {
    let admin = use_request().caller.is_admin();
    view! {
        <Title text=t(words::INTEGRATE) />
        <Trail here=t(words::INTEGRATE) />
        <div class="page-head">
            <h1 class="page-title">{t(words::INTEGRATE)}</h1>
        </div>
        {if admin {
            view! {
                <Suspense fallback=|| view! { <Skeleton lines=6 /> }>
                    <IntegrateForm />
                </Suspense>
            }
            .into_any()
        } else {
            view! { <OnlyAdmins /> }.into_any()
        }}
    }
}

#[component]
fn IntegrateForm() -> impl IntoView {
    let lang = use_lang();
    let name = RwSignal::new(String::new());
    let fields = Fields::of(&ClusterProfile::default());
    let draft = KubeconfigDraft::new();
    let touched = RwSignal::new(false);
    let sending = Sending::new();
    let taken = Resource::new(|| (), |()| list_clusters());

    let name_problem = move || {
        let rule = name.with(|name| rules::cluster_name(name));
        rule.or_else(|| {
            let here = taken
                .get()
                .and_then(Result::ok)
                .is_some_and(|rows| rows.iter().any(|row| name.with(|name| row.name == *name)));
            here.then(|| {
                Text::new(&binnacle_model::words::errors::ALREADY_EXISTS, ["Cluster".to_owned(), name.get()])
            })
        })
    };
    let name_error = Signal::derive(move || {
        let shown = touched.get() || name.with(|name| !name.is_empty());
        shown.then(name_problem).flatten().map(|text| text.render(lang.get()))
    });
    let dirty = Signal::derive(move || {
        let typed = name.with(|name| !name.is_empty())
            || draft.text.with(|text| !text.is_empty())
            || fields.profile() != ClusterProfile::default();
        typed && !sending.is_done()
    });

    let obstacle = Signal::derive(move || draft.obstacle().map(|text| text.render(lang.get())));
    let submit = move || {
        touched.set(true);
        let name_wrong = untrack(name_problem).map(|_| "cluster-name".to_owned());
        if let Some(wrong) = name_wrong.or_else(|| untrack(|| fields.first_wrong())) {
            interop::focus(&wrong);
            return;
        }
        if untrack(|| draft.obstacle()).is_some() || !sending.begin() {
            return;
        }
        let input = ClusterInput {
            name: name.get_untracked(),
            profile: untrack(|| fields.profile()),
            kubeconfig: draft.text.get_untracked(),
            context: draft.context.get_untracked(),
        };
        leptos::task::spawn_local(async move {
            let name = input.name.clone();
            let answer = integrate_cluster(input).await.map_err(|error| error.0);
            sending.end(answer, words::INTEGRATED, &name);
        });
    };
    let submit = StoredValue::new(submit);
    view! {
        <LeaveGuard dirty=dirty text=t(words::LEAVE_TEXT) />
        <form
            class="form"
            on:submit=move |event| {
                event.prevent_default();
                submit.with_value(|submit| submit());
            }
        >
            <section class="form-section" aria-labelledby="section-basic">
                <h2 class="section-title" id="section-basic">{t(words::BASIC)}</h2>
                    <Field id="cluster-name" label=t(words::CLUSTER_NAME) help=t(words::CLUSTER_NAME_HELP) error=name_error required=true>
                        <TextInput value=name on_input=move |text| name.set(text) mono=true on_blur=move |()| touched.set(true) />
                    </Field>
                <SharedFields fields=fields />
            </section>
            <section class="form-section" aria-labelledby="section-connection">
                <h2 class="section-title" id="section-connection">{t(words::CONNECTION)}</h2>
                <KubeconfigInput draft=draft />
            </section>
            <Refusal refused=sending.refused />
            <div class="form-foot">
                <LinkButton href=paths::clusters() variant=ButtonVariant::Ghost>{t(common::CANCEL)}</LinkButton>
                <Button kind=crate::ui::button::ButtonType::Submit variant=ButtonVariant::Primary busy=sending.busy disabled_reason=obstacle>
                    {t(words::OK)}
                </Button>
            </div>
        </form>
    }
}

/// The form that edits a registration.
#[component]
pub fn EditClusterPage() -> impl IntoView {
    let params = use_params_map();
    let name = Memo::new(move |_| params.with(|params| params.get("cluster").unwrap_or_default()));
    let data = Resource::new(move || name.get(), cluster_for_edit);
    let admin = use_request().caller.is_admin();
    view! {
        <Title text=t(words::EDIT_CLUSTER) />
        <Trail here=move || name.get() />
        <div class="page-head">
            <h1 class="page-title">{t(words::EDIT_CLUSTER)} " " {move || name.get()}</h1>
        </div>
        {if admin {
            view! {
                <Suspense fallback=|| view! { <Skeleton lines=6 /> }>
                    {move || data.get().map(|answer| match answer {
                        Ok(edit) => view! { <EditForm name=name.get_untracked() edit=edit /> }.into_any(),
                        Err(error) => view! { <LoadError error=error.0 on_retry=move |()| data.refetch() /> }.into_any(),
                    })}
                </Suspense>
            }
            .into_any()
        } else {
            view! { <OnlyAdmins /> }.into_any()
        }}
    }
}

#[component]
fn EditForm(name: String, edit: ClusterEdit) -> impl IntoView {
    let lang = use_lang();
    let fields = Fields::of(&edit.profile);
    let renew = RwSignal::new(false);
    let draft = KubeconfigDraft::new();
    let sending = Sending::new();
    let now = move || ClusterEdit {
        profile: fields.profile(),
        credential: renew.get().then(|| (draft.text.get(), draft.context.get())),
    };
    // As the fields say it: what they trim of a stored value was changed by nobody.
    let before = untrack(now);
    let dirty = Signal::derive(move || now() != before && !sending.is_done());
    let obstacle = Signal::derive(move || {
        renew.get().then(|| draft.obstacle()).flatten().map(|text| text.render(lang.get()))
    });
    let submit = {
        let name = name.clone();
        move || {
            if let Some(wrong) = untrack(|| fields.first_wrong()) {
                interop::focus(&wrong);
                return;
            }
            let obstructed = renew.get_untracked() && untrack(|| draft.obstacle()).is_some();
            if obstructed || !sending.begin() {
                return;
            }
            let (name, edit) = (name.clone(), untrack(now));
            leptos::task::spawn_local(async move {
                let answer = edit_cluster(name.clone(), edit).await.map_err(|error| error.0);
                sending.end(answer, words::CHANGED, &name);
            });
        }
    };
    let submit = StoredValue::new(submit);
    view! {
        <LeaveGuard dirty=dirty text=t(words::LEAVE_TEXT) />
        <form
            class="form"
            on:submit=move |event| {
                event.prevent_default();
                submit.with_value(|submit| submit());
            }
        >
            <section class="form-section" aria-labelledby="section-basic">
                <h2 class="section-title" id="section-basic">{t(words::BASIC)}</h2>
                <SharedFields fields=fields />
            </section>
            <section class="form-section" aria-labelledby="section-connection">
                <h2 class="section-title" id="section-connection">{t(words::CONNECTION)}</h2>
                <Checkbox id="renew" label=t(words::NEW_KUBECONFIG) checked=renew on_change=move |on| renew.set(on) />
                <Show when=move || renew.get()>
                    <KubeconfigInput draft=draft />
                </Show>
            </section>
            <Refusal refused=sending.refused />
            <div class="form-foot">
                <LinkButton href=paths::clusters() variant=ButtonVariant::Ghost>{t(common::CANCEL)}</LinkButton>
                <Button kind=crate::ui::button::ButtonType::Submit variant=ButtonVariant::Primary busy=sending.busy disabled_reason=obstacle>
                    {t(common::SAVE)}
                </Button>
            </div>
        </form>
    }
}

#[component]
fn SharedFields(fields: Fields) -> impl IntoView {
    let lang = use_lang();
    let said = move |text: Option<Text>| text.map(|text| text.render(lang.get()));
    let providers = Signal::stored(
        Provider::ALL
            .iter()
            .map(|provider| SelectOption::new(provider.as_str(), provider.label()))
            .collect::<Vec<_>>(),
    );
    view! {
        <Field id="cluster-alias" label=t(common::ALIAS) help=t(words::CLUSTER_ALIAS_HELP) error=Signal::derive(move || said(fields.alias_error()))>
            <TextInput value=fields.alias on_input=move |text| fields.alias.set(text) />
        </Field>
        <Field id="cluster-provider" label=t(words::PROVIDER)>
            <Select
                options=providers
                value=Signal::derive(move || fields.provider.get().as_str().to_owned())
                on_change=move |value: String| {
                    if let Some(provider) = Provider::from_name(&value) {
                        fields.provider.set(provider);
                    }
                }
            />
        </Field>
        <Field id="cluster-region" label=t(words::REGION) help=t(words::REGION_HELP) error=Signal::derive(move || said(fields.region_error()))>
            <TextInput value=fields.region on_input=move |text| fields.region.set(text) />
        </Field>
        <Field id="cluster-zone" label=t(words::ZONE) help=t(words::ZONE_HELP) error=Signal::derive(move || said(fields.zone_error()))>
            <TextInput value=fields.zone on_input=move |text| fields.zone.set(text) />
        </Field>
        <Field
            id="cluster-description"
            label=t(words::DESCRIPTION)
            error=Signal::derive(move || said(fields.description_error()))
        >
            <TextArea value=fields.description on_input=move |text| fields.description.set(text) rows=2 />
        </Field>
        <fieldset class="fieldset">
            <legend>{t(words::LABELS)}</legend>
            <KeyValueRows
                id=LABELS_ID
                named=LABEL_ROWS
                rows=fields.labels
                error=move |place| {
                    fields.label_error(place).map(|(half, text)| (half, text.render(lang.get())))
                }
            />
        </fieldset>
        <fieldset class="fieldset">
            <legend>{t(words::ANNOTATIONS)}</legend>
            <KeyValueRows
                id=ANNOTATIONS_ID
                named=ANNOTATION_ROWS
                rows=fields.annotations
                error=move |place| {
                    fields.annotation_error(place).map(|(half, text)| (half, text.render(lang.get())))
                }
            />
        </fieldset>
    }
}

/// Why the server refused, shown once, above the foot.
#[component]
fn Refusal(refused: RwSignal<Option<AppError>>) -> impl IntoView {
    view! {
        <div role="alert">
            {move || refused.get().map(|error| {
                let rest = match &error {
                    AppError::Invalid { issues } if issues.len() > 1 => issues.clone(),
                    _ => Vec::new(),
                };
                view! {
                    <Notice tone=Tone::Failing text=tt(error.text()) />
                    <crate::components::kubeconfig::Issues issues=rest />
                }
            })}
        </div>
    }
}

#[component]
fn OnlyAdmins() -> impl IntoView {
    view! {
        <EmptyState icon=IconName::Lock title=t(words::ONLY_ADMINS)>
            <LinkButton href=paths::clusters()>{t(shell::GO_TO_CLUSTERS)}</LinkButton>
        </EmptyState>
    }
}

#[component]
fn Trail(#[prop(into)] here: TextProp) -> impl IntoView {
    let lang = use_lang();
    let items = Signal::derive(move || {
        vec![Crumb::link(shell::CLUSTERS.text(lang.get()), paths::clusters()), Crumb::here(here.get())]
    });
    view! { <Breadcrumbs label=t(shell::BREADCRUMB) items=items /> }
}
