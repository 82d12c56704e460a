-- Recoveries of what was paid, their receipts, the list of excluded
-- organisations and suggestions after a fact was corrected. A case's content is
-- one JSON text: it is read and replaced as a whole, and its history keeps what
-- every entry said.
create table recovery_case (
    id       text primary key,
    number   text not null unique,
    org      text not null,
    folded   text not null, -- number and name in lower case, for search
    ground   text not null,
    state    text not null,
    notified bigint not null,
    version  bigint not null,
    body     text not null,
    updated  bigint not null
);
create index recovery_case_by_change on recovery_case (updated, id);
create index recovery_case_by_org on recovery_case (org, updated);

-- One live case at a time claims an application's payments.
create table recovery_claim (
    case_id     text not null references recovery_case (id),
    application text not null,
    live        bigint not null,
    primary key (case_id, application)
);
create unique index recovery_claim_once on recovery_claim (application) where live = 1;

create table recovery_event (
    case_id text not null references recovery_case (id),
    seq     bigint not null,
    at      bigint not null,
    person  text not null,
    name    text not null,
    role    text not null,
    action  text not null,
    state   text not null,
    note    text not null, -- JSON
    detail  text not null, -- JSON
    primary key (case_id, seq)
);

create table recovery_receipt (
    id      text primary key,
    case_id text not null references recovery_case (id),
    seq     bigint not null,
    amount  bigint not null,
    value   text not null, -- value date
    bank    text not null,
    payer   text not null,
    state   text not null,
    stands  bigint not null,
    shares  text not null, -- JSON
    person  text not null,
    name    text not null,
    at      bigint not null,
    unique (case_id, seq)
);
create unique index recovery_receipt_once on recovery_receipt (bank) where stands = 1;

create table recovery_listing (
    id        text primary key,
    org       text not null,
    org_name  text not null,
    case_id   text not null references recovery_case (id),
    number    text not null,
    lifts     text not null,
    from_day  text not null,
    until_day text not null,
    reason    text not null,
    person    text not null,
    name      text not null,
    at        bigint not null
);
create unique index recovery_listing_lifted_once on recovery_listing (lifts) where lifts <> '';
create index recovery_listing_by_org on recovery_listing (org, until_day);

create table recovery_proposal (
    id          text primary key,
    application text not null,
    state       text not null,
    body        text not null, -- JSON
    at          bigint not null
);
create index recovery_proposal_by_state on recovery_proposal (state, at, id);
create index recovery_proposal_by_application on recovery_proposal (application);

create table recovery_counter (
    year bigint primary key,
    last bigint not null
);

create table recovery_mark (
    name text primary key,
    upto bigint not null
);
