//! What a name in FROM, or of a command's target, stands for, and what the gate has to do about it.

use std::sync::Arc;

use pg_raw_parse::nodes;

use super::{
    Ground, Isolation, Whose,
    names::may_use,
    system::{Shown, of_information_schema, shown},
};
use crate::{
    catalog::{Relation, RelationKind},
    error::{Report, SqlState},
};

/// What a statement does with a relation.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Use {
    /// Reads it.
    Read,
    /// Inserts, updates, deletes, merges or copies into it.
    Write,
    /// Makes it, or another in its place.
    Make,
}

/// What a reference that is no CTE's name stands for.
#[derive(Clone, Debug)]
pub enum Standing<'g> {
    /// Something to be left as it is.
    Plain,
    /// A table with tenants' rows: to be fenced with the tenant's key.
    Tenant(&'g Arc<Relation>),
    /// A view: its definition takes its place.
    View(&'g Arc<Relation>),
    /// A catalog, of which only those rows show for which the predicate holds; `{a}` stands for its alias.
    Fenced(&'static str),
    /// A catalog for which this query has to stand; or, if [`may_stay`](super::system::may_stay), the predicate.
    Inlined {
        /// The query.
        query: &'static str,
        /// The predicate.
        stay: Option<&'static str>,
    },
}

/// The schemas that unqualified names are looked up in, behind `pg_catalog`.
pub fn path<'a>(ground: &Ground, whose: &Whose<'a>) -> ([&'a str; 2], usize) {
    match (&ground.isolation, whose.schema) {
        (Isolation::Schema, Some(schema)) => ([schema, "public"], 2),
        _ => (["public", ""], 1),
    }
}

/// What a reference stands for, or why it is refused.
///
/// # Errors
/// What the client is told; its position counts bytes.
pub fn standing<'g>(relation: &nodes::RangeVar, ground: &'g Ground, whose: &Whose<'_>, used: Use) -> Result<Standing<'g>, Report> {
    let standing = named(relation.schemaname(), relation.relname().unwrap_or_default(), ground, whose, used);
    // As the server does, which says where a name stands that it doesn't know.
    standing.map_err(|report| match u32::try_from(relation.location) {
        Ok(at) if report.state == SqlState::UNDEFINED_TABLE => report.at(at.saturating_add(1)),
        _ => report,
    })
}

/// As [`standing`], for a name that stands elsewhere.
///
/// # Errors
/// What the client is told.
pub fn named<'g>(schema: Option<&str>, name: &str, ground: &'g Ground, whose: &Whose<'_>, used: Use) -> Result<Standing<'g>, Report> {
    let version = ground.catalog.server_version();
    match schema {
        None => match shown(name, &ground.isolation, version) {
            Some(shown) => system(name, shown, used),
            // A newer server may have it, and then it would come first.
            None if name.starts_with("pg_") => Err(unknown(None, name)),
            None => user(None, name, ground, whose, used),
        },
        Some("pg_catalog") => match shown(name, &ground.isolation, version) {
            Some(shown) => system(name, shown, used),
            None => Err(unknown(schema, name)),
        },
        // The server filters these by what the role may do, and by default everybody may do much with functions and types.
        Some("information_schema") => match used {
            Use::Read => Ok(of_information_schema(name, &ground.isolation).map_or(Standing::Plain, Standing::Fenced)),
            Use::Write | Use::Make => Err(denied(name, "The information schema can't be written.")),
        },
        Some(temporary) if temporary.starts_with("pg_temp") && own_definitions(ground) && temporary == "pg_temp" => Ok(Standing::Plain),
        Some(internal) if internal.starts_with("pg_") => Err(denied(name, "Its schema is the server's own.")),
        Some(_) => user(schema, name, ground, whose, used),
    }
}

/// Whether tenants may define objects of their own.
pub fn own_definitions(ground: &Ground) -> bool {
    ground.ddl && ground.lock_is_login && !matches!(ground.isolation, Isolation::Row { .. })
}

fn system<'g>(name: &str, shown: Shown, used: Use) -> Result<Standing<'g>, Report> {
    match (shown, used) {
        (Shown::Hidden(why), _) => {
            Err(denied(name, why.text()).with_hint("Use the information schema, or the catalogs that describe your own objects."))
        }
        (_, Use::Write | Use::Make) if name == "pg_settings" => {
            Err(denied(name, "Settings aren't changed through this view.").with_hint("Use SET or SET LOCAL."))
        }
        (_, Use::Write | Use::Make) => Err(denied(name, "System catalogs can't be written.")),
        (Shown::Whole, Use::Read) => Ok(Standing::Plain),
        (Shown::Fenced(predicate), Use::Read) => Ok(Standing::Fenced(predicate)),
        (Shown::Inlined { query, stay }, Use::Read) => Ok(Standing::Inlined { query, stay }),
    }
}

fn user<'g>(schema: Option<&str>, name: &str, ground: &'g Ground, whose: &Whose<'_>, used: Use) -> Result<Standing<'g>, Report> {
    match &ground.isolation {
        Isolation::Row { column } => in_row_model(schema, name, ground, whose, column, used),
        Isolation::Database => Ok(Standing::Plain),
        Isolation::Schema => match schema {
            // What is made without a schema comes into the own one, whatever the shared one has.
            None if used == Use::Make => Ok(Standing::Plain),
            // Unqualified names find the own schema first, then the shared one, where only reference tables may be read. Tables come and
            // go by the tenant's own hand, so that only a name that the catalog knows in the shared schema alone is the shared one's.
            None if in_shared_schema_only(name, ground, whose) => in_shared_schema(name, ground, used),
            None => Ok(Standing::Plain),
            Some(schema) if whose.schema == Some(schema) => Ok(Standing::Plain),
            Some("public") if !is_reference("public", name, ground) => {
                Err(denied(name, "Of the schema \"public\", only reference tables may be used.")
                    .with_hint("Leave the schema's name out to use your own table."))
            }
            Some("public") => reference(name, used),
            // What the server would say if there were no such schema: whether there is one is nobody's business.
            Some(_) => Err(unknown(schema, name).with_hint("Only your own schema can be used; its name may be left out.")),
        },
    }
}

fn in_shared_schema_only(name: &str, ground: &Ground, whose: &Whose<'_>) -> bool {
    let knows_own = whose.schema.is_some_and(|schema| ground.catalog.has_schema(schema));
    knows_own && ground.catalog.relation(Some("public"), name, &[]).is_some() && ground.catalog.relation(whose.schema, name, &[]).is_none()
}

fn in_shared_schema<'g>(name: &str, ground: &Ground, used: Use) -> Result<Standing<'g>, Report> {
    if is_reference("public", name, ground) {
        return reference(name, used);
    }
    Err(denied(name, "Of the schema \"public\", only reference tables may be used.")
        .with_hint("Leave the schema's name out to use your own table."))
}

fn in_row_model<'g>(
    schema: Option<&str>,
    name: &str,
    ground: &'g Ground,
    whose: &Whose<'_>,
    column: &str,
    used: Use,
) -> Result<Standing<'g>, Report> {
    let Some(relation) = ground.catalog.relation(schema, name, &["public"]) else { return Err(unknown(schema, name)) };
    let has_rows_of_tenants = relation.column(column).is_some();
    // A schema of a tenant of another model, whose names are nobody's business.
    if !has_rows_of_tenants && schema.is_some_and(|schema| !may_use(schema, ground, whose)) {
        return Err(unknown(schema, name));
    }
    match relation.kind {
        RelationKind::View if used != Use::Read => {
            Err(denied_as("view", name, "It is a view.").with_hint("Write to the table that the view shows."))
        }
        RelationKind::View => Ok(Standing::View(relation)),
        RelationKind::Table | RelationKind::Partitioned if has_rows_of_tenants => {
            if used != Use::Read && relation.has_rules {
                return Err(denied(name, "Rewrite rules of the table turn writes into other statements."));
            }
            Ok(Standing::Tenant(relation))
        }
        RelationKind::Table | RelationKind::Partitioned if is_reference(&relation.schema, name, ground) => reference(name, used),
        RelationKind::Table | RelationKind::Partitioned => Err(denied(name, "It has no tenant column and isn't a reference table.")
            .with_hint("An operator can name it among the model's reference_tables.")),
        RelationKind::MaterializedView => Err(denied_as("materialized view", name, "A materialized view holds the rows of all tenants.")),
        RelationKind::Foreign => Err(denied_as("foreign table", name, "It is a table of another server, which knows nothing of tenants.")),
        RelationKind::Sequence => Err(denied_as("sequence", name, "The sequence counts for all tenants.").with_hint("Use nextval().")),
        RelationKind::Composite => Err(denied_as("type", name, "It is a type.")),
    }
}

/// Whether the model names the table as one that all tenants read. The name may be written with its schema.
pub fn is_reference(schema: &str, name: &str, ground: &Ground) -> bool {
    ground.reference_tables.iter().any(|listed| match listed.rsplit_once('.') {
        Some((of, listed)) => of == schema && listed == name,
        None => **listed == *name,
    })
}

fn reference<'g>(name: &str, used: Use) -> Result<Standing<'g>, Report> {
    match used {
        Use::Read => Ok(Standing::Plain),
        Use::Write | Use::Make => Err(denied(name, "It is a reference table, which all tenants read.")),
    }
}

/// As PostgreSQL says it.
pub fn unknown(schema: Option<&str>, name: &str) -> Report {
    let name = schema.map_or_else(|| name.to_owned(), |schema| format!("{schema}.{name}"));
    Report::new(SqlState::UNDEFINED_TABLE, format!("relation \"{name}\" does not exist"))
}

fn denied(name: &str, why: &'static str) -> Report {
    denied_as("table", name, why)
}

/// As PostgreSQL says it.
fn denied_as(kind: &'static str, name: &str, why: &'static str) -> Report {
    Report::new(SqlState::INSUFFICIENT_PRIVILEGE, format!("permission denied for {kind} {name}")).with_detail(why)
}
