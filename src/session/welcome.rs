//! What a client is told of its server when it is let in.

use std::sync::Arc;

use super::{
    acting::Acting,
    greeting::Greeting,
    parameters::Wishes,
    relay::Worker,
    switcher::{self, Told},
};
use crate::{backend::settings::Settings, error::Report, shard_map::Login, wire::synthetic};

/// What a client is told of the server, and its settings as the server spells them.
pub(super) enum Welcome<'a> {
    /// What its tenant's server reports, and the application's name.
    Server(Arc<Greeting>, Option<&'a str>),
    /// What can be told without a server.
    Defaults(&'a Login, &'a Settings),
}

/// Finds out what a client is told, until `give_up` where its tenant's shard has no primary.
///
/// # Errors
/// Its tenant's server can't be asked.
pub(super) async fn welcome<'a>(
    acting: Option<&mut Acting>,
    wishes: &'a Wishes,
    (worker, give_up): (&Worker, std::time::Instant),
    login: &'a Login,
) -> Result<Welcome<'a>, Report> {
    let Some(acting) = acting else { return Ok(Welcome::Defaults(login, &wishes.settings)) };
    let greeting = acting.greeting(&wishes.settings, worker.id, give_up).await?;
    Ok(Welcome::Server(greeting, wishes.settings.get("application_name")))
}

impl Welcome<'_> {
    /// Tells the client.
    pub(super) fn write(&self, to_client: &mut Vec<u8>) {
        match self {
            Welcome::Server(greeting, application_name) => greeting.write(*application_name, to_client),
            Welcome::Defaults(..) => {
                for (name, value) in &self.told() {
                    synthetic::parameter_status(to_client, name, value);
                }
            }
        }
    }

    /// What it is told.
    pub(super) fn told(&self) -> Told {
        match self {
            Welcome::Server(greeting, application_name) => greeting.told(*application_name),
            Welcome::Defaults(login, settings) => switcher::defaults(login.id.as_str(), settings.iter()),
        }
    }

    /// The settings that its session begins with.
    pub(super) fn settings(&self) -> Settings {
        match self {
            Welcome::Server(greeting, application_name) => greeting.settings(*application_name),
            Welcome::Defaults(_, settings) => (*settings).clone(),
        }
    }
}
