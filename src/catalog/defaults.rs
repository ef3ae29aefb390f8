//! What a client may decide by a setting where it leaves a column to its default: `DEFAULT current_setting('…')`, `DEFAULT CURRENT_DATE`.

use std::collections::HashMap;

use tokio_postgres::{Client, Error};

use super::{Relation, keys::Numbers};

/// What in defaults may depend on settings, by the tree that the server keeps of them (`nodes/primnodes.h`): functions and operators that aren't
/// immutable, what is written as text or read from it by types for which settings count, and kinds of nodes that aren't known to be harmless.
/// A function of a user's counts whatever it promises; one of an extension, unless it is immutable or makes random values.
const CALLS: &str = r"
    WITH given AS MATERIALIZED (
        SELECT a.attrelid AS relation, a.attnum AS number, coalesce(e.adbin, t.typdefaultbin)::text AS tree
          FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid JOIN pg_type t ON t.oid = a.atttypid
          LEFT JOIN pg_attrdef e ON e.adrelid = a.attrelid AND e.adnum = a.attnum
         WHERE c.relnamespace = ANY ($1) AND c.relkind IN ('r', 'p') AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = '' AND a.attidentity = ''
           AND (e.oid IS NOT NULL OR t.typdefaultbin IS NOT NULL)
           AND (EXISTS (SELECT FROM pg_index i WHERE i.indrelid = c.oid AND (i.indisunique OR i.indisexclusion))
                OR EXISTS (SELECT FROM pg_constraint k WHERE k.conrelid = c.oid AND k.contype = 'f')
                OR c.relkind = 'p' OR c.relhassubclass)),
    open AS MATERIALIZED (SELECT * FROM given WHERE tree !~ '^\{CONST [^{}]*\}$'),
    called AS (
        SELECT o.relation, o.number, p.oid, o.tree FROM open o, regexp_matches(o.tree, ':funcid (\d+)', 'g') m JOIN pg_proc p ON p.oid = m[1]::oid
        UNION ALL
        SELECT o.relation, o.number, p.oid, o.tree FROM open o, regexp_matches(o.tree, ':opno (\d+)', 'g') m
          JOIN pg_operator x ON x.oid = m[1]::oid JOIN pg_proc p ON p.oid = x.oprcode),
    named AS (
        SELECT c.relation, c.number, c.tree, n.nspname::text AS schema, p.proname::text AS name, p.provolatile AS volatility,
               EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e') AS of_extension
          FROM called c JOIN pg_proc p ON p.oid = c.oid JOIN pg_namespace n ON n.oid = p.pronamespace),
    written AS (
        SELECT relation, number, tree FROM open WHERE tree ~ '\{COERCEVIAIO '
        UNION
        SELECT relation, number, tree FROM named WHERE schema = 'pg_catalog' AND name = ANY ($2))
    SELECT relation, number, schema || '.' || name FROM named
     WHERE CASE WHEN schema = 'pg_catalog' THEN volatility <> 'i' AND name <> ALL ($2) AND name <> ALL ($3)
                WHEN of_extension THEN volatility <> 'i' AND name <> ALL ($3) ELSE true END
    UNION
    SELECT w.relation, w.number, 'pg_catalog.' || p.proname
      FROM written w, regexp_matches(w.tree, ':(?:funcresulttype|opresulttype|consttype|resulttype|type|casetype|coalescetype|minmaxtype|typeId) (\d+)', 'g') m
      JOIN pg_type t ON t.oid = m[1]::oid JOIN pg_proc p ON p.oid IN (t.typinput, t.typoutput)
     WHERE p.provolatile <> 'i' AND t.oid <> 'regclass'::regtype
    UNION
    SELECT relation, number, 'pg_catalog.' || coalesce((ARRAY['current_date', 'current_time', 'current_time', '', '', 'localtime', 'localtime', 'localtimestamp',
                                                             'localtimestamp'])[m[2]::int + 1], lower(m[1]))
      FROM open, regexp_matches(tree, '\{([A-Z_]+)(?: :op (\d+))?', 'g') m
     WHERE CASE m[1] WHEN 'SQLVALUEFUNCTION' THEN m[2]::int NOT IN (3, 4, 9, 10, 11, 12, 13, 14) ELSE m[1] <> ALL ($4) END";

/// They only write values as text, of whatever type.
const WRITES_TEXT: &[&str] = &["anytextcat", "array_to_string", "concat", "concat_ws", "format", "textanycat"];

/// They aren't immutable, and no setting decides on what they give.
const MAKES_VALUES: &[&str] = &[
    "clock_timestamp",
    "gen_random_bytes",
    "gen_random_uuid",
    "gen_salt",
    "nextval",
    "now",
    "random",
    "statement_timestamp",
    "transaction_timestamp",
    "uuid_generate_v1",
    "uuid_generate_v1mc",
    "uuid_generate_v4",
    "uuidv4",
    "uuidv7",
];

/// Nodes that have no will of their own.
const HARMLESS: &[&str] = &[
    "ARRAY",
    "ARRAYCOERCEEXPR",
    "ARRAYEXPR",
    "BOOLEANTEST",
    "BOOLEXPR",
    "CASE",
    "CASEEXPR",
    "CASETESTEXPR",
    "CASEWHEN",
    "COALESCE",
    "COALESCEEXPR",
    "COERCETODOMAIN",
    "COERCEVIAIO",
    "COLLATE",
    "COLLATEEXPR",
    "CONST",
    "DISTINCTEXPR",
    "FUNCEXPR",
    "MINMAX",
    "MINMAXEXPR",
    "NAMEDARGEXPR",
    "NULLIFEXPR",
    "NULLTEST",
    "OPEXPR",
    "RELABELTYPE",
    "ROW",
    "ROWEXPR",
    "SCALARARRAYOPEXPR",
    "SQLVALUEFUNCTION",
    "WHEN",
];

/// Reads what defaults call into their columns.
///
/// # Errors
/// Where the server refuses the query.
pub(super) async fn load(client: &Client, namespaces: &[u32], numbers: &Numbers, tables: &mut [Relation]) -> Result<(), Error> {
    let mut calls: HashMap<(u32, &str), Vec<Box<str>>> = HashMap::new();
    for row in client.query(CALLS, &[&namespaces, &WRITES_TEXT, &MAKES_VALUES, &HARMLESS]).await? {
        let (relation, number): (u32, i16) = (row.get(0), row.get(1));
        let Some(name) = numbers.get(&relation).and_then(|columns| columns.get(&number)) else { continue };
        calls.entry((relation, name)).or_default().push(row.get::<_, &str>(2).into());
    }
    if calls.is_empty() {
        return Ok(());
    }
    for table in tables {
        let oid = table.oid;
        for column in &mut table.columns {
            if let Some(found) = calls.remove(&(oid, &*column.name)) {
                column.default_calls = found.into();
            }
        }
    }
    Ok(())
}
