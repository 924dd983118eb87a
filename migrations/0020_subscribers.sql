-- 0020: fan-out. Another cluster follows this one by logical replication, so that analysts, alerting and consoles there
-- cost this one nothing but a copy of its log. It holds the same tables, views and functions, and writes none of it.

-- The publisher -----------------------------------------------------------------------------------------------------

-- Left out is what is of use to the writer alone (fingerprints, how far deadlines were read, where numbering happens) or
-- another's business: actions with their arguments, and positions of consumers, of which a subscriber has its own. What a
-- generated column holds is not sent.
create function simsync.replicated_columns() returns table (relation regclass, columns text[])
    language sql stable set search_path = pg_catalog, pg_temp
    as $$
    select c.oid::regclass, array_agg(a.attname::text order by a.attnum)
      from pg_class c
      join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
     where c.relnamespace = 'simsync'::regnamespace
       and c.relname in ('ledger', 'sim', 'condition', 'sweep', 'held_removal', 'change_event',
                         'numbering', 'untold_change', 'drift')
       and (c.relname, a.attname) not in (('sim', 'fingerprint'), ('sim', 'wording'), ('ledger', 'origin'),
                                          ('ledger', 'deadlines_read_at'), ('ledger', 'deadline_steps'),
                                          ('ledger', 'housekeeping_troubles'), ('ledger', 'housekeeping_since'))
     group by c.oid
    $$;

comment on function simsync.replicated_columns() is
    'The tables that subscribers get, and which of their columns.';

create function simsync.is_published_as_wanted() returns boolean
    language plpgsql stable set search_path = pg_catalog, pg_temp
    as $$
begin
    return exists (select from pg_publication p where p.pubname = 'simsync' and p.pubviaroot)
       and not exists (
        select from (select w.relation::text as relation, w.columns from simsync.replicated_columns() w) w
          full join (select format('%I.%I', t.schemaname, t.tablename) as relation, t.attnames::text[] as columns
                       from pg_publication_tables t where t.pubname = 'simsync') t
            on t.relation = w.relation
         where t.columns is distinct from w.columns);
end
$$;

comment on function simsync.is_published_as_wanted() is
    'Whether the publication simsync has the tables and columns that this schema wants subscribers to get.';

-- By the log's root, since a subscriber has other partitions than this database: months come and go here without a word
-- to it. Columns by name: one that a migration adds is sent once the publication says so, by when subscribers have it.
create function simsync.publish() returns boolean
    language plpgsql volatile set search_path = pg_catalog, pg_temp
    as $$
declare
    wanted text;
begin
    if simsync.is_published_as_wanted() then
        return false;
    end if;
    select string_agg(format('%s (%s)', w.relation, (select string_agg(quote_ident(c), ', ') from unnest(w.columns) c)), ', ')
      into wanted
      from simsync.replicated_columns() w;
    if exists (select from pg_publication p where p.pubname = 'simsync') then
        execute 'alter publication simsync set table ' || wanted;
        alter publication simsync set (publish_via_partition_root = true);
    else
        execute 'create publication simsync for table ' || wanted || ' with (publish_via_partition_root = true)';
    end if;
    comment on publication simsync is
        'What subscribers of simsync get. Made by simsync migrate --publisher, kept as the schema wants it by each simsync migrate.';
    return true;
end
$$;

comment on function simsync.publish() is
    'Makes the publication simsync, or has it publish what this schema wants subscribers to get; false where it does so already. Called by the owner (simsync migrate --publisher).';

-- The subscriber ----------------------------------------------------------------------------------------------------

-- Triggers fire for whoever writes here and not for replicated changes, as PostgreSQL has it; those that say ENABLE
-- REPLICA the other way round.

create function simsync.refuse_to_write() returns trigger
    language plpgsql set search_path = pg_catalog, pg_temp
    as $$
begin
    if coalesce(current_setting('simsync.tends_subscriber', true), '') <> 'on' then
        raise exception 'this database is a subscriber: what simsync.% holds comes from another one', tg_table_name
            using errcode = 'SS001',
                  hint = 'Do it where simsync mirrors, in the database that this one subscribes to; here everything can be read.';
    end if;
    return null;
end
$$;

comment on function simsync.refuse_to_write() is
    'Trigger of a subscriber''s tables: nobody writes there but replication and migrations, for it would stop the one and mislead the others.';

create function simsync.ring_applied() returns trigger
    language plpgsql security definer set search_path = pg_catalog, pg_temp
    as $$
begin
    if tg_op = 'INSERT' or new.last_seq <> old.last_seq then
        perform pg_notify('simsync_events', new.account || ':' || new.last_seq);
    end if;
    return null;
end
$$;

comment on function simsync.ring_applied() is
    'Trigger of a subscriber''s simsync.ledger, for replicated changes alone: wakes who waits for events, once for each transaction that has any.';

create function simsync.forget_lost_events() returns trigger
    language plpgsql security definer set search_path = pg_catalog, pg_temp
    as $$
begin
    -- Not while the first copy is made, which brings the past of the numbering and the events beside each other.
    if exists (select from pg_subscription_rel r where r.srrelid = tg_relid and r.srsubstate = 'r') then
        delete from simsync.change_event e where e.account = new.account and e.seq > new.after_seq;
    end if;
    return null;
end
$$;

comment on function simsync.forget_lost_events() is
    'Trigger of a subscriber''s simsync.numbering, for replicated changes alone: where a promoted server of the publisher''s lacked events that came here, their numbers are given to others.';

-- Until all tables are there, the log may begin later than the ledger says, and a consumer would begin in the wrong place.
create function simsync.refuse_before_copied() returns trigger
    language plpgsql security definer set search_path = pg_catalog, pg_temp
    as $$
declare
    missing text;
begin
    select string_agg(w.relation::text, ', ') into missing
      from simsync.replicated_columns() w
      join pg_subscription_rel r on r.srrelid = w.relation and r.srsubstate <> 'r';
    if missing is not null then
        raise exception 'the first copy of this subscriber is not complete: % is not there yet', missing
            using errcode = 'SS001',
                  hint = 'Wait until select count(*) from pg_subscription_rel where srsubstate <> ''r'' is 0; where it does not end, the server''s log says why.';
    end if;
    return null;
end
$$;

comment on function simsync.refuse_before_copied() is
    'Trigger of a subscriber''s simsync.consumer: nobody begins to read before the first copy is complete.';

create function simsync.become_subscriber() returns void
    language plpgsql volatile
    set search_path = pg_catalog, pg_temp set lock_timeout = '30s'
    as $$
declare
    written regclass;
    bound   record;
begin
    if not simsync.is_subscriber() and exists (select from simsync.ledger) then
        raise exception 'this database is no subscriber: it holds accounts that simsync mirrors, or a copy of such a database'
            using errcode = 'SS001',
                  hint = 'Give the subscriber an empty database: createdb --encoding=UTF8 --template=template0 NAME; simsync migrate --subscriber --database postgresql:///NAME.';
    end if;

    -- Each only where it is missing, for each waits for replication and holds it up. First what only the writer sees to,
    -- or what comes in no order from table to table.
    if exists (select from pg_attribute a where a.attrelid = 'simsync.sim'::regclass and a.attname = 'fingerprint' and a.attnotnull) then
        alter table simsync.sim alter column fingerprint drop not null;
    end if;
    for bound in
        select c.conrelid::regclass as relation, c.conname as name
          from pg_constraint c where c.confrelid = 'simsync.ledger'::regclass and c.contype = 'f'
    loop
        execute format('alter table %s drop constraint %I', bound.relation, bound.name);
    end loop;

    -- Nobody makes months here.
    if (select t.partdefid from pg_partitioned_table t where t.partrelid = 'simsync.change_event'::regclass) = 0 then
        create table simsync.change_event_replicated (like simsync.change_event including constraints including comments);
        comment on table simsync.change_event_replicated is 'simsync.change_event of a subscriber, of all months.';
        grant select on simsync.change_event_replicated to simsync_reader, simsync_writer, simsync_consumer;
        alter table simsync.change_event attach partition simsync.change_event_replicated default;
    end if;

    for written in
        select w.relation from simsync.replicated_columns() w union all select 'simsync.action'::regclass
        except select t.tgrelid from pg_trigger t where t.tgname = 'subscriber_refuses'
    loop
        execute format('create trigger subscriber_refuses before insert or update or delete on %s '
                       'for each statement execute function simsync.refuse_to_write()', written);
    end loop;
    if not simsync.is_subscriber() then
        create trigger subscriber_waits before insert on simsync.consumer
            for each statement execute function simsync.refuse_before_copied();
        create trigger subscriber_forgets after insert on simsync.numbering
            for each row when (new.step > 0) execute function simsync.forget_lost_events();
        create trigger subscriber_rings after insert or update on simsync.ledger
            for each row execute function simsync.ring_applied();
        alter table simsync.numbering enable replica trigger subscriber_forgets;
        alter table simsync.ledger enable replica trigger subscriber_rings;
    end if;
end
$$;

comment on function simsync.become_subscriber() is
    'Makes a subscriber of this database: it can be read, and written by replication alone. Saying so again is harmless, and due after each migration. Called by the owner (simsync migrate --subscriber).';

create function simsync.is_subscriber() returns boolean
    language sql stable set search_path = pg_catalog, pg_temp
    as $$
    select exists (select from pg_trigger t where t.tgrelid = 'simsync.ledger'::regclass and t.tgname = 'subscriber_rings')
    $$;

comment on function simsync.is_subscriber() is
    'Whether what this database holds is replicated from another one: simsync migrate --subscriber was here.';

create function simsync.forget_events(before timestamptz) returns bigint
    language plpgsql volatile security definer set search_path = pg_catalog, pg_temp
    as $$
declare
    forgotten bigint;
begin
    if not simsync.is_subscriber() then
        raise exception 'this database is no subscriber: simsync run drops its months'
            using errcode = 'SS001', hint = 'Set [events] retention in simsync.toml.';
    elsif forget_events.before > now() - interval '12 hours' then
        raise exception 'events of the last twelve hours are not dropped' using errcode = 'invalid_parameter_value';
    end if;
    perform set_config('simsync.tends_subscriber', 'on', true);
    delete from simsync.change_event e where e.recorded_at < forget_events.before;
    get diagnostics forgotten = row_count;
    perform set_config('simsync.tends_subscriber', '', true);
    return forgotten;
end
$$;

comment on function simsync.forget_events(timestamptz) is
    'Of a subscriber: deletes the events recorded before that time, twelve hours ago at least; how many. Nothing else does: the publisher drops its months without a word. Called by the owner.';

-- Not in the view itself: while months are dropped one by one, nothing may have the log open.
create function simsync.replicated_span() returns table (name text, since timestamptz, until timestamptz)
    language sql stable security definer set search_path = pg_catalog, pg_temp
    as $$
    select 'change_event_replicated', coalesce(min(f.recorded_at), now()), 'infinity'::timestamptz
      from simsync.ledger l
     cross join lateral (select e.recorded_at from simsync.change_event e
                          where e.account = l.account order by e.seq limit 1) f
    having simsync.is_subscriber()
    $$;

comment on function simsync.replicated_span() is
    'Of a subscriber: its one partition of the log, which has no end and begins where the first event of any account was recorded.';

create or replace view simsync.event_partition as
select case when n.nspname = 'simsync' then c.relname::text else format('%I.%I', n.nspname, c.relname) end as name,
       b.since, b.until
  from pg_catalog.pg_inherits i
  join pg_catalog.pg_class c on c.oid = i.inhrelid
  join pg_catalog.pg_namespace n on n.oid = c.relnamespace
 cross join lateral simsync.partition_bounds(c.oid) b
 where i.inhparent = 'simsync.change_event'::regclass and not i.inhdetachpending and b.since is not null
union all
select r.name, r.since, r.until from simsync.replicated_span() r;

comment on view simsync.event_partition is
    'What partitions the change log has: its months, and whatever others have attached, but for a default partition. A subscriber''s one is told with the time of its first event.';

-- Rights ------------------------------------------------------------------------------------------------------------

revoke execute on function
    simsync.replicated_columns(), simsync.is_published_as_wanted(), simsync.publish(), simsync.refuse_to_write(),
    simsync.ring_applied(), simsync.forget_lost_events(), simsync.refuse_before_copied(), simsync.become_subscriber(),
    simsync.is_subscriber(), simsync.forget_events(timestamptz), simsync.replicated_span() from public;
grant execute on function simsync.is_subscriber() to simsync_reader, simsync_writer, simsync_consumer;
grant execute on function simsync.replicated_span() to simsync_reader, simsync_writer;
grant execute on function simsync.replicated_columns(), simsync.is_published_as_wanted() to simsync_writer;
