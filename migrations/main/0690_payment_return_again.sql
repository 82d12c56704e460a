-- Lines that were ahead of the clock are judged again when the same bytes come on a
-- later day, by a return of their own: the same bytes are previewed once, not accepted once.
drop index payment_return_once;
create unique index payment_return_once on payment_return (level, place, sha256) where state = 'previewed';
create index payment_return_bytes on payment_return (level, place, sha256);
