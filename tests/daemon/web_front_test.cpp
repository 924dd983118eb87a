// Which changes of the configuration the console takes.
#include "daemon/web_front.hpp"

#include <gtest/gtest.h>

namespace simsync
{
namespace
{

TEST(WebFront, LeavesTheConsoleAloneWhereNothingOfItsChanges)
{
    const Config now;
    auto next = now;
    next.accounts.emplace_back().name = "main";
    next.alert.stale_after += std::chrono::minutes{1};
    EXPECT_TRUE(same_console(now, next));
}

TEST(WebFront, OpensTheConsoleAnewWhereItReadsOrWhoMayAskChanges)
{
    const Config now;
    auto moved = now;
    moved.database_url += "x";
    EXPECT_FALSE(same_console(now, moved));

    auto read_elsewhere = now;
    read_elsewhere.console.database_url = "postgresql://standby/simsync";
    EXPECT_FALSE(same_console(now, read_elsewhere));

    auto named = now;
    named.http_url = "https://sims.example";
    EXPECT_FALSE(same_console(now, named));

    auto elsewhere = now;
    elsewhere.http_listen = "127.0.0.1:9470";
    EXPECT_FALSE(same_console(now, elsewhere));
}

} // namespace
} // namespace simsync
