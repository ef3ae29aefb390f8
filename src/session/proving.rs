//! Who a client is, and whether that still holds when it is let in.

use std::sync::Arc;

use super::{
    door::Caller,
    handshake::{Front, Served},
    login::{self, Claimant},
    parameters::Wishes,
    placement,
};
use crate::{
    auth::{certificate::CertificateNames, jwt::Token},
    error::{ClientFacing, Report, SqlState},
    ids::LoginId,
    net::Stream,
    shard_map::{Login, LoginScope},
    tenant::{
        identity::{self, Claims, Identified, IdentityError},
        usage::Refusal,
    },
};

/// Who has proved to be whom.
pub(super) enum Proof {
    /// A tenant's client, or one of several tenants.
    Session(Proved),
    /// An operator who wants the console.
    Operator(Arc<Login>, Option<Token>),
}

/// Who has proved what.
pub(super) struct Proved {
    pub(super) login: Arc<Login>,
    pub(super) identified: Identified,
    pub(super) token: Option<Token>,
}

/// Proves the login, then finds its tenant: nothing about tenants is told to those who haven't proved who they are.
pub(super) async fn prove(
    stream: &mut Stream,
    wishes: &Wishes,
    served: &Served,
    front: &Front,
    caller: &Caller,
    greeting: &mut Vec<u8>,
) -> Result<Proof, Option<Report>> {
    let (name, user_tenant) =
        if front.identity.user { identity::split_user(&served.map, &wishes.user) } else { (wishes.user.as_str(), None) };
    let id = LoginId::from(name);
    let (names, sni) = tls_names(stream);
    let login: Option<Arc<Login>> = served.map.login(name);
    let secret = served.credentials.get(name, &front.process_secret);
    let certificate_name = login.as_ref().and_then(|login| login.certificate.as_deref()).unwrap_or(name);
    let role = match login.as_ref().map(|login| &login.scope) {
        Some(LoginScope::Operator) => ("operator", true),
        Some(LoginScope::Viewer) => ("viewer", true),
        _ => (name, false),
    };
    let claimant = Claimant { login: &id, certificate: names.as_ref(), certificate_name, jwt: front.jwt.as_deref(), role };
    front.door.may_try(caller, name).map_err(Some)?;
    let token = match login::authenticate(stream, claimant, secret, greeting).await {
        Ok(token) => token,
        Err(error) => {
            if error.is_failed_attempt() {
                front.door.failed(caller, name).await;
            }
            return Err(error.report());
        }
    };
    front.door.succeeded(caller, name).map_err(Some)?;
    let Some(login) = login else {
        // Authentication of an unknown login never succeeds; were it to, there would still be nobody to let in.
        return Err(Some(Report::new(SqlState::INVALID_PASSWORD, format!("password authentication failed for user \"{name}\""))));
    };
    if wishes.console && matches!(login.scope, LoginScope::Operator | LoginScope::Viewer) {
        return Ok(Proof::Operator(login, token));
    }
    let told = token.as_ref().map(|token| &token.tenants);
    let claims = Claims { user_tenant, sni: sni.as_deref(), certificate: names.as_ref(), token: told, ..claims(wishes) };
    let identified = identity::identify(&served.map, &front.identity, &login, &claims).map_err(|error| {
        if let IdentityError::Suspended { tenant, .. } = &error {
            front.metering.of(tenant).refuse(Refusal::Suspended);
        }
        Some(error.report())
    })?;
    Ok(Proof::Session(Proved { login, identified, token }))
}

/// What the startup packet says.
fn claims(wishes: &Wishes) -> Claims<'_> {
    Claims { user: &wishes.user, database: wishes.database.as_deref(), option: wishes.tenant.as_deref(), ..Claims::default() }
}

/// Whether a login that was proved under one map counts under the one in force: proving takes as long as the client likes.
pub(super) fn still_admitted(
    stream: &Stream,
    wishes: &Wishes,
    before: &Served,
    now: &Served,
    front: &Front,
    before_it: &Identified,
    token: Option<&Token>,
) -> Result<(), Report> {
    let name_in = |served: &Served| {
        let (name, tenant) =
            if front.identity.user { identity::split_user(&served.map, &wishes.user) } else { (wishes.user.as_str(), None) };
        (name.to_owned(), tenant.map(str::to_owned))
    };
    let changed = || {
        Report::new(SqlState::CANNOT_CONNECT_NOW, "the configuration has changed while the connection was being opened")
            .with_hint("Connect again.")
    };
    let (name, user_tenant) = name_in(now);
    if name_in(before) != (name.clone(), user_tenant.clone()) {
        return Err(changed());
    }
    let (was, login) = (before.map.login(&name), now.map.login(&name));
    let login = login
        .filter(|login| was.is_some_and(|was| was.secret == login.secret && was.certificate == login.certificate))
        .ok_or_else(changed)?;
    let (names, sni) = tls_names(stream);
    let claims = Claims {
        user_tenant: user_tenant.as_deref(),
        sni: sni.as_deref(),
        certificate: names.as_ref(),
        token: token.map(|token| &token.tenants),
        ..claims(wishes)
    };
    let again = identity::identify(&now.map, &front.identity, &login, &claims).map_err(|error| error.report())?;
    let same = match (before_it.tenant(), again.tenant()) {
        (Some(was), Some(is)) => was.id == is.id && placement::is_same_place(was, is),
        (None, None) => true,
        _ => false,
    };
    if same && matches!(before_it, Identified::One(_)) == matches!(again, Identified::One(_)) { Ok(()) } else { Err(changed()) }
}

fn tls_names(stream: &Stream) -> (Option<CertificateNames>, Option<String>) {
    let Some(tls) = stream.tls_info() else { return (None, None) };
    let names = tls.peer_certificates.first().and_then(|certificate| CertificateNames::parse(certificate).ok());
    (names, tls.server_name.map(str::to_owned))
}
