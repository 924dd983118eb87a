// Which servers a connection string names, and how long each is waited for.
#include "postgres/servers.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace simsync::test
{
namespace
{

using namespace std::chrono_literals;
using testing::ElementsAre;

std::vector<std::string> names(const std::string& conninfo)
{
    std::vector<std::string> all;
    if (const auto servers = servers_of(conninfo))
        for (const auto& each : servers->each)
            all.push_back(each.name);
    return all;
}

TEST(ServersTest, EachHasItsHostItsAddressAndItsPort)
{
    EXPECT_THAT(
        names("host=10.0.0.7,10.0.0.8 port=5433,5434"),
        ElementsAre("\"10.0.0.7\", port 5433", "\"10.0.0.8\", port 5434"));
    EXPECT_THAT(
        names("host=db1,db2 hostaddr=10.0.0.7,10.0.0.8 port=5433"),
        ElementsAre("\"db1\" (10.0.0.7), port 5433", "\"db2\" (10.0.0.8), port 5433"));
    EXPECT_THAT(names("host=/run/postgresql,@there port=5432"), testing::SizeIs(2));
    EXPECT_THAT(names("hostaddr=10.0.0.7"), ElementsAre("\"10.0.0.7\", port 5432"));
    EXPECT_THAT(names(""), testing::SizeIs(1)) << "the local socket";
}

TEST(ServersTest, WhatElseIsSaidIsSaidOfEachOfThem)
{
    const auto servers = servers_of("host=10.0.0.7,10.0.0.8 user=me password='it\\'s' dbname=sims");
    for (const auto& each : servers->each)
        EXPECT_THAT(
            each.conninfo, testing::AllOf(
                               testing::HasSubstr("user='me'"), testing::HasSubstr("password='it\\'s'"),
                               testing::HasSubstr("dbname='sims'")));
}

TEST(ServersTest, OnlyWhereOneIsSoughtTheOthersNeedNotWaitForOneThatIsSilent)
{
    const std::string hosts = "host=10.0.0.7,10.0.0.8 ";
    EXPECT_TRUE(servers_of(hosts + "target_session_attrs=read-write")->lead);
    EXPECT_TRUE(servers_of(hosts + "target_session_attrs=primary")->lead);
    EXPECT_FALSE(servers_of(hosts)->lead) << "the first is preferred, however slow it is";
}

TEST(ServersTest, HowLongEachIsWaitedForIsAsLibpqHasIt)
{
    EXPECT_EQ(servers_of("connect_timeout=3")->patience, 3s);
    EXPECT_EQ(servers_of("connect_timeout=1")->patience, 2s);
    EXPECT_EQ(servers_of("connect_timeout=0")->patience, std::nullopt);
    EXPECT_EQ(servers_of("")->patience, std::nullopt);
}

TEST(ServersTest, WhatLibpqAloneUnderstandsIsLeftToIt)
{
    EXPECT_FALSE(servers_of("service=mirror"));
    EXPECT_FALSE(servers_of("host=a,b port=1,2,3"));
    EXPECT_FALSE(servers_of("host=a,b hostaddr=10.0.0.7"));
    EXPECT_FALSE(servers_of("host=10.0.0.7,10.0.0.8 target_session_attrs=prefer-standby"));
}

} // namespace
} // namespace simsync::test
