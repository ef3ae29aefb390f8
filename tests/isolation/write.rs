//! Random statements that write, and ones that fail.

use super::{
    generate::{Generator, Source},
    tables::{TABLES, Table, Ty},
};

impl Generator<'_> {
    fn writable(&mut self) -> &'static Table {
        // The last is the reference table.
        &TABLES[self.dice.below(TABLES.len() - 1)]
    }

    /// The tenant column's value: mostly one's own.
    fn tenant(&mut self) -> String {
        match self.dice.below(12) {
            9 => format!("lower('{}')", self.me.to_ascii_uppercase()),
            10 => {
                self.promise.foreign = true;
                format!("'{}'", self.other)
            }
            _ => format!("'{}'", self.me),
        }
    }

    /// A value for a column of a new row, of a kind that tables take.
    fn cell(&mut self, table: &Table, column: &str, ty: Ty, n: usize) -> String {
        match (table.name, column) {
            (_, "tenant_id") => self.tenant(),
            ("jobs", "client_id") => self.dice.pick(&["1", "2", "NULL", "3", "77"]).to_owned(),
            ("steps", "job_id") => self.dice.pick(&["1", "2", "4"]).to_owned(),
            ("clients", "region") => self.dice.pick(&["'north'", "NULL", "'west'"]).to_owned(),
            ("jobs", "cost") => self.dice.pick(&["12.5", "0", "NULL", "3"]).to_owned(),
            ("clients", "email") => format!("'new{}.{n}@example'", self.dice.below(30)),
            ("clients", "credit") => "5".to_owned(),
            (_, "id" | "n") => {
                let base = self.dice.pick(&[20, 5, 40, 1]);
                (base + self.dice.below(20) + n).to_string()
            }
            ("readings_2024", "day") => format!("DATE '2024-{:02}-01'", 1 + self.dice.below(12)),
            (_, "day") => format!("DATE '{}-03-01'", self.dice.pick(&[2025, 2024, 2040])),
            ("clients", "title") => format!("'new {n}'"),
            _ => self.literal(ty),
        }
    }

    fn returning(&mut self, table: &Table, alias: &str) -> String {
        match self.dice.below(5) {
            3 => " RETURNING *".to_owned(),
            4 => {
                self.scopes.push(vec![Source {
                    alias: alias.to_owned(),
                    columns: table.columns.iter().map(|(name, ty)| ((*name).to_owned(), *ty)).collect(),
                    table: None,
                }]);
                let ty = self.ty();
                let text = format!(" RETURNING {} AS r1, {alias}.tenant_id, {}", self.expression(ty, 1), self.expression(Ty::Text, 2));
                self.scopes.pop();
                text
            }
            _ => String::new(),
        }
    }

    /// A statement that writes. `implicit`: INSERT may leave the tenant column out.
    pub fn writing(&mut self, implicit: bool) -> String {
        self.promise.ordered = false;
        let with = match self.dice.below(8) {
            7 => {
                let (query, columns) = self.select(None, 1);
                self.ctes.push(("w0".to_owned(), columns));
                format!("WITH w0 AS ({query}) ")
            }
            _ => String::new(),
        };
        let text = match self.dice.below(12) {
            0..4 => self.insert(implicit),
            4..7 => self.update(),
            7 | 8 => self.delete(),
            9 => self.merge(),
            10 => self.modifying_cte(),
            _ => self.truncated_name(),
        };
        self.ctes.clear();
        // MERGE and the modifying CTE have their own WITH or none.
        if text.starts_with("WITH") { text } else { with + &text }
    }

    fn insert(&mut self, implicit: bool) -> String {
        let table = self.writable();
        let form = self.dice.below(if implicit { 12 } else { 8 });
        let mut columns: Vec<(&str, Ty)> = table.columns.to_vec();
        let explicit_list = form != 1 && form != 9;
        if matches!(form, 8 | 10 | 11) {
            columns.retain(|(name, _)| *name != "tenant_id");
        }
        if form == 2 {
            // Optional columns may stay away, in any order.
            let key = table.key;
            columns.retain(|(name, _)| key.contains(name) || matches!(*name, "tenant_id" | "title" | "id") || name.len() % 2 == 0);
            columns.reverse();
        }
        let list = if explicit_list {
            format!(" ({})", columns.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", "))
        } else {
            String::new()
        };
        let alias = if self.dice.below(3) == 1 { self.fresh('t') } else { String::new() };
        let named = if alias.is_empty() { String::new() } else { format!(" AS {alias}") };
        let source = match form {
            3 | 10 => self.insert_select(table, &columns),
            _ => {
                let rows: Vec<String> = (0..=self.dice.below(3))
                    .map(|n| {
                        let cells: Vec<String> = columns
                            .iter()
                            .map(
                                |(name, ty)| {
                                    if form == 9 && *name == "tenant_id" { "DEFAULT".to_owned() } else { self.cell(table, name, *ty, n) }
                                },
                            )
                            .collect();
                        format!("({})", cells.join(", "))
                    })
                    .collect();
                format!("VALUES {}", rows.join(", "))
            }
        };
        let name = if alias.is_empty() { table.name } else { alias.as_str() };
        let conflict = self.conflict(table, name);
        let returning = self.returning(table, name);
        format!("INSERT INTO {}{named}{list} {source}{conflict}{returning}", table.name)
    }

    fn insert_select(&mut self, table: &Table, columns: &[(&str, Ty)]) -> String {
        self.scopes.push(Vec::new());
        let items: Vec<String> = columns
            .iter()
            .map(|(name, ty)| match *name {
                "id" | "n" => format!("(g1 + {})", 20 + self.dice.below(40)),
                "tenant_id" if self.dice.below(4) == 3 => "(SELECT min(tenant_id) FROM public.clients)".to_owned(),
                name => self.cell(table, name, *ty, 0),
            })
            .collect();
        self.scopes.pop();
        let distinct = self.dice.pick(&["", "", "DISTINCT "]);
        format!("SELECT {distinct}{} FROM generate_series(1, {}) g1", items.join(", "), 1 + self.dice.below(3))
    }

    fn conflict(&mut self, table: &Table, name: &str) -> String {
        if table.key.is_empty() {
            return String::new();
        }
        let key = format!("(tenant_id, {})", table.key.join(", "));
        match self.dice.below(7) {
            3 => " ON CONFLICT DO NOTHING".to_owned(),
            4 => format!(" ON CONFLICT {key} DO NOTHING"),
            5 | 6 => {
                let Some((column, _)) = table
                    .columns
                    .iter()
                    .find(|(column, _)| !table.key.contains(column) && !matches!(*column, "tenant_id" | "email" | "region" | "client_id"))
                else {
                    return String::new();
                };
                let filter = match self.dice.below(3) {
                    2 => format!(" WHERE {name}.{} > {}", table.key[0], if table.key[0] == "day" { "'2024-01-01'" } else { "3" }),
                    _ => String::new(),
                };
                let tenant = match self.dice.below(6) {
                    5 => format!(", tenant_id = {}", self.tenant()),
                    _ => String::new(),
                };
                format!(" ON CONFLICT {key} DO UPDATE SET {column} = EXCLUDED.{column}{tenant}{filter}")
            }
            _ => String::new(),
        }
    }

    /// Something harmless to set, that breaks no constraint by the order of rows.
    fn assignments(&mut self, table: &Table) -> String {
        let free: Vec<(&str, Ty)> = table
            .columns
            .iter()
            .copied()
            .filter(|(name, _)| {
                !table.key.contains(name)
                    && !matches!(*name, "tenant_id" | "email" | "region" | "client_id" | "cost" | "title" | "credit" | "id")
            })
            .collect();
        let mut parts = Vec::new();
        if free.len() > 1 && self.dice.rarely(4) {
            let (a, b) = (free[0], free[1]);
            if self.dice.below(2) == 0 {
                parts.push(format!("({}, {}) = ({}, {})", a.0, b.0, self.expression(a.1, 1), self.expression(b.1, 1)));
            } else {
                parts.push(format!("({}, {}) = ({} ORDER BY 1, 2 LIMIT 1)", a.0, b.0, self.select(Some(&[a.1, b.1]), 1).0));
            }
        } else {
            let at = self.dice.below(free.len());
            let (name, ty) = free[at];
            parts.push(match self.dice.below(6) {
                5 => format!("{name} = DEFAULT"),
                _ => format!("{name} = {}", self.expression(ty, 2)),
            });
        }
        if self.dice.rarely(9) {
            parts.push(format!("tenant_id = {}", self.tenant()));
        }
        parts.join(", ")
    }

    /// The target with an alias or without, as the only source of a new scope.
    fn target(&mut self, table: &Table) -> (String, String) {
        let mut text = table.name.to_owned();
        if self.dice.rarely(8) {
            text = format!("ONLY {text}");
        } else if self.dice.rarely(10) {
            text = format!("public.{text}");
        }
        let alias = match self.dice.below(2) {
            0 => table.name.to_owned(),
            _ => {
                let alias = self.fresh('t');
                text.push_str(self.dice.pick(&[" AS ", " "]));
                text.push_str(&alias);
                alias
            }
        };
        let columns = table.columns.iter().map(|(name, ty)| ((*name).to_owned(), *ty)).collect();
        self.scopes.push(vec![Source { alias: alias.clone(), columns, table: None }]);
        (text, alias)
    }

    /// Narrow enough that some rows stay.
    fn narrow(&mut self, table: &Table, alias: &str) -> String {
        let condition = match self.dice.below(4) {
            0 | 1 if table.key.contains(&"id") => format!("{alias}.id = {}", 1 + self.dice.below(9)),
            2 if table.key.contains(&"id") => format!("{alias}.id BETWEEN 3 AND 5"),
            _ => self.condition(2),
        };
        let more = if self.dice.rarely(4) { format!(" AND {}", self.condition(1)) } else { String::new() };
        let or = if self.dice.rarely(6) { " OR 1 = 0".to_owned() } else { String::new() };
        format!(" WHERE {condition}{more}{or}")
    }

    /// FROM of an UPDATE, USING of a DELETE: it only narrows, for which of many rows would win is open.
    fn companions(&mut self, word: &str) -> String {
        if self.dice.below(3) < 2 {
            return String::new();
        }
        let target = self.scopes.pop().unwrap_or_default();
        self.scopes.push(Vec::new());
        let from = self.from(1);
        let companions = self.scopes.pop().unwrap_or_default();
        self.scopes.push(target.into_iter().chain(companions).collect());
        format!(" {word} {from}")
    }

    fn update(&mut self) -> String {
        let table = self.writable();
        let (target, alias) = self.target(table);
        let assignments = self.assignments(table);
        let from = self.companions("FROM");
        let filter = if self.dice.rarely(8) { String::new() } else { self.narrow(table, &alias) };
        self.scopes.pop();
        let returning = self.returning(table, &alias).replace(" RETURNING *", &format!(" RETURNING {alias}.*"));
        format!("UPDATE {target} SET {assignments}{from}{filter}{returning}")
    }

    fn delete(&mut self) -> String {
        let table = self.writable();
        let (target, alias) = self.target(table);
        let using = self.companions("USING");
        let filter = self.narrow(table, &alias);
        self.scopes.pop();
        let returning = self.returning(table, &alias).replace(" RETURNING *", &format!(" RETURNING {alias}.*"));
        format!("DELETE FROM {target}{using}{filter}{returning}")
    }

    fn merge(&mut self) -> String {
        let table = self.dice.pick(&[1, 2, 6, 5]);
        let table = &TABLES[table];
        let source = match self.dice.below(3) {
            0 => "(SELECT DISTINCT id AS k1 FROM ledger)".to_owned(),
            1 => "(SELECT g1 AS k1 FROM generate_series(4, 9) g1)".to_owned(),
            _ => "(SELECT max(id) + 3 AS k1 FROM jobs)".to_owned(),
        };
        let alias = self.fresh('t');
        let free = table.columns.iter().find(|(name, _)| !table.key.contains(name) && !matches!(*name, "tenant_id" | "email" | "title"));
        let (column, ty) = *free.unwrap_or(&("id", Ty::Int));
        let value = self.cell(table, column, ty, 0);
        let when = match self.dice.below(3) {
            0 => format!("WHEN MATCHED AND s1.k1 > 5 THEN UPDATE SET {column} = {value}"),
            1 if table.name == "ledger" => "WHEN MATCHED AND s1.k1 = 4 THEN DELETE".to_owned(),
            _ => format!(
                "WHEN MATCHED THEN UPDATE SET {column} = {value}{}",
                if self.dice.rarely(5) { format!(", tenant_id = {}", self.tenant()) } else { String::new() }
            ),
        };
        let insert = match self.dice.below(3) {
            0 => String::new(),
            _ => {
                let cells: Vec<(String, String)> = table
                    .columns
                    .iter()
                    .filter(|(name, _)| matches!(*name, "tenant_id" | "id" | "title" | "amount"))
                    .map(|(name, ty)| ((*name).to_owned(), if *name == "id" { "s1.k1".to_owned() } else { self.cell(table, name, *ty, 1) }))
                    .collect();
                let (names, values): (Vec<_>, Vec<_>) = cells.into_iter().unzip();
                format!(" WHEN NOT MATCHED THEN INSERT ({}) VALUES ({})", names.join(", "), values.join(", "))
            }
        };
        let tenant = self.dice.pick(&["", " AND TENANT"]).replace("TENANT", &format!("{alias}.tenant_id = '{}'", self.me));
        format!("MERGE INTO {} AS {alias} USING {source} AS s1 ON {alias}.id = s1.k1{tenant} {when}{insert}", table.name)
    }

    fn modifying_cte(&mut self) -> String {
        let inner = match self.dice.below(3) {
            0 => "DELETE FROM ledger WHERE id = 2 RETURNING *".to_owned(),
            1 => "UPDATE memos SET body = body || '!' WHERE id < 3 RETURNING tenant_id, id, body".to_owned(),
            _ => format!(
                "INSERT INTO ledger (id, amount, tenant_id) VALUES ({}, 1, '{}') RETURNING id, amount",
                20 + self.dice.below(40),
                self.me
            ),
        };
        let outer = match self.dice.below(3) {
            0 => "SELECT * FROM changed".to_owned(),
            1 => "SELECT count(*), (SELECT count(*) FROM ledger) FROM changed c1 JOIN clients ON clients.id = c1.id".to_owned(),
            _ => format!("INSERT INTO memos (tenant_id, id, body) SELECT '{}', id, 'moved' FROM changed RETURNING id", self.me),
        };
        format!("WITH changed AS ({inner}) {outer}")
    }

    /// Names longer than 63 bytes are cut by the server; this one doesn't exist either way.
    fn truncated_name(&mut self) -> String {
        let id = self.dice.below(9);
        match self.dice.below(3) {
            0 => format!("UPDATE ledger SET amount = amount + 1 WHERE id = {id} RETURNING id AS {}", "x".repeat(70)),
            1 => format!("DELETE FROM steps WHERE (job_id, n) IN (SELECT {id}, n FROM steps) RETURNING steps"),
            _ => format!("UPDATE jobs AS j1 SET extra = to_jsonb(j1), due = DEFAULT WHERE j1.id = {id} RETURNING j1.*"),
        }
    }

    /// A statement that fails, the same way everywhere.
    pub fn failing(&mut self) -> String {
        let texts = [
            "SELECT nowhere FROM clients",
            "SELECT c1.id, nowhere.id FROM clients c1 JOIN jobs j1 ON j1.client_id = c1.id",
            "SELECT * FROM nowhere",
            "SELECT id FROM clients c1, jobs j1",
            "SELECT title, count(*) FROM clients",
            "SELECT 1 / 0 FROM regions",
            "SELEC 1",
            "SELECT 'open'::int",
            "SELECT * FROM clients WHERE title = 1",
            "SELECT * FROM clients WHERE id IN (SELECT id, title FROM clients)",
            "INSERT INTO ledger (id, id) VALUES (1, 1)",
            "UPDATE clients SET nowhere = 1",
            "UPDATE regions SET label = 'x'",
            "INSERT INTO regions VALUES ('x', 'y')",
            "DELETE FROM nowhere WHERE id = 1",
            "SELECT * FROM clients ORDER BY 20",
            "SELECT clients.id FROM clients c1",
            "SELECT (SELECT id FROM clients)",
            "SELECT * FROM jobs WHERE max(id) = 1",
            "SELECT nowhere(id) FROM jobs",
            "SELECT id FROM clients UNION SELECT title FROM clients",
            "SELECT * FROM clients FOR UPDATE OF nowhere",
            "SELECT DISTINCT id FROM clients FOR UPDATE",
            "INSERT INTO jobs (tenant_id, id, cost) VALUES ('ME', 55, -1)",
            "INSERT INTO clients (tenant_id, id) VALUES ('ME', 56)",
            "INSERT INTO clients (tenant_id, id, title) VALUES ('ME', 1, 'twice')",
            "INSERT INTO steps (tenant_id, job_id, n) VALUES ('ME', 7777, 1)",
            "INSERT INTO clients (tenant_id, id, title, region) VALUES ('ME', 57, 'x', 'nowhere')",
            "INSERT INTO memos (tenant_id, id) VALUES ('OTHER', 1)",
            "INSERT INTO memos (tenant_id, id) VALUES (NULL, 1)",
            "UPDATE ledger SET tenant_id = upper(tenant_id) WHERE id = 1",
            "DELETE FROM clients WHERE id = 1",
            "SELECT * FROM public.clients AS c1 (a1, a2, a3, a4, a5, a6, a7, a8, a9)",
            "SELECT * FROM clients c1 JOIN clients c1 ON true",
            "WITH w1 AS (SELECT 1) SELECT * FROM w2",
            "VALUES (1), (2, 3)",
            "SELECT $1",
            "SELECT * FROM clients JOIN jobs USING (nowhere)",
            "SELECT 'abc",
            "SELECT * FROM pg_catalog.nowhere",
        ];
        let text = self.dice.pick(&texts);
        if text.contains("OTHER") {
            self.promise.foreign = true;
        }
        self.promise.ordered = false;
        text.replace("ME", self.me).replace("OTHER", self.other)
    }
}
