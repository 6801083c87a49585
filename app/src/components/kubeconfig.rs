//! A kubeconfig: paste or open, choose a context, verify, and read what was found.

mod ways;

use binnacle_model::{
    AppError, Issue, Severity, Text,
    cluster::{KubeconfigReport, VerifyReport},
    words::{clusters as words, errors},
};
use leptos::prelude::*;

use crate::{
    api::clusters::{read_kubeconfig, verify_cluster},
    i18n::{t, tt, use_lang},
    interop::{FileProblem, chosen_files, dropped_files, read_file},
    ui::{
        badge::{StatusBadge, Tone},
        button::{Button, ButtonVariant},
        code_block::CodeBlock,
        disclosure::Disclosure,
        field::Field,
        icon::{Icon, IconName},
        select::{Select, SelectOption},
        state::Notice,
        text_area::TextArea,
        time::exact,
    },
};

use ways::{Way, WayOut, way_out, way_out_of};

/// Largest kubeconfig taken, in bytes (security spec A4).
const MAX_BYTES: u64 = 1 << 20;

/// A kubeconfig on its way in.
#[derive(Clone, Copy)]
pub struct KubeconfigDraft {
    /// The text as typed.
    pub text: RwSignal<String>,
    /// The chosen context.
    pub context: RwSignal<String>,
    /// What reading it found.
    report: RwSignal<Option<Result<KubeconfigReport, Text>>>,
    /// What Verify found, with the text and the context it was about.
    verified: RwSignal<Option<(String, String, VerifyReport)>>,
    /// Why Verify could not be answered.
    failed: RwSignal<Option<AppError>>,
    busy: RwSignal<bool>,
}

impl KubeconfigDraft {
    /// An empty one.
    pub fn new() -> Self {
        let draft = KubeconfigDraft {
            text: RwSignal::new(String::new()),
            context: RwSignal::new(String::new()),
            report: RwSignal::new(None),
            verified: RwSignal::new(None),
            failed: RwSignal::new(None),
            busy: RwSignal::new(false),
        };
        draft.read_while_typing();
        draft
    }

    /// The report on exactly this text and context, if Verify gave one.
    pub fn verified(self) -> Option<VerifyReport> {
        self.verified.with(|verified| {
            let (text, context, report) = verified.as_ref()?;
            (self.text.with(|now| now == text) && self.context.with(|now| now == context))
                .then(|| report.clone())
        })
    }

    /// Why OK may not be pressed yet.
    pub fn obstacle(self) -> Option<Text> {
        match self.verified() {
            Some(report) if report.is_good() => None,
            Some(_) => Some(words::NOT_VERIFIED.into()),
            None if self.verified.with(Option::is_some) => Some(words::VERIFY_AGAIN.into()),
            None => Some(words::VERIFY_FIRST.into()),
        }
    }

    /// Reads the text 300 ms after the last key.
    fn read_while_typing(self) {
        let turn = StoredValue::new(0_u32);
        Effect::new(move |_| {
            let text = self.text.get();
            let mine = turn.try_update_value(|turn| {
                *turn += 1;
                *turn
            });
            if text.trim().is_empty() {
                self.report.set(None);
                return;
            }
            if text.len() as u64 > MAX_BYTES {
                self.report.set(Some(Err(Text::new(&errors::TOO_LARGE, ["1 MiB"]))));
                return;
            }
            set_timeout(
                move || {
                    if turn.try_get_value() != mine {
                        return;
                    }
                    leptos::task::spawn_local(async move {
                        let answer = read_kubeconfig(text).await;
                        if turn.try_get_value() != mine {
                            return;
                        }
                        if let Ok(report) = &answer {
                            self.choose_context(report);
                        }
                        self.report.set(Some(answer.map_err(|error| error.0.text())));
                    });
                },
                std::time::Duration::from_millis(300),
            );
        });
    }

    /// Keeps the choice while it exists, else takes the current context, else the only one.
    fn choose_context(self, report: &KubeconfigReport) {
        let kept =
            self.context.with_untracked(|now| report.contexts.iter().any(|context| context.name == *now));
        if !kept {
            let first = report.contexts.first().map(|context| context.name.clone());
            self.context.set(report.current.clone().or(first).unwrap_or_default());
        }
    }

    fn verify(self) {
        let (text, context) = (self.text.get_untracked(), self.context.get_untracked());
        self.busy.set(true);
        self.failed.set(None);
        leptos::task::spawn_local(async move {
            match verify_cluster(text.clone(), context.clone()).await {
                Ok(report) => self.verified.set(Some((text, context, report))),
                Err(error) => {
                    self.verified.set(None);
                    self.failed.set(Some(error.0));
                }
            }
            self.busy.set(false);
        });
    }

    /// Why Verify may not be pressed.
    fn unreadable(self) -> Option<Text> {
        self.report.with(|report| match report {
            None => Some(words::KUBECONFIG_HELP.into()),
            Some(Err(text)) => Some(text.clone()),
            Some(Ok(report)) => {
                let refused = first_error(&report.issues).map(|issue| issue.text.clone());
                refused.or_else(|| {
                    self.context.with(|chosen| match report.contexts.iter().find(|one| one.name == *chosen) {
                        None => Some(words::CHOOSE_CONTEXT.into()),
                        Some(context) => context.refused.first().map(|issue| issue.text.clone()),
                    })
                })
            }
        })
    }
}

impl Default for KubeconfigDraft {
    fn default() -> Self {
        Self::new()
    }
}

/// The part of a form that takes a kubeconfig.
#[component]
pub fn KubeconfigInput(
    /// The draft.
    draft: KubeconfigDraft,
) -> impl IntoView {
    let lang = use_lang();
    let take = move |file: Option<web_sys::File>| {
        let Some(file) = file else { return };
        leptos::task::spawn_local(async move {
            match read_file(file, MAX_BYTES).await {
                Ok(file) => draft.text.set(file.text),
                Err(problem) => draft.report.set(Some(Err(file_problem(problem).into()))),
            }
        });
    };
    let file_error = Signal::derive(move || {
        draft.report.with(|report| match report {
            Some(Err(text)) => Some(text.render(lang.get())),
            Some(Ok(report)) => first_error(&report.issues).map(|issue| issue.text.render(lang.get())),
            None => None,
        })
    });
    let file_issues = move || {
        draft.report.with(|report| match report {
            Some(Ok(report)) => report.issues.clone(),
            _ => Vec::new(),
        })
    };
    let contexts = Signal::derive(move || {
        draft.report.with(|report| match report {
            Some(Ok(report)) => report
                .contexts
                .iter()
                .map(|context| {
                    SelectOption::new(context.name.clone(), format!("{} · {}", context.name, context.server))
                })
                .collect(),
            _ => Vec::new(),
        })
    });
    let chosen = move || {
        draft.report.with(|report| match report {
            Some(Ok(report)) => draft
                .context
                .with(|chosen| report.contexts.iter().find(|context| context.name == *chosen).cloned()),
            _ => None,
        })
    };
    let unreadable = Signal::derive(move || draft.unreadable().map(|text| text.render(lang.get())));
    // Text that is dragged into the field is the browser's to insert: only files are ours.
    let dragged = |event: web_sys::DragEvent| {
        if drags_files(&event) {
            event.prevent_default();
        }
    };
    let dropped = move |event: web_sys::DragEvent| {
        if drags_files(&event) {
            event.prevent_default();
            take(dropped_files(&event).into_iter().next());
        }
    };
    view! {
        <div class="drop-zone" on:dragover=dragged on:drop=dropped>
            <Field id="kubeconfig" label=t(words::KUBECONFIG) help=t(words::KUBECONFIG_HELP) error=file_error required=true>
                <TextArea value=draft.text on_input=move |text| draft.text.set(text) rows=10 mono=true />
            </Field>
            <label class="button button-secondary file-button">
                <Icon name=IconName::FileUp />
                <span class="button-text">{t(words::OPEN_FILE)}</span>
                <input
                    type="file"
                    class="visually-hidden"
                    id="kubeconfig-file"
                    on:change=move |event| take(chosen_files(&event).into_iter().next())
                />
            </label>
        </div>
        {move || {
            let issues = file_issues();
            let way = way_out(&issues);
            // The field says the first error of the file as a whole; what else there is has its places here.
            let has_places = issues.len() > 1 || issues.iter().any(|issue| !issue.path.to_string().is_empty());
            (has_places || way.is_some()).then(|| {
                view! {
                    <div class="issues">
                        {has_places.then(|| view! { <Issues issues=issues /> })}
                        {way.map(|way| view! { <WayOut way=way /> })}
                    </div>
                }
            })
        }}
        <Disclosure title=t(words::HOW_TO_KUBECONFIG)>
            <WayOut way=Way::Flatten />
            <WayOut way=Way::Account />
        </Disclosure>
        <Show when=move || !contexts.with(Vec::is_empty)>
            <Field id="context" label=t(words::CONTEXT)>
                <Select options=contexts value=draft.context on_change=move |value| draft.context.set(value) />
            </Field>
        </Show>
        {move || {
            chosen().filter(|context| !context.refused.is_empty()).map(|context| {
                let way = way_out(&context.refused);
                view! {
                    <div role="alert" class="issues">
                        <p>{t(words::CONTEXT_REFUSED)}</p>
                        <Issues issues=context.refused />
                    </div>
                    {way.map(|way| view! { <div class="issues"><WayOut way=way /></div> })}
                }
            })
        }}
        {move || {
            chosen().filter(|context| !context.warnings.is_empty()).map(|context| view! { <Issues issues=context.warnings /> })
        }}
        <div>
            <Button
                variant=ButtonVariant::Secondary
                icon=IconName::ShieldCheck
                busy=draft.busy
                disabled_reason=unreadable
                on_click=move |_| draft.verify()
            >
                {move || if draft.busy.get() { words::VERIFYING } else { words::VERIFY }.text(lang.get())}
            </Button>
        </div>
        <div role="status">
            {move || draft.failed.get().map(|error| view! { <Failed error=error /> })}
            {move || draft.verified().map(|report| view! { <Report report=report /> })}
        </div>
    }
}

/// The first error, if any of these is one.
fn first_error(issues: &[Issue]) -> Option<&Issue> {
    issues.iter().find(|issue| issue.severity == Severity::Error)
}

/// Why Verify could not be answered, and the way on.
#[component]
fn Failed(error: AppError) -> impl IntoView {
    let way = way_out_of(&error);
    let said = match error {
        AppError::Invalid { issues } => view! { <Issues issues=issues /> }.into_any(),
        error => view! { <Notice tone=Tone::Failing text=tt(error.text()) /> }.into_any(),
    };
    view! {
        <div class="issues">
            {said}
            {way.map(|way| view! { <WayOut way=way /> })}
        </div>
    }
}

/// What is said when a file could not be read.
fn file_problem(problem: FileProblem) -> binnacle_model::Word {
    match problem {
        FileProblem::TooLarge(_) => words::FILE_TOO_LARGE,
        FileProblem::Unreadable => words::FILE_UNREADABLE,
    }
}

/// Whether files are dragged, rather than text.
fn drags_files(event: &web_sys::DragEvent) -> bool {
    event.data_transfer().is_some_and(|transfer| transfer.types().includes(&"Files".into(), 0))
}

/// Issues, each with its place and its sentence.
#[component]
pub fn Issues(
    /// The issues.
    issues: Vec<Issue>,
) -> impl IntoView {
    let lines = issues
        .into_iter()
        .map(|issue| {
            let tone = match issue.severity {
                Severity::Error => Tone::Failing,
                Severity::Warning => Tone::Waiting,
                Severity::Note => Tone::Neutral,
            };
            let place = issue.path.to_string();
            view! {
                <li class="issue" data-tone=tone.name()>
                    <Icon name=tone.icon() />
                    <span>
                        {(!place.is_empty()).then(|| view! { <code>{place}</code> " " })} <span>{tt(issue.text)}</span>
                    </span>
                </li>
            }
        })
        .collect_view();
    view! { <ul class="issue-list">{lines}</ul> }
}

/// Whether OK will create the binding for console administrators where it is missing.
fn may_bind(report: &VerifyReport) -> bool {
    report.powers.iter().any(|(power, may)| *may && errors::POWER_BIND.is(&power.key))
}

/// What Verify found.
#[component]
fn Report(report: VerifyReport) -> impl IntoView {
    let good = report.is_good();
    let way = way_out(&report.issues);
    let lang = use_lang();
    let (tone, word) =
        if good { (Tone::Running, words::VERIFIED) } else { (Tone::Failing, words::NOT_VERIFIED) };
    let until = move |end: Option<i64>| match end {
        Some(end) => exact(end * 1_000),
        None => words::NEVER_SAYS.text(lang.get()).to_owned(),
    };
    let may_bind = may_bind(&report);
    let (credential, certificate) = (report.credential_expires, report.certificate_expires);
    let powers = report
        .powers
        .into_iter()
        .map(|(power, may)| {
            let (tone, word) =
                if may { (Tone::Running, words::MAY) } else { (Tone::Neutral, words::MAY_NOT) };
            view! { <li><StatusBadge tone=tone label=t(word) /> <span>{tt(power)}</span></li> }
        })
        .collect_view();
    let binding = if report.admin_binding {
        view! { <p>{t(words::ADMIN_BINDING_EXISTS)}</p> }.into_any()
    } else if !may_bind {
        // That it will be missing, and the way out, stands among the issues.
        ().into_any()
    } else {
        view! {
            <p>{t(words::ADMIN_BINDING_WILL)}</p>
            <CodeBlock text=report.admin_binding_yaml.clone() label="ClusterRoleBinding" />
        }
        .into_any()
    };
    view! {
        <section class="card report" aria-labelledby="report-title">
            <h3 class="card-title" id="report-title"><StatusBadge tone=tone label=t(word) /></h3>
            <Issues issues=report.issues />
            {way.map(|way| view! { <WayOut way=way /> })}
            <dl class="facts">
                <dt>{t(words::SERVER)}</dt>
                <dd class="cell-mono">{report.server}</dd>
                <dt>{t(words::DIALLED)}</dt>
                <dd class="cell-mono">{report.dialled}</dd>
                <dt>{t(words::VERSION)}</dt>
                <dd class="cell-mono">{report.version}</dd>
                <dt>{t(words::SYSTEM_UID)}</dt>
                <dd class="cell-mono">{report.system_uid}</dd>
                <dt>{t(words::CREDENTIAL_USER)}</dt>
                <dd class="cell-mono">{report.user}</dd>
                <dt>{t(words::CREDENTIAL_END)}</dt>
                <dd>{move || until(credential)}</dd>
                <dt>{t(words::CERTIFICATE_END)}</dt>
                <dd>{move || until(certificate)}</dd>
            </dl>
            <h4>{t(words::POWERS)}</h4>
            <ul class="powers">{powers}</ul>
            {good.then_some(binding)}
        </section>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unreadable_file_is_not_called_large() {
        assert_eq!(file_problem(FileProblem::TooLarge(1 << 21)), words::FILE_TOO_LARGE);
        assert_eq!(file_problem(FileProblem::Unreadable), words::FILE_UNREADABLE);
    }

    #[test]
    fn only_who_may_bind_is_promised_a_binding() {
        let report = |powers: Vec<(Text, bool)>| VerifyReport {
            server: String::new(),
            dialled: String::new(),
            version: String::new(),
            system_uid: String::new(),
            user: String::new(),
            credential_expires: None,
            certificate_expires: None,
            powers,
            admin_binding: false,
            admin_binding_yaml: String::new(),
            issues: vec![],
        };
        assert!(may_bind(&report(vec![(errors::POWER_BIND.into(), true)])));
        assert!(!may_bind(&report(vec![(errors::POWER_BIND.into(), false)])));
        assert!(!may_bind(&report(vec![(errors::POWER_NODES.into(), true)])));
    }
}
