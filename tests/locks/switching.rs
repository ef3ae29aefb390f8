//! One login of both tenants, on the one server connection that they share.

use crate::{
    shards::{Shard, Sharing},
    support::{refusal, run, text},
};

const NOTES: &str = "SELECT string_agg(DISTINCT left(note, 4), ',') FROM orders";

async fn switch(sharing: Sharing) {
    let shard = Shard::start(sharing).await;
    let mut bed = shard.bed(shard.cluster.port(), 1);
    bed.login("app", "tenants = [\"*\"]\nsecret = \"file:secret\"");
    let proxy = bed.serve().await;
    let mut client = proxy.client_of("app").await;
    let other = proxy.client_of("app").await;
    assert_eq!(refusal(&client, NOTES).await, "42501");
    for (tenant, own) in [("acme", "ACME"), ("globex", "GLOB"), ("acme", "ACME")] {
        // By simple query, with nothing between BEGIN and the statement.
        run(&client, "BEGIN ISOLATION LEVEL REPEATABLE READ").await;
        run(&client, &format!("SET LOCAL pgtenant.tenant = '{tenant}'")).await;
        assert_eq!(text(&client, NOTES).await, own, "{sharing:?}");
        assert_eq!(text(&client, "SELECT current_setting('transaction_isolation')").await, "repeatable read");
        run(&client, "COMMIT").await;
        assert_eq!(refusal(&client, NOTES).await, "42501");
        // By the extended protocol, for the session and for a transaction; the other client in between.
        client.execute(&format!("SET pgtenant.tenant = '{tenant}'"), &[]).await.unwrap();
        let notes = client.prepare(NOTES).await.unwrap();
        for (second, second_own) in [("globex", "GLOB"), ("acme", "ACME")] {
            assert_eq!(client.query_one(&notes, &[]).await.unwrap().get::<_, &str>(0), own, "{sharing:?}");
            assert_eq!(text(&other, &format!("{NOTES} /*tenant='{second}'*/")).await, second_own, "{sharing:?}");
            let transaction = client.transaction().await.unwrap();
            transaction.execute("SELECT set_config('pgtenant.tenant', $1, true)", &[&second]).await.unwrap();
            assert_eq!(transaction.query_one(&notes, &[]).await.unwrap().get::<_, &str>(0), second_own, "{sharing:?}");
            assert_eq!(transaction.execute("UPDATE orders SET note = note", &[]).await.unwrap(), 5, "{sharing:?}");
            transaction.commit().await.unwrap();
        }
        client.execute("RESET pgtenant.tenant", &[]).await.unwrap();
    }
}

#[tokio::test]
async fn signed() {
    switch(Sharing::Signed).await;
}

#[tokio::test]
async fn shared_in_the_row_model() {
    switch(Sharing::Plain).await;
}

#[tokio::test]
async fn shared_in_the_schema_model() {
    switch(Sharing::Roles).await;
}
