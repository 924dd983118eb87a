#include "crash/fleet_lines.hpp"

#include <algorithm>

namespace simsync::test
{
namespace
{

using simulator::Decimal;
using simulator::Fleet;
using simulator::Simcard;

std::string text(const std::optional<Decimal>& amount)
{
    std::string out;
    if (amount)
        simulator::append(out, *amount);
    return out;
}

// A set, as the mirror holds it.
std::string text(std::vector<std::string> numbers)
{
    std::ranges::sort(numbers);
    std::string out;
    for (const auto& number : numbers)
        out += (out.empty() ? "" : ",") + number;
    return out;
}

std::string line(const Simcard& sim)
{
    const auto expires = sim.tariff_expires_at ? sim.tariff_expires_at->time_since_epoch().count() : 0;
    return sim.id + '|' + (sim.is_blocked ? "true" : "false") + '|' + text(sim.balance) + '|' +
           text(sim.caller_ids) + '|' + sim.description.value_or("") + '|' + std::to_string(expires);
}

} // namespace

std::string fleet_lines(simulator::Server& api)
{
    std::string lines;
    api.with_fleet(
        [&lines](Fleet& fleet)
        {
            for (std::size_t i = 0; i < fleet.size(); ++i)
                lines += line(fleet.at(i)) + '\n';
        });
    return lines;
}

} // namespace simsync::test
