#include "daemon/console/total.hpp"

namespace simsync
{
namespace
{

std::optional<std::int64_t> count_of(SimState state, const FleetCounts& counts)
{
    switch (state)
    {
    case SimState::all:
        return counts.sims;
    case SimState::blocked:
        return counts.blocked;
    case SimState::low:
        return counts.low;
    case SimState::spent:
        return counts.depleted;
    case SimState::runs_out:
        return counts.runs_out;
    case SimState::ending:
        return counts.expiring;
    case SimState::ended:
        return counts.expired;
    case SimState::wrong_device:
        return counts.imei_mismatched;
    case SimState::archived:
        return counts.archived;
    case SimState::removed:
        return counts.removed;
    }
    return std::nullopt;
}

} // namespace

std::optional<std::int64_t> counted(const SimQuestion& question, const FleetOverview& counts)
{
    if (!question.words.empty() || question.tariff || question.profile)
        return std::nullopt;
    std::int64_t sum = 0;
    for (const auto& [account, of_account] : counts.counts)
    {
        if (question.account && *question.account != account)
            continue;
        const auto count = count_of(question.state, of_account);
        if (!count)
            return std::nullopt;
        sum += *count;
    }
    return sum;
}

} // namespace simsync
