// The sums: connections of the server, file descriptors of the process.
#include "daemon/capacity.hpp"

#include <gmock/gmock.h>

namespace simsync
{
namespace
{

using testing::HasSubstr;

Config with_accounts(std::size_t number)
{
    Config config;
    config.accounts.resize(number);
    return config;
}

TEST(Capacity, AnInstanceTakesNoMoreLanesThanItHasAccounts)
{
    EXPECT_EQ(connection_sum(with_accounts(1)).lanes, 1);
    EXPECT_EQ(connection_sum(with_accounts(8)).lanes, 8);
    auto many = with_accounts(1'000);
    EXPECT_EQ(connection_sum(many).lanes, 8);
    many.database_lanes = 3;
    EXPECT_EQ(connection_sum(many).lanes, 3);
}

TEST(Capacity, WhatIsTurnedOffTakesNone)
{
    auto config = with_accounts(1'000);
    EXPECT_EQ(connection_sum(config).text(), "12: 8 lanes, 1 to watch, 3 for the console");
    config.sinks.resize(20);
    EXPECT_EQ(connection_sum(config).text(), "13: 8 lanes, 1 to watch, 1 for sinks, 3 for the console");
    config.console.enabled = false;
    EXPECT_EQ(connection_sum(config).total(), 10);
    config.console.enabled = true;
    config.console.database_url = "host=a-standby";
    EXPECT_EQ(connection_sum(config).total(), 10) << "they are another server's";
    config.console.database_url.clear();
    config.http_listen.clear();
    EXPECT_EQ(connection_sum(config).total(), 10);
}

TEST(Capacity, AllInstancesAndAFewPeopleHaveToFit)
{
    const auto sum = connection_sum(with_accounts(1'000)); // 12
    const auto doubt = [&](std::int64_t most, std::int64_t instances) {
        return doubt_about_connections(
            sum, {most, "max_connections = 100, of which 3 are reserved", instances});
    };
    EXPECT_FALSE(doubt(17, 0)) << "this one counts, and is not there yet";
    EXPECT_FALSE(doubt(17, 1));
    EXPECT_TRUE(doubt(16, 1));
    EXPECT_FALSE(doubt(29, 2));
    ASSERT_TRUE(doubt(28, 2));
    EXPECT_EQ(
        doubt(28, 2)->what,
        "2 instances take up to 29 connections with 5 for commands and people, and there may be 28 "
        "(max_connections = 100, of which 3 are reserved); each instance takes 12: 8 lanes, 1 to watch, 3 "
        "for "
        "the console");
    EXPECT_THAT(doubt(28, 2)->hint, HasSubstr("[database] lanes"));
}

TEST(Capacity, AServerWithoutConnectionsIsToldWithTheSum)
{
    const auto error = with_sum(
        OutOfConnections("cannot connect", "raise max_connections"), connection_sum(with_accounts(1)));
    EXPECT_STREQ(error.what(), "cannot connect");
    EXPECT_EQ(
        error.hint(),
        "raise max_connections; this instance takes up to 5: 1 lane, 1 to watch, 3 for the console");
}

TEST(Capacity, DescriptorsAreThoseOfAllApiConnectionsTooAsFarAsTheyAreUsed)
{
    auto config = with_accounts(400);
    const auto needed = descriptors_needed(config);
    EXPECT_GT(needed, 4U * 400U);
    EXPECT_LT(needed, 4U * 400U + 200U);
    const auto fault = fault_in_descriptors(needed, 1'024);
    ASSERT_TRUE(fault);
    EXPECT_THAT(fault->what, HasSubstr(std::to_string(needed)));
    EXPECT_THAT(fault->hint, HasSubstr("LimitNOFILE=" + std::to_string(needed)));
    EXPECT_FALSE(fault_in_descriptors(needed, needed));

    for (auto& account : config.accounts)
        account.concurrency = 1;
    EXPECT_EQ(descriptors_needed(config), needed - 3U * 400U);
}

} // namespace
} // namespace simsync
