-- Sent by ActiveRecord 6.1.7.10, as a server logged it. A line of `--;` ends each text.
SET client_min_messages TO 'warning'
--;
SET standard_conforming_strings = on
--;
SET intervalstyle = iso_8601
--;
SET SESSION timezone TO 'UTC'
--;
SELECT t.oid, t.typname
FROM pg_type as t
WHERE t.typname IN ('int2', 'int4', 'int8', 'oid', 'float4', 'float8', 'numeric', 'bool', 'timestamp', 'timestamptz')
--;
SELECT t.oid, t.typname, t.typelem, t.typdelim, t.typinput, r.rngsubtype, t.typtype, t.typbasetype
FROM pg_type as t
LEFT JOIN pg_range as r ON oid = rngtypid
WHERE
  t.typname IN ('int2', 'int4', 'int8', 'oid', 'float4', 'float8', 'text', 'varchar', 'char', 'name', 'bpchar', 'bool', 'bit', 'varbit', 'timestamptz', 'date', 'money', 'bytea', 'point', 'hstore', 'json', 'jsonb', 'cidr', 'inet', 'uuid', 'xml', 'tsvector', 'macaddr', 'citext', 'ltree', 'line', 'lseg', 'box', 'path', 'polygon', 'circle', 'time', 'timestamp', 'numeric', 'interval')
  OR t.typtype IN ('r', 'e', 'd')
  OR t.typinput = 'array_in(cstring,oid,integer)'::regprocedure
  OR t.typelem != 0
--;
SHOW TIME ZONE
--;
SELECT 1
--;
BEGIN
--;
SELECT a.attname, format_type(a.atttypid, a.atttypmod),
       pg_get_expr(d.adbin, d.adrelid), a.attnotnull, a.atttypid, a.atttypmod,
       c.collname, col_description(a.attrelid, a.attnum) AS comment
  FROM pg_attribute a
  LEFT JOIN pg_attrdef d ON a.attrelid = d.adrelid AND a.attnum = d.adnum
  LEFT JOIN pg_type t ON a.atttypid = t.oid
  LEFT JOIN pg_collation c ON a.attcollation = c.oid AND a.attcollation <> t.typcollation
 WHERE a.attrelid = '"countries"'::regclass
   AND a.attnum > 0 AND NOT a.attisdropped
 ORDER BY a.attnum
--;
SELECT c.relname FROM pg_class c LEFT JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = ANY (current_schemas(false)) AND c.relkind IN ('r','v','m','p','f')
--;
INSERT INTO "countries" ("code", "name") VALUES ($1, $2) RETURNING "code"
--;
COMMIT
--;
SHOW search_path
--;
SELECT "countries".* FROM "countries" ORDER BY "countries"."code" ASC LIMIT $1
--;
SELECT a.attname, format_type(a.atttypid, a.atttypmod),
       pg_get_expr(d.adbin, d.adrelid), a.attnotnull, a.atttypid, a.atttypmod,
       c.collname, col_description(a.attrelid, a.attnum) AS comment
  FROM pg_attribute a
  LEFT JOIN pg_attrdef d ON a.attrelid = d.adrelid AND a.attnum = d.adnum
  LEFT JOIN pg_type t ON a.atttypid = t.oid
  LEFT JOIN pg_collation c ON a.attcollation = c.oid AND a.attcollation <> t.typcollation
 WHERE a.attrelid = '"customers"'::regclass
   AND a.attnum > 0 AND NOT a.attisdropped
 ORDER BY a.attnum
--;
SHOW max_identifier_length
--;
SELECT a.attname
  FROM (
         SELECT indrelid, indkey, generate_subscripts(indkey, 1) idx
           FROM pg_index
          WHERE indrelid = '"customers"'::regclass
            AND indisprimary
       ) i
  JOIN pg_attribute a
    ON a.attrelid = i.indrelid
   AND a.attnum = i.indkey[i.idx]
 ORDER BY i.idx
--;
SELECT 1 AS one FROM "customers" WHERE "customers"."email" = $1 LIMIT $2
--;
INSERT INTO "customers" ("name", "email", "country_code", "settings", "created_at") VALUES ($1, $2, $3, $4, $5) RETURNING "id"
--;
SELECT a.attname
  FROM (
         SELECT indrelid, indkey, generate_subscripts(indkey, 1) idx
           FROM pg_index
          WHERE indrelid = '"orders"'::regclass
            AND indisprimary
       ) i
  JOIN pg_attribute a
    ON a.attrelid = i.indrelid
   AND a.attnum = i.indkey[i.idx]
 ORDER BY i.idx
--;
INSERT INTO "orders" ("customer_id", "total", "version") VALUES ($1, $2, $3) RETURNING "id"
--;
INSERT INTO "order_lines" ("order_id", "unit_price") VALUES ($1, $2) RETURNING "id"
--;
INSERT INTO "tags" ("name") VALUES ($1) RETURNING "id"
--;
INSERT INTO "orders_tags" ("order_id", "tag_id") VALUES ($1, $2) RETURNING "id"
--;
SELECT distinct i.relname, d.indisunique, d.indkey, pg_get_indexdef(d.indexrelid), t.oid,
                pg_catalog.obj_description(i.oid, 'pg_class') AS comment
FROM pg_class t
INNER JOIN pg_index d ON t.oid = d.indrelid
INNER JOIN pg_class i ON d.indexrelid = i.oid
LEFT JOIN pg_namespace n ON n.oid = i.relnamespace
WHERE i.relkind IN ('i', 'I')
  AND d.indisprimary = 'f'
  AND t.relname = 'products'
  AND n.nspname = ANY (current_schemas(false))
ORDER BY i.relname
--;
SELECT a.attnum, a.attname
FROM pg_attribute a
WHERE a.attrelid = 16412
AND a.attnum IN (1,3)
--;
INSERT INTO "products" ("sku","title","price","labels") VALUES ('s0', 't', 1.0, '{a,b}') ON CONFLICT  DO NOTHING RETURNING "id"
--;
INSERT INTO "employees" ("name") VALUES ($1) RETURNING "id"
--;
INSERT INTO "employees" ("name", "manager_id", "salary", "hired") VALUES ($1, $2, $3, $4) RETURNING "id"
--;
INSERT INTO "products" ("sku","title","price","labels") VALUES ('s1', 't', 1.0, '{a,b}') ON CONFLICT  DO NOTHING RETURNING "id"
--;
SELECT "customers".* FROM "customers" WHERE "customers"."name" = $1
--;
SELECT COUNT(*) FROM "customers" WHERE "customers"."name" = $1
--;
SELECT 1 AS one FROM "customers" WHERE "customers"."name" = $1 LIMIT $2
--;
SELECT "customers".* FROM "customers" WHERE "customers"."name" != $1 ORDER BY "customers"."created_at" DESC, "customers"."id" ASC LIMIT $2 OFFSET $3
--;
SELECT "customers"."id", "customers"."name" FROM "customers" WHERE "customers"."name" = $1
--;
SELECT "customers".* FROM "customers" WHERE "customers"."name" = $1 ORDER BY "customers"."id" ASC LIMIT $2
--;
SELECT "customers".* FROM "customers" WHERE "customers"."name" = $1 ORDER BY "customers"."id" DESC LIMIT $2
--;
UPDATE "customers" SET "active" = $1 WHERE "customers"."name" = $2
--;
SELECT "customers".* FROM "customers" WHERE "customers"."name" IN ($1, $2)
--;
SELECT COUNT(*) FROM "customers" WHERE "customers"."name" IN ($1, $2)
--;
SELECT 1 AS one FROM "customers" WHERE "customers"."name" IN ($1, $2) LIMIT $3
--;
SELECT "customers".* FROM "customers" WHERE "customers"."name" NOT IN ($1, $2) ORDER BY "customers"."created_at" DESC, "customers"."id" ASC LIMIT $3 OFFSET $4
--;
SELECT "customers"."id", "customers"."name" FROM "customers" WHERE "customers"."name" IN ($1, $2)
--;
SELECT "customers".* FROM "customers" WHERE "customers"."name" IN ($1, $2) ORDER BY "customers"."id" ASC LIMIT $3
--;
SELECT "customers".* FROM "customers" WHERE "customers"."name" IN ($1, $2) ORDER BY "customers"."id" DESC LIMIT $3
--;
UPDATE "customers" SET "active" = $1 WHERE "customers"."name" IN ($2, $3)
--;
SELECT "customers".* FROM "customers" WHERE "customers"."id" BETWEEN $1 AND $2
--;
SELECT COUNT(*) FROM "customers" WHERE "customers"."id" BETWEEN $1 AND $2
--;
SELECT 1 AS one FROM "customers" WHERE "customers"."id" BETWEEN $1 AND $2 LIMIT $3
--;
SELECT "customers".* FROM "customers" WHERE NOT ("customers"."id" BETWEEN $1 AND $2) ORDER BY "customers"."created_at" DESC, "customers"."id" ASC LIMIT $3 OFFSET $4
--;
SELECT "customers"."id", "customers"."name" FROM "customers" WHERE "customers"."id" BETWEEN $1 AND $2
--;
SELECT "customers".* FROM "customers" WHERE "customers"."id" BETWEEN $1 AND $2 ORDER BY "customers"."id" ASC LIMIT $3
--;
SELECT "customers".* FROM "customers" WHERE "customers"."id" BETWEEN $1 AND $2 ORDER BY "customers"."id" DESC LIMIT $3
--;
UPDATE "customers" SET "active" = $1 WHERE "customers"."id" BETWEEN $2 AND $3
--;
SELECT "customers".* FROM "customers" WHERE "customers"."id" >= $1
--;
SELECT COUNT(*) FROM "customers" WHERE "customers"."id" >= $1
--;
SELECT 1 AS one FROM "customers" WHERE "customers"."id" >= $1 LIMIT $2
--;
SELECT "customers".* FROM "customers" WHERE "customers"."id" < $1 ORDER BY "customers"."created_at" DESC, "customers"."id" ASC LIMIT $2 OFFSET $3
--;
SELECT "customers"."id", "customers"."name" FROM "customers" WHERE "customers"."id" >= $1
--;
SELECT "customers".* FROM "customers" WHERE "customers"."id" >= $1 ORDER BY "customers"."id" ASC LIMIT $2
--;
SELECT "customers".* FROM "customers" WHERE "customers"."id" >= $1 ORDER BY "customers"."id" DESC LIMIT $2
--;
UPDATE "customers" SET "active" = $1 WHERE "customers"."id" >= $2
--;
SELECT "customers".* FROM "customers" WHERE "customers"."email" IS NULL
--;
SELECT COUNT(*) FROM "customers" WHERE "customers"."email" IS NULL
--;
SELECT 1 AS one FROM "customers" WHERE "customers"."email" IS NULL LIMIT $1
--;
SELECT "customers".* FROM "customers" WHERE "customers"."email" IS NOT NULL ORDER BY "customers"."created_at" DESC, "customers"."id" ASC LIMIT $1 OFFSET $2
--;
SELECT "customers"."id", "customers"."name" FROM "customers" WHERE "customers"."email" IS NULL
--;
SELECT "customers".* FROM "customers" WHERE "customers"."email" IS NULL ORDER BY "customers"."id" ASC LIMIT $1
--;
SELECT "customers".* FROM "customers" WHERE "customers"."email" IS NULL ORDER BY "customers"."id" DESC LIMIT $1
--;
UPDATE "customers" SET "active" = $1 WHERE "customers"."email" IS NULL
--;
SELECT "customers".* FROM "customers" WHERE "customers"."country_code" = $1
--;
SELECT COUNT(*) FROM "customers" WHERE "customers"."country_code" = $1
--;
SELECT 1 AS one FROM "customers" WHERE "customers"."country_code" = $1 LIMIT $2
--;
SELECT "customers".* FROM "customers" WHERE "customers"."country_code" != $1 ORDER BY "customers"."created_at" DESC, "customers"."id" ASC LIMIT $2 OFFSET $3
--;
SELECT "customers"."id", "customers"."name" FROM "customers" WHERE "customers"."country_code" = $1
--;
SELECT "customers".* FROM "customers" WHERE "customers"."country_code" = $1 ORDER BY "customers"."id" ASC LIMIT $2
--;
SELECT "customers".* FROM "customers" WHERE "customers"."country_code" = $1 ORDER BY "customers"."id" DESC LIMIT $2
--;
UPDATE "customers" SET "active" = $1 WHERE "customers"."country_code" = $2
--;
SELECT "customers".* FROM "customers" WHERE (name ILIKE '%a%')
--;
SELECT COUNT(*) FROM "customers" WHERE (name ILIKE '%a%')
--;
SELECT 1 AS one FROM "customers" WHERE (name ILIKE '%a%') LIMIT $1
--;
SELECT "customers".* FROM "customers" WHERE NOT (name ILIKE '%a%') ORDER BY "customers"."created_at" DESC, "customers"."id" ASC LIMIT $1 OFFSET $2
--;
SELECT "customers"."id", "customers"."name" FROM "customers" WHERE (name ILIKE '%a%')
--;
SELECT "customers".* FROM "customers" WHERE (name ILIKE '%a%') ORDER BY "customers"."id" ASC LIMIT $1
--;
SELECT "customers".* FROM "customers" WHERE (name ILIKE '%a%') ORDER BY "customers"."id" DESC LIMIT $1
--;
UPDATE "customers" SET "active" = $1 WHERE (name ILIKE '%a%')
--;
SELECT "customers".* FROM "customers" WHERE (credit > 1 AND active)
--;
SELECT COUNT(*) FROM "customers" WHERE (credit > 1 AND active)
--;
SELECT 1 AS one FROM "customers" WHERE (credit > 1 AND active) LIMIT $1
--;
SELECT "customers".* FROM "customers" WHERE NOT (credit > 1 AND active) ORDER BY "customers"."created_at" DESC, "customers"."id" ASC LIMIT $1 OFFSET $2
--;
SELECT "customers"."id", "customers"."name" FROM "customers" WHERE (credit > 1 AND active)
--;
SELECT "customers".* FROM "customers" WHERE (credit > 1 AND active) ORDER BY "customers"."id" ASC LIMIT $1
--;
SELECT "customers".* FROM "customers" WHERE (credit > 1 AND active) ORDER BY "customers"."id" DESC LIMIT $1
--;
UPDATE "customers" SET "active" = $1 WHERE (credit > 1 AND active)
--;
SELECT "customers".* FROM "customers" WHERE "customers"."settings" = $1
--;
SELECT COUNT(*) FROM "customers" WHERE "customers"."settings" = $1
--;
SELECT 1 AS one FROM "customers" WHERE "customers"."settings" = $1 LIMIT $2
--;
SELECT "customers".* FROM "customers" WHERE "customers"."settings" != $1 ORDER BY "customers"."created_at" DESC, "customers"."id" ASC LIMIT $2 OFFSET $3
--;
SELECT "customers"."id", "customers"."name" FROM "customers" WHERE "customers"."settings" = $1
--;
SELECT "customers".* FROM "customers" WHERE "customers"."settings" = $1 ORDER BY "customers"."id" ASC LIMIT $2
--;
SELECT "customers".* FROM "customers" WHERE "customers"."settings" = $1 ORDER BY "customers"."id" DESC LIMIT $2
--;
UPDATE "customers" SET "active" = $1 WHERE "customers"."settings" = $2
--;
SELECT DISTINCT "customers".* FROM "customers" INNER JOIN "orders" ON "orders"."customer_id" = "customers"."id" WHERE "orders"."status" = $1
--;
SELECT "customers".* FROM "customers" LEFT OUTER JOIN "orders" ON "orders"."customer_id" = "customers"."id" GROUP BY "customers"."id" HAVING (count(orders.id) > 1)
--;
SELECT "customers".* FROM "customers"
--;
SELECT "orders".* FROM "orders" WHERE "orders"."customer_id" IN ($1, $2, $3, $4)
--;
SELECT "countries".* FROM "countries" WHERE "countries"."code" = $1
--;
SELECT DISTINCT "customers"."id" FROM "customers" LEFT OUTER JOIN "orders" ON "orders"."customer_id" = "customers"."id" LEFT OUTER JOIN "order_lines" ON "order_lines"."order_id" = "orders"."id" LIMIT $1
--;
SELECT "customers"."tenant_id" AS t0_r0, "customers"."id" AS t0_r1, "customers"."name" AS t0_r2, "customers"."email" AS t0_r3, "customers"."country_code" AS t0_r4, "customers"."active" AS t0_r5, "customers"."credit" AS t0_r6, "customers"."joined_on" AS t0_r7, "customers"."settings" AS t0_r8, "customers"."created_at" AS t0_r9, "orders"."tenant_id" AS t1_r0, "orders"."id" AS t1_r1, "orders"."customer_id" AS t1_r2, "orders"."status" AS t1_r3, "orders"."total" AS t1_r4, "orders"."note" AS t1_r5, "orders"."placed_at" AS t1_r6, "orders"."shipped_at" AS t1_r7, "orders"."version" AS t1_r8, "order_lines"."tenant_id" AS t2_r0, "order_lines"."id" AS t2_r1, "order_lines"."order_id" AS t2_r2, "order_lines"."product_id" AS t2_r3, "order_lines"."quantity" AS t2_r4, "order_lines"."unit_price" AS t2_r5 FROM "customers" LEFT OUTER JOIN "orders" ON "orders"."customer_id" = "customers"."id" LEFT OUTER JOIN "order_lines" ON "order_lines"."order_id" = "orders"."id" WHERE "customers"."id" IN ($1, $2)
--;
SELECT "order_lines".* FROM "order_lines" WHERE "order_lines"."order_id" IN ($1, $2, $3, $4)
--;
SELECT "orders".* FROM "orders" INNER JOIN "customers" ON "customers"."id" = "orders"."customer_id" INNER JOIN "countries" ON "countries"."code" = "customers"."country_code" WHERE "customers"."active" = $1
--;
SELECT "customers".* FROM "customers" LEFT OUTER JOIN "orders" ON "orders"."customer_id" = "customers"."id" WHERE "orders"."id" IS NULL
--;
SELECT "customers".* FROM "customers" /* loading for inspect */ LIMIT $1
--;
SELECT COUNT(*) AS count_all, "orders"."status" AS orders_status FROM "orders" GROUP BY "orders"."status"
--;
SELECT SUM("orders"."total") AS sum_total, "orders"."status" AS orders_status FROM "orders" GROUP BY "orders"."status"
--;
SELECT AVG("orders"."total") FROM "orders"
--;
SELECT MIN("orders"."placed_at") FROM "orders"
--;
SELECT MAX("orders"."total") FROM "orders"
--;
SELECT COUNT(*) AS count_all, date_trunc('day', placed_at) AS date_trunc_day_placed_at FROM "orders" GROUP BY date_trunc('day', placed_at)
--;
SELECT COUNT(DISTINCT "orders"."customer_id") FROM "orders"
--;
SELECT status, row_number() over (partition by customer_id order by placed_at) as n FROM "orders"
--;
SELECT COUNT(*) FROM (SELECT "orders".* FROM "orders" WHERE "orders"."status" = $1) o
--;
SELECT SUM(total * 2) FROM "orders"
--;
SELECT COUNT(*) FROM (SELECT 1 AS one FROM "orders" LIMIT $1) subquery_for_count
--;
SELECT COUNT(*) FROM "orders"
--;
SELECT "orders".* FROM "orders" ORDER BY "orders"."id" ASC LIMIT $1
--;
SELECT "orders".* FROM "orders" WHERE "orders"."id" > $1 ORDER BY "orders"."id" ASC LIMIT $2
--;
SELECT "orders"."id" FROM "orders" ORDER BY "orders"."id" ASC LIMIT $1
--;
UPDATE "orders" SET "note" = $1, "version" = COALESCE("version", 0) + $2 WHERE "orders"."id" IN ($3, $4)
--;
SELECT "orders"."id" FROM "orders" WHERE "orders"."id" > $1 ORDER BY "orders"."id" ASC LIMIT $2
--;
SELECT "orders"."id" FROM "orders" WHERE "orders"."id" IN ($1, $2, $3)
--;
SELECT "orders"."id" FROM "orders" WHERE "orders"."id" = $1
--;
SELECT "orders".* FROM "orders" WHERE "orders"."id" = $1 LIMIT $2 FOR UPDATE
--;
UPDATE "orders" SET "note" = $1, "version" = $2 WHERE "orders"."id" = $3 AND "orders"."version" = $4
--;
SELECT "orders".* FROM "orders" LIMIT $1 FOR UPDATE SKIP LOCKED
--;
SELECT "orders".* FROM "orders" ORDER BY "orders"."id" ASC LIMIT $1 FOR SHARE NOWAIT
--;
SELECT "orders".* FROM "orders" WHERE "orders"."id" = $1 LIMIT $2
--;
ROLLBACK
--;
UPDATE "orders" SET "shipped_at" = $1, "version" = $2 WHERE "orders"."id" = $3 AND "orders"."version" = $4
--;
UPDATE "orders" SET "total" = COALESCE("total", 0) + $1, "version" = COALESCE("version", 0) + $2 WHERE "orders"."id" = $3
--;
SELECT "order_lines".* FROM "order_lines" WHERE "order_lines"."order_id" = $1
--;
DELETE FROM "order_lines" WHERE "order_lines"."id" = $1
--;
SELECT distinct i.relname, d.indisunique, d.indkey, pg_get_indexdef(d.indexrelid), t.oid,
                pg_catalog.obj_description(i.oid, 'pg_class') AS comment
FROM pg_class t
INNER JOIN pg_index d ON t.oid = d.indrelid
INNER JOIN pg_class i ON d.indexrelid = i.oid
LEFT JOIN pg_namespace n ON n.oid = i.relnamespace
WHERE i.relkind IN ('i', 'I')
  AND d.indisprimary = 'f'
  AND t.relname = 'tags'
  AND n.nspname = ANY (current_schemas(false))
ORDER BY i.relname
--;
INSERT INTO "tags" ("name") VALUES ('a'), ('b') ON CONFLICT  DO NOTHING RETURNING "id"
--;
INSERT INTO "tags" ("id","name") VALUES (90, 'a'), (91, 'b') ON CONFLICT ("id") DO UPDATE SET "name"=excluded."name" RETURNING "id"
--;
INSERT INTO "tags" ("id","name") VALUES (90, 'c') ON CONFLICT ("id") DO UPDATE SET "name"=excluded."name" RETURNING "name"
--;
INSERT INTO "tags" ("name") VALUES ('z') RETURNING "id"
--;
DELETE FROM "tags" WHERE "tags"."name" = $1
--;
SELECT "tags".* FROM "tags" WHERE "tags"."name" = $1 LIMIT $2
--;
SELECT "tags".* FROM "tags" WHERE "tags"."name" = $1 ORDER BY "tags"."id" ASC LIMIT $2
--;
SELECT "customers".* FROM "customers" WHERE "customers"."email" = $1 LIMIT $2
--;
SELECT "tags".* FROM "tags" WHERE "tags"."id" IN ($1, $2)
--;
SELECT "tags".* FROM "tags" LIMIT $1
--;
SELECT "tags".* FROM "tags" ORDER BY "tags"."id" ASC LIMIT $1 OFFSET $2
--;
UPDATE "customers" SET "credit" = COALESCE("credit", 0) + $1 WHERE "customers"."id" = $2
--;
SELECT "customers".* FROM "customers" WHERE "customers"."id" = $1 LIMIT $2
--;
UPDATE "customers" SET "name" = $1 WHERE "customers"."id" = $2
--;
SELECT "tags".* FROM "tags" WHERE "tags"."id" IN (SELECT "tags"."id" FROM "tags" LIMIT $1)
--;
DELETE FROM "tags" WHERE "tags"."id" = $1
--;
SAVEPOINT active_record_1
--;
RELEASE SAVEPOINT active_record_1
--;
SET TRANSACTION ISOLATION LEVEL REPEATABLE READ
--;
SELECT * FROM orders WHERE id = $1
--;
SELECT * FROM orders WHERE id = 1
--;
SELECT "orders".* FROM "orders" WHERE "orders"."id" = $1
--;
EXPLAIN SELECT "orders".* FROM "orders" WHERE "orders"."id" = $1
--;
SELECT c.relname FROM pg_class c LEFT JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = ANY (current_schemas(false)) AND c.relkind IN ('r','p')
--;
SELECT c.relname FROM pg_class c LEFT JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = ANY (current_schemas(false)) AND c.relkind IN ('v','m')
--;
SELECT c.relname FROM pg_class c LEFT JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = ANY (current_schemas(false)) AND c.relname = 'orders' AND c.relkind IN ('r','p')
--;
SELECT c.relname FROM pg_class c LEFT JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = ANY (current_schemas(false)) AND c.relname = 'order_totals' AND c.relkind IN ('v','m')
--;
SELECT a.attnum, a.attname
FROM pg_attribute a
WHERE a.attrelid = 16424
AND a.attnum IN (1,4)
--;
SELECT t2.oid::regclass::text AS to_table, a1.attname AS column, a2.attname AS primary_key, c.conname AS name, c.confupdtype AS on_update, c.confdeltype AS on_delete, c.convalidated AS valid
FROM pg_constraint c
JOIN pg_class t1 ON c.conrelid = t1.oid
JOIN pg_class t2 ON c.confrelid = t2.oid
JOIN pg_attribute a1 ON a1.attnum = c.conkey[1] AND a1.attrelid = t1.oid
JOIN pg_attribute a2 ON a2.attnum = c.confkey[1] AND a2.attrelid = t2.oid
JOIN pg_namespace t3 ON c.connamespace = t3.oid
WHERE c.contype = 'f'
  AND t1.relname = 'order_lines'
  AND t3.nspname = ANY (current_schemas(false))
ORDER BY c.conname
--;
SELECT conname, pg_get_constraintdef(c.oid) AS constraintdef, c.convalidated AS valid
            FROM pg_constraint c
            JOIN pg_class t ON c.conrelid = t.oid
            WHERE c.contype = 'c'
              AND t.relname = 'order_lines'
--;
SELECT pg_catalog.obj_description(c.oid, 'pg_class')
FROM pg_catalog.pg_class c
  LEFT JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relname = 'orders'
  AND c.relkind IN ('r','p')
  AND n.nspname = ANY (current_schemas(false))
--;
SELECT attr.attname, nsp.nspname, seq.relname
FROM pg_class      seq,
     pg_attribute  attr,
     pg_depend     dep,
     pg_constraint cons,
     pg_namespace  nsp
WHERE seq.oid           = dep.objid
  AND seq.relkind       = 'S'
  AND attr.attrelid     = dep.refobjid
  AND attr.attnum       = dep.refobjsubid
  AND attr.attrelid     = cons.conrelid
  AND attr.attnum       = cons.conkey[1]
  AND seq.relnamespace  = nsp.oid
  AND cons.contype      = 'p'
  AND dep.classid       = 'pg_class'::regclass
  AND dep.refobjid      = '"orders"'::regclass
--;
SELECT attr.attname, nsp.nspname, seq.relname
FROM pg_class      seq,
     pg_attribute  attr,
     pg_depend     dep,
     pg_constraint cons,
     pg_namespace  nsp
WHERE seq.oid           = dep.objid
  AND seq.relkind       = 'S'
  AND attr.attrelid     = dep.refobjid
  AND attr.attnum       = dep.refobjsubid
  AND attr.attrelid     = cons.conrelid
  AND attr.attnum       = cons.conkey[1]
  AND seq.relnamespace  = nsp.oid
  AND cons.contype      = 'p'
  AND dep.classid       = 'pg_class'::regclass
  AND dep.refobjid      = '"tags"'::regclass
--;
SELECT MAX("id") FROM "tags"
--;
SELECT setval('"public"."tags_id_seq"', 91, true)
--;
SELECT nspname
  FROM pg_namespace
 WHERE nspname !~ '^pg_.*'
   AND nspname NOT IN ('information_schema')
 ORDER by nspname;
--;
SELECT current_schema
--;
SELECT current_database()
--;
SELECT pg_encoding_to_char(encoding) FROM pg_database WHERE datname = current_database()
--;
SELECT datcollate FROM pg_database WHERE datname = current_database()
--;
SELECT datctype FROM pg_database WHERE datname = current_database()
--;
SELECT extname FROM pg_extension
--;
SELECT c.relname FROM pg_class c LEFT JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = ANY (current_schemas(false)) AND c.relname = 'schema_migrations' AND c.relkind IN ('r','v','m','p','f')
--;
SELECT pg_catalog.obj_description(c.oid, 'pg_class')
FROM pg_catalog.pg_class c
  LEFT JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relname = 'auth_group'
  AND c.relkind IN ('r','p')
  AND n.nspname = ANY (current_schemas(false))
--;
SELECT a.attnum, a.attname
FROM pg_attribute a
WHERE a.attrelid = 16511
AND a.attnum IN (2)
--;
SELECT conname, pg_get_constraintdef(c.oid) AS constraintdef, c.convalidated AS valid
            FROM pg_constraint c
            JOIN pg_class t ON c.conrelid = t.oid
            WHERE c.contype = 'c'
              AND t.relname = 'auth_group'
--;
SELECT a.attnum, a.attname
FROM pg_attribute a
WHERE a.attrelid = 16515
AND a.attnum IN (2)
--;
SELECT t2.oid::regclass::text AS to_table, a1.attname AS column, a2.attname AS primary_key, c.conname AS name, c.confupdtype AS on_update, c.confdeltype AS on_delete, c.convalidated AS valid
FROM pg_constraint c
JOIN pg_class t1 ON c.conrelid = t1.oid
JOIN pg_class t2 ON c.confrelid = t2.oid
JOIN pg_attribute a1 ON a1.attnum = c.conkey[1] AND a1.attrelid = t1.oid
JOIN pg_attribute a2 ON a2.attnum = c.confkey[1] AND a2.attrelid = t2.oid
JOIN pg_namespace t3 ON c.connamespace = t3.oid
WHERE c.contype = 'f'
  AND t1.relname = 'auth_group'
  AND t3.nspname = ANY (current_schemas(false))
ORDER BY c.conname
--;
CREATE TABLE "schema_migrations" ("version" character varying NOT NULL PRIMARY KEY)
--;
CREATE TABLE "ar_internal_metadata" ("key" character varying NOT NULL PRIMARY KEY, "value" character varying, "created_at" timestamp(6) NOT NULL, "updated_at" timestamp(6) NOT NULL)
--;
CREATE TABLE "widgets" ("id" bigserial primary key, "name" character varying NOT NULL, "customer_id" bigint, "data" jsonb, "created_at" timestamp(6) NOT NULL, "updated_at" timestamp(6) NOT NULL, CONSTRAINT "fk_rails_6ee393ca0f"
FOREIGN KEY ("customer_id")
  REFERENCES "customers" ("id")
)
--;
CREATE INDEX "index_widgets_on_customer_id" ON "widgets" ("customer_id")
--;
CREATE UNIQUE INDEX CONCURRENTLY "index_widgets_on_name" ON "widgets" ("name")
--;
DEALLOCATE a1
--;
DEALLOCATE a2
--;
DEALLOCATE a3
--;
DEALLOCATE a4
--;
DEALLOCATE a5
--;
DEALLOCATE a6
--;
DEALLOCATE a7
--;
DEALLOCATE a8
--;
DEALLOCATE a9
--;
DEALLOCATE a10
--;
DEALLOCATE a11
--;
DEALLOCATE a12
--;
DEALLOCATE a13
--;
DEALLOCATE a14
--;
DEALLOCATE a15
--;
DEALLOCATE a16
--;
DEALLOCATE a17
--;
DEALLOCATE a18
--;
DEALLOCATE a19
--;
DEALLOCATE a20
--;
DEALLOCATE a21
--;
DEALLOCATE a22
--;
DEALLOCATE a23
--;
DEALLOCATE a24
--;
DEALLOCATE a25
--;
DEALLOCATE a26
--;
DEALLOCATE a27
--;
DEALLOCATE a28
--;
DEALLOCATE a29
--;
DEALLOCATE a30
--;
DEALLOCATE a31
--;
DEALLOCATE a32
--;
DEALLOCATE a33
--;
DEALLOCATE a34
--;
DEALLOCATE a35
--;
DEALLOCATE a36
--;
DEALLOCATE a37
--;
DEALLOCATE a38
--;
DEALLOCATE a39
--;
DEALLOCATE a40
--;
DEALLOCATE a41
--;
DEALLOCATE a42
--;
DEALLOCATE a43
--;
DEALLOCATE a44
--;
DEALLOCATE a45
--;
DEALLOCATE a46
--;
DEALLOCATE a47
--;
SELECT 'integer'::regtype::oid
--;
ALTER TABLE "widgets" ADD "size" integer DEFAULT 3
--;
ALTER TABLE "widgets" DROP COLUMN "size"
--;
DROP INDEX CONCURRENTLY "index_widgets_on_name"
--;
DROP TABLE "widgets"
--;
SELECT "schema_migrations"."version" FROM "schema_migrations" ORDER BY "schema_migrations"."version" ASC
--;
SELECT "countries".* FROM "countries" WHERE "countries"."code" = $1 LIMIT $2
--;
SELECT "orders"."tenant_id" AS t0_r0, "orders"."id" AS t0_r1, "orders"."customer_id" AS t0_r2, "orders"."status" AS t0_r3, "orders"."total" AS t0_r4, "orders"."note" AS t0_r5, "orders"."placed_at" AS t0_r6, "orders"."shipped_at" AS t0_r7, "orders"."version" AS t0_r8, "tags"."tenant_id" AS t1_r0, "tags"."id" AS t1_r1, "tags"."name" AS t1_r2 FROM "orders" LEFT OUTER JOIN "orders_tags" ON "orders_tags"."order_id" = "orders"."id" LEFT OUTER JOIN "tags" ON "tags"."id" = "orders_tags"."tag_id" WHERE (tags.name = 'x')
--;
SELECT "customers".* FROM "customers" ORDER BY "customers"."id" ASC LIMIT $1
--;
SELECT SUM(quantity * unit_price) FROM "order_lines" INNER JOIN "orders" ON "order_lines"."order_id" = "orders"."id" WHERE "orders"."customer_id" = $1
--;
SELECT "customers".* FROM "customers" WHERE ("customers"."id" IN (SELECT "orders"."customer_id" FROM "orders") OR "customers"."active" = $1)
--;
SELECT setval('"public"."tags_id_seq"', 93, true)
--;
SHOW client_min_messages
--;
SELECT COUNT(*)
FROM pg_class t
INNER JOIN pg_index d ON t.oid = d.indrelid
INNER JOIN pg_class i ON d.indexrelid = i.oid
LEFT JOIN pg_namespace n ON n.oid = i.relnamespace
WHERE i.relkind IN ('i', 'I')
  AND i.relname = 'orders_status'
  AND t.relname = 'orders'
  AND n.nspname = ANY (current_schemas(false))
--;
SELECT installed_version IS NOT NULL FROM pg_available_extensions WHERE name = 'hstore'
--;
SELECT true FROM pg_available_extensions WHERE name = 'hstore'
--;
SELECT pg_try_advisory_lock(42)
--;
SELECT pg_advisory_unlock(42)
--;
SELECT c.relname FROM pg_class c LEFT JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = ANY (current_schemas(false)) AND c.relkind IN ('f')
--;
ALTER TABLE "countries" DISABLE TRIGGER ALL;ALTER TABLE "customers" DISABLE TRIGGER ALL;ALTER TABLE "orders" DISABLE TRIGGER ALL;ALTER TABLE "order_lines" DISABLE TRIGGER ALL;ALTER TABLE "products" DISABLE TRIGGER ALL;ALTER TABLE "orders_tags" DISABLE TRIGGER ALL;ALTER TABLE "tags" DISABLE TRIGGER ALL;ALTER TABLE "employees" DISABLE TRIGGER ALL;ALTER TABLE "auth_user" DISABLE TRIGGER ALL;ALTER TABLE "auth_user_user_permissions" DISABLE TRIGGER ALL;ALTER TABLE "auth_user_groups" DISABLE TRIGGER ALL;ALTER TABLE "auth_permission" DISABLE TRIGGER ALL;ALTER TABLE "django_admin_log" DISABLE TRIGGER ALL;ALTER TABLE "django_session" DISABLE TRIGGER ALL;ALTER TABLE "auth_group" DISABLE TRIGGER ALL;ALTER TABLE "auth_group_permissions" DISABLE TRIGGER ALL;ALTER TABLE "django_content_type" DISABLE TRIGGER ALL;ALTER TABLE "django_migrations" DISABLE TRIGGER ALL;ALTER TABLE "schema_migrations" DISABLE TRIGGER ALL;ALTER TABLE "ar_internal_metadata" DISABLE TRIGGER ALL
--;
ALTER TABLE "countries" ENABLE TRIGGER ALL;ALTER TABLE "customers" ENABLE TRIGGER ALL;ALTER TABLE "orders" ENABLE TRIGGER ALL;ALTER TABLE "order_lines" ENABLE TRIGGER ALL;ALTER TABLE "products" ENABLE TRIGGER ALL;ALTER TABLE "orders_tags" ENABLE TRIGGER ALL;ALTER TABLE "tags" ENABLE TRIGGER ALL;ALTER TABLE "employees" ENABLE TRIGGER ALL;ALTER TABLE "auth_user" ENABLE TRIGGER ALL;ALTER TABLE "auth_user_user_permissions" ENABLE TRIGGER ALL;ALTER TABLE "auth_user_groups" ENABLE TRIGGER ALL;ALTER TABLE "auth_permission" ENABLE TRIGGER ALL;ALTER TABLE "django_admin_log" ENABLE TRIGGER ALL;ALTER TABLE "django_session" ENABLE TRIGGER ALL;ALTER TABLE "auth_group" ENABLE TRIGGER ALL;ALTER TABLE "auth_group_permissions" ENABLE TRIGGER ALL;ALTER TABLE "django_content_type" ENABLE TRIGGER ALL;ALTER TABLE "django_migrations" ENABLE TRIGGER ALL;ALTER TABLE "schema_migrations" ENABLE TRIGGER ALL;ALTER TABLE "ar_internal_metadata" ENABLE TRIGGER ALL
--;
DISCARD ALL
--;
