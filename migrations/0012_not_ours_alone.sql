-- 0011: the database is not ours alone. Housekeeping that others hold up tells what does and stops nothing; an event's
-- public id is never given to another event, whatever becomes of its number; a database that was moved goes on.

-- Numbering --------------------------------------------------------------------------------------------------------

-- Raised by every promotion and every recovery to a point in time, which are where events can be lost.
create function simsync.timeline() returns bigint
    language plpgsql stable security definer set search_path = pg_catalog, pg_temp
    as $$
begin
    -- Not pg_control_checkpoint(): that tells of a promotion minutes later.
    return ('x' || substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8))::bit(32)::bigint;
exception when others then
    return null;  -- some services hide their log
end
$$;

comment on function simsync.timeline() is
    'The timeline that the server writes: another one after a promotion or a recovery to a point in time. Null where the server does not tell.';

create table simsync.numbering (
    account   text collate "C" not null,
    step      integer     not null,
    id        uuid        not null,
    stream_id uuid        not null,
    after_seq bigint      not null,
    lost_upto bigint,
    timeline  bigint,
    reason    text        not null,
    began_at  timestamptz not null default now(),
    constraint numbering_reason_is_known
        check (reason in ('first', 'restored', 'promoted', 'lost', 'declared')),
    constraint numbering_tells_what_was_lost check ((reason = 'lost') = (lost_upto is not null)),
    primary key (account, step)
);

comment on table  simsync.numbering           is 'Where the numbers of an account''s events may have been given out a second time: events behind such a place have public ids that no earlier event had.';
comment on column simsync.numbering.account   is 'Account whose events are numbered.';
comment on column simsync.numbering.step      is 'Counts from 0; of two that an event lies behind, the later one holds.';
comment on column simsync.numbering.id        is 'First part of the public ids of the events behind after_seq: see simsync.event_id.';
comment on column simsync.numbering.stream_id is 'The stream that these events belong to.';
comment on column simsync.numbering.after_seq is 'The last event that came before.';
comment on column simsync.numbering.lost_upto is 'Events after after_seq and up to this one were told, and are lost: their numbers are given to others. Null where nothing is known to be lost.';
comment on column simsync.numbering.timeline  is 'simsync.timeline() since then.';
comment on column simsync.numbering.reason    is 'first; restored: another cluster or database; promoted: another timeline, nothing known to be lost; lost: events are known to be lost; declared: a person said so.';
comment on column simsync.numbering.began_at  is 'When it began.';

insert into simsync.numbering (account, step, id, stream_id, after_seq, timeline, reason)
select account, 0, stream_id, stream_id, 0, simsync.timeline(), 'first' from simsync.ledger;

create function simsync.begin_numbering(account text, reason text, lost_upto bigint default null) returns uuid
    language plpgsql volatile set search_path = pg_catalog, pg_temp
    as $$
declare
    fresh uuid := gen_random_uuid();
begin
    if reason = 'first' then
        fresh := (select l.stream_id from simsync.ledger l where l.account = begin_numbering.account);
    elsif reason <> 'promoted' then
        update simsync.ledger l set stream_id = fresh, origin = simsync.origin()
         where l.account = begin_numbering.account;
    end if;
    insert into simsync.numbering (account, step, id, stream_id, after_seq, lost_upto, timeline, reason)
    select l.account, coalesce((select pg_catalog.max(n.step) + 1 from simsync.numbering n where n.account = l.account), 0),
           fresh, l.stream_id, case when begin_numbering.reason = 'first' then 0 else l.last_seq end,
           begin_numbering.lost_upto, simsync.timeline(), begin_numbering.reason
      from simsync.ledger l
     where l.account = begin_numbering.account;
    return fresh;
end
$$;

comment on function simsync.begin_numbering(text, text, bigint) is
    'From now on the account''s events get public ids that none had before; but for the reasons first and promoted in a new stream. Called by the leader.';

create or replace function simsync.begin_stream(account text) returns uuid
    language sql volatile set search_path = pg_catalog, pg_temp
    as $$ select simsync.begin_numbering(account, 'declared') $$;

comment on function simsync.begin_stream(text) is
    'Declares that the account''s events are numbered anew. simsync does so by itself in another cluster or database, and where it knows that events were lost; else only a person knows.';

create function simsync.event_id(account text, seq bigint) returns text
    language sql stable security definer set search_path = pg_catalog, pg_temp
    as $$
    select coalesce((select n.id::text from simsync.numbering n
                      where n.account = event_id.account and n.after_seq < event_id.seq
                      order by n.step desc limit 1), event_id.account) || ':' || event_id.seq
    $$;

comment on function simsync.event_id(text, bigint) is
    'The public id of an event, as webhooks carry it. Never that of another event, also where a promoted standby lacked events and their numbers are given out again.';

create function simsync.adopt_moved() returns table (account text, adopted boolean)
    language plpgsql volatile set search_path = pg_catalog, pg_temp
    as $$
declare
    held record;
    last simsync.numbering;
begin
    for held in select * from simsync.ledger l order by l.account for update loop
        if exists (select from pg_locks k
                    where k.locktype = 'advisory' and k.granted and k.objsubid = 2
                      and k.database = (select d.oid from pg_database d where d.datname = current_database())
                      and k.classid::bigint = hashtext('simsync')::bigint & 4294967295
                      and k.objid::bigint = hashtext(held.account)::bigint & 4294967295) then
            raise exception 'account "%" is being mirrored', held.account
                using errcode = 'object_in_use',
                      hint = 'Stop simsync wherever it runs, then say once more that the database was moved.';
        end if;
        last := null;
        select * into last from simsync.numbering n where n.account = held.account order by n.step desc limit 1;
        account := held.account;
        adopted := held.origin <> simsync.origin();
        if adopted then
            update simsync.ledger l set origin = simsync.origin() where l.account = held.account;
        elsif last.reason = 'restored' and last.after_seq = held.last_seq and last.step > 0 then
            -- simsync was started too early; it has told nothing since.
            update simsync.ledger l
               set stream_id = (select n.stream_id from simsync.numbering n
                                 where n.account = held.account and n.step = last.step - 1)
             where l.account = held.account;
            delete from simsync.numbering n where n.account = held.account and n.step = last.step;
            adopted := true;
        end if;
        if adopted then
            update simsync.numbering n set timeline = simsync.timeline()
             where n.account = held.account
               and n.step = (select pg_catalog.max(m.step) from simsync.numbering m where m.account = held.account);
            return next;
        elsif last.reason = 'restored' then
            return next;
        end if;
    end loop;
end
$$;

comment on function simsync.adopt_moved() is
    'A person states that this database is the one that simsync wrote last, moved while simsync was stopped everywhere: numbering goes on. The accounts that were moved; not adopted are those whose events have been numbered anew already. Called by the owner (simsync migrate --moved).';

-- Consumers --------------------------------------------------------------------------------------------------------

create function simsync.events_were_lost(account text, since_stream uuid) returns boolean
    language sql stable security definer set search_path = pg_catalog, pg_temp
    as $$
    select coalesce(bool_and(n.reason in ('lost', 'promoted')), false)
      from simsync.numbering n
     where n.account = events_were_lost.account
       and n.step > (select max(b.step) from simsync.numbering b
                      where b.account = events_were_lost.account and b.stream_id = events_were_lost.since_stream)
    $$;

comment on function simsync.events_were_lost(text, uuid) is
    'Whether all that has come between that stream and the present one is that events were lost: a position in it is still good.';

create or replace function simsync.assert_consumer_can_go_on(consumer text) returns void
    language plpgsql stable security definer set search_path = pg_catalog, pg_temp
    as $$
declare
    held record;
    lost text;
begin
    for held in
        select c.account, c.acked_seq, c.stream_id,
               c.stream_id = l.stream_id and c.acked_seq <= l.last_seq as on_this_stream,
               c.acked_seq >= l.last_seq
                   or exists (select from simsync.change_event e
                               where e.account = c.account and e.seq = c.acked_seq + 1) as next_is_kept
          from simsync.consumer c
          join simsync.ledger l on l.account = c.account
         where c.consumer = assert_consumer_can_go_on.consumer
    loop
        if not held.on_this_stream and simsync.events_were_lost(held.account, held.stream_id) then
            select string_agg(n.after_seq + 1 || ' to ' || n.lost_upto, ', ' order by n.step)
              into lost
              from simsync.numbering n
             where n.account = held.account and n.reason = 'lost'
               and n.step > (select max(b.step) from simsync.numbering b
                              where b.account = held.account and b.stream_id = held.stream_id);
            raise exception 'events % of account "%", which consumer "%" may have read, were lost with the server that had them: their numbers are given to other events',
                    lost, held.account, consumer
                using errcode = 'object_not_in_prerequisite_state',
                      hint = format('Its position (event %s) still holds. See to what was done for the lost ones, then select simsync.resume_consumer(%L) and read on: nothing is told again.', held.acked_seq, consumer);
        elsif not held.on_this_stream then
            raise exception 'consumer "%" has read account "%" up to event % of another stream: its events were numbered anew',
                    consumer, held.account, held.acked_seq
                using errcode = 'object_not_in_prerequisite_state',
                      hint = format('A backup was restored, or the database was moved without simsync migrate --moved. To go on with what happens from now on: take the present state from simsync.sim_current, then select simsync.resume_consumer(%L). To be told all events again that are kept: select simsync.restart_consumer(%L).', consumer, consumer);
        elsif not held.next_is_kept then
            raise exception 'consumer "%" is behind the retention: event % of account "%" has been dropped',
                    consumer, held.acked_seq + 1, held.account
                using errcode = 'object_not_in_prerequisite_state',
                      hint = format('Take the present state from simsync.sim_current, then select simsync.resume_consumer(%L) and read on, or begin anew everywhere with simsync.restart_consumer(%L); a longer [events] retention keeps more.', consumer, consumer);
        end if;
    end loop;
end
$$;

create function simsync.resume_consumer(consumer text) returns void
    language plpgsql volatile security definer set search_path = pg_catalog, pg_temp
    as $$
begin
    if not exists (select from simsync.consumer c where c.consumer = resume_consumer.consumer) then
        raise exception 'there is no consumer "%"', consumer
            using errcode = 'no_data_found', hint = 'Their names are in simsync.consumer.';
    end if;
    update simsync.consumer c
       set stream_id = l.stream_id, acked_at = now(),
           acked_seq = case when simsync.events_were_lost(c.account, c.stream_id) and c.acked_seq <= l.last_seq
                            then c.acked_seq else l.last_seq end
      from simsync.ledger l
     where c.consumer = resume_consumer.consumer and l.account = c.account
       and (c.stream_id <> l.stream_id or c.acked_seq > l.last_seq);
    -- What was dropped unread is gone: on from the oldest that is kept.
    update simsync.consumer c
       set acked_seq = coalesce((select min(e.seq) - 1 from simsync.change_event e
                                  where e.account = c.account and e.seq > c.acked_seq), l.last_seq),
           acked_at = now()
      from simsync.ledger l
     where c.consumer = resume_consumer.consumer and l.account = c.account and c.acked_seq < l.last_seq
       and not exists (select from simsync.change_event e where e.account = c.account and e.seq = c.acked_seq + 1);
end
$$;

comment on function simsync.resume_consumer(text) is
    'The way on after read_events has raised 55000, without being told anything again: where events were numbered anew behind the last one, where they were lost from its position, where they were dropped from the oldest that is kept. Accounts in which it can read on are left as they are.';

-- A sink's receiver tells events apart by their public ids, and those are good: it need not stop where some were lost.
create or replace function simsync.begin_consumer(consumer text) returns void
    language sql volatile security definer set search_path = pg_catalog, pg_temp
    as $$
    insert into simsync.consumer (consumer, account, stream_id, acked_seq)
    select begin_consumer.consumer, l.account, l.stream_id, l.last_seq
      from simsync.ledger l
     where not exists (select from simsync.consumer c where c.consumer = begin_consumer.consumer)
    on conflict do nothing;
    update simsync.consumer c set stream_id = l.stream_id
      from simsync.ledger l
     where c.consumer = begin_consumer.consumer and l.account = c.account and c.stream_id <> l.stream_id
       and c.acked_seq <= l.last_seq and simsync.events_were_lost(c.account, c.stream_id);
    $$;

comment on function simsync.begin_consumer(text) is
    'Registers a consumer that has no position yet behind the last event of every account: it is told what happens from now on. One that is known stays where it is, also where events behind it were lost.';

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
                         || coalesce(format(' If it did return this one, events %s to %s were lost with the server that had them (another one took over at %s).',
                                            held.last_seq + 1, upto, since), '');
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

-- The months of the log --------------------------------------------------------------------------------------------

-- By the bounds themselves and not by names: others make partitions too. Text to time and back under settings of its own.
create function simsync.partition_bounds(partition oid, out since timestamptz, out until timestamptz)
    language plpgsql stable set search_path = pg_catalog, pg_temp set timezone = 'UTC' set datestyle = 'ISO, MDY'
    as $$
declare
    bounds text[] := (select regexp_match(pg_get_expr(c.relpartbound, c.oid), '^FOR VALUES FROM \((.+)\) TO \((.+)\)$')
                        from pg_class c where c.oid = partition);
begin
    since := case bounds[1] when 'MINVALUE' then '-infinity' when 'MAXVALUE' then 'infinity' else trim(both '''' from bounds[1]) end;
    until := case bounds[2] when 'MINVALUE' then '-infinity' when 'MAXVALUE' then 'infinity' else trim(both '''' from bounds[2]) end;
end
$$;

comment on function simsync.partition_bounds(oid) is 'From when until when a partition holds rows; null for a default partition.';

create or replace view simsync.event_partition as
select case when n.nspname = 'simsync' then c.relname::text else format('%I.%I', n.nspname, c.relname) end as name,
       b.since, b.until
  from pg_catalog.pg_inherits i
  join pg_catalog.pg_class c on c.oid = i.inhrelid
  join pg_catalog.pg_namespace n on n.oid = c.relnamespace
 cross join lateral simsync.partition_bounds(c.oid) b
 where i.inhparent = 'simsync.change_event'::regclass and not i.inhdetachpending and b.since is not null;

comment on view   simsync.event_partition       is 'What partitions the change log has: its months, and whatever others have attached, but for a default partition.';
comment on column simsync.event_partition.name  is 'Table of the month: change_event_2026_07; with its schema where that is another one.';
comment on column simsync.event_partition.since is 'First instant that it holds.';
comment on column simsync.event_partition.until is 'First instant that it does not hold any more.';

-- PostgreSQL's own hint would have people drop with CASCADE what depends on a month.
create function simsync.cure(state text) returns text
    language sql immutable strict parallel safe set search_path = pg_catalog, pg_temp
    as $$
    select case
        when state = '2BP01' then 'something in this database depends on it: let whoever made that change it or drop it'
        when state = '42501' then 'it belongs to another role than simsync.change_event: ALTER TABLE … OWNER TO that of simsync.change_event'
        when state = '55P03' then 'somebody uses the log for long: see pg_stat_activity for old transactions'
        when state = '42P07' then 'something has that name already: rename it, or drop it if it is not needed'
        when state = '42P17' then 'another partition covers a part of that time: detach it, or let it cover whole months'
        when state = '23514' then 'a default partition holds events of that time: detach it, insert its rows into simsync.change_event once this has made the month, attach it again'
        when state like '53%' then 'free what the server is short of: see its log'
        when state in ('P0001', 'P0002', 'P0004', '38000', '39000') then 'a trigger of this database refuses it: \dy in psql lists event triggers; let whoever made it except the schema simsync'
        else 'see what PostgreSQL says of it; an event trigger (\dy in psql) or somebody''s partition may stand in the way'
    end || '; simsync tries again by itself'
    $$;

comment on function simsync.cure(text) is 'What to do where housekeeping failed with that SQLSTATE.';

create function simsync.make_partitions(at timestamptz) returns table (month timestamptz, state text, error text, hint text)
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

comment on function simsync.make_partitions(timestamptz) is
    'Makes the log''s partitions from a day before `at` to the second month after it, where missing, each by itself; tells which it could not make, why, and what to do.';

create or replace function simsync.ensure_partitions(at timestamptz, out since timestamptz, out until timestamptz)
    language plpgsql volatile security definer set search_path = pg_catalog, pg_temp set timezone = 'UTC'
    as $$
declare
    failed record;
begin
    since := date_trunc('month', at - interval '1 day');
    until := date_trunc('month', at) + interval '3 months';
    if not exists (select from generate_series(since, until - interval '1 day', interval '1 month') m
                    where not exists (select from simsync.event_partition p
                                       where p.since <= m and m + interval '1 month' <= p.until)) then
        return;
    end if;
    select m.* into failed from simsync.make_partitions(at) m order by m.month <> date_trunc('month', at) limit 1;
    if not found then
        return;
    end if;
    -- One that is missing later is no trouble yet, as long as there is one to write to now.
    select p.since, p.until into since, until from simsync.event_partition p where p.since <= at and at < p.until;
    if found then
        return;
    end if;
    since := date_trunc('month', at);
    until := since + interval '1 month';
    if exists (select from pg_partitioned_table t
                where t.partrelid = 'simsync.change_event'::regclass and t.partdefid <> 0) then
        return;
    end if;
    raise exception 'events cannot be written: %', failed.error
        using errcode = case when failed.state in ('40001', '40P01', '55P03') then failed.state else 'SS001' end,
              hint = failed.hint;
end
$$;

comment on function simsync.ensure_partitions(timestamptz) is
    'Makes the log''s partitions from a day before `at` to the second month after it, where missing; tells the span around `at` that they cover. Raises SS001 only where nothing can be written at `at`.';

create function simsync.drop_months(before timestamptz) returns table (name text, error text, hint text)
    language plpgsql volatile security definer set search_path = pg_catalog, pg_temp set lock_timeout = '1s'
    as $$
declare
    state  text;
    detail text;
    is_ours boolean;
begin
    -- Retention is a day at least; the rest is for clocks that differ. No way to be rid of what was told today.
    if before > now() - interval '12 hours' then
        raise exception 'events of the last twelve hours are not dropped' using errcode = 'invalid_parameter_value';
    end if;
    for name, is_ours in
        select p.name, p.name ~ '^change_event_[0-9]{4}_[0-9]{2}$' and c.relkind = 'r'
          from simsync.event_partition p
          left join pg_class c on c.relname = p.name and c.relnamespace = 'simsync'::regnamespace
         where p.until <= before
         order by p.since
    loop
        error := null;
        hint := null;
        if is_ours then
            begin
                execute format('drop table simsync.%I', name);
            exception when others then
                get stacked diagnostics state = returned_sqlstate, error = message_text, detail = pg_exception_detail;
                error := format('%s is older than the retention and cannot be dropped: %s', name,
                                translate(concat_ws(': ', error, nullif(detail, '')), E'\n', ';'));
                hint := simsync.cure(state);
            end;
        else
            error := format('%s is older than the retention, but is none of the tables that simsync makes', name);
            hint := format('drop it, or take it out of the log: ALTER TABLE simsync.change_event DETACH PARTITION %s',
                           case when position('.' in name) > 0 then name else format('simsync.%I', name) end);
        end if;
        return next;
        exit when state = '55P03';  -- waiting for each of them would make everybody else wait
    end loop;
end
$$;

comment on function simsync.drop_months(timestamptz) is
    'Drops the months of the log that ended at `before`, twelve hours ago at least, or earlier, oldest first, each by itself; tells of each that it was dropped (error is null) or why not and what to do.';

create or replace function simsync.drop_partitions(before timestamptz) returns integer
    language sql volatile security definer set search_path = pg_catalog, pg_temp
    as $$ select count(*)::integer from simsync.drop_months(before) m where m.error is null $$;

comment on function simsync.drop_partitions(timestamptz) is
    'Drops the months of the log that ended at `before`, twelve hours ago at least, or earlier, as far as nothing stands in the way; tells how many. simsync.drop_months tells what does.';

create function simsync.make_index_of_deadlines() returns table (error text, hint text)
    language plpgsql volatile security definer set search_path = pg_catalog, pg_temp set lock_timeout = '1s'
    as $$
declare
    state text;
begin
    if to_regclass('simsync.sim_by_tariff_expiry') is not null or not exists (select from simsync.sim) then
        return;
    end if;
    begin
        -- The lock that building it takes, and one that two cannot hold: one of them builds.
        lock table simsync.sim in share row exclusive mode;
        create index if not exists sim_by_tariff_expiry on simsync.sim (account, tariff_expires_at)
            where removed_at is null and tariff_expires_at is not null;
    exception
        when lock_not_available then
            null;  -- somebody writes for long: deadlines are found without it as well, the next call tries again
        when others then
            get stacked diagnostics state = returned_sqlstate, error = message_text;
            error := 'the index of deadlines cannot be made, each look at them reads all SIMs: ' || error;
            hint := simsync.cure(state);
            return next;
    end;
end
$$;

comment on function simsync.make_index_of_deadlines() is
    'Makes the index by which deadlines are found, where it is missing and there are SIMs; tells what stands in the way.';

create or replace function simsync.index_deadlines() returns void
    language plpgsql volatile security definer set search_path = pg_catalog, pg_temp
    as $$
begin
    perform simsync.make_index_of_deadlines();
end
$$;

alter table simsync.ledger
    add column housekeeping_troubles jsonb,
    add column housekeeping_since timestamptz;

comment on column simsync.ledger.housekeeping_troubles is
    'What housekeeping could not do the last time that it was tried, each with error and hint; null where all is done. The work goes on meanwhile.';
comment on column simsync.ledger.housekeeping_since is 'Since when there has been any; null where there is none.';

-- Rights -----------------------------------------------------------------------------------------------------------

revoke execute on function
    simsync.timeline(), simsync.begin_numbering(text, text, bigint), simsync.event_id(text, bigint), simsync.adopt_moved(),
    simsync.events_were_lost(text, uuid), simsync.resume_consumer(text), simsync.partition_bounds(oid), simsync.cure(text),
    simsync.make_partitions(timestamptz), simsync.drop_months(timestamptz), simsync.make_index_of_deadlines() from public;
grant select on simsync.numbering to simsync_reader, simsync_writer;
grant insert on simsync.numbering to simsync_writer;
grant execute on function simsync.timeline(), simsync.begin_numbering(text, text, bigint), simsync.make_partitions(timestamptz),
                          simsync.drop_months(timestamptz), simsync.make_index_of_deadlines() to simsync_writer;
grant execute on function simsync.partition_bounds(oid) to simsync_reader, simsync_writer;
grant execute on function simsync.event_id(text, bigint) to simsync_reader, simsync_writer, simsync_consumer;
grant execute on function simsync.resume_consumer(text) to simsync_consumer;
