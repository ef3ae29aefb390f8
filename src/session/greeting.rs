//! What a client is greeted with: the settings that its server connections report, with those of its own startup packet applied.
//!
//! Learnt from a server once per pool and combination of settings, so that a login costs no round trip, and a setting that the
//! server refuses is refused at login as PostgreSQL does.

use std::{num::NonZeroUsize, ops::Range, sync::Arc};

use lru::LruCache;
use parking_lot::Mutex;

use crate::{
    backend::{connection::Reported, settings::Settings},
    error::{ClientFacing, Report, SqlState},
    ids::WorkerId,
    pool::{CheckoutError, Member},
    wire::{
        Header,
        frame::HEADER_LEN,
        messages::{ErrorFields, parameter_status},
        synthetic,
        tag::server,
    },
};

/// The setting that is each session's own, whatever its server says.
const APPLICATION_NAME: &str = "application_name";
/// Combinations of settings that are remembered.
const REMEMBERED: NonZeroUsize = NonZeroUsize::new(4096).unwrap();

/// A greeting for one pool and one combination of settings, application_name aside.
#[derive(Debug)]
pub struct Greeting {
    /// What the connection that it was learnt from reported at its beginning.
    fresh: Reported,
    reported: Vec<(Box<str>, Box<str>)>,
    /// All of it as messages.
    messages: Box<[u8]>,
    /// Where among them application_name is.
    named: Range<usize>,
    /// The settings in the server's own spelling.
    settings: Settings,
}

/// Why there is no greeting.
#[derive(Debug, thiserror::Error)]
pub enum GreetingError {
    /// No server connection.
    #[error(transparent)]
    Checkout(#[from] CheckoutError),
    /// The server connection broke.
    #[error("the server connection was lost")]
    Lost,
    /// The server refuses a setting of the startup packet.
    #[error("{message}")]
    Refused {
        /// SQLSTATE.
        code: SqlState,
        /// The server's words.
        message: String,
    },
}

impl GreetingError {
    /// Whether it is about the server being there at all.
    pub fn is_outage(&self) -> bool {
        match self {
            GreetingError::Checkout(error) => error.is_outage(),
            GreetingError::Lost => true,
            GreetingError::Refused { .. } => false,
        }
    }
}

impl ClientFacing for GreetingError {
    fn report(&self) -> Report {
        match self {
            GreetingError::Checkout(error) => error.report(),
            GreetingError::Lost => Report::new(SqlState::CANNOT_CONNECT_NOW, "the tenant's database server is not available")
                .with_hint("Try again in a moment."),
            GreetingError::Refused { code, message } => Report::new(*code, message.clone())
                .with_detail("The server refused a setting of the startup packet.")
                .with_hint("Check the connection's options."),
        }
    }
}

/// Greetings by pool and settings.
pub struct Greetings {
    known: Mutex<LruCache<(u64, String), Arc<Greeting>>>,
}

impl Default for Greetings {
    fn default() -> Self {
        Greetings { known: Mutex::new(LruCache::new(REMEMBERED)) }
    }
}

impl Greetings {
    /// The greeting for a session's startup settings, if it has been learnt.
    pub fn known(&self, member: &Member, settings: &Settings) -> Option<Arc<Greeting>> {
        let latest = member.pool().greeting()?;
        let known = self.known.lock().get(&key_of(member, settings).0).map(Arc::clone)?;
        known.is_of(&latest).then_some(known)
    }

    /// The same, asked for where it hasn't.
    ///
    /// # Errors
    /// See [`GreetingError`].
    pub async fn get(&self, member: &Arc<Member>, settings: &Settings, worker: WorkerId) -> Result<Arc<Greeting>, GreetingError> {
        if let Some(known) = self.known(member, settings) {
            return Ok(known);
        }
        let (key, wanted) = key_of(member, settings);
        let greeting = match member.pool().greeting() {
            Some(fresh) if wanted.is_empty() => Greeting::new(to_vec(&fresh), fresh, wanted),
            // Boxed: logins that know their greeting don't carry room for the question.
            _ => Box::pin(ask(member, wanted, worker)).await?,
        };
        let greeting = Arc::new(greeting);
        self.known.lock().put(key, Arc::clone(&greeting));
        Ok(greeting)
    }
}

/// What a greeting is known by, and the settings that it hangs on.
fn key_of(member: &Member, settings: &Settings) -> ((u64, String), Settings) {
    let mut wanted = settings.clone();
    wanted.unset(APPLICATION_NAME);
    let text = wanted.iter().flat_map(|(name, value)| [name, "\0", value, "\0"]).collect();
    ((member.pool().number, text), wanted)
}

impl Greeting {
    fn new(reported: Vec<(Box<str>, Box<str>)>, fresh: Reported, settings: Settings) -> Self {
        let (mut messages, mut named) = (Vec::with_capacity(512), 0..0);
        for (name, value) in &reported {
            let begin = messages.len();
            synthetic::parameter_status(&mut messages, name, value);
            if &**name == APPLICATION_NAME {
                named = begin..messages.len();
            }
        }
        Greeting { fresh, reported, messages: messages.into(), named, settings }
    }

    /// Whether a server that reports this would still be greeted for like that: it may have been upgraded or set up anew.
    fn is_of(&self, latest: &Reported) -> bool {
        Arc::ptr_eq(&self.fresh, latest) || self.fresh == *latest
    }

    /// Tells a session with these settings by ParameterStatus.
    pub fn write(&self, application_name: Option<&str>, to_client: &mut Vec<u8>) {
        let (Some(own), Some(before), Some(after)) =
            (application_name, self.messages.get(..self.named.start), self.messages.get(self.named.end..))
        else {
            return to_client.extend_from_slice(&self.messages);
        };
        to_client.extend_from_slice(before);
        if !self.named.is_empty() {
            synthetic::parameter_status(to_client, APPLICATION_NAME, own);
        }
        to_client.extend_from_slice(after);
    }

    /// What a session with these settings is told.
    pub fn told(&self, application_name: Option<&str>) -> Vec<(Box<str>, Box<str>)> {
        let mut told = self.reported.clone();
        if let (Some(own), Some((_, value))) = (application_name, told.iter_mut().find(|(name, _)| &**name == APPLICATION_NAME)) {
            *value = own.into();
        }
        told
    }

    /// The session's settings in the server's spelling.
    pub fn settings(&self, application_name: Option<&str>) -> Settings {
        let mut settings = self.settings.clone();
        if let Some(name) = application_name {
            settings.set(APPLICATION_NAME, name);
        }
        settings
    }
}

/// Applies the settings on a server connection and reads what it reports.
async fn ask(member: &Arc<Member>, wanted: Settings, worker: WorkerId) -> Result<Greeting, GreetingError> {
    let mut checkout = member.check_out(worker, None).await?;
    let connection = checkout.connection().ok_or(GreetingError::Lost)?;
    let fresh = Arc::clone(&connection.reported);
    let mut reported = to_vec(&fresh);
    if wanted.iter().next().is_some() {
        let mut question = Vec::with_capacity(128);
        let change = Settings::default().change_to(&wanted).unwrap_or_default();
        synthetic::query(&mut question, change.as_bytes());
        connection.stream.write_all(&question).await.map_err(|_| GreetingError::Lost)?;
        let changes = match answers(&mut connection.stream).await {
            // None of the settings is there: they stand and fall together.
            Err(refused @ GreetingError::Refused { .. }) => {
                checkout.check_in();
                return Err(refused);
            }
            changes => changes?,
        };
        // What it carries already it doesn't report again.
        let carried = connection.carried.settings.clone();
        for (name, value) in &mut reported {
            let name = name.to_ascii_lowercase();
            if let (Some(_), Some(own)) = (wanted.get(&name), carried.get(&name)) {
                *value = own.into();
            }
        }
        for (name, value) in changes {
            match reported.iter_mut().find(|(known, _)| *known == name) {
                Some(place) => place.1 = value,
                None => reported.push((name, value)),
            }
        }
    }
    let mut settings = wanted.clone();
    for (name, _) in wanted.iter() {
        if let Some((_, value)) = reported.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)) {
            settings.set(name, value);
        }
    }
    // What it carried before may be overwritten in part: the union is what it may differ in.
    for (name, value) in settings.iter() {
        connection.carried.settings.set(name, value);
    }
    checkout.check_in();
    Ok(Greeting::new(reported, fresh, settings))
}

fn to_vec(reported: &Reported) -> Vec<(Box<str>, Box<str>)> {
    reported.iter().cloned().collect()
}

async fn answers(stream: &mut crate::net::Stream) -> Result<Vec<(Box<str>, Box<str>)>, GreetingError> {
    let mut buffer: Vec<u8> = Vec::with_capacity(512);
    let mut changes = Vec::new();
    let mut refused = None;
    loop {
        let mut chunk = [0; 1024];
        let read = stream.read_some(&mut chunk).await.ok().filter(|read| *read > 0).ok_or(GreetingError::Lost)?;
        buffer.extend_from_slice(&chunk[..read]);
        while let Some(header) = Header::read(&buffer) {
            if header.length < 4 {
                return Err(GreetingError::Lost);
            }
            if buffer.len() < header.frame_len() {
                break;
            }
            let frame: Vec<u8> = buffer.drain(..header.frame_len()).collect();
            let body = &frame[HEADER_LEN..];
            match header.tag {
                server::PARAMETER_STATUS => changes.extend(parameter_status(body).map(|(name, value)| (name.into(), value.into()))),
                server::ERROR => {
                    let fields = ErrorFields::read(body);
                    refused = Some(GreetingError::Refused {
                        code: fields.sql_state().unwrap_or(SqlState::INVALID_PARAMETER_VALUE),
                        message: String::from_utf8_lossy(fields.message).into_owned(),
                    });
                }
                // Bytes behind it would be missing to whoever has the connection next.
                server::READY if !buffer.is_empty() => return Err(GreetingError::Lost),
                server::READY => return refused.map_or(Ok(changes), Err),
                _ => {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_messages_say_what_is_told() {
        let reported = |names: &[(&str, &str)]| names.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect::<Vec<_>>();
        let all = reported(&[("server_version", "15.4"), ("application_name", "pgtenant"), ("TimeZone", "UTC")]);
        for of_server in [&all[..], &all[..1], &all[1..2], &all[1..], &[]] {
            let greeting = Greeting::new(of_server.to_vec(), of_server.into(), Settings::default());
            for name in [None, Some("app"), Some("")] {
                let (mut written, mut told) = (Vec::new(), Vec::new());
                greeting.write(name, &mut written);
                for (name, value) in &greeting.told(name) {
                    synthetic::parameter_status(&mut told, name, value);
                }
                assert_eq!(written, told, "{of_server:?} {name:?}");
            }
        }
    }
}
