//! Deleting a workload: what goes and what stays is said first.

use binnacle_model::{
    object::ObjectRef,
    words::{Text, lists},
    workload::{DeletePlan, UnseenClaims},
};
use leptos::prelude::*;

use crate::{
    api::workloads::{delete_object, plan_delete},
    i18n::use_lang,
    ui::{dialog::ConfirmDialog, toast::use_toasts},
};

/// What the cluster says that deleting would do, or why it could not be asked.
type Planned = Result<DeletePlan, Text>;

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
    let plan = RwSignal::new(None::<Planned>);
    let error = RwSignal::new(None::<Text>);
    let busy = RwSignal::new(false);

    Effect::new(move |_| {
        let Some(object) = target.get() else { return };
        plan.set(None);
        error.set(None);
        busy.set(true);
        open.set(true);
        leptos::task::spawn_local(async move {
            plan.set(Some(plan_delete(object).await.map_err(|refused| refused.0.text())));
            busy.set(false);
        });
    });

    let named = move |word: binnacle_model::Word| {
        target.with(|target| {
            target
                .as_ref()
                .map_or_else(String::new, |object| word.fill(lang.get(), &[&object.kind, &object.name]))
        })
    };
    let goes = Signal::derive(move || {
        plan.with(|plan| known(plan.as_ref()).map_or_else(Vec::new, |plan| goes(plan, lang.get())))
    });
    let stays = Signal::derive(move || {
        plan.with(|plan| known(plan.as_ref()).map_or_else(Vec::new, |plan| stays(plan, lang.get())))
    });
    // Typing the name is asked only where data is lost (look.md).
    let type_name = Memo::new(move |_| {
        let loses = plan.with(|plan| known(plan.as_ref()).is_some_and(DeletePlan::loses_data));
        loses.then(|| target.with(|target| target.as_ref().map(|object| object.name.clone()))).flatten()
    });
    let obstacle = Signal::derive(move || {
        plan.with(|plan| obstacle(plan.as_ref())).map(|reason| reason.render(lang.get()))
    });
    let confirm = move |()| {
        let (Some(object), Some(Ok(plan))) = (target.get_untracked(), plan.get_untracked()) else { return };
        busy.set(true);
        error.set(None);
        leptos::task::spawn_local(async move {
            match delete_object(object.clone(), plan.uid).await {
                Ok(()) => {
                    open.set(false);
                    let said = Text::new(&lists::DELETING_STARTED, [&object.kind, &object.name]);
                    toasts.success(said.render(lang.get_untracked()));
                    if let Some(on_deleted) = on_deleted {
                        // The page may be gone by now, and what it would have done.
                        let _ = on_deleted.try_run(object);
                    }
                }
                Err(refused) => error.set(Some(refused.0.text())),
            }
            busy.set(false);
        });
    };

    let failed = Signal::derive(move || {
        let failed = error.with(|error| error.as_ref().map(|text| text.render(lang.get())));
        failed.or_else(|| obstacle.get())
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
            disabled_reason=obstacle
            busy=busy
            error=failed
            on_confirm=confirm
        />
    }
}

/// The plan, once it is there.
fn known(plan: Option<&Planned>) -> Option<&DeletePlan> {
    plan.and_then(|plan| plan.as_ref().ok())
}

/// Why nothing can be deleted: the caller may not, or what would happen is not known.
fn obstacle(plan: Option<&Planned>) -> Option<Text> {
    match plan? {
        Ok(plan) => plan.forbidden.clone(),
        Err(reason) => Some(reason.clone()),
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
        1 => lists::DELETE_PODS_ONE.text(lang).to_owned(),
        pods => lists::DELETE_PODS_MANY.fill(lang, &[&pods.to_string()]),
    }];
    match plan.claims_deleted.len() {
        0 if plan.claims_unseen == Some(UnseenClaims::Deleted) => {
            lines.push(lists::DELETE_UNSEEN_LOST.text(lang).to_owned());
        }
        0 => {}
        1 => lines.push(lists::DELETE_LOSES_ONE.fill(lang, &[&claims(&plan.claims_deleted)])),
        many => lines
            .push(lists::DELETE_LOSES_MANY.fill(lang, &[&many.to_string(), &claims(&plan.claims_deleted)])),
    }
    lines
}

fn stays(plan: &DeletePlan, lang: binnacle_model::Lang) -> Vec<String> {
    match plan.claims_kept.len() {
        0 if plan.claims_unseen == Some(UnseenClaims::Kept) => {
            vec![lists::DELETE_UNSEEN_KEPT.text(lang).to_owned()]
        }
        0 if !plan.loses_data() => vec![lists::DELETE_NO_CLAIMS.text(lang).to_owned()],
        0 => vec![],
        1 => vec![lists::DELETE_KEEPS_ONE.fill(lang, &[&claims(&plan.claims_kept)])],
        many => vec![lists::DELETE_KEEPS_MANY.fill(lang, &[&many.to_string(), &claims(&plan.claims_kept)])],
    }
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
            claims_unseen: None,
            forbidden: None,
        }
    }

    #[test]
    fn nothing_is_deleted_that_may_not_be_or_is_not_known() {
        let forbidden = DeletePlan { forbidden: Some(Text::raw("may not")), ..plan(1, 0, 1) };
        for (planned, said) in [
            (None, None),
            (Some(Ok(plan(1, 0, 1))), None),
            (Some(Ok(forbidden)), Some("may not")),
            (Some(Err(Text::raw("no answer"))), Some("no answer")),
        ] {
            let obstacle = obstacle(planned.as_ref()).map(|reason| reason.render(Lang::En));
            assert_eq!(obstacle.as_deref(), said);
        }
    }

    #[test]
    fn claims_that_may_not_be_listed_are_no_obstacle() {
        for (fate, loses, said_goes, said_stays) in [
            (UnseenClaims::Kept, false, "", "Its volume claims stay with their data."),
            (UnseenClaims::Deleted, true, "Its volume claims are deleted with their data", ""),
        ] {
            let plan = DeletePlan { claims_unseen: Some(fate), ..plan(0, 0, 2) };
            assert_eq!(obstacle(Some(&Ok(plan.clone()))), None);
            assert_eq!(plan.loses_data(), loses);
            let (goes, stays) = (goes(&plan, Lang::En), stays(&plan, Lang::En));
            assert!(goes.last().is_some_and(|last| last.contains(said_goes)), "{goes:?}");
            assert_eq!(goes.len(), if loses { 2 } else { 1 }, "{goes:?}");
            assert_eq!(stays.is_empty(), loses, "{stays:?}");
            assert!(stays.iter().all(|line| line.contains(said_stays)), "{stays:?}");
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
            (0, 1, 1, "One pod ends.\nOne volume claim is deleted with its data", ""),
            (1, 0, 0, "It has no pods.", "One volume claim stays with its data: data-web-0 (1Gi)"),
            (0, 2, 0, "2 volume claims are deleted with their data", ""),
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
