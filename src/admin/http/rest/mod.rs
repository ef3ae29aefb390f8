//! REST under `/api/v1`, described by `/openapi.json`.
//!
//! Who looks needs a viewer's token, who changes something an operator's: that is asked here once for all routes, by their method.

mod audit;
pub(super) mod changes;
mod extract;
mod idempotency;
mod maps;
mod paging;
mod places;
mod sessions;
pub(super) mod tenants;

use std::sync::Arc;

use axum::{
    Extension, Json, Router,
    extract::{DefaultBodyLimit, Request},
    http::Method,
    middleware::{self, Next},
    response::{IntoResponse, Response},
    routing::get,
};
use utoipa::{
    OpenApi,
    openapi::{
        ContentBuilder, Ref, RefOr, ResponseBuilder,
        path::{Operation, PathItem},
        security::{HttpAuthScheme, HttpBuilder, SecurityScheme},
    },
};
use utoipa_axum::{router::OpenApiRouter, routes};

pub(super) use self::idempotency::Changes;
use self::idempotency::LONGEST_BODY;
use super::{Shared, access::Caller, problem::Problem};
use crate::config::Role;

/// What the document says beside its routes.
#[derive(OpenApi)]
#[openapi(
    info(title = "pgtenant", description = "Tenants, shards and sessions of a pgtenant proxy.", license(name = "MIT")),
    components(schemas(Problem)),
    security(("token" = [])),
    tags(
        (name = "tenants", description = "Customers: where they are, what they may use, what they do"),
        (name = "places", description = "What the shard map has beside them"),
        (name = "sessions", description = "Client connections"),
        (name = "audit", description = "What happened"),
        (name = "map", description = "The shard map as a whole"),
    )
)]
struct Document;

/// The routes, and what describes them.
pub(super) fn router(desk: &Shared) -> Router<Shared> {
    let (router, mut document) = OpenApiRouter::<Shared>::with_openapi(Document::openapi())
        .routes(routes!(tenants::list, changes::create))
        .routes(routes!(tenants::get, changes::update, changes::delete))
        .routes(routes!(tenants::config))
        .routes(routes!(tenants::usage))
        .routes(routes!(tenants::health))
        .routes(routes!(changes::suspend))
        .routes(routes!(changes::resume))
        .routes(routes!(places::shards))
        .routes(routes!(places::shard))
        .routes(routes!(places::plans))
        .routes(routes!(places::plan))
        .routes(routes!(places::logins))
        .routes(routes!(places::login))
        .routes(routes!(sessions::list))
        .routes(routes!(sessions::get, sessions::kill))
        .routes(routes!(maps::get, maps::put))
        .routes(routes!(maps::versions))
        .routes(routes!(maps::version))
        .routes(routes!(maps::rollback))
        .routes(routes!(audit::list))
        .split_for_parts();
    complete(&mut document);
    let document = Arc::new(document);
    router
        .route("/openapi.json", get(move || async move { Json(Arc::unwrap_or_clone(document)) }))
        .route_layer(DefaultBodyLimit::max(LONGEST_BODY))
        .route_layer(middleware::from_fn_with_state(Arc::clone(desk), idempotency::once))
        .route_layer(middleware::from_fn(authorize))
}

/// Lets operators through, and others who only look.
async fn authorize(Extension(caller): Extension<Caller>, request: Request, next: Next) -> Response {
    let looks = matches!(*request.method(), Method::GET | Method::HEAD);
    if !looks && caller.role < Role::Operator {
        return Problem::forbidden(format!("{} may look and not change", caller.name))
            .with_hint("An operator's token is needed: see [admin] of pgtenant.toml.")
            .into_response();
    }
    next.run(request).await
}

/// Adds what every operation may answer.
fn complete(document: &mut utoipa::openapi::OpenApi) {
    document.info.version = env!("CARGO_PKG_VERSION").to_owned();
    if let Some(components) = &mut document.components {
        let token = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).description(Some("A token of [admin] in pgtenant.toml")).build();
        components.add_security_scheme("token", SecurityScheme::Http(token));
    }
    for (path, item) in &mut document.paths.paths {
        let PathItem { get, post, put, patch, delete, .. } = item;
        let looks =
            [(401, "Nobody knows who asks"), (400, "A part of the request isn't right"), (421, "The Host header isn't this machine")];
        if let Some(operation) = get {
            add(operation, &looks);
            if path.starts_with("/api/v1/map/") || path == "/api/v1/audit" {
                add(operation, &[(403, "Who asks may only look"), (503, "The store is away")]);
            }
            if path.contains('{') {
                add(operation, &[(404, "It isn't there")]);
            }
        }
        for operation in [post, put, patch, delete].into_iter().flatten() {
            add(operation, &looks);
            add(
                operation,
                &[
                    (403, "Who asks may only look"),
                    (404, "It isn't there"),
                    (408, "It took too long"),
                    (409, "It has changed meanwhile, is there already, or is in use"),
                    (413, "The body is too long"),
                    (415, "The body isn't JSON"),
                    (422, "The shard map wouldn't be right, or the Idempotency-Key was used for something else"),
                    (503, "The shard map's store is away"),
                ],
            );
        }
    }
}

fn add(operation: &mut Operation, answers: &[(u16, &str)]) {
    for (status, why) in answers {
        let content = ContentBuilder::new().schema(Some(Ref::from_schema_name("Problem"))).build();
        let answer = ResponseBuilder::new().description(*why).content("application/problem+json", content).build();
        operation.responses.responses.entry(status.to_string()).or_insert(RefOr::T(answer));
    }
}
