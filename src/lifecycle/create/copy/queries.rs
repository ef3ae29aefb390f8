//! What a schema holds, as the statements that make it. `$1` is the template; `search_path` holds it alone.

/// Kinds in the order in which they are made where nothing else decides; each query gives an id and a statement.
pub(super) const NODES: &[(&str, &str)] = &[
    ("t", TYPES),
    ("r", SEQUENCES),
    ("f", FUNCTIONS),
    ("r", TABLES),
    ("d", DEFAULTS),
    ("c", CONSTRAINTS),
    ("i", INDEXES),
    ("s", STATISTICS),
    ("r", VIEWS),
    ("c", FOREIGN_KEYS),
    ("g", TRIGGERS),
];

/// Statements that need everything to be there.
pub(super) const FINISHING: &[&str] =
    &[OWNED_SEQUENCES, ATTACHED_INDEXES, NOT_NULL_IN_PARTITIONS, COLUMN_SETTINGS, TRIGGER_STATES, COMMENTS, COLUMN_COMMENTS];

const TYPES: &str = "
    SELECT t.oid, CASE t.typtype
        WHEN 'e' THEN format('CREATE TYPE %I AS ENUM (%s)', t.typname,
             (SELECT string_agg(quote_literal(e.enumlabel), ', ' ORDER BY e.enumsortorder) FROM pg_enum e WHERE e.enumtypid = t.oid))
        WHEN 'd' THEN format('CREATE DOMAIN %I AS %s%s%s%s%s', t.typname, format_type(t.typbasetype, t.typtypmod),
             (SELECT format(' COLLATE %I.%I', n.nspname, l.collname) FROM pg_collation l JOIN pg_namespace n ON n.oid = l.collnamespace
               WHERE l.oid = t.typcollation AND t.typcollation <> (SELECT b.typcollation FROM pg_type b WHERE b.oid = t.typbasetype)),
             ' DEFAULT ' || pg_get_expr(t.typdefaultbin, 0), CASE WHEN t.typnotnull THEN ' NOT NULL' END,
             (SELECT string_agg(format(' CONSTRAINT %I %s', k.conname, pg_get_constraintdef(k.oid)), '' ORDER BY k.oid)
                FROM pg_constraint k WHERE k.contypid = t.oid AND k.contype = 'c'))
        WHEN 'c' THEN format('CREATE TYPE %I AS (%s)', t.typname,
             (SELECT string_agg(format('%I %s%s', a.attname, format_type(a.atttypid, a.atttypmod),
                     (SELECT format(' COLLATE %I.%I', n.nspname, l.collname) FROM pg_collation l JOIN pg_namespace n ON n.oid = l.collnamespace
                       JOIN pg_type b ON b.oid = a.atttypid WHERE l.oid = a.attcollation AND a.attcollation <> b.typcollation)), ', ' ORDER BY a.attnum)
                FROM pg_attribute a WHERE a.attrelid = t.typrelid AND a.attnum > 0 AND NOT a.attisdropped))
        ELSE format('CREATE TYPE %I AS RANGE (SUBTYPE = %s%s)', t.typname,
             (SELECT format_type(g.rngsubtype, NULL) FROM pg_range g WHERE g.rngtypid = t.oid),
             (SELECT ', SUBTYPE_DIFF = ' || g.rngsubdiff FROM pg_range g WHERE g.rngtypid = t.oid AND g.rngsubdiff <> 0)) END
      FROM pg_type t LEFT JOIN pg_class c ON c.oid = t.typrelid
     WHERE t.typnamespace = (SELECT oid FROM pg_namespace WHERE nspname = $1)
       AND (t.typtype IN ('e', 'd', 'r') OR t.typtype = 'c' AND c.relkind = 'c')";

const SEQUENCES: &str = "
    SELECT c.oid, format('CREATE SEQUENCE %I AS %s INCREMENT BY %s MINVALUE %s MAXVALUE %s START WITH %s CACHE %s%s', c.relname,
           format_type(s.seqtypid, NULL), s.seqincrement, s.seqmin, s.seqmax, s.seqstart, s.seqcache, CASE WHEN s.seqcycle THEN ' CYCLE' END)
      FROM pg_class c JOIN pg_sequence s ON s.seqrelid = c.oid
     WHERE c.relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = $1)
       AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'i')";

/// `pg_get_functiondef` always writes the schema, in a place that is known: between these words and the name.
const FUNCTIONS: &str = "
    SELECT p.oid, format('CREATE %s %s', k.word, substr(pg_get_functiondef(p.oid), length(format('CREATE OR REPLACE %s %I.', k.word, $1::text)) + 1))
      FROM pg_proc p, LATERAL (SELECT CASE p.prokind WHEN 'p' THEN 'PROCEDURE' ELSE 'FUNCTION' END) k(word)
     WHERE p.pronamespace = (SELECT oid FROM pg_namespace WHERE nspname = $1) AND p.prokind IN ('f', 'p', 'w')
       AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'i')";

const TABLES: &str = "
    SELECT c.oid, concat('CREATE ', CASE WHEN c.relpersistence = 'u' THEN 'UNLOGGED ' END, format('TABLE %I', c.relname),
        CASE WHEN c.relispartition
             THEN (SELECT format(' PARTITION OF %s %s', i.inhparent::regclass, pg_get_expr(c.relpartbound, c.oid)) FROM pg_inherits i WHERE i.inhrelid = c.oid)
             ELSE format(' (%s)', (
                 SELECT string_agg(concat(format('%I %s', a.attname, format_type(a.atttypid, a.atttypmod)),
                     (SELECT format(' COLLATE %I.%I', n.nspname, l.collname) FROM pg_collation l JOIN pg_namespace n ON n.oid = l.collnamespace
                       WHERE l.oid = a.attcollation AND a.attcollation <> t.typcollation),
                     CASE WHEN a.attgenerated <> '' THEN format(' GENERATED ALWAYS AS (%s) %s', (SELECT pg_get_expr(d.adbin, d.adrelid) FROM pg_attrdef d
                               WHERE d.adrelid = a.attrelid AND d.adnum = a.attnum), CASE a.attgenerated WHEN 's' THEN 'STORED' ELSE 'VIRTUAL' END) END,
                     CASE WHEN a.attidentity <> '' THEN (
                         SELECT format(' GENERATED %s AS IDENTITY (SEQUENCE NAME %I INCREMENT BY %s MINVALUE %s MAXVALUE %s START WITH %s CACHE %s%s)',
                                CASE a.attidentity WHEN 'a' THEN 'ALWAYS' ELSE 'BY DEFAULT' END, q.relname, s.seqincrement, s.seqmin, s.seqmax,
                                s.seqstart, s.seqcache, CASE WHEN s.seqcycle THEN ' CYCLE' END)
                           FROM pg_depend d JOIN pg_class q ON q.oid = d.objid JOIN pg_sequence s ON s.seqrelid = q.oid
                          WHERE d.classid = 'pg_class'::regclass AND d.refclassid = 'pg_class'::regclass AND d.refobjid = a.attrelid
                            AND d.refobjsubid = a.attnum AND d.deptype = 'i') END,
                     CASE WHEN a.attnotnull THEN ' NOT NULL' END), ', ' ORDER BY a.attnum)
                   FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid
                  WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attislocal))
             || coalesce((SELECT format(' INHERITS (%s)', string_agg(i.inhparent::regclass::text, ', ' ORDER BY i.inhseqno))
                            FROM pg_inherits i WHERE i.inhrelid = c.oid HAVING count(*) > 0), '') END,
        CASE WHEN c.relkind = 'p' THEN ' PARTITION BY ' || pg_get_partkeydef(c.oid) END,
        (SELECT ' USING ' || quote_ident(m.amname) FROM pg_am m WHERE m.oid = c.relam AND m.amname <> 'heap' AND c.relkind = 'r'),
        (SELECT format(' WITH (%s)', string_agg(split_part(o, '=', 1) || '=' || quote_literal(substr(o, strpos(o, '=') + 1)), ', '))
           FROM unnest(c.reloptions) o HAVING count(*) > 0))
      FROM pg_class c
     WHERE c.relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = $1) AND c.relkind IN ('r', 'p')";

const DEFAULTS: &str = "
    SELECT d.oid, format('ALTER TABLE %s%s ALTER COLUMN %I SET DEFAULT %s', CASE WHEN c.relkind <> 'v' THEN 'ONLY ' END, c.oid::regclass, a.attname,
           pg_get_expr(d.adbin, d.adrelid))
      FROM pg_attrdef d JOIN pg_class c ON c.oid = d.adrelid JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = d.adnum
     WHERE c.relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = $1) AND a.attgenerated = ''";

const CONSTRAINTS: &str = "
    SELECT k.oid, format('ALTER TABLE %s ADD CONSTRAINT %I %s', k.conrelid::regclass, k.conname, pg_get_constraintdef(k.oid, true))
      FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid
     WHERE c.relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = $1) AND k.contype IN ('c', 'p', 'u', 'x')
       AND k.conparentid = 0 AND k.coninhcount = 0";

const FOREIGN_KEYS: &str = "
    SELECT k.oid, format('ALTER TABLE %s ADD CONSTRAINT %I %s', k.conrelid::regclass, k.conname, pg_get_constraintdef(k.oid, true))
      FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid
     WHERE c.relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = $1) AND k.contype = 'f' AND k.conparentid = 0";

/// Of a partitioned table: `ON ONLY`, and its partitions' indexes are attached in the end.
const INDEXES: &str = "
    SELECT i.indexrelid, pg_get_indexdef(i.indexrelid, 0, true)
      FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid
     WHERE c.relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = $1) AND c.relkind IN ('r', 'p', 'm')
       AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = i.indexrelid AND k.contype IN ('p', 'u', 'x'))";

/// `pg_get_statisticsobjdef` always writes the schema, too.
const STATISTICS: &str = "
    SELECT x.oid, 'CREATE STATISTICS ' || substr(pg_get_statisticsobjdef(x.oid), length(format('CREATE STATISTICS %I.', $1::text)) + 1)
      FROM pg_statistic_ext x WHERE x.stxnamespace = (SELECT oid FROM pg_namespace WHERE nspname = $1)";

const VIEWS: &str = "
    SELECT c.oid, format('CREATE %s %I%s AS %s%s', CASE c.relkind WHEN 'v' THEN 'VIEW' ELSE 'MATERIALIZED VIEW' END, c.relname,
           (SELECT format(' WITH (%s)', string_agg(split_part(o, '=', 1) || '=' || quote_literal(substr(o, strpos(o, '=') + 1)), ', '))
              FROM unnest(c.reloptions) o HAVING count(*) > 0),
           rtrim(pg_get_viewdef(c.oid), ';'), CASE c.relkind WHEN 'm' THEN ' WITH NO DATA' END)
      FROM pg_class c
     WHERE c.relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = $1) AND c.relkind IN ('v', 'm')";

const TRIGGERS: &str = "
    SELECT g.oid, pg_get_triggerdef(g.oid, true)
      FROM pg_trigger g JOIN pg_class c ON c.oid = g.tgrelid
     WHERE c.relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = $1) AND NOT g.tgisinternal AND g.tgparentid = 0";

const OWNED_SEQUENCES: &str = "
    SELECT format('ALTER SEQUENCE %s OWNED BY %s.%I', c.oid::regclass, d.refobjid::regclass, a.attname)
      FROM pg_class c JOIN pg_depend d ON d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.refclassid = 'pg_class'::regclass AND d.deptype = 'a'
      JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
     WHERE c.relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = $1) AND c.relkind = 'S' ORDER BY c.oid";

const ATTACHED_INDEXES: &str = "
    SELECT format('ALTER INDEX %s ATTACH PARTITION %s', h.inhparent::regclass, h.inhrelid::regclass)
      FROM pg_inherits h JOIN pg_class c ON c.oid = h.inhrelid
     WHERE c.relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = $1) AND c.relkind IN ('i', 'I')
       AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conindid IN (h.inhparent, h.inhrelid) AND k.contype IN ('p', 'u', 'x')) ORDER BY c.oid";

const NOT_NULL_IN_PARTITIONS: &str = "
    SELECT format('ALTER TABLE %s ALTER COLUMN %I SET NOT NULL', c.oid::regclass, a.attname)
      FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND a.attnotnull AND NOT a.attisdropped
      JOIN pg_inherits i ON i.inhrelid = c.oid JOIN pg_attribute p ON p.attrelid = i.inhparent AND p.attname = a.attname AND NOT p.attnotnull
     WHERE c.relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = $1) AND c.relispartition ORDER BY c.oid, a.attnum";

/// `attcompression` is PostgreSQL 14's, and `attstattarget` is NULL for the default since 17: both are read as JSON.
const COLUMN_SETTINGS: &str = "
    SELECT format('ALTER TABLE ONLY %s ALTER COLUMN %I SET %s', c.oid::regclass, a.attname, w.what)
      FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped JOIN pg_type t ON t.oid = a.atttypid,
           LATERAL (VALUES
               (CASE WHEN a.attstorage <> t.typstorage
                     THEN 'STORAGE ' || CASE a.attstorage WHEN 'p' THEN 'PLAIN' WHEN 'e' THEN 'EXTERNAL' WHEN 'm' THEN 'MAIN' ELSE 'EXTENDED' END END),
               ('COMPRESSION ' || CASE to_jsonb(a) ->> 'attcompression' WHEN 'p' THEN 'pglz' WHEN 'l' THEN 'lz4' END),
               (CASE WHEN (to_jsonb(a) ->> 'attstattarget')::int >= 0 THEN 'STATISTICS ' || (to_jsonb(a) ->> 'attstattarget') END),
               ((SELECT format('(%s)', string_agg(o, ', ')) FROM unnest(a.attoptions) o HAVING count(*) > 0))) w(what)
     WHERE c.relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = $1) AND c.relkind IN ('r', 'p') AND w.what IS NOT NULL
     ORDER BY c.oid, a.attnum";

const TRIGGER_STATES: &str = "
    SELECT format('ALTER TABLE %s %s TRIGGER %I', c.oid::regclass,
           CASE g.tgenabled WHEN 'D' THEN 'DISABLE' WHEN 'R' THEN 'ENABLE REPLICA' ELSE 'ENABLE ALWAYS' END, g.tgname)
      FROM pg_trigger g JOIN pg_class c ON c.oid = g.tgrelid
     WHERE c.relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = $1) AND NOT g.tgisinternal AND g.tgparentid = 0 AND g.tgenabled <> 'O'";

/// Indexes that PostgreSQL makes for a partition's constraint may be named differently in the copy: their comments are left out.
const COMMENTS: &str = "
    SELECT format('COMMENT ON %s IS %L', o.object, d.description) FROM pg_description d JOIN (
        SELECT 'pg_class'::regclass AS class, c.oid, CASE c.relkind WHEN 'S' THEN 'SEQUENCE ' WHEN 'v' THEN 'VIEW ' WHEN 'm' THEN 'MATERIALIZED VIEW '
               WHEN 'i' THEN 'INDEX ' WHEN 'I' THEN 'INDEX ' ELSE 'TABLE ' END || c.oid::regclass AS object
          FROM pg_class c WHERE c.relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = $1) AND c.relkind IN ('r', 'p', 'S', 'v', 'm', 'i', 'I')
           AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = c.oid AND k.conparentid <> 0)
        UNION ALL
        SELECT 'pg_type'::regclass, t.oid, CASE t.typtype WHEN 'd' THEN 'DOMAIN ' ELSE 'TYPE ' END || t.oid::regtype
          FROM pg_type t LEFT JOIN pg_class c ON c.oid = t.typrelid
         WHERE t.typnamespace = (SELECT oid FROM pg_namespace WHERE nspname = $1) AND (t.typtype IN ('e', 'd', 'r') OR t.typtype = 'c' AND c.relkind = 'c')
        UNION ALL
        SELECT 'pg_proc'::regclass, p.oid, 'ROUTINE ' || p.oid::regprocedure
          FROM pg_proc p WHERE p.pronamespace = (SELECT oid FROM pg_namespace WHERE nspname = $1)
        UNION ALL
        SELECT 'pg_constraint'::regclass, k.oid, format('CONSTRAINT %I ON %s', k.conname, k.conrelid::regclass)
          FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid
         WHERE c.relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = $1) AND k.conparentid = 0
        UNION ALL
        SELECT 'pg_trigger'::regclass, g.oid, format('TRIGGER %I ON %s', g.tgname, g.tgrelid::regclass)
          FROM pg_trigger g JOIN pg_class c ON c.oid = g.tgrelid
         WHERE c.relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = $1) AND NOT g.tgisinternal AND g.tgparentid = 0
    ) o ON o.class = d.classoid AND o.oid = d.objoid AND d.objsubid = 0 ORDER BY o.class, o.oid";

const COLUMN_COMMENTS: &str = "
    SELECT format('COMMENT ON COLUMN %s.%I IS %L', c.oid::regclass, a.attname, d.description)
      FROM pg_description d JOIN pg_class c ON c.oid = d.objoid AND d.classoid = 'pg_class'::regclass
      JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = d.objsubid
     WHERE c.relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = $1) AND d.objsubid > 0 AND c.relkind IN ('r', 'p', 'v', 'm', 'c')
     ORDER BY c.oid, a.attnum";

/// Catalog entries -> the node that makes them; then `pg_depend` between two of them is an edge between their nodes.
/// A sequence's owner is set in the end, so that edge isn't one.
pub(super) const EDGES: &str = "
    WITH s AS (SELECT oid FROM pg_namespace WHERE nspname = $1), node(class, id, kind, oid) AS (
        SELECT 'pg_class'::regclass, c.oid, CASE c.relkind WHEN 'c' THEN 't' ELSE 'r' END, CASE c.relkind WHEN 'c' THEN c.reltype ELSE c.oid END
          FROM pg_class c WHERE c.relnamespace IN (SELECT oid FROM s) AND c.relkind IN ('r', 'p', 'v', 'm', 'S', 'c')
        UNION ALL
        SELECT 'pg_class'::regclass, i.indexrelid, CASE WHEN k.oid IS NULL THEN 'i' ELSE 'c' END, coalesce(k.oid, i.indexrelid)
          FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid LEFT JOIN pg_constraint k ON k.conindid = i.indexrelid AND k.contype IN ('p', 'u', 'x')
         WHERE c.relnamespace IN (SELECT oid FROM s)
        UNION ALL
        SELECT 'pg_type'::regclass, t.oid, CASE WHEN c.relkind <> 'c' THEN 'r' ELSE 't' END, CASE WHEN c.relkind <> 'c' THEN c.oid ELSE e.oid END
          FROM pg_type t JOIN pg_type e ON e.oid = CASE WHEN t.typcategory = 'A' AND t.typelem <> 0 THEN t.typelem ELSE t.oid END
          LEFT JOIN pg_class c ON c.oid = e.typrelid WHERE t.typnamespace IN (SELECT oid FROM s)
        UNION ALL
        SELECT 'pg_proc'::regclass, p.oid, 'f', p.oid FROM pg_proc p WHERE p.pronamespace IN (SELECT oid FROM s)
        UNION ALL
        SELECT 'pg_rewrite'::regclass, w.oid, 'r', c.oid FROM pg_rewrite w JOIN pg_class c ON c.oid = w.ev_class WHERE c.relnamespace IN (SELECT oid FROM s)
        UNION ALL
        SELECT 'pg_attrdef'::regclass, d.oid, CASE a.attgenerated WHEN '' THEN 'd' ELSE 'r' END, CASE a.attgenerated WHEN '' THEN d.oid ELSE c.oid END
          FROM pg_attrdef d JOIN pg_class c ON c.oid = d.adrelid JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = d.adnum
         WHERE c.relnamespace IN (SELECT oid FROM s)
        UNION ALL
        SELECT 'pg_constraint'::regclass, k.oid, CASE WHEN k.contypid <> 0 THEN 't' ELSE 'c' END, CASE WHEN k.contypid <> 0 THEN k.contypid ELSE k.oid END
          FROM pg_constraint k WHERE k.connamespace IN (SELECT oid FROM s)
        UNION ALL
        SELECT 'pg_trigger'::regclass, g.oid, 'g', g.oid FROM pg_trigger g JOIN pg_class c ON c.oid = g.tgrelid
         WHERE c.relnamespace IN (SELECT oid FROM s) AND NOT g.tgisinternal
        UNION ALL
        SELECT 'pg_statistic_ext'::regclass, x.oid, 's', x.oid FROM pg_statistic_ext x WHERE x.stxnamespace IN (SELECT oid FROM s))
    SELECT DISTINCT a.kind, a.oid, b.kind, b.oid
      FROM pg_depend d JOIN node a ON a.class = d.classid AND a.id = d.objid JOIN node b ON b.class = d.refclassid AND b.id = d.refobjid
     WHERE (a.kind, a.oid) <> (b.kind, b.oid)
       AND NOT (d.classid = 'pg_class'::regclass AND d.deptype IN ('a', 'i') AND EXISTS (SELECT FROM pg_sequence q WHERE q.seqrelid = d.objid))";

/// What stands in the way of a copy, in words.
pub(super) const REFUSALS: &str = "
    WITH s AS (SELECT oid, nspname FROM pg_namespace WHERE nspname = $1)
    SELECT format('%s %s is of a kind that is not copied', CASE c.relkind WHEN 'f' THEN 'foreign table' ELSE 'relation' END, c.relname)
      FROM pg_class c JOIN s ON s.oid = c.relnamespace WHERE c.relkind NOT IN ('r', 'p', 'v', 'm', 'S', 'c', 'i', 'I', 't')
    UNION ALL
    SELECT format('%s has the name of something in pg_catalog', c.relname) FROM pg_class c JOIN s ON s.oid = c.relnamespace
     WHERE c.relkind IN ('r', 'p', 'v', 'm', 'S') AND NOT pg_table_is_visible(c.oid)
    UNION ALL
    SELECT format('type %s has the name of something in pg_catalog', t.typname) FROM pg_type t JOIN s ON s.oid = t.typnamespace
     WHERE t.typtype IN ('e', 'd', 'r', 'c') AND NOT pg_type_is_visible(t.oid)
    UNION ALL
    SELECT format('function %s has the name and arguments of one in pg_catalog', p.proname) FROM pg_proc p JOIN s ON s.oid = p.pronamespace
     WHERE NOT pg_function_is_visible(p.oid)
    UNION ALL
    SELECT format('aggregate %s is not copied', p.proname) FROM pg_proc p JOIN s ON s.oid = p.pronamespace WHERE p.prokind = 'a'
    UNION ALL
    SELECT format('function %s names the schema %s in its text or settings: write names without it', p.proname, s.nspname)
      FROM pg_proc p JOIN s ON s.oid = p.pronamespace
     WHERE strpos(p.prosrc, s.nspname || '.') > 0 OR strpos(p.prosrc, quote_ident(s.nspname) || '.') > 0
        OR EXISTS (SELECT FROM unnest(p.proconfig) o WHERE o LIKE 'search\\_path=%' AND strpos(o, s.nspname) > 0)
    UNION ALL
    SELECT format('%s belongs to extension %s: install extensions in a schema of their own', pg_describe_object(d.classid, d.objid, d.objsubid), e.extname)
      FROM pg_depend d JOIN pg_extension e ON d.refclassid = 'pg_extension'::regclass AND e.oid = d.refobjid JOIN s ON s.oid = e.extnamespace
     WHERE d.deptype = 'e'
    UNION ALL
    SELECT format('policy %s on %s is not copied', p.polname, c.relname) FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid JOIN s ON s.oid = c.relnamespace
    UNION ALL
    SELECT format('rule %s on %s is not copied', w.rulename, c.relname) FROM pg_rewrite w JOIN pg_class c ON c.oid = w.ev_class JOIN s ON s.oid = c.relnamespace
     WHERE w.rulename <> '_RETURN'
    UNION ALL
    SELECT format('range type %s has a canonical function', t.typname) FROM pg_type t JOIN s ON s.oid = t.typnamespace JOIN pg_range g ON g.rngtypid = t.oid
     WHERE g.rngcanonical <> 0
    UNION ALL
    SELECT pg_describe_object(d.classid, d.objid, 0) || ' is not copied' FROM pg_depend d JOIN s ON d.refclassid = 'pg_namespace'::regclass AND d.refobjid = s.oid
     WHERE d.classid NOT IN ('pg_class'::regclass, 'pg_type'::regclass, 'pg_proc'::regclass, 'pg_constraint'::regclass, 'pg_statistic_ext'::regclass,
                             'pg_extension'::regclass, 'pg_default_acl'::regclass)";

/// What in the copy (`$2`) still depends on the template.
pub(super) const STILL_DEPENDS: &str = "
    WITH s AS (SELECT oid, nspname FROM pg_namespace WHERE nspname IN ($1, $2)), own(class, id, nspname) AS (
        SELECT 'pg_class'::regclass, c.oid, s.nspname FROM pg_class c JOIN s ON s.oid = c.relnamespace
        UNION ALL SELECT 'pg_type'::regclass, t.oid, s.nspname FROM pg_type t JOIN s ON s.oid = t.typnamespace
        UNION ALL SELECT 'pg_proc'::regclass, p.oid, s.nspname FROM pg_proc p JOIN s ON s.oid = p.pronamespace
        UNION ALL SELECT 'pg_constraint'::regclass, k.oid, s.nspname FROM pg_constraint k JOIN s ON s.oid = k.connamespace
        UNION ALL SELECT 'pg_rewrite'::regclass, w.oid, s.nspname FROM pg_rewrite w JOIN pg_class c ON c.oid = w.ev_class JOIN s ON s.oid = c.relnamespace
        UNION ALL SELECT 'pg_attrdef'::regclass, d.oid, s.nspname FROM pg_attrdef d JOIN pg_class c ON c.oid = d.adrelid JOIN s ON s.oid = c.relnamespace
        UNION ALL SELECT 'pg_trigger'::regclass, g.oid, s.nspname FROM pg_trigger g JOIN pg_class c ON c.oid = g.tgrelid JOIN s ON s.oid = c.relnamespace)
    SELECT format('%s would still use %s', pg_describe_object(d.classid, d.objid, d.objsubid), pg_describe_object(d.refclassid, d.refobjid, d.refobjsubid))
      FROM pg_depend d JOIN own copy ON copy.class = d.classid AND copy.id = d.objid AND copy.nspname = $2
      JOIN own old ON old.class = d.refclassid AND old.id = d.refobjid AND old.nspname = $1";
