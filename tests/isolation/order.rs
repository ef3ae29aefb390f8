//! With row security switched off: no condition is asked of another tenant's row before it is known to be one, whatever it costs. Each statement here
//! fails on a row of globex's and on none of acme's.

use super::{
    oracles::{error, proxy_over, said},
    world::switch_row_security_off,
};

const TABLES: &str = "
    CREATE TABLE two (n int);
    INSERT INTO two VALUES (1), (2);
    CREATE TABLE texts (tenant_id text NOT NULL, id int, words text[], flag boolean, note text, five int, PRIMARY KEY (tenant_id, id));
    CREATE TABLE numbers (tenant_id text NOT NULL, id int, secret text, PRIMARY KEY (tenant_id, id));
    INSERT INTO texts VALUES ('globex', 0, '{a,b,c}', false, 'GLOBEX-1', 5), ('acme', 1, '{a}', true, '1', 1), ('globex', 2, '{a,b}', false, NULL, 5);
    INSERT INTO numbers VALUES ('globex', 1, 'GLOBEX-1'), ('acme', 1, '7');";

/// Whatever may be set before.
const COSTS: &[&str] = &[
    "SELECT 1",
    "SET LOCAL cpu_operator_cost = 0",
    "SET LOCAL cpu_operator_cost = 0; SET LOCAL cpu_tuple_cost = 0; SET LOCAL seq_page_cost = 0; SET LOCAL cpu_index_tuple_cost = 0",
    "SET LOCAL cpu_operator_cost = 1000; SET LOCAL cpu_tuple_cost = 0; SET LOCAL seq_page_cost = 0",
    "SET LOCAL enable_seqscan = off; SET LOCAL enable_nestloop = off; SET LOCAL from_collapse_limit = 1",
];

const STATEMENTS: &[&str] = &[
    "SELECT id FROM texts WHERE note LIKE 'GLOBEX-\\'",
    "SELECT id FROM texts WHERE note NOT ILIKE 'globex-\\' AND id = 1",
    "SELECT id FROM texts WHERE note LIKE ANY (ARRAY['GLOBEX-\\'])",
    "SELECT t.id FROM texts t, LATERAL (SELECT FROM two WHERE t.note LIKE ANY (ARRAY['GLOBEX-\\'])) x",
    "SELECT t.id FROM texts t, LATERAL (SELECT FROM two WHERE t.note::int > 0) x",
    "SELECT t.id FROM texts t, numbers m, LATERAL (SELECT FROM two WHERE m.secret::int > 0) x",
    "SELECT t.id FROM two, texts t, (two a JOIN LATERAL (SELECT FROM two WHERE t.note::int > 0) x ON true)",
    "SELECT t.id FROM texts t JOIN LATERAL (SELECT FROM two WHERE t.note::int > 0) x ON true",
    "SELECT t.id FROM texts t LEFT JOIN LATERAL (SELECT FROM two WHERE t.note::int > 0) x ON true",
    "SELECT t.id FROM texts t WHERE EXISTS (SELECT FROM two WHERE t.note::int > n)",
    "SELECT t.id FROM texts t WHERE t.id IN (SELECT n FROM two WHERE t.note::int > 0)",
    "SELECT id FROM texts WHERE ARRAY[words, '{x}'] IS NOT NULL",
    "SELECT id FROM texts WHERE flag OR (SELECT true FROM two)",
    "SELECT id FROM texts WHERE coalesce(note, (SELECT 'x' FROM two)) IS NOT NULL",
    "SELECT id FROM texts WHERE CASE WHEN flag THEN true ELSE (SELECT true FROM two) END",
    "SELECT id FROM texts WHERE (SELECT true FROM two LIMIT five)",
    "SELECT id FROM texts WHERE (flag OR (SELECT true FROM two)) = true",
    "SELECT id FROM (SELECT * FROM texts) t WHERE flag OR (SELECT true FROM two)",
    "SELECT a.id FROM texts a JOIN texts b ON b.flag OR (SELECT true FROM two)",
    "SELECT a.id FROM texts a FULL JOIN texts b ON a.id = b.id AND (b.flag OR (SELECT true FROM two))",
    "SELECT id FROM texts GROUP BY id, note HAVING note::int > 0",
    "WITH t AS NOT MATERIALIZED (SELECT * FROM texts) SELECT id FROM t WHERE flag OR (SELECT true FROM two)",
    "SELECT id FROM texts TABLESAMPLE BERNOULLI (100) WHERE flag OR (SELECT true FROM two)",
    "UPDATE texts SET five = 2 WHERE flag OR (SELECT true FROM two)",
    "UPDATE texts t SET five = 2 FROM numbers m, LATERAL (SELECT FROM two WHERE m.secret::int > 0) x WHERE t.id = m.id",
    "DELETE FROM texts WHERE ARRAY[words, '{x}'] IS NULL",
    "DELETE FROM texts USING numbers m WHERE m.secret::int > 9",
];

#[tokio::test(flavor = "multi_thread")]
async fn the_fence_comes_first() {
    let (proxy, owner) = proxy_over("bare_order", TABLES, "reference_tables = [\"two\"]").await;
    switch_row_security_off(&owner).await;
    crate::support::run(&owner, "GRANT SELECT ON two TO PUBLIC; ANALYZE").await;
    let mut wire = proxy.wire_of("acme_app", &[]).await;
    let mut troubles = Vec::new();
    for costs in COSTS {
        for text in STATEMENTS {
            let several = format!("{costs}; {text}");
            let answer = wire.query(&format!("BEGIN; {several}; ROLLBACK")).await;
            if error(&answer).is_some() {
                wire.query("ROLLBACK").await;
                troubles.push(format!("{several}: {answer:?}"));
            }
        }
    }
    for text in STATEMENTS {
        if error(&said(&mut wire, text).await).is_some() {
            troubles.push(format!("{text}, both protocols"));
        }
    }
    assert!(troubles.is_empty(), "{}", troubles.join("\n"));
}
