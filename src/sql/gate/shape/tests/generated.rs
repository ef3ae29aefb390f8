//! Statements made up from a list of choices, so that literals stand wherever the grammar lets them.

use super::*;
use crate::sql::gate::opinion::Opinion;

/// Choices that are used up from the left.
struct Choices<'c> {
    left: &'c [u8],
}

impl Choices<'_> {
    fn of(&mut self, count: usize) -> usize {
        let Some((first, rest)) = self.left.split_first() else { return 0 };
        self.left = rest;
        usize::from(*first) % count
    }

    fn pick(&mut self, words: &[&'static str]) -> &'static str {
        words[self.of(words.len())]
    }

    fn expression(&mut self, depth: usize) -> String {
        if depth == 0 || self.left.is_empty() {
            return self.pick(&["$s", "$i", "$s", "$d", "$l", "id", "note", "o.note", "tenant_id", "$1", "current_user"]).to_owned();
        }
        let mut part = || self.expression(depth - 1);
        let (a, b, c) = (part(), part(), part());
        let operator = self.pick(&["=", "<>", "<", "+", "-", "*", "||", "~", "and", "or", "->>", "is distinct from", "like", "/"]);
        let one = self.pick(&[
            "lower",
            "to_regclass",
            "regclass",
            "pg_get_viewdef",
            "nextval",
            "currval",
            "current_setting",
            "to_regrole",
            "pg_relation_size",
            "pg_get_userbyid",
            "setval",
            "jsonb",
            "count",
            "pg_advisory_lock",
            "pg_notify",
            "obj_description",
            "date",
        ]);
        let two = self.pick(&[
            "has_table_privilege",
            "pg_input_is_valid",
            "concat",
            "set_config",
            "to_date",
            "format_type",
            "col_description",
            "nullif",
            "has_schema_privilege",
            "pg_get_indexdef",
            "coalesce",
            "greatest",
            "has_database_privilege",
        ]);
        match self.of(28) {
            0..=4 => format!("{a} {operator} {b}"),
            5 => format!("- {a}"),
            6 => format!("({a})"),
            7 => format!("{a}::$n"),
            8 => format!("cast({a} as $n)"),
            9 => format!("({a} {operator} {b})::$n"),
            10 => format!("$n $s {operator} {a}"),
            11 | 12 => format!("{one}({a})"),
            13 | 14 => format!("{two}({a}, {b})"),
            15 => format!("{two}({a}, {b}, {c})"),
            16 => format!("case when {a} then {b} else {c} end"),
            17 => format!("(select {a} from customers c where {b} limit $i)"),
            18 => format!("({a} in ({b}, $s, $i))"),
            19 => format!("({a} between {b} and {c})"),
            20 => format!("array[{a}, {b}]"),
            21 => format!("({a} = any ({b}))"),
            22 => format!("extract($s from {a})"),
            23 => format!("row({a}, {b})"),
            24 => format!("({a} like {b} escape $s)"),
            25 => format!("{one}({a}::text)"),
            26 => format!("'x'\n{a}"),
            _ => format!("{a} collate \"C\""),
        }
    }

    fn statement(&mut self) -> String {
        let mut part = || self.expression(2);
        let (a, b, c) = (part(), part(), part());
        let table = self.pick(&[
            "orders o",
            "orders as o",
            "only orders o",
            "pg_class o",
            "orders o, customers c",
            "orders o left join customers c on c.id = $i",
        ]);
        match self.of(16) {
            0..=4 => format!("select {a}, {b} as x from {table} where {c} limit $i"),
            5 => format!(
                "insert into orders as o (id, note) values ({a}, {b}), ({c}, $s) on conflict (id) do update set note = {a} where {b} returning {c}"
            ),
            6 => format!("insert into orders (id, tenant_id) select {a}, {b} from {table} where {c}"),
            7 => format!("update orders o set note = {a}, tenant_id = {b} where {c} returning $s, $i"),
            8 => format!("update orders o set (note, tenant_id) = ({a}, {b}) where {c}"),
            9 => format!("delete from orders o where {a} and {b}"),
            10 => format!("with x as (select {a} from orders o where {b}) select {c} from x, {table} order by $i, {a}"),
            11 => format!("select {a} from {table} group by {b}, $i having {c} union all values ({a})"),
            12 => format!("explain select {a} from {table} where {b}"),
            13 => format!("select {a}; select {b} from {table} where {c}"),
            14 => format!("declare c cursor for select {a} from {table} where {b}"),
            _ => format!(
                "merge into orders o using customers c on o.id = c.id and {a} when matched then update set note = {b} when not matched then insert (id) values ({c})"
            ),
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]
    /// What memory says of any statement is what a look at it says.
    #[test]
    fn memory_says_what_a_look_says(
        choices in prop::collection::vec(any::<u8>(), 8..160),
        first in prop::collection::vec(0..1000usize, 40),
        changes in prop::collection::vec(prop::collection::vec((0..20usize, 0..1000usize), 0..3), 4..10),
        several in any::<bool>(),
        model in 0..3usize,
    ) {
        let text = Choices { left: &choices }.statement();
        let isolation = || [Isolation::Row { column: "tenant_id".into() }, Isolation::Schema, Isolation::Database][model].clone();
        let tenancy = if several { Tenancy::Parameter { declared: 1 } } else { Tenancy::Literal };
        let warm = Ground { ddl: true, ..ground(isolation()) };
        for (turn, changed) in changes.iter().enumerate() {
            let mut picks = first.clone();
            changed.iter().for_each(|&(at, pick)| picks[at] = pick);
            let text = filled(&text, &picks);
            let tenant = ["acme", "globex"][usize::from(turn % 3 == 2)];
            let role = format!("t_{tenant}");
            let whose = Whose { key: tenant, schema: Some(&role), role: &role };
            let looked = Opinion::of(&text, &warm, &whose, tenancy).render(tenant, tenancy);
            prop_assert_eq!(ask_as(tenant, &text, &warm, tenancy), looked, "{}", text);
        }
    }
}
