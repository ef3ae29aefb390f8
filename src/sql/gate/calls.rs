//! Whether a function may be called with these arguments.

use pg_raw_parse::{Node, nodes};

use super::{
    Isolation,
    fences::{self, Fence, Kind, Value},
    functions::{Known, Reason, of_server, of_user},
    names::{Name, in_literal, is_own, literal_stays_home, may_use},
    policy::Policy,
    relations::{own_definitions, path},
    rewrite::Edit,
    scoped::{SCHEMA, is_scoped},
    settings::check_set_config,
};
use crate::{
    error::{Report, SqlState},
    sql::literal::Literal,
};

/// Types whose names are called as functions, to convert a literal, and that no function is called for.
const CONVERSIONS: &[&str] = &["inet", "json", "jsonb", "jsonpath", "tsquery", "tsvector", "uuid"];

/// More fences aren't put into a text.
const MAX_FENCES: usize = 256;

/// What hangs on the arguments.
#[derive(Clone, Copy)]
enum Care {
    /// Describes the object whose number or name is that argument.
    Describes(usize, Kind),
    /// Tells whether an object of that name exists.
    Names(Kind),
    /// `has_…_privilege`: the object is the last argument but one (two, for columns); a role may come first.
    Privilege(Kind),
    /// Something else.
    Special,
}

/// Functions whose arguments must be looked at, sorted by name.
const CARE: &[(&str, Care)] = &[
    ("acldefault", Care::Describes(1, Kind::Role)),
    ("age", Care::Special),
    ("col_description", Care::Describes(0, Kind::Relation)),
    ("currval", Care::Special),
    ("format_type", Care::Describes(0, Kind::Type)),
    ("has_any_column_privilege", Care::Privilege(Kind::Relation)),
    ("has_column_privilege", Care::Privilege(Kind::Relation)),
    ("has_database_privilege", Care::Privilege(Kind::Database)),
    ("has_function_privilege", Care::Privilege(Kind::Function)),
    ("has_schema_privilege", Care::Privilege(Kind::Schema)),
    ("has_sequence_privilege", Care::Privilege(Kind::Relation)),
    ("has_table_privilege", Care::Privilege(Kind::Relation)),
    ("has_type_privilege", Care::Privilege(Kind::Type)),
    ("lastval", Care::Special),
    ("nextval", Care::Special),
    ("obj_description", Care::Describes(0, Kind::Object)),
    ("pg_column_is_updatable", Care::Describes(0, Kind::Relation)),
    ("pg_database_size", Care::Special),
    ("pg_describe_object", Care::Special),
    ("pg_get_constraintdef", Care::Describes(0, Kind::Constraint)),
    ("pg_get_function_arg_default", Care::Describes(0, Kind::Function)),
    ("pg_get_function_arguments", Care::Describes(0, Kind::Function)),
    ("pg_get_function_identity_arguments", Care::Describes(0, Kind::Function)),
    ("pg_get_function_result", Care::Describes(0, Kind::Function)),
    ("pg_get_function_sqlbody", Care::Describes(0, Kind::Function)),
    ("pg_get_functiondef", Care::Describes(0, Kind::Function)),
    ("pg_get_indexdef", Care::Describes(0, Kind::Relation)),
    ("pg_get_partition_constraintdef", Care::Describes(0, Kind::Relation)),
    ("pg_get_partkeydef", Care::Describes(0, Kind::Relation)),
    ("pg_get_replica_identity_index", Care::Describes(0, Kind::Relation)),
    ("pg_get_ruledef", Care::Describes(0, Kind::Rule)),
    ("pg_get_serial_sequence", Care::Names(Kind::Relation)),
    ("pg_get_statisticsobjdef", Care::Describes(0, Kind::Statistics)),
    ("pg_get_statisticsobjdef_columns", Care::Describes(0, Kind::Statistics)),
    ("pg_get_statisticsobjdef_expressions", Care::Describes(0, Kind::Statistics)),
    ("pg_get_triggerdef", Care::Describes(0, Kind::Trigger)),
    ("pg_get_userbyid", Care::Describes(0, Kind::Role)),
    ("pg_get_viewdef", Care::Describes(0, Kind::Relation)),
    ("pg_indexes_size", Care::Special),
    ("pg_input_error_info", Care::Special),
    ("pg_input_is_valid", Care::Special),
    ("pg_partition_ancestors", Care::Describes(0, Kind::Relation)),
    ("pg_partition_root", Care::Describes(0, Kind::Relation)),
    ("pg_partition_tree", Care::Describes(0, Kind::Relation)),
    ("pg_relation_is_publishable", Care::Describes(0, Kind::Relation)),
    ("pg_relation_is_updatable", Care::Describes(0, Kind::Relation)),
    ("pg_relation_size", Care::Special),
    ("pg_sequence_last_value", Care::Special),
    ("pg_table_size", Care::Special),
    ("pg_tablespace_location", Care::Special),
    ("pg_tablespace_size", Care::Special),
    ("pg_total_relation_size", Care::Special),
    ("regclass", Care::Names(Kind::Relation)),
    ("set_config", Care::Special),
    ("setval", Care::Special),
    ("shobj_description", Care::Special),
    ("to_regclass", Care::Names(Kind::Relation)),
    ("to_regcollation", Care::Names(Kind::Object)),
    ("to_regnamespace", Care::Names(Kind::Schema)),
    ("to_regoper", Care::Names(Kind::Object)),
    ("to_regoperator", Care::Names(Kind::Object)),
    ("to_regproc", Care::Names(Kind::Function)),
    ("to_regprocedure", Care::Names(Kind::Function)),
    ("to_regrole", Care::Names(Kind::Role)),
    ("to_regtype", Care::Names(Kind::Type)),
    ("to_regtypemod", Care::Names(Kind::Type)),
    ("ts_rewrite", Care::Special),
];

/// What hangs on the arguments of a server's function.
fn care(name: &str) -> Option<Care> {
    CARE.binary_search_by(|(known, _)| (*known).cmp(name)).ok().and_then(|at| CARE.get(at)).map(|(_, care)| *care)
}

impl Policy<'_> {
    /// A call.
    pub(super) fn call(&mut self, call: &nodes::FuncCall) -> Result<(), Report> {
        self.call_by_name(call).map_err(|report| match u32::try_from(call.location) {
            Ok(at) if report.state == SqlState::UNDEFINED_FUNCTION => report.at(at.saturating_add(1)),
            _ => report,
        })
    }

    fn call_by_name(&mut self, call: &nodes::FuncCall) -> Result<(), Report> {
        let Some(name) = Name::of(call.funcname()) else { return Err(missing("?")) };
        if call.funcname().len() > 2 {
            return Err(refused(name.own, Reason::NotListed));
        }
        match name.schema {
            Some("pg_catalog") => self.server_call(name.own, call),
            Some(SCHEMA) if is_scoped(name.own) => self.scoped_call(call),
            Some("information_schema") if name.own.starts_with("_pg_") => Ok(()),
            Some(schema) => self.user_call(Some(schema), name.own).and_then(|known| self.known(known, Some(schema), name.own)),
            None => {
                let (path, length) = path(self.ground, &self.whose);
                let path = path.get(..length).unwrap_or_default();
                let mut functions = self.ground.catalog.functions(None, name.own, path).peekable();
                if functions.peek().is_some() {
                    let known = self.user_call(None, name.own)?;
                    self.known(known, None, name.own)?;
                    // An overload of the server's own may be what is meant.
                    return if care(name.own).is_some() { self.server_call(name.own, call) } else { Ok(()) };
                }
                self.server_call(name.own, call)
            }
        }
    }

    fn known(&self, known: Known, schema: Option<&str>, name: &str) -> Result<(), Report> {
        match known {
            Known::Allowed => Ok(()),
            Known::Refused(reason) => Err(refused(name, reason)),
            // The catalog may not have heard yet of what the tenant has just made.
            Known::Missing if own_definitions(self.ground) && schema.is_none_or(|schema| is_own(schema, self.ground, &self.whose)) => {
                Ok(())
            }
            Known::Missing => Err(missing(name)),
        }
    }

    /// What the functions of that name outside of `pg_catalog` are: the worst of them counts.
    fn user_call(&self, schema: Option<&str>, name: &str) -> Result<Known, Report> {
        if schema.is_some_and(|schema| !may_use(schema, self.ground, &self.whose)) {
            return Err(refused(name, Reason::NotListed));
        }
        let (path, length) = path(self.ground, &self.whose);
        let own = |schema: &str| self.ground.lock_is_login && is_own(schema, self.ground, &self.whose);
        let mut found = Known::Missing;
        for function in self.ground.catalog.functions(schema, name, path.get(..length).unwrap_or_default()) {
            match of_user(function, self.ground, own) {
                Known::Refused(reason) => return Ok(Known::Refused(reason)),
                known => found = known,
            }
        }
        Ok(found)
    }

    fn server_call(&mut self, name: &str, call: &nodes::FuncCall) -> Result<(), Report> {
        if let Some(care) = care(name) {
            return self.careful_call(name, care, call);
        }
        match of_server(name, self.ground.catalog.server_version()) {
            Known::Allowed => Ok(()),
            Known::Refused(Reason::Class("notify" | "lock")) if self.in_database_model() => Ok(()),
            Known::Refused(Reason::Class("notify" | "lock")) if is_scoped(name) => self.scoped_call(call),
            Known::Refused(Reason::Class("lock")) if name == "pg_advisory_unlock_all" => Ok(()),
            Known::Refused(Reason::Class("large_object")) if self.in_database_model() && !matches!(name, "lo_import" | "lo_export") => {
                Ok(())
            }
            Known::Missing if CONVERSIONS.contains(&name) && call.args().len() == 1 => Ok(()),
            Known::Missing if name.starts_with("reg") && call.args().len() == 1 => {
                self.names(name, if name == "regrole" { Kind::Role } else { Kind::Object }, call)
            }
            Known::Missing => self.known(Known::Missing, None, name),
            known => self.known(known, None, name),
        }
    }

    pub(super) fn in_database_model(&self) -> bool {
        matches!(self.ground.isolation, Isolation::Database)
    }

    fn in_schema_model(&self) -> bool {
        matches!(self.ground.isolation, Isolation::Schema)
    }

    fn careful_call(&mut self, name: &str, care: Care, call: &nodes::FuncCall) -> Result<(), Report> {
        match care {
            Care::Describes(place, kind) => self.describes(name, place, kind, call),
            Care::Names(kind) => self.names(name, kind, call),
            Care::Privilege(kind) => self.privilege(name, kind, call),
            Care::Special => self.special(name, call),
        }
    }

    /// Whether objects of that kind may be another tenant's.
    fn may_be_foreign(&self, kind: Kind) -> bool {
        matches!(kind, Kind::Role | Kind::Database) || self.in_schema_model()
    }

    fn describes(&mut self, name: &str, place: usize, kind: Kind, call: &nodes::FuncCall) -> Result<(), Report> {
        if !self.may_be_foreign(kind) {
            return Ok(());
        }
        let argument = call.args().get(place);
        match argument.map(|argument| (argument, Literal::read(argument))) {
            Some((_, Some(Literal::Null))) => Ok(()),
            Some((Node::NamedArgExpr(_), _)) | None => Err(refused(name, Reason::Class("name_oracle"))),
            Some((_, Some(Literal::Text(text)))) if !is_number(&text) => self.literal(name, kind, &text),
            Some((Node::TypeCast(cast), _)) if self.is_checked_name(cast) => Ok(()),
            Some(_) if call.func_variadic => Err(refused(name, Reason::Class("name_oracle"))),
            Some(_) => self.fence_argument(name, place, kind, call, Value::Number),
        }
    }

    /// A literal cast to `regclass` or its like is looked at as a cast.
    fn is_checked_name(&self, cast: &nodes::TypeCast) -> bool {
        let type_name = cast.type_name().and_then(|type_name| type_name.names().iter().next_back()).and_then(nodes::String::sval);
        let literal =
            matches!(cast.arg(), Node::A_Const(_)) && matches!(Literal::read(cast.arg()), Some(Literal::Text(text)) if !is_number(&text));
        literal && type_name.is_some_and(|name| name.starts_with("reg"))
    }

    fn fence_argument(&mut self, name: &str, place: usize, kind: Kind, call: &nodes::FuncCall, value: Value<'_>) -> Result<(), Report> {
        let start = usize::try_from(call.location).ok();
        let (from, to) =
            start.and_then(|start| fences::argument(self.text, start, place)).ok_or_else(|| refused(name, Reason::Class("name_oracle")))?;
        self.fence(Fence { from, to, kind, value })
    }

    /// NULL instead of a call. The function isn't called, as closed databases let nobody call it.
    fn nothing(&mut self, name: &str, type_name: &str, call: &nodes::FuncCall) -> Result<(), Report> {
        self.room_for_a_fence()?;
        let start = usize::try_from(call.location).map_err(|_| refused(name, Reason::Class("size_location")))?;
        let (open, end) = fences::parentheses(self.text, start).ok_or_else(|| refused(name, Reason::Class("size_location")))?;
        let before = format!("(SELECT NULL::pg_catalog.{type_name} AS {name} FROM (SELECT ROW");
        self.edits.push(Edit { at: start, remove: open.saturating_sub(start), text: before.into() });
        self.edits.push(Edit { at: end, remove: 0, text: ") pgt_a(x))".into() });
        Ok(())
    }

    /// Puts a fence. Each of them costs a look at the text, and a sub-select in the plan.
    pub(super) fn fence(&mut self, fence: Fence<'_>) -> Result<(), Report> {
        self.room_for_a_fence()?;
        fence.put(self.edits);
        Ok(())
    }

    fn room_for_a_fence(&self) -> Result<(), Report> {
        if self.edits.len() > MAX_FENCES * 2 {
            return Err(Report::new(SqlState::STATEMENT_TOO_COMPLEX, "too many conversions and descriptions of catalog objects"));
        }
        Ok(())
    }

    fn literal(&self, name: &str, kind: Kind, text: &str) -> Result<(), Report> {
        let home = match kind {
            Kind::Role => text.trim_matches('"').starts_with("pg_") || self.is_own_role_name(text.trim_matches('"')),
            Kind::Database => false,
            Kind::Schema => {
                in_literal(text).is_some_and(|parts| matches!(parts.as_slice(), [schema] if may_use(schema, self.ground, &self.whose)))
            }
            _ => literal_stays_home(text, self.ground, &self.whose),
        };
        if home { Ok(()) } else { Err(refused(name, Reason::Class("name_oracle"))) }
    }

    /// Functions that look a name up.
    fn names(&mut self, name: &str, kind: Kind, call: &nodes::FuncCall) -> Result<(), Report> {
        if !self.may_be_foreign(kind) {
            return Ok(());
        }
        let first = call.args().first();
        let as_type = match kind {
            Kind::Relation => "regclass",
            Kind::Schema => "regnamespace",
            Kind::Function => "regproc",
            Kind::Role => "regrole",
            _ => "regtype",
        };
        match first.and_then(Literal::read) {
            Some(Literal::Text(text)) => self.literal(name, kind, &text),
            Some(Literal::Null) => Ok(()),
            _ if matches!(first, Some(Node::NamedArgExpr(_)) | None) || kind == Kind::Object => {
                Err(refused(name, Reason::Class("name_oracle")))
            }
            _ => self.fence_argument(name, 0, kind, call, Value::Text(as_type)),
        }
    }

    fn privilege(&mut self, name: &str, kind: Kind, call: &nodes::FuncCall) -> Result<(), Report> {
        let least = if name == "has_column_privilege" { 3 } else { 2 };
        let place = call.args().len().checked_sub(least).ok_or_else(|| missing(name))?;
        if place > 0 && !call.args().first().is_some_and(|role| self.is_own_role(role)) {
            return Err(refused(name, Reason::Class("name_oracle")));
        }
        if !self.may_be_foreign(kind) {
            return Ok(());
        }
        match call.args().get(place) {
            Some(Node::FuncCall(inner)) if kind == Kind::Database && is_current_database(inner) => Ok(()),
            Some(Node::SQLValueFunction(_)) if kind == Kind::Database => Ok(()),
            Some(_) if kind == Kind::Database => self.fence_argument(name, place, kind, call, Value::Any),
            _ => self.describes(name, place, kind, call),
        }
    }

    /// `CURRENT_USER` and its like, or the own role's name.
    fn is_own_role(&self, role: Node<'_>) -> bool {
        match role {
            Node::SQLValueFunction(_) => true,
            Node::FuncCall(call) => {
                Name::of(call.funcname()).is_some_and(|name| matches!(name.own, "current_user" | "session_user" | "user"))
            }
            other => matches!(Literal::read(other), Some(Literal::Text(text)) if self.is_own_role_name(&text)),
        }
    }

    fn special(&mut self, name: &str, call: &nodes::FuncCall) -> Result<(), Report> {
        let sequence = Err(refused(name, Reason::Class("sequence")));
        let row = matches!(self.ground.isolation, Isolation::Row { .. });
        match name {
            "set_config" => check_set_config(call, self.ground, &self.whose),
            "age" if call.args().first().is_some_and(is_transaction_id) => Err(refused(name, Reason::Class("xid"))),
            "age" => Ok(()),
            // The session's last values are right in a connection of the tenant's own only.
            "lastval" | "currval" if !self.ground.lock_is_login => sequence,
            "lastval" => Ok(()),
            "setval" | "pg_sequence_last_value" if row => sequence,
            "nextval" | "currval" | "setval" => match call.args().first() {
                Some(Node::FuncCall(inner)) if Name::of(inner.funcname()).is_some_and(|name| name.own == "pg_get_serial_sequence") => {
                    Ok(())
                }
                _ if !self.in_schema_model() => Ok(()),
                Some(Node::TypeCast(cast)) if self.is_checked_name(cast) => Ok(()),
                _ => self.names(name, Kind::Relation, call),
            },
            "pg_sequence_last_value" => self.describes(name, 0, Kind::Relation, call),
            // Tools show sizes and comments beside what they list: there they are NULL. Whoever asks for one alone is refused.
            "pg_relation_size"
            | "pg_table_size"
            | "pg_total_relation_size"
            | "pg_indexes_size"
            | "pg_database_size"
            | "pg_tablespace_size"
                if !self.in_database_model() && is_of_a_column(call) =>
            {
                self.nothing(name, "int8", call)
            }
            "shobj_description" if is_of_a_column(call) => self.nothing(name, "text", call),
            "pg_relation_size" | "pg_table_size" | "pg_total_relation_size" | "pg_indexes_size" if !row => {
                self.describes(name, 0, Kind::Relation, call)
            }
            "pg_database_size" if self.in_database_model() => self.fence_argument(name, 0, Kind::Database, call, Value::Any),
            "shobj_description" => self.describes(name, 0, Kind::Database, call),
            "pg_relation_size" | "pg_table_size" | "pg_total_relation_size" | "pg_indexes_size" | "pg_database_size" => {
                self.fence_argument(name, 0, Kind::Nothing, call, Value::Any)
            }
            // Roles and databases aren't among what it may describe.
            "pg_describe_object" => self.fence_argument(name, 1, Kind::Object, call, Value::Number),
            "pg_tablespace_location" | "pg_tablespace_size" => self.fence_argument(name, 0, Kind::Nothing, call, Value::Any),
            "ts_rewrite" if call.args().len() == 3 => Ok(()),
            "ts_rewrite" => Err(refused(name, Reason::ReadsByName)),
            // Whether a text is a valid `regclass` tells whether there is such a table.
            "pg_input_is_valid" | "pg_input_error_info" => match call.args().get(1).and_then(Literal::read) {
                Some(Literal::Text(type_name)) if !type_name.to_ascii_lowercase().contains("reg") => Ok(()),
                _ => Err(refused(name, Reason::Class("name_oracle"))),
            },
            _ => Err(refused(name, Reason::Class("size_location"))),
        }
    }

    /// `(value).name`: a field of the value, or a call of the function `name`.
    pub(super) fn selected(&self, name: &str) -> Result<(), Report> {
        let known = of_server(name, self.ground.catalog.server_version());
        match (known, care(name)) {
            _ if name == "age" => {}
            (Known::Refused(reason), _) if reason != Reason::Class("internal") => return Err(refused(name, reason)),
            (_, Some(_)) => return Err(refused(name, Reason::Class("name_oracle"))),
            _ => {}
        }
        self.called_by_row(name)
    }

    /// `row.name`: a column, or a call of a function that takes a row.
    pub(super) fn called_by_row(&self, name: &str) -> Result<(), Report> {
        let (path, length) = path(self.ground, &self.whose);
        let own = |schema: &str| self.ground.lock_is_login && is_own(schema, self.ground, &self.whose);
        for function in self.ground.catalog.functions(None, name, path.get(..length).unwrap_or_default()) {
            if function.row_argument
                && let Known::Refused(reason) = of_user(function, self.ground, own)
            {
                return Err(refused(name, reason));
            }
        }
        Ok(())
    }
}

fn is_current_database(call: &nodes::FuncCall) -> bool {
    Name::of(call.funcname()).is_some_and(|name| name.own == "current_database" && name.schema.is_none_or(|schema| schema == "pg_catalog"))
}

fn is_of_a_column(call: &nodes::FuncCall) -> bool {
    matches!(call.args().first(), Some(Node::ColumnRef(_)))
}

/// Whether an expression looks like a transaction's number.
fn is_transaction_id(node: Node<'_>) -> bool {
    let xid = |name: &str| name.ends_with("xid") || name == "xmin" || name == "xmax" || name == "xid8";
    match node {
        Node::TypeCast(cast) => cast.type_name().is_some_and(|name| name.names().iter().filter_map(nodes::String::sval).any(xid)),
        Node::ColumnRef(column) => column.fields().iter().next_back().and_then(Node::as_str).is_some_and(xid),
        _ => false,
    }
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// A refusal as PostgreSQL words it, with cause and way out.
pub(super) fn refused(name: &str, reason: Reason) -> Report {
    Report::new(SqlState::INSUFFICIENT_PRIVILEGE, format!("permission denied for function {name}"))
        .with_detail(reason.text())
        .with_hint(reason.hint())
}

fn missing(name: &str) -> Report {
    Report::new(SqlState::UNDEFINED_FUNCTION, format!("function {name} does not exist"))
        .with_hint("No function that tenants may call has that name.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_sorted() {
        assert!(CARE.is_sorted_by(|a, b| a.0 < b.0));
    }
}
