//! What a new map changes, in words: for the log, and for `pgtenant map diff`.

use std::{collections::BTreeMap, fmt, sync::Arc};

use super::{Placement, ShardMap, TenantStatus, tenants::Said};

/// How many names are told of one kind of change.
const MOST_NAMES: usize = 10;

/// What differs between two maps, by kind of change.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Changes(BTreeMap<String, Names>);

/// Who changed: the first ones by name, all by number.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
struct Names {
    first: Vec<String>,
    count: usize,
}

impl Changes {
    /// What `new` changes of `old`.
    pub fn between(old: &ShardMap, new: &ShardMap) -> Changes {
        let mut changes = Changes::default();
        changes.named("shard", &by_name(old.shards(), |shard| shard.id.as_str()), &by_name(new.shards(), |shard| shard.id.as_str()));
        changes.named("plan", &by_name(old.plans(), |plan| plan.id.as_str()), &by_name(new.plans(), |plan| plan.id.as_str()));
        changes.named("model", &by_name(old.models(), |model| model.id.as_str()), &by_name(new.models(), |model| model.id.as_str()));
        changes.tenants(old, new);
        changes.named("login", &by_name(old.logins(), |login| login.id.as_str()), &by_name(new.logins(), |login| login.id.as_str()));
        changes.placement(old, new);
        changes
    }

    /// Whether the two maps say the same.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn add(&mut self, kind: impl Into<String>, name: impl Into<String>) {
        let names = self.0.entry(kind.into()).or_default();
        names.count += 1;
        if names.first.len() < MOST_NAMES {
            names.first.push(name.into());
        }
    }

    fn named<T: PartialEq>(&mut self, what: &str, old: &BTreeMap<&str, &Arc<T>>, new: &BTreeMap<&str, &Arc<T>>) {
        for (name, part) in new {
            match old.get(name) {
                None => self.add(format!("{what}s added"), *name),
                Some(before) if before != part => self.add(format!("{what}s changed"), *name),
                Some(_) => {}
            }
        }
        for name in old.keys().filter(|name| !new.contains_key(*name)) {
            self.add(format!("{what}s removed"), *name);
        }
    }

    fn tenants(&mut self, old: &ShardMap, new: &ShardMap) {
        for id in new.tenants.ids() {
            let (before, now) = (said(old, id), said(new, id));
            match (before, now) {
                (Some(before), Some(now)) if before != now => self.tenant(id, &before, &now),
                (None, Some(_)) => self.add("tenants added", id),
                _ => {}
            }
        }
        for id in old.tenants.ids().filter(|id| new.tenants.find(id).is_none()) {
            self.add("tenants removed", id);
        }
    }

    fn tenant(&mut self, id: &str, before: &Said<'_>, now: &Said<'_>) {
        if before.shard != now.shard {
            self.add("tenants moved", format!("{id} from {} to {}", before.shard, now.shard));
        }
        if before.status != now.status {
            let kind = match now.status {
                TenantStatus::Active => "tenants resumed",
                TenantStatus::ReadOnly => "tenants made read-only",
                TenantStatus::Suspended => "tenants suspended",
            };
            self.add(kind, id);
        }
        if before.plan != now.plan {
            self.add("tenants of another plan", format!("{id} from {} to {}", before.plan, now.plan));
        }
        if before.model != now.model {
            self.add("tenants of another model", format!("{id} from {} to {}", before.model, now.model));
        }
        if before.extra != now.extra {
            self.add("tenants with other overrides", id);
        }
    }

    fn placement(&mut self, old: &ShardMap, new: &ShardMap) {
        match (old.placement(), new.placement()) {
            (None, None) => {}
            (None, Some(_)) => self.add("placement rule", "added"),
            (Some(_), None) => self.add("placement rule", "removed"),
            (Some(before), Some(now)) => {
                if before.bucket_count() != now.bucket_count() {
                    self.add("placement rule", format!("{} buckets instead of {}", now.bucket_count(), before.bucket_count()));
                } else if let moved @ 1.. = moved_buckets(before, old, now, new) {
                    self.add("placement rule", format!("{moved} buckets moved"));
                }
                if names_of(before, old) != names_of(now, new) {
                    self.add("placement rule", "another model or plan");
                }
            }
        }
    }
}

fn said<'m>(map: &'m ShardMap, id: &str) -> Option<Said<'m>> {
    map.tenants.said(map.tenants.find(id)?, &map.parts)
}

fn by_name<'m, T: 'm>(parts: impl Iterator<Item = &'m Arc<T>>, name: fn(&T) -> &str) -> BTreeMap<&'m str, &'m Arc<T>> {
    parts.map(|part| (name(part), part)).collect()
}

fn moved_buckets(before: &Placement, old: &ShardMap, now: &Placement, new: &ShardMap) -> usize {
    let shard = |map: &ShardMap, number: u16| map.parts.shards.get(usize::from(number)).map(|shard| shard.id.clone());
    before.shards().iter().zip(now.shards()).filter(|(before, now)| shard(old, **before) != shard(new, **now)).count()
}

fn names_of<'m>(rule: &Placement, map: &'m ShardMap) -> (Option<&'m str>, Option<&'m str>) {
    let (model, plan) = rule.model_and_plan();
    let model = map.parts.models.get(usize::from(model)).map(|model| model.id.as_str());
    (model, map.parts.plans.get(usize::from(plan)).map(|plan| plan.id.as_str()))
}

impl fmt::Display for Changes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_empty() {
            return f.write_str("nothing changed");
        }
        for (number, (kind, names)) in self.0.iter().enumerate() {
            let separator = if number > 0 { "; " } else { "" };
            write!(f, "{separator}{kind}: {}", names.first.join(", "))?;
            if names.count > names.first.len() {
                write!(f, " and {} more", names.count - names.first.len())?;
            }
        }
        Ok(())
    }
}
