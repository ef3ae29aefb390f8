//! INSERT: the tenant column is added where it is missing, and what is given is checked.

use pg_raw_parse::{Node, list::NodeList, nodes, raw};

use super::{
    Edit,
    checks::{Check, Need},
    fence::KeyType,
    lost,
    places::{AFTER_TARGETS, Tokens},
    quote_name,
    scope::ScopeId,
    unchecked,
    walk::{Walk, Zone},
    watch::{names, rows_of, written},
    write::item,
};
use crate::{catalog::Relation, error::Report};

const NAME_COLUMNS: &str = "Name the columns that are inserted, and leave the tenant column out.";

/// How many columns a query has.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Width {
    /// So many.
    Counted(usize),
    /// So many, or the server refuses it.
    Wanted(usize),
}

impl<'t, 'g> Walk<'t, 'g> {
    pub(super) fn insert(&mut self, insert: &'t nodes::InsertStmt, outer: Option<ScopeId>) -> Result<(), Report> {
        let scope = self.with(insert.with_clause(), outer);
        let table = self.written(insert.relation())?;
        if let (Some(table), Some(relation)) = (table, insert.relation()) {
            self.insert_into(insert, relation, table, scope)?;
            if let Some(conflict) = insert.on_conflict_clause() {
                self.on_conflict(relation, conflict, table)?;
            }
        }
        self.push(insert.select_stmt(), scope, Zone::Command);
        self.push_all(insert.on_conflict_clause(), scope, Zone::Output);
        self.push_all(insert.returning_clause(), scope, Zone::Output);
        Ok(())
    }

    fn insert_into(
        &mut self,
        insert: &'t nodes::InsertStmt,
        relation: &'t nodes::RangeVar,
        table: &'g Relation,
        scope: Option<ScopeId>,
    ) -> Result<(), Report> {
        let mut tokens = self.tokens(self.place(relation, false)?.end);
        let Node::SelectStmt(source) = insert.select_stmt() else {
            return self.default_values(&mut tokens, table);
        };
        let first = is_rows(source);
        let width = self.width(source, scope);
        let rows = rows_of(insert.select_stmt());
        let need = self.columns(insert.cols(), &mut tokens, table, (width, first), (insert.override_, &rows))?;
        if tokens.take_word("overriding").is_some() {
            tokens.take();
            tokens.take_word("value");
        }
        // With a list, the server takes no other number.
        let listed = || Some(insert.cols().len()).filter(|listed| *listed > 0);
        let width = width.map(Width::Counted).or_else(|| listed().map(Width::Wanted));
        self.source(source, &mut tokens, table, (&need, width))
    }

    /// `INSERT … DEFAULT VALUES`.
    fn default_values(&mut self, tokens: &mut Tokens<'t>, table: &'g Relation) -> Result<(), Report> {
        self.watch_new_rows(table, &[])?;
        let missing = || lost("DEFAULT VALUES");
        let column = quote_name(self.column().unwrap_or_default());
        let key = self.key_type(table)?.typed_key();
        let start = tokens.take_word("default").ok_or_else(missing)?.start;
        let end = tokens.take_word("values").ok_or_else(missing)?.end;
        self.edits.push(Edit::replace(start, end - start, format!("({column}) VALUES ({key})")));
        Ok(())
    }

    /// Looks at the list of columns, which comes next if there is one, and adds the tenant column to it: as the first one or the last. Where there
    /// is no list, it is written, so that places in it are those that the catalog told.
    fn columns(
        &mut self,
        columns: &'t NodeList,
        tokens: &mut Tokens<'t>,
        table: &'g Relation,
        (width, first): (Option<usize>, bool),
        (overriding, rows): (raw::OverridingKind::Type, &[&NodeList]),
    ) -> Result<Need<'g>, Report> {
        let column = self.column().unwrap_or_default();
        let mut need = Need::default();
        if !columns.is_empty() {
            let watch = self.watch_new_rows(table, &written(names(columns), rows))?;
            let start = tokens.peek().ok_or_else(|| lost("the columns of an INSERT"))?.end;
            let end = tokens.take_group().ok_or_else(|| lost("the columns of an INSERT"))?.start;
            for (place, target) in columns.iter().enumerate() {
                let Node::ResTarget(target) = target else { return Err(lost("the columns of an INSERT")) };
                if let Some(check) = self.check_of(target, watch.as_ref(), Some(overriding))? {
                    need.checks.push((place, check));
                }
                if watch.is_some() {
                    need.columns.push(target.name().and_then(|name| table.column(name)).map(|(_, column)| column));
                }
            }
            match need.checks.iter().filter(|(_, check)| *check == Check::Key).count() {
                0 => {
                    let name = quote_name(column);
                    let edit = if first { Edit::insert(start, format!("{name}, ")) } else { Edit::insert(end, format!(", {name}")) };
                    self.edits.push(edit);
                    need.add = true;
                }
                1 => {}
                _ => return Err(unchecked("The column is named twice.", NAME_COLUMNS)),
            }
            return Ok(need);
        }
        let width = width.ok_or_else(|| unchecked("How many columns are inserted isn't known before the statement runs.", NAME_COLUMNS))?;
        let mut named: Vec<_> = table.columns.iter().take(width).map(|column| quote_name(&column.name)).collect();
        let watch = self.watch_new_rows(table, &written(table.columns.iter().take(width).map(|column| Some(&*column.name)), rows))?;
        for (place, own) in table.columns.iter().take(width).enumerate() {
            if *own.name == *column {
                need.checks.push((place, Check::Key));
            } else if let Some(watched) = watch.as_ref().and_then(|watch| watch.column(&own.name, Some(overriding))) {
                need.checks.push((place, Check::Watched(watched)));
            }
            if watch.is_some() {
                need.columns.push(Some(own));
            }
        }
        if !need.checks.iter().any(|(_, check)| *check == Check::Key) {
            need.add = true;
            named.insert(if first { 0 } else { named.len() }, quote_name(column));
        }
        self.edits.push(Edit::insert(tokens.end, format!(" ({})", named.join(", "))));
        Ok(need)
    }

    /// Does what is needed in what is inserted, which comes next.
    pub(super) fn source(
        &mut self,
        source: &'t nodes::SelectStmt,
        tokens: &mut Tokens<'t>,
        table: &Relation,
        (need, width): (&Need<'g>, Option<Width>),
    ) -> Result<(), Report> {
        let start = tokens.peek().ok_or_else(|| lost("the source of an INSERT"))?.start;
        if is_rows(source) {
            while tokens.take_symbol(b'(').is_some() {}
            tokens.take_word("values").ok_or_else(|| lost("the rows of an INSERT"))?;
            return self.values(source.values_lists(), tokens, table, need);
        }
        if let Some(refusal) = need.refusal_of_query() {
            return Err(refusal);
        }
        let is_query = source.op == raw::SetOperation::SETOP_NONE && source.values_lists().is_empty();
        let starred = source.target_list().iter().take(need.width()).any(is_star);
        let from_table = source.target_list().iter().next().is_some_and(|target| target.location < 0);
        if is_query && !starred && !from_table && need.stands_in(source) {
            return self.targets(source, tokens, table, need);
        }
        self.wrap(source, start, table, (need, width))
    }

    /// `VALUES (…), (…)`, from the first parenthesis.
    fn values(&mut self, rows: &'t NodeList, tokens: &mut Tokens<'t>, table: &Relation, need: &Need<'g>) -> Result<(), Report> {
        let missing = || lost("the rows of an INSERT");
        for (number, row) in rows.iter().enumerate() {
            if number > 0 {
                tokens.take_symbol(b',').ok_or_else(missing)?;
            }
            let Node::NodeList(row) = row else { return Err(missing()) };
            self.row(row, tokens, table, need)?;
        }
        Ok(())
    }

    /// One `(…)` of values.
    fn row(&mut self, row: &'t NodeList, tokens: &mut Tokens<'t>, table: &Relation, need: &Need<'g>) -> Result<(), Report> {
        let missing = || lost("a row of an INSERT");
        need.refuse_stars(row, NAME_COLUMNS)?;
        let open = tokens.peek().ok_or_else(missing)?;
        tokens.take_group().ok_or_else(missing)?;
        if need.add {
            let key = self.key_type(table)?.key();
            self.edits.push(Edit::insert(open.end, format!("{key}, ")));
        }
        for (place, check) in &need.checks {
            // The server says that a row is too short.
            let Some(value) = row.get(*place) else { return Ok(()) };
            let (start, end) = item(&mut self.tokens(open.end), *place).ok_or_else(missing)?;
            self.check(value, start, end, table, check)?;
        }
        Ok(())
    }

    /// The INSERT of a MERGE, behind THEN.
    pub(super) fn merge_insert(
        &mut self,
        clause: &'t nodes::MergeWhenClause,
        tokens: &mut Tokens<'t>,
        table: &'g Relation,
    ) -> Result<(), Report> {
        let missing = || lost("the INSERT of a MERGE");
        tokens.take_word("insert").ok_or_else(missing)?;
        if clause.values().is_empty() {
            return self.default_values(tokens, table);
        }
        let width = (!clause.values().iter().any(is_row_star)).then(|| clause.values().len());
        let need = self.columns(clause.target_list(), tokens, table, (width, true), (clause.override_, &[clause.values()]))?;
        if tokens.take_word("overriding").is_some() {
            tokens.take();
            tokens.take_word("value");
        }
        tokens.take_word("values").ok_or_else(missing)?;
        self.row(clause.values(), tokens, table, &need)
    }

    /// `SELECT …` whose targets can be counted.
    fn targets(&mut self, source: &'t nodes::SelectStmt, tokens: &mut Tokens<'t>, table: &Relation, need: &Need<'g>) -> Result<(), Report> {
        let missing = || lost("the targets of an INSERT's query");
        for (place, check) in &need.checks {
            let Some(target) = source.target_list().get(*place) else { continue };
            let at = usize::try_from(target.location).map_err(|_| missing())?;
            let (end, named) = self.target_end(at, target)?;
            self.check(target.val(), at, end, table, check)?;
            if let (false, Node::ColumnRef(column)) = (named, target.val())
                && let Some(name) = column.fields().iter().next_back().and_then(Node::as_str)
            {
                self.edits.push(Edit::insert(end, format!(" AS {}", quote_name(name))));
            }
        }
        if !need.add {
            return Ok(());
        }
        let end = match source.target_list().iter().next_back() {
            Some(last) => {
                let at = usize::try_from(last.location).map_err(|_| missing())?;
                self.tokens(at).run_to(AFTER_TARGETS, true).end
            }
            // `SELECT FROM t`
            None => {
                while tokens.take_symbol(b'(').is_some() {}
                tokens.run_to_any(&["select"]);
                let mut end = tokens.take_word("select").ok_or_else(missing)?.end;
                if let Some(all) = tokens.take_word("all") {
                    end = all.end;
                }
                end
            }
        };
        let comma = if source.target_list().is_empty() { " " } else { ", " };
        let key = self.key_type(table)?.typed_key();
        self.edits.push(Edit::insert(end, format!("{comma}{key}")));
        Ok(())
    }

    /// Where a target's expression ends, before its label, and whether it has one.
    fn target_end(&self, at: usize, target: &nodes::ResTarget) -> Result<(usize, bool), Report> {
        let mut tokens = self.tokens(at);
        if target.name().is_none() {
            return Ok((tokens.run_to(AFTER_TARGETS, true).end, false));
        }
        let end = tokens.run_to(AFTER_TARGETS, true).end;
        let label = super::places::label(self.text, at, end).ok_or_else(|| lost("a label"))?;
        Ok((label, true))
    }

    /// Puts the source into a sub-select that adds or checks columns.
    fn wrap(
        &mut self,
        source: &'t nodes::SelectStmt,
        start: usize,
        table: &Relation,
        (need, width): (&Need<'g>, Option<Width>),
    ) -> Result<(), Report> {
        let refused =
            |why| need.checks.first().map_or_else(|| unchecked(why, NAME_COLUMNS), |(_, check)| check.unchecked(why, NAME_COLUMNS));
        if writes_in_with(source) {
            return Err(refused("The query writes in its WITH clause."));
        }
        let name = self.fresh_name();
        let key = self.key_type(table)?;
        let end = self.tokens(start).run_to(&["on", "returning"], false).end;
        if need.checks.is_empty() {
            self.edits.push(Edit::insert(start, format!("SELECT {name}.*, {} FROM (", key.typed_key())));
            self.outer.push(Edit::insert(end, format!(") AS {name}")));
            return Ok(());
        }
        let given = width.ok_or_else(|| refused("How many columns the query has isn't known before it runs."))?;
        let (Width::Counted(width) | Width::Wanted(width)) = given;
        // The server says that there are more columns than values.
        if need.width() > width {
            return Ok(());
        }
        let columns: Vec<String> = (1..=width).map(|number| format!("c{number}")).collect();
        let mut targets: Vec<String> = columns.iter().map(|column| format!("{name}.{column}")).collect();
        for (place, target) in targets.iter_mut().enumerate() {
            if let Some((_, check)) = need.checks.iter().find(|(checked, _)| *checked == place) {
                *target = self.checked(target, table, check)?;
            } else if let (Some(Some(column)), true) = (need.columns.get(place), is_untyped(source, place)) {
                *target = format!("CAST({target} AS {})", KeyType::base_of(&column.type_name));
            }
        }
        if need.add {
            targets.push(key.typed_key());
        }
        // The server takes more columns than names. Nothing is left of this when it has looked at it.
        let no_more = match given {
            Width::Counted(_) => String::new(),
            Width::Wanted(_) => {
                let each: Vec<_> = columns.iter().map(|column| format!("{name}.{column}")).collect();
                format!(" WHERE true OR EXISTS (VALUES ({name}.*), ({}))", each.join(", "))
            }
        };
        self.edits.push(Edit::insert(start, format!("SELECT {} FROM (", targets.join(", "))));
        self.outer.push(Edit::insert(end, format!(") AS {name} ({}){no_more}", columns.join(", "))));
        Ok(())
    }
}

/// Whether a query's column has the type of what it is assigned to, which a sub-select's column hasn't.
fn is_untyped(query: &nodes::SelectStmt, place: usize) -> bool {
    let target = query.target_list().get(place).map(nodes::ResTarget::val);
    !query.target_list().iter().any(is_star) && matches!(target, Some(Node::A_Const(_) | Node::ParamRef(_)))
}

pub(super) fn is_star(target: &nodes::ResTarget) -> bool {
    match target.val() {
        Node::ColumnRef(column) => column.fields().iter().any(|field| matches!(field, Node::A_Star(_))),
        other => is_row_star(other),
    }
}

/// `(row).*`
pub(super) fn is_row_star(value: Node<'_>) -> bool {
    match value {
        Node::ColumnRef(column) => column.fields().iter().any(|field| matches!(field, Node::A_Star(_))),
        Node::A_Indirection(part) => part.indirection().iter().any(|field| matches!(field, Node::A_Star(_))),
        _ => false,
    }
}

/// Whether a query is rows of values and nothing else.
fn is_rows(query: &nodes::SelectStmt) -> bool {
    let plain = query.sort_clause().is_empty() && matches!((query.limit_count(), query.limit_offset()), (Node::None, Node::None));
    plain && query.with_clause().is_none() && !query.values_lists().is_empty() && query.op == raw::SetOperation::SETOP_NONE
}

fn writes_in_with(query: &nodes::SelectStmt) -> bool {
    let queries = query.with_clause().into_iter().flat_map(|with| with.ctes().iter());
    queries.into_iter().any(|query| !matches!(query.ctequery(), Node::SelectStmt(_)))
}
