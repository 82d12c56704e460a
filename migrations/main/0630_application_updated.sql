-- The list of all applications, the last change first.
create index application_by_updated on application (updated, id);
