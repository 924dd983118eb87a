// A change event in the shape of CloudEvents 1.0.
#include "sink/cloud_event.hpp"

#include "sink/event_records.hpp"

#include <boost/json.hpp>
#include <gmock/gmock.h>

namespace simsync::test
{
namespace
{

namespace json = boost::json;

json::object envelope(const EventRecord& record)
{
    return json::parse(cloud_event(record, "0b9e")).get_object();
}

TEST(CloudEvent, HasEveryAttributeThatTheSpecificationRequires)
{
    const auto event_of_a_sim = envelope(event(Kind::balance_low, 42));
    EXPECT_EQ(event_of_a_sim.at("specversion"), "1.0");
    EXPECT_EQ(event_of_a_sim.at("id"), "0b9e:42");
    EXPECT_EQ(event_of_a_sim.at("source"), "/simsync/main");
    EXPECT_EQ(event_of_a_sim.at("type"), "simsync.balance.low");
    EXPECT_EQ(event_of_a_sim.at("subject"), "1001");
    EXPECT_EQ(event_of_a_sim.at("time"), "2026-11-26T08:00:00Z");
    EXPECT_EQ(event_of_a_sim.at("datacontenttype"), "application/json");
    EXPECT_EQ(event_of_a_sim.at("dedupkey"), "main:1001:balance.low");
    EXPECT_EQ(event_of_a_sim.at("partitionkey"), "main:1001");
    EXPECT_EQ(event_of_a_sim.at("data").at("after").at("balance"), "4.90");
    EXPECT_EQ(event_of_a_sim.at("data").at("seq"), 42);
}

// "Attribute names MUST consist of lower-case letters or digits"; an absent attribute is left out, not null.
TEST(CloudEvent, NamesItsAttributesAsTheSpecificationAllowsAndNoneInVain)
{
    for (const auto& [name, value] : envelope(event(Kind::account_baselined, 1, std::nullopt)))
    {
        EXPECT_THAT(std::string(name), testing::MatchesRegex("[a-z0-9]+"));
        EXPECT_FALSE(value.is_null()) << name;
    }
    EXPECT_FALSE(envelope(event(Kind::account_baselined, 1, std::nullopt)).contains("subject"));
}

// Whoever writes to the log beside simsync may nest deeper than Boost.JSON's own bound.
TEST(CloudEvent, CarriesADeepDocumentAsItIs)
{
    std::string deep = "1";
    for (int i = 0; i < 100; ++i)
        deep = "{\"a\":" + deep + '}';
    auto record = event(Kind::balance_low, 42);
    record.before = deep;
    EXPECT_THAT(cloud_event(record, "0b9e"), testing::HasSubstr(deep));
}

TEST(CloudEvent, OfAnotherStreamHasAnotherIdUnderTheSameNumber)
{
    EXPECT_NE(
        cloud_event_id(event(Kind::sim_added, 7), "before"),
        cloud_event_id(event(Kind::sim_added, 7), "restored"));
}

} // namespace
} // namespace simsync::test
