// Which of the SIMs that were found is meant.
#include "cli/sim_choice.hpp"

#include "cli/exit_code.hpp"

#include <gmock/gmock.h>

namespace simsync::cli
{
namespace
{

using testing::AllOf;
using testing::HasSubstr;

FoundSim found(std::string id, std::string found_by, bool whole, std::string account = "main")
{
    FoundSim sim;
    sim.account = std::move(account);
    sim.sim.id = std::move(id);
    sim.found_by = std::move(found_by);
    sim.whole = whole;
    return sim;
}

FoundSim gone(FoundSim sim)
{
    sim.removed_at = Timestamp{};
    return sim;
}

std::string meant(const std::vector<FoundSim>& sims)
{
    try
    {
        const auto* one = the_one("4711", sims);
        return one != nullptr ? one->sim.id : "none";
    }
    catch (const UsageError& error)
    {
        return std::string(error.what()) + " HINT: " + error.hint();
    }
}

TEST(SimChoice, MeansTheOnlyOneThatFits)
{
    EXPECT_EQ(meant({}), "none");
    EXPECT_EQ(meant({found("1", "description", false)}), "1");
}

TEST(SimChoice, MeansAnIdBeforeAWholeNumberBeforeAPart)
{
    const auto by_id = found("4711", "id", true);
    const auto whole = found("2", "caller_ids", true);
    const auto part = found("3", "iccid_plastic", false);
    EXPECT_EQ(meant({part, whole, by_id}), "4711");
    EXPECT_EQ(meant({part, whole}), "2");
}

TEST(SimChoice, MeansTheLivingBeforeTheGone)
{
    EXPECT_EQ(meant({gone(found("4711", "id", true)), found("2", "description", false)}), "2");
    EXPECT_EQ(meant({gone(found("1", "caller_ids", true))}), "1");
}

TEST(SimChoice, ListsThoseThatMayBeMeant)
{
    EXPECT_THAT(
        meant({found("1", "iccid_plastic", false), found("2", "description", false)}),
        AllOf(
            HasSubstr("\"4711\" fits several SIMs: 1 of account main (iccid_plastic), 2 of account main "
                      "(description)"),
            HasSubstr("HINT: give the id")));
    EXPECT_THAT(
        meant({found("4711", "id", true, "north"), found("4711", "id", true, "south")}),
        HasSubstr("HINT: say which with --account"));
    const std::vector<FoundSim> many(6, found("1", "description", false));
    EXPECT_THAT(meant(many), HasSubstr(" and more"));
}

} // namespace
} // namespace simsync::cli
