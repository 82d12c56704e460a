-- Calls for applications. The terms are one JSON text: they are read and
-- replaced as a whole, and a history keeps each as it stood.
create table call (
    id            text primary key,
    number        text not null unique,
    state         text not null,
    version       bigint not null,
    opens         text not null,
    last_day      text not null, -- late applications included
    guide         bigint not null,
    guide_version bigint not null,
    guide_digest  text not null,
    terms         text not null,
    created_by    text not null,
    created       bigint not null
);
create index call_by_state on call (state, number);

create table call_measure (
    call    text not null references call (id),
    measure text not null,
    primary key (call, measure)
);
create index call_measure_by on call_measure (measure, call);

create table call_event (
    call   text not null references call (id),
    seq    bigint not null,
    at     bigint not null,
    person text not null,
    name   text not null,
    action text not null,
    reason text not null,
    terms  text not null,
    primary key (call, seq)
);

create table call_counter (
    year bigint primary key,
    last bigint not null
);
