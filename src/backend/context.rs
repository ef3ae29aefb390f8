//! Whose the transactions on a server connection are, where tenants share it.
//!
//! A transaction begins with its context and the context ends with it (`SET LOCAL`, or `set_config` with `is_local`), so that
//! nothing of it is left for whoever comes next, and a transaction that hasn't got one sees no rows at all. A tenant that may only read has
//! each of its transactions told so in the same way, in a pool of its own as well: no function that it calls can undo that.

use std::{sync::Arc, time::Duration};

use arc_swap::ArcSwap;
use smallvec::SmallVec;

use super::settings::{Caps, Settings, quote_identifier, quote_literal};
use crate::{
    ids::TenantId,
    shard_map::SigningKey,
    wire::{frame::HEADER_LEN, synthetic, tag::client},
};

/// The statement that sets a context, prepared once per connection.
pub const STATEMENT: &[u8] = b"pgt_context";
/// Its text. A function call takes a snapshot, so it never stands where the client may yet choose the isolation level.
const CALL: &[u8] = b"SELECT pg_catalog.set_config($1, $2, true)";
/// Two parameters of type text (OID 25, `pg_type.dat`).
const CALL_TYPES: &[u8] = b"\0\x02\0\0\0\x19\0\0\0\x19";

/// What a tenant's transactions begin with.
#[derive(Debug)]
pub struct Context {
    /// Whose they are.
    pub tenant: TenantId,
    /// What says so.
    pub proof: Proof,
    /// They may only read.
    pub read_only: bool,
    caps: Caps,
    /// Settings that are always these.
    fixed: Settings,
    /// What a connection carries for a session that has chosen nothing.
    plain: Settings,
}

/// What tells a server whose a transaction is.
#[derive(Debug)]
pub enum Proof {
    /// Nothing: the connection is the tenant's own.
    Own,
    /// A setting, which policies read.
    Setting {
        /// Its name.
        name: Arc<str>,
        /// The tenant's value in the tenant column.
        key: Arc<str>,
        /// What it is signed with: whatever the shard map says now.
        signer: Option<Arc<ArcSwap<SigningKey>>>,
    },
    /// The tenant's own database role, which the pool's may become.
    Role(Arc<str>),
}

impl Context {
    /// What a tenant's transactions begin with; `caps` and `fixed` hold for its sessions' settings.
    pub fn new(tenant: TenantId, proof: Proof, read_only: bool, caps: Caps, fixed: Settings) -> Self {
        let mut plain = fixed.clone();
        caps.hold(&mut plain);
        Context { tenant, proof, read_only, caps, fixed, plain }
    }

    /// Whether transactions begin with anything at all.
    pub fn says_anything(&self) -> bool {
        self.read_only || self.is_shared()
    }

    /// Whether other tenants use the connection, too.
    pub fn is_shared(&self) -> bool {
        !matches!(self.proof, Proof::Own)
    }

    /// Whether a setting is held to something.
    pub fn limits(&self, name: &str) -> bool {
        self.caps.limits(name)
    }

    /// What a setting is held to, where these are at just that.
    pub fn reached(&self, name: &str, settings: &Settings) -> Option<Duration> {
        self.caps.reached(name, settings)
    }

    /// What a connection carries for a session that has chosen these settings.
    pub fn settings(&self, chosen: &Settings) -> Settings {
        if chosen.is_empty() {
            return self.plain.clone();
        }
        let mut wanted = chosen.clone();
        for (name, value) in self.fixed.iter() {
            wanted.set(name, value);
        }
        self.caps.hold(&mut wanted);
        wanted
    }

    fn signer(&self) -> Option<Arc<SigningKey>> {
        match &self.proof {
            Proof::Setting { signer, .. } => signer.as_ref().map(|signer| signer.load_full()),
            Proof::Role(_) | Proof::Own => None,
        }
    }
}

/// The context that a connection had last, in the words of that connection.
#[derive(Debug)]
struct Last {
    tenant: TenantId,
    signer: Option<Arc<SigningKey>>,
    names_objects: bool,
    read_only: bool,
    /// `SET LOCAL …`, without semicolons; two where the transaction is read-only as well.
    commands: SmallVec<[Box<str>; 2]>,
    /// The same as one text.
    command: Box<str>,
    /// Bind (F) and Execute (F) of the prepared statement, on the unnamed portal, for each of them.
    call: Box<[u8]>,
}

impl Last {
    /// How many commands it is.
    fn says(&self) -> u8 {
        self.commands.len() as u8
    }
}

/// What makes a transaction read-only.
const READ_ONLY: (&str, &str) = ("transaction_read_only", "on");

/// Whether the connection holds the prepared statement.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Prepared {
    /// It doesn't.
    #[default]
    No,
    /// It was sent, and what came of it isn't known.
    Sent,
    /// It does.
    Yes,
}

/// What a connection knows of contexts.
#[derive(Debug, Default)]
pub struct Contexts {
    /// The server process, which a signature is good for.
    process: u32,
    /// The connection's role may call `set_config`.
    calls: bool,
    last: Option<Last>,
}

impl Contexts {
    /// Those of a connection to that server process, whose role may call `set_config` or not.
    pub fn new(process: u32, calls: bool) -> Self {
        Contexts { process, calls, last: None }
    }

    /// Whether the connection served this tenant last.
    pub fn served(&self, context: &Context) -> bool {
        self.last.as_ref().is_some_and(|last| last.tenant == context.tenant)
    }

    /// The connection is going to serve a tenant. Whether it has served another before.
    pub fn turn_to(&mut self, context: &Context) -> bool {
        let signer = context.signer();
        let same_key = |last: &Last| match (&last.signer, &signer) {
            (Some(before), Some(now)) => Arc::ptr_eq(before, now),
            (None, None) => true,
            _ => false,
        };
        let same_tenant = self.served(context);
        let same_rights = |last: &Last| last.read_only == context.read_only;
        if same_tenant && self.last.as_ref().is_some_and(|last| same_key(last) && same_rights(last)) {
            return false;
        }
        let strange = !same_tenant && self.last.is_some();
        let said = match &context.proof {
            Proof::Setting { name, key, .. } => {
                let signed = signer.as_ref().map(|signer| format!("{key}:{}", signer.sign(key, self.process)));
                Some((&**name, signed.unwrap_or_else(|| key.to_string())))
            }
            Proof::Role(role) => Some(("role", role.to_string())),
            Proof::Own => None,
        };
        let read_only = context.read_only.then(|| (READ_ONLY.0, READ_ONLY.1.to_owned()));
        let (mut commands, mut calls) = (SmallVec::<[Box<str>; 2]>::new(), Vec::new());
        // Behind the other one the role may be the tenant's, which may call nothing that sets.
        for (name, value) in read_only.iter().chain(&said) {
            commands.push(command(name, value));
            calls.extend_from_slice(&call(name, value));
        }
        self.last = Some(Last {
            tenant: context.tenant.clone(),
            signer,
            names_objects: matches!(context.proof, Proof::Role(_)),
            read_only: context.read_only,
            command: commands.join(";").into(),
            commands,
            call: calls.into(),
        });
        strange
    }

    /// How many commands [`Contexts::command`] is.
    pub fn commands(&self) -> u32 {
        self.last.as_ref().map_or(0, |last| u32::from(last.says()))
    }

    /// Whether names of tables mean nothing before the context is set: the pool's own role sees no tenant's schema.
    pub fn names_objects(&self) -> bool {
        self.last.as_ref().is_some_and(|last| last.names_objects)
    }

    /// `SET LOCAL …`, without a semicolon; nothing where the connection serves nobody.
    pub fn command(&self) -> &str {
        self.last.as_ref().map_or("", |last| &last.command)
    }

    /// Messages that set the context inside a batch, with a function where one may be called. How many messages answer, and whether
    /// the connection's unnamed statement is another one by now.
    ///
    /// `SET LOCAL` outside of a transaction block works as well, and the server logs a warning each time.
    pub fn enter(&self, by_call: bool, prepared: &mut Prepared, out: &mut Vec<u8>) -> Entering {
        let Some(last) = &self.last else { return Entering::default() };
        if !(by_call && self.calls) {
            for command in &last.commands {
                synthetic::parse(out, b"", command.as_bytes(), b"\0\0");
                out.extend_from_slice(&bind(b"", &[]));
                execute(out);
            }
            return Entering { answers: 3 * last.says(), prepares: false, unnamed: true };
        }
        let before = *prepared;
        if before == Prepared::Sent {
            synthetic::named(out, client::CLOSE, crate::wire::messages::Target::Statement, STATEMENT);
        }
        if before != Prepared::Yes {
            synthetic::parse(out, STATEMENT, CALL, CALL_TYPES);
            *prepared = Prepared::Sent;
        }
        out.extend_from_slice(&last.call);
        let more = match before {
            Prepared::Yes => 0,
            Prepared::No => 1,
            Prepared::Sent => 2,
        };
        Entering { answers: 3 * last.says() + more, prepares: more > 0, unnamed: false }
    }
}

/// What was sent to set a context.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Entering {
    /// Messages that answer it where all goes well.
    pub answers: u8,
    /// The statement is among it.
    pub prepares: bool,
    /// The connection's unnamed statement is it now.
    pub unnamed: bool,
}

fn command(name: &str, value: &str) -> Box<str> {
    let mut text = String::from("SET LOCAL ");
    if name == "role" {
        text.push_str("ROLE ");
        quote_identifier(&mut text, value);
        return text.into_boxed_str();
    }
    for (number, part) in name.split('.').enumerate() {
        if number > 0 {
            text.push('.');
        }
        quote_identifier(&mut text, part);
    }
    text.push('=');
    quote_literal(&mut text, value);
    text.into_boxed_str()
}

fn call(name: &str, value: &str) -> Box<[u8]> {
    let mut messages = bind(STATEMENT, &[name, value]);
    execute(&mut messages);
    messages.into_boxed_slice()
}

/// Bind (F) to the unnamed portal, all texts.
fn bind(statement: &[u8], values: &[&str]) -> Vec<u8> {
    let mut tail = Vec::with_capacity(HEADER_LEN + 16);
    tail.extend_from_slice(&[0, 0]);
    tail.extend_from_slice(&(values.len() as u16).to_be_bytes());
    for value in values {
        tail.extend_from_slice(&(value.len() as u32).to_be_bytes());
        tail.extend_from_slice(value.as_bytes());
    }
    tail.extend_from_slice(&[0, 0]);
    let mut message = Vec::with_capacity(tail.len() + 32);
    synthetic::bind_head(&mut message, b"", statement, tail.len());
    message.append(&mut tail);
    message
}

/// Execute (F) of the unnamed portal, to its end.
fn execute(out: &mut Vec<u8>) {
    synthetic::frame(out, client::EXECUTE, |out| out.extend_from_slice(&[0; 5]));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn signed(tenant: &str, signer: &Arc<ArcSwap<SigningKey>>) -> Context {
        let proof = Proof::Setting { name: Arc::from("app.current_tenant"), key: Arc::from(tenant), signer: Some(Arc::clone(signer)) };
        Context::new(tenant.into(), proof, false, Caps::default(), Settings::default())
    }

    #[test]
    fn a_context_is_signed_for_its_connection() {
        let key = SigningKey::read(&"0b".repeat(32)).unwrap();
        let signer = Arc::new(ArcSwap::from_pointee(key.clone()));
        let (acme, globex) = (signed("acme", &signer), signed("glo'bex", &signer));
        let mut one = Contexts::new(4711, true);
        assert!(!one.turn_to(&acme) && one.served(&acme) && !one.served(&globex));
        let expected = format!("SET LOCAL \"app\".\"current_tenant\"='acme:{}'", key.sign("acme", 4711));
        assert_eq!(one.command(), expected);
        let mut two = Contexts::new(4712, true);
        two.turn_to(&acme);
        assert_ne!(two.command(), expected);
        assert!(one.turn_to(&globex) && one.command().contains("='glo''bex:"));
        assert!(!one.turn_to(&globex) && one.turn_to(&acme) && one.command() == expected);
        // Another key from now on, and the same tenant.
        signer.store(Arc::new(SigningKey::read(&"0c".repeat(32)).unwrap()));
        assert!(!one.turn_to(&acme) && one.command() != expected);
    }

    #[test]
    fn what_was_sent_is_what_is_answered() {
        let context = Context::new("a".into(), Proof::Role("t\"a".into()), false, Caps::default(), Settings::default());
        let mut contexts = Contexts::new(1, true);
        let (mut prepared, mut out) = (Prepared::No, Vec::new());
        assert_eq!(contexts.enter(true, &mut prepared, &mut out), Entering::default());
        contexts.turn_to(&context);
        assert_eq!(contexts.command(), "SET LOCAL ROLE \"t\"\"a\"");
        for (before, answers, tags) in [(Prepared::No, 4, "PBE"), (Prepared::Sent, 5, "CPBE"), (Prepared::Yes, 3, "BE")] {
            (prepared, out) = (before, Vec::new());
            assert_eq!(contexts.enter(true, &mut prepared, &mut out), Entering { answers, prepares: answers > 3, unnamed: false });
            assert_eq!(sent(&out), tags);
        }
        let calls = Contexts { calls: false, ..contexts };
        for by_call in [true, false] {
            out.clear();
            assert_eq!(calls.enter(by_call, &mut prepared, &mut out), Entering { answers: 3, prepares: false, unnamed: true });
            assert_eq!(sent(&out), "PBE");
        }
    }

    #[test]
    fn who_may_only_read_is_told_in_each_transaction() {
        let context = |proof| Context::new("a".into(), proof, true, Caps::default(), Settings::default());
        let (mut prepared, mut out) = (Prepared::No, Vec::new());
        let mut own = Contexts::new(1, true);
        own.turn_to(&context(Proof::Own));
        assert_eq!((own.command(), own.commands()), ("SET LOCAL \"transaction_read_only\"='on'", 1));
        assert_eq!(own.enter(true, &mut prepared, &mut out).answers, 4);
        assert_eq!(sent(&out), "PBE");
        let mut shared = Contexts::new(1, true);
        assert!(!shared.turn_to(&context(Proof::Role("r".into()))));
        assert_eq!((shared.command(), shared.commands()), ("SET LOCAL \"transaction_read_only\"='on';SET LOCAL ROLE \"r\"", 2));
        for (by_call, answers, tags) in [(true, 7, "PBEBE"), (false, 6, "PBEPBE")] {
            (prepared, out) = (Prepared::No, Vec::new());
            assert_eq!(shared.enter(by_call, &mut prepared, &mut out).answers, answers);
            assert_eq!(sent(&out), tags);
        }
        // It may write again.
        let writes = Context::new("a".into(), Proof::Role("r".into()), false, Caps::default(), Settings::default());
        assert!(!shared.turn_to(&writes) && shared.commands() == 1);
        assert!(!Context::new("a".into(), Proof::Own, false, Caps::default(), Settings::default()).says_anything());
    }

    fn sent(mut bytes: &[u8]) -> String {
        let mut tags = String::new();
        while let Some(header) = crate::wire::Header::read(bytes) {
            tags.push(char::from(header.tag));
            bytes = &bytes[header.frame_len()..];
        }
        assert!(bytes.is_empty());
        tags
    }
}
