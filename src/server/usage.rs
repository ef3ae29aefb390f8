//! The usage records: once an interval, what each tenant has done since the last one goes into the file.

use std::{
    io,
    sync::Arc,
    time::{Duration, Instant},
};

use parking_lot::Mutex;

use crate::{
    config::UsageSettings,
    ids::TenantId,
    session::handshake::Front,
    telemetry::{
        calendar::Moment,
        day_files::{Appender, DayFiles},
    },
    tenant::usage::{Delta, Interval, Labels, Meter, Record},
};

/// The clock may be set while we wait for it: it is looked at so often at least.
const LOOK: Duration = Duration::from_secs(30);
/// Who wakes later than this after an interval's end has slept over it: the records say when it was.
const LATE: Duration = Duration::from_secs(1);
/// What is written at once.
const CHUNK: usize = 256 << 10;

/// Writes records.
pub(super) struct Recorder {
    front: Arc<Front>,
    settings: UsageSettings,
    files: Option<DayFiles>,
    /// When the interval began.
    began: Mutex<Moment>,
}

/// What came of one round.
#[derive(Default)]
struct Written {
    tenants: usize,
    bytes: usize,
    /// What is written once there is enough of it, and whose it is.
    chunk: Vec<u8>,
    waiting: Vec<(Arc<Meter>, Delta)>,
}

impl Recorder {
    /// For the tenants of a front; the first interval begins now.
    pub(super) fn new(front: Arc<Front>, settings: UsageSettings) -> Arc<Self> {
        let files = settings.file.as_deref().map(DayFiles::new);
        Arc::new(Recorder { front, settings, files, began: Mutex::new(Moment::now()) })
    }

    /// Records at each interval's end until dropped.
    pub(super) async fn run(self: Arc<Self>) {
        loop {
            let due = Moment::now().next(self.settings.interval);
            loop {
                let left = due.since(Moment::now());
                if left.is_zero() {
                    break;
                }
                tokio::time::sleep(left.min(LOOK)).await;
            }
            let now = Moment::now();
            let end = if now.since(due) < LATE { due } else { now };
            let recorder = Arc::clone(&self);
            let _ = tokio::task::spawn_blocking(move || recorder.record(end)).await;
        }
    }

    /// Ends the interval. What can't be written is part of the next one's records.
    pub(super) fn record(&self, end: Moment) {
        let started = Instant::now();
        // Nobody else records meanwhile.
        let mut began = self.began.lock();
        let end = end.max(*began);
        self.front.pools.settle_usage();
        let interval = Interval { begin: *began, end, proxy: &self.settings.proxy };
        *began = end;
        let written = match &self.files {
            Some(files) => self.write(files, &interval),
            None => {
                self.each(|_, meter| drop(meter.take()));
                return;
            }
        };
        match written {
            Ok(Written { tenants: 0, .. }) => {}
            Ok(Written { tenants, bytes, .. }) => tracing::debug!(tenants, bytes, took = ?started.elapsed(), "usage recorded"),
            Err(error) => {
                tracing::error!(%error, file = ?self.settings.file, "usage can't be written; it goes into the next interval's records");
            }
        }
        if let (Some(files), Some(keep)) = (&self.files, self.settings.keep)
            && let Err(error) = files.keep(keep, end)
        {
            tracing::warn!(%error, "old usage files can't be removed");
        }
    }

    fn write(&self, files: &DayFiles, interval: &Interval<'_>) -> io::Result<Written> {
        let map = Arc::clone(&self.front.served.load().map);
        let mut written = Written::default();
        let mut file: Option<Appender> = None;
        let mut failure = None;
        self.each(|tenant, meter| {
            if failure.is_some() {
                return;
            }
            let Some(delta) = meter.take() else { return };
            let labels = map.tenant(tenant.as_str()).map(|tenant| Labels::of(&tenant));
            let storage_bytes = self.front.storage.measured(tenant).map(|measured| measured.bytes);
            Record { storage_bytes, ..Record::new(tenant, labels, &delta, interval) }.write(&mut written.chunk);
            written.waiting.push((Arc::clone(meter), delta));
            if written.chunk.len() >= CHUNK {
                failure = written.flush(files, &mut file, interval).err();
            }
        });
        if failure.is_none() {
            failure = written.flush(files, &mut file, interval).err();
        }
        match (failure, file) {
            (Some(error), _) => Err(error),
            (None, Some(file)) => file.finish().map(|()| written),
            (None, None) => Ok(written),
        }
    }

    /// Looks at all tenants, and forgets those that the shard map doesn't have any more.
    fn each(&self, mut look: impl FnMut(&TenantId, &Arc<Meter>)) {
        let map = Arc::clone(&self.front.served.load().map);
        for (tenant, meter) in self.front.metering.all() {
            look(&tenant, &meter);
            drop(meter);
            if map.tenant(tenant.as_str()).is_none() {
                self.front.metering.forget(&tenant);
            }
        }
    }
}

impl Written {
    /// Writes what waits, all of it or nothing: that is its tenants' again.
    fn flush(&mut self, files: &DayFiles, file: &mut Option<Appender>, interval: &Interval<'_>) -> io::Result<()> {
        if self.chunk.is_empty() {
            return Ok(());
        }
        let appended = match file {
            Some(file) => file.append(&self.chunk),
            None => files.open(interval.begin.day()).and_then(|opened| file.insert(opened).append(&self.chunk)),
        };
        match appended {
            Ok(()) => {
                self.tenants += self.waiting.len();
                self.bytes += self.chunk.len();
                self.waiting.clear();
            }
            Err(_) => {
                for (meter, delta) in self.waiting.drain(..) {
                    let began = delta.behind.unwrap_or(interval.begin);
                    meter.give_back(delta, began);
                }
            }
        }
        self.chunk.clear();
        appended
    }
}
