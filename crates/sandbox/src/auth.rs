//! Who asks: the bearer token, and the identity that an administrator takes on.

use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;

use crate::rbac::{self, Attributes};
use crate::status::ApiError;
use crate::store::State;
use crate::validation::older;

/// A person or program, as RBAC sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct User {
    /// Name.
    pub(crate) name: String,
    /// Groups.
    pub(crate) groups: Vec<String>,
}

impl User {
    /// Whether the user is in a group.
    pub(crate) fn is_in(&self, group: &str) -> bool {
        self.groups.iter().any(|one| one == group)
    }

    /// The cluster's administrator, whom the token names.
    fn admin() -> Self {
        Self {
            name: "admin".to_owned(),
            groups: vec!["system:masters".to_owned(), "system:authenticated".to_owned()],
        }
    }

    fn anonymous() -> Self {
        Self { name: "system:anonymous".to_owned(), groups: vec!["system:unauthenticated".to_owned()] }
    }
}

/// The user of a request, impersonation applied.
pub(crate) fn user_of(headers: &HeaderMap, token: &str, state: &State) -> Result<User, ApiError> {
    let bearer = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok());
    let user = match bearer {
        None => User::anonymous(),
        Some(text) => match text.strip_prefix("Bearer ") {
            Some(given) if given == token => User::admin(),
            _ => return Err(ApiError::unauthorized()),
        },
    };
    impersonated(headers, user, state)
}

fn impersonated(headers: &HeaderMap, user: User, state: &State) -> Result<User, ApiError> {
    let texts = |name: &str| -> Vec<String> {
        headers.get_all(name).iter().filter_map(|value| value.to_str().ok()).map(str::to_owned).collect()
    };
    let name = texts("impersonate-user").into_iter().next().unwrap_or_default();
    let mut groups = texts("impersonate-group");
    if name.is_empty() {
        if groups.is_empty() {
            return Ok(user);
        }
        if state.minor < older::PRESENT {
            return Err(ApiError::internal("requested groups without impersonating a user"));
        }
        let groups: Vec<String> = groups.iter().map(|group| format!("{group:?}")).collect();
        return Err(ApiError::bad_request(format!(
            "requested &user.DefaultInfo{{Name:\"\", UID:\"\", Groups:[]string{{{}}}, Extra:map[string][]string(nil)}} without impersonating a user name",
            groups.join(", ")
        )));
    }
    let (resource, namespace, short) =
        match name.strip_prefix("system:serviceaccount:").and_then(|rest| rest.split_once(':')) {
            Some((namespace, account)) => ("serviceaccounts", namespace.to_owned(), account.to_owned()),
            None => ("users", String::new(), name.clone()),
        };
    may_take_on(state, &user, resource, &namespace, &short)?;
    for group in &groups {
        may_take_on(state, &user, "groups", "", group)?;
    }
    if resource == "serviceaccounts" && groups.is_empty() {
        groups = vec!["system:serviceaccounts".to_owned(), format!("system:serviceaccounts:{namespace}")];
    }
    let extra = if name == "system:anonymous" { "system:unauthenticated" } else { "system:authenticated" };
    if !groups.iter().any(|group| group == extra) {
        groups.push(extra.to_owned());
    }
    Ok(User { name, groups })
}

fn may_take_on(
    state: &State,
    user: &User,
    resource: &str,
    namespace: &str,
    name: &str,
) -> Result<(), ApiError> {
    let asked = Attributes {
        verb: "impersonate".to_owned(),
        resource: resource.to_owned(),
        namespace: namespace.to_owned(),
        name: name.to_owned(),
        ..Attributes::default()
    };
    if rbac::allows(state, user, &asked) { Ok(()) } else { Err(rbac::refusal(user, &asked)) }
}
