-- Payment orders, bank files and returns, instalment plans, performance reports.
create table payment_counter (
    kind text not null,
    year bigint not null,
    last bigint not null,
    primary key (kind, year)
);

-- A row that a transaction holds until it ends.
create table payment_lock (
    name text primary key
);

-- What orders were issued for, JSON.
create table payment_award (
    case_id text not null,
    round   bigint not null,
    body    text not null,
    primary key (case_id, round)
);

create table payment_order (
    id          text primary key,
    number      text not null unique,
    case_id     text not null,
    case_number text not null,
    round       bigint not null,
    instalment  bigint not null,
    parts       bigint not null,
    attempt     bigint not null,
    replaces    text not null,
    org         text not null,
    org_name    text not null,
    measure     text not null,
    year        bigint not null,
    level       text not null,
    place       text not null,
    purse_name  text not null, -- JSON {zh, en}
    account     text not null,
    holder      text not null,
    bank        text not null,
    tail        text not null, -- the last four digits
    amount      bigint not null,
    purpose     text not null,
    due         text not null,
    consenter   text not null,
    created     bigint not null,
    state       text not null,
    version     bigint not null,
    file        text not null,
    reference   text not null,
    settled     text not null,
    why         text not null,
    before_fen  bigint not null,
    asked_by    text not null
);
-- One live order for a half of a part: the others were replaced or cancelled.
create unique index payment_order_once on payment_order (case_id, round, instalment, level) where state not in ('replaced', 'cancelled');
create index payment_order_by_purse on payment_order (level, place, state, number);
create index payment_order_by_file on payment_order (file);
create index payment_order_by_org on payment_order (org, number);

create table payment_order_event (
    order_id text not null references payment_order (id),
    seq      bigint not null,
    at       bigint not null,
    person   text not null,
    name     text not null,
    role     text not null,
    action   text not null,
    to_state text not null,
    note     text not null,
    primary key (order_id, seq)
);

create table payment_file (
    id          text primary key,
    number      text not null unique,
    level       text not null,
    place       text not null,
    purse_name  text not null, -- JSON {zh, en}
    count       bigint not null,
    total       bigint not null,
    sha256      text not null,
    digest      text not null,
    state       text not null,
    version     bigint not null,
    day         text not null,
    made_by     text not null,
    made_name   text not null,
    made        bigint not null,
    closed_by   text not null,
    closed_name text not null,
    closed      bigint not null,
    released    text not null,
    note        text not null
);

create table payment_return (
    id            text primary key,
    number        text not null unique,
    level         text not null,
    place         text not null,
    name          text not null,
    sha256        text not null,
    size          bigint not null,
    state         text not null,
    version       bigint not null,
    lines         bigint not null,
    person        text not null,
    person_name   text not null,
    at            bigint not null,
    accepted_by   text not null,
    accepted_name text not null,
    accepted      bigint not null,
    paid          bigint not null,
    paid_fen      bigint not null,
    failed        bigint not null,
    failed_fen    bigint not null,
    bad           bigint not null
);
-- The same bytes stand once.
create unique index payment_return_once on payment_return (level, place, sha256) where state <> 'discarded';

create table payment_return_line (
    return_id     text not null references payment_return (id),
    line          bigint not null,
    order_number  text not null,
    amount        bigint not null,
    result        text not null,
    reference     text not null,
    day           text not null,
    reason        text not null,
    problem       text not null, -- JSON {zh, en}, or empty
    verdict       text not null,
    order_id      text not null,
    resolution    text not null,
    resolved_by   text not null,
    resolved_name text not null,
    resolved      bigint not null,
    primary key (return_id, line)
);
create index payment_return_line_open on payment_return_line (resolved, verdict);

create table payment_plan (
    case_id text not null,
    round   bigint not null,
    version bigint not null,
    parts   text not null, -- JSON
    author  text not null,
    name    text not null,
    reason  text not null,
    at      bigint not null,
    primary key (case_id, round, version)
);

create table payment_confirmation (
    case_id  text not null,
    round    bigint not null,
    part     bigint not null,
    person   text not null,
    name     text not null,
    role     text not null,
    note     text not null,
    at       bigint not null,
    on_day   text not null,
    primary key (case_id, round, part)
);

create table payment_evidence (
    id       text primary key,
    case_id  text not null,
    round    bigint not null,
    part     bigint not null,
    file     text not null -- JSON
);
create index payment_evidence_of on payment_evidence (case_id, round);

create table performance_report (
    id          text primary key,
    number      text not null unique,
    case_id     text not null,
    case_number text not null,
    round       bigint not null,
    org         text not null,
    org_name    text not null,
    measure     text not null,
    matter      text not null,
    year        bigint not null,
    paid        text not null,
    due         text not null,
    indicators  text not null, -- JSON
    state       text not null,
    version     bigint not null,
    outputs     text not null, -- JSON
    body        text not null,
    submitted   text not null,
    submitter   text not null,
    answer      text not null,
    answered    text not null,
    created     bigint not null
);
create index performance_report_by_due on performance_report (due, id);
create index performance_report_by_org on performance_report (org, due, id);

create table performance_report_file (
    id     text primary key,
    report text not null references performance_report (id),
    file   text not null -- JSON
);
create index performance_report_file_of on performance_report_file (report);
