//! Failed logins: counted, answered later and later, and at last turned away for a while.
//!
//! Three things are counted: a login from an address, an address whatever the login, and a login whatever the address. The first two can be
//! banned, a login never is: whoever knows a name could lock its owner out. Where a login fails from many addresses, it takes fewer failures to
//! ban it at one of them, so that guessing from a thousand machines pays as little, and who knows the password isn't touched.
//! A success forgives what its own login did at its address, and nothing else: who has one password can't clear the way for guessing others.
//!
//! Logins that don't exist are counted as those that do. What is held is bounded: the longest unused goes first.

mod ban;
mod count;

use std::{
    collections::HashMap,
    hash::BuildHasher,
    net::IpAddr,
    num::NonZeroUsize,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use arc_swap::ArcSwap;
use foldhash::quality::RandomState;
use ipnet::IpNet;
use lru::LruCache;
use parking_lot::Mutex;

pub use ban::{BanEntry, TurnedAway};

use self::{ban::Ban, count::Count};
use crate::{config::AbuseSettings, net::Origin};

/// Counts that are held: about 100 bytes each.
const COUNTS: NonZeroUsize = NonZeroUsize::new(65_536).unwrap();
/// Bans that are held.
const BANS: NonZeroUsize = NonZeroUsize::new(16_384).unwrap();
/// Failures that are answered at once: people mistype.
const FREE: u32 = 3;
/// The same for an address, whatever the login.
const FREE_OF_ADDRESS: u32 = 5 * FREE;
/// Answers to one address that are held back at once. Beyond them failures are answered at once, and counted all the same.
const HELD_BACK: u32 = 16;
/// Names of PostgreSQL are no longer than that, so that no more of what a client says is kept and shown.
const SHOWN: usize = 63;

/// What is counted, and what is banned.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
enum Subject {
    /// All logins from there.
    Address(Origin),
    /// A login, by its hash, from there.
    Pair(Origin, u64),
    /// A login from anywhere; counted only.
    Login(u64),
}

/// What has become of somebody, for those who keep a record of it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct BanNews {
    /// Where it comes from.
    pub origin: Origin,
    /// The login, as the client said it; none: all of them.
    pub login: Option<Box<str>>,
    /// How often it has failed, and for how long it is banned; none: it is not banned any more, by the operator's word.
    pub banned: Option<(u32, Duration)>,
}

/// Who is told of bans.
type Teller = Box<dyn Fn(BanNews) + Send + Sync>;

/// Failed logins and what comes of them.
pub struct Guard {
    teller: Option<Teller>,
    rules: ArcSwap<AbuseSettings>,
    state: Mutex<State>,
    /// How many counts there are: who logs in well looks no further where there is none.
    counted: AtomicUsize,
    /// How many bans there are.
    banned: AtomicUsize,
    hasher: RandomState,
}

struct State {
    counts: LruCache<Subject, Count>,
    bans: LruCache<Subject, Ban>,
    /// Answers that are held back, by address.
    held_back: HashMap<Origin, u32>,
}

/// The answer to a failed login, until it may go out. Dropping it counts it out.
pub struct HeldBack {
    guard: Arc<Guard>,
    origin: Origin,
    /// How long.
    pub time: Duration,
}

impl Drop for HeldBack {
    fn drop(&mut self) {
        let mut state = self.guard.state.lock();
        if let Some(held) = state.held_back.get_mut(&self.origin) {
            *held = held.saturating_sub(1);
            if *held == 0 {
                state.held_back.remove(&self.origin);
            }
        }
    }
}

impl Guard {
    /// A guard that has seen nothing.
    pub fn new(rules: AbuseSettings) -> Self {
        let (mut counts, mut bans) = (LruCache::unbounded(), LruCache::unbounded());
        counts.resize(COUNTS);
        bans.resize(BANS);
        Guard {
            teller: None,
            rules: ArcSwap::from_pointee(rules),
            state: Mutex::new(State { counts, bans, held_back: HashMap::new() }),
            counted: AtomicUsize::new(0),
            banned: AtomicUsize::new(0),
            hasher: RandomState::default(),
        }
    }

    /// Tells of each ban, and of each one that is lifted.
    #[must_use]
    pub fn telling(mut self, teller: impl Fn(BanNews) + Send + Sync + 'static) -> Self {
        self.teller = Some(Box::new(teller));
        self
    }

    fn tell(&self, news: BanNews) {
        if let Some(teller) = &self.teller {
            teller(news);
        }
    }

    /// Takes other rules. Bans of addresses that are never banned by them are lifted.
    pub fn renew(&self, rules: AbuseSettings) {
        let mut state = self.state.lock();
        let lifted: Vec<Subject> =
            state.bans.iter().filter(|(_, ban)| contains(&rules.never, ban.address)).map(|(subject, _)| *subject).collect();
        for subject in lifted {
            if let Some(ban) = state.bans.pop(&subject) {
                tracing::warn!(address = %ban.origin(), login = ban.login.as_deref(), "ban lifted: the address is never banned any more");
                self.tell(BanNews { origin: ban.origin(), login: ban.login, banned: None });
            }
        }
        self.note(&state);
        drop(state);
        self.rules.store(Arc::new(rules));
    }

    /// Whether nobody is served from an address, by the file.
    pub fn denies(&self, address: IpAddr) -> bool {
        let rules = self.rules.load();
        !rules.deny.is_empty() && contains(&rules.deny, address.to_canonical())
    }

    /// Whether somebody may come in: an address, and the login that it says once it has said one.
    ///
    /// # Errors
    /// [`TurnedAway`]
    #[inline]
    pub fn admit(&self, address: IpAddr, login: Option<&str>, now: Instant) -> Result<(), TurnedAway> {
        if login.is_none() && self.denies(address) {
            return Err(TurnedAway::Denied);
        }
        if self.banned.load(Ordering::Relaxed) == 0 { Ok(()) } else { self.look(address, login, now) }
    }

    #[cold]
    fn look(&self, address: IpAddr, login: Option<&str>, now: Instant) -> Result<(), TurnedAway> {
        let (origin, state) = (Origin::of_address(address), self.state.lock());
        let pair = login.map(|login| Subject::Pair(origin, self.hash(login)));
        let banned =
            [Some(Subject::Address(origin)), pair].into_iter().flatten().find_map(|subject| state.bans.peek(&subject)?.report(now));
        banned.map_or(Ok(()), Err)
    }

    /// A login has succeeded: what it did wrong before at this address is forgiven. Not where it has been banned meanwhile, by what else was
    /// tried at the same time.
    ///
    /// # Errors
    /// [`TurnedAway`]
    #[inline]
    pub fn succeeded(&self, address: IpAddr, login: &str, now: Instant) -> Result<(), TurnedAway> {
        self.admit(address, Some(login), now)?;
        if self.counted.load(Ordering::Relaxed) > 0 {
            self.forgive(address, login, now);
        }
        Ok(())
    }

    #[cold]
    fn forgive(&self, address: IpAddr, login: &str, now: Instant) {
        let (origin, login, window) = (Origin::of_address(address), self.hash(login), self.rules.load().window);
        let mut state = self.state.lock();
        if let Some(mut own) = state.counts.pop(&Subject::Pair(origin, login)) {
            let own = own.value(now, window);
            for subject in [Subject::Address(origin), Subject::Login(login)] {
                if let Some(count) = state.counts.peek_mut(&subject) {
                    count.forgive(own);
                }
            }
        }
        state.forget_old(now, window);
        self.note(&state);
    }

    /// A login has failed. Its answer is to be held back for as long as is returned; none: it goes out at once.
    pub fn failed(self: &Arc<Self>, address: IpAddr, login: &str, now: Instant) -> Option<HeldBack> {
        let rules = self.rules.load();
        let address = address.to_canonical();
        if contains(&rules.never, address) {
            return None;
        }
        let (origin, hash) = (Origin::of_address(address), self.hash(login));
        let mut state = self.state.lock();
        state.forget_old(now, rules.window);
        let [of_login, of_address, of_pair] = [Subject::Login(hash), Subject::Address(origin), Subject::Pair(origin, hash)]
            .map(|subject| state.counts.get_or_insert_mut(subject, || Count::new(now)).add(now, rules.window));
        let enough = if of_login > rules.login_failures { rules.failures.min((rules.failures / 4).max(FREE)) } else { rules.failures };
        if of_pair >= enough {
            let shown: String = login.chars().take(SHOWN).collect();
            let shown: Box<str> = shown.into();
            let time = state.ban(Subject::Pair(origin, hash), address, Some(shown.clone()), of_pair, &rules, now);
            self.tell(BanNews { origin, login: Some(shown), banned: Some((of_pair, time)) });
        }
        if of_address >= rules.address_failures {
            let time = state.ban(Subject::Address(origin), address, None, of_address, &rules, now);
            self.tell(BanNews { origin, login: None, banned: Some((of_address, time)) });
        }
        self.note(&state);
        let beyond = of_pair.saturating_sub(FREE).max(of_address.saturating_sub(FREE_OF_ADDRESS));
        let time = delay(beyond, &rules);
        if time.is_zero() {
            return None;
        }
        let held = state.held_back.entry(origin).or_default();
        if *held >= HELD_BACK {
            return None;
        }
        *held += 1;
        drop(state);
        Some(HeldBack { guard: Arc::clone(self), origin, time })
    }

    /// Forgets what is over, and logs which bans are. To be called now and then.
    pub fn sweep(&self, now: Instant) {
        if self.counted.load(Ordering::Relaxed) == 0 && self.banned.load(Ordering::Relaxed) == 0 {
            return;
        }
        let rules = self.rules.load();
        let mut state = self.state.lock();
        state.forget_old(now, rules.window);
        let mut forgotten = Vec::new();
        for (subject, ban) in state.bans.iter_mut() {
            ban.tell_end(now);
            if ban.is_forgotten(now, rules.max_ban) {
                forgotten.push(*subject);
            }
        }
        for subject in forgotten {
            state.bans.pop(&subject);
        }
        self.note(&state);
    }

    /// Who is banned at present.
    pub fn bans(&self, now: Instant) -> Vec<BanEntry> {
        self.state.lock().bans.iter().filter_map(|(_, ban)| ban.entry(now)).collect()
    }

    /// Lifts bans of an address: of this login, or all of them. How many.
    pub fn lift(&self, origin: Origin, login: Option<&str>) -> usize {
        let wanted = login.map(|login| self.hash(login));
        let mut state = self.state.lock();
        let found = state.bans.iter().map(|(subject, _)| *subject).filter(|subject| match *subject {
            Subject::Address(of) => of == origin && wanted.is_none(),
            Subject::Pair(of, login) => of == origin && wanted.is_none_or(|wanted| wanted == login),
            Subject::Login(_) => false,
        });
        let found: Vec<Subject> = found.collect();
        for subject in &found {
            if let Some(ban) = state.bans.pop(subject) {
                tracing::warn!(address = %ban.origin(), login = ban.login.as_deref(), "ban lifted");
                self.tell(BanNews { origin: ban.origin(), login: ban.login, banned: None });
            }
            state.counts.pop(subject);
        }
        self.note(&state);
        found.len()
    }

    fn hash(&self, login: &str) -> u64 {
        self.hasher.hash_one(login)
    }

    fn note(&self, state: &State) {
        self.counted.store(state.counts.len(), Ordering::Relaxed);
        self.banned.store(state.bans.len(), Ordering::Relaxed);
    }
}

impl State {
    /// Bans somebody, for twice as long as before: for how long. What was counted is paid for.
    fn ban(
        &mut self,
        subject: Subject,
        address: IpAddr,
        login: Option<Box<str>>,
        failures: u32,
        rules: &AbuseSettings,
        now: Instant,
    ) -> Duration {
        self.counts.pop(&subject);
        let times = match self.bans.peek(&subject) {
            Some(before) if !before.is_forgotten(now, rules.max_ban) => before.times.saturating_add(1),
            _ => 1,
        };
        let time = doubled(rules.ban, times - 1, rules.max_ban);
        let ban = Ban::new(address, login, failures, times, (now, time));
        tracing::warn!(address = %ban.origin(), login = ban.login.as_deref(), failures, times, ?time, "banned for failed logins");
        self.bans.put(subject, ban);
        time
    }

    /// Counts that are over stand at the end of those that are held.
    fn forget_old(&mut self, now: Instant, window: Duration) {
        while self.counts.peek_lru().is_some_and(|(_, count)| count.is_over(now, window)) {
            self.counts.pop_lru();
        }
    }
}

/// How long the answer to a failure is held back that is so many beyond those which are answered at once.
fn delay(beyond: u32, rules: &AbuseSettings) -> Duration {
    if beyond == 0 { Duration::ZERO } else { doubled(rules.delay, beyond - 1, rules.max_delay) }
}

fn doubled(first: Duration, times: u32, most: Duration) -> Duration {
    2_u32.checked_pow(times).and_then(|factor| first.checked_mul(factor)).map_or(most, |time| time.min(most))
}

fn contains(networks: &[IpNet], address: IpAddr) -> bool {
    networks.iter().any(|network| network.contains(&address))
}

#[cfg(test)]
mod tests;
