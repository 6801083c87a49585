//! Sessions, by the hash of what the cookie holds.

use std::time::Duration;

use binnacle_model::session::Caller;
use sqlx::Row as _;

use super::{Store, StoreError, seconds, users::role_from};

/// How stale `last_seen` may be before a request writes it again, in seconds: one write a minute and
/// session, not one a request.
const TOUCH_AFTER: i64 = 60;

/// How long sessions last.
#[derive(Clone, Copy, Debug)]
pub struct Lifetimes {
    /// Since the last request.
    pub idle: Duration,
    /// Since sign-in.
    pub absolute: Duration,
}

impl Store {
    /// Starts a session.
    ///
    /// # Errors
    /// When the database fails or the user is gone.
    pub async fn start_session(&self, id: &[u8; 32], user: &str, now: i64) -> Result<(), StoreError> {
        sqlx::query("INSERT INTO sessions (id, user, created, last_seen) VALUES (?, ?, ?, ?)")
            .bind(id.as_slice())
            .bind(user)
            .bind(now)
            .bind(now)
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    /// Who holds a session that is alive now. A `touch` counts as use and pushes the idle end.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn session(
        &self,
        id: &[u8; 32],
        lifetimes: Lifetimes,
        now: i64,
        touch: bool,
    ) -> Result<Option<Caller>, StoreError> {
        let row = sqlx::query(
            "SELECT users.name, users.role, sessions.last_seen FROM sessions JOIN users ON users.name = sessions.user
             WHERE sessions.id = ? AND sessions.last_seen > ? AND sessions.created > ?",
        )
        .bind(id.as_slice())
        .bind(now.saturating_sub(seconds(lifetimes.idle)))
        .bind(now.saturating_sub(seconds(lifetimes.absolute)))
        .fetch_optional(&self.pool)
        .await?;
        let Some(row) = row else { return Ok(None) };
        let caller = Caller { user: row.try_get(0)?, role: role_from(&row.try_get::<String, _>(1)?)? };
        if touch && row.try_get::<i64, _>(2)? <= now.saturating_sub(TOUCH_AFTER) {
            sqlx::query("UPDATE sessions SET last_seen = ? WHERE id = ?")
                .bind(now)
                .bind(id.as_slice())
                .execute(&self.pool)
                .await?;
        }
        Ok(Some(caller))
    }

    /// Ends a session.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn end_session(&self, id: &[u8; 32]) -> Result<(), StoreError> {
        sqlx::query("DELETE FROM sessions WHERE id = ?").bind(id.as_slice()).execute(&self.pool).await?;
        Ok(())
    }

    /// Forgets sessions and links whose time is over, and counts the sessions that are left.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn sweep(&self, lifetimes: Lifetimes, now: i64) -> Result<u64, StoreError> {
        sqlx::query("DELETE FROM sessions WHERE last_seen <= ? OR created <= ?")
            .bind(now.saturating_sub(seconds(lifetimes.idle)))
            .bind(now.saturating_sub(seconds(lifetimes.absolute)))
            .execute(&self.pool)
            .await?;
        sqlx::query("DELETE FROM one_time_links WHERE expires <= ?").bind(now).execute(&self.pool).await?;
        let left: i64 =
            sqlx::query("SELECT count(*) FROM sessions").fetch_one(&self.pool).await?.try_get(0)?;
        Ok(u64::try_from(left).unwrap_or_default())
    }
}
