// List queries: the fast ways answer as a scan would.
#include "simulator/query.hpp"

#include "simulator/json_value.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace simsync::simulator
{
namespace
{

using testing::ElementsAre;
using testing::IsEmpty;

Simcard simcard(const std::string& id, std::optional<int> balance, bool blocked = false)
{
    Simcard made;
    made.id = id;
    made.is_blocked = blocked;
    if (balance)
        made.balance = Decimal::whole(*balance);
    return made;
}

struct QueryTest : testing::Test
{
    QueryTest()
    {
        fleet.add(simcard("5", 10));
        fleet.add(simcard("1", 30));
        fleet.add(simcard("2", std::nullopt));
        fleet.add(simcard("3", 10, true));
        fleet.add(simcard("4", 20));
    }

    std::vector<std::string>
    ids(std::string_view filter, std::string_view sort, std::size_t offset = 0, std::size_t limit = 100)
    {
        const auto conditions = parse_json(filter);
        const auto keys = parse_json(sort);
        const auto found =
            run({read_filter(&*conditions), read_sort(&*keys), offset, limit}, fleet, IdOrder::as_text);
        count = found.count;
        std::vector<std::string> listed;
        for (const auto* item : found.simcards)
            listed.push_back(item->id);
        return listed;
    }

    Fleet fleet;
    std::size_t count = 0;
};

constexpr auto all = "[]";
constexpr auto by_id = R"([{"field":"id","order":"ASC"}])";

TEST_F(QueryTest, PagesInOrderOfIdEitherWay)
{
    EXPECT_THAT(ids(all, by_id), ElementsAre("1", "2", "3", "4", "5"));
    EXPECT_THAT(ids(all, by_id, 1, 2), ElementsAre("2", "3"));
    EXPECT_EQ(count, 5U);
    EXPECT_THAT(ids(all, R"([{"field":"id","order":"DESC"}])", 1, 2), ElementsAre("4", "3"));
    EXPECT_THAT(ids(all, by_id, 4, 100), ElementsAre("5"));
    EXPECT_THAT(ids(all, by_id, 5, 100), IsEmpty());
    EXPECT_THAT(ids(all, by_id, 99, 100), IsEmpty());
    EXPECT_EQ(count, 5U);
}

TEST_F(QueryTest, BoundsIdsWithoutAScan)
{
    EXPECT_THAT(ids(R"([{"field":"id","comparator":"GT","value":"2"}])", by_id, 0, 2), ElementsAre("3", "4"));
    EXPECT_EQ(count, 3U);
    EXPECT_THAT(
        ids(R"([{"field":"id","comparator":"GTE","value":"2"},{"field":"id","comparator":"LT","value":"4"}])",
            by_id),
        ElementsAre("2", "3"));
    EXPECT_THAT(
        ids(R"([{"field":"id","comparator":"LTE","value":"2"}])", R"({"field":"id","order":"DESC"})"),
        ElementsAre("2", "1"));
    EXPECT_THAT(
        ids(R"([{"field":"id","comparator":"GT","value":"4"},{"field":"id","comparator":"LT","value":"2"}])",
            by_id),
        IsEmpty());
}

TEST_F(QueryTest, DoesNotBoundWhatAnOrWidens)
{
    EXPECT_THAT(
        ids(R"([{"field":"id","comparator":"GT","value":"4"},
                        {"field":"balance","comparator":"EQ","value":30,"operator":"OR"}])",
            by_id),
        ElementsAre("1", "5"));
    EXPECT_THAT(
        ids(R"([{"field":"id","comparator":"IN","value":["2"]},
                        {"field":"isBlocked","comparator":"EQ","value":true,"operator":"OR"}])",
            by_id),
        ElementsAre("2", "3"));
}

TEST_F(QueryTest, FindsNamedIdsOnceEach)
{
    EXPECT_THAT(
        ids(R"([{"field":"id","comparator":"IN","value":["4","2","9","4"]}])", by_id), ElementsAre("2", "4"));
    EXPECT_EQ(count, 2U);
    EXPECT_THAT(
        ids(R"([{"field":"id","comparator":"IN","value":["3","4"]},
                        {"field":"isBlocked","comparator":"EQ","value":true}])",
            by_id),
        ElementsAre("3"));
}

TEST_F(QueryTest, SortsByManyKeysWithNullsLastAscending)
{
    EXPECT_THAT(ids(all, R"([{"field":"balance","order":"ASC"}])"), ElementsAre("3", "5", "4", "1", "2"));
    EXPECT_THAT(ids(all, R"([{"field":"balance","order":"DESC"}])"), ElementsAre("2", "1", "4", "3", "5"));
    EXPECT_THAT(
        ids(all, R"([{"field":"balance"},{"field":"id","order":"DESC"}])"),
        ElementsAre("5", "3", "4", "1", "2"));
    EXPECT_THAT(
        ids(all, R"([{"field":"isBlocked","order":"DESC"},{"field":"balance","order":"DESC"}])", 0, 2),
        ElementsAre("3", "2"));
}

TEST_F(QueryTest, WithoutASortFollowsTheLastChange)
{
    EXPECT_THAT(ids(all, all), ElementsAre("5", "1", "2", "3", "4"));
    fleet.update("1", [](Simcard&) {});
    EXPECT_THAT(ids(all, all), ElementsAre("5", "2", "3", "4", "1"));
}

TEST_F(QueryTest, SortsAndFiltersIdsInDifferentOrdersWhenTold)
{
    Fleet numbers{IdOrder::as_number};
    for (const auto* id : {"9", "10", "11"})
        numbers.add(simcard(id, 1));
    const auto filter = parse_json(R"([{"field":"id","comparator":"GT","value":"10"}])");
    const auto sort = parse_json(by_id);
    const auto found = run({read_filter(&*filter), read_sort(&*sort), 0, 10}, numbers, IdOrder::as_text);
    ASSERT_EQ(found.simcards.size(), 2U);
    EXPECT_EQ(found.simcards[0]->id, "9"); // as text, "9" > "10": what a keyset would stumble over
    EXPECT_EQ(found.simcards[1]->id, "11");
}

TEST_F(QueryTest, RefusesToSortByLists)
{
    EXPECT_THROW(ids(all, R"([{"field":"callerIds"}])"), graphql::Refusal);
    EXPECT_THROW(ids(all, R"([{"field":"nothing"}])"), graphql::Refusal);
}

} // namespace
} // namespace simsync::simulator
