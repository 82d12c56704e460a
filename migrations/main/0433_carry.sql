-- What an allocation promised out of next year's money, and that the amount is
-- such a promise, paid from the budget year that it names.
alter table application add column carried bigint not null default 0;
alter table application add column carried_in bigint not null default 0;
