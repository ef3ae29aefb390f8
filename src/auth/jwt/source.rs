//! Where an issuer's keys come from, and how they stay fresh. Keys that are there stay until better ones have been read.

use std::{
    path::PathBuf,
    sync::Arc,
    time::{Duration, Instant},
};

use arc_swap::ArcSwap;
use tokio::sync::Mutex;

use super::keys::{KeySet, KeySetError};
use crate::{
    config::{JwtKeys, JwtSettings},
    net::{
        http::{HttpClient, HttpError},
        tls::TlsFileError,
    },
};

/// One look at the keys takes so long at most.
const LIMIT: Duration = Duration::from_secs(5);
/// A set of keys is so long at most.
const MOST_BYTES: usize = 1 << 20;
/// After a failure the next look comes sooner.
const AFTER_FAILURE: Duration = Duration::from_secs(30);
/// Tokens with unknown keys make the proxy look so often at most: whoever sends them must not make it hammer the issuer.
pub const BETWEEN_LOOKS: Duration = Duration::from_secs(10);

/// Why keys can't be read.
#[derive(Debug, thiserror::Error)]
pub enum KeySourceError {
    /// The file.
    #[error("{}: {source}", file.display())]
    File {
        /// Which.
        file: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The server.
    #[error("{url}: {source}")]
    Http {
        /// Which.
        url: String,
        /// What went wrong.
        source: HttpError,
    },
    /// What was read.
    #[error("{place}: {source}")]
    Keys {
        /// From where.
        place: String,
        /// What is wrong with it.
        source: KeySetError,
    },
    /// The file of certificates that the server is believed by.
    #[error("{0}")]
    Ca(#[from] TlsFileError),
}

/// The keys of one issuer.
pub(super) struct KeySource {
    place: Place,
    known: ArcSwap<KeySet>,
    /// When somebody looked last; held while one looks.
    looked: Mutex<Option<Instant>>,
    refresh: Duration,
    between: Duration,
}

enum Place {
    Nowhere,
    File(PathBuf),
    Url(String, HttpClient),
}

impl KeySource {
    /// Keys of a file are read at once; those of a URL at the first look.
    pub(super) fn new(settings: &JwtSettings, between: Duration) -> Result<Self, KeySourceError> {
        let (place, known) = match &settings.keys {
            None => (Place::Nowhere, KeySet::default()),
            Some(JwtKeys::File(file)) => (Place::File(file.clone()), read_file(file)?),
            Some(JwtKeys::Url(url)) => {
                if url.starts_with("http:") {
                    tracing::warn!(url, "the keys of tokens come over plain HTTP: whoever stands in between can make tokens");
                }
                (Place::Url(url.clone(), HttpClient::new(settings.ca.as_deref())?), KeySet::default())
            }
        };
        Ok(KeySource { place, known: ArcSwap::from_pointee(known), looked: Mutex::new(None), refresh: settings.refresh, between })
    }

    /// The keys at present.
    pub(super) fn known(&self) -> Arc<KeySet> {
        self.known.load_full()
    }

    /// Looks again because a token names a key that isn't known, unless somebody has just looked.
    pub(super) async fn look_again(&self) {
        let mut looked = self.looked.lock().await;
        if looked.is_none_or(|last| last.elapsed() >= self.between) {
            self.look().await;
            *looked = Some(Instant::now());
        }
    }

    /// Looks now. Whether keys were read.
    pub(super) async fn look_now(&self) -> bool {
        let mut looked = self.looked.lock().await;
        let read = self.look().await;
        *looked = Some(Instant::now());
        read
    }

    /// Looks every now and then, for ever.
    pub(super) async fn keep_fresh(&self) {
        if matches!(self.place, Place::Nowhere) {
            return std::future::pending().await;
        }
        // A file's keys have just been read.
        if matches!(self.place, Place::File(_)) {
            tokio::time::sleep(self.refresh).await;
        }
        loop {
            let pause = if self.look_now().await { self.refresh } else { self.refresh.min(AFTER_FAILURE) };
            tokio::time::sleep(pause).await;
        }
    }

    async fn look(&self) -> bool {
        let read = match &self.place {
            Place::Nowhere => return true,
            Place::File(file) => {
                let file = file.clone();
                match tokio::task::spawn_blocking(move || read_file(&file)).await {
                    Ok(read) => read,
                    Err(_) => return false,
                }
            }
            Place::Url(url, client) => fetch(url, client).await,
        };
        match read {
            Ok(keys) => {
                tracing::info!(keys = keys.len(), "keys of tokens read");
                self.known.store(Arc::new(keys));
                true
            }
            Err(error) => {
                tracing::error!(%error, "the keys of tokens stay as they were");
                false
            }
        }
    }
}

fn read_file(file: &std::path::Path) -> Result<KeySet, KeySourceError> {
    let document = std::fs::read(file).map_err(|source| KeySourceError::File { file: file.to_owned(), source })?;
    KeySet::read(&document).map_err(|source| KeySourceError::Keys { place: file.display().to_string(), source })
}

async fn fetch(url: &str, client: &HttpClient) -> Result<KeySet, KeySourceError> {
    let document = client.get(url, LIMIT, MOST_BYTES).await.map_err(|source| KeySourceError::Http { url: url.to_owned(), source })?;
    KeySet::read(&document).map_err(|source| KeySourceError::Keys { place: url.to_owned(), source })
}
