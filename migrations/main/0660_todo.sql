-- What waits for somebody is counted all day long: each count seeks what is
-- open and never reads what is done.
create index budget_order_by_state on budget_order (state, id);

create index payment_order_by_state on payment_order (state, file, created);
create index payment_file_made on payment_file (id) where state = 'made';
create index payment_return_previewed on payment_return (at) where state = 'previewed';
-- In the place of an index over every line that nobody resolved, good ones too.
drop index payment_return_line_open;
create index payment_return_line_unmatched on payment_return_line (return_id, line) where resolved = 0 and verdict not in ('paid', 'failed', 'already');
create index performance_report_submitted on performance_report (submitted) where state = 'submitted';

create index recovery_case_by_state on recovery_case (state, updated, id);
create index exception_proposed on exception (proposed) where state = 'proposed';
create index alarm_by_state on alarm (state, raised);
create index review_panel_by_state on review_panel (state, updated);
create index allocation_computed on allocation (at) where state = 'computed';
