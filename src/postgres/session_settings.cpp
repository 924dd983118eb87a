// The settings of every session. One list, so that no kind of session is forgotten.
#include "postgres/session_settings.hpp"

namespace simsync
{

const std::string session_settings = R"(
    set search_path = simsync, pg_temp;

    -- how texts are read and written
    set client_encoding = 'UTF8';
    set timezone = 'UTC';
    set datestyle = 'ISO, MDY';
    set intervalstyle = 'postgres';
    set bytea_output = 'hex';
    set extra_float_digits = 1;
    set array_nulls = on;                              -- off: a NULL in an array is the text "NULL"
    set quote_all_identifiers = off;
    set standard_conforming_strings = on;
    set backslash_quote = safe_encoding;
    set transform_null_equals = off;
    set client_min_messages = warning;

    -- what a transaction is
    set default_transaction_isolation = 'read committed';
    set default_transaction_read_only = off;
    set default_transaction_deferrable = off;
    set synchronous_commit = on;                       -- off: a crash would give numbers away a second time
    set exit_on_error = off;

    -- how long things may take
    set statement_timeout = 0;                         -- it would cut the first load of a large fleet
    set lock_timeout = '5s';
    set idle_in_transaction_session_timeout = '60s';
    set idle_session_timeout = 0;                      -- a sweep may leave the database alone for an hour

    -- how statements are run
    set row_security = on;
    set check_function_bodies = on;
    set default_table_access_method = heap;
    set plpgsql.extra_errors = 'none';
    set jit = off;                                     -- compiling takes longer than any statement of ours
    set plan_cache_mode = auto;
    set enable_partition_pruning = on;

    -- what only some versions have, or only some roles may set: no need to where it is right
    select pg_catalog.set_config(s.name, w.value, false)
      from pg_catalog.pg_settings s
      join (values ('transaction_timeout', '0'),
                   ('session_replication_role', 'origin'),
                   ('restrict_nonsystem_relation_kind', '')) as w (name, value) on w.name = s.name
     where s.setting <> w.value)";

} // namespace simsync
