-- Sent by Kysely 0.28.18, as a server logged it. A line of `--;` ends each text.
select * from "customers" where "name" != $1
--;
select * from "customers" where "name" in ($1)
--;
select "o"."id", "c"."name" as "nm" from "orders" as "o" inner join "customers" as "c" on "c"."id" = "o"."customer_id"
--;
select "orders"."id" from "orders" left join "order_lines" as "l" on "l"."order_id" = "orders"."id" and "l"."quantity" > $1
--;
with "w" as (select * from "orders") select * from "w"
--;
select (select count(*) as "n" from "order_lines" where "order_lines"."order_id" = "orders"."id") as "n" from "orders"
--;
insert into "products" ("id", "sku", "title", "price") values ($1, $2, $3, $4) on conflict ("id") do update set "title" = "excluded"."title"
--;
insert into "tags" ("name") select "name" from "customers"
--;
update "orders" set "total" = "total" + $1 where "id" = $2 returning "id"
--;
update "orders" as "o" set "note" = $1 from "customers" as "c" where "o"."customer_id" = "c"."id"
--;
delete from "order_lines" where "id" = $1
--;
delete from "order_lines" using "orders" where "orders"."id" = "order_lines"."order_id" and "orders"."status" = $1
--;
select distinct on ("status") * from "orders" order by "status"
--;
select "status", sum("total") over(partition by "status" order by "id") as "s" from "orders"
--;
begin
--;
select * from "orders" for update skip locked
--;
commit
--;
start transaction isolation level repeatable read
--;
select "a"."attname" as "column", "a"."attnotnull" as "not_null", "a"."atthasdef" as "has_default", "c"."relname" as "table", "c"."relkind" as "table_type", "ns"."nspname" as "schema", "typ"."typname" as "type", "dtns"."nspname" as "type_schema", col_description(a.attrelid, a.attnum) as "column_description", pg_get_serial_sequence(quote_ident(ns.nspname) || '.' || quote_ident(c.relname), a.attname) as "auto_incrementing" from "pg_catalog"."pg_attribute" as "a" inner join "pg_catalog"."pg_class" as "c" on "a"."attrelid" = "c"."oid" inner join "pg_catalog"."pg_namespace" as "ns" on "c"."relnamespace" = "ns"."oid" inner join "pg_catalog"."pg_type" as "typ" on "a"."atttypid" = "typ"."oid" inner join "pg_catalog"."pg_namespace" as "dtns" on "typ"."typnamespace" = "dtns"."oid" where "c"."relkind" in ($1, $2, $3) and "ns"."nspname" !~ $4 and "ns"."nspname" != $5 and "ns"."nspname" != $6 and has_schema_privilege(ns.nspname, 'USAGE') and "a"."attnum" >= $7 and "a"."attisdropped" != $8 and "c"."relname" != $9 and "c"."relname" != $10 order by "ns"."nspname", "c"."relname", "a"."attnum"
--;
select "nspname" from "pg_catalog"."pg_namespace"
--;
merge into "products" using "order_lines" on "order_lines"."product_id" = "products"."id" when matched then update set "weight" = $1
--;
create table "kt" ("id" serial)
--;
drop table "kt"
--;
