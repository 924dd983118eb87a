-- 0026: simsync.daily_spend(zone, since, until) answered nothing where a bound was null; now there is none on that side.

create or replace function simsync.daily_spend(zone text, since date, until date) returns setof simsync.daily_spend
    language sql stable set search_path = pg_catalog, pg_temp
    as $$
    select x.account, (x.recorded_at at time zone daily_spend.zone)::date, x.sim, max(x.iccid_plastic),
           x.tariff_name, x.tariff_type, sum(x.spent), sum(x.topped_up), count(*)
      from simsync.spend x
     where x.recorded_at >= coalesce(daily_spend.since::timestamp at time zone daily_spend.zone, '-infinity')
       and x.recorded_at < coalesce(daily_spend.until::timestamp at time zone daily_spend.zone, 'infinity')
     group by 1, 2, 3, 5, 6
    $$;

comment on function simsync.daily_spend(text, date, date) is
    'The view simsync.daily_spend by the days of another time zone, from `since` up to and without `until`: daily_spend(''Europe/Tallinn'', ''2026-11-01'', ''2026-12-01''). Null: from the oldest day that is kept, until now.';
