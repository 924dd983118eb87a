-- 0003: who has read how far. A consumer is anything that acts on events at least once each: alerting, a relay, a sink.

create table simsync.consumer (
    consumer    text collate "C" not null,
    account     text collate "C" not null,
    stream_id   uuid        not null,
    acked_seq   bigint      not null,
    acked_at    timestamptz not null default now(),
    constraint consumer_has_a_name                check (consumer <> ''),
    constraint consumer_acked_seq_is_not_negative check (acked_seq >= 0),
    primary key (account, consumer)
);

comment on table  simsync.consumer           is 'How far each consumer has acknowledged the events of each account. Written by read_events and ack_events.';
comment on column simsync.consumer.consumer  is 'Name that the consumer gave itself.';
comment on column simsync.consumer.account   is 'Account whose events it reads.';
comment on column simsync.consumer.stream_id is 'The numbering that acked_seq belongs to.';
comment on column simsync.consumer.acked_seq is 'Every event up to this one is done with.';
comment on column simsync.consumer.acked_at  is 'When it was acknowledged, or when the consumer was registered.';

create function simsync.register_consumer(consumer text) returns void
    language sql volatile security definer set search_path = pg_catalog, pg_temp
    as $$
    insert into simsync.consumer (consumer, account, stream_id, acked_seq)
    select register_consumer.consumer, l.account, l.stream_id,
           coalesce((select min(e.seq) from simsync.change_event e where e.account = l.account), l.last_seq + 1) - 1
      from simsync.ledger l
     where not exists (select from simsync.consumer c
                        where c.account = l.account and c.consumer = register_consumer.consumer)
    on conflict do nothing
    $$;

comment on function simsync.register_consumer(text) is
    'Gives a consumer a position in every account where it has none: before the oldest event that is kept.';

create function simsync.assert_consumer_can_go_on(consumer text) returns void
    language plpgsql stable security definer set search_path = pg_catalog, pg_temp
    as $$
declare
    held record;
begin
    for held in
        select c.account, c.acked_seq,
               c.stream_id = l.stream_id and c.acked_seq <= l.last_seq as on_this_stream,
               c.acked_seq >= l.last_seq
                   or exists (select from simsync.change_event e
                               where e.account = c.account and e.seq = c.acked_seq + 1) as next_is_kept
          from simsync.consumer c
          join simsync.ledger l on l.account = c.account
         where c.consumer = assert_consumer_can_go_on.consumer
    loop
        if not held.on_this_stream then
            raise exception 'consumer "%" has read account "%" up to event % of another stream: its events were numbered anew',
                    consumer, held.account, held.acked_seq
                using errcode = 'object_not_in_prerequisite_state',
                      hint = format('A backup was restored. Take the present state from simsync.sim_current, then select simsync.restart_consumer(%L) and read on.', consumer);
        elsif not held.next_is_kept then
            raise exception 'consumer "%" is behind the retention: event % of account "%" has been dropped',
                    consumer, held.acked_seq + 1, held.account
                using errcode = 'object_not_in_prerequisite_state',
                      hint = format('Take the present state from simsync.sim_current, then select simsync.restart_consumer(%L) and read on; a longer [events] retention keeps more.', consumer);
        end if;
    end loop;
end
$$;

comment on function simsync.assert_consumer_can_go_on(text) is
    'Raises 55000 where the event after a consumer''s position has been dropped, or is one of another stream.';

create function simsync.read_events(consumer text, max integer default 100) returns setof simsync.change_event
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

    -- In the order of recorded_at across accounts, but never against seq within one: with a clock that was set back,
    -- an event counts as recorded when the latest one before it was. So what is returned is a prefix of each account.
    return query
    with upcoming as (
        select e as event, pg_catalog.max(e.recorded_at) over (partition by e.account order by e.seq) as in_turn
          from simsync.consumer c
         cross join lateral (select * from simsync.change_event n
                              where n.account = c.account and n.seq > c.acked_seq
                              order by n.seq limit read_events.max) e
         where c.consumer = read_events.consumer)
    select (event).* from upcoming order by in_turn, (event).account, (event).seq limit read_events.max;
end
$$;

comment on function simsync.read_events(text, integer) is
    'The next events of all accounts after what the consumer has acknowledged, at most `max`, in order; the same again until ack_events. Its first call registers the consumer, before the oldest event that is kept. Raises 55000 for a consumer that is behind the retention or on another stream.';

create function simsync.ack_events(consumer text, account text, upto bigint) returns void
    language plpgsql volatile security definer set search_path = pg_catalog, pg_temp
    as $$
declare
    held record;
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
        raise exception 'consumer "%" cannot acknowledge event % of account "%": the last one is %',
                consumer, upto, account, held.last_seq
            using errcode = 'invalid_parameter_value',
                  hint = 'Acknowledge the seq of an event that read_events returned for this account.';
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

comment on function simsync.ack_events(text, text, bigint) is
    'Notes that the consumer is done with every event of the account up to and including `upto`. Saying so twice is harmless; going back is refused.';

create function simsync.restart_consumer(consumer text) returns void
    language plpgsql volatile security definer set search_path = pg_catalog, pg_temp
    as $$
begin
    delete from simsync.consumer c where c.consumer = restart_consumer.consumer;
    if not found then
        raise exception 'there is no consumer "%"', consumer
            using errcode = 'no_data_found', hint = 'Their names are in simsync.consumer.';
    end if;
    perform simsync.register_consumer(consumer);
end
$$;

comment on function simsync.restart_consumer(text) is
    'Puts a consumer before the oldest event that is kept, in every account: the way on after read_events has raised 55000.';

create function simsync.begin_stream(account text) returns uuid
    language sql volatile set search_path = pg_catalog, pg_temp
    as $$
    update simsync.ledger l set stream_id = gen_random_uuid() where l.account = begin_stream.account returning stream_id
    $$;

comment on function simsync.begin_stream(text) is
    'Declares that the account''s events are numbered anew. simsync does so by itself in another cluster or database; after a point-in-time recovery in place only a person knows that events were lost.';
