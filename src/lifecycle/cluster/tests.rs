//! One cluster through its whole life, with a replica.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::{fs, net::TcpStream, time::Instant};

use super::*;

async fn count(dsn: &str, sql: &str) -> Result<i64, tokio_postgres::Error> {
    let (client, connection) = tokio_postgres::connect(dsn, tokio_postgres::NoTls).await?;
    tokio::spawn(connection);
    Ok(client.query_one(sql, &[]).await?.get(0))
}

#[tokio::test]
async fn a_cluster_lives_dies_and_leaves_nothing() {
    let cache = std::env::temp_dir().join(format!("pgtenant-test-{}", random_hex(4)));
    let binaries = Binaries::find().unwrap();
    let started = Instant::now();
    let template = Template::prepare(&binaries, &cache).unwrap();
    let prepared = started.elapsed();
    let mut primary = Cluster::temporary(&template, &[("work_mem", "7MB")]).unwrap();
    println!("template {prepared:?}, start {:?}", started.elapsed() - prepared);
    assert_eq!(Template::prepare(&binaries, &cache).unwrap().password(), template.password(), "the second call finds the first one's");
    assert_eq!(
        count(&primary.dsn("postgres"), "select count(*) from pg_settings where name = 'work_mem' and setting = '7168'").await.unwrap(),
        1
    );
    assert!(count(&primary.dsn("postgres").replace("password=", "password=x"), "select 1::bigint").await.is_err(), "SCRAM, not trust");

    let before = Instant::now();
    let replica = Cluster::replica_of(&primary, &cache.join("replica"), &[]).unwrap();
    println!("replica {:?}", before.elapsed());
    assert_eq!(count(&replica.dsn("postgres"), "select pg_is_in_recovery()::int::bigint").await.unwrap(), 1);

    let (pid, port) = (primary.pid().unwrap(), primary.port());
    primary.kill9();
    assert!(primary.pid().is_none() && TcpStream::connect(("127.0.0.1", port)).is_err());
    primary.start_again().unwrap();
    assert!(primary.pid().unwrap() != pid && primary.port() == port);
    for mode in [StopMode::Smart, StopMode::Fast, StopMode::Immediate] {
        primary.restart(mode).unwrap();
    }
    assert_eq!(count(&primary.dsn("postgres"), "select 1::bigint").await.unwrap(), 1);

    let folders = [primary.folder().to_path_buf(), replica.folder().to_path_buf()];
    drop((primary, replica));
    assert!(folders.iter().all(|folder| !folder.exists()));
    assert!(TcpStream::connect(("127.0.0.1", port)).is_err());
    fs::remove_dir_all(cache).unwrap();
}

#[test]
fn a_folder_without_postgresql_says_what_to_install() {
    let error = ClusterError::NoBinaries { looked: vec!["/nowhere".into()] }.to_string();
    assert!(error.contains("/nowhere") && error.contains("apt-get install postgresql"), "{error}");
}
