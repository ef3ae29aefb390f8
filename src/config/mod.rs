//! Files that people write, turned into checked values: `config/pgtenant.toml`, and what every such file needs.
//!
//! A file is read whole and every complaint is made at once, each with file, line, column and what was expected.
//! What the shard map says is [`crate::shard_map`]'s; the tools for reading it are here.

mod abuse;
mod admin;
mod complaint;
pub(crate) mod document;
mod health;
mod jwt;
mod log;
mod proxies;
mod secret;
mod settings;
mod settings_file;
mod usage;
mod values;

pub use abuse::{AbuseSettings, MemorySettings};
pub use admin::{AdminCertificate, AdminSettings, AdminTls, AdminToken, Role};
pub use complaint::{Complaint, ConfigErrors};
pub(crate) use complaint::{Finding, Source};
pub use health::HealthSettings;
pub use jwt::{JwtAlgorithm, JwtKeys, JwtSettings};
pub use log::{LogFormat, LogSettings};
pub use proxies::{ProxySettings, ShareStore};
pub(crate) use secret::secret_file;
pub use secret::{Environment, Secret, SecretError, resolve_secret};
pub use settings::{
    AuditSettings, GateMode, GateSettings, IdentitySettings, ListenSettings, MapLocation, PoolSettings, Settings, StorageSettings,
    TimeoutSettings, TlsMode, TlsSettings,
};
pub use usage::UsageSettings;
pub use values::{ByteSize, Period, ValueError};

#[cfg(test)]
mod tests;
