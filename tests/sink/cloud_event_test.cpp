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

TEST(CloudEvent, InABatchIsOneOfAnArrayInOrder)
{
    auto first = event(Kind::sim_added, 7);
    auto second = event(Kind::sim_blocked, 8);
    first.id = "id:7";
    second.id = "id:8";
    const std::vector<const EventRecord*> both{&first, &second};
    const auto batch = json::parse(cloud_event_batch(both)).get_array();
    ASSERT_EQ(batch.size(), 2);
    EXPECT_EQ(batch[0].at("id"), "id:7");
    EXPECT_EQ(batch[1], json::parse(cloud_event(second, "")));
    EXPECT_EQ(json::parse(cloud_event_batch(std::span(both).first(1))).get_array().size(), 1);
}

// Standard Webhooks: a receiver knows a repeated request by it.
TEST(CloudEvent, RequestsOfTheSameEventsHaveTheSameIdAndOthersAnother)
{
    auto first = event(Kind::sim_added, 7);
    auto second = event(Kind::sim_blocked, 8);
    first.id = "id:7";
    second.id = "id:8";
    const std::vector<const EventRecord*> both{&first, &second};
    const std::vector<const EventRecord*> backwards{&second, &first};
    EXPECT_EQ(request_id(std::span(both).first(1)), "id:7");
    EXPECT_EQ(request_id(both), request_id(both));
    EXPECT_NE(request_id(both), request_id(backwards));
    EXPECT_THAT(request_id(both), testing::MatchesRegex("batch_[0-9a-f]+"));
}

TEST(CloudEvent, OfAnotherStreamHasAnotherIdUnderTheSameNumber)
{
    EXPECT_NE(
        cloud_event_id(event(Kind::sim_added, 7), "before"),
        cloud_event_id(event(Kind::sim_added, 7), "restored"));
}

} // namespace
} // namespace simsync::test
