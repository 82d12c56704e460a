-- Proofs of identity. Every token is kept as its SHA-256 only, every password as an argon2id hash.
create table auth_password (
    subject text primary key, -- whose: a person's id
    hash    text not null,    -- PHC string: algorithm, parameters, salt, hash
    changed bigint not null
);

-- Failed tries by key (a digest of login, address, or both), for the lockout.
create table auth_attempt (
    key          text primary key,
    failures     bigint not null,
    last         bigint not null,
    locked_until bigint not null
);

create table auth_session (
    token   text primary key, -- SHA-256
    id      text not null unique,
    subject text not null,
    acting  text not null,    -- the membership the person acts in; empty for none
    created bigint not null,
    seen    bigint not null,
    expires bigint not null   -- absolute
);
create index auth_session_subject on auth_session (subject);

-- One-time tokens: set-up, password reset, invitation.
create table auth_token (
    token   text primary key, -- SHA-256
    purpose text not null,
    subject text not null,
    created bigint not null,
    expires bigint not null,
    used    bigint not null default 0
);
create index auth_token_subject on auth_token (purpose, subject);

create table auth_api_key (
    id        text primary key,
    token     text not null unique, -- SHA-256
    subject   text not null,
    acting    text not null,
    name      text not null,
    hint      text not null,        -- the first characters, to tell keys apart
    created   bigint not null,
    expires   bigint not null,      -- 0: never
    last_used bigint not null default 0,
    revoked   bigint not null default 0
);
create index auth_api_key_subject on auth_api_key (subject);

create table auth_passkey (
    id         text primary key, -- base64url of the credential id
    subject    text not null,
    name       text not null,
    credential text not null,    -- public key, counter and flags, JSON
    created    bigint not null,
    last_used  bigint not null default 0
);
create index auth_passkey_subject on auth_passkey (subject);

-- A sign-in or registration that has begun: passkey challenge, OIDC state.
create table auth_ceremony (
    token   text primary key, -- SHA-256
    kind    text not null,
    data    text not null,
    expires bigint not null
);

-- Accounts at an OpenID provider that may sign a person in.
create table auth_identity (
    issuer  text not null,
    account text not null,
    subject text not null,
    created bigint not null,
    primary key (issuer, account)
);
