//! The frame around every page: bar, navigation, content.

use binnacle_model::{
    Lang,
    object::WorkloadKind,
    session::Role,
    words::{errors, lists, shell as words, signin},
};
use leptos::prelude::*;
use leptos_router::{components::A, hooks::use_location};
use wasm_bindgen::JsCast;

use crate::{
    components::{cluster_switch::ClusterSwitch, load::SignInLink, scroll::scroll_to_top},
    i18n::{fetch_language, t, tf, use_lang},
    interop::{Theme, dialog_open, focus, focus_title_when_lost, set_preference, set_theme, theme},
    live::{LiveState, use_live_state},
    paths,
    request::use_request,
    ui::{
        assets::use_assets,
        badge::Tone,
        button::{ButtonVariant, IconButton},
        icon::{Icon, IconName},
        menu::{Menu, MenuItem, MenuLabel, MenuSeparator},
        state::Notice,
        toast::{ToastRegion, use_toasts},
    },
};

/// The cookie that remembers the language; the server reads it before `Accept-Language`.
pub const LANG_COOKIE: &str = "binnacle_lang";

/// Ids of the frame's parts.
const CONTENT: &str = "content";
const NAVIGATION: &str = "navigation";
const DRAWER_BUTTON: &str = "drawer-button";

/// The cluster that the address names, if it names one.
fn cluster_in(path: &str) -> Option<String> {
    let mut segments = path.trim_start_matches('/').split('/');
    match (segments.next(), segments.next()) {
        (Some("clusters"), Some(name)) if !name.is_empty() && name != "integrate" => {
            Some(leptos_router::location::Url::unescape(name))
        }
        _ => None,
    }
}

/// The frame.
#[component]
pub fn Shell(
    /// The page.
    children: Children,
) -> impl IntoView {
    let location = use_location();
    let cluster = Memo::new(move |_| location.pathname.with(|path| cluster_in(path)));
    let drawer = RwSignal::new(false);
    // Going somewhere closes the drawer, and the new page begins at its top: the router scrolls the window,
    // which here never scrolls.
    Effect::new(move |is_first: Option<()>| {
        location.pathname.track();
        drawer.set(false);
        if is_first.is_some() {
            scroll_to_top(&format!("#{CONTENT}"));
            focus_title_when_lost();
        }
    });
    close_by_key_or_outside(drawer);

    view! {
        // `external` leaves it to the browser, which moves the focus; the router would only change the address.
        <a class="skip-link" href="#content" rel="external">{t(words::SKIP_TO_CONTENT)}</a>
        <header class="bar">
            <span class="bar-drawer">
                <IconButton
                    id=DRAWER_BUTTON
                    attr:aria-controls=NAVIGATION
                    attr:aria-expanded=move || if drawer.get() { "true" } else { "false" }
                    icon=Signal::derive(move || if drawer.get() { IconName::X } else { IconName::Menu })
                    label=drawer_label(drawer)
                    on_click=move |_| drawer.update(|open| *open = !*open)
                />
            </span>
            <A href=paths::clusters() attr:class="bar-mark">
                <Icon name=IconName::Compass />
                <span>{t(words::BINNACLE)}</span>
            </A>
            <ClusterSwitch current=cluster />
            <span class="bar-space"></span>
            <UserMenu />
        </header>
        <div class="frame">
            <nav class="nav" id=NAVIGATION class:nav-open=move || drawer.get() aria-label=t(words::NAVIGATION)>
                <NavLinks cluster=cluster />
            </nav>
            <main class="content" id=CONTENT tabindex="-1">
                <ConnectionNotice />
                {children()}
            </main>
        </div>
        <ToastRegion />
    }
}

fn drawer_label(open: RwSignal<bool>) -> impl Fn() -> &'static str + Clone + Send + Sync + 'static {
    let (to_open, to_close) = (t(words::OPEN_NAVIGATION), t(words::CLOSE_NAVIGATION));
    move || if open.get() { to_close() } else { to_open() }
}

/// Closes the open drawer by Escape, with the focus back on its button, and by a press beside it.
fn close_by_key_or_outside(drawer: RwSignal<bool>) {
    Effect::new(move |_| {
        if !drawer.get() {
            return;
        }
        let key = window_event_listener(leptos::ev::keydown, move |event| {
            // A menu or dialog above the drawer takes its own Escape.
            if event.key() == "Escape" && !event.default_prevented() && !dialog_open() {
                drawer.set(false);
                focus(DRAWER_BUTTON);
            }
        });
        let press = window_event_listener(leptos::ev::pointerdown, move |event| {
            let beside = event
                .target()
                .and_then(|target| target.dyn_into::<web_sys::Element>().ok())
                .is_some_and(|target| matches!(target.closest(".nav, .bar-drawer"), Ok(None)));
            if beside {
                drawer.set(false);
            }
        });
        on_cleanup(move || {
            key.remove();
            press.remove();
        });
    });
}

/// The navigation of PS 1: only what works.
#[component]
fn NavLinks(cluster: Memo<Option<String>>) -> impl IntoView {
    view! {
        <ul class="nav-list">
            <li>
                <A href=paths::clusters() exact=true attr:class="nav-link">
                    <Icon name=IconName::Server />
                    <span>{t(words::CLUSTERS)}</span>
                </A>
            </li>
        </ul>
        {move || {
            cluster
                .get()
                .map(|name| {
                    let list = paths::workloads(&name, WorkloadKind::StatefulSet);
                    view! {
                        <p class="nav-title" title=name.clone()>{name.clone()}</p>
                        <ul class="nav-list">
                            <li>
                                <A href=paths::cluster(&name) exact=true attr:class="nav-link">
                                    <Icon name=IconName::LayoutDashboard />
                                    <span>{t(words::OVERVIEW)}</span>
                                </A>
                            </li>
                        </ul>
                        <p class="nav-group" id="nav-workloads">{t(words::WORKLOADS)}</p>
                        <ul class="nav-list" aria-labelledby="nav-workloads">
                            <li>
                                <A href=list attr:class="nav-link">
                                    <Icon name=IconName::Database />
                                    <span>{t(lists::STATEFULSETS)}</span>
                                </A>
                            </li>
                        </ul>
                    }
                })
        }}
    }
}

/// Name, role, theme, language, sign-out.
#[component]
fn UserMenu() -> impl IntoView {
    let request = use_request();
    let lang = use_lang();
    let chosen = RwSignal::new(request.theme.as_deref().map_or(Theme::System, Theme::from_name));
    Effect::new(move |_| chosen.set(theme()));
    let wear = move |next: Theme| {
        set_theme(next);
        chosen.set(next);
    };
    let (assets, toasts) = (StoredValue::new(use_assets()), use_toasts());
    let speak = move |next: Lang| {
        leptos::task::spawn_local(async move {
            if fetch_language(&assets.get_value(), next).await {
                speak(lang, next);
            } else {
                toasts.error(words::LANGUAGE_NOT_LOADED.text(lang.get_untracked()));
            }
        });
    };
    let role = match request.caller.role {
        Role::Admin => words::ROLE_ADMIN,
        Role::User => words::ROLE_USER,
    };
    let user = request.caller.user.clone();
    let is = move |one: Theme| Signal::derive(move || chosen.get() == one);
    let speaks = move |one: Lang| Signal::derive(move || lang.get() == one);
    let name = user.clone();
    view! {
        <form id="sign-out" method="post" action="/logout" hidden></form>
        <Menu id="user-menu" label=tf(words::USER_MENU, vec![user]) variant=ButtonVariant::Ghost align_end=true
            trigger=move || view! { <Icon name=IconName::UserCircle /> <span class="bar-user">{name.clone()}</span> }
        >
            <MenuLabel>{t(role)}</MenuLabel>
            // A page of the server, which the router here does not know: left like any other site.
            <MenuItem icon=IconName::Key label=t(signin::CHANGE_PASSWORD) on_select=|()| leave_for(&paths::password()) />
            <MenuItem icon=IconName::LogOut label=t(words::SIGN_OUT) on_select=|()| sign_out() />
            <MenuSeparator />
            <MenuLabel>{t(words::THEME)}</MenuLabel>
            <MenuItem label=t(words::THEME_SYSTEM) checked=is(Theme::System) on_select=move |()| wear(Theme::System) />
            <MenuItem label=t(words::THEME_LIGHT) checked=is(Theme::Light) on_select=move |()| wear(Theme::Light) />
            <MenuItem label=t(words::THEME_DARK) checked=is(Theme::Dark) on_select=move |()| wear(Theme::Dark) />
            <MenuSeparator />
            <MenuLabel>{t(words::LANGUAGE)}</MenuLabel>
            <MenuItem label="English" checked=speaks(Lang::En) on_select=move |()| speak(Lang::En) />
            <MenuItem label="简体中文" checked=speaks(Lang::Zh) on_select=move |()| speak(Lang::Zh) />
        </Menu>
    }
}

/// Turns the page to a language, and remembers it.
fn speak(lang: RwSignal<Lang>, next: Lang) {
    set_preference(LANG_COOKIE, Some(if next == Lang::Zh { "zh" } else { "en" }));
    lang.set(next);
    if let Some(root) = crate::interop::document().and_then(|document| document.document_element()) {
        // The attribute is ours; a browser that refuses it only reads with the wrong voice.
        let _ = root.set_attribute("lang", next.tag());
    }
}

/// Follows an address as a whole new page.
fn leave_for(path: &str) {
    if cfg!(feature = "hydrate") {
        // Refused only where a page may not navigate itself; then nothing happens, which is seen.
        let _ = window().location().assign(path);
    }
}

/// Posts the sign-out form: a mutation, so never a link.
fn sign_out() {
    #[cfg(feature = "hydrate")]
    {
        let form = crate::interop::element("sign-out")
            .and_then(|form| form.dyn_into::<web_sys::HtmlFormElement>().ok());
        if let Some(form) = form {
            // A form that cannot be sent leaves the person signed in, which they see.
            let _ = form.submit();
        }
    }
}

/// Says that the console itself cannot be reached, after 3 s of silence, or that the session has ended, at once.
#[component]
fn ConnectionNotice() -> impl IntoView {
    let state = use_live_state();
    let shown = RwSignal::new(None::<String>);
    let signed_out = Signal::derive(move || state.get() == LiveState::SignedOut);
    Effect::new(move |_| match state.get() {
        LiveState::Lost(since) => set_timeout(
            move || {
                if state.get_untracked() == LiveState::Lost(since) {
                    shown.set(Some(clock(since)));
                }
            },
            std::time::Duration::from_secs(3),
        ),
        LiveState::Idle | LiveState::Open | LiveState::SignedOut => shown.set(None),
    });
    view! {
        <div role="status">
            <Show when=move || signed_out.get()>
                <Notice tone=Tone::Waiting text=t(errors::UNAUTHENTICATED)>
                    <SignInLink />
                </Notice>
            </Show>
            {move || {
                shown
                    .get()
                    .map(|since| {
                        view! { <Notice tone=Tone::Waiting text=tf(words::CONNECTION_LOST, vec![since]) /> }
                    })
            }}
        </div>
    }
}

/// The time of day in the reader's own clock.
fn clock(ms: f64) -> String {
    if cfg!(feature = "hydrate") {
        let date = js_sys::Date::new(&ms.into());
        format!("{:02}:{:02}:{:02}", date.get_hours(), date.get_minutes(), date.get_seconds())
    } else {
        String::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_names_the_cluster() {
        for (path, cluster) in [
            ("/clusters", None),
            ("/clusters/", None),
            ("/clusters/integrate", None),
            ("/clusters/prod", Some("prod")),
            ("/clusters/prod/statefulsets/default/web", Some("prod")),
            ("/", None),
        ] {
            assert_eq!(cluster_in(path).as_deref(), cluster, "{path}");
        }
    }
}
