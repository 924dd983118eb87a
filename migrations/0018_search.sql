-- 0018: what a search over SIMs looks through, as one text, so that one index can find a part of any of it. The index is
-- optional and none of this migration's: building it takes minutes and must lock nobody (simsync migrate --search).

-- Declared immutable, which array_to_string is not for types whose texts depend on settings; text's do not. The collation
-- is named because "C", which id has, folds ASCII alone.
create function simsync.search_text(id text, iccid_plastic text, sim_id text, imei text, caller_ids text[], fmcs text[],
                                    external_msisdns text[], description text) returns text
    language sql immutable parallel safe
    as $$
    select pg_catalog.lower(pg_catalog.concat_ws(E'\n', id, iccid_plastic, sim_id, imei,
                                                 pg_catalog.array_to_string(caller_ids, E'\n'),
                                                 pg_catalog.array_to_string(fmcs, E'\n'),
                                                 pg_catalog.array_to_string(external_msisdns, E'\n'),
                                                 description) collate pg_catalog."default")
    $$;

comment on function simsync.search_text(text, text, text, text, text[], text[], text[], text) is
    'What a search over SIMs looks through: id, ICCID, SIM id, IMEI, numbers and description in small letters, a line each. With simsync migrate --search an index finds any part of it of three characters or more: search_text(id, iccid_plastic, sim_id, imei, caller_ids, fmcs, external_msisdns, description) like ''%4656%''.';

revoke execute on function simsync.search_text(text, text, text, text, text[], text[], text[], text) from public;
grant execute on function simsync.search_text(text, text, text, text, text[], text[], text[], text)
   to simsync_reader, simsync_writer;
