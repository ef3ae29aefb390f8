//! Connections for the proxy's own questions: `tokio-postgres` over a stream of ours, so that every `sslmode` of the shard map works here
//! too. They serve no client and belong to no pool.

use std::{
    io,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
    time::Duration,
};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio_postgres::{
    Client, Config, Connection, NoTls,
    config::{Host, SslMode},
    tls::NoTlsStream,
};

use super::{ConnectError, ServerSpec, dial};
use crate::{
    error::explain,
    net::{
        SocketOptions, Stream, Target,
        tls::{ClientTls, ClientTlsFiles, ClientTlsMode, TlsFileError},
    },
};

/// A server that hasn't answered by then isn't there.
const LIMIT: Duration = Duration::from_secs(15);

/// Why there is no control connection.
#[derive(Debug, thiserror::Error)]
pub enum ControlError {
    /// No connection string.
    #[error("not a connection string: {source}")]
    BadText {
        /// Why not.
        source: tokio_postgres::Error,
    },
    /// No such `sslmode`.
    #[error("sslmode {mode:?}: expected disable, prefer, require, verify-ca or verify-full")]
    BadSslMode {
        /// What it says.
        mode: String,
    },
    /// Its certificates can't be used.
    #[error("{source}")]
    TlsFiles {
        /// Which file, and why.
        source: Box<TlsFileError>,
    },
    /// The server doesn't answer, or isn't who it should be.
    #[error("can't reach the server for database {database:?}: {source}")]
    Unreachable {
        /// Which database.
        database: String,
        /// Why not.
        source: Box<ConnectError>,
    },
    /// The server refuses.
    #[error("can't connect to database {database:?} as {user:?}: {}", explain(.source))]
    Refused {
        /// Which database.
        database: String,
        /// Who asked.
        user: String,
        /// Why not.
        source: tokio_postgres::Error,
    },
}

/// What moves a connection's bytes: the client gets nowhere unless somebody polls it.
pub type Driver = Connection<Plain, NoTlsStream>;

/// Where a control connection goes, and as whom.
pub struct Control {
    spec: ServerSpec,
    config: Config,
}

impl Control {
    /// As a connection string says, to `database` or else to the one that it names.
    ///
    /// # Errors
    /// The string's, and its TLS files'.
    pub fn from_text(text: &str, database: Option<&str>) -> Result<Control, ControlError> {
        let (mut config, files) = parse(text)?;
        if let Some(database) = database {
            config.dbname(database);
        }
        let tls = ClientTls::load(&files).map_err(|source| ControlError::TlsFiles { source: Box::new(source) })?;
        let spec = ServerSpec {
            shared: false,
            target: target(&config),
            tls_files: files,
            tls: Some(Arc::new(arc_swap::ArcSwap::from_pointee(tls))),
            database: Arc::from(config.get_dbname().unwrap_or_default()),
            user: Arc::from(config.get_user().unwrap_or_default()),
            password: None,
            startup: Vec::new(),
            keys: parking_lot::Mutex::new(None),
        };
        Ok(Control { spec, config })
    }

    /// As a pool's connections go, without what they begin with.
    pub fn from_spec(spec: ServerSpec) -> Control {
        let mut config = Config::new();
        config.user(&*spec.user).dbname(&*spec.database).ssl_mode(SslMode::Disable);
        if let Some(password) = &spec.password {
            config.password(password.as_bytes());
        }
        Control { spec, config }
    }

    /// As the same role to another server of the same cluster.
    #[must_use]
    pub fn at(mut self, target: Target, tls_files: ClientTlsFiles, tls: Option<Arc<arc_swap::ArcSwap<ClientTls>>>) -> Control {
        (self.spec.target, self.spec.tls_files, self.spec.tls) = (target, tls_files, tls);
        self
    }

    /// Connects; the server shows `application` as the connection's name.
    ///
    /// # Errors
    /// See [`ControlError`].
    pub async fn connect(&self, application: &str) -> Result<Client, ControlError> {
        let (client, driver) = self.open(application, LIMIT).await?;
        tokio::spawn(driver);
        Ok(client)
    }

    /// As [`Control::connect`] within `limit`, for a caller who polls the connection itself.
    ///
    /// # Errors
    /// See [`ControlError`].
    pub async fn open(&self, application: &str, limit: Duration) -> Result<(Client, Driver), ControlError> {
        let database = || self.spec.database.to_string();
        let stream = tokio::time::timeout(limit, dial::open(&self.spec, &SocketOptions::default(), limit))
            .await
            .unwrap_or(Err(ConnectError::TimedOut(limit)));
        let stream = stream.map_err(|source| ControlError::Unreachable { database: database(), source: Box::new(source) })?;
        let mut config = self.config.clone();
        config.application_name(application);
        let connected = tokio::time::timeout(limit, config.connect_raw(Plain(stream), NoTls)).await;
        let late = |_| ControlError::Unreachable { database: database(), source: Box::new(ConnectError::TimedOut(limit)) };
        let refused = |source| ControlError::Refused { database: database(), user: self.spec.user.to_string(), source };
        connected.map_err(late)?.map_err(refused)
    }
}

/// The part for `tokio-postgres`, told that encryption is none of its business, and the part for us.
fn parse(text: &str) -> Result<(Config, ClientTlsFiles), ControlError> {
    let wrong = |source| ControlError::BadText { source };
    let (mut files, mut rest) = (ClientTlsFiles::default(), String::new());
    if text.contains("://") {
        rest.push_str(text);
    } else {
        // What is no pair is for the other parser to complain about.
        let pairs = keywords(text).unwrap_or_else(|wrong| {
            rest.push_str(wrong);
            Vec::new()
        });
        for (keyword, value) in pairs {
            match keyword {
                "sslmode" => files.mode = value.parse().map_err(|_| ControlError::BadSslMode { mode: value })?,
                "sslrootcert" => files.root_cert = Some(value.into()),
                "sslcert" => files.certificate = Some(value.into()),
                "sslkey" => files.key = Some(value.into()),
                _ => rest.push_str(&format!("{keyword}='{}' ", value.replace('\\', "\\\\").replace('\'', "\\'"))),
            }
        }
    }
    let mut config: Config = rest.parse().map_err(wrong)?;
    if text.contains("://") {
        files.mode = match config.get_ssl_mode() {
            SslMode::Disable => ClientTlsMode::Disable,
            SslMode::Prefer => ClientTlsMode::Prefer,
            _ => ClientTlsMode::Require,
        };
    }
    config.ssl_mode(SslMode::Disable);
    Ok((config, files))
}

/// `keyword=value` pairs as libpq reads them (manual 34.1.1.1), or what is no pair.
///
/// # Errors
/// What is left of the text where it isn't a pair.
pub fn keywords(text: &str) -> Result<Vec<(&str, String)>, &str> {
    let mut pairs = Vec::new();
    let mut rest = text.trim_start();
    while !rest.is_empty() {
        let Some((keyword, after)) = rest.split_once('=') else {
            return Err(rest);
        };
        let (mut value, mut end) = (String::new(), after.trim_start());
        let quoted = end.starts_with('\'');
        end = end.strip_prefix('\'').unwrap_or(end);
        let mut chars = end.char_indices();
        let mut stop = end.len();
        while let Some((at, c)) = chars.next() {
            match c {
                '\\' => value.extend(chars.next().map(|(_, escaped)| escaped)),
                '\'' if quoted => {
                    stop = at + 1;
                    break;
                }
                c if c.is_ascii_whitespace() && !quoted => {
                    stop = at;
                    break;
                }
                c => value.push(c),
            }
        }
        pairs.push((keyword.trim_end(), value));
        rest = end[stop..].trim_start();
    }
    Ok(pairs)
}

/// The first host; the provisioner has one.
fn target(config: &Config) -> Target {
    let port = config.get_ports().first().copied().unwrap_or(5432);
    match (config.get_hosts().first(), config.get_hostaddrs().first()) {
        (Some(Host::Tcp(name)), _) => Target::new(name, port),
        (Some(Host::Unix(folder)), _) => Target::new(&folder.to_string_lossy(), port),
        (None, Some(address)) => Target::new(&address.to_string(), port),
        (None, None) => Target::new("localhost", port),
    }
}

/// A stream of ours as tokio's traits want it.
pub struct Plain(Stream);

impl AsyncRead for Plain {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        self.0.poll_read_buf(cx, buf)
    }
}

impl AsyncWrite for Plain {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        self.0.poll_write(cx, buf)
    }
    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.0.poll_flush(cx)
    }
    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(self.0.poll_flush(cx))?;
        self.0.poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn connection_strings_are_split_between_the_two() {
        let parsed = parse(r"host=/tmp port = 5433 user='a \'b' password=x\ y sslmode=verify-full sslrootcert='/a b/ca.crt'").ok();
        let (config, files) = parsed.unwrap_or_default();
        assert_eq!((config.get_user(), config.get_password()), (Some("a 'b"), Some(&b"x y"[..])));
        assert_eq!((files.mode, files.root_cert), (ClientTlsMode::VerifyFull, Some("/a b/ca.crt".into())));
        assert_eq!(target(&config), Target::new("/tmp", 5433));
        let (config, files) = parse("postgresql://u@h:6/d?sslmode=require").unwrap_or_default();
        assert_eq!((config.get_dbname(), files.mode, target(&config)), (Some("d"), ClientTlsMode::Require, Target::new("h", 6)));
        assert!(matches!(parse("host=h sslmode=maybe"), Err(ControlError::BadSslMode { .. })));
        for wrong in ["host", "host=h nonsense=1", "port=x"] {
            assert!(matches!(parse(wrong), Err(ControlError::BadText { .. })), "{wrong}");
        }
    }
}
