//! Sessions: who is there, and who shouldn't be.

use axum::{Extension, Json, extract::State, http::StatusCode};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{
    super::{Shared, access::Caller, problem::Problem},
    extract::{InPath, InQuery},
    paging::{Page, Paging},
};
use crate::{
    admin::view::tenants::sessions,
    ids::TenantId,
    session::registry::{SessionHandle, Signal},
};

/// Whose sessions.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct SessionFilter {
    /// Of this tenant.
    tenant: Option<String>,
    /// Of this login.
    login: Option<String>,
}

/// A client connection that is let in.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct SessionView {
    /// Its number, which its client takes for a process id.
    id: u32,
    /// Whose data it reaches at present; null: nobody's yet.
    tenant: Option<String>,
    /// Who connected.
    login: String,
    /// From where.
    peer: String,
    /// For how long.
    age_seconds: u64,
    /// Why it keeps its server connection.
    pinned: Option<String>,
}

impl From<&SessionHandle> for SessionView {
    fn from(session: &SessionHandle) -> Self {
        SessionView {
            id: session.id.0,
            tenant: session.tenant().map(|tenant| tenant.to_string()),
            login: session.login.to_string(),
            peer: session.peer.to_string(),
            age_seconds: session.since.elapsed().as_secs(),
            pinned: session.pin(),
        }
    }
}

fn unknown(id: u32) -> Problem {
    Problem::not_found(format!("there is no session {id}"))
}

/// Sessions, by number.
#[utoipa::path(get, path = "/api/v1/sessions", tag = "sessions", params(Paging, SessionFilter), responses((status = 200, body = Page<SessionView>)))]
pub(super) async fn list(
    State(desk): State<Shared>,
    InQuery(paging): InQuery<Paging>,
    InQuery(filter): InQuery<SessionFilter>,
) -> Json<Page<SessionView>> {
    let tenant = filter.tenant.map(TenantId::from);
    let all = sessions(&desk.front, tenant.as_ref()).into_iter();
    let suits = all.filter(|session| filter.login.as_ref().is_none_or(|login| session.login.as_str() == login));
    Json(paging.cut(suits, |session| SessionView::from(&*session)))
}

/// A session.
#[utoipa::path(get, path = "/api/v1/sessions/{id}", tag = "sessions", params(("id" = u32, Path, description = "Its number")), responses((status = 200, body = SessionView)))]
pub(super) async fn get(State(desk): State<Shared>, InPath(id): InPath<u32>) -> Result<Json<SessionView>, Problem> {
    let found = desk.front.sessions.list().into_iter().find(|session| session.id.0 == id);
    found.map(|session| Json(SessionView::from(&*session))).ok_or_else(|| unknown(id))
}

/// Ends a session at once.
#[utoipa::path(delete, path = "/api/v1/sessions/{id}", tag = "sessions", params(("id" = u32, Path, description = "Its number")), responses((status = 204, description = "It ends")))]
pub(super) async fn kill(
    State(desk): State<Shared>,
    Extension(caller): Extension<Caller>,
    InPath(id): InPath<u32>,
) -> Result<StatusCode, Problem> {
    let session = desk.front.sessions.list().into_iter().find(|session| session.id.0 == id).ok_or_else(|| unknown(id))?;
    session.send(Signal::Kill);
    tracing::info!(operator = %caller.name, session = id, login = %session.login, "session killed");
    Ok(StatusCode::NO_CONTENT)
}
