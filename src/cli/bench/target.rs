//! Where a tenant's clients connect: a connection string with `{tenant}` in it, and for what it leaves open the environment, as with libpq.

use crate::backend::control::{Control, ControlError, keywords};

/// Why a tenant has no address.
#[derive(Debug, thiserror::Error)]
pub(super) enum TargetError {
    /// A name in braces that means nothing.
    #[error("{{{0}}} in the connection string: expected {{tenant}}, {{TENANT}} or {{env:NAME}}")]
    Placeholder(String),
    /// An open brace.
    #[error("a brace of the connection string isn't closed")]
    Open,
    /// A variable that isn't set.
    #[error("the environment variable {0}, which the connection string names, isn't set")]
    Environment(String),
    /// The string as a whole.
    #[error("the connection string of tenant {tenant}: {source}")]
    Text {
        /// Whose.
        tenant: String,
        /// Why not.
        source: ControlError,
    },
}

/// What the environment says by libpq's names (manual 34.15).
const FROM_ENVIRONMENT: [(&str, &str); 10] = [
    ("host", "PGHOST"),
    ("port", "PGPORT"),
    ("user", "PGUSER"),
    ("password", "PGPASSWORD"),
    ("dbname", "PGDATABASE"),
    ("options", "PGOPTIONS"),
    ("sslmode", "PGSSLMODE"),
    ("sslrootcert", "PGSSLROOTCERT"),
    ("sslcert", "PGSSLCERT"),
    ("sslkey", "PGSSLKEY"),
];

/// Looks a variable up.
pub(super) type Environment<'a> = &'a dyn Fn(&str) -> Option<String>;

/// How the tenant's clients connect. Without a string they go where `pgtenant demo` says, or where the environment does.
pub(super) fn target(dsn: Option<&str>, tenant: &str, environment: Environment<'_>) -> Result<Control, TargetError> {
    let text = text(dsn, tenant, environment)?;
    Control::from_text(&text, None).map_err(|source| TargetError::Text { tenant: tenant.to_owned(), source })
}

fn text(dsn: Option<&str>, tenant: &str, environment: Environment<'_>) -> Result<String, TargetError> {
    let of_demo = || environment(&format!("PGTENANT_DEMO_{}_DSN", tenant.to_uppercase()));
    let text = match dsn {
        Some(dsn) => fill(dsn, tenant, environment)?,
        None => of_demo().unwrap_or_default(),
    };
    Ok(complete(text, environment))
}

/// Puts what stands in braces into its place, from the innermost on.
fn fill(template: &str, tenant: &str, environment: Environment<'_>) -> Result<String, TargetError> {
    let mut text = template.to_owned();
    while let Some(end) = text.find('}') {
        let begin = text.get(..end).and_then(|before| before.rfind('{')).ok_or(TargetError::Open)?;
        let name = text.get(begin + 1..end).unwrap_or_default();
        let value = match name.split_once(':') {
            None if name == "tenant" => tenant.to_owned(),
            None if name == "TENANT" => tenant.to_uppercase(),
            Some(("env", name)) => environment(name).ok_or_else(|| TargetError::Environment(name.to_owned()))?,
            _ => return Err(TargetError::Placeholder(name.to_owned())),
        };
        text.replace_range(begin..=end, &in_its_place(&value, template));
    }
    if text.contains('{') { Err(TargetError::Open) } else { Ok(text) }
}

/// A value that says the same in the middle of a connection string.
fn in_its_place(value: &str, template: &str) -> String {
    if template.contains("://") {
        return percent_encoded(value);
    }
    let mut escaped = String::new();
    for c in value.chars() {
        if c.is_whitespace() || matches!(c, '\\' | '\'') {
            escaped.push('\\');
        }
        escaped.push(c);
    }
    escaped
}

fn percent_encoded(value: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    value.bytes().map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}

/// Adds what the environment says of keywords that aren't there. A URI says all that it wants to say, but for the password.
fn complete(mut text: String, environment: Environment<'_>) -> String {
    if text.contains("://") {
        let has_password = text.parse().is_ok_and(|config: tokio_postgres::Config| config.get_password().is_some());
        if let Some(password) = environment("PGPASSWORD").filter(|_| !has_password) {
            let separator = if text.contains('?') { '&' } else { '?' };
            text.push_str(&format!("{separator}password={}", percent_encoded(&password)));
        }
        return text;
    }
    // What is no list of pairs is for the parser to complain about.
    let Ok(pairs) = keywords(&text) else { return text };
    let given: Vec<String> = pairs.iter().map(|(keyword, _)| (*keyword).to_owned()).collect();
    let has = |keyword: &str| given.iter().any(|given| given == keyword);
    for (keyword, variable) in FROM_ENVIRONMENT {
        let known = has(keyword) || keyword == "host" && has("hostaddr");
        if let Some(value) = environment(variable).filter(|value| !known && !value.is_empty()) {
            text.push_str(&format!(" {keyword}='{}'", value.replace('\\', "\\\\").replace('\'', "\\'")));
        }
    }
    let user = environment("PGUSER").is_none().then(|| environment("USER")).flatten();
    if let Some(user) = user.filter(|_| !has("user")) {
        text.push_str(&format!(" user='{user}'"));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(dsn: Option<&str>, set: &[(&str, &str)]) -> Result<String, String> {
        let environment = |name: &str| set.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned());
        text(dsn, "acme", &environment).map_err(|error| error.to_string())
    }

    #[test]
    fn the_tenant_is_put_in() {
        let set = [("SECRET_ACME", "s")];
        assert_eq!(of(Some("user={tenant}_app dbname={TENANT}"), &[]).unwrap(), "user=acme_app dbname=ACME");
        assert_eq!(of(Some("user=x password={env:SECRET_{TENANT}}"), &set).unwrap(), "user=x password=s");
        assert_eq!(of(Some("postgres://{tenant}@h/d"), &[]).unwrap(), "postgres://acme@h/d");
        let odd = [("P", r"a 'b\")];
        assert_eq!(of(Some("user=x password={env:P}"), &odd).unwrap(), r"user=x password=a\ \'b\\");
        assert_eq!(of(Some("postgres://u:{env:P}@h/d"), &odd).unwrap(), "postgres://u:a%20%27b%5C@h/d");
        for (wrong, said) in
            [("user={who}", "{who}"), ("user={tenant", "isn't closed"), ("user=tenant}", "isn't closed"), ("user={env:NO}", "variable NO")]
        {
            assert!(of(Some(wrong), &[]).unwrap_err().contains(said), "{wrong}");
        }
    }

    #[test]
    fn the_environment_says_the_rest() {
        let set = [
            ("PGHOST", "h"),
            ("PGPASSWORD", "o'p"),
            ("PGUSER", "u"),
            ("USER", "me"),
            ("PGTENANT_DEMO_ACME_DSN", "host=d user=a password=p"),
        ];
        assert_eq!(of(Some("host = x dbname=y"), &set).unwrap(), r"host = x dbname=y user='u' password='o\'p'");
        assert_eq!(of(Some("hostaddr=127.0.0.1 user=a"), &set[..2]).unwrap(), r"hostaddr=127.0.0.1 user=a password='o\'p'");
        assert_eq!(of(None, &set).unwrap(), "host=d user=a password=p");
        assert_eq!(of(None, &set[..3]).unwrap(), r" host='h' user='u' password='o\'p'");
        assert_eq!(of(Some("host=x"), &[("USER", "me")]).unwrap(), "host=x user='me'");
        assert_eq!(of(Some("postgres://u@h/d"), &set).unwrap(), "postgres://u@h/d?password=o%27p");
        assert_eq!(of(Some("postgres://u:p@h/d"), &set).unwrap(), "postgres://u:p@h/d");
    }

    #[test]
    fn a_string_that_is_none_is_refused() {
        let environment = |_: &str| None;
        assert!(matches!(target(Some("nonsense"), "t", &environment), Err(TargetError::Text { .. })));
        assert!(target(Some("host=h user={tenant}"), "t", &environment).is_ok());
    }
}
