// The twelve comparators, typed by their fields; the joining of conditions; what is refused.
#include "simulator/filter.hpp"

#include "simulator/json_value.hpp"

#include <gtest/gtest.h>

namespace simsync::simulator
{
namespace
{

Simcard example()
{
    Simcard simcard;
    simcard.id = "100";
    simcard.iccid_plastic = "8997201234567890123";
    simcard.balance = Decimal::cents(499);
    simcard.caller_ids = {"37251000001", "37251000002"};
    simcard.current_tariff =
        std::make_shared<const Tariff>(Tariff{"Europe unlimited", "PREPAID_UNLIMITED", 3'600});
    simcard.profile = "S1";
    simcard.tariff_expires_at = parse_instant("2026-03-01T12:00:00Z");
    simcard.imei = Imei{"351234567890123", true};
    return simcard;
}

bool accepts(std::string_view filter, IdOrder ids = IdOrder::as_text)
{
    const auto value = parse_json(filter);
    return matches(example(), read_filter(&*value), ids);
}

std::string refusal(std::string_view filter)
{
    try
    {
        accepts(filter);
    }
    catch (const graphql::Refusal& refused)
    {
        return refused.errors.front().message;
    }
    return "accepted";
}

TEST(Filter, ComparesAmountsExactly)
{
    EXPECT_TRUE(accepts(R"([{"field":"balance","comparator":"LT","value":5}])"));
    EXPECT_TRUE(accepts(R"([{"field":"balance","comparator":"EQ","value":4.99}])"));
    EXPECT_TRUE(accepts(R"([{"field":"resource.balance","comparator":"EQ","value":"4.990"}])"));
    EXPECT_FALSE(accepts(R"([{"field":"balance","comparator":"GT","value":4.99}])"));
    EXPECT_TRUE(accepts(R"([{"field":"balance","comparator":"GTE","value":4.99}])"));
    EXPECT_TRUE(accepts(R"([{"field":"balance","comparator":"LTE","value":4.99}])"));
    EXPECT_FALSE(accepts(R"([{"field":"balance","comparator":"NEQ","value":4.99}])"));
    EXPECT_TRUE(accepts(R"([{"field":"packageTotalCallsMaxDuration","comparator":"GTE","value":3600}])"));
}

TEST(Filter, ComparesTextByteByByte)
{
    EXPECT_TRUE(accepts(R"([{"field":"profile","comparator":"EQ","value":"S1"}])"));
    EXPECT_FALSE(accepts(R"([{"field":"profile","comparator":"EQ","value":"s1"}])"));
    EXPECT_TRUE(accepts(R"([{"field":"profile","comparator":"IN","value":["S2","S1"]}])"));
    EXPECT_FALSE(accepts(R"([{"field":"profile","comparator":"NIN","value":["S2","S1"]}])"));
    EXPECT_TRUE(accepts(R"([{"field":"tariffName","comparator":"CONTAINS","value":"unlim"}])"));
    EXPECT_TRUE(accepts(R"([{"field":"iccidPlastic","comparator":"STARTS_WITH","value":"89972"}])"));
    EXPECT_TRUE(accepts(R"([{"field":"iccidPlastic","comparator":"ENDS_WITH","value":"0123"}])"));
    EXPECT_FALSE(accepts(R"([{"field":"iccidPlastic","comparator":"ENDS_WITH","value":"8997"}])"));
}

TEST(Filter, ComparesTimesWhateverTheirOffset)
{
    EXPECT_TRUE(accepts(R"([{"field":"tariffExpiresAt","comparator":"LT","value":"2026-03-02"}])"));
    EXPECT_TRUE(
        accepts(R"([{"field":"tariffExpiresAt","comparator":"EQ","value":"2026-03-01T14:00:00+02:00"}])"));
    EXPECT_FALSE(
        accepts(R"([{"field":"tariffExpiresAt","comparator":"GT","value":"2026-03-01T12:00:00.000Z"}])"));
}

TEST(Filter, ComparesIdsAsTextOrAsNumbers)
{
    EXPECT_FALSE(accepts(R"([{"field":"id","comparator":"GT","value":"99"}])", IdOrder::as_text));
    EXPECT_TRUE(accepts(R"([{"field":"id","comparator":"GT","value":"99"}])", IdOrder::as_number));
    EXPECT_TRUE(accepts(R"([{"field":"id","comparator":"EQ","value":100}])"));
}

TEST(Filter, LooksIntoListsOfNumbers)
{
    EXPECT_TRUE(accepts(R"([{"field":"callerIds","comparator":"EQ","value":"37251000002"}])"));
    EXPECT_FALSE(accepts(R"([{"field":"callerIds","comparator":"NEQ","value":"37251000002"}])"));
    EXPECT_TRUE(accepts(R"([{"field":"callerIds.msisdn","comparator":"ENDS_WITH","value":"1"}])"));
    EXPECT_FALSE(accepts(R"([{"field":"fmcs","comparator":"ENDS_WITH","value":"1"}])"));
    EXPECT_TRUE(accepts(R"([{"field":"fmcs","comparator":"NULL","value":true}])"));
    EXPECT_TRUE(accepts(R"([{"field":"callerIds","comparator":"NULL","value":false}])"));
}

TEST(Filter, MatchesNullWithNullAlone)
{
    EXPECT_TRUE(accepts(R"([{"field":"dataBalance","comparator":"NULL"}])"));
    EXPECT_TRUE(accepts(R"([{"field":"dataBalance","comparator":"NULL","value":true}])"));
    EXPECT_FALSE(accepts(R"([{"field":"dataBalance","comparator":"NULL","value":false}])"));
    EXPECT_TRUE(accepts(R"([{"field":"balance","comparator":"NULL","value":false}])"));
    EXPECT_FALSE(accepts(R"([{"field":"dataBalance","comparator":"NEQ","value":1}])"));
    EXPECT_FALSE(accepts(R"([{"field":"description","comparator":"NIN","value":["x"]}])"));
}

TEST(Filter, JoinsFromLeftToRight)
{
    constexpr auto joined = [](const char* first, const char* second, const char* third)
    {
        const auto condition = [](const char* profile, const char* join)
        {
            return std::string{R"({"field":"profile","comparator":"EQ","value":")"} + profile +
                   R"(","operator":")" + join + "\"}";
        };
        return accepts(
            "[" + condition(first, "AND") + "," + condition(second, "OR") + "," + condition(third, "AND") +
            "]");
    };
    EXPECT_TRUE(joined("S9", "S1", "S1"));
    EXPECT_FALSE(joined("S1", "S1", "S9")); // (… OR …) AND false
    EXPECT_TRUE(accepts(R"([{"field":"profile","comparator":"EQ","value":"S9"},
                            {"field":"isBlocked","comparator":"EQ","value":false,"operator":"OR"}])"));
    EXPECT_FALSE(accepts(R"([{"field":"profile","comparator":"EQ","value":"S9"},
                             {"field":"isBlocked","comparator":"EQ","value":false}])"));
}

TEST(Filter, WithoutConditionsAcceptsAll)
{
    EXPECT_TRUE(accepts("[]"));
    EXPECT_TRUE(accepts("null"));
    EXPECT_TRUE(matches(example(), read_filter(nullptr), IdOrder::as_text));
}

TEST(Filter, RefusesWhatItDoesNotUnderstand)
{
    EXPECT_EQ(
        refusal(R"([{"field":"msisdn","comparator":"EQ","value":1}])"),
        "Cannot filter by the field \"msisdn\".");
    EXPECT_EQ(
        refusal(R"([{"field":"balance","comparator":"LIKE","value":1}])"), "Unknown comparator \"LIKE\".");
    EXPECT_EQ(
        refusal(R"([{"field":"balance","comparator":"CONTAINS","value":"1"}])"),
        "The comparator CONTAINS does not suit the field \"balance\".");
    EXPECT_EQ(
        refusal(R"([{"field":"isBlocked","comparator":"LT","value":true}])"),
        "The comparator LT does not suit the field \"isBlocked\".");
    for (const auto* filter :
         {R"([{"field":"balance","comparator":"EQ","value":"five"}])",
          R"([{"field":"balance","comparator":"EQ"}])",
          R"([{"field":"isBlocked","comparator":"EQ","value":1}])",
          R"([{"field":"balance","comparator":"EQ","value":[1]}])",
          R"([{"field":"tariffExpiresAt","comparator":"LT","value":"soon"}])",
          R"([{"field":"profile","comparator":"NULL","value":"perhaps"}])"})
        EXPECT_NE(refusal(filter), "accepted") << filter;
}

} // namespace
} // namespace simsync::simulator
