-- Sent by SQLAlchemy 2.1.9 with psycopg 3.3.9, as a server logged it. A line of `--;` ends each text.
select pg_catalog.version()
--;
select current_schema()
--;
show transaction isolation level
--;
show standard_conforming_strings
--;
SAVEPOINT "_pg3_1"
--;
SELECT
    typname AS name, oid, typarray AS array_oid,
    oid::regtype::text AS regtype, typdelim AS delimiter
FROM pg_type t
WHERE t.oid = to_regtype($1)
ORDER BY t.oid
--;
RELEASE "_pg3_1"
--;
SELECT customers.id, customers.name, customers.email, customers.country_code, customers.active, customers.credit, customers.joined_on, customers.settings, customers.created_at 
FROM customers 
WHERE customers.name = $1::VARCHAR
--;
SELECT customers.id, customers.name, customers.email, customers.country_code, customers.active, customers.credit, customers.joined_on, customers.settings, customers.created_at 
FROM customers 
WHERE customers.name != $1::VARCHAR
--;
SELECT customers.id, customers.name, customers.email, customers.country_code, customers.active, customers.credit, customers.joined_on, customers.settings, customers.created_at 
FROM customers 
WHERE customers.name > $1::VARCHAR
--;
SELECT customers.id, customers.name, customers.email, customers.country_code, customers.active, customers.credit, customers.joined_on, customers.settings, customers.created_at 
FROM customers 
WHERE customers.name <= $1::VARCHAR
--;
SELECT customers.id, customers.name, customers.email, customers.country_code, customers.active, customers.credit, customers.joined_on, customers.settings, customers.created_at 
FROM customers 
WHERE customers.name IN ($1::VARCHAR, $2::VARCHAR)
--;
SELECT customers.id, customers.name, customers.email, customers.country_code, customers.active, customers.credit, customers.joined_on, customers.settings, customers.created_at 
FROM customers 
WHERE (customers.name NOT IN ($1::VARCHAR))
--;
SELECT customers.id, customers.name, customers.email, customers.country_code, customers.active, customers.credit, customers.joined_on, customers.settings, customers.created_at 
FROM customers 
WHERE customers.name IS NULL
--;
SELECT customers.id, customers.name, customers.email, customers.country_code, customers.active, customers.credit, customers.joined_on, customers.settings, customers.created_at 
FROM customers 
WHERE customers.name IS NOT NULL
--;
SELECT customers.id, customers.name, customers.email, customers.country_code, customers.active, customers.credit, customers.joined_on, customers.settings, customers.created_at 
FROM customers 
WHERE customers.name BETWEEN $1::VARCHAR AND $2::VARCHAR
--;
SELECT customers.id, customers.name, customers.email, customers.country_code, customers.active, customers.credit, customers.joined_on, customers.settings, customers.created_at 
FROM customers 
WHERE customers.name IS DISTINCT FROM $1::VARCHAR
--;
SELECT max(customers.name) AS max_1 
FROM customers
--;
SELECT customers.name, count(*) AS count_1 
FROM customers GROUP BY customers.name ORDER BY customers.name DESC NULLS LAST
--;
SELECT DISTINCT customers.name 
FROM customers
--;
SELECT customers.id, customers.name, customers.email, customers.country_code, customers.active, customers.credit, customers.joined_on, customers.settings, customers.created_at 
FROM customers 
WHERE customers.email = $1::VARCHAR
--;
SELECT customers.id, customers.name, customers.email, customers.country_code, customers.active, customers.credit, customers.joined_on, customers.settings, customers.created_at 
FROM customers 
WHERE customers.email != $1::VARCHAR
--;
SELECT customers.id, customers.name, customers.email, customers.country_code, customers.active, customers.credit, customers.joined_on, customers.settings, customers.created_at 
FROM customers 
WHERE customers.email > $1::VARCHAR
--;
SELECT customers.id, customers.name, customers.email, customers.country_code, customers.active, customers.credit, customers.joined_on, customers.settings, customers.created_at 
FROM customers 
WHERE customers.email <= $1::VARCHAR
--;
SELECT customers.id, customers.name, customers.email, customers.country_code, customers.active, customers.credit, customers.joined_on, customers.settings, customers.created_at 
FROM customers 
WHERE customers.email IN ($1::VARCHAR, $2::VARCHAR)
--;
SELECT customers.id, customers.name, customers.email, customers.country_code, customers.active, customers.credit, customers.joined_on, customers.settings, customers.created_at 
FROM customers 
WHERE (customers.email NOT IN ($1::VARCHAR))
--;
SELECT customers.id, customers.name, customers.email, customers.country_code, customers.active, customers.credit, customers.joined_on, customers.settings, customers.created_at 
FROM customers 
WHERE customers.email IS NULL
--;
SELECT customers.id, customers.name, customers.email, customers.country_code, customers.active, customers.credit, customers.joined_on, customers.settings, customers.created_at 
FROM customers 
WHERE customers.email IS NOT NULL
--;
SELECT customers.id, customers.name, customers.email, customers.country_code, customers.active, customers.credit, customers.joined_on, customers.settings, customers.created_at 
FROM customers 
WHERE customers.email BETWEEN $1::VARCHAR AND $2::VARCHAR
--;
SELECT customers.id, customers.name, customers.email, customers.country_code, customers.active, customers.credit, customers.joined_on, customers.settings, customers.created_at 
FROM customers 
WHERE customers.email IS DISTINCT FROM $1::VARCHAR
--;
SELECT max(customers.email) AS max_1 
FROM customers
--;
SELECT customers.email, count(*) AS count_1 
FROM customers GROUP BY customers.email ORDER BY customers.email DESC NULLS LAST
--;
SELECT DISTINCT customers.email 
FROM customers
--;
SELECT customers.id, customers.name, customers.email, customers.country_code, customers.active, customers.credit, customers.joined_on, customers.settings, customers.created_at 
FROM customers 
WHERE customers.active = true
--;
SELECT customers.id, customers.name, customers.email, customers.country_code, customers.active, customers.credit, customers.joined_on, customers.settings, customers.created_at 
FROM customers 
WHERE customers.active != true
--;
SELECT customers.id, customers.name, customers.email, customers.country_code, customers.active, customers.credit, customers.joined_on, customers.settings, customers.created_at 
FROM customers 
WHERE customers.active IN ($1, $2)
--;
SELECT customers.id, customers.name, customers.email, customers.country_code, customers.active, customers.credit, customers.joined_on, customers.settings, customers.created_at 
FROM customers 
WHERE (customers.active NOT IN ($1))
--;
SELECT customers.id, customers.name, customers.email, customers.country_code, customers.active, customers.credit, customers.joined_on, customers.settings, customers.created_at 
FROM customers 
WHERE customers.active IS NULL
--;
SELECT customers.id, customers.name, customers.email, customers.country_code, customers.active, customers.credit, customers.joined_on, customers.settings, customers.created_at 
FROM customers 
WHERE customers.active IS NOT NULL
--;
SELECT customers.id, customers.name, customers.email, customers.country_code, customers.active, customers.credit, customers.joined_on, customers.settings, customers.created_at 
FROM customers 
WHERE customers.active BETWEEN $1 AND $2
--;
SELECT customers.id, customers.name, customers.email, customers.country_code, customers.active, customers.credit, customers.joined_on, customers.settings, customers.created_at 
FROM customers 
WHERE customers.active IS DISTINCT FROM true
--;
SELECT count(customers.active) AS count_1 
FROM customers
--;
SELECT customers.active, count(*) AS count_1 
FROM customers GROUP BY customers.active ORDER BY customers.active DESC NULLS LAST
--;
SELECT DISTINCT customers.active 
FROM customers
--;
SELECT customers.id, customers.name, customers.email, customers.country_code, customers.active, customers.credit, customers.joined_on, customers.settings, customers.created_at 
FROM customers 
WHERE customers.credit = $1::INTEGER
--;
SELECT customers.id, customers.name, customers.email, customers.country_code, customers.active, customers.credit, customers.joined_on, customers.settings, customers.created_at 
FROM customers 
WHERE customers.credit != $1::INTEGER
--;
SELECT customers.id, customers.name, customers.email, customers.country_code, customers.active, customers.credit, customers.joined_on, customers.settings, customers.created_at 
FROM customers 
WHERE customers.credit > $1::INTEGER
--;
SELECT customers.id, customers.name, customers.email, customers.country_code, customers.active, customers.credit, customers.joined_on, customers.settings, customers.created_at 
FROM customers 
WHERE customers.credit <= $1::INTEGER
--;
SELECT customers.id, customers.name, customers.email, customers.country_code, customers.active, customers.credit, customers.joined_on, customers.settings, customers.created_at 
FROM customers 
WHERE customers.credit IN ($1::INTEGER, $2::INTEGER)
--;
SELECT customers.id, customers.name, customers.email, customers.country_code, customers.active, customers.credit, customers.joined_on, customers.settings, customers.created_at 
FROM customers 
WHERE (customers.credit NOT IN ($1::INTEGER))
--;
SELECT customers.id, customers.name, customers.email, customers.country_code, customers.active, customers.credit, customers.joined_on, customers.settings, customers.created_at 
FROM customers 
WHERE customers.credit IS NULL
--;
SELECT customers.id, customers.name, customers.email, customers.country_code, customers.active, customers.credit, customers.joined_on, customers.settings, customers.created_at 
FROM customers 
WHERE customers.credit IS NOT NULL
--;
SELECT customers.id, customers.name, customers.email, customers.country_code, customers.active, customers.credit, customers.joined_on, customers.settings, customers.created_at 
FROM customers 
WHERE customers.credit BETWEEN $1::INTEGER AND $2::INTEGER
--;
SELECT customers.id, customers.name, customers.email, customers.country_code, customers.active, customers.credit, customers.joined_on, customers.settings, customers.created_at 
FROM customers 
WHERE customers.credit IS DISTINCT FROM $1::INTEGER
--;
SELECT max(customers.credit) AS max_1 
FROM customers
--;
SELECT customers.credit, count(*) AS count_1 
FROM customers GROUP BY customers.credit ORDER BY customers.credit DESC NULLS LAST
--;
SELECT DISTINCT customers.credit 
FROM customers
--;
SELECT customers.id, customers.name, customers.email, customers.country_code, customers.active, customers.credit, customers.joined_on, customers.settings, customers.created_at 
FROM customers 
WHERE customers.joined_on = $1::DATE
--;
SELECT customers.id, customers.name, customers.email, customers.country_code, customers.active, customers.credit, customers.joined_on, customers.settings, customers.created_at 
FROM customers 
WHERE customers.joined_on != $1::DATE
--;
SELECT customers.id, customers.name, customers.email, customers.country_code, customers.active, customers.credit, customers.joined_on, customers.settings, customers.created_at 
FROM customers 
WHERE customers.joined_on > $1::DATE
--;
SELECT customers.id, customers.name, customers.email, customers.country_code, customers.active, customers.credit, customers.joined_on, customers.settings, customers.created_at 
FROM customers 
WHERE customers.joined_on <= $1::DATE
--;
SELECT customers.id, customers.name, customers.email, customers.country_code, customers.active, customers.credit, customers.joined_on, customers.settings, customers.created_at 
FROM customers 
WHERE customers.joined_on IN ($1::DATE, $2::DATE)
--;
SELECT customers.id, customers.name, customers.email, customers.country_code, customers.active, customers.credit, customers.joined_on, customers.settings, customers.created_at 
FROM customers 
WHERE (customers.joined_on NOT IN ($1::DATE))
--;
SELECT customers.id, customers.name, customers.email, customers.country_code, customers.active, customers.credit, customers.joined_on, customers.settings, customers.created_at 
FROM customers 
WHERE customers.joined_on IS NULL
--;
SELECT customers.id, customers.name, customers.email, customers.country_code, customers.active, customers.credit, customers.joined_on, customers.settings, customers.created_at 
FROM customers 
WHERE customers.joined_on IS NOT NULL
--;
SELECT customers.id, customers.name, customers.email, customers.country_code, customers.active, customers.credit, customers.joined_on, customers.settings, customers.created_at 
FROM customers 
WHERE customers.joined_on BETWEEN $1::DATE AND $2::DATE
--;
SELECT customers.id, customers.name, customers.email, customers.country_code, customers.active, customers.credit, customers.joined_on, customers.settings, customers.created_at 
FROM customers 
WHERE customers.joined_on IS DISTINCT FROM $1::DATE
--;
SELECT max(customers.joined_on) AS max_1 
FROM customers
--;
SELECT customers.joined_on, count(*) AS count_1 
FROM customers GROUP BY customers.joined_on ORDER BY customers.joined_on DESC NULLS LAST
--;
SELECT DISTINCT customers.joined_on 
FROM customers
--;
SELECT orders.id, orders.customer_id, orders.status, orders.total, orders.note, orders.placed_at, orders.shipped_at, orders.version 
FROM orders 
WHERE orders.status = $1::VARCHAR
--;
SELECT orders.id, orders.customer_id, orders.status, orders.total, orders.note, orders.placed_at, orders.shipped_at, orders.version 
FROM orders 
WHERE orders.status != $1::VARCHAR
--;
SELECT orders.id, orders.customer_id, orders.status, orders.total, orders.note, orders.placed_at, orders.shipped_at, orders.version 
FROM orders 
WHERE orders.status > $1::VARCHAR
--;
SELECT orders.id, orders.customer_id, orders.status, orders.total, orders.note, orders.placed_at, orders.shipped_at, orders.version 
FROM orders 
WHERE orders.status <= $1::VARCHAR
--;
SELECT orders.id, orders.customer_id, orders.status, orders.total, orders.note, orders.placed_at, orders.shipped_at, orders.version 
FROM orders 
WHERE orders.status IN ($1::VARCHAR, $2::VARCHAR)
--;
SELECT orders.id, orders.customer_id, orders.status, orders.total, orders.note, orders.placed_at, orders.shipped_at, orders.version 
FROM orders 
WHERE (orders.status NOT IN ($1::VARCHAR))
--;
SELECT orders.id, orders.customer_id, orders.status, orders.total, orders.note, orders.placed_at, orders.shipped_at, orders.version 
FROM orders 
WHERE orders.status IS NULL
--;
SELECT orders.id, orders.customer_id, orders.status, orders.total, orders.note, orders.placed_at, orders.shipped_at, orders.version 
FROM orders 
WHERE orders.status IS NOT NULL
--;
SELECT orders.id, orders.customer_id, orders.status, orders.total, orders.note, orders.placed_at, orders.shipped_at, orders.version 
FROM orders 
WHERE orders.status BETWEEN $1::VARCHAR AND $2::VARCHAR
--;
SELECT orders.id, orders.customer_id, orders.status, orders.total, orders.note, orders.placed_at, orders.shipped_at, orders.version 
FROM orders 
WHERE orders.status IS DISTINCT FROM $1::VARCHAR
--;
SELECT max(orders.status) AS max_1 
FROM orders
--;
SELECT orders.status, count(*) AS count_1 
FROM orders GROUP BY orders.status ORDER BY orders.status DESC NULLS LAST
--;
SELECT DISTINCT orders.status 
FROM orders
--;
SELECT orders.id, orders.customer_id, orders.status, orders.total, orders.note, orders.placed_at, orders.shipped_at, orders.version 
FROM orders 
WHERE orders.total = $1::INTEGER
--;
SELECT orders.id, orders.customer_id, orders.status, orders.total, orders.note, orders.placed_at, orders.shipped_at, orders.version 
FROM orders 
WHERE orders.total != $1::INTEGER
--;
SELECT orders.id, orders.customer_id, orders.status, orders.total, orders.note, orders.placed_at, orders.shipped_at, orders.version 
FROM orders 
WHERE orders.total > $1::INTEGER
--;
SELECT orders.id, orders.customer_id, orders.status, orders.total, orders.note, orders.placed_at, orders.shipped_at, orders.version 
FROM orders 
WHERE orders.total <= $1::INTEGER
--;
SELECT orders.id, orders.customer_id, orders.status, orders.total, orders.note, orders.placed_at, orders.shipped_at, orders.version 
FROM orders 
WHERE orders.total IN ($1::INTEGER, $2::INTEGER)
--;
SELECT orders.id, orders.customer_id, orders.status, orders.total, orders.note, orders.placed_at, orders.shipped_at, orders.version 
FROM orders 
WHERE (orders.total NOT IN ($1::INTEGER))
--;
SELECT orders.id, orders.customer_id, orders.status, orders.total, orders.note, orders.placed_at, orders.shipped_at, orders.version 
FROM orders 
WHERE orders.total IS NULL
--;
SELECT orders.id, orders.customer_id, orders.status, orders.total, orders.note, orders.placed_at, orders.shipped_at, orders.version 
FROM orders 
WHERE orders.total IS NOT NULL
--;
SELECT orders.id, orders.customer_id, orders.status, orders.total, orders.note, orders.placed_at, orders.shipped_at, orders.version 
FROM orders 
WHERE orders.total BETWEEN $1::INTEGER AND $2::INTEGER
--;
SELECT orders.id, orders.customer_id, orders.status, orders.total, orders.note, orders.placed_at, orders.shipped_at, orders.version 
FROM orders 
WHERE orders.total IS DISTINCT FROM $1::INTEGER
--;
SELECT max(orders.total) AS max_1 
FROM orders
--;
SELECT orders.total, count(*) AS count_1 
FROM orders GROUP BY orders.total ORDER BY orders.total DESC NULLS LAST
--;
SELECT DISTINCT orders.total 
FROM orders
--;
SELECT orders.id, orders.customer_id, orders.status, orders.total, orders.note, orders.placed_at, orders.shipped_at, orders.version 
FROM orders 
WHERE orders.placed_at = $1::TIMESTAMP WITH TIME ZONE
--;
SELECT orders.id, orders.customer_id, orders.status, orders.total, orders.note, orders.placed_at, orders.shipped_at, orders.version 
FROM orders 
WHERE orders.placed_at != $1::TIMESTAMP WITH TIME ZONE
--;
SELECT orders.id, orders.customer_id, orders.status, orders.total, orders.note, orders.placed_at, orders.shipped_at, orders.version 
FROM orders 
WHERE orders.placed_at > $1::TIMESTAMP WITH TIME ZONE
--;
SELECT orders.id, orders.customer_id, orders.status, orders.total, orders.note, orders.placed_at, orders.shipped_at, orders.version 
FROM orders 
WHERE orders.placed_at <= $1::TIMESTAMP WITH TIME ZONE
--;
SELECT orders.id, orders.customer_id, orders.status, orders.total, orders.note, orders.placed_at, orders.shipped_at, orders.version 
FROM orders 
WHERE orders.placed_at IN ($1::TIMESTAMP WITH TIME ZONE, $2::TIMESTAMP WITH TIME ZONE)
--;
SELECT orders.id, orders.customer_id, orders.status, orders.total, orders.note, orders.placed_at, orders.shipped_at, orders.version 
FROM orders 
WHERE (orders.placed_at NOT IN ($1::TIMESTAMP WITH TIME ZONE))
--;
SELECT orders.id, orders.customer_id, orders.status, orders.total, orders.note, orders.placed_at, orders.shipped_at, orders.version 
FROM orders 
WHERE orders.placed_at IS NULL
--;
SELECT orders.id, orders.customer_id, orders.status, orders.total, orders.note, orders.placed_at, orders.shipped_at, orders.version 
FROM orders 
WHERE orders.placed_at IS NOT NULL
--;
SELECT orders.id, orders.customer_id, orders.status, orders.total, orders.note, orders.placed_at, orders.shipped_at, orders.version 
FROM orders 
WHERE orders.placed_at BETWEEN $1::TIMESTAMP WITH TIME ZONE AND $2::TIMESTAMP WITH TIME ZONE
--;
SELECT orders.id, orders.customer_id, orders.status, orders.total, orders.note, orders.placed_at, orders.shipped_at, orders.version 
FROM orders 
WHERE orders.placed_at IS DISTINCT FROM $1::TIMESTAMP WITH TIME ZONE
--;
SELECT max(orders.placed_at) AS max_1 
FROM orders
--;
SELECT orders.placed_at, count(*) AS count_1 
FROM orders GROUP BY orders.placed_at ORDER BY orders.placed_at DESC NULLS LAST
--;
SELECT DISTINCT orders.placed_at 
FROM orders
--;
SELECT products.id, products.sku, products.title, products.price, products.weight, products.attributes, products.labels 
FROM products 
WHERE products.price = $1::INTEGER
--;
SELECT products.id, products.sku, products.title, products.price, products.weight, products.attributes, products.labels 
FROM products 
WHERE products.price != $1::INTEGER
--;
SELECT products.id, products.sku, products.title, products.price, products.weight, products.attributes, products.labels 
FROM products 
WHERE products.price > $1::INTEGER
--;
SELECT products.id, products.sku, products.title, products.price, products.weight, products.attributes, products.labels 
FROM products 
WHERE products.price <= $1::INTEGER
--;
SELECT products.id, products.sku, products.title, products.price, products.weight, products.attributes, products.labels 
FROM products 
WHERE products.price IN ($1::INTEGER, $2::INTEGER)
--;
SELECT products.id, products.sku, products.title, products.price, products.weight, products.attributes, products.labels 
FROM products 
WHERE (products.price NOT IN ($1::INTEGER))
--;
SELECT products.id, products.sku, products.title, products.price, products.weight, products.attributes, products.labels 
FROM products 
WHERE products.price IS NULL
--;
SELECT products.id, products.sku, products.title, products.price, products.weight, products.attributes, products.labels 
FROM products 
WHERE products.price IS NOT NULL
--;
SELECT products.id, products.sku, products.title, products.price, products.weight, products.attributes, products.labels 
FROM products 
WHERE products.price BETWEEN $1::INTEGER AND $2::INTEGER
--;
SELECT products.id, products.sku, products.title, products.price, products.weight, products.attributes, products.labels 
FROM products 
WHERE products.price IS DISTINCT FROM $1::INTEGER
--;
SELECT max(products.price) AS max_1 
FROM products
--;
SELECT products.price, count(*) AS count_1 
FROM products GROUP BY products.price ORDER BY products.price DESC NULLS LAST
--;
SELECT DISTINCT products.price 
FROM products
--;
SELECT order_lines.id, order_lines.order_id, order_lines.product_id, order_lines.quantity, order_lines.unit_price 
FROM order_lines 
WHERE order_lines.quantity = $1::INTEGER
--;
SELECT order_lines.id, order_lines.order_id, order_lines.product_id, order_lines.quantity, order_lines.unit_price 
FROM order_lines 
WHERE order_lines.quantity != $1::INTEGER
--;
SELECT order_lines.id, order_lines.order_id, order_lines.product_id, order_lines.quantity, order_lines.unit_price 
FROM order_lines 
WHERE order_lines.quantity > $1::INTEGER
--;
SELECT order_lines.id, order_lines.order_id, order_lines.product_id, order_lines.quantity, order_lines.unit_price 
FROM order_lines 
WHERE order_lines.quantity <= $1::INTEGER
--;
SELECT order_lines.id, order_lines.order_id, order_lines.product_id, order_lines.quantity, order_lines.unit_price 
FROM order_lines 
WHERE order_lines.quantity IN ($1::INTEGER, $2::INTEGER)
--;
SELECT order_lines.id, order_lines.order_id, order_lines.product_id, order_lines.quantity, order_lines.unit_price 
FROM order_lines 
WHERE (order_lines.quantity NOT IN ($1::INTEGER))
--;
SELECT order_lines.id, order_lines.order_id, order_lines.product_id, order_lines.quantity, order_lines.unit_price 
FROM order_lines 
WHERE order_lines.quantity IS NULL
--;
SELECT order_lines.id, order_lines.order_id, order_lines.product_id, order_lines.quantity, order_lines.unit_price 
FROM order_lines 
WHERE order_lines.quantity IS NOT NULL
--;
SELECT order_lines.id, order_lines.order_id, order_lines.product_id, order_lines.quantity, order_lines.unit_price 
FROM order_lines 
WHERE order_lines.quantity BETWEEN $1::INTEGER AND $2::INTEGER
--;
SELECT order_lines.id, order_lines.order_id, order_lines.product_id, order_lines.quantity, order_lines.unit_price 
FROM order_lines 
WHERE order_lines.quantity IS DISTINCT FROM $1::INTEGER
--;
SELECT max(order_lines.quantity) AS max_1 
FROM order_lines
--;
SELECT order_lines.quantity, count(*) AS count_1 
FROM order_lines GROUP BY order_lines.quantity ORDER BY order_lines.quantity DESC NULLS LAST
--;
SELECT DISTINCT order_lines.quantity 
FROM order_lines
--;
SELECT employees.id, employees.name, employees.manager_id, employees.salary, employees.hired 
FROM employees 
WHERE employees.salary = $1::INTEGER
--;
SELECT employees.id, employees.name, employees.manager_id, employees.salary, employees.hired 
FROM employees 
WHERE employees.salary != $1::INTEGER
--;
SELECT employees.id, employees.name, employees.manager_id, employees.salary, employees.hired 
FROM employees 
WHERE employees.salary > $1::INTEGER
--;
SELECT employees.id, employees.name, employees.manager_id, employees.salary, employees.hired 
FROM employees 
WHERE employees.salary <= $1::INTEGER
--;
SELECT employees.id, employees.name, employees.manager_id, employees.salary, employees.hired 
FROM employees 
WHERE employees.salary IN ($1::INTEGER, $2::INTEGER)
--;
SELECT employees.id, employees.name, employees.manager_id, employees.salary, employees.hired 
FROM employees 
WHERE (employees.salary NOT IN ($1::INTEGER))
--;
SELECT employees.id, employees.name, employees.manager_id, employees.salary, employees.hired 
FROM employees 
WHERE employees.salary IS NULL
--;
SELECT employees.id, employees.name, employees.manager_id, employees.salary, employees.hired 
FROM employees 
WHERE employees.salary IS NOT NULL
--;
SELECT employees.id, employees.name, employees.manager_id, employees.salary, employees.hired 
FROM employees 
WHERE employees.salary BETWEEN $1::INTEGER AND $2::INTEGER
--;
SELECT employees.id, employees.name, employees.manager_id, employees.salary, employees.hired 
FROM employees 
WHERE employees.salary IS DISTINCT FROM $1::INTEGER
--;
SELECT max(employees.salary) AS max_1 
FROM employees
--;
SELECT employees.salary, count(*) AS count_1 
FROM employees GROUP BY employees.salary ORDER BY employees.salary DESC NULLS LAST
--;
SELECT DISTINCT employees.salary 
FROM employees
--;
SELECT customers.id 
FROM customers 
WHERE customers.name LIKE $1::VARCHAR
--;
SELECT customers.id 
FROM customers 
WHERE customers.name ILIKE $1::VARCHAR
--;
SELECT customers.id 
FROM customers 
WHERE (customers.name LIKE '%' || $1::VARCHAR || '%')
--;
SELECT customers.id 
FROM customers 
WHERE (customers.name LIKE $1::VARCHAR || '%')
--;
SELECT customers.id 
FROM customers 
WHERE (customers.name LIKE '%' || $1::VARCHAR)
--;
SELECT customers.id 
FROM customers 
WHERE (customers.name ILIKE '%' || $1::VARCHAR || '%')
--;
SELECT customers.id 
FROM customers 
WHERE customers.name ~ $1::VARCHAR
--;
SELECT customers.id 
FROM customers 
WHERE customers.name ~* $1::VARCHAR
--;
SELECT lower(customers.name) AS lower_1 
FROM customers
--;
SELECT upper(customers.name) AS upper_1 
FROM customers
--;
SELECT length(customers.name) AS length_1 
FROM customers
--;
SELECT trim(customers.name) AS trim_1 
FROM customers
--;
SELECT md5(customers.name) AS md5_1 
FROM customers
--;
SELECT initcap(customers.name) AS initcap_1 
FROM customers
--;
SELECT reverse(customers.name) AS reverse_1 
FROM customers
--;
SELECT products.id 
FROM products 
WHERE products.title LIKE $1::VARCHAR
--;
SELECT products.id 
FROM products 
WHERE products.title ILIKE $1::VARCHAR
--;
SELECT products.id 
FROM products 
WHERE (products.title LIKE '%' || $1::VARCHAR || '%')
--;
SELECT products.id 
FROM products 
WHERE (products.title LIKE $1::VARCHAR || '%')
--;
SELECT products.id 
FROM products 
WHERE (products.title LIKE '%' || $1::VARCHAR)
--;
SELECT products.id 
FROM products 
WHERE (products.title ILIKE '%' || $1::VARCHAR || '%')
--;
SELECT products.id 
FROM products 
WHERE products.title ~ $1::VARCHAR
--;
SELECT products.id 
FROM products 
WHERE products.title ~* $1::VARCHAR
--;
SELECT lower(products.title) AS lower_1 
FROM products
--;
SELECT upper(products.title) AS upper_1 
FROM products
--;
SELECT length(products.title) AS length_1 
FROM products
--;
SELECT trim(products.title) AS trim_1 
FROM products
--;
SELECT md5(products.title) AS md5_1 
FROM products
--;
SELECT initcap(products.title) AS initcap_1 
FROM products
--;
SELECT reverse(products.title) AS reverse_1 
FROM products
--;
SELECT orders.id 
FROM orders 
WHERE orders.note LIKE $1::VARCHAR
--;
SELECT orders.id 
FROM orders 
WHERE orders.note ILIKE $1::VARCHAR
--;
SELECT orders.id 
FROM orders 
WHERE (orders.note LIKE '%' || $1::VARCHAR || '%')
--;
SELECT orders.id 
FROM orders 
WHERE (orders.note LIKE $1::VARCHAR || '%')
--;
SELECT orders.id 
FROM orders 
WHERE (orders.note LIKE '%' || $1::VARCHAR)
--;
SELECT orders.id 
FROM orders 
WHERE (orders.note ILIKE '%' || $1::VARCHAR || '%')
--;
SELECT orders.id 
FROM orders 
WHERE orders.note ~ $1::VARCHAR
--;
SELECT orders.id 
FROM orders 
WHERE orders.note ~* $1::VARCHAR
--;
SELECT lower(orders.note) AS lower_1 
FROM orders
--;
SELECT upper(orders.note) AS upper_1 
FROM orders
--;
SELECT length(orders.note) AS length_1 
FROM orders
--;
SELECT trim(orders.note) AS trim_1 
FROM orders
--;
SELECT md5(orders.note) AS md5_1 
FROM orders
--;
SELECT initcap(orders.note) AS initcap_1 
FROM orders
--;
SELECT reverse(orders.note) AS reverse_1 
FROM orders
--;
SELECT now() AS now_1
--;
SELECT CURRENT_TIMESTAMP AS current_timestamp_1
--;
SELECT CURRENT_DATE AS current_date_1
--;
SELECT LOCALTIMESTAMP AS localtimestamp_1
--;
SELECT clock_timestamp() AS clock_timestamp_1
--;
SELECT gen_random_uuid() AS gen_random_uuid_1
--;
SELECT random() AS random_1
--;
SELECT version() AS version_1
--;
SELECT CURRENT_USER AS current_user_1
--;
SELECT current_schema() AS current_schema_1
--;
SELECT pg_backend_pid() AS pg_backend_pid_1
--;
SELECT EXTRACT(year FROM orders.placed_at) AS anon_1 
FROM orders
--;
SELECT date_trunc($1::VARCHAR, orders.placed_at) AS date_trunc_1, count(*) AS count_1 
FROM orders GROUP BY 1
--;
SELECT EXTRACT(month FROM orders.placed_at) AS anon_1 
FROM orders
--;
SELECT EXTRACT(day FROM orders.placed_at) AS anon_1 
FROM orders
--;
SELECT EXTRACT(hour FROM orders.placed_at) AS anon_1 
FROM orders
--;
SELECT EXTRACT(dow FROM orders.placed_at) AS anon_1 
FROM orders
--;
SELECT EXTRACT(epoch FROM orders.placed_at) AS anon_1 
FROM orders
--;
SELECT EXTRACT(week FROM orders.placed_at) AS anon_1 
FROM orders
--;
SELECT EXTRACT(quarter FROM orders.placed_at) AS anon_1 
FROM orders
--;
SELECT orders.id, orders.customer_id, orders.status, orders.total, orders.note, orders.placed_at, orders.shipped_at, orders.version 
FROM orders JOIN customers ON customers.id = orders.customer_id
--;
SELECT count(*) AS count_1 
FROM (SELECT orders.id AS id, orders.customer_id AS customer_id, orders.status AS status, orders.total AS total, orders.note AS note, orders.placed_at AS placed_at, orders.shipped_at AS shipped_at, orders.version AS version 
FROM orders JOIN customers ON customers.id = orders.customer_id) AS sub
--;
SELECT orders.id, orders.customer_id, orders.status, orders.total, orders.note, orders.placed_at, orders.shipped_at, orders.version 
FROM orders LEFT OUTER JOIN customers ON customers.id = orders.customer_id
--;
SELECT count(*) AS count_1 
FROM (SELECT orders.id AS id, orders.customer_id AS customer_id, orders.status AS status, orders.total AS total, orders.note AS note, orders.placed_at AS placed_at, orders.shipped_at AS shipped_at, orders.version AS version 
FROM orders LEFT OUTER JOIN customers ON customers.id = orders.customer_id) AS sub
--;
SELECT orders.id, orders.customer_id, orders.status, orders.total, orders.note, orders.placed_at, orders.shipped_at, orders.version 
FROM orders FULL OUTER JOIN customers ON customers.id = orders.customer_id
--;
SELECT count(*) AS count_1 
FROM (SELECT orders.id AS id, orders.customer_id AS customer_id, orders.status AS status, orders.total AS total, orders.note AS note, orders.placed_at AS placed_at, orders.shipped_at AS shipped_at, orders.version AS version 
FROM orders FULL OUTER JOIN customers ON customers.id = orders.customer_id) AS sub
--;
SELECT orders.id, orders.customer_id, orders.status, orders.total, orders.note, orders.placed_at, orders.shipped_at, orders.version, customers.id AS id_1, customers.name, customers.email, customers.country_code, customers.active, customers.credit, customers.joined_on, customers.settings, customers.created_at 
FROM orders JOIN customers ON customers.id = orders.customer_id
--;
SELECT count(*) AS count_1 
FROM (SELECT orders.id AS id, orders.customer_id AS customer_id, orders.status AS status, orders.total AS total, orders.note AS note, orders.placed_at AS placed_at, orders.shipped_at AS shipped_at, orders.version AS version, customers.id AS id_1, customers.name AS name, customers.email AS email, customers.country_code AS country_code, customers.active AS active, customers.credit AS credit, customers.joined_on AS joined_on, customers.settings AS settings, customers.created_at AS created_at 
FROM orders JOIN customers ON customers.id = orders.customer_id) AS sub
--;
SELECT orders.id, orders.customer_id, orders.status, orders.total, orders.note, orders.placed_at, orders.shipped_at, orders.version 
FROM orders JOIN order_lines ON orders.id = order_lines.order_id JOIN products ON products.id = order_lines.product_id
--;
SELECT count(*) AS count_1 
FROM (SELECT orders.id AS id, orders.customer_id AS customer_id, orders.status AS status, orders.total AS total, orders.note AS note, orders.placed_at AS placed_at, orders.shipped_at AS shipped_at, orders.version AS version 
FROM orders JOIN order_lines ON orders.id = order_lines.order_id JOIN products ON products.id = order_lines.product_id) AS sub
--;
SELECT customers.id, customers.name, customers.email, customers.country_code, customers.active, customers.credit, customers.joined_on, customers.settings, customers.created_at 
FROM customers JOIN (SELECT orders.customer_id AS customer_id, sum(orders.total) AS s 
FROM orders GROUP BY orders.customer_id) AS anon_1 ON anon_1.customer_id = customers.id
--;
SELECT count(*) AS count_1 
FROM (SELECT customers.id AS id, customers.name AS name, customers.email AS email, customers.country_code AS country_code, customers.active AS active, customers.credit AS credit, customers.joined_on AS joined_on, customers.settings AS settings, customers.created_at AS created_at 
FROM customers JOIN (SELECT orders.customer_id AS customer_id, sum(orders.total) AS s 
FROM orders GROUP BY orders.customer_id) AS anon_1 ON anon_1.customer_id = customers.id) AS sub
--;
SELECT customers.id, customers.name, customers.email, customers.country_code, customers.active, customers.credit, customers.joined_on, customers.settings, customers.created_at, anon_1.s 
FROM customers LEFT OUTER JOIN (SELECT orders.customer_id AS customer_id, sum(orders.total) AS s 
FROM orders GROUP BY orders.customer_id) AS anon_1 ON anon_1.customer_id = customers.id
--;
SELECT count(*) AS count_1 
FROM (SELECT customers.id AS id, customers.name AS name, customers.email AS email, customers.country_code AS country_code, customers.active AS active, customers.credit AS credit, customers.joined_on AS joined_on, customers.settings AS settings, customers.created_at AS created_at, anon_1.s AS s 
FROM customers LEFT OUTER JOIN (SELECT orders.customer_id AS customer_id, sum(orders.total) AS s 
FROM orders GROUP BY orders.customer_id) AS anon_1 ON anon_1.customer_id = customers.id) AS sub
--;
WITH big AS 
(SELECT orders.id AS id, orders.customer_id AS customer_id, orders.status AS status, orders.total AS total, orders.note AS note, orders.placed_at AS placed_at, orders.shipped_at AS shipped_at, orders.version AS version 
FROM orders 
WHERE orders.total > $1::INTEGER)
 SELECT big.id 
FROM big
--;
WITH big AS 
(SELECT orders.id AS id, orders.customer_id AS customer_id, orders.status AS status, orders.total AS total, orders.note AS note, orders.placed_at AS placed_at, orders.shipped_at AS shipped_at, orders.version AS version 
FROM orders 
WHERE orders.total > $1::INTEGER)
 SELECT count(*) AS count_1 
FROM (SELECT big.id AS id 
FROM big) AS sub
--;
WITH big AS 
(SELECT orders.id AS id, orders.customer_id AS customer_id, orders.status AS status, orders.total AS total, orders.note AS note, orders.placed_at AS placed_at, orders.shipped_at AS shipped_at, orders.version AS version 
FROM orders 
WHERE orders.total > $1::INTEGER)
 SELECT orders.id, orders.customer_id, orders.status, orders.total, orders.note, orders.placed_at, orders.shipped_at, orders.version 
FROM orders JOIN big ON big.id = orders.id
--;
WITH big AS 
(SELECT orders.id AS id, orders.customer_id AS customer_id, orders.status AS status, orders.total AS total, orders.note AS note, orders.placed_at AS placed_at, orders.shipped_at AS shipped_at, orders.version AS version 
FROM orders 
WHERE orders.total > $1::INTEGER)
 SELECT count(*) AS count_1 
FROM (SELECT orders.id AS id, orders.customer_id AS customer_id, orders.status AS status, orders.total AS total, orders.note AS note, orders.placed_at AS placed_at, orders.shipped_at AS shipped_at, orders.version AS version 
FROM orders JOIN big ON big.id = orders.id) AS sub
--;
WITH RECURSIVE tree(id, manager_id, depth) AS 
(SELECT employees.id AS id, employees.manager_id AS manager_id, $1::INTEGER AS depth 
FROM employees 
WHERE employees.manager_id IS NULL UNION ALL SELECT employees.id AS id, employees.manager_id AS manager_id, tree.depth + $2::INTEGER AS anon_1 
FROM employees JOIN tree ON employees.manager_id = tree.id)
 SELECT tree.id, tree.manager_id, tree.depth 
FROM tree
--;
WITH RECURSIVE tree(id, manager_id, depth) AS 
(SELECT employees.id AS id, employees.manager_id AS manager_id, $1::INTEGER AS depth 
FROM employees 
WHERE employees.manager_id IS NULL UNION ALL SELECT employees.id AS id, employees.manager_id AS manager_id, tree.depth + $2::INTEGER AS anon_1 
FROM employees JOIN tree ON employees.manager_id = tree.id)
 SELECT count(*) AS count_1 
FROM (SELECT tree.id AS id, tree.manager_id AS manager_id, tree.depth AS depth 
FROM tree) AS sub
--;
SELECT employees.id, employees.name, employees.manager_id, employees.salary, employees.hired, employees_1.id AS id_1, employees_1.name AS name_1, employees_1.manager_id AS manager_id_1, employees_1.salary AS salary_1, employees_1.hired AS hired_1 
FROM employees JOIN employees AS employees_1 ON employees.manager_id = employees_1.id
--;
SELECT count(*) AS count_1 
FROM (SELECT employees.id AS id, employees.name AS name, employees.manager_id AS manager_id, employees.salary AS salary, employees.hired AS hired, employees_1.id AS id_1, employees_1.name AS name_1, employees_1.manager_id AS manager_id_1, employees_1.salary AS salary_1, employees_1.hired AS hired_1 
FROM employees JOIN employees AS employees_1 ON employees.manager_id = employees_1.id) AS sub
--;
SELECT orders.id, orders.customer_id, orders.status, orders.total, orders.note, orders.placed_at, orders.shipped_at, orders.version 
FROM orders 
WHERE EXISTS (SELECT * 
FROM order_lines 
WHERE order_lines.order_id = orders.id)
--;
SELECT count(*) AS count_1 
FROM (SELECT orders.id AS id, orders.customer_id AS customer_id, orders.status AS status, orders.total AS total, orders.note AS note, orders.placed_at AS placed_at, orders.shipped_at AS shipped_at, orders.version AS version 
FROM orders 
WHERE EXISTS (SELECT * 
FROM order_lines 
WHERE order_lines.order_id = orders.id)) AS sub
--;
SELECT orders.id, orders.customer_id, orders.status, orders.total, orders.note, orders.placed_at, orders.shipped_at, orders.version 
FROM orders 
WHERE NOT (EXISTS (SELECT 1 
FROM order_lines 
WHERE orders.id = order_lines.order_id))
--;
SELECT count(*) AS count_1 
FROM (SELECT orders.id AS id, orders.customer_id AS customer_id, orders.status AS status, orders.total AS total, orders.note AS note, orders.placed_at AS placed_at, orders.shipped_at AS shipped_at, orders.version AS version 
FROM orders 
WHERE NOT (EXISTS (SELECT 1 
FROM order_lines 
WHERE orders.id = order_lines.order_id))) AS sub
--;
SELECT orders.id, orders.customer_id, orders.status, orders.total, orders.note, orders.placed_at, orders.shipped_at, orders.version 
FROM orders 
WHERE EXISTS (SELECT 1 
FROM order_lines 
WHERE orders.id = order_lines.order_id AND order_lines.quantity > $1::INTEGER)
--;
SELECT count(*) AS count_1 
FROM (SELECT orders.id AS id, orders.customer_id AS customer_id, orders.status AS status, orders.total AS total, orders.note AS note, orders.placed_at AS placed_at, orders.shipped_at AS shipped_at, orders.version AS version 
FROM orders 
WHERE EXISTS (SELECT 1 
FROM order_lines 
WHERE orders.id = order_lines.order_id AND order_lines.quantity > $1::INTEGER)) AS sub
--;
SELECT orders.id, orders.customer_id, orders.status, orders.total, orders.note, orders.placed_at, orders.shipped_at, orders.version 
FROM orders 
WHERE EXISTS (SELECT 1 
FROM customers 
WHERE customers.id = orders.customer_id AND customers.name = $1::VARCHAR)
--;
SELECT count(*) AS count_1 
FROM (SELECT orders.id AS id, orders.customer_id AS customer_id, orders.status AS status, orders.total AS total, orders.note AS note, orders.placed_at AS placed_at, orders.shipped_at AS shipped_at, orders.version AS version 
FROM orders 
WHERE EXISTS (SELECT 1 
FROM customers 
WHERE customers.id = orders.customer_id AND customers.name = $1::VARCHAR)) AS sub
--;
SELECT orders.id, orders.customer_id, orders.status, orders.total, orders.note, orders.placed_at, orders.shipped_at, orders.version 
FROM orders 
WHERE EXISTS (SELECT 1 
FROM tags, orders_tags 
WHERE orders.id = orders_tags.order_id AND tags.id = orders_tags.tag_id AND tags.name = $1::VARCHAR)
--;
SELECT count(*) AS count_1 
FROM (SELECT orders.id AS id, orders.customer_id AS customer_id, orders.status AS status, orders.total AS total, orders.note AS note, orders.placed_at AS placed_at, orders.shipped_at AS shipped_at, orders.version AS version 
FROM orders 
WHERE EXISTS (SELECT 1 
FROM tags, orders_tags 
WHERE orders.id = orders_tags.order_id AND tags.id = orders_tags.tag_id AND tags.name = $1::VARCHAR)) AS sub
--;
SELECT orders.id, orders.customer_id, orders.status, orders.total, orders.note, orders.placed_at, orders.shipped_at, orders.version 
FROM orders 
WHERE orders.customer_id IN (SELECT customers.id 
FROM customers 
WHERE customers.active)
--;
SELECT count(*) AS count_1 
FROM (SELECT orders.id AS id, orders.customer_id AS customer_id, orders.status AS status, orders.total AS total, orders.note AS note, orders.placed_at AS placed_at, orders.shipped_at AS shipped_at, orders.version AS version 
FROM orders 
WHERE orders.customer_id IN (SELECT customers.id 
FROM customers 
WHERE customers.active)) AS sub
--;
SELECT orders.id, orders.customer_id, orders.status, orders.total, orders.note, orders.placed_at, orders.shipped_at, orders.version 
FROM orders
--;
SELECT order_lines.order_id, order_lines.id, order_lines.product_id, order_lines.quantity, order_lines.unit_price 
FROM order_lines 
WHERE order_lines.order_id IN ($1::INTEGER, $2::INTEGER, $3::INTEGER, $4::INTEGER, $5::INTEGER)
--;
SELECT count(*) AS count_1 
FROM (SELECT orders.id AS id, orders.customer_id AS customer_id, orders.status AS status, orders.total AS total, orders.note AS note, orders.placed_at AS placed_at, orders.shipped_at AS shipped_at, orders.version AS version 
FROM orders) AS sub
--;
SELECT orders.id, orders.customer_id, orders.status, orders.total, orders.note, orders.placed_at, orders.shipped_at, orders.version, customers_1.id AS id_1, customers_1.name, customers_1.email, customers_1.country_code, customers_1.active, customers_1.credit, customers_1.joined_on, customers_1.settings, customers_1.created_at 
FROM orders LEFT OUTER JOIN customers AS customers_1 ON customers_1.id = orders.customer_id
--;
SELECT order_lines.id AS order_lines_id, order_lines.order_id AS order_lines_order_id, order_lines.product_id AS order_lines_product_id, order_lines.quantity AS order_lines_quantity, order_lines.unit_price AS order_lines_unit_price, anon_1.orders_id AS anon_1_orders_id 
FROM (SELECT orders.id AS orders_id 
FROM orders) AS anon_1 JOIN order_lines ON anon_1.orders_id = order_lines.order_id
--;
SELECT orders.id, orders.customer_id, orders.status, orders.total, orders.note, orders.placed_at, orders.shipped_at, orders.version, products_1.id AS id_1, products_1.sku, products_1.title, products_1.price, products_1.weight, products_1.attributes, products_1.labels, order_lines_1.id AS id_2, order_lines_1.order_id, order_lines_1.product_id, order_lines_1.quantity, order_lines_1.unit_price 
FROM orders LEFT OUTER JOIN order_lines AS order_lines_1 ON orders.id = order_lines_1.order_id LEFT OUTER JOIN products AS products_1 ON products_1.id = order_lines_1.product_id
--;
SELECT orders_tags.order_id, tags.id, tags.name 
FROM orders_tags JOIN tags ON tags.id = orders_tags.tag_id 
WHERE orders_tags.order_id IN ($1::INTEGER, $2::INTEGER, $3::INTEGER, $4::INTEGER, $5::INTEGER)
--;
SELECT orders.id 
FROM orders
--;
SELECT orders.id, orders.customer_id, orders.status, orders.total, orders.placed_at, orders.shipped_at, orders.version 
FROM orders
--;
SELECT orders.id, orders.customer_id, orders.status, orders.total, orders.note, orders.placed_at, orders.shipped_at, orders.version 
FROM orders ORDER BY orders.id 
 LIMIT $1::INTEGER OFFSET $2::INTEGER
--;
SELECT count(*) AS count_1 
FROM (SELECT orders.id AS id, orders.customer_id AS customer_id, orders.status AS status, orders.total AS total, orders.note AS note, orders.placed_at AS placed_at, orders.shipped_at AS shipped_at, orders.version AS version 
FROM orders ORDER BY orders.id 
 LIMIT $1::INTEGER OFFSET $2::INTEGER) AS sub
--;
SELECT orders.id, orders.customer_id, orders.status, orders.total, orders.note, orders.placed_at, orders.shipped_at, orders.version 
FROM orders ORDER BY orders.shipped_at ASC NULLS FIRST
--;
SELECT count(*) AS count_1 
FROM (SELECT orders.id AS id, orders.customer_id AS customer_id, orders.status AS status, orders.total AS total, orders.note AS note, orders.placed_at AS placed_at, orders.shipped_at AS shipped_at, orders.version AS version 
FROM orders ORDER BY orders.shipped_at ASC NULLS FIRST) AS sub
--;
SELECT orders.id, orders.customer_id, orders.status, orders.total, orders.note, orders.placed_at, orders.shipped_at, orders.version 
FROM orders FOR UPDATE
--;
SELECT count(*) AS count_1 
FROM (SELECT orders.id AS id, orders.customer_id AS customer_id, orders.status AS status, orders.total AS total, orders.note AS note, orders.placed_at AS placed_at, orders.shipped_at AS shipped_at, orders.version AS version 
FROM orders FOR UPDATE) AS sub
--;
SELECT orders.id, orders.customer_id, orders.status, orders.total, orders.note, orders.placed_at, orders.shipped_at, orders.version 
FROM orders FOR UPDATE NOWAIT
--;
SELECT count(*) AS count_1 
FROM (SELECT orders.id AS id, orders.customer_id AS customer_id, orders.status AS status, orders.total AS total, orders.note AS note, orders.placed_at AS placed_at, orders.shipped_at AS shipped_at, orders.version AS version 
FROM orders FOR UPDATE NOWAIT) AS sub
--;
SELECT orders.id, orders.customer_id, orders.status, orders.total, orders.note, orders.placed_at, orders.shipped_at, orders.version 
FROM orders FOR UPDATE OF orders SKIP LOCKED
--;
SELECT count(*) AS count_1 
FROM (SELECT orders.id AS id, orders.customer_id AS customer_id, orders.status AS status, orders.total AS total, orders.note AS note, orders.placed_at AS placed_at, orders.shipped_at AS shipped_at, orders.version AS version 
FROM orders FOR UPDATE OF orders SKIP LOCKED) AS sub
--;
SELECT orders.id, orders.customer_id, orders.status, orders.total, orders.note, orders.placed_at, orders.shipped_at, orders.version 
FROM orders FOR SHARE
--;
SELECT count(*) AS count_1 
FROM (SELECT orders.id AS id, orders.customer_id AS customer_id, orders.status AS status, orders.total AS total, orders.note AS note, orders.placed_at AS placed_at, orders.shipped_at AS shipped_at, orders.version AS version 
FROM orders FOR SHARE) AS sub
--;
SELECT orders.id, orders.customer_id, orders.status, orders.total, orders.note, orders.placed_at, orders.shipped_at, orders.version 
FROM orders FOR NO KEY UPDATE
--;
SELECT count(*) AS count_1 
FROM (SELECT orders.id AS id, orders.customer_id AS customer_id, orders.status AS status, orders.total AS total, orders.note AS note, orders.placed_at AS placed_at, orders.shipped_at AS shipped_at, orders.version AS version 
FROM orders FOR NO KEY UPDATE) AS sub
--;
SELECT orders.id 
FROM orders UNION SELECT customers.id 
FROM customers
--;
SELECT count(*) AS count_1 
FROM (SELECT orders.id AS id 
FROM orders UNION SELECT customers.id AS id 
FROM customers) AS sub
--;
SELECT orders.id 
FROM orders UNION ALL SELECT customers.id 
FROM customers
--;
SELECT count(*) AS count_1 
FROM (SELECT orders.id AS id 
FROM orders UNION ALL SELECT customers.id AS id 
FROM customers) AS sub
--;
SELECT orders.id 
FROM orders INTERSECT SELECT customers.id 
FROM customers
--;
SELECT count(*) AS count_1 
FROM (SELECT orders.id AS id 
FROM orders INTERSECT SELECT customers.id AS id 
FROM customers) AS sub
--;
SELECT orders.id 
FROM orders EXCEPT SELECT customers.id 
FROM customers
--;
SELECT count(*) AS count_1 
FROM (SELECT orders.id AS id 
FROM orders EXCEPT SELECT customers.id AS id 
FROM customers) AS sub
--;
SELECT row_number() OVER (PARTITION BY orders.status ORDER BY orders.id) AS anon_1 
FROM orders
--;
SELECT count(*) AS count_1 
FROM (SELECT row_number() OVER (PARTITION BY orders.status ORDER BY orders.id) AS anon_1 
FROM orders) AS sub
--;
SELECT sum(orders.total) OVER (ORDER BY orders.id ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS anon_1 
FROM orders
--;
SELECT count(*) AS count_1 
FROM (SELECT sum(orders.total) OVER (ORDER BY orders.id ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS anon_1 
FROM orders) AS sub
--;
SELECT rank() OVER (ORDER BY orders.total DESC) AS anon_1 
FROM orders
--;
SELECT count(*) AS count_1 
FROM (SELECT rank() OVER (ORDER BY orders.total DESC) AS anon_1 
FROM orders) AS sub
--;
SELECT count(*) FILTER (WHERE orders.status = $1::VARCHAR) AS anon_1 
FROM orders
--;
SELECT count(*) AS count_1 
FROM (SELECT count(*) FILTER (WHERE orders.status = $1::VARCHAR) AS anon_1 
FROM orders) AS sub
--;
SELECT array_agg(orders.id) AS array_agg_1 
FROM orders
--;
SELECT count(*) AS count_1 
FROM (SELECT array_agg(orders.id) AS array_agg_1 
FROM orders) AS sub
--;
SELECT string_agg(orders.status, $1::VARCHAR) AS string_agg_1 
FROM orders
--;
SELECT count(*) AS count_1 
FROM (SELECT string_agg(orders.status, $1::VARCHAR) AS string_agg_1 
FROM orders) AS sub
--;
SELECT array_agg(orders.id ORDER BY orders.total DESC) AS array_agg_1 
FROM orders
--;
SELECT count(*) AS count_1 
FROM (SELECT array_agg(orders.id ORDER BY orders.total DESC) AS array_agg_1 
FROM orders) AS sub
--;
SELECT json_agg(orders.status) AS json_agg_1 
FROM orders
--;
SELECT count(*) AS count_1 
FROM (SELECT json_agg(orders.status) AS json_agg_1 
FROM orders) AS sub
--;
SELECT jsonb_build_object($1::VARCHAR, orders.id) AS jsonb_build_object_1 
FROM orders
--;
SELECT count(*) AS count_1 
FROM (SELECT jsonb_build_object($1::VARCHAR, orders.id) AS jsonb_build_object_1 
FROM orders) AS sub
--;
SELECT CASE WHEN (orders.total > $1::INTEGER) THEN $2::VARCHAR ELSE $3::VARCHAR END AS anon_1 
FROM orders
--;
SELECT count(*) AS count_1 
FROM (SELECT CASE WHEN (orders.total > $1::INTEGER) THEN $2::VARCHAR ELSE $3::VARCHAR END AS anon_1 
FROM orders) AS sub
--;
SELECT CAST(orders.total AS INTEGER) AS total 
FROM orders
--;
SELECT count(*) AS count_1 
FROM (SELECT CAST(orders.total AS INTEGER) AS total 
FROM orders) AS sub
--;
SELECT orders.status COLLATE "C" AS anon_1 
FROM orders
--;
SELECT count(*) AS count_1 
FROM (SELECT orders.status COLLATE "C" AS anon_1 
FROM orders) AS sub
--;
SELECT count(*) AS count_1 
FROM (SELECT (orders.id, orders.status) AS anon_1 
FROM orders 
WHERE (orders.id, orders.status) IN (($1, $2))) AS sub
--;
SELECT DISTINCT ON (orders.status) orders.id, orders.customer_id, orders.status, orders.total, orders.note, orders.placed_at, orders.shipped_at, orders.version 
FROM orders ORDER BY orders.status, orders.id
--;
SELECT count(*) AS count_1 
FROM (SELECT DISTINCT ON (orders.status) orders.id AS id, orders.customer_id AS customer_id, orders.status AS status, orders.total AS total, orders.note AS note, orders.placed_at AS placed_at, orders.shipped_at AS shipped_at, orders.version AS version 
FROM orders ORDER BY orders.status, orders.id) AS sub
--;
SELECT customers.settings ->> $1::TEXT AS anon_1 
FROM customers
--;
SELECT count(*) AS count_1 
FROM (SELECT customers.settings ->> $1::TEXT AS anon_1 
FROM customers) AS sub
--;
SELECT customers.id, customers.name, customers.email, customers.country_code, customers.active, customers.credit, customers.joined_on, customers.settings, customers.created_at 
FROM customers 
WHERE (customers.settings ->> $1::TEXT) = $2::VARCHAR
--;
SELECT count(*) AS count_1 
FROM (SELECT customers.id AS id, customers.name AS name, customers.email AS email, customers.country_code AS country_code, customers.active AS active, customers.credit AS credit, customers.joined_on AS joined_on, customers.settings AS settings, customers.created_at AS created_at 
FROM customers 
WHERE (customers.settings ->> $1::TEXT) = $2::VARCHAR) AS sub
--;
SELECT customers.id, customers.name, customers.email, customers.country_code, customers.active, customers.credit, customers.joined_on, customers.settings, customers.created_at 
FROM customers 
WHERE customers.settings @> $1::JSONB
--;
SELECT count(*) AS count_1 
FROM (SELECT customers.id AS id, customers.name AS name, customers.email AS email, customers.country_code AS country_code, customers.active AS active, customers.credit AS credit, customers.joined_on AS joined_on, customers.settings AS settings, customers.created_at AS created_at 
FROM customers 
WHERE customers.settings @> $1::JSONB) AS sub
--;
SELECT customers.id, customers.name, customers.email, customers.country_code, customers.active, customers.credit, customers.joined_on, customers.settings, customers.created_at 
FROM customers 
WHERE customers.settings ? $1::VARCHAR
--;
SELECT count(*) AS count_1 
FROM (SELECT customers.id AS id, customers.name AS name, customers.email AS email, customers.country_code AS country_code, customers.active AS active, customers.credit AS credit, customers.joined_on AS joined_on, customers.settings AS settings, customers.created_at AS created_at 
FROM customers 
WHERE customers.settings ? $1::VARCHAR) AS sub
--;
SELECT customers.settings #> $1 AS anon_1 
FROM customers
--;
SELECT count(*) AS count_1 
FROM (SELECT customers.settings #> $1 AS anon_1 
FROM customers) AS sub
--;
SELECT products.id, products.sku, products.title, products.price, products.weight, products.attributes, products.labels 
FROM products 
WHERE $1::VARCHAR = ANY (products.labels)
--;
SELECT count(*) AS count_1 
FROM (SELECT products.id AS id, products.sku AS sku, products.title AS title, products.price AS price, products.weight AS weight, products.attributes AS attributes, products.labels AS labels 
FROM products 
WHERE $1::VARCHAR = ANY (products.labels)) AS sub
--;
SELECT products.id, products.sku, products.title, products.price, products.weight, products.attributes, products.labels 
FROM products 
WHERE products.labels @> $1::TEXT[]
--;
SELECT count(*) AS count_1 
FROM (SELECT products.id AS id, products.sku AS sku, products.title AS title, products.price AS price, products.weight AS weight, products.attributes AS attributes, products.labels AS labels 
FROM products 
WHERE products.labels @> $1::TEXT[]) AS sub
--;
SELECT products.id, products.sku, products.title, products.price, products.weight, products.attributes, products.labels 
FROM products 
WHERE products.labels && $1::TEXT[]
--;
SELECT count(*) AS count_1 
FROM (SELECT products.id AS id, products.sku AS sku, products.title AS title, products.price AS price, products.weight AS weight, products.attributes AS attributes, products.labels AS labels 
FROM products 
WHERE products.labels && $1::TEXT[]) AS sub
--;
SELECT products.labels[$1::INTEGER] AS anon_1 
FROM products
--;
SELECT count(*) AS count_1 
FROM (SELECT products.labels[$1::INTEGER] AS anon_1 
FROM products) AS sub
--;
SELECT unnest(products.labels) AS unnest_1 
FROM products
--;
SELECT count(*) AS count_1 
FROM (SELECT unnest(products.labels) AS unnest_1 
FROM products) AS sub
--;
SELECT generate_series($1::INTEGER, $2::INTEGER) AS generate_series_1
--;
SELECT count(*) AS count_1 
FROM (SELECT generate_series($1::INTEGER, $2::INTEGER) AS generate_series_1) AS sub
--;
SELECT $1::INTEGER AS anon_1
--;
SELECT count(*) AS count_1 
FROM (SELECT $1::INTEGER AS anon_1) AS sub
--;
SELECT true AS anon_1
--;
SELECT count(*) AS count_1 
FROM (SELECT true AS anon_1) AS sub
--;
SELECT coalesce(orders.note, $1::VARCHAR) AS coalesce_1 
FROM orders
--;
SELECT count(*) AS count_1 
FROM (SELECT coalesce(orders.note, $1::VARCHAR) AS coalesce_1 
FROM orders) AS sub
--;
SELECT percentile_cont($1) WITHIN GROUP (ORDER BY orders.total) AS percentile_cont_1 
FROM orders
--;
SELECT count(*) AS count_1 
FROM (SELECT percentile_cont($1) WITHIN GROUP (ORDER BY orders.total) AS percentile_cont_1 
FROM orders) AS sub
--;
SELECT orders.status, sum(orders.total) AS sum_1 
FROM orders GROUP BY ROLLUP(orders.status)
--;
SELECT count(*) AS count_1 
FROM (SELECT orders.status AS status, sum(orders.total) AS sum_1 
FROM orders GROUP BY ROLLUP(orders.status)) AS sub
--;
SELECT orders.status, orders.version, sum(orders.total) AS sum_1 
FROM orders GROUP BY GROUPING SETS((orders.status), (orders.version))
--;
SELECT count(*) AS count_1 
FROM (SELECT orders.status AS status, orders.version AS version, sum(orders.total) AS sum_1 
FROM orders GROUP BY GROUPING SETS((orders.status), (orders.version))) AS sub
--;
SELECT orders.status 
FROM orders GROUP BY orders.status 
HAVING count(*) > $1::INTEGER
--;
SELECT count(*) AS count_1 
FROM (SELECT orders.status AS status 
FROM orders GROUP BY orders.status 
HAVING count(*) > $1::INTEGER) AS sub
--;
SELECT anon_1.quantity 
FROM LATERAL (SELECT order_lines.quantity AS quantity 
FROM order_lines, orders 
WHERE order_lines.order_id = orders.id 
 LIMIT $1::INTEGER) AS anon_1
--;
SELECT count(*) AS count_1 
FROM (SELECT anon_1.quantity AS quantity 
FROM LATERAL (SELECT order_lines.quantity AS quantity 
FROM order_lines, orders 
WHERE order_lines.order_id = orders.id 
 LIMIT $1::INTEGER) AS anon_1) AS sub
--;
SELECT orders.id, (SELECT count(order_lines.id) AS count_1 
FROM order_lines 
WHERE order_lines.order_id = orders.id) AS anon_1 
FROM orders
--;
SELECT count(*) AS count_1 
FROM (SELECT orders.id AS id, (SELECT count(order_lines.id) AS count_2 
FROM order_lines 
WHERE order_lines.order_id = orders.id) AS anon_1 
FROM orders) AS sub
--;
SELECT v.a 
FROM (VALUES ($1::INTEGER), ($2::INTEGER)) AS v (a)
--;
SELECT count(*) AS count_1 
FROM (SELECT v.a AS a 
FROM (VALUES ($1::INTEGER), ($2::INTEGER)) AS v (a)) AS sub
--;
SELECT orders.id, orders.customer_id, orders.status, orders.total, orders.note, orders.placed_at, orders.shipped_at, orders.version 
FROM orders 
WHERE orders.placed_at > now() - interval '1 day'
--;
SELECT count(*) AS count_1 
FROM (SELECT orders.id AS id, orders.customer_id AS customer_id, orders.status AS status, orders.total AS total, orders.note AS note, orders.placed_at AS placed_at, orders.shipped_at AS shipped_at, orders.version AS version 
FROM orders 
WHERE orders.placed_at > now() - interval '1 day') AS sub
--;
SELECT count(*) AS count_1 
FROM orders 
WHERE orders.status = $1::VARCHAR OR orders.total > $2::INTEGER AND orders.note IS NOT NULL
--;
SELECT count(*) AS count_1 
FROM (SELECT count(*) AS count_2 
FROM orders 
WHERE orders.status = $1::VARCHAR OR orders.total > $2::INTEGER AND orders.note IS NOT NULL) AS sub
--;
SELECT orders_1.id, orders_1.customer_id, orders_1.status, orders_1.total, orders_1.note, orders_1.placed_at, orders_1.shipped_at, orders_1.version 
FROM orders AS orders_1 TABLESAMPLE bernoulli($1::INTEGER)
--;
SELECT count(*) AS count_1 
FROM (SELECT orders_1.id AS id, orders_1.customer_id AS customer_id, orders_1.status AS status, orders_1.total AS total, orders_1.note AS note, orders_1.placed_at AS placed_at, orders_1.shipped_at AS shipped_at, orders_1.version AS version 
FROM orders AS orders_1 TABLESAMPLE bernoulli($1::INTEGER)) AS sub
--;
SELECT table_name 
FROM information_schema.tables
--;
SELECT count(*) AS count_1 
FROM (SELECT table_name 
FROM information_schema.tables) AS sub
--;
INSERT INTO customers (name, email, country_code, active, credit, joined_on) VALUES ($1::VARCHAR, $2::VARCHAR, $3::VARCHAR, $4, $5, $6::DATE) RETURNING customers.id, customers.created_at
--;
INSERT INTO customers (name, email, country_code, active, credit, joined_on) SELECT p0::VARCHAR, p1::VARCHAR, p2::VARCHAR, p3::BOOLEAN, p4::NUMERIC(12, 2), p5::DATE FROM (VALUES ($1::VARCHAR, $2::VARCHAR, $3::VARCHAR, $4, $5, $6::DATE, 0), ($7::VARCHAR, $8::VARCHAR, $9::VARCHAR, $10, $11, $12::DATE, 1)) AS imp_sen(p0, p1, p2, p3, p4, p5, sen_counter) ORDER BY sen_counter RETURNING customers.id, customers.created_at, customers.id AS id__1
--;
INSERT INTO orders (customer_id, status, total, note, shipped_at, version) VALUES ($1::INTEGER, $2::VARCHAR, $3, $4::VARCHAR, $5::TIMESTAMP WITH TIME ZONE, $6::INTEGER) RETURNING orders.id, orders.placed_at
--;
INSERT INTO tags (name) VALUES ($1::VARCHAR) RETURNING tags.id
--;
INSERT INTO orders_tags (order_id, tag_id) VALUES ($1::INTEGER, $2::INTEGER) RETURNING orders_tags.id
--;
INSERT INTO order_lines (order_id, product_id, quantity, unit_price) VALUES ($1::INTEGER, $2::INTEGER, $3::INTEGER, $4) RETURNING order_lines.id
--;
SELECT orders.id, orders.customer_id, orders.status, orders.total, orders.note, orders.placed_at, orders.shipped_at, orders.version 
FROM orders 
WHERE orders.id = $1::INTEGER
--;
UPDATE orders SET status=$1::VARCHAR, version=$2::INTEGER WHERE orders.id = $3::INTEGER AND orders.version = $4::INTEGER
--;
SELECT order_lines.id, order_lines.order_id, order_lines.product_id, order_lines.quantity, order_lines.unit_price 
FROM order_lines 
WHERE $1::INTEGER = order_lines.order_id
--;
SELECT tags.id, tags.name 
FROM tags, orders_tags 
WHERE $1::INTEGER = orders_tags.order_id AND tags.id = orders_tags.tag_id
--;
DELETE FROM orders_tags WHERE orders_tags.order_id = $1::INTEGER AND orders_tags.tag_id = $2::INTEGER
--;
DELETE FROM order_lines WHERE order_lines.id = $1::BIGINT
--;
DELETE FROM orders WHERE orders.id = $1::INTEGER AND orders.version = $2::INTEGER
--;
INSERT INTO customers (name, active, credit) VALUES ($1::VARCHAR, $2, $3)
--;
DEALLOCATE ALL
--;
INSERT INTO customers (name, active, credit) VALUES ($1::VARCHAR, $2, $3) RETURNING customers.id
--;
INSERT INTO tags (name) SELECT customers.name 
FROM customers
--;
UPDATE orders SET total=(orders.total + $1::INTEGER) WHERE orders.id = $2::INTEGER
--;
UPDATE orders SET status=$1::VARCHAR FROM customers WHERE orders.customer_id = customers.id AND customers.name = $2::VARCHAR RETURNING orders.id
--;
UPDATE orders SET status=$1::VARCHAR RETURNING orders.id
--;
DELETE FROM order_lines WHERE order_lines.order_id = $1::INTEGER
--;
DELETE FROM order_lines USING orders WHERE order_lines.order_id = orders.id AND orders.status = $1::VARCHAR RETURNING order_lines.id
--;
DELETE FROM order_lines RETURNING order_lines.id
--;
INSERT INTO products (sku, title, price, attributes) VALUES ($1::VARCHAR, $2::VARCHAR, $3, $4::JSONB) ON CONFLICT DO NOTHING RETURNING products.id
--;
INSERT INTO products (id, sku, title, price, attributes) VALUES ($1::INTEGER, $2::VARCHAR, $3::VARCHAR, $4, $5::JSONB) ON CONFLICT (id) DO UPDATE SET title = $6::VARCHAR RETURNING products.id
--;
INSERT INTO products (id, sku, title, price, attributes) VALUES ($1::INTEGER, $2::VARCHAR, $3::VARCHAR, $4, $5::JSONB) ON CONFLICT (id) DO UPDATE SET title = $6::VARCHAR WHERE products.price > $7::INTEGER
--;
INSERT INTO tags (name) VALUES ($1::VARCHAR)
--;
UPDATE tags SET name=$1::VARCHAR WHERE tags.id = $2::INTEGER
--;
SELECT $1 + 1
--;
SELECT tags.id, tags.name 
FROM tags 
WHERE tags.id = $1::INTEGER
--;
SELECT customers.id, customers.name, customers.email, customers.country_code, customers.active, customers.credit, customers.joined_on, customers.settings, customers.created_at 
FROM customers 
WHERE customers.id = $1::INTEGER
--;
DECLARE "c_7fe13cef5f90_1" CURSOR FOR SELECT customers.id, customers.name, customers.email, customers.country_code, customers.active, customers.credit, customers.joined_on, customers.settings, customers.created_at 
FROM customers
--;
FETCH FORWARD 1 FROM "c_7fe13cef5f90_1"
--;
FETCH FORWARD 2 FROM "c_7fe13cef5f90_1"
--;
CLOSE "c_7fe13cef5f90_1"
--;
BEGIN ISOLATION LEVEL SERIALIZABLE
--;
select 1
--;
BEGIN ISOLATION LEVEL REPEATABLE READ
--;
BEGIN ISOLATION LEVEL READ COMMITTED
--;
BEGIN ISOLATION LEVEL READ COMMITTED READ ONLY
--;
BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE
--;
SELECT pg_catalog.pg_namespace.nspname 
FROM pg_catalog.pg_namespace 
WHERE (pg_catalog.pg_namespace.nspname NOT LIKE $1::VARCHAR || '%' ESCAPE '/') ORDER BY pg_catalog.pg_namespace.nspname
--;
SELECT pg_catalog.pg_class.relname 
FROM pg_catalog.pg_class JOIN pg_catalog.pg_namespace ON pg_catalog.pg_namespace.oid = pg_catalog.pg_class.relnamespace 
WHERE pg_catalog.pg_class.relkind = ANY (ARRAY[$1::VARCHAR, $2::VARCHAR]) AND pg_catalog.pg_class.relpersistence != $3::VARCHAR AND pg_catalog.pg_table_is_visible(pg_catalog.pg_class.oid) AND pg_catalog.pg_namespace.nspname != $4::VARCHAR
--;
SELECT pg_catalog.pg_class.relname 
FROM pg_catalog.pg_class JOIN pg_catalog.pg_namespace ON pg_catalog.pg_namespace.oid = pg_catalog.pg_class.relnamespace 
WHERE pg_catalog.pg_class.relkind = ANY (ARRAY[$1::VARCHAR]) AND pg_catalog.pg_class.relpersistence != $2::VARCHAR AND pg_catalog.pg_table_is_visible(pg_catalog.pg_class.oid) AND pg_catalog.pg_namespace.nspname != $3::VARCHAR
--;
SELECT pg_catalog.pg_class.relname 
FROM pg_catalog.pg_class JOIN pg_catalog.pg_namespace ON pg_catalog.pg_namespace.oid = pg_catalog.pg_class.relnamespace 
WHERE pg_catalog.pg_class.relkind = ANY (ARRAY[$1::VARCHAR, $2::VARCHAR]) AND pg_catalog.pg_class.relpersistence = $3::VARCHAR AND pg_catalog.pg_table_is_visible(pg_catalog.pg_class.oid) AND pg_catalog.pg_namespace.nspname != $4::VARCHAR
--;
SELECT pg_catalog.pg_class.relname 
FROM pg_catalog.pg_class JOIN pg_catalog.pg_namespace ON pg_catalog.pg_namespace.oid = pg_catalog.pg_class.relnamespace 
WHERE pg_catalog.pg_class.relkind = ANY (ARRAY[$1::VARCHAR]) AND pg_catalog.pg_table_is_visible(pg_catalog.pg_class.oid) AND pg_catalog.pg_namespace.nspname != $2::VARCHAR
--;
SELECT pg_catalog.pg_type.typname AS name, pg_catalog.pg_type_is_visible(pg_catalog.pg_type.oid) AS visible, pg_catalog.pg_namespace.nspname AS schema, lbl_agg.labels AS labels 
FROM pg_catalog.pg_type JOIN pg_catalog.pg_namespace ON pg_catalog.pg_namespace.oid = pg_catalog.pg_type.typnamespace LEFT OUTER JOIN (SELECT pg_catalog.pg_enum.enumtypid AS enumtypid, array_agg(CAST(pg_catalog.pg_enum.enumlabel AS TEXT) ORDER BY pg_catalog.pg_enum.enumsortorder) AS labels 
FROM pg_catalog.pg_enum GROUP BY pg_catalog.pg_enum.enumtypid) AS lbl_agg ON pg_catalog.pg_type.oid = lbl_agg.enumtypid 
WHERE pg_catalog.pg_type.typtype = $1::VARCHAR AND pg_catalog.pg_type_is_visible(pg_catalog.pg_type.oid) AND pg_catalog.pg_namespace.nspname != $2::VARCHAR ORDER BY pg_catalog.pg_namespace.nspname, pg_catalog.pg_type.typname
--;
SELECT pg_catalog.pg_class.relname 
FROM pg_catalog.pg_class JOIN pg_catalog.pg_namespace ON pg_catalog.pg_namespace.oid = pg_catalog.pg_class.relnamespace 
WHERE pg_catalog.pg_class.relname IN ($1::VARCHAR) AND pg_catalog.pg_class.relkind = ANY (ARRAY[$2::VARCHAR, $3::VARCHAR, $4::VARCHAR, $5::VARCHAR, $6::VARCHAR]) AND pg_catalog.pg_table_is_visible(pg_catalog.pg_class.oid) AND pg_catalog.pg_namespace.nspname != $7::VARCHAR
--;
SELECT pg_catalog.pg_namespace.nspname 
FROM pg_catalog.pg_namespace 
WHERE pg_catalog.pg_namespace.nspname = $1::VARCHAR
--;
DECLARE "c_7f28fa5e9750_1" CURSOR FOR SELECT customers.id, customers.name, customers.email, customers.country_code, customers.active, customers.credit, customers.joined_on, customers.settings, customers.created_at 
FROM customers
--;
FETCH FORWARD 1 FROM "c_7f28fa5e9750_1"
--;
FETCH FORWARD 2 FROM "c_7f28fa5e9750_1"
--;
CLOSE "c_7f28fa5e9750_1"
--;
SELECT pg_catalog.pg_attribute.attname AS name, pg_catalog.format_type(pg_catalog.pg_attribute.atttypid, pg_catalog.pg_attribute.atttypmod) AS format_type, CASE WHEN pg_catalog.pg_attribute.atthasdef THEN (SELECT pg_catalog.pg_get_expr(pg_catalog.pg_attrdef.adbin, pg_catalog.pg_attrdef.adrelid) AS pg_get_expr_1 
FROM pg_catalog.pg_attrdef 
WHERE pg_catalog.pg_attribute.atthasdef AND pg_catalog.pg_attrdef.adrelid = pg_catalog.pg_attribute.attrelid AND pg_catalog.pg_attrdef.adnum = pg_catalog.pg_attribute.attnum) ELSE NULL END AS "default", pg_catalog.pg_attribute.attnotnull AS not_null, pg_catalog.pg_class.relname AS table_name, pg_catalog.pg_description.description AS comment, pg_catalog.pg_attribute.attgenerated AS generated, CASE WHEN (pg_catalog.pg_attribute.attidentity != $1::VARCHAR) THEN (SELECT json_build_object($2::VARCHAR, pg_catalog.pg_attribute.attidentity = $3::VARCHAR, $4::VARCHAR, pg_catalog.pg_sequence.seqstart, $5::VARCHAR, pg_catalog.pg_sequence.seqincrement, $6::VARCHAR, pg_catalog.pg_sequence.seqmin, $7::VARCHAR, pg_catalog.pg_sequence.seqmax, $8::VARCHAR, pg_catalog.pg_sequence.seqcache, $9::VARCHAR, pg_catalog.pg_sequence.seqcycle) AS json_build_object_1 
FROM pg_catalog.pg_sequence 
WHERE pg_catalog.pg_attribute.attidentity != $10::VARCHAR AND pg_catalog.pg_sequence.seqrelid = CAST(CAST(pg_catalog.pg_get_serial_sequence(CAST(CAST(pg_catalog.pg_attribute.attrelid AS REGCLASS) AS TEXT), pg_catalog.pg_attribute.attname) AS REGCLASS) AS OID)) ELSE NULL END AS identity_options, CASE WHEN (pg_catalog.pg_attribute.attcollation != $11::INTEGER AND (SELECT pg_catalog.pg_type.typcollation 
FROM pg_catalog.pg_type 
WHERE pg_catalog.pg_type.oid = pg_catalog.pg_attribute.atttypid) != pg_catalog.pg_attribute.attcollation) THEN (SELECT json_build_object($12::VARCHAR, pg_catalog.pg_collation.collname, $13::VARCHAR, CASE WHEN pg_catalog.pg_collation_is_visible(pg_catalog.pg_collation.oid) THEN NULL ELSE pg_catalog.pg_namespace.nspname END) AS json_build_object_9 
FROM pg_catalog.pg_collation JOIN pg_catalog.pg_namespace ON pg_catalog.pg_namespace.oid = pg_catalog.pg_collation.collnamespace 
WHERE pg_catalog.pg_collation.oid = pg_catalog.pg_attribute.attcollation) ELSE NULL END AS collation 
FROM pg_catalog.pg_class LEFT OUTER JOIN pg_catalog.pg_attribute ON pg_catalog.pg_class.oid = pg_catalog.pg_attribute.attrelid AND pg_catalog.pg_attribute.attnum > $14::SMALLINT AND NOT pg_catalog.pg_attribute.attisdropped LEFT OUTER JOIN pg_catalog.pg_description ON pg_catalog.pg_description.objoid = pg_catalog.pg_attribute.attrelid AND pg_catalog.pg_description.objsubid = pg_catalog.pg_attribute.attnum JOIN pg_catalog.pg_namespace ON pg_catalog.pg_namespace.oid = pg_catalog.pg_class.relnamespace 
WHERE pg_catalog.pg_class.relkind = ANY (ARRAY[$15::VARCHAR, $16::VARCHAR, $17::VARCHAR, $18::VARCHAR, $19::VARCHAR]) AND pg_catalog.pg_class.relpersistence != $20::VARCHAR AND pg_catalog.pg_table_is_visible(pg_catalog.pg_class.oid) AND pg_catalog.pg_namespace.nspname != $21::VARCHAR ORDER BY pg_catalog.pg_class.relname, pg_catalog.pg_attribute.attnum
--;
SELECT pg_catalog.pg_class.oid, pg_catalog.pg_class.relname 
FROM pg_catalog.pg_class JOIN pg_catalog.pg_namespace ON pg_catalog.pg_namespace.oid = pg_catalog.pg_class.relnamespace 
WHERE pg_catalog.pg_class.relkind = ANY (ARRAY[$1::VARCHAR, $2::VARCHAR, $3::VARCHAR, $4::VARCHAR, $5::VARCHAR]) AND pg_catalog.pg_class.relpersistence != $6::VARCHAR AND pg_catalog.pg_table_is_visible(pg_catalog.pg_class.oid) AND pg_catalog.pg_namespace.nspname != $7::VARCHAR
--;
SELECT attr.conrelid, array_agg(CAST(attr.attname AS TEXT) ORDER BY attr.ord) AS cols, attr.conname, min(attr.description) AS description, min(attr.indnkeyatts) AS indnkeyatts, bool_and(attr.indnullsnotdistinct) AS indnullsnotdistinct 
FROM (SELECT con.conrelid AS conrelid, con.conname AS conname, con.description AS description, con.ord AS ord, con.indnkeyatts AS indnkeyatts, con.indnullsnotdistinct AS indnullsnotdistinct, pg_catalog.pg_attribute.attname AS attname 
FROM pg_catalog.pg_attribute JOIN (SELECT pg_catalog.pg_constraint.conrelid AS conrelid, pg_catalog.pg_constraint.conname AS conname, unnest(pg_catalog.pg_index.indkey) AS attnum, generate_subscripts(pg_catalog.pg_index.indkey, $1::INTEGER) AS ord, pg_catalog.pg_index.indnkeyatts AS indnkeyatts, pg_catalog.pg_index.indnullsnotdistinct AS indnullsnotdistinct, pg_catalog.pg_description.description AS description 
FROM pg_catalog.pg_constraint JOIN pg_catalog.pg_index ON pg_catalog.pg_constraint.conindid = pg_catalog.pg_index.indexrelid LEFT OUTER JOIN pg_catalog.pg_description ON pg_catalog.pg_description.objoid = pg_catalog.pg_constraint.oid AND pg_catalog.pg_description.classoid = CAST($2 AS REGCLASS) 
WHERE pg_catalog.pg_constraint.contype = $3::VARCHAR AND pg_catalog.pg_constraint.conrelid IN ($4, $5, $6, $7, $8, $9, $10, $11, $12)) AS con ON pg_catalog.pg_attribute.attnum = con.attnum AND pg_catalog.pg_attribute.attrelid = con.conrelid 
WHERE con.conrelid IN ($4, $5, $6, $7, $8, $9, $10, $11, $12)) AS attr GROUP BY attr.conrelid, attr.conname ORDER BY attr.conrelid, attr.conname
--;
SELECT pg_catalog.pg_class.relname, pg_catalog.pg_constraint.conname, CASE WHEN (pg_catalog.pg_constraint.oid IS NOT NULL) THEN pg_catalog.pg_get_constraintdef(pg_catalog.pg_constraint.oid, $1) END AS anon_1, nsp_ref.nspname, pg_catalog.pg_description.description 
FROM pg_catalog.pg_class LEFT OUTER JOIN pg_catalog.pg_constraint ON pg_catalog.pg_class.oid = pg_catalog.pg_constraint.conrelid AND pg_catalog.pg_constraint.contype = $2::VARCHAR LEFT OUTER JOIN pg_catalog.pg_class AS cls_ref ON cls_ref.oid = pg_catalog.pg_constraint.confrelid LEFT OUTER JOIN pg_catalog.pg_namespace AS nsp_ref ON cls_ref.relnamespace = nsp_ref.oid LEFT OUTER JOIN pg_catalog.pg_description ON pg_catalog.pg_description.objoid = pg_catalog.pg_constraint.oid AND pg_catalog.pg_description.classoid = CAST($3 AS REGCLASS) JOIN pg_catalog.pg_namespace ON pg_catalog.pg_namespace.oid = pg_catalog.pg_class.relnamespace 
WHERE pg_catalog.pg_class.relkind = ANY (ARRAY[$4::VARCHAR, $5::VARCHAR, $6::VARCHAR, $7::VARCHAR, $8::VARCHAR]) AND pg_catalog.pg_class.relpersistence != $9::VARCHAR AND pg_catalog.pg_table_is_visible(pg_catalog.pg_class.oid) AND pg_catalog.pg_namespace.nspname != $10::VARCHAR ORDER BY pg_catalog.pg_class.relname, pg_catalog.pg_constraint.conname
--;
SELECT pg_catalog.pg_am.oid, pg_catalog.pg_am.amname 
FROM pg_catalog.pg_am 
WHERE pg_catalog.pg_am.amname = $1::VARCHAR
--;
SELECT pg_catalog.pg_opclass.oid, pg_catalog.pg_opclass.opcname 
FROM pg_catalog.pg_opclass 
WHERE NOT pg_catalog.pg_opclass.opcdefault
--;
SELECT pg_catalog.pg_index.indrelid, pg_catalog.pg_class.relname, pg_catalog.pg_index.indisunique, pg_catalog.pg_index.indisvalid, pg_catalog.pg_constraint.conrelid IS NOT NULL AS has_constraint, pg_catalog.pg_index.indoption, pg_catalog.pg_class.reloptions, pg_catalog.pg_class.relam, CASE WHEN (pg_catalog.pg_index.indpred IS NOT NULL) THEN pg_catalog.pg_get_expr(pg_catalog.pg_index.indpred, pg_catalog.pg_index.indrelid) END AS filter_definition, pg_catalog.pg_index.indnkeyatts, pg_catalog.pg_index.indnullsnotdistinct, idx_cols.elements, idx_cols.elements_is_expr, idx_cols.elements_opclass 
FROM pg_catalog.pg_index JOIN pg_catalog.pg_class ON pg_catalog.pg_index.indexrelid = pg_catalog.pg_class.oid LEFT OUTER JOIN (SELECT idx_attr.indexrelid AS indexrelid, min(idx_attr.indrelid) AS min_1, array_agg(idx_attr.element ORDER BY idx_attr.ord) AS elements, array_agg(idx_attr.is_expr ORDER BY idx_attr.ord) AS elements_is_expr, array_agg(idx_attr.att_opclass ORDER BY idx_attr.ord) AS elements_opclass 
FROM (SELECT idx.indexrelid AS indexrelid, idx.indrelid AS indrelid, idx.ord AS ord, CASE WHEN (idx.attnum = $1::INTEGER) THEN pg_catalog.pg_get_indexdef(idx.indexrelid, idx.ord + $2::INTEGER, $3) ELSE CAST(pg_catalog.pg_attribute.attname AS TEXT) END AS element, idx.attnum = $4::INTEGER AS is_expr, CAST(idx.att_opclass AS BIGINT) AS att_opclass 
FROM (SELECT pg_catalog.pg_index.indexrelid AS indexrelid, pg_catalog.pg_index.indrelid AS indrelid, unnest(pg_catalog.pg_index.indkey) AS attnum, unnest(pg_catalog.pg_index.indclass) AS att_opclass, generate_subscripts(pg_catalog.pg_index.indkey, $5::INTEGER) AS ord 
FROM pg_catalog.pg_index 
WHERE NOT pg_catalog.pg_index.indisprimary AND pg_catalog.pg_index.indrelid IN ($6, $7, $8, $9, $10, $11, $12, $13, $14)) AS idx LEFT OUTER JOIN pg_catalog.pg_attribute ON pg_catalog.pg_attribute.attnum = idx.attnum AND pg_catalog.pg_attribute.attrelid = idx.indrelid 
WHERE idx.indrelid IN ($6, $7, $8, $9, $10, $11, $12, $13, $14)) AS idx_attr GROUP BY idx_attr.indexrelid) AS idx_cols ON pg_catalog.pg_index.indexrelid = idx_cols.indexrelid LEFT OUTER JOIN pg_catalog.pg_constraint ON pg_catalog.pg_index.indrelid = pg_catalog.pg_constraint.conrelid AND pg_catalog.pg_index.indexrelid = pg_catalog.pg_constraint.conindid AND pg_catalog.pg_constraint.contype = ANY (ARRAY[$15::VARCHAR, $16::VARCHAR, $17::VARCHAR]) 
WHERE pg_catalog.pg_index.indrelid IN ($6, $7, $8, $9, $10, $11, $12, $13, $14) AND NOT pg_catalog.pg_index.indisprimary ORDER BY pg_catalog.pg_index.indrelid, pg_catalog.pg_class.relname
--;
SELECT pg_catalog.pg_class.relname, pg_catalog.pg_constraint.conname, CASE WHEN (pg_catalog.pg_constraint.oid IS NOT NULL) THEN pg_catalog.pg_get_constraintdef(pg_catalog.pg_constraint.oid, $1) END AS anon_1, pg_catalog.pg_description.description 
FROM pg_catalog.pg_class LEFT OUTER JOIN pg_catalog.pg_constraint ON pg_catalog.pg_class.oid = pg_catalog.pg_constraint.conrelid AND pg_catalog.pg_constraint.contype = $2::VARCHAR LEFT OUTER JOIN pg_catalog.pg_description ON pg_catalog.pg_description.objoid = pg_catalog.pg_constraint.oid AND pg_catalog.pg_description.classoid = CAST($3 AS REGCLASS) JOIN pg_catalog.pg_namespace ON pg_catalog.pg_namespace.oid = pg_catalog.pg_class.relnamespace 
WHERE pg_catalog.pg_class.relkind = ANY (ARRAY[$4::VARCHAR, $5::VARCHAR, $6::VARCHAR, $7::VARCHAR, $8::VARCHAR]) AND pg_catalog.pg_class.relpersistence != $9::VARCHAR AND pg_catalog.pg_table_is_visible(pg_catalog.pg_class.oid) AND pg_catalog.pg_namespace.nspname != $10::VARCHAR ORDER BY pg_catalog.pg_class.relname, pg_catalog.pg_constraint.conname
--;
SELECT pg_catalog.pg_class.relname, pg_catalog.pg_description.description 
FROM pg_catalog.pg_class LEFT OUTER JOIN pg_catalog.pg_description ON pg_catalog.pg_class.oid = pg_catalog.pg_description.objoid AND pg_catalog.pg_description.objsubid = $1::INTEGER AND pg_catalog.pg_description.classoid = CAST($2 AS REGCLASS) JOIN pg_catalog.pg_namespace ON pg_catalog.pg_namespace.oid = pg_catalog.pg_class.relnamespace 
WHERE pg_catalog.pg_class.relkind = ANY (ARRAY[$3::VARCHAR, $4::VARCHAR, $5::VARCHAR, $6::VARCHAR, $7::VARCHAR]) AND pg_catalog.pg_class.relpersistence != $8::VARCHAR AND pg_catalog.pg_table_is_visible(pg_catalog.pg_class.oid) AND pg_catalog.pg_namespace.nspname != $9::VARCHAR
--;
SELECT pg_catalog.pg_class.oid, pg_catalog.pg_class.relname, pg_catalog.pg_class.reloptions, NULL AS relhasoids, CASE WHEN (pg_catalog.pg_am.amname IS NOT NULL AND pg_catalog.pg_am.amname != current_setting($1::VARCHAR)) THEN pg_catalog.pg_am.amname ELSE NULL END AS access_method_name, pg_catalog.pg_tablespace.spcname AS tablespace_name, inherits.parent_table_names 
FROM pg_catalog.pg_class LEFT OUTER JOIN pg_catalog.pg_am ON pg_catalog.pg_class.relam = pg_catalog.pg_am.oid LEFT OUTER JOIN (SELECT pg_catalog.pg_inherits.inhrelid AS inhrelid, array_agg(pg_catalog.pg_class.relname ORDER BY pg_catalog.pg_inherits.inhseqno) AS parent_table_names 
FROM pg_catalog.pg_inherits JOIN pg_catalog.pg_class ON pg_catalog.pg_inherits.inhparent = pg_catalog.pg_class.oid GROUP BY pg_catalog.pg_inherits.inhrelid) AS inherits ON pg_catalog.pg_class.oid = inherits.inhrelid LEFT OUTER JOIN pg_catalog.pg_tablespace ON pg_catalog.pg_tablespace.oid = pg_catalog.pg_class.reltablespace JOIN pg_catalog.pg_namespace ON pg_catalog.pg_namespace.oid = pg_catalog.pg_class.relnamespace 
WHERE pg_catalog.pg_class.relkind = ANY (ARRAY[$2::VARCHAR, $3::VARCHAR, $4::VARCHAR, $5::VARCHAR, $6::VARCHAR]) AND pg_catalog.pg_class.relpersistence != $7::VARCHAR AND pg_catalog.pg_table_is_visible(pg_catalog.pg_class.oid) AND pg_catalog.pg_namespace.nspname != $8::VARCHAR
--;
SELECT pg_catalog.pg_attribute.attname AS name, pg_catalog.format_type(pg_catalog.pg_attribute.atttypid, pg_catalog.pg_attribute.atttypmod) AS format_type, CASE WHEN pg_catalog.pg_attribute.atthasdef THEN (SELECT pg_catalog.pg_get_expr(pg_catalog.pg_attrdef.adbin, pg_catalog.pg_attrdef.adrelid) AS pg_get_expr_1 
FROM pg_catalog.pg_attrdef 
WHERE pg_catalog.pg_attribute.atthasdef AND pg_catalog.pg_attrdef.adrelid = pg_catalog.pg_attribute.attrelid AND pg_catalog.pg_attrdef.adnum = pg_catalog.pg_attribute.attnum) ELSE NULL END AS "default", pg_catalog.pg_attribute.attnotnull AS not_null, pg_catalog.pg_class.relname AS table_name, pg_catalog.pg_description.description AS comment, pg_catalog.pg_attribute.attgenerated AS generated, CASE WHEN (pg_catalog.pg_attribute.attidentity != $1::VARCHAR) THEN (SELECT json_build_object($2::VARCHAR, pg_catalog.pg_attribute.attidentity = $3::VARCHAR, $4::VARCHAR, pg_catalog.pg_sequence.seqstart, $5::VARCHAR, pg_catalog.pg_sequence.seqincrement, $6::VARCHAR, pg_catalog.pg_sequence.seqmin, $7::VARCHAR, pg_catalog.pg_sequence.seqmax, $8::VARCHAR, pg_catalog.pg_sequence.seqcache, $9::VARCHAR, pg_catalog.pg_sequence.seqcycle) AS json_build_object_1 
FROM pg_catalog.pg_sequence 
WHERE pg_catalog.pg_attribute.attidentity != $10::VARCHAR AND pg_catalog.pg_sequence.seqrelid = CAST(CAST(pg_catalog.pg_get_serial_sequence(CAST(CAST(pg_catalog.pg_attribute.attrelid AS REGCLASS) AS TEXT), pg_catalog.pg_attribute.attname) AS REGCLASS) AS OID)) ELSE NULL END AS identity_options, CASE WHEN (pg_catalog.pg_attribute.attcollation != $11::INTEGER AND (SELECT pg_catalog.pg_type.typcollation 
FROM pg_catalog.pg_type 
WHERE pg_catalog.pg_type.oid = pg_catalog.pg_attribute.atttypid) != pg_catalog.pg_attribute.attcollation) THEN (SELECT json_build_object($12::VARCHAR, pg_catalog.pg_collation.collname, $13::VARCHAR, CASE WHEN pg_catalog.pg_collation_is_visible(pg_catalog.pg_collation.oid) THEN NULL ELSE pg_catalog.pg_namespace.nspname END) AS json_build_object_9 
FROM pg_catalog.pg_collation JOIN pg_catalog.pg_namespace ON pg_catalog.pg_namespace.oid = pg_catalog.pg_collation.collnamespace 
WHERE pg_catalog.pg_collation.oid = pg_catalog.pg_attribute.attcollation) ELSE NULL END AS collation 
FROM pg_catalog.pg_class LEFT OUTER JOIN pg_catalog.pg_attribute ON pg_catalog.pg_class.oid = pg_catalog.pg_attribute.attrelid AND pg_catalog.pg_attribute.attnum > $14::SMALLINT AND NOT pg_catalog.pg_attribute.attisdropped LEFT OUTER JOIN pg_catalog.pg_description ON pg_catalog.pg_description.objoid = pg_catalog.pg_attribute.attrelid AND pg_catalog.pg_description.objsubid = pg_catalog.pg_attribute.attnum JOIN pg_catalog.pg_namespace ON pg_catalog.pg_namespace.oid = pg_catalog.pg_class.relnamespace 
WHERE pg_catalog.pg_class.relkind = ANY (ARRAY[$15::VARCHAR, $16::VARCHAR, $17::VARCHAR]) AND pg_catalog.pg_class.relpersistence != $18::VARCHAR AND pg_catalog.pg_table_is_visible(pg_catalog.pg_class.oid) AND pg_catalog.pg_namespace.nspname != $19::VARCHAR ORDER BY pg_catalog.pg_class.relname, pg_catalog.pg_attribute.attnum
--;
SELECT pg_catalog.pg_class.oid, pg_catalog.pg_class.relname 
FROM pg_catalog.pg_class JOIN pg_catalog.pg_namespace ON pg_catalog.pg_namespace.oid = pg_catalog.pg_class.relnamespace 
WHERE pg_catalog.pg_class.relkind = ANY (ARRAY[$1::VARCHAR, $2::VARCHAR, $3::VARCHAR]) AND pg_catalog.pg_class.relpersistence != $4::VARCHAR AND pg_catalog.pg_table_is_visible(pg_catalog.pg_class.oid) AND pg_catalog.pg_namespace.nspname != $5::VARCHAR
--;
SELECT attr.conrelid, array_agg(CAST(attr.attname AS TEXT) ORDER BY attr.ord) AS cols, attr.conname, min(attr.description) AS description, min(attr.indnkeyatts) AS indnkeyatts, bool_and(attr.indnullsnotdistinct) AS indnullsnotdistinct 
FROM (SELECT con.conrelid AS conrelid, con.conname AS conname, con.description AS description, con.ord AS ord, con.indnkeyatts AS indnkeyatts, con.indnullsnotdistinct AS indnullsnotdistinct, pg_catalog.pg_attribute.attname AS attname 
FROM pg_catalog.pg_attribute JOIN (SELECT pg_catalog.pg_constraint.conrelid AS conrelid, pg_catalog.pg_constraint.conname AS conname, unnest(pg_catalog.pg_index.indkey) AS attnum, generate_subscripts(pg_catalog.pg_index.indkey, $1::INTEGER) AS ord, pg_catalog.pg_index.indnkeyatts AS indnkeyatts, pg_catalog.pg_index.indnullsnotdistinct AS indnullsnotdistinct, pg_catalog.pg_description.description AS description 
FROM pg_catalog.pg_constraint JOIN pg_catalog.pg_index ON pg_catalog.pg_constraint.conindid = pg_catalog.pg_index.indexrelid LEFT OUTER JOIN pg_catalog.pg_description ON pg_catalog.pg_description.objoid = pg_catalog.pg_constraint.oid AND pg_catalog.pg_description.classoid = CAST($2 AS REGCLASS) 
WHERE pg_catalog.pg_constraint.contype = $3::VARCHAR AND pg_catalog.pg_constraint.conrelid IN ($4, $5, $6, $7, $8, $9, $10, $11)) AS con ON pg_catalog.pg_attribute.attnum = con.attnum AND pg_catalog.pg_attribute.attrelid = con.conrelid 
WHERE con.conrelid IN ($4, $5, $6, $7, $8, $9, $10, $11)) AS attr GROUP BY attr.conrelid, attr.conname ORDER BY attr.conrelid, attr.conname
--;
SELECT pg_catalog.pg_class.relname, pg_catalog.pg_constraint.conname, CASE WHEN (pg_catalog.pg_constraint.oid IS NOT NULL) THEN pg_catalog.pg_get_constraintdef(pg_catalog.pg_constraint.oid, $1) END AS anon_1, nsp_ref.nspname, pg_catalog.pg_description.description 
FROM pg_catalog.pg_class LEFT OUTER JOIN pg_catalog.pg_constraint ON pg_catalog.pg_class.oid = pg_catalog.pg_constraint.conrelid AND pg_catalog.pg_constraint.contype = $2::VARCHAR LEFT OUTER JOIN pg_catalog.pg_class AS cls_ref ON cls_ref.oid = pg_catalog.pg_constraint.confrelid LEFT OUTER JOIN pg_catalog.pg_namespace AS nsp_ref ON cls_ref.relnamespace = nsp_ref.oid LEFT OUTER JOIN pg_catalog.pg_description ON pg_catalog.pg_description.objoid = pg_catalog.pg_constraint.oid AND pg_catalog.pg_description.classoid = CAST($3 AS REGCLASS) JOIN pg_catalog.pg_namespace ON pg_catalog.pg_namespace.oid = pg_catalog.pg_class.relnamespace 
WHERE pg_catalog.pg_class.relkind = ANY (ARRAY[$4::VARCHAR, $5::VARCHAR, $6::VARCHAR]) AND pg_catalog.pg_class.relpersistence != $7::VARCHAR AND pg_catalog.pg_table_is_visible(pg_catalog.pg_class.oid) AND pg_catalog.pg_namespace.nspname != $8::VARCHAR ORDER BY pg_catalog.pg_class.relname, pg_catalog.pg_constraint.conname
--;
SELECT pg_catalog.pg_index.indrelid, pg_catalog.pg_class.relname, pg_catalog.pg_index.indisunique, pg_catalog.pg_index.indisvalid, pg_catalog.pg_constraint.conrelid IS NOT NULL AS has_constraint, pg_catalog.pg_index.indoption, pg_catalog.pg_class.reloptions, pg_catalog.pg_class.relam, CASE WHEN (pg_catalog.pg_index.indpred IS NOT NULL) THEN pg_catalog.pg_get_expr(pg_catalog.pg_index.indpred, pg_catalog.pg_index.indrelid) END AS filter_definition, pg_catalog.pg_index.indnkeyatts, pg_catalog.pg_index.indnullsnotdistinct, idx_cols.elements, idx_cols.elements_is_expr, idx_cols.elements_opclass 
FROM pg_catalog.pg_index JOIN pg_catalog.pg_class ON pg_catalog.pg_index.indexrelid = pg_catalog.pg_class.oid LEFT OUTER JOIN (SELECT idx_attr.indexrelid AS indexrelid, min(idx_attr.indrelid) AS min_1, array_agg(idx_attr.element ORDER BY idx_attr.ord) AS elements, array_agg(idx_attr.is_expr ORDER BY idx_attr.ord) AS elements_is_expr, array_agg(idx_attr.att_opclass ORDER BY idx_attr.ord) AS elements_opclass 
FROM (SELECT idx.indexrelid AS indexrelid, idx.indrelid AS indrelid, idx.ord AS ord, CASE WHEN (idx.attnum = $1::INTEGER) THEN pg_catalog.pg_get_indexdef(idx.indexrelid, idx.ord + $2::INTEGER, $3) ELSE CAST(pg_catalog.pg_attribute.attname AS TEXT) END AS element, idx.attnum = $4::INTEGER AS is_expr, CAST(idx.att_opclass AS BIGINT) AS att_opclass 
FROM (SELECT pg_catalog.pg_index.indexrelid AS indexrelid, pg_catalog.pg_index.indrelid AS indrelid, unnest(pg_catalog.pg_index.indkey) AS attnum, unnest(pg_catalog.pg_index.indclass) AS att_opclass, generate_subscripts(pg_catalog.pg_index.indkey, $5::INTEGER) AS ord 
FROM pg_catalog.pg_index 
WHERE NOT pg_catalog.pg_index.indisprimary AND pg_catalog.pg_index.indrelid IN ($6, $7, $8, $9, $10, $11, $12, $13)) AS idx LEFT OUTER JOIN pg_catalog.pg_attribute ON pg_catalog.pg_attribute.attnum = idx.attnum AND pg_catalog.pg_attribute.attrelid = idx.indrelid 
WHERE idx.indrelid IN ($6, $7, $8, $9, $10, $11, $12, $13)) AS idx_attr GROUP BY idx_attr.indexrelid) AS idx_cols ON pg_catalog.pg_index.indexrelid = idx_cols.indexrelid LEFT OUTER JOIN pg_catalog.pg_constraint ON pg_catalog.pg_index.indrelid = pg_catalog.pg_constraint.conrelid AND pg_catalog.pg_index.indexrelid = pg_catalog.pg_constraint.conindid AND pg_catalog.pg_constraint.contype = ANY (ARRAY[$14::VARCHAR, $15::VARCHAR, $16::VARCHAR]) 
WHERE pg_catalog.pg_index.indrelid IN ($6, $7, $8, $9, $10, $11, $12, $13) AND NOT pg_catalog.pg_index.indisprimary ORDER BY pg_catalog.pg_index.indrelid, pg_catalog.pg_class.relname
--;
SELECT pg_catalog.pg_class.relname, pg_catalog.pg_constraint.conname, CASE WHEN (pg_catalog.pg_constraint.oid IS NOT NULL) THEN pg_catalog.pg_get_constraintdef(pg_catalog.pg_constraint.oid, $1) END AS anon_1, pg_catalog.pg_description.description 
FROM pg_catalog.pg_class LEFT OUTER JOIN pg_catalog.pg_constraint ON pg_catalog.pg_class.oid = pg_catalog.pg_constraint.conrelid AND pg_catalog.pg_constraint.contype = $2::VARCHAR LEFT OUTER JOIN pg_catalog.pg_description ON pg_catalog.pg_description.objoid = pg_catalog.pg_constraint.oid AND pg_catalog.pg_description.classoid = CAST($3 AS REGCLASS) JOIN pg_catalog.pg_namespace ON pg_catalog.pg_namespace.oid = pg_catalog.pg_class.relnamespace 
WHERE pg_catalog.pg_class.relkind = ANY (ARRAY[$4::VARCHAR, $5::VARCHAR, $6::VARCHAR]) AND pg_catalog.pg_class.relpersistence != $7::VARCHAR AND pg_catalog.pg_table_is_visible(pg_catalog.pg_class.oid) AND pg_catalog.pg_namespace.nspname != $8::VARCHAR ORDER BY pg_catalog.pg_class.relname, pg_catalog.pg_constraint.conname
--;
SELECT pg_catalog.pg_class.relname, pg_catalog.pg_description.description 
FROM pg_catalog.pg_class LEFT OUTER JOIN pg_catalog.pg_description ON pg_catalog.pg_class.oid = pg_catalog.pg_description.objoid AND pg_catalog.pg_description.objsubid = $1::INTEGER AND pg_catalog.pg_description.classoid = CAST($2 AS REGCLASS) JOIN pg_catalog.pg_namespace ON pg_catalog.pg_namespace.oid = pg_catalog.pg_class.relnamespace 
WHERE pg_catalog.pg_class.relkind = ANY (ARRAY[$3::VARCHAR, $4::VARCHAR, $5::VARCHAR]) AND pg_catalog.pg_class.relpersistence != $6::VARCHAR AND pg_catalog.pg_table_is_visible(pg_catalog.pg_class.oid) AND pg_catalog.pg_namespace.nspname != $7::VARCHAR
--;
SELECT pg_catalog.pg_class.oid, pg_catalog.pg_class.relname, pg_catalog.pg_class.reloptions, NULL AS relhasoids, CASE WHEN (pg_catalog.pg_am.amname IS NOT NULL AND pg_catalog.pg_am.amname != current_setting($1::VARCHAR)) THEN pg_catalog.pg_am.amname ELSE NULL END AS access_method_name, pg_catalog.pg_tablespace.spcname AS tablespace_name, inherits.parent_table_names 
FROM pg_catalog.pg_class LEFT OUTER JOIN pg_catalog.pg_am ON pg_catalog.pg_class.relam = pg_catalog.pg_am.oid LEFT OUTER JOIN (SELECT pg_catalog.pg_inherits.inhrelid AS inhrelid, array_agg(pg_catalog.pg_class.relname ORDER BY pg_catalog.pg_inherits.inhseqno) AS parent_table_names 
FROM pg_catalog.pg_inherits JOIN pg_catalog.pg_class ON pg_catalog.pg_inherits.inhparent = pg_catalog.pg_class.oid GROUP BY pg_catalog.pg_inherits.inhrelid) AS inherits ON pg_catalog.pg_class.oid = inherits.inhrelid LEFT OUTER JOIN pg_catalog.pg_tablespace ON pg_catalog.pg_tablespace.oid = pg_catalog.pg_class.reltablespace JOIN pg_catalog.pg_namespace ON pg_catalog.pg_namespace.oid = pg_catalog.pg_class.relnamespace 
WHERE pg_catalog.pg_class.relkind = ANY (ARRAY[$2::VARCHAR, $3::VARCHAR, $4::VARCHAR]) AND pg_catalog.pg_class.relpersistence != $5::VARCHAR AND pg_catalog.pg_table_is_visible(pg_catalog.pg_class.oid) AND pg_catalog.pg_namespace.nspname != $6::VARCHAR
--;
SELECT pg_catalog.pg_attribute.attname AS name, pg_catalog.format_type(pg_catalog.pg_attribute.atttypid, pg_catalog.pg_attribute.atttypmod) AS format_type, CASE WHEN pg_catalog.pg_attribute.atthasdef THEN (SELECT pg_catalog.pg_get_expr(pg_catalog.pg_attrdef.adbin, pg_catalog.pg_attrdef.adrelid) AS pg_get_expr_1 
FROM pg_catalog.pg_attrdef 
WHERE pg_catalog.pg_attribute.atthasdef AND pg_catalog.pg_attrdef.adrelid = pg_catalog.pg_attribute.attrelid AND pg_catalog.pg_attrdef.adnum = pg_catalog.pg_attribute.attnum) ELSE NULL END AS "default", pg_catalog.pg_attribute.attnotnull AS not_null, pg_catalog.pg_class.relname AS table_name, pg_catalog.pg_description.description AS comment, pg_catalog.pg_attribute.attgenerated AS generated, CASE WHEN (pg_catalog.pg_attribute.attidentity != $1::VARCHAR) THEN (SELECT json_build_object($2::VARCHAR, pg_catalog.pg_attribute.attidentity = $3::VARCHAR, $4::VARCHAR, pg_catalog.pg_sequence.seqstart, $5::VARCHAR, pg_catalog.pg_sequence.seqincrement, $6::VARCHAR, pg_catalog.pg_sequence.seqmin, $7::VARCHAR, pg_catalog.pg_sequence.seqmax, $8::VARCHAR, pg_catalog.pg_sequence.seqcache, $9::VARCHAR, pg_catalog.pg_sequence.seqcycle) AS json_build_object_1 
FROM pg_catalog.pg_sequence 
WHERE pg_catalog.pg_attribute.attidentity != $10::VARCHAR AND pg_catalog.pg_sequence.seqrelid = CAST(CAST(pg_catalog.pg_get_serial_sequence(CAST(CAST(pg_catalog.pg_attribute.attrelid AS REGCLASS) AS TEXT), pg_catalog.pg_attribute.attname) AS REGCLASS) AS OID)) ELSE NULL END AS identity_options, CASE WHEN (pg_catalog.pg_attribute.attcollation != $11::INTEGER AND (SELECT pg_catalog.pg_type.typcollation 
FROM pg_catalog.pg_type 
WHERE pg_catalog.pg_type.oid = pg_catalog.pg_attribute.atttypid) != pg_catalog.pg_attribute.attcollation) THEN (SELECT json_build_object($12::VARCHAR, pg_catalog.pg_collation.collname, $13::VARCHAR, CASE WHEN pg_catalog.pg_collation_is_visible(pg_catalog.pg_collation.oid) THEN NULL ELSE pg_catalog.pg_namespace.nspname END) AS json_build_object_9 
FROM pg_catalog.pg_collation JOIN pg_catalog.pg_namespace ON pg_catalog.pg_namespace.oid = pg_catalog.pg_collation.collnamespace 
WHERE pg_catalog.pg_collation.oid = pg_catalog.pg_attribute.attcollation) ELSE NULL END AS collation 
FROM pg_catalog.pg_class LEFT OUTER JOIN pg_catalog.pg_attribute ON pg_catalog.pg_class.oid = pg_catalog.pg_attribute.attrelid AND pg_catalog.pg_attribute.attnum > $14::SMALLINT AND NOT pg_catalog.pg_attribute.attisdropped LEFT OUTER JOIN pg_catalog.pg_description ON pg_catalog.pg_description.objoid = pg_catalog.pg_attribute.attrelid AND pg_catalog.pg_description.objsubid = pg_catalog.pg_attribute.attnum JOIN pg_catalog.pg_namespace ON pg_catalog.pg_namespace.oid = pg_catalog.pg_class.relnamespace 
WHERE pg_catalog.pg_class.relkind = ANY (ARRAY[$15::VARCHAR]) AND pg_catalog.pg_class.relpersistence != $16::VARCHAR AND pg_catalog.pg_table_is_visible(pg_catalog.pg_class.oid) AND pg_catalog.pg_namespace.nspname != $17::VARCHAR ORDER BY pg_catalog.pg_class.relname, pg_catalog.pg_attribute.attnum
--;
SELECT pg_catalog.pg_class.oid, pg_catalog.pg_class.relname 
FROM pg_catalog.pg_class JOIN pg_catalog.pg_namespace ON pg_catalog.pg_namespace.oid = pg_catalog.pg_class.relnamespace 
WHERE pg_catalog.pg_class.relkind = ANY (ARRAY[$1::VARCHAR]) AND pg_catalog.pg_class.relpersistence != $2::VARCHAR AND pg_catalog.pg_table_is_visible(pg_catalog.pg_class.oid) AND pg_catalog.pg_namespace.nspname != $3::VARCHAR
--;
SELECT attr.conrelid, array_agg(CAST(attr.attname AS TEXT) ORDER BY attr.ord) AS cols, attr.conname, min(attr.description) AS description, min(attr.indnkeyatts) AS indnkeyatts, bool_and(attr.indnullsnotdistinct) AS indnullsnotdistinct 
FROM (SELECT con.conrelid AS conrelid, con.conname AS conname, con.description AS description, con.ord AS ord, con.indnkeyatts AS indnkeyatts, con.indnullsnotdistinct AS indnullsnotdistinct, pg_catalog.pg_attribute.attname AS attname 
FROM pg_catalog.pg_attribute JOIN (SELECT pg_catalog.pg_constraint.conrelid AS conrelid, pg_catalog.pg_constraint.conname AS conname, unnest(pg_catalog.pg_index.indkey) AS attnum, generate_subscripts(pg_catalog.pg_index.indkey, $1::INTEGER) AS ord, pg_catalog.pg_index.indnkeyatts AS indnkeyatts, pg_catalog.pg_index.indnullsnotdistinct AS indnullsnotdistinct, pg_catalog.pg_description.description AS description 
FROM pg_catalog.pg_constraint JOIN pg_catalog.pg_index ON pg_catalog.pg_constraint.conindid = pg_catalog.pg_index.indexrelid LEFT OUTER JOIN pg_catalog.pg_description ON pg_catalog.pg_description.objoid = pg_catalog.pg_constraint.oid AND pg_catalog.pg_description.classoid = CAST($2 AS REGCLASS) 
WHERE pg_catalog.pg_constraint.contype = $3::VARCHAR AND pg_catalog.pg_constraint.conrelid IN ($4)) AS con ON pg_catalog.pg_attribute.attnum = con.attnum AND pg_catalog.pg_attribute.attrelid = con.conrelid 
WHERE con.conrelid IN ($4)) AS attr GROUP BY attr.conrelid, attr.conname ORDER BY attr.conrelid, attr.conname
--;
SELECT pg_catalog.pg_class.relname, pg_catalog.pg_constraint.conname, CASE WHEN (pg_catalog.pg_constraint.oid IS NOT NULL) THEN pg_catalog.pg_get_constraintdef(pg_catalog.pg_constraint.oid, $1) END AS anon_1, nsp_ref.nspname, pg_catalog.pg_description.description 
FROM pg_catalog.pg_class LEFT OUTER JOIN pg_catalog.pg_constraint ON pg_catalog.pg_class.oid = pg_catalog.pg_constraint.conrelid AND pg_catalog.pg_constraint.contype = $2::VARCHAR LEFT OUTER JOIN pg_catalog.pg_class AS cls_ref ON cls_ref.oid = pg_catalog.pg_constraint.confrelid LEFT OUTER JOIN pg_catalog.pg_namespace AS nsp_ref ON cls_ref.relnamespace = nsp_ref.oid LEFT OUTER JOIN pg_catalog.pg_description ON pg_catalog.pg_description.objoid = pg_catalog.pg_constraint.oid AND pg_catalog.pg_description.classoid = CAST($3 AS REGCLASS) JOIN pg_catalog.pg_namespace ON pg_catalog.pg_namespace.oid = pg_catalog.pg_class.relnamespace 
WHERE pg_catalog.pg_class.relkind = ANY (ARRAY[$4::VARCHAR]) AND pg_catalog.pg_class.relpersistence != $5::VARCHAR AND pg_catalog.pg_table_is_visible(pg_catalog.pg_class.oid) AND pg_catalog.pg_namespace.nspname != $6::VARCHAR ORDER BY pg_catalog.pg_class.relname, pg_catalog.pg_constraint.conname
--;
SELECT pg_catalog.pg_index.indrelid, pg_catalog.pg_class.relname, pg_catalog.pg_index.indisunique, pg_catalog.pg_index.indisvalid, pg_catalog.pg_constraint.conrelid IS NOT NULL AS has_constraint, pg_catalog.pg_index.indoption, pg_catalog.pg_class.reloptions, pg_catalog.pg_class.relam, CASE WHEN (pg_catalog.pg_index.indpred IS NOT NULL) THEN pg_catalog.pg_get_expr(pg_catalog.pg_index.indpred, pg_catalog.pg_index.indrelid) END AS filter_definition, pg_catalog.pg_index.indnkeyatts, pg_catalog.pg_index.indnullsnotdistinct, idx_cols.elements, idx_cols.elements_is_expr, idx_cols.elements_opclass 
FROM pg_catalog.pg_index JOIN pg_catalog.pg_class ON pg_catalog.pg_index.indexrelid = pg_catalog.pg_class.oid LEFT OUTER JOIN (SELECT idx_attr.indexrelid AS indexrelid, min(idx_attr.indrelid) AS min_1, array_agg(idx_attr.element ORDER BY idx_attr.ord) AS elements, array_agg(idx_attr.is_expr ORDER BY idx_attr.ord) AS elements_is_expr, array_agg(idx_attr.att_opclass ORDER BY idx_attr.ord) AS elements_opclass 
FROM (SELECT idx.indexrelid AS indexrelid, idx.indrelid AS indrelid, idx.ord AS ord, CASE WHEN (idx.attnum = $1::INTEGER) THEN pg_catalog.pg_get_indexdef(idx.indexrelid, idx.ord + $2::INTEGER, $3) ELSE CAST(pg_catalog.pg_attribute.attname AS TEXT) END AS element, idx.attnum = $4::INTEGER AS is_expr, CAST(idx.att_opclass AS BIGINT) AS att_opclass 
FROM (SELECT pg_catalog.pg_index.indexrelid AS indexrelid, pg_catalog.pg_index.indrelid AS indrelid, unnest(pg_catalog.pg_index.indkey) AS attnum, unnest(pg_catalog.pg_index.indclass) AS att_opclass, generate_subscripts(pg_catalog.pg_index.indkey, $5::INTEGER) AS ord 
FROM pg_catalog.pg_index 
WHERE NOT pg_catalog.pg_index.indisprimary AND pg_catalog.pg_index.indrelid IN ($6)) AS idx LEFT OUTER JOIN pg_catalog.pg_attribute ON pg_catalog.pg_attribute.attnum = idx.attnum AND pg_catalog.pg_attribute.attrelid = idx.indrelid 
WHERE idx.indrelid IN ($6)) AS idx_attr GROUP BY idx_attr.indexrelid) AS idx_cols ON pg_catalog.pg_index.indexrelid = idx_cols.indexrelid LEFT OUTER JOIN pg_catalog.pg_constraint ON pg_catalog.pg_index.indrelid = pg_catalog.pg_constraint.conrelid AND pg_catalog.pg_index.indexrelid = pg_catalog.pg_constraint.conindid AND pg_catalog.pg_constraint.contype = ANY (ARRAY[$7::VARCHAR, $8::VARCHAR, $9::VARCHAR]) 
WHERE pg_catalog.pg_index.indrelid IN ($6) AND NOT pg_catalog.pg_index.indisprimary ORDER BY pg_catalog.pg_index.indrelid, pg_catalog.pg_class.relname
--;
SELECT pg_catalog.pg_class.relname, pg_catalog.pg_constraint.conname, CASE WHEN (pg_catalog.pg_constraint.oid IS NOT NULL) THEN pg_catalog.pg_get_constraintdef(pg_catalog.pg_constraint.oid, $1) END AS anon_1, pg_catalog.pg_description.description 
FROM pg_catalog.pg_class LEFT OUTER JOIN pg_catalog.pg_constraint ON pg_catalog.pg_class.oid = pg_catalog.pg_constraint.conrelid AND pg_catalog.pg_constraint.contype = $2::VARCHAR LEFT OUTER JOIN pg_catalog.pg_description ON pg_catalog.pg_description.objoid = pg_catalog.pg_constraint.oid AND pg_catalog.pg_description.classoid = CAST($3 AS REGCLASS) JOIN pg_catalog.pg_namespace ON pg_catalog.pg_namespace.oid = pg_catalog.pg_class.relnamespace 
WHERE pg_catalog.pg_class.relkind = ANY (ARRAY[$4::VARCHAR]) AND pg_catalog.pg_class.relpersistence != $5::VARCHAR AND pg_catalog.pg_table_is_visible(pg_catalog.pg_class.oid) AND pg_catalog.pg_namespace.nspname != $6::VARCHAR ORDER BY pg_catalog.pg_class.relname, pg_catalog.pg_constraint.conname
--;
SELECT pg_catalog.pg_class.relname, pg_catalog.pg_description.description 
FROM pg_catalog.pg_class LEFT OUTER JOIN pg_catalog.pg_description ON pg_catalog.pg_class.oid = pg_catalog.pg_description.objoid AND pg_catalog.pg_description.objsubid = $1::INTEGER AND pg_catalog.pg_description.classoid = CAST($2 AS REGCLASS) JOIN pg_catalog.pg_namespace ON pg_catalog.pg_namespace.oid = pg_catalog.pg_class.relnamespace 
WHERE pg_catalog.pg_class.relkind = ANY (ARRAY[$3::VARCHAR]) AND pg_catalog.pg_class.relpersistence != $4::VARCHAR AND pg_catalog.pg_table_is_visible(pg_catalog.pg_class.oid) AND pg_catalog.pg_namespace.nspname != $5::VARCHAR
--;
SELECT pg_catalog.pg_class.oid, pg_catalog.pg_class.relname, pg_catalog.pg_class.reloptions, NULL AS relhasoids, CASE WHEN (pg_catalog.pg_am.amname IS NOT NULL AND pg_catalog.pg_am.amname != current_setting($1::VARCHAR)) THEN pg_catalog.pg_am.amname ELSE NULL END AS access_method_name, pg_catalog.pg_tablespace.spcname AS tablespace_name, inherits.parent_table_names 
FROM pg_catalog.pg_class LEFT OUTER JOIN pg_catalog.pg_am ON pg_catalog.pg_class.relam = pg_catalog.pg_am.oid LEFT OUTER JOIN (SELECT pg_catalog.pg_inherits.inhrelid AS inhrelid, array_agg(pg_catalog.pg_class.relname ORDER BY pg_catalog.pg_inherits.inhseqno) AS parent_table_names 
FROM pg_catalog.pg_inherits JOIN pg_catalog.pg_class ON pg_catalog.pg_inherits.inhparent = pg_catalog.pg_class.oid GROUP BY pg_catalog.pg_inherits.inhrelid) AS inherits ON pg_catalog.pg_class.oid = inherits.inhrelid LEFT OUTER JOIN pg_catalog.pg_tablespace ON pg_catalog.pg_tablespace.oid = pg_catalog.pg_class.reltablespace JOIN pg_catalog.pg_namespace ON pg_catalog.pg_namespace.oid = pg_catalog.pg_class.relnamespace 
WHERE pg_catalog.pg_class.relkind = ANY (ARRAY[$2::VARCHAR]) AND pg_catalog.pg_class.relpersistence != $3::VARCHAR AND pg_catalog.pg_table_is_visible(pg_catalog.pg_class.oid) AND pg_catalog.pg_namespace.nspname != $4::VARCHAR
--;
SELECT pg_catalog.pg_attribute.attname AS name, pg_catalog.format_type(pg_catalog.pg_attribute.atttypid, pg_catalog.pg_attribute.atttypmod) AS format_type, CASE WHEN pg_catalog.pg_attribute.atthasdef THEN (SELECT pg_catalog.pg_get_expr(pg_catalog.pg_attrdef.adbin, pg_catalog.pg_attrdef.adrelid) AS pg_get_expr_1 
FROM pg_catalog.pg_attrdef 
WHERE pg_catalog.pg_attribute.atthasdef AND pg_catalog.pg_attrdef.adrelid = pg_catalog.pg_attribute.attrelid AND pg_catalog.pg_attrdef.adnum = pg_catalog.pg_attribute.attnum) ELSE NULL END AS "default", pg_catalog.pg_attribute.attnotnull AS not_null, pg_catalog.pg_class.relname AS table_name, pg_catalog.pg_description.description AS comment, pg_catalog.pg_attribute.attgenerated AS generated, CASE WHEN (pg_catalog.pg_attribute.attidentity != $1::VARCHAR) THEN (SELECT json_build_object($2::VARCHAR, pg_catalog.pg_attribute.attidentity = $3::VARCHAR, $4::VARCHAR, pg_catalog.pg_sequence.seqstart, $5::VARCHAR, pg_catalog.pg_sequence.seqincrement, $6::VARCHAR, pg_catalog.pg_sequence.seqmin, $7::VARCHAR, pg_catalog.pg_sequence.seqmax, $8::VARCHAR, pg_catalog.pg_sequence.seqcache, $9::VARCHAR, pg_catalog.pg_sequence.seqcycle) AS json_build_object_1 
FROM pg_catalog.pg_sequence 
WHERE pg_catalog.pg_attribute.attidentity != $10::VARCHAR AND pg_catalog.pg_sequence.seqrelid = CAST(CAST(pg_catalog.pg_get_serial_sequence(CAST(CAST(pg_catalog.pg_attribute.attrelid AS REGCLASS) AS TEXT), pg_catalog.pg_attribute.attname) AS REGCLASS) AS OID)) ELSE NULL END AS identity_options, CASE WHEN (pg_catalog.pg_attribute.attcollation != $11::INTEGER AND (SELECT pg_catalog.pg_type.typcollation 
FROM pg_catalog.pg_type 
WHERE pg_catalog.pg_type.oid = pg_catalog.pg_attribute.atttypid) != pg_catalog.pg_attribute.attcollation) THEN (SELECT json_build_object($12::VARCHAR, pg_catalog.pg_collation.collname, $13::VARCHAR, CASE WHEN pg_catalog.pg_collation_is_visible(pg_catalog.pg_collation.oid) THEN NULL ELSE pg_catalog.pg_namespace.nspname END) AS json_build_object_9 
FROM pg_catalog.pg_collation JOIN pg_catalog.pg_namespace ON pg_catalog.pg_namespace.oid = pg_catalog.pg_collation.collnamespace 
WHERE pg_catalog.pg_collation.oid = pg_catalog.pg_attribute.attcollation) ELSE NULL END AS collation 
FROM pg_catalog.pg_class LEFT OUTER JOIN pg_catalog.pg_attribute ON pg_catalog.pg_class.oid = pg_catalog.pg_attribute.attrelid AND pg_catalog.pg_attribute.attnum > $14::SMALLINT AND NOT pg_catalog.pg_attribute.attisdropped LEFT OUTER JOIN pg_catalog.pg_description ON pg_catalog.pg_description.objoid = pg_catalog.pg_attribute.attrelid AND pg_catalog.pg_description.objsubid = pg_catalog.pg_attribute.attnum JOIN pg_catalog.pg_namespace ON pg_catalog.pg_namespace.oid = pg_catalog.pg_class.relnamespace 
WHERE pg_catalog.pg_class.relkind = ANY (ARRAY[$15::VARCHAR, $16::VARCHAR, $17::VARCHAR, $18::VARCHAR, $19::VARCHAR]) AND pg_catalog.pg_table_is_visible(pg_catalog.pg_class.oid) AND pg_catalog.pg_namespace.nspname != $20::VARCHAR AND pg_catalog.pg_class.relname IN ($21::VARCHAR) ORDER BY pg_catalog.pg_class.relname, pg_catalog.pg_attribute.attnum
--;
SELECT pg_catalog.pg_attribute.attname AS name, pg_catalog.format_type(pg_catalog.pg_attribute.atttypid, pg_catalog.pg_attribute.atttypmod) AS format_type, CASE WHEN pg_catalog.pg_attribute.atthasdef THEN (SELECT pg_catalog.pg_get_expr(pg_catalog.pg_attrdef.adbin, pg_catalog.pg_attrdef.adrelid) AS pg_get_expr_1 
FROM pg_catalog.pg_attrdef 
WHERE pg_catalog.pg_attribute.atthasdef AND pg_catalog.pg_attrdef.adrelid = pg_catalog.pg_attribute.attrelid AND pg_catalog.pg_attrdef.adnum = pg_catalog.pg_attribute.attnum) ELSE NULL END AS "default", pg_catalog.pg_attribute.attnotnull AS not_null, pg_catalog.pg_class.relname AS table_name, pg_catalog.pg_description.description AS comment, pg_catalog.pg_attribute.attgenerated AS generated, CASE WHEN (pg_catalog.pg_attribute.attidentity != $1::VARCHAR) THEN (SELECT json_build_object($2::VARCHAR, pg_catalog.pg_attribute.attidentity = $3::VARCHAR, $4::VARCHAR, pg_catalog.pg_sequence.seqstart, $5::VARCHAR, pg_catalog.pg_sequence.seqincrement, $6::VARCHAR, pg_catalog.pg_sequence.seqmin, $7::VARCHAR, pg_catalog.pg_sequence.seqmax, $8::VARCHAR, pg_catalog.pg_sequence.seqcache, $9::VARCHAR, pg_catalog.pg_sequence.seqcycle) AS json_build_object_1 
FROM pg_catalog.pg_sequence 
WHERE pg_catalog.pg_attribute.attidentity != $10::VARCHAR AND pg_catalog.pg_sequence.seqrelid = CAST(CAST(pg_catalog.pg_get_serial_sequence(CAST(CAST(pg_catalog.pg_attribute.attrelid AS REGCLASS) AS TEXT), pg_catalog.pg_attribute.attname) AS REGCLASS) AS OID)) ELSE NULL END AS identity_options, CASE WHEN (pg_catalog.pg_attribute.attcollation != $11::INTEGER AND (SELECT pg_catalog.pg_type.typcollation 
FROM pg_catalog.pg_type 
WHERE pg_catalog.pg_type.oid = pg_catalog.pg_attribute.atttypid) != pg_catalog.pg_attribute.attcollation) THEN (SELECT json_build_object($12::VARCHAR, pg_catalog.pg_collation.collname, $13::VARCHAR, CASE WHEN pg_catalog.pg_collation_is_visible(pg_catalog.pg_collation.oid) THEN NULL ELSE pg_catalog.pg_namespace.nspname END) AS json_build_object_9 
FROM pg_catalog.pg_collation JOIN pg_catalog.pg_namespace ON pg_catalog.pg_namespace.oid = pg_catalog.pg_collation.collnamespace 
WHERE pg_catalog.pg_collation.oid = pg_catalog.pg_attribute.attcollation) ELSE NULL END AS collation 
FROM pg_catalog.pg_class LEFT OUTER JOIN pg_catalog.pg_attribute ON pg_catalog.pg_class.oid = pg_catalog.pg_attribute.attrelid AND pg_catalog.pg_attribute.attnum > $14::SMALLINT AND NOT pg_catalog.pg_attribute.attisdropped LEFT OUTER JOIN pg_catalog.pg_description ON pg_catalog.pg_description.objoid = pg_catalog.pg_attribute.attrelid AND pg_catalog.pg_description.objsubid = pg_catalog.pg_attribute.attnum JOIN pg_catalog.pg_namespace ON pg_catalog.pg_namespace.oid = pg_catalog.pg_class.relnamespace 
WHERE pg_catalog.pg_class.relkind = ANY (ARRAY[$15::VARCHAR, $16::VARCHAR, $17::VARCHAR, $18::VARCHAR, $19::VARCHAR]) AND pg_catalog.pg_namespace.nspname = $20::VARCHAR AND pg_catalog.pg_class.relname IN ($21::VARCHAR) ORDER BY pg_catalog.pg_class.relname, pg_catalog.pg_attribute.attnum
--;
SELECT pg_catalog.pg_class.oid, pg_catalog.pg_class.relname 
FROM pg_catalog.pg_class JOIN pg_catalog.pg_namespace ON pg_catalog.pg_namespace.oid = pg_catalog.pg_class.relnamespace 
WHERE pg_catalog.pg_class.relkind = ANY (ARRAY[$1::VARCHAR, $2::VARCHAR, $3::VARCHAR, $4::VARCHAR, $5::VARCHAR]) AND pg_catalog.pg_table_is_visible(pg_catalog.pg_class.oid) AND pg_catalog.pg_namespace.nspname != $6::VARCHAR AND pg_catalog.pg_class.relname IN ($7::VARCHAR)
--;
SELECT pg_catalog.pg_class.oid, pg_catalog.pg_class.relname 
FROM pg_catalog.pg_class JOIN pg_catalog.pg_namespace ON pg_catalog.pg_namespace.oid = pg_catalog.pg_class.relnamespace 
WHERE pg_catalog.pg_class.relkind = ANY (ARRAY[$1::VARCHAR, $2::VARCHAR, $3::VARCHAR, $4::VARCHAR, $5::VARCHAR]) AND pg_catalog.pg_namespace.nspname = $6::VARCHAR AND pg_catalog.pg_class.relname IN ($7::VARCHAR)
--;
SELECT pg_catalog.pg_class.relname, pg_catalog.pg_constraint.conname, CASE WHEN (pg_catalog.pg_constraint.oid IS NOT NULL) THEN pg_catalog.pg_get_constraintdef(pg_catalog.pg_constraint.oid, $1) END AS anon_1, nsp_ref.nspname, pg_catalog.pg_description.description 
FROM pg_catalog.pg_class LEFT OUTER JOIN pg_catalog.pg_constraint ON pg_catalog.pg_class.oid = pg_catalog.pg_constraint.conrelid AND pg_catalog.pg_constraint.contype = $2::VARCHAR LEFT OUTER JOIN pg_catalog.pg_class AS cls_ref ON cls_ref.oid = pg_catalog.pg_constraint.confrelid LEFT OUTER JOIN pg_catalog.pg_namespace AS nsp_ref ON cls_ref.relnamespace = nsp_ref.oid LEFT OUTER JOIN pg_catalog.pg_description ON pg_catalog.pg_description.objoid = pg_catalog.pg_constraint.oid AND pg_catalog.pg_description.classoid = CAST($3 AS REGCLASS) JOIN pg_catalog.pg_namespace ON pg_catalog.pg_namespace.oid = pg_catalog.pg_class.relnamespace 
WHERE pg_catalog.pg_class.relkind = ANY (ARRAY[$4::VARCHAR, $5::VARCHAR, $6::VARCHAR, $7::VARCHAR, $8::VARCHAR]) AND pg_catalog.pg_table_is_visible(pg_catalog.pg_class.oid) AND pg_catalog.pg_namespace.nspname != $9::VARCHAR AND pg_catalog.pg_class.relname IN ($10::VARCHAR) ORDER BY pg_catalog.pg_class.relname, pg_catalog.pg_constraint.conname
--;
SELECT pg_catalog.pg_class.relname, pg_catalog.pg_constraint.conname, CASE WHEN (pg_catalog.pg_constraint.oid IS NOT NULL) THEN pg_catalog.pg_get_constraintdef(pg_catalog.pg_constraint.oid, $1) END AS anon_1, nsp_ref.nspname, pg_catalog.pg_description.description 
FROM pg_catalog.pg_class LEFT OUTER JOIN pg_catalog.pg_constraint ON pg_catalog.pg_class.oid = pg_catalog.pg_constraint.conrelid AND pg_catalog.pg_constraint.contype = $2::VARCHAR LEFT OUTER JOIN pg_catalog.pg_class AS cls_ref ON cls_ref.oid = pg_catalog.pg_constraint.confrelid LEFT OUTER JOIN pg_catalog.pg_namespace AS nsp_ref ON cls_ref.relnamespace = nsp_ref.oid LEFT OUTER JOIN pg_catalog.pg_description ON pg_catalog.pg_description.objoid = pg_catalog.pg_constraint.oid AND pg_catalog.pg_description.classoid = CAST($3 AS REGCLASS) JOIN pg_catalog.pg_namespace ON pg_catalog.pg_namespace.oid = pg_catalog.pg_class.relnamespace 
WHERE pg_catalog.pg_class.relkind = ANY (ARRAY[$4::VARCHAR, $5::VARCHAR, $6::VARCHAR, $7::VARCHAR, $8::VARCHAR]) AND pg_catalog.pg_namespace.nspname = $9::VARCHAR AND pg_catalog.pg_class.relname IN ($10::VARCHAR) ORDER BY pg_catalog.pg_class.relname, pg_catalog.pg_constraint.conname
--;
SELECT pg_catalog.pg_class.relname, pg_catalog.pg_constraint.conname, CASE WHEN (pg_catalog.pg_constraint.oid IS NOT NULL) THEN pg_catalog.pg_get_constraintdef(pg_catalog.pg_constraint.oid, $1) END AS anon_1, pg_catalog.pg_description.description 
FROM pg_catalog.pg_class LEFT OUTER JOIN pg_catalog.pg_constraint ON pg_catalog.pg_class.oid = pg_catalog.pg_constraint.conrelid AND pg_catalog.pg_constraint.contype = $2::VARCHAR LEFT OUTER JOIN pg_catalog.pg_description ON pg_catalog.pg_description.objoid = pg_catalog.pg_constraint.oid AND pg_catalog.pg_description.classoid = CAST($3 AS REGCLASS) JOIN pg_catalog.pg_namespace ON pg_catalog.pg_namespace.oid = pg_catalog.pg_class.relnamespace 
WHERE pg_catalog.pg_class.relkind = ANY (ARRAY[$4::VARCHAR, $5::VARCHAR, $6::VARCHAR, $7::VARCHAR, $8::VARCHAR]) AND pg_catalog.pg_table_is_visible(pg_catalog.pg_class.oid) AND pg_catalog.pg_namespace.nspname != $9::VARCHAR AND pg_catalog.pg_class.relname IN ($10::VARCHAR) ORDER BY pg_catalog.pg_class.relname, pg_catalog.pg_constraint.conname
--;
SELECT pg_catalog.pg_class.relname, pg_catalog.pg_constraint.conname, CASE WHEN (pg_catalog.pg_constraint.oid IS NOT NULL) THEN pg_catalog.pg_get_constraintdef(pg_catalog.pg_constraint.oid, $1) END AS anon_1, pg_catalog.pg_description.description 
FROM pg_catalog.pg_class LEFT OUTER JOIN pg_catalog.pg_constraint ON pg_catalog.pg_class.oid = pg_catalog.pg_constraint.conrelid AND pg_catalog.pg_constraint.contype = $2::VARCHAR LEFT OUTER JOIN pg_catalog.pg_description ON pg_catalog.pg_description.objoid = pg_catalog.pg_constraint.oid AND pg_catalog.pg_description.classoid = CAST($3 AS REGCLASS) JOIN pg_catalog.pg_namespace ON pg_catalog.pg_namespace.oid = pg_catalog.pg_class.relnamespace 
WHERE pg_catalog.pg_class.relkind = ANY (ARRAY[$4::VARCHAR, $5::VARCHAR, $6::VARCHAR, $7::VARCHAR, $8::VARCHAR]) AND pg_catalog.pg_namespace.nspname = $9::VARCHAR AND pg_catalog.pg_class.relname IN ($10::VARCHAR) ORDER BY pg_catalog.pg_class.relname, pg_catalog.pg_constraint.conname
--;
SELECT pg_catalog.pg_class.relname, pg_catalog.pg_description.description 
FROM pg_catalog.pg_class LEFT OUTER JOIN pg_catalog.pg_description ON pg_catalog.pg_class.oid = pg_catalog.pg_description.objoid AND pg_catalog.pg_description.objsubid = $1::INTEGER AND pg_catalog.pg_description.classoid = CAST($2 AS REGCLASS) JOIN pg_catalog.pg_namespace ON pg_catalog.pg_namespace.oid = pg_catalog.pg_class.relnamespace 
WHERE pg_catalog.pg_class.relkind = ANY (ARRAY[$3::VARCHAR, $4::VARCHAR, $5::VARCHAR, $6::VARCHAR, $7::VARCHAR]) AND pg_catalog.pg_table_is_visible(pg_catalog.pg_class.oid) AND pg_catalog.pg_namespace.nspname != $8::VARCHAR AND pg_catalog.pg_class.relname IN ($9::VARCHAR)
--;
SELECT pg_catalog.pg_class.relname, pg_catalog.pg_description.description 
FROM pg_catalog.pg_class LEFT OUTER JOIN pg_catalog.pg_description ON pg_catalog.pg_class.oid = pg_catalog.pg_description.objoid AND pg_catalog.pg_description.objsubid = $1::INTEGER AND pg_catalog.pg_description.classoid = CAST($2 AS REGCLASS) JOIN pg_catalog.pg_namespace ON pg_catalog.pg_namespace.oid = pg_catalog.pg_class.relnamespace 
WHERE pg_catalog.pg_class.relkind = ANY (ARRAY[$3::VARCHAR, $4::VARCHAR, $5::VARCHAR, $6::VARCHAR, $7::VARCHAR]) AND pg_catalog.pg_namespace.nspname = $8::VARCHAR AND pg_catalog.pg_class.relname IN ($9::VARCHAR)
--;
SELECT pg_catalog.pg_class.oid, pg_catalog.pg_class.relname, pg_catalog.pg_class.reloptions, NULL AS relhasoids, CASE WHEN (pg_catalog.pg_am.amname IS NOT NULL AND pg_catalog.pg_am.amname != current_setting($1::VARCHAR)) THEN pg_catalog.pg_am.amname ELSE NULL END AS access_method_name, pg_catalog.pg_tablespace.spcname AS tablespace_name, inherits.parent_table_names 
FROM pg_catalog.pg_class LEFT OUTER JOIN pg_catalog.pg_am ON pg_catalog.pg_class.relam = pg_catalog.pg_am.oid LEFT OUTER JOIN (SELECT pg_catalog.pg_inherits.inhrelid AS inhrelid, array_agg(pg_catalog.pg_class.relname ORDER BY pg_catalog.pg_inherits.inhseqno) AS parent_table_names 
FROM pg_catalog.pg_inherits JOIN pg_catalog.pg_class ON pg_catalog.pg_inherits.inhparent = pg_catalog.pg_class.oid GROUP BY pg_catalog.pg_inherits.inhrelid) AS inherits ON pg_catalog.pg_class.oid = inherits.inhrelid LEFT OUTER JOIN pg_catalog.pg_tablespace ON pg_catalog.pg_tablespace.oid = pg_catalog.pg_class.reltablespace JOIN pg_catalog.pg_namespace ON pg_catalog.pg_namespace.oid = pg_catalog.pg_class.relnamespace 
WHERE pg_catalog.pg_class.relkind = ANY (ARRAY[$2::VARCHAR, $3::VARCHAR, $4::VARCHAR, $5::VARCHAR, $6::VARCHAR]) AND pg_catalog.pg_table_is_visible(pg_catalog.pg_class.oid) AND pg_catalog.pg_namespace.nspname != $7::VARCHAR AND pg_catalog.pg_class.relname IN ($8::VARCHAR)
--;
SELECT pg_catalog.pg_class.oid, pg_catalog.pg_class.relname, pg_catalog.pg_class.reloptions, NULL AS relhasoids, CASE WHEN (pg_catalog.pg_am.amname IS NOT NULL AND pg_catalog.pg_am.amname != current_setting($1::VARCHAR)) THEN pg_catalog.pg_am.amname ELSE NULL END AS access_method_name, pg_catalog.pg_tablespace.spcname AS tablespace_name, inherits.parent_table_names 
FROM pg_catalog.pg_class LEFT OUTER JOIN pg_catalog.pg_am ON pg_catalog.pg_class.relam = pg_catalog.pg_am.oid LEFT OUTER JOIN (SELECT pg_catalog.pg_inherits.inhrelid AS inhrelid, array_agg(pg_catalog.pg_class.relname ORDER BY pg_catalog.pg_inherits.inhseqno) AS parent_table_names 
FROM pg_catalog.pg_inherits JOIN pg_catalog.pg_class ON pg_catalog.pg_inherits.inhparent = pg_catalog.pg_class.oid GROUP BY pg_catalog.pg_inherits.inhrelid) AS inherits ON pg_catalog.pg_class.oid = inherits.inhrelid LEFT OUTER JOIN pg_catalog.pg_tablespace ON pg_catalog.pg_tablespace.oid = pg_catalog.pg_class.reltablespace JOIN pg_catalog.pg_namespace ON pg_catalog.pg_namespace.oid = pg_catalog.pg_class.relnamespace 
WHERE pg_catalog.pg_class.relkind = ANY (ARRAY[$2::VARCHAR, $3::VARCHAR, $4::VARCHAR, $5::VARCHAR, $6::VARCHAR]) AND pg_catalog.pg_namespace.nspname = $7::VARCHAR AND pg_catalog.pg_class.relname IN ($8::VARCHAR)
--;
SELECT pg_catalog.pg_get_viewdef(pg_catalog.pg_class.oid) AS pg_get_viewdef_1 
FROM pg_catalog.pg_class JOIN pg_catalog.pg_namespace ON pg_catalog.pg_namespace.oid = pg_catalog.pg_class.relnamespace 
WHERE pg_catalog.pg_class.relname = $1::VARCHAR AND pg_catalog.pg_class.relkind = ANY (ARRAY[$2::VARCHAR, $3::VARCHAR]) AND pg_catalog.pg_table_is_visible(pg_catalog.pg_class.oid) AND pg_catalog.pg_namespace.nspname != $4::VARCHAR
--;
SELECT pg_catalog.pg_type.typname AS name, pg_catalog.format_type(pg_catalog.pg_type.typbasetype, pg_catalog.pg_type.typtypmod) AS attype, NOT pg_catalog.pg_type.typnotnull AS nullable, pg_catalog.pg_type.typdefault AS "default", pg_catalog.pg_type_is_visible(pg_catalog.pg_type.oid) AS visible, pg_catalog.pg_namespace.nspname AS schema, domain_constraints.condefs, domain_constraints.connames, pg_catalog.pg_collation.collname, CASE WHEN (pg_catalog.pg_collation.oid IS NULL) THEN NULL WHEN pg_catalog.pg_collation_is_visible(pg_catalog.pg_collation.oid) THEN NULL ELSE collation_namespace.nspname END AS collation_schema 
FROM pg_catalog.pg_type JOIN pg_catalog.pg_namespace ON pg_catalog.pg_namespace.oid = pg_catalog.pg_type.typnamespace LEFT OUTER JOIN pg_catalog.pg_collation ON pg_catalog.pg_type.typcollation = pg_catalog.pg_collation.oid LEFT OUTER JOIN pg_catalog.pg_namespace AS collation_namespace ON collation_namespace.oid = pg_catalog.pg_collation.collnamespace LEFT OUTER JOIN (SELECT pg_catalog.pg_constraint.contypid AS contypid, array_agg(pg_catalog.pg_get_constraintdef(pg_catalog.pg_constraint.oid, $1)) AS condefs, array_agg(CAST(pg_catalog.pg_constraint.conname AS TEXT)) AS connames 
FROM pg_catalog.pg_constraint 
WHERE pg_catalog.pg_constraint.contypid != $2::INTEGER GROUP BY pg_catalog.pg_constraint.contypid) AS domain_constraints ON pg_catalog.pg_type.oid = domain_constraints.contypid 
WHERE pg_catalog.pg_type.typtype = $3::VARCHAR AND pg_catalog.pg_type_is_visible(pg_catalog.pg_type.oid) AND pg_catalog.pg_namespace.nspname != $4::VARCHAR ORDER BY pg_catalog.pg_namespace.nspname, pg_catalog.pg_type.typname
--;
SELECT pg_catalog.pg_attribute.attname AS name, pg_catalog.format_type(pg_catalog.pg_attribute.atttypid, pg_catalog.pg_attribute.atttypmod) AS format_type, CASE WHEN pg_catalog.pg_attribute.atthasdef THEN (SELECT pg_catalog.pg_get_expr(pg_catalog.pg_attrdef.adbin, pg_catalog.pg_attrdef.adrelid) AS pg_get_expr_1 
FROM pg_catalog.pg_attrdef 
WHERE pg_catalog.pg_attribute.atthasdef AND pg_catalog.pg_attrdef.adrelid = pg_catalog.pg_attribute.attrelid AND pg_catalog.pg_attrdef.adnum = pg_catalog.pg_attribute.attnum) ELSE NULL END AS "default", pg_catalog.pg_attribute.attnotnull AS not_null, pg_catalog.pg_class.relname AS table_name, pg_catalog.pg_description.description AS comment, pg_catalog.pg_attribute.attgenerated AS generated, CASE WHEN (pg_catalog.pg_attribute.attidentity != $1::VARCHAR) THEN (SELECT json_build_object($2::VARCHAR, pg_catalog.pg_attribute.attidentity = $3::VARCHAR, $4::VARCHAR, pg_catalog.pg_sequence.seqstart, $5::VARCHAR, pg_catalog.pg_sequence.seqincrement, $6::VARCHAR, pg_catalog.pg_sequence.seqmin, $7::VARCHAR, pg_catalog.pg_sequence.seqmax, $8::VARCHAR, pg_catalog.pg_sequence.seqcache, $9::VARCHAR, pg_catalog.pg_sequence.seqcycle) AS json_build_object_1 
FROM pg_catalog.pg_sequence 
WHERE pg_catalog.pg_attribute.attidentity != $10::VARCHAR AND pg_catalog.pg_sequence.seqrelid = CAST(CAST(pg_catalog.pg_get_serial_sequence(CAST(CAST(pg_catalog.pg_attribute.attrelid AS REGCLASS) AS TEXT), pg_catalog.pg_attribute.attname) AS REGCLASS) AS OID)) ELSE NULL END AS identity_options, CASE WHEN (pg_catalog.pg_attribute.attcollation != $11::INTEGER AND (SELECT pg_catalog.pg_type.typcollation 
FROM pg_catalog.pg_type 
WHERE pg_catalog.pg_type.oid = pg_catalog.pg_attribute.atttypid) != pg_catalog.pg_attribute.attcollation) THEN (SELECT json_build_object($12::VARCHAR, pg_catalog.pg_collation.collname, $13::VARCHAR, CASE WHEN pg_catalog.pg_collation_is_visible(pg_catalog.pg_collation.oid) THEN NULL ELSE pg_catalog.pg_namespace.nspname END) AS json_build_object_9 
FROM pg_catalog.pg_collation JOIN pg_catalog.pg_namespace ON pg_catalog.pg_namespace.oid = pg_catalog.pg_collation.collnamespace 
WHERE pg_catalog.pg_collation.oid = pg_catalog.pg_attribute.attcollation) ELSE NULL END AS collation 
FROM pg_catalog.pg_class LEFT OUTER JOIN pg_catalog.pg_attribute ON pg_catalog.pg_class.oid = pg_catalog.pg_attribute.attrelid AND pg_catalog.pg_attribute.attnum > $14::SMALLINT AND NOT pg_catalog.pg_attribute.attisdropped LEFT OUTER JOIN pg_catalog.pg_description ON pg_catalog.pg_description.objoid = pg_catalog.pg_attribute.attrelid AND pg_catalog.pg_description.objsubid = pg_catalog.pg_attribute.attnum JOIN pg_catalog.pg_namespace ON pg_catalog.pg_namespace.oid = pg_catalog.pg_class.relnamespace 
WHERE pg_catalog.pg_class.relkind = ANY (ARRAY[$15::VARCHAR, $16::VARCHAR, $17::VARCHAR]) AND pg_catalog.pg_table_is_visible(pg_catalog.pg_class.oid) AND pg_catalog.pg_namespace.nspname != $18::VARCHAR AND pg_catalog.pg_class.relname IN ($19::VARCHAR, $20::VARCHAR, $21::VARCHAR, $22::VARCHAR, $23::VARCHAR, $24::VARCHAR, $25::VARCHAR, $26::VARCHAR) ORDER BY pg_catalog.pg_class.relname, pg_catalog.pg_attribute.attnum
--;
SELECT pg_catalog.pg_class.oid, pg_catalog.pg_class.relname 
FROM pg_catalog.pg_class JOIN pg_catalog.pg_namespace ON pg_catalog.pg_namespace.oid = pg_catalog.pg_class.relnamespace 
WHERE pg_catalog.pg_class.relkind = ANY (ARRAY[$1::VARCHAR, $2::VARCHAR, $3::VARCHAR]) AND pg_catalog.pg_table_is_visible(pg_catalog.pg_class.oid) AND pg_catalog.pg_namespace.nspname != $4::VARCHAR AND pg_catalog.pg_class.relname IN ($5::VARCHAR, $6::VARCHAR, $7::VARCHAR, $8::VARCHAR, $9::VARCHAR, $10::VARCHAR, $11::VARCHAR, $12::VARCHAR)
--;
SELECT pg_catalog.pg_class.relname, pg_catalog.pg_constraint.conname, CASE WHEN (pg_catalog.pg_constraint.oid IS NOT NULL) THEN pg_catalog.pg_get_constraintdef(pg_catalog.pg_constraint.oid, $1) END AS anon_1, nsp_ref.nspname, pg_catalog.pg_description.description 
FROM pg_catalog.pg_class LEFT OUTER JOIN pg_catalog.pg_constraint ON pg_catalog.pg_class.oid = pg_catalog.pg_constraint.conrelid AND pg_catalog.pg_constraint.contype = $2::VARCHAR LEFT OUTER JOIN pg_catalog.pg_class AS cls_ref ON cls_ref.oid = pg_catalog.pg_constraint.confrelid LEFT OUTER JOIN pg_catalog.pg_namespace AS nsp_ref ON cls_ref.relnamespace = nsp_ref.oid LEFT OUTER JOIN pg_catalog.pg_description ON pg_catalog.pg_description.objoid = pg_catalog.pg_constraint.oid AND pg_catalog.pg_description.classoid = CAST($3 AS REGCLASS) JOIN pg_catalog.pg_namespace ON pg_catalog.pg_namespace.oid = pg_catalog.pg_class.relnamespace 
WHERE pg_catalog.pg_class.relkind = ANY (ARRAY[$4::VARCHAR, $5::VARCHAR, $6::VARCHAR]) AND pg_catalog.pg_table_is_visible(pg_catalog.pg_class.oid) AND pg_catalog.pg_namespace.nspname != $7::VARCHAR AND pg_catalog.pg_class.relname IN ($8::VARCHAR, $9::VARCHAR, $10::VARCHAR, $11::VARCHAR, $12::VARCHAR, $13::VARCHAR, $14::VARCHAR, $15::VARCHAR) ORDER BY pg_catalog.pg_class.relname, pg_catalog.pg_constraint.conname
--;
SELECT pg_catalog.pg_class.relname, pg_catalog.pg_description.description 
FROM pg_catalog.pg_class LEFT OUTER JOIN pg_catalog.pg_description ON pg_catalog.pg_class.oid = pg_catalog.pg_description.objoid AND pg_catalog.pg_description.objsubid = $1::INTEGER AND pg_catalog.pg_description.classoid = CAST($2 AS REGCLASS) JOIN pg_catalog.pg_namespace ON pg_catalog.pg_namespace.oid = pg_catalog.pg_class.relnamespace 
WHERE pg_catalog.pg_class.relkind = ANY (ARRAY[$3::VARCHAR, $4::VARCHAR, $5::VARCHAR]) AND pg_catalog.pg_table_is_visible(pg_catalog.pg_class.oid) AND pg_catalog.pg_namespace.nspname != $6::VARCHAR AND pg_catalog.pg_class.relname IN ($7::VARCHAR, $8::VARCHAR, $9::VARCHAR, $10::VARCHAR, $11::VARCHAR, $12::VARCHAR, $13::VARCHAR, $14::VARCHAR)
--;
SELECT pg_catalog.pg_class.relname, pg_catalog.pg_constraint.conname, CASE WHEN (pg_catalog.pg_constraint.oid IS NOT NULL) THEN pg_catalog.pg_get_constraintdef(pg_catalog.pg_constraint.oid, $1) END AS anon_1, pg_catalog.pg_description.description 
FROM pg_catalog.pg_class LEFT OUTER JOIN pg_catalog.pg_constraint ON pg_catalog.pg_class.oid = pg_catalog.pg_constraint.conrelid AND pg_catalog.pg_constraint.contype = $2::VARCHAR LEFT OUTER JOIN pg_catalog.pg_description ON pg_catalog.pg_description.objoid = pg_catalog.pg_constraint.oid AND pg_catalog.pg_description.classoid = CAST($3 AS REGCLASS) JOIN pg_catalog.pg_namespace ON pg_catalog.pg_namespace.oid = pg_catalog.pg_class.relnamespace 
WHERE pg_catalog.pg_class.relkind = ANY (ARRAY[$4::VARCHAR, $5::VARCHAR, $6::VARCHAR]) AND pg_catalog.pg_table_is_visible(pg_catalog.pg_class.oid) AND pg_catalog.pg_namespace.nspname != $7::VARCHAR AND pg_catalog.pg_class.relname IN ($8::VARCHAR, $9::VARCHAR, $10::VARCHAR, $11::VARCHAR, $12::VARCHAR, $13::VARCHAR, $14::VARCHAR, $15::VARCHAR) ORDER BY pg_catalog.pg_class.relname, pg_catalog.pg_constraint.conname
--;
SELECT pg_catalog.pg_class.oid, pg_catalog.pg_class.relname, pg_catalog.pg_class.reloptions, NULL AS relhasoids, CASE WHEN (pg_catalog.pg_am.amname IS NOT NULL AND pg_catalog.pg_am.amname != current_setting($1::VARCHAR)) THEN pg_catalog.pg_am.amname ELSE NULL END AS access_method_name, pg_catalog.pg_tablespace.spcname AS tablespace_name, inherits.parent_table_names 
FROM pg_catalog.pg_class LEFT OUTER JOIN pg_catalog.pg_am ON pg_catalog.pg_class.relam = pg_catalog.pg_am.oid LEFT OUTER JOIN (SELECT pg_catalog.pg_inherits.inhrelid AS inhrelid, array_agg(pg_catalog.pg_class.relname ORDER BY pg_catalog.pg_inherits.inhseqno) AS parent_table_names 
FROM pg_catalog.pg_inherits JOIN pg_catalog.pg_class ON pg_catalog.pg_inherits.inhparent = pg_catalog.pg_class.oid GROUP BY pg_catalog.pg_inherits.inhrelid) AS inherits ON pg_catalog.pg_class.oid = inherits.inhrelid LEFT OUTER JOIN pg_catalog.pg_tablespace ON pg_catalog.pg_tablespace.oid = pg_catalog.pg_class.reltablespace JOIN pg_catalog.pg_namespace ON pg_catalog.pg_namespace.oid = pg_catalog.pg_class.relnamespace 
WHERE pg_catalog.pg_class.relkind = ANY (ARRAY[$2::VARCHAR, $3::VARCHAR, $4::VARCHAR]) AND pg_catalog.pg_table_is_visible(pg_catalog.pg_class.oid) AND pg_catalog.pg_namespace.nspname != $5::VARCHAR AND pg_catalog.pg_class.relname IN ($6::VARCHAR, $7::VARCHAR, $8::VARCHAR, $9::VARCHAR, $10::VARCHAR, $11::VARCHAR, $12::VARCHAR, $13::VARCHAR)
--;
SELECT pg_catalog.pg_class.relname 
FROM pg_catalog.pg_class JOIN pg_catalog.pg_namespace ON pg_catalog.pg_namespace.oid = pg_catalog.pg_class.relnamespace 
WHERE pg_catalog.pg_class.relkind = ANY (ARRAY[$1::VARCHAR, $2::VARCHAR]) AND pg_catalog.pg_class.relpersistence != $3::VARCHAR AND pg_catalog.pg_namespace.nspname = $4::VARCHAR
--;
SELECT pg_catalog.pg_class.relname 
FROM pg_catalog.pg_class JOIN pg_catalog.pg_namespace ON pg_catalog.pg_namespace.oid = pg_catalog.pg_class.relnamespace 
WHERE pg_catalog.pg_class.relkind = ANY (ARRAY[$1::VARCHAR]) AND pg_catalog.pg_class.relpersistence != $2::VARCHAR AND pg_catalog.pg_namespace.nspname = $3::VARCHAR
--;
SELECT pg_catalog.pg_attribute.attname AS name, pg_catalog.format_type(pg_catalog.pg_attribute.atttypid, pg_catalog.pg_attribute.atttypmod) AS format_type, CASE WHEN pg_catalog.pg_attribute.atthasdef THEN (SELECT pg_catalog.pg_get_expr(pg_catalog.pg_attrdef.adbin, pg_catalog.pg_attrdef.adrelid) AS pg_get_expr_1 
FROM pg_catalog.pg_attrdef 
WHERE pg_catalog.pg_attribute.atthasdef AND pg_catalog.pg_attrdef.adrelid = pg_catalog.pg_attribute.attrelid AND pg_catalog.pg_attrdef.adnum = pg_catalog.pg_attribute.attnum) ELSE NULL END AS "default", pg_catalog.pg_attribute.attnotnull AS not_null, pg_catalog.pg_class.relname AS table_name, pg_catalog.pg_description.description AS comment, pg_catalog.pg_attribute.attgenerated AS generated, CASE WHEN (pg_catalog.pg_attribute.attidentity != $1::VARCHAR) THEN (SELECT json_build_object($2::VARCHAR, pg_catalog.pg_attribute.attidentity = $3::VARCHAR, $4::VARCHAR, pg_catalog.pg_sequence.seqstart, $5::VARCHAR, pg_catalog.pg_sequence.seqincrement, $6::VARCHAR, pg_catalog.pg_sequence.seqmin, $7::VARCHAR, pg_catalog.pg_sequence.seqmax, $8::VARCHAR, pg_catalog.pg_sequence.seqcache, $9::VARCHAR, pg_catalog.pg_sequence.seqcycle) AS json_build_object_1 
FROM pg_catalog.pg_sequence 
WHERE pg_catalog.pg_attribute.attidentity != $10::VARCHAR AND pg_catalog.pg_sequence.seqrelid = CAST(CAST(pg_catalog.pg_get_serial_sequence(CAST(CAST(pg_catalog.pg_attribute.attrelid AS REGCLASS) AS TEXT), pg_catalog.pg_attribute.attname) AS REGCLASS) AS OID)) ELSE NULL END AS identity_options, CASE WHEN (pg_catalog.pg_attribute.attcollation != $11::INTEGER AND (SELECT pg_catalog.pg_type.typcollation 
FROM pg_catalog.pg_type 
WHERE pg_catalog.pg_type.oid = pg_catalog.pg_attribute.atttypid) != pg_catalog.pg_attribute.attcollation) THEN (SELECT json_build_object($12::VARCHAR, pg_catalog.pg_collation.collname, $13::VARCHAR, CASE WHEN pg_catalog.pg_collation_is_visible(pg_catalog.pg_collation.oid) THEN NULL ELSE pg_catalog.pg_namespace.nspname END) AS json_build_object_9 
FROM pg_catalog.pg_collation JOIN pg_catalog.pg_namespace ON pg_catalog.pg_namespace.oid = pg_catalog.pg_collation.collnamespace 
WHERE pg_catalog.pg_collation.oid = pg_catalog.pg_attribute.attcollation) ELSE NULL END AS collation 
FROM pg_catalog.pg_class LEFT OUTER JOIN pg_catalog.pg_attribute ON pg_catalog.pg_class.oid = pg_catalog.pg_attribute.attrelid AND pg_catalog.pg_attribute.attnum > $14::SMALLINT AND NOT pg_catalog.pg_attribute.attisdropped LEFT OUTER JOIN pg_catalog.pg_description ON pg_catalog.pg_description.objoid = pg_catalog.pg_attribute.attrelid AND pg_catalog.pg_description.objsubid = pg_catalog.pg_attribute.attnum JOIN pg_catalog.pg_namespace ON pg_catalog.pg_namespace.oid = pg_catalog.pg_class.relnamespace 
WHERE pg_catalog.pg_class.relkind = ANY (ARRAY[$15::VARCHAR, $16::VARCHAR, $17::VARCHAR, $18::VARCHAR, $19::VARCHAR]) AND pg_catalog.pg_namespace.nspname = $20::VARCHAR AND pg_catalog.pg_class.relname IN ($21::VARCHAR, $22::VARCHAR, $23::VARCHAR, $24::VARCHAR, $25::VARCHAR, $26::VARCHAR, $27::VARCHAR, $28::VARCHAR, $29::VARCHAR) ORDER BY pg_catalog.pg_class.relname, pg_catalog.pg_attribute.attnum
--;
SELECT pg_catalog.pg_class.oid, pg_catalog.pg_class.relname 
FROM pg_catalog.pg_class JOIN pg_catalog.pg_namespace ON pg_catalog.pg_namespace.oid = pg_catalog.pg_class.relnamespace 
WHERE pg_catalog.pg_class.relkind = ANY (ARRAY[$1::VARCHAR, $2::VARCHAR, $3::VARCHAR, $4::VARCHAR, $5::VARCHAR]) AND pg_catalog.pg_namespace.nspname = $6::VARCHAR AND pg_catalog.pg_class.relname IN ($7::VARCHAR, $8::VARCHAR, $9::VARCHAR, $10::VARCHAR, $11::VARCHAR, $12::VARCHAR, $13::VARCHAR, $14::VARCHAR, $15::VARCHAR)
--;
SELECT pg_catalog.pg_class.relname, pg_catalog.pg_constraint.conname, CASE WHEN (pg_catalog.pg_constraint.oid IS NOT NULL) THEN pg_catalog.pg_get_constraintdef(pg_catalog.pg_constraint.oid, $1) END AS anon_1, nsp_ref.nspname, pg_catalog.pg_description.description 
FROM pg_catalog.pg_class LEFT OUTER JOIN pg_catalog.pg_constraint ON pg_catalog.pg_class.oid = pg_catalog.pg_constraint.conrelid AND pg_catalog.pg_constraint.contype = $2::VARCHAR LEFT OUTER JOIN pg_catalog.pg_class AS cls_ref ON cls_ref.oid = pg_catalog.pg_constraint.confrelid LEFT OUTER JOIN pg_catalog.pg_namespace AS nsp_ref ON cls_ref.relnamespace = nsp_ref.oid LEFT OUTER JOIN pg_catalog.pg_description ON pg_catalog.pg_description.objoid = pg_catalog.pg_constraint.oid AND pg_catalog.pg_description.classoid = CAST($3 AS REGCLASS) JOIN pg_catalog.pg_namespace ON pg_catalog.pg_namespace.oid = pg_catalog.pg_class.relnamespace 
WHERE pg_catalog.pg_class.relkind = ANY (ARRAY[$4::VARCHAR, $5::VARCHAR, $6::VARCHAR, $7::VARCHAR, $8::VARCHAR]) AND pg_catalog.pg_namespace.nspname = $9::VARCHAR AND pg_catalog.pg_class.relname IN ($10::VARCHAR, $11::VARCHAR, $12::VARCHAR, $13::VARCHAR, $14::VARCHAR, $15::VARCHAR, $16::VARCHAR, $17::VARCHAR, $18::VARCHAR) ORDER BY pg_catalog.pg_class.relname, pg_catalog.pg_constraint.conname
--;
SELECT pg_catalog.pg_class.relname, pg_catalog.pg_description.description 
FROM pg_catalog.pg_class LEFT OUTER JOIN pg_catalog.pg_description ON pg_catalog.pg_class.oid = pg_catalog.pg_description.objoid AND pg_catalog.pg_description.objsubid = $1::INTEGER AND pg_catalog.pg_description.classoid = CAST($2 AS REGCLASS) JOIN pg_catalog.pg_namespace ON pg_catalog.pg_namespace.oid = pg_catalog.pg_class.relnamespace 
WHERE pg_catalog.pg_class.relkind = ANY (ARRAY[$3::VARCHAR, $4::VARCHAR, $5::VARCHAR, $6::VARCHAR, $7::VARCHAR]) AND pg_catalog.pg_namespace.nspname = $8::VARCHAR AND pg_catalog.pg_class.relname IN ($9::VARCHAR, $10::VARCHAR, $11::VARCHAR, $12::VARCHAR, $13::VARCHAR, $14::VARCHAR, $15::VARCHAR, $16::VARCHAR, $17::VARCHAR)
--;
SELECT pg_catalog.pg_class.relname, pg_catalog.pg_constraint.conname, CASE WHEN (pg_catalog.pg_constraint.oid IS NOT NULL) THEN pg_catalog.pg_get_constraintdef(pg_catalog.pg_constraint.oid, $1) END AS anon_1, pg_catalog.pg_description.description 
FROM pg_catalog.pg_class LEFT OUTER JOIN pg_catalog.pg_constraint ON pg_catalog.pg_class.oid = pg_catalog.pg_constraint.conrelid AND pg_catalog.pg_constraint.contype = $2::VARCHAR LEFT OUTER JOIN pg_catalog.pg_description ON pg_catalog.pg_description.objoid = pg_catalog.pg_constraint.oid AND pg_catalog.pg_description.classoid = CAST($3 AS REGCLASS) JOIN pg_catalog.pg_namespace ON pg_catalog.pg_namespace.oid = pg_catalog.pg_class.relnamespace 
WHERE pg_catalog.pg_class.relkind = ANY (ARRAY[$4::VARCHAR, $5::VARCHAR, $6::VARCHAR, $7::VARCHAR, $8::VARCHAR]) AND pg_catalog.pg_namespace.nspname = $9::VARCHAR AND pg_catalog.pg_class.relname IN ($10::VARCHAR, $11::VARCHAR, $12::VARCHAR, $13::VARCHAR, $14::VARCHAR, $15::VARCHAR, $16::VARCHAR, $17::VARCHAR, $18::VARCHAR) ORDER BY pg_catalog.pg_class.relname, pg_catalog.pg_constraint.conname
--;
SELECT pg_catalog.pg_class.oid, pg_catalog.pg_class.relname, pg_catalog.pg_class.reloptions, NULL AS relhasoids, CASE WHEN (pg_catalog.pg_am.amname IS NOT NULL AND pg_catalog.pg_am.amname != current_setting($1::VARCHAR)) THEN pg_catalog.pg_am.amname ELSE NULL END AS access_method_name, pg_catalog.pg_tablespace.spcname AS tablespace_name, inherits.parent_table_names 
FROM pg_catalog.pg_class LEFT OUTER JOIN pg_catalog.pg_am ON pg_catalog.pg_class.relam = pg_catalog.pg_am.oid LEFT OUTER JOIN (SELECT pg_catalog.pg_inherits.inhrelid AS inhrelid, array_agg(pg_catalog.pg_class.relname ORDER BY pg_catalog.pg_inherits.inhseqno) AS parent_table_names 
FROM pg_catalog.pg_inherits JOIN pg_catalog.pg_class ON pg_catalog.pg_inherits.inhparent = pg_catalog.pg_class.oid GROUP BY pg_catalog.pg_inherits.inhrelid) AS inherits ON pg_catalog.pg_class.oid = inherits.inhrelid LEFT OUTER JOIN pg_catalog.pg_tablespace ON pg_catalog.pg_tablespace.oid = pg_catalog.pg_class.reltablespace JOIN pg_catalog.pg_namespace ON pg_catalog.pg_namespace.oid = pg_catalog.pg_class.relnamespace 
WHERE pg_catalog.pg_class.relkind = ANY (ARRAY[$2::VARCHAR, $3::VARCHAR, $4::VARCHAR, $5::VARCHAR, $6::VARCHAR]) AND pg_catalog.pg_namespace.nspname = $7::VARCHAR AND pg_catalog.pg_class.relname IN ($8::VARCHAR, $9::VARCHAR, $10::VARCHAR, $11::VARCHAR, $12::VARCHAR, $13::VARCHAR, $14::VARCHAR, $15::VARCHAR, $16::VARCHAR)
--;
CREATE TABLE made (
	id SERIAL NOT NULL, 
	v VARCHAR(10), 
	PRIMARY KEY (id)
)
--;
CREATE INDEX ix_made_v ON made (v)
--;
DROP TABLE made
--;
