-- 0011: what the mirror has to remember of an API that blinks, drifts and is looked at through another filter.

alter table simsync.sim
    add column last_known jsonb,
    add column left_scope boolean not null default false;

comment on column simsync.sim.last_known is
    'Column name to the last readable value, for flags and a balance that read null now: a blink of null raises nothing anew. Null normally.';
comment on column simsync.sim.left_scope is
    'Removed because the filter of the configuration changed, not because the API has it no more: no event tells of it.';

create index sim_last_known on simsync.sim (account, id) where last_known is not null;
comment on index simsync.sim_last_known is 'The few SIMs of which something blinks.';

alter table simsync.condition add column missing_since timestamptz;

comment on column simsync.condition.missing_since is
    'Since when the SIM shows no deadline although one was told: it may be back in a moment. The clock ends the condition after an hour. Null while there is one, or one that cannot be read.';

create index condition_missing on simsync.condition (account, missing_since) where missing_since is not null;
comment on index simsync.condition_missing is 'The few deadlines that were told of and are missing.';

alter table simsync.sweep
    add column set_aside bigint not null default 0,
    add column set_aside_what text;

comment on column simsync.sweep.set_aside      is 'Values and items of its answers that could not be read or stored.';
comment on column simsync.sweep.set_aside_what is 'The first of them, by SIM and field; null where there were none.';

create table simsync.drift (
    account  text collate "C" not null,
    field    text collate "C" not null,
    since    timestamptz      not null,
    left_out boolean          not null,
    error    text             not null,
    primary key (account, field)
);

comment on table  simsync.drift          is 'Fields that account.schema_drift was told of and that have not been right since; one that is right again is gone from here.';
comment on column simsync.drift.account  is 'Account whose API it is.';
comment on column simsync.drift.field    is 'The API''s own name of the field.';
comment on column simsync.drift.since    is 'When it was told.';
comment on column simsync.drift.left_out is 'The API does not know the field: its columns keep what they held, and it is asked for again in every second sweep. Else some values of it do not fit their column, which reads null there.';
comment on column simsync.drift.error    is 'What the API said, or how many values did not fit.';

create table simsync.absence (
    account text collate "C" not null,
    sim     text collate "C" not null,
    misses  integer          not null,
    returns integer          not null,
    primary key (account, sim)
);

comment on table  simsync.absence         is 'SIMs that sweeps have proven gone and that are not removed yet, because they had just appeared or had come back before; and those that were seen again while they waited.';
comment on column simsync.absence.account is 'Account that holds the SIM.';
comment on column simsync.absence.sim     is 'The API''s id of the SIM.';
comment on column simsync.absence.misses  is 'Complete sweeps in a row that proved it gone; 0: it was seen again.';
comment on column simsync.absence.returns is 'How often it was seen again before it was removed: each time the patience with it doubles.';

-- What no event tells because the filter changed; sim_as_of undoes it as it undoes events.
create table simsync.untold_change (
    account     text collate "C" not null,
    sim         text collate "C" not null,
    recorded_at timestamptz      not null default now(),
    before      jsonb            not null,
    primary key (account, sim, recorded_at)
);

comment on table  simsync.untold_change             is 'SIMs that left with a changed filter, or came back with one: nobody is told, and simsync.sim_as_of must know all the same.';
comment on column simsync.untold_change.account     is 'Account that holds the SIM.';
comment on column simsync.untold_change.sim         is 'The API''s id of the SIM.';
comment on column simsync.untold_change.recorded_at is 'When it was written.';
comment on column simsync.untold_change.before      is 'The columns of simsync.sim concerned, as they were.';

create index untold_change_by_time on simsync.untold_change (recorded_at);
comment on index simsync.untold_change_by_time is 'What lies before a time: it is dropped with the events of that time.';

-- Those that an earlier simsync removed without a word.
update simsync.sim s set left_scope = true
 where s.removed_at is not null
   and not exists (select from simsync.change_event e
                    where e.account = s.account and e.sim = s.id and e.kind = 'sim.removed'
                      and (e.after ->> 'removed_at')::timestamptz = s.removed_at);
insert into simsync.untold_change (account, sim, recorded_at, before)
select account, id, removed_at, '{"removed_at": null}' from simsync.sim where left_scope;

create or replace function simsync.sim_as_of(at timestamptz) returns setof simsync.sim_current
    language plpgsql stable set search_path = pg_catalog, pg_temp
    as $$
begin
    if at < (select min(p.since) from simsync.event_partition p)
       and exists (select from simsync.ledger l
                    where l.last_seq > 0
                      and not exists (select from simsync.change_event e where e.account = l.account and e.seq = 1)) then
        raise exception 'the fleet as of % is not known any more: the events of that time have been dropped', at
            using errcode = 'object_not_in_prerequisite_state',
                  hint = 'Ask for a later time; a longer [events] retention keeps more.';
    end if;

    -- Whatever was recorded later is undone: for each column, what stood before the first of the later changes.
    return query
    with later as (
        select e.account, e.sim, e.recorded_at, e.seq, e.before
          from simsync.change_event e
         where e.recorded_at > at and e.sim is not null
        union all
        select u.account, u.sim, u.recorded_at, null, u.before
          from simsync.untold_change u
         where u.recorded_at > at),
    undone as (
        select l.account, l.sim, jsonb_object_agg(b.key, b.value order by l.recorded_at desc, l.seq desc) as before  -- the last one stays
          from later l
         cross join lateral jsonb_each(l.before) b
         group by l.account, l.sim)
    select w.account, w.id, w.iccid_plastic, w.sim_id, w.is_blocked, w.allow_free_caller_id_change,
           w.allow_free_voice_substitution, w.balance, w.data_balance, w.fmcs, w.caller_ids, w.external_msisdns,
           w.tariff_name, w.tariff_type, w.tariff_package_total_calls_max_duration, w.profile, w.description,
           w.latest_activity, w.tariff_expires_at, w.imei, w.imei_is_correct, w.is_archived, w.first_seen_at,
           w.changed_at, w.revision
      from simsync.sim s
      left join undone u on u.account = s.account and u.sim = s.id
     cross join lateral jsonb_populate_record(s, coalesce(u.before, '{}')) w
     where s.first_seen_at <= at and w.removed_at is null;
end
$$;

comment on function simsync.sim_as_of(timestamptz) is
    'The fleet as the mirror knew it at that time, as far as the filter of that time reached: the rows of now with all later events undone. latest_activity, changed_at and revision are those of now, for no event tells them. Raises 55000 for a time whose events have been dropped.';

-- What blinks stands as it stood.
create or replace view simsync.standing_condition as
select c.account, c.account || ':' || c.sim || ':' || c.condition as dedup_key,
       case when c.condition = 'balance.low' then 'balance.low'
            when c.ahead = interval '0' then 'tariff.expired'
            else 'tariff.expiring' end as kind,
       case when c.condition = 'tariff.expiry' and c.ahead = interval '0' then 'critical' else 'warning' end as severity,
       c.sim, s.iccid_plastic, c.raised_at as since
  from simsync.condition c
  join simsync.sim s on s.account = c.account and s.id = c.sim
 where s.removed_at is null
   and (c.condition = 'balance.low' or s.tariff_expires_at is null or c.deadline = s.tariff_expires_at)
union all
select s.account, s.account || ':' || s.id || ':sim.blocked', 'sim.blocked', 'warning', s.id, s.iccid_plastic, null
  from simsync.sim s
 where s.is_blocked and s.removed_at is null
union all
select s.account, s.account || ':' || s.id || ':sim.blocked', 'sim.blocked', 'warning', s.id, s.iccid_plastic, null
  from simsync.sim s
 where s.last_known is not null and s.last_known ->> 'is_blocked' = 'true' and s.is_blocked is null and s.removed_at is null
union all
select l.account, l.account || ':account.degraded', 'account.degraded', 'critical', null, null, l.degraded_since
  from simsync.ledger l
 where l.degraded_since is not null;

grant select on simsync.absence, simsync.drift, simsync.untold_change to simsync_reader, simsync_writer;
grant insert, delete on simsync.absence, simsync.drift, simsync.untold_change to simsync_writer;
