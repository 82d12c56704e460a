-- The journal: every answer the ledger ever gave, in order. Rows are only added.
-- A row is both sides of a transfer, so the books sum to zero by construction.
-- hash = SHA-256(hash of the row before, this row); internal/ledger/README.md gives the exact bytes.
-- +sqlite
create table journal (
    seq      integer primary key,
-- +postgres
create table journal (
    seq      bigint primary key,
-- +both
    id       text not null,             -- the caller's, or derived from the caller's
    kind     text not null,             -- transfer hold post void expire correction | open limit
    source   bigint not null,           -- number of the account the money leaves
    target   bigint not null,           -- number of the account it reaches
    amount   bigint not null,           -- fen
    hold     bigint not null,           -- seq of the hold that a post, void or expire resolves
    corrects bigint not null default 0,  -- seq of the entry that a correction gives back
    link     bigint not null default 0,  -- seq of the first entry of a group that stands or falls together
    party    text not null,
    ref      text not null,             -- what caused it, as a path in the product
    until    text not null default '', -- a hold's last day
    outcome  text not null default '', -- '' is accepted, else why it was refused
    detail   text not null default '', -- refused: which account or limit; open, limit: the terms
    free     bigint not null default 0,  -- refused: what was left, fen
    at       bigint not null,
    hash     BLOB not null
);
create unique index journal_id on journal (id);

-- The end of the journal. An append moves it from the value it decided on, or fails.
create table head (
    one  bigint primary key check (one = 1),
    seq  bigint not null,
    hash BLOB not null
);
insert into head (one, seq, hash) values (1, 0, '');

-- What follows is folded from the journal up to fold.seq, to start quickly and to list;
-- nothing here is decided on without the journal's tail.
create table fold (
    one     bigint primary key check (one = 1),
    seq     bigint not null,
    indexed bigint not null -- movement has every entry up to here
);
insert into fold (one, seq, indexed) values (1, 0, 0);

create table account (
    no        bigint primary key, -- seq of the entry that opened it
    name      text not null,
    asset     text not null,
    terms     text not null,
    total_in  bigint not null,
    total_out bigint not null,
    held      bigint not null, -- reserved to leave
    incoming  bigint not null  -- reserved to arrive
);
create unique index account_name on account (name);

create table spending_limit (
    no        bigint primary key, -- seq of the entry that first set it
    name      text not null,
    per_party bigint not null,
    most      bigint not null
);

create table limit_used (
    limit_no bigint not null,
    party    text not null,
    used     bigint not null,
    primary key (limit_no, party)
);

create table open_hold (seq bigint primary key);

create table corrected (
    seq    bigint primary key, -- the entry given back
    amount bigint not null
);

-- Which entries touch an account; follows the journal at its own pace (fold.indexed).
create table movement (
    account bigint not null,
    arrives bigint not null, -- 1: the account is the target
    seq     bigint not null,
    primary key (account, arrives, seq)
);
