-- An organisation's request under one measure for one object.
create table application (
    id           text primary key,
    number       text not null unique,
    org          text not null,
    measure      text not null,
    object       text not null,
    guide        bigint not null,
    state        text not null,
    version      bigint not null,
    statement    text not null,
    payee        text not null,
    amount       bigint not null,
    city         bigint not null,
    district     bigint not null,
    purse        text not null,
    hash         text not null,
    assessment   text not null, -- the frozen result with its trace, JSON
    created_by   text not null,
    created      bigint not null,
    submitted    text not null,
    decided_by   text not null,
    round        bigint not null,
    hindrance    text not null, -- JSON {zh, en}, or empty
    updated      bigint not null
);
-- One open application for the same matter under the same measure and year.
create unique index application_once on application (org, measure, object, guide) where state not in ('refused', 'withdrawn');
create index application_by_state on application (state, updated, id);
create index application_by_org on application (org, updated, id);

create table application_event (
    application text not null references application (id),
    seq         bigint not null,
    at          bigint not null,
    person      text not null,
    name        text not null,
    role        text not null,
    action      text not null,
    to_state    text not null,
    note        text not null, -- JSON {zh, en}, or empty
    primary key (application, seq)
);

create table application_attachment (
    id          text primary key,
    application text not null references application (id),
    name        text not null,
    media_type  text not null,
    size        bigint not null,
    sha256      text not null,
    uploader    text not null,
    at          bigint not null
);
create index application_attachment_of on application_attachment (application);
create index application_attachment_same on application_attachment (sha256);

create table application_counter (
    year bigint primary key,
    last bigint not null
);

-- A policy document's own words, imported by somebody who has them.
create table document_text (
    document text primary key,
    sha256   text not null,
    text     text not null,
    person   text not null,
    at       bigint not null
);
