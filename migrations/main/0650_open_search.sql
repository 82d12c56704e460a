-- Calls and notices are found by their number and name, like other lists.
alter table call add column folded text not null default '';   -- number and names in lower case, for search
alter table notice add column folded text not null default ''; -- number and titles in lower case, for search
-- +sqlite
update call set folded = lower(number || char(10) || (terms ->> '$.name.zh') || char(10) || (terms ->> '$.name.en'));
update notice set folded = lower(number || char(10) || coalesce(title ->> '$.zh', '') || char(10) || coalesce(title ->> '$.en', '')) where title <> '';
-- +postgres
update call set folded = lower(number || chr(10) || (terms::json -> 'name' ->> 'zh') || chr(10) || (terms::json -> 'name' ->> 'en'));
update notice set folded = lower(number || chr(10) || coalesce(title::json ->> 'zh', '') || chr(10) || coalesce(title::json ->> 'en', '')) where title <> '';
-- +both
