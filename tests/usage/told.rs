//! What a proxy's records say, and a client that counts its own bytes.

use std::{fs, path::Path, time::Duration};

use pgtenant::tenant::usage::{Counts, Record};
use rustix::process::Signal;

use crate::support::{
    bed::Bed,
    proxy::Proxy,
    wire::{Message, Wire, query},
};

/// A bed whose proxy records each second.
pub(crate) async fn bed() -> Bed {
    let mut bed = Bed::new().await;
    bed.sections.push_str(SECTION);
    bed
}

pub(crate) const SECTION: &str = "[usage]\nfile = \"usage.jsonl\"\ninterval = \"1s\"\nproxy = \"here\"\n";

/// All lines of the records below a folder, in their order.
pub(crate) fn lines(folder: &Path) -> Vec<String> {
    let mut names: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    names.retain(|path| path.file_name().unwrap().to_str().unwrap().starts_with("usage-") && path.extension().unwrap() == "jsonl");
    names.sort();
    names.iter().flat_map(|path| fs::read_to_string(path).unwrap().lines().map(str::to_owned).collect::<Vec<_>>()).collect()
}

/// A tenant's records so far.
pub(crate) fn records(folder: &Path, tenant: &str) -> Vec<Record> {
    let all = lines(folder).into_iter().map(|line| Record::read(&line).unwrap_or_else(|error| panic!("{error} in {line}")));
    all.filter(|record| record.tenant == tenant).collect()
}

/// Their sum.
pub(crate) fn sum(records: &[Record]) -> Counts {
    let mut sum = Counts::default();
    records.iter().for_each(|record| sum.add(&record.counts));
    sum
}

/// How often something was refused for that reason.
pub(crate) fn refused(records: &[Record], why: &str) -> u64 {
    records.iter().filter_map(|record| record.refusals.get(why)).sum()
}

/// Ends the proxy in good order: a tenant's records then.
pub(crate) async fn end(proxy: &mut Proxy, tenant: &str) -> Vec<Record> {
    proxy.signal(Signal::TERM);
    assert!(proxy.ended(Duration::from_secs(15)).await.success());
    records(proxy.bed.folder(), tenant)
}

/// A client that counts the bytes of both directions.
pub(crate) struct Counted {
    pub(crate) wire: Wire,
    pub(crate) sent: u64,
    pub(crate) received: u64,
}

impl Counted {
    pub(crate) async fn of(proxy: &Proxy, login: &str) -> Counted {
        Counted { wire: proxy.wire_of(login, &[]).await, sent: 0, received: 0 }
    }

    pub(crate) async fn send(&mut self, bytes: &[u8]) {
        self.sent += bytes.len() as u64;
        self.wire.send(bytes).await;
    }

    pub(crate) async fn ready(&mut self) -> Vec<Message> {
        let messages = self.wire.ready().await;
        self.note(&messages);
        messages
    }

    pub(crate) async fn rest(&mut self) -> Vec<Message> {
        let messages = self.wire.rest().await;
        self.note(&messages);
        messages
    }

    fn note(&mut self, messages: &[Message]) {
        self.received += messages.iter().map(|message| 5 + message.body.len() as u64).sum::<u64>();
    }

    pub(crate) async fn ask(&mut self, bytes: &[u8]) -> Vec<Message> {
        self.send(bytes).await;
        self.ready().await
    }

    pub(crate) async fn query(&mut self, text: &str) -> Vec<Message> {
        self.ask(&query(text)).await
    }

    /// Says goodbye.
    pub(crate) async fn leave(&mut self) {
        self.send(b"X\0\0\0\x04").await;
        assert_eq!(self.rest().await, []);
    }
}
