//! The way through a statement: every part of it, with the scope that it stands in.
//!
//! No recursion: a list of what is still to be visited, so that the depth of a tree costs memory only.

use memchr::memmem;
use pg_raw_parse::{Node, list::NodeList, nodes, raw};

use super::{
    Edit, Template,
    failing::may_fail,
    fence::{Condition, Fence, KeyType, called, column_here},
    lost,
    places::{AFTER_WHERE, Budget, ReferencePlace, ReferenceShape, Tokens, last_word_before, reference},
    quote_name,
    scope::{ScopeId, Scopes},
};
use crate::{
    catalog::Relation,
    error::{Report, SqlState},
    sql::{
        gate::{
            Ground, Isolation, Tenancy, Whose,
            children::children,
            relations::{Standing, Use, standing},
            system::may_stay,
        },
        lexer::{Lexer, TokenKind},
    },
};

/// More tables of tenants in one FROM list aren't fenced: each is looked for among the conditions of all. No server plans such a join.
const MAX_TABLES: usize = 1_000;

/// Views of views of views: deeper than this they aren't followed.
const MAX_VIEW_DEPTH: u32 = 32;

/// What a part of a statement is, as far as it matters here.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Zone {
    /// A part of a command that is no query. Relations in it are the policy's to judge.
    Command,
    /// What the statement gives out or writes: computed for rows that have passed all conditions.
    Output,
    /// Everything else: it may become a condition.
    Condition,
}

/// Something to be visited.
#[derive(Clone, Copy)]
struct Task<'t> {
    node: Node<'t>,
    scope: Option<ScopeId>,
    zone: Zone,
}

/// A rewrite in progress.
pub(super) struct Walk<'t, 'g> {
    pub(super) text: &'t str,
    /// Where the statement begins in the text.
    pub(super) from: usize,
    pub(super) ground: &'g Ground,
    whose: &'g Whose<'g>,
    pub(super) tenancy: Tenancy,
    scopes: Scopes<'t>,
    tasks: Vec<Task<'t>>,
    buffer: Vec<Node<'t>>,
    pub(super) fences: Vec<Fence>,
    /// Edits that come before those at the same place in `late`.
    pub(super) edits: Vec<Edit>,
    late: Vec<Fence>,
    /// Edits that come behind all others at the same place.
    pub(super) outer: Vec<Edit>,
    /// Some condition may fail.
    may_fail: bool,
    joins: u32,
    /// The statement's own text: a name of ours must not meet one of it.
    own: &'t str,
    /// What the names of joins begin with, once there is one.
    prefix: String,
    budget: Budget,
    view_depth: u32,
    /// The whole statement.
    whole: Node<'t>,
}

impl<'t, 'g> Walk<'t, 'g> {
    pub(super) fn new(statement: &nodes::RawStmt, text: &'t str, ground: &'g Ground, whose: &'g Whose<'g>, tenancy: Tenancy) -> Self {
        let from = usize::try_from(statement.stmt_location).unwrap_or(0);
        let length = usize::try_from(statement.stmt_len).unwrap_or(0);
        let rest = text.get(from..).unwrap_or_default();
        let own = if length > 0 { rest.get(..length).unwrap_or(rest) } else { rest };
        Walk {
            text,
            from,
            ground,
            whose,
            tenancy,
            scopes: Scopes::default(),
            tasks: Vec::new(),
            buffer: Vec::new(),
            fences: Vec::new(),
            edits: Vec::new(),
            late: Vec::new(),
            outer: Vec::new(),
            may_fail: false,
            joins: 0,
            own,
            prefix: String::new(),
            budget: Budget::new(),
            view_depth: 0,
            whole: Node::None,
        }
    }

    /// Visits a statement.
    pub(super) fn run(&mut self, statement: Node<'t>) -> Result<(), Report> {
        self.whole = statement;
        self.push(statement, Scopes::NONE, Zone::Command);
        while let Some(task) = self.tasks.pop() {
            let visited = self.visit(task);
            if self.budget.is_spent() {
                return Err(Report::new(SqlState::STATEMENT_TOO_COMPLEX, "the statement is nested too deeply"));
            }
            visited?;
        }
        Ok(())
    }

    /// Hands over what has to be edited.
    pub(super) fn finish(self, edits: &mut Vec<Edit>) {
        edits.extend(self.fences.iter().map(|fence| fence.edit(self.may_fail)));
        edits.extend(self.edits);
        edits.extend(self.late.iter().map(|fence| fence.edit(self.may_fail)));
        edits.extend(self.outer);
    }

    /// The tenant column, in the row model.
    pub(super) fn column(&self) -> Option<&'g str> {
        match &self.ground.isolation {
            Isolation::Row { column } => Some(column),
            Isolation::Schema | Isolation::Database => None,
        }
    }

    pub(super) fn key_type(&self, relation: &Relation) -> Result<KeyType, Report> {
        let column = self.column().ok_or_else(|| lost("a tenant table outside of the row model"))?;
        KeyType::of(relation, column, self.tenancy).ok_or_else(|| lost("a tenant table without the tenant column"))
    }

    pub(super) fn scopes(&self) -> &Scopes<'t> {
        &self.scopes
    }

    /// A relation that the catalog knows by the name of a reference.
    pub(super) fn known(&self, relation: &nodes::RangeVar) -> Option<&'g Relation> {
        let found = self.ground.catalog.relation(relation.schemaname(), relation.relname()?, &["public"])?;
        Some(found)
    }

    /// Takes from what may be spent on the statement; `None` where nothing is left then.
    pub(super) fn spend(&self, bytes: usize) -> Option<()> {
        self.budget.spend(bytes)
    }

    /// What a reference stands for.
    pub(super) fn standing(&self, relation: &nodes::RangeVar, used: Use) -> Result<Standing<'g>, Report> {
        standing(relation, self.ground, self.whose, used)
    }

    /// The text's tokens from a place on.
    pub(super) fn tokens(&self, at: usize) -> Tokens<'t> {
        Tokens::new(self.text, at, &self.budget)
    }

    /// A name that the text doesn't have.
    pub(super) fn fresh_name(&mut self) -> String {
        self.joins += 1;
        if self.prefix.is_empty() {
            // It must not meet one of the client's.
            self.prefix.push_str("pgt_");
            while self.own.contains(&self.prefix) && self.has_name_with(&self.prefix) && self.prefix.len() < 16 {
                self.prefix.push('_');
            }
        }
        format!("{}{}", self.prefix, self.joins)
    }

    /// Whether that stands elsewhere than in values and comments, which name nothing.
    fn has_name_with(&self, prefix: &str) -> bool {
        let bytes = self.own.as_bytes();
        let mut names = Lexer::new(bytes).filter(|token| token.kind != TokenKind::String);
        names.any(|token| memmem::find(token.bytes(bytes), prefix.as_bytes()).is_some())
    }

    pub(super) fn push(&mut self, node: Node<'t>, scope: Option<ScopeId>, zone: Zone) {
        if !matches!(node, Node::None) {
            self.tasks.push(Task { node, scope, zone });
        }
    }

    pub(super) fn push_all(&mut self, nodes: impl IntoIterator<Item = impl Into<Node<'t>>>, scope: Option<ScopeId>, zone: Zone) {
        for node in nodes {
            self.push(node.into(), scope, zone);
        }
    }

    fn visit(&mut self, task: Task<'t>) -> Result<(), Report> {
        let Task { node, scope, zone } = task;
        let inner = if zone == Zone::Command { Zone::Output } else { Zone::Condition };
        match node {
            Node::SelectStmt(select) => self.select(select, scope, inner),
            Node::InsertStmt(insert) => self.insert(insert, scope),
            Node::UpdateStmt(update) => self.update(update, scope, inner),
            Node::DeleteStmt(delete) => self.delete(delete, scope, inner),
            Node::MergeStmt(merge) => self.merge(merge, scope),
            Node::CopyStmt(copy) => self.copy(copy),
            Node::CommonTableExpr(query) => {
                self.push(query.ctequery(), scope, Zone::Condition);
                self.push_all(query.search_clause(), scope, Zone::Condition);
                self.push_all(query.cycle_clause(), scope, Zone::Condition);
                Ok(())
            }
            Node::JoinExpr(join) => self.join(join, scope),
            Node::RangeVar(_) | Node::RangeTableSample(_) if zone != Zone::Command => Err(lost("a table where none is expected")),
            // All columns of `(a, b) = …` have the same source.
            Node::MultiAssignRef(part) if part.colno != 1 => Ok(()),
            // Its names are those of references, not of tables.
            Node::LockingClause(_) | Node::IntoClause(_) if zone != Zone::Command => Ok(()),
            _ => self.descend(node, scope, zone),
        }
    }

    /// Visits what hangs below a node that has no scope of its own.
    fn descend(&mut self, node: Node<'t>, scope: Option<ScopeId>, zone: Zone) -> Result<(), Report> {
        if zone == Zone::Condition && !self.may_fail {
            self.may_fail = may_fail(node);
        }
        self.buffer.clear();
        children(node, &mut self.buffer).map_err(|unlisted| {
            Report::new(SqlState::INSUFFICIENT_PRIVILEGE, "the statement isn't allowed").with_detail(unlisted.to_string())
        })?;
        let zone = match (zone, node) {
            // A sub-query's results may become conditions.
            (Zone::Output, Node::SubLink(_)) => Zone::Condition,
            (zone, _) => zone,
        };
        self.tasks.extend(self.buffer.drain(..).map(|node| Task { node, scope, zone }));
        Ok(())
    }

    /// The scope that a WITH clause makes for its statement.
    pub(super) fn with(&mut self, with: Option<&'t nodes::WithClause>, outer: Option<ScopeId>) -> Option<ScopeId> {
        let Some(with) = with else { return outer };
        let mut scope = outer;
        if with.recursive {
            for query in with.ctes().iter() {
                scope = self.scopes.with(scope, query);
            }
            self.push_all(with.ctes().iter(), scope, Zone::Condition);
        } else {
            for query in with.ctes().iter() {
                self.push(query.into(), scope, Zone::Condition);
                scope = self.scopes.with(scope, query);
            }
        }
        scope
    }

    fn select(&mut self, select: &'t nodes::SelectStmt, outer: Option<ScopeId>, output: Zone) -> Result<(), Report> {
        let scope = self.with(select.with_clause(), outer);
        if is_table_command(select) {
            self.table_command(select)?;
        }
        let anchor = self.tables(select.from_clause(), scope, true)?;
        if let Some((end, conditions)) = anchor {
            self.add_where(end, select.where_clause(), conditions)?;
        }
        self.push_all(select.target_list().iter(), scope, output);
        self.push_all(select.sort_clause().iter(), scope, output);
        for list in [select.distinct_clause(), select.group_clause(), select.window_clause(), select.values_lists()] {
            self.push_all(list.iter(), scope, output);
        }
        for condition in [select.where_clause(), select.having_clause(), select.limit_offset(), select.limit_count()] {
            self.push(condition, scope, Zone::Condition);
        }
        // The arms of a set operation give their rows to it; conditions may be pushed into them from without.
        self.push_all(select.larg(), scope, Zone::Condition);
        self.push_all(select.rarg(), scope, Zone::Condition);
        Ok(())
    }

    /// `TABLE name` takes no WHERE.
    fn table_command(&mut self, select: &'t nodes::SelectStmt) -> Result<(), Report> {
        let Some(Node::RangeVar(relation)) = select.from_clause().get(0) else { return Err(lost("a TABLE command without its table")) };
        let place = usize::try_from(relation.location).unwrap_or(0);
        let word = last_word_before(self.text, self.from, "table", place, &self.budget).ok_or_else(|| lost("the word TABLE"))?;
        self.edits.push(Edit::replace(word.start, word.end - word.start, "SELECT * FROM"));
        Ok(())
    }

    /// Visits the items of a FROM list. Tables among them are fenced by the statement's WHERE, where it can take conditions: its place is behind
    /// the last of them. Below joins, they are fenced where they stand; so they are beside LATERAL sub-selects, whose conditions come before those of
    /// the WHERE.
    pub(super) fn tables(
        &mut self,
        items: &'t NodeList,
        scope: Option<ScopeId>,
        may_use_where: bool,
    ) -> Result<Option<(usize, Vec<Condition>)>, Report> {
        let apart = items.len() > 1;
        let may_use_where = may_use_where && !(apart && items.iter().any(has_lateral));
        let mut last = None;
        let mut conditions = Vec::new();
        for item in items.iter() {
            if !may_use_where {
                self.beside(item, scope)?;
                continue;
            }
            let Some((relation, sample)) = table_of(item) else {
                self.push(item, scope, Zone::Condition);
                continue;
            };
            if let Some((place, condition)) = self.fenced(relation, sample, scope, apart)? {
                conditions.push(condition);
                last = Some(place.end);
            }
            if conditions.len() > MAX_TABLES {
                return Err(Report::new(SqlState::STATEMENT_TOO_COMPLEX, "too many tables in a FROM list"));
            }
        }
        Ok(last.map(|end| (end, conditions)))
    }

    fn join(&mut self, join: &'t nodes::JoinExpr, scope: Option<ScopeId>) -> Result<(), Report> {
        for side in [join.larg(), join.rarg()] {
            self.beside(side, scope)?;
        }
        self.push(join.quals(), scope, Zone::Condition);
        Ok(())
    }

    /// Visits what others are joined with: a table is fenced where it stands.
    pub(super) fn beside(&mut self, item: Node<'t>, scope: Option<ScopeId>) -> Result<(), Report> {
        match table_of(item) {
            Some((relation, sample)) => self.joined(relation, sample, scope),
            None => {
                self.push(item, scope, Zone::Condition);
                Ok(())
            }
        }
    }

    /// Fences a table by a join with nothing.
    fn joined(
        &mut self,
        relation: &'t nodes::RangeVar,
        sample: Option<&'t nodes::RangeTableSample>,
        scope: Option<ScopeId>,
    ) -> Result<(), Report> {
        let Some((place, condition)) = self.fenced(relation, sample, scope, false)? else { return Ok(()) };
        self.edits.push(Edit::insert(place.start, "("));
        let name = self.fresh_name();
        self.fences.push(Fence { at: place.end, before: format!(" JOIN (SELECT) {name} ON "), conditions: vec![condition], after: ")" });
        Ok(())
    }

    /// The condition that a table in FROM needs. Views are put in their place here.
    fn fenced(
        &mut self,
        relation: &'t nodes::RangeVar,
        sample: Option<&'t nodes::RangeTableSample>,
        scope: Option<ScopeId>,
        apart: bool,
    ) -> Result<Option<(ReferencePlace, Condition)>, Report> {
        if let Some(sample) = sample {
            self.push_all(sample.args().iter(), scope, Zone::Condition);
            self.push(sample.repeatable(), scope, Zone::Condition);
        }
        if self.scopes.shadows(scope, relation) {
            return Ok(None);
        }
        match self.standing(relation, Use::Read)? {
            Standing::Plain => Ok(None),
            Standing::Tenant(table) => {
                let place = self.place(relation, sample.is_some())?;
                Ok(Some((place, self.condition(relation, table, apart)?)))
            }
            Standing::Fenced(predicate) => {
                let place = self.place(relation, sample.is_some())?;
                Ok(Some((place, Condition::Other(predicate.replace("{a}", &called(relation, None, false))))))
            }
            // Without its name, columns that are written with their schema would be lost.
            Standing::Inlined { stay: Some(predicate), .. } if self.may_stay(relation) => {
                let place = self.place(relation, sample.is_some())?;
                Ok(Some((place, Condition::Other(predicate.replace("{a}", &called(relation, None, false))))))
            }
            Standing::Inlined { query, .. } => self.inline(relation, sample.is_some(), query.to_owned()).map(|()| None),
            Standing::View(view) => {
                let definition = self.definition(view)?;
                self.inline(relation, sample.is_some(), definition).map(|()| None)
            }
        }
    }

    /// Whether a catalog may stay as it is: each time, the whole statement is looked at.
    fn may_stay(&self, catalog: &nodes::RangeVar) -> bool {
        // So the proof does with the text to be sent, which is longer.
        self.spend(self.own.len().saturating_mul(8)).is_some() && may_stay(catalog, self.whole)
    }

    /// The condition that keeps a reference to a tenant's table to the tenant's rows.
    pub(super) fn condition(&self, reference: &nodes::RangeVar, table: &Relation, apart: bool) -> Result<Condition, Report> {
        let key = self.key_type(table)?;
        let column = self.column().and_then(|column| column_here(reference, table, column));
        let column = format!("{}.{}", called(reference, Some(table), apart), column.ok_or_else(|| lost("the tenant column"))?);
        let first = key.first(&column, self.ground.catalog.server_version());
        Ok(Condition::Tenant { column, key: key.key(), first })
    }

    /// Where a reference stands in the text.
    pub(super) fn place(&self, relation: &nodes::RangeVar, sample: bool) -> Result<ReferencePlace, Report> {
        let shape = ReferenceShape {
            location: usize::try_from(relation.location).map_err(|_| lost("a table's place"))?,
            from: self.from,
            only: !relation.inh,
            alias: relation.alias().is_some(),
            columns: relation.alias().is_some_and(|alias| !alias.colnames().is_empty()),
            sample,
        };
        reference(self.text, shape, &self.budget).ok_or_else(|| lost("a table's place"))
    }

    /// Puts a query in a table's place.
    fn inline(&mut self, relation: &nodes::RangeVar, sample: bool, query: String) -> Result<(), Report> {
        if sample {
            let message = "TABLESAMPLE clause can only be applied to tables and materialized views";
            return Err(Report::new(SqlState::SYNTAX_ERROR, message));
        }
        let place = self.place(relation, false)?;
        let name = match relation.alias() {
            Some(_) => String::new(),
            None => format!(" AS {}", quote_name(relation.relname().unwrap_or_default())),
        };
        self.may_fail = true;
        self.edits.push(Edit::replace(place.start, place.named - place.start, format!("({query}){name}")));
        Ok(())
    }

    /// A view's definition, fenced.
    fn definition(&self, view: &Relation) -> Result<String, Report> {
        let refused =
            |why| Report::new(SqlState::INSUFFICIENT_PRIVILEGE, format!("permission denied for view {}", view.name)).with_detail(why);
        if self.view_depth >= MAX_VIEW_DEPTH {
            return Err(refused("Views stand upon views too deeply."));
        }
        let text =
            view.view.as_ref().and_then(|view| view.definition.as_deref()).ok_or_else(|| refused("Its definition can't be read."))?;
        // It is parsed for each of its references.
        self.budget.spend(text.len().saturating_mul(16));
        let parsed = pg_raw_parse::parse(text).map_err(|_| refused("Its definition isn't understood."))?;
        let mut statements = parsed.iter();
        let (Some(statement), None) = (statements.next(), statements.next()) else {
            return Err(refused("Its definition isn't one query."));
        };
        let mut walk = Walk::new(statement, text, self.ground, self.whose, self.tenancy);
        walk.budget = self.budget.clone();
        walk.view_depth = self.view_depth + 1;
        walk.may_fail = true;
        // What stands in the definition has no place in the client's text.
        walk.run(statement.stmt()).map_err(|report| Report { position: None, ..report })?;
        let mut edits = Vec::new();
        walk.finish(&mut edits);
        let template = Template::new(text, edits).ok_or_else(|| lost("a view's definition"))?;
        Ok(template.text.into())
    }

    /// Adds conditions to a WHERE that stands, or would stand, behind `end`.
    pub(super) fn add_where(&mut self, end: usize, old: Node<'t>, conditions: Vec<Condition>) -> Result<(), Report> {
        let mut tokens = self.tokens(end);
        if matches!(old, Node::None) {
            let at = tokens.run_to(AFTER_WHERE, false).end;
            self.late.push(Fence { at, before: " WHERE ".to_owned(), conditions, after: "" });
            return Ok(());
        }
        tokens.run_to(&["where"], false);
        let word = tokens.take_word("where").ok_or_else(|| lost("the word WHERE"))?;
        self.and(word.end, old, &mut tokens, AFTER_WHERE, conditions);
        Ok(())
    }

    /// Puts conditions before one that begins behind `at`.
    pub(super) fn and(&mut self, at: usize, old: Node<'t>, tokens: &mut Tokens<'t>, until: &[&str], conditions: Vec<Condition>) {
        let or = matches!(old, Node::BoolExpr(expression) if expression.boolop == raw::BoolExprType::OR_EXPR);
        let after = if or { " AND (" } else { " AND" };
        self.fences.push(Fence { at, before: " ".to_owned(), conditions, after });
        if or {
            self.edits.push(Edit::insert(tokens.run_to(until, false).end, ")"));
        }
    }

    /// `COPY … TO`.
    fn copy(&mut self, copy: &'t nodes::CopyStmt) -> Result<(), Report> {
        let Some(relation) = copy.relation().filter(|_| !copy.is_from) else {
            self.push(copy.query(), Scopes::NONE, Zone::Command);
            return Ok(());
        };
        match self.standing(relation, Use::Read)? {
            Standing::Plain if self.column().is_none() => Ok(()),
            Standing::Tenant(table) => self.copy_table(copy, relation, table),
            Standing::Plain => Ok(()),
            _ => Err(Report::new(SqlState::INSUFFICIENT_PRIVILEGE, "only tables can be copied")
                .with_hint("Try the COPY (SELECT ...) TO variant.")),
        }
    }

    fn copy_table(&mut self, copy: &'t nodes::CopyStmt, relation: &'t nodes::RangeVar, table: &Relation) -> Result<(), Report> {
        if table.kind == crate::catalog::RelationKind::Partitioned {
            let message = format!("cannot copy from partitioned table \"{}\"", table.name);
            return Err(Report::new(SqlState::WRONG_OBJECT_TYPE, message).with_hint("Try the COPY (SELECT ...) TO variant."));
        }
        let place = self.place(relation, false)?;
        let mut tokens = self.tokens(place.end);
        let columns: Vec<String> = if copy.attlist().is_empty() {
            table.columns.iter().filter(|column| !column.generated).map(|column| quote_name(&column.name).into_owned()).collect()
        } else {
            tokens.take_group().ok_or_else(|| lost("the columns of a COPY"))?;
            copy.attlist().iter().filter_map(Node::as_str).map(|name| quote_name(name).into_owned()).collect()
        };
        let condition = self.condition(relation, table, false)?;
        let name = self.text.get(place.start..place.named).unwrap_or_default();
        // The table alone, as COPY reads it, without those that inherit from it.
        let before = format!("(SELECT {} FROM ONLY {name} WHERE ", columns.join(", "));
        let mut query = Fence { at: place.start, before, conditions: vec![condition], after: ")" }.edit(false);
        query.remove = tokens.end - place.start;
        self.edits.push(query);
        Ok(())
    }
}

/// The table that an item of FROM is, sampled or not.
fn table_of<'t>(item: Node<'t>) -> Option<(&'t nodes::RangeVar, Option<&'t nodes::RangeTableSample>)> {
    match item {
        Node::RangeVar(relation) => Some((relation, None)),
        Node::RangeTableSample(sample) => match sample.relation() {
            Node::RangeVar(relation) => Some((relation, Some(sample))),
            _ => None,
        },
        _ => None,
    }
}

/// Whether a SELECT was written as `TABLE name`: its star stands nowhere.
fn is_table_command(select: &nodes::SelectStmt) -> bool {
    select.target_list().iter().next().is_some_and(|target| target.location < 0)
}

/// Whether an item of a FROM list has a sub-select that may refer to those before it.
fn has_lateral(item: Node<'_>) -> bool {
    let mut pending = vec![item];
    while let Some(item) = pending.pop() {
        match item {
            Node::RangeSubselect(select) if select.lateral => return true,
            Node::JoinExpr(join) => pending.extend([join.larg(), join.rarg()]),
            _ => {}
        }
    }
    false
}
