//! The gate in front of real servers: what is refused in each state of a session, where errors point, what `observe` lets pass. Row level security
//! is off here, so that nothing but the gate keeps tenants apart.

use crate::support::{bed::Bed, proxy::Proxy, wire::*};

/// Tenant `acme` of a row model, alone with rows of another in a table without policies.
async fn row_bed(sections: &str, tenant: &str) -> Proxy {
    let mut bed = Bed::new().await;
    bed.sections.push_str(sections);
    bed.models.push_str("[models.shop]\nkind = \"row\"\ntenant_column = \"tenant_id\"\nreference_tables = [\"countries\"]\n");
    bed.tenants = bed.tenants.replace("model = \"own\"", &format!("model = \"shop\"\n{tenant}"));
    let proxy = bed.serve().await;
    let owner = proxy.owner("acme").await;
    owner
        .batch_execute(
            "CREATE TABLE orders (tenant_id text NOT NULL, id int, item text);
             CREATE TABLE countries (code text);
             CREATE TABLE audit (what text);
             INSERT INTO orders VALUES ('acme', 1, 'apple'), ('globex', 2, 'gold'), ('acme', 3, 'ant');
             INSERT INTO countries VALUES ('it');
             GRANT ALL ON ALL TABLES IN SCHEMA public TO PUBLIC",
        )
        .await
        .unwrap();
    proxy
}

fn batch(text: &str) -> Vec<u8> {
    [parse("", text), bind("", ""), execute(""), sync()].concat()
}

fn parse(name: &str, text: &str) -> Vec<u8> {
    frame(b'P', &[name.as_bytes(), b"\0", text.as_bytes(), b"\0\0\0"].concat())
}

fn bind(portal: &str, statement: &str) -> Vec<u8> {
    frame(b'B', &[portal.as_bytes(), b"\0", statement.as_bytes(), b"\0\0\0\0\0\0\0"].concat())
}

fn execute(portal: &str) -> Vec<u8> {
    frame(b'E', &[portal.as_bytes(), b"\0\0\0\0\0"].concat())
}

fn sync() -> Vec<u8> {
    frame(b'S', b"")
}

/// Code, message and position of the first error.
fn told(messages: &[Message]) -> (&str, &str, &str) {
    let error = messages.iter().find(|message| message.tag == b'E').unwrap_or_else(|| panic!("no error in {messages:?}"));
    (error.field(b'C'), error.field(b'M'), error.field(b'P'))
}

#[tokio::test]
async fn a_tenant_sees_and_writes_its_rows_only() {
    let proxy = row_bed("", "").await;
    let mut wire = proxy.wire().await;
    assert_eq!(wire.value("SELECT string_agg(item, ',' ORDER BY id) FROM orders").await, "apple,ant");
    wire.send(&batch("SELECT string_agg(item, ',' ORDER BY id) FROM orders")).await;
    assert_eq!(firsts(&wire.ready().await), ["apple,ant"]);
    assert_eq!(states(&wire.query("INSERT INTO orders (id, item) VALUES (4, 'axe')").await), Vec::<&str>::new());
    let foreign = "new row violates row-level security policy for table \"orders\"";
    for text in [
        "INSERT INTO orders VALUES ('globex', 5, 'x')",
        "UPDATE orders SET tenant_id = 'globex'",
        "INSERT INTO orders SELECT 'glo' || 'bex', 6, 'x'",
        "UPDATE orders SET tenant_id = lower('GLOBEX') WHERE id = 1",
    ] {
        assert_eq!(told(&wire.query(text).await), ("42501", foreign, ""), "{text}");
        wire.send(&batch(text)).await;
        assert_eq!(told(&wire.ready().await), ("42501", foreign, ""), "{text}");
    }
    assert_eq!(wire.value("WITH d AS (DELETE FROM orders RETURNING 1) SELECT count(*) FROM d").await, "3");
    let owner = proxy.owner("acme").await;
    assert_eq!(owner.query_one("SELECT string_agg(item, ',') FROM orders", &[]).await.unwrap().get::<_, String>(0), "gold");
}

#[tokio::test]
async fn refusals_in_each_state() {
    let proxy = row_bed("", "").await;
    let mut wire = proxy.wire().await;
    let denied = "permission denied for table audit";
    for refused in [query("SELECT * FROM audit"), batch("SELECT * FROM audit")] {
        wire.send(&refused).await;
        let messages = wire.ready().await;
        assert_eq!((told(&messages), messages.last().unwrap().body.as_slice()), (("42501", denied, ""), b"I".as_slice()));
        wire.query("BEGIN").await;
        wire.query("INSERT INTO orders (id) VALUES (9)").await;
        wire.send(&refused).await;
        let messages = wire.ready().await;
        assert_eq!((told(&messages).0, messages.last().unwrap().body.as_slice()), ("42501", b"E".as_slice()));
        wire.send(&refused).await;
        assert_eq!(told(&wire.ready().await).0, "25P02");
        assert_eq!(wire.query("ROLLBACK").await.last().unwrap().body, b"I");
        assert_eq!(wire.value("SELECT count(*) FROM orders WHERE id = 9").await, "0");
        // Behind others, and before them.
        wire.send(&[query("SELECT 1"), refused.clone(), query("SELECT 2"), refused.clone(), batch("SELECT 3")].concat()).await;
        let mut seen = Vec::new();
        for _ in 0..5 {
            seen.push(shape(&wire.ready().await));
        }
        assert_eq!(seen, ["TDCZ", "EZ", "TDCZ", "EZ", "12DCZ"]);
    }
    let several = wire.query("INSERT INTO orders (id) VALUES (10); SELECT * FROM audit").await;
    assert_eq!(shape(&several), "EZ");
    assert!(several[0].field(b'D').ends_with("Nothing of the text has run, none of its other statements either."));
    assert_eq!(told(&wire.query("PREPARE p AS SELECT * FROM audit").await).0, "42501");
    assert_eq!(told(&wire.query("EXECUTE p").await).0, "26000");
    assert_eq!(wire.value("SELECT count(*) FROM orders WHERE id = 10").await, "0");
}

#[tokio::test]
async fn errors_point_into_the_clients_text() {
    let proxy = row_bed("", "").await;
    let mut wire = proxy.wire().await;
    let direct = proxy.owner("acme").await;
    for text in [
        "SELEC 1",
        "SELECT 'ä' FROM orders WHERE nothing = 1",
        "SELECT * FROM orders o JOIN orders p USING (id) WHERE o.nope = 'é' AND true",
        "UPDATE orders SET item = 'x' WHERE id = 1 RETURNING nope",
        "SELECT item FROM orders GROUP BY id",
        "SELECT * FROM nobody",
        "PREPARE p AS SELECT 'ä' FROM orders WHERE nothing = 1",
    ] {
        let own = direct.batch_execute(text).await.unwrap_err();
        let own = own.as_db_error().unwrap();
        let position = match own.position() {
            Some(tokio_postgres::error::ErrorPosition::Original(position)) => position.to_string(),
            _ => String::new(),
        };
        let messages = wire.query(text).await;
        let (code, message, at) = told(&messages);
        assert_eq!((code, message), (own.code().code(), own.message()), "{text}");
        if code != "42P01" {
            assert_eq!(at, position, "{text}");
        }
    }
}

#[tokio::test]
async fn a_table_that_comes_later_is_found() {
    let proxy = row_bed("", "").await;
    let mut wire = proxy.wire().await;
    assert_eq!(told(&wire.query("SELECT * FROM later").await).0, "42P01");
    proxy
        .owner("acme")
        .await
        .batch_execute(
            "CREATE TABLE later (tenant_id text, n int); INSERT INTO later VALUES ('globex', 1), ('acme', 2); GRANT ALL ON later TO PUBLIC",
        )
        .await
        .unwrap();
    assert_eq!(wire.value("SELECT sum(n) FROM later").await, "2");
}

#[tokio::test]
async fn observed_tenants_pass_and_the_log_tells() {
    for (sections, tenant) in [("", "gate = \"observe\""), ("[gate]\nmode = \"observe\"\n", "")] {
        let proxy = row_bed(sections, tenant).await;
        let mut wire = proxy.wire().await;
        assert_eq!(wire.value("SELECT count(*) FROM audit").await, "0");
        assert_eq!(wire.value("SELECT count(*) FROM orders").await, "3");
        assert_eq!(told(&wire.query("SELEC 'a literal'").await).0, "42601");
        proxy.logged("statement would be refused", 2).await;
        proxy.logged("permission denied for table audit", 1).await;
        assert!(!proxy.log().contains("a literal"));
    }
}

#[tokio::test]
async fn off_is_loud_and_lets_everything_pass() {
    let proxy = row_bed("[gate]\nmode = \"off\"\n", "").await;
    proxy.logged("NO STATEMENT IS LOOKED AT", 1).await;
    assert_eq!(proxy.wire().await.value("SELECT count(*) FROM orders").await, "3");
}

#[tokio::test]
async fn explain_rewrite_in_a_session() {
    let proxy = row_bed("[gate]\nexplain = true\n", "").await;
    let mut wire = proxy.wire().await;
    let messages = wire.query("EXPLAIN (REWRITE) SELECT item FROM orders").await;
    let row = messages.iter().find(|message| message.tag == b'D').unwrap().values();
    assert_eq!(row[0].as_deref(), Some("rewritten"));
    assert!(row[2].as_deref().unwrap().contains("'acme'"));
    let messages = wire.query("EXPLAIN (REWRITE) SELECT * FROM audit").await;
    let row = messages.iter().find(|message| message.tag == b'D').unwrap().values();
    assert_eq!((row[0].as_deref(), row[2].as_deref()), (Some("refused"), None));
    // In the extended protocol, where the text is one of a prepared statement; a second time and under a name, too.
    for name in ["", "", "e"] {
        wire.send(&[parse(name, "explain (rewrite) SELECT item FROM orders -- 'x\\'"), describe(b'S', name), bind("", name)].concat())
            .await;
        wire.send(&[execute(""), sync()].concat()).await;
        let messages = wire.ready().await;
        assert_eq!(shape(&messages), "1tT2DCZ");
        let row = messages.iter().find(|message| message.tag == b'D').unwrap().values();
        assert_eq!((row[0].as_deref(), row[1].as_deref()), (Some("rewritten"), None));
        assert!(row[2].as_deref().unwrap().contains("'acme'") && row[2].as_deref().unwrap().ends_with("-- 'x\\'"), "{row:?}");
    }
    wire.send(&extended("EXPLAIN (REWRITE) SELECT * FROM audit", &[])).await;
    let messages = wire.ready().await;
    let row = messages.iter().find(|message| message.tag == b'D').unwrap().values();
    assert!(row[0].as_deref() == Some("refused") && row[1].as_deref().unwrap().starts_with("42501") && row[2].is_none(), "{row:?}");
    // Not everybody may ask so.
    let others = row_bed("", "").await;
    let mut wire = others.wire().await;
    wire.send(&extended("EXPLAIN (REWRITE) SELECT item FROM orders", &[])).await;
    assert_ne!(states(&wire.ready().await), Vec::<&str>::new());
}

#[tokio::test]
async fn own_definitions_are_used_at_once() {
    // The database model's tenants define what they like.
    let proxy = Bed::new().await.serve().await;
    let mut wire = proxy.wire().await;
    for text in [
        "BEGIN; CREATE TABLE t (a int); INSERT INTO t VALUES (1)",
        "SELECT a FROM t",
        "COMMIT",
        "CREATE FUNCTION twice(a int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT a * 2'",
        "SELECT twice(a) FROM t",
        "DROP FUNCTION twice; DROP TABLE t",
    ] {
        assert_eq!(states(&wire.query(text).await), Vec::<&str>::new(), "{text}");
    }
}

/// A name means the tenant's own table as soon as there is one, and as long: what one session defines, all others know.
#[tokio::test]
async fn definitions_count_for_other_sessions_at_once() {
    let mut bed = Bed::new().await;
    bed.models.push_str("[models.crm]\nkind = \"schema\"\nschema = \"{tenant}_own\"\n");
    bed.tenants = bed.tenants.replace("model = \"own\"", "model = \"crm\"");
    let proxy = bed.serve().await;
    let shared = "CREATE SCHEMA acme_own; GRANT ALL ON SCHEMA acme_own TO PUBLIC; CREATE TABLE acme_own.keep (a int);
                  CREATE TABLE public.memos AS SELECT 0 AS n; GRANT ALL ON public.memos TO PUBLIC";
    proxy.owner("acme").await.batch_execute(shared).await.unwrap();
    let (mut one, mut other) = (proxy.wire().await, proxy.wire().await);
    let select = "SELECT n FROM memos";
    let read = async |wire: &mut Wire| {
        let heard = wire.query(select).await;
        states(&heard).first().map_or_else(|| firsts(&heard).concat(), |state| (*state).to_owned())
    };
    assert_eq!(read(&mut other).await, "42501", "of the shared schema, none but reference tables");
    for (number, (way, text, seen)) in [
        (query as fn(&str) -> Vec<u8>, "CREATE TABLE acme_own.memos AS SELECT 7 AS n", "7"),
        (query, "DROP TABLE acme_own.memos", "42501"),
        (|text| extended(text, &[]), "CREATE VIEW acme_own.memos AS SELECT 8 AS n", "8"),
        (|text| extended(text, &[]), "ALTER VIEW acme_own.memos RENAME TO others", "42501"),
        (query, "BEGIN; ALTER VIEW acme_own.others RENAME TO memos; COMMIT", "8"),
        (query, "BEGIN; DROP VIEW acme_own.memos; ROLLBACK", "8"),
        (query, "DO 'BEGIN DROP VIEW acme_own.memos; END'", "42501"),
    ]
    .into_iter()
    .enumerate()
    {
        one.send(&way(text)).await;
        let heard = one.ready().await;
        assert_eq!(states(&heard), [""; 0], "{text}: {heard:?}");
        assert_eq!(read(&mut other).await, seen, "{number}: {text}");
    }
    one.query("BEGIN").await;
    one.query("CREATE TABLE acme_own.memos AS SELECT 9 AS n").await;
    assert_eq!(read(&mut other).await, "42501", "not before it is committed");
    one.query("COMMIT").await;
    assert_eq!(read(&mut other).await, "9");
}

#[tokio::test]
async fn the_schema_model_tells_its_own_path() {
    let mut bed = Bed::new().await;
    bed.models.push_str("[models.crm]\nkind = \"schema\"\nschema = \"{tenant}_own\"\n");
    bed.tenants = bed.tenants.replace("model = \"own\"", "model = \"crm\"");
    let proxy = bed.serve().await;
    proxy
        .owner("acme")
        .await
        .batch_execute(
            "CREATE SCHEMA acme_own; GRANT ALL ON SCHEMA acme_own TO PUBLIC; CREATE TABLE acme_own.t AS SELECT 7 AS n; GRANT ALL ON acme_own.t TO PUBLIC;
             CREATE SCHEMA globex_own; GRANT ALL ON SCHEMA globex_own TO PUBLIC; CREATE TABLE globex_own.t AS SELECT 8 AS n; GRANT ALL ON globex_own.t TO PUBLIC",
        )
        .await
        .unwrap();
    let mut wire = proxy.wire().await;
    assert_eq!(wire.value("SHOW search_path").await, "\"acme_own\", public, pg_temp");
    assert_eq!(wire.value("SELECT current_schema()").await, "acme_own");
    assert_eq!(wire.value("SELECT n FROM t").await, "7");
    assert_eq!(wire.value("SELECT n FROM acme_own.t").await, "7");
    assert_ne!(told(&wire.query("SELECT n FROM globex_own.t").await).0, "");
    assert_eq!(told(&wire.query("SET search_path = globex_own").await).0, "42501");
}

#[tokio::test]
async fn explain_rewrite_on_the_command_line() {
    let proxy = row_bed("", "").await;
    let explain = async |tenant: &str, sql: &str| {
        let program = env!("CARGO_BIN_EXE_pgtenant");
        let config = proxy.bed.folder().join("pgtenant.toml");
        let mut command = tokio::process::Command::new(program);
        command.args(["explain-rewrite", "--tenant", tenant, "--config"]).arg(config).arg(sql);
        let output = command.output().await.unwrap();
        (output.status.success(), String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap())
    };
    let (passes, told, _) = explain("acme", "SELECT item FROM orders").await;
    assert!(passes && told.starts_with("verdict: rewritten\n") && told.contains("'acme'"), "{told}");
    assert_eq!(explain("acme", "SELECT 1").await, (true, "verdict: as is\ntext: SELECT 1\n".into(), String::new()));
    let (passes, told, _) = explain("acme", "SELECT * FROM audit").await;
    assert!(!passes && told.starts_with("verdict: refused\nreason: 42501: permission denied for table audit"), "{told}");
    let (passes, _, error) = explain("nobody", "SELECT 1").await;
    assert!(!passes && error.contains("tenant \"nobody\" is not in the shard map"), "{error}");
}
