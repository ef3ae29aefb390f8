//! What PostgreSQL itself looks up over all tenants' rows, past every policy, and what runs by itself in a tenant's statement.

use super::{Lint, Scope};

pub(super) const LINTS: &[Lint] = &[
    Lint::new(Scope::Row, "a unique index without the tenant column tells what others have, and blocks it", UNIQUE),
    Lint::new(Scope::Row, "a foreign key without the tenant column reaches others' rows", FOREIGN_KEYS),
    Lint::new(Scope::Row, "a default or check calls a function that the model doesn't vouch for", DEFAULTS),
];

/// Columns behind INCLUDE don't make a key. A partition's index is its parent's. The model vouches for an index by its name or by all columns of its
/// key.
const UNIQUE: &str = lint!(
    "SELECT format('%s on %s', i.indexrelid::regclass, rel.name),
            CASE WHEN k.oid IS NOT NULL
                 THEN format('ALTER TABLE %s DROP CONSTRAINT %I, ADD CONSTRAINT %2$I %3$s', rel.name, k.conname,
                             regexp_replace(pg_get_constraintdef(k.oid), '\\(', format('(%I%s, ', p.tenant_column, CASE k.contype WHEN 'x' THEN ' WITH =' ELSE '' END)))
                 ELSE format('DROP INDEX %s; %s', i.indexrelid::regclass,
                             regexp_replace(pg_get_indexdef(i.indexrelid), 'USING (\\w+) \\(', format('USING \\1 (%I, ', p.tenant_column))) END, false
       FROM pg_index i JOIN rel ON rel.oid = i.indrelid CROSS JOIN p LEFT JOIN pg_constraint k ON k.conindid = i.indexrelid AND k.contype IN ('p', 'u', 'x')
      WHERE rel.is_tenant AND (i.indisunique OR i.indisexclusion) AND NOT rel.tenant_attnum = ANY ((i.indkey::int2[])[0 : i.indnkeyatts - 1])
        AND NOT EXISTS (SELECT FROM pg_inherits h WHERE h.inhrelid = i.indexrelid)
        AND NOT EXISTS (
            SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace, pg_class x, unnest(ARRAY['', n.nspname || '.']) prefix
             WHERE c.oid = i.indrelid AND x.oid = i.indexrelid
               AND (prefix || c.relname || '.' || x.relname = ANY (p.global_keys)
                    OR NOT EXISTS (SELECT FROM unnest((i.indkey::int2[])[0 : i.indnkeyatts - 1]) u(number)
                                     LEFT JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = u.number
                                    WHERE prefix || c.relname || '.' || a.attname = ANY (p.global_keys) IS NOT TRUE)))"
);

const FOREIGN_KEYS: &str = lint!(
    "SELECT format('%I on %s', k.conname, rel.name),
            format('ALTER TABLE %s DROP CONSTRAINT %I, ADD CONSTRAINT %2$I %3$s', rel.name, k.conname,
                   regexp_replace(pg_get_constraintdef(k.oid), '^FOREIGN KEY \\((.*?)\\) REFERENCES (.*?)\\((.*?)\\)',
                                  format('FOREIGN KEY (%I, \\1) REFERENCES \\2(%1$I, \\3)', p.tenant_column))), false
       FROM pg_constraint k JOIN rel ON rel.oid = k.conrelid JOIN rel other ON other.oid = k.confrelid CROSS JOIN p
      WHERE k.contype = 'f' AND k.conparentid = 0 AND rel.is_tenant AND other.is_tenant
        AND NOT EXISTS (SELECT FROM unnest(k.conkey, k.confkey) u(a, b) WHERE u.a = rel.tenant_attnum AND u.b = other.tenant_attnum)"
);

/// Functions of pg_catalog aren't in `pg_depend`; those of extensions are looked at by extension.
const DEFAULTS: &str = lint!(
    "SELECT format('%s.%I calls %s', x.name, a.attname, f.oid::regprocedure), format('ALTER TABLE %s ALTER COLUMN %I DROP DEFAULT', x.name, a.attname), false
       FROM rel x JOIN pg_attrdef e ON e.adrelid = x.oid JOIN pg_attribute a ON a.attrelid = x.oid AND a.attnum = e.adnum
       JOIN pg_depend d ON d.classid = 'pg_attrdef'::regclass AND d.objid = e.oid AND d.refclassid = 'pg_proc'::regclass
       JOIN pg_proc f ON f.oid = d.refobjid JOIN pg_namespace n ON n.oid = f.pronamespace CROSS JOIN p
      WHERE x.is_tenant AND NOT (ARRAY[f.proname::text, n.nspname || '.' || f.proname] && p.functions)
        AND NOT EXISTS (SELECT FROM pg_depend o WHERE o.classid = 'pg_proc'::regclass AND o.objid = f.oid AND o.deptype = 'e')
     UNION ALL
     SELECT format('%I on %s calls %s', k.conname, x.name, f.oid::regprocedure), format('ALTER TABLE %s DROP CONSTRAINT %I', x.name, k.conname), false
       FROM rel x JOIN pg_constraint k ON k.conrelid = x.oid AND k.contype = 'c'
       JOIN pg_depend d ON d.classid = 'pg_constraint'::regclass AND d.objid = k.oid AND d.refclassid = 'pg_proc'::regclass
       JOIN pg_proc f ON f.oid = d.refobjid JOIN pg_namespace n ON n.oid = f.pronamespace CROSS JOIN p
      WHERE x.is_tenant AND k.coninhcount = 0 AND NOT (ARRAY[f.proname::text, n.nspname || '.' || f.proname] && p.functions)
        AND NOT EXISTS (SELECT FROM pg_depend o WHERE o.classid = 'pg_proc'::regclass AND o.objid = f.oid AND o.deptype = 'e')"
);
