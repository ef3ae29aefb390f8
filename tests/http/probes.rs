//! Health checks.

use std::time::Duration;

use rustix::process::Signal;

use crate::{
    client::{serve, serve_open},
    support::{bed::Bed, eventually, run},
};

#[tokio::test]
async fn all_is_well_until_the_process_ends() {
    let (mut proxy, http) = serve_open(Bed::new().await).await;
    for (path, key) in
        [("/health", "status"), ("/health/liveness", "alive"), ("/health/readiness", "ready"), ("/health/detailed", "status")]
    {
        let answer = http.get(path).await;
        assert_eq!(answer.status, 200, "{path}: {answer:?}");
        assert!(answer.json()[key] == "good" || answer.json()[key] == true, "{answer:?}");
    }
    let client = proxy.client().await;
    run(&client, "BEGIN").await;
    proxy.signal(Signal::TERM);
    eventually("readiness is over", || async { http.get("/health/readiness").await.status == 503 }).await;
    assert_eq!(http.get("/health/readiness").await.json()["draining"], true);
    assert_eq!((http.get("/health/liveness").await.status, http.get("/health").await.json()["status"].clone()), (200, "poor".into()));
    run(&client, "COMMIT").await;
    assert!(proxy.ended(Duration::from_secs(10)).await.success());
}

#[tokio::test]
async fn a_shard_that_is_down_is_told() {
    let mut bed = Bed::new().await;
    bed.shard("west", "host=127.0.0.1 port=1 dbname=app sslmode=disable", 5);
    bed.tenant("globex", "west", "t_none");
    let (proxy, http) = serve_open(bed).await;
    run(&proxy.client().await, "SELECT 1").await;
    assert!(proxy.try_client("globex_app").await.is_err());
    let detailed = http.get("/health/detailed").await;
    assert_eq!((detailed.status, detailed.json()["status"].clone()), (200, "poor".into()), "{detailed:?}");
    let shards = detailed.json()["shards"].clone();
    assert_eq!((&shards[0]["shard"], &shards[0]["status"], &shards[1]["status"]), (&"east".into(), &"good".into(), &"bad".into()));
    assert_eq!(shards[1]["reason"], "connections to 127.0.0.1:1 fail");
    assert!(shards[0]["servers"][0]["connections"]["open"].as_u64() >= Some(1), "{shards}");
    assert_eq!(http.get("/health/readiness").await.status, 200, "it is down elsewhere too");
}

#[tokio::test]
async fn probes_need_no_token_and_details_do() {
    let (_proxy, http) = serve(Bed::new().await).await;
    for path in ["/health", "/health/liveness", "/health/readiness"] {
        assert_eq!(http.get(path).await.status, 200, "{path}");
    }
    let refused = http.get("/health/detailed").await;
    assert_eq!((refused.status, refused.header("content-type")), (401, "application/problem+json"));
    assert!(refused.header("www-authenticate").starts_with("Bearer"), "{refused:?}");
    assert_eq!(http.as_viewer().get("/health/detailed").await.status, 200);
}
