// Reads PostgreSQL's catalog.
#include "store/dictionary.hpp"

#include "postgres/connection.hpp"
#include "postgres/row_values.hpp"
#include "store/schema_check.hpp"

namespace simsync
{
namespace
{

const std::string settings = "set default_transaction_read_only = on";

const std::string select_relations = R"(
    select c.relname, c.relkind = 'v', coalesce(obj_description(c.oid, 'pg_class'), ''),
           coalesce((select array_agg(a.attname::text order by k.place)
                       from pg_index i
                      cross join lateral unnest(i.indkey) with ordinality as k (attnum, place)
                       join pg_attribute a on a.attrelid = c.oid and a.attnum = k.attnum
                      where i.indrelid = c.oid and i.indisprimary), '{}')
      from pg_class c
     where c.relnamespace = 'simsync'::regnamespace and c.relkind in ('r', 'p', 'v') and not c.relispartition
     order by c.relkind = 'v', c.relname)";

const std::string select_columns = R"(
    select a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull,
           coalesce(col_description(a.attrelid, a.attnum), '')
      from pg_attribute a
     where a.attrelid = format('simsync.%I', $1::text)::regclass and a.attnum > 0 and not a.attisdropped
     order by a.attnum)";

const std::string select_functions = R"(
    select proname, pg_get_function_arguments(oid), pg_get_function_result(oid),
           coalesce(obj_description(oid, 'pg_proc'), '')
      from pg_proc where pronamespace = 'simsync'::regnamespace order by proname)";

const std::string select_roles = R"(
    select rolname, coalesce(shobj_description(oid, 'pg_authid'), '')
      from pg_roles where rolname in ('simsync_writer', 'simsync_reader', 'simsync_consumer') order by rolname)";

std::vector<ColumnEntry> columns_of(Work& work, const std::string& relation)
{
    std::vector<ColumnEntry> columns;
    for (const auto& row : work.exec_params(select_columns, relation))
        columns.push_back(
            {row[0].as<std::string>(), row[1].as<std::string>(), row[2].as<bool>(),
             row[3].as<std::string>()});
    return columns;
}

} // namespace

Dictionary read_dictionary(const std::string& url)
{
    Connection session(url, settings);
    require_our_schema(session);
    return session.transact("read the schema", dictionary_of);
}

Dictionary dictionary_of(Work& work)
{
    // Types are named without their schema; until the transaction ends.
    work.exec("set local search_path = pg_catalog, pg_temp");
    Dictionary dictionary;
    for (const auto& row : work.exec(select_relations))
        dictionary.relations.push_back(
            {row[0].as<std::string>(), row[1].as<bool>(), row[2].as<std::string>(),
             row[3].as<std::vector<std::string>>(), columns_of(work, row[0].as<std::string>())});
    for (const auto& row : work.exec(select_functions))
        dictionary.functions.push_back(
            {row[0].as<std::string>(), row[1].as<std::string>(), row[2].as<std::string>(),
             row[3].as<std::string>()});
    for (const auto& row : work.exec(select_roles))
        dictionary.roles.push_back({row[0].as<std::string>(), row[1].as<std::string>()});
    return dictionary;
}

} // namespace simsync
