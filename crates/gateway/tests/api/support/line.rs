//! The line to a PostgreSQL, which a test can cut.

use std::{net::SocketAddr, sync::Arc};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt, copy_bidirectional},
    net::{TcpListener, TcpStream},
    sync::watch,
};
use url::Url;

use super::Database;

/// What becomes of connections.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    /// They come through.
    Open,
    /// Those there are break off, new ones are refused: the server is gone.
    Cut,
    /// Those there are break off, new ones are told that there are too many.
    Full,
    /// On those there are nothing more is said, not even that they broke off; new ones come through.
    Lost,
}

/// A line that ends with its last handle.
pub(crate) struct Line {
    /// The database as it is reached through the line.
    pub(crate) database: Database,
    state: Arc<watch::Sender<State>>,
}

impl Line {
    /// Lays a line to a database.
    pub(crate) async fn to(database: &Database) -> Line {
        let mut url: Url = database.url.parse().expect("an address");
        let server = format!(
            "{}:{}",
            url.host_str().expect("a host"),
            url.port().unwrap_or(5432)
        );
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let here = listener.local_addr().expect("an address");
        url.set_host(Some("127.0.0.1")).expect("a host");
        url.set_port(Some(here.port())).expect("a port");
        let (state, seen) = watch::channel(State::Open);
        tokio::spawn(serve(listener, here, server, seen));
        Line {
            database: database.reached_by(url.as_str()),
            state: Arc::new(state),
        }
    }

    /// Lets it be so from now on.
    pub(crate) fn is(&self, state: State) {
        self.state.send_replace(state);
    }
}

async fn serve(
    listener: TcpListener,
    here: SocketAddr,
    server: String,
    mut state: watch::Receiver<State>,
) {
    let mut listener = Some(listener);
    loop {
        let now = *state.borrow_and_update();
        if now == State::Cut {
            listener = None;
        } else if listener.is_none() {
            listener = TcpListener::bind(here).await.ok();
        }
        let accepted = async {
            match &listener {
                Some(listener) => listener.accept().await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            changed = state.changed() => if changed.is_err() { return },
            Ok((client, _)) = accepted => {
                tokio::spawn(carry(client, server.clone(), now, state.clone()));
            }
        }
    }
}

async fn carry(
    mut client: TcpStream,
    server: String,
    now: State,
    mut state: watch::Receiver<State>,
) {
    if now == State::Full {
        drop(tell_too_many(&mut client).await);
        return;
    }
    let carried = async {
        let mut server = TcpStream::connect(server).await?;
        copy_bidirectional(&mut client, &mut server).await
    };
    tokio::select! {
        _ = carried => {}
        _ = state.changed() => {
            if *state.borrow() == State::Lost {
                std::future::pending::<()>().await;
            }
        }
    }
}

/// What PostgreSQL answers to the first message when all its places are taken.
async fn tell_too_many(client: &mut TcpStream) -> std::io::Result<()> {
    let mut first = [0; 8];
    client.read_exact(&mut first).await?;
    // A question for TLS comes first.
    if first[4..] == 80_877_103_u32.to_be_bytes() {
        client.write_all(b"N").await?;
        client.read_exact(&mut first).await?;
    }
    let text = b"SFATAL\0VFATAL\0C53300\0Msorry, too many clients already\0\0";
    let length = u32::try_from(text.len() + 4).unwrap_or(0);
    client.write_all(b"E").await?;
    client.write_all(&length.to_be_bytes()).await?;
    client.write_all(text).await?;
    client.shutdown().await?;
    // It is read to its end, so that the answer is not lost to a reset.
    tokio::io::copy(client, &mut tokio::io::sink())
        .await
        .map(drop)
}
