//! A change of the map: previewed, and applied if nobody else has changed it meanwhile.

use askama::Template;
use axum::{Extension, Form, extract::State, http::StatusCode, response::Response};
use serde::Deserialize;

use super::{
    super::{
        Shared,
        problem::Problem,
        rest::changes::{make, signature},
    },
    Frame, operator_only, page,
    sign_in::Visitor,
    trouble,
};
use crate::{
    ids::TenantId,
    lifecycle::maps::{EditRules, Taken},
    shard_map::edit::{Assignment, Edit, Value},
    telemetry::audit::{Event, Kind},
};

/// A change as the form says it.
#[derive(Clone, Deserialize)]
pub(super) struct Asked {
    csrf: String,
    #[serde(default)]
    tenant: String,
    what: String,
    #[serde(default)]
    key: String,
    #[serde(default)]
    value: String,
    #[serde(default)]
    reason: String,
    #[serde(default)]
    expected: Option<u64>,
    #[serde(default)]
    force: String,
}

#[derive(Template)]
#[template(path = "preview.html")]
struct PreviewPage {
    frame: Frame,
    changes: String,
    strands: Vec<String>,
    is_new: bool,
    applied: bool,
    version: u64,
    expected: u64,
    change: Asked,
}

/// What would change.
pub(super) async fn preview(State(desk): State<Shared>, visitor: Extension<Visitor>, Form(asked): Form<Asked>) -> Response {
    run(desk, visitor, asked, true).await
}

/// Does it.
pub(super) async fn apply(State(desk): State<Shared>, visitor: Extension<Visitor>, Form(asked): Form<Asked>) -> Response {
    run(desk, visitor, asked, false).await
}

async fn run(desk: Shared, visitor: Extension<Visitor>, asked: Asked, dry_run: bool) -> Response {
    // Before it is looked at: who changes it meanwhile is noticed.
    let served = desk.front.served.load().map.revision;
    let outcome = match operator_only(&visitor).and_then(|()| visitor.check(&asked.csrf)) {
        Ok(()) => change(&desk, &visitor, &asked, dry_run).await,
        Err(problem) => Err(problem),
    };
    if let (Ok(taken), false) = (&outcome, dry_run) {
        let what = format!("shard map, version {}: {} {} {}", taken.version, asked.what, asked.tenant, asked.key);
        desk.front.audit.record(|| Event::new(Kind::Operator).login(&visitor.caller.name).what(what.trim_end()).reason(&asked.reason));
    }
    let frame = Frame::new("/map", &visitor, &desk);
    match outcome {
        Ok(taken) => page(&PreviewPage {
            frame,
            changes: taken.changes.to_string(),
            strands: taken.strands,
            is_new: taken.is_new,
            applied: !dry_run,
            version: taken.version,
            expected: served,
            change: asked,
        }),
        Err(problem) => trouble(frame, problem),
    }
}

async fn change(desk: &Shared, visitor: &Visitor, asked: &Asked, dry_run: bool) -> Result<Taken, Problem> {
    let text = |text: &str| Some(text.trim()).filter(|text| !text.is_empty()).map(str::to_owned);
    let signature = signature(&visitor.caller, text(&asked.reason));
    let rules = EditRules { expected: if dry_run { None } else { asked.expected }, force: asked.force == "true", dry_run };
    let wrong = |detail: &str| Problem::new(StatusCode::BAD_REQUEST, detail);
    if asked.what == "rollback" {
        let version = asked.value.trim().parse().map_err(|_| wrong("no version to go back to"))?;
        let taken = desk.store.rollback(version, &signature, rules).await?;
        if !dry_run {
            tracing::info!(operator = signature.author, version = taken.version, changes = %taken.changes, "shard map changed");
        }
        return Ok(taken);
    }
    let tenant = TenantId::from(text(&asked.tenant).ok_or_else(|| wrong("no tenant is named"))?);
    let key = || text(&asked.key).ok_or_else(|| wrong("no key is named"));
    let edit = match asked.what.as_str() {
        "suspend" => Edit::Suspend { tenant, reason: text(&asked.reason) },
        "read_only" => Edit::ReadOnly { tenant, reason: text(&asked.reason) },
        "resume" => Edit::Resume { tenant },
        "set" => Edit::AlterTenant { tenant, set: vec![Assignment { key: key()?, value: Some(value(asked.value.trim())) }] },
        "unset" => Edit::AlterTenant { tenant, set: vec![Assignment { key: key()?, value: None }] },
        other => return Err(wrong(&format!("{other:?} isn't a change"))),
    };
    make(desk, edit, signature, rules).await
}

/// What somebody typed, as the kind of value that it looks like.
fn value(text: &str) -> Value {
    match text {
        "true" => Value::Boolean(true),
        "false" => Value::Boolean(false),
        text => match (text.parse(), text.parse::<f64>()) {
            (Ok(whole), _) => Value::Integer(whole),
            (_, Ok(number)) if number.is_finite() => Value::Float(number),
            _ => Value::Text(text.to_owned()),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_what_they_look_like() {
        let table = [
            ("8", Value::Integer(8)),
            ("-1", Value::Integer(-1)),
            ("0.5", Value::Float(0.5)),
            ("true", Value::Boolean(true)),
            ("10GB", Value::Text("10GB".to_owned())),
            ("nan", Value::Text("nan".to_owned())),
            ("basic", Value::Text("basic".to_owned())),
            ("", Value::Text(String::new())),
        ];
        for (text, expected) in table {
            assert_eq!(value(text), expected);
        }
    }
}
