//! Names inside expressions that lead out of what is the tenant's: operators, types, casts of names and numbers, collations, system columns,
//! fields that are function calls.

use pg_raw_parse::{ConstValue, Node, list::CastNodeList, list::NodeList, nodes};

use super::{
    Isolation,
    aliens::is_naming_row,
    fences::{self, Fence, Kind, Value},
    names::{Name, in_literal, literal_stays_home, may_use},
    policy::Policy,
    relations::own_definitions,
};
use crate::{
    error::{Report, SqlState},
    sql::literal::Literal,
};

/// The operators of `pg_catalog` and of extensions that are no more than types and indexes, sorted. Another one may run anything.
const OPERATORS: &[&str] = &[
    "!!", "!~", "!~*", "!~~", "!~~*", "#", "##", "#-", "#=", "#>", "#>>", "%", "%#", "%%", "%>", "%>>", "&", "&&", "&&&", "&<", "&<|",
    "&>", "*", "*<", "*<=", "*<>", "*=", "*>", "*>=", "+", "-", "->", "->>", "-|-", "/", "<", "<#>", "<%", "<%>", "<+>", "<->", "<->>",
    "<->>>", "<<", "<<#>>", "<<%", "<<->", "<<->>", "<<<->", "<<=", "<<|", "<=", "<=>", "<>", "<@", "<^", "<~>", "=", ">", ">=", ">>",
    ">>=", ">^", "?", "?#", "?&", "?-", "?-|", "?<@", "?@", "?@>", "?|", "?||", "?~", "@", "@-@", "@>", "@?", "@@", "@@@", "@|@", "^",
    "^<@", "^?", "^@", "^@>", "^~", "|", "|&>", "|/", "|=|", "|>>", "||", "||/", "~", "~*", "~<=~", "~<~", "~=", "~==", "~>", "~>=~",
    "~>~", "~~", "~~*", "~~=",
];

/// System columns that tell of other transactions, and of other rows where a table is shared.
const TRANSACTION_COLUMNS: &[&str] = &["xmax", "xmin"];
const PLACE_COLUMNS: &[&str] = &["cmax", "cmin", "ctid"];

impl Policy<'_> {
    /// An operator's name: `=` or `OPERATOR(schema.=)`.
    pub(super) fn operator(&self, name: &NodeList) -> Result<(), Report> {
        if name.is_empty() {
            return Ok(());
        }
        let Some(name) = Name::of(name) else { return Err(operator_refused("?")) };
        let own = own_definitions(self.ground);
        match name.schema {
            Some("pg_catalog") => Ok(()),
            Some(schema) if own && may_use(schema, self.ground, &self.whose) => Ok(()),
            Some(schema) if may_use(schema, self.ground, &self.whose) && OPERATORS.binary_search(&name.own).is_ok() => {
                Err(operator_refused(name.own).with_hint("Leave out OPERATOR(…) and the schema's name."))
            }
            Some(_) => Err(operator_refused(name.own)),
            // LIKE, BETWEEN and their like have the names of what they stand for.
            None if own || name.own.bytes().any(|byte| byte.is_ascii_alphabetic()) || OPERATORS.binary_search(&name.own).is_ok() => Ok(()),
            None => Err(operator_refused(name.own)),
        }
    }

    /// A collation, operator class or access method in a list of names.
    pub(super) fn qualified(&self, what: &'static str, name: &NodeList) -> Result<(), Report> {
        match Name::of(name) {
            None if name.is_empty() => Ok(()),
            Some(Name { schema: None, .. }) => Ok(()),
            Some(Name { schema: Some(schema), .. }) if may_use(schema, self.ground, &self.whose) => Ok(()),
            _ => Err(out_of_schema(what)),
        }
    }

    /// The name of a type, wherever it stands but in a cast.
    pub(super) fn type_name(&self, name: &nodes::TypeName) -> Result<(), Report> {
        let parts = Name::read(name.names().iter().map(Node::from));
        let parts = match parts {
            Some(parts) => parts,
            // SERIAL and what the grammar makes of a SETOF have names; a type by number is never parsed.
            None => return Err(out_of_schema("type")),
        };
        if name.names().len() > 2 && !name.pct_type {
            return Err(out_of_schema("type"));
        }
        if !name.pct_type && parts.schema.is_some_and(|schema| !may_use(schema, self.ground, &self.whose)) {
            return Err(out_of_schema("type"));
        }
        if matches!(self.ground.isolation, Isolation::Schema) && is_naming_row(parts.own) {
            return Err(name_cast_refused(parts.own));
        }
        match looked_up(parts.own) {
            Some(Kind::Role) => Err(name_cast_refused(parts.own)),
            Some(_) if matches!(self.ground.isolation, Isolation::Schema) => Err(name_cast_refused(parts.own)),
            _ => Ok(()),
        }
    }

    /// A cast. True if its type needs no further look.
    pub(super) fn cast(&mut self, cast: &nodes::TypeCast) -> Result<bool, Report> {
        let Some(name) = cast.type_name() else { return Ok(false) };
        let Some(kind) = type_of(name.names()).and_then(looked_up) else { return Ok(false) };
        let foreign = kind == Kind::Role || matches!(self.ground.isolation, Isolation::Schema);
        if !foreign {
            return Ok(false);
        }
        let own = Name::read(name.names().iter().map(Node::from)).map_or("?", |name| name.own);
        // Arrays by their own names, and rights, in which roles are named.
        if own.starts_with('_') || own == "aclitem" {
            return Err(name_cast_refused(own));
        }
        if !name.array_bounds().is_empty() {
            return self.cast_array(own, kind, cast).map(|()| true);
        }
        match cast.arg() {
            Node::A_Const(constant) => self.cast_constant(own, kind, cast, constant)?,
            Node::SQLValueFunction(_) => {}
            Node::TypeCast(inner) if is_text(inner) && matches!(inner.arg(), Node::A_Const(_)) => match Literal::read(inner.arg()) {
                Some(Literal::Text(text)) if !is_number(&text) => self.home_literal(own, kind, &text)?,
                _ => return Err(name_cast_refused(own)),
            },
            Node::ColumnRef(_) if own == "regprocedure" => self.fence_cast(own, kind, cast, Value::Column(own))?,
            _ => self.fence_cast(own, kind, cast, Value::Name(own))?,
        }
        Ok(true)
    }

    fn cast_constant(&mut self, own: &str, kind: Kind, cast: &nodes::TypeCast, constant: &nodes::A_Const) -> Result<(), Report> {
        match constant.val() {
            None => Ok(()),
            Some(ConstValue::String(text)) if !is_number(text) && text != "-" => self.home_literal(own, kind, text),
            Some(ConstValue::String(_) | ConstValue::Integer(_)) => self.fence_cast(own, kind, cast, Value::Number),
            Some(_) => Err(name_cast_refused(own)),
        }
    }

    /// `'{int,int8}'::regtype[]`: each name is looked at for itself.
    fn cast_array(&self, own: &str, kind: Kind, cast: &nodes::TypeCast) -> Result<(), Report> {
        let Some(Literal::Text(text)) = Literal::read(cast.arg()).filter(|_| matches!(cast.arg(), Node::A_Const(_))) else {
            return Err(name_cast_refused(own));
        };
        plain_elements(&text).ok_or_else(|| name_cast_refused(own))?.try_for_each(|name| match name {
            "-" => Err(name_cast_refused(own)),
            name if is_number(name) => Err(name_cast_refused(own)),
            name => self.home_literal(own, kind, name),
        })
    }

    fn home_literal(&self, own: &str, kind: Kind, text: &str) -> Result<(), Report> {
        let home = match kind {
            Kind::Role => text.starts_with("pg_") || self.is_own_role_name(text.trim_matches('"')),
            Kind::Schema => {
                in_literal(text).is_some_and(|parts| matches!(parts.as_slice(), [schema] if may_use(schema, self.ground, &self.whose)))
            }
            _ => literal_stays_home(text, self.ground, &self.whose),
        };
        if home { Ok(()) } else { Err(name_cast_refused(own)) }
    }

    fn fence_cast(&mut self, own: &str, kind: Kind, cast: &nodes::TypeCast, value: Value<'_>) -> Result<(), Report> {
        // Operators and text search configurations: of these, only names are refused.
        if kind == Kind::Object {
            return Ok(());
        }
        let place = usize::try_from(cast.location).ok();
        let (from, to) = place
            .and_then(|place| fences::operand(self.text, place, start_of(self.text, cast.arg())))
            .ok_or_else(|| name_cast_refused(own))?;
        self.fence(Fence { from, to, kind, value })
    }

    /// A column, or a row's field that is a function call.
    pub(super) fn column(&self, column: &nodes::ColumnRef) -> Result<(), Report> {
        let fields = column.fields();
        let Some(last) = fields.iter().next_back().and_then(Node::as_str) else { return Ok(()) };
        let shared = matches!(self.ground.isolation, Isolation::Row { .. });
        if TRANSACTION_COLUMNS.contains(&last) || (shared && PLACE_COLUMNS.contains(&last)) {
            return Err(Report::new(SqlState::INSUFFICIENT_PRIVILEGE, format!("permission denied for system column {last}"))
                .with_detail("It counts the transactions, or the rows, of all tenants.")
                .with_hint("Use a column of your own, as a version number or a key."));
        }
        if fields.len() > 1 { self.called_by_row(last) } else { Ok(()) }
    }

    /// `(expression).field`, `(expression)[1].field`.
    pub(super) fn indirection(&self, indirection: &nodes::A_Indirection) -> Result<(), Report> {
        indirection.indirection().iter().filter_map(Node::as_str).try_for_each(|name| self.selected(name))
    }

    /// The method of a TABLESAMPLE is a function.
    pub(super) fn sample(&self, sample: &nodes::RangeTableSample) -> Result<(), Report> {
        match Name::of(sample.method()) {
            Some(Name { schema: None | Some("pg_catalog"), own: "system" | "bernoulli" }) => Ok(()),
            _ => Err(Report::new(SqlState::INSUFFICIENT_PRIVILEGE, "permission denied for this sampling method")
                .with_hint("Use SYSTEM or BERNOULLI.")),
        }
    }
}

/// The last name of a type's, if it is `pg_catalog`'s or without a schema.
pub(super) fn type_of(names: &CastNodeList<nodes::String>) -> Option<&str> {
    let name = Name::read(names.iter().map(Node::from))?;
    matches!(name.schema, None | Some("pg_catalog")).then_some(name.own)
}

fn is_text(cast: &nodes::TypeCast) -> bool {
    cast.type_name().and_then(|name| type_of(name.names())).is_some_and(|name| matches!(name, "text" | "varchar" | "name" | "bpchar"))
}

/// Where an expression begins, if the tree tells.
fn start_of(text: &str, node: Node<'_>) -> Option<usize> {
    let mut node = node;
    loop {
        let location = match node {
            Node::ColumnRef(column) => column.location,
            Node::ParamRef(parameter) => parameter.location,
            Node::FuncCall(call) => call.location,
            Node::A_Const(constant) => constant.location,
            Node::TypeCast(cast) => {
                let at = usize::try_from(cast.location).ok()?;
                if !text.get(at..)?.starts_with("::") {
                    return Some(at);
                }
                node = cast.arg();
                continue;
            }
            _ => return None,
        };
        return usize::try_from(location).ok();
    }
}

/// What values of a type are the names of.
pub(super) fn looked_up(type_name: &str) -> Option<Kind> {
    Some(match type_name.strip_prefix('_').unwrap_or(type_name) {
        "regclass" => Kind::Relation,
        "regnamespace" => Kind::Schema,
        "regproc" | "regprocedure" => Kind::Function,
        "regrole" | "aclitem" => Kind::Role,
        "regtype" => Kind::Type,
        "regoper" | "regoperator" | "regconfig" | "regdictionary" | "regcollation" => Kind::Object,
        _ => return None,
    })
}

/// The elements of an array's literal of one dimension without quotes and escapes.
fn plain_elements(text: &str) -> Option<impl Iterator<Item = &str>> {
    let inner = text.trim_ascii().strip_prefix('{')?.strip_suffix('}')?;
    let plain = !inner.contains(['{', '}', '"', '\\']);
    plain.then(|| inner.split(',').map(str::trim_ascii).filter(move |_| !inner.trim_ascii().is_empty()))
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn operator_refused(name: &str) -> Report {
    Report::new(SqlState::INSUFFICIENT_PRIVILEGE, format!("permission denied for operator {name}"))
        .with_detail("The function behind it isn't known to be safe.")
        .with_hint("Use the operators of PostgreSQL and its extensions, without a schema.")
}

fn out_of_schema(what: &'static str) -> Report {
    Report::new(SqlState::INSUFFICIENT_PRIVILEGE, format!("permission denied for {what} of another schema"))
        .with_hint("Only your own schema, public and pg_catalog may be named.")
}

fn name_cast_refused(type_name: &str) -> Report {
    Report::new(SqlState::INSUFFICIENT_PRIVILEGE, format!("permission denied for a conversion to {type_name}"))
        .with_detail("It tells whether an object of that name or number exists, whosever it is.")
        .with_hint("Convert a literal that names an object of your own, or join the catalog that has the name.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn operators_are_sorted() {
        assert!(OPERATORS.is_sorted_by(|a, b| a < b));
    }
}
