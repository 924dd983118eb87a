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

TEST(Chart, shows_in_each_column_what_held_at_its_end)
{
    EXPECT_EQ(
        chart({{noon, 8}, {noon + 2 * hour, 4}, {noon + 3 * hour, 0}}, noon + 4 * hour, labels, 2, 8),
        "8 ┤███\n"
        "0 ┤█████\n"
        "  └────────\n"
        "   noon now\n");
}

TEST(Chart, fills_by_the_eighth_and_shows_the_least_there_is)
{
    EXPECT_EQ(
        chart({{noon, 8}, {noon + hour, 3}, {noon + 2 * hour, 0.001}}, noon + 3 * hour, labels, 1, 3),
        "8 ┤▃▁▁\n"
        "  └───\n"
        "   noonnow\n");
}

TEST(Chart, of_a_quantity_below_zero_stands_on_the_lowest)
{
    EXPECT_EQ(
        chart({{noon, -4}, {noon + hour, 4}}, noon + 2 * hour, {"4", "-4", "a", "b"}, 2, 2), " 4 ┤██\n"
                                                                                             "-4 ┤██\n"
                                                                                             "   └──\n"
                                                                                             "    ab\n");
}

TEST(Chart, of_nothing_at_all_is_an_empty_one)
{
    EXPECT_EQ(chart({{noon, 0}}, noon, {"0", "0", "a", "b"}, 1, 3), "0 ┤\n  └───\n   a b\n");
}

} // namespace
} // namespace simsync::cli
