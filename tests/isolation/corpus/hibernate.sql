-- Sent by Hibernate 3.6.10 with pgjdbc 42.5.5, as a server logged it. A line of `--;` ends each text.
SET extra_float_digits = 3
--;
SET application_name = 'PostgreSQL JDBC Driver'
--;
BEGIN
--;
select country0_.code as code0_0_, country0_.name as name0_0_ from countries country0_ where country0_.code=$1
--;
select nextval ('customers_id_seq')
--;
select nextval ('products_id_seq')
--;
insert into countries (name, code) values ($1, $2)
--;
insert into customers (active, country_code, created_at, credit, email, joined_on, name, tenant_id, id) values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
--;
insert into products (price, sku, tenant_id, title, weight, id) values ($1, $2, $3, $4, $5, $6)
--;
insert into tags (name) values ($1)
RETURNING *
--;
insert into orders (customer_id, note, placed_at, shipped_at, status, tenant_id, total, version, id) values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
--;
insert into order_lines (order_id, unit_price, product_id, quantity) values ($1, $2, $3, $4)
RETURNING *
--;
insert into orders_tags (order_id, tag_id) values ($1, $2)
--;
insert into employees (hired, manager_id, name, salary) values ($1, $2, $3, $4)
RETURNING *
--;
COMMIT
--;
select purchase0_.id as id3_0_, purchase0_.customer_id as customer9_3_0_, purchase0_.note as note3_0_, purchase0_.placed_at as placed3_3_0_, purchase0_.shipped_at as shipped4_3_0_, purchase0_.status as status3_0_, purchase0_.tenant_id as tenant6_3_0_, purchase0_.total as total3_0_, purchase0_.version as version3_0_ from orders purchase0_ where purchase0_.id=$1
--;
select lines0_.order_id as order4_3_2_, lines0_.id as id2_, lines0_.id as id4_1_, lines0_.order_id as order4_4_1_, lines0_.unit_price as unit2_4_1_, lines0_.product_id as product5_4_1_, lines0_.quantity as quantity4_1_, product1_.id as id2_0_, product1_.price as price2_0_, product1_.sku as sku2_0_, product1_.tenant_id as tenant4_2_0_, product1_.title as title2_0_, product1_.weight as weight2_0_ from order_lines lines0_ left outer join products product1_ on lines0_.product_id=product1_.id where lines0_.order_id=$1 order by lines0_.id asc
--;
select tags0_.order_id as order1_3_1_, tags0_.tag_id as tag2_1_, tag1_.id as id5_0_, tag1_.name as name5_0_ from orders_tags tags0_ inner join tags tag1_ on tags0_.tag_id=tag1_.id where tags0_.order_id=$1
--;
ROLLBACK
--;
update orders set customer_id=$1, note=$2, placed_at=$3, shipped_at=$4, status=$5, tenant_id=$6, total=$7, version=$8 where id=$9 and version=$10
--;
delete from orders_tags where order_id=$1 and tag_id=$2
--;
delete from order_lines where id=$1
--;
select customer0_.id as id1_0_, customer0_.active as active1_0_, customer0_.country_code as country9_1_0_, customer0_.created_at as created3_1_0_, customer0_.credit as credit1_0_, customer0_.email as email1_0_, customer0_.joined_on as joined6_1_0_, customer0_.name as name1_0_, customer0_.tenant_id as tenant8_1_0_ from customers customer0_ where customer0_.id=$1
--;
update customers set active=$1, country_code=$2, created_at=$3, credit=$4, email=$5, joined_on=$6, name=$7, tenant_id=$8 where id=$9
--;
select version from orders where id =$1
--;
update orders set version=$1 where id=$2 and version=$3
--;
select purchase0_.id as id3_0_, purchase0_.customer_id as customer9_3_0_, purchase0_.note as note3_0_, purchase0_.placed_at as placed3_3_0_, purchase0_.shipped_at as shipped4_3_0_, purchase0_.status as status3_0_, purchase0_.tenant_id as tenant6_3_0_, purchase0_.total as total3_0_, purchase0_.version as version3_0_ from orders purchase0_ where purchase0_.id=$1 for share
--;
select purchase0_.id as id3_0_, purchase0_.customer_id as customer9_3_0_, purchase0_.note as note3_0_, purchase0_.placed_at as placed3_3_0_, purchase0_.shipped_at as shipped4_3_0_, purchase0_.status as status3_0_, purchase0_.tenant_id as tenant6_3_0_, purchase0_.total as total3_0_, purchase0_.version as version3_0_ from orders purchase0_ where purchase0_.id=$1 for update
--;
select id from orders where id =$1 and version =$2 for update
--;
select purchase0_.id as id3_0_, purchase0_.customer_id as customer9_3_0_, purchase0_.note as note3_0_, purchase0_.placed_at as placed3_3_0_, purchase0_.shipped_at as shipped4_3_0_, purchase0_.status as status3_0_, purchase0_.tenant_id as tenant6_3_0_, purchase0_.total as total3_0_, purchase0_.version as version3_0_ from orders purchase0_ where purchase0_.id=$1 for update nowait
--;
delete from orders where id=$1 and version=$2
--;
select country0_.code as code0_, country0_.name as name0_ from countries country0_
--;
select count(country0_.code) as col_0_0_ from countries country0_
--;
select country0_.code as code0_, country0_.name as name0_ from countries country0_ limit $1 offset $2
--;
select customer0_.id as id1_, customer0_.active as active1_, customer0_.country_code as country9_1_, customer0_.created_at as created3_1_, customer0_.credit as credit1_, customer0_.email as email1_, customer0_.joined_on as joined6_1_, customer0_.name as name1_, customer0_.tenant_id as tenant8_1_ from customers customer0_
--;
select count(customer0_.id) as col_0_0_ from customers customer0_
--;
select customer0_.id as id1_, customer0_.active as active1_, customer0_.country_code as country9_1_, customer0_.created_at as created3_1_, customer0_.credit as credit1_, customer0_.email as email1_, customer0_.joined_on as joined6_1_, customer0_.name as name1_, customer0_.tenant_id as tenant8_1_ from customers customer0_ limit $1 offset $2
--;
select max(customer0_.id) as col_0_0_, min(customer0_.id) as col_1_0_ from customers customer0_
--;
select customer0_.id as id1_, customer0_.active as active1_, customer0_.country_code as country9_1_, customer0_.created_at as created3_1_, customer0_.credit as credit1_, customer0_.email as email1_, customer0_.joined_on as joined6_1_, customer0_.name as name1_, customer0_.tenant_id as tenant8_1_ from customers customer0_ where customer0_.id in ($1 , $2) order by customer0_.id desc limit $3
--;
delete from customers where id=$1
--;
select product0_.id as id2_, product0_.price as price2_, product0_.sku as sku2_, product0_.tenant_id as tenant4_2_, product0_.title as title2_, product0_.weight as weight2_ from products product0_
--;
select count(product0_.id) as col_0_0_ from products product0_
--;
select product0_.id as id2_, product0_.price as price2_, product0_.sku as sku2_, product0_.tenant_id as tenant4_2_, product0_.title as title2_, product0_.weight as weight2_ from products product0_ limit $1 offset $2
--;
select max(product0_.id) as col_0_0_, min(product0_.id) as col_1_0_ from products product0_
--;
select product0_.id as id2_, product0_.price as price2_, product0_.sku as sku2_, product0_.tenant_id as tenant4_2_, product0_.title as title2_, product0_.weight as weight2_ from products product0_ where product0_.id in ($1 , $2) order by product0_.id desc limit $3
--;
delete from products where id=$1
--;
select purchase0_.id as id3_, purchase0_.customer_id as customer9_3_, purchase0_.note as note3_, purchase0_.placed_at as placed3_3_, purchase0_.shipped_at as shipped4_3_, purchase0_.status as status3_, purchase0_.tenant_id as tenant6_3_, purchase0_.total as total3_, purchase0_.version as version3_ from orders purchase0_
--;
select count(purchase0_.id) as col_0_0_ from orders purchase0_
--;
select purchase0_.id as id3_, purchase0_.customer_id as customer9_3_, purchase0_.note as note3_, purchase0_.placed_at as placed3_3_, purchase0_.shipped_at as shipped4_3_, purchase0_.status as status3_, purchase0_.tenant_id as tenant6_3_, purchase0_.total as total3_, purchase0_.version as version3_ from orders purchase0_ limit $1 offset $2
--;
select max(purchase0_.id) as col_0_0_, min(purchase0_.id) as col_1_0_ from orders purchase0_
--;
select purchase0_.id as id3_, purchase0_.customer_id as customer9_3_, purchase0_.note as note3_, purchase0_.placed_at as placed3_3_, purchase0_.shipped_at as shipped4_3_, purchase0_.status as status3_, purchase0_.tenant_id as tenant6_3_, purchase0_.total as total3_, purchase0_.version as version3_ from orders purchase0_ where purchase0_.id in ($1 , $2) order by purchase0_.id desc limit $3
--;
delete from orders where id=$1
--;
select line0_.id as id4_, line0_.order_id as order4_4_, line0_.unit_price as unit2_4_, line0_.product_id as product5_4_, line0_.quantity as quantity4_ from order_lines line0_
--;
select product0_.id as id2_0_, product0_.price as price2_0_, product0_.sku as sku2_0_, product0_.tenant_id as tenant4_2_0_, product0_.title as title2_0_, product0_.weight as weight2_0_ from products product0_ where product0_.id=$1
--;
select count(line0_.id) as col_0_0_ from order_lines line0_
--;
select line0_.id as id4_, line0_.order_id as order4_4_, line0_.unit_price as unit2_4_, line0_.product_id as product5_4_, line0_.quantity as quantity4_ from order_lines line0_ limit $1 offset $2
--;
select max(line0_.id) as col_0_0_, min(line0_.id) as col_1_0_ from order_lines line0_
--;
select line0_.id as id4_, line0_.order_id as order4_4_, line0_.unit_price as unit2_4_, line0_.product_id as product5_4_, line0_.quantity as quantity4_ from order_lines line0_ where line0_.id in ($1 , $2) order by line0_.id desc limit $3
--;
select tag0_.id as id5_, tag0_.name as name5_ from tags tag0_
--;
select count(tag0_.id) as col_0_0_ from tags tag0_
--;
select tag0_.id as id5_, tag0_.name as name5_ from tags tag0_ limit $1 offset $2
--;
select max(tag0_.id) as col_0_0_, min(tag0_.id) as col_1_0_ from tags tag0_
--;
select tag0_.id as id5_, tag0_.name as name5_ from tags tag0_ where tag0_.id in ($1 , $2) order by tag0_.id desc limit $3
--;
delete from tags where id=$1
--;
select employee0_.id as id6_, employee0_.hired as hired6_, employee0_.manager_id as manager5_6_, employee0_.name as name6_, employee0_.salary as salary6_ from employees employee0_
--;
select count(employee0_.id) as col_0_0_ from employees employee0_
--;
select employee0_.id as id6_, employee0_.hired as hired6_, employee0_.manager_id as manager5_6_, employee0_.name as name6_, employee0_.salary as salary6_ from employees employee0_ limit $1 offset $2
--;
select max(employee0_.id) as col_0_0_, min(employee0_.id) as col_1_0_ from employees employee0_
--;
select employee0_.id as id6_, employee0_.hired as hired6_, employee0_.manager_id as manager5_6_, employee0_.name as name6_, employee0_.salary as salary6_ from employees employee0_ where employee0_.id in ($1 , $2) order by employee0_.id desc limit $3
--;
delete from employees where id=$1
--;
select purchase0_.id as id3_0_, customer1_.id as id1_1_, lines2_.id as id4_2_, purchase0_.customer_id as customer9_3_0_, purchase0_.note as note3_0_, purchase0_.placed_at as placed3_3_0_, purchase0_.shipped_at as shipped4_3_0_, purchase0_.status as status3_0_, purchase0_.tenant_id as tenant6_3_0_, purchase0_.total as total3_0_, purchase0_.version as version3_0_, customer1_.active as active1_1_, customer1_.country_code as country9_1_1_, customer1_.created_at as created3_1_1_, customer1_.credit as credit1_1_, customer1_.email as email1_1_, customer1_.joined_on as joined6_1_1_, customer1_.name as name1_1_, customer1_.tenant_id as tenant8_1_1_, lines2_.order_id as order4_4_2_, lines2_.unit_price as unit2_4_2_, lines2_.product_id as product5_4_2_, lines2_.quantity as quantity4_2_, lines2_.order_id as order4_3_0__, lines2_.id as id0__ from orders purchase0_ inner join customers customer1_ on purchase0_.customer_id=customer1_.id left outer join order_lines lines2_ on purchase0_.id=lines2_.order_id where customer1_.active=true and purchase0_.status=$1 order by purchase0_.placed_at desc, purchase0_.id, lines2_.id asc
--;
select distinct purchase0_.id as id3_0_, lines1_.id as id4_1_, purchase0_.customer_id as customer9_3_0_, purchase0_.note as note3_0_, purchase0_.placed_at as placed3_3_0_, purchase0_.shipped_at as shipped4_3_0_, purchase0_.status as status3_0_, purchase0_.tenant_id as tenant6_3_0_, purchase0_.total as total3_0_, purchase0_.version as version3_0_, lines1_.order_id as order4_4_1_, lines1_.unit_price as unit2_4_1_, lines1_.product_id as product5_4_1_, lines1_.quantity as quantity4_1_, lines1_.order_id as order4_3_0__, lines1_.id as id0__ from orders purchase0_ left outer join order_lines lines1_ on purchase0_.id=lines1_.order_id order by lines1_.id asc
--;
select distinct purchase0_.id as id3_0_, tag2_.id as id5_1_, purchase0_.customer_id as customer9_3_0_, purchase0_.note as note3_0_, purchase0_.placed_at as placed3_3_0_, purchase0_.shipped_at as shipped4_3_0_, purchase0_.status as status3_0_, purchase0_.tenant_id as tenant6_3_0_, purchase0_.total as total3_0_, purchase0_.version as version3_0_, tag2_.name as name5_1_, tags1_.order_id as order1_3_0__, tags1_.tag_id as tag2_0__ from orders purchase0_ left outer join orders_tags tags1_ on purchase0_.id=tags1_.order_id left outer join tags tag2_ on tags1_.tag_id=tag2_.id where purchase0_.total between $1 and $2
--;
select customer0_.name as col_0_0_, count(orders1_.id) as col_1_0_, sum(orders1_.total) as col_2_0_, avg(orders1_.total) as col_3_0_, max(orders1_.placed_at) as col_4_0_ from customers customer0_ left outer join orders orders1_ on customer0_.id=orders1_.customer_id group by customer0_.name having count(orders1_.id)>1 order by customer0_.name
--;
select purchase0_.status as col_0_0_, count(distinct purchase0_.customer_id) as col_1_0_ from orders purchase0_, customers customer1_ where purchase0_.customer_id=customer1_.id group by purchase0_.status
--;
select customer0_.id as id1_, customer0_.active as active1_, customer0_.country_code as country9_1_, customer0_.created_at as created3_1_, customer0_.credit as credit1_, customer0_.email as email1_, customer0_.joined_on as joined6_1_, customer0_.name as name1_, customer0_.tenant_id as tenant8_1_ from customers customer0_ where exists (select purchase1_.id from orders purchase1_ where purchase1_.customer_id=customer0_.id and purchase1_.total>$1)
--;
select customer0_.id as id1_, customer0_.active as active1_, customer0_.country_code as country9_1_, customer0_.created_at as created3_1_, customer0_.credit as credit1_, customer0_.email as email1_, customer0_.joined_on as joined6_1_, customer0_.name as name1_, customer0_.tenant_id as tenant8_1_ from customers customer0_ where  not (exists (select purchase1_.id from orders purchase1_ where purchase1_.customer_id=customer0_.id))
--;
select customer0_.id as id1_, customer0_.active as active1_, customer0_.country_code as country9_1_, customer0_.created_at as created3_1_, customer0_.credit as credit1_, customer0_.email as email1_, customer0_.joined_on as joined6_1_, customer0_.name as name1_, customer0_.tenant_id as tenant8_1_ from customers customer0_ where  not (exists (select orders1_.id from orders orders1_ where customer0_.id=orders1_.customer_id))
--;
select customer0_.id as id1_, customer0_.active as active1_, customer0_.country_code as country9_1_, customer0_.created_at as created3_1_, customer0_.credit as credit1_, customer0_.email as email1_, customer0_.joined_on as joined6_1_, customer0_.name as name1_, customer0_.tenant_id as tenant8_1_ from customers customer0_ where (select count(orders1_.customer_id) from orders orders1_ where customer0_.id=orders1_.customer_id)>2
--;
select purchase0_.id as id3_, purchase0_.customer_id as customer9_3_, purchase0_.note as note3_, purchase0_.placed_at as placed3_3_, purchase0_.shipped_at as shipped4_3_, purchase0_.status as status3_, purchase0_.tenant_id as tenant6_3_, purchase0_.total as total3_, purchase0_.version as version3_ from orders purchase0_ where (select max(tag1_.id) from tags tag1_)=purchase0_.id
--;
select purchase0_.id as id3_, purchase0_.customer_id as customer9_3_, purchase0_.note as note3_, purchase0_.placed_at as placed3_3_, purchase0_.shipped_at as shipped4_3_, purchase0_.status as status3_, purchase0_.tenant_id as tenant6_3_, purchase0_.total as total3_, purchase0_.version as version3_ from orders purchase0_ inner join orders_tags tags1_ on purchase0_.id=tags1_.order_id inner join tags tag2_ on tags1_.tag_id=tag2_.id where tag2_.name in ('red' , 'blue')
--;
select customer0_.id as id1_, customer0_.active as active1_, customer0_.country_code as country9_1_, customer0_.created_at as created3_1_, customer0_.credit as credit1_, customer0_.email as email1_, customer0_.joined_on as joined6_1_, customer0_.name as name1_, customer0_.tenant_id as tenant8_1_ from customers customer0_ where customer0_.credit>=all (select customer1_.credit from customers customer1_)
--;
select customer0_.id as id1_, customer0_.active as active1_, customer0_.country_code as country9_1_, customer0_.created_at as created3_1_, customer0_.credit as credit1_, customer0_.email as email1_, customer0_.joined_on as joined6_1_, customer0_.name as name1_, customer0_.tenant_id as tenant8_1_ from customers customer0_ where customer0_.id=any (select purchase1_.customer_id from orders purchase1_)
--;
select upper(customer0_.name) as col_0_0_, lower(customer0_.email) as col_1_0_, length(customer0_.name) as col_2_0_, (customer0_.name||customer0_.email) as col_3_0_, substring(customer0_.name, 1, 3) as col_4_0_, trim(customer0_.name) as col_5_0_, position('a' in customer0_.name) as col_6_0_, abs(customer0_.credit) as col_7_0_, sqrt(customer0_.credit) as col_8_0_, mod(customer0_.id, 3) as col_9_0_ from customers customer0_
--;
select customer0_.id as id1_, customer0_.active as active1_, customer0_.country_code as country9_1_, customer0_.created_at as created3_1_, customer0_.credit as credit1_, customer0_.email as email1_, customer0_.joined_on as joined6_1_, customer0_.name as name1_, customer0_.tenant_id as tenant8_1_ from customers customer0_ where customer0_.created_at>current_timestamp or customer0_.joined_on=current_date
--;
select coalesce(customer0_.email, 'none') as col_0_0_, nullif(customer0_.name, '') as col_1_0_, case when customer0_.credit>100 then 'gold' when customer0_.credit>10 then 'silver' else 'none' end as col_2_0_ from customers customer0_
--;
select customer0_.id as id1_, customer0_.active as active1_, customer0_.country_code as country9_1_, customer0_.created_at as created3_1_, customer0_.credit as credit1_, customer0_.email as email1_, customer0_.joined_on as joined6_1_, customer0_.name as name1_, customer0_.tenant_id as tenant8_1_ from customers customer0_ cross join countries country1_ where customer0_.country_code=country1_.code and (customer0_.name like $1 escape '!') and (customer0_.email is not null) and country1_.name<>$2
--;
select employee0_.name as col_0_0_, employee1_.name as col_1_0_ from employees employee0_ left outer join employees employee1_ on employee0_.manager_id=employee1_.id where employee1_.id is null or employee1_.salary>employee0_.salary
--;
select employee0_.id as id6_, employee0_.hired as hired6_, employee0_.manager_id as manager5_6_, employee0_.name as name6_, employee0_.salary as salary6_ from employees employee0_ cross join employees employee1_ cross join employees employee2_ where employee0_.manager_id=employee1_.id and employee1_.manager_id=employee2_.id and employee2_.name=$1
--;
select product1_.title as col_0_0_, sum(line0_.quantity*line0_.unit_price) as col_1_0_ from order_lines line0_ inner join products product1_ on line0_.product_id=product1_.id group by product1_.title order by sum(line0_.quantity*line0_.unit_price) desc limit $1
--;
select purchase0_.id as id3_, purchase0_.customer_id as customer9_3_, purchase0_.note as note3_, purchase0_.placed_at as placed3_3_, purchase0_.shipped_at as shipped4_3_, purchase0_.status as status3_, purchase0_.tenant_id as tenant6_3_, purchase0_.total as total3_, purchase0_.version as version3_ from orders purchase0_ where purchase0_.customer_id=$1 order by purchase0_.placed_at desc limit $2 offset $3
--;
select purchase0_.id as id3_, purchase0_.customer_id as customer9_3_, purchase0_.note as note3_, purchase0_.placed_at as placed3_3_, purchase0_.shipped_at as shipped4_3_, purchase0_.status as status3_, purchase0_.tenant_id as tenant6_3_, purchase0_.total as total3_, purchase0_.version as version3_ from orders purchase0_ where purchase0_.status=$1 limit $2 for update
--;
select purchase0_.id as id3_, purchase0_.customer_id as customer9_3_, purchase0_.note as note3_, purchase0_.placed_at as placed3_3_, purchase0_.shipped_at as shipped4_3_, purchase0_.status as status3_, purchase0_.tenant_id as tenant6_3_, purchase0_.total as total3_, purchase0_.version as version3_ from orders purchase0_ where purchase0_.status=$1 for share
--;
select purchase0_.id as id3_, purchase0_.customer_id as customer9_3_, purchase0_.note as note3_, purchase0_.placed_at as placed3_3_, purchase0_.shipped_at as shipped4_3_, purchase0_.status as status3_, purchase0_.tenant_id as tenant6_3_, purchase0_.total as total3_, purchase0_.version as version3_ from orders purchase0_ where purchase0_.status=$1
--;
update orders set status=$1 where placed_at<$2 and (shipped_at is null)
--;
update customers set credit=credit+10, active=false where id in (select purchase1_.customer_id from orders purchase1_ where purchase1_.total>1000)
--;
update orders set version=version+1 where id=$1
--;
delete from order_lines where order_id in (select purchase1_.id from orders purchase1_ where purchase1_.status='void')
--;
delete from customers where (email is null) and  not (exists (select orders1_.id from orders orders1_ where customers.id=orders1_.customer_id))
--;
select customer0_.id as id1_, customer0_.active as active1_, customer0_.country_code as country9_1_, customer0_.created_at as created3_1_, customer0_.credit as credit1_, customer0_.email as email1_, customer0_.joined_on as joined6_1_, customer0_.name as name1_, customer0_.tenant_id as tenant8_1_ from customers customer0_ where lower(customer0_.email)=lower($1)
--;
select status, count(*) as n from orders group by status having count(*) > $1
--;
select * from orders where status = $1 limit 3
--;
select nextval('orders_id_seq')
--;
update orders set note = 'native' where id = $1
--;
select amount from order_totals limit $1
--;
select purchase0_.id as id3_, purchase0_.customer_id as customer9_3_, purchase0_.note as note3_, purchase0_.placed_at as placed3_3_, purchase0_.shipped_at as shipped4_3_, purchase0_.status as status3_, purchase0_.tenant_id as tenant6_3_, purchase0_.total as total3_, purchase0_.version as version3_ from orders purchase0_ left outer join customers customer1_ on purchase0_.customer_id=customer1_.id where purchase0_.status=$1 and (customer1_.name like $2 or customer1_.id is null) and purchase0_.total>1.00 order by purchase0_.placed_at desc, purchase0_.id asc limit $3 offset $4
--;
select count(distinct purchase0_.id) as col_0_0_ from orders purchase0_ limit $1
--;
select purchase0_.status as col_0_0_, sum(purchase0_.total) as col_1_0_, count(purchase0_.id) as col_2_0_ from orders purchase0_ group by purchase0_.status having count(purchase0_.id)>1
--;
select customer0_.id as id1_, customer0_.active as active1_, customer0_.country_code as country9_1_, customer0_.created_at as created3_1_, customer0_.credit as credit1_, customer0_.email as email1_, customer0_.joined_on as joined6_1_, customer0_.name as name1_, customer0_.tenant_id as tenant8_1_ from customers customer0_ where (exists (select purchase1_.id from orders purchase1_ where purchase1_.customer_id=customer0_.id)) and (customer0_.country_code in ($1 , $2))
--;
select customer0_.id as id1_, customer0_.active as active1_, customer0_.country_code as country9_1_, customer0_.created_at as created3_1_, customer0_.credit as credit1_, customer0_.email as email1_, customer0_.joined_on as joined6_1_, customer0_.name as name1_, customer0_.tenant_id as tenant8_1_ from customers customer0_ where (customer0_.id between 1 and 9) and customer0_.active=true and lower(customer0_.name)<>$1
--;
delete from orders_tags where order_id=$1
--;
select orders0_.customer_id as customer9_1_1_, orders0_.id as id1_, orders0_.id as id3_0_, orders0_.customer_id as customer9_3_0_, orders0_.note as note3_0_, orders0_.placed_at as placed3_3_0_, orders0_.shipped_at as shipped4_3_0_, orders0_.status as status3_0_, orders0_.tenant_id as tenant6_3_0_, orders0_.total as total3_0_, orders0_.version as version3_0_ from orders orders0_ where orders0_.customer_id=$1
--;
select line0_.id as id4_0_, line0_.order_id as order4_4_0_, line0_.unit_price as unit2_4_0_, line0_.product_id as product5_4_0_, line0_.quantity as quantity4_0_ from order_lines line0_ where line0_.id=$1
--;
select purchase0_.id as id3_1_, purchase0_.customer_id as customer9_3_1_, purchase0_.note as note3_1_, purchase0_.placed_at as placed3_3_1_, purchase0_.shipped_at as shipped4_3_1_, purchase0_.status as status3_1_, purchase0_.tenant_id as tenant6_3_1_, purchase0_.total as total3_1_, purchase0_.version as version3_1_, lines1_.order_id as order4_3_3_, lines1_.id as id3_, lines1_.id as id4_0_, lines1_.order_id as order4_4_0_, lines1_.unit_price as unit2_4_0_, lines1_.product_id as product5_4_0_, lines1_.quantity as quantity4_0_ from orders purchase0_ left outer join order_lines lines1_ on purchase0_.id=lines1_.order_id where purchase0_.id=$1 order by lines1_.id asc
--;
select this_.id as id3_0_, this_.customer_id as customer9_3_0_, this_.note as note3_0_, this_.placed_at as placed3_3_0_, this_.shipped_at as shipped4_3_0_, this_.status as status3_0_, this_.tenant_id as tenant6_3_0_, this_.total as total3_0_, this_.version as version3_0_ from orders this_ where this_.status=$1 and (this_.note is null or this_.note ilike $2) order by this_.placed_at desc limit $3 offset $4
--;
select this_.status as y0_, count(*) as y1_, avg(this_.total) as y2_, count(distinct this_.customer_id) as y3_ from orders this_ group by this_.status
--;
select this_.id as id1_1_, this_.active as active1_1_, this_.country_code as country9_1_1_, this_.created_at as created3_1_1_, this_.credit as credit1_1_, this_.email as email1_1_, this_.joined_on as joined6_1_1_, this_.name as name1_1_, this_.tenant_id as tenant8_1_1_, o1_.id as id3_0_, o1_.customer_id as customer9_3_0_, o1_.note as note3_0_, o1_.placed_at as placed3_3_0_, o1_.shipped_at as shipped4_3_0_, o1_.status as status3_0_, o1_.tenant_id as tenant6_3_0_, o1_.total as total3_0_, o1_.version as version3_0_ from customers this_ inner join orders o1_ on this_.id=o1_.customer_id where o1_.total>$1
--;
select this_.id as id1_2_, this_.active as active1_2_, this_.country_code as country9_1_2_, this_.created_at as created3_1_2_, this_.credit as credit1_2_, this_.email as email1_2_, this_.joined_on as joined6_1_2_, this_.name as name1_2_, this_.tenant_id as tenant8_1_2_, country2_.code as code0_0_, country2_.name as name0_0_, orders3_.customer_id as customer9_1_4_, orders3_.id as id4_, orders3_.id as id3_1_, orders3_.customer_id as customer9_3_1_, orders3_.note as note3_1_, orders3_.placed_at as placed3_3_1_, orders3_.shipped_at as shipped4_3_1_, orders3_.status as status3_1_, orders3_.tenant_id as tenant6_3_1_, orders3_.total as total3_1_, orders3_.version as version3_1_ from customers this_ left outer join countries country2_ on this_.country_code=country2_.code left outer join orders orders3_ on this_.id=orders3_.customer_id where this_.country_code in ($1, $2)
--;
select this_.id as id1_0_, this_.active as active1_0_, this_.country_code as country9_1_0_, this_.created_at as created3_1_0_, this_.credit as credit1_0_, this_.email as email1_0_, this_.joined_on as joined6_1_0_, this_.name as name1_0_, this_.tenant_id as tenant8_1_0_ from customers this_ where $1 < (select count(*) from orders where this_.id=customer_id) and exists (select 1 from orders where this_.id=customer_id)
--;
select this_.id as id1_0_, this_.active as active1_0_, this_.country_code as country9_1_0_, this_.created_at as created3_1_0_, this_.credit as credit1_0_, this_.email as email1_0_, this_.joined_on as joined6_1_0_, this_.name as name1_0_, this_.tenant_id as tenant8_1_0_ from customers this_ where lower(this_.name) like lower($1)
--;
select this_.id as id1_0_, this_.active as active1_0_, this_.country_code as country9_1_0_, this_.created_at as created3_1_0_, this_.credit as credit1_0_, this_.email as email1_0_, this_.joined_on as joined6_1_0_, this_.name as name1_0_, this_.tenant_id as tenant8_1_0_ from customers this_ where this_.id in (select this_.customer_id as y0_ from orders this_)
--;
select this_.id as id6_1_, this_.hired as hired6_1_, this_.manager_id as manager5_6_1_, this_.name as name6_1_, this_.salary as salary6_1_, m1_.id as id6_0_, m1_.hired as hired6_0_, m1_.manager_id as manager5_6_0_, m1_.name as name6_0_, m1_.salary as salary6_0_ from employees this_ left outer join employees m1_ on this_.manager_id=m1_.id where this_.salary>m1_.salary
--;
select this_.id as id1_0_, this_.active as active1_0_, this_.country_code as country9_1_0_, this_.created_at as created3_1_0_, this_.credit as credit1_0_, this_.email as email1_0_, this_.joined_on as joined6_1_0_, this_.name as name1_0_, this_.tenant_id as tenant8_1_0_ from customers this_ where (this_.active=$1 and this_.name like $2 and this_.tenant_id like $3)
--;
select purchase0_.id as id3_, purchase0_.customer_id as customer9_3_, purchase0_.note as note3_, purchase0_.placed_at as placed3_3_, purchase0_.shipped_at as shipped4_3_, purchase0_.status as status3_, purchase0_.tenant_id as tenant6_3_, purchase0_.total as total3_, purchase0_.version as version3_ from orders purchase0_ order by purchase0_.id limit $1
--;
select purchase0_.id as id3_, purchase0_.customer_id as customer9_3_, purchase0_.note as note3_, purchase0_.placed_at as placed3_3_, purchase0_.shipped_at as shipped4_3_, purchase0_.status as status3_, purchase0_.tenant_id as tenant6_3_, purchase0_.total as total3_, purchase0_.version as version3_ from orders purchase0_ where purchase0_.id=$1 for update
--;
select id from orders where id =$1 and version =$2 for share
--;
select purchase0_.id as id3_, purchase0_.customer_id as customer9_3_, purchase0_.note as note3_, purchase0_.placed_at as placed3_3_, purchase0_.shipped_at as shipped4_3_, purchase0_.status as status3_, purchase0_.tenant_id as tenant6_3_, purchase0_.total as total3_, purchase0_.version as version3_ from orders purchase0_ where purchase0_.id=$1 for share
--;
select customer0_.id as id1_, customer0_.active as active1_, customer0_.country_code as country9_1_, customer0_.created_at as created3_1_, customer0_.credit as credit1_, customer0_.email as email1_, customer0_.joined_on as joined6_1_, customer0_.name as name1_, customer0_.tenant_id as tenant8_1_ from customers customer0_ where extract(year from customer0_.joined_on)=2020 and extract(month from customer0_.created_at)>3 and extract(day from current_date)<40
--;
select cast(customer0_.id as varchar) as col_0_0_, cast(customer0_.credit as varchar(255)) as col_1_0_, extract(year from customer0_.created_at) as col_2_0_, bit_length(customer0_.name) as col_3_0_, (customer0_.name||' '||customer0_.email) as col_4_0_ from customers customer0_
--;
select customer0_.name as col_0_0_, count(orders1_.id) as col_1_0_ from customers customer0_ inner join orders orders1_ on customer0_.id=orders1_.customer_id and (orders1_.total>1) group by customer0_.name
--;
select o.id as id3_0_, o.customer_id as customer9_3_0_, o.note as note3_0_, o.placed_at as placed3_3_0_, o.shipped_at as shipped4_3_0_, o.status as status3_0_, o.tenant_id as tenant6_3_0_, o.total as total3_0_, o.version as version3_0_, c.id as id1_1_, c.active as active1_1_, c.country_code as country9_1_1_, c.created_at as created3_1_1_, c.credit as credit1_1_, c.email as email1_1_, c.joined_on as joined6_1_1_, c.name as name1_1_, c.tenant_id as tenant8_1_1_ from orders o join customers c on c.id = o.customer_id where o.status = $1
--;
select count(*) as n from orders
--;
select tag0_.id as id5_0_, tag0_.name as name5_0_ from tags tag0_ where tag0_.id=$1
--;
update tags set name=$1 where id=$2
--;
select code from countries where code =$1
--;
delete from countries where code=$1
--;
select relname from pg_class where relkind='S'
--;
SELECT NULL AS TABLE_CAT, n.nspname AS TABLE_SCHEM, c.relname AS TABLE_NAME,  CASE n.nspname ~ '^pg_' OR n.nspname = 'information_schema'  WHEN true THEN CASE  WHEN n.nspname = 'pg_catalog' OR n.nspname = 'information_schema' THEN CASE c.relkind   WHEN 'r' THEN 'SYSTEM TABLE'   WHEN 'v' THEN 'SYSTEM VIEW'   WHEN 'i' THEN 'SYSTEM INDEX'   ELSE NULL   END  WHEN n.nspname = 'pg_toast' THEN CASE c.relkind   WHEN 'r' THEN 'SYSTEM TOAST TABLE'   WHEN 'i' THEN 'SYSTEM TOAST INDEX'   ELSE NULL   END  ELSE CASE c.relkind   WHEN 'r' THEN 'TEMPORARY TABLE'   WHEN 'p' THEN 'TEMPORARY TABLE'   WHEN 'i' THEN 'TEMPORARY INDEX'   WHEN 'S' THEN 'TEMPORARY SEQUENCE'   WHEN 'v' THEN 'TEMPORARY VIEW'   ELSE NULL   END  END  WHEN false THEN CASE c.relkind  WHEN 'r' THEN 'TABLE'  WHEN 'p' THEN 'PARTITIONED TABLE'  WHEN 'i' THEN 'INDEX'  WHEN 'P' then 'PARTITIONED INDEX'  WHEN 'S' THEN 'SEQUENCE'  WHEN 'v' THEN 'VIEW'  WHEN 'c' THEN 'TYPE'  WHEN 'f' THEN 'FOREIGN TABLE'  WHEN 'm' THEN 'MATERIALIZED VIEW'  ELSE NULL  END  ELSE NULL  END  AS TABLE_TYPE, d.description AS REMARKS,  '' as TYPE_CAT, '' as TYPE_SCHEM, '' as TYPE_NAME, '' AS SELF_REFERENCING_COL_NAME, '' AS REF_GENERATION  FROM pg_catalog.pg_namespace n, pg_catalog.pg_class c  LEFT JOIN pg_catalog.pg_description d ON (c.oid = d.objoid AND d.objsubid = 0  and d.classoid = 'pg_class'::regclass)  WHERE c.relnamespace = n.oid  AND c.relname LIKE 'countries' AND (false  OR ( c.relkind = 'r' AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' )  OR ( c.relkind = 'v' AND n.nspname <> 'pg_catalog' AND n.nspname <> 'information_schema' ) )  ORDER BY TABLE_TYPE,TABLE_SCHEM,TABLE_NAME
--;
SELECT * FROM (SELECT n.nspname,c.relname,a.attname,a.atttypid,a.attnotnull OR (t.typtype = 'd' AND t.typnotnull) AS attnotnull,a.atttypmod,a.attlen,t.typtypmod,row_number() OVER (PARTITION BY a.attrelid ORDER BY a.attnum) AS attnum, nullif(a.attidentity, '') as attidentity,nullif(a.attgenerated, '') as attgenerated,pg_catalog.pg_get_expr(def.adbin, def.adrelid) AS adsrc,dsc.description,t.typbasetype,t.typtype  FROM pg_catalog.pg_namespace n  JOIN pg_catalog.pg_class c ON (c.relnamespace = n.oid)  JOIN pg_catalog.pg_attribute a ON (a.attrelid=c.oid)  JOIN pg_catalog.pg_type t ON (a.atttypid = t.oid)  LEFT JOIN pg_catalog.pg_attrdef def ON (a.attrelid=def.adrelid AND a.attnum = def.adnum)  LEFT JOIN pg_catalog.pg_description dsc ON (c.oid=dsc.objoid AND a.attnum = dsc.objsubid)  LEFT JOIN pg_catalog.pg_class dc ON (dc.oid=dsc.classoid AND dc.relname='pg_class')  LEFT JOIN pg_catalog.pg_namespace dn ON (dc.relnamespace=dn.oid AND dn.nspname='pg_catalog')  WHERE c.relkind in ('r','p','v','f','m') and a.attnum > 0 AND NOT a.attisdropped  AND n.nspname LIKE 'public' AND c.relname LIKE 'countries') c WHERE true  AND attname LIKE '%' ORDER BY nspname,c.relname,attnum
--;
SELECT NULL AS TABLE_CAT, n.nspname AS TABLE_SCHEM, c.relname AS TABLE_NAME,  CASE n.nspname ~ '^pg_' OR n.nspname = 'information_schema'  WHEN true THEN CASE  WHEN n.nspname = 'pg_catalog' OR n.nspname = 'information_schema' THEN CASE c.relkind   WHEN 'r' THEN 'SYSTEM TABLE'   WHEN 'v' THEN 'SYSTEM VIEW'   WHEN 'i' THEN 'SYSTEM INDEX'   ELSE NULL   END  WHEN n.nspname = 'pg_toast' THEN CASE c.relkind   WHEN 'r' THEN 'SYSTEM TOAST TABLE'   WHEN 'i' THEN 'SYSTEM TOAST INDEX'   ELSE NULL   END  ELSE CASE c.relkind   WHEN 'r' THEN 'TEMPORARY TABLE'   WHEN 'p' THEN 'TEMPORARY TABLE'   WHEN 'i' THEN 'TEMPORARY INDEX'   WHEN 'S' THEN 'TEMPORARY SEQUENCE'   WHEN 'v' THEN 'TEMPORARY VIEW'   ELSE NULL   END  END  WHEN false THEN CASE c.relkind  WHEN 'r' THEN 'TABLE'  WHEN 'p' THEN 'PARTITIONED TABLE'  WHEN 'i' THEN 'INDEX'  WHEN 'P' then 'PARTITIONED INDEX'  WHEN 'S' THEN 'SEQUENCE'  WHEN 'v' THEN 'VIEW'  WHEN 'c' THEN 'TYPE'  WHEN 'f' THEN 'FOREIGN TABLE'  WHEN 'm' THEN 'MATERIALIZED VIEW'  ELSE NULL  END  ELSE NULL  END  AS TABLE_TYPE, d.description AS REMARKS,  '' as TYPE_CAT, '' as TYPE_SCHEM, '' as TYPE_NAME, '' AS SELF_REFERENCING_COL_NAME, '' AS REF_GENERATION  FROM pg_catalog.pg_namespace n, pg_catalog.pg_class c  LEFT JOIN pg_catalog.pg_description d ON (c.oid = d.objoid AND d.objsubid = 0  and d.classoid = 'pg_class'::regclass)  WHERE c.relnamespace = n.oid  AND c.relname LIKE 'customers' AND (false  OR ( c.relkind = 'r' AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' )  OR ( c.relkind = 'v' AND n.nspname <> 'pg_catalog' AND n.nspname <> 'information_schema' ) )  ORDER BY TABLE_TYPE,TABLE_SCHEM,TABLE_NAME
--;
SELECT * FROM (SELECT n.nspname,c.relname,a.attname,a.atttypid,a.attnotnull OR (t.typtype = 'd' AND t.typnotnull) AS attnotnull,a.atttypmod,a.attlen,t.typtypmod,row_number() OVER (PARTITION BY a.attrelid ORDER BY a.attnum) AS attnum, nullif(a.attidentity, '') as attidentity,nullif(a.attgenerated, '') as attgenerated,pg_catalog.pg_get_expr(def.adbin, def.adrelid) AS adsrc,dsc.description,t.typbasetype,t.typtype  FROM pg_catalog.pg_namespace n  JOIN pg_catalog.pg_class c ON (c.relnamespace = n.oid)  JOIN pg_catalog.pg_attribute a ON (a.attrelid=c.oid)  JOIN pg_catalog.pg_type t ON (a.atttypid = t.oid)  LEFT JOIN pg_catalog.pg_attrdef def ON (a.attrelid=def.adrelid AND a.attnum = def.adnum)  LEFT JOIN pg_catalog.pg_description dsc ON (c.oid=dsc.objoid AND a.attnum = dsc.objsubid)  LEFT JOIN pg_catalog.pg_class dc ON (dc.oid=dsc.classoid AND dc.relname='pg_class')  LEFT JOIN pg_catalog.pg_namespace dn ON (dc.relnamespace=dn.oid AND dn.nspname='pg_catalog')  WHERE c.relkind in ('r','p','v','f','m') and a.attnum > 0 AND NOT a.attisdropped  AND n.nspname LIKE 'public' AND c.relname LIKE 'customers') c WHERE true  AND attname LIKE '%' ORDER BY nspname,c.relname,attnum
--;
SELECT typinput='pg_catalog.array_in'::regproc as is_array, typtype, typname, pg_type.oid   FROM pg_catalog.pg_type   LEFT JOIN (select ns.oid as nspoid, ns.nspname, r.r           from pg_namespace as ns           join ( select s.r, (current_schemas(false))[s.r] as nspname                    from generate_series(1, array_upper(current_schemas(false), 1)) as s(r) ) as r          using ( nspname )        ) as sp     ON sp.nspoid = typnamespace  WHERE pg_type.oid = $1  ORDER BY sp.r, pg_type.oid DESC
--;
SELECT n.nspname = ANY(current_schemas(true)), n.nspname, t.typname FROM pg_catalog.pg_type t JOIN pg_catalog.pg_namespace n ON t.typnamespace = n.oid WHERE t.oid = $1
--;
select product0_.id as id2_0_, product0_.price as price2_0_, product0_.sku as sku2_0_, product0_.tenant_id as tenant4_2_0_, product0_.title as title2_0_, product0_.weight as weight2_0_ from products product0_ where product0_.id in ($1, $2, $3, $4, $5, $6, $7, $8)
--;
select product0_.id as id2_0_, product0_.price as price2_0_, product0_.sku as sku2_0_, product0_.tenant_id as tenant4_2_0_, product0_.title as title2_0_, product0_.weight as weight2_0_ from products product0_ where product0_.id in ($1, $2, $3)
--;
select product0_.id as id2_0_, product0_.price as price2_0_, product0_.sku as sku2_0_, product0_.tenant_id as tenant4_2_0_, product0_.title as title2_0_, product0_.weight as weight2_0_ from products product0_ where product0_.id in ($1, $2)
--;
SELECT NULL AS TABLE_CAT, n.nspname AS TABLE_SCHEM, c.relname AS TABLE_NAME,  CASE n.nspname ~ '^pg_' OR n.nspname = 'information_schema'  WHEN true THEN CASE  WHEN n.nspname = 'pg_catalog' OR n.nspname = 'information_schema' THEN CASE c.relkind   WHEN 'r' THEN 'SYSTEM TABLE'   WHEN 'v' THEN 'SYSTEM VIEW'   WHEN 'i' THEN 'SYSTEM INDEX'   ELSE NULL   END  WHEN n.nspname = 'pg_toast' THEN CASE c.relkind   WHEN 'r' THEN 'SYSTEM TOAST TABLE'   WHEN 'i' THEN 'SYSTEM TOAST INDEX'   ELSE NULL   END  ELSE CASE c.relkind   WHEN 'r' THEN 'TEMPORARY TABLE'   WHEN 'p' THEN 'TEMPORARY TABLE'   WHEN 'i' THEN 'TEMPORARY INDEX'   WHEN 'S' THEN 'TEMPORARY SEQUENCE'   WHEN 'v' THEN 'TEMPORARY VIEW'   ELSE NULL   END  END  WHEN false THEN CASE c.relkind  WHEN 'r' THEN 'TABLE'  WHEN 'p' THEN 'PARTITIONED TABLE'  WHEN 'i' THEN 'INDEX'  WHEN 'P' then 'PARTITIONED INDEX'  WHEN 'S' THEN 'SEQUENCE'  WHEN 'v' THEN 'VIEW'  WHEN 'c' THEN 'TYPE'  WHEN 'f' THEN 'FOREIGN TABLE'  WHEN 'm' THEN 'MATERIALIZED VIEW'  ELSE NULL  END  ELSE NULL  END  AS TABLE_TYPE, d.description AS REMARKS,  '' as TYPE_CAT, '' as TYPE_SCHEM, '' as TYPE_NAME, '' AS SELF_REFERENCING_COL_NAME, '' AS REF_GENERATION  FROM pg_catalog.pg_namespace n, pg_catalog.pg_class c  LEFT JOIN pg_catalog.pg_description d ON (c.oid = d.objoid AND d.objsubid = 0  and d.classoid = 'pg_class'::regclass)  WHERE c.relnamespace = n.oid  AND n.nspname LIKE 'public' AND c.relname LIKE 'countries' AND (false  OR ( c.relkind = 'r' AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' )  OR ( c.relkind = 'v' AND n.nspname <> 'pg_catalog' AND n.nspname <> 'information_schema' ) )  ORDER BY TABLE_TYPE,TABLE_SCHEM,TABLE_NAME
--;
SELECT setting FROM pg_catalog.pg_settings WHERE name='max_index_keys'
--;
SELECT NULL::text AS PKTABLE_CAT, pkn.nspname AS PKTABLE_SCHEM, pkc.relname AS PKTABLE_NAME, pka.attname AS PKCOLUMN_NAME, NULL::text AS FKTABLE_CAT, fkn.nspname AS FKTABLE_SCHEM, fkc.relname AS FKTABLE_NAME, fka.attname AS FKCOLUMN_NAME, pos.n AS KEY_SEQ, CASE con.confupdtype  WHEN 'c' THEN 0 WHEN 'n' THEN 2 WHEN 'd' THEN 4 WHEN 'r' THEN 1 WHEN 'p' THEN 1 WHEN 'a' THEN 3 ELSE NULL END AS UPDATE_RULE, CASE con.confdeltype  WHEN 'c' THEN 0 WHEN 'n' THEN 2 WHEN 'd' THEN 4 WHEN 'r' THEN 1 WHEN 'p' THEN 1 WHEN 'a' THEN 3 ELSE NULL END AS DELETE_RULE, con.conname AS FK_NAME, pkic.relname AS PK_NAME, CASE  WHEN con.condeferrable AND con.condeferred THEN 5 WHEN con.condeferrable THEN 6 ELSE 7 END AS DEFERRABILITY  FROM  pg_catalog.pg_namespace pkn, pg_catalog.pg_class pkc, pg_catalog.pg_attribute pka,  pg_catalog.pg_namespace fkn, pg_catalog.pg_class fkc, pg_catalog.pg_attribute fka,  pg_catalog.pg_constraint con,  pg_catalog.generate_series(1, 32) pos(n),  pg_catalog.pg_class pkic WHERE pkn.oid = pkc.relnamespace AND pkc.oid = pka.attrelid AND pka.attnum = con.confkey[pos.n] AND con.confrelid = pkc.oid  AND fkn.oid = fkc.relnamespace AND fkc.oid = fka.attrelid AND fka.attnum = con.conkey[pos.n] AND con.conrelid = fkc.oid  AND con.contype = 'f' AND (pkic.relkind = 'i' OR pkic.relkind = 'I') AND pkic.oid = con.conindid  AND fkn.nspname = 'public' AND fkc.relname = 'countries' ORDER BY pkn.nspname,pkc.relname, con.conname,pos.n
--;
SELECT     tmp.TABLE_CAT,     tmp.TABLE_SCHEM,     tmp.TABLE_NAME,     tmp.NON_UNIQUE,     tmp.INDEX_QUALIFIER,     tmp.INDEX_NAME,     tmp.TYPE,     tmp.ORDINAL_POSITION,     trim(both '"' from pg_catalog.pg_get_indexdef(tmp.CI_OID, tmp.ORDINAL_POSITION, false)) AS COLUMN_NAME,   CASE tmp.AM_NAME     WHEN 'btree' THEN CASE tmp.I_INDOPTION[tmp.ORDINAL_POSITION - 1] & 1::smallint       WHEN 1 THEN 'D'       ELSE 'A'     END     ELSE NULL   END AS ASC_OR_DESC,     tmp.CARDINALITY,     tmp.PAGES,     tmp.FILTER_CONDITION FROM (SELECT NULL AS TABLE_CAT, n.nspname AS TABLE_SCHEM,   ct.relname AS TABLE_NAME, NOT i.indisunique AS NON_UNIQUE,   NULL AS INDEX_QUALIFIER, ci.relname AS INDEX_NAME,   CASE i.indisclustered     WHEN true THEN 1    ELSE CASE am.amname       WHEN 'hash' THEN 2      ELSE 3    END   END AS TYPE,   (information_schema._pg_expandarray(i.indkey)).n AS ORDINAL_POSITION,   ci.reltuples AS CARDINALITY,   ci.relpages AS PAGES,   pg_catalog.pg_get_expr(i.indpred, i.indrelid) AS FILTER_CONDITION,   ci.oid AS CI_OID,   i.indoption AS I_INDOPTION,   am.amname AS AM_NAME FROM pg_catalog.pg_class ct   JOIN pg_catalog.pg_namespace n ON (ct.relnamespace = n.oid)   JOIN pg_catalog.pg_index i ON (ct.oid = i.indrelid)   JOIN pg_catalog.pg_class ci ON (ci.oid = i.indexrelid)   JOIN pg_catalog.pg_am am ON (ci.relam = am.oid) WHERE true  AND n.nspname = 'public' AND ct.relname = 'countries') AS tmp ORDER BY NON_UNIQUE, TYPE, INDEX_NAME, ORDINAL_POSITION
--;
SELECT NULL AS TABLE_CAT, n.nspname AS TABLE_SCHEM, c.relname AS TABLE_NAME,  CASE n.nspname ~ '^pg_' OR n.nspname = 'information_schema'  WHEN true THEN CASE  WHEN n.nspname = 'pg_catalog' OR n.nspname = 'information_schema' THEN CASE c.relkind   WHEN 'r' THEN 'SYSTEM TABLE'   WHEN 'v' THEN 'SYSTEM VIEW'   WHEN 'i' THEN 'SYSTEM INDEX'   ELSE NULL   END  WHEN n.nspname = 'pg_toast' THEN CASE c.relkind   WHEN 'r' THEN 'SYSTEM TOAST TABLE'   WHEN 'i' THEN 'SYSTEM TOAST INDEX'   ELSE NULL   END  ELSE CASE c.relkind   WHEN 'r' THEN 'TEMPORARY TABLE'   WHEN 'p' THEN 'TEMPORARY TABLE'   WHEN 'i' THEN 'TEMPORARY INDEX'   WHEN 'S' THEN 'TEMPORARY SEQUENCE'   WHEN 'v' THEN 'TEMPORARY VIEW'   ELSE NULL   END  END  WHEN false THEN CASE c.relkind  WHEN 'r' THEN 'TABLE'  WHEN 'p' THEN 'PARTITIONED TABLE'  WHEN 'i' THEN 'INDEX'  WHEN 'P' then 'PARTITIONED INDEX'  WHEN 'S' THEN 'SEQUENCE'  WHEN 'v' THEN 'VIEW'  WHEN 'c' THEN 'TYPE'  WHEN 'f' THEN 'FOREIGN TABLE'  WHEN 'm' THEN 'MATERIALIZED VIEW'  ELSE NULL  END  ELSE NULL  END  AS TABLE_TYPE, d.description AS REMARKS,  '' as TYPE_CAT, '' as TYPE_SCHEM, '' as TYPE_NAME, '' AS SELF_REFERENCING_COL_NAME, '' AS REF_GENERATION  FROM pg_catalog.pg_namespace n, pg_catalog.pg_class c  LEFT JOIN pg_catalog.pg_description d ON (c.oid = d.objoid AND d.objsubid = 0  and d.classoid = 'pg_class'::regclass)  WHERE c.relnamespace = n.oid  AND n.nspname LIKE 'public' AND c.relname LIKE 'customers' AND (false  OR ( c.relkind = 'r' AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' )  OR ( c.relkind = 'v' AND n.nspname <> 'pg_catalog' AND n.nspname <> 'information_schema' ) )  ORDER BY TABLE_TYPE,TABLE_SCHEM,TABLE_NAME
--;
SELECT NULL::text AS PKTABLE_CAT, pkn.nspname AS PKTABLE_SCHEM, pkc.relname AS PKTABLE_NAME, pka.attname AS PKCOLUMN_NAME, NULL::text AS FKTABLE_CAT, fkn.nspname AS FKTABLE_SCHEM, fkc.relname AS FKTABLE_NAME, fka.attname AS FKCOLUMN_NAME, pos.n AS KEY_SEQ, CASE con.confupdtype  WHEN 'c' THEN 0 WHEN 'n' THEN 2 WHEN 'd' THEN 4 WHEN 'r' THEN 1 WHEN 'p' THEN 1 WHEN 'a' THEN 3 ELSE NULL END AS UPDATE_RULE, CASE con.confdeltype  WHEN 'c' THEN 0 WHEN 'n' THEN 2 WHEN 'd' THEN 4 WHEN 'r' THEN 1 WHEN 'p' THEN 1 WHEN 'a' THEN 3 ELSE NULL END AS DELETE_RULE, con.conname AS FK_NAME, pkic.relname AS PK_NAME, CASE  WHEN con.condeferrable AND con.condeferred THEN 5 WHEN con.condeferrable THEN 6 ELSE 7 END AS DEFERRABILITY  FROM  pg_catalog.pg_namespace pkn, pg_catalog.pg_class pkc, pg_catalog.pg_attribute pka,  pg_catalog.pg_namespace fkn, pg_catalog.pg_class fkc, pg_catalog.pg_attribute fka,  pg_catalog.pg_constraint con,  pg_catalog.generate_series(1, 32) pos(n),  pg_catalog.pg_class pkic WHERE pkn.oid = pkc.relnamespace AND pkc.oid = pka.attrelid AND pka.attnum = con.confkey[pos.n] AND con.confrelid = pkc.oid  AND fkn.oid = fkc.relnamespace AND fkc.oid = fka.attrelid AND fka.attnum = con.conkey[pos.n] AND con.conrelid = fkc.oid  AND con.contype = 'f' AND (pkic.relkind = 'i' OR pkic.relkind = 'I') AND pkic.oid = con.conindid  AND fkn.nspname = 'public' AND fkc.relname = 'customers' ORDER BY pkn.nspname,pkc.relname, con.conname,pos.n
--;
SELECT     tmp.TABLE_CAT,     tmp.TABLE_SCHEM,     tmp.TABLE_NAME,     tmp.NON_UNIQUE,     tmp.INDEX_QUALIFIER,     tmp.INDEX_NAME,     tmp.TYPE,     tmp.ORDINAL_POSITION,     trim(both '"' from pg_catalog.pg_get_indexdef(tmp.CI_OID, tmp.ORDINAL_POSITION, false)) AS COLUMN_NAME,   CASE tmp.AM_NAME     WHEN 'btree' THEN CASE tmp.I_INDOPTION[tmp.ORDINAL_POSITION - 1] & 1::smallint       WHEN 1 THEN 'D'       ELSE 'A'     END     ELSE NULL   END AS ASC_OR_DESC,     tmp.CARDINALITY,     tmp.PAGES,     tmp.FILTER_CONDITION FROM (SELECT NULL AS TABLE_CAT, n.nspname AS TABLE_SCHEM,   ct.relname AS TABLE_NAME, NOT i.indisunique AS NON_UNIQUE,   NULL AS INDEX_QUALIFIER, ci.relname AS INDEX_NAME,   CASE i.indisclustered     WHEN true THEN 1    ELSE CASE am.amname       WHEN 'hash' THEN 2      ELSE 3    END   END AS TYPE,   (information_schema._pg_expandarray(i.indkey)).n AS ORDINAL_POSITION,   ci.reltuples AS CARDINALITY,   ci.relpages AS PAGES,   pg_catalog.pg_get_expr(i.indpred, i.indrelid) AS FILTER_CONDITION,   ci.oid AS CI_OID,   i.indoption AS I_INDOPTION,   am.amname AS AM_NAME FROM pg_catalog.pg_class ct   JOIN pg_catalog.pg_namespace n ON (ct.relnamespace = n.oid)   JOIN pg_catalog.pg_index i ON (ct.oid = i.indrelid)   JOIN pg_catalog.pg_class ci ON (ci.oid = i.indexrelid)   JOIN pg_catalog.pg_am am ON (ci.relam = am.oid) WHERE true  AND n.nspname = 'public' AND ct.relname = 'customers') AS tmp ORDER BY NON_UNIQUE, TYPE, INDEX_NAME, ORDINAL_POSITION
--;
/* load shop.Country */ select country0_.code as code0_0_, country0_.name as name0_0_ from public.countries country0_ where country0_.code=$1
--;
/* insert shop.Customer */ insert into public.customers (active, country_code, created_at, credit, email, joined_on, name, tenant_id, id) values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
--;
/* insert shop.Product */ insert into public.products (price, sku, tenant_id, title, weight, id) values ($1, $2, $3, $4, $5, $6)
--;
/* insert shop.Tag */ insert into public.tags (name) values ($1)
--;
select currval('public.tags_id_seq')
--;
/* insert shop.Purchase */ insert into public.orders (customer_id, note, placed_at, shipped_at, status, tenant_id, total, version, id) values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
--;
/* insert shop.Line */ insert into public.order_lines (order_id, unit_price, product_id, quantity) values ($1, $2, $3, $4)
--;
select currval('public.order_lines_id_seq')
--;
/* insert collection row shop.Purchase.tags */ insert into public.orders_tags (order_id, tag_id) values ($1, $2)
--;
/* insert shop.Employee */ insert into public.employees (hired, manager_id, name, salary) values ($1, $2, $3, $4)
--;
/* load shop.Purchase */ select purchase0_.id as id3_0_, purchase0_.customer_id as customer9_3_0_, purchase0_.note as note3_0_, purchase0_.placed_at as placed3_3_0_, purchase0_.shipped_at as shipped4_3_0_, purchase0_.status as status3_0_, purchase0_.tenant_id as tenant6_3_0_, purchase0_.total as total3_0_, purchase0_.version as version3_0_ from public.orders purchase0_ where purchase0_.id=$1
--;
/* load one-to-many shop.Purchase.lines */ select lines0_.order_id as order4_3_2_, lines0_.id as id2_, lines0_.id as id4_1_, lines0_.order_id as order4_4_1_, lines0_.unit_price as unit2_4_1_, lines0_.product_id as product5_4_1_, lines0_.quantity as quantity4_1_, product1_.id as id2_0_, product1_.price as price2_0_, product1_.sku as sku2_0_, product1_.tenant_id as tenant4_2_0_, product1_.title as title2_0_, product1_.weight as weight2_0_ from public.order_lines lines0_ left outer join public.products product1_ on lines0_.product_id=product1_.id where lines0_.order_id=$1 order by lines0_.id asc
--;
/* load collection shop.Purchase.tags */ select tags0_.order_id as order1_3_1_, tags0_.tag_id as tag2_1_, tag1_.id as id5_0_, tag1_.name as name5_0_ from public.orders_tags tags0_ inner join public.tags tag1_ on tags0_.tag_id=tag1_.id where tags0_.order_id=$1
--;
/* load shop.Customer */ select customer0_.id as id1_0_, customer0_.active as active1_0_, customer0_.country_code as country9_1_0_, customer0_.created_at as created3_1_0_, customer0_.credit as credit1_0_, customer0_.email as email1_0_, customer0_.joined_on as joined6_1_0_, customer0_.name as name1_0_, customer0_.tenant_id as tenant8_1_0_ from public.customers customer0_ where customer0_.id=$1
--;
/* load one-to-many shop.Customer.orders */ select orders0_.customer_id as customer9_1_1_, orders0_.id as id1_, orders0_.id as id3_0_, orders0_.customer_id as customer9_3_0_, orders0_.note as note3_0_, orders0_.placed_at as placed3_3_0_, orders0_.shipped_at as shipped4_3_0_, orders0_.status as status3_0_, orders0_.tenant_id as tenant6_3_0_, orders0_.total as total3_0_, orders0_.version as version3_0_ from public.orders orders0_ where orders0_.customer_id=$1
--;
/* load shop.Line */ select line0_.id as id4_0_, line0_.order_id as order4_4_0_, line0_.unit_price as unit2_4_0_, line0_.product_id as product5_4_0_, line0_.quantity as quantity4_0_ from public.order_lines line0_ where line0_.id=$1
--;
/* load shop.Purchase */ select purchase0_.id as id3_1_, purchase0_.customer_id as customer9_3_1_, purchase0_.note as note3_1_, purchase0_.placed_at as placed3_3_1_, purchase0_.shipped_at as shipped4_3_1_, purchase0_.status as status3_1_, purchase0_.tenant_id as tenant6_3_1_, purchase0_.total as total3_1_, purchase0_.version as version3_1_, lines1_.order_id as order4_3_3_, lines1_.id as id3_, lines1_.id as id4_0_, lines1_.order_id as order4_4_0_, lines1_.unit_price as unit2_4_0_, lines1_.product_id as product5_4_0_, lines1_.quantity as quantity4_0_ from public.orders purchase0_ left outer join public.order_lines lines1_ on purchase0_.id=lines1_.order_id where purchase0_.id=$1 order by lines1_.id asc
--;
/* update shop.Purchase */ update public.orders set customer_id=$1, note=$2, placed_at=$3, shipped_at=$4, status=$5, tenant_id=$6, total=$7, version=$8 where id=$9 and version=$10
--;
/* delete collection row shop.Purchase.tags */ delete from public.orders_tags where order_id=$1 and tag_id=$2
--;
/* delete shop.Line */ delete from public.order_lines where id=$1
--;
/* update shop.Customer */ update public.customers set active=$1, country_code=$2, created_at=$3, credit=$4, email=$5, joined_on=$6, name=$7, tenant_id=$8 where id=$9
--;
/* get version shop.Purchase */ select version from public.orders where id =$1
--;
/* forced version increment */ update public.orders set version=$1 where id=$2 and version=$3
--;
/* load shop.Purchase */ select purchase0_.id as id3_0_, purchase0_.customer_id as customer9_3_0_, purchase0_.note as note3_0_, purchase0_.placed_at as placed3_3_0_, purchase0_.shipped_at as shipped4_3_0_, purchase0_.status as status3_0_, purchase0_.tenant_id as tenant6_3_0_, purchase0_.total as total3_0_, purchase0_.version as version3_0_ from public.orders purchase0_ where purchase0_.id=$1 for share
--;
/* load shop.Purchase */ select purchase0_.id as id3_0_, purchase0_.customer_id as customer9_3_0_, purchase0_.note as note3_0_, purchase0_.placed_at as placed3_3_0_, purchase0_.shipped_at as shipped4_3_0_, purchase0_.status as status3_0_, purchase0_.tenant_id as tenant6_3_0_, purchase0_.total as total3_0_, purchase0_.version as version3_0_ from public.orders purchase0_ where purchase0_.id=$1 for update
--;
/* PESSIMISTIC_WRITE lock shop.Purchase */ select id from public.orders where id =$1 and version =$2 for update
--;
/* load shop.Purchase */ select purchase0_.id as id3_0_, purchase0_.customer_id as customer9_3_0_, purchase0_.note as note3_0_, purchase0_.placed_at as placed3_3_0_, purchase0_.shipped_at as shipped4_3_0_, purchase0_.status as status3_0_, purchase0_.tenant_id as tenant6_3_0_, purchase0_.total as total3_0_, purchase0_.version as version3_0_ from public.orders purchase0_ where purchase0_.id=$1 for update nowait
--;
/* delete shop.Purchase */ delete from public.orders where id=$1 and version=$2
--;
/* select e from Country e */ select country0_.code as code0_, country0_.name as name0_ from public.countries country0_
--;
/* select count(e) from Country e */ select count(country0_.code) as col_0_0_ from public.countries country0_
--;
/* select e from Country e */ select country0_.code as code0_, country0_.name as name0_ from public.countries country0_ limit $1 offset $2
--;
/* select e from Customer e */ select customer0_.id as id1_, customer0_.active as active1_, customer0_.country_code as country9_1_, customer0_.created_at as created3_1_, customer0_.credit as credit1_, customer0_.email as email1_, customer0_.joined_on as joined6_1_, customer0_.name as name1_, customer0_.tenant_id as tenant8_1_ from public.customers customer0_
--;
/* select count(e) from Customer e */ select count(customer0_.id) as col_0_0_ from public.customers customer0_
--;
/* select e from Customer e */ select customer0_.id as id1_, customer0_.active as active1_, customer0_.country_code as country9_1_, customer0_.created_at as created3_1_, customer0_.credit as credit1_, customer0_.email as email1_, customer0_.joined_on as joined6_1_, customer0_.name as name1_, customer0_.tenant_id as tenant8_1_ from public.customers customer0_ limit $1 offset $2
--;
/* select max(e.id), min(e.id) from Customer e */ select max(customer0_.id) as col_0_0_, min(customer0_.id) as col_1_0_ from public.customers customer0_
--;
/* select e from Customer e where e.id in (:a, :b) order by e.id desc */ select customer0_.id as id1_, customer0_.active as active1_, customer0_.country_code as country9_1_, customer0_.created_at as created3_1_, customer0_.credit as credit1_, customer0_.email as email1_, customer0_.joined_on as joined6_1_, customer0_.name as name1_, customer0_.tenant_id as tenant8_1_ from public.customers customer0_ where customer0_.id in ($1 , $2) order by customer0_.id desc limit $3
--;
delete from public.customers where id=$1
--;
/* select e from Product e */ select product0_.id as id2_, product0_.price as price2_, product0_.sku as sku2_, product0_.tenant_id as tenant4_2_, product0_.title as title2_, product0_.weight as weight2_ from public.products product0_
--;
/* select count(e) from Product e */ select count(product0_.id) as col_0_0_ from public.products product0_
--;
/* select e from Product e */ select product0_.id as id2_, product0_.price as price2_, product0_.sku as sku2_, product0_.tenant_id as tenant4_2_, product0_.title as title2_, product0_.weight as weight2_ from public.products product0_ limit $1 offset $2
--;
/* select max(e.id), min(e.id) from Product e */ select max(product0_.id) as col_0_0_, min(product0_.id) as col_1_0_ from public.products product0_
--;
/* select e from Product e where e.id in (:a, :b) order by e.id desc */ select product0_.id as id2_, product0_.price as price2_, product0_.sku as sku2_, product0_.tenant_id as tenant4_2_, product0_.title as title2_, product0_.weight as weight2_ from public.products product0_ where product0_.id in ($1 , $2) order by product0_.id desc limit $3
--;
delete from public.products where id=$1
--;
/* select e from Purchase e */ select purchase0_.id as id3_, purchase0_.customer_id as customer9_3_, purchase0_.note as note3_, purchase0_.placed_at as placed3_3_, purchase0_.shipped_at as shipped4_3_, purchase0_.status as status3_, purchase0_.tenant_id as tenant6_3_, purchase0_.total as total3_, purchase0_.version as version3_ from public.orders purchase0_
--;
/* select count(e) from Purchase e */ select count(purchase0_.id) as col_0_0_ from public.orders purchase0_
--;
/* select e from Purchase e */ select purchase0_.id as id3_, purchase0_.customer_id as customer9_3_, purchase0_.note as note3_, purchase0_.placed_at as placed3_3_, purchase0_.shipped_at as shipped4_3_, purchase0_.status as status3_, purchase0_.tenant_id as tenant6_3_, purchase0_.total as total3_, purchase0_.version as version3_ from public.orders purchase0_ limit $1 offset $2
--;
/* select max(e.id), min(e.id) from Purchase e */ select max(purchase0_.id) as col_0_0_, min(purchase0_.id) as col_1_0_ from public.orders purchase0_
--;
/* select e from Purchase e where e.id in (:a, :b) order by e.id desc */ select purchase0_.id as id3_, purchase0_.customer_id as customer9_3_, purchase0_.note as note3_, purchase0_.placed_at as placed3_3_, purchase0_.shipped_at as shipped4_3_, purchase0_.status as status3_, purchase0_.tenant_id as tenant6_3_, purchase0_.total as total3_, purchase0_.version as version3_ from public.orders purchase0_ where purchase0_.id in ($1 , $2) order by purchase0_.id desc limit $3
--;
delete from public.orders where id=$1
--;
/* select e from Line e */ select line0_.id as id4_, line0_.order_id as order4_4_, line0_.unit_price as unit2_4_, line0_.product_id as product5_4_, line0_.quantity as quantity4_ from public.order_lines line0_
--;
/* load shop.Product */ select product0_.id as id2_0_, product0_.price as price2_0_, product0_.sku as sku2_0_, product0_.tenant_id as tenant4_2_0_, product0_.title as title2_0_, product0_.weight as weight2_0_ from public.products product0_ where product0_.id=$1
--;
/* select count(e) from Line e */ select count(line0_.id) as col_0_0_ from public.order_lines line0_
--;
/* select e from Line e */ select line0_.id as id4_, line0_.order_id as order4_4_, line0_.unit_price as unit2_4_, line0_.product_id as product5_4_, line0_.quantity as quantity4_ from public.order_lines line0_ limit $1 offset $2
--;
/* select max(e.id), min(e.id) from Line e */ select max(line0_.id) as col_0_0_, min(line0_.id) as col_1_0_ from public.order_lines line0_
--;
/* select e from Line e where e.id in (:a, :b) order by e.id desc */ select line0_.id as id4_, line0_.order_id as order4_4_, line0_.unit_price as unit2_4_, line0_.product_id as product5_4_, line0_.quantity as quantity4_ from public.order_lines line0_ where line0_.id in ($1 , $2) order by line0_.id desc limit $3
--;
delete from public.order_lines where id=$1
--;
/* select e from Tag e */ select tag0_.id as id5_, tag0_.name as name5_ from public.tags tag0_
--;
/* select count(e) from Tag e */ select count(tag0_.id) as col_0_0_ from public.tags tag0_
--;
/* select e from Tag e */ select tag0_.id as id5_, tag0_.name as name5_ from public.tags tag0_ limit $1 offset $2
--;
/* select max(e.id), min(e.id) from Tag e */ select max(tag0_.id) as col_0_0_, min(tag0_.id) as col_1_0_ from public.tags tag0_
--;
/* select e from Tag e where e.id in (:a, :b) order by e.id desc */ select tag0_.id as id5_, tag0_.name as name5_ from public.tags tag0_ where tag0_.id in ($1 , $2) order by tag0_.id desc limit $3
--;
delete from public.tags where id=$1
--;
/* select e from Employee e */ select employee0_.id as id6_, employee0_.hired as hired6_, employee0_.manager_id as manager5_6_, employee0_.name as name6_, employee0_.salary as salary6_ from public.employees employee0_
--;
/* select count(e) from Employee e */ select count(employee0_.id) as col_0_0_ from public.employees employee0_
--;
/* select e from Employee e */ select employee0_.id as id6_, employee0_.hired as hired6_, employee0_.manager_id as manager5_6_, employee0_.name as name6_, employee0_.salary as salary6_ from public.employees employee0_ limit $1 offset $2
--;
/* select max(e.id), min(e.id) from Employee e */ select max(employee0_.id) as col_0_0_, min(employee0_.id) as col_1_0_ from public.employees employee0_
--;
/* select e from Employee e where e.id in (:a, :b) order by e.id desc */ select employee0_.id as id6_, employee0_.hired as hired6_, employee0_.manager_id as manager5_6_, employee0_.name as name6_, employee0_.salary as salary6_ from public.employees employee0_ where employee0_.id in ($1 , $2) order by employee0_.id desc limit $3
--;
delete from public.employees where id=$1
--;
/* select o from Purchase o join fetch o.customer c left join fetch o.lines l where c.active = true and o.status = :s order by o.placed desc, o.id */ select purchase0_.id as id3_0_, customer1_.id as id1_1_, lines2_.id as id4_2_, purchase0_.customer_id as customer9_3_0_, purchase0_.note as note3_0_, purchase0_.placed_at as placed3_3_0_, purchase0_.shipped_at as shipped4_3_0_, purchase0_.status as status3_0_, purchase0_.tenant_id as tenant6_3_0_, purchase0_.total as total3_0_, purchase0_.version as version3_0_, customer1_.active as active1_1_, customer1_.country_code as country9_1_1_, customer1_.created_at as created3_1_1_, customer1_.credit as credit1_1_, customer1_.email as email1_1_, customer1_.joined_on as joined6_1_1_, customer1_.name as name1_1_, customer1_.tenant_id as tenant8_1_1_, lines2_.order_id as order4_4_2_, lines2_.unit_price as unit2_4_2_, lines2_.product_id as product5_4_2_, lines2_.quantity as quantity4_2_, lines2_.order_id as order4_3_0__, lines2_.id as id0__ from public.orders purchase0_ inner join public.customers customer1_ on purchase0_.customer_id=customer1_.id left outer join public.order_lines lines2_ on purchase0_.id=lines2_.order_id where customer1_.active=true and purchase0_.status=$1 order by purchase0_.placed_at desc, purchase0_.id, lines2_.id asc
--;
/* select distinct o from Purchase o left join fetch o.lines */ select distinct purchase0_.id as id3_0_, lines1_.id as id4_1_, purchase0_.customer_id as customer9_3_0_, purchase0_.note as note3_0_, purchase0_.placed_at as placed3_3_0_, purchase0_.shipped_at as shipped4_3_0_, purchase0_.status as status3_0_, purchase0_.tenant_id as tenant6_3_0_, purchase0_.total as total3_0_, purchase0_.version as version3_0_, lines1_.order_id as order4_4_1_, lines1_.unit_price as unit2_4_1_, lines1_.product_id as product5_4_1_, lines1_.quantity as quantity4_1_, lines1_.order_id as order4_3_0__, lines1_.id as id0__ from public.orders purchase0_ left outer join public.order_lines lines1_ on purchase0_.id=lines1_.order_id order by lines1_.id asc
--;
/* select distinct o from Purchase o left join fetch o.tags where o.total between :a and :b */ select distinct purchase0_.id as id3_0_, tag2_.id as id5_1_, purchase0_.customer_id as customer9_3_0_, purchase0_.note as note3_0_, purchase0_.placed_at as placed3_3_0_, purchase0_.shipped_at as shipped4_3_0_, purchase0_.status as status3_0_, purchase0_.tenant_id as tenant6_3_0_, purchase0_.total as total3_0_, purchase0_.version as version3_0_, tag2_.name as name5_1_, tags1_.order_id as order1_3_0__, tags1_.tag_id as tag2_0__ from public.orders purchase0_ left outer join public.orders_tags tags1_ on purchase0_.id=tags1_.order_id left outer join public.tags tag2_ on tags1_.tag_id=tag2_.id where purchase0_.total between $1 and $2
--;
/* select c.name, count(o), sum(o.total), avg(o.total), max(o.placed) from Customer c left join c.orders o group by c.name having count(o) > 1 order by c.name */ select customer0_.name as col_0_0_, count(orders1_.id) as col_1_0_, sum(orders1_.total) as col_2_0_, avg(orders1_.total) as col_3_0_, max(orders1_.placed_at) as col_4_0_ from public.customers customer0_ left outer join public.orders orders1_ on customer0_.id=orders1_.customer_id group by customer0_.name having count(orders1_.id)>1 order by customer0_.name
--;
/* select o.status, count(distinct o.customer) from Purchase o group by o.status */ select purchase0_.status as col_0_0_, count(distinct purchase0_.customer_id) as col_1_0_ from public.orders purchase0_, public.customers customer1_ where purchase0_.customer_id=customer1_.id group by purchase0_.status
--;
/* select c from Customer c where exists (select o from Purchase o where o.customer = c and o.total > :t) */ select customer0_.id as id1_, customer0_.active as active1_, customer0_.country_code as country9_1_, customer0_.created_at as created3_1_, customer0_.credit as credit1_, customer0_.email as email1_, customer0_.joined_on as joined6_1_, customer0_.name as name1_, customer0_.tenant_id as tenant8_1_ from public.customers customer0_ where exists (select purchase1_.id from public.orders purchase1_ where purchase1_.customer_id=customer0_.id and purchase1_.total>$1)
--;
/* select c from Customer c where not exists (select o.id from Purchase o where o.customer = c) */ select customer0_.id as id1_, customer0_.active as active1_, customer0_.country_code as country9_1_, customer0_.created_at as created3_1_, customer0_.credit as credit1_, customer0_.email as email1_, customer0_.joined_on as joined6_1_, customer0_.name as name1_, customer0_.tenant_id as tenant8_1_ from public.customers customer0_ where  not (exists (select purchase1_.id from public.orders purchase1_ where purchase1_.customer_id=customer0_.id))
--;
/* select c from Customer c where c.orders is empty */ select customer0_.id as id1_, customer0_.active as active1_, customer0_.country_code as country9_1_, customer0_.created_at as created3_1_, customer0_.credit as credit1_, customer0_.email as email1_, customer0_.joined_on as joined6_1_, customer0_.name as name1_, customer0_.tenant_id as tenant8_1_ from public.customers customer0_ where  not (exists (select orders1_.id from public.orders orders1_ where customer0_.id=orders1_.customer_id))
--;
/* select c from Customer c where size(c.orders) > 2 */ select customer0_.id as id1_, customer0_.active as active1_, customer0_.country_code as country9_1_, customer0_.created_at as created3_1_, customer0_.credit as credit1_, customer0_.email as email1_, customer0_.joined_on as joined6_1_, customer0_.name as name1_, customer0_.tenant_id as tenant8_1_ from public.customers customer0_ where (select count(orders1_.customer_id) from public.orders orders1_ where customer0_.id=orders1_.customer_id)>2
--;
/* select o from Purchase o where (select max(t.id) from Tag t) = o.id */ select purchase0_.id as id3_, purchase0_.customer_id as customer9_3_, purchase0_.note as note3_, purchase0_.placed_at as placed3_3_, purchase0_.shipped_at as shipped4_3_, purchase0_.status as status3_, purchase0_.tenant_id as tenant6_3_, purchase0_.total as total3_, purchase0_.version as version3_ from public.orders purchase0_ where (select max(tag1_.id) from public.tags tag1_)=purchase0_.id
--;
/* select o from Purchase o join o.tags t where t.name in ('red', 'blue') */ select purchase0_.id as id3_, purchase0_.customer_id as customer9_3_, purchase0_.note as note3_, purchase0_.placed_at as placed3_3_, purchase0_.shipped_at as shipped4_3_, purchase0_.status as status3_, purchase0_.tenant_id as tenant6_3_, purchase0_.total as total3_, purchase0_.version as version3_ from public.orders purchase0_ inner join public.orders_tags tags1_ on purchase0_.id=tags1_.order_id inner join public.tags tag2_ on tags1_.tag_id=tag2_.id where tag2_.name in ('red' , 'blue')
--;
/* select c from Customer c where c.credit >= all (select x.credit from Customer x) */ select customer0_.id as id1_, customer0_.active as active1_, customer0_.country_code as country9_1_, customer0_.created_at as created3_1_, customer0_.credit as credit1_, customer0_.email as email1_, customer0_.joined_on as joined6_1_, customer0_.name as name1_, customer0_.tenant_id as tenant8_1_ from public.customers customer0_ where customer0_.credit>=all (select customer1_.credit from public.customers customer1_)
--;
/* select c from Customer c where c.id = any (select o.customer.id from Purchase o) */ select customer0_.id as id1_, customer0_.active as active1_, customer0_.country_code as country9_1_, customer0_.created_at as created3_1_, customer0_.credit as credit1_, customer0_.email as email1_, customer0_.joined_on as joined6_1_, customer0_.name as name1_, customer0_.tenant_id as tenant8_1_ from public.customers customer0_ where customer0_.id=any (select purchase1_.customer_id from public.orders purchase1_)
--;
/* select upper(c.name), lower(c.email), length(c.name), concat(c.name, c.email), substring(c.name, 1, 3), trim(c.name), locate('a', c.name), abs(c.credit), sqrt(c.credit), mod(c.id, 3) from Customer c */ select upper(customer0_.name) as col_0_0_, lower(customer0_.email) as col_1_0_, length(customer0_.name) as col_2_0_, (customer0_.name||customer0_.email) as col_3_0_, substring(customer0_.name, 1, 3) as col_4_0_, trim(customer0_.name) as col_5_0_, position('a' in customer0_.name) as col_6_0_, abs(customer0_.credit) as col_7_0_, sqrt(customer0_.credit) as col_8_0_, mod(customer0_.id, 3) as col_9_0_ from public.customers customer0_
--;
/* select c from Customer c where c.created > current_timestamp or c.joined = current_date */ select customer0_.id as id1_, customer0_.active as active1_, customer0_.country_code as country9_1_, customer0_.created_at as created3_1_, customer0_.credit as credit1_, customer0_.email as email1_, customer0_.joined_on as joined6_1_, customer0_.name as name1_, customer0_.tenant_id as tenant8_1_ from public.customers customer0_ where customer0_.created_at>current_timestamp or customer0_.joined_on=current_date
--;
/* select coalesce(c.email, 'none'), nullif(c.name, ''), case when c.credit > 100 then 'gold' when c.credit > 10 then 'silver' else 'none' end from Customer c */ select coalesce(customer0_.email, 'none') as col_0_0_, nullif(customer0_.name, '') as col_1_0_, case when customer0_.credit>100 then 'gold' when customer0_.credit>10 then 'silver' else 'none' end as col_2_0_ from public.customers customer0_
--;
/* select c from Customer c where c.name like :p escape '!' and c.email is not null and c.country.name <> :n */ select customer0_.id as id1_, customer0_.active as active1_, customer0_.country_code as country9_1_, customer0_.created_at as created3_1_, customer0_.credit as credit1_, customer0_.email as email1_, customer0_.joined_on as joined6_1_, customer0_.name as name1_, customer0_.tenant_id as tenant8_1_ from public.customers customer0_ cross join public.countries country1_ where customer0_.country_code=country1_.code and (customer0_.name like $1 escape '!') and (customer0_.email is not null) and country1_.name<>$2
--;
/* select e.name, m.name from Employee e left join e.manager m where m.id is null or m.salary > e.salary */ select employee0_.name as col_0_0_, employee1_.name as col_1_0_ from public.employees employee0_ left outer join public.employees employee1_ on employee0_.manager_id=employee1_.id where employee1_.id is null or employee1_.salary>employee0_.salary
--;
/* select e from Employee e where e.manager.manager.name = :n */ select employee0_.id as id6_, employee0_.hired as hired6_, employee0_.manager_id as manager5_6_, employee0_.name as name6_, employee0_.salary as salary6_ from public.employees employee0_ cross join public.employees employee1_ cross join public.employees employee2_ where employee0_.manager_id=employee1_.id and employee1_.manager_id=employee2_.id and employee2_.name=$1
--;
/* select p.title, sum(l.quantity * l.price) from Line l join l.product p group by p.title order by sum(l.quantity * l.price) desc */ select product1_.title as col_0_0_, sum(line0_.quantity*line0_.unit_price) as col_1_0_ from public.order_lines line0_ inner join public.products product1_ on line0_.product_id=product1_.id group by product1_.title order by sum(line0_.quantity*line0_.unit_price) desc limit $1
--;
/* select o from Purchase o where o.customer.id = :c order by o.placed desc */ select purchase0_.id as id3_, purchase0_.customer_id as customer9_3_, purchase0_.note as note3_, purchase0_.placed_at as placed3_3_, purchase0_.shipped_at as shipped4_3_, purchase0_.status as status3_, purchase0_.tenant_id as tenant6_3_, purchase0_.total as total3_, purchase0_.version as version3_ from public.orders purchase0_ where purchase0_.customer_id=$1 order by purchase0_.placed_at desc limit $2 offset $3
--;
/* select o from Purchase o where o.status = :s */ select purchase0_.id as id3_, purchase0_.customer_id as customer9_3_, purchase0_.note as note3_, purchase0_.placed_at as placed3_3_, purchase0_.shipped_at as shipped4_3_, purchase0_.status as status3_, purchase0_.tenant_id as tenant6_3_, purchase0_.total as total3_, purchase0_.version as version3_ from public.orders purchase0_ where purchase0_.status=$1 limit $2 for update
--;
/* select o from Purchase o where o.status = :s */ select purchase0_.id as id3_, purchase0_.customer_id as customer9_3_, purchase0_.note as note3_, purchase0_.placed_at as placed3_3_, purchase0_.shipped_at as shipped4_3_, purchase0_.status as status3_, purchase0_.tenant_id as tenant6_3_, purchase0_.total as total3_, purchase0_.version as version3_ from public.orders purchase0_ where purchase0_.status=$1 for share
--;
/* select o from Purchase o where o.status = :s */ select purchase0_.id as id3_, purchase0_.customer_id as customer9_3_, purchase0_.note as note3_, purchase0_.placed_at as placed3_3_, purchase0_.shipped_at as shipped4_3_, purchase0_.status as status3_, purchase0_.tenant_id as tenant6_3_, purchase0_.total as total3_, purchase0_.version as version3_ from public.orders purchase0_ where purchase0_.status=$1
--;
update public.orders set status=$1 where placed_at<$2 and (shipped_at is null)
--;
update public.customers set credit=credit+10, active=false where id in (select purchase1_.customer_id from public.orders purchase1_ where purchase1_.total>1000)
--;
update public.orders set version=version+1 where id=$1
--;
delete from public.order_lines where order_id in (select purchase1_.id from public.orders purchase1_ where purchase1_.status='void')
--;
delete from public.customers where (email is null) and  not (exists (select orders1_.id from public.orders orders1_ where public.customers.id=orders1_.customer_id))
--;
/* named HQL query Customer.byEmail */ select customer0_.id as id1_, customer0_.active as active1_, customer0_.country_code as country9_1_, customer0_.created_at as created3_1_, customer0_.credit as credit1_, customer0_.email as email1_, customer0_.joined_on as joined6_1_, customer0_.name as name1_, customer0_.tenant_id as tenant8_1_ from public.customers customer0_ where lower(customer0_.email)=lower($1)
--;
/* named native SQL query Purchase.counts */ select status, count(*) as n from orders group by status having count(*) > $1
--;
/* dynamic native SQL query */ select * from orders where status = $1 limit 3
--;
/* dynamic native SQL query */ select nextval('orders_id_seq')
--;
/* dynamic native SQL query */ select amount from order_totals limit $1
--;
/* select generatedAlias0 from Purchase as generatedAlias0 left join generatedAlias0.customer as generatedAlias1 where ( generatedAlias0.status=:param0 ) and ( ( generatedAlias1.name like :param1 ) or ( generatedAlias1.id is null ) ) and ( generatedAlias0.total>1.00BD ) order by generatedAlias0.placed desc, generatedAlias0.id asc */ select purchase0_.id as id3_, purchase0_.customer_id as customer9_3_, purchase0_.note as note3_, purchase0_.placed_at as placed3_3_, purchase0_.shipped_at as shipped4_3_, purchase0_.status as status3_, purchase0_.tenant_id as tenant6_3_, purchase0_.total as total3_, purchase0_.version as version3_ from public.orders purchase0_ left outer join public.customers customer1_ on purchase0_.customer_id=customer1_.id where purchase0_.status=$1 and (customer1_.name like $2 or customer1_.id is null) and purchase0_.total>1.00 order by purchase0_.placed_at desc, purchase0_.id asc limit $3 offset $4
--;
/* select count(distinct generatedAlias0) from Purchase as generatedAlias0 */ select count(distinct purchase0_.id) as col_0_0_ from public.orders purchase0_ limit $1
--;
/* select generatedAlias0.status, sum(generatedAlias0.total), count(generatedAlias0) from Purchase as generatedAlias0 group by generatedAlias0.status having count(generatedAlias0)>1L */ select purchase0_.status as col_0_0_, sum(purchase0_.total) as col_1_0_, count(purchase0_.id) as col_2_0_ from public.orders purchase0_ group by purchase0_.status having count(purchase0_.id)>1
--;
/* select generatedAlias0 from Customer as generatedAlias0 where ( exists (select generatedAlias1.id from Purchase as generatedAlias1 where generatedAlias1.customer=generatedAlias0) ) and ( generatedAlias0.country.code in (:param0, :param1) ) */ select customer0_.id as id1_, customer0_.active as active1_, customer0_.country_code as country9_1_, customer0_.created_at as created3_1_, customer0_.credit as credit1_, customer0_.email as email1_, customer0_.joined_on as joined6_1_, customer0_.name as name1_, customer0_.tenant_id as tenant8_1_ from public.customers customer0_ where (exists (select purchase1_.id from public.orders purchase1_ where purchase1_.customer_id=customer0_.id)) and (customer0_.country_code in ($1 , $2))
--;
/* select generatedAlias0 from Customer as generatedAlias0 where ( generatedAlias0.id between 1 and 9 ) and ( generatedAlias0.active = true ) and ( lower(generatedAlias0.name)<>:param0 ) */ select customer0_.id as id1_, customer0_.active as active1_, customer0_.country_code as country9_1_, customer0_.created_at as created3_1_, customer0_.credit as credit1_, customer0_.email as email1_, customer0_.joined_on as joined6_1_, customer0_.name as name1_, customer0_.tenant_id as tenant8_1_ from public.customers customer0_ where (customer0_.id between 1 and 9) and customer0_.active=true and lower(customer0_.name)<>$1
--;
/* delete collection shop.Purchase.tags */ delete from public.orders_tags where order_id=$1
--;
select customer0_.id as id1_, customer0_.active as active1_, customer0_.country_code as country9_1_, customer0_.created_at as created3_1_, customer0_.credit as credit1_, customer0_.email as email1_, customer0_.joined_on as joined6_1_, customer0_.name as name1_, customer0_.tenant_id as tenant8_1_ from customers customer0_ where (customer0_.name , customer0_.email) in (select customer1_.name, customer1_.email from customers customer1_)
--;
select purchase0_.id as id3_0_, lines1_.id as id4_1_, product2_.id as id2_2_, purchase0_.customer_id as customer9_3_0_, purchase0_.note as note3_0_, purchase0_.placed_at as placed3_3_0_, purchase0_.shipped_at as shipped4_3_0_, purchase0_.status as status3_0_, purchase0_.tenant_id as tenant6_3_0_, purchase0_.total as total3_0_, purchase0_.version as version3_0_, lines1_.order_id as order4_4_1_, lines1_.unit_price as unit2_4_1_, lines1_.product_id as product5_4_1_, lines1_.quantity as quantity4_1_, lines1_.order_id as order4_3_0__, lines1_.id as id0__, product2_.price as price2_2_, product2_.sku as sku2_2_, product2_.tenant_id as tenant4_2_2_, product2_.title as title2_2_, product2_.weight as weight2_2_ from orders purchase0_ inner join order_lines lines1_ on purchase0_.id=lines1_.order_id inner join products product2_ on lines1_.product_id=product2_.id where purchase0_.id in ($1 , $2 , $3 , $4) order by lines1_.id asc
--;
update orders set version=version+1, note='v' where status='x'
--;
insert into tags ( name ) select customer0_.name as col_0_0_ from customers customer0_ where customer0_.id<0
--;
select purchase0_.id as id3_, purchase0_.customer_id as customer9_3_, purchase0_.note as note3_, purchase0_.placed_at as placed3_3_, purchase0_.shipped_at as shipped4_3_, purchase0_.status as status3_, purchase0_.tenant_id as tenant6_3_, purchase0_.total as total3_, purchase0_.version as version3_ from orders purchase0_ limit $1
--;
select line0_.id as id4_, line0_.order_id as order4_4_, line0_.unit_price as unit2_4_, line0_.product_id as product5_4_, line0_.quantity as quantity4_ from order_lines line0_ where line0_.order_id = $1 and line0_.quantity>1 order by line0_.unit_price
--;
