-- 0023: what a stream of NATS JetStream has acknowledged is remembered beside the position, for its servers can lose it:
-- one that was killed and comes to lead before it has caught up, or that is restored, ends earlier than it did.

alter table simsync.consumer
    add column held_id    text,
    add column held_place bigint,
    add column held_made  bigint,
    add column held_from  bigint,
    add constraint consumer_holds_in_a_place check (num_nulls(held_id, held_place, held_made, held_from) in (0, 4));

comment on column simsync.consumer.held_id    is 'Of a sink that publishes into a stream: the public id of the last event that the stream acknowledged. Null elsewhere.';
comment on column simsync.consumer.held_place is 'The number that this event has in the stream.';
comment on column simsync.consumer.held_made  is 'When that stream was made, ns since 1970: one that is made anew has the same name.';
comment on column simsync.consumer.held_from  is 'No event of the account up to this one was published into that stream.';

-- The numbers of an account can have been given out twice: of an event of an earlier numbering, only what came before the
-- later one is kept.
create function simsync.seq_of_event(account text, id text) returns bigint
    language sql stable security definer set search_path = pg_catalog, pg_temp
    as $$
    with parts as (
        select substring(seq_of_event.id from '^(.*):[0-9]{1,18}$') as numbering,
               substring(seq_of_event.id from ':([0-9]{1,18})$')::bigint as seq),
    known as (
        select parts.seq, n.step from parts join simsync.numbering n on n.account = seq_of_event.account and n.id::text = parts.numbering
         union all
        select parts.seq, -1 from parts where parts.numbering = seq_of_event.account)
    select least(k.seq, (select min(n.after_seq) from simsync.numbering n
                          where n.account = seq_of_event.account and n.step > k.step))
      from known k
    $$;

comment on function simsync.seq_of_event(text, text) is
    'Where an event of that public id is, or was, in the account''s change log: all events up to this number came no later than it. Null where the id is none of the account''s.';

create function simsync.note_held(consumer text, account text, id text, place bigint, made bigint) returns void
    language sql volatile security definer set search_path = pg_catalog, pg_temp
    as $$
    update simsync.consumer c
       set held_id = note_held.id, held_place = note_held.place, held_made = note_held.made,
           held_from = least(case when c.held_made = note_held.made then c.held_from end, c.acked_seq)
     where c.consumer = note_held.consumer and c.account = note_held.account
    $$;

comment on function simsync.note_held(text, text, text, bigint, bigint) is
    'Notes the last event of the account that the consumer''s stream has acknowledged, before the consumer acknowledges it. For simsync itself.';

create function simsync.put_consumer_back(consumer text, account text, id text, place bigint, made bigint) returns table (was bigint, behind bigint)
    language plpgsql volatile security definer set search_path = pg_catalog, pg_temp
    as $$
declare
    held record;
    oldest bigint;
begin
    select c.acked_seq, c.held_id, c.held_made, c.held_from, c.stream_id = l.stream_id as reads, l.last_seq into held
      from simsync.consumer c
      join simsync.ledger l on l.account = c.account
     where c.consumer = put_consumer_back.consumer and c.account = put_consumer_back.account
       for no key update of c;
    if not found or held.held_id is null then
        return;
    end if;
    was := held.acked_seq;
    if id is not null then
        behind := simsync.seq_of_event(account, id);
        perform simsync.note_held(consumer, account, id, place, made);
    else
        behind := case when held.held_made = made then held.held_from end;
        update simsync.consumer c set held_id = null, held_place = null, held_made = null, held_from = null
         where c.consumer = put_consumer_back.consumer and c.account = put_consumer_back.account;
        if behind is null then
            return next;
            return;
        end if;
    end if;
    if not held.reads or behind is null or behind >= was or behind >= simsync.seq_of_event(account, held.held_id) then
        return;
    end if;
    oldest := coalesce((select min(e.seq) from simsync.change_event e where e.account = put_consumer_back.account), held.last_seq + 1);
    behind := greatest(behind, oldest - 1);
    if behind < was then
        update simsync.consumer c
           set acked_seq = behind, acked_at = now()
         where c.consumer = put_consumer_back.consumer and c.account = put_consumer_back.account;
        return next;
    end if;
end
$$;

comment on function simsync.put_consumer_back(text, text, text, bigint, bigint) is
    'The consumer''s stream holds no event of the account behind this one any more (without an id: none at all): where that is less than it had acknowledged, the consumer is put back behind it, as far as events are kept. No row where it stays, for nothing is lacked; no `behind` where it stays because the stream was made anew. For simsync itself.';

revoke execute on function simsync.seq_of_event(text, text), simsync.note_held(text, text, text, bigint, bigint),
                           simsync.put_consumer_back(text, text, text, bigint, bigint) from public;
grant execute on function simsync.seq_of_event(text, text) to simsync_writer;
grant execute on function simsync.note_held(text, text, text, bigint, bigint),
                          simsync.put_consumer_back(text, text, text, bigint, bigint) to simsync_writer;
