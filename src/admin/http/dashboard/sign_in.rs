//! Who looks at the dashboard: by a cookie that a token was given for, by a client certificate, or by a token in the header.

use std::{
    num::NonZeroUsize,
    time::{Duration, Instant},
};

use askama::Template;
use aws_lc_rs::{constant_time::verify_slices_are_equal, digest, hmac, rand};
use axum::{
    Extension, Form,
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Redirect, Response},
};
use lru::LruCache;
use parking_lot::Mutex;
use serde::Deserialize;

use super::{
    super::{
        Shared,
        access::{Caller, Connection},
        problem::Problem,
    },
    page,
};
use crate::telemetry::audit::{Event, Kind};

const COOKIE: &str = "pgtenant";
/// How long somebody is signed in.
const KEPT: Duration = Duration::from_secs(12 * 60 * 60);
/// So many are.
const MOST: NonZeroUsize = NonZeroUsize::new(1000).unwrap();

/// Those who are signed in, by the hash of their cookie.
pub(in crate::admin::http) struct SignedIn {
    by_cookie: Mutex<LruCache<[u8; 32], (Caller, Instant)>>,
    forms: hmac::Key,
}

impl SignedIn {
    /// Nobody. `secret` is the process's.
    pub(in crate::admin::http) fn new(secret: &[u8; 32]) -> Self {
        let mut key = secret.to_vec();
        key.extend_from_slice(b"dashboard");
        SignedIn { by_cookie: Mutex::new(LruCache::new(MOST)), forms: hmac::Key::new(hmac::HMAC_SHA256, &key) }
    }

    fn sign_in(&self, caller: Caller) -> Option<String> {
        let mut random = [0; 32];
        rand::fill(&mut random).ok()?;
        let cookie = hex::encode(random);
        self.by_cookie.lock().put(hash(&cookie), (caller, Instant::now()));
        Some(cookie)
    }

    fn find(&self, cookie: &str) -> Option<Caller> {
        let mut by_cookie = self.by_cookie.lock();
        let (caller, since) = by_cookie.get(&hash(cookie))?;
        let caller = Some(caller.clone()).filter(|_| since.elapsed() < KEPT);
        if caller.is_none() {
            by_cookie.pop(&hash(cookie));
        }
        caller
    }

    /// What a form must bring with it: nobody else's page knows it.
    fn form_token(&self, of: &str) -> String {
        hex::encode(hmac::sign(&self.forms, of.as_bytes()))
    }
}

fn hash(cookie: &str) -> [u8; 32] {
    let mut hash = [0; 32];
    hash.copy_from_slice(digest::digest(&digest::SHA256, cookie.as_bytes()).as_ref());
    hash
}

/// Who looks.
#[derive(Clone)]
pub(super) struct Visitor {
    pub(super) caller: Caller,
    /// What forms must bring with them.
    pub(super) csrf: String,
    /// By a cookie.
    pub(super) signed_in: bool,
}

impl Visitor {
    /// Whether a form is one of ours.
    pub(super) fn check(&self, csrf: &str) -> Result<(), Problem> {
        verify_slices_are_equal(self.csrf.as_bytes(), csrf.as_bytes())
            .map_err(|_| Problem::forbidden("the form is too old, or isn't ours").with_hint("Load the page again."))
    }
}

fn cookie(headers: &HeaderMap) -> Option<&str> {
    let said = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    said.flat_map(|value| value.split(';')).find_map(|pair| pair.trim().strip_prefix(COOKIE)?.strip_prefix('='))
}

/// Finds out who looks; who doesn't say is asked.
pub(super) async fn visit(State(desk): State<Shared>, mut request: Request, next: Next) -> Response {
    let connection = request.extensions().get::<Connection>().cloned();
    let cookie = cookie(request.headers());
    let by_cookie = cookie.and_then(|cookie| Some((desk.signed_in.find(cookie)?, cookie.to_owned())));
    let visitor = match by_cookie {
        Some((caller, cookie)) => Visitor { caller, csrf: desk.signed_in.form_token(&cookie), signed_in: true },
        None => match desk.access.caller(request.headers(), connection.as_ref()) {
            Ok(caller) => {
                let csrf = desk.signed_in.form_token(&format!("{} {}", caller.role.as_str(), caller.name));
                Visitor { caller, csrf, signed_in: false }
            }
            Err(_) if *request.method() == Method::GET => return Redirect::to("/login").into_response(),
            Err(problem) => return problem.into_response(),
        },
    };
    request.extensions_mut().insert(visitor);
    next.run(request).await
}

#[derive(Template)]
#[template(path = "login.html")]
struct LoginPage {
    failed: bool,
}

/// Asks for a token.
pub(super) async fn ask() -> Response {
    page(&LoginPage { failed: false })
}

/// A token.
#[derive(Deserialize)]
pub(super) struct Said {
    token: String,
}

/// Gives a cookie for a token.
pub(super) async fn sign_in(State(desk): State<Shared>, connection: Option<Extension<Connection>>, Form(said): Form<Said>) -> Response {
    let Some(caller) = desk.access.by_token(said.token.trim()) else {
        let peer = connection.map(|Extension(connection)| connection.peer.to_string());
        desk.front.audit.record(|| Event::new(Kind::LoginFailed).peer(peer.as_deref().unwrap_or_default()).what("dashboard"));
        tracing::warn!(peer, "a token that isn't known, at the dashboard");
        return (StatusCode::UNAUTHORIZED, page(&LoginPage { failed: true })).into_response();
    };
    desk.front.audit.record(|| Event::new(Kind::Login).login(&caller.name).what("dashboard"));
    tracing::info!(operator = %caller.name, "signed in at the dashboard");
    let Some(cookie) = desk.signed_in.sign_in(caller) else { return StatusCode::INTERNAL_SERVER_ERROR.into_response() };
    with_cookie(Redirect::to("/"), &desk, &cookie, KEPT.as_secs())
}

/// A form that has nothing but its token.
#[derive(Deserialize)]
pub(super) struct Plain {
    csrf: String,
}

/// Forgets the cookie.
pub(super) async fn sign_out(
    State(desk): State<Shared>,
    Extension(visitor): Extension<Visitor>,
    headers: HeaderMap,
    Form(form): Form<Plain>,
) -> Result<Response, Problem> {
    visitor.check(&form.csrf)?;
    if let Some(cookie) = cookie(&headers) {
        desk.signed_in.by_cookie.lock().pop(&hash(cookie));
    }
    Ok(with_cookie(Redirect::to("/login"), &desk, "", 0))
}

/// SameSite: no page of anybody else's sends it along. HttpOnly: no script reads it.
fn with_cookie(redirect: Redirect, desk: &Shared, cookie: &str, seconds: u64) -> Response {
    let secure = if desk.is_encrypted { "; Secure" } else { "" };
    let mut response = redirect.into_response();
    if let Ok(value) = HeaderValue::from_str(&format!("{COOKIE}={cookie}; Path=/; HttpOnly; SameSite=Strict; Max-Age={seconds}{secure}")) {
        response.headers_mut().insert(header::SET_COOKIE, value);
    }
    response
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::config::Role;

    #[test]
    fn cookies_stand_for_callers_and_forms_for_cookies() {
        let signed_in = SignedIn::new(&[7; 32]);
        let caller = Caller { name: Arc::from("ann"), role: Role::Viewer };
        let cookie = signed_in.sign_in(caller.clone()).unwrap();
        assert_eq!(signed_in.find(&cookie), Some(caller.clone()));
        assert_eq!(signed_in.find("x"), None);
        let visitor = Visitor { caller, csrf: signed_in.form_token(&cookie), signed_in: true };
        assert!(visitor.check(&signed_in.form_token(&cookie)).is_ok());
        for wrong in ["", "x", signed_in.form_token("y").as_str()] {
            assert!(visitor.check(wrong).is_err());
        }
        let headers = HeaderMap::from_iter([(header::COOKIE, HeaderValue::from_static("a=b; pgtenant=c; pgtenants=d"))]);
        assert_eq!(super::cookie(&headers), Some("c"));
    }
}
