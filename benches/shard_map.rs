//! A map of a million tenants: how long it takes to load, and to look a tenant up.

#![allow(missing_docs, clippy::unwrap_used, clippy::panic)]

use std::{fmt::Write as _, fs, hint::black_box, time::Duration};

use criterion::{Criterion, criterion_group, criterion_main};
use pgtenant::{config::Environment, shard_map::ShardMap};

/// The program's own.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const TENANTS: usize = 1_000_000;

fn text(role: &str) -> String {
    let mut text = format!(
        "version = 1\n\
         [shards.east]\nprimary = \"host=127.0.0.1 port=5501 dbname=app\"\nrole_key = \"env:KEY\"\n\
         [shards.west]\nprimary = \"host=127.0.0.1 port=5502 dbname=app\"\nrole_key = \"env:KEY\"\n\
         [plans.basic]\n\
         [models.shop]\nkind = \"row\"\ntenant_column = \"tenant_id\"\nrole = \"{role}\"\n\
         [models.crm]\nkind = \"schema\"\nschema = \"tenant_{{tenant}}\"\n"
    );
    for number in 0..TENANTS {
        let shard = if number % 2 == 0 { "east" } else { "west" };
        let model = if number % 4 == 0 { "crm" } else { "shop" };
        writeln!(text, "\n[tenants.customer_{number:07}]\nshard = \"{shard}\"\nmodel = \"{model}\"\nplan = \"basic\"").unwrap();
        if number % 10 == 0 {
            writeln!(text, "[tenants.customer_{number:07}.limits]\nmax_connections = 8").unwrap();
        }
    }
    text
}

/// The process's memory, now and at most, in MB.
fn memory() -> (u64, u64) {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let field = |name: &str| status.lines().find_map(|line| line.strip_prefix(name)?.split_whitespace().next()?.parse::<u64>().ok());
    (field("VmRSS:").unwrap_or(0) / 1024, field("VmHWM:").unwrap_or(0) / 1024)
}

/// This thread's time on a processor for so many turns: what others do meanwhile doesn't count.
fn on_cpu(turns: u64, mut turn: impl FnMut()) -> Duration {
    let now = || {
        let times = fs::read_to_string("/proc/thread-self/schedstat").unwrap();
        times.split_whitespace().next().and_then(|nanos| nanos.parse().ok()).map(Duration::from_nanos).unwrap()
    };
    let before = now();
    (0..turns).for_each(|_| turn());
    // The clock is coarse, and criterion takes no zero.
    (now() - before).max(Duration::from_nanos(1))
}

fn shard_map(criterion: &mut Criterion) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("map.toml");
    let environment = Environment::fixed([("KEY", "0123456789abcdef")]);
    let load = || ShardMap::load_with(&file, &environment).unwrap_or_else(|errors| panic!("{errors}"));

    fs::write(&file, text("t_{tenant}")).unwrap();
    let map = load();
    let (now, most) = memory();
    println!("memory with a map of {TENANTS} tenants: {now} MB, at most {most} MB while it was loaded");
    let mut group = criterion.benchmark_group("shard_map");
    group.sample_size(10).measurement_time(Duration::from_secs(10));
    group.bench_function("load a million tenants", |bench| bench.iter(&load));

    // A step that is coprime to the number of tenants visits them all, far from each other. The id itself is at hand, as a client's is.
    let (mut pick, mut id) = (0, *b"customer_0000000");
    let mut next = move || {
        pick = (pick + 387_421) % TENANTS;
        let mut rest = pick;
        for digit in id.iter_mut().rev().take(7) {
            *digit = b'0' + u8::try_from(rest % 10).unwrap();
            rest /= 10;
        }
        id
    };
    let tenant = |map: &ShardMap, id: [u8; 16]| map.tenant(black_box(std::str::from_utf8(&id).unwrap())).unwrap();
    group.sample_size(50).measurement_time(Duration::from_secs(3));
    group.bench_function("look a tenant up", |bench| bench.iter_custom(|count| on_cpu(count, || drop(tenant(&map, next())))));
    group.bench_function("look a tenant up that doesn't exist", |bench| {
        bench.iter_custom(|count| on_cpu(count, || drop(black_box(map.tenant(black_box("nobody"))))))
    });

    fs::write(&file, text("t_{opaque}")).unwrap();
    let map = load();
    group.bench_function("look a tenant up, opaque role", |bench| bench.iter_custom(|count| on_cpu(count, || drop(tenant(&map, next())))));
    group.finish();
}

criterion_group!(benches, shard_map);
criterion_main!(benches);
