SELECT * FROM orders ORDER BY id
;;
SELECT * FROM customers, orders
;;
SELECT public.orders.id, orders.note FROM orders ORDER BY 1 LIMIT 3
;;
SELECT public.orders.id, public.customers.id FROM public.orders, customers WHERE customers.id = customer_id
;;
SELECT * FROM orders a, orders b WHERE a.id = b.id OR a.id = 1 AND b.id = 2
;;
SELECT * FROM orders a JOIN orders b USING (id) JOIN orders c USING (id)
;;
SELECT count(*), count(a.id), count(b.id) FROM orders a FULL JOIN customers b USING (id)
;;
SELECT * FROM customers NATURAL LEFT JOIN orders
;;
SELECT * FROM customers NATURAL FULL JOIN (orders NATURAL JOIN countries)
;;
SELECT * FROM customers c RIGHT JOIN orders o ON c.id = o.customer_id AND c.country = 'de' ORDER BY o.id
;;
SELECT c.id, o.id FROM customers c LEFT JOIN orders o ON c.id = o.customer_id WHERE o.id IS NULL
;;
SELECT * FROM customers c CROSS JOIN LATERAL (SELECT max(id) FROM orders o WHERE o.customer_id = c.id) m ORDER BY c.id
;;
SELECT * FROM customers c, LATERAL (TABLE orders ORDER BY id LIMIT 1) m ORDER BY c.id
;;
SELECT * FROM (orders JOIN customers USING (id, tenant_id)) AS j (x, y, z) ORDER BY 1
;;
SELECT j FROM (orders JOIN customers USING (id)) AS j
;;
SELECT * FROM orders JOIN customers USING (id) AS u WHERE u.id = 3
;;
WITH orders AS (SELECT id FROM orders WHERE id < 3) SELECT * FROM orders
;;
WITH orders AS (SELECT 1 AS x) SELECT * FROM orders, public.orders AS p ORDER BY p.id LIMIT 2
;;
WITH RECURSIVE orders AS (SELECT 1 AS x UNION ALL SELECT x + 1 FROM orders WHERE x < 3) SELECT * FROM orders
;;
WITH RECURSIVE a AS (SELECT * FROM b), b AS (SELECT id FROM customers) SELECT * FROM a
;;
WITH a AS (WITH orders AS (SELECT 5 AS id) SELECT * FROM orders) SELECT * FROM a, orders WHERE orders.id = a.id
;;
WITH RECURSIVE t AS (SELECT id, customer_id FROM orders WHERE id = 3 UNION SELECT o.id, o.customer_id FROM orders o JOIN t ON o.id = t.customer_id + 1 AND t.id < 6) SEARCH DEPTH FIRST BY id SET seq SELECT * FROM t
;;
WITH RECURSIVE t AS (SELECT id, customer_id FROM orders WHERE id = 3 UNION SELECT o.id, o.customer_id FROM orders o JOIN t ON o.id = t.customer_id + 1 AND t.id < 6) CYCLE id SET is_cycle USING path SELECT * FROM t
;;
SELECT a, b, note FROM orders AS o (a, b) ORDER BY a
;;
SELECT a.c FROM orders AS a (a, b, c, d, e, f) LEFT JOIN orders AS tenant_id (x, y) ON a.a = x ORDER BY a.a
;;
SELECT (SELECT count(*) FROM orders), EXISTS (SELECT FROM customers), ARRAY(SELECT id FROM orders ORDER BY 1)
;;
SELECT count(*) FROM ONLY /* a ; ) */ ( /* b */ public . orders /* c */ ) -- WHERE
;;
SELECT count(*) FROM orders * AS o
;;
SELECT count(*) FROM orders * o TABLESAMPLE bernoulli (100) REPEATABLE (1)
;;
SELECT count(*) FROM customers c LEFT JOIN orders o TABLESAMPLE pg_catalog.bernoulli (50 + 50) REPEATABLE (1) ON o.customer_id = c.id WHERE c.id < 5
;;
SELECT count(*) FROM U&"ord\0065rs" U&"!0061" UESCAPE '!' WHERE U&"!0061" UESCAPE '!'.id IS DISTINCT FROM 3 GROUP BY ()
;;
SELECT count(*) FROM U&"ord\0065rs"WHERE"orders"."id"=3 OR"orders".id=4
;;
select"id"from"orders"where'2001-02-11'=note or"note"='y'
;;
SELECT $$ FROM orders WHERE $$, $x$ ' $x$, E'\'', 'it''s' FROM "orders" "o""o;--" WHERE "o""o;--".id = 1
;;
SELECT "Odd ""name", "select" FROM short AS "Sh""ort" ORDER BY 1
;;
SELECT * FROM short s (a, b, c) JOIN short t (a) USING (a) ORDER BY b, "Odd ""name"
;;
SELECT * FROM short WHERE tenant_id = 'acme' AND "select" LIKE '%1'
;;
TABLE orders
;;
TABLE ONLY (orders) ORDER BY id LIMIT 1
;;
TABLE /* x */ ONLY public.orders
;;
SELECT count(*) FROM (TABLE orders UNION ALL TABLE ONLY orders) x
;;
TABLE orders UNION TABLE orders ORDER BY id
;;
SELECT id FROM orders UNION SELECT id FROM customers EXCEPT (SELECT id FROM customers WHERE id = 2) ORDER BY 1
;;
(SELECT id FROM orders LIMIT 0) UNION ALL (SELECT id FROM customers ORDER BY id DESC LIMIT 2) ORDER BY 1
;;
SELECT ctid, tableoid::regclass, xmin IS NULL, note FROM orders WHERE ctid = '(0,1)'
;;
SELECT orders, row_to_json(orders), (orders).note, orders.* FROM orders ORDER BY id LIMIT 2
;;
SELECT o.ctid, o FROM customers c LEFT JOIN orders o ON o.id = c.id ORDER BY c.id
;;
SELECT o.id, o.note, count(*) FROM orders o JOIN customers c ON c.id = o.customer_id GROUP BY o.id ORDER BY 1
;;
SELECT o.id, o.note, count(*) FROM orders o GROUP BY o.id ORDER BY 1
;;
SELECT id FROM orders FOR UPDATE
;;
SELECT o.id FROM orders o JOIN customers c ON c.id = o.id FOR NO KEY UPDATE OF o, c SKIP LOCKED
;;
SELECT o.id FROM orders o LEFT JOIN customers c ON c.id = o.id FOR UPDATE
;;
SELECT o.id FROM orders o LEFT JOIN customers c ON c.id = o.id FOR SHARE OF o NOWAIT
;;
SELECT DISTINCT ON (customer_id) customer_id, id FROM orders o ORDER BY customer_id, id DESC OFFSET 1 FETCH FIRST 2 ROWS WITH TIES
;;
SELECT customer_id, sum(amount) FILTER (WHERE id > 2), percentile_disc(0.5) WITHIN GROUP (ORDER BY id) FROM orders GROUP BY GROUPING SETS ((customer_id), ()) HAVING count(*) > 1 ORDER BY 1
;;
SELECT id, row_number() OVER w, lag(id) OVER (PARTITION BY customer_id ORDER BY id) FROM orders WINDOW w AS (ORDER BY id ROWS 2 PRECEDING) ORDER BY id
;;
SELECT extract(year FROM day), trim(both 'x' from 'xax'), substring('abc' from 2 for 1), position('b' IN 'abc'), id IS NOT DISTINCT FROM 3 "from" FROM parted WHERE day IS DISTINCT FROM DATE '2020-07-01' ORDER BY id
;;
SELECT CASE WHEN EXISTS (SELECT FROM orders WHERE id = c.id) THEN 1 ELSE 0 END AS "end", c.* FROM customers c ORDER BY id
;;
SELECT * FROM parted WHERE day < '2020-12-01' ORDER BY id
;;
SELECT * FROM parted_2 ORDER BY id
;;
SELECT count(*) FROM orders, generate_series(1, 2) WITH ORDINALITY AS g (x, n) WHERE id = x
;;
SELECT count(*) FROM orders o, unnest(ARRAY[o.id, 7]) u, ROWS FROM (generate_series(1, o.id), generate_series(1, 2)) r
;;
SELECT * FROM archived ORDER BY id
;;
SELECT v.b, v FROM archived AS v (a, b) WHERE v.a = 2 OR false
;;
SELECT * FROM busy ORDER BY cust
;;
SELECT * FROM nested LEFT JOIN archived USING (note)
;;
SELECT * FROM listed ORDER BY a
;;
SELECT l.a FROM listed l FOR UPDATE OF l
;;
SELECT * FROM archived FOR UPDATE
;;
SELECT count(*) FROM countries c JOIN customers k ON k.country = c.code
;;
SELECT 'ä€😀', "note" AS "ü" FROM orders /* 😀 */ WHERE nope = 1
;;
SELECT 'ä€😀' FROM customers c JOIN orders /* é */ o ON true WHERE o.id = 1 AND nope = 2
;;
SELECT nope FROM orders
;;
SELECT * FROM orders o, orders o
;;
SELECT tenant_id FROM orders, customers
;;
SELECT x.id FROM orders GROUP BY note
;;
SELECT note FROM orders GROUP BY customer_id
;;
SELECT 1 / (id - 1) FROM orders WHERE id > 0
;;
SELECT * FROM orders LIMIT -1
;;
INSERT INTO orders (id, note) VALUES (201, 'a'), (202, (SELECT 'b' FROM orders WHERE id = 1)) RETURNING *
;;
INSERT INTO orders AS o (id, tenant_id) VALUES (1, 'acme') ON CONFLICT (id) WHERE id > 1 DO UPDATE SET note = excluded.note || 'x', tenant_id = excluded.tenant_id WHERE o.id = 1 OR o.id = 2 RETURNING *
;;
INSERT INTO orders (id, tenant_id) VALUES (201, 'acme'), (202, lower('ACME')) ON CONFLICT DO NOTHING RETURNING id, tenant_id
;;
INSERT INTO orders (tenant_id, id) VALUES (('acme'), 1), ('acme', 203) ON CONFLICT DO NOTHING
;;
INSERT INTO orders (id, note) VALUES (1, 'twice')
;;
INSERT INTO orders VALUES (201, 'acme', DEFAULT, 5.5, DEFAULT, DEFAULT) RETURNING *
;;
INSERT INTO orders VALUES (201, 'acme', 2, 3, 'x', 6, 7)
;;
INSERT INTO orders (id, note) VALUES (201)
;;
INSERT INTO orders (id) VALUES (201, 'x')
;;
INSERT INTO orders (id, nope) VALUES (201, 'x')
;;
INSERT INTO orders (id, id) VALUES (201, 202)
;;
INSERT INTO orders (id, note) SELECT id + 1000, note FROM orders WHERE id IS DISTINCT FROM 1 ORDER BY 1 LIMIT 4 RETURNING id
;;
INSERT INTO orders (id, tenant_id, amount) SELECT id + 1000, tenant_id, sum(amount) FROM orders GROUP BY 1, tenant_id ORDER BY tenant_id, 1 RETURNING *
;;
INSERT INTO orders (id, tenant_id) SELECT DISTINCT 300 + id, tenant_id AS "x y" FROM customers ORDER BY 1, 2 RETURNING *
;;
INSERT INTO orders (id, note) SELECT 201, 'x' UNION SELECT 202, 'y' ON CONFLICT DO NOTHING RETURNING *
;;
INSERT INTO orders (id, tenant_id) SELECT 201, 'acme' UNION SELECT 202, 'acme' RETURNING *
;;
INSERT INTO orders (id, note) (WITH a AS (SELECT 201 AS x) SELECT x, 'q' "from" FROM a) RETURNING *
;;
INSERT INTO orders (id, note) ((SELECT 201, 'x'))
;;
INSERT INTO orders (id, amount) SELECT 201, '5' RETURNING *
;;
INSERT INTO orders (id, tenant_id) SELECT 201, 'acme' AS "x" FROM countries WHERE code = 'de' OR code = 'xx'
;;
INSERT INTO orders (id, note) SELECT o.* FROM (SELECT id + 300, note FROM orders) o RETURNING id
;;
INSERT INTO orders (id, note) VALUES (201, 'x'), (202, 'y') ORDER BY 1 LIMIT 1
;;
INSERT INTO orders (id, note) TABLE archived
;;
INSERT INTO orders (id, tenant_id, note) SELECT id + 500, tenant_id, note FROM orders o JOIN LATERAL (SELECT 1) x ON true ON CONFLICT (id) DO NOTHING
;;
INSERT INTO slots (kind) VALUES ('k'), ('l') RETURNING id > 4999, kind, tenant_id
;;
INSERT INTO slots (kind) VALUES ('kind 1') ON CONFLICT (tenant_id, kind) DO UPDATE SET id = DEFAULT RETURNING id > 4999
;;
INSERT INTO slots (kind) VALUES ('kind 1'), ('kind 9') ON CONFLICT DO NOTHING RETURNING kind
;;
INSERT INTO slots (id, kind) OVERRIDING SYSTEM VALUE VALUES (1, 'k') RETURNING *
;;
INSERT INTO slots (id, kind, tenant_id) OVERRIDING USER VALUE SELECT 1, 'k', 'acme' RETURNING id > 4999
;;
INSERT INTO short ("Odd ""name") VALUES (77) RETURNING *
;;
INSERT INTO short (tenant_id, "select") VALUES ('acme', 'x') RETURNING *
;;
INSERT INTO parted (id, day) VALUES (300, '2020-02-02'), (301, '2021-02-02') RETURNING tableoid::regclass, *
;;
INSERT INTO parted (id, day) VALUES (300, '1990-02-02')
;;
INSERT INTO parted_1 (id, day) VALUES (300, '2020-02-02') RETURNING *
;;
INSERT INTO parted VALUES (300, 'acme', '2020-02-02')
;;
WITH x AS (DELETE FROM orders WHERE id = 3 RETURNING *) INSERT INTO orders (id, tenant_id, note) SELECT id + 100, tenant_id, note FROM x RETURNING *
;;
WITH n AS (INSERT INTO customers (id, name) VALUES (99, 'new') RETURNING id) INSERT INTO orders (id, customer_id) SELECT 400 + id, id FROM n RETURNING *
;;
UPDATE orders SET note = 'x'
;;
UPDATE orders AS o SET note = c.name FROM customers c WHERE c.id = o.customer_id OR false RETURNING o.*, c.*
;;
UPDATE ONLY orders SET (note, tenant_id) = ('x', 'acme') WHERE id = 1
;;
UPDATE orders SET (note, tenant_id) = ROW ('x', 'acme'), id = 333 WHERE id = 1 RETURNING *
;;
UPDATE orders SET (amount, note) = (SELECT max(amount), max(note) FROM orders) WHERE id = 2 RETURNING *
;;
UPDATE orders SET tenant_id = tenant_id, note = note || 'x' RETURNING note
;;
UPDATE orders SET tenant_id = lower(upper(tenant_id)) WHERE id IS DISTINCT FROM 4 RETURNING id
;;
UPDATE orders o SET note = 'is' || (o.id IS DISTINCT FROM 3) FROM orders p LEFT JOIN customers USING (id) WHERE p.id = o.id RETURNING o.note
;;
UPDATE public.orders SET note = (SELECT string_agg(name, ',' ORDER BY name) FROM customers) WHERE orders.id = 1 RETURNING public.orders.note
;;
UPDATE orders SET twice = 1
;;
UPDATE orders SET (note, tenant_id) = (SELECT name, tenant_id FROM customers c WHERE c.id = orders.id) WHERE id < 4 RETURNING *
;;
UPDATE orders SET (tenant_id, note) = (SELECT * FROM (VALUES ('acme', 'v')) v) WHERE id < 4 RETURNING *
;;
UPDATE orders SET (tenant_id, note) = (VALUES ('acme', 'v')) WHERE id < 4 RETURNING *
;;
UPDATE orders SET (tenant_id, note) = (SELECT 'acme', 'a' UNION SELECT 'acme', 'a') WHERE id < 4 RETURNING *
;;
INSERT INTO customers SELECT * FROM (SELECT id + 700, tenant_id, name, country FROM customers) x RETURNING *
;;
INSERT INTO parted SELECT * FROM parted WHERE id < 5
;;
INSERT INTO parted SELECT id + 1, x.tenant_id, day FROM parted x
;;
INSERT INTO customers SELECT id + 700, 'acme', x.* FROM (SELECT note, note FROM archived) x, orders
;;
INSERT INTO customers SELECT 700
;;
INSERT INTO customers SELECT 700 UNION SELECT 701 RETURNING *
;;
INSERT INTO customers SELECT 700, 'acme' UNION SELECT 701, 'acme' RETURNING *
;;
INSERT INTO parted TABLE parted
;;
INSERT INTO orders (id, note) SELECT 700, 'x' UNION SELECT id + 800, note FROM orders RETURNING *
;;
INSERT INTO customers SELECT c.id + 700, c.tenant_id, x.* FROM (SELECT max(note), max(note) FROM archived) x, customers c WHERE c.id = 1
;;
WITH gone AS (DELETE FROM parted WHERE id < 4 RETURNING *) INSERT INTO parted SELECT * FROM gone RETURNING *
;;
WITH gone AS (DELETE FROM parted WHERE id < 4 RETURNING id, day), more AS (SELECT * FROM gone) INSERT INTO parted (id, day) SELECT * FROM more RETURNING *
;;
SELECT * FROM nowhere, orders
;;
SELECT 'ä', count(*) FROM orders JOIN public.nowhere n ON true
;;
DELETE FROM nowhere
;;
UPDATE orders AS t1 SET (note, amount) = (SELECT t1.tenant_id, t1.amount FROM (SELECT 1 FROM archived a3, ONLY customers a4) s2 ORDER BY 1, 2 LIMIT 1) WHERE id < 4
;;
UPDATE orders SET nope = 1
;;
UPDATE parted SET day = day + 365 WHERE id < 4 RETURNING tableoid::regclass, id
;;
WITH orders AS (SELECT 1 AS id) UPDATE orders SET note = 'cte' RETURNING id
;;
WITH u AS (UPDATE orders SET amount = 0 WHERE id < 4 RETURNING id) SELECT count(*) FROM u JOIN orders USING (id)
;;
DELETE FROM ONLY orders USING orders b, customers WHERE b.id = orders.id AND customers.id = b.id RETURNING orders.id
;;
DELETE FROM orders
;;
DELETE FROM orders WHERE false OR id = 3 RETURNING *;
;;
DELETE FROM customers c USING (orders o JOIN countries ON true) WHERE o.customer_id = c.id
;;
DELETE FROM parted_1
;;
MERGE INTO orders o USING customers c ON o.id = c.id AND c.id < 5 WHEN MATCHED AND c.id = 2 THEN DELETE WHEN MATCHED THEN UPDATE SET note = CASE WHEN c.name IS NULL THEN 'when' ELSE c.name END, tenant_id = c.tenant_id WHEN NOT MATCHED AND c.id = 6 THEN DO NOTHING WHEN NOT MATCHED THEN INSERT (id, customer_id) VALUES (c.id + 500, c.id)
;;
MERGE INTO orders AS o USING (SELECT id FROM customers UNION SELECT 250) AS c (id) ON o.id = c.id OR o.customer_id = c.id + 100 WHEN NOT MATCHED THEN INSERT VALUES (c.id, 'acme', 1)
;;
MERGE INTO ONLY orders USING (customers c JOIN orders p ON p.id = c.id) ON orders.id = p.id + 400 WHEN NOT MATCHED THEN INSERT (id, tenant_id, note) VALUES (c.id + 600, c.tenant_id, p.note) WHEN MATCHED THEN DELETE
;;
WITH w AS (SELECT 3 AS id) MERGE INTO orders o USING w ON o.id = w.id WHEN MATCHED THEN UPDATE SET (note, tenant_id) = (SELECT 'x', 'acme')
;;
EXPLAIN (COSTS OFF) SELECT 1 FROM countries
;;
BEGIN; DECLARE c CURSOR FOR SELECT * FROM orders WHERE id < 4 ORDER BY id FOR UPDATE; FETCH 2 FROM c; UPDATE orders SET note = 'held' WHERE CURRENT OF c; FETCH c; DELETE FROM orders WHERE CURRENT OF c; TABLE orders ORDER BY id
;;
DECLARE c SCROLL CURSOR FOR SELECT id FROM customers ORDER BY id; FETCH LAST FROM c; FETCH PRIOR FROM c
;;
PREPARE p (int) AS SELECT * FROM orders WHERE id = $1 OR id = $1 + 1 ORDER BY id; EXECUTE p (3)
;;
PREPARE p AS INSERT INTO orders (id, note) VALUES ($1, $2) RETURNING *; EXECUTE p (300, 'prepared')
;;
SELECT 1; SELECT count(*) FROM orders; UPDATE orders SET note = 'last' WHERE id = 1 OR id = 2; TABLE orders ORDER BY id
;;
SELECT id -- a comment; with ' and "
 FROM orders -- another
 WHERE -- WHERE
 id = 1 -- end
;;
SELECT id FROM orders -- no condition
;;
SELECT id FROM orders
/* /* nested */ */
;

;;
UPDATE orders -- target
SET note = 'x' -- value

;;
INSERT INTO orders -- x
(id -- ,
, note) VALUES (201, 'a' -- )
)
