//! The header `Idempotency-Key`: who sends a change again, because he hasn't heard what became of it, gets the answer of the first time.
//! draft-ietf-httpapi-idempotency-key-header.

use std::{
    num::NonZeroUsize,
    time::{Duration, Instant},
};

use aws_lc_rs::digest;
use axum::{
    Extension,
    body::{Body, Bytes, to_bytes},
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use lru::LruCache;
use parking_lot::Mutex;

use super::super::{
    Shared,
    access::{Caller, Connection},
    problem::Problem,
};
use crate::telemetry::audit::{Event, Kind};

/// Answers that are remembered.
const MOST: NonZeroUsize = NonZeroUsize::new(10_000).unwrap();
/// For how long.
const KEPT: Duration = Duration::from_secs(24 * 60 * 60);
/// The longest key.
const LONGEST: usize = 255;
/// The longest body of a change, a whole shard map's included.
pub(super) const LONGEST_BODY: usize = 16 << 20;

/// What became of changes.
pub(in crate::admin::http) struct Changes {
    by_key: Mutex<LruCache<(String, String), Entry>>,
}

struct Entry {
    request: [u8; 32],
    at: Instant,
    /// None: it is under way.
    answer: Option<Answer>,
}

#[derive(Clone)]
struct Answer {
    status: StatusCode,
    kind: Option<HeaderValue>,
    body: Bytes,
}

/// What a key stands for.
enum Known {
    /// Nothing yet: it is this request's from now on.
    New,
    /// The same request, and what came of it.
    Done(Answer),
    /// The same request, which is under way.
    UnderWay,
    /// Another request.
    Another,
}

impl Default for Changes {
    fn default() -> Self {
        Changes { by_key: Mutex::new(LruCache::new(MOST)) }
    }
}

impl Changes {
    fn begin(&self, key: &(String, String), request: [u8; 32], now: Instant) -> Known {
        let mut by_key = self.by_key.lock();
        match by_key.get(key).filter(|entry| now.saturating_duration_since(entry.at) < KEPT) {
            Some(entry) if entry.request != request => Known::Another,
            Some(Entry { answer: Some(answer), .. }) => Known::Done(answer.clone()),
            Some(_) => Known::UnderWay,
            None => {
                by_key.put(key.clone(), Entry { request, at: now, answer: None });
                Known::New
            }
        }
    }

    /// What our own failure was needn't be again.
    fn finish(&self, key: &(String, String), answer: Answer) {
        let mut by_key = self.by_key.lock();
        if answer.status.is_server_error() {
            by_key.pop(key);
        } else if let Some(entry) = by_key.get_mut(key) {
            entry.answer = Some(answer);
        }
    }
}

/// Runs a change to its end, whether its client waits for that or not; once per key.
pub(super) async fn once(State(desk): State<Shared>, Extension(caller): Extension<Caller>, request: Request, next: Next) -> Response {
    if matches!(*request.method(), Method::GET | Method::HEAD) {
        return next.run(request).await;
    }
    let key = match key(request.headers()) {
        Ok(key) => key.map(|key| (caller.name.to_string(), key)),
        Err(problem) => return problem.into_response(),
    };
    let (parts, body) = request.into_parts();
    let Ok(body) = to_bytes(body, LONGEST_BODY).await else {
        return Problem::new(StatusCode::PAYLOAD_TOO_LARGE, format!("the body is longer than {LONGEST_BODY} bytes")).into_response();
    };
    if let Some(key) = &key {
        let target = parts.uri.path_and_query().map_or("", |target| target.as_str());
        match desk.changes.begin(key, fingerprint(&parts.method, target, &body), Instant::now()) {
            Known::New => {}
            Known::Done(answer) => return again(answer),
            Known::UnderWay => {
                return Problem::new(StatusCode::CONFLICT, "the change with this Idempotency-Key is under way").into_response();
            }
            Known::Another => {
                let detail = "this Idempotency-Key was used for another change";
                return Problem::new(StatusCode::UNPROCESSABLE_ENTITY, detail).into_response();
            }
        }
    }
    let what = format!("{} {}", parts.method, parts.uri);
    let peer = parts.extensions.get::<Connection>().map(|connection| connection.peer.to_string()).unwrap_or_default();
    let change = tokio::spawn(async move {
        let response = next.run(Request::from_parts(parts, Body::from(body))).await;
        let status = response.status().as_u16();
        desk.front.audit.record(|| Event::new(Kind::Operator).login(&caller.name).peer(peer).what(what).state(status));
        let (head, body) = response.into_parts();
        let body = to_bytes(body, usize::MAX).await.unwrap_or_default();
        if let Some(key) = &key {
            let kind = head.headers.get(header::CONTENT_TYPE).cloned();
            desk.changes.finish(key, Answer { status: head.status, kind, body: body.clone() });
        }
        Response::from_parts(head, Body::from(body))
    });
    change.await.unwrap_or_else(|_| Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "the change has failed").into_response())
}

fn key(headers: &HeaderMap) -> Result<Option<String>, Problem> {
    let Some(said) = headers.get("idempotency-key") else { return Ok(None) };
    let key = said.to_str().ok().filter(|key| (1..=LONGEST).contains(&key.len()));
    key.map(|key| Some(key.to_owned()))
        .ok_or_else(|| Problem::new(StatusCode::BAD_REQUEST, format!("an Idempotency-Key has 1 to {LONGEST} characters of ASCII")))
}

fn fingerprint(method: &Method, target: &str, body: &[u8]) -> [u8; 32] {
    let mut context = digest::Context::new(&digest::SHA256);
    for part in [method.as_str().as_bytes(), b" ", target.as_bytes(), b"\n", body] {
        context.update(part);
    }
    let mut hash = [0; 32];
    hash.copy_from_slice(context.finish().as_ref());
    hash
}

fn again(answer: Answer) -> Response {
    let mut response = (answer.status, answer.body).into_response();
    let headers = response.headers_mut();
    match answer.kind {
        Some(kind) => drop(headers.insert(header::CONTENT_TYPE, kind)),
        None => drop(headers.remove(header::CONTENT_TYPE)),
    }
    headers.insert("idempotency-replayed", HeaderValue::from_static("true"));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_stands_for_one_change() {
        let (changes, now) = (Changes::default(), Instant::now());
        let key = ("ann".to_owned(), "k".to_owned());
        let one = fingerprint(&Method::POST, "/a", b"1");
        assert!(matches!(changes.begin(&key, one, now), Known::New));
        assert!(matches!(changes.begin(&key, one, now), Known::UnderWay));
        assert!(matches!(changes.begin(&key, fingerprint(&Method::POST, "/a", b"2"), now), Known::Another));
        changes.finish(&key, Answer { status: StatusCode::CREATED, kind: None, body: Bytes::from_static(b"x") });
        assert!(matches!(changes.begin(&key, one, now), Known::Done(answer) if answer.body == "x"));
        assert!(matches!(changes.begin(&("bob".to_owned(), "k".to_owned()), one, now), Known::New), "keys are everybody's own");
        assert!(matches!(changes.begin(&key, one, now + KEPT), Known::New), "and not for ever");
        changes.finish(&key, Answer { status: StatusCode::SERVICE_UNAVAILABLE, kind: None, body: Bytes::new() });
        assert!(matches!(changes.begin(&key, one, now), Known::New), "what failed may be tried again");
    }
}
