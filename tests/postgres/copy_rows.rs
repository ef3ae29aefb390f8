//! COPY FROM STDIN into tables that tenants share: PostgreSQL takes no COPY where row policies count, so the proxy makes rows of it.
//! Row level security is off here, so that nothing but the gate keeps tenants apart.

use tokio_postgres::{binary_copy::BinaryCopyInWriter, types::Type};

use crate::support::{bed::Bed, proxy::Proxy, wire::*};

async fn row_bed() -> Proxy {
    let mut bed = Bed::new().await;
    bed.models.push_str("[models.shop]\nkind = \"row\"\ntenant_column = \"tenant_id\"\n");
    bed.tenants = bed.tenants.replace("model = \"own\"", "model = \"shop\"\n");
    let proxy = bed.serve().await;
    let owner = proxy.owner("acme").await;
    let tables =
        "CREATE TABLE orders (tenant_id text NOT NULL, id int, item text DEFAULT 'none', at timestamptz, PRIMARY KEY (tenant_id, id));
                  INSERT INTO orders VALUES ('globex', -1, 'gold');
                  CREATE VIEW seen AS SELECT id FROM orders;
                  GRANT ALL ON ALL TABLES IN SCHEMA public TO PUBLIC";
    owner.batch_execute(tables).await.unwrap();
    proxy
}

fn data(text: &str) -> Vec<u8> {
    frame(b'd', text.as_bytes())
}

fn done() -> Vec<u8> {
    frame(b'c', b"")
}

/// A whole COPY: what comes before the data, and what comes after it.
async fn copy(wire: &mut Wire, sql: &str, rows: &[&str]) -> (String, Vec<Message>) {
    wire.send(&query(sql)).await;
    let first = wire.message().await.unwrap();
    if first.tag != b'G' {
        let mut rest = wire.ready().await;
        rest.insert(0, first);
        return (String::new(), rest);
    }
    for row in rows {
        wire.send(&data(row)).await;
    }
    wire.send(&done()).await;
    ("G".to_owned(), wire.ready().await)
}

fn tag(messages: &[Message]) -> String {
    let tag = messages.iter().find(|message| message.tag == b'C').unwrap_or_else(|| panic!("{messages:?}"));
    String::from_utf8_lossy(&tag.body).trim_end_matches('\0').to_owned()
}

/// Code, message and context of the error.
fn told(messages: &[Message]) -> (String, String, String) {
    let error = messages.iter().find(|message| message.tag == b'E').unwrap_or_else(|| panic!("no error in {messages:?}"));
    (error.field(b'C').to_owned(), error.field(b'M').to_owned(), error.field(b'W').to_owned())
}

async fn count(wire: &mut Wire) -> String {
    wire.value("SELECT count(*) FROM orders").await
}

#[tokio::test]
async fn rows_go_in_and_are_the_tenants_own() {
    let proxy = row_bed().await;
    let mut wire = proxy.wire().await;
    let (greeting, after) = copy(&mut wire, "COPY orders (id, item) FROM STDIN", &["1\tapple\n2", "\t\\N\n", "3\tan\\tt\n"]).await;
    assert_eq!((greeting.as_str(), tag(&after).as_str(), shape(&after).as_str()), ("G", "COPY 3", "CZ"));
    let (_, after) =
        copy(&mut wire, "copy public.orders from stdin with (format csv, header)", &["a,b,c,d\nacme,4,\"x,\ny\",2024-01-01\n"]).await;
    assert_eq!(tag(&after), "COPY 1");
    let all = "SELECT string_agg(concat_ws(':', tenant_id, id, item), ' ' ORDER BY id) FROM orders";
    assert_eq!(wire.value(all).await, "acme:1:apple acme:2 acme:3:an\tt acme:4:x,\ny");
    let (_, after) = copy(&mut wire, "COPY orders (id) FROM STDIN", &[]).await;
    assert_eq!(tag(&after), "COPY 0");
    let (_, after) = copy(&mut wire, "COPY orders (id) FROM STDIN", &["5\n"]).await;
    assert_eq!(tag(&after), "COPY 1");
    assert_eq!(wire.value("SELECT item FROM orders WHERE id = 5").await, "none", "a column that isn't named has its default");
}

#[tokio::test]
async fn nothing_of_another_tenant_goes_in() {
    let proxy = row_bed().await;
    let mut wire = proxy.wire().await;
    let (_, after) = copy(&mut wire, "COPY orders (tenant_id, id) FROM STDIN", &["acme\t1\n", "globex\t2\n"]).await;
    let foreign = "new row violates row-level security policy for table \"orders\"";
    assert_eq!(told(&after), ("42501".to_owned(), foreign.to_owned(), "COPY orders, line 2".to_owned()));
    assert_eq!(count(&mut wire).await, "0", "none of its rows");
    for (sql, state) in [
        ("COPY seen FROM STDIN", "42809"),
        ("COPY orders (nope) FROM STDIN", "42703"),
        ("COPY orders FROM STDIN WHERE id > 1", "0A000"),
        ("COPY pg_authid FROM STDIN", "42501"),
        ("COPY nowhere FROM STDIN", "42P01"),
        ("COPY orders FROM STDIN; SELECT 1", "0A000"),
        ("COPY orders FROM '/etc/passwd'", "42501"),
    ] {
        let (greeting, after) = copy(&mut wire, sql, &[]).await;
        assert!(greeting.is_empty() && (told(&after).0 == state || sql.contains("seen")), "{sql}: {after:?}");
    }
}

#[tokio::test]
async fn what_fails_leaves_nothing_and_the_session_as_it_was() {
    let proxy = row_bed().await;
    let mut wire = proxy.wire().await;
    let sql = "COPY orders (id, item) FROM STDIN";
    let (_, after) = copy(&mut wire, sql, &["1\ta\n2\tb\nx\tc\n4\td\n"]).await;
    let (state, message, context) = told(&after);
    assert_eq!((state.as_str(), context.as_str()), ("22P02", "COPY orders, line 3"), "{message}");
    let (_, after) = copy(&mut wire, sql, &["1\ta\n2\n"]).await;
    assert_eq!(told(&after).2, "COPY orders, line 2: \"2\"");
    let (_, after) = copy(&mut wire, sql, &["1\ta\n1\tb\n"]).await;
    assert_eq!((told(&after).0.as_str(), told(&after).2.as_str()), ("23505", "COPY orders, line 2"));
    wire.send(&[query(sql), data("1\ta\n"), frame(b'f', b"no more\0")].concat()).await;
    let after = wire.ready().await;
    assert_eq!((told(&after).0.as_str(), told(&after).1.as_str()), ("57014", "COPY from stdin failed: no more"));
    assert_eq!(count(&mut wire).await, "0");

    wire.query("BEGIN; INSERT INTO orders (id) VALUES (7)").await;
    let (_, after) = copy(&mut wire, sql, &["1\ta\n"]).await;
    assert_eq!((tag(&after).as_str(), after.last().unwrap().body.as_slice()), ("COPY 1", &b"T"[..]));
    let (_, after) = copy(&mut wire, sql, &["1\ta\n"]).await;
    assert_eq!((told(&after).0.as_str(), after.last().unwrap().body.as_slice()), ("23505", &b"E"[..]));
    let (greeting, after) = copy(&mut wire, sql, &[]).await;
    assert_eq!((greeting.as_str(), told(&after).0.as_str()), ("", "25P02"));
    wire.query("ROLLBACK").await;
    assert_eq!(count(&mut wire).await, "0");
    wire.query("BEGIN").await;
    let (_, after) = copy(&mut wire, sql, &["1\ta\n"]).await;
    assert_eq!(tag(&after), "COPY 1");
    wire.query("ROLLBACK").await;
    assert_eq!(count(&mut wire).await, "0");
}

#[tokio::test]
async fn many_rows_and_messages_in_one_go() {
    let proxy = row_bed().await;
    let mut wire = proxy.wire().await;
    let sql = "COPY orders (id, item) FROM STDIN";
    // Longer than all windows, cut where it comes.
    let rows: String = (0..30_000).map(|id| format!("{id}\t{}\n", "x".repeat(id % 50))).collect();
    let pieces: Vec<&str> = rows.as_bytes().chunks(9_999).map(|piece| std::str::from_utf8(piece).unwrap()).collect();
    let (_, after) = copy(&mut wire, sql, &pieces).await;
    assert_eq!(tag(&after), "COPY 30000");
    let (_, after) = copy(&mut wire, "COPY orders (id, item) FROM STDIN", &[&rows.replace('\t', "1111\t")]).await;
    assert_eq!((told(&after).0.as_str(), told(&after).2.as_str()), ("23505", "COPY orders, line 1"));
    wire.query("DELETE FROM orders").await;
    // Data, its end and a query behind it, without waiting for anything.
    wire.send(&[query(sql), data("1\ta\n"), done(), query("SELECT 'behind'")].concat()).await;
    assert_eq!(tag(&wire.ready().await), "COPY 1");
    assert_eq!(firsts(&wire.ready().await), ["behind"]);
    // A copy that has failed long ago, and a client that goes on.
    wire.send(&query(sql)).await;
    assert_eq!(wire.message().await.unwrap().tag, b'G');
    wire.send(&data("2\ta\n1\tb\n3\tc\n")).await;
    wire.send(&data(&"9\n".repeat(100))).await;
    let failed = wire.ready().await;
    assert!(matches!(told(&failed).0.as_str(), "23505" | "22P04"), "{failed:?}");
    wire.send(&[data("more\n"), done()].concat()).await;
    assert_eq!(count(&mut wire).await, "1");
}

#[tokio::test]
async fn bytes_of_postgresqls_own() {
    let proxy = row_bed().await;
    let mut wire = proxy.wire().await;
    wire.send(&query("COPY orders (id, item) FROM STDIN (FORMAT binary)")).await;
    let greeting = wire.message().await.unwrap();
    assert_eq!((greeting.tag, greeting.body.as_slice()), (b'G', &[1, 0, 2, 0, 1, 0, 1][..]));
    let rows = b"PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0\0\x02\0\0\0\x04\0\0\x01\0\0\0\0\x02hi\xff\xff";
    wire.send(&[frame(b'd', rows), done()].concat()).await;
    assert_eq!(tag(&wire.ready().await), "COPY 1");
    assert_eq!(wire.value("SELECT tenant_id || id || item FROM orders").await, "acme256hi");
}

/// Parse to Execute of a COPY, in a batch that goes on.
fn run_copy(sql: &str) -> Vec<u8> {
    [parse("", sql), bind("", "", &[]), describe(b'P', ""), execute("", 0)].concat()
}

const COLUMNS: &str = "COPY orders (id, item) FROM STDIN";

#[tokio::test]
async fn in_the_extended_protocol() {
    let proxy = row_bed().await;
    let mut wire = proxy.wire().await;
    // As libpq does: Sync, and then the data, and Sync again.
    wire.send(&[run_copy(COLUMNS), sync()].concat()).await;
    assert_eq!(shape(&wire.until(b'G').await), "12nG");
    wire.send(&[data("1\tapple\n2"), data("\tpear\n"), done(), sync()].concat()).await;
    let after = wire.ready().await;
    assert_eq!((tag(&after).as_str(), shape(&after).as_str()), ("COPY 2", "CZ"));
    // As others do: Flush. What stands around it is part of one transaction.
    wire.send(&[parse("i", "INSERT INTO orders (id) VALUES (3)"), bind("", "i", &[]), execute("", 0), run_copy(COLUMNS), flush()].concat())
        .await;
    assert_eq!(shape(&wire.until(b'G').await), "12C12nG");
    wire.send(&[data("4\tx\n"), done(), bind("", "i", &[]), execute("", 0), sync()].concat()).await;
    let after = wire.ready().await;
    assert_eq!((tag(&after).as_str(), shape(&after).as_str(), states(&after)), ("COPY 1", "C2EZ", vec!["23505"]));
    assert_eq!(count(&mut wire).await, "2");
    // All at once, and a named statement that serves again.
    wire.send(&[parse("c", COLUMNS), describe(b'S', "c"), sync()].concat()).await;
    assert_eq!(shape(&wire.ready().await), "1tnZ");
    for id in 5..8 {
        wire.send(&[bind("p", "c", &[]), execute("p", 0), data(&format!("{id}\tx\n")), done(), sync()].concat()).await;
        assert_eq!(shape(&wire.ready().await), "2GCZ");
    }
    let all = "SELECT string_agg(concat_ws(':', tenant_id, id, item), ' ' ORDER BY id) FROM orders";
    assert_eq!(wire.value(all).await, "acme:1:apple acme:2:pear acme:5:x acme:6:x acme:7:x");
    wire.send(&[query("EXECUTE c"), query("DEALLOCATE c")].concat()).await;
    assert_eq!(states(&wire.ready().await), ["26000"]);
    assert_eq!(states(&wire.ready().await), [""; 0]);
}

/// As asyncpg does: it looks at the table by a statement that it prepares, and sends no Sync before its COPY.
#[tokio::test]
async fn a_simple_query_behind_a_batch_without_sync() {
    let proxy = row_bed().await;
    let mut wire = proxy.wire().await;
    for id in 1..3 {
        wire.send(&[parse("s", "SELECT id FROM orders"), describe(b'S', "s"), flush()].concat()).await;
        assert_eq!(shape(&wire.until(b'T').await), "1tT");
        let (greeting, after) = copy(&mut wire, COLUMNS, &[&format!("{id}\tx\n")]).await;
        assert_eq!((greeting.as_str(), shape(&after).as_str(), tag(&after).as_str()), ("G", "CZ", "COPY 1"));
        wire.send(&[close(b'S', "s"), sync()].concat()).await;
        assert_eq!(shape(&wire.ready().await), "3Z");
    }
    assert_eq!(count(&mut wire).await, "2");
}

#[tokio::test]
async fn what_fails_in_the_extended_protocol() {
    let proxy = row_bed().await;
    let mut wire = proxy.wire().await;
    let begin = [run_copy("COPY orders (tenant_id, id) FROM STDIN"), sync()].concat();
    for (rows, state, line) in [
        ("acme\t1\nglobex\t2\n", "42501", "line 2"),
        ("acme\t1\nacme\tx\n", "22P02", "line 2"),
        ("acme\t1\nacme\n", "22P04", "line 2"),
        ("acme\t1\nacme\t1\n", "23505", "line 2"),
    ] {
        wire.send(&begin).await;
        wire.until(b'G').await;
        wire.send(&[data(rows), done(), sync()].concat()).await;
        let after = wire.ready().await;
        assert_eq!((told(&after).0.as_str(), shape(&after).as_str()), (state, "EZ"), "{rows}");
        assert!(told(&after).2.contains(line), "{after:?}");
        assert_eq!(count(&mut wire).await, "0", "{rows}");
    }
    wire.send(&begin).await;
    wire.until(b'G').await;
    wire.send(&[data("acme\t1\n"), frame(b'f', b"no more\0"), sync()].concat()).await;
    assert_eq!(told(&wire.ready().await).0, "57014");
    // What is refused before any data is asked for: each Sync is answered, and the data passed over.
    for (sql, state) in [("COPY orders (nope) FROM STDIN", "42703"), ("COPY orders FROM STDIN WHERE id > 1", "0A000")] {
        wire.send(&[run_copy(sql), sync(), data("1\n"), done(), sync()].concat()).await;
        let after = wire.ready().await;
        assert_eq!((told(&after).0.as_str(), shape(&after).as_str()), (state, "EZ"), "{sql}");
        assert_eq!(shape(&wire.ready().await), "Z");
    }
    // In a block that fails before it, in it and behind it.
    wire.send(&[query("BEGIN"), query("SELECT 1/0"), run_copy(COLUMNS), sync()].concat()).await;
    for state in ["", "22012", "25P02"] {
        assert_eq!(states(&wire.ready().await).concat(), state);
    }
    wire.query("ROLLBACK").await;
    wire.send(
        &[parse("f", "SELECT 1/0"), bind("", "f", &[]), execute("", 0), run_copy(COLUMNS), sync(), data("1\tx\n"), done(), sync()].concat(),
    )
    .await;
    assert_eq!(states(&wire.ready().await), ["22012"]);
    assert_eq!(shape(&wire.ready().await), "Z");
    wire.query("BEGIN").await;
    wire.send(&[run_copy(COLUMNS), sync(), data("1\tx\n"), done(), sync()].concat()).await;
    assert_eq!(wire.ready().await.last().unwrap().body, b"T");
    wire.query("ROLLBACK").await;
    assert_eq!(count(&mut wire).await, "0");
}

#[tokio::test]
async fn by_a_driver_that_sends_bytes_of_postgresqls_own() {
    let proxy = row_bed().await;
    let client = proxy.client().await;
    let types = [Type::INT4, Type::TEXT, Type::TIMESTAMPTZ];
    let at = std::time::SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(86_400);
    let copy = async |ids: std::ops::Range<i32>| {
        let sink = client.copy_in("COPY orders (id, item, at) FROM STDIN BINARY").await?;
        let writer = BinaryCopyInWriter::new(sink, &types);
        tokio::pin!(writer);
        for id in ids {
            writer.as_mut().write(&[&id, &format!("item {id}"), &at]).await?;
        }
        writer.finish().await
    };
    assert_eq!(copy(0..10_000).await.unwrap(), 10_000);
    let error = copy(9_990..20_000).await.unwrap_err();
    assert_eq!(crate::support::state_of(&error), "23505");
    let row = client
        .query_one("SELECT count(*), min(tenant_id), max(at), count(*) FILTER (WHERE item = 'item ' || id) FROM orders", &[])
        .await
        .unwrap();
    assert_eq!((row.get::<_, i64>(0), row.get::<_, &str>(1), row.get::<_, i64>(3)), (10_000, "acme", 10_000));
    assert_eq!(row.get::<_, std::time::SystemTime>(2), at);
}
