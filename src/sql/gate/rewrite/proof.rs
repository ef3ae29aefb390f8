//! Whether a statement keeps to its tenant: from its tree alone, knowing nothing of how it came about.

use pg_raw_parse::{ConstValue, Node, list::NodeList, nodes, raw};

use super::{
    Key, Spans,
    scope::{ScopeId, Scopes},
    verify::located,
    watch::{Watch, Watched, names, rows_of, written},
};
use crate::{
    catalog::Relation,
    sql::gate::{
        Ground, Isolation, Whose,
        children::children,
        relations::{Standing, Use, standing},
        system::may_stay,
    },
};

type Proved = Result<(), &'static str>;

const UNFENCED: &str = "a table isn't fenced";
const UNCHECKED: &str = "a written tenant column isn't checked";

/// What a table in FROM needs.
enum Need<'g> {
    Nothing,
    /// The tenant's key.
    Key(&'g Relation),
    /// A condition of ours.
    Condition,
}

/// A proof in progress.
pub(super) struct Proof<'t, 'g> {
    ground: &'g Ground,
    whose: &'g Whose<'g>,
    key: Key<'g>,
    spans: &'g Spans,
    scopes: Scopes<'t>,
    /// What is left to be looked at, its scope, and whether it is a command's own part.
    tasks: Vec<(Node<'t>, Option<ScopeId>, bool)>,
    buffer: Vec<Node<'t>>,
    /// The whole statement.
    whole: Node<'t>,
}

impl<'t, 'g> Proof<'t, 'g> {
    pub(super) fn new(ground: &'g Ground, whose: &'g Whose<'g>, key: Key<'g>, spans: &'g Spans) -> Self {
        Proof { ground, whose, key, spans, scopes: Scopes::default(), tasks: Vec::new(), buffer: Vec::new(), whole: Node::None }
    }

    /// # Errors
    /// What is wrong with the statement.
    pub(super) fn statement(&mut self, statement: Node<'t>) -> Proved {
        self.whole = statement;
        self.tasks.push((statement, Scopes::NONE, true));
        while let Some((node, scope, command)) = self.tasks.pop() {
            match node {
                Node::SelectStmt(select) => self.select(select, scope)?,
                Node::InsertStmt(insert) => self.insert(insert, scope)?,
                Node::UpdateStmt(update) => self.update(update, scope)?,
                Node::DeleteStmt(delete) => self.delete(delete, scope)?,
                Node::MergeStmt(merge) => self.merge(merge, scope)?,
                Node::CopyStmt(copy) => self.copy(copy)?,
                Node::JoinExpr(join) => self.join(join, scope)?,
                Node::RangeVar(_) | Node::RangeTableSample(_) if !command => return Err(UNFENCED),
                Node::LockingClause(_) | Node::IntoClause(_) if !command => {}
                // All columns of `(a, b) = …` have the same source.
                Node::MultiAssignRef(part) if part.colno != 1 => {}
                _ => {
                    self.buffer.clear();
                    children(node, &mut self.buffer).map_err(|_| "it has a part that isn't known")?;
                    self.tasks.extend(self.buffer.drain(..).map(|node| (node, scope, command)));
                }
            }
        }
        Ok(())
    }

    fn push(&mut self, node: Node<'t>, scope: Option<ScopeId>) {
        self.tasks.push((node, scope, false));
    }

    fn push_all(&mut self, nodes: impl IntoIterator<Item = impl Into<Node<'t>>>, scope: Option<ScopeId>) {
        self.tasks.extend(nodes.into_iter().map(|node| (node.into(), scope, false)));
    }

    fn with(&mut self, with: Option<&'t nodes::WithClause>, outer: Option<ScopeId>) -> Option<ScopeId> {
        let Some(with) = with else { return outer };
        let queries = || with.ctes().iter();
        let all = queries().fold(outer, |scope, query| self.scopes.with(scope, query));
        let mut scope = outer;
        for query in queries() {
            self.push(query.into(), if with.recursive { all } else { scope });
            if !with.recursive {
                scope = self.scopes.with(scope, query);
            }
        }
        all
    }

    fn column(&self) -> Option<&'g str> {
        match &self.ground.isolation {
            Isolation::Row { column } => Some(column),
            Isolation::Schema | Isolation::Database => None,
        }
    }

    pub(super) fn is_ours(&self, node: Node<'_>) -> bool {
        let place = located(node).and_then(|place| usize::try_from(place).ok());
        place.is_some_and(|place| self.spans.to_client(place).is_none())
    }

    fn need(&self, relation: &'t nodes::RangeVar, scope: Option<ScopeId>) -> Result<Need<'g>, &'static str> {
        if self.scopes.shadows(scope, relation) {
            return Ok(Need::Nothing);
        }
        let ours = self.is_ours(Node::RangeVar(relation));
        match standing(relation, self.ground, self.whose, Use::Read).map_err(|_| "it reads what may not be read")? {
            Standing::Plain => Ok(Need::Nothing),
            Standing::Tenant(table) => Ok(Need::Key(table)),
            Standing::Fenced(_) | Standing::Inlined { .. } if ours => Ok(Need::Nothing),
            Standing::Fenced(_) => Ok(Need::Condition),
            Standing::Inlined { stay: Some(_), .. } if may_stay(relation, self.whole) => Ok(Need::Condition),
            Standing::Inlined { .. } | Standing::View(_) => Err("a view stands for itself"),
        }
    }

    /// Holds the tables of a FROM list against the conditions of its WHERE; puts off the rest.
    fn tables(&mut self, items: &'t NodeList, condition: Node<'t>, scope: Option<ScopeId>) -> Proved {
        for item in items.iter() {
            match self.table(item, scope) {
                Some(relation) => self.fenced(relation, condition, scope)?,
                None => self.push(item, scope),
            }
        }
        Ok(())
    }

    /// The table that an item of FROM is.
    fn table(&mut self, item: Node<'t>, scope: Option<ScopeId>) -> Option<&'t nodes::RangeVar> {
        match item {
            Node::RangeVar(relation) => Some(relation),
            Node::RangeTableSample(sample) => {
                let Node::RangeVar(relation) = sample.relation() else { return None };
                self.push_all(sample.args().iter(), scope);
                self.push(sample.repeatable(), scope);
                Some(relation)
            }
            _ => None,
        }
    }

    fn fenced(&self, relation: &'t nodes::RangeVar, condition: Node<'t>, scope: Option<ScopeId>) -> Proved {
        let met = match self.need(relation, scope)? {
            Need::Nothing => true,
            Need::Key(table) => self.has_key(condition, relation, table),
            Need::Condition => conjuncts(condition).any(|part| self.is_ours(part)),
        };
        if met { Ok(()) } else { Err(UNFENCED) }
    }

    /// Whether a condition can only hold for rows of that table with the tenant's key.
    pub(super) fn has_key(&self, condition: Node<'t>, relation: &nodes::RangeVar, table: &Relation) -> bool {
        conjuncts(condition).any(|part| match part {
            Node::A_Expr(equal) => {
                is_equality(equal) && self.is_key(equal.rexpr()) && self.is_tenant_column(equal.lexpr(), relation, table)
            }
            _ => false,
        })
    }

    fn is_tenant_column(&self, node: Node<'t>, relation: &nodes::RangeVar, table: &Relation) -> bool {
        let Some((place, _)) = self.column().and_then(|column| table.column(column)) else { return false };
        let Node::ColumnRef(reference) = node else { return false };
        let renamed = relation.alias().and_then(|alias| alias.colnames().get(place)?.as_str());
        let column = renamed.or(self.column());
        let called = relation.alias().map_or(relation.relname(), nodes::Alias::aliasname);
        let mut fields = reference.fields().iter().rev();
        let is = |field: Option<Node<'_>>, name: Option<&str>| field.is_some_and(|field| field.as_str() == name && name.is_some());
        if !(is(fields.next(), column) && is(fields.next(), called)) {
            return false;
        }
        match fields.next() {
            None => true,
            schema => relation.alias().is_none() && is(schema, Some(&table.schema)) && fields.next().is_none(),
        }
    }

    fn is_key(&self, node: Node<'_>) -> bool {
        let value = match node {
            Node::TypeCast(cast) => cast.arg(),
            value => value,
        };
        match (value, self.key) {
            (Node::A_Const(constant), Key::Literal(key)) => matches!(constant.val(), Some(ConstValue::String(text)) if text == key),
            (Node::ParamRef(parameter), Key::Parameter(number)) => parameter.number == i32::from(number),
            _ => false,
        }
    }

    /// Whether a value is the key, or fails.
    fn is_checked(&self, value: Node<'t>) -> bool {
        let Node::CaseExpr(case) = value else { return self.is_key(value) };
        let mut cases = case.args().iter();
        let (Some(Node::CaseWhen(when)), None) = (cases.next(), cases.next()) else { return false };
        let compares = matches!(when.expr(), Node::A_Expr(equal) if is_equality(equal) && self.is_key(equal.rexpr()));
        matches!(case.arg(), Node::None) && compares && self.is_key(when.result()) && self.is_ours(case.defresult())
    }

    fn select(&mut self, select: &'t nodes::SelectStmt, outer: Option<ScopeId>) -> Proved {
        let scope = self.with(select.with_clause(), outer);
        self.tables(select.from_clause(), select.where_clause(), scope)?;
        self.push_all(select.target_list().iter(), scope);
        self.push_all(select.sort_clause().iter(), scope);
        for list in [select.distinct_clause(), select.group_clause(), select.window_clause(), select.values_lists()] {
            self.push_all(list.iter(), scope);
        }
        for part in [select.where_clause(), select.having_clause(), select.limit_offset(), select.limit_count()] {
            self.push(part, scope);
        }
        self.push_all(select.larg(), scope);
        self.push_all(select.rarg(), scope);
        Ok(())
    }

    fn join(&mut self, join: &'t nodes::JoinExpr, scope: Option<ScopeId>) -> Proved {
        // The condition of an inner join holds for all rows that come out of it.
        let inner = join.jointype == raw::JoinType::JOIN_INNER && !join.is_natural && join.using_clause().is_empty();
        let condition = if inner { join.quals() } else { Node::None };
        for side in [join.larg(), join.rarg()] {
            match self.table(side, scope) {
                Some(relation) => self.fenced(relation, condition, scope)?,
                None => self.push(side, scope),
            }
        }
        self.push(join.quals(), scope);
        Ok(())
    }

    fn written(&self, relation: Option<&'t nodes::RangeVar>) -> Result<Option<(&'t nodes::RangeVar, &'g Relation)>, &'static str> {
        let relation = relation.ok_or("it writes nothing")?;
        match standing(relation, self.ground, self.whose, Use::Write).map_err(|_| "it writes what may not be written")? {
            Standing::Plain => Ok(None),
            Standing::Tenant(table) => Ok(Some((relation, table))),
            _ => Err("it writes what isn't a table"),
        }
    }

    fn target(&self, relation: Option<&'t nodes::RangeVar>, condition: Node<'t>) -> Proved {
        match self.written(relation)? {
            Some((relation, table)) if !matches!(condition, Node::CurrentOfExpr(_)) && !self.has_key(condition, relation, table) => {
                Err(UNFENCED)
            }
            _ => Ok(()),
        }
    }

    fn assignments(&self, targets: impl Iterator<Item = Node<'t>>, table: &'g Relation) -> Proved {
        let watch = Watch::of(self.ground, table);
        for target in targets {
            let Node::ResTarget(target) = target else { return Err(UNCHECKED) };
            if target.name() == self.column() {
                self.assigned(target, &|value| self.is_checked(value))?;
            } else if let Some(watched) = watch.as_ref().and_then(|watch| watch.column(target.name()?, None)) {
                self.assigned(target, &|value| self.keeps(value, &watched))?;
            }
        }
        Ok(())
    }

    /// Whether what is assigned to a column is accepted.
    fn assigned(&self, target: &'t nodes::ResTarget, accepts: &dyn Fn(Node<'t>) -> bool) -> Proved {
        let value = match target.val() {
            Node::MultiAssignRef(part) => match part.source() {
                Node::RowExpr(row) => {
                    let place = usize::try_from(part.colno).ok().and_then(|number| number.checked_sub(1));
                    place.and_then(|place| row.args().get(place)).ok_or(UNCHECKED)?
                }
                Node::SubLink(link) => {
                    let count = usize::try_from(part.ncolumns).ok();
                    let place = usize::try_from(part.colno).ok().and_then(|number| number.checked_sub(1)).ok_or(UNCHECKED)?;
                    let Node::SelectStmt(query) = link.subselect() else { return Err(UNCHECKED) };
                    return self.source(query, count, place, accepts);
                }
                _ => return Err(UNCHECKED),
            },
            value => value,
        };
        if target.indirection().is_empty() && accepts(value) { Ok(()) } else { Err(UNCHECKED) }
    }

    fn update(&mut self, update: &'t nodes::UpdateStmt, outer: Option<ScopeId>) -> Proved {
        let scope = self.with(update.with_clause(), outer);
        self.target(update.relation(), update.where_clause())?;
        if let Some((_, table)) = self.written(update.relation())? {
            self.assignments(update.target_list().iter().map(Node::from), table)?;
        }
        self.tables(update.from_clause(), update.where_clause(), scope)?;
        self.push_all(update.target_list().iter(), scope);
        self.push(update.where_clause(), scope);
        self.push_all(update.returning_clause(), scope);
        Ok(())
    }

    fn delete(&mut self, delete: &'t nodes::DeleteStmt, outer: Option<ScopeId>) -> Proved {
        let scope = self.with(delete.with_clause(), outer);
        self.target(delete.relation(), delete.where_clause())?;
        self.tables(delete.using_clause(), delete.where_clause(), scope)?;
        self.push(delete.where_clause(), scope);
        self.push_all(delete.returning_clause(), scope);
        Ok(())
    }

    fn insert(&mut self, insert: &'t nodes::InsertStmt, outer: Option<ScopeId>) -> Proved {
        let scope = self.with(insert.with_clause(), outer);
        if let Some((relation, table)) = self.written(insert.relation())? {
            let Node::SelectStmt(source) = insert.select_stmt() else { return Err(UNCHECKED) };
            let place = self.place(insert.cols(), table)?;
            let columns = Some(insert.cols().len()).filter(|count| *count > 0);
            self.source(source, columns, place, &|value| self.is_checked(value))?;
            for (place, watched) in self.watched(insert.cols(), table, insert.override_, &rows_of(insert.select_stmt()))? {
                self.source(source, columns, place, &|value| self.keeps(value, &watched))?;
            }
            if let Some(conflict) = insert.on_conflict_clause().filter(|clause| clause.action == raw::OnConflictAction::ONCONFLICT_UPDATE) {
                self.assignments(conflict.target_list().iter().map(Node::from), table)?;
                if !self.has_key(conflict.where_clause(), relation, table) {
                    return Err(UNFENCED);
                }
            }
        }
        self.push(insert.select_stmt(), scope);
        self.push_all(insert.on_conflict_clause(), scope);
        self.push_all(insert.returning_clause(), scope);
        Ok(())
    }

    /// The place of the tenant column in a list of columns, or in the table if there is no list.
    fn place(&self, columns: &'t NodeList, table: &Relation) -> Result<usize, &'static str> {
        if columns.is_empty() {
            return self.column().and_then(|column| table.column(column)).map(|(place, _)| place).ok_or(UNCHECKED);
        }
        let named = |node: &(usize, Node<'_>)| matches!(node.1, Node::ResTarget(target) if target.name() == self.column());
        let mut places = columns.iter().enumerate().filter(named);
        match (places.next(), places.next()) {
            (Some((place, Node::ResTarget(target))), None) if target.indirection().is_empty() => Ok(place),
            _ => Err(UNCHECKED),
        }
    }

    /// The columns of a list that are watched, and their places.
    fn watched(
        &self,
        columns: &'t NodeList,
        table: &'g Relation,
        overriding: raw::OverridingKind::Type,
        rows: &[&NodeList],
    ) -> Result<Vec<(usize, Watched<'g>)>, &'static str> {
        let Some(watch) = Watch::of(self.ground, table) else { return Ok(Vec::new()) };
        let written = written(names(columns), rows);
        let watch = watch.of_new_rows(&written);
        if watch.left(&written).is_some() {
            return Err(UNCHECKED);
        }
        let mut watched = Vec::new();
        for (place, node) in columns.iter().enumerate() {
            let Node::ResTarget(target) = node else { return Err(UNCHECKED) };
            if let Some(column) = target.name().and_then(|name| watch.column(name, Some(overriding))) {
                if !target.indirection().is_empty() {
                    return Err(UNCHECKED);
                }
                watched.push((place, column));
            }
        }
        if columns.is_empty() { Err(UNCHECKED) } else { Ok(watched) }
    }

    /// Whether the value at a place is checked. Behind a star it can be told only if it is the last one: the server refuses a list of columns
    /// (so many, if there is one) that is longer or shorter than the list of values.
    fn source(&self, source: &'t nodes::SelectStmt, columns: Option<usize>, place: usize, accepts: &dyn Fn(Node<'t>) -> bool) -> Proved {
        let is_checked = |values: Vec<Node<'t>>| {
            let starred = |count: usize| values.iter().take(count).any(|value| is_star(*value));
            if columns.is_some_and(|columns| columns != values.len()) && !starred(values.len()) {
                return true;
            }
            let value = if starred(place + 1) { values.last().filter(|_| columns == Some(place + 1)) } else { values.get(place) };
            value.is_some_and(|value| accepts(*value))
        };
        let checked = if source.op != raw::SetOperation::SETOP_NONE {
            false
        } else if source.values_lists().is_empty() {
            is_checked(source.target_list().iter().map(nodes::ResTarget::val).collect())
        } else {
            source.values_lists().iter().all(|row| matches!(row, Node::NodeList(row) if is_checked(row.iter().collect())))
        };
        if checked { Ok(()) } else { Err(UNCHECKED) }
    }

    fn merge(&mut self, merge: &'t nodes::MergeStmt, outer: Option<ScopeId>) -> Proved {
        let scope = self.with(merge.with_clause(), outer);
        let written = self.written(merge.relation())?;
        if let Some((relation, table)) = written {
            if !self.has_key(merge.join_condition(), relation, table) {
                return Err(UNFENCED);
            }
            for clause in merge.merge_when_clauses().iter() {
                self.merge_clause(clause, relation, table)?;
            }
        }
        match self.table(merge.source_relation(), scope) {
            Some(source) => self.fenced(source, Node::None, scope)?,
            None => self.push(merge.source_relation(), scope),
        }
        self.push(merge.join_condition(), scope);
        self.push_all(merge.merge_when_clauses().iter(), scope);
        self.push_all(merge.returning_clause(), scope);
        Ok(())
    }

    fn merge_clause(&self, clause: &'t nodes::MergeWhenClause, relation: &nodes::RangeVar, table: &'g Relation) -> Proved {
        let by_source = clause.match_kind == raw::MergeMatchKind::MERGE_WHEN_NOT_MATCHED_BY_SOURCE;
        if by_source && !self.has_key(clause.condition(), relation, table) {
            return Err(UNFENCED);
        }
        match clause.command_type {
            raw::CmdType::CMD_UPDATE => self.assignments(clause.target_list().iter(), table),
            raw::CmdType::CMD_INSERT => {
                let place = self.place(clause.target_list(), table)?;
                for (place, watched) in self.watched(clause.target_list(), table, clause.override_, &[clause.values()])? {
                    let starred = clause.values().iter().take(place).any(is_star);
                    if starred || !clause.values().get(place).is_none_or(|value| self.keeps(value, &watched)) {
                        return Err(UNCHECKED);
                    }
                }
                match clause.values().get(place) {
                    Some(value) if self.is_checked(value) && !clause.values().iter().take(place).any(is_star) => Ok(()),
                    _ => Err(UNCHECKED),
                }
            }
            _ => Ok(()),
        }
    }

    fn copy(&mut self, copy: &'t nodes::CopyStmt) -> Proved {
        self.tasks.push((copy.query(), Scopes::NONE, true));
        let Some(relation) = copy.relation().filter(|_| !copy.is_from) else { return Ok(()) };
        match self.need(relation, Scopes::NONE)? {
            Need::Nothing => Ok(()),
            Need::Key(_) | Need::Condition => Err(UNFENCED),
        }
    }
}

pub(super) fn conjuncts(condition: Node<'_>) -> impl Iterator<Item = Node<'_>> {
    let (list, single) = match condition {
        Node::BoolExpr(all) if all.boolop == raw::BoolExprType::AND_EXPR => (Some(all.args().iter()), None),
        single => (None, Some(single)),
    };
    list.into_iter().flatten().chain(single)
}

pub(super) fn is_equality(expression: &nodes::A_Expr) -> bool {
    expression.kind == raw::A_Expr_Kind::AEXPR_OP
        && expression.name().len() == 1
        && expression.name().get(0).and_then(Node::as_str) == Some("=")
}

fn is_star(value: Node<'_>) -> bool {
    let fields = match value {
        Node::ColumnRef(column) => column.fields(),
        Node::A_Indirection(part) => part.indirection(),
        _ => return false,
    };
    fields.iter().any(|field| matches!(field, Node::A_Star(_)))
}
