-- Project files, and their way to funds and other sources of money. A file is
-- one JSON text, read and replaced as a whole.
create table referral_project (
    id      text primary key,
    number  text not null unique,
    org     text not null,
    folded  text not null, -- number and names in lower case, for search
    body    text not null, -- JSON
    person  text not null,
    created bigint not null,
    version bigint not null,
    updated bigint not null
);
create index referral_project_by_change on referral_project (updated, id);
create index referral_project_by_org on referral_project (org, updated);

create table referral_sending (
    id      text primary key,
    project text not null references referral_project (id),
    source  text not null,
    amount  bigint not null, -- fen
    digest  text not null,   -- of the file as it was sent
    state   text not null,
    person  text not null,
    name    text not null,
    at      bigint not null,
    version bigint not null
);
create index referral_sending_by_project on referral_sending (project, at);

-- One source bears a cost line, and one source in all the region an invoice,
-- for as long as its sending is live.
create table referral_line (
    sending text not null references referral_sending (id),
    seq     bigint not null,
    project text not null,
    line    text not null,
    invoice text not null,
    live    bigint not null,
    primary key (sending, seq)
);
create unique index referral_line_once on referral_line (project, line) where live = 1;
create unique index referral_invoice_once on referral_line (invoice) where live = 1 and invoice <> '';

create table referral_answer (
    sending text not null references referral_sending (id),
    seq     bigint not null,
    state   text not null,
    given   text not null, -- civil date
    amount  bigint not null,
    note    text not null,
    person  text not null,
    name    text not null,
    at      bigint not null,
    primary key (sending, seq)
);

create table referral_counter (
    year bigint primary key,
    last bigint not null
);
