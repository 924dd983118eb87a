// Which changes of the configuration reach every account.
#include "daemon/accounts.hpp"

#include <gtest/gtest.h>

namespace simsync
{
namespace
{

Config config()
{
    Config config;
    config.database_url = "postgresql:///simsync";
    config.accounts.emplace_back().name = "main";
    return config;
}

TEST(Accounts, GoOnWhereNothingOfTheirsChanges)
{
    EXPECT_FALSE(concerns_every_account(config(), config()));

    auto next = config();
    next.accounts.emplace_back().name = "second";
    next.sinks.emplace_back().name = "pager";
    next.http_listen = "127.0.0.1:9470";
    next.http_url = "https://sims.example";
    next.console.enabled = !next.console.enabled;
    next.database_password_file.path = "another.password";
    next.log.level = "debug";
    EXPECT_FALSE(concerns_every_account(config(), next));
}

TEST(Accounts, AllBeginAnewWithAnotherDatabaseOrOtherThresholds)
{
    auto moved = config();
    moved.database_url = "postgresql:///another";
    EXPECT_TRUE(concerns_every_account(config(), moved));

    auto patient = config();
    patient.alert.stale_after += std::chrono::minutes{1};
    EXPECT_TRUE(concerns_every_account(config(), patient));

    auto guarded = config();
    guarded.removal.guard_minimum += 1;
    EXPECT_TRUE(concerns_every_account(config(), guarded));
}

} // namespace
} // namespace simsync
