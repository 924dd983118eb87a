// When the service counts as ready, and what it says where it does not.
#include "daemon/readiness.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

namespace simsync
{
namespace
{

using namespace std::chrono_literals;

const AccountStanding::Time now{1h};
constexpr auto stale_after = 5min;

AccountStanding fresh(const std::string& name)
{
    return {name, true, now - 1s, now - 1min, false, ""};
}

AccountStanding standby(const std::string& name)
{
    return {name, false, now - 2s, std::nullopt, false, ""};
}

Readiness judge(const std::vector<AccountStanding>& accounts)
{
    return judge_readiness(accounts, now, stale_after);
}

// The reason, for one account that is not ready.
std::string fault(const AccountStanding& account)
{
    const auto readiness = judge({account});
    EXPECT_FALSE(readiness.ready);
    return readiness.reason;
}

TEST(Readiness, IsNotThereWhileTheDatabaseFailsThoughItAnswers)
{
    auto account = fresh("main");
    account.leading = false; // between two connections
    account.database_error = "its disk is full";
    EXPECT_EQ(fault(account), "main: its disk is full\n");
}

// A large fleet is no database that is away.
TEST(Readiness, TellsHowFarTheSimsAreLoaded)
{
    auto account = fresh("main");
    account.last_complete.reset();
    account.loading = Loaded{3'200'000, 10'000'000};
    EXPECT_EQ(fault(account), "main: loads 3200000 of about 10000000 SIMs\n");
    account.database_answered = now - 10s;
    EXPECT_EQ(fault(account), "main: loads 3200000 of about 10000000 SIMs\n");
    account.database_answered = now - 14s;
    EXPECT_EQ(fault(account), "main: loads 3200000 of about 10000000 SIMs; none has come for 14 s\n");
    account.database_error = "cannot connect";
    EXPECT_EQ(fault(account), "main: cannot connect\n") << "the last one, as long as nothing has served";
}

// Whoever looks in the first second shall not look for what is wrong with a database that is well.
TEST(Readiness, TellsThatItConnectsBeforeTheFirstAnswerIsDue)
{
    auto account = standby("main");
    account.database_answered.reset();
    account.connects_since = now - 10s;
    EXPECT_EQ(fault(account), "main: connects to the database\n");
    account.connects_since = now - 11s;
    EXPECT_EQ(fault(account), "main: the database does not answer\n");
    account.connects_since = now;
    account.database_error = "cannot connect";
    EXPECT_EQ(fault(account), "main: cannot connect\n");
}

TEST(Readiness, TellsOfLoadingBeforeTheFirstRowIsThere)
{
    auto account = fresh("main");
    account.loading = Loaded{};
    EXPECT_EQ(fault(account), "main: loads SIMs\n");
}

TEST(Readiness, TellsHowFarAFirstSweepHasCome)
{
    auto account = fresh("main");
    account.last_complete.reset();
    account.first_sweep = Loaded{500, 0};
    EXPECT_EQ(fault(account), "main: no complete sweep yet: the first has loaded 500 SIMs\n");
    account.first_sweep = Loaded{500, 1'000};
    account.trouble = "HTTP 500";
    EXPECT_EQ(
        fault(account),
        "main: no complete sweep yet: the first has loaded 500 of about 1000 SIMs (HTTP 500)\n");
}

TEST(Readiness, IsNotGivenWhileNoneOfTheKnownSimsIsSeen)
{
    auto account = fresh("main");
    account.shows_nobody = true;
    EXPECT_EQ(fault(account), "main: the API shows none of the SIMs that are known\n");
}

TEST(Readiness, TellsHowOldTheMirrorIsWhileTheDatabaseFails)
{
    auto account = fresh("main");
    account.database_error = "its disk is full";
    account.last_complete = now - std::chrono::hours{1};
    EXPECT_EQ(fault(account), "main: its disk is full; the last complete sweep ended 3600 s ago\n");
}

TEST(Readiness, IsGivenWhileAllLedAccountsAreFresh)
{
    const auto readiness = judge({fresh("main"), fresh("spare")});
    EXPECT_TRUE(readiness.ready);
    EXPECT_EQ(readiness.reason, "ready\n");
}

TEST(Readiness, IsGivenOnAStandbyThatTheDatabaseAnswers)
{
    EXPECT_TRUE(judge({standby("main")}).ready);
}

TEST(Readiness, EndsWhenTheDatabaseIsSilentForALeaderOrAStandby)
{
    for (auto account : {fresh("main"), standby("main")})
    {
        account.database_answered = now - 10s;
        EXPECT_TRUE(judge({account}).ready);
        account.database_answered = now - 10s - 1ms;
        EXPECT_EQ(fault(account), "main: the database does not answer\n");
        account.database_answered.reset();
        EXPECT_EQ(fault(account), "main: the database does not answer\n");
    }
}

TEST(Readiness, DoesNotBlameTheApiForTheDatabase)
{
    auto account = fresh("main");
    account.trouble = "HTTP 500";
    account.database_answered.reset();
    EXPECT_EQ(fault(account), "main: the database does not answer\n");
}

TEST(Readiness, BeginsWithTheFirstCompleteSweep)
{
    auto account = fresh("main");
    account.last_complete.reset();
    EXPECT_EQ(fault(account), "main: no complete sweep yet\n");
    account.trouble = "HTTP 500";
    EXPECT_EQ(fault(account), "main: no complete sweep yet (HTTP 500)\n");
}

TEST(Readiness, EndsWhenTheLastCompleteSweepIsOlderThanStaleAfter)
{
    auto account = fresh("main");
    account.last_complete = now - stale_after;
    EXPECT_TRUE(judge({account}).ready);
    account.last_complete = now - stale_after - 1ms;
    EXPECT_EQ(fault(account), "main: the last complete sweep ended 300 s ago\n");
    account.trouble = "HTTP 500";
    EXPECT_EQ(fault(account), "main: the last complete sweep ended 300 s ago (HTTP 500)\n");
}

TEST(Readiness, OutlastsASweepThatFailedWhileTheMirrorIsStillFresh)
{
    auto account = fresh("main");
    account.trouble = "HTTP 500";
    EXPECT_TRUE(judge({account}).ready);
}

TEST(Readiness, EndsAtOnceWhenTheCredentialsAreRefused)
{
    auto account = fresh("main");
    account.auth_failed = true;
    account.trouble = "HTTP 401";
    EXPECT_EQ(fault(account), "main: the API refuses the credentials (HTTP 401)\n");
}

TEST(Readiness, NamesEachAccountThatIsNotReadyAndNoOther)
{
    auto silent = standby("b");
    silent.database_answered.reset();
    auto refused = fresh("c");
    refused.auth_failed = true;
    const auto readiness = judge({fresh("a"), silent, refused});
    EXPECT_FALSE(readiness.ready);
    EXPECT_EQ(readiness.reason, "b: the database does not answer\nc: the API refuses the credentials\n");
}

TEST(Readiness, OfManyThatAreNotReadyNamesAFewAndCountsTheOthers)
{
    auto refused = fresh("refused");
    refused.auth_failed = true;
    std::vector<AccountStanding> accounts(1'000, refused);
    accounts.push_back(fresh("main"));
    const auto reason = judge(accounts).reason;
    EXPECT_EQ(std::ranges::count(reason, '\n'), 21);
    EXPECT_TRUE(reason.ends_with("\nand 980 more accounts: simsync status tells of each\n")) << reason;
}

TEST(Readiness, NamesASinkThatIsDownAndIsNoneTheLess)
{
    const std::vector accounts{fresh("main")};
    const std::vector<std::string> down{"sink pager is down: it cannot read on"};
    const auto readiness = judge_readiness(accounts, now, stale_after, down);
    EXPECT_TRUE(readiness.ready);
    EXPECT_EQ(readiness.reason, "ready\nsink pager is down: it cannot read on\n");
}

} // namespace
} // namespace simsync
