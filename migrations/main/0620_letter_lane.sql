-- Decision letters as they were issued: the bytes are a blob under their digest,
-- which the public log seals. A row is never changed.
create table decision_letter (
    id          text primary key,
    application text not null,
    number      text not null unique,
    decision    text not null,
    round       bigint not null,
    decided     text not null,
    sha256      text not null,
    size        bigint not null,
    by_person   text not null,
    by_name     text not null,
    at          bigint not null
);
create index decision_letter_of on decision_letter (application, at);

-- Uses of the green lane: each step is an entry of its own, never changed.
create table green_lane (
    application text not null,
    seq         bigint not null,
    action      text not null,
    document    text not null,
    clause      text not null,
    reason      text not null,
    by_person   text not null,
    by_name     text not null,
    at          bigint not null,
    primary key (application, seq)
);
create index green_lane_at on green_lane (at, application, seq);

-- Where an application stands with it: '', 'marked' or 'green'.
alter table application add column lane text not null default '';
create index application_lane on application (lane, updated) where lane <> '';
