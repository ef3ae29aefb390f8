//! What is shown is what is there.

use std::time::Duration;

use crate::{
    ground::{ask, console, fails, one, proxy, psql, with_operators},
    support::{bed::Bed, eventually},
};

#[tokio::test]
async fn clients_servers_and_pools() {
    let mut bed = with_operators(Bed::new().await);
    bed.plan = "max_connections = 1\n".to_owned();
    let proxy = bed.serve().await;
    let holder = proxy.client().await;
    let waiter = proxy.client().await;
    holder.batch_execute("BEGIN; SELECT 1").await.unwrap();
    let waits = tokio::spawn(async move { waiter.query("SELECT 2", &[]).await.unwrap().len() });
    let ops = console(&proxy, "ops").await;
    let waiting = || async { one(&ops, "SHOW POOLS WHERE database = 'acme'", "cl_waiting").await == "1" };
    eventually("a client that waits", waiting).await;
    let pools = ask(&ops, "SHOW POOLS WHERE cl_waiting > 0 ORDER BY database LIMIT 5").await;
    let value = |column: &str| pools[0][column].clone().unwrap_or_default();
    assert_eq!((pools.len(), value("cl_active"), value("sv_active"), value("sv_idle")), (1, "1".into(), "1".into(), "0".into()));
    tokio::time::sleep(Duration::from_millis(1100)).await;
    assert!(one(&ops, "SHOW POOLS WHERE database = 'acme'", "maxwait").await.parse::<u32>().unwrap() >= 1);
    let clients = ask(&ops, "SHOW CLIENTS WHERE database = 'acme' ORDER BY id").await;
    let states: Vec<_> = clients.iter().map(|client| client["state"].clone().unwrap()).collect();
    assert_eq!(states, ["active", "waiting"]);
    assert!(clients[1]["wait"].clone().unwrap().parse::<u32>().unwrap() >= 1);
    let server = &ask(&ops, "SHOW SERVERS WHERE state = 'active'").await[0];
    assert_eq!((&server["link"], &clients[0]["link"]), (&clients[0]["ptr"], &server["ptr"]));
    let process: i32 = holder.query_one("SELECT pg_backend_pid()", &[]).await.unwrap().get(0);
    assert_eq!(server["remote_pid"].clone().unwrap(), process.to_string());
    assert_eq!(one(&ops, "SHOW QUEUES WHERE waiting > 0", "tenant").await, "acme");
    holder.batch_execute("COMMIT").await.unwrap();
    assert_eq!(waits.await.unwrap(), 1);
    let idle = || async { ask(&ops, "SHOW SERVERS WHERE state = 'idle'").await.len() == 1 };
    eventually("an idle connection", idle).await;
    let database = one(&ops, "SHOW DATABASES WHERE name = 'acme'", "database").await;
    assert_eq!(database, proxy.bed.database("acme"));
    let two = || async { one(&ops, "SHOW LISTS WHERE list = 'used_clients'", "items").await == "2" };
    eventually("two clients", two).await;
}

#[tokio::test]
async fn statistics() {
    let proxy = proxy().await;
    let acme = proxy.client().await;
    let statement = acme.prepare("SELECT $1::int").await.unwrap();
    for number in 0..5 {
        acme.query(&statement, &[&number]).await.unwrap();
    }
    acme.batch_execute("BEGIN; SELECT 1; COMMIT").await.unwrap();
    assert!(acme.batch_execute("SELECT nonsense").await.is_err());
    assert!(acme.batch_execute("SELEC 1").await.is_err());
    let ops = console(&proxy, "ops").await;
    // Five, the block, the one that fails; what the gate refuses may count as well.
    let transactions = || async { one(&ops, "SHOW STATS WHERE database = 'acme'", "total_xact_count").await };
    eventually("seven transactions", || async { ["7", "8"].contains(&transactions().await.as_str()) }).await;
    let transactions = transactions().await;
    let stats = &ask(&ops, "SHOW STATS WHERE database = 'acme'").await[0];
    let value = |column: &str| stats[column].clone().unwrap().parse::<u64>().unwrap();
    assert_eq!((value("total_bind_count"), value("total_client_login_count"), value("total_client_parse_count")), (5, 1, 1));
    assert!(value("total_server_assignment_count") >= 7 && value("total_server_parse_count") >= 1, "{stats:?}");
    assert!(value("total_received") > 0 && value("total_sent") > 0 && value("total_xact_time") > 0);
    assert_eq!(one(&ops, "SHOW TOTALS WHERE name = 'total_xact_count'", "value").await, transactions);
    assert_eq!(one(&ops, "SHOW USAGE", "transactions").await, transactions);
    assert_eq!(one(&ops, "SHOW REFUSALS WHERE tenant = 'acme' AND reason = 'syntax'", "count").await, "1");
    let text = one(&ops, "SHOW PREPARED WHERE statement LIKE '%$1::int%'", "tenant").await;
    assert_eq!(text, "acme");
}

#[tokio::test]
async fn the_map() {
    let mut bed = with_operators(Bed::new().await);
    for id in ["globex", "hooli", "initech"] {
        bed.another(id).await;
    }
    let proxy = bed.serve().await;
    let ops = console(&proxy, "eye").await;
    let names = |rows: Vec<std::collections::HashMap<String, Option<String>>>| -> Vec<String> {
        rows.iter().map(|row| row["tenant"].clone().unwrap()).collect()
    };
    assert_eq!(names(ask(&ops, "SHOW TENANTS").await), ["acme", "globex", "hooli", "initech"]);
    assert_eq!(names(ask(&ops, "SHOW TENANTS ORDER BY tenant DESC LIMIT 2 OFFSET 1").await), ["hooli", "globex"]);
    assert_eq!(
        names(ask(&ops, "SELECT * FROM tenants WHERE tenant ILIKE '%O%' AND NOT plan = 'pro' OR tenant IN ('acme')").await),
        ["acme", "globex", "hooli"]
    );
    assert!(ask(&ops, "SHOW TENANTS WHERE reason IS NOT NULL").await.is_empty());
    assert_eq!(one(&ops, "SHOW MAP", "tenants").await, "4");
    assert_eq!(one(&ops, "SHOW SHARDS", "shard").await, "east");
    assert_eq!(one(&ops, "SHOW PLANS", "max_connections").await, "8");
    assert_eq!(ask(&ops, "SHOW LOGINS WHERE scope = 'operator'").await.len(), 1);
    for view in ["REPLICAS", "QUOTAS", "REWRITES", "BANS", "PAUSES", "HELP", "MEM", "CONFIG", "USERS"] {
        ask(&ops, &format!("SHOW {view}")).await;
    }
    assert_eq!(one(&ops, "SHOW CONFIG WHERE key = 'listen_port'", "value").await, proxy.port().to_string());
    assert_eq!(fails(&ops, "SHOW PREPARED").await.0, "42501", "texts may tell what isn't a viewer's");
    // psql's own ways to look at rows.
    let (done, text) = psql(&proxy, "ops", "pgtenant", &["-c", "SHOW MAP \\gset", "-c", "\\x", "-c", "SHOW MAP"]);
    assert!(done && text.contains("tenants|4"), "{text}");
}
