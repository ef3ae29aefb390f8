//! Numbers and names that nobody converts, and that PostgreSQL converts all the same: a literal without a type takes the type of what it stands
//! beside, so that `coalesce('16384', 'orders'::regclass)` gives the name of whatever has that number, and says of a name whether there is such
//! an object. A cast is looked at where it stands; these have none.

use pg_raw_parse::{ConstValue, Node, list::NodeList, nodes, raw};

use super::{
    Isolation,
    expressions::{looked_up, type_of},
    fences::Kind,
    names::{Name, in_literal, may_use},
    policy::Policy,
};
use crate::error::{Report, SqlState};

/// Functions whose results are objects' names, sorted.
const GIVE_NAMES: &[&str] = &[
    "get_current_ts_config",
    "pg_get_catalog_foreign_keys",
    "pg_get_replica_identity_index",
    "pg_partition_ancestors",
    "pg_partition_root",
    "pg_partition_tree",
    "pg_typeof",
    "ts_debug",
];

/// Catalogs with columns that are objects' names, sorted.
const NAMING_CATALOGS: &[&str] = &[
    "pg_aggregate",
    "pg_am",
    "pg_amproc",
    "pg_conversion",
    "pg_operator",
    "pg_prepared_statements",
    "pg_proc",
    "pg_range",
    "pg_sequences",
    "pg_transform",
    "pg_ts_parser",
    "pg_ts_template",
    "pg_type",
];

/// Those columns, sorted.
const NAMING_COLUMNS: &[&str] = &[
    "aggcombinefn",
    "aggdeserialfn",
    "aggfinalfn",
    "aggfnoid",
    "aggmfinalfn",
    "aggminvtransfn",
    "aggmtransfn",
    "aggserialfn",
    "aggtransfn",
    "amhandler",
    "amproc",
    "conproc",
    "data_type",
    "oprcode",
    "oprjoin",
    "oprrest",
    "parameter_types",
    "prosupport",
    "prsend",
    "prsheadline",
    "prslextype",
    "prsstart",
    "prstoken",
    "result_types",
    "rngcanonical",
    "rngsubdiff",
    "tmplinit",
    "tmpllexize",
    "trffromsql",
    "trftosql",
    "typanalyze",
    "typinput",
    "typmodin",
    "typmodout",
    "typoutput",
    "typreceive",
    "typsend",
    "typsubscript",
];

/// Functions that take a literal for what their other arguments are, sorted.
const LIKE_OTHERS: &[&str] = &["array_append", "array_cat", "array_fill", "array_prepend", "array_replace", "lag", "lead"];

/// Functions that take an object's name first, by how many arguments they then have at least, sorted.
const TAKE_NAMES: &[(&str, usize)] = &[
    ("json_to_tsvector", 3),
    ("jsonb_to_tsvector", 3),
    ("pg_index_column_has_property", 3),
    ("pg_index_has_property", 2),
    ("phraseto_tsquery", 2),
    ("plainto_tsquery", 2),
    ("to_tsquery", 2),
    ("to_tsvector", 2),
    ("ts_debug", 2),
    ("ts_headline", 3),
    ("ts_lexize", 2),
    ("ts_parse", 2),
    ("ts_token_type", 1),
    ("websearch_to_tsquery", 2),
];

/// What a statement has been seen to hold.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Sightings {
    /// A value that is the name of an object in a schema.
    objects: bool,
    /// A value that is the name of a role or schema.
    others: bool,
    /// A catalog with such values, and a row of something as a whole.
    catalog: bool,
    whole: bool,
    /// A literal that takes its type from others: one that could be a number or a name with a schema, and any.
    number: bool,
    literal: bool,
    /// Where a cast stands that is converted further.
    covered: i32,
}

impl Default for Sightings {
    fn default() -> Self {
        Sightings { objects: false, others: false, catalog: false, whole: false, number: false, literal: false, covered: -1 }
    }
}

/// What kind of names a part of a statement gives, if any.
pub(super) fn gives_names(node: Node<'_>) -> Option<Kind> {
    match node {
        Node::TypeCast(cast) => type_of(cast.type_name()?.names()).and_then(looked_up),
        Node::FuncCall(call) => {
            let name = Name::of(call.funcname()).filter(|name| matches!(name.schema, None | Some("pg_catalog")))?.own;
            let by_type = || looked_up(name.strip_prefix("to_").unwrap_or(name));
            if GIVE_NAMES.binary_search(&name).is_ok() { Some(Kind::Object) } else { by_type() }
        }
        Node::ColumnRef(column) => column.fields().iter().filter_map(Node::as_str).any(is_naming_column).then_some(Kind::Object),
        Node::A_Indirection(part) => part.indirection().iter().filter_map(Node::as_str).any(is_naming_column).then_some(Kind::Object),
        _ => None,
    }
}

fn is_naming_column(name: &str) -> bool {
    NAMING_COLUMNS.binary_search(&name).is_ok()
}

/// Whether a relation is a catalog with such columns.
pub(super) fn is_naming_catalog(relation: &nodes::RangeVar) -> bool {
    relation.relname().is_some_and(|name| NAMING_CATALOGS.binary_search(&name).is_ok())
}

/// Whether a type is a row of a catalog with such columns, or of an array of them.
pub(super) fn is_naming_row(type_name: &str) -> bool {
    NAMING_CATALOGS.binary_search(&type_name.strip_prefix('_').unwrap_or(type_name)).is_ok()
}

impl Policy<'_> {
    /// Notes what a node has to do with it.
    pub(super) fn sight(&mut self, node: Node<'_>) {
        // Elsewhere, roles alone have names that are nobody's business.
        let of_catalogs = matches!(node, Node::ColumnRef(_) | Node::A_Indirection(_) | Node::RangeVar(_));
        if of_catalogs && !matches!(self.ground.isolation, Isolation::Schema) {
            return;
        }
        match (gives_names(node), node) {
            (None, Node::TypeCast(cast)) => {
                // What is made text at once stands beside nothing as a name.
                if let Node::TypeCast(inner) = cast.arg() {
                    self.sightings.covered = inner.location;
                }
            }
            (None, _) => {}
            (Some(_), Node::TypeCast(cast)) if cast.location == self.sightings.covered => {}
            (Some(Kind::Role | Kind::Schema), _) => self.sightings.others = true,
            (Some(_), _) => self.sightings.objects = true,
        }
        match node {
            Node::CoalesceExpr(coalesce) => self.beside(coalesce.args().iter()),
            Node::MinMaxExpr(most) => self.beside(most.args().iter()),
            Node::A_ArrayExpr(array) => self.beside(array.elements().iter()),
            Node::CaseExpr(case) => {
                let results =
                    case.args().iter().filter_map(|when| if let Node::CaseWhen(when) = when { Some(when.result()) } else { None });
                self.beside(results.chain([case.defresult()]));
            }
            Node::A_Expr(expression) if Name::of(expression.name()).is_some_and(|name| name.own == "||") => {
                self.beside([expression.lexpr(), expression.rexpr()].into_iter());
            }
            Node::FuncCall(call) => self.arguments(call),
            Node::SelectStmt(select) if select.op != raw::SetOperation::SETOP_NONE => self.arms(select),
            Node::SelectStmt(select) if select.values_lists().len() > 1 => self.rows(select.values_lists()),
            Node::RangeVar(relation) if is_naming_catalog(relation) => {
                self.sightings.catalog = true;
                self.sightings.whole |= relation.alias().is_some_and(|alias| !alias.colnames().is_empty());
            }
            Node::ColumnRef(column) => self.sightings.whole |= column.fields().iter().any(|field| matches!(field, Node::A_Star(_))),
            _ => {}
        }
    }

    fn arguments(&mut self, call: &nodes::FuncCall) {
        let Some(name) = Name::of(call.funcname()).map(|name| name.own) else { return };
        if LIKE_OTHERS.binary_search(&name).is_ok() {
            return self.beside(call.args().iter());
        }
        let Ok(at) = TAKE_NAMES.binary_search_by(|(known, _)| (*known).cmp(name)) else { return };
        let takes = TAKE_NAMES.get(at).is_some_and(|(_, least)| call.args().len() >= *least);
        if let (true, Some(Node::A_Const(constant))) = (takes, call.args().first())
            && let Some(ConstValue::String(text)) = constant.val()
            && self.may_name_others(text)
        {
            (self.sightings.objects, self.sightings.number) = (true, true);
        }
    }

    /// The arms of UNION and its like. Those that are such themselves have their own turn.
    fn arms(&mut self, select: &nodes::SelectStmt) {
        for arm in select.larg().into_iter().chain(select.rarg()) {
            self.literals(arm.target_list().iter().map(nodes::ResTarget::val));
            self.rows(arm.values_lists());
        }
    }

    fn rows(&mut self, rows: &NodeList) {
        for row in rows.iter() {
            if let Node::NodeList(row) = row {
                self.literals(row.iter());
            }
        }
    }

    /// Values that take one type. Where none has one, it is text.
    fn beside<'n>(&mut self, values: impl Iterator<Item = Node<'n>> + Clone) {
        if values.clone().any(|value| !matches!(value, Node::A_Const(_) | Node::ParamRef(_) | Node::None)) {
            self.literals(values);
        }
    }

    fn literals<'n>(&mut self, values: impl Iterator<Item = Node<'n>>) {
        for value in values {
            let text = match value {
                Node::ParamRef(_) => None,
                Node::A_Const(constant) => match constant.val() {
                    Some(ConstValue::String(text)) => Some(text),
                    _ => continue,
                },
                _ => continue,
            };
            self.sightings.literal = true;
            self.sightings.number |= text.is_none_or(|text| self.may_name_others(text));
        }
    }

    /// Whether a text is a number, a list, or a name with a schema that isn't the tenant's.
    fn may_name_others(&self, text: &str) -> bool {
        let text = text.trim();
        if text.starts_with('{') || !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
            return true;
        }
        match in_literal(text).as_deref() {
            Some([schema, _] | [_, schema, _]) => !may_use(schema, self.ground, &self.whose),
            _ => false,
        }
    }

    /// The refusal of a statement in which a literal may stand for somebody else's object.
    pub(super) fn refuse_aliens(&self) -> Result<(), Report> {
        let seen = &self.sightings;
        let objects = matches!(self.ground.isolation, Isolation::Schema) && (seen.objects || seen.catalog && seen.whole);
        if seen.others && seen.literal || objects && seen.number {
            return Err(Report::new(SqlState::INSUFFICIENT_PRIVILEGE, "permission denied for a literal beside an object's name")
                .with_detail("It would be converted to a name, and tell whether an object of that name or number exists, whosever it is.")
                .with_hint("Write its type: '1'::text."));
        }
        Ok(())
    }
}

/// Types whose values are written as names, by their numbers (`pg_type.dat`), and arrays of them: of roles, and of what stands in schemas or is one.
const ROLE_TYPES: [u32; 4] = [1033, 1034, 4096, 4097];
const OBJECT_TYPES: [u32; 18] = [24, 1008, 2202, 2203, 2204, 2205, 2206, 2207, 2208, 2209, 2210, 2211, 3734, 3735, 3769, 3770, 4089, 4090];

/// The refusal of parameters whose values would be taken for names. `types`: what a client declares in Parse.
pub fn declared_names(types: impl Iterator<Item = u32>, isolation: &Isolation) -> Option<Report> {
    let objects = matches!(isolation, Isolation::Schema);
    let mut types = types;
    let found =
        types.find(|number| ROLE_TYPES.contains(number) || objects && (OBJECT_TYPES.contains(number) || matches!(number, 4191 | 4192)))?;
    Some(
        Report::new(SqlState::INSUFFICIENT_PRIVILEGE, format!("permission denied for a parameter of the type with the number {found}"))
            .with_detail(
                "Its value would be converted to a name, and tell whether an object of that name or number exists, whosever it is.",
            )
            .with_hint("Leave the type to the server, or pass text or a number."),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn declared_types_are_looked_at() {
        let row = Isolation::Row { column: "tenant_id".into() };
        for (number, in_row, in_schema) in
            [(25, false, false), (26, false, false), (2205, false, true), (4096, true, true), (1034, true, true)]
        {
            let refused = |isolation| declared_names([23, number].into_iter(), isolation).is_some();
            assert_eq!((refused(&row), refused(&Isolation::Schema)), (in_row, in_schema), "{number}");
        }
    }

    #[test]
    fn lists_are_sorted() {
        assert!(TAKE_NAMES.is_sorted_by(|a, b| a.0 < b.0));
        for list in [GIVE_NAMES, NAMING_CATALOGS, NAMING_COLUMNS, LIKE_OTHERS] {
            assert!(list.is_sorted_by(|a, b| a < b));
        }
    }
}
