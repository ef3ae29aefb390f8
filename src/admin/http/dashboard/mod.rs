//! The dashboard at `/`: a page per question, made here and readable without scripts; a script of ours fetches the page's live part again now
//! and then. Everything that comes from data is escaped by the templates; what may be loaded and sent is said by the headers of [`guarded`].

mod changes;
mod figures;
mod home;
mod map;
mod sign_in;
mod tenant;
mod tenants;

use askama::Template;
use axum::{
    Extension, Router,
    extract::Request,
    http::{HeaderName, HeaderValue, StatusCode, header},
    middleware::{self, Next},
    response::{Html, IntoResponse, Response},
    routing::{get, post},
};

pub(super) use self::sign_in::SignedIn;
use self::sign_in::Visitor;
use super::{Desk, Shared, problem::Problem};
use crate::config::Role;

/// What stands on every page.
pub(super) struct Frame {
    here: &'static str,
    name: String,
    role: &'static str,
    csrf: String,
    signed_in: bool,
    may_sign_in: bool,
    may_change: bool,
}

impl Frame {
    fn new(here: &'static str, visitor: &Visitor, desk: &Desk) -> Self {
        Frame {
            here,
            name: visitor.caller.name.to_string(),
            role: visitor.caller.role.as_str(),
            csrf: visitor.csrf.clone(),
            signed_in: visitor.signed_in,
            may_sign_in: desk.access.has_tokens(),
            may_change: visitor.caller.role == Role::Operator,
        }
    }

    fn is_here(&self, path: &str) -> bool {
        self.here == path
    }

    fn pages(&self) -> [(&'static str, &'static str); 3] {
        [("/", "Is all well?"), ("/tenants", "Who uses what?"), ("/map", "The map")]
    }
}

/// A page that something went wrong on.
#[derive(Template)]
#[template(path = "trouble.html")]
struct TroublePage {
    frame: Frame,
    title: String,
    detail: String,
    hint: Option<String>,
}

/// Trouble on a page of the dashboard.
fn trouble(frame: Frame, problem: Problem) -> Response {
    let status = StatusCode::from_u16(problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let hint = problem.hint.map(std::borrow::Cow::into_owned);
    (status, page(&TroublePage { frame, title: problem.title.into_owned(), detail: problem.detail, hint })).into_response()
}

fn page(template: &impl Template) -> Response {
    match template.render() {
        Ok(html) => Html(html).into_response(),
        Err(error) => {
            tracing::error!(%error, "a page of the dashboard");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

/// Its routes.
pub(super) fn router(desk: &Shared) -> Router<Shared> {
    let visited = Router::new()
        .route("/", get(home::show))
        .route("/tenants", get(tenants::show))
        .route("/tenants/{id}", get(tenant::show))
        .route("/sessions/{id}/kill", post(tenant::kill))
        .route("/map", get(map::show))
        .route("/map/preview", post(changes::preview))
        .route("/map/apply", post(changes::apply))
        .route("/logout", post(sign_in::sign_out))
        .route_layer(middleware::from_fn_with_state(desk.clone(), sign_in::visit));
    Router::new()
        .route("/login", get(sign_in::ask).post(sign_in::sign_in))
        .route("/static/style.css", get(|| async { asset("text/css; charset=utf-8", include_str!("assets/style.css")) }))
        .route("/static/live.js", get(|| async { asset("text/javascript; charset=utf-8", include_str!("assets/live.js")) }))
        .merge(visited)
        .route_layer(middleware::from_fn(guarded))
}

fn asset(kind: &'static str, text: &'static str) -> Response {
    let headers = [(header::CONTENT_TYPE, HeaderValue::from_static(kind)), (header::CACHE_CONTROL, HeaderValue::from_static("no-cache"))];
    (headers, text).into_response()
}

/// Nothing but our own files is loaded, nobody shows the pages inside of others, and no page is kept where others may look.
const HEADERS: [(HeaderName, HeaderValue); 5] = [
    (
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static(
            "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self' data:; form-action 'self'; \
             base-uri 'none'; frame-ancestors 'none'",
        ),
    ),
    (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    (header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY")),
    (header::REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
    (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
];

/// Takes requests that pages of others have made, and adds [`HEADERS`].
async fn guarded(request: Request, next: Next) -> Response {
    // Fetch Metadata: browsers say where a request comes from.
    let site = request.headers().get("sec-fetch-site").and_then(|site| site.to_str().ok());
    let is_foreign = !request.method().is_safe() && site.is_some_and(|site| site != "same-origin");
    let mut response = match is_foreign {
        true => StatusCode::FORBIDDEN.into_response(),
        false => next.run(request).await,
    };
    for (name, value) in HEADERS {
        response.headers_mut().entry(name).or_insert(value);
    }
    response
}

/// Refuses who may only look.
fn operator_only(Extension(visitor): &Extension<Visitor>) -> Result<(), Problem> {
    match visitor.caller.role {
        Role::Operator => Ok(()),
        Role::Viewer => Err(Problem::forbidden(format!("{} may look and not change", visitor.caller.name))),
    }
}
