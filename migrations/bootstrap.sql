-- Before the first migration: the schema and the list of what has been applied to it. Run once by store/schema,
-- in a transaction of its own, where simsync.migration is missing.
create schema simsync;

comment on schema simsync is
    'simsync: a mirror of every SIM card that the accounts hold, the log of its changes, and who has read how far.';

create table simsync.migration (
    version     integer     not null,
    name        text        not null,
    checksum    text        not null,
    applied_at  timestamptz not null default now(),
    constraint migration_version_is_positive check (version > 0),
    constraint migration_checksum_is_sha256  check (checksum ~ '^[0-9a-f]{64}$'),
    constraint migration_is_applied_once primary key (version)
);

comment on table  simsync.migration            is 'Which migrations this schema has. It describes the database, not an account: the one table whose key does not begin with account.';
comment on column simsync.migration.version    is 'Number of the migration; claimed before its DDL runs, in the same transaction.';
comment on column simsync.migration.name       is 'Name of the file it came from, without its suffix.';
comment on column simsync.migration.checksum   is 'SHA-256 of the file. simsync refuses a schema whose checksums differ from its own.';
comment on column simsync.migration.applied_at is 'When its transaction began.';
