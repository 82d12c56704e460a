-- Transfers that a domain decided on, written with its own state; the ledger
-- applies them once and the domain moves on with the answer.
create table ledger_intent (
    id       text primary key,
    kind     text not null,             -- whose handler gets the answer
    body     text not null,             -- accounts to open and transfers, JSON
    state    text not null,             -- waiting | answered
    answer   text not null default '',
    created  bigint not null,
    due      bigint not null,
    attempt  bigint not null default 0, -- failed tries of the handler
    failure  text not null default '',  -- of the last one, for logs and the operator
    answered bigint not null default 0
);
create index ledger_intent_waiting on ledger_intent (due, id) where state = 'waiting';
