-- Sent by EclipseLink 2.7.9 with pgjdbc 42.5.5, as a server logged it. A line of `--;` ends each text.
SET extra_float_digits = 3
--;
SET application_name = 'PostgreSQL JDBC Driver'
--;
SELECT CODE, NAME FROM countries WHERE (CODE = $1)
--;
select nextval('customers_id_seq')
--;
select nextval('products_id_seq')
--;
BEGIN
--;
INSERT INTO countries (CODE, NAME) VALUES ($1, $2)
--;
INSERT INTO customers (ID, ACTIVE, created_at, CREDIT, EMAIL, joined_on, NAME, tenant_id, country_code) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
--;
INSERT INTO employees (HIRED, NAME, SALARY, manager_id) VALUES ($1, $2, $3, $4)
--;
select lastval()
--;
INSERT INTO orders (ID, NOTE, placed_at, shipped_at, STATUS, tenant_id, TOTAL, VERSION, customer_id) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
--;
INSERT INTO products (ID, PRICE, SKU, tenant_id, TITLE, WEIGHT) VALUES ($1, $2, $3, $4, $5, $6)
--;
INSERT INTO order_lines (unit_price, QUANTITY, order_id, product_id) VALUES ($1, $2, $3, $4)
--;
INSERT INTO tags (NAME) VALUES ($1)
--;
INSERT INTO orders_tags (tag_id, order_id) VALUES ($1, $2)
--;
COMMIT
--;
SELECT ID, NOTE, placed_at, shipped_at, STATUS, tenant_id, TOTAL, VERSION, customer_id FROM orders WHERE (ID = $1)
--;
SELECT t1.ID, t1.NAME FROM orders_tags t0, tags t1 WHERE ((t0.order_id = $1) AND (t1.ID = t0.tag_id))
--;
SELECT ID, unit_price, QUANTITY, order_id, product_id FROM order_lines WHERE (order_id = $1) ORDER BY ID ASC
--;
UPDATE orders SET NOTE = $1, STATUS = $2, VERSION = $3 WHERE ((ID = $4) AND (VERSION = $5))
--;
DELETE FROM orders_tags WHERE ((tag_id = $1) AND (order_id = $2))
--;
DELETE FROM order_lines WHERE (ID = $1)
--;
UPDATE customers SET created_at = $1, EMAIL = $2, joined_on = $3, NAME = $4, country_code = $5 WHERE (ID = $6)
--;
UPDATE orders SET VERSION = $1 WHERE ((ID = $2) AND (VERSION = $3))
--;
SELECT ID, NOTE, placed_at, shipped_at, STATUS, tenant_id, TOTAL, VERSION, customer_id FROM orders WHERE (ID = $1) FOR UPDATE
--;
SELECT ID, NOTE, placed_at, shipped_at, STATUS, tenant_id, TOTAL, VERSION, customer_id FROM orders WHERE (ID = $1) FOR UPDATE NOWAIT
--;
DELETE FROM orders_tags WHERE (order_id = $1)
--;
DELETE FROM orders WHERE ((ID = $1) AND (VERSION = $2))
--;
SELECT CODE, NAME FROM countries
--;
SELECT COUNT(CODE) FROM countries
--;
SELECT CODE AS a1, NAME AS a2 FROM countries LIMIT $1 OFFSET $2
--;
SELECT ID, ACTIVE, created_at, CREDIT, EMAIL, joined_on, NAME, tenant_id, country_code FROM customers
--;
SELECT COUNT(ID) FROM customers
--;
SELECT ID AS a1, ACTIVE AS a2, created_at AS a3, CREDIT AS a4, EMAIL AS a5, joined_on AS a6, NAME AS a7, tenant_id AS a8, country_code AS a9 FROM customers LIMIT $1 OFFSET $2
--;
SELECT MAX(ID), MIN(ID) FROM customers
--;
SELECT ID AS a1, ACTIVE AS a2, created_at AS a3, CREDIT AS a4, EMAIL AS a5, joined_on AS a6, NAME AS a7, tenant_id AS a8, country_code AS a9 FROM customers WHERE (ID IN ($1, $2)) ORDER BY ID DESC LIMIT $3 OFFSET $4
--;
DELETE FROM customers WHERE (ID = $1)
--;
SELECT ID, PRICE, SKU, tenant_id, TITLE, WEIGHT FROM products
--;
SELECT COUNT(ID) FROM products
--;
SELECT ID AS a1, PRICE AS a2, SKU AS a3, tenant_id AS a4, TITLE AS a5, WEIGHT AS a6 FROM products LIMIT $1 OFFSET $2
--;
SELECT MAX(ID), MIN(ID) FROM products
--;
SELECT ID AS a1, PRICE AS a2, SKU AS a3, tenant_id AS a4, TITLE AS a5, WEIGHT AS a6 FROM products WHERE (ID IN ($1, $2)) ORDER BY ID DESC LIMIT $3 OFFSET $4
--;
DELETE FROM products WHERE (ID = $1)
--;
SELECT ID, NOTE, placed_at, shipped_at, STATUS, tenant_id, TOTAL, VERSION, customer_id FROM orders
--;
SELECT COUNT(ID) FROM orders
--;
SELECT ID AS a1, NOTE AS a2, placed_at AS a3, shipped_at AS a4, STATUS AS a5, tenant_id AS a6, TOTAL AS a7, VERSION AS a8, customer_id AS a9 FROM orders LIMIT $1 OFFSET $2
--;
SELECT MAX(ID), MIN(ID) FROM orders
--;
SELECT ID AS a1, NOTE AS a2, placed_at AS a3, shipped_at AS a4, STATUS AS a5, tenant_id AS a6, TOTAL AS a7, VERSION AS a8, customer_id AS a9 FROM orders WHERE (ID IN ($1, $2)) ORDER BY ID DESC LIMIT $3 OFFSET $4
--;
DELETE FROM orders_tags WHERE EXISTS(SELECT ID FROM orders WHERE (ID = $1) AND ID = orders_tags.order_id)
--;
DELETE FROM orders WHERE (ID = $1)
--;
SELECT ID, unit_price, QUANTITY, order_id, product_id FROM order_lines
--;
SELECT COUNT(ID) FROM order_lines
--;
SELECT ID AS a1, unit_price AS a2, QUANTITY AS a3, order_id AS a4, product_id AS a5 FROM order_lines LIMIT $1 OFFSET $2
--;
SELECT MAX(ID), MIN(ID) FROM order_lines
--;
SELECT ID AS a1, unit_price AS a2, QUANTITY AS a3, order_id AS a4, product_id AS a5 FROM order_lines WHERE (ID IN ($1, $2)) ORDER BY ID DESC LIMIT $3 OFFSET $4
--;
SELECT ID, NAME FROM tags
--;
SELECT COUNT(ID) FROM tags
--;
SELECT ID AS a1, NAME AS a2 FROM tags LIMIT $1 OFFSET $2
--;
SELECT MAX(ID), MIN(ID) FROM tags
--;
SELECT ID AS a1, NAME AS a2 FROM tags WHERE (ID IN ($1, $2)) ORDER BY ID DESC LIMIT $3 OFFSET $4
--;
DELETE FROM tags WHERE (ID = $1)
--;
SELECT ID, HIRED, NAME, SALARY, manager_id FROM employees
--;
SELECT COUNT(ID) FROM employees
--;
SELECT ID AS a1, HIRED AS a2, NAME AS a3, SALARY AS a4, manager_id AS a5 FROM employees LIMIT $1 OFFSET $2
--;
SELECT MAX(ID), MIN(ID) FROM employees
--;
SELECT ID AS a1, HIRED AS a2, NAME AS a3, SALARY AS a4, manager_id AS a5 FROM employees WHERE (ID IN ($1, $2)) ORDER BY ID DESC LIMIT $3 OFFSET $4
--;
DELETE FROM employees WHERE (ID = $1)
--;
SELECT t1.ID, t1.NOTE, t1.placed_at, t1.shipped_at, t1.STATUS, t1.tenant_id, t1.TOTAL, t1.VERSION, t1.customer_id, t0.ID, t0.ACTIVE, t0.created_at, t0.CREDIT, t0.EMAIL, t0.joined_on, t0.NAME, t0.tenant_id, t0.country_code, t2.ID, t2.unit_price, t2.QUANTITY, t2.order_id, t2.product_id FROM orders t1 LEFT OUTER JOIN order_lines t2 ON (t2.order_id = t1.ID), customers t0 WHERE (((t0.ACTIVE = $1) AND (t1.STATUS = $2)) AND (t0.ID = t1.customer_id)) ORDER BY t1.placed_at DESC, t1.ID
--;
SELECT DISTINCT t1.ID AS a1, t1.NOTE AS a2, t1.placed_at AS a3, t1.shipped_at AS a4, t1.STATUS AS a5, t1.tenant_id AS a6, t1.TOTAL AS a7, t1.VERSION AS a8, t1.customer_id AS a9, t0.ID AS a10, t0.unit_price AS a11, t0.QUANTITY AS a12, t0.order_id AS a13, t0.product_id AS a14 FROM orders t1 LEFT OUTER JOIN order_lines t0 ON (t0.order_id = t1.ID) ORDER BY t1.ID LIMIT $1 OFFSET $2
--;
SELECT DISTINCT t1.ID, t1.NOTE, t1.placed_at, t1.shipped_at, t1.STATUS, t1.tenant_id, t1.TOTAL, t1.VERSION, t1.customer_id, t0.ID, t0.NAME FROM orders t1 LEFT OUTER JOIN (orders_tags t2 JOIN tags t0 ON (t0.ID = t2.tag_id)) ON (t2.order_id = t1.ID) WHERE (t1.TOTAL BETWEEN $1 AND $2)
--;
SELECT t0.NAME, COUNT(t1.ID), SUM(t1.TOTAL), AVG(t1.TOTAL), MAX(t1.placed_at) FROM customers t0 LEFT OUTER JOIN orders t1 ON (t1.customer_id = t0.ID) GROUP BY t0.NAME HAVING (COUNT(t1.ID) > $1) ORDER BY t0.NAME
--;
SELECT t0.STATUS, COUNT(DISTINCT(t1.ID)) FROM orders t0, customers t1 WHERE (t1.ID = t0.customer_id) GROUP BY t0.STATUS
--;
SELECT t0.ID, t0.ACTIVE, t0.created_at, t0.CREDIT, t0.EMAIL, t0.joined_on, t0.NAME, t0.tenant_id, t0.country_code FROM customers t0 WHERE EXISTS (SELECT $1 FROM orders t1 WHERE ((t1.customer_id = t0.ID) AND (t1.TOTAL > $2)))
--;
SELECT t0.ID, t0.ACTIVE, t0.created_at, t0.CREDIT, t0.EMAIL, t0.joined_on, t0.NAME, t0.tenant_id, t0.country_code FROM customers t0 WHERE NOT EXISTS (SELECT $1 FROM orders t1 WHERE (t1.customer_id = t0.ID))
--;
SELECT t0.ID, t0.ACTIVE, t0.created_at, t0.CREDIT, t0.EMAIL, t0.joined_on, t0.NAME, t0.tenant_id, t0.country_code FROM customers t0 WHERE ((SELECT COUNT(t1.ID) FROM orders t1 WHERE (t1.customer_id = t0.ID)) = $1)
--;
SELECT t0.ID, t0.ACTIVE, t0.created_at, t0.CREDIT, t0.EMAIL, t0.joined_on, t0.NAME, t0.tenant_id, t0.country_code FROM customers t0 WHERE ((SELECT COUNT(t1.ID) FROM orders t1 WHERE (t1.customer_id = t0.ID)) > $1)
--;
SELECT t0.ID, t0.NOTE, t0.placed_at, t0.shipped_at, t0.STATUS, t0.tenant_id, t0.TOTAL, t0.VERSION, t0.customer_id FROM orders t0 WHERE ((SELECT MAX(t1.ID) FROM tags t1) = t0.ID)
--;
SELECT t1.ID, t1.NOTE, t1.placed_at, t1.shipped_at, t1.STATUS, t1.tenant_id, t1.TOTAL, t1.VERSION, t1.customer_id FROM tags t0, orders_tags t2, orders t1 WHERE ((t0.NAME IN ($1, $2)) AND ((t2.order_id = t1.ID) AND (t0.ID = t2.tag_id)))
--;
SELECT t0.ID, t0.ACTIVE, t0.created_at, t0.CREDIT, t0.EMAIL, t0.joined_on, t0.NAME, t0.tenant_id, t0.country_code FROM customers t0 WHERE (t0.CREDIT >= ALL(SELECT t1.CREDIT FROM customers t1))
--;
SELECT t0.ID, t0.ACTIVE, t0.created_at, t0.CREDIT, t0.EMAIL, t0.joined_on, t0.NAME, t0.tenant_id, t0.country_code FROM customers t0 WHERE (t0.ID = ANY(SELECT t1.ID FROM orders t2, customers t1 WHERE (t1.ID = t2.customer_id)))
--;
SELECT UPPER(NAME), LOWER(EMAIL), LENGTH(NAME), NAME || EMAIL, SUBSTR(NAME, $1, $2), TRIM(NAME), STRPOS(NAME, $3), ABS(CREDIT), SQRT(CREDIT), MOD(ID, $4) FROM customers
--;
SELECT ID, ACTIVE, created_at, CREDIT, EMAIL, joined_on, NAME, tenant_id, country_code FROM customers WHERE ((created_at > CURRENT_TIMESTAMP) OR (joined_on = CURRENT_DATE))
--;
SELECT COALESCE(EMAIL, $1), NULLIF(NAME, $2), CASE  WHEN (CREDIT > $3) THEN $4 WHEN (CREDIT > $5) THEN $6 ELSE $7 END FROM customers
--;
SELECT t0.ID, t0.ACTIVE, t0.created_at, t0.CREDIT, t0.EMAIL, t0.joined_on, t0.NAME, t0.tenant_id, t0.country_code FROM customers t0, countries t1 WHERE (((t0.NAME LIKE $1 ESCAPE $2 AND (t0.EMAIL IS NOT NULL)) AND (t1.NAME <> $3)) AND (t1.CODE = t0.country_code))
--;
SELECT t0.NAME, t1.NAME FROM employees t0 LEFT OUTER JOIN employees t1 ON (t1.ID = t0.manager_id) WHERE ((t0.manager_id IS NULL) OR (t1.SALARY > t0.SALARY))
--;
SELECT t2.ID, t2.HIRED, t2.NAME, t2.SALARY, t2.manager_id FROM employees t0, employees t2, employees t1 WHERE ((t0.NAME = $1) AND ((t1.ID = t2.manager_id) AND (t0.ID = t1.manager_id)))
--;
SELECT t0.TITLE AS a1, SUM((t1.QUANTITY * t1.unit_price)) FROM products t0, order_lines t1 WHERE (t0.ID = t1.product_id) GROUP BY t0.TITLE ORDER BY SUM((t1.QUANTITY * t1.unit_price)) DESC LIMIT $1 OFFSET $2
--;
SELECT ID AS a1, NOTE AS a2, placed_at AS a3, shipped_at AS a4, STATUS AS a5, tenant_id AS a6, TOTAL AS a7, VERSION AS a8, customer_id AS a9 FROM orders WHERE (customer_id = $1) ORDER BY placed_at DESC LIMIT $2 OFFSET $3
--;
SELECT ID AS a1, NOTE AS a2, placed_at AS a3, shipped_at AS a4, STATUS AS a5, tenant_id AS a6, TOTAL AS a7, VERSION AS a8, customer_id AS a9 FROM orders WHERE (STATUS = $1) FOR UPDATE LIMIT $2 OFFSET $3
--;
SELECT ID, NOTE, placed_at, shipped_at, STATUS, tenant_id, TOTAL, VERSION, customer_id FROM orders WHERE (STATUS = $1) FOR UPDATE
--;
SELECT ID, NOTE, placed_at, shipped_at, STATUS, tenant_id, TOTAL, VERSION, customer_id FROM orders WHERE (STATUS = $1)
--;
UPDATE orders SET VERSION = (VERSION + $1), STATUS = $2 WHERE ((placed_at < $3) AND (shipped_at IS NULL))
--;
UPDATE customers SET ACTIVE = $1, CREDIT = (CREDIT + $2) WHERE EXISTS(SELECT t0.ID FROM customers t0 WHERE t0.ID IN (SELECT t1.ID FROM orders t2, customers t1 WHERE ((t2.TOTAL > $3) AND (t1.ID = t2.customer_id))) AND t0.ID = customers.ID)
--;
UPDATE orders SET VERSION = (VERSION + $1) WHERE (ID = $2)
--;
DELETE FROM order_lines WHERE EXISTS(SELECT t1.ID FROM orders t0, order_lines t1 WHERE (t0.ID IN (SELECT t2.ID FROM orders t2 WHERE (t2.STATUS = $1)) AND (t0.ID = t1.order_id)) AND t1.ID = order_lines.ID)
--;
DELETE FROM customers WHERE EXISTS(SELECT t0.ID FROM customers t0 WHERE ((t0.EMAIL IS NULL) AND ((SELECT COUNT(t1.ID) FROM orders t1 WHERE (t1.customer_id = t0.ID)) = $1)) AND t0.ID = customers.ID)
--;
SELECT ID, ACTIVE, created_at, CREDIT, EMAIL, joined_on, NAME, tenant_id, country_code FROM customers WHERE (LOWER(EMAIL) = LOWER($1))
--;
select status, count(*) as n from orders group by status having count(*) > $1
--;
select * from orders where status = $1 limit 3
--;
SELECT ID, ACTIVE, created_at, CREDIT, EMAIL, joined_on, NAME, tenant_id, country_code FROM customers WHERE (ID = $1)
--;
update orders set note = 'native' where id = $1
--;
select amount from order_totals
--;
SELECT t1.ID AS a1, t1.NOTE AS a2, t1.placed_at AS a3, t1.shipped_at AS a4, t1.STATUS AS a5, t1.tenant_id AS a6, t1.TOTAL AS a7, t1.VERSION AS a8, t1.customer_id AS a9 FROM orders t1 LEFT OUTER JOIN customers t0 ON (t0.ID = t1.customer_id) WHERE (((t1.STATUS = $1) AND (t0.NAME LIKE $2 OR (t0.ID IS NULL))) AND (t1.TOTAL > $3)) ORDER BY t1.placed_at DESC, t1.ID ASC LIMIT $4 OFFSET $5
--;
SELECT COUNT(DISTINCT(ID)) FROM orders
--;
SELECT STATUS, SUM(TOTAL), COUNT(ID) FROM orders GROUP BY STATUS HAVING (COUNT(ID) > $1)
--;
SELECT t0.ID, t0.ACTIVE, t0.created_at, t0.CREDIT, t0.EMAIL, t0.joined_on, t0.NAME, t0.tenant_id, t0.country_code FROM customers t0 WHERE (EXISTS (SELECT t1.ID FROM orders t1 WHERE (t1.customer_id = t0.ID)) AND (t0.country_code IN ($1, $2)))
--;
SELECT ID, ACTIVE, created_at, CREDIT, EMAIL, joined_on, NAME, tenant_id, country_code FROM customers WHERE (((ID BETWEEN $1 AND $2) AND (ACTIVE = $3)) AND (LOWER(NAME) <> $4))
--;
UPDATE orders SET NOTE = $1, VERSION = $2 WHERE ((ID = $3) AND (VERSION = $4))
--;
SELECT t0.NAME, t1.NAME FROM employees t0 LEFT OUTER JOIN employees t1 ON (t1.ID = t0.manager_id) WHERE ((t1.ID IS NULL) OR (t1.SALARY > t0.SALARY))
--;
SELECT 1 FROM countries
--;
SELECT * FROM (SELECT n.nspname,c.relname,a.attname,a.atttypid,a.attnotnull OR (t.typtype = 'd' AND t.typnotnull) AS attnotnull,a.atttypmod,a.attlen,t.typtypmod,row_number() OVER (PARTITION BY a.attrelid ORDER BY a.attnum) AS attnum, nullif(a.attidentity, '') as attidentity,nullif(a.attgenerated, '') as attgenerated,pg_catalog.pg_get_expr(def.adbin, def.adrelid) AS adsrc,dsc.description,t.typbasetype,t.typtype  FROM pg_catalog.pg_namespace n  JOIN pg_catalog.pg_class c ON (c.relnamespace = n.oid)  JOIN pg_catalog.pg_attribute a ON (a.attrelid=c.oid)  JOIN pg_catalog.pg_type t ON (a.atttypid = t.oid)  LEFT JOIN pg_catalog.pg_attrdef def ON (a.attrelid=def.adrelid AND a.attnum = def.adnum)  LEFT JOIN pg_catalog.pg_description dsc ON (c.oid=dsc.objoid AND a.attnum = dsc.objsubid)  LEFT JOIN pg_catalog.pg_class dc ON (dc.oid=dsc.classoid AND dc.relname='pg_class')  LEFT JOIN pg_catalog.pg_namespace dn ON (dc.relnamespace=dn.oid AND dn.nspname='pg_catalog')  WHERE c.relkind in ('r','p','v','f','m') and a.attnum > 0 AND NOT a.attisdropped  AND c.relname LIKE 'countries') c WHERE true  ORDER BY nspname,c.relname,attnum
--;
SELECT 1 FROM customers
--;
SELECT * FROM (SELECT n.nspname,c.relname,a.attname,a.atttypid,a.attnotnull OR (t.typtype = 'd' AND t.typnotnull) AS attnotnull,a.atttypmod,a.attlen,t.typtypmod,row_number() OVER (PARTITION BY a.attrelid ORDER BY a.attnum) AS attnum, nullif(a.attidentity, '') as attidentity,nullif(a.attgenerated, '') as attgenerated,pg_catalog.pg_get_expr(def.adbin, def.adrelid) AS adsrc,dsc.description,t.typbasetype,t.typtype  FROM pg_catalog.pg_namespace n  JOIN pg_catalog.pg_class c ON (c.relnamespace = n.oid)  JOIN pg_catalog.pg_attribute a ON (a.attrelid=c.oid)  JOIN pg_catalog.pg_type t ON (a.atttypid = t.oid)  LEFT JOIN pg_catalog.pg_attrdef def ON (a.attrelid=def.adrelid AND a.attnum = def.adnum)  LEFT JOIN pg_catalog.pg_description dsc ON (c.oid=dsc.objoid AND a.attnum = dsc.objsubid)  LEFT JOIN pg_catalog.pg_class dc ON (dc.oid=dsc.classoid AND dc.relname='pg_class')  LEFT JOIN pg_catalog.pg_namespace dn ON (dc.relnamespace=dn.oid AND dn.nspname='pg_catalog')  WHERE c.relkind in ('r','p','v','f','m') and a.attnum > 0 AND NOT a.attisdropped  AND c.relname LIKE 'customers') c WHERE true  ORDER BY nspname,c.relname,attnum
--;
SELECT typinput='pg_catalog.array_in'::regproc as is_array, typtype, typname, pg_type.oid   FROM pg_catalog.pg_type   LEFT JOIN (select ns.oid as nspoid, ns.nspname, r.r           from pg_namespace as ns           join ( select s.r, (current_schemas(false))[s.r] as nspname                    from generate_series(1, array_upper(current_schemas(false), 1)) as s(r) ) as r          using ( nspname )        ) as sp     ON sp.nspoid = typnamespace  WHERE pg_type.oid = $1  ORDER BY sp.r, pg_type.oid DESC
--;
SELECT n.nspname = ANY(current_schemas(true)), n.nspname, t.typname FROM pg_catalog.pg_type t JOIN pg_catalog.pg_namespace n ON t.typnamespace = n.oid WHERE t.oid = $1
--;
SELECT 1 FROM products
--;
SELECT 1 FROM orders
--;
SELECT 1 FROM order_lines
--;
SELECT 1 FROM tags
--;
SELECT 1 FROM employees
--;
SELECT 1 FROM orders_tags
--;
ALTER TABLE products ADD CONSTRAINT UNQ_products_0 UNIQUE (tenant_id, sku)
--;
ALTER TABLE customers ADD CONSTRAINT FK_customers_country_code FOREIGN KEY (country_code) REFERENCES countries (CODE)
--;
ALTER TABLE orders ADD CONSTRAINT FK_orders_customer_id FOREIGN KEY (customer_id) REFERENCES customers (ID)
--;
ALTER TABLE order_lines ADD CONSTRAINT FK_order_lines_order_id FOREIGN KEY (order_id) REFERENCES orders (ID)
--;
ALTER TABLE order_lines ADD CONSTRAINT FK_order_lines_product_id FOREIGN KEY (product_id) REFERENCES products (ID)
--;
ALTER TABLE employees ADD CONSTRAINT FK_employees_manager_id FOREIGN KEY (manager_id) REFERENCES employees (ID)
--;
ALTER TABLE orders_tags ADD CONSTRAINT FK_orders_tags_tag_id FOREIGN KEY (tag_id) REFERENCES tags (ID)
--;
ALTER TABLE orders_tags ADD CONSTRAINT FK_orders_tags_order_id FOREIGN KEY (order_id) REFERENCES orders (ID)
--;
ALTER SEQUENCE orders_id_seq INCREMENT BY 1
--;
ALTER SEQUENCE products_id_seq INCREMENT BY 1
--;
ALTER SEQUENCE customers_id_seq INCREMENT BY 1
--;
SELECT CODE, NAME FROM countries WHERE (CODE = 'de')
--;
INSERT INTO customers (ID, ACTIVE, created_at, CREDIT, EMAIL, joined_on, NAME, tenant_id, country_code) VALUES (10, '1', TIMESTAMP '2026-11-21 18:57:04.732', 0, '110a6d61-25f3-484d-b7c5-f98d28e5fa0d@x', DATE '2026-11-21', 'n0', 'acme', 'de')
--;
INSERT INTO orders (ID, NOTE, placed_at, shipped_at, STATUS, tenant_id, TOTAL, VERSION, customer_id) VALUES (51, NULL, TIMESTAMP '2026-11-21 18:57:04.738', NULL, 'new', 'acme', 3.50, 1, 10)
--;
INSERT INTO products (ID, PRICE, SKU, tenant_id, TITLE, WEIGHT) VALUES (9, 1, 'fe7e572b-cbae-4805-a7f3-8a318faa69e7', 'acme', 't', NULL)
--;
INSERT INTO order_lines (unit_price, QUANTITY, order_id, product_id) VALUES (10, 1, 51, 9)
--;
INSERT INTO tags (NAME) VALUES ('t0')
--;
INSERT INTO orders_tags (tag_id, order_id) VALUES (48, 51)
--;
INSERT INTO customers (ID, ACTIVE, created_at, CREDIT, EMAIL, joined_on, NAME, tenant_id, country_code) VALUES (11, '1', TIMESTAMP '2026-11-21 18:57:04.756', 0, '3b24c4b2-610e-47db-84f2-99408f93d0e5@x', DATE '2026-11-21', 'n1', 'acme', 'de')
--;
INSERT INTO orders (ID, NOTE, placed_at, shipped_at, STATUS, tenant_id, TOTAL, VERSION, customer_id) VALUES (52, NULL, TIMESTAMP '2026-11-21 18:57:04.757', NULL, 'new', 'acme', 3.50, 1, 11)
--;
INSERT INTO products (ID, PRICE, SKU, tenant_id, TITLE, WEIGHT) VALUES (10, 1, '7264054c-e8ed-4c81-894c-e3dd088ea376', 'acme', 't', NULL)
--;
INSERT INTO order_lines (unit_price, QUANTITY, order_id, product_id) VALUES (10, 1, 52, 10)
--;
INSERT INTO tags (NAME) VALUES ('t1')
--;
INSERT INTO orders_tags (tag_id, order_id) VALUES (49, 52)
--;
INSERT INTO employees (HIRED, NAME, SALARY, manager_id) VALUES (NULL, 'boss', NULL, NULL)
--;
INSERT INTO employees (HIRED, NAME, SALARY, manager_id) VALUES (NULL, 'e0', 0, 5)
--;
INSERT INTO employees (HIRED, NAME, SALARY, manager_id) VALUES (NULL, 'e2', 200, 5)
--;
SELECT ID, NOTE, placed_at, shipped_at, STATUS, tenant_id, TOTAL, VERSION, customer_id FROM orders WHERE (ID = 56)
--;
SELECT t1.ID, t1.NAME FROM orders_tags t0, tags t1 WHERE ((t0.order_id = 56) AND (t1.ID = t0.tag_id))
--;
SELECT ID, unit_price, QUANTITY, order_id, product_id FROM order_lines WHERE (order_id = 56) ORDER BY ID ASC
--;
UPDATE orders SET NOTE = 'x', STATUS = 'paid', VERSION = 2 WHERE ((ID = 56) AND (VERSION = 1))
--;
INSERT INTO order_lines (unit_price, QUANTITY, order_id, product_id) VALUES (10, 1, 56, NULL)
--;
DELETE FROM orders_tags WHERE ((tag_id = 53) AND (order_id = 56))
--;
DELETE FROM order_lines WHERE (ID = 46)
--;
UPDATE customers SET created_at = TIMESTAMP '2026-11-21 18:57:04.948', EMAIL = NULL, joined_on = NULL, NAME = 'merged', country_code = NULL WHERE (ID = 15)
--;
INSERT INTO customers (ID, ACTIVE, created_at, CREDIT, EMAIL, joined_on, NAME, tenant_id, country_code) VALUES (16, '1', TIMESTAMP '2026-11-21 18:57:04.948', 0, NULL, NULL, 'fresh', 'acme', NULL)
--;
UPDATE orders SET VERSION = 2 WHERE ((ID = 56) AND (VERSION = 2))
--;
UPDATE orders SET VERSION = 3 WHERE ((ID = 56) AND (VERSION = 2))
--;
SELECT ID, NOTE, placed_at, shipped_at, STATUS, tenant_id, TOTAL, VERSION, customer_id FROM orders WHERE (ID = 56) FOR UPDATE
--;
SELECT ID, NOTE, placed_at, shipped_at, STATUS, tenant_id, TOTAL, VERSION, customer_id FROM orders WHERE (ID = 56) FOR UPDATE NOWAIT
--;
DELETE FROM orders_tags WHERE (order_id = 57)
--;
DELETE FROM orders WHERE ((ID = 57) AND (VERSION = 1))
--;
INSERT INTO orders (ID, NOTE, placed_at, shipped_at, STATUS, tenant_id, TOTAL, VERSION, customer_id) VALUES (68, NULL, TIMESTAMP '2026-11-21 18:57:05.051', NULL, 'new', 'acme', 0, 1, NULL)
--;
INSERT INTO orders (ID, NOTE, placed_at, shipped_at, STATUS, tenant_id, TOTAL, VERSION, customer_id) VALUES (64, NULL, TIMESTAMP '2026-11-21 18:57:05.048', NULL, 'new', 'acme', 0, 1, NULL)
--;
SELECT CODE AS a1, NAME AS a2 FROM countries LIMIT 10 OFFSET 20
--;
SELECT ID AS a1, ACTIVE AS a2, created_at AS a3, CREDIT AS a4, EMAIL AS a5, joined_on AS a6, NAME AS a7, tenant_id AS a8, country_code AS a9 FROM customers LIMIT 10 OFFSET 20
--;
SELECT ID AS a1, ACTIVE AS a2, created_at AS a3, CREDIT AS a4, EMAIL AS a5, joined_on AS a6, NAME AS a7, tenant_id AS a8, country_code AS a9 FROM customers WHERE (ID IN (1, 2)) ORDER BY ID DESC LIMIT 5 OFFSET 0
--;
DELETE FROM customers WHERE (ID = 99999)
--;
SELECT ID AS a1, PRICE AS a2, SKU AS a3, tenant_id AS a4, TITLE AS a5, WEIGHT AS a6 FROM products LIMIT 10 OFFSET 20
--;
SELECT ID AS a1, PRICE AS a2, SKU AS a3, tenant_id AS a4, TITLE AS a5, WEIGHT AS a6 FROM products WHERE (ID IN (1, 2)) ORDER BY ID DESC LIMIT 5 OFFSET 0
--;
DELETE FROM products WHERE (ID = 99999)
--;
SELECT ID AS a1, NOTE AS a2, placed_at AS a3, shipped_at AS a4, STATUS AS a5, tenant_id AS a6, TOTAL AS a7, VERSION AS a8, customer_id AS a9 FROM orders LIMIT 10 OFFSET 20
--;
SELECT ID AS a1, NOTE AS a2, placed_at AS a3, shipped_at AS a4, STATUS AS a5, tenant_id AS a6, TOTAL AS a7, VERSION AS a8, customer_id AS a9 FROM orders WHERE (ID IN (1, 2)) ORDER BY ID DESC LIMIT 5 OFFSET 0
--;
DELETE FROM orders_tags WHERE EXISTS(SELECT ID FROM orders WHERE (ID = 99999) AND ID = orders_tags.order_id)
--;
DELETE FROM orders WHERE (ID = 99999)
--;
SELECT ID AS a1, unit_price AS a2, QUANTITY AS a3, order_id AS a4, product_id AS a5 FROM order_lines LIMIT 10 OFFSET 20
--;
SELECT ID AS a1, unit_price AS a2, QUANTITY AS a3, order_id AS a4, product_id AS a5 FROM order_lines WHERE (ID IN (1, 2)) ORDER BY ID DESC LIMIT 5 OFFSET 0
--;
DELETE FROM order_lines WHERE (ID = 99999)
--;
SELECT ID AS a1, NAME AS a2 FROM tags LIMIT 10 OFFSET 20
--;
SELECT ID AS a1, NAME AS a2 FROM tags WHERE (ID IN (1, 2)) ORDER BY ID DESC LIMIT 5 OFFSET 0
--;
DELETE FROM tags WHERE (ID = 99999)
--;
SELECT ID AS a1, HIRED AS a2, NAME AS a3, SALARY AS a4, manager_id AS a5 FROM employees LIMIT 10 OFFSET 20
--;
SELECT ID AS a1, HIRED AS a2, NAME AS a3, SALARY AS a4, manager_id AS a5 FROM employees WHERE (ID IN (1, 2)) ORDER BY ID DESC LIMIT 5 OFFSET 0
--;
DELETE FROM employees WHERE (ID = 99999)
--;
SELECT t1.ID, t1.NOTE, t1.placed_at, t1.shipped_at, t1.STATUS, t1.tenant_id, t1.TOTAL, t1.VERSION, t1.customer_id, t0.ID, t0.ACTIVE, t0.created_at, t0.CREDIT, t0.EMAIL, t0.joined_on, t0.NAME, t0.tenant_id, t0.country_code, t2.ID, t2.unit_price, t2.QUANTITY, t2.order_id, t2.product_id FROM orders t1 LEFT OUTER JOIN order_lines t2 ON (t2.order_id = t1.ID), customers t0 WHERE (((t0.ACTIVE = '1') AND (t1.STATUS = 'new')) AND (t0.ID = t1.customer_id)) ORDER BY t1.placed_at DESC, t1.ID
--;
SELECT DISTINCT t1.ID AS a1, t1.NOTE AS a2, t1.placed_at AS a3, t1.shipped_at AS a4, t1.STATUS AS a5, t1.tenant_id AS a6, t1.TOTAL AS a7, t1.VERSION AS a8, t1.customer_id AS a9, t0.ID AS a10, t0.unit_price AS a11, t0.QUANTITY AS a12, t0.order_id AS a13, t0.product_id AS a14 FROM orders t1 LEFT OUTER JOIN order_lines t0 ON (t0.order_id = t1.ID) ORDER BY t1.ID LIMIT 5 OFFSET 0
--;
SELECT DISTINCT t1.ID, t1.NOTE, t1.placed_at, t1.shipped_at, t1.STATUS, t1.tenant_id, t1.TOTAL, t1.VERSION, t1.customer_id, t0.ID, t0.NAME FROM orders t1 LEFT OUTER JOIN (orders_tags t2 JOIN tags t0 ON (t0.ID = t2.tag_id)) ON (t2.order_id = t1.ID) WHERE (t1.TOTAL BETWEEN 0 AND 10)
--;
SELECT t0.NAME, COUNT(t1.ID), SUM(t1.TOTAL), AVG(t1.TOTAL), MAX(t1.placed_at) FROM customers t0 LEFT OUTER JOIN orders t1 ON (t1.customer_id = t0.ID) GROUP BY t0.NAME HAVING (COUNT(t1.ID) > 1) ORDER BY t0.NAME
--;
SELECT t0.ID, t0.ACTIVE, t0.created_at, t0.CREDIT, t0.EMAIL, t0.joined_on, t0.NAME, t0.tenant_id, t0.country_code FROM customers t0 WHERE EXISTS (SELECT 1 FROM orders t1 WHERE ((t1.customer_id = t0.ID) AND (t1.TOTAL > 1)))
--;
SELECT t0.ID, t0.ACTIVE, t0.created_at, t0.CREDIT, t0.EMAIL, t0.joined_on, t0.NAME, t0.tenant_id, t0.country_code FROM customers t0 WHERE NOT EXISTS (SELECT 1 FROM orders t1 WHERE (t1.customer_id = t0.ID))
--;
SELECT t0.ID, t0.ACTIVE, t0.created_at, t0.CREDIT, t0.EMAIL, t0.joined_on, t0.NAME, t0.tenant_id, t0.country_code FROM customers t0 WHERE ((SELECT COUNT(t1.ID) FROM orders t1 WHERE (t1.customer_id = t0.ID)) = 0)
--;
SELECT t0.ID, t0.ACTIVE, t0.created_at, t0.CREDIT, t0.EMAIL, t0.joined_on, t0.NAME, t0.tenant_id, t0.country_code FROM customers t0 WHERE ((SELECT COUNT(t1.ID) FROM orders t1 WHERE (t1.customer_id = t0.ID)) > 2)
--;
SELECT t1.ID, t1.NOTE, t1.placed_at, t1.shipped_at, t1.STATUS, t1.tenant_id, t1.TOTAL, t1.VERSION, t1.customer_id FROM tags t0, orders_tags t2, orders t1 WHERE ((t0.NAME IN ('red', 'blue')) AND ((t2.order_id = t1.ID) AND (t0.ID = t2.tag_id)))
--;
SELECT UPPER(NAME), LOWER(EMAIL), LENGTH(NAME), NAME || EMAIL, SUBSTR(NAME, 1, 3), TRIM(NAME), STRPOS(NAME, 'a'), ABS(CREDIT), SQRT(CREDIT), MOD(ID, 3) FROM customers
--;
SELECT COALESCE(EMAIL, 'none'), NULLIF(NAME, ''), CASE  WHEN (CREDIT > 100) THEN 'gold' WHEN (CREDIT > 10) THEN 'silver' ELSE 'none' END FROM customers
--;
SELECT t0.ID, t0.ACTIVE, t0.created_at, t0.CREDIT, t0.EMAIL, t0.joined_on, t0.NAME, t0.tenant_id, t0.country_code FROM customers t0, countries t1 WHERE (((t0.NAME LIKE 'a!%%' ESCAPE '!' AND (t0.EMAIL IS NOT NULL)) AND (t1.NAME <> 'x')) AND (t1.CODE = t0.country_code))
--;
SELECT t2.ID, t2.HIRED, t2.NAME, t2.SALARY, t2.manager_id FROM employees t0, employees t2, employees t1 WHERE ((t0.NAME = 'x') AND ((t1.ID = t2.manager_id) AND (t0.ID = t1.manager_id)))
--;
SELECT t0.TITLE AS a1, SUM((t1.QUANTITY * t1.unit_price)) FROM products t0, order_lines t1 WHERE (t0.ID = t1.product_id) GROUP BY t0.TITLE ORDER BY SUM((t1.QUANTITY * t1.unit_price)) DESC LIMIT 3 OFFSET 0
--;
SELECT ID AS a1, NOTE AS a2, placed_at AS a3, shipped_at AS a4, STATUS AS a5, tenant_id AS a6, TOTAL AS a7, VERSION AS a8, customer_id AS a9 FROM orders WHERE (customer_id = 1) ORDER BY placed_at DESC LIMIT 20 OFFSET 10
--;
SELECT ID AS a1, NOTE AS a2, placed_at AS a3, shipped_at AS a4, STATUS AS a5, tenant_id AS a6, TOTAL AS a7, VERSION AS a8, customer_id AS a9 FROM orders WHERE (STATUS = 'new') FOR UPDATE LIMIT 5 OFFSET 0
--;
SELECT t1.ID, t1.NAME FROM orders_tags t0, tags t1 WHERE ((t0.order_id = 2) AND (t1.ID = t0.tag_id))
--;
SELECT ID, unit_price, QUANTITY, order_id, product_id FROM order_lines WHERE (order_id = 2) ORDER BY ID ASC
--;
SELECT ID, NOTE, placed_at, shipped_at, STATUS, tenant_id, TOTAL, VERSION, customer_id FROM orders WHERE (STATUS = 'new') FOR UPDATE
--;
SELECT ID, NOTE, placed_at, shipped_at, STATUS, tenant_id, TOTAL, VERSION, customer_id FROM orders WHERE (STATUS = 'nothing')
--;
UPDATE orders SET VERSION = (VERSION + 1), STATUS = 'late' WHERE ((placed_at < TIMESTAMP '1970-01-01 00:00:00.0') AND (shipped_at IS NULL))
--;
UPDATE customers SET ACTIVE = '0', CREDIT = (CREDIT + 10) WHERE EXISTS(SELECT t0.ID FROM customers t0 WHERE t0.ID IN (SELECT t1.ID FROM orders t2, customers t1 WHERE ((t2.TOTAL > 1000) AND (t1.ID = t2.customer_id))) AND t0.ID = customers.ID)
--;
UPDATE orders SET VERSION = (VERSION + 1) WHERE (ID = 1)
--;
DELETE FROM order_lines WHERE EXISTS(SELECT t1.ID FROM orders t0, order_lines t1 WHERE (t0.ID IN (SELECT t2.ID FROM orders t2 WHERE (t2.STATUS = 'void')) AND (t0.ID = t1.order_id)) AND t1.ID = order_lines.ID)
--;
DELETE FROM customers WHERE EXISTS(SELECT t0.ID FROM customers t0 WHERE ((t0.EMAIL IS NULL) AND ((SELECT COUNT(t1.ID) FROM orders t1 WHERE (t1.customer_id = t0.ID)) = 0)) AND t0.ID = customers.ID)
--;
SELECT ID, ACTIVE, created_at, CREDIT, EMAIL, joined_on, NAME, tenant_id, country_code FROM customers WHERE (LOWER(EMAIL) = LOWER('a@x'))
--;
select status, count(*) as n from orders group by status having count(*) > 0
--;
select * from orders where status = 'new' limit 3
--;
SELECT ID, ACTIVE, created_at, CREDIT, EMAIL, joined_on, NAME, tenant_id, country_code FROM customers WHERE (ID = 2)
--;
SELECT ID, ACTIVE, created_at, CREDIT, EMAIL, joined_on, NAME, tenant_id, country_code FROM customers WHERE (ID = 3)
--;
update orders set note = 'native' where id = 1
--;
SELECT t1.ID AS a1, t1.NOTE AS a2, t1.placed_at AS a3, t1.shipped_at AS a4, t1.STATUS AS a5, t1.tenant_id AS a6, t1.TOTAL AS a7, t1.VERSION AS a8, t1.customer_id AS a9 FROM orders t1 LEFT OUTER JOIN customers t0 ON (t0.ID = t1.customer_id) WHERE (((t1.STATUS = 'new') AND (t0.NAME LIKE '%a%' OR (t0.ID IS NULL))) AND (t1.TOTAL > 1.00)) ORDER BY t1.placed_at DESC, t1.ID ASC LIMIT 5 OFFSET 5
--;
SELECT STATUS, SUM(TOTAL), COUNT(ID) FROM orders GROUP BY STATUS HAVING (COUNT(ID) > 1)
--;
SELECT t0.ID, t0.ACTIVE, t0.created_at, t0.CREDIT, t0.EMAIL, t0.joined_on, t0.NAME, t0.tenant_id, t0.country_code FROM customers t0 WHERE (EXISTS (SELECT t1.ID FROM orders t1 WHERE (t1.customer_id = t0.ID)) AND (t0.country_code IN ('de', 'fr')))
--;
SELECT ID, ACTIVE, created_at, CREDIT, EMAIL, joined_on, NAME, tenant_id, country_code FROM customers WHERE (((ID BETWEEN 1 AND 9) AND (ACTIVE = '1')) AND (LOWER(NAME) <> 'x'))
--;
UPDATE orders SET NOTE = 'again', VERSION = 6 WHERE ((ID = 56) AND (VERSION = 5))
--;
DELETE FROM orders_tags WHERE (order_id = 56)
--;
DELETE FROM orders WHERE ((ID = 56) AND (VERSION = 6))
--;
