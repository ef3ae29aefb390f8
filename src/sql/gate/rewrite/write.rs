//! UPDATE, DELETE and MERGE: which rows they may touch, and what they may put into columns that are watched.

use pg_raw_parse::{Node, nodes, raw};

use super::{
    Edit,
    checks::{Need, PLAIN_VALUE},
    fence::{Condition, Fence},
    insert::Width,
    lost,
    places::Tokens,
    scope::ScopeId,
    unchecked,
    walk::{Walk, Zone},
    watch::Watch,
};
use crate::{
    catalog::Relation,
    error::Report,
    sql::gate::relations::{Standing, Use},
};

impl<'t, 'g> Walk<'t, 'g> {
    /// The tenant table that a statement writes; `None` for one that is the tenant's own by other means.
    pub(super) fn written(&self, relation: Option<&nodes::RangeVar>) -> Result<Option<&'g Relation>, Report> {
        let relation = relation.ok_or_else(|| lost("the table to be written"))?;
        // The name of a WITH query can't be written: the server looks for a table of that name.
        match self.standing(relation, Use::Write)? {
            Standing::Plain => Ok(None),
            Standing::Tenant(table) => {
                let generated = self.column().and_then(|column| table.column(column)).is_some_and(|(_, column)| column.generated);
                if generated {
                    return Err(unchecked("It is a generated column.", "Write through a table whose tenant column is a plain one."));
                }
                Ok(Some(table))
            }
            _ => Err(lost("a write to what isn't a table")),
        }
    }

    pub(super) fn update(&mut self, update: &'t nodes::UpdateStmt, outer: Option<ScopeId>, output: Zone) -> Result<(), Report> {
        let scope = self.with(update.with_clause(), outer);
        let table = self.written(update.relation())?;
        if let (Some(table), Some(relation)) = (table, update.relation()) {
            let after_name = self.place(relation, false)?.end;
            self.assignments(update.target_list().iter(), table, after_name, &["from", "where", "returning"])?;
        }
        self.restrict(update.relation(), table, update.from_clause(), update.where_clause(), scope)?;
        self.push_all(update.target_list().iter(), scope, output);
        self.push(update.where_clause(), scope, Zone::Condition);
        self.push_all(update.returning_clause(), scope, output);
        Ok(())
    }

    pub(super) fn delete(&mut self, delete: &'t nodes::DeleteStmt, outer: Option<ScopeId>, output: Zone) -> Result<(), Report> {
        let scope = self.with(delete.with_clause(), outer);
        let table = self.written(delete.relation())?;
        self.restrict(delete.relation(), table, delete.using_clause(), delete.where_clause(), scope)?;
        self.push(delete.where_clause(), scope, Zone::Condition);
        self.push_all(delete.returning_clause(), scope, output);
        Ok(())
    }

    /// Adds to an UPDATE's or DELETE's WHERE what its target and the tables beside it need.
    fn restrict(
        &mut self,
        relation: Option<&'t nodes::RangeVar>,
        table: Option<&Relation>,
        others: &'t pg_raw_parse::list::NodeList,
        old: Node<'t>,
        scope: Option<ScopeId>,
    ) -> Result<(), Report> {
        // CURRENT OF takes no AND. Its cursor's query is fenced, so the row is the tenant's; the tables beside it are fenced where they stand.
        let by_cursor = matches!(old, Node::CurrentOfExpr(_));
        let (mut end, mut conditions) = self.tables(others, scope, !by_cursor)?.unwrap_or_default();
        if let (Some(table), Some(relation), false) = (table, relation, by_cursor) {
            conditions.insert(0, self.condition(relation, table, !others.is_empty())?);
            end = end.max(self.place(relation, false)?.end);
        }
        if conditions.is_empty() { Ok(()) } else { self.add_where(end, old, conditions) }
    }

    /// Checks what a SET clause assigns.
    pub(super) fn assignments(
        &mut self,
        targets: impl Iterator<Item = &'t nodes::ResTarget>,
        table: &'g Relation,
        behind: usize,
        until: &[&str],
    ) -> Result<(), Report> {
        let targets: Vec<_> = targets.collect();
        let watch = self.watch(table);
        let mut done = 0;
        while let Some(target) = targets.get(done) {
            let first = done;
            let place = || usize::try_from(target.location).ok().filter(|at| *at >= behind).ok_or_else(|| lost("an assignment"));
            if let Node::MultiAssignRef(part) = target.val() {
                done += usize::try_from(part.ncolumns).unwrap_or(1).max(1);
                let row = targets.get(first..done).ok_or_else(|| lost("a list of columns"))?;
                let need = self.assigned(row, watch.as_ref(), table)?;
                if !need.checks.is_empty() {
                    let tokens = self.tokens(place()?);
                    self.assigned_row(part, tokens, table, &need)?;
                }
                continue;
            }
            done += 1;
            let Some(check) = self.check_of(target, watch.as_ref(), None)? else { continue };
            let mut tokens = self.tokens(place()?);
            tokens.take_name();
            tokens.take_symbol(b'=').ok_or_else(|| lost("an assignment"))?;
            let start = tokens.peek().ok_or_else(|| lost("an assigned value"))?.start;
            let end = tokens.run_to(until, true).end;
            self.check(target.val(), start, end, table, &check)?;
        }
        Ok(())
    }

    /// What has to be done about the values of `(a, b) = …`.
    fn assigned(&self, row: &[&'t nodes::ResTarget], watch: Option<&Watch<'g>>, table: &'g Relation) -> Result<Need<'g>, Report> {
        let mut need = Need::default();
        for (place, target) in row.iter().enumerate() {
            if let Some(check) = self.check_of(target, watch, None)? {
                need.checks.push((place, check));
            }
            if watch.is_some() {
                need.columns.push(target.name().and_then(|name| table.column(name)).map(|(_, column)| column));
            }
        }
        Ok(need)
    }

    /// `(a, b) = …`, from within the first parentheses.
    fn assigned_row(
        &mut self,
        part: &'t nodes::MultiAssignRef,
        mut tokens: Tokens<'t>,
        table: &'g Relation,
        need: &Need<'g>,
    ) -> Result<(), Report> {
        tokens.run_to(&[], false);
        tokens.take_symbol(b')').ok_or_else(|| lost("a list of columns"))?;
        tokens.take_symbol(b'=').ok_or_else(|| lost("an assignment"))?;
        if let Node::SubLink(link) = part.source()
            && let Node::SelectStmt(query) = link.subselect()
        {
            tokens.take_symbol(b'(').ok_or_else(|| lost("an assigned query"))?;
            let width = usize::try_from(part.ncolumns).ok().map(Width::Wanted);
            return self.source(query, &mut tokens, table, (need, width));
        }
        let Node::RowExpr(row) = part.source() else {
            return Err(refused(need, "It is assigned from a row that is computed as a whole."));
        };
        need.refuse_stars(row.args(), PLAIN_VALUE)?;
        tokens.take_word("row");
        let open = tokens.take_symbol(b'(').ok_or_else(|| lost("an assigned row"))?.end;
        for (place, check) in &need.checks {
            let value = row.args().get(*place).ok_or_else(|| lost("a row's part"))?;
            let (start, end) = item(&mut self.tokens(open), *place).ok_or_else(|| lost("a row's part"))?;
            self.check(value, start, end, table, check)?;
        }
        Ok(())
    }

    pub(super) fn merge(&mut self, merge: &'t nodes::MergeStmt, outer: Option<ScopeId>) -> Result<(), Report> {
        let scope = self.with(merge.with_clause(), outer);
        let table = self.written(merge.relation())?;
        self.beside(merge.source_relation(), scope)?;
        if let (Some(table), Some(relation)) = (table, merge.relation()) {
            let condition = self.condition(relation, table, true)?;
            let mut tokens = self.tokens(self.place(relation, false)?.end);
            self.merge_condition(merge, &mut tokens, condition.clone())?;
            for clause in merge.merge_when_clauses().iter() {
                self.merge_clause(clause, &mut tokens, table, &condition)?;
            }
        }
        self.push(merge.join_condition(), scope, Zone::Condition);
        self.push_all(merge.merge_when_clauses().iter(), scope, Zone::Condition);
        self.push_all(merge.returning_clause(), scope, Zone::Condition);
        Ok(())
    }

    /// MERGE's own ON is the last before its first WHEN: joins among the sources have theirs before it.
    fn merge_condition(&mut self, merge: &'t nodes::MergeStmt, tokens: &mut Tokens<'t>, condition: Condition) -> Result<(), Report> {
        let mut on = None;
        loop {
            tokens.run_to_any(&["on", "when"]);
            match tokens.take_word("on") {
                Some(word) => on = Some(word.end),
                None => break,
            }
        }
        let on = on.ok_or_else(|| lost("MERGE's ON"))?;
        let mut inside = self.tokens(on);
        self.and(on, merge.join_condition(), &mut inside, &["when"], vec![condition]);
        Ok(())
    }

    /// One WHEN clause, whose WHEN comes next.
    fn merge_clause(
        &mut self,
        clause: &'t nodes::MergeWhenClause,
        tokens: &mut Tokens<'t>,
        table: &'g Relation,
        condition: &Condition,
    ) -> Result<(), Report> {
        let missing = || lost("a clause of MERGE");
        tokens.take_word("when").ok_or_else(missing)?;
        if clause.match_kind == raw::MergeMatchKind::MERGE_WHEN_NOT_MATCHED_BY_SOURCE {
            tokens.run_to_any(&["source"]);
            let at = tokens.take_word("source").ok_or_else(missing)?.end;
            let conditions = vec![condition.clone()];
            self.fences.push(Fence { at, before: " AND ".to_owned(), conditions, after: "" });
            let or = matches!(clause.condition(), Node::BoolExpr(expression) if expression.boolop == raw::BoolExprType::OR_EXPR);
            if or {
                let and = tokens.take_word("and").ok_or_else(missing)?.end;
                self.edits.push(Edit::insert(and, " ("));
                self.edits.push(Edit::insert(tokens.run_to_any(&["then"]).end, ")"));
            }
        }
        tokens.run_to_any(&["then"]);
        tokens.take_word("then").ok_or_else(missing)?;
        match clause.command_type {
            raw::CmdType::CMD_INSERT => self.merge_insert(clause, tokens, table)?,
            raw::CmdType::CMD_UPDATE => {
                let targets = clause.target_list().iter().filter_map(|node| match node {
                    Node::ResTarget(target) => Some(target),
                    _ => None,
                });
                self.assignments(targets, table, tokens.end, &["when", "returning"])?;
            }
            _ => {}
        }
        tokens.run_to_any(&["when", "returning"]);
        Ok(())
    }

    /// Restricts the rows that ON CONFLICT DO UPDATE may change, and checks what it assigns.
    pub(super) fn on_conflict(
        &mut self,
        relation: &'t nodes::RangeVar,
        conflict: &'t nodes::OnConflictClause,
        table: &'g Relation,
    ) -> Result<(), Report> {
        if conflict.action != raw::OnConflictAction::ONCONFLICT_UPDATE {
            return Ok(());
        }
        let at = usize::try_from(conflict.location).map_err(|_| lost("ON CONFLICT"))?;
        let mut tokens = self.tokens(at);
        tokens.run_to_any(&["do"]);
        let from = tokens.take_word("do").ok_or_else(|| lost("DO UPDATE"))?.end;
        let condition = self.condition(relation, table, true)?;
        self.assignments(conflict.target_list().iter(), table, from, &["where", "returning"])?;
        self.add_where(from, conflict.where_clause(), vec![condition])
    }
}

fn refused(need: &Need<'_>, why: &'static str) -> Report {
    need.checks.first().map_or_else(|| lost("an assigned row"), |(_, check)| check.unchecked(why, PLAIN_VALUE))
}

/// The place of the item of that number, from 0, in a list whose first comes next.
pub(super) fn item(tokens: &mut Tokens<'_>, number: usize) -> Option<(usize, usize)> {
    for _ in 0..number {
        tokens.run_to(&[], true);
        tokens.take_symbol(b',')?;
    }
    let start = tokens.peek()?.start;
    Some((start, tokens.run_to(&[], true).end))
}
