//! COPY as rows of INSERTs beside PostgreSQL's own: the same rows, the same errors in the same lines.

use pgtenant::{
    catalog::load::{Schemas, load},
    session::copy_rows::{Checked, CopyRows, Need, Target},
    sql::copy_from::copy_from,
};
use proptest::{prelude::*, test_runner::TestRunner};

use crate::support::{
    cluster, run,
    wire::{self, Wire},
};

const TABLE: &str = "(a text, b int, c varchar(3) DEFAULT 'dd', CHECK (b < 100))";

/// How it went: tag or error, and the rows that are there.
#[derive(Debug, PartialEq)]
struct Outcome {
    told: String,
    rows: String,
}

fn told(messages: &[wire::Message]) -> String {
    let message = messages.iter().find(|message| matches!(message.tag, b'C' | b'E')).unwrap();
    match message.tag {
        b'C' => String::from_utf8_lossy(&message.body).into_owned(),
        // What a line has in it is told up to a point, and of a server's error not at all.
        _ => format!(
            "{} {} [{}]",
            message.state(),
            message.field(b'M'),
            message.field(b'W').split([':', ',']).take(2).collect::<Vec<_>>().join(",")
        ),
    }
}

async fn rows_of(wire: &mut Wire, table: &str) -> String {
    let rows = wire.value(&format!("SELECT coalesce(json_agg(t ORDER BY a, b, c), '[]')::text FROM {table} t")).await;
    wire.query(&format!("TRUNCATE {table}")).await;
    rows
}

async fn natively(wire: &mut Wire, options: &str, data: &[u8]) -> Outcome {
    wire.send(&wire::query(&format!("COPY native {options}"))).await;
    let first = wire.message().await.unwrap();
    assert_eq!(first.tag, b'G', "{options}: {first:?}");
    wire.send(&[wire::frame(b'd', data), wire::frame(b'c', b"")].concat()).await;
    let told = told(&wire.ready().await);
    Outcome { told, rows: rows_of(wire, "native").await }
}

async fn as_rows(wire: &mut Wire, relation: &pgtenant::catalog::Relation, options: &str, data: &[u8]) -> Outcome {
    let copy = copy_from(&format!("COPY ours {options}")).unwrap().unwrap();
    let target = Target::new(&copy, relation).unwrap();
    let (mut rows, mut out) = (CopyRows::new(copy, target, true), Vec::new());
    rows.data(data);
    rows.done();
    loop {
        match rows.write(&mut out) {
            Need::Check(text) => rows.checked(Ok(Checked { text: text.into(), appended: None }), &mut out),
            Need::End => break,
            Need::Data => panic!("all is there"),
            Need::Replies => {
                wire.send(&std::mem::take(&mut out)).await;
                let message = wire.message().await.unwrap();
                assert!(rows.reply(message.tag, &message.body));
            }
        }
    }
    out.extend_from_slice(&wire::sync());
    wire.send(&out).await;
    for message in wire.ready().await {
        assert!(rows.reply(message.tag, &message.body) || message.tag == b'Z', "{message:?}");
    }
    assert!(rows.is_settled());
    out.clear();
    rows.conclude(&mut out);
    let told = told(&[wire::Message { tag: out[0], body: out[5..].to_vec() }]);
    Outcome { told: told.replace("ours", "native"), rows: rows_of(wire, "ours").await }
}

fn data() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop::sample::select(vec![
        "a",
        "x",
        "7",
        "12",
        "\t",
        "\t",
        ",",
        ",",
        "\n",
        "\n",
        "\\N",
        "\\\\",
        "\\t",
        "\"",
        "\"\"",
        "\\x41",
        "\\101",
        "\u{e4}",
        "\r\n",
        "a\t1\tz\n",
        "b\t\\N\tzz\n",
        "c,2,z\n",
        "\"d,\",3,\"z\"\"\"\n",
        "e,,\n",
        "\"\",4,\n",
        "f\t500\tx\n",
        "g\tx\ty\n",
        "h\t1\tlong\n",
        "\\.\n",
        "|",
        "nil",
    ]);
    prop::collection::vec(piece, 0..14).prop_map(|pieces| pieces.concat().into_bytes())
}

#[test]
fn it_is_as_postgresql_does_it() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let (mut wire, relation, major) = runtime.block_on(async {
        let name = cluster::database(cluster::shared()).await;
        let owner = cluster::superuser(cluster::shared(), &name).await;
        run(&owner, &format!("SET ROLE {name}; CREATE SCHEMA mine; CREATE TABLE mine.native {TABLE}; CREATE TABLE mine.ours {TABLE}"))
            .await;
        run(&owner, &format!("ALTER ROLE {name} SET search_path = mine")).await;
        let catalog = load(&owner, &Schemas::Shared).await.unwrap();
        let mut wire = Wire::tcp(cluster::shared().port()).await;
        wire.log_in(&name, cluster::ROLE_PASSWORD, &[("database", &name)]).await.unwrap();
        (wire, catalog.relation(Some("mine"), "ours", &[]).unwrap().clone(), catalog.server_version() / 10_000)
    });
    let mut options = vec![
        "FROM STDIN",
        "(c, a, b) FROM STDIN",
        "FROM STDIN (DELIMITER ',', NULL 'nil')",
        "FROM STDIN CSV",
        "(a, b) FROM STDIN (FORMAT csv, HEADER)",
        "FROM STDIN (FORMAT csv, FORCE_NULL (a), FORCE_NOT_NULL (c))",
        "FROM STDIN (FORMAT csv, ESCAPE '\\', DELIMITER '|')",
        "(b) FROM STDIN",
    ];
    if major >= 15 {
        options.push("FROM STDIN (HEADER match)");
    }
    if major >= 16 {
        options.push("FROM STDIN (DEFAULT 'nil')");
    }
    let mut runner = TestRunner::new(ProptestConfig { cases: 600, failure_persistence: None, ..ProptestConfig::default() });
    let wire = tokio::sync::Mutex::new(&mut wire);
    let outcome = runner.run(&(data(), prop::sample::select(options)), |(data, options)| {
        runtime.block_on(async {
            let mut wire = wire.lock().await;
            let native = natively(&mut wire, options, &data).await;
            let ours = as_rows(&mut wire, &relation, options, &data).await;
            let place = |told: &str| told.rsplit(" [").next().unwrap_or_default().to_owned();
            if ours.told.contains("end-of-copy marker") {
                // Its words, and what counts as one, have changed from version to version.
            } else if native.told.starts_with("22") && ours.told.starts_with("22") && native.told != ours.told {
                // Of two things that are wrong in one line PostgreSQL tells the first, here it depends on what is wrong.
                prop_assert_eq!(place(&native.told), place(&ours.told));
            } else {
                prop_assert_eq!(native, ours, "{} {:?}", options, String::from_utf8_lossy(&data));
            }
            Ok(())
        })
    });
    outcome.unwrap();
}
