-- Sent by Drizzle ORM 0.45.4, as a server logged it. A line of `--;` ends each text.
select "id", "name", "email", "active", "credit", "settings" from "customers" where "customers"."name" = $1
--;
select "id", "name", "email", "active", "credit", "settings" from "customers" where "customers"."name" <> $1
--;
select "id", "name", "email", "active", "credit", "settings" from "customers" where "customers"."name" > $1
--;
select "id", "name", "email", "active", "credit", "settings" from "customers" where "customers"."name" <= $1
--;
select "id", "name", "email", "active", "credit", "settings" from "customers" where "customers"."name" in ($1, $2)
--;
select "id", "name", "email", "active", "credit", "settings" from "customers" where "customers"."name" not in ($1)
--;
select "id", "name", "email", "active", "credit", "settings" from "customers" where "customers"."name" is null
--;
select "id", "name", "email", "active", "credit", "settings" from "customers" where "customers"."name" is not null
--;
select "id", "name", "email", "active", "credit", "settings" from "customers" where "customers"."name" between $1 and $2
--;
select "id", "name", "email", "active", "credit", "settings" from "customers" where not "customers"."name" = $1
--;
select "id", "name", "email", "active", "credit", "settings" from "customers" where ("customers"."name" = $1 and "customers"."name" is null)
--;
select "id", "name", "email", "active", "credit", "settings" from "customers" where ("customers"."name" = $1 or "customers"."name" > $2)
--;
select "id", "customer_id", "status", "total", "note", "placed_at", "version" from "orders" where "orders"."status" = $1
--;
select "id", "customer_id", "status", "total", "note", "placed_at", "version" from "orders" where "orders"."status" <> $1
--;
select "id", "customer_id", "status", "total", "note", "placed_at", "version" from "orders" where "orders"."status" > $1
--;
select "id", "customer_id", "status", "total", "note", "placed_at", "version" from "orders" where "orders"."status" <= $1
--;
select "id", "customer_id", "status", "total", "note", "placed_at", "version" from "orders" where "orders"."status" in ($1, $2)
--;
select "id", "customer_id", "status", "total", "note", "placed_at", "version" from "orders" where "orders"."status" not in ($1)
--;
select "id", "customer_id", "status", "total", "note", "placed_at", "version" from "orders" where "orders"."status" is null
--;
select "id", "customer_id", "status", "total", "note", "placed_at", "version" from "orders" where "orders"."status" is not null
--;
select "id", "customer_id", "status", "total", "note", "placed_at", "version" from "orders" where "orders"."status" between $1 and $2
--;
select "id", "customer_id", "status", "total", "note", "placed_at", "version" from "orders" where not "orders"."status" = $1
--;
select "id", "customer_id", "status", "total", "note", "placed_at", "version" from "orders" where ("orders"."status" = $1 and "orders"."status" is null)
--;
select "id", "customer_id", "status", "total", "note", "placed_at", "version" from "orders" where ("orders"."status" = $1 or "orders"."status" > $2)
--;
select "id", "customer_id", "status", "total", "note", "placed_at", "version" from "orders" where "orders"."version" = $1
--;
select "id", "customer_id", "status", "total", "note", "placed_at", "version" from "orders" where "orders"."version" <> $1
--;
select "id", "customer_id", "status", "total", "note", "placed_at", "version" from "orders" where "orders"."version" > $1
--;
select "id", "customer_id", "status", "total", "note", "placed_at", "version" from "orders" where "orders"."version" <= $1
--;
select "id", "customer_id", "status", "total", "note", "placed_at", "version" from "orders" where "orders"."version" in ($1, $2)
--;
select "id", "customer_id", "status", "total", "note", "placed_at", "version" from "orders" where "orders"."version" not in ($1)
--;
select "id", "customer_id", "status", "total", "note", "placed_at", "version" from "orders" where "orders"."version" is null
--;
select "id", "customer_id", "status", "total", "note", "placed_at", "version" from "orders" where "orders"."version" is not null
--;
select "id", "customer_id", "status", "total", "note", "placed_at", "version" from "orders" where "orders"."version" between $1 and $2
--;
select "id", "customer_id", "status", "total", "note", "placed_at", "version" from "orders" where not "orders"."version" = $1
--;
select "id", "customer_id", "status", "total", "note", "placed_at", "version" from "orders" where ("orders"."version" = $1 and "orders"."version" is null)
--;
select "id", "customer_id", "status", "total", "note", "placed_at", "version" from "orders" where ("orders"."version" = $1 or "orders"."version" > $2)
--;
select "id", "order_id", "quantity", "unit_price" from "order_lines" where "order_lines"."quantity" = $1
--;
select "id", "order_id", "quantity", "unit_price" from "order_lines" where "order_lines"."quantity" <> $1
--;
select "id", "order_id", "quantity", "unit_price" from "order_lines" where "order_lines"."quantity" > $1
--;
select "id", "order_id", "quantity", "unit_price" from "order_lines" where "order_lines"."quantity" <= $1
--;
select "id", "order_id", "quantity", "unit_price" from "order_lines" where "order_lines"."quantity" in ($1, $2)
--;
select "id", "order_id", "quantity", "unit_price" from "order_lines" where "order_lines"."quantity" not in ($1)
--;
select "id", "order_id", "quantity", "unit_price" from "order_lines" where "order_lines"."quantity" is null
--;
select "id", "order_id", "quantity", "unit_price" from "order_lines" where "order_lines"."quantity" is not null
--;
select "id", "order_id", "quantity", "unit_price" from "order_lines" where "order_lines"."quantity" between $1 and $2
--;
select "id", "order_id", "quantity", "unit_price" from "order_lines" where not "order_lines"."quantity" = $1
--;
select "id", "order_id", "quantity", "unit_price" from "order_lines" where ("order_lines"."quantity" = $1 and "order_lines"."quantity" is null)
--;
select "id", "order_id", "quantity", "unit_price" from "order_lines" where ("order_lines"."quantity" = $1 or "order_lines"."quantity" > $2)
--;
select "id", "name", "email", "active", "credit", "settings" from "customers" where "customers"."name" like $1
--;
select "id", "name", "email", "active", "credit", "settings" from "customers" where "customers"."name" ilike $1
--;
select "orders"."id", "customers"."name" from "orders" inner join "customers" on "orders"."customer_id" = "customers"."id"
--;
select "orders"."id", "orders"."customer_id", "orders"."status", "orders"."total", "orders"."note", "orders"."placed_at", "orders"."version", "customers"."id", "customers"."name", "customers"."email", "customers"."active", "customers"."credit", "customers"."settings" from "orders" left join "customers" on "orders"."customer_id" = "customers"."id" order by "orders"."id" desc limit $1 offset $2
--;
select "orders"."id", "orders"."customer_id", "orders"."status", "orders"."total", "orders"."note", "orders"."placed_at", "orders"."version", "customers"."id", "customers"."name", "customers"."email", "customers"."active", "customers"."credit", "customers"."settings" from "orders" full join "customers" on "orders"."customer_id" = "customers"."id"
--;
select "status", count(*), sum("total") from "orders" group by "orders"."status" having count(*) > $1
--;
select distinct on ("orders"."status") "id", "customer_id", "status", "total", "note", "placed_at", "version" from "orders" order by "orders"."status"
--;
select "O"."id", "O"."customer_id", "O"."status", "O"."total", "O"."note", "O"."placed_at", "O"."version", "O_customer"."data" as "customer", "O_lines"."data" as "lines" from "orders" "O" left join lateral (select json_build_array("O_customer"."id", "O_customer"."name", "O_customer"."email", "O_customer"."active", "O_customer"."credit", "O_customer"."settings") as "data" from (select * from "customers" "O_customer" where "O_customer"."id" = "O"."customer_id" limit $1) "O_customer") "O_customer" on true left join lateral (select coalesce(json_agg(json_build_array("O_lines"."id", "O_lines"."order_id", "O_lines"."quantity", "O_lines"."unit_price")), '[]'::json) as "data" from "order_lines" "O_lines" where "O_lines"."order_id" = "O"."id") "O_lines" on true
--;
select "C"."id", "C"."name", "C"."email", "C"."active", "C"."credit", "C"."settings", "C_orders"."data" as "orders" from "customers" "C" left join lateral (select coalesce(json_agg(json_build_array("C_orders"."id", "C_orders"."customer_id", "C_orders"."status", "C_orders"."total", "C_orders"."note", "C_orders"."placed_at", "C_orders"."version", "C_orders_lines"."data")), '[]'::json) as "data" from (select * from "orders" "C_orders" where "C_orders"."customer_id" = "C"."id" limit $1) "C_orders" left join lateral (select coalesce(json_agg(json_build_array("C_orders_lines"."id", "C_orders_lines"."order_id", "C_orders_lines"."quantity", "C_orders_lines"."unit_price")), '[]'::json) as "data" from "order_lines" "C_orders_lines" where "C_orders_lines"."order_id" = "C_orders"."id") "C_orders_lines" on true) "C_orders" on true limit $2
--;
select "id" from "orders" "O" where "O"."id" = $1
--;
insert into "customers" ("id", "name", "email", "active", "credit", "settings") values (default, $1, default, default, default, default) returning "id", "name", "email", "active", "credit", "settings"
--;
insert into "customers" ("id", "name", "email", "active", "credit", "settings") values (default, $1, default, default, default, default), (default, $2, default, default, default, default)
--;
insert into "customers" ("id", "name", "email", "active", "credit", "settings") values ($1, $2, default, default, default, default) on conflict do nothing
--;
insert into "customers" ("id", "name", "email", "active", "credit", "settings") values ($1, $2, default, default, default, default) on conflict ("id") do update set "name" = $3
--;
update "orders" set "total" = "orders"."total" + 1 where "orders"."id" = $1 returning "id"
--;
delete from "order_lines" where "order_lines"."id" = $1 returning "id", "order_id", "quantity", "unit_price"
--;
select "id", "customer_id", "status", "total", "note", "placed_at", "version" from (select "id", "customer_id", "status", "total", "note", "placed_at", "version" from "orders" where "orders"."version" > $1) "sq"
--;
with "w" as (select "id", "customer_id", "status", "total", "note", "placed_at", "version" from "orders") select "id", "customer_id", "status", "total", "note", "placed_at", "version" from "w"
--;
(select "id" from "orders") union (select "id" from "customers")
--;
select "id", "customer_id", "status", "total", "note", "placed_at", "version" from "orders" where exists (select "id", "order_id", "quantity", "unit_price" from "order_lines" where "order_lines"."order_id" = "orders"."id")
--;
select "id", "customer_id", "status", "total", "note", "placed_at", "version" from "orders" for update
--;
savepoint sp1
--;
select "id", "name", "email", "active", "credit", "settings" from "customers"
--;
release savepoint sp1
--;
begin isolation level serializable read only
--;
select "id", "customer_id", "status", "total", "note", "placed_at", "version" from "orders" for share skip locked
--;
rollback
--;
select count(*) as count from "orders";
--;
select "id", "customer_id", "status", "total", "note", "placed_at", "version" from "orders"
--;
