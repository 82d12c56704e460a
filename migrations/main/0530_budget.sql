-- Budget orders, their history, and what confirmed ones gave each programme. An
-- order's content is one JSON text: it is read and replaced as a whole.
create table budget_order (
    id      text primary key,
    number  text not null unique,
    year    bigint not null,
    state   text not null,
    folded  text not null, -- number and basis in lower case, for search
    version bigint not null,
    body    text not null,
    updated bigint not null
);
create index budget_order_by_change on budget_order (updated, id);

create table budget_order_line (
    order_id text not null references budget_order (id),
    line     bigint not null,
    purse    text not null,
    measure  text not null,
    primary key (order_id, line)
);
create index budget_order_line_by_programme on budget_order_line (measure, purse, order_id);

create table budget_order_event (
    order_id text not null references budget_order (id),
    seq      bigint not null,
    at       bigint not null,
    person   text not null,
    name     text not null,
    role     text not null,
    action   text not null,
    state    text not null,
    note     text not null, -- JSON
    primary key (order_id, seq)
);

-- One order at a time is booked on a programme: claim is its id, or empty.
create table budget_programme (
    purse   text not null,
    measure text not null,
    year    bigint not null,
    granted bigint not null, -- fen that confirmed orders gave, less what they took back
    claim   text not null,
    primary key (year, purse, measure)
);
create index budget_programme_by_claim on budget_programme (claim) where claim <> '';

-- What a confirmed line gave, and what of it was not taken back.
create table budget_grant (
    entry    text primary key,
    purse    text not null,
    measure  text not null,
    year     bigint not null,
    seq      bigint not null,
    order_id text not null references budget_order (id),
    number   text not null,
    rest     bigint not null,
    unique (year, purse, measure, seq)
);

create table budget_counter (
    year bigint primary key,
    last bigint not null
);
