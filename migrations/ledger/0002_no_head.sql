-- The journal ends where its last row is: a row of its own for that was one more
-- page to write for every batch. The fold keeps the hash that the journal had at
-- its entry, so that an edited end is noticed at the next start.
alter table fold add column hash BLOB not null default '';
update fold set hash = (select hash from journal where journal.seq = fold.seq) where seq > 0;
drop table head;
