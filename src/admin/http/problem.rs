//! Errors as RFC 9457 has them: `application/problem+json`.

use std::borrow::Cow;

use axum::{
    Json,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Serialize;
use utoipa::ToSchema;

/// What went wrong.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, ToSchema)]
pub(super) struct Problem {
    /// The status, again.
    pub(super) status: u16,
    /// What it means, the same for all of the kind.
    #[schema(value_type = String)]
    pub(super) title: Cow<'static, str>,
    /// What was wrong this time.
    pub(super) detail: String,
    /// The way out.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub(super) hint: Option<Cow<'static, str>>,
    #[serde(skip)]
    challenge: bool,
}

impl Problem {
    /// A problem without a way out.
    pub(super) fn new(status: StatusCode, detail: impl Into<String>) -> Self {
        let title = status.canonical_reason().unwrap_or("Error");
        Problem { status: status.as_u16(), title: title.into(), detail: detail.into(), hint: None, challenge: false }
    }

    /// Adds the way out.
    pub(super) fn with_hint(mut self, hint: impl Into<Cow<'static, str>>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// Nothing is there.
    pub(super) fn not_found(detail: impl Into<String>) -> Self {
        Problem::new(StatusCode::NOT_FOUND, detail)
    }

    /// The path is right and the method isn't.
    pub(super) fn method_not_allowed() -> Self {
        Problem::new(StatusCode::METHOD_NOT_ALLOWED, "the path doesn't take this method")
    }

    /// Who asks may not do that.
    pub(super) fn forbidden(detail: impl Into<String>) -> Self {
        Problem::new(StatusCode::FORBIDDEN, detail)
    }

    /// Nobody knows who asks.
    pub(super) fn unauthorized(detail: impl Into<String>) -> Self {
        Problem { challenge: true, ..Problem::new(StatusCode::UNAUTHORIZED, detail) }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let challenge = self.challenge;
        let mut response = (status, Json(self)).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if challenge {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer realm=\"pgtenant\""));
        }
        response
    }
}
