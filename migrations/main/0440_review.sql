-- Experts of the pool, panels and their seats, scores, and the journal of
-- everything that was said in a review.
create table review_expert (
    id       text primary key,
    person   text not null unique,
    name     text not null,
    employer text not null, -- credit code
    body     text not null, -- JSON: employer, past employers, fields
    folded   text not null, -- name and employer in lower case, for search
    active   bigint not null,
    version  bigint not null,
    updated  bigint not null,
    author   text not null
);
create index review_expert_by_name on review_expert (name, id);

create table review_panel (
    id         text primary key,
    name       text not null,
    measure    text not null,
    year       bigint not null,
    call       text not null,
    blind      bigint not null,
    state      text not null,
    version    bigint not null,
    terms      text not null, -- JSON: wants, sheet and outlier rule as they were
    nonce      text not null,
    commitment text not null,
    draw       text not null, -- JSON, or empty before the draw
    created    bigint not null,
    updated    bigint not null
);
create index review_panel_by_change on review_panel (updated, id);

-- A case is before one live panel at a time; a released one keeps its row.
create table review_panel_case (
    panel   text not null references review_panel (id),
    seq     bigint not null,
    case_id text not null,
    number  text not null,
    live    bigint not null,
    primary key (panel, case_id)
);
create unique index review_panel_case_once on review_panel_case (case_id) where live = 1;

create table review_seat (
    id        text primary key,
    panel     text not null references review_panel (id),
    seq       bigint not null,
    case_id   text not null,
    expert    text not null references review_expert (id),
    field     text not null,
    replaces  text not null,
    since     bigint not null,
    ended     bigint not null, -- 0 while it stands
    why       text not null,   -- JSON, or empty
    unique (panel, case_id, expert),
    unique (panel, seq)
);
create index review_seat_by_expert on review_seat (expert);
create index review_seat_by_case on review_seat (case_id);

-- A final score is never written again: the store's only update asks for a draft.
create table review_score (
    id        text primary key,
    seat      text not null references review_seat (id),
    panel     text not null,
    seq       bigint not null,
    case_id   text not null,
    expert    text not null,
    final     bigint not null,
    marks     text not null, -- JSON
    total     bigint not null, -- hundredths of a point
    comment   text not null,
    corrects  text not null,
    version   bigint not null,
    saved     bigint not null,
    submitted bigint not null,
    unique (panel, seq)
);
create unique index review_score_one_draft on review_score (seat) where final = 0;
create index review_score_by_case on review_score (case_id, expert);

-- Only ever added to.
create table review_record (
    id      text primary key,
    at      bigint not null,
    kind    text not null,
    panel   text not null,
    case_id text not null,
    expert  text not null,
    person  text not null,
    name    text not null,
    role    text not null,
    body    text not null -- JSON
);
create index review_record_by_panel on review_record (panel, at, id);
create index review_record_by_case on review_record (case_id, at, id);
create index review_record_by_kind on review_record (kind, expert, at, id);
