//! `/live` over a real connection.

use std::time::Duration;

use binnacle_model::{
    AppError,
    live::{ClientMessage, MAX_SUBSCRIPTIONS, ServerMessage, Topic, Update},
    object::WorkloadKind,
    status::{WorkloadState, WorkloadStatus},
    workload::{ListQuery, WorkloadRow},
};
use futures::{SinkExt as _, StreamExt as _};
use tokio::{net::TcpStream, time::timeout};
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream,
    tungstenite::{Message, client::IntoClientRequest as _, protocol::frame::coding::CloseCode},
};

use crate::{
    auth, serve,
    tests::app::{ORIGIN, TestApp},
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
        tokio::spawn(serve::serve(listener, app.router.clone(), app.state.clone(), 100));
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

/// The next message but `Alive`.
async fn hear(tab: &mut Tab) -> ServerMessage {
    loop {
        let message =
            timeout(Duration::from_secs(8), tab.next()).await.expect("a message in time").unwrap().unwrap();
        match serde_json::from_str(message.to_text().unwrap()).unwrap() {
            ServerMessage::Alive => {}
            message => return message,
        }
    }
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
        status: WorkloadStatus { state: WorkloadState::Running, reason: None },
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
