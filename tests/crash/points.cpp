// Calls harness/wire.
#include "crash/points.hpp"

#include <cstdlib>
#include <random>
#include <string_view>

namespace simsync::test
{
namespace
{

std::string_view variable(const char* name)
{
    const char* value = std::getenv(name);
    return value == nullptr ? "" : value;
}

std::minstd_rand::result_type seed()
{
    const auto text = variable("SIMSYNC_SEED");
    return text.empty() ? 1 : static_cast<std::minstd_rand::result_type>(std::stoul(std::string(text)));
}

bool is_of_commit(const Wire& wire, std::size_t number)
{
    const auto what = wire.passed(number);
    return what.ends_with("COMMIT") || what.ends_with("commit");
}

} // namespace

std::vector<CrashPoint> crash_points(const Wire& wire, std::size_t share)
{
    const bool all = variable("SIMSYNC_CRASH_POINTS") == "all";
    std::minstd_rand generator{seed()};
    std::vector<CrashPoint> points;
    for (std::size_t number = 1; number <= wire.passed(); ++number)
        for (const auto side : {Wire::Side::before, Wire::Side::after})
            if (generator() % share == 0 || all || is_of_commit(wire, number))
                points.push_back({number, side});
    return points;
}

std::string text(const CrashPoint& point, const Wire& wire)
{
    return std::string(point.side == Wire::Side::before ? "before" : "after") + " message " +
           std::to_string(point.number) + ", " + wire.passed(point.number);
}

} // namespace simsync::test
