//! The gate as a session asks it: on which ground, for whom, and how strictly.
//!
//! What a text may do is `sql::gate`'s to say. Here verdicts are remembered, counted, and in `observe` mode not acted upon.

mod grounds;
mod reads_only;
mod tallies;
mod turns;
mod used_up;
mod verdicts;

use std::{hash::BuildHasher, sync::Arc};

pub use grounds::{GroundRules, Grounds, SharedGround};
pub use reads_only::ReadsOnly;
pub use tallies::{Reason, Tallies};
pub use used_up::UsedUp;

use crate::{
    config::GateMode,
    error::{Report, SqlState},
    ids::{ModelId, TenantId},
    session::copy_rows::{CopyRows, Target},
    shard_map::{Lock, ShardMap},
    sql::{
        copy_from::copy_from,
        gate::{
            self, Access, Ground, Isolation, Judged, Tenancy, Verdict, Whose, of_begin,
            relations::{Standing, Use, named},
        },
        outcome::{effects_of, effects_of_confined},
    },
    wire::messages::{declared_type_numbers, declared_types},
};

/// Judges a text: `sql::gate`'s, or a test's own.
pub type Judge = fn(&str, &Ground, &Whose<'_>, Tenancy) -> Judged;

/// Whose statements are judged.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Whom {
    /// The tenant, for the log.
    pub tenant: TenantId,
    /// The value in the tenant column.
    pub key: Arc<str>,
    /// Its schema, in the schema model.
    pub schema: Option<Arc<str>>,
    /// The database role.
    pub role: Arc<str>,
}

/// A gate that isn't enforced where it is the only lock.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("[gate] mode = \"{}\" can't be: under lock = \"shared\" of model {model} the gate is the only lock", mode.as_str())]
pub struct TooLenient {
    mode: GateMode,
    model: ModelId,
}

/// Whether a map's tenants can be served with a gate that is as strict as that.
///
/// # Errors
/// A model whose tenants nothing else keeps apart.
pub fn check_mode(mode: GateMode, map: &ShardMap) -> Result<(), TooLenient> {
    let alone = map.models().find(|model| model.lock == Lock::Shared);
    match alone {
        Some(model) if mode != GateMode::Enforce => Err(TooLenient { mode, model: model.id.clone() }),
        _ => Ok(()),
    }
}

/// Longer texts are judged on threads of their own: the grammar takes up to 150 ns a byte, and other sessions wait for this one.
const LONG: usize = 32 << 10;

/// Whether a text's judgement is for [`Gatekeeper::judge_aside`].
#[inline]
pub fn is_long(text: &[u8]) -> bool {
    text.len() > LONG
}

/// What the gate has to say at once.
#[derive(Debug)]
pub enum Asked {
    /// The verdict.
    Judged(Judged),
    /// Nothing before the catalog has been read (again): see [`Gatekeeper::read_catalog`].
    Catalog,
}

/// What verdicts depend on besides their texts, as numbers.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Stamps {
    /// Of verdicts for the tenant alone.
    pub own: u64,
    /// Of verdicts that hold for all tenants of the model, where statements carry the tenant as a parameter; else the same number.
    pub shared: u64,
}

impl Stamps {
    /// Whether a verdict that was given under that stamp still stands.
    #[inline]
    pub fn are_of(self, stamp: u64) -> bool {
        stamp == self.own || stamp == self.shared
    }

    /// The stamp of a statement.
    pub fn of(self, judged: &Judged, tenancy: Tenancy) -> u64 {
        // A rewritten text that has no parameter for it has the tenant's key in it.
        let holds_key = matches!(&judged.verdict, Verdict::Rewritten(rewritten) if rewritten.tenant_parameter.is_none());
        if holds_key || judged.bound || tenancy == Tenancy::Literal { self.own } else { self.shared }
    }
}

/// One tenant's way through the gate.
#[derive(Clone)]
pub struct Gatekeeper {
    ground: Arc<SharedGround>,
    whom: Arc<Whom>,
    mode: GateMode,
    judge: Judge,
    tallies: Arc<Tallies>,
    /// Whether prepared statements carry the tenant as a parameter.
    appends: bool,
    /// The tenant has a database and a login of its own: queries reach nothing else, whatever they say, so commands are judged only.
    routed: bool,
    /// Where statements may run hangs on whether they read, so none passes unread.
    asks_access: bool,
    /// What the tenant's own texts and those that tenants share are told from others' by.
    salts: (u64, u64),
    explains: bool,
    /// The tenant may only read.
    reads_only: Option<Arc<ReadsOnly>>,
    /// The tenant may take no more storage.
    used_up: Option<UsedUp>,
}

impl Gatekeeper {
    /// A tenant's, on the ground of its model and database.
    pub fn new(ground: Arc<SharedGround>, whom: Whom, mode: GateMode, tallies: Arc<Tallies>) -> Self {
        let appends = !ground.rules().lock_is_login;
        let routed = ground.rules().isolation == Isolation::Database && !appends;
        let hash = |own: bool| {
            let key = own.then_some((&whom.key, &whom.role));
            ground.hasher().hash_one((own, &whom.schema, key, mode as u8))
        };
        let salts = (hash(true), if appends { hash(false) } else { hash(true) });
        Gatekeeper {
            ground,
            whom: Arc::new(whom),
            mode,
            judge: gate::judge,
            tallies,
            appends,
            routed,
            asks_access: false,
            salts,
            explains: false,
            reads_only: None,
            used_up: None,
        }
    }

    /// The same with another judge.
    #[must_use]
    pub fn with_judge(self, judge: Judge) -> Self {
        Gatekeeper { judge, ..self }
    }

    /// The same for another tenant of the model on that database.
    #[must_use]
    pub fn for_whom(self, whom: Whom) -> Self {
        Gatekeeper::new(self.ground, whom, self.mode, self.tallies).with_judge(self.judge).explaining(self.explains)
    }

    /// The same for a tenant that may only read, whatever the gate's mode.
    #[must_use]
    pub fn reading_only(self, why: ReadsOnly) -> Self {
        // What was judged while it could write is judged again.
        let again = self.ground.hasher().hash_one("reads only");
        let salts = (self.salts.0 ^ again, self.salts.1 ^ again);
        Gatekeeper { salts, reads_only: Some(Arc::new(why)), ..self }
    }

    /// The same for a tenant that may take no more storage, whatever the gate's mode.
    #[must_use]
    pub fn without_storage(self, used_up: UsedUp) -> Self {
        let again = self.ground.hasher().hash_one("used up");
        let salts = (self.salts.0 ^ again, self.salts.1 ^ again);
        Gatekeeper { salts, used_up: Some(used_up), ..self }
    }

    /// Whether it is one for such a tenant.
    pub fn is_without_storage(&self) -> bool {
        self.used_up.is_some()
    }

    /// The same, counted elsewhere.
    #[must_use]
    pub fn with_tallies(self, tallies: Arc<Tallies>) -> Self {
        Gatekeeper { tallies, ..self }
    }

    /// The same for a session that may ask for what becomes of its texts.
    #[must_use]
    pub fn explaining(self, explains: bool) -> Self {
        Gatekeeper { explains, ..self }
    }

    /// The same for a tenant whose reads may run elsewhere than its writes.
    #[must_use]
    pub fn asking_access(self) -> Self {
        Gatekeeper { asks_access: true, ..self }
    }

    /// Whether `EXPLAIN (REWRITE)` is answered.
    pub fn explains(&self) -> bool {
        self.explains
    }

    /// How a statement of the extended protocol that declares these parameter types carries the tenant.
    pub fn tenancy(&self, types: &[u8]) -> Tenancy {
        if self.appends { Tenancy::Parameter { declared: declared_types(types) } } else { Tenancy::Literal }
    }

    /// Why parameters of these types can't be; asked once for each statement.
    pub fn refuses_types(&self, types: &[u8]) -> Option<Report> {
        if self.mode == GateMode::Off || declared_types(types) == 0 {
            return None;
        }
        let report = gate::declared_names(declared_type_numbers(types), &self.ground.rules().isolation)?;
        self.tallies.count(Reason::Forbidden, self.mode);
        (self.mode == GateMode::Enforce).then_some(report)
    }

    /// The value of the appended parameter.
    pub fn key(&self) -> &str {
        &self.whom.key
    }

    /// Numbers for all that a verdict depends on besides the text.
    pub fn stamps(&self) -> Stamps {
        let ground = self.ground.stamp().unwrap_or(0);
        Stamps { own: ground ^ self.salts.0, shared: ground ^ self.salts.1 }
    }

    /// A verdict that nothing is judged for.
    pub fn unjudged(text: &[u8]) -> Judged {
        Judged { verdict: Verdict::AsIs, effects: effects_of(text), bound: false, access: of_begin(text) }
    }

    /// Judges a text. `has_read`: the catalog has just been read for it, so that what isn't known now isn't there.
    pub fn judge(&self, text: &[u8], tenancy: Tenancy, has_read: bool) -> Asked {
        if let Some(reads_only) = &self.reads_only
            && let Some(report) = reads_only.refusal(text, self.mode != GateMode::Enforce)
        {
            self.tallies.count(Reason::Forbidden, GateMode::Enforce);
            return Asked::Judged(refused(report));
        }
        if let Some(used_up) = &self.used_up {
            let standing = self.ground.standing();
            if standing.is_none() && !has_read {
                return Asked::Catalog;
            }
            if let Some(report) = used_up.refusal(text, standing.as_ref().map(|standing| &standing.ground), self.mode != GateMode::Enforce)
            {
                self.tallies.count(Reason::Limit, GateMode::Enforce);
                return Asked::Judged(refused(report));
            }
        }
        if self.mode == GateMode::Off {
            return Asked::Judged(Gatekeeper::unjudged(text));
        }
        if self.routed
            && !self.asks_access
            && let Some(effects) = effects_of_confined(text)
        {
            return Asked::Judged(Judged { verdict: Verdict::AsIs, effects, bound: false, access: Access::Anything });
        }
        let known = self.ground.stamp().and_then(|stamp| self.ground.verdicts().get(text, tenancy, stamp ^ self.salts.0));
        if let Some((judged, reason)) = known {
            if let Some(reason) = reason {
                self.tallies.count(reason, self.mode);
            }
            return Asked::Judged(judged);
        }
        let Some(standing) = self.ground.standing() else {
            return if has_read { Asked::Judged(self.settle(text, refused(no_catalog()))) } else { Asked::Catalog };
        };
        let stamp = standing.stamp ^ self.salts.0;
        let Ok(readable) = std::str::from_utf8(text) else {
            return Asked::Judged(self.settle(text, refused(not_utf8())));
        };
        let whose = Whose { key: &self.whom.key, schema: self.whom.schema.as_deref(), role: &self.whom.role };
        let judged = (self.judge)(readable, &standing.ground, &whose, tenancy);
        let unknown = is_unknown(&judged);
        if unknown && !has_read {
            return Asked::Catalog;
        }
        let reason = Reason::of(&judged);
        let judged = self.settle(text, judged);
        if !unknown {
            self.ground.verdicts().put(text, tenancy, stamp, &judged, reason);
        }
        Asked::Judged(judged)
    }

    /// Judges a long text on a thread of its own; only a few at once, so that they leave the processor to others,
    /// and not more than one of a tenant while others wait.
    pub fn judge_aside(&self, text: Arc<[u8]>, tenancy: Tenancy, has_read: bool) -> impl Future<Output = Asked> + Send + use<> {
        let gate = self.clone();
        async move {
            let turn = gate.ground.long_texts().take(gate.whom.tenant.clone()).await;
            let judged = tokio::task::spawn_blocking(move || {
                let _turn = turn;
                gate.judge(&text, tenancy, has_read)
            });
            judged.await.unwrap_or_else(|_| Asked::Judged(refused(not_judged())))
        }
    }

    /// What the tenant's mode makes of a verdict.
    fn settle(&self, text: &[u8], judged: Judged) -> Judged {
        let Some(reason) = Reason::of(&judged) else { return judged };
        self.tallies.count(reason, self.mode);
        let report = match &judged.verdict {
            Verdict::Refused(report) => Some(report),
            _ => None,
        };
        if self.mode == GateMode::Enforce {
            if let Some(report) = report {
                tracing::debug!(tenant = %self.whom.tenant, state = %report.state, message = %report.message, "statement refused");
            }
            return judged;
        }
        match report {
            Some(report) => {
                tracing::info!(tenant = %self.whom.tenant, reason = reason.as_str(), state = %report.state, message = %report.message, "statement would be refused");
            }
            None => tracing::debug!(tenant = %self.whom.tenant, "statement would be rewritten"),
        }
        Gatekeeper::unjudged(text)
    }

    /// Reads the catalog where it isn't there yet, is known to be old, or doesn't know a name. Whether a verdict can be had is to be asked anew.
    pub fn read_catalog(&self) -> impl Future<Output = ()> + Send + use<> {
        let ground = Arc::clone(&self.ground);
        async move { ground.read().await }
    }

    /// The tenant has changed what is there.
    pub fn outdate_catalog(&self) {
        self.ground.outdate();
    }

    /// The rows of a text that is a COPY FROM STDIN into a table with row security, which the server doesn't take as it is; `None` for
    /// all others.
    pub fn copy_rows(&self, text: &[u8]) -> Option<Result<CopyRows, Report>> {
        let standing = self.ground.standing().filter(|_| self.reads_only.is_none() && self.used_up.is_none())?;
        let ground = &standing.ground;
        if !matches!(ground.isolation, Isolation::Row { .. }) {
            return None;
        }
        let copy = match copy_from(std::str::from_utf8(text).ok()?) {
            Ok(copy) => copy?,
            Err(report) => return Some(Err(report)),
        };
        let whose = Whose { key: &self.whom.key, schema: self.whom.schema.as_deref(), role: &self.whom.role };
        let standing = named(copy.schema.as_deref(), &copy.table, ground, &whose, Use::Write);
        let Ok(Standing::Tenant(relation)) = standing else { return None };
        let target = Target::new(&copy, relation);
        Some(target.map(|target| CopyRows::new(copy, target, ground.catalog.server_version() < 180_000)))
    }

    /// Whether texts beyond all measure may pass unread.
    pub fn lets_unread_pass(&self) -> bool {
        self.mode != GateMode::Enforce && self.reads_only.is_none() && self.used_up.is_none()
    }
}

fn is_unknown(judged: &Judged) -> bool {
    matches!(&judged.verdict, Verdict::Refused(report) if matches!(report.state, SqlState::UNDEFINED_TABLE | SqlState::UNDEFINED_FUNCTION))
}

fn refused(report: Report) -> Judged {
    Judged { verdict: Verdict::Refused(Arc::new(report)), effects: None, bound: true, access: Access::Anything }
}

fn no_catalog() -> Report {
    Report::new(SqlState::CANNOT_CONNECT_NOW, "the tenant's database can't be read at present")
        .with_detail("Statements are held against what stands in the database, and that can't be told now.")
        .with_hint("Retry in a moment.")
}

fn not_judged() -> Report {
    Report::new(SqlState::INTERNAL_ERROR, "the statement could not be judged").with_hint("Send less at once.")
}

fn not_utf8() -> Report {
    Report::new(SqlState::CHARACTER_NOT_IN_REPERTOIRE, "invalid byte sequence for encoding \"UTF8\"")
}
