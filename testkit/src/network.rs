//! A network cable that can be pulled: a TCP relay between kiosk and platform.

use std::{
    io,
    net::{Shutdown, SocketAddr, TcpListener, TcpStream},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    thread,
};

/// A relay on a loopback port of its own.
pub struct Network {
    address: SocketAddr,
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    cut: AtomicBool,
    open: Mutex<Vec<TcpStream>>,
}

impl Network {
    /// Relays to `target`.
    pub fn to(target: SocketAddr) -> io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let address = listener.local_addr()?;
        let shared = Arc::new(Shared::default());
        let relay = shared.clone();
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                relay.accept(client, target);
            }
        });
        Ok(Self { address, shared })
    }

    /// Where the kiosk calls.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Pulls the cable: what is on its way breaks off, and nothing new gets through.
    pub fn cut(&self) {
        self.shared.cut.store(true, Ordering::SeqCst);
        for stream in self.shared.open().drain(..) {
            let _ = stream.shutdown(Shutdown::Both);
        }
    }

    /// Puts the cable back.
    pub fn mend(&self) {
        self.shared.cut.store(false, Ordering::SeqCst);
    }
}

impl Shared {
    fn open(&self) -> std::sync::MutexGuard<'_, Vec<TcpStream>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn accept(&self, client: TcpStream, target: SocketAddr) {
        if self.cut.load(Ordering::SeqCst) {
            let _ = client.shutdown(Shutdown::Both);
            return;
        }
        if let Ok(server) = TcpStream::connect(target) {
            self.relay(&client, &server);
            self.relay(&server, &client);
        }
    }

    fn relay(&self, from: &TcpStream, to: &TcpStream) {
        let (Ok(mut from), Ok(mut to)) = (from.try_clone(), to.try_clone()) else { return };
        if let Ok(copy) = from.try_clone() {
            self.open().push(copy);
        }
        thread::spawn(move || {
            let _ = io::copy(&mut from, &mut to);
            let _ = to.shutdown(Shutdown::Both);
        });
    }
}
