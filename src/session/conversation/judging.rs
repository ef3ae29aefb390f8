//! What the gate says about the client's texts, and about statements that were prepared under other rules.

use std::sync::Arc;

use super::{Conversation, SessionStatement, Tools, copying::copies_rows, refusals::transaction_failed};
use crate::{
    backend::statements::{Origin, Statement, StatementKey},
    error::{Report, SqlState},
    session::gate::{Asked, Stamps, is_long},
    sql::gate::{Access, Judged, Rewritten, Tenancy, Verdict},
    wire::messages::TransactionStatus,
};

/// What is known of the client's frame that is next, until it is done with.
#[derive(Debug, Default)]
pub(super) struct Front {
    /// What the gate said about its text, and by which rules, while it waits for a server connection.
    judged: Option<(Stamps, Judged)>,
    pub(super) catalog: CatalogStep,
    /// The rate has let it through.
    pub(super) admitted: bool,
    /// It isn't about the session's tenant.
    pub(super) has_passed_desk: bool,
    /// A long text, of which the gate is asked beside the IO.
    aside: Aside,
}

impl Front {
    /// Keeps what the gate has just said.
    pub(super) fn keep(&mut self, tools: &Tools, judged: Judged) {
        self.judged = Some((tools.gate.stamps(), judged));
    }

    /// What a server must be able to do for its text, as far as that has been judged.
    pub(super) fn access(&self) -> Access {
        self.judged.as_ref().map_or(Access::Anything, |(_, judged)| judged.access)
    }

    /// What it holds beside itself.
    #[inline]
    pub(super) fn heap_bytes(&self) -> usize {
        match &self.aside {
            Aside::None => 0,
            Aside::Wanted(long) | Aside::Asked(long, ..) => long.text.len(),
        }
    }

    /// Whether the gate wants something before it speaks.
    pub(super) fn waits_for_gate(&self) -> bool {
        self.catalog == CatalogStep::Wanted || matches!(self.aside, Aside::Wanted(_))
    }
}

/// How far a long text has come.
#[derive(Debug, Default)]
enum Aside {
    /// There is none.
    #[default]
    None,
    /// It is to be judged beside the IO.
    Wanted(LongText),
    /// It is being judged by these rules, or has been: with this answer.
    Asked(LongText, Stamps, Option<Asked>),
}

/// A text whose judgement takes long, and how it would carry the tenant.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LongText {
    /// The text.
    pub text: Arc<[u8]>,
    /// How it carries the tenant.
    pub tenancy: Tenancy,
    /// The catalog has been read for it.
    pub has_read: bool,
}

/// How far the catalog has come for the frame that is next.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(super) enum CatalogStep {
    /// It hasn't been asked for.
    #[default]
    NotAsked,
    /// It is to be read before the gate can say anything.
    Wanted,
    /// It has been read: what isn't known now isn't there.
    Read,
}

/// What a client's name of a statement stands for, under the rules of now.
pub(super) enum Meaning {
    /// Nothing.
    Nothing,
    /// That.
    Statement(Arc<SessionStatement>),
    /// A statement that isn't allowed any more.
    Refused(Box<Report>),
    /// Nobody knows before the catalog has been read.
    Unknown,
}

impl Statement<Judged> {
    /// The text that servers get.
    pub(super) fn sent<'s>(&'s self, text: &'s [u8]) -> &'s [u8] {
        self.rewritten().map_or(text, |rewritten| rewritten.text.as_bytes())
    }

    /// What runs in its text's place.
    #[inline]
    pub(crate) fn rewritten(&self) -> Option<&Arc<Rewritten>> {
        match &self.judged.verdict {
            Verdict::Rewritten(rewritten) => Some(rewritten),
            _ => None,
        }
    }

    /// The number of the parameter that carries the tenant.
    #[inline]
    pub(super) fn tenant_parameter(&self) -> Option<u16> {
        self.rewritten().and_then(|rewritten| rewritten.tenant_parameter)
    }
}

impl Conversation {
    /// What the gate says about a text of the frame that is next; `None` where it wants the catalog first.
    pub(super) fn judge(&mut self, tools: &Tools, text: &[u8], tenancy: Tenancy) -> Option<Judged> {
        let has_read = self.front.catalog == CatalogStep::Read;
        let asked =
            if is_long(text) { self.judged_aside(tools, text, tenancy, has_read)? } else { tools.gate.judge(text, tenancy, has_read) };
        match asked {
            Asked::Judged(judged) => Some(judged),
            Asked::Catalog => {
                self.front.catalog = CatalogStep::Wanted;
                None
            }
        }
    }

    /// What was said of a long text; `None` where it has to be asked first.
    fn judged_aside(&mut self, tools: &Tools, text: &[u8], tenancy: Tenancy, has_read: bool) -> Option<Asked> {
        match std::mem::take(&mut self.front.aside) {
            // An answer by other rules than those of now would be kept as one by these.
            Aside::Asked(long, stamps, Some(asked))
                if *long.text == *text && long.tenancy == tenancy && long.has_read == has_read && stamps == tools.gate.stamps() =>
            {
                Some(asked)
            }
            _ => {
                self.front.aside = Aside::Wanted(LongText { text: text.into(), tenancy, has_read });
                None
            }
        }
    }

    /// The long text that is to be judged beside the IO, if that is what the frame that is next waits for.
    pub fn take_long_text(&mut self, tools: &Tools) -> Option<LongText> {
        match std::mem::take(&mut self.front.aside) {
            Aside::Wanted(long) => {
                self.front.aside = Aside::Asked(long.clone(), tools.gate.stamps(), None);
                Some(long)
            }
            other => {
                self.front.aside = other;
                None
            }
        }
    }

    /// What the gate said about it.
    pub fn long_text_is_judged(&mut self, answer: Asked) {
        if let Aside::Asked(_, _, asked) = &mut self.front.aside {
            *asked = Some(answer);
        }
    }

    /// The same for the frame's own text, about which the gate may have been asked before.
    pub(super) fn judge_front(&mut self, tools: &Tools, text: &[u8], tenancy: Tenancy) -> Option<Judged> {
        match self.front.judged.take() {
            Some((stamps, judged)) if stamps == tools.gate.stamps() => Some(judged),
            _ => self.judge(tools, text, tenancy),
        }
    }

    /// The catalog has been read for the frame that is next, as far as it could be.
    pub fn catalog_is_read(&mut self) {
        self.front.catalog = CatalogStep::Read;
    }

    /// A refusal as the client gets it: in a failed transaction PostgreSQL looks no further than the grammar, and of a text of several
    /// statements nothing has run.
    pub(super) fn refusal(&self, report: &Report, text: &[u8]) -> Report {
        if report.state != SqlState::SYNTAX_ERROR && self.status == TransactionStatus::Failed && self.ledger.keeps_status() {
            return transaction_failed();
        }
        if report.state == SqlState::SYNTAX_ERROR || !has_several(text) {
            return report.clone();
        }
        const NOTHING: &str = "Nothing of the text has run, none of its other statements either.";
        let detail = report.detail.as_ref().map_or_else(|| NOTHING.to_owned(), |detail| format!("{detail} {NOTHING}"));
        report.clone().with_detail(detail)
    }

    /// What a client's name of a statement stands for. One that was judged under other rules (another catalog, another tenant) is
    /// judged again.
    pub(super) fn meaning(&mut self, tools: &Tools, name: &[u8]) -> Meaning {
        let Some(statement) = self.names.get(name) else { return Meaning::Nothing };
        if tools.gate.stamps().are_of(statement.stamp) || Conversation::is_explaining(tools, statement) {
            return Meaning::Statement(Arc::clone(statement));
        }
        let statement = Arc::clone(statement);
        let fresh = match &statement.origin {
            Origin::Parse { text, types } => self.judge_again(tools, text, types, tools.gate.tenancy(types), !statement.kept),
            Origin::Prepare { own, .. } => self.judge_prepare_again(tools, own),
        };
        if let Meaning::Statement(fresh) = &fresh {
            self.names.replace(name, Arc::clone(fresh));
        }
        fresh
    }

    pub(super) fn judge_again(&mut self, tools: &Tools, text: &[u8], types: &[u8], tenancy: Tenancy, unnamed: bool) -> Meaning {
        match self.explaining(tools, text, types) {
            Some(Some(statement)) => return Meaning::Statement(statement),
            Some(None) => return Meaning::Unknown,
            None => {}
        }
        if let Some(known) = known(tools, text, types, tenancy) {
            return Meaning::Statement(known);
        }
        if let Some(report) = tools.gate.refuses_types(types) {
            return Meaning::Refused(Box::new(self.refusal(&report, text)));
        }
        match self.judge(tools, text, tenancy).map(|judged| self.as_rows(tools, text, judged)) {
            None => Meaning::Unknown,
            Some(Judged { verdict: Verdict::Refused(report), .. }) => Meaning::Refused(Box::new(self.refusal(&report, text))),
            Some(judged) => Meaning::Statement(add(tools, text, types, tenancy, unnamed, judged)),
        }
    }

    /// A PREPARE that was sent as such: its text was judged as a part of another.
    fn judge_prepare_again(&mut self, tools: &Tools, text: &str) -> Meaning {
        let judged = match self.judge(tools, text.as_bytes(), Tenancy::Literal) {
            None => return Meaning::Unknown,
            Some(Judged { verdict: Verdict::Refused(report), .. }) => {
                return Meaning::Refused(Box::new(self.refusal(&report, text.as_bytes())));
            }
            Some(judged) => judged,
        };
        let sent = match &judged.verdict {
            Verdict::Rewritten(rewritten) => &*rewritten.text,
            _ => text,
        };
        let name = judged.effects.as_ref().and_then(|effects| effects.names.first()).map(|used| used.span.clone());
        let parts = name.and_then(|span| Some((sent.get(..span.start)?, sent.get(span.end..)?)));
        match parts {
            Some((before, after)) => {
                Meaning::Statement(tools.statements.prepare([before, after, text], nothing_to_say(), tools.gate.stamps().own))
            }
            None => Meaning::Nothing,
        }
    }

    /// The statement that SQL's EXECUTE can run: one that carries the tenant as a parameter has a twin with the tenant in its text.
    pub(super) fn for_execute(&mut self, tools: &Tools, statement: Arc<SessionStatement>) -> Option<Arc<SessionStatement>> {
        let Origin::Parse { text, types } = &statement.origin else { return Some(statement) };
        if copies_rows(&statement) {
            return None;
        }
        if statement.tenant_parameter().is_none() {
            return Some(statement);
        }
        match self.judge_again(tools, text, types, Tenancy::Literal, false) {
            Meaning::Statement(twin) => Some(twin),
            _ => None,
        }
    }
}

/// The statement of a text that other sessions have prepared under the same rules.
pub(super) fn known(tools: &Tools, text: &[u8], types: &[u8], tenancy: Tenancy) -> Option<Arc<SessionStatement>> {
    let stamps = tools.gate.stamps();
    let find = |stamp| tools.statements.find(StatementKey { text, types, stamp });
    let shared = if tenancy == Tenancy::Literal || stamps.shared == stamps.own { None } else { find(stamps.shared) };
    shared.or_else(|| find(stamps.own))
}

/// Keeps the statement of a text that was judged.
pub(super) fn add(tools: &Tools, text: &[u8], types: &[u8], tenancy: Tenancy, unnamed: bool, judged: Judged) -> Arc<SessionStatement> {
    let stamp = tools.gate.stamps().of(&judged, tenancy);
    tools.statements.add(StatementKey { text, types, stamp }, unnamed, judged)
}

/// What is said of a text that is part of one that was judged.
pub(super) fn nothing_to_say() -> Judged {
    Judged { verdict: Verdict::AsIs, effects: None, bound: true, access: Access::Anything }
}

/// Whether a text may hold several statements.
fn has_several(text: &[u8]) -> bool {
    memchr::memchr(b';', text.trim_ascii_end().strip_suffix(b";").unwrap_or(text)).is_some()
}
