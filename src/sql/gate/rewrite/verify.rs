//! The proof, before a text is sent, that it is what it should be.
//!
//! The text is parsed as the server will. Then two things are held against its tree: that every reference to a tenant's rows is fenced and every
//! write of a tenant column checked ([`proof`](super::proof)), and that what the client wrote means what it meant: the parts of the
//! client's tree, by kind and place, are those of the new tree once what was inserted is left out.

use pg_raw_parse::{Node, StmtList, nodes, raw};

use super::{Key, Spans, Template, proof::Proof};
use crate::{
    error::{Report, SqlState},
    sql::{
        gate::{Ground, Whose, children::children},
        lexer::without_comments,
    },
};

/// What a call of a function that all tenants of a database share begins with.
const SCOPED_FUNCTION: &str = "pgtenant.";

/// Proves that a rendered text keeps to its tenant and is otherwise the client's. `before` is the tree of the client's text.
///
/// # Errors
/// The refusal of a statement that can't be proved safe: a defect of ours.
pub fn verify(before: &StmtList, template: &Template, key: Key<'_>, sent: &str, ground: &Ground, whose: &Whose<'_>) -> Result<(), Report> {
    let parsed = parse_as_sent(sent).ok_or_else(|| unproved("it doesn't parse", sent))?;
    let after: &StmtList = &parsed;
    if before.len() != after.len() {
        return Err(unproved("it has another number of statements", sent));
    }
    let spans = template.spans(key);
    for (old, new) in before.iter().zip(after.iter()) {
        same(old, new, &spans, sent).map_err(|what| unproved(what, sent))?;
        Proof::new(ground, whose, key, &spans).statement(new.stmt()).map_err(|what| unproved(what, sent))?;
    }
    Ok(())
}

/// Asks the grammar, which trips over comments where it looks ahead (`NOT /* */ IN`): then with spaces in their place.
fn parse_as_sent(sent: &str) -> Option<pg_raw_parse::ParseResult> {
    pg_raw_parse::parse(sent).ok().or_else(|| pg_raw_parse::parse(&without_comments(sent)?).ok())
}

fn unproved(what: &'static str, sent: &str) -> Report {
    tracing::error!(what, length = sent.len(), "a rewritten statement can't be proved safe");
    Report::new(SqlState::INTERNAL_ERROR, "the statement can't be made safe").with_detail(what)
}

/// Whether two statements have the same parts.
fn same(old: &nodes::RawStmt, new: &nodes::RawStmt, spans: &Spans, sent: &str) -> Result<(), &'static str> {
    let mut old = Parts::of(old.stmt());
    let mut new = Parts::of(new.stmt());
    let scoped = |node: Node<'_>, place: usize| {
        matches!(node, Node::FuncCall(_)) && sent.get(place..).is_some_and(|text| text.starts_with(SCOPED_FUNCTION))
    };
    loop {
        let was = old.next_part(|_, place| (!spans.is_replaced(place)).then_some(place))?;
        let is = new.next_part(|node, place| {
            let put_before = || scoped(node, place).then(|| spans.put_before(place)).flatten();
            spans.to_client(place).or_else(put_before)
        })?;
        match (was, is) {
            (None, None) => return Ok(()),
            (was, is) if was == is => {}
            _ => return Err("it means something else"),
        }
    }
}

/// The parts of a statement that have a place in its text.
struct Parts<'t> {
    tasks: Vec<Node<'t>>,
}

impl<'t> Parts<'t> {
    fn of(statement: Node<'t>) -> Self {
        Parts { tasks: vec![statement] }
    }

    /// The next part whose place counts: its kind and that place.
    fn next_part(
        &mut self,
        counts: impl Fn(Node<'t>, usize) -> Option<usize>,
    ) -> Result<Option<(std::mem::Discriminant<Node<'t>>, usize)>, &'static str> {
        while let Some(node) = self.tasks.pop() {
            if matches!(node, Node::MultiAssignRef(part) if part.colno != 1) {
                // Its source was visited with the first column.
                continue;
            }
            children(node, &mut self.tasks).map_err(|_| "it has a part that isn't known")?;
            if let Some(place) = location(node).and_then(|place| usize::try_from(place).ok()).and_then(|place| counts(node, place)) {
                return Ok(Some((std::mem::discriminant(&node), place)));
            }
        }
        Ok(None)
    }
}

macro_rules! locations {
    ($node:expr, $($kind:ident),*) => {
        match $node {
            $(Node::$kind(node) => Some(node.location),)*
            _ => None,
        }
    };
}

/// Where a node stands. Not told for a chain of ANDs, which a fence joins, nor for targets, whose place is that of a check around them.
fn location(node: Node<'_>) -> Option<i32> {
    match node {
        Node::BoolExpr(expression) => (expression.boolop != raw::BoolExprType::AND_EXPR).then_some(expression.location),
        node => located(node),
    }
}

/// Where a node stands, for all kinds that tell.
pub(super) fn located(node: Node<'_>) -> Option<i32> {
    locations!(
        node,
        BoolExpr,
        RangeVar,
        GroupingFunc,
        MergeSupportFunc,
        NamedArgExpr,
        SubLink,
        CaseExpr,
        CaseWhen,
        RowExpr,
        CoalesceExpr,
        MinMaxExpr,
        SQLValueFunction,
        XmlExpr,
        NullTest,
        BooleanTest,
        SetToDefault,
        TypeName,
        ColumnRef,
        ParamRef,
        A_Expr,
        A_Const,
        TypeCast,
        CollateClause,
        FuncCall,
        A_ArrayExpr,
        WindowDef,
        RangeTableFunc,
        RangeTableFuncCol,
        RangeTableSample,
        XmlSerialize,
        GroupingSet,
        WithClause,
        InferClause,
        OnConflictClause,
        CTESearchClause,
        CTECycleClause,
        CommonTableExpr,
        ReturningOption,
        JsonFuncExpr,
        JsonTable,
        JsonTableColumn,
        JsonParseExpr,
        JsonScalarExpr,
        JsonSerializeExpr,
        JsonObjectConstructor,
        JsonArrayConstructor,
        JsonArrayQueryConstructor,
        JsonIsPredicate
    )
}
