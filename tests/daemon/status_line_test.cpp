// The line that `systemctl status` shows.
#include "daemon/status_line.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace simsync
{
namespace
{

using namespace std::chrono_literals;

const AccountStanding::Time now{100h};

AccountStanding mirrored(const std::string& name)
{
    AccountStanding account;
    account.account = name;
    account.leading = true;
    account.last_complete = now - 20s;
    account.waiting_since = account.last_complete;
    account.last_sweep = "sweep 12 complete: 300 SIMs";
    return account;
}

std::string line(const std::vector<AccountStanding>& accounts)
{
    return status_line(accounts, now);
}

TEST(StatusLine, TellsOfTheLastSweepWhileAllIsWell)
{
    EXPECT_EQ(line({mirrored("main")}), "main: sweep 12 complete: 300 SIMs");
    EXPECT_EQ(
        line({mirrored("a"), mirrored("b")}),
        "a: sweep 12 complete: 300 SIMs; b: sweep 12 complete: 300 SIMs");
}

TEST(StatusLine, TellsHowFarTheSimsAreLoaded)
{
    AccountStanding account;
    account.account = "main";
    account.leading = true;
    EXPECT_EQ(line({account}), "main: leads, and sweeps for the first time");
    account.first_sweep = Loaded{500, 1'000};
    EXPECT_EQ(line({account}), "main: leads, and sweeps for the first time: 500 of about 1000 SIMs");
    account = mirrored("main"); // the lead was lost and taken again
    account.loading = Loaded{7, 0};
    EXPECT_EQ(line({account}), "main: loads 7 SIMs");
    account.loading.reset(); // taken over from another process: this one has not swept yet
    account.last_sweep.clear();
    EXPECT_EQ(line({account}), "main: leads, and sweeps");
}

TEST(StatusLine, TellsOfAnApiThatIsAwayAndForHowLong)
{
    auto account = mirrored("main");
    account.last_sweep = "sweep 13 failed: 0 SIMs";
    account.trouble = "HTTP 500";
    EXPECT_EQ(line({account}), "main: sweep 13 failed: 0 SIMs; not mirrored for 20 s: HTTP 500");
    account.waiting_since = now - 59min - 59s;
    EXPECT_EQ(line({account}), "main: sweep 13 failed: 0 SIMs; not mirrored for 59 min: HTTP 500");
    account.waiting_since = now - 49h;
    EXPECT_EQ(line({account}), "main: sweep 13 failed: 0 SIMs; not mirrored for 49 h: HTTP 500");
}

TEST(StatusLine, TellsOfADatabaseThatIsAwayAndForHowLong)
{
    auto account = mirrored("main");
    account.leading = false;
    account.database_error = "cannot connect";
    account.waiting_since = now - 500ms;
    EXPECT_EQ(line({account}), "main: the database is away: cannot connect");
    account.waiting_since = now - 90s;
    EXPECT_EQ(line({account}), "main: the database is away for 1 min: cannot connect");
}

TEST(StatusLine, NamesThoseInTroubleFirst)
{
    auto troubled = mirrored("b");
    troubled.trouble = "HTTP 500";
    EXPECT_EQ(
        line({mirrored("a"), troubled, mirrored("c")}),
        "1 of 3 accounts in trouble: b: sweep 12 complete: 300 SIMs; not mirrored for 20 s: HTTP 500; "
        "a: sweep 12 complete: 300 SIMs; c: sweep 12 complete: 300 SIMs");
}

TEST(StatusLine, TellsWhoWaitsAndWhatIsDoneBesideTheSweeps)
{
    AccountStanding account;
    account.account = "main";
    EXPECT_EQ(line({account}), "main: connects to the database");
    account.standby_for = "db1 (pid 7)";
    EXPECT_EQ(line({account}), "main: stands by for db1 (pid 7)");
    account.standby_for.clear();
    account.leading = true;
    account.housekeeping = "makes and drops months of the history";
    EXPECT_EQ(
        line({account}), "main: leads, and sweeps for the first time; makes and drops months of the history");
}

} // namespace
} // namespace simsync
