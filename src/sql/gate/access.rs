//! Whether a text surely reads and does nothing else, so that a server which can't write may run it.
//!
//! In doubt it doesn't: a function that is volatile or unknown, a lock, a sequence, a view with any of these. What is judged here is only where a
//! statement runs: a standby refuses to write, whatever it is sent.

use pg_raw_parse::{Node, StmtList, nodes, raw};

use super::{
    Ground, Whose,
    children::{Unlisted, children},
    functions::{Known, of_server},
    names::Name,
    relations::path,
};
use crate::{
    catalog::{RelationKind, Volatility},
    sql::{
        Prescan,
        lexer::{Lexer, TokenKind},
        parse::tree_of,
        prescan,
    },
};

/// What a server must be able to do for a text.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum Access {
    /// It may write, or leave something behind.
    #[default]
    Anything,
    /// It reads.
    Reads,
    /// It begins a transaction that only reads.
    BeginsReading,
    /// It begins a transaction of the session's default kind.
    Begins,
    /// It ends a transaction, or is about the session alone: nothing of it is written, and the primary is as good as any.
    Keeps,
}

/// Trees with more nodes count as doing anything.
const MAX_NODES: usize = 200_000;

/// Views are followed so far.
const MAX_DEPTH: u32 = 8;

/// Functions of `pg_catalog` that tenants may call and that are volatile in some version, or tell of the server they run on. Sorted.
const SERVERS_OWN: [&str; 23] = [
    "array_sample",
    "array_shuffle",
    "clock_timestamp",
    "current_query",
    "gen_random_uuid",
    "pg_backend_pid",
    "pg_collation_actual_version",
    "pg_database_collation_actual_version",
    "pg_export_snapshot",
    "pg_get_wait_events",
    "pg_is_in_recovery",
    "pg_jit_available",
    "pg_my_temp_schema",
    "pg_partition_ancestors",
    "pg_partition_tree",
    "pg_sleep",
    "pg_sleep_for",
    "pg_sleep_until",
    "random",
    "random_normal",
    "timeofday",
    "uuidv4",
    "uuidv7",
];

/// What a text that is one BEGIN says of its transaction; [`Access::Anything`] for all other texts. Needs no grammar.
pub fn of_begin(text: &[u8]) -> Access {
    if prescan(text) != Prescan::Begin {
        return Access::Anything;
    }
    let (mut access, mut before_read) = (Access::Begins, false);
    for token in Lexer::new(text) {
        let is = |word| token.is_word(text, word);
        match token.kind {
            TokenKind::Word if is("serializable") || before_read && is("write") => return Access::Anything,
            TokenKind::Word if before_read && is("only") => access = Access::BeginsReading,
            TokenKind::Word | TokenKind::Symbol(_) => {}
            _ => return Access::Anything,
        }
        before_read = is("read");
    }
    access
}

/// The same for any statement about a transaction. What ends one writes nothing itself.
fn of_transaction(transaction: &nodes::TransactionStmt, text: &[u8]) -> Access {
    use raw::TransactionStmtKind as Kind;
    match (transaction.kind, prescan(text)) {
        (Kind::TRANS_STMT_SAVEPOINT | Kind::TRANS_STMT_RELEASE, _) | (_, Prescan::End | Prescan::BackTo) => Access::Keeps,
        _ => of_begin(text),
    }
}

/// What a text needs whose tree is there. It may panic where the grammar's crate does.
pub(super) fn of_tree(tree: &StmtList, text: &str, ground: &Ground, whose: &Whose<'_>) -> Access {
    let mut statements = tree.iter();
    match (statements.next(), statements.next()) {
        (None, _) => return Access::Anything,
        (Some(only), None) => match only.stmt() {
            Node::TransactionStmt(transaction) => return of_transaction(transaction, text.as_bytes()),
            Node::VariableSetStmt(_) | Node::VariableShowStmt(_) | Node::DiscardStmt(_) => return Access::Keeps,
            _ => {}
        },
        _ => {}
    }
    let mut reader = Reader { ground, whose, visited: 0 };
    match tree.iter().all(|statement| reader.reads_statement(statement.stmt())) {
        true => Access::Reads,
        false => Access::Anything,
    }
}

struct Reader<'r> {
    ground: &'r Ground,
    whose: &'r Whose<'r>,
    visited: usize,
}

impl Reader<'_> {
    fn reads_statement(&mut self, statement: Node<'_>) -> bool {
        match statement {
            Node::SelectStmt(_) => self.reads(statement, 0),
            Node::ExplainStmt(explain) => matches!(explain.query(), Node::SelectStmt(_)) && self.reads(explain.query(), 0),
            Node::CopyStmt(copy) => !copy.is_from && !copy.is_program && copy.filename().is_none() && self.reads(statement, 0),
            _ => false,
        }
    }

    /// Looks at a query and all that is inside of it.
    fn reads(&mut self, query: Node<'_>, depth: u32) -> bool {
        let mut pending = vec![query];
        let mut more = Vec::new();
        while let Some(node) = pending.pop() {
            self.visited += 1;
            let reads = match node {
                Node::InsertStmt(_) | Node::UpdateStmt(_) | Node::DeleteStmt(_) | Node::MergeStmt(_) | Node::IntoClause(_) => false,
                Node::LockingClause(_) => false,
                Node::FuncCall(call) => self.reads_call(call),
                Node::RangeVar(relation) => self.reads_relation(relation, depth),
                _ => self.visited <= MAX_NODES,
            };
            if !reads {
                return false;
            }
            if let Err(Unlisted(_)) = children(node, &mut more) {
                return false;
            }
            pending.append(&mut more);
        }
        true
    }

    /// Whether no function that the call may mean does more than compute.
    fn reads_call(&self, call: &nodes::FuncCall) -> bool {
        let Some(name) = Name::of(call.funcname()) else { return false };
        let catalog = &self.ground.catalog;
        let (schemas, count) = path(self.ground, self.whose);
        let schemas = schemas.get(..count).unwrap_or_default();
        let mut known = false;
        if matches!(name.schema, None | Some("pg_catalog")) {
            match of_server(name.own, catalog.server_version()) {
                Known::Allowed if SERVERS_OWN.binary_search(&name.own).is_err() => known = true,
                Known::Missing => {}
                Known::Allowed | Known::Refused(_) => return false,
            }
        }
        if name.schema != Some("pg_catalog") {
            for function in catalog.functions(name.schema, name.own, schemas) {
                if function.volatility == Volatility::Volatile || function.security_definer {
                    return false;
                }
                known = true;
            }
        }
        known
    }

    /// Whether reading a relation does nothing else. What isn't in the catalog is the server's, a CTE, or a table of the tenant's own.
    fn reads_relation(&mut self, relation: &nodes::RangeVar, depth: u32) -> bool {
        let (schemas, count) = path(self.ground, self.whose);
        let found = self.ground.catalog.relation(
            relation.schemaname(),
            relation.relname().unwrap_or_default(),
            schemas.get(..count).unwrap_or_default(),
        );
        let Some(found) = found else { return true };
        match found.kind {
            RelationKind::Foreign => false,
            RelationKind::View => {
                let definition = found.view.as_ref().and_then(|view| view.definition.as_deref());
                let Some(tree) = definition.filter(|_| depth < MAX_DEPTH).and_then(|definition| tree_of(definition).ok()) else {
                    return false;
                };
                tree.iter().all(|statement| self.reads(statement.stmt(), depth + 1))
            }
            _ => true,
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;
    use crate::catalog::{Catalog, Column, Function, FunctionKind, Relation, View};

    fn function(name: &str, volatility: Volatility) -> Function {
        Function {
            oid: 1,
            schema: "public".into(),
            name: name.into(),
            kind: FunctionKind::Function,
            language: "sql".into(),
            volatility,
            security_definer: false,
            extension: None,
            arguments: 0,
            defaults: 0,
            variadic: false,
            row_argument: false,
        }
    }

    fn access(text: &str) -> Access {
        let table = |oid, name| Relation::table(oid, "public", name, vec![Column::new("id", "integer")]);
        let view = |oid, name, query: &str| Relation {
            kind: RelationKind::View,
            view: Some(View { definition: Some(query.into()), security_invoker: true }),
            ..table(oid, name)
        };
        let relations = [
            table(1, "t"),
            Relation { kind: RelationKind::Foreign, ..table(2, "far") },
            view(3, "plain", "SELECT id FROM public.t"),
            view(4, "rolls", "SELECT random() FROM public.plain"),
        ];
        let functions = [function("stable", Volatility::Stable), function("writes", Volatility::Volatile)];
        let ground = Ground { catalog: Catalog::new(150_018, relations, functions).into(), ..Ground::default() };
        let whose = Whose { key: "acme", schema: None, role: "r" };
        of_tree(&tree_of(text).unwrap(), text, &ground, &whose)
    }

    #[test]
    fn what_reads() {
        for text in [
            "SELECT 1",
            "SELECT * FROM t WHERE id = $1 ORDER BY lower(id::text)",
            "WITH x AS (SELECT now()) SELECT * FROM x, plain",
            "VALUES (1)",
            "TABLE t",
            "SELECT stable(), public.stable(), pg_catalog.upper('x')",
            "SELECT 1; SELECT 2",
            "EXPLAIN ANALYZE SELECT * FROM t",
            "COPY t TO STDOUT",
            "COPY (SELECT id FROM t) TO STDOUT",
            "SELECT count(*) FILTER (WHERE id > 1), sum(id) OVER () FROM t GROUP BY 2",
            "SELECT relname FROM pg_class",
        ] {
            assert_eq!(access(text), Access::Reads, "{text}");
        }
    }

    #[test]
    fn what_may_do_anything() {
        for text in [
            "",
            "INSERT INTO t VALUES (1)",
            "WITH x AS (DELETE FROM t RETURNING *) SELECT * FROM x",
            "SELECT * FROM t FOR UPDATE",
            "SELECT * FROM (SELECT * FROM t FOR KEY SHARE) x",
            "SELECT * INTO n FROM t",
            "SELECT nextval('s')",
            "SELECT currval('s'), lastval()",
            "SELECT pg_catalog.setval('s', 1)",
            "SELECT set_config('work_mem', '1MB', false)",
            "SELECT pg_advisory_lock(1)",
            "SELECT pg_try_advisory_xact_lock(1)",
            "SELECT pg_export_snapshot()",
            "SELECT txid_current()",
            "SELECT random()",
            "SELECT pg_sleep(1)",
            "SELECT writes()",
            "SELECT unknown()",
            "SELECT other.stable()",
            "SELECT * FROM far",
            "SELECT * FROM rolls",
            "SELECT 1; UPDATE t SET id = 1",
            "EXPLAIN ANALYZE UPDATE t SET id = 1",
            "EXPLAIN EXECUTE p",
            "COPY t FROM STDIN",
            "COPY (DELETE FROM t RETURNING id) TO STDOUT",
            "DECLARE c CURSOR WITH HOLD FOR SELECT 1",
            "SHOW work_mem; INSERT INTO t VALUES (1)",
            "COMMIT AND CHAIN",
            "COMMIT PREPARED 'x'",
            "PREPARE p AS SELECT 1",
            "EXECUTE p",
            "CALL p()",
            "DO ''",
            "LISTEN c",
            "BEGIN READ WRITE",
            "BEGIN ISOLATION LEVEL SERIALIZABLE, READ ONLY",
            "BEGIN READ ONLY; SELECT 1",
        ] {
            assert_eq!(access(text), Access::Anything, "{text}");
        }
    }

    #[test]
    fn what_begins() {
        for (text, expected) in [
            ("BEGIN", Access::Begins),
            ("start transaction isolation level repeatable read", Access::Begins),
            ("BEGIN READ ONLY", Access::BeginsReading),
            ("/* x */ START TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ /**/ ONLY;", Access::BeginsReading),
            ("BEGIN READ ONLY, READ WRITE", Access::Anything),
            ("begin read write", Access::Anything),
            ("SELECT 1", Access::Anything),
            ("COMMIT", Access::Anything),
        ] {
            assert_eq!(of_begin(text.as_bytes()), expected, "{text}");
        }
    }

    #[test]
    fn what_writes_nothing() {
        for text in [
            "SET work_mem = '1MB'",
            "RESET ALL",
            "SHOW work_mem",
            "DISCARD ALL",
            "COMMIT",
            "rollback",
            "END;",
            "ROLLBACK TO a",
            "SAVEPOINT a",
            "RELEASE a",
        ] {
            assert_eq!(access(text), Access::Keeps, "{text}");
        }
    }

    #[test]
    fn the_list_is_sorted() {
        assert!(SERVERS_OWN.is_sorted());
    }
}
