//! The battery: each attack in each model it is for, through the proxy, with proof that nothing came across.

use pgtenant::lifecycle::create::{TenantKind, TenantSpec, create};
use tokio_postgres::Client;

use super::{
    attacks::{ATTACKS, Attack, Proof},
    tables::{DDL, EMPTY, REGIONS, fingerprint, rows},
    world::switch_row_security_off,
};
use crate::support::{
    bed::Bed,
    cluster::{self, ROLE_PASSWORD, superuser},
    proxy::Proxy,
    run, text,
    wire::*,
};

/// In the other tenant's data, and in no attack.
const MARKER: &str = "SECRETG-";
/// In what attacks write, and in no data.
const EVIL: &str = "EVIL-";

struct Field {
    model: &'static str,
    proxy: Proxy,
    /// The superuser's sessions: on acme's database and on globex's.
    owners: [Client; 2],
    names: Vec<(String, String)>,
}

fn role(model: &str, tenant: &str) -> String {
    format!("battery_{model}_{tenant}")
}

fn mark() -> &'static str {
    "UPDATE clients SET title = 'SECRETG-' || id, email = 'SECRETG-' || id || '@example' WHERE tenant_id = 'globex';
     UPDATE memos SET body = 'SECRETG-' || coalesce(id, 0) WHERE tenant_id = 'globex';
     UPDATE jobs SET extra = '{\"SECRETG-\": 1}' WHERE tenant_id = 'globex';
     UPDATE steps SET what = 'SECRETG-' || n WHERE tenant_id = 'globex';
     UPDATE \"Odd, \"\"Name\"\"\" SET \"select\" = 'SECRETG-' || id WHERE tenant_id = 'globex';"
}

impl Field {
    /// `gate` is the row model with row level security switched off, `open` the same with the gate off, too.
    async fn new(variant: &'static str) -> Field {
        let model = if matches!(variant, "gate" | "open") { "row" } else { variant };
        let cluster = cluster::shared();
        let postgres = superuser(cluster, "postgres").await;
        let databases = if model == "database" {
            ["battery_database_acme", "battery_database_globex"]
        } else {
            [match variant {
                "row" => "battery_row",
                "gate" => "battery_gate",
                "open" => "battery_open",
                _ => "battery_schema",
            }; 2]
        };
        let mut bed = Bed::empty();
        bed.shard("east", &format!("{} sslmode=disable", cluster.address(if model == "database" { "postgres" } else { databases[0] })), 40);
        for (at, database) in databases.iter().enumerate() {
            if at == 0 || databases[0] != databases[1] {
                run(&postgres, &format!("CREATE DATABASE {database} TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C.UTF-8'"))
                    .await;
            }
        }
        let owners = [superuser(cluster, databases[0]).await, superuser(cluster, databases[1]).await];
        if model == "row" {
            run(&owners[0], &format!("{DDL} {REGIONS}")).await;
        }
        for (tenant, (database, owner)) in ["acme", "globex"].iter().zip(databases.iter().zip(&owners)) {
            let kind = match model {
                "row" => TenantKind::Row {
                    tenant_column: "tenant_id".to_owned(),
                    key: (*tenant).to_owned(),
                    reference_tables: vec!["regions".to_owned()],
                    role_affixes: Some((format!("battery_{variant}_"), String::new())),
                },
                "schema" => TenantKind::Schema { schema: format!("space_{tenant}"), template: None, reference_tables: Vec::new() },
                _ => TenantKind::Database { template: None },
            };
            let spec = TenantSpec {
                tenant: (*tenant).into(),
                model: format!("battery{variant}").into(),
                provisioner: cluster.dsn("postgres"),
                database: (*database).to_owned(),
                role: role(variant, tenant),
                password: ROLE_PASSWORD.to_owned(),
                pool: None,
                kind,
                meter: None,
            };
            create(&spec).await.unwrap_or_else(|error| panic!("{model} {tenant}: {error}"));
            let role = role(variant, tenant);
            let path = if model == "schema" { format!("space_{tenant}") } else { "public".to_owned() };
            if model != "row" {
                run(
                    owner,
                    &format!(
                        "SET ROLE {role}; SET search_path = {path}; {DDL} {REGIONS} CREATE SEQUENCE own_seq; RESET ROLE; RESET search_path"
                    ),
                )
                .await;
            }
            bed.tenants.push_str(&format!(
                "[tenants.{tenant}]\nshard = \"east\"\nmodel = \"battery{variant}\"\nplan = \"basic\"\nrole_password = \"file:role_secret\"\n"
            ));
            bed.login(&format!("{tenant}_app"), &format!("tenant = \"{tenant}\"\nsecret = \"file:secret\""));
        }
        if model == "row" {
            run(
                &owners[0],
                &format!(
                    "GRANT SELECT, INSERT, UPDATE, DELETE ON memos_old, readings_2024, readings_2025 TO pgtenant_battery{variant};
                     GRANT SELECT, UPDATE ON open_jobs TO pgtenant_battery{variant}; ALTER VIEW open_jobs OWNER TO pgtenant_owner"
                ),
            )
            .await;
            if matches!(variant, "gate" | "open") {
                switch_row_security_off(&owners[0]).await;
            }
        }
        let lines = match model {
            "row" => "kind = \"row\"\ntenant_column = \"tenant_id\"\nreference_tables = [\"regions\"]",
            "schema" => "kind = \"schema\"\nschema = \"space_{tenant}\"",
            _ => "kind = \"database\"\ndatabase = \"battery_database_{tenant}\"",
        };
        bed.models += &format!("[models.battery{variant}]\n{lines}\nrole = \"battery_{variant}_{{tenant}}\"\n");
        if variant == "open" {
            bed.sections.push_str("[gate]\nmode = \"off\"\n");
        }
        let names = [
            ("{A}", if model == "schema" { "space_acme".to_owned() } else { "public".to_owned() }),
            ("{B}", if model == "schema" { "space_globex".to_owned() } else { "public".to_owned() }),
            ("{ROLE_A}", role(variant, "acme")),
            ("{ROLE_B}", role(variant, "globex")),
            ("{DB_A}", databases[0].to_owned()),
            ("{DB_B}", databases[1].to_owned()),
        ];
        let names = names.map(|(name, value)| (name.to_owned(), value)).to_vec();
        Field { model, proxy: bed.serve().await, owners, names }
    }

    fn path(&self, tenant: &str) -> String {
        if self.model == "schema" { format!("space_{tenant}, public") } else { "public".to_owned() }
    }

    /// All data as in the beginning; whoever still holds a lock is gone.
    async fn refill(&self) {
        let alone = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND state LIKE 'idle in tr%' AND pid <> pg_backend_pid()";
        for (at, tenant) in ["acme", "globex"].iter().enumerate() {
            let owner = &self.owners[at];
            let _ = text(owner, &format!("SELECT count(*) FROM ({alone}) gone")).await;
            let mine = rows(tenant, at as i32 + 1);
            let empty = if self.model == "row" && at == 1 { "" } else { EMPTY };
            let path = self.path(tenant);
            run(owner, &format!("SET search_path = {path}; SET session_replication_role = replica; {empty} {mine} {} RESET session_replication_role; RESET search_path", mark())).await;
        }
    }

    async fn fingerprint(&self) -> String {
        run(&self.owners[1], &format!("SET search_path = {}", self.path("globex"))).await;
        let found = text(&self.owners[1], &fingerprint("globex")).await;
        run(&self.owners[1], "RESET search_path").await;
        found
    }

    /// What globex sees and may do, in time.
    async fn probe(&self) -> String {
        let mut wire = self.proxy.wire_of("globex_app", &[]).await;
        let mut seen = String::new();
        for sql in [
            "SELECT * FROM clients ORDER BY id",
            "SELECT current_setting('search_path'), current_setting('statement_timeout'), current_setting('default_transaction_read_only'), current_setting('DateStyle'), current_setting('standard_conforming_strings')",
            "BEGIN",
            "INSERT INTO memos (tenant_id, id, body) VALUES ('globex', 4000, 'x')",
            "UPDATE clients SET credit = 1 WHERE id = 1",
            "ROLLBACK",
        ] {
            let answer = tokio::time::timeout(std::time::Duration::from_secs(3), wire.query(sql)).await;
            match answer {
                Ok(answer) => {
                    seen.push_str(&format!("{:?}", answer.iter().filter(|message| !matches!(message.tag, b'T' | b'S')).collect::<Vec<_>>()))
                }
                Err(_) => return format!("{seen} and then no answer to {sql}"),
            }
        }
        seen
    }

    fn named(&self, text: &str) -> String {
        self.names.iter().fold(text.to_owned(), |text, (name, value)| text.replace(name, value))
    }

    /// Runs a case; what it proves.
    async fn attack(&self, attack: &Attack, calm: &(String, String)) -> Vec<String> {
        let (_, _, steps, proof) = attack;
        let mut wires: [Option<Wire>; 2] = [None, None];
        let mut answers: Vec<Vec<Message>> = Vec::new();
        let mut leaks = Vec::new();
        for step in *steps {
            let at = usize::from(step.starts_with('b'));
            let answer = self.step(&mut wires[at], at, &self.named(&step[1..])).await;
            for message in &answer {
                let body = String::from_utf8_lossy(&message.body).into_owned();
                if at == 0 && body.contains(MARKER) {
                    leaks.push(format!("{step}: {body:?}"));
                }
                if at == 1 && body.contains(EVIL) {
                    leaks.push(format!("{step}: the other tenant got {body:?}"));
                }
            }
            if at == 1 && !states(&answer).is_empty() && !matches!(proof, Proof::Fails(_)) {
                leaks.push(format!("{step}: the other tenant got {:?}", states(&answer)));
            }
            answers.push(answer);
        }
        let count = |at: usize| answers[at].iter().filter(|message| message.tag == b'D').count();
        match proof {
            Proof::Common => {}
            Proof::Fails(at) => {
                let worked = answers[*at].iter().any(|message| message.tag == b'C') && states(&answers[*at]).is_empty();
                if worked {
                    leaks.push(format!("{} succeeded", steps[*at]));
                }
            }
            Proof::Alike(one, other) => {
                if states(&answers[*one]) != states(&answers[*other]) || count(*one) != count(*other) {
                    leaks.push(format!("{:?} and {:?}", states(&answers[*one]), states(&answers[*other])));
                }
            }
            Proof::Silent(at, word) => {
                let said = answers[*at]
                    .iter()
                    .map(|message| String::from_utf8_lossy(&message.body).to_ascii_lowercase())
                    .find(|body| body.contains(&word.to_ascii_lowercase()));
                leaks.extend(said.map(|body| format!("it says {body:?}")));
            }
        }
        // The attacker's sessions are still there, and may hold locks.
        let probe = self.probe().await;
        if probe != calm.1 {
            leaks.push(format!("the other tenant's sessions: {probe}"));
        }
        drop(wires);
        let data = self.fingerprint().await;
        if data != calm.0 {
            let lines: Vec<&str> = data.lines().filter(|line| !calm.0.contains(line)).take(3).collect();
            leaks.push(format!("the other tenant's data changed: {lines:?}"));
        }
        leaks
    }

    async fn step(&self, wire: &mut Option<Wire>, at: usize, step: &str) -> Vec<Message> {
        let login = ["acme_app", "globex_app"][at];
        if step == ".gone" {
            *wire = None;
            return Vec::new();
        }
        if wire.is_none() {
            *wire = self.proxy.try_wire(login, &[]).await.ok();
        }
        let Some(wire) = wire else { return Vec::new() };
        let bytes = if let Some(sql) = step.strip_prefix(": ") {
            query(sql)
        } else if let Some(sql) = step.strip_prefix("$ ") {
            [parse("", sql), bind("", "", &[]), describe(b'P', ""), execute("", 0), sync()].concat()
        } else if let Some(digits) = step.strip_prefix("! ") {
            hex::decode(digits.replace(' ', "")).unwrap()
        } else if let Some(data) = step.strip_prefix(".copy ") {
            [frame(b'd', data.as_bytes()), frame(b'c', b"")].concat()
        } else {
            let (verb, rest) = step[1..].split_once(' ').unwrap_or((&step[1..], ""));
            let parameters: Vec<&str> = rest.split_whitespace().collect();
            match verb {
                "parse" => parse("", rest),
                "bind" => bind("", "", &parameters),
                "execute" => execute("", 0),
                "sync" => sync(),
                other => panic!("{other}"),
            }
        };
        if !wire.try_send(&bytes).await {
            return Vec::new();
        }
        // What isn't a whole exchange has no ReadyForQuery at its end.
        let whole = step.starts_with(": ") || step.starts_with("$ ") || step == ".sync" || step.starts_with(".copy ");
        let mut answer = Vec::new();
        let limit = std::time::Duration::from_millis(if whole { 5_000 } else { 60 });
        while let Ok(Some(message)) = tokio::time::timeout(limit, wire.message()).await {
            let last = matches!(message.tag, b'Z' | b'G');
            answer.push(message);
            if last {
                break;
            }
        }
        answer
    }
}

async fn battery(model: &'static str) {
    let field = Field::new(model).await;
    let model = if model == "gate" { "row" } else { model };
    field.refill().await;
    let calm = (field.fingerprint().await, field.probe().await);
    assert!(calm.0.contains(MARKER) && calm.1.contains(MARKER), "the other tenant sees its own: {}", calm.1);
    let letter = &model[..1];
    let only = std::env::var("PGTENANT_ATTACK").ok();
    let (mut count, mut found) = (0, Vec::new());
    for attack in ATTACKS.iter().filter(|(name, models, ..)| models.contains(letter) && only.as_ref().is_none_or(|only| only == name)) {
        count += 1;
        let leaks = field.attack(attack, &calm).await;
        found.extend(leaks.iter().map(|leak| format!("{}: {}", attack.0, leak.chars().take(400).collect::<String>())));
        field.refill().await;
        let again = field.fingerprint().await;
        assert_eq!(again, calm.0, "{}: the data can't be put back", attack.0);
    }
    eprintln!("{model}: {count} attacks, {} leaks", found.len());
    assert!(found.is_empty(), "{model}:\n{}", found.join("\n"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn row_model_holds() {
    battery("row").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn row_model_holds_by_the_gate_alone() {
    battery("gate").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn schema_model_holds() {
    battery("schema").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn database_model_holds() {
    battery("database").await;
}

/// The attacks that read do so where nothing stops them: otherwise the battery would prove nothing.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_locks_all_is_open() {
    let field = Field::new("open").await;
    field.refill().await;
    let calm = (field.fingerprint().await, String::new());
    let reading = ATTACKS.iter().take_while(|(name, ..)| *name != "insert_other");
    let (mut count, mut leaking) = (0, 0);
    for attack in reading {
        count += 1;
        let leaks = field.attack(attack, &calm).await;
        leaking += usize::from(leaks.iter().any(|leak| leak.contains(MARKER) && !leak.starts_with("the other tenant")));
    }
    eprintln!("without locks {leaking} of {count} attacks read the other tenant's data");
    assert!(leaking > 40, "{leaking} of {count}");
}
