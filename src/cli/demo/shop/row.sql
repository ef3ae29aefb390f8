-- The shop in the row model: tables that all tenants share. Every key begins with the tenant column, so that no tenant's values
-- block or betray another's; its default says the tenant of the login, so that ordinary INSERTs needn't.
CREATE TABLE customers (
    tenant_id text NOT NULL DEFAULT substring(session_user::text, 3),
    id int NOT NULL,
    name text NOT NULL,
    email text NOT NULL,
    country_code text NOT NULL REFERENCES countries,
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, email)
);
CREATE SEQUENCE orders_id_seq START 100000;
CREATE TABLE orders (
    tenant_id text NOT NULL DEFAULT substring(session_user::text, 3),
    id int NOT NULL DEFAULT nextval('orders_id_seq'),
    customer_id int NOT NULL,
    status text NOT NULL DEFAULT 'new' CHECK (status IN ('new', 'paid', 'sent', 'void')),
    placed_at timestamptz NOT NULL DEFAULT now(),
    note text,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, customer_id) REFERENCES customers (tenant_id, id)
);
CREATE INDEX orders_by_customer ON orders (tenant_id, customer_id);
CREATE TABLE order_items (
    tenant_id text NOT NULL DEFAULT substring(session_user::text, 3),
    order_id int NOT NULL,
    line_no int NOT NULL,
    sku text NOT NULL,
    quantity int NOT NULL CHECK (quantity > 0),
    price numeric(12, 2) NOT NULL,
    PRIMARY KEY (tenant_id, order_id, line_no),
    FOREIGN KEY (tenant_id, order_id) REFERENCES orders (tenant_id, id) ON DELETE CASCADE
);
CREATE TABLE events (
    tenant_id text NOT NULL DEFAULT substring(session_user::text, 3),
    id bigint NOT NULL,
    at date NOT NULL,
    kind text NOT NULL,
    payload jsonb,
    PRIMARY KEY (tenant_id, id, at)
) PARTITION BY RANGE (at);
CREATE TABLE events_2024 PARTITION OF events FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
CREATE TABLE events_2025 PARTITION OF events FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
CREATE TABLE events_other PARTITION OF events DEFAULT;
-- pgbench's tables with the tenant column in front: `pgbench -n` runs in them unchanged.
CREATE TABLE pgbench_branches (
    tenant_id text NOT NULL DEFAULT substring(session_user::text, 3),
    bid int NOT NULL, bbalance int, filler char(88), PRIMARY KEY (tenant_id, bid)) WITH (fillfactor = 100);
CREATE TABLE pgbench_tellers (
    tenant_id text NOT NULL DEFAULT substring(session_user::text, 3),
    tid int NOT NULL, bid int, tbalance int, filler char(84), PRIMARY KEY (tenant_id, tid)) WITH (fillfactor = 100);
CREATE TABLE pgbench_accounts (
    tenant_id text NOT NULL DEFAULT substring(session_user::text, 3),
    aid int NOT NULL, bid int, abalance int, filler char(84), PRIMARY KEY (tenant_id, aid)) WITH (fillfactor = 100);
CREATE TABLE pgbench_history (
    tenant_id text NOT NULL DEFAULT substring(session_user::text, 3),
    tid int, bid int, aid int, delta int, mtime timestamp, filler char(22));
