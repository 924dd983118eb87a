// Which failures doubt the size of a page, and what is asked for afterwards.
#include "model/page_size.hpp"

#include <gtest/gtest.h>

namespace simsync
{
namespace
{

using namespace std::chrono_literals;

constexpr PageSize::SteadyClock::time_point begin{};

Failure failed(FailureKind kind)
{
    return {.kind = kind, .what = "no"};
}

TEST(PageSize, IsInDoubtWhereTheServerRefusesThePage)
{
    const PageSize size;
    for (const auto kind :
         {FailureKind::refused, FailureKind::schema, FailureKind::graphql_errors, FailureKind::server_error,
          FailureKind::too_large})
        EXPECT_TRUE(size.is_in_doubt(failed(kind), 0, 500, begin)) << to_text(kind);
    for (const auto kind :
         {FailureKind::unreachable, FailureKind::unauthorized, FailureKind::forbidden, FailureKind::throttled,
          FailureKind::not_json})
        EXPECT_FALSE(size.is_in_doubt(failed(kind), 0, 500, begin)) << to_text(kind);
    auto unknown = failed(FailureKind::schema);
    unknown.unknown_fields = {"fmcs"};
    EXPECT_FALSE(size.is_in_doubt(unknown, 0, 500, begin));
    EXPECT_FALSE(size.is_in_doubt(failed(FailureKind::refused), 0, PageSize::least, begin));
}

TEST(PageSize, ThatCameBeforeIsDoubtedAtTheListsBeginningAlone)
{
    PageSize size;
    size.came(500);
    EXPECT_FALSE(size.is_in_doubt(failed(FailureKind::server_error), 497, 500, begin));
    EXPECT_TRUE(size.is_in_doubt(failed(FailureKind::server_error), 0, 500, begin));
}

TEST(PageSize, ThatIsInnocentIsNotDoubtedForAWhileUnlessAPageCame)
{
    PageSize size;
    size.is_innocent(begin);
    EXPECT_FALSE(size.is_in_doubt(failed(FailureKind::refused), 0, 500, begin + 4min));
    EXPECT_TRUE(size.is_in_doubt(failed(FailureKind::refused), 0, 500, begin + 5min));
    size.is_innocent(begin);
    size.came(100);
    EXPECT_TRUE(size.is_in_doubt(failed(FailureKind::refused), 0, 500, begin + 1s));
}

TEST(PageSize, IsHalvedAndKept)
{
    EXPECT_EQ(PageSize::half(500), 250U);
    EXPECT_EQ(PageSize::half(3), PageSize::least);
    PageSize size;
    EXPECT_EQ(size.of(500), 500U);
    size.settles_at(125);
    EXPECT_EQ(size.of(500), 125U);
    EXPECT_EQ(size.of(80), 80U);
    EXPECT_FALSE(size.is_in_doubt(failed(FailureKind::refused), 122, 125, begin));
}

} // namespace
} // namespace simsync
