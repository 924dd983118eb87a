#include "store/search_index.hpp"

#include "postgres/connection.hpp"
#include "postgres/pooler.hpp"
#include "postgres/row_values.hpp"
#include "store/schema_check.hpp"
#include "store/schema_turn.hpp"

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <stop_token>
#include <thread>

namespace simsync
{
namespace
{

// Building it waits for every transaction that is older, however long that lasts: a time-out would leave a
// half of it behind.
const std::string settings = R"(
    set lock_timeout = 0;
    set application_name = 'simsync migrate --search')";

const std::string extension = "pg_trgm";

enum class Found
{
    nothing,
    whole,
    invalid,  // what an interrupted attempt has left
    stranger, // another table's, or no index at all
};

Found look(Connection& session)
{
    return session.transact(
        "look for the index sim_search",
        [](Work& work)
        {
            const auto rows = work.exec(R"(
                select i.indexrelid is not null and i.indrelid = 'simsync.sim'::regclass,
                       coalesce(i.indisvalid and i.indisready, false)
                  from pg_catalog.pg_class c
                  left join pg_catalog.pg_index i on i.indexrelid = c.oid
                 where c.oid = to_regclass('simsync.sim_search'))");
            if (rows.empty())
                return Found::nothing;
            if (!rows[0][0].as<bool>())
                return Found::stranger;
            return rows[0][1].as<bool>() ? Found::whole : Found::invalid;
        });
}

void drop(Connection& session)
{
    session.autocommit(
        "drop the index sim_search",
        [](Work& work) { work.exec("drop index concurrently if exists simsync.sim_search"); });
}

// The schema that it is installed in, quoted; empty: it is not.
std::optional<std::string> schema_of_extension(Connection& session)
{
    return session.transact(
        "look for the extension " + extension,
        [](Work& work) -> std::optional<std::string>
        {
            const auto rows = work.exec_params(
                "select quote_ident(n.nspname) from pg_catalog.pg_extension e join pg_catalog.pg_namespace n "
                "on n.oid = e.extnamespace where e.extname = $1",
                extension);
            return rows.empty() ? std::nullopt : std::optional(rows[0][0].as<std::string>());
        });
}

void require_extension_on_server(Connection& session)
{
    const auto available = session.transact(
        "look for the extension " + extension,
        [](Work& work)
        {
            return work
                .exec_one(
                    "select exists (select from pg_catalog.pg_available_extensions where name = $1)",
                    extension)[0]
                .as<bool>();
        });
    if (!available)
        throw DatabaseUnfit(
            "the server of " + session.place() + " does not have the extension " + extension,
            "install PostgreSQL's contrib modules there (Debian and Ubuntu have them in postgresql, Red Hat "
            "in postgresql-contrib), then run it again; without the index a search reads every SIM");
}

// Where there is no schema public it goes to simsync's own.
std::string install_extension(Connection& session)
{
    if (auto schema = schema_of_extension(session))
        return *schema;
    require_extension_on_server(session);
    try
    {
        session.transact(
            "install the extension " + extension,
            [](Work& work)
            {
                const bool has_public =
                    work.exec_one("select to_regnamespace('public') is not null")[0].as<bool>();
                work.exec(
                    "create extension if not exists " + extension + " with schema " +
                    (has_public ? "public" : "simsync"));
            });
    }
    catch (const DatabaseRefused& refused)
    {
        throw DatabaseRefused(
            refused.what(), "let a superuser, or the owner of the database, run in it: CREATE EXTENSION " +
                                extension + "; then run this again");
    }
    return schema_of_extension(session).value_or("public");
}

IndexProgress progress_of(const Row& row)
{
    IndexProgress progress;
    read_field(row[0], progress.phase);
    read_field(row[1], progress.done);
    read_field(row[2], progress.total);
    return progress;
}

// Asks the server every so often, over a connection of its own, as long as it is there. That it cannot is no
// reason to stop what it watches.
class ProgressWatch
{
public:
    ProgressWatch(const std::string& url, const std::function<void(const IndexProgress&)>& tell)
        : thread_([this, url, &tell](const std::stop_token& stop) { watch(url, tell, stop); })
    {
    }

private:
    void watch(
        const std::string& url, const std::function<void(const IndexProgress&)>& tell,
        const std::stop_token& stop)
    {
        try
        {
            Connection session(url, "set default_transaction_read_only = on");
            while (!stop.stop_requested())
            {
                ask(session, tell);
                std::unique_lock lock(mutex_);
                stopped_.wait_for(lock, stop, std::chrono::milliseconds{500}, [] { return false; });
            }
        }
        catch (const StoreError&)
        {
        }
    }

    static void ask(Connection& session, const std::function<void(const IndexProgress&)>& tell)
    {
        const auto rows = session.transact(
            "look how far the index is",
            [](Work& work)
            {
                return work.exec(R"(
                    select phase, case when blocks_total > 0 then blocks_done else tuples_done end,
                           case when blocks_total > 0 then blocks_total else tuples_total end
                      from pg_catalog.pg_stat_progress_create_index
                     where relid = 'simsync.sim'::regclass)");
            });
        if (!rows.empty())
            tell(progress_of(rows[0]));
    }

    std::mutex mutex_;
    std::condition_variable_any stopped_;
    std::jthread thread_; // last: it ends before what it uses
};

void build(
    Connection& session, const std::string& url, const std::string& schema,
    const std::function<void(const IndexProgress&)>& tell)
{
    const ProgressWatch watch(url, tell);
    session.autocommit(
        "build the index sim_search",
        [&](Work& work)
        {
            work.exec(
                "create index concurrently if not exists sim_search on simsync.sim using gin "
                "(simsync.search_text(id, iccid_plastic, sim_id, imei, caller_ids, fmcs, external_msisdns, "
                "description) " +
                schema + ".gin_trgm_ops)");
            work.exec("comment on index simsync.sim_search is 'Any part of three characters or more of what "
                      "simsync.search_text holds (simsync migrate --search).'");
            work.exec("analyze simsync.sim"); // what the planner goes by to choose it
        });
}

} // namespace

SearchIndex build_search_index(const std::string& url, const std::function<void(const IndexProgress&)>& tell)
{
    Connection session(url, settings);
    refuse_pooler(session, url);
    const SchemaTurn turn(session);
    require_our_schema(session);
    require_owner(session);
    const auto found = look(session);
    if (found == Found::whole)
        return SearchIndex::was_there;
    if (found == Found::stranger)
        throw SchemaMismatch(
            "simsync.sim_search in " + session.place() + " is not the index that a search needs",
            "somebody else made it: rename it, or drop it if it is not needed");
    if (found == Found::invalid)
        drop(session);
    const auto schema = install_extension(session);
    build(session, url, schema, tell);
    return SearchIndex::built;
}

SearchIndex drop_search_index(const std::string& url)
{
    Connection session(url, settings);
    refuse_pooler(session, url);
    const SchemaTurn turn(session);
    require_our_schema(session);
    require_owner(session);
    const auto found = look(session);
    if (found == Found::nothing || found == Found::stranger)
        return SearchIndex::was_not_there;
    drop(session);
    return SearchIndex::dropped;
}

} // namespace simsync
