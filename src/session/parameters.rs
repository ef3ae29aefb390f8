//! What a startup packet may ask for. Anything else is refused: a parameter that is passed on unread reaches SQL (CVE-2025-12819).

use super::conversation::ReadWishes;
use crate::{
    backend::settings::Settings,
    error::{ClientFacing, Report, SqlState},
    sql::{gate::may_begin_with, is_tracked_setting, is_utf8_encoding, tenancy::Own},
    tenant::identity::TENANT_SETTING,
    wire::startup::{OptionsError, read_options},
};

/// What a client wishes.
#[derive(Debug, Default)]
pub struct Wishes {
    /// The user, as sent.
    pub user: String,
    /// The database; none: the user's name, as PostgreSQL has it.
    pub database: Option<String>,
    /// `pgtenant.tenant`.
    pub tenant: Option<String>,
    /// The operators' console.
    pub console: bool,
    /// Settings to begin with.
    pub settings: Settings,
    /// Where reads are to run.
    pub reads: ReadWishes,
}

/// Why a startup packet is refused.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum ParameterError {
    /// No user.
    #[error("no PostgreSQL user name specified in startup packet")]
    NoUser,
    /// Not to be had through a proxy.
    #[error("startup parameter \"{0}\" is not allowed")]
    NotAllowed(String),
    /// One name with two values.
    #[error("startup parameter \"{0}\" is given twice")]
    Twice(String),
    /// A value of one of our own settings.
    #[error("invalid value for parameter \"{0}\": \"{1}\"")]
    Value(&'static str, String),
    /// A client encoding that isn't UTF-8.
    #[error("client_encoding \"{0}\" is not supported")]
    Encoding(String),
    /// In `options`.
    #[error(transparent)]
    Options(#[from] OptionsError),
}

impl ClientFacing for ParameterError {
    fn report(&self) -> Report {
        match self {
            ParameterError::NoUser => Report::new(SqlState::INVALID_AUTHORIZATION, self.to_string()),
            ParameterError::NotAllowed(name) if name == "replication" => {
                Report::new(SqlState::FEATURE_NOT_SUPPORTED, self.to_string()).with_hint("Replicate from the database server directly.")
            }
            ParameterError::NotAllowed(_) => Report::new(SqlState::FEATURE_NOT_SUPPORTED, self.to_string())
                .with_hint("Leave it out, or SET it in the session where that is allowed."),
            ParameterError::Twice(_) => Report::new(SqlState::PROTOCOL_VIOLATION, self.to_string()),
            ParameterError::Encoding(_) => Report::new(SqlState::FEATURE_NOT_SUPPORTED, self.to_string())
                .with_detail("Statements are read as UTF-8.")
                .with_hint("Use client_encoding=UTF8."),
            ParameterError::Value(..) => Report::new(SqlState::INVALID_PARAMETER_VALUE, self.to_string()),
            ParameterError::Options(_) => {
                Report::new(SqlState::FEATURE_NOT_SUPPORTED, self.to_string()).with_hint("Use options=\"-c name=value\".")
            }
        }
    }
}

/// Names under which the operators' console is a database; the second for tools made for PgBouncer.
const CONSOLE: [&str; 2] = ["pgtenant", "pgbouncer"];

/// Reads the parameters of a startup packet.
///
/// # Errors
/// See [`ParameterError`].
pub fn read(parameters: &[(String, String)]) -> Result<Wishes, ParameterError> {
    let mut wishes = Wishes::default();
    for (place, (name, value)) in parameters.iter().enumerate() {
        // Whoever looks at the first and whoever at the last would disagree.
        if parameters.iter().take(place).any(|(earlier, _)| earlier.eq_ignore_ascii_case(name)) {
            return Err(ParameterError::Twice(name.clone()));
        }
        match name.as_str() {
            "user" => wishes.user.clone_from(value),
            "database" if !value.is_empty() => wishes.database = Some(value.clone()),
            "database" => {}
            "replication" if matches!(value.as_str(), "false" | "off" | "no" | "0") => {}
            "options" => {
                for (name, value) in read_options(value)? {
                    setting(&mut wishes, &name, &value)?;
                }
            }
            name => setting(&mut wishes, name, value)?,
        }
    }
    if wishes.user.is_empty() {
        return Err(ParameterError::NoUser);
    }
    wishes.console = wishes.database.as_deref().is_some_and(|name| CONSOLE.contains(&name));
    Ok(wishes)
}

fn setting(wishes: &mut Wishes, name: &str, value: &str) -> Result<(), ParameterError> {
    if name.eq_ignore_ascii_case(TENANT_SETTING) {
        wishes.tenant = Some(value.to_owned());
        return Ok(());
    }
    if let Some(which) = Own::named(&name.to_ascii_lowercase()) {
        let known = wishes.reads.set(which, Some(value));
        return if known { Ok(()) } else { Err(ParameterError::Value(which.name(), value.to_owned())) };
    }
    if name.eq_ignore_ascii_case("client_encoding") {
        // What libpq makes of a C locale is ASCII, which UTF-8 contains.
        let fits = is_utf8_encoding(value) || value.eq_ignore_ascii_case("SQL_ASCII");
        return if fits { Ok(()) } else { Err(ParameterError::Encoding(value.to_owned())) };
    }
    if !is_tracked_setting(name) || !may_begin_with(name, value) {
        return Err(ParameterError::NotAllowed(name.to_owned()));
    }
    wishes.settings.set(name, value);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(pairs: &[(&str, &str)]) -> Result<Wishes, ParameterError> {
        read(&pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect::<Vec<_>>())
    }

    #[test]
    fn what_may_be_asked_for() {
        let wishes = of(&[
            ("user", "app@acme"),
            ("DateStyle", "ISO"),
            ("options", "-c pgtenant.tenant=acme -c work_mem=8MB"),
            ("client_encoding", "utf-8"),
        ])
        .unwrap();
        assert_eq!(
            (wishes.tenant.as_deref(), wishes.settings.get("work_mem"), wishes.settings.get("datestyle")),
            (Some("acme"), Some("8MB"), Some("ISO"))
        );
    }

    #[test]
    fn what_may_not() {
        for name in [
            "search_path",
            "role",
            "session_authorization",
            "row_security",
            "app.current_tenant",
            "log_statement",
            "nonsense",
            "temp_tablespaces",
            "synchronous_commit",
        ] {
            assert_eq!(of(&[("user", "a"), (name, "x")]).unwrap_err(), ParameterError::NotAllowed(name.into()), "{name}");
            assert!(of(&[("user", "a"), ("options", &format!("-c {name}=x"))]).is_err(), "{name}");
        }
        assert_eq!(of(&[("user", "a"), ("replication", "database")]).unwrap_err(), ParameterError::NotAllowed("replication".into()));
        assert_eq!(
            of(&[("user", "a"), ("standard_conforming_strings", "off")]).unwrap_err(),
            ParameterError::NotAllowed("standard_conforming_strings".into())
        );
        assert_eq!(
            of(&[("user", "a"), ("DateStyle", "ISO"), ("datestyle", "SQL")]).unwrap_err(),
            ParameterError::Twice("datestyle".into())
        );
        assert_eq!(of(&[("database", "a")]).unwrap_err(), ParameterError::NoUser);
        assert!(matches!(of(&[("user", "a"), ("client_encoding", "LATIN1")]), Err(ParameterError::Encoding(_))));
    }
}
