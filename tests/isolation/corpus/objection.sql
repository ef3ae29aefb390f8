-- Sent by Objection.js 3.1.5, as a server logged it. A line of `--;` ends each text.
select "orders".* from "orders"
--;
select "customers".* from "customers" where "customers"."id" in ($1, $2, $3, $4, $5)
--;
select "order_lines".* from "order_lines" where "order_lines"."order_id" in ($1, $2, $3, $4, $5)
--;
select "orders"."tenant_id" as "tenant_id", "orders"."id" as "id", "orders"."customer_id" as "customer_id", "orders"."status" as "status", "orders"."total" as "total", "orders"."note" as "note", "orders"."placed_at" as "placed_at", "orders"."shipped_at" as "shipped_at", "orders"."version" as "version", "customer"."tenant_id" as "customer:tenant_id", "customer"."id" as "customer:id", "customer"."name" as "customer:name", "customer"."email" as "customer:email", "customer"."country_code" as "customer:country_code", "customer"."active" as "customer:active", "customer"."credit" as "customer:credit", "customer"."joined_on" as "customer:joined_on", "customer"."settings" as "customer:settings", "customer"."created_at" as "customer:created_at", "lines"."tenant_id" as "lines:tenant_id", "lines"."id" as "lines:id", "lines"."order_id" as "lines:order_id", "lines"."product_id" as "lines:product_id", "lines"."quantity" as "lines:quantity", "lines"."unit_price" as "lines:unit_price" from "orders" left join "customers" as "customer" on "customer"."id" = "orders"."customer_id" left join "order_lines" as "lines" on "lines"."order_id" = "orders"."id"
--;
select "orders".* from "orders" where "orders"."id" = $1
--;
select "orders".* from "orders" inner join "customers" as "customer" on "customer"."id" = "orders"."customer_id" where "customer"."name" = $1
--;
select "order_lines".* from "order_lines" where "order_lines"."order_id" in ($1)
--;
insert into "customers" ("name") values ($1) returning "id"
--;
insert into "orders" ("total") values ($1) returning "id"
--;
insert into "order_lines" ("order_id", "unit_price") values ($1, $2) returning "id"
--;
select "orders"."id", "orders"."status" from "orders" where "orders"."id" in ($1)
--;
select "order_lines"."order_id", "order_lines"."id" from "order_lines" where "order_lines"."order_id" in ($1)
--;
delete from "order_lines" where "order_lines"."id" in ($1) and "order_lines"."order_id" in ($2)
--;
update "orders" set "status" = $1 where "orders"."id" = $2
--;
select "orders".* from "orders" limit $1
--;
select count(*) as "count" from (select "orders".* from "orders") as "temp"
--;
delete from "orders" where "orders"."id" = $1
--;
