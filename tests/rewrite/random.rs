//! Random statements over the tables of `schema.sql`.

/// Numbers that depend on the seed alone.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % sides as u64).unwrap()
    }

    fn pick<'a>(&mut self, of: &[&'a str]) -> &'a str {
        of[self.roll(of.len())]
    }
}

/// A table reference and what is known of it.
struct Source {
    text: String,
    name: String,
}

pub(crate) fn statement(seed: u64) -> String {
    let mut dice = Dice(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1);
    for _ in 0..4 {
        dice.roll(2);
    }
    match dice.roll(12) {
        0 => update(&mut dice),
        1 => delete(&mut dice),
        2 => insert(&mut dice),
        3 => format!("{} {} {}", select(&mut dice, 2), dice.pick(&["UNION", "UNION ALL", "INTERSECT", "EXCEPT"]), select(&mut dice, 1)),
        4 => {
            let name = dice.pick(&["w", "orders", "customers", "x"]);
            let inner = select(&mut dice, 1);
            format!("WITH {name} AS {} ({inner}) SELECT w.id FROM {name} AS w", dice.pick(&["", "MATERIALIZED", "NOT MATERIALIZED"]))
        }
        _ => {
            let order = dice.pick(&["", "", " ORDER BY 1", " LIMIT ALL", " FOR UPDATE", "/* x */ -- y"]);
            format!("{}{}", select(&mut dice, 3), order).replace("FOR UPDATE", if seed.is_multiple_of(2) { "" } else { " OFFSET 0" })
        }
    }
}

/// A query of one column, `id`.
fn select(dice: &mut Dice, depth: usize) -> String {
    let mut from = Vec::new();
    for number in 0..1 + dice.roll(2) {
        from.push(source(dice, depth, &format!("{}{number}", "abc".chars().nth(depth % 3).unwrap())));
    }
    let texts: Vec<&str> = from.iter().map(|source| &*source.text).collect();
    let name = from[dice.roll(from.len())].name.clone();
    let condition = match dice.roll(3) {
        0 => String::new(),
        _ => format!("{}{}", dice.pick(&[" WHERE ", "\nwhere\t", " WHERE /* ( */ "]), condition(dice, &from, depth)),
    };
    let (head, tail) = match dice.roll(6) {
        0 => (format!("SELECT max({name}.id) AS id"), ""),
        1 => (format!("SELECT DISTINCT {name}.id"), ""),
        2 => (format!("SELECT {name}.id"), " GROUP BY 1 HAVING count(*) > 0"),
        _ => (format!("SELECT {name}.id"), ""),
    };
    format!("{head} FROM {}{condition}{tail}", texts.join(", "))
}

fn source(dice: &mut Dice, depth: usize, name: &str) -> Source {
    let name = name.to_owned();
    let table = dice.pick(&[
        "orders",
        "customers",
        "public.orders",
        "ONLY orders",
        "only (customers)",
        "parted",
        "ORDERS",
        "\"orders\"",
        "parted_1",
    ]);
    let plain = format!("{table} {}{name}", dice.pick(&["", "AS ", "/* , */ AS "]));
    let text = match dice.roll(if depth == 0 { 2 } else { 6 }) {
        0 => format!("(SELECT id FROM {table} AS q) {name}"),
        2 => {
            let join = dice.pick(&["JOIN", "LEFT JOIN", "RIGHT JOIN", "FULL JOIN"]);
            format!("{plain} {join} {} {name}x ON {name}x.id = {name}.id", dice.pick(&["orders", "customers", "parted"]))
        }
        3 => format!("({}) AS {name}", select(dice, depth - 1)),
        4 => format!("{plain} LEFT JOIN LATERAL ({} LIMIT 0) {name}l ON true", select(dice, depth - 1)),
        5 => format!("archived {name}"),
        _ => plain,
    };
    Source { text, name }
}

fn condition(dice: &mut Dice, from: &[Source], depth: usize) -> String {
    let name = &from[dice.roll(from.len())].name;
    let number = dice.roll(20);
    match dice.roll(if depth == 0 { 5 } else { 9 }) {
        0 => format!("{name}.id = {number}"),
        1 => format!("{name}.id < {number} OR {name}.id > 12"),
        2 => format!("NOT {name}.id BETWEEN 2 AND {number}"),
        3 => format!("{name}.id IS DISTINCT FROM {number}"),
        4 => format!("CASE WHEN {name}.id > {number} THEN true END"),
        5 => format!("EXISTS (SELECT FROM orders e WHERE e.id = {name}.id)"),
        6 => format!("{name}.id IN ({})", select(dice, depth - 1)),
        7 => format!("{} AND {}", condition(dice, from, depth - 1), condition(dice, from, depth - 1)),
        _ => format!("{name}.id <> ALL (SELECT o.customer_id FROM orders o WHERE o.customer_id IS NOT NULL)"),
    }
}

fn one(name: &str) -> [Source; 1] {
    [Source { text: String::new(), name: name.to_owned() }]
}

fn update(dice: &mut Dice) -> String {
    let set =
        dice.pick(&["note = 'x'", "amount = amount + 1, tenant_id = DEFAULT", "(note, tenant_id) = ('y', 'acme')", "tenant_id = 'acme'"]);
    let from =
        dice.pick(&["", " FROM customers c", " FROM (customers c JOIN parted p ON p.id = c.id)", ", amount = 5 FROM busy AS c (id)"]);
    let set = if set.contains("amount") && from.contains("amount") { "note = 'z'" } else { set };
    let joined = if from.is_empty() { String::new() } else { "c.id = t.id AND ".to_owned() };
    format!("UPDATE orders AS t SET {set}{from} WHERE {joined}({}) RETURNING t.id, t.note", condition(dice, &one("t"), 2))
        .replace(" RETURNING", if dice.roll(2) == 0 { "\nRETURNING" } else { " RETURNING" })
}

fn delete(dice: &mut Dice) -> String {
    let using = dice.pick(&["", " USING customers c", " USING parted c, customers d"]);
    let joined = if using.is_empty() { "" } else { "c.id = t.id AND " };
    format!("DELETE FROM orders t{using} WHERE {joined}({}) RETURNING *", condition(dice, &one("t"), 2))
        .replace(" RETURNING *", if using.is_empty() { " RETURNING *" } else { "" })
}

fn insert(dice: &mut Dice) -> String {
    let conflict =
        dice.pick(&["", " ON CONFLICT DO NOTHING", " ON CONFLICT (id) DO UPDATE SET note = excluded.note WHERE o.id > 3 OR o.id = 1"]);
    let source = match dice.roll(5) {
        0 => "(id, note) VALUES (300, 'a'), (2, 'b')".to_owned(),
        1 => "(id, tenant_id, note) VALUES (301, 'acme', 'a'), (302, DEFAULT, 'b')".to_owned(),
        2 => "VALUES (303), (304)".to_owned(),
        3 => format!("(id) SELECT DISTINCT s.id + 300 FROM ({}) s WHERE s.id IS NOT NULL", select(dice, 1)),
        _ => "(id, note) SELECT id, note || '!' FROM orders UNION ALL SELECT 305, note FROM archived WHERE id = 1".to_owned(),
    };
    format!("INSERT INTO orders AS o {source}{conflict} RETURNING id, tenant_id, note")
}
