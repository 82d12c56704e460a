-- What an organisation was last told about the measures that concern it, so
-- that a change is told once, whatever restarts. due: it changed again on a day
-- on which it had its message already.
create table watch_told (
    org text primary key,
    stands text not null, -- JSON: by measure, its outcome and what lacks
    day text not null,    -- of the last message; empty when it never had one
    due bigint not null
);
create index watch_told_due on watch_told (due, day);

-- Up to where everybody was told; one row.
create table watch_mark (
    only_one bigint primary key,
    facts bigint not null,
    last bigint not null,
    rules text not null
);
