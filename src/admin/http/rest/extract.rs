//! What a request says, or the problem with it.

use axum::{
    Json,
    extract::{FromRequest, FromRequestParts, Path, Query, Request, rejection::JsonRejection},
    http::{StatusCode, request::Parts},
};
use serde::de::DeserializeOwned;

use super::super::problem::Problem;

/// Parts of the path.
pub(super) struct InPath<T>(pub(super) T);

/// The query.
pub(super) struct InQuery<T>(pub(super) T);

/// The body, JSON.
pub(super) struct InBody<T>(pub(super) T);

impl<S: Send + Sync, T: DeserializeOwned + Send> FromRequestParts<S> for InPath<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        match Path::from_request_parts(parts, state).await {
            Ok(Path(value)) => Ok(InPath(value)),
            Err(rejected) => Err(Problem::new(StatusCode::BAD_REQUEST, rejected.body_text())),
        }
    }
}

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for InQuery<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        match Query::from_request_parts(parts, state).await {
            Ok(Query(value)) => Ok(InQuery(value)),
            Err(rejected) => Err(Problem::new(StatusCode::BAD_REQUEST, rejected.body_text())),
        }
    }
}

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for InBody<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        match Json::from_request(request, state).await {
            Ok(Json(value)) => Ok(InBody(value)),
            Err(rejected) => {
                let status = match &rejected {
                    JsonRejection::MissingJsonContentType(_) => StatusCode::UNSUPPORTED_MEDIA_TYPE,
                    JsonRejection::BytesRejection(_) => rejected.status(),
                    _ => StatusCode::BAD_REQUEST,
                };
                Err(Problem::new(status, rejected.body_text()))
            }
        }
    }
}
