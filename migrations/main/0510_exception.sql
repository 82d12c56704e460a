-- Exceptions case by case (一事一议, document 002 clause 8(4)), and the opinions
-- on them: one a seat and one a person, never changed. What was proposed is one
-- JSON text, since none of it changes afterwards.
create table exception (
    id          text primary key,
    number      text not null unique,
    org         text not null,
    folded      text not null, -- number, matter and name in lower case, for search
    kind        text not null,
    measure     text not null,
    amount      bigint not null, -- fen
    body        text not null,   -- JSON
    proposed_by text not null,
    proposed    bigint not null,
    state       text not null,
    closing     text not null,   -- JSON: who withdrew it and why
    application text not null,
    version     bigint not null,
    updated     bigint not null
);
create index exception_by_change on exception (updated, id);
create index exception_by_org on exception (org, updated);

create table exception_opinion (
    exception text not null references exception (id),
    seq       bigint not null, -- in which they were given
    seat      text not null,
    person    text not null,
    name      text not null,
    verdict   text not null,
    reason    text not null,
    at        bigint not null,
    primary key (exception, seat),
    unique (exception, person)
);

create table exception_counter (
    year bigint primary key,
    last bigint not null
);

-- The case that an approved exception opens carries its amount.
alter table application add column exception text not null default '';
create unique index application_by_exception on application (exception) where exception <> '';
drop index application_once;
create unique index application_once on application (org, measure, object, guide, exception) where state not in ('refused', 'withdrawn');

alter table notice_row add column exception text not null default '';
