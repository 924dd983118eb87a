// Migrations against a database, and the check that every other connection makes.
#include "store/schema.hpp"

#include "postgres/advice.hpp"
#include "postgres/connection.hpp"
#include "postgres/pooler.hpp"
#include "postgres/row_values.hpp"
#include "store/migrations.hpp"
#include "store/schema_check.hpp"
#include "store/schema_turn.hpp"
#include "store/subscriber.hpp"

#include <algorithm>
#include <chrono>
#include <functional>
#include <thread>

namespace simsync
{
namespace
{

// A migration may wait for the readers of a table, but not for ever with everybody else behind it.
const std::string migrator_settings = R"(
    set row_security = off; -- an error rather than rows that are not shown
    set lock_timeout = '30s')";
// What only migrations may do to rows that are replicated from elsewhere.
const std::string tends_subscriber = ";\n    set simsync.tends_subscriber = on";

// Shorter than the time for which a lock is waited for: that once is enough.
constexpr std::chrono::seconds conflicts_for{20};
constexpr std::chrono::milliseconds after_a_conflict{100};

// A daemon goes on writing meanwhile, and takes the locks of several tables in an order of its own: of two
// that wait for each other PostgreSQL ends one.
void despite_conflicts(const std::function<void()>& act)
{
    const auto patience = std::chrono::steady_clock::now() + conflicts_for;
    for (;;)
    {
        try
        {
            return act();
        }
        catch (const TransactionConflict&)
        {
            if (std::chrono::steady_clock::now() > patience)
                throw;
            std::this_thread::sleep_for(after_a_conflict);
        }
    }
}

struct Applied
{
    int version;
    std::string name;
    std::string checksum;
    std::string at;
};

std::vector<Applied> applied_migrations(Work& work)
{
    std::vector<Applied> applied;
    if (work.exec_one("select to_regclass('simsync.migration') is null")[0].as<bool>())
        return applied;
    // Not simsync.rfc3339: the first migration makes it.
    for (const auto& row : work.exec(R"(
             select version, name, checksum, to_char(applied_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')
               from simsync.migration order by version)"))
        applied.push_back(
            {row[0].as<int>(), row[1].as<std::string>(), row[2].as<std::string>(), row[3].as<std::string>()});
    return applied;
}

void require_known(const Applied& applied, const std::string& place)
{
    const auto ours = embedded_migrations();
    const auto known = std::ranges::find(ours, applied.version, &EmbeddedMigration::version);
    if (known == ours.end())
        throw SchemaMismatch(
            "the schema in " + place + " is newer than this simsync: it has migration " + applied.name,
            "install the simsync that made it, or a later one");
    if (known->checksum != applied.checksum)
        throw SchemaMismatch(
            "migration " + applied.name + " in " + place + " is not the one of this simsync",
            "its checksum differs: was simsync.migration edited, or is this another build? install the "
            "release that made the schema");
}

std::vector<MigrationStatus> status(Work& work, const std::string& place)
{
    const auto applied = applied_migrations(work);
    for (const auto& each : applied)
        require_known(each, place);

    std::vector<MigrationStatus> all;
    for (const auto& ours : embedded_migrations())
    {
        const auto found = std::ranges::find(applied, ours.version, &Applied::version);
        const bool is_applied = found != applied.end();
        all.push_back(
            {ours.version, std::string(ours.name), std::string(ours.checksum), is_applied,
             is_applied ? found->at : std::string{}});
    }
    return all;
}

void bootstrap(Connection& session)
{
    session.transact(
        "make the schema",
        [](Work& work)
        {
            if (work.exec_one("select to_regclass('simsync.migration') is null")[0].as<bool>())
                work.exec(std::string(bootstrap_sql()));
        });
}

// The version is claimed before the DDL: should the lock ever fail, the second migrator stops here and not
// half-way.
void apply(Connection& session, const EmbeddedMigration& migration)
{
    session.transact(
        "apply migration " + std::string(migration.name),
        [&](Work& work)
        {
            work.exec_params(
                "insert into simsync.migration (version, name, checksum) values ($1, $2, $3)",
                migration.version, migration.name, migration.checksum);
            work.exec(std::string(migration.sql));
        });
}

std::vector<MigrationStatus> status_of(Connection& session)
{
    return session.transact(
        "read the schema's version", [&](Work& work) { return status(work, session.place()); });
}

std::vector<MigrationStatus> apply_missing(Connection& session)
{
    const auto before = status_of(session);
    if (!std::ranges::all_of(before, &MigrationStatus::applied))
        require_owner(session);
    bootstrap(session);
    const auto ours = embedded_migrations();
    for (std::size_t i = 0; i < ours.size(); ++i)
        if (!before[i].applied)
            despite_conflicts([&] { apply(session, ours[i]); });

    auto after = status_of(session);
    std::erase_if(
        after, [&](const MigrationStatus& each)
        { return std::ranges::find(before, each.version, &MigrationStatus::version)->applied; });
    return after;
}

} // namespace

void require_our_schema(Connection& session)
{
    const auto all = status_of(session);
    if (std::ranges::none_of(all, &MigrationStatus::applied))
        throw SchemaMismatch("there is no simsync schema in " + session.place(), advice_on_schema());
    const auto missing = std::ranges::find(all, false, &MigrationStatus::applied);
    if (missing != all.end())
        throw SchemaMismatch(
            "the schema in " + session.place() + " is older than this simsync: it lacks migration " +
                missing->name,
            advice_on_schema());
}

std::vector<MigrationStatus> migration_status(const std::string& url)
{
    Connection session(url, migrator_settings);
    return status_of(session);
}

std::vector<MigrationStatus> migrate(const std::string& url)
{
    Connection session(url, migrator_settings);
    refuse_pooler(session, url);
    const SchemaTurn turn(session);
    if (is_subscriber(session))
        throw DatabaseUnfit(
            session.place() + " is a subscriber: what it holds is replicated from another database",
            "simsync migrate --subscriber brings its schema up to date: of subscribers first, then of the "
            "publisher");
    auto applied = apply_missing(session);
    despite_conflicts([&] { keep_published(session); });
    return applied;
}

std::vector<MigrationStatus> migrate_subscriber(const std::string& url)
{
    Connection session(url, migrator_settings + tends_subscriber);
    refuse_pooler(session, url);
    const SchemaTurn turn(session);
    require_fit_for_subscriber(session);
    auto applied = apply_missing(session);
    despite_conflicts(
        [&]
        {
            session.transact(
                "make a subscriber", [](Work& work) { work.exec("select simsync.become_subscriber()"); });
        });
    return applied;
}

std::vector<MovedAccount> adopt_moved(const std::string& url)
{
    Connection session(url, migrator_settings);
    require_our_schema(session);
    return session.transact(
        "go on with the numbering",
        [](Work& work)
        {
            std::vector<MovedAccount> moved;
            for (const auto& row : work.exec("select account, adopted from simsync.adopt_moved()"))
                moved.push_back({row[0].as<std::string>(), row[1].as<bool>()});
            return moved;
        });
}

} // namespace simsync
