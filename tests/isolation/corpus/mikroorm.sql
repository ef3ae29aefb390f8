-- Sent by MikroORM 6.4.16 with node-postgres, as a server logged it. A line of `--;` ends each text.
select version();
--;
select 1 from pg_database where datname = 'mikroorm'
--;
select 1
--;
BEGIN;
--;
insert into "employees" ("name", "salary") values ('b', default), ('e', 0), ('b', default), ('e', 1), ('b', default), ('e', 2), ('b', default), ('e', 3), ('b', default), ('e', 4) returning "id"
--;
insert into "tags" ("name") values ('t0'), ('t1'), ('t2'), ('t3'), ('t4') returning "id"
--;
insert into "customers" ("name", "email", "active", "credit", "settings") values ('n0', 'n0@x', true, 0, '{"a":1}'), ('n1', 'n1@x', true, 0, '{"a":1}'), ('n2', 'n2@x', true, 0, '{"a":1}'), ('n3', 'n3@x', true, 0, '{"a":1}'), ('n4', 'n4@x', true, 0, '{"a":1}') returning "id"
--;
insert into "orders" ("status", "total", "placed_at", "customer_id") values ('new', 3, '2026-11-21T18:58:59.660Z', 1), ('new', 3, '2026-11-21T18:58:59.662Z', 2), ('new', 3, '2026-11-21T18:58:59.663Z', 3), ('new', 3, '2026-11-21T18:58:59.663Z', 4), ('new', 3, '2026-11-21T18:58:59.664Z', 5) returning "id", "version"
--;
insert into "order_lines" ("order_id", "quantity", "unit_price") values (1, 1, 2), (1, 2, 3), (2, 1, 2), (2, 2, 3), (3, 1, 2), (3, 2, 3), (4, 1, 2), (4, 2, 3), (5, 1, 2), (5, 2, 3) returning "id"
--;
update "employees" set "manager_id" = 1 where "id" = 2
--;
update "employees" set "manager_id" = 3 where "id" = 4
--;
insert into "orders_tags" ("tag_id", "order_id") values (1, 1), (2, 2), (3, 3), (4, 4), (5, 5)
--;
COMMIT;
--;
select "p0".*, "l1"."id" as "l1__id", "l1"."order_id" as "l1__order_id", "l1"."quantity" as "l1__quantity", "l1"."unit_price" as "l1__unit_price", "t2"."id" as "t2__id", "t2"."name" as "t2__name", "c4"."id" as "c4__id", "c4"."name" as "c4__name", "c4"."email" as "c4__email", "c4"."active" as "c4__active", "c4"."credit" as "c4__credit", "c4"."settings" as "c4__settings", "c4"."country_code" as "c4__country_code", "c5"."code" as "c5__code", "c5"."name" as "c5__name" from "orders" as "p0" left join "order_lines" as "l1" on "p0"."id" = "l1"."order_id" left join "orders_tags" as "o3" on "p0"."id" = "o3"."order_id" left join "tags" as "t2" on "o3"."tag_id" = "t2"."id" left join "customers" as "c4" on "p0"."customer_id" = "c4"."id" left join "countries" as "c5" on "c4"."country_code" = "c5"."code" where "p0"."id" = 1
--;
insert into "tags" ("name") values ('late') returning "id"
--;
update "orders" set "status" = 'paid', "version" = "version" + 1 where "id" = 1 and "version" = 1 returning "version"
--;
insert into "orders_tags" ("tag_id", "order_id") values (6, 1)
--;
delete from "order_lines" where "id" in ('1', '2')
--;
select "p0".* from "orders" as "p0" where "p0"."id" in (2, 3)
--;
select "p0"."id" from "orders" as "p0" where (("p0"."id" = 2 and "p0"."version" = 1) or ("p0"."id" = 3 and "p0"."version" = 1))
--;
update "orders" set "note" = case when ("id" = 2) then 'n2' when ("id" = 3) then 'n3' else "note" end, "version" = "version" + 1 where "id" in (2, 3) returning "id", "version"
--;
delete from "orders" where "id" in (2)
--;
select "c0".* from "customers" as "c0"
--;
select count(*) as "count" from "customers" as "c0"
--;
select "c0".*, "o1"."id" as "o1__id", "o1"."status" as "o1__status", "o1"."total" as "o1__total", "o1"."note" as "o1__note", "o1"."placed_at" as "o1__placed_at", "o1"."version" as "o1__version", "o1"."customer_id" as "o1__customer_id" from "customers" as "c0" left join "orders" as "o1" on "c0"."id" = "o1"."customer_id" where "c0"."id" in (select "c0"."id" from (select "c0"."id" from "customers" as "c0" left join "orders" as "o1" on "c0"."id" = "o1"."customer_id" group by "c0"."id" order by min("c0"."name") desc, min("c0"."id") asc limit 5 offset 2) as "c0") order by "c0"."name" desc, "c0"."id" asc
--;
select "c0".* from "customers" as "c0" where "c0"."name" = 'n1'
--;
select count(*) as "count" from "customers" as "c0" where "c0"."name" = 'n1'
--;
select "c0".*, "o1"."id" as "o1__id", "o1"."status" as "o1__status", "o1"."total" as "o1__total", "o1"."note" as "o1__note", "o1"."placed_at" as "o1__placed_at", "o1"."version" as "o1__version", "o1"."customer_id" as "o1__customer_id" from "customers" as "c0" left join "orders" as "o1" on "c0"."id" = "o1"."customer_id" where "c0"."id" in (select "c0"."id" from (select "c0"."id" from "customers" as "c0" left join "orders" as "o1" on "c0"."id" = "o1"."customer_id" where "c0"."name" = 'n1' group by "c0"."id" order by min("c0"."name") desc, min("c0"."id") asc limit 5 offset 2) as "c0") order by "c0"."name" desc, "c0"."id" asc
--;
select "c0".* from "customers" as "c0" where "c0"."name" != 'a'
--;
select count(*) as "count" from "customers" as "c0" where "c0"."name" != 'a'
--;
select "c0".*, "o1"."id" as "o1__id", "o1"."status" as "o1__status", "o1"."total" as "o1__total", "o1"."note" as "o1__note", "o1"."placed_at" as "o1__placed_at", "o1"."version" as "o1__version", "o1"."customer_id" as "o1__customer_id" from "customers" as "c0" left join "orders" as "o1" on "c0"."id" = "o1"."customer_id" where "c0"."id" in (select "c0"."id" from (select "c0"."id" from "customers" as "c0" left join "orders" as "o1" on "c0"."id" = "o1"."customer_id" where "c0"."name" != 'a' group by "c0"."id" order by min("c0"."name") desc, min("c0"."id") asc limit 5 offset 2) as "c0") order by "c0"."name" desc, "c0"."id" asc
--;
select "c0".* from "customers" as "c0" where "c0"."name" like '%a%'
--;
select count(*) as "count" from "customers" as "c0" where "c0"."name" like '%a%'
--;
select "c0".*, "o1"."id" as "o1__id", "o1"."status" as "o1__status", "o1"."total" as "o1__total", "o1"."note" as "o1__note", "o1"."placed_at" as "o1__placed_at", "o1"."version" as "o1__version", "o1"."customer_id" as "o1__customer_id" from "customers" as "c0" left join "orders" as "o1" on "c0"."id" = "o1"."customer_id" where "c0"."id" in (select "c0"."id" from (select "c0"."id" from "customers" as "c0" left join "orders" as "o1" on "c0"."id" = "o1"."customer_id" where "c0"."name" like '%a%' group by "c0"."id" order by min("c0"."name") desc, min("c0"."id") asc limit 5 offset 2) as "c0") order by "c0"."name" desc, "c0"."id" asc
--;
select "c0".* from "customers" as "c0" where "c0"."name" ilike 'a%'
--;
select count(*) as "count" from "customers" as "c0" where "c0"."name" ilike 'a%'
--;
select "c0".*, "o1"."id" as "o1__id", "o1"."status" as "o1__status", "o1"."total" as "o1__total", "o1"."note" as "o1__note", "o1"."placed_at" as "o1__placed_at", "o1"."version" as "o1__version", "o1"."customer_id" as "o1__customer_id" from "customers" as "c0" left join "orders" as "o1" on "c0"."id" = "o1"."customer_id" where "c0"."id" in (select "c0"."id" from (select "c0"."id" from "customers" as "c0" left join "orders" as "o1" on "c0"."id" = "o1"."customer_id" where "c0"."name" ilike 'a%' group by "c0"."id" order by min("c0"."name") desc, min("c0"."id") asc limit 5 offset 2) as "c0") order by "c0"."name" desc, "c0"."id" asc
--;
select "c0".* from "customers" as "c0" where "c0"."name" ~ '^a'
--;
select count(*) as "count" from "customers" as "c0" where "c0"."name" ~ '^a'
--;
select "c0".*, "o1"."id" as "o1__id", "o1"."status" as "o1__status", "o1"."total" as "o1__total", "o1"."note" as "o1__note", "o1"."placed_at" as "o1__placed_at", "o1"."version" as "o1__version", "o1"."customer_id" as "o1__customer_id" from "customers" as "c0" left join "orders" as "o1" on "c0"."id" = "o1"."customer_id" where "c0"."id" in (select "c0"."id" from (select "c0"."id" from "customers" as "c0" left join "orders" as "o1" on "c0"."id" = "o1"."customer_id" where "c0"."name" ~ '^a' group by "c0"."id" order by min("c0"."name") desc, min("c0"."id") asc limit 5 offset 2) as "c0") order by "c0"."name" desc, "c0"."id" asc
--;
select "c0".* from "customers" as "c0" where "c0"."email" is null
--;
select count(*) as "count" from "customers" as "c0" where "c0"."email" is null
--;
select "c0".*, "o1"."id" as "o1__id", "o1"."status" as "o1__status", "o1"."total" as "o1__total", "o1"."note" as "o1__note", "o1"."placed_at" as "o1__placed_at", "o1"."version" as "o1__version", "o1"."customer_id" as "o1__customer_id" from "customers" as "c0" left join "orders" as "o1" on "c0"."id" = "o1"."customer_id" where "c0"."id" in (select "c0"."id" from (select "c0"."id" from "customers" as "c0" left join "orders" as "o1" on "c0"."id" = "o1"."customer_id" where "c0"."email" is null group by "c0"."id" order by min("c0"."name") desc, min("c0"."id") asc limit 5 offset 2) as "c0") order by "c0"."name" desc, "c0"."id" asc
--;
select "c0".* from "customers" as "c0" where "c0"."id" in (1, 2)
--;
select count(*) as "count" from "customers" as "c0" where "c0"."id" in (1, 2)
--;
select "c0".*, "o1"."id" as "o1__id", "o1"."status" as "o1__status", "o1"."total" as "o1__total", "o1"."note" as "o1__note", "o1"."placed_at" as "o1__placed_at", "o1"."version" as "o1__version", "o1"."customer_id" as "o1__customer_id" from "customers" as "c0" left join "orders" as "o1" on "c0"."id" = "o1"."customer_id" where "c0"."id" in (select "c0"."id" from (select "c0"."id" from "customers" as "c0" left join "orders" as "o1" on "c0"."id" = "o1"."customer_id" where "c0"."id" in (1, 2) group by "c0"."id" order by min("c0"."name") desc, min("c0"."id") asc limit 5 offset 2) as "c0") order by "c0"."name" desc, "c0"."id" asc
--;
select "c0".* from "customers" as "c0" where "c0"."id" not in (1)
--;
select count(*) as "count" from "customers" as "c0" where "c0"."id" not in (1)
--;
select "c0".*, "o1"."id" as "o1__id", "o1"."status" as "o1__status", "o1"."total" as "o1__total", "o1"."note" as "o1__note", "o1"."placed_at" as "o1__placed_at", "o1"."version" as "o1__version", "o1"."customer_id" as "o1__customer_id" from "customers" as "c0" left join "orders" as "o1" on "c0"."id" = "o1"."customer_id" where "c0"."id" in (select "c0"."id" from (select "c0"."id" from "customers" as "c0" left join "orders" as "o1" on "c0"."id" = "o1"."customer_id" where "c0"."id" not in (1) group by "c0"."id" order by min("c0"."name") desc, min("c0"."id") asc limit 5 offset 2) as "c0") order by "c0"."name" desc, "c0"."id" asc
--;
select "c0".* from "customers" as "c0" where ("c0"."active" = true or "c0"."credit" > 3)
--;
select count(*) as "count" from "customers" as "c0" where ("c0"."active" = true or "c0"."credit" > 3)
--;
select "c0".*, "o1"."id" as "o1__id", "o1"."status" as "o1__status", "o1"."total" as "o1__total", "o1"."note" as "o1__note", "o1"."placed_at" as "o1__placed_at", "o1"."version" as "o1__version", "o1"."customer_id" as "o1__customer_id" from "customers" as "c0" left join "orders" as "o1" on "c0"."id" = "o1"."customer_id" where "c0"."id" in (select "c0"."id" from (select "c0"."id" from "customers" as "c0" left join "orders" as "o1" on "c0"."id" = "o1"."customer_id" where ("c0"."active" = true or "c0"."credit" > 3) group by "c0"."id" order by min("c0"."name") desc, min("c0"."id") asc limit 5 offset 2) as "c0") order by "c0"."name" desc, "c0"."id" asc
--;
select "c0".* from "customers" as "c0" where not ("c0"."name" = 'x')
--;
select count(*) as "count" from "customers" as "c0" where not ("c0"."name" = 'x')
--;
select "c0".*, "o1"."id" as "o1__id", "o1"."status" as "o1__status", "o1"."total" as "o1__total", "o1"."note" as "o1__note", "o1"."placed_at" as "o1__placed_at", "o1"."version" as "o1__version", "o1"."customer_id" as "o1__customer_id" from "customers" as "c0" left join "orders" as "o1" on "c0"."id" = "o1"."customer_id" where "c0"."id" in (select "c0"."id" from (select "c0"."id" from "customers" as "c0" left join "orders" as "o1" on "c0"."id" = "o1"."customer_id" where not ("c0"."name" = 'x') group by "c0"."id" order by min("c0"."name") desc, min("c0"."id") asc limit 5 offset 2) as "c0") order by "c0"."name" desc, "c0"."id" asc
--;
select "c0".* from "customers" as "c0" left join "orders" as "p1" on "c0"."id" = "p1"."customer_id" where "p1"."status" = 'new'
--;
select count(distinct("c0"."id")) as "count" from "customers" as "c0" left join "orders" as "p1" on "c0"."id" = "p1"."customer_id" where "p1"."status" = 'new'
--;
select "c0".*, "o1"."id" as "o1__id", "o1"."status" as "o1__status", "o1"."total" as "o1__total", "o1"."note" as "o1__note", "o1"."placed_at" as "o1__placed_at", "o1"."version" as "o1__version", "o1"."customer_id" as "o1__customer_id" from "customers" as "c0" left join "orders" as "o1" on "c0"."id" = "o1"."customer_id" left join "orders" as "p2" on "c0"."id" = "p2"."customer_id" where "c0"."id" in (select "c0"."id" from (select "c0"."id" from "customers" as "c0" left join "orders" as "o1" on "c0"."id" = "o1"."customer_id" left join "orders" as "p2" on "c0"."id" = "p2"."customer_id" where "p2"."status" = 'new' group by "c0"."id" order by min("c0"."name") desc, min("c0"."id") asc limit 5 offset 2) as "c0") order by "c0"."name" desc, "c0"."id" asc
--;
select "c0".* from "customers" as "c0" where "c0"."id" in (select "c0"."id" from "customers" as "c0" inner join "orders" as "p1" on "c0"."id" = "p1"."customer_id" where "p1"."total" >= 1)
--;
select count(*) as "count" from "customers" as "c0" where "c0"."id" in (select "c0"."id" from "customers" as "c0" inner join "orders" as "p1" on "c0"."id" = "p1"."customer_id" where "p1"."total" >= 1)
--;
select "c0".*, "o1"."id" as "o1__id", "o1"."status" as "o1__status", "o1"."total" as "o1__total", "o1"."note" as "o1__note", "o1"."placed_at" as "o1__placed_at", "o1"."version" as "o1__version", "o1"."customer_id" as "o1__customer_id" from "customers" as "c0" left join "orders" as "o1" on "c0"."id" = "o1"."customer_id" where "c0"."id" in (select "c0"."id" from (select "c0"."id" from "customers" as "c0" left join "orders" as "o1" on "c0"."id" = "o1"."customer_id" where "c0"."id" in (select "c0"."id" from "customers" as "c0" inner join "orders" as "p1" on "c0"."id" = "p1"."customer_id" where "p1"."total" >= 1) group by "c0"."id" order by min("c0"."name") desc, min("c0"."id") asc limit 5 offset 2) as "c0") order by "c0"."name" desc, "c0"."id" asc
--;
select "c0".* from "customers" as "c0" where "c0"."id" not in (select "c0"."id" from "customers" as "c0" inner join "orders" as "p1" on "c0"."id" = "p1"."customer_id" where "p1"."status" = 'paid')
--;
select count(*) as "count" from "customers" as "c0" where "c0"."id" not in (select "c0"."id" from "customers" as "c0" inner join "orders" as "p1" on "c0"."id" = "p1"."customer_id" where "p1"."status" = 'paid')
--;
select "c0".*, "o1"."id" as "o1__id", "o1"."status" as "o1__status", "o1"."total" as "o1__total", "o1"."note" as "o1__note", "o1"."placed_at" as "o1__placed_at", "o1"."version" as "o1__version", "o1"."customer_id" as "o1__customer_id" from "customers" as "c0" left join "orders" as "o1" on "c0"."id" = "o1"."customer_id" where "c0"."id" in (select "c0"."id" from (select "c0"."id" from "customers" as "c0" left join "orders" as "o1" on "c0"."id" = "o1"."customer_id" where "c0"."id" not in (select "c0"."id" from "customers" as "c0" inner join "orders" as "p1" on "c0"."id" = "p1"."customer_id" where "p1"."status" = 'paid') group by "c0"."id" order by min("c0"."name") desc, min("c0"."id") asc limit 5 offset 2) as "c0") order by "c0"."name" desc, "c0"."id" asc
--;
select "c0".* from "customers" as "c0" where "c0"."id" not in (select "c0"."id" from "customers" as "c0" inner join "orders" as "p1" on "c0"."id" = "p1"."customer_id" where not ("p1"."status" = 'paid'))
--;
select count(*) as "count" from "customers" as "c0" where "c0"."id" not in (select "c0"."id" from "customers" as "c0" inner join "orders" as "p1" on "c0"."id" = "p1"."customer_id" where not ("p1"."status" = 'paid'))
--;
select "c0".*, "o1"."id" as "o1__id", "o1"."status" as "o1__status", "o1"."total" as "o1__total", "o1"."note" as "o1__note", "o1"."placed_at" as "o1__placed_at", "o1"."version" as "o1__version", "o1"."customer_id" as "o1__customer_id" from "customers" as "c0" left join "orders" as "o1" on "c0"."id" = "o1"."customer_id" where "c0"."id" in (select "c0"."id" from (select "c0"."id" from "customers" as "c0" left join "orders" as "o1" on "c0"."id" = "o1"."customer_id" where "c0"."id" not in (select "c0"."id" from "customers" as "c0" inner join "orders" as "p1" on "c0"."id" = "p1"."customer_id" where not ("p1"."status" = 'paid')) group by "c0"."id" order by min("c0"."name") desc, min("c0"."id") asc limit 5 offset 2) as "c0") order by "c0"."name" desc, "c0"."id" asc
--;
select "c0".* from "customers" as "c0" where ("c0"."settings"->>'a')::float8 = 1
--;
select count(*) as "count" from "customers" as "c0" where ("c0"."settings"->>'a')::float8 = 1
--;
select "c0".*, "o1"."id" as "o1__id", "o1"."status" as "o1__status", "o1"."total" as "o1__total", "o1"."note" as "o1__note", "o1"."placed_at" as "o1__placed_at", "o1"."version" as "o1__version", "o1"."customer_id" as "o1__customer_id" from "customers" as "c0" left join "orders" as "o1" on "c0"."id" = "o1"."customer_id" where "c0"."id" in (select "c0"."id" from (select "c0"."id" from "customers" as "c0" left join "orders" as "o1" on "c0"."id" = "o1"."customer_id" where ("c0"."settings"->>'a')::float8 = 1 group by "c0"."id" order by min("c0"."name") desc, min("c0"."id") asc limit 5 offset 2) as "c0") order by "c0"."name" desc, "c0"."id" asc
--;
select "c0".* from "customers" as "c0" where ("c0"."settings"->>'a')::float8 > 0
--;
select count(*) as "count" from "customers" as "c0" where ("c0"."settings"->>'a')::float8 > 0
--;
select "c0".*, "o1"."id" as "o1__id", "o1"."status" as "o1__status", "o1"."total" as "o1__total", "o1"."note" as "o1__note", "o1"."placed_at" as "o1__placed_at", "o1"."version" as "o1__version", "o1"."customer_id" as "o1__customer_id" from "customers" as "c0" left join "orders" as "o1" on "c0"."id" = "o1"."customer_id" where "c0"."id" in (select "c0"."id" from (select "c0"."id" from "customers" as "c0" left join "orders" as "o1" on "c0"."id" = "o1"."customer_id" where ("c0"."settings"->>'a')::float8 > 0 group by "c0"."id" order by min("c0"."name") desc, min("c0"."id") asc limit 5 offset 2) as "c0") order by "c0"."name" desc, "c0"."id" asc
--;
select "c0".* from "customers" as "c0" where "c0"."settings" @> '{"a":1}'
--;
select count(*) as "count" from "customers" as "c0" where "c0"."settings" @> '{"a":1}'
--;
select "c0".*, "o1"."id" as "o1__id", "o1"."status" as "o1__status", "o1"."total" as "o1__total", "o1"."note" as "o1__note", "o1"."placed_at" as "o1__placed_at", "o1"."version" as "o1__version", "o1"."customer_id" as "o1__customer_id" from "customers" as "c0" left join "orders" as "o1" on "c0"."id" = "o1"."customer_id" where "c0"."id" in (select "c0"."id" from (select "c0"."id" from "customers" as "c0" left join "orders" as "o1" on "c0"."id" = "o1"."customer_id" where "c0"."settings" @> '{"a":1}' group by "c0"."id" order by min("c0"."name") desc, min("c0"."id") asc limit 5 offset 2) as "c0") order by "c0"."name" desc, "c0"."id" asc
--;
select "c0".* from "customers" as "c0" left join "countries" as "c1" on "c0"."country_code" = "c1"."code" where "c1"."name" = 'x'
--;
select count(*) as "count" from "customers" as "c0" left join "countries" as "c1" on "c0"."country_code" = "c1"."code" where "c1"."name" = 'x'
--;
select "c0".*, "o1"."id" as "o1__id", "o1"."status" as "o1__status", "o1"."total" as "o1__total", "o1"."note" as "o1__note", "o1"."placed_at" as "o1__placed_at", "o1"."version" as "o1__version", "o1"."customer_id" as "o1__customer_id" from "customers" as "c0" left join "orders" as "o1" on "c0"."id" = "o1"."customer_id" where "c0"."id" in (select "c0"."id" from (select "c0"."id" from "customers" as "c0" left join "orders" as "o1" on "c0"."id" = "o1"."customer_id" left join "countries" as "c2" on "c0"."country_code" = "c2"."code" where "c2"."name" = 'x' group by "c0"."id" order by min("c0"."name") desc, min("c0"."id") asc limit 5 offset 2) as "c0") order by "c0"."name" desc, "c0"."id" asc
--;
select "c0".* from "customers" as "c0" where "c0"."country_code" = 'de'
--;
select count(*) as "count" from "customers" as "c0" where "c0"."country_code" = 'de'
--;
select "c0".*, "o1"."id" as "o1__id", "o1"."status" as "o1__status", "o1"."total" as "o1__total", "o1"."note" as "o1__note", "o1"."placed_at" as "o1__placed_at", "o1"."version" as "o1__version", "o1"."customer_id" as "o1__customer_id" from "customers" as "c0" left join "orders" as "o1" on "c0"."id" = "o1"."customer_id" where "c0"."id" in (select "c0"."id" from (select "c0"."id" from "customers" as "c0" left join "orders" as "o1" on "c0"."id" = "o1"."customer_id" where "c0"."country_code" = 'de' group by "c0"."id" order by min("c0"."name") desc, min("c0"."id") asc limit 5 offset 2) as "c0") order by "c0"."name" desc, "c0"."id" asc
--;
select "p0".*, "l1"."id" as "l1__id", "l1"."order_id" as "l1__order_id", "l1"."quantity" as "l1__quantity", "l1"."unit_price" as "l1__unit_price", "t2"."id" as "t2__id", "t2"."name" as "t2__name", "c4"."id" as "c4__id", "c4"."name" as "c4__name", "c4"."email" as "c4__email", "c4"."active" as "c4__active", "c4"."credit" as "c4__credit", "c4"."settings" as "c4__settings", "c4"."country_code" as "c4__country_code" from "orders" as "p0" left join "order_lines" as "l1" on "p0"."id" = "l1"."order_id" left join "orders_tags" as "o3" on "p0"."id" = "o3"."order_id" left join "tags" as "t2" on "o3"."tag_id" = "t2"."id" left join "customers" as "c4" on "p0"."customer_id" = "c4"."id" where "p0"."id" in (select "p0"."id" from (select "p0"."id" from "orders" as "p0" left join "order_lines" as "l1" on "p0"."id" = "l1"."order_id" left join "orders_tags" as "o3" on "p0"."id" = "o3"."order_id" left join "tags" as "t2" on "o3"."tag_id" = "t2"."id" left join "customers" as "c4" on "p0"."customer_id" = "c4"."id" where "p0"."status" = 'new' group by "p0"."id" order by min("c4"."name") asc limit 3) as "p0") order by "c4"."name" asc
--;
select "p0".* from "orders" as "p0" left join "customers" as "c1" on "p0"."customer_id" = "c1"."id" where "p0"."status" = 'new' order by "c1"."name" asc limit 3
--;
select "l0".* from "order_lines" as "l0" where "l0"."order_id" in (3, 4, 5)
--;
select "t1".*, "o0"."tag_id" as "fk__tag_id", "o0"."order_id" as "fk__order_id" from "orders_tags" as "o0" inner join "tags" as "t1" on "o0"."tag_id" = "t1"."id" where "o0"."order_id" in (3, 4, 5)
--;
select "c0".* from "customers" as "c0" where "c0"."id" in (3, 4, 5) order by "c0"."name" asc
--;
select "p0".* from "orders" as "p0" where "p0"."id" = 2 limit 1 for share
--;
select "p0".* from "orders" as "p0" where "p0"."id" = 2 limit 1 for update
--;
select "p0".* from "orders" as "p0" where "p0"."id" = 2 limit 1 for update skip locked
--;
select "p0".* from "orders" as "p0" where "p0"."id" = 2 limit 1 for update nowait
--;
select "p0".* from "orders" as "p0" where "p0"."id" = 2 limit 1 for share skip locked
--;
select "p0".* from "orders" as "p0" where "p0"."id" = 2 limit 1 for share nowait
--;
insert into "tags" ("id", "name") values (50, 'u') on conflict ("id") do update set "name" = excluded."name"
--;
insert into "tags" ("id", "name") values (51, 'u'), (52, 'v') on conflict ("id") do update set "name" = excluded."name" returning "id"
--;
insert into "tags" ("name") values ('a'), ('b') returning "id"
--;
update "tags" set "name" = 'c' where "name" = 'a'
--;
delete from "tags" where "name" in ('b', 'c')
--;
insert into "tags" ("name") values ('z') returning "id"
--;
select "o"."status", count(*) as n from "orders" as "o" group by "o"."status" having count(*) > 0
--;
select "o".*, "c"."id" as "c__id", "c"."name" as "c__name", "c"."email" as "c__email", "c"."active" as "c__active", "c"."credit" as "c__credit", "c"."settings" as "c__settings", "c"."country_code" as "c__country_code" from "orders" as "o" left join "customers" as "c" on "o"."customer_id" = "c"."id" where "c"."active" = true order by "c"."name" asc limit 3
--;
update "orders" as "o" set "note" = 'q', "version" = "version" + 1 where "id" = 1
--;
select "o".* from "orders" as "o" where "o"."customer_id" = (select "x"."id" from "customers" as "x" where "x"."active" = true)
--;
select count(*) as "count" from "orders" as "p0"
--;
select "p0".* from "orders" as "p0" order by "p0"."id" desc limit 4
--;
BEGIN TRANSACTION ISOLATION LEVEL repeatable read;
--;
SAVEPOINT trx14;
--;
select "t0".* from "tags" as "t0"
--;
RELEASE SAVEPOINT trx14;
--;
select id from tags where name = 'a'
--;
select table_name, table_schema as schema_name, (select pg_catalog.obj_description(c.oid) from pg_catalog.pg_class c
          where c.oid = (select ('"' || table_schema || '"."' || table_name || '"')::regclass::oid) and c.relname = table_name) as table_comment from information_schema.tables where "table_schema" not like 'pg_%' and "table_schema" not like 'crdb_%' and "table_schema" not like '_timescaledb_%' and "table_schema" not in ('information_schema', 'tiger', 'topology') and table_name != 'geometry_columns' and table_name != 'spatial_ref_sys' and table_type != 'VIEW' and table_name not in (select inhrelid::regclass::text from pg_inherits) order by table_name
--;
select t.typname as enum_name, n.nspname as schema_name, array_agg(e.enumlabel order by e.enumsortorder) as enum_value
        from pg_type t
        join pg_enum e on t.oid = e.enumtypid
        join pg_catalog.pg_namespace n on n.oid = t.typnamespace
        where n.nspname in ('public')
        group by t.typname, n.nspname
--;
select table_schema as schema_name, table_name, column_name,
      column_default,
      is_nullable,
      udt_name,
      udt_schema,
      coalesce(datetime_precision, character_maximum_length) length,
      atttypmod custom_length,
      numeric_precision,
      numeric_scale,
      data_type,
      is_identity,
      identity_generation,
      generation_expression,
      pg_catalog.col_description(pgc.oid, cols.ordinal_position::int) column_comment
      from information_schema.columns cols
      join pg_class pgc on cols.table_name = pgc.relname
      join pg_attribute pga on pgc.oid = pga.attrelid and cols.column_name = pga.attname
      where ((table_schema = 'public' and table_name in ('auth_group','auth_group_permissions','auth_permission','auth_user','auth_user_groups','auth_user_user_permissions','countries','customers','django_admin_log','django_content_type','django_migrations','django_session','employees','order_lines','orders','orders_tags','products','tags')))
      order by ordinal_position
--;
select indrelid::regclass as table_name, ns.nspname as schema_name, relname as constraint_name, idx.indisunique as unique, idx.indisprimary as primary, contype, condeferrable, condeferred,
      array(
        select pg_get_indexdef(idx.indexrelid, k + 1, true)
        from generate_subscripts(idx.indkey, 1) as k
        order by k
      ) as index_def,
      pg_get_indexdef(idx.indexrelid) as expression,
      c.condeferrable as deferrable,
      c.condeferred as initially_deferred
      from pg_index idx
      join pg_class as i on i.oid = idx.indexrelid
      join pg_namespace as ns on i.relnamespace = ns.oid
      left join pg_constraint as c on c.conname = i.relname
      where indrelid in ('"public"."auth_group"'::regclass, '"public"."auth_group_permissions"'::regclass, '"public"."auth_permission"'::regclass, '"public"."auth_user"'::regclass, '"public"."auth_user_groups"'::regclass, '"public"."auth_user_user_permissions"'::regclass, '"public"."countries"'::regclass, '"public"."customers"'::regclass, '"public"."django_admin_log"'::regclass, '"public"."django_content_type"'::regclass, '"public"."django_migrations"'::regclass, '"public"."django_session"'::regclass, '"public"."employees"'::regclass, '"public"."order_lines"'::regclass, '"public"."orders"'::regclass, '"public"."orders_tags"'::regclass, '"public"."products"'::regclass, '"public"."tags"'::regclass)
      order by relname
--;
select ccu.table_name as table_name, ccu.table_schema as schema_name, pgc.conname as name, conrelid::regclass as table_from, ccu.column_name as column_name, pg_get_constraintdef(pgc.oid) as expression
      from pg_constraint pgc
      join pg_namespace nsp on nsp.oid = pgc.connamespace
      join pg_class cls on pgc.conrelid = cls.oid
      join information_schema.constraint_column_usage ccu on pgc.conname = ccu.constraint_name and nsp.nspname = ccu.constraint_schema
      where contype = 'c' and (ccu.table_name in ('auth_group','auth_group_permissions','auth_permission','auth_user','auth_user_groups','auth_user_user_permissions','countries','customers','django_admin_log','django_content_type','django_migrations','django_session','employees','order_lines','orders','orders_tags','products','tags') and ccu.table_schema = 'public')
      order by pgc.conname
--;
select nsp1.nspname schema_name, cls1.relname table_name, nsp2.nspname referenced_schema_name,
      cls2.relname referenced_table_name, a.attname column_name, af.attname referenced_column_name, conname constraint_name,
      confupdtype update_rule, confdeltype delete_rule, array_position(con.conkey,a.attnum) as ord, condeferrable, condeferred,
      pg_get_constraintdef(con.oid) as constraint_def
      from pg_attribute a
      join pg_constraint con on con.conrelid = a.attrelid AND a.attnum = ANY (con.conkey)
      join pg_attribute af on af.attnum = con.confkey[array_position(con.conkey,a.attnum)] AND af.attrelid = con.confrelid
      join pg_namespace nsp1 on nsp1.oid = con.connamespace
      join pg_class cls1 on cls1.oid = con.conrelid
      join pg_class cls2 on cls2.oid = confrelid
      join pg_namespace nsp2 on nsp2.oid = cls2.relnamespace
      where ((cls1.relname in ('auth_group','auth_group_permissions','auth_permission','auth_user','auth_user_groups','auth_user_user_permissions','countries','customers','django_admin_log','django_content_type','django_migrations','django_session','employees','order_lines','orders','orders_tags','products','tags') and nsp1.nspname = 'public'))
      and confrelid > 0
      order by nsp1.nspname, cls1.relname, constraint_name, ord
--;
ROLLBACK
--;
insert into "orders_tags" ("tag_id", "order_id") values (15, 1)
--;
delete from "orders" where "id" in (3)
--;
select "l0".* from "order_lines" as "l0" where "l0"."order_id" in (4, 5)
--;
select "t1".*, "o0"."tag_id" as "fk__tag_id", "o0"."order_id" as "fk__order_id" from "orders_tags" as "o0" inner join "tags" as "t1" on "o0"."tag_id" = "t1"."id" where "o0"."order_id" in (4, 5)
--;
select "c0".* from "customers" as "c0" where "c0"."id" in (4, 5) order by "c0"."name" asc
--;
select "o".* from "orders" as "o" where "o"."customer_id" in (select "x"."id" from "customers" as "x" where "x"."active" = true)
--;
select count(*) as "count" from "orders" as "o" where "o"."status" = 'new'
--;
SAVEPOINT trx13;
--;
RELEASE SAVEPOINT trx13;
--;
