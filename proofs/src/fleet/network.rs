//! A line that can be cut: what is on its way is lost, and nobody gets through until it is mended.

use std::net::SocketAddr;

use tokio::{
    net::{TcpListener, TcpStream},
    sync::watch,
    task::JoinHandle,
};

/// A line from one kiosk to its platform.
pub struct Line {
    /// Where the kiosk calls.
    pub address: SocketAddr,
    whole: watch::Sender<bool>,
    task: JoinHandle<()>,
}

impl Line {
    /// A line to `platform`.
    pub async fn to(platform: SocketAddr) -> std::io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let (whole, state) = watch::channel(true);
        let task = tokio::spawn(async move {
            while let Ok((kiosk, _)) = listener.accept().await {
                if *state.borrow() {
                    tokio::spawn(carry(kiosk, platform, state.clone()));
                }
            }
        });
        Ok(Self { address, whole, task })
    }

    /// Cuts it, or mends it.
    pub fn set(&self, whole: bool) {
        self.whole.send_replace(whole);
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn carry(mut kiosk: TcpStream, platform: SocketAddr, mut whole: watch::Receiver<bool>) {
    let Ok(mut platform) = TcpStream::connect(platform).await else { return };
    tokio::select! {
        _ = tokio::io::copy_bidirectional(&mut kiosk, &mut platform) => {}
        _ = whole.wait_for(|whole| !whole) => {}
    }
}
