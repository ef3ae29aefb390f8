//! Newtypes for every id, so that a tenant's name can't stand where a shard's belongs.
//!
//! All of them are cheap to clone: a shared string or a number.

use std::{borrow::Borrow, fmt, sync::Arc};

macro_rules! name_ids {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Arc<str>);

        impl $name {
            /// The id as the shard map spells it.
            pub fn as_str(&self) -> &str { &self.0 }
        }
        impl From<&str> for $name { fn from(text: &str) -> Self { Self(Arc::from(text)) } }
        impl From<String> for $name { fn from(text: String) -> Self { Self(Arc::from(text)) } }
        impl From<Arc<str>> for $name { fn from(text: Arc<str>) -> Self { Self(text) } }
        impl Borrow<str> for $name { fn borrow(&self) -> &str { &self.0 } }
        impl AsRef<str> for $name { fn as_ref(&self) -> &str { &self.0 } }
        impl fmt::Display for $name { fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { f.write_str(&self.0) } }
        impl fmt::Debug for $name { fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { fmt::Debug::fmt(&self.0, f) } }
    )*};
}

name_ids! {
    /// A customer.
    TenantId;
    /// A PostgreSQL cluster: a primary and its replicas.
    ShardId;
    /// A named set of limits.
    PlanId;
    /// How tenants are kept apart.
    ModelId;
    /// Who connects.
    LoginId;
}

/// A client connection from startup to close. It is also the process id that its cancel key shows.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct SessionId(pub u32);

impl fmt::Display for SessionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

/// One of the IO threads, counted from zero.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct WorkerId(pub u16);

impl WorkerId {
    /// None of them: a socket that is registered elsewhere moves before it is used.
    pub const NONE: WorkerId = WorkerId(u16::MAX);
}
