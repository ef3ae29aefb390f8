-- Sent by Django 5.2.19 with psycopg 3.3.9, as a server logged it. A line of `--;` ends each text.
SELECT set_config('TimeZone', 'UTC', false)
--;
SELECT oid, typarray FROM pg_type WHERE typname = 'hstore'
--;
SELECT oid, typarray FROM pg_type WHERE typname = 'citext'
--;
BEGIN
--;
SELECT "customers"."id", "customers"."name", "customers"."email", "customers"."country_code", "customers"."active", "customers"."credit", "customers"."joined_on", "customers"."settings", "customers"."created_at" FROM "customers" WHERE "customers"."name" = 'x' LIMIT 20
--;
COMMIT
--;
SELECT "customers"."id", "customers"."name", "customers"."email", "customers"."country_code", "customers"."active", "customers"."credit", "customers"."joined_on", "customers"."settings", "customers"."created_at" FROM "customers" WHERE NOT ("customers"."name" = 'x') ORDER BY "customers"."id" DESC LIMIT 20
--;
SELECT "customers"."id", "customers"."name", "customers"."email", "customers"."country_code", "customers"."active", "customers"."credit", "customers"."joined_on", "customers"."settings", "customers"."created_at" FROM "customers" WHERE "customers"."name" > 'x' LIMIT 20
--;
SELECT "customers"."id", "customers"."name", "customers"."email", "customers"."country_code", "customers"."active", "customers"."credit", "customers"."joined_on", "customers"."settings", "customers"."created_at" FROM "customers" WHERE NOT ("customers"."name" > 'x') ORDER BY "customers"."id" DESC LIMIT 20
--;
SELECT "customers"."id", "customers"."name", "customers"."email", "customers"."country_code", "customers"."active", "customers"."credit", "customers"."joined_on", "customers"."settings", "customers"."created_at" FROM "customers" WHERE "customers"."name" >= 'x' LIMIT 20
--;
SELECT "customers"."id", "customers"."name", "customers"."email", "customers"."country_code", "customers"."active", "customers"."credit", "customers"."joined_on", "customers"."settings", "customers"."created_at" FROM "customers" WHERE NOT ("customers"."name" >= 'x') ORDER BY "customers"."id" DESC LIMIT 20
--;
SELECT "customers"."id", "customers"."name", "customers"."email", "customers"."country_code", "customers"."active", "customers"."credit", "customers"."joined_on", "customers"."settings", "customers"."created_at" FROM "customers" WHERE "customers"."name" < 'x' LIMIT 20
--;
SELECT "customers"."id", "customers"."name", "customers"."email", "customers"."country_code", "customers"."active", "customers"."credit", "customers"."joined_on", "customers"."settings", "customers"."created_at" FROM "customers" WHERE NOT ("customers"."name" < 'x') ORDER BY "customers"."id" DESC LIMIT 20
--;
SELECT "customers"."id", "customers"."name", "customers"."email", "customers"."country_code", "customers"."active", "customers"."credit", "customers"."joined_on", "customers"."settings", "customers"."created_at" FROM "customers" WHERE "customers"."name" <= 'x' LIMIT 20
--;
SELECT "customers"."id", "customers"."name", "customers"."email", "customers"."country_code", "customers"."active", "customers"."credit", "customers"."joined_on", "customers"."settings", "customers"."created_at" FROM "customers" WHERE NOT ("customers"."name" <= 'x') ORDER BY "customers"."id" DESC LIMIT 20
--;
SELECT "customers"."id", "customers"."name", "customers"."email", "customers"."country_code", "customers"."active", "customers"."credit", "customers"."joined_on", "customers"."settings", "customers"."created_at" FROM "customers" WHERE "customers"."name" IS NULL LIMIT 20
--;
SELECT "customers"."id", "customers"."name", "customers"."email", "customers"."country_code", "customers"."active", "customers"."credit", "customers"."joined_on", "customers"."settings", "customers"."created_at" FROM "customers" WHERE NOT ("customers"."name" IS NULL) ORDER BY "customers"."id" DESC LIMIT 20
--;
SELECT "customers"."id", "customers"."name", "customers"."email", "customers"."country_code", "customers"."active", "customers"."credit", "customers"."joined_on", "customers"."settings", "customers"."created_at" FROM "customers" WHERE "customers"."name" IN ('x') LIMIT 20
--;
SELECT "customers"."id", "customers"."name", "customers"."email", "customers"."country_code", "customers"."active", "customers"."credit", "customers"."joined_on", "customers"."settings", "customers"."created_at" FROM "customers" WHERE NOT ("customers"."name" IN ('x')) ORDER BY "customers"."id" DESC LIMIT 20
--;
SELECT "customers"."id", "customers"."name", "customers"."email", "customers"."country_code", "customers"."active", "customers"."credit", "customers"."joined_on", "customers"."settings", "customers"."created_at" FROM "customers" WHERE "customers"."name" BETWEEN 'x' AND 'x' LIMIT 20
--;
SELECT "customers"."id", "customers"."name", "customers"."email", "customers"."country_code", "customers"."active", "customers"."credit", "customers"."joined_on", "customers"."settings", "customers"."created_at" FROM "customers" WHERE NOT ("customers"."name" BETWEEN 'x' AND 'x') ORDER BY "customers"."id" DESC LIMIT 20
--;
SELECT "customers"."id", "customers"."name", "customers"."email", "customers"."country_code", "customers"."active", "customers"."credit", "customers"."joined_on", "customers"."settings", "customers"."created_at" FROM "customers" WHERE "customers"."email" = 'y' LIMIT 20
--;
SELECT "customers"."id", "customers"."name", "customers"."email", "customers"."country_code", "customers"."active", "customers"."credit", "customers"."joined_on", "customers"."settings", "customers"."created_at" FROM "customers" WHERE NOT ("customers"."email" = 'y' AND "customers"."email" IS NOT NULL) ORDER BY "customers"."id" DESC LIMIT 20
--;
SELECT "customers"."id", "customers"."name", "customers"."email", "customers"."country_code", "customers"."active", "customers"."credit", "customers"."joined_on", "customers"."settings", "customers"."created_at" FROM "customers" WHERE "customers"."email" > 'y' LIMIT 20
--;
SELECT "customers"."id", "customers"."name", "customers"."email", "customers"."country_code", "customers"."active", "customers"."credit", "customers"."joined_on", "customers"."settings", "customers"."created_at" FROM "customers" WHERE NOT ("customers"."email" > 'y' AND "customers"."email" IS NOT NULL) ORDER BY "customers"."id" DESC LIMIT 20
--;
SELECT "customers"."id", "customers"."name", "customers"."email", "customers"."country_code", "customers"."active", "customers"."credit", "customers"."joined_on", "customers"."settings", "customers"."created_at" FROM "customers" WHERE "customers"."email" >= 'y' LIMIT 20
--;
SELECT "customers"."id", "customers"."name", "customers"."email", "customers"."country_code", "customers"."active", "customers"."credit", "customers"."joined_on", "customers"."settings", "customers"."created_at" FROM "customers" WHERE NOT ("customers"."email" >= 'y' AND "customers"."email" IS NOT NULL) ORDER BY "customers"."id" DESC LIMIT 20
--;
SELECT "customers"."id", "customers"."name", "customers"."email", "customers"."country_code", "customers"."active", "customers"."credit", "customers"."joined_on", "customers"."settings", "customers"."created_at" FROM "customers" WHERE "customers"."email" < 'y' LIMIT 20
--;
SELECT "customers"."id", "customers"."name", "customers"."email", "customers"."country_code", "customers"."active", "customers"."credit", "customers"."joined_on", "customers"."settings", "customers"."created_at" FROM "customers" WHERE NOT ("customers"."email" < 'y' AND "customers"."email" IS NOT NULL) ORDER BY "customers"."id" DESC LIMIT 20
--;
SELECT "customers"."id", "customers"."name", "customers"."email", "customers"."country_code", "customers"."active", "customers"."credit", "customers"."joined_on", "customers"."settings", "customers"."created_at" FROM "customers" WHERE "customers"."email" <= 'y' LIMIT 20
--;
SELECT "customers"."id", "customers"."name", "customers"."email", "customers"."country_code", "customers"."active", "customers"."credit", "customers"."joined_on", "customers"."settings", "customers"."created_at" FROM "customers" WHERE NOT ("customers"."email" <= 'y' AND "customers"."email" IS NOT NULL) ORDER BY "customers"."id" DESC LIMIT 20
--;
SELECT "customers"."id", "customers"."name", "customers"."email", "customers"."country_code", "customers"."active", "customers"."credit", "customers"."joined_on", "customers"."settings", "customers"."created_at" FROM "customers" WHERE "customers"."email" IS NULL LIMIT 20
--;
SELECT "customers"."id", "customers"."name", "customers"."email", "customers"."country_code", "customers"."active", "customers"."credit", "customers"."joined_on", "customers"."settings", "customers"."created_at" FROM "customers" WHERE NOT ("customers"."email" IS NULL) ORDER BY "customers"."id" DESC LIMIT 20
--;
SELECT "customers"."id", "customers"."name", "customers"."email", "customers"."country_code", "customers"."active", "customers"."credit", "customers"."joined_on", "customers"."settings", "customers"."created_at" FROM "customers" WHERE "customers"."email" IN ('y') LIMIT 20
--;
SELECT "customers"."id", "customers"."name", "customers"."email", "customers"."country_code", "customers"."active", "customers"."credit", "customers"."joined_on", "customers"."settings", "customers"."created_at" FROM "customers" WHERE NOT ("customers"."email" IN ('y') AND "customers"."email" IS NOT NULL) ORDER BY "customers"."id" DESC LIMIT 20
--;
SELECT "customers"."id", "customers"."name", "customers"."email", "customers"."country_code", "customers"."active", "customers"."credit", "customers"."joined_on", "customers"."settings", "customers"."created_at" FROM "customers" WHERE "customers"."email" BETWEEN 'y' AND 'y' LIMIT 20
--;
SELECT "customers"."id", "customers"."name", "customers"."email", "customers"."country_code", "customers"."active", "customers"."credit", "customers"."joined_on", "customers"."settings", "customers"."created_at" FROM "customers" WHERE NOT ("customers"."email" BETWEEN 'y' AND 'y' AND "customers"."email" IS NOT NULL) ORDER BY "customers"."id" DESC LIMIT 20
--;
SELECT "customers"."id", "customers"."name", "customers"."email", "customers"."country_code", "customers"."active", "customers"."credit", "customers"."joined_on", "customers"."settings", "customers"."created_at" FROM "customers" WHERE "customers"."active" LIMIT 20
--;
SELECT "customers"."id", "customers"."name", "customers"."email", "customers"."country_code", "customers"."active", "customers"."credit", "customers"."joined_on", "customers"."settings", "customers"."created_at" FROM "customers" WHERE NOT ("customers"."active") ORDER BY "customers"."id" DESC LIMIT 20
--;
SELECT "customers"."id", "customers"."name", "customers"."email", "customers"."country_code", "customers"."active", "customers"."credit", "customers"."joined_on", "customers"."settings", "customers"."created_at" FROM "customers" WHERE "customers"."active" > true LIMIT 20
--;
SELECT "customers"."id", "customers"."name", "customers"."email", "customers"."country_code", "customers"."active", "customers"."credit", "customers"."joined_on", "customers"."settings", "customers"."created_at" FROM "customers" WHERE NOT ("customers"."active" > true) ORDER BY "customers"."id" DESC LIMIT 20
--;
SELECT "customers"."id", "customers"."name", "customers"."email", "customers"."country_code", "customers"."active", "customers"."credit", "customers"."joined_on", "customers"."settings", "customers"."created_at" FROM "customers" WHERE "customers"."active" >= true LIMIT 20
--;
SELECT "customers"."id", "customers"."name", "customers"."email", "customers"."country_code", "customers"."active", "customers"."credit", "customers"."joined_on", "customers"."settings", "customers"."created_at" FROM "customers" WHERE NOT ("customers"."active" >= true) ORDER BY "customers"."id" DESC LIMIT 20
--;
SELECT "customers"."id", "customers"."name", "customers"."email", "customers"."country_code", "customers"."active", "customers"."credit", "customers"."joined_on", "customers"."settings", "customers"."created_at" FROM "customers" WHERE "customers"."active" < true LIMIT 20
--;
SELECT "customers"."id", "customers"."name", "customers"."email", "customers"."country_code", "customers"."active", "customers"."credit", "customers"."joined_on", "customers"."settings", "customers"."created_at" FROM "customers" WHERE NOT ("customers"."active" < true) ORDER BY "customers"."id" DESC LIMIT 20
--;
SELECT "customers"."id", "customers"."name", "customers"."email", "customers"."country_code", "customers"."active", "customers"."credit", "customers"."joined_on", "customers"."settings", "customers"."created_at" FROM "customers" WHERE "customers"."active" <= true LIMIT 20
--;
SELECT "customers"."id", "customers"."name", "customers"."email", "customers"."country_code", "customers"."active", "customers"."credit", "customers"."joined_on", "customers"."settings", "customers"."created_at" FROM "customers" WHERE NOT ("customers"."active" <= true) ORDER BY "customers"."id" DESC LIMIT 20
--;
SELECT "customers"."id", "customers"."name", "customers"."email", "customers"."country_code", "customers"."active", "customers"."credit", "customers"."joined_on", "customers"."settings", "customers"."created_at" FROM "customers" WHERE "customers"."active" IS NULL LIMIT 20
--;
SELECT "customers"."id", "customers"."name", "customers"."email", "customers"."country_code", "customers"."active", "customers"."credit", "customers"."joined_on", "customers"."settings", "customers"."created_at" FROM "customers" WHERE NOT ("customers"."active" IS NULL) ORDER BY "customers"."id" DESC LIMIT 20
--;
SELECT "customers"."id", "customers"."name", "customers"."email", "customers"."country_code", "customers"."active", "customers"."credit", "customers"."joined_on", "customers"."settings", "customers"."created_at" FROM "customers" WHERE "customers"."active" IN (true) LIMIT 20
--;
SELECT "customers"."id", "customers"."name", "customers"."email", "customers"."country_code", "customers"."active", "customers"."credit", "customers"."joined_on", "customers"."settings", "customers"."created_at" FROM "customers" WHERE NOT ("customers"."active" IN (true)) ORDER BY "customers"."id" DESC LIMIT 20
--;
SELECT "customers"."id", "customers"."name", "customers"."email", "customers"."country_code", "customers"."active", "customers"."credit", "customers"."joined_on", "customers"."settings", "customers"."created_at" FROM "customers" WHERE "customers"."active" BETWEEN true AND true LIMIT 20
--;
SELECT "customers"."id", "customers"."name", "customers"."email", "customers"."country_code", "customers"."active", "customers"."credit", "customers"."joined_on", "customers"."settings", "customers"."created_at" FROM "customers" WHERE NOT ("customers"."active" BETWEEN true AND true) ORDER BY "customers"."id" DESC LIMIT 20
--;
SELECT "customers"."id", "customers"."name", "customers"."email", "customers"."country_code", "customers"."active", "customers"."credit", "customers"."joined_on", "customers"."settings", "customers"."created_at" FROM "customers" WHERE "customers"."credit" = 3 LIMIT 20
--;
SELECT "customers"."id", "customers"."name", "customers"."email", "customers"."country_code", "customers"."active", "customers"."credit", "customers"."joined_on", "customers"."settings", "customers"."created_at" FROM "customers" WHERE NOT ("customers"."credit" = 3) ORDER BY "customers"."id" DESC LIMIT 20
--;
SELECT "customers"."id", "customers"."name", "customers"."email", "customers"."country_code", "customers"."active", "customers"."credit", "customers"."joined_on", "customers"."settings", "customers"."created_at" FROM "customers" WHERE "customers"."credit" > 3 LIMIT 20
--;
SELECT "customers"."id", "customers"."name", "customers"."email", "customers"."country_code", "customers"."active", "customers"."credit", "customers"."joined_on", "customers"."settings", "customers"."created_at" FROM "customers" WHERE NOT ("customers"."credit" > 3) ORDER BY "customers"."id" DESC LIMIT 20
--;
SELECT "customers"."id", "customers"."name", "customers"."email", "customers"."country_code", "customers"."active", "customers"."credit", "customers"."joined_on", "customers"."settings", "customers"."created_at" FROM "customers" WHERE "customers"."credit" >= 3 LIMIT 20
--;
SELECT "customers"."id", "customers"."name", "customers"."email", "customers"."country_code", "customers"."active", "customers"."credit", "customers"."joined_on", "customers"."settings", "customers"."created_at" FROM "customers" WHERE NOT ("customers"."credit" >= 3) ORDER BY "customers"."id" DESC LIMIT 20
--;
SELECT "customers"."id", "customers"."name", "customers"."email", "customers"."country_code", "customers"."active", "customers"."credit", "customers"."joined_on", "customers"."settings", "customers"."created_at" FROM "customers" WHERE "customers"."credit" < 3 LIMIT 20
--;
SELECT "customers"."id", "customers"."name", "customers"."email", "customers"."country_code", "customers"."active", "customers"."credit", "customers"."joined_on", "customers"."settings", "customers"."created_at" FROM "customers" WHERE NOT ("customers"."credit" < 3) ORDER BY "customers"."id" DESC LIMIT 20
--;
SELECT "customers"."id", "customers"."name", "customers"."email", "customers"."country_code", "customers"."active", "customers"."credit", "customers"."joined_on", "customers"."settings", "customers"."created_at" FROM "customers" WHERE "customers"."credit" <= 3 LIMIT 20
--;
SELECT "customers"."id", "customers"."name", "customers"."email", "customers"."country_code", "customers"."active", "customers"."credit", "customers"."joined_on", "customers"."settings", "customers"."created_at" FROM "customers" WHERE NOT ("customers"."credit" <= 3) ORDER BY "customers"."id" DESC LIMIT 20
--;
SELECT "customers"."id", "customers"."name", "customers"."email", "customers"."country_code", "customers"."active", "customers"."credit", "customers"."joined_on", "customers"."settings", "customers"."created_at" FROM "customers" WHERE "customers"."credit" IS NULL LIMIT 20
--;
SELECT "customers"."id", "customers"."name", "customers"."email", "customers"."country_code", "customers"."active", "customers"."credit", "customers"."joined_on", "customers"."settings", "customers"."created_at" FROM "customers" WHERE NOT ("customers"."credit" IS NULL) ORDER BY "customers"."id" DESC LIMIT 20
--;
SELECT "customers"."id", "customers"."name", "customers"."email", "customers"."country_code", "customers"."active", "customers"."credit", "customers"."joined_on", "customers"."settings", "customers"."created_at" FROM "customers" WHERE "customers"."credit" IN (3) LIMIT 20
--;
SELECT "customers"."id", "customers"."name", "customers"."email", "customers"."country_code", "customers"."active", "customers"."credit", "customers"."joined_on", "customers"."settings", "customers"."created_at" FROM "customers" WHERE NOT ("customers"."credit" IN (3)) ORDER BY "customers"."id" DESC LIMIT 20
--;
SELECT "customers"."id", "customers"."name", "customers"."email", "customers"."country_code", "customers"."active", "customers"."credit", "customers"."joined_on", "customers"."settings", "customers"."created_at" FROM "customers" WHERE "customers"."credit" BETWEEN 3 AND 3 LIMIT 20
--;
SELECT "customers"."id", "customers"."name", "customers"."email", "customers"."country_code", "customers"."active", "customers"."credit", "customers"."joined_on", "customers"."settings", "customers"."created_at" FROM "customers" WHERE NOT ("customers"."credit" BETWEEN 3 AND 3) ORDER BY "customers"."id" DESC LIMIT 20
--;
SELECT "customers"."id", "customers"."name", "customers"."email", "customers"."country_code", "customers"."active", "customers"."credit", "customers"."joined_on", "customers"."settings", "customers"."created_at" FROM "customers" WHERE "customers"."joined_on" = '2024-01-01'::date LIMIT 20
--;
SELECT "customers"."id", "customers"."name", "customers"."email", "customers"."country_code", "customers"."active", "customers"."credit", "customers"."joined_on", "customers"."settings", "customers"."created_at" FROM "customers" WHERE NOT ("customers"."joined_on" = '2024-01-01'::date AND "customers"."joined_on" IS NOT NULL) ORDER BY "customers"."id" DESC LIMIT 20
--;
SELECT "customers"."id", "customers"."name", "customers"."email", "customers"."country_code", "customers"."active", "customers"."credit", "customers"."joined_on", "customers"."settings", "customers"."created_at" FROM "customers" WHERE "customers"."joined_on" > '2024-01-01'::date LIMIT 20
--;
SELECT "customers"."id", "customers"."name", "customers"."email", "customers"."country_code", "customers"."active", "customers"."credit", "customers"."joined_on", "customers"."settings", "customers"."created_at" FROM "customers" WHERE NOT ("customers"."joined_on" > '2024-01-01'::date AND "customers"."joined_on" IS NOT NULL) ORDER BY "customers"."id" DESC LIMIT 20
--;
SELECT "customers"."id", "customers"."name", "customers"."email", "customers"."country_code", "customers"."active", "customers"."credit", "customers"."joined_on", "customers"."settings", "customers"."created_at" FROM "customers" WHERE "customers"."joined_on" >= '2024-01-01'::date LIMIT 20
--;
SELECT "customers"."id", "customers"."name", "customers"."email", "customers"."country_code", "customers"."active", "customers"."credit", "customers"."joined_on", "customers"."settings", "customers"."created_at" FROM "customers" WHERE NOT ("customers"."joined_on" >= '2024-01-01'::date AND "customers"."joined_on" IS NOT NULL) ORDER BY "customers"."id" DESC LIMIT 20
--;
SELECT "customers"."id", "customers"."name", "customers"."email", "customers"."country_code", "customers"."active", "customers"."credit", "customers"."joined_on", "customers"."settings", "customers"."created_at" FROM "customers" WHERE "customers"."joined_on" < '2024-01-01'::date LIMIT 20
--;
SELECT "customers"."id", "customers"."name", "customers"."email", "customers"."country_code", "customers"."active", "customers"."credit", "customers"."joined_on", "customers"."settings", "customers"."created_at" FROM "customers" WHERE NOT ("customers"."joined_on" < '2024-01-01'::date AND "customers"."joined_on" IS NOT NULL) ORDER BY "customers"."id" DESC LIMIT 20
--;
SELECT "customers"."id", "customers"."name", "customers"."email", "customers"."country_code", "customers"."active", "customers"."credit", "customers"."joined_on", "customers"."settings", "customers"."created_at" FROM "customers" WHERE "customers"."joined_on" <= '2024-01-01'::date LIMIT 20
--;
SELECT "customers"."id", "customers"."name", "customers"."email", "customers"."country_code", "customers"."active", "customers"."credit", "customers"."joined_on", "customers"."settings", "customers"."created_at" FROM "customers" WHERE NOT ("customers"."joined_on" <= '2024-01-01'::date AND "customers"."joined_on" IS NOT NULL) ORDER BY "customers"."id" DESC LIMIT 20
--;
SELECT "customers"."id", "customers"."name", "customers"."email", "customers"."country_code", "customers"."active", "customers"."credit", "customers"."joined_on", "customers"."settings", "customers"."created_at" FROM "customers" WHERE "customers"."joined_on" IS NULL LIMIT 20
--;
SELECT "customers"."id", "customers"."name", "customers"."email", "customers"."country_code", "customers"."active", "customers"."credit", "customers"."joined_on", "customers"."settings", "customers"."created_at" FROM "customers" WHERE NOT ("customers"."joined_on" IS NULL) ORDER BY "customers"."id" DESC LIMIT 20
--;
SELECT "customers"."id", "customers"."name", "customers"."email", "customers"."country_code", "customers"."active", "customers"."credit", "customers"."joined_on", "customers"."settings", "customers"."created_at" FROM "customers" WHERE "customers"."joined_on" IN ('2024-01-01'::date) LIMIT 20
--;
SELECT "customers"."id", "customers"."name", "customers"."email", "customers"."country_code", "customers"."active", "customers"."credit", "customers"."joined_on", "customers"."settings", "customers"."created_at" FROM "customers" WHERE NOT ("customers"."joined_on" IN ('2024-01-01'::date) AND "customers"."joined_on" IS NOT NULL) ORDER BY "customers"."id" DESC LIMIT 20
--;
SELECT "customers"."id", "customers"."name", "customers"."email", "customers"."country_code", "customers"."active", "customers"."credit", "customers"."joined_on", "customers"."settings", "customers"."created_at" FROM "customers" WHERE "customers"."joined_on" BETWEEN '2024-01-01'::date AND '2024-01-01'::date LIMIT 20
--;
SELECT "customers"."id", "customers"."name", "customers"."email", "customers"."country_code", "customers"."active", "customers"."credit", "customers"."joined_on", "customers"."settings", "customers"."created_at" FROM "customers" WHERE NOT ("customers"."joined_on" BETWEEN '2024-01-01'::date AND '2024-01-01'::date AND "customers"."joined_on" IS NOT NULL) ORDER BY "customers"."id" DESC LIMIT 20
--;
SELECT "customers"."id", "customers"."name", "customers"."email", "customers"."country_code", "customers"."active", "customers"."credit", "customers"."joined_on", "customers"."settings", "customers"."created_at" FROM "customers" WHERE "customers"."created_at" = '2024-01-01 00:00:00+00:00'::timestamptz LIMIT 20
--;
SELECT "customers"."id", "customers"."name", "customers"."email", "customers"."country_code", "customers"."active", "customers"."credit", "customers"."joined_on", "customers"."settings", "customers"."created_at" FROM "customers" WHERE NOT ("customers"."created_at" = '2024-01-01 00:00:00+00:00'::timestamptz) ORDER BY "customers"."id" DESC LIMIT 20
--;
SELECT "customers"."id", "customers"."name", "customers"."email", "customers"."country_code", "customers"."active", "customers"."credit", "customers"."joined_on", "customers"."settings", "customers"."created_at" FROM "customers" WHERE "customers"."created_at" > '2024-01-01 00:00:00+00:00'::timestamptz LIMIT 20
--;
SELECT "customers"."id", "customers"."name", "customers"."email", "customers"."country_code", "customers"."active", "customers"."credit", "customers"."joined_on", "customers"."settings", "customers"."created_at" FROM "customers" WHERE NOT ("customers"."created_at" > '2024-01-01 00:00:00+00:00'::timestamptz) ORDER BY "customers"."id" DESC LIMIT 20
--;
SELECT "customers"."id", "customers"."name", "customers"."email", "customers"."country_code", "customers"."active", "customers"."credit", "customers"."joined_on", "customers"."settings", "customers"."created_at" FROM "customers" WHERE "customers"."created_at" >= '2024-01-01 00:00:00+00:00'::timestamptz LIMIT 20
--;
SELECT "customers"."id", "customers"."name", "customers"."email", "customers"."country_code", "customers"."active", "customers"."credit", "customers"."joined_on", "customers"."settings", "customers"."created_at" FROM "customers" WHERE NOT ("customers"."created_at" >= '2024-01-01 00:00:00+00:00'::timestamptz) ORDER BY "customers"."id" DESC LIMIT 20
--;
SELECT "customers"."id", "customers"."name", "customers"."email", "customers"."country_code", "customers"."active", "customers"."credit", "customers"."joined_on", "customers"."settings", "customers"."created_at" FROM "customers" WHERE "customers"."created_at" < '2024-01-01 00:00:00+00:00'::timestamptz LIMIT 20
--;
SELECT "customers"."id", "customers"."name", "customers"."email", "customers"."country_code", "customers"."active", "customers"."credit", "customers"."joined_on", "customers"."settings", "customers"."created_at" FROM "customers" WHERE NOT ("customers"."created_at" < '2024-01-01 00:00:00+00:00'::timestamptz) ORDER BY "customers"."id" DESC LIMIT 20
--;
SELECT "customers"."id", "customers"."name", "customers"."email", "customers"."country_code", "customers"."active", "customers"."credit", "customers"."joined_on", "customers"."settings", "customers"."created_at" FROM "customers" WHERE "customers"."created_at" <= '2024-01-01 00:00:00+00:00'::timestamptz LIMIT 20
--;
SELECT "customers"."id", "customers"."name", "customers"."email", "customers"."country_code", "customers"."active", "customers"."credit", "customers"."joined_on", "customers"."settings", "customers"."created_at" FROM "customers" WHERE NOT ("customers"."created_at" <= '2024-01-01 00:00:00+00:00'::timestamptz) ORDER BY "customers"."id" DESC LIMIT 20
--;
SELECT "customers"."id", "customers"."name", "customers"."email", "customers"."country_code", "customers"."active", "customers"."credit", "customers"."joined_on", "customers"."settings", "customers"."created_at" FROM "customers" WHERE "customers"."created_at" IS NULL LIMIT 20
--;
SELECT "customers"."id", "customers"."name", "customers"."email", "customers"."country_code", "customers"."active", "customers"."credit", "customers"."joined_on", "customers"."settings", "customers"."created_at" FROM "customers" WHERE NOT ("customers"."created_at" IS NULL) ORDER BY "customers"."id" DESC LIMIT 20
--;
SELECT "customers"."id", "customers"."name", "customers"."email", "customers"."country_code", "customers"."active", "customers"."credit", "customers"."joined_on", "customers"."settings", "customers"."created_at" FROM "customers" WHERE "customers"."created_at" IN ('2024-01-01 00:00:00+00:00'::timestamptz) LIMIT 20
--;
SELECT "customers"."id", "customers"."name", "customers"."email", "customers"."country_code", "customers"."active", "customers"."credit", "customers"."joined_on", "customers"."settings", "customers"."created_at" FROM "customers" WHERE NOT ("customers"."created_at" IN ('2024-01-01 00:00:00+00:00'::timestamptz)) ORDER BY "customers"."id" DESC LIMIT 20
--;
SELECT "customers"."id", "customers"."name", "customers"."email", "customers"."country_code", "customers"."active", "customers"."credit", "customers"."joined_on", "customers"."settings", "customers"."created_at" FROM "customers" WHERE "customers"."created_at" BETWEEN '2024-01-01 00:00:00+00:00'::timestamptz AND '2024-01-01 00:00:00+00:00'::timestamptz LIMIT 20
--;
SELECT "customers"."id", "customers"."name", "customers"."email", "customers"."country_code", "customers"."active", "customers"."credit", "customers"."joined_on", "customers"."settings", "customers"."created_at" FROM "customers" WHERE NOT ("customers"."created_at" BETWEEN '2024-01-01 00:00:00+00:00'::timestamptz AND '2024-01-01 00:00:00+00:00'::timestamptz) ORDER BY "customers"."id" DESC LIMIT 20
--;
SELECT "customers"."id", "customers"."name", "customers"."email", "customers"."country_code", "customers"."active", "customers"."credit", "customers"."joined_on", "customers"."settings", "customers"."created_at" FROM "customers" WHERE UPPER("customers"."name"::text) = UPPER('a') LIMIT 20
--;
SELECT "orders"."id", "orders"."customer_id", "orders"."status", "orders"."total", "orders"."note", "orders"."placed_at", "orders"."shipped_at", "orders"."version", "customers"."id", "customers"."name", "customers"."email", "customers"."country_code", "customers"."active", "customers"."credit", "customers"."joined_on", "customers"."settings", "customers"."created_at" FROM "orders" INNER JOIN "customers" ON ("orders"."customer_id" = "customers"."id") WHERE UPPER("customers"."name"::text) = UPPER('a') LIMIT 20
--;
SELECT "customers"."id", "customers"."name", "customers"."email", "customers"."country_code", "customers"."active", "customers"."credit", "customers"."joined_on", "customers"."settings", "customers"."created_at" FROM "customers" WHERE "customers"."name"::text LIKE '%a%' LIMIT 20
--;
SELECT "orders"."id", "orders"."customer_id", "orders"."status", "orders"."total", "orders"."note", "orders"."placed_at", "orders"."shipped_at", "orders"."version", "customers"."id", "customers"."name", "customers"."email", "customers"."country_code", "customers"."active", "customers"."credit", "customers"."joined_on", "customers"."settings", "customers"."created_at" FROM "orders" INNER JOIN "customers" ON ("orders"."customer_id" = "customers"."id") WHERE "customers"."name"::text LIKE '%a%' LIMIT 20
--;
SELECT "customers"."id", "customers"."name", "customers"."email", "customers"."country_code", "customers"."active", "customers"."credit", "customers"."joined_on", "customers"."settings", "customers"."created_at" FROM "customers" WHERE UPPER("customers"."name"::text) LIKE UPPER('%a%') LIMIT 20
--;
SELECT "orders"."id", "orders"."customer_id", "orders"."status", "orders"."total", "orders"."note", "orders"."placed_at", "orders"."shipped_at", "orders"."version", "customers"."id", "customers"."name", "customers"."email", "customers"."country_code", "customers"."active", "customers"."credit", "customers"."joined_on", "customers"."settings", "customers"."created_at" FROM "orders" INNER JOIN "customers" ON ("orders"."customer_id" = "customers"."id") WHERE UPPER("customers"."name"::text) LIKE UPPER('%a%') LIMIT 20
--;
SELECT "customers"."id", "customers"."name", "customers"."email", "customers"."country_code", "customers"."active", "customers"."credit", "customers"."joined_on", "customers"."settings", "customers"."created_at" FROM "customers" WHERE "customers"."name"::text LIKE 'a%' LIMIT 20
--;
SELECT "orders"."id", "orders"."customer_id", "orders"."status", "orders"."total", "orders"."note", "orders"."placed_at", "orders"."shipped_at", "orders"."version", "customers"."id", "customers"."name", "customers"."email", "customers"."country_code", "customers"."active", "customers"."credit", "customers"."joined_on", "customers"."settings", "customers"."created_at" FROM "orders" INNER JOIN "customers" ON ("orders"."customer_id" = "customers"."id") WHERE "customers"."name"::text LIKE 'a%' LIMIT 20
--;
SELECT "customers"."id", "customers"."name", "customers"."email", "customers"."country_code", "customers"."active", "customers"."credit", "customers"."joined_on", "customers"."settings", "customers"."created_at" FROM "customers" WHERE UPPER("customers"."name"::text) LIKE UPPER('a%') LIMIT 20
--;
SELECT "orders"."id", "orders"."customer_id", "orders"."status", "orders"."total", "orders"."note", "orders"."placed_at", "orders"."shipped_at", "orders"."version", "customers"."id", "customers"."name", "customers"."email", "customers"."country_code", "customers"."active", "customers"."credit", "customers"."joined_on", "customers"."settings", "customers"."created_at" FROM "orders" INNER JOIN "customers" ON ("orders"."customer_id" = "customers"."id") WHERE UPPER("customers"."name"::text) LIKE UPPER('a%') LIMIT 20
--;
SELECT "customers"."id", "customers"."name", "customers"."email", "customers"."country_code", "customers"."active", "customers"."credit", "customers"."joined_on", "customers"."settings", "customers"."created_at" FROM "customers" WHERE "customers"."name"::text LIKE '%a' LIMIT 20
--;
SELECT "orders"."id", "orders"."customer_id", "orders"."status", "orders"."total", "orders"."note", "orders"."placed_at", "orders"."shipped_at", "orders"."version", "customers"."id", "customers"."name", "customers"."email", "customers"."country_code", "customers"."active", "customers"."credit", "customers"."joined_on", "customers"."settings", "customers"."created_at" FROM "orders" INNER JOIN "customers" ON ("orders"."customer_id" = "customers"."id") WHERE "customers"."name"::text LIKE '%a' LIMIT 20
--;
SELECT "customers"."id", "customers"."name", "customers"."email", "customers"."country_code", "customers"."active", "customers"."credit", "customers"."joined_on", "customers"."settings", "customers"."created_at" FROM "customers" WHERE UPPER("customers"."name"::text) LIKE UPPER('%a') LIMIT 20
--;
SELECT "orders"."id", "orders"."customer_id", "orders"."status", "orders"."total", "orders"."note", "orders"."placed_at", "orders"."shipped_at", "orders"."version", "customers"."id", "customers"."name", "customers"."email", "customers"."country_code", "customers"."active", "customers"."credit", "customers"."joined_on", "customers"."settings", "customers"."created_at" FROM "orders" INNER JOIN "customers" ON ("orders"."customer_id" = "customers"."id") WHERE UPPER("customers"."name"::text) LIKE UPPER('%a') LIMIT 20
--;
SELECT "customers"."id", "customers"."name", "customers"."email", "customers"."country_code", "customers"."active", "customers"."credit", "customers"."joined_on", "customers"."settings", "customers"."created_at" FROM "customers" WHERE "customers"."name"::text ~ 'a' LIMIT 20
--;
SELECT "orders"."id", "orders"."customer_id", "orders"."status", "orders"."total", "orders"."note", "orders"."placed_at", "orders"."shipped_at", "orders"."version", "customers"."id", "customers"."name", "customers"."email", "customers"."country_code", "customers"."active", "customers"."credit", "customers"."joined_on", "customers"."settings", "customers"."created_at" FROM "orders" INNER JOIN "customers" ON ("orders"."customer_id" = "customers"."id") WHERE "customers"."name"::text ~ 'a' LIMIT 20
--;
SELECT "customers"."id", "customers"."name", "customers"."email", "customers"."country_code", "customers"."active", "customers"."credit", "customers"."joined_on", "customers"."settings", "customers"."created_at" FROM "customers" WHERE "customers"."name"::text ~* 'a' LIMIT 20
--;
SELECT "orders"."id", "orders"."customer_id", "orders"."status", "orders"."total", "orders"."note", "orders"."placed_at", "orders"."shipped_at", "orders"."version", "customers"."id", "customers"."name", "customers"."email", "customers"."country_code", "customers"."active", "customers"."credit", "customers"."joined_on", "customers"."settings", "customers"."created_at" FROM "orders" INNER JOIN "customers" ON ("orders"."customer_id" = "customers"."id") WHERE "customers"."name"::text ~* 'a' LIMIT 20
--;
SELECT "customers"."id", "customers"."name", "customers"."email", "customers"."country_code", "customers"."active", "customers"."credit", "customers"."joined_on", "customers"."settings", "customers"."created_at" FROM "customers" WHERE UPPER("customers"."email"::text) = UPPER('a') LIMIT 20
--;
SELECT "orders"."id", "orders"."customer_id", "orders"."status", "orders"."total", "orders"."note", "orders"."placed_at", "orders"."shipped_at", "orders"."version", "customers"."id", "customers"."name", "customers"."email", "customers"."country_code", "customers"."active", "customers"."credit", "customers"."joined_on", "customers"."settings", "customers"."created_at" FROM "orders" INNER JOIN "customers" ON ("orders"."customer_id" = "customers"."id") WHERE UPPER("customers"."email"::text) = UPPER('a') LIMIT 20
--;
SELECT "customers"."id", "customers"."name", "customers"."email", "customers"."country_code", "customers"."active", "customers"."credit", "customers"."joined_on", "customers"."settings", "customers"."created_at" FROM "customers" WHERE "customers"."email"::text LIKE '%a%' LIMIT 20
--;
SELECT "orders"."id", "orders"."customer_id", "orders"."status", "orders"."total", "orders"."note", "orders"."placed_at", "orders"."shipped_at", "orders"."version", "customers"."id", "customers"."name", "customers"."email", "customers"."country_code", "customers"."active", "customers"."credit", "customers"."joined_on", "customers"."settings", "customers"."created_at" FROM "orders" INNER JOIN "customers" ON ("orders"."customer_id" = "customers"."id") WHERE "customers"."email"::text LIKE '%a%' LIMIT 20
--;
SELECT "customers"."id", "customers"."name", "customers"."email", "customers"."country_code", "customers"."active", "customers"."credit", "customers"."joined_on", "customers"."settings", "customers"."created_at" FROM "customers" WHERE UPPER("customers"."email"::text) LIKE UPPER('%a%') LIMIT 20
--;
SELECT "orders"."id", "orders"."customer_id", "orders"."status", "orders"."total", "orders"."note", "orders"."placed_at", "orders"."shipped_at", "orders"."version", "customers"."id", "customers"."name", "customers"."email", "customers"."country_code", "customers"."active", "customers"."credit", "customers"."joined_on", "customers"."settings", "customers"."created_at" FROM "orders" INNER JOIN "customers" ON ("orders"."customer_id" = "customers"."id") WHERE UPPER("customers"."email"::text) LIKE UPPER('%a%') LIMIT 20
--;
SELECT "customers"."id", "customers"."name", "customers"."email", "customers"."country_code", "customers"."active", "customers"."credit", "customers"."joined_on", "customers"."settings", "customers"."created_at" FROM "customers" WHERE "customers"."email"::text LIKE 'a%' LIMIT 20
--;
SELECT "orders"."id", "orders"."customer_id", "orders"."status", "orders"."total", "orders"."note", "orders"."placed_at", "orders"."shipped_at", "orders"."version", "customers"."id", "customers"."name", "customers"."email", "customers"."country_code", "customers"."active", "customers"."credit", "customers"."joined_on", "customers"."settings", "customers"."created_at" FROM "orders" INNER JOIN "customers" ON ("orders"."customer_id" = "customers"."id") WHERE "customers"."email"::text LIKE 'a%' LIMIT 20
--;
SELECT "customers"."id", "customers"."name", "customers"."email", "customers"."country_code", "customers"."active", "customers"."credit", "customers"."joined_on", "customers"."settings", "customers"."created_at" FROM "customers" WHERE UPPER("customers"."email"::text) LIKE UPPER('a%') LIMIT 20
--;
SELECT "orders"."id", "orders"."customer_id", "orders"."status", "orders"."total", "orders"."note", "orders"."placed_at", "orders"."shipped_at", "orders"."version", "customers"."id", "customers"."name", "customers"."email", "customers"."country_code", "customers"."active", "customers"."credit", "customers"."joined_on", "customers"."settings", "customers"."created_at" FROM "orders" INNER JOIN "customers" ON ("orders"."customer_id" = "customers"."id") WHERE UPPER("customers"."email"::text) LIKE UPPER('a%') LIMIT 20
--;
SELECT "customers"."id", "customers"."name", "customers"."email", "customers"."country_code", "customers"."active", "customers"."credit", "customers"."joined_on", "customers"."settings", "customers"."created_at" FROM "customers" WHERE "customers"."email"::text LIKE '%a' LIMIT 20
--;
SELECT "orders"."id", "orders"."customer_id", "orders"."status", "orders"."total", "orders"."note", "orders"."placed_at", "orders"."shipped_at", "orders"."version", "customers"."id", "customers"."name", "customers"."email", "customers"."country_code", "customers"."active", "customers"."credit", "customers"."joined_on", "customers"."settings", "customers"."created_at" FROM "orders" INNER JOIN "customers" ON ("orders"."customer_id" = "customers"."id") WHERE "customers"."email"::text LIKE '%a' LIMIT 20
--;
SELECT "customers"."id", "customers"."name", "customers"."email", "customers"."country_code", "customers"."active", "customers"."credit", "customers"."joined_on", "customers"."settings", "customers"."created_at" FROM "customers" WHERE UPPER("customers"."email"::text) LIKE UPPER('%a') LIMIT 20
--;
SELECT "orders"."id", "orders"."customer_id", "orders"."status", "orders"."total", "orders"."note", "orders"."placed_at", "orders"."shipped_at", "orders"."version", "customers"."id", "customers"."name", "customers"."email", "customers"."country_code", "customers"."active", "customers"."credit", "customers"."joined_on", "customers"."settings", "customers"."created_at" FROM "orders" INNER JOIN "customers" ON ("orders"."customer_id" = "customers"."id") WHERE UPPER("customers"."email"::text) LIKE UPPER('%a') LIMIT 20
--;
SELECT "customers"."id", "customers"."name", "customers"."email", "customers"."country_code", "customers"."active", "customers"."credit", "customers"."joined_on", "customers"."settings", "customers"."created_at" FROM "customers" WHERE "customers"."email"::text ~ 'a' LIMIT 20
--;
SELECT "orders"."id", "orders"."customer_id", "orders"."status", "orders"."total", "orders"."note", "orders"."placed_at", "orders"."shipped_at", "orders"."version", "customers"."id", "customers"."name", "customers"."email", "customers"."country_code", "customers"."active", "customers"."credit", "customers"."joined_on", "customers"."settings", "customers"."created_at" FROM "orders" INNER JOIN "customers" ON ("orders"."customer_id" = "customers"."id") WHERE "customers"."email"::text ~ 'a' LIMIT 20
--;
SELECT "customers"."id", "customers"."name", "customers"."email", "customers"."country_code", "customers"."active", "customers"."credit", "customers"."joined_on", "customers"."settings", "customers"."created_at" FROM "customers" WHERE "customers"."email"::text ~* 'a' LIMIT 20
--;
SELECT "orders"."id", "orders"."customer_id", "orders"."status", "orders"."total", "orders"."note", "orders"."placed_at", "orders"."shipped_at", "orders"."version", "customers"."id", "customers"."name", "customers"."email", "customers"."country_code", "customers"."active", "customers"."credit", "customers"."joined_on", "customers"."settings", "customers"."created_at" FROM "orders" INNER JOIN "customers" ON ("orders"."customer_id" = "customers"."id") WHERE "customers"."email"::text ~* 'a' LIMIT 20
--;
SELECT "customers"."id", "customers"."name", "customers"."email", "customers"."country_code", "customers"."active", "customers"."credit", "customers"."joined_on", "customers"."settings", "customers"."created_at" FROM "customers" WHERE "customers"."created_at" BETWEEN '0002-01-01 00:00:00-05:50:36'::timestamptz AND '0002-12-31 23:59:59.999999-05:50:36'::timestamptz LIMIT 20
--;
SELECT "customers"."id", "customers"."name", "customers"."email", "customers"."country_code", "customers"."active", "customers"."credit", "customers"."joined_on", "customers"."settings", "customers"."created_at" FROM "customers" WHERE EXTRACT(MONTH FROM "customers"."created_at" AT TIME ZONE 'America/Chicago') = 2 LIMIT 20
--;
SELECT "customers"."id", "customers"."name", "customers"."email", "customers"."country_code", "customers"."active", "customers"."credit", "customers"."joined_on", "customers"."settings", "customers"."created_at" FROM "customers" WHERE EXTRACT(DAY FROM "customers"."created_at" AT TIME ZONE 'America/Chicago') = 2 LIMIT 20
--;
SELECT "customers"."id", "customers"."name", "customers"."email", "customers"."country_code", "customers"."active", "customers"."credit", "customers"."joined_on", "customers"."settings", "customers"."created_at" FROM "customers" WHERE EXTRACT(WEEK FROM "customers"."created_at" AT TIME ZONE 'America/Chicago') = 2 LIMIT 20
--;
SELECT "customers"."id", "customers"."name", "customers"."email", "customers"."country_code", "customers"."active", "customers"."credit", "customers"."joined_on", "customers"."settings", "customers"."created_at" FROM "customers" WHERE EXTRACT(DOW FROM "customers"."created_at" AT TIME ZONE 'America/Chicago') + 1 = 2 LIMIT 20
--;
SELECT "customers"."id", "customers"."name", "customers"."email", "customers"."country_code", "customers"."active", "customers"."credit", "customers"."joined_on", "customers"."settings", "customers"."created_at" FROM "customers" WHERE EXTRACT(QUARTER FROM "customers"."created_at" AT TIME ZONE 'America/Chicago') = 2 LIMIT 20
--;
SELECT "customers"."id", "customers"."name", "customers"."email", "customers"."country_code", "customers"."active", "customers"."credit", "customers"."joined_on", "customers"."settings", "customers"."created_at" FROM "customers" WHERE "customers"."created_at" BETWEEN '0001-12-31 00:00:00-05:50:36'::timestamptz AND '0002-12-29 23:59:59.999999-05:50:36'::timestamptz LIMIT 20
--;
SELECT "customers"."id", "customers"."name", "customers"."email", "customers"."country_code", "customers"."active", "customers"."credit", "customers"."joined_on", "customers"."settings", "customers"."created_at" FROM "customers" WHERE "customers"."created_at" >= '0002-01-01 00:00:00-05:50:36'::timestamptz LIMIT 20
--;
SELECT "customers"."id", "customers"."name", "customers"."email", "customers"."country_code", "customers"."active", "customers"."credit", "customers"."joined_on", "customers"."settings", "customers"."created_at" FROM "customers" WHERE "customers"."joined_on" BETWEEN '0002-01-01'::date AND '0002-12-31'::date LIMIT 20
--;
SELECT "customers"."id", "customers"."name", "customers"."email", "customers"."country_code", "customers"."active", "customers"."credit", "customers"."joined_on", "customers"."settings", "customers"."created_at" FROM "customers" WHERE EXTRACT(MONTH FROM "customers"."joined_on") = 2 LIMIT 20
--;
SELECT "customers"."id", "customers"."name", "customers"."email", "customers"."country_code", "customers"."active", "customers"."credit", "customers"."joined_on", "customers"."settings", "customers"."created_at" FROM "customers" WHERE EXTRACT(DAY FROM "customers"."joined_on") = 2 LIMIT 20
--;
SELECT "customers"."id", "customers"."name", "customers"."email", "customers"."country_code", "customers"."active", "customers"."credit", "customers"."joined_on", "customers"."settings", "customers"."created_at" FROM "customers" WHERE EXTRACT(WEEK FROM "customers"."joined_on") = 2 LIMIT 20
--;
SELECT "customers"."id", "customers"."name", "customers"."email", "customers"."country_code", "customers"."active", "customers"."credit", "customers"."joined_on", "customers"."settings", "customers"."created_at" FROM "customers" WHERE EXTRACT(DOW FROM "customers"."joined_on") + 1 = 2 LIMIT 20
--;
SELECT "customers"."id", "customers"."name", "customers"."email", "customers"."country_code", "customers"."active", "customers"."credit", "customers"."joined_on", "customers"."settings", "customers"."created_at" FROM "customers" WHERE EXTRACT(QUARTER FROM "customers"."joined_on") = 2 LIMIT 20
--;
SELECT "customers"."id", "customers"."name", "customers"."email", "customers"."country_code", "customers"."active", "customers"."credit", "customers"."joined_on", "customers"."settings", "customers"."created_at" FROM "customers" WHERE "customers"."joined_on" BETWEEN '0001-12-31'::date AND '0002-12-29'::date LIMIT 20
--;
SELECT "customers"."id", "customers"."name", "customers"."email", "customers"."country_code", "customers"."active", "customers"."credit", "customers"."joined_on", "customers"."settings", "customers"."created_at" FROM "customers" WHERE "customers"."joined_on" >= '0002-01-01'::date LIMIT 20
--;
SELECT "customers"."id", "customers"."name", "customers"."email", "customers"."country_code", "customers"."active", "customers"."credit", "customers"."joined_on", "customers"."settings", "customers"."created_at" FROM "customers" WHERE ("customers"."created_at" AT TIME ZONE 'America/Chicago')::date = '2024-01-01'::date LIMIT 20
--;
SELECT "customers"."id", "customers"."name", "customers"."email", "customers"."country_code", "customers"."active", "customers"."credit", "customers"."joined_on", "customers"."settings", "customers"."created_at" FROM "customers" WHERE ("customers"."created_at" AT TIME ZONE 'America/Chicago')::time = '01:00:00'::time LIMIT 20
--;
SELECT "customers"."id", "customers"."name", "customers"."email", "customers"."country_code", "customers"."active", "customers"."credit", "customers"."joined_on", "customers"."settings", "customers"."created_at" FROM "customers" WHERE EXTRACT(HOUR FROM "customers"."created_at" AT TIME ZONE 'America/Chicago') = 2 LIMIT 20
--;
SELECT "customers"."id", "customers"."name", "customers"."email", "customers"."country_code", "customers"."active", "customers"."credit", "customers"."joined_on", "customers"."settings", "customers"."created_at" FROM "customers" WHERE EXTRACT(MINUTE FROM "customers"."created_at" AT TIME ZONE 'America/Chicago') = 2 LIMIT 20
--;
SELECT "customers"."id", "customers"."name", "customers"."email", "customers"."country_code", "customers"."active", "customers"."credit", "customers"."joined_on", "customers"."settings", "customers"."created_at" FROM "customers" WHERE EXTRACT(SECOND FROM DATE_TRUNC('second', "customers"."created_at" AT TIME ZONE 'America/Chicago')) = 2 LIMIT 20
--;
SELECT "customers"."id", "customers"."name", "customers"."email", "customers"."country_code", "customers"."active", "customers"."credit", "customers"."joined_on", "customers"."settings", "customers"."created_at" FROM "customers" WHERE ("customers"."settings" -> 'a') = '1'::jsonb LIMIT 20
--;
SELECT "customers"."id", "customers"."name", "customers"."email", "customers"."country_code", "customers"."active", "customers"."credit", "customers"."joined_on", "customers"."settings", "customers"."created_at" FROM "customers" WHERE ("customers"."settings" #> '{a,b}') = '"x"'::jsonb LIMIT 20
--;
SELECT "customers"."id", "customers"."name", "customers"."email", "customers"."country_code", "customers"."active", "customers"."credit", "customers"."joined_on", "customers"."settings", "customers"."created_at" FROM "customers" WHERE "customers"."settings" ? 'a' LIMIT 20
--;
SELECT "customers"."id", "customers"."name", "customers"."email", "customers"."country_code", "customers"."active", "customers"."credit", "customers"."joined_on", "customers"."settings", "customers"."created_at" FROM "customers" WHERE "customers"."settings" ?& '{a}' LIMIT 20
--;
SELECT "customers"."id", "customers"."name", "customers"."email", "customers"."country_code", "customers"."active", "customers"."credit", "customers"."joined_on", "customers"."settings", "customers"."created_at" FROM "customers" WHERE "customers"."settings" ?| '{a}' LIMIT 20
--;
SELECT "customers"."id", "customers"."name", "customers"."email", "customers"."country_code", "customers"."active", "customers"."credit", "customers"."joined_on", "customers"."settings", "customers"."created_at" FROM "customers" WHERE "customers"."settings" @> '{"a": 1}'::jsonb LIMIT 20
--;
SELECT "customers"."id", "customers"."name", "customers"."email", "customers"."country_code", "customers"."active", "customers"."credit", "customers"."joined_on", "customers"."settings", "customers"."created_at" FROM "customers" WHERE "customers"."settings" <@ '{"a": 1}'::jsonb LIMIT 20
--;
SELECT "customers"."id", "customers"."name", "customers"."email", "customers"."country_code", "customers"."active", "customers"."credit", "customers"."joined_on", "customers"."settings", "customers"."created_at" FROM "customers" WHERE ("customers"."settings" -> 'a') IS NULL LIMIT 20
--;
SELECT "customers"."id", "customers"."name", "customers"."email", "customers"."country_code", "customers"."active", "customers"."credit", "customers"."joined_on", "customers"."settings", "customers"."created_at" FROM "customers" WHERE ("customers"."settings" -> 'a') > '1'::jsonb LIMIT 20
--;
SELECT "customers"."id", "customers"."name", "customers"."email", "customers"."country_code", "customers"."active", "customers"."credit", "customers"."joined_on", "customers"."settings", "customers"."created_at" FROM "customers" WHERE UPPER(("customers"."settings" ->> 'a')::text) LIKE UPPER('%x%') LIMIT 20
--;
SELECT "products"."id", "products"."sku", "products"."title", "products"."price", "products"."weight", "products"."attributes", "products"."labels" FROM "products" WHERE "products"."labels" @> (ARRAY['x'])::text[] LIMIT 20
--;
SELECT "products"."id", "products"."sku", "products"."title", "products"."price", "products"."weight", "products"."attributes", "products"."labels" FROM "products" WHERE "products"."labels" <@ (ARRAY['x'])::text[] LIMIT 20
--;
SELECT "products"."id", "products"."sku", "products"."title", "products"."price", "products"."weight", "products"."attributes", "products"."labels" FROM "products" WHERE "products"."labels" && (ARRAY['x'])::text[] LIMIT 20
--;
SELECT "products"."id", "products"."sku", "products"."title", "products"."price", "products"."weight", "products"."attributes", "products"."labels" FROM "products" WHERE CASE WHEN "products"."labels" IS NULL THEN NULL ELSE coalesce(array_length("products"."labels", 1), 0) END = 1 LIMIT 20
--;
SELECT "products"."id", "products"."sku", "products"."title", "products"."price", "products"."weight", "products"."attributes", "products"."labels" FROM "products" WHERE ("products"."labels")[1] = 'x' LIMIT 20
--;
SELECT "products"."id", "products"."sku", "products"."title", "products"."price", "products"."weight", "products"."attributes", "products"."labels" FROM "products" WHERE ("products"."labels")[1:1] = (ARRAY['x'])::text[] LIMIT 20
--;
SELECT "products"."id", "products"."sku", "products"."title", "products"."price", "products"."weight", "products"."attributes", "products"."labels" FROM "products" WHERE "products"."labels" = (ARRAY['x'])::text[] LIMIT 20
--;
SELECT "customers"."id", "customers"."name", "customers"."email", "customers"."country_code", "customers"."active", "customers"."credit", "customers"."joined_on", "customers"."settings", "customers"."created_at", LOWER("customers"."name") AS "x" FROM "customers" WHERE LOWER("customers"."name") IS NOT NULL LIMIT 20
--;
SELECT "customers"."id" AS "id", LOWER("customers"."name") AS "lower1" FROM "customers" ORDER BY 2 DESC NULLS LAST LIMIT 20
--;
SELECT "customers"."id", "customers"."name", "customers"."email", "customers"."country_code", "customers"."active", "customers"."credit", "customers"."joined_on", "customers"."settings", "customers"."created_at", UPPER("customers"."name") AS "x" FROM "customers" WHERE UPPER("customers"."name") IS NOT NULL LIMIT 20
--;
SELECT "customers"."id" AS "id", UPPER("customers"."name") AS "upper1" FROM "customers" ORDER BY 2 DESC NULLS LAST LIMIT 20
--;
SELECT "customers"."id", "customers"."name", "customers"."email", "customers"."country_code", "customers"."active", "customers"."credit", "customers"."joined_on", "customers"."settings", "customers"."created_at", LENGTH("customers"."name") AS "x" FROM "customers" WHERE LENGTH("customers"."name") IS NOT NULL LIMIT 20
--;
SELECT "customers"."id" AS "id", LENGTH("customers"."name") AS "length1" FROM "customers" ORDER BY 2 DESC NULLS LAST LIMIT 20
--;
SELECT "customers"."id", "customers"."name", "customers"."email", "customers"."country_code", "customers"."active", "customers"."credit", "customers"."joined_on", "customers"."settings", "customers"."created_at", TRIM("customers"."name") AS "x" FROM "customers" WHERE TRIM("customers"."name") IS NOT NULL LIMIT 20
--;
SELECT "customers"."id" AS "id", TRIM("customers"."name") AS "trim1" FROM "customers" ORDER BY 2 DESC NULLS LAST LIMIT 20
--;
SELECT "customers"."id", "customers"."name", "customers"."email", "customers"."country_code", "customers"."active", "customers"."credit", "customers"."joined_on", "customers"."settings", "customers"."created_at", LTRIM("customers"."name") AS "x" FROM "customers" WHERE LTRIM("customers"."name") IS NOT NULL LIMIT 20
--;
SELECT "customers"."id" AS "id", LTRIM("customers"."name") AS "ltrim1" FROM "customers" ORDER BY 2 DESC NULLS LAST LIMIT 20
--;
SELECT "customers"."id", "customers"."name", "customers"."email", "customers"."country_code", "customers"."active", "customers"."credit", "customers"."joined_on", "customers"."settings", "customers"."created_at", RTRIM("customers"."name") AS "x" FROM "customers" WHERE RTRIM("customers"."name") IS NOT NULL LIMIT 20
--;
SELECT "customers"."id" AS "id", RTRIM("customers"."name") AS "rtrim1" FROM "customers" ORDER BY 2 DESC NULLS LAST LIMIT 20
--;
SELECT "customers"."id", "customers"."name", "customers"."email", "customers"."country_code", "customers"."active", "customers"."credit", "customers"."joined_on", "customers"."settings", "customers"."created_at", REVERSE("customers"."name") AS "x" FROM "customers" WHERE REVERSE("customers"."name") IS NOT NULL LIMIT 20
--;
SELECT "customers"."id" AS "id", REVERSE("customers"."name") AS "reverse1" FROM "customers" ORDER BY 2 DESC NULLS LAST LIMIT 20
--;
SELECT "customers"."id", "customers"."name", "customers"."email", "customers"."country_code", "customers"."active", "customers"."credit", "customers"."joined_on", "customers"."settings", "customers"."created_at", MD5("customers"."name") AS "x" FROM "customers" WHERE MD5("customers"."name") IS NOT NULL LIMIT 20
--;
SELECT "customers"."id" AS "id", MD5("customers"."name") AS "md51" FROM "customers" ORDER BY 2 DESC NULLS LAST LIMIT 20
--;
SELECT "customers"."id", "customers"."name", "customers"."email", "customers"."country_code", "customers"."active", "customers"."credit", "customers"."joined_on", "customers"."settings", "customers"."created_at", ENCODE(DIGEST("customers"."name", 'sha256'), 'hex') AS "x" FROM "customers" WHERE ENCODE(DIGEST("customers"."name", 'sha256'), 'hex') IS NOT NULL LIMIT 20
--;
ROLLBACK
--;
SELECT "customers"."id" AS "id", ENCODE(DIGEST("customers"."name", 'sha256'), 'hex') AS "sha2561" FROM "customers" ORDER BY 2 DESC NULLS LAST LIMIT 20
--;
SELECT "customers"."id", "customers"."name", "customers"."email", "customers"."country_code", "customers"."active", "customers"."credit", "customers"."joined_on", "customers"."settings", "customers"."created_at", ASCII("customers"."name") AS "x" FROM "customers" WHERE ASCII("customers"."name") IS NOT NULL LIMIT 20
--;
SELECT "customers"."id" AS "id", ASCII("customers"."name") AS "ord1" FROM "customers" ORDER BY 2 DESC NULLS LAST LIMIT 20
--;
SELECT ABS("products"."price") AS "x" FROM "products" LIMIT 20
--;
SELECT CEILING("products"."price") AS "x" FROM "products" LIMIT 20
--;
SELECT FLOOR("products"."price") AS "x" FROM "products" LIMIT 20
--;
SELECT ROUND("products"."price", 0) AS "x" FROM "products" LIMIT 20
--;
SELECT SQRT("products"."price") AS "x" FROM "products" LIMIT 20
--;
SELECT EXP("products"."price") AS "x" FROM "products" LIMIT 20
--;
SELECT SIGN("products"."price") AS "x" FROM "products" LIMIT 20
--;
SELECT LN("products"."price") AS "x" FROM "products" LIMIT 20
--;
SELECT DATE_TRUNC('day', "orders"."placed_at" AT TIME ZONE 'America/Chicago') AS "x", COUNT("orders"."id") AS "n", SUM("orders"."total") AS "s" FROM "orders" GROUP BY 1 ORDER BY 1 ASC LIMIT 20
--;
SELECT DATE_TRUNC('month', "orders"."placed_at" AT TIME ZONE 'America/Chicago') AS "x", COUNT("orders"."id") AS "n", SUM("orders"."total") AS "s" FROM "orders" GROUP BY 1 ORDER BY 1 ASC LIMIT 20
--;
SELECT DATE_TRUNC('year', "orders"."placed_at" AT TIME ZONE 'America/Chicago') AS "x", COUNT("orders"."id") AS "n", SUM("orders"."total") AS "s" FROM "orders" GROUP BY 1 ORDER BY 1 ASC LIMIT 20
--;
SELECT DATE_TRUNC('hour', "orders"."placed_at" AT TIME ZONE 'America/Chicago') AS "x", COUNT("orders"."id") AS "n", SUM("orders"."total") AS "s" FROM "orders" GROUP BY 1 ORDER BY 1 ASC LIMIT 20
--;
SELECT DATE_TRUNC('week', "orders"."placed_at" AT TIME ZONE 'America/Chicago') AS "x", COUNT("orders"."id") AS "n", SUM("orders"."total") AS "s" FROM "orders" GROUP BY 1 ORDER BY 1 ASC LIMIT 20
--;
SELECT DATE_TRUNC('quarter', "orders"."placed_at" AT TIME ZONE 'America/Chicago') AS "x", COUNT("orders"."id") AS "n", SUM("orders"."total") AS "s" FROM "orders" GROUP BY 1 ORDER BY 1 ASC LIMIT 20
--;
SELECT ("orders"."placed_at" AT TIME ZONE 'America/Chicago')::date AS "x", COUNT("orders"."id") AS "n", SUM("orders"."total") AS "s" FROM "orders" GROUP BY 1 ORDER BY 1 ASC LIMIT 20
--;
SELECT EXTRACT(YEAR FROM "orders"."placed_at" AT TIME ZONE 'America/Chicago') AS "x", COUNT("orders"."id") AS "n", SUM("orders"."total") AS "s" FROM "orders" GROUP BY 1 ORDER BY 1 ASC LIMIT 20
--;
SELECT EXTRACT(MONTH FROM "orders"."placed_at" AT TIME ZONE 'America/Chicago') AS "x", COUNT("orders"."id") AS "n", SUM("orders"."total") AS "s" FROM "orders" GROUP BY 1 ORDER BY 1 ASC LIMIT 20
--;
SELECT EXTRACT(DOW FROM "orders"."placed_at" AT TIME ZONE 'America/Chicago') + 1 AS "x", COUNT("orders"."id") AS "n", SUM("orders"."total") AS "s" FROM "orders" GROUP BY 1 ORDER BY 1 ASC LIMIT 20
--;
SELECT EXTRACT(HOUR FROM "orders"."placed_at" AT TIME ZONE 'America/Chicago') AS "x", COUNT("orders"."id") AS "n", SUM("orders"."total") AS "s" FROM "orders" GROUP BY 1 ORDER BY 1 ASC LIMIT 20
--;
SELECT (COALESCE("customers"."name", '') || COALESCE((COALESCE('-', '') || COALESCE("customers"."email", '')), '')) AS "x" FROM "customers" LIMIT 20
--;
SELECT "customers"."id", "customers"."name", "customers"."email", "customers"."country_code", "customers"."active", "customers"."credit", "customers"."joined_on", "customers"."settings", "customers"."created_at", (COALESCE("customers"."name", '') || COALESCE((COALESCE('-', '') || COALESCE("customers"."email", '')), '')) AS "x" FROM "customers" ORDER BY 10 ASC, "customers"."id" ASC LIMIT 20
--;
SELECT COALESCE("customers"."email", '') AS "x" FROM "customers" LIMIT 20
--;
SELECT "customers"."id", "customers"."name", "customers"."email", "customers"."country_code", "customers"."active", "customers"."credit", "customers"."joined_on", "customers"."settings", "customers"."created_at", COALESCE("customers"."email", '') AS "x" FROM "customers" ORDER BY 10 ASC, "customers"."id" ASC LIMIT 20
--;
SELECT SUBSTRING("customers"."name", 1, 3) AS "x" FROM "customers" LIMIT 20
--;
SELECT "customers"."id", "customers"."name", "customers"."email", "customers"."country_code", "customers"."active", "customers"."credit", "customers"."joined_on", "customers"."settings", "customers"."created_at", SUBSTRING("customers"."name", 1, 3) AS "x" FROM "customers" ORDER BY 10 ASC, "customers"."id" ASC LIMIT 20
--;
SELECT LEFT("customers"."name", 2) AS "x" FROM "customers" LIMIT 20
--;
SELECT "customers"."id", "customers"."name", "customers"."email", "customers"."country_code", "customers"."active", "customers"."credit", "customers"."joined_on", "customers"."settings", "customers"."created_at", LEFT("customers"."name", 2) AS "x" FROM "customers" ORDER BY 10 ASC, "customers"."id" ASC LIMIT 20
--;
SELECT RIGHT("customers"."name", 2) AS "x" FROM "customers" LIMIT 20
--;
SELECT "customers"."id", "customers"."name", "customers"."email", "customers"."country_code", "customers"."active", "customers"."credit", "customers"."joined_on", "customers"."settings", "customers"."created_at", RIGHT("customers"."name", 2) AS "x" FROM "customers" ORDER BY 10 ASC, "customers"."id" ASC LIMIT 20
--;
SELECT REPLACE("customers"."name", 'a', 'b') AS "x" FROM "customers" LIMIT 20
--;
SELECT "customers"."id", "customers"."name", "customers"."email", "customers"."country_code", "customers"."active", "customers"."credit", "customers"."joined_on", "customers"."settings", "customers"."created_at", REPLACE("customers"."name", 'a', 'b') AS "x" FROM "customers" ORDER BY 10 ASC, "customers"."id" ASC LIMIT 20
--;
SELECT STRPOS("customers"."name", 'a') AS "x" FROM "customers" LIMIT 20
--;
SELECT "customers"."id", "customers"."name", "customers"."email", "customers"."country_code", "customers"."active", "customers"."credit", "customers"."joined_on", "customers"."settings", "customers"."created_at", STRPOS("customers"."name", 'a') AS "x" FROM "customers" ORDER BY 10 ASC, "customers"."id" ASC LIMIT 20
--;
SELECT LPAD("customers"."name", 5, 'x') AS "x" FROM "customers" LIMIT 20
--;
SELECT "customers"."id", "customers"."name", "customers"."email", "customers"."country_code", "customers"."active", "customers"."credit", "customers"."joined_on", "customers"."settings", "customers"."created_at", LPAD("customers"."name", 5, 'x') AS "x" FROM "customers" ORDER BY 10 ASC, "customers"."id" ASC LIMIT 20
--;
SELECT ("customers"."credit")::integer AS "x" FROM "customers" LIMIT 20
--;
SELECT "customers"."id", "customers"."name", "customers"."email", "customers"."country_code", "customers"."active", "customers"."credit", "customers"."joined_on", "customers"."settings", "customers"."created_at", ("customers"."credit")::integer AS "x" FROM "customers" ORDER BY 10 ASC, "customers"."id" ASC LIMIT 20
--;
SELECT NULLIF("customers"."name", 'x') AS "x" FROM "customers" LIMIT 20
--;
SELECT "customers"."id", "customers"."name", "customers"."email", "customers"."country_code", "customers"."active", "customers"."credit", "customers"."joined_on", "customers"."settings", "customers"."created_at", NULLIF("customers"."name", 'x') AS "x" FROM "customers" ORDER BY 10 ASC, "customers"."id" ASC LIMIT 20
--;
SELECT STATEMENT_TIMESTAMP() AS "x" FROM "customers" LIMIT 20
--;
SELECT "customers"."id", "customers"."name", "customers"."email", "customers"."country_code", "customers"."active", "customers"."credit", "customers"."joined_on", "customers"."settings", "customers"."created_at", STATEMENT_TIMESTAMP() AS "x" FROM "customers" ORDER BY 10 ASC, "customers"."id" ASC LIMIT 20
--;
SELECT REPEAT("customers"."name", 2) AS "x" FROM "customers" LIMIT 20
--;
SELECT "customers"."id", "customers"."name", "customers"."email", "customers"."country_code", "customers"."active", "customers"."credit", "customers"."joined_on", "customers"."settings", "customers"."created_at", REPEAT("customers"."name", 2) AS "x" FROM "customers" ORDER BY 10 ASC, "customers"."id" ASC LIMIT 20
--;
SELECT CASE WHEN "customers"."active" THEN 1 ELSE 0 END AS "x" FROM "customers" LIMIT 20
--;
SELECT "customers"."id", "customers"."name", "customers"."email", "customers"."country_code", "customers"."active", "customers"."credit", "customers"."joined_on", "customers"."settings", "customers"."created_at", CASE WHEN "customers"."active" THEN 1 ELSE 0 END AS "x" FROM "customers" ORDER BY 10 ASC, "customers"."id" ASC LIMIT 20
--;
SELECT (("customers"."credit" * 2) + 1) AS "x" FROM "customers" LIMIT 20
--;
SELECT "customers"."id", "customers"."name", "customers"."email", "customers"."country_code", "customers"."active", "customers"."credit", "customers"."joined_on", "customers"."settings", "customers"."created_at", (("customers"."credit" * 2) + 1) AS "x" FROM "customers" ORDER BY 10 ASC, "customers"."id" ASC LIMIT 20
--;
SELECT ("customers"."credit" % 2) AS "x" FROM "customers" LIMIT 20
--;
SELECT "customers"."id", "customers"."name", "customers"."email", "customers"."country_code", "customers"."active", "customers"."credit", "customers"."joined_on", "customers"."settings", "customers"."created_at", ("customers"."credit" % 2) AS "x" FROM "customers" ORDER BY 10 ASC, "customers"."id" ASC LIMIT 20
--;
SELECT ("customers"."credit" / 2) AS "x" FROM "customers" LIMIT 20
--;
SELECT "customers"."id", "customers"."name", "customers"."email", "customers"."country_code", "customers"."active", "customers"."credit", "customers"."joined_on", "customers"."settings", "customers"."created_at", ("customers"."credit" / 2) AS "x" FROM "customers" ORDER BY 10 ASC, "customers"."id" ASC LIMIT 20
--;
SELECT COUNT("orders"."id") AS "a" FROM "orders"
--;
SELECT "orders"."status" AS "status", COUNT("orders"."id") AS "a" FROM "orders" GROUP BY 1 ORDER BY 1 ASC LIMIT 20
--;
SELECT "customers"."country_code" AS "customer__country", COUNT("orders"."id") AS "a" FROM "orders" LEFT OUTER JOIN "customers" ON ("orders"."customer_id" = "customers"."id") GROUP BY 1 HAVING COUNT("orders"."id") IS NOT NULL LIMIT 20
--;
SELECT "customers"."id", "customers"."name", "customers"."email", "customers"."country_code", "customers"."active", "customers"."credit", "customers"."joined_on", "customers"."settings", "customers"."created_at", COUNT("orders"."id") AS "n" FROM "customers" LEFT OUTER JOIN "orders" ON ("customers"."id" = "orders"."customer_id") GROUP BY "customers"."id", "customers"."name", "customers"."email", "customers"."country_code", "customers"."active", "customers"."credit", "customers"."joined_on", "customers"."settings", "customers"."created_at" HAVING COUNT("orders"."id") > 0 LIMIT 20
--;
SELECT COUNT(DISTINCT "orders"."customer_id") AS "a" FROM "orders"
--;
SELECT "orders"."status" AS "status", COUNT(DISTINCT "orders"."customer_id") AS "a" FROM "orders" GROUP BY 1 ORDER BY 1 ASC LIMIT 20
--;
SELECT "customers"."country_code" AS "customer__country", COUNT(DISTINCT "orders"."customer_id") AS "a" FROM "orders" LEFT OUTER JOIN "customers" ON ("orders"."customer_id" = "customers"."id") GROUP BY 1 HAVING COUNT(DISTINCT "orders"."customer_id") IS NOT NULL LIMIT 20
--;
SELECT SUM("orders"."total") AS "a" FROM "orders"
--;
SELECT "orders"."status" AS "status", SUM("orders"."total") AS "a" FROM "orders" GROUP BY 1 ORDER BY 1 ASC LIMIT 20
--;
SELECT "customers"."country_code" AS "customer__country", SUM("orders"."total") AS "a" FROM "orders" LEFT OUTER JOIN "customers" ON ("orders"."customer_id" = "customers"."id") GROUP BY 1 HAVING SUM("orders"."total") IS NOT NULL LIMIT 20
--;
SELECT AVG("orders"."total") AS "a" FROM "orders"
--;
SELECT "orders"."status" AS "status", AVG("orders"."total") AS "a" FROM "orders" GROUP BY 1 ORDER BY 1 ASC LIMIT 20
--;
SELECT "customers"."country_code" AS "customer__country", AVG("orders"."total") AS "a" FROM "orders" LEFT OUTER JOIN "customers" ON ("orders"."customer_id" = "customers"."id") GROUP BY 1 HAVING AVG("orders"."total") IS NOT NULL LIMIT 20
--;
SELECT MIN("orders"."total") AS "a" FROM "orders"
--;
SELECT "orders"."status" AS "status", MIN("orders"."total") AS "a" FROM "orders" GROUP BY 1 ORDER BY 1 ASC LIMIT 20
--;
SELECT "customers"."country_code" AS "customer__country", MIN("orders"."total") AS "a" FROM "orders" LEFT OUTER JOIN "customers" ON ("orders"."customer_id" = "customers"."id") GROUP BY 1 HAVING MIN("orders"."total") IS NOT NULL LIMIT 20
--;
SELECT MAX("orders"."placed_at") AS "a" FROM "orders"
--;
SELECT "orders"."status" AS "status", MAX("orders"."placed_at") AS "a" FROM "orders" GROUP BY 1 ORDER BY 1 ASC LIMIT 20
--;
SELECT "customers"."country_code" AS "customer__country", MAX("orders"."placed_at") AS "a" FROM "orders" LEFT OUTER JOIN "customers" ON ("orders"."customer_id" = "customers"."id") GROUP BY 1 HAVING MAX("orders"."placed_at") IS NOT NULL LIMIT 20
--;
SELECT STDDEV_POP("orders"."total") AS "a" FROM "orders"
--;
SELECT "orders"."status" AS "status", STDDEV_POP("orders"."total") AS "a" FROM "orders" GROUP BY 1 ORDER BY 1 ASC LIMIT 20
--;
SELECT "customers"."country_code" AS "customer__country", STDDEV_POP("orders"."total") AS "a" FROM "orders" LEFT OUTER JOIN "customers" ON ("orders"."customer_id" = "customers"."id") GROUP BY 1 HAVING STDDEV_POP("orders"."total") IS NOT NULL LIMIT 20
--;
SELECT VAR_POP("orders"."total") AS "a" FROM "orders"
--;
SELECT "orders"."status" AS "status", VAR_POP("orders"."total") AS "a" FROM "orders" GROUP BY 1 ORDER BY 1 ASC LIMIT 20
--;
SELECT "customers"."country_code" AS "customer__country", VAR_POP("orders"."total") AS "a" FROM "orders" LEFT OUTER JOIN "customers" ON ("orders"."customer_id" = "customers"."id") GROUP BY 1 HAVING VAR_POP("orders"."total") IS NOT NULL LIMIT 20
--;
SELECT COUNT("orders"."id") FILTER (WHERE "orders"."status" = 'new') AS "a" FROM "orders"
--;
SELECT "orders"."status" AS "status", COUNT("orders"."id") FILTER (WHERE "orders"."status" = 'new') AS "a" FROM "orders" GROUP BY 1 ORDER BY 1 ASC LIMIT 20
--;
SELECT "customers"."country_code" AS "customer__country", COUNT("orders"."id") FILTER (WHERE "orders"."status" = 'new') AS "a" FROM "orders" LEFT OUTER JOIN "customers" ON ("orders"."customer_id" = "customers"."id") GROUP BY 1 HAVING COUNT("orders"."id") FILTER (WHERE ("orders"."status" = 'new')) IS NOT NULL LIMIT 20
--;
SELECT ARRAY_AGG("orders"."id" ) AS "a" FROM "orders"
--;
SELECT "orders"."status" AS "status", ARRAY_AGG("orders"."id" ) AS "a" FROM "orders" GROUP BY 1 ORDER BY 1 ASC LIMIT 20
--;
SELECT "customers"."country_code" AS "customer__country", ARRAY_AGG("orders"."id" ) AS "a" FROM "orders" LEFT OUTER JOIN "customers" ON ("orders"."customer_id" = "customers"."id") GROUP BY 1 HAVING ARRAY_AGG("orders"."id" ) IS NOT NULL LIMIT 20
--;
SELECT ARRAY_AGG(DISTINCT "orders"."status" ORDER BY "orders"."status") AS "a" FROM "orders"
--;
SELECT "orders"."status" AS "status", ARRAY_AGG(DISTINCT "orders"."status" ORDER BY "orders"."status") AS "a" FROM "orders" GROUP BY 1 ORDER BY 1 ASC LIMIT 20
--;
SELECT "customers"."country_code" AS "customer__country", ARRAY_AGG(DISTINCT "orders"."status" ORDER BY "orders"."status") AS "a" FROM "orders" LEFT OUTER JOIN "customers" ON ("orders"."customer_id" = "customers"."id") GROUP BY 1 HAVING ARRAY_AGG(DISTINCT "orders"."status" ORDER BY "orders"."status") IS NOT NULL LIMIT 20
--;
SELECT STRING_AGG("orders"."status", ',' ) AS "a" FROM "orders"
--;
SELECT "orders"."status" AS "status", STRING_AGG("orders"."status", ',' ) AS "a" FROM "orders" GROUP BY 1 ORDER BY 1 ASC LIMIT 20
--;
SELECT "customers"."country_code" AS "customer__country", STRING_AGG("orders"."status", ',' ) AS "a" FROM "orders" LEFT OUTER JOIN "customers" ON ("orders"."customer_id" = "customers"."id") GROUP BY 1 HAVING STRING_AGG("orders"."status", ',' ) IS NOT NULL LIMIT 20
--;
SELECT BOOL_AND("orders"."version" = 1) AS "a" FROM "orders"
--;
SELECT "orders"."status" AS "status", BOOL_AND("orders"."version" = 1) AS "a" FROM "orders" GROUP BY 1 ORDER BY 1 ASC LIMIT 20
--;
SELECT "customers"."country_code" AS "customer__country", BOOL_AND("orders"."version" = 1) AS "a" FROM "orders" LEFT OUTER JOIN "customers" ON ("orders"."customer_id" = "customers"."id") GROUP BY 1 HAVING BOOL_AND(("orders"."version" = 1)) IS NOT NULL LIMIT 20
--;
SELECT BOOL_OR("orders"."version" = 1) AS "a" FROM "orders"
--;
SELECT "orders"."status" AS "status", BOOL_OR("orders"."version" = 1) AS "a" FROM "orders" GROUP BY 1 ORDER BY 1 ASC LIMIT 20
--;
SELECT "customers"."country_code" AS "customer__country", BOOL_OR("orders"."version" = 1) AS "a" FROM "orders" LEFT OUTER JOIN "customers" ON ("orders"."customer_id" = "customers"."id") GROUP BY 1 HAVING BOOL_OR(("orders"."version" = 1)) IS NOT NULL LIMIT 20
--;
SELECT BIT_AND("orders"."version") AS "a" FROM "orders"
--;
SELECT "orders"."status" AS "status", BIT_AND("orders"."version") AS "a" FROM "orders" GROUP BY 1 ORDER BY 1 ASC LIMIT 20
--;
SELECT "customers"."country_code" AS "customer__country", BIT_AND("orders"."version") AS "a" FROM "orders" LEFT OUTER JOIN "customers" ON ("orders"."customer_id" = "customers"."id") GROUP BY 1 HAVING BIT_AND("orders"."version") IS NOT NULL LIMIT 20
--;
SELECT JSONB_AGG("orders"."status" ) AS "a" FROM "orders"
--;
SELECT "orders"."status" AS "status", JSONB_AGG("orders"."status" ) AS "a" FROM "orders" GROUP BY 1 ORDER BY 1 ASC LIMIT 20
--;
SELECT "customers"."country_code" AS "customer__country", JSONB_AGG("orders"."status" ) AS "a" FROM "orders" LEFT OUTER JOIN "customers" ON ("orders"."customer_id" = "customers"."id") GROUP BY 1 HAVING JSONB_AGG("orders"."status" ) IS NOT NULL LIMIT 20
--;
SELECT SUM(("orders"."total" * "orders"."version")) AS "a" FROM "orders"
--;
SELECT "orders"."status" AS "status", SUM(("orders"."total" * "orders"."version")) AS "a" FROM "orders" GROUP BY 1 ORDER BY 1 ASC LIMIT 20
--;
SELECT "customers"."country_code" AS "customer__country", SUM(("orders"."total" * "orders"."version")) AS "a" FROM "orders" LEFT OUTER JOIN "customers" ON ("orders"."customer_id" = "customers"."id") GROUP BY 1 HAVING SUM(("orders"."total" * "orders"."version")) IS NOT NULL LIMIT 20
--;
SELECT "orders"."id", "orders"."customer_id", "orders"."status", "orders"."total", "orders"."note", "orders"."placed_at", "orders"."shipped_at", "orders"."version", ROW_NUMBER() OVER (PARTITION BY "orders"."status" ORDER BY "orders"."id" ASC) AS "x" FROM "orders" LIMIT 20
--;
SELECT "orders"."id", "orders"."customer_id", "orders"."status", "orders"."total", "orders"."note", "orders"."placed_at", "orders"."shipped_at", "orders"."version", RANK() OVER (PARTITION BY "orders"."status" ORDER BY "orders"."id" ASC) AS "x" FROM "orders" LIMIT 20
--;
SELECT "orders"."id", "orders"."customer_id", "orders"."status", "orders"."total", "orders"."note", "orders"."placed_at", "orders"."shipped_at", "orders"."version", DENSE_RANK() OVER (PARTITION BY "orders"."status" ORDER BY "orders"."id" ASC) AS "x" FROM "orders" LIMIT 20
--;
SELECT "orders"."id", "orders"."customer_id", "orders"."status", "orders"."total", "orders"."note", "orders"."placed_at", "orders"."shipped_at", "orders"."version", LAG("orders"."total", 1) OVER (PARTITION BY "orders"."status" ORDER BY "orders"."id" ASC) AS "x" FROM "orders" LIMIT 20
--;
SELECT "orders"."id", "orders"."customer_id", "orders"."status", "orders"."total", "orders"."note", "orders"."placed_at", "orders"."shipped_at", "orders"."version", LEAD("orders"."total", 2) OVER (PARTITION BY "orders"."status" ORDER BY "orders"."id" ASC) AS "x" FROM "orders" LIMIT 20
--;
SELECT "orders"."id", "orders"."customer_id", "orders"."status", "orders"."total", "orders"."note", "orders"."placed_at", "orders"."shipped_at", "orders"."version", FIRST_VALUE("orders"."total") OVER (PARTITION BY "orders"."status" ORDER BY "orders"."id" ASC) AS "x" FROM "orders" LIMIT 20
--;
SELECT "orders"."id", "orders"."customer_id", "orders"."status", "orders"."total", "orders"."note", "orders"."placed_at", "orders"."shipped_at", "orders"."version", LAST_VALUE("orders"."total") OVER (PARTITION BY "orders"."status" ORDER BY "orders"."id" ASC) AS "x" FROM "orders" LIMIT 20
--;
SELECT "orders"."id", "orders"."customer_id", "orders"."status", "orders"."total", "orders"."note", "orders"."placed_at", "orders"."shipped_at", "orders"."version", NTH_VALUE("orders"."total", 2) OVER (PARTITION BY "orders"."status" ORDER BY "orders"."id" ASC) AS "x" FROM "orders" LIMIT 20
--;
SELECT "orders"."id", "orders"."customer_id", "orders"."status", "orders"."total", "orders"."note", "orders"."placed_at", "orders"."shipped_at", "orders"."version", NTILE(2) OVER (PARTITION BY "orders"."status" ORDER BY "orders"."id" ASC) AS "x" FROM "orders" LIMIT 20
--;
SELECT "orders"."id", "orders"."customer_id", "orders"."status", "orders"."total", "orders"."note", "orders"."placed_at", "orders"."shipped_at", "orders"."version", CUME_DIST() OVER (PARTITION BY "orders"."status" ORDER BY "orders"."id" ASC) AS "x" FROM "orders" LIMIT 20
--;
SELECT "orders"."id", "orders"."customer_id", "orders"."status", "orders"."total", "orders"."note", "orders"."placed_at", "orders"."shipped_at", "orders"."version", PERCENT_RANK() OVER (PARTITION BY "orders"."status" ORDER BY "orders"."id" ASC) AS "x" FROM "orders" LIMIT 20
--;
SELECT "orders"."id", "orders"."customer_id", "orders"."status", "orders"."total", "orders"."note", "orders"."placed_at", "orders"."shipped_at", "orders"."version", SUM("orders"."total") OVER (PARTITION BY "orders"."status" ORDER BY "orders"."id" ASC) AS "x" FROM "orders" LIMIT 20
--;
SELECT "orders"."id", "orders"."customer_id", "orders"."status", "orders"."total", "orders"."note", "orders"."placed_at", "orders"."shipped_at", "orders"."version", AVG("orders"."total") OVER (PARTITION BY "orders"."status" ORDER BY "orders"."id" ASC) AS "x" FROM "orders" LIMIT 20
--;
SELECT * FROM ( SELECT "orders"."id" AS "col1", "orders"."customer_id" AS "col2", "orders"."status" AS "col3", "orders"."total" AS "col4", "orders"."note" AS "col5", "orders"."placed_at" AS "col6", "orders"."shipped_at" AS "col7", "orders"."version" AS "col8", ROW_NUMBER() OVER (ORDER BY "orders"."id") AS "x" FROM "orders" ) "qualify" WHERE "x" = 1 LIMIT 20
--;
SELECT "customers"."id", "customers"."name", "customers"."email", "customers"."country_code", "customers"."active", "customers"."credit", "customers"."joined_on", "customers"."settings", "customers"."created_at" FROM "customers" WHERE EXISTS(SELECT 1 AS "a" FROM "orders" U0 WHERE U0."customer_id" = ("customers"."id") LIMIT 1) LIMIT 20
--;
SELECT "customers"."id", "customers"."name", "customers"."email", "customers"."country_code", "customers"."active", "customers"."credit", "customers"."joined_on", "customers"."settings", "customers"."created_at" FROM "customers" WHERE NOT EXISTS(SELECT 1 AS "a" FROM "orders" U0 WHERE (U0."customer_id" = ("customers"."id") AND U0."status" = 'x') LIMIT 1) LIMIT 20
--;
SELECT "customers"."id", "customers"."name", "customers"."email", "customers"."country_code", "customers"."active", "customers"."credit", "customers"."joined_on", "customers"."settings", "customers"."created_at", (SELECT U0."total" AS "total" FROM "orders" U0 WHERE U0."customer_id" = ("customers"."id") ORDER BY U0."id" DESC LIMIT 1) AS "l" FROM "customers" LIMIT 20
--;
SELECT "customers"."id", "customers"."name", "customers"."email", "customers"."country_code", "customers"."active", "customers"."credit", "customers"."joined_on", "customers"."settings", "customers"."created_at" FROM "customers" WHERE "customers"."id" IN (SELECT U0."customer_id" AS "customer" FROM "orders" U0) LIMIT 20
--;
SELECT "customers"."id", "customers"."name", "customers"."email", "customers"."country_code", "customers"."active", "customers"."credit", "customers"."joined_on", "customers"."settings", "customers"."created_at" FROM "customers" WHERE "customers"."id" IN (SELECT DISTINCT U0."customer_id" AS "customer_id" FROM "orders" U0 WHERE U0."status" = 'a') LIMIT 20
--;
SELECT "orders"."id", "orders"."customer_id", "orders"."status", "orders"."total", "orders"."note", "orders"."placed_at", "orders"."shipped_at", "orders"."version" FROM "orders" INNER JOIN "customers" ON ("orders"."customer_id" = "customers"."id") INNER JOIN "countries" ON ("customers"."country_code" = "countries"."code") WHERE "countries"."name" = 'x' LIMIT 20
--;
SELECT "orders"."id", "orders"."customer_id", "orders"."status", "orders"."total", "orders"."note", "orders"."placed_at", "orders"."shipped_at", "orders"."version", "customers"."id", "customers"."name", "customers"."email", "customers"."country_code", "customers"."active", "customers"."credit", "customers"."joined_on", "customers"."settings", "customers"."created_at", "countries"."code", "countries"."name" FROM "orders" LEFT OUTER JOIN "customers" ON ("orders"."customer_id" = "customers"."id") LEFT OUTER JOIN "countries" ON ("customers"."country_code" = "countries"."code") LIMIT 20
--;
SELECT "orders"."id", "orders"."customer_id", "orders"."status", "orders"."total", "orders"."note", "orders"."placed_at", "orders"."shipped_at", "orders"."version" FROM "orders" LIMIT 20
--;
SELECT "order_lines"."id", "order_lines"."order_id", "order_lines"."product_id", "order_lines"."quantity", "order_lines"."unit_price" FROM "order_lines" WHERE "order_lines"."order_id" IN (1, 2, 3, 4, 5)
--;
SELECT "products"."id", "products"."sku", "products"."title", "products"."price", "products"."weight", "products"."attributes", "products"."labels" FROM "products" WHERE ("products"."id") IN ((1), (2), (3), (4), (5))
--;
SELECT ("orders_tags"."order_id") AS "_prefetch_related_val_order_id", "tags"."id", "tags"."name" FROM "tags" INNER JOIN "orders_tags" ON ("tags"."id" = "orders_tags"."tag_id") WHERE "orders_tags"."order_id" IN (1, 2, 3, 4, 5)
--;
SELECT DISTINCT "orders"."id", "orders"."customer_id", "orders"."status", "orders"."total", "orders"."note", "orders"."placed_at", "orders"."shipped_at", "orders"."version" FROM "orders" INNER JOIN "orders_tags" ON ("orders"."id" = "orders_tags"."order_id") INNER JOIN "tags" ON ("orders_tags"."tag_id" = "tags"."id") WHERE "tags"."name" = 'a' LIMIT 20
--;
SELECT "orders"."id", "orders"."customer_id", "orders"."status", "orders"."total", "orders"."note", "orders"."placed_at", "orders"."shipped_at", "orders"."version" FROM "orders" INNER JOIN "order_lines" ON ("orders"."id" = "order_lines"."order_id") INNER JOIN "products" ON ("order_lines"."product_id" = "products"."id") WHERE "products"."sku" = 's1' LIMIT 20
--;
SELECT "orders"."id", "orders"."customer_id", "orders"."status", "orders"."total", "orders"."note", "orders"."placed_at", "orders"."shipped_at", "orders"."version" FROM "orders" WHERE ("orders"."status" = 'a' OR ("orders"."total" > 3 AND NOT ("orders"."note" IS NULL))) LIMIT 20
--;
SELECT "orders"."id", "orders"."customer_id", "orders"."status", "orders"."total", "orders"."note", "orders"."placed_at", "orders"."shipped_at", "orders"."version" FROM "orders" WHERE "orders"."total" > ("orders"."version") LIMIT 20
--;
SELECT DISTINCT ON ("orders"."status") "orders"."id", "orders"."customer_id", "orders"."status", "orders"."total", "orders"."note", "orders"."placed_at", "orders"."shipped_at", "orders"."version" FROM "orders" ORDER BY "orders"."status" ASC, "orders"."id" DESC LIMIT 20
--;
SELECT "orders"."id" FROM "orders" LIMIT 20
--;
SELECT "orders"."id", "orders"."customer_id", "orders"."status", "orders"."total", "orders"."placed_at", "orders"."shipped_at", "orders"."version" FROM "orders" LIMIT 20
--;
SELECT "orders"."id", "orders"."customer_id", "orders"."status", "orders"."total", "orders"."note", "orders"."placed_at", "orders"."shipped_at", "orders"."version" FROM "orders" ORDER BY RANDOM() ASC LIMIT 20
--;
SELECT "orders"."id", "orders"."customer_id", "orders"."status", "orders"."total", "orders"."note", "orders"."placed_at", "orders"."shipped_at", "orders"."version" FROM "orders" ORDER BY "orders"."shipped_at" DESC NULLS LAST LIMIT 20
--;
SELECT "orders"."id", "orders"."customer_id", "orders"."status", "orders"."total", "orders"."note", "orders"."placed_at", "orders"."shipped_at", "orders"."version" FROM "orders" WHERE (total > 0) LIMIT 20
--;
SELECT "orders"."id", "orders"."customer_id", "orders"."status", "orders"."total", "orders"."note", "orders"."placed_at", "orders"."shipped_at", "orders"."version" FROM "orders" LIMIT 3 OFFSET 2
--;
SELECT DISTINCT DATE_TRUNC('month', "orders"."placed_at" AT TIME ZONE 'America/Chicago') AS "datefield" FROM "orders" WHERE "orders"."placed_at" IS NOT NULL ORDER BY 1 ASC LIMIT 20
--;
SELECT DISTINCT DATE_TRUNC('day', "orders"."placed_at" AT TIME ZONE 'America/Chicago') AS "datetimefield" FROM "orders" WHERE "orders"."placed_at" IS NOT NULL ORDER BY 1 ASC LIMIT 20
--;
SELECT "employees"."id", "employees"."name", "employees"."manager_id", "employees"."salary", "employees"."hired", "employees"."ref" FROM "employees" LEFT OUTER JOIN "employees" T2 ON ("employees"."manager_id" = T2."id") WHERE T2."manager_id" IS NULL LIMIT 20
--;
SELECT "employees"."id", "employees"."name", "employees"."manager_id", "employees"."salary", "employees"."hired", "employees"."ref", T2."id", T2."name", T2."manager_id", T2."salary", T2."hired", T2."ref" FROM "employees" LEFT OUTER JOIN "employees" T2 ON ("employees"."manager_id" = T2."id") LIMIT 20
--;
SELECT "customers"."id", "customers"."name", "customers"."email", "customers"."country_code", "customers"."active", "customers"."credit", "customers"."joined_on", "customers"."settings", "customers"."created_at" FROM "customers" LEFT OUTER JOIN "orders" ON ("customers"."id" = "orders"."customer_id") GROUP BY "customers"."id", "customers"."name", "customers"."email", "customers"."country_code", "customers"."active", "customers"."credit", "customers"."joined_on", "customers"."settings", "customers"."created_at" HAVING COUNT("orders"."id") = 0 LIMIT 20
--;
(SELECT "orders"."id" AS "col1", "orders"."customer_id" AS "col2", "orders"."status" AS "col3", "orders"."total" AS "col4", "orders"."note" AS "col5", "orders"."placed_at" AS "col6", "orders"."shipped_at" AS "col7", "orders"."version" AS "col8" FROM "orders" WHERE "orders"."status" = 'a') UNION (SELECT "orders"."id" AS "col1", "orders"."customer_id" AS "col2", "orders"."status" AS "col3", "orders"."total" AS "col4", "orders"."note" AS "col5", "orders"."placed_at" AS "col6", "orders"."shipped_at" AS "col7", "orders"."version" AS "col8" FROM "orders" WHERE "orders"."status" = 'b') LIMIT 20
--;
(SELECT "orders"."id" AS "col1", "orders"."customer_id" AS "col2", "orders"."status" AS "col3", "orders"."total" AS "col4", "orders"."note" AS "col5", "orders"."placed_at" AS "col6", "orders"."shipped_at" AS "col7", "orders"."version" AS "col8" FROM "orders" WHERE "orders"."status" = 'a') UNION ALL (SELECT "orders"."id" AS "col1", "orders"."customer_id" AS "col2", "orders"."status" AS "col3", "orders"."total" AS "col4", "orders"."note" AS "col5", "orders"."placed_at" AS "col6", "orders"."shipped_at" AS "col7", "orders"."version" AS "col8" FROM "orders" WHERE "orders"."status" = 'b') ORDER BY "col1" ASC LIMIT 20
--;
(SELECT "orders"."id" AS "col1", "orders"."customer_id" AS "col2", "orders"."status" AS "col3", "orders"."total" AS "col4", "orders"."note" AS "col5", "orders"."placed_at" AS "col6", "orders"."shipped_at" AS "col7", "orders"."version" AS "col8" FROM "orders") INTERSECT (SELECT "orders"."id" AS "col1", "orders"."customer_id" AS "col2", "orders"."status" AS "col3", "orders"."total" AS "col4", "orders"."note" AS "col5", "orders"."placed_at" AS "col6", "orders"."shipped_at" AS "col7", "orders"."version" AS "col8" FROM "orders" WHERE "orders"."id" = 1) LIMIT 20
--;
(SELECT "orders"."id" AS "col1", "orders"."customer_id" AS "col2", "orders"."status" AS "col3", "orders"."total" AS "col4", "orders"."note" AS "col5", "orders"."placed_at" AS "col6", "orders"."shipped_at" AS "col7", "orders"."version" AS "col8" FROM "orders") EXCEPT (SELECT "orders"."id" AS "col1", "orders"."customer_id" AS "col2", "orders"."status" AS "col3", "orders"."total" AS "col4", "orders"."note" AS "col5", "orders"."placed_at" AS "col6", "orders"."shipped_at" AS "col7", "orders"."version" AS "col8" FROM "orders" WHERE "orders"."id" = 1) LIMIT 20
--;
SELECT "orders"."status" AS "status", "customers"."name" AS "customer__name" FROM "orders" LEFT OUTER JOIN "customers" ON ("orders"."customer_id" = "customers"."id") LIMIT 20
--;
SELECT "orders"."id", "orders"."customer_id", "orders"."status", "orders"."total", "orders"."note", "orders"."placed_at", "orders"."shipped_at", "orders"."version" FROM "orders" LIMIT 20 FOR UPDATE
--;
SELECT "orders"."id", "orders"."customer_id", "orders"."status", "orders"."total", "orders"."note", "orders"."placed_at", "orders"."shipped_at", "orders"."version" FROM "orders" LIMIT 20 FOR UPDATE NOWAIT
--;
SELECT "orders"."id", "orders"."customer_id", "orders"."status", "orders"."total", "orders"."note", "orders"."placed_at", "orders"."shipped_at", "orders"."version" FROM "orders" LIMIT 20 FOR UPDATE OF "orders" SKIP LOCKED
--;
SELECT "orders"."id", "orders"."customer_id", "orders"."status", "orders"."total", "orders"."note", "orders"."placed_at", "orders"."shipped_at", "orders"."version" FROM "orders" WHERE "orders"."id" = 1 LIMIT 20 FOR NO KEY UPDATE
--;
SELECT "orders"."id", "orders"."customer_id", "orders"."status", "orders"."total", "orders"."note", "orders"."placed_at", "orders"."shipped_at", "orders"."version" FROM "orders" WHERE "orders"."customer_id" IN (1, 2) LIMIT 20
--;
SELECT COUNT(*) AS "__count" FROM "customers"
--;
SELECT 1 AS "a" FROM "customers" LIMIT 1
--;
SELECT "customers"."id", "customers"."name", "customers"."email", "customers"."country_code", "customers"."active", "customers"."credit", "customers"."joined_on", "customers"."settings", "customers"."created_at" FROM "customers" ORDER BY "customers"."id" ASC LIMIT 1
--;
SELECT "customers"."id", "customers"."name", "customers"."email", "customers"."country_code", "customers"."active", "customers"."credit", "customers"."joined_on", "customers"."settings", "customers"."created_at" FROM "customers" ORDER BY "customers"."id" DESC LIMIT 1
--;
SELECT "customers"."id", "customers"."name", "customers"."email", "customers"."country_code", "customers"."active", "customers"."credit", "customers"."joined_on", "customers"."settings", "customers"."created_at" FROM "customers" WHERE "customers"."id" IN (1, 2)
--;
SELECT "customers"."id", "customers"."name", "customers"."email", "customers"."country_code", "customers"."active", "customers"."credit", "customers"."joined_on", "customers"."settings", "customers"."created_at" FROM "customers" WHERE "customers"."id" = 1 LIMIT 21
--;
DECLARE "_django_curs_140073335561088_sync_1" NO SCROLL CURSOR FOR SELECT "customers"."id", "customers"."name", "customers"."email", "customers"."country_code", "customers"."active", "customers"."credit", "customers"."joined_on", "customers"."settings", "customers"."created_at" FROM "customers"
--;
FETCH FORWARD 2 FROM "_django_curs_140073335561088_sync_1"
--;
CLOSE "_django_curs_140073335561088_sync_1"
--;
SELECT "customers"."id", "customers"."name", "customers"."email", "customers"."country_code", "customers"."active", "customers"."credit", "customers"."joined_on", "customers"."settings", "customers"."created_at" FROM "customers" LIMIT 20
--;
SELECT "customers"."id", "customers"."name", "customers"."email", "customers"."country_code", "customers"."active", "customers"."credit", "customers"."joined_on", "customers"."settings", "customers"."created_at" FROM "customers" WHERE "customers"."id" IN (1) LIMIT 20
--;
SELECT "customers"."id" AS "pk" FROM "customers"
--;
SELECT "customers"."id", "customers"."name", "customers"."email", "customers"."country_code", "customers"."active", "customers"."credit", "customers"."joined_on", "customers"."settings", "customers"."created_at" FROM "customers" ORDER BY "customers"."id" DESC LIMIT 3
--;
EXPLAIN SELECT "customers"."id", "customers"."name", "customers"."email", "customers"."country_code", "customers"."active", "customers"."credit", "customers"."joined_on", "customers"."settings", "customers"."created_at" FROM "customers"
--;
SELECT COUNT(*) AS "__count" FROM "orders"
--;
SELECT 1 AS "a" FROM "orders" LIMIT 1
--;
SELECT "orders"."id", "orders"."customer_id", "orders"."status", "orders"."total", "orders"."note", "orders"."placed_at", "orders"."shipped_at", "orders"."version" FROM "orders" ORDER BY "orders"."id" ASC LIMIT 1
--;
SELECT "orders"."id", "orders"."customer_id", "orders"."status", "orders"."total", "orders"."note", "orders"."placed_at", "orders"."shipped_at", "orders"."version" FROM "orders" ORDER BY "orders"."id" DESC LIMIT 1
--;
SELECT "orders"."id", "orders"."customer_id", "orders"."status", "orders"."total", "orders"."note", "orders"."placed_at", "orders"."shipped_at", "orders"."version" FROM "orders" WHERE "orders"."id" IN (1, 2)
--;
SELECT "orders"."id", "orders"."customer_id", "orders"."status", "orders"."total", "orders"."note", "orders"."placed_at", "orders"."shipped_at", "orders"."version" FROM "orders" WHERE "orders"."id" = 1 LIMIT 21
--;
DECLARE "_django_curs_140073335561088_sync_2" NO SCROLL CURSOR FOR SELECT "orders"."id", "orders"."customer_id", "orders"."status", "orders"."total", "orders"."note", "orders"."placed_at", "orders"."shipped_at", "orders"."version" FROM "orders"
--;
FETCH FORWARD 2 FROM "_django_curs_140073335561088_sync_2"
--;
CLOSE "_django_curs_140073335561088_sync_2"
--;
SELECT "orders"."id", "orders"."customer_id", "orders"."status", "orders"."total", "orders"."note", "orders"."placed_at", "orders"."shipped_at", "orders"."version" FROM "orders" WHERE "orders"."id" IN (1) LIMIT 20
--;
SELECT "orders"."id" AS "pk" FROM "orders"
--;
SELECT "orders"."id", "orders"."customer_id", "orders"."status", "orders"."total", "orders"."note", "orders"."placed_at", "orders"."shipped_at", "orders"."version" FROM "orders" ORDER BY "orders"."id" DESC LIMIT 3
--;
EXPLAIN SELECT "orders"."id", "orders"."customer_id", "orders"."status", "orders"."total", "orders"."note", "orders"."placed_at", "orders"."shipped_at", "orders"."version" FROM "orders"
--;
SELECT COUNT(*) AS "__count" FROM "products"
--;
SELECT 1 AS "a" FROM "products" LIMIT 1
--;
SELECT "products"."id", "products"."sku", "products"."title", "products"."price", "products"."weight", "products"."attributes", "products"."labels" FROM "products" ORDER BY "products"."id" ASC LIMIT 1
--;
SELECT "products"."id", "products"."sku", "products"."title", "products"."price", "products"."weight", "products"."attributes", "products"."labels" FROM "products" ORDER BY "products"."id" DESC LIMIT 1
--;
SELECT "products"."id", "products"."sku", "products"."title", "products"."price", "products"."weight", "products"."attributes", "products"."labels" FROM "products" WHERE "products"."id" IN (1, 2)
--;
SELECT "products"."id", "products"."sku", "products"."title", "products"."price", "products"."weight", "products"."attributes", "products"."labels" FROM "products" WHERE "products"."id" = 1 LIMIT 21
--;
DECLARE "_django_curs_140073335561088_sync_3" NO SCROLL CURSOR FOR SELECT "products"."id", "products"."sku", "products"."title", "products"."price", "products"."weight", "products"."attributes", "products"."labels" FROM "products"
--;
FETCH FORWARD 2 FROM "_django_curs_140073335561088_sync_3"
--;
CLOSE "_django_curs_140073335561088_sync_3"
--;
SELECT "products"."id", "products"."sku", "products"."title", "products"."price", "products"."weight", "products"."attributes", "products"."labels" FROM "products" LIMIT 20
--;
SELECT "products"."id", "products"."sku", "products"."title", "products"."price", "products"."weight", "products"."attributes", "products"."labels" FROM "products" WHERE "products"."id" IN (1) LIMIT 20
--;
SELECT "products"."id" AS "pk" FROM "products"
--;
SELECT "products"."id", "products"."sku", "products"."title", "products"."price", "products"."weight", "products"."attributes", "products"."labels" FROM "products" ORDER BY "products"."id" DESC LIMIT 3
--;
EXPLAIN SELECT "products"."id", "products"."sku", "products"."title", "products"."price", "products"."weight", "products"."attributes", "products"."labels" FROM "products"
--;
SELECT COUNT(*) AS "__count" FROM "order_lines"
--;
SELECT 1 AS "a" FROM "order_lines" LIMIT 1
--;
SELECT "order_lines"."id", "order_lines"."order_id", "order_lines"."product_id", "order_lines"."quantity", "order_lines"."unit_price" FROM "order_lines" ORDER BY "order_lines"."id" ASC LIMIT 1
--;
SELECT "order_lines"."id", "order_lines"."order_id", "order_lines"."product_id", "order_lines"."quantity", "order_lines"."unit_price" FROM "order_lines" ORDER BY "order_lines"."id" DESC LIMIT 1
--;
SELECT "order_lines"."id", "order_lines"."order_id", "order_lines"."product_id", "order_lines"."quantity", "order_lines"."unit_price" FROM "order_lines" WHERE "order_lines"."id" IN (1, 2)
--;
SELECT "order_lines"."id", "order_lines"."order_id", "order_lines"."product_id", "order_lines"."quantity", "order_lines"."unit_price" FROM "order_lines" WHERE "order_lines"."id" = 1 LIMIT 21
--;
DECLARE "_django_curs_140073335561088_sync_4" NO SCROLL CURSOR FOR SELECT "order_lines"."id", "order_lines"."order_id", "order_lines"."product_id", "order_lines"."quantity", "order_lines"."unit_price" FROM "order_lines"
--;
FETCH FORWARD 2 FROM "_django_curs_140073335561088_sync_4"
--;
CLOSE "_django_curs_140073335561088_sync_4"
--;
SELECT "order_lines"."id", "order_lines"."order_id", "order_lines"."product_id", "order_lines"."quantity", "order_lines"."unit_price" FROM "order_lines" LIMIT 20
--;
SELECT "order_lines"."id", "order_lines"."order_id", "order_lines"."product_id", "order_lines"."quantity", "order_lines"."unit_price" FROM "order_lines" WHERE "order_lines"."id" IN (1) LIMIT 20
--;
SELECT "order_lines"."id" AS "pk" FROM "order_lines"
--;
SELECT "order_lines"."id", "order_lines"."order_id", "order_lines"."product_id", "order_lines"."quantity", "order_lines"."unit_price" FROM "order_lines" ORDER BY "order_lines"."id" DESC LIMIT 3
--;
EXPLAIN SELECT "order_lines"."id", "order_lines"."order_id", "order_lines"."product_id", "order_lines"."quantity", "order_lines"."unit_price" FROM "order_lines"
--;
SELECT COUNT(*) AS "__count" FROM "tags"
--;
SELECT 1 AS "a" FROM "tags" LIMIT 1
--;
SELECT "tags"."id", "tags"."name" FROM "tags" ORDER BY "tags"."id" ASC LIMIT 1
--;
SELECT "tags"."id", "tags"."name" FROM "tags" ORDER BY "tags"."id" DESC LIMIT 1
--;
SELECT "tags"."id", "tags"."name" FROM "tags" WHERE "tags"."id" IN (1, 2)
--;
SELECT "tags"."id", "tags"."name" FROM "tags" WHERE "tags"."id" = 1 LIMIT 21
--;
DECLARE "_django_curs_140073335561088_sync_5" NO SCROLL CURSOR FOR SELECT "tags"."id", "tags"."name" FROM "tags"
--;
FETCH FORWARD 2 FROM "_django_curs_140073335561088_sync_5"
--;
CLOSE "_django_curs_140073335561088_sync_5"
--;
SELECT "tags"."id", "tags"."name" FROM "tags" LIMIT 20
--;
SELECT "tags"."id", "tags"."name" FROM "tags" WHERE "tags"."id" IN (1) LIMIT 20
--;
SELECT "tags"."id" AS "pk" FROM "tags"
--;
SELECT "tags"."id", "tags"."name" FROM "tags" ORDER BY "tags"."id" DESC LIMIT 3
--;
EXPLAIN SELECT "tags"."id", "tags"."name" FROM "tags"
--;
SELECT COUNT(*) AS "__count" FROM "employees"
--;
SELECT 1 AS "a" FROM "employees" LIMIT 1
--;
SELECT "employees"."id", "employees"."name", "employees"."manager_id", "employees"."salary", "employees"."hired", "employees"."ref" FROM "employees" ORDER BY "employees"."id" ASC LIMIT 1
--;
SELECT "employees"."id", "employees"."name", "employees"."manager_id", "employees"."salary", "employees"."hired", "employees"."ref" FROM "employees" ORDER BY "employees"."id" DESC LIMIT 1
--;
SELECT "employees"."id", "employees"."name", "employees"."manager_id", "employees"."salary", "employees"."hired", "employees"."ref" FROM "employees" WHERE "employees"."id" IN (1, 2)
--;
SELECT "employees"."id", "employees"."name", "employees"."manager_id", "employees"."salary", "employees"."hired", "employees"."ref" FROM "employees" WHERE "employees"."id" = 1 LIMIT 21
--;
DECLARE "_django_curs_140073335561088_sync_6" NO SCROLL CURSOR FOR SELECT "employees"."id", "employees"."name", "employees"."manager_id", "employees"."salary", "employees"."hired", "employees"."ref" FROM "employees"
--;
FETCH FORWARD 2 FROM "_django_curs_140073335561088_sync_6"
--;
CLOSE "_django_curs_140073335561088_sync_6"
--;
SELECT "employees"."id", "employees"."name", "employees"."manager_id", "employees"."salary", "employees"."hired", "employees"."ref" FROM "employees" LIMIT 20
--;
SELECT "employees"."id", "employees"."name", "employees"."manager_id", "employees"."salary", "employees"."hired", "employees"."ref" FROM "employees" WHERE "employees"."id" IN (1) LIMIT 20
--;
SELECT "employees"."id" AS "pk" FROM "employees"
--;
SELECT "employees"."id", "employees"."name", "employees"."manager_id", "employees"."salary", "employees"."hired", "employees"."ref" FROM "employees" ORDER BY "employees"."id" DESC LIMIT 3
--;
EXPLAIN SELECT "employees"."id", "employees"."name", "employees"."manager_id", "employees"."salary", "employees"."hired", "employees"."ref" FROM "employees"
--;
SELECT COUNT(*) AS "__count" FROM "countries"
--;
SELECT 1 AS "a" FROM "countries" LIMIT 1
--;
SELECT "countries"."code", "countries"."name" FROM "countries" ORDER BY "countries"."code" ASC LIMIT 1
--;
SELECT "countries"."code", "countries"."name" FROM "countries" ORDER BY "countries"."code" DESC LIMIT 1
--;
SELECT "countries"."code", "countries"."name" FROM "countries" WHERE "countries"."code" IN ('DE')
--;
SELECT "countries"."code", "countries"."name" FROM "countries" WHERE "countries"."code" = 'DE' LIMIT 21
--;
DECLARE "_django_curs_140073335561088_sync_7" NO SCROLL CURSOR FOR SELECT "countries"."code", "countries"."name" FROM "countries"
--;
FETCH FORWARD 2 FROM "_django_curs_140073335561088_sync_7"
--;
CLOSE "_django_curs_140073335561088_sync_7"
--;
SELECT "countries"."code", "countries"."name" FROM "countries" LIMIT 20
--;
SELECT "countries"."code" AS "pk" FROM "countries"
--;
SELECT "countries"."code", "countries"."name" FROM "countries" ORDER BY "countries"."code" DESC LIMIT 3
--;
EXPLAIN SELECT "countries"."code", "countries"."name" FROM "countries"
--;
INSERT INTO "customers" ("name", "email", "country_code", "active", "credit", "joined_on", "settings", "created_at") VALUES ('a', NULL, NULL, true, 0, NULL, NULL, '2026-11-21 15:17:07.377491+00:00'::timestamptz) RETURNING "customers"."id"
--;
INSERT INTO "orders" ("customer_id", "status", "total", "note", "placed_at", "shipped_at", "version") VALUES (1, 'new', 3, NULL, '2026-11-21 15:17:07.379996+00:00'::timestamptz, NULL, 1) RETURNING "orders"."id"
--;
INSERT INTO "customers" ("name", "email", "country_code", "active", "credit", "joined_on", "settings", "created_at") SELECT * FROM UNNEST(('{b,c}')::varchar[], ('{NULL,NULL}')::varchar[], ('{NULL,NULL}')::varchar[], ('{t,t}'::bool[])::boolean[], ('{0,0}'::numeric[])::numeric[], ('{NULL,NULL}')::date[], ('{NULL,NULL}')::jsonb[], ('{"2026-11-21 15:17:07.381001+00:00","2026-11-21 15:17:07.381018+00:00"}'::timestamptz[])::timestamp with time zone[]) RETURNING "customers"."id"
--;
INSERT INTO "customers" ("id", "name", "email", "country_code", "active", "credit", "joined_on", "settings", "created_at") VALUES (1, 'b', NULL, NULL, true, 0, NULL, NULL, '2026-11-21 15:17:07.391534+00:00'::timestamptz) ON CONFLICT DO NOTHING
--;
INSERT INTO "customers" ("id", "name", "email", "country_code", "active", "credit", "joined_on", "settings", "created_at") VALUES (1, 'b', NULL, NULL, true, 0, NULL, NULL, '2026-11-21 15:17:07.392392+00:00'::timestamptz) ON CONFLICT("id") DO UPDATE SET "name" = EXCLUDED."name" RETURNING "customers"."id"
--;
UPDATE "customers" SET "name" = 'z' WHERE "customers"."id" = 1
--;
UPDATE "customers" SET "credit" = ("customers"."credit" + 1)
--;
UPDATE "orders" SET "status" = 'y' WHERE "orders"."id" IN (SELECT U0."id" FROM "orders" U0 INNER JOIN "customers" U1 ON (U0."customer_id" = U1."id") WHERE U1."name" = 'x')
--;
SELECT "orders"."id", "orders"."customer_id", "orders"."status", "orders"."total", "orders"."note", "orders"."placed_at", "orders"."shipped_at", "orders"."version" FROM "orders" INNER JOIN "order_lines" ON ("orders"."id" = "order_lines"."order_id") WHERE "order_lines"."quantity" = 1
--;
DELETE FROM "orders_tags" WHERE "orders_tags"."order_id" IN (1, 2, 3, 4, 5)
--;
DELETE FROM "order_lines" WHERE "order_lines"."order_id" IN (1, 2, 3, 4, 5)
--;
DELETE FROM "orders" WHERE "orders"."id" IN (5, 4, 3, 2, 1)
--;
SELECT "customers"."id", "customers"."name", "customers"."email", "customers"."country_code", "customers"."active", "customers"."credit", "customers"."joined_on", "customers"."settings", "customers"."created_at" FROM "customers" WHERE "customers"."id" = 3
--;
SELECT "orders"."id" FROM "orders" WHERE "orders"."customer_id" IN (3)
--;
DELETE FROM "customers" WHERE "customers"."id" IN (3)
--;
DELETE FROM "order_lines" WHERE "order_lines"."id" IN (SELECT U0."id" FROM "order_lines" U0 INNER JOIN "orders" U1 ON (U0."order_id" = U1."id") WHERE U1."status" = 'q')
--;
SELECT "customers"."id", "customers"."name", "customers"."email", "customers"."country_code", "customers"."active", "customers"."credit", "customers"."joined_on", "customers"."settings", "customers"."created_at" FROM "customers" WHERE "customers"."name" = 'g' LIMIT 21
--;
SAVEPOINT "s140073335561088_x1"
--;
INSERT INTO "customers" ("name", "email", "country_code", "active", "credit", "joined_on", "settings", "created_at") VALUES ('g', NULL, NULL, true, 1, NULL, NULL, '2026-11-21 15:17:07.413824+00:00'::timestamptz) RETURNING "customers"."id"
--;
RELEASE SAVEPOINT "s140073335561088_x1"
--;
SELECT "customers"."id", "customers"."name", "customers"."email", "customers"."country_code", "customers"."active", "customers"."credit", "customers"."joined_on", "customers"."settings", "customers"."created_at" FROM "customers" WHERE "customers"."name" = 'g' LIMIT 21 FOR UPDATE
--;
UPDATE "customers" SET "credit" = 2, "joined_on" = NULL, "created_at" = '2026-11-21 15:17:07.413824+00:00'::timestamptz WHERE "customers"."id" = 9
--;
UPDATE "customers" SET "name" = (CASE WHEN ("customers"."id" = 1) THEN 'p' WHEN ("customers"."id" = 2) THEN 'q' ELSE NULL END)::varchar(100) WHERE "customers"."id" IN (1, 2)
--;
INSERT INTO "products" ("sku", "title", "price", "weight", "attributes", "labels") VALUES ('q', 't', 1, NULL, '{"k": [1]}'::jsonb, '{a,b}'::text[]) RETURNING "products"."id"
--;
INSERT INTO "employees" ("name", "manager_id", "salary", "hired", "ref") VALUES ('e', 1, NULL, NULL, NULL) RETURNING "employees"."id"
--;
SELECT "employees"."id", "employees"."name", "employees"."manager_id", "employees"."salary", "employees"."hired", "employees"."ref" FROM "employees" WHERE "employees"."id" = 1
--;
UPDATE "employees" SET "manager_id" = NULL WHERE "employees"."manager_id" IN (1)
--;
DELETE FROM "employees" WHERE "employees"."id" IN (1)
--;
SELECT "customers"."id", "customers"."name", "customers"."email", "customers"."country_code", "customers"."active", "customers"."credit", "customers"."joined_on", "customers"."settings", "customers"."created_at" FROM "customers" WHERE "customers"."id" = 2 LIMIT 21
--;
SELECT "orders"."id" FROM "orders" WHERE "orders"."customer_id" IN (2)
--;
DELETE FROM "customers" WHERE "customers"."id" IN (2)
--;
UPDATE "orders" SET "total" = (SELECT SUM(U0."unit_price") AS "s" FROM "order_lines" U0 WHERE U0."order_id" = ("orders"."id") GROUP BY U0."order_id") WHERE "orders"."id" = 1
--;
UPDATE "products" SET "price" = ("products"."price" * 2) WHERE "products"."labels" @> (ARRAY['x'])::text[]
--;
INSERT INTO "orders" ("customer_id", "status", "total", "note", "placed_at", "shipped_at", "version") VALUES (NULL, 'new', 1, NULL, '2026-11-21 15:17:07.466093+00:00'::timestamptz, NULL, 1) RETURNING "orders"."id"
--;
ROLLBACK TO SAVEPOINT "s140073335561088_x3"
--;
SELECT
                c.relname,
                CASE
                    WHEN c.relispartition THEN 'p'
                    WHEN c.relkind IN ('m', 'v') THEN 'v'
                    ELSE 't'
                END,
                obj_description(c.oid, 'pg_class')
            FROM pg_catalog.pg_class c
            LEFT JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
            WHERE c.relkind IN ('f', 'm', 'p', 'r', 'v')
                AND n.nspname NOT IN ('pg_catalog', 'pg_toast')
                AND pg_catalog.pg_table_is_visible(c.oid)
--;
SELECT
                a.attname AS column_name,
                NOT (a.attnotnull OR (t.typtype = 'd' AND t.typnotnull)) AS is_nullable,
                pg_get_expr(ad.adbin, ad.adrelid) AS column_default,
                CASE WHEN collname = 'default' THEN NULL ELSE collname END AS collation,
                a.attidentity != '' AS is_autofield,
                col_description(a.attrelid, a.attnum) AS column_comment
            FROM pg_attribute a
            LEFT JOIN pg_attrdef ad ON a.attrelid = ad.adrelid AND a.attnum = ad.adnum
            LEFT JOIN pg_collation co ON a.attcollation = co.oid
            JOIN pg_type t ON a.atttypid = t.oid
            JOIN pg_class c ON a.attrelid = c.oid
            JOIN pg_namespace n ON c.relnamespace = n.oid
            WHERE c.relkind IN ('f', 'm', 'p', 'r', 'v')
                AND c.relname = 'countries'
                AND n.nspname NOT IN ('pg_catalog', 'pg_toast')
                AND pg_catalog.pg_table_is_visible(c.oid)
--;
SELECT * FROM "countries" LIMIT 1
--;
SELECT a1.attname, c2.relname, a2.attname
            FROM pg_constraint con
            LEFT JOIN pg_class c1 ON con.conrelid = c1.oid
            LEFT JOIN pg_class c2 ON con.confrelid = c2.oid
            LEFT JOIN
                pg_attribute a1 ON c1.oid = a1.attrelid AND a1.attnum = con.conkey[1]
            LEFT JOIN
                pg_attribute a2 ON c2.oid = a2.attrelid AND a2.attnum = con.confkey[1]
            WHERE
                c1.relname = 'countries' AND
                con.contype = 'f' AND
                c1.relnamespace = c2.relnamespace AND
                pg_catalog.pg_table_is_visible(c1.oid)
--;
SELECT
                c.conname,
                array(
                    SELECT attname
                    FROM unnest(c.conkey) WITH ORDINALITY cols(colid, arridx)
                    JOIN pg_attribute AS ca ON cols.colid = ca.attnum
                    WHERE ca.attrelid = c.conrelid
                    ORDER BY cols.arridx
                ),
                c.contype,
                (SELECT fkc.relname || '.' || fka.attname
                FROM pg_attribute AS fka
                JOIN pg_class AS fkc ON fka.attrelid = fkc.oid
                WHERE fka.attrelid = c.confrelid AND fka.attnum = c.confkey[1]),
                cl.reloptions
            FROM pg_constraint AS c
            JOIN pg_class AS cl ON c.conrelid = cl.oid
            WHERE cl.relname = 'countries' AND pg_catalog.pg_table_is_visible(cl.oid)
--;
SELECT
                indexname,
                array_agg(attname ORDER BY arridx),
                indisunique,
                indisprimary,
                array_agg(ordering ORDER BY arridx),
                amname,
                exprdef,
                s2.attoptions
            FROM (
                SELECT
                    c2.relname as indexname, idx.*, attr.attname, am.amname,
                    CASE
                        WHEN idx.indexprs IS NOT NULL THEN
                            pg_get_indexdef(idx.indexrelid)
                    END AS exprdef,
                    CASE am.amname
                        WHEN 'btree' THEN
                            CASE (option & 1)
                                WHEN 1 THEN 'DESC' ELSE 'ASC'
                            END
                    END as ordering,
                    c2.reloptions as attoptions
                FROM (
                    SELECT *
                    FROM
                        pg_index i,
                        unnest(i.indkey, i.indoption)
                            WITH ORDINALITY koi(key, option, arridx)
                ) idx
                LEFT JOIN pg_class c ON idx.indrelid = c.oid
                LEFT JOIN pg_class c2 ON idx.indexrelid = c2.oid
                LEFT JOIN pg_am am ON c2.relam = am.oid
                LEFT JOIN
                    pg_attribute attr ON attr.attrelid = c.oid AND attr.attnum = idx.key
                WHERE c.relname = 'countries' AND pg_catalog.pg_table_is_visible(c.oid)
            ) s2
            GROUP BY indexname, indisunique, indisprimary, amname, exprdef, attoptions;
--;
SELECT
                s.relname AS sequence_name,
                a.attname AS colname
            FROM
                pg_class s
                JOIN pg_depend d ON d.objid = s.oid
                    AND d.classid = 'pg_class'::regclass
                    AND d.refclassid = 'pg_class'::regclass
                JOIN pg_attribute a ON d.refobjid = a.attrelid
                    AND d.refobjsubid = a.attnum
                JOIN pg_class tbl ON tbl.oid = d.refobjid
                    AND tbl.relname = 'countries'
                    AND pg_catalog.pg_table_is_visible(tbl.oid)
            WHERE
                s.relkind = 'S';
--;
SELECT
                a.attname AS column_name,
                NOT (a.attnotnull OR (t.typtype = 'd' AND t.typnotnull)) AS is_nullable,
                pg_get_expr(ad.adbin, ad.adrelid) AS column_default,
                CASE WHEN collname = 'default' THEN NULL ELSE collname END AS collation,
                a.attidentity != '' AS is_autofield,
                col_description(a.attrelid, a.attnum) AS column_comment
            FROM pg_attribute a
            LEFT JOIN pg_attrdef ad ON a.attrelid = ad.adrelid AND a.attnum = ad.adnum
            LEFT JOIN pg_collation co ON a.attcollation = co.oid
            JOIN pg_type t ON a.atttypid = t.oid
            JOIN pg_class c ON a.attrelid = c.oid
            JOIN pg_namespace n ON c.relnamespace = n.oid
            WHERE c.relkind IN ('f', 'm', 'p', 'r', 'v')
                AND c.relname = 'customers'
                AND n.nspname NOT IN ('pg_catalog', 'pg_toast')
                AND pg_catalog.pg_table_is_visible(c.oid)
--;
SELECT * FROM "customers" LIMIT 1
--;
SELECT a1.attname, c2.relname, a2.attname
            FROM pg_constraint con
            LEFT JOIN pg_class c1 ON con.conrelid = c1.oid
            LEFT JOIN pg_class c2 ON con.confrelid = c2.oid
            LEFT JOIN
                pg_attribute a1 ON c1.oid = a1.attrelid AND a1.attnum = con.conkey[1]
            LEFT JOIN
                pg_attribute a2 ON c2.oid = a2.attrelid AND a2.attnum = con.confkey[1]
            WHERE
                c1.relname = 'customers' AND
                con.contype = 'f' AND
                c1.relnamespace = c2.relnamespace AND
                pg_catalog.pg_table_is_visible(c1.oid)
--;
SELECT
                c.conname,
                array(
                    SELECT attname
                    FROM unnest(c.conkey) WITH ORDINALITY cols(colid, arridx)
                    JOIN pg_attribute AS ca ON cols.colid = ca.attnum
                    WHERE ca.attrelid = c.conrelid
                    ORDER BY cols.arridx
                ),
                c.contype,
                (SELECT fkc.relname || '.' || fka.attname
                FROM pg_attribute AS fka
                JOIN pg_class AS fkc ON fka.attrelid = fkc.oid
                WHERE fka.attrelid = c.confrelid AND fka.attnum = c.confkey[1]),
                cl.reloptions
            FROM pg_constraint AS c
            JOIN pg_class AS cl ON c.conrelid = cl.oid
            WHERE cl.relname = 'customers' AND pg_catalog.pg_table_is_visible(cl.oid)
--;
SELECT
                indexname,
                array_agg(attname ORDER BY arridx),
                indisunique,
                indisprimary,
                array_agg(ordering ORDER BY arridx),
                amname,
                exprdef,
                s2.attoptions
            FROM (
                SELECT
                    c2.relname as indexname, idx.*, attr.attname, am.amname,
                    CASE
                        WHEN idx.indexprs IS NOT NULL THEN
                            pg_get_indexdef(idx.indexrelid)
                    END AS exprdef,
                    CASE am.amname
                        WHEN 'btree' THEN
                            CASE (option & 1)
                                WHEN 1 THEN 'DESC' ELSE 'ASC'
                            END
                    END as ordering,
                    c2.reloptions as attoptions
                FROM (
                    SELECT *
                    FROM
                        pg_index i,
                        unnest(i.indkey, i.indoption)
                            WITH ORDINALITY koi(key, option, arridx)
                ) idx
                LEFT JOIN pg_class c ON idx.indrelid = c.oid
                LEFT JOIN pg_class c2 ON idx.indexrelid = c2.oid
                LEFT JOIN pg_am am ON c2.relam = am.oid
                LEFT JOIN
                    pg_attribute attr ON attr.attrelid = c.oid AND attr.attnum = idx.key
                WHERE c.relname = 'customers' AND pg_catalog.pg_table_is_visible(c.oid)
            ) s2
            GROUP BY indexname, indisunique, indisprimary, amname, exprdef, attoptions;
--;
SELECT
                s.relname AS sequence_name,
                a.attname AS colname
            FROM
                pg_class s
                JOIN pg_depend d ON d.objid = s.oid
                    AND d.classid = 'pg_class'::regclass
                    AND d.refclassid = 'pg_class'::regclass
                JOIN pg_attribute a ON d.refobjid = a.attrelid
                    AND d.refobjsubid = a.attnum
                JOIN pg_class tbl ON tbl.oid = d.refobjid
                    AND tbl.relname = 'customers'
                    AND pg_catalog.pg_table_is_visible(tbl.oid)
            WHERE
                s.relkind = 'S';
--;
SELECT
                a.attname AS column_name,
                NOT (a.attnotnull OR (t.typtype = 'd' AND t.typnotnull)) AS is_nullable,
                pg_get_expr(ad.adbin, ad.adrelid) AS column_default,
                CASE WHEN collname = 'default' THEN NULL ELSE collname END AS collation,
                a.attidentity != '' AS is_autofield,
                col_description(a.attrelid, a.attnum) AS column_comment
            FROM pg_attribute a
            LEFT JOIN pg_attrdef ad ON a.attrelid = ad.adrelid AND a.attnum = ad.adnum
            LEFT JOIN pg_collation co ON a.attcollation = co.oid
            JOIN pg_type t ON a.atttypid = t.oid
            JOIN pg_class c ON a.attrelid = c.oid
            JOIN pg_namespace n ON c.relnamespace = n.oid
            WHERE c.relkind IN ('f', 'm', 'p', 'r', 'v')
                AND c.relname = 'orders'
                AND n.nspname NOT IN ('pg_catalog', 'pg_toast')
                AND pg_catalog.pg_table_is_visible(c.oid)
--;
SELECT * FROM "orders" LIMIT 1
--;
SELECT a1.attname, c2.relname, a2.attname
            FROM pg_constraint con
            LEFT JOIN pg_class c1 ON con.conrelid = c1.oid
            LEFT JOIN pg_class c2 ON con.confrelid = c2.oid
            LEFT JOIN
                pg_attribute a1 ON c1.oid = a1.attrelid AND a1.attnum = con.conkey[1]
            LEFT JOIN
                pg_attribute a2 ON c2.oid = a2.attrelid AND a2.attnum = con.confkey[1]
            WHERE
                c1.relname = 'orders' AND
                con.contype = 'f' AND
                c1.relnamespace = c2.relnamespace AND
                pg_catalog.pg_table_is_visible(c1.oid)
--;
SELECT
                c.conname,
                array(
                    SELECT attname
                    FROM unnest(c.conkey) WITH ORDINALITY cols(colid, arridx)
                    JOIN pg_attribute AS ca ON cols.colid = ca.attnum
                    WHERE ca.attrelid = c.conrelid
                    ORDER BY cols.arridx
                ),
                c.contype,
                (SELECT fkc.relname || '.' || fka.attname
                FROM pg_attribute AS fka
                JOIN pg_class AS fkc ON fka.attrelid = fkc.oid
                WHERE fka.attrelid = c.confrelid AND fka.attnum = c.confkey[1]),
                cl.reloptions
            FROM pg_constraint AS c
            JOIN pg_class AS cl ON c.conrelid = cl.oid
            WHERE cl.relname = 'orders' AND pg_catalog.pg_table_is_visible(cl.oid)
--;
SELECT
                indexname,
                array_agg(attname ORDER BY arridx),
                indisunique,
                indisprimary,
                array_agg(ordering ORDER BY arridx),
                amname,
                exprdef,
                s2.attoptions
            FROM (
                SELECT
                    c2.relname as indexname, idx.*, attr.attname, am.amname,
                    CASE
                        WHEN idx.indexprs IS NOT NULL THEN
                            pg_get_indexdef(idx.indexrelid)
                    END AS exprdef,
                    CASE am.amname
                        WHEN 'btree' THEN
                            CASE (option & 1)
                                WHEN 1 THEN 'DESC' ELSE 'ASC'
                            END
                    END as ordering,
                    c2.reloptions as attoptions
                FROM (
                    SELECT *
                    FROM
                        pg_index i,
                        unnest(i.indkey, i.indoption)
                            WITH ORDINALITY koi(key, option, arridx)
                ) idx
                LEFT JOIN pg_class c ON idx.indrelid = c.oid
                LEFT JOIN pg_class c2 ON idx.indexrelid = c2.oid
                LEFT JOIN pg_am am ON c2.relam = am.oid
                LEFT JOIN
                    pg_attribute attr ON attr.attrelid = c.oid AND attr.attnum = idx.key
                WHERE c.relname = 'orders' AND pg_catalog.pg_table_is_visible(c.oid)
            ) s2
            GROUP BY indexname, indisunique, indisprimary, amname, exprdef, attoptions;
--;
SELECT
                s.relname AS sequence_name,
                a.attname AS colname
            FROM
                pg_class s
                JOIN pg_depend d ON d.objid = s.oid
                    AND d.classid = 'pg_class'::regclass
                    AND d.refclassid = 'pg_class'::regclass
                JOIN pg_attribute a ON d.refobjid = a.attrelid
                    AND d.refobjsubid = a.attnum
                JOIN pg_class tbl ON tbl.oid = d.refobjid
                    AND tbl.relname = 'orders'
                    AND pg_catalog.pg_table_is_visible(tbl.oid)
            WHERE
                s.relkind = 'S';
--;
SELECT
                a.attname AS column_name,
                NOT (a.attnotnull OR (t.typtype = 'd' AND t.typnotnull)) AS is_nullable,
                pg_get_expr(ad.adbin, ad.adrelid) AS column_default,
                CASE WHEN collname = 'default' THEN NULL ELSE collname END AS collation,
                a.attidentity != '' AS is_autofield,
                col_description(a.attrelid, a.attnum) AS column_comment
            FROM pg_attribute a
            LEFT JOIN pg_attrdef ad ON a.attrelid = ad.adrelid AND a.attnum = ad.adnum
            LEFT JOIN pg_collation co ON a.attcollation = co.oid
            JOIN pg_type t ON a.atttypid = t.oid
            JOIN pg_class c ON a.attrelid = c.oid
            JOIN pg_namespace n ON c.relnamespace = n.oid
            WHERE c.relkind IN ('f', 'm', 'p', 'r', 'v')
                AND c.relname = 'order_lines'
                AND n.nspname NOT IN ('pg_catalog', 'pg_toast')
                AND pg_catalog.pg_table_is_visible(c.oid)
--;
SELECT * FROM "order_lines" LIMIT 1
--;
SELECT a1.attname, c2.relname, a2.attname
            FROM pg_constraint con
            LEFT JOIN pg_class c1 ON con.conrelid = c1.oid
            LEFT JOIN pg_class c2 ON con.confrelid = c2.oid
            LEFT JOIN
                pg_attribute a1 ON c1.oid = a1.attrelid AND a1.attnum = con.conkey[1]
            LEFT JOIN
                pg_attribute a2 ON c2.oid = a2.attrelid AND a2.attnum = con.confkey[1]
            WHERE
                c1.relname = 'order_lines' AND
                con.contype = 'f' AND
                c1.relnamespace = c2.relnamespace AND
                pg_catalog.pg_table_is_visible(c1.oid)
--;
SELECT
                c.conname,
                array(
                    SELECT attname
                    FROM unnest(c.conkey) WITH ORDINALITY cols(colid, arridx)
                    JOIN pg_attribute AS ca ON cols.colid = ca.attnum
                    WHERE ca.attrelid = c.conrelid
                    ORDER BY cols.arridx
                ),
                c.contype,
                (SELECT fkc.relname || '.' || fka.attname
                FROM pg_attribute AS fka
                JOIN pg_class AS fkc ON fka.attrelid = fkc.oid
                WHERE fka.attrelid = c.confrelid AND fka.attnum = c.confkey[1]),
                cl.reloptions
            FROM pg_constraint AS c
            JOIN pg_class AS cl ON c.conrelid = cl.oid
            WHERE cl.relname = 'order_lines' AND pg_catalog.pg_table_is_visible(cl.oid)
--;
SELECT
                indexname,
                array_agg(attname ORDER BY arridx),
                indisunique,
                indisprimary,
                array_agg(ordering ORDER BY arridx),
                amname,
                exprdef,
                s2.attoptions
            FROM (
                SELECT
                    c2.relname as indexname, idx.*, attr.attname, am.amname,
                    CASE
                        WHEN idx.indexprs IS NOT NULL THEN
                            pg_get_indexdef(idx.indexrelid)
                    END AS exprdef,
                    CASE am.amname
                        WHEN 'btree' THEN
                            CASE (option & 1)
                                WHEN 1 THEN 'DESC' ELSE 'ASC'
                            END
                    END as ordering,
                    c2.reloptions as attoptions
                FROM (
                    SELECT *
                    FROM
                        pg_index i,
                        unnest(i.indkey, i.indoption)
                            WITH ORDINALITY koi(key, option, arridx)
                ) idx
                LEFT JOIN pg_class c ON idx.indrelid = c.oid
                LEFT JOIN pg_class c2 ON idx.indexrelid = c2.oid
                LEFT JOIN pg_am am ON c2.relam = am.oid
                LEFT JOIN
                    pg_attribute attr ON attr.attrelid = c.oid AND attr.attnum = idx.key
                WHERE c.relname = 'order_lines' AND pg_catalog.pg_table_is_visible(c.oid)
            ) s2
            GROUP BY indexname, indisunique, indisprimary, amname, exprdef, attoptions;
--;
SELECT
                s.relname AS sequence_name,
                a.attname AS colname
            FROM
                pg_class s
                JOIN pg_depend d ON d.objid = s.oid
                    AND d.classid = 'pg_class'::regclass
                    AND d.refclassid = 'pg_class'::regclass
                JOIN pg_attribute a ON d.refobjid = a.attrelid
                    AND d.refobjsubid = a.attnum
                JOIN pg_class tbl ON tbl.oid = d.refobjid
                    AND tbl.relname = 'order_lines'
                    AND pg_catalog.pg_table_is_visible(tbl.oid)
            WHERE
                s.relkind = 'S';
--;
SELECT
                a.attname AS column_name,
                NOT (a.attnotnull OR (t.typtype = 'd' AND t.typnotnull)) AS is_nullable,
                pg_get_expr(ad.adbin, ad.adrelid) AS column_default,
                CASE WHEN collname = 'default' THEN NULL ELSE collname END AS collation,
                a.attidentity != '' AS is_autofield,
                col_description(a.attrelid, a.attnum) AS column_comment
            FROM pg_attribute a
            LEFT JOIN pg_attrdef ad ON a.attrelid = ad.adrelid AND a.attnum = ad.adnum
            LEFT JOIN pg_collation co ON a.attcollation = co.oid
            JOIN pg_type t ON a.atttypid = t.oid
            JOIN pg_class c ON a.attrelid = c.oid
            JOIN pg_namespace n ON c.relnamespace = n.oid
            WHERE c.relkind IN ('f', 'm', 'p', 'r', 'v')
                AND c.relname = 'products'
                AND n.nspname NOT IN ('pg_catalog', 'pg_toast')
                AND pg_catalog.pg_table_is_visible(c.oid)
--;
SELECT * FROM "products" LIMIT 1
--;
SELECT a1.attname, c2.relname, a2.attname
            FROM pg_constraint con
            LEFT JOIN pg_class c1 ON con.conrelid = c1.oid
            LEFT JOIN pg_class c2 ON con.confrelid = c2.oid
            LEFT JOIN
                pg_attribute a1 ON c1.oid = a1.attrelid AND a1.attnum = con.conkey[1]
            LEFT JOIN
                pg_attribute a2 ON c2.oid = a2.attrelid AND a2.attnum = con.confkey[1]
            WHERE
                c1.relname = 'products' AND
                con.contype = 'f' AND
                c1.relnamespace = c2.relnamespace AND
                pg_catalog.pg_table_is_visible(c1.oid)
--;
SELECT
                c.conname,
                array(
                    SELECT attname
                    FROM unnest(c.conkey) WITH ORDINALITY cols(colid, arridx)
                    JOIN pg_attribute AS ca ON cols.colid = ca.attnum
                    WHERE ca.attrelid = c.conrelid
                    ORDER BY cols.arridx
                ),
                c.contype,
                (SELECT fkc.relname || '.' || fka.attname
                FROM pg_attribute AS fka
                JOIN pg_class AS fkc ON fka.attrelid = fkc.oid
                WHERE fka.attrelid = c.confrelid AND fka.attnum = c.confkey[1]),
                cl.reloptions
            FROM pg_constraint AS c
            JOIN pg_class AS cl ON c.conrelid = cl.oid
            WHERE cl.relname = 'products' AND pg_catalog.pg_table_is_visible(cl.oid)
--;
SELECT
                indexname,
                array_agg(attname ORDER BY arridx),
                indisunique,
                indisprimary,
                array_agg(ordering ORDER BY arridx),
                amname,
                exprdef,
                s2.attoptions
            FROM (
                SELECT
                    c2.relname as indexname, idx.*, attr.attname, am.amname,
                    CASE
                        WHEN idx.indexprs IS NOT NULL THEN
                            pg_get_indexdef(idx.indexrelid)
                    END AS exprdef,
                    CASE am.amname
                        WHEN 'btree' THEN
                            CASE (option & 1)
                                WHEN 1 THEN 'DESC' ELSE 'ASC'
                            END
                    END as ordering,
                    c2.reloptions as attoptions
                FROM (
                    SELECT *
                    FROM
                        pg_index i,
                        unnest(i.indkey, i.indoption)
                            WITH ORDINALITY koi(key, option, arridx)
                ) idx
                LEFT JOIN pg_class c ON idx.indrelid = c.oid
                LEFT JOIN pg_class c2 ON idx.indexrelid = c2.oid
                LEFT JOIN pg_am am ON c2.relam = am.oid
                LEFT JOIN
                    pg_attribute attr ON attr.attrelid = c.oid AND attr.attnum = idx.key
                WHERE c.relname = 'products' AND pg_catalog.pg_table_is_visible(c.oid)
            ) s2
            GROUP BY indexname, indisunique, indisprimary, amname, exprdef, attoptions;
--;
SELECT
                s.relname AS sequence_name,
                a.attname AS colname
            FROM
                pg_class s
                JOIN pg_depend d ON d.objid = s.oid
                    AND d.classid = 'pg_class'::regclass
                    AND d.refclassid = 'pg_class'::regclass
                JOIN pg_attribute a ON d.refobjid = a.attrelid
                    AND d.refobjsubid = a.attnum
                JOIN pg_class tbl ON tbl.oid = d.refobjid
                    AND tbl.relname = 'products'
                    AND pg_catalog.pg_table_is_visible(tbl.oid)
            WHERE
                s.relkind = 'S';
--;
SELECT
                a.attname AS column_name,
                NOT (a.attnotnull OR (t.typtype = 'd' AND t.typnotnull)) AS is_nullable,
                pg_get_expr(ad.adbin, ad.adrelid) AS column_default,
                CASE WHEN collname = 'default' THEN NULL ELSE collname END AS collation,
                a.attidentity != '' AS is_autofield,
                col_description(a.attrelid, a.attnum) AS column_comment
            FROM pg_attribute a
            LEFT JOIN pg_attrdef ad ON a.attrelid = ad.adrelid AND a.attnum = ad.adnum
            LEFT JOIN pg_collation co ON a.attcollation = co.oid
            JOIN pg_type t ON a.atttypid = t.oid
            JOIN pg_class c ON a.attrelid = c.oid
            JOIN pg_namespace n ON c.relnamespace = n.oid
            WHERE c.relkind IN ('f', 'm', 'p', 'r', 'v')
                AND c.relname = 'orders_tags'
                AND n.nspname NOT IN ('pg_catalog', 'pg_toast')
                AND pg_catalog.pg_table_is_visible(c.oid)
--;
SELECT * FROM "orders_tags" LIMIT 1
--;
SELECT a1.attname, c2.relname, a2.attname
            FROM pg_constraint con
            LEFT JOIN pg_class c1 ON con.conrelid = c1.oid
            LEFT JOIN pg_class c2 ON con.confrelid = c2.oid
            LEFT JOIN
                pg_attribute a1 ON c1.oid = a1.attrelid AND a1.attnum = con.conkey[1]
            LEFT JOIN
                pg_attribute a2 ON c2.oid = a2.attrelid AND a2.attnum = con.confkey[1]
            WHERE
                c1.relname = 'orders_tags' AND
                con.contype = 'f' AND
                c1.relnamespace = c2.relnamespace AND
                pg_catalog.pg_table_is_visible(c1.oid)
--;
SELECT
                c.conname,
                array(
                    SELECT attname
                    FROM unnest(c.conkey) WITH ORDINALITY cols(colid, arridx)
                    JOIN pg_attribute AS ca ON cols.colid = ca.attnum
                    WHERE ca.attrelid = c.conrelid
                    ORDER BY cols.arridx
                ),
                c.contype,
                (SELECT fkc.relname || '.' || fka.attname
                FROM pg_attribute AS fka
                JOIN pg_class AS fkc ON fka.attrelid = fkc.oid
                WHERE fka.attrelid = c.confrelid AND fka.attnum = c.confkey[1]),
                cl.reloptions
            FROM pg_constraint AS c
            JOIN pg_class AS cl ON c.conrelid = cl.oid
            WHERE cl.relname = 'orders_tags' AND pg_catalog.pg_table_is_visible(cl.oid)
--;
SELECT
                indexname,
                array_agg(attname ORDER BY arridx),
                indisunique,
                indisprimary,
                array_agg(ordering ORDER BY arridx),
                amname,
                exprdef,
                s2.attoptions
            FROM (
                SELECT
                    c2.relname as indexname, idx.*, attr.attname, am.amname,
                    CASE
                        WHEN idx.indexprs IS NOT NULL THEN
                            pg_get_indexdef(idx.indexrelid)
                    END AS exprdef,
                    CASE am.amname
                        WHEN 'btree' THEN
                            CASE (option & 1)
                                WHEN 1 THEN 'DESC' ELSE 'ASC'
                            END
                    END as ordering,
                    c2.reloptions as attoptions
                FROM (
                    SELECT *
                    FROM
                        pg_index i,
                        unnest(i.indkey, i.indoption)
                            WITH ORDINALITY koi(key, option, arridx)
                ) idx
                LEFT JOIN pg_class c ON idx.indrelid = c.oid
                LEFT JOIN pg_class c2 ON idx.indexrelid = c2.oid
                LEFT JOIN pg_am am ON c2.relam = am.oid
                LEFT JOIN
                    pg_attribute attr ON attr.attrelid = c.oid AND attr.attnum = idx.key
                WHERE c.relname = 'orders_tags' AND pg_catalog.pg_table_is_visible(c.oid)
            ) s2
            GROUP BY indexname, indisunique, indisprimary, amname, exprdef, attoptions;
--;
SELECT
                s.relname AS sequence_name,
                a.attname AS colname
            FROM
                pg_class s
                JOIN pg_depend d ON d.objid = s.oid
                    AND d.classid = 'pg_class'::regclass
                    AND d.refclassid = 'pg_class'::regclass
                JOIN pg_attribute a ON d.refobjid = a.attrelid
                    AND d.refobjsubid = a.attnum
                JOIN pg_class tbl ON tbl.oid = d.refobjid
                    AND tbl.relname = 'orders_tags'
                    AND pg_catalog.pg_table_is_visible(tbl.oid)
            WHERE
                s.relkind = 'S';
--;
SELECT
                a.attname AS column_name,
                NOT (a.attnotnull OR (t.typtype = 'd' AND t.typnotnull)) AS is_nullable,
                pg_get_expr(ad.adbin, ad.adrelid) AS column_default,
                CASE WHEN collname = 'default' THEN NULL ELSE collname END AS collation,
                a.attidentity != '' AS is_autofield,
                col_description(a.attrelid, a.attnum) AS column_comment
            FROM pg_attribute a
            LEFT JOIN pg_attrdef ad ON a.attrelid = ad.adrelid AND a.attnum = ad.adnum
            LEFT JOIN pg_collation co ON a.attcollation = co.oid
            JOIN pg_type t ON a.atttypid = t.oid
            JOIN pg_class c ON a.attrelid = c.oid
            JOIN pg_namespace n ON c.relnamespace = n.oid
            WHERE c.relkind IN ('f', 'm', 'p', 'r', 'v')
                AND c.relname = 'tags'
                AND n.nspname NOT IN ('pg_catalog', 'pg_toast')
                AND pg_catalog.pg_table_is_visible(c.oid)
--;
SELECT * FROM "tags" LIMIT 1
--;
SELECT a1.attname, c2.relname, a2.attname
            FROM pg_constraint con
            LEFT JOIN pg_class c1 ON con.conrelid = c1.oid
            LEFT JOIN pg_class c2 ON con.confrelid = c2.oid
            LEFT JOIN
                pg_attribute a1 ON c1.oid = a1.attrelid AND a1.attnum = con.conkey[1]
            LEFT JOIN
                pg_attribute a2 ON c2.oid = a2.attrelid AND a2.attnum = con.confkey[1]
            WHERE
                c1.relname = 'tags' AND
                con.contype = 'f' AND
                c1.relnamespace = c2.relnamespace AND
                pg_catalog.pg_table_is_visible(c1.oid)
--;
SELECT
                c.conname,
                array(
                    SELECT attname
                    FROM unnest(c.conkey) WITH ORDINALITY cols(colid, arridx)
                    JOIN pg_attribute AS ca ON cols.colid = ca.attnum
                    WHERE ca.attrelid = c.conrelid
                    ORDER BY cols.arridx
                ),
                c.contype,
                (SELECT fkc.relname || '.' || fka.attname
                FROM pg_attribute AS fka
                JOIN pg_class AS fkc ON fka.attrelid = fkc.oid
                WHERE fka.attrelid = c.confrelid AND fka.attnum = c.confkey[1]),
                cl.reloptions
            FROM pg_constraint AS c
            JOIN pg_class AS cl ON c.conrelid = cl.oid
            WHERE cl.relname = 'tags' AND pg_catalog.pg_table_is_visible(cl.oid)
--;
SELECT
                indexname,
                array_agg(attname ORDER BY arridx),
                indisunique,
                indisprimary,
                array_agg(ordering ORDER BY arridx),
                amname,
                exprdef,
                s2.attoptions
            FROM (
                SELECT
                    c2.relname as indexname, idx.*, attr.attname, am.amname,
                    CASE
                        WHEN idx.indexprs IS NOT NULL THEN
                            pg_get_indexdef(idx.indexrelid)
                    END AS exprdef,
                    CASE am.amname
                        WHEN 'btree' THEN
                            CASE (option & 1)
                                WHEN 1 THEN 'DESC' ELSE 'ASC'
                            END
                    END as ordering,
                    c2.reloptions as attoptions
                FROM (
                    SELECT *
                    FROM
                        pg_index i,
                        unnest(i.indkey, i.indoption)
                            WITH ORDINALITY koi(key, option, arridx)
                ) idx
                LEFT JOIN pg_class c ON idx.indrelid = c.oid
                LEFT JOIN pg_class c2 ON idx.indexrelid = c2.oid
                LEFT JOIN pg_am am ON c2.relam = am.oid
                LEFT JOIN
                    pg_attribute attr ON attr.attrelid = c.oid AND attr.attnum = idx.key
                WHERE c.relname = 'tags' AND pg_catalog.pg_table_is_visible(c.oid)
            ) s2
            GROUP BY indexname, indisunique, indisprimary, amname, exprdef, attoptions;
--;
SELECT
                s.relname AS sequence_name,
                a.attname AS colname
            FROM
                pg_class s
                JOIN pg_depend d ON d.objid = s.oid
                    AND d.classid = 'pg_class'::regclass
                    AND d.refclassid = 'pg_class'::regclass
                JOIN pg_attribute a ON d.refobjid = a.attrelid
                    AND d.refobjsubid = a.attnum
                JOIN pg_class tbl ON tbl.oid = d.refobjid
                    AND tbl.relname = 'tags'
                    AND pg_catalog.pg_table_is_visible(tbl.oid)
            WHERE
                s.relkind = 'S';
--;
SELECT
                a.attname AS column_name,
                NOT (a.attnotnull OR (t.typtype = 'd' AND t.typnotnull)) AS is_nullable,
                pg_get_expr(ad.adbin, ad.adrelid) AS column_default,
                CASE WHEN collname = 'default' THEN NULL ELSE collname END AS collation,
                a.attidentity != '' AS is_autofield,
                col_description(a.attrelid, a.attnum) AS column_comment
            FROM pg_attribute a
            LEFT JOIN pg_attrdef ad ON a.attrelid = ad.adrelid AND a.attnum = ad.adnum
            LEFT JOIN pg_collation co ON a.attcollation = co.oid
            JOIN pg_type t ON a.atttypid = t.oid
            JOIN pg_class c ON a.attrelid = c.oid
            JOIN pg_namespace n ON c.relnamespace = n.oid
            WHERE c.relkind IN ('f', 'm', 'p', 'r', 'v')
                AND c.relname = 'employees'
                AND n.nspname NOT IN ('pg_catalog', 'pg_toast')
                AND pg_catalog.pg_table_is_visible(c.oid)
--;
SELECT * FROM "employees" LIMIT 1
--;
SELECT a1.attname, c2.relname, a2.attname
            FROM pg_constraint con
            LEFT JOIN pg_class c1 ON con.conrelid = c1.oid
            LEFT JOIN pg_class c2 ON con.confrelid = c2.oid
            LEFT JOIN
                pg_attribute a1 ON c1.oid = a1.attrelid AND a1.attnum = con.conkey[1]
            LEFT JOIN
                pg_attribute a2 ON c2.oid = a2.attrelid AND a2.attnum = con.confkey[1]
            WHERE
                c1.relname = 'employees' AND
                con.contype = 'f' AND
                c1.relnamespace = c2.relnamespace AND
                pg_catalog.pg_table_is_visible(c1.oid)
--;
SELECT
                c.conname,
                array(
                    SELECT attname
                    FROM unnest(c.conkey) WITH ORDINALITY cols(colid, arridx)
                    JOIN pg_attribute AS ca ON cols.colid = ca.attnum
                    WHERE ca.attrelid = c.conrelid
                    ORDER BY cols.arridx
                ),
                c.contype,
                (SELECT fkc.relname || '.' || fka.attname
                FROM pg_attribute AS fka
                JOIN pg_class AS fkc ON fka.attrelid = fkc.oid
                WHERE fka.attrelid = c.confrelid AND fka.attnum = c.confkey[1]),
                cl.reloptions
            FROM pg_constraint AS c
            JOIN pg_class AS cl ON c.conrelid = cl.oid
            WHERE cl.relname = 'employees' AND pg_catalog.pg_table_is_visible(cl.oid)
--;
SELECT
                indexname,
                array_agg(attname ORDER BY arridx),
                indisunique,
                indisprimary,
                array_agg(ordering ORDER BY arridx),
                amname,
                exprdef,
                s2.attoptions
            FROM (
                SELECT
                    c2.relname as indexname, idx.*, attr.attname, am.amname,
                    CASE
                        WHEN idx.indexprs IS NOT NULL THEN
                            pg_get_indexdef(idx.indexrelid)
                    END AS exprdef,
                    CASE am.amname
                        WHEN 'btree' THEN
                            CASE (option & 1)
                                WHEN 1 THEN 'DESC' ELSE 'ASC'
                            END
                    END as ordering,
                    c2.reloptions as attoptions
                FROM (
                    SELECT *
                    FROM
                        pg_index i,
                        unnest(i.indkey, i.indoption)
                            WITH ORDINALITY koi(key, option, arridx)
                ) idx
                LEFT JOIN pg_class c ON idx.indrelid = c.oid
                LEFT JOIN pg_class c2 ON idx.indexrelid = c2.oid
                LEFT JOIN pg_am am ON c2.relam = am.oid
                LEFT JOIN
                    pg_attribute attr ON attr.attrelid = c.oid AND attr.attnum = idx.key
                WHERE c.relname = 'employees' AND pg_catalog.pg_table_is_visible(c.oid)
            ) s2
            GROUP BY indexname, indisunique, indisprimary, amname, exprdef, attoptions;
--;
SELECT
                s.relname AS sequence_name,
                a.attname AS colname
            FROM
                pg_class s
                JOIN pg_depend d ON d.objid = s.oid
                    AND d.classid = 'pg_class'::regclass
                    AND d.refclassid = 'pg_class'::regclass
                JOIN pg_attribute a ON d.refobjid = a.attrelid
                    AND d.refobjsubid = a.attnum
                JOIN pg_class tbl ON tbl.oid = d.refobjid
                    AND tbl.relname = 'employees'
                    AND pg_catalog.pg_table_is_visible(tbl.oid)
            WHERE
                s.relkind = 'S';
--;
SELECT
                a.attname AS column_name,
                NOT (a.attnotnull OR (t.typtype = 'd' AND t.typnotnull)) AS is_nullable,
                pg_get_expr(ad.adbin, ad.adrelid) AS column_default,
                CASE WHEN collname = 'default' THEN NULL ELSE collname END AS collation,
                a.attidentity != '' AS is_autofield,
                col_description(a.attrelid, a.attnum) AS column_comment
            FROM pg_attribute a
            LEFT JOIN pg_attrdef ad ON a.attrelid = ad.adrelid AND a.attnum = ad.adnum
            LEFT JOIN pg_collation co ON a.attcollation = co.oid
            JOIN pg_type t ON a.atttypid = t.oid
            JOIN pg_class c ON a.attrelid = c.oid
            JOIN pg_namespace n ON c.relnamespace = n.oid
            WHERE c.relkind IN ('f', 'm', 'p', 'r', 'v')
                AND c.relname = 'order_totals'
                AND n.nspname NOT IN ('pg_catalog', 'pg_toast')
                AND pg_catalog.pg_table_is_visible(c.oid)
--;
SELECT * FROM "order_totals" LIMIT 1
--;
SELECT a1.attname, c2.relname, a2.attname
            FROM pg_constraint con
            LEFT JOIN pg_class c1 ON con.conrelid = c1.oid
            LEFT JOIN pg_class c2 ON con.confrelid = c2.oid
            LEFT JOIN
                pg_attribute a1 ON c1.oid = a1.attrelid AND a1.attnum = con.conkey[1]
            LEFT JOIN
                pg_attribute a2 ON c2.oid = a2.attrelid AND a2.attnum = con.confkey[1]
            WHERE
                c1.relname = 'order_totals' AND
                con.contype = 'f' AND
                c1.relnamespace = c2.relnamespace AND
                pg_catalog.pg_table_is_visible(c1.oid)
--;
SELECT
                c.conname,
                array(
                    SELECT attname
                    FROM unnest(c.conkey) WITH ORDINALITY cols(colid, arridx)
                    JOIN pg_attribute AS ca ON cols.colid = ca.attnum
                    WHERE ca.attrelid = c.conrelid
                    ORDER BY cols.arridx
                ),
                c.contype,
                (SELECT fkc.relname || '.' || fka.attname
                FROM pg_attribute AS fka
                JOIN pg_class AS fkc ON fka.attrelid = fkc.oid
                WHERE fka.attrelid = c.confrelid AND fka.attnum = c.confkey[1]),
                cl.reloptions
            FROM pg_constraint AS c
            JOIN pg_class AS cl ON c.conrelid = cl.oid
            WHERE cl.relname = 'order_totals' AND pg_catalog.pg_table_is_visible(cl.oid)
--;
SELECT
                indexname,
                array_agg(attname ORDER BY arridx),
                indisunique,
                indisprimary,
                array_agg(ordering ORDER BY arridx),
                amname,
                exprdef,
                s2.attoptions
            FROM (
                SELECT
                    c2.relname as indexname, idx.*, attr.attname, am.amname,
                    CASE
                        WHEN idx.indexprs IS NOT NULL THEN
                            pg_get_indexdef(idx.indexrelid)
                    END AS exprdef,
                    CASE am.amname
                        WHEN 'btree' THEN
                            CASE (option & 1)
                                WHEN 1 THEN 'DESC' ELSE 'ASC'
                            END
                    END as ordering,
                    c2.reloptions as attoptions
                FROM (
                    SELECT *
                    FROM
                        pg_index i,
                        unnest(i.indkey, i.indoption)
                            WITH ORDINALITY koi(key, option, arridx)
                ) idx
                LEFT JOIN pg_class c ON idx.indrelid = c.oid
                LEFT JOIN pg_class c2 ON idx.indexrelid = c2.oid
                LEFT JOIN pg_am am ON c2.relam = am.oid
                LEFT JOIN
                    pg_attribute attr ON attr.attrelid = c.oid AND attr.attnum = idx.key
                WHERE c.relname = 'order_totals' AND pg_catalog.pg_table_is_visible(c.oid)
            ) s2
            GROUP BY indexname, indisunique, indisprimary, amname, exprdef, attoptions;
--;
SELECT
                s.relname AS sequence_name,
                a.attname AS colname
            FROM
                pg_class s
                JOIN pg_depend d ON d.objid = s.oid
                    AND d.classid = 'pg_class'::regclass
                    AND d.refclassid = 'pg_class'::regclass
                JOIN pg_attribute a ON d.refobjid = a.attrelid
                    AND d.refobjsubid = a.attnum
                JOIN pg_class tbl ON tbl.oid = d.refobjid
                    AND tbl.relname = 'order_totals'
                    AND pg_catalog.pg_table_is_visible(tbl.oid)
            WHERE
                s.relkind = 'S';
--;
CREATE TABLE "django_migrations" ("id" integer NOT NULL PRIMARY KEY GENERATED BY DEFAULT AS IDENTITY, "app" varchar(255) NOT NULL, "name" varchar(255) NOT NULL, "applied" timestamp with time zone NOT NULL)
--;
CREATE TABLE "django_content_type" ("id" integer NOT NULL PRIMARY KEY GENERATED BY DEFAULT AS IDENTITY, "name" varchar(100) NOT NULL, "app_label" varchar(100) NOT NULL, "model" varchar(100) NOT NULL)
--;
ALTER TABLE "django_content_type" ADD CONSTRAINT "django_content_type_app_label_model_76bd3d3b_uniq" UNIQUE ("app_label", "model")
--;
INSERT INTO "django_migrations" ("app", "name", "applied") VALUES ('contenttypes', '0001_initial', '2026-11-21 15:17:07.860984+00:00'::timestamptz) RETURNING "django_migrations"."id"
--;
CREATE TABLE "auth_permission" ("id" integer NOT NULL PRIMARY KEY GENERATED BY DEFAULT AS IDENTITY, "name" varchar(50) NOT NULL, "content_type_id" integer NOT NULL, "codename" varchar(100) NOT NULL)
--;
CREATE TABLE "auth_group" ("id" integer NOT NULL PRIMARY KEY GENERATED BY DEFAULT AS IDENTITY, "name" varchar(80) NOT NULL UNIQUE)
--;
CREATE TABLE "auth_group_permissions" ("id" integer NOT NULL PRIMARY KEY GENERATED BY DEFAULT AS IDENTITY, "group_id" integer NOT NULL, "permission_id" integer NOT NULL)
--;
CREATE TABLE "auth_user" ("id" integer NOT NULL PRIMARY KEY GENERATED BY DEFAULT AS IDENTITY, "password" varchar(128) NOT NULL, "last_login" timestamp with time zone NOT NULL, "is_superuser" boolean NOT NULL, "username" varchar(30) NOT NULL UNIQUE, "first_name" varchar(30) NOT NULL, "last_name" varchar(30) NOT NULL, "email" varchar(75) NOT NULL, "is_staff" boolean NOT NULL, "is_active" boolean NOT NULL, "date_joined" timestamp with time zone NOT NULL)
--;
CREATE TABLE "auth_user_groups" ("id" integer NOT NULL PRIMARY KEY GENERATED BY DEFAULT AS IDENTITY, "user_id" integer NOT NULL, "group_id" integer NOT NULL)
--;
CREATE TABLE "auth_user_user_permissions" ("id" integer NOT NULL PRIMARY KEY GENERATED BY DEFAULT AS IDENTITY, "user_id" integer NOT NULL, "permission_id" integer NOT NULL)
--;
ALTER TABLE "auth_permission" ADD CONSTRAINT "auth_permission_content_type_id_codename_01ab375a_uniq" UNIQUE ("content_type_id", "codename")
--;
ALTER TABLE "auth_permission" ADD CONSTRAINT "auth_permission_content_type_id_2f476e4b_fk_django_co" FOREIGN KEY ("content_type_id") REFERENCES "django_content_type" ("id") DEFERRABLE INITIALLY DEFERRED
--;
CREATE INDEX "auth_permission_content_type_id_2f476e4b" ON "auth_permission" ("content_type_id")
--;
CREATE INDEX "auth_group_name_a6ea08ec_like" ON "auth_group" ("name" varchar_pattern_ops)
--;
ALTER TABLE "auth_group_permissions" ADD CONSTRAINT "auth_group_permissions_group_id_permission_id_0cd325b0_uniq" UNIQUE ("group_id", "permission_id")
--;
ALTER TABLE "auth_group_permissions" ADD CONSTRAINT "auth_group_permissions_group_id_b120cbf9_fk_auth_group_id" FOREIGN KEY ("group_id") REFERENCES "auth_group" ("id") DEFERRABLE INITIALLY DEFERRED
--;
ALTER TABLE "auth_group_permissions" ADD CONSTRAINT "auth_group_permissio_permission_id_84c5c92e_fk_auth_perm" FOREIGN KEY ("permission_id") REFERENCES "auth_permission" ("id") DEFERRABLE INITIALLY DEFERRED
--;
CREATE INDEX "auth_group_permissions_group_id_b120cbf9" ON "auth_group_permissions" ("group_id")
--;
CREATE INDEX "auth_group_permissions_permission_id_84c5c92e" ON "auth_group_permissions" ("permission_id")
--;
CREATE INDEX "auth_user_username_6821ab7c_like" ON "auth_user" ("username" varchar_pattern_ops)
--;
ALTER TABLE "auth_user_groups" ADD CONSTRAINT "auth_user_groups_user_id_group_id_94350c0c_uniq" UNIQUE ("user_id", "group_id")
--;
ALTER TABLE "auth_user_groups" ADD CONSTRAINT "auth_user_groups_user_id_6a12ed8b_fk_auth_user_id" FOREIGN KEY ("user_id") REFERENCES "auth_user" ("id") DEFERRABLE INITIALLY DEFERRED
--;
ALTER TABLE "auth_user_groups" ADD CONSTRAINT "auth_user_groups_group_id_97559544_fk_auth_group_id" FOREIGN KEY ("group_id") REFERENCES "auth_group" ("id") DEFERRABLE INITIALLY DEFERRED
--;
CREATE INDEX "auth_user_groups_user_id_6a12ed8b" ON "auth_user_groups" ("user_id")
--;
CREATE INDEX "auth_user_groups_group_id_97559544" ON "auth_user_groups" ("group_id")
--;
ALTER TABLE "auth_user_user_permissions" ADD CONSTRAINT "auth_user_user_permissions_user_id_permission_id_14a6b632_uniq" UNIQUE ("user_id", "permission_id")
--;
ALTER TABLE "auth_user_user_permissions" ADD CONSTRAINT "auth_user_user_permissions_user_id_a95ead1b_fk_auth_user_id" FOREIGN KEY ("user_id") REFERENCES "auth_user" ("id") DEFERRABLE INITIALLY DEFERRED
--;
ALTER TABLE "auth_user_user_permissions" ADD CONSTRAINT "auth_user_user_permi_permission_id_1fbb5f2c_fk_auth_perm" FOREIGN KEY ("permission_id") REFERENCES "auth_permission" ("id") DEFERRABLE INITIALLY DEFERRED
--;
CREATE INDEX "auth_user_user_permissions_user_id_a95ead1b" ON "auth_user_user_permissions" ("user_id")
--;
CREATE INDEX "auth_user_user_permissions_permission_id_1fbb5f2c" ON "auth_user_user_permissions" ("permission_id")
--;
INSERT INTO "django_migrations" ("app", "name", "applied") VALUES ('auth', '0001_initial', '2026-11-21 15:17:07.932236+00:00'::timestamptz) RETURNING "django_migrations"."id"
--;
CREATE TABLE "django_admin_log" ("id" integer NOT NULL PRIMARY KEY GENERATED BY DEFAULT AS IDENTITY, "action_time" timestamp with time zone NOT NULL, "object_id" text NULL, "object_repr" varchar(200) NOT NULL, "action_flag" smallint NOT NULL CHECK ("action_flag" >= 0), "change_message" text NOT NULL, "content_type_id" integer NULL, "user_id" integer NOT NULL)
--;
ALTER TABLE "django_admin_log" ADD CONSTRAINT "django_admin_log_content_type_id_c4bce8eb_fk_django_co" FOREIGN KEY ("content_type_id") REFERENCES "django_content_type" ("id") DEFERRABLE INITIALLY DEFERRED
--;
ALTER TABLE "django_admin_log" ADD CONSTRAINT "django_admin_log_user_id_c564eba6_fk_auth_user_id" FOREIGN KEY ("user_id") REFERENCES "auth_user" ("id") DEFERRABLE INITIALLY DEFERRED
--;
CREATE INDEX "django_admin_log_content_type_id_c4bce8eb" ON "django_admin_log" ("content_type_id")
--;
CREATE INDEX "django_admin_log_user_id_c564eba6" ON "django_admin_log" ("user_id")
--;
INSERT INTO "django_migrations" ("app", "name", "applied") VALUES ('admin', '0001_initial', '2026-11-21 15:17:07.954582+00:00'::timestamptz) RETURNING "django_migrations"."id"
--;
INSERT INTO "django_migrations" ("app", "name", "applied") VALUES ('admin', '0002_logentry_remove_auto_add', '2026-11-21 15:17:07.960996+00:00'::timestamptz) RETURNING "django_migrations"."id"
--;
INSERT INTO "django_migrations" ("app", "name", "applied") VALUES ('admin', '0003_logentry_add_action_flag_choices', '2026-11-21 15:17:07.970307+00:00'::timestamptz) RETURNING "django_migrations"."id"
--;
ALTER TABLE "django_content_type" ALTER COLUMN "name" DROP NOT NULL
--;
ALTER TABLE "django_content_type" DROP COLUMN "name" CASCADE
--;
INSERT INTO "django_migrations" ("app", "name", "applied") VALUES ('contenttypes', '0002_remove_content_type_name', '2026-11-21 15:17:07.987058+00:00'::timestamptz) RETURNING "django_migrations"."id"
--;
ALTER TABLE "auth_permission" ALTER COLUMN "name" TYPE varchar(255)
--;
INSERT INTO "django_migrations" ("app", "name", "applied") VALUES ('auth', '0002_alter_permission_name_max_length', '2026-11-21 15:17:08.007291+00:00'::timestamptz) RETURNING "django_migrations"."id"
--;
ALTER TABLE "auth_user" ALTER COLUMN "email" TYPE varchar(254)
--;
INSERT INTO "django_migrations" ("app", "name", "applied") VALUES ('auth', '0003_alter_user_email_max_length', '2026-11-21 15:17:08.016674+00:00'::timestamptz) RETURNING "django_migrations"."id"
--;
INSERT INTO "django_migrations" ("app", "name", "applied") VALUES ('auth', '0004_alter_user_username_opts', '2026-11-21 15:17:08.021709+00:00'::timestamptz) RETURNING "django_migrations"."id"
--;
ALTER TABLE "auth_user" ALTER COLUMN "last_login" DROP NOT NULL
--;
INSERT INTO "django_migrations" ("app", "name", "applied") VALUES ('auth', '0005_alter_user_last_login_null', '2026-11-21 15:17:08.039045+00:00'::timestamptz) RETURNING "django_migrations"."id"
--;
INSERT INTO "django_migrations" ("app", "name", "applied") VALUES ('auth', '0006_require_contenttypes_0002', '2026-11-21 15:17:08.039762+00:00'::timestamptz) RETURNING "django_migrations"."id"
--;
INSERT INTO "django_migrations" ("app", "name", "applied") VALUES ('auth', '0007_alter_validators_add_error_messages', '2026-11-21 15:17:08.066381+00:00'::timestamptz) RETURNING "django_migrations"."id"
--;
ALTER TABLE "auth_user" ALTER COLUMN "username" TYPE varchar(150)
--;
INSERT INTO "django_migrations" ("app", "name", "applied") VALUES ('auth', '0008_alter_user_username_max_length', '2026-11-21 15:17:08.087226+00:00'::timestamptz) RETURNING "django_migrations"."id"
--;
ALTER TABLE "auth_user" ALTER COLUMN "last_name" TYPE varchar(150)
--;
INSERT INTO "django_migrations" ("app", "name", "applied") VALUES ('auth', '0009_alter_user_last_name_max_length', '2026-11-21 15:17:08.106998+00:00'::timestamptz) RETURNING "django_migrations"."id"
--;
ALTER TABLE "auth_group" ALTER COLUMN "name" TYPE varchar(150)
--;
INSERT INTO "django_migrations" ("app", "name", "applied") VALUES ('auth', '0010_alter_group_name_max_length', '2026-11-21 15:17:08.128830+00:00'::timestamptz) RETURNING "django_migrations"."id"
--;
INSERT INTO "django_migrations" ("app", "name", "applied") VALUES ('auth', '0011_update_proxy_permissions', '2026-11-21 15:17:08.143686+00:00'::timestamptz) RETURNING "django_migrations"."id"
--;
ALTER TABLE "auth_user" ALTER COLUMN "first_name" TYPE varchar(150)
--;
INSERT INTO "django_migrations" ("app", "name", "applied") VALUES ('auth', '0012_alter_user_first_name_max_length', '2026-11-21 15:17:08.175105+00:00'::timestamptz) RETURNING "django_migrations"."id"
--;
CREATE TABLE "django_session" ("session_key" varchar(40) NOT NULL PRIMARY KEY, "session_data" text NOT NULL, "expire_date" timestamp with time zone NOT NULL)
--;
CREATE INDEX "django_session_session_key_c0390e0f_like" ON "django_session" ("session_key" varchar_pattern_ops)
--;
CREATE INDEX "django_session_expire_date_a5c62663" ON "django_session" ("expire_date")
--;
INSERT INTO "django_migrations" ("app", "name", "applied") VALUES ('sessions', '0001_initial', '2026-11-21 15:17:08.193091+00:00'::timestamptz) RETURNING "django_migrations"."id"
--;
SELECT "django_migrations"."id", "django_migrations"."app", "django_migrations"."name", "django_migrations"."applied" FROM "django_migrations"
--;
SELECT "django_content_type"."id", "django_content_type"."app_label", "django_content_type"."model" FROM "django_content_type" WHERE "django_content_type"."app_label" = 'contenttypes'
--;
INSERT INTO "django_content_type" ("app_label", "model") VALUES ('contenttypes', 'contenttype') RETURNING "django_content_type"."id"
--;
SELECT "django_content_type"."id", "django_content_type"."app_label", "django_content_type"."model" FROM "django_content_type" WHERE ("django_content_type"."app_label" = 'contenttypes' AND "django_content_type"."model" IN ('contenttype'))
--;
SELECT "auth_permission"."content_type_id" AS "content_type", "auth_permission"."codename" AS "codename" FROM "auth_permission" INNER JOIN "django_content_type" ON ("auth_permission"."content_type_id" = "django_content_type"."id") WHERE "auth_permission"."content_type_id" IN (1) ORDER BY "django_content_type"."app_label" ASC, "django_content_type"."model" ASC, 2 ASC
--;
INSERT INTO "auth_permission" ("name", "content_type_id", "codename") SELECT * FROM UNNEST(('{"Can add content type","Can change content type","Can delete content type","Can view content type"}')::varchar[], ('{1,1,1,1}'::int2[])::integer[], ('{add_contenttype,change_contenttype,delete_contenttype,view_contenttype}')::varchar[]) RETURNING "auth_permission"."id"
--;
SELECT "django_content_type"."id", "django_content_type"."app_label", "django_content_type"."model" FROM "django_content_type" WHERE "django_content_type"."app_label" = 'auth'
--;
INSERT INTO "django_content_type" ("app_label", "model") SELECT * FROM UNNEST(('{auth,auth,auth}')::varchar[], ('{permission,group,user}')::varchar[]) RETURNING "django_content_type"."id"
--;
SELECT "django_content_type"."id", "django_content_type"."app_label", "django_content_type"."model" FROM "django_content_type" WHERE ("django_content_type"."app_label" = 'auth' AND "django_content_type"."model" IN ('permission', 'group', 'user'))
--;
SELECT "auth_permission"."content_type_id" AS "content_type", "auth_permission"."codename" AS "codename" FROM "auth_permission" INNER JOIN "django_content_type" ON ("auth_permission"."content_type_id" = "django_content_type"."id") WHERE "auth_permission"."content_type_id" IN (2, 3, 4) ORDER BY "django_content_type"."app_label" ASC, "django_content_type"."model" ASC, 2 ASC
--;
INSERT INTO "auth_permission" ("name", "content_type_id", "codename") SELECT * FROM UNNEST(('{"Can add permission","Can change permission","Can delete permission","Can view permission","Can add group","Can change group","Can delete group","Can view group","Can add user","Can change user","Can delete user","Can view user"}')::varchar[], ('{2,2,2,2,3,3,3,3,4,4,4,4}'::int2[])::integer[], ('{add_permission,change_permission,delete_permission,view_permission,add_group,change_group,delete_group,view_group,add_user,change_user,delete_user,view_user}')::varchar[]) RETURNING "auth_permission"."id"
--;
SELECT "django_content_type"."id", "django_content_type"."app_label", "django_content_type"."model" FROM "django_content_type" WHERE "django_content_type"."app_label" = 'sessions'
--;
INSERT INTO "django_content_type" ("app_label", "model") VALUES ('sessions', 'session') RETURNING "django_content_type"."id"
--;
SELECT "django_content_type"."id", "django_content_type"."app_label", "django_content_type"."model" FROM "django_content_type" WHERE ("django_content_type"."app_label" = 'sessions' AND "django_content_type"."model" IN ('session'))
--;
SELECT "auth_permission"."content_type_id" AS "content_type", "auth_permission"."codename" AS "codename" FROM "auth_permission" INNER JOIN "django_content_type" ON ("auth_permission"."content_type_id" = "django_content_type"."id") WHERE "auth_permission"."content_type_id" IN (5) ORDER BY "django_content_type"."app_label" ASC, "django_content_type"."model" ASC, 2 ASC
--;
INSERT INTO "auth_permission" ("name", "content_type_id", "codename") SELECT * FROM UNNEST(('{"Can add session","Can change session","Can delete session","Can view session"}')::varchar[], ('{5,5,5,5}'::int2[])::integer[], ('{add_session,change_session,delete_session,view_session}')::varchar[]) RETURNING "auth_permission"."id"
--;
SELECT "django_content_type"."id", "django_content_type"."app_label", "django_content_type"."model" FROM "django_content_type" WHERE "django_content_type"."app_label" = 'admin'
--;
INSERT INTO "django_content_type" ("app_label", "model") VALUES ('admin', 'logentry') RETURNING "django_content_type"."id"
--;
SELECT "django_content_type"."id", "django_content_type"."app_label", "django_content_type"."model" FROM "django_content_type" WHERE ("django_content_type"."app_label" = 'admin' AND "django_content_type"."model" IN ('logentry'))
--;
SELECT "auth_permission"."content_type_id" AS "content_type", "auth_permission"."codename" AS "codename" FROM "auth_permission" INNER JOIN "django_content_type" ON ("auth_permission"."content_type_id" = "django_content_type"."id") WHERE "auth_permission"."content_type_id" IN (6) ORDER BY "django_content_type"."app_label" ASC, "django_content_type"."model" ASC, 2 ASC
--;
INSERT INTO "auth_permission" ("name", "content_type_id", "codename") SELECT * FROM UNNEST(('{"Can add log entry","Can change log entry","Can delete log entry","Can view log entry"}')::varchar[], ('{6,6,6,6}'::int2[])::integer[], ('{add_logentry,change_logentry,delete_logentry,view_logentry}')::varchar[]) RETURNING "auth_permission"."id"
--;
INSERT INTO "auth_user" ("password", "last_login", "is_superuser", "username", "first_name", "last_name", "email", "is_staff", "is_active", "date_joined") VALUES ('pbkdf2_sha256$1000000$sCoXlGR9TrCguc8U2M9IvZ$D2CKfpI7K+UKGIaZlq/Tb81kXNDk4L2Fyzr36jQCuT0=', NULL, false, 'u', '', '', '', false, true, '2026-11-21 15:17:08.272168+00:00'::timestamptz) RETURNING "auth_user"."id"
--;
SELECT "auth_user"."id", "auth_user"."password", "auth_user"."last_login", "auth_user"."is_superuser", "auth_user"."username", "auth_user"."first_name", "auth_user"."last_name", "auth_user"."email", "auth_user"."is_staff", "auth_user"."is_active", "auth_user"."date_joined" FROM "auth_user" WHERE "auth_user"."username" = 'u' LIMIT 21
--;
INSERT INTO "auth_group" ("name") VALUES ('g') RETURNING "auth_group"."id"
--;
INSERT INTO "auth_user_groups" ("user_id", "group_id") VALUES (1, 1) ON CONFLICT DO NOTHING
--;
SELECT "django_content_type"."app_label" AS "content_type__app_label", "auth_permission"."codename" AS "codename" FROM "auth_permission" INNER JOIN "auth_user_user_permissions" ON ("auth_permission"."id" = "auth_user_user_permissions"."permission_id") INNER JOIN "django_content_type" ON ("auth_permission"."content_type_id" = "django_content_type"."id") WHERE "auth_user_user_permissions"."user_id" = 1
--;
SELECT "django_content_type"."app_label" AS "content_type__app_label", "auth_permission"."codename" AS "codename" FROM "auth_permission" INNER JOIN "auth_group_permissions" ON ("auth_permission"."id" = "auth_group_permissions"."permission_id") INNER JOIN "django_content_type" ON ("auth_permission"."content_type_id" = "django_content_type"."id") WHERE "auth_group_permissions"."group_id" IN (SELECT U0."id" FROM "auth_group" U0 INNER JOIN "auth_user_groups" U1 ON (U0."id" = U1."group_id") WHERE U1."user_id" = 1)
--;
SELECT "auth_user"."id", "auth_user"."password", "auth_user"."last_login", "auth_user"."is_superuser", "auth_user"."username", "auth_user"."first_name", "auth_user"."last_name", "auth_user"."email", "auth_user"."is_staff", "auth_user"."is_active", "auth_user"."date_joined" FROM "auth_user" INNER JOIN "auth_user_groups" ON ("auth_user"."id" = "auth_user_groups"."user_id") INNER JOIN "auth_group" ON ("auth_user_groups"."group_id" = "auth_group"."id") WHERE "auth_group"."name" = 'g'
--;
SELECT 1 AS "a" FROM "django_session" WHERE "django_session"."session_key" = 'q0746ymorvqcqff21kvh5mywyp7vudd1' LIMIT 1
--;
DECLARE "_django_curs_139825042701184_sync_1" NO SCROLL CURSOR FOR SELECT "customers"."id", "customers"."name", "customers"."email", "customers"."country_code", "customers"."active", "customers"."credit", "customers"."joined_on", "customers"."settings", "customers"."created_at" FROM "customers"
--;
FETCH FORWARD 2 FROM "_django_curs_139825042701184_sync_1"
--;
CLOSE "_django_curs_139825042701184_sync_1"
--;
DECLARE "_django_curs_139825042701184_sync_2" NO SCROLL CURSOR FOR SELECT "orders"."id", "orders"."customer_id", "orders"."status", "orders"."total", "orders"."note", "orders"."placed_at", "orders"."shipped_at", "orders"."version" FROM "orders"
--;
FETCH FORWARD 2 FROM "_django_curs_139825042701184_sync_2"
--;
CLOSE "_django_curs_139825042701184_sync_2"
--;
DECLARE "_django_curs_139825042701184_sync_3" NO SCROLL CURSOR FOR SELECT "products"."id", "products"."sku", "products"."title", "products"."price", "products"."weight", "products"."attributes", "products"."labels" FROM "products"
--;
FETCH FORWARD 2 FROM "_django_curs_139825042701184_sync_3"
--;
CLOSE "_django_curs_139825042701184_sync_3"
--;
DECLARE "_django_curs_139825042701184_sync_4" NO SCROLL CURSOR FOR SELECT "order_lines"."id", "order_lines"."order_id", "order_lines"."product_id", "order_lines"."quantity", "order_lines"."unit_price" FROM "order_lines"
--;
FETCH FORWARD 2 FROM "_django_curs_139825042701184_sync_4"
--;
CLOSE "_django_curs_139825042701184_sync_4"
--;
DECLARE "_django_curs_139825042701184_sync_5" NO SCROLL CURSOR FOR SELECT "tags"."id", "tags"."name" FROM "tags"
--;
FETCH FORWARD 2 FROM "_django_curs_139825042701184_sync_5"
--;
CLOSE "_django_curs_139825042701184_sync_5"
--;
DECLARE "_django_curs_139825042701184_sync_6" NO SCROLL CURSOR FOR SELECT "employees"."id", "employees"."name", "employees"."manager_id", "employees"."salary", "employees"."hired", "employees"."ref" FROM "employees"
--;
FETCH FORWARD 2 FROM "_django_curs_139825042701184_sync_6"
--;
CLOSE "_django_curs_139825042701184_sync_6"
--;
DECLARE "_django_curs_139825042701184_sync_7" NO SCROLL CURSOR FOR SELECT "countries"."code", "countries"."name" FROM "countries"
--;
FETCH FORWARD 2 FROM "_django_curs_139825042701184_sync_7"
--;
CLOSE "_django_curs_139825042701184_sync_7"
--;
INSERT INTO "customers" ("name", "email", "country_code", "active", "credit", "joined_on", "settings", "created_at") VALUES ('a', NULL, NULL, true, 0, NULL, NULL, '2026-11-21 15:18:38.568197+00:00'::timestamptz) RETURNING "customers"."id"
--;
INSERT INTO "orders" ("customer_id", "status", "total", "note", "placed_at", "shipped_at", "version") VALUES (1, 'new', 3, NULL, '2026-11-21 15:18:38.569456+00:00'::timestamptz, NULL, 1) RETURNING "orders"."id"
--;
INSERT INTO "customers" ("name", "email", "country_code", "active", "credit", "joined_on", "settings", "created_at") SELECT * FROM UNNEST(('{b,c}')::varchar[], ('{NULL,NULL}')::varchar[], ('{NULL,NULL}')::varchar[], ('{t,t}'::bool[])::boolean[], ('{0,0}'::numeric[])::numeric[], ('{NULL,NULL}')::date[], ('{NULL,NULL}')::jsonb[], ('{"2026-11-21 15:18:38.570565+00:00","2026-11-21 15:18:38.570581+00:00"}'::timestamptz[])::timestamp with time zone[]) RETURNING "customers"."id"
--;
INSERT INTO "customers" ("id", "name", "email", "country_code", "active", "credit", "joined_on", "settings", "created_at") VALUES (1, 'b', NULL, NULL, true, 0, NULL, NULL, '2026-11-21 15:18:38.573302+00:00'::timestamptz) ON CONFLICT DO NOTHING
--;
INSERT INTO "customers" ("id", "name", "email", "country_code", "active", "credit", "joined_on", "settings", "created_at") VALUES (1, 'b', NULL, NULL, true, 0, NULL, NULL, '2026-11-21 15:18:38.574592+00:00'::timestamptz) ON CONFLICT("id") DO UPDATE SET "name" = EXCLUDED."name" RETURNING "customers"."id"
--;
INSERT INTO "customers" ("name", "email", "country_code", "active", "credit", "joined_on", "settings", "created_at") VALUES ('g', NULL, NULL, true, 1, NULL, NULL, '2026-11-21 15:18:38.650959+00:00'::timestamptz) RETURNING "customers"."id"
--;
UPDATE "customers" SET "credit" = 2, "joined_on" = NULL, "created_at" = '2026-11-21 15:18:38.650959+00:00'::timestamptz WHERE "customers"."id" = 9
--;
INSERT INTO "orders" ("customer_id", "status", "total", "note", "placed_at", "shipped_at", "version") VALUES (NULL, 'new', 1, NULL, '2026-11-21 15:18:38.689171+00:00'::timestamptz, NULL, 1) RETURNING "orders"."id"
--;
INSERT INTO "django_migrations" ("app", "name", "applied") VALUES ('contenttypes', '0001_initial', '2026-11-21 15:18:39.345675+00:00'::timestamptz) RETURNING "django_migrations"."id"
--;
INSERT INTO "django_migrations" ("app", "name", "applied") VALUES ('auth', '0001_initial', '2026-11-21 15:18:39.491193+00:00'::timestamptz) RETURNING "django_migrations"."id"
--;
INSERT INTO "django_migrations" ("app", "name", "applied") VALUES ('admin', '0001_initial', '2026-11-21 15:18:39.530188+00:00'::timestamptz) RETURNING "django_migrations"."id"
--;
INSERT INTO "django_migrations" ("app", "name", "applied") VALUES ('admin', '0002_logentry_remove_auto_add', '2026-11-21 15:18:39.543194+00:00'::timestamptz) RETURNING "django_migrations"."id"
--;
INSERT INTO "django_migrations" ("app", "name", "applied") VALUES ('admin', '0003_logentry_add_action_flag_choices', '2026-11-21 15:18:39.563276+00:00'::timestamptz) RETURNING "django_migrations"."id"
--;
INSERT INTO "django_migrations" ("app", "name", "applied") VALUES ('contenttypes', '0002_remove_content_type_name', '2026-11-21 15:18:39.606807+00:00'::timestamptz) RETURNING "django_migrations"."id"
--;
INSERT INTO "django_migrations" ("app", "name", "applied") VALUES ('auth', '0002_alter_permission_name_max_length', '2026-11-21 15:18:39.635498+00:00'::timestamptz) RETURNING "django_migrations"."id"
--;
INSERT INTO "django_migrations" ("app", "name", "applied") VALUES ('auth', '0003_alter_user_email_max_length', '2026-11-21 15:18:39.655289+00:00'::timestamptz) RETURNING "django_migrations"."id"
--;
INSERT INTO "django_migrations" ("app", "name", "applied") VALUES ('auth', '0004_alter_user_username_opts', '2026-11-21 15:18:39.661063+00:00'::timestamptz) RETURNING "django_migrations"."id"
--;
INSERT INTO "django_migrations" ("app", "name", "applied") VALUES ('auth', '0005_alter_user_last_login_null', '2026-11-21 15:18:39.686229+00:00'::timestamptz) RETURNING "django_migrations"."id"
--;
INSERT INTO "django_migrations" ("app", "name", "applied") VALUES ('auth', '0006_require_contenttypes_0002', '2026-11-21 15:18:39.698950+00:00'::timestamptz) RETURNING "django_migrations"."id"
--;
INSERT INTO "django_migrations" ("app", "name", "applied") VALUES ('auth', '0007_alter_validators_add_error_messages', '2026-11-21 15:18:39.706319+00:00'::timestamptz) RETURNING "django_migrations"."id"
--;
INSERT INTO "django_migrations" ("app", "name", "applied") VALUES ('auth', '0008_alter_user_username_max_length', '2026-11-21 15:18:39.717541+00:00'::timestamptz) RETURNING "django_migrations"."id"
--;
INSERT INTO "django_migrations" ("app", "name", "applied") VALUES ('auth', '0009_alter_user_last_name_max_length', '2026-11-21 15:18:39.721863+00:00'::timestamptz) RETURNING "django_migrations"."id"
--;
INSERT INTO "django_migrations" ("app", "name", "applied") VALUES ('auth', '0010_alter_group_name_max_length', '2026-11-21 15:18:39.727499+00:00'::timestamptz) RETURNING "django_migrations"."id"
--;
INSERT INTO "django_migrations" ("app", "name", "applied") VALUES ('auth', '0011_update_proxy_permissions', '2026-11-21 15:18:39.732964+00:00'::timestamptz) RETURNING "django_migrations"."id"
--;
INSERT INTO "django_migrations" ("app", "name", "applied") VALUES ('auth', '0012_alter_user_first_name_max_length', '2026-11-21 15:18:39.740941+00:00'::timestamptz) RETURNING "django_migrations"."id"
--;
INSERT INTO "django_migrations" ("app", "name", "applied") VALUES ('sessions', '0001_initial', '2026-11-21 15:18:39.755970+00:00'::timestamptz) RETURNING "django_migrations"."id"
--;
SELECT "django_content_type"."id", "django_content_type"."app_label", "django_content_type"."model" FROM "django_content_type" WHERE ("django_content_type"."app_label" = 'auth' AND "django_content_type"."model" IN ('group', 'user', 'permission'))
--;
INSERT INTO "auth_user" ("password", "last_login", "is_superuser", "username", "first_name", "last_name", "email", "is_staff", "is_active", "date_joined") VALUES ('pbkdf2_sha256$1000000$NPGAjphTDNLikBfebQsWxt$G/HRV+QEV4sOruguZcVFi47QWX8qagNF0RIpPk6L9Ss=', NULL, false, 'u', '', '', '', false, true, '2026-11-21 15:18:39.825120+00:00'::timestamptz) RETURNING "auth_user"."id"
--;
SELECT 1 AS "a" FROM "django_session" WHERE "django_session"."session_key" = 'i4y6zon7g6p3f0ru6mo3ck31f9rwehbs' LIMIT 1
--;
INSERT INTO "django_session" ("session_key", "session_data", "expire_date") VALUES ('i4y6zon7g6p3f0ru6mo3ck31f9rwehbs', 'eyJhIjoxfQ:1xUmrQ:-7WsKZNnb71h4Jp-J2JkDalENlFPe3WA_udTklucV7k', '2026-12-05 15:18:40.181895+00:00'::timestamptz)
--;
SELECT "django_session"."session_key", "django_session"."session_data", "django_session"."expire_date" FROM "django_session" WHERE ("django_session"."expire_date" > '2026-11-21 15:18:40.183915+00:00'::timestamptz AND "django_session"."session_key" = 'i4y6zon7g6p3f0ru6mo3ck31f9rwehbs') LIMIT 21
--;
SELECT "django_session"."session_key", "django_session"."session_data", "django_session"."expire_date" FROM "django_session" WHERE "django_session"."session_key" = 'i4y6zon7g6p3f0ru6mo3ck31f9rwehbs' LIMIT 21
--;
DELETE FROM "django_session" WHERE "django_session"."session_key" IN ('i4y6zon7g6p3f0ru6mo3ck31f9rwehbs')
--;
