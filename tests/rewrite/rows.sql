INSERT INTO customers SELECT {base} + i, '{tenant}', '{tenant} customer ' || i, CASE WHEN i % 2 = 0 THEN 'de' END FROM generate_series(1, 8) i;
INSERT INTO orders (id, tenant_id, customer_id, amount, note)
    SELECT {base} + i, '{tenant}', {base} + i % 9, i * 10 + {base}, CASE WHEN '{tenant}' = 'acme' THEN '2001-02-' || 10 + i ELSE '{tenant} note' || i END
      FROM generate_series(1, 15) i;
INSERT INTO parted SELECT {base} + i, '{tenant}', DATE '2020-06-01' + i * 20 FROM generate_series(1, 20) i;
INSERT INTO short SELECT '{tenant}', {base} + i, '{tenant} ' || i FROM generate_series(1, 3) i;
INSERT INTO slots (kind, tenant_id) SELECT 'kind ' || i, '{tenant}' FROM generate_series(1, 3) i;
