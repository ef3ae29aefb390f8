//! A map in a PostgreSQL table that three proxies follow.

use std::{
    fs,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use pgtenant::{
    config::{Environment, Settings},
    ids::TenantId,
    lifecycle::{
        cluster::{Cluster, StopMode},
        maps::{EditRules, MapErrorKind, MapStore, Signature},
    },
    shard_map::edit::Edit,
};

use crate::{
    good, run,
    support::{bed::Bed, cluster, eventually, proxy::Proxy, refusal},
};

/// Beds of proxies that serve two tenants from one store.
async fn beds(store: &Cluster, count: usize) -> Vec<Bed> {
    let mut first = Bed::new().await;
    first.another("globex").await;
    let url = format!("postgres://postgres:{}@127.0.0.1:{}/postgres?sslmode=disable", store.password(), store.port());
    let mut beds = Vec::new();
    for _ in 0..count {
        let mut bed = Bed::empty();
        (bed.shards, bed.tenants, bed.logins) = (first.shards.clone(), first.tenants.clone(), first.logins.clone());
        bed.map = "file:map_url".to_owned();
        bed.file("map_url", &url);
        bed.write();
        beds.push(bed);
    }
    beds
}

/// A client that asks as long as the value lives, and what it met.
struct Asking {
    stop: Arc<AtomicBool>,
    answers: Arc<AtomicU64>,
    task: tokio::task::JoinHandle<Option<String>>,
}

impl Asking {
    async fn begin(proxy: &Proxy, login: &str) -> Asking {
        let client = proxy.client_of(login).await;
        let (stop, answers) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU64::new(0)));
        let (stopped, counted) = (Arc::clone(&stop), Arc::clone(&answers));
        let task = tokio::spawn(async move {
            while !stopped.load(Ordering::Relaxed) {
                if let Err(error) = client.simple_query("SELECT 1").await {
                    return Some(format!("{error:?}"));
                }
                counted.fetch_add(1, Ordering::Relaxed);
                tokio::time::sleep(Duration::from_millis(2)).await;
            }
            None
        });
        Asking { stop, answers, task }
    }

    async fn end(self) -> Result<u64, String> {
        self.stop.store(true, Ordering::Relaxed);
        match self.task.await.unwrap() {
            None => Ok(self.answers.load(Ordering::Relaxed)),
            Some(error) => Err(error),
        }
    }
}

/// How long it takes until none of the proxies lets a tenant in, or all do.
async fn until(proxies: &[Proxy], login: &str, wanted: bool) -> Duration {
    let begun = Instant::now();
    for proxy in proxies {
        loop {
            let is_in = match proxy.try_client(login).await {
                Ok(client) => refusal(&client, "SELECT 1").await.is_empty(),
                Err(_) => false,
            };
            if is_in == wanted {
                break;
            }
            assert!(begun.elapsed() < Duration::from_secs(10), "{}", proxy.log());
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }
    begun.elapsed()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn three_proxies_follow_one_store() {
    let mut store = cluster::own(&[]);
    let beds = beds(&store, 3).await;
    let folder = beds[0].folder().to_owned();
    let empty = run(&folder, &["serve"]);
    assert!(!empty.good && empty.err.contains("holds no map yet"), "{}", empty.err);
    assert!(good(&folder, &["map", "apply", "map.toml", "--reason", "begin"]).contains("version 1"));
    let mut proxies = Vec::new();
    for bed in beds {
        proxies.push(Proxy::start(bed).await);
    }
    let mut asking = Vec::new();
    for proxy in &proxies {
        for _ in 0..4 {
            asking.push(Asking::begin(proxy, "globex_app").await);
        }
    }
    let held = proxies[1].client_of("acme_app").await;
    assert_eq!(refusal(&held, "SELECT 1").await, "");
    good(&folder, &["suspend", "acme", "--tell", "Unpaid."]);
    let took = until(&proxies, "acme_app", false).await;
    assert!(took < Duration::from_secs(1), "suspended everywhere only after {took:?}");
    println!("suspended everywhere after {took:?}");
    eventually("the session that was there ends", || async { !refusal(&held, "SELECT 1").await.is_empty() }).await;

    // The store is killed, and nobody notices.
    store.kill9();
    for proxy in &proxies {
        proxy.logged("the shard map's store is away", 1).await;
    }
    assert!(!run(&folder, &["resume", "acme"]).good);
    tokio::time::sleep(Duration::from_millis(500)).await;
    let refused = proxies[0].try_client("acme_app").await.err().unwrap();
    assert!(format!("{refused:?}").contains("Unpaid."), "{refused:?}");
    store.start_again().unwrap();
    eventually("the store serves again", || async { run(&folder, &["resume", "acme"]).good }).await;
    let took = until(&proxies, "acme_app", true).await;
    println!("resumed everywhere {took:?} after the store was back");
    for proxy in &proxies {
        proxy.logged("the shard map's store is there again", 1).await;
    }
    let changed = good(&folder, &["suspend", "acme"]);
    let took = until(&proxies, "acme_app", false).await;
    assert!(took < Duration::from_secs(1), "{changed} everywhere only after {took:?}");
    for asked in asking {
        let answers = asked.end().await.unwrap();
        assert!(answers > 50, "{answers} answers");
    }
}

#[tokio::test]
async fn a_proxy_begins_without_the_store_only_with_a_copy() {
    let mut store = cluster::own(&[]);
    let bed = beds(&store, 1).await.remove(0);
    let folder = bed.folder().to_owned();
    good(&folder, &["map", "apply", "map.toml"]);
    store.stop(StopMode::Fast);
    let begun = Instant::now();
    let alone = run(&folder, &["serve"]);
    assert!(!alone.good && alone.err.contains("the shard map's store is away"), "{}", alone.err);
    assert!(begun.elapsed() < Duration::from_secs(10));
    let config = fs::read_to_string(folder.join("pgtenant.toml")).unwrap();
    fs::write(folder.join("pgtenant.toml"), format!("shard_map_cache = \"last.toml\"\n{config}")).unwrap();
    let none = run(&folder, &["serve"]);
    assert!(!none.good && none.err.contains("and there is no map in shard_map_cache"), "{}", none.err);
    store.start_again().unwrap();
    let proxy = Proxy::start(bed).await;
    good(&folder, &["suspend", "acme"]);
    until(std::slice::from_ref(&proxy), "acme_app", false).await;
    eventually("the copy is the newest map", || async {
        fs::read_to_string(folder.join("last.toml")).is_ok_and(|text| text.contains("suspended") && text.contains("revision = 2"))
    })
    .await;
    let proxy = restarted(proxy, &mut store).await;
    assert!(proxy.try_client("acme_app").await.is_err());
    assert_eq!(refusal(&proxy.client_of("globex_app").await, "SELECT 1").await, "");
    store.start_again().unwrap();
    eventually("the store serves again", || async { run(&folder, &["resume", "acme"]).good }).await;
    until(std::slice::from_ref(&proxy), "acme_app", true).await;
}

/// The proxy ends, the store too, and the proxy begins again.
async fn restarted(mut proxy: Proxy, store: &mut Cluster) -> Proxy {
    proxy.signal(rustix::process::Signal::TERM);
    assert!(proxy.ended(Duration::from_secs(10)).await.success());
    store.stop(StopMode::Fast);
    proxy.start_again().await;
    proxy.logged("beginning with the map that was taken last", 1).await;
    proxy
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_edit_of_a_table_is_lost() {
    let store = cluster::own(&[]);
    let bed = beds(&store, 1).await.remove(0);
    let folder = bed.folder().to_owned();
    good(&folder, &["map", "apply", "map.toml"]);
    let maps = MapStore::open(&Settings::load(&folder.join("pgtenant.toml")).unwrap()).unwrap();
    let edit = |number: u32| {
        let maps = maps.clone();
        let tenant = TenantId::from(if number.is_multiple_of(2) { "acme" } else { "globex" });
        let edit = match number / 2 % 2 {
            0 => Edit::Suspend { tenant, reason: Some(number.to_string()) },
            _ => Edit::ReadOnly { tenant, reason: Some(number.to_string()) },
        };
        tokio::spawn(async move {
            let signature = Signature { author: number.to_string(), reason: None };
            maps.edit(&[edit], &signature, EditRules::default()).await.unwrap().version
        })
    };
    let mut versions = Vec::new();
    for edit in (0..12).map(edit).collect::<Vec<_>>() {
        versions.push(edit.await.unwrap());
    }
    versions.sort_unstable();
    assert_eq!(versions, (2..14).collect::<Vec<u64>>());
    let history = maps.history(100).await.unwrap();
    assert!(history.iter().all(|entry| entry.base + 1 == entry.version) && history.len() == 13);
    assert_eq!(history.iter().filter(|entry| entry.is_current).map(|entry| entry.version).collect::<Vec<_>>(), [13]);
    let map = maps.load().await.unwrap();
    assert_eq!(map.revision, 13);
    // Each version is there as its author left it.
    for entry in history.iter().filter(|entry| entry.version > 1) {
        let text = maps.text(entry.version).await.unwrap();
        assert!(text.contains(&format!("reason = \"{}\"", entry.author)), "{text}");
    }
    let rules = EditRules { expected: Some(12), ..EditRules::default() };
    let signature = Signature { author: "late".to_owned(), reason: None };
    let late = maps.edit(&[Edit::Resume { tenant: TenantId::from("acme") }], &signature, rules).await.unwrap_err();
    assert_eq!(late.kind(), MapErrorKind::Conflict, "{late}");
    good(&folder, &["map", "rollback", "1", "--reason", "enough"]);
    assert_eq!(maps.load().await.unwrap().tenant("acme").unwrap().status.as_str(), "active");
    assert!(good(&folder, &["map", "history", "--limit", "1"]).contains("back to version 1: enough"));
    // Proxies read as somebody who can't write.
    let owner = cluster::superuser(&store, "postgres").await;
    crate::support::run(&owner, "CREATE ROLE reader LOGIN PASSWORD 'r'; GRANT SELECT ON pgtenant_map TO reader").await;
    fs::write(folder.join("map_url"), format!("postgres://reader:r@127.0.0.1:{}/postgres?sslmode=disable", store.port())).unwrap();
    assert!(good(&folder, &["list"]).contains("globex"));
    let maps = MapStore::open(&Settings::load(&folder.join("pgtenant.toml")).unwrap()).unwrap();
    let refused = maps.edit(&[Edit::Suspend { tenant: TenantId::from("acme"), reason: None }], &signature, EditRules::default()).await;
    assert_eq!(refused.unwrap_err().kind(), MapErrorKind::ReadOnlyStore);
    assert!(maps.fetch().await.unwrap().read(&Environment::process()).is_ok());
}
