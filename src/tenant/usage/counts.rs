//! The numbers that are counted for each tenant. Their names are those of the records.

use std::sync::atomic::{AtomicU64, Ordering};

use serde::{Deserialize, Serialize};

macro_rules! counts {
    ($($(#[$doc:meta])* $name:ident;)*) => {
        /// How much of each was done.
        #[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
        #[serde(default)]
        pub struct Counts {$(
            $(#[$doc])*
            pub $name: u64,
        )*}

        /// The same, counted by several threads.
        #[derive(Debug, Default)]
        pub(super) struct SharedCounts {$($name: AtomicU64,)*}

        impl Counts {
            /// The names, in the order of the records.
            pub const NAMES: &[&str] = &[$(stringify!($name)),*];

            /// Each with its name.
            pub fn named(&self) -> impl Iterator<Item = (&'static str, u64)> {
                [$((stringify!($name), self.$name)),*].into_iter()
            }

            /// Adds others.
            #[inline]
            pub fn add(&mut self, others: &Counts) {
                $(self.$name = self.$name.wrapping_add(others.$name);)*
            }

            /// What is more than in an earlier state of the same.
            #[must_use]
            pub fn since(&self, earlier: &Counts) -> Counts {
                Counts { $($name: self.$name.wrapping_sub(earlier.$name),)* }
            }

            /// Whether nothing was done.
            #[inline]
            pub fn is_zero(&self) -> bool {
                (0 $(| self.$name)*) == 0
            }
        }

        impl SharedCounts {
            /// Adds what isn't nothing.
            pub(super) fn add(&self, counts: &Counts) {
                $(if counts.$name != 0 {
                    self.$name.fetch_add(counts.$name, Ordering::Relaxed);
                })*
            }

            pub(super) fn load(&self) -> Counts {
                Counts { $($name: self.$name.load(Ordering::Relaxed),)* }
            }
        }
    };
}

counts! {
    /// Sessions that were let in.
    logins;
    /// Statements, as `queries_per_second` counts them: each of a simple query's text, and each Bind.
    statements;
    /// Transactions that ended, those in which a client said nothing of blocks among them: one for each ReadyForQuery outside of a block
    /// that something ran before.
    transactions;
    /// Of these, transactions that didn't commit.
    rollbacks;
    /// Rows of results that were sent to clients, COPY's among them.
    rows;
    /// Bytes of clients, as the protocol has them (without TLS), from the end of the login on.
    bytes_in;
    /// Bytes to clients.
    bytes_out;
    /// Errors of servers that clients were told, and those that a server would have told had it been asked.
    errors;
    /// Transactions that had to wait for a server connection.
    waits;
    /// How long, in microseconds.
    wait_micros;
    /// Time on servers: how long server connections were used for the tenant, in microseconds.
    server_micros;
    /// How often a session got a server connection.
    assignments;
    /// Named statements that clients have prepared with the protocol's Parse.
    client_parses;
    /// Statements that were prepared on servers for them.
    server_parses;
    /// Statements that were bound with the protocol's Bind.
    binds;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_add_up() {
        let mut counts = Counts { statements: 3, rows: 1, ..Counts::default() };
        assert!(!counts.is_zero() && Counts::default().is_zero());
        let before = counts;
        counts.add(&Counts { statements: 2, bytes_out: 7, ..Counts::default() });
        assert_eq!(counts.since(&before), Counts { statements: 2, bytes_out: 7, ..Counts::default() });
        let shared = SharedCounts::default();
        shared.add(&counts);
        shared.add(&before);
        assert_eq!(shared.load(), Counts { statements: 8, rows: 2, bytes_out: 7, ..Counts::default() });
        assert_eq!(counts.named().filter(|(_, count)| *count > 0).collect::<Vec<_>>(), [("statements", 5), ("rows", 1), ("bytes_out", 7)]);
        assert_eq!(counts.named().map(|(name, _)| name).collect::<Vec<_>>(), Counts::NAMES);
    }
}
