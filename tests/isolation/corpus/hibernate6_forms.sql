-- Not recorded: written by hand, in the forms that Hibernate 6 is known to give its statements. A line of `--;` ends each text.
select nextval('orders_id_seq')
--;
select nextval('public.orders_id_seq')
--;
select o1_0.id,o1_0.customer_id,o1_0.note,o1_0.placed_at,o1_0.shipped_at,o1_0.status,o1_0.total,o1_0.version from orders o1_0 where o1_0.id=$1
--;
select o1_0.id,c1_0.id,c1_0.active,c1_0.email,c1_0.name,o1_0.status,o1_0.version from orders o1_0 left join customers c1_0 on c1_0.id=o1_0.customer_id where o1_0.id=$1
--;
select o1_0.id,o1_0.status from orders o1_0 where o1_0.status=$1 order by o1_0.placed_at desc offset $2 rows fetch first $3 rows only
--;
select o1_0.id,o1_0.status from orders o1_0 order by o1_0.id fetch first $1 rows only
--;
select o1_0.id,o1_0.status from orders o1_0 order by o1_0.total desc nulls last fetch first $1 rows with ties
--;
select o1_0.id,o1_0.version from orders o1_0 where o1_0.id=$1 for no key update
--;
select o1_0.id,o1_0.version from orders o1_0 where o1_0.id=$1 for no key update of o1_0
--;
select o1_0.id,o1_0.version from orders o1_0 where o1_0.id=$1 for no key update nowait
--;
select o1_0.id,o1_0.version from orders o1_0 where o1_0.status=$1 order by o1_0.id fetch first $2 rows only for no key update skip locked
--;
select o1_0.id,o1_0.version from orders o1_0 where o1_0.id=$1 for share of o1_0
--;
select id from orders where id=$1 and version=$2 for no key update
--;
select version as version_ from orders where id=$1
--;
insert into orders (customer_id,note,placed_at,shipped_at,status,total,version,id) values ($1,$2,$3,$4,$5,$6,$7,$8)
--;
insert into order_lines (order_id,product_id,quantity,unit_price) values ($1,$2,$3,$4) returning id
--;
insert into tags (name,id) values ($1,default) returning id
--;
update orders set customer_id=$1,note=$2,placed_at=$3,shipped_at=$4,status=$5,total=$6,version=$7 where id=$8 and version=$9
--;
delete from orders where id=$1 and version=$2
--;
select l1_0.order_id,l1_0.id,p1_0.id,p1_0.price,p1_0.sku,p1_0.title,l1_0.quantity,l1_0.unit_price from order_lines l1_0 left join products p1_0 on p1_0.id=l1_0.product_id where l1_0.order_id=$1
--;
select l1_0.order_id,l1_0.id,l1_0.quantity from order_lines l1_0 where l1_0.order_id = any ($1)
--;
select c1_0.id,c1_0.name from customers c1_0 where c1_0.id in ($1,$2,$3,$4,$5,$6,$7,$8)
--;
select t1_0.order_id,t1_1.id,t1_1.name from orders_tags t1_0 join tags t1_1 on t1_1.id=t1_0.tag_id where t1_0.order_id=$1
--;
select distinct o1_0.id,l1_0.order_id,l1_0.id,l1_0.quantity from orders o1_0 left join order_lines l1_0 on o1_0.id=l1_0.order_id where o1_0.status=$1
--;
select c1_0.name,count(o1_0.id),sum(o1_0.total) from customers c1_0 join orders o1_0 on c1_0.id=o1_0.customer_id group by c1_0.name having count(o1_0.id)>$1 order by 2 desc
--;
select c1_0.id,c1_0.name from customers c1_0 where exists(select 1 from orders o1_0 where o1_0.customer_id=c1_0.id and o1_0.total>$1)
--;
select c1_0.id from customers c1_0 where (select count(*) from orders o1_0 where c1_0.id=o1_0.customer_id)>$1
--;
select c1_0.id,row_number() over(partition by c1_0.country_code order by c1_0.created_at desc),lag(c1_0.credit,1) over(order by c1_0.id) from customers c1_0
--;
select c1_0.name from customers c1_0 where c1_0.name ilike $1 escape '' union all select t1_0.name from tags t1_0 order by 1 limit 10
--;
select o1_0.id,o1_0.status from orders o1_0 join lateral (select l1_0.quantity from order_lines l1_0 where l1_0.order_id=o1_0.id order by l1_0.quantity desc fetch first 1 rows only) m1_0(q) on true
--;
with totals (customer_id,amount) as materialized (select o1_0.customer_id,sum(o1_0.total) from orders o1_0 group by o1_0.customer_id) select c1_0.name,t1_0.amount from customers c1_0 join totals t1_0 on t1_0.customer_id=c1_0.id
--;
with recursive chain (id,manager_id,depth) as (select e1_0.id,e1_0.manager_id,0 from employees e1_0 where e1_0.manager_id is null union all select e2_0.id,e2_0.manager_id,c1_0.depth+1 from employees e2_0 join chain c1_0 on c1_0.id=e2_0.manager_id) select c2_0.id,c2_0.depth from chain c2_0
--;
select extract(year from o1_0.placed_at),cast(date_trunc('month',o1_0.placed_at) as date),(extract(epoch from o1_0.shipped_at-o1_0.placed_at)*1e9) from orders o1_0 where o1_0.placed_at>=localtimestamp-(1*interval '1 day')
--;
select coalesce(c1_0.email,cast($1 as varchar)),cast(c1_0.credit as text),listagg.x from customers c1_0 cross join lateral (select string_agg(o1_0.status,', ' order by o1_0.id) from orders o1_0 where o1_0.customer_id=c1_0.id) listagg(x)
--;
update orders o1_0 set status=$1,version=(o1_0.version+1) where o1_0.placed_at<$2
--;
delete from order_lines l1_0 where l1_0.order_id in (select o1_0.id from orders o1_0 where o1_0.status=$1)
--;
insert into tags as t1_0 (name) select c1_0.name from customers c1_0 where c1_0.active
--;
insert into products as p1_0 (sku,title,price) values ($1,$2,$3) on conflict do nothing
--;
merge into customers as t using (select cast($1 as integer) id,cast($2 as varchar(100)) name) as s on (t.id=s.id) when not matched then insert (id,name) values (s.id,s.name) when matched then update set name=s.name
--;
select c1_0.id,c1_0.settings from customers c1_0 where c1_0.settings @> cast($1 as jsonb) and jsonb_path_exists(c1_0.settings,'$.a')
--;
select p1_0.id from products p1_0 where $1 = any (p1_0.labels) and array_length(p1_0.labels,1) between $2 and $3
--;
select count(*) from (select o1_0.id c0 from orders o1_0 group by o1_0.id) o2_0(c0)
--;
select o1_0.id from orders o1_0 where (o1_0.placed_at,o1_0.id)<($1,$2) order by o1_0.placed_at desc,o1_0.id desc fetch first $3 rows only
--;
select current_schema()
--;
select relname from pg_class where relkind='S'
--;
select * from information_schema.sequences
