-- What officers are warned of before money is paid, and what they decided.
create table alarm (
    id           text primary key,
    key          text not null unique, -- of the finding: rule, facts and cases
    rule         text not null,
    rule_version bigint not null,
    severity     text not null,
    state        text not null,
    version      bigint not null,
    reason       text not null, -- JSON {zh, en}
    facts        text not null, -- JSON list of ids, sorted
    trades       text not null, -- JSON list, for the picture
    follow       text not null,
    proposed_by  text not null,
    raised       bigint not null,
    updated      bigint not null
);
create index alarm_by_update on alarm (updated, id);
create index alarm_by_rule on alarm (rule, state);

-- The applications that an alarm is about.
create table alarm_case (
    alarm       text not null references alarm (id),
    application text not null,
    number      text not null,
    org         text not null,
    measure     text not null,
    primary key (alarm, application)
);
create index alarm_case_of on alarm_case (application);

create table alarm_event (
    alarm    text not null references alarm (id),
    seq      bigint not null,
    at       bigint not null,
    person   text not null,
    name     text not null,
    role     text not null,
    action   text not null,
    to_state text not null,
    note     text not null, -- JSON {zh, en}, or empty
    primary key (alarm, seq)
);
