//! The listener's connection: what it is told, and what it hears.

use std::time::Duration;

use super::{FIRST_PAUSE, LINGER, ListenError, Listener, channels::Batch};
use crate::{
    backend::{ServerConnection, settings::quote_identifier},
    error::SqlState,
    wire::{
        Header, caps,
        frame::{HEADER_LEN, split_cstr},
        messages::ErrorFields,
        synthetic,
        tag::server,
    },
};

/// A server that takes longer to answer is lost.
const ANSWER: Duration = Duration::from_secs(10);
/// A server that has said nothing for so long is asked whether it is there.
const QUIET: Duration = Duration::from_secs(30);
/// What one read takes.
const READ: usize = 4 << 10;

/// What is wrong with a message.
const BROKEN: ListenError = ListenError::Lost;

/// Serves until nobody has listened for a while.
pub(super) async fn serve(connection: &mut ServerConnection, listener: &Listener, pause: &mut Duration) -> Result<(), ListenError> {
    let mut line = Line { connection, listener, bytes: Vec::new() };
    loop {
        loop {
            let Some(batch) = listener.state.lock().channels.batch() else { break };
            line.ask(&text_of(&batch)).await?;
            listener.state.lock().channels.done(batch);
            *pause = FIRST_PAUSE;
        }
        let idle = listener.state.lock().channels.is_empty();
        tokio::select! {
            () = listener.changed.notified() => {}
            heard = line.hear() => heard?,
            () = tokio::time::sleep(LINGER), if idle => return Ok(()),
            () = tokio::time::sleep(QUIET), if !idle => line.ask("").await?,
        }
    }
}

fn text_of(batch: &Batch) -> String {
    let mut text = String::with_capacity(72 * (batch.listen.len() + batch.unlisten.len()));
    let names = batch.listen.iter().map(|name| ("LISTEN ", name)).chain(batch.unlisten.iter().map(|name| ("UNLISTEN ", name)));
    for (command, name) in names {
        text.push_str(command);
        quote_identifier(&mut text, name);
        text.push(';');
    }
    text
}

struct Line<'a> {
    connection: &'a mut ServerConnection,
    listener: &'a Listener,
    /// What was read and isn't a whole message yet.
    bytes: Vec<u8>,
}

impl Line<'_> {
    /// Asks a question and waits until the server has done what it says.
    async fn ask(&mut self, text: &str) -> Result<(), ListenError> {
        let mut question = Vec::with_capacity(text.len() + 8);
        synthetic::query(&mut question, text.as_bytes());
        let answer = async {
            self.connection.stream.write_all(&question).await.map_err(|_| ListenError::Lost)?;
            self.connection.stream.flush().await.map_err(|_| ListenError::Lost)?;
            while !self.messages()? {
                self.read().await?;
            }
            Ok(())
        };
        tokio::time::timeout(ANSWER, answer).await.unwrap_or(Err(ListenError::Lost))
    }

    /// Waits for something that the server says by itself. Whole messages are dealt with before this returns, so that it may be dropped.
    async fn hear(&mut self) -> Result<(), ListenError> {
        self.read().await?;
        self.messages().map(|_| ())
    }

    async fn read(&mut self) -> Result<(), ListenError> {
        let mut chunk = [0; READ];
        match self.connection.stream.read_some(&mut chunk).await {
            Ok(0) | Err(_) => Err(ListenError::Lost),
            Ok(read) => {
                self.bytes.extend_from_slice(chunk.get(..read).unwrap_or_default());
                Ok(())
            }
        }
    }

    /// Deals with the whole messages that were read. Whether ReadyForQuery was the last.
    fn messages(&mut self) -> Result<bool, ListenError> {
        let (mut done, mut ready) = (0, false);
        while let Some(header) = self.bytes.get(done..).and_then(Header::read) {
            header.check(caps::CONTROL).map_err(|_| BROKEN)?;
            let Some(body) = self.bytes.get(done + HEADER_LEN..done + header.frame_len()) else { break };
            match header.tag {
                server::NOTIFICATION => self.notification(body)?,
                server::ERROR => return Err(refusal(body)),
                server::READY => ready = true,
                _ => {}
            }
            done += header.frame_len();
        }
        self.bytes.drain(..done);
        Ok(ready)
    }

    fn notification(&self, body: &[u8]) -> Result<(), ListenError> {
        let (_process, rest) = body.split_first_chunk::<4>().ok_or(BROKEN)?;
        let (channel, rest) = split_cstr(rest).ok_or(BROKEN)?;
        let (payload, _) = split_cstr(rest).ok_or(BROKEN)?;
        if let Ok(channel) = std::str::from_utf8(channel) {
            self.listener.state.lock().channels.deliver(channel, payload);
        }
        Ok(())
    }
}

fn refusal(body: &[u8]) -> ListenError {
    let fields = ErrorFields::read(body);
    ListenError::Refused {
        code: fields.sql_state().unwrap_or(SqlState::CONNECTION_FAILURE),
        message: String::from_utf8_lossy(fields.message).into_owned(),
    }
}
