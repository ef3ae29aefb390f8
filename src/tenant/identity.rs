//! Who is the tenant? Everything that a client says about it must agree.
//!
//! In this order: certificate, SNI host name, token, `options=-c pgtenant.tenant=acme`, user `app@acme`, database name, the login's only
//! tenant. The first that speaks decides, and any other that speaks must say the same. Where none does, or `options` alone, a login of several
//! tenants says it later on: `SET pgtenant.tenant`.

use std::sync::Arc;

use crate::{
    auth::{certificate::CertificateNames, jwt::TokenTenants},
    config::IdentitySettings,
    error::{ClientFacing, Report, SqlState},
    ids::TenantId,
    shard_map::{Login, LoginScope, ShardMap, Tenant, TenantStatus},
};

/// The name under which `options` and SET say the tenant.
pub const TENANT_SETTING: &str = crate::sql::tenancy::SETTING;

/// The source that is a setting like any other, so that SET may change it.
const OPTIONS: &str = "options";

/// What a client has said about itself.
#[derive(Clone, Copy, Debug, Default)]
pub struct Claims<'a> {
    /// The startup packet's user, as sent.
    pub user: &'a str,
    /// The tenant behind the user's `@`, where [`split_user`] found one.
    pub user_tenant: Option<&'a str>,
    /// The startup packet's database.
    pub database: Option<&'a str>,
    /// `pgtenant.tenant` of the startup packet's options.
    pub option: Option<&'a str>,
    /// The host name of TLS.
    pub sni: Option<&'a str>,
    /// The names of a verified client certificate.
    pub certificate: Option<&'a CertificateNames>,
    /// What a checked token says.
    pub token: Option<&'a TokenTenants>,
}

/// Why a client's tenant can't be told, or may not be this one.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum IdentityError {
    /// Two sources disagree.
    #[error("{first} and {second} name different tenants")]
    Contradiction {
        /// Which source.
        first: &'static str,
        /// Which other.
        second: &'static str,
    },
    /// Nobody says which tenant, and the login has several.
    #[error("it isn't said which tenant this connection is for")]
    Unsaid,
    /// No such tenant, or not this login's: the two look the same.
    #[error("login \"{login}\" has no tenant \"{tenant}\"")]
    NotYours {
        /// The login.
        login: String,
        /// The tenant's name as the client gave it.
        tenant: String,
    },
    /// The database name is neither the tenant's nor the shard's.
    #[error("database \"{0}\" does not exist")]
    Database(String),
    /// The operator has suspended the tenant.
    #[error("tenant \"{tenant}\" is suspended")]
    Suspended {
        /// Which.
        tenant: TenantId,
        /// Why, in the operator's words.
        reason: Option<Arc<str>>,
    },
    /// A login of operators, without a tenant.
    #[error("login \"{0}\" is an operator's and reaches no tenant's data")]
    Operator(String),
}

impl ClientFacing for IdentityError {
    fn report(&self) -> Report {
        let report = |state| Report::new(state, self.to_string());
        match self {
            IdentityError::Contradiction { .. } => report(SqlState::INVALID_AUTHORIZATION)
                .with_hint("Say the tenant once, or the same everywhere: certificate, host name, token, options, user@tenant, database."),
            IdentityError::Unsaid => report(SqlState::INVALID_AUTHORIZATION)
                .with_detail("The login serves several tenants.")
                .with_hint("Connect as user@tenant, with options='-c pgtenant.tenant=…', or with the tenant's id as database name."),
            IdentityError::NotYours { .. } => {
                report(SqlState::INVALID_AUTHORIZATION).with_hint("Check the tenant's id, and the login's tenants in the shard map.")
            }
            IdentityError::Database(_) => report(SqlState::INVALID_CATALOG_NAME).with_hint("Use the tenant's id as database name."),
            IdentityError::Suspended { reason, .. } => {
                let report = report(SqlState::CANNOT_CONNECT_NOW).with_hint("Ask the operator.");
                match reason {
                    Some(reason) => report.with_detail(reason.to_string()),
                    None => report,
                }
            }
            IdentityError::Operator(_) => report(SqlState::INVALID_AUTHORIZATION).with_hint("Use a tenant's login."),
        }
    }
}

/// The login's name and the tenant of `login@tenant`. A login whose name holds an `@` is taken whole where the map has it.
pub fn split_user<'a>(map: &ShardMap, user: &'a str) -> (&'a str, Option<&'a str>) {
    match user.rsplit_once('@') {
        Some((login, tenant)) if !login.is_empty() && !tenant.is_empty() && map.login(user).is_none() => (login, Some(tenant)),
        _ => (user, None),
    }
}

/// Whose a connection is.
#[derive(Clone, Debug)]
pub enum Identified {
    /// This tenant's, until it ends.
    One(Arc<Tenant>),
    /// Of several, one at a time; `start` where the client has said one to begin with.
    Switching {
        /// The first.
        start: Option<Arc<Tenant>>,
    },
}

impl Identified {
    /// The tenant that it begins with.
    pub fn tenant(&self) -> Option<&Arc<Tenant>> {
        match self {
            Identified::One(tenant) => Some(tenant),
            Identified::Switching { start } => start.as_ref(),
        }
    }
}

/// Finds the tenant of an authenticated login. Where a login has several and nothing but `options` says which, its client may say
/// another later on.
///
/// # Errors
/// See [`IdentityError`]: a tenant that can't be found is refused.
pub fn identify(map: &ShardMap, rules: &IdentitySettings, login: &Login, claims: &Claims<'_>) -> Result<Identified, IdentityError> {
    if matches!(login.scope, LoginScope::Operator | LoginScope::Viewer) {
        return Err(IdentityError::Operator(login.id.to_string()));
    }
    let called = called(map, rules, login, claims);
    let said = sayings(map, rules, claims, called);
    let mut sayings = said.iter().filter_map(|(source, tenant)| Some((*source, tenant.as_deref()?)));
    let only = match &login.scope {
        LoginScope::Tenant(only) => Some(only),
        LoginScope::Tenants(several) => several.first().filter(|_| several.len() == 1),
        _ => None,
    };
    let may_switch = only.is_none() && (rules.set || rules.comment);
    let (chosen, for_good) = match sayings.next() {
        Some((first, tenant)) => {
            let others = sayings.clone().count();
            if let Some((second, _)) = sayings.find(|(_, other)| *other != tenant) {
                return Err(IdentityError::Contradiction { first, second });
            }
            (tenant.to_owned(), first != OPTIONS || others > 0)
        }
        None => match only {
            Some(only) => (only.to_string(), true),
            None if may_switch => {
                check_unsaid(map, claims)?;
                return Ok(Identified::Switching { start: None });
            }
            None => return Err(IdentityError::Unsaid),
        },
    };
    let tenant = tenant_of(map, login, claims.token, &chosen)?;
    check_database(map, &tenant, claims)?;
    Ok(if for_good || !may_switch { Identified::One(tenant) } else { Identified::Switching { start: Some(tenant) } })
}

/// A tenant, if a login, and its token where it gave one, may act for it.
///
/// # Errors
/// It may not, there is no such tenant, or it is suspended.
pub fn tenant_of(map: &ShardMap, login: &Login, token: Option<&TokenTenants>, tenant: &str) -> Result<Arc<Tenant>, IdentityError> {
    let by_token = match token {
        Some(TokenTenants::One(own)) => own == tenant,
        Some(TokenTenants::Several(own)) => own.iter().any(|own| own == tenant),
        Some(TokenTenants::Unasked) | None => true,
    };
    let found = (by_token && login.scope.covers(tenant)).then(|| map.tenant(tenant)).flatten();
    let found = found.ok_or_else(|| IdentityError::NotYours { login: login.id.to_string(), tenant: tenant.to_owned() })?;
    match found.status {
        TenantStatus::Suspended => Err(IdentityError::Suspended { tenant: found.id.clone(), reason: found.reason.clone() }),
        TenantStatus::Active | TenantStatus::ReadOnly => Ok(found),
    }
}

/// What each source says, in the order in which they count.
fn sayings(map: &ShardMap, rules: &IdentitySettings, claims: &Claims<'_>, called: Option<String>) -> [(&'static str, Option<String>); 6] {
    let own = |enabled: bool, text: Option<&str>| text.filter(|_| enabled).map(str::to_owned);
    [
        ("certificate", claims.certificate.filter(|_| rules.certificate).and_then(|names| of_certificate(map, names))),
        ("host name", claims.sni.and_then(|host| of_host(map, rules, host))),
        ("token", of_token(claims).map(str::to_owned)),
        (OPTIONS, own(rules.options, claims.option)),
        ("user", own(rules.user, claims.user_tenant)),
        (
            "database",
            called.or_else(|| claims.database.filter(|name| rules.database && names_tenant(map, claims, name)).map(str::to_owned)),
        ),
    ]
}

/// The only one of a login's tenants that its clients call by that name of a database (`client_database`), whatever else the name may mean.
fn called(map: &ShardMap, rules: &IdentitySettings, login: &Login, claims: &Claims<'_>) -> Option<String> {
    let name = claims.database.filter(|name| rules.database && !name.is_empty())?;
    let own = match &login.scope {
        LoginScope::Tenant(only) => std::slice::from_ref(only),
        LoginScope::Tenants(several) => several,
        LoginScope::AllTenants | LoginScope::Operator | LoginScope::Viewer => return None,
    };
    let is_called =
        |id: &&crate::ids::TenantId| map.tenant(id.as_str()).is_some_and(|tenant| tenant.client_database.as_deref() == Some(name));
    let mut found = own.iter().filter(is_called);
    let first = found.next()?;
    found.next().is_none().then(|| first.to_string())
}

/// The tenant that a token names.
fn of_token<'a>(claims: &Claims<'a>) -> Option<&'a str> {
    match claims.token {
        Some(TokenTenants::One(tenant)) => Some(tenant),
        _ => None,
    }
}

/// Whether a database name is a tenant's id. The shard's own database, and the user's name, which libpq puts there by itself, say nothing.
fn names_tenant(map: &ShardMap, claims: &Claims<'_>, name: &str) -> bool {
    !map.is_shard_database(name) && name != claims.user && map.tenant(name).is_some()
}

/// Whether a name that nobody marked as a tenant's is one. Where a rule places tenants without an entry, any name would be.
fn is_listed(map: &ShardMap, name: &str) -> bool {
    map.placement().is_none() && map.tenant(name).is_some()
}

/// The tenant that a certificate's alternative names name: `URI:…/tenant/acme`, or a DNS name that is a tenant's id or begins with one.
fn of_certificate(map: &ShardMap, names: &CertificateNames) -> Option<String> {
    let uris =
        names.uris.iter().filter_map(|uri| uri.rsplit_once("/tenant/").or_else(|| uri.rsplit_once("tenant:")).map(|(_, tenant)| tenant));
    let hosts = names.dns.iter().map(|host| host.split_once('.').map_or(host.as_str(), |(label, _)| label));
    let mut found = uris.map(str::to_owned).chain(hosts.filter(|label| is_listed(map, label)).map(str::to_owned));
    let first = found.next()?;
    // A certificate of several tenants says nothing about which one this connection is for.
    found.all(|other| other == first).then_some(first)
}

/// The tenant in front of one of our domains. Where no domain is configured, the first label counts if it is a tenant's id.
fn of_host(map: &ShardMap, rules: &IdentitySettings, host: &str) -> Option<String> {
    if rules.server_names.is_empty() {
        let (label, _) = host.split_once('.')?;
        return is_listed(map, label).then(|| label.to_owned());
    }
    let label = rules.server_names.iter().find_map(|domain| host.strip_suffix(domain.as_str())?.strip_suffix('.'))?;
    (!label.is_empty() && !label.contains('.')).then(|| label.to_owned())
}

/// Whether the database name fits where no tenant is said: a shard's own, or the user's name.
fn check_unsaid(map: &ShardMap, claims: &Claims<'_>) -> Result<(), IdentityError> {
    match claims.database {
        Some(name) if !name.is_empty() && name != claims.user && !map.is_shard_database(name) => {
            Err(IdentityError::Database(name.to_owned()))
        }
        _ => Ok(()),
    }
}

/// Whether the database name fits: the tenant's id, its database, the shard's own, or what libpq puts there by itself, the user's name.
fn check_database(map: &ShardMap, tenant: &Tenant, claims: &Claims<'_>) -> Result<(), IdentityError> {
    let Some(name) = claims.database else { return Ok(()) };
    let fits = name.is_empty()
        || name == tenant.id.as_str()
        || name == &*tenant.database
        || tenant.client_database.as_deref() == Some(name)
        || name == claims.user
        || claims.user.strip_suffix(tenant.id.as_str()).and_then(|rest| rest.strip_suffix('@')) == Some(name)
        || map.is_shard_database(name);
    if fits { Ok(()) } else { Err(IdentityError::Database(name.to_owned())) }
}
