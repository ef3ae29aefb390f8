//! Reads a snapshot from a server: a few queries over whole sets, in one transaction that sees one state.
//!
//! Any role may run them in a database that `pgtenant create` has closed. Only the text of views needs a right: to call `pg_get_viewdef`, or
//! the function of pgtenant's own that `create` puts there. Without either, views are there and their definitions aren't.

use std::{collections::HashMap, sync::Arc};

use tokio_postgres::{Client, Row};

use super::{Catalog, Column, Function, FunctionKind, Identity, Relation, RelationKind, View, Volatility, defaults, keys};
use crate::error::explain;

/// Which schemas to read. System schemas never are, and of pgtenant's own the functions always are.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub enum Schemas {
    /// All but those that belong to a single tenant: with ten thousand of them, a snapshot stays small.
    #[default]
    Shared,
    /// These.
    Only(Arc<[Box<str>]>),
}

/// Why a snapshot can't be read.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// No connection.
    #[error("{0}")]
    Connect(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The server refused a query.
    #[error("reading the catalog: {}", explain(.0))]
    Sql(#[from] tokio_postgres::Error),
    /// The server took too long.
    #[error("reading the catalog took too long")]
    TimedOut,
}

/// Qualified names everywhere: `search_path` is empty.
const BEGIN: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET LOCAL search_path = pg_catalog";

/// How definitions of views may be read. A right is asked for in one statement and used in another: a call that isn't reached needs it, too.
const SERVER: &str = "
    SELECT current_setting('server_version_num')::int, has_function_privilege('pg_catalog.pg_get_viewdef(oid)', 'EXECUTE'),
           coalesce((SELECT has_schema_privilege(n.oid, 'USAGE') AND has_function_privilege(p.oid, 'EXECUTE')
                       FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
                      WHERE n.nspname = 'pgtenant' AND p.proname = 'view_definitions' AND p.proargtypes = '1028'::oidvector), false)";

/// A tenant's role is a member of its model's group, which `pgtenant create` names `pgtenant_MODEL`; so is the owner of a tenant's schema.
const SCHEMAS: &str = "
    SELECT n.oid FROM pg_namespace n JOIN pg_roles o ON o.oid = n.nspowner
     WHERE n.nspname !~ '^pg_' AND n.nspname NOT IN ('information_schema', 'pgtenant')
       AND CASE WHEN $1::text[] IS NULL
                THEN o.rolsuper OR NOT o.rolcanlogin
                  OR NOT EXISTS (SELECT FROM pg_roles g WHERE g.rolname ~ '^pgtenant_' AND g.rolname <> 'pgtenant_owner' AND pg_has_role(o.oid, g.oid, 'MEMBER'))
                ELSE n.nspname = ANY ($1) END";

const RELATIONS: &str = "
    SELECT c.oid, n.nspname::text, c.relname::text, c.relkind,
           coalesce((SELECT o.value::boolean FROM pg_options_to_table(c.reloptions) t, LATERAL (SELECT t.option_value AS value) o
                      WHERE t.option_name = 'security_invoker'), false),
           c.relhasrules AND EXISTS (SELECT FROM pg_rewrite w WHERE w.ev_class = c.oid AND w.rulename <> '_RETURN')
      FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE c.relnamespace = ANY ($1) AND c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S', 'c')";

const DEFINITIONS: &str = "
    SELECT c.oid, pg_get_viewdef(c.oid) FROM pg_class c WHERE c.relnamespace = ANY ($1) AND c.relkind IN ('v', 'm')";

/// By `create`'s own function.
const OWN_DEFINITIONS: &str = "
    SELECT d.view, d.definition FROM pgtenant.view_definitions(
        ARRAY(SELECT c.oid FROM pg_class c WHERE c.relnamespace = ANY ($1) AND c.relkind IN ('v', 'm'))) d";

const COLUMNS: &str = "
    SELECT a.attrelid, a.attname::text, format_type(a.atttypid, a.atttypmod), a.attgenerated <> '', a.attidentity,
           (a.atthasdef OR a.attidentity = '' AND EXISTS (SELECT FROM pg_type t WHERE t.oid = a.atttypid AND t.typdefault IS NOT NULL))
           AND a.attgenerated = '',
           a.attidentity <> '' OR a.atthasdef AND a.attgenerated = '' AND EXISTS (
               SELECT FROM pg_attrdef e JOIN pg_depend d ON d.classid = 'pg_attrdef'::regclass AND d.objid = e.oid AND d.refclassid = 'pg_class'::regclass
                 JOIN pg_class s ON s.oid = d.refobjid AND s.relkind = 'S' WHERE e.adrelid = a.attrelid AND e.adnum = a.attnum), a.attnum,
           a.attcollation <> 0
      FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
     WHERE c.relnamespace = ANY ($1) AND c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S', 'c') AND a.attnum > 0 AND NOT a.attisdropped
     ORDER BY a.attrelid, a.attnum";

const PARENTS: &str = "
    SELECT i.inhrelid, i.inhparent FROM pg_class c JOIN pg_inherits i ON i.inhrelid = c.oid
     WHERE c.relnamespace = ANY ($1) AND c.relkind IN ('r', 'p', 'f') ORDER BY i.inhrelid, i.inhseqno";

/// Pgtenant's own functions, too. CALL names OUT arguments (PostgreSQL 14), other calls don't.
const FUNCTIONS: &str = "
    SELECT p.oid, n.nspname::text, p.proname::text, p.prokind, l.lanname::text, p.provolatile, p.prosecdef, e.extname::text,
           CASE WHEN p.prokind = 'p' AND $2 >= 140000 THEN coalesce(cardinality(p.proallargtypes), p.pronargs) ELSE p.pronargs END::int,
           p.pronargdefaults::int, p.provariadic <> 0,
           p.pronargs > 0 AND p.pronargs - p.pronargdefaults - (p.provariadic <> 0)::int <= 1
           AND EXISTS (SELECT FROM pg_type t LEFT JOIN pg_type b ON b.oid = t.typbasetype
                        WHERE t.oid = CASE WHEN p.pronargs = 1 AND p.provariadic <> 0 THEN p.provariadic ELSE p.proargtypes[0] END
                          AND (t.typtype IN ('c', 'p') OR b.typtype = 'c'))
      FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace JOIN pg_language l ON l.oid = p.prolang
      LEFT JOIN pg_depend d ON d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.refclassid = 'pg_extension'::regclass AND d.deptype = 'e'
      LEFT JOIN pg_extension e ON e.oid = d.refobjid
     WHERE p.pronamespace = ANY ($1) OR n.nspname = 'pgtenant' ORDER BY p.oid";

const EXTENSIONS: &str = "SELECT e.extname::text, n.nspname::text FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace";

/// Reads the snapshot of the database that `client` is connected to.
///
/// # Errors
/// See [`LoadError`].
pub async fn load(client: &Client, schemas: &Schemas) -> Result<Catalog, LoadError> {
    client.batch_execute(BEGIN).await?;
    let server = client.query_one(SERVER, &[]).await?;
    let version: i32 = server.get(0);
    let only: Option<Vec<&str>> = match schemas {
        Schemas::Shared => None,
        Schemas::Only(names) => Some(names.iter().map(|name| &**name).collect()),
    };
    let namespaces: Vec<u32> = client.query(SCHEMAS, &[&only]).await?.iter().map(|row| row.get(0)).collect();
    let relations = client.query(RELATIONS, &[&namespaces]).await?;
    let definitions = match (server.get(1), server.get(2)) {
        (true, _) => client.query(DEFINITIONS, &[&namespaces]).await?,
        (false, true) => client.query(OWN_DEFINITIONS, &[&namespaces]).await?,
        (false, false) => Vec::new(),
    };
    let definition = |row: &Row| Some((row.get(0), row.get::<_, Option<&str>>(1)?.trim().trim_end_matches(';').into()));
    let mut definitions: HashMap<u32, Box<str>> = definitions.iter().filter_map(definition).collect();
    let mut columns: HashMap<u32, Vec<Column>> = HashMap::new();
    let mut numbers = keys::Numbers::new();
    for row in client.query(COLUMNS, &[&namespaces]).await? {
        columns.entry(row.get(0)).or_default().push(column(&row));
        numbers.entry(row.get(0)).or_default().insert(row.get(7), text(&row, 1));
    }
    let mut parents: HashMap<u32, Vec<u32>> = HashMap::new();
    for row in client.query(PARENTS, &[&namespaces]).await? {
        parents.entry(row.get(0)).or_default().push(row.get(1));
    }
    let mut relations: Vec<Relation> =
        relations.iter().filter_map(|row| relation(row, &mut columns, &mut parents, &mut definitions)).collect();
    keys::load(client, &namespaces, &numbers, &mut relations).await?;
    defaults::load(client, &namespaces, &numbers, &mut relations).await?;
    let functions = client.query(FUNCTIONS, &[&namespaces, &version]).await?;
    let extensions = client.query(EXTENSIONS, &[]).await?;
    client.batch_execute("COMMIT").await?;
    let extensions = extensions.iter().map(|row| (text(row, 0), text(row, 1)));
    Ok(Catalog::new(version.unsigned_abs(), relations, functions.iter().map(function)).with_extensions(extensions))
}

fn relation(
    row: &Row,
    columns: &mut HashMap<u32, Vec<Column>>,
    parents: &mut HashMap<u32, Vec<u32>>,
    definitions: &mut HashMap<u32, Box<str>>,
) -> Option<Relation> {
    let oid: u32 = row.get(0);
    let kind = RelationKind::from_relkind(letter(row, 3))?;
    let view = matches!(kind, RelationKind::View | RelationKind::MaterializedView)
        .then(|| View { definition: definitions.remove(&oid), security_invoker: row.get(4) });
    let columns = columns.remove(&oid).unwrap_or_default();
    let parents = parents.remove(&oid).unwrap_or_default();
    Some(Relation { kind, parents, view, has_rules: row.get(5), ..Relation::table(oid, row.get(1), row.get(2), columns) })
}

fn column(row: &Row) -> Column {
    let identity = match letter(row, 4) {
        b'a' => Some(Identity::Always),
        b'd' => Some(Identity::ByDefault),
        _ => None,
    };
    Column {
        name: text(row, 1),
        type_name: text(row, 2),
        generated: row.get(3),
        identity,
        has_default: row.get(5),
        from_sequence: row.get(6),
        default_calls: Box::default(),
        is_collatable: row.get(8),
    }
}

fn function(row: &Row) -> Function {
    let kind = match letter(row, 3) {
        b'p' => FunctionKind::Procedure,
        b'a' => FunctionKind::Aggregate,
        b'w' => FunctionKind::Window,
        _ => FunctionKind::Function,
    };
    let volatility = match letter(row, 5) {
        b'i' => Volatility::Immutable,
        b's' => Volatility::Stable,
        _ => Volatility::Volatile,
    };
    let count = |column: usize| u16::try_from(row.get::<_, i32>(column)).unwrap_or(u16::MAX);
    Function {
        oid: row.get(0),
        schema: text(row, 1),
        name: text(row, 2),
        kind,
        language: text(row, 4),
        volatility,
        security_definer: row.get(6),
        extension: row.get::<_, Option<&str>>(7).map(Box::from),
        arguments: count(8),
        defaults: count(9),
        variadic: row.get(10),
        row_argument: row.get(11),
    }
}

fn text(row: &Row, column: usize) -> Box<str> {
    row.get::<_, &str>(column).into()
}

/// A `"char"`.
fn letter(row: &Row, column: usize) -> u8 {
    row.get::<_, i8>(column).cast_unsigned()
}
