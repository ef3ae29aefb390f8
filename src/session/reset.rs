//! Cleaning a server connection whose session has left state behind: DISCARD ALL, out of everybody's way.

use std::time::Duration;

use crate::{
    backend::settings::Settings,
    pool::Checkout,
    wire::{Header, synthetic, tag::server},
};

/// A connection that takes longer is closed.
const LIMIT: Duration = Duration::from_secs(10);

/// Cleans the connection and gives it back; on any doubt it is closed.
pub(super) fn spawn(mut checkout: Checkout) {
    tokio::spawn(async move {
        if tokio::time::timeout(LIMIT, discard_all(&mut checkout)).await == Ok(Some(())) {
            checkout.check_in();
        }
    });
}

async fn discard_all(checkout: &mut Checkout) -> Option<()> {
    let connection = checkout.connection()?;
    let mut question = Vec::with_capacity(32);
    synthetic::query(&mut question, b"DISCARD ALL");
    connection.stream.write_all(&question).await.ok()?;
    connection.stream.flush().await.ok()?;
    let mut answer = Vec::with_capacity(256);
    loop {
        let mut chunk = [0; 1024];
        let read = connection.stream.read_some(&mut chunk).await.ok().filter(|read| *read > 0)?;
        answer.extend_from_slice(&chunk[..read]);
        while let Some(header) = Header::read(&answer) {
            if header.length < 4 || header.tag == server::ERROR {
                return None;
            }
            if answer.len() < header.frame_len() {
                break;
            }
            let frame: Vec<u8> = answer.drain(..header.frame_len()).collect();
            if header.tag == server::READY {
                connection.carried.settings = Settings::default();
                connection.carried.statements.clear();
                return (frame.last() == Some(&b'I') && answer.is_empty()).then_some(());
            }
        }
    }
}
