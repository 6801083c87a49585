//! Deleting a workload: what goes and what stays is said first.

use binnacle_model::{
    object::ObjectRef,
    words::{Text, lists},
    workload::DeletePlan,
};
use leptos::prelude::*;

use crate::{
    api::workloads::{delete_object, plan_delete},
    i18n::use_lang,
    ui::{dialog::ConfirmDialog, toast::use_toasts},
};

/// Asks, says, deletes. `target` set to an object opens it.
#[component]
pub fn DeleteDialog(
    /// What to delete; `None` while closed.
    target: RwSignal<Option<ObjectRef>>,
    /// Runs once the cluster took the delete.
    #[prop(optional, into)]
    on_deleted: Option<Callback<ObjectRef>>,
) -> impl IntoView {
    let lang = use_lang();
    let toasts = use_toasts();
    let open = RwSignal::new(false);
    let plan = RwSignal::new(None::<DeletePlan>);
    let error = RwSignal::new(None::<Text>);
    let busy = RwSignal::new(false);

    Effect::new(move |_| {
        let Some(object) = target.get() else { return };
        plan.set(None);
        error.set(None);
        busy.set(true);
        open.set(true);
        leptos::task::spawn_local(async move {
            match plan_delete(object).await {
                Ok(answer) => {
                    error.set(answer.forbidden.clone());
                    plan.set(Some(answer));
                }
                Err(refused) => error.set(Some(refused.0.text())),
            }
            busy.set(false);
        });
    });

    let confirm = move |()| {
        let (Some(object), Some(plan)) = (target.get_untracked(), plan.get_untracked()) else { return };
        if plan.forbidden.is_some() {
            return;
        }
        busy.set(true);
        error.set(None);
        leptos::task::spawn_local(async move {
            match delete_object(object.clone(), plan.uid).await {
                Ok(()) => {
                    open.set(false);
                    let said = Text::new(&lists::DELETING_STARTED, [&object.kind, &object.name]);
                    toasts.success(said.render(lang.get_untracked()));
                    if let Some(on_deleted) = on_deleted {
                        on_deleted.run(object);
                    }
                }
                Err(refused) => error.set(Some(refused.0.text())),
            }
            busy.set(false);
        });
    };

    let named = move |word: binnacle_model::Word| {
        target.with(|target| {
            target
                .as_ref()
                .map_or_else(String::new, |object| word.fill(lang.get(), &[&object.kind, &object.name]))
        })
    };
    let goes = Signal::derive(move || {
        plan.with(|plan| plan.as_ref().map_or_else(Vec::new, |plan| goes(plan, lang.get())))
    });
    let stays = Signal::derive(move || {
        plan.with(|plan| plan.as_ref().map_or_else(Vec::new, |plan| stays(plan, lang.get())))
    });
    // Typing the name is asked only where data is lost (look.md).
    let type_name = Signal::derive(move || {
        let loses = plan.with(|plan| plan.as_ref().is_some_and(|plan| !plan.claims_deleted.is_empty()));
        loses.then(|| target.with(|target| target.as_ref().map(|object| object.name.clone()))).flatten()
    });
    view! {
        <ConfirmDialog
            id="delete-dialog"
            open=open
            title=move || named(lists::DELETE_TITLE)
            confirm=move || named(lists::DELETE_KIND)
            goes=goes
            stays=stays
            type_name=type_name
            busy=busy
            error=Signal::derive(move || error.with(|error| error.as_ref().map(|text| text.render(lang.get()))))
            on_confirm=confirm
        />
    }
}

fn claims(list: &[(String, String)]) -> String {
    let mut names: Vec<String> = list.iter().take(5).map(|(name, size)| format!("{name} ({size})")).collect();
    if list.len() > 5 {
        names.push("…".to_owned());
    }
    names.join(", ")
}

fn goes(plan: &DeletePlan, lang: binnacle_model::Lang) -> Vec<String> {
    let mut lines = vec![match plan.pods {
        0 => lists::DELETE_NO_PODS.text(lang).to_owned(),
        pods => lists::DELETE_PODS.fill(lang, &[&pods.to_string()]),
    }];
    if !plan.claims_deleted.is_empty() {
        let count = plan.claims_deleted.len().to_string();
        lines.push(lists::DELETE_LOSES.fill(lang, &[&count, &claims(&plan.claims_deleted)]));
    }
    lines
}

fn stays(plan: &DeletePlan, lang: binnacle_model::Lang) -> Vec<String> {
    if plan.claims_kept.is_empty() {
        return if plan.claims_deleted.is_empty() {
            vec![lists::DELETE_NO_CLAIMS.text(lang).to_owned()]
        } else {
            vec![]
        };
    }
    let count = plan.claims_kept.len().to_string();
    vec![lists::DELETE_KEEPS.fill(lang, &[&count, &claims(&plan.claims_kept)])]
}

#[cfg(test)]
mod tests {
    use super::*;
    use binnacle_model::Lang;

    fn plan(kept: usize, deleted: usize, pods: u32) -> DeletePlan {
        let claims = |count| (0..count).map(|n| (format!("data-web-{n}"), "1Gi".to_owned())).collect();
        DeletePlan {
            uid: "u".into(),
            pods,
            claims_kept: claims(kept),
            claims_deleted: claims(deleted),
            forbidden: None,
        }
    }

    #[test]
    fn the_dialog_says_what_becomes_of_claims() {
        for (kept, deleted, pods, said_goes, said_stays) in [
            (
                2,
                0,
                2,
                "2 pods end",
                "2 volume claims stay with their data: data-web-0 (1Gi), data-web-1 (1Gi)",
            ),
            (0, 1, 1, "1 volume claims are deleted with their data", ""),
            (0, 0, 0, "It has no pods.", "It has no volume claims."),
            (7, 0, 7, "7 pods", "…"),
        ] {
            let plan = plan(kept, deleted, pods);
            let (goes, stays) = (goes(&plan, Lang::En).join("\n"), stays(&plan, Lang::En).join("\n"));
            assert!(goes.contains(said_goes), "{goes}");
            assert!(stays.contains(said_stays), "{stays}");
        }
    }
}
