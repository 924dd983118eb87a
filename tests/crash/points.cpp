#include "crash/points.hpp"

#include "simulation/sanitized.hpp"

#include <cstdlib>
#include <random>
#include <string_view>
#include <utility>

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

// One of so many, where not all are tried.
constexpr std::minstd_rand::result_type share = simulation::sanitized ? 200 : 50;

// Sees the run's messages in their order.
class WritingCommits
{
public:
    // Whether it ends a transaction that wrote.
    bool is_one(std::string_view message)
    {
        for (const auto* written : {"INSERT 0 ", "UPDATE ", "DELETE ", "COPY "})
            wrote_ |=
                message.starts_with(std::string("< CommandComplete ") + written) && !message.ends_with(" 0");
        return message == "> Query COMMIT" && std::exchange(wrote_, false);
    }

private:
    bool wrote_ = false;
};

} // namespace

std::vector<CrashPoint> crash_points(const FaultyProxy& proxy)
{
    const bool all = variable("SIMSYNC_CRASH_POINTS") == "all";
    std::minstd_rand generator{seed()};
    WritingCommits commits;
    std::vector<CrashPoint> points;
    for (std::size_t number = 1; number <= proxy.passed(); ++number)
    {
        const bool matters = commits.is_one(proxy.passed(number));
        for (const auto side : {FaultyProxy::Side::before, FaultyProxy::Side::after})
            if (generator() % share == 0 || all || matters)
                points.push_back({number, side});
    }
    return points;
}

std::string text(const CrashPoint& point, const FaultyProxy& proxy)
{
    return std::string(point.side == FaultyProxy::Side::before ? "before" : "after") + " message " +
           std::to_string(point.number) + ", " + proxy.passed(point.number);
}

} // namespace simsync::test
