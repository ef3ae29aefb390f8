//! Who asks, and what he may do.
//!
//! A bearer token or a client certificate says it. Where neither is configured, everybody who reaches the address (a loopback's, see
//! `config::admin`) looks, and nobody changes anything. Then the Host header must name this machine too, or a web page of anybody's could ask
//! through a browser here whose resolver it has deceived.

use std::{net::IpAddr, sync::Arc};

use aws_lc_rs::{constant_time::verify_slices_are_equal, digest};
use axum::{
    extract::{Request, State},
    http::{HeaderMap, header},
    middleware::Next,
    response::{IntoResponse, Response},
};

use super::{Shared, problem::Problem};
use crate::{
    auth::certificate::{CertificateName, CertificateNames},
    config::{AdminCertificate, AdminSettings, Role},
    net::Peer,
    telemetry::audit::{Event, Kind},
};

/// Who asks.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Caller {
    /// His name, for the log and the history.
    pub(super) name: Arc<str>,
    /// What he may do.
    pub(super) role: Role,
}

/// A connection, beside what is asked on it.
#[derive(Clone, Debug)]
pub(super) struct Connection {
    /// From where.
    pub(super) peer: Peer,
    /// The names of the client's certificate, which TLS has verified.
    pub(super) names: Option<Arc<CertificateNames>>,
}

/// Who may do what.
pub(super) struct Access {
    /// Hashes of tokens: as long as each other, so that comparing takes as long for any.
    tokens: Vec<([u8; 32], Caller)>,
    certificates: Vec<AdminCertificate>,
    is_guarded: bool,
}

impl Access {
    /// As the settings say.
    pub(super) fn new(settings: &AdminSettings) -> Self {
        let caller = |name: &str, role| Caller { name: Arc::from(name), role };
        Access {
            tokens: settings.tokens.iter().map(|token| (hash(token.token.reveal()), caller(&token.name, token.role))).collect(),
            certificates: settings.certificates.clone(),
            is_guarded: settings.is_guarded(),
        }
    }

    /// Whether there is any.
    pub(super) fn has_tokens(&self) -> bool {
        !self.tokens.is_empty()
    }

    /// Who has a token.
    pub(super) fn by_token(&self, token: &str) -> Option<Caller> {
        let asked = hash(token);
        // All are looked at, so that the time tells nothing.
        let mut found = None;
        for (known, caller) in &self.tokens {
            if verify_slices_are_equal(known, &asked).is_ok() {
                found = Some(caller.clone());
            }
        }
        found
    }

    fn by_certificate(&self, names: &CertificateNames) -> Option<Caller> {
        let holds = |certificate: &&AdminCertificate| CertificateName::parse(&certificate.name).is_some_and(|name| names.has(name));
        // The one that may do most, if several of its names are listed.
        let found = self.certificates.iter().filter(holds).max_by_key(|certificate| certificate.role)?;
        Some(Caller { name: Arc::from(found.name.as_str()), role: found.role })
    }

    /// Who asks.
    pub(super) fn caller(&self, headers: &HeaderMap, connection: Option<&Connection>) -> Result<Caller, Problem> {
        if let Some(said) = headers.get(header::AUTHORIZATION) {
            let token = said.to_str().ok().and_then(|said| said.split_once(' '));
            let token = token.filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer")).map(|(_, token)| token.trim());
            // A wrong token isn't better than none, not even where none is needed.
            return token
                .and_then(|token| self.by_token(token))
                .ok_or_else(|| Problem::unauthorized("the token isn't known").with_hint("Tokens are listed in [admin] of pgtenant.toml."));
        }
        if let Some(caller) = connection.and_then(|connection| connection.names.as_deref()).and_then(|names| self.by_certificate(names)) {
            return Ok(caller);
        }
        if self.is_guarded {
            return Err(Problem::unauthorized("say who you are").with_hint("Authorization: Bearer TOKEN, or a client certificate."));
        }
        Ok(Caller { name: Arc::from("anybody"), role: Role::Viewer })
    }
}

fn hash(token: &str) -> [u8; 32] {
    let mut hash = [0; 32];
    hash.copy_from_slice(digest::digest(&digest::SHA256, token.as_bytes()).as_ref());
    hash
}

/// Lets those through of whom it is known who they are.
pub(super) async fn authenticate(State(desk): State<Shared>, mut request: Request, next: Next) -> Response {
    let connection = request.extensions().get::<Connection>().cloned();
    match desk.access.caller(request.headers(), connection.as_ref()) {
        Ok(caller) => {
            request.extensions_mut().insert(caller);
            next.run(request).await
        }
        Err(problem) => {
            let peer = connection.map(|connection| connection.peer.to_string());
            desk.front.audit.record(|| Event::new(Kind::LoginFailed).peer(peer.as_deref().unwrap_or_default()).what("HTTP"));
            tracing::warn!(peer, path = request.uri().path(), "an operator's request isn't let in");
            problem.into_response()
        }
    }
}

/// Where nobody has to say who he is, the request must be meant for this machine.
pub(super) async fn check_host(State(desk): State<Shared>, request: Request, next: Next) -> Response {
    let host = request.headers().get(header::HOST).and_then(|host| host.to_str().ok());
    if !desk.access.is_guarded && !host.is_some_and(is_this_machine) {
        let detail = "the Host header must be this machine's loopback address or localhost, as long as [admin] has no tokens";
        return Problem::new(axum::http::StatusCode::MISDIRECTED_REQUEST, detail).into_response();
    }
    next.run(request).await
}

fn is_this_machine(host: &str) -> bool {
    let name = match host.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or_default(),
        None => host.rsplit_once(':').map_or(host, |(name, _)| name),
    };
    name.eq_ignore_ascii_case("localhost") || name.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{AdminToken, Secret};

    fn access(tokens: &[(&str, Role, &str)]) -> Access {
        let token =
            |(name, role, token): &(&str, Role, &str)| AdminToken { name: (*name).to_owned(), role: *role, token: Secret::new(token) };
        Access::new(&AdminSettings { tokens: tokens.iter().map(token).collect(), ..AdminSettings::default() })
    }

    fn with(authorization: &str) -> HeaderMap {
        HeaderMap::from_iter([(header::AUTHORIZATION, authorization.parse().unwrap())])
    }

    #[test]
    fn a_token_says_who_asks() {
        let guarded = access(&[("prometheus", Role::Viewer, "one"), ("ops", Role::Operator, "two")]);
        let role = |said: &str| guarded.caller(&with(said), None).map(|caller| caller.role).ok();
        assert_eq!((role("Bearer one"), role("bearer  two")), (Some(Role::Viewer), Some(Role::Operator)));
        for wrong in ["Bearer three", "Bearer ", "Basic b25l", "one", "Bearer onee", "Bearer on"] {
            assert_eq!(role(wrong), None, "{wrong}");
        }
        assert!(guarded.caller(&HeaderMap::new(), None).is_err());
    }

    #[test]
    fn without_tokens_everybody_looks() {
        let open = access(&[]);
        assert_eq!(open.caller(&HeaderMap::new(), None).unwrap().role, Role::Viewer);
        assert!(open.caller(&with("Bearer x"), None).is_err());
    }

    #[test]
    fn hosts_that_are_here() {
        for here in ["localhost", "LOCALHOST:9632", "127.0.0.1:9632", "127.1.2.3", "[::1]:9632", "[::1]"] {
            assert!(is_this_machine(here), "{here}");
        }
        for elsewhere in ["example.com", "example.com:9632", "localhost.example.com", "10.0.0.1", "[2001:db8::1]:1", "", ":9632"] {
            assert!(!is_this_machine(elsewhere), "{elsewhere}");
        }
    }
}
