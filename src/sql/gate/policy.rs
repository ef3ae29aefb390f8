//! One look at every node of a statement: kinds of statements, settings, functions, types and names. Which rows a statement may reach is the
//! rewrite's business.

use std::cell::Cell;

use pg_raw_parse::{Node, nodes};

use super::{
    Ground, Whose,
    aliens::Sightings,
    children::{Unlisted, children, kind},
    rewrite::Edit,
};
use crate::error::{Report, SqlState};

/// Deeper trees aren't walked; servers give up at about as many levels.
const MAX_DEPTH: u32 = 5_000;

/// A tree of more nodes isn't walked; a text at the cap of its length has fewer.
const MAX_NODES: usize = 4_000_000;

/// What a statement is held against.
pub(super) struct Policy<'p> {
    /// What is known of the model and the database.
    pub(super) ground: &'p Ground,
    /// Whose statement it is.
    pub(super) whose: Whose<'p>,
    /// The client's text.
    pub(super) text: &'p str,
    /// Where changes of it are noted.
    pub(super) edits: &'p mut Vec<Edit>,
    /// The highest number of a parameter.
    pub(super) parameters: u16,
    /// Whether the verdict hangs on the role's name.
    pub(super) personal: Cell<bool>,
    /// Objects' names, and literals that could be some, in the statement.
    pub(super) sightings: Sightings,
}

impl Policy<'_> {
    /// Looks at a statement.
    ///
    /// # Errors
    /// What the client is told, if it may not run.
    pub(super) fn check(&mut self, statement: &nodes::RawStmt) -> Result<(), Report> {
        let mut pending = vec![(statement.stmt(), 0u32)];
        let mut found = Vec::new();
        let mut visited = 0usize;
        self.sightings = Sightings::default();
        while let Some((node, depth)) = pending.pop() {
            if depth > MAX_DEPTH {
                return Err(Report::new(SqlState::STATEMENT_TOO_COMPLEX, "stack depth limit exceeded")
                    .with_hint("Shorten the chain of operators or the nesting of expressions."));
            }
            if !self.command(node, statement)? && depth == 0 {
                return Err(unlisted(kind(node)));
            }
            visited += 1;
            if visited > MAX_NODES {
                return Err(Report::new(SqlState::PROGRAM_LIMIT_EXCEEDED, "statement too complex"));
            }
            self.sight(node);
            match self.node(node)? {
                Descent::All => {}
                Descent::Nothing => continue,
                Descent::ArgumentOnly => {
                    if let Node::TypeCast(cast) = node {
                        pending.push((cast.arg(), depth + 1));
                    }
                    continue;
                }
            }
            children(node, &mut found).map_err(|Unlisted(kind)| unlisted(kind))?;
            pending.extend(found.drain(..).rev().map(|node| (node, depth + 1)));
        }
        self.refuse_aliens()
    }

    /// Whether this is the name of the role under which the tenant's statements run.
    pub(super) fn is_own_role_name(&self, name: &str) -> bool {
        self.personal.set(true);
        name == self.whose.role
    }

    fn node(&mut self, node: Node<'_>) -> Result<Descent, Report> {
        match node {
            Node::FuncCall(call) => self.call(call)?,
            Node::ColumnRef(column) => self.column(column)?,
            Node::A_Expr(expression) => self.operator(expression.name())?,
            Node::TypeCast(cast) if self.cast(cast)? => return Ok(Descent::ArgumentOnly),
            Node::ParamRef(parameter) => self.parameters = self.parameters.max(u16::try_from(parameter.number).unwrap_or(u16::MAX)),
            // All columns of (a, b) = (…) share one source.
            Node::MultiAssignRef(part) if part.colno != 1 => return Ok(Descent::Nothing),
            Node::TypeName(name) => self.type_name(name)?,
            Node::A_Indirection(indirection) => self.indirection(indirection)?,
            Node::SubLink(link) => self.operator(link.oper_name())?,
            Node::SortBy(sort) => self.operator(sort.use_op())?,
            Node::CollateClause(collate) => self.qualified("collation", collate.collname())?,
            Node::IndexElem(element) => {
                self.qualified("collation", element.collation())?;
                self.qualified("operator class", element.opclass())?;
            }
            Node::PartitionElem(element) => {
                self.qualified("collation", element.collation())?;
                self.qualified("operator class", element.opclass())?;
            }
            Node::RangeTableSample(sample) => self.sample(sample)?,
            Node::IntoClause(into) => self.target_table(into)?,
            Node::TableLikeClause(like) => self.reads(like.relation())?,
            Node::Constraint(constraint) => self.reads(constraint.pktable())?,
            Node::PartitionCmd(partition) => self.changes(partition.name())?,
            Node::VacuumRelation(relation) => self.changes(relation.relation())?,
            _ => {}
        }
        Ok(Descent::All)
    }
}

/// How far the walk goes on below a node.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Descent {
    All,
    /// Into a cast's argument; its type has been looked at.
    ArgumentOnly,
    /// No further: it has been, or will be, visited elsewhere.
    Nothing,
}

/// A refusal of what nothing is known about.
fn unlisted(kind: &'static str) -> Report {
    Report::new(SqlState::INSUFFICIENT_PRIVILEGE, "permission denied for this statement")
        .with_detail(format!("It holds a part that tenants may not use ({kind})."))
        .with_hint("Ask an operator to run it.")
}
