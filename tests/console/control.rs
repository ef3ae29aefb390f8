//! The control socket: commands on this machine reach the proxies of a configuration file without a login.

use std::time::Duration;

use pgtenant::admin::control::{ControlError, find};

use crate::{
    ground::{proxy, psql},
    support::{bed::Bed, eventually},
};

#[tokio::test]
async fn proxies_are_found_by_their_file() {
    let mut proxy = proxy().await;
    let file = proxy.bed.folder().join("pgtenant.toml");
    eventually("the control socket", || async { find(&file).unwrap().len() == 1 }).await;
    let found = find(&file).unwrap();
    let client = found[0].connect().await.unwrap();
    assert_eq!(client.run("SHOW STATE").await.unwrap().get(0, "value"), Some("yes"));
    assert!(matches!(client.run("NONSENSE").await, Err(ControlError::Refused { .. })));
    // psql finds it as well, and whoever comes that way outlasts a reload: it is no login of the map's.
    let host = format!("host=@{} port=5432 dbname=pgbouncer user=anybody", found[0].name);
    let (done, text) = psql(&proxy, "anybody", &host, &["-c", "RELOAD", "-c", "SHOW VERSION"]);
    assert!(done && text.contains("pgtenant"), "{text}");
    client.run("RELOAD").await.unwrap();
    // Its end is the answer.
    assert!(client.run("SHUTDOWN").await.is_err());
    assert!(proxy.ended(Duration::from_secs(10)).await.success());
    assert!(find(&file).unwrap().is_empty());
}

#[tokio::test]
async fn a_file_that_nobody_serves_has_no_proxies() {
    let bed = Bed::empty();
    bed.write();
    assert!(find(&bed.folder().join("pgtenant.toml")).unwrap().is_empty());
    assert!(matches!(find(&bed.folder().join("missing.toml")), Err(ControlError::File { .. })));
}
