#include "cli/chart.hpp"

#include "cli/text.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace simsync::cli
{
namespace
{

// A character is filled from below in eighths.
constexpr std::array<std::string_view, 9> eighths{" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};

// What was true at the end of each column.
std::vector<double> column_values(const std::vector<ChartPoint>& points, Timestamp until, std::size_t columns)
{
    std::vector<double> values;
    const auto since = points.front().at;
    auto next = points.begin();
    auto value = points.front().value;
    for (std::size_t column = 1; column <= columns; ++column)
    {
        const auto end = since + (until - since) * static_cast<Timestamp::rep>(column) /
                                     static_cast<Timestamp::rep>(columns);
        for (; next != points.end() && next->at <= end; ++next)
            value = next->value;
        values.push_back(value);
    }
    return values;
}

struct Extent
{
    double floor;
    double ceiling;
};

Extent extent_of(const std::vector<ChartPoint>& points)
{
    const auto [lowest, highest] = std::ranges::minmax(points, {}, &ChartPoint::value);
    const double floor = std::min(lowest.value, 0.0);
    return {floor, highest.value > floor ? highest.value : floor + 1};
}

// How many eighths of the whole height; what is there shows, however little.
std::size_t height_of(double value, const Extent& extent, std::size_t rows)
{
    const double share = (value - extent.floor) / (extent.ceiling - extent.floor);
    const auto full = std::lround(share * static_cast<double>(8 * rows));
    return static_cast<std::size_t>(std::max(full, value > extent.floor ? 1L : 0L));
}

std::string_view filled(std::size_t height, std::size_t row_from_below)
{
    const auto below = 8 * row_from_below;
    return eighths.at(height <= below ? 0 : std::min<std::size_t>(height - below, 8));
}

} // namespace

std::string chart(
    const std::vector<ChartPoint>& points, Timestamp until, const ChartLabels& labels, std::size_t rows,
    std::size_t columns)
{
    const auto extent = extent_of(points);
    std::vector<std::size_t> heights;
    for (const auto value : column_values(points, until, columns))
        heights.push_back(height_of(value, extent, rows));

    const auto margin = std::max(labels.highest.size(), labels.lowest.size());
    std::string text;
    for (std::size_t row = rows; row-- > 0;)
    {
        const auto& label = row + 1 == rows ? labels.highest : row == 0 ? labels.lowest : std::string{};
        text += std::string(margin - label.size(), ' ') + label + " ┤";
        for (const auto height : heights)
            text += filled(height, row);
        text.erase(text.find_last_not_of(' ') + 1);
        text += '\n';
    }
    text += std::string(margin, ' ') + " └";
    for (std::size_t column = 0; column < columns; ++column)
        text += "─";
    const auto between = columns - std::min(columns, labels.since.size() + labels.until.size());
    return text + '\n' + std::string(margin + 2, ' ') + labels.since + std::string(between, ' ') +
           labels.until + '\n';
}

} // namespace simsync::cli
