-- 0002: the change log. Append-only; readers follow it by (account, seq). One partition per month of recorded_at, so
-- that retention drops files instead of deleting rows.

create table simsync.change_event (
    account                 text collate "C" not null,
    seq                     bigint      not null,
    kind                    text        not null,  -- near the front: it is what people look for in `select *`
    severity                text        not null,
    sim                     text collate "C",
    iccid_plastic           text,
    observed_at             timestamptz not null,
    previous_observed_at    timestamptz,
    recorded_at             timestamptz not null,
    before                  jsonb,
    after                   jsonb,
    cause                   text        not null,
    sweep_id                bigint,
    action_id               bigint,
    dedup_key               text,
    constraint change_event_seq_is_positive   check (seq > 0),
    constraint change_event_severity_is_known check (severity in ('info', 'warning', 'critical')),
    constraint change_event_cause_is_known    check (cause in ('sweep', 'action', 'clock', 'operator', 'daemon')),
    primary key (account, seq, recorded_at)  -- recorded_at because the partition key must be part; seq alone is unique
) partition by range (recorded_at);

-- One SIM's life, and the last event of a kind for it.
create index change_event_by_sim on simsync.change_event (account, sim, seq) where sim is not null;

-- "Who ran low this week?" Balances change a hundred times as often as anything else and are asked for by SIM, so
-- they are spared the cost of this index.
create index change_event_by_kind on simsync.change_event (kind, observed_at)
    where kind <> 'balance.changed' and kind <> 'data_balance.changed';

-- The log grows in the order of recorded_at, so a few pages of BRIN find "the last hour" and cost next to nothing.
create index change_event_by_time on simsync.change_event using brin (recorded_at);

comment on table  simsync.change_event                      is 'One row per observed change. Never updated; dropped by the month after the retention.';
comment on column simsync.change_event.account              is 'Account that it happened in.';
comment on column simsync.change_event.seq                  is 'Gapless from 1 in each account, in commit order: read on with seq > the last you have.';
comment on column simsync.change_event.kind                 is 'What happened: sim.blocked, balance.low and so on.';
comment on column simsync.change_event.severity             is 'info, warning or critical.';
comment on column simsync.change_event.sim                  is 'The API''s id of the SIM; null for events of the account.';
comment on column simsync.change_event.iccid_plastic        is 'ICCID printed on that SIM, for people.';
comment on column simsync.change_event.observed_at          is 'When simsync saw it. The change happened between previous_observed_at and this.';
comment on column simsync.change_event.previous_observed_at is 'When the old state was last certain; null where there was none.';
comment on column simsync.change_event.recorded_at          is 'When it was written.';
comment on column simsync.change_event.before               is 'The columns of simsync.sim concerned, as they were; money and times as text. Null where nothing was before.';
comment on column simsync.change_event.after                is 'The same columns as they are now.';
comment on column simsync.change_event.cause                is 'What made simsync see it: sweep, action, clock, operator or daemon.';
comment on column simsync.change_event.sweep_id             is 'The sweep that saw it, if one did.';
comment on column simsync.change_event.action_id            is 'The action that caused it, if one did.';
comment on column simsync.change_event.dedup_key            is 'Shared by the events that raise and resolve one condition: main:1001:balance.low.';

create view simsync.event_partition as
select c.relname::text as name,
       make_timestamptz(substr(c.relname, 14, 4)::int, substr(c.relname, 19, 2)::int, 1, 0, 0, 0, 'UTC') as since,
       timezone('UTC', make_timestamp(substr(c.relname, 14, 4)::int, substr(c.relname, 19, 2)::int, 1, 0, 0, 0)
                       + interval '1 month') as until
  from pg_catalog.pg_inherits i
  join pg_catalog.pg_class c on c.oid = i.inhrelid
 where i.inhparent = 'simsync.change_event'::regclass;

comment on view   simsync.event_partition       is 'The months that the change log holds.';
comment on column simsync.event_partition.name  is 'Table of the month: change_event_2026_07.';
comment on column simsync.event_partition.since is 'First instant of the month, UTC.';
comment on column simsync.event_partition.until is 'First instant of the next month, UTC.';

-- Runs with the owner's rights, so that the daemon's role needs none to change the schema. A partition is made beside
-- the log and then attached: unlike CREATE TABLE … PARTITION OF this does not wait for those who read the log.
create function simsync.ensure_partitions(at timestamptz, out since timestamptz, out until timestamptz)
    language plpgsql volatile security definer set search_path = pg_catalog, pg_temp set timezone = 'UTC'
    as $$
declare
    month     timestamptz;
    partition text;
begin
    -- A clock that is set back by up to a day must not fall off the front.
    since := date_trunc('month', at - interval '1 day');
    until := date_trunc('month', at) + interval '3 months';
    if (select count(*) from simsync.event_partition p where p.since >= ensure_partitions.since
                                                         and p.until <= ensure_partitions.until)
       = (select count(*) from generate_series(since, until - interval '1 day', interval '1 month')) then
        return;
    end if;

    perform pg_advisory_xact_lock(hashtext('simsync'), hashtext('simsync partitions'));
    for month in select generate_series(since, until - interval '1 day', interval '1 month') loop
        partition := 'change_event_' || to_char(month, 'YYYY_MM');
        continue when exists (select from simsync.event_partition p where p.name = partition);
        execute format('create table simsync.%I (like simsync.change_event including constraints including comments)', partition);
        execute format('comment on table simsync.%I is %L', partition, 'simsync.change_event of ' || to_char(month, 'YYYY-MM') || ', UTC.');
        execute format('alter table simsync.change_event attach partition simsync.%I for values from (%L) to (%L)',
                       partition, month, month + interval '1 month');
    end loop;
end
$$;

comment on function simsync.ensure_partitions(timestamptz) is
    'Makes the log''s partitions from a day before `at` to the second month after it, where missing; tells the span they cover.';

create function simsync.drop_partitions(before timestamptz) returns integer
    language plpgsql volatile security definer set search_path = pg_catalog, pg_temp set lock_timeout = '1s'
    as $$
declare
    month   record;
    dropped integer := 0;
begin
    -- Retention is a day at least; the rest is for clocks that differ. No way to be rid of what was told today.
    if before > now() - interval '12 hours' then
        raise exception 'events of the last twelve hours are not dropped' using errcode = 'invalid_parameter_value';
    end if;
    for month in select p.name from simsync.event_partition p where p.until <= before order by p.since loop
        begin
            execute format('drop table simsync.%I', month.name);
            dropped := dropped + 1;
        exception when lock_not_available then
            exit;  -- somebody reads the log: waiting would make everybody else wait, the next call tries again
        end;
    end loop;
    return dropped;
end
$$;

comment on function simsync.drop_partitions(timestamptz) is
    'Drops the months of the log that ended at `before`, twelve hours ago at least, or earlier, oldest first, as far as nobody reads them; tells how many.';
