//! `/live` over a real connection.

use std::time::Duration;

use binnacle_model::{
    AppError, Text,
    cluster::Freshness,
    live::{ClientMessage, MAX_SUBSCRIPTIONS, ServerMessage, Topic, Update},
    object::WorkloadKind,
    status::{WorkloadState, WorkloadStatus},
    workload::{ListQuery, WorkloadAccess, WorkloadDetail, WorkloadRow},
};
use futures::{SinkExt as _, StreamExt as _};
use tokio::{net::TcpStream, time::timeout};
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream,
    tungstenite::{Message, client::IntoClientRequest as _, protocol::frame::coding::CloseCode},
};

use super::{LARGEST, SOCKETS_PER_SESSION};
use crate::{
    auth, metrics, serve,
    tests::{
        app::{BROKEN, ORIGIN, TestApp, config},
        panics::count_panics,
    },
};

type Tab = WebSocketStream<MaybeTlsStream<TcpStream>>;

struct Running {
    app: TestApp,
    address: std::net::SocketAddr,
    cookie: String,
}

impl Running {
    async fn new() -> Self {
        let app = TestApp::new().await;
        let listener = serve::bind("127.0.0.1:0".parse().unwrap(), false).await.unwrap();
        let address = listener.local_addr().unwrap();
        let limits = serve::Limits::of(&config(&[]));
        tokio::spawn(serve::serve(listener, app.router.clone(), app.state.clone(), limits));
        let cookie = app.sign_in().await;
        Running { app, address, cookie }
    }

    async fn open(&self, cookie: &str) -> Result<Tab, tokio_tungstenite::tungstenite::Error> {
        let mut request = format!("ws://{}/live", self.address).into_client_request().unwrap();
        let headers = request.headers_mut();
        // The console knows itself as port 3000; the test's own port does not matter to it.
        headers.insert("host", "127.0.0.1:3000".parse().unwrap());
        headers.insert("origin", ORIGIN.parse().unwrap());
        headers.insert("cookie", cookie.parse().unwrap());
        tokio_tungstenite::connect_async(request).await.map(|(tab, _)| tab)
    }

    async fn tab(&self) -> Tab {
        self.open(&self.cookie).await.unwrap()
    }
}

async fn say(tab: &mut Tab, message: &ClientMessage) {
    tab.send(Message::text(serde_json::to_string(message).unwrap())).await.unwrap();
}

async fn subscribe(tab: &mut Tab, id: u32) {
    say(
        tab,
        &ClientMessage::Subscribe {
            id,
            topic: Topic::List { query: ListQuery::all("prod", WorkloadKind::StatefulSet) },
        },
    )
    .await;
}

async fn open_workload(tab: &mut Tab, id: u32, name: &str) {
    let topic = Topic::Workload {
        cluster: "prod".into(),
        kind: WorkloadKind::StatefulSet,
        namespace: "default".into(),
        name: name.into(),
    };
    say(tab, &ClientMessage::Subscribe { id, topic }).await;
}

fn workload(description: &str) -> WorkloadDetail {
    WorkloadDetail {
        row: row("web", 1),
        object: serde_json::json!({"kind": "StatefulSet"}),
        description: description.into(),
        labels: vec![],
        annotations: vec![],
        conditions: vec![],
        containers: vec![],
        pods: Ok(vec![]),
        events: Ok(vec![]),
        freshness: Freshness { as_of: Some(5), stale: None },
        access: WorkloadAccess::default(),
    }
}

/// The next message but `Alive`, which a tab that waits for nothing else hears for ever.
async fn hear(tab: &mut Tab) -> ServerMessage {
    let work = async {
        loop {
            let message = tab.next().await.unwrap().unwrap();
            match serde_json::from_str(message.to_text().unwrap()).unwrap() {
                ServerMessage::Alive => {}
                message => return message,
            }
        }
    };
    timeout(Duration::from_secs(8), work).await.expect("a message in time")
}

/// The code the socket is closed with.
async fn closed(tab: &mut Tab) -> CloseCode {
    timeout(Duration::from_secs(8), async {
        loop {
            if let Some(Ok(Message::Close(frame))) = tab.next().await {
                return frame.unwrap().code;
            }
        }
    })
    .await
    .expect("the socket closes in time")
}

fn row(uid: &str, ready: u32) -> WorkloadRow {
    WorkloadRow {
        uid: uid.into(),
        namespace: "default".into(),
        name: uid.into(),
        alias: String::new(),
        status: WorkloadStatus::new(WorkloadState::Running, None),
        ready,
        desired: 3,
        images: vec![],
        created: 0,
    }
}

#[tokio::test]
async fn the_page_comes_first_and_then_what_changed() {
    let console = Running::new().await;
    console.app.backend.set_rows(vec![row("a", 1), row("b", 1)]);
    let mut tab = console.tab().await;
    subscribe(&mut tab, 7).await;
    let ServerMessage::Update { id: 7, update: Update::Page { page } } = hear(&mut tab).await else {
        panic!("a page first")
    };
    assert_eq!(page.rows.len(), 2);

    console.app.backend.set_rows(vec![row("a", 2), row("b", 1)]);
    let ServerMessage::Update { id: 7, update: Update::Delta { delta } } = hear(&mut tab).await else {
        panic!("then a delta")
    };
    assert_eq!(delta.rows, [row("a", 2)]);
    assert_eq!(delta.apply(&page).rows, [row("a", 2), row("b", 1)]);
    let callers = console.app.backend.callers.lock().unwrap().clone();
    assert!(
        !callers.is_empty() && callers.iter().all(|caller| caller.user == auth::ADMIN),
        "asked as the caller"
    );
}

#[tokio::test]
async fn a_burst_becomes_few_messages_and_the_last_state_arrives() {
    let console = Running::new().await;
    let mut tab = console.tab().await;
    subscribe(&mut tab, 1).await;
    let ServerMessage::Update { update: Update::Page { mut page }, .. } = hear(&mut tab).await else {
        panic!("a page")
    };
    for ready in 1..=200 {
        console.app.backend.set_rows(vec![row("a", ready)]);
        tokio::task::yield_now().await;
    }
    let mut messages = 0;
    while page.rows.first().is_none_or(|row| row.ready < 200) {
        let ServerMessage::Update { update: Update::Delta { delta }, .. } = hear(&mut tab).await else {
            panic!("a delta")
        };
        page = delta.apply(&page);
        messages += 1;
    }
    assert!(messages <= 10, "{messages} messages");
}

#[tokio::test]
async fn a_refused_topic_ends_alone() {
    let console = Running::new().await;
    let forbidden = AppError::Forbidden {
        verb: "list".into(),
        resource: "statefulsets.apps".into(),
        scope: "x".into(),
        message: String::new(),
    };
    *console.app.backend.failure.lock().unwrap() = Some(forbidden.clone());
    let mut tab = console.tab().await;
    subscribe(&mut tab, 1).await;
    assert_eq!(hear(&mut tab).await, ServerMessage::Failed { id: 1, error: forbidden });
    *console.app.backend.failure.lock().unwrap() = None;
    subscribe(&mut tab, 2).await;
    assert!(matches!(hear(&mut tab).await, ServerMessage::Update { id: 2, .. }));
}

#[tokio::test]
async fn subscriptions_are_bounded_and_can_be_given_back() {
    let console = Running::new().await;
    let mut tab = console.tab().await;
    let most = u32::try_from(MAX_SUBSCRIPTIONS).unwrap();
    for id in 0..most {
        subscribe(&mut tab, id).await;
        assert!(matches!(hear(&mut tab).await, ServerMessage::Update { .. }));
    }
    subscribe(&mut tab, most).await;
    assert!(matches!(hear(&mut tab).await, ServerMessage::Failed { id, .. } if id == most));
    subscribe(&mut tab, 0).await;
    assert!(
        matches!(hear(&mut tab).await, ServerMessage::Update { id: 0, .. }),
        "the same id takes its own place"
    );
    say(&mut tab, &ClientMessage::Unsubscribe { id: 0 }).await;
    subscribe(&mut tab, most).await;
    assert!(matches!(hear(&mut tab).await, ServerMessage::Update { id, .. } if id == most));
}

#[tokio::test]
async fn nonsense_and_giants_close_the_socket() {
    let console = Running::new().await;
    for message in [
        Message::text("{}"),
        Message::text("not json"),
        Message::binary(vec![0; 8]),
        Message::text(format!("{{\"op\":\"unsubscribe\",\"id\":1,\"x\":\"{}\"}}", "y".repeat(20_000))),
    ] {
        let mut tab = console.tab().await;
        tab.send(message).await.unwrap();
        assert_eq!(closed(&mut tab).await, CloseCode::Protocol);
    }
}

#[tokio::test]
async fn a_session_that_ends_closes_its_socket_in_time() {
    let console = Running::new().await;
    let mut tab = console.tab().await;
    subscribe(&mut tab, 1).await;
    hear(&mut tab).await;
    let id = auth::token_id(console.cookie.split('=').nth(1).unwrap());
    console.app.state.store.end_session(&id).await.unwrap();
    assert_eq!(closed(&mut tab).await, CloseCode::Policy);
    assert!(console.open(&console.cookie).await.is_err(), "and it does not open again");
}

#[tokio::test]
async fn without_a_session_there_is_no_socket() {
    let console = Running::new().await;
    assert!(console.open("binnacle=x").await.is_err());
    assert_eq!(console.app.state.metrics.live_sockets(), 0);
}

#[tokio::test]
async fn everything_ends_when_the_console_stops() {
    let console = Running::new().await;
    let mut tab = console.tab().await;
    subscribe(&mut tab, 1).await;
    hear(&mut tab).await;
    assert_eq!(console.app.state.metrics.live_sockets(), 1);
    console.app.state.stop.cancel();
    assert_eq!(closed(&mut tab).await, CloseCode::Away);
    timeout(Duration::from_secs(5), console.app.state.tasks.wait()).await.expect("all tasks end");
    assert_eq!(console.app.state.metrics.live_sockets(), 0);
}

#[tokio::test]
async fn a_workloads_page_grows_stale_with_its_cluster_and_fresh_again() {
    let console = Running::new().await;
    let backend = &console.app.backend;
    *backend.workload.lock().unwrap() = Some(workload("one"));
    let mut tab = console.tab().await;
    open_workload(&mut tab, 3, "web").await;
    let ServerMessage::Update { update: Update::Workload { detail }, .. } = hear(&mut tab).await else {
        panic!("the page")
    };
    assert_eq!(detail.freshness.stale, None);
    let down = AppError::Unreachable { cluster: "prod".into(), reason: Text::raw("gone") };
    for (failure, stale) in [(Some(down.clone()), Some(down.text())), (None, None)] {
        *backend.failure.lock().unwrap() = failure;
        backend.tell();
        let ServerMessage::Update { update: Update::Workload { detail }, .. } = hear(&mut tab).await else {
            panic!("the page again")
        };
        assert_eq!(detail.row.status.was.is_some(), stale.is_some(), "its state is what was last known");
        assert_eq!((detail.freshness.stale, detail.description.as_str()), (stale, "one"));
        assert_eq!(detail.freshness.as_of, Some(5));
    }
}

#[tokio::test]
async fn a_tab_that_comes_while_its_cluster_is_down_is_told_and_hears_when_it_is_back() {
    let console = Running::new().await;
    let backend = &console.app.backend;
    let down = AppError::Unreachable { cluster: "prod".into(), reason: Text::raw("gone") };
    *backend.failure.lock().unwrap() = Some(down.clone());
    *backend.workload.lock().unwrap() = Some(workload("one"));
    let mut tab = console.tab().await;
    open_workload(&mut tab, 3, "web").await;
    assert_eq!(hear(&mut tab).await, ServerMessage::Failed { id: 3, error: down });
    *backend.failure.lock().unwrap() = None;
    assert!(matches!(hear(&mut tab).await, ServerMessage::Update { id: 3, update: Update::Workload { .. } }));
}

#[tokio::test]
async fn only_what_may_be_seen_is_watched() {
    let console = Running::new().await;
    let forbidden = AppError::Forbidden {
        verb: "get".into(),
        resource: "statefulsets.apps".into(),
        scope: "default".into(),
        message: String::new(),
    };
    *console.app.backend.failure.lock().unwrap() = Some(forbidden);
    let mut tab = console.tab().await;
    open_workload(&mut tab, 1, "web").await;
    assert!(matches!(hear(&mut tab).await, ServerMessage::Failed { id: 1, .. }));
    assert_eq!(*console.app.backend.watched.lock().unwrap(), []);
}

#[tokio::test]
async fn one_message_too_large_costs_its_subscription_alone() {
    let console = Running::new().await;
    *console.app.backend.workload.lock().unwrap() = Some(workload(&"x".repeat(LARGEST)));
    let mut tab = console.tab().await;
    open_workload(&mut tab, 1, "web").await;
    let error = AppError::TooLarge { limit: "8 MiB".into() };
    assert_eq!(hear(&mut tab).await, ServerMessage::Failed { id: 1, error });
    // What is just below passes, and the socket serves others.
    *console.app.backend.workload.lock().unwrap() = Some(workload(&"x".repeat(LARGEST - 4096)));
    open_workload(&mut tab, 2, "web").await;
    assert!(matches!(hear(&mut tab).await, ServerMessage::Update { id: 2, .. }));
}

#[tokio::test]
async fn a_subscription_that_panics_says_so_and_is_counted() {
    let console = Running::new().await;
    count_panics();
    let before = metrics::panics();
    let mut tab = console.tab().await;
    open_workload(&mut tab, 4, BROKEN).await;
    let ServerMessage::Failed { id: 4, error: AppError::Internal { request_id } } = hear(&mut tab).await
    else {
        panic!("the page is told")
    };
    assert!(!request_id.is_empty() && metrics::panics() > before);
    subscribe(&mut tab, 5).await;
    assert!(matches!(hear(&mut tab).await, ServerMessage::Update { id: 5, .. }));
}

#[tokio::test]
async fn sockets_of_a_session_are_bounded_and_given_back() {
    let console = Running::new().await;
    let mut tabs = Vec::new();
    for _ in 0..SOCKETS_PER_SESSION {
        tabs.push(console.tab().await);
    }
    assert!(console.open(&console.cookie).await.is_err(), "no room");
    let other = console.app.sign_in().await;
    assert!(console.open(&other).await.is_ok(), "another session has its own");
    tabs.pop();
    timeout(Duration::from_secs(8), async {
        while console.open(&console.cookie).await.is_err() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    })
    .await
    .expect("the place is given back");
}
