-- 0027: the forecasts of a few SIMs cost as much as a few SIMs. Named by several ids, each SIM of the account was judged
-- before they were looked for: a condition goes through the grouping only on columns that are grouped by.

create or replace view simsync.balance_forecast as
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
    select seen.account, seen.id, s.iccid_plastic, s.description, s.tariff_name, s.balance, s.tariff_expires_at,
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
