//! What writes, as PostgreSQL sees it in a read-only transaction: what a tenant that may only read is refused.
//!
//! `ClassifyUtilityCommandAsReadOnly` in `src/backend/tcop/utility.c`, `ExecCheckXactReadOnly` in `src/backend/executor/execMain.c`. Functions
//! aren't looked into: the server's transaction is read-only as well, and that can't be undone from inside of a query.

use std::panic::{AssertUnwindSafe, catch_unwind};

use pg_raw_parse::{Node, nodes, raw};

use super::{
    children::{Unlisted, children},
    names::Name,
};
use crate::sql::{lexer::Lexer, literal::Literal, parse::tree_of};

/// What a text does that a read-only tenant may not.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Writes {
    /// A command that writes, or that may.
    Command(String),
    /// It makes its transaction, or those to come, read-write.
    ReadWrite,
    /// Nobody knows: it isn't SQL as it is read here.
    Unread,
}

/// Trees with more nodes count as writing.
const MAX_NODES: usize = 1_000_000;

/// Settings that a read-only tenant's transactions hang on.
const MODES: [&str; 2] = ["transaction_read_only", "default_transaction_read_only"];

/// Functions that write large objects: `be-fsstubs.c`.
const LARGE_OBJECTS: [&str; 10] =
    ["lo_creat", "lo_create", "lo_from_bytea", "lo_import", "lo_open", "lo_put", "lo_truncate", "lo_truncate64", "lo_unlink", "lowrite"];

/// What a text writes; nothing where it isn't SQL, if something else refuses it then (`unread_counts`: nothing does).
pub fn writes(text: &str, unread_counts: bool) -> Option<Writes> {
    // The grammar's crate panics where it meets what it doesn't know.
    let found = catch_unwind(AssertUnwindSafe(|| {
        let Ok(tree) = tree_of(text) else { return unread_counts.then_some(Writes::Unread) };
        tree.iter().find_map(|statement| {
            let start = usize::try_from(statement.stmt_location).unwrap_or(0);
            of_statement(statement.stmt()).map(|found| found.named(text.get(start..).unwrap_or_default()))
        })
    }));
    found.unwrap_or_else(|_| Some(Writes::Command(first_word(text))))
}

/// What was found, before it has a name.
enum Found {
    /// A command of that name.
    Named(&'static str),
    /// The statement itself.
    Itself,
    ReadWrite,
}

impl Found {
    fn named(self, statement: &str) -> Writes {
        match self {
            Found::Named(name) => Writes::Command(name.to_owned()),
            Found::Itself => Writes::Command(first_word(statement)),
            Found::ReadWrite => Writes::ReadWrite,
        }
    }
}

fn first_word(statement: &str) -> String {
    let bytes = statement.as_bytes();
    let word = Lexer::new(bytes).next().map(|token| String::from_utf8_lossy(token.bytes(bytes)).to_uppercase());
    word.unwrap_or_else(|| "this statement".to_owned())
}

fn of_statement(node: Node<'_>) -> Option<Found> {
    match node {
        Node::SelectStmt(_) | Node::InsertStmt(_) | Node::UpdateStmt(_) | Node::DeleteStmt(_) | Node::MergeStmt(_) => below(node),
        Node::ExplainStmt(explain) => {
            let runs = explain.options().iter().any(|option| option.defname() == Some("analyze"));
            if runs { of_statement(explain.query()) } else { None }
        }
        Node::PrepareStmt(prepare) => of_statement(prepare.query()),
        Node::DeclareCursorStmt(cursor) => below(cursor.query()),
        Node::CopyStmt(copy) if copy.is_from => Some(Found::Named("COPY FROM")),
        Node::CopyStmt(_) | Node::ExecuteStmt(_) => below(node),
        Node::TransactionStmt(transaction) => of_transaction(transaction),
        Node::VariableSetStmt(set) => of_setting(set),
        Node::DeallocateStmt(_) | Node::FetchStmt(_) | Node::ClosePortalStmt(_) | Node::VariableShowStmt(_) => None,
        Node::ListenStmt(_) | Node::UnlistenStmt(_) | Node::NotifyStmt(_) | Node::DiscardStmt(_) | Node::ConstraintsSetStmt(_) => None,
        Node::LockStmt(_) | Node::VacuumStmt(_) => None,
        // Definitions, and what runs programs of its own: those may end the transaction that is read-only.
        _ => Some(Found::Itself),
    }
}

fn of_transaction(transaction: &nodes::TransactionStmt) -> Option<Found> {
    use raw::TransactionStmtKind as Kind;
    match transaction.kind {
        Kind::TRANS_STMT_PREPARE | Kind::TRANS_STMT_COMMIT_PREPARED | Kind::TRANS_STMT_ROLLBACK_PREPARED => Some(Found::Itself),
        _ => transaction.options().iter().find_map(of_mode),
    }
}

/// `READ WRITE` among a transaction's characteristics.
fn of_mode(option: Node<'_>) -> Option<Found> {
    let Node::DefElem(option) = option else { return None };
    let is_on = Literal::read(option.arg()).and_then(|literal| literal.as_bool()) == Some(true);
    (option.defname() == Some("transaction_read_only") && !is_on).then_some(Found::ReadWrite)
}

fn of_setting(set: &nodes::VariableSetStmt) -> Option<Found> {
    use raw::VariableSetKind as Kind;
    let name = set.name().unwrap_or_default().to_ascii_lowercase();
    match set.kind {
        Kind::VAR_SET_MULTI => set.args().iter().find_map(of_mode),
        Kind::VAR_RESET_ALL => None,
        _ if !MODES.contains(&name.as_str()) => None,
        Kind::VAR_SET_VALUE => {
            let on = |value: Node<'_>| Literal::read(value).and_then(|literal| literal.as_bool()) == Some(true);
            (!set.args().iter().all(on)).then_some(Found::ReadWrite)
        }
        // What it is stays as it is.
        Kind::VAR_SET_CURRENT => None,
        _ => Some(Found::ReadWrite),
    }
}

/// Looks at a query and all that is inside of it.
fn below(node: Node<'_>) -> Option<Found> {
    let mut pending = vec![node];
    let mut more = Vec::new();
    let mut visited = 0usize;
    while let Some(node) = pending.pop() {
        visited += 1;
        let found = match node {
            Node::InsertStmt(_) => Some(Found::Named("INSERT")),
            Node::UpdateStmt(_) => Some(Found::Named("UPDATE")),
            Node::DeleteStmt(_) => Some(Found::Named("DELETE")),
            Node::MergeStmt(_) => Some(Found::Named("MERGE")),
            Node::IntoClause(_) => Some(Found::Named("SELECT INTO")),
            Node::SelectStmt(select) if select.locking_clause().iter().next().is_some() => Some(Found::Named("SELECT FOR UPDATE")),
            Node::FuncCall(call) => of_call(call),
            _ if visited > MAX_NODES => Some(Found::Itself),
            _ => None,
        };
        if found.is_some() {
            return found;
        }
        if let Err(Unlisted(_)) = children(node, &mut more) {
            return Some(Found::Itself);
        }
        pending.append(&mut more);
    }
    None
}

fn of_call(call: &nodes::FuncCall) -> Option<Found> {
    match Name::of(call.funcname())?.own {
        // Servers before 16 let a read-only transaction write large objects.
        name if LARGE_OBJECTS.contains(&name) => Some(Found::Itself),
        "nextval" => Some(Found::Named("nextval()")),
        "setval" => Some(Found::Named("setval()")),
        "set_config" => {
            let mut arguments = call.args().iter().map(Literal::read);
            let named = call.args().iter().any(|argument| matches!(argument, Node::NamedArgExpr(_)));
            match (arguments.next().flatten(), arguments.next().flatten()) {
                (Some(Literal::Text(name)), value) if !named => {
                    let on = value.and_then(|value| value.as_bool()) == Some(true);
                    (MODES.contains(&name.to_ascii_lowercase().as_str()) && !on).then_some(Found::ReadWrite)
                }
                _ => Some(Found::ReadWrite),
            }
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_writes() {
        let table = [
            ("insert into t values (1)", "INSERT"),
            ("SELECT 1; UPDATE t SET a = 1", "UPDATE"),
            ("WITH x AS (DELETE FROM t RETURNING *) SELECT * FROM x", "DELETE"),
            ("MERGE INTO t USING s ON t.a = s.a WHEN MATCHED THEN DELETE", "MERGE"),
            ("SELECT * INTO n FROM t", "SELECT INTO"),
            ("SELECT * FROM (SELECT * FROM t FOR SHARE) x", "SELECT FOR UPDATE"),
            ("COPY t FROM STDIN", "COPY FROM"),
            ("COPY (INSERT INTO t VALUES (1) RETURNING a) TO STDOUT", "INSERT"),
            ("EXPLAIN ANALYZE INSERT INTO t VALUES (1)", "INSERT"),
            ("PREPARE p AS UPDATE t SET a = 1", "UPDATE"),
            ("SELECT pg_catalog.nextval('s')", "nextval()"),
            ("SELECT lo_create(0)", "SELECT"),
            ("SELECT pg_catalog.lo_put(1, 0, '')", "SELECT"),
            ("create table n (a int)", "CREATE"),
            ("/* x */ DROP TABLE t", "DROP"),
            ("TRUNCATE t", "TRUNCATE"),
            ("REFRESH MATERIALIZED VIEW m", "REFRESH"),
            ("CALL p()", "CALL"),
            ("DO $$ begin end $$", "DO"),
            ("GRANT SELECT ON t TO x", "GRANT"),
            ("COMMIT PREPARED 'x'", "COMMIT"),
        ];
        for (text, command) in table {
            assert_eq!(writes(text, false), Some(Writes::Command(command.to_owned())), "{text}");
        }
    }

    #[test]
    fn what_would_write_later() {
        for text in [
            "BEGIN READ WRITE",
            "START TRANSACTION ISOLATION LEVEL SERIALIZABLE, READ WRITE",
            "SET TRANSACTION READ WRITE",
            "SET SESSION CHARACTERISTICS AS TRANSACTION READ WRITE",
            "SET transaction_read_only = off",
            "SET LOCAL \"Transaction_Read_Only\" TO 0",
            "RESET transaction_read_only",
            "SET default_transaction_read_only TO DEFAULT",
            "SELECT set_config('transaction_read_only', 'off', true)",
            "SELECT set_config('default_transaction_read_only', $1, false)",
            "SELECT set_config(value, 'off', true) FROM t",
        ] {
            assert_eq!(writes(text, false), Some(Writes::ReadWrite), "{text}");
        }
    }

    #[test]
    fn what_reads() {
        for text in [
            "SELECT * FROM t",
            "WITH x AS (SELECT 1) SELECT * FROM x",
            "EXPLAIN INSERT INTO t VALUES (1)",
            "COPY t TO STDOUT",
            "BEGIN; COMMIT",
            "BEGIN READ ONLY",
            "SET TRANSACTION READ ONLY, DEFERRABLE",
            "SET transaction_read_only TO on",
            "SET default_transaction_read_only = true",
            "SELECT set_config('work_mem', '1MB', false)",
            "SET work_mem = '1MB'",
            "RESET ALL",
            "NOTIFY c",
            "DECLARE c CURSOR FOR SELECT 1",
            "LOCK TABLE t",
            "not SQL",
            "",
        ] {
            assert_eq!(writes(text, false), None, "{text}");
        }
        assert_eq!(writes("SELECT 1", true), None);
        assert_eq!(writes("SET transaction_read_only = off; SELECT 5 ! FROM", true), Some(Writes::Unread));
    }
}
