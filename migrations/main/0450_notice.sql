-- Public notices of proposed awards, their rows as the public reads them, and objections.
create table notice (
    id           text primary key,
    number       text not null unique,
    state        text not null,
    version      bigint not null,
    title        text not null, -- JSON {zh, en}
    call         text not null,
    days         bigint not null,
    published    text not null, -- empty for a draft
    ends         text not null,
    created_by   text not null,
    created      bigint not null
);
create index notice_by_state on notice (state, number);

create table notice_row (
    notice      text not null references notice (id),
    seq         bigint not null,
    application text not null,
    number      text not null,
    org         text not null,
    name        text not null,
    measure     text not null,
    object      text not null,
    amount      bigint not null,
    place       bigint not null,
    withdrawn   text not null, -- why it was taken off the notice, JSON; empty while it stands
    primary key (notice, seq)
);
create index notice_row_of on notice_row (application, notice);

create table notice_objection (
    id       text primary key,
    number   text not null unique,
    notice   text not null references notice (id),
    seq      bigint not null, -- of the row
    person   text not null,   -- who is signed in; empty for the public
    name     text not null,
    contact  text not null,
    body     text not null,
    at       bigint not null,
    verdict  text not null,   -- empty, upheld or dismissed
    answer   text not null,
    answered_by text not null,
    answered_name text not null,
    answered bigint not null
);
create index notice_objection_of on notice_objection (notice, seq);
create index notice_objection_open on notice_objection (verdict, at);

create table notice_counter (
    kind text not null, -- notice or objection
    year bigint not null,
    last bigint not null,
    primary key (kind, year)
);
