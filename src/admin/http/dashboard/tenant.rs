//! One tenant.

use askama::Template;
use axum::{
    Extension, Form,
    extract::{Path, State},
    response::{IntoResponse, Redirect, Response},
};
use serde::Deserialize;

use super::{
    super::{Shared, problem::Problem, rest::tenants::judge},
    Frame,
    figures::{age, meaning, meter, micros, number, spark},
    operator_only, page,
    sign_in::Visitor,
    tenants::{counted, encoded, rate},
    trouble,
};
use crate::{
    admin::view::{
        overview::{SAMPLE, SAMPLES},
        tenants::{TenantView, sessions, tenant as look},
    },
    session::registry::Signal,
    telemetry::{
        audit::{Event, Kind},
        latencies::Percentiles,
    },
    tenant::{storage::in_words, usage::Counts},
};

/// Sessions that are shown.
const MOST: usize = 100;

struct Quota {
    name: &'static str,
    used: String,
    limit: String,
    meter: String,
}

struct SessionRow {
    id: u32,
    login: String,
    peer: String,
    age: String,
    pin: String,
}

#[derive(Template)]
#[template(path = "tenant.html")]
struct TenantPage {
    frame: Frame,
    id: String,
    grade: &'static str,
    place: String,
    reasons: Vec<String>,
    quotas: Vec<Quota>,
    minutes: u64,
    rate: String,
    spark: String,
    latencies: Vec<(&'static str, Vec<String>)>,
    counts: Vec<(&'static str, String)>,
    refusals: Vec<(&'static str, String, &'static str)>,
    session_count: usize,
    sessions: Vec<SessionRow>,
}

/// The page.
pub(super) async fn show(State(desk): State<Shared>, Extension(visitor): Extension<Visitor>, Path(id): Path<String>) -> Response {
    let frame = Frame::new("/tenants", &visitor, &desk);
    let Some(view) = look(&desk.front, &id) else {
        return trouble(frame, Problem::not_found(format!("Tenant {id:?} is not in the shard map.")));
    };
    let (grade, reasons) = judge(&desk, &view);
    let course = desk.overview.tenant(&view.tenant.id).map_or_else(|| vec![0; SAMPLES], |row| row.statements);
    let present = sessions(&desk.front, Some(&view.tenant.id));
    let usage = view.usage.as_ref();
    let mut refusals: Vec<_> = usage.iter().flat_map(|usage| usage.refusals.iter().copied()).collect();
    refusals.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    let place = format!(
        "On shard {}, model {} ({}, lock {}), plan {}{}.",
        view.tenant.shard.id,
        view.tenant.model.id,
        view.tenant.model.kind.as_str(),
        view.tenant.model.lock.as_str(),
        view.tenant.plan.id,
        if view.is_listed { "" } else { ", placed by rule" }
    );
    page(&TenantPage {
        frame,
        grade: grade.as_str(),
        place,
        reasons,
        quotas: quotas(&view, rate(&course)),
        minutes: SAMPLE.as_secs() * SAMPLES as u64 / 60,
        rate: number(rate(&course)),
        spark: spark(&course),
        latencies: vec![
            ("transactions", times(usage.and_then(|usage| usage.turns))),
            ("waits for a server connection", times(usage.and_then(|usage| usage.waits))),
        ],
        counts: usage.map_or(Counts::default(), |usage| usage.counts).named().map(|(name, count)| (name, counted(name, count))).collect(),
        refusals: refusals.into_iter().map(|(why, count)| (why.as_str(), number(count), meaning(why))).collect(),
        session_count: present.len(),
        sessions: present
            .iter()
            .take(MOST)
            .map(|session| SessionRow {
                id: session.id.0,
                login: session.login.to_string(),
                peer: session.peer.to_string(),
                age: age(session.since.elapsed()),
                pin: session.pin().unwrap_or_default(),
            })
            .collect(),
        id,
    })
}

fn times(told: Option<Percentiles>) -> Vec<String> {
    match told {
        Some(Percentiles { p50, p90, p99, max }) => [p50, p90, p99, max].map(|time| micros(time.into())).to_vec(),
        None => vec!["–".to_owned(); 4],
    }
}

fn quotas(view: &TenantView, rate: u64) -> Vec<Quota> {
    let limits = &view.tenant.limits;
    let of = |limit: Option<String>| limit.map_or_else(|| "no limit".to_owned(), |limit| format!("of {limit}"));
    let counted = |name, used: u64, limit: Option<u64>| Quota {
        name,
        used: number(used),
        limit: of(limit.map(number)),
        meter: limit.map_or_else(String::new, |limit| meter(used as f64, limit as f64)),
    };
    let (in_use, waiting) = view.connections.map_or((0, 0), |(_, queue)| (queue.in_use, queue.waiting));
    let storage = view.storage.map(|storage| storage.bytes);
    vec![
        counted("Sessions", view.usage.as_ref().map_or(0, |usage| usage.sessions.into()), limits.max_clients.map(u64::from)),
        counted("Server connections in use", in_use.into(), Some(limits.max_connections.into())),
        Quota { name: "Sessions that wait", used: number(waiting.into()), limit: String::new(), meter: String::new() },
        counted("Statements a second", rate, limits.queries_per_second.map(u64::from)),
        Quota {
            name: "Storage",
            used: storage.map_or_else(|| "not measured".to_owned(), in_words),
            limit: of(limits.storage.map(in_words)),
            meter: storage.zip(limits.storage).map_or_else(String::new, |(used, limit)| meter(used as f64, limit as f64)),
        },
    ]
}

/// Whose session ends.
#[derive(Deserialize)]
pub(super) struct Kill {
    csrf: String,
    tenant: String,
}

/// Ends a session.
pub(super) async fn kill(State(desk): State<Shared>, visitor: Extension<Visitor>, Path(id): Path<u32>, Form(form): Form<Kill>) -> Response {
    let allowed = operator_only(&visitor).and_then(|()| visitor.check(&form.csrf));
    if let Err(problem) = allowed {
        return trouble(Frame::new("/tenants", &visitor, &desk), problem);
    }
    if let Some(session) = desk.front.sessions.list().into_iter().find(|session| session.id.0 == id) {
        session.send(Signal::Kill);
        let name = &visitor.caller.name;
        desk.front.audit.record(|| Event::new(Kind::Operator).login(name).tenant(session.tenant()).session(id).what("session killed"));
        tracing::info!(operator = %visitor.caller.name, session = id, login = %session.login, "session killed");
    }
    Redirect::to(&format!("/tenants/{}", encoded(&form.tenant))).into_response()
}
