-- One row an organisation: who decides on one of its applications holds it, so
-- that two supports of one matter are never promised at once.
create table application_lock (
    org text primary key
);
