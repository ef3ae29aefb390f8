//! Statements that the property once found wanting, each made small. They run before anything is drawn.

/// Each runs in a transaction of its own that is rolled back.
pub const FOUND: &[&str] = &[
    "PREPARE p1 (int[]) AS SELECT * FROM generate_series(1, 3) g1 FOR SHARE OF g1",
    "PREPARE p1 AS SELECT DISTINCT ON (0) * FROM memos ORDER BY 0",
    "SELECT nowhere(id) FROM jobs",
    "SELECT * FROM pg_catalog.nowhere",
    "DELETE FROM nowhere WHERE id = 1",
    "WITH w1 AS (SELECT 1) SELECT * FROM w2",
    "UPDATE regions SET label = 'x'",
    "UPDATE steps AS t1 SET (what, hours) = (SELECT t1.what, t1.hours FROM (SELECT 1 FROM open_jobs a3, ONLY readings a4) s2 LIMIT 1)",
    "UPDATE ledger SET (amount, booked) = (SELECT 1, DATE '2024-03-15' FROM readings_2024 TABLESAMPLE BERNOULLI (100) LIMIT 1) WHERE id = 3",
    "UPDATE jobs t1 SET (state, due) = ((SELECT string_agg('x', ',') FROM clients a2 WHERE a2.id = 1), t1.due) WHERE t1.id = 3 RETURNING t1.*",
    "SELECT id FROM ledger WHERE id NOT /* c */ IN (SELECT id FROM memos WHERE id IS NOT NULL)",
    "SELECT id FROM ledger WHERE id not--x\nin (SELECT id FROM memos WHERE id IS NOT NULL)",
    "INSERT INTO ledger (tenant_id, id) SELECT (SELECT min(tenant_id) FROM clients), g1 + 50 FROM generate_series(1, 2) g1",
    "INSERT INTO memos AS t1 (tenant_id, id) SELECT (SELECT min(tenant_id) FROM clients), 70 RETURNING t1.tenant_id",
    "SELECT - x FROM clients",
    "SELECT 1 FROM clients WHERE born < born <> CASE WHEN true THEN true END",
    "SELECT a1 FROM memos a1",
    "COPY memos TO STDOUT",
    "BEGIN; DECLARE c1 CURSOR FOR SELECT * FROM memos; FETCH 100 FROM c1; COMMIT",
];
