//! `pgtenant shard rotate-key SHARD`: brings the signing keys of a shard's databases to those of the shard map.

use std::{collections::BTreeSet, path::PathBuf, process::ExitCode};

use crate::{
    config::{ConfigErrors, Settings},
    lifecycle::{
        create::{CreateError, sync_keys},
        maps::{MapError, MapStore},
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
    /// The shard refused.
    #[error(transparent)]
    Create(#[from] CreateError),
}

/// Runs the command and tells what it did.
///
/// # Errors
/// See [`ShardCommandError`].
pub async fn run(command: &ShardCommand) -> Result<ExitCode, ShardCommandError> {
    let ShardCommand::RotateKey { shard, config } = command;
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
