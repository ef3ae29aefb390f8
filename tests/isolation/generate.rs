//! Random statements that know their types, so that most of them are valid.
//!
//! The texts are canonical (key words in capitals, one space); `spelling` makes them look otherwise. What has no order in itself is
//! ordered by whole rows or by all columns, and what depends on the plan (a division by zero in one row) isn't generated.

use super::{
    dice::Dice,
    tables::{TABLES, TYPES, Table, Ty, VIEW},
};

/// Something in FROM.
#[derive(Clone)]
pub struct Source {
    pub alias: String,
    pub columns: Vec<(String, Ty)>,
    /// Index into [`TABLES`], where it is a plain table.
    pub table: Option<usize>,
}

/// A parameter of an extended statement.
#[derive(Clone, Debug)]
pub struct Parameter {
    pub ty: Ty,
    pub value: Option<String>,
}

/// What a generated statement promises.
#[derive(Clone, Copy, Default)]
pub struct Promise {
    /// Its rows come in one order only.
    pub ordered: bool,
    /// It writes another tenant's key as a literal: may be refused whether or not a row is touched.
    pub foreign: bool,
    /// It reads the view, which is inlined: its columns come from other places, and its whole row has no type of its own.
    pub view: bool,
}

/// The generator.
pub struct Generator<'d> {
    pub dice: &'d mut Dice,
    pub scopes: Vec<Vec<Source>>,
    pub ctes: Vec<(String, Vec<(String, Ty)>)>,
    /// Parameters so far, where they are allowed.
    pub parameters: Option<Vec<Parameter>>,
    pub promise: Promise,
    pub me: &'static str,
    pub other: &'static str,
    names: usize,
    /// Inside an aggregate: the innermost scope's columns only.
    local: bool,
}

impl<'d> Generator<'d> {
    pub fn new(dice: &'d mut Dice, me: &'static str, other: &'static str) -> Generator<'d> {
        Generator {
            dice,
            scopes: Vec::new(),
            ctes: Vec::new(),
            parameters: None,
            promise: Promise::default(),
            me,
            other,
            names: 0,
            local: false,
        }
    }

    pub fn fresh(&mut self, letter: char) -> String {
        self.names += 1;
        format!("{letter}{}", self.names)
    }

    pub fn ty(&mut self) -> Ty {
        self.dice.pick(&TYPES)
    }

    // --- expressions ---

    /// A column of that type, qualified or not.
    fn column(&mut self, ty: Ty) -> Option<String> {
        let mut found = Vec::new();
        let innermost = self.scopes.len().saturating_sub(1);
        for (level, scope) in self.scopes.iter().enumerate() {
            if self.local && level != innermost {
                continue;
            }
            for source in scope {
                for (name, _) in source.columns.iter().filter(|(_, of)| *of == ty) {
                    let twice = scope.iter().flat_map(|other| &other.columns).filter(|(other, _)| other == name).count() > 1;
                    found.push((format!("{}.{name}", source.alias), (level == innermost && !twice).then(|| name.clone())));
                }
            }
        }
        if found.is_empty() {
            return None;
        }
        // The innermost comes last and is the simplest.
        let at = found.len() - 1 - self.dice.below(found.len());
        let (qualified, bare) = found.swap_remove(at);
        Some(if self.dice.below(3) == 2 { bare.unwrap_or(qualified) } else { qualified })
    }

    /// A value of that type as people write it between quotes.
    pub fn value(&mut self, ty: Ty) -> String {
        let n = self.dice.below(12);
        match ty {
            Ty::Int => n.to_string(),
            Ty::Num => format!("{}.{}", n * 3, self.dice.pick(&[5, 0, 25])),
            Ty::Bool => self.dice.pick(&["true", "false"]).to_owned(),
            Ty::Date => format!("{}-{:02}-15", self.dice.pick(&[2025, 2024, 1991, 2031]), n + 1),
            Ty::Json => self
                .dice
                .pick(&["{\"k\": 3}", "{\"who\": \"acme\"}", "[1, 2, null]", "{}", "\"x\"", "{\"who\": \"globex\", \"k\": 5}"])
                .to_owned(),
            Ty::Ints => self.dice.pick(&["{1,2,3}", "{}", "{5,NULL}", "{3}"]).to_owned(),
            Ty::Texts => self.dice.pick(&["{acme,t2}", "{}", "{globex}", "{x,NULL}"]).to_owned(),
            Ty::Text => match n {
                0..3 => self.me.to_owned(),
                3 => self.other.to_owned(),
                4 => "open".to_owned(),
                5 => "late".to_owned(),
                6 => "it''s -- no /* comment".to_owned(),
                7 => format!("{} memo 2", self.me),
                8 => "north".to_owned(),
                9 => "é中%_\"".to_owned(),
                _ => format!("c{n}"),
            },
        }
    }

    pub fn literal(&mut self, ty: Ty) -> String {
        if self.dice.rarely(14) {
            return format!("NULL::{}", ty.name());
        }
        let value = self.value(ty);
        if self.parameters.is_some() && self.dice.below(3) == 1 {
            let value = (!self.dice.rarely(9)).then(|| value.replace("''", "'"));
            let list = self.parameters.get_or_insert_default();
            list.push(Parameter { ty, value });
            return format!("${}::{}", list.len(), ty.name());
        }
        match ty {
            Ty::Int | Ty::Num | Ty::Bool => value,
            Ty::Text => format!("'{value}'::text"),
            Ty::Date => format!("DATE '{value}'"),
            _ => format!("'{value}'::{}", ty.name()),
        }
    }

    /// An expression of that type.
    pub fn expression(&mut self, ty: Ty, depth: usize) -> String {
        let choice = self.dice.below(if depth == 0 { 4 } else { 12 });
        let text = match choice {
            0 | 1 => self.column(ty).unwrap_or_else(|| self.literal(ty)),
            2 | 3 => self.literal(ty),
            4 => format!("coalesce({}, {})", self.expression(ty, depth - 1), self.expression(ty, depth - 1)),
            5 => {
                let test = self.condition(depth - 1);
                format!("CASE WHEN {test} THEN {} ELSE {} END", self.expression(ty, depth - 1), self.expression(ty, depth - 1))
            }
            6 if !self.local => self.scalar_query(ty, depth - 1),
            _ => self.operation(ty, depth - 1),
        };
        if self.dice.rarely(8) { format!("({text})") } else { text }
    }

    fn operation(&mut self, ty: Ty, depth: usize) -> String {
        let n = self.dice.below(6);
        let local = self.local;
        let mut of = |ty| self.expression(ty, depth);
        match (ty, n) {
            (Ty::Int, 0) => format!("({} + {})", of(Ty::Int), of(Ty::Int)),
            (Ty::Int, 1) => format!("length({})", of(Ty::Text)),
            (Ty::Int, 2) => format!("(- {})", of(Ty::Int)),
            (Ty::Int, 3) => format!("EXTRACT(year FROM {})::int", of(Ty::Date)),
            (Ty::Int, 4) => format!("cardinality({})", of(Ty::Ints)),
            (Ty::Int, _) => format!("({} % 7)", of(Ty::Int)),
            (Ty::Text, 0) => format!("({} || {})", of(Ty::Text), of(Ty::Text)),
            (Ty::Text, 1) => format!("upper({})", of(Ty::Text)),
            (Ty::Text, 2) => format!("{}::text", of(Ty::Int)),
            (Ty::Text, 3) => format!("({} ->> 'who')", of(Ty::Json)),
            (Ty::Text, 4) => format!("substr({}, 2, 3)", of(Ty::Text)),
            (Ty::Text, _) => format!("concat_ws('-', {}, {}, {})", of(Ty::Text), of(Ty::Date), of(Ty::Bool)),
            (Ty::Num, 0 | 1) => format!("({} + {})", of(Ty::Num), of(Ty::Num)),
            (Ty::Num, 2) => format!("round({} * {}, 1)", of(Ty::Num), of(Ty::Int)),
            (Ty::Num, 3) => format!("{}::numeric", of(Ty::Int)),
            (Ty::Num, _) => format!("({} - {})", of(Ty::Num), of(Ty::Num)),
            (Ty::Date, 0..3) => format!("({} + {})", of(Ty::Date), of(Ty::Int)),
            (Ty::Date, _) => format!("greatest({}, {})", of(Ty::Date), of(Ty::Date)),
            (Ty::Json, 0) => format!("to_jsonb({})", of(Ty::Text)),
            (Ty::Json, 1) => format!("to_jsonb({})", of(Ty::Ints)),
            (Ty::Json, 2) => format!("({} -> 'k')", of(Ty::Json)),
            (Ty::Json, 3) => self.whole_row().map_or_else(|| "'{}'::jsonb".to_owned(), |row| format!("to_jsonb({row})")),
            (Ty::Json, _) => format!("jsonb_build_object('a', {}, 'b', {})", of(Ty::Text), of(Ty::Int)),
            (Ty::Ints, 0 | 1) => format!("ARRAY[{}, {}]", of(Ty::Int), of(Ty::Int)),
            (Ty::Ints, 2) if !local => {
                let (query, _) = self.select(Some(&[Ty::Int]), depth.min(1));
                format!("ARRAY({query} ORDER BY 1)")
            }
            (Ty::Ints, _) => format!("array_append({}, {})", of(Ty::Ints), of(Ty::Int)),
            (Ty::Texts, 0) => format!("string_to_array({}, ' ')", of(Ty::Text)),
            (Ty::Texts, _) => format!("ARRAY[{}, {}]", of(Ty::Text), of(Ty::Text)),
            (Ty::Bool, _) => self.condition(depth),
        }
    }

    fn whole_row(&mut self) -> Option<String> {
        let scope = self.scopes.last()?;
        let at = self.dice.below(scope.len());
        scope.get(at).map(|source| source.alias.clone())
    }

    /// A query in parentheses with at most one row.
    fn scalar_query(&mut self, ty: Ty, depth: usize) -> String {
        if self.dice.below(2) == 0 {
            let (query, _) = self.select(Some(&[ty]), depth);
            return format!("({query} ORDER BY 1 LIMIT 1)");
        }
        self.scopes.push(Vec::new());
        let from = self.from(depth.min(1));
        let filter = self.filter(depth.min(1));
        let aggregate = self.aggregate(ty, 0);
        self.scopes.pop();
        format!("(SELECT {aggregate} FROM {from}{filter})")
    }

    /// An aggregate of that type over the innermost scope.
    fn aggregate(&mut self, ty: Ty, depth: usize) -> String {
        let outer = std::mem::replace(&mut self.local, true);
        let n = self.dice.below(4);
        let order = self.total_order();
        let distinct = self.dice.pick(&["", "", "DISTINCT "]);
        let text = match (ty, n) {
            (Ty::Int, 0) => "count(*)::int".to_owned(),
            (Ty::Int, 1) => format!("count({distinct}{})::int", self.expression(Ty::Text, depth)),
            (Ty::Int, 2) => format!("count({})::int", self.whole_row().unwrap_or_else(|| "*".to_owned())),
            (Ty::Int, _) => format!("sum({})::int", self.expression(Ty::Int, depth)),
            (Ty::Text, 0 | 1) => format!("max({})", self.expression(Ty::Text, depth)),
            (Ty::Text, _) => format!("string_agg({}, ',' {order})", self.expression(Ty::Text, depth)),
            (Ty::Num, 0) => format!("avg({})", self.expression(Ty::Num, depth)),
            (Ty::Num, _) => format!("sum({distinct}{})", self.expression(Ty::Num, depth)),
            (Ty::Date, _) => format!("min({})", self.expression(Ty::Date, depth)),
            (Ty::Bool, 0) => format!("bool_and({})", self.expression(Ty::Bool, depth)),
            (Ty::Bool, _) => format!("bool_or({})", self.expression(Ty::Bool, depth)),
            (Ty::Json, _) => format!("jsonb_agg({} {order})", self.expression(Ty::Int, depth)),
            (Ty::Ints, _) => format!("array_agg({} {order})", self.expression(Ty::Int, depth)),
            (Ty::Texts, _) => format!("array_agg({} {order})", self.expression(Ty::Text, depth)),
        };
        let filter =
            if self.dice.rarely(5) && !text.ends_with("::int") { format!(" FILTER (WHERE {})", self.condition(0)) } else { String::new() };
        self.local = outer;
        text + &filter
    }

    /// ORDER BY that leaves nothing open: the whole rows of all sources.
    fn total_order(&mut self) -> String {
        let rows: Vec<String> =
            self.scopes.last().map(|scope| scope.iter().map(|source| format!("{}::text", source.alias)).collect()).unwrap_or_default();
        if rows.is_empty() { String::new() } else { format!("ORDER BY {}", rows.join(", ")) }
    }

    /// A condition.
    pub fn condition(&mut self, depth: usize) -> String {
        let ty = self.ty();
        let choice = self.dice.below(if depth == 0 { 6 } else { 16 });
        let deeper = depth.saturating_sub(1);
        match choice {
            0..3 => format!(
                "{} {} {}",
                self.expression(ty, deeper),
                self.dice.pick(&["=", "<>", "<", ">=", "IS DISTINCT FROM"]),
                self.expression(ty, deeper)
            ),
            3 => format!("{} IS {}NULL", self.expression(ty, deeper), self.dice.pick(&["", "NOT "])),
            4 => format!("{} BETWEEN {} AND {}", self.expression(Ty::Int, deeper), self.literal(Ty::Int), self.literal(Ty::Int)),
            5 => format!("{} LIKE {}", self.expression(Ty::Text, deeper), self.dice.pick(&["'%e%'", "'_c%'", "'%2'"])),
            6 => format!("({} AND {})", self.condition(deeper), self.condition(deeper)),
            7 => format!("({} OR {})", self.condition(deeper), self.condition(deeper)),
            8 => format!("NOT ({})", self.condition(deeper)),
            9 if !self.local => format!("{}EXISTS ({})", self.dice.pick(&["", "NOT "]), self.select(None, deeper).0),
            10 if !self.local => {
                let (left, query) = (self.expression(ty, deeper), self.select(Some(&[ty]), deeper).0);
                format!("{left} {} ({query})", self.dice.pick(&["IN", "NOT IN", "= ANY", "<> ALL"]))
            }
            11 if !self.local => {
                let (a, b) = (self.expression(Ty::Int, 0), self.expression(Ty::Text, 0));
                format!("({a}, {b}) IN ({})", self.select(Some(&[Ty::Int, Ty::Text]), deeper).0)
            }
            12 => format!("{} IN ({}, {})", self.expression(ty, deeper), self.literal(ty), self.expression(ty, deeper)),
            13 => format!("{} = ANY ({})", self.expression(Ty::Int, deeper), self.expression(Ty::Ints, deeper)),
            14 => format!("{} @> {}", self.expression(Ty::Json, deeper), self.literal(Ty::Json)),
            _ => self.expression(Ty::Bool, 0),
        }
    }

    // --- FROM ---

    fn filter(&mut self, depth: usize) -> String {
        match self.dice.below(3) {
            0 => String::new(),
            _ => format!(" WHERE {}", self.condition(depth)),
        }
    }

    fn table_columns(table: &Table) -> Vec<(String, Ty)> {
        table.columns.iter().map(|(name, ty)| ((*name).to_owned(), *ty)).collect()
    }

    /// A table, perhaps with words around it; pushed onto the innermost scope.
    fn table(&mut self) -> String {
        let at = self.dice.below(TABLES.len());
        let table = &TABLES[at];
        let mut columns = Generator::table_columns(table);
        let mut text = table.name.to_owned();
        let words = self.dice.below(10);
        let shadowed = self.ctes.iter().any(|(name, _)| name == table.name);
        if words == 5 || shadowed {
            text = format!("public.{text}");
        }
        if words == 6 {
            text = if self.dice.below(2) == 0 { format!("ONLY {text}") } else { format!("ONLY ({text})") };
        } else if words == 7 {
            text.push_str(" *");
        }
        let taken = self.scopes.last().is_some_and(|scope| scope.iter().any(|source| source.alias == table.name));
        let alias = if self.dice.below(3) == 2 && !taken {
            table.name.to_owned()
        } else {
            let alias = self.fresh('a');
            text.push_str(self.dice.pick(&[" ", " AS "]));
            text.push_str(&alias);
            if self.dice.rarely(6) {
                let count = 1 + self.dice.below(columns.len());
                for column in &mut columns[..count] {
                    column.0 = self.fresh('k');
                }
                text.push_str(&format!(" ({})", columns[..count].iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>().join(", ")));
            }
            alias
        };
        if words == 8 {
            text.push_str(self.dice.pick(&[" TABLESAMPLE BERNOULLI (100)", " TABLESAMPLE SYSTEM (100) REPEATABLE (7)"]));
        }
        self.push(Source { alias, columns, table: Some(at) });
        text
    }

    fn push(&mut self, source: Source) {
        if let Some(scope) = self.scopes.last_mut() {
            scope.push(source);
        }
    }

    /// One item of FROM. `lateral`: it may look at its neighbours.
    fn item(&mut self, depth: usize, lateral: bool) -> String {
        let choice = self.dice.below(if depth == 0 { 8 } else { 13 });
        match choice {
            0..6 => self.table(),
            6 => {
                let (alias, function) = (self.fresh('g'), self.dice.below(3));
                let columns = vec![(self.fresh('k'), Ty::Int)];
                let name = columns[0].0.clone();
                self.push(Source { alias: alias.clone(), columns, table: None });
                let call = ["generate_series(1, 3)", "unnest(ARRAY[3, 1, 2])", "generate_series(2, 8, 3)"][function];
                format!("{call} AS {alias} ({name})")
            }
            7 if !self.ctes.is_empty() => {
                let at = self.dice.below(self.ctes.len());
                let (name, columns) = self.ctes[at].clone();
                let alias = self.fresh('a');
                self.push(Source { alias: alias.clone(), columns, table: None });
                format!("{name} AS {alias}")
            }
            7 => {
                let alias = self.fresh('a');
                self.promise.view = true;
                let columns = VIEW.1.iter().map(|(name, ty)| ((*name).to_owned(), *ty)).collect();
                self.push(Source { alias: alias.clone(), columns, table: None });
                format!("{} {alias}", VIEW.0)
            }
            8 => {
                let (alias, a, b) = (self.fresh('v'), self.fresh('k'), self.fresh('k'));
                let hidden = std::mem::take(&mut self.scopes);
                let rows = format!(
                    "({}, {}), ({}, {})",
                    self.literal(Ty::Int),
                    self.literal(Ty::Text),
                    self.literal(Ty::Int),
                    self.literal(Ty::Text)
                );
                self.scopes = hidden;
                self.push(Source { alias: alias.clone(), columns: vec![(a.clone(), Ty::Int), (b.clone(), Ty::Text)], table: None });
                format!("(VALUES {rows}) AS {alias} ({a}, {b})")
            }
            9 => {
                // Two tables joined over what they share, under one name.
                let pair = self.dice.pick(&[("clients", "jobs"), ("jobs", "ledger"), ("memos", "clients"), ("ledger", "clients")]);
                let of = |name: &str| TABLES.iter().find(|table| table.name == name).map(Generator::table_columns).unwrap_or_default();
                let (left, right) = (of(pair.0), of(pair.1));
                let shared = ["tenant_id", "id"];
                let mut columns = vec![("tenant_id".to_owned(), Ty::Text), ("id".to_owned(), Ty::Int)];
                columns.extend(left.into_iter().chain(right).filter(|(name, _)| !shared.contains(&name.as_str())));
                let alias = self.fresh('j');
                let kind = self.dice.pick(&["JOIN", "LEFT JOIN", "NATURAL JOIN", "FULL JOIN", "NATURAL LEFT JOIN"]);
                let (a, b) = self.outside_of_ctes(pair);
                let using = if kind.starts_with("NATURAL") { "" } else { " USING (tenant_id, id)" };
                self.push(Source { alias: alias.clone(), columns, table: None });
                format!("({a} {kind} {b}{using}) AS {alias}")
            }
            _ => {
                let alias = self.fresh('s');
                let count = 1 + self.dice.below(3);
                let types: Vec<Ty> = (0..count).map(|_| self.ty()).collect();
                let lateral = lateral && self.dice.below(2) == 1;
                let hidden = if lateral { None } else { self.scopes.pop() };
                let (query, columns) = self.query(Some(&types), depth - 1);
                if let Some(hidden) = hidden {
                    self.scopes.push(hidden);
                }
                self.push(Source { alias: alias.clone(), columns, table: None });
                format!("{}({query}) AS {alias}", if lateral { "LATERAL " } else { "" })
            }
        }
    }

    fn outside_of_ctes(&self, pair: (&str, &str)) -> (String, String) {
        let name = |name: &str| if self.ctes.iter().any(|(cte, _)| cte == name) { format!("public.{name}") } else { name.to_owned() };
        (name(pair.0), name(pair.1))
    }

    /// Everything in FROM.
    pub fn from(&mut self, depth: usize) -> String {
        let mut text = self.item(depth, false);
        while self.dice.rarely(if depth == 0 { 6 } else { 3 }) && self.scopes.last().is_some_and(|scope| scope.len() < 4) {
            let before = self.scopes.last().map_or(0, Vec::len);
            let kind =
                self.dice.pick(&["JOIN", ", ", "LEFT JOIN", "CROSS JOIN", "RIGHT JOIN", "FULL JOIN", "INNER JOIN", "LEFT OUTER JOIN"]);
            let lateral = matches!(kind, "JOIN" | "CROSS JOIN" | "LEFT JOIN" | "INNER JOIN");
            let right = self.item(depth.saturating_sub(1), lateral);
            text = match kind {
                ", " if text.contains(" JOIN ") => format!("({text}) CROSS JOIN {right}"),
                ", " => format!("{text}, {right}"),
                "CROSS JOIN" => format!("{text} CROSS JOIN {right}"),
                "FULL JOIN" => match self.equality(before) {
                    Some(on) => format!("{text} FULL JOIN {right} ON {on}"),
                    None => format!("{text} CROSS JOIN {right}"),
                },
                _ => {
                    let on = match self.equality(before) {
                        Some(on) if self.dice.below(3) < 2 => on,
                        _ => self.condition(0),
                    };
                    // `a, b JOIN c ON …` sees b and c only.
                    if text.contains(", ") && !text.starts_with('(') {
                        format!("{text} CROSS JOIN {right}")
                    } else {
                        format!("{text} {kind} {right} ON {on}")
                    }
                }
            };
        }
        text
    }

    /// Equality of two columns of one type over a join whose right side begins at `before`.
    fn equality(&mut self, before: usize) -> Option<String> {
        let scope = self.scopes.last()?;
        let mut pairs = Vec::new();
        for (left, right) in scope[..before].iter().flat_map(|left| scope[before..].iter().map(move |right| (left, right))) {
            for (a, ty) in left.columns.iter().filter(|(_, ty)| matches!(ty, Ty::Int | Ty::Text | Ty::Date)) {
                for (b, _) in right.columns.iter().filter(|(_, of)| of == ty) {
                    pairs.push(format!("{}.{a} = {}.{b}", left.alias, right.alias));
                }
            }
        }
        if pairs.is_empty() {
            return None;
        }
        let at = self.dice.below(pairs.len());
        Some(pairs.swap_remove(at))
    }

    // --- queries ---

    /// SELECT without ORDER BY, of these types or of any.
    pub fn select(&mut self, types: Option<&[Ty]>, depth: usize) -> (String, Vec<(String, Ty)>) {
        let own;
        let types = match types {
            Some(types) => types,
            None => {
                let count = 1 + self.dice.below(4);
                own = (0..count).map(|_| self.ty()).collect::<Vec<_>>();
                &own
            }
        };
        if depth > 0 && self.dice.rarely(12) {
            return self.set_operation(types, depth);
        }
        self.scopes.push(Vec::new());
        let from = self.from(depth);
        let filter = self.filter(depth);
        let kind = self.dice.below(12);
        let mut columns: Vec<(String, Ty)> = Vec::new();
        let mut items = Vec::new();
        let mut tail = String::new();
        let mut head = "";
        if kind == 8 || kind == 9 {
            // Grouped: each item is a key or an aggregate.
            let keys: Vec<String> = types.iter().map(|ty| self.column(*ty).unwrap_or_else(|| self.literal(*ty))).collect();
            let mut grouped = Vec::new();
            let mut sets = true;
            for (ty, key) in types.iter().zip(keys) {
                let is_column = !key.contains("::")
                    && !key.starts_with(|c: char| c.is_ascii_digit())
                    && !key.starts_with("DATE")
                    && key != "true"
                    && key != "false";
                if is_column && self.dice.below(2) == 0 {
                    items.push(key.clone());
                    grouped.push(key);
                    // It may be the tenant's column. Before PostgreSQL 18 a column that a condition makes constant doesn't count in
                    // ORDER BY, although grouping sets make it NULL.
                    sets &= *ty != Ty::Text;
                } else {
                    items.push(self.aggregate(*ty, depth.min(1)));
                }
            }
            if !grouped.is_empty() {
                let list = grouped.join(", ");
                tail = match self.dice.below(5) {
                    _ if !sets => format!(" GROUP BY {list}"),
                    0 => format!(" GROUP BY ROLLUP ({list})"),
                    1 => format!(" GROUP BY GROUPING SETS (({list}), ())"),
                    2 => format!(" GROUP BY CUBE ({list})"),
                    _ => format!(" GROUP BY {list}"),
                };
            }
            if self.dice.rarely(3) {
                let ty = self.ty();
                tail.push_str(&format!(" HAVING {} IS NOT NULL", self.aggregate(ty, 0)));
            }
        } else {
            for ty in types {
                let item = match kind {
                    10 => self.window(*ty, depth),
                    _ => self.expression(*ty, depth),
                };
                items.push(item);
            }
            if kind == 7 {
                head = "DISTINCT ";
            }
        }
        if kind == 11
            && let Some(text) = self.by_primary_key(types, &from, &filter)
        {
            self.scopes.pop();
            return text;
        }
        let mut list = Vec::new();
        for (item, ty) in items.into_iter().zip(types) {
            let name = self.fresh('c');
            list.push(format!("{item} AS {name}"));
            columns.push((name, *ty));
        }
        self.scopes.pop();
        (format!("SELECT {head}{} FROM {from}{filter}{tail}", list.join(", ")), columns)
    }

    /// Grouped by a table's primary key, with other columns of it.
    fn by_primary_key(&mut self, types: &[Ty], from: &str, filter: &str) -> Option<(String, Vec<(String, Ty)>)> {
        let scope = self.scopes.last()?;
        let [source] = scope.as_slice() else { return None };
        let source = source.clone();
        let table = &TABLES[source.table?];
        if table.key.is_empty() || !table.tenants || source.columns.iter().any(|(name, _)| name.starts_with('k')) {
            return None;
        }
        let mut items = Vec::new();
        let mut columns = Vec::new();
        for ty in types {
            let name = self.fresh('c');
            let found = source.columns.iter().find(|(_, of)| of == ty).map(|(column, _)| format!("{}.{column}", source.alias));
            let item = found.unwrap_or_else(|| self.aggregate(*ty, 0));
            items.push(format!("{item} AS {name}"));
            columns.push((name, *ty));
        }
        let key: Vec<String> = ["tenant_id"].iter().chain(table.key).map(|column| format!("{}.{column}", source.alias)).collect();
        Some((format!("SELECT {} FROM {from}{filter} GROUP BY {}", items.join(", "), key.join(", ")), columns))
    }

    fn window(&mut self, ty: Ty, depth: usize) -> String {
        let order = self.total_order();
        let partition = match self.dice.below(3) {
            0 => String::new(),
            _ => {
                let by = self.ty();
                format!("PARTITION BY {} ", self.expression(by, 0))
            }
        };
        match (ty, self.dice.below(3)) {
            (Ty::Int, 0) => format!("row_number() OVER ({partition}{order})::int"),
            (Ty::Int, 1) => format!("count(*) OVER ({partition})::int"),
            (Ty::Num, 0) => format!(
                "sum({}) OVER ({partition}{order} ROWS BETWEEN 1 PRECEDING AND CURRENT ROW)",
                self.expression(Ty::Num, depth.min(1))
            ),
            (_, 0) => format!("lag({}) OVER ({partition}{order})", self.expression(ty, depth.min(1))),
            _ => format!("first_value({}) OVER ({partition}{order})", self.expression(ty, depth.min(1))),
        }
    }

    fn set_operation(&mut self, types: &[Ty], depth: usize) -> (String, Vec<(String, Ty)>) {
        let (left, columns) = self.select(Some(types), depth - 1);
        let (right, _) = self.select(Some(types), depth - 1);
        let operator = self.dice.pick(&["UNION ALL", "UNION", "INTERSECT", "EXCEPT", "EXCEPT ALL"]);
        (format!("({left}) {operator} ({right})"), columns)
    }

    /// A query with what may stand around it: WITH, ORDER BY, LIMIT. Sets the promise.
    pub fn query(&mut self, types: Option<&[Ty]>, depth: usize) -> (String, Vec<(String, Ty)>) {
        let known = self.ctes.len();
        let with = if depth > 0 && self.dice.rarely(5) { self.with(depth - 1) } else { String::new() };
        let (mut text, columns) = self.select(types, depth);
        let by = |count: usize| (1..=count).map(|n| n.to_string()).collect::<Vec<_>>().join(", ");
        self.promise.ordered = false;
        if self.dice.rarely(3) {
            self.promise.ordered = true;
            text.push_str(&format!(" ORDER BY {}", by(columns.len())));
            match self.dice.below(6) {
                3 => text.push_str(&format!(" LIMIT {}", 1 + self.dice.below(5))),
                4 => text.push_str(&format!(" OFFSET {} ROWS FETCH NEXT 3 ROWS ONLY", self.dice.below(3))),
                5 => text.push_str(" LIMIT ALL OFFSET 1"),
                _ => {}
            }
        }
        self.ctes.truncate(known);
        (with + &text, columns)
    }

    fn with(&mut self, depth: usize) -> String {
        let mut parts = Vec::new();
        let mut recursive = "";
        for _ in 0..=self.dice.below(2) {
            // Names that shadow tables are worth the most.
            let name = match self.dice.below(3) {
                0 => self.fresh('w'),
                _ => self.dice.pick(&["clients", "jobs", "ledger"]).to_owned(),
            };
            if self.ctes.iter().any(|(known, _)| *known == name) {
                continue;
            }
            if self.dice.rarely(4) {
                recursive = "RECURSIVE ";
                let column = self.fresh('k');
                let start = self.scalar_query(Ty::Int, depth);
                parts.push(format!(
                    "{name} ({column}) AS (SELECT coalesce({start}, 1) UNION ALL SELECT {column} + 1 FROM {name} WHERE {column} < 4)"
                ));
                self.ctes.push((name, vec![(column, Ty::Int)]));
                continue;
            }
            // In WITH RECURSIVE a name is known in its own body, too.
            let hint = self.dice.pick(&["", "", " MATERIALIZED", " NOT MATERIALIZED"]);
            let (query, columns) = self.select(None, depth);
            parts.push(format!("{name} AS{hint} ({query})"));
            self.ctes.push((name, columns));
        }
        if parts.is_empty() { String::new() } else { format!("WITH {recursive}{} ", parts.join(", ")) }
    }

    /// A whole statement that reads.
    pub fn reading(&mut self) -> String {
        match self.dice.below(12) {
            7 => {
                let table = &TABLES[self.dice.below(TABLES.len())];
                self.promise.ordered = false;
                format!("TABLE {}", table.name)
            }
            8 | 9 => self.star(),
            10 => self.distinct_on(),
            11 => self.locking(),
            _ => self.query(None, 2).0,
        }
    }

    /// All columns of all sources.
    fn star(&mut self) -> String {
        self.scopes.push(Vec::new());
        let from = self.from(1);
        let filter = self.filter(1);
        let order = self.total_order();
        let sources = self.scopes.pop().unwrap_or_default();
        let alias = &sources[0].alias;
        let items = match self.dice.below(7) {
            0..3 => "*".to_owned(),
            3 => format!("{alias}.*"),
            4 => alias.clone(),
            5 => format!("{alias}::text, ({alias}).*, row_to_json({alias})"),
            _ if sources[0].table.is_some() => format!("{alias}.tableoid::regclass::text, {alias}.*"),
            _ => "*".to_owned(),
        };
        self.promise.ordered = self.dice.below(2) == 1;
        format!("SELECT {items} FROM {from}{filter}{}", if self.promise.ordered { format!(" {order}") } else { String::new() })
    }

    fn distinct_on(&mut self) -> String {
        self.scopes.push(Vec::new());
        let from = self.from(1);
        let filter = self.filter(1);
        let ty = self.ty();
        let key = self.expression(ty, 0);
        let order = self.total_order();
        self.scopes.pop();
        self.promise.ordered = true;
        format!("SELECT DISTINCT ON ({key}) * FROM {from}{filter} {}", order.replacen("ORDER BY", &format!("ORDER BY {key},"), 1))
    }

    fn locking(&mut self) -> String {
        self.scopes.push(Vec::new());
        let from = self.from(0);
        let filter = self.filter(1);
        let order = self.total_order();
        let sources = self.scopes.pop().unwrap_or_default();
        let of = match self.dice.below(3) {
            0 => String::new(),
            _ => format!(" OF {}", sources[self.dice.below(sources.len())].alias),
        };
        let strength = self.dice.pick(&["UPDATE", "SHARE", "NO KEY UPDATE", "KEY SHARE"]);
        let wait = self.dice.pick(&["", "", " NOWAIT", " SKIP LOCKED"]);
        self.promise.ordered = true;
        // To lock a view's rows takes the right to write it, and an inlined view has its own locks.
        if from.contains(VIEW.0) {
            return format!("SELECT * FROM {from}{filter} {order}");
        }
        format!("SELECT * FROM {from}{filter} {order} FOR {strength}{of}{wait}")
    }
}
