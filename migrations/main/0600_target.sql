-- What people say of targets and tasks. Lines are added; an ending is written once, nothing else changes.
create table target_file (
    id         text primary key,
    name       text not null,
    media_type text not null,
    size       bigint not null,
    sha256     text not null,
    person     text not null,
    at         bigint not null
);

create table target_report (
    id        text primary key,
    task      text not null,
    unit      text not null,
    day       text not null,
    percent   bigint, -- null where nothing can be measured
    milestone text not null,
    text      text not null,
    files     text not null, -- JSON list of ids
    facts     text not null, -- JSON list of ids
    corrects  text not null,
    person    text not null,
    name      text not null,
    role      text not null,
    at        bigint not null
);
create index target_report_of on target_report (task, day, at, id);
-- A report is corrected once; whoever comes second corrects the correction.
create unique index target_report_corrected on target_report (corrects) where corrects <> '';

-- A year's task list.
create table target_assignment (
    id         text primary key,
    year       bigint not null,
    task       text not null,
    unit       text not null,
    goal       text not null,
    due        text not null,
    person     text not null,
    name       text not null,
    role       text not null,
    at         bigint not null,
    end_person text not null,
    end_name   text not null,
    end_role   text not null,
    end_at     bigint not null, -- 0 while it stands
    end_note   text not null
);
create index target_assignment_of on target_assignment (year, due, id);

-- Yearly lists of key projects.
create table target_listing (
    id         text primary key,
    list       text not null,
    year       bigint not null,
    project    text not null,
    org        text not null,
    reason     text not null,
    fact       text not null,
    person     text not null,
    name       text not null,
    role       text not null,
    at         bigint not null,
    end_person text not null,
    end_name   text not null,
    end_role   text not null,
    end_at     bigint not null,
    end_note   text not null
);
create index target_listing_of on target_listing (list, year, at, id);
create unique index target_listing_once on target_listing (list, year, org, project) where end_at = 0;

create table target_meeting (
    id     text primary key,
    body   text not null,
    day    text not null,
    title  text not null,
    agenda text not null, -- JSON list
    person text not null,
    name   text not null,
    role   text not null,
    at     bigint not null
);
create index target_meeting_by_day on target_meeting (day, id);

create table target_decision (
    id         text primary key,
    meeting    text not null references target_meeting (id),
    item       bigint not null,
    text       text not null,
    task       text not null,
    unit       text not null,
    due        text not null,
    person     text not null,
    name       text not null,
    role       text not null,
    at         bigint not null,
    end_person text not null,
    end_name   text not null,
    end_role   text not null,
    end_at     bigint not null,
    end_note   text not null
);
create index target_decision_of on target_decision (meeting, at, id);

-- Which reminders were sent, so that each is sent once.
create table target_reminder (
    task text not null,
    unit text not null,
    ref  text not null,
    due  text not null,
    kind text not null,
    primary key (task, unit, ref, due, kind)
);

-- One transaction at a time acts under a name.
create table target_lock (name text primary key);
