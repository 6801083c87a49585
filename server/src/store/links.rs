//! One-time sign-in links, by the hash of their token.

use sqlx::Row as _;

use super::{Store, StoreError};

impl Store {
    /// Keeps a new link of a user; the user's earlier links end.
    ///
    /// # Errors
    /// When the database fails or the user is gone.
    pub async fn put_link(&self, id: &[u8; 32], user: &str, expires: i64) -> Result<(), StoreError> {
        let mut work = self.pool.begin().await?;
        sqlx::query("DELETE FROM one_time_links WHERE user = ?").bind(user).execute(&mut *work).await?;
        sqlx::query("INSERT INTO one_time_links (id, user, expires) VALUES (?, ?, ?)")
            .bind(id.as_slice())
            .bind(user)
            .bind(expires)
            .execute(&mut *work)
            .await?;
        work.commit().await?;
        Ok(())
    }

    /// Whose link it is, without using it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn peek_link(&self, id: &[u8; 32], now: i64) -> Result<Option<String>, StoreError> {
        let row = sqlx::query("SELECT user FROM one_time_links WHERE id = ? AND expires > ?")
            .bind(id.as_slice())
            .bind(now)
            .fetch_optional(&self.pool)
            .await?;
        Ok(row.map(|row| row.try_get(0)).transpose()?)
    }

    /// Uses a link: whose it was, once.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn take_link(&self, id: &[u8; 32], now: i64) -> Result<Option<String>, StoreError> {
        // One statement, so that two requests at once cannot both succeed.
        let row = sqlx::query("DELETE FROM one_time_links WHERE id = ? AND expires > ? RETURNING user")
            .bind(id.as_slice())
            .bind(now)
            .fetch_optional(&self.pool)
            .await?;
        Ok(row.map(|row| row.try_get(0)).transpose()?)
    }
}
