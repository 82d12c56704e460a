-- The terms under which an application was opened: the call, the four years
-- (A13), how the money leaves, how many working days were promised.
alter table application add column call text not null default '';
alter table application add column year_transaction bigint not null default 0;
alter table application add column year_application bigint not null default 0;
alter table application add column year_award bigint not null default 0;
alter table application add column year_budget bigint not null default 0;
alter table application add column channel text not null default 'direct';
alter table application add column promise bigint not null default 60;
alter table application add column late bigint not null default 0;
-- How many working days the promise has used up to the day since.
alter table application add column used bigint not null default 0;
alter table application add column since text not null default '';
-- What the rule gives; amount is what was decided, which an allocation may lower.
alter table application add column entitled bigint not null default 0;
-- What the applicant declared in the form, JSON.
-- The allocation that gave the amount.
alter table application add column allocation text not null default '';
-- A decision needs a proposal first: the call allocates together or gives notice.
alter table application add column by_proposal bigint not null default 0;
alter table application add column declared text not null default '{}';
update application set year_transaction = guide, year_application = guide, year_award = guide, year_budget = guide,
    entitled = amount, since = submitted;
create index application_by_call on application (call, measure, state, id);

-- Which of the call's papers a file is; empty for any other.
alter table application_attachment add column evidence text not null default '';
