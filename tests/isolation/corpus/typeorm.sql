-- Sent by TypeORM 1.1.1, as a server logged it. A line of `--;` ends each text.
SELECT version()
--;
SELECT * FROM current_schema()
--;
SELECT "Customer"."id" AS "Customer_id", "Customer"."name" AS "Customer_name", "Customer"."email" AS "Customer_email", "Customer"."active" AS "Customer_active", "Customer"."credit" AS "Customer_credit", "Customer"."settings" AS "Customer_settings" FROM "customers" "Customer" WHERE (("Customer"."name" = $1))
--;
SELECT "Customer"."id" AS "Customer_id", "Customer"."name" AS "Customer_name", "Customer"."email" AS "Customer_email", "Customer"."active" AS "Customer_active", "Customer"."credit" AS "Customer_credit", "Customer"."settings" AS "Customer_settings" FROM "customers" "Customer" WHERE (("Customer"."name" = $1)) ORDER BY "Customer"."id" DESC LIMIT 2 OFFSET 1
--;
SELECT COUNT(1) AS "cnt" FROM "customers" "Customer" WHERE (("Customer"."name" = $1))
--;
SELECT "Customer"."id" AS "Customer_id", "Customer"."name" AS "Customer_name", "Customer"."email" AS "Customer_email", "Customer"."active" AS "Customer_active", "Customer"."credit" AS "Customer_credit", "Customer"."settings" AS "Customer_settings" FROM "customers" "Customer" WHERE (("Customer"."name" != $1))
--;
SELECT "Customer"."id" AS "Customer_id", "Customer"."name" AS "Customer_name", "Customer"."email" AS "Customer_email", "Customer"."active" AS "Customer_active", "Customer"."credit" AS "Customer_credit", "Customer"."settings" AS "Customer_settings" FROM "customers" "Customer" WHERE (("Customer"."name" != $1)) ORDER BY "Customer"."id" DESC LIMIT 2 OFFSET 1
--;
SELECT COUNT(1) AS "cnt" FROM "customers" "Customer" WHERE (("Customer"."name" != $1))
--;
SELECT "Customer"."id" AS "Customer_id", "Customer"."name" AS "Customer_name", "Customer"."email" AS "Customer_email", "Customer"."active" AS "Customer_active", "Customer"."credit" AS "Customer_credit", "Customer"."settings" AS "Customer_settings" FROM "customers" "Customer" WHERE (("Customer"."name" IN ($1, $2)))
--;
SELECT "Customer"."id" AS "Customer_id", "Customer"."name" AS "Customer_name", "Customer"."email" AS "Customer_email", "Customer"."active" AS "Customer_active", "Customer"."credit" AS "Customer_credit", "Customer"."settings" AS "Customer_settings" FROM "customers" "Customer" WHERE (("Customer"."name" IN ($1, $2))) ORDER BY "Customer"."id" DESC LIMIT 2 OFFSET 1
--;
SELECT COUNT(1) AS "cnt" FROM "customers" "Customer" WHERE (("Customer"."name" IN ($1, $2)))
--;
SELECT "Customer"."id" AS "Customer_id", "Customer"."name" AS "Customer_name", "Customer"."email" AS "Customer_email", "Customer"."active" AS "Customer_active", "Customer"."credit" AS "Customer_credit", "Customer"."settings" AS "Customer_settings" FROM "customers" "Customer" WHERE (("Customer"."name" > $1))
--;
SELECT "Customer"."id" AS "Customer_id", "Customer"."name" AS "Customer_name", "Customer"."email" AS "Customer_email", "Customer"."active" AS "Customer_active", "Customer"."credit" AS "Customer_credit", "Customer"."settings" AS "Customer_settings" FROM "customers" "Customer" WHERE (("Customer"."name" > $1)) ORDER BY "Customer"."id" DESC LIMIT 2 OFFSET 1
--;
SELECT COUNT(1) AS "cnt" FROM "customers" "Customer" WHERE (("Customer"."name" > $1))
--;
SELECT "Customer"."id" AS "Customer_id", "Customer"."name" AS "Customer_name", "Customer"."email" AS "Customer_email", "Customer"."active" AS "Customer_active", "Customer"."credit" AS "Customer_credit", "Customer"."settings" AS "Customer_settings" FROM "customers" "Customer" WHERE (("Customer"."name" <= $1))
--;
SELECT "Customer"."id" AS "Customer_id", "Customer"."name" AS "Customer_name", "Customer"."email" AS "Customer_email", "Customer"."active" AS "Customer_active", "Customer"."credit" AS "Customer_credit", "Customer"."settings" AS "Customer_settings" FROM "customers" "Customer" WHERE (("Customer"."name" <= $1)) ORDER BY "Customer"."id" DESC LIMIT 2 OFFSET 1
--;
SELECT COUNT(1) AS "cnt" FROM "customers" "Customer" WHERE (("Customer"."name" <= $1))
--;
SELECT "Customer"."id" AS "Customer_id", "Customer"."name" AS "Customer_name", "Customer"."email" AS "Customer_email", "Customer"."active" AS "Customer_active", "Customer"."credit" AS "Customer_credit", "Customer"."settings" AS "Customer_settings" FROM "customers" "Customer" WHERE (("Customer"."name" BETWEEN $1 AND $2))
--;
SELECT "Customer"."id" AS "Customer_id", "Customer"."name" AS "Customer_name", "Customer"."email" AS "Customer_email", "Customer"."active" AS "Customer_active", "Customer"."credit" AS "Customer_credit", "Customer"."settings" AS "Customer_settings" FROM "customers" "Customer" WHERE (("Customer"."name" BETWEEN $1 AND $2)) ORDER BY "Customer"."id" DESC LIMIT 2 OFFSET 1
--;
SELECT COUNT(1) AS "cnt" FROM "customers" "Customer" WHERE (("Customer"."name" BETWEEN $1 AND $2))
--;
SELECT "Customer"."id" AS "Customer_id", "Customer"."name" AS "Customer_name", "Customer"."email" AS "Customer_email", "Customer"."active" AS "Customer_active", "Customer"."credit" AS "Customer_credit", "Customer"."settings" AS "Customer_settings" FROM "customers" "Customer" WHERE (("Customer"."name" IS NULL))
--;
SELECT "Customer"."id" AS "Customer_id", "Customer"."name" AS "Customer_name", "Customer"."email" AS "Customer_email", "Customer"."active" AS "Customer_active", "Customer"."credit" AS "Customer_credit", "Customer"."settings" AS "Customer_settings" FROM "customers" "Customer" WHERE (("Customer"."name" IS NULL)) ORDER BY "Customer"."id" DESC LIMIT 2 OFFSET 1
--;
SELECT COUNT(1) AS "cnt" FROM "customers" "Customer" WHERE (("Customer"."name" IS NULL))
--;
SELECT "Customer"."id" AS "Customer_id", "Customer"."name" AS "Customer_name", "Customer"."email" AS "Customer_email", "Customer"."active" AS "Customer_active", "Customer"."credit" AS "Customer_credit", "Customer"."settings" AS "Customer_settings" FROM "customers" "Customer" WHERE ((NOT("Customer"."name" IS NULL)))
--;
SELECT "Customer"."id" AS "Customer_id", "Customer"."name" AS "Customer_name", "Customer"."email" AS "Customer_email", "Customer"."active" AS "Customer_active", "Customer"."credit" AS "Customer_credit", "Customer"."settings" AS "Customer_settings" FROM "customers" "Customer" WHERE ((NOT("Customer"."name" IS NULL))) ORDER BY "Customer"."id" DESC LIMIT 2 OFFSET 1
--;
SELECT COUNT(1) AS "cnt" FROM "customers" "Customer" WHERE ((NOT("Customer"."name" IS NULL)))
--;
SELECT "Customer"."id" AS "Customer_id", "Customer"."name" AS "Customer_name", "Customer"."email" AS "Customer_email", "Customer"."active" AS "Customer_active", "Customer"."credit" AS "Customer_credit", "Customer"."settings" AS "Customer_settings" FROM "customers" "Customer" WHERE (("Customer"."name" LIKE $1))
--;
SELECT "Customer"."id" AS "Customer_id", "Customer"."name" AS "Customer_name", "Customer"."email" AS "Customer_email", "Customer"."active" AS "Customer_active", "Customer"."credit" AS "Customer_credit", "Customer"."settings" AS "Customer_settings" FROM "customers" "Customer" WHERE (("Customer"."name" LIKE $1)) ORDER BY "Customer"."id" DESC LIMIT 2 OFFSET 1
--;
SELECT COUNT(1) AS "cnt" FROM "customers" "Customer" WHERE (("Customer"."name" LIKE $1))
--;
SELECT "Customer"."id" AS "Customer_id", "Customer"."name" AS "Customer_name", "Customer"."email" AS "Customer_email", "Customer"."active" AS "Customer_active", "Customer"."credit" AS "Customer_credit", "Customer"."settings" AS "Customer_settings" FROM "customers" "Customer" WHERE (("Customer"."name" ILIKE $1))
--;
SELECT "Customer"."id" AS "Customer_id", "Customer"."name" AS "Customer_name", "Customer"."email" AS "Customer_email", "Customer"."active" AS "Customer_active", "Customer"."credit" AS "Customer_credit", "Customer"."settings" AS "Customer_settings" FROM "customers" "Customer" WHERE (("Customer"."name" ILIKE $1)) ORDER BY "Customer"."id" DESC LIMIT 2 OFFSET 1
--;
SELECT COUNT(1) AS "cnt" FROM "customers" "Customer" WHERE (("Customer"."name" ILIKE $1))
--;
SELECT "Customer"."id" AS "Customer_id", "Customer"."name" AS "Customer_name", "Customer"."email" AS "Customer_email", "Customer"."active" AS "Customer_active", "Customer"."credit" AS "Customer_credit", "Customer"."settings" AS "Customer_settings" FROM "customers" "Customer" WHERE (("Customer"."name" = '1'))
--;
SELECT "Customer"."id" AS "Customer_id", "Customer"."name" AS "Customer_name", "Customer"."email" AS "Customer_email", "Customer"."active" AS "Customer_active", "Customer"."credit" AS "Customer_credit", "Customer"."settings" AS "Customer_settings" FROM "customers" "Customer" WHERE (("Customer"."name" = '1')) ORDER BY "Customer"."id" DESC LIMIT 2 OFFSET 1
--;
SELECT COUNT(1) AS "cnt" FROM "customers" "Customer" WHERE (("Customer"."name" = '1'))
--;
SELECT "Customer"."id" AS "Customer_id", "Customer"."name" AS "Customer_name", "Customer"."email" AS "Customer_email", "Customer"."active" AS "Customer_active", "Customer"."credit" AS "Customer_credit", "Customer"."settings" AS "Customer_settings" FROM "customers" "Customer" WHERE (("Customer"."credit" = $1))
--;
SELECT "Customer"."id" AS "Customer_id", "Customer"."name" AS "Customer_name", "Customer"."email" AS "Customer_email", "Customer"."active" AS "Customer_active", "Customer"."credit" AS "Customer_credit", "Customer"."settings" AS "Customer_settings" FROM "customers" "Customer" WHERE (("Customer"."credit" = $1)) ORDER BY "Customer"."id" DESC LIMIT 2 OFFSET 1
--;
SELECT COUNT(1) AS "cnt" FROM "customers" "Customer" WHERE (("Customer"."credit" = $1))
--;
SELECT "Customer"."id" AS "Customer_id", "Customer"."name" AS "Customer_name", "Customer"."email" AS "Customer_email", "Customer"."active" AS "Customer_active", "Customer"."credit" AS "Customer_credit", "Customer"."settings" AS "Customer_settings" FROM "customers" "Customer" WHERE (("Customer"."credit" != $1))
--;
SELECT "Customer"."id" AS "Customer_id", "Customer"."name" AS "Customer_name", "Customer"."email" AS "Customer_email", "Customer"."active" AS "Customer_active", "Customer"."credit" AS "Customer_credit", "Customer"."settings" AS "Customer_settings" FROM "customers" "Customer" WHERE (("Customer"."credit" != $1)) ORDER BY "Customer"."id" DESC LIMIT 2 OFFSET 1
--;
SELECT COUNT(1) AS "cnt" FROM "customers" "Customer" WHERE (("Customer"."credit" != $1))
--;
SELECT "Customer"."id" AS "Customer_id", "Customer"."name" AS "Customer_name", "Customer"."email" AS "Customer_email", "Customer"."active" AS "Customer_active", "Customer"."credit" AS "Customer_credit", "Customer"."settings" AS "Customer_settings" FROM "customers" "Customer" WHERE (("Customer"."credit" IN ($1, $2)))
--;
SELECT "Customer"."id" AS "Customer_id", "Customer"."name" AS "Customer_name", "Customer"."email" AS "Customer_email", "Customer"."active" AS "Customer_active", "Customer"."credit" AS "Customer_credit", "Customer"."settings" AS "Customer_settings" FROM "customers" "Customer" WHERE (("Customer"."credit" IN ($1, $2))) ORDER BY "Customer"."id" DESC LIMIT 2 OFFSET 1
--;
SELECT COUNT(1) AS "cnt" FROM "customers" "Customer" WHERE (("Customer"."credit" IN ($1, $2)))
--;
SELECT "Customer"."id" AS "Customer_id", "Customer"."name" AS "Customer_name", "Customer"."email" AS "Customer_email", "Customer"."active" AS "Customer_active", "Customer"."credit" AS "Customer_credit", "Customer"."settings" AS "Customer_settings" FROM "customers" "Customer" WHERE (("Customer"."credit" > $1))
--;
SELECT "Customer"."id" AS "Customer_id", "Customer"."name" AS "Customer_name", "Customer"."email" AS "Customer_email", "Customer"."active" AS "Customer_active", "Customer"."credit" AS "Customer_credit", "Customer"."settings" AS "Customer_settings" FROM "customers" "Customer" WHERE (("Customer"."credit" > $1)) ORDER BY "Customer"."id" DESC LIMIT 2 OFFSET 1
--;
SELECT COUNT(1) AS "cnt" FROM "customers" "Customer" WHERE (("Customer"."credit" > $1))
--;
SELECT "Customer"."id" AS "Customer_id", "Customer"."name" AS "Customer_name", "Customer"."email" AS "Customer_email", "Customer"."active" AS "Customer_active", "Customer"."credit" AS "Customer_credit", "Customer"."settings" AS "Customer_settings" FROM "customers" "Customer" WHERE (("Customer"."credit" <= $1))
--;
SELECT "Customer"."id" AS "Customer_id", "Customer"."name" AS "Customer_name", "Customer"."email" AS "Customer_email", "Customer"."active" AS "Customer_active", "Customer"."credit" AS "Customer_credit", "Customer"."settings" AS "Customer_settings" FROM "customers" "Customer" WHERE (("Customer"."credit" <= $1)) ORDER BY "Customer"."id" DESC LIMIT 2 OFFSET 1
--;
SELECT COUNT(1) AS "cnt" FROM "customers" "Customer" WHERE (("Customer"."credit" <= $1))
--;
SELECT "Customer"."id" AS "Customer_id", "Customer"."name" AS "Customer_name", "Customer"."email" AS "Customer_email", "Customer"."active" AS "Customer_active", "Customer"."credit" AS "Customer_credit", "Customer"."settings" AS "Customer_settings" FROM "customers" "Customer" WHERE (("Customer"."credit" BETWEEN $1 AND $2))
--;
SELECT "Customer"."id" AS "Customer_id", "Customer"."name" AS "Customer_name", "Customer"."email" AS "Customer_email", "Customer"."active" AS "Customer_active", "Customer"."credit" AS "Customer_credit", "Customer"."settings" AS "Customer_settings" FROM "customers" "Customer" WHERE (("Customer"."credit" BETWEEN $1 AND $2)) ORDER BY "Customer"."id" DESC LIMIT 2 OFFSET 1
--;
SELECT COUNT(1) AS "cnt" FROM "customers" "Customer" WHERE (("Customer"."credit" BETWEEN $1 AND $2))
--;
SELECT "Customer"."id" AS "Customer_id", "Customer"."name" AS "Customer_name", "Customer"."email" AS "Customer_email", "Customer"."active" AS "Customer_active", "Customer"."credit" AS "Customer_credit", "Customer"."settings" AS "Customer_settings" FROM "customers" "Customer" WHERE (("Customer"."credit" IS NULL))
--;
SELECT "Customer"."id" AS "Customer_id", "Customer"."name" AS "Customer_name", "Customer"."email" AS "Customer_email", "Customer"."active" AS "Customer_active", "Customer"."credit" AS "Customer_credit", "Customer"."settings" AS "Customer_settings" FROM "customers" "Customer" WHERE (("Customer"."credit" IS NULL)) ORDER BY "Customer"."id" DESC LIMIT 2 OFFSET 1
--;
SELECT COUNT(1) AS "cnt" FROM "customers" "Customer" WHERE (("Customer"."credit" IS NULL))
--;
SELECT "Customer"."id" AS "Customer_id", "Customer"."name" AS "Customer_name", "Customer"."email" AS "Customer_email", "Customer"."active" AS "Customer_active", "Customer"."credit" AS "Customer_credit", "Customer"."settings" AS "Customer_settings" FROM "customers" "Customer" WHERE ((NOT("Customer"."credit" IS NULL)))
--;
SELECT "Customer"."id" AS "Customer_id", "Customer"."name" AS "Customer_name", "Customer"."email" AS "Customer_email", "Customer"."active" AS "Customer_active", "Customer"."credit" AS "Customer_credit", "Customer"."settings" AS "Customer_settings" FROM "customers" "Customer" WHERE ((NOT("Customer"."credit" IS NULL))) ORDER BY "Customer"."id" DESC LIMIT 2 OFFSET 1
--;
SELECT COUNT(1) AS "cnt" FROM "customers" "Customer" WHERE ((NOT("Customer"."credit" IS NULL)))
--;
SELECT "Customer"."id" AS "Customer_id", "Customer"."name" AS "Customer_name", "Customer"."email" AS "Customer_email", "Customer"."active" AS "Customer_active", "Customer"."credit" AS "Customer_credit", "Customer"."settings" AS "Customer_settings" FROM "customers" "Customer" WHERE (("Customer"."credit" = '1'))
--;
SELECT "Customer"."id" AS "Customer_id", "Customer"."name" AS "Customer_name", "Customer"."email" AS "Customer_email", "Customer"."active" AS "Customer_active", "Customer"."credit" AS "Customer_credit", "Customer"."settings" AS "Customer_settings" FROM "customers" "Customer" WHERE (("Customer"."credit" = '1')) ORDER BY "Customer"."id" DESC LIMIT 2 OFFSET 1
--;
SELECT COUNT(1) AS "cnt" FROM "customers" "Customer" WHERE (("Customer"."credit" = '1'))
--;
SELECT "Order"."id" AS "Order_id", "Order"."status" AS "Order_status", "Order"."total" AS "Order_total", "Order"."note" AS "Order_note", "Order"."version" AS "Order_version", "Order"."placed_at" AS "Order_placed_at", "Order"."customer_id" AS "Order_customer_id" FROM "orders" "Order" WHERE (("Order"."status" = $1))
--;
SELECT "Order"."id" AS "Order_id", "Order"."status" AS "Order_status", "Order"."total" AS "Order_total", "Order"."note" AS "Order_note", "Order"."version" AS "Order_version", "Order"."placed_at" AS "Order_placed_at", "Order"."customer_id" AS "Order_customer_id" FROM "orders" "Order" WHERE (("Order"."status" = $1)) ORDER BY "Order"."id" DESC LIMIT 2 OFFSET 1
--;
SELECT COUNT(1) AS "cnt" FROM "orders" "Order" WHERE (("Order"."status" = $1))
--;
SELECT "Order"."id" AS "Order_id", "Order"."status" AS "Order_status", "Order"."total" AS "Order_total", "Order"."note" AS "Order_note", "Order"."version" AS "Order_version", "Order"."placed_at" AS "Order_placed_at", "Order"."customer_id" AS "Order_customer_id" FROM "orders" "Order" WHERE (("Order"."status" != $1))
--;
SELECT "Order"."id" AS "Order_id", "Order"."status" AS "Order_status", "Order"."total" AS "Order_total", "Order"."note" AS "Order_note", "Order"."version" AS "Order_version", "Order"."placed_at" AS "Order_placed_at", "Order"."customer_id" AS "Order_customer_id" FROM "orders" "Order" WHERE (("Order"."status" != $1)) ORDER BY "Order"."id" DESC LIMIT 2 OFFSET 1
--;
SELECT COUNT(1) AS "cnt" FROM "orders" "Order" WHERE (("Order"."status" != $1))
--;
SELECT "Order"."id" AS "Order_id", "Order"."status" AS "Order_status", "Order"."total" AS "Order_total", "Order"."note" AS "Order_note", "Order"."version" AS "Order_version", "Order"."placed_at" AS "Order_placed_at", "Order"."customer_id" AS "Order_customer_id" FROM "orders" "Order" WHERE (("Order"."status" IN ($1, $2)))
--;
SELECT "Order"."id" AS "Order_id", "Order"."status" AS "Order_status", "Order"."total" AS "Order_total", "Order"."note" AS "Order_note", "Order"."version" AS "Order_version", "Order"."placed_at" AS "Order_placed_at", "Order"."customer_id" AS "Order_customer_id" FROM "orders" "Order" WHERE (("Order"."status" IN ($1, $2))) ORDER BY "Order"."id" DESC LIMIT 2 OFFSET 1
--;
SELECT COUNT(1) AS "cnt" FROM "orders" "Order" WHERE (("Order"."status" IN ($1, $2)))
--;
SELECT "Order"."id" AS "Order_id", "Order"."status" AS "Order_status", "Order"."total" AS "Order_total", "Order"."note" AS "Order_note", "Order"."version" AS "Order_version", "Order"."placed_at" AS "Order_placed_at", "Order"."customer_id" AS "Order_customer_id" FROM "orders" "Order" WHERE (("Order"."status" > $1))
--;
SELECT "Order"."id" AS "Order_id", "Order"."status" AS "Order_status", "Order"."total" AS "Order_total", "Order"."note" AS "Order_note", "Order"."version" AS "Order_version", "Order"."placed_at" AS "Order_placed_at", "Order"."customer_id" AS "Order_customer_id" FROM "orders" "Order" WHERE (("Order"."status" > $1)) ORDER BY "Order"."id" DESC LIMIT 2 OFFSET 1
--;
SELECT COUNT(1) AS "cnt" FROM "orders" "Order" WHERE (("Order"."status" > $1))
--;
SELECT "Order"."id" AS "Order_id", "Order"."status" AS "Order_status", "Order"."total" AS "Order_total", "Order"."note" AS "Order_note", "Order"."version" AS "Order_version", "Order"."placed_at" AS "Order_placed_at", "Order"."customer_id" AS "Order_customer_id" FROM "orders" "Order" WHERE (("Order"."status" <= $1))
--;
SELECT "Order"."id" AS "Order_id", "Order"."status" AS "Order_status", "Order"."total" AS "Order_total", "Order"."note" AS "Order_note", "Order"."version" AS "Order_version", "Order"."placed_at" AS "Order_placed_at", "Order"."customer_id" AS "Order_customer_id" FROM "orders" "Order" WHERE (("Order"."status" <= $1)) ORDER BY "Order"."id" DESC LIMIT 2 OFFSET 1
--;
SELECT COUNT(1) AS "cnt" FROM "orders" "Order" WHERE (("Order"."status" <= $1))
--;
SELECT "Order"."id" AS "Order_id", "Order"."status" AS "Order_status", "Order"."total" AS "Order_total", "Order"."note" AS "Order_note", "Order"."version" AS "Order_version", "Order"."placed_at" AS "Order_placed_at", "Order"."customer_id" AS "Order_customer_id" FROM "orders" "Order" WHERE (("Order"."status" BETWEEN $1 AND $2))
--;
SELECT "Order"."id" AS "Order_id", "Order"."status" AS "Order_status", "Order"."total" AS "Order_total", "Order"."note" AS "Order_note", "Order"."version" AS "Order_version", "Order"."placed_at" AS "Order_placed_at", "Order"."customer_id" AS "Order_customer_id" FROM "orders" "Order" WHERE (("Order"."status" BETWEEN $1 AND $2)) ORDER BY "Order"."id" DESC LIMIT 2 OFFSET 1
--;
SELECT COUNT(1) AS "cnt" FROM "orders" "Order" WHERE (("Order"."status" BETWEEN $1 AND $2))
--;
SELECT "Order"."id" AS "Order_id", "Order"."status" AS "Order_status", "Order"."total" AS "Order_total", "Order"."note" AS "Order_note", "Order"."version" AS "Order_version", "Order"."placed_at" AS "Order_placed_at", "Order"."customer_id" AS "Order_customer_id" FROM "orders" "Order" WHERE (("Order"."status" IS NULL))
--;
SELECT "Order"."id" AS "Order_id", "Order"."status" AS "Order_status", "Order"."total" AS "Order_total", "Order"."note" AS "Order_note", "Order"."version" AS "Order_version", "Order"."placed_at" AS "Order_placed_at", "Order"."customer_id" AS "Order_customer_id" FROM "orders" "Order" WHERE (("Order"."status" IS NULL)) ORDER BY "Order"."id" DESC LIMIT 2 OFFSET 1
--;
SELECT COUNT(1) AS "cnt" FROM "orders" "Order" WHERE (("Order"."status" IS NULL))
--;
SELECT "Order"."id" AS "Order_id", "Order"."status" AS "Order_status", "Order"."total" AS "Order_total", "Order"."note" AS "Order_note", "Order"."version" AS "Order_version", "Order"."placed_at" AS "Order_placed_at", "Order"."customer_id" AS "Order_customer_id" FROM "orders" "Order" WHERE ((NOT("Order"."status" IS NULL)))
--;
SELECT "Order"."id" AS "Order_id", "Order"."status" AS "Order_status", "Order"."total" AS "Order_total", "Order"."note" AS "Order_note", "Order"."version" AS "Order_version", "Order"."placed_at" AS "Order_placed_at", "Order"."customer_id" AS "Order_customer_id" FROM "orders" "Order" WHERE ((NOT("Order"."status" IS NULL))) ORDER BY "Order"."id" DESC LIMIT 2 OFFSET 1
--;
SELECT COUNT(1) AS "cnt" FROM "orders" "Order" WHERE ((NOT("Order"."status" IS NULL)))
--;
SELECT "Order"."id" AS "Order_id", "Order"."status" AS "Order_status", "Order"."total" AS "Order_total", "Order"."note" AS "Order_note", "Order"."version" AS "Order_version", "Order"."placed_at" AS "Order_placed_at", "Order"."customer_id" AS "Order_customer_id" FROM "orders" "Order" WHERE (("Order"."status" LIKE $1))
--;
SELECT "Order"."id" AS "Order_id", "Order"."status" AS "Order_status", "Order"."total" AS "Order_total", "Order"."note" AS "Order_note", "Order"."version" AS "Order_version", "Order"."placed_at" AS "Order_placed_at", "Order"."customer_id" AS "Order_customer_id" FROM "orders" "Order" WHERE (("Order"."status" LIKE $1)) ORDER BY "Order"."id" DESC LIMIT 2 OFFSET 1
--;
SELECT COUNT(1) AS "cnt" FROM "orders" "Order" WHERE (("Order"."status" LIKE $1))
--;
SELECT "Order"."id" AS "Order_id", "Order"."status" AS "Order_status", "Order"."total" AS "Order_total", "Order"."note" AS "Order_note", "Order"."version" AS "Order_version", "Order"."placed_at" AS "Order_placed_at", "Order"."customer_id" AS "Order_customer_id" FROM "orders" "Order" WHERE (("Order"."status" ILIKE $1))
--;
SELECT "Order"."id" AS "Order_id", "Order"."status" AS "Order_status", "Order"."total" AS "Order_total", "Order"."note" AS "Order_note", "Order"."version" AS "Order_version", "Order"."placed_at" AS "Order_placed_at", "Order"."customer_id" AS "Order_customer_id" FROM "orders" "Order" WHERE (("Order"."status" ILIKE $1)) ORDER BY "Order"."id" DESC LIMIT 2 OFFSET 1
--;
SELECT COUNT(1) AS "cnt" FROM "orders" "Order" WHERE (("Order"."status" ILIKE $1))
--;
SELECT "Order"."id" AS "Order_id", "Order"."status" AS "Order_status", "Order"."total" AS "Order_total", "Order"."note" AS "Order_note", "Order"."version" AS "Order_version", "Order"."placed_at" AS "Order_placed_at", "Order"."customer_id" AS "Order_customer_id" FROM "orders" "Order" WHERE (("Order"."status" = '1'))
--;
SELECT "Order"."id" AS "Order_id", "Order"."status" AS "Order_status", "Order"."total" AS "Order_total", "Order"."note" AS "Order_note", "Order"."version" AS "Order_version", "Order"."placed_at" AS "Order_placed_at", "Order"."customer_id" AS "Order_customer_id" FROM "orders" "Order" WHERE (("Order"."status" = '1')) ORDER BY "Order"."id" DESC LIMIT 2 OFFSET 1
--;
SELECT COUNT(1) AS "cnt" FROM "orders" "Order" WHERE (("Order"."status" = '1'))
--;
SELECT "Order"."id" AS "Order_id", "Order"."status" AS "Order_status", "Order"."total" AS "Order_total", "Order"."note" AS "Order_note", "Order"."version" AS "Order_version", "Order"."placed_at" AS "Order_placed_at", "Order"."customer_id" AS "Order_customer_id" FROM "orders" "Order" WHERE (("Order"."total" = $1))
--;
SELECT "Order"."id" AS "Order_id", "Order"."status" AS "Order_status", "Order"."total" AS "Order_total", "Order"."note" AS "Order_note", "Order"."version" AS "Order_version", "Order"."placed_at" AS "Order_placed_at", "Order"."customer_id" AS "Order_customer_id" FROM "orders" "Order" WHERE (("Order"."total" = $1)) ORDER BY "Order"."id" DESC LIMIT 2 OFFSET 1
--;
SELECT COUNT(1) AS "cnt" FROM "orders" "Order" WHERE (("Order"."total" = $1))
--;
SELECT "Order"."id" AS "Order_id", "Order"."status" AS "Order_status", "Order"."total" AS "Order_total", "Order"."note" AS "Order_note", "Order"."version" AS "Order_version", "Order"."placed_at" AS "Order_placed_at", "Order"."customer_id" AS "Order_customer_id" FROM "orders" "Order" WHERE (("Order"."total" != $1))
--;
SELECT "Order"."id" AS "Order_id", "Order"."status" AS "Order_status", "Order"."total" AS "Order_total", "Order"."note" AS "Order_note", "Order"."version" AS "Order_version", "Order"."placed_at" AS "Order_placed_at", "Order"."customer_id" AS "Order_customer_id" FROM "orders" "Order" WHERE (("Order"."total" != $1)) ORDER BY "Order"."id" DESC LIMIT 2 OFFSET 1
--;
SELECT COUNT(1) AS "cnt" FROM "orders" "Order" WHERE (("Order"."total" != $1))
--;
SELECT "Order"."id" AS "Order_id", "Order"."status" AS "Order_status", "Order"."total" AS "Order_total", "Order"."note" AS "Order_note", "Order"."version" AS "Order_version", "Order"."placed_at" AS "Order_placed_at", "Order"."customer_id" AS "Order_customer_id" FROM "orders" "Order" WHERE (("Order"."total" IN ($1, $2)))
--;
SELECT "Order"."id" AS "Order_id", "Order"."status" AS "Order_status", "Order"."total" AS "Order_total", "Order"."note" AS "Order_note", "Order"."version" AS "Order_version", "Order"."placed_at" AS "Order_placed_at", "Order"."customer_id" AS "Order_customer_id" FROM "orders" "Order" WHERE (("Order"."total" IN ($1, $2))) ORDER BY "Order"."id" DESC LIMIT 2 OFFSET 1
--;
SELECT COUNT(1) AS "cnt" FROM "orders" "Order" WHERE (("Order"."total" IN ($1, $2)))
--;
SELECT "Order"."id" AS "Order_id", "Order"."status" AS "Order_status", "Order"."total" AS "Order_total", "Order"."note" AS "Order_note", "Order"."version" AS "Order_version", "Order"."placed_at" AS "Order_placed_at", "Order"."customer_id" AS "Order_customer_id" FROM "orders" "Order" WHERE (("Order"."total" > $1))
--;
SELECT "Order"."id" AS "Order_id", "Order"."status" AS "Order_status", "Order"."total" AS "Order_total", "Order"."note" AS "Order_note", "Order"."version" AS "Order_version", "Order"."placed_at" AS "Order_placed_at", "Order"."customer_id" AS "Order_customer_id" FROM "orders" "Order" WHERE (("Order"."total" > $1)) ORDER BY "Order"."id" DESC LIMIT 2 OFFSET 1
--;
SELECT COUNT(1) AS "cnt" FROM "orders" "Order" WHERE (("Order"."total" > $1))
--;
SELECT "Order"."id" AS "Order_id", "Order"."status" AS "Order_status", "Order"."total" AS "Order_total", "Order"."note" AS "Order_note", "Order"."version" AS "Order_version", "Order"."placed_at" AS "Order_placed_at", "Order"."customer_id" AS "Order_customer_id" FROM "orders" "Order" WHERE (("Order"."total" <= $1))
--;
SELECT "Order"."id" AS "Order_id", "Order"."status" AS "Order_status", "Order"."total" AS "Order_total", "Order"."note" AS "Order_note", "Order"."version" AS "Order_version", "Order"."placed_at" AS "Order_placed_at", "Order"."customer_id" AS "Order_customer_id" FROM "orders" "Order" WHERE (("Order"."total" <= $1)) ORDER BY "Order"."id" DESC LIMIT 2 OFFSET 1
--;
SELECT "Order"."id" AS "Order_id", "Order"."status" AS "Order_status", "Order"."total" AS "Order_total", "Order"."note" AS "Order_note", "Order"."version" AS "Order_version", "Order"."placed_at" AS "Order_placed_at", "Order"."customer_id" AS "Order_customer_id" FROM "orders" "Order" WHERE (("Order"."total" BETWEEN $1 AND $2))
--;
SELECT "Order"."id" AS "Order_id", "Order"."status" AS "Order_status", "Order"."total" AS "Order_total", "Order"."note" AS "Order_note", "Order"."version" AS "Order_version", "Order"."placed_at" AS "Order_placed_at", "Order"."customer_id" AS "Order_customer_id" FROM "orders" "Order" WHERE (("Order"."total" BETWEEN $1 AND $2)) ORDER BY "Order"."id" DESC LIMIT 2 OFFSET 1
--;
SELECT COUNT(1) AS "cnt" FROM "orders" "Order" WHERE (("Order"."total" BETWEEN $1 AND $2))
--;
SELECT "Order"."id" AS "Order_id", "Order"."status" AS "Order_status", "Order"."total" AS "Order_total", "Order"."note" AS "Order_note", "Order"."version" AS "Order_version", "Order"."placed_at" AS "Order_placed_at", "Order"."customer_id" AS "Order_customer_id" FROM "orders" "Order" WHERE (("Order"."total" IS NULL))
--;
SELECT "Order"."id" AS "Order_id", "Order"."status" AS "Order_status", "Order"."total" AS "Order_total", "Order"."note" AS "Order_note", "Order"."version" AS "Order_version", "Order"."placed_at" AS "Order_placed_at", "Order"."customer_id" AS "Order_customer_id" FROM "orders" "Order" WHERE (("Order"."total" IS NULL)) ORDER BY "Order"."id" DESC LIMIT 2 OFFSET 1
--;
SELECT COUNT(1) AS "cnt" FROM "orders" "Order" WHERE (("Order"."total" IS NULL))
--;
SELECT "Order"."id" AS "Order_id", "Order"."status" AS "Order_status", "Order"."total" AS "Order_total", "Order"."note" AS "Order_note", "Order"."version" AS "Order_version", "Order"."placed_at" AS "Order_placed_at", "Order"."customer_id" AS "Order_customer_id" FROM "orders" "Order" WHERE ((NOT("Order"."total" IS NULL)))
--;
SELECT "Order"."id" AS "Order_id", "Order"."status" AS "Order_status", "Order"."total" AS "Order_total", "Order"."note" AS "Order_note", "Order"."version" AS "Order_version", "Order"."placed_at" AS "Order_placed_at", "Order"."customer_id" AS "Order_customer_id" FROM "orders" "Order" WHERE ((NOT("Order"."total" IS NULL))) ORDER BY "Order"."id" DESC LIMIT 2 OFFSET 1
--;
SELECT COUNT(1) AS "cnt" FROM "orders" "Order" WHERE ((NOT("Order"."total" IS NULL)))
--;
SELECT "Order"."id" AS "Order_id", "Order"."status" AS "Order_status", "Order"."total" AS "Order_total", "Order"."note" AS "Order_note", "Order"."version" AS "Order_version", "Order"."placed_at" AS "Order_placed_at", "Order"."customer_id" AS "Order_customer_id" FROM "orders" "Order" WHERE (("Order"."total" = '1'))
--;
SELECT "Order"."id" AS "Order_id", "Order"."status" AS "Order_status", "Order"."total" AS "Order_total", "Order"."note" AS "Order_note", "Order"."version" AS "Order_version", "Order"."placed_at" AS "Order_placed_at", "Order"."customer_id" AS "Order_customer_id" FROM "orders" "Order" WHERE (("Order"."total" = '1')) ORDER BY "Order"."id" DESC LIMIT 2 OFFSET 1
--;
SELECT COUNT(1) AS "cnt" FROM "orders" "Order" WHERE (("Order"."total" = '1'))
--;
SELECT "Line"."id" AS "Line_id", "Line"."quantity" AS "Line_quantity", "Line"."unit_price" AS "Line_unit_price", "Line"."order_id" AS "Line_order_id" FROM "order_lines" "Line" WHERE (("Line"."quantity" = $1))
--;
SELECT "Line"."id" AS "Line_id", "Line"."quantity" AS "Line_quantity", "Line"."unit_price" AS "Line_unit_price", "Line"."order_id" AS "Line_order_id" FROM "order_lines" "Line" WHERE (("Line"."quantity" = $1)) ORDER BY "Line"."id" DESC LIMIT 2 OFFSET 1
--;
SELECT COUNT(1) AS "cnt" FROM "order_lines" "Line" WHERE (("Line"."quantity" = $1))
--;
SELECT "Line"."id" AS "Line_id", "Line"."quantity" AS "Line_quantity", "Line"."unit_price" AS "Line_unit_price", "Line"."order_id" AS "Line_order_id" FROM "order_lines" "Line" WHERE (("Line"."quantity" != $1))
--;
SELECT "Line"."id" AS "Line_id", "Line"."quantity" AS "Line_quantity", "Line"."unit_price" AS "Line_unit_price", "Line"."order_id" AS "Line_order_id" FROM "order_lines" "Line" WHERE (("Line"."quantity" != $1)) ORDER BY "Line"."id" DESC LIMIT 2 OFFSET 1
--;
SELECT COUNT(1) AS "cnt" FROM "order_lines" "Line" WHERE (("Line"."quantity" != $1))
--;
SELECT "Line"."id" AS "Line_id", "Line"."quantity" AS "Line_quantity", "Line"."unit_price" AS "Line_unit_price", "Line"."order_id" AS "Line_order_id" FROM "order_lines" "Line" WHERE (("Line"."quantity" IN ($1, $2)))
--;
SELECT "Line"."id" AS "Line_id", "Line"."quantity" AS "Line_quantity", "Line"."unit_price" AS "Line_unit_price", "Line"."order_id" AS "Line_order_id" FROM "order_lines" "Line" WHERE (("Line"."quantity" IN ($1, $2))) ORDER BY "Line"."id" DESC LIMIT 2 OFFSET 1
--;
SELECT COUNT(1) AS "cnt" FROM "order_lines" "Line" WHERE (("Line"."quantity" IN ($1, $2)))
--;
SELECT "Line"."id" AS "Line_id", "Line"."quantity" AS "Line_quantity", "Line"."unit_price" AS "Line_unit_price", "Line"."order_id" AS "Line_order_id" FROM "order_lines" "Line" WHERE (("Line"."quantity" > $1))
--;
SELECT "Line"."id" AS "Line_id", "Line"."quantity" AS "Line_quantity", "Line"."unit_price" AS "Line_unit_price", "Line"."order_id" AS "Line_order_id" FROM "order_lines" "Line" WHERE (("Line"."quantity" > $1)) ORDER BY "Line"."id" DESC LIMIT 2 OFFSET 1
--;
SELECT COUNT(1) AS "cnt" FROM "order_lines" "Line" WHERE (("Line"."quantity" > $1))
--;
SELECT "Line"."id" AS "Line_id", "Line"."quantity" AS "Line_quantity", "Line"."unit_price" AS "Line_unit_price", "Line"."order_id" AS "Line_order_id" FROM "order_lines" "Line" WHERE (("Line"."quantity" <= $1))
--;
SELECT "Line"."id" AS "Line_id", "Line"."quantity" AS "Line_quantity", "Line"."unit_price" AS "Line_unit_price", "Line"."order_id" AS "Line_order_id" FROM "order_lines" "Line" WHERE (("Line"."quantity" <= $1)) ORDER BY "Line"."id" DESC LIMIT 2 OFFSET 1
--;
SELECT COUNT(1) AS "cnt" FROM "order_lines" "Line" WHERE (("Line"."quantity" <= $1))
--;
SELECT "Line"."id" AS "Line_id", "Line"."quantity" AS "Line_quantity", "Line"."unit_price" AS "Line_unit_price", "Line"."order_id" AS "Line_order_id" FROM "order_lines" "Line" WHERE (("Line"."quantity" BETWEEN $1 AND $2))
--;
SELECT "Line"."id" AS "Line_id", "Line"."quantity" AS "Line_quantity", "Line"."unit_price" AS "Line_unit_price", "Line"."order_id" AS "Line_order_id" FROM "order_lines" "Line" WHERE (("Line"."quantity" BETWEEN $1 AND $2)) ORDER BY "Line"."id" DESC LIMIT 2 OFFSET 1
--;
SELECT COUNT(1) AS "cnt" FROM "order_lines" "Line" WHERE (("Line"."quantity" BETWEEN $1 AND $2))
--;
SELECT "Line"."id" AS "Line_id", "Line"."quantity" AS "Line_quantity", "Line"."unit_price" AS "Line_unit_price", "Line"."order_id" AS "Line_order_id" FROM "order_lines" "Line" WHERE (("Line"."quantity" IS NULL))
--;
SELECT "Line"."id" AS "Line_id", "Line"."quantity" AS "Line_quantity", "Line"."unit_price" AS "Line_unit_price", "Line"."order_id" AS "Line_order_id" FROM "order_lines" "Line" WHERE (("Line"."quantity" IS NULL)) ORDER BY "Line"."id" DESC LIMIT 2 OFFSET 1
--;
SELECT COUNT(1) AS "cnt" FROM "order_lines" "Line" WHERE (("Line"."quantity" IS NULL))
--;
SELECT "Line"."id" AS "Line_id", "Line"."quantity" AS "Line_quantity", "Line"."unit_price" AS "Line_unit_price", "Line"."order_id" AS "Line_order_id" FROM "order_lines" "Line" WHERE ((NOT("Line"."quantity" IS NULL)))
--;
SELECT "Line"."id" AS "Line_id", "Line"."quantity" AS "Line_quantity", "Line"."unit_price" AS "Line_unit_price", "Line"."order_id" AS "Line_order_id" FROM "order_lines" "Line" WHERE ((NOT("Line"."quantity" IS NULL))) ORDER BY "Line"."id" DESC LIMIT 2 OFFSET 1
--;
SELECT COUNT(1) AS "cnt" FROM "order_lines" "Line" WHERE ((NOT("Line"."quantity" IS NULL)))
--;
SELECT "Line"."id" AS "Line_id", "Line"."quantity" AS "Line_quantity", "Line"."unit_price" AS "Line_unit_price", "Line"."order_id" AS "Line_order_id" FROM "order_lines" "Line" WHERE (("Line"."quantity" = '1'))
--;
SELECT "Line"."id" AS "Line_id", "Line"."quantity" AS "Line_quantity", "Line"."unit_price" AS "Line_unit_price", "Line"."order_id" AS "Line_order_id" FROM "order_lines" "Line" WHERE (("Line"."quantity" = '1')) ORDER BY "Line"."id" DESC LIMIT 2 OFFSET 1
--;
SELECT COUNT(1) AS "cnt" FROM "order_lines" "Line" WHERE (("Line"."quantity" = '1'))
--;
SELECT "Order"."id" AS "Order_id", "Order"."status" AS "Order_status", "Order"."total" AS "Order_total", "Order"."note" AS "Order_note", "Order"."version" AS "Order_version", "Order"."placed_at" AS "Order_placed_at", "Order"."customer_id" AS "Order_customer_id", "Order__Order_customer"."id" AS "Order__Order_customer_id", "Order__Order_customer"."name" AS "Order__Order_customer_name", "Order__Order_customer"."email" AS "Order__Order_customer_email", "Order__Order_customer"."active" AS "Order__Order_customer_active", "Order__Order_customer"."credit" AS "Order__Order_customer_credit", "Order__Order_customer"."settings" AS "Order__Order_customer_settings", "Order__Order_lines"."id" AS "Order__Order_lines_id", "Order__Order_lines"."quantity" AS "Order__Order_lines_quantity", "Order__Order_lines"."unit_price" AS "Order__Order_lines_unit_price", "Order__Order_lines"."order_id" AS "Order__Order_lines_order_id" FROM "orders" "Order" LEFT JOIN "customers" "Order__Order_customer" ON "Order__Order_customer"."id"="Order"."customer_id"  LEFT JOIN "order_lines" "Order__Order_lines" ON "Order__Order_lines"."order_id"="Order"."id"
--;
SELECT "Order"."id" AS "Order_id", "Order"."status" AS "Order_status", "Order"."total" AS "Order_total", "Order"."note" AS "Order_note", "Order"."version" AS "Order_version", "Order"."placed_at" AS "Order_placed_at", "Order"."customer_id" AS "Order_customer_id" FROM "orders" "Order" LEFT JOIN "customers" "Order__Order_customer" ON "Order__Order_customer"."id"="Order"."customer_id" WHERE (((("Order__Order_customer"."name" = $1))))
--;
SELECT "Order"."id" AS "Order_id", "Order"."status" AS "Order_status", "Order"."total" AS "Order_total", "Order"."note" AS "Order_note", "Order"."version" AS "Order_version", "Order"."placed_at" AS "Order_placed_at", "Order"."customer_id" AS "Order_customer_id" FROM "orders" "Order" WHERE (("Order"."id" = $1)) LIMIT 1
--;
SELECT COUNT(1) AS "cnt" FROM "orders" "Order"
--;
SELECT 1 AS "row_exists" FROM (SELECT 1 AS dummy_column) "dummy_table" WHERE EXISTS (SELECT 1 FROM "orders" "Order" WHERE (("Order"."id" = $1))) LIMIT 1
--;
SELECT SUM("Order"."total") AS "SUM" FROM "orders" "Order"
--;
SELECT AVG("Order"."total") AS "AVG" FROM "orders" "Order"
--;
SELECT MIN("Order"."total") AS "MIN" FROM "orders" "Order"
--;
START TRANSACTION
--;
INSERT INTO "customers"("name", "email", "active", "credit", "settings") VALUES ($1, DEFAULT, DEFAULT, DEFAULT, DEFAULT) RETURNING "id", "active", "credit"
--;
INSERT INTO "customers"("name", "email", "active", "credit", "settings") VALUES ($1, DEFAULT, DEFAULT, DEFAULT, DEFAULT), ($2, DEFAULT, DEFAULT, DEFAULT, DEFAULT) RETURNING "id", "active", "credit"
--;
INSERT INTO "orders"("status", "total", "note", "version", "placed_at", "customer_id") VALUES (DEFAULT, DEFAULT, DEFAULT, 1, DEFAULT, $1) RETURNING "id", "status", "total", "version", "placed_at"
--;
INSERT INTO "order_lines"("quantity", "unit_price", "order_id") VALUES (DEFAULT, $1, $2) RETURNING "id", "quantity"
--;
SELECT "Order"."id" AS "Order_id", "Order"."status" AS "Order_status", "Order"."total" AS "Order_total", "Order"."note" AS "Order_note", "Order"."version" AS "Order_version", "Order"."placed_at" AS "Order_placed_at", "Order"."customer_id" AS "Order_customer_id" FROM "orders" "Order" WHERE "Order"."id" = $1
--;
UPDATE "orders" SET "status" = $1, "version" = "version" + 1 WHERE "id" = $2 RETURNING "version"
--;
INSERT INTO "customers"("name", "email", "active", "credit", "settings") VALUES ($1, DEFAULT, DEFAULT, DEFAULT, DEFAULT) ON CONFLICT ( "id" ) DO UPDATE SET "id" = EXCLUDED."id", "name" = EXCLUDED."name" RETURNING "id", "active", "credit"
--;
UPDATE "customers" SET "name" = $1 WHERE "id" = $2
--;
UPDATE "customers" SET "credit" = "credit" + 1 WHERE "id" = $1
--;
DELETE FROM "order_lines" WHERE "quantity" = $1
--;
SELECT "Customer"."id" AS "Customer_id", "Customer"."name" AS "Customer_name", "Customer"."email" AS "Customer_email", "Customer"."active" AS "Customer_active", "Customer"."credit" AS "Customer_credit", "Customer"."settings" AS "Customer_settings" FROM "customers" "Customer" WHERE "Customer"."id" = $1
--;
DELETE FROM "customers" WHERE "id" = $1
--;
SELECT "o"."id" AS "o_id", "o"."status" AS "o_status", "o"."total" AS "o_total", "o"."note" AS "o_note", "o"."version" AS "o_version", "o"."placed_at" AS "o_placed_at", "o"."customer_id" AS "o_customer_id", "c"."id" AS "c_id", "c"."name" AS "c_name", "c"."email" AS "c_email", "c"."active" AS "c_active", "c"."credit" AS "c_credit", "c"."settings" AS "c_settings" FROM "orders" "o" LEFT JOIN "customers" "c" ON "c"."id"="o"."customer_id" WHERE "c"."name" = $1 ORDER BY "o"."id" ASC
--;
SELECT "o"."id" AS "o_id", SUM("l"."quantity") AS "q" FROM "orders" "o" INNER JOIN "order_lines" "l" ON "l"."order_id"="o"."id" GROUP BY "o"."id" HAVING SUM("l"."quantity") > 0
--;
SELECT "o"."id" AS "o_id", "o"."status" AS "o_status", "o"."total" AS "o_total", "o"."note" AS "o_note", "o"."version" AS "o_version", "o"."placed_at" AS "o_placed_at", "o"."customer_id" AS "o_customer_id" FROM "orders" "o" WHERE "o"."id" IN (SELECT "l"."order_id" FROM "order_lines" "l")
--;
UPDATE "orders" SET "note" = $1, "version" = "version" + 1 WHERE "id" = $2 RETURNING *
--;
DELETE FROM "orders" WHERE "id" = 999
--;
INSERT INTO "customers" AS "Customer"("name", "email", "active", "credit", "settings") VALUES ($1, DEFAULT, DEFAULT, DEFAULT, DEFAULT) ON CONFLICT DO NOTHING  RETURNING "id", "active", "credit"
--;
INSERT INTO "customers" AS "Customer"("name", "email", "active", "credit", "settings") VALUES ($1, DEFAULT, DEFAULT, DEFAULT, DEFAULT) ON CONFLICT ( "id" ) DO UPDATE SET "name" = EXCLUDED."name" RETURNING "id", "active", "credit"
--;
SELECT DISTINCT ON ("o"."status") "o"."id" AS "o_id", "o"."status" AS "o_status", "o"."total" AS "o_total", "o"."note" AS "o_note", "o"."version" AS "o_version", "o"."placed_at" AS "o_placed_at", "o"."customer_id" AS "o_customer_id" FROM "orders" "o" ORDER BY "o"."status" ASC
--;
SELECT DISTINCT "distinctAlias"."o_id" AS "ids_o_id" FROM (SELECT "o"."id" AS "o_id", "o"."status" AS "o_status", "o"."total" AS "o_total", "o"."note" AS "o_note", "o"."version" AS "o_version", "o"."placed_at" AS "o_placed_at", "o"."customer_id" AS "o_customer_id", "l"."id" AS "l_id", "l"."quantity" AS "l_quantity", "l"."unit_price" AS "l_unit_price", "l"."order_id" AS "l_order_id" FROM "orders" "o" LEFT JOIN "order_lines" "l" ON "l"."order_id"="o"."id") "distinctAlias" ORDER BY "o_id" ASC LIMIT 2 OFFSET 1
--;
SELECT "o"."id" AS "o_id", "o"."status" AS "o_status", "o"."total" AS "o_total", "o"."note" AS "o_note", "o"."version" AS "o_version", "o"."placed_at" AS "o_placed_at", "o"."customer_id" AS "o_customer_id", "l"."id" AS "l_id", "l"."quantity" AS "l_quantity", "l"."unit_price" AS "l_unit_price", "l"."order_id" AS "l_order_id" FROM "orders" "o" LEFT JOIN "order_lines" "l" ON "l"."order_id"="o"."id" WHERE "o"."id" IN (2, 3)
--;
SELECT COUNT(DISTINCT("o"."id")) AS "cnt" FROM "orders" "o" LEFT JOIN "order_lines" "l" ON "l"."order_id"="o"."id"
--;
SELECT "Order"."id" AS "Order_id", "Order"."status" AS "Order_status", "Order"."total" AS "Order_total", "Order"."note" AS "Order_note", "Order"."version" AS "Order_version", "Order"."placed_at" AS "Order_placed_at", "Order"."customer_id" AS "Order_customer_id" FROM "orders" "Order" WHERE (("Order"."id" = $1)) LIMIT 1 FOR UPDATE
--;
SELECT "Order"."id" AS "Order_id", "Order"."status" AS "Order_status", "Order"."total" AS "Order_total", "Order"."note" AS "Order_note", "Order"."version" AS "Order_version", "Order"."placed_at" AS "Order_placed_at", "Order"."customer_id" AS "Order_customer_id" FROM "orders" "Order" FOR SHARE
--;
SAVEPOINT typeorm_1
--;
RELEASE SAVEPOINT typeorm_1
--;
SET TRANSACTION ISOLATION LEVEL SERIALIZABLE
--;
select $1::int
--;
SELECT * FROM current_database()
--;
SELECT "table_schema", "table_name", obj_description((quote_ident("table_schema") || '.' || quote_ident("table_name"))::regclass, 'pg_class') AS table_comment FROM "information_schema"."tables" WHERE ("table_schema" = 'public' AND "table_name" = 'orders') OR ("table_schema" = 'public' AND "table_name" = 'customers')
--;
SELECT TRUE FROM information_schema.columns WHERE table_name = 'pg_class' and column_name = 'relispartition'
--;
SELECT columns.*, pg_catalog.col_description((quote_ident(table_catalog) || '.' || quote_ident(table_schema) || '.' || quote_ident(table_name))::regclass::oid, ordinal_position) AS description, ('"' || "udt_schema" || '"."' || "udt_name" || '"')::"regtype"::text AS "regtype", pg_catalog.format_type("col_attr"."atttypid", "col_attr"."atttypmod") AS "format_type" FROM "information_schema"."columns" LEFT JOIN "pg_catalog"."pg_attribute" AS "col_attr" ON "col_attr"."attname" = "columns"."column_name" AND "col_attr"."attrelid" = ( SELECT "cls"."oid" FROM "pg_catalog"."pg_class" AS "cls" LEFT JOIN "pg_catalog"."pg_namespace" AS "ns" ON "ns"."oid" = "cls"."relnamespace" WHERE "cls"."relname" = "columns"."table_name" AND "ns"."nspname" = "columns"."table_schema" ) WHERE ("table_schema" = 'public' AND "table_name" = 'customers') OR ("table_schema" = 'public' AND "table_name" = 'orders')
--;
SELECT "ns"."nspname" AS "table_schema", "t"."relname" AS "table_name", "cnst"."conname" AS "constraint_name", pg_get_constraintdef("cnst"."oid") AS "expression", CASE "cnst"."contype" WHEN 'p' THEN 'PRIMARY' WHEN 'u' THEN 'UNIQUE' WHEN 'c' THEN 'CHECK' WHEN 'x' THEN 'EXCLUDE' END AS "constraint_type", "a"."attname" AS "column_name" FROM "pg_constraint" "cnst" INNER JOIN "pg_class" "t" ON "t"."oid" = "cnst"."conrelid" INNER JOIN "pg_namespace" "ns" ON "ns"."oid" = "cnst"."connamespace" LEFT JOIN "pg_attribute" "a" ON "a"."attrelid" = "cnst"."conrelid" AND "a"."attnum" = ANY ("cnst"."conkey") WHERE "t"."relkind" IN ('r', 'p') AND (("ns"."nspname" = 'public' AND "t"."relname" = 'customers') OR ("ns"."nspname" = 'public' AND "t"."relname" = 'orders'))
--;
SELECT "ns"."nspname" AS "table_schema", "t"."relname" AS "table_name", "i"."relname" AS "constraint_name", "a"."attname" AS "column_name", CASE "ix"."indisunique" WHEN 't' THEN 'TRUE' ELSE'FALSE' END AS "is_unique", pg_get_expr("ix"."indpred", "ix"."indrelid") AS "condition", "types"."typname" AS "type_name", "am"."amname" AS "index_type" FROM "pg_class" "t" INNER JOIN "pg_index" "ix" ON "ix"."indrelid" = "t"."oid" INNER JOIN "pg_attribute" "a" ON "a"."attrelid" = "t"."oid"  AND "a"."attnum" = ANY ("ix"."indkey") INNER JOIN "pg_namespace" "ns" ON "ns"."oid" = "t"."relnamespace" INNER JOIN "pg_class" "i" ON "i"."oid" = "ix"."indexrelid" INNER JOIN "pg_type" "types" ON "types"."oid" = "a"."atttypid" INNER JOIN "pg_am" "am" ON "i"."relam" = "am"."oid" LEFT JOIN "pg_constraint" "cnst" ON "cnst"."conname" = "i"."relname" WHERE "t"."relkind" IN ('r', 'p') AND "cnst"."contype" IS NULL AND (("ns"."nspname" = 'public' AND "t"."relname" = 'customers') OR ("ns"."nspname" = 'public' AND "t"."relname" = 'orders'))
--;
SELECT "con"."conname" AS "constraint_name", "con"."nspname" AS "table_schema", "con"."relname" AS "table_name", "att2"."attname" AS "column_name", "ns"."nspname" AS "referenced_table_schema", "cl"."relname" AS "referenced_table_name", "att"."attname" AS "referenced_column_name", "con"."confdeltype" AS "on_delete", "con"."confupdtype" AS "on_update", "con"."condeferrable" AS "deferrable", "con"."condeferred" AS "deferred" FROM ( SELECT UNNEST ("con1"."conkey") AS "parent", UNNEST ("con1"."confkey") AS "child", "con1"."confrelid", "con1"."conrelid", "con1"."conname", "con1"."contype", "ns"."nspname", "cl"."relname", "con1"."condeferrable", CASE WHEN "con1"."condeferred" THEN 'INITIALLY DEFERRED' ELSE 'INITIALLY IMMEDIATE' END as condeferred, CASE "con1"."confdeltype" WHEN 'a' THEN 'NO ACTION' WHEN 'r' THEN 'RESTRICT' WHEN 'c' THEN 'CASCADE' WHEN 'n' THEN 'SET NULL' WHEN 'd' THEN 'SET DEFAULT' END as "confdeltype", CASE "con1"."confupdtype" WHEN 'a' THEN 'NO ACTION' WHEN 'r' THEN 'RESTRICT' WHEN 'c' THEN 'CASCADE' WHEN 'n' THEN 'SET NULL' WHEN 'd' THEN 'SET DEFAULT' END as "confupdtype" FROM "pg_class" "cl" INNER JOIN "pg_namespace" "ns" ON "cl"."relnamespace" = "ns"."oid" INNER JOIN "pg_constraint" "con1" ON "con1"."conrelid" = "cl"."oid" WHERE "con1"."contype" = 'f' AND (("ns"."nspname" = 'public' AND "cl"."relname" = 'customers') OR ("ns"."nspname" = 'public' AND "cl"."relname" = 'orders')) ) "con" INNER JOIN "pg_attribute" "att" ON "att"."attrelid" = "con"."confrelid" AND "att"."attnum" = "con"."child" INNER JOIN "pg_class" "cl" ON "cl"."oid" = "con"."confrelid"  AND "cl"."relispartition" = 'f'INNER JOIN "pg_namespace" "ns" ON "cl"."relnamespace" = "ns"."oid" INNER JOIN "pg_attribute" "att2" ON "att2"."attrelid" = "con"."conrelid" AND "att2"."attnum" = "con"."parent"
--;
SELECT * FROM "information_schema"."tables" WHERE "table_schema" = $1 AND "table_name" = $2
--;
SELECT * FROM "information_schema"."columns" WHERE "table_schema" = $1 AND "table_name" = $2 AND "column_name" = $3
--;
CREATE EXTENSION IF NOT EXISTS "uuid-ossp"
--;
SELECT "table_schema", "table_name", obj_description((quote_ident("table_schema") || '.' || quote_ident("table_name"))::regclass, 'pg_class') AS table_comment FROM "information_schema"."tables" WHERE ("table_schema" = 'public' AND "table_name" = 'tmade')
--;
SELECT "n"."nspname", "t"."typname" FROM "pg_type" "t" INNER JOIN "pg_namespace" "n" ON "n"."oid" = "t"."typnamespace" WHERE "n"."nspname" = 'public' AND "t"."typname" = 'tmade_kind_enum'
--;
CREATE TYPE "public"."tmade_kind_enum" AS ENUM('a', 'b')
--;
CREATE TABLE "tmade" ("id" uuid NOT NULL DEFAULT uuid_generate_v4(), "v" character varying(20) NOT NULL, "kind" "public"."tmade_kind_enum" NOT NULL, CONSTRAINT "PK_5fc5ba5d34afb573895dc5616ed" PRIMARY KEY ("id"))
--;
CREATE INDEX "IDX_4f13615be7a2bf5168674fa86c" ON "tmade"  ("v")
--;
SELECT columns.*, pg_catalog.col_description((quote_ident(table_catalog) || '.' || quote_ident(table_schema) || '.' || quote_ident(table_name))::regclass::oid, ordinal_position) AS description, ('"' || "udt_schema" || '"."' || "udt_name" || '"')::"regtype"::text AS "regtype", pg_catalog.format_type("col_attr"."atttypid", "col_attr"."atttypmod") AS "format_type" FROM "information_schema"."columns" LEFT JOIN "pg_catalog"."pg_attribute" AS "col_attr" ON "col_attr"."attname" = "columns"."column_name" AND "col_attr"."attrelid" = ( SELECT "cls"."oid" FROM "pg_catalog"."pg_class" AS "cls" LEFT JOIN "pg_catalog"."pg_namespace" AS "ns" ON "ns"."oid" = "cls"."relnamespace" WHERE "cls"."relname" = "columns"."table_name" AND "ns"."nspname" = "columns"."table_schema" ) WHERE ("table_schema" = 'public' AND "table_name" = 'tmade')
--;
SELECT "ns"."nspname" AS "table_schema", "t"."relname" AS "table_name", "cnst"."conname" AS "constraint_name", pg_get_constraintdef("cnst"."oid") AS "expression", CASE "cnst"."contype" WHEN 'p' THEN 'PRIMARY' WHEN 'u' THEN 'UNIQUE' WHEN 'c' THEN 'CHECK' WHEN 'x' THEN 'EXCLUDE' END AS "constraint_type", "a"."attname" AS "column_name" FROM "pg_constraint" "cnst" INNER JOIN "pg_class" "t" ON "t"."oid" = "cnst"."conrelid" INNER JOIN "pg_namespace" "ns" ON "ns"."oid" = "cnst"."connamespace" LEFT JOIN "pg_attribute" "a" ON "a"."attrelid" = "cnst"."conrelid" AND "a"."attnum" = ANY ("cnst"."conkey") WHERE "t"."relkind" IN ('r', 'p') AND (("ns"."nspname" = 'public' AND "t"."relname" = 'tmade'))
--;
SELECT "ns"."nspname" AS "table_schema", "t"."relname" AS "table_name", "i"."relname" AS "constraint_name", "a"."attname" AS "column_name", CASE "ix"."indisunique" WHEN 't' THEN 'TRUE' ELSE'FALSE' END AS "is_unique", pg_get_expr("ix"."indpred", "ix"."indrelid") AS "condition", "types"."typname" AS "type_name", "am"."amname" AS "index_type" FROM "pg_class" "t" INNER JOIN "pg_index" "ix" ON "ix"."indrelid" = "t"."oid" INNER JOIN "pg_attribute" "a" ON "a"."attrelid" = "t"."oid"  AND "a"."attnum" = ANY ("ix"."indkey") INNER JOIN "pg_namespace" "ns" ON "ns"."oid" = "t"."relnamespace" INNER JOIN "pg_class" "i" ON "i"."oid" = "ix"."indexrelid" INNER JOIN "pg_type" "types" ON "types"."oid" = "a"."atttypid" INNER JOIN "pg_am" "am" ON "i"."relam" = "am"."oid" LEFT JOIN "pg_constraint" "cnst" ON "cnst"."conname" = "i"."relname" WHERE "t"."relkind" IN ('r', 'p') AND "cnst"."contype" IS NULL AND (("ns"."nspname" = 'public' AND "t"."relname" = 'tmade'))
--;
SELECT "con"."conname" AS "constraint_name", "con"."nspname" AS "table_schema", "con"."relname" AS "table_name", "att2"."attname" AS "column_name", "ns"."nspname" AS "referenced_table_schema", "cl"."relname" AS "referenced_table_name", "att"."attname" AS "referenced_column_name", "con"."confdeltype" AS "on_delete", "con"."confupdtype" AS "on_update", "con"."condeferrable" AS "deferrable", "con"."condeferred" AS "deferred" FROM ( SELECT UNNEST ("con1"."conkey") AS "parent", UNNEST ("con1"."confkey") AS "child", "con1"."confrelid", "con1"."conrelid", "con1"."conname", "con1"."contype", "ns"."nspname", "cl"."relname", "con1"."condeferrable", CASE WHEN "con1"."condeferred" THEN 'INITIALLY DEFERRED' ELSE 'INITIALLY IMMEDIATE' END as condeferred, CASE "con1"."confdeltype" WHEN 'a' THEN 'NO ACTION' WHEN 'r' THEN 'RESTRICT' WHEN 'c' THEN 'CASCADE' WHEN 'n' THEN 'SET NULL' WHEN 'd' THEN 'SET DEFAULT' END as "confdeltype", CASE "con1"."confupdtype" WHEN 'a' THEN 'NO ACTION' WHEN 'r' THEN 'RESTRICT' WHEN 'c' THEN 'CASCADE' WHEN 'n' THEN 'SET NULL' WHEN 'd' THEN 'SET DEFAULT' END as "confupdtype" FROM "pg_class" "cl" INNER JOIN "pg_namespace" "ns" ON "cl"."relnamespace" = "ns"."oid" INNER JOIN "pg_constraint" "con1" ON "con1"."conrelid" = "cl"."oid" WHERE "con1"."contype" = 'f' AND (("ns"."nspname" = 'public' AND "cl"."relname" = 'tmade')) ) "con" INNER JOIN "pg_attribute" "att" ON "att"."attrelid" = "con"."confrelid" AND "att"."attnum" = "con"."child" INNER JOIN "pg_class" "cl" ON "cl"."oid" = "con"."confrelid"  AND "cl"."relispartition" = 'f'INNER JOIN "pg_namespace" "ns" ON "cl"."relnamespace" = "ns"."oid" INNER JOIN "pg_attribute" "att2" ON "att2"."attrelid" = "con"."conrelid" AND "att2"."attnum" = "con"."parent"
--;
SELECT "udt_schema", "udt_name" FROM "information_schema"."columns" WHERE "table_schema" = 'public' AND "table_name" = 'tmade' AND "column_name"='kind'
--;
SELECT "e"."enumlabel" AS "value" FROM "pg_enum" "e" INNER JOIN "pg_type" "t" ON "t"."oid" = "e"."enumtypid" INNER JOIN "pg_namespace" "n" ON "n"."oid" = "t"."typnamespace" WHERE "n"."nspname" = 'public' AND "t"."typname" = 'tmade_kind_enum' ORDER BY "e"."enumsortorder"
--;
DROP INDEX "public"."IDX_4f13615be7a2bf5168674fa86c"
--;
DROP TABLE "tmade"
--;
