use std::sync::atomic::{AtomicBool, Ordering};

use binnacle_model::{schema::Type, session::Role};
use serde_json::{Value, json};

use super::*;
use crate::{
    cluster::{Counters, Meta},
    fake::{Answer, Asked, Fake, SANDBOX, healthy},
};

const TEXT: &str = "apiVersion: example.org/v1\nkind: Thing\n";
const DOCUMENT: &str = "/openapi/v3/apis/example.org/v1";

fn ann() -> Caller {
    Caller { user: "ann".to_owned(), role: Role::User }
}

/// The document of `example.org/v1`, whose things have one field.
fn document(field: &str) -> Value {
    let metadata = "io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta";
    let reference = json!({"$ref": format!("#/components/schemas/{metadata}")});
    json!({"components": {"schemas": {
        "org.example.v1.Thing": {
            "type": "object",
            "properties": {"metadata": {"allOf": [reference]}, field: {"type": "boolean"}},
            "x-kubernetes-group-version-kind": [{"group": "example.org", "version": "v1", "kind": "Thing"}],
        },
        metadata: {"type": "object", "properties": {"name": {"type": "string"}}},
    }}})
}

fn index(digest: &str) -> Value {
    let url = format!("/openapi/v3/apis/example.org/v1?hash={digest}");
    json!({"paths": {"apis/example.org/v1": {"serverRelativeURL": url}, ".well-known/x": {"serverRelativeURL": "/x"}}})
}

fn digest_of(document: &Value) -> String {
    hex(digest(&SHA512, document.to_string().as_bytes()).as_ref()).to_uppercase()
}

/// A cluster that serves a document under a digest.
async fn serving(field: &'static str, digest: String) -> Fake {
    Fake::start(healthy(move |asked| match asked.path.as_str() {
        "/openapi/v3" => Some(Answer::Json(200, index(&digest))),
        DOCUMENT => Some(Answer::Json(200, document(field))),
        _ => None,
    }))
    .await
}

fn start(name: &str, fake: &Fake, library: &Library) -> Arc<Cluster> {
    let counters = Arc::<Counters>::default();
    let (meta, news) = (Meta::default(), Arc::default());
    Cluster::start(name, meta, &fake.credential(), SANDBOX, counters, news, library.clone()).unwrap()
}

/// The field that things have, once the cluster has said so.
async fn field_of(cluster: &Arc<Cluster>) -> Option<String> {
    for _ in 0..50 {
        let schemas = cluster.schemas(&ann(), TEXT).await;
        if let Some(known) = schemas.of("example.org/v1") {
            let name = known.schema.kind("example.org/v1", "Thing")?;
            let fields = &known.schema.fields(name)?.fields;
            return fields.iter().find(|(_, field)| field.ty == Type::Bool).map(|(name, _)| name.to_string());
        }
    }
    None
}

fn documents(fake: &Fake) -> usize {
    fake.count(|asked: &Asked| asked.path == DOCUMENT)
}

#[tokio::test]
async fn one_copy_serves_all_clusters_that_say_the_same() {
    let digest = digest_of(&document("round"));
    let (one, other) = (serving("round", digest.clone()).await, serving("round", digest).await);
    let library = Library::default();
    let (east, west) = (start("east", &one, &library), start("west", &other, &library));
    for _ in 0..3 {
        assert_eq!(field_of(&east).await.as_deref(), Some("round"));
        assert_eq!(field_of(&west).await.as_deref(), Some("round"));
    }
    assert_eq!((documents(&one), documents(&other)), (1, 0));
    let asked = one.asked().into_iter().find(|asked| asked.path == DOCUMENT).unwrap();
    assert_eq!(asked.header("impersonate-user"), ["binnacle:ann"]);
    east.stop().await;
    west.stop().await;
}

#[tokio::test]
async fn a_cluster_that_lies_about_a_digest_deceives_itself_alone() {
    let digest = digest_of(&document("round"));
    let (liar, honest) = (serving("flat", digest.clone()).await, serving("round", digest).await);
    let library = Library::default();
    let (east, west) = (start("east", &liar, &library), start("west", &honest, &library));
    assert_eq!(field_of(&east).await.as_deref(), Some("flat"));
    assert_eq!(field_of(&west).await.as_deref(), Some("round"));
    assert_eq!(field_of(&east).await.as_deref(), Some("flat"));
    assert_eq!(documents(&liar), 1);
    east.stop().await;
    west.stop().await;
}

#[tokio::test]
async fn what_was_recorded_serves_when_the_cluster_is_silent() {
    let folder = tempfile::tempdir().unwrap();
    let fake = serving("round", digest_of(&document("round"))).await;
    let place = folder.path().join("schemas");
    let library = Library::new(Some(place.clone()));
    let east = start("east", &fake, &library);
    assert_eq!(field_of(&east).await.as_deref(), Some("round"));
    east.stop().await;

    let silent = Fake::start(|_| Answer::Silence).await;
    let east = start("east", &silent, &Library::new(Some(place.clone())));
    let begun = Instant::now();
    assert_eq!(field_of(&east).await.as_deref(), Some("round"));
    assert!(begun.elapsed() < Duration::from_secs(3), "{:?}", begun.elapsed());
    east.stop().await;

    // Files that are not as they were written are fetched anew.
    for entry in std::fs::read_dir(&place).unwrap() {
        let path = entry.unwrap().path();
        let mut text = std::fs::read_to_string(&path).unwrap();
        text.push_str("Thing odd=bool\n");
        std::fs::write(path, text).unwrap();
    }
    let east = start("east", &fake, &Library::new(Some(place)));
    assert_eq!(field_of(&east).await.as_deref(), Some("round"));
    assert_eq!(documents(&fake), 2);
    east.stop().await;
}

#[tokio::test]
async fn nobody_waits_for_a_cluster_that_does_not_answer_or_refuses() {
    let refuses = Arc::new(AtomicBool::new(false));
    let told = Arc::clone(&refuses);
    let fake = Fake::start(healthy(move |asked| match asked.path.as_str() {
        "/openapi/v3" if told.load(Ordering::Relaxed) => {
            Some(Answer::Json(403, json!({"message": "forbidden"})))
        }
        "/openapi/v3" => Some(Answer::Silence),
        _ => None,
    }))
    .await;
    for refused in [true, false] {
        refuses.store(refused, Ordering::Relaxed);
        let east = start("east", &fake, &Library::default());
        for _ in 0..3 {
            let begun = Instant::now();
            let schemas = east.schemas(&ann(), "apiVersion: apps/v1\n").await;
            assert!(begun.elapsed() < Duration::from_secs(3));
            // The recorded kinds serve meanwhile.
            assert!(schemas.of("apps/v1").is_some_and(|known| !known.own));
            assert!(schemas.of("example.org/v1").is_none());
        }
        east.stop().await;
    }
    // A refusal is not asked for at every key; the silence of the second cluster is waited for once.
    assert!(fake.count(|asked| asked.path == "/openapi/v3") <= 2);
}

#[test]
fn an_index_names_no_files_but_digests() {
    let entry = |url: &str| IndexEntry { server_relative_url: url.to_owned() };
    let good = "AB".repeat(64);
    let paths = BTreeMap::from([
        ("api/v1".to_owned(), entry(&format!("/openapi/v3/api/v1?hash={good}"))),
        ("apis/a/v1".to_owned(), entry("/openapi/v3/apis/a/v1?hash=../../key")),
        ("apis/b/v1".to_owned(), entry("/openapi/v3/apis/b/v1")),
        ("apis/c/v1".to_owned(), entry(&format!("?hash={}", "a".repeat(10_000)))),
        ("version".to_owned(), entry(&format!("/openapi/v3/version?hash={good}"))),
    ]);
    let found = digests(&IndexDocument { paths });
    assert_eq!(found, BTreeMap::from([("v1".to_owned(), good.to_lowercase())]));
}

#[tokio::test]
async fn the_folder_and_the_memory_stay_within_bounds() {
    let folder = tempfile::tempdir().unwrap();
    let library = Library::new(Some(folder.path().to_owned()));
    let schema = Arc::new(schema::read([document("round").to_string().as_bytes()]).unwrap());
    for number in 0..library::MOST_KEPT + 20 {
        library.keep(&format!("{number:064x}"), Arc::clone(&schema)).await;
    }
    let kept =
        (0..library::MOST_KEPT + 20).filter(|number| library.kept(&format!("{number:064x}")).is_some());
    assert_eq!(kept.count(), library::MOST_KEPT);
    // The oldest is not in memory any more, and in the folder still.
    assert_eq!(library.find(&format!("{:064x}", 0)).await, Some(schema));
    let large = "x".repeat(4 << 20);
    for number in 0..12 {
        library.remember(&format!("{number}"), BTreeMap::from([(large.clone(), "a".repeat(64))])).await;
    }
    let files =
        std::fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().metadata().unwrap().len());
    assert!(files.sum::<u64>() <= 32 << 20);
}

#[tokio::test]
async fn a_document_that_cannot_be_had_is_not_asked_for_at_each_keystroke() {
    static TIMES: AtomicUsize = AtomicUsize::new(0);
    let fake = Fake::start(healthy(|asked| match asked.path.as_str() {
        "/openapi/v3" => Some(Answer::Json(200, index(&"ab".repeat(64)))),
        DOCUMENT => {
            TIMES.fetch_add(1, Ordering::SeqCst);
            Some(Answer::Json(404, json!({})))
        }
        _ => None,
    }))
    .await;
    let cluster = start("odd", &fake, &Library::default());
    for _ in 0..20 {
        cluster.schemas(&ann(), TEXT).await;
    }
    assert_eq!(TIMES.load(Ordering::SeqCst), 1);
    assert_eq!(cluster.openapi.waiting.load(Ordering::SeqCst), 0);
}
