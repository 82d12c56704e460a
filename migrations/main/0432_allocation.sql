-- Allocations of calls: the frozen snapshot and what it came to, as bytes that
-- anybody can run again.
create table allocation (
    id          text primary key,
    number      text not null unique,
    call        text not null,
    state       text not null,
    version     bigint not null,
    input_hash  text not null,
    result_hash text not null,
    snapshot    text not null,
    result      text not null,
    by_person   text not null,
    by_name     text not null,
    at          bigint not null,
    settled_by  text not null,
    settled_name text not null,
    settled     bigint not null
);
create index allocation_of on allocation (call, number);

create table allocation_counter (
    year bigint primary key,
    last bigint not null
);
