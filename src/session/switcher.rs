//! How a session of a login with several tenants goes from one to the next: who may, under the map in force, and with what.

use std::sync::Arc;

use super::{
    acting::Acting,
    conversation::{Conversation, Tools},
    gate::{Gatekeeper, GroundRules, SharedGround, Tallies, Whom},
    handshake::Front,
    registry::SessionHandle,
    tenancy::{Admits, Switching},
};
use crate::{
    auth::jwt::TokenTenants,
    backend::connection::Reported,
    config::GateMode,
    error::{ClientFacing, Report, SqlState},
    ids::{LoginId, TenantId},
    pool::registry::PoolRegistry,
    shard_map::{ShardMap, Tenant},
    sql::gate::Isolation,
    tenant::identity::{self, IdentityError},
    wire::synthetic,
};

/// What servers of all versions report, as the oldest one that is served does: a driver that believes in an older server than there is asks
/// for less. It hears better as soon as there is one.
const DEFAULTS: [(&str, &str); 9] = [
    ("server_version", "13.0"),
    ("server_encoding", "UTF8"),
    ("client_encoding", "UTF8"),
    ("is_superuser", "off"),
    ("DateStyle", "ISO, MDY"),
    ("IntervalStyle", "postgres"),
    ("TimeZone", "UTC"),
    ("integer_datetimes", "on"),
    ("standard_conforming_strings", "on"),
];

/// Names and values that a client was told.
pub type Told = Vec<(Box<str>, Box<str>)>;

/// A session's way from tenant to tenant.
pub struct Switcher {
    front: Arc<Front>,
    login: LoginId,
    token: Option<TokenTenants>,
    told: Told,
}

impl Switcher {
    /// For a session that was let in; `told` are the parameters that its client knows.
    pub fn new(front: &Arc<Front>, login: LoginId, token: Option<TokenTenants>, told: Told) -> Self {
        Switcher { front: Arc::clone(front), login, token, told }
    }

    /// What a session is read with that acts for nobody.
    pub fn nobody(&self) -> &Tools {
        &self.front.nobody
    }

    /// How the session's conversation is told whom it may act for.
    pub fn switching(&self) -> Switching {
        let (front, login, token) = (Arc::clone(&self.front), self.login.clone(), self.token.clone());
        let admits: Arc<Admits> =
            Arc::new(move |tenant| Ok(tenant_of(&front.served.load().map, &login, token.as_ref(), tenant)?.id.clone()));
        Switching { admits, sets: self.front.identity.set, comments: self.front.identity.comment }
    }

    /// Begins to act for a tenant.
    ///
    /// # Errors
    /// It can't be served, or not for this login any more.
    pub fn act(&self, tenant: &TenantId, session: &SessionHandle) -> Result<Acting, Report> {
        // A reload ends sessions by what their handles say, after it has put the new map in force: one of us sees the other.
        session.act_for(Some(tenant.clone()));
        let map = Arc::clone(&self.front.served.load().map);
        let acting =
            tenant_of(&map, &self.login, self.token.as_ref(), tenant.as_str()).and_then(|tenant| Acting::begin(&self.front, tenant));
        if acting.is_err() {
            session.act_for(None);
        }
        acting
    }

    /// Tells the client what a server reports otherwise than it was told, the session's own settings aside.
    pub fn tell(&mut self, reported: &Reported, conversation: &Conversation, to_client: &mut Vec<u8>) {
        for (name, value) in reported.iter() {
            let value = conversation.chosen(name).unwrap_or(value);
            match self.told.iter_mut().find(|(told, _)| told == name) {
                Some((_, told)) if **told == *value => continue,
                Some((_, told)) => *told = value.into(),
                None => self.told.push((name.clone(), value.into())),
            }
            synthetic::parameter_status(to_client, name, value);
        }
    }
}

/// What texts are read with that need no tenant: no server ever gets them, so nothing is judged.
pub fn nobody(pools: &PoolRegistry, tallies: &Arc<Tallies>) -> Tools {
    let rules = GroundRules {
        isolation: Isolation::Database,
        lock_is_login: true,
        ddl: false,
        functions: Vec::new(),
        reference_tables: Vec::new(),
        global_keys: Vec::new(),
    };
    let whom = Whom { tenant: "".into(), key: "".into(), schema: None, role: "".into() };
    let ground = Arc::new(SharedGround::fixed(rules, Arc::default()));
    let gate = Gatekeeper::new(ground, whom, GateMode::Off, Arc::clone(tallies));
    Tools { statements: pools.nobodys(), gate, context: None, admission: None }
}

/// What a client is told at login that hasn't said its tenant; `chosen` are the settings of its startup packet.
pub fn defaults<'a>(login: &str, chosen: impl Iterator<Item = (&'a str, &'a str)>) -> Told {
    let mut told: Told = DEFAULTS.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect();
    told.push(("session_authorization".into(), login.into()));
    told.push(("application_name".into(), "".into()));
    for (name, value) in chosen {
        if let Some((_, told)) = told.iter_mut().find(|(told, _)| told.eq_ignore_ascii_case(name)) {
            *told = value.into();
        }
    }
    told
}

fn tenant_of(map: &ShardMap, login: &LoginId, token: Option<&TokenTenants>, tenant: &str) -> Result<Arc<Tenant>, Report> {
    let not_yours = || IdentityError::NotYours { login: login.to_string(), tenant: tenant.to_owned() };
    let found = map.login(login.as_str()).ok_or_else(not_yours).and_then(|login| identity::tenant_of(map, &login, token, tenant));
    found.map_err(|error| {
        let report = error.report();
        // To a session that is let in it is a matter of what it may, not of who it is.
        if report.state == SqlState::INVALID_AUTHORIZATION { Report { state: SqlState::INSUFFICIENT_PRIVILEGE, ..report } } else { report }
    })
}
