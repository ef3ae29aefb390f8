//! Proxies on one map.

use std::path::PathBuf;

use pgtenant::lifecycle::cluster::free_port;

use crate::support::{bed::Bed, cluster, proxy::Proxy};

/// Where they tell each other what they use.
#[derive(Clone)]
pub(crate) enum Shares {
    /// In the folder beside the map, as without any setting.
    BesideMap,
    /// In this database.
    Postgres(String),
}

/// Proxies on one map; the first one's bed has it.
pub(crate) struct Group {
    pub(crate) proxies: Vec<Proxy>,
    map: PathBuf,
    shares: Shares,
}

impl Group {
    /// So many.
    pub(crate) async fn start(mut bed: Bed, count: usize, shares: Shares) -> Group {
        let map = bed.folder().join("map.toml");
        bed.sections.push_str(&section(&shares, "proxy 0"));
        let mut group = Group { proxies: vec![bed.serve().await], map, shares };
        for _ in 1..count {
            group.join().await;
        }
        group.agreed(count).await;
        group
    }

    /// Another one.
    pub(crate) async fn join(&mut self) {
        let mut bed = Bed::empty();
        bed.port = free_port().unwrap();
        let Bed { port, listen, pool, timeouts, .. } = &bed;
        let (first, map) = (&self.proxies[0].bed.sections, self.map.display());
        // What the first one has besides.
        let rest = first.split("[proxies]").next().unwrap();
        let section = section(&self.shares, &format!("proxy {}", self.proxies.len()));
        let text = format!(
            "shard_map = \"{map}\"\n[listen]\naddress = \"127.0.0.1:{port}\"\n{listen}[pool]\n{pool}[timeouts]\n{timeouts}{rest}{section}"
        );
        bed.file("pgtenant.toml", &text);
        self.proxies.push(Proxy::start(bed).await);
    }

    /// Waits until all know that there are so many.
    pub(crate) async fn agreed(&self, count: usize) {
        if count > 1 {
            for proxy in &self.proxies {
                proxy.logged(&format!("limits are shared proxies={count}"), 1).await;
            }
        }
    }

    /// The folder beside the map.
    pub(crate) fn folder(&self) -> PathBuf {
        let mut name = self.map.clone().into_os_string();
        name.push(".shares");
        name.into()
    }
}

fn section(shares: &Shares, name: &str) -> String {
    let place = match shares {
        Shares::BesideMap => String::new(),
        Shares::Postgres(url) => format!("shares = \"{url}\"\n"),
    };
    format!("[proxies]\n{place}name = \"{name}\"\ntimeout = \"3s\"\n")
}

/// A database for the records of one test.
pub(crate) async fn database() -> Shares {
    let cluster = cluster::shared();
    let name = cluster::database(cluster).await;
    let password = cluster::ROLE_PASSWORD;
    // A URL with a password stands in no file.
    let variable = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("shares-{}-{name}", std::process::id()));
    std::fs::write(&variable, format!("postgres://{name}:{password}@127.0.0.1:{}/{name}?sslmode=disable", cluster.port())).unwrap();
    Shares::Postgres(format!("file:{}", variable.display()))
}
