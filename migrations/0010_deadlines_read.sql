-- 0010: when all deadlines were looked at last, so that a look at them reads those that have come since and not every
-- one that has ever passed.

-- Rows are added and taken away, never changed, and so nobody waits for anybody.
create table simsync.new_deadline (
    account  text collate "C" not null,
    id       bigint           not null generated always as identity,
    deadline timestamptz      not null,
    primary key (account, id)
);

comment on table  simsync.new_deadline          is 'Deadlines that were written and may lie before what the next look would read: of new rows the earliest, of changed rows each. The look takes them away.';
comment on column simsync.new_deadline.account  is 'Account that holds the SIM.';
comment on column simsync.new_deadline.id       is 'Tells the rows apart.';
comment on column simsync.new_deadline.deadline is 'The tariff_expires_at that was written.';

-- Only if it may lie within what all were read for by the time that this is committed: what lies beyond is read when it
-- comes. The hour is for clocks that differ, and for transactions that last.
create function simsync.notice_deadline(of_account text, written timestamptz) returns void
    language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
begin
    insert into simsync.new_deadline (account, deadline)
    select of_account, written from simsync.ledger
     where account = of_account and deadlines_read_at is not null
       and written <= greatest(deadlines_read_at, clock_timestamp()) + deadline_steps[cardinality(deadline_steps)] + interval '1 hour';
end
$$;

comment on function simsync.notice_deadline(text, timestamptz) is
    'Has the next look at deadlines read this one. A trigger calls it for rows that change; whoever inserts rows calls it for the earliest of them.';

create function simsync.notice_changed_deadline() returns trigger
    language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
    perform simsync.notice_deadline(new.account, new.tariff_expires_at);
    return null;
end
$$;

comment on function simsync.notice_changed_deadline() is
    'Trigger of simsync.sim: the next look reads another deadline, or one that comes back with its SIM, whoever wrote it.';

-- simsync.sim before simsync.ledger, as a daemon that writes meanwhile takes them.
create trigger sim_deadline after update on simsync.sim for each row
    when (new.tariff_expires_at is not null and new.removed_at is null
          and (new.tariff_expires_at is distinct from old.tariff_expires_at or old.removed_at is not null))
    execute function simsync.notice_changed_deadline();

alter table simsync.ledger add column deadlines_read_at timestamptz, add column deadline_steps interval[];

comment on column simsync.ledger.deadlines_read_at is
    'When all deadlines were looked at last, each hour or so: later looks read what has come since. Null: look at all.';
comment on column simsync.ledger.deadline_steps is
    'How long before a deadline it was warned of then, the nearest first: zero is the deadline itself.';

revoke execute on function simsync.notice_deadline(text, timestamptz), simsync.notice_changed_deadline() from public;
grant execute on function simsync.notice_deadline(text, timestamptz) to simsync_writer;
grant select, delete on simsync.new_deadline to simsync_writer;
grant select on simsync.new_deadline to simsync_reader;
