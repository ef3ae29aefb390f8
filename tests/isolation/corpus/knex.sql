-- Sent by Knex 3.3.0, as a server logged it. A line of `--;` ends each text.
select version();
--;
select * from "customers" where "name" = $1
--;
select * from "customers" where "name" <> $1
--;
select * from "customers" where "name" > $1
--;
select * from "customers" where "name" <= $1
--;
select * from "customers" where "name" like $1
--;
select * from "customers" where "name" ilike $1
--;
select * from "customers" where "name" in ($1, $2)
--;
select * from "customers" where "name" not in ($1, $2)
--;
select * from "customers" where "name" is null
--;
select * from "customers" where "name" is not null
--;
select * from "customers" where "name" between $1 and $2
--;
select * from "customers" where "name" not between $1 and $2
--;
select "name", count(*) as "n" from "customers" group by "name" having count(*) > $1 order by "name" desc nulls last
--;
select count("name") from "customers"
--;
select min("name") from "customers"
--;
select max("name") from "customers"
--;
select count(distinct "name") from "customers"
--;
select "name" from "customers" limit $1
--;
select "name" from "customers"
--;
select distinct "name" from "customers"
--;
select * from "orders" where "status" = $1
--;
select * from "orders" where "status" <> $1
--;
select * from "orders" where "status" > $1
--;
select * from "orders" where "status" <= $1
--;
select * from "orders" where "status" like $1
--;
select * from "orders" where "status" ilike $1
--;
select * from "orders" where "status" in ($1, $2)
--;
select * from "orders" where "status" not in ($1, $2)
--;
select * from "orders" where "status" is null
--;
select * from "orders" where "status" is not null
--;
select * from "orders" where "status" between $1 and $2
--;
select * from "orders" where "status" not between $1 and $2
--;
select "status", count(*) as "n" from "orders" group by "status" having count(*) > $1 order by "status" desc nulls last
--;
select count("status") from "orders"
--;
select min("status") from "orders"
--;
select max("status") from "orders"
--;
select count(distinct "status") from "orders"
--;
select "status" from "orders" limit $1
--;
select "status" from "orders"
--;
select distinct "status" from "orders"
--;
select * from "orders" where "total" = $1
--;
select * from "orders" where "total" <> $1
--;
select * from "orders" where "total" > $1
--;
select * from "orders" where "total" <= $1
--;
select * from "orders" where "total" in ($1, $2)
--;
select * from "orders" where "total" not in ($1, $2)
--;
select * from "orders" where "total" is null
--;
select * from "orders" where "total" is not null
--;
select * from "orders" where "total" between $1 and $2
--;
select * from "orders" where "total" not between $1 and $2
--;
select "total", count(*) as "n" from "orders" group by "total" having count(*) > $1 order by "total" desc nulls last
--;
select count("total") from "orders"
--;
select min("total") from "orders"
--;
select max("total") from "orders"
--;
select count(distinct "total") from "orders"
--;
select "total" from "orders" limit $1
--;
select "total" from "orders"
--;
select distinct "total" from "orders"
--;
select sum("total") from "orders"
--;
select avg("total") from "orders"
--;
select * from "products" where "sku" = $1
--;
select * from "products" where "sku" <> $1
--;
select * from "products" where "sku" > $1
--;
select * from "products" where "sku" <= $1
--;
select * from "products" where "sku" like $1
--;
select * from "products" where "sku" ilike $1
--;
select * from "products" where "sku" in ($1, $2)
--;
select * from "products" where "sku" not in ($1, $2)
--;
select * from "products" where "sku" is null
--;
select * from "products" where "sku" is not null
--;
select * from "products" where "sku" between $1 and $2
--;
select * from "products" where "sku" not between $1 and $2
--;
select "sku", count(*) as "n" from "products" group by "sku" having count(*) > $1 order by "sku" desc nulls last
--;
select count("sku") from "products"
--;
select min("sku") from "products"
--;
select max("sku") from "products"
--;
select count(distinct "sku") from "products"
--;
select "sku" from "products" limit $1
--;
select "sku" from "products"
--;
select distinct "sku" from "products"
--;
select * from "employees" where "salary" = $1
--;
select * from "employees" where "salary" <> $1
--;
select * from "employees" where "salary" > $1
--;
select * from "employees" where "salary" <= $1
--;
select * from "employees" where "salary" in ($1, $2)
--;
select * from "employees" where "salary" not in ($1, $2)
--;
select * from "employees" where "salary" is null
--;
select * from "employees" where "salary" is not null
--;
select * from "employees" where "salary" between $1 and $2
--;
select * from "employees" where "salary" not between $1 and $2
--;
select "salary", count(*) as "n" from "employees" group by "salary" having count(*) > $1 order by "salary" desc nulls last
--;
select count("salary") from "employees"
--;
select min("salary") from "employees"
--;
select max("salary") from "employees"
--;
select count(distinct "salary") from "employees"
--;
select "salary" from "employees" limit $1
--;
select "salary" from "employees"
--;
select distinct "salary" from "employees"
--;
select sum("salary") from "employees"
--;
select avg("salary") from "employees"
--;
select "orders".*, "customers"."name" from "orders" inner join "customers" on "orders"."customer_id" = "customers"."id"
--;
select "o"."id", "c"."name" as "nm" from "orders" as "o" inner join "customers" as "c" on "o"."customer_id" = "c"."id" and "c"."active" = $1
--;
select "orders".*, "customers"."name" from "orders" left join "customers" on "orders"."customer_id" = "customers"."id"
--;
select "o"."id", "c"."name" as "nm" from "orders" as "o" left join "customers" as "c" on "o"."customer_id" = "c"."id" and "c"."active" = $1
--;
select "orders".*, "customers"."name" from "orders" right join "customers" on "orders"."customer_id" = "customers"."id"
--;
select "o"."id", "c"."name" as "nm" from "orders" as "o" right join "customers" as "c" on "o"."customer_id" = "c"."id" and "c"."active" = $1
--;
select "orders".*, "customers"."name" from "orders" full outer join "customers" on "orders"."customer_id" = "customers"."id"
--;
select "o"."id", "c"."name" as "nm" from "orders" as "o" full outer join "customers" as "c" on "o"."customer_id" = "c"."id" and "c"."active" = $1
--;
select * from "orders" cross join "tags"
--;
select * from "orders" natural join order_lines
--;
with "w" as (select * from "orders" where "total" > $1) select * from "w"
--;
with recursive "tree"("id", "m") as (select "id", "manager_id" from "employees" where "manager_id" is null union all select "e"."id", "e"."manager_id" from "employees" as "e" inner join "tree" on "e"."manager_id" = "tree"."id") select * from "tree"
--;
select * from "orders" where exists (select * from "order_lines" where order_lines.order_id = orders.id)
--;
select * from "orders" where not exists (select * from "order_lines" where order_id = orders.id)
--;
select * from "orders" where "customer_id" in (select "id" from "customers")
--;
select "id" from "orders" union select "id" from "customers"
--;
select "id" from "orders" intersect select "id" from "customers"
--;
select "id" from "orders" except select "id" from "customers"
--;
select * from "orders" order by "status" asc, "id" desc limit $1 offset $2
--;
select row_number() over (partition by "status" order by "id") as "rn" from "orders"
--;
select rank() over (partition by "status" order by "total") as "r" from "orders"
--;
BEGIN;
--;
select * from "orders" for update
--;
COMMIT;
--;
select * from "orders" for share skip locked
--;
select "id" from "orders" for update nowait
--;
SAVEPOINT trx6;
--;
insert into "tags" ("name") values ($1)
--;
RELEASE SAVEPOINT trx6;
--;
select distinct on ("status") * from "orders" order by "status" asc
--;
insert into "customers" ("name") values ($1) returning *
--;
insert into "customers" ("email", "name") values (DEFAULT, $1), ($2, $3) returning "id"
--;
insert into "products" ("price", "sku", "title") values ($1, $2, $3) on conflict ("tenant_id", "sku") do nothing
--;
insert into "products" ("id", "price", "sku", "title") values ($1, $2, $3, $4) on conflict ("id") do update set "id" = excluded."id", "price" = excluded."price", "sku" = excluded."sku", "title" = excluded."title"
--;
insert into "products" ("id", "price", "sku", "title") values ($1, $2, $3, $4) on conflict ("id") do update set "title" = excluded."title" where "products"."price" > $5
--;
update "orders" set "status" = $1 where "id" = $2
--;
update "orders" set "version" = "version" + $1 where "id" = $2
--;
update "orders" set "total" = total + $1 returning "id"
--;
update "orders" set "note" = $1 from "customers" where "orders"."customer_id" = "customers"."id"
--;
delete from "order_lines" where "quantity" > $1
--;
delete from "order_lines" where "id" = $1 returning "id"
--;
select * from "customers" where jsonb_path_query_first("settings", $1)::int = $2
--;
select * from "customers" where "settings" = $1
--;
select * from "customers" where "settings" @> $1
--;
select jsonb_path_query("settings", $1) as "x" from "customers"
--;
select $1::int as a
--;
select now()
--;
select * from information_schema.columns where table_name = $1 and table_catalog = current_database() and table_schema = current_schema()
--;
select * from information_schema.tables where table_name = $1 and table_schema = current_schema()
--;
select * from information_schema.columns where table_name = $1 and column_name = $2 and table_schema = current_schema()
--;
select * from "orders" where placed_at > now() - interval '1 day'
--;
insert into "tags" ("name") values ($1), ($2)
--;
select "id" from "orders"
--;
create table "kn" ("id" serial primary key, "v" varchar(255), "created_at" timestamptz not null default CURRENT_TIMESTAMP, "updated_at" timestamptz not null default CURRENT_TIMESTAMP)
--;
alter table "kn" add column "w" integer
--;
create index "kn_w_index" on "kn" ("w")
--;
drop table "kn"
--;
create table "knex_migrations" ("id" serial primary key, "name" varchar(255), "batch" integer, "migration_time" timestamptz)
--;
create table "knex_migrations_lock" ("index" serial primary key, "is_locked" integer)
--;
select * from "knex_migrations_lock"
--;
insert into "knex_migrations_lock" ("is_locked") values ($1)
--;
select "name" from "knex_migrations" order by "id" asc
--;
update "knex_migrations_lock" set "is_locked" = $1 where "is_locked" = $2
--;
select max("batch") as "max_batch" from "knex_migrations"
--;
create table "kmig" ("id" serial primary key)
--;
insert into "knex_migrations" ("batch", "migration_time", "name") values ($1, $2, $3)
--;
update "knex_migrations_lock" set "is_locked" = $1
--;
