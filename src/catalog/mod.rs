//! What stands in a shard's database: relations and functions, as an immutable snapshot.
//!
//! It only says what is there. Which tables hold tenants' rows, and what may be done with them, is the gate's business. Nothing of pg_catalog and
//! information_schema is in it.

use std::collections::HashMap;

/// A snapshot of one database.
#[derive(Clone, Debug, Default)]
pub struct Catalog {
    server_version: u32,
    relations: HashMap<Box<str>, Vec<std::sync::Arc<Relation>>>,
    functions: HashMap<Box<str>, Vec<Function>>,
}

/// A table, view, sequence or the like.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Relation {
    /// Its oid.
    pub oid: u32,
    /// Its schema.
    pub schema: Box<str>,
    /// Its name.
    pub name: Box<str>,
    /// What it is.
    pub kind: RelationKind,
    /// Its columns in their order, without the dropped ones.
    pub columns: Vec<Column>,
    /// What it inherits from or is a partition of.
    pub parents: Vec<u32>,
    /// A view's definition.
    pub view: Option<View>,
}

/// What a relation is.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum RelationKind {
    /// An ordinary table, perhaps a partition.
    Table,
    /// A partitioned table.
    Partitioned,
    /// A view.
    View,
    /// A materialized view.
    MaterializedView,
    /// A foreign table.
    Foreign,
    /// A sequence.
    Sequence,
    /// A composite type.
    Composite,
}

/// A column.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Column {
    /// Its name.
    pub name: Box<str>,
    /// Its type, as `format_type` gives it.
    pub type_name: Box<str>,
    /// GENERATED ALWAYS AS (…) STORED or VIRTUAL.
    pub generated: bool,
    /// GENERATED … AS IDENTITY.
    pub identity: bool,
}

/// What a view shows.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct View {
    /// Its query, as `pg_get_viewdef` gives it with an empty search_path.
    pub definition: Box<str>,
    /// It runs with the rights of who asks.
    pub security_invoker: bool,
}

/// A function outside pg_catalog and information_schema.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Function {
    /// Its schema.
    pub schema: Box<str>,
    /// Its name.
    pub name: Box<str>,
    /// It may do or give another thing with each call.
    pub volatile: bool,
    /// Its language.
    pub language: Box<str>,
    /// The extension that it belongs to.
    pub extension: Option<Box<str>>,
}

impl Catalog {
    /// Puts a snapshot together.
    pub fn new(server_version: u32, relations: impl IntoIterator<Item = Relation>, functions: impl IntoIterator<Item = Function>) -> Self {
        let mut catalog = Catalog { server_version, ..Catalog::default() };
        for relation in relations {
            catalog.relations.entry(relation.name.clone()).or_default().push(std::sync::Arc::new(relation));
        }
        for function in functions {
            catalog.functions.entry(function.name.clone()).or_default().push(function);
        }
        catalog
    }

    /// The relation that a name means: in the schema, or in the first schema of the path that has it.
    pub fn relation(&self, schema: Option<&str>, name: &str, path: &[&str]) -> Option<&std::sync::Arc<Relation>> {
        let named = self.relations.get(name)?;
        let in_schema = |schema: &str| named.iter().find(|relation| &*relation.schema == schema);
        match schema {
            Some(schema) => in_schema(schema),
            None => path.iter().find_map(|schema| in_schema(schema)),
        }
    }

    /// All functions of a name: in the schema, or in any schema of the path.
    pub fn functions<'a>(&'a self, schema: Option<&'a str>, name: &str, path: &'a [&'a str]) -> impl Iterator<Item = &'a Function> {
        let named = self.functions.get(name).map(Vec::as_slice).unwrap_or_default();
        named.iter().filter(move |function| match schema {
            Some(schema) => &*function.schema == schema,
            None => path.contains(&&*function.schema),
        })
    }

    /// The server's version as a number: 150018 is 15.18.
    pub fn server_version(&self) -> u32 {
        self.server_version
    }
}
