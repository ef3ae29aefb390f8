//! Where tenants without an entry live: SHA-256 of the id over N buckets, each bucket on a shard.
//!
//! The bucket of an id depends on the id and on N alone, so it can be computed anywhere and never moves; what moves is a bucket's shard.

use std::sync::Arc;

use aws_lc_rs::digest;
use toml::{Spanned, de::DeValue};

use super::{
    Lock, ModelKind, Parts, Tenant, TenantStatus,
    names::{NameOf, Names, check_name, known, reference},
    raw::{RawPlacement, RawRanges},
    unique::Unfit,
};
use crate::{
    config::document::{self, Findings, place, value},
    ids::TenantId,
};

/// Buckets where the file doesn't say.
const BUCKETS: u32 = 1024;
const MOST_BUCKETS: u32 = 65_536;
/// A bucket that no shard has.
const NOBODY: u16 = u16::MAX;

/// The rule.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Placement {
    model: u16,
    plan: u16,
    /// For each bucket, its shard's number.
    buckets: Vec<u16>,
}

impl Placement {
    /// How many buckets there are.
    pub fn bucket_count(&self) -> usize {
        self.buckets.len()
    }

    /// An id's bucket: the first eight bytes of its SHA-256 as an unsigned number, most significant byte first, modulo the buckets.
    pub fn bucket(&self, id: &str) -> usize {
        let hash = digest::digest(&digest::SHA256, id.as_bytes());
        let number = hash.as_ref().iter().take(8).fold(0u64, |number, byte| number << 8 | u64::from(*byte));
        let buckets = u64::try_from(self.buckets.len()).unwrap_or(1).max(1);
        usize::try_from(number % buckets).unwrap_or(0)
    }

    /// The tenant that the rule makes of an id; none where one of its names would be impossible.
    pub(super) fn place(&self, id: &str, parts: &Parts) -> Option<Tenant> {
        let shard = parts.shards.get(usize::from(*self.buckets.get(self.bucket(id))?))?.clone();
        let model = parts.models.get(usize::from(self.model))?.clone();
        let plan = parts.plans.get(usize::from(self.plan))?.clone();
        let key: Arc<str> = Arc::from(id);
        let name = |what, template: &super::Template| {
            let name = template.name(id, shard.role_key.as_ref())?;
            check_name(what, &name).is_none().then_some(name)
        };
        let role = if model.has_roles() { name(NameOf::Role, &model.role)? } else { shard.user.clone()? };
        let schema = match &model.kind {
            ModelKind::Schema { schema, .. } => Some(name(NameOf::Schema, schema)?),
            _ => None,
        };
        let database = match &model.kind {
            ModelKind::Database { database } => name(NameOf::Database, database)?,
            _ => shard.primary.dbname.clone(),
        };
        let (limits, gate) = (plan.limits, model.gate);
        Some(Tenant {
            id: TenantId::from(key.clone()),
            shard,
            model,
            plan,
            client_database: None,
            limits,
            status: TenantStatus::Active,
            reason: None,
            key,
            role,
            role_password: None,
            schema,
            database,
            gate,
        })
    }

    /// Each bucket's shard, by number.
    pub(super) fn shards(&self) -> &[u16] {
        &self.buckets
    }

    /// The model of those who are placed: its place among the map's models.
    pub fn model_number(&self) -> u16 {
        self.model
    }

    /// Model and plan, by number.
    pub(super) fn model_and_plan(&self) -> (u16, u16) {
        (self.model, self.plan)
    }
}

/// Reads `[placement]`; `at` is its key's place.
pub(super) fn read(at: usize, section: &Spanned<DeValue<'_>>, parts: &Parts, names: &Names, findings: &mut Findings) -> Option<Placement> {
    let raw: RawPlacement = document::read(section, findings)?;
    let model = reference(&raw.model, "model", &names.models, at, findings);
    let plan = reference(&raw.plan, "plan", &names.plans, at, findings);
    if let Some(plan) = plan.and_then(|plan| parts.plans.get(usize::from(plan)))
        && plan.limits.min_connections > 0
    {
        let message = format!("plan {} guarantees connections, and nobody knows how many tenants a rule places", plan.id);
        findings.expect(place(&raw.plan, at), message, "a plan with min_connections = 0");
    }
    let count = value(&raw.buckets).unwrap_or(BUCKETS);
    if count == 0 || count > MOST_BUCKETS {
        findings.expect(place(&raw.buckets, at), format!("`buckets` is {count}"), format!("1 to {MOST_BUCKETS}"));
        return None;
    }
    let Some(shards) = &raw.shards else {
        findings.missing(at, "shards", "`shards` is missing in [placement]", "shards = { east = \"0-511\", west = \"512-1023\" }");
        return None;
    };
    let mut buckets = vec![NOBODY; usize::try_from(count).unwrap_or(0)];
    let mut complete = true;
    for (name, ranges) in shards.get_ref() {
        let number = known(name.get_ref(), name.span().start, "shard", &names.shards, findings);
        complete &= number.is_some();
        check_key(number, model, parts, name.span().start, findings);
        let texts = match ranges.get_ref() {
            RawRanges::One(text) => std::slice::from_ref(text),
            RawRanges::Many(texts) => texts,
        };
        for text in texts {
            complete &= take(text, number.unwrap_or(0), &mut buckets, ranges.span().start, findings);
        }
    }
    if let (Some(bucket), true) = (buckets.iter().position(|shard| *shard == NOBODY), complete) {
        let message = format!("no shard has bucket {bucket}");
        findings.expect(shards.span().start, message, format!("every bucket from 0 to {} exactly once", count - 1));
        return None;
    }
    complete.then_some(())?;
    Some(Placement { model: model?, plan: plan?, buckets })
}

/// Every shard of a rule must be able to make passwords and opaque names.
fn check_key(shard: Option<u16>, model: Option<u16>, parts: &Parts, at: usize, findings: &mut Findings) {
    let shard = shard.and_then(|number| parts.shards.get(usize::from(number)));
    let model = model.and_then(|number| parts.models.get(usize::from(number)));
    let (Some(shard), Some(model)) = (shard, model) else { return };
    if let Some(why) = Unfit::of(shard, model) {
        findings.expect(at, format!("shard {} has no {}, and placed tenants can't do without", shard.id, why.missing()), why.expected());
    }
    if shard.role_key.is_none() && model.lock == Lock::Login && shard.primary.tls.cert.is_none() {
        findings.add(at, format!("shard {} has no `role_key` to make placed tenants' passwords with", shard.id));
    }
}

/// Gives a range of buckets to a shard.
fn take(text: &str, shard: u16, buckets: &mut [u16], at: usize, findings: &mut Findings) -> bool {
    let (first, last) = text.split_once('-').unwrap_or((text, text));
    let range = first.parse::<usize>().ok().zip(last.parse::<usize>().ok());
    let Some((first, last)) = range.filter(|(first, last)| first <= last && *last < buckets.len()) else {
        let expected = format!("a bucket such as \"7\" or a range such as \"0-511\", up to {}", buckets.len().saturating_sub(1));
        findings.expect(at, format!("\"{text}\" isn't a range of buckets"), expected);
        return false;
    };
    for (bucket, owner) in buckets.iter_mut().enumerate().take(last + 1).skip(first) {
        if *owner != NOBODY {
            findings.add(at, format!("bucket {bucket} is given twice"));
            return false;
        }
        *owner = shard;
    }
    true
}
