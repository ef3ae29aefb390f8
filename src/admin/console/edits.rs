//! Changes of the shard map at the console: `CREATE`, `ALTER`, `DROP`, `SUSPEND` and `RESUME TENANT`, `ALTER SHARD`.

use std::sync::Arc;

use sqlparser::tokenizer::Token;

use super::{
    Desk,
    parse::Words,
    statement::{Statement, Verb},
};
use crate::{
    error::{ClientFacing, Report, SqlState},
    ids::{ShardId, TenantId},
    lifecycle::maps::{EditRules, Signature},
    shard_map::edit::{Assignment, Edit, Value},
};

/// A change, and why.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct MapEdit {
    pub(super) edit: Edit,
    pub(super) reason: Option<String>,
    pub(super) tag: &'static str,
}

/// Reads a change; none where the words begin no such statement.
pub(super) fn read(words: &mut Words<'_>) -> Result<Option<Statement>, Report> {
    let (edit, tag) = match () {
        () if words.is_word_at(0, "CREATE") && words.is_word_at(1, "TENANT") => {
            let tenant = named(words)?;
            words.expect("SET")?;
            (Edit::CreateTenant { tenant, set: assignments(words)? }, "CREATE TENANT")
        }
        () if words.is_word_at(0, "ALTER") && words.is_word_at(1, "TENANT") => {
            let tenant = named(words)?;
            if words.skip("READ") {
                words.expect("ONLY")?;
                (Edit::ReadOnly { tenant, reason: None }, "ALTER TENANT")
            } else {
                (Edit::AlterTenant { tenant, set: changes(words)? }, "ALTER TENANT")
            }
        }
        () if words.is_word_at(0, "ALTER") && words.is_word_at(1, "SHARD") => {
            words.at += 2;
            let shard = ShardId::from(words.name("a shard's name")?);
            (Edit::AlterShard { shard, set: changes(words)? }, "ALTER SHARD")
        }
        () if words.is_word_at(0, "DROP") && words.is_word_at(1, "TENANT") => {
            let tenant = named(words)?;
            (Edit::DropTenant { tenant, cascade: words.skip("CASCADE") }, "DROP TENANT")
        }
        () if words.is_word_at(0, "SUSPEND") && words.is_word_at(1, "TENANT") => {
            (Edit::Suspend { tenant: named(words)?, reason: None }, "SUSPEND TENANT")
        }
        () => return Ok(None),
    };
    let reason = reason(words)?;
    let edit = match edit {
        Edit::Suspend { tenant, .. } => Edit::Suspend { tenant, reason: reason.clone() },
        Edit::ReadOnly { tenant, .. } => Edit::ReadOnly { tenant, reason: reason.clone() },
        other => other,
    };
    Ok(Some(Statement::Verb(Arc::new(Verb::Edit(MapEdit { edit, reason, tag })))))
}

/// Behind two words a tenant's id.
fn named(words: &mut Words<'_>) -> Result<TenantId, Report> {
    words.at += 2;
    words.name("a tenant's id").map(TenantId::from)
}

/// `REASON 'text'`
fn reason(words: &mut Words<'_>) -> Result<Option<String>, Report> {
    if words.skip("REASON") { words.name("a reason").map(Some) } else { Ok(None) }
}

/// `SET …` and `RESET …`, at least one.
fn changes(words: &mut Words<'_>) -> Result<Vec<Assignment>, Report> {
    let mut changes = Vec::new();
    loop {
        if words.skip("SET") {
            changes.extend(assignments(words)?);
        } else if words.skip("RESET") {
            loop {
                changes.push(Assignment { key: key(words)?, value: None });
                if !words.skip_token(&Token::Comma) {
                    break;
                }
            }
        } else if changes.is_empty() {
            return Err(words.unexpected("SET key = value or RESET key is expected"));
        } else {
            return Ok(changes);
        }
    }
}

fn assignments(words: &mut Words<'_>) -> Result<Vec<Assignment>, Report> {
    let mut assignments = Vec::new();
    loop {
        let key = key(words)?;
        if !words.skip_token(&Token::Eq) {
            return Err(words.unexpected("= is expected"));
        }
        assignments.push(Assignment { key, value: Some(value(words)?) });
        if !words.skip_token(&Token::Comma) {
            return Ok(assignments);
        }
    }
}

/// `plan`, `limits.max_connections`
fn key(words: &mut Words<'_>) -> Result<String, Report> {
    let mut key = words.name("a key of the shard map")?;
    while words.skip_token(&Token::Period) {
        key = format!("{key}.{}", words.name("a key of the shard map")?);
    }
    Ok(key)
}

fn value(words: &mut Words<'_>) -> Result<Value, Report> {
    if words.skip_token(&Token::LParen) {
        let mut list = Vec::new();
        while !words.skip_token(&Token::RParen) {
            list.push(value(words)?);
            if !words.skip_token(&Token::Comma) && words.peek() != Some(&Token::RParen) {
                return Err(words.unexpected("a list such as ('a', 'b') is expected"));
            }
        }
        return Ok(Value::List(list));
    }
    if words.skip("TRUE") {
        return Ok(Value::Boolean(true));
    }
    if words.skip("FALSE") {
        return Ok(Value::Boolean(false));
    }
    if let Some(Token::Number(number, _)) = words.peek() {
        words.at += 1;
        let number = number.to_string();
        return match (number.parse(), number.parse()) {
            (Ok(whole), _) => Ok(Value::Integer(whole)),
            (_, Ok(part)) => Ok(Value::Float(part)),
            _ => Err(Report::new(SqlState::INVALID_PARAMETER_VALUE, format!("{number} is no number"))),
        };
    }
    words.name("a value").map(Value::Text)
}

/// Changes the map in its store, in the operator's name, and takes it.
pub(super) async fn carry_out(desk: &Desk, change: &MapEdit, author: &str) -> Result<(), Report> {
    let signature = Signature { author: author.to_owned(), reason: change.reason.clone() };
    let edits = std::slice::from_ref(&change.edit);
    desk.store.edit(edits, &signature, EditRules::default()).await.map_err(|error| error.report())?;
    desk.reload().await
}

/// Lets a tenant do everything again that the map says may not; `false`: it may.
pub(super) async fn resume(desk: &Desk, tenant: &TenantId, author: &str) -> Result<bool, Report> {
    use crate::shard_map::TenantStatus;
    let is_active = |tenant: &Arc<crate::shard_map::Tenant>| tenant.status == TenantStatus::Active;
    if desk.front.served.load().map.tenant(tenant.as_str()).as_ref().is_none_or(is_active) {
        return Ok(false);
    }
    let change = MapEdit { edit: Edit::Resume { tenant: tenant.clone() }, reason: None, tag: "RESUME" };
    carry_out(desk, &change, author).await.map(|()| true)
}
