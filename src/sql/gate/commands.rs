//! Which kinds of statements may run, and what commands other than queries may name.

use pg_raw_parse::{Node, list::NodeList, nodes, raw};

use super::{
    Isolation,
    names::{is_own, may_use},
    policy::Policy,
    relations::{Use, named, own_definitions, standing},
    rewrite::Edit,
    settings::check_set,
};
use crate::{
    error::{Report, SqlState},
    sql::lexer::{Lexer, Token},
};

impl Policy<'_> {
    /// Looks at a statement, alone or inside another one. False for what is none that is known.
    pub(super) fn command(&mut self, node: Node<'_>, statement: &nodes::RawStmt) -> Result<bool, Report> {
        match node {
            Node::SelectStmt(_) | Node::InsertStmt(_) | Node::UpdateStmt(_) | Node::DeleteStmt(_) | Node::MergeStmt(_) => {}
            Node::FetchStmt(_) | Node::ClosePortalStmt(_) | Node::PrepareStmt(_) | Node::ExecuteStmt(_) | Node::DeallocateStmt(_) => {}
            // Channels are scoped where they are sent; what is discarded or shown is the session's own.
            Node::ListenStmt(_) | Node::UnlistenStmt(_) | Node::NotifyStmt(_) | Node::DiscardStmt(_) | Node::VariableShowStmt(_) => {}
            Node::TransactionStmt(transaction) => check_transaction(transaction)?,
            Node::VariableSetStmt(set) => check_set(set, self.ground, &self.whose)?,
            Node::ConstraintsSetStmt(set) => self.constraints(set.constraints())?,
            Node::DeclareCursorStmt(cursor) => self.cursor(cursor)?,
            Node::CopyStmt(copy) => self.copy(copy)?,
            Node::ExplainStmt(explain) => self.explain(explain, statement)?,
            _ => return self.on_own_tables(node),
        }
        Ok(true)
    }

    /// Commands that act on a whole table, which must be the tenant's alone.
    fn on_own_tables(&mut self, node: Node<'_>) -> Result<bool, Report> {
        match node {
            Node::TruncateStmt(truncate) => {
                self.own_tables("TRUNCATE", "Use DELETE.")?;
                self.changes_all(truncate.relations())?;
            }
            Node::LockStmt(lock) => {
                self.own_tables("LOCK", "Use SELECT … FOR UPDATE.")?;
                self.changes_all(lock.relations())?;
            }
            Node::VacuumStmt(vacuum) => {
                self.own_tables("VACUUM and ANALYZE", "The server's own autovacuum does it.")?;
                if vacuum.rels().is_empty() {
                    return Err(command_refused("VACUUM and ANALYZE", "Without a list, all tables are processed.", "Name the tables."));
                }
            }
            Node::ClusterStmt(cluster) => self.one_own_table("CLUSTER", cluster.relation())?,
            Node::ReindexStmt(reindex) => self.one_own_table("REINDEX", reindex.relation())?,
            Node::RefreshMatViewStmt(refresh) => self.one_own_table("REFRESH MATERIALIZED VIEW", refresh.relation())?,
            Node::CallStmt(_) if self.row_model() => {
                return Err(command_refused("CALL", "What a procedure does, the gate can't see.", "Send its statements."));
            }
            Node::CallStmt(_) => {}
            Node::CreateExtensionStmt(extension) => self.extension(extension)?,
            _ => return self.definition(node),
        }
        Ok(true)
    }

    /// Commands that define objects.
    fn definition(&mut self, node: Node<'_>) -> Result<bool, Report> {
        if !is_definition(node) {
            return Ok(false);
        }
        self.may_define()?;
        match node {
            Node::CreateStmt(create) => {
                self.makes(create.relation())?;
                self.changes_all(create.inh_relations())?;
            }
            Node::AlterTableStmt(alter) => self.alter_table(alter)?,
            Node::IndexStmt(index) => self.changes(index.relation())?,
            Node::ViewStmt(view) => self.makes(view.view())?,
            Node::CreateSeqStmt(sequence) => self.makes(sequence.sequence())?,
            Node::AlterSeqStmt(sequence) => self.changes(sequence.sequence())?,
            Node::CreateTrigStmt(trigger) => {
                self.changes(trigger.relation())?;
                self.reads(trigger.constrrel())?;
                self.usable(trigger.funcname())?;
            }
            Node::RuleStmt(rule) => self.changes(rule.relation())?,
            Node::CreatePolicyStmt(policy) => self.changes(policy.table())?,
            Node::AlterPolicyStmt(policy) => self.changes(policy.table())?,
            Node::CompositeTypeStmt(composite) => self.makes(composite.typevar())?,
            Node::CreateEnumStmt(create) => self.own_name(create.type_name().iter().map(Node::from), 1)?,
            Node::AlterEnumStmt(alter) => self.own_name(alter.type_name().iter().map(Node::from), 1)?,
            Node::CreateRangeStmt(create) => self.own_name(create.type_name().iter().map(Node::from), 1)?,
            Node::CreateDomainStmt(create) => self.own_name(create.domainname().iter().map(Node::from), 1)?,
            Node::DefineStmt(define) => self.own_name(define.defnames().iter().map(Node::from), 1)?,
            Node::AlterTSDictionaryStmt(alter) => self.own_name(alter.dictname().iter().map(Node::from), 1)?,
            Node::AlterTSConfigurationStmt(alter) => self.own_name(alter.cfgname().iter().map(Node::from), 1)?,
            Node::AlterDomainStmt(alter) => self.own_name(alter.type_name().iter(), 1)?,
            Node::AlterTypeStmt(alter) => self.own_name(alter.type_name().iter(), 1)?,
            Node::CreateFunctionStmt(function) => self.own_name(function.funcname().iter(), 1)?,
            Node::AlterFunctionStmt(alter) => self.object(raw::ObjectType::OBJECT_FUNCTION, alter.func().into())?,
            Node::DropStmt(drop) => drop.objects().iter().try_for_each(|object| self.object(drop.remove_type, object))?,
            Node::RenameStmt(rename) => self.object_or_relation(rename.rename_type, rename.relation(), rename.object())?,
            Node::CommentStmt(comment) => self.object(comment.objtype, comment.object())?,
            Node::AlterObjectSchemaStmt(alter) => {
                self.object_or_relation(alter.object_type, alter.relation(), alter.object())?;
                self.own_schema(alter.newschema().unwrap_or_default())?;
            }
            Node::CreateSchemaStmt(create) => self.schema_of_own_database(create.authrole().is_some())?,
            // A block is the tenant's own program: the database holds it in.
            _ => {}
        }
        Ok(true)
    }

    /// `SELECT … INTO`, `CREATE TABLE … AS`.
    pub(super) fn target_table(&self, into: &nodes::IntoClause) -> Result<(), Report> {
        self.may_define()?;
        self.makes(into.rel())
    }

    fn row_model(&self) -> bool {
        matches!(self.ground.isolation, Isolation::Row { .. })
    }

    fn may_define(&self) -> Result<(), Report> {
        if own_definitions(self.ground) {
            return Ok(());
        }
        let why = if self.row_model() {
            "The tables belong to all tenants."
        } else {
            "The plan allows no definitions of one's own, or connections are shared with other tenants."
        };
        Err(Report::new(SqlState::INSUFFICIENT_PRIVILEGE, "permission denied to define or change objects")
            .with_detail(why)
            .with_hint("Ask an operator to run it."))
    }

    fn own_tables(&self, command: &'static str, instead: &'static str) -> Result<(), Report> {
        if self.row_model() { Err(command_refused(command, "The tables belong to all tenants.", instead)) } else { Ok(()) }
    }

    fn one_own_table(&self, command: &'static str, relation: Option<&nodes::RangeVar>) -> Result<(), Report> {
        self.own_tables(command, "Ask an operator to run it.")?;
        match relation {
            Some(_) => self.changes(relation),
            None => Err(command_refused(command, "Without a name, it acts on all tables.", "Name the table.")),
        }
    }

    /// A relation that a command changes.
    pub(super) fn changes(&self, relation: Option<&nodes::RangeVar>) -> Result<(), Report> {
        relation.map_or(Ok(()), |relation| standing(relation, self.ground, &self.whose, Use::Write).map(|_| ()))
    }

    /// A relation that a command makes.
    fn makes(&self, relation: Option<&nodes::RangeVar>) -> Result<(), Report> {
        relation.map_or(Ok(()), |relation| standing(relation, self.ground, &self.whose, Use::Make).map(|_| ()))
    }

    /// A relation that a command refers to.
    pub(super) fn reads(&self, relation: Option<&nodes::RangeVar>) -> Result<(), Report> {
        relation.map_or(Ok(()), |relation| standing(relation, self.ground, &self.whose, Use::Read).map(|_| ()))
    }

    fn changes_all(&self, relations: &NodeList) -> Result<(), Report> {
        relations.iter().try_for_each(|node| match node {
            Node::RangeVar(relation) => self.changes(Some(relation)),
            _ => Err(object_refused()),
        })
    }

    fn constraints(&self, constraints: &NodeList) -> Result<(), Report> {
        let foreign = |node: Node<'_>| match node {
            Node::RangeVar(name) => name.schemaname().is_some_and(|schema| !may_use(schema, self.ground, &self.whose)),
            _ => true,
        };
        if constraints.iter().any(foreign) { Err(object_refused()) } else { Ok(()) }
    }

    /// ORMs make sure of the extensions that they use. One that is there already is skipped.
    fn extension(&self, create: &nodes::CreateExtensionStmt) -> Result<(), Report> {
        let is_there = create.extname().is_some_and(|name| self.ground.catalog.extensions().any(|(known, _)| known == name));
        if create.if_not_exists && is_there && create.options().is_empty() {
            return Ok(());
        }
        Err(command_refused("CREATE EXTENSION", "Extensions belong to the whole database.", "Ask an operator to create it."))
    }

    /// `WITH HOLD` leaves rows behind in the server process.
    fn cursor(&self, cursor: &nodes::DeclareCursorStmt) -> Result<(), Report> {
        let hold = i32::try_from(raw::CURSOR_OPT_HOLD).unwrap_or(0);
        if cursor.options & hold == 0 || (self.ground.lock_is_login && !self.row_model()) {
            return Ok(());
        }
        Err(command_refused("DECLARE … WITH HOLD", "Its rows would outlive the transaction.", "Read the cursor within one transaction."))
    }

    /// What a COPY reads is fenced by the rewrite.
    fn copy(&self, copy: &nodes::CopyStmt) -> Result<(), Report> {
        if copy.is_program || copy.filename().is_some() {
            return Err(command_refused("COPY with a file or program", "It runs on the server.", "Use COPY … FROM STDIN or TO STDOUT."));
        }
        if !copy.is_from {
            return Ok(());
        }
        self.changes(copy.relation())?;
        if self.row_model() {
            // As PostgreSQL says it of tables with row security.
            return Err(Report::new(SqlState::FEATURE_NOT_SUPPORTED, "COPY FROM not supported with row-level security")
                .with_hint("Use INSERT statements instead."));
        }
        Ok(())
    }

    fn alter_table(&self, alter: &nodes::AlterTableStmt) -> Result<(), Report> {
        use raw::AlterTableType as Kind;
        self.changes(alter.relation())?;
        let reaches_out = |command: Node<'_>| matches!(command, Node::AlterTableCmd(command) if matches!(command.subtype, Kind::AT_ChangeOwner | Kind::AT_SetTableSpace));
        // INHERIT and NO INHERIT name the parent in `def`.
        for command in alter.cmds() {
            if let Node::AlterTableCmd(command) = command
                && let Node::RangeVar(parent) = command.def()
            {
                self.changes(Some(parent))?;
            }
        }
        if alter.cmds().iter().any(reaches_out) { Err(object_refused()) } else { Ok(()) }
    }

    fn schema_of_own_database(&self, for_another: bool) -> Result<(), Report> {
        if self.in_database_model() && !for_another { Ok(()) } else { Err(object_refused()) }
    }

    fn own_schema(&self, schema: &str) -> Result<(), Report> {
        if is_own(schema, self.ground, &self.whose) { Ok(()) } else { Err(object_refused()) }
    }

    /// A name that may not lead out of what can be used: a trigger's function.
    fn usable(&self, name: &NodeList) -> Result<(), Report> {
        self.qualified("function", name)
    }

    fn object_or_relation(&self, kind: raw::ObjectType::Type, relation: Option<&nodes::RangeVar>, object: Node<'_>) -> Result<(), Report> {
        match relation {
            Some(_) => self.changes(relation),
            None => self.object(kind, object),
        }
    }

    /// What `DROP`, `COMMENT`, `ALTER … RENAME` and their like name.
    fn object(&self, kind: raw::ObjectType::Type, object: Node<'_>) -> Result<(), Report> {
        use raw::ObjectType as Kind;
        match kind {
            Kind::OBJECT_TABLE | Kind::OBJECT_VIEW | Kind::OBJECT_MATVIEW | Kind::OBJECT_INDEX | Kind::OBJECT_SEQUENCE => {
                self.relation_name(object, 0)
            }
            // table.column, table.constraint and so on
            Kind::OBJECT_COLUMN | Kind::OBJECT_TABCONSTRAINT | Kind::OBJECT_TRIGGER | Kind::OBJECT_RULE | Kind::OBJECT_POLICY => {
                self.relation_name(object, 1)
            }
            Kind::OBJECT_TYPE | Kind::OBJECT_DOMAIN | Kind::OBJECT_ATTRIBUTE | Kind::OBJECT_DOMCONSTRAINT => self.type_object(object),
            Kind::OBJECT_FUNCTION | Kind::OBJECT_PROCEDURE | Kind::OBJECT_ROUTINE | Kind::OBJECT_AGGREGATE | Kind::OBJECT_OPERATOR => {
                match object {
                    Node::ObjectWithArgs(function) => self.own_name(function.objname().iter(), 1),
                    _ => Err(object_refused()),
                }
            }
            Kind::OBJECT_COLLATION | Kind::OBJECT_STATISTIC_EXT | Kind::OBJECT_TSDICTIONARY | Kind::OBJECT_TSCONFIGURATION => {
                match object {
                    Node::NodeList(name) => self.own_name(name.iter(), 1),
                    _ => Err(object_refused()),
                }
            }
            Kind::OBJECT_SCHEMA if self.in_database_model() => match object {
                Node::String(schema) => self.own_schema(schema.sval().unwrap_or_default()),
                _ => Err(object_refused()),
            },
            _ => Err(object_refused()),
        }
    }

    fn type_object(&self, object: Node<'_>) -> Result<(), Report> {
        match object {
            Node::TypeName(name) => self.own_name(name.names().iter().map(Node::from), 1),
            // A domain's constraint: the domain, then the name.
            Node::NodeList(list) => match list.first() {
                Some(Node::TypeName(name)) => self.own_name(name.names().iter().map(Node::from), 1),
                Some(Node::String(_)) => self.own_name(list.iter(), 1),
                _ => Err(object_refused()),
            },
            _ => Err(object_refused()),
        }
    }

    /// A relation's name as a list, with as many names of its parts behind it.
    fn relation_name(&self, object: Node<'_>, parts: usize) -> Result<(), Report> {
        let Node::NodeList(list) = object else { return Err(object_refused()) };
        let names: Option<Vec<&str>> = list.iter().map(Node::as_str).collect();
        let names = names.ok_or_else(object_refused)?;
        let length = names.len().checked_sub(parts).ok_or_else(object_refused)?;
        let relation = match names.get(..length).unwrap_or_default() {
            [name] => named(None, name, self.ground, &self.whose, Use::Write),
            [schema, name] | [_, schema, name] => named(Some(schema), name, self.ground, &self.whose, Use::Write),
            _ => return Err(object_refused()),
        };
        relation.map(|_| ())
    }

    /// A name whose schema, if it has one, must be the tenant's own.
    fn own_name<'n>(&self, names: impl Iterator<Item = Node<'n>>, own: usize) -> Result<(), Report> {
        let names: Option<Vec<&str>> = names.map(Node::as_str).collect();
        let names = names.ok_or_else(object_refused)?;
        match names.len().checked_sub(own) {
            Some(0) => Ok(()),
            Some(1 | 2) => self.own_schema(names.get(names.len() - own - 1).copied().unwrap_or_default()),
            _ => Err(object_refused()),
        }
    }

    /// `EXPLAIN`: estimates of shared tables are numbers about all tenants' rows, so that costs are switched off.
    fn explain(&mut self, explain: &nodes::ExplainStmt, statement: &nodes::RawStmt) -> Result<(), Report> {
        if !self.row_model() {
            return Ok(());
        }
        for option in explain.options() {
            let off = matches!(option.arg(), Node::String(word) if matches!(word.sval(), Some("off" | "false")));
            let harmless = ["verbose", "costs", "settings", "format", "summary", "memory", "generic_plan"];
            if !off && !option.defname().is_some_and(|name| harmless.contains(&name)) {
                return Err(command_refused(
                    "EXPLAIN with these options",
                    "They count rows and pages of all tenants.",
                    "Use EXPLAIN without ANALYZE and BUFFERS.",
                ));
            }
        }
        let start = usize::try_from(statement.stmt_location).unwrap_or(0);
        switch_costs_off(self.text, start, self.edits).ok_or_else(object_refused)
    }
}

/// Adds `COSTS OFF` to the options of the EXPLAIN that begins behind `start`. Of an option that is given twice, the last one counts.
fn switch_costs_off(text: &str, start: usize, edits: &mut Vec<Edit>) -> Option<()> {
    let bytes = text.as_bytes().get(start..)?;
    let mut insert = |at: usize, text: &'static str| edits.push(Edit { at: start + at, remove: 0, text: text.into() });
    let mut tokens = Lexer::new(bytes);
    let keyword: Token = tokens.find(|token| token.is_word(bytes, "explain"))?;
    let next = tokens.next()?;
    if next.is_word(bytes, "verbose") {
        insert(next.start, "(COSTS OFF, ");
        insert(next.end, ")");
        return Some(());
    }
    let options = next.is_symbol(b'(')
        && Lexer::new(bytes.get(next.end..)?).next().is_some_and(|token| !starts_query(token, bytes.get(next.end..).unwrap_or_default()));
    if !options {
        insert(keyword.end, " (COSTS OFF)");
        return Some(());
    }
    let end = tokens.find(|token| token.is_symbol(b')'))?;
    insert(end.start, ", COSTS OFF");
    Some(())
}

/// Whether `(` before this token opens a query, not options.
fn starts_query(token: Token, bytes: &[u8]) -> bool {
    token.is_symbol(b'(') || ["select", "values", "with", "table"].iter().any(|word| token.is_word(bytes, word))
}

fn check_transaction(transaction: &nodes::TransactionStmt) -> Result<(), Report> {
    use raw::TransactionStmtKind as Kind;
    match transaction.kind {
        Kind::TRANS_STMT_PREPARE | Kind::TRANS_STMT_COMMIT_PREPARED | Kind::TRANS_STMT_ROLLBACK_PREPARED => Err(command_refused(
            "two-phase transactions",
            "They outlive the session, and their names are the same for all tenants.",
            "Use COMMIT.",
        )),
        _ => Ok(()),
    }
}

fn is_definition(node: Node<'_>) -> bool {
    matches!(
        node,
        Node::AlterDomainStmt(_)
            | Node::AlterEnumStmt(_)
            | Node::AlterFunctionStmt(_)
            | Node::AlterObjectSchemaStmt(_)
            | Node::AlterPolicyStmt(_)
            | Node::AlterSeqStmt(_)
            | Node::AlterTSConfigurationStmt(_)
            | Node::AlterTSDictionaryStmt(_)
            | Node::AlterTableStmt(_)
            | Node::AlterTypeStmt(_)
            | Node::CommentStmt(_)
            | Node::CompositeTypeStmt(_)
            | Node::CreateDomainStmt(_)
            | Node::CreateEnumStmt(_)
            | Node::CreateFunctionStmt(_)
            | Node::CreatePolicyStmt(_)
            | Node::CreateRangeStmt(_)
            | Node::CreateSchemaStmt(_)
            | Node::CreateSeqStmt(_)
            | Node::CreateStmt(_)
            | Node::CreateTableAsStmt(_)
            | Node::CreateTrigStmt(_)
            | Node::DefineStmt(_)
            | Node::DoStmt(_)
            | Node::DropStmt(_)
            | Node::IndexStmt(_)
            | Node::RenameStmt(_)
            | Node::RuleStmt(_)
            | Node::ViewStmt(_)
    )
}

fn command_refused(command: &'static str, why: &'static str, instead: &'static str) -> Report {
    Report::new(SqlState::INSUFFICIENT_PRIVILEGE, format!("permission denied for {command}")).with_detail(why).with_hint(instead)
}

fn object_refused() -> Report {
    Report::new(SqlState::INSUFFICIENT_PRIVILEGE, "permission denied for this object")
        .with_detail("It isn't the tenant's own, or the command reaches beyond it.")
        .with_hint("Name objects of your own schema, or leave the schema's name out.")
}
