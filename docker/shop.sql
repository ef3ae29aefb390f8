-- A small shop in the row model: every table but `countries` has the tenant column. `pgtenant create` puts the walls up.
CREATE TABLE countries (code text PRIMARY KEY, name text NOT NULL);
CREATE TABLE customers (
    tenant_id text NOT NULL,
    id bigint GENERATED ALWAYS AS IDENTITY,
    name text NOT NULL,
    country text REFERENCES countries,
    PRIMARY KEY (tenant_id, id)
);
CREATE TABLE orders (
    tenant_id text NOT NULL,
    id bigint GENERATED ALWAYS AS IDENTITY,
    customer_id bigint NOT NULL,
    total numeric(12, 2) NOT NULL,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, customer_id) REFERENCES customers
);
CREATE INDEX ON orders (tenant_id, customer_id);

INSERT INTO countries VALUES ('at', 'Austria'), ('de', 'Germany'), ('jp', 'Japan');
INSERT INTO customers (tenant_id, name, country)
SELECT tenant, tenant || '''s customer ' || n, (ARRAY['at', 'de', 'jp'])[n % 3 + 1]
FROM unnest(ARRAY['acme', 'initech']) AS tenant, generate_series(1, 10) AS n;
INSERT INTO orders (tenant_id, customer_id, total)
SELECT tenant_id, id, 10 * n FROM customers, generate_series(1, 5) AS n;
