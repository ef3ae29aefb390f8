//! `pgtenant shard`: the signing keys of a shard's databases, its primary, and replicas that are taken out of use.

mod steer;

use std::{collections::BTreeSet, path::PathBuf, process::ExitCode};

use crate::{
    admin::control::ControlError,
    config::{ConfigErrors, Period, Settings},
    lifecycle::{
        create::{CreateError, sync_keys},
        maps::{MapError, MapStore},
        switchover::SwitchError,
    },
    shard_map::{Lock, Shard, ShardMap},
};

/// What a shard can be told to do.
#[derive(Clone, Debug, clap::Subcommand)]
pub enum ShardCommand {
    /// Install the shard map's signing keys on the shard's databases, and remove those that it doesn't name any more.
    ///
    /// To rotate without a stop: add the new key to `signing_keys` and run this; make it the `signing_key`, with the old one among
    /// `signing_keys`, and let the proxies reload; take the old one out of the map and run this again.
    RotateKey {
        /// The shard, as the shard map calls it
        shard: String,
        /// The file pgtenant.toml
        #[arg(long)]
        config: PathBuf,
    },
    /// Make another server the primary of a shard, without an error for anybody outside of a transaction.
    ///
    /// The proxies that run with the file on this machine hold writes back, the replica replays the last of them and is promoted, and writes go on
    /// there. Where anything fails before the promotion, all goes on as it was.
    Switchover {
        /// The shard, as the shard map calls it
        shard: String,
        /// The replica: host or host:port, as the shard map has it
        #[arg(long)]
        to: String,
        /// How long running transactions, and then the replay, may take
        #[arg(long, default_value = "5s")]
        within: Period,
        /// The file pgtenant.toml
        #[arg(long)]
        config: PathBuf,
    },
    /// Take all reads away from a replica and close the connections to it, or give them back.
    Drain {
        /// The replica: host or host:port, as the shard map has it
        host: String,
        /// Give them back
        #[arg(long)]
        undo: bool,
        /// How long reads that run there may take
        #[arg(long, default_value = "60s")]
        within: Period,
        /// The file pgtenant.toml
        #[arg(long)]
        config: PathBuf,
    },
}

/// Why it can't.
#[derive(Debug, thiserror::Error)]
pub enum ShardCommandError {
    /// The files have mistakes.
    #[error(transparent)]
    Config(#[from] ConfigErrors),
    /// The map can't be read.
    #[error(transparent)]
    Map(#[from] MapError),
    /// No such shard.
    #[error("shard {0:?} is not in the shard map")]
    UnknownShard(String),
    /// The shard says nobody who may.
    #[error("shard {0:?} of the shard map has no `provisioner`: the connection string of a superuser")]
    NoProvisioner(String),
    /// Nothing is signed.
    #[error("shard {0:?} of the shard map has no `signing_key`")]
    NoKey(String),
    /// No such server.
    #[error("{0:?} is not one of the shard's servers in the shard map, or not only one: say host:port")]
    UnknownServer(String),
    /// Nobody is there to hold writes back.
    #[error("no proxy runs with {} on this machine", .0.display())]
    NoProxy(PathBuf),
    /// A proxy can't be told.
    #[error(transparent)]
    Control(#[from] ControlError),
    /// The switch.
    #[error(transparent)]
    Switch(#[from] SwitchError),
    /// The shard refused.
    #[error(transparent)]
    Create(#[from] CreateError),
}

/// Runs the command and tells what it did.
///
/// # Errors
/// See [`ShardCommandError`].
pub async fn run(command: &ShardCommand) -> Result<ExitCode, ShardCommandError> {
    let (shard, config) = match command {
        ShardCommand::RotateKey { shard, config } => (shard, config),
        ShardCommand::Switchover { shard, to, within, config } => {
            let map = MapStore::open(&Settings::load(config)?)?.load().await?;
            let shard = map.shard(shard).ok_or_else(|| ShardCommandError::UnknownShard(shard.clone()))?;
            steer::switchover(config, shard, to, within.0).await?;
            return Ok(ExitCode::SUCCESS);
        }
        ShardCommand::Drain { host, undo, within, config } => {
            steer::drain(config, host, within.0, *undo).await?;
            return Ok(ExitCode::SUCCESS);
        }
    };
    let map = MapStore::open(&Settings::load(config)?)?.load().await?;
    let shard = map.shard(shard).ok_or_else(|| ShardCommandError::UnknownShard(shard.clone()))?;
    let provisioner = shard.provisioner.as_ref().ok_or_else(|| ShardCommandError::NoProvisioner(shard.id.to_string()))?;
    if shard.signing_keys.is_empty() {
        return Err(ShardCommandError::NoKey(shard.id.to_string()));
    }
    for database in databases(&map, shard) {
        let done = sync_keys(provisioner.reveal(), &database, &shard.signing_keys).await?;
        let count = |what: &str| done.changes.iter().filter(|change| change.starts_with(what)).count();
        println!("{database}: {} keys installed, {} removed", count("INSERT"), count("DELETE"));
    }
    Ok(ExitCode::SUCCESS)
}

/// The databases in which contexts are signed.
fn databases(map: &ShardMap, shard: &Shard) -> BTreeSet<String> {
    let tenants = map.tenants().filter_map(|id| map.tenant(id.as_str()));
    let signed = tenants.filter(|tenant| tenant.shard.id == shard.id && tenant.model.lock == Lock::Signed);
    let mut databases: BTreeSet<String> = signed.map(|tenant| tenant.database.to_string()).collect();
    let rule = map.placement().and_then(|rule| map.models().nth(usize::from(rule.model_number())));
    if rule.is_some_and(|model| model.lock == Lock::Signed) {
        databases.insert(shard.primary.dbname.to_string());
    }
    databases
}
