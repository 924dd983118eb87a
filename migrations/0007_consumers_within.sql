-- 0007: simsync itself delivers events for those who do not want to poll SQL: its sinks are consumers like any other.

create function simsync.begin_consumer(consumer text) returns void
    language sql volatile security definer set search_path = pg_catalog, pg_temp
    as $$
    insert into simsync.consumer (consumer, account, stream_id, acked_seq)
    select begin_consumer.consumer, l.account, l.stream_id, l.last_seq
      from simsync.ledger l
     where not exists (select from simsync.consumer c where c.consumer = begin_consumer.consumer)
    on conflict do nothing
    $$;

comment on function simsync.begin_consumer(text) is
    'Registers a consumer that has no position yet behind the last event of every account: it is told what happens from now on. One that is known stays where it is.';

-- What an event has raised and none has resolved. Where a person is told of conditions, this is what they should see.
create view simsync.standing_condition as
select c.account, c.account || ':' || c.sim || ':' || c.condition as dedup_key,
       case when c.condition = 'balance.low' then 'balance.low'
            when c.ahead = interval '0' then 'tariff.expired'
            else 'tariff.expiring' end as kind,
       case when c.condition = 'tariff.expiry' and c.ahead = interval '0' then 'critical' else 'warning' end as severity,
       c.sim, s.iccid_plastic, c.raised_at as since
  from simsync.condition c
  join simsync.sim s on s.account = c.account and s.id = c.sim
 where s.removed_at is null and (c.condition = 'balance.low' or c.deadline = s.tariff_expires_at)
union all
select s.account, s.account || ':' || s.id || ':sim.blocked', 'sim.blocked', 'warning', s.id, s.iccid_plastic, null
  from simsync.sim s
 where s.is_blocked and s.removed_at is null
union all
select l.account, l.account || ':account.degraded', 'account.degraded', 'critical', null, null, l.degraded_since
  from simsync.ledger l
 where l.degraded_since is not null;

comment on view   simsync.standing_condition               is 'The conditions that stand now: what was raised by an event and has not been resolved by one.';
comment on column simsync.standing_condition.account       is 'Account that it concerns.';
comment on column simsync.standing_condition.dedup_key     is 'Shared by the events that raise and resolve it.';
comment on column simsync.standing_condition.kind          is 'The kind of event that raised it.';
comment on column simsync.standing_condition.severity      is 'warning or critical.';
comment on column simsync.standing_condition.sim           is 'The API''s id of the SIM; null for a condition of the account.';
comment on column simsync.standing_condition.iccid_plastic is 'ICCID printed on that SIM, for people.';
comment on column simsync.standing_condition.since         is 'When it was raised; null where only the events know.';

-- The few blocked SIMs of a large fleet, for that view and for sim_blocked.
create index sim_blocked_now on simsync.sim (account, id) where is_blocked and removed_at is null;
comment on index simsync.sim_blocked_now is 'The blocked SIMs, without passing all the others.';

revoke execute on function simsync.begin_consumer(text) from public;
grant execute on function simsync.begin_consumer(text), simsync.read_events(text, integer), simsync.ack_events(text, text, bigint)
   to simsync_writer, simsync_consumer;
grant select on simsync.standing_condition to simsync_reader, simsync_writer, simsync_consumer;
