//! The shop that the property runs on: shared tables of every kind, with the same ids in both tenants and different contents.

/// What the generator knows of types.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Ty {
    Int,
    Text,
    Num,
    Date,
    Bool,
    Json,
    Ints,
    Texts,
}

pub const TYPES: [Ty; 8] = [Ty::Int, Ty::Text, Ty::Num, Ty::Date, Ty::Bool, Ty::Json, Ty::Ints, Ty::Texts];

impl Ty {
    /// Its name in a cast.
    pub fn name(self) -> &'static str {
        match self {
            Ty::Int => "int",
            Ty::Text => "text",
            Ty::Num => "numeric",
            Ty::Date => "date",
            Ty::Bool => "boolean",
            Ty::Json => "jsonb",
            Ty::Ints => "int[]",
            Ty::Texts => "text[]",
        }
    }

    /// Its oid, for Parse.
    pub fn oid(self) -> u32 {
        match self {
            Ty::Int => 23,
            Ty::Text => 25,
            Ty::Num => 1700,
            Ty::Date => 1082,
            Ty::Bool => 16,
            Ty::Json => 3802,
            Ty::Ints => 1007,
            Ty::Texts => 1009,
        }
    }
}

/// A table as the generator sees it.
pub struct Table {
    pub name: &'static str,
    pub columns: &'static [(&'static str, Ty)],
    /// Besides the tenant column, what tells its rows apart; empty where nothing does.
    pub key: &'static [&'static str],
    /// Whether the tenant column stands in it.
    pub tenants: bool,
}

pub const TABLES: [Table; 10] = [
    Table { name: "memos", columns: &[("tenant_id", Ty::Text), ("id", Ty::Int), ("body", Ty::Text)], key: &[], tenants: true },
    Table {
        name: "clients",
        columns: &[
            ("tenant_id", Ty::Text),
            ("id", Ty::Int),
            ("title", Ty::Text),
            ("email", Ty::Text),
            ("region", Ty::Text),
            ("credit", Ty::Num),
            ("born", Ty::Date),
            ("tags", Ty::Texts),
        ],
        key: &["id"],
        tenants: true,
    },
    Table {
        name: "jobs",
        columns: &[
            ("tenant_id", Ty::Text),
            ("id", Ty::Int),
            ("client_id", Ty::Int),
            ("state", Ty::Text),
            ("cost", Ty::Num),
            ("due", Ty::Date),
            ("extra", Ty::Json),
            ("marks", Ty::Ints),
        ],
        key: &["id"],
        tenants: true,
    },
    Table {
        name: "steps",
        columns: &[
            ("tenant_id", Ty::Text),
            ("job_id", Ty::Int),
            ("n", Ty::Int),
            ("what", Ty::Text),
            ("hours", Ty::Num),
            ("done", Ty::Bool),
        ],
        key: &["job_id", "n"],
        tenants: true,
    },
    Table {
        name: "readings",
        columns: &[("tenant_id", Ty::Text), ("id", Ty::Int), ("day", Ty::Date), ("measured", Ty::Num)],
        key: &["id", "day"],
        tenants: true,
    },
    Table {
        name: "\"Odd, \"\"Name\"\"\"",
        columns: &[("id", Ty::Int), ("\"select\"", Ty::Text), ("tenant_id", Ty::Text), ("\"Mixed Case\"", Ty::Int)],
        key: &["id"],
        tenants: true,
    },
    Table {
        name: "ledger",
        columns: &[("id", Ty::Int), ("amount", Ty::Num), ("booked", Ty::Date), ("paid", Ty::Bool), ("tenant_id", Ty::Text)],
        key: &["id"],
        tenants: true,
    },
    Table {
        name: "memos_old",
        columns: &[("tenant_id", Ty::Text), ("id", Ty::Int), ("body", Ty::Text), ("kept", Ty::Date)],
        key: &[],
        tenants: true,
    },
    Table {
        name: "readings_2024",
        columns: &[("tenant_id", Ty::Text), ("id", Ty::Int), ("day", Ty::Date), ("measured", Ty::Num)],
        key: &["id", "day"],
        tenants: true,
    },
    Table { name: "regions", columns: &[("code", Ty::Text), ("label", Ty::Text)], key: &["code"], tenants: false },
];

/// Over two tenant tables.
pub const VIEW: (&str, &[(&str, Ty)]) =
    ("open_jobs", &[("job", Ty::Int), ("client", Ty::Text), ("price", Ty::Num), ("open_since", Ty::Date)]);

/// As the owner makes them. The last lines are what a tenant's `create` doesn't do: rights on children by their own names.
pub const DDL: &str = r#"
CREATE TABLE regions (code text PRIMARY KEY, label text NOT NULL);
CREATE TABLE clients (tenant_id text NOT NULL, id int NOT NULL, title text NOT NULL, email text, region text REFERENCES regions,
  credit numeric(12,2) NOT NULL DEFAULT 0, born date, tags text[], PRIMARY KEY (tenant_id, id), UNIQUE (tenant_id, email));
CREATE TABLE jobs (tenant_id text NOT NULL, id int NOT NULL, client_id int, state text DEFAULT 'open', cost numeric, due date, extra jsonb,
  marks int[], PRIMARY KEY (tenant_id, id), FOREIGN KEY (tenant_id, client_id) REFERENCES clients, CONSTRAINT cost_is_sane CHECK (cost >= 0));
CREATE TABLE steps (tenant_id text NOT NULL, job_id int NOT NULL, n int NOT NULL, what text, hours numeric DEFAULT 1, done boolean DEFAULT false,
  PRIMARY KEY (tenant_id, job_id, n), FOREIGN KEY (tenant_id, job_id) REFERENCES jobs ON DELETE CASCADE);
CREATE TABLE readings (tenant_id text NOT NULL, id int NOT NULL, day date NOT NULL, measured numeric, PRIMARY KEY (tenant_id, id, day))
  PARTITION BY RANGE (day);
CREATE TABLE readings_2024 PARTITION OF readings FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
CREATE TABLE readings_2025 PARTITION OF readings FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
CREATE TABLE readings_rest PARTITION OF readings DEFAULT;
CREATE TABLE memos (tenant_id text NOT NULL, id int, body text);
CREATE TABLE memos_old (kept date) INHERITS (memos);
CREATE TABLE "Odd, ""Name""" (id int NOT NULL, "select" text, tenant_id text NOT NULL, "Mixed Case" int, PRIMARY KEY (tenant_id, id));
CREATE TABLE ledger (gone int, id int NOT NULL, amount numeric, booked date, paid boolean, tenant_id text NOT NULL, PRIMARY KEY (id, tenant_id));
ALTER TABLE ledger DROP COLUMN gone;
CREATE VIEW open_jobs (job, client, price, open_since) AS
  SELECT j.id, c.title, j.cost, j.due FROM jobs j LEFT JOIN clients c ON c.tenant_id = j.tenant_id AND c.id = j.client_id WHERE j.state <> 'done';
"#;

/// One tenant's rows. Ids are the same for all tenants, contents aren't.
pub fn rows(tenant: &str, salt: i32) -> String {
    format!(
        r#"
INSERT INTO clients SELECT '{tenant}', i, '{tenant} client ' || i, CASE WHEN i % 4 <> 0 THEN 'c' || i || '@{tenant}.example' END,
  (ARRAY['north', 'south', NULL, 'west'])[1 + (i + {salt}) % 4], i * 10 + {salt}, CASE WHEN i % 3 <> 0 THEN date '1990-01-01' + i * 100 + {salt} END,
  CASE WHEN i % 2 = 0 THEN ARRAY['{tenant}', 't' || i] END FROM generate_series(1, 7 + {salt}) i;
INSERT INTO jobs SELECT '{tenant}', i, CASE WHEN i % 5 <> 0 THEN 1 + i % 7 END, (ARRAY['open', 'done', 'late', NULL])[1 + (i * {salt}) % 4],
  CASE WHEN i % 6 <> 0 THEN i * 7.5 + {salt} END, CASE WHEN i % 4 <> 1 THEN date '2025-01-01' + i * {salt} END,
  CASE WHEN i % 3 <> 2 THEN jsonb_build_object('who', '{tenant}', 'k', i + {salt}) END,
  CASE WHEN i % 2 = 1 THEN ARRAY[i, {salt}, NULL] END FROM generate_series(1, 9 + {salt}) i;
INSERT INTO steps SELECT '{tenant}', j, n, '{tenant} step ' || j || '.' || n, CASE WHEN n <> 2 THEN n + {salt} * 0.25 END, (j + n) % 3 = 0
  FROM generate_series(1, 8) j, generate_series(1, 1 + (j + {salt}) % 3) n;
INSERT INTO readings SELECT '{tenant}', i, date '2024-10-01' + i * 25 + {salt}, i * 1.5 + {salt} FROM generate_series(1, 8) i;
INSERT INTO readings VALUES ('{tenant}', 99, '2031-01-01', NULL);
INSERT INTO memos SELECT '{tenant}', i, '{tenant} memo ' || i FROM generate_series(1, 3 + {salt}) i;
INSERT INTO memos VALUES ('{tenant}', NULL, NULL);
INSERT INTO memos_old SELECT '{tenant}', i, '{tenant} old memo ' || i, date '2020-02-02' + i FROM generate_series(1, 3) i;
INSERT INTO "Odd, ""Name""" SELECT i, CASE WHEN i <> 3 THEN '{tenant} odd ' || i END, '{tenant}', 100 * {salt} + i FROM generate_series(1, 5) i;
INSERT INTO ledger SELECT i, i * 3.25 - {salt}, date '2025-02-01' + i, i % 2 = 0, '{tenant}' FROM generate_series(1, 6) i;
"#
    )
}

/// For all.
pub const REGIONS: &str =
    "INSERT INTO regions VALUES ('north', 'The north'), ('south', 'The south'), ('west', 'The west'), ('none', 'Nowhere');";

/// Empties all but the reference table.
pub const EMPTY: &str = r#"TRUNCATE clients, jobs, steps, readings, memos, memos_old, "Odd, ""Name""", ledger;"#;

/// The tables' contents as one value.
pub fn fingerprint(tenant: &str) -> String {
    let tables = ["clients", "jobs", "steps", "readings", "memos", "\"Odd, \"\"Name\"\"\"", "ledger"];
    let parts: Vec<String> = tables
        .iter()
        .map(|table| format!("SELECT tableoid::regclass::text || t::text AS x FROM {table} t WHERE tenant_id = '{tenant}'"))
        .chain([
            "SELECT 'kept' || m::text FROM memos_old m WHERE tenant_id = '".to_owned() + tenant + "'",
            "SELECT 'r' || r::text FROM regions r".to_owned(),
        ])
        .collect();
    format!("SELECT coalesce(string_agg(x, E'\\n' ORDER BY x COLLATE \"C\"), '') FROM ({}) all_rows", parts.join(" UNION ALL "))
}
