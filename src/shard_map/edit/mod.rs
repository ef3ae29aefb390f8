//! Typed changes of a shard map's text. Comments, order and all that isn't touched stay as they are.
//!
//! Only the entry that changes is parsed, so that one of a million tenants is suspended in the time that it takes to find it. Whether
//! the outcome is a map that may be taken is for its loader to say.

mod entry;
mod places;
mod revision;

pub use revision::{split_revision, with_revision};

use toml_edit::{Array, DocumentMut, Item, Table};

use super::{LoginScope, ShardMap, Tenant};
use crate::ids::{LoginId, ShardId, TenantId};

/// A change of one entry.
#[derive(Clone, PartialEq, Debug)]
pub enum Edit {
    /// A tenant that isn't there yet.
    CreateTenant {
        /// Its id.
        tenant: TenantId,
        /// Its keys: `shard`, `model` and `plan` at least.
        set: Vec<Assignment>,
    },
    /// Other keys of a tenant.
    AlterTenant {
        /// Its id.
        tenant: TenantId,
        /// What changes.
        set: Vec<Assignment>,
    },
    /// A tenant's entry goes. Its data stays where it is.
    DropTenant {
        /// Its id.
        tenant: TenantId,
        /// Logins that act for it alone go as well, and others act for it no more.
        cascade: bool,
    },
    /// A tenant may do nothing.
    Suspend {
        /// Its id.
        tenant: TenantId,
        /// What its clients are told.
        reason: Option<String>,
    },
    /// A tenant may only read.
    ReadOnly {
        /// Its id.
        tenant: TenantId,
        /// What its clients are told.
        reason: Option<String>,
    },
    /// A tenant may do everything again.
    Resume {
        /// Its id.
        tenant: TenantId,
    },
    /// Other keys of a shard.
    AlterShard {
        /// Its name.
        shard: ShardId,
        /// What changes.
        set: Vec<Assignment>,
    },
}

/// A key of an entry and its value.
#[derive(Clone, PartialEq, Debug)]
pub struct Assignment {
    /// Such as `plan` or `limits.max_connections`.
    pub key: String,
    /// None: the key goes.
    pub value: Option<Value>,
}

/// A value of the map's file.
#[derive(Clone, PartialEq, Debug)]
pub enum Value {
    /// A text. Durations and sizes are texts, too.
    Text(String),
    /// A whole number.
    Integer(i64),
    /// Another number.
    Float(f64),
    /// True or false.
    Boolean(bool),
    /// Several.
    List(Vec<Value>),
}

/// Why an entry can't be changed.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum EditError {
    /// Neither an entry nor a placement rule.
    #[error("tenant \"{0}\" is not in the shard map")]
    UnknownTenant(TenantId),
    /// No such shard.
    #[error("shard \"{0}\" is not in the shard map")]
    UnknownShard(ShardId),
    /// There is one.
    #[error("tenant \"{0}\" is in the shard map already")]
    TenantExists(TenantId),
    /// Logins would be left without their tenant.
    #[error("tenant \"{tenant}\" has logins: {}", names(.logins))]
    LoginsLeft {
        /// Which tenant.
        tenant: TenantId,
        /// Which logins.
        logins: Vec<LoginId>,
    },
    /// A key that can't be one.
    #[error("{0:?} isn't a key of an entry")]
    BadKey(String),
    /// Keys aren't to be found in it.
    #[error("the shard map isn't TOML: {0}")]
    Syntax(String),
}

fn names(logins: &[LoginId]) -> String {
    logins.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

const TENANTS: &str = "tenants";
const LOGINS: &str = "logins";
const SHARDS: &str = "shards";

/// The text after all the changes; `map` is what it says before them.
///
/// # Errors
/// The first change that can't be made.
pub fn edit(text: &str, map: &ShardMap, edits: &[Edit]) -> Result<String, EditError> {
    let mut text = text.to_owned();
    for change in edits {
        text = one(&text, map, change)?;
    }
    Ok(text)
}

fn one(text: &str, map: &ShardMap, edit: &Edit) -> Result<String, EditError> {
    match edit {
        Edit::CreateTenant { tenant, set } => create(text, tenant, set),
        Edit::AlterTenant { tenant, set } => alter_tenant(text, map, tenant, set),
        Edit::DropTenant { tenant, cascade } => drop_tenant(text, map, tenant, *cascade),
        Edit::Suspend { tenant, reason } => alter_tenant(text, map, tenant, &status("suspended", reason.as_deref())),
        Edit::ReadOnly { tenant, reason } => alter_tenant(text, map, tenant, &status("read_only", reason.as_deref())),
        Edit::Resume { tenant } => alter_tenant(text, map, tenant, &status("active", None)),
        Edit::AlterShard { shard, set } => {
            let changed = entry::change(text, SHARDS, shard.as_str(), |entry| assign_all(entry, set))?;
            changed.ok_or_else(|| EditError::UnknownShard(shard.clone()))
        }
    }
}

fn status(word: &str, reason: Option<&str>) -> [Assignment; 2] {
    let text = |text: &str| Some(Value::Text(text.to_owned()));
    [Assignment { key: "status".to_owned(), value: text(word) }, Assignment { key: "reason".to_owned(), value: reason.and_then(text) }]
}

fn create(text: &str, tenant: &TenantId, set: &[Assignment]) -> Result<String, EditError> {
    let mut item = Item::Table(Table::new());
    assign_all(&mut item, set)?;
    let added = entry::add(text, TENANTS, tenant.as_str(), item)?;
    added.ok_or_else(|| EditError::TenantExists(tenant.clone()))
}

/// One that the placement rule has placed gets an entry that leaves it where it is.
fn alter_tenant(text: &str, map: &ShardMap, tenant: &TenantId, set: &[Assignment]) -> Result<String, EditError> {
    if let Some(changed) = entry::change(text, TENANTS, tenant.as_str(), |entry| assign_all(entry, set))? {
        return Ok(changed);
    }
    let placed = map.tenant(tenant.as_str()).ok_or_else(|| EditError::UnknownTenant(tenant.clone()))?;
    let all: Vec<Assignment> = placed_as(&placed).into_iter().chain(set.iter().cloned()).collect();
    create(text, tenant, &all)
}

fn placed_as(tenant: &Tenant) -> [Assignment; 3] {
    let key = |key: &str, value: &str| Assignment { key: key.to_owned(), value: Some(Value::Text(value.to_owned())) };
    [key("shard", tenant.shard.id.as_str()), key("model", tenant.model.id.as_str()), key("plan", tenant.plan.id.as_str())]
}

fn drop_tenant(text: &str, map: &ShardMap, tenant: &TenantId, cascade: bool) -> Result<String, EditError> {
    let left = |login: &&std::sync::Arc<super::Login>| match &login.scope {
        LoginScope::Tenant(only) => only == tenant,
        LoginScope::Tenants(several) => several.contains(tenant),
        LoginScope::AllTenants | LoginScope::Operator | LoginScope::Viewer => false,
    };
    let mut logins: Vec<_> = map.logins().filter(left).collect();
    logins.sort_by(|one, other| one.id.as_str().cmp(other.id.as_str()));
    if !logins.is_empty() && !cascade {
        let logins = logins.iter().map(|login| login.id.clone()).collect();
        return Err(EditError::LoginsLeft { tenant: tenant.clone(), logins });
    }
    let mut text = entry::remove(text, TENANTS, tenant.as_str())?.ok_or_else(|| EditError::UnknownTenant(tenant.clone()))?;
    for login in logins {
        let others = match &login.scope {
            LoginScope::Tenants(several) => several.len() > 1,
            _ => false,
        };
        let changed = match others {
            true => entry::change(&text, LOGINS, login.id.as_str(), |entry| act_no_more(entry, tenant))?,
            false => entry::remove(&text, LOGINS, login.id.as_str())?,
        };
        text = changed.unwrap_or(text);
    }
    Ok(text)
}

/// Takes a tenant out of a login's list.
fn act_no_more(login: &mut Item, tenant: &TenantId) -> Result<(), EditError> {
    if let Some(listed) = login.get_mut(TENANTS).and_then(Item::as_array_mut) {
        listed.retain(|name| name.as_str() != Some(tenant.as_str()));
    }
    Ok(())
}

fn assign_all(entry: &mut Item, set: &[Assignment]) -> Result<(), EditError> {
    set.iter().try_for_each(|assignment| assign(entry, assignment))
}

fn assign(entry: &mut Item, Assignment { key, value }: &Assignment) -> Result<(), EditError> {
    let bad = || EditError::BadKey(key.clone());
    let (outer, inner) = match key.split_once('.') {
        None => (key.as_str(), None),
        Some((outer, inner)) => (outer, Some(inner)),
    };
    if outer.is_empty() || inner.is_some_and(|inner| inner.is_empty() || inner.contains('.')) {
        return Err(bad());
    }
    let inline = entry.is_inline_table();
    let table = entry.as_table_like_mut().ok_or_else(bad)?;
    let Some(inner) = inner else {
        put(table, outer, value.as_ref());
        return Ok(());
    };
    if value.is_some() && !table.contains_key(outer) {
        let empty = if inline { Item::Value(toml_edit::InlineTable::new().into()) } else { Item::Table(Table::new()) };
        table.insert(outer, empty);
    }
    let Some(section) = table.get_mut(outer) else { return Ok(()) };
    let section = section.as_table_like_mut().ok_or_else(bad)?;
    put(section, inner, value.as_ref());
    if section.is_empty() {
        table.remove(outer);
    }
    Ok(())
}

/// A value that replaces another keeps the comment behind it.
fn put(table: &mut dyn toml_edit::TableLike, key: &str, value: Option<&Value>) {
    let Some(value) = value.map(Value::toml) else {
        table.remove(key);
        return;
    };
    match table.get_mut(key) {
        Some(Item::Value(old)) => {
            let decor = old.decor().clone();
            *old = value;
            *old.decor_mut() = decor;
        }
        _ => {
            table.insert(key, Item::Value(value));
        }
    }
}

impl Value {
    fn toml(&self) -> toml_edit::Value {
        match self {
            Value::Text(text) => text.as_str().into(),
            Value::Integer(number) => (*number).into(),
            Value::Float(number) => (*number).into(),
            Value::Boolean(is_so) => (*is_so).into(),
            Value::List(values) => values.iter().map(Value::toml).collect::<Array>().into(),
        }
    }
}

fn parse(text: &str) -> Result<DocumentMut, EditError> {
    text.parse().map_err(|error: toml_edit::TomlError| EditError::Syntax(error.message().to_owned()))
}

#[cfg(test)]
mod tests;
