//! PgBouncer's views of connections: clients, servers, and both with what is known of their sockets.

use std::ops::ControlFlow;

use super::{CONSOLE, Rows, View, bouncer::place, count, flag, number, text, time, word};
use crate::{
    admin::{
        console::{
            Desk,
            table::{
                Kind::{self, Int4, Int8, Text},
                Row, Value,
            },
        },
        view::{
            clients::{self, ClientState, ClientView},
            servers::{self, ServerState, ServerView},
        },
    },
    net::{Peer, UnixPeer},
    session::operator::Role::{Operator, Viewer},
};

/// The columns of connections, and those of their sockets behind them.
const SOCKET: [(&str, Kind); 28] = [
    ("type", Text),
    ("user", Text),
    ("database", Text),
    ("replication", Text),
    ("state", Text),
    ("addr", Text),
    ("port", Int4),
    ("local_addr", Text),
    ("local_port", Int4),
    ("connect_time", Text),
    ("request_time", Text),
    ("wait", Int4),
    ("wait_us", Int4),
    ("close_needed", Int4),
    ("ptr", Text),
    ("link", Text),
    ("remote_pid", Int4),
    ("tls", Text),
    ("application_name", Text),
    ("prepared_statements", Int4),
    ("id", Int4),
    ("recv_pos", Int4),
    ("pkt_pos", Int4),
    ("pkt_remain", Int4),
    ("send_pos", Int4),
    ("send_remain", Int4),
    ("pkt_avail", Int4),
    ("send_avail", Int4),
];
/// How many of them belong to the connection.
const CONNECTION: usize = 21;

const CONNECTION_COLUMNS: &[(&str, Kind)] = SOCKET.split_at(CONNECTION).0;

pub(super) const VIEWS: &[View] = &[
    View { name: "clients", about: "sessions of clients", needs: Viewer, columns: CONNECTION_COLUMNS, produce: show_clients },
    View { name: "servers", about: "connections to servers", needs: Viewer, columns: CONNECTION_COLUMNS, produce: show_servers },
    View { name: "sockets", about: "both, with what is known of their sockets", needs: Viewer, columns: &SOCKET, produce: sockets },
    View { name: "active_sockets", about: "the same of those that are at work", needs: Viewer, columns: &SOCKET, produce: active_sockets },
    View {
        name: "fds",
        about: "PgBouncer's way to hand sockets over: nothing is handed over here",
        needs: Operator,
        columns: &[
            ("fd", Int4),
            ("task", Text),
            ("user", Text),
            ("database", Text),
            ("addr", Text),
            ("port", Int4),
            ("cancel", Int8),
            ("link", Int4),
            ("client_encoding", Text),
            ("std_strings", Text),
            ("datestyle", Text),
            ("timezone", Text),
            ("password", Text),
            ("scram_client_key", Text),
            ("scram_server_key", Text),
        ],
        produce: |_, _| ControlFlow::Continue(()),
    },
];

fn show_clients(desk: &Desk, sink: &mut Rows<'_>) -> ControlFlow<()> {
    clients::clients(&desk.front).iter().try_for_each(|client| sink(client_row(client, client.state.as_str())))
}

fn show_servers(desk: &Desk, sink: &mut Rows<'_>) -> ControlFlow<()> {
    servers::servers(&desk.front).iter().try_for_each(|server| sink(server_row(server, server.state.as_str())))
}

fn sockets(desk: &Desk, sink: &mut Rows<'_>) -> ControlFlow<()> {
    for client in &clients::clients(&desk.front) {
        let state = if client.state == ClientState::Waiting { "cl_waiting" } else { "cl_active" };
        sink(with_socket(client_row(client, state)))?;
    }
    for server in &servers::servers(&desk.front) {
        sink(with_socket(server_row(server, server_word(server.state))))?;
    }
    ControlFlow::Continue(())
}

fn active_sockets(desk: &Desk, sink: &mut Rows<'_>) -> ControlFlow<()> {
    for client in clients::clients(&desk.front).iter().filter(|client| client.state == ClientState::Active) {
        sink(with_socket(client_row(client, "cl_active")))?;
    }
    for server in servers::servers(&desk.front).iter().filter(|server| server.state == ServerState::Active) {
        sink(with_socket(server_row(server, server_word(server.state))))?;
    }
    ControlFlow::Continue(())
}

fn server_word(state: ServerState) -> &'static str {
    match state {
        ServerState::Active => "sv_active",
        ServerState::Idle => "sv_idle",
        ServerState::New => "sv_login",
    }
}

/// What PgBouncer's buffers hold: sessions hold none here while they are idle.
fn with_socket(mut row: Row) -> Row {
    row.resize(SOCKET.len(), number(0));
    row
}

fn client_row(client: &ClientView, state: &'static str) -> Row {
    let (address, port, pid) = match client.peer {
        Peer::Tcp(address) => (address.ip().to_canonical().to_string(), i64::from(address.port()), None),
        Peer::Unix(UnixPeer { pid, .. }) => ("unix".to_owned(), 0, pid),
    };
    let (local, local_port) = local(client.local);
    let database = match &client.tenant {
        Some(tenant) => text(tenant.as_str()),
        None if client.is_console => word(CONSOLE[0]),
        // It may act for several tenants and hasn't said for which.
        None => word(""),
    };
    vec![
        word("C"),
        text(client.login.as_str()),
        database,
        word("none"),
        word(state),
        text(address),
        number(port),
        local,
        local_port,
        time(client.connected),
        time(client.requested),
        count(client.waits.as_secs()),
        number(client.waits.subsec_micros()),
        flag(false),
        text(format!("c{}", client.id)),
        client.server.as_ref().map_or_else(|| word(""), |server| text(format!("s{}", server.process()))),
        number(pid.unwrap_or(0)),
        encryption(client.tls),
        text(client.application_name.as_deref().unwrap_or_default()),
        number(client.prepared),
        number(client.id.0),
    ]
}

fn server_row(server: &ServerView, state: &'static str) -> Row {
    let (address, port) = place(&server.spec.target);
    let (local, local_port) = local(server.local);
    let database = match &server.tenant {
        Some(tenant) => text(tenant.as_str()),
        None => text(format!("{}/{}", server.shard, server.spec.database)),
    };
    vec![
        word("S"),
        text(&*server.spec.user),
        database,
        word("none"),
        word(state),
        text(address),
        number(port),
        local,
        local_port,
        time(server.connected),
        time(server.requested),
        number(0),
        number(0),
        flag(server.is_outdated),
        text(format!("s{}", server.process)),
        server.client.map_or_else(|| word(""), |client| text(format!("c{client}"))),
        number(server.process),
        encryption(server.tls),
        text(server.application_name.as_deref().unwrap_or_default()),
        count(server.statements as u64),
        number(server.process),
    ]
}

fn local(address: Option<std::net::SocketAddr>) -> (Value, Value) {
    match address {
        Some(address) => (text(address.ip().to_canonical().to_string()), number(address.port())),
        None => (word("unix"), number(0)),
    }
}

fn encryption(tls: Option<(&'static str, &'static str)>) -> Value {
    tls.map_or_else(|| word(""), |(protocol, cipher)| text(format!("{protocol}/{cipher}")))
}
