//! What psql, Django, SQLAlchemy, peewee, ActiveRecord, pgjdbc, Hibernate, EclipseLink, OpenJPA, Knex, Objection, Sequelize, TypeORM,
//! MikroORM, Kysely, Drizzle and Prisma send must be let through, in the row and the schema model. The texts in `corpus/` were recorded from
//! the running programs, but for those of `hibernate6_forms`, which are written in that program's manner; each is parsed through the proxy.

use std::{collections::BTreeMap, fs, path::Path};

use pgtenant::lifecycle::create::{TenantKind, TenantSpec, create};

use crate::support::{
    bed::Bed,
    cluster::{self, ROLE_PASSWORD, superuser},
    proxy::Proxy,
    run,
    wire::*,
};

/// What a tenant may not do, by model: the reason, and what such a text has.
const FORBIDDEN: &[(&str, &str, &[&str])] =
    &[("row", "shared tables are the operator's to change", &["CREATE ", "ALTER ", "DROP ", "TRUNCATE ", "COMMENT ", "LOCK ", "DO $"])];

/// What puts the schema's name before every table, as it is told to: recorded with "public", which in the schema model would be the tenant's own.
const QUALIFYING: &[&str] = &["hibernate", "prisma"];

/// A text as its program sends it under this model.
fn told_the_schema(model: &str, source: &str, text: &str) -> String {
    if model != "schema" || !QUALIFYING.contains(&source) {
        return text.to_owned();
    }
    text.replace("\"public\".", "\"tenant_acme\".").replace(" public.", " tenant_acme.").replace("'public.", "'tenant_acme.")
}

/// Text by text.
pub fn texts() -> BTreeMap<String, Vec<String>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/isolation/corpus");
    let mut all = BTreeMap::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        let text = fs::read_to_string(&path).unwrap();
        if name != "tables" {
            let (_, body) = text.split_once('\n').unwrap();
            all.insert(name, body.split("\n--;\n").map(str::to_owned).filter(|text| !text.trim().is_empty()).collect());
        }
    }
    all
}

async fn world(model: &str) -> Proxy {
    let cluster = cluster::shared();
    let database = format!("corpus_{model}");
    let postgres = superuser(cluster, "postgres").await;
    run(&postgres, &format!("CREATE DATABASE {database} TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C.UTF-8'")).await;
    let owner = superuser(cluster, &database).await;
    let tables = include_str!("corpus/tables.sql");
    let role = format!("corpus_{model}_acme");
    let mut bed = Bed::empty();
    bed.shard("east", &cluster.address(&database), 20);
    let kind = if model == "row" {
        run(&owner, tables).await;
        TenantKind::Row {
            tenant_column: "tenant_id".to_owned(),
            key: "acme".to_owned(),
            reference_tables: vec!["countries".to_owned()],
            role_affixes: None,
        }
    } else {
        TenantKind::Schema { schema: "tenant_acme".to_owned(), template: None, reference_tables: Vec::new() }
    };
    let spec = TenantSpec {
        tenant: "acme".into(),
        model: format!("corpus{model}").into(),
        provisioner: cluster.dsn("postgres"),
        database: database.clone(),
        role: role.clone(),
        password: ROLE_PASSWORD.to_owned(),
        pool: None,
        kind,
        meter: None,
    };
    create(&spec).await.unwrap();
    if model == "schema" {
        run(&owner, &format!("SET ROLE {role}; SET search_path = tenant_acme; {tables}")).await;
    } else {
        run(&owner, "ALTER VIEW order_totals OWNER TO pgtenant_owner; GRANT SELECT ON order_totals TO pgtenant_corpusrow").await;
    }
    let lines = match model {
        "row" => "kind = \"row\"\ntenant_column = \"tenant_id\"\nreference_tables = [\"countries\"]",
        _ => "kind = \"schema\"\nschema = \"tenant_{tenant}\"",
    };
    bed.models += &format!("[models.corpus{model}]\n{lines}\n");
    bed.tenants.push_str(&format!(
        "[tenants.acme]\nshard = \"east\"\nmodel = \"corpus{model}\"\nplan = \"basic\"\nrole = \"{role}\"\nrole_password = \"file:role_secret\"\n"
    ));
    bed.login("acme_app", "tenant = \"acme\"\nsecret = \"file:secret\"");
    bed.serve().await
}

/// What is said to a text: SQLSTATE and message of the error.
async fn said(wire: &mut Wire, text: &str) -> (String, String) {
    wire.send(&[parse("", text), sync()].concat()).await;
    let mut answer = wire.ready().await;
    if answer.iter().any(|message| message.tag == b'E' && message.field(b'M').contains("multiple commands")) {
        answer = wire.query(text).await;
        wire.query("ROLLBACK").await;
    }
    let mut error = answer.iter().find(|message| message.tag == b'E');
    // What needs no parameters and only reads is run, too: the database has a say in that.
    let ran;
    if error.is_none() && is_a_read(text) {
        wire.query("BEGIN").await;
        ran = wire.query(text).await;
        wire.query("ROLLBACK").await;
        error = ran.iter().find(|message| message.tag == b'E');
    }
    error.map_or_else(Default::default, |error| (error.state().to_owned(), format!("{} {}", error.field(b'M'), error.field(b'D'))))
}

fn is_a_read(text: &str) -> bool {
    let upper = text.trim_start().to_ascii_uppercase();
    let reads = ["SELECT", "WITH", "SHOW", "VALUES", "EXPLAIN"].iter().any(|word| upper.starts_with(word));
    reads && !["$1", "NEXTVAL", "SETVAL", "INSERT ", "UPDATE ", "DELETE "].iter().any(|sign| upper.contains(sign))
}

fn is_forbidden(model: &str, text: &str) -> bool {
    let upper = text.trim_start().to_ascii_uppercase();
    FORBIDDEN.iter().any(|(of, _, signs)| *of == model && signs.iter().any(|sign| upper.starts_with(sign)))
}

async fn accepted(model: &str) {
    let proxy = world(model).await;
    let mut wire = proxy.wire().await;
    // What is broken on the way shows beside what the server says to the text as it is.
    let mut straight = Wire::tcp(cluster::shared().port()).await;
    straight.log_in("postgres", cluster::shared().password(), &[("database", &format!("corpus_{model}"))]).await.unwrap();
    if model == "schema" {
        straight.query("SET search_path = tenant_acme, public").await;
    }
    let (mut all, mut refused, mut forbidden) = (0, Vec::new(), 0);
    let mut states: BTreeMap<String, usize> = BTreeMap::new();
    for (source, texts) in texts() {
        let before = refused.len();
        for text in texts.iter().map(|text| told_the_schema(model, &source, text)) {
            let text = text.as_str();
            let (state, message) = said(&mut wire, text).await;
            *states.entry(state.clone()).or_default() += 1;
            if matches!(state.as_str(), "42501" | "0A000" | "XX000" | "54000" | "54001") {
                if is_forbidden(model, text) {
                    forbidden += 1;
                    continue;
                }
                refused.push(format!("{source} {state} {message} | {}", text.chars().take(300).collect::<String>().replace('\n', " ")));
            }
            if !state.is_empty() && !state.starts_with("42501") && said(&mut straight, text).await.0.is_empty() {
                refused
                    .push(format!("{source} BROKEN {state} {message} | {}", text.chars().take(600).collect::<String>().replace('\n', " ")));
            }
            all += 1;
        }
        eprintln!("{model} {source}: {} texts, {} refused", texts.len(), refused.len() - before);
    }
    let mut causes: BTreeMap<&str, usize> = BTreeMap::new();
    for line in &refused {
        *causes.entry(line.split(" | ").next().unwrap().split_once(' ').unwrap().1).or_default() += 1;
    }
    for line in &refused {
        eprintln!("  {line}");
    }
    eprintln!("{model}: {all} texts, {} refused, {forbidden} forbidden; states {states:?}\n{causes:#?}", refused.len());
    assert!(refused.len() * 100 <= all, "{model}: {} of {all} refused:\n{}", refused.len(), refused.join("\n"));
}

#[tokio::test]
async fn row_model_takes_what_programs_send() {
    accepted("row").await;
}

#[tokio::test]
async fn schema_model_takes_what_programs_send() {
    accepted("schema").await;
}
