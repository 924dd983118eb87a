#include "store/fleet_records.hpp"

#include <algorithm>

namespace simsync
{

std::string_view to_text(SimState state)
{
    switch (state)
    {
    case SimState::all:
        return "all";
    case SimState::blocked:
        return "blocked";
    case SimState::low:
        return "low";
    case SimState::spent:
        return "spent";
    case SimState::runs_out:
        return "runs_out";
    case SimState::ending:
        return "ending";
    case SimState::ended:
        return "ended";
    case SimState::wrong_device:
        return "wrong_device";
    case SimState::archived:
        return "archived";
    case SimState::removed:
        return "removed";
    }
    return "all";
}

std::string_view to_text(SimSort sort)
{
    switch (sort)
    {
    case SimSort::id:
        return "id";
    case SimSort::balance:
        return "balance";
    case SimSort::tariff_expires_at:
        return "tariff_expires_at";
    case SimSort::latest_activity:
        return "latest_activity";
    }
    return "id";
}

namespace
{

template<class All>
std::optional<typename All::value_type> named(const All& all, std::string_view text)
{
    const auto found = std::ranges::find(all, text, [](auto value) { return to_text(value); });
    return found == all.end() ? std::nullopt : std::optional(*found);
}

} // namespace

std::optional<SimState> sim_state_named(std::string_view text)
{
    return named(all_sim_states, text);
}

std::optional<SimSort> sim_sort_named(std::string_view text)
{
    return named(all_sim_sorts, text);
}

bool fits(const SimKey& key, const SimQuestion& question)
{
    switch (question.sort)
    {
    case SimSort::id:
        return !key.value;
    case SimSort::balance:
        return !key.value || Money::parse(*key.value);
    case SimSort::tariff_expires_at:
    case SimSort::latest_activity:
        return !key.value || parse_date(*key.value);
    }
    return false;
}

} // namespace simsync
