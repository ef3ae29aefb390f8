use std::sync::atomic::AtomicBool;

use super::*;
use crate::catalog::Relation;

/// Gives as many tables as it is told, takes a moment, and may fail.
#[derive(Default)]
struct Fake {
    reads: AtomicU32,
    tables: AtomicU32,
    away: AtomicBool,
}

impl Source for Fake {
    fn read<'a>(&'a self, _: &'a Schemas) -> Pin<Box<dyn Future<Output = Result<Catalog, LoadError>> + Send + 'a>> {
        Box::pin(async {
            self.reads.fetch_add(1, Ordering::SeqCst);
            let tables = self.tables.load(Ordering::SeqCst);
            tokio::time::sleep(Duration::from_millis(10)).await;
            if self.away.load(Ordering::SeqCst) {
                return Err(LoadError::TimedOut);
            }
            Ok(Catalog::new(150_000, (0..tables).map(|oid| Relation::table(oid, "public", &format!("t{oid}"), Vec::new())), []))
        })
    }
}

fn begin() -> (Arc<Fake>, Arc<Catalogs>, Arc<DatabaseCatalog>) {
    let (fake, catalogs) = (Arc::new(Fake::default()), Arc::new(Catalogs::default()));
    let place = Place { server: Target::new("h", 1), database: Arc::from("d"), schemas: Schemas::Shared };
    let entered = catalogs.enter(place, Arc::clone(&fake) as Arc<dyn Source>);
    (fake, catalogs, entered)
}

fn reads(fake: &Fake) -> u32 {
    fake.reads.load(Ordering::SeqCst)
}

fn tables(catalog: &Catalog) -> usize {
    catalog.relations().count()
}

#[tokio::test(start_paused = true)]
async fn many_that_ask_at_once_read_once() {
    let (fake, _, catalog) = begin();
    let asked: Vec<_> =
        (0..20).map(|_| Arc::clone(&catalog)).map(|catalog| tokio::spawn(async move { catalog.get().await.unwrap() })).collect();
    for task in asked {
        task.await.unwrap();
    }
    assert_eq!(reads(&fake), 1);
}

#[tokio::test(start_paused = true)]
async fn one_that_gives_up_leaves_the_reading_to_the_next() {
    let (fake, _, catalog) = begin();
    assert!(timeout(Duration::from_millis(5), catalog.get()).await.is_err());
    catalog.get().await.unwrap();
    assert_eq!(reads(&fake), 2);
}

#[tokio::test(start_paused = true)]
async fn unknown_names_read_again_but_not_as_often_as_they_like() {
    let (fake, _, catalog) = begin();
    let mut seen = catalog.get().await.unwrap();
    fake.tables.store(1, Ordering::SeqCst);
    let newer = catalog.newer_than(&seen).await;
    assert_eq!((tables(&seen), tables(&newer), reads(&fake)), (0, 1, 2));
    // Another session with the old one gets the newer one without a reading.
    assert!(Arc::ptr_eq(&catalog.newer_than(&seen).await, &newer));
    assert_eq!(reads(&fake), 2);
    seen = newer;
    for _ in 0..100 {
        // What hasn't changed is the same snapshot.
        assert!(Arc::ptr_eq(&catalog.newer_than(&seen).await, &seen));
    }
    assert_eq!(reads(&fake), 1 + UNKNOWN_BURST);
    for _ in 0..10 {
        tokio::time::sleep(UNKNOWN_INTERVAL).await;
        catalog.newer_than(&seen).await;
        catalog.newer_than(&seen).await;
    }
    assert!((10..=12).contains(&(reads(&fake) - 1 - UNKNOWN_BURST)), "{}", reads(&fake));
}

#[tokio::test(start_paused = true)]
async fn ddl_makes_it_old_even_while_it_is_read() {
    let (fake, _, catalog) = begin();
    catalog.get().await.unwrap();
    catalog.outdate();
    assert!(catalog.current().is_none());
    let (got, ()) = tokio::join!(catalog.get(), async {
        tokio::time::sleep(Duration::from_millis(5)).await;
        fake.tables.store(1, Ordering::SeqCst);
        catalog.outdate();
    });
    assert_eq!(tables(&got.unwrap()), 0);
    assert_eq!(tables(&catalog.get().await.unwrap()), 1);
    assert!(catalog.current().is_some());
}

#[tokio::test(start_paused = true)]
async fn it_stays_while_the_server_is_away() {
    let (fake, _, catalog) = begin();
    fake.away.store(true, Ordering::SeqCst);
    for _ in 0..3 {
        assert!(catalog.get().await.is_err());
    }
    assert_eq!(reads(&fake), 1, "one failure a second");
    tokio::time::sleep(RETRY).await;
    fake.away.store(false, Ordering::SeqCst);
    let good = catalog.get().await.unwrap();
    fake.away.store(true, Ordering::SeqCst);
    catalog.outdate();
    assert!(Arc::ptr_eq(&catalog.get().await.unwrap(), &good));
    assert!(Arc::ptr_eq(&catalog.newer_than(&good).await, &good));
    assert!(catalog.read_again().await.is_err());
}

#[tokio::test(start_paused = true)]
async fn what_is_in_use_stays_fresh_and_the_rest_goes() {
    let (fake, catalogs, catalog) = begin();
    catalog.get().await.unwrap();
    let keeper = Arc::clone(&catalogs);
    tokio::spawn(async move { keeper.keep_fresh().await });
    tokio::time::sleep(FRESH * 3 + FRESH / 2).await;
    assert_eq!(reads(&fake), 4);
    drop(catalog);
    tokio::time::sleep(FRESH * 5).await;
    assert_eq!(reads(&fake), 4);
    let place = Place { server: Target::new("h", 1), database: Arc::from("d"), schemas: Schemas::Shared };
    let again = catalogs.enter(place, Arc::clone(&fake) as Arc<dyn Source>);
    assert!(again.current().is_none(), "nobody has looked at it for minutes");
    drop(again);
    tokio::time::sleep(FRESH * (IDLE_ROUNDS + 2)).await;
    assert!(catalogs.places.lock().is_empty());
}
