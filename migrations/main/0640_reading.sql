-- How many facts there are, so that nobody counts them. Each database connection
-- keeps its own row (SQLite has one writer): writers never wait for each other here.
create table evidence_tally (
    writer bigint primary key,
    facts  bigint not null
);
insert into evidence_tally (writer, facts) select 0, count(*) from evidence_fact;

-- What waits for a person: cases that a call decides on together are many, and
-- are passed over without being read; a lane's cases are few.
create index application_alone on application (state, by_proposal, updated, id);
create index application_by_org_state on application (org, state, updated, id);
drop index application_lane;
create index application_lane on application (lane, state, updated, id) where lane <> '';
