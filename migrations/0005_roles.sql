-- 0005: three group roles, which belong to the whole cluster and hold no login: grant them to the roles that log in.
--   simsync_writer    the daemon: mirrors, but can neither rewrite events nor change the schema
--   simsync_reader    analysts: read everything
--   simsync_consumer  alerting: reads events and acknowledges them

do $$
declare
    wanted record;
begin
    for wanted in
        select * from (values
            ('simsync_writer',   'simsync: the daemon. Mirrors, but can neither rewrite events nor change the schema.'),
            ('simsync_reader',   'simsync: analysts. Read everything.'),
            ('simsync_consumer', 'simsync: alerting. Reads events and acknowledges them.')) as role (name, meaning)
         where not exists (select from pg_roles r where r.rolname = role.name)
    loop
        begin
            execute format('create role %I nologin', wanted.name);
            execute format('comment on role %I is %L', wanted.name, wanted.meaning);
        exception
            when duplicate_object or unique_violation then null;  -- another migration was quicker, in another database
            when insufficient_privilege then
                raise exception 'role % is missing and % may not create it', wanted.name, current_user
                    using errcode = 'insufficient_privilege',
                          hint = 'Let a superuser run: CREATE ROLE simsync_writer NOLOGIN; CREATE ROLE simsync_reader NOLOGIN; CREATE ROLE simsync_consumer NOLOGIN; then migrate again.';
        end;
    end loop;
end
$$;

revoke execute on all functions in schema simsync from public;
grant usage on schema simsync to simsync_writer, simsync_reader, simsync_consumer;

grant select on all tables in schema simsync to simsync_reader, simsync_writer;
grant execute on function simsync.rfc3339(timestamptz), simsync.sim_as_of(timestamptz) to simsync_reader, simsync_writer;

grant insert, update on simsync.ledger, simsync.sim, simsync.sweep, simsync.action to simsync_writer;
grant insert, update, delete on simsync.condition, simsync.held_removal to simsync_writer;
grant delete on simsync.sweep to simsync_writer;  -- those older than the retention
grant insert on simsync.change_event to simsync_writer;
grant execute on function simsync.origin(), simsync.ensure_partitions(timestamptz), simsync.drop_partitions(timestamptz),
                          simsync.begin_stream(text) to simsync_writer;

grant select on simsync.change_event, simsync.account, simsync.consumer, simsync.migration to simsync_consumer;
grant execute on function simsync.rfc3339(timestamptz), simsync.read_events(text, integer), simsync.ack_events(text, text, bigint),
                          simsync.restart_consumer(text) to simsync_consumer;
