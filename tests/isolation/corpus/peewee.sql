-- Sent by peewee 4.5.3, as a server logged it. A line of `--;` ends each text.
SELECT "t1"."id", "t1"."name", "t1"."email", "t1"."active", "t1"."credit", "t1"."joined_on" FROM "customers" AS "t1" WHERE ("t1"."name" = 'x')
--;
SELECT "t1"."id", "t1"."name", "t1"."email", "t1"."active", "t1"."credit", "t1"."joined_on" FROM "customers" AS "t1" WHERE ("t1"."name" != 'x')
--;
SELECT "t1"."id", "t1"."name", "t1"."email", "t1"."active", "t1"."credit", "t1"."joined_on" FROM "customers" AS "t1" WHERE ("t1"."name" > 'x')
--;
SELECT "t1"."id", "t1"."name", "t1"."email", "t1"."active", "t1"."credit", "t1"."joined_on" FROM "customers" AS "t1" WHERE ("t1"."name" <= 'x')
--;
SELECT "t1"."id", "t1"."name", "t1"."email", "t1"."active", "t1"."credit", "t1"."joined_on" FROM "customers" AS "t1" WHERE ("t1"."name" IN ('x'))
--;
SELECT "t1"."id", "t1"."name", "t1"."email", "t1"."active", "t1"."credit", "t1"."joined_on" FROM "customers" AS "t1" WHERE ("t1"."name" NOT IN ('x', 'x'))
--;
SELECT "t1"."id", "t1"."name", "t1"."email", "t1"."active", "t1"."credit", "t1"."joined_on" FROM "customers" AS "t1" WHERE ("t1"."name" IS NULL)
--;
SELECT "t1"."id", "t1"."name", "t1"."email", "t1"."active", "t1"."credit", "t1"."joined_on" FROM "customers" AS "t1" WHERE ("t1"."name" BETWEEN 'x' AND 'x')
--;
SELECT "t1"."id", "t1"."name", "t1"."email", "t1"."active", "t1"."credit", "t1"."joined_on" FROM "customers" AS "t1" WHERE NOT ("t1"."name" = 'x')
--;
SELECT "t1"."name", COUNT("t1"."id") FROM "customers" AS "t1" GROUP BY "t1"."name" HAVING (COUNT("t1"."id") > 1) ORDER BY "t1"."name" DESC NULLS LAST
--;
SELECT "t1"."id", "t1"."name", "t1"."email", "t1"."active", "t1"."credit", "t1"."joined_on" FROM "customers" AS "t1" WHERE ("t1"."credit" = 1)
--;
SELECT "t1"."id", "t1"."name", "t1"."email", "t1"."active", "t1"."credit", "t1"."joined_on" FROM "customers" AS "t1" WHERE ("t1"."credit" != 1)
--;
SELECT "t1"."id", "t1"."name", "t1"."email", "t1"."active", "t1"."credit", "t1"."joined_on" FROM "customers" AS "t1" WHERE ("t1"."credit" > 1)
--;
SELECT "t1"."id", "t1"."name", "t1"."email", "t1"."active", "t1"."credit", "t1"."joined_on" FROM "customers" AS "t1" WHERE ("t1"."credit" <= 1)
--;
SELECT "t1"."id", "t1"."name", "t1"."email", "t1"."active", "t1"."credit", "t1"."joined_on" FROM "customers" AS "t1" WHERE ("t1"."credit" IN (1))
--;
SELECT "t1"."id", "t1"."name", "t1"."email", "t1"."active", "t1"."credit", "t1"."joined_on" FROM "customers" AS "t1" WHERE ("t1"."credit" NOT IN (1, 1))
--;
SELECT "t1"."id", "t1"."name", "t1"."email", "t1"."active", "t1"."credit", "t1"."joined_on" FROM "customers" AS "t1" WHERE ("t1"."credit" IS NULL)
--;
SELECT "t1"."id", "t1"."name", "t1"."email", "t1"."active", "t1"."credit", "t1"."joined_on" FROM "customers" AS "t1" WHERE ("t1"."credit" BETWEEN 1 AND 1)
--;
SELECT "t1"."id", "t1"."name", "t1"."email", "t1"."active", "t1"."credit", "t1"."joined_on" FROM "customers" AS "t1" WHERE NOT ("t1"."credit" = 1)
--;
SELECT "t1"."credit", COUNT("t1"."id") FROM "customers" AS "t1" GROUP BY "t1"."credit" HAVING (COUNT("t1"."id") > 1) ORDER BY "t1"."credit" DESC NULLS LAST
--;
SELECT "t1"."id", "t1"."customer_id", "t1"."status", "t1"."total", "t1"."note", "t1"."placed_at", "t1"."version" FROM "orders" AS "t1" WHERE ("t1"."status" = 'a')
--;
SELECT "t1"."id", "t1"."customer_id", "t1"."status", "t1"."total", "t1"."note", "t1"."placed_at", "t1"."version" FROM "orders" AS "t1" WHERE ("t1"."status" != 'a')
--;
SELECT "t1"."id", "t1"."customer_id", "t1"."status", "t1"."total", "t1"."note", "t1"."placed_at", "t1"."version" FROM "orders" AS "t1" WHERE ("t1"."status" > 'a')
--;
SELECT "t1"."id", "t1"."customer_id", "t1"."status", "t1"."total", "t1"."note", "t1"."placed_at", "t1"."version" FROM "orders" AS "t1" WHERE ("t1"."status" <= 'a')
--;
SELECT "t1"."id", "t1"."customer_id", "t1"."status", "t1"."total", "t1"."note", "t1"."placed_at", "t1"."version" FROM "orders" AS "t1" WHERE ("t1"."status" IN ('a'))
--;
SELECT "t1"."id", "t1"."customer_id", "t1"."status", "t1"."total", "t1"."note", "t1"."placed_at", "t1"."version" FROM "orders" AS "t1" WHERE ("t1"."status" NOT IN ('a', 'a'))
--;
SELECT "t1"."id", "t1"."customer_id", "t1"."status", "t1"."total", "t1"."note", "t1"."placed_at", "t1"."version" FROM "orders" AS "t1" WHERE ("t1"."status" IS NULL)
--;
SELECT "t1"."id", "t1"."customer_id", "t1"."status", "t1"."total", "t1"."note", "t1"."placed_at", "t1"."version" FROM "orders" AS "t1" WHERE ("t1"."status" BETWEEN 'a' AND 'a')
--;
SELECT "t1"."id", "t1"."customer_id", "t1"."status", "t1"."total", "t1"."note", "t1"."placed_at", "t1"."version" FROM "orders" AS "t1" WHERE NOT ("t1"."status" = 'a')
--;
SELECT "t1"."status", COUNT("t1"."id") FROM "orders" AS "t1" GROUP BY "t1"."status" HAVING (COUNT("t1"."id") > 1) ORDER BY "t1"."status" DESC NULLS LAST
--;
SELECT "t1"."id", "t1"."customer_id", "t1"."status", "t1"."total", "t1"."note", "t1"."placed_at", "t1"."version" FROM "orders" AS "t1" WHERE ("t1"."total" = 2)
--;
SELECT "t1"."id", "t1"."customer_id", "t1"."status", "t1"."total", "t1"."note", "t1"."placed_at", "t1"."version" FROM "orders" AS "t1" WHERE ("t1"."total" != 2)
--;
SELECT "t1"."id", "t1"."customer_id", "t1"."status", "t1"."total", "t1"."note", "t1"."placed_at", "t1"."version" FROM "orders" AS "t1" WHERE ("t1"."total" > 2)
--;
SELECT "t1"."id", "t1"."customer_id", "t1"."status", "t1"."total", "t1"."note", "t1"."placed_at", "t1"."version" FROM "orders" AS "t1" WHERE ("t1"."total" <= 2)
--;
SELECT "t1"."id", "t1"."customer_id", "t1"."status", "t1"."total", "t1"."note", "t1"."placed_at", "t1"."version" FROM "orders" AS "t1" WHERE ("t1"."total" IN (2))
--;
SELECT "t1"."id", "t1"."customer_id", "t1"."status", "t1"."total", "t1"."note", "t1"."placed_at", "t1"."version" FROM "orders" AS "t1" WHERE ("t1"."total" NOT IN (2, 2))
--;
SELECT "t1"."id", "t1"."customer_id", "t1"."status", "t1"."total", "t1"."note", "t1"."placed_at", "t1"."version" FROM "orders" AS "t1" WHERE ("t1"."total" IS NULL)
--;
SELECT "t1"."id", "t1"."customer_id", "t1"."status", "t1"."total", "t1"."note", "t1"."placed_at", "t1"."version" FROM "orders" AS "t1" WHERE ("t1"."total" BETWEEN 2 AND 2)
--;
SELECT "t1"."id", "t1"."customer_id", "t1"."status", "t1"."total", "t1"."note", "t1"."placed_at", "t1"."version" FROM "orders" AS "t1" WHERE NOT ("t1"."total" = 2)
--;
SELECT "t1"."total", COUNT("t1"."id") FROM "orders" AS "t1" GROUP BY "t1"."total" HAVING (COUNT("t1"."id") > 1) ORDER BY "t1"."total" DESC NULLS LAST
--;
SELECT "t1"."id", "t1"."order_id", "t1"."quantity", "t1"."unit_price" FROM "order_lines" AS "t1" WHERE ("t1"."quantity" = 1)
--;
SELECT "t1"."id", "t1"."order_id", "t1"."quantity", "t1"."unit_price" FROM "order_lines" AS "t1" WHERE ("t1"."quantity" != 1)
--;
SELECT "t1"."id", "t1"."order_id", "t1"."quantity", "t1"."unit_price" FROM "order_lines" AS "t1" WHERE ("t1"."quantity" > 1)
--;
SELECT "t1"."id", "t1"."order_id", "t1"."quantity", "t1"."unit_price" FROM "order_lines" AS "t1" WHERE ("t1"."quantity" <= 1)
--;
SELECT "t1"."id", "t1"."order_id", "t1"."quantity", "t1"."unit_price" FROM "order_lines" AS "t1" WHERE ("t1"."quantity" IN (1))
--;
SELECT "t1"."id", "t1"."order_id", "t1"."quantity", "t1"."unit_price" FROM "order_lines" AS "t1" WHERE ("t1"."quantity" NOT IN (1, 1))
--;
SELECT "t1"."id", "t1"."order_id", "t1"."quantity", "t1"."unit_price" FROM "order_lines" AS "t1" WHERE ("t1"."quantity" IS NULL)
--;
SELECT "t1"."id", "t1"."order_id", "t1"."quantity", "t1"."unit_price" FROM "order_lines" AS "t1" WHERE ("t1"."quantity" BETWEEN 1 AND 1)
--;
SELECT "t1"."id", "t1"."order_id", "t1"."quantity", "t1"."unit_price" FROM "order_lines" AS "t1" WHERE NOT ("t1"."quantity" = 1)
--;
SELECT "t1"."quantity", COUNT("t1"."id") FROM "order_lines" AS "t1" GROUP BY "t1"."quantity" HAVING (COUNT("t1"."id") > 1) ORDER BY "t1"."quantity" DESC NULLS LAST
--;
SELECT "t1"."id", "t1"."name", "t1"."email", "t1"."active", "t1"."credit", "t1"."joined_on" FROM "customers" AS "t1" WHERE ("t1"."name" ILIKE '%a%')
--;
SELECT "t1"."id", "t1"."name", "t1"."email", "t1"."active", "t1"."credit", "t1"."joined_on" FROM "customers" AS "t1" WHERE ("t1"."name" ILIKE 'a%')
--;
SELECT "t1"."id", "t1"."name", "t1"."email", "t1"."active", "t1"."credit", "t1"."joined_on" FROM "customers" AS "t1" WHERE ("t1"."name" ILIKE '%a')
--;
SELECT "t1"."id", "t1"."name", "t1"."email", "t1"."active", "t1"."credit", "t1"."joined_on" FROM "customers" AS "t1" WHERE ("t1"."name" ~ 'a')
--;
SELECT "t1"."id", "t1"."name", "t1"."email", "t1"."active", "t1"."credit", "t1"."joined_on" FROM "customers" AS "t1" WHERE ("t1"."name" ~* 'a')
--;
SELECT "t1"."id", "t1"."name", "t1"."email", "t1"."active", "t1"."credit", "t1"."joined_on" FROM "customers" AS "t1" WHERE ("t1"."name" LIKE 'a%')
--;
SELECT "t1"."id", "t1"."name", "t1"."email", "t1"."active", "t1"."credit", "t1"."joined_on" FROM "customers" AS "t1" WHERE ("t1"."name" ILIKE 'A%')
--;
SELECT "t1"."id", "t1"."name", "t1"."email", "t1"."active", "t1"."credit", "t1"."joined_on" FROM "customers" AS "t1" WHERE (("t1"."name" || 'x') = 'y')
--;
SELECT "t1"."id", "t1"."order_id", "t1"."quantity", "t1"."unit_price" FROM "order_lines" AS "t1" WHERE ("t1"."order_id" IN (SELECT "t2"."id" FROM "orders" AS "t2"))
--;
SELECT "t1"."id", "t1"."customer_id", "t1"."status", "t1"."total", "t1"."note", "t1"."placed_at", "t1"."version" FROM "orders" AS "t1"
--;
SELECT "t1"."id", "t1"."customer_id", "t1"."status", "t1"."total", "t1"."note", "t1"."placed_at", "t1"."version", "t2"."id", "t2"."name", "t2"."email", "t2"."active", "t2"."credit", "t2"."joined_on" FROM "orders" AS "t1" INNER JOIN "customers" AS "t2" ON ("t1"."customer_id" = "t2"."id")
--;
SELECT "t1"."id", "t1"."customer_id", "t1"."status", "t1"."total", "t1"."note", "t1"."placed_at", "t1"."version", "t2"."id", "t2"."name", "t2"."email", "t2"."active", "t2"."credit", "t2"."joined_on" FROM "orders" AS "t1" LEFT OUTER JOIN "customers" AS "t2" ON ("t1"."customer_id" = "t2"."id")
--;
SELECT "t1"."id", "t1"."name", "t1"."email", "t1"."active", "t1"."credit", "t1"."joined_on", "sq"."s" FROM "customers" AS "t1" INNER JOIN (SELECT "t2"."customer_id", SUM("t2"."total") AS "s" FROM "orders" AS "t2" GROUP BY "t2"."customer_id") AS "sq" ON ("sq"."customer_id" = "t1"."id")
--;
WITH "big" AS (SELECT "t1"."id" FROM "orders" AS "t1" WHERE ("t1"."total" > 0)) SELECT "t2"."id", "t2"."customer_id", "t2"."status", "t2"."total", "t2"."note", "t2"."placed_at", "t2"."version" FROM "orders" AS "t2" INNER JOIN "big" ON ("big"."id" = "t2"."id")
--;
SELECT "t1"."id", "t1"."name", "t1"."manager_id", "t1"."salary", "t2"."id", "t2"."name", "t2"."manager_id", "t2"."salary" FROM "employees" AS "t1" INNER JOIN "employees" AS "t2" ON ("t1"."manager_id" = "t2"."id")
--;
SELECT "t1"."id", "t1"."customer_id", "t1"."status", "t1"."total", "t1"."note", "t1"."placed_at", "t1"."version" FROM "orders" AS "t1" WHERE ("t1"."customer_id" IN (SELECT "t2"."id" FROM "customers" AS "t2"))
--;
SELECT "t1"."id", "t1"."customer_id", "t1"."status", "t1"."total", "t1"."note", "t1"."placed_at", "t1"."version" FROM "orders" AS "t1" WHERE EXISTS(SELECT "t2"."id" FROM "order_lines" AS "t2" WHERE ("t2"."order_id" = "t1"."id"))
--;
SELECT "t1"."id", "t1"."customer_id", "t1"."status", "t1"."total", "t1"."note", "t1"."placed_at", "t1"."version" FROM "orders" AS "t1" ORDER BY "t1"."id" LIMIT 2 OFFSET 1
--;
SELECT "t1"."id", "t1"."customer_id", "t1"."status", "t1"."total", "t1"."note", "t1"."placed_at", "t1"."version" FROM "orders" AS "t1" FOR UPDATE
--;
SELECT "t1"."id", "t1"."customer_id", "t1"."status", "t1"."total", "t1"."note", "t1"."placed_at", "t1"."version" FROM "orders" AS "t1" FOR UPDATE SKIP LOCKED
--;
SELECT DISTINCT "t1"."status" FROM "orders" AS "t1"
--;
SELECT DISTINCT ON (("t1"."status")) "t1"."id", "t1"."customer_id", "t1"."status", "t1"."total", "t1"."note", "t1"."placed_at", "t1"."version" FROM "orders" AS "t1" ORDER BY "t1"."status"
--;
(SELECT "t1"."id" FROM "orders" AS "t1") UNION (SELECT "t2"."id" FROM "customers" AS "t2")
--;
(SELECT "t1"."id" FROM "orders" AS "t1") INTERSECT (SELECT "t2"."id" FROM "customers" AS "t2")
--;
(SELECT "t1"."id" FROM "orders" AS "t1") EXCEPT (SELECT "t2"."id" FROM "customers" AS "t2")
--;
SELECT ROW_NUMBER() OVER (PARTITION BY "t1"."status" ORDER BY "t1"."id") FROM "orders" AS "t1"
--;
SELECT CASE WHEN ("t1"."total" > 1) THEN 'a' ELSE 'b' END FROM "orders" AS "t1"
--;
SELECT CAST("t1"."total" AS integer) FROM "orders" AS "t1"
--;
SELECT EXTRACT(year FROM "t1"."placed_at"), EXTRACT(month FROM "t1"."placed_at"), date_trunc('day', "t1"."placed_at") FROM "orders" AS "t1"
--;
SELECT COUNT("t1"."id") FILTER (WHERE ("t1"."status" = 'a')) FROM "orders" AS "t1"
--;
SELECT "t1"."name" FROM "customers" AS "t1" WHERE (("t1"."name" = 'a') OR (("t1"."credit" > 1) AND ("t1"."active" = true)))
--;
INSERT INTO "orders" ("status", "total", "placed_at", "version") VALUES ('new', 1, '2026-11-21T15:19:40.777361'::timestamp, 1) RETURNING "orders"."id"
--;
INSERT INTO "orders" ("status", "total", "placed_at", "version") VALUES ('new', 1, '2026-11-21T15:19:40.779400'::timestamp, 1), ('new', 2, '2026-11-21T15:19:40.779412'::timestamp, 1) RETURNING "orders"."id"
--;
UPDATE "orders" SET "total" = ("orders"."total" + 1) WHERE ("orders"."id" = 1)
--;
UPDATE "orders" SET "status" = 'a' RETURNING "orders"."id"
--;
DELETE FROM "order_lines" WHERE ("order_lines"."order_id" = 1)
--;
INSERT INTO "customers" ("id", "name", "active", "credit") VALUES (1, 'q', true, 0) ON CONFLICT DO NOTHING RETURNING "customers"."id"
--;
INSERT INTO "customers" ("id", "name", "active", "credit") VALUES (1, 'q', true, 0) ON CONFLICT ("id") DO UPDATE SET "name" = 'z' RETURNING "customers"."id"
--;
INSERT INTO "customers" ("id", "name", "active", "credit") VALUES (1, 'q', true, 0) ON CONFLICT ("id") DO UPDATE SET "name" = EXCLUDED."name" WHERE ("customers"."credit" > 1) RETURNING "customers"."id"
--;
INSERT INTO "orders" ("total") SELECT "orders"."total" FROM "orders" AS "orders" RETURNING "orders"."id"
--;
INSERT INTO "customers" ("name", "active", "credit") VALUES ('a', true, 0) RETURNING "customers"."id"
--;
SELECT "t1"."id", "t1"."name", "t1"."email", "t1"."active", "t1"."credit", "t1"."joined_on" FROM "customers" AS "t1" WHERE ("t1"."name" = 'g') LIMIT 1 OFFSET 0
--;
SAVEPOINT "s4e0b78fe58c046048b951c3d89eb045e";
--;
INSERT INTO "customers" ("name", "active", "credit") VALUES ('g', true, 0) RETURNING "customers"."id"
--;
RELEASE SAVEPOINT "s4e0b78fe58c046048b951c3d89eb045e";
--;
SELECT "t1"."id", "t1"."name", "t1"."email", "t1"."active", "t1"."credit", "t1"."joined_on" FROM "customers" AS "t1" WHERE ("t1"."id" = 1) LIMIT 1 OFFSET 0
--;
SELECT COUNT(1) FROM (SELECT 1 FROM "orders" AS "t1") AS "_wrapped" LIMIT 1
--;
SELECT EXISTS(SELECT 1 FROM "orders" AS "t1") LIMIT 1
--;
SELECT "t1"."id", "t1"."customer_id", "t1"."status", "t1"."total", "t1"."note", "t1"."placed_at", "t1"."version" FROM "orders" AS "t1" LIMIT 1
--;
UPDATE "customers" SET "name" = 'n1', "email" = 'e1', "active" = true, "credit" = 1.00, "joined_on" = '2024-01-01'::date WHERE ("customers"."id" = 1)
--;
SELECT "t1"."id", "t1"."customer_id", "t1"."status", "t1"."total", "t1"."note", "t1"."placed_at", "t1"."version" FROM "orders" AS "t1" WHERE ("t1"."id" = 1) LIMIT 1 OFFSET 0
--;
DELETE FROM "orders" WHERE ("orders"."id" = 1)
--;
INSERT INTO "customers" ("name", "email", "active", "credit", "joined_on") VALUES ('1', NULL, true, 0, NULL), ('2', NULL, true, 0, NULL) RETURNING "customers"."id"
--;
UPDATE "customers" SET "name" = CASE "customers"."id" WHEN 1 THEN '1' END WHERE ("customers"."id" IN (1))
--;
SELECT "t1"."id", "t1"."customer_id", "t1"."status", "t1"."total", "t1"."note", "t1"."placed_at", "t1"."version" FROM "orders" AS "t1" WHERE ("t1"."customer_id" = 1)
--;
SELECT tablename FROM pg_catalog.pg_tables WHERE schemaname = COALESCE(NULL, current_schema()) ORDER BY tablename
--;
SELECT viewname, definition FROM pg_catalog.pg_views WHERE schemaname = COALESCE(NULL, current_schema()) ORDER BY viewname
--;
SELECT c.column_name, c.is_nullable, c.data_type,
                c.column_default,
                pg_catalog.format_type(a.atttypid, a.atttypmod),
                c.is_identity
            FROM information_schema.columns AS c
            INNER JOIN pg_catalog.pg_namespace AS n
                ON (n.nspname = c.table_schema)
            INNER JOIN pg_catalog.pg_class AS t
                ON (t.relname = c.table_name AND t.relnamespace = n.oid)
            INNER JOIN pg_catalog.pg_attribute AS a
                ON (a.attrelid = t.oid AND a.attname = c.column_name)
            WHERE c.table_name = 'orders'
                AND c.table_schema = COALESCE(NULL, current_schema())
                AND NOT a.attisdropped
            ORDER BY c.ordinal_position
--;
SELECT kc.column_name
            FROM information_schema.table_constraints AS tc
            INNER JOIN information_schema.key_column_usage AS kc ON (
                tc.table_name = kc.table_name AND
                tc.table_schema = kc.table_schema AND
                tc.constraint_name = kc.constraint_name)
            WHERE
                tc.constraint_type = 'PRIMARY KEY' AND
                tc.table_name = 'orders' AND
                tc.table_schema = COALESCE(NULL, current_schema())
            ORDER BY kc.ordinal_position
--;
SELECT
                i.relname, idxs.indexdef, idx.indisunique,
                ARRAY(
                    SELECT pg_get_indexdef(idx.indexrelid, k + 1, TRUE)
                    FROM generate_subscripts(idx.indkey, 1) AS k
                    ORDER BY k)
            FROM pg_catalog.pg_class AS t
            INNER JOIN pg_catalog.pg_namespace AS n ON t.relnamespace = n.oid
            INNER JOIN pg_catalog.pg_index AS idx ON t.oid = idx.indrelid
            INNER JOIN pg_catalog.pg_class AS i ON idx.indexrelid = i.oid
            INNER JOIN pg_catalog.pg_indexes AS idxs ON (
                idxs.tablename = t.relname
                AND idxs.indexname = i.relname
                AND idxs.schemaname = n.nspname)
            WHERE t.relname = 'orders' AND t.relkind = 'r'
                AND n.nspname = COALESCE(NULL, current_schema())
            ORDER BY idx.indisunique DESC, i.relname;
--;
SELECT DISTINCT
                kcu.column_name, ccu.table_name, ccu.column_name,
                tc.constraint_name, rc.delete_rule, rc.update_rule
            FROM information_schema.table_constraints AS tc
            JOIN information_schema.key_column_usage AS kcu
                ON (tc.constraint_name = kcu.constraint_name AND
                    tc.constraint_schema = kcu.constraint_schema AND
                    tc.table_name = kcu.table_name AND
                    tc.table_schema = kcu.table_schema)
            JOIN information_schema.constraint_column_usage AS ccu
                ON (ccu.constraint_name = tc.constraint_name AND
                    ccu.constraint_schema = tc.constraint_schema)
            JOIN information_schema.referential_constraints AS rc
                ON (rc.constraint_name = tc.constraint_name AND
                    rc.constraint_schema = tc.constraint_schema)
            WHERE
                tc.constraint_type = 'FOREIGN KEY' AND
                tc.table_name = 'orders' AND
                tc.table_schema = COALESCE(NULL, current_schema())
--;
SELECT c.column_name, c.is_nullable, c.data_type,
                c.column_default,
                pg_catalog.format_type(a.atttypid, a.atttypmod),
                c.is_identity
            FROM information_schema.columns AS c
            INNER JOIN pg_catalog.pg_namespace AS n
                ON (n.nspname = c.table_schema)
            INNER JOIN pg_catalog.pg_class AS t
                ON (t.relname = c.table_name AND t.relnamespace = n.oid)
            INNER JOIN pg_catalog.pg_attribute AS a
                ON (a.attrelid = t.oid AND a.attname = c.column_name)
            WHERE c.table_name = 'customers'
                AND c.table_schema = COALESCE(NULL, current_schema())
                AND NOT a.attisdropped
            ORDER BY c.ordinal_position
--;
SELECT kc.column_name
            FROM information_schema.table_constraints AS tc
            INNER JOIN information_schema.key_column_usage AS kc ON (
                tc.table_name = kc.table_name AND
                tc.table_schema = kc.table_schema AND
                tc.constraint_name = kc.constraint_name)
            WHERE
                tc.constraint_type = 'PRIMARY KEY' AND
                tc.table_name = 'customers' AND
                tc.table_schema = COALESCE(NULL, current_schema())
            ORDER BY kc.ordinal_position
--;
SELECT
                i.relname, idxs.indexdef, idx.indisunique,
                ARRAY(
                    SELECT pg_get_indexdef(idx.indexrelid, k + 1, TRUE)
                    FROM generate_subscripts(idx.indkey, 1) AS k
                    ORDER BY k)
            FROM pg_catalog.pg_class AS t
            INNER JOIN pg_catalog.pg_namespace AS n ON t.relnamespace = n.oid
            INNER JOIN pg_catalog.pg_index AS idx ON t.oid = idx.indrelid
            INNER JOIN pg_catalog.pg_class AS i ON idx.indexrelid = i.oid
            INNER JOIN pg_catalog.pg_indexes AS idxs ON (
                idxs.tablename = t.relname
                AND idxs.indexname = i.relname
                AND idxs.schemaname = n.nspname)
            WHERE t.relname = 'customers' AND t.relkind = 'r'
                AND n.nspname = COALESCE(NULL, current_schema())
            ORDER BY idx.indisunique DESC, i.relname;
--;
SELECT DISTINCT
                kcu.column_name, ccu.table_name, ccu.column_name,
                tc.constraint_name, rc.delete_rule, rc.update_rule
            FROM information_schema.table_constraints AS tc
            JOIN information_schema.key_column_usage AS kcu
                ON (tc.constraint_name = kcu.constraint_name AND
                    tc.constraint_schema = kcu.constraint_schema AND
                    tc.table_name = kcu.table_name AND
                    tc.table_schema = kcu.table_schema)
            JOIN information_schema.constraint_column_usage AS ccu
                ON (ccu.constraint_name = tc.constraint_name AND
                    ccu.constraint_schema = tc.constraint_schema)
            JOIN information_schema.referential_constraints AS rc
                ON (rc.constraint_name = tc.constraint_name AND
                    rc.constraint_schema = tc.constraint_schema)
            WHERE
                tc.constraint_type = 'FOREIGN KEY' AND
                tc.table_name = 'customers' AND
                tc.table_schema = COALESCE(NULL, current_schema())
--;
SELECT COUNT(*) FROM pg_class, pg_namespace
            WHERE relkind='S'
                AND pg_class.relnamespace = pg_namespace.oid
                AND relname='orders_id_seq'
                AND nspname=COALESCE(NULL, current_schema())
--;
select oid, typname, format_type(oid, NULL) from pg_type;
--;
SELECT
                i.relname, idxs.indexdef, idx.indisunique,
                ARRAY(
                    SELECT pg_get_indexdef(idx.indexrelid, k + 1, TRUE)
                    FROM generate_subscripts(idx.indkey, 1) AS k
                    ORDER BY k)
            FROM pg_catalog.pg_class AS t
            INNER JOIN pg_catalog.pg_namespace AS n ON t.relnamespace = n.oid
            INNER JOIN pg_catalog.pg_index AS idx ON t.oid = idx.indrelid
            INNER JOIN pg_catalog.pg_class AS i ON idx.indexrelid = i.oid
            INNER JOIN pg_catalog.pg_indexes AS idxs ON (
                idxs.tablename = t.relname
                AND idxs.indexname = i.relname
                AND idxs.schemaname = n.nspname)
            WHERE t.relname = 'countries' AND t.relkind = 'r'
                AND n.nspname = COALESCE(NULL, current_schema())
            ORDER BY idx.indisunique DESC, i.relname;
--;
SELECT c.column_name, c.is_nullable, c.data_type,
                c.column_default,
                pg_catalog.format_type(a.atttypid, a.atttypmod),
                c.is_identity
            FROM information_schema.columns AS c
            INNER JOIN pg_catalog.pg_namespace AS n
                ON (n.nspname = c.table_schema)
            INNER JOIN pg_catalog.pg_class AS t
                ON (t.relname = c.table_name AND t.relnamespace = n.oid)
            INNER JOIN pg_catalog.pg_attribute AS a
                ON (a.attrelid = t.oid AND a.attname = c.column_name)
            WHERE c.table_name = 'countries'
                AND c.table_schema = COALESCE(NULL, current_schema())
                AND NOT a.attisdropped
            ORDER BY c.ordinal_position
--;
SELECT kc.column_name
            FROM information_schema.table_constraints AS tc
            INNER JOIN information_schema.key_column_usage AS kc ON (
                tc.table_name = kc.table_name AND
                tc.table_schema = kc.table_schema AND
                tc.constraint_name = kc.constraint_name)
            WHERE
                tc.constraint_type = 'PRIMARY KEY' AND
                tc.table_name = 'countries' AND
                tc.table_schema = COALESCE(NULL, current_schema())
            ORDER BY kc.ordinal_position
--;
SELECT a.attname, a.atttypid FROM pg_catalog.pg_attribute AS a INNER JOIN pg_catalog.pg_class AS t ON a.attrelid = t.oid INNER JOIN pg_catalog.pg_namespace AS n ON t.relnamespace = n.oid WHERE t.relname = 'countries' AND n.nspname = COALESCE(NULL, current_schema()) AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum
--;
SELECT DISTINCT
                kcu.column_name, ccu.table_name, ccu.column_name,
                tc.constraint_name, rc.delete_rule, rc.update_rule
            FROM information_schema.table_constraints AS tc
            JOIN information_schema.key_column_usage AS kcu
                ON (tc.constraint_name = kcu.constraint_name AND
                    tc.constraint_schema = kcu.constraint_schema AND
                    tc.table_name = kcu.table_name AND
                    tc.table_schema = kcu.table_schema)
            JOIN information_schema.constraint_column_usage AS ccu
                ON (ccu.constraint_name = tc.constraint_name AND
                    ccu.constraint_schema = tc.constraint_schema)
            JOIN information_schema.referential_constraints AS rc
                ON (rc.constraint_name = tc.constraint_name AND
                    rc.constraint_schema = tc.constraint_schema)
            WHERE
                tc.constraint_type = 'FOREIGN KEY' AND
                tc.table_name = 'countries' AND
                tc.table_schema = COALESCE(NULL, current_schema())
--;
SELECT a.attname, a.atttypid FROM pg_catalog.pg_attribute AS a INNER JOIN pg_catalog.pg_class AS t ON a.attrelid = t.oid INNER JOIN pg_catalog.pg_namespace AS n ON t.relnamespace = n.oid WHERE t.relname = 'customers' AND n.nspname = COALESCE(NULL, current_schema()) AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum
--;
SELECT
                i.relname, idxs.indexdef, idx.indisunique,
                ARRAY(
                    SELECT pg_get_indexdef(idx.indexrelid, k + 1, TRUE)
                    FROM generate_subscripts(idx.indkey, 1) AS k
                    ORDER BY k)
            FROM pg_catalog.pg_class AS t
            INNER JOIN pg_catalog.pg_namespace AS n ON t.relnamespace = n.oid
            INNER JOIN pg_catalog.pg_index AS idx ON t.oid = idx.indrelid
            INNER JOIN pg_catalog.pg_class AS i ON idx.indexrelid = i.oid
            INNER JOIN pg_catalog.pg_indexes AS idxs ON (
                idxs.tablename = t.relname
                AND idxs.indexname = i.relname
                AND idxs.schemaname = n.nspname)
            WHERE t.relname = 'employees' AND t.relkind = 'r'
                AND n.nspname = COALESCE(NULL, current_schema())
            ORDER BY idx.indisunique DESC, i.relname;
--;
SELECT c.column_name, c.is_nullable, c.data_type,
                c.column_default,
                pg_catalog.format_type(a.atttypid, a.atttypmod),
                c.is_identity
            FROM information_schema.columns AS c
            INNER JOIN pg_catalog.pg_namespace AS n
                ON (n.nspname = c.table_schema)
            INNER JOIN pg_catalog.pg_class AS t
                ON (t.relname = c.table_name AND t.relnamespace = n.oid)
            INNER JOIN pg_catalog.pg_attribute AS a
                ON (a.attrelid = t.oid AND a.attname = c.column_name)
            WHERE c.table_name = 'employees'
                AND c.table_schema = COALESCE(NULL, current_schema())
                AND NOT a.attisdropped
            ORDER BY c.ordinal_position
--;
SELECT kc.column_name
            FROM information_schema.table_constraints AS tc
            INNER JOIN information_schema.key_column_usage AS kc ON (
                tc.table_name = kc.table_name AND
                tc.table_schema = kc.table_schema AND
                tc.constraint_name = kc.constraint_name)
            WHERE
                tc.constraint_type = 'PRIMARY KEY' AND
                tc.table_name = 'employees' AND
                tc.table_schema = COALESCE(NULL, current_schema())
            ORDER BY kc.ordinal_position
--;
SELECT a.attname, a.atttypid FROM pg_catalog.pg_attribute AS a INNER JOIN pg_catalog.pg_class AS t ON a.attrelid = t.oid INNER JOIN pg_catalog.pg_namespace AS n ON t.relnamespace = n.oid WHERE t.relname = 'employees' AND n.nspname = COALESCE(NULL, current_schema()) AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum
--;
SELECT DISTINCT
                kcu.column_name, ccu.table_name, ccu.column_name,
                tc.constraint_name, rc.delete_rule, rc.update_rule
            FROM information_schema.table_constraints AS tc
            JOIN information_schema.key_column_usage AS kcu
                ON (tc.constraint_name = kcu.constraint_name AND
                    tc.constraint_schema = kcu.constraint_schema AND
                    tc.table_name = kcu.table_name AND
                    tc.table_schema = kcu.table_schema)
            JOIN information_schema.constraint_column_usage AS ccu
                ON (ccu.constraint_name = tc.constraint_name AND
                    ccu.constraint_schema = tc.constraint_schema)
            JOIN information_schema.referential_constraints AS rc
                ON (rc.constraint_name = tc.constraint_name AND
                    rc.constraint_schema = tc.constraint_schema)
            WHERE
                tc.constraint_type = 'FOREIGN KEY' AND
                tc.table_name = 'employees' AND
                tc.table_schema = COALESCE(NULL, current_schema())
--;
SELECT
                i.relname, idxs.indexdef, idx.indisunique,
                ARRAY(
                    SELECT pg_get_indexdef(idx.indexrelid, k + 1, TRUE)
                    FROM generate_subscripts(idx.indkey, 1) AS k
                    ORDER BY k)
            FROM pg_catalog.pg_class AS t
            INNER JOIN pg_catalog.pg_namespace AS n ON t.relnamespace = n.oid
            INNER JOIN pg_catalog.pg_index AS idx ON t.oid = idx.indrelid
            INNER JOIN pg_catalog.pg_class AS i ON idx.indexrelid = i.oid
            INNER JOIN pg_catalog.pg_indexes AS idxs ON (
                idxs.tablename = t.relname
                AND idxs.indexname = i.relname
                AND idxs.schemaname = n.nspname)
            WHERE t.relname = 'order_lines' AND t.relkind = 'r'
                AND n.nspname = COALESCE(NULL, current_schema())
            ORDER BY idx.indisunique DESC, i.relname;
--;
SELECT c.column_name, c.is_nullable, c.data_type,
                c.column_default,
                pg_catalog.format_type(a.atttypid, a.atttypmod),
                c.is_identity
            FROM information_schema.columns AS c
            INNER JOIN pg_catalog.pg_namespace AS n
                ON (n.nspname = c.table_schema)
            INNER JOIN pg_catalog.pg_class AS t
                ON (t.relname = c.table_name AND t.relnamespace = n.oid)
            INNER JOIN pg_catalog.pg_attribute AS a
                ON (a.attrelid = t.oid AND a.attname = c.column_name)
            WHERE c.table_name = 'order_lines'
                AND c.table_schema = COALESCE(NULL, current_schema())
                AND NOT a.attisdropped
            ORDER BY c.ordinal_position
--;
SELECT kc.column_name
            FROM information_schema.table_constraints AS tc
            INNER JOIN information_schema.key_column_usage AS kc ON (
                tc.table_name = kc.table_name AND
                tc.table_schema = kc.table_schema AND
                tc.constraint_name = kc.constraint_name)
            WHERE
                tc.constraint_type = 'PRIMARY KEY' AND
                tc.table_name = 'order_lines' AND
                tc.table_schema = COALESCE(NULL, current_schema())
            ORDER BY kc.ordinal_position
--;
SELECT a.attname, a.atttypid FROM pg_catalog.pg_attribute AS a INNER JOIN pg_catalog.pg_class AS t ON a.attrelid = t.oid INNER JOIN pg_catalog.pg_namespace AS n ON t.relnamespace = n.oid WHERE t.relname = 'order_lines' AND n.nspname = COALESCE(NULL, current_schema()) AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum
--;
SELECT DISTINCT
                kcu.column_name, ccu.table_name, ccu.column_name,
                tc.constraint_name, rc.delete_rule, rc.update_rule
            FROM information_schema.table_constraints AS tc
            JOIN information_schema.key_column_usage AS kcu
                ON (tc.constraint_name = kcu.constraint_name AND
                    tc.constraint_schema = kcu.constraint_schema AND
                    tc.table_name = kcu.table_name AND
                    tc.table_schema = kcu.table_schema)
            JOIN information_schema.constraint_column_usage AS ccu
                ON (ccu.constraint_name = tc.constraint_name AND
                    ccu.constraint_schema = tc.constraint_schema)
            JOIN information_schema.referential_constraints AS rc
                ON (rc.constraint_name = tc.constraint_name AND
                    rc.constraint_schema = tc.constraint_schema)
            WHERE
                tc.constraint_type = 'FOREIGN KEY' AND
                tc.table_name = 'order_lines' AND
                tc.table_schema = COALESCE(NULL, current_schema())
--;
SELECT a.attname, a.atttypid FROM pg_catalog.pg_attribute AS a INNER JOIN pg_catalog.pg_class AS t ON a.attrelid = t.oid INNER JOIN pg_catalog.pg_namespace AS n ON t.relnamespace = n.oid WHERE t.relname = 'orders' AND n.nspname = COALESCE(NULL, current_schema()) AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum
--;
SELECT
                i.relname, idxs.indexdef, idx.indisunique,
                ARRAY(
                    SELECT pg_get_indexdef(idx.indexrelid, k + 1, TRUE)
                    FROM generate_subscripts(idx.indkey, 1) AS k
                    ORDER BY k)
            FROM pg_catalog.pg_class AS t
            INNER JOIN pg_catalog.pg_namespace AS n ON t.relnamespace = n.oid
            INNER JOIN pg_catalog.pg_index AS idx ON t.oid = idx.indrelid
            INNER JOIN pg_catalog.pg_class AS i ON idx.indexrelid = i.oid
            INNER JOIN pg_catalog.pg_indexes AS idxs ON (
                idxs.tablename = t.relname
                AND idxs.indexname = i.relname
                AND idxs.schemaname = n.nspname)
            WHERE t.relname = 'orders_tags' AND t.relkind = 'r'
                AND n.nspname = COALESCE(NULL, current_schema())
            ORDER BY idx.indisunique DESC, i.relname;
--;
SELECT c.column_name, c.is_nullable, c.data_type,
                c.column_default,
                pg_catalog.format_type(a.atttypid, a.atttypmod),
                c.is_identity
            FROM information_schema.columns AS c
            INNER JOIN pg_catalog.pg_namespace AS n
                ON (n.nspname = c.table_schema)
            INNER JOIN pg_catalog.pg_class AS t
                ON (t.relname = c.table_name AND t.relnamespace = n.oid)
            INNER JOIN pg_catalog.pg_attribute AS a
                ON (a.attrelid = t.oid AND a.attname = c.column_name)
            WHERE c.table_name = 'orders_tags'
                AND c.table_schema = COALESCE(NULL, current_schema())
                AND NOT a.attisdropped
            ORDER BY c.ordinal_position
--;
SELECT kc.column_name
            FROM information_schema.table_constraints AS tc
            INNER JOIN information_schema.key_column_usage AS kc ON (
                tc.table_name = kc.table_name AND
                tc.table_schema = kc.table_schema AND
                tc.constraint_name = kc.constraint_name)
            WHERE
                tc.constraint_type = 'PRIMARY KEY' AND
                tc.table_name = 'orders_tags' AND
                tc.table_schema = COALESCE(NULL, current_schema())
            ORDER BY kc.ordinal_position
--;
SELECT a.attname, a.atttypid FROM pg_catalog.pg_attribute AS a INNER JOIN pg_catalog.pg_class AS t ON a.attrelid = t.oid INNER JOIN pg_catalog.pg_namespace AS n ON t.relnamespace = n.oid WHERE t.relname = 'orders_tags' AND n.nspname = COALESCE(NULL, current_schema()) AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum
--;
SELECT DISTINCT
                kcu.column_name, ccu.table_name, ccu.column_name,
                tc.constraint_name, rc.delete_rule, rc.update_rule
            FROM information_schema.table_constraints AS tc
            JOIN information_schema.key_column_usage AS kcu
                ON (tc.constraint_name = kcu.constraint_name AND
                    tc.constraint_schema = kcu.constraint_schema AND
                    tc.table_name = kcu.table_name AND
                    tc.table_schema = kcu.table_schema)
            JOIN information_schema.constraint_column_usage AS ccu
                ON (ccu.constraint_name = tc.constraint_name AND
                    ccu.constraint_schema = tc.constraint_schema)
            JOIN information_schema.referential_constraints AS rc
                ON (rc.constraint_name = tc.constraint_name AND
                    rc.constraint_schema = tc.constraint_schema)
            WHERE
                tc.constraint_type = 'FOREIGN KEY' AND
                tc.table_name = 'orders_tags' AND
                tc.table_schema = COALESCE(NULL, current_schema())
--;
SELECT
                i.relname, idxs.indexdef, idx.indisunique,
                ARRAY(
                    SELECT pg_get_indexdef(idx.indexrelid, k + 1, TRUE)
                    FROM generate_subscripts(idx.indkey, 1) AS k
                    ORDER BY k)
            FROM pg_catalog.pg_class AS t
            INNER JOIN pg_catalog.pg_namespace AS n ON t.relnamespace = n.oid
            INNER JOIN pg_catalog.pg_index AS idx ON t.oid = idx.indrelid
            INNER JOIN pg_catalog.pg_class AS i ON idx.indexrelid = i.oid
            INNER JOIN pg_catalog.pg_indexes AS idxs ON (
                idxs.tablename = t.relname
                AND idxs.indexname = i.relname
                AND idxs.schemaname = n.nspname)
            WHERE t.relname = 'products' AND t.relkind = 'r'
                AND n.nspname = COALESCE(NULL, current_schema())
            ORDER BY idx.indisunique DESC, i.relname;
--;
SELECT c.column_name, c.is_nullable, c.data_type,
                c.column_default,
                pg_catalog.format_type(a.atttypid, a.atttypmod),
                c.is_identity
            FROM information_schema.columns AS c
            INNER JOIN pg_catalog.pg_namespace AS n
                ON (n.nspname = c.table_schema)
            INNER JOIN pg_catalog.pg_class AS t
                ON (t.relname = c.table_name AND t.relnamespace = n.oid)
            INNER JOIN pg_catalog.pg_attribute AS a
                ON (a.attrelid = t.oid AND a.attname = c.column_name)
            WHERE c.table_name = 'products'
                AND c.table_schema = COALESCE(NULL, current_schema())
                AND NOT a.attisdropped
            ORDER BY c.ordinal_position
--;
SELECT kc.column_name
            FROM information_schema.table_constraints AS tc
            INNER JOIN information_schema.key_column_usage AS kc ON (
                tc.table_name = kc.table_name AND
                tc.table_schema = kc.table_schema AND
                tc.constraint_name = kc.constraint_name)
            WHERE
                tc.constraint_type = 'PRIMARY KEY' AND
                tc.table_name = 'products' AND
                tc.table_schema = COALESCE(NULL, current_schema())
            ORDER BY kc.ordinal_position
--;
SELECT a.attname, a.atttypid FROM pg_catalog.pg_attribute AS a INNER JOIN pg_catalog.pg_class AS t ON a.attrelid = t.oid INNER JOIN pg_catalog.pg_namespace AS n ON t.relnamespace = n.oid WHERE t.relname = 'products' AND n.nspname = COALESCE(NULL, current_schema()) AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum
--;
SELECT DISTINCT
                kcu.column_name, ccu.table_name, ccu.column_name,
                tc.constraint_name, rc.delete_rule, rc.update_rule
            FROM information_schema.table_constraints AS tc
            JOIN information_schema.key_column_usage AS kcu
                ON (tc.constraint_name = kcu.constraint_name AND
                    tc.constraint_schema = kcu.constraint_schema AND
                    tc.table_name = kcu.table_name AND
                    tc.table_schema = kcu.table_schema)
            JOIN information_schema.constraint_column_usage AS ccu
                ON (ccu.constraint_name = tc.constraint_name AND
                    ccu.constraint_schema = tc.constraint_schema)
            JOIN information_schema.referential_constraints AS rc
                ON (rc.constraint_name = tc.constraint_name AND
                    rc.constraint_schema = tc.constraint_schema)
            WHERE
                tc.constraint_type = 'FOREIGN KEY' AND
                tc.table_name = 'products' AND
                tc.table_schema = COALESCE(NULL, current_schema())
--;
SELECT
                i.relname, idxs.indexdef, idx.indisunique,
                ARRAY(
                    SELECT pg_get_indexdef(idx.indexrelid, k + 1, TRUE)
                    FROM generate_subscripts(idx.indkey, 1) AS k
                    ORDER BY k)
            FROM pg_catalog.pg_class AS t
            INNER JOIN pg_catalog.pg_namespace AS n ON t.relnamespace = n.oid
            INNER JOIN pg_catalog.pg_index AS idx ON t.oid = idx.indrelid
            INNER JOIN pg_catalog.pg_class AS i ON idx.indexrelid = i.oid
            INNER JOIN pg_catalog.pg_indexes AS idxs ON (
                idxs.tablename = t.relname
                AND idxs.indexname = i.relname
                AND idxs.schemaname = n.nspname)
            WHERE t.relname = 'tags' AND t.relkind = 'r'
                AND n.nspname = COALESCE(NULL, current_schema())
            ORDER BY idx.indisunique DESC, i.relname;
--;
SELECT c.column_name, c.is_nullable, c.data_type,
                c.column_default,
                pg_catalog.format_type(a.atttypid, a.atttypmod),
                c.is_identity
            FROM information_schema.columns AS c
            INNER JOIN pg_catalog.pg_namespace AS n
                ON (n.nspname = c.table_schema)
            INNER JOIN pg_catalog.pg_class AS t
                ON (t.relname = c.table_name AND t.relnamespace = n.oid)
            INNER JOIN pg_catalog.pg_attribute AS a
                ON (a.attrelid = t.oid AND a.attname = c.column_name)
            WHERE c.table_name = 'tags'
                AND c.table_schema = COALESCE(NULL, current_schema())
                AND NOT a.attisdropped
            ORDER BY c.ordinal_position
--;
SELECT kc.column_name
            FROM information_schema.table_constraints AS tc
            INNER JOIN information_schema.key_column_usage AS kc ON (
                tc.table_name = kc.table_name AND
                tc.table_schema = kc.table_schema AND
                tc.constraint_name = kc.constraint_name)
            WHERE
                tc.constraint_type = 'PRIMARY KEY' AND
                tc.table_name = 'tags' AND
                tc.table_schema = COALESCE(NULL, current_schema())
            ORDER BY kc.ordinal_position
--;
SELECT a.attname, a.atttypid FROM pg_catalog.pg_attribute AS a INNER JOIN pg_catalog.pg_class AS t ON a.attrelid = t.oid INNER JOIN pg_catalog.pg_namespace AS n ON t.relnamespace = n.oid WHERE t.relname = 'tags' AND n.nspname = COALESCE(NULL, current_schema()) AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum
--;
SELECT DISTINCT
                kcu.column_name, ccu.table_name, ccu.column_name,
                tc.constraint_name, rc.delete_rule, rc.update_rule
            FROM information_schema.table_constraints AS tc
            JOIN information_schema.key_column_usage AS kcu
                ON (tc.constraint_name = kcu.constraint_name AND
                    tc.constraint_schema = kcu.constraint_schema AND
                    tc.table_name = kcu.table_name AND
                    tc.table_schema = kcu.table_schema)
            JOIN information_schema.constraint_column_usage AS ccu
                ON (ccu.constraint_name = tc.constraint_name AND
                    ccu.constraint_schema = tc.constraint_schema)
            JOIN information_schema.referential_constraints AS rc
                ON (rc.constraint_name = tc.constraint_name AND
                    rc.constraint_schema = tc.constraint_schema)
            WHERE
                tc.constraint_type = 'FOREIGN KEY' AND
                tc.table_name = 'tags' AND
                tc.table_schema = COALESCE(NULL, current_schema())
--;
