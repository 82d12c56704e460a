create table organisation (
    code    text primary key, -- unified social credit code
    kind    text not null,    -- enterprise | university | institute | public
    name    text not null,
    place   text not null,    -- GB/T 2260 code, or a place of the region pack
    folded  text not null,    -- name and code in lower case, for substring search
    created bigint not null
);

create table person (
    id       text primary key,
    login    text not null unique,
    name     text not null,
    created  bigint not null,
    disabled bigint not null default 0
);

create table membership (
    id      text primary key,
    person  text not null references person (id),
    role    text not null,
    org     text references organisation (code), -- null for the region's own roles
    created bigint not null,
    ended   bigint not null default 0
);
create index membership_person on membership (person);
create index membership_org on membership (org);
create unique index membership_live on membership (person, role, coalesce(org, '')) where ended = 0;

create table invitation (
    id       text primary key,
    org      text not null,
    kind     text not null,
    name     text not null,
    place    text not null,
    invited  text not null references person (id), -- who invites
    created  bigint not null,
    expires  bigint not null,
    accepted bigint not null default 0,
    revoked  bigint not null default 0
);

create table payee_account (
    id            text primary key,
    org           text not null references organisation (code),
    holder        text not null,
    bank          text not null,
    bank_code     text not null, -- 12 digits of the payment system
    number        text not null,
    state         text not null, -- proposed | active | replaced
    proposed_by   text not null references person (id),
    proposed      bigint not null,
    confirmed_by  text references person (id),
    confirmed     bigint not null default 0,
    check (confirmed_by is null or confirmed_by <> proposed_by)
);
create index payee_account_org on payee_account (org);
create unique index payee_account_active on payee_account (org) where state = 'active';

-- Who did what, in which role. Rows are only ever added; the triggers hold even for a slip in our own code.
create table audit_entry (
    id          text primary key,
    at          bigint not null,
    person      text not null,
    person_name text not null,
    role        text not null,
    actor_org   text not null, -- for whom the person acted
    action      text not null,
    kind        text not null, -- of what it was done to
    subject     text not null, -- its id
    org         text not null, -- whose it is
    request     text not null, -- request id
    details     text not null  -- JSON, without secrets
);
create index audit_entry_at on audit_entry (at, id);
create index audit_entry_subject on audit_entry (kind, subject);
-- +sqlite
create trigger audit_entry_no_update before update on audit_entry begin select raise(abort, 'audit entries are append-only'); end;
create trigger audit_entry_no_delete before delete on audit_entry begin select raise(abort, 'audit entries are append-only'); end;
-- +postgres
create function audit_entry_refuse() returns trigger language plpgsql as $$ begin raise exception 'audit entries are append-only'; end $$;
create trigger audit_entry_no_change before update or delete or truncate on audit_entry for each statement execute function audit_entry_refuse();
-- +both
