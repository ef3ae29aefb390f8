//! Who lives in the demo.

/// How a tenant is kept apart.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Kind {
    Row,
    Schema,
    Database,
}

impl Kind {
    /// The model's name in the demo's shard map.
    pub(super) fn model(self) -> &'static str {
        match self {
            Kind::Row => "shop",
            Kind::Schema => "crm",
            Kind::Database => "vault",
        }
    }

    /// The word for it.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Kind::Row => "row",
            Kind::Schema => "schema",
            Kind::Database => "database",
        }
    }
}

/// A tenant of the demo.
#[derive(Clone, Copy, Debug)]
pub(super) struct Resident {
    pub(super) id: &'static str,
    pub(super) shard: &'static str,
    pub(super) kind: Kind,
    pub(super) customers: u32,
}

impl Resident {
    /// Each customer has three orders.
    pub(super) fn orders(&self) -> u32 {
        self.customers * 3
    }

    /// Its login at the proxy.
    pub(super) fn login(&self) -> String {
        format!("{}_app", self.id)
    }

    /// Its database role on the shard; [`super::files`] tells the proxy the same template.
    pub(super) fn role(&self) -> String {
        format!("t_{}", self.id)
    }

    /// Its database on the shard.
    pub(super) fn database(&self) -> String {
        match self.kind {
            Kind::Row | Kind::Schema => APP.to_owned(),
            Kind::Database => self.own_name(),
        }
    }

    /// The name of its own schema or database.
    pub(super) fn own_name(&self) -> String {
        format!("tenant_{}", self.id)
    }
}

/// The shards' own database.
pub(super) const APP: &str = "app";
/// The two shards; the first has a replica.
pub(super) const SHARDS: [&str; 2] = ["east", "west"];
/// Whom the demo's exported variables point to.
pub(super) const FIRST: &Resident = &RESIDENTS[0];

pub(super) const RESIDENTS: [Resident; 7] = [
    Resident { id: "acme", shard: "east", kind: Kind::Row, customers: 40 },
    Resident { id: "globex", shard: "east", kind: Kind::Row, customers: 25 },
    Resident { id: "initech", shard: "west", kind: Kind::Row, customers: 60 },
    Resident { id: "umbrella", shard: "east", kind: Kind::Schema, customers: 30 },
    Resident { id: "hooli", shard: "west", kind: Kind::Schema, customers: 50 },
    Resident { id: "wayne", shard: "west", kind: Kind::Database, customers: 20 },
    Resident { id: "stark", shard: "east", kind: Kind::Database, customers: 35 },
];
