//! What a server keeps true over all rows of a table, past every row policy: that keys are unique, and that what is referenced is there.

use std::collections::HashMap;

use tokio_postgres::{Client, Error, Row};

use super::{Relation, RelationKind};

/// A unique index, or the index of an exclusion constraint.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct UniqueIndex {
    /// Its name.
    pub name: Box<str>,
    /// The columns that rows have to be equal in to be in conflict. Those behind INCLUDE aren't among them.
    pub columns: Vec<Box<str>>,
    /// The other columns that decide on a conflict: those in expressions, in the condition of a partial index, under other operators of an
    /// exclusion constraint, and those that a generated column among them is computed from.
    pub others: Vec<Box<str>>,
    /// Whether rows are compared by expressions, too.
    pub has_expressions: bool,
    /// Whether two NULLs are in conflict.
    pub nulls_conflict: bool,
    /// Whether texts are compared otherwise than their column compares them, or different ones are in conflict.
    pub is_coarse: bool,
    /// Whether it holds in a partition or child only, not in the table itself.
    pub of_part: bool,
}

/// A foreign key.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ForeignKey {
    /// The constraint's name.
    pub name: Box<str>,
    /// The referencing columns.
    pub columns: Vec<Box<str>>,
    /// The number of the referenced table.
    pub referenced: u32,
    /// Its columns, in the order of the referencing ones.
    pub referenced_columns: Vec<Box<str>>,
    /// The columns that generated ones among the referencing are computed from.
    pub others: Vec<Box<str>>,
    /// Whether it holds in a partition or child only, not in the table itself.
    pub of_part: bool,
}

/// Columns by their numbers.
pub(super) type Numbers = HashMap<u32, HashMap<i16, Box<str>>>;

pub(super) const UNIQUE_INDEXES: &str = "
    SELECT i.indexrelid, i.indrelid, x.relname::text, (i.indkey::int2[])[0 : i.indnkeyatts - 1], i.indexprs IS NOT NULL,
           coalesce((to_jsonb(i) ->> 'indnullsnotdistinct')::boolean, false), i.indisexclusion OR i.indpred IS NOT NULL,
           EXISTS (SELECT FROM unnest(i.indcollation::oid[], (i.indkey::int2[])[0 : i.indnkeyatts - 1]) u(rule, number)
                     JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = u.number JOIN pg_collation l ON l.oid = u.rule
                    WHERE u.rule <> a.attcollation OR NOT l.collisdeterministic)
      FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid JOIN pg_class x ON x.oid = i.indexrelid
     WHERE c.relnamespace = ANY ($1) AND c.relkind IN ('r', 'p') AND (i.indisunique OR i.indisexclusion) ORDER BY i.indrelid, x.relname";

/// Of those in which other columns may decide than those of the key: the columns that must be equal, and all that decide. Indexes depend on the columns
/// of their expressions and conditions; up to PostgreSQL 14, a generated column itself depends on those that it is computed from, later its
/// definition does.
pub(super) const DECIDING: &str = "
    SELECT i.indexrelid,
           ARRAY(SELECT u.number FROM unnest((i.indkey::int2[])[0 : i.indnkeyatts - 1]) WITH ORDINALITY u(number, place)
                  WHERE NOT i.indisexclusion
                     OR EXISTS (SELECT FROM pg_constraint k JOIN pg_operator o ON o.oid = k.conexclop[u.place]
                                 WHERE k.conindid = i.indexrelid AND k.contype IN ('x', 'u', 'p') AND o.oprname = '=')),
           ARRAY(WITH used(number) AS (
                     SELECT u.number::int FROM unnest((i.indkey::int2[])[0 : i.indnkeyatts - 1]) u(number)
                     UNION
                     SELECT d.refobjsubid FROM pg_depend d
                      WHERE d.classid = 'pg_class'::regclass AND d.objid = i.indexrelid AND d.refclassid = 'pg_class'::regclass AND d.refobjid = i.indrelid
                        AND (i.indexprs IS NOT NULL OR i.indpred IS NOT NULL))
                 SELECT used.number::int2 FROM used
                 UNION
                 SELECT d.refobjsubid::int2 FROM used JOIN pg_attribute g ON g.attrelid = i.indrelid AND g.attnum = used.number AND g.attgenerated <> ''
                   LEFT JOIN pg_attrdef e ON e.adrelid = g.attrelid AND e.adnum = g.attnum
                   JOIN pg_depend d ON d.refclassid = 'pg_class'::regclass AND d.refobjid = i.indrelid
                    AND (d.classid = 'pg_attrdef'::regclass AND d.objid = e.oid
                         OR d.classid = 'pg_class'::regclass AND d.objid = i.indrelid AND d.objsubid = g.attnum))
      FROM pg_index i WHERE i.indexrelid = ANY ($1)";

/// Of a key to a partitioned table there are further ones to its partitions, which check nothing when a row is written.
pub(super) const FOREIGN_KEYS: &str = "
    SELECT k.conrelid, k.conname::text, k.confrelid, k.conkey, k.confkey,
           ARRAY(SELECT DISTINCT d.refobjsubid::int2 FROM pg_attribute g LEFT JOIN pg_attrdef e ON e.adrelid = g.attrelid AND e.adnum = g.attnum
                   JOIN pg_depend d ON d.refclassid = 'pg_class'::regclass AND d.refobjid = g.attrelid AND d.refobjsubid > 0
                    AND (d.classid = 'pg_attrdef'::regclass AND d.objid = e.oid
                         OR d.classid = 'pg_class'::regclass AND d.objid = g.attrelid AND d.objsubid = g.attnum)
                  WHERE g.attrelid = k.conrelid AND g.attnum = ANY (k.conkey) AND g.attgenerated <> '')
      FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid LEFT JOIN pg_constraint p ON p.oid = k.conparentid
     WHERE c.relnamespace = ANY ($1) AND k.contype = 'f' AND to_jsonb(k) ->> 'conenforced' IS DISTINCT FROM 'false'
       AND p.conrelid IS DISTINCT FROM k.conrelid
     ORDER BY k.conrelid, k.conname";

/// Reads unique indexes and foreign keys into their tables.
///
/// # Errors
/// Where the server refuses a query.
pub(super) async fn load(client: &Client, namespaces: &[u32], numbers: &Numbers, tables: &mut [Relation]) -> Result<(), Error> {
    let rows = client.query(UNIQUE_INDEXES, &[&namespaces]).await?;
    let mut places: HashMap<u32, &mut Relation> = tables.iter_mut().map(|table| (table.oid, table)).collect();
    let mut open = Vec::new();
    for row in &rows {
        let Some(table) = places.get_mut(&row.get(1)) else { continue };
        let columns = names(numbers, table.oid, row.get(3));
        let is_generated = |name: &str| table.column(name).is_none_or(|(_, column)| column.generated);
        if row.get(4) || row.get(6) || columns.iter().any(|name| is_generated(name)) {
            open.push(row.get::<_, u32>(0));
            continue;
        }
        let (others, nulls_conflict, is_coarse) = (Vec::new(), row.get(5), row.get(7));
        let name = row.get::<_, &str>(2).into();
        let index = UniqueIndex { name, columns, others, has_expressions: false, nulls_conflict, is_coarse, of_part: false };
        table.unique_indexes.push(index);
    }
    if !open.is_empty() {
        let decide = client.query(DECIDING, &[&open]).await?;
        let decide: HashMap<u32, &Row> = decide.iter().map(|row| (row.get(0), row)).collect();
        for row in &rows {
            let (Some(decides), Some(table)) = (decide.get(&row.get(0)), places.get_mut(&row.get(1))) else { continue };
            let columns = names(numbers, table.oid, decides.get(1));
            let others = names(numbers, table.oid, decides.get(2)).into_iter().filter(|name| !columns.contains(name)).collect();
            let (name, has_expressions, nulls_conflict) = (row.get::<_, &str>(2).into(), row.get(4), row.get(5));
            let is_coarse = row.get(7);
            table.unique_indexes.push(UniqueIndex { name, columns, others, has_expressions, nulls_conflict, is_coarse, of_part: false });
        }
    }
    for row in client.query(FOREIGN_KEYS, &[&namespaces]).await? {
        let Some(table) = places.get_mut(&row.get(0)) else { continue };
        let referenced: u32 = row.get(2);
        // Of a table that isn't known, the columns' names aren't, either.
        let name = |number: &i16| numbers.get(&referenced).and_then(|columns| columns.get(number)).cloned().unwrap_or_default();
        let referenced_columns = row.get::<_, Vec<i16>>(4).iter().map(name).collect();
        let (columns, others) = (names(numbers, table.oid, row.get(3)), names(numbers, table.oid, row.get(5)));
        let name = row.get::<_, &str>(1).into();
        table.foreign_keys.push(ForeignKey { name, columns, referenced, referenced_columns, others, of_part: false });
    }
    Ok(())
}

/// The names of columns; an expression has the number 0 and no name.
fn names(numbers: &Numbers, table: u32, columns: Vec<i16>) -> Vec<Box<str>> {
    let Some(known) = numbers.get(&table) else { return Vec::new() };
    columns.iter().filter_map(|number| known.get(number).cloned()).collect()
}

/// Gives tables what holds in their partitions and children, too: a row that is written through a table may land there.
pub(super) fn inherit(relations: &mut [Relation]) {
    let places: HashMap<u32, usize> = relations.iter().enumerate().map(|(place, relation)| (relation.oid, place)).collect();
    for place in 0..relations.len() {
        let Some(child) = relations.get(place) else { continue };
        if child.parents.is_empty() || child.unique_indexes.is_empty() && child.foreign_keys.is_empty() {
            continue;
        }
        let (indexes, keys) = (child.unique_indexes.clone(), child.foreign_keys.clone());
        let mut above = child.parents.clone();
        let mut seen = Vec::new();
        while let Some(oid) = above.pop() {
            let Some(parent) = places.get(&oid).and_then(|place| relations.get_mut(*place)).filter(|_| !seen.contains(&oid)) else {
                continue;
            };
            seen.push(oid);
            above.extend(&parent.parents);
            // What a partitioned table has, its partitions have, too; what another has is its own.
            let shares = parent.kind == RelationKind::Partitioned;
            for index in indexes.iter().filter(|index| !index.of_part) {
                let same =
                    |known: &UniqueIndex| known.columns == index.columns && known.others == index.others && (shares || known.of_part);
                if !parent.unique_indexes.iter().any(same) {
                    parent.unique_indexes.push(UniqueIndex { of_part: true, ..index.clone() });
                }
            }
            for key in keys.iter().filter(|key| !key.of_part) {
                let ends = |key: &ForeignKey| (key.columns.clone(), key.referenced, key.referenced_columns.clone());
                if !parent.foreign_keys.iter().any(|known| ends(known) == ends(key)) {
                    parent.foreign_keys.push(ForeignKey { of_part: true, ..key.clone() });
                }
            }
        }
    }
}
