-- 0004: what analysts ask for. Views pass the mirror's columns on under the same names.

create view simsync.sim_current as
select account, id, iccid_plastic, sim_id, is_blocked, allow_free_caller_id_change, allow_free_voice_substitution,
       balance, data_balance, fmcs, caller_ids, external_msisdns, tariff_name, tariff_type,
       tariff_package_total_calls_max_duration, profile, description, latest_activity, tariff_expires_at,
       imei, imei_is_correct, is_archived, first_seen_at, changed_at, revision
  from simsync.sim
 where removed_at is null;

comment on view simsync.sim_current is 'The SIMs that the accounts hold now.';

create view simsync.sim_blocked as
select c.account, c.id, c.iccid_plastic, c.description, c.balance, c.tariff_name,
       (select e.observed_at
          from simsync.change_event e
         where e.account = c.account and e.sim = c.id and e.kind = 'sim.blocked'
         order by e.seq desc limit 1) as blocked_since
  from simsync.sim_current c
 where c.is_blocked;

comment on view   simsync.sim_blocked               is 'The SIMs that are blocked now, and since when.';
comment on column simsync.sim_blocked.blocked_since is 'When simsync saw it being blocked; null where it was blocked at first sight, or longer ago than events are kept.';

create view simsync.tariff_expiring as
select account, id, iccid_plastic, description, tariff_name, tariff_type, tariff_expires_at,
       tariff_expires_at - now() as remaining,
       tariff_expires_at <= now() as expired
  from simsync.sim_current
 where tariff_expires_at <= now() + interval '7 days';

comment on view   simsync.tariff_expiring           is 'The SIMs whose tariff has expired or will within seven days. Sort by remaining.';
comment on column simsync.tariff_expiring.remaining is 'Time left; negative once it has expired.';
comment on column simsync.tariff_expiring.expired   is 'Whether the deadline has passed.';

create view simsync.balance_low as
select s.account, s.id, s.iccid_plastic, s.description, s.balance, s.tariff_name, c.raised_at as low_since
  from simsync.condition c
  join simsync.sim_current s on s.account = c.account and s.id = c.sim
 where c.condition = 'balance.low';

comment on view   simsync.balance_low           is 'The SIMs that balance.low was raised for and that have not recovered.';
comment on column simsync.balance_low.low_since is 'When balance.low was raised.';

create view simsync.balance_history as
select account, sim, iccid_plastic, observed_at,
       (before ->> 'balance')::numeric as previous_balance,
       (after ->> 'balance')::numeric as balance,
       seq
  from simsync.change_event
 where kind in ('balance.changed', 'sim.added');

comment on view   simsync.balance_history                  is 'Every balance that a SIM has had since it was first seen, as far as events are kept. Sort by observed_at.';
comment on column simsync.balance_history.previous_balance is 'The balance until then; null at first sight or where the API told none.';
comment on column simsync.balance_history.balance          is 'The balance from then on.';

create view simsync.freshness as
select account, endpoint, last_complete_sweep_at,
       now() - last_complete_sweep_at as age,
       degraded_since,
       last_complete_sweep_at is not null and degraded_since is null as fresh,
       leader_host, leader_since, held_removals
  from simsync.account;

comment on view   simsync.freshness       is 'How old each account''s mirror is. A daemon that is gone tells nothing, so look at age first.';
comment on column simsync.freshness.age   is 'Time since the last complete sweep: the mirror is at most this old.';
comment on column simsync.freshness.fresh is 'Whether there was a complete sweep and the account is not degraded.';

create function simsync.sim_as_of(at timestamptz) returns setof simsync.sim_current
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
    with undone as (
        select e.account, e.sim, jsonb_object_agg(b.key, b.value order by e.seq desc) as before  -- the last one stays
          from simsync.change_event e
         cross join lateral jsonb_each(e.before) b
         where e.recorded_at > at and e.sim is not null
         group by e.account, e.sim)
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
    'The fleet as the mirror knew it at that time: the rows of now with all later events undone. latest_activity, changed_at and revision are those of now, for no event tells them. Raises 55000 for a time whose events have been dropped.';

-- A view's column that only passes one of a table on means what it means there.
do $$
declare
    passed record;
begin
    for passed in
        select v.oid::regclass as view, va.attname as column_name, min(col_description(t.oid, ta.attnum)) as meaning
          from pg_class v
          join pg_attribute va on va.attrelid = v.oid and va.attnum > 0
          join pg_attribute ta on ta.attname = va.attname and ta.attnum > 0
          join pg_class t on t.oid = ta.attrelid
         where v.relnamespace = 'simsync'::regnamespace and v.relkind = 'v'
           and t.oid in (select case when v.relname in ('account', 'freshness') then 'simsync.ledger'::regclass
                                     when v.relname = 'balance_history' then 'simsync.change_event'::regclass
                                     else 'simsync.sim'::regclass end
                         union all
                         select 'simsync.account'::regclass where v.relname = 'freshness')
           and col_description(v.oid, va.attnum) is null
         group by v.oid, va.attname
    loop
        execute format('comment on column %s.%I is %L', passed.view, passed.column_name, passed.meaning);
    end loop;
end
$$;
