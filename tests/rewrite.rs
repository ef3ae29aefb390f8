//! The row model's rewriting against a real server: what a statement answers over two tenants' rows, rewritten and without row-level security, is
//! what it answers as it stands on a database that holds one tenant's rows only. Rows, order, counts, errors and their positions.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

#[path = "rewrite/random.rs"]
mod random;
mod support;

use std::sync::Arc;

use pgtenant::{
    catalog::load::{Schemas, load},
    error::Report,
    sql::gate::{
        Ground, Isolation, PositionMap, Tenancy, Whose,
        rewrite::{Edit, Key, Template, failed_check, rewrite, tenancy_of, verify},
    },
};
use support::{cluster, run};
use tokio_postgres::{Client, SimpleQueryMessage, error::ErrorPosition};

const SCHEMA: &str = include_str!("rewrite/schema.sql");
const ROWS: &str = include_str!("rewrite/rows.sql");
const STATEMENTS: &str = include_str!("rewrite/statements.sql");
const PARAMETER: Tenancy = Tenancy::Parameter { declared: 0 };
const WHOSE: Whose<'static> = Whose { key: "acme", schema: None, role: "t_acme" };

/// What a client sees of a statement.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
struct Answer {
    columns: Vec<String>,
    rows: Vec<Vec<Option<String>>>,
    counts: Vec<u64>,
    /// SQLSTATE, message, position.
    error: Option<(String, String, Option<u32>)>,
}

impl Answer {
    fn refused(report: &Report) -> Answer {
        let error = (report.state.to_string(), report.message.clone().into_owned(), report.position);
        Answer { error: Some(error), ..Answer::default() }
    }

    fn failed(error: &tokio_postgres::Error, map: &PositionMap, before: u32) -> Answer {
        let error = error.as_db_error().unwrap_or_else(|| panic!("{error}"));
        if let Some(report) = failed_check(error.message()) {
            return Answer::refused(&report);
        }
        let position = match error.position() {
            Some(ErrorPosition::Original(at)) => at.checked_sub(before).and_then(|at| map.to_client(at)),
            _ => None,
        };
        Answer { error: Some((error.code().code().to_owned(), error.message().to_owned(), position)), ..Answer::default() }
    }
}

async fn ask(client: &Client, sql: &str, map: &PositionMap, before: u32) -> Answer {
    let messages = match client.simple_query(sql).await {
        Ok(messages) => messages,
        Err(error) => return Answer::failed(&error, map, before),
    };
    let mut answer = Answer::default();
    for message in messages {
        match message {
            SimpleQueryMessage::RowDescription(columns) => answer.columns = columns.iter().map(|column| column.name().to_owned()).collect(),
            SimpleQueryMessage::Row(row) => answer.rows.push((0..row.len()).map(|at| row.get(at).map(ToOwned::to_owned)).collect()),
            SimpleQueryMessage::CommandComplete(count) => answer.counts.push(count),
            _ => {}
        }
    }
    if !sql.contains("ORDER BY") {
        answer.rows.sort();
    }
    answer
}

/// A database of two tenants, and one of acme's rows alone.
struct Twins {
    both: Client,
    alone: Client,
    ground: Ground,
    foreign: Vec<Vec<Option<String>>>,
}

const OWN_ROWS: &str = "SELECT 'o', o::text FROM orders o WHERE tenant_id = 'acme' UNION ALL SELECT 'c', c::text FROM customers c \
    WHERE tenant_id = 'acme' UNION ALL SELECT 'p', p::text FROM parted p WHERE tenant_id = 'acme' UNION ALL SELECT 's', s::text FROM short s \
    WHERE tenant_id = 'acme' UNION ALL SELECT 'u', u.kind FROM slots u WHERE tenant_id = 'acme'";

fn foreign_rows() -> String {
    OWN_ROWS.replace("= 'acme'", "IS DISTINCT FROM 'acme'")
}

impl Twins {
    async fn start() -> Twins {
        let cluster = cluster::shared();
        let mut clients = Vec::new();
        for tenants in [&["acme", "globex"][..], &["acme"]] {
            let database = cluster::database(cluster).await;
            let client = cluster::superuser(cluster, &database).await;
            run(&client, SCHEMA).await;
            for (number, tenant) in tenants.iter().enumerate() {
                run(&client, &ROWS.replace("{tenant}", tenant).replace("{base}", &(number * 100_000).to_string())).await;
            }
            if tenants.len() == 1 {
                // On a database of one's own, the tenant is the default.
                for table in ["orders", "customers", "parted", "parted_1", "parted_2", "short", "slots"] {
                    run(&client, &format!("ALTER TABLE {table} ALTER tenant_id SET DEFAULT 'acme'")).await;
                }
            }
            run(&client, "ANALYZE; SET statement_timeout = '20s'").await;
            clients.push(client);
        }
        let (alone, both) = (clients.pop().unwrap(), clients.pop().unwrap());
        let ground = Ground {
            catalog: Arc::new(load(&both, &Schemas::Shared).await.unwrap()),
            isolation: Isolation::Row { column: "tenant_id".into() },
            lock_is_login: true,
            ddl: false,
            functions: Vec::new(),
            reference_tables: vec!["countries".into()],
            // Tenants' ids are far apart.
            global_keys: vec!["orders.id".into(), "customers.id".into()],
            ..Ground::default()
        };
        let foreign = ask(&both, &foreign_rows(), &PositionMap::default(), 0).await.rows;
        assert!(!foreign.is_empty());
        Twins { both, alone, ground, foreign }
    }

    fn rewritten(&self, sql: &str, key: Key<'_>) -> Result<(Box<str>, PositionMap), Report> {
        let parsed = pg_raw_parse::parse(sql).unwrap_or_else(|error| panic!("{error}: {sql}"));
        let tenancy = match key {
            Key::Literal(_) => Tenancy::Literal,
            _ => PARAMETER,
        };
        let mut edits: Vec<Edit> = Vec::new();
        for statement in parsed.iter() {
            assert_eq!(tenancy_of(statement.stmt(), tenancy), tenancy);
            rewrite(statement, sql, &self.ground, &WHOSE, tenancy, &mut edits)?;
        }
        let template = Template::new(sql, edits).unwrap_or_else(|| panic!("edits of {sql}"));
        let (sent, map) = template.render(key);
        verify(&parsed, &template, key, &sent, &self.ground, &WHOSE)?;
        Ok((sent, map))
    }

    /// What acme gets on the shared database.
    async fn rewritten_answer(&self, sql: &str, tenancy: Tenancy) -> (Answer, String) {
        let key = if tenancy == Tenancy::Literal { Key::Literal("acme") } else { Key::Parameter(1) };
        match self.rewritten(sql, key) {
            Err(report) => {
                // The gate turns bytes into characters.
                let characters = |position: u32| u32::try_from(sql[..position as usize - 1].chars().count()).unwrap() + 1;
                let position = report.position.map(characters);
                (Answer::refused(&Report { position, ..report }), "(refused)".to_owned())
            }
            Ok((sent, map)) if tenancy == Tenancy::Literal => (ask(&self.both, &sent, &map, 0).await, sent.into()),
            Ok((sent, map)) => {
                let prepare = "PREPARE pgt (text) AS ";
                let prepared = ask(&self.both, &format!("{prepare}{sent}"), &map, u32::try_from(prepare.len()).unwrap()).await;
                if prepared.error.is_some() {
                    return (prepared, sent.into());
                }
                let answer = ask(&self.both, "EXECUTE pgt ('acme') -- ORDER BY", &PositionMap::default(), 0).await;
                run_quietly(&self.both, "DEALLOCATE pgt").await;
                (answer, sent.into())
            }
        }
    }

    /// Compares one statement; what it did is undone.
    async fn compare(&self, sql: &str, tenancy: Tenancy) -> Result<Answer, String> {
        run(&self.both, "BEGIN").await;
        run(&self.alone, "BEGIN").await;
        let (mut got, sent) = self.rewritten_answer(sql, tenancy).await;
        let mut expected = ask(&self.alone, sql, &PositionMap::default(), 0).await;
        if !sql.contains("ORDER BY") {
            got.rows.sort();
            expected.rows.sort();
        }
        let mut trouble = Vec::new();
        if got != expected {
            trouble.push(format!("got      {got:?}\nexpected {expected:?}"));
        }
        if got.error.is_none() && expected.error.is_none() {
            let map = PositionMap::default();
            if ask(&self.both, OWN_ROWS, &map, 0).await != ask(&self.alone, OWN_ROWS, &map, 0).await {
                trouble.push("other rows were left".to_owned());
            }
            if ask(&self.both, &foreign_rows(), &map, 0).await.rows != self.foreign {
                trouble.push("ANOTHER TENANT'S ROWS CHANGED".to_owned());
            }
        }
        if format!("{got:?}").contains("globex") && !sql.contains("globex") {
            trouble.push("ANOTHER TENANT'S DATA SHOW".to_owned());
        }
        run_quietly(&self.both, "ROLLBACK").await;
        run_quietly(&self.alone, "ROLLBACK").await;
        run_quietly(&self.both, "DEALLOCATE ALL").await;
        run_quietly(&self.alone, "DEALLOCATE ALL").await;
        if trouble.is_empty() { Ok(got) } else { Err(format!("{sql}\nsent as {sent}\n{}\n", trouble.join("\n"))) }
    }
}

async fn run_quietly(client: &Client, sql: &str) {
    let _ = client.batch_execute(sql).await;
}

fn statements() -> impl Iterator<Item = &'static str> {
    STATEMENTS.split("\n;;\n").map(str::trim).filter(|statement| !statement.is_empty())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rewritten_statement_answers_as_on_a_database_of_ones_own() {
    let twins = Twins::start().await;
    let mut troubles = Vec::new();
    let mut succeeded = 0;
    let only = std::env::var("PGTENANT_ONLY_STATEMENT").unwrap_or_default();
    for sql in statements().filter(|sql| sql.contains(&only)) {
        for tenancy in [Tenancy::Literal, PARAMETER] {
            // PREPARE takes one statement that isn't a command.
            let command = ["COPY", "DECLARE", "EXPLAIN", "PREPARE", "BEGIN"].iter().any(|word| sql.starts_with(word)) || sql.contains(';');
            if tenancy != Tenancy::Literal && command {
                continue;
            }
            match twins.compare(sql, tenancy).await {
                Ok(answer) => succeeded += usize::from(answer.error.is_none()),
                Err(trouble) => troubles.push(trouble),
            }
        }
    }
    assert!(troubles.is_empty(), "{}: {}", troubles.len(), troubles.join("\n"));
    assert!(succeeded > 100, "{succeeded}");
}

#[tokio::test(flavor = "multi_thread")]
async fn random_statements_answer_as_on_a_database_of_ones_own() {
    let twins = Twins::start().await;
    let count: u64 = std::env::var("PGTENANT_RANDOM_STATEMENTS").ok().and_then(|count| count.parse().ok()).unwrap_or(400);
    let first: u64 = std::env::var("PGTENANT_RANDOM_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(1);
    let mut succeeded = 0;
    for seed in first..first + count {
        let sql = random::statement(seed);
        let tenancy = if seed.is_multiple_of(3) { PARAMETER } else { Tenancy::Literal };
        match twins.compare(&sql, tenancy).await {
            Ok(answer) => succeeded += u64::from(answer.error.is_none()),
            Err(trouble) => panic!("seed {seed}: {trouble}"),
        }
    }
    assert!(succeeded * 10 > count * 8, "{succeeded} of {count} statements succeeded");
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_of_others_are_neither_written_nor_told_by_errors() {
    let twins = Twins::start().await;
    let row_policy = "new row violates row-level security policy for table \"orders\"";
    for (sql, state, message) in [
        ("INSERT INTO orders (id, tenant_id) VALUES (500, 'globex')", "42501", row_policy),
        ("INSERT INTO orders (id, tenant_id) VALUES (500, 'acme'), (501, 'glo' || 'bex')", "42501", row_policy),
        ("INSERT INTO orders (id, tenant_id) VALUES (500, NULL)", "42501", row_policy),
        ("INSERT INTO orders VALUES (500, 'globex')", "42501", row_policy),
        ("INSERT INTO orders (id, tenant_id) SELECT 500, 'globex'", "42501", row_policy),
        ("INSERT INTO orders (id, tenant_id) SELECT 500, x FROM (VALUES ('globex')) v (x)", "42501", row_policy),
        ("INSERT INTO orders (id, tenant_id) SELECT 500, 'globex' UNION ALL SELECT 501, 'acme'", "42501", row_policy),
        ("UPDATE orders SET tenant_id = 'globex' WHERE id = 1", "42501", row_policy),
        ("UPDATE orders SET (note, tenant_id) = ('x', 'globex') WHERE id = 1", "42501", row_policy),
        ("UPDATE orders SET tenant_id = note", "42501", row_policy),
        ("INSERT INTO orders (id) VALUES (1) ON CONFLICT (id) DO UPDATE SET tenant_id = 'globex'", "42501", row_policy),
        ("MERGE INTO orders o USING customers c ON o.id = c.id WHEN MATCHED THEN UPDATE SET tenant_id = 'globex'", "42501", row_policy),
        (
            "MERGE INTO orders o USING customers c ON false WHEN NOT MATCHED THEN INSERT (id, tenant_id) VALUES (c.id + 500, 'globex')",
            "42501",
            row_policy,
        ),
    ] {
        for tenancy in [Tenancy::Literal, PARAMETER] {
            run(&twins.both, "BEGIN").await;
            let (answer, sent) = twins.rewritten_answer(sql, tenancy).await;
            run_quietly(&twins.both, "ROLLBACK").await;
            run_quietly(&twins.both, "DEALLOCATE ALL").await;
            let (got_state, got_message, _) = answer.error.unwrap_or_else(|| panic!("{sql} was let through as {sent}"));
            assert_eq!((&*got_state, &*got_message), (state, message), "{sql}: {sent}");
        }
    }
    // An expression that fails on another tenant's row must not be computed for it: their notes are no dates, acme's are.
    for condition in [
        "to_date(note, 'YYYY-MM-DD') IS NULL",
        "note::date IS NULL",
        "note::regclass IS NULL AND false OR to_date(note, 'YYYY') IS NULL",
        "(SELECT true FROM customers c WHERE to_date(orders.note, 'YYYY') IS NULL LIMIT 1)",
        "'x' ~ ANY (ARRAY[note])",
        "to_date(note, 'YYYY') = ANY (ARRAY[DATE '2000-01-01'])",
        "CASE WHEN to_date(note, 'YYYY') IS NULL THEN true END",
    ] {
        for sql in [
            format!("SELECT count(*) FROM orders WHERE {condition}"),
            format!("SELECT count(*) FROM countries LEFT JOIN orders ON {condition}"),
            format!("SELECT count(*) FROM countries FULL JOIN orders ON true WHERE {condition}"),
            format!("SELECT count(*) FROM (SELECT *, {condition} AS x FROM orders) s WHERE x"),
            format!("WITH s AS (SELECT {condition} AS x FROM orders) SELECT count(*) FROM s WHERE x"),
            format!("DELETE FROM orders WHERE {condition}"),
            format!("UPDATE orders SET amount = 1 FROM countries WHERE {condition}"),
            format!("SELECT customer_id FROM orders GROUP BY customer_id, note HAVING {condition}"),
        ] {
            run(&twins.both, "BEGIN").await;
            let (answer, sent) = twins.rewritten_answer(&sql, Tenancy::Literal).await;
            run_quietly(&twins.both, "ROLLBACK").await;
            if let Some((state, message, _)) = answer.error {
                // What is wrong with the statement itself may be said.
                assert!(
                    state == "42P01" && !message.contains("globex") || state == "42803" || state == "42703",
                    "{state} {message}: {sent}"
                );
            }
        }
    }
}
