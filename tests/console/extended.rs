//! Drivers: the extended protocol, parameters, binary results, blocks, portals in pieces.

use tokio_postgres::types::Type;

use crate::ground::{console, fails, one, proxy};

#[tokio::test]
async fn parameters_and_binary_results() {
    let proxy = proxy().await;
    let acme = proxy.client().await;
    acme.query("SELECT 1", &[]).await.unwrap();
    let ops = console(&proxy, "ops").await;
    let statement = ops.prepare("SHOW POOLS WHERE database = $1 AND cl_active >= $2 ORDER BY 1 LIMIT $3").await.unwrap();
    assert_eq!(statement.params(), [Type::TEXT, Type::INT4, Type::INT8]);
    let rows = ops.query(&statement, &[&"acme", &1_i32, &5_i64]).await.unwrap();
    assert_eq!(rows.len(), 1);
    assert_eq!((rows[0].get::<_, &str>("database"), rows[0].get::<_, i32>("cl_active")), ("acme", 1));
    assert_eq!(rows[0].get::<_, Option<&str>>("load_balance_hosts"), None);
    assert!(ops.query(&statement, &[&"acme", &2_i32, &5_i64]).await.unwrap().is_empty());
    assert!(ops.query(&statement, &[&"acme", &1_i32, &0_i64]).await.unwrap().is_empty());
    // A statement that gives no rows.
    assert_eq!(ops.execute("SET application_name = 'x'", &[]).await.unwrap(), 0);
    let row = ops.query_one("SELECT 1, version(), 'a' AS b", &[]).await.unwrap();
    assert_eq!((row.get::<_, i32>(0), row.get::<_, &str>(2)), (1, "a"));
}

#[tokio::test]
async fn portals_give_their_rows_in_pieces() {
    let proxy = proxy().await;
    let mut ops = console(&proxy, "ops").await;
    let block = ops.transaction().await.unwrap();
    let portal = block.bind("SHOW HELP", &[]).await.unwrap();
    let (mut pieces, mut rows) = (0, 0);
    loop {
        let piece = block.query_portal(&portal, 7).await.unwrap();
        rows += piece.len();
        pieces += 1;
        if piece.len() < 7 {
            break;
        }
    }
    block.commit().await.unwrap();
    let all = ops.query("SHOW HELP", &[]).await.unwrap().len();
    assert_eq!((rows, pieces), (all, all / 7 + 1));
}

#[tokio::test]
async fn blocks_fail_and_end() {
    let proxy = proxy().await;
    let ops = console(&proxy, "ops").await;
    ops.simple_query("BEGIN").await.unwrap();
    assert_eq!(fails(&ops, "SHOW NOTHING").await.0, "42601");
    assert_eq!(fails(&ops, "SHOW STATE").await.0, "25P02");
    ops.simple_query("ROLLBACK").await.unwrap();
    assert_eq!(one(&ops, "SHOW STATE LIMIT 1", "value").await, "yes");
    // In a text of several statements, what stands behind the one that fails doesn't run.
    assert_eq!(fails(&ops, "SHOW NOTHING; PAUSE").await.0, "42601");
    assert_eq!(one(&ops, "SHOW STATE WHERE key = 'paused'", "value").await, "no");
}

#[tokio::test]
async fn what_is_wrong_is_told() {
    let proxy = proxy().await;
    let ops = console(&proxy, "ops").await;
    for (statement, state) in [
        ("SELECT * FROM pg_class", "42601"),
        ("SHOW POOLS WHERE nonsense = 1", "42703"),
        ("SHOW POOLS WHERE cl_active = 'many'", "22P02"),
        ("SHOW POOLS WHERE cl_active", "42601"),
        ("SHOW POOLS WHERE database LIKE 5 + 5", "0A000"),
        ("SHOW POOLS ORDER BY 99", "42P10"),
        ("SHOW POOLS LIMIT -1", "22023"),
        ("SHOW POOLS GROUP BY database", "42601"),
        ("SHOW POOLS WHERE database = 'a' GROUP BY database", "0A000"),
        ("SHOW POOLS, CLIENTS", "42601"),
        ("SHOW POOLS WHERE cl_active = $1", "42P02"),
        ("PAUSE TENANT nobody", "3D000"),
        ("PAUSE pgbouncer", "0A000"),
        ("PAUSE SHARD nowhere", "42704"),
        ("PAUSE TENANT acme WITHIN 'soon'", "22023"),
        ("PAUSE acme-1", "42601"),
        ("RESUME", "55000"),
        ("KILL_CLIENT 4711", "42704"),
        ("KILL_CLIENT x", "22023"),
        ("SET listen.max_clients = 5", "55P02"),
        ("SET nonsense = 5", "42704"),
        ("DROP TABLE orders", "42601"),
        ("'", "42601"),
    ] {
        let (found, message) = fails(&ops, statement).await;
        assert_eq!(found, state, "{statement}: {message}");
        assert!(
            !message.trim_end().ends_with(';')
                || state == "42P02"
                || state == "22P02"
                || state == "42P10"
                || state == "22023"
                || state == "42601"
                || state == "55000",
            "{statement}: {message}"
        );
    }
    let deep = format!("SHOW POOLS WHERE {}cl_active = 1{}", "(".repeat(500), ")".repeat(500));
    assert_eq!(fails(&ops, &deep).await.0, "54001");
    let long = format!("SHOW POOLS WHERE {}", vec!["cl_active = 1"; 400].join(" AND "));
    ops.simple_query(&long).await.unwrap();
    let longer = format!("SHOW POOLS WHERE {}", vec!["cl_active = 1"; 2000].join(" AND "));
    assert_eq!(fails(&ops, &longer).await.0, "54001");
    assert_eq!(fails(&ops, &format!("SHOW {}", "x".repeat(70_000))).await.0, "54000");
    assert_eq!(one(&ops, "SHOW STATE LIMIT 1", "value").await, "yes", "it goes on");
}
