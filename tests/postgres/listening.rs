//! LISTEN and NOTIFY over the tenant's listener: who hears what, in which order, and what it costs.

use std::time::Duration;

use pgtenant::{keys::ScopeKey, lifecycle::cluster::StopMode, tenant::channels::ChannelNames};
use tokio_postgres::Client;

use crate::support::{
    bed::Bed,
    cluster::{self, ROLE_PASSWORD},
    eventually,
    proxy::Proxy,
    refusal, run, text,
    wire::*,
};

/// The listener's connections on the shared cluster.
const LISTENERS: &str =
    "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'pgtenant listener' AND datname = current_database()";
/// All connections of the database but one's own.
const OTHERS: &str = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()";

async fn proxy(connections: u32) -> Proxy {
    let mut bed = Bed::new().await;
    bed.plan = format!("max_connections = {connections}\n");
    bed.serve().await
}

/// The next notification: process, channel, payload. Nothing but notices may come before it.
async fn heard(wire: &mut Wire) -> (u32, String, String) {
    let message = tokio::time::timeout(Duration::from_secs(10), wire.message()).await.expect("a notification").expect("no end");
    assert_eq!(char::from(message.tag), 'A', "{message:?}");
    let (process, rest) = message.body.split_first_chunk::<4>().unwrap();
    let mut words = rest.split(|byte| *byte == 0).map(|word| String::from_utf8(word.to_vec()).unwrap());
    (u32::from_be_bytes(*process), words.next().unwrap(), words.next().unwrap())
}

async fn payload(wire: &mut Wire) -> String {
    heard(wire).await.2
}

/// Nothing comes for a while.
async fn silent(wire: &mut Wire) {
    assert!(wire.is_silent(Duration::from_millis(300)).await, "{:?}", wire.message().await);
}

#[tokio::test]
async fn a_client_that_listens_keeps_no_connection() {
    let proxy = proxy(1).await;
    let mut one = proxy.wire().await;
    let other = proxy.client().await;
    assert_eq!(shape(&one.query("LISTEN news").await), "CZ");
    run(&other, "NOTIFY news, 'extra'").await;
    assert_eq!(heard(&mut one).await, (0, "news".into(), "extra".into()));
    // By name and by function, in a transaction, to oneself.
    run(&other, "BEGIN; NOTIFY \"news\"; SELECT pg_notify('news', 'function'); COMMIT").await;
    assert_eq!((payload(&mut one).await.as_str(), payload(&mut one).await.as_str()), ("", "function"));
    one.send(&query("NOTIFY news, 'own'")).await;
    let told = one.until(b'A').await;
    assert_eq!(shape(&told), "CZA");
    assert!(!proxy.log().contains("session keeps its server connection"));
    // Its end is the channel's: nobody is left behind.
    drop(one);
    let owner = proxy.owner("acme").await;
    eventually("the listener is gone", || async { text(&owner, LISTENERS).await == "0" }).await;
    assert_eq!(refusal(&other, "SELECT 1").await, "");
}

#[tokio::test]
async fn transactions() {
    let proxy = proxy(4).await;
    let (mut one, other) = (proxy.wire().await, proxy.client().await);
    // LISTEN counts from its commit on.
    one.value("BEGIN").await;
    one.value("LISTEN a").await;
    run(&other, "NOTIFY a, 'early'").await;
    silent(&mut one).await;
    one.send(&query("ROLLBACK")).await;
    assert_eq!(shape(&one.ready().await), "CZ");
    run(&other, "NOTIFY a, 'rolled back'").await;
    silent(&mut one).await;
    one.value("BEGIN").await;
    one.value("LISTEN a").await;
    run(&other, "NOTIFY a, 'early'").await;
    silent(&mut one).await;
    one.value("COMMIT").await;
    silent(&mut one).await;
    // What is rolled back isn't sent; order is the transactions'; twice the same is once.
    run(&other, "BEGIN; NOTIFY a, 'never'; ROLLBACK").await;
    run(&other, "BEGIN; NOTIFY a, '1'; NOTIFY a, '2'; NOTIFY a, '1'; COMMIT").await;
    run(&other, "NOTIFY a, '3'").await;
    for expected in ["1", "2", "3"] {
        assert_eq!(payload(&mut one).await, expected);
    }
    // In a transaction of the listener's nothing is told before its end.
    one.value("BEGIN").await;
    run(&other, "NOTIFY a, 'later'").await;
    silent(&mut one).await;
    assert_eq!(one.value("SELECT 1").await, "1");
    one.send(&query("COMMIT")).await;
    assert_eq!(shape(&one.until(b'A').await), "CZA");
    one.value("BEGIN").await;
    one.value("UNLISTEN *").await;
    one.value("ROLLBACK").await;
    run(&other, "NOTIFY a, 'still'").await;
    assert_eq!(payload(&mut one).await, "still");
    for forget in ["UNLISTEN a", "DISCARD ALL"] {
        one.value("LISTEN a").await;
        one.value(forget).await;
        run(&other, "NOTIFY a, 'gone'").await;
        silent(&mut one).await;
    }
}

#[tokio::test]
async fn nothing_that_is_sent_after_a_listen_is_missed() {
    let proxy = proxy(4).await;
    let (mut one, other) = (proxy.wire().await, proxy.client().await);
    for number in 0..30 {
        let channel = format!("c{number}");
        let words: Vec<u8> =
            if number % 2 == 0 { query(&format!("LISTEN {channel}")) } else { [extended(&format!("LISTEN {channel}"), &[])].concat() };
        one.send(&words).await;
        one.ready().await;
        run(&other, &format!("NOTIFY {channel}, '{number}'")).await;
        assert_eq!(heard(&mut one).await, (0, channel.clone(), number.to_string()));
        if number % 3 == 0 {
            one.value("UNLISTEN *").await;
        }
    }
}

#[tokio::test]
async fn whoever_goes_over_to_another_tenant_listens_to_nothing() {
    let mut bed = Bed::new().await;
    bed.another("globex").await;
    bed.login("app", "tenants = [\"*\"]\nsecret = \"file:secret\"");
    let proxy = bed.serve().await;
    let (acme, globex) = (proxy.client_of("acme_app").await, proxy.client_of("globex_app").await);
    let mut one = proxy.wire_of("app", &[]).await;
    assert_eq!(states(&one.query("LISTEN news").await), ["42501"]);
    one.query("SET pgtenant.tenant = 'acme'").await;
    one.value("LISTEN news").await;
    run(&acme, "NOTIFY news, 'acme'").await;
    assert_eq!(payload(&mut one).await, "acme");
    one.query("SET pgtenant.tenant = 'globex'").await;
    one.value("SELECT 1").await;
    run(&acme, "NOTIFY news, 'acme'").await;
    run(&globex, "NOTIFY news, 'globex'").await;
    silent(&mut one).await;
    one.value("LISTEN news").await;
    run(&acme, "NOTIFY news, 'acme'").await;
    run(&globex, "NOTIFY news, 'globex'").await;
    assert_eq!(payload(&mut one).await, "globex");
    silent(&mut one).await;
}

#[tokio::test]
async fn many_channels_at_once() {
    let proxy = proxy(4).await;
    let mut one = proxy.wire().await;
    let listen = |range: std::ops::Range<u32>| range.map(|number| format!("LISTEN c{number}")).collect::<Vec<_>>().join(";");
    assert_eq!(states(&one.query(&listen(0..1000)).await), [""; 0]);
    assert_eq!(states(&one.query("LISTEN one_more").await), ["53400"]);
    run(&proxy.client().await, "NOTIFY c999, 'last'").await;
    assert_eq!(payload(&mut one).await, "last");
    one.value("UNLISTEN *").await;
    assert_eq!(states(&one.query(&listen(1000..1600)).await), [""; 0]);
    run(&proxy.client().await, "NOTIFY c999, 'gone'; NOTIFY c1000, 'first'").await;
    assert_eq!(payload(&mut one).await, "first");
}

/// Two tenants in one database, each with a schema.
async fn neighbours(user: bool) -> (Proxy, Client) {
    let mut bed = Bed::empty();
    let cluster = cluster::shared();
    let database = cluster::database(cluster).await;
    let owner = cluster::superuser(cluster, &database).await;
    bed.shard("east", &format!("{} sslmode=disable", cluster.address("postgres")), 60);
    if user {
        run(&owner, &format!("CREATE ROLE {database}_pool LOGIN PASSWORD '{ROLE_PASSWORD}'")).await;
        bed.shards.push_str(&format!("user = \"{database}_pool\"\npassword = \"file:role_secret\"\n"));
    }
    bed.tenants.push_str("[models.crm]\nkind = \"schema\"\nschema = \"s_{tenant}\"\nrole = \"r_{tenant}\"\n");
    for id in ["acme", "globex"] {
        let role = format!("{database}_{id}");
        run(&owner, &format!("CREATE ROLE {role} LOGIN PASSWORD '{ROLE_PASSWORD}'; CREATE SCHEMA s_{id} AUTHORIZATION {role}")).await;
        bed.tenants.push_str(&format!(
            "[tenants.{id}]\nshard = \"east\"\nmodel = \"crm\"\nplan = \"basic\"\n\
             database = \"{database}\"\nrole = \"{role}\"\nrole_password = \"file:role_secret\"\n"
        ));
        bed.login(&format!("{id}_app"), &format!("tenant = \"{id}\"\nsecret = \"file:secret\""));
    }
    (bed.serve().await, owner)
}

#[tokio::test]
async fn neighbours_do_not_hear_each_other() {
    for user in [false, true] {
        let (proxy, owner) = neighbours(user).await;
        let (mut acme, mut globex) = (proxy.wire_of("acme_app", &[]).await, proxy.wire_of("globex_app", &[]).await);
        let long = "x".repeat(63);
        let channels = ["news", "News", &long, "pgt_1", "o\"o"];
        for channel in channels {
            for wire in [&mut acme, &mut globex] {
                wire.value(&format!("LISTEN \"{}\"", channel.replace('"', "\"\""))).await;
            }
        }
        for channel in channels {
            acme.send(&query(&format!("NOTIFY \"{}\", 'for acme'", channel.replace('"', "\"\"")))).await;
            acme.ready().await;
            assert_eq!(heard(&mut acme).await, (0, channel.into(), "for acme".into()));
        }
        acme.send(&extended("NOTIFY news, 'extended'", &[])).await;
        acme.ready().await;
        assert_eq!(payload(&mut acme).await, "extended");
        run(&owner, "NOTIFY news, 'from outside'").await;
        silent(&mut acme).await;
        silent(&mut globex).await;
        // Who knows the name on the server is heard: the database makes it for the tenant's own functions.
        let name = ChannelNames::scoped(ScopeKey::new(ROLE_PASSWORD, "globex")).on_server("news").into_owned();
        run(&owner, &format!("NOTIFY {name}, 'by its name'")).await;
        assert_eq!(heard(&mut globex).await, (0, "news".into(), "by its name".into()));
        silent(&mut acme).await;
        assert_eq!(text(&owner, LISTENERS).await, if user { "1" } else { "2" });
    }
}

#[tokio::test]
async fn a_thousand_clients_that_listen_hold_one_connection() {
    let mut bed = Bed::new().await;
    bed.plan = "max_connections = 1\n".to_owned();
    let proxy = bed.serve().await;
    let owner = proxy.owner("acme").await;
    let mut clients = Vec::new();
    for _ in 0..1_000 {
        let mut client = proxy.wire().await;
        client.value("LISTEN news").await;
        clients.push(client);
    }
    assert_eq!(text(&owner, LISTENERS).await, "1");
    assert_eq!(text(&owner, OTHERS).await, "2", "the tenant's only connection, and the listener's");
    run(&proxy.client().await, "NOTIFY news, 'all'").await;
    for client in &mut clients {
        assert_eq!(payload(client).await, "all");
    }
}

#[tokio::test]
async fn a_lost_listener_comes_back() {
    let proxy = proxy(4).await;
    let (mut one, other) = (proxy.wire().await, proxy.client().await);
    one.value("LISTEN news").await;
    let owner = proxy.owner("acme").await;
    for _ in 0..2 {
        assert_eq!(text(&owner, LISTENERS).await, "1");
        run(&owner, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'pgtenant listener' AND datname = current_database()").await;
        proxy.logged("notifications are lost until it is back", 1).await;
        eventually("it listens again", || async { text(&owner, LISTENERS).await == "1" }).await;
        // It says LISTEN right after it has connected; until it has, what is sent is lost.
        let mut tries = 0;
        while one.is_silent(Duration::from_millis(100)).await {
            run(&other, "NOTIFY news, 'back'").await;
            tries += 1;
            assert!(tries < 50, "{}", proxy.log());
        }
        while !one.is_silent(Duration::from_millis(300)).await {
            assert_eq!(payload(&mut one).await, "back");
        }
    }
}

#[tokio::test]
async fn clients_that_listen_outlive_their_server() {
    let mut cluster = cluster::own(&[("fsync", "off")]);
    let proxy = Bed::on(&cluster).await.serve().await;
    let mut one = proxy.wire().await;
    one.value("LISTEN news").await;
    cluster.stop(StopMode::Fast);
    proxy.logged("notifications are lost until it is back", 1).await;
    assert_eq!(refusal(&proxy.client().await, "LISTEN other").await, "57P03");
    cluster.start_again().unwrap();
    let mut tries = 0;
    while one.is_silent(Duration::from_millis(200)).await {
        let _ = proxy.client().await.batch_execute("NOTIFY news, 'back'").await;
        tries += 1;
        assert!(tries < 75, "{}", proxy.log());
    }
    assert_eq!(payload(&mut one).await, "back");
}

#[tokio::test]
async fn a_listener_that_is_not_let_in_gives_way_to_the_tenants_own_role() {
    let mut bed = Bed::empty();
    let cluster = cluster::shared();
    let database = cluster::database(cluster).await;
    bed.shard("east", &format!("{} sslmode=disable", cluster.address("postgres")), 60);
    bed.shards.push_str("user = \"nobody_at_all\"\npassword = \"file:role_secret\"\n");
    bed.tenants.push_str("[models.crm]\nkind = \"schema\"\nschema = \"s_{tenant}\"\n");
    bed.tenant("acme", "east", &database);
    bed.tenants = bed.tenants.replace("model = \"own\"", "model = \"crm\"");
    let proxy = bed.serve().await;
    let client = proxy.client().await;
    let mut wire = proxy.wire().await;
    wire.value("LISTEN news").await;
    run(&client, "NOTIFY news, 'own'").await;
    assert_eq!(payload(&mut wire).await, "own");
    assert_eq!(text(&cluster::superuser(cluster, &database).await, LISTENERS).await, "1");
}

#[tokio::test]
async fn a_listener_that_cannot_connect_is_an_error_at_listen() {
    let mut bed = Bed::new().await;
    bed.shards = bed.shards.replace("max_connections = 60", "max_connections = 1");
    bed.pool.push_str("checkout_timeout = \"300ms\"\n");
    let proxy = bed.serve().await;
    let client = proxy.client().await;
    // The only connection is the transaction's.
    run(&client, "BEGIN").await;
    assert_eq!(refusal(&client, "LISTEN news").await, "53300");
    assert_eq!(refusal(&client, "SELECT 1").await, "25P02");
    run(&client, "ROLLBACK").await;
    assert_eq!(text(&client, "SELECT 1").await, "1");
}

#[tokio::test]
async fn who_does_not_read_is_ended() {
    let proxy = proxy(4).await;
    let (mut one, other) = (proxy.wire().await, proxy.client().await);
    one.value("LISTEN news").await;
    one.value("BEGIN").await;
    let payload = "x".repeat(7_900);
    for batch in 0..7 {
        let texts: Vec<String> = (0..100).map(|number| format!("NOTIFY news, '{batch} {number} {payload}'")).collect();
        run(&other, &texts.join(";")).await;
    }
    let told = async {
        // A transaction that is open ends first.
        tokio::time::sleep(Duration::from_millis(300)).await;
        one.send(&query("COMMIT")).await;
        one.rest().await
    };
    let told = tokio::time::timeout(Duration::from_secs(20), told).await.unwrap();
    let last = told.last().unwrap();
    assert_eq!((last.field(b'S'), last.state()), ("FATAL", "53400"), "{}", told.len());
    assert_eq!(text(&other, "SELECT 1").await, "1");
}
