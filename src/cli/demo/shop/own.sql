-- The shop in the schema and the database model: the same tables without a tenant column. They are made where search_path points.
CREATE TYPE order_status AS ENUM ('new', 'paid', 'sent', 'void');
CREATE TABLE customers (
    id int PRIMARY KEY,
    name text NOT NULL,
    email text NOT NULL UNIQUE,
    country_code text NOT NULL REFERENCES public.countries
);
CREATE SEQUENCE orders_id_seq START 100000;
CREATE TABLE orders (
    id int PRIMARY KEY DEFAULT nextval('orders_id_seq'),
    customer_id int NOT NULL REFERENCES customers,
    status order_status NOT NULL DEFAULT 'new',
    placed_at timestamptz NOT NULL DEFAULT now(),
    note text
);
ALTER SEQUENCE orders_id_seq OWNED BY orders.id;
CREATE INDEX orders_by_customer ON orders (customer_id);
CREATE TABLE order_items (
    order_id int NOT NULL REFERENCES orders ON DELETE CASCADE,
    line_no int NOT NULL,
    sku text NOT NULL,
    quantity int NOT NULL CHECK (quantity > 0),
    price numeric(12, 2) NOT NULL,
    PRIMARY KEY (order_id, line_no)
);
CREATE TABLE events (
    id bigint NOT NULL,
    at date NOT NULL,
    kind text NOT NULL,
    payload jsonb,
    PRIMARY KEY (id, at)
) PARTITION BY RANGE (at);
CREATE TABLE events_2024 PARTITION OF events FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
CREATE TABLE events_2025 PARTITION OF events FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
CREATE TABLE events_other PARTITION OF events DEFAULT;
CREATE VIEW order_totals AS
    SELECT o.id, o.status, sum(i.quantity * i.price) AS total FROM orders o JOIN order_items i ON i.order_id = o.id GROUP BY o.id;
CREATE TABLE pgbench_branches (bid int PRIMARY KEY, bbalance int, filler char(88)) WITH (fillfactor = 100);
CREATE TABLE pgbench_tellers (tid int PRIMARY KEY, bid int, tbalance int, filler char(84)) WITH (fillfactor = 100);
CREATE TABLE pgbench_accounts (aid int PRIMARY KEY, bid int, abalance int, filler char(84)) WITH (fillfactor = 100);
CREATE TABLE pgbench_history (tid int, bid int, aid int, delta int, mtime timestamp, filler char(22));
