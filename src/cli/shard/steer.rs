//! `pgtenant shard switchover` and `pgtenant shard drain`: told to the proxies that run with the file on this machine.

use std::{path::Path, time::Duration};

use super::ShardCommandError;
use crate::{
    admin::control::{Client, find},
    lifecycle::switchover::{Proxies, Switched, switch},
    session::{steering::is_called, topologies::servers},
    shard_map::Shard,
};

/// The proxies of this machine that serve the shard.
pub(super) struct Local {
    clients: Vec<Client>,
    shard: String,
}

impl Local {
    /// Those that run with a file.
    pub(super) async fn find(config: &Path, shard: &str) -> Result<Local, ShardCommandError> {
        let mut clients = Vec::new();
        for proxy in find(config)? {
            clients.push(proxy.connect().await?);
        }
        if clients.is_empty() {
            return Err(ShardCommandError::NoProxy(config.to_owned()));
        }
        Ok(Local { clients, shard: quoted(shard, '"') })
    }

    async fn tell(&self, statement: &str) -> Result<(), ShardCommandError> {
        for client in &self.clients {
            client.run(statement).await?;
        }
        Ok(())
    }

    async fn resume_all(&self) -> Result<(), ShardCommandError> {
        // All of them, also behind one that has failed.
        let mut outcome = Ok(());
        for client in &self.clients {
            let resumed = client.run(&format!("RESUME WRITES ON SHARD {}", self.shard)).await;
            outcome = outcome.and(resumed.map(|_| ()));
        }
        Ok(outcome?)
    }
}

type Failure = Box<dyn std::error::Error + Send + Sync>;

impl Proxies for Local {
    async fn pause(&self, within: Duration, hold: Duration) -> Result<(), Failure> {
        let (within, hold) = (within.as_millis(), hold.as_millis());
        let paused = self.tell(&format!("PAUSE WRITES ON SHARD {} WITHIN '{within}ms' HOLD '{hold}ms'", self.shard)).await;
        if paused.is_err() {
            // One of them may have paused already.
            let _ = self.resume_all().await;
        }
        paused.map_err(Failure::from)
    }

    async fn resume(&self) -> Result<(), Failure> {
        self.resume_all().await.map_err(Failure::from)
    }
}

/// Makes another server the primary of a shard, and tells what that has taken.
pub(super) async fn switchover(config: &Path, shard: &Shard, to: &str, within: Duration) -> Result<(), ShardCommandError> {
    let mut called = servers(shard).filter(|address| is_called(address, to));
    let (Some(address), None) = (called.next(), called.next()) else { return Err(ShardCommandError::UnknownServer(to.to_owned())) };
    let proxies = Local::find(config, shard.id.as_str()).await?;
    let Switched { from, to, transactions, replay, promotion, pause, fenced } = switch(shard, address, within, &proxies).await?;
    let ms = |time: Duration| format!("{:.0} ms", time.as_secs_f64() * 1000.0);
    println!("{to} is the primary of shard {} now; {from} was", shard.id);
    println!(
        "pause: {}, of which running transactions {}, replay {}, promotion {}",
        ms(pause),
        ms(transactions),
        ms(replay),
        ms(promotion)
    );
    match fenced {
        Some(sessions) => println!("{from}: new transactions only read, {sessions} sessions ended"),
        None => println!(
            "{from}: nobody may tell it to read only (the provisioner isn't a superuser). Proxies write nothing there; others could"
        ),
    }
    println!("{from} is on an earlier timeline: set it up as a replica of {to} (pg_rewind or a new copy) before it is of use again");
    Ok(())
}

/// Takes reads away from a server, or gives them back.
pub(super) async fn drain(config: &Path, host: &str, within: Duration, undo: bool) -> Result<(), ShardCommandError> {
    let proxies = Local::find(config, "").await?;
    let host = quoted(host, '\'');
    let statement = match undo {
        true => format!("UNDRAIN SERVER {host}"),
        false => format!("DRAIN SERVER {host} WITHIN '{}ms'", within.as_millis()),
    };
    proxies.tell(&statement).await?;
    println!("{}", if undo { "reads go there again" } else { "nothing is read there any more, and no connection is open" });
    Ok(())
}

fn quoted(name: &str, quote: char) -> String {
    format!("{quote}{}{quote}", name.replace(quote, &format!("{quote}{quote}")))
}
