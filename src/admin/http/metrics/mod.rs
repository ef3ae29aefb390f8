//! `/metrics` in OpenMetrics: PgBouncer's names as its exporter has them, a database there being a shard here, and our own.
//!
//! Nothing has a label per tenant but a few counts of the tenants that used most of late. Times are in classic histograms of all tenants: the text
//! format has no native ones, and tenants times steps would be too many series for anybody.

mod own;
mod pgbouncer;
mod sheet;

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use axum::{
    body::Bytes,
    extract::State,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use parking_lot::Mutex;
use prometheus_client::{collector::Collector, encoding::DescriptorEncoder, registry::Registry};

use self::sheet::Sheet;
use super::{Desk, Shared, problem::Problem};

/// Who asks more often gets the same answer again.
const FRESH: Duration = Duration::from_secs(1);
/// OpenMetrics 1.0, "Overall Structure".
const CONTENT_TYPE: HeaderValue = HeaderValue::from_static("application/openmetrics-text; version=1.0.0; charset=utf-8");

/// The last answer.
pub(super) struct Exposition {
    /// Tenants with labels.
    top_tenants: usize,
    last: Mutex<Option<(Instant, Bytes)>>,
}

impl Exposition {
    pub(super) fn new(top_tenants: usize) -> Self {
        Exposition { top_tenants, last: Mutex::default() }
    }

    fn fresh(&self) -> Option<Bytes> {
        let last = self.last.lock();
        last.as_ref().filter(|(at, _)| at.elapsed() < FRESH).map(|(_, text)| text.clone())
    }
}

/// Reads everything for one answer.
#[derive(Clone)]
struct Reader(Arc<Desk>);

impl std::fmt::Debug for Reader {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Reader")
    }
}

impl Collector for Reader {
    fn encode(&self, encoder: DescriptorEncoder<'_>) -> std::fmt::Result {
        let mut sheet = Sheet::new(encoder);
        own::write(&self.0, self.0.exposition.top_tenants, &mut sheet)?;
        pgbouncer::write(&self.0, &mut sheet)
    }
}

/// The answer to a scrape.
pub(super) async fn expose(State(desk): State<Shared>) -> Response {
    let text = match desk.exposition.fresh() {
        Some(text) => text,
        None => {
            let mut registry = Registry::default();
            registry.register_collector(Box::new(Reader(Arc::clone(&desk))));
            let mut text = String::with_capacity(64 << 10);
            if prometheus_client::encoding::text::encode(&mut text, &registry).is_err() {
                return Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "metrics can't be written").into_response();
            }
            let text = Bytes::from(text);
            *desk.exposition.last.lock() = Some((Instant::now(), text.clone()));
            text
        }
    };
    ([(header::CONTENT_TYPE, CONTENT_TYPE)], text).into_response()
}
