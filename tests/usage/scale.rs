//! A hundred thousand tenants.

use std::{
    fs,
    sync::Arc,
    time::{Duration, Instant},
};

use pgtenant::{
    ids::TenantId,
    tenant::usage::{Interval, Metering, Place, Record, Tally, Till},
};

const TENANTS: usize = 100_000;

/// Resident memory in bytes.
fn resident() -> u64 {
    let text = fs::read_to_string("/proc/self/statm").unwrap();
    text.split(' ').nth(1).unwrap().parse::<u64>().unwrap() * 4096
}

/// Counts of all of them take little room, and little time to look at and to record. Figures are printed.
#[test]
#[ignore = "measures memory: to be run alone"]
fn a_hundred_thousand_tenants() {
    let ids: Vec<TenantId> = (0..TENANTS).map(|number| TenantId::from(format!("tenant-{number:06}"))).collect();
    let metering = Metering::default();
    let before = resident();
    let meters: Vec<_> = ids.iter().map(|id| metering.of(id)).collect();
    let counters = (resident() - before) / TENANTS as u64;
    let (mut till, mut tally) = (Till::default(), Tally::default());
    let begun = Instant::now();
    for meter in &meters {
        tally.statements += 1;
        tally.bytes_in += 100;
        tally.bytes_out += 1000;
        tally.turn(Duration::from_micros(100));
        till.put(&mut Place::default(), meter, &mut tally);
    }
    till.settle();
    drop(till);
    let (put, with_times) = (begun.elapsed(), (resident() - before) / TENANTS as u64);
    let begun = Instant::now();
    let (mut statements, mut seen) = (0, 0);
    metering.for_each(|_, meter| {
        statements += meter.figures().counts.statements;
        seen += 1;
    });
    let looked = begun.elapsed();
    assert_eq!((statements, seen), (TENANTS as u64, TENANTS));
    let interval = Interval { begin: "2026-11-21T20:00:00Z".parse().unwrap(), end: "2026-11-21T21:00:00Z".parse().unwrap(), proxy: "here" };
    let begun = Instant::now();
    let mut lines = Vec::new();
    for (id, meter) in metering.all() {
        let delta = meter.take().unwrap();
        Record::new(&id, None, &delta, &interval).write(&mut lines);
    }
    let recorded = begun.elapsed();
    let bytes = lines.len() / TENANTS;
    let busy = Arc::clone(&meters[0]);
    for micros in 0..10_000 {
        busy.took([micros], []);
    }
    println!(
        "{TENANTS} tenants: {counters} bytes each, {with_times} with one transaction's time; put and settled in {put:?}, looked at in {looked:?}, \
         recorded in {recorded:?} ({bytes} bytes a line); a busy one's times take {} bytes",
        busy.heap_bytes()
    );
    assert!(counters < 500 && with_times < 900, "{counters}, {with_times}");
    assert!(busy.heap_bytes() < 13_000, "{}", busy.heap_bytes());
    assert!(looked < Duration::from_secs(1) && recorded < Duration::from_secs(20), "{looked:?}, {recorded:?}");
}
