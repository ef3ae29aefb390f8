//! `SHOW HELP`: everything that can be said here, with what it does.

use std::ops::ControlFlow;

use super::{Rows, View, all, give, text, word};
use crate::{
    admin::console::{Desk, table::Kind::Text},
    session::operator::Role::Viewer,
};

pub(super) const VIEWS: &[View] =
    &[View { name: "help", about: "this", needs: Viewer, columns: &[("command", Text), ("does", Text)], produce: help }];

const COMMANDS: &[(&str, &str)] = &[
    ("SHOW view [WHERE …] [ORDER BY …] [LIMIT n] [OFFSET n]", "shows rows; SELECT * FROM view … is the same"),
    (
        "PAUSE [tenant | TENANT t | SHARD s] [WITHIN 't'] [HOLD 't']",
        "no new transactions; returns when none is open and connections are closed",
    ),
    ("RESUME [tenant | TENANT t | SHARD s | ALL]", "ends PAUSE, SUSPEND and KILL; ALL ends each of them"),
    (
        "PAUSE WRITES ON SHARD s [WITHIN 't'] [HOLD 't']",
        "nothing new on the shard's primary, replicas go on; returns when no transaction runs there",
    ),
    ("RESUME WRITES ON SHARD s", "ends that, wherever the primary is by then"),
    ("DRAIN SERVER 'host[:port]' [WITHIN 't']", "no reads on a replica any more; returns when none runs there"),
    ("UNDRAIN SERVER 'host[:port]'", "reads go there again"),
    ("SUSPEND", "no new transactions; connections stay open"),
    ("KILL [tenant | TENANT t | SHARD s]", "ends all sessions at once; who comes again waits until RESUME"),
    ("CREATE TENANT t SET key = value, … [REASON 'r']", "a new entry of the shard map; pgtenant create sets the tenant up on its shard"),
    ("ALTER TENANT t [SET key = value, …] [RESET key, …] [REASON 'r']", "other keys of an entry: plan, limits.max_connections, …"),
    ("ALTER TENANT t READ ONLY [REASON 'r']", "the tenant may only read"),
    ("DROP TENANT t [CASCADE] [REASON 'r']", "the entry goes, with CASCADE its logins, too; its data stays"),
    ("SUSPEND TENANT t [REASON 'r']", "the tenant may do nothing; RESUME TENANT ends that, too"),
    ("ALTER SHARD s [SET key = value, …] [RESET key, …] [REASON 'r']", "other keys of a shard"),
    ("KILL_CLIENT id", "ends one session: the id of SHOW CLIENTS"),
    ("DISABLE tenant", "takes no new clients of a tenant"),
    ("ENABLE tenant", "takes them again"),
    ("RECONNECT [tenant | TENANT t | SHARD s]", "renews server connections: idle ones now, others as their transactions end"),
    ("WAIT_CLOSE [tenant | TENANT t | SHARD s]", "returns when RECONNECT has renewed all of them"),
    ("RELOAD", "reads the shard map, certificates, keys and [abuse] again"),
    ("SHUTDOWN", "ends the proxy at once"),
    ("SHUTDOWN WAIT_FOR_SERVERS", "takes no new clients, ends sessions as their transactions do, then the proxy"),
    ("SHUTDOWN WAIT_FOR_CLIENTS", "takes no new clients, and ends the proxy when the last one has left"),
    ("SET key = value", "settings of PostgreSQL's drivers are passed over; those of the proxy are pgtenant.toml's"),
    ("BEGIN, COMMIT, ROLLBACK", "taken from drivers; nothing is undone"),
];

fn help(_: &Desk, sink: &mut Rows<'_>) -> ControlFlow<()> {
    give(COMMANDS.iter().map(|(command, does)| vec![word(command), word(does)]), sink)?;
    let mut views: Vec<&View> = all().collect();
    views.sort_by_key(|view| view.name);
    give(views.into_iter().map(|view| vec![text(format!("SHOW {}", view.name.to_uppercase())), word(view.about)]), sink)
}
