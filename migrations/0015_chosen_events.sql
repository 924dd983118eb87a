-- 0015: events carry what people choose them by, and one small language says which are wanted: in SQL here, in
-- `[[sink]] match` and `simsync events --match` as src/model/event_match.hpp reads it. README, "Choosing events".

-- What events are chosen by ----------------------------------------------------------------------------------------

-- Columns, not a document: a third of its size, and nothing to be taken apart where events are looked through.
alter table simsync.change_event
    add column tariff_name  text,
    add column description  text,
    add column profile      text,
    add column number       text,
    add column requested_by text;

comment on column simsync.change_event.tariff_name  is 'The SIM''s tariff after the change. Null for events of the account, where the API told none, and in events of simsync before 0015.';
comment on column simsync.change_event.description  is 'The SIM''s description after the change; null as tariff_name is.';
comment on column simsync.change_event.profile      is 'The SIM''s profile after the change; null as tariff_name is.';
comment on column simsync.change_event.number       is 'The number that was attached or detached; null for other kinds of events.';
comment on column simsync.change_event.requested_by is 'Who asked for the action that caused it (simsync.action has the same); null where none did.';

create view simsync.event_kind as
select kind, severity
  from (values
    ('account.baselined',         'info'),
    ('sim.added',                 'info'),
    ('sim.removed',               'warning'),
    ('sim.restored',              'info'),
    ('sim.blocked',               'warning'),
    ('sim.unblocked',             'info'),
    ('sim.archived',              'info'),
    ('sim.unarchived',            'info'),
    ('balance.changed',           'info'),
    ('data_balance.changed',      'info'),
    ('balance.low',               'warning'),
    ('balance.recovered',         'info'),
    ('balance.depleted',          'critical'),
    ('tariff.changed',            'info'),
    ('tariff.expiry_changed',     'info'),
    ('tariff.expiring',           'warning'),
    ('tariff.expired',            'critical'),
    ('tariff.renewed',            'info'),
    ('caller_id.attached',        'info'),
    ('caller_id.detached',        'info'),
    ('did.attached',              'info'),
    ('did.detached',              'info'),
    ('fmc.attached',              'info'),
    ('fmc.detached',              'info'),
    ('imei.changed',              'warning'),
    ('imei.mismatched',           'warning'),
    ('imei.matched',              'info'),
    ('attributes.changed',        'info'),
    ('action.confirmed',          'info'),
    ('action.failed',             'warning'),
    ('account.degraded',          'critical'),
    ('account.recovered',         'info'),
    ('account.auth_failed',       'critical'),
    ('account.removals_held',     'critical'),
    ('account.removals_released', 'info'),
    ('account.schema_drift',      'warning')) as known (kind, severity);

comment on view   simsync.event_kind          is 'All kinds of events that simsync tells.';
comment on column simsync.event_kind.kind     is 'simsync.change_event.kind.';
comment on column simsync.event_kind.severity is 'The severity of its events: info, warning or critical.';

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
       c.raised_at, c.sim is not null, s.tariff_name, s.description, s.profile
  from simsync.sim s
  left join simsync.condition c on c.account = s.account and c.sim = s.id and c.condition = 'sim.blocked'
 where s.is_blocked and s.removed_at is null
   and not exists (select from simsync.ledger r where r.account = s.account and r.retired_at is not null)
union all
select s.account, s.account || ':' || s.id || ':sim.blocked', 'sim.blocked', 'warning', s.id, s.iccid_plastic,
       c.raised_at, c.sim is not null, s.tariff_name, s.description, s.profile
  from simsync.sim s
  left join simsync.condition c on c.account = s.account and c.sim = s.id and c.condition = 'sim.blocked'
 where s.last_known is not null and s.last_known ->> 'is_blocked' = 'true' and s.is_blocked is null and s.removed_at is null
   and not exists (select from simsync.ledger r where r.account = s.account and r.retired_at is not null)
union all
select l.account, l.account || ':account.degraded', 'account.degraded', 'critical', null, null, l.degraded_since, false,
       null, null, null
  from simsync.ledger l
 where l.degraded_since is not null and l.retired_at is null;

comment on column simsync.standing_condition.tariff_name is 'The SIM''s tariff now; null for a condition of the account.';
comment on column simsync.standing_condition.description is 'The SIM''s description now; null for a condition of the account.';
comment on column simsync.standing_condition.profile     is 'The SIM''s profile now; null for a condition of the account.';

-- The language -----------------------------------------------------------------------------------------------------

-- One pass without recursion: between two operands stands "and" or "or", an operand is a comparison or a "(", and what
-- was read goes straight into SQL, whose precedence is the same. All that comes from outside passes through %L.
create function simsync.match_condition(match text) returns text
    language plpgsql stable set search_path = pg_catalog, pg_temp set standard_conforming_strings = on
    as $$
declare
    fields constant text[] := array['account', 'kind', 'severity', 'cause', 'sim', 'iccid_plastic', 'tariff_name',
                                    'description', 'profile', 'number', 'requested_by', 'standing'];
    about_quotes constant text := 'Text with blanks or punctuation stands in quotes: description = "a b".';
    example constant text := 'For example: kind = sim.*, imei.* and severity >= warning.';

    sql text := '';
    wants text := 'operand';  -- what may come next: operand, operator (a comparison's), value, joint
    depth integer := 0;
    negated boolean := false;
    field text;
    relation text;
    known text[];             -- all values that can come in that field; null where any text can
    compared text[];          -- conditions of the values so far

    at integer := 1;          -- the token's first character
    rest text := match;       -- from there on
    token text;
    class text;               -- end, word, quotation, sign
    keyword text;             -- and, or, not; else null
    plain text;               -- the value's text
    pattern text;             -- the same for LIKE
    letter text;
    seen integer;
    error text;
    hint text;
begin
    if octet_length(match) > 4000 then
        raise exception 'match, character 1: it is longer than 4000 bytes'
            using errcode = 'invalid_parameter_value', hint = 'Name fewer things, or give them something in common.';
    end if;
    if coalesce(match, '') ~ '^[ \t\r\n]*$' then
        return 'true';
    end if;

    loop
        -- The next token.
        at := at + length(rest) - length(ltrim(rest, E' \t\r\n'));
        rest := ltrim(rest, E' \t\r\n');
        error := null;
        if rest = '' then
            class := 'end';
            token := '';
        elsif left(rest, 1) in ('"', '''') then
            class := 'quotation';
            plain := '';
            pattern := '';
            seen := 2;
            loop
                letter := substr(rest, seen, 1);
                exit when letter = '' or letter = left(rest, 1);
                if letter = '*' then
                    pattern := pattern || '%';
                    plain := null;  -- stays null: only the pattern counts
                else
                    if letter = '\' and seen < length(rest) then
                        seen := seen + 1;
                        letter := substr(rest, seen, 1);
                    end if;
                    plain := plain || letter;
                    pattern := pattern || case when letter in ('%', '_', '\') then '\' else '' end || letter;
                end if;
                seen := seen + 1;
            end loop;
            if letter = '' then
                error := 'a quotation mark has no counterpart';
                hint := 'Close it; within quotes \" is a quotation mark, \\ a backslash, \* a star.';
            end if;
            token := left(rest, seen);
        else
            token := substring(rest from '^(?:!=|!~|>=|=|~|\(|\)|,)');
            class := 'sign';
            if token is null then
                token := substring(rest from E'^[^ \\t\\r\\n(),=!~<>"''\\\\]+');
                class := 'word';
                plain := case when token !~ '\*' then token end;
                pattern := replace(regexp_replace(token, '([%_])', '\\\1', 'g'), '*', '%');
            end if;
            if token is null then
                error := format('"%s" means nothing here', left(rest, 1));
                hint := about_quotes;
            end if;
        end if;
        keyword := case when class = 'word' and lower(token collate "C") in ('and', 'or', 'not') then lower(token collate "C") end;

        -- What it means here.
        if error is not null then
            null;
        elsif wants = 'operand' then
            if keyword = 'not' then
                negated := not negated;
            elsif token = '(' and class = 'sign' then
                depth := depth + 1;
                if depth > 50 then
                    error := 'too many parentheses stand within each other';
                    hint := 'Write it in fewer.';
                end if;
                sql := sql || case when negated then 'not ' else '' end || '(';
                negated := false;
            elsif class <> 'word' or keyword is not null then
                error := format('a field is expected, not %s', case class when 'end' then 'the end' else format('"%s"', token) end);
                hint := example;
            elsif token <> all (fields) then
                error := format('there is no field "%s"', token);
                hint := format('One of %s.', array_to_string(fields, ', '));
            else
                field := token;
                known := case field
                    when 'kind'     then (select array_agg(k.kind) from simsync.event_kind k)
                    when 'severity' then array['info', 'warning', 'critical']
                    when 'cause'    then array['sweep', 'action', 'clock', 'operator', 'daemon']
                    when 'standing' then array['true', 'false'] end;
                wants := 'operator';
            end if;
        elsif wants = 'operator' then
            if class <> 'sign' or token in ('(', ')', ',') then
                error := format('"=" or another comparison is expected behind %s, not %s', field,
                                case class when 'end' then 'the end' else format('"%s"', token) end);
                hint := 'One of = != ~ !~, and >= for severity.';
            elsif token = '>=' and field <> 'severity' then
                error := 'only severity is compared with >=';
                hint := 'severity >= warning';
            else
                negated := negated <> (left(token, 1) = '!');
                relation := token;
                compared := '{}';
                wants := 'value';
            end if;
        elsif wants = 'value' then
            if class not in ('word', 'quotation') or keyword is not null then
                error := format('a value for %s is expected, not %s', field,
                                case class when 'end' then 'the end' else format('"%s"', token) end);
                hint := about_quotes;
            else
                if relation in ('~', '!~') then
                    pattern := '%' || lower(pattern collate "C") || '%';
                    plain := null;
                end if;
                if known is not null
                   and (relation = '>=' and plain is null
                        or not exists (select from unnest(known) k
                                        where case when plain is not null then k = plain else k like pattern end)) then
                    error := format('no event has the %s "%s"', field, token);
                    hint := format('One of %s.', array_to_string(known, ', '));
                end if;
                compared := compared || case
                    when relation = '>=' then
                        format('severity in (%s)', (select string_agg(quote_literal(k.value), ', ')
                                                      from unnest(known) with ordinality k (value, rank)
                                                     where k.rank >= array_position(known, plain)))
                    else
                        format(case when relation in ('~', '!~') then 'lower(%s) like %L'
                                    when plain is not null then '%s = %L' else '%s like %L' end,
                               case when field in ('account', 'kind', 'severity', 'cause') then format('(%I collate "C")', field)
                                    when field = 'standing' then '(standing::text collate "C")'
                                    else format('(coalesce(%I, '''') collate "C")', field) end,
                               coalesce(plain, pattern)) end;
                wants := 'joint';
            end if;
        elsif token = ',' and class = 'sign' and compared is not null and relation <> '>=' then
            wants := 'value';
        else
            if compared is not null then
                sql := sql || case when negated then 'not (' else '(' end || array_to_string(compared, ' or ') || ')';
                negated := false;
                compared := null;
            end if;
            if keyword in ('and', 'or') then
                sql := sql || ' ' || keyword || ' ';
                wants := 'operand';
            elsif token = ')' and class = 'sign' and depth > 0 then
                sql := sql || ')';
                depth := depth - 1;
            elsif class = 'end' and depth = 0 then
                return sql;
            else
                error := format(case when depth > 0 then '")" is expected, not %s' else '"and" or "or" is expected, not %s' end,
                                case class when 'end' then 'the end' else format('"%s"', token) end);
                hint := case when depth > 0 then 'Each "(" needs its ")".' else about_quotes end;
            end if;
        end if;

        if error is not null then
            raise exception 'match, character %: %', at, error
                using errcode = 'invalid_parameter_value', hint = hint;
        end if;
        at := at + length(token);
        rest := substr(rest, length(token) + 1);
    end loop;
end
$$;

comment on function simsync.match_condition(text) is
    'The SQL condition on simsync.change_event that a match means, as in kind = sim.* and severity >= warning; true for null and for blanks. Raises 22023, with the place, for what is none.';

-- Reading by it ----------------------------------------------------------------------------------------------------

-- Goes through read_events(text, integer), so that whatever holds for a consumer there holds here. It looks further and
-- further as long as nothing matches, and notes how far it has come: by the very events that it has seen, for later ones
-- may come at any moment, and only where nobody has moved the position meanwhile.
create function simsync.read_events(consumer text, max integer, match text) returns setof simsync.change_event
    language plpgsql volatile security definer set search_path = pg_catalog, pg_temp
    as $$
declare
    condition text := simsync.match_condition(match);
    at_once integer := greatest(max, 100);
    upcoming simsync.change_event[];
    matching bigint;
begin
    if max is null or max < 1 then
        perform simsync.read_events(consumer, max);  -- has the words for it
    end if;
    loop
        upcoming := array(select n from simsync.read_events(consumer, at_once) n);
        return query execute format('select * from unnest($1) n where %s limit $2', condition) using upcoming, max;
        get diagnostics matching = row_count;
        exit when matching > 0;
        update simsync.consumer c
           set acked_seq = passed.upto, acked_at = now()
          from (select u.account, min(u.seq) - 1 as since, pg_catalog.max(u.seq) as upto
                  from unnest(upcoming) u
                 group by u.account) passed
         where c.consumer = read_events.consumer and c.account = passed.account and c.acked_seq = passed.since;
        exit when cardinality(upcoming) < at_once;
        at_once := greatest(at_once, 2 * least(at_once, 5000));
    end loop;
end
$$;

comment on function simsync.read_events(text, integer, text) is
    'As read_events(consumer, max), but only the events that match; "" and null are all. Where none of the next ones does, the position moves past them without an acknowledgement. Raises 22023 for a match that is none.';

-- Numbers and times rise together, so a few looks at the key find the place; a clock that was set back costs as much
-- accuracy as it was set back.
create function simsync.seq_before(account text, at timestamptz) returns bigint
    language plpgsql stable strict set search_path = pg_catalog, pg_temp
    as $$
declare
    lower  bigint;  -- recorded before `at`, or not kept
    upper  bigint;  -- recorded then or later, or not there yet
    middle record;
begin
    select coalesce(min(e.seq), 1) - 1, coalesce(max(e.seq), 0) + 1 into lower, upper
      from simsync.change_event e where e.account = seq_before.account;
    while upper - lower > 1 loop
        select e.seq, e.recorded_at into middle
          from simsync.change_event e
         where e.account = seq_before.account and e.seq >= (lower + upper) / 2
         order by e.seq limit 1;
        if middle.seq >= upper then
            upper := (lower + upper) / 2;
        elsif middle.recorded_at < at then
            lower := middle.seq;
        else
            upper := (lower + upper) / 2;
        end if;
    end loop;
    return lower;
end
$$;

comment on function simsync.seq_before(text, timestamptz) is
    'The last event of the account that was recorded before that time; one before the oldest that is kept where there is none.';

revoke execute on function simsync.match_condition(text), simsync.read_events(text, integer, text),
                           simsync.seq_before(text, timestamptz) from public;
grant select on simsync.event_kind to simsync_reader, simsync_writer, simsync_consumer;
grant execute on function simsync.match_condition(text), simsync.seq_before(text, timestamptz)
   to simsync_reader, simsync_writer, simsync_consumer;
grant execute on function simsync.read_events(text, integer, text) to simsync_writer, simsync_consumer;
