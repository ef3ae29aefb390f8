//! What isn't taken over, line by line.

use std::fmt;

use super::ini::At;

/// A line that isn't taken over as it is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Note {
    pub(super) at: At,
    pub(super) key: String,
    pub(super) why: String,
}

/// All of them, in the order in which they were found.
#[derive(Default)]
pub(super) struct Report(pub(super) Vec<Note>);

impl Report {
    pub(super) fn add(&mut self, at: &At, key: &str, why: impl Into<String>) {
        self.0.push(Note { at: at.clone(), key: key.to_owned(), why: why.into() });
    }
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}: {}", self.at.file.display(), self.at.line, self.key, self.why)
    }
}

/// Keys of `[pgbouncer]` that pgtenant doesn't need, and why.
pub(super) const NEEDLESS: &[(&[&str], &str)] = &[
    (&["logfile", "syslog", "syslog_ident", "syslog_facility"], "logs go to standard error"),
    (
        &["pidfile", "user", "service_name", "job_name", "conffile"],
        "pgtenant doesn't put itself into the background; the service manager does that",
    ),
    (
        &["log_connections", "log_disconnections", "log_pooler_errors", "log_stats", "verbose", "stats_period"],
        "RUST_LOG says what is logged; [usage] and [audit] keep records",
    ),
    (
        &["server_reset_query", "server_reset_query_always", "server_check_query", "server_check_delay", "server_fast_close"],
        "pgtenant cleans and checks server connections by itself",
    ),
    (
        &[
            "so_reuseport",
            "listen_backlog",
            "pkt_buf",
            "sbuf_loopcnt",
            "sbuf_lookahead",
            "max_packet_size",
            "tcp_defer_accept",
            "tcp_socket_buffer",
            "tcp_keepalive",
            "tcp_keepcnt",
            "tcp_keepidle",
            "tcp_keepintvl",
            "peer_id",
            "unix_socket_mode",
            "unix_socket_group",
            "dns_max_ttl",
            "dns_nxdomain_ttl",
            "dns_zone_check_period",
            "resolv_conf",
            "disable_pqexec",
            "server_round_robin",
            "autodb_idle_timeout",
            "suspend_timeout",
            "cancel_wait_timeout",
            "track_extra_parameters",
            "query_wait_notify",
        ],
        "pgtenant has its own way",
    ),
    (&["ignore_startup_parameters"], "what a server doesn't know is refused by name; extra_float_digits and the usual ones are known"),
];
