//! Secrets: where they come from, and that they never show.

use std::{collections::HashMap, fmt, io, path::Path, path::PathBuf, sync::Arc};

use aws_lc_rs::digest::{SHA256, digest};

/// A secret. Neither `Debug` nor anything else prints it; who needs it calls [`Secret::reveal`].
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Arc<str>);

impl Secret {
    /// Takes a secret's text.
    pub fn new(text: &str) -> Self {
        Secret(Arc::from(text))
    }

    /// The text itself.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(..)")
    }
}

/// Where `env:NAME` is looked up: the process's environment, or a test's.
#[derive(Clone)]
pub struct Environment {
    lookup: Arc<Lookup>,
    stands_in: bool,
}

type Lookup = dyn Fn(&str) -> Option<String> + Send + Sync;

impl Environment {
    /// The environment of this process.
    pub fn process() -> Self {
        Environment { lookup: Arc::new(|name| std::env::var(name).ok()), stands_in: false }
    }

    /// A fixed environment.
    pub fn fixed<'a>(variables: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let variables: HashMap<String, String> = variables.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        Environment { lookup: Arc::new(move |name| variables.get(name).cloned()), stands_in: false }
    }

    /// For who looks at a file or edits it, and needs none of its secrets: where one isn't to be had here, 64 hexadecimal digits stand in
    /// for it that are made from the text that names it.
    #[must_use]
    pub fn with_stand_ins(self) -> Self {
        Environment { stands_in: true, ..self }
    }

    fn get(&self, name: &str) -> Option<String> {
        (self.lookup)(name)
    }
}

impl fmt::Debug for Environment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Environment(..)")
    }
}

/// Why a secret isn't to be had.
#[derive(Debug, thiserror::Error)]
pub enum SecretError {
    /// The text is the secret itself.
    #[error("a secret in plain text")]
    PlainText,
    /// `env:NAME` names a variable that isn't there.
    #[error("the environment variable {0} isn't set")]
    NoVariable(String),
    /// `file:PATH` can't be read.
    #[error("{}: {source}", file.display())]
    NoFile {
        /// The file.
        file: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The variable or the file holds nothing.
    #[error("\"{0}\" is empty")]
    Empty(String),
    /// A NUL byte can stand in no password and no connection string.
    #[error("\"{0}\" holds a NUL byte")]
    Nul(String),
}

/// The file that a secret's text names, relative paths being relative to `folder`.
pub(crate) fn secret_file(text: &str, folder: &Path) -> Option<PathBuf> {
    text.strip_prefix("file:").map(|path| folder.join(path))
}

/// What `env:NAME` or `file:PATH` stands for. A file's last line break doesn't belong to the secret.
///
/// # Errors
/// Any other text is a secret in plain text, which no file may hold.
pub fn resolve_secret(text: &str, folder: &Path, environment: &Environment) -> Result<Secret, SecretError> {
    let found = if let Some(name) = text.strip_prefix("env:") {
        environment.get(name).ok_or_else(|| SecretError::NoVariable(name.to_owned()))
    } else if let Some(file) = secret_file(text, folder) {
        std::fs::read_to_string(&file).map_err(|source| SecretError::NoFile { file, source })
    } else {
        return Err(SecretError::PlainText);
    };
    let value = match found {
        Err(_) if environment.stands_in => hex::encode(digest(&SHA256, text.as_bytes())),
        found => found?,
    };
    let value = value.strip_suffix('\n').map_or(&*value, |line| line.strip_suffix('\r').unwrap_or(line));
    match value {
        "" => Err(SecretError::Empty(text.to_owned())),
        _ if value.contains('\0') => Err(SecretError::Nul(text.to_owned())),
        _ => Ok(Secret::new(value)),
    }
}
