//! Values that a client writes: which are checked, and how they are put into their checks.

use pg_raw_parse::{Node, list::NodeList, nodes, raw};

use super::{
    Edit, MARK,
    insert::is_row_star,
    lost, quote_literal, unchecked,
    walk::Walk,
    watch::{Watch, Watched},
};
use crate::{
    catalog::{Column, Relation},
    error::Report,
};

/// What has to be true of a value.
#[derive(Clone, PartialEq, Debug)]
pub(super) enum Check<'g> {
    /// It is the tenant's key.
    Key,
    /// It is one that others' rows have nothing to do with.
    Watched(Watched<'g>),
}

/// What has to be done about the values of a row.
#[derive(Clone, PartialEq, Debug, Default)]
pub(super) struct Need<'g> {
    /// Add the tenant's key: before the others in rows of values, where errors then still point at the right column, and behind them in a query, whose
    /// ORDER BY may count columns.
    pub(super) add: bool,
    /// Check these, by place from 0.
    pub(super) checks: Vec<(usize, Check<'g>)>,
    /// The columns that the values are for, where more than the tenant's is checked.
    pub(super) columns: Vec<Option<&'g Column>>,
}

pub(super) const PLAIN_VALUE: &str = "Leave the tenant column out of this write, or give it a plain value.";

impl Check<'_> {
    /// The refusal of a value that the client may not choose at all.
    fn refusal(&self) -> Option<Report> {
        match self {
            Check::Key => None,
            Check::Watched(watched) => watched.refusal(),
        }
    }

    /// The refusal of DEFAULT.
    fn refusal_of_default(&self) -> Option<Report> {
        match self {
            Check::Key => None,
            Check::Watched(watched) => watched.refusal_of_default(),
        }
    }

    /// The refusal of a value that can't be checked.
    pub(super) fn unchecked(&self, why: &'static str, hint: &'static str) -> Report {
        match self {
            Check::Key => unchecked(why, hint),
            Check::Watched(watched) => watched.refusal().unwrap_or_else(|| watched.unchecked(why)),
        }
    }

    /// Whether a query's column can be checked where it stands: aggregates and functions that return sets can't stand in the check's own query, nor
    /// what GROUP BY and DISTINCT compare.
    fn may_stand(&self, source: &nodes::SelectStmt, value: Node<'_>) -> bool {
        let plain = match value {
            Node::TypeCast(cast) => cast.arg(),
            value => value,
        };
        let is_leaf = matches!(plain, Node::ColumnRef(_) | Node::ParamRef(_) | Node::A_Const(_));
        *self == Check::Key || is_leaf && source.group_clause().is_empty() && source.distinct_clause().is_empty()
    }
}

impl<'g> Need<'g> {
    /// Why a query can't be the source at all.
    pub(super) fn refusal_of_query(&self) -> Option<Report> {
        self.checks.iter().find_map(|(_, check)| check.refusal())
    }

    /// Whether all that has to be done about a query can be done in its list of targets.
    pub(super) fn stands_in(&self, source: &nodes::SelectStmt) -> bool {
        self.checks.iter().all(|(place, check)| source.target_list().get(*place).is_none_or(|target| check.may_stand(source, target.val())))
    }

    /// How many values have to be told apart.
    pub(super) fn width(&self) -> usize {
        self.checks.iter().map(|(place, _)| place + 1).max().unwrap_or(0)
    }

    /// Values that are spread over columns can't be told apart.
    pub(super) fn refuse_stars(&self, row: &NodeList, hint: &'static str) -> Result<(), Report> {
        match self.checks.first() {
            Some((_, check)) if row.iter().any(is_row_star) => Err(check.unchecked("A row is spread over columns.", hint)),
            _ => Ok(()),
        }
    }
}

impl<'t, 'g> Walk<'t, 'g> {
    /// What is to be watched in a table besides its tenant column.
    pub(super) fn watch(&self, table: &'g Relation) -> Option<Watch<'g>> {
        Watch::of(self.ground, table)
    }

    /// The same for new rows, in which these columns are written.
    pub(super) fn watch_new_rows(&self, table: &'g Relation, written: &[&str]) -> Result<Option<Watch<'g>>, Report> {
        let Some(watch) = self.watch(table) else { return Ok(None) };
        let watch = watch.of_new_rows(written);
        watch.left(written).map_or(Ok(Some(watch)), Err)
    }

    /// What has to be true of the value of a column that a client names; nothing of most.
    pub(super) fn check_of(
        &self,
        target: &nodes::ResTarget,
        watch: Option<&Watch<'g>>,
        overriding: Option<raw::OverridingKind::Type>,
    ) -> Result<Option<Check<'g>>, Report> {
        let Some(name) = target.name() else { return Ok(None) };
        let check = if Some(name) == self.column() {
            Check::Key
        } else {
            match watch.and_then(|watch| watch.column(name, overriding)) {
                Some(watched) => Check::Watched(watched),
                None => return Ok(None),
            }
        };
        if target.indirection().is_empty() { Ok(Some(check)) } else { Err(check.unchecked("A part of it is assigned.", PLAIN_VALUE)) }
    }

    /// Makes a value true to its check, or fail.
    pub(super) fn check(&mut self, value: Node<'t>, start: usize, end: usize, table: &Relation, check: &Check<'g>) -> Result<(), Report> {
        if matches!(value, Node::SetToDefault(_)) {
            if *check == Check::Key {
                let key = self.key_type(table)?.typed_key();
                self.edits.push(Edit::replace(start, end.saturating_sub(start), key));
            }
            return check.refusal_of_default().map_or(Ok(()), Err);
        }
        if let Some(refusal) = check.refusal() {
            return Err(refusal);
        }
        let (before, behind) = self.check_around(table, check)?;
        self.edits.push(Edit::insert(start, before));
        self.edits.push(Edit::insert(end, behind));
        Ok(())
    }

    /// An expression, checked.
    pub(super) fn checked(&mut self, expression: &str, table: &Relation, check: &Check<'g>) -> Result<String, Report> {
        let (before, behind) = self.check_around(table, check)?;
        Ok(format!("{before}{expression}{behind}"))
    }

    /// What stands before and behind an expression that is checked.
    fn check_around(&mut self, table: &Relation, check: &Check<'g>) -> Result<(String, String), Report> {
        if let Check::Watched(watched) = check {
            return self.rules_around(watched);
        }
        let key = self.key_type(table)?;
        let (typed, base) = (key.typed_key(), key.base());
        // Fails while it runs, not before: `concat` isn't immutable, so the planner doesn't compute it.
        let failure = format!("CAST(pg_catalog.concat({}) AS pg_catalog.int4)", quote_literal(&format!("{MARK}{}", table.name)));
        let behind = format!(" AS {base}) = {typed} THEN {typed} ELSE CAST(CAST({failure} AS pg_catalog.text) AS {base}) END");
        Ok(("CASE WHEN CAST(".to_owned(), behind))
    }

    /// One check for each rule.
    fn rules_around(&mut self, watched: &Watched<'g>) -> Result<(String, String), Report> {
        let (mut before, mut behind) = (String::new(), String::new());
        for rule in &watched.rules {
            let Some((to, _)) = rule.to else {
                return Err(watched.unchecked("It is a part of a key of several columns, or of a table that can't be read."));
            };
            if self.writes_in_with(to) {
                return Err(watched.unchecked("Rows that a WITH query writes can't be seen in the same statement."));
            }
            let key = self.key_type(to)?;
            let names = (self.fresh_name(), self.fresh_name());
            let tenant = (&key, self.column().unwrap_or_default());
            let (first, last) = watched.around(rule, tenant, (&names.0, &names.1)).ok_or_else(|| lost("a watched column"))?;
            before.push_str(&first);
            behind.insert_str(0, &last);
        }
        Ok((before, behind))
    }

    /// Whether a WITH query of the statement adds or changes rows of a table.
    fn writes_in_with(&self, table: &Relation) -> bool {
        self.scopes().queries().any(|query| {
            let written = match query.ctequery() {
                Node::InsertStmt(insert) => insert.relation(),
                Node::UpdateStmt(update) => update.relation(),
                Node::MergeStmt(merge) => merge.relation(),
                _ => None,
            };
            written
                .and_then(|written| self.known(written))
                .is_some_and(|known| known.oid == table.oid || known.parents.contains(&table.oid))
        })
    }
}
