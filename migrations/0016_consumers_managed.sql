-- 0016: consumers are managed by people: what each stands before, one reader of a name at a time, and the steps that move
-- one. And since when a SIM has been blocked, for alerts that say so.

-- Who reads ---------------------------------------------------------------------------------------------------------

-- The lock of a session ends with it, however it ends: a client that comes again need only be quick to notice that it was
-- gone, or patient for a moment, since the server notices in its own time.
create function simsync.take_turn(consumer text) returns boolean
    language plpgsql volatile security definer set search_path = pg_catalog, pg_temp
    as $$
declare
    held_by record;
begin
    for attempt in 1..20 loop
        select k.pid, k.pid = pg_backend_pid() as is_ours, a.usename, a.application_name
          into held_by
          from pg_locks k
          left join pg_stat_activity a on a.pid = k.pid
         where k.locktype = 'advisory' and k.granted and k.objsubid = 2
           and k.database = (select d.oid from pg_database d where d.datname = current_database())
           and k.classid::bigint = hashtext('simsync consumer')::bigint & 4294967295
           and k.objid::bigint = hashtext(consumer)::bigint & 4294967295;
        if held_by.is_ours then
            return false;
        elsif held_by.pid is null and pg_try_advisory_lock(hashtext('simsync consumer'), hashtext(consumer)) then
            -- A client whose host is gone says no farewell: its session is to end within two minutes, not two hours.
            if current_setting('tcp_keepalives_idle')::integer > 60 then
                perform set_config('tcp_keepalives_idle', '60', false), set_config('tcp_keepalives_interval', '15', false),
                        set_config('tcp_keepalives_count', '4', false);
            end if;
            return true;
        end if;
        perform pg_sleep(0.05);
    end loop;
    raise exception 'another session reads as consumer "%" now: process %, user %', consumer, held_by.pid,
            coalesce(held_by.usename, '?') || coalesce(', ' || nullif(held_by.application_name, ''), '')
        using errcode = 'object_in_use',
              hint = format('Two that read as one would be told everything twice. Let that one end (select pg_terminate_backend(%s)), or read by a name of your own: each is told of every event. A program that reads on another connection each time calls simsync.release_consumer(%L) before it lets go of one.', held_by.pid, consumer);
end
$$;

comment on function simsync.take_turn(text) is
    'From now on this session, and no other, reads as the consumer, until it ends or calls simsync.release_consumer; false where it did so already. Raises 55006 where another one does.';

create function simsync.release_consumer(consumer text) returns void
    language plpgsql volatile security definer set search_path = pg_catalog, pg_temp
    as $$
begin
    if exists (select from pg_locks k
                where k.locktype = 'advisory' and k.granted and k.objsubid = 2 and k.pid = pg_backend_pid()
                  and k.database = (select d.oid from pg_database d where d.datname = current_database())
                  and k.classid::bigint = hashtext('simsync consumer')::bigint & 4294967295
                  and k.objid::bigint = hashtext(consumer)::bigint & 4294967295) then
        perform pg_advisory_unlock(hashtext('simsync consumer'), hashtext(consumer));
    end if;
end
$$;

comment on function simsync.release_consumer(text) is
    'Lets other sessions read as the consumer: for programs that read on another connection each time. Ending the session does the same.';

create or replace function simsync.register_consumer(consumer text) returns void
    language plpgsql volatile security definer set search_path = pg_catalog, pg_temp
    as $$
begin
    perform simsync.take_turn(consumer);
    insert into simsync.consumer (consumer, account, stream_id, acked_seq)
    select register_consumer.consumer, l.account, l.stream_id,
           coalesce((select min(e.seq) from simsync.change_event e where e.account = l.account), l.last_seq + 1) - 1
      from simsync.ledger l
     where not exists (select from simsync.consumer c
                        where c.account = l.account and c.consumer = register_consumer.consumer)
    on conflict do nothing;
end
$$;

comment on function simsync.register_consumer(text) is
    'Begins to read as a consumer: takes its turn, and gives it a position in every account where it has none, before the oldest event that is kept.';

comment on function simsync.read_events(text, integer) is
    'The next events of all accounts after what the consumer has acknowledged, at most `max`, in order; the same again until ack_events. Its first call registers the consumer, before the oldest event that is kept. Raises 55000 for a consumer that is behind the retention or on another stream, 55006 where another session reads as it.';

-- How far it is -----------------------------------------------------------------------------------------------------

alter table simsync.consumer
    add column down_since timestamptz,
    add column down_error text,
    add column down_hint  text;

comment on column simsync.consumer.down_since is 'Since when a sink of simsync delivers nothing until a person acts; null while it works, and for consumers that are no sinks.';
comment on column simsync.consumer.down_error is 'What keeps it from delivering; null while it works.';
comment on column simsync.consumer.down_hint  is 'What to do about it.';

create view simsync.consumer_position as
select c.account, c.consumer, c.acked_seq, l.last_seq,
       case when p.state = 'reads' then l.last_seq - c.acked_seq end as behind,
       n.recorded_at as waiting_since, c.acked_at, p.state, c.down_since, c.down_error, c.down_hint
  from simsync.consumer c
  join simsync.ledger l on l.account = c.account
  left join lateral (select e.recorded_at from simsync.change_event e
                      where e.account = c.account and e.seq = c.acked_seq + 1 and c.acked_seq < l.last_seq
                        and c.stream_id = l.stream_id
                      limit 1) n on true
 cross join lateral (select case when c.stream_id <> l.stream_id or c.acked_seq > l.last_seq then 'renumbered'
                                 when c.acked_seq < l.last_seq and n.recorded_at is null then 'dropped'
                                 else 'reads' end as state) p;

comment on view   simsync.consumer_position               is 'How far each consumer is in the events of each account.';
comment on column simsync.consumer_position.account       is 'Account whose events it reads.';
comment on column simsync.consumer_position.consumer      is 'Its name; sink:NAME is a sink of simsync.';
comment on column simsync.consumer_position.acked_seq     is 'Every event up to this one is done with.';
comment on column simsync.consumer_position.last_seq      is 'The account''s last event.';
comment on column simsync.consumer_position.behind        is 'Events that it has not acknowledged; null where it cannot read on.';
comment on column simsync.consumer_position.waiting_since is 'When the oldest of these was recorded; null where there is none.';
comment on column simsync.consumer_position.acked_at      is 'When it acknowledged last, or was registered or moved.';
comment on column simsync.consumer_position.state         is 'reads; renumbered: the events were numbered anew since; dropped: its next event is older than the retention.';
comment on column simsync.consumer_position.down_since    is 'Since when a sink delivers nothing until a person acts; null while it works.';
comment on column simsync.consumer_position.down_error    is 'What keeps it from delivering.';
comment on column simsync.consumer_position.down_hint     is 'What to do about it.';

create function simsync.note_consumer(consumer text, error text, hint text) returns void
    language sql volatile security definer set search_path = pg_catalog, pg_temp
    as $$
    update simsync.consumer c
       set down_since = case when error is null then null else coalesce(c.down_since, now()) end,
           down_error = error, down_hint = hint
     where c.consumer = note_consumer.consumer
       and (c.down_error is distinct from error or c.down_hint is distinct from hint)
    $$;

comment on function simsync.note_consumer(text, text, text) is
    'A sink tells what keeps it from delivering until a person acts, for simsync status; null: nothing does.';

create function simsync.ack_from(consumer text, account text, read_from bigint, upto bigint) returns boolean
    language plpgsql volatile security definer set search_path = pg_catalog, pg_temp
    as $$
declare
    acked bigint;
begin
    select c.acked_seq into acked from simsync.consumer c
     where c.consumer = ack_from.consumer and c.account = ack_from.account
       for no key update;
    if acked < read_from or acked >= upto then
        return false;
    end if;
    perform simsync.ack_events(consumer, account, upto);
    return true;
end
$$;

comment on function simsync.ack_from(text, text, bigint, bigint) is
    'simsync.ack_events for one who read from that position: false where somebody has put the consumer back meanwhile, or further on, which then holds.';

-- The steps of a person ---------------------------------------------------------------------------------------------

create function simsync.seek_consumer(consumer text, account text, after bigint, found_at bigint default null) returns void
    language plpgsql volatile security definer set search_path = pg_catalog, pg_temp
    as $$
declare
    held record;
    oldest bigint;
begin
    select c.acked_seq, l.stream_id, l.last_seq into held
      from simsync.consumer c
      join simsync.ledger l on l.account = c.account
     where c.consumer = seek_consumer.consumer and c.account = seek_consumer.account
       for no key update of c;
    if not found then
        raise exception 'consumer "%" has no position in account "%"', consumer, account
            using errcode = 'no_data_found', hint = 'Their names are in simsync.consumer (simsync consumer list).';
    end if;
    oldest := coalesce((select min(e.seq) from simsync.change_event e where e.account = seek_consumer.account), held.last_seq + 1);
    if after is null or after < oldest - 1 or after > held.last_seq then
        raise exception 'consumer "%" cannot stand behind event % of account "%": events % to % are kept',
                consumer, after, account, oldest, held.last_seq
            using errcode = 'invalid_parameter_value',
                  hint = format('Between %s (all that are kept are told) and %s (what happens from now on).', oldest - 1, held.last_seq);
    elsif found_at is distinct from held.acked_seq and found_at is not null then
        raise exception 'consumer "%" has moved meanwhile: it has acknowledged event % of account "%", not %',
                consumer, held.acked_seq, account, found_at
            using errcode = 'serialization_failure', hint = 'Nothing was changed. Look again at what stands before it.';
    end if;
    update simsync.consumer c
       set stream_id = held.stream_id, acked_seq = after, acked_at = now()
     where c.consumer = seek_consumer.consumer and c.account = seek_consumer.account;
end
$$;

comment on function simsync.seek_consumer(text, text, bigint, bigint) is
    'Puts a consumer behind that event of the account, forward or back: the next one that it is told is the one after. Also where it could not read on. `found_at`: only if it has acknowledged this one until now (40001 where it has not).';

create function simsync.remove_consumer(consumer text, account text default null) returns integer
    language plpgsql volatile security definer set search_path = pg_catalog, pg_temp
    as $$
declare
    removed integer;
    -- Who reads would begin anew, before the oldest event that is kept.
    took_it boolean := simsync.take_turn(consumer);
begin
    delete from simsync.consumer c
     where c.consumer = remove_consumer.consumer
       and (remove_consumer.account is null or c.account = remove_consumer.account);
    get diagnostics removed = row_count;
    if took_it then
        perform simsync.release_consumer(consumer);
    end if;
    if removed = 0 then
        raise exception 'there is no consumer "%"', consumer || coalesce(' in account ' || account, '')
            using errcode = 'no_data_found', hint = 'Their names are in simsync.consumer (simsync consumer list).';
    end if;
    return removed;
end
$$;

comment on function simsync.remove_consumer(text, text) is
    'Forgets a consumer, in one account or in all; in how many. Raises 55006 while a session reads as it. If it reads again, it begins before the oldest event that is kept, a sink behind the last one.';

-- Not by register_consumer: whoever restarts it does not read as it.
create or replace function simsync.restart_consumer(consumer text) returns void
    language plpgsql volatile security definer set search_path = pg_catalog, pg_temp
    as $$
begin
    if not exists (select from simsync.consumer c where c.consumer = restart_consumer.consumer) then
        raise exception 'there is no consumer "%"', consumer
            using errcode = 'no_data_found', hint = 'Their names are in simsync.consumer.';
    end if;
    insert into simsync.consumer as c (consumer, account, stream_id, acked_seq)
    select restart_consumer.consumer, l.account, l.stream_id,
           coalesce((select min(e.seq) from simsync.change_event e where e.account = l.account), l.last_seq + 1) - 1
      from simsync.ledger l
    on conflict on constraint consumer_pkey do update
       set stream_id = excluded.stream_id, acked_seq = excluded.acked_seq, acked_at = now();
end
$$;

-- Since when a SIM is blocked ---------------------------------------------------------------------------------------

alter table simsync.sim add column blocked_since timestamptz;
comment on column simsync.sim.blocked_since is
    'When simsync saw it being blocked; null where it is not blocked, or was so at first sight.';

-- On updates alone: a trigger before inserts would take its speed from COPY, and whoever is new was blocked at first
-- sight. What blinks is as it was.
create function simsync.keep_blocked_since() returns trigger
    language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
    if new.is_blocked is false then
        new.blocked_since := null;
    elsif new.is_blocked and not coalesce(old.is_blocked, (old.last_known ->> 'is_blocked')::boolean, false) then
        new.blocked_since := new.changed_at;
    end if;
    return new;
end
$$;

comment on function simsync.keep_blocked_since() is 'Trigger of simsync.sim: notes when a SIM became blocked.';

create trigger sim_blocked_since before update on simsync.sim for each row
    when (new.is_blocked is distinct from old.is_blocked)
    execute function simsync.keep_blocked_since();

update simsync.sim s
   set blocked_since = b.observed_at
  from simsync.sim o
 cross join lateral (select e.observed_at from simsync.change_event e
                      where e.account = o.account and e.sim = o.id and e.kind = 'sim.blocked'
                      order by e.seq desc limit 1) b
 where o.is_blocked and o.removed_at is null and s.account = o.account and s.id = o.id;

create or replace view simsync.sim_blocked as
select s.account, s.id, s.iccid_plastic, s.description, s.balance, s.tariff_name, s.blocked_since
  from simsync.sim s
 where s.is_blocked and s.removed_at is null;

comment on column simsync.sim_blocked.blocked_since is 'When simsync saw it being blocked; null where it was blocked at first sight.';

create or replace view simsync.standing_condition as
select c.account, c.account || ':' || c.sim || ':' || c.condition as dedup_key,
       case when c.condition = 'balance.low' then 'balance.low'
            when c.ahead = interval '0' then 'tariff.expired'
            else 'tariff.expiring' end as kind,
       case when c.condition = 'tariff.expiry' and c.ahead = interval '0' then 'critical' else 'warning' end as severity,
       c.sim, s.iccid_plastic, c.raised_at as since, c.standing, s.tariff_name, s.description, s.profile
  from simsync.condition c
  join simsync.sim s on s.account = c.account and s.id = c.sim
 where s.removed_at is null
   and (c.condition = 'balance.low'
        or c.condition = 'tariff.expiry' and (s.tariff_expires_at is null or c.deadline = s.tariff_expires_at))
   and not exists (select from simsync.ledger r where r.account = c.account and r.retired_at is not null)
union all
select s.account, s.account || ':' || s.id || ':sim.blocked', 'sim.blocked', 'warning', s.id, s.iccid_plastic,
       coalesce(c.raised_at, s.blocked_since, s.first_seen_at), c.sim is not null, s.tariff_name, s.description, s.profile
  from simsync.sim s
  left join simsync.condition c on c.account = s.account and c.sim = s.id and c.condition = 'sim.blocked'
 where s.is_blocked and s.removed_at is null
   and not exists (select from simsync.ledger r where r.account = s.account and r.retired_at is not null)
union all
select s.account, s.account || ':' || s.id || ':sim.blocked', 'sim.blocked', 'warning', s.id, s.iccid_plastic,
       coalesce(c.raised_at, s.blocked_since, s.first_seen_at), c.sim is not null, s.tariff_name, s.description, s.profile
  from simsync.sim s
  left join simsync.condition c on c.account = s.account and c.sim = s.id and c.condition = 'sim.blocked'
 where s.last_known is not null and s.last_known ->> 'is_blocked' = 'true' and s.is_blocked is null and s.removed_at is null
   and not exists (select from simsync.ledger r where r.account = s.account and r.retired_at is not null)
union all
select l.account, l.account || ':account.degraded', 'account.degraded', 'critical', null, null, l.degraded_since, false,
       null, null, null
  from simsync.ledger l
 where l.degraded_since is not null and l.retired_at is null;

comment on column simsync.standing_condition.since is 'When it was raised; where a SIM was blocked at first sight, when it was first seen.';

-- Rights ------------------------------------------------------------------------------------------------------------

revoke execute on function
    simsync.take_turn(text), simsync.release_consumer(text), simsync.note_consumer(text, text, text),
    simsync.ack_from(text, text, bigint, bigint),
    simsync.seek_consumer(text, text, bigint, bigint), simsync.remove_consumer(text, text), simsync.keep_blocked_since()
    from public;
grant execute on function simsync.ack_from(text, text, bigint, bigint), simsync.release_consumer(text), simsync.seek_consumer(text, text, bigint, bigint),
                          simsync.remove_consumer(text, text) to simsync_writer, simsync_consumer;
grant execute on function simsync.note_consumer(text, text, text), simsync.restart_consumer(text),
                          simsync.resume_consumer(text) to simsync_writer;
grant select on simsync.consumer_position to simsync_reader, simsync_writer, simsync_consumer;
