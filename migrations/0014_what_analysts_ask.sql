-- 0014: what analysts ask of a year: what was spent and on which tariff, when it will run out, who had what when, and
-- one SIM as it was; and a schema in which a stranger's tool finds its way.

-- The log by its time ----------------------------------------------------------------------------------------------

-- Months go by recorded_at; people ask by observed_at and by the day as well. Blocks rise with all three, so one small
-- index finds each of them.
drop index simsync.change_event_by_time;
create index change_event_by_time on simsync.change_event
    using brin (recorded_at, observed_at, ((recorded_at at time zone 'UTC')::date)) with (autosummarize = on);
comment on index simsync.change_event_by_time is 'The few blocks of an hour or a day, whichever time it is asked by.';

create or replace view simsync.balance_history as
select account, sim, iccid_plastic, observed_at,
       (before ->> 'balance')::numeric as previous_balance,
       (after ->> 'balance')::numeric as balance,
       seq, recorded_at
  from simsync.change_event
 where kind in ('balance.changed', 'sim.added');

comment on view simsync.balance_history is
    'Every balance that a SIM has had since it was first seen, as far as events are kept. Sort by seq; ask for a span of time by recorded_at, which reads the months concerned and no other.';

create function simsync.known_since(account text) returns timestamptz
    language sql stable set search_path = pg_catalog, pg_temp
    as $$
    select case when l.last_seq = 0
                  or exists (select from simsync.change_event e where e.account = l.account and e.seq = 1)
                then '-infinity'
                else (select min(p.since) from simsync.event_partition p) end
      from simsync.ledger l
     where l.account = known_since.account
    $$;

comment on function simsync.known_since(text) is
    'From when on all events of the account are there: -infinity as long as none has been dropped. Null for an account that is not known.';

-- Spending ---------------------------------------------------------------------------------------------------------

create aggregate simsync.undone(jsonb) (sfunc = pg_catalog.jsonb_concat, stype = jsonb, initcond = '{}', parallel = safe);

comment on aggregate simsync.undone(jsonb) is
    'The `before` of several events, the latest first, as one: of each column what stood before all of them.';

create view simsync.tariff_past as
select c.account, c.sim,
       case when c.stood ? 'tariff_name' then c.stood ->> 'tariff_name' else s.tariff_name end as tariff_name,
       case when c.stood ? 'tariff_type' then c.stood ->> 'tariff_type' else s.tariff_type end as tariff_type,
       case when c.stood ? 'tariff_package_total_calls_max_duration'
            then (c.stood ->> 'tariff_package_total_calls_max_duration')::bigint
            else s.tariff_package_total_calls_max_duration end as tariff_package_total_calls_max_duration,
       c.since, c.until
  from (select e.account, e.sim, simsync.undone(e.before) over later as stood,
               lead(e.observed_at) over later as since, e.observed_at as until
          from simsync.change_event e
         where e.kind = 'tariff.changed' and e.sim is not null
        window later as (partition by e.account, e.sim order by e.recorded_at desc, e.seq desc)) c
  join simsync.sim s on s.account = c.account and s.id = c.sim;

comment on view   simsync.tariff_past       is 'The tariffs that SIMs had and have no more, also while the API did not show the SIM: what simsync.tariff_history and simsync.spend are made of.';
comment on column simsync.tariff_past.since is 'From when on; null for the first that is known.';
comment on column simsync.tariff_past.until is 'When another one was seen.';

create view simsync.spend as
select e.account, e.sim, e.iccid_plastic, e.seq, e.observed_at, e.recorded_at,
       case when p.sim is not null then p.tariff_name else s.tariff_name end as tariff_name,
       case when p.sim is not null then p.tariff_type else s.tariff_type end as tariff_type,
       greatest(e.was - e.became, 0) as spent,
       greatest(e.became - e.was, 0) as topped_up
  from (select account, sim, iccid_plastic, seq, observed_at, recorded_at,
               (before ->> 'balance')::numeric as was, (after ->> 'balance')::numeric as became
          from simsync.change_event
         where kind = 'balance.changed') e
  join simsync.sim s on s.account = e.account and s.id = e.sim
  left join simsync.tariff_past p
         on p.account = e.account and p.sim = e.sim
        and e.observed_at < p.until and (p.since is null or e.observed_at >= p.since)
 where e.was is not null and e.became is not null;

comment on view   simsync.spend             is 'Every change of a balance between two known amounts, with the tariff that the SIM had when simsync saw it.';
comment on column simsync.spend.tariff_name is 'Name of the tariff that the SIM had when the new amount was seen: another one that was seen with it counts already.';
comment on column simsync.spend.tariff_type is 'Type of that tariff.';
comment on column simsync.spend.spent       is 'By how much the balance fell; 0 where it rose.';
comment on column simsync.spend.topped_up   is 'By how much the balance rose; 0 where it fell.';

create view simsync.daily_spend as
select account, (recorded_at at time zone 'UTC')::date as day, sim, max(iccid_plastic) as iccid_plastic,
       tariff_name, tariff_type, sum(spent) as spent, sum(topped_up) as topped_up, count(*) as changes
  from simsync.spend
 group by account, (recorded_at at time zone 'UTC')::date, sim, tariff_name, tariff_type;

comment on view   simsync.daily_spend           is 'What each SIM spent on each day, by the tariff that it had then: two rows where the tariff changed within the day. Days are UTC''s; simsync.daily_spend(zone, since, until) has those of another zone.';
comment on column simsync.daily_spend.day       is 'The day on which simsync wrote down what it saw (recorded_at). What fell while nobody looked, or while the SIM was gone, is booked on the day that shows it.';
comment on column simsync.daily_spend.tariff_name is 'Name of the tariff that the SIM had then.';
comment on column simsync.daily_spend.tariff_type is 'Type of that tariff.';
comment on column simsync.daily_spend.spent     is 'Sum of what the balance fell by. Recharges do not count against it.';
comment on column simsync.daily_spend.topped_up is 'Sum of what the balance rose by.';
comment on column simsync.daily_spend.changes   is 'How many changes of the balance that were.';

create function simsync.daily_spend(zone text, since date, until date) returns setof simsync.daily_spend
    language sql stable set search_path = pg_catalog, pg_temp
    as $$
    select x.account, (x.recorded_at at time zone daily_spend.zone)::date, x.sim, max(x.iccid_plastic),
           x.tariff_name, x.tariff_type, sum(x.spent), sum(x.topped_up), count(*)
      from simsync.spend x
     where x.recorded_at >= daily_spend.since::timestamp at time zone daily_spend.zone
       and x.recorded_at < daily_spend.until::timestamp at time zone daily_spend.zone
     group by 1, 2, 3, 5, 6
    $$;

comment on function simsync.daily_spend(text, date, date) is
    'The view simsync.daily_spend by the days of another time zone, from `since` up to and without `until`: daily_spend(''Europe/Tallinn'', ''2026-11-01'', ''2026-12-01'').';

-- When it will be low, and when spent ------------------------------------------------------------------------------

alter table simsync.ledger add column balance_low numeric;
comment on column simsync.ledger.balance_low is
    '[alert] balance_low of the configuration that the account was led with last; null where there is none.';

-- The same as forecast() of src/model, to the second and the last digit: a change here is a change there.
create view simsync.balance_forecast as
with account as materialized (
    select account, balance_low, greatest(simsync.known_since(account), now() - interval '14 days') as known_since
      from simsync.ledger
     where retired_at is null),
seen as (
    select s.account, s.id, a.balance_low,
           floor(extract(epoch from now() - greatest(a.known_since, s.first_seen_at, s.returned_at))) as seconds,
           sum((e.before ->> 'balance')::numeric - (e.after ->> 'balance')::numeric) as spent,
           count(e.seq) as decreases
      from simsync.sim s
      join account a on a.account = s.account
      left join simsync.change_event e
             on e.account = s.account and e.sim = s.id and e.kind = 'balance.changed'
            and (e.after ->> 'balance')::numeric < (e.before ->> 'balance')::numeric
            and e.observed_at > greatest(a.known_since, s.first_seen_at, s.returned_at)
            and e.observed_at > now() - interval '14 days' and e.recorded_at > now() - interval '15 days'
     where s.removed_at is null
     group by s.account, s.id, a.balance_low, a.known_since),
judged as (
    select s.account, s.id, s.iccid_plastic, s.description, s.tariff_name, s.balance, s.tariff_expires_at,
           seen.seconds, seen.spent, seen.balance_low,
           case when s.is_blocked or s.balance is null or s.tariff_type in ('POSTPAID_MINUTE', 'MARGIN_CALCULATE') then 'none'
                when s.balance <= 0 then 'spent'
                when seen.seconds < 3 * 86400 then 'accumulating'
                when seen.decreases = 0 then 'steady'
                when seen.decreases = 1 then 'accumulating'
                when s.balance * seen.seconds >= seen.spent * 315360000 then 'steady'
                else 'runs_out' end as state
      from seen
      join simsync.sim s on s.account = seen.account and s.id = seen.id),
dated as (
    select j.*,
           case when j.state = 'runs_out'
                then date_trunc('second', now())
                     + div(j.balance * j.seconds, j.spent)::double precision * interval '1 second' end as runs_out_at,
           case when j.state = 'runs_out' and j.balance >= j.balance_low
                 and (j.balance - j.balance_low) * j.seconds < j.spent * 315360000
                then date_trunc('second', now())
                     + div((j.balance - j.balance_low) * j.seconds, j.spent)::double precision * interval '1 second' end as low_at
      from judged j)
select account, id, iccid_plastic, description, tariff_name, balance,
       case when tariff_expires_at < runs_out_at then 'tariff_ends' else state end as state,
       case when state in ('steady', 'runs_out')
            then trim_scale(div(2 * coalesce(spent, 0) * 864000000 + seconds, 2 * seconds) * 0.0001) end as spend_per_day,
       low_at, runs_out_at, tariff_expires_at,
       div(greatest(seconds, 0), 86400)::integer as based_on_days
  from dated;

comment on view   simsync.balance_forecast               is 'When each SIM''s balance will be low and when spent, if it goes on as in the last 14 days; SIMs of retired accounts are left out. For example: where runs_out_at < now() + interval ''7 days''.';
comment on column simsync.balance_forecast.state         is 'runs_out; tariff_ends: sooner than that; steady: nothing was spent, or so little that it lasts for ten years; accumulating: seen for less than 3 days, or only once to fall; spent: at 0 or below already; none: a SIM that is blocked, whose balance is not known, or of a tariff that is paid afterwards (POSTPAID_MINUTE, MARGIN_CALCULATE).';
comment on column simsync.balance_forecast.spend_per_day is 'What the balance fell by, a day, rounded to 4 decimals; recharges do not count against it. Null where there is nothing to go by.';
comment on column simsync.balance_forecast.low_at        is 'When the balance falls below [alert] balance_low; null where that lies behind, is not set or is not to be told.';
comment on column simsync.balance_forecast.runs_out_at   is 'When the balance is spent; null where that is not to be told. Where the tariff ends sooner, as it would be without that.';
comment on column simsync.balance_forecast.based_on_days is 'How many whole days that goes by: 14, or since simsync first saw the SIM, since it came back, or since events are kept.';

-- Who had what when ------------------------------------------------------------------------------------------------

-- Of a SIM that has always been there there is nothing here, so this is small beside the fleet.
create view simsync.sim_absence as
with step as (
    select e.account, e.sim, e.kind = 'sim.restored' as came, e.observed_at as at, e.recorded_at, e.seq
      from simsync.change_event e
     where e.kind in ('sim.removed', 'sim.restored') and e.sim is not null
    union all
    select u.account, u.sim, u.before ->> 'removed_at' is not null, u.recorded_at, u.recorded_at, 0
      from simsync.untold_change u
     where u.before ? 'removed_at'
    union all  -- gone for longer than events are kept, if nothing else tells of it
    select s.account, s.id, false, s.removed_at, 'infinity', 0
      from simsync.sim s
     where s.removed_at is not null),
span as (
    select account, sim,
           case when not came then tstzrange(at, greatest(at, coalesce(lead(at) over in_order, 'infinity')))
                when lag(came) over in_order is null then tstzrange('-infinity', at) end as gone
      from step
    window in_order as (partition by account, sim order by recorded_at, seq)),
absence as (  -- a return under another filter may be told by two rows: what overlaps is one
    select account, sim, unnest(range_agg(gone)) as gone
      from span
     where gone is not null
     group by account, sim)
select account, sim, nullif(lower(gone), '-infinity') as since, nullif(upper(gone), 'infinity') as until
  from absence
 where not isempty(gone);

comment on view   simsync.sim_absence       is 'The spans of time in which a SIM was gone, between its first sight and now: removed, or left out by the filter of that time.';
comment on column simsync.sim_absence.since is 'When it was proven gone, or left with another filter; null where that lies before the events that are kept.';
comment on column simsync.sim_absence.until is 'When simsync saw it again; null while it is gone.';

create view simsync.tariff_history as
select t.account, t.sim, s.iccid_plastic, s.description,
       t.tariff_name, t.tariff_type, t.tariff_package_total_calls_max_duration,
       lower(x.there) as since, nullif(upper(x.there), 'infinity') as until
  from (select account, sim, tariff_name, tariff_type, tariff_package_total_calls_max_duration, since, until
          from simsync.tariff_past
        union all
        select s.account, s.id, s.tariff_name, s.tariff_type, s.tariff_package_total_calls_max_duration, c.at, 'infinity'
          from simsync.sim s
          left join (select account, sim, max(until) as at from simsync.tariff_past group by account, sim) c
                 on c.account = s.account and c.sim = s.id) t
  join simsync.sim s on s.account = t.account and s.id = t.sim
  join (select account, simsync.known_since(account) as since from simsync.ledger offset 0) k on k.account = t.account
  left join (select account, sim, range_agg(tstzrange(since, coalesce(until, 'infinity'))) as gone
               from simsync.sim_absence group by account, sim) a on a.account = t.account and a.sim = t.sim
 cross join lateral (select greatest(t.since, s.first_seen_at, k.since) as since) f
 cross join lateral (select tstzmultirange(tstzrange(f.since, t.until)) - coalesce(a.gone, '{}') as spans
                      where f.since < t.until) m
 cross join lateral unnest(m.spans) as x (there);

comment on view   simsync.tariff_history       is 'Which tariff a SIM had when: one row for each span in which name, type and package stayed the same and the SIM was there. For example: where tstzrange(since, until) @> timestamptz ''2026-11-01''.';
comment on column simsync.tariff_history.since is 'When simsync saw it first; at the earliest when it first saw the SIM, or the time from which on events are kept.';
comment on column simsync.tariff_history.until is 'When simsync saw another one, or the SIM gone; null for the tariff of now.';

-- Each event of this kind brings or takes one number. One that is there now ends never.
create view simsync.number_history as
with step as (
    select e.account, e.sim, split_part(e.kind, '.', 1) as kind, split_part(e.kind, '.', 2) = 'attached' as attached,
           jsonb_path_query_first(c.fuller -> c.list, '$[*] ? (!(@ == $others[*]))',
                                  jsonb_build_object('others', c.shorter -> c.list)) #>> '{}' as number,
           e.observed_at as at, e.recorded_at, e.seq
      from simsync.change_event e
     cross join lateral (select case split_part(e.kind, '.', 1) when 'caller_id' then 'caller_ids'
                                                                when 'did' then 'external_msisdns'
                                                                else 'fmcs' end as list,
                                case when e.kind like '%.attached' then e.after else e.before end as fuller,
                                case when e.kind like '%.attached' then e.before else e.after end as shorter) c
     where e.kind in ('caller_id.attached', 'caller_id.detached', 'did.attached', 'did.detached', 'fmc.attached', 'fmc.detached')
       and e.sim is not null
    union all
    select s.account, s.id, n.kind, false, n.number, 'infinity', 'infinity', 0
      from simsync.sim s
     cross join lateral (select 'caller_id' as kind, unnest(s.caller_ids) as number
                         union all select 'did', unnest(s.external_msisdns)
                         union all select 'fmc', unnest(s.fmcs)) n),
held as (
    select account, number, kind, sim, attached, at as until,
           lag(case when attached then at end) over (partition by account, number, kind, sim order by recorded_at, seq) as since
      from step)
select h.account, h.number, h.kind, h.sim, s.iccid_plastic, s.description,
       lower(x.there) as since, nullif(upper(x.there), 'infinity') as until
  from held h
  join simsync.sim s on s.account = h.account and s.id = h.sim
  join (select account, simsync.known_since(account) as since from simsync.ledger offset 0) k on k.account = h.account
  left join (select account, sim, range_agg(tstzrange(since, coalesce(until, 'infinity'))) as gone
               from simsync.sim_absence group by account, sim) a on a.account = h.account and a.sim = h.sim
 cross join lateral (select greatest(h.since, s.first_seen_at, k.since) as since) f
 cross join lateral (select tstzmultirange(tstzrange(f.since, h.until)) - coalesce(a.gone, '{}') as spans
                      where f.since < h.until) m
 cross join lateral unnest(m.spans) as x (there)
 where not h.attached;

comment on view   simsync.number_history        is 'Which SIM had a number when, and as what. For example: where number = ''37251707072'' order by since.';
comment on column simsync.number_history.number is 'The number.';
comment on column simsync.number_history.kind   is 'What it was there: caller_id (caller_ids of the SIM), did (external_msisdns) or fmc (fmcs).';
comment on column simsync.number_history.since  is 'When simsync saw it there first; at the earliest when it first saw the SIM, or the time from which on events are kept.';
comment on column simsync.number_history.until  is 'When simsync saw that it was gone from there, or the SIM gone; null while it is there.';

-- The last of each, and those of whom nothing is heard -------------------------------------------------------------

-- Most SIMs have an event in the latest months: the others alone are looked for in all of them.
create view simsync.last_event as
select s.account, s.id as sim, (f.event).iccid_plastic, (f.event).seq, (f.event).kind, (f.event).severity,
       (f.event).observed_at, (f.event).previous_observed_at, (f.event).recorded_at,
       (f.event).before, (f.event).after, (f.event).cause
  from simsync.sim s
  left join lateral (select e as event from simsync.change_event e
                      where e.account = s.account and e.sim = s.id and e.recorded_at > now() - interval '40 days'
                      order by e.seq desc limit 1) late on true
  left join lateral (select e as event from simsync.change_event e
                      where late.event is null and e.account = s.account and e.sim = s.id
                      order by e.seq desc limit 1) early on true
 cross join lateral (select coalesce(late.event, early.event) as event) f
 where (f.event).seq is not null;

comment on view simsync.last_event is 'The last event of each SIM of which there is any, those that are gone included. For example: where kind = ''sim.blocked''.';

create view simsync.idle_sim as
select s.account, s.id, s.iccid_plastic, s.description, s.tariff_name, s.tariff_type, s.balance, s.is_blocked, s.latest_activity,
       coalesce(s.latest_activity, s.first_seen_at) as idle_since,
       now() - coalesce(s.latest_activity, s.first_seen_at) as idle
  from simsync.sim s
 where s.removed_at is null and s.is_archived is not true
   and coalesce(s.latest_activity, s.first_seen_at) < now() - interval '30 days'
   and not exists (select from simsync.ledger l where l.account = s.account and l.retired_at is not null);

comment on view   simsync.idle_sim            is 'The SIMs that show no activity since 30 days or longer, but for archived ones and those of retired accounts. Sort by idle.';
comment on column simsync.idle_sim.idle_since is 'The last activity that the API tells; where it tells none, when simsync first saw the SIM: it may have been idle for longer.';
comment on column simsync.idle_sim.idle       is 'Time since then.';

-- One SIM as it was ------------------------------------------------------------------------------------------------

create function simsync.sim_as_of(at timestamptz, account text, id text) returns setof simsync.sim_current
    language plpgsql stable set search_path = pg_catalog, pg_temp
    as $$
begin
    if at < simsync.known_since(account) then
        raise exception 'SIM "%" of account "%" as of % is not known any more: the events of that time have been dropped', id, account, at
            using errcode = 'object_not_in_prerequisite_state',
                  hint = 'Ask for a later time; a longer [events] retention keeps more.';
    end if;

    return query
    with later as (
        select e.recorded_at, e.seq, e.before
          from simsync.change_event e
         where e.account = sim_as_of.account and e.sim = sim_as_of.id and e.recorded_at > at
        union all
        select u.recorded_at, null, u.before
          from simsync.untold_change u
         where u.account = sim_as_of.account and u.sim = sim_as_of.id and u.recorded_at > at)
    select w.account, w.id, w.iccid_plastic, w.sim_id, w.is_blocked, w.allow_free_caller_id_change,
           w.allow_free_voice_substitution, w.balance, w.data_balance, w.fmcs, w.caller_ids, w.external_msisdns,
           w.tariff_name, w.tariff_type, w.tariff_package_total_calls_max_duration, w.profile, w.description,
           w.latest_activity, w.tariff_expires_at, w.imei, w.imei_is_correct, w.is_archived, w.first_seen_at,
           w.changed_at, w.revision
      from simsync.sim s
     cross join lateral (select simsync.undone(l.before order by l.recorded_at desc, l.seq desc) as before from later l) u
     cross join lateral jsonb_populate_record(s, u.before) w
     where s.account = sim_as_of.account and s.id = sim_as_of.id and s.first_seen_at <= at and w.removed_at is null;
end
$$;

comment on function simsync.sim_as_of(timestamptz, text, text) is
    'One SIM as the mirror knew it at that time; no row where it was not there. As sim_as_of(at), without reading the others.';

-- Finding one's way ------------------------------------------------------------------------------------------------

comment on column simsync.change_event.sim is
    'The API''s id of the SIM: (account, sim) is (account, id) of simsync.sim. Null for events of the account.';
comment on column simsync.change_event.sweep_id is 'The sweep that saw it, if one did: (account, sweep_id) is (account, id) of simsync.sweep.';
comment on column simsync.change_event.action_id is 'The action that caused it, if one did: (account, action_id) is (account, id) of simsync.action.';
comment on column simsync.condition.sim is 'The API''s id of the SIM: (account, sim) is (account, id) of simsync.sim.';
comment on column simsync.action.sim is 'The API''s id of the SIM: (account, sim) is (account, id) of simsync.sim where the mirror knows it.';

-- Foreign keys, for tools that draw them, where they cost nothing: an account's few rows that are hardly ever written.
-- What is written with each sweep, SIM or event has its joins in the comments, and simsync.sim can still be truncated.
alter table simsync.consumer
    add constraint consumer_of_an_account foreign key (account) references simsync.ledger (account) not valid;
alter table simsync.numbering
    add constraint numbering_of_an_account foreign key (account) references simsync.ledger (account) not valid;
alter table simsync.drift
    add constraint drift_of_an_account foreign key (account) references simsync.ledger (account) not valid;

create view simsync.function as
select p.proname::text as name, pg_get_function_arguments(p.oid) as arguments, pg_get_function_result(p.oid) as result,
       array(select r.rolname::text from pg_catalog.pg_roles r
              where r.rolname in ('simsync_reader', 'simsync_writer', 'simsync_consumer')
                and has_function_privilege(r.oid, p.oid, 'execute') order by r.rolname) as roles,
       obj_description(p.oid, 'pg_proc') as meaning
  from pg_catalog.pg_proc p
 where p.pronamespace = 'simsync'::regnamespace and p.prorettype <> 'trigger'::regtype;

comment on view   simsync.function           is 'The functions and what they are for, without the sources that \df+ prints. For example: where ''simsync_reader'' = any(roles).';
comment on column simsync.function.name      is 'Its name.';
comment on column simsync.function.arguments is 'What it takes.';
comment on column simsync.function.result    is 'What it answers.';
comment on column simsync.function.roles     is 'The group roles that may call it; none: the owner alone.';
comment on column simsync.function.meaning   is 'What it does.';

-- Tools that walk the tree of tables open each month too.
do $$
declare
    month name;
begin
    for month in
        select c.relname
          from pg_inherits i
          join pg_class c on c.oid = i.inhrelid
          join pg_class log on log.oid = i.inhparent
         where i.inhparent = 'simsync.change_event'::regclass and c.relnamespace = log.relnamespace
           and c.relowner = log.relowner and c.relkind = 'r'
    loop
        execute format('grant select on simsync.%I to simsync_reader, simsync_writer, simsync_consumer', month);
    end loop;
end
$$;

create or replace function simsync.make_partitions(at timestamptz) returns table (month timestamptz, state text, error text, hint text)
    language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp set timezone = 'UTC' set lock_timeout = '2s'
    set default_table_access_method = heap
    as $$
declare
    partition text;
    detail    text;
begin
    perform pg_advisory_xact_lock(hashtext('simsync'), hashtext('simsync partitions'));
    -- A clock that is set back by up to a day must not fall off the front. The month of `at` comes first: the others can wait.
    for month in
        select m from generate_series(date_trunc('month', at - interval '1 day'),
                                      date_trunc('month', at) + interval '2 months', interval '1 month') m
         order by m <> date_trunc('month', at), m
    loop
        continue when exists (select from simsync.event_partition p
                               where p.since <= month and month + interval '1 month' <= p.until);
        partition := 'change_event_' || to_char(month, 'YYYY_MM');
        begin
            execute format('create table simsync.%I (like simsync.change_event including constraints including comments)', partition);
            execute format('comment on table simsync.%I is %L', partition, 'simsync.change_event of ' || to_char(month, 'YYYY-MM') || ', UTC.');
            execute format('grant select on simsync.%I to simsync_reader, simsync_writer, simsync_consumer', partition);
            execute format('alter table simsync.change_event attach partition simsync.%I for values from (%L) to (%L)',
                           partition, month, month + interval '1 month');
        exception when others then
            get stacked diagnostics state = returned_sqlstate, error = message_text, detail = pg_exception_detail;
            error := format('the partition for %s cannot be made: %s', to_char(month, 'YYYY-MM'),
                            translate(concat_ws(': ', error, nullif(detail, '')), E'\n', ';'));
            hint := simsync.cure(state);
            return next;
        end;
    end loop;
end
$$;

-- The planner may call it for any table of the catalog: bounds of others need not be times.
create or replace function simsync.partition_bounds(partition oid, out since timestamptz, out until timestamptz)
    language plpgsql stable set search_path = pg_catalog, pg_temp set timezone = 'UTC' set datestyle = 'ISO, MDY'
    as $$
declare
    bounds text[] := (select regexp_match(pg_get_expr(c.relpartbound, c.oid), '^FOR VALUES FROM \((.+)\) TO \((.+)\)$')
                        from pg_class c
                       where c.oid = partition
                         and exists (select from pg_inherits i where i.inhrelid = c.oid and i.inhparent = 'simsync.change_event'::regclass));
begin
    since := case bounds[1] when 'MINVALUE' then '-infinity' when 'MAXVALUE' then 'infinity' else trim(both '''' from bounds[1]) end;
    until := case bounds[2] when 'MINVALUE' then '-infinity' when 'MAXVALUE' then 'infinity' else trim(both '''' from bounds[2]) end;
end
$$;

comment on function simsync.partition_bounds(oid) is 'From when until when a partition of the log holds rows; null for a default partition and for any other table.';

-- A view's column that only passes one of a table on means what it means there.
do $$
declare
    passed record;
begin
    for passed in
        select v.oid::regclass as view, va.attname as column_name, min(col_description(ta.attrelid, ta.attnum)) as meaning
          from pg_class v
          join pg_attribute va on va.attrelid = v.oid and va.attnum > 0
          join pg_attribute ta on ta.attname = va.attname and ta.attnum > 0
           and ta.attrelid = case when v.relname in ('last_event', 'balance_history', 'spend', 'daily_spend', 'tariff_past')
                                   and va.attname not like 'tariff%'
                                   or va.attname = 'sim' then 'simsync.change_event'::regclass
                                  else 'simsync.sim'::regclass end
         where v.relnamespace = 'simsync'::regnamespace and v.relkind = 'v' and col_description(v.oid, va.attnum) is null
         group by v.oid, va.attname
    loop
        execute format('comment on column %s.%I is %L', passed.view, passed.column_name, passed.meaning);
    end loop;
end
$$;

revoke execute on function
    simsync.known_since(text), simsync.undone(jsonb), simsync.daily_spend(text, date, date),
    simsync.sim_as_of(timestamptz, text, text) from public;
grant execute on function
    simsync.known_since(text), simsync.undone(jsonb), simsync.daily_spend(text, date, date),
    simsync.sim_as_of(timestamptz, text, text) to simsync_reader, simsync_writer;
grant select on
    simsync.tariff_past, simsync.spend, simsync.daily_spend, simsync.balance_forecast, simsync.sim_absence, simsync.tariff_history,
    simsync.number_history, simsync.last_event, simsync.idle_sim to simsync_reader, simsync_writer;
grant select on simsync.function to simsync_reader, simsync_writer, simsync_consumer;
