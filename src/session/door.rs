//! Who is let in as far as an address goes, and what becomes of logins that fail.

use std::{
    net::{IpAddr, SocketAddr},
    sync::Arc,
    time::{Duration, Instant},
};

use arc_swap::ArcSwapOption;

use crate::{
    auth::guard::{BanNews, Guard},
    config::{AbuseSettings, ListenSettings},
    error::{ClientFacing, Report, Severity},
    net::{Origin, Stream},
    telemetry::audit::{Audit, Event, Kind},
    tenant::addresses::{AddressSeat, Addresses},
    wire::{
        startup::{self as packets, FirstPacket},
        synthetic,
    },
};

use super::startup;

/// Who is turned away has so long to say what it wants, which is when it can be told.
const PATIENCE: Duration = Duration::from_secs(1);

/// What stands between accept and login.
pub struct Door {
    /// Failed logins.
    pub guard: Arc<Guard>,
    addresses: Arc<Addresses>,
    most: ArcSwapOption<u32>,
}

/// A connection that may say what it wants.
pub struct Caller {
    /// What failures are counted for: none for Unix sockets, and for what a balancer says of itself.
    address: Option<IpAddr>,
    seat: Option<AddressSeat>,
    /// Why it isn't let in, whoever it is. A cancel request is served all the same.
    pub refused: Option<Report>,
}

/// A connection that isn't welcome.
pub enum Unwelcome {
    /// It is told why.
    Told(Report),
    /// It isn't.
    Silent,
}

impl Door {
    /// A door by these rules.
    pub fn new(abuse: &AbuseSettings, listen: &ListenSettings, audit: Audit) -> Self {
        let guard = Guard::new(abuse.clone()).telling(move |news| audit.record(|| of_ban(&news)));
        Door { guard: Arc::new(guard), addresses: Arc::default(), most: ArcSwapOption::new(listen.max_clients_per_address.map(Arc::new)) }
    }

    /// Takes other rules.
    pub fn renew(&self, abuse: AbuseSettings, listen: &ListenSettings) {
        self.guard.renew(abuse);
        self.most.store(listen.max_clients_per_address.map(Arc::new));
    }

    /// Looks at where a connection comes from. `balancer`: who has sent its PROXY protocol header; a connection of its own, a health check for one,
    /// is nobody's.
    ///
    /// # Errors
    /// [`Unwelcome`]
    pub fn knock(&self, stream: &Stream, balancer: Option<SocketAddr>) -> Result<Caller, Unwelcome> {
        let address = stream.peer().address().filter(|address| balancer != Some(*address)).map(|address| address.ip());
        let mut caller = Caller { address, seat: None, refused: None };
        let Some(address) = address else { return Ok(caller) };
        self.guard.admit(address, None, Instant::now()).map_err(|turned| Unwelcome::Told(turned.report()))?;
        if let Some(most) = &*self.most.load() {
            let (seat, entered) = self.addresses.enter(Origin::of_address(address), **most);
            caller.seat = Some(seat);
            if let Err(crowded) = entered {
                if crowded.hopeless {
                    return Err(Unwelcome::Silent);
                }
                caller.refused = Some(crowded.report());
            }
        }
        Ok(caller)
    }

    /// Whether a login may be tried.
    ///
    /// # Errors
    /// What the client is told.
    pub fn may_try(&self, caller: &Caller, login: &str) -> Result<(), Report> {
        match caller.address {
            Some(address) => self.guard.admit(address, Some(login), Instant::now()).map_err(|turned| turned.report()),
            None => Ok(()),
        }
    }

    /// A login has succeeded.
    ///
    /// # Errors
    /// What the client is told where it isn't let in all the same.
    pub fn succeeded(&self, caller: &Caller, login: &str) -> Result<(), Report> {
        match caller.address {
            Some(address) => self.guard.succeeded(address, login, Instant::now()).map_err(|turned| turned.report()),
            None => Ok(()),
        }
    }

    /// A login has failed: returns when it may be told.
    pub async fn failed(&self, caller: &Caller, login: &str) {
        let Some(address) = caller.address else { return };
        if let Some(held) = self.guard.failed(address, login, Instant::now()) {
            tokio::time::sleep(held.time).await;
        }
    }
}

/// A ban, or its end, for the audit trail.
fn of_ban(news: &BanNews) -> Event {
    let event = Event::new(if news.banned.is_some() { Kind::Banned } else { Kind::BanLifted }).peer(news.origin);
    let event = match &news.login {
        Some(login) => event.login(login),
        None => event,
    };
    match news.banned {
        Some((failures, time)) => event.count(u64::from(failures)).reason(format!("failed logins; for {} s", time.as_secs())),
        None => event,
    }
}

impl Caller {
    /// The place among the address's connections, for as long as the session lasts.
    pub fn into_seat(self) -> Option<AddressSeat> {
        self.seat
    }
}

/// Tells a connection why it isn't welcome, without a handshake of TLS: that would cost us more than it costs the client.
pub async fn turn_away(stream: Stream, report: &Report, tls: bool) {
    let _ = tokio::time::timeout(PATIENCE, answer(stream, report, tls)).await;
}

async fn answer(mut stream: Stream, report: &Report, tls: bool) {
    loop {
        // Answered before it is read, the answer could be lost with the connection.
        let Ok(packet) = startup::read_packet(&mut stream).await else { return };
        match packets::read(&packet) {
            Ok(FirstPacket::Ssl) if !tls => {}
            Ok(FirstPacket::Gss) => {}
            Ok(FirstPacket::Ssl | FirstPacket::Startup(_)) => break,
            Ok(FirstPacket::Cancel { .. }) | Err(_) => return,
        }
        if stream.write_all(b"N").await.is_err() {
            return;
        }
    }
    let mut message = Vec::with_capacity(256);
    synthetic::error(&mut message, Severity::Fatal, report);
    let _ = stream.write_all(&message).await;
    let _ = stream.shutdown().await;
}
