-- What was told. A caller's key stands for one message for ever, also when the
-- message itself has been pruned.
create table message_key (
    key     text primary key,
    message text not null
);

create table message (
    id         text primary key,
    topic      text not null,
    title      text not null, -- JSON {zh, en}
    body       text not null, -- JSON {zh, en}
    link       text not null, -- a path of the console, or empty
    about_kind text not null,
    about_id   text not null,
    at         bigint not null, -- when it happened
    folded     text not null    -- titles and bodies in lower case, for substring search
);
create index message_by_age on message (at);

-- One message to one person, in the console and by e-mail.
create table message_delivery (
    id           text primary key,
    message      text not null references message (id),
    person       text not null,
    org          text not null, -- for which of the person's organisations; empty for none
    at           bigint not null, -- that of the message, for the inbox's order
    posted       bigint not null, -- when it was written
    unread       bigint not null, -- 1 or 0
    read_at      bigint not null, -- 0 until then
    console      text not null,   -- sent | skipped
    email        text not null,   -- waiting | sent | failed | skipped
    email_reason text not null,
    email_at     bigint not null,
    digest       text not null,   -- of a digest: 'due' until gathered, then its id; empty for none
    unique (message, person)
);
create index message_inbox on message_delivery (person, unread, at, id);
create index message_due on message_delivery (person, posted) where digest = 'due' and email = 'waiting';
create index message_in_digest on message_delivery (digest) where digest not in ('', 'due');

create table message_digest (
    id     text primary key,
    person text not null,
    day    text not null, -- of Shanghai
    state  text not null, -- waiting | sent | failed | skipped
    reason text not null,
    at     bigint not null,
    unique (person, day)
);

-- What a person chose about a topic; what is not here is the topic's own default.
create table message_preference (
    person  text not null,
    topic   text not null,
    channel text not null, -- console | email
    mode    text not null, -- on | off | digest
    primary key (person, topic, channel)
);

create table message_contact (
    person    text primary key,
    address   text not null,
    language  text not null,
    confirmed bigint not null, -- 0 until the person followed the link
    asked     bigint not null, -- when the last confirmation was sent
    asks      bigint not null  -- how many since the last confirmed address
);

create table message_endpoint (
    id      text primary key,
    org     text not null,
    url     text not null,
    version bigint not null, -- of its secret, which derives from the installation's key
    active  bigint not null,
    reason  text not null,   -- why it was switched off by itself
    created bigint not null
);
create index message_endpoint_org on message_endpoint (org);

-- One message to one endpoint, with the receiver's last answer.
create table message_push (
    id       text primary key,
    endpoint text not null references message_endpoint (id),
    message  text not null, -- empty for a test
    state    text not null, -- waiting | sent | failed | skipped
    reason   text not null,
    status   bigint not null, -- of HTTP, 0 for no answer
    answer   text not null,   -- the beginning of its body
    attempts bigint not null,
    at       bigint not null,
    posted   bigint not null
);
create index message_push_endpoint on message_push (endpoint, posted, id);
