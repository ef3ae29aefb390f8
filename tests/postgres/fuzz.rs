//! Random, truncated and oversized messages at every state: no panic, no growth, no effect on another session.
//!
//! `PGTENANT_FUZZ_MESSAGES` says how many, `PGTENANT_FUZZ_SEED` which.

use std::{
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, SystemTime},
};

use crate::support::{bed::Bed, wire::*};

/// What a session may grow the proxy by: nothing, give or take what an allocator keeps.
const GROWTH_KB: u64 = 20 << 10;

/// xorshift64*: good enough to choose with, and the same everywhere.
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    fn below(&mut self, count: usize) -> usize {
        (self.next() >> 11) as usize % count
    }

    fn bytes(&mut self, most: usize) -> Vec<u8> {
        (0..self.below(most + 1)).map(|_| self.next() as u8).collect()
    }

    fn pick<'a, T>(&mut self, list: &'a [T]) -> &'a T {
        &list[self.below(list.len())]
    }
}

/// A message that a client might send.
fn sound(dice: &mut Dice) -> Vec<u8> {
    const TEXTS: [&str; 12] = [
        "SELECT 1",
        "",
        "SELECT $1::int + $2::int",
        "SELECT generate_series(1, 300)",
        "SELECT 1/0",
        "BEGIN",
        "COMMIT",
        "ROLLBACK; SELECT 2",
        "SET work_mem = '5MB'",
        "PREPARE p AS SELECT 1",
        "COPY t TO STDOUT",
        "COPY t FROM STDIN",
    ];
    let name = *dice.pick(&["", "a", "b", "pgtenant_1"]);
    let text = *dice.pick(&TEXTS);
    match dice.below(14) {
        0 | 1 => query(text),
        2 => parse(name, text),
        3 => bind("", name, &[]),
        4 => bind(name, name, &["1", "2"]),
        5 => execute(name, dice.below(3) as u32),
        6 => describe(*dice.pick(b"SP"), name),
        7 => close(*dice.pick(b"SP"), name),
        8 => flush(),
        9 => sync(),
        10 => frame(b'd', &dice.bytes(100)),
        11 => frame(*dice.pick(b"cf"), if dice.below(2) == 0 { b"" } else { b"no\0" }),
        12 => frame(b'p', &dice.bytes(60)),
        _ => startup(*dice.pick(&[V3_0, V3_2, 2 << 16]), &[("user", "trusted"), ("database", name)]),
    }
}

/// Anything.
fn message(dice: &mut Dice) -> Vec<u8> {
    let mut bytes = sound(dice);
    match dice.below(8) {
        0 => dice.bytes(80),
        1 => {
            let length = bytes.len();
            bytes[dice.below(length)] = dice.next() as u8;
            bytes
        }
        2 => {
            // The length word: too small, too large, immense.
            let length = *dice.pick(&[0, 1, 3, 4, 5, 9_999, 10_001, 70_000, 0x3fff_ffff, 0x4000_0000, 0x7fff_ffff, 0xffff_ffff_u32]);
            bytes.splice(1..5, length.to_be_bytes());
            bytes
        }
        3 => {
            bytes.truncate(dice.below(bytes.len()));
            bytes
        }
        4 => frame(dice.next() as u8, &dice.bytes(200)),
        _ => bytes,
    }
}

#[derive(Clone, Copy, Debug)]
enum State {
    BeforeStartup,
    Authenticating,
    Idle,
    InTransaction,
    InCopy,
    Waiting,
}

const STATES: [State; 6] = [State::BeforeStartup, State::Authenticating, State::Idle, State::InTransaction, State::InCopy, State::Waiting];

async fn connect(state: State, port: u16, socket: &Path) -> Wire {
    let mut wire = match state {
        State::BeforeStartup | State::Authenticating => Wire::tcp(port).await,
        _ => Wire::unix(socket).await,
    };
    match state {
        State::BeforeStartup => {}
        State::Authenticating => {
            wire.start("acme_app", &[]).await;
            wire.message().await.unwrap();
        }
        State::Waiting => {
            wire.log_in("narrow", "", &[]).await.unwrap();
            wire.send(&query("SELECT 1")).await;
        }
        _ => wire.log_in("trusted", "", &[]).await.unwrap(),
    }
    match state {
        State::InTransaction => drop(wire.value("BEGIN").await),
        State::InCopy => {
            wire.send(&query("COPY t FROM STDIN")).await;
            wire.until(b'G').await;
        }
        _ => {}
    }
    wire
}

/// One worker's share. Each connection takes a few messages, then ends; the proxy must end it too.
async fn share(seed: u64, count: usize, port: u16, socket: PathBuf) {
    let mut dice = Dice(seed | 1);
    let mut sent = 0;
    while sent < count {
        let state = *dice.pick(&STATES);
        let mut wire = connect(state, port, &socket).await;
        let mut all = Vec::new();
        let number = dice.below(20) + 1;
        for _ in 0..number {
            all.extend(message(&mut dice));
        }
        sent += number;
        wire.try_send(&all).await;
        wire.shutdown().await;
        let end = tokio::time::timeout(Duration::from_secs(15), wire.drain()).await;
        assert!(end.is_ok(), "a connection didn't end: seed {seed}, {state:?}, {all:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn messages_at_every_state() {
    let number = |name: &str| std::env::var(name).ok().and_then(|value| value.parse::<u64>().ok());
    let count = number("PGTENANT_FUZZ_MESSAGES").unwrap_or(5_000) as usize;
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap();
    let seed = number("PGTENANT_FUZZ_SEED").unwrap_or(now.as_nanos() as u64);
    eprintln!("PGTENANT_FUZZ_SEED={seed}");
    let mut bed = Bed::new().await;
    let folder = tempfile::tempdir().unwrap();
    bed.listen.push_str(&format!("unix_socket_dir = \"{}\"\n", folder.path().display()));
    bed.another("globex").await;
    bed.tenants.push_str("[tenants.globex.limits]\nmax_connections = 1\n");
    bed.login("trusted", "tenant = \"acme\"\nauth = \"trust\"");
    bed.login("narrow", "tenant = \"globex\"\nauth = \"trust\"");
    let proxy = bed.serve().await;
    let socket = folder.path().join(format!(".s.PGSQL.{}", proxy.port()));
    proxy.client().await.batch_execute("CREATE TABLE t (a int)").await.unwrap();
    // Holds the only connection of the tenant whose sessions wait.
    let mut holder = proxy.wire_of("globex_app", &[]).await;
    holder.value("BEGIN").await;
    // The other session, that must notice nothing.
    let mut other = proxy.wire().await;
    let stop = Arc::new(AtomicBool::new(false));
    let told = Arc::clone(&stop);
    let undisturbed = tokio::spawn(async move {
        let mut rounds = 0_u64;
        while !told.load(Ordering::Relaxed) {
            rounds += 1;
            assert_eq!(other.value(&format!("SELECT {rounds}")).await, rounds.to_string());
            other.send(&extended("SELECT $1::text || 'x'", &[&rounds.to_string()])).await;
            assert_eq!(firsts(&other.ready().await), [format!("{rounds}x")]);
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        rounds
    });
    let work = async |seed: u64, count: usize| {
        let tasks: Vec<_> =
            (1..=4).map(|n| tokio::spawn(share(seed.wrapping_mul(n * 2 + 1), count / 4, proxy.port(), socket.clone()))).collect();
        for task in tasks {
            task.await.unwrap();
        }
    };
    work(seed ^ 0x9e37_79b9, count / 5).await;
    let before = proxy.rss_kb();
    work(seed, count).await;
    let after = proxy.rss_kb();
    stop.store(true, Ordering::Relaxed);
    let rounds = undisturbed.await.unwrap();
    eprintln!("{count} messages; the proxy had {before} kB before and {after} kB after; the other session ran {rounds} rounds");
    assert!(after.saturating_sub(before) < GROWTH_KB, "{before} kB before, {after} kB after");
    assert_eq!(holder.value("SELECT 1").await, "1");
    holder.value("COMMIT").await;
    assert_eq!(proxy.wire_of("globex_app", &[]).await.value("SELECT 1").await, "1");
    assert_eq!(proxy.wire().await.value("SELECT count(*) FROM t WHERE false").await, "0");
}
