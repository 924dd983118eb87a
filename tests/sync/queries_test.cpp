#include "sync/queries.hpp"

#include <gmock/gmock.h>

namespace simsync
{
namespace
{

using testing::ElementsAre;

const std::vector<Filter> scope{{"profile", Comparator::eq, std::string("S1"), Joint::all}};

TEST(Queries, ByOffsetAskForTheScopeInTheOrderOfIds)
{
    const auto query = query_of(PageRequest{.offset = 40, .limit = 20}, scope, 100);
    EXPECT_EQ(query.offset, 40U);
    EXPECT_EQ(query.limit, 20U);
    EXPECT_EQ(query.filter, scope);
    EXPECT_THAT(query.sort, ElementsAre(Sort{"id", true}));
}

TEST(Queries, ExpectRowsAtTheBeginningAndWithinWhatIsKnown)
{
    const auto has_rows = [](std::uint64_t offset, std::size_t known)
    { return query_of(PageRequest{.offset = offset, .limit = 20}, {}, known).has_rows; };
    EXPECT_TRUE(has_rows(0, 1)) << "whoever is known must be somewhere";
    EXPECT_FALSE(has_rows(0, 0));
    EXPECT_TRUE(has_rows(80, 100));
    EXPECT_FALSE(has_rows(81, 100)) << "the end may have moved";
}

TEST(Queries, ByKeyAskBeyondThePivotOrUpToItFromAbove)
{
    const auto after =
        query_of(PageRequest{.limit = 9, .way = PageRequest::Way::after, .pivot = "7"}, scope, 100);
    EXPECT_THAT(
        after.filter, ElementsAre(scope.front(), Filter{"id", Comparator::gt, std::string("7"), Joint::all}));
    EXPECT_THAT(after.sort, ElementsAre(Sort{"id", true}));
    EXPECT_FALSE(after.has_rows);

    const auto upto = query_of(PageRequest{.limit = 9, .way = PageRequest::Way::upto, .pivot = "7"}, {}, 100);
    EXPECT_THAT(upto.filter, ElementsAre(Filter{"id", Comparator::lte, std::string("7"), Joint::all}));
    EXPECT_THAT(upto.sort, ElementsAre(Sort{"id", false}));
}

TEST(Queries, OfARecentLookSortAndFilterByActivityAsFarAsTheApiDoes)
{
    const Timestamp since{std::chrono::sys_days{std::chrono::May / 1 / 2026}};
    const Filter filter{"latestActivity", Comparator::gte, std::string("2026-05-01T00:00:00Z"), Joint::all};
    const auto ask = [&](RecentRequest::Way way)
    { return query_of(RecentRequest{.way = way, .since = since, .offset = 7, .limit = 9}, scope); };
    const auto both = ask(RecentRequest::Way::newest_since);
    EXPECT_EQ(both.offset, 7U);
    EXPECT_EQ(both.limit, 9U);
    EXPECT_THAT(both.filter, ElementsAre(scope.front(), filter));
    EXPECT_THAT(both.sort, ElementsAre(Sort{"latestActivity", false}));
    EXPECT_FALSE(both.has_rows);
    EXPECT_EQ(both.urgency, Urgency::recent);
    EXPECT_EQ(ask(RecentRequest::Way::newest).filter, scope);
    EXPECT_THAT(ask(RecentRequest::Way::since).filter, ElementsAre(scope.front(), filter));
    EXPECT_THAT(ask(RecentRequest::Way::since).sort, ElementsAre(Sort{"id", true}));
}

TEST(Queries, OfAProofNameCandidatesAndCanariesWithinTheScope)
{
    const auto query = query_of(Inquiry{.candidates = {"3", "5"}, .canaries = {"4"}}, scope);
    EXPECT_EQ(query.limit, 3U);
    EXPECT_THAT(
        query.filter, ElementsAre(
                          scope.front(),
                          Filter{"id", Comparator::in, std::vector<std::string>{"3", "5", "4"}, Joint::all}));
}

} // namespace
} // namespace simsync
