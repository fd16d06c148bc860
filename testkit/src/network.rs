//! The network between kiosk and platform: a TCP relay whose cable can be pulled, and that can do worse.

use std::{
    io::{self, Read as _, Write as _},
    net::{Shutdown, SocketAddr, TcpListener, TcpStream},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    thread,
    time::Duration,
};

/// A request is all here when its sender has been quiet for so long.
const QUIET: Duration = Duration::from_millis(200);

/// What can be wrong between a kiosk and its platform.
#[derive(Clone, Debug, Default)]
pub enum Weather {
    /// Nothing.
    #[default]
    Fair,
    /// The cable is pulled.
    Cut,
    /// Everything is taken, and nothing answered.
    Silent,
    /// Requests arrive, answers do not.
    AnswersLost,
    /// Somebody on the way answers everything with these bytes.
    Says(Vec<u8>),
}

/// A relay on a loopback port of its own.
pub struct Network {
    address: SocketAddr,
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    weather: Mutex<Weather>,
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
                relay.accept(&client, target);
            }
        });
        Ok(Self { address, shared })
    }

    /// Where the kiosk calls.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Whether the cable is pulled.
    #[must_use]
    pub fn is_cut(&self) -> bool {
        matches!(*lock(&self.shared.weather), Weather::Cut)
    }

    /// Changes the weather: what is on its way breaks off.
    pub fn turn(&self, weather: Weather) {
        *lock(&self.shared.weather) = weather;
        for stream in lock(&self.shared.open).drain(..) {
            let _ = stream.shutdown(Shutdown::Both);
        }
    }

    /// Pulls the cable.
    pub fn cut(&self) {
        self.turn(Weather::Cut);
    }

    /// Puts everything right again.
    pub fn mend(&self) {
        self.turn(Weather::Fair);
    }
}

impl Shared {
    fn accept(&self, client: &TcpStream, target: SocketAddr) {
        let weather = lock(&self.weather).clone();
        match weather {
            Weather::Cut => drop(client.shutdown(Shutdown::Both)),
            Weather::Silent => self.keep(client),
            Weather::Says(bytes) => self.say(client, bytes),
            Weather::Fair => self.connect(client, target, true),
            Weather::AnswersLost => self.connect(client, target, false),
        }
    }

    fn connect(&self, client: &TcpStream, target: SocketAddr, answers: bool) {
        let Ok(server) = TcpStream::connect(target) else { return };
        self.relay(client, &server);
        if answers { self.relay(&server, client) } else { self.lose(&server, client) }
    }

    fn keep(&self, stream: &TcpStream) {
        lock(&self.open).extend(stream.try_clone());
    }

    fn relay(&self, from: &TcpStream, to: &TcpStream) {
        let (Ok(mut from), Ok(mut to)) = (from.try_clone(), to.try_clone()) else { return };
        self.keep(&from);
        thread::spawn(move || {
            let _ = io::copy(&mut from, &mut to);
            let _ = to.shutdown(Shutdown::Both);
        });
    }

    /// Hangs up on the client as soon as the server begins to answer.
    fn lose(&self, server: &TcpStream, client: &TcpStream) {
        let (Ok(mut server), Ok(client)) = (server.try_clone(), client.try_clone()) else { return };
        self.keep(&server);
        thread::spawn(move || {
            let _ = server.read(&mut [0]);
            let _ = client.shutdown(Shutdown::Both);
        });
    }

    fn say(&self, client: &TcpStream, bytes: Vec<u8>) {
        let Ok(mut client) = client.try_clone() else { return };
        self.keep(&client);
        thread::spawn(move || {
            let _ = client.set_read_timeout(Some(QUIET));
            let _ = io::copy(&mut client, &mut io::sink());
            let _ = client.write_all(&bytes);
            let _ = client.shutdown(Shutdown::Both);
        });
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
