//! One login of several tenants, which says for whom it acts: SET, SET LOCAL, comments.

use std::time::Duration;

use tokio_postgres::{Client, NoTls};

use crate::support::{
    bed::{Bed, PASSWORD},
    eventually,
    proxy::Proxy,
    refusal, run, state_of, text,
    wire::*,
};

const WHO: &str = "SELECT current_user";

/// acme, globex and initech, and a login of all of them.
async fn bed() -> Bed {
    let mut bed = Bed::new().await;
    bed.another("globex").await;
    bed.another("initech").await;
    bed.login("app", "tenants = [\"*\"]\nsecret = \"file:secret\"");
    bed.login("two", "tenants = [\"acme\", \"globex\"]\nsecret = \"file:secret\"");
    bed
}

async fn proxy() -> Proxy {
    bed().await.serve().await
}

#[tokio::test]
async fn nothing_runs_before_a_tenant_is_said() {
    let proxy = proxy().await;
    let mut wire = proxy.wire_of("app", &[]).await;
    for sql in [
        "SELECT 1",
        "SELECT count(*) FROM pg_class",
        "CREATE TABLE t ()",
        "SET work_mem = '8MB'; SELECT 1",
        "PREPARE p AS SELECT 1",
        "COPY (SELECT 1) TO STDOUT",
    ] {
        assert_eq!(states(&wire.query(sql).await), ["42501"], "{sql}");
    }
    assert_eq!(wire.value("SHOW pgtenant.tenant").await, "");
    for sql in ["ROLLBACK", "RESET ALL", "DISCARD ALL", "SELECT pg_advisory_unlock_all(); CLOSE ALL; UNLISTEN *; RESET ALL;"] {
        assert_eq!(states(&wire.query(sql).await), [""; 0], "{sql}");
    }
    // Settings are kept until there is a server.
    for sql in ["SET extra_float_digits = 3", "SET application_name = 'shop'", "SET TimeZone = 'Asia/Tokyo'"] {
        assert_eq!(states(&wire.query(sql).await), [""; 0], "{sql}");
    }
    assert_eq!(states(&wire.query("SET client_encoding = 'LATIN1'").await), ["42501"]);
    assert_eq!(states(&wire.query("SET client_encoding = 'UTF8'").await), [""; 0]);
    // A block fails like one on a server.
    let status = |messages: &[Message]| messages.last().unwrap().body[0];
    assert_eq!(status(&wire.query("BEGIN").await), b'T');
    let refused = wire.query(WHO).await;
    assert_eq!((states(&refused), status(&refused)), (vec!["42501"], b'E'));
    assert_eq!(states(&wire.query("SET LOCAL pgtenant.tenant = 'acme'").await), ["25P02"]);
    assert_eq!(states(&wire.query(WHO).await), ["25P02"]);
    let ended = wire.query("COMMIT").await;
    assert_eq!((states(&ended), status(&ended)), (vec![], b'I'));
    wire.query("SET pgtenant.tenant = 'acme'").await;
    assert_eq!(wire.value(WHO).await, proxy.bed.database("acme"));
    assert_eq!(wire.value("SELECT current_setting('application_name') || current_setting('timezone')").await, "shopAsia/Tokyo");
}

#[tokio::test]
async fn set_reset_and_show() {
    let proxy = proxy().await;
    let client = proxy.client_of("app").await;
    for tenant in ["acme", "globex", "acme"] {
        run(&client, &format!("SET pgtenant.tenant = '{tenant}'")).await;
        assert_eq!(text(&client, WHO).await, proxy.bed.database(tenant));
        assert_eq!(text(&client, "SHOW pgtenant.tenant").await, tenant);
        assert_eq!(text(&client, "SELECT current_setting('pgtenant.tenant')").await, tenant);
    }
    assert_eq!(text(&client, "SELECT set_config('pgtenant.tenant', 'initech', false)").await, "initech");
    assert_eq!(text(&client, WHO).await, proxy.bed.database("initech"));
    for (sql, state) in [
        ("SET pgtenant.tenant = 'nobody'", "42501"),
        ("SET pgtenant.tenant = 'globex'; SELECT 1", "0A000"),
        ("SELECT set_config('pgtenant.tenant', lower('GLOBEX'), false)", "0A000"),
    ] {
        assert_eq!(refusal(&client, sql).await, state, "{sql}");
    }
    for sql in ["RESET pgtenant.tenant", "RESET ALL", "DISCARD ALL"] {
        run(&client, "SET pgtenant.tenant = 'acme'").await;
        assert_eq!(text(&client, WHO).await, proxy.bed.database("acme"));
        run(&client, sql).await;
        assert_eq!(refusal(&client, WHO).await, "42501", "{sql}");
    }
    // Settings travel along.
    run(&client, "SET pgtenant.tenant = 'acme'").await;
    run(&client, "SET timezone = 'Asia/Tokyo'").await;
    run(&client, "SET work_mem = '7MB'").await;
    run(&client, "SET pgtenant.tenant = 'globex'").await;
    assert_eq!(text(&client, "SELECT current_setting('timezone') || current_setting('work_mem')").await, "Asia/Tokyo7MB");
    // What was said at login in options is the start.
    let mut config = proxy.config("app");
    let (client, connection) = config.options("-c pgtenant.tenant=globex").connect(NoTls).await.unwrap();
    tokio::spawn(connection);
    run(&client, "SET pgtenant.tenant = 'acme'").await;
    assert_eq!(text(&client, WHO).await, proxy.bed.database("acme"));
    run(&client, "RESET pgtenant.tenant").await;
    assert_eq!(text(&client, WHO).await, proxy.bed.database("globex"));
}

#[tokio::test]
async fn a_connection_of_one_tenant_stays() {
    let proxy = proxy().await;
    for login in ["acme_app", "app@acme", "two@acme"] {
        let client = proxy.client_of(login).await;
        assert_eq!(text(&client, "SHOW pgtenant.tenant").await, "acme", "{login}");
        run(&client, "SET pgtenant.tenant = 'acme'").await;
        assert_eq!(refusal(&client, "SET pgtenant.tenant = 'globex'").await, "42501", "{login}");
        assert_eq!(refusal(&client, "SELECT 1 /*tenant='globex'*/").await, "", "a comment is a comment");
        assert_eq!(text(&client, WHO).await, proxy.bed.database("acme"));
    }
    let client = proxy.client_of("two").await;
    assert_eq!(refusal(&client, "SET pgtenant.tenant = 'initech'").await, "42501");
    run(&client, "SET pgtenant.tenant = 'globex'").await;
    assert_eq!(text(&client, WHO).await, proxy.bed.database("globex"));
}

#[tokio::test]
async fn a_transaction_is_one_tenants() {
    let proxy = proxy().await;
    let client = proxy.client_of("app").await;
    for tenant in ["acme", "globex", "initech"] {
        run(&client, "BEGIN").await;
        run(&client, &format!("SET LOCAL pgtenant.tenant = '{tenant}'")).await;
        assert_eq!(text(&client, WHO).await, proxy.bed.database(tenant));
        assert_eq!(refusal(&client, "SET LOCAL pgtenant.tenant = 'acme'").await, if tenant == "acme" { "" } else { "25001" });
        run(&client, "ROLLBACK").await;
        assert_eq!(refusal(&client, WHO).await, "42501");
    }
    // The BEGIN's own words reach the server.
    run(&client, "BEGIN ISOLATION LEVEL SERIALIZABLE READ ONLY").await;
    run(&client, "SET LOCAL pgtenant.tenant = 'acme'").await;
    assert_eq!(
        text(&client, "SELECT current_setting('transaction_isolation') || current_setting('transaction_read_only')").await,
        "serializableon"
    );
    assert_eq!(refusal(&client, "CREATE TABLE no ()").await, "25006");
    run(&client, "ROLLBACK").await;
    // What a rollback undoes, and what it doesn't.
    run(&client, "SET pgtenant.tenant = 'acme'").await;
    run(&client, "CREATE TABLE kept (a int)").await;
    run(&client, "BEGIN").await;
    run(&client, "SET pgtenant.tenant = 'globex'").await;
    assert_eq!(text(&client, WHO).await, proxy.bed.database("globex"));
    run(&client, "ROLLBACK").await;
    assert_eq!(text(&client, WHO).await, proxy.bed.database("acme"));
    run(&client, "BEGIN").await;
    run(&client, "INSERT INTO kept VALUES (1)").await;
    run(&client, "COMMIT").await;
    assert_eq!(text(&client, "SELECT count(*) FROM kept").await, "1");
    // What is asked of one tenant's server after its transaction doesn't get in the way of the next.
    for megabytes in 1..20 {
        run(&client, "BEGIN").await;
        run(&client, "SET LOCAL pgtenant.tenant = 'globex'").await;
        run(&client, &format!("SET work_mem = '{megabytes}MB'")).await;
        run(&client, "COMMIT").await;
        assert_eq!(
            text(&client, "SELECT current_user || current_setting('work_mem')").await,
            format!("{}{megabytes}MB", proxy.bed.database("acme"))
        );
    }
    // A text that goes on behind the end of its transaction would go on as the wrong one.
    run(&client, "BEGIN").await;
    run(&client, "SET LOCAL pgtenant.tenant = 'globex'").await;
    assert_eq!(refusal(&client, "SELECT 1; COMMIT; SELECT * FROM kept").await, "0A000");
    run(&client, "ROLLBACK").await;
    // A session that keeps its server connection keeps its tenant.
    run(&client, "CREATE TEMP TABLE mine ()").await;
    assert_eq!(refusal(&client, "SET pgtenant.tenant = 'globex'").await, "55000");
    assert_eq!(text(&client, WHO).await, proxy.bed.database("acme"));
}

#[tokio::test]
async fn drivers_that_prepare() {
    let proxy = proxy().await;
    let mut client = proxy.client_of("app").await;
    let said = client.prepare("SELECT set_config('pgtenant.tenant', $1, true)").await.unwrap();
    for tenant in ["acme", "globex", "initech", "acme"] {
        // tokio-postgres begins by simple query, and sends the rest as Parse, Bind, Execute.
        let transaction = client.transaction().await.unwrap();
        let row = transaction.query_one(&said, &[&tenant]).await.unwrap();
        assert_eq!(row.get::<_, String>(0), tenant);
        let who = transaction.prepare("SELECT current_user::text, $1::int").await.unwrap();
        let row = transaction.query_one(&who, &[&7]).await.unwrap();
        assert_eq!((row.get::<_, String>(0), row.get::<_, i32>(1)), (proxy.bed.database(tenant), 7));
        transaction.commit().await.unwrap();
    }
    // A statement of the client's goes with it from tenant to tenant.
    client.execute("SET pgtenant.tenant = 'acme'", &[]).await.unwrap();
    let who = client.prepare("SELECT current_user::text").await.unwrap();
    for tenant in ["acme", "globex", "acme", "initech"] {
        client.execute(&format!("SET pgtenant.tenant = '{tenant}'"), &[]).await.unwrap();
        assert_eq!(client.query_one(&who, &[]).await.unwrap().get::<_, String>(0), proxy.bed.database(tenant));
    }
    client.execute("RESET pgtenant.tenant", &[]).await.unwrap();
    assert_eq!(state_of(&client.query_one(&who, &[]).await.unwrap_err()), "42501");
    assert_eq!(state_of(&client.prepare("SELECT 1").await.err().unwrap()), "42501");
    // BEGIN and COMMIT prepared too.
    let (begin, commit) = (client.prepare("BEGIN").await.unwrap(), client.prepare("COMMIT").await.unwrap());
    for tenant in ["acme", "globex"] {
        client.execute(&begin, &[]).await.unwrap();
        client.execute(&format!("SET LOCAL pgtenant.tenant = '{tenant}'"), &[]).await.unwrap();
        assert_eq!(client.query_one(&who, &[]).await.unwrap().get::<_, String>(0), proxy.bed.database(tenant));
        client.execute(&commit, &[]).await.unwrap();
        assert_eq!(state_of(&client.query_one(&who, &[]).await.unwrap_err()), "42501");
    }
}

#[tokio::test]
async fn pipelines_wait_where_the_tenant_may_change() {
    let proxy = proxy().await;
    let mut wire = proxy.wire_of("app", &[]).await;
    let queries = |texts: &[&str]| texts.iter().flat_map(|text| query(text)).collect::<Vec<u8>>();
    wire.send(&queries(&[
        "SET pgtenant.tenant = 'initech'",
        "BEGIN",
        "SET LOCAL pgtenant.tenant = 'acme'",
        WHO,
        "COMMIT",
        WHO,
        "SET pgtenant.tenant = 'globex'",
        WHO,
        "RESET ALL",
        WHO,
    ]))
    .await;
    let mut answers = Vec::new();
    for _ in 0..10 {
        answers.extend(wire.ready().await);
    }
    assert_eq!(firsts(&answers), ["acme", "initech", "globex"].map(|tenant| proxy.bed.database(tenant)));
    assert_eq!(states(&answers), ["42501"]);
    // In one batch: what ends the transaction ends what may be asked, until Sync.
    let one = |text: &str| [parse("", text), bind("", "", &[]), execute("", 0)].concat();
    let batch = [one("BEGIN"), one("SET LOCAL pgtenant.tenant = 'acme'"), one(WHO), one("COMMIT"), one(WHO), sync()].concat();
    wire.send(&batch).await;
    let answers = wire.ready().await;
    assert_eq!((firsts(&answers), states(&answers)), (vec![proxy.bed.database("acme")], vec!["0A000"]));
    // SET first, then what runs as its tenant; a failure takes the SET back.
    wire.send(&[one("SET pgtenant.tenant = 'acme'"), one(WHO), sync()].concat()).await;
    assert_eq!(firsts(&wire.ready().await), [proxy.bed.database("acme")]);
    wire.send(&[one("SET pgtenant.tenant = 'globex'"), one("SELECT 1/0"), sync()].concat()).await;
    assert_eq!(states(&wire.ready().await), ["22012"]);
    assert_eq!(wire.value(WHO).await, proxy.bed.database("acme"));
    wire.send(&[one(WHO), one("SET pgtenant.tenant = 'globex'"), sync()].concat()).await;
    let answers = wire.ready().await;
    assert_eq!((firsts(&answers), states(&answers)), (vec![proxy.bed.database("acme")], vec!["25001"]));
}

#[tokio::test]
async fn comments_say_it_for_their_statement() {
    let mut bed = bed().await;
    let proxy = {
        bed.sections.push_str("[identity]\nset = false\n");
        bed.serve().await
    };
    let client = proxy.client_of("app").await;
    for tenant in ["acme", "globex", "initech"] {
        assert_eq!(text(&client, &format!("{WHO} /*action='x',tenant='{tenant}'*/")).await, proxy.bed.database(tenant));
        let row = client.query_one(&format!("SELECT current_user::text /*tenant='{tenant}'*/"), &[]).await.unwrap();
        assert_eq!(row.get::<_, String>(0), proxy.bed.database(tenant));
    }
    assert_eq!(refusal(&client, WHO).await, "42501");
    assert_eq!(refusal(&client, "SELECT 1 /*tenant='nobody'*/").await, "42501");
    assert_eq!(refusal(&client, "/*tenant='acme'*/ SELECT 1 /*tenant='globex'*/").await, "0A000");
    assert_eq!(refusal(&client, "SET pgtenant.tenant = 'acme'").await, "42501");
    // A transaction is the first comment's.
    run(&client, "BEGIN").await;
    assert_eq!(text(&client, &format!("{WHO} /*tenant='acme'*/")).await, proxy.bed.database("acme"));
    assert_eq!(text(&client, WHO).await, proxy.bed.database("acme"));
    assert_eq!(refusal(&client, &format!("{WHO} /*tenant='globex'*/")).await, "25001");
    run(&client, "ROLLBACK").await;
    // A named statement says it each time.
    let who = client.prepare("SELECT current_user::text /*tenant='globex'*/").await.unwrap();
    for _ in 0..3 {
        assert_eq!(client.query_one(&who, &[]).await.unwrap().get::<_, String>(0), proxy.bed.database("globex"));
    }
}

#[tokio::test]
async fn limits_and_the_map_count_at_the_switch() {
    let mut bed = bed().await;
    bed.tenants = bed.tenants.replace("[tenants.globex]\n", "[tenants.globex]\nstatus = \"read_only\"\nlimits = { max_clients = 1 }\n");
    let mut proxy = bed.serve().await;
    let (one, other) = (proxy.client_of("two").await, proxy.client_of("two").await);
    run(&one, "SET pgtenant.tenant = 'globex'").await;
    assert_eq!(refusal(&one, "CREATE TABLE t ()").await, "25006");
    run(&other, "SET pgtenant.tenant = 'globex'").await;
    assert_eq!(refusal(&other, WHO).await, "53300");
    // Whoever leaves makes room, also by the end of its transaction.
    run(&one, "SET pgtenant.tenant = 'acme'").await;
    assert_eq!(text(&one, WHO).await, proxy.bed.database("acme"));
    assert_eq!(text(&other, WHO).await, proxy.bed.database("globex"));
    run(&other, "RESET pgtenant.tenant").await;
    run(&other, "BEGIN").await;
    run(&other, "SET LOCAL pgtenant.tenant = 'globex'").await;
    assert_eq!(text(&other, WHO).await, proxy.bed.database("globex"));
    run(&other, "COMMIT").await;
    run(&one, "SET pgtenant.tenant = 'globex'").await;
    assert_eq!(text(&one, WHO).await, proxy.bed.database("globex"));
    // A suspended tenant can't be chosen, and its sessions end.
    proxy.bed.tenants = proxy.bed.tenants.replace("read_only", "suspended");
    proxy.bed.write();
    eventually("the session ends", || async { one.is_closed() }).await;
    assert_eq!(refusal(&other, "SET pgtenant.tenant = 'globex'").await, "57P03");
    // A tenant that the login loses is lost at once.
    run(&other, "SET pgtenant.tenant = 'acme'").await;
    assert_eq!(text(&other, WHO).await, proxy.bed.database("acme"));
    proxy.bed.logins = proxy.bed.logins.replace("tenants = [\"acme\", \"globex\"]", "tenants = [\"initech\", \"globex\"]");
    proxy.bed.write();
    eventually("the session ends", || async { other.is_closed() }).await;
}

#[tokio::test]
async fn one_pool_for_many_tenants_never_mixes_them_up() {
    let proxy = proxy().await;
    for tenant in ["acme", "globex", "initech"] {
        let owner = proxy.client_of(&format!("{tenant}_app")).await;
        run(&owner, "CREATE TABLE orders (tenant text, id int)").await;
        run(&owner, &format!("INSERT INTO orders SELECT '{tenant}', n FROM generate_series(1, 50) n")).await;
    }
    let worker = async |number: usize, mut client: Client| {
        for round in 0..40 {
            let tenant = ["acme", "globex", "initech"][(number * 7 + round * 5) % 3];
            let transaction = client.transaction().await.unwrap();
            transaction.execute("SELECT set_config('pgtenant.tenant', $1, true)", &[&tenant]).await.unwrap();
            let rows = transaction.query("SELECT tenant FROM orders", &[]).await.unwrap();
            assert!(rows.len() >= 50 && rows.iter().all(|row| row.get::<_, &str>(0) == tenant), "{tenant}");
            transaction.execute("INSERT INTO orders VALUES ($1, 0)", &[&tenant]).await.unwrap();
            if round % 3 == 0 { transaction.rollback().await.unwrap() } else { transaction.commit().await.unwrap() }
        }
    };
    let mut tasks = Vec::new();
    for number in 0..8 {
        let client = proxy.client_of("app").await;
        tasks.push(tokio::spawn(worker(number, client)));
    }
    for task in tasks {
        task.await.unwrap();
    }
    for tenant in ["acme", "globex", "initech"] {
        let owner = proxy.client_of(&format!("{tenant}_app")).await;
        assert_eq!(text(&owner, &format!("SELECT count(*) FROM orders WHERE tenant <> '{tenant}'")).await, "0");
    }
}

#[tokio::test]
async fn what_a_client_is_told_is_put_right() {
    let proxy = proxy().await;
    let mut config = proxy.config("app");
    let (client, mut connection) = config.application_name("shop").connect(NoTls).await.unwrap();
    assert_eq!((connection.parameter("server_version"), connection.parameter("application_name")), (Some("13.0"), Some("shop")));
    let told = tokio::spawn(async move {
        std::future::poll_fn(|cx| connection.poll_message(cx)).await;
        connection.parameter("server_version").map(str::to_owned)
    });
    run(&client, "SET pgtenant.tenant = 'acme'").await;
    let version = text(&client, "SHOW server_version").await;
    drop(client);
    let told = tokio::time::timeout(Duration::from_secs(5), told).await.unwrap().unwrap();
    assert_eq!(told, Some(version));
    assert_ne!(PASSWORD, "");
}
