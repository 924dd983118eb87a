-- 0009: the index of deadlines is built over the rows of a first load instead of growing with each of them: less WAL,
-- and it comes out dense. A database that holds SIMs has it already and keeps it.

-- Runs with the owner's rights, so that the daemon's role needs none to change the schema.
create function simsync.index_deadlines() returns void
    language plpgsql volatile security definer set search_path = pg_catalog, pg_temp set lock_timeout = '1s'
    as $$
begin
    if to_regclass('simsync.sim_by_tariff_expiry') is not null or not exists (select from simsync.sim) then
        return;
    end if;
    begin
        -- The lock that building it takes, and one that two cannot hold: one of them builds.
        lock table simsync.sim in share row exclusive mode;
        create index if not exists sim_by_tariff_expiry on simsync.sim (account, tariff_expires_at)
            where removed_at is null and tariff_expires_at is not null;
    exception when lock_not_available then
        null;  -- somebody writes for long: deadlines are found without it as well, the next call tries again
    end;
end
$$;

comment on function simsync.index_deadlines() is
    'Makes the index by which deadlines are found, where it is missing and there are SIMs. Called before deadlines are looked for.';

do $$
begin
    if not exists (select from simsync.sim) then
        drop index simsync.sim_by_tariff_expiry;
    end if;
end
$$;

revoke execute on function simsync.index_deadlines() from public;
grant execute on function simsync.index_deadlines() to simsync_writer;
