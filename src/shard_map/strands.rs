//! What a change of the map would leave behind: tenants whose data isn't where the new map looks for it.

use std::fmt::Display;

use super::{ShardMap, Tenant};

/// How many names are told of one kind.
const MOST_NAMES: usize = 10;

/// Why taking `new` for `old` would leave tenants without their data, a sentence for each kind. `kept`: no tenant may lose its entry.
pub fn strands(old: &ShardMap, new: &ShardMap, kept: bool) -> Vec<String> {
    let mut reasons = Vec::new();
    removed_shards(old, new, &mut reasons);
    let same_parts = old.parts.shards == new.parts.shards && old.parts.models == new.parts.models;
    let (mut elsewhere, mut gone) = (Names::default(), Names::default());
    for id in old.tenants.ids() {
        let number = new.tenants.find(id);
        if same_parts
            && let (Some(before), Some(now)) = (old.tenants.find(id), number)
            && old.tenants.said(before, &old.parts).zip(new.tenants.said(now, &new.parts)).is_some_and(|(before, now)| before == now)
        {
            continue;
        }
        let Some(before) = old.tenant(id) else { continue };
        match new.tenant(id) {
            Some(now) => {
                if let Some(how) = moved(&before, &now) {
                    elsewhere.add(format!("{id} ({how})"));
                }
            }
            None if kept => gone.add(format!("{id} on {}", before.shard.id)),
            None => {}
        }
    }
    if !elsewhere.is_empty() {
        reasons.push(format!("tenants would be looked for where their data isn't: {elsewhere}"));
    }
    if !gone.is_empty() {
        reasons.push(format!("tenants would lose their entries, and their data stays: {gone}"));
    }
    placement(old, new, &mut reasons);
    reasons
}

/// Where a tenant's data is, if that is another place than before.
fn moved(before: &Tenant, now: &Tenant) -> Option<String> {
    let differs = |what: &str, before: &str, now: &str| (before != now).then(|| format!("{what} {before} -> {now}"));
    let schema = |tenant: &Tenant| tenant.schema.as_deref().unwrap_or("none").to_owned();
    differs("shard", before.shard.id.as_str(), now.shard.id.as_str())
        .or_else(|| differs("kind", before.model.kind.as_str(), now.model.kind.as_str()))
        .or_else(|| differs("database", &before.database, &now.database))
        .or_else(|| differs("schema", &schema(before), &schema(now)))
        .or_else(|| differs("key", &before.key, &now.key))
}

/// Shards that hold tenants go.
fn removed_shards(old: &ShardMap, new: &ShardMap, reasons: &mut Vec<String>) {
    for shard in old.shards().filter(|shard| new.shard(shard.id.as_str()).is_none()) {
        let mut held = Names::default();
        for number in old.tenants.ids().filter_map(|id| old.tenants.find(id)) {
            if old.tenants.said(number, &old.parts).is_some_and(|said| said.shard == shard.id.as_str()) {
                held.add(old.tenants.id(number));
            }
        }
        if !held.is_empty() {
            reasons.push(format!("shard {} would go, and it holds tenants: {held}", shard.id));
        }
        if old.placing().is_some_and(|(_, mut shards)| shards.any(|placed| placed.id == shard.id)) {
            reasons.push(format!("shard {} would go, and the placement rule puts tenants there", shard.id));
        }
    }
}

/// Tenants without an entry: nobody knows who they are.
fn placement(old: &ShardMap, new: &ShardMap, reasons: &mut Vec<String>) {
    let (Some(before), Some((model, _))) = (old.placement(), old.placing()) else { return };
    let (Some(now), Some((new_model, _))) = (new.placement(), new.placing()) else {
        reasons.push("the placement rule would go, and with it all tenants that it has placed".to_owned());
        return;
    };
    if before.bucket_count() != now.bucket_count() {
        let (buckets, other) = (before.bucket_count(), now.bucket_count());
        reasons.push(format!("the placement rule would have {other} buckets instead of {buckets}: tenants would be looked for elsewhere"));
        return;
    }
    let shard = |map: &ShardMap, number: &u16| map.parts.shards.get(usize::from(*number)).map(|shard| shard.id.clone());
    let pairs = before.shards().iter().zip(now.shards());
    let buckets = pairs.filter(|(before, now)| shard(old, before) != shard(new, now)).count();
    if buckets > 0 {
        reasons.push(format!("{buckets} buckets of the placement rule would be on other shards than the tenants in them"));
    }
    if model.kind != new_model.kind && (model.kind.as_str() != "row" || new_model.kind.as_str() != "row") {
        reasons.push("the placement rule's model would keep tenants' data elsewhere".to_owned());
    }
}

/// The first names, and how many there are.
#[derive(Default)]
struct Names {
    first: Vec<String>,
    count: usize,
}

impl Names {
    fn add(&mut self, name: impl Into<String>) {
        self.count += 1;
        if self.first.len() < MOST_NAMES {
            self.first.push(name.into());
        }
    }

    fn is_empty(&self) -> bool {
        self.count == 0
    }
}

impl Display for Names {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.first.join(", "))?;
        match self.count - self.first.len() {
            0 => Ok(()),
            more => write!(f, " and {more} more"),
        }
    }
}
