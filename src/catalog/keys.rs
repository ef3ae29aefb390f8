//! What a server keeps true over all rows of a table, past every row policy: that keys are unique, and that what is referenced is there.

use std::collections::HashMap;

use tokio_postgres::Row;

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
    /// Whether it holds in a partition or child only, not in the table itself.
    pub of_part: bool,
}

/// Indexes depend on the columns of their expressions and conditions; up to PostgreSQL 14, a generated column itself depends on those that it
/// is computed from, later its definition does.
pub(super) const UNIQUE_INDEXES: &str = "
    SELECT i.indrelid, x.relname::text,
           ARRAY(SELECT a.attname::text FROM unnest((i.indkey::int2[])[0 : i.indnkeyatts - 1]) WITH ORDINALITY u(number, place)
                   JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = u.number
                  WHERE NOT i.indisexclusion
                     OR EXISTS (SELECT FROM pg_constraint k JOIN pg_operator o ON o.oid = k.conexclop[u.place]
                                 WHERE k.conindid = i.indexrelid AND k.contype = 'x' AND o.oprname = '=')),
           ARRAY(WITH used(number) AS (
                     SELECT u.number::int FROM unnest((i.indkey::int2[])[0 : i.indnkeyatts - 1]) u(number)
                     UNION
                     SELECT d.refobjsubid FROM pg_depend d
                      WHERE d.classid = 'pg_class'::regclass AND d.objid = i.indexrelid AND d.refclassid = 'pg_class'::regclass AND d.refobjid = i.indrelid
                        AND (i.indexprs IS NOT NULL OR i.indpred IS NOT NULL))
                 SELECT a.attname::text FROM pg_attribute a
                  WHERE a.attrelid = i.indrelid AND a.attnum > 0 AND NOT a.attisdropped
                    AND (a.attnum IN (SELECT used.number FROM used)
                         OR EXISTS (SELECT FROM used JOIN pg_attribute g ON g.attrelid = i.indrelid AND g.attnum = used.number AND g.attgenerated <> ''
                                      LEFT JOIN pg_attrdef e ON e.adrelid = g.attrelid AND e.adnum = g.attnum
                                      JOIN pg_depend d ON d.refclassid = 'pg_class'::regclass AND d.refobjid = i.indrelid AND d.refobjsubid = a.attnum
                                     WHERE d.classid = 'pg_attrdef'::regclass AND d.objid = e.oid
                                        OR d.classid = 'pg_class'::regclass AND d.objid = i.indrelid AND d.objsubid = g.attnum))),
           i.indexprs IS NOT NULL, coalesce((to_jsonb(i) ->> 'indnullsnotdistinct')::boolean, false)
      FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid JOIN pg_class x ON x.oid = i.indexrelid
     WHERE c.relnamespace = ANY ($1) AND c.relkind IN ('r', 'p') AND (i.indisunique OR i.indisexclusion) ORDER BY i.indrelid, x.relname";

/// Of a key to a partitioned table there are further ones to its partitions, which check nothing when a row is written.
pub(super) const FOREIGN_KEYS: &str = "
    SELECT k.conrelid, k.conname::text, k.confrelid,
           ARRAY(SELECT a.attname::text FROM unnest(k.conkey) WITH ORDINALITY u(number, place)
                   JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = u.number ORDER BY u.place),
           ARRAY(SELECT a.attname::text FROM unnest(k.confkey) WITH ORDINALITY u(number, place)
                   JOIN pg_attribute a ON a.attrelid = k.confrelid AND a.attnum = u.number ORDER BY u.place)
      FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid
     WHERE c.relnamespace = ANY ($1) AND k.contype = 'f' AND to_jsonb(k) ->> 'conenforced' IS DISTINCT FROM 'false'
       AND NOT EXISTS (SELECT FROM pg_constraint p WHERE p.oid = k.conparentid AND p.conrelid = k.conrelid)
     ORDER BY k.conrelid, k.conname";

/// A row of [`UNIQUE_INDEXES`]: of which table, and the index.
pub(super) fn unique_index(row: &Row) -> (u32, UniqueIndex) {
    let columns = names(row, 2);
    let others = names(row, 3).into_iter().filter(|name| !columns.contains(name)).collect();
    let name = row.get::<_, &str>(1).into();
    (row.get(0), UniqueIndex { name, columns, others, has_expressions: row.get(4), nulls_conflict: row.get(5), of_part: false })
}

/// A row of [`FOREIGN_KEYS`]: of which table, and the key.
pub(super) fn foreign_key(row: &Row) -> (u32, ForeignKey) {
    let name = row.get::<_, &str>(1).into();
    let (columns, referenced_columns) = (names(row, 3), names(row, 4));
    (row.get(0), ForeignKey { name, columns, referenced: row.get(2), referenced_columns, of_part: false })
}

fn names(row: &Row, column: usize) -> Vec<Box<str>> {
    row.get::<_, Vec<&str>>(column).into_iter().map(Box::from).collect()
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
