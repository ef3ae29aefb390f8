//! What operators do: stop and start, renew, throw out.

use std::{sync::Arc, time::Duration};

use super::{
    Desk, Shutdown, edits,
    statement::{Target, Terms, Verb},
};
use crate::{
    error::{ClientFacing, Report, SqlState},
    ids::{SessionId, TenantId, WorkerId},
    pool::pause::{PauseScope, Remaining},
    session::registry::{SessionHandle, Signal},
};

/// How often it is looked whether something is over.
const LOOK: Duration = Duration::from_millis(10);

/// How long what runs may take to its end, where the command doesn't say.
const PATIENCE: Duration = Duration::from_secs(60);

/// Does it. Dropped before it is done, it takes back what it has begun.
pub(super) async fn carry_out(desk: &Arc<Desk>, verb: &Verb, who: &str) -> Result<(), Report> {
    match verb {
        Verb::Pause(target, terms) => pause(desk, target, *terms).await,
        Verb::Resume(Target::Tenant(tenant)) if edits::resume(desk, tenant, who).await? => {
            desk.front.pools.resume(&PauseScope::Tenant(tenant.clone()));
            Ok(())
        }
        Verb::Resume(target) => resume(desk, target),
        Verb::PauseWrites(shard, Terms { within, hold }) => {
            let paused = desk.front.pause_shard(shard.as_str(), within.unwrap_or(PATIENCE), *hold).await;
            paused.map(drop).map_err(|error| error.report())
        }
        Verb::ResumeWrites(shard) => desk.front.resume_shard(shard.as_str()).await.map_err(|error| error.report()),
        Verb::Drain(server, terms) => {
            let drained = desk.front.drain_server(server, terms.within.unwrap_or(PATIENCE)).await;
            drained.map(drop).map_err(|error| error.report())
        }
        Verb::Undrain(server) => desk.front.undrain_server(server).map_err(|error| error.report()),
        Verb::Suspend => suspend(desk).await,
        Verb::Disable(tenant) => {
            known(desk, tenant)?;
            desk.front.closed.close(tenant);
            Ok(())
        }
        Verb::Enable(tenant) => {
            known(desk, tenant)?;
            desk.front.closed.open(tenant);
            Ok(())
        }
        Verb::Kill(target) => kill(desk, target),
        Verb::KillClient(id) => kill_client(desk, *id),
        Verb::Reconnect(target) => {
            desk.front.pools.reconnect(&scope(desk, target)?, WorkerId::NONE);
            Ok(())
        }
        Verb::WaitClose(target) => wait_close(desk, &scope(desk, target)?).await,
        Verb::Reload => desk.reload().await,
        Verb::Shutdown(how) => {
            desk.shut_down(*how);
            if *how == Shutdown::Immediate {
                // The end of the connection is the answer.
                std::future::pending::<()>().await;
            }
            Ok(())
        }
        Verb::Edit(edit) => edits::carry_out(desk, edit, who).await,
        Verb::Set { key, value } => Err(unchangeable(desk, key, value)),
    }
}

fn scope(desk: &Desk, target: &Target) -> Result<PauseScope, Report> {
    Ok(match target {
        Target::All | Target::Each => PauseScope::All,
        Target::Tenant(tenant) => {
            known(desk, tenant)?;
            PauseScope::Tenant(tenant.clone())
        }
        Target::Shard(shard) => {
            if desk.front.served.load().map.shard(shard.as_str()).is_none() {
                return Err(Report::new(SqlState::UNDEFINED_OBJECT, format!("shard \"{shard}\" does not exist"))
                    .with_hint("SHOW SHARDS lists them."));
            }
            PauseScope::Shard(shard.clone())
        }
    })
}

fn known(desk: &Desk, tenant: &TenantId) -> Result<(), Report> {
    if super::views::CONSOLE.contains(&tenant.as_str()) {
        return Err(Report::new(SqlState::FEATURE_NOT_SUPPORTED, format!("\"{tenant}\" is the console itself"))
            .with_hint("Name a tenant, or nobody for all of them."));
    }
    match desk.front.served.load().map.tenant(tenant.as_str()) {
        Some(_) => Ok(()),
        None => Err(Report::new(SqlState::INVALID_CATALOG_NAME, format!("tenant \"{tenant}\" does not exist"))
            .with_hint("SHOW TENANTS lists them. A name with other signs than letters, digits and underscores stands in quotation marks.")),
    }
}

/// How a scope is called.
fn name(scope: &PauseScope) -> String {
    match scope {
        PauseScope::All => "the proxy".to_owned(),
        PauseScope::Shard(shard) | PauseScope::Primary(shard) => format!("shard \"{shard}\""),
        PauseScope::Tenant(tenant) => format!("tenant \"{tenant}\""),
    }
}

fn prerequisite(message: String) -> Report {
    Report::new(SqlState::OBJECT_NOT_IN_PREREQUISITE_STATE, message)
}

/// Ends a pause that hasn't come about.
struct Undo<'a> {
    desk: &'a Desk,
    scope: Option<PauseScope>,
}

impl Drop for Undo<'_> {
    fn drop(&mut self) {
        if let Some(scope) = &self.scope {
            self.desk.front.pools.resume(scope);
        }
    }
}

async fn pause(desk: &Arc<Desk>, target: &Target, terms: Terms) -> Result<(), Report> {
    let scope = scope(desk, target)?;
    if !desk.front.pools.pause(&scope, WorkerId::NONE) {
        return Err(prerequisite(format!("{} is already paused", name(&scope))).with_hint("RESUME ends it."));
    }
    let mut undo = Undo { desk, scope: Some(scope.clone()) };
    let emptied = emptied(desk, &scope, |left| left == Remaining::default());
    match terms.within {
        None => emptied.await,
        Some(limit) => {
            if tokio::time::timeout(limit, emptied).await.is_err() {
                let left = desk.front.pools.remaining(&scope);
                return Err(Report::new(SqlState::QUERY_CANCELED, format!("{} didn't come to rest within {limit:?}", name(&scope)))
                    .with_detail(format!("{} server connections are in use. It goes on as before.", left.in_use))
                    .with_hint("SHOW CLIENTS WHERE state = 'active' tells who holds them; KILL_CLIENT ends one."));
            }
        }
    }
    undo.scope = None;
    if let Some(hold) = terms.hold {
        let desk = Arc::clone(desk);
        tokio::spawn(async move {
            tokio::time::sleep(hold).await;
            if desk.front.pools.resume(&scope) {
                tracing::warn!(scope = name(&scope), ?hold, "a pause has lasted as long as it may: it is over");
            }
        });
    }
    Ok(())
}

/// Waits until nobody in a scope uses more than that, and closes what comes back.
async fn emptied(desk: &Desk, scope: &PauseScope, is_enough: impl Fn(Remaining) -> bool) {
    while !is_enough(desk.front.pools.remaining(scope)) {
        tokio::time::sleep(LOOK).await;
        desk.front.pools.close_idle(scope, WorkerId::NONE);
    }
}

fn resume(desk: &Desk, target: &Target) -> Result<(), Report> {
    let resumed = match target {
        Target::Each => desk.front.pools.resume_all() > 0,
        // A tenant or a shard that the map hasn't any more may be paused yet.
        Target::All => desk.front.pools.resume(&PauseScope::All),
        Target::Tenant(tenant) => desk.front.pools.resume(&PauseScope::Tenant(tenant.clone())) || known(desk, tenant).map(|()| false)?,
        Target::Shard(shard) => desk.front.pools.resume(&PauseScope::Shard(shard.clone())) || scope(desk, target).map(|_| false)?,
    };
    if matches!(target, Target::All | Target::Each) {
        desk.set_suspended(false);
    }
    if resumed {
        return Ok(());
    }
    let whose = match target {
        Target::All | Target::Each => "the proxy".to_owned(),
        Target::Tenant(tenant) => format!("tenant \"{tenant}\""),
        Target::Shard(shard) => format!("shard \"{shard}\""),
    };
    let pauses = desk.front.pools.pauses();
    let others: Vec<String> = pauses.iter().map(name).collect();
    let report = prerequisite(format!("{whose} is not paused"));
    Err(match others.is_empty() {
        true => report,
        false => report.with_detail(format!("Paused: {}.", others.join(", "))).with_hint("RESUME ALL ends every pause."),
    })
}

/// As a pause of all, but for server connections, which stay open.
async fn suspend(desk: &Desk) -> Result<(), Report> {
    if desk.front.pools.pauses().iter().next().is_some() {
        return Err(prerequisite("something is paused already".to_owned()).with_hint("RESUME ALL first."));
    }
    desk.front.pools.hold(&PauseScope::All);
    let mut undo = Undo { desk, scope: Some(PauseScope::All) };
    while desk.front.pools.remaining(&PauseScope::All).in_use > 0 {
        tokio::time::sleep(LOOK).await;
    }
    undo.scope = None;
    desk.set_suspended(true);
    Ok(())
}

/// Ends sessions at once. Who comes again waits until RESUME, as PgBouncer has it.
fn kill(desk: &Desk, target: &Target) -> Result<(), Report> {
    let scope = scope(desk, target)?;
    desk.front.pools.pause(&scope, WorkerId::NONE);
    let map = Arc::clone(&desk.front.served.load().map);
    let is_meant = |session: &SessionHandle| match (&scope, session.tenant()) {
        (PauseScope::All, _) => !session.about.is_console,
        (PauseScope::Tenant(meant), Some(tenant)) => *meant == tenant,
        (PauseScope::Shard(meant) | PauseScope::Primary(meant), Some(tenant)) => {
            map.tenant(tenant.as_str()).is_some_and(|tenant| tenant.shard.id == *meant)
        }
        (_, None) => false,
    };
    desk.front.sessions.list().iter().filter(|session| is_meant(session)).for_each(|session| session.send(Signal::Kill));
    Ok(())
}

fn kill_client(desk: &Desk, id: SessionId) -> Result<(), Report> {
    match desk.front.sessions.get(id) {
        Some(session) => {
            session.send(Signal::Kill);
            Ok(())
        }
        None => {
            Err(Report::new(SqlState::UNDEFINED_OBJECT, format!("client {id} does not exist"))
                .with_hint("SHOW CLIENTS has it in column id."))
        }
    }
}

/// Waits until connections that RECONNECT has outdated have gone.
async fn wait_close(desk: &Desk, scope: &PauseScope) -> Result<(), Report> {
    while has_outdated(desk, scope) {
        tokio::time::sleep(LOOK).await;
    }
    Ok(())
}

fn has_outdated(desk: &Desk, scope: &PauseScope) -> bool {
    let members = desk.front.pools.members();
    let pools: Vec<_> = members.iter().filter(|member| scope.covers(member)).map(|member| Arc::clone(member.pool())).collect();
    desk.front.sessions.list().iter().any(|session| {
        let Some(server) = session.doing().server else { return false };
        let pool = pools.iter().find(|pool| Arc::ptr_eq(&pool.spec, server.spec()));
        pool.zip(server.beginning()).is_some_and(|(pool, opened)| pool.generation() != opened.generation)
    })
}

fn unchangeable(desk: &Desk, key: &str, value: &str) -> Report {
    let known = super::views::config_keys(&desk.settings).any(|known| known.eq_ignore_ascii_case(key));
    match known {
        true => Report::new(SqlState::CANT_CHANGE_RUNTIME_PARAM, format!("\"{key}\" can't be set to {value:?} here"))
            .with_detail("What pgtenant.toml says counts from the next start on; [abuse] and certificates from RELOAD on.")
            .with_hint("Change the file, then RELOAD or restart. Limits of tenants are the shard map's: they change while it runs."),
        false => Report::new(SqlState::UNDEFINED_OBJECT, format!("unrecognized configuration parameter \"{key}\""))
            .with_hint("SHOW CONFIG lists them."),
    }
}
