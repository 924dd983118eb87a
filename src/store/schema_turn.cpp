#include "store/schema_turn.hpp"

#include "postgres/row_values.hpp"
#include "simsync/postgres/errors.hpp"

#include <chrono>
#include <string>
#include <thread>

namespace simsync
{

SchemaTurn::SchemaTurn(Connection& session) : lock_(session, "simsync", "simsync migrate")
{
    constexpr std::chrono::milliseconds pause{100};
    const auto patience = std::chrono::steady_clock::now() + std::chrono::minutes{5};
    while (!lock_.try_take("take turns with other migrations"))
    {
        if (std::chrono::steady_clock::now() > patience)
            throw TransactionConflict(
                "another migration of " + session.place() + " has been running for five minutes",
                "see pg_stat_activity; try again when it has ended");
        std::this_thread::sleep_for(pause);
    }
}

void require_owner(Connection& session)
{
    const auto who = session.transact(
        "ask who owns the schema",
        [](Work& work)
        {
            return work.exec_one(R"(
        select current_user,
               coalesce((select pg_has_role(nspowner, 'USAGE') from pg_namespace where nspname = 'simsync'),
                        has_database_privilege(current_database(), 'CREATE')))");
        });
    if (!who[1].as<bool>())
        throw DatabaseRefused(
            "the role " + who[0].as<std::string>() + " may not change the schema in " + session.place(),
            "let its owner do it, the one who made the database: sudo -u postgres simsync migrate "
            "(--database URL logs in another way than [database] url)");
}

} // namespace simsync
