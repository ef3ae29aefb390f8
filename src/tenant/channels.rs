//! What a tenant's notification channels are called on the server, where all tenants of a database share one space of names.
//!
//! PostgreSQL asks for no right to `LISTEN` or `NOTIFY`: whoever knows a channel's name hears it. So a name on the server is a keyed
//! hash, and the key is the tenant's own. The database makes the same names for `pg_notify` (`lifecycle::create`).

use std::{borrow::Cow, sync::Arc};

use aws_lc_rs::digest;

use crate::keys::ScopeKey;

/// Begins every channel of a tenant's on a server.
pub const PREFIX: &str = "pgt_";
/// How much of the hash follows: 224 bits. Names of 64 bytes and more are cut by servers.
pub const DIGITS: usize = 56;

/// A tenant's channels on its server.
#[derive(Clone, Debug, Default)]
pub struct ChannelNames(Option<Arc<ScopeKey>>);

impl ChannelNames {
    /// The database is the tenant's alone: channels keep their names.
    pub fn own() -> Self {
        ChannelNames(None)
    }

    /// The tenant shares its database with others.
    pub fn scoped(key: ScopeKey) -> Self {
        ChannelNames(Some(Arc::new(key)))
    }

    /// Whether the tenant shares its database with others.
    pub fn is_scoped(&self) -> bool {
        self.0.is_some()
    }

    /// What the server calls a channel of the tenant's.
    pub fn on_server<'a>(&self, channel: &'a str) -> Cow<'a, str> {
        let Some(key) = &self.0 else { return Cow::Borrowed(channel) };
        let mut context = digest::Context::new(&digest::SHA256);
        context.update(key.as_bytes());
        context.update(channel.as_bytes());
        let mut name = String::with_capacity(PREFIX.len() + 2 * digest::SHA256_OUTPUT_LEN);
        name.push_str(PREFIX);
        name.push_str(&hex::encode(context.finish()));
        name.truncate(PREFIX.len() + DIGITS);
        Cow::Owned(name)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;

    #[test]
    fn names_are_the_tenants_own_and_short_enough() {
        let acme = ChannelNames::scoped(ScopeKey::new("secret", "acme"));
        let globex = ChannelNames::scoped(ScopeKey::new("secret", "globex"));
        let long = "x".repeat(63);
        for channel in ["news", "News", &long] {
            let name = acme.on_server(channel);
            assert_eq!(name.len(), 60);
            assert_eq!(name, acme.on_server(channel));
            assert_ne!(name, globex.on_server(channel));
            assert_ne!(name, ChannelNames::scoped(ScopeKey::new("another", "acme")).on_server(channel));
        }
        assert_ne!(acme.on_server("news"), acme.on_server("News"));
        assert_eq!(ChannelNames::own().on_server("news"), "news");
    }
}
