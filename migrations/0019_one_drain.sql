-- 0019: what a consumer of many accounts is handed costs what it is handed, and not that many of every account.

-- An account's numbers have no gap, so the ledger knows how many of its events wait without a look at them. Who has waited
-- the longest comes first, and is read until `max` is full. What is returned is a prefix of each account's; among
-- accounts it is in the order of recorded_at, but where more waits than is returned, an account that has waited longer is
-- read on before one that has not, whatever they recorded in between. With a clock that was set back, an event counts as
-- recorded when the latest one before it was.
create or replace function simsync.read_events(consumer text, max integer default 100) returns setof simsync.change_event
    language plpgsql volatile security definer set search_path = pg_catalog, pg_temp
    as $$
begin
    if consumer is null or consumer = '' or max is null or max < 1 then
        raise exception 'read_events needs the name of a consumer and a positive number of events'
            using errcode = 'invalid_parameter_value',
                  hint = 'For example: select * from simsync.read_events(''alerting'', 100).';
    end if;
    perform simsync.register_consumer(consumer);
    perform simsync.assert_consumer_can_go_on(consumer);

    return query
    with waiting as materialized (
        select c.account, c.acked_seq, l.last_seq - c.acked_seq as behind, first.recorded_at
          from simsync.consumer c
          join simsync.ledger l on l.account = c.account
         cross join lateral (select n.recorded_at from simsync.change_event n
                              where n.account = c.account and n.seq > c.acked_seq
                              order by n.seq limit 1) first
         where c.consumer = read_events.consumer and c.acked_seq < l.last_seq),
    turn as materialized (
        select w.*, coalesce(sum(w.behind) over (order by w.recorded_at, w.account
                                                 rows between unbounded preceding and 1 preceding), 0) as before
          from waiting w),
    upcoming as (
        select e as event, pg_catalog.max(e.recorded_at) over (partition by e.account order by e.seq) as in_turn
          from turn t
         cross join lateral (select * from simsync.change_event n
                              where n.account = t.account and n.seq > t.acked_seq
                              order by n.seq limit read_events.max - t.before) e
         where t.before < read_events.max)
    select (event).* from upcoming order by in_turn, (event).account, (event).seq;
end
$$;

comment on function simsync.read_events(text, integer) is
    'The next events of all accounts after what the consumer has acknowledged, at most `max`, in order within each account, and where all that waits is returned also among accounts; the same again until ack_events. Its first call registers the consumer, before the oldest event that is kept. Raises 55000 for a consumer that is behind the retention or on another stream, 55006 where another session reads as it.';

-- As before, but where no server took over from another, that is not told as what may have happened.
create or replace function simsync.ack_events(consumer text, account text, upto bigint) returns void
    language plpgsql volatile security definer set search_path = pg_catalog, pg_temp
    as $$
declare
    held record;
    since text;
begin
    select c.acked_seq, c.stream_id = l.stream_id as on_this_stream, l.last_seq
      into held
      from simsync.consumer c
      join simsync.ledger l on l.account = c.account
     where c.consumer = ack_events.consumer and c.account = ack_events.account
       for no key update of c;

    if not found then
        raise exception 'consumer "%" has no position in account "%"', consumer, account
            using errcode = 'no_data_found',
                  hint = 'Check both names; simsync.read_events makes a consumer known.';
    elsif not held.on_this_stream then
        perform simsync.assert_consumer_can_go_on(consumer);
    elsif upto is null or upto > held.last_seq then
        since := (select to_char(max(n.began_at) at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS" UTC"')
                    from simsync.numbering n where n.account = ack_events.account and n.reason in ('promoted', 'lost'));
        raise exception 'consumer "%" cannot acknowledge event % of account "%": the last one is %',
                consumer, upto, account, held.last_seq
            using errcode = 'invalid_parameter_value',
                  hint = 'Acknowledge the seq of an event that read_events returned for this account.'
                         || case when since is null then ''
                                 else format(' If it did return this one, events %s to %s were lost with the server that had them (another one took over at %s).',
                                             held.last_seq + 1, upto, since) end;
    elsif upto < held.acked_seq then
        raise exception 'consumer "%" cannot go back to event % of account "%": it has acknowledged %',
                consumer, upto, account, held.acked_seq
            using errcode = 'invalid_parameter_value',
                  hint = format('To read everything again, select simsync.restart_consumer(%L).', consumer);
    end if;

    update simsync.consumer c
       set acked_seq = upto, acked_at = now()
     where c.consumer = ack_events.consumer and c.account = ack_events.account and c.acked_seq < upto;
end
$$;
