//! What becomes of a server connection whose session is over: it finishes what the client had sent before its goodbye, and
//! DISCARD ALL cleans it for others, out of everybody's way.

use std::time::Duration;

use super::{
    conversation::{Conversation, ServerEvent, Sink},
    reading::Aftermath,
};
use crate::{
    backend::settings::Settings,
    pool::Checkout,
    wire::{Header, synthetic, tag::server},
};

/// A connection that takes longer is closed.
const LIMIT: Duration = Duration::from_secs(10);

/// What one read takes.
const ROOM: usize = 16 << 10;

/// Cleans the connection and gives it back; on any doubt it is closed.
pub(super) fn spawn(mut checkout: Checkout) {
    tokio::spawn(async move {
        if tokio::time::timeout(LIMIT, discard_all(&mut checkout)).await == Ok(Some(())) {
            checkout.check_in();
        }
    });
}

/// Lets the server do what it was sent, as it does for a client that says goodbye without waiting, then cleans the connection.
/// What the server says is for nobody.
pub(super) fn finish(
    mut checkout: Checkout,
    mut conversation: Conversation,
    (unwritten, unread): (Vec<u8>, Vec<u8>),
    aftermath: Option<Aftermath>,
) {
    tokio::spawn(async move {
        let _until_over = aftermath;
        let over = run_out(&mut checkout, &mut conversation, &unwritten, unread).await.is_some();
        conversation.tally.settle_unheard(checkout.member().meter());
        if over && conversation.is_at_rest() && conversation.leaves_clean() {
            spawn(checkout);
        }
    });
}

/// Reads replies until no batch is under way any more.
async fn run_out(checkout: &mut Checkout, conversation: &mut Conversation, unwritten: &[u8], unread: Vec<u8>) -> Option<()> {
    let connection = checkout.connection()?;
    connection.stream.write_all(unwritten).await.ok()?;
    let mut input = unread;
    let mut nobody = Vec::new();
    while conversation.runs_on() {
        let have = input.len();
        input.resize(have + ROOM, 0);
        let read = connection.stream.read_some(&mut input[have..]).await.ok().filter(|read| *read > 0)?;
        input.truncate(have + read);
        let (done, event) = conversation.on_server(&input, &mut connection.carried, &mut Sink::new(&mut nobody, &input)).ok()?;
        if event == ServerEvent::Replay {
            return None;
        }
        input.drain(..done);
        nobody.clear();
    }
    input.is_empty().then_some(())
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
