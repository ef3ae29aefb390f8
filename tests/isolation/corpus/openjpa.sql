-- Sent by OpenJPA 2.4.2 with pgjdbc 42.5.5, as a server logged it. A line of `--;` ends each text.
SET extra_float_digits = 3
--;
SET application_name = 'PostgreSQL JDBC Driver'
--;
SELECT t0.name FROM countries t0 WHERE t0.code = $1
--;
SELECT t0.version, t1.id, t1.active, t2.code, t2.name, t1.created_at, t1.credit, t1.email, t1.joined_on, t1.name, t1.tenant_id, t0.note, t0.placed_at, t0.shipped_at, t0.status, t0.tenant_id, t0.total FROM orders t0 LEFT OUTER JOIN customers t1 ON t0.customer_id = t1.id LEFT OUTER JOIN countries t2 ON t1.country_code = t2.code WHERE t0.id = $1
--;
SELECT t0.active, t1.code, t1.name, t0.created_at, t0.credit, t0.email, t0.joined_on, t0.name, t0.tenant_id FROM customers t0 LEFT OUTER JOIN countries t1 ON t0.country_code = t1.code WHERE t0.id = $1
--;
ALTER SEQUENCE orders_id_seq INCREMENT BY 1
--;
SELECT NEXTVAL('orders_id_seq')
--;
BEGIN
--;
INSERT INTO orders (id, note, placed_at, shipped_at, status, tenant_id, total, version, customer_id) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
--;
ROLLBACK
--;
INSERT INTO tags (name) VALUES ($1)
RETURNING "id"
--;
COMMIT
--;
SELECT t0.code, t0.name FROM countries t0
--;
SELECT COUNT(t0.code) FROM countries t0
--;
SELECT t0.id, t0.active, t1.code, t1.name, t0.created_at, t0.credit, t0.email, t0.joined_on, t0.name, t0.tenant_id FROM customers t0 LEFT OUTER JOIN countries t1 ON t0.country_code = t1.code
--;
SELECT COUNT(t0.id) FROM customers t0
--;
SELECT MAX(t0.id), MIN(t0.id) FROM customers t0
--;
SELECT t0.id, t0.active, t1.code, t1.name, t0.created_at, t0.credit, t0.email, t0.joined_on, t0.name, t0.tenant_id FROM customers t0 LEFT OUTER JOIN countries t1 ON t0.country_code = t1.code WHERE ((t0.id = $1 OR t0.id = $2) AND t0.id IS NOT NULL) ORDER BY t0.id DESC LIMIT $3
--;
DELETE FROM customers WHERE id IN (SELECT DISTINCT t0.id FROM customers t0 WHERE (t0.id = $1))
--;
SELECT t0.id, t0.price, t0.sku, t0.tenant_id, t0.title, t0.weight FROM products t0
--;
SELECT COUNT(t0.id) FROM products t0
--;
SELECT MAX(t0.id), MIN(t0.id) FROM products t0
--;
SELECT t0.id, t0.price, t0.sku, t0.tenant_id, t0.title, t0.weight FROM products t0 WHERE ((t0.id = $1 OR t0.id = $2) AND t0.id IS NOT NULL) ORDER BY t0.id DESC LIMIT $3
--;
DELETE FROM products WHERE id IN (SELECT DISTINCT t0.id FROM products t0 WHERE (t0.id = $1))
--;
SELECT t0.id, t0.version, t1.id, t1.active, t2.code, t2.name, t1.created_at, t1.credit, t1.email, t1.joined_on, t1.name, t1.tenant_id, t0.note, t0.placed_at, t0.shipped_at, t0.status, t0.tenant_id, t0.total FROM orders t0 LEFT OUTER JOIN customers t1 ON t0.customer_id = t1.id LEFT OUTER JOIN countries t2 ON t1.country_code = t2.code
--;
UPDATE orders SET note = $1, placed_at = $2, shipped_at = $3, status = $4, tenant_id = $5, total = $6, version = $7, customer_id = $8 WHERE id = $9 AND version = $10
--;
SELECT COUNT(t0.id) FROM orders t0
--;
SELECT MAX(t0.id), MIN(t0.id) FROM orders t0
--;
SELECT t0.id, t0.version, t1.id, t1.active, t2.code, t2.name, t1.created_at, t1.credit, t1.email, t1.joined_on, t1.name, t1.tenant_id, t0.note, t0.placed_at, t0.shipped_at, t0.status, t0.tenant_id, t0.total FROM orders t0 LEFT OUTER JOIN customers t1 ON t0.customer_id = t1.id LEFT OUTER JOIN countries t2 ON t1.country_code = t2.code WHERE ((t0.id = $1 OR t0.id = $2) AND t0.id IS NOT NULL) ORDER BY t0.id DESC LIMIT $3
--;
DELETE FROM orders WHERE id IN (SELECT DISTINCT t0.id FROM orders t0 WHERE (t0.id = $1))
--;
SELECT t0.id, t1.id, t1.version, t2.id, t2.active, t3.code, t3.name, t2.created_at, t2.credit, t2.email, t2.joined_on, t2.name, t2.tenant_id, t1.note, t1.placed_at, t1.shipped_at, t1.status, t1.tenant_id, t1.total, t0.unit_price, t4.id, t4.price, t4.sku, t4.tenant_id, t4.title, t4.weight, t0.quantity FROM order_lines t0 INNER JOIN orders t1 ON t0.order_id = t1.id LEFT OUTER JOIN products t4 ON t0.product_id = t4.id LEFT OUTER JOIN customers t2 ON t1.customer_id = t2.id LEFT OUTER JOIN countries t3 ON t2.country_code = t3.code
--;
SELECT COUNT(t0.id) FROM order_lines t0
--;
SELECT MAX(t0.id), MIN(t0.id) FROM order_lines t0
--;
SELECT t0.id, t1.id, t1.version, t2.id, t2.active, t3.code, t3.name, t2.created_at, t2.credit, t2.email, t2.joined_on, t2.name, t2.tenant_id, t1.note, t1.placed_at, t1.shipped_at, t1.status, t1.tenant_id, t1.total, t0.unit_price, t4.id, t4.price, t4.sku, t4.tenant_id, t4.title, t4.weight, t0.quantity FROM order_lines t0 INNER JOIN orders t1 ON t0.order_id = t1.id LEFT OUTER JOIN products t4 ON t0.product_id = t4.id LEFT OUTER JOIN customers t2 ON t1.customer_id = t2.id LEFT OUTER JOIN countries t3 ON t2.country_code = t3.code WHERE ((t0.id = $1 OR t0.id = $2) AND t0.id IS NOT NULL) ORDER BY t0.id DESC LIMIT $3
--;
DELETE FROM order_lines WHERE id IN (SELECT DISTINCT t0.id FROM order_lines t0 WHERE (t0.id = $1))
--;
SELECT t0.id, t0.name FROM tags t0
--;
UPDATE tags SET name = $1 WHERE id = $2
--;
SELECT COUNT(t0.id) FROM tags t0
--;
SELECT MAX(t0.id), MIN(t0.id) FROM tags t0
--;
SELECT t0.id, t0.name FROM tags t0 WHERE ((t0.id = $1 OR t0.id = $2) AND t0.id IS NOT NULL) ORDER BY t0.id DESC LIMIT $3
--;
DELETE FROM tags WHERE id IN (SELECT DISTINCT t0.id FROM tags t0 WHERE (t0.id = $1))
--;
SELECT t0.id, t0.hired, t1.id, t1.hired, t1.name, t1.salary, t0.name, t0.salary FROM employees t0 LEFT OUTER JOIN employees t1 ON t0.manager_id = t1.id
--;
SELECT COUNT(t0.id) FROM employees t0
--;
SELECT MAX(t0.id), MIN(t0.id) FROM employees t0
--;
SELECT t0.id, t0.hired, t1.id, t1.hired, t1.name, t1.salary, t0.name, t0.salary FROM employees t0 LEFT OUTER JOIN employees t1 ON t0.manager_id = t1.id WHERE ((t0.id = $1 OR t0.id = $2) AND t0.id IS NOT NULL) ORDER BY t0.id DESC LIMIT $3
--;
DELETE FROM employees WHERE id IN (SELECT DISTINCT t0.id FROM employees t0 WHERE (t0.id = $1))
--;
SELECT t0.id, t0.version, t1.id, t1.active, t2.code, t2.name, t1.created_at, t1.credit, t1.email, t1.joined_on, t1.name, t1.tenant_id, t0.note, t0.placed_at, t0.shipped_at, t0.status, t0.tenant_id, t0.total FROM orders t0 LEFT OUTER JOIN customers t1 ON t0.customer_id = t1.id LEFT OUTER JOIN countries t2 ON t1.country_code = t2.code LIMIT $1
--;
SELECT t0.id, t1.id, t2.id, t2.version, t3.id, t3.active, t4.code, t4.name, t3.created_at, t3.credit, t3.email, t3.joined_on, t3.name, t3.tenant_id, t2.note, t2.placed_at, t2.shipped_at, t2.status, t2.tenant_id, t2.total, t1.unit_price, t5.id, t5.price, t5.sku, t5.tenant_id, t5.title, t5.weight, t1.quantity FROM orders t0 INNER JOIN order_lines t1 ON t0.id = t1.order_id INNER JOIN orders t2 ON t1.order_id = t2.id LEFT OUTER JOIN products t5 ON t1.product_id = t5.id LEFT OUTER JOIN customers t3 ON t2.customer_id = t3.id LEFT OUTER JOIN countries t4 ON t3.country_code = t4.code WHERE t0.id IN ($1, $2, $3, $4, $5) ORDER BY t0.id ASC, t1.id ASC
--;
SELECT DISTINCT t0.id, t0.version, t1.id, t1.active, t2.code, t2.name, t1.created_at, t1.credit, t1.email, t1.joined_on, t1.name, t1.tenant_id, t0.note, t0.placed_at, t0.shipped_at, t0.status, t0.tenant_id, t0.total, t3.order_id, t4.id, t4.name FROM orders t0 LEFT OUTER JOIN customers t1 ON t0.customer_id = t1.id LEFT OUTER JOIN orders_tags t3 ON t0.id = t3.order_id LEFT OUTER JOIN countries t2 ON t1.country_code = t2.code LEFT OUTER JOIN tags t4 ON t3.tag_id = t4.id WHERE (t0.total >= $1 AND t0.total <= $2) ORDER BY t3.order_id ASC
--;
SELECT t0.name, COUNT(t1.id), SUM(t1.total), AVG(t1.total), MAX(t1.placed_at) FROM customers t0 LEFT OUTER JOIN orders t1 ON t0.id = t1.customer_id GROUP BY t0.name HAVING COUNT(t1.id) > $1 ORDER BY t0.name ASC
--;
SELECT t0.status, COUNT(DISTINCT t1.id) FROM orders t0 INNER JOIN customers t1 ON t0.customer_id = t1.id GROUP BY t0.status
--;
SELECT t1.id, t1.active, t2.code, t2.name, t1.created_at, t1.credit, t1.email, t1.joined_on, t1.name, t1.tenant_id FROM customers t1 LEFT OUTER JOIN countries t2 ON t1.country_code = t2.code WHERE (EXISTS (SELECT t0.id FROM orders t0 WHERE (t0.customer_id = t1.id AND t0.total > $1)))
--;
SELECT t1.id, t1.active, t2.code, t2.name, t1.created_at, t1.credit, t1.email, t1.joined_on, t1.name, t1.tenant_id FROM customers t1 LEFT OUTER JOIN countries t2 ON t1.country_code = t2.code WHERE (NOT (EXISTS (SELECT t0.id FROM orders t0 WHERE (t0.customer_id = t1.id))))
--;
SELECT t0.id, t0.active, t1.code, t1.name, t0.created_at, t0.credit, t0.email, t0.joined_on, t0.name, t0.tenant_id FROM customers t0 LEFT OUTER JOIN countries t1 ON t0.country_code = t1.code WHERE (0 = (SELECT COUNT(*) FROM orders WHERE orders.customer_id = t0.id))
--;
SELECT t0.id, t0.active, t1.code, t1.name, t0.created_at, t0.credit, t0.email, t0.joined_on, t0.name, t0.tenant_id FROM customers t0 LEFT OUTER JOIN countries t1 ON t0.country_code = t1.code WHERE ((SELECT COUNT(*) FROM orders WHERE orders.customer_id = t0.id) > $1)
--;
SELECT t1.id, t1.version, t2.id, t2.active, t3.code, t3.name, t2.created_at, t2.credit, t2.email, t2.joined_on, t2.name, t2.tenant_id, t1.note, t1.placed_at, t1.shipped_at, t1.status, t1.tenant_id, t1.total FROM orders t1 LEFT OUTER JOIN customers t2 ON t1.customer_id = t2.id LEFT OUTER JOIN countries t3 ON t2.country_code = t3.code WHERE ((SELECT MAX(t0.id) FROM tags t0) = t1.id)
--;
SELECT t0.id, t0.version, t3.id, t3.active, t4.code, t4.name, t3.created_at, t3.credit, t3.email, t3.joined_on, t3.name, t3.tenant_id, t0.note, t0.placed_at, t0.shipped_at, t0.status, t0.tenant_id, t0.total FROM orders t0 INNER JOIN orders_tags t1 ON t0.id = t1.order_id LEFT OUTER JOIN customers t3 ON t0.customer_id = t3.id INNER JOIN tags t2 ON t1.tag_id = t2.id LEFT OUTER JOIN countries t4 ON t3.country_code = t4.code WHERE ((t2.name = $1 OR t2.name = $2) AND t2.name IS NOT NULL)
--;
SELECT t0.id, t0.active, t2.code, t2.name, t0.created_at, t0.credit, t0.email, t0.joined_on, t0.name, t0.tenant_id FROM customers t0 LEFT OUTER JOIN countries t2 ON t0.country_code = t2.code WHERE (t0.credit >= ALL (SELECT t1.credit FROM customers t1))
--;
SELECT t0.id, t0.active, t3.code, t3.name, t0.created_at, t0.credit, t0.email, t0.joined_on, t0.name, t0.tenant_id FROM customers t0 LEFT OUTER JOIN countries t3 ON t0.country_code = t3.code WHERE (t0.id = ANY (SELECT t2.id FROM orders t1 INNER JOIN customers t2 ON t1.customer_id = t2.id))
--;
SELECT UPPER(t0.name), LOWER(t0.email), CHAR_LENGTH(t0.name), (t0.name||t0.email), SUBSTRING(t0.name, 1, 3), TRIM(BOTH $1 FROM t0.name), (POSITION($2 IN t0.name)), ABS(t0.credit), SQRT(t0.credit), MOD(t0.id, $3) FROM customers t0
--;
SELECT t0.id, t0.active, t1.code, t1.name, t0.created_at, t0.credit, t0.email, t0.joined_on, t0.name, t0.tenant_id FROM customers t0 LEFT OUTER JOIN countries t1 ON t0.country_code = t1.code WHERE (t0.created_at > CURRENT_TIMESTAMP OR t0.joined_on = CURRENT_DATE)
--;
SELECT  COALESCE(t0.email,'none'),  NULLIF(t0.name,''),  CASE  WHEN t0.credit > $1 THEN 'gold' WHEN t0.credit > $2 THEN 'silver' ELSE 'none' END  FROM customers t0
--;
SELECT t0.id, t0.active, t1.code, t1.name, t0.created_at, t0.credit, t0.email, t0.joined_on, t0.name, t0.tenant_id FROM customers t0 INNER JOIN countries t1 ON t0.country_code = t1.code WHERE (t0.name LIKE $1 ESCAPE '!' AND t0.email IS NOT NULL AND t1.name <> $2)
--;
SELECT t0.id, t0.hired, t1.id, t1.hired, t1.name, t1.salary, t0.name, t0.salary FROM employees t0 INNER JOIN employees t1 ON t0.manager_id = t1.id INNER JOIN employees t2 ON t1.manager_id = t2.id WHERE (t2.name = $1)
--;
SELECT t1.title, SUM((t0.quantity * t0.unit_price)), SUM((t0.quantity * t0.unit_price)) FROM order_lines t0 INNER JOIN products t1 ON t0.product_id = t1.id GROUP BY t1.title ORDER BY SUM((t0.quantity * t0.unit_price)) DESC LIMIT $1
--;
SELECT t0.id, t0.version, t1.id, t1.active, t2.code, t2.name, t1.created_at, t1.credit, t1.email, t1.joined_on, t1.name, t1.tenant_id, t0.note, t0.placed_at, t0.shipped_at, t0.status, t0.tenant_id, t0.total FROM orders t0 LEFT OUTER JOIN customers t1 ON t0.customer_id = t1.id LEFT OUTER JOIN countries t2 ON t1.country_code = t2.code WHERE (t0.customer_id = $1) ORDER BY t0.placed_at DESC LIMIT $2 OFFSET $3
--;
SELECT t0.id, t0.version, t1.id, t1.active, t2.code, t2.name, t1.created_at, t1.credit, t1.email, t1.joined_on, t1.name, t1.tenant_id, t0.note, t0.placed_at, t0.shipped_at, t0.status, t0.tenant_id, t0.total FROM orders t0 LEFT OUTER JOIN customers t1 ON t0.customer_id = t1.id LEFT OUTER JOIN countries t2 ON t1.country_code = t2.code WHERE (t0.status = $1) LIMIT $2
--;
SELECT t0.id FROM orders t0 WHERE t0.id = $1 FOR UPDATE
--;
SELECT t0.version FROM orders t0 WHERE t0.id = $1
--;
SELECT t0.id, t0.version, t1.id, t1.active, t2.code, t2.name, t1.created_at, t1.credit, t1.email, t1.joined_on, t1.name, t1.tenant_id, t0.note, t0.placed_at, t0.shipped_at, t0.status, t0.tenant_id, t0.total FROM orders t0 LEFT OUTER JOIN customers t1 ON t0.customer_id = t1.id LEFT OUTER JOIN countries t2 ON t1.country_code = t2.code WHERE (t0.status = $1)
--;
UPDATE orders SET status = $1, version = version + 1 WHERE id IN (SELECT DISTINCT t0.id FROM orders t0 WHERE (t0.placed_at < $2 AND t0.shipped_at IS NULL))
--;
UPDATE customers SET credit = (credit + $1), active = $2 WHERE id IN (SELECT DISTINCT t0.id FROM customers t0 WHERE (t0.id IN (SELECT t2.id FROM orders t1 INNER JOIN customers t2 ON t1.customer_id = t2.id WHERE (t1.total > $3))))
--;
UPDATE orders SET version = (version + $1) WHERE id IN (SELECT DISTINCT t0.id FROM orders t0 WHERE (t0.id = $2))
--;
DELETE FROM order_lines WHERE id IN (SELECT DISTINCT t0.id FROM order_lines t0 WHERE (t0.order_id IN (SELECT t1.id FROM orders t1 WHERE (t1.status = $1))))
--;
DELETE FROM customers WHERE id IN (SELECT DISTINCT t0.id FROM customers t0 WHERE (t0.email IS NULL AND 0 = (SELECT COUNT(*) FROM orders WHERE orders.customer_id = t0.id)))
--;
SELECT t0.id, t0.active, t1.code, t1.name, t0.created_at, t0.credit, t0.email, t0.joined_on, t0.name, t0.tenant_id FROM customers t0 LEFT OUTER JOIN countries t1 ON t0.country_code = t1.code WHERE (LOWER(t0.email) = LOWER($1))
--;
select status, count(*) as n from orders group by status having count(*) > $1
--;
select * from orders where status = $1 limit 3
--;
select nextval('orders_id_seq')
--;
update orders set note = 'native' where id = $1
--;
select amount from order_totals
--;
SELECT t0.id, t0.version, t2.id, t2.active, t3.code, t3.name, t2.created_at, t2.credit, t2.email, t2.joined_on, t2.name, t2.tenant_id, t0.note, t0.placed_at, t0.shipped_at, t0.status, t0.tenant_id, t0.total FROM orders t0 LEFT OUTER JOIN customers t1 ON t0.customer_id = t1.id LEFT OUTER JOIN customers t2 ON t0.customer_id = t2.id LEFT OUTER JOIN countries t3 ON t2.country_code = t3.code WHERE (t0.status = $1 AND (t1.name LIKE $2 OR t0.customer_id IS NULL) AND t0.total > $3) ORDER BY t0.placed_at DESC, t0.id ASC LIMIT $4 OFFSET $5
--;
SELECT COUNT(DISTINCT t0.id) FROM orders t0
--;
SELECT t0.status, SUM(t0.total), COUNT(t0.id) FROM orders t0 GROUP BY t0.status HAVING COUNT(t0.id) > $1
--;
SELECT t1.id, t1.active, t2.code, t2.name, t1.created_at, t1.credit, t1.email, t1.joined_on, t1.name, t1.tenant_id FROM customers t1 LEFT OUTER JOIN countries t2 ON t1.country_code = t2.code WHERE (EXISTS (SELECT t0.id FROM orders t0 WHERE (t0.customer_id = t1.id)) AND (t1.country_code = $1 OR t1.country_code = $2) AND t1.country_code IS NOT NULL)
--;
SELECT t0.id, t0.active, t1.code, t1.name, t0.created_at, t0.credit, t0.email, t0.joined_on, t0.name, t0.tenant_id FROM customers t0 LEFT OUTER JOIN countries t1 ON t0.country_code = t1.code WHERE (t0.id >= $1 AND t0.id <= $2 AND t0.active = $3 AND LOWER(t0.name) <> $4)
--;
ALTER SEQUENCE customers_id_seq INCREMENT BY 1
--;
SELECT NEXTVAL('customers_id_seq')
--;
ALTER SEQUENCE products_id_seq INCREMENT BY 1
--;
INSERT INTO countries (code, name) VALUES ($1, $2)
--;
INSERT INTO customers (id, active, created_at, credit, email, joined_on, name, tenant_id, country_code) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
--;
INSERT INTO products (id, price, sku, tenant_id, title, weight) VALUES ($1, $2, $3, $4, $5, $6)
--;
INSERT INTO order_lines (unit_price, quantity, order_id, product_id) VALUES ($1, $2, $3, $4)
RETURNING "id"
--;
INSERT INTO orders_tags (order_id, tag_id) VALUES ($1, $2)
--;
INSERT INTO employees (hired, name, salary, manager_id) VALUES ($1, $2, $3, $4)
RETURNING "id"
--;
SELECT t0.version, t0.customer_id, t0.note, t0.placed_at, t0.shipped_at, t0.status, t0.tenant_id, t0.total FROM orders t0 WHERE t0.id = $1
--;
SELECT t0.active, t0.country_code, t0.created_at, t0.credit, t0.email, t0.joined_on, t0.name, t0.tenant_id FROM customers t0 WHERE t0.id = $1
--;
SELECT t0.id, t0.version, t0.customer_id, t0.note, t0.placed_at, t0.shipped_at, t0.status, t0.tenant_id, t0.total FROM orders t0 WHERE t0.customer_id = $1
--;
UPDATE customers SET created_at = $1, credit = $2, name = $3 WHERE id = $4
--;
UPDATE orders SET version = $1 WHERE id = $2 AND version = $3
--;
SELECT t0.version, t0.customer_id, t0.note, t0.placed_at, t0.shipped_at, t0.status, t0.tenant_id, t0.total FROM orders t0 WHERE t0.id = $1 FOR UPDATE
--;
SELECT t0.version FROM orders t0 WHERE t0.id = $1 FOR UPDATE
--;
DELETE FROM orders_tags WHERE order_id = $1
--;
DELETE FROM orders WHERE id = $1 AND version = $2
--;
SELECT t0.id, t0.active, t0.country_code, t0.created_at, t0.credit, t0.email, t0.joined_on, t0.name, t0.tenant_id FROM customers t0
--;
SELECT t0.id, t0.active, t0.country_code, t0.created_at, t0.credit, t0.email, t0.joined_on, t0.name, t0.tenant_id FROM customers t0 WHERE ((t0.id = $1 OR t0.id = $2) AND t0.id IS NOT NULL) ORDER BY t0.id DESC LIMIT $3
--;
SELECT t0.id, t0.version, t0.customer_id, t0.note, t0.placed_at, t0.shipped_at, t0.status, t0.tenant_id, t0.total FROM orders t0
--;
SELECT t0.id, t0.version, t0.customer_id, t0.note, t0.placed_at, t0.shipped_at, t0.status, t0.tenant_id, t0.total FROM orders t0 WHERE ((t0.id = $1 OR t0.id = $2) AND t0.id IS NOT NULL) ORDER BY t0.id DESC LIMIT $3
--;
SELECT t0.id, t0.order_id, t0.unit_price, t1.id, t1.price, t1.sku, t1.tenant_id, t1.title, t1.weight, t0.quantity FROM order_lines t0 LEFT OUTER JOIN products t1 ON t0.product_id = t1.id
--;
SELECT t0.id, t0.order_id, t0.unit_price, t1.id, t1.price, t1.sku, t1.tenant_id, t1.title, t1.weight, t0.quantity FROM order_lines t0 LEFT OUTER JOIN products t1 ON t0.product_id = t1.id WHERE ((t0.id = $1 OR t0.id = $2) AND t0.id IS NOT NULL) ORDER BY t0.id DESC LIMIT $3
--;
SELECT t0.id, t0.hired, t0.manager_id, t0.name, t0.salary FROM employees t0
--;
SELECT t0.id, t0.hired, t0.manager_id, t0.name, t0.salary FROM employees t0 WHERE ((t0.id = $1 OR t0.id = $2) AND t0.id IS NOT NULL) ORDER BY t0.id DESC LIMIT $3
--;
SELECT t0.id, t0.version, t0.customer_id, t0.note, t0.placed_at, t0.shipped_at, t0.status, t0.tenant_id, t0.total FROM orders t0 LIMIT $1
--;
SELECT t0.id, t1.id, t1.order_id, t1.unit_price, t2.id, t2.price, t2.sku, t2.tenant_id, t2.title, t2.weight, t1.quantity FROM orders t0 INNER JOIN order_lines t1 ON t0.id = t1.order_id LEFT OUTER JOIN products t2 ON t1.product_id = t2.id WHERE t0.id IN ($1, $2, $3, $4, $5) ORDER BY t0.id ASC, t1.id ASC
--;
SELECT DISTINCT t0.id, t0.version, t0.customer_id, t0.note, t0.placed_at, t0.shipped_at, t0.status, t0.tenant_id, t0.total, t1.order_id, t2.id, t2.name FROM orders t0 LEFT OUTER JOIN orders_tags t1 ON t0.id = t1.order_id LEFT OUTER JOIN tags t2 ON t1.tag_id = t2.id WHERE (t0.total >= $1 AND t0.total <= $2) ORDER BY t1.order_id ASC
--;
SELECT t1.id, t1.active, t1.country_code, t1.created_at, t1.credit, t1.email, t1.joined_on, t1.name, t1.tenant_id FROM customers t1 WHERE (EXISTS (SELECT t0.id FROM orders t0 WHERE (t0.customer_id = t1.id AND t0.total > $1)))
--;
SELECT t1.id, t1.active, t1.country_code, t1.created_at, t1.credit, t1.email, t1.joined_on, t1.name, t1.tenant_id FROM customers t1 WHERE (NOT (EXISTS (SELECT t0.id FROM orders t0 WHERE (t0.customer_id = t1.id))))
--;
SELECT t0.id, t0.active, t0.country_code, t0.created_at, t0.credit, t0.email, t0.joined_on, t0.name, t0.tenant_id FROM customers t0 WHERE (0 = (SELECT COUNT(*) FROM orders WHERE orders.customer_id = t0.id))
--;
SELECT t0.id, t0.active, t0.country_code, t0.created_at, t0.credit, t0.email, t0.joined_on, t0.name, t0.tenant_id FROM customers t0 WHERE ((SELECT COUNT(*) FROM orders WHERE orders.customer_id = t0.id) > $1)
--;
SELECT t1.id, t1.version, t1.customer_id, t1.note, t1.placed_at, t1.shipped_at, t1.status, t1.tenant_id, t1.total FROM orders t1 WHERE ((SELECT MAX(t0.id) FROM tags t0) = t1.id)
--;
SELECT t0.id, t0.version, t0.customer_id, t0.note, t0.placed_at, t0.shipped_at, t0.status, t0.tenant_id, t0.total FROM orders t0 INNER JOIN orders_tags t1 ON t0.id = t1.order_id INNER JOIN tags t2 ON t1.tag_id = t2.id WHERE ((t2.name = $1 OR t2.name = $2) AND t2.name IS NOT NULL)
--;
SELECT t0.id, t0.active, t0.country_code, t0.created_at, t0.credit, t0.email, t0.joined_on, t0.name, t0.tenant_id FROM customers t0 WHERE (t0.credit >= ALL (SELECT t1.credit FROM customers t1))
--;
SELECT t0.id, t0.active, t0.country_code, t0.created_at, t0.credit, t0.email, t0.joined_on, t0.name, t0.tenant_id FROM customers t0 WHERE (t0.id = ANY (SELECT t2.id FROM orders t1 INNER JOIN customers t2 ON t1.customer_id = t2.id))
--;
SELECT t0.id, t0.active, t0.country_code, t0.created_at, t0.credit, t0.email, t0.joined_on, t0.name, t0.tenant_id FROM customers t0 WHERE (t0.created_at > CURRENT_TIMESTAMP OR t0.joined_on = CURRENT_DATE)
--;
SELECT t0.id, t0.active, t0.country_code, t0.created_at, t0.credit, t0.email, t0.joined_on, t0.name, t0.tenant_id FROM customers t0 INNER JOIN countries t1 ON t0.country_code = t1.code WHERE (t0.name LIKE $1 ESCAPE '!' AND t0.email IS NOT NULL AND t1.name <> $2)
--;
SELECT t0.id, t0.hired, t0.manager_id, t0.name, t0.salary FROM employees t0 INNER JOIN employees t1 ON t0.manager_id = t1.id INNER JOIN employees t2 ON t1.manager_id = t2.id WHERE (t2.name = $1)
--;
SELECT t0.id, t0.version, t0.customer_id, t0.note, t0.placed_at, t0.shipped_at, t0.status, t0.tenant_id, t0.total FROM orders t0 WHERE (t0.customer_id = $1) ORDER BY t0.placed_at DESC LIMIT $2 OFFSET $3
--;
SELECT t0.id, t0.version, t0.customer_id, t0.note, t0.placed_at, t0.shipped_at, t0.status, t0.tenant_id, t0.total FROM orders t0 WHERE (t0.status = $1) FOR UPDATE LIMIT $2
--;
SELECT t0.id, t0.version, t0.customer_id, t0.note, t0.placed_at, t0.shipped_at, t0.status, t0.tenant_id, t0.total FROM orders t0 WHERE (t0.status = $1) FOR UPDATE
--;
SELECT t0.id, t0.version, t0.customer_id, t0.note, t0.placed_at, t0.shipped_at, t0.status, t0.tenant_id, t0.total FROM orders t0 WHERE (t0.status = $1)
--;
SELECT t0.id, t0.active, t0.country_code, t0.created_at, t0.credit, t0.email, t0.joined_on, t0.name, t0.tenant_id FROM customers t0 WHERE (LOWER(t0.email) = LOWER($1))
--;
SELECT t0.id, t0.version, t0.customer_id, t0.note, t0.placed_at, t0.shipped_at, t0.status, t0.tenant_id, t0.total FROM orders t0 LEFT OUTER JOIN customers t1 ON t0.customer_id = t1.id WHERE (t0.status = $1 AND (t1.name LIKE $2 OR t0.customer_id IS NULL) AND t0.total > $3) ORDER BY t0.placed_at DESC, t0.id ASC LIMIT $4 OFFSET $5
--;
SELECT t1.id, t1.active, t1.country_code, t1.created_at, t1.credit, t1.email, t1.joined_on, t1.name, t1.tenant_id FROM customers t1 WHERE (EXISTS (SELECT t0.id FROM orders t0 WHERE (t0.customer_id = t1.id)) AND (t1.country_code = $1 OR t1.country_code = $2) AND t1.country_code IS NOT NULL)
--;
SELECT t0.id, t0.active, t0.country_code, t0.created_at, t0.credit, t0.email, t0.joined_on, t0.name, t0.tenant_id FROM customers t0 WHERE (t0.id >= $1 AND t0.id <= $2 AND t0.active = $3 AND LOWER(t0.name) <> $4)
--;
SELECT t0.id, t0.order_id, t0.unit_price, t1.id, t1.price, t1.sku, t1.tenant_id, t1.title, t1.weight, t0.quantity FROM order_lines t0 LEFT OUTER JOIN products t1 ON t0.product_id = t1.id WHERE t0.order_id = $1 ORDER BY t0.id ASC
--;
DELETE FROM order_lines WHERE id = $1
--;
SELECT t1.id, t1.name FROM orders_tags t0 INNER JOIN tags t1 ON t0.tag_id = t1.id WHERE t0.order_id = $1
--;
SELECT t0.order_id, t0.unit_price, t1.id, t1.price, t1.sku, t1.tenant_id, t1.title, t1.weight, t0.quantity FROM order_lines t0 LEFT OUTER JOIN products t1 ON t0.product_id = t1.id WHERE t0.id = $1
--;
UPDATE orders SET note = $1, status = $2, version = $3 WHERE id = $4 AND version = $5
--;
UPDATE orders SET note = $1, version = $2 WHERE id = $3 AND version = $4
--;
SELECT t0.name, t1.name FROM employees t0 LEFT OUTER JOIN employees t1 ON t0.manager_id = t1.id WHERE ((t0.manager_id IS NULL OR t1.salary > t0.salary))
--;
SELECT * FROM (SELECT n.nspname,c.relname,a.attname,a.atttypid,a.attnotnull OR (t.typtype = 'd' AND t.typnotnull) AS attnotnull,a.atttypmod,a.attlen,t.typtypmod,row_number() OVER (PARTITION BY a.attrelid ORDER BY a.attnum) AS attnum, nullif(a.attidentity, '') as attidentity,nullif(a.attgenerated, '') as attgenerated,pg_catalog.pg_get_expr(def.adbin, def.adrelid) AS adsrc,dsc.description,t.typbasetype,t.typtype  FROM pg_catalog.pg_namespace n  JOIN pg_catalog.pg_class c ON (c.relnamespace = n.oid)  JOIN pg_catalog.pg_attribute a ON (a.attrelid=c.oid)  JOIN pg_catalog.pg_type t ON (a.atttypid = t.oid)  LEFT JOIN pg_catalog.pg_attrdef def ON (a.attrelid=def.adrelid AND a.attnum = def.adnum)  LEFT JOIN pg_catalog.pg_description dsc ON (c.oid=dsc.objoid AND a.attnum = dsc.objsubid)  LEFT JOIN pg_catalog.pg_class dc ON (dc.oid=dsc.classoid AND dc.relname='pg_class')  LEFT JOIN pg_catalog.pg_namespace dn ON (dc.relnamespace=dn.oid AND dn.nspname='pg_catalog')  WHERE c.relkind in ('r','p','v','f','m') and a.attnum > 0 AND NOT a.attisdropped  AND c.relname LIKE 'orders') c WHERE true  ORDER BY nspname,c.relname,attnum
--;
SELECT * FROM (SELECT n.nspname,c.relname,a.attname,a.atttypid,a.attnotnull OR (t.typtype = 'd' AND t.typnotnull) AS attnotnull,a.atttypmod,a.attlen,t.typtypmod,row_number() OVER (PARTITION BY a.attrelid ORDER BY a.attnum) AS attnum, nullif(a.attidentity, '') as attidentity,nullif(a.attgenerated, '') as attgenerated,pg_catalog.pg_get_expr(def.adbin, def.adrelid) AS adsrc,dsc.description,t.typbasetype,t.typtype  FROM pg_catalog.pg_namespace n  JOIN pg_catalog.pg_class c ON (c.relnamespace = n.oid)  JOIN pg_catalog.pg_attribute a ON (a.attrelid=c.oid)  JOIN pg_catalog.pg_type t ON (a.atttypid = t.oid)  LEFT JOIN pg_catalog.pg_attrdef def ON (a.attrelid=def.adrelid AND a.attnum = def.adnum)  LEFT JOIN pg_catalog.pg_description dsc ON (c.oid=dsc.objoid AND a.attnum = dsc.objsubid)  LEFT JOIN pg_catalog.pg_class dc ON (dc.oid=dsc.classoid AND dc.relname='pg_class')  LEFT JOIN pg_catalog.pg_namespace dn ON (dc.relnamespace=dn.oid AND dn.nspname='pg_catalog')  WHERE c.relkind in ('r','p','v','f','m') and a.attnum > 0 AND NOT a.attisdropped  AND c.relname LIKE 'customers') c WHERE true  ORDER BY nspname,c.relname,attnum
--;
SELECT typinput='pg_catalog.array_in'::regproc as is_array, typtype, typname, pg_type.oid   FROM pg_catalog.pg_type   LEFT JOIN (select ns.oid as nspoid, ns.nspname, r.r           from pg_namespace as ns           join ( select s.r, (current_schemas(false))[s.r] as nspname                    from generate_series(1, array_upper(current_schemas(false), 1)) as s(r) ) as r          using ( nspname )        ) as sp     ON sp.nspoid = typnamespace  WHERE pg_type.oid = $1  ORDER BY sp.r, pg_type.oid DESC
--;
SELECT n.nspname = ANY(current_schemas(true)), n.nspname, t.typname FROM pg_catalog.pg_type t JOIN pg_catalog.pg_namespace n ON t.typnamespace = n.oid WHERE t.oid = $1
--;
SELECT * FROM (SELECT n.nspname,c.relname,a.attname,a.atttypid,a.attnotnull OR (t.typtype = 'd' AND t.typnotnull) AS attnotnull,a.atttypmod,a.attlen,t.typtypmod,row_number() OVER (PARTITION BY a.attrelid ORDER BY a.attnum) AS attnum, nullif(a.attidentity, '') as attidentity,nullif(a.attgenerated, '') as attgenerated,pg_catalog.pg_get_expr(def.adbin, def.adrelid) AS adsrc,dsc.description,t.typbasetype,t.typtype  FROM pg_catalog.pg_namespace n  JOIN pg_catalog.pg_class c ON (c.relnamespace = n.oid)  JOIN pg_catalog.pg_attribute a ON (a.attrelid=c.oid)  JOIN pg_catalog.pg_type t ON (a.atttypid = t.oid)  LEFT JOIN pg_catalog.pg_attrdef def ON (a.attrelid=def.adrelid AND a.attnum = def.adnum)  LEFT JOIN pg_catalog.pg_description dsc ON (c.oid=dsc.objoid AND a.attnum = dsc.objsubid)  LEFT JOIN pg_catalog.pg_class dc ON (dc.oid=dsc.classoid AND dc.relname='pg_class')  LEFT JOIN pg_catalog.pg_namespace dn ON (dc.relnamespace=dn.oid AND dn.nspname='pg_catalog')  WHERE c.relkind in ('r','p','v','f','m') and a.attnum > 0 AND NOT a.attisdropped  AND n.nspname LIKE 'public' AND c.relname LIKE 'orders_tags') c WHERE true  ORDER BY nspname,c.relname,attnum
--;
