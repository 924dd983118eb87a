-- 0028: what holds a sink up stood in the log of the instance that delivers alone. Beside the position it is seen from
-- everywhere.

alter table simsync.consumer
    add column stuck_since timestamptz,
    add column stuck_seq   bigint,
    add column stuck_error text,
    add constraint consumer_is_stuck_at_an_event check (num_nulls(stuck_since, stuck_seq, stuck_error) in (0, 3));

comment on column simsync.consumer.stuck_since is 'Since when a sink of simsync has not got past an event; null while it gets on, and for consumers that are no sinks.';
comment on column simsync.consumer.stuck_seq   is 'The first event that is not taken. It holds nothing up any more once it is acknowledged.';
comment on column simsync.consumer.stuck_error is 'Why, as the log has it: what the receiver answers, or that it does not.';

create or replace view simsync.consumer_position as
select c.account, c.consumer, c.acked_seq, l.last_seq,
       case when p.state = 'reads' then l.last_seq - c.acked_seq end as behind,
       n.recorded_at as waiting_since, c.acked_at, p.state, c.down_since, c.down_error, c.down_hint,
       s.stuck_since, s.stuck_seq, s.stuck_error
  from simsync.consumer c
  join simsync.ledger l on l.account = c.account
  left join lateral (select e.recorded_at from simsync.change_event e
                      where e.account = c.account and e.seq = c.acked_seq + 1 and c.acked_seq < l.last_seq
                        and c.stream_id = l.stream_id
                      limit 1) n on true
 cross join lateral (select case when c.stream_id <> l.stream_id or c.acked_seq > l.last_seq then 'renumbered'
                                 when c.acked_seq < l.last_seq and n.recorded_at is null then 'dropped'
                                 else 'reads' end as state) p
  left join lateral (select c.stuck_since, c.stuck_seq, c.stuck_error
                      where p.state = 'reads' and c.acked_seq < c.stuck_seq) s on true;

comment on column simsync.consumer_position.stuck_since is 'Since when a sink has not got past an event; null while it gets on.';
comment on column simsync.consumer_position.stuck_seq   is 'The first event that is not taken.';
comment on column simsync.consumer_position.stuck_error is 'Why it is not.';

create function simsync.note_stuck(consumer text, accounts text[], seqs bigint[], ages double precision[], errors text[]) returns void
    language sql volatile security definer set search_path = pg_catalog, pg_temp
    as $$
    update simsync.consumer c
       set stuck_seq = a.seq, stuck_error = a.error,
           stuck_since = case when a.seq = c.stuck_seq then c.stuck_since else now() - make_interval(secs => a.age) end
      from simsync.consumer o
      left join unnest(accounts, seqs, ages, errors) as a (account, seq, age, error) on a.account = o.account
     where o.consumer = note_stuck.consumer and c.consumer = o.consumer and c.account = o.account
       and (c.stuck_seq is distinct from a.seq or c.stuck_error is distinct from a.error)
    $$;

comment on function simsync.note_stuck(text, text[], bigint[], double precision[], text[]) is
    'A sink tells at which events it is stuck, for how many seconds and why; in accounts that are not named it gets on. Since when stands as it was while it is the same event. For simsync itself.';

revoke execute on function simsync.note_stuck(text, text[], bigint[], double precision[], text[]) from public;
grant execute on function simsync.note_stuck(text, text[], bigint[], double precision[], text[]) to simsync_writer;
