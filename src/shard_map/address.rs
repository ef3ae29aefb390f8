//! Where a server is: keyword strings as libpq reads them (manual 34.1.1.1), with the few keywords that belong into a map.

use std::{
    fmt,
    path::{Path, PathBuf},
    sync::Arc,
};

use crate::net::tls::{ClientTlsFiles, ClientTlsMode};

/// The keywords that an address may have.
pub(super) const KEYWORDS: &str = "host, port, dbname, sslmode, sslrootcert, sslcert, sslkey, weight, zone";

/// The most that one server may weigh.
const MAX_WEIGHT: u16 = 1000;

/// A server and the database that it is asked for.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct ServerAddress {
    /// A name, an address, or the folder of a Unix socket.
    pub host: Arc<str>,
    /// Its port, also in the Unix socket's name.
    pub port: u16,
    /// The shard's own database.
    pub dbname: Arc<str>,
    /// How the connection is secured.
    pub tls: ServerTls,
    /// Its share of reads, beside the weights of the shard's other servers.
    pub weight: u16,
    /// Where it stands, in the operator's words: reads prefer the proxy's own zone.
    pub zone: Option<Arc<str>>,
}

/// How a connection to a server is secured.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct ServerTls {
    /// How far the server must prove itself.
    pub mode: ClientTlsMode,
    /// Whom it must be signed by (PEM).
    pub root_cert: Option<PathBuf>,
    /// Our own certificate (PEM).
    pub cert: Option<PathBuf>,
    /// Its private key (PEM).
    pub key: Option<PathBuf>,
}

impl ServerTls {
    /// The files, for the module that makes TLS of them.
    pub fn files(&self) -> ClientTlsFiles {
        ClientTlsFiles { mode: self.mode, root_cert: self.root_cert.clone(), certificate: self.cert.clone(), key: self.key.clone() }
    }
}

impl ServerAddress {
    /// An address without TLS.
    pub fn plain(host: &str, port: u16, dbname: &str) -> Self {
        let tls = ServerTls { mode: ClientTlsMode::Disable, root_cert: None, cert: None, key: None };
        ServerAddress { host: Arc::from(host), port, dbname: Arc::from(dbname), tls, weight: 1, zone: None }
    }

    /// Whether it is a Unix socket.
    pub fn is_unix(&self) -> bool {
        self.host.starts_with('/')
    }

    /// Reads a keyword string; files in it are relative to `folder`.
    ///
    /// # Errors
    /// The first thing that is wrong.
    pub fn parse(text: &str, folder: &Path) -> Result<ServerAddress, AddressError> {
        if text.contains("://") {
            return Err(AddressError::Uri);
        }
        let mut fields = Fields::default();
        let mut rest = text.trim_start();
        while !rest.is_empty() {
            let (keyword, after) = rest.split_once('=').ok_or_else(|| AddressError::NoValue(rest.trim_end().to_owned()))?;
            let (value, after) = value(after.trim_start())?;
            fields.set(keyword.trim_end(), value)?;
            rest = after.trim_start();
        }
        fields.address(folder)
    }
}

impl fmt::Display for ServerAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "host={} port={} dbname={}", self.host, self.port, self.dbname)
    }
}

/// Why a text is no address.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum AddressError {
    /// Another form.
    #[error("a connection URI isn't read here")]
    Uri,
    /// A keyword without `=`.
    #[error("`{0}` has no value")]
    NoValue(String),
    /// An open quote.
    #[error("a quote is open at the end")]
    OpenQuote,
    /// The map has keys for it.
    #[error("`{0}` doesn't belong into an address: the shard's keys `user` and `password` say who connects")]
    Credential(String),
    /// A keyword that isn't known here.
    #[error("keyword `{0}` is unknown")]
    Unknown(String),
    /// A keyword twice.
    #[error("keyword `{0}` is given twice")]
    Twice(String),
    /// A keyword that must be there.
    #[error("keyword `{0}` is missing")]
    Missing(&'static str),
    /// A host with a comma, as libpq's lists have.
    #[error("one address has one host: `{0}`")]
    HostList(String),
    /// A host that can't be one.
    #[error("`{0}` isn't a host name, an address or a folder")]
    Host(String),
    /// No port.
    #[error("`{0}` isn't a port")]
    Port(String),
    /// No weight.
    #[error("`{0}` isn't a weight: a whole number from 1 to 1000")]
    Weight(String),
    /// No mode.
    #[error("sslmode `{0}` is unknown")]
    Mode(String),
    /// A mode that verifies, and nothing to verify against.
    #[error("sslmode {0} needs `sslrootcert`")]
    NoRoot(&'static str),
    /// A certificate without its key, or the other way around.
    #[error("`sslcert` and `sslkey` come in pairs")]
    HalfPair,
    /// A file that can't be read.
    #[error("{0}")]
    File(String),
}

/// A value and what follows it.
fn value(text: &str) -> Result<(String, &str), AddressError> {
    let mut value = String::new();
    let quoted = text.starts_with('\'');
    let mut chars = text.char_indices().skip(usize::from(quoted));
    while let Some((at, c)) = chars.next() {
        match c {
            '\\' => value.extend(chars.next().map(|(_, escaped)| escaped)),
            '\'' if quoted => return Ok((value, &text[at + 1..])),
            c if c.is_ascii_whitespace() && !quoted => return Ok((value, &text[at..])),
            c => value.push(c),
        }
    }
    if quoted { Err(AddressError::OpenQuote) } else { Ok((value, "")) }
}

#[derive(Default)]
struct Fields {
    host: Option<String>,
    port: Option<String>,
    dbname: Option<String>,
    sslmode: Option<String>,
    sslrootcert: Option<String>,
    sslcert: Option<String>,
    sslkey: Option<String>,
    weight: Option<String>,
    zone: Option<String>,
}

impl Fields {
    fn set(&mut self, keyword: &str, value: String) -> Result<(), AddressError> {
        let field = match keyword {
            "host" => &mut self.host,
            "port" => &mut self.port,
            "dbname" => &mut self.dbname,
            "sslmode" => &mut self.sslmode,
            "sslrootcert" => &mut self.sslrootcert,
            "sslcert" => &mut self.sslcert,
            "sslkey" => &mut self.sslkey,
            "weight" => &mut self.weight,
            "zone" => &mut self.zone,
            "user" | "password" | "passfile" => return Err(AddressError::Credential(keyword.to_owned())),
            _ => return Err(AddressError::Unknown(keyword.to_owned())),
        };
        match field.replace(value) {
            Some(_) => Err(AddressError::Twice(keyword.to_owned())),
            None => Ok(()),
        }
    }

    fn address(self, folder: &Path) -> Result<ServerAddress, AddressError> {
        let host = self.host.filter(|host| !host.is_empty()).ok_or(AddressError::Missing("host"))?;
        check_host(&host)?;
        let port = match self.port {
            Some(port) => port.parse().ok().filter(|port| *port > 0).ok_or(AddressError::Port(port))?,
            None => 5432,
        };
        let dbname = self.dbname.filter(|name| !name.is_empty()).ok_or(AddressError::Missing("dbname"))?;
        let mode: ClientTlsMode = match self.sslmode {
            Some(mode) => mode.parse().map_err(|_| AddressError::Mode(mode))?,
            None => ClientTlsMode::Prefer,
        };
        let file = |path: Option<String>| -> Result<Option<PathBuf>, AddressError> {
            let Some(path) = path else { return Ok(None) };
            let path = folder.join(path);
            match std::fs::File::open(&path) {
                Ok(_) => Ok(Some(path)),
                Err(error) => Err(AddressError::File(format!("{} can't be read: {error}", path.display()))),
            }
        };
        let tls = ServerTls { mode, root_cert: file(self.sslrootcert)?, cert: file(self.sslcert)?, key: file(self.sslkey)? };
        if tls.cert.is_some() != tls.key.is_some() {
            return Err(AddressError::HalfPair);
        }
        if tls.root_cert.is_none() && matches!(mode, ClientTlsMode::VerifyCa | ClientTlsMode::VerifyFull) {
            return Err(AddressError::NoRoot(mode.as_str()));
        }
        let weight = match self.weight {
            Some(weight) => weight.parse().ok().filter(|weight| (1..=MAX_WEIGHT).contains(weight)).ok_or(AddressError::Weight(weight))?,
            None => 1,
        };
        let zone = self.zone.filter(|zone| !zone.is_empty()).map(Arc::from);
        Ok(ServerAddress { host: Arc::from(host), port, dbname: Arc::from(dbname), tls, weight, zone })
    }
}

fn check_host(host: &str) -> Result<(), AddressError> {
    if host.starts_with('/') || host.parse::<std::net::IpAddr>().is_ok() {
        return Ok(());
    }
    if host.contains(',') {
        return Err(AddressError::HostList(host.to_owned()));
    }
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_');
    match host.len() <= 253 && host.bytes().all(allowed) {
        true => Ok(()),
        false => Err(AddressError::Host(host.to_owned())),
    }
}
