-- 0013: what stood before simsync came is told as such, and an account that is no longer mirrored comes to an end.

alter table simsync.change_event add column standing boolean not null default false;
comment on column simsync.change_event.standing is
    'Whether it tells of a condition that stood before simsync first saw the SIM, in the first complete sweep of an account or of another filter. Sinks leave such events out unless they are told otherwise.';

-- A SIM that is blocked needs no row to stand, so one tells that it stood before: it ends with the block.
alter table simsync.condition
    add column standing boolean not null default false,
    drop constraint condition_is_known,
    add constraint condition_is_known check (condition in ('balance.low', 'tariff.expiry', 'sim.blocked'));
comment on column simsync.condition.condition is
    'balance.low, or tariff.expiry for tariff.expiring and tariff.expired; the end of the events'' dedup_key. sim.blocked only where a SIM was blocked before simsync came.';
comment on column simsync.condition.standing is
    'Whether it stood before simsync first saw the SIM, in the first complete sweep of an account or of another filter.';

alter table simsync.sim add column returned_at timestamptz;
comment on column simsync.sim.returned_at is 'When the SIM was last seen again after it had been removed; null where it never was.';

alter table simsync.ledger add column retired_at timestamptz;
comment on column simsync.ledger.retired_at is
    'When the account was retired (simsync account retire): its conditions ended, its rows and events stay. Null while it is mirrored.';

create function simsync.end_block() returns trigger
    language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
    delete from simsync.condition where account = new.account and sim = new.id and condition = 'sim.blocked';
    return null;
end
$$;

comment on function simsync.end_block() is
    'Trigger of simsync.sim: a SIM that is not blocked any more was not blocked before simsync came, whatever comes later.';

create trigger sim_unblocked after update on simsync.sim for each row
    when (new.is_blocked is false and old.is_blocked is distinct from false) execute function simsync.end_block();

create or replace view simsync.standing_condition as
select c.account, c.account || ':' || c.sim || ':' || c.condition as dedup_key,
       case when c.condition = 'balance.low' then 'balance.low'
            when c.ahead = interval '0' then 'tariff.expired'
            else 'tariff.expiring' end as kind,
       case when c.condition = 'tariff.expiry' and c.ahead = interval '0' then 'critical' else 'warning' end as severity,
       c.sim, s.iccid_plastic, c.raised_at as since, c.standing
  from simsync.condition c
  join simsync.sim s on s.account = c.account and s.id = c.sim
 where s.removed_at is null
   and (c.condition = 'balance.low'
        or c.condition = 'tariff.expiry' and (s.tariff_expires_at is null or c.deadline = s.tariff_expires_at))
   and not exists (select from simsync.ledger r where r.account = c.account and r.retired_at is not null)
union all
select s.account, s.account || ':' || s.id || ':sim.blocked', 'sim.blocked', 'warning', s.id, s.iccid_plastic,
       c.raised_at, c.sim is not null
  from simsync.sim s
  left join simsync.condition c on c.account = s.account and c.sim = s.id and c.condition = 'sim.blocked'
 where s.is_blocked and s.removed_at is null
   and not exists (select from simsync.ledger r where r.account = s.account and r.retired_at is not null)
union all
select s.account, s.account || ':' || s.id || ':sim.blocked', 'sim.blocked', 'warning', s.id, s.iccid_plastic,
       c.raised_at, c.sim is not null
  from simsync.sim s
  left join simsync.condition c on c.account = s.account and c.sim = s.id and c.condition = 'sim.blocked'
 where s.last_known is not null and s.last_known ->> 'is_blocked' = 'true' and s.is_blocked is null and s.removed_at is null
   and not exists (select from simsync.ledger r where r.account = s.account and r.retired_at is not null)
union all
select l.account, l.account || ':account.degraded', 'account.degraded', 'critical', null, null, l.degraded_since, false
  from simsync.ledger l
 where l.degraded_since is not null and l.retired_at is null;

comment on column simsync.standing_condition.standing is
    'Whether it stood before simsync first saw the SIM: nobody was paged for it.';

create or replace view simsync.freshness as
select account, endpoint, last_complete_sweep_at,
       now() - last_complete_sweep_at as age,
       degraded_since,
       last_complete_sweep_at is not null and degraded_since is null as fresh,
       leader_host, leader_since, held_removals
  from simsync.account a
 where not exists (select from simsync.ledger r where r.account = a.account and r.retired_at is not null);

comment on view simsync.freshness is 'How old each account''s mirror is, but for accounts that were retired. A daemon that is gone tells nothing, so look at age first.';

revoke execute on function simsync.end_block() from public;
