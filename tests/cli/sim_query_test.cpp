#include "cli/sim_query.hpp"

#include "cli/exit_code.hpp"

#include <gmock/gmock.h>

namespace simsync::cli
{
namespace
{

using testing::HasSubstr;

std::string refusal(const std::string& words)
{
    try
    {
        filter_of(words);
    }
    catch (const UsageError& error)
    {
        return std::string(error.what()) + " HINT: " + error.hint();
    }
    return "accepted";
}

TEST(SimQuery, ReadsAFilterInTheTypeOfItsField)
{
    EXPECT_EQ(filter_of("profile:EQ:S1"), (Filter{"profile", Comparator::eq, std::string("S1")}));
    EXPECT_EQ(filter_of("balance:lt:5.50"), (Filter{"balance", Comparator::lt, *Money::parse("5.50")}));
    EXPECT_EQ(filter_of("isBlocked:NEQ:true"), (Filter{"isBlocked", Comparator::neq, true}));
    EXPECT_EQ(
        filter_of("packageTotalCallsMaxDuration:GTE:60"),
        (Filter{"packageTotalCallsMaxDuration", Comparator::gte, std::int64_t{60}}));
    EXPECT_EQ(
        filter_of("tariffExpiresAt:LTE:2026-07-01"),
        (Filter{"tariffExpiresAt", Comparator::lte, std::string("2026-07-01T00:00:00Z")}));
}

TEST(SimQuery, TakesTheNamesThatTheOutputsShow)
{
    EXPECT_EQ(filter_of("is_blocked:NEQ:true"), filter_of("isBlocked:NEQ:true"));
    EXPECT_EQ(filter_of("tariff_name:EQ:Max"), filter_of("name:EQ:Max"));
    EXPECT_EQ(filter_of("caller_ids:CONTAINS:372"), filter_of("callerIds:CONTAINS:372"));
    EXPECT_EQ(sort_of("tariff_expires_at:desc"), sort_of("tariffExpiresAt:desc"));
    EXPECT_THAT(refusal("tariff_expire_at:LT:5"), HasSubstr("did you mean \"tariff_expires_at\"?"));
}

TEST(SimQuery, KeepsTheColonsOfAValue)
{
    EXPECT_EQ(
        filter_of("description:CONTAINS:a:b"),
        (Filter{"description", Comparator::contains, std::string("a:b")}));
    EXPECT_EQ(
        filter_of("latestActivity:GT:2026-07-01T12:30:00+02:00").value,
        FilterValue(std::string("2026-07-01T10:30:00Z")));
}

TEST(SimQuery, ReadsListsAndNull)
{
    EXPECT_EQ(filter_of("id:IN:1,2").value, FilterValue(std::vector<std::string>{"1", "2"}));
    EXPECT_EQ(filter_of("description:NULL").value, FilterValue(true));
    EXPECT_EQ(filter_of("description:NULL:false").value, FilterValue(false));
    EXPECT_EQ(filter_of("description:EQ:").value, FilterValue(std::string())) << "the empty text is a text";
}

TEST(SimQuery, RefusesWhatItCannotAsk)
{
    EXPECT_THAT(refusal("balanc:LT:5"), HasSubstr("did you mean \"balance\"?"));
    EXPECT_THAT(refusal("balance:LESS:5"), HasSubstr("\"LESS\" is no comparator"));
    EXPECT_THAT(refusal("balance"), HasSubstr("names no comparator"));
    EXPECT_THAT(refusal("balance:LT"), HasSubstr("names no value"));
    EXPECT_THAT(refusal("id:IN"), HasSubstr("names no value"));
    EXPECT_THAT(refusal("balance:LT:much"), HasSubstr("an amount, not with \"much\""));
    EXPECT_THAT(refusal("isBlocked:EQ:yes"), HasSubstr("true or false"));
    EXPECT_THAT(refusal("tariffExpiresAt:LT:soon"), HasSubstr("a date"));
    EXPECT_THAT(refusal("balance:IN:1,x"), HasSubstr("an amount, not with \"x\""));
}

TEST(SimQuery, ReadsASort)
{
    EXPECT_EQ(sort_of("balance"), (Sort{"balance", true}));
    EXPECT_EQ(sort_of("balance:asc"), (Sort{"balance", true}));
    EXPECT_EQ(sort_of("balance:desc"), (Sort{"balance", false}));
    EXPECT_THROW(sort_of("balance:down"), UsageError);
    EXPECT_THROW(sort_of("nothing"), UsageError);
}

} // namespace
} // namespace simsync::cli
