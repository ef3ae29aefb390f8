//! What counting costs a transaction: its session's own numbers, the way into the worker's till, and the till's into the tenants' meters.

#![allow(missing_docs, reason = "criterion's macros")]

use std::{hint::black_box, sync::Arc, time::Duration};

use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use pgtenant::tenant::usage::{Meter, Place, Tally, Till};

/// What a session counts of one transaction of one statement.
fn count(tally: &mut Tally) {
    tally.bytes_in += black_box(60);
    tally.statements += 1;
    tally.command(black_box(b"SELECT 1\0"));
    tally.rows += black_box(1);
    tally.end();
    tally.bytes_out += black_box(90);
    tally.turn(black_box(Duration::from_micros(150)));
}

fn usage(bench: &mut Criterion) {
    let (meter, mut till, mut place, mut tally) = (Arc::new(Meter::default()), Till::default(), Place::default(), Tally::default());
    bench.bench_function("a transaction, counted and put into the till", |bench| {
        bench.iter(|| {
            // The client's bytes come in one look, the server's answer in another.
            tally.bytes_in += black_box(60);
            till.put(&mut place, &meter, &mut tally);
            count(&mut tally);
            till.put(&mut place, &meter, &mut tally);
        });
    });
    bench.bench_function("a transaction, given to its tenant at once", |bench| {
        bench.iter(|| {
            count(&mut tally);
            meter.settle(&mut tally);
        });
    });
    let meters: Vec<Arc<Meter>> = (0..1000).map(|_| Arc::default()).collect();
    bench.bench_function("a till with one transaction of each of 1000 tenants, emptied", |bench| {
        let full = || {
            let (mut till, mut tally) = (Till::default(), Tally::default());
            for meter in &meters {
                count(&mut tally);
                till.put(&mut Place::default(), meter, &mut tally);
            }
            till
        };
        bench.iter_batched_ref(full, Till::settle, BatchSize::LargeInput);
    });
}

criterion_group!(benches, usage);
criterion_main!(benches);
