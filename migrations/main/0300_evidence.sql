-- Facts: append-only. Nothing here is ever updated; a correction is a new row.
create table evidence_fact (
    id           text primary key,
    kind         text not null,
    kind_version bigint not null,
    subject      text not null,
    object       text not null,
    quantity     text not null, -- exact decimal
    unit         text not null,
    occurred     text not null,
    recorded     bigint not null,
    attestor     text not null,
    proof        text not null,
    corrects     text not null,
    attributes   text not null  -- JSON object of strings
);
create index evidence_fact_by_subject on evidence_fact (subject, occurred, id);
create index evidence_fact_by_kind on evidence_fact (kind, subject, occurred);
create index evidence_fact_by_day on evidence_fact (occurred, id);
create index evidence_fact_by_proof on evidence_fact (proof) where proof <> '';
-- A fact is corrected once; who corrects again corrects the correction.
create unique index evidence_fact_corrects on evidence_fact (corrects) where corrects <> '';

-- Digests of other books (the ledger's head) that are sealed beside the facts.
create table evidence_digest (
    id       text primary key,
    name     text not null,
    value    text not null,
    recorded bigint not null
);
create index evidence_digest_by_name on evidence_digest (name, recorded, id);

-- The outbox and its outcome: one row for each fact and digest, written with it. log_index is null until sealed.
-- +sqlite
create table evidence_entry (
    seq       integer primary key autoincrement,
    ref       text not null unique, -- id of the fact or digest
    sort      text not null,        -- fact | digest
    salt      BLOB not null,
    leaf      BLOB not null unique,
    log_index bigint unique,
    sealed    bigint
);
-- +postgres
create table evidence_entry (
    seq       bigint generated always as identity primary key,
    ref       text not null unique,
    sort      text not null,
    salt      BLOB not null,
    leaf      BLOB not null unique,
    log_index bigint unique,
    sealed    bigint
);
-- +both
create index evidence_entry_pending on evidence_entry (seq) where log_index is null;

-- An uploaded file of facts that a person has not accepted yet, or has.
create table evidence_import (
    id       text primary key,
    org      text not null,  -- the uploader's organisation, empty for the office
    person   text not null,
    file_name text not null,
    format   text not null,  -- csv | parquet
    sha256   text not null,
    size     bigint not null,
    state    text not null,  -- previewed | accepted | discarded
    good     bigint not null,
    bad      bigint not null,
    created  bigint not null,
    accepted bigint not null,
    written  bigint not null
);
create index evidence_import_by_time on evidence_import (created, id);
create table evidence_import_row (
    import text not null references evidence_import (id),
    line   bigint not null,
    fact   text not null,
    primary key (import, line)
);
create table evidence_import_problem (
    import text not null references evidence_import (id),
    seq    bigint not null,
    line   bigint not null,
    name   text not null, -- the column's
    value  text not null,
    zh     text not null,
    en     text not null,
    primary key (import, seq)
);
