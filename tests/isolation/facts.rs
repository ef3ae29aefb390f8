//! What the gate finds in a text against what others find there: sqlparser, which reads it with a grammar of its own, and the server,
//! which records what a view depends on.
//!
//! The gate's facts are had from its answers: a text refers to a relation if it is refused as soon as the relation isn't there.

use std::{collections::BTreeSet, ops::ControlFlow};

use pgtenant::sql::gate::{Ground, Tenancy, Verdict, judge};
use sqlparser::{ast::visit_relations, dialect::PostgreSqlDialect, parser::Parser};

use super::{
    dice::Dice,
    generate::Generator,
    ground::{ACME, bare, ground, row},
    spelling::respell,
    tables::{DDL, TABLES, VIEW},
};
use crate::support::{
    cluster::{self, superuser},
    run,
};

struct Judge {
    all: Ground,
    /// The ground without one relation.
    without: Vec<(String, Ground)>,
}

impl Judge {
    fn new() -> Judge {
        let names = TABLES.iter().map(|table| bare(table.name)).chain([VIEW.0.to_owned()]);
        let without = names.map(|name| (name.clone(), ground(row(), Some(&name)))).collect();
        Judge { all: ground(row(), None), without }
    }

    fn refused(text: &str, ground: &Ground) -> Option<String> {
        match judge(text, ground, &ACME, Tenancy::Literal).verdict {
            Verdict::Refused(report) => Some(format!("{report:?}")),
            Verdict::AsIs | Verdict::Rewritten(_) => None,
        }
    }

    /// The relations that a text refers to; nothing where it is refused anyway.
    fn relations(&self, text: &str) -> Option<BTreeSet<String>> {
        if Judge::refused(text, &self.all).is_some() {
            return None;
        }
        Some(self.without.iter().filter(|(_, without)| Judge::refused(text, without).is_some()).map(|(name, _)| name.clone()).collect())
    }
}

fn queries(count: usize) -> impl Iterator<Item = String> {
    (0..count).map(|number| {
        let mut dice = Dice::drawn(number as u64 * 7 + 11);
        let text = Generator::new(&mut dice, "acme", "globex").query(None, 2).0;
        respell(&mut dice, &text).trim_end_matches([';', ' ']).to_owned()
    })
}

/// Names that a WITH gives.
fn cte_names(text: &str) -> BTreeSet<String> {
    if text.to_ascii_uppercase().contains("WITH") { ["clients", "jobs", "ledger"].map(str::to_owned).into() } else { BTreeSet::new() }
}

#[test]
fn as_sqlparser_reads_it() {
    let judge = Judge::new();
    let (mut compared, mut unread) = (0, 0);
    for text in queries(600) {
        let Some(gate) = judge.relations(&text) else { continue };
        let Ok(statements) = Parser::parse_sql(&PostgreSqlDialect {}, &text) else {
            unread += 1;
            continue;
        };
        let mut theirs = BTreeSet::new();
        let _: ControlFlow<()> = visit_relations(&statements, |name| {
            let last = name.0.last().and_then(|part| part.as_ident());
            theirs
                .extend(last.map(|ident| if ident.quote_style.is_some() { ident.value.clone() } else { ident.value.to_ascii_lowercase() }));
            ControlFlow::Continue(())
        });
        theirs.retain(|name| judge.without.iter().any(|(known, _)| known == name));
        // The view stands for its tables, too.
        if theirs.contains(VIEW.0) {
            theirs.extend(["clients".to_owned(), "jobs".to_owned()]);
        }
        let ctes = cte_names(&text);
        let missed: Vec<_> = theirs.difference(&gate).filter(|name| !ctes.contains(*name)).collect();
        let invented: Vec<_> = gate.difference(&theirs).collect();
        // sqlparser doesn't know U&"…", and takes ONLY for a table's name.
        let upper = text.to_ascii_uppercase();
        if !upper.contains("U&\"") && !upper.contains("ONLY") {
            assert!(missed.is_empty() && invented.is_empty(), "missed {missed:?}, invented {invented:?} in {text}");
            compared += 1;
        }
    }
    eprintln!("{compared} queries compared, {unread} that sqlparser can't read");
    assert!(compared > 100, "{compared}");
}

#[tokio::test]
async fn as_the_server_records_it() {
    let judge = Judge::new();
    let cluster = cluster::shared();
    run(
        &superuser(cluster, "postgres").await,
        "CREATE DATABASE facts TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C.UTF-8'",
    )
    .await;
    let owner = superuser(cluster, "facts").await;
    run(&owner, DDL).await;
    let mut compared = 0;
    for text in queries(500) {
        let Some(gate) = judge.relations(&text) else { continue };
        run(&owner, "BEGIN").await;
        if owner.batch_execute(&format!("CREATE VIEW made AS {text}")).await.is_ok() {
            let rows = owner
                .query(
                    "SELECT DISTINCT c.relname::text FROM pg_depend d JOIN pg_rewrite r ON d.classid = 'pg_rewrite'::regclass AND d.objid = r.oid
                       JOIN pg_class c ON d.refclassid = 'pg_class'::regclass AND d.refobjid = c.oid
                      WHERE r.ev_class = 'made'::regclass AND c.relname <> 'made'",
                    &[],
                )
                .await
                .unwrap();
            let mut server: BTreeSet<String> = rows.iter().map(|row| row.get(0)).collect();
            if server.contains(VIEW.0) {
                server.extend(["clients".to_owned(), "jobs".to_owned()]);
            }
            assert_eq!(gate, server, "{text}");
            compared += 1;
        }
        run(&owner, "ROLLBACK").await;
    }
    eprintln!("{compared} queries compared with the server's own record");
    assert!(compared > 100, "{compared}");
}
