-- Vouchers (券): who has which, why and until when. What is held, used and came
-- back of one is the ledger's. A voucher's content is one JSON text: it is read
-- and replaced as a whole, and its history keeps every step.
create table voucher (
    id        text primary key,
    number    text not null unique,
    programme text not null,
    year      bigint not null,
    org       text not null,
    folded    text not null, -- number and name in lower case, for search
    state     text not null,
    until_day text not null, -- last day; '' before it was issued
    version   bigint not null,
    body      text not null
);
create index voucher_by_org on voucher (org, number);
create index voucher_by_state on voucher (state, until_day);

create table voucher_event (
    voucher text not null references voucher (id),
    seq     bigint not null,
    at      bigint not null,
    person  text not null,
    name    text not null,
    role    text not null,
    action  text not null,
    state   text not null,
    amount  bigint not null,
    note    text not null, -- JSON; '' for none
    primary key (voucher, seq)
);

-- Which bill a hold is for.
create table voucher_use (
    hold      text primary key,
    bill      text not null,
    voucher   text not null references voucher (id),
    programme text not null,
    held      bigint not null,
    settled   bigint not null,
    post      text not null,
    released  bigint not null
);
create index voucher_use_by_bill on voucher_use (bill, hold);

create table voucher_counter (
    year bigint primary key,
    last bigint not null
);

create table voucher_lock (
    name text primary key
);

-- One row: the latest business day on which vouchers expired.
create table voucher_day (
    name text primary key,
    day  text not null
);
