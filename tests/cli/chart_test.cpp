// A curve of characters.
#include "cli/chart.hpp"

#include <gtest/gtest.h>

namespace simsync::cli
{
namespace
{

const auto noon = parse_date("2026-11-26T12:00:00Z").value();
constexpr std::chrono::hours hour{1};
const ChartLabels labels{"8", "0", "noon", "now"};

TEST(Chart, ShowsInEachColumnWhatHeldAtItsEnd)
{
    EXPECT_EQ(
        chart({{noon, 8}, {noon + 2 * hour, 4}, {noon + 3 * hour, 0}}, noon + 4 * hour, labels, 2, 8),
        "8 ┤███\n"
        "0 ┤█████\n"
        "  └────────\n"
        "   noon now\n");
}

TEST(Chart, FillsByTheEighthAndShowsTheLeastThereIs)
{
    EXPECT_EQ(
        chart({{noon, 8}, {noon + hour, 3}, {noon + 2 * hour, 0.001}}, noon + 3 * hour, labels, 1, 3),
        "8 ┤▃▁▁\n"
        "  └───\n"
        "   noonnow\n");
}

TEST(Chart, OfAQuantityBelowZeroStandsOnTheLowest)
{
    EXPECT_EQ(
        chart({{noon, -4}, {noon + hour, 4}}, noon + 2 * hour, {"4", "-4", "a", "b"}, 2, 2), " 4 ┤██\n"
                                                                                             "-4 ┤██\n"
                                                                                             "   └──\n"
                                                                                             "    ab\n");
}

TEST(Chart, OfNothingAtAllIsAnEmptyOne)
{
    EXPECT_EQ(chart({{noon, 0}}, noon, {"0", "0", "a", "b"}, 1, 3), "0 ┤\n  └───\n   a b\n");
}

} // namespace
} // namespace simsync::cli
