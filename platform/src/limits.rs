//! How often one address may ask: enough for a kiosk that brings a day's cases after an outage, too little to try out
//! numbers. Who asks too often is told when to come again (429 with `Retry-After`), and a kiosk's courier does.
//!
//! A kiosk with a certificate counts for itself: all of a city may call through one address, and come back at once.

use std::{
    net::{IpAddr, Ipv6Addr, SocketAddr},
    num::NonZeroU32,
    sync::atomic::{AtomicU32, Ordering},
};

use axum::{
    extract::{ConnectInfo, Request},
    http::{HeaderMap, HeaderValue, header},
    response::{IntoResponse, Response},
};
use governor::{DefaultKeyedRateLimiter, Quota, clock::Clock as _};

use crate::{error::Refusal, fleet::Peer, problems};

/// Requests of one address: steadily so many a second, and so many at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    /// Steadily.
    pub per_second: NonZeroU32,
    /// At once.
    pub burst: NonZeroU32,
}

/// How many askers are remembered before those that have nothing to wait for are forgotten.
const REMEMBERED: usize = 50_000;
/// After how many requests they are counted.
const COUNTED: u32 = 1_000;

/// Who asks.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Asker {
    /// Somebody at this address.
    Address(IpAddr),
    /// The kiosk of this name, by its certificate.
    Kiosk(String),
}

/// Counts requests by who asks.
pub(crate) struct Limiter {
    limiter: DefaultKeyedRateLimiter<Asker>,
    /// Who may say whom they speak for.
    proxies: Vec<IpAddr>,
    /// How many requests there were; it may begin again.
    asked: AtomicU32,
}

impl Limiter {
    pub(crate) fn new(rate: Rate, proxies: Vec<IpAddr>) -> Self {
        let quota = Quota::per_second(rate.per_second).allow_burst(rate.burst);
        Self { limiter: DefaultKeyedRateLimiter::keyed(quota), proxies, asked: AtomicU32::new(0) }
    }

    /// What whoever asks too often is told.
    pub(crate) fn refusal(&self, request: &Request) -> Option<Response> {
        let seconds = self.wait(&self.asker(request)?)?;
        let mut response = Refusal::from(problems::too_many()).into_response();
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        Some(response)
    }

    /// Seconds until `asker` may ask again; none where it may now.
    fn wait(&self, asker: &Asker) -> Option<u64> {
        // To count them is to look into every shelf of the map, which all that ask share.
        if self.asked.fetch_add(1, Ordering::Relaxed).is_multiple_of(COUNTED)
            && self.limiter.len() > REMEMBERED
        {
            self.limiter.retain_recent();
        }
        let wait = self.limiter.check_key(asker).err()?;
        let wait = wait.wait_time_from(self.limiter.clock().now());
        Some(wait.as_secs() + u64::from(wait.subsec_nanos() > 0))
    }

    fn asker(&self, request: &Request) -> Option<Asker> {
        let (about, headers) = (request.extensions(), request.headers());
        match about.get() {
            Some(ConnectInfo(peer @ Peer { .. })) => Some(match peer.kiosk() {
                Some(name) => Asker::Kiosk(name.to_owned()),
                None => self.address(peer.address.ip(), headers),
            }),
            None => about
                .get()
                .map(|ConnectInfo(peer): &ConnectInfo<SocketAddr>| self.address(peer.ip(), headers)),
        }
    }

    /// The other end of the connection, or whom a proxy of ours names last.
    fn address(&self, peer: IpAddr, headers: &HeaderMap) -> Asker {
        if !self.proxies.contains(&peer) {
            return Asker::Address(network(peer));
        }
        let named = headers.get_all("x-forwarded-for").iter().next_back();
        let named = named.and_then(|value| value.to_str().ok()?.rsplit(',').next()?.trim().parse().ok());
        Asker::Address(network(named.unwrap_or(peer)))
    }
}

/// Whoever has one IPv6 address has a network of them.
fn network(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(six) => Ipv6Addr::from_bits(six.to_bits() & (u128::MAX << 64)).into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limiter(per_second: u32, burst: u32) -> Limiter {
        let number = |number| NonZeroU32::new(number).unwrap();
        let rate = Rate { per_second: number(per_second), burst: number(burst) };
        Limiter::new(rate, vec!["10.0.0.1".parse().unwrap()])
    }

    #[test]
    fn who_asks_too_often_is_told_when_to_come_again_and_nobody_else_waits() {
        let limiter = limiter(1, 3);
        let at = |address: &str| limiter.address(address.parse().unwrap(), &HeaderMap::new());
        let (one, other) = (at("192.0.2.1"), at("192.0.2.2"));
        assert_eq!([0; 3].map(|_| limiter.wait(&one)), [None; 3]);
        assert_eq!(limiter.wait(&one), Some(1));
        assert_eq!(limiter.wait(&other), None);
        let neighbours = ["2001:db8::1", "2001:db8::2"].map(at);
        assert!((0..3).all(|_| limiter.wait(&neighbours[0]).is_none()));
        assert_eq!(limiter.wait(&neighbours[1]), Some(1), "one network");
        let kiosks = ["LZ-0001", "LZ-0002"].map(|name| Asker::Kiosk(name.to_owned()));
        assert!((0..3).all(|_| limiter.wait(&kiosks[0]).is_none()));
        assert_eq!((limiter.wait(&kiosks[0]), limiter.wait(&kiosks[1])), (Some(1), None));
    }

    #[test]
    fn a_proxy_is_believed_and_a_stranger_is_not() {
        let limiter = limiter(1, 1);
        let told = |peer: &str, said: &str| {
            let headers = [("x-forwarded-for".parse().unwrap(), said.parse().unwrap())].into_iter().collect();
            limiter.address(peer.parse().unwrap(), &headers)
        };
        let at = |address: &str| Asker::Address(address.parse().unwrap());
        assert_eq!(told("10.0.0.1", "203.0.113.9, 192.0.2.1"), at("192.0.2.1"), "the one that the proxy saw");
        assert_eq!(told("10.0.0.1", "unknown"), at("10.0.0.1"));
        assert_eq!(told("192.0.2.7", "203.0.113.9"), at("192.0.2.7"));
    }
}
