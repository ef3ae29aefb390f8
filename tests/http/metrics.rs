//! Metrics.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use crate::{
    client::{Http, serve_open, serve_with},
    support::{bed::Bed, eventually, refusal, run},
};

/// The metrics of prometheus-community/pgbouncer_exporter 0.11 that its usual dashboards and alerts read.
const PGBOUNCER: [&str; 17] = [
    "pgbouncer_up",
    "pgbouncer_version_info",
    "pgbouncer_databases",
    "pgbouncer_pools",
    "pgbouncer_used_clients",
    "pgbouncer_config_max_client_connections",
    "pgbouncer_databases_pool_size",
    "pgbouncer_databases_max_connections",
    "pgbouncer_databases_current_connections",
    "pgbouncer_pools_client_active_connections",
    "pgbouncer_pools_client_waiting_connections",
    "pgbouncer_pools_client_maxwait_seconds",
    "pgbouncer_pools_server_active_connections",
    "pgbouncer_pools_server_idle_connections",
    "pgbouncer_stats_totals_queries_pooled_total",
    "pgbouncer_stats_totals_sql_transactions_pooled_total",
    "pgbouncer_stats_totals_received_bytes_total",
];

/// Samples by name and labels, as they are written; the whole is held against the grammar of OpenMetrics 1.0.
fn read(text: &str) -> BTreeMap<String, f64> {
    let mut lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines.pop(), Some("# EOF"));
    let (mut families, mut samples) = (BTreeMap::new(), BTreeMap::new());
    let mut current = ("", "");
    for line in lines {
        if let Some(said) = line.strip_prefix("# TYPE ") {
            let (name, kind) = said.split_once(' ').unwrap();
            assert!(families.insert(name, kind).is_none(), "{name} twice");
            current = (name, kind);
        } else if !line.starts_with("# HELP ") {
            let (series, value) = line.rsplit_once(' ').unwrap();
            let name = series.split('{').next().unwrap();
            let suffix = name.strip_prefix(current.0).unwrap_or_else(|| panic!("{line} stands in {}", current.0));
            let allowed: &[&str] = match current.1 {
                "gauge" => &[""],
                "counter" => &["_total"],
                "histogram" => &["_bucket", "_sum", "_count"],
                other => panic!("{other}"),
            };
            assert!(allowed.contains(&suffix), "{line}");
            if let Some(labels) = series.strip_prefix(name).filter(|labels| !labels.is_empty()) {
                assert!(labels.starts_with('{') && labels.ends_with('}') && !labels.contains(",}"), "{line}");
            }
            assert!(samples.insert(series.to_owned(), value.parse().unwrap()).is_none(), "{series} twice");
        }
    }
    samples
}

async fn scrape(http: &Http) -> BTreeMap<String, f64> {
    let answer = http.get("/metrics").await;
    assert_eq!(answer.status, 200, "{answer:?}");
    assert_eq!(answer.header("content-type"), "application/openmetrics-text; version=1.0.0; charset=utf-8");
    read(&answer.body)
}

/// Waits for a sample.
async fn until(http: &Http, series: &str, value: f64) {
    eventually(&format!("{series} {value}"), || async { scrape(http).await.get(series) == Some(&value) }).await;
}

#[tokio::test]
async fn what_was_done_is_told() {
    let mut bed = Bed::new().await;
    bed.plan.push_str("storage = \"1GB\"\n");
    let (proxy, http) = serve_open(bed).await;
    let client = proxy.client().await;
    for _ in 0..20 {
        run(&client, "SELECT 1").await;
    }
    until(&http, "pgtenant_statements_total", 20.0).await;
    assert_eq!(refusal(&client, "SELEC 1").await, "42601");
    until(&http, "pgtenant_tenant_refusals_total{tenant=\"acme\"}", 1.0).await;
    let samples = scrape(&http).await;
    for name in PGBOUNCER {
        assert!(samples.keys().any(|series| series.split('{').next() == Some(name)), "{name} is missing");
    }
    let of = |series: &str| *samples.get(series).unwrap_or_else(|| panic!("{series} in {samples:#?}"));
    assert_eq!((of("pgtenant_transactions_total"), of("pgtenant_sessions"), of("pgtenant_logins_total")), (20.0, 1.0, 1.0));
    assert_eq!(of("pgtenant_refusals_total{reason=\"syntax\"}"), 1.0);
    assert_eq!(of("pgtenant_tenant_transactions_total{tenant=\"acme\"}"), 20.0);
    assert_eq!(of("pgtenant_tenant_storage_limit_bytes{tenant=\"acme\"}"), f64::from(1 << 30));
    assert_eq!(of("pgtenant_tenant_info{tenant=\"acme\",shard=\"east\",plan=\"basic\",status=\"active\"}"), 1.0);
    assert_eq!(of("pgbouncer_stats_totals_sql_transactions_pooled_total{database=\"east\"}"), 20.0);
    assert_eq!(of("pgtenant_transaction_duration_seconds_count"), 20.0);
    assert_eq!(of("pgtenant_transaction_duration_seconds_bucket{le=\"+Inf\"}"), 20.0);
    assert!(of("pgtenant_transaction_duration_seconds_sum") > 0.0);
    let buckets = samples.keys().filter(|series| series.contains("_bucket") && series.contains("tenant="));
    assert_eq!(buckets.count(), 0, "never tenants times steps");
    // Server time is settled with the next sample.
    eventually("server time", || async { scrape(&http).await["pgtenant_server_seconds_total"] > 0.0 }).await;
}

#[tokio::test]
async fn only_the_busiest_tenants_have_labels_and_those_that_go_lose_theirs() {
    let mut bed = Bed::new().await;
    for id in ["globex", "hooli"] {
        bed.another(id).await;
    }
    let (mut proxy, http) = serve_with(bed, "top_tenants = 2\n").await;
    for (tenant, statements) in [("acme", 30), ("globex", 20), ("hooli", 1)] {
        let client = proxy.client_of(&format!("{tenant}_app")).await;
        for _ in 0..statements {
            run(&client, "SELECT 1").await;
        }
    }
    until(&http, "pgtenant_statements_total", 51.0).await;
    let labelled = |samples: &BTreeMap<String, f64>| -> BTreeSet<String> {
        let tenants = samples.keys().filter_map(|series| series.strip_prefix("pgtenant_tenant_statements_total{tenant=\""));
        tenants.map(|rest| rest.trim_end_matches("\"}").to_owned()).collect()
    };
    assert_eq!(labelled(&scrape(&http).await), BTreeSet::from(["acme".to_owned(), "globex".to_owned()]));
    let without = proxy.bed.tenants.split("[tenants.").filter(|section| !section.is_empty() && !section.starts_with("acme]"));
    proxy.bed.tenants = without.map(|section| format!("[tenants.{section}")).collect();
    proxy.bed.logins = proxy.bed.logins.replace("tenant = \"acme\"", "tenant = \"hooli\"");
    proxy.bed.write();
    eventually("acme's label goes", || async {
        labelled(&scrape(&http).await) == BTreeSet::from(["globex".to_owned(), "hooli".to_owned()])
    })
    .await;
    assert_eq!(scrape(&http).await["pgtenant_statements_total"], 51.0, "what was done was done");
}

#[tokio::test]
async fn who_asks_often_gets_the_same_again() {
    let (proxy, http) = serve_open(Bed::new().await).await;
    let client = proxy.client().await;
    scrape(&http).await;
    run(&client, "SELECT 1").await;
    tokio::time::sleep(Duration::from_millis(1300)).await;
    assert_eq!(scrape(&http).await["pgtenant_statements_total"], 1.0);
    let first = http.get("/metrics").await.body;
    assert_eq!(http.get("/metrics").await.body, first);
}
