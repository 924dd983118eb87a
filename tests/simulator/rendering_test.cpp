// A SIM in the reference's shape, whatever the selection.
#include "simulator/rendering.hpp"

#include "simulator/graphql/parser.hpp"

#include <gtest/gtest.h>

namespace simsync::simulator
{
namespace
{

Simcard example()
{
    Simcard simcard;
    simcard.id = "7";
    simcard.iccid_plastic = "8997201234567890123";
    simcard.balance = Decimal::cents(1250);
    simcard.caller_ids = {"111", "222"};
    simcard.current_tariff = std::make_shared<const Tariff>(Tariff{"Max \"3\"", "PREPAID_PACKAGE", 60});
    simcard.tariff_expires_at = Instant{std::chrono::milliseconds{1'700'000'000'123}};
    simcard.imei = Imei{"35", false};
    return simcard;
}

std::string render(std::string_view selection, const Simcard& simcard)
{
    std::string out;
    Rendering{graphql::parse(selection).front().selections}.append(out, simcard);
    return out;
}

TEST(Rendering, FollowsTheOrderAndNamesOfTheSelection)
{
    EXPECT_EQ(render("{id isBlocked}", example()), R"({"id":"7","isBlocked":false})");
    EXPECT_EQ(render("{blocked: isBlocked key: id}", example()), R"({"blocked":false,"key":"7"})");
}

TEST(Rendering, NestsAsTheReferenceDoes)
{
    EXPECT_EQ(
        render("{resource{balance dataBalance}}", example()),
        R"({"resource":{"balance":12.5,"dataBalance":null}})");
    EXPECT_EQ(
        render("{callerIds{msisdn} fmcs{msisdn}}", example()),
        R"({"callerIds":[{"msisdn":"111"},{"msisdn":"222"}],"fmcs":[]})");
    EXPECT_EQ(
        render("{currentTariff{name packageTotalCallsMaxDuration tariffType}}", example()),
        R"({"currentTariff":{"name":"Max \"3\"","packageTotalCallsMaxDuration":60,"tariffType":"PREPAID_PACKAGE"}})");
    EXPECT_EQ(
        render("{imei{imeiIsCorrect imei}}", example()), R"({"imei":{"imeiIsCorrect":false,"imei":"35"}})");
}

TEST(Rendering, WritesNullForWhatIsNot)
{
    EXPECT_EQ(
        render("{simId currentTariff{name} imei{imei} latestActivity description profile}", Simcard{}),
        R"({"simId":null,"currentTariff":null,"imei":null,"latestActivity":null,"description":null,"profile":null})");
}

TEST(Rendering, WritesDatesInMilliseconds)
{
    EXPECT_EQ(render("{tariffExpiresAt}", example()), R"({"tariffExpiresAt":"2023-11-14T22:13:20.123Z"})");
}

TEST(Rendering, EscapesText)
{
    auto simcard = example();
    simcard.description = "a\"b\\c\n\x01ü";
    EXPECT_EQ(render("{description}", simcard), "{\"description\":\"a\\\"b\\\\c\\n\\u0001ü\"}");
}

} // namespace
} // namespace simsync::simulator
