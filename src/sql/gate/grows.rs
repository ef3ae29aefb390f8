//! What takes more storage: what a tenant is refused that has used up its own. Whatever gives some back runs, so that it can help itself.
//!
//! Temporary space doesn't count: VACUUM FULL, CLUSTER and REINDEX need some to leave less behind.

use std::panic::{AssertUnwindSafe, catch_unwind};

use pg_raw_parse::{Node, nodes, raw};

use super::{
    Ground,
    children::{Unlisted, children},
    functions::{Known, of_server},
    names::Name,
};
use crate::{
    catalog::Volatility,
    sql::{lexer::Lexer, parse::tree_of},
};

/// What a text does to its tenant's storage.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Growth {
    /// The command that takes more, or that may; nothing where none does.
    pub takes: Option<String>,
    /// Something gives storage back.
    pub gives: bool,
}

/// Trees with more nodes count as taking.
const MAX_NODES: usize = 1_000_000;

/// Where the server's version isn't known.
const NEWEST: u32 = 180_000;

/// Functions that write large objects or make them larger: `be-fsstubs.c`.
const LARGE_OBJECTS: [&str; 7] = ["lo_creat", "lo_create", "lo_from_bytea", "lo_import", "lo_put", "lo_open", "lowrite"];

/// What a text does, by what stands in the database, as far as that is known; `unread_counts`: what isn't SQL as it is read here is refused by nobody else.
pub fn growth(text: &str, ground: Option<&Ground>, unread_counts: bool) -> Growth {
    // The grammar's crate panics where it meets what it doesn't know.
    let found = catch_unwind(AssertUnwindSafe(|| {
        let Ok(tree) = tree_of(text) else {
            return Growth { takes: unread_counts.then(|| UNREAD.to_owned()), gives: false };
        };
        let mut sum = Growth::default();
        for statement in tree.iter() {
            let start = usize::try_from(statement.stmt_location).unwrap_or(0);
            let found = of_statement(statement.stmt(), ground);
            sum.gives |= found == Found::Gives;
            if sum.takes.is_none() {
                sum.takes = found.named(text.get(start..).unwrap_or_default());
            }
        }
        sum
    }));
    found.unwrap_or_else(|_| Growth { takes: Some(first_word(text)), gives: false })
}

const UNREAD: &str = "a statement that can't be read";

#[derive(Clone, Copy, PartialEq, Eq)]
enum Found {
    Nothing,
    Gives,
    /// A command of that name takes.
    Named(&'static str),
    /// The statement itself does.
    Itself,
}

impl Found {
    fn named(self, statement: &str) -> Option<String> {
        match self {
            Found::Nothing | Found::Gives => None,
            Found::Named(name) => Some(name.to_owned()),
            Found::Itself => Some(first_word(statement)),
        }
    }
}

fn first_word(statement: &str) -> String {
    let bytes = statement.as_bytes();
    let word = Lexer::new(bytes).next().map(|token| String::from_utf8_lossy(token.bytes(bytes)).to_uppercase());
    word.unwrap_or_else(|| "this statement".to_owned())
}

fn of_statement(node: Node<'_>, ground: Option<&Ground>) -> Found {
    match node {
        Node::SelectStmt(_) | Node::InsertStmt(_) | Node::UpdateStmt(_) | Node::DeleteStmt(_) | Node::MergeStmt(_) => below(node, ground),
        Node::ExplainStmt(explain) => {
            let runs = explain.options().iter().any(|option| option.defname() == Some("analyze"));
            if runs { of_statement(explain.query(), ground) } else { Found::Nothing }
        }
        Node::PrepareStmt(prepare) => of_statement(prepare.query(), ground),
        Node::DeclareCursorStmt(cursor) => below(cursor.query(), ground),
        Node::CopyStmt(copy) if copy.is_from => Found::Named("COPY FROM"),
        // What is executed was judged by itself.
        Node::CopyStmt(_) | Node::ExecuteStmt(_) => below(node, ground),
        Node::TruncateStmt(_) | Node::DropStmt(_) | Node::VacuumStmt(_) | Node::ClusterStmt(_) | Node::ReindexStmt(_) => Found::Gives,
        Node::RefreshMatViewStmt(refresh) if refresh.skip_data => Found::Gives,
        Node::AlterTableStmt(alter) => of_alter(alter),
        Node::TransactionStmt(_) | Node::VariableSetStmt(_) | Node::VariableShowStmt(_) | Node::ConstraintsSetStmt(_) => Found::Nothing,
        Node::DeallocateStmt(_) | Node::FetchStmt(_) | Node::ClosePortalStmt(_) | Node::DiscardStmt(_) => Found::Nothing,
        Node::ListenStmt(_) | Node::UnlistenStmt(_) | Node::NotifyStmt(_) | Node::LockStmt(_) => Found::Nothing,
        Node::RenameStmt(_) | Node::GrantStmt(_) | Node::CommentStmt(_) => Found::Nothing,
        // Definitions, and what runs programs of its own.
        _ => Found::Itself,
    }
}

/// What makes a table smaller, or changes its entry in the catalogs only.
fn of_alter(alter: &nodes::AlterTableStmt) -> Found {
    use raw::AlterTableType as Kind;
    let is_small = |command: Node<'_>| {
        let Node::AlterTableCmd(command) = command else { return false };
        matches!(
            command.subtype,
            Kind::AT_DropColumn
                | Kind::AT_DropConstraint
                | Kind::AT_DetachPartition
                | Kind::AT_DropNotNull
                | Kind::AT_ColumnDefault
                | Kind::AT_SetRelOptions
                | Kind::AT_ResetRelOptions
                | Kind::AT_EnableTrig
                | Kind::AT_DisableTrig
        )
    };
    if alter.cmds().iter().all(is_small) { Found::Gives } else { Found::Itself }
}

/// Looks at a query and all that is inside of it.
fn below(node: Node<'_>, ground: Option<&Ground>) -> Found {
    let mut pending = vec![node];
    let mut more = Vec::new();
    let mut visited = 0usize;
    let mut sum = Found::Nothing;
    while let Some(node) = pending.pop() {
        visited += 1;
        let found = match node {
            Node::InsertStmt(_) => Found::Named("INSERT"),
            Node::UpdateStmt(_) => Found::Named("UPDATE"),
            Node::MergeStmt(_) => Found::Named("MERGE"),
            Node::IntoClause(_) => Found::Named("SELECT INTO"),
            Node::FuncCall(call) => of_call(call, ground),
            Node::DeleteStmt(_) => Found::Gives,
            _ if visited > MAX_NODES => Found::Itself,
            _ => Found::Nothing,
        };
        match found {
            Found::Nothing => {}
            Found::Gives => sum = Found::Gives,
            taking => return taking,
        }
        if let Err(Unlisted(_)) = children(node, &mut more) {
            return Found::Itself;
        }
        pending.append(&mut more);
    }
    sum
}

/// A function that isn't the server's and may write: like a procedure, what it runs can't be told.
fn of_call(call: &nodes::FuncCall, ground: Option<&Ground>) -> Found {
    const FUNCTION: Found = Found::Named("a function that may write");
    let Some(Name { schema, own }) = Name::of(call.funcname()) else { return FUNCTION };
    if LARGE_OBJECTS.contains(&own) {
        return Found::Itself;
    }
    let version = ground.map_or(NEWEST, |ground| ground.catalog.server_version());
    // The server's own come first under any path that a session has.
    let is_servers = schema.is_none_or(|schema| schema == "pg_catalog") && of_server(own, version) != Known::Missing;
    let mut known = ground.into_iter().flat_map(|ground| ground.catalog.functions_named(schema, own)).peekable();
    match known.peek() {
        None if is_servers => Found::Nothing,
        None => FUNCTION,
        Some(_) => {
            let writes = known.any(|function| {
                function.volatility == Volatility::Volatile && function.extension.is_none() && &*function.schema != "pgtenant"
            });
            if writes { FUNCTION } else { Found::Nothing }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::catalog::{Catalog, Function, FunctionKind};

    fn function(name: &str, volatility: Volatility, extension: Option<&str>) -> Function {
        Function {
            oid: 1,
            schema: "public".into(),
            name: name.into(),
            kind: FunctionKind::Function,
            language: "sql".into(),
            volatility,
            security_definer: false,
            extension: extension.map(Box::from),
            arguments: 0,
            defaults: 0,
            variadic: false,
            row_argument: false,
        }
    }

    fn ground() -> Ground {
        let functions = [
            function("reads", Volatility::Stable, None),
            function("puts", Volatility::Volatile, None),
            function("gen_salt", Volatility::Volatile, Some("pgcrypto")),
        ];
        Ground { catalog: Arc::new(Catalog::new(150_000, [], functions)), ..Ground::default() }
    }

    #[test]
    fn what_takes() {
        let table = [
            ("insert into t values (1)", "INSERT"),
            ("DELETE FROM t; UPDATE t SET a = 1", "UPDATE"),
            ("WITH x AS (INSERT INTO t VALUES (1) RETURNING a) DELETE FROM t USING x", "INSERT"),
            ("MERGE INTO t USING s ON t.a = s.a WHEN MATCHED THEN DELETE", "MERGE"),
            ("SELECT * INTO n FROM t", "SELECT INTO"),
            ("COPY t FROM STDIN", "COPY FROM"),
            ("COPY (UPDATE t SET a = 1 RETURNING a) TO STDOUT", "UPDATE"),
            ("EXPLAIN ANALYZE INSERT INTO t VALUES (1)", "INSERT"),
            ("PREPARE p AS UPDATE t SET a = 1", "UPDATE"),
            ("CREATE TABLE n AS SELECT 1", "CREATE"),
            ("create index on t (a)", "CREATE"),
            ("/* x */ ALTER TABLE t ADD COLUMN b int", "ALTER"),
            ("ALTER TABLE t DROP COLUMN a, ALTER COLUMN b TYPE text", "ALTER"),
            ("REFRESH MATERIALIZED VIEW m", "REFRESH"),
            ("CALL p()", "CALL"),
            ("DO $$ begin end $$", "DO"),
            ("SELECT lo_from_bytea(0, 'x')", "SELECT"),
            ("SELECT puts()", "a function that may write"),
            ("SELECT reads(public.puts())", "a function that may write"),
            ("SELECT who_knows()", "a function that may write"),
        ];
        for (text, command) in table {
            assert_eq!(growth(text, Some(&ground()), false).takes.as_deref(), Some(command), "{text}");
        }
        assert!(growth("DELETE FROM t; UPDATE t SET a = 1", None, false).gives);
    }

    #[test]
    fn what_does_not() {
        for text in [
            "SELECT lower(a), count(*), now() FROM t FOR UPDATE",
            "SELECT reads(), pg_catalog.upper('x'), gen_salt('bf')",
            "EXPLAIN INSERT INTO t VALUES (1)",
            "COPY t TO STDOUT",
            "BEGIN; COMMIT",
            "SET work_mem = '1MB'",
            "LOCK TABLE t",
            "SELECT nextval('s')",
            "not SQL",
            "",
        ] {
            assert_eq!(growth(text, Some(&ground()), false), Growth::default(), "{text}");
        }
        for text in [
            "DELETE FROM t",
            "BEGIN; DELETE FROM t; COMMIT",
            "WITH x AS (DELETE FROM t RETURNING a) SELECT a FROM x",
            "TRUNCATE t",
            "DROP TABLE t",
            "VACUUM FULL t",
            "ALTER TABLE t DROP COLUMN a",
            "REFRESH MATERIALIZED VIEW m WITH NO DATA",
            "PREPARE p AS DELETE FROM t",
        ] {
            assert_eq!(growth(text, Some(&ground()), false), Growth { takes: None, gives: true }, "{text}");
        }
        assert_eq!(growth("SELECT 5 ! FROM", None, true).takes.as_deref(), Some(UNREAD));
    }
}
