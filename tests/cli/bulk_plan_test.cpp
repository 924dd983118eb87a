// What a run of `--from` has to do, and what is said of it before and after.
#include "cli/bulk_plan.hpp"

#include "cli/bulk_text.hpp"

#include <boost/json.hpp>
#include <gmock/gmock.h>

namespace simsync::cli
{
namespace
{

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::Pair;

const std::vector<NamedSim> mirror{
    {"7", "main", "7"}, {"8", "main", "8"}, {"+372", "main", "7"}, {"55", "main", "8"}, {"55", "other", "9"}};

TEST(BulkPlan, IsTheSimsInTheOrderOfTheirLinesEachOnce)
{
    const auto plan = bulk_plan({"8", "7", "+372"}, mirror, {});
    EXPECT_THAT(plan.to_do, ElementsAre(Pair("main", ElementsAre("8", "7"))));
    EXPECT_EQ(plan.left(), 2U);
    EXPECT_THAT(plan.strangers, IsEmpty());
}

TEST(BulkPlan, NamesLinesThatAreNoSimOrSeveral)
{
    const auto plan = bulk_plan({"404", "55", "7"}, mirror, {});
    ASSERT_EQ(plan.strangers.size(), 2U);
    EXPECT_EQ(plan.strangers[0].term, "404");
    EXPECT_THAT(plan.strangers[0].why, HasSubstr("no SIM of the mirror"));
    EXPECT_EQ(plan.strangers[1].why, "it names 2 SIMs: 8 of account main, 9 of account other");
    EXPECT_EQ(plan.left(), 1U);
}

TEST(BulkPlan, LeavesOutWhatAnEarlierRunHasDone)
{
    const BulkOutcomes report{
        {{"main", "7"}, {"confirmed", "", 1}}, {{"main", "8"}, {"unknown", "cut off", 2}}};
    const auto plan = bulk_plan({"7", "8"}, mirror, report);
    EXPECT_EQ(plan.done_before, 1U);
    EXPECT_EQ(plan.unknown_before, 1U) << "it may have been done, so it is not sent again";
    EXPECT_EQ(plan.left(), 0U);
}

TEST(BulkPlan, DoesAgainWhatFailedAndFollowsWhatWasAskedFor)
{
    const BulkOutcomes report{
        {{"main", "7"}, {"failed", "refused", 1}}, {{"main", "8"}, {asked_for, "", 12}}};
    const auto plan = bulk_plan({"7", "8"}, mirror, report);
    EXPECT_THAT(plan.to_do, ElementsAre(Pair("main", ElementsAre("7"))));
    EXPECT_THAT(plan.asked_before, ElementsAre(Pair("main", ElementsAre(Pair(12, "8")))));
    EXPECT_EQ(plan.left(), 2U);
}

TEST(BulkPlan, TellsOfItsOwnSimsAlone)
{
    const auto plan = bulk_plan({"7", "404"}, mirror, {});
    const BulkOutcomes report{
        {{"", "404"}, {"failed", "no SIM", 0}},
        {{"main", "7"}, {"confirmed", "", 1}},
        {{"main", "8"}, {"failed", "of another file", 2}}};
    const auto outcomes = outcomes_of(plan, report);
    EXPECT_EQ(outcomes.size(), 2U);
    EXPECT_FALSE(outcomes.contains({"main", "8"}));
}

TEST(BulkText, CountsWhatHasNotEndedAsUnknown)
{
    const BulkOutcomes outcomes{
        {{"main", "1"}, {"confirmed", "", 1}},
        {{"main", "2"}, {"failed", "refused", 2}},
        {{"main", "3"}, {"unknown", "cut off", 3}},
        {{"main", "4"}, {asked_for, "", 4}}};
    const auto text = outcomes_text("block", outcomes);
    EXPECT_THAT(text, HasSubstr("block: 1 confirmed, 1 failed, 2 unknown\n"));
    EXPECT_THAT(text, HasSubstr("2  failed  refused\n"));
    EXPECT_THAT(text, Not(HasSubstr("1  confirmed")));

    const auto document = boost::json::parse(outcomes_json("block", outcomes)).as_object();
    EXPECT_EQ(document.at("unknown"), 2);
    EXPECT_EQ(document.at("sims").as_array().size(), 4U);
}

TEST(BulkText, SaysWhatADryRunWouldDo)
{
    const auto plan = bulk_plan({"7", "a\nb"}, mirror, {});
    const auto text = plan_text("block", plan);
    EXPECT_THAT(text, HasSubstr("would block 7 of account main\n"));
    EXPECT_THAT(text, HasSubstr("a\\x0Ab: no SIM")) << "one line, whatever it says";
    EXPECT_THAT(text, HasSubstr("block: 1 SIMs, 1 lines that name none"));

    const auto document = boost::json::parse(plan_json("block", plan)).as_object();
    EXPECT_EQ(document.at("dry_run"), true);
    EXPECT_EQ(document.at("to_do").as_array().size(), 1U);
    EXPECT_EQ(document.at("no_sim").as_array().size(), 1U);
}

} // namespace
} // namespace simsync::cli
