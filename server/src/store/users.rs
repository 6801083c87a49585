//! Users of the console.

use binnacle_model::session::Role;
use sqlx::Row as _;

use super::{Store, StoreError, now};

/// A user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User {
    /// Login name.
    pub name: String,
    /// Role.
    pub role: Role,
    /// PHC string of the password's argon2id hash, when one is set.
    pub password: Option<String>,
}

fn role_text(role: Role) -> &'static str {
    match role {
        Role::Admin => "admin",
        Role::User => "user",
    }
}

/// The role with that stored name.
pub(super) fn role_from(text: &str) -> Result<Role, StoreError> {
    match text {
        "admin" => Ok(Role::Admin),
        "user" => Ok(Role::User),
        _ => Err(StoreError::Value("a user's role")),
    }
}

impl Store {
    /// Makes a user where there is none of that name; an existing one is not touched.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn ensure_user(&self, name: &str, role: Role) -> Result<(), StoreError> {
        self.add_user(name, role).await.map(drop)
    }

    /// As [`Store::ensure_user`], and says whether there was none.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn add_user(&self, name: &str, role: Role) -> Result<bool, StoreError> {
        let query = "INSERT INTO users (name, role, created) VALUES (?, ?, ?) ON CONFLICT (name) DO NOTHING";
        let done =
            sqlx::query(query).bind(name).bind(role_text(role)).bind(now()).execute(&self.pool).await?;
        Ok(done.rows_affected() > 0)
    }

    /// The user of that name.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn user(&self, name: &str) -> Result<Option<User>, StoreError> {
        let row = sqlx::query("SELECT name, role, password FROM users WHERE name = ?")
            .bind(name)
            .fetch_optional(&self.pool)
            .await?;
        row.map(|row| {
            Ok(User {
                name: row.try_get(0)?,
                role: role_from(&row.try_get::<String, _>(1)?)?,
                password: row.try_get(2)?,
            })
        })
        .transpose()
    }

    /// Sets a user's password and ends all of the user's sessions and links.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn set_password(&self, name: &str, hash: &str) -> Result<(), StoreError> {
        let mut work = self.pool.begin().await?;
        sqlx::query("UPDATE users SET password = ? WHERE name = ?")
            .bind(hash)
            .bind(name)
            .execute(&mut *work)
            .await?;
        sqlx::query("DELETE FROM sessions WHERE user = ?").bind(name).execute(&mut *work).await?;
        sqlx::query("DELETE FROM one_time_links WHERE user = ?").bind(name).execute(&mut *work).await?;
        work.commit().await?;
        Ok(())
    }
}
