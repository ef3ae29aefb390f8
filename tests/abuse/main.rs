//! Who guesses passwords, dawdles, comes in crowds or fills memory: each is stopped, and others notice nothing. Against real servers.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs,
    dead_code,
    reason = "a test fails on the spot, and shares what it stands on with others"
)]

#[path = "../support/mod.rs"]
mod support;

mod crowds;
mod logins;
mod memory;
mod slow;

use support::wire::{Message, Refused, Wire};
use tokio::net::TcpSocket;

/// A connection from another address of this machine.
pub async fn from(address: &str, port: u16) -> Wire {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind(format!("{address}:0").parse().unwrap()).unwrap();
    let stream = socket.connect(format!("127.0.0.1:{port}").parse().unwrap()).await.unwrap();
    stream.set_nodelay(true).unwrap();
    Wire::over(stream)
}

/// Why a login wasn't let in.
pub fn told(refused: Result<(), Refused>) -> Message {
    refused.expect_err("it was let in").0.expect("it wasn't told why")
}
