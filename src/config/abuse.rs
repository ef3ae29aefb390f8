//! `[abuse]` and `[memory]`: what those are held to who try passwords, and what sessions may hold.

use std::{
    net::{IpAddr, Ipv4Addr},
    time::Duration,
};

use ipnet::IpNet;
use serde::Deserialize;
use toml::{Spanned, de::DeValue};

use super::{
    ByteSize, Period,
    document::{self, Field, Findings},
};

/// What becomes of logins that fail, and who is never or always turned away.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AbuseSettings {
    /// Failures of one login from one address within `window`, after which that pair is banned.
    pub failures: u32,
    /// Failures of any logins from one address, after which the address is.
    pub address_failures: u32,
    /// Failures of one login from anywhere, beyond which a quarter of `failures` is enough.
    pub login_failures: u32,
    /// The time within which failures are counted.
    pub window: Duration,
    /// How long the first ban lasts; each further one lasts twice as long.
    pub ban: Duration,
    /// The longest ban.
    pub max_ban: Duration,
    /// How long the first answer is held back that is; each further one twice as long. Zero: none is.
    pub delay: Duration,
    /// The longest time that an answer is held back.
    pub max_delay: Duration,
    /// Addresses that are never banned.
    pub never: Vec<IpNet>,
    /// Addresses that nobody is served from.
    pub deny: Vec<IpNet>,
}

/// What sessions may hold beside what streams through them.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct MemorySettings {
    /// Bytes of one session.
    pub per_session: u64,
    /// Bytes of all sessions; none: half of what the machine, or the control group, has.
    pub total: Option<u64>,
}

impl Default for AbuseSettings {
    fn default() -> Self {
        AbuseSettings {
            failures: 20,
            address_failures: 100,
            login_failures: 500,
            window: Duration::from_secs(600),
            ban: Duration::from_secs(60),
            max_ban: Duration::from_secs(3600),
            delay: Duration::from_millis(100),
            max_delay: Duration::from_secs(5),
            never: Vec::new(),
            deny: Vec::new(),
        }
    }
}

impl Default for MemorySettings {
    fn default() -> Self {
        MemorySettings { per_session: 64 << 20, total: None }
    }
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
pub(super) struct RawAbuse {
    failures: Field<u32>,
    address_failures: Field<u32>,
    login_failures: Field<u32>,
    window: Field<Period>,
    ban: Field<Period>,
    max_ban: Field<Period>,
    delay: Field<Period>,
    max_delay: Field<Period>,
    never: Option<Vec<Spanned<String>>>,
    deny: Option<Vec<Spanned<String>>>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
pub(super) struct RawMemory {
    per_session: Field<ByteSize>,
    total: Field<ByteSize>,
}

/// Less than that is no session's.
const LEAST_SESSION: u64 = 256 << 10;
/// Less than that is no proxy's.
const LEAST_TOTAL: u64 = 8 << 20;

/// Reads `[abuse]`.
pub(super) fn read(value: &Spanned<DeValue<'_>>, findings: &mut Findings) -> AbuseSettings {
    let default = AbuseSettings::default();
    let raw: RawAbuse = document::read(value, findings).unwrap_or_default();
    let settings = AbuseSettings {
        failures: count(&raw.failures, "failures", default.failures, findings),
        address_failures: count(&raw.address_failures, "address_failures", default.address_failures, findings),
        login_failures: count(&raw.login_failures, "login_failures", default.login_failures, findings),
        window: some_time(&raw.window, "window", default.window, findings),
        ban: some_time(&raw.ban, "ban", default.ban, findings),
        max_ban: some_time(&raw.max_ban, "max_ban", default.max_ban, findings),
        delay: raw.delay.as_ref().map_or(default.delay, |delay| delay.get_ref().0),
        max_delay: raw.max_delay.as_ref().map_or(default.max_delay, |delay| delay.get_ref().0),
        never: networks(raw.never.as_deref(), findings),
        deny: networks(raw.deny.as_deref(), findings),
    };
    if settings.ban > settings.max_ban {
        let at = document::place(if raw.ban.is_some() { &raw.ban } else { &raw.max_ban }, value.span().start);
        findings.add(at, format!("`ban` is {}, more than `max_ban`, which is {}", Period(settings.ban), Period(settings.max_ban)));
    }
    settings
}

/// Reads `[memory]`.
pub(super) fn read_memory(value: &Spanned<DeValue<'_>>, findings: &mut Findings) -> MemorySettings {
    let raw: RawMemory = document::read(value, findings).unwrap_or_default();
    let size = |field: &Field<ByteSize>, name: &str, least: u64, findings: &mut Findings| {
        let size = field.as_ref()?;
        if size.get_ref().0 < least {
            findings.expect(size.span().start, format!("`{name}` is {}", size.get_ref()), format!("at least {}", ByteSize(least)));
        }
        Some(size.get_ref().0)
    };
    MemorySettings {
        per_session: size(&raw.per_session, "per_session", LEAST_SESSION, findings).unwrap_or(MemorySettings::default().per_session),
        total: size(&raw.total, "total", LEAST_TOTAL, findings),
    }
}

fn count(field: &Field<u32>, name: &str, default: u32, findings: &mut Findings) -> u32 {
    let Some(count) = field else { return default };
    if *count.get_ref() == 0 {
        findings.expect(count.span().start, format!("`{name}` is 0"), "at least 1");
    }
    *count.get_ref()
}

fn some_time(field: &Field<Period>, name: &str, default: Duration, findings: &mut Findings) -> Duration {
    let Some(period) = field else { return default };
    if period.get_ref().0.is_zero() {
        findings.expect(period.span().start, format!("`{name}` is zero"), "a duration such as \"10m\"");
    }
    period.get_ref().0
}

/// Addresses and networks; a network's address has no bits behind its prefix.
fn networks(listed: Option<&[Spanned<String>]>, findings: &mut Findings) -> Vec<IpNet> {
    let mut networks = Vec::new();
    for text in listed.unwrap_or_default() {
        let at = text.span().start;
        let parsed = text.get_ref().parse::<IpNet>().ok().or_else(|| text.get_ref().parse::<IpAddr>().ok().map(IpNet::from));
        match parsed {
            None => {
                let expected = "an address or a network, such as \"10.1.2.3\", \"10.0.0.0/8\" or \"2001:db8::/32\"";
                findings.expect(at, format!("\"{}\" isn't a network", text.get_ref()), expected);
            }
            Some(network) if network.trunc() != network => {
                findings.expect(at, format!("\"{network}\" has bits behind its prefix"), format!("\"{}\"", network.trunc()));
            }
            Some(network) => networks.push(as_ipv4(network)),
        }
    }
    networks
}

/// IPv4 behind IPv6's spelling: addresses of clients are compared as IPv4.
fn as_ipv4(network: IpNet) -> IpNet {
    let IpNet::V6(mapped) = network else { return network };
    let address: Option<Ipv4Addr> = mapped.addr().to_ipv4_mapped();
    address
        .zip(mapped.prefix_len().checked_sub(96))
        .and_then(|(address, prefix)| IpNet::new(IpAddr::V4(address), prefix).ok())
        .unwrap_or(network)
}
