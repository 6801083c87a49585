//! Commands about who may sign in: run beside the console or without it.

use std::io::Write as _;

use binnacle_model::session::Role;

use crate::{
    auth::{self, ADMIN, IssueError},
    config::{Config, Origin},
    run::RunError,
    secret::Secret,
    store::{self, Store, StoreError},
};

/// Longest name of a user. With its prefix it is a user name of Kubernetes, which sets no limit.
const LONGEST_NAME: usize = 100;

/// Why nobody was added, or no link made.
#[derive(Debug, thiserror::Error)]
pub enum PeopleError {
    /// The name is none.
    #[error(
        "\"{0}\" is no user name: small letters, digits and . - _ @ between them, at most {LONGEST_NAME} characters"
    )]
    Name(String),
    /// The name is taken.
    #[error("there is a user \"{0}\" already; a new link: binnacle sign-in-link {0}")]
    Taken(String),
    /// There is nobody of that name.
    #[error("there is no user \"{0}\"; add one: binnacle add-user {0}")]
    Unknown(String),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The link could not be made.
    #[error(transparent)]
    Link(#[from] IssueError),
}

/// `binnacle add-user`.
///
/// # Errors
/// See [`PeopleError`].
pub async fn add_user(config: Config, name: String, role: Role) -> Result<(), RunError> {
    let store = Store::open(&config.data_dir).await?;
    let link = add(&store, &name, role).await;
    store.close().await;
    print(&config, &link?)
}

/// `binnacle sign-in-link`.
///
/// # Errors
/// See [`PeopleError`].
pub async fn sign_in_link(config: Config, name: String) -> Result<(), RunError> {
    let store = Store::open(&config.data_dir).await?;
    store.ensure_user(ADMIN, Role::Admin).await?;
    let link = link(&store, &name).await;
    store.close().await;
    print(&config, &link?)
}

async fn add(store: &Store, name: &str, role: Role) -> Result<Secret, PeopleError> {
    if !is_name(name) {
        return Err(PeopleError::Name(name.to_owned()));
    }
    // The administrator is there from the console's first start.
    if name == ADMIN || !store.add_user(name, role).await? {
        return Err(PeopleError::Taken(name.to_owned()));
    }
    Ok(auth::new_link(store, name).await?)
}

async fn link(store: &Store, name: &str) -> Result<Secret, PeopleError> {
    if store.user(name).await?.is_none() {
        return Err(PeopleError::Unknown(name.to_owned()));
    }
    Ok(auth::new_link(store, name).await?)
}

/// Clusters see the name behind a prefix: no colon, and nothing that reads as something else.
fn is_name(name: &str) -> bool {
    let inner = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || ".-_@".contains(c);
    let outer = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    name.len() <= LONGEST_NAME && name.chars().all(inner) && name.starts_with(outer) && name.ends_with(outer)
}

/// Prints a link at the console's address: the one that is in use while it runs, the configured one otherwise.
fn print(config: &Config, link: &Secret) -> Result<(), RunError> {
    let origin = store::origin_in_use(&config.data_dir)
        .or_else(|| config.origins(config.listen.port()).first().map(Origin::as_text));
    writeln!(std::io::stdout(), "Sign in: {}{}", origin.unwrap_or_default(), link.expose())?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_user_is_added_once_and_signs_in_by_a_link() {
        let directory = tempfile::tempdir().unwrap();
        let store = Store::open(directory.path()).await.unwrap();
        store.ensure_user(ADMIN, Role::Admin).await.unwrap();
        assert!(matches!(link(&store, "anna").await, Err(PeopleError::Unknown(_))));
        let first = add(&store, "anna", Role::User).await.unwrap();
        assert!(first.expose().starts_with("/welcome?token="));
        let anna = store.user("anna").await.unwrap().unwrap();
        assert_eq!((anna.role, anna.password), (Role::User, None));
        assert!(matches!(add(&store, "anna", Role::Admin).await, Err(PeopleError::Taken(_))));
        assert_eq!(store.user("anna").await.unwrap().unwrap().role, Role::User, "the role is what it was");
        assert!(matches!(add(&store, ADMIN, Role::User).await, Err(PeopleError::Taken(_))));
        assert_ne!(link(&store, "anna").await.unwrap().expose(), first.expose());
    }

    #[test]
    fn names_are_plain() {
        for (name, fine) in [
            ("anna", true),
            ("anna.b-c_d@example.org", true),
            ("7", true),
            ("", false),
            ("Anna", false),
            ("a:b", false),
            ("-a", false),
            ("a.", false),
            ("a b", false),
            ("ä", false),
            (&"a".repeat(100), true),
            (&"a".repeat(101), false),
        ] {
            assert_eq!(is_name(name), fine, "{name}");
        }
    }
}
