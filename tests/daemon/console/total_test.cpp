// How many SIMs a list has, by what was counted.
#include "daemon/console/total.hpp"

#include <gtest/gtest.h>

#include <array>

namespace simsync
{
namespace
{

FleetCounts some(std::int64_t first)
{
    FleetCounts counts;
    counts.sims = first;
    counts.blocked = first + 1;
    counts.low = first + 2;
    counts.depleted = first + 3;
    counts.expired = first + 4;
    counts.expiring = first + 5;
    counts.imei_mismatched = first + 6;
    counts.archived = first + 7;
    counts.removed = first + 8;
    counts.runs_out = first + 9;
    return counts;
}

FleetOverview two_accounts()
{
    FleetOverview overview;
    overview.counts = {{"main", some(100)}, {"other", some(1'000)}};
    return overview;
}

SimQuestion question(SimState state, std::optional<std::string> account = {})
{
    SimQuestion question;
    question.state = state;
    question.account = std::move(account);
    return question;
}

TEST(Total, IsTheSumOverTheAccountsAskedFor)
{
    EXPECT_EQ(counted(question(SimState::all), two_accounts()), 1'100);
    EXPECT_EQ(counted(question(SimState::all, "other"), two_accounts()), 1'000);
    EXPECT_EQ(counted(question(SimState::all, "nobody"), two_accounts()), 0);
}

TEST(Total, IsAnotherForEachState)
{
    const std::array in_order{
        SimState::all,    SimState::blocked,      SimState::low,      SimState::spent,   SimState::ended,
        SimState::ending, SimState::wrong_device, SimState::archived, SimState::removed, SimState::runs_out};
    std::int64_t expected = 100;
    for (const auto state : in_order)
        EXPECT_EQ(counted(question(state, "main"), two_accounts()), expected++);
}

TEST(Total, IsNotKnownOfASearchOrOneTariffOrProfile)
{
    auto search = question(SimState::all);
    search.words = "truck";
    EXPECT_EQ(counted(search, two_accounts()), std::nullopt);
    auto tariff = question(SimState::all);
    tariff.tariff = "";
    EXPECT_EQ(counted(tariff, two_accounts()), std::nullopt) << "those without a tariff";
    auto profile = question(SimState::all);
    profile.profile = "S1";
    EXPECT_EQ(counted(profile, two_accounts()), std::nullopt);
}

TEST(Total, IsNotKnownWhereOneAccountWasNotCounted)
{
    auto overview = two_accounts();
    overview.counts["other"].runs_out.reset();
    EXPECT_EQ(counted(question(SimState::runs_out), overview), std::nullopt);
    EXPECT_EQ(counted(question(SimState::runs_out, "main"), overview), 109);
}

} // namespace
} // namespace simsync
