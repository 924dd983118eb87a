-- 0001: the mirror: SIMs as last seen, what stands for them, and the ledger and sweeps of each account.
-- Every key begins with account, so that the schema can be distributed by it; no foreign key crosses accounts.
-- Keys are collated "C": faster, and a new libc on the host cannot corrupt their indices.

-- One text for one instant, the same as simsync writes everywhere: "2023-07-16T11:58:20.333Z".
create function simsync.rfc3339(at timestamptz) returns text
    language sql immutable strict parallel safe
    as $$ select rtrim(rtrim(to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'), '0'), '.') || 'Z' $$;

comment on function simsync.rfc3339(timestamptz) is
    'RFC 3339 in UTC, the fraction as short as it can be: the form of every time inside before and after.';

-- A backup restored into another cluster or database differs in one of these; a failover to a standby does not.
create function simsync.origin() returns text
    language sql stable security definer set search_path = pg_catalog, pg_temp
    as $$ select system_identifier || '/' || oid from pg_control_system(), pg_database where datname = current_database() $$;

comment on function simsync.origin() is
    'Where numbering happens: system identifier of the cluster and oid of the database.';

create table simsync.ledger (
    account         text collate "C" not null,
    stream_id       uuid        not null default gen_random_uuid(),
    last_seq        bigint      not null default 0,
    endpoint        text        not null,
    scope           text        not null default '[]',
    baselined_at    timestamptz,
    degraded_since  timestamptz,
    held_removals   bigint      not null default 0,
    leader_host     text,
    leader_pid      bigint,
    leader_since    timestamptz,
    origin          text        not null default simsync.origin(),
    constraint ledger_account_is_a_name           check (account ~ '^[a-z0-9][a-z0-9_-]{0,62}$'),
    constraint ledger_last_seq_is_not_negative    check (last_seq >= 0),
    constraint ledger_held_removals_are_a_count   check (held_removals >= 0),
    primary key (account)
) with (fillfactor = 50);  -- its few rows are updated with every commit: room for it on the same page

comment on table  simsync.ledger                is 'One row per account: the base of the view simsync.account, and the only place that hands out event numbers.';
comment on column simsync.ledger.account        is 'Name of the account in the configuration.';
comment on column simsync.ledger.stream_id      is 'Identifies the numbering of events; a new one where numbering cannot go on, after a restore.';
comment on column simsync.ledger.last_seq       is 'Number of the last event. Raised by the transaction that writes the events, so numbers are gapless and in commit order.';
comment on column simsync.ledger.endpoint       is 'Base URL of the API that the account is mirrored from.';
comment on column simsync.ledger.scope          is 'The filter that the mirror was made with, as canonical JSON; [] is every SIM.';
comment on column simsync.ledger.baselined_at   is 'When the first complete sweep of this scope was told; null before.';
comment on column simsync.ledger.degraded_since is 'When account.degraded was told; null while the account is well.';
comment on column simsync.ledger.held_removals  is 'How many SIMs the removal guard holds back for a decision.';
comment on column simsync.ledger.leader_host    is 'Host of the process that led the account last.';
comment on column simsync.ledger.leader_pid     is 'Process id of the process that led the account last.';
comment on column simsync.ledger.leader_since   is 'When that process took the lease.';
comment on column simsync.ledger.origin         is 'simsync.origin() when the account was led last; another one means that a backup was restored.';

create table simsync.sim (
    account                         text collate "C" not null,
    id                              text collate "C" not null,
    iccid_plastic                   text,
    sim_id                          text,
    is_blocked                      boolean,
    allow_free_caller_id_change     boolean,
    allow_free_voice_substitution   boolean,
    balance                         numeric,
    data_balance                    numeric,
    fmcs                            text[]      not null default '{}',
    caller_ids                      text[]      not null default '{}',
    external_msisdns                text[]      not null default '{}',
    tariff_name                     text,
    tariff_type                     text,
    tariff_package_total_calls_max_duration bigint,
    profile                         text,
    description                     text,
    latest_activity                 timestamptz,
    tariff_expires_at               timestamptz,
    imei                            text,
    imei_is_correct                 boolean,
    is_archived                     boolean,
    first_seen_at                   timestamptz not null,
    changed_at                      timestamptz not null,
    removed_at                      timestamptz,
    revision                        bigint      not null default 1,
    fingerprint                     uuid        not null,
    undecoded                       jsonb,
    constraint sim_id_is_not_empty      check (id <> ''),
    constraint sim_revision_is_positive check (revision > 0),
    primary key (account, id)
) with (fillfactor = 90);  -- balances change often and touch no index: such updates stay on their page

-- The clock looks for deadlines that have come; removed SIMs have none.
create index sim_by_tariff_expiry on simsync.sim (account, tariff_expires_at)
    where removed_at is null and tariff_expires_at is not null;

comment on table  simsync.sim                               is 'Every SIM that an account holds or has held, as it was seen last. Untouched while nothing changes.';
comment on column simsync.sim.account                       is 'Account that holds the SIM.';
comment on column simsync.sim.id                            is 'The API''s id, kept as text and never compared for order.';
comment on column simsync.sim.iccid_plastic                 is 'ICCID as printed on the card.';
comment on column simsync.sim.sim_id                        is 'The API''s simId.';
comment on column simsync.sim.is_blocked                    is 'Blocked for service.';
comment on column simsync.sim.allow_free_caller_id_change   is 'The API''s allowFreeCallerIdChange.';
comment on column simsync.sim.allow_free_voice_substitution is 'The API''s allowFreeVoiceSubstitution.';
comment on column simsync.sim.balance                       is 'Balance, exact; the API names no currency.';
comment on column simsync.sim.data_balance                  is 'Balance for data, exact.';
comment on column simsync.sim.fmcs                          is 'FMC numbers: a set, sorted, empty for none.';
comment on column simsync.sim.caller_ids                    is 'Numbers that the SIM may show as its caller id: a set, sorted, empty for none.';
comment on column simsync.sim.external_msisdns              is 'Numbers (DIDs) that ring this SIM: a set, sorted, empty for none.';
comment on column simsync.sim.tariff_name                   is 'Name of the tariff.';
comment on column simsync.sim.tariff_type                   is 'Type of the tariff.';
comment on column simsync.sim.tariff_package_total_calls_max_duration is 'Call time that the tariff''s package includes, in the API''s own unit.';
comment on column simsync.sim.profile                       is 'The API''s profile of the SIM.';
comment on column simsync.sim.description                   is 'The partner''s own note on the SIM.';
comment on column simsync.sim.latest_activity               is 'Last activity that the API tells. A change of it alone makes no event.';
comment on column simsync.sim.tariff_expires_at             is 'When the tariff expires.';
comment on column simsync.sim.imei                          is 'IMEI of the device in which the SIM was seen.';
comment on column simsync.sim.imei_is_correct               is 'Whether that is the IMEI which the SIM is bound to.';
comment on column simsync.sim.is_archived                   is 'Archived by the partner.';
comment on column simsync.sim.first_seen_at                 is 'When simsync saw the SIM for the first time.';
comment on column simsync.sim.changed_at                    is 'When simsync last saw something about the SIM change.';
comment on column simsync.sim.removed_at                    is 'When the SIM was proven gone; null while the API has it.';
comment on column simsync.sim.revision                      is 'Counts the versions of this row from 1.';
comment on column simsync.sim.fingerprint                   is '128 bits over the canonical form: equal fingerprints mean that nothing changed.';
comment on column simsync.sim.undecoded                     is 'Column name to the API''s text, for values that their column cannot hold (they read null there); null normally.';

create table simsync.condition (
    account     text collate "C" not null,
    sim         text collate "C" not null,
    condition   text collate "C" not null,
    raised_at   timestamptz not null,
    deadline    timestamptz,
    ahead       interval,
    constraint condition_is_known          check (condition in ('balance.low', 'tariff.expiry')),
    constraint condition_expiry_has_a_deadline
        check ((condition = 'tariff.expiry') = (deadline is not null and ahead is not null)),
    primary key (account, sim, condition)
);

comment on table  simsync.condition           is 'What has been raised for a SIM and not resolved: makes each alert come once.';
comment on column simsync.condition.account   is 'Account that holds the SIM.';
comment on column simsync.condition.sim       is 'The API''s id of the SIM.';
comment on column simsync.condition.condition is 'balance.low, or tariff.expiry for tariff.expiring and tariff.expired; the end of the events'' dedup_key.';
comment on column simsync.condition.raised_at is 'When it was last raised.';
comment on column simsync.condition.deadline  is 'The tariff_expires_at that was told; another one in simsync.sim means that nothing was told of that yet.';
comment on column simsync.condition.ahead     is 'The nearest warning told: how long before the deadline it comes; zero once tariff.expired was told.';

create table simsync.sweep (
    account     text collate "C" not null,
    id          bigint      not null,
    started_at  timestamptz not null,
    finished_at timestamptz,
    outcome     text        not null,
    baseline    boolean     not null default false,
    requests    bigint      not null default 0,
    pages       bigint      not null default 0,
    items       bigint      not null default 0,
    added       bigint      not null default 0,
    changed     bigint      not null default 0,
    unchanged   bigint      not null default 0,
    removed     bigint      not null default 0,
    events      bigint      not null default 0,
    error       text,
    constraint sweep_outcome_is_known       check (outcome in ('running', 'complete', 'incomplete', 'failed')),
    constraint sweep_runs_until_it_finishes check ((outcome = 'running') = (finished_at is null)),
    primary key (account, id)
);

-- The view simsync.account and readiness ask for the last complete sweep; a year has half a million others.
create index sweep_complete on simsync.sweep (account, id) include (finished_at) where outcome = 'complete';

comment on table  simsync.sweep             is 'One row per walk over an account''s whole list: the only thing that a sweep without changes writes.';
comment on column simsync.sweep.account     is 'Account that was swept.';
comment on column simsync.sweep.id          is 'Counts the account''s sweeps from 1.';
comment on column simsync.sweep.started_at  is 'Before the first request.';
comment on column simsync.sweep.finished_at is 'After the last commit; null while it runs.';
comment on column simsync.sweep.outcome     is 'running; complete: every SIM of the list was proven seen; incomplete: what was seen is committed, nothing was removed; failed: ended early.';
comment on column simsync.sweep.baseline    is 'Whether it was the first of its scope: SIMs were recorded without sim.added.';
comment on column simsync.sweep.requests    is 'Requests sent, retries included.';
comment on column simsync.sweep.pages       is 'Pages accepted.';
comment on column simsync.sweep.items       is 'SIMs seen.';
comment on column simsync.sweep.added       is 'SIMs seen for the first time.';
comment on column simsync.sweep.changed     is 'SIMs whose row changed, those restored included.';
comment on column simsync.sweep.unchanged   is 'SIMs that were as before.';
comment on column simsync.sweep.removed     is 'SIMs proven gone.';
comment on column simsync.sweep.events      is 'Events written.';
comment on column simsync.sweep.error       is 'Why it is not complete, in one sentence; null otherwise.';

create table simsync.held_removal (
    account     text collate "C" not null,
    sim         text collate "C" not null,
    sweep_id    bigint      not null,
    held_at     timestamptz not null default now(),
    decision    text,
    decided_by  text,
    decided_at  timestamptz,
    constraint held_removal_decision_is_known check (decision in ('accepted', 'rejected')),
    constraint held_removal_decision_is_somebodys
        check ((decision is null) = (decided_by is null) and (decision is null) = (decided_at is null)),
    primary key (account, sim)
);

comment on table  simsync.held_removal          is 'SIMs that a sweep would have removed, had the removal guard not stopped it; a person accepts or rejects exactly this set.';
comment on column simsync.held_removal.account  is 'Account that holds the SIM.';
comment on column simsync.held_removal.sim      is 'The API''s id of the SIM.';
comment on column simsync.held_removal.sweep_id is 'The sweep that found it gone.';
comment on column simsync.held_removal.held_at  is 'When it was held.';
comment on column simsync.held_removal.decision is 'What a person decided of the whole set: accepted, or rejected: then the rows stay as long as the API does not show these SIMs again. Null until then.';
comment on column simsync.held_removal.decided_by is 'Database role of the person who decided.';
comment on column simsync.held_removal.decided_at is 'When it was decided.';

create table simsync.action (
    account         text collate "C" not null,
    id              bigint      not null generated by default as identity,
    sim             text collate "C" not null,
    operation       text        not null,
    arguments       jsonb       not null default '{}',
    requested_by    text        not null default session_user,
    requested_at    timestamptz not null default now(),
    state           text        not null default 'requested',
    finished_at     timestamptz,
    error           text,
    constraint action_state_is_known         check (state in ('requested', 'sent', 'confirmed', 'failed', 'unknown')),
    constraint action_arguments_are_an_object check (jsonb_typeof(arguments) = 'object'),
    primary key (account, id)
);

comment on table  simsync.action              is 'What people asked simsync to do to a SIM. Written before it is sent, and sent once.';
comment on column simsync.action.account      is 'Account that holds the SIM.';
comment on column simsync.action.id           is 'Number of the action; events that it caused carry it as action_id.';
comment on column simsync.action.sim          is 'The API''s id of the SIM.';
comment on column simsync.action.operation    is 'What to do: block, unblock, attach-caller-id and so on.';
comment on column simsync.action.arguments    is 'What to do it with, as a JSON object.';
comment on column simsync.action.requested_by is 'Who asked: a database role, or a name that the program gave.';
comment on column simsync.action.requested_at is 'When it was asked for.';
comment on column simsync.action.state        is 'requested; sent; confirmed: read back from the API; failed: refused; unknown: the answer was lost and the read-back did not decide.';
comment on column simsync.action.finished_at  is 'When the state became final.';
comment on column simsync.action.error        is 'Why it failed or is unknown, in one sentence.';

-- A sweep that finds nothing writes its own row alone, so what the account tells of sweeps is looked up there.
create view simsync.account as
select l.account,
       l.stream_id,
       l.endpoint,
       l.scope,
       l.leader_host,
       l.leader_pid,
       l.leader_since,
       (select s.id from simsync.sweep s
         where s.account = l.account and s.outcome = 'complete' order by s.id desc limit 1) as last_complete_sweep_id,
       (select s.finished_at from simsync.sweep s
         where s.account = l.account and s.outcome = 'complete' order by s.id desc limit 1) as last_complete_sweep_at,
       l.last_seq,
       l.held_removals,
       l.baselined_at,
       l.degraded_since
  from simsync.ledger l;

comment on view   simsync.account                        is 'One row per account: who leads it, how fresh its mirror is, how far its events go.';
comment on column simsync.account.last_complete_sweep_id is 'The last sweep that proved itself complete.';
comment on column simsync.account.last_complete_sweep_at is 'When that sweep finished: the mirror is at most this old.';
