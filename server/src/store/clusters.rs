//! Registered clusters. The credential is sealed, bound to the cluster's name.

use binnacle_model::cluster::{ClusterProfile, Provider};
use sqlx::{Row as _, sqlite::SqliteRow};
use zeroize::Zeroizing;

use super::{Store, StoreError};

/// A registration.
#[derive(Clone, PartialEq, Eq)]
pub struct StoredCluster {
    /// Name, unique.
    pub name: String,
    /// What people say about it.
    pub profile: ClusterProfile,
    /// Unix seconds.
    pub created: i64,
    /// Uid of its `kube-system` namespace when it was integrated; empty where it may not be read.
    pub system_uid: String,
    /// The credential in the clear; sealed on its way into the database.
    pub credential: Zeroizing<Vec<u8>>,
}

impl std::fmt::Debug for StoredCluster {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "StoredCluster({})", self.name)
    }
}

fn place(name: &str) -> String {
    format!("clusters/{name}")
}

fn pairs_text(pairs: &[(String, String)]) -> Result<String, StoreError> {
    serde_json::to_string(pairs).map_err(|_| StoreError::Value("a cluster's labels or annotations"))
}

fn read_pairs(row: &SqliteRow, column: &str) -> Result<Vec<(String, String)>, StoreError> {
    let text: String = row.try_get(column)?;
    serde_json::from_str(&text).map_err(|_| StoreError::Value("a cluster's labels or annotations"))
}

impl Store {
    /// Keeps a new cluster; `false` when the name is taken.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn insert_cluster(&self, cluster: &StoredCluster) -> Result<bool, StoreError> {
        let done = sqlx::query(
            "INSERT INTO clusters (name, alias, provider, labels, annotations, description, region, zone,
             created, system_uid, credential)
             VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (name) DO NOTHING",
        )
        .bind(&cluster.name)
        .bind(&cluster.profile.alias)
        .bind(cluster.profile.provider.as_str())
        .bind(pairs_text(&cluster.profile.labels)?)
        .bind(pairs_text(&cluster.profile.annotations)?)
        .bind(&cluster.profile.description)
        .bind(&cluster.profile.region)
        .bind(&cluster.profile.zone)
        .bind(cluster.created)
        .bind(&cluster.system_uid)
        .bind(self.sealer.seal(&place(&cluster.name), &cluster.credential)?)
        .execute(&self.pool)
        .await?;
        Ok(done.rows_affected() == 1)
    }

    /// Replaces everything of a cluster but name and age; `false` when it is gone.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn update_cluster(&self, cluster: &StoredCluster) -> Result<bool, StoreError> {
        let done = sqlx::query(
            "UPDATE clusters SET alias = ?, provider = ?, labels = ?, annotations = ?, description = ?,
             region = ?, zone = ?, system_uid = ?, credential = ?
             WHERE name = ?",
        )
        .bind(&cluster.profile.alias)
        .bind(cluster.profile.provider.as_str())
        .bind(pairs_text(&cluster.profile.labels)?)
        .bind(pairs_text(&cluster.profile.annotations)?)
        .bind(&cluster.profile.description)
        .bind(&cluster.profile.region)
        .bind(&cluster.profile.zone)
        .bind(&cluster.system_uid)
        .bind(self.sealer.seal(&place(&cluster.name), &cluster.credential)?)
        .bind(&cluster.name)
        .execute(&self.pool)
        .await?;
        Ok(done.rows_affected() == 1)
    }

    /// Forgets a cluster; `false` when it was not there.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn remove_cluster(&self, name: &str) -> Result<bool, StoreError> {
        let done = sqlx::query("DELETE FROM clusters WHERE name = ?").bind(name).execute(&self.pool).await?;
        Ok(done.rows_affected() == 1)
    }

    /// The cluster of that name.
    ///
    /// # Errors
    /// When the database fails or the credential does not open.
    pub async fn cluster(&self, name: &str) -> Result<Option<StoredCluster>, StoreError> {
        let row = sqlx::query("SELECT * FROM clusters WHERE name = ?")
            .bind(name)
            .fetch_optional(&self.pool)
            .await?;
        row.map(|row| self.read_cluster(&row)).transpose()
    }

    /// All clusters by name.
    ///
    /// # Errors
    /// When the database fails or a credential does not open: a changed file is refused as a whole.
    pub async fn clusters(&self) -> Result<Vec<StoredCluster>, StoreError> {
        let rows = sqlx::query("SELECT * FROM clusters ORDER BY name").fetch_all(&self.pool).await?;
        rows.iter().map(|row| self.read_cluster(row)).collect()
    }

    fn read_cluster(&self, row: &SqliteRow) -> Result<StoredCluster, StoreError> {
        let name: String = row.try_get("name")?;
        let sealed: Vec<u8> = row.try_get("credential")?;
        Ok(StoredCluster {
            profile: ClusterProfile {
                alias: row.try_get("alias")?,
                provider: Provider::from_name(&row.try_get::<String, _>("provider")?)
                    .ok_or(StoreError::Value("a cluster's provider"))?,
                labels: read_pairs(row, "labels")?,
                annotations: read_pairs(row, "annotations")?,
                description: row.try_get("description")?,
                region: row.try_get("region")?,
                zone: row.try_get("zone")?,
            },
            created: row.try_get("created")?,
            system_uid: row.try_get("system_uid")?,
            credential: self.sealer.open(&place(&name), &sealed)?,
            name,
        })
    }
}
