// A quantity over time, drawn with characters. Pure.
#pragma once

#include "simsync/model/time.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace simsync::cli
{

// From this time on it was so much.
struct ChartPoint
{
    Timestamp at;
    double value = 0;
};

// What the highest, the lowest and the two ends are called beside the axes.
struct ChartLabels
{
    std::string highest;
    std::string lowest;
    std::string since;
    std::string until;
};

// A filled curve of `rows` lines and `columns` characters with its axes, from the first point until `until`;
// each column shows what was true at its end. Zero is its floor, or the lowest value where that is below. The
// points are in order and at least one.
std::string chart(
    const std::vector<ChartPoint>& points, Timestamp until, const ChartLabels& labels, std::size_t rows,
    std::size_t columns);

} // namespace simsync::cli
