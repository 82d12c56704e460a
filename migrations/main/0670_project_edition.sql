-- What a project's file said from one write to the next, and who wrote it; rows
-- are only added. Of a project from before, its present words are the first that
-- are known; the writer's name is not.
create table referral_edition (
    project text not null references referral_project (id),
    version bigint not null,
    body    text not null, -- JSON
    person  text not null,
    name    text not null,
    at      bigint not null,
    primary key (project, version)
);
insert into referral_edition (project, version, body, person, name, at)
    select id, version, body, person, '', updated from referral_project;

-- Which of them was sent; 0 for one that went out before they were kept.
alter table referral_sending add column edition bigint not null default 0;
