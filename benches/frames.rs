//! What walking a server's frames costs, by frame: `cargo bench --bench frames`.

#![allow(missing_docs, reason = "criterion's macro makes a public function")]

use std::{hint::black_box, num::NonZeroUsize, sync::Arc};

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use pgtenant::{
    backend::{Carried, settings::Settings, statements::StatementCache},
    config::GateMode,
    ids::TenantId,
    session::{
        conversation::{Attached, Conversation, PoolMode, Sink, Tools},
        gate::{Gatekeeper, GroundRules, SharedGround, Whom},
    },
    sql::gate::Isolation,
    wire::{frame::split_frame, messages::TransactionStatus, synthetic, tag::server},
};

const ROWS: u64 = 1000;

/// A result of a thousand rows of a hundred bytes.
fn result() -> Vec<u8> {
    let mut bytes = Vec::new();
    synthetic::frame(&mut bytes, server::ROW_DESCRIPTION, |out| out.extend_from_slice(&[0, 0]));
    for _ in 0..ROWS {
        synthetic::frame(&mut bytes, server::DATA_ROW, |out| {
            out.extend_from_slice(&[0, 1, 0, 0, 0, 100]);
            out.extend_from_slice(&[b'x'; 100]);
        });
    }
    synthetic::command_complete(&mut bytes, "SELECT 1000");
    synthetic::ready(&mut bytes, TransactionStatus::Idle);
    bytes
}

/// A gate that lets everything pass.
fn gatekeeper() -> Gatekeeper {
    let rules = GroundRules {
        isolation: Isolation::Database,
        lock_is_login: true,
        ddl: true,
        functions: Vec::new(),
        reference_tables: Vec::new(),
        global_keys: Vec::new(),
    };
    let whom = Whom { tenant: TenantId::from("acme"), key: "acme".into(), schema: None, role: "acme".into() };
    Gatekeeper::new(Arc::new(SharedGround::fixed(rules, Arc::default())), whom, GateMode::Off, Arc::default())
}

fn walk(criterion: &mut Criterion) {
    let bytes = result();
    let mut group = criterion.benchmark_group("frames");
    group.throughput(Throughput::Elements(ROWS));
    group.bench_function("headers", |bencher| {
        bencher.iter(|| {
            let mut rest = black_box(bytes.as_slice());
            let mut frames = 0;
            while let Ok(Some((frame, next))) = split_frame(rest, u32::MAX) {
                frames += usize::from(frame.tag == server::DATA_ROW);
                rest = next;
            }
            frames
        });
    });
    let statements = StatementCache::new(NonZeroUsize::MIN, Arc::default());
    let tools = Tools { statements: Arc::new(statements), gate: gatekeeper(), context: None, admission: None };
    let mut query = Vec::new();
    synthetic::query(&mut query, b"SELECT x FROM t");
    group.bench_function("conversation", |bencher| {
        bencher.iter_batched_ref(
            || {
                let mut conversation = Conversation::new(Settings::default(), PoolMode::Transaction);
                let mut carried = Carried::new(NonZeroUsize::MIN);
                let (mut to_server, mut to_client) = (Vec::new(), Vec::new());
                let attached = Attached { carried: &mut carried, out: &mut to_server };
                let _ = conversation.on_client(&tools, &query, Some(attached), &mut to_client);
                (conversation, carried)
            },
            |(conversation, carried)| {
                let mut out = Vec::new();
                let mut sink = Sink::new(&mut out, black_box(&bytes));
                let _ = black_box(conversation.on_server(&bytes, carried, &mut sink));
                sink.finish().len()
            },
            BatchSize::SmallInput,
        );
    });
    group.finish();
}

criterion_group!(benches, walk);
criterion_main!(benches);
