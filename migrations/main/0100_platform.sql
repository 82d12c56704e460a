-- Background work: written in the transaction of what needs it, run by any replica.
create table work_item (
    id           text primary key,
    kind         text not null,
    args         text not null,
    unique_key   text,
    state        text not null, -- waiting | running | done | failed
    run_at       bigint not null,
    attempt      bigint not null default 0,
    max_attempts bigint not null,
    holder       text not null default '',
    lease_until  bigint not null default 0,
    last_error   text not null default '',
    created      bigint not null,
    finished     bigint not null default 0
);
create index work_item_due on work_item (state, run_at);
-- One waiting and one running item a key: a change that comes while its item runs is not lost.
create unique index work_item_waiting on work_item (kind, unique_key) where unique_key is not null and state = 'waiting';
create unique index work_item_running on work_item (kind, unique_key) where unique_key is not null and state = 'running';

-- When a periodic item is next due; the replica that moves it inserts the item.
create table work_schedule (
    name    text primary key,
    next_at bigint not null
);

-- A named lease: at most one replica does this at a time (the sealer, the ledger's intents).
create table work_lease (
    name   text primary key,
    holder text not null,
    epoch  bigint not null default 0,
    until  bigint not null
);

-- Answers of writes that carried an Idempotency-Key, so that a repeat gets the first answer.
create table idempotent_answer (
    principal  text not null,
    key        text not null,
    request    text not null, -- SHA-256 of method, path and body
    status     bigint not null,
    body       BLOB not null,
    created    bigint not null,
    primary key (principal, key)
);

-- Full-text search over our own tokens; see internal/platform/search.
-- +sqlite
create table search_entry (
    entry integer primary key,
    kind  text not null,
    id    text not null,
    title text not null,
    body  text not null,
    unique (kind, id)
);
create virtual table search_index using fts5 (title, body, content = '', contentless_delete = 1, tokenize = 'ascii');
-- +postgres
create table search_entry (
    kind   text collate "C" not null,
    id     text collate "C" not null,
    title  text not null,
    body   text not null,
    tokens tsvector not null,
    primary key (kind, id)
);
create index search_entry_tokens on search_entry using gin (tokens);
-- +both
