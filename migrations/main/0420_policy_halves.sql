-- The day on which each side paid its half, empty until then, and how many
-- halves the ledger was asked to pay and has not answered.
alter table application add column city_paid text not null default '';
alter table application add column district_paid text not null default '';
alter table application add column outstanding bigint not null default 0;
update application set city_paid = submitted, district_paid = submitted where state = 'paid';
