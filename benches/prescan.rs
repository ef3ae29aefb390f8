//! What the first look at a statement costs: every statement of every client pays it.
#![allow(missing_docs)]

use std::{fmt::Write, hint::black_box};

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use pgtenant::sql::{parse, prescan, rename};

/// A multi-row `INSERT` of about `bytes` bytes, whose text values hold every trigger word if `suspicious`.
fn insert(bytes: usize, suspicious: bool) -> String {
    let mut text = String::from("INSERT INTO orders (id, customer, note, amount) VALUES ");
    let note = if suspicious { "temp set_config; dblink" } else { "delivered to the door" };
    for id in 0.. {
        if text.len() >= bytes {
            break;
        }
        let comma = if id == 0 { "" } else { ", " };
        let _ = write!(text, "{comma}({id}, 'customer {id}', '{note}', {id}.50)");
    }
    text
}

fn prescans(c: &mut Criterion) {
    let texts = [
        ("pgbench select", "SELECT abalance FROM pgbench_accounts WHERE aid = 12345;".to_owned()),
        ("begin", "BEGIN;".to_owned()),
        ("commented", "SELECT id FROM orders WHERE id = $1 /*tenant='acme',route='%2Forders'*/".to_owned()),
        ("column named temp", "SELECT temp, taken_at FROM readings WHERE sensor = $1 ORDER BY taken_at DESC LIMIT 10".to_owned()),
        ("10 kB insert", insert(10_000, false)),
        ("10 kB insert, second look", insert(10_000, true)),
    ];
    let mut group = c.benchmark_group("prescan");
    for (name, text) in &texts {
        group.throughput(Throughput::Bytes(text.len() as u64));
        group.bench_function(*name, |b| b.iter(|| prescan(black_box(text.as_bytes()))));
    }
    group.finish();
}

fn parses(c: &mut Criterion) {
    let mut group = c.benchmark_group("parse");
    for (name, text) in [
        ("set", "SET work_mem = '64MB'"),
        ("set_config", "SELECT set_config('app.tenant', 'acme', true)"),
        ("prepare", "PREPARE p (int) AS SELECT abalance FROM pgbench_accounts WHERE aid = $1"),
    ] {
        group.bench_function(name, |b| b.iter(|| parse(black_box(text))));
    }
    let megabyte = insert(1_000_000, true);
    group.sample_size(10).throughput(Throughput::Bytes(megabyte.len() as u64));
    group.bench_function("1 MB insert", |b| b.iter(|| parse(black_box(&megabyte))));
    group.finish();
    c.bench_function("rename", |b| b.iter(|| rename(black_box("EXECUTE foo(1)"), &[(8..11, "pgtenant_1")])));
}

criterion_group!(benches, prescans, parses);
criterion_main!(benches);
