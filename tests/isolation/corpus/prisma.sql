-- Sent by Prisma 7.10.1 with node-postgres, as a server logged it. A line of `--;` ends each text.
INSERT INTO "public"."countries" ("code","name") VALUES ($1,$2) ON CONFLICT ("code") DO UPDATE SET "name" = $3 WHERE ("public"."countries"."code" = $4 AND 1=1) RETURNING "public"."countries"."code", "public"."countries"."name"
--;
BEGIN
--;
SELECT "public"."countries"."code" FROM "public"."countries" WHERE ("public"."countries"."code" = $1 AND 1=1) LIMIT $2 OFFSET $3
--;
INSERT INTO "public"."customers" ("name","email","country_code","active","credit","settings","created_at") VALUES ($1,$2,$3,$4,$5,$6,$7) RETURNING "public"."customers"."id"
--;
INSERT INTO "public"."orders" ("customer_id","status","total","placed_at","version") VALUES ($1,$2,$3,$4,$5) RETURNING "public"."orders"."id"
--;
INSERT INTO "public"."order_lines" ("order_id","quantity","unit_price") VALUES ($1,$2,$3) RETURNING "public"."order_lines"."id"
--;
INSERT INTO "public"."products" ("sku","title","price","attributes","labels") VALUES ($1,$2,$3,$4,$5) RETURNING "public"."products"."id"
--;
INSERT INTO "public"."order_lines" ("order_id","product_id","quantity","unit_price") VALUES ($1,$2,$3,$4) RETURNING "public"."order_lines"."id"
--;
SELECT "public"."customers"."id", "public"."customers"."tenant_id", "public"."customers"."name", "public"."customers"."email", "public"."customers"."country_code", "public"."customers"."active", "public"."customers"."credit", "public"."customers"."joined_on", "public"."customers"."settings", "public"."customers"."created_at" FROM "public"."customers" WHERE "public"."customers"."id" = $1 LIMIT $2 OFFSET $3
--;
SELECT "public"."orders"."id", "public"."orders"."tenant_id", "public"."orders"."customer_id", "public"."orders"."status", "public"."orders"."total", "public"."orders"."note", "public"."orders"."placed_at", "public"."orders"."shipped_at", "public"."orders"."version" FROM "public"."orders" WHERE "public"."orders"."customer_id" = $1 OFFSET $2
--;
SELECT "public"."countries"."code", "public"."countries"."name" FROM "public"."countries" WHERE "public"."countries"."code" = $1 OFFSET $2
--;
SELECT "public"."order_lines"."id", "public"."order_lines"."order_id", "public"."order_lines"."product_id", "public"."order_lines"."quantity", "public"."order_lines"."unit_price" FROM "public"."order_lines" WHERE "public"."order_lines"."order_id" IN ($1,$2) OFFSET $3
--;
COMMIT
--;
INSERT INTO "public"."tags" ("name") VALUES ($1), ($2), ($3)
--;
INSERT INTO "public"."tags" ("name") VALUES ($1), ($2) RETURNING "public"."tags"."id", "public"."tags"."name"
--;
INSERT INTO "public"."tags" ("name") VALUES ($1) ON CONFLICT DO NOTHING
--;
SELECT "public"."tags"."id" FROM "public"."tags" WHERE ("public"."tags"."id" = $1 AND 1=1) LIMIT $2 OFFSET $3
--;
SELECT "public"."orders"."id" FROM "public"."orders" WHERE ("public"."orders"."id" = $1 AND 1=1) LIMIT $2 OFFSET $3
--;
INSERT INTO "public"."orders_tags" ("order_id","tag_id") VALUES ($1,$2) RETURNING "public"."orders_tags"."id"
--;
SELECT "public"."orders_tags"."id", "public"."orders_tags"."order_id", "public"."orders_tags"."tag_id" FROM "public"."orders_tags" WHERE "public"."orders_tags"."id" = $1 LIMIT $2 OFFSET $3
--;
SELECT "public"."customers"."id", "public"."customers"."tenant_id", "public"."customers"."name", "public"."customers"."email", "public"."customers"."country_code", "public"."customers"."active", "public"."customers"."credit", "public"."customers"."joined_on", "public"."customers"."settings", "public"."customers"."created_at" FROM "public"."customers" WHERE 1=1 OFFSET $1
--;
SELECT COUNT(*) AS "_count$_all" FROM (SELECT "public"."customers"."id" FROM "public"."customers" WHERE 1=1 OFFSET $1) AS "sub"
--;
SELECT "public"."customers"."id", "public"."customers"."tenant_id", "public"."customers"."name", "public"."customers"."email", "public"."customers"."country_code", "public"."customers"."active", "public"."customers"."credit", "public"."customers"."joined_on", "public"."customers"."settings", "public"."customers"."created_at" FROM "public"."customers" WHERE 1=1 ORDER BY "public"."customers"."id" DESC LIMIT $1 OFFSET $2
--;
UPDATE "public"."customers" SET "active" = $1 WHERE 1=1
--;
SELECT "public"."customers"."id", "public"."customers"."tenant_id", "public"."customers"."name", "public"."customers"."email", "public"."customers"."country_code", "public"."customers"."active", "public"."customers"."credit", "public"."customers"."joined_on", "public"."customers"."settings", "public"."customers"."created_at" FROM "public"."customers" WHERE "public"."customers"."name" = $1 OFFSET $2
--;
SELECT COUNT(*) AS "_count$_all" FROM (SELECT "public"."customers"."id" FROM "public"."customers" WHERE "public"."customers"."name" = $1 OFFSET $2) AS "sub"
--;
SELECT "public"."customers"."id", "public"."customers"."tenant_id", "public"."customers"."name", "public"."customers"."email", "public"."customers"."country_code", "public"."customers"."active", "public"."customers"."credit", "public"."customers"."joined_on", "public"."customers"."settings", "public"."customers"."created_at" FROM "public"."customers" WHERE "public"."customers"."name" = $1 ORDER BY "public"."customers"."id" DESC LIMIT $2 OFFSET $3
--;
UPDATE "public"."customers" SET "active" = $1 WHERE "public"."customers"."name" = $2
--;
SELECT "public"."customers"."id", "public"."customers"."tenant_id", "public"."customers"."name", "public"."customers"."email", "public"."customers"."country_code", "public"."customers"."active", "public"."customers"."credit", "public"."customers"."joined_on", "public"."customers"."settings", "public"."customers"."created_at" FROM "public"."customers" WHERE "public"."customers"."name" <> $1 OFFSET $2
--;
SELECT COUNT(*) AS "_count$_all" FROM (SELECT "public"."customers"."id" FROM "public"."customers" WHERE "public"."customers"."name" <> $1 OFFSET $2) AS "sub"
--;
SELECT "public"."customers"."id", "public"."customers"."tenant_id", "public"."customers"."name", "public"."customers"."email", "public"."customers"."country_code", "public"."customers"."active", "public"."customers"."credit", "public"."customers"."joined_on", "public"."customers"."settings", "public"."customers"."created_at" FROM "public"."customers" WHERE "public"."customers"."name" <> $1 ORDER BY "public"."customers"."id" DESC LIMIT $2 OFFSET $3
--;
UPDATE "public"."customers" SET "active" = $1 WHERE "public"."customers"."name" <> $2
--;
SELECT "public"."customers"."id", "public"."customers"."tenant_id", "public"."customers"."name", "public"."customers"."email", "public"."customers"."country_code", "public"."customers"."active", "public"."customers"."credit", "public"."customers"."joined_on", "public"."customers"."settings", "public"."customers"."created_at" FROM "public"."customers" WHERE "public"."customers"."name" IN ($1,$2) OFFSET $3
--;
SELECT COUNT(*) AS "_count$_all" FROM (SELECT "public"."customers"."id" FROM "public"."customers" WHERE "public"."customers"."name" IN ($1,$2) OFFSET $3) AS "sub"
--;
SELECT "public"."customers"."id", "public"."customers"."tenant_id", "public"."customers"."name", "public"."customers"."email", "public"."customers"."country_code", "public"."customers"."active", "public"."customers"."credit", "public"."customers"."joined_on", "public"."customers"."settings", "public"."customers"."created_at" FROM "public"."customers" WHERE "public"."customers"."name" IN ($1,$2) ORDER BY "public"."customers"."id" DESC LIMIT $3 OFFSET $4
--;
UPDATE "public"."customers" SET "active" = $1 WHERE "public"."customers"."name" IN ($2,$3)
--;
SELECT "public"."customers"."id", "public"."customers"."tenant_id", "public"."customers"."name", "public"."customers"."email", "public"."customers"."country_code", "public"."customers"."active", "public"."customers"."credit", "public"."customers"."joined_on", "public"."customers"."settings", "public"."customers"."created_at" FROM "public"."customers" WHERE "public"."customers"."name" NOT IN ($1) OFFSET $2
--;
SELECT COUNT(*) AS "_count$_all" FROM (SELECT "public"."customers"."id" FROM "public"."customers" WHERE "public"."customers"."name" NOT IN ($1) OFFSET $2) AS "sub"
--;
SELECT "public"."customers"."id", "public"."customers"."tenant_id", "public"."customers"."name", "public"."customers"."email", "public"."customers"."country_code", "public"."customers"."active", "public"."customers"."credit", "public"."customers"."joined_on", "public"."customers"."settings", "public"."customers"."created_at" FROM "public"."customers" WHERE "public"."customers"."name" NOT IN ($1) ORDER BY "public"."customers"."id" DESC LIMIT $2 OFFSET $3
--;
UPDATE "public"."customers" SET "active" = $1 WHERE "public"."customers"."name" NOT IN ($2)
--;
SELECT "public"."customers"."id", "public"."customers"."tenant_id", "public"."customers"."name", "public"."customers"."email", "public"."customers"."country_code", "public"."customers"."active", "public"."customers"."credit", "public"."customers"."joined_on", "public"."customers"."settings", "public"."customers"."created_at" FROM "public"."customers" WHERE "public"."customers"."name"::text LIKE ('%' || $1 || '%') OFFSET $2
--;
SELECT COUNT(*) AS "_count$_all" FROM (SELECT "public"."customers"."id" FROM "public"."customers" WHERE "public"."customers"."name"::text LIKE ('%' || $1 || '%') OFFSET $2) AS "sub"
--;
SELECT "public"."customers"."id", "public"."customers"."tenant_id", "public"."customers"."name", "public"."customers"."email", "public"."customers"."country_code", "public"."customers"."active", "public"."customers"."credit", "public"."customers"."joined_on", "public"."customers"."settings", "public"."customers"."created_at" FROM "public"."customers" WHERE "public"."customers"."name"::text LIKE ('%' || $1 || '%') ORDER BY "public"."customers"."id" DESC LIMIT $2 OFFSET $3
--;
UPDATE "public"."customers" SET "active" = $1 WHERE "public"."customers"."name"::text LIKE ('%' || $2 || '%')
--;
SELECT "public"."customers"."id", "public"."customers"."tenant_id", "public"."customers"."name", "public"."customers"."email", "public"."customers"."country_code", "public"."customers"."active", "public"."customers"."credit", "public"."customers"."joined_on", "public"."customers"."settings", "public"."customers"."created_at" FROM "public"."customers" WHERE "public"."customers"."name" ILIKE ($1 || '%') OFFSET $2
--;
SELECT COUNT(*) AS "_count$_all" FROM (SELECT "public"."customers"."id" FROM "public"."customers" WHERE "public"."customers"."name" ILIKE ($1 || '%') OFFSET $2) AS "sub"
--;
SELECT "public"."customers"."id", "public"."customers"."tenant_id", "public"."customers"."name", "public"."customers"."email", "public"."customers"."country_code", "public"."customers"."active", "public"."customers"."credit", "public"."customers"."joined_on", "public"."customers"."settings", "public"."customers"."created_at" FROM "public"."customers" WHERE "public"."customers"."name" ILIKE ($1 || '%') ORDER BY "public"."customers"."id" DESC LIMIT $2 OFFSET $3
--;
UPDATE "public"."customers" SET "active" = $1 WHERE "public"."customers"."name" ILIKE ($2 || '%')
--;
SELECT "public"."customers"."id", "public"."customers"."tenant_id", "public"."customers"."name", "public"."customers"."email", "public"."customers"."country_code", "public"."customers"."active", "public"."customers"."credit", "public"."customers"."joined_on", "public"."customers"."settings", "public"."customers"."created_at" FROM "public"."customers" WHERE "public"."customers"."name"::text LIKE ('%' || $1) OFFSET $2
--;
SELECT COUNT(*) AS "_count$_all" FROM (SELECT "public"."customers"."id" FROM "public"."customers" WHERE "public"."customers"."name"::text LIKE ('%' || $1) OFFSET $2) AS "sub"
--;
SELECT "public"."customers"."id", "public"."customers"."tenant_id", "public"."customers"."name", "public"."customers"."email", "public"."customers"."country_code", "public"."customers"."active", "public"."customers"."credit", "public"."customers"."joined_on", "public"."customers"."settings", "public"."customers"."created_at" FROM "public"."customers" WHERE "public"."customers"."name"::text LIKE ('%' || $1) ORDER BY "public"."customers"."id" DESC LIMIT $2 OFFSET $3
--;
UPDATE "public"."customers" SET "active" = $1 WHERE "public"."customers"."name"::text LIKE ('%' || $2)
--;
SELECT "public"."customers"."id", "public"."customers"."tenant_id", "public"."customers"."name", "public"."customers"."email", "public"."customers"."country_code", "public"."customers"."active", "public"."customers"."credit", "public"."customers"."joined_on", "public"."customers"."settings", "public"."customers"."created_at" FROM "public"."customers" WHERE "public"."customers"."email" IS NULL OFFSET $1
--;
SELECT COUNT(*) AS "_count$_all" FROM (SELECT "public"."customers"."id" FROM "public"."customers" WHERE "public"."customers"."email" IS NULL OFFSET $1) AS "sub"
--;
SELECT "public"."customers"."id", "public"."customers"."tenant_id", "public"."customers"."name", "public"."customers"."email", "public"."customers"."country_code", "public"."customers"."active", "public"."customers"."credit", "public"."customers"."joined_on", "public"."customers"."settings", "public"."customers"."created_at" FROM "public"."customers" WHERE "public"."customers"."email" IS NULL ORDER BY "public"."customers"."id" DESC LIMIT $1 OFFSET $2
--;
UPDATE "public"."customers" SET "active" = $1 WHERE "public"."customers"."email" IS NULL
--;
SELECT "public"."customers"."id", "public"."customers"."tenant_id", "public"."customers"."name", "public"."customers"."email", "public"."customers"."country_code", "public"."customers"."active", "public"."customers"."credit", "public"."customers"."joined_on", "public"."customers"."settings", "public"."customers"."created_at" FROM "public"."customers" WHERE (NOT "public"."customers"."email" IS NULL) OFFSET $1
--;
SELECT COUNT(*) AS "_count$_all" FROM (SELECT "public"."customers"."id" FROM "public"."customers" WHERE (NOT "public"."customers"."email" IS NULL) OFFSET $1) AS "sub"
--;
SELECT "public"."customers"."id", "public"."customers"."tenant_id", "public"."customers"."name", "public"."customers"."email", "public"."customers"."country_code", "public"."customers"."active", "public"."customers"."credit", "public"."customers"."joined_on", "public"."customers"."settings", "public"."customers"."created_at" FROM "public"."customers" WHERE (NOT "public"."customers"."email" IS NULL) ORDER BY "public"."customers"."id" DESC LIMIT $1 OFFSET $2
--;
UPDATE "public"."customers" SET "active" = $1 WHERE (NOT "public"."customers"."email" IS NULL)
--;
SELECT "public"."customers"."id", "public"."customers"."tenant_id", "public"."customers"."name", "public"."customers"."email", "public"."customers"."country_code", "public"."customers"."active", "public"."customers"."credit", "public"."customers"."joined_on", "public"."customers"."settings", "public"."customers"."created_at" FROM "public"."customers" WHERE ("public"."customers"."active" = $1 OR "public"."customers"."credit" > $2) OFFSET $3
--;
SELECT COUNT(*) AS "_count$_all" FROM (SELECT "public"."customers"."id" FROM "public"."customers" WHERE ("public"."customers"."active" = $1 OR "public"."customers"."credit" > $2) OFFSET $3) AS "sub"
--;
SELECT "public"."customers"."id", "public"."customers"."tenant_id", "public"."customers"."name", "public"."customers"."email", "public"."customers"."country_code", "public"."customers"."active", "public"."customers"."credit", "public"."customers"."joined_on", "public"."customers"."settings", "public"."customers"."created_at" FROM "public"."customers" WHERE ("public"."customers"."active" = $1 OR "public"."customers"."credit" > $2) ORDER BY "public"."customers"."id" DESC LIMIT $3 OFFSET $4
--;
UPDATE "public"."customers" SET "active" = $1 WHERE ("public"."customers"."active" = $2 OR "public"."customers"."credit" > $3)
--;
SELECT "public"."customers"."id", "public"."customers"."tenant_id", "public"."customers"."name", "public"."customers"."email", "public"."customers"."country_code", "public"."customers"."active", "public"."customers"."credit", "public"."customers"."joined_on", "public"."customers"."settings", "public"."customers"."created_at" FROM "public"."customers" WHERE ("public"."customers"."id" >= $1 AND "public"."customers"."id" < $2) OFFSET $3
--;
SELECT COUNT(*) AS "_count$_all" FROM (SELECT "public"."customers"."id" FROM "public"."customers" WHERE ("public"."customers"."id" >= $1 AND "public"."customers"."id" < $2) OFFSET $3) AS "sub"
--;
SELECT "public"."customers"."id", "public"."customers"."tenant_id", "public"."customers"."name", "public"."customers"."email", "public"."customers"."country_code", "public"."customers"."active", "public"."customers"."credit", "public"."customers"."joined_on", "public"."customers"."settings", "public"."customers"."created_at" FROM "public"."customers" WHERE ("public"."customers"."id" >= $1 AND "public"."customers"."id" < $2) ORDER BY "public"."customers"."id" DESC LIMIT $3 OFFSET $4
--;
UPDATE "public"."customers" SET "active" = $1 WHERE ("public"."customers"."id" >= $2 AND "public"."customers"."id" < $3)
--;
SELECT "public"."customers"."id", "public"."customers"."tenant_id", "public"."customers"."name", "public"."customers"."email", "public"."customers"."country_code", "public"."customers"."active", "public"."customers"."credit", "public"."customers"."joined_on", "public"."customers"."settings", "public"."customers"."created_at" FROM "public"."customers" WHERE ("public"."customers"."settings"#>ARRAY[$1]::text[])::jsonb::jsonb = $2 OFFSET $3
--;
SELECT COUNT(*) AS "_count$_all" FROM (SELECT "public"."customers"."id" FROM "public"."customers" WHERE ("public"."customers"."settings"#>ARRAY[$1]::text[])::jsonb::jsonb = $2 OFFSET $3) AS "sub"
--;
SELECT "public"."customers"."id", "public"."customers"."tenant_id", "public"."customers"."name", "public"."customers"."email", "public"."customers"."country_code", "public"."customers"."active", "public"."customers"."credit", "public"."customers"."joined_on", "public"."customers"."settings", "public"."customers"."created_at" FROM "public"."customers" WHERE ("public"."customers"."settings"#>ARRAY[$1]::text[])::jsonb::jsonb = $2 ORDER BY "public"."customers"."id" DESC LIMIT $3 OFFSET $4
--;
UPDATE "public"."customers" SET "active" = $1 WHERE ("public"."customers"."settings"#>ARRAY[$2]::text[])::jsonb::jsonb = $3
--;
SELECT "public"."customers"."id", "public"."customers"."tenant_id", "public"."customers"."name", "public"."customers"."email", "public"."customers"."country_code", "public"."customers"."active", "public"."customers"."credit", "public"."customers"."joined_on", "public"."customers"."settings", "public"."customers"."created_at" FROM "public"."customers" WHERE (("public"."customers"."settings"#>>ARRAY[$1, $2]::text[]) LIKE ('%' || $3 || '%') AND JSONB_TYPEOF(("public"."customers"."settings"#>ARRAY[$4, $5]::text[])::jsonb) = $6) OFFSET $7
--;
SELECT COUNT(*) AS "_count$_all" FROM (SELECT "public"."customers"."id" FROM "public"."customers" WHERE (("public"."customers"."settings"#>>ARRAY[$1, $2]::text[]) LIKE ('%' || $3 || '%') AND JSONB_TYPEOF(("public"."customers"."settings"#>ARRAY[$4, $5]::text[])::jsonb) = $6) OFFSET $7) AS "sub"
--;
SELECT "public"."customers"."id", "public"."customers"."tenant_id", "public"."customers"."name", "public"."customers"."email", "public"."customers"."country_code", "public"."customers"."active", "public"."customers"."credit", "public"."customers"."joined_on", "public"."customers"."settings", "public"."customers"."created_at" FROM "public"."customers" WHERE (("public"."customers"."settings"#>>ARRAY[$1, $2]::text[]) LIKE ('%' || $3 || '%') AND JSONB_TYPEOF(("public"."customers"."settings"#>ARRAY[$4, $5]::text[])::jsonb) = $6) ORDER BY "public"."customers"."id" DESC LIMIT $7 OFFSET $8
--;
UPDATE "public"."customers" SET "active" = $1 WHERE (("public"."customers"."settings"#>>ARRAY[$2, $3]::text[]) LIKE ('%' || $4 || '%') AND JSONB_TYPEOF(("public"."customers"."settings"#>ARRAY[$5, $6]::text[])::jsonb) = $7)
--;
SELECT "public"."customers"."id", "public"."customers"."tenant_id", "public"."customers"."name", "public"."customers"."email", "public"."customers"."country_code", "public"."customers"."active", "public"."customers"."credit", "public"."customers"."joined_on", "public"."customers"."settings", "public"."customers"."created_at" FROM "public"."customers" WHERE (("public"."customers"."settings"#>ARRAY[$1]::text[])::jsonb @> $2 AND JSONB_TYPEOF(("public"."customers"."settings"#>ARRAY[$3]::text[])::jsonb) = $4) OFFSET $5
--;
SELECT COUNT(*) AS "_count$_all" FROM (SELECT "public"."customers"."id" FROM "public"."customers" WHERE (("public"."customers"."settings"#>ARRAY[$1]::text[])::jsonb @> $2 AND JSONB_TYPEOF(("public"."customers"."settings"#>ARRAY[$3]::text[])::jsonb) = $4) OFFSET $5) AS "sub"
--;
SELECT "public"."customers"."id", "public"."customers"."tenant_id", "public"."customers"."name", "public"."customers"."email", "public"."customers"."country_code", "public"."customers"."active", "public"."customers"."credit", "public"."customers"."joined_on", "public"."customers"."settings", "public"."customers"."created_at" FROM "public"."customers" WHERE (("public"."customers"."settings"#>ARRAY[$1]::text[])::jsonb @> $2 AND JSONB_TYPEOF(("public"."customers"."settings"#>ARRAY[$3]::text[])::jsonb) = $4) ORDER BY "public"."customers"."id" DESC LIMIT $5 OFFSET $6
--;
UPDATE "public"."customers" SET "active" = $1 WHERE (("public"."customers"."settings"#>ARRAY[$2]::text[])::jsonb @> $3 AND JSONB_TYPEOF(("public"."customers"."settings"#>ARRAY[$4]::text[])::jsonb) = $5)
--;
SELECT "public"."customers"."id", "public"."customers"."tenant_id", "public"."customers"."name", "public"."customers"."email", "public"."customers"."country_code", "public"."customers"."active", "public"."customers"."credit", "public"."customers"."joined_on", "public"."customers"."settings", "public"."customers"."created_at" FROM "public"."customers" WHERE "public"."customers"."settings" IS NULL OFFSET $1
--;
SELECT COUNT(*) AS "_count$_all" FROM (SELECT "public"."customers"."id" FROM "public"."customers" WHERE "public"."customers"."settings" IS NULL OFFSET $1) AS "sub"
--;
SELECT "public"."customers"."id", "public"."customers"."tenant_id", "public"."customers"."name", "public"."customers"."email", "public"."customers"."country_code", "public"."customers"."active", "public"."customers"."credit", "public"."customers"."joined_on", "public"."customers"."settings", "public"."customers"."created_at" FROM "public"."customers" WHERE "public"."customers"."settings" IS NULL ORDER BY "public"."customers"."id" DESC LIMIT $1 OFFSET $2
--;
UPDATE "public"."customers" SET "active" = $1 WHERE "public"."customers"."settings" IS NULL
--;
SELECT "public"."customers"."id", "public"."customers"."tenant_id", "public"."customers"."name", "public"."customers"."email", "public"."customers"."country_code", "public"."customers"."active", "public"."customers"."credit", "public"."customers"."joined_on", "public"."customers"."settings", "public"."customers"."created_at" FROM "public"."customers" WHERE "public"."customers"."settings"::jsonb <> $1 OFFSET $2
--;
SELECT COUNT(*) AS "_count$_all" FROM (SELECT "public"."customers"."id" FROM "public"."customers" WHERE "public"."customers"."settings"::jsonb <> $1 OFFSET $2) AS "sub"
--;
SELECT "public"."customers"."id", "public"."customers"."tenant_id", "public"."customers"."name", "public"."customers"."email", "public"."customers"."country_code", "public"."customers"."active", "public"."customers"."credit", "public"."customers"."joined_on", "public"."customers"."settings", "public"."customers"."created_at" FROM "public"."customers" WHERE "public"."customers"."settings"::jsonb <> $1 ORDER BY "public"."customers"."id" DESC LIMIT $2 OFFSET $3
--;
UPDATE "public"."customers" SET "active" = $1 WHERE "public"."customers"."settings"::jsonb <> $2
--;
SELECT "public"."customers"."id", "public"."customers"."tenant_id", "public"."customers"."name", "public"."customers"."email", "public"."customers"."country_code", "public"."customers"."active", "public"."customers"."credit", "public"."customers"."joined_on", "public"."customers"."settings", "public"."customers"."created_at" FROM "public"."customers" WHERE "public"."customers"."created_at" > $1 OFFSET $2
--;
SELECT COUNT(*) AS "_count$_all" FROM (SELECT "public"."customers"."id" FROM "public"."customers" WHERE "public"."customers"."created_at" > $1 OFFSET $2) AS "sub"
--;
SELECT "public"."customers"."id", "public"."customers"."tenant_id", "public"."customers"."name", "public"."customers"."email", "public"."customers"."country_code", "public"."customers"."active", "public"."customers"."credit", "public"."customers"."joined_on", "public"."customers"."settings", "public"."customers"."created_at" FROM "public"."customers" WHERE "public"."customers"."created_at" > $1 ORDER BY "public"."customers"."id" DESC LIMIT $2 OFFSET $3
--;
UPDATE "public"."customers" SET "active" = $1 WHERE "public"."customers"."created_at" > $2
--;
SELECT "public"."customers"."id", "public"."customers"."tenant_id", "public"."customers"."name", "public"."customers"."email", "public"."customers"."country_code", "public"."customers"."active", "public"."customers"."credit", "public"."customers"."joined_on", "public"."customers"."settings", "public"."customers"."created_at" FROM "public"."customers" WHERE EXISTS(SELECT "t0"."customer_id" FROM "public"."orders" AS "t0" WHERE ("t0"."status" = $1 AND ("public"."customers"."id") = ("t0"."customer_id") AND "t0"."customer_id" IS NOT NULL)) OFFSET $2
--;
SELECT COUNT(*) AS "_count$_all" FROM (SELECT "public"."customers"."id" FROM "public"."customers" WHERE EXISTS(SELECT "t0"."customer_id" FROM "public"."orders" AS "t0" WHERE ("t0"."status" = $1 AND ("public"."customers"."id") = ("t0"."customer_id") AND "t0"."customer_id" IS NOT NULL)) OFFSET $2) AS "sub"
--;
SELECT "public"."customers"."id", "public"."customers"."tenant_id", "public"."customers"."name", "public"."customers"."email", "public"."customers"."country_code", "public"."customers"."active", "public"."customers"."credit", "public"."customers"."joined_on", "public"."customers"."settings", "public"."customers"."created_at" FROM "public"."customers" WHERE EXISTS(SELECT "t0"."customer_id" FROM "public"."orders" AS "t0" WHERE ("t0"."status" = $1 AND ("public"."customers"."id") = ("t0"."customer_id") AND "t0"."customer_id" IS NOT NULL)) ORDER BY "public"."customers"."id" DESC LIMIT $2 OFFSET $3
--;
UPDATE "public"."customers" SET "active" = $1 WHERE EXISTS(SELECT "t0"."customer_id" FROM "public"."orders" AS "t0" WHERE ("t0"."status" = $2 AND ("public"."customers"."id") = ("t0"."customer_id") AND "t0"."customer_id" IS NOT NULL))
--;
SELECT "public"."customers"."id", "public"."customers"."tenant_id", "public"."customers"."name", "public"."customers"."email", "public"."customers"."country_code", "public"."customers"."active", "public"."customers"."credit", "public"."customers"."joined_on", "public"."customers"."settings", "public"."customers"."created_at" FROM "public"."customers" WHERE NOT EXISTS(SELECT "t0"."customer_id" FROM "public"."orders" AS "t0" WHERE ("t0"."total" > $1 AND ("public"."customers"."id") = ("t0"."customer_id") AND "t0"."customer_id" IS NOT NULL)) OFFSET $2
--;
SELECT COUNT(*) AS "_count$_all" FROM (SELECT "public"."customers"."id" FROM "public"."customers" WHERE NOT EXISTS(SELECT "t0"."customer_id" FROM "public"."orders" AS "t0" WHERE ("t0"."total" > $1 AND ("public"."customers"."id") = ("t0"."customer_id") AND "t0"."customer_id" IS NOT NULL)) OFFSET $2) AS "sub"
--;
SELECT "public"."customers"."id", "public"."customers"."tenant_id", "public"."customers"."name", "public"."customers"."email", "public"."customers"."country_code", "public"."customers"."active", "public"."customers"."credit", "public"."customers"."joined_on", "public"."customers"."settings", "public"."customers"."created_at" FROM "public"."customers" WHERE NOT EXISTS(SELECT "t0"."customer_id" FROM "public"."orders" AS "t0" WHERE ("t0"."total" > $1 AND ("public"."customers"."id") = ("t0"."customer_id") AND "t0"."customer_id" IS NOT NULL)) ORDER BY "public"."customers"."id" DESC LIMIT $2 OFFSET $3
--;
UPDATE "public"."customers" SET "active" = $1 WHERE NOT EXISTS(SELECT "t0"."customer_id" FROM "public"."orders" AS "t0" WHERE ("t0"."total" > $2 AND ("public"."customers"."id") = ("t0"."customer_id") AND "t0"."customer_id" IS NOT NULL))
--;
SELECT "public"."customers"."id", "public"."customers"."tenant_id", "public"."customers"."name", "public"."customers"."email", "public"."customers"."country_code", "public"."customers"."active", "public"."customers"."credit", "public"."customers"."joined_on", "public"."customers"."settings", "public"."customers"."created_at" FROM "public"."customers" WHERE NOT EXISTS(SELECT "t0"."customer_id" FROM "public"."orders" AS "t0" WHERE ((NOT "t0"."status" = $1) AND ("public"."customers"."id") = ("t0"."customer_id") AND "t0"."customer_id" IS NOT NULL)) OFFSET $2
--;
SELECT COUNT(*) AS "_count$_all" FROM (SELECT "public"."customers"."id" FROM "public"."customers" WHERE NOT EXISTS(SELECT "t0"."customer_id" FROM "public"."orders" AS "t0" WHERE ((NOT "t0"."status" = $1) AND ("public"."customers"."id") = ("t0"."customer_id") AND "t0"."customer_id" IS NOT NULL)) OFFSET $2) AS "sub"
--;
SELECT "public"."customers"."id", "public"."customers"."tenant_id", "public"."customers"."name", "public"."customers"."email", "public"."customers"."country_code", "public"."customers"."active", "public"."customers"."credit", "public"."customers"."joined_on", "public"."customers"."settings", "public"."customers"."created_at" FROM "public"."customers" WHERE NOT EXISTS(SELECT "t0"."customer_id" FROM "public"."orders" AS "t0" WHERE ((NOT "t0"."status" = $1) AND ("public"."customers"."id") = ("t0"."customer_id") AND "t0"."customer_id" IS NOT NULL)) ORDER BY "public"."customers"."id" DESC LIMIT $2 OFFSET $3
--;
UPDATE "public"."customers" SET "active" = $1 WHERE NOT EXISTS(SELECT "t0"."customer_id" FROM "public"."orders" AS "t0" WHERE ((NOT "t0"."status" = $2) AND ("public"."customers"."id") = ("t0"."customer_id") AND "t0"."customer_id" IS NOT NULL))
--;
SELECT "public"."customers"."id", "public"."customers"."tenant_id", "public"."customers"."name", "public"."customers"."email", "public"."customers"."country_code", "public"."customers"."active", "public"."customers"."credit", "public"."customers"."joined_on", "public"."customers"."settings", "public"."customers"."created_at" FROM "public"."customers" LEFT JOIN "public"."countries" AS "j0" ON ("j0"."code") = ("public"."customers"."country_code") WHERE ("j0"."name" = $1 AND ("j0"."code" IS NOT NULL)) OFFSET $2
--;
SELECT COUNT(*) AS "_count$_all" FROM (SELECT "public"."customers"."id" FROM "public"."customers" LEFT JOIN "public"."countries" AS "j0" ON ("j0"."code") = ("public"."customers"."country_code") WHERE ("j0"."name" = $1 AND ("j0"."code" IS NOT NULL)) OFFSET $2) AS "sub"
--;
SELECT "public"."customers"."id", "public"."customers"."tenant_id", "public"."customers"."name", "public"."customers"."email", "public"."customers"."country_code", "public"."customers"."active", "public"."customers"."credit", "public"."customers"."joined_on", "public"."customers"."settings", "public"."customers"."created_at" FROM "public"."customers" LEFT JOIN "public"."countries" AS "j0" ON ("j0"."code") = ("public"."customers"."country_code") WHERE ("j0"."name" = $1 AND ("j0"."code" IS NOT NULL)) ORDER BY "public"."customers"."id" DESC LIMIT $2 OFFSET $3
--;
UPDATE "public"."customers" SET "active" = $1 WHERE EXISTS(SELECT "t0"."code" FROM "public"."countries" AS "t0" WHERE ("t0"."name" = $2 AND ("public"."customers"."country_code") = ("t0"."code") AND "t0"."code" IS NOT NULL))
--;
SELECT "public"."customers"."id", "public"."customers"."tenant_id", "public"."customers"."name", "public"."customers"."email", "public"."customers"."country_code", "public"."customers"."active", "public"."customers"."credit", "public"."customers"."joined_on", "public"."customers"."settings", "public"."customers"."created_at" FROM "public"."customers" WHERE ("public"."customers"."country_code" IS NULL) OFFSET $1
--;
SELECT COUNT(*) AS "_count$_all" FROM (SELECT "public"."customers"."id" FROM "public"."customers" WHERE ("public"."customers"."country_code" IS NULL) OFFSET $1) AS "sub"
--;
SELECT "public"."customers"."id", "public"."customers"."tenant_id", "public"."customers"."name", "public"."customers"."email", "public"."customers"."country_code", "public"."customers"."active", "public"."customers"."credit", "public"."customers"."joined_on", "public"."customers"."settings", "public"."customers"."created_at" FROM "public"."customers" WHERE ("public"."customers"."country_code" IS NULL) ORDER BY "public"."customers"."id" DESC LIMIT $1 OFFSET $2
--;
UPDATE "public"."customers" SET "active" = $1 WHERE ("public"."customers"."country_code" IS NULL)
--;
SELECT "public"."customers"."id", "public"."customers"."tenant_id", "public"."customers"."name", "public"."customers"."email", "public"."customers"."country_code", "public"."customers"."active", "public"."customers"."credit", "public"."customers"."joined_on", "public"."customers"."settings", "public"."customers"."created_at" FROM "public"."customers" LEFT JOIN "public"."countries" AS "j0" ON ("j0"."code") = ("public"."customers"."country_code") WHERE ((NOT "j0"."name" = $1) OR ("j0"."code" IS NULL)) OFFSET $2
--;
SELECT COUNT(*) AS "_count$_all" FROM (SELECT "public"."customers"."id" FROM "public"."customers" LEFT JOIN "public"."countries" AS "j0" ON ("j0"."code") = ("public"."customers"."country_code") WHERE ((NOT "j0"."name" = $1) OR ("j0"."code" IS NULL)) OFFSET $2) AS "sub"
--;
SELECT "public"."customers"."id", "public"."customers"."tenant_id", "public"."customers"."name", "public"."customers"."email", "public"."customers"."country_code", "public"."customers"."active", "public"."customers"."credit", "public"."customers"."joined_on", "public"."customers"."settings", "public"."customers"."created_at" FROM "public"."customers" LEFT JOIN "public"."countries" AS "j0" ON ("j0"."code") = ("public"."customers"."country_code") WHERE ((NOT "j0"."name" = $1) OR ("j0"."code" IS NULL)) ORDER BY "public"."customers"."id" DESC LIMIT $2 OFFSET $3
--;
UPDATE "public"."customers" SET "active" = $1 WHERE NOT EXISTS(SELECT "t0"."code" FROM "public"."countries" AS "t0" WHERE ("t0"."name" = $2 AND ("public"."customers"."country_code") = ("t0"."code") AND "t0"."code" IS NOT NULL))
--;
SELECT "public"."customers"."id", "public"."customers"."tenant_id", "public"."customers"."name", "public"."customers"."email", "public"."customers"."country_code", "public"."customers"."active", "public"."customers"."credit", "public"."customers"."joined_on", "public"."customers"."settings", "public"."customers"."created_at" FROM "public"."customers" WHERE "public"."customers"."name" = "public"."customers"."email" OFFSET $1
--;
SELECT COUNT(*) AS "_count$_all" FROM (SELECT "public"."customers"."id" FROM "public"."customers" WHERE "public"."customers"."name" = "public"."customers"."email" OFFSET $1) AS "sub"
--;
SELECT "public"."customers"."id", "public"."customers"."tenant_id", "public"."customers"."name", "public"."customers"."email", "public"."customers"."country_code", "public"."customers"."active", "public"."customers"."credit", "public"."customers"."joined_on", "public"."customers"."settings", "public"."customers"."created_at" FROM "public"."customers" WHERE "public"."customers"."name" = "public"."customers"."email" ORDER BY "public"."customers"."id" DESC LIMIT $1 OFFSET $2
--;
UPDATE "public"."customers" SET "active" = $1 WHERE "public"."customers"."name" = "public"."customers"."email"
--;
SELECT "public"."products"."id", "public"."products"."tenant_id", "public"."products"."sku", "public"."products"."title", "public"."products"."price", "public"."products"."weight", "public"."products"."attributes", "public"."products"."labels" FROM "public"."products" WHERE "public"."products"."labels" @> $1 OFFSET $2
--;
SELECT "public"."products"."id", "public"."products"."tenant_id", "public"."products"."sku", "public"."products"."title", "public"."products"."price", "public"."products"."weight", "public"."products"."attributes", "public"."products"."labels" FROM "public"."products" WHERE "public"."products"."labels" && $1 OFFSET $2
--;
SELECT "public"."products"."id", "public"."products"."tenant_id", "public"."products"."sku", "public"."products"."title", "public"."products"."price", "public"."products"."weight", "public"."products"."attributes", "public"."products"."labels" FROM "public"."products" WHERE "public"."products"."labels" = '{}' OFFSET $1
--;
SELECT "public"."products"."id", "public"."products"."tenant_id", "public"."products"."sku", "public"."products"."title", "public"."products"."price", "public"."products"."weight", "public"."products"."attributes", "public"."products"."labels" FROM "public"."products" WHERE "public"."products"."labels" = $1 OFFSET $2
--;
SELECT "public"."products"."id", "public"."products"."tenant_id", "public"."products"."sku", "public"."products"."title", "public"."products"."price", "public"."products"."weight", "public"."products"."attributes", "public"."products"."labels" FROM "public"."products" WHERE "public"."products"."weight" <= $1 OFFSET $2
--;
SELECT "public"."orders"."id", "public"."orders"."status", "public"."orders"."customer_id" FROM "public"."orders" WHERE 1=1 ORDER BY "public"."orders"."placed_at" DESC, "public"."orders"."id" ASC LIMIT $1 OFFSET $2
--;
SELECT "public"."customers"."id", "public"."customers"."name" FROM "public"."customers" WHERE "public"."customers"."id" IN ($1,$2,$3,$4,$5) OFFSET $6
--;
SELECT "public"."orders"."id", "public"."orders"."tenant_id", "public"."orders"."customer_id", "public"."orders"."status", "public"."orders"."total", "public"."orders"."note", "public"."orders"."placed_at", "public"."orders"."shipped_at", "public"."orders"."version" FROM "public"."orders" WHERE "public"."orders"."id" >= (SELECT "public"."orders"."id" FROM "public"."orders" WHERE ("public"."orders"."id") = ($1)) ORDER BY "public"."orders"."id" ASC LIMIT $2 OFFSET $3
--;
SELECT "public"."orders"."id", "public"."orders"."tenant_id", "public"."orders"."customer_id", "public"."orders"."status", "public"."orders"."total", "public"."orders"."note", "public"."orders"."placed_at", "public"."orders"."shipped_at", "public"."orders"."version" FROM "public"."orders" WHERE (("public"."orders"."total" = (SELECT "public"."orders"."total" FROM "public"."orders" WHERE ("public"."orders"."id") = ($1)) AND "public"."orders"."id" <= (SELECT "public"."orders"."id" FROM "public"."orders" WHERE ("public"."orders"."id") = ($2))) OR ("public"."orders"."total" > (SELECT "public"."orders"."total" FROM "public"."orders" WHERE ("public"."orders"."id") = ($3)))) ORDER BY "public"."orders"."total" ASC, "public"."orders"."id" DESC LIMIT $4 OFFSET $5
--;
SELECT "public"."orders"."id", "public"."orders"."tenant_id", "public"."orders"."customer_id", "public"."orders"."status", "public"."orders"."total", "public"."orders"."note", "public"."orders"."placed_at", "public"."orders"."shipped_at", "public"."orders"."version" FROM "public"."orders" WHERE 1=1 ORDER BY "public"."orders"."id" ASC OFFSET $1
--;
SELECT "public"."orders"."id", "public"."orders"."tenant_id", "public"."orders"."customer_id", "public"."orders"."status", "public"."orders"."total", "public"."orders"."note", "public"."orders"."placed_at", "public"."orders"."shipped_at", "public"."orders"."version" FROM "public"."orders" WHERE 1=1 ORDER BY "public"."orders"."note"ASC NULLS LAST OFFSET $1
--;
SELECT "public"."orders"."id", "public"."orders"."tenant_id", "public"."orders"."customer_id", "public"."orders"."status", "public"."orders"."total", "public"."orders"."note", "public"."orders"."placed_at", "public"."orders"."shipped_at", "public"."orders"."version" FROM "public"."orders" LEFT JOIN "public"."customers" AS "orderby_1" ON ("orderby_1"."id") = ("public"."orders"."customer_id") WHERE 1=1 ORDER BY "orderby_1"."name" ASC OFFSET $1
--;
SELECT "public"."customers"."id", "public"."customers"."tenant_id", "public"."customers"."name", "public"."customers"."email", "public"."customers"."country_code", "public"."customers"."active", "public"."customers"."credit", "public"."customers"."joined_on", "public"."customers"."settings", "public"."customers"."created_at", COALESCE("aggr_selection_0_Order"."_aggr_count_orders", 0) AS "_aggr_count_orders" FROM "public"."customers" LEFT JOIN (SELECT "public"."orders"."customer_id", COUNT(*) AS "orderby_aggregator" FROM "public"."orders" WHERE 1=1 GROUP BY "public"."orders"."customer_id") AS "orderby_1_Order" ON ("public"."customers"."id" = "orderby_1_Order"."customer_id") LEFT JOIN (SELECT "public"."orders"."customer_id", COUNT(*) AS "_aggr_count_orders" FROM "public"."orders" WHERE 1=1 GROUP BY "public"."orders"."customer_id") AS "aggr_selection_0_Order" ON ("public"."customers"."id" = "aggr_selection_0_Order"."customer_id") WHERE 1=1 ORDER BY COALESCE("orderby_1_Order"."orderby_aggregator", $1) DESC OFFSET $2
--;
SELECT "public"."customers"."id", COALESCE("aggr_selection_0_Order"."_aggr_count_orders", 0) AS "_aggr_count_orders" FROM "public"."customers" LEFT JOIN (SELECT "public"."orders"."customer_id", COUNT(*) AS "_aggr_count_orders" FROM "public"."orders" WHERE "public"."orders"."status" = $1 GROUP BY "public"."orders"."customer_id") AS "aggr_selection_0_Order" ON ("public"."customers"."id" = "aggr_selection_0_Order"."customer_id") WHERE 1=1 OFFSET $2
--;
SELECT "public"."orders"."id", "public"."orders"."tenant_id", "public"."orders"."customer_id", "public"."orders"."status", "public"."orders"."total", "public"."orders"."note", "public"."orders"."placed_at", "public"."orders"."shipped_at", "public"."orders"."version" FROM "public"."orders" WHERE ("public"."orders"."total" > $1 AND "public"."orders"."customer_id" IN ($2,$3,$4,$5,$6)) ORDER BY "public"."orders"."placed_at" DESC OFFSET $7
--;
SELECT "public"."order_lines"."id", "public"."order_lines"."order_id", "public"."order_lines"."product_id", "public"."order_lines"."quantity", "public"."order_lines"."unit_price" FROM "public"."order_lines" WHERE "public"."order_lines"."order_id" IN ($1,$2,$3,$4,$5) OFFSET $6
--;
SELECT "public"."products"."id", "public"."products"."tenant_id", "public"."products"."sku", "public"."products"."title", "public"."products"."price", "public"."products"."weight", "public"."products"."attributes", "public"."products"."labels" FROM "public"."products" WHERE "public"."products"."id" IN ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10) OFFSET $11
--;
SELECT "public"."orders_tags"."id", "public"."orders_tags"."order_id", "public"."orders_tags"."tag_id" FROM "public"."orders_tags" WHERE "public"."orders_tags"."order_id" IN ($1,$2,$3,$4,$5) OFFSET $6
--;
SELECT "public"."tags"."id", "public"."tags"."name" FROM "public"."tags" WHERE "public"."tags"."id" IN ($1) OFFSET $2
--;
SELECT "public"."orders"."id", "public"."orders"."tenant_id", "public"."orders"."customer_id", "public"."orders"."status", "public"."orders"."total", "public"."orders"."note", "public"."orders"."placed_at", "public"."orders"."shipped_at", "public"."orders"."version" FROM "public"."orders" WHERE EXISTS(SELECT "t0"."order_id" FROM "public"."orders_tags" AS "t0" LEFT JOIN "public"."tags" AS "j1" ON ("j1"."id") = ("t0"."tag_id") WHERE ("j1"."name" IN ($1) AND ("j1"."id" IS NOT NULL) AND ("public"."orders"."id") = ("t0"."order_id") AND "t0"."order_id" IS NOT NULL)) OFFSET $2
--;
SELECT "public"."customers"."id", "public"."customers"."tenant_id", "public"."customers"."name", "public"."customers"."email", "public"."customers"."country_code", "public"."customers"."active", "public"."customers"."credit", "public"."customers"."joined_on", "public"."customers"."settings", "public"."customers"."created_at" FROM "public"."customers" WHERE ("public"."customers"."id" = $1 AND 1=1) LIMIT $2 OFFSET $3
--;
SELECT "public"."customers"."id", "public"."customers"."tenant_id", "public"."customers"."name", "public"."customers"."email", "public"."customers"."country_code", "public"."customers"."active", "public"."customers"."credit", "public"."customers"."joined_on", "public"."customers"."settings", "public"."customers"."created_at" FROM "public"."customers" WHERE "public"."customers"."id" IN ($1,$2,$3) OFFSET $4
--;
SELECT "public"."customers"."id", "public"."customers"."tenant_id", "public"."customers"."name", "public"."customers"."email", "public"."customers"."country_code", "public"."customers"."active", "public"."customers"."credit", "public"."customers"."joined_on", "public"."customers"."settings", "public"."customers"."created_at" FROM "public"."customers" WHERE (("public"."customers"."tenant_id" = $1 AND "public"."customers"."email" = $2) AND 1=1) LIMIT $3 OFFSET $4
--;
SELECT "public"."customers"."id" FROM "public"."customers" WHERE ("public"."customers"."id" = $1 AND 1=1) LIMIT $2 OFFSET $3
--;
SELECT "public"."orders"."id", "public"."orders"."tenant_id", "public"."orders"."customer_id", "public"."orders"."status", "public"."orders"."total", "public"."orders"."note", "public"."orders"."placed_at", "public"."orders"."shipped_at", "public"."orders"."version" FROM "public"."orders" WHERE "public"."orders"."customer_id" = $1 ORDER BY "public"."orders"."id" ASC LIMIT $2 OFFSET $3
--;
SELECT SUM("total") AS "_sum$total", AVG("total") AS "_avg$total", MIN("placed_at") AS "_min$placed_at", MAX("id") AS "_max$id", COUNT("note") AS "_count$note", COUNT(*) AS "_count$_all" FROM (SELECT "public"."orders"."total", "public"."orders"."placed_at", "public"."orders"."id", "public"."orders"."note" FROM "public"."orders" WHERE "public"."orders"."status" = $1 OFFSET $2) AS "sub"
--;
SELECT SUM("total") AS "_sum$total" FROM (SELECT "public"."orders"."total" FROM "public"."orders" WHERE 1=1 ORDER BY "public"."orders"."id" ASC LIMIT $1 OFFSET $2) AS "sub"
--;
UPDATE "public"."orders" SET "status" = $1, "version" = ("public"."orders"."version" + $2), "total" = ("public"."orders"."total" * $3) WHERE ("public"."orders"."id" = $4 AND 1=1) RETURNING "public"."orders"."id", "public"."orders"."tenant_id", "public"."orders"."customer_id", "public"."orders"."status", "public"."orders"."total", "public"."orders"."note", "public"."orders"."placed_at", "public"."orders"."shipped_at", "public"."orders"."version"
--;
UPDATE "public"."orders" SET "version" = ("public"."orders"."version" + $1) WHERE ("public"."orders"."id" = $2 AND "public"."orders"."version" = $3) RETURNING "public"."orders"."id", "public"."orders"."tenant_id", "public"."orders"."customer_id", "public"."orders"."status", "public"."orders"."total", "public"."orders"."note", "public"."orders"."placed_at", "public"."orders"."shipped_at", "public"."orders"."version"
--;
SELECT "public"."order_lines"."id", "public"."order_lines"."order_id" FROM "public"."order_lines" WHERE (("public"."order_lines"."id" = $1 AND 1=1) AND "public"."order_lines"."order_id" IN ($2)) OFFSET $3
--;
UPDATE "public"."order_lines" SET "quantity" = $1 WHERE ("public"."order_lines"."id" IN ($2) AND ("public"."order_lines"."id" = $3 AND 1=1)) RETURNING "public"."order_lines"."id"
--;
SELECT "public"."order_lines"."id", "public"."order_lines"."order_id" FROM "public"."order_lines" WHERE ("public"."order_lines"."quantity" = $1 AND "public"."order_lines"."order_id" IN ($2)) OFFSET $3
--;
DELETE FROM "public"."order_lines" WHERE ("public"."order_lines"."id" IN (NULL) AND 1=1)
--;
SELECT "public"."customers"."id" FROM "public"."customers" WHERE (1=1 AND "public"."customers"."id" IN ($1)) OFFSET $2
--;
UPDATE "public"."orders" SET "customer_id" = $1 WHERE ("public"."orders"."id" IN ($2) AND 1=1)
--;
SELECT "public"."orders"."id", "public"."orders"."tenant_id", "public"."orders"."customer_id", "public"."orders"."status", "public"."orders"."total", "public"."orders"."note", "public"."orders"."placed_at", "public"."orders"."shipped_at", "public"."orders"."version" FROM "public"."orders" WHERE "public"."orders"."id" = $1 LIMIT $2 OFFSET $3
--;
UPDATE "public"."orders" SET "customer_id" = $1 WHERE ("public"."orders"."id" = $2 AND 1=1) RETURNING "public"."orders"."id"
--;
INSERT INTO "public"."tags" ("name") VALUES ($1) RETURNING "public"."tags"."id"
--;
SELECT "public"."orders"."id" FROM "public"."orders" WHERE "public"."orders"."id" = $1 LIMIT $2 OFFSET $3
--;
UPDATE "public"."products" SET "labels" = "public"."products"."labels" || $1, "attributes" = $2, "weight" = $3 WHERE ("public"."products"."id" = $4 AND 1=1) RETURNING "public"."products"."id", "public"."products"."tenant_id", "public"."products"."sku", "public"."products"."title", "public"."products"."price", "public"."products"."weight", "public"."products"."attributes", "public"."products"."labels"
--;
UPDATE "public"."products" SET "labels" = $1 WHERE ("public"."products"."id" = $2 AND 1=1) RETURNING "public"."products"."id", "public"."products"."tenant_id", "public"."products"."sku", "public"."products"."title", "public"."products"."price", "public"."products"."weight", "public"."products"."attributes", "public"."products"."labels"
--;
UPDATE "public"."orders" SET "note" = $1 WHERE "public"."orders"."status" = $2 RETURNING "public"."orders"."id", "public"."orders"."tenant_id", "public"."orders"."customer_id", "public"."orders"."status", "public"."orders"."total", "public"."orders"."note", "public"."orders"."placed_at", "public"."orders"."shipped_at", "public"."orders"."version"
--;
SELECT "public"."tags"."id" FROM "public"."tags" WHERE ("public"."tags"."id" = $1 AND 1=1) OFFSET $2
--;
SELECT "public"."tags"."id", "public"."tags"."name" FROM "public"."tags" WHERE "public"."tags"."id" = $1 LIMIT $2 OFFSET $3
--;
INSERT INTO "public"."customers" ("tenant_id","name","email","active","credit","created_at") VALUES ($1,$2,$3,$4,$5,$6) ON CONFLICT ("tenant_id","email") DO UPDATE SET "name" = $7 WHERE (("public"."customers"."tenant_id" = $8 AND "public"."customers"."email" = $9) AND 1=1) RETURNING "public"."customers"."id", "public"."customers"."tenant_id", "public"."customers"."name", "public"."customers"."email", "public"."customers"."country_code", "public"."customers"."active", "public"."customers"."credit", "public"."customers"."joined_on", "public"."customers"."settings", "public"."customers"."created_at"
--;
DELETE FROM "public"."order_lines" WHERE EXISTS(SELECT "t0"."id" FROM "public"."orders" AS "t0" WHERE ("t0"."status" = $1 AND ("public"."order_lines"."order_id") = ("t0"."id") AND "t0"."id" IS NOT NULL))
--;
DELETE FROM "public"."tags" WHERE ("public"."tags"."id" = $1 AND 1=1) RETURNING "public"."tags"."id", "public"."tags"."name"
--;
SET TRANSACTION ISOLATION LEVEL SERIALIZABLE
--;
INSERT INTO "public"."tags" ("name") VALUES ($1) RETURNING "public"."tags"."id", "public"."tags"."name"
--;
SELECT COUNT(*) AS "_count$_all" FROM (SELECT "public"."orders"."id" FROM "public"."orders" WHERE 1=1 OFFSET $1) AS "sub"
--;
SELECT id FROM orders WHERE id = $1 FOR UPDATE
--;
ROLLBACK
--;
SELECT status, count(*)::int AS n FROM orders WHERE total >= $1 GROUP BY status
--;
UPDATE orders SET note = $1 WHERE id IN ($2,$3)
--;
SELECT 1
--;
