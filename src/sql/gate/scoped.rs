//! Functions whose numbers and names are one space for the whole database: advisory locks and `pg_notify`. Tenants that share a database
//! call functions of schema `pgtenant` in their place, which have the same names and arguments and keep tenants apart
//! (`lifecycle::create::scopes`): the gate only writes the schema.

use pg_raw_parse::nodes;

use super::{calls::refused, functions::Reason, names::Name, policy::Policy, rewrite::Edit};
use crate::{
    error::{Report, SqlState},
    sql::lexer::Lexer,
};

/// The schema of the functions that keep tenants apart.
pub(super) const SCHEMA: &str = "pgtenant";

/// Those that are there, sorted. `pg_advisory_unlock_all` gives back one's own only, so everybody has PostgreSQL's.
const FUNCTIONS: &[&str] = &[
    "pg_advisory_lock",
    "pg_advisory_lock_shared",
    "pg_advisory_unlock",
    "pg_advisory_unlock_shared",
    "pg_advisory_xact_lock",
    "pg_advisory_xact_lock_shared",
    "pg_notify",
    "pg_try_advisory_lock",
    "pg_try_advisory_lock_shared",
    "pg_try_advisory_xact_lock",
    "pg_try_advisory_xact_lock_shared",
];

/// Whether a function keeps tenants apart under its own name in [`SCHEMA`].
pub(super) fn is_scoped(name: &str) -> bool {
    FUNCTIONS.binary_search(&name).is_ok()
}

impl Policy<'_> {
    /// A call of one of these functions in a database that tenants share.
    pub(super) fn scoped_call(&mut self, call: &nodes::FuncCall) -> Result<(), Report> {
        let Some(name) = Name::of(call.funcname()) else { return Err(refused("?", Reason::NotListed)) };
        if self.ground.catalog.functions(Some(SCHEMA), name.own, &[]).next().is_none() {
            return Err(Report::new(SqlState::UNDEFINED_FUNCTION, format!("function {} is not available to tenants", name.own))
                .with_detail("The database hasn't the function that keeps tenants apart in its place.")
                .with_hint("Ask the operator to run \"pgtenant create\" for the tenant once more."));
        }
        if name.schema == Some(SCHEMA) {
            return Ok(());
        }
        let place = usize::try_from(call.location).ok();
        let edit = place.and_then(|at| into_schema(self.text, at, &name)).ok_or_else(|| refused(name.own, Reason::Class("lock")))?;
        self.edits.push(edit);
        Ok(())
    }
}

/// Writes the schema before a function's name, or in place of `pg_catalog`.
fn into_schema(text: &str, at: usize, name: &Name<'_>) -> Option<Edit> {
    let bytes = text.as_bytes().get(at..)?;
    let first = Lexer::new(bytes).next()?;
    let written = first.name(bytes)?;
    match name.schema {
        None if written == name.own => Some(Edit { at, remove: 0, text: "pgtenant.".into() }),
        Some(schema) if written == schema => Some(Edit { at, remove: first.end, text: SCHEMA.into() }),
        // A name with escapes (U&"…"): refused rather than guessed.
        _ => None,
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use std::sync::Arc;

    use super::{
        super::{Ground, Isolation, Tenancy, Verdict, Whose, judge},
        *,
    };
    use crate::catalog::{Catalog, Function, FunctionKind, Volatility};

    /// What becomes of a text under a model; the error's code where it is refused.
    fn edited(text: &str, isolation: Isolation, created: bool) -> Result<String, String> {
        let functions = FUNCTIONS.iter().filter(|_| created).enumerate().map(|(at, name)| Function {
            oid: 17_000 + at as u32,
            schema: SCHEMA.into(),
            name: (*name).into(),
            kind: FunctionKind::Function,
            language: "plpgsql".into(),
            volatility: Volatility::Volatile,
            security_definer: true,
            extension: None,
            arguments: 1,
            defaults: 0,
            variadic: false,
            row_argument: false,
        });
        let ground = Ground {
            catalog: Arc::new(Catalog::new(150_018, [], functions)),
            isolation,
            lock_is_login: true,
            ddl: true,
            ..Ground::default()
        };
        let whose = Whose { key: "acme", schema: Some("t_acme"), role: "t_acme" };
        match judge(text, &ground, &whose, Tenancy::Literal).verdict {
            Verdict::AsIs => Ok(text.to_owned()),
            Verdict::Rewritten(rewritten) => Ok(rewritten.text.to_string()),
            Verdict::Refused(report) => Err(report.state.to_string()),
        }
    }

    #[test]
    fn calls_go_to_the_functions_that_keep_tenants_apart() {
        let row = || Isolation::Row { column: "tenant_id".into() };
        let table = [
            ("SELECT pg_advisory_xact_lock(1)", "SELECT pgtenant.pg_advisory_xact_lock(1)"),
            ("SELECT pg_catalog.pg_notify('a', $1)", "SELECT pgtenant.pg_notify('a', $1)"),
            (
                "SELECT 1; SELECT * FROM pg_try_advisory_lock(1, 2) l WHERE pg_advisory_unlock(3)",
                "SELECT 1; SELECT * FROM pgtenant.pg_try_advisory_lock(1, 2) l WHERE pgtenant.pg_advisory_unlock(3)",
            ),
            ("PREPARE p AS SELECT pg_notify($1, $2)", "PREPARE p AS SELECT pgtenant.pg_notify($1, $2)"),
            ("SELECT pgtenant.pg_notify('a', 'b')", "SELECT pgtenant.pg_notify('a', 'b')"),
            ("SELECT pg_advisory_unlock_all()", "SELECT pg_advisory_unlock_all()"),
            ("SELECT 'é', /* pg_notify( */ pg_notify('a', '')", "SELECT 'é', /* pg_notify( */ pgtenant.pg_notify('a', '')"),
        ];
        for (text, sent) in table {
            for model in [row(), Isolation::Schema] {
                assert_eq!(edited(text, model, true).as_deref(), Ok(sent));
            }
            assert_eq!(edited(text, Isolation::Database, false).ok(), (!text.contains("pgtenant.")).then(|| text.to_owned()));
        }
        for text in ["SELECT pg_notify('a', 'b')", "SELECT pgtenant.pg_advisory_lock(1)"] {
            assert_eq!(edited(text, row(), false), Err("42883".to_owned()), "an old database: {text}");
        }
        for text in [
            "SELECT pgtenant.scope_key()",
            "SELECT pgtenant.channel('a')",
            "SELECT pg_listening_channels()",
            "SELECT U&\"pg\\005fnotify\"('a', '')",
        ] {
            assert!(edited(text, row(), true).is_err(), "{text}");
        }
        for text in ["LISTEN a", "UNLISTEN *", "NOTIFY a, 'b'"] {
            assert_eq!(edited(text, row(), true).as_deref(), Ok(text));
        }
    }

    #[test]
    fn functions_are_sorted() {
        assert!(FUNCTIONS.is_sorted());
        assert!(is_scoped("pg_notify") && !is_scoped("pg_advisory_unlock_all") && !is_scoped("pg_listening_channels"));
    }

    #[test]
    fn the_schema_is_written_where_the_name_stands() {
        let edited = |text: &str, at: usize, name: Name<'_>| {
            let edit = into_schema(text, at, &name)?;
            Some([&text[..edit.at], &edit.text, &text[edit.at + edit.remove..]].concat())
        };
        let (bare, own) = (Name { schema: None, own: "pg_notify" }, Name { schema: Some("pg_catalog"), own: "pg_notify" });
        assert_eq!(edited("SELECT pg_notify('a', '')", 7, bare).unwrap(), "SELECT pgtenant.pg_notify('a', '')");
        assert_eq!(edited("SELECT \"pg_notify\"('a', '')", 7, bare).unwrap(), "SELECT pgtenant.\"pg_notify\"('a', '')");
        assert_eq!(edited("SELECT PG_Catalog . pg_notify('a', '')", 7, own).unwrap(), "SELECT pgtenant . pg_notify('a', '')");
        assert_eq!(edited("SELECT U&\"pg\\005fnotify\"('a', '')", 7, bare), None);
        assert_eq!(edited("SELECT pg_notify('a', '')", 8, bare), None);
    }
}
